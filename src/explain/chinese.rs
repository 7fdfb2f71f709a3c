//! The Chinese words that find a topic, beside its names and its summary.

/// The first name of a topic, and what it is called in Chinese.
type Row = (&'static str, &'static [&'static str]);

static ROWS: &[Row] = &[
    (
        "subscribe_msg_popup_event",
        &["弹窗", "弹框", "订阅弹窗", "弹窗事件"],
    ),
    (
        "subscribe_msg_change_event",
        &["取消订阅", "退订", "关闭订阅", "管理订阅", "订阅管理"],
    ),
    (
        "subscribe_msg_sent_event",
        &["推送结果", "发送结果", "下发结果", "送达", "推送失败"],
    ),
    ("accept", &["同意", "允许", "接受"]),
    ("reject", &["拒绝", "拒绝接收", "用户取消"]),
    ("PopupScene", &["弹窗场景"]),
    ("ErrorCode", &["错误代码", "返回码"]),
    ("TemplateId", &["模板", "模板编号"]),
    ("MsgID", &["消息编号", "消息号"]),
    ("43101", &["用户拒收", "用户拒绝", "拒绝接受消息"]),
    ("45009", &["限额", "频率限制", "每日限额", "次数限制"]),
    ("45168", &["敏感词", "违规"]),
    ("Encrypt", &["加密", "密文"]),
    ("signature", &["签名", "验签"]),
    ("msg_signature", &["消息签名", "消息体签名"]),
    ("EncodingAESKey", &["密钥", "消息加解密密钥", "加解密密钥"]),
    ("plain-mode", &["明文"]),
    ("compatible-mode", &["兼容"]),
    ("safe-mode", &["安全", "加密模式", "密文模式"]),
    ("payload", &["消息体", "回调", "事件推送", "消息推送"]),
    ("record", &["记录"]),
    ("source", &["出处"]),
    ("undecodable", &["无法解码"]),
    ("stats", &["统计", "接收率"]),
    ("quota", &["授权次数", "剩余次数", "额度", "配额"]),
    ("join", &["关联", "对账"]),
    (
        "duplicate",
        &["重复推送", "重复", "去重", "排重", "重复回调", "重复消息"],
    ),
    ("retry", &["重试", "重推", "超时", "五秒", "5秒"]),
    (
        "not-received",
        &[
            "收不到",
            "没收到",
            "未收到",
            "收不到回调",
            "收不到推送",
            "没有回调",
            "没有推送",
        ],
    ),
    ("one-time", &["一次性", "一次性订阅", "一次性订阅消息"]),
    ("long-term", &["长期", "长期订阅", "长期订阅消息"]),
    (
        "always-keep",
        &["总是保持", "总是保持以上选择", "静默授权", "不再询问"],
    ),
    (
        "service-account",
        &["服务号", "公众号", "订阅通知", "公众号订阅通知"],
    ),
];

/// Returns the Chinese words for the topic whose first name is `first`.
pub(super) fn names(first: &str) -> &'static [&'static str] {
    let row = ROWS.iter().find(|row| row.0 == first);
    row.map_or(&[], |row| row.1)
}

/// Returns a Chinese word that holds `term`, or that `term` holds.
pub(super) fn similar(term: &str) -> Option<&'static str> {
    if term.is_ascii() {
        return None;
    }
    let words = || ROWS.iter().flat_map(|row| row.1);
    let holds = words().find(|word| word.contains(term));
    holds
        .or_else(|| words().find(|word| word.chars().count() > 1 && term.contains(**word)))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::find;

    #[test]
    fn every_chinese_word_finds_its_topic_and_no_other() {
        for (name, words) in ROWS {
            for word in *words {
                let topics = find(word).unwrap_or_else(|error| panic!("{error}"));
                let found: Vec<String> = topics
                    .iter()
                    .map(|topic| topic.names().swap_remove(0))
                    .collect();
                assert_eq!(found, [*name], "{word}");
            }
        }
    }
}
