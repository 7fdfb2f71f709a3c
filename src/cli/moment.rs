//! Reads the times that people type for `--since` and `--until`.

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::cli::language::{Words, both};

/// A time as it was typed. The clock and the zone of the run give it a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// A Unix second. A fraction was rounded up.
    At(i64),
    /// A date and time without a zone.
    Civil(DateTime),
    /// A number of seconds before now.
    Ago(i64),
}

const EXPECTED: Words = Words(
    "expected a date (2026-01-02), a date and time (2026-01-02T15:04:05, with Z or +08:00 after it for a zone), Unix \
     seconds (1767366245), or how long ago (90s, 30m, 2h, 7d, 1w)",
    "应为日期（2026-01-02）、日期和时间（2026-01-02T15:04:05，其后可用 Z 或 +08:00 表示时区）、Unix 秒（1767366245），\
     或多久以前（90s、30m、2h、7d、1w）",
);

impl Moment {
    /// Parses what was typed.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return seconds(text);
        }
        ago(text)
            .or_else(|| with_zone(text))
            .or_else(|| without_zone(text))
            .ok_or_else(|| EXPECTED.to_string())
    }

    /// Returns the Unix second, if the time is `now` and the zone is `zone`.
    ///
    /// # Errors
    ///
    /// The time is too far away for a timestamp.
    pub(super) fn second(self, now: Timestamp, zone: &TimeZone) -> anyhow::Result<i64> {
        match self {
            Moment::At(second) => Ok(second),
            Moment::Ago(seconds) => Ok(whole(now).saturating_sub(seconds)),
            Moment::Civil(time) => zone.to_timestamp(time).map(whole).with_context(|| {
                both!("`{time}` is too far away", "`{time}` 超出可表示的时间范围")
            }),
        }
    }
}

/// Rounds up to a whole second. Callbacks have whole seconds, so the later bound selects the same callbacks.
fn whole(time: Timestamp) -> i64 {
    time.as_second() + i64::from(time.subsec_nanosecond() > 0)
}

/// Parses Unix seconds. Refuses digits that look like a date, a year or milliseconds.
fn seconds(digits: &str) -> Result<Moment, String> {
    let is_date = digits.len() == 8 && digits.parse::<Date>().is_ok();
    let is_year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    let expected = match digits.parse() {
        _ if is_date => Words(
            "expected a date with hyphens, as 2026-01-02",
            "日期应带连字符，如 2026-01-02",
        ),
        _ if is_year => Words(
            "expected a whole date, as 2026-01-02",
            "应为完整的日期，如 2026-01-02",
        ),
        _ if digits.len() == 13 => Words(
            "expected seconds, these are milliseconds",
            "应为秒，这里是毫秒",
        ),
        Ok(second) => return Ok(Moment::At(second)),
        Err(_) => EXPECTED,
    };
    Err(expected.to_string())
}

/// Parses a time before now, such as `2h`.
fn ago(text: &str) -> Option<Moment> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    let is_count = digits.bytes().all(|b| b.is_ascii_digit());
    let count: i64 = digits.parse().ok().filter(|_| is_count)?;
    Some(Moment::Ago(count.checked_mul(seconds)?))
}

/// Parses RFC 3339. `parse` shows times with a space instead of `T` and before the offset; both are accepted.
fn with_zone(text: &str) -> Option<Moment> {
    let closed = match text.rsplit_once(' ') {
        Some((time, offset)) if offset.starts_with(['+', '-']) => format!("{time}{offset}"),
        _ => text.to_owned(),
    };
    closed.parse().ok().map(|time| Moment::At(whole(time)))
}

