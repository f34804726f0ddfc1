//! The township's time zone: instants are stored in UTC, days and printed instants are its own.

use std::sync::OnceLock;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

static ZONE: OnceLock<Tz> = OnceLock::new();

/// Chooses the zone of this process, once at its start. Asia/Shanghai when it is never chosen.
pub fn choose(zone: Tz) {
    // A second choice would move the days of answers already given.
    let _first = ZONE.set(zone);
}

fn zone() -> Tz {
    *ZONE.get_or_init(|| Tz::Asia__Shanghai)
}

/// The IANA name of the zone.
pub fn name() -> &'static str {
    zone().name()
}

/// An instant stored in UTC, with the offset of the zone.
pub fn local(stored: NaiveDateTime) -> DateTime<FixedOffset> {
    let local = Utc.from_utc_datetime(&stored).with_timezone(&zone());
    local.with_timezone(&local.offset().fix())
}

/// The first second of a day of the zone, in UTC.
pub fn start_of(day: NaiveDate) -> NaiveDateTime {
    let midnight = day.and_time(NaiveTime::MIN);
    // Where clocks jump over midnight the day begins at the jump: the earliest reading after it.
    zone().from_local_datetime(&midnight).earliest().map_or(midnight, |start| start.naive_utc())
}

/// The last second of a day of the zone, in UTC.
pub fn end_of(day: NaiveDate) -> NaiveDateTime {
    start_of(day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)) - chrono::TimeDelta::seconds(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_shanghai_ends_eight_hours_before_the_day_of_utc() {
        let day = NaiveDate::from_ymd_opt(2023, 1, 17).expect("a day");
        assert_eq!(end_of(day).to_string(), "2023-01-17 15:59:59");
    }

    #[test]
    fn an_instant_is_printed_with_the_offset_of_the_zone() {
        let stored = "2023-01-17T02:21:00".parse().expect("an instant");
        assert_eq!(local(stored).to_rfc3339(), "2023-01-17T10:21:00+08:00");
    }
}
