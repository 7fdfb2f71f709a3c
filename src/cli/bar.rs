//! What the bar says: how much was read and how fast, and how long it will take yet.
//!
//! Numbers are put as indicatif puts them. Its own bar is not used: it weighs speeds with a power, and for that alone
//! every run, however short, would load the library of mathematics.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, HumanDuration};
use wxsub::Lang;

/// What there is to tell about a run.
pub(super) struct Bar {
    lang: Lang,
    /// How many bytes there are to read, if that is known.
    total: Option<u64>,
    start: Instant,
    /// When so many bytes had been read, in the last [`SPAN`].
    seen: VecDeque<(Instant, u64)>,
    /// How often it was asked.
    beats: usize,
}

/// The time that speed is an average of.
const SPAN: Duration = Duration::from_secs(15);

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

impl Bar {
    /// The bar of a run that began at `start`.
    pub(super) fn new(lang: Lang, total: Option<u64>, start: Instant) -> Self {
        Bar {
            lang,
            total,
            start,
            seen: VecDeque::from([(start, 0)]),
            beats: 0,
        }
    }

    /// What it says at a time, on `width` columns, when so many bytes were read and so many callbacks found.
    pub(super) fn text(
        &mut self,
        now: Instant,
        width: usize,
        bytes: u64,
        callbacks: u64,
    ) -> String {
        let speed = self.speed(now, bytes);
        let done = self.total.map_or(0.0, |total| fraction(bytes, total));
        let left = self.total.unwrap_or(bytes).saturating_sub(bytes);
        let count = HumanCount(callbacks);
        let parts = [
            ("{percent}", format!("{:>3.0}", done * 100.0)),
            ("{bar:24}", blocks(done, 24)),
            ("{bar:10}", blocks(done, 10)),
            ("{bytes}", HumanBytes(bytes).to_string()),
            (
                "{total_bytes}",
                HumanBytes(self.total.unwrap_or(0)).to_string(),
            ),
            ("{bytes_per_sec}", format!("{}/s", HumanBytes(speed as u64))),
            (
                "{msg}",
                match self.lang {
                    Lang::En => format!("{count} callbacks"),
                    Lang::Zh => format!("{count} 个回调"),
                },
            ),
            ("{eta}", eta(left, speed)),
            (
                "{elapsed}",
                format!("{:#}", HumanDuration(now.duration_since(self.start))),
            ),
            ("{spinner}", SPINNER[self.beats % SPINNER.len()].to_owned()),
        ];
        self.beats += 1;
        fill(self.template(width), &parts)
    }

    /// Bytes per second, now that so many were read.
    fn speed(&mut self, now: Instant, bytes: u64) -> f64 {
        self.seen.push_back((now, bytes));
        while self.seen.len() > 2 && now.duration_since(self.seen[0].0) > SPAN {
            self.seen.pop_front();
        }
        let (time, before) = self.seen[0];
        let seconds = now.duration_since(time).as_secs_f64();
        bytes.saturating_sub(before) as f64 / seconds.max(f64::MIN_POSITIVE)
    }

    fn template(&self, width: usize) -> &'static str {
        let rows: &[Row] = match self.total {
            Some(_) => &WITH_TOTAL,
            None => &WITHOUT_TOTAL,
        };
        let row = rows.iter().find(|(least, ..)| width >= *least);
        row.map_or("", |(_, en, zh)| match self.lang {
            Lang::En => en,
            Lang::Zh => zh,
        })
    }
}

/// How much of `total` is done. Files may have grown since they were measured.
fn fraction(bytes: u64, total: u64) -> f64 {
    match bytes < total {
        true => bytes as f64 / total as f64,
        false => 1.0,
    }
}

fn blocks(done: f64, width: usize) -> String {
    let full = (done * width as f64) as usize;
    "█".repeat(full) + &"░".repeat(width - full)
}

/// How long `left` bytes take; nobody knows while nothing comes.
fn eta(left: u64, speed: f64) -> String {
    Duration::try_from_secs_f64(left as f64 / speed).map_or_else(
        |_| "?".to_owned(),
        |time| format!("{:#}", HumanDuration(time)),
    )
}

