//! Reports, the documents that figures are taken from: rows and queries.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;

use super::among::among;
use super::dialect::{Conn, on_each};
use super::ledger::{Edited, Entry};
use super::schema::{
    area_highlights, milestones, plan_items, plans, project_amounts, projects, reports, revisions,
};
use super::{Window, search};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{HitKind, Visibility};
use crate::domain::period::Period;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Text, Thing};

/// A report as stored. The text is there only when the operator gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reports, primary_key(code), treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ReportRow {
    pub code: String,
    pub title: String,
    pub document_number: Option<String>,
    pub issuer: Option<AreaCode>,
    pub published_at: NaiveDateTime,
    pub url: Option<String>,
    pub period: Option<Period>,
    pub sha256: Option<String>,
    pub folded: String,
    pub seq: i64,
    pub updated_at: NaiveDateTime,
}

/// Reports in order of their code.
pub fn list(conn: &mut Conn, window: &Window<String>) -> Result<Vec<ReportRow>> {
    let mut query = reports::table.into_boxed();
    if let Some(after) = &window.after {
        query = query.filter(reports::code.gt(after.clone()));
    }
    Ok(query.select(ReportRow::as_select()).order(reports::code).limit(window.limit).load(conn)?)
}

/// How many reports there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(reports::table.count().get_result(conn)?)
}

/// The report with this code.
///
/// Errors: `NotFound` when there is none.
pub fn find(conn: &mut Conn, code: &str) -> Result<ReportRow> {
    get(conn, code)?.ok_or_else(|| Error::NotFound { what: Thing::Report, key: code.to_owned() })
}

/// The reports with these codes, without their texts.
pub fn of_codes(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<ReportRow>> {
    Ok(on_each!(conn, conn => reports::table
        .filter(among(reports::code, codes))
        .select(ReportRow::as_select())
        .load(conn))?)
}

/// The report with this code, if there is one.
pub fn get(conn: &mut Conn, code: &str) -> Result<Option<ReportRow>> {
    Ok(on_each!(conn, conn => reports::table.find(code).select(ReportRow::as_select()).first(conn))
        .optional()?)
}

/// When those of these reports that there are were published, and what they report on.
pub fn published(
    conn: &mut Conn,
    codes: Vec<String>,
) -> Result<Vec<(String, NaiveDateTime, Option<Period>)>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_each!(conn, conn => reports::table
        .filter(among(reports::code, codes))
        .select((reports::code, reports::published_at, reports::period))
        .load(conn))?)
}

/// Checks that each code of a parameter names a report.
pub fn check(conn: &mut Conn, parameter: &str, codes: &[String]) -> Result<()> {
    for code in codes {
        find(conn, code).map_err(|error| error.of_parameter(parameter))?;
    }
    Ok(())
}

/// The text of a report; none when there is no such report, or the operator has not given it.
pub fn text(conn: &mut Conn, code: &str) -> Result<Option<String>> {
    Ok(reports::table.find(code).select(reports::text).first(conn).optional()?.flatten())
}

/// The texts of those of these reports that have one.
pub fn texts(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<(String, String)>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_each!(conn, conn => reports::table
        .filter(among(reports::code, codes))
        .filter(reports::text.is_not_null())
        .select((reports::code, reports::text.assume_not_null()))
        .load(conn))?)
}

/// A report as the ledger knows it.
pub fn edited(code: &str) -> Edited {
    Edited::new(RowKind::Report, code)
}

/// Adds a report, with its text where the operator has given it.
pub fn insert(entry: &mut Entry<'_>, row: &ReportRow, text: Option<&str>) -> Result<()> {
    diesel::insert_into(reports::table).values((row, reports::text.eq(text))).execute(entry.conn)?;
    search::index(entry.conn, &document(row, text))?;
    entry.put(edited(&row.code), None, row)
}

/// Puts a report and its text in the place of what they were. Nothing happens when nothing has changed.
pub fn update(
    entry: &mut Entry<'_>,
    (before, old_text): (&ReportRow, Option<&str>),
    (row, text): (&ReportRow, Option<&str>),
) -> Result<()> {
    let unstamped = ReportRow { seq: before.seq, updated_at: before.updated_at, ..row.clone() };
    if unstamped == *before && text == old_text {
        return Ok(());
    }
    diesel::update(reports::table.find(&row.code)).set((row, reports::text.eq(text))).execute(entry.conn)?;
    search::replace(entry.conn, &document(before, old_text), &document(row, text))?;
    entry.put(edited(&row.code), Some(before), row)
}

/// Deletes a report.
///
/// Errors: `InUse` when anything refers to it.
pub fn delete(entry: &mut Entry<'_>, before: &ReportRow) -> Result<()> {
    let code = before.code.as_str();
    let uses = uses(entry.conn, code)?;
    if !uses.is_empty() {
        return Err(Error::InUse { what: Thing::Report, key: code.to_owned(), uses });
    }
    diesel::delete(reports::table.find(code)).execute(entry.conn)?;
    search::forget(entry.conn, HitKind::Report, code)?;
    entry.delete(edited(code), before)
}

/// How many rows of each kind refer to a report, in words; earlier revisions count, they stay.
fn uses(conn: &mut Conn, code: &str) -> Result<Vec<Text>> {
    let mut uses = Vec::new();
    macro_rules! count {
        ($table:ident, $zh:literal, $en:literal) => {
            let count: i64 = $table::table.filter($table::report.eq(code)).count().get_result(conn)?;
            if count > 0 {
                uses.push(Text::new(format!("{} {count}", $zh), format!("{}: {count}", $en)));
            }
        };
    }
    count!(revisions, "观测值版本", "revisions of observations");
    count!(projects, "项目", "projects");
    count!(project_amounts, "项目金额和数量", "budgets, funding and quantities of projects");
    count!(milestones, "项目节点", "milestones");
    count!(plans, "计划", "plans");
    count!(plan_items, "计划事项", "plan items");
    count!(area_highlights, "区划亮点", "highlights of areas");
    Ok(uses)
}

fn document(row: &ReportRow, text: Option<&str>) -> search::Document {
    search::Document {
        kind: HitKind::Report,
        key: row.code.clone(),
        name: row.title.clone(),
        names: row.folded.clone(),
        body: text.unwrap_or_default().to_owned(),
        visibility: Visibility::Public,
        areas: row.issuer.into_iter().collect(),
    }
}
