//! Remembers recent callbacks in bounded memory, to recognise repetitions.
//!
//! WeChat pushes a callback up to three times within seconds, but logs of several servers are read one after another.
//! The memory is therefore large: two generations of short keys. When the younger is full, it replaces the older.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::event::fields::{HEADER, ITEM};
use crate::event::{CallbackRef, Fields};

/// A hash of a callback's account, user, time, event and items. Extra fields are ignored, as a proxy may add some.
///
/// With 96 bits, two different callbacks among those remembered collide with a probability of about 10^-22.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key([u32; 3]);

impl Key {
    pub(super) fn of(callback: &CallbackRef<'_>) -> Self {
        let fields = Encoded::of(callback);
        let [first, second] = [0, 1].map(|which| fields.hash(which));
        Key([(first >> 32) as u32, first as u32, second as u32])
    }
}

/// The fields of a callback, encoded without ambiguity: absent fields are marked and texts are terminated.
///
/// They are collected before hashing, because hashers are slow with many small pieces.
struct Encoded(Vec<u8>);

impl Hasher for Encoded {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        self.hash(0)
    }
}

impl Encoded {
    fn of(callback: &CallbackRef<'_>) -> Self {
        const USUAL: usize = 512;
        let mut bytes = Encoded(Vec::with_capacity(USUAL));
        (callback.event(), callback.items().len()).hash(&mut bytes);
        let mut add = |fields: Fields<'_>, field| fields.get(field).hash(&mut bytes);
        HEADER
            .iter()
            .for_each(|field| add(callback.header(), field));
        for item in callback.items() {
            ITEM.iter().for_each(|field| add(item.fields(), field));
        }
        bytes
    }

    /// Returns one of several independent hashes. They are the same in every run.
    fn hash(&self, which: u8) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(which);
        hasher.write(&self.0);
        hasher.finish()
    }
}

/// The keys of recent callbacks.
#[derive(Clone, Debug)]
pub(super) struct Recent {
    generation: usize,
    young: HashSet<Key>,
    old: HashSet<Key>,
}

impl Recent {
    /// Makes a memory for at least the last `generation` keys and at most twice that number.
    pub(super) fn new(generation: usize) -> Self {
        Recent {
            generation,
            young: HashSet::new(),
            old: HashSet::new(),
        }
    }

    /// Remembers `key`. Returns false if it is already known.
    pub(super) fn insert(&mut self, key: Key) -> bool {
        if self.old.contains(&key) || !self.young.insert(key) {
            return false;
        }
        if self.young.len() == self.generation {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
            // Reserved at once, because growing would need the old table and the new one.
            self.young.reserve(self.generation);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::decode;

    fn key(number: u32) -> Key {
        Key([number, 0, 0])
    }

    #[test]
    fn the_last_generation_is_always_remembered() {
        const GENERATION: u32 = 10;
        let mut recent = Recent::new(GENERATION as usize);
        for number in 0..100 {
            assert!(recent.insert(key(number)), "{number} is new");
            for last in number.saturating_sub(GENERATION - 1)..=number {
                assert!(!recent.insert(key(last)), "{last} came before {number}");
            }
        }
        assert!(recent.insert(key(0)), "the first is long forgotten");
    }

    #[test]
    fn memory_does_not_grow_with_the_input() {
        const GENERATION: usize = 7 << 10;
        let mut recent = Recent::new(GENERATION);
        let mut most = 0;
        for number in 0..20 * GENERATION as u32 {
            recent.insert(key(number));
            most = most.max(recent.young.capacity() + recent.old.capacity());
            assert!(recent.young.len() + recent.old.len() < 2 * GENERATION);
        }
        assert!(most <= 2 * GENERATION, "room for {most} keys");
    }

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
                assert!(keys.insert(Key::of(&callback)), "{payload}");
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
            Key::of(&record.callback().expect("a callback"))
        });
        assert_eq!(keys, [keys[0]; 3]);
    }
}
