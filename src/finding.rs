//! Findings: what is noteworthy about a payload, and the one table of their codes and sentences.
//!
//! A [`Finding`] is plain data: a reason, a place, and the names that go into its sentence. How it looks is
//! decided where it is printed. Every reason belongs to a [`Code`], the stable name that scripts rely on.
//!
//! Adding a code: a row in `codes!` and at least one row in `reasons!`; adding a sentence: a row in `reasons!`.

use std::fmt;

use crate::lang::{Lang, Text};
use crate::span::Span;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Odd, but understood: `check` passes unless `--strict` is given.
    Warning,
    /// Something is missing or contradictory; the payload is decoded all the same.
    Error,
    /// An error that leaves nothing to decode.
    Undecodable,
}

impl Severity {
    /// `error` or `warning`, as compilers and CI systems spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error | Severity::Undecodable => "error",
        }
    }
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident $en:literal $zh:literal)*) => {
        /// The stable name of a kind of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`: ", $en, ".")] $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The code in kebab case, as printed and as given on the command line.
            ///
            /// ```
            /// assert_eq!(wxsub::Code::MissingField.as_str(), "missing-field");
            /// ```
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// How much findings of this code weigh.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// What the code stands for, in one line.
            pub const fn summary(self, lang: Lang) -> &'static str {
                match self { $(Code::$name => Text::new($en, $zh).get(lang),)* }
            }
        }
    };
}

codes! {
    MalformedXml "malformed-xml" Undecodable
        "the payload is not well-formed XML" "消息体不是格式良好的 XML"
    MalformedJson "malformed-json" Undecodable
        "the payload is not JSON, even with comments and trailing commas allowed" "即使允许注释和多余的逗号，消息体也不是合法的 JSON"
    InvalidEncoding "invalid-encoding" Undecodable
        "the payload is not valid text in its encoding" "消息体不是其编码下的合法文本"
    DoctypeForbidden "doctype-forbidden" Undecodable
        "the payload has a DOCTYPE, which WeChat never sends and attackers do" "消息体含有 DOCTYPE；微信从不发送，攻击者才会"
    LimitExceeded "limit-exceeded" Undecodable
        "the payload is larger or deeper than the limits allow" "消息体超出大小或深度限制"
    Encrypted "encrypted" Undecodable
        "the payload is encrypted" "消息体已加密"
    MissingEvent "missing-event" Undecodable
        "the payload does not say which event it is" "消息体没有说明是哪种事件"
    NoPayload "no-payload" Error
        "the file holds no payload" "文件中没有任何消息体"
    OtherEvent "other-event" Error
        "the payload is a WeChat message of another kind" "消息体是其他类型的微信消息"
    MissingField "missing-field" Error
        "a documented field is absent" "缺少文档规定的字段"
    MissingList "missing-list" Error
        "the payload has no List" "消息体没有 List"
    WrongType "wrong-type" Error
        "a value does not fit its field" "字段的值类型不符"
    DuplicateField "duplicate-field" Error
        "a field is given twice; the first one counts" "字段重复；以第一个为准"
    EventMismatch "event-mismatch" Warning
        "Event disagrees with the wrapper's name or with MsgType" "Event 与外层元素名或 MsgType 不一致"
    LegacyShape "legacy-shape" Warning
        "the list stands where only older documents or other tools put it" "列表的位置只见于旧文档或其他工具"
    TrailingComma "trailing-comma" Warning
        "a comma before `}` or `]`, which JSON does not allow" "`}` 或 `]` 之前有多余的逗号，JSON 不允许"
    JsonComment "json-comment" Warning
        "a comment, which JSON does not allow" "含有注释，JSON 不允许"
    OddCase "odd-case" Warning
        "a known name in another case of letters" "已知字段名的大小写不同"
    PaddedValue "padded-value" Warning
        "white space around a value" "值的前后有空白"
    UnknownField "unknown-field" Warning
        "a field that WeChat does not document for this event" "微信文档中该事件没有的字段"
    UnknownStatus "unknown-status" Warning
        "a status other than accept and reject" "accept 和 reject 以外的状态"
    OddTemplateId "odd-template-id" Warning
        "a template id that is not 43 characters of base64url" "模板 ID 不是 43 个 base64url 字符"
    OddOpenid "odd-openid" Warning
        "an openid that is not `o` and 27 characters of base64url" "openid 不是 `o` 加 27 个 base64url 字符"
    OddAccountId "odd-account-id" Warning
        "an account id that is not `gh_` and 12 hexadecimal digits" "账号 ID 不是 `gh_` 加 12 位十六进制数字"
    OddCreateTime "odd-create-time" Warning
        "a time that cannot be right" "不可能正确的时间"
    OddMsgId "odd-msg-id" Warning
        "a message id that is not a number of up to 19 digits" "消息 ID 不是 19 位以内的数字"
    EmptyList "empty-list" Warning
        "the List holds no item" "List 为空"
    ImpreciseMsgId "imprecise-msg-id" Warning
        "a message id that went through a floating-point number and lost digits" "消息 ID 经过浮点数，已丢失位数"
    UnexpectedAttribute "unexpected-attribute" Warning
        "an XML attribute, which WeChat never sends" "含有 XML 属性，微信从不发送"
    StrayText "stray-text" Warning
        "text between elements" "元素之间有多余的文本"
    EncodingMismatch "encoding-mismatch" Warning
        "the XML declaration names another encoding than the text is in" "XML 声明的编码与实际编码不符"
    Noise "noise" Warning
        "bytes that belong to no payload" "不属于任何消息体的内容"
    Unrepresentable "unrepresentable" Error
        "the callback holds something that the target syntax cannot hold" "目标格式无法表示该回调中的内容"
}

