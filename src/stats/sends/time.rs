//! Reads times as logs and tables write them.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, fmt::strtime};

use crate::stats::calendar::plausible;

/// A second as four bytes, since plausible ones fit.
pub(crate) type Second = u32;

/// No time, or none that is plausible. It comes after all times.
pub(crate) const NO_TIME: Second = Second::MAX;

/// Returns a time of a callback in four bytes.
pub(crate) fn second(time: Option<i64>) -> Second {
    let time = time.filter(|&time| plausible(time));
    time.map_or(NO_TIME, |time| time as Second)
}

/// Reads a time that is all of `text`: Unix seconds, milliseconds or microseconds, or a date and time, in `zone` if it
/// does not say its own.
pub(super) fn read(text: &str, zone: &TimeZone) -> Option<i64> {
    let text = text.trim();
    number(text).or_else(|| starting(text, zone))
}

fn number(text: &str) -> Option<i64> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    Some(match whole.len() {
        ..=11 => number,
        12..=14 => number / 1_000,
        15..=17 => number / 1_000_000,
        _ => number / 1_000_000_000,
    })
}

/// Finds the first time in `text`, such as the beginning of a log line.
pub(super) fn find(text: &str, zone: &TimeZone) -> Option<i64> {
    const WINDOW: usize = 256;
    let end = text.floor_char_boundary(WINDOW);
    let starts = text[..end]
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit());
    let mut last = None;
    for (at, _) in starts {
        let is_inside = last == Some(at.wrapping_sub(1));
        last = Some(at);
        if !is_inside && let Some(time) = starting(&text[at..], zone) {
            return Some(time);
        }
    }
    None
}

/// Reads a time at the start of `text`.
fn starting(text: &str, zone: &TimeZone) -> Option<i64> {
    iso(text, zone).or_else(|| web_server(text))
}

/// Reads `2023-06-07 10:05:43.120`, also with `/` or `T`, and with a zone behind.
fn iso(text: &str, zone: &TimeZone) -> Option<i64> {
    let bytes = text.as_bytes();
    let is_date = bytes.len() >= 19 && matches!(bytes[4], b'-' | b'/') && bytes[7] == bytes[4];
    if !is_date || !matches!(bytes[10], b' ' | b'T' | b't') || !text.is_char_boundary(19) {
        return None;
    }
    let digits = |from: usize, to: usize| bytes[from..to].iter().all(u8::is_ascii_digit);
    let all = [(0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)];
    if !all.iter().all(|&(from, to)| digits(from, to)) || bytes[13] != b':' || bytes[16] != b':' {
        return None;
    }
    let value = |(from, to): (usize, usize)| text[from..to].parse::<i16>().ok();
    let [year, month, day, hour, minute, second] = all.map(value);
    let small = |value: Option<i16>| value.and_then(|value| i8::try_from(value).ok());
    let second = small(second)?.min(59);
    let local = DateTime::new(
        year?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        second,
        0,
    )
    .ok()?;
    let zone = offset(&text[19..]).unwrap_or_else(|| zone.clone());
    Some(
        zone.to_ambiguous_timestamp(local)
            .compatible()
            .ok()?
            .as_second(),
    )
}

/// Reads the zone behind a time and its fraction: `Z`, `+08:00`, ` +0800`.
fn offset(rest: &str) -> Option<TimeZone> {
    let fraction = rest.strip_prefix(['.', ',']);
    let rest = fraction.map_or(rest, |rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit())
    });
    let zone = rest.strip_prefix(' ').unwrap_or(rest);
    let sign = match zone.chars().next()? {
        'Z' | 'z' => return Some(TimeZone::UTC),
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..]
        .chars()
        .take(5)
        .filter(|c| *c != ':')
        .take(4)
        .collect();
    let is_whole = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    let number: i32 = digits.parse().ok().filter(|_| is_whole)?;
    let seconds = sign * (number / 100 * 60 + number % 100) * 60;
    Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
}

/// Reads `07/Jun/2023:10:05:43 +0800`, as web servers write it.
fn web_server(text: &str) -> Option<i64> {
    const LEN: usize = "07/Jun/2023:10:05:43 +0800".len();
    let text = text.get(..LEN).filter(|text| text.as_bytes()[2] == b'/')?;
    let parsed = strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).ok()?;
    parsed.to_timestamp().ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_tables_write_them() {
        let zone = TimeZone::fixed(Offset::from_hours(8).unwrap());
        for text in [
            "1686103543",
            "1686103543120",
            "1686103543120999",
            "1686103543.25",
            "2023-06-07 10:05:43",
            "2023-06-07 10:05:43.120",
            "2023-06-07T10:05:43,120",
            "2023/06/07 10:05:43",
            "2023-06-07T02:05:43Z",
            "2023-06-07T02:05:43.5Z",
            "2023-06-07T03:05:43+01:00",
            "2023-06-06 21:05:43 -0500",
            "07/Jun/2023:10:05:43 +0800",
        ] {
            assert_eq!(read(text, &zone), Some(1_686_103_543), "{text}");
        }
        for text in [
            "",
            "now",
            "2023-06-07",
            "2023-13-07 10:05:43",
            "12-34",
            "é023-06-07 10:05:43",
        ] {
            assert_eq!(read(text, &zone), None, "{text}");
        }
    }

    #[test]
    fn the_first_time_of_a_line_counts() {
        let zone = TimeZone::UTC;
        for line in [
            "2023-06-07 02:05:43.120 INFO [a-1] send",
            "[2023-06-07 02:05:43] send 2024-01-01 00:00:00",
            "10.1.2.3 - - [07/Jun/2023:10:05:43 +0800] \"POST\"",
            "line 17 of 2023: 2023-06-07T02:05:43Z",
        ] {
            assert_eq!(find(line, &zone), Some(1_686_103_543), "{line}");
        }
        assert_eq!(find("发送 17", &zone), None);
    }
}
