//! The table of WeChat's names. They are spelled nowhere else in the program.
//!
//! Source: WeChat's document of the subscribe-message callbacks (订阅消息, 事件推送) and captured payloads.

use crate::lang::Text;

/// The type of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// Text as given. A JSON number counts as its digits.
    Text,
    /// A whole number of 64 bits. A JSON string counts as the number it spells.
    Integer,
    /// A message id. It is kept as text, because a floating-point number would lose digits.
    Digits,
}

/// The check for a value of the right type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    Nothing,
    Account,
    Openid,
    Time,
    Template,
    Status,
    MsgId,
}

/// A field of the header or of an item.
#[derive(Debug)]
pub(crate) struct Field {
    /// The field's bit in a set of fields. Bits increase in the order of the record.
    pub(crate) bit: u16,
    /// The name in a payload.
    pub(crate) wire: &'static str,
    /// The key in a record.
    pub(crate) key: &'static str,
    pub(crate) ty: Type,
    pub(crate) check: Check,
    /// A short name for people.
    pub(crate) label: Text,
    /// A description in whole sentences.
    pub(crate) about: Text,
}

macro_rules! fields {
    ($($constant:ident $number:literal $wire:literal $key:literal $ty:ident $check:ident $en:literal $zh:literal $about_en:literal $about_zh:literal;)*) => {
        $(pub(crate) static $constant: Field =
            Field { bit: 1 << $number, wire: $wire, key: $key, ty: Type::$ty, check: Check::$check, label: Text::new($en, $zh), about: Text::new($about_en, $about_zh) };)*
    };
}

fields! {
    TO_USER 0 "ToUserName" "to_user" Text Account "account" "账号"
        "The account to which the callback is sent: its original id, `gh_` and 12 hexadecimal digits. Cloud functions are called with the appid instead."
        "回调所属的账号：原始 ID，`gh_` 加 12 位十六进制数字。云函数收到的是 appid。";
    FROM_USER 1 "FromUserName" "from_user" Text Openid "openid" "用户"
        "The user, by the openid that belongs to this account: 28 characters that begin with `o`."
        "用户在该账号下的 openid：以 `o` 开头的 28 个字符。";
    CREATE_TIME 2 "CreateTime" "create_time" Integer Time "time" "时间"
        "When WeChat made the callback, in Unix seconds. JSON has it as a number or as a string of digits."
        "微信产生回调的时间，Unix 秒数。JSON 中为数字或数字字符串。";
    TEMPLATE_ID 3 "TemplateId" "template_id" Text Template "template" "模板"
        "The template, by its id in the console: 43 letters, digits, `-` or `_`, of which the first may be `-`."
        "模板在后台的 ID：43 个字母、数字、`-` 或 `_`，首字符可以是 `-`。";
    STATUS 4 "SubscribeStatusString" "status" Text Status "status" "状态"
        "What the user decided about the template. Callbacks know two values; others come from the client's interface."
        "用户对该模板的决定。回调只有两种值；其他值来自客户端接口。";
    POPUP_SCENE 5 "PopupScene" "popup_scene" Integer Nothing "scene" "场景"
        "Where the prompt was shown. Not a proof of the kind of account: the mini program's document has a sample with a service account's value."
        "弹窗的场景。不能据此判断账号类型：小程序文档的示例中就有服务号的取值。";
    MSG_ID 6 "MsgID" "msg_id" Digits MsgId "message" "消息 ID"
        "The message, by the `msgid` that the send interface answered: the key to join a result with its request. It has 19 digits, too many for a double, so it is a text in records. An ordinary message's `MsgId` at the top of a payload is another thing."
        "消息 ID，即发送接口返回的 `msgid`，用于把结果与请求对应。它有 19 位，超出双精度浮点数，因此记录中为文本。消息体顶层的 `MsgId` 是普通消息的 ID，与此无关。";
    ERROR_CODE 7 "ErrorCode" "error_code" Integer Nothing "error code" "错误码"
        "The result of sending the message; 0 is success. WeChat's document says that a failure here is only a system failure of the asynchronous push, and lists no codes; the codes known here are those of the send interface."
        "消息的发送结果；0 为成功。微信文档说此处的失败仅为异步推送导致的系统失败，没有列出错误码；此处已知的是发送接口的错误码。";
    ERROR_STATUS 8 "ErrorStatus" "error_status" Text Nothing "error" "错误说明"
        "The result in WeChat's words: `success`, or a text as the send interface gives as `errmsg`."
        "微信对结果的说明：`success`，或与发送接口 `errmsg` 相同的文字。";
}