/// One sentence a finding can say; `{0}` and `{1}` stand for its arguments.
struct Sentence {
    code: Code,
    text: Text,
    help: Option<Text>,
}

macro_rules! reasons {
    ($($code:ident { $($name:ident $en:literal $zh:literal $(=> $help_en:literal $help_zh:literal)?)* })*) => {
        /// Why a finding is given: one row of the table of sentences.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Reason { $($($name,)*)* }

        const SENTENCES: &[Sentence] = &[$($(Sentence {
            code: Code::$code,
            text: Text::new($en, $zh),
            help: reasons!(@help $($help_en $help_zh)?),
        },)*)*];
    };
    (@help) => { None };
    (@help $en:literal $zh:literal) => { Some(Text::new($en, $zh)) };
}

reasons! {
    MalformedXml {
        XmlCutOff "the payload is cut off: the input ends inside `{0}`" "消息体不完整：输入在 `{0}` 内结束"
        XmlNextBegins "the payload is cut off: the next one begins inside `{0}`" "消息体不完整：下一个消息体在 `{0}` 内开始"
        MismatchedEnd "expected `</{0}>`, found `</{1}>`" "此处应为 `</{0}>`，实际为 `</{1}>`"
        StrayEnd "`</{0}>` closes nothing" "`</{0}>` 没有对应的开始标签"
        ExpectedName "expected a name, found {0}" "此处应为名称，实际为 {0}"
        ExpectedTagEnd "expected `>`, found {0}" "此处应为 `>`，实际为 {0}"
        ExpectedEquals "expected `=` behind the attribute's name, found {0}" "属性名后应为 `=`，实际为 {0}"
        ExpectedQuote "expected a quoted attribute value, found {0}" "此处应为带引号的属性值，实际为 {0}"
        ExpectedSpace "expected white space before the attribute, found {0}" "属性之前应有空白，实际为 {0}"
        LessInAttribute "`<` in an attribute value" "属性值中有 `<`" => "write it as `&lt;`" "请写作 `&lt;`"
        DuplicateAttribute "the attribute `{0}` is given twice" "属性 `{0}` 重复"
        UnknownEntity "unknown entity `&{0};`" "未知的实体 `&{0};`"
            => "without a DTD XML knows only `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&apos;`"
               "没有 DTD 时 XML 只有 `&amp;`、`&lt;`、`&gt;`、`&quot;` 和 `&apos;`"
        LoneAmpersand "`&` begins no reference" "`&` 没有构成引用"
            => "write it as `&amp;`, or put the text into CDATA" "请写作 `&amp;`，或使用 CDATA"
        BadReference "`{0}` is no character that XML allows" "`{0}` 不是 XML 允许的字符"
        CdataEndInText "`]]>` outside a CDATA section" "`]]>` 出现在 CDATA 之外" => "write it as `]]&gt;`" "请写作 `]]&gt;`"
        DashesInComment "`--` inside a comment" "注释中有 `--`"
        BadInstruction "a processing instruction cannot be named `{0}`" "处理指令不能命名为 `{0}`"
        BadDeclaration "the XML declaration is malformed" "XML 声明格式错误"
            => "it reads `<?xml version=\"1.0\" encoding=\"UTF-8\"?>`" "应为 `<?xml version=\"1.0\" encoding=\"UTF-8\"?>`"
        LateDeclaration "an XML declaration is allowed only at the very start" "XML 声明只能出现在最开头"
        BadMarkup "expected a comment or a CDATA section behind `<!`, found {0}" "`<!` 之后应为注释或 CDATA，实际为 {0}"
        IllegalCharacter "the character {0} is not allowed in XML" "XML 不允许字符 {0}"
    }
    MalformedJson {
        JsonCutOff "the payload is cut off: the input ends inside {0}" "消息体不完整：输入在{0}内结束"
        ExpectedMember "expected a member name in double quotes or `}`, found {0}" "此处应为双引号括起的成员名或 `}`，实际为 {0}"
        ExpectedMemberName "expected a member name in double quotes, found {0}" "此处应为双引号括起的成员名，实际为 {0}"
        ExpectedColon "expected `:` behind the member's name, found {0}" "成员名后应为 `:`，实际为 {0}"
        ExpectedValue "expected a value, found {0}" "此处应为值，实际为 {0}"
        ExpectedCommaOrBrace "expected `,` or `}`, found {0}" "此处应为 `,` 或 `}`，实际为 {0}"
        ExpectedCommaOrBracket "expected `,` or `]`, found {0}" "此处应为 `,` 或 `]`，实际为 {0}"
        FullWidthComma "expected `,`, found the full-width comma `，`" "此处应为 `,`，实际为全角逗号 `，`"
            => "type the comma of a Latin keyboard" "请用半角逗号"
        BadEscape "`{0}` is no escape that JSON knows" "`{0}` 不是 JSON 的转义"
        ControlInString "a string holds {0}, a control character that is not escaped" "字符串中有未转义的控制字符 {0}"
            => "JSON strings hold no line breaks; was the payload cut?" "JSON 字符串不能换行；消息体是否被截断?"
        BadNumber "`{0}` is no JSON number" "`{0}` 不是 JSON 数字"
        StrayCloser "`{0}` closes nothing" "`{0}` 没有对应的开始括号"
        ArrayCutOff "the array around the payloads is not closed" "包含消息体的数组没有结束"
        ArrayBroken "expected `,` or `]` behind a payload in an array, found {0}" "数组中的消息体之后应为 `,` 或 `]`，实际为 {0}"
    }
    InvalidEncoding {
        NotUtf8 "the byte {0} is not UTF-8 here" "字节 {0} 在此处不是 UTF-8"
        NotIn "bytes that are not {0}" "不是 {0} 的字节"
        UnknownEncoding "unknown encoding `{0}`" "未知的编码 `{0}`"
    }
    DoctypeForbidden {
        Doctype "a DOCTYPE is refused" "拒绝 DOCTYPE"
            => "WeChat sends none; it can make a reader open files or run out of memory"
               "微信从不发送；它可能使解析器读取文件或耗尽内存"
    }
    LimitExceeded {
        TooLarge "the payload is larger than {0} bytes" "消息体超过 {0} 字节"
            => "see --max-payload-size" "参见 --max-payload-size"
        TooDeep "the payload is nested deeper than {0} levels" "消息体嵌套超过 {0} 层" => "see --max-depth" "参见 --max-depth"
        TooManyItems "the payload holds more than {0} items" "消息体超过 {0} 个条目" => "see --max-items" "参见 --max-items"
        TooManyValues "the payload holds more than {0} values" "消息体超过 {0} 个值" => "see --max-values" "参见 --max-values"
    }
    Encrypted {
        Sealed "the payload is encrypted and no key was given" "消息体已加密，且没有提供密钥"
            => "capture the body behind your server's decryption, or switch the console to plain mode"
               "请捕获服务器解密之后的消息体，或在控制台改用明文模式"
    }
    MissingEvent {
        NoEvent "`Event` is missing" "缺少 `Event`"
        EventNotText "`Event` is not a name" "`Event` 不是名称"
    }
    NoPayload {
        FileWithoutPayload "no payload here" "没有任何消息体"
            => "a payload is an `<xml>` document or a JSON object with the names that WeChat uses"
               "消息体是 `<xml>` 文档，或含有微信字段名的 JSON 对象"
    }
    OtherEvent {
        OtherMessage "`{0}` is not a subscribe-message callback" "`{0}` 不是订阅消息回调"
    }
    MissingField {
        FieldMissing "`{0}` is missing" "缺少 `{0}`"
    }
    MissingList {
        ListMissing "`List` is missing" "缺少 `List`"
            => "was it lost on the way? some SDKs drop it when they print a message" "是否在途中丢失?某些 SDK 打印消息时会丢掉它"
    }
    WrongType {
        NotInteger "`{0}` is not a whole number: `{1}`" "`{0}` 不是整数：`{1}`"
        EmptyInteger "`{0}` is empty; it should be a whole number" "`{0}` 为空；应为整数"
        NotScalar "`{0}` is not a text or a number" "`{0}` 不是文本或数字"
        NotItem "an entry of `{0}` is not an object" "`{0}` 中有条目不是对象"
    }
    DuplicateField {
        Duplicate "`{0}` is given again; the first value counts" "`{0}` 重复出现；以第一个值为准"
    }
    EventMismatch {
        WrapperMismatch "`Event` is `{0}`, but the wrapper is `{1}`" "`Event` 为 `{0}`，外层却是 `{1}`"
            => "decoded by `Event`" "按 `Event` 解码"
        MsgTypeMismatch "`MsgType` is `{0}`, not `event`" "`MsgType` 为 `{0}`，而不是 `event`"
    }
    LegacyShape {
        JsonWrapper "`{0}` in JSON: today's document has `List` at the top level" "JSON 中有 `{0}`：现行文档的 `List` 在顶层"
        WrapperIsList "`{0}` holds the items itself, without `List`" "`{0}` 直接包含条目，没有 `List`"
        ListAtRoot "`List` stands directly under `<xml>`, without a wrapper" "`List` 直接位于 `<xml>` 之下，没有外层元素"
        ItemElements "the items stand in `{0}` inside `List`" "条目位于 `List` 内的 `{0}` 中"
    }
    TrailingComma {
        CommaBeforeEnd "a comma before `{0}`" "`{0}` 之前有多余的逗号"
            => "the samples in WeChat's document have it; JSON readers refuse it" "微信文档的示例中有；JSON 解析器会拒绝"
    }
    JsonComment {
        Comment "a comment" "注释" => "JSON readers refuse it" "JSON 解析器会拒绝"
    }
    OddCase {
        WrongCase "`{0}` is spelled `{1}` in WeChat's document" "`{0}` 在微信文档中写作 `{1}`"
    }
    PaddedValue {
        Padded "white space around the value of `{0}`" "`{0}` 的值前后有空白"
    }
    UnknownField {
        Unknown "`{0}` is not documented here" "文档中此处没有 `{0}`"
        OfAnotherEvent "`{0}` is not documented for {1}" "文档中 {1} 没有 `{0}`"
    }
    UnknownStatus {
        StatusUnknown "status `{0}` is neither `accept` nor `reject`" "状态 `{0}` 既不是 `accept` 也不是 `reject`"
        StatusOfClient "status `{0}` is known from the client's answer, not from callbacks: {1}"
            "状态 `{0}` 见于客户端接口的返回值，而非回调：{1}"
    }
    OddTemplateId {
        TemplateIdLength "`{0}` has {1} characters; template ids have 43" "`{0}` 有 {1} 个字符；模板 ID 应有 43 个"
        TemplateIdAlphabet "`{0}` has characters that template ids do not use" "`{0}` 含有模板 ID 不用的字符"
    }
    OddOpenid {
        OpenidShape "`{0}` does not look like an openid: `o` and 27 letters, digits, `-` or `_`"
            "`{0}` 不像 openid：`o` 加 27 个字母、数字、`-` 或 `_`"
    }
    OddAccountId {
        AccountIdShape "`{0}` does not look like an account id: `gh_` and 12 hexadecimal digits"
            "`{0}` 不像账号原始 ID：`gh_` 加 12 位十六进制数字"
        AccountIsAppid "`{0}` is an appid; callbacks name the account by its `gh_` id" "`{0}` 是 appid；回调应使用 `gh_` 原始 ID"
            => "cloud functions are called like this" "云函数的调用如此"
    }
    OddCreateTime {
        TimeInMilliseconds "`{0}` looks like milliseconds; WeChat sends seconds" "`{0}` 像是毫秒；微信发送的是秒"
        TimeOutOfRange "`{0}` is not a time at which WeChat sent subscribe messages" "`{0}` 不在微信发送订阅消息的年代"
    }
    OddMsgId {
        MsgIdShape "`{0}` does not look like a message id: a number of up to 19 digits" "`{0}` 不像消息 ID：19 位以内的数字"
    }
    EmptyList {
        ListEmpty "`List` holds no item" "`List` 为空"
    }
    ImpreciseMsgId {
        MsgIdImprecise "`{0}` went through a floating-point number: its last digits are lost"
            "`{0}` 经过了浮点数：末尾几位已丢失"
            => "log the id as a string" "请以字符串记录该 ID"
    }
    UnexpectedAttribute {
        Attribute "the attribute `{0}`; WeChat sends none" "属性 `{0}`；微信从不发送属性"
        Attributes "{1} attributes, the first of them `{0}`; WeChat sends none" "{1} 个属性，第一个为 `{0}`；微信从不发送属性"
    }
    StrayText {
        TextBetween "text between the elements of `{0}`" "`{0}` 的子元素之间有文本"
    }
    EncodingMismatch {
        DeclaredOther "the XML declaration says `{0}`, but the text is {1}" "XML 声明为 `{0}`，文本实际为 {1}"
    }
    Noise {
        NoiseHere "{0} bytes belong to no payload; the first stand here" "{0} 字节不属于任何消息体；此处为首处"
    }
    Unrepresentable {
        XmlCharacter "XML cannot hold the character {1} of `{0}`" "XML 无法表示 `{0}` 中的字符 {1}"
        XmlName "`{0}` cannot be the name of an XML element" "`{0}` 不能作为 XML 元素名"
        XmlShape "XML cannot tell {1} in `{0}` from a plain text" "XML 无法区分 `{0}` 中的{1}与普通文本"
        NotFaithful "written as {0}, this would be read back as another callback: an extra field takes a documented one's place"
            "写成 {0} 后会被读成另一个回调：额外字段占用了文档规定的位置"
        LoneSurrogate "`{0}` holds half of a surrogate pair, which is no character" "`{0}` 含有半个代理对，不是字符"
    }
}

