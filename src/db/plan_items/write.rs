//! Plan items as they are written: each with its areas and projects, and what the ledger keeps of it.

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::seen::seen;
use super::whole::{self, WholeItem, edited, lies_in, scope};
use super::{PlanItemRow, place};
use crate::db::dialect::{Conn, insert_many};
use crate::db::ledger::Entry;
use crate::db::schema::{plan_item_areas, plan_item_projects, plan_items, progress_reports};
use crate::db::{extensions, moves, projects, search, stamps};
use crate::domain::access::{Reach, Sight};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{HitKind, Visibility};
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// Adds a plan item; siblings make way for it.
///
/// Errors: `Conflict` when there is no place left.
pub fn insert(entry: &mut Entry<'_>, item: &WholeItem) -> Result<()> {
    place::make_way(entry, None, &item.row)?;
    diesel::insert_into(plan_items::table).values(&item.row).execute(entry.conn)?;
    let scope = scope(entry.conn, &item.row.plan, &item.areas)?;
    insert_links(entry.conn, item, &scope)?;
    search::index(entry.conn, &document(item, &scope))?;
    entry.put(edited(&item.row.code).within(&scope), None, item)
}

/// Puts a plan item in the place of what it was; what is below it moves with it, and siblings make way.
/// Nothing happens when nothing has changed.
///
/// Errors: `Conflict` when there is no place left.
pub fn update(entry: &mut Entry<'_>, before: &WholeItem, after: &WholeItem) -> Result<()> {
    let stamped = (before.row.seq, before.row.updated_at);
    if after.says_the_same(before) {
        return Ok(());
    }
    let code = after.row.code.as_str();
    if after.row.path != before.row.path {
        place::make_way(entry, Some(&before.row), &after.row)?;
    }
    diesel::update(plan_items::table.find(code)).set(&after.row).execute(entry.conn)?;
    let old = scope(entry.conn, &before.row.plan, &before.areas)?;
    let new = scope(entry.conn, &after.row.plan, &after.areas)?;
    if (&before.areas, &before.projects, &old) != (&after.areas, &after.projects, &new) {
        delete_links(entry.conn, code)?;
        insert_links(entry.conn, after, &new)?;
    }
    search::replace(entry.conn, &document(before, &old), &document(after, &new))?;
    match public(entry.conn, before, entry.at)? {
        Some(seen)
            if public(entry.conn, after, entry.at)?.is_some_and(|after| after.says_the_same(&seen)) =>
        {
            stamps::keep(entry.conn, RowKind::PlanItem, code, stamped)?;
        }
        _ => stamps::forget(entry.conn, RowKind::PlanItem, code)?,
    }
    entry.put(edited(code).within(&[old, new].concat()), Some(before), after)
}

/// A plan item as the public sees it, if it does.
fn public(conn: &mut Conn, item: &WholeItem, now: NaiveDateTime) -> Result<Option<WholeItem>> {
    if item.row.visibility == Visibility::Internal {
        return Ok(None);
    }
    let Some(row) = seen(conn, Sight::PUBLIC, vec![item.row.clone()], now)?.pop() else { return Ok(None) };
    let seen = projects::seen_among(conn, Sight::PUBLIC, item.projects.clone())?;
    let projects = item.projects.iter().filter(|code| seen.contains(*code)).cloned().collect();
    Ok(Some(WholeItem { row, projects, areas: item.areas.clone() }))
}

/// Stamps a plan item with an entry that wrote what belongs to it, so that its tag moves too.
pub fn restamp(entry: &mut Entry<'_>, code: &str) -> Result<()> {
    let row = super::find(entry.conn, Sight::ALL, code)?;
    let before = whole::load(entry.conn, row)?;
    let mut after = before.clone();
    (after.row.seq, after.row.updated_at) = (entry.seq, entry.at);
    diesel::update(plan_items::table.find(code))
        .set((plan_items::seq.eq(entry.seq), plan_items::updated_at.eq(entry.at)))
        .execute(entry.conn)?;
    stamps::forget(entry.conn, RowKind::PlanItem, code)?;
    let scope = scope(entry.conn, &before.row.plan, &before.areas)?;
    entry.put(edited(code).within(&scope), Some(&before), &after)
}

/// Changes those of some items that are out of reach.
fn let_go(
    entry: &mut Entry<'_>,
    rows: Vec<PlanItemRow>,
    reach: Reach,
    change: impl Fn(&mut WholeItem),
) -> Result<()> {
    for row in rows {
        let before = whole::load(entry.conn, row)?;
        let scope = scope(entry.conn, &before.row.plan, &before.areas)?;
        if scope.iter().all(|&area| reach.covers(area)) {
            continue;
        }
        let mut after = before.clone();
        change(&mut after);
        (after.row.seq, after.row.updated_at) = (entry.seq, entry.at);
        update(entry, &before, &after)?;
    }
    Ok(())
}

