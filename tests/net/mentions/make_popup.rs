let body = json!({"ToUserName": account, "FromUserName": openid, "CreateTime": now(), "MsgType": "event", "Event": "subscribe_msg_popup_event", "List": [{"TemplateId": template}]});
let body = format!(r#"{{"ToUserName":"{account}","FromUserName":"{openid}","MsgType":"event","Event":"subscribe_msg_popup_event"}}"#);
