//! The sent event: the final result of a message that the developer sent.

use crate::event::Definition;
use crate::event::fields::{ERROR_CODE, ERROR_STATUS, MSG_ID, TEMPLATE_ID};
use crate::lang::Text;

pub(crate) static EVENT: Definition = Definition {
    name: "subscribe_msg_sent_event",
    short: "sent",
    wrapper: "SubscribeMsgSentEvent",
    fields: &[&TEMPLATE_ID, &MSG_ID, &ERROR_CODE, &ERROR_STATUS],
    most_items: 1,
    only_status: None,
    words: Text::new("Subscribe message result", "订阅消息发送结果"),
    about: Text::new(
        "Sent when a subscribe message has its final result. Join it with the request by MsgID. Refusals are answered by the send interface itself; a failure here is, as WeChat documents it, only a system failure of the asynchronous push.",
        "订阅消息有最终结果时推送，用 MsgID 与请求对应。用户拒收由发送接口直接返回；按微信文档，此处的失败仅为异步推送导致的系统失败。",
    ),
};
