String body = "<xml>" +
        "<ToUserName><![CDATA[" + account + "]]></ToUserName>" +
        "<FromUserName><![CDATA[" + openid + "]]></FromUserName>" +
        "<CreateTime>" + now + "</CreateTime>" +
        "<MsgType><![CDATA[event]]></MsgType>" +
        "<Event>" + "subscribe_msg_popup_event" + "</Event>" +
        "</xml>";
