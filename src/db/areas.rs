//! Areas and villages: rows, queries, highlights. A village is an area of level village.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::IntoParams;

use super::among::among;
use super::columns::{citation_columns, optional_millionths};
use super::dialect::{Backend, Conn, insert_many, on_each};
use super::ledger::{Edited, Entry};
use super::schema::{area_highlights, area_successors, areas};
use super::{Window, containing, search, with_prefixes};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{AreaKind, HighlightKind, HitKind, Level, Visibility};
use crate::domain::decimal::Decimal;
use crate::domain::fold::Terms;
use crate::domain::life::Life;
use crate::domain::partial_date::PartialDate;
use crate::domain::period::Period;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// An area as stored. `aliases` is a JSON array; coordinates are millionths of a degree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = areas, primary_key(code), treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct AreaRow {
    pub code: AreaCode,
    pub name: String,
    pub aliases: String,
    pub level: Level,
    pub kind: AreaKind,
    pub parent: Option<AreaCode>,
    pub code_system: String,
    pub urban_rural_class: Option<String>,
    pub valid_from: Option<PartialDate>,
    pub valid_to: Option<PartialDate>,
    #[serde(serialize_with = "optional_millionths")]
    pub lon: Option<Decimal>,
    #[serde(serialize_with = "optional_millionths")]
    pub lat: Option<Decimal>,
    pub folded: String,
    pub seq: i64,
    pub updated_at: chrono::NaiveDateTime,
}

impl AreaRow {
    /// From when to when the area exists.
    pub fn life(&self) -> Life {
        Life { from: self.valid_from, to: self.valid_to }
    }
}

/// An area as a statistic counts it.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Its code.
    pub code: AreaCode,
    /// Its kind.
    pub kind: AreaKind,
    /// From when to when it exists.
    pub life: Life,
}

/// The columns of a [`Member`].
type MemberColumns = (AreaCode, AreaKind, Option<PartialDate>, Option<PartialDate>);

fn members(rows: Vec<MemberColumns>) -> Vec<Member> {
    let member = |(code, kind, from, to)| Member { code, kind, life: Life { from, to } };
    rows.into_iter().map(member).collect()
}

citation_columns!(HighlightCitation of area_highlights);

/// One thing that an area is known for, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = area_highlights, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct HighlightRow {
    pub area: AreaCode,
    pub ordinal: i64,
    pub kind: HighlightKind,
    pub text: String,
    pub since: Option<PartialDate>,
    pub report: Option<String>,
    #[diesel(embed)]
    #[serde(flatten)]
    pub cited: HighlightCitation,
}

/// Which areas a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AreaFilter {
    /// Levels, repeated or comma-separated.
    #[param(example = json!(["township", "village"]))]
    pub level: Vec<Level>,
    /// Kinds, repeated or comma-separated.
    #[param(example = json!(["village"]))]
    pub kind: Vec<AreaKind>,
    /// Direct children of this area. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub parent: Option<AreaCode>,
    /// This area and all below it. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Part of the code, name or an alias; case and width are folded, spaces mean "and".
    #[param(example = "序贤")]
    pub q: Option<Terms>,
    /// Areas that exist on this day.
    #[param(example = "2023-06-30")]
    pub valid_on: Option<NaiveDate>,
}

/// Which villages a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VillageFilter {
    /// The villages of this area. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Kinds, repeated or comma-separated: `village` 村, `community` 社区.
    #[param(example = json!(["village"]))]
    pub kind: Vec<AreaKind>,
    /// Part of the code, name or an alias; case and width are folded, spaces mean "and".
    #[param(example = "村")]
    pub q: Option<Terms>,
    /// Villages known for something of one of these kinds, repeated or comma-separated.
    #[param(example = json!(["specialty", "honour"]))]
    pub highlight: Vec<HighlightKind>,
}

