//! A period as it is handed in: by itself, or as the part of a year that a report tells.

use std::borrow::Cow;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use super::period::Period;
use crate::error::{Invalid, refused};

/// A period, or words for one that leave its year to the report they stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodWords {
    /// 2022年一季度.
    Whole(Period),
    /// 一季度.
    WithinYear(String),
}

impl PeriodWords {
    /// The period, in the year of a report where the words leave it to that.
    ///
    /// Errors: `period_without_year` when they do and no report tells of one year.
    pub fn in_year_of(&self, report: Option<Period>) -> Result<Period, Invalid> {
        let text = match self {
            PeriodWords::Whole(period) => return Ok(*period),
            PeriodWords::WithinYear(text) => text,
        };
        match report.map(|of| (year(of.first_day()), year(of.last_day()))) {
            Some((first, last)) if first == last => format!("{first}年{text}").parse(),
            _ => Err(Invalid::new(
                "period_without_year",
                format!("“{text}”没有年份：请写明年份，或注明一份时期在一年之内的文献"),
                format!("“{text}” has no year: write it, or name a report whose period lies in one year"),
            )),
        }
    }
}

fn year(day: chrono::NaiveDate) -> i32 {
    chrono::Datelike::year(&day)
}

impl From<Period> for PeriodWords {
    fn from(period: Period) -> PeriodWords {
        PeriodWords::Whole(period)
    }
}

impl FromStr for PeriodWords {
    type Err = Invalid;

    /// Reads a period, or what is one after a year. Errors: those of [`Period`].
    fn from_str(text: &str) -> Result<PeriodWords, Invalid> {
        text.parse().map(PeriodWords::Whole).or_else(|refused| {
            let text = text.trim();
            // Every day of a year is one of a leap year; nothing without a part of it is left.
            let in_a_year = format!("2024年{text}").parse::<Period>();
            match in_a_year {
                Ok(_) if !text.is_empty() && text != "度" => Ok(PeriodWords::WithinYear(text.to_owned())),
                _ => Err(refused),
            }
        })
    }
}

impl Serialize for PeriodWords {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            PeriodWords::Whole(period) => period.serialize(serializer),
            PeriodWords::WithinYear(text) => text.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PeriodWords {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PeriodWords, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|invalid| refused(&invalid))
    }
}

impl ToSchema for PeriodWords {
    fn name() -> Cow<'static, str> {
        "PeriodInput".into()
    }
}

impl PartialSchema for PeriodWords {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A period as it is handed in: any spelling of `Period`, or a part of the year that the report's period \
                 tells (一季度, 上半年, 前11个月, 9月底). Always given back as a `Period` in its canonical form.",
            ))
            .format(Some(SchemaFormat::Custom("period".to_owned())))
            .examples(["2022", "2022-Q3", "2022年1—11月", "一季度"])
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, report: Option<&str>) -> Result<String, &'static str> {
        let report = report.map(|period| period.parse().expect("a period"));
        let words = text.parse::<PeriodWords>().map_err(|refused| refused.code)?;
        words.in_year_of(report).map(|period| period.to_string()).map_err(|refused| refused.code)
    }

    #[test]
    fn a_part_of_a_year_is_of_the_year_of_its_report() {
        for (text, period) in [
            ("一季度", "2022-Q1"),
            ("第三季度", "2022-Q3"),
            ("上半年", "2022-S1"),
            ("全年", "2022"),
            ("前11个月", "2022-01/2022-11"),
            ("1—11月", "2022-01/2022-11"),
            ("9月底", "2022-09-30"),
            ("年末", "2022-12-31"),
            ("7月1日", "2022-07-01"),
            ("2021年", "2021"),
            ("2021-07", "2021-07"),
        ] {
            assert_eq!(told(text, Some("2022")).as_deref(), Ok(period), "{text}");
            assert_eq!(told(text, Some("2022-S1")).as_deref(), Ok(period), "{text}");
        }
        assert_eq!(told("2月29日", Some("2022")), Err("period_malformed"));
        assert_eq!(told("2月29日", Some("2024")).as_deref(), Ok("2024-02-29"));
    }

    #[test]
    fn without_a_year_and_without_a_report_it_is_refused() {
        for report in [None, Some("2021-07/2022-06")] {
            assert_eq!(told("一季度", report), Err("period_without_year"));
            assert_eq!(told("2022年一季度", report).as_deref(), Ok("2022-Q1"));
        }
        for text in ["", "年", "今年", "度", "五季度", "11月—2023年1月", "13月"] {
            assert_eq!(told(text, Some("2022")), Err("period_malformed"), "{text}");
        }
    }
}
