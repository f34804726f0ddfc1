//! Plans as they are written, and what the ledger keeps of them.

use diesel::prelude::*;

use super::PlanRow;
use crate::db::ledger::{Edited, Entry};
use crate::db::schema::{plan_items as items, plans};
use crate::db::{bulletins, plan_items};
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// A plan as the ledger knows it.
pub fn edited(code: &str) -> Edited {
    Edited::new(RowKind::Plan, code)
}

/// Adds a plan.
pub fn insert(entry: &mut Entry<'_>, row: &PlanRow) -> Result<()> {
    diesel::insert_into(plans::table).values(row).execute(entry.conn)?;
    entry.put(edited(&row.code).within(&[row.area]), None, row)
}

/// Puts a plan in the place of what it was. Nothing happens when nothing has changed.
pub fn update(entry: &mut Entry<'_>, before: &PlanRow, row: &PlanRow) -> Result<()> {
    let unstamped = PlanRow { seq: before.seq, updated_at: before.updated_at, ..row.clone() };
    if unstamped == *before {
        return Ok(());
    }
    diesel::update(plans::table.find(&row.code)).set(row).execute(entry.conn)?;
    if row.area != before.area {
        plan_items::write::relocate(entry.conn, &row.code, row.area)?;
    }
    entry.put(edited(&row.code).within(&[before.area, row.area]), Some(before), row)
}

/// Deletes a plan.
///
/// Errors: `InUse` when it has items, or bulletins are about it.
pub fn delete(entry: &mut Entry<'_>, before: &PlanRow) -> Result<()> {
    let code = before.code.as_str();
    let items: i64 = items::table.filter(items::plan.eq(code)).count().get_result(entry.conn)?;
    let bulletins = bulletins::of_plan(entry.conn, code)?;
    Error::unused(
        Thing::Plan,
        code,
        &[(items, "个计划事项", "plan items"), (bulletins, "期通报", "bulletins")],
    )?;
    diesel::delete(plans::table.find(code)).execute(entry.conn)?;
    entry.delete(edited(code).within(&[before.area]), before)
}