fn select(filter: &AreaFilter) -> areas::BoxedQuery<'static, Backend> {
    let mut query = areas::table.into_boxed();
    if !filter.level.is_empty() {
        query = query.filter(areas::level.eq_any(filter.level.clone()));
    }
    if !filter.kind.is_empty() {
        query = query.filter(areas::kind.eq_any(filter.kind.clone()));
    }
    if let Some(parent) = filter.parent {
        query = query.filter(areas::parent.eq(parent));
    }
    if let Some(within) = filter.within {
        let (first, last) = within.subtree().into_inner();
        query = query.filter(areas::code.between(first, last));
    }
    for term in filter.q.iter().flat_map(Terms::iter) {
        query = query.filter(areas::folded.like(containing(term)).escape('\\'));
    }
    if let Some(day) = filter.valid_on {
        query = query.filter(existing(day));
    }
    query
}

fn select_villages(filter: &VillageFilter) -> areas::BoxedQuery<'static, Backend> {
    let mut query = select(&AreaFilter {
        level: vec![Level::Village],
        kind: filter.kind.clone(),
        within: filter.within,
        q: filter.q.clone(),
        ..AreaFilter::default()
    });
    if !filter.highlight.is_empty() {
        query = query.filter(exists(
            area_highlights::table
                .filter(area_highlights::area.eq(areas::code))
                .filter(area_highlights::kind.eq_any(filter.highlight.clone())),
        ));
    }
    query
}

fn page(
    query: areas::BoxedQuery<'static, Backend>,
    conn: &mut Conn,
    window: &Window<AreaCode>,
) -> Result<Vec<AreaRow>> {
    let query = match window.after {
        Some(after) => query.filter(areas::code.gt(after)),
        None => query,
    };
    Ok(query.select(AreaRow::as_select()).order(areas::code).limit(window.limit).load(conn)?)
}

/// The areas that exist on a day.
#[auto_type(no_type_alias)]
pub(super) fn existing(day: NaiveDate) -> _ {
    let alive: alive = alive(day, day);
    alive
}

/// The areas that have begun to exist by a day and not ended before another: on any day of a span, by its
/// last and from its first; throughout, by its first and from its last.
#[auto_type]
fn alive(by: NaiveDate, from: NaiveDate) -> _ {
    // A date of lesser precision is a prefix of its days, so text order compares its first day; the month and
    // the year of the day itself are dates that end with or after it.
    let first: String = with_prefixes(by).0;
    let last: String = with_prefixes(from).0;
    let year: String = with_prefixes(from).1[0].clone();
    let month: String = with_prefixes(from).1[1].clone();
    let begun = areas::valid_from.is_null().or(areas::valid_from.le(first));
    let ended = areas::valid_to.ge(last).or(areas::valid_to.eq(month)).or(areas::valid_to.eq(year));
    begun.and(areas::valid_to.is_null().or(ended))
}

/// Areas in order of their code.
pub fn list(conn: &mut Conn, filter: &AreaFilter, window: &Window<AreaCode>) -> Result<Vec<AreaRow>> {
    page(select(filter), conn, window)
}

/// The areas of a level between two codes that exist on any of these days, in order of code; at most so many
/// where that is given.
pub fn existing_between(
    conn: &mut Conn,
    (first, last): (i64, i64),
    level: Level,
    days: Period,
    limit: Option<i64>,
) -> Result<Vec<Member>> {
    let rows = on_each!(conn, conn => areas::table
        .filter(areas::level.eq(level))
        .filter(areas::code.between(first, last))
        .filter(alive(days.last_day(), days.first_day()))
        .select((areas::code, areas::kind, areas::valid_from, areas::valid_to))
        .order(areas::code)
        .limit(limit.unwrap_or(i64::MAX))
        .load(conn))?;
    Ok(members(rows))
}

/// How many areas of a level there ever were between two codes.
pub fn count_of_level(conn: &mut Conn, (first, last): (i64, i64), level: Level) -> Result<i64> {
    let inside = areas::table.filter(areas::level.eq(level)).filter(areas::code.between(first, last));
    Ok(inside.count().get_result(conn)?)
}