/// The fields of the header, in the order of record and payload.
pub(crate) static HEADER: [&Field; 3] = [&TO_USER, &FROM_USER, &CREATE_TIME];

/// The fields that items of any event have, in the order of record and payload.
pub(crate) static ITEM: [&Field; 6] = [
    &TEMPLATE_ID,
    &STATUS,
    &POPUP_SCENE,
    &MSG_ID,
    &ERROR_CODE,
    &ERROR_STATUS,
];

/// The name of the message's type, which is `event` in every callback.
pub(crate) const MSG_TYPE: &str = "MsgType";
/// The value of [`MSG_TYPE`] in a callback.
pub(crate) const MSG_TYPE_EVENT: &str = "event";
/// The name of the event.
pub(crate) const EVENT: &str = "Event";
/// The prefix of the names of all three events.
pub(crate) const EVENT_PREFIX: &str = "subscribe_msg_";
/// A part of the names of all three events that no other event of WeChat has.
pub(crate) const EVENT_WORD: &str = "_msg_";
/// Names and values of which every message has at least one, however it is escaped.
pub(crate) static ANCHORS: [&str; 8] = [
    TO_USER.wire,
    FROM_USER.wire,
    MSG_TYPE,
    ENCRYPT,
    EVENT_PREFIX,
    "SubscribeMsg",
    PROBE.1,
    // A record has no other anchor besides its event, which a container may cut.
    FROM_USER.key,
];
/// The anchors that are searched for in base64, too, with the number of pieces of each. A line break may cut one piece.
/// They are long and few: short ones would stand in other data, and many would make each search slower.
pub(crate) static ENCODED_ANCHORS: [(&str, usize); 2] = [("UserName", 2), (EVENT_PREFIX, 1)];
/// The keys of a record that are not fields: event, items, extra fields and source.
pub(crate) const RECORD_EVENT: &str = "event";
pub(crate) const RECORD_ITEMS: &str = "items";
pub(crate) const RECORD_EXTRA: &str = "extra";
pub(crate) const RECORD_SOURCE: &str = "source";
/// The keys of a record's source: capture, line, offset, syntax, and how an encrypted payload was opened.
pub(crate) const SOURCE_PATH: &str = "path";
pub(crate) const SOURCE_LINE: &str = "line";
pub(crate) const SOURCE_OFFSET: &str = "offset";
pub(crate) const SOURCE_FORMAT: &str = "format";
pub(crate) const SOURCE_SEALED: &str = "sealed";
/// Texts that mark a JSON message, even a broken one. The quotes keep escaped text from matching.
pub(crate) static MARKS: [&str; 4] = [
    "\"ToUserName\"",
    "\"FromUserName\"",
    "\"MsgType\"",
    "\"Encrypt\"",
];
/// The beginning of an event's name in JSON. Log entries have it, too; a message or a record has one of these members
/// beside it.
pub(crate) const EVENT_MARKS: (&str, &[&str]) = (
    "\"subscribe_msg_",
    &[
        "\"SubscribeMsg",
        "\"CreateTime\"",
        "\"List\"",
        "\"TemplateId\"",
        "\"to_user\"",
        "\"from_user\"",
        "\"create_time\"",
        "\"items\"",
    ],
);
/// The usual beginnings of messages and records.
pub(crate) static HEADS: [&str; 7] = [
    "{\"ToUserName\":\"",
    "{\"FromUserName\":\"",
    "{\"MsgType\":\"",
    "{\"event\":\"subscribe_msg_",
    "<xml><ToUserName><![CDATA[",
    "<xml>\n<ToUserName><![CDATA[",
    "<xml>\r\n<ToUserName><![CDATA[",
];
/// The name of the items.
pub(crate) const LIST: &str = "List";
/// The name of a list's entries in the output of some tools.
pub(crate) const LIST_ENTRY: &str = "item";
/// The name of an encrypted payload.
pub(crate) const ENCRYPT: &str = "Encrypt";
/// Names beside [`ENCRYPT`] in an envelope: third-party platform, agent, and the signature of a reply.
const OF_ENVELOPE: [&str; 5] = ["AppId", "AgentID", SIGNATURE[0], SIGNATURE[1], SIGNATURE[2]];
/// The signature of a reply with its time and nonce. In a reply they are part of the body.
pub(crate) const SIGNATURE: [&str; 3] = ["MsgSignature", "TimeStamp", "Nonce"];
/// The field and value with which cloud hosting probes a server.
pub(crate) const PROBE: (&str, &str) = ("action", "CheckContainerPath");
/// The name of the XML root element.
pub(crate) const ROOT: &str = "xml";

