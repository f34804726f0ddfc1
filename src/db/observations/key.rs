//! The natural key of an observation. Whoever adds to it adds it here, to the migrations and to the wire types.

use std::fmt;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::schema::{observations, revisions};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Role};
use crate::domain::period::Period;

/// The natural key of an observation: what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = observations)]
pub struct Key {
    /// Code of the metric.
    pub metric: String,
    /// The area.
    pub area: AreaCode,
    /// The span of time.
    pub period: Period,
    /// Over which part of the period it accumulates.
    pub accumulation: Accumulation,
    /// Result, aim, projection or point of comparison.
    pub role: Role,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Key { metric, area, period, accumulation, role } = self;
        write!(f, "{metric} {area} {period} {accumulation} {role}")
    }
}

/// What a state speaks of, as it is kept beside it for those who look for states and not for observations.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = revisions)]
pub struct Place {
    metric: String,
    area: AreaCode,
    first_day: i32,
    last_day: i32,
    accumulation: Accumulation,
    role: Role,
}

impl From<&Key> for Place {
    fn from(key: &Key) -> Place {
        let Key { metric, area, period, accumulation, role } = key.clone();
        let (first_day, last_day) = (day_number(period.first_day()), day_number(period.last_day()));
        Place { metric, area, first_day, last_day, accumulation, role }
    }
}

/// A day as it is kept there: counted from 1970-01-01.
pub fn day_number(day: NaiveDate) -> i32 {
    i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(i32::MAX)
}
