//! What the values of callbacks mean, in words.

use crate::lang::Text;

/// A value with its meaning.
#[derive(Debug)]
pub(crate) struct Term<V: 'static> {
    pub(crate) value: V,
    pub(crate) words: Text,
}

const fn term<V>(value: V, en: &'static str, zh: &'static str) -> Term<V> {
    Term {
        value,
        words: Text::new(en, zh),
    }
}

/// SubscribeStatusString as documented for callbacks.
static STATUSES: [Term<&str>; 2] = [
    term("accept", "accepted", "接受"),
    term("reject", "rejected", "拒绝"),
];

/// Status values that the client's `wx.requestSubscribeMessage` answers; seen in callbacks only in tests and
/// databases.
static CLIENT_STATUSES: [Term<&str>; 5] = [
    term("ban", "blocked by the platform", "已被后台封禁"),
    term(
        "filter",
        "title used by another template",
        "模板标题重复被过滤",
    ),
    term(
        "acceptWithAudio",
        "accepted, with voice",
        "接受（语音提醒）",
    ),
    term(
        "acceptWithAlert",
        "accepted, with banner",
        "接受（弹窗提醒）",
    ),
    term(
        "acceptWithForcePush",
        "accepted, with forced push",
        "接受（强提醒）",
    ),
];

static SCENES: [Term<i64>; 3] = [
    term(0, "mini program page", "小程序页面"),
    term(1, "web page", "网页 H5"),
    term(2, "article", "图文消息"),
];

/// 0 is documented for callbacks; the others only for the send interface, which answers refusals itself.
static ERROR_CODES: [Term<i64>; 6] = [
    term(0, "delivered", "成功"),
    term(43101, "send API: user refused", "发送接口：用户拒绝接受"),
    term(40003, "send API: bad openid", "发送接口：openid 错误"),
    term(40037, "send API: bad template id", "发送接口：模板 ID 错误"),
    term(
        47003,
        "send API: data does not fit the template",
        "发送接口：模板参数不准确",
    ),
    term(41030, "send API: bad page", "发送接口：page 路径不正确"),
];

fn words<V: PartialEq<T>, T>(terms: &'static [Term<V>], value: T) -> Option<Text> {
    terms
        .iter()
        .find(|term| term.value == value)
        .map(|term| term.words)
}

/// A status in words.
pub(crate) fn status(value: &str) -> Option<Text> {
    words(&STATUSES, value).or_else(|| client_status(value))
}

/// Whether callbacks are documented to have this status.
pub(crate) fn is_documented_status(value: &str) -> bool {
    words(&STATUSES, value).is_some()
}

/// A status that only the client's interface is documented to give, in words.
pub(crate) fn client_status(value: &str) -> Option<Text> {
    words(&CLIENT_STATUSES, value)
}

/// A popup scene in words.
pub(crate) fn scene(value: i64) -> Option<Text> {
    words(&SCENES, value)
}

/// An error code in words.
pub(crate) fn error_code(value: i64) -> Option<Text> {
    words(&ERROR_CODES, value)
}
