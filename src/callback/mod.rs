//! The record as owned types: what `convert --to jsonl` writes.
//!
//! [`Callback`] defines the record: keys in the order of its fields, absent fields left out, `items` always present.
//! [`CallbackRef`] borrows the values from a [`Record`](crate::Record) instead of copying them.

mod deserialize;
mod extra;
mod extract;
mod raw_json;

use crate::error::Error;
use crate::event::{CallbackRef, Event, ItemRef};
use crate::record::decode_alone;

pub use extra::Extra;
pub use extract::{Extract, extract};
pub use raw_json::RawJson;

/// Decodes one payload: XML or JSON, in every shape that [`decode`](crate::decode) accepts.
///
/// White space and a byte order mark around it are allowed. Warnings and missing fields are not errors;
/// [`decode`](crate::decode) reports them. [`decode_sealed`](crate::decode_sealed) decrypts.
///
/// ```
/// let body = br#"{"ToUserName":"gh_123456789abc","FromUserName":"otFpruAK8D-E6EfStSYonYSBZ8_4",
///     "CreateTime":"1610969440","MsgType":"event","Event":"subscribe_msg_popup_event","List":[{
///     "TemplateId":"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc","SubscribeStatusString":"accept","PopupScene":"0"}]}"#;
///
/// let callback = wxsub::from_slice(body)?;
/// assert_eq!(callback.event, wxsub::Event::Popup);
/// assert_eq!(callback.create_time, Some(1610969440));
/// assert_eq!(callback.items[0].status.as_deref(), Some("accept"));
/// # Ok::<(), wxsub::Error>(())
/// ```
///
/// # Errors
///
/// The payload is missing, cannot be decoded, is not a subscribe-message callback, or has other text beside it, such as
/// a second payload or log lines, which [`Capture`](crate::Capture) reads. [`Error::kind`] names the reason.
pub fn from_slice(payload: &[u8]) -> Result<Callback, Error> {
    let (record, beside) = decode_alone(payload);
    match (record.callback(), beside) {
        (Some(callback), None) => Ok(callback.to_owned()),
        (Some(_), Some(place)) => Err(Error::not_alone(place)),
        (None, _) => Err(Error::of(&record)),
    }
}

/// Decodes one payload from a string; see [`from_slice`].
///
/// ```
/// let error = wxsub::from_str("<xml><MsgType>text</MsgType></xml>").unwrap_err();
/// assert_eq!(error.to_string(), "`text` is not a subscribe-message callback (line 1, column 15)");
/// assert_eq!(error.code(), wxsub::Code::OtherEvent);
/// ```
///
/// # Errors
///
/// Fails like [`from_slice`].
pub fn from_str(payload: &str) -> Result<Callback, Error> {
    from_slice(payload.as_bytes())
}

/// A callback: event, account, user, time and items.
///
/// It serializes to the record, and deserializes from it: keys may be in any order, unknown keys go to
/// [`extra`](Callback::extra), and a value of the wrong type is an error. Two callbacks are equal if their records are
/// equal byte for byte.
///
/// ```
/// use wxsub::{Callback, Event};
///
/// let line = r#"{"event":"subscribe_msg_change_event","from_user":"otFpruAK8D-E6EfStSYonYSBZ8_4","items":[],"extra":{"Ratio":1.50}}"#;
/// let callback: Callback = serde_json::from_str(line)?;
/// assert_eq!(callback.event, Event::Change);
/// assert_eq!(callback.extra.get("Ratio").map(|value| value.as_str()), Some("1.50"));
/// assert_eq!(serde_json::to_string(&callback)?, line);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Values of `extra` need serde_json. Other formats write only the typed fields, and serde's buffers (`flatten`,
/// untagged enums) cannot hold a callback with extra fields.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Callback {
    /// The event, in JSON by WeChat's name.
    pub event: Event,
    /// The account's id, `gh_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_user: Option<String>,
    /// The user's openid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_user: Option<String>,
    /// The time at which WeChat made the callback, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<i64>,
    /// The items in the order of the payload.
    pub items: Vec<Item>,
    /// All other fields of the payload.
    #[serde(skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
    /// The position that `convert --with-source` wrote. Only a record has it, never a payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<RawJson>,
}

/// An item of a callback: the answer for one template, or the result of one message.
///
/// ```
/// let mut item = wxsub::Item::default();
/// item.status = Some("reject".into());
/// assert_eq!(serde_json::to_string(&item)?, r#"{"status":"reject"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Item {
    /// The template's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// The user's decision as given: `accept`, `reject`, `ban`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The place where the prompt was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popup_scene: Option<i64>,
    /// The message id of the send API. A string, because its 19 digits do not fit into a floating-point number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<String>,
    /// The result code; 0 is success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<i64>,
    /// The result in WeChat's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_status: Option<String>,
    /// All other fields of the item.
    #[serde(skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

impl Callback {
    /// Makes a callback of `event` without any other value.
    ///
    /// ```
    /// use wxsub::{Callback, Event, Item};
    ///
    /// let mut callback = Callback::new(Event::Popup);
    /// callback.items.push(Item::default());
    /// assert_eq!(serde_json::to_string(&callback)?, r#"{"event":"subscribe_msg_popup_event","items":[{}]}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn new(event: Event) -> Self {
        Callback {
            event,
            to_user: None,
            from_user: None,
            create_time: None,
            items: Vec::new(),
            extra: Extra::default(),
            source: None,
        }
    }
}

impl CallbackRef<'_> {
    /// Copies the values into owned types.
    ///
    /// ```
    /// let record = wxsub::decode(b"<xml><MsgType>event</MsgType><Event>subscribe_msg_change_event</Event></xml>");
    /// let callback = record.callback().expect("a callback").to_owned();
    /// drop(record);
    /// assert_eq!(callback, wxsub::Callback::new(wxsub::Event::Change));
    /// ```
    pub fn to_owned(&self) -> Callback {
        Callback {
            event: self.event(),
            to_user: self.to_user().map(str::to_owned),
            from_user: self.from_user().map(str::to_owned),
            create_time: self.create_time(),
            items: self.items().map(|item| item.to_owned()).collect(),
            extra: Extra::of(self.header()),
            source: None,
        }
    }
}

impl ItemRef<'_> {
    /// Copies the values into owned types.
    ///
    /// ```
    /// let record = wxsub::decode(br#"{"Event":"subscribe_msg_change_event","List":{"TemplateId":"a"}}"#);
    /// let item = record.callback().and_then(|callback| callback.items().next()).expect("an item");
    /// assert_eq!(item.to_owned().template_id.as_deref(), Some("a"));
    /// ```
    pub fn to_owned(&self) -> Item {
        Item {
            template_id: self.template_id().map(str::to_owned),
            status: self.status().map(str::to_owned),
            popup_scene: self.popup_scene(),
            msg_id: self.msg_id().map(str::to_owned),
            error_code: self.error_code(),
            error_status: self.error_status().map(str::to_owned),
            extra: Extra::of(self.fields()),
        }
    }
}
