//! The user switched a template off in the service notifications.

use crate::event::Definition;
use crate::event::fields::{STATUS, TEMPLATE_ID};
use crate::lang::Text;

pub(crate) static EVENT: Definition = Definition {
    name: "subscribe_msg_change_event",
    short: "change",
    wrapper: "SubscribeMsgChangeEvent",
    fields: &[&TEMPLATE_ID, &STATUS],
    words: Text::new("Subscription switched off", "用户管理订阅通知"),
};
