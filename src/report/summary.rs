//! A tally as one sentence, with a few lines of details below it.

use crate::event::Event;
use crate::finding::{Code, Excerpt, Severity};
use crate::lang::{Lang, Text};
use crate::printable::printable;
use crate::report::{Decrypted, Tally, Undecodable};
use crate::span::Place;

/// The most names of other messages in the sentence.
const NAMES: usize = 5;

/// The noun of a count: English singular, English plural, Chinese.
struct Counted(&'static str, &'static str, &'static str);

const CALLBACKS: Counted = Counted("callback", "callbacks", "个回调");
const FILTERED_OUT: Counted = Counted("filtered out", "filtered out", "个不符合筛选条件");
const DEDUPLICATED: Counted = Counted("repeated", "repeated", "个重复");
const SHORTENED: Counted = Counted(
    "written without its extra fields",
    "written without their extra fields",
    "个写出时缺少额外字段",
);
const OTHERS: Counted = Counted("other message", "other messages", "条其他消息");
const UNDECODABLE: Counted = Counted("undecodable", "undecodable", "个无法解码");
const VERIFIED: Counted = Counted("verified", "verified", "个已验签");
const UNVERIFIED: Counted = Counted("not verified", "not verified", "个未验签");
const ERRORS: Counted = Counted("error", "errors", "个错误");
const WARNINGS: Counted = Counted("warning", "warnings", "个警告");
const EXPECTED: Counted = Counted("expected", "expected", "个预期内");
const ALLOWED: Counted = Counted("allowed", "allowed", "个已放行");
const DROPPED: Counted = Counted(
    "more finding in payloads with over 1,000",
    "more findings in payloads with over 1,000",
    "个问题未列出（单个消息体超过 1,000 个）",
);
const NOISE: Counted = Counted("byte of noise", "bytes of noise", "字节的无关内容");
const MENTIONS: Counted = Counted("mention of an event", "mentions of an event", "处提及事件");
const FILES: Counted = Counted("file", "files", "个文件");

impl Counted {
    fn of(&self, count: u64, lang: Lang) -> String {
        let word = match lang {
            Lang::En if count == 1 => self.0,
            Lang::En => self.1,
            Lang::Zh => self.2,
        };
        format!("{} {word}", grouped(count))
    }
}

/// Formats `count` with thousands separators.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl Tally {
    /// Returns the counts in one line.
    ///
    /// ```
    /// use wxsub::{pipeline, report::Tally, Lang};
    ///
    /// let mut tally = Tally::default();
    /// pipeline::run(&b"GET / HTTP/1.1"[..], "log", &pipeline::Options::default(), &mut tally).unwrap();
    /// assert_eq!(tally.summary(Lang::En), "no callbacks, 12 bytes of noise");
    /// ```
    pub fn summary(&self, lang: Lang) -> String {
        let mut parts = vec![self.callbacks_in_words(lang)];
        let left_out = [
            (self.filtered_out(), FILTERED_OUT),
            (self.deduplicated(), DEDUPLICATED),
            (self.shortened(), SHORTENED),
        ];
        parts.extend(in_words(&left_out, lang));
        let others = self.all_others();
        if others > 0 {
            parts.push(format!(
                "{}{}",
                OTHERS.of(others, lang),
                brackets(self.other_names(lang), lang)
            ));
        }
        let counts = [
            (self.undecodable(), UNDECODABLE),
            (self.findings(Severity::Error), ERRORS),
            (self.findings(Severity::Warning), WARNINGS),
            (self.expected(), EXPECTED),
            (self.allowed(), ALLOWED),
            (self.dropped(), DROPPED),
            (self.noise(), NOISE),
            (self.mentions(), MENTIONS),
        ];
        parts.extend(in_words(&counts, lang));
        parts.join(Text::new(", ", "，").get(lang))
    }

    /// Returns the number of captures read, and the counts if there are any.
    pub fn summary_of_files(&self, lang: Lang) -> String {
        if self.sources() == 0 {
            return Text::new("no file was read", "没有读取任何文件")
                .get(lang)
                .to_owned();
        }
        format!(
            "{}{}{}",
            FILES.of(self.sources(), lang),
            Text::new(": ", "：").get(lang),
            self.summary(lang)
        )
    }

    /// Returns the details, a line each: decrypted payloads, findings by code, places of undecodable payloads.
    ///
    /// The only finding of a single undecodable payload is left out, because it was already reported.
    ///
    /// ```
    /// use wxsub::{pipeline, report::Tally, Lang};
    ///
    /// let log = "<xml><Event>subscribe_msg_sent_event</Event></xlm>\n".repeat(5);
    /// let mut tally = Tally::default();
    /// pipeline::run(log.as_bytes(), "log", &pipeline::Options::default(), &mut tally).unwrap();
    /// assert_eq!(
    ///     tally.details(Lang::En),
    ///     ["findings: 5 malformed-xml", "undecodable: log:1:45, log:2:45, log:3:45 and 2 more"]
    /// );
    /// ```
    pub fn details(&self, lang: Lang) -> Vec<String> {
        let findings = self.findings_by_code();
        let mut lines = Vec::from_iter(self.opened(lang));
        lines.extend(match (self.undecodable(), &findings[..]) {
            (_, []) | (1, [(_, 1)]) => Vec::new(),
            (0 | 1, findings) => vec![codes(findings, lang)],
            (_, findings) => vec![codes(findings, lang), self.places(lang)],
        });
        lines
    }

    /// Formats the numbers of verified and unverified payloads, and if there are several keys, the number for each key.
    fn opened(&self, lang: Lang) -> Option<String> {
        let Decrypted {
            verified,
            unverified,
            by_key,
        } = self.decrypted();
        let keys = by_key.len();
        let by_key = by_key.iter().enumerate().filter(|(_, count)| **count > 0);
        let by_key = by_key.map(|(i, count)| {
            let count = grouped(*count);
            match lang {
                Lang::En => format!("key {} of {keys}: {count}", i + 1),
                Lang::Zh => format!("第 {} 个密钥（共 {keys} 个）：{count}", i + 1),
            }
        });
        let counts = [(*verified, VERIFIED), (*unverified, UNVERIFIED)];
        let mut parts: Vec<String> = in_words(&counts, lang).collect();
        if parts.is_empty() {
            return None;
        }
        parts.extend(by_key.filter(|_| keys > 1));
        let head = Text::new("opened: ", "已解密：").get(lang);
        Some(format!("{head}{}", listed(&parts, lang)))
    }

    fn places(&self, lang: Lang) -> String {
        let shown: Vec<_> = self
            .first_undecodable()
            .iter()
            .map(Undecodable::to_string)
            .collect();
        let more = self.undecodable() - shown.len() as u64;
        let head = Text::new("undecodable: ", "无法解码：").get(lang);
        format!("{head}{}{}", listed(&shown, lang), and_more(more, lang))
    }

    fn callbacks_in_words(&self, lang: Lang) -> String {
        let by_event = Event::ALL
            .iter()
            .map(|&event| (event.short_name(), self.callbacks(event)));
        let parts: Vec<String> = by_event
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{} {name}", grouped(count)))
            .collect();
        match self.all_callbacks() {
            0 => Text::new("no callbacks", "没有回调").get(lang).to_owned(),
            all => format!("{}{}", CALLBACKS.of(all, lang), brackets(parts, lang)),
        }
    }

    fn other_names(&self, lang: Lang) -> Vec<String> {
        let mut named: Vec<(&str, u64)> = self.others().collect();
        named.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let shown = named.iter().take(NAMES);
        let mut names: Vec<String> = shown
            .map(|(name, count)| format!("{} {}", grouped(*count), Excerpt(name)))
            .collect();
        let rest: u64 = self.all_others()
            - named
                .iter()
                .take(NAMES)
                .map(|(_, count)| count)
                .sum::<u64>();
        if rest > 0 {
            names.push(format!(
                "{} {}",
                grouped(rest),
                Text::new("more", "条其余").get(lang)
            ));
        }
        names
    }
}

