//! Units of measure: rows and queries.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::IntoParams;

use super::Window;
use super::among::among;
use super::columns::words;
use super::dialect::{Backend, Conn, on_each};
use super::ledger::{Edited, Entry};
use super::schema::units;
use crate::domain::code::Word;
use crate::domain::row_kind::RowKind;
use crate::domain::unit::Unit;
use crate::error::{Error, Fault, Result};

/// A unit as stored: a value in it, times numerator / denominator, is a value in the dimension's base.
/// `aliases` is a JSON array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = units, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct UnitRow {
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub symbol: String,
    pub dimension: String,
    pub numerator: i64,
    pub denominator: i64,
    pub seq: i64,
    pub updated_at: chrono::NaiveDateTime,
    pub aliases: String,
}

impl TryFrom<UnitRow> for Unit {
    type Error = Error;

    fn try_from(row: UnitRow) -> Result<Unit> {
        let UnitRow {
            code,
            name,
            name_en,
            symbol,
            dimension,
            numerator,
            denominator,
            seq: _,
            updated_at: _,
            aliases,
        } = row;
        let aliases = words(&aliases)?;
        Ok(Unit { code, name, name_en, symbol, aliases, dimension, numerator, denominator })
    }
}

/// Which units a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnitFilter {
    /// Units of these dimensions, repeated or comma-separated. Units of one dimension convert into each other.
    #[param(value_type = Vec<Word>, example = json!(["money"]))]
    pub dimension: Vec<String>,
}

fn select(filter: &UnitFilter) -> units::BoxedQuery<'static, Backend> {
    let mut query = units::table.into_boxed();
    if !filter.dimension.is_empty() {
        query = query.filter(units::dimension.eq_any(filter.dimension.clone()));
    }
    query
}

/// Units in order of their code.
pub fn list(conn: &mut Conn, filter: &UnitFilter, window: &Window<String>) -> Result<Vec<UnitRow>> {
    let mut query = select(filter);
    if let Some(after) = &window.after {
        query = query.filter(units::code.gt(after.clone()));
    }
    Ok(query.select(UnitRow::as_select()).order(units::code).limit(window.limit).load(conn)?)
}

/// How many units the filter selects.
pub fn count(conn: &mut Conn, filter: &UnitFilter) -> Result<i64> {
    Ok(select(filter).count().get_result(conn)?)
}

/// The units with these codes.
pub fn of_codes(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<UnitRow>> {
    Ok(on_each!(conn, conn => units::table
        .filter(among(units::code, codes))
        .select(UnitRow::as_select())
        .load(conn))?)
}

/// The unit with this code, if there is one.
pub fn get(conn: &mut Conn, code: &str) -> Result<Option<UnitRow>> {
    Ok(on_each!(conn, conn => units::table.find(code).select(UnitRow::as_select()).first(conn)).optional()?)
}

/// The unit that a parameter names.
///
/// Errors: `Invalid` when there is no such unit.
pub fn named(conn: &mut Conn, parameter: &str, code: &str) -> Result<Unit> {
    get(conn, code)?.ok_or_else(|| Fault::unknown(parameter, code))?.try_into()
}

/// Every unit, in order of code: there are some dozens.
pub fn all(conn: &mut Conn) -> Result<Vec<Unit>> {
    let rows: Vec<UnitRow> = on_each!(conn, conn => units::table
        .select(UnitRow::as_select())
        .order(units::code)
        .load(conn))?;
    rows.into_iter().map(Unit::try_from).collect()
}

/// A unit as the ledger knows it.
pub fn edited(code: &str) -> Edited {
    Edited::new(RowKind::Unit, code)
}

/// Adds a unit.
pub fn insert(entry: &mut Entry<'_>, row: &UnitRow) -> Result<()> {
    diesel::insert_into(units::table).values(row).execute(entry.conn)?;
    entry.put(edited(&row.code), None, row)
}