/// Something noteworthy about a payload.
///
/// ```
/// use wxsub::{Code, Lang};
///
/// let record = wxsub::decode(br#"{"ToUserName":"gh_123456789abc","Event":"subscribe_msg_sent_event","List":[]}"#);
/// let codes: Vec<Code> = record.findings().iter().map(|f| f.code()).collect();
/// assert!(codes.contains(&Code::EmptyList));
/// assert_eq!(record.findings()[0].message(Lang::En), "`FromUserName` is missing");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    reason: Reason,
    span: Span,
    args: Vec<Arg>,
}

/// What goes into a sentence: text from the input, or words of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arg {
    /// Cut and harmless for a terminal.
    Given(String),
    /// A name of WeChat's or of our own.
    Name(&'static str),
    Words(Text),
}

impl Arg {
    fn get(&self, lang: Lang) -> &str {
        match self {
            Arg::Given(text) => text,
            Arg::Name(name) => name,
            Arg::Words(words) => words.get(lang),
        }
    }
}

impl<T: AsRef<str>> From<T> for Arg {
    fn from(text: T) -> Self {
        Arg::Given(Excerpt(text.as_ref()).to_string())
    }
}

impl Finding {
    pub(crate) fn new(reason: Reason, span: Span) -> Self {
        Finding {
            reason,
            span,
            args: Vec::new(),
        }
    }

