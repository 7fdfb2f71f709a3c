package org.lantern.shop.wechat;

import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class PushController {
    private static final String POPUP = "subscribe_msg_popup_event";
    private static final String CHANGE = "subscribe_msg_change_event";
    private static final String SENT = "subscribe_msg_sent_event";

    @PostMapping("/wx/push")
    public String push(@RequestBody Map<String, Object> body) {
        String msgType = (String) body.get("MsgType");
        String openid = (String) body.get("FromUserName");
        String account = (String) body.get("ToUserName");
        if (!"event".equals(msgType)) {
            return "success";
        }
        switch ((String) body.get("Event")) {
            case "subscribe_msg_popup_event":
                grants.popup(account, openid, (List<?>) body.get("List"));
                break;
            case "subscribe_msg_change_event":
                grants.change(account, openid, body.get("SubscribeMsgChangeEvent"));
                break;
            case "subscribe_msg_sent_event":
                sends.result(body.get("List"));
                break;
            default:
                log.debug("no handler for MsgType={} Event={}", msgType, body.get("Event"));
        }
        return "success";
    }
}
