//! The hours, days, weeks and months of times in a time zone.
//!
//! Between two changes of a zone's offset all of them follow from whole divisions, so a zone is asked only once for each
//! such period.

use std::ops::Range;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The Unix seconds of the years 1970 to 2100. Times outside are mistakes.
const PLAUSIBLE: Range<i64> = 0..4_133_980_800;

/// Returns true if a callback may have been made at this Unix second.
#[inline]
pub(crate) fn plausible(second: i64) -> bool {
    PLAUSIBLE.contains(&second)
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Divides time as a zone does.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    zone: TimeZone,
    /// The seconds in which `offset` is valid.
    period: Range<i64>,
    offset: i64,
    /// The last day that was asked for, and the first day of its month.
    month: (i64, i64),
}

/// A time in a zone. Days count from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LocalTime {
    second: i64,
    local: i64,
}

impl Calendar {
    pub(crate) fn new(zone: TimeZone) -> Self {
        Calendar {
            zone,
            period: 0..0,
            offset: 0,
            month: (0, 0),
        }
    }

    /// Returns the local time at a plausible second.
    #[inline]
    pub(crate) fn at(&mut self, second: i64) -> LocalTime {
        if !self.period.contains(&second) {
            self.ask(second);
        }
        let local = second + self.offset;
        LocalTime { second, local }
    }

    fn ask(&mut self, second: i64) {
        let at = |second| Timestamp::from_second(second).unwrap_or_default();
        self.offset = self.zone.to_offset(at(second)).seconds().into();
        let before = self.zone.preceding(at(second + 1)).next();
        let after = self.zone.following(at(second)).next();
        self.period = before.map_or(i64::MIN, |it| it.timestamp().as_second())
            ..after.map_or(i64::MAX, |it| it.timestamp().as_second());
    }

    /// Returns the first day of the month of `time`.
    pub(crate) fn month(&mut self, time: LocalTime) -> i64 {
        let day = time.day();
        if self.month.0 != day {
            self.month = (day, Self::month_of(day));
        }
        self.month.1
    }

    /// Returns the first day of the month of a day.
    pub(crate) fn month_of(day: i64) -> i64 {
        day - i64::from(date_of(day).day()) + 1
    }

    /// Returns the Monday of the week of a day.
    pub(crate) fn week_of(day: i64) -> i64 {
        day - weekday(day) + 1
    }
}

impl LocalTime {
    /// Returns the Unix second at which the hour begins.
    pub(crate) fn hour(self) -> i64 {
        self.second - self.local.rem_euclid(HOUR)
    }

    /// Returns the number of hours that clocks have shown since 1970-01-01.
    pub(crate) fn local_hour(self) -> i64 {
        self.local.div_euclid(HOUR)
    }

    pub(crate) fn hour_of_day(self) -> i64 {
        self.local.div_euclid(HOUR).rem_euclid(24)
    }

    #[inline]
    pub(crate) fn day(self) -> i64 {
        self.local.div_euclid(DAY)
    }

    /// Returns the day of the week: 1 is Monday.
    pub(crate) fn weekday(self) -> i64 {
        weekday(self.day())
    }

    /// Returns the Monday of the week.
    pub(crate) fn week(self) -> i64 {
        Calendar::week_of(self.day())
    }
}

/// Returns the day of the week of a day: 1 is Monday.
pub(crate) fn weekday(day: i64) -> i64 {
    const THURSDAY: i64 = 4;
    (day + THURSDAY - 1).rem_euclid(7) + 1
}

/// Returns the date of a day that is not too far from 1970.
pub(crate) fn date_of(day: i64) -> Date {
    let first = date(1970, 1, 1);
    let days = Span::new().try_days(day);
    days.and_then(|days| first.checked_add(days))
        .unwrap_or(first)
}

/// Formats a Unix second as RFC 3339 in a zone.
pub(crate) fn rfc3339(second: i64, zone: &TimeZone) -> String {
    let time = Timestamp::from_second(second).unwrap_or_default();
    match *zone == TimeZone::UTC {
        true => time.to_string(),
        false => time.display_with_offset(zone.to_offset(time)).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn division_gives_what_the_zone_says(
            second in PLAUSIBLE,
            later in 0..4 * DAY,
            zone in prop::sample::select(vec![
                "UTC", "Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Monrovia",
            ]),
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let mut calendar = Calendar::new(zone.clone());
            for second in [second, (second + later).min(PLAUSIBLE.end - 1), second] {
                let time = calendar.at(second);
                let zoned = Timestamp::from_second(second).unwrap().to_zoned_datetime(zone.clone());
                prop_assert_eq!(date_of(time.day()), zoned.date());
                prop_assert_eq!(date_of(calendar.month(time)), zoned.date().first_of_month());
                prop_assert_eq!(time.hour_of_day(), i64::from(zoned.hour()));
                prop_assert_eq!(time.weekday(), i64::from(zoned.weekday().to_monday_one_offset()));
                prop_assert_eq!(weekday(time.week()), 1);
                prop_assert!((0..7).contains(&(time.day() - time.week())));
                let into = i64::from(zoned.minute()) * MINUTE + i64::from(zoned.second());
                prop_assert_eq!(time.hour(), second - into);
            }
        }
    }

    #[test]
    fn hours_are_written_with_their_offset() {
        let zone = TimeZone::get("America/New_York").unwrap();
        // The clocks go back: there are two hours that begin at one o'clock.
        let hours = [1_762_059_600, 1_762_063_200].map(|second| rfc3339(second, &zone));
        assert_eq!(
            hours,
            ["2025-11-02T01:00:00-04:00", "2025-11-02T01:00:00-05:00"]
        );
    }
}
