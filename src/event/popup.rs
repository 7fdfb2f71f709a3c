//! The user answered the prompt to subscribe.

use crate::event::Definition;
use crate::event::fields::{POPUP_SCENE, STATUS, TEMPLATE_ID};
use crate::lang::Text;

pub(crate) static EVENT: Definition = Definition {
    name: "subscribe_msg_popup_event",
    short: "popup",
    wrapper: "SubscribeMsgPopupEvent",
    fields: &[&TEMPLATE_ID, &STATUS, &POPUP_SCENE],
    words: Text::new("Subscribe prompt answered", "用户操作订阅弹窗"),
};
