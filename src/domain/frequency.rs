//! Kinds of spans of time, and how often something is reported.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use super::codes::codes;

codes! {
    /// What kind of span a period is. `interval` is any span that is none of the others.
    Frequency ("报告频率", "frequency") {
        Year = "year" ("年", "A calendar year"),
        HalfYear = "half_year" ("半年", "A half of a calendar year"),
        Quarter = "quarter" ("季度", "A quarter of a calendar year"),
        Month = "month" ("月", "A calendar month"),
        Week = "week" ("周", "A week of ISO 8601, Monday to Sunday"),
        Day = "day" ("日", "A day"),
        Interval = "interval" ("其他时段", "Any other span from one day to another"),
    }
}

/// The frequencies at which something is reported; kept as a JSON array.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(transparent)]
pub struct Frequencies(Vec<Frequency>);

impl Default for Frequencies {
    fn default() -> Frequencies {
        Frequencies(Frequency::ALL.to_vec())
    }
}

impl Deref for Frequencies {
    type Target = [Frequency];

    fn deref(&self) -> &[Frequency] {
        &self.0
    }
}

impl fmt::Display for Frequencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Frequencies {
    type Err = serde_json::Error;

    fn from_str(kept: &str) -> Result<Frequencies, serde_json::Error> {
        serde_json::from_str(kept)
    }
}
