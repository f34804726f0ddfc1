//! A time as people say it: a day of the township's zone, or an instant.

use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SubsecRound};
use serde::{Deserialize, Deserializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::zone;
use crate::error::{Invalid, refused};

/// A day, or an instant in UTC to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A day of the zone.
    Day(NaiveDate),
    /// An instant.
    Instant(NaiveDateTime),
}

impl ToSchema for When {}

/// A day, or an instant with its offset. A leap day of a century is left out: a pattern tells no more.
const PATTERN: &str = concat!(
    r"^((19|[2-9][0-9])[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)",
    r"|(0[13578]|1[02])-31)|(19|[2-9][0-9])(0[48]|[2468][048]|[13579][26])-02-29)",
    r"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$"
);

impl PartialSchema for When {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A day of the township's zone, or an instant with its offset."))
            .pattern(Some(PATTERN))
            .examples(["2023-01-31", "2023-01-31T08:00:00+08:00"])
            .into()
    }
}

impl When {
    /// The instant, or the first second of the day, in UTC.
    pub fn first(self) -> NaiveDateTime {
        match self {
            When::Day(day) => zone::start_of(day),
            When::Instant(instant) => instant,
        }
    }

    /// The day, or that of the zone in which the instant lies.
    pub fn day(self) -> NaiveDate {
        match self {
            When::Day(day) => day,
            When::Instant(instant) => zone::local(instant).date_naive(),
        }
    }

    /// The instant, or the last second of the day, in UTC.
    pub fn last(self) -> NaiveDateTime {
        match self {
            When::Day(day) => zone::end_of(day),
            When::Instant(instant) => instant,
        }
    }
}

impl FromStr for When {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<When, Invalid> {
        if let Some(day) = calendar_day(text) {
            return Ok(When::Day(day));
        }
        // A plus sign that was not escaped arrives as a space.
        DateTime::parse_from_rfc3339(&text.replace(' ', "+"))
            .ok()
            .map(|instant| instant.naive_utc().trunc_subsecs(0))
            .filter(|instant| is_ordered(*instant))
            .map(When::Instant)
            .ok_or_else(|| {
                Invalid::new(
                    "not_a_time",
                    format!("“{text}”不是日期（2023-01-31）或时刻（2023-01-31T08:00:00+08:00）"),
                    format!(
                        "“{text}” is neither a day (2023-01-31) nor an instant (2023-01-31T08:00:00+08:00)"
                    ),
                )
            })
    }
}

/// Whether the years of an instant have four digits in UTC and in the zone: the databases order others wrongly.
fn is_ordered(instant: NaiveDateTime) -> bool {
    [instant.year(), zone::local(instant).year()].iter().all(|year| (0..=9999).contains(year))
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<When, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|invalid| refused(&invalid))
    }
}

/// A day in the one form that is taken, `2022-11-30`: no signs, and no years of more than four digits,
/// which the databases do not all hold.
pub fn calendar_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::from_str(text).ok().filter(|day| text.len() == 10 && day.to_string() == text)
}

/// Reads a day of a body.
pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    read_day(&String::deserialize(deserializer)?)
}

/// Reads a day of a body that may be left out or null.
pub fn optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    Option::<String>::deserialize(deserializer)?.map(|text| read_day(&text)).transpose()
}

fn read_day<E: serde::de::Error>(text: &str) -> Result<NaiveDate, E> {
    calendar_day(text).ok_or_else(|| {
        let (zh, en) = (
            format!("“{text}”不是 2022-11-30 形式的日期"),
            format!("“{text}” is not a day such as 2022-11-30"),
        );
        refused(&Invalid::new("not_a_day", zh, en))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lasts_from_its_first_second_to_its_last() {
        let day: When = "2023-01-17".parse().expect("a day");
        assert_eq!(day.first().to_string(), "2023-01-16 16:00:00");
        assert_eq!(day.last().to_string(), "2023-01-17 15:59:59");
        let instant: When = "2023-01-17T08:00:00.9+08:00".parse().expect("an instant");
        assert_eq!(
            (instant.first(), instant.last().to_string()),
            (instant.last(), "2023-01-17 00:00:00".into())
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for wrong in [
            "",
            "2023",
            "2023-1-17",
            "+2023-01-17",
            "2023-01-17T08:00:00",
            "tomorrow",
            "9999-12-31T23:59:59-12:00",
        ] {
            assert!(wrong.parse::<When>().is_err(), "{wrong}");
        }
    }
}
