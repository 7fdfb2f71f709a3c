//! The table of codes. Help, documentation, `explain` and report formats are generated from it.
//!
//! A row has the code, its default severity, a summary, an explanation, advice, and two payloads: one with the finding
//! and a similar one without it. Explanation and advice are whole sentences; the summary is worded like a message.
//! Tests run the payloads and look the code up in `docs/check.md`.
//!
//! Adding a code: a row here, its sentences in the table of reasons, and its name in `docs/check.md`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::lang::{Lang, Text};
use crate::printable::printable;
use crate::suggest::closest;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Unusual but understood. `check` passes unless `--strict` is given.
    Warning,
    /// Something is missing or contradictory, but the payload is decoded.
    Error,
    /// The payload cannot be decoded.
    Undecodable,
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Severity {
    /// Returns `error` or `warning`, as compilers and CI systems spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error | Severity::Undecodable => "error",
        }
    }

    /// Returns the severity in words.
    pub(crate) const fn words(self) -> Text {
        match self {
            Severity::Warning => Text::new("warning", "警告"),
            Severity::Error | Severity::Undecodable => Text::new("error", "错误"),
        }
    }
}

/// A row of the table.
struct Row {
    name: &'static str,
    severity: Severity,
    summary: Text,
    explanation: Text,
    advice: Text,
    example: &'static str,
    near_miss: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident {
        summary: $en:literal $zh:literal;
        explanation: $explanation_en:literal $explanation_zh:literal;
        advice: $advice_en:literal $advice_zh:literal;
        example: $example:expr;
        near_miss: $near_miss:expr;
    })*) => {
        /// The stable name of a kind of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`: ", $en, ".")] $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];
        }

        static ROWS: &[Row] = &[$(Row {
            name: $code,
            severity: Severity::$severity,
            summary: Text::new($en, $zh),
            explanation: Text::new($explanation_en, $explanation_zh),
            advice: Text::new($advice_en, $advice_zh),
            example: $example,
            near_miss: $near_miss,
        },)*];
    };
}

impl Code {
    const fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// Returns the code in kebab case, as printed and as given on the command line. [`str::parse`] reads it.
    ///
    /// ```
    /// assert_eq!(wxsub::Code::MissingField.as_str(), "missing-field");
    /// ```
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Returns the default severity of findings with this code.
    pub const fn severity(self) -> Severity {
        self.row().severity
    }

    /// Returns the meaning of the code in one line.
    pub const fn summary(self, lang: Lang) -> &'static str {
        self.row().summary.get(lang)
    }

    /// Returns what the finding means and why it matters, in whole sentences.
    ///
    /// ```
    /// use wxsub::{Code, Lang};
    ///
    /// assert!(Code::TrailingComma.explanation(Lang::En).contains("WeChat's own samples"));
    /// ```
    pub const fn explanation(self, lang: Lang) -> &'static str {
        self.row().explanation.get(lang)
    }

    /// Returns the advice, in whole sentences.
    pub const fn advice(self, lang: Lang) -> &'static str {
        self.row().advice.get(lang)
    }

    /// Returns a small capture with this finding and no other.
    ///
    /// ```
    /// use wxsub::{Code, decode};
    ///
    /// let record = decode(Code::JsonComment.example().as_bytes());
    /// assert_eq!(record.findings()[0].code(), Code::JsonComment);
    /// ```
    pub const fn example(self) -> &'static str {
        self.row().example
    }

    /// Returns a capture similar to the example but without the finding.
    pub const fn near_miss(self) -> &'static str {
        self.row().near_miss
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error for a name that is not a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    given: String,
    /// The code with the most similar name.
    pub suggestion: Option<Code>,
}

