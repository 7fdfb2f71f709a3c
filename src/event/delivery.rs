//! Keys that tell a repeated delivery from a new callback.
//!
//! WeChat pushes a callback again if the answer is late. A repetition has the account, user, time, event and items of
//! the first delivery. Extra fields are ignored, as a proxy may add some.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

use crate::event::CallbackRef;
use crate::event::compact::{Compact, CompactRef, User};

/// A hash of what deliveries of one callback have in common.
///
/// With 96 bits, two different callbacks among a thousand million collide with a probability of about 10^-11; those that
/// differ in nothing but the user, with one of 10^-19 for each pair. Keys differ from process to process, so that nobody
/// can prepare callbacks with equal keys.
///
/// ```
/// use wxsub::select::DeliveryKey;
///
/// let key = |payload: &[u8]| DeliveryKey::of(&wxsub::decode(payload).callback().unwrap());
/// let first = key(br#"{"Event":"subscribe_msg_change_event","CreateTime":5,"List":[{"TemplateId":"a"}]}"#);
/// let again = key(br#"{"CreateTime":"5","List":{"TemplateId":"a"},"Event":"subscribe_msg_change_event"}"#);
/// assert_eq!(first, again);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryKey([u32; 3]);

static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));

impl DeliveryKey {
    /// Returns the key of a callback.
    pub fn of(callback: &CallbackRef<'_>) -> Self {
        let mut compact = Compact::default();
        let values = compact.read(callback);
        Self::of_values(values, values.user())
    }

    /// Returns the key of a callback by its values. `user` is what [`CompactRef::user`] returns: hashing the user once
    /// more would take as long as hashing the rest.
    #[inline(always)]
    pub(crate) fn of_values(values: CompactRef<'_>, user: Option<User<'_>>) -> Self {
        let hash = match user {
            Some(User { hash, rest }) => xxh3_128_with_seed(rest, values.shape() ^ hash),
            None => xxh3_128_with_seed(values.all(), values.shape()),
        };
        DeliveryKey([hash as u32, (hash >> 32) as u32, (hash >> 64) as u32])
    }

    /// Returns a part of the key that is random enough for a table.
    #[inline]
    pub(crate) fn table_hash(self) -> u64 {
        let DeliveryKey([low, high, _]) = self;
        u64::from(high) << 32 | u64::from(low)
    }

    #[cfg(test)]
    pub(crate) fn of_number(number: u32) -> Self {
        DeliveryKey([number, number.wrapping_mul(0x9E37_79B9), 0])
    }
}

/// Returns the hash of a shape, which becomes a part of keys.
pub(crate) fn hash_of_shape(shape: &[u8]) -> u64 {
    xxh3_64_with_seed(shape, *SEED)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::record::decode;

    #[test]
    fn a_key_tells_absent_from_empty_and_one_field_from_the_next() {
        let payloads = [
            r#""List":[]"#,
            r#""FromUserName":"","List":[]"#,
            r#""FromUserName":"ab","List":[]"#,
            r#""ToUserName":"ab","List":[]"#,
            r#""ToUserName":"a","FromUserName":"b","List":[]"#,
            r#""CreateTime":0,"List":[]"#,
            r#""CreateTime":1,"List":[]"#,
            r#""List":[{}]"#,
            r#""List":[{},{}]"#,
            r#""List":[{"TemplateId":"a"}]"#,
            r#""List":[{"SubscribeStatusString":"a"}]"#,
            r#""List":[{"TemplateId":"a"},{"TemplateId":"b"}]"#,
            r#""List":[{"TemplateId":"b"},{"TemplateId":"a"}]"#,
            r#""List":[{"TemplateId":"ab"},{}]"#,
            r#""List":[{"MsgID":"1"}]"#,
            r#""List":[{"ErrorCode":1}]"#,
            r#""List":[{"PopupScene":1}]"#,
        ];
        let mut keys = HashSet::new();
        for payload in payloads {
            for event in ["popup", "sent"] {
                let payload = format!(r#"{{"Event":"subscribe_msg_{event}_event",{payload}}}"#);
                let record = decode(payload.as_bytes());
                let callback = record.callback().expect("a callback");
                assert!(keys.insert(DeliveryKey::of(&callback)), "{payload}");
            }
        }
    }

    #[test]
    fn a_key_knows_no_syntax_and_no_extras() {
        let payloads = [
            r#"{"Event":"subscribe_msg_sent_event","CreateTime":5,"List":{"MsgID":17,"ErrorCode":0}}"#,
            r#"{"Event":"subscribe_msg_sent_event","CreateTime":"5","AppId":"x","List":[{"ErrorCode":"0","MsgID":"17","a":1}]}"#,
            "<xml><Event>subscribe_msg_sent_event</Event><CreateTime>5</CreateTime><SubscribeMsgSentEvent><List>\
             <MsgID>17</MsgID><ErrorCode>0</ErrorCode></List></SubscribeMsgSentEvent></xml>",
        ];
        let keys = payloads.map(|payload| {
            let record = decode(payload.as_bytes());
            DeliveryKey::of(&record.callback().expect("a callback"))
        });
        assert_eq!(keys, [keys[0]; 3]);
    }
}
