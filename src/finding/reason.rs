//! The table of messages: every reason for a finding, with its code and its sentence in both languages.
//!
//! Adding a sentence: a row in `reasons!`. A severity in brackets after the name overrides the severity of the code.

use crate::finding::{Code, Severity};
use crate::lang::Text;

/// The message of a reason. `{0}`, `{1}` and `{2}` are the slots for arguments.
pub(super) struct Sentence {
    pub(super) code: Code,
    pub(super) severity: Option<Severity>,
    pub(super) text: Text,
    pub(super) help: Option<Text>,
}

macro_rules! reasons {
    ($($code:ident { $($name:ident $(($severity:ident))? $en:literal $zh:literal $(=> $help_en:literal $help_zh:literal)?)* })*) => {
        /// The reason for a finding: one row of the table of messages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Reason { $($($name,)*)* }

        const SENTENCES: &[Sentence] = &[$($(Sentence {
            code: Code::$code,
            severity: reasons!(@severity $($severity)?),
            text: Text::new($en, $zh),
            help: reasons!(@help $($help_en $help_zh)?),
        },)*)*];
    };
    (@severity) => { None };
    (@severity $severity:ident) => { Some(Severity::$severity) };
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
        ExpectedEquals "expected `=` after the attribute's name, found {0}" "属性名后应为 `=`，实际为 {0}"
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
        BadMarkup "expected a comment or a CDATA section after `<!`, found {0}" "`<!` 之后应为注释或 CDATA，实际为 {0}"
        IllegalCharacter "the character {0} is not allowed in XML" "XML 不允许字符 {0}"
        XmlWrappedId "`{0}` has a line break inside" "`{0}` 中有换行"
            => "were long lines wrapped, or is it a chunked HTTP body without the sizes of its chunks? ids have no line breaks"
               "是否为自动换行的文本，或缺少块大小的 chunked HTTP 消息体?ID 中没有换行"
    }
    MalformedJson {
        JsonCutOff "the payload is cut off: the input ends inside {0}" "消息体不完整：输入在{0}内结束"
        ExpectedMember "expected a member name in double quotes or `}`, found {0}" "此处应为双引号括起的成员名或 `}`，实际为 {0}"
        ExpectedMemberName "expected a member name in double quotes, found {0}" "此处应为双引号括起的成员名，实际为 {0}"
        JsonEntryBegins "the payload is cut off: the next log entry begins" "消息体不完整：下一条日志开始"
        ExpectedColon "expected `:` after the member's name, found {0}" "成员名后应为 `:`，实际为 {0}"
        ExpectedValue "expected a value, found {0}" "此处应为值，实际为 {0}"
        ExpectedCommaOrBrace "expected `,` or `}`, found {0}" "此处应为 `,` 或 `}`，实际为 {0}"
        ExpectedCommaOrBracket "expected `,` or `]`, found {0}" "此处应为 `,` 或 `]`，实际为 {0}"
        FullWidthComma "expected `,`, found the full-width comma `，`" "此处应为 `,`，实际为全角逗号 `，`"
            => "type the comma of a Latin keyboard" "请用半角逗号"
        BadEscape "`{0}` is no escape that JSON knows" "`{0}` 不是 JSON 的转义"
        ControlInString "a string holds {0}, a control character that is not escaped" "字符串中有未转义的控制字符 {0}"
            => "JSON strings hold no line breaks; was the payload cut?" "JSON 字符串不能换行；消息体是否被截断？"
        BadNumber "`{0}` is no JSON number" "`{0}` 不是 JSON 数字"
        JsonWrappedId "`{0}` has a line break inside" "`{0}` 中有换行"
            => "were long lines wrapped, or is it a chunked HTTP body without the sizes of its chunks? ids have no line breaks"
               "是否为自动换行的文本，或缺少块大小的 chunked HTTP 消息体?ID 中没有换行"
        StrayCloser "`{0}` closes nothing" "`{0}` 没有对应的开始括号"
        ArrayCutOff "the array around the payloads is not closed" "包含消息体的数组没有结束"
        ArrayBroken "expected `,` or `]` after a payload in an array, found {0}" "数组中的消息体之后应为 `,` 或 `]`，实际为 {0}"
    }
    MalformedRecord {
        RecordType "`{0}` of a record should be {1}, found {2}" "记录中的 `{0}` 应为{1}，实际为{2}"
            => "`wxsub schema record` describes records" "记录的格式见 `wxsub schema record`"
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
        LongInstruction "an instruction is longer than {0} bytes" "处理指令超过 {0} 字节"
        TooDeep "the payload is nested deeper than {0} levels" "消息体嵌套超过 {0} 层" => "see --max-depth" "参见 --max-depth"
        TooManyItems "the payload holds more than {0} items" "消息体超过 {0} 个条目" => "see --max-items" "参见 --max-items"
        TooManyValues "the payload holds more than {0} values" "消息体超过 {0} 个值" => "see --max-values" "参见 --max-values"
    }
    Encrypted {
        Sealed "the payload is encrypted and no key was given" "消息体已加密，且没有提供密钥"
            => "set WXSUB_ENCODING_AES_KEY to the EncodingAESKey of the account, or give it in a file by --keys"
               "请将 WXSUB_ENCODING_AES_KEY 设为该账号的 EncodingAESKey，或用 --keys 指定密钥文件"
    }
    DecryptFailed {
        EncryptTwice "`Encrypt` is given again: readers differ on which one counts (-40002)"
            "`Encrypt` 重复出现：不同的解析器取值不同 (-40002)"
        EncryptMissing "the query says that the body is encrypted, but it has no `Encrypt` (-40002)"
            "URL 表明消息体已加密，但其中没有 `Encrypt` (-40002)"
            => "was it logged after your server decrypted it? what signs it covers the encrypted body only"
               "是否为服务器解密之后的日志?签名只覆盖加密的消息体"
        EncryptEmpty "`Encrypt` is empty (-40002)" "`Encrypt` 为空 (-40002)"
        PlusLost "`Encrypt` has blanks where `+` stood (-40010)" "`Encrypt` 中的 `+` 变成了空格 (-40010)"
            => "form decoding does that: capture the body before it"
               "表单解码会这样：请在表单解码之前捕获消息体"
        NotBase64 "`Encrypt` is not base64: {0} at its character {1} (-40010)"
            "`Encrypt` 不是 base64：第 {1} 个字符为 {0} (-40010)"
        CutBase64 "`Encrypt` is cut off: no base64 has a length of {0} (-40010)"
            "`Encrypt` 不完整：{0} 个字符不构成完整的 base64 (-40010)"
            => "was the line too long for the log?" "是否超出了日志的行长限制？"
        CipherLength "`Encrypt` is not whole blocks of a cipher: its length in bytes is {0} (-40007)"
            "`Encrypt` 含 {0} 字节，不是完整的密文块 (-40007)" => "was it cut?" "是否被截断？"
        NoKeyFits "no key fits: with each the padding is wrong (-40007)" "没有匹配的密钥：填充均不正确 (-40007)"
            => "is it this account's EncodingAESKey? after a change in the console the former one stays in use for a while: give both"
               "是该账号的 EncodingAESKey 吗?在控制台更换后，旧密钥仍会使用一段时间：请同时提供两者"
        SealedLength "the length inside does not fit: no key fits, or the ciphertext was altered (-40008)"
            "内部的长度不符：没有匹配的密钥，或密文被改动 (-40008)"
        NoKeyFitsToken "no key fits, though the signature verifies: the token is right, the keys are not (-40007)"
            "验签通过但没有匹配的密钥：token 正确，密钥不正确 (-40007)"
            => "after a change in the console the former key stays in use for a while: give both"
               "在控制台更换后，旧密钥仍会使用一段时间：请同时提供两者"
        SealedNotText "what is inside is not text (-40008)" "内部不是文本 (-40008)"
        SealedOther "what is inside is neither XML nor a JSON object" "内部既不是 XML，也不是 JSON 对象"
        SealedMore "something follows the document inside" "内部的文档之后还有其他内容"
        SealedTwice "what is inside is encrypted once more" "内部又被加密了一次"
        SealedForOther "encrypted for `{0}`, not for `{1}` (-40005)" "接收方为 `{0}`，而不是 `{1}` (-40005)"
            => "the key is right; third-party platforms encrypt with the component's appid, not the authorizer's"
               "密钥正确；第三方平台使用平台的 appid 加密，而非授权方的"
    }
    SignatureMismatch {
        SignatureOfPlain "`signature` does not verify (-40001)" "`signature` 不正确 (-40001)"
            => "the token is another one, or `timestamp` or `nonce` are not those of this request"
               "token 不同，或 `timestamp`、`nonce` 不属于该请求"
        SignatureAbsent "the query has no `msg_signature` (-40001)" "URL 中没有 `msg_signature` (-40001)"
        SignatureOfOther "`msg_signature` has the value of `signature` (-40001)" "`msg_signature` 的值是 `signature` 的 (-40001)"
            => "both are on the URL: for an encrypted body `msg_signature` counts"
               "两者都在 URL 上：加密的消息体应使用 `msg_signature`"
        SignatureOfAltered "`signature` verifies, `msg_signature` does not (-40001)"
            "`signature` 正确，`msg_signature` 不正确 (-40001)"
            => "the token is right: `Encrypt` was altered on the way, or body and URL are of different requests"
               "token 正确：`Encrypt` 在途中被改动，或消息体与 URL 不属于同一请求"
        SignatureOfToken "neither `msg_signature` nor `signature` verifies (-40001)"
            "`msg_signature` 和 `signature` 均不正确 (-40001)"
            => "the token is another one, or `timestamp` or `nonce` are not those of this request"
               "token 不同，或 `timestamp`、`nonce` 不属于该请求"
        SignatureWrong "`msg_signature` does not verify (-40001)" "`msg_signature` 不正确 (-40001)"
            => "the token is another one, or the body was altered or is of another request"
               "token 不同，或消息体被改动或不属于该请求"
    }
    NotVerified {
        PlainNotVerified "a plain payload is never verified: no signature covers it" "明文消息体无法验签：签名不覆盖消息体"
        SealedNotVerified "the payload was opened, but not verified: a token and the query of its request are needed"
            "消息体已解密但未验签：需要 token 以及该请求的 URL 参数" => "see --query" "参见 --query"
    }
    NotEncrypted {
        Plain "the payload is not encrypted" "消息体未加密"
    }
    UnreadPayload {
        PrintedUnread "`{0}` stands here with values, in a form that wxsub does not read" "此处的 `{0}` 带有取值，但 wxsub 无法读取其格式"
            => "log the body as it arrived, XML or JSON" "请记录收到的原始消息体（XML 或 JSON）"
        HiddenUnread "`{0}` stands here with values, encoded in a way that wxsub does not read"
            "此处的 `{0}` 带有取值，但 wxsub 无法读取其编码"
            => "decode it first, or log the body as it arrived, XML or JSON" "请先解码，或记录收到的原始消息体（XML 或 JSON）"
        WideUnread "`{0}` stands here with values, in another encoding than the rest: one is UTF-16 or UTF-32"
            "此处的 `{0}` 带有取值，但编码与其余部分不同：其中一种是 UTF-16 或 UTF-32"
            => "write all of the file in one encoding; `>>` of Windows PowerShell writes UTF-16, `Out-File -Append -Encoding utf8` does not"
               "请让整个文件使用同一种编码；Windows PowerShell 的 `>>` 写出的是 UTF-16，可改用 `Out-File -Append -Encoding utf8`"
        PrefixedUnread "`{0}` stands here with values, in a form that wxsub does not read: every line begins with `{1}`"
            "此处的 `{0}` 带有取值，但 wxsub 无法读取其格式：每行都以 `{1}` 开头"
            => "have the prefix left out, or log the body as it arrived, on one line"
               "请去掉行首的前缀，或将收到的原始消息体记录在一行内"
        NotationUnread "`{0}` stands here with values, in a form that wxsub does not read: it looks like {1}, but is not whole or has other names"
            "此处的 `{0}` 带有取值，但 wxsub 无法读取其格式：看起来是{1}，但不完整或字段名不同"
            => "log the body as it arrived, XML or JSON" "请记录收到的原始消息体（XML 或 JSON）"
        ItemsInText "the items of `{0}` stand in a text, which wxsub does not read" "`{0}` 的条目写在一段文本中，wxsub 不读取该文本"
            => "put them there as JSON, as `jq '.List |= fromjson'` does, or log the body as it arrived"
               "请将其还原为 JSON（例如 `jq '.List |= fromjson'`），或记录收到的原始消息体"
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
        MisspeltEvent "`{0}` is not a subscribe-message callback; did you mean `{1}`?"
            "`{0}` 不是订阅消息回调；是否应为 `{1}`？"
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
        DuplicateExtra "`{0}` is given again; all its values are kept" "`{0}` 重复出现；所有值均保留"
    }
    EnvelopeMismatch {
        EnvelopeDiffers "outside the encrypted part `{0}` is `{1}`; what is inside counts" "加密部分之外的 `{0}` 为 `{1}`；以内部为准"
            => "the signature covers only the encrypted part: anybody can change the rest"
               "签名只覆盖加密部分：其余内容任何人都能改动"
        EnvelopeLists "the items outside the encrypted part are others; those inside count" "加密部分之外的条目不同；以内部为准"
            => "the signature covers only the encrypted part: anybody can change the rest"
               "签名只覆盖加密部分：其余内容任何人都能改动"
        EnvelopeOnly "`{0}` stands only outside the encrypted part; it is left out" "`{0}` 只出现在加密部分之外；已忽略"
            => "the signature covers only the encrypted part: anybody can change the rest"
               "签名只覆盖加密部分：其余内容任何人都能改动"
    }
    OddEnvelope {
        CipherSpaces "white space inside `Encrypt`" "`Encrypt` 中有空白"
        PaddedTo16 "the ciphertext is padded to 16 bytes; WeChat pads to 32" "密文按 16 字节填充；微信按 32 字节填充"
            => "most servers refuse it: correct your test sender" "多数服务器会拒绝：请修正测试发送程序"
        ReceiveIdOdd "encrypted for `{0}`, which is no appid" "接收方为 `{0}`，不是 appid"
        ReceiveIdNone "encrypted for nobody: there is no appid inside" "没有接收方：内部没有 appid"
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
        OtherRoot "the root is `<{0}>`; WeChat's is `<xml>`" "根元素为 `<{0}>`；微信的根元素为 `<xml>`"
        ItemElements "the items stand in `{0}` inside `List`" "条目位于 `List` 内的 `{0}` 中"
    }
    TrailingComma {
        CommaBeforeEnd "a comma before `{0}`" "`{0}` 之前有多余的逗号"
            => "the samples in WeChat's document have it; JSON readers refuse it" "微信文档的示例中有；JSON 解析器会拒绝"
    }
    JsonComment {
        Comment "a comment" "注释" => "JSON readers refuse it" "JSON 解析器会拒绝"
    }
    PrintedObject {
        ParserPrinted "printed by a parser of XML, not as WeChat sends it: wrapped values, a member `xml`, or names in lower case"
            "由 XML 解析器打印，并非微信发送的形式：值被包裹、消息在 `xml` 中，或名称为小写"
            => "log the body as it arrived, before it is parsed" "请在解析之前记录收到的原始消息体"
        SdkPrinted "printed by WxJava: the names are those of its classes" "由 WxJava 打印：名称是其类的字段名"
            => "log the body as it arrived, before it is parsed" "请在解析之前记录收到的原始消息体"
    }
    Typographic {
        PastedText "typographic quotes or punctuation, a terminal's colours or a page's tags stand between the values" "取值之间有排版引号、全角标点、终端颜色或网页标签"
            => "copy the body from where it was not formatted" "请从未经排版的地方复制消息体"
    }
    LoneSurrogate {
        LoneSurrogate "`{0}` is half of a surrogate pair, which is no character; U+FFFD stands for it"
            "`{0}` 是半个代理对，不是字符；以 U+FFFD 代替"
            => "a text was cut inside a character, such as an emoji" "文本在某个字符（如表情符号）中间被截断"
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
    OddStatus {
        StatusOfChange "a change event with status `{0}`; WeChat documents only `reject`"
            "change 事件的状态为 `{0}`；微信文档中只有 `reject`"
    }
    OddTemplateId {
        TemplateIdOfSample "`{0}` has 42 characters; template ids have 43" "`{0}` 有 42 个字符；模板 ID 应有 43 个"
            => "the samples in WeChat's document have it; it has lost its leading `-`" "微信文档的示例中有；它丢失了开头的 `-`"
        TemplateIdLength "`{0}` has {1} characters; template ids have 43" "`{0}` 有 {1} 个字符；模板 ID 应有 43 个"
        TemplateIdCharset "`{0}` has characters that template ids do not use" "`{0}` 含有模板 ID 不用的字符"
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
        ListEmpty "`{0}` holds no item" "`{0}` 为空"
    }
    ImpreciseMsgId {
        MsgIdImprecise "`{0}` went through a floating-point number: its last digits are lost"
            "`{0}` 经过了浮点数：末尾几位已丢失"
            => "log the id as a string" "请以字符串记录该 ID"
        MsgIdRounded "`{0}` may have lost digits: a floating-point number prints like this"
            "`{0}` 可能已丢失位数：浮点数会这样打印"
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
    PrintedObject {
        Printed "{0}, not a body as WeChat sent it" "{0}，不是微信发送的原文"
            => "log the body as it arrived: a printed object loses what its notation cannot show"
               "请记录收到的原始消息体：打印对象会丢失其写法无法表示的内容"
        PrintedCut (Undecodable) "`{1}` stands where {0} left something out" "{0}在 `{1}` 处省略了内容"
            => "print the whole object, or log the body as it arrived" "请完整打印该对象，或记录收到的原始消息体"
        PrintedCount (Undecodable) "{0} counts {1} members here, but {2} are there" "{0}标明此处有 {1} 个成员，实际为 {2} 个"
            => "was it cut?" "是否被截断？"
        PrintedLength (Undecodable) "{0} counts {1} bytes here, but `{2}` has others" "{0}标明此处有 {1} 字节，与 `{2}` 不符"
            => "was it cut, masked or converted to another encoding?" "是否被截断、脱敏或转换过编码？"
        PrintedWithoutList (Undecodable) "`List` is missing from a printed object" "打印的对象中缺少 `List`"
            => "print the whole object, or log the body as it arrived" "请完整打印该对象，或记录收到的原始消息体"
        PrintedTwice (Undecodable) "`{1}` is given twice in {0}" "{0}中 `{1}` 重复出现"
            => "the notation has no quotes, so a text may look like a member" "此写法没有引号，文本可能看似成员"
        PrintedTyped (Undecodable) "`{1}` of {0} holds what a user typed, and nothing shows where it ends"
            "{0}中的 `{1}` 是用户输入的内容，无法判断其结尾"
        PrintedWord (Undecodable) "`{1}` is no value that {0} prints; is this source code?" "`{1}` 不是{0}会打印的值；这是源代码吗？"
        PrintedBroken (Undecodable) "expected {1} in {0}, found {2}" "{0}中此处应为{1}，实际为 {2}"
        PrintedCutOff (Undecodable) "{0} is cut off here" "{0}在此处中断"
            => "was the line too long for the log?" "是否超出了日志的行长限制？"
    }
    AfterTorn {
        AfterTorn "a message that is cut off stands before this one" "此前有一条被截断的消息"
        AfterTornTyped (Undecodable) "a message before is cut off in a text of a user, who may have typed this" "此前的消息在用户输入的文本中被截断，此内容可能是用户输入的"
            => "if nobody typed it, --accept-after-torn decodes it" "若确非用户输入，可用 --accept-after-torn 解码"
        BeforeRest (Undecodable) "the rest of another message follows, without its beginning: a user may have typed this"
            "其后是另一条缺少开头的消息的剩余部分：此内容可能是用户输入的"
            => "if nobody typed it, --accept-after-torn decodes it" "若确非用户输入，可用 --accept-after-torn 解码"
    }
    Noise {
        NotAlone "something beside the payload stands here" "此处有消息体以外的内容"
        NoiseByte "a byte belongs to no payload" "有 1 字节不属于任何消息体"
        NoiseHere "{0} bytes belong to no payload; the first stand here" "{0} 字节不属于任何消息体；此处为首处"
    }
    Unrepresentable {
        RecordForPayload "a record is no payload: `wxsub convert --to json` makes one of it"
            "记录不是消息体：请先用 `wxsub convert --to json` 转换"
        XmlCharacter "XML cannot hold the character {1} of `{0}`" "XML 无法表示 `{0}` 中的字符 {1}"
        XmlName "`{0}` cannot be the name of an XML element" "`{0}` 不能作为 XML 元素名"
        XmlShape "XML cannot tell {1} in `{0}` from a plain text" "XML 无法区分 `{0}` 中的{1}与普通文本"
        NotFaithful "written as {0}, this would be read back as another callback: an extra field takes a documented one's place"
            "写成 {0} 后会被读成另一个回调：额外字段占用了文档规定的位置"
    }
    UnmetExpectation {
        ExpectedHere "{2} expects {0} here, found {1}" "{2} 预期此处有 {0}，实际有 {1}"
            => "was the file mended? then take the code out of its `[[expect]]` entry, or run check --write-expectations"
               "文件已修复？ 请从 `[[expect]]` 中去掉该代码，或运行 check --write-expectations"
    }
}

impl Reason {
    pub(super) fn sentence(self) -> &'static Sentence {
        &SENTENCES[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::SLOTS;
    use crate::lang::Lang;

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
}
