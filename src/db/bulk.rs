//! Many rows at once, for what fills an empty database: without an edit for each, which would cost more than
//! the rows. The entry that they belong to is their only trace in the ledger.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::areas::AreaRow;
use super::dialect::{Conn, insert_many};
use super::observations::{Key, PlacedState, RevisionRow};
use super::schema::{areas, metrics, observations, revisions};
use crate::domain::area_code::AreaCode;
use crate::error::Result;

/// An observation with the id that it is to have.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = observations, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct Numbered {
    pub id: i64,
    #[diesel(embed)]
    pub key: Key,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub seq: i64,
    pub updated_at: NaiveDateTime,
}

/// Whether nothing is there yet that rows could get into the way of: no area, metric or observation.
pub fn is_empty(conn: &mut Conn) -> Result<bool> {
    let area = areas::table.select(areas::code).first::<AreaCode>(conn).optional()?;
    let metric = metrics::table.select(metrics::code).first::<String>(conn).optional()?;
    let observation = observations::table.select(observations::id).first::<i64>(conn).optional()?;
    Ok(area.is_none() && metric.is_none() && observation.is_none())
}

/// Adds areas, those above before those below.
pub fn add_areas(conn: &mut Conn, rows: &[AreaRow]) -> Result<()> {
    Ok(insert_many!(conn, areas::table, rows)?)
}

/// Adds observations, each with its states.
pub fn add_observations(conn: &mut Conn, told: Vec<(Numbered, Vec<RevisionRow>)>) -> Result<()> {
    let (mut rows, mut placed) = (Vec::with_capacity(told.len()), Vec::with_capacity(told.len()));
    for (row, states) in told {
        placed.extend(states.into_iter().map(|state| PlacedState::new(state, &row.key)));
        rows.push(row);
    }
    insert_many!(conn, observations::table, rows)?;
    Ok(insert_many!(conn, revisions::table, placed)?)
}