/// Takes a project out of the items that refer to it and are out of reach of who deletes it: what others cite does
/// not bind it.
pub fn let_go_of_project(entry: &mut Entry<'_>, project: &str, reach: Reach) -> Result<()> {
    let linked = plan_item_projects::table
        .filter(plan_item_projects::item.eq(plan_items::code))
        .filter(plan_item_projects::project.eq(project));
    let rows = plan_items::table
        .filter(exists(linked))
        .select(PlanItemRow::as_select())
        .order(plan_items::code)
        .load(entry.conn)?;
    let_go(entry, rows, reach, |item| item.projects.retain(|code| code != project))
}

/// Takes an item out of those that go on with it and are out of reach of who deletes it. One that it goes on with
/// itself is carried over to it and to nothing else: it keeps it.
fn let_go_of_item(entry: &mut Entry<'_>, code: &str, reach: Reach) -> Result<()> {
    let rows = plan_items::table
        .filter(plan_items::carried_from.eq(code))
        .select(PlanItemRow::as_select())
        .order(plan_items::code)
        .load(entry.conn)?;
    let_go(entry, rows, reach, |item| item.row.carried_from = None)
}

/// Deletes a plan item, and with it what happened to it. Items out of reach of who does it, which go on with it,
/// let it go.
///
/// Errors: `InUse` when items stand below it or are carried from or to it, or progress is reported of it.
pub fn delete(entry: &mut Entry<'_>, before: &WholeItem, reach: Reach) -> Result<()> {
    let code = before.row.code.as_str();
    let_go_of_item(entry, code, reach)?;
    let children = plan_items::table.filter(plan_items::parent.eq(code)).count();
    let reports = progress_reports::table.filter(progress_reports::plan_item.eq(code)).count();
    let carried = plan_items::table
        .filter(plan_items::code.ne(code))
        .filter(plan_items::carried_from.eq(code).or(plan_items::carried_to.eq(code)))
        .count();
    let counted: [(i64, &str, &str); 3] = [
        (children.get_result(entry.conn)?, "个下级事项", "items below"),
        (reports.get_result(entry.conn)?, "份进展", "progress reports"),
        (carried.get_result(entry.conn)?, "个结转事项", "items carried over"),
    ];
    Error::unused(Thing::PlanItem, code, &counted)?;
    let scope = scope(entry.conn, &before.row.plan, &before.areas)?;
    moves::delete_of_item(entry, code, &scope)?;
    extensions::delete_of_item(entry, code, &scope)?;
    delete_links(entry.conn, code)?;
    diesel::delete(plan_items::table.find(code)).execute(entry.conn)?;
    search::forget(entry.conn, HitKind::PlanItem, code)?;
    stamps::forget(entry.conn, RowKind::PlanItem, code)?;
    entry.delete(edited(code).within(&scope), before)
}

/// Puts the items of a plan where they lie once the plan has another area.
pub fn relocate(conn: &mut Conn, plan: &str, area: AreaCode) -> Result<()> {
    for row in super::of_plan(conn, Sight::ALL, plan)? {
        let item = whole::load(conn, row)?;
        let scope = lies_in(Some(area), &item.areas);
        delete_links(conn, &item.row.code)?;
        insert_links(conn, &item, &scope)?;
        search::forget(conn, HitKind::PlanItem, &item.row.code)?;
        search::index(conn, &document(&item, &scope))?;
    }
    Ok(())
}

/// Adds the links of an item that lies in a scope: in its areas, and beside these where its plan does.
fn insert_links(conn: &mut Conn, item: &WholeItem, scope: &[AreaCode]) -> Result<()> {
    let own = (1i64..).zip(&item.areas).map(|(ordinal, area)| (ordinal, area, false));
    let beside = scope.iter().filter(|area| !item.areas.contains(area)).map(|area| (0, area, true));
    let areas = own.chain(beside).map(|(ordinal, area, inherited)| {
        (
            plan_item_areas::item.eq(&item.row.code),
            plan_item_areas::ordinal.eq(ordinal),
            plan_item_areas::area.eq(area),
            plan_item_areas::inherited.eq(inherited),
        )
    });
    insert_many!(conn, plan_item_areas::table, areas.collect::<Vec<_>>())?;
    let projects = (1i64..).zip(&item.projects).map(|(ordinal, project)| {
        (
            plan_item_projects::item.eq(&item.row.code),
            plan_item_projects::ordinal.eq(ordinal),
            plan_item_projects::project.eq(project),
        )
    });
    Ok(insert_many!(conn, plan_item_projects::table, projects.collect::<Vec<_>>())?)
}

fn delete_links(conn: &mut Conn, code: &str) -> Result<()> {
    diesel::delete(plan_item_areas::table.filter(plan_item_areas::item.eq(code))).execute(conn)?;
    diesel::delete(plan_item_projects::table.filter(plan_item_projects::item.eq(code))).execute(conn)?;
    Ok(())
}

fn document(item: &WholeItem, scope: &[AreaCode]) -> search::Document {
    let row = &item.row;
    search::Document {
        kind: HitKind::PlanItem,
        key: row.code.clone(),
        name: row.title.clone(),
        names: row.folded.clone(),
        body: row.lead_unit.clone().unwrap_or_default(),
        visibility: row.visibility,
        areas: scope.to_vec(),
    }
}