/// The areas of a level between two codes that do not exist on every one of these days, in order of code.
pub fn not_throughout(
    conn: &mut Conn,
    (first, last): (i64, i64),
    level: Level,
    days: Period,
) -> Result<Vec<Member>> {
    let rows = on_each!(conn, conn => areas::table
        .filter(areas::level.eq(level))
        .filter(areas::code.between(first, last))
        .filter(diesel::dsl::not(alive(days.first_day(), days.last_day())))
        .select((areas::code, areas::kind, areas::valid_from, areas::valid_to))
        .order(areas::code)
        .load(conn))?;
    Ok(members(rows))
}

/// These areas as a statistic counts them, in order of code.
pub fn members_of(conn: &mut Conn, codes: &[AreaCode]) -> Result<Vec<Member>> {
    let rows = on_each!(conn, conn => areas::table
        .filter(among(areas::code, numbers(codes)))
        .select((areas::code, areas::kind, areas::valid_from, areas::valid_to))
        .order(areas::code)
        .load(conn))?;
    Ok(members(rows))
}

/// How many areas the filter selects.
pub fn count(conn: &mut Conn, filter: &AreaFilter) -> Result<i64> {
    Ok(select(filter).count().get_result(conn)?)
}

/// Villages in order of their code.
pub fn list_villages(
    conn: &mut Conn,
    filter: &VillageFilter,
    window: &Window<AreaCode>,
) -> Result<Vec<AreaRow>> {
    page(select_villages(filter), conn, window)
}

/// How many villages the filter selects.
pub fn count_villages(conn: &mut Conn, filter: &VillageFilter) -> Result<i64> {
    Ok(select_villages(filter).count().get_result(conn)?)
}

/// The area with this code.
///
/// Errors: `NotFound` when none is registered.
pub fn find(conn: &mut Conn, code: AreaCode) -> Result<AreaRow> {
    get(conn, code)?.ok_or_else(|| Error::NotFound { what: Thing::Area, key: code.to_string() })
}

/// The village with this code.
///
/// Errors: `NotFound` when none is registered, or when the area is not of level village.
pub fn find_village(conn: &mut Conn, code: AreaCode) -> Result<AreaRow> {
    get(conn, code)?
        .filter(|area| area.level == Level::Village)
        .ok_or_else(|| Error::NotFound { what: Thing::Village, key: code.to_string() })
}

/// The areas with these codes.
pub fn of_codes(conn: &mut Conn, codes: Vec<AreaCode>) -> Result<Vec<AreaRow>> {
    Ok(on_each!(conn, conn => areas::table
        .filter(among(areas::code, codes))
        .select(AreaRow::as_select())
        .load(conn))?)
}

/// The area with this code, if one is registered.
pub fn get(conn: &mut Conn, code: AreaCode) -> Result<Option<AreaRow>> {
    Ok(on_each!(conn, conn => areas::table.find(code).select(AreaRow::as_select()).first(conn)).optional()?)
}

/// The areas above each of these areas that has one.
pub fn parents(conn: &mut Conn, codes: &[AreaCode]) -> Result<HashMap<AreaCode, AreaCode>> {
    let known: Vec<(AreaCode, Option<AreaCode>)> = on_each!(conn, conn => areas::table
        .filter(among(areas::code, numbers(codes)))
        .select((areas::code, areas::parent))
        .load(conn))?;
    Ok(known.into_iter().filter_map(|(code, parent)| Some((code, parent?))).collect())
}