    /// The same finding with the next argument of its sentence.
    pub(crate) fn with(mut self, arg: impl Into<Arg>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// The same finding with a fixed name as the next argument.
    pub(crate) fn with_name(mut self, name: &'static str) -> Self {
        self.args.push(Arg::Name(name));
        self
    }

    /// The same finding with words of our own as the next argument.
    pub(crate) fn with_words(mut self, words: Text) -> Self {
        self.args.push(Arg::Words(words));
        self
    }

    /// Why it is given.
    pub(crate) fn reason(&self) -> Reason {
        self.reason
    }

    /// Its stable name.
    pub fn code(&self) -> Code {
        self.sentence().code
    }

    /// How much it weighs.
    pub fn severity(&self) -> Severity {
        self.code().severity()
    }

    /// Where it is, in bytes of the payload's text.
    pub fn span(&self) -> Span {
        self.span
    }

    /// What was found, as a sentence.
    pub fn message(&self, lang: Lang) -> String {
        fill(self.sentence().text.get(lang), &self.args, lang)
    }

    /// What to do about it, where there is something to say.
    pub fn help(&self, lang: Lang) -> Option<&'static str> {
        self.sentence().help.map(|help| help.get(lang))
    }

    fn sentence(&self) -> &'static Sentence {
        &SENTENCES[self.reason as usize]
    }
}