/// Puts parts where a template names them.
fn fill(template: &str, parts: &[(&str, String)]) -> String {
    let text = template.to_owned();
    parts
        .iter()
        .fold(text, |text, (name, part)| text.replace(name, part))
}

/// What the bar shows on a terminal of at least so many columns, in English and in Chinese: never more than a line, or
/// the terminal would keep what was drawn before.
type Row = (usize, &'static str, &'static str);

const WITH_TOTAL: [Row; 5] = [
    (
        110,
        "{percent}% {bar:24} {bytes} of {total_bytes} · {bytes_per_sec} · {msg} · {eta} left",
        "{percent}% {bar:24} {bytes} / {total_bytes} · {bytes_per_sec} · {msg} · 剩余 {eta}",
    ),
    (
        80,
        "{percent}% {bar:10} {bytes} · {bytes_per_sec} · {msg} · {eta} left",
        "{percent}% {bar:10} {bytes} · {bytes_per_sec} · {msg} · 剩余 {eta}",
    ),
    (
        56,
        "{percent}% · {bytes_per_sec} · {msg} · {eta} left",
        "{percent}% · {bytes_per_sec} · {msg} · 剩余 {eta}",
    ),
    (
        40,
        "{percent}% · {msg} · {eta} left",
        "{percent}% · {msg} · 剩余 {eta}",
    ),
    (0, "{percent}%", "{percent}%"),
];

const WITHOUT_TOTAL: [Row; 3] = [
    (
        64,
        "{spinner} {bytes} · {bytes_per_sec} · {msg} · {elapsed}",
        "{spinner} {bytes} · {bytes_per_sec} · {msg} · {elapsed}",
    ),
    (40, "{spinner} {bytes} · {msg}", "{spinner} {bytes} · {msg}"),
    (0, "{spinner}", "{spinner}"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    /// The widest that each part gets in practice.
    const PARTS: [(&str, &str); 10] = [
        ("{percent}", "100"),
        ("{bar:24}", "########################"),
        ("{bar:10}", "##########"),
        ("{bytes}", "1,023.99 GiB"),
        ("{total_bytes}", "1,023.99 GiB"),
        ("{bytes_per_sec}", "1,023.99 MiB/s"),
        ("{msg}", "123,456,789 callbacks"),
        ("{eta}", "89s"),
        ("{elapsed}", "89s"),
        ("{spinner}", "⠓"),
    ];

    #[test]
    fn every_row_fits_its_terminal() {
        let parts = PARTS.map(|(name, widest)| (name, widest.to_owned()));
        for (least, en, zh) in WITH_TOTAL.iter().chain(&WITHOUT_TOTAL) {
            for template in [en, zh] {
                let shown = fill(template, &parts);
                assert!(!shown.contains(['{', '}']), "{shown}");
                assert!(shown.width() <= (*least).max(4), "{shown}");
            }
        }
    }

    #[test]
    fn it_says_how_far_a_run_is() {
        let start = Instant::now();
        let mut bar = Bar::new(Lang::En, Some(4 << 20), start);
        let second = start + Duration::from_secs(1);
        assert_eq!(
            bar.text(second, 80, 1 << 20, 1234),
            " 25% ██░░░░░░░░ 1.00 MiB · 1.00 MiB/s · 1,234 callbacks · 3s left"
        );
        assert_eq!(bar.text(second, 1, 5 << 20, 0), "100%");
    }

    #[test]
    fn it_says_how_long_a_run_without_an_end_took() {
        let start = Instant::now();
        let mut bar = Bar::new(Lang::Zh, None, start);
        let minute = start + Duration::from_secs(60);
        assert_eq!(
            bar.text(minute, 80, 120, 7),
            "⠋ 120 B · 2 B/s · 7 个回调 · 60s"
        );
    }

    #[test]
    fn speed_is_that_of_late_and_none_when_nothing_comes() {
        let start = Instant::now();
        let mut bar = Bar::new(Lang::En, Some(1000), start);
        for second in 1..=40 {
            let now = start + Duration::from_secs(second);
            let text = bar.text(now, 56, 100 * second.min(5), 0);
            let told = match second {
                5 => " 50% · 100 B/s · 0 callbacks · 5s left",
                40 => " 50% · 0 B/s · 0 callbacks · ? left",
                _ => continue,
            };
            assert_eq!(text, told);
        }
    }
}
