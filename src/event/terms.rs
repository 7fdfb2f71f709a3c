//! The meanings of field values in words.

use crate::lang::Text;

/// A value with its meaning.
#[derive(Debug)]
pub(crate) struct Term<V: 'static> {
    pub(crate) value: V,
    pub(crate) words: Text,
    /// What is documented about it and where, in whole sentences.
    pub(crate) about: Text,
}

/// A result of sending a message, with WeChat's text for it.
#[derive(Debug)]
pub(crate) struct ErrorCode {
    pub(crate) term: Term<i64>,
    pub(crate) status: &'static str,
}

const fn term<V>(value: V, words: Text, about: Text) -> Term<V> {
    Term {
        value,
        words,
        about,
    }
}

const fn code(value: i64, status: &'static str, words: Text, about: Text) -> ErrorCode {
    ErrorCode {
        term: term(value, words, about),
        status,
    }
}

/// The user agreed.
pub(crate) const ACCEPT: &str = "accept";
/// The user refused, or switched the template off.
pub(crate) const REJECT: &str = "reject";

/// The documented values of SubscribeStatusString in callbacks.
pub(crate) static STATUSES: [Term<&str>; 2] = [
    term(
        ACCEPT,
        Text::new("accepted", "接收"),
        Text::new(
            "The user tapped “agree” for this template in the prompt. Documented for popup events. After that one message may be sent, with a long-term template any number; a prompt that the user answered with “always keep” is answered without another callback.",
            "用户在弹窗中对该模板点击“同意”。文档见 popup 事件。之后可下发一条消息（长期模板不限）；用户勾选“总是保持以上选择”后再次弹窗不会再推送回调。",
        ),
    ),
    term(
        REJECT,
        Text::new("rejected", "拒收"),
        Text::new(
            "The user tapped “cancel” for this template in the prompt, or switched it off in the service notifications. Documented for popup and change events; it is all that a change event says.",
            "用户在弹窗中对该模板点击“取消”，或在服务通知中关闭了它。文档见 popup 和 change 事件；change 事件只会是这个值。",
        ),
    ),
];

/// Statuses that `wx.requestSubscribeMessage` returns in the client. Seen in callbacks only in tests and databases.
pub(crate) static CLIENT_STATUSES: [Term<&str>; 5] = [
    term(
        "ban",
        Text::new("blocked by the platform", "已被后台封禁"),
        Text::new(
            "An answer of wx.requestSubscribeMessage in the client: the platform has blocked the template. It is not documented for callbacks.",
            "客户端 wx.requestSubscribeMessage 的返回值：该模板已被后台封禁。回调文档中没有。",
        ),
    ),
    term(
        "filter",
        Text::new("title used by another template", "模板标题重复被过滤"),
        Text::new(
            "An answer of wx.requestSubscribeMessage in the client: the platform left the template out, since another one of the same request has its title. It is not documented for callbacks.",
            "客户端 wx.requestSubscribeMessage 的返回值：该模板因与同一请求中的模板标题同名而被后台过滤。回调文档中没有。",
        ),
    ),
    term(
        "acceptWithAudio",
        Text::new("accepted, with voice", "接收（语音提醒）"),
        Text::new(
            "An answer of wx.requestSubscribeMessage in the client: the user agreed and switched voice reminders on. It is not documented for callbacks.",
            "客户端 wx.requestSubscribeMessage 的返回值：用户同意并开启了语音提醒。回调文档中没有。",
        ),
    ),
    term(
        "acceptWithAlert",
        Text::new("accepted, with banner", "接收（弹窗提醒）"),
        Text::new(
            "An answer of wx.requestSubscribeMessage in the client: the user agreed, with a strong reminder. The document does not list it; WeChat's staff said so in the developer forum. It is not documented for callbacks.",
            "客户端 wx.requestSubscribeMessage 的返回值：用户同意，且为强提醒。文档没有列出，见微信工作人员在开发者社区的答复。回调文档中没有。",
        ),
    ),
    term(
        "acceptWithForcePush",
        Text::new("accepted, with forced push", "接收（强提醒）"),
        Text::new(
            "An answer of wx.requestSubscribeMessage in the client: the user agreed, with a strong reminder. The document does not list it; WeChat's staff said so in the developer forum. It is not documented for callbacks.",
            "客户端 wx.requestSubscribeMessage 的返回值：用户同意，且为强提醒。文档没有列出，见微信工作人员在开发者社区的答复。回调文档中没有。",
        ),
    ),
];

