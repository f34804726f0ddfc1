//! Locked periods: up to which day no submission may propose figures of an area. A lock holds for the
//! area and all below it.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use super::dialect::Conn;
use super::ledger::{Edited, Entry};
use super::schema::period_locks;
use crate::domain::area_code::AreaCode;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// A lock as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = period_locks, primary_key(area), treat_none_as_default_value = false)]
pub struct LockRow {
    /// The area, which is locked with all below it.
    pub area: AreaCode,
    /// The last day of the periods that are locked.
    pub through: NaiveDate,
    /// Number of the entry that last touched this row.
    pub seq: i64,
}

/// Every lock, in order of the area.
pub fn list(conn: &mut Conn) -> Result<Vec<LockRow>> {
    Ok(period_locks::table.select(LockRow::as_select()).order(period_locks::area).load(conn)?)
}

/// The day up to which an area is locked, if it or an area above it is.
pub fn through(locks: &[LockRow], area: AreaCode) -> Option<NaiveDate> {
    let holds = |lock: &&LockRow| lock.area.subtree().contains(&area.as_i64());
    locks.iter().filter(holds).map(|lock| lock.through).max()
}

fn find(conn: &mut Conn, area: AreaCode) -> Result<Option<LockRow>> {
    Ok(period_locks::table.find(area).select(LockRow::as_select()).first(conn).optional()?)
}

fn edited(area: AreaCode) -> Edited {
    Edited::new(RowKind::PeriodLock, area).within(&[area])
}

/// Locks an area up to a day, sooner or later than it was. Nothing happens when it is so already.
pub fn lock(entry: &mut Entry<'_>, area: AreaCode, through: NaiveDate) -> Result<()> {
    let before = find(entry.conn, area)?;
    let after = LockRow { area, through, seq: entry.seq };
    match &before {
        Some(before) if before.through == through => return Ok(()),
        Some(_) => diesel::update(period_locks::table.find(area)).set(&after).execute(entry.conn)?,
        None => diesel::insert_into(period_locks::table).values(&after).execute(entry.conn)?,
    };
    entry.put(edited(area), before.as_ref(), &after)
}

/// Takes the lock off an area. Those of areas above it stay.
///
/// Errors: `NotFound` when the area has none of its own.
pub fn unlock(entry: &mut Entry<'_>, area: AreaCode) -> Result<()> {
    let before = find(entry.conn, area)?
        .ok_or_else(|| Error::NotFound { what: Thing::PeriodLock, key: area.to_string() })?;
    diesel::delete(period_locks::table.find(area)).execute(entry.conn)?;
    entry.delete(edited(area), &before)
}