impl UnknownCode {
    /// Says that there is no such code, and which one may have been meant.
    pub fn message(&self, lang: Lang) -> String {
        let given = printable(&self.given);
        match (lang, self.suggestion) {
            (Lang::En, Some(code)) => format!("unknown code `{given}`; did you mean `{code}`?"),
            (Lang::En, None) => format!("unknown code `{given}`; `wxsub explain` lists all"),
            (Lang::Zh, Some(code)) => format!("未知代码 `{given}`；是不是 `{code}`？"),
            (Lang::Zh, None) => format!("未知代码 `{given}`；`wxsub explain` 列出全部"),
        }
    }
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    /// Reads a code in any letter case, with `_` or `-` between words.
    ///
    /// ```
    /// use wxsub::Code;
    ///
    /// assert_eq!("Trailing_Comma".parse(), Ok(Code::TrailingComma));
    /// let error = "trailing-coma".parse::<Code>().unwrap_err();
    /// assert_eq!(error.to_string(), "unknown code `trailing-coma`; did you mean `trailing-comma`?");
    /// ```
    fn from_str(given: &str) -> Result<Self, UnknownCode> {
        let name = given.trim().to_ascii_lowercase().replace('_', "-");
        let named = |wanted: &str| Code::ALL.iter().copied().find(|c| c.as_str() == wanted);
        named(&name).ok_or_else(|| UnknownCode {
            given: given.to_owned(),
            suggestion: closest(&name, Code::ALL.iter().map(|code| code.as_str())).and_then(named),
        })
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The header of the JSON examples, up to the event.
macro_rules! head {
    () => {
        concat!(
            r#"{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","#,
            "\n",
            r#" "CreateTime":1763812800,"MsgType":"event","#
        )
    };
}

/// A JSON payload of the event `$event`, ending with `$rest`.
macro_rules! json {
    ($event:literal, $($rest:expr),+) => {
        concat!(head!(), "\"Event\":\"subscribe_msg_", $event, "_event\",\n ", $($rest),+)
    };
}

/// A change event in JSON whose `List` is `$list`.
macro_rules! change {
    ($($list:expr),+) => {
        json!("change", "\"List\":", $($list,)+ "}")
    };
}

/// A change event, encrypted with the key of the tests.
macro_rules! cipher {
    () => {
        "D89lpphGnEnhqiwdeHlYVovLrc1VElocujSjlGzbpx5B5yBgG0JSjx5Sb/axukBrgwWRuK4QKmawZDl8G2zjeQybqYKkghf2nXgeXkKd5sug7a31E/d7SrPsDCu1atYmZYxjIP6Lmz+sb0X8+uZbLWk4pPi4GCK+yCfFNoPg1/zmh54k0ImcbB5F3tOMCvt+6T3OLEpThm4Qtcvn7w621Pd8vksF0tcZLuv4ncHp0gTM90dSTXWb8wB5RsQJACP3nVMhH/tlrD6ZtTDv/UyFqyTrgCKHctaLXn1bi2l6cCLtRzAdtC4IiH7YWvgeqWmgUYKU2bsXsahQT2WUzQmJ758+UtK/jfzPeV6XzAlT5zs3j+KYUu6ral60sprfjbeY7RetSEMfYvN/iPzZ9yrRWXTEcWZxCML+XNpG5L/jZGI="
    };
}

/// The encrypted change event in its envelope.
macro_rules! sealed {
    () => {
        concat!(
            "{\"ToUserName\":\"gh_5a2c71d0e9b4\",\"Encrypt\":\"",
            cipher!(),
            "\"}"
        )
    };
}

/// The documented item of a change event.
macro_rules! item {
    () => {
        r#"{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","SubscribeStatusString":"reject"}"#
    };
}

/// A sent event in JSON with `$msg_id` as the member for the message id.
macro_rules! sent {
    ($msg_id:expr) => {
        json!(
            "sent",
            r#""List":{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","#,
            $msg_id,
            r#","ErrorCode":"0","ErrorStatus":"success"}}"#
        )
    };
}

/// A change event in XML, with `$wrapper` around its list, between `$before` and `$after`.
macro_rules! xml {
    ($before:expr, $wrapper:literal, $after:expr) => {
        concat!(
            $before,
            "\n<ToUserName><![CDATA[gh_5a2c71d0e9b4]]></ToUserName>",
            "\n<FromUserName><![CDATA[oUJpEiXDgCbEFb0HOo8kZ-C2SJHT]]></FromUserName>",
            "\n<CreateTime>1763812800</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>",
            "\n<Event><![CDATA[subscribe_msg_change_event]]></Event>\n<",
            $wrapper,
            "><List>\n<TemplateId><![CDATA[Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1]]></TemplateId>",
            "\n<SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString>\n</List></",
            $wrapper,
            ">\n",
            $after
        )
    };
    ($before:expr, $after:expr) => {
        xml!($before, "SubscribeMsgChangeEvent", $after)
    };
}

codes! {
    MalformedXml "malformed-xml" Undecodable {
        summary: "the payload is not well-formed XML" "消息体不是格式良好的 XML";
        explanation: "The document breaks XML's own rules: an element closed by another name or not at all, a bare `&` or `<` in a text, a character that XML forbids. XML readers must refuse it, so nothing of it is decoded."
            "文档违反了 XML 本身的规则：元素未关闭或被别的名称关闭，文本中有裸露的 `&` 或 `<`，或含有 XML 禁止的字符。XML 解析器必须拒绝，因此不解码任何内容。";
        advice: "Look at the marked place: as a rule the body was cut off on its way into the capture, or edited by hand. Capture it again, whole and unchanged."
            "请看标出的位置：多半是抓取时被截断或被手工改动。请重新完整抓取，不要改动。";
        example: xml!("<xml>", "</Xml>");
        near_miss: xml!("<xml>", "</xml>");
    }
    MalformedJson "malformed-json" Undecodable {
        summary: "the payload is not JSON, even with comments and trailing commas allowed" "即使允许注释和多余的逗号，消息体也不是合法的 JSON";
        explanation: "One comma before `}` or `]` and comments are tolerated, since WeChat's documents have them. Anything else that JSON does not allow (a full-width comma, single quotes, a line break inside a string, a missing end) leaves nothing to decode."
            "微信文档中有注释和 `}`、`]` 之前多余的逗号，因此容许。其余 JSON 不允许的写法（全角逗号、单引号、字符串内换行、缺少结尾）都无法解码。";
        advice: "Look at the marked place. A payload typed or pasted by hand is best replaced by a captured one; in a log the line may have been cut."
            "请看标出的位置。手工输入或粘贴的消息体最好换成抓取的原文；日志中的行可能被截断。";
        example: change!("[", item!(), "，", item!(), "]");
        near_miss: change!("[", item!(), ",", item!(), "]");
    }
    MalformedRecord "malformed-record" Undecodable {
        summary: "a key of a record has a value of another type" "记录中某个键的值类型不符";
        explanation: "Records, the JSON lines that `convert` writes, are read like payloads. In a record every key has one type: times, scenes and error codes are whole numbers, ids are strings, `items` is an array of objects. Absent keys are left out and never null. A value of another type shows that the record was altered on its way, so nothing of it is decoded."
            "记录即 `convert` 写出的 JSON 行，可以像消息体一样读取。记录中每个键只有一种类型：时间、场景和错误码为整数，ID 为字符串，`items` 为对象数组。没有的键不写出，不会为 null。类型不符说明记录在途中被改动，因此不解码任何内容。";
        advice: "Look at what changed the record between two runs: `msg_id` has to stay a string, since most programs round numbers of 19 digits, and pandas needs dtype={\"msg_id\": str}. `wxsub schema record` prints what holds."
            "请检查两次运行之间是什么改动了记录：`msg_id` 必须保持为字符串，多数程序会舍入 19 位数字，pandas 需要 dtype={\"msg_id\": str}。`wxsub schema record` 给出了完整的约定。";
        example: r#"{"event":"subscribe_msg_change_event","to_user":"gh_5a2c71d0e9b4","from_user":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","create_time":"1763812800","items":[{"template_id":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","status":"reject"}]}"#;
        near_miss: r#"{"event":"subscribe_msg_change_event","to_user":"gh_5a2c71d0e9b4","from_user":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","create_time":1763812800,"items":[{"template_id":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","status":"reject"}]}"#;
    }
    InvalidEncoding "invalid-encoding" Undecodable {
        summary: "the payload is not valid text in its encoding" "消息体不是其编码下的合法文本";
        explanation: "The bytes are not text in the encoding that the payload is in: UTF-8, unless a byte order mark or an XML declaration says otherwise. Or the declaration names an encoding that nobody knows."
            "这些字节不是其编码下的文本。编码默认为 UTF-8，除非有字节序标记或 XML 声明另行指定；也可能是声明了未知的编码。";
        advice: "WeChat sends UTF-8. Store and copy bodies as bytes, and do not pass them through an editor or a database column of another encoding."
            "微信发送 UTF-8。请按字节保存和复制消息体，不要经过其他编码的编辑器或数据库列。";
        example: xml!("<?xml version=\"1.0\" encoding=\"Klingon\"?>\n<xml>", "</xml>");
        near_miss: xml!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>", "</xml>");
    }
    DoctypeForbidden "doctype-forbidden" Undecodable {
        summary: "the payload has a DOCTYPE, which WeChat never sends and attackers do" "消息体含有 DOCTYPE；微信从不发送，攻击者才会";
        explanation: "A DOCTYPE can define entities that make an XML reader open files, call servers or fill the memory (XXE). WeChat's payment SDK once had exactly this hole. Here a payload with one is refused, in any case of letters."
            "DOCTYPE 可以定义实体，使 XML 解析器读取文件、访问服务器或耗尽内存（XXE）。微信支付的 SDK 曾有此漏洞。此处一律拒绝，不论大小写。";
        advice: "Find out who sent it. If it reached your server, make sure that the XML reader there forbids DOCTYPE too."
            "请查清是谁发送的。若它到达了您的服务器，请确认那里的 XML 解析器也禁止 DOCTYPE。";
        example: xml!("<!DOCTYPE xml [<!ENTITY a \"b\">]>\n<xml>", "</xml>");
        near_miss: xml!("<!-- no DOCTYPE here -->\n<xml>", "</xml>");
    }
    LimitExceeded "limit-exceeded" Undecodable {
        summary: "the payload is larger or deeper than the limits allow" "消息体超出大小或深度限制";
        explanation: "A payload may take 16 MiB, 64 levels, 10,000 items and 500,000 values. Real ones need a few kilobytes and four levels; the limits keep a broken or hostile capture from filling the memory."
            "一个消息体最多 16 MiB、64 层、10,000 个条目和 500,000 个值。真实的只有几 KB、四层；限制是为了避免损坏或恶意的内容耗尽内存。";
        advice: "If the payload is what you want to read, raise the limit: --max-payload-size, --max-depth, --max-items, --max-values."
            "若确实要读取它，请调高限制：--max-payload-size、--max-depth、--max-items、--max-values。";
        example: json!("change", "\"List\":", item!(), ",\n \"Deep\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}");
        near_miss: json!("change", "\"List\":", item!(), ",\n \"Deep\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}");
    }
    Encrypted "encrypted" Undecodable {
        summary: "the payload is encrypted" "消息体已加密";
        explanation: "In safe mode WeChat sends only `ToUserName` and `Encrypt`: the event is encrypted with the EncodingAESKey of the console. Without that key there is nothing to decode. In compatible mode the plain fields stand beside `Encrypt` and are decoded, though no signature covers them: `msg_signature` covers `Encrypt` alone, and `signature` covers no body at all."
            "安全模式下微信只发送 `ToUserName` 和 `Encrypt`：事件用后台的 EncodingAESKey 加密。没有密钥就无法解码。兼容模式下明文字段与 `Encrypt` 并存，可以解码，但不受签名保护：`msg_signature` 只覆盖 `Encrypt`，`signature` 完全不覆盖消息体。";
        advice: "Give the EncodingAESKey in WXSUB_ENCODING_AES_KEY or in a file by --keys; or capture the body after your server has decrypted it."
            "请用 WXSUB_ENCODING_AES_KEY 或 --keys 文件提供 EncodingAESKey；或抓取服务器解密之后的消息体。";
        example: r#"{"ToUserName":"gh_5a2c71d0e9b4","Encrypt":"q1Zf0sT8vB3nKx7LmP2wYhUeRjD5cAo4iG6tS9kQb+E="}"#;
        near_miss: json!("change", "\"List\":", item!(), ",\n \"Encrypt\":\"q1Zf0sT8vB3nKx7LmP2wYhUeRjD5cAo4iG6tS9kQb+E=\"}");
    }
    DecryptFailed "decrypt-failed" Undecodable {
        summary: "the payload is encrypted and could not be opened" "消息体已加密，无法解密";
        explanation: "Keys were given, and none of them opens `Encrypt`: the key is another account's, the text was damaged on the way, or it is encrypted for another appid. What is inside is then not guessed at. The codes in brackets are those of Tencent's WXBizMsgCrypt."
            "已提供密钥，但都无法解开 `Encrypt`：密钥属于其他账号，密文在途中损坏，或接收方是其他 appid。此时不会猜测其中的内容。括号中为腾讯 WXBizMsgCrypt 的错误码。";
        advice: "Read the message: it tells a wrong key from damage. After a change of the key in the console give both; for a third-party platform give the component's key and appid."
            "请阅读具体信息：它区分密钥错误与内容损坏。在后台更换密钥后请同时提供新旧两个；第三方平台请提供平台的密钥和 appid。";
        example: r#"{"ToUserName":"gh_5a2c71d0e9b4","Encrypt":"q1Zf0sT8vB3nKx7LmP2wYhUeRjD5cAo4iG6tS9kQb+E="}"#;
        near_miss: json!("change", "\"List\":", item!(), "}");
    }
    SignatureMismatch "signature-mismatch" Undecodable {
        summary: "the payload's signature is wrong or missing" "消息体的签名错误或缺失";
        explanation: "A token was given, and the query of the payload's request does not fit it: the token is another one, the query is another request's, or `Encrypt` was altered. `msg_signature` covers `Encrypt`; `signature` covers the token, `timestamp` and `nonce`, but no body."
            "已提供 token，但请求的 URL 参数与其不符：token 不同，参数属于其他请求，或 `Encrypt` 被改动。`msg_signature` 覆盖 `Encrypt`；`signature` 只覆盖 token、`timestamp` 和 `nonce`，不覆盖消息体。";
        advice: "Compare the token with the console's, and see that the query is that of this request. --accept-unverified decodes such payloads all the same."
            "请核对后台的 token，并确认参数属于该请求。使用 --accept-unverified 可照常解码。";
        example: concat!("POST /wx?signature=000102030405060708090a0b0c0d0e0f10111213&timestamp=1763812800&nonce=42 HTTP/1.1\n\n", json!("change", "\"List\":", item!(), "}"));
        near_miss: concat!("POST /wx?signature=f8adf2df7ec94970d3e6c618bed51fba2a3ae154&timestamp=1763812800&nonce=42 HTTP/1.1\n\n", json!("change", "\"List\":", item!(), "}"));
    }
    NotVerified "not-verified" Undecodable {
        summary: "the payload is not verified, though that was asked for" "消息体未通过验签，而要求必须验签";
        explanation: "--require-signature lets only payloads pass whose `msg_signature` verifies. This one was opened without, or it is plain: `signature`, which comes with plain payloads, covers no body, so a plain payload is never verified."
            "--require-signature 只允许 `msg_signature` 验签通过的消息体。该消息体解密时未验签，或为明文：明文附带的 `signature` 不覆盖消息体，因此明文永远无法验签。";
        advice: "Give the token, and the query by --query where the capture does not hold it; or leave the flag out."
            "请提供 token；若捕获内容中没有 URL 参数，请用 --query 提供；或去掉该选项。";
        example: json!("change", "\"List\":", item!(), "}");
        near_miss: concat!("POST /wx?timestamp=1763812800&nonce=42&msg_signature=f7fb445157d411f0a3bc86bb999d6908a6123107 HTTP/1.1\n\n", sealed!());
    }
    NotEncrypted "not-encrypted" Undecodable {
        summary: "the payload is not encrypted, though that was asked for" "消息体未加密，而要求必须加密";
        explanation: "--require-encryption lets only encrypted payloads pass: whoever knows the address of a server can send it a plain one, and a key that is configured does not keep it out."
            "--require-encryption 只允许加密的消息体：任何知道服务器地址的人都能发送明文，仅配置密钥并不能拦住它。";
        advice: "Look where the payload comes from, set the console to safe mode, or leave the flag out."
            "请检查该消息体的来源，将后台设为安全模式，或去掉该选项。";
        example: json!("change", "\"List\":", item!(), "}");
        near_miss: sealed!();
    }
    UnreadPayload "unread-payload" Undecodable {
        summary: "a callback in a form that wxsub does not read" "回调的格式无法读取";
        explanation: "The name of an event stands beside values of a callback, but not in a payload: a program printed the callback in its own way, or something stands between its lines. The message tells the cause where it shows: what every line begins with, or the notation whose bracket was seen. A name without values (source code, prose, a log line about a callback) is only counted, as a mention."
            "事件名旁有回调的取值，但不在消息体中：某个程序以自己的方式打印了回调，或其各行之间混入了其他内容。能看出原因时会在消息中说明：每行共同的开头，或已识别括号的表示法。没有取值的事件名（源代码、说明文字、提到回调的日志行）只作为提及计数。";
        advice: "Let the program log the body as it arrived. If each line has a prefix, have it left out (`docker compose logs --no-log-prefix`)."
            "请让程序记录收到的原始消息体。若每行都有前缀，请去掉前缀（`docker compose logs --no-log-prefix`）。";
        example: "ToUserName: gh_123456789abc; FromUserName: otFpruAK8D-E6EfStSYonYSBZ8_4; CreateTime: 1763812800; Event: subscribe_msg_change_event";
        near_miss: concat!("handled subscribe_msg_change_event in 3 ms\n", change!(item!()));
    }
    MissingEvent "missing-event" Undecodable {
        summary: "the payload does not say which event it is" "消息体没有说明是哪种事件";
        explanation: "`Event` is absent, empty or no text. The event is never guessed from the fields of the items: a popup without its scene looks like a change."
            "`Event` 缺失、为空或不是文本。绝不根据条目的字段猜测事件：没有场景的 popup 看起来与 change 一样。";
        advice: "Restore the line `Event` from the original body, or remove the fixture."
            "请从原始消息体恢复 `Event`，或删除该样例。";
        example: concat!(head!(), "\n \"List\":", item!(), "}");
        near_miss: change!(item!());
    }
    NoPayload "no-payload" Error {
        summary: "the file holds no payload" "文件中没有任何消息体";
        explanation: "Nothing in the file looks like a WeChat message: an `<xml>` document or a JSON object with WeChat's names, alone or in a log. A gate that finds nothing to check must not pass in silence."
            "文件中没有像微信消息的内容：没有 `<xml>` 文档，也没有含微信字段名的 JSON 对象，无论单独还是在日志中。没有可检查的内容时，检查不应通过。";
        advice: "Point `check` at the files that hold payloads (--glob chooses in folders), or remove the file."
            "请让 `check` 只检查含有消息体的文件（--glob 可在文件夹中挑选），或删除该文件。";
        example: "server started\n";
        near_miss: change!(item!());
    }
    OtherEvent "other-event" Error {
        summary: "the payload is a WeChat message of another kind" "消息体是其他类型的微信消息";
        explanation: "It is a WeChat message, but none of the three subscribe-message events: a text, `subscribe` (a user follows), a review result. In a log such messages are skipped and counted; as a fixture of a callback it proves nothing."
            "这是微信消息，但不是三种订阅消息事件之一：例如文本消息、`subscribe`（用户关注）或审核结果。日志中会跳过并计数；作为回调的样例则毫无意义。";
        advice: "Remove it from the folder that is checked, or keep it out with --glob."
            "请将其移出被检查的文件夹，或用 --glob 排除。";
        example: concat!(r#"{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","#, "\n", r#" "CreateTime":1763812800,"MsgType":"event","Event":"subscribe"}"#);
        near_miss: change!(item!());
    }
    MissingField "missing-field" Error {
        summary: "a documented field is absent" "缺少文档规定的字段";
        explanation: "WeChat documents the field for this event, and every captured body has it: ToUserName, FromUserName, CreateTime and MsgType in the header, and the item's own fields. The rest is decoded all the same."
            "微信文档规定该事件有此字段，抓取到的消息体也都有：头部的 ToUserName、FromUserName、CreateTime、MsgType，以及条目各自的字段。其余部分照常解码。";
        advice: "Fixtures that lack fields hide mistakes: complete it from a captured body. `wxsub explain` with the event's name lists its fields."
            "缺少字段的样例会掩盖错误：请按抓取的消息体补全。`wxsub explain 事件名` 会列出其字段。";
        example: change!(r#"{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1"}"#);
        near_miss: change!(item!());
    }
    MissingList "missing-list" Error {
        summary: "the payload has no List" "消息体没有 List";
        explanation: "All three events carry their items in `List`. Without it the callback says that something happened and not what. Some SDKs lose it when they print a message that they decoded."
            "三种事件都把条目放在 `List` 中。没有它，回调只说明发生了事情，却没说是什么。有些 SDK 打印已解码的消息时会丢掉它。";
        advice: "Capture the body as it arrived, not what an SDK made of it."
            "请抓取收到的原始消息体，而不是 SDK 处理后的结果。";
        example: concat!(head!(), r#""Event":"subscribe_msg_change_event"}"#);
        near_miss: change!(item!());
    }
    WrongType "wrong-type" Error {
        summary: "a value does not fit its field" "字段的值类型不符";
        explanation: "CreateTime, PopupScene and ErrorCode are whole numbers, as a JSON number or as its digits in a string; the other fields are texts, and `List` holds objects. A value that does not fit is kept in `extra` under the field's name."
            "CreateTime、PopupScene 和 ErrorCode 是整数，可写成 JSON 数字或数字字符串；其他字段是文本，`List` 的条目是对象。不符的值以原字段名保留在 `extra` 中。";
        advice: "Correct the value if the payload was written by hand. If WeChat sent it, make sure that your own decoder survives it."
            "若是手写的消息体，请改正该值；若确是微信发送的，请确认您的解析代码能够承受。";
        example: json!("popup", r#""List":{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","SubscribeStatusString":"accept","PopupScene":""}}"#);
        near_miss: json!("popup", r#""List":{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","SubscribeStatusString":"accept","PopupScene":"0"}}"#);
    }
    DuplicateField "duplicate-field" Error {
        summary: "a field is given twice; the first one counts" "字段重复；以第一个为准";
        explanation: "Readers disagree about which of two values counts: many JSON readers take the last, many XML readers the first. Who can add a field can so make two programs see two different callbacks. Here the first counts, and the others are kept in `extra`."
            "对于重复的字段，各解析器取舍不同：许多 JSON 解析器取最后一个，许多 XML 解析器取第一个。能添加字段的人就能让两个程序看到不同的回调。此处以第一个为准，其余保留在 `extra` 中。";
        advice: "Remove the value that is wrong. WeChat sends no field twice, so find out who added it."
            "请删除错误的值。微信不会重复发送字段，请查清是谁添加的。";
        example: json!("change", "\"CreateTime\":1763812801,\"List\":", item!(), "}");
        near_miss: change!("[", item!(), ",", item!(), "]");
    }
    EnvelopeMismatch "envelope-mismatch" Error {
        summary: "what stands beside the encrypted part differs from what is in it" "加密部分之外的字段与其中的内容不一致";
        explanation: "In compatible mode plain fields stand beside `Encrypt`. `msg_signature` covers `Encrypt` alone, so what is inside counts where a key is given, and the plain fields should say the same."
            "兼容模式下明文字段与 `Encrypt` 并存。`msg_signature` 只覆盖 `Encrypt`，因此提供密钥时以其中的内容为准，明文字段应与之一致。";
        advice: "Find out who changed the plain fields; anybody on the way could. Safe mode leaves them out."
            "请查明是谁改动了明文字段；途中任何人都能改动。安全模式不含这些字段。";
        example: concat!("{\"ToUserName\":\"gh_0123456789ab\",\"Encrypt\":\"", cipher!(), "\"}");
        near_miss: sealed!();
    }
    OddEnvelope "odd-envelope" Warning {
        summary: "the payload is encrypted in another way than WeChat does it" "消息体的加密方式与微信不同";
        explanation: "It opens, but WeChat would not have encrypted it like this: there is white space in the ciphertext, the padding goes to 16 bytes instead of 32, or it is encrypted for nobody. Many servers refuse such bodies."
            "可以解密，但微信不会这样加密：密文中有空白，填充到 16 字节而不是 32 字节，或没有接收方。许多服务器会拒绝这样的消息体。";
        advice: "Capture the body before a mailer or a form wraps it; correct a test sender that pads to 16."
            "请在邮件或表单折行之前捕获消息体；请修正按 16 字节填充的测试发送程序。";
        example: concat!("{\"ToUserName\":\"gh_5a2c71d0e9b4\",\"Encrypt\":\" ", cipher!(), "\"}");
        near_miss: sealed!();
    }
    EventMismatch "event-mismatch" Warning {
        summary: "Event disagrees with the wrapper's name or with MsgType" "Event 与外层元素名或 MsgType 不一致";
        explanation: "The name of the element around the list belongs to another event than `Event` says, or `MsgType` is not `event`. A document of 2021 has such a sample. `Event` decides."
            "列表外层元素的名称与 `Event` 不属于同一事件，或 `MsgType` 不是 `event`。2021 年的一份文档中有这样的示例。以 `Event` 为准。";
        advice: "Make both say the same; a decoder that goes by the wrapper would take it for the other event."
            "请使两者一致；按外层元素判断的解析代码会把它当成另一种事件。";
        example: xml!("<xml>", "SubscribeMsgPopupEvent", "</xml>");
        near_miss: xml!("<xml>", "SubscribeMsgChangeEvent", "</xml>");
    }
    LegacyShape "legacy-shape" Warning {
        summary: "a list or a root as only older documents or other tools write it" "列表或根元素的写法只见于旧文档或其他工具";
        explanation: "In today's document JSON has `List` at the top, and XML has it inside the wrapper element. A wrapper in JSON, a wrapper that is itself the list, a `List` directly under `<xml>`, a root with another name than `xml`, and `item` inside `List` come from a withdrawn edition, from frameworks that turn XML into JSON, or from tests that people wrote."
            "现行文档中，JSON 的 `List` 在顶层，XML 的 `List` 在外层元素之内。JSON 中的外层元素、外层元素本身就是列表、`List` 直接位于 `<xml>` 之下、根元素不叫 `xml`、`List` 内有 `item`，都来自已撤下的旧版文档、把 XML 转成 JSON 的框架或人工编写的测试。";
        advice: "It is decoded all the same. As a fixture rather use the shape that arrives today: `wxsub convert --to json` or `--to xml` writes it."
            "照常解码。作为样例，最好使用如今实际收到的形式：`wxsub convert --to json` 或 `--to xml` 会写出。";
        example: json!("change", "\"SubscribeMsgChangeEvent\":{\"List\":[", item!(), "]}}");
        near_miss: change!(item!());
    }
    TrailingComma "trailing-comma" Warning {
        summary: "a comma before `}` or `]`, which JSON does not allow" "`}` 或 `]` 之前有多余的逗号，JSON 不允许";
        explanation: "WeChat's own samples have this comma; the bodies that its servers send do not. JSON readers refuse it."
            "微信文档的示例中有这个逗号；服务器实际发送的消息体中没有。JSON 解析器会拒绝。";
        advice: "Remove the comma, or let `wxsub convert --to json` write the payload anew."
            "请删除该逗号，或用 `wxsub convert --to json` 重写消息体。";
        example: change!("[", item!(), ",]");
        near_miss: change!("[", item!(), "]");
    }
    JsonComment "json-comment" Warning {
        summary: "a comment, which JSON does not allow" "含有注释，JSON 不允许";
        explanation: "`//` and `/* */` are read over as if they were blanks. They come from documents and forum posts; no server sends them, and JSON readers refuse them."
            "`//` 和 `/* */` 按空白处理。它们来自文档和论坛帖子；没有服务器会发送，JSON 解析器会拒绝。";
        advice: "Remove the comment, or let `wxsub convert --to json` write the payload anew."
            "请删除注释，或用 `wxsub convert --to json` 重写消息体。";
        example: change!(item!(), " // one item: an object\n ");
        near_miss: json!("change", "\"List\":", item!(), ",\n \"Remark\":\"https://example.com/ /* text */\"}");
    }
    Typographic "typographic" Warning {
        summary: "pasted text: typographic quotes, full-width punctuation or colours" "粘贴的文本：排版引号、全角标点或颜色";
        explanation: "An editor, a chat or a terminal changed the text between the values: typographic quotes, full-width punctuation, unusual blanks, characters without width, colours. The values are read as they stand; they may have been changed, too."
            "编辑器、聊天工具或终端改动了取值之间的文本：排版引号、全角标点、特殊空白、零宽字符或颜色。取值按原样读取；它们也可能被改动过。";
        advice: "Copy the body from the log or the console itself, as plain text."
            "请从日志或控制台以纯文本复制消息体。";
        example: concat!("{“ToUserName”：“gh_5a2c71d0e9b4”，“FromUserName”：“oUJpEiXDgCbEFb0HOo8kZ-C2SJHT”，“CreateTime”：“1763812800”，\n",
            " “MsgType”：“event”，“Event”：“subscribe_msg_change_event”，",
            "“List”：{“TemplateId”：“Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1”，“SubscribeStatusString”：“reject”}}");
        near_miss: change!(item!());
    }
    LoneSurrogate "lone-surrogate" Warning {
        summary: "half of a surrogate pair, which is no character" "半个代理对，不是字符";
        explanation: "JSON escapes characters such as emoji by two halves, `\\ud83d\\ude00`. One half without the other is no character, and JSON readers differ: some refuse the body, some keep a broken string. Here U+FFFD, the replacement character, stands for it in the record."
            "JSON 用两个半码转义表情符号等字符，如 `\\ud83d\\ude00`。只有其中一半就不是字符，各解析器的处理不同：有的拒绝，有的得到损坏的字符串。记录中以替换字符 U+FFFD 代替。";
        advice: "Find out what cuts texts at a fixed length and counts UTF-16 units. What stood there cannot be recovered."
            "请找出按固定长度、以 UTF-16 单元截断文本的程序。原来的字符已无法恢复。";
        example: json!("sent", r#""List":{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","MsgID":"4263718905521438721","ErrorCode":"0","ErrorStatus":"success \ud83d"}}"#);
        near_miss: json!("sent", r#""List":{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","MsgID":"4263718905521438721","ErrorCode":"0","ErrorStatus":"success \ud83d\ude00"}}"#);
    }
    OddCase "odd-case" Warning {
        summary: "a known name in another case of letters" "已知字段名的大小写不同";
        explanation: "The name is one that WeChat documents but for the case of its letters, such as `MsgId` for `MsgID`. It counts as that field here; most decoders would not find it."
            "除大小写外，该名称与微信文档中的字段相同，例如把 `MsgID` 写成 `MsgId`。此处按该字段处理；多数解析代码则找不到它。";
        advice: "Spell the name as WeChat does."
            "请按微信文档的写法书写。";
        example: sent!(r#""MsgId":"4263718905521438721""#);
        near_miss: sent!(r#""MsgID":"4263718905521438721""#);
    }
    PaddedValue "padded-value" Warning {
        summary: "white space around a value" "值的前后有空白";
        explanation: "There is white space between the tags and the value, or inside the value. Formatters, e-mail and chat put it there. XML keeps it: a decoder that compares without trimming does not recognise the event."
            "标签与值之间或值的内部有空白，多由格式化工具、邮件或聊天软件加入。XML 会保留它：不去空白就比较的代码将认不出事件。";
        advice: "Capture the body as it arrived, or remove the white space."
            "请抓取原始消息体，或删除空白。";
        example: json!("sent", r#""List":{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","MsgID":"4263718905521438721","ErrorCode":"0","ErrorStatus":" success"}}"#);
        near_miss: json!("sent", r#""List": { "TemplateId": "Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1", "MsgID": "4263718905521438721", "ErrorCode": "0", "ErrorStatus": "success" } }"#);
    }
    UnknownField "unknown-field" Warning {
        summary: "a field that WeChat does not document for this event" "微信文档中该事件没有的字段";
        explanation: "Third-party platforms, proxies and other SDKs add fields; WeChat may add one any day. Whatever the name, the value is kept in `extra`. A documented field of another event counts as itself."
            "第三方平台、代理和其他 SDK 会添加字段；微信也可能随时增加。无论名称如何，值都保留在 `extra` 中。属于其他事件的已知字段仍按该字段处理。";
        advice: "If you know where it comes from, leave it. A misspelt name is the other frequent cause."
            "若知道其来源，可以不管。另一常见原因是名称拼写错误。";
        example: json!("change", "\"List\":", item!(), ",\"AppId\":\"wx5a2c71d0e9b4f368\"}");
        near_miss: change!(item!());
    }
    UnknownStatus "unknown-status" Warning {
        summary: "a status other than accept and reject" "accept 和 reject 以外的状态";
        explanation: "Callbacks are documented to say `accept` or `reject`, and nothing else was ever captured. `ban`, `filter`, `acceptWithAudio` and the like are answers of the client's wx.requestSubscribeMessage, which tests and databases copy."
            "文档规定回调的状态为 `accept` 或 `reject`，也从未抓取到别的值。`ban`、`filter`、`acceptWithAudio` 等是客户端 wx.requestSubscribeMessage 的返回值，常被测试和数据库照搬。";
        advice: "Do not count it as an acceptance unless you know what it means: `wxsub explain` with the status tells what is documented."
            "在弄清含义之前，不要当作接收：`wxsub explain 状态` 会说明文档中的含义。";
        example: json!("popup", r#""List":{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","SubscribeStatusString":"ban","PopupScene":"0"}}"#);
        near_miss: json!("popup", r#""List":{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","SubscribeStatusString":"accept","PopupScene":"0"}}"#);
    }
    OddStatus "odd-status" Warning {
        summary: "a change event whose status is not reject" "change 事件的状态不是 reject";
        explanation: "A change event reports that the user switched a template off, and no document knows another status for it than `reject`. The status is kept as it is."
            "change 事件表示用户关闭了模板，任何文档中都只有 `reject` 这一状态。状态按原样保留。";
        advice: "Do not count it as an acceptance. A test that somebody wrote is the usual source."
            "不要计为接收。通常来自人工编写的测试。";
        example: change!(r#"{"TemplateId":"Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1","SubscribeStatusString":"accept"}"#);
        near_miss: change!(item!());
    }
    OddTemplateId "odd-template-id" Warning {
        summary: "a template id that is not 43 characters of base64url" "模板 ID 不是 43 个 base64url 字符";
        explanation: "All captured template ids have 43 letters, digits, `-` or `_`, and may begin with `-`. Shorter ones were cut when they were copied (a sample in WeChat's document has lost its first character), masked, or invented."
            "抓取到的模板 ID 都是 43 个字母、数字、`-` 或 `_`，可以以 `-` 开头。较短的多半是复制时被截断（微信文档的一个示例就丢了首字符）、被脱敏或虚构的。";
        advice: "Compare it with the id in the console. For invented fixtures `wxsub sample` makes ids of the right form."
            "请与后台的模板 ID 核对。虚构样例可用 `wxsub sample` 生成格式正确的 ID。";
        example: change!(r#"{"TemplateId":"ZQBw3nT0c5uYl7sKp_8dVhRjEaM41oGfNxI9tCbPq2","SubscribeStatusString":"reject"}"#);
        near_miss: change!(r#"{"TemplateId":"-ZQBw3nT0c5uYl7sKp_8dVhRjEaM41oGfNxI9tCbPq2","SubscribeStatusString":"reject"}"#);
    }
    OddOpenid "odd-openid" Warning {
        summary: "an openid that is not `o` and 27 characters of base64url" "openid 不是 `o` 加 27 个 base64url 字符";
        explanation: "Openids have 28 characters and begin with `o`. Another form means that the id was masked, cut, or is something else, as a number of your own."
            "openid 有 28 个字符，以 `o` 开头。其他形式说明该 ID 被脱敏、截断，或根本不是 openid，例如自己的编号。";
        advice: "Make sure that it is the openid if you join records by it. In fixtures use one of the right form."
            "若用它关联记录，请确认它就是 openid。样例中请使用格式正确的。";
        example: concat!(r#"{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"OPENID","CreateTime":1763812800,"MsgType":"event","#, "\n", r#" "Event":"subscribe_msg_change_event","List":"#, item!(), "}");
        near_miss: concat!(r#"{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"o0-_LloXjEDNrbUldTysPkh4uS-H","CreateTime":1763812800,"MsgType":"event","#, "\n", r#" "Event":"subscribe_msg_change_event","List":"#, item!(), "}");
    }
    OddAccountId "odd-account-id" Warning {
        summary: "an account id that is not `gh_` and 12 hexadecimal digits" "账号 ID 不是 `gh_` 加 12 位十六进制数字";
        explanation: "ToUserName is the account's original id, `gh_` and 12 lower-case hexadecimal digits. An appid (`wx…`) stands there when cloud functions are called; other forms are masked or invented."
            "ToUserName 是账号的原始 ID：`gh_` 加 12 位小写十六进制数字。调用云函数时此处是 appid（`wx…`）；其他形式多为脱敏或虚构。";
        advice: "The original id stands in the console under the account's settings. If your captures come from cloud functions, expect appids."
            "原始 ID 可在后台的账号设置中查到。若抓取自云函数，出现 appid 属正常。";
        example: concat!(r#"{"ToUserName":"gh_5a2c71d0e9b","FromUserName":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","CreateTime":1763812800,"#, "\n", r#" "MsgType":"event","Event":"subscribe_msg_change_event","List":"#, item!(), "}");
        near_miss: concat!(r#"{"ToUserName":"gh_000000000000","FromUserName":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","CreateTime":1763812800,"#, "\n", r#" "MsgType":"event","Event":"subscribe_msg_change_event","List":"#, item!(), "}");
    }
    OddCreateTime "odd-create-time" Warning {
        summary: "a time that cannot be right" "不可能正确的时间";
        explanation: "CreateTime is in Unix seconds. A value before 2012 or after 2100 is a mistake: as a rule milliseconds, or a 0 that somebody wrote to fill the field."
            "CreateTime 是 Unix 秒数。早于 2012 年或晚于 2100 年的值必有错误：多半是毫秒，或用 0 填充。";
        advice: "Divide milliseconds by 1000. Records keep the value as it is."
            "毫秒请除以 1000。记录中保留原值。";
        example: concat!(r#"{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","#, "\n", r#" "CreateTime":1763812800000,"MsgType":"event","Event":"subscribe_msg_change_event","List":"#, item!(), "}");
        near_miss: concat!(r#"{"ToUserName":"gh_5a2c71d0e9b4","FromUserName":"oUJpEiXDgCbEFb0HOo8kZ-C2SJHT","#, "\n", r#" "CreateTime":"1763812800","MsgType":"event","Event":"subscribe_msg_change_event","List":"#, item!(), "}");
    }
    OddMsgId "odd-msg-id" Warning {
        summary: "a message id that is not a number of up to 19 digits" "消息 ID 不是 19 位以内的数字";
        explanation: "MsgID is the `msgid` that the send interface answered, a number below 2^63. It is the key to join a result with its request; anything else joins with nothing."
            "MsgID 是发送接口返回的 `msgid`，小于 2^63 的数字，用于把结果与请求对应；其他形式无法对应任何请求。";
        advice: "Log the `msgid` of the send interface, as a string, and compare. In fixtures use 19 digits."
            "请以字符串记录发送接口返回的 `msgid` 并核对。样例中请使用 19 位数字。";
        example: sent!(r#""MsgID":"msg_1""#);
        near_miss: sent!(r#""MsgID":"1""#);
    }
    EmptyList "empty-list" Warning {
        summary: "the List holds no item" "List 为空";
        explanation: "The callback says that something happened and not what. No such body was ever captured from WeChat; SDKs and tests make them."
            "回调只说明发生了事情，却没说是什么。从未抓取到微信发送这样的消息体；多由 SDK 或测试产生。";
        advice: "Capture the body as it arrived, not what an SDK made of it."
            "请抓取收到的原始消息体，而不是 SDK 处理后的结果。";
        example: change!("[]");
        near_miss: change!(item!());
    }
    ImpreciseMsgId "imprecise-msg-id" Warning {
        summary: "a message id that went through a floating-point number and lost digits" "消息 ID 经过浮点数，已丢失位数";
        explanation: "Message ids have 19 digits, and a double holds not quite 16. A number with a point or an exponent shows that a tool read the id as a double and wrote it again: the last digits are gone for good. It is kept in `extra`, since it is not the id. A whole number that equals what a double prints, mostly with zeros at its end, may have lost digits in the same way; of all ids one in 250 looks so, and it stays the id."
            "消息 ID 有 19 位，双精度浮点数只能容纳不到 16 位。带小数点或指数的写法说明有工具把 ID 当作浮点数读写：末尾几位已无法恢复。它不再是该 ID，因此保留在 `extra` 中。与浮点数打印结果相同的整数（末尾多为 0）也可能丢失了位数；约每 250 个 ID 中有一个恰好如此，仍作为 ID 保留。";
        advice: "Find the tool in the chain (JavaScript, jq 1.6, spreadsheets) and let it treat the id as a string."
            "请找出链条中的工具（JavaScript、jq 1.6、电子表格），让它以字符串处理 ID。";
        example: sent!(r#""MsgID":4.2637189055214387e18"#);
        near_miss: sent!(r#""MsgID":4263718905521438721"#);
    }
    UnexpectedAttribute "unexpected-attribute" Warning {
        summary: "an XML attribute, which WeChat never sends" "含有 XML 属性，微信从不发送";
        explanation: "WeChat's elements have no attributes. XML libraries add some when they write a document again (`type`, `xmlns`). They mean nothing here and are not part of the record."
            "微信的元素没有属性。XML 库重新输出文档时会添加（如 `type`、`xmlns`）。此处不具含义，也不进入记录。";
        advice: "Capture the body as it arrived, or let `wxsub convert --to xml` write it anew."
            "请抓取原始消息体，或用 `wxsub convert --to xml` 重写。";
        example: xml!("<xml version=\"1\">", "</xml>");
        near_miss: xml!("<?xml version=\"1.0\"?>\n<xml>", "</xml>");
    }
    StrayText "stray-text" Warning {
        summary: "text between elements" "元素之间有多余的文本";
        explanation: "There is text where only elements and white space belong. It was typed there by mistake, or a tool wrote into the middle of the body. It is kept in `extra` as `#text`."
            "只应有元素和空白的地方出现了文本：或是误输入，或是工具写进了消息体中间。它以 `#text` 保留在 `extra` 中。";
        advice: "Remove the text; if it comes from a log, two writers may have shared the file."
            "请删除该文本；若来自日志，可能有两个进程同时写入同一文件。";
        example: xml!("<xml>", "oops</xml>");
        near_miss: xml!("<xml>", "<!-- a comment --> </xml>");
    }
    EncodingMismatch "encoding-mismatch" Warning {
        summary: "the XML declaration names another encoding than the text is in" "XML 声明的编码与实际编码不符";
        explanation: "The declaration says one encoding, and the bytes are text in another: the body was converted, and the declaration was left as it was. The bytes decide."
            "声明的是一种编码，字节却是另一种编码的文本：消息体被转换过，声明却没有改。以字节为准。";
        advice: "Correct the declaration or leave it out: WeChat sends none, and its text is UTF-8."
            "请改正或删除声明：微信不发送声明，文本为 UTF-8。";
        example: xml!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<xml>", "</xml>");
        near_miss: xml!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<xml>", "</xml>");
    }
    PrintedObject "printed-object" Warning {
        summary: "an object as a program printed it, not a body as WeChat sent it" "程序打印的对象，而非微信发送的原文";
        explanation: "The capture holds the message as a program printed it after decoding: a Python dict, a Java map, PHP's print_r, YAML, the JSON of a parser of XML that puts each value into an array or an object of its own, or of an SDK that renames the fields. It is decoded, but it is not what WeChat sent. Where the notation left something out, its counts disagree with its members, or a name is given twice, the payload is undecodable: half a callback is none. In notations without quotes an object with a member that users fill is never read. A text with a line break that imitates a whole log entry cannot be told from an entry."
            "该内容是程序解码后打印的消息：Python 字典、Java Map、PHP 的 print_r、YAML，XML 解析器把每个值放进各自数组或对象的 JSON，或 SDK 重命名了字段的 JSON。它会被解码，但并非微信发送的原文。若打印时有省略、标明的数目与成员不符，或名称重复，则无法解码：半个回调不算回调。在没有引号的写法中，含有用户输入成员的对象从不读取。带换行、伪装成整条日志的文本无法与真正的日志区分。";
        advice: "Log the body as it arrived, before it is decoded."
            "请在解码之前记录收到的原始消息体。";
        example: concat!("{'ToUserName': 'gh_5a2c71d0e9b4', 'FromUserName': 'oUJpEiXDgCbEFb0HOo8kZ-C2SJHT', 'CreateTime': 1763812800,\n",
            " 'MsgType': 'event', 'Event': 'subscribe_msg_change_event',\n",
            " 'List': {'TemplateId': 'Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1', 'SubscribeStatusString': 'reject'}}");
        near_miss: change!(item!());
    }
    AfterTorn "after-torn" Warning {
        summary: "a callback after a message that is cut off" "回调位于被截断的消息之后";
        explanation: "A message before this one is cut off, and nothing shows where the next log entry begins: no time, level or other beginning of a line, no record of a container. Where the cut is in a text that a user types, as `Content`, all that follows may still be that text, so the callback is undecodable. So is one that the rest of a message follows directly, if the capture lacks the beginning of that message. A cut elsewhere is only a warning. A typed line break that imitates a whole log entry cannot be told from an entry."
            "此前的消息被截断，且无从判断下一条日志从何处开始：行首没有时间、级别等标志，也不是容器日志的记录。若截断处位于用户输入的文本（如 `Content`），其后的内容都可能仍是该文本，因此该回调无法解码。若回调之后紧跟着另一条消息的剩余部分，而其开头不在输入中，也同样无法解码。截断处在别处时只是警告。带换行、伪装成整条日志的文本无法与真正的日志区分。";
        advice: "Log each body whole, after a time. If nobody typed what follows the cut, `--accept-after-torn` decodes it."
            "请完整记录每个消息体，并在行首写上时间。若截断处之后的内容确非用户输入，可用 `--accept-after-torn` 解码。";
        example: concat!(change!(item!()), "]]></Content></xml>");
        near_miss: concat!(change!(item!()), "\n");
    }
    Noise "noise" Warning {
        summary: "bytes that belong to no payload" "不属于任何消息体的内容";
        explanation: "Beside payloads the file holds other text. In a log that is as it should be; in a fixture it may be a payload that lost its beginning."
            "文件中除消息体外还有其他文本。日志本当如此；在样例中则可能是丢失了开头的消息体。";
        advice: "Remove what does not belong to the payload. When you check a log, do without --strict."
            "请删除不属于消息体的内容。检查日志时请不要使用 --strict。";
        example: concat!("2025-11-22 20:00:00 INFO received\n", change!(item!()));
        near_miss: concat!("\n\n", change!(item!()), "\n\n");
    }
    Unrepresentable "unrepresentable" Error {
        summary: "the callback holds something that the target syntax cannot hold" "目标格式无法表示该回调中的内容";
        explanation: "Given by `convert`. XML has no control characters, empty arrays or arrays of one, and its names are restricted; and an extra field must not take the place of a documented one. Such a callback is reported and not written, never changed in silence."
            "由 `convert` 给出。XML 不能表示控制字符、空数组或单元素数组，名称也有限制；额外字段也不能占用文档规定的位置。这样的回调会被报告而不写出，绝不悄悄更改。";
        advice: "Convert to `jsonl`, which holds everything, or remove the field."
            "请转换为 `jsonl`（可容纳一切），或删除该字段。";
        example: json!("change", "\"List\":", item!(), ",\"Remark\":\"\\u0007\"}");
        near_miss: json!("change", "\"List\":", item!(), ",\"Remark\":\"\\u0009\"}");
    }
    UnmetExpectation "unmet-expectation" Error {
        summary: "a finding that wxsub.toml expects is not there" "没有出现 wxsub.toml 中预期的问题";
        explanation: "Given by `check`. An `[[expect]]` entry says that files have certain findings, and a file that it names has fewer. Either the file was mended, or it is no longer the bad example that a test relies on."
            "由 `check` 给出。`[[expect]]` 条目声明文件应有某些问题，而其指定的文件中少于此数：要么文件已修复，要么它不再是测试所依赖的反例。";
        advice: "Take the code out of the entry, or let `check --write-expectations` do it; if the file should have stayed as it was, restore it."
            "请从条目中去掉该代码，或运行 `check --write-expectations`；若文件本应保持原样，请恢复它。";
        example: "[[expect]]\npath = \"mended.json\"\ncodes = [\"trailing-comma\"]\n";
        near_miss: "[[expect]]\npath = \"no-such-file.json\"\ncodes = [\"trailing-comma\"]\n";
    }
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
}
