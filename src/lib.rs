//! Reads WeChat (微信) subscribe-message callbacks: the bodies that WeChat pushes to a developer's server when a user
//! answers a subscribe prompt (`subscribe_msg_popup_event`), switches a template off (`subscribe_msg_change_event`),
//! or a subscribe message reaches its final result (`subscribe_msg_sent_event`).
//!
//! Bodies are XML or JSON, in forms that differ from WeChat's documents and from each other. [`from_slice`] reads one
//! body into a [`Callback`], which serde_json can write as a record and read back:
//!
//! ```
//! use wxsub::{Callback, Event};
//!
//! let body = br#"{"ToUserName":"gh_123456789abc","FromUserName":"otFpruAK8D-E6EfStSYonYSBZ8_4",
//!     "CreateTime":"1610969440","MsgType":"event","Event":"subscribe_msg_popup_event","List":[{
//!     "TemplateId":"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc","SubscribeStatusString":"reject","PopupScene":"0"}],}"#;
//!
//! let callback = wxsub::from_slice(body)?;
//! assert_eq!(callback.event, Event::Popup);
//! assert_eq!(callback.items[0].status.as_deref(), Some("reject"));
//!
//! let record = serde_json::to_string(&callback)?;
//! assert!(record.starts_with(r#"{"event":"subscribe_msg_popup_event","to_user":"gh_123456789abc","#));
//! assert_eq!(serde_json::from_str::<Callback>(&record)?, callback);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`decode`] reads one body without copying its values, and reports each error and warning as a [`Finding`] with its
//! place. [`Capture`] reads a file or stream with many bodies between other text; [`output`] writes them. Every value
//! of a callback can be read, and every format except CSV writes all of them. [`extract`] reads a text into values that
//! serde writes, for other languages.
//!
//! ```
//! # let body = br#"{"ToUserName":"gh_123456789abc","FromUserName":"otFpruAK8D-E6EfStSYonYSBZ8_4",
//! #     "CreateTime":"1610969440","MsgType":"event","Event":"subscribe_msg_popup_event","List":[{
//! #     "TemplateId":"VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc","SubscribeStatusString":"reject","PopupScene":"0"}],}"#;
//! let record = wxsub::decode(body);
//! let callback = record.callback().expect("a callback");
//! let rejected: Vec<_> = callback.items().filter(|item| item.status() == Some("reject")).collect();
//! assert_eq!(rejected[0].template_id(), Some("VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc"));
//!
//! // The comma after the list is not valid JSON. WeChat's own samples have it.
//! let finding = &record.findings()[0];
//! assert_eq!(finding.code(), wxsub::Code::TrailingComma);
//! assert_eq!(record.place(finding.span().start).line, 3);
//! ```
//!
//! # Architecture
//!
//! ```text
//!          bytes          documents          nodes + spans       meaning + findings       text
//! input ---------> scan ------------> syntax --------------> event ------------> output, report
//!                 |    ^
//!                 +----+ escaped text
//! ```
//!
//! [`decompress`] reads compressed captures, and `input` converts a capture to blocks of UTF-8. `scan` finds payloads,
//! also in escaped text. `syntax` parses one payload into a tree, from XML, JSON, or an object as a program prints it,
//! and knows nothing of WeChat. `event` decodes the tree, and is the only place with WeChat's names. `finding` has the
//! codes and messages of what they all report. `fast` recognises payloads and log lines that differ from an earlier one
//! only in a few values, `simd` compares sixteen bytes at a time, and `request` finds the signature queries near
//! payloads.
//!
//! [`seal`] decrypts and verifies. `record` makes a [`Record`] of a payload: its callback, its findings and its place.
//! `callback` has the owned types, [`select`] filters callbacks, and [`pipeline`] is the main loop over a capture.
//! [`output`] writes callbacks, [`report`] writes findings, [`gate`] judges them, and [`stats`] counts and draws what it
//! counted as a page. [`explain`] and [`schema`] publish the tables of `event` and `finding`, and [`sample`] generates
//! payloads for tests. [`redact`] replaces the ids of a capture by pseudonyms. The command line, `cli`, is not part of the
//! library.
//!
//! The heads of `event`, `finding`, [`output`], [`report`], `syntax::notation`, `scan::escape`, [`decompress`],
//! [`stats`] and [`sample`] say how to add an event, a code, a format, a notation, an escaping, and so on.

mod buffer;
mod callback;
pub mod decompress;
mod error;
mod event;
pub mod explain;
mod fast;
mod finding;
pub mod gate;
mod input;
mod json_format;
mod lang;
pub mod output;
mod percent;
pub mod pipeline;
mod printable;
mod record;
pub mod redact;
pub mod report;
mod request;
pub mod sample;
mod scan;
pub mod schema;
pub mod seal;
pub mod select;
mod simd;
mod span;
pub mod stats;
mod suggest;
mod syntax;
mod wrap;
mod xml_format;

pub use callback::{Callback, Extra, Extract, Item, RawJson, extract, from_slice, from_str};
pub use decompress::Decompressed;
pub use error::{Error, ErrorKind};
pub use event::{CallbackRef, Event, ItemRef, Value};
pub use finding::{Code, Finding, Severity, UnknownCode};
pub use lang::Lang;
pub use pipeline::Capture;
pub use record::{Outcome, Record, Sealed, Trust, decode, decode_sealed, decode_with};
pub use span::{Place, Span};
pub use syntax::{Limits, Syntax};