/// The findings of one payload, in the order in which they were made; bounded, so that no payload fills the memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    dropped: usize,
}

impl Findings {
    const MOST: usize = 1_000;

    pub(crate) fn push(&mut self, finding: Finding) {
        match self.list.len() < Self::MOST {
            true => self.list.push(finding),
            false => self.dropped += 1,
        }
    }

    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// Leaves nothing but `finding`, which makes everything else irrelevant.
    pub(crate) fn only(&mut self, finding: Finding) {
        self.clear();
        self.list.push(finding);
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.dropped = 0;
    }

    /// Drops those that stand in one of `spans`, which are in order and do not overlap.
    pub(crate) fn drop_inside(&mut self, spans: &[Span]) {
        self.list.retain(|finding| {
            let at = finding.span().start;
            let before = spans.partition_point(|span| span.start <= at);
            before == 0 || spans[before - 1].end <= at
        });
    }

    /// Puts them in the order of their places.
    pub(crate) fn sort(&mut self) {
        self.list.sort_by_key(|finding| finding.span());
    }

    pub(crate) fn as_slice(&self) -> &[Finding] {
        &self.list
    }

    /// How many there were beyond the bound.
    pub(crate) fn dropped(&self) -> usize {
        self.dropped
    }
}

/// `pattern` with its `{0}` and `{1}` replaced; a brace pair with anything else inside stays.
fn fill(pattern: &str, args: &[Arg], lang: Lang) -> String {
    let mut text = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(at) = rest.find('{') {
        let (before, slot) = rest.split_at(at);
        text.push_str(before);
        match args
            .iter()
            .enumerate()
            .find_map(|(i, arg)| Some((arg, slot.strip_prefix(SLOTS.get(i)?)?)))
        {
            Some((arg, after)) => {
                text.push_str(arg.get(lang));
                rest = after;
            }
            None => {
                text.push('{');
                rest = &slot[1..];
            }
        }
    }
    text + rest
}

