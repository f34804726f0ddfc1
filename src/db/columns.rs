//! How the domain's values are kept in columns: codes and dates as text, area codes as 12-digit
//! integers, lists of plain words as JSON arrays.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Text};

use crate::domain::access::KeyRole;
use crate::domain::area_code::AreaCode;
use crate::domain::bulletin::BulletinKind;
use crate::domain::codes::*;
use crate::domain::decimal::Decimal;
use crate::domain::partial_date::PartialDate;
use crate::domain::stage::Stage;
use crate::domain::submission::SubmissionState;
use crate::error::{Error, Invalid, Result};

/// The date of a column, if there is one.
pub fn date(column: Option<&str>) -> Result<Option<PartialDate>> {
    let read = column.map(str::parse).transpose();
    read.map_err(|invalid: Invalid| Error::Corrupt(format!("date column: {invalid}")))
}

/// The number of a column of millionths.
pub fn decimal(millionths: i64) -> Result<Decimal> {
    Decimal::from_millionths(millionths).map_err(|error| Error::Corrupt(format!("number column: {error}")))
}

/// The number of a column of millionths that may be null.
pub fn optional_decimal(millionths: Option<i64>) -> Result<Option<Decimal>> {
    millionths.map(decimal).transpose()
}

/// The words of a list column.
pub fn words(column: &str) -> Result<Vec<String>> {
    serde_json::from_str(column).map_err(|error| Error::Corrupt(format!("list column: {error}")))
}

/// The list column of some words, or of whatever is kept as a list.
pub fn list<T: serde::Serialize>(items: &[T]) -> Result<String> {
    serde_json::to_string(items).map_err(|error| Error::Corrupt(error.to_string()))
}

macro_rules! kept_as_word {
    ($($name:ty),+ $(,)?) => {$(
        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(String::from_sql(raw)?.parse::<Self>()?)
            }
        }
    )+};
}

kept_as_word!(
    Level,
    AreaKind,
    HighlightKind,
    MetricKind,
    AreaRule,
    TimeRule,
    Direction,
    Visibility,
    MetricStatus,
    Accumulation,
    Role,
    Spread,
    RevisionReason,
    ProjectKind,
    AmountKind,
    ExtensionState,
    MilestoneStatus,
    MediaType,
    ItemState,
    Op,
    HitKind,
    Stage,
    KeyRole,
    SubmissionState,
    BulletinKind,
);

impl<DB: Backend> ToSql<BigInt, DB> for AreaCode
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.as_i64_ref().to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for AreaCode
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(AreaCode::try_from(i64::from_sql(raw)?)?)
    }
}
