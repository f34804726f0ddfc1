//! Plans: rows and queries. Their items have a module of their own.

pub mod write;

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use serde::Serialize;

use super::Window;
use super::among::among;
use super::dialect::{Conn, on_each};
use super::schema::plans;
use crate::domain::area_code::AreaCode;
use crate::error::{Error, Result, Thing};

/// A plan as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = plans, primary_key(code), treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct PlanRow {
    pub code: String,
    pub title: String,
    pub area: AreaCode,
    pub year: i64,
    pub report: Option<String>,
    pub seq: i64,
    pub updated_at: chrono::NaiveDateTime,
}

/// Plans in order of their code.
pub fn list(conn: &mut Conn, window: &Window<String>) -> Result<Vec<PlanRow>> {
    let mut query = plans::table.into_boxed();
    if let Some(after) = &window.after {
        query = query.filter(plans::code.gt(after.clone()));
    }
    Ok(query.select(PlanRow::as_select()).order(plans::code).limit(window.limit).load(conn)?)
}

/// Titles of plans by code.
pub fn titles(conn: &mut Conn, codes: Vec<String>) -> Result<HashMap<String, String>> {
    let titled = plans::table.filter(plans::code.eq_any(codes));
    Ok(titled.select((plans::code, plans::title)).load(conn)?.into_iter().collect())
}

/// How many plans there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(plans::table.count().get_result(conn)?)
}

/// The plan with this code.
///
/// Errors: `NotFound` when there is none.
pub fn find(conn: &mut Conn, code: &str) -> Result<PlanRow> {
    get(conn, code)?.ok_or_else(|| Error::NotFound { what: Thing::Plan, key: code.to_owned() })
}

/// The plans with these codes.
pub fn of_codes(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<PlanRow>> {
    Ok(on_each!(conn, conn => plans::table
        .filter(among(plans::code, codes))
        .select(PlanRow::as_select())
        .load(conn))?)
}

/// The plan with this code, if there is one.
pub fn get(conn: &mut Conn, code: &str) -> Result<Option<PlanRow>> {
    Ok(plans::table.find(code).select(PlanRow::as_select()).first(conn).optional()?)
}

/// The newest plan of an area, if it has one.
pub fn newest_of(conn: &mut Conn, area: AreaCode) -> Result<Option<PlanRow>> {
    Ok(on_each!(conn, conn => plans::table
        .filter(plans::area.eq(area))
        .order((plans::year.desc(), plans::code.desc()))
        .select(PlanRow::as_select())
        .first(conn))
    .optional()?)
}

/// Which of these codes name plans.
pub fn known_among(conn: &mut Conn, codes: Vec<String>) -> Result<HashSet<String>> {
    let known: Vec<String> = on_each!(conn, conn => plans::table.filter(among(plans::code, codes)).select(plans::code).load(conn))?;
    Ok(known.into_iter().collect())
}

/// Checks that each code of a parameter names a plan.
pub fn check(conn: &mut Conn, parameter: &str, codes: &[String]) -> Result<()> {
    for code in codes {
        find(conn, code).map_err(|error| error.of_parameter(parameter))?;
    }
    Ok(())
}
