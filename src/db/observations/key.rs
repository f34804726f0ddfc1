//! The natural key of an observation. Whoever adds to it adds it here, to the migrations and to the wire types.

use std::fmt;

use diesel::prelude::*;
use serde::Serialize;

use crate::db::schema::observations;
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
