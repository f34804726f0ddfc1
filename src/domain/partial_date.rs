//! A date as precise as its source: a year, a month or a day. It never invents a day that nobody
//! said. Spans of statistics are periods and live in `period.rs`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Invalid, refused};

const YEARS: std::ops::RangeInclusive<i32> = 1000..=2999;

/// How much of a date was said. Ordered from fine to coarse, so that of two dates that begin on
/// one day the one that ends first comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Precision {
    Day,
    Month,
    Year,
}

/// A date with the precision of its source, from the year 1000 to 2999: `2022`, `2022-11` or
/// `2022-11-30`. Ordered by its first day, then by its last.
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
pub struct PartialDate {
    first: NaiveDate,
    precision: Precision,
}

impl PartialDate {
    /// The first day that the date can mean: of a year its 1 January.
    pub const fn first_day(self) -> NaiveDate {
        self.first
    }

    /// The last day that the date can mean: of a year its 31 December.
    pub fn last_day(self) -> NaiveDate {
        let months = match self.precision {
            Precision::Day => return self.first,
            Precision::Month => Months::new(1),
            Precision::Year => Months::new(12),
        };
        self.first + months - Days::new(1)
    }
}

impl FromStr for PartialDate {
    type Err = Invalid;

    /// Errors: `date_malformed` unless the text is `2022`, `2022-11` or `2022-11-30` and the
    /// calendar has such a month or day.
    fn from_str(text: &str) -> Result<PartialDate, Invalid> {
        read(text).ok_or_else(|| malformed(text))
    }
}

fn read(text: &str) -> Option<PartialDate> {
    let written = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !written {
        return None;
    }
    let (precision, first) = match text.len() {
        4 => (Precision::Year, format!("{text}-01-01")),
        7 => (Precision::Month, format!("{text}-01")),
        10 => (Precision::Day, text.to_owned()),
        _ => return None,
    };
    let first: NaiveDate = first.parse().ok()?;
    YEARS.contains(&first.year()).then_some(PartialDate { first, precision })
}

fn malformed(text: &str) -> Invalid {
    Invalid::new(
        "date_malformed",
        format!("“{text}”不是日期：应写作2022、2022-11或2022-11-30，年份1000至2999"),
        format!("“{text}” is not a date: write 2022, 2022-11 or 2022-11-30, of the years 1000 to 2999"),
    )
}

impl From<NaiveDate> for PartialDate {
    fn from(day: NaiveDate) -> PartialDate {
        PartialDate { first: day, precision: Precision::Day }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self.precision {
            Precision::Day => "%Y-%m-%d",
            Precision::Month => "%Y-%m",
            Precision::Year => "%Y",
        };
        write!(f, "{}", self.first.format(format))
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PartialDate, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|invalid| refused(&invalid))
    }
}

impl ToSchema for PartialDate {}

impl PartialSchema for PartialDate {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A date with the precision of its source: a year, a month or a day."))
            .pattern(Some("^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"))
            .format(Some(SchemaFormat::Custom("partial-date".to_owned())))
            .examples(["2022", "2022-11", "2022-11-30"])
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> PartialDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_date_spans_what_was_said() {
        for (text, first, last) in [
            ("2022", "2022-01-01", "2022-12-31"),
            ("2022-11", "2022-11-01", "2022-11-30"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2022-12", "2022-12-01", "2022-12-31"),
            ("2022-11-30", "2022-11-30", "2022-11-30"),
            ("2999", "2999-01-01", "2999-12-31"),
        ] {
            let date = date(text);
            assert_eq!(date.first_day().to_string(), first, "{text}");
            assert_eq!(date.last_day().to_string(), last, "{text}");
            assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "22",
            "0999",
            "3000",
            "2022-",
            "2022-13",
            "2022-00",
            "2022-1",
            "2022-02-30",
            "2023-02-29",
            "2022-11-",
            "2022/11",
            "20221130",
            "2022-11-3",
            "+022",
            "2022-11-30T",
            " 2022",
            "２０２２",
            "2022年",
        ] {
            let refused = text.parse::<PartialDate>().expect_err(text);
            assert_eq!(refused.code, "date_malformed", "{text}");
        }
    }

    #[test]
    fn json_holds_a_string() {
        let json = serde_json::to_string(&date("2022-11")).expect("JSON");
        assert_eq!(json, "\"2022-11\"");
        assert_eq!(serde_json::from_str(&json).ok(), Some(date("2022-11")));
        assert!(serde_json::from_str::<PartialDate>("2022").is_err());
    }

    fn dates_within(days: std::ops::Range<u64>) -> impl Strategy<Value = PartialDate> {
        let first = NaiveDate::from_ymd_opt(1000, 1, 1).expect("a day");
        (days, prop::sample::select(vec![4usize, 7, 10])).prop_map(move |(days, length)| {
            let day = first + Days::new(days);
            date(&day.to_string()[..length])
        })
    }

    proptest! {
        #[test]
        fn every_date_is_read_back(date in dates_within(0..730_000)) {
            prop_assert_eq!(date.to_string().parse::<PartialDate>(), Ok(date));
            prop_assert!(date.first_day() <= date.last_day());
        }

        #[test]
        fn order_is_by_first_day_then_last(a in dates_within(0..40), b in dates_within(0..40)) {
            let days = |date: PartialDate| (date.first_day(), date.last_day());
            prop_assert_eq!(a.cmp(&b), days(a).cmp(&days(b)));
        }
    }

    #[test]
    fn dates_that_begin_together_are_ordered_by_their_end() {
        assert!(date("2022-01-01") < date("2022-01") && date("2022-01") < date("2022"));
        assert!(date("2022") < date("2022-01-02"));
    }
}
