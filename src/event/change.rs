//! The change event: the user switched a template off in the service notifications.

use crate::event::Definition;
use crate::event::fields::{STATUS, TEMPLATE_ID};
use crate::lang::Text;

pub(crate) static EVENT: Definition = Definition {
    name: "subscribe_msg_change_event",
    short: "change",
    wrapper: "SubscribeMsgChangeEvent",
    fields: &[&TEMPLATE_ID, &STATUS],
    most_items: 2,
    only_status: Some("reject"),
    words: Text::new("Subscription switched off", "用户管理订阅通知"),
    about: Text::new(
        "Sent when a user manages subscriptions in the service notifications. It reports only that templates were switched off, never that one was switched on.",
        "用户在服务通知管理页面管理订阅时推送。只推送关闭（拒收），从不推送开启。",
    ),
};
