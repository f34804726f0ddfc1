//! How the domain's values are kept in columns: codes, dates and periods as text, area codes as 12-digit
//! integers, numbers as millionths, lists of plain words as JSON arrays.

use std::io::Write;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use serde::{Serialize, Serializer};

use super::dialect::Backend as Either;
use crate::domain::access::KeyRole;
use crate::domain::area_code::AreaCode;
use crate::domain::bulletin::BulletinKind;
use crate::domain::codes::*;
use crate::domain::decimal::Decimal;
use crate::domain::frequency::{Frequencies, Frequency};
use crate::domain::partial_date::PartialDate;
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::domain::row_kind::RowKind;
use crate::domain::stage::Stage;
use crate::domain::submission::SubmissionState;
use crate::domain::text::{Line, Name, Note, Theme};
use crate::error::{Error, Result};

/// The number of so many millionths.
pub fn decimal(millionths: i64) -> Result<Decimal> {
    Decimal::from_millionths(millionths).map_err(|error| Error::Corrupt(format!("number column: {error}")))
}

/// Tells the ledger a number as it is kept, in millionths.
pub fn millionths<S: Serializer>(number: &Decimal, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_i64(number.millionths())
}

/// Tells the ledger a number that may be null as it is kept, in millionths.
pub fn optional_millionths<S: Serializer>(
    number: &Option<Decimal>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    number.map(Decimal::millionths).serialize(serializer)
}

/// The columns of a table that hold a figure, in the unit of its metric or its own.
macro_rules! figure_columns {
    ($name:ident of $table:ident) => {
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, Queryable, Selectable, Insertable)]
        #[diesel(table_name = $table, treat_none_as_default_value = false)]
        #[expect(missing_docs, reason = "those of a quantity")]
        pub struct $name {
            #[serde(serialize_with = "crate::db::columns::millionths")]
            pub value: crate::domain::decimal::Decimal,
            pub decimals: i16,
            pub comparator: Option<crate::domain::quantity::Comparator>,
            #[serde(serialize_with = "crate::db::columns::optional_millionths")]
            pub lower: Option<crate::domain::decimal::Decimal>,
            #[serde(serialize_with = "crate::db::columns::optional_millionths")]
            pub upper: Option<crate::domain::decimal::Decimal>,
            pub lower_inclusive: bool,
            pub upper_inclusive: bool,
        }

        impl $name {
            /// The figure.
            pub fn quantity(&self) -> Quantity {
                let $name { value, comparator, lower, upper, lower_inclusive, upper_inclusive, .. } = *self;
                // The table takes from 0 to 6 of them.
                let decimals = u8::try_from(self.decimals).unwrap_or_default();
                Quantity { value, decimals, comparator, lower, upper, lower_inclusive, upper_inclusive }
            }
        }

        impl From<Quantity> for $name {
            fn from(quantity: Quantity) -> $name {
                let Quantity { value, decimals, comparator, lower, upper, lower_inclusive, upper_inclusive } =
                    quantity;
                let decimals = i16::from(decimals);
                $name { value, decimals, comparator, lower, upper, lower_inclusive, upper_inclusive }
            }
        }
    };
}

/// The columns of a table that cite the report of the row: all there, or all null.
macro_rules! citation_columns {
    ($name:ident of $table:ident) => {
        #[derive(
            Debug,
            Clone,
            Default,
            PartialEq,
            Eq,
            serde::Serialize,
            Queryable,
            Selectable,
            Insertable,
            AsChangeset,
        )]
        #[diesel(table_name = $table, treat_none_as_default_value = false, treat_none_as_null = true)]
        #[expect(missing_docs, reason = "those of a citation")]
        pub struct $name {
            pub cite_paragraph: Option<i64>,
            pub cite_start: Option<i64>,
            pub cite_end: Option<i64>,
            pub cite_words: Option<String>,
        }

        impl From<$name> for Option<crate::domain::citation::Citation> {
            fn from(columns: $name) -> Self {
                Some(crate::domain::citation::Citation {
                    paragraph: columns.cite_paragraph?,
                    start: columns.cite_start?,
                    end: columns.cite_end?,
                    words: columns.cite_words?,
                })
            }
        }

        impl From<Option<crate::domain::citation::Citation>> for $name {
            fn from(citation: Option<crate::domain::citation::Citation>) -> $name {
                citation.map_or_else($name::default, |cited| $name {
                    cite_paragraph: Some(cited.paragraph),
                    cite_start: Some(cited.start),
                    cite_end: Some(cited.end),
                    cite_words: Some(cited.words),
                })
            }
        }
    };
}

pub(super) use {citation_columns, figure_columns};

/// The words of a list column.
pub fn words(column: &str) -> Result<Vec<String>> {
    serde_json::from_str(column).map_err(|error| Error::Corrupt(format!("list column: {error}")))
}

/// The list column of some words, or of whatever is kept as a list.
pub fn list<T: Serialize>(items: &[T]) -> Result<String> {
    serde_json::to_string(items).map_err(|error| Error::Corrupt(error.to_string()))
}

/// What is written as the text that it holds.
macro_rules! written_as_str {
    ($($name:ty),+ $(,)?) => {$(
        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }
    )+};
}

/// What is read from a text.
macro_rules! read_from_text {
    ($read:expr => $($name:ty),+ $(,)?) => {$(
        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
                $read(String::from_sql(raw)?)
            }
        }
    )+};
}

/// Reads a value by its own rule.
fn parsed<T>(text: String) -> deserialize::Result<T>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    Ok(text.parse()?)
}

macro_rules! kept_as_word {
    ($($name:ty),+ $(,)?) => {
        written_as_str!($($name),+);
        read_from_text!(parsed => $($name),+);
    };
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
    RowKind,
    HitKind,
    Stage,
    KeyRole,
    SubmissionState,
    BulletinKind,
    Comparator,
    Frequency,
);

written_as_str!(Name, Line, Theme, Note);
read_from_text!(|text| Ok(Self::of_stored(text)) => Name, Line, Theme, Note);

/// What is kept in the form in which it is written: each backend takes its text in its own way.
macro_rules! kept_as_written {
    ($($name:ty),+ $(,)?) => {$(
        impl ToSql<Text, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.to_string());
                Ok(IsNull::No)
            }
        }

        impl ToSql<Text, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                write!(out, "{self}")?;
                Ok(IsNull::No)
            }
        }

        impl ToSql<Text, Either> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Either>) -> serialize::Result {
                out.set_value((Text, self));
                Ok(IsNull::No)
            }
        }
    )+};
}

kept_as_written!(PartialDate, Period, Frequencies);
read_from_text!(parsed => PartialDate, Period, Frequencies);

/// What is kept as a whole number: how it is borrowed to be written, and how it is made of one that is read.
macro_rules! kept_as_integer {
    ($($name:ty: $written:ident, $read:ident);+ $(;)?) => {$(
        impl<DB: Backend> ToSql<BigInt, DB> for $name
        where
            i64: ToSql<BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.$written().to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<BigInt, DB> for $name
        where
            i64: FromSql<BigInt, DB>,
        {
            fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(<$name>::$read(i64::from_sql(raw)?)?)
            }
        }
    )+};
}

kept_as_integer! {
    AreaCode: as_i64_ref, try_from;
    Decimal: millionths_ref, from_millionths;
}
