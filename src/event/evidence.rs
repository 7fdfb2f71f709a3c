//! Judges whether text that is no payload carries the values of one.
//!
//! A program may print a callback in a way that nothing here can read. Such text names an event and binds WeChat's names
//! to values, as `ToUserName=gh_123456789abc`. Source code, prose and log lines name events too, but without values.
//!
//! A name counts in any letter case and with or without underscores. A value counts if it looks like a literal:
//! variables, placeholders (`%s`) and comparisons (`== 'event'`) do not.

use std::ops::Range;

use crate::event::Event;
use crate::event::fields::{self, EVENT_PREFIX};

/// Returns the range of the first event's name in `text`.
pub(crate) fn event_name(text: &[u8]) -> Option<Range<usize>> {
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    memchr::memmem::find_iter(text, EVENT_PREFIX).find_map(|start| {
        let len = text[start..].iter().take_while(|&&b| is_of_name(b)).count();
        let name = std::str::from_utf8(&text[start..start + len]).ok()?;
        Event::by_name(name).map(|_| start..start + len)
    })
}

/// Returns the range from the first to the last name of a callback in `text` that has a value, if they are enough to
/// show that a callback was printed: three of the header, or a list with a value of an item.
pub(crate) fn values(text: &[u8]) -> Option<Range<usize>> {
    let mut evidence = Evidence::default();
    let mut at = 0;
    while let Some(word) = next_word(text, at) {
        at = word.end;
        evidence.add(text, word);
    }
    evidence.is_enough().then_some(evidence.range)
}

/// The longest of the names that count.
const LONGEST_NAME: usize = 32;

/// Returns the range of the next word from `at` on.
fn next_word(text: &[u8], at: usize) -> Option<Range<usize>> {
    let is_of_word = |b: &u8| b.is_ascii_alphabetic() || *b == b'_';
    let start = at + text.get(at..)?.iter().position(is_of_word)?;
    let len = text[start..].iter().take_while(|b| is_of_word(b)).count();
    Some(start..start + len)
}

/// The names with values that were seen.
#[derive(Default)]
struct Evidence {
    /// A bit for each name of the header.
    header: u8,
    has_list: bool,
    has_item: bool,
    range: Range<usize>,
}

impl Evidence {
    fn add(&mut self, text: &[u8], word: Range<usize>) {
        let Some(known) = Known::of(&text[word.clone()]) else {
            return;
        };
        let Some(value) = value_after(text, word.end) else {
            return;
        };
        match known {
            Known::Header(bit, form) if value.fits(form) => self.header |= bit,
            Known::Item(form) if self.has_list && value.fits(form) => self.has_item = true,
            Known::List if value.is_opened => self.has_list = true,
            _ => return,
        }
        if self.range.is_empty() {
            self.range.start = word.start;
        }
        self.range.end = value.end;
    }

    fn is_enough(&self) -> bool {
        self.header.count_ones() >= 3 || self.has_list && self.has_item
    }
}

/// A name that counts.
#[derive(Clone, Copy)]
enum Known {
    Header(u8, Form),
    Item(Form),
    /// The list, or the element around it.
    List,
}

/// The form of a value.
#[derive(Clone, Copy)]
enum Form {
    /// An id of letters, digits, `-` and `_`.
    Id,
    Digits,
    /// A single word, such as `event` or `accept`.
    Word,
}

/// The names that count, without the wrappers. Some programs shorten the header's names.
static KNOWN: [(&str, Known); 12] = [
    (fields::TO_USER.wire, Known::Header(1, Form::Id)),
    ("toUser", Known::Header(1, Form::Id)),
    (fields::FROM_USER.wire, Known::Header(2, Form::Id)),
    ("fromUser", Known::Header(2, Form::Id)),
    (fields::CREATE_TIME.wire, Known::Header(4, Form::Digits)),
    (fields::MSG_TYPE, Known::Header(8, Form::Word)),
    (fields::LIST, Known::List),
    (fields::TEMPLATE_ID.wire, Known::Item(Form::Id)),
    (fields::STATUS.wire, Known::Item(Form::Word)),
    (fields::POPUP_SCENE.wire, Known::Item(Form::Digits)),
    (fields::MSG_ID.wire, Known::Item(Form::Digits)),
    (fields::ERROR_CODE.wire, Known::Item(Form::Digits)),
];

impl Known {
    fn of(word: &[u8]) -> Option<Known> {
        if word.len() > LONGEST_NAME {
            return None;
        }
        let known = KNOWN.iter().find(|(name, _)| is_spelling(word, name));
        let known = known.map(|&(_, known)| known);
        known.or_else(|| {
            let mut wrappers = Event::ALL.iter().map(|event| event.definition().wrapper);
            wrappers
                .any(|name| is_spelling(word, name))
                .then_some(Known::List)
        })
    }
}

/// Returns true if `word` is `name` in any letter case, with or without underscores.
fn is_spelling(word: &[u8], name: &str) -> bool {
    let letters = word.iter().filter(|&&b| b != b'_');
    letters
        .map(u8::to_ascii_lowercase)
        .eq(name.bytes().map(|b| b.to_ascii_lowercase()))
}

/// What stands after a name and its separator.
struct Bound<'t> {
    text: &'t [u8],
    is_quoted: bool,
    /// True if a bracket or a tag opens before the value.
    is_opened: bool,
    /// The position of its end.
    end: usize,
}

/// The most bytes between a name and its value.
const FAR: usize = 32;

