//! Places of plan items among their siblings: who makes way for an item, and what moves with it. Internal items
//! are numbered by themselves, so that none of them moves what the public sees.

use diesel::dsl::max;
use diesel::prelude::*;

use super::PlanItemRow;
use super::whole::{self, edited, scope};
use crate::db::dialect::Conn;
use crate::db::ledger::Entry;
use crate::db::schema::plan_items;
use crate::db::stamps;
use crate::domain::codes::Visibility;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// The last place that an item can have among its siblings.
pub const LAST: i64 = 9999;

/// An item that gets another place because another item does.
#[derive(Debug)]
pub struct Moved {
    /// The item as it was.
    pub row: PlanItemRow,
    ordinal: i64,
    path: String,
}

/// The path of the item with this number among those below a path, or among the roots. An internal one stands
/// before the public one of its number, behind all that is below the public one before.
pub fn path(above: Option<&str>, ordinal: i64, visibility: Visibility) -> String {
    let own = match visibility {
        Visibility::Public => format!("{ordinal:04}"),
        Visibility::Internal => format!("{:04}i", ordinal - 1),
    };
    above.map_or_else(|| own.clone(), |above| format!("{above}.{own}"))
}

/// The place after the last of the siblings that an item has, or will have; of a public one, after the last
/// that the public sees.
pub fn after_the_last(
    conn: &mut Conn,
    plan: &str,
    parent: Option<&str>,
    code: &str,
    visibility: Visibility,
) -> Result<i64> {
    let mut siblings = plan_items::table
        .filter(plan_items::plan.eq(plan).and(plan_items::code.ne(code)))
        .select(max(plan_items::ordinal))
        .into_boxed();
    siblings = match parent {
        Some(parent) => siblings.filter(plan_items::parent.eq(parent)),
        None => siblings.filter(plan_items::parent.is_null()),
    };
    if visibility == Visibility::Public {
        siblings = siblings.filter(plan_items::visibility.eq(visibility));
    }
    Ok(siblings.get_result::<Option<i64>>(conn)?.unwrap_or(0) + 1)
}

/// What gets another place when an item that was `before`, or that is new, takes its place: all that is
/// below it, and, where the place is taken, the siblings from there on as far as there is no gap. They
/// move on by one; where the item came from before them, they move up and fill the place that it left.
///
/// Errors: `Conflict` when the places up to the last one are taken.
pub fn moved(conn: &mut Conn, before: Option<&PlanItemRow>, after: &PlanItemRow) -> Result<Vec<Moved>> {
    if before.is_some_and(|before| before.path == after.path) {
        return Ok(Vec::new());
    }
    let mut moved = making_way(conn, before, after)?;
    if let Some(before) = before {
        // What comes out from below a sibling does not move on with that.
        moved.retain(|moved| !moved.row.is_within(before));
        move_below(conn, before, &after.path, &mut moved)?;
    }
    Ok(moved)
}

/// The siblings who make way, each with all that is below it.
fn making_way(conn: &mut Conn, before: Option<&PlanItemRow>, after: &PlanItemRow) -> Result<Vec<Moved>> {
    let mut moved = Vec::new();
    let comes_from_before = before.is_some_and(|before| {
        before.parent == after.parent
            && before.visibility == after.visibility
            && before.ordinal < after.ordinal
    });
    let step = if comes_from_before { -1 } else { 1 };
    let above = after.path.rsplit_once('.').map(|(above, _)| above);
    let mut ordinal = after.ordinal;
    while let Some(sibling) = at(conn, after, &path(above, ordinal, after.visibility))? {
        ordinal += step;
        let path = path(above, ordinal, after.visibility);
        move_below(conn, &sibling, &path, &mut moved)?;
        moved.push(Moved { row: sibling, ordinal, path });
    }
    if ordinal > LAST {
        let key = format!("{} {LAST}", after.plan);
        return Err(Error::Conflict { what: Thing::PlanItemPlace, key });
    }
    Ok(moved)
}

/// Moves all that gets another place when an item that was `before`, or that is new, takes its place.
///
/// Errors: those of [`moved`].
pub fn make_way(entry: &mut Entry<'_>, before: Option<&PlanItemRow>, after: &PlanItemRow) -> Result<()> {
    let moved = moved(entry.conn, before, after)?;
    // No two items have one place, not even on the way to their new ones.
    let codes = before.into_iter().chain(moved.iter().map(|moved| &moved.row)).map(|row| &row.code);
    for code in codes {
        let nowhere = format!("~{code}");
        diesel::update(plan_items::table.find(code)).set(plan_items::path.eq(nowhere)).execute(entry.conn)?;
    }
    for Moved { row, ordinal, path } in moved {
        let before = whole::load(entry.conn, row)?;
        let mut after = before.clone();
        (after.row.ordinal, after.row.path) = (ordinal, path);
        (after.row.seq, after.row.updated_at) = (entry.seq, entry.at);
        diesel::update(plan_items::table.find(&after.row.code)).set(&after.row).execute(entry.conn)?;
        stamps::forget(entry.conn, RowKind::PlanItem, &after.row.code)?;
        let scope = scope(entry.conn, &after.row.plan, &after.areas)?;
        entry.put(edited(&after.row.code).within(&scope), Some(&before), &after)?;
    }
    Ok(())
}

/// Tells the new places of all that is below an item.
fn move_below(conn: &mut Conn, item: &PlanItemRow, path: &str, moved: &mut Vec<Moved>) -> Result<()> {
    for row in super::below(conn, item)? {
        let path = format!("{path}{}", &row.path[item.path.len()..]);
        moved.push(Moved { ordinal: row.ordinal, path, row });
    }
    Ok(())
}

/// The other item that has a place.
fn at(conn: &mut Conn, item: &PlanItemRow, path: &str) -> Result<Option<PlanItemRow>> {
    Ok(plan_items::table
        .filter(plan_items::plan.eq(&item.plan).and(plan_items::path.eq(path)))
        .filter(plan_items::code.ne(&item.code))
        .select(PlanItemRow::as_select())
        .first(conn)
        .optional()?)
}
