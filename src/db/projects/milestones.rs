//! The milestones of a project: rows and queries. Each is written with the stamp of its project.

use diesel::prelude::*;
use serde::Serialize;

use super::whole::{WholeProject, restamp};
use crate::db::Window;
use crate::db::columns::citation_columns;
use crate::db::dialect::Conn;
use crate::db::ledger::{Edited, Entry};
use crate::db::schema::milestones;
use crate::domain::codes::MilestoneStatus;
use crate::domain::partial_date::PartialDate;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

citation_columns!(MilestoneCitation of milestones);

/// A milestone of a project, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = milestones, primary_key(project, ordinal), treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct MilestoneRow {
    pub project: String,
    pub ordinal: i64,
    pub title: String,
    pub due_on: Option<PartialDate>,
    pub forecast_on: Option<PartialDate>,
    pub met_on: Option<PartialDate>,
    pub status: MilestoneStatus,
    pub report: Option<String>,
    #[diesel(embed)]
    #[serde(flatten)]
    pub cited: MilestoneCitation,
    pub seq: i64,
    pub updated_at: chrono::NaiveDateTime,
}

/// Milestones of a project, in the order given.
pub fn list(conn: &mut Conn, project: &str, window: &Window<i64>) -> Result<Vec<MilestoneRow>> {
    let mut query = milestones::table.filter(milestones::project.eq(project.to_owned())).into_boxed();
    if let Some(after) = window.after {
        query = query.filter(milestones::ordinal.gt(after));
    }
    Ok(query.select(MilestoneRow::as_select()).order(milestones::ordinal).limit(window.limit).load(conn)?)
}

/// Milestones of these projects, in the order given.
pub fn of_projects(conn: &mut Conn, codes: &[String]) -> Result<Vec<MilestoneRow>> {
    Ok(milestones::table
        .filter(milestones::project.eq_any(codes.to_vec()))
        .select(MilestoneRow::as_select())
        .order((milestones::project, milestones::ordinal))
        .load(conn)?)
}

/// How many milestones a project has.
pub fn count(conn: &mut Conn, project: &str) -> Result<i64> {
    Ok(milestones::table.filter(milestones::project.eq(project)).count().get_result(conn)?)
}

/// The milestone of a project in this place.
///
/// Errors: `NotFound` when there is none.
pub fn find(conn: &mut Conn, project: &str, ordinal: i64) -> Result<MilestoneRow> {
    milestones::table
        .find((project, ordinal))
        .select(MilestoneRow::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound { what: Thing::Milestone, key: format!("{project}/{ordinal}") })
}

/// The place after the last.
pub fn next_place(conn: &mut Conn, project: &str) -> Result<i64> {
    let last: Option<i64> = milestones::table
        .filter(milestones::project.eq(project))
        .select(diesel::dsl::max(milestones::ordinal))
        .first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}

pub(super) fn edited_milestone(row: &MilestoneRow) -> Edited {
    Edited::new(RowKind::Milestone, format!("{}/{}", row.project, row.ordinal))
}

/// Adds a milestone to a project.
pub fn insert(entry: &mut Entry<'_>, of: &WholeProject, row: &MilestoneRow) -> Result<()> {
    diesel::insert_into(milestones::table).values(row).execute(entry.conn)?;
    entry.put(edited_milestone(row).within(&of.areas), None, row)?;
    restamp(entry, &of.row.code)
}

/// Puts a milestone in the place of what it was. Nothing happens when nothing has changed.
pub fn update(
    entry: &mut Entry<'_>,
    of: &WholeProject,
    before: &MilestoneRow,
    after: &MilestoneRow,
) -> Result<()> {
    if (MilestoneRow { seq: before.seq, updated_at: before.updated_at, ..after.clone() }) == *before {
        return Ok(());
    }
    diesel::update(milestones::table.find((&after.project, after.ordinal))).set(after).execute(entry.conn)?;
    entry.put(edited_milestone(after).within(&of.areas), Some(before), after)?;
    restamp(entry, &of.row.code)
}

/// Deletes a milestone. The others keep their places.
pub fn delete(entry: &mut Entry<'_>, of: &WholeProject, row: &MilestoneRow) -> Result<()> {
    diesel::delete(milestones::table.find((&row.project, row.ordinal))).execute(entry.conn)?;
    entry.delete(edited_milestone(row).within(&of.areas), row)?;
    restamp(entry, &of.row.code)
}
