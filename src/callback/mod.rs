//! The record as owned types: what `convert --to jsonl` writes, to keep, to compare, and to send on.
//!
//! [`Callback`] is the contract of the record: keys in the order of its fields, absent fields left out, `items` always
//! there. [`CallbackRef`] views the same values in a [`Record`](crate::Record) without copying them.

mod deserialize;
mod extra;
mod raw_json;

use crate::error::Error;
use crate::event::{CallbackRef, Event, ItemRef};
use crate::record::decode_alone;

pub use extra::Extra;
pub use raw_json::RawJson;

/// Reads one payload: XML or JSON, in every shape that [`decode`](crate::decode) understands.
///
/// White space and a byte order mark may stand around it. What is odd about it, or missing, is no error;
/// [`decode`](crate::decode) tells it. [`decode_sealed`](crate::decode_sealed) opens what is encrypted.
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
/// The payload cannot be decoded, it is no subscribe-message callback, there is none, or something stands beside it: a
/// second payload, the lines of a log. [`Capture`](crate::Capture) reads those. [`Error::kind`] tells which.
pub fn from_slice(payload: &[u8]) -> Result<Callback, Error> {
    let (record, beside) = decode_alone(payload);
    match (record.callback(), beside) {
        (Some(callback), None) => Ok(callback.to_owned()),
        (Some(_), Some(place)) => Err(Error::not_alone(place)),
        (None, _) => Err(Error::of(&record)),
    }
}

/// Reads one payload from a text; see [`from_slice`].
///
/// ```
/// let error = wxsub::from_str("<xml><MsgType>text</MsgType></xml>").unwrap_err();
/// assert_eq!(error.to_string(), "`text` is not a subscribe-message callback (line 1, column 15)");
/// assert_eq!(error.code(), wxsub::Code::OtherEvent);
/// ```
///
/// # Errors
///
/// Those of [`from_slice`].
pub fn from_str(payload: &str) -> Result<Callback, Error> {
    from_slice(payload.as_bytes())
}

/// A callback: who answered or got what, and when.
///
/// It serializes to the record, and deserializes from it: keys may come in any order, unknown ones go to
/// [`extra`](Callback::extra), and a value of another type than its field is an error. Two are equal if their records
/// are, byte for byte.
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
/// Values of `extra` need serde_json: other formats write the typed fields only, and buffers of serde (`flatten`,
/// untagged enums) cannot hold a callback that has some.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Callback {
    /// Which event it reports; its wire name in JSON.
    pub event: Event,
    /// The account's id, `gh_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_user: Option<String>,
    /// The user's openid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_user: Option<String>,
    /// When WeChat made it, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<i64>,
    /// The entries of its list, in the order of the payload.
    pub items: Vec<Item>,
    /// Everything else that stood in the payload.
    #[serde(skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
    /// Where `convert --with-source` found it. Only a record has it, no payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<RawJson>,
}

/// One entry of a callback's list: one template's answer, or one message's result.
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
    /// Which template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// What the user decided, as given: `accept`, `reject`, `ban`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Where the prompt was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub popup_scene: Option<i64>,
    /// The id that the send interface answered. Its 19 digits do not fit a double, so it is always a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<String>,
    /// The result; 0 is success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<i64>,
    /// The result in WeChat's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_status: Option<String>,
    /// Everything else that stood in the entry.
    #[serde(skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

impl Callback {
    /// A callback of `event` that says nothing else.
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
    /// Copies the values, so that they outlive the record.
    ///
    /// ```
    /// let record = wxsub::decode(b"<xml><Event>subscribe_msg_change_event</Event></xml>");
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
    /// Copies the values, so that they outlive the record.
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
