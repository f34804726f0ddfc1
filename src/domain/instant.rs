//! An instant as a body states it: with an offset, of the years that both databases hold and order alike.

use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDateTime, SubsecRound};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Invalid, refused};

/// The years of instants, as they are written.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;

/// An instant in UTC, to the second, of the years 1900 to 9998 as it is written: in UTC these years have four
/// digits too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(NaiveDateTime);

/// The years that are taken, as a pattern.
const PATTERN: &str = "^((19|[2-8][0-9]|9[0-8])[0-9]{2}|99[0-8][0-9]|999[0-8])-";

impl Instant {
    /// The instant in UTC.
    pub fn utc(self) -> NaiveDateTime {
        self.0
    }
}

impl FromStr for Instant {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Instant, Invalid> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(instant) if YEARS.contains(&instant.year()) => {
                Ok(Instant(instant.naive_utc().trunc_subsecs(0)))
            }
            _ => Err(Invalid::new(
                "not_an_instant",
                format!("“{text}”不是 1900 到 9998 年间的时刻，应写作 2023-01-31T08:00:00+08:00"),
                format!("“{text}” is no instant of the years 1900 to 9998; write 2023-01-31T08:00:00+08:00"),
            )),
        }
    }
}

impl ToSchema for Instant {}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("An instant with its offset (RFC 3339) of the years 1900 to 9998."))
            .pattern(Some(PATTERN))
            .examples(["2023-01-31T08:00:00+08:00"])
            .into()
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.and_utc().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|invalid| refused(&invalid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_kept_in_utc_to_the_second() {
        let instant: Instant = "2023-01-17T10:21:00.9+08:00".parse().expect("an instant");
        assert_eq!(instant.utc().to_string(), "2023-01-17 02:21:00");
    }

    #[test]
    fn what_the_databases_would_order_otherwise_is_refused() {
        for text in [
            "+12345-01-01T00:00:00Z",
            "9999-12-31T23:59:59-12:00",
            "9999-01-01T00:00:00Z",
            "1899-12-31T23:59:59Z",
            "-0005-01-01T00:00:00Z",
            "2023-01-17",
            "2023-01-17T10:21:00",
            "",
        ] {
            assert!(text.parse::<Instant>().is_err(), "{text}");
        }
    }
}
