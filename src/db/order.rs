//! Lists in several orders: what a row is sorted by is kept in cursors, and leads to where the next page begins.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::sql_types::{Nullable, Text};
use serde::{Deserialize, Serialize};

use crate::domain::partial_date::PartialDate;

/// What a row is sorted by, kept in a cursor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the kinds of sort keys name themselves")]
pub enum Mark {
    Int(i64),
    Word(String),
    Days(NaiveDate, NaiveDate),
    Time(NaiveDateTime),
}

impl Mark {
    /// That of a date in an order where what has none comes last.
    pub fn of_date(date: Option<PartialDate>, descending: bool) -> Mark {
        Mark::Word(date.map_or_else(|| dateless(descending).to_owned(), |date| date.to_string()))
    }
}

/// Sorts a boxed query by an expression, then by a column that is never the same of two rows, and begins behind a
/// place: the mark of a row, of this kind, and its value of that column. A mark of another kind has been refused with
/// its cursor. The first condition leads an index to where the page begins.
macro_rules! sorted {
    ($query:expr, $after:expr, $descending:expr, $kind:ident, $by:expr, $last:expr) => {{
        let mut query = $query;
        if let Some(($crate::db::order::Mark::$kind(mark), last)) = $after.clone() {
            query = if $descending {
                query.filter($by.le(mark.clone())).filter($by.lt(mark).or($last.lt(last)))
            } else {
                query.filter($by.ge(mark.clone())).filter($by.gt(mark).or($last.gt(last)))
            };
        }
        if $descending {
            query.order(($by.desc(), $last.desc()))
        } else {
            query.order(($by.asc(), $last.asc()))
        }
    }};
}
pub(super) use sorted;

/// What stands for a date that is not there, so that it comes last in either order.
pub(super) fn dateless(descending: bool) -> &'static str {
    if descending { "" } else { "9999" }
}

diesel::define_sql_function! {
    /// A text, or another where it is null.
    fn coalesce(text: Nullable<Text>, other: Text) -> Text;
}
