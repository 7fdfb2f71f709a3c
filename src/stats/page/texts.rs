//! What a page says, in both languages.

use crate::lang::{Lang, Text};
use crate::stats::table::grouped;

pub(super) const TITLE: Text = Text::new("Subscribe messages", "订阅消息报告");
pub(super) const NO_CALLBACKS: Text = Text::new(
    "There are no callbacks in what was read.",
    "读取的内容中没有回调。",
);
pub(super) const NO_PERIOD: Text = Text::new(
    "No callback has a plausible time.",
    "所有回调的时间均缺失或不合理。",
);

pub(super) const CALLBACKS: Text = Text::new("callbacks", "回调");
pub(super) const SHOWN: Text = Text::new("shown", "弹出");
pub(super) const ACCEPTED: Text = Text::new("accepted", "接收");
pub(super) const REJECTED: Text = Text::new("rejected", "拒收");
pub(super) const OTHER: Text = Text::new("other statuses", "其他状态");
pub(super) const RATE: Text = Text::new("acceptance rate", "接收率");
pub(super) const USERS: Text = Text::new("users", "用户");
pub(super) const SWITCHED_OFF: Text = Text::new("switched off", "关闭");
pub(super) const SENT: Text = Text::new("sent", "推送");
pub(super) const DELIVERED: Text = Text::new("pushed", "推送成功");
pub(super) const FAILED: Text = Text::new("failed", "推送失败");
pub(super) const FAILURE_RATE: Text = Text::new("failure rate", "失败率");
pub(super) const TEMPLATE: Text = Text::new("template", "模板");
pub(super) const SCENE: Text = Text::new("scene", "场景");
pub(super) const CODE: Text = Text::new("error code", "错误码");
pub(super) const MEANING: Text = Text::new("meaning", "含义");
pub(super) const ITEMS: Text = Text::new("items", "条目");
pub(super) const HOUR: Text = Text::new("hour", "时段");
pub(super) const NONE: Text = Text::new("(none)", "（无）");
pub(super) const ALL: Text = Text::new("all", "全部");
pub(super) const ALL_TEMPLATES: Text = Text::new("All templates", "全部模板");

pub(super) const REPEATED: Text = Text::new(
    "Repeated deliveries, left out of all counts",
    "重复推送（不计入任何统计）",
);
pub(super) const OTHERS: Text = Text::new(
    "Other messages, left out of all counts",
    "其他消息（不计入任何统计）",
);
pub(super) const FILTERED_OUT: Text = Text::new("Callbacks filtered out", "不符合筛选条件的回调");
pub(super) const UNDECODABLE: Text = Text::new(
    "Undecodable payloads, missing from all counts",
    "无法解码的消息体（统计中缺少这些数据）",
);
pub(super) const TIMELESS: Text = Text::new(
    "Callbacks without a plausible time, missing where time is shown",
    "时间缺失或不合理的回调（不出现在按时间的图表中）",
);
pub(super) const GAPS: Text = Text::new(
    "Times without anything to count are left out of charts and tables.",
    "没有数据的时间不出现在图表中。",
);
pub(super) const MENTIONS: Text = Text::new(
    "Mentions of an event outside payloads",
    "消息体之外提及事件的次数",
);
pub(super) const NOISE: Text =
    Text::new("Bytes that belong to no payload", "不属于任何消息体的字节");

pub(super) const ACCEPTANCE_HEAD: Text = Text::new("Acceptance by template", "各模板的接收率");
pub(super) const ACCEPTANCE_LEAD: Text = Text::new(
    "Items accepted, of those that prompts showed. A line ends with its latest rate; the dashed one is that of all \
     templates. A grant without a dialog is not pushed, so it is in no count.",
    "接收的条目占弹窗中条目的比例。曲线末端为最近一期的接收率，虚线为全部模板的接收率。未弹窗的静默授权不会推送，因此不计入。",
);
pub(super) const SCENES_HEAD: Text = Text::new("Answers by scene", "各场景的选择");
pub(super) const SCENES_LEAD: Text = Text::new(
    "Where the prompt was shown, and what users chose there.",
    "弹窗出现的位置，以及用户在该处的选择。",
);
pub(super) const OFF_HEAD: Text = Text::new("Switched off", "关闭订阅");
pub(super) const OFF_LEAD: Text = Text::new(
    "Times that users switched a template off in the settings.",
    "用户在设置中关闭模板的次数。",
);
pub(super) const OFF_NONE: Text = Text::new("No template was switched off.", "没有模板被关闭。");
pub(super) const SENT_HEAD: Text = Text::new("Results of messages", "推送结果");
pub(super) const SENT_LEAD: Text = Text::new(
    "What WeChat reports of messages that were sent. What the send interface refuses at once is not among them.",
    "微信回报的推送结果。发送接口当场拒绝的请求不在其中。",
);
pub(super) const SENT_NONE: Text =
    Text::new("No results of messages were read.", "没有读到推送结果。");