const SLOTS: [&str; 2] = ["{0}", "{1}"];

/// Text from the input as part of a message: control characters escaped, long text cut.
pub(crate) struct Excerpt<'a>(pub(crate) &'a str);

impl Excerpt<'_> {
    /// The most characters a message repeats of a value.
    const LONGEST: usize = 64;
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, c) in self.0.chars().enumerate() {
            match c {
                _ if i == Self::LONGEST => return f.write_str("…"),
                c if is_unprintable(c) => write!(f, "{}", c.escape_unicode())?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

/// `text` whole, as it may go to a terminal: what would steer one becomes visible escapes.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_unprintable(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

/// Characters that steer a terminal instead of showing on it: C0, DEL, C1, and the ones that turn the direction
/// of writing or hide.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kebab_case_and_unique() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(
                code.as_str()
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '-'),
                "{code:?}"
            );
            assert!(seen.insert(code.as_str()), "{code:?} twice");
        }
    }

    #[test]
    fn every_code_has_a_sentence_and_both_languages_use_the_same_arguments() {
        for code in Code::ALL {
            assert!(
                SENTENCES.iter().any(|s| s.code == *code),
                "{code:?} has no sentence"
            );
        }
        for sentence in SENTENCES {
            for slot in SLOTS {
                let [en, zh] =
                    [Lang::En, Lang::Zh].map(|lang| sentence.text.get(lang).contains(slot));
                assert_eq!(en, zh, "{:?}", sentence.text);
            }
        }
    }

    #[test]
    fn sentences_are_in_one_voice() {
        for sentence in SENTENCES {
            let texts = [Some(sentence.text), sentence.help];
            for text in texts.into_iter().flatten() {
                let en = text.get(Lang::En);
                assert!(!en.ends_with('.'), "{en}");
                assert!(
                    !en.starts_with(|c: char| c.is_ascii_uppercase())
                        || en.starts_with("JSON")
                        || en.starts_with("XML")
                        || en.starts_with("WeChat"),
                    "{en}"
                );
            }
        }
    }

    #[test]
    fn arguments_are_cut_and_harmless() {
        let finding = Finding::new(Reason::Unknown, Span::default())
            .with("a\u{1b}[31m\u{202E}".to_string() + &"x".repeat(100));
        let message = finding.message(Lang::En);
        assert!(
            message.starts_with("`a\\u{1b}[31m\\u{202e}xxx"),
            "{message}"
        );
        assert!(message.contains("…` is not"), "{message}");
        assert!(message.chars().count() < 120);
    }

    #[test]
    fn arguments_that_look_like_slots_stay() {
        let finding = Finding::new(Reason::WrapperMismatch, Span::default())
            .with("{1}")
            .with("b{0}");
        assert_eq!(
            finding.message(Lang::En),
            "`Event` is `{1}`, but the wrapper is `b{0}`"
        );
    }
}
