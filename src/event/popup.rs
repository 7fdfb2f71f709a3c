//! The popup event: the user answered the subscribe prompt.

use crate::event::Definition;
use crate::event::fields::{POPUP_SCENE, STATUS, TEMPLATE_ID};
use crate::lang::Text;

pub(crate) static EVENT: Definition = Definition {
    name: "subscribe_msg_popup_event",
    short: "popup",
    wrapper: "SubscribeMsgPopupEvent",
    fields: &[&TEMPLATE_ID, &STATUS, &POPUP_SCENE],
    most_items: 3,
    only_status: None,
    words: Text::new("Subscribe prompt answered", "用户操作订阅弹窗"),
    about: Text::new(
        "Sent when a user answers the prompt that wx.requestSubscribeMessage shows: an item for each template of the prompt, accepted or rejected. It is not sent again once the user ticked “always keep”, so counts of it are a lower bound.",
        "用户操作 wx.requestSubscribeMessage 的订阅弹窗时推送：弹窗中的每个模板一个条目，接收或拒收。用户勾选“总是保持以上选择”后不再推送，因此其计数只是下限。",
    ),
};