/// The areas above an area, the nearest first.
pub fn above(conn: &mut Conn, area: &AreaRow) -> Result<Vec<(AreaCode, String, Level)>> {
    // Its code lies in those of all areas above it.
    let ancestors: Vec<AreaCode> = area.code.ancestors().collect();
    let rows: Vec<(AreaCode, String, Level, Option<AreaCode>)> = on_each!(conn, conn => areas::table
        .filter(among(areas::code, numbers(&ancestors)))
        .select((areas::code, areas::name, areas::level, areas::parent))
        .load(conn))?;
    let mut known: HashMap<AreaCode, _> =
        rows.into_iter().map(|(code, name, level, parent)| (code, (name, level, parent))).collect();
    let mut above = Vec::new();
    let mut next = area.parent;
    while let Some((parent, (name, level, parent_of))) = next.and_then(|next| known.remove_entry(&next)) {
        above.push((parent, name, level));
        next = parent_of;
    }
    Ok(above)
}

/// The areas directly below these areas, in order of code.
pub fn children(conn: &mut Conn, parents: &[AreaCode]) -> Result<Vec<AreaRow>> {
    Ok(on_each!(conn, conn => areas::table
        .filter(among(areas::parent, numbers(parents).map(Some)))
        .select(AreaRow::as_select())
        .order(areas::code)
        .load(conn))?)
}

/// Whether no area is registered at all: the database is still empty.
pub fn are_none(conn: &mut Conn) -> Result<bool> {
    Ok(areas::table.select(areas::code).first::<AreaCode>(conn).optional()?.is_none())
}

/// Checks that a parameter names a registered area.
pub fn check(conn: &mut Conn, parameter: &str, code: Option<AreaCode>) -> Result<()> {
    match code {
        Some(code) => find(conn, code).map(drop).map_err(|error| error.of_parameter(parameter)),
        None => Ok(()),
    }
}

/// The areas that each of these areas was merged or split into, in order of code.
pub fn successors(conn: &mut Conn, codes: &[AreaCode]) -> Result<Vec<(AreaCode, AreaCode)>> {
    Ok(on_each!(conn, conn => area_successors::table
        .filter(among(area_successors::area, numbers(codes)))
        .order((area_successors::area, area_successors::successor))
        .load(conn))?)
}

/// What each of these areas is known for, in the order given by the clerk.
pub fn highlights(conn: &mut Conn, codes: &[AreaCode]) -> Result<Vec<HighlightRow>> {
    Ok(on_each!(conn, conn => area_highlights::table
        .filter(among(area_highlights::area, numbers(codes)))
        .select(HighlightRow::as_select())
        .order((area_highlights::area, area_highlights::ordinal))
        .load(conn))?)
}

fn numbers(codes: &[AreaCode]) -> impl Iterator<Item = i64> {
    codes.iter().map(|code| code.as_i64())
}

/// Names by code.
pub fn names(conn: &mut Conn, codes: Vec<AreaCode>) -> Result<HashMap<AreaCode, String>> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let pairs: Vec<(AreaCode, String)> = on_each!(conn, conn => areas::table
        .filter(among(areas::code, numbers(&codes)))
        .select((areas::code, areas::name))
        .load(conn))?;
    Ok(pairs.into_iter().collect())
}

/// What is part of an area and stored beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The areas that it was merged or split into, in order of code.
    pub successors: Vec<AreaCode>,
    /// What it is known for, in the order given by the clerk.
    pub highlights: Vec<HighlightRow>,
}

/// What is part of an area.
fn parts(conn: &mut Conn, code: AreaCode) -> Result<Parts> {
    let successors = successors(conn, &[code])?.into_iter().map(|(_, successor)| successor).collect();
    Ok(Parts { successors, highlights: highlights(conn, &[code])? })
}

/// An area as the ledger keeps it: highlights are kept on their own.
#[derive(Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    row: &'a AreaRow,
    successors: &'a [AreaCode],
}

fn kept<'a>(row: &'a AreaRow, parts: &'a Parts) -> Kept<'a> {
    Kept { row, successors: &parts.successors }
}

/// An area as the ledger knows it.
pub fn edited(code: AreaCode) -> Edited {
    Edited::new(RowKind::Area, code).within(&[code])
}

/// A highlight as the ledger knows it: by what it says, since its place changes with its neighbours.
pub fn edited_highlight(area: AreaCode, kind: HighlightKind, text: &str) -> Edited {
    Edited::new(RowKind::Highlight, format!("{area}/{kind}/{text}")).within(&[area])
}