/// Parses a date, which means its first moment, or a date and time.
fn without_zone(text: &str) -> Option<Moment> {
    let clock = text.split(['T', 't', ' ']).nth(1).unwrap_or_default();
    // A zone that is not understood must not be ignored.
    let is_bare = clock
        .bytes()
        .all(|b| b.is_ascii_digit() || b":.,".contains(&b));
    let time = text.parse::<DateTime>().ok().filter(|_| is_bare)?;
    Some(Moment::Civil(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-02T03:04:05.5Z.
    fn now() -> Timestamp {
        "2026-01-02T03:04:05.5Z".parse().expect("a time")
    }

    fn second(text: &str, zone: &str) -> i64 {
        let zone = TimeZone::get(zone).expect("a zone");
        let moment = Moment::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        moment.second(now(), &zone).expect("a second")
    }

    #[test]
    fn every_way_to_say_a_time_is_understood() {
        let cases = [
            // With a zone.
            ("2026-01-02T03:04:05Z", 1767323045),
            ("2026-01-02t03:04:05z", 1767323045),
            ("2026-01-02T11:04:05+08:00", 1767323045),
            ("2026-01-02 11:04:05+08:00", 1767323045),
            ("2026-01-02 11:04:05 +08:00", 1767323045),
            ("2026-01-01T23:34:05-03:30", 1767323045),
            ("2026-01-01 23:34:05 -03:30", 1767323045),
            ("2026-01-02T03:04:05.000Z", 1767323045),
            ("2026-01-02T03:04:05.001Z", 1767323046),
            ("1969-12-31T23:59:59.5Z", 0),
            // In the zone of the run.
            ("2026-01-02", 1767283200),
            ("2026-01-02T11:04:05", 1767323045),
            ("2026-01-02 11:04:05", 1767323045),
            ("2026-01-02 11:04", 1767323040),
            ("2026-01-02T11:04:05.25", 1767323046),
            // Unix seconds.
            ("1767323045", 1767323045),
            ("0", 0),
            ("253402300800", 253402300800),
            // Before now.
            ("0s", 1767323046),
            ("90s", 1767322956),
            ("30m", 1767321246),
            ("2h", 1767315846),
            ("7d", 1766718246),
            ("1w", 1766718246),
            ("99999w", 1767323046 - 99999 * 604800),
        ];
        for (text, expected) in cases {
            assert_eq!(second(text, "Asia/Shanghai"), expected, "{text}");
        }
    }

    #[test]
    fn the_zone_decides_where_none_is_said() {
        assert_eq!(second("2026-01-02", "UTC"), 1767312000);
        assert_eq!(second("2026-01-02", "America/New_York"), 1767330000);
        // An hour that the clocks skip, and a midnight: skipped in 2018, not in 2019.
        assert_eq!(second("2026-03-08 02:30", "America/New_York"), 1772955000);
        assert_eq!(second("2019-11-03", "America/Sao_Paulo"), 1572750000);
        assert_eq!(second("2018-11-04", "America/Sao_Paulo"), 1541300400);
    }

    #[test]
    fn anything_else_is_refused() {
        let cases = [
            "",
            " ",
            "yesterdy",
            "2h ago",
            "-2h",
            "+2h",
            "h",
            "2H",
            "2y",
            "1.5h",
            "2h30m",
            "１h",
            "9999999999999999w",
            "2026-13-01",
            "2026-02-30",
            "2026-1-2",
            "2026",
            "20260102",
            "2026-01",
            "12:00",
            "2026-01-02T25:00",
            "2026-01-02T10:00+99:00",
            "2026-01-02T10:00 CST",
            "2026-01-02T10:00[Asia/Shanghai]",
            "2026-01-02Z",
            "1767323045000",
            "17673230450000000000",
            "-5",
            "1e9",
            "2026-01-02T10:00:00+08:00x",
            "时间",
        ];
        let taken: Vec<_> = cases
            .iter()
            .filter(|text| Moment::parse(text).is_ok())
            .collect();
        assert!(taken.is_empty(), "{taken:?}");
    }

    #[test]
    fn what_is_nearly_right_is_told_apart() {
        let cases = [
            ("20260102", "expected a date with hyphens, as 2026-01-02"),
            ("2026", "expected a whole date, as 2026-01-02"),
            ("1767323045000", "expected seconds, these are milliseconds"),
            ("tomorrow", EXPECTED.0),
        ];
        for (text, message) in cases {
            assert_eq!(Moment::parse(text), Err(message.into()));
        }
    }

    #[test]
    fn what_lies_beyond_the_calendar_is_an_error() {
        let far = Moment::parse("9999-12-31T23:59:59").expect("a time");
        let zone = TimeZone::get("America/New_York").expect("a zone");
        assert!(far.second(now(), &zone).is_err());
        let ago = second("9223372036854775807s", "UTC");
        assert_eq!(ago, 1767323046 - i64::MAX);
    }
}