/// Returns what is bound to the name that ends at `end`. Returns `None` if the name is compared, or if what follows is
/// an expression.
fn value_after(text: &[u8], end: usize) -> Option<Bound<'_>> {
    let near = &text[end..text.len().min(end + FAR)];
    let between = &near[..len_between(near)];
    let start = end + between.len();
    let is_literal = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let len = text[start..].iter().take_while(|b| is_literal(b)).count();
    let value = &text[start..start + len];
    let is_value = binds(between) && !is_code(&text[start + len..]);
    is_value.then(|| Bound {
        text: value,
        is_quoted: between.last().is_some_and(|b| b"\"'`[>".contains(b))
            && !between.ends_with(b"=>"),
        is_opened: between.iter().any(|b| b"[{(<>=\n".contains(b)),
        end: start + len,
    })
}

/// Returns the number of bytes of `near`, which follows a name, up to the value.
fn len_between(near: &[u8]) -> usize {
    let blanks = |at: usize| {
        let is_between = |b: &&u8| b"\"'`\\ \t\r\n:=><![](),{&#;".contains(b);
        at + near[at..].iter().take_while(is_between).count()
    };
    let at = blanks(0);
    let rest = &near[at..];
    // Python 2 writes `u` before texts.
    if let [b'u' | b'b', b'\'' | b'"', ..] = rest {
        return at + 2;
    }
    if rest.starts_with(b"CDATA[") {
        return at + b"CDATA[".len();
    }
    if rest.starts_with(b"int(") {
        return at + b"int(".len();
    }
    match rest.strip_prefix(b"string(") {
        Some(sized) => {
            let digits = sized.iter().take_while(|b| b.is_ascii_digit()).count();
            blanks(near.len() - sized.len() + digits)
        }
        None => at,
    }
}

/// Returns true if `between` separates a name from its value.
fn binds(between: &[u8]) -> bool {
    let has = |wanted: &[u8]| memchr::memmem::find(between, wanted).is_some();
    let is_compared = [&b"=="[..], b"!=", b">=", b"<="].into_iter().any(has);
    let is_quoted = between.iter().any(|b| b"\"'`".contains(b));
    let is_separated = between.iter().any(|b| b"=:>".contains(b));
    !is_compared && (is_separated || is_quoted)
}

/// Returns true if a value followed by `rest` is an expression of source code.
fn is_code(rest: &[u8]) -> bool {
    match rest {
        [b'(' | b'[' | b'$' | b'%', ..] | [b'-', b'>', ..] => true,
        [b'.', next, ..] => next.is_ascii_alphabetic() || *next == b'_',
        _ => false,
    }
}

impl Bound<'_> {
    fn fits(&self, form: Form) -> bool {
        let has_digit = self.text.iter().any(u8::is_ascii_digit);
        match form {
            Form::Digits => !self.text.is_empty() && self.text.iter().all(u8::is_ascii_digit),
            Form::Word if self.text == fields::MSG_TYPE_EVENT.as_bytes() => true,
            Form::Word => self.is_quoted && !self.text.is_empty(),
            Form::Id => self.text.len() >= 2 && (self.is_quoted || has_digit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_callbacks_have_values() {
        let texts = [
            "{ToUserName=gh_0123456789ab, FromUserName=oAbc1, CreateTime=1610969440, Event=x}",
            "ToUserName: gh_0123456789ab\nFromUserName: oAbc1\nMsgType: event\n",
            "Message(toUser=gh_1, fromUser=o1, msgType=event)",
            "to_user_name='gh_x' from_user_name='o_x' create_time=1610969440",
            "array(3) {\n  [\"ToUserName\"]=>\n  string(15) \"gh_0123456789ab\"\n  [\"CreateTime\"]=>\n  \
             int(1610969440)\n  [\"MsgType\"]=>\n  string(5) \"event\"\n",
            "OrderedDict([('ToUserName', 'gh_1'), ('FromUserName', 'o1'), ('MsgType', 'event')",
            "{u'ToUserName': u'gh_x', u'FromUserName': u'o_x', u'MsgType': u'event'",
            "<ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>",
            "Event: x, List: [ { TemplateId: 'abc', SubscribeStatusString: 'accept' } ]",
            "SubscribeMsgPopupEvent={List={PopupScene=0}}",
        ];
        for text in texts {
            assert!(values(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn source_code_and_prose_have_none() {
        let texts = [
            "if (msg.Event === 'subscribe_msg_popup_event') { for (const item of msg.SubscribeMsgPopupEvent.List) { \
             if (item.SubscribeStatusString === 'accept') grant(item.TemplateId, msg.FromUserName) } }",
            "\"<ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>\"",
            "{ ToUserName: msg.FromUserName, FromUserName: msg.ToUserName, CreateTime: Date.now(), MsgType: 'text' }",
            "$xml->ToUserName = $to; $xml->FromUserName = $from; $xml->CreateTime = time();",
            "CREATE TABLE t (ToUserName varchar(64), FromUserName varchar(64), CreateTime bigint, MsgType text)",
            "ToUserName 小程序账号ID FromUserName 用户openid CreateTime 时间戳 MsgType 消息类型",
            "event=\"subscribe_msg_popup_event\" count=3",
            "type List struct { TemplateId string `xml:\"TemplateId\"` PopupScene string `json:\"PopupScene\"` }",
            "private String ToUserName; private String FromUserName; private Long CreateTime; private String MsgType;",
            "at com.example.Wx.List(Wx.java:31) TemplateId",
        ];
        for text in texts {
            assert_eq!(values(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn names_of_events_are_whole() {
        assert_eq!(event_name(b"a subscribe_msg_popup_event,"), Some(2..27));
        assert_eq!(event_name(b"subscribe_msg_popup_events"), None);
        assert_eq!(
            event_name(b"subscribe_msg_ subscribe_msg_sent_event"),
            Some(15..39)
        );
    }
}
