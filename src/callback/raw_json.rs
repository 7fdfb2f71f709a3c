//! JSON values kept as text.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::event::extra::{Scalars, Values};
use crate::finding::Findings;
use crate::json_format;
use crate::syntax::{Bytes, Limits, Syntax, Tree, View, json};

/// A JSON value as text: numbers with all digits, members in their order.
///
/// It is normalised: no white space, one form of escapes, U+FFFD for half of a surrogate pair. Values are equal if
/// their texts are equal, so `1.50` differs from `1.5`.
///
/// ```
/// let json: wxsub::RawJson = r#"{ "a": 1.50, "b": "\u0041" }"#.parse()?;
/// assert_eq!(json.as_str(), r#"{"a":1.50,"b":"A"}"#);
/// assert_eq!(json.to_value()?["b"], "A");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// Serializes `value`.
    pub(super) fn of(value: &impl Serialize) -> Self {
        let mut json = Vec::new();
        json_format::write(value, &mut json);
        let json = String::from_utf8(json).expect("JSON is UTF-8");
        RawJson(RawValue::from_string(json).expect("it was just written"))
    }

    /// Normalises `raw` to the form of records. Returns `None` if it is too large or too deep.
    fn tidy(raw: &RawValue) -> Option<Self> {
        if raw.get().len() >= Limits::MAX_PAYLOAD_SIZE {
            return None;
        }
        let limits = Limits {
            payload_size: Limits::MAX_PAYLOAD_SIZE,
            depth: Limits::MAX_DEPTH,
            items: usize::MAX,
            values: usize::MAX,
        };
        let mut tree = Tree::default();
        tree.clear(Syntax::Json);
        let text = format!("[{}]", raw.get());
        let bytes = Bytes {
            all: text.as_bytes(),
            last: true,
        };
        let read = json::Reader::new().read(bytes, &mut tree, &mut Findings::default(), &limits);
        read.ok()?;
        let value = View::root(&tree, &text).children().next()?;
        Some(RawJson::of(&Values::new(&[value], Scalars::AsGiven)))
    }

    pub(super) fn one_or_array(mut values: Vec<RawJson>) -> Self {
        match values.len() {
            1 => values.remove(0),
            _ => RawJson::of(&values),
        }
    }

    /// Returns the JSON text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Parses the text into a serde_json value.
    ///
    /// # Errors
    ///
    /// The value is nested deeper than 128 levels, or has a number beyond a floating-point number while the feature
    /// `arbitrary_precision` is off.
    pub fn to_value(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_str(self.as_str())
    }
}

impl FromStr for RawJson {
    type Err = serde_json::Error;

    /// Reads one JSON value of less than 1 GiB, nested up to 999 levels.
    fn from_str(json: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(json)
    }
}

impl From<&Value> for RawJson {
    fn from(value: &Value) -> Self {
        RawJson::of(value)
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RawJson {}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        RawJson::tidy(&raw).ok_or_else(|| {
            de::Error::custom("the value is larger than 1 GiB, or nested deeper than 999 levels")
        })
    }
}
