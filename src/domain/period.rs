//! The span of time that a figure speaks of. A period is its first and last day and nothing else,
//! so that two spellings of one span are one period. How periods are spelled is in
//! `period/spelling.rs`.

mod calendar;
mod spelling;

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use super::frequency::Frequency;
use crate::error::{Invalid, refused};

const YEARS: std::ops::RangeInclusive<i32> = 1900..=2999;

/// A span of whole days from 1900 to 2999. Ordered by its first day, then by its last. Written in
/// the one canonical form of its span: `2022`, `2022-S1`, `2022-Q3`, `2022-07`, `2022-W35`,
/// `2022-08-01`, else as an interval of months or days, `2022-01/2022-11`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
}

impl Period {
    /// The period from one day to another, both included.
    ///
    /// Errors: `period_reversed` when it ends before it starts, `period_out_of_range` when it
    /// leaves the years 1900 to 2999.
    pub fn from_days(first: NaiveDate, last: NaiveDate) -> Result<Period, Invalid> {
        if last < first {
            return Err(Invalid::new(
                "period_reversed",
                format!("时期的结束日{last}早于开始日{first}"),
                format!("the period ends on {last}, before it starts on {first}"),
            ));
        }
        if !YEARS.contains(&first.year()) || !YEARS.contains(&last.year()) {
            return Err(Invalid::new(
                "period_out_of_range",
                format!("时期{first}至{last}超出范围：应在1900年至2999年之内"),
                format!("the period from {first} to {last} is out of range: give years from 1900 to 2999"),
            ));
        }
        Ok(Period { first, last })
    }

    /// The first day of the period.
    pub const fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// The last day of the period.
    pub const fn last_day(&self) -> NaiveDate {
        self.last
    }

    /// Its last day, as a period of its own.
    pub const fn end(&self) -> Period {
        Period { first: self.last, last: self.last }
    }

    /// Its first day and its length, as ISO 8601 and SDMX write a span: `2022-01-01/P11M`.
    pub fn with_length(&self) -> String {
        let next = self.last + Days::new(1);
        let months = i64::from(next.year() - self.first.year()) * 12 + i64::from(next.month())
            - i64::from(self.first.month());
        if self.is_whole_months() {
            format!("{}/P{months}M", self.first)
        } else {
            format!("{}/P{}D", self.first, (next - self.first).num_days())
        }
    }

    /// Whether every day of the other period is a day of this one.
    pub fn contains(&self, other: &Period) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// What kind of span this is. January to December is a year, however it was spelled.
    pub fn frequency(&self) -> Frequency {
        let one_year = self.first.year() == self.last.year();
        if self.is_whole_months() && one_year {
            return match (self.first.month(), self.last.month()) {
                (1, 12) => Frequency::Year,
                (1, 6) | (7, 12) => Frequency::HalfYear,
                (1, 3) | (4, 6) | (7, 9) | (10, 12) => Frequency::Quarter,
                (first, last) if first == last => Frequency::Month,
                _ => Frequency::Interval,
            };
        }
        if self.first == self.last {
            Frequency::Day
        } else if self.first.weekday() == Weekday::Mon && self.last == self.first + Days::new(6) {
            Frequency::Week
        } else {
            Frequency::Interval
        }
    }

    fn is_whole_months(&self) -> bool {
        self.first.day() == 1 && self.last == last_of_month(self.last)
    }
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let first = day - Days::new(u64::from(day.day0()));
    first + Months::new(1) - Days::new(1)
}

impl FromStr for Period {
    type Err = Invalid;

    /// Reads the canonical forms, intervals of any two equal forms, a first day with a length (2022-01-01/P11M),
    /// the usual Chinese spellings (2022年上半年, 2022年第三季度, 2022年1—11月, 2022年前三季度; 2022年9月底 is its
    /// last day), also with full-width digits or the year in numerals, and what is typed for short (2022Q3, 202207,
    /// 2022-9).
    ///
    /// Errors: `period_malformed` for what is none of these or not in the calendar, and those of
    /// [`Period::from_days`].
    fn from_str(text: &str) -> Result<Period, Invalid> {
        let (first, last) = spelling::read(text).ok_or_else(|| malformed(text))?;
        Period::from_days(first, last)
    }
}

fn malformed(text: &str) -> Invalid {
    Invalid::new(
        "period_malformed",
        format!(
            "“{text}”不是时期：应写作2022、2022-S1、2022-Q3、2022-07、2022-W35、2022-08-01、2022-01/2022-11或2022年1—11月"
        ),
        format!(
            "“{text}” is not a period: write 2022, 2022-S1, 2022-Q3, 2022-07, 2022-W35, 2022-08-01 or 2022-01/2022-11"
        ),
    )
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.first, self.last);
        let (year, month0) = (first.year(), first.month0());
        match self.frequency() {
            Frequency::Year => write!(f, "{year}"),
            Frequency::HalfYear => write!(f, "{year}-S{}", month0 / 6 + 1),
            Frequency::Quarter => write!(f, "{year}-Q{}", month0 / 3 + 1),
            Frequency::Month => write!(f, "{}", first.format("%Y-%m")),
            // The first days of January may belong to the last week of the year before.
            Frequency::Week => write!(f, "{}", first.format("%G-W%V")),
            Frequency::Day => write!(f, "{first}"),
            Frequency::Interval if self.is_whole_months() => {
                write!(f, "{}/{}", first.format("%Y-%m"), last.format("%Y-%m"))
            }
            Frequency::Interval => write!(f, "{first}/{last}"),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Period, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|invalid| refused(&invalid))
    }
}

impl ToSchema for Period {}

impl PartialSchema for Period {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "The span of time that a figure speaks of: a year, half-year (S), quarter (Q), month, ISO week (W), \
                 day, or an interval of two equal forms. A first day with a length of ISO 8601 \
                 (2022-01-01/P11M), as SDMX-CSV writes an interval, Chinese spellings (2022年上半年, 2022年1—11月, \
                 2022年前三季度; 2022年9月底 is its last day) and short ones (2022Q3, 202207, 2022-9) are accepted; \
                 always given in the canonical form.",
            ))
            .pattern(Some("^(19|2[0-9])[0-9]{2}"))
            .format(Some(SchemaFormat::Custom("period".to_owned())))
            .examples(["2022", "2022-S1", "2022-Q3", "2022-07", "2022-W35", "2022-08-01", "2022-01/2022-11"])
            .into()
    }
}

#[cfg(test)]
mod tests;
