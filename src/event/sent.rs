//! The final result of a message that the developer sent.

use crate::event::Definition;
use crate::event::fields::{ERROR_CODE, ERROR_STATUS, MSG_ID, TEMPLATE_ID};
use crate::lang::Text;

pub(crate) static EVENT: Definition = Definition {
    name: "subscribe_msg_sent_event",
    short: "sent",
    wrapper: "SubscribeMsgSentEvent",
    fields: &[&TEMPLATE_ID, &MSG_ID, &ERROR_CODE, &ERROR_STATUS],
    words: Text::new("Subscribe message result", "订阅消息发送结果"),
};
