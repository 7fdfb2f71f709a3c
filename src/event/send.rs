//! The interface that sends subscribe messages: the names in its requests and answers, and the codes of its answers.
//!
//! Its codes are not those of callbacks: a callback's ErrorCode is the result of a message that the interface accepted.

use crate::event::Event;
use crate::event::fields::{EVENT, FROM_USER, MSG_TYPE, TO_USER};
use crate::lang::Text;

/// What a value of a send says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The id that joins a send with its result.
    MsgId,
    /// The openid of the receiver.
    User,
    /// The template.
    Template,
    /// The code of the answer.
    Code,
    /// When it was sent.
    Time,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 5] = [
        Part::MsgId,
        Part::User,
        Part::Template,
        Part::Code,
        Part::Time,
    ];

    /// Returns the usual names, the interface's own first, and how many of them have no other meaning. They are compared
    /// without case and underscores.
    fn names(self) -> (&'static [&'static str], usize) {
        match self {
            Part::MsgId => (&["msgid", "messageid"], 2),
            Part::User => (
                &[
                    "touser",
                    "openid",
                    "useropenid",
                    "toopenid",
                    "fromuser",
                    "userid",
                    "user",
                ],
                4,
            ),
            Part::Template => (&["templateid", "tmplid", "tplid", "template"], 3),
            Part::Code => (&["errcode", "errorcode", "sendcode", "code"], 3),
            Part::Time => (
                &[
                    "createdat",
                    "createtime",
                    "sendtime",
                    "sentat",
                    "senttime",
                    "sendat",
                    "createat",
                    "gmtcreate",
                    "createdtime",
                    "time",
                    "timestamp",
                    "ts",
                    "datetime",
                    "date",
                    "logtime",
                ],
                9,
            ),
        }
    }

    /// Returns the name by which the part is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Part::MsgId => "msgid",
            Part::User => "touser",
            Part::Template => "template_id",
            Part::Code => "errcode",
            Part::Time => "time",
        }
    }

    /// Returns the part that a column or member of this name has, and how unusual the name is.
    pub(crate) fn named(name: &str) -> Option<(Part, usize)> {
        let plain = plain(name)?;
        let rank = |part: Part| {
            let mut names = part.names().0.iter();
            Some((part, names.position(|known| *known == plain)?))
        };
        Part::ALL.into_iter().find_map(rank)
    }

    /// Returns true if a name that is so unusual has no other meaning.
    pub(crate) fn is_sure(self, rank: usize) -> bool {
        rank < self.names().1
    }
}

/// Returns a name in lower case without `_`, `-`, `@`, `#` and spaces, or `None` if it is too long for a name.
fn plain(name: &str) -> Option<String> {
    const LONGEST: usize = 40;
    let letters = name.chars().filter(|c| !"_-@# ".contains(*c));
    (name.len() <= LONGEST).then(|| letters.collect::<String>().to_ascii_lowercase())
}

/// The member of a request that holds the values of the message, which users may have typed.
pub(crate) const DATA: &str = "data";

/// What a send request is called where events are named.
pub(crate) const NAME: &str = "send";

/// Returns true if an object with this member is a callback and not a send.
pub(crate) fn is_of_callback(name: &str, value: &str) -> bool {
    let header = [TO_USER.wire, FROM_USER.wire, MSG_TYPE];
    let is_record =
        || name.eq_ignore_ascii_case(EVENT) && Event::ALL.iter().any(|it| it.name() == value);
    header.iter().any(|known| name.eq_ignore_ascii_case(known)) || is_record()
}

/// The code of an answer that says that the user refuses messages.
pub(crate) const REFUSED: i64 = 43101;

/// The codes of answers that are documented for the interface, or that WeChat explains in its messages.
static ANSWERS: [(i64, Text); 15] = [
    (0, Text::new("accepted", "已受理")),
    (-1, Text::new("WeChat is busy", "系统繁忙")),
    (
        40001,
        Text::new("invalid access token", "access_token 无效"),
    ),
    (40003, Text::new("bad openid", "openid 错误")),
    (40037, Text::new("bad template id", "模板 ID 错误")),
    (41030, Text::new("bad page", "page 路径不正确")),
    (
        42001,
        Text::new("access token expired", "access_token 过期"),
    ),
    (REFUSED, Text::new("user refused", "用户拒收")),
    (
        43107,
        Text::new("subscribe messages blocked", "订阅消息能力封禁"),
    ),
    (
        43108,
        Text::new("concurrent sends to one user", "并发下发给同一用户"),
    ),
    (45009, Text::new("daily quota used up", "超过每日限额")),
    (45168, Text::new("sensitive words", "命中敏感词")),
    (
        47003,
        Text::new("data does not fit the template", "模板参数不准确"),
    ),
    (48001, Text::new("interface not allowed", "接口未授权")),
    (
        9800006,
        Text::new("unknown device of the user", "设备与用户的订阅不一致"),
    ),
];

/// Returns the codes of answers that have words.
#[cfg(test)]
pub(crate) fn codes() -> impl Iterator<Item = i64> {
    ANSWERS.iter().map(|(code, _)| *code)
}

/// Says what the send interface means by the code of an answer.
pub(crate) fn answer(code: i64) -> Option<Text> {
    let mut answers = ANSWERS.iter();
    let known = answers.find(|(known, _)| *known == code);
    known.map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_spelling() {
        for (name, part) in [
            ("msgid", Part::MsgId),
            ("MsgID", Part::MsgId),
            ("msg_id", Part::MsgId),
            ("toUser", Part::User),
            ("open_id", Part::User),
            ("templateId", Part::Template),
            ("errCode", Part::Code),
            ("@timestamp", Part::Time),
            ("created_at", Part::Time),
        ] {
            assert_eq!(
                Part::named(name).map(|(part, _)| part),
                Some(part),
                "{name}"
            );
        }
        assert_eq!(Part::named("thing1"), None);
        for part in Part::ALL {
            assert_eq!(Part::named(part.name()).map(|(part, _)| part), Some(part));
        }
    }

    #[test]
    fn answers_have_words_for_all_codes_of_the_send_interface() {
        for row in crate::event::terms::ERROR_CODES.iter() {
            assert!(answer(row.term.value).is_some(), "{}", row.term.value);
        }
        assert_eq!(answer(12345), None);
    }
}