/// The values of PopupScene.
pub(crate) static SCENES: [Term<i64>; 3] = [
    term(
        0,
        Text::new("mini program page", "小程序页面"),
        Text::new(
            "The prompt was shown on a page of the mini program.",
            "弹窗来自小程序页面。",
        ),
    ),
    term(
        1,
        Text::new("web page", "网页 H5"),
        Text::new(
            "The prompt was shown on a web page (H5). Documented for service accounts.",
            "弹窗来自 H5 页面。见服务号文档。",
        ),
    ),
    term(
        2,
        Text::new("article", "图文消息"),
        Text::new(
            "The prompt was shown in an article. Documented for service accounts; the sample in the mini program's document has it too.",
            "弹窗来自图文消息。见服务号文档；小程序文档的示例中也有。",
        ),
    ),
];

/// The values of ErrorCode. Only 0 is documented for callbacks; the send API returns the others itself.
pub(crate) static ERROR_CODES: [ErrorCode; 6] = [
    code(
        0,
        "success",
        Text::new("pushed", "推送成功"),
        Text::new(
            "WeChat pushed the message; no callback says whether the user saw it. Test the code for success, not the text beside it: as a rule that is `success`, but `ok` occurs.",
            "推送成功；用户是否看到，没有回调会说明。请用错误码而非文字判断是否成功：文字通常是 `success`，也出现过 `ok`。",
        ),
    ),
    code(
        43101,
        "user refuse to accept the msg",
        Text::new("send API: user refused", "发送接口：用户拒收"),
        Text::new(
            "The user refuses messages of this template, or had subscribed and has cancelled it. WeChat's staff said in the developer forum that the interface also answers this code after the one message of a one-time template was sent, until the user agrees again.",
            "用户拒收该模板的消息；如果用户之前曾经订阅过，则表示用户取消了订阅关系。微信工作人员在开发者社区答复：一次性模板的次数用完后、用户再次同意之前，也会返回它。",
        ),
    ),
    code(
        40003,
        "invalid openid",
        Text::new("send API: bad openid", "发送接口：openid 错误"),
        Text::new(
            "`touser`, the openid, is empty or wrong. Openids of another account are wrong too.",
            "`touser` 字段的 openid 为空或者不正确。其他账号的 openid 也算不正确。",
        ),
    ),
    code(
        40037,
        "invalid template_id",
        Text::new("send API: bad template id", "发送接口：模板 ID 错误"),
        Text::new(
            "The template id is empty or wrong.",
            "订阅模板 ID 为空或者不正确。",
        ),
    ),
    code(
        47003,
        "argument invalid!",
        Text::new(
            "send API: data does not fit the template",
            "发送接口：模板参数不准确",
        ),
        Text::new(
            "A value of the template's data is empty or breaks the rules of its keyword; `errmsg` names the field.",
            "模板参数不准确，可能为空或者不满足规则，`errmsg` 会提示具体是哪个字段出错。",
        ),
    ),
    code(
        41030,
        "invalid page",
        Text::new("send API: bad page", "发送接口：page 路径不正确"),
        Text::new(
            "The path in `page` is wrong: the page must exist in the released version of the mini program, as its app.json says.",
            "`page` 路径不正确，需要保证在现网版本小程序中存在，与 app.json 保持一致。",
        ),
    ),
];

fn words<V: PartialEq<T>, T>(terms: &'static [Term<V>], value: T) -> Option<Text> {
    terms
        .iter()
        .find(|term| term.value == value)
        .map(|term| term.words)
}

/// Returns a status in words.
pub(crate) fn status(value: &str) -> Option<Text> {
    words(&STATUSES, value).or_else(|| client_status(value))
}

/// The statuses documented for callbacks.
pub(crate) static DOCUMENTED_STATUSES: [&str; STATUSES.len()] = [ACCEPT, REJECT];

/// Returns a status in words that is documented only for the client.
pub(crate) fn client_status(value: &str) -> Option<Text> {
    words(&CLIENT_STATUSES, value)
}

/// Returns a popup scene in words.
pub(crate) fn scene(value: i64) -> Option<Text> {
    words(&SCENES, value)
}

/// Returns an error code in words.
pub(crate) fn error_code(value: i64) -> Option<Text> {
    let row = ERROR_CODES.iter().find(|row| row.term.value == value)?;
    Some(row.term.words)
}