pub(super) const WEEK_HEAD: Text = Text::new("Hours and weekdays", "时段与星期");
pub(super) const WEEK_LEAD: Text = Text::new(
    "Callbacks by the hour in which they were made; the stronger the colour, the more.",
    "按产生时间统计的回调数；颜色越浓，数量越多。",
);
pub(super) const FOUND_HEAD: Text = Text::new("Undecodable and odd", "无法解码与异常");
pub(super) const FOUND_LEAD: Text = Text::new(
    "Findings by code, with the first places. Repeated deliveries are among them.",
    "按代码列出的问题及其最先出现的位置，包含重复推送。",
);
pub(super) const FOUND_NONE: Text = Text::new(
    "Nothing: all that names an event was decoded, and nothing about it is odd.",
    "没有：所有涉及事件的内容均已解码，且无异常。",
);
pub(super) const FOUND_TITLES: [Text; 3] = [
    Text::new("finding", "问题"),
    Text::new("count", "数量"),
    Text::new("meaning and places", "含义与位置"),
];
pub(super) const ESTIMATE: Text = Text::new(
    "≈: more than a million users, estimated to within about 0.4 %.",
    "≈：用户超过一百万，为估计值，误差约 0.4%。",
);

pub(super) const BY_TEMPLATE: Text = Text::new("By template", "按模板");
pub(super) const BY_CODE: Text = Text::new("By error code", "按错误码");
pub(super) const BY_TEMPLATE_AND_CODE: Text =
    Text::new("By template and error code", "按模板与错误码");
pub(super) const BY_SCENE: Text = Text::new("By scene", "按场景");
pub(super) const OVER_TIME: Text = Text::new("Over time", "按时间");
pub(super) const RATES_OVER_TIME: Text = Text::new("Rates over time", "接收率变化");
pub(super) const FAILURES_OVER_TIME: Text = Text::new("Failure rate", "失败率");

/// Says that something is there as a table, too.
pub(super) fn as_table(what: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{what}, as a table"),
        Lang::Zh => format!("{what}（表格）"),
    }
}

/// Says how many rows a table leaves out.
pub(super) fn more(count: u64, lang: Lang) -> String {
    let count = grouped(count);
    match lang {
        Lang::En => format!("… and {count} more; `wxsub stats --by` lists all"),
        Lang::Zh => format!("……另有 {count} 行；`wxsub stats --by` 可列出全部"),
    }
}

/// Puts a count behind what it counts.
pub(super) fn counted(name: &str, count: u64, lang: Lang) -> String {
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    format!("{name}{colon}{}", grouped(count))
}

/// Says how many templates there are.
pub(super) fn templates(count: usize, lang: Lang) -> String {
    let shown = grouped(count as u64);
    match (lang, count) {
        (Lang::En, 1) => format!("{shown} template"),
        (Lang::En, _) => format!("{shown} templates"),
        (Lang::Zh, _) => format!("{shown} 个模板"),
    }
}

/// Says how many of the items that were shown were accepted.
pub(super) fn of_shown(rate: &str, shown: u64, lang: Lang) -> String {
    let shown = grouped(shown);
    match lang {
        Lang::En => format!("{rate} of {shown} shown"),
        Lang::Zh => format!("{rate}，共弹出 {shown} 次"),
    }
}

/// Says that a part belongs to a whole.
pub(super) fn of_whole(part: &str, whole: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{part} of {whole}"),
        Lang::Zh => format!("{part}（共 {whole}）"),
    }
}

/// Returns the short name of a weekday. Monday is zero.
pub(super) fn weekday(day: usize, lang: Lang) -> &'static str {
    const DAYS: [Text; 7] = [
        Text::new("Mon", "一"),
        Text::new("Tue", "二"),
        Text::new("Wed", "三"),
        Text::new("Thu", "四"),
        Text::new("Fri", "五"),
        Text::new("Sat", "六"),
        Text::new("Sun", "日"),
    ];
    DAYS[day % DAYS.len()].get(lang)
}