/// The members of messages that hold what a user typed or chose, or what a scanned code or a shared page says.
///
/// They are never searched for payloads: anyone can type a callback into a chat. The documents of ordinary messages,
/// of menu events and of customer service name them.
static TYPED: [&str; 18] = [
    "Content",
    "Title",
    "Description",
    "Url",
    "Label",
    "Poiname",
    "Recognition",
    "EventKey",
    "ScanCodeInfo",
    "ScanResult",
    "SendLocationInfo",
    "SessionFrom",
    "PagePath",
    "Query",
    "FileName",
    "OuterStr",
    "NickName",
    "bizmsgmenuid",
];

/// The names under which parsers of XML put the text of an element that they made an object, and MongoDB the digits of a
/// number.
static TEXT_MEMBERS: [&str; 12] = [
    "#text",
    "_text",
    "__text",
    "$t",
    "_",
    "_cdata",
    "__cdata",
    "#cdata",
    "#cdata-section",
    "$numberLong",
    "$numberInt",
    "$numberDecimal",
];

/// The member in which WxJava prints the fields of a message under WeChat's names.
pub(crate) const SDK_FIELDS: &str = "allFieldsMap";
/// The names that WxJava gives to fields of the header, if they are more than WeChat's in another case.
static SDK_NAMES: [(&str, &Field); 2] = [("toUser", &TO_USER), ("fromUser", &FROM_USER)];

/// The template id in the samples of WeChat's document, which has lost a character.
pub(crate) const SAMPLE_TEMPLATE_ID: &str = "BEwX0BOT3MqK3Uc5oTU3CGBqzjpndk2jzUf7VfExd8";

/// The names that every plain WeChat message has.
pub(crate) static WHOLE_HEADER: [&str; 4] =
    [TO_USER.wire, FROM_USER.wire, CREATE_TIME.wire, MSG_TYPE];

/// The meaning of a name at the top of a payload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Top {
    Field(&'static Field),
    MsgType,
    Event,
    List,
    Encrypt,
}

/// The names at the top of a payload that are not fields.
static TOP: [(Top, &str); 4] = [
    (Top::MsgType, MSG_TYPE),
    (Top::Event, EVENT),
    (Top::List, LIST),
    (Top::Encrypt, ENCRYPT),
];

/// A recognised name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<T> {
    pub(crate) what: T,
    /// The documented spelling.
    pub(crate) name: &'static str,
    /// True if the spelling matches exactly, not only in another letter case.
    pub(crate) exact: bool,
}

impl Known<Top> {
    /// Returns true if WeChat's messages have the field in their header.
    ///
    /// Other programs log `createTime` too, so that name must be spelt as WeChat spells it.
    pub(crate) fn is_header(&self) -> bool {
        match self.what {
            Top::Field(field) => self.exact || field.bit != CREATE_TIME.bit,
            Top::MsgType => true,
            Top::Event | Top::List | Top::Encrypt => false,
        }
    }

