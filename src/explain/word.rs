//! Terms that are not field values: WeChat's names for parts of a payload and its encryption, and wxsub's own words.
//!
//! They also explain what a signature covers and what it does not.

use crate::event::fields::{ENCRYPT, EVENT, LIST, MSG_TYPE};
use crate::explain::Kind;
use crate::lang::Text;

/// A term with its meaning.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    /// Other names that find the term.
    pub(super) others: &'static [&'static str],
    pub(super) words: Text,
    /// One paragraph on each line.
    pub(super) about: Text,
    /// The names of related topics.
    pub(super) see: &'static [&'static str],
}

const fn word(
    name: &'static str,
    others: &'static [&'static str],
    words: Text,
    about: Text,
    see: &'static [&'static str],
) -> Word {
    Word {
        kind: Kind::Word,
        name,
        others,
        words,
        about,
        see,
    }
}

/// An error of WXBizMsgCrypt, the encryption library of WeChat's samples.
const fn crypt(name: &'static str, words: Text, about: Text) -> Word {
    Word {
        kind: Kind::ErrorCode,
        ..word(name, &[], words, about, &[ENCRYPT])
    }
}

/// A code that the send interface answers.
const fn answer(name: &'static str, words: Text, about: Text) -> Word {
    Word {
        kind: Kind::ErrorCode,
        ..word(name, &[], words, about, &["quota", "join"])
    }
}

/// An error of the prompt in the client, `wx.requestSubscribeMessage`.
const fn prompt(name: &'static str, words: Text, about: Text) -> Word {
    Word {
        kind: Kind::ErrorCode,
        ..word(name, &[], words, about, &["not-received"])
    }
}

