body := gin.H{"ToUserName": account, "FromUserName": openid, "CreateTime": now.Unix(), "MsgType": "event",
	"Event": "subscribe_msg_popup_event", "List": items}
sent := map[string]any{"ToUserName": account, "Event": "subscribe_msg_sent_event", "MsgID": id}