    /// Returns true if the name marks a message; see [`marks_message`].
    pub(crate) fn marks_message(&self) -> bool {
        match self.what {
            Top::Field(field) => field.bit != CREATE_TIME.bit,
            Top::MsgType => true,
            Top::Encrypt => self.exact,
            Top::Event | Top::List => false,
        }
    }
}

/// Looks up `name` at the top of a payload, in any letter case.
pub(crate) fn top(name: &str) -> Option<Known<Top>> {
    known(name, |is| {
        let field = HEADER.iter().find(|field| is(field.wire));
        let field = field.map(|field| (Top::Field(field), field.wire));
        field.or_else(|| TOP.iter().find(|(_, known)| is(known)).copied())
    })
}

/// Looks up `name` as a field of an item, in any letter case.
pub(crate) fn item_field(name: &str) -> Option<Known<&'static Field>> {
    known(name, |is| {
        let field = ITEM.iter().find(|field| is(field.wire))?;
        Some((*field, field.wire))
    })
}

/// Looks up `name` exactly, then in any letter case. The compiler turns the first pass into comparisons of words, which a
/// loop over a table would lose: 6 % more instructions a payload.
#[inline(always)]
fn known<T>(
    name: &str,
    find: impl Fn(&dyn Fn(&str) -> bool) -> Option<(T, &'static str)>,
) -> Option<Known<T>> {
    let exact = find(&|known| known == name).map(|found| (found, true));
    let found = exact.or_else(|| Some((find(&|known| known.eq_ignore_ascii_case(name))?, false)));
    let ((what, name), exact) = found?;
    Some(Known { what, name, exact })
}

/// Returns true if elements of this name hold short plain text, such as ids, numbers or event names.
pub(crate) fn is_plain(name: &str) -> bool {
    item_field(name).is_some()
        || matches!(
            top(name).map(|known| known.what),
            Some(Top::Field(_) | Top::MsgType | Top::Event | Top::Encrypt)
        )
}

/// Returns true if the name belongs to the envelope of an encrypted payload.
pub(crate) fn is_of_envelope(name: &str) -> bool {
    OF_ENVELOPE
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// Returns true if messages have a member of this name at the top: one of the header, or the id of an ordinary message.
pub(crate) fn is_member(name: &str) -> bool {
    top(name).is_some() || name.eq_ignore_ascii_case(MSG_ID.wire) || is_typed_exactly(name)
}

/// Returns true if a field of a message shows that it is one of an event, as its wrapper does: then users type only what a few members hold.
pub(crate) fn is_of_event(name: &str, value: &str) -> bool {
    match top(name).map(|known| known.what) {
        Some(Top::MsgType) => value == MSG_TYPE_EVENT,
        Some(Top::Event) => value.starts_with(EVENT_PREFIX),
        _ => crate::event::Event::by_wrapper(name).is_some(),
    }
}

/// Returns true if the value of a field of this name tells whether an object is a message.
pub(crate) fn tells_by_value(name: &str) -> bool {
    let names = [EVENT, MSG_TYPE];
    names.iter().any(|known| known.eq_ignore_ascii_case(name)) || name == PROBE.0
}

/// Returns true if a member of this name holds what a user typed or chose, in any letter case.
pub(crate) fn is_typed(name: &str) -> bool {
    TYPED.iter().any(|typed| typed.eq_ignore_ascii_case(name))
}

/// Returns true if [`is_typed`], and the name is spelt as WeChat spells it.
pub(crate) fn is_typed_exactly(name: &str) -> bool {
    TYPED.contains(&name)
}

/// Returns true if WeChat's messages have a field of this name in their header, or WxJava prints one under this name.
pub(crate) fn is_header(name: &str) -> bool {
    match top(name) {
        Some(known) => known.is_header(),
        None => sdk_field(name).is_some(),
    }
}

/// Returns true if parsers of XML put the text of an element into a member of this name.
pub(crate) fn is_text_member(name: &str) -> bool {
    TEXT_MEMBERS.contains(&name)
}

/// Returns the field of the header that WxJava prints under `name`.
pub(crate) fn sdk_field(name: &str) -> Option<&'static Field> {
    let row = SDK_NAMES.iter().find(|(known, _)| *known == name)?;
    Some(row.1)
}

/// Returns true if the name marks a message. `Event` alone does not, because other logs use the word.
pub(crate) fn marks_message(name: &str) -> bool {
    top(name).is_some_and(|known| known.marks_message())
}

/// Returns true if `name` is a name of the header in snake case, as programs in Python or Rust have it.
pub(crate) fn is_snake_header(name: &str) -> bool {
    let letters = || name.bytes().filter(|&b| b != b'_');
    let is = |known: &&str| {
        letters()
            .map(|b| b.to_ascii_lowercase())
            .eq(known.bytes().map(|b| b.to_ascii_lowercase()))
    };
    name.contains('_') && WHOLE_HEADER.iter().any(is)
}

/// Returns the field of `table` with the record key `key`.
pub(crate) fn by_key(table: &[&'static Field], key: &str) -> Option<&'static Field> {
    table.iter().copied().find(|field| field.key == key)
}

/// Returns the field of `table` with the payload name `wire`.
pub(crate) fn by_wire(table: &[&'static Field], wire: &str) -> Option<&'static Field> {
    table.iter().copied().find(|field| field.wire == wire)
}

/// The names under which payloads and logs have ids, in lower case and without `_` and `-`.
static IDS: [&str; 18] = [
    "tousername",
    "fromusername",
    "touser",
    "fromuser",
    "templateid",
    "pritmplid",
    "msgid",
    "openid",
    "toopenid",
    "fromopenid",
    "unionid",
    "appid",
    "weappid",
    "mpappid",
    "authorizerappid",
    "componentappid",
    "userid",
    "receiveid",
];

/// The names of ids as other text has them, in any letter case. A user's id of another system is none.
pub(crate) static SPELT_IDS: [&str; 18] = [
    "ToUserName",
    "FromUserName",
    "to_user_name",
    "from_user_name",
    "to_user",
    "from_user",
    "ToUser",
    "FromUser",
    "TemplateId",
    "template_id",
    "openid",
    "open_id",
    "unionid",
    "union_id",
    "appid",
    "app_id",
    "MsgId",
    "msg_id",
];

/// Returns true if a field of this name holds an id, in any spelling.
pub(crate) fn is_id(name: &str) -> bool {
    const LONGEST: usize = 20;
    let letters = name.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
    let letters = letters.map(|byte| byte.to_ascii_lowercase());
    let len = letters.clone().count();
    let mut known = IDS.iter().filter(|known| known.len() == len);
    name.len() <= LONGEST && known.any(|known| known.bytes().eq(letters.clone()))
}

/// Returns true if `text` is a name or a value that WeChat or records use, so that it stands for itself, whatever field
/// it is the value of.
pub(crate) fn is_word_of_wire(text: &str) -> bool {
    let is = |known: &str| known.eq_ignore_ascii_case(text);
    let fields = HEADER.iter().chain(&ITEM);
    let mut names = fields.flat_map(|field| [field.wire, field.key]);
    let others = [MSG_TYPE, EVENT, LIST, ENCRYPT, SDK_FIELDS, RECORD_SOURCE];
    is_id(text)
        || is_typed(text)
        || is_of_envelope(text)
        || names.any(is)
        || others.into_iter().any(is)
        || text.starts_with(EVENT_PREFIX)
        || crate::event::Event::by_wrapper(text).is_some()
        || crate::event::terms::client_status(text).is_some()
}

/// Returns true if a record may have this key at its top.
pub(crate) fn is_record_key(key: &str) -> bool {
    let own = [RECORD_EVENT, RECORD_ITEMS, RECORD_EXTRA, RECORD_SOURCE];
    own.contains(&key) || by_key(&HEADER, key).is_some() || by_key(&ITEM, key).is_some()
}
