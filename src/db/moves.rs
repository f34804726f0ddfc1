//! What happened to plan items and projects: every move from one state or stage to another, by the day on
//! which it took place. Who may make a move, and what it takes, is in `exchange/moves`.

use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::max;
use diesel::prelude::*;
use serde::Serialize;

use super::dialect::{Conn, insert_many};
use super::item_set::{ItemSet, load_of_items};
use super::ledger::{Edited, Entry};
use super::schema::{attachments, plan_item_move_attachments as files, plan_item_moves, project_moves};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{ItemState, RevisionReason};
use crate::domain::row_kind::RowKind;
use crate::domain::stage::Stage;
use crate::error::Result;

/// A move of a plan item, as stored. `evidence` is a JSON array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = plan_item_moves, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ItemMoveRow {
    pub item: String,
    pub ordinal: i64,
    pub was: ItemState,
    pub became: ItemState,
    pub moved_on: NaiveDate,
    pub reason: Option<RevisionReason>,
    pub comment: Option<String>,
    pub evidence: String,
    pub author: String,
    pub author_key: String,
    pub recorded_at: NaiveDateTime,
    pub seq: i64,
}

/// A move of a project, as stored: to another stage, into suspension or out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_moves, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ProjectMoveRow {
    pub project: String,
    pub ordinal: i64,
    pub was_stage: Stage,
    pub was_suspended: bool,
    pub stage: Stage,
    pub suspended: bool,
    pub moved_on: NaiveDate,
    pub reason: Option<RevisionReason>,
    pub comment: Option<String>,
    pub author: String,
    pub author_key: String,
    pub recorded_at: NaiveDateTime,
    pub seq: i64,
}

/// The moves of a plan item, in their order.
pub fn of_item(conn: &mut Conn, item: &str) -> Result<Vec<ItemMoveRow>> {
    Ok(plan_item_moves::table
        .filter(plan_item_moves::item.eq(item))
        .select(ItemMoveRow::as_select())
        .order(plan_item_moves::ordinal)
        .load(conn)?)
}

/// The moves of a project, in their order.
pub fn of_project(conn: &mut Conn, project: &str) -> Result<Vec<ProjectMoveRow>> {
    Ok(project_moves::table
        .filter(project_moves::project.eq(project))
        .select(ProjectMoveRow::as_select())
        .order(project_moves::ordinal)
        .load(conn)?)
}

/// The number and the day of the last move of a project; 0 and none before the first.
pub fn last_of_project(conn: &mut Conn, project: &str) -> Result<(i64, Option<NaiveDate>)> {
    let (ordinal, day): (Option<i64>, Option<NaiveDate>) = project_moves::table
        .filter(project_moves::project.eq(project))
        .select((max(project_moves::ordinal), max(project_moves::moved_on)))
        .get_result(conn)?;
    Ok((ordinal.unwrap_or(0), day))
}

/// The states that plan items were in at the end of a day, of those that have moved since.
pub fn item_states_before(
    conn: &mut Conn,
    items: &ItemSet,
    day: NaiveDate,
) -> Result<HashMap<String, ItemState>> {
    let query = plan_item_moves::table
        .filter(plan_item_moves::moved_on.gt(day))
        .order((plan_item_moves::item, plan_item_moves::ordinal.desc()))
        .select((plan_item_moves::item, plan_item_moves::was));
    let moves: Vec<(String, ItemState)> = load_of_items!(conn, query, plan_item_moves::item, items)?;
    // The first move after the day comes last, and stands.
    Ok(moves.into_iter().collect())
}

/// The last day by a day on which plan items were assigned, of those that were.
pub fn assigned_by(conn: &mut Conn, items: &ItemSet, day: NaiveDate) -> Result<HashMap<String, NaiveDate>> {
    let query = plan_item_moves::table
        .filter(plan_item_moves::became.eq(ItemState::Assigned))
        .filter(plan_item_moves::moved_on.le(day))
        .order((plan_item_moves::item, plan_item_moves::ordinal))
        .select((plan_item_moves::item, plan_item_moves::moved_on));
    let moves: Vec<(String, NaiveDate)> = load_of_items!(conn, query, plan_item_moves::item, items)?;
    Ok(moves.into_iter().collect())
}

/// The stages that projects were at at the end of a day, and whether they were suspended, of those that have
/// moved since.
pub fn projects_before(
    conn: &mut Conn,
    codes: Vec<String>,
    day: NaiveDate,
) -> Result<HashMap<String, (Stage, bool)>> {
    let moves: Vec<(String, Stage, bool)> = project_moves::table
        .filter(project_moves::moved_on.gt(day))
        .filter(project_moves::project.eq_any(codes))
        .order((project_moves::project, project_moves::ordinal.desc()))
        .select((project_moves::project, project_moves::was_stage, project_moves::was_suspended))
        .load(conn)?;
    Ok(moves.into_iter().map(|(project, stage, suspended)| (project, (stage, suspended))).collect())
}

fn edited_item_move(row: &ItemMoveRow) -> Edited {
    Edited::new(RowKind::PlanItemMove, format!("{}/{}", row.item, row.ordinal))
}

fn edited_project_move(row: &ProjectMoveRow) -> Edited {
    Edited::new(RowKind::ProjectMove, format!("{}/{}", row.project, row.ordinal))
}

/// Adds a move of a plan item that lies in these areas, with the files that it names.
pub fn insert_of_item(
    entry: &mut Entry<'_>,
    row: &ItemMoveRow,
    attachments: &BTreeSet<&str>,
    areas: &[AreaCode],
) -> Result<()> {
    diesel::insert_into(plan_item_moves::table).values(row).execute(entry.conn)?;
    let shown = attachments.iter().map(|attachment| {
        (files::item.eq(&row.item), files::ordinal.eq(row.ordinal), files::attachment.eq(*attachment))
    });
    insert_many!(entry.conn, files::table, shown.collect::<Vec<_>>())?;
    entry.put(edited_item_move(row).within(areas), None, row)
}

/// Adds a move of a project that lies in these areas.
pub fn insert_of_project(entry: &mut Entry<'_>, row: &ProjectMoveRow, areas: &[AreaCode]) -> Result<()> {
    diesel::insert_into(project_moves::table).values(row).execute(entry.conn)?;
    entry.put(edited_project_move(row).within(areas), None, row)
}

/// Deletes the moves of a plan item, which goes too.
pub fn delete_of_item(entry: &mut Entry<'_>, item: &str, areas: &[AreaCode]) -> Result<()> {
    for row in of_item(entry.conn, item)? {
        entry.delete(edited_item_move(&row).within(areas), &row)?;
    }
    // From now on they hang on nothing, and are kept for as long as what was just uploaded.
    let shown = files::table.filter(files::item.eq(item)).select(files::attachment);
    diesel::update(attachments::table.filter(attachments::id.eq_any(shown)))
        .set(attachments::touched_at.eq(entry.at))
        .execute(entry.conn)?;
    diesel::delete(files::table.filter(files::item.eq(item))).execute(entry.conn)?;
    diesel::delete(plan_item_moves::table.filter(plan_item_moves::item.eq(item))).execute(entry.conn)?;
    Ok(())
}

/// Deletes the moves of a project, which goes too.
pub fn delete_of_project(entry: &mut Entry<'_>, project: &str, areas: &[AreaCode]) -> Result<()> {
    for row in of_project(entry.conn, project)? {
        entry.delete(edited_project_move(&row).within(areas), &row)?;
    }
    diesel::delete(project_moves::table.filter(project_moves::project.eq(project))).execute(entry.conn)?;
    Ok(())
}