fn edited_row(row: &HighlightRow) -> Edited {
    edited_highlight(row.area, row.kind, &row.text)
}

/// Adds an area with its parts.
pub fn insert(entry: &mut Entry<'_>, row: &AreaRow, parts: &Parts) -> Result<()> {
    diesel::insert_into(areas::table).values(row).execute(entry.conn)?;
    search::index(entry.conn, &document(row))?;
    entry.put(edited(row.code), None, &kept(row, parts))?;
    insert_successors(entry.conn, row.code, &parts.successors)?;
    replace_highlights(entry, row.code, &[], &parts.highlights)
}

/// Puts an area with its parts in the place of what it was. Nothing happens when nothing has changed.
pub fn update(entry: &mut Entry<'_>, before: &AreaRow, row: &AreaRow, parts: &Parts) -> Result<()> {
    let old = self::parts(entry.conn, row.code)?;
    let unstamped = AreaRow { seq: before.seq, updated_at: before.updated_at, ..row.clone() };
    if unstamped == *before && *parts == old {
        return Ok(());
    }
    diesel::update(areas::table.find(row.code)).set(row).execute(entry.conn)?;
    search::replace(entry.conn, &document(before), &document(row))?;
    entry.put(edited(row.code), Some(&kept(before, &old)), &kept(row, parts))?;
    if old.successors != parts.successors {
        diesel::delete(area_successors::table.filter(area_successors::area.eq(row.code)))
            .execute(entry.conn)?;
        insert_successors(entry.conn, row.code, &parts.successors)?;
    }
    replace_highlights(entry, row.code, &old.highlights, &parts.highlights)
}

fn insert_successors(conn: &mut Conn, area: AreaCode, successors: &[AreaCode]) -> Result<()> {
    let pairs = successors
        .iter()
        .map(|successor| (area_successors::area.eq(area), area_successors::successor.eq(successor)));
    Ok(insert_many!(conn, area_successors::table, pairs.collect::<Vec<_>>())?)
}

/// Replaces what an area is known for, and notes what has really changed: a place among neighbours has not.
fn replace_highlights(
    entry: &mut Entry<'_>,
    area: AreaCode,
    old: &[HighlightRow],
    new: &[HighlightRow],
) -> Result<()> {
    let said = |row: &HighlightRow, among: &[HighlightRow]| {
        among.iter().find(|other| (other.kind, &other.text) == (row.kind, &row.text)).cloned()
    };
    if old == new {
        return Ok(());
    }
    diesel::delete(area_highlights::table.filter(area_highlights::area.eq(area))).execute(entry.conn)?;
    insert_many!(entry.conn, area_highlights::table, new)?;
    for row in new {
        let before = said(row, old);
        let moved = before.as_ref().map(|before| HighlightRow { ordinal: row.ordinal, ..before.clone() });
        if moved.as_ref() != Some(row) {
            entry.put(edited_row(row), before.as_ref(), row)?;
        }
    }
    for gone in old.iter().filter(|row| said(row, new).is_none()) {
        entry.delete(edited_row(gone), gone)?;
    }
    Ok(())
}

/// Adds what an area is known for and restamps the area, whose answer it is a part of.
pub fn insert_highlight(entry: &mut Entry<'_>, row: &HighlightRow) -> Result<()> {
    let before = find(entry.conn, row.area)?;
    let after = AreaRow { seq: entry.seq, updated_at: entry.at, ..before.clone() };
    let mut parts = parts(entry.conn, row.area)?;
    parts.highlights.push(row.clone());
    update(entry, &before, &after, &parts)
}

fn document(row: &AreaRow) -> search::Document {
    search::Document {
        kind: HitKind::Area,
        key: row.code.to_string(),
        name: row.name.clone(),
        names: row.folded.clone(),
        body: String::new(),
        visibility: Visibility::Public,
        areas: vec![row.code],
    }
}
