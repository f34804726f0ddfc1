//! Extensions 延期: requests to have more time for a plan item, and what became of them.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::max;
use diesel::prelude::*;
use serde::Serialize;

use super::Window;
use super::dialect::Conn;
use super::item_set::{ItemSet, load_of_items};
use super::ledger::{Edited, Entry};
use super::schema::plan_item_extensions as extensions;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::ExtensionState;
use crate::domain::partial_date::PartialDate;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// A request for more time, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = extensions, primary_key(item, ordinal), treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ExtensionRow {
    pub item: String,
    pub ordinal: i64,
    pub state: ExtensionState,
    pub due_on: PartialDate,
    pub was_due_on: Option<PartialDate>,
    pub requested_on: NaiveDate,
    pub comment: String,
    pub author: String,
    pub author_key: String,
    pub decided_on: Option<NaiveDate>,
    pub decision: Option<String>,
    pub decided_by: Option<String>,
    pub recorded_at: NaiveDateTime,
    pub requested_seq: i64,
    pub seq: i64,
    pub updated_at: NaiveDateTime,
}

/// The extensions of a plan item, in the order of their making.
pub fn list(conn: &mut Conn, item: &str, window: &Window<i64>) -> Result<Vec<ExtensionRow>> {
    Ok(extensions::table
        .filter(extensions::item.eq(item))
        .filter(extensions::ordinal.gt(window.after.unwrap_or(0)))
        .select(ExtensionRow::as_select())
        .order(extensions::ordinal)
        .limit(window.limit)
        .load(conn)?)
}

/// How many extensions a plan item has.
pub fn count(conn: &mut Conn, item: &str) -> Result<i64> {
    Ok(extensions::table.filter(extensions::item.eq(item)).count().get_result(conn)?)
}

/// One extension of a plan item.
///
/// Errors: `NotFound` when there is none of this number.
pub fn find(conn: &mut Conn, item: &str, ordinal: i64) -> Result<ExtensionRow> {
    extensions::table
        .find((item, ordinal))
        .select(ExtensionRow::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound { what: Thing::Extension, key: format!("{item}/{ordinal}") })
}

/// The number of the last extension of a plan item, 0 before the first; the one that is still open; and the
/// last day on which one was decided.
pub fn last(conn: &mut Conn, item: &str) -> Result<(i64, Option<i64>, Option<NaiveDate>)> {
    let of_item = extensions::table.filter(extensions::item.eq(item));
    let (last, decided): (Option<i64>, Option<NaiveDate>) =
        of_item.select((max(extensions::ordinal), max(extensions::decided_on))).get_result(conn)?;
    let open: Option<i64> = of_item
        .filter(extensions::state.eq(ExtensionState::Requested))
        .select(max(extensions::ordinal))
        .get_result(conn)?;
    Ok((last.unwrap_or(0), open, decided))
}

/// The due dates that plan items had at the end of a day, of those that were given more time since.
pub fn due_dates_before(
    conn: &mut Conn,
    items: &ItemSet,
    day: NaiveDate,
) -> Result<HashMap<String, Option<PartialDate>>> {
    let query = extensions::table
        .filter(extensions::state.eq(ExtensionState::Granted))
        .filter(extensions::decided_on.gt(day))
        .order((extensions::item, extensions::decided_on.desc(), extensions::ordinal.desc()))
        .select((extensions::item, extensions::was_due_on));
    let granted: Vec<(String, Option<PartialDate>)> = load_of_items!(conn, query, extensions::item, items)?;
    // The first one after the day comes last, and stands.
    Ok(granted.into_iter().collect())
}

fn edited(row: &ExtensionRow) -> Edited {
    Edited::new(RowKind::Extension, format!("{}/{}", row.item, row.ordinal))
}

/// Adds an extension of a plan item that lies in these areas.
pub fn insert(entry: &mut Entry<'_>, row: &ExtensionRow, areas: &[AreaCode]) -> Result<()> {
    diesel::insert_into(extensions::table).values(row).execute(entry.conn)?;
    entry.put(edited(row).within(areas), None, row)
}

/// Changes an extension of a plan item that lies in these areas.
pub fn update(
    entry: &mut Entry<'_>,
    before: &ExtensionRow,
    row: &ExtensionRow,
    areas: &[AreaCode],
) -> Result<()> {
    diesel::update(extensions::table.find((&row.item, row.ordinal))).set(row).execute(entry.conn)?;
    entry.put(edited(row).within(areas), Some(before), row)
}

/// Deletes the extensions of a plan item, which goes too.
pub fn delete_of_item(entry: &mut Entry<'_>, item: &str, areas: &[AreaCode]) -> Result<()> {
    for row in list(entry.conn, item, &Window { after: None, limit: i64::MAX })? {
        entry.delete(edited(&row).within(areas), &row)?;
    }
    diesel::delete(extensions::table.filter(extensions::item.eq(item))).execute(entry.conn)?;
    Ok(())
}