/// Formats the counts that are not zero.
fn in_words(counts: &[(u64, Counted)], lang: Lang) -> impl Iterator<Item = String> {
    let some = counts.iter().filter(|(count, _)| *count > 0);
    some.map(move |(count, what)| what.of(*count, lang))
}

/// Formats the number of findings of a code.
pub(super) fn of_code(code: Code, count: u64) -> String {
    format!("{} {}", grouped(count), code.as_str())
}

fn codes(findings: &[(Code, u64)], lang: Lang) -> String {
    let counts = findings.iter();
    let counts: Vec<_> = counts.map(|(code, count)| of_code(*code, *count)).collect();
    format!(
        "{}{}",
        Text::new("findings: ", "问题：").get(lang),
        listed(&counts, lang)
    )
}

fn and_more(count: u64, lang: Lang) -> String {
    match (count, lang) {
        (0, _) => String::new(),
        (_, Lang::En) => format!(" and {} more", grouped(count)),
        (_, Lang::Zh) => format!("，另有 {} 处", grouped(count)),
    }
}

impl std::fmt::Display for Undecodable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Place { line, column, .. } = self.place;
        write!(f, "{}:{line}:{column}", printable(&self.source))
    }
}

fn brackets(parts: Vec<String>, lang: Lang) -> String {
    let parts = listed(&parts, lang);
    match lang {
        Lang::En => format!(" ({parts})"),
        Lang::Zh => format!("（{parts}）"),
    }
}

fn listed(parts: &[String], lang: Lang) -> String {
    parts.join(Text::new(", ", "、").get(lang))
}