pub(super) static WORDS: &[Word] = &[
    answer(
        "-1",
        Text::new("send API: WeChat is busy", "发送接口：系统繁忙"),
        Text::new(
            "An answer of the send interface (subscribeMessage.send): nothing was sent. Documented for all interfaces of WeChat: try again a little later. It is not a code of callbacks.",
            "发送接口（subscribeMessage.send）的返回值：没有发送。微信各接口的文档都有：请稍后重试。它不是回调中的错误码。",
        ),
    ),
    answer(
        "40001",
        Text::new(
            "send API: invalid access token",
            "发送接口：access_token 无效",
        ),
        Text::new(
            "An answer of the send interface: the access token is wrong, or a newer one has replaced it. Documented for all interfaces of WeChat. Often two servers fetch tokens, and each new token ends the other's (observed). It is not a code of callbacks.",
            "发送接口的返回值：access_token 错误，或已被更新的取代。微信各接口的文档都有。常因两台服务器各自获取 access_token，使对方的失效（观察）。它不是回调中的错误码。",
        ),
    ),
    answer(
        "42001",
        Text::new(
            "send API: access token expired",
            "发送接口：access_token 过期",
        ),
        Text::new(
            "An answer of the send interface: the access token has expired. Documented for all interfaces of WeChat. It is not a code of callbacks.",
            "发送接口的返回值：access_token 已超过有效期。微信各接口的文档都有。它不是回调中的错误码。",
        ),
    ),
    answer(
        "43107",
        Text::new(
            "send API: subscribe messages blocked",
            "发送接口：订阅消息能力封禁",
        ),
        Text::new(
            "An answer of the send interface: the platform has blocked subscribe messages for this account. Documented for the send interface only; callbacks are not documented to have it.",
            "发送接口的返回值：该账号的订阅消息能力被平台封禁。只见于发送接口的文档；回调文档中没有。",
        ),
    ),
    answer(
        "43108",
        Text::new(
            "send API: concurrent sends to one user",
            "发送接口：并发下发给同一用户",
        ),
        Text::new(
            "An answer of the send interface: two calls for one openid ran at the same time. Send the messages for a user one after the other. Documented for the send interface only; callbacks are not documented to have it.",
            "发送接口的返回值：对同一 openid 的两次调用同时进行。请对同一用户依次发送。只见于发送接口的文档；回调文档中没有。",
        ),
    ),
    answer(
        "45009",
        Text::new("send API: daily quota used up", "发送接口：超过每日限额"),
        Text::new(
            "An answer of the send interface: the account has made all calls of the day. Documented for all interfaces of WeChat; the send interface allows 10 million a day, and 30 million with payment enabled (documented). The grants of users are another thing, see `quota`. It is not a code of callbacks.",
            "发送接口的返回值：该账号当天的调用次数已用完。微信各接口的文档都有；发送接口每日 1kw 次，开通支付能力的为 3kw 次（文档）。用户的授权次数是另一回事，见 `quota`。它不是回调中的错误码。",
        ),
    ),
    answer(
        "45168",
        Text::new("send API: sensitive words", "发送接口：命中敏感词"),
        Text::new(
            "An answer of the send interface: a value in `data` has words that WeChat does not allow. Nothing was sent. Documented by Tencent Cloud for messages of mini programs; callbacks are not documented to have it.",
            "发送接口的返回值：`data` 的取值含有敏感词，没有发送。见于腾讯云关于小程序消息的文档；回调文档中没有。",
        ),
    ),
    answer(
        "48001",
        Text::new("send API: interface not allowed", "发送接口：接口未授权"),
        Text::new(
            "An answer of the send interface: the account may not use the interface, or has not granted it to the platform that calls. Documented for all interfaces of WeChat. It is not a code of callbacks.",
            "发送接口的返回值：该账号没有此接口的权限，或没有授权给调用它的第三方平台。微信各接口的文档都有。它不是回调中的错误码。",
        ),
    ),
    answer(
        "9800006",
        Text::new(
            "send API: unknown device of the user",
            "发送接口：设备与用户的订阅不一致",
        ),
        Text::new(
            "An answer of the interface for messages of devices: `model_id` and `sn` in the request are not those with which the user subscribed. So WeChat's own message says (observed in the developer forum); no document has it. It is not a code of callbacks.",
            "设备消息发送接口的返回值：请求中的 `model_id` 和 `sn` 与用户订阅时的不一致。依据是微信返回的提示（开发者社区中的记录）；文档中没有。它不是回调中的错误码。",
        ),
    ),
    prompt(
        "20001",
        Text::new("prompt: no such template", "弹窗接口：没有模板数据"),
        Text::new(
            "An error of wx.requestSubscribeMessage in the client: there is no data for the template; as a rule its id does not exist or is of the other type, one-time or long-term (documented). No prompt appears, so no callback follows.",
            "客户端 wx.requestSubscribeMessage 的错误：没有模板数据，一般是模板 ID 不存在，或者与模板类型（一次性、长期）不对应（文档）。不会弹窗，因此没有回调。",
        ),
    ),
    prompt(
        "20004",
        Text::new(
            "prompt: user switched all messages off",
            "弹窗接口：用户关闭了主开关",
        ),
        Text::new(
            "An error of wx.requestSubscribeMessage in the client: the user has switched off the main switch of subscribe messages in the settings of the mini program (documented). No prompt appears, so no callback follows; ask the user to switch it on.",
            "客户端 wx.requestSubscribeMessage 的错误：用户在小程序设置中关闭了订阅消息的主开关，无法进行订阅（文档）。不会弹窗，因此没有回调；可引导用户开启。",
        ),
    ),
    crypt(
        "-40001",
        Text::new("encryption: wrong signature", "加解密：签名错误"),
        Text::new(
            "The samples of WXBizMsgCrypt give it when `msg_signature` does not fit. As a rule the token is wrong, the parameter `signature` was taken for `msg_signature`, or `Encrypt` was altered on its way.",
            "WXBizMsgCrypt 示例代码在 `msg_signature` 不符时返回。多半是 token 错误、误把 `signature` 当作 `msg_signature`，或 `Encrypt` 在途中被改动。",
        ),
    ),
    crypt(
        "-40002",
        Text::new(
            "encryption: the envelope cannot be read",
            "加解密：信封解析失败",
        ),
        Text::new(
            "The samples of WXBizMsgCrypt give it when the body is not the XML (or JSON) that was expected, or has no `Encrypt`.",
            "WXBizMsgCrypt 示例代码在消息体不是预期的 XML（或 JSON）或没有 `Encrypt` 时返回。",
        ),
    ),
    crypt(
        "-40003",
        Text::new(
            "encryption: the signature could not be made",
            "加解密：生成签名失败",
        ),
        Text::new(
            "The samples of WXBizMsgCrypt give it when SHA-1 fails; in the C++ sample also when a parameter is empty.",
            "WXBizMsgCrypt 示例代码在计算 SHA-1 失败时返回；C++ 示例在参数为空时也返回。",
        ),
    ),
    crypt(
        "-40004",
        Text::new(
            "encryption: illegal EncodingAESKey",
            "加解密：EncodingAESKey 非法",
        ),
        Text::new(
            "The samples of WXBizMsgCrypt give it when the EncodingAESKey does not have 43 characters.",
            "WXBizMsgCrypt 示例代码在 EncodingAESKey 不是 43 个字符时返回。",
        ),
    ),
    crypt(
        "-40005",
        Text::new(
            "encryption: encrypted for another appid",
            "加解密：appid 不符",
        ),
        Text::new(
            "The samples of WXBizMsgCrypt give it when the appid inside the encrypted message is another than the one given. Third-party platforms encrypt with the component's appid, not the authorizer's.",
            "WXBizMsgCrypt 示例代码在密文中的 appid 与所给不同时返回。第三方平台使用 component 的 appid，而不是授权方的。",
        ),
    ),
    crypt(
        "-40006",
        Text::new("encryption: encrypting failed", "加解密：加密失败"),
        Text::new(
            "The samples of WXBizMsgCrypt give it when encrypting an answer fails; reading a callback cannot lead to it.",
            "WXBizMsgCrypt 示例代码在加密回复失败时返回；读取回调不会遇到。",
        ),
    ),
    crypt(
        "-40007",
        Text::new("encryption: decrypting failed", "加解密：解密失败"),
        Text::new(
            "The samples of WXBizMsgCrypt give it when the encrypted bytes do not open; a wrong EncodingAESKey shows here, or as -40008 or -40005. The Java and Python samples give it for broken base64 too.",
            "WXBizMsgCrypt 示例代码在解密失败时返回；EncodingAESKey 错误会表现为它，或 -40008、-40005。Java 和 Python 示例在 base64 损坏时也返回。",
        ),
    ),
    crypt(
        "-40008",
        Text::new(
            "encryption: what was decrypted is illegal",
            "加解密：解密后的内容非法",
        ),
        Text::new(
            "The samples of WXBizMsgCrypt give it when the decrypted bytes are no message: its length does not fit. As a rule the key is wrong.",
            "WXBizMsgCrypt 示例代码在解密后的内容不是消息（长度不符）时返回。多半是密钥错误。",
        ),
    ),
    crypt(
        "-40009",
        Text::new(
            "encryption: encoding base64 failed",
            "加解密：base64 编码失败",
        ),
        Text::new(
            "The samples of WXBizMsgCrypt give it when encrypting an answer fails; reading a callback cannot lead to it.",
            "WXBizMsgCrypt 示例代码在加密回复失败时返回；读取回调不会遇到。",
        ),
    ),
    crypt(
        "-40010",
        Text::new(
            "encryption: decoding base64 failed",
            "加解密：base64 解码失败",
        ),
        Text::new(
            "The samples of WXBizMsgCrypt give it when `Encrypt` is not base64: often a `+` became a blank on the way.",
            "WXBizMsgCrypt 示例代码在 `Encrypt` 不是 base64 时返回：常因 `+` 在途中变成了空格。",
        ),
    ),
    word(
        EVENT,
        &[],
        Text::new("which event it is", "事件名"),
        Text::new(
            "The name of the event, in the header of a payload. It alone decides what a callback is, and whole names are compared: `subscribe`, a user who follows, is another message.",
            "消息体头部的事件名。回调的类型只由它决定，且比较完整名称：`subscribe`（用户关注）是另一种消息。",
        ),
        &["missing-event", "event-mismatch", "other-event"],
    ),
    word(
        MSG_TYPE,
        &[],
        Text::new("which type of message it is", "消息类型"),
        Text::new(
            "`event` in every callback. It stands in a record only where it says something else.",
            "所有回调中都是 `event`。只有取其他值时才出现在记录中。",
        ),
        &["event-mismatch"],
    ),
    word(
        LIST,
        &["items"],
        Text::new("the items of a callback", "回调的条目"),
        Text::new(
            "One entry for each template's answer, or each message's result. In JSON WeChat sends one item as an object and several as an array; in XML each item is an element of that name inside the element that is named after the event. Records always have an array, `items`.",
            "每个模板的答复或每条消息的结果对应一个条目。JSON 中单个条目是对象，多个条目是数组；XML 中每个条目是以事件命名的外层元素内的一个同名元素。记录中总是数组 `items`。",
        ),
        &["missing-list", "empty-list", "legacy-shape"],
    ),
    word(
        ENCRYPT,
        &["sealed"],
        Text::new("an encrypted payload", "加密的消息体"),
        Text::new(
            "The callback, encrypted with AES-256-CBC by the EncodingAESKey of the console, in base64. In safe mode it stands alone beside ToUserName, in compatible mode beside the plain fields. Only it is covered by `msg_signature`: plain fields beside it can be changed by anyone on the way.",
            "用后台的 EncodingAESKey 以 AES-256-CBC 加密并经 base64 编码的回调。安全模式下只与 ToUserName 同在，兼容模式下与明文字段并存。`msg_signature` 只覆盖它：旁边的明文字段途中可被任意改动。",
        ),
        &["encrypted", "msg_signature", "safe-mode", "compatible-mode"],
    ),
    word(
        "signature",
        &[],
        Text::new(
            "the signature of the URL; it does not cover the body",
            "URL 的签名；不覆盖消息体",
        ),
        Text::new(
            "A parameter of the URL to which WeChat pushes: the SHA-1 of token, timestamp and nonce, sorted and joined. It does not cover the body, nor the openid on the URL: with it, whoever has seen one URL can send any body. So a plain payload is never verified by it. Where `msg_signature` stands beside it, that is the one that counts.",
            "微信推送 URL 的参数：token、timestamp、nonce 排序拼接后的 SHA-1。它不覆盖消息体，也不覆盖 URL 上的 openid：任何见过一个 URL 的人都可以用它发送任意消息体。因此明文消息体不能凭它算作已验证。若同时有 `msg_signature`，以后者为准。",
        ),
        &["msg_signature", "plain-mode"],
    ),
    word(
        "msg_signature",
        &[],
        Text::new("the signature of an encrypted payload", "加密消息体的签名"),
        Text::new(
            "A parameter of the URL in safe and compatible mode: the SHA-1 of token, timestamp, nonce and `Encrypt`, sorted and joined. It covers `Encrypt` and nothing else: not ToUserName, not the plain fields of compatible mode. The parameter `signature` beside it covers no body at all; to check that one instead is the commonest mistake.",
            "安全模式和兼容模式下 URL 的参数：token、timestamp、nonce 与 `Encrypt` 排序拼接后的 SHA-1。它只覆盖 `Encrypt`：不覆盖 ToUserName，也不覆盖兼容模式的明文字段。旁边的 `signature` 完全不覆盖消息体；误用它来校验是最常见的错误。",
        ),
        &["signature", ENCRYPT, "-40001"],
    ),
    word(
        "token",
        &[],
        Text::new("the secret that signatures are made with", "签名用的密钥"),
        Text::new(
            "A word that you choose in the console. Who knows it can sign: keep it out of command lines, logs and repositories.",
            "在后台自行设置的字符串。知道它的人就能签名：不要出现在命令行、日志和代码仓库中。",
        ),
        &["signature", "msg_signature"],
    ),
    word(
        "EncodingAESKey",
        &["encoding_aes_key", "aes_key"],
        Text::new("the key of encrypted payloads", "加密消息体的密钥"),
        Text::new(
            "43 characters of the console, which are the base64 of 32 bytes without the final `=`. Three keys in four have stray bits in the last character, which strict base64 readers refuse. After a change WeChat may use the former key for a while: keep both.",
            "后台的 43 个字符，即 32 字节的 base64（去掉末尾的 `=`）。四分之三的密钥末字符带有多余的位，严格的 base64 解码器会拒绝。更换后微信可能在一段时间内仍用旧密钥：请同时保留。",
        ),
        &[ENCRYPT, "-40004"],
    ),
    word(
        "plain-mode",
        &["plain"],
        Text::new("callbacks are not encrypted", "明文模式"),
        Text::new(
            "A choice in the console. The body is the callback as it is; the URL has `signature`, which does not cover the body.",
            "后台的一种设置。消息体就是回调本身；URL 带有 `signature`，但它不覆盖消息体。",
        ),
        &["signature"],
    ),
    word(
        "compatible-mode",
        &["compatible"],
        Text::new("plain fields and an encrypted copy", "兼容模式"),
        Text::new(
            "A choice in the console. The plain fields and `Encrypt` stand side by side. Without a key the plain ones are decoded; nothing covers them, so they prove nothing.",
            "后台的一种设置。明文字段与 `Encrypt` 并存。没有密钥时解码明文字段；它们不受签名保护，不能作为凭据。",
        ),
        &[ENCRYPT, "msg_signature"],
    ),
    word(
        "safe-mode",
        &["safe", "secure-mode"],
        Text::new("callbacks are encrypted", "安全模式"),
        Text::new(
            "A choice in the console. The body holds ToUserName and `Encrypt`, in XML or JSON; nothing of it can be decoded without the EncodingAESKey.",
            "后台的一种设置。消息体只有 ToUserName 和 `Encrypt`，XML 或 JSON 均可；没有 EncodingAESKey 就无法解码。",
        ),
        &[ENCRYPT, "msg_signature", "encrypted"],
    ),
    word(
        "openid",
        &[],
        Text::new("a user, as one account knows it", "用户在某账号下的 ID"),
        Text::new(
            "28 characters that begin with `o`, another one for each account. It is personal data, also on URLs.",
            "以 `o` 开头的 28 个字符，同一用户在各账号下不同。它是个人信息，出现在 URL 上时也是。",
        ),
        &["FromUserName", "odd-openid"],
    ),
    word(
        "appid",
        &[],
        Text::new("an app, as the console knows it", "应用的 ID"),
        Text::new(
            "`wx` and 16 hexadecimal digits. Callbacks name the account by its original id (`gh_…`); encrypted payloads hold the appid after the message.",
            "`wx` 加 16 位十六进制数字。回调用原始 ID（`gh_…`）表示账号；加密的消息体在消息之后带有 appid。",
        ),
        &["ToUserName", "-40005"],
    ),
    word(
        "payload",
        &["callback"],
        Text::new(
            "one callback body, as WeChat sent it",
            "微信发送的一个回调消息体",
        ),
        Text::new(
            "An `<xml>` document or a JSON object. Decoded it is a callback: a header, an event, and items. A file, stream or log in which payloads stand is a capture.",
            "一个 `<xml>` 文档或 JSON 对象。解码后即回调：头部、事件和条目。包含消息体的文件、流或日志称为抓取内容。",
        ),
        &[LIST, "record"],
    ),
    word(
        "record",
        &[],
        Text::new(
            "the normalized JSON form of a callback",
            "回调的规范 JSON 形式",
        ),
        Text::new(
            "What `wxsub convert --to jsonl` writes: one object a callback, always with the same keys in the same order, whatever shape the payload had. All commands that read payloads read records, too. `wxsub schema record` describes it.",
            "`wxsub convert --to jsonl` 的输出：每个回调一个对象，无论消息体形式如何，键及其顺序都相同。凡能读取消息体的命令也能读取记录。`wxsub schema record` 给出其模式。",
        ),
        &["extra", "payload", "malformed-record"],
    ),
    word(
        "extra",
        &[],
        Text::new(
            "what has no key of its own in a record",
            "记录中没有专用键的内容",
        ),
        Text::new(
            "Fields that WeChat does not document, values that do not fit their field, and repeated fields stand there under their wire name, so that nothing that arrived is lost.",
            "文档中没有的字段、类型不符的值和重复的字段以原字段名保存于此，因此收到的内容不会丢失。",
        ),
        &["unknown-field", "wrong-type", "duplicate-field"],
    ),
    word(
        "source",
        &[],
        Text::new("where a callback stood", "回调的出处"),
        Text::new(
            "The last key of a record, with `--with-source`: path, line, offset in bytes of the decompressed capture, and format. A record that is read keeps its source, unless `--with-source` writes another.",
            "使用 `--with-source` 时记录的最后一个键：路径、行、（解压后的）字节偏移和格式。读取的记录保留原有的出处，除非使用 `--with-source` 重新写出。",
        ),
        &["record"],
    ),
    word(
        "undecodable",
        &[],
        Text::new("a payload that could not be read", "无法解码的消息体"),
        Text::new(
            "It is reported with place and reason, counted, and never written as if it was fine. A run that meets one ends with exit status 1.",
            "报告其位置和原因并计数，绝不当作正常内容写出。遇到时退出状态为 1。",
        ),
        &["malformed-xml", "malformed-json", "encrypted"],
    ),
    word(
        "stats",
        &["report"],
        Text::new(
            "what each number of `stats` and `report` counts",
            "`stats` 与 `report` 各项数字的含义",
        ),
        Text::new(
            "What the numbers of `wxsub stats` and of the page of `wxsub report` count, and of what.\n\
             callbacks: payloads of the three events. With `--by`, those that have an item in the row. A repeated delivery (same account, user, time, event and items) counts once, unless `--keep-repeats` is given.\n\
             items: entries of the lists of callbacks. All numbers below but users count items.\n\
             shown: items of prompts, of any answer. accepted and rejected are those with `accept` and `reject`, other statuses all others, also items without a status.\n\
             acceptance rate: accepted, of shown. A grant without a dialog is not pushed, so it is in neither; the rate says how users answer who are asked.\n\
             users: distinct openids for each account, of callbacks with an item in the row. Up to a million they are exact, above that estimated to within about 0.4 % (`≈`). The same user in two rows counts in both, so rows do not add up.\n\
             switched off: items of change events that say `reject`.\n\
             sent: results of messages. failed: those with another code than 0; pushed: all others, also those without a code. The failure rate is failed of sent. What the send interface refuses at once is no callback and in no number.\n\
             Times are those of CreateTime, in the zone of `--tz`. A callback without one, or with one before 1970 or after 2100, is in the totals, but not where time is shown.\n\
             undecodable: payloads that could not be decoded. They are missing from all numbers. Findings count repeated deliveries, too.",
            "`wxsub stats` 和 `wxsub report` 页面中各项数字的含义与统计对象。\n\
             回调：三种事件的消息体。使用 `--by` 时，为该行中至少有一个条目的回调。重复推送（账号、用户、时间、事件和条目均相同）只算一次，除非使用 `--keep-repeats`。\n\
             条目：回调列表中的每一项。以下除用户外，各项均按条目统计。\n\
             弹出：弹窗中的条目，不论如何回答。接收、拒收为 `accept`、`reject` 的条目，其余（包括没有状态的）为其他状态。\n\
             接收率：接收占弹出的比例。未弹窗的静默授权不会推送，因此两者都不包含；接收率反映的是被询问的用户如何回答。\n\
             用户：该行中有条目的回调里，每个账号下不同的 openid 数。一百万以内精确，超过时为估计值，误差约 0.4%（`≈`）。同一用户出现在两行中时各算一次，因此各行不能相加。\n\
             关闭：change 事件中为 `reject` 的条目。\n\
             推送：消息的推送结果。错误码不为 0 的为推送失败，其余（包括没有错误码的）为推送成功。失败率为推送失败占推送的比例。发送接口当场拒绝的请求不是回调，不在任何数字中。\n\
             时间为 CreateTime，按 `--tz` 的时区。没有时间、或时间早于 1970 年、晚于 2100 年的回调计入总数，但不出现在按时间的统计中。\n\
             无法解码：无法解码的消息体，所有数字中都缺少它们。问题的数量包含重复推送。",
        ),
        &["quota", "undecodable"],
    ),
    word(
        "quota",
        &["grants"],
        Text::new(
            "grants left, and how they are counted",
            "剩余授权次数及其算法",
        ),
        Text::new(
            "How `wxsub quota` counts the grants that are left for each account, user and template. What is left is a lower bound, shown as `≥ n`: while a user has chosen “always keep”, each silent call grants one and is not pushed (an inference from the documents).\n\
             An accept in a prompt grants one (documented). Any other answer there takes nothing away (observed).\n\
             A change event with `reject` sets what is left to zero (documented: the template is switched off); another change does nothing (convention).\n\
             A sent event with code 0 uses one (documented: one message for each agreement); one with another code uses none (documented: a failure of the asynchronous push).\n\
             A long-term template (`--long-term`) is never used up (documented); a change event ends it like any other.\n\
             With `--sends`, a send that was answered with success uses one. If its result is there, both are one use, at the time of the result, since two clocks need not agree (convention). They are joined by message id, see `join`.\n\
             If the result of a send that was answered with success failed, nothing is used: at least one grant is left then, unless all were taken since the send (convention).\n\
             A send that was answered with another code uses none (documented). 43101 (the user refuses) sets what is left to zero only with `--assume-refused-is-zero`: that nothing is left then is an inference.\n\
             What is left is never less than zero, at each step (convention): a message without a known grant used a silent one.\n\
             The order is that of CreateTime, whatever the order of files; within a second it is accept, change, sent, then by content (convention). Repeated deliveries count once (documented: up to three pushes). Callbacks without a time between 1970 and 2100 are not counted; sends without one count last.",
            "`wxsub quota` 如何统计每个账号、用户、模板的剩余授权次数。剩余次数是下限，显示为 `≥ n`：用户勾选“总是保持以上选择”后，每次静默调用都会授权一次，但不会推送（由文档推断）。\n\
             弹窗中接收一次，授权加一（文档）。弹窗中的其他回答不减少授权（观察）。\n\
             change 事件为 `reject` 时剩余清零（文档：用户关闭了该模板）；其他 change 不产生影响（约定）。\n\
             sent 事件错误码为 0 时用掉一次（文档：一次同意可下发一条）；其他错误码不消耗（文档：异步推送导致的系统失败）。\n\
             长期模板（`--long-term`）不会用完（文档）；change 事件同样使其失效。\n\
             使用 `--sends` 时，接口返回成功的发送用掉一次。若日志中有其结果，两者只算一次，按结果的时间计算，因为两边的时钟未必一致（约定）。二者按消息 ID 关联，见 `join`。\n\
             接口返回成功而推送结果失败时，不消耗授权：此时至少剩余一次，除非发送之后已被清零（约定）。\n\
             接口返回其他错误码的发送不消耗授权（文档）。仅在使用 `--assume-refused-is-zero` 时，43101（用户拒收）使剩余清零：此时没有剩余只是推断。\n\
             每一步剩余都不会小于零（约定）：没有已知授权的消息用掉的是静默授权。\n\
             顺序以 CreateTime 为准，与文件顺序无关；同一秒内依次为接收、change、sent，再按内容排序（约定）。重复推送只算一次（文档：最多推送三次）。时间缺失或不在 1970 至 2100 年之间的回调不计入；这样的发送记录最后计算。",
        ),
        &["join", "43101", "one-time", "always-keep", "duplicate"],
    ),
    word(
        "join",
        &[],
        Text::new("sends with their results", "发送与推送结果的关联"),
        Text::new(
            "How `wxsub join` finds the result of each send. The message id that the send interface answers (`msgid`) is that of the sent event (documented).\n\
             An equal id suffices (`exact`). JavaScript, jq and others round ids of 19 digits; such an id stands for many. It is joined only if user and template agree and there is one such send and one such result (`rounded`, `~` in tables).\n\
             A send without a result is `none`. If it was made outside of the period of the captures, it is not in this log: nothing is known of it. Within the period its result is missing. Neither means that the message failed.\n\
             The code of a send is the interface's, with the meaning that the interface documents. The code of a result is that of the callback.\n\
             Files of sends are CSV with a header, JSON lines, or logs with a request and its answer on a line, in JSON or as programs print objects. The usual names of columns are known (msgid, msg_id, touser, openid, template_id, errcode, created_at, …); `--columns` names others. What a request holds in `data` may be typed by users and is not searched.",
            "`wxsub join` 如何找到每次发送的推送结果。发送接口返回的消息 ID（`msgid`）即 sent 事件中的消息 ID（文档）。\n\
             ID 相等即可关联（`exact`）。JavaScript、jq 等会使 19 位 ID 丢失精度，这样的 ID 对应许多消息。只有用户和模板一致，且这样的发送和结果各只有一个时才关联（`rounded`，表格中为 `~`）。\n\
             没有结果的发送为 `none`。如果发送时间不在日志的时间段内，则不在此日志中：无从得知。在时间段内则是缺少结果。两者都不表示推送失败。\n\
             发送的错误码来自发送接口，含义以接口文档为准。结果的错误码来自回调。\n\
             发送记录可以是带表头的 CSV、JSON lines，或每行含请求和返回的日志（JSON 或程序打印的对象）。常用列名都能识别（msgid、msg_id、touser、openid、template_id、errcode、created_at 等），其他列名用 `--columns` 指定。请求的 `data` 可能含用户输入的内容，不会被搜索。",
        ),
        &["MsgID", "imprecise-msg-id", "quota"],
    ),
    word(
        "duplicate",
        &["duplicates", "dedup", "repeated-delivery"],
        Text::new(
            "one callback that was delivered more than once",
            "同一回调被推送多次",
        ),
        Text::new(
            "WeChat pushes a callback again if the answer is late, up to three times in all (documented for service accounts; the present document for mini programs no longer says so). A log then holds it more than once, see `retry`.\n\
             These events have no message id of their own: MsgID is that of the message that was sent. The documents advise to tell events apart by FromUserName and CreateTime (documented). That is not enough: two different events with the same user and time were captured (observed).\n\
             wxsub takes a callback for a repeated delivery if account, user, time, event and items are all alike; fields that a proxy adds do not count (convention). `stats`, `report`, `quota` and `join` count it once, unless `--keep-repeats` is given. The other commands show it, unless `--dedup` is given.\n\
             A server can do this, too: remember the keys of the callbacks that it has handled, and answer a repeated delivery with `success` (convention).",
            "应答过慢时，微信会再次推送同一回调，最多共三次（服务号文档；现行小程序文档不再提及）。日志中因此会出现多次，见 `retry`。\n\
             这些事件没有自己的消息 ID：MsgID 是所发送消息的 ID。文档建议用 FromUserName 加 CreateTime 排重（文档）。这还不够：抓取到过两者都相同的两个不同事件（观察）。\n\
             账号、用户、时间、事件和条目均相同时，wxsub 视为重复推送；代理添加的字段不算（约定）。`stats`、`report`、`quota` 和 `join` 只算一次，除非使用 `--keep-repeats`。其他命令照样显示，除非使用 `--dedup`。\n\
             服务器也可以这样做：记住已处理回调的键，对重复推送直接回复 `success`（约定）。",
        ),
        &["retry", "quota"],
    ),
    word(
        "retry",
        &["retries", "timeout"],
        Text::new(
            "when WeChat pushes a callback again",
            "微信何时再次推送回调",
        ),
        Text::new(
            "WeChat waits five seconds for an answer, then pushes the callback again, three times in all (documented for service accounts; the present document for mini programs no longer says so).\n\
             An empty answer or `success` within five seconds stops the repeats, also for mini programs (WeChat's staff in the developer forum).\n\
             So answer first and work later, and expect each callback more than once (convention), see `duplicate`. The order of callbacks is not promised, and CreateTime has whole seconds only.",
            "微信等待应答五秒，之后再次推送，总共三次（服务号文档；现行小程序文档不再提及）。\n\
             五秒内回复空串或 `success` 即不再推送，小程序也是如此（微信工作人员在开发者社区的答复）。\n\
             因此请先应答、后处理，并做好同一回调收到多次的准备（约定），见 `duplicate`。推送的顺序没有保证，CreateTime 只精确到秒。",
        ),
        &["duplicate", "not-received"],
    ),
    word(
        "not-received",
        &["missing-callback", "no-callback"],
        Text::new(
            "why a callback or a message does not arrive",
            "为什么收不到回调或消息",
        ),
        Text::new(
            "The push of messages is not switched on in the console, or its URL is not verified: then nothing is pushed (documented).\n\
             A kind of message that is routed to a cloud function is no longer pushed to the URL; the console calls the kind `subscribe_msg_event` (observed).\n\
             No dialog was shown. A user who chose “always keep” is not asked again (documented); that no popup event is pushed then is an inference, see `always-keep`. Errors of the prompt, such as 20004, lead to no callback either.\n\
             A change event says that a template was switched off; the documents have no event for switching it on again (documented).\n\
             The send interface refused the message at once, with a code such as 43101 (documented). That is the result: `join` expects no sent event after it (convention).\n\
             A sent event with code 0 says that WeChat pushed the message (documented). No callback says whether the user saw it.\n\
             In safe mode the body shows no event until it is decrypted, see `safe-mode`. In a log, `wxsub parse` reports what it could not read; the summary counts where the name of an event is merely mentioned.",
            "后台没有开启消息推送，或 URL 没有通过验证：此时什么都不会推送（文档）。\n\
             某类消息配置为推送到云函数后，不再推送到 URL；后台中该类消息称为 `subscribe_msg_event`（观察）。\n\
             没有弹窗。用户勾选“总是保持以上选择”后不再询问（文档）；此时没有 popup 事件是推断，见 `always-keep`。弹窗接口出错（如 20004）时也没有回调。\n\
             change 事件只表示用户关闭了某个模板；文档中没有表示重新打开的事件（文档）。\n\
             发送接口当场拒绝了消息，返回 43101 等错误码（文档）。这就是结果：`join` 不再等待 sent 事件（约定）。\n\
             sent 事件错误码为 0 表示推送成功（文档）。用户是否看到，没有回调会说明。\n\
             安全模式下，解密之前看不到事件名，见 `safe-mode`。日志中无法读取的内容，`wxsub parse` 会报告；只提到事件名的地方，总结中会计数。",
        ),
        &["retry", "always-keep", "20004", "43101", "undecodable"],
    ),
    word(
        "one-time",
        &["one-time-template"],
        Text::new(
            "one agreement, one message",
            "一次性订阅：同意一次，下发一条",
        ),
        Text::new(
            "Each time a user agrees, one message of the template may be sent, at any later time (documented). Agreements add up, as most applications count them (convention), see `quota`.\n\
             A send beyond that is refused with 43101 (WeChat's staff in the developer forum).\n\
             Callbacks do not say of which type a template is: name long-term ones by `--long-term`.",
            "用户每同意一次，可不限时间地下发一条该模板的消息（文档）。多次同意累积计算，多数应用都这样统计（约定），见 `quota`。\n\
             次数用完后再发送，返回 43101（微信工作人员在开发者社区的答复）。\n\
             回调不说明模板的类型：长期订阅的模板请用 `--long-term` 指定。",
        ),
        &["quota", "long-term", "43101"],
    ),
    word(
        "long-term",
        &["long-term-template"],
        Text::new(
            "one agreement, any number of messages",
            "长期订阅：同意一次，可下发多条",
        ),
        Text::new(
            "After a user has agreed once, any number of messages of the template may be sent, until the user switches it off (documented). Only public services, such as government, health, traffic, finance and education, get such templates (documented).\n\
             Callbacks do not say of which type a template is. `wxsub quota --long-term ID` says so: sending then uses up no grant, but a change event still ends it.",
            "用户同意一次后，可长期下发多条该模板的消息，直到用户关闭（文档）。仅向政务民生、医疗、交通、金融、教育等线下公共服务开放（文档）。\n\
             回调不说明模板的类型。用 `wxsub quota --long-term ID` 指定：发送不消耗授权；change 事件仍使其失效。",
        ),
        &["quota", "one-time"],
    ),
    word(
        "always-keep",
        &["silent-grant"],
        Text::new(
            "grants without a dialog",
            "“总是保持以上选择”：不弹窗的授权",
        ),
        Text::new(
            "A user who ticks “always keep these choices” in the prompt is not asked again: the next call of wx.requestSubscribeMessage answers at once, without a dialog (documented).\n\
             Each such call grants one message as an agreement does, and no popup event is pushed. Both are inferences: the documents say only that no dialog appears.\n\
             Callbacks therefore show a lower bound: `quota` writes `≥`, and rates count only users who were asked.",
            "用户在弹窗中勾选“总是保持以上选择”后不再询问：之后调用 wx.requestSubscribeMessage 直接返回，不弹窗（文档）。\n\
             每次这样的调用同样授权一次，且没有 popup 事件。两者都是推断：文档只说不再弹窗。\n\
             因此从回调得到的是下限：`quota` 显示为 `≥`，接收率反映的是被询问的用户如何回答。",
        ),
        &["quota", "not-received", "accept"],
    ),
    word(
        "service-account",
        &["official-account"],
        Text::new(
            "the events of service accounts",
            "公众号（服务号）订阅通知的事件",
        ),
        Text::new(
            "Service accounts have events of the same three names (documented). Their PopupScene is 1 for a web page and 2 for an article; 0, a page, is that of mini programs (documented). The document of mini programs shows a 2 in its sample, so a scene alone does not tell which kind of account it is.\n\
             They push XML only (observed). Their document once showed the change event inside the wrapper of the popup event; a captured one had its own wrapper (observed).",
            "服务号有同名的三个事件（文档）。其 PopupScene 为 1（网页）或 2（图文）；0（页面）属于小程序（文档）。小程序文档的示例中也有 2，因此仅凭场景不能判断账号类型。\n\
             只推送 XML（观察）。其文档曾把 change 事件写在 popup 事件的外层元素中；实际抓取到的使用自己的外层元素（观察）。",
        ),
        &["PopupScene", "event-mismatch"],
    ),
];
