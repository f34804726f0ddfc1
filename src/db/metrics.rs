//! The dictionary of metrics: rows and queries. Internal metrics are shown to keys only.

pub mod members;

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use diesel::prelude::*;
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::IntoParams;

use super::among::among;
use super::dialect::{Backend, Conn, on_each};
use super::ledger::{self, Edited, Entry};
use super::schema::{edits, metrics, observations, plan_items};
use super::{Window, bulletins, containing, search, stamps};
use crate::domain::access::Sight;
use crate::domain::code::Word;
use crate::domain::codes::{HitKind, MetricKind, MetricStatus, RevisionReason, Visibility};
use crate::domain::fold::Terms;
use crate::domain::row_kind::RowKind;
use crate::domain::text::prose_of;
use crate::error::{Error, Fault, Invalid, Result, Thing};
use members::Metric;

/// A metric as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = metrics, primary_key(code), treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct MetricRow {
    /// Its members.
    #[diesel(embed)]
    pub members: Metric,
    /// Its code and names, folded to be searched.
    pub folded: String,
    /// Number of the entry that last touched it.
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: chrono::NaiveDateTime,
}

impl Deref for MetricRow {
    type Target = Metric;

    fn deref(&self) -> &Metric {
        &self.members
    }
}

impl Serialize for MetricRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = ledger::as_kept(RowKind::Metric, &self.members).map_err(serde::ser::Error::custom)?;
        row.insert("folded".to_owned(), self.folded.clone().into());
        row.insert("seq".to_owned(), self.seq.into());
        row.insert("updated_at".to_owned(), serde_json::json!(self.updated_at));
        row.serialize(serializer)
    }
}

/// Which metrics a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MetricFilter {
    /// Themes; repeated for several.
    #[param(example = json!(["agriculture"]))]
    pub theme: Vec<String>,
    /// Kinds, repeated or comma-separated.
    #[param(example = json!(["flow", "stock"]))]
    pub kind: Vec<MetricKind>,
    /// Metrics held in one of these units, repeated or comma-separated codes.
    #[param(value_type = Vec<Word>, example = json!(["MU"]))]
    pub unit: Vec<String>,
    /// Part of the code or of either name; case and width are folded, spaces mean "and".
    #[param(example = "面积")]
    pub q: Option<Terms>,
    /// Status, repeated or comma-separated.
    #[param(example = json!(["active"]))]
    pub status: Vec<MetricStatus>,
}

fn select(sight: Sight, filter: &MetricFilter) -> metrics::BoxedQuery<'static, Backend> {
    let mut query = metrics::table.filter(metrics::visibility.eq_any(sight.visibilities())).into_boxed();
    if !filter.theme.is_empty() {
        query = query.filter(metrics::theme.eq_any(filter.theme.clone()));
    }
    if !filter.kind.is_empty() {
        query = query.filter(metrics::kind.eq_any(filter.kind.clone()));
    }
    if !filter.unit.is_empty() {
        query = query.filter(metrics::unit.eq_any(filter.unit.clone()));
    }
    for term in filter.q.iter().flat_map(Terms::iter) {
        query = query.filter(metrics::folded.like(containing(term)).escape('\\'));
    }
    if !filter.status.is_empty() {
        query = query.filter(metrics::status.eq_any(filter.status.clone()));
    }
    query
}

/// Metrics in order of their code.
pub fn list(
    conn: &mut Conn,
    sight: Sight,
    filter: &MetricFilter,
    window: &Window<String>,
) -> Result<Vec<MetricRow>> {
    let mut query = select(sight, filter);
    if let Some(after) = &window.after {
        query = query.filter(metrics::code.gt(after.clone()));
    }
    Ok(query.select(MetricRow::as_select()).order(metrics::code).limit(window.limit).load(conn)?)
}

/// How many metrics the filter selects.
pub fn count(conn: &mut Conn, sight: Sight, filter: &MetricFilter) -> Result<i64> {
    Ok(select(sight, filter).count().get_result(conn)?)
}

/// The metric with this code.
///
/// Errors: `NotFound` when there is none, or none that may be seen.
pub fn find(conn: &mut Conn, sight: Sight, code: &str) -> Result<MetricRow> {
    get(conn, code)?
        .filter(|metric| sight.sees(metric.visibility))
        .ok_or_else(|| Error::NotFound { what: Thing::Metric, key: code.to_owned() })
}

/// The metric with this code, internal or not, if there is one.
pub fn get(conn: &mut Conn, code: &str) -> Result<Option<MetricRow>> {
    Ok(on_each!(conn, conn => metrics::table.find(code).select(MetricRow::as_select()).first(conn))
        .optional()?)
}

/// Those of these metrics that there are, internal or not.
pub fn known_among(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<MetricRow>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_each!(conn, conn => metrics::table
        .filter(among(metrics::code, codes))
        .select(MetricRow::as_select())
        .load(conn))?)
}

/// Every ratio of two metrics, in order of code.
pub fn ratios(conn: &mut Conn) -> Result<Vec<MetricRow>> {
    Ok(metrics::table
        .filter(metrics::kind.eq(MetricKind::Ratio))
        .filter(metrics::numerator.is_not_null().and(metrics::denominator.is_not_null()))
        .select(MetricRow::as_select())
        .order(metrics::code)
        .load(conn)?)
}

/// The metrics that this one took the place of, in order of code.
pub fn replaced_by(conn: &mut Conn, code: &str) -> Result<Vec<MetricRow>> {
    Ok(metrics::table
        .filter(metrics::replaced_by.eq(code))
        .select(MetricRow::as_select())
        .order(metrics::code)
        .load(conn)?)
}

/// Members that say what the figures of a metric mean and how they are put together. A change of one breaks
/// its series, and takes the reason `definition` while there are figures. Unit and kind are locked then; the
/// others say how figures are shown (decimals), judged (direction, min, max) or found.
const MEANING: [&str; 7] =
    ["definition", "kind", "area_rule", "time_rule", "numerator", "denominator", "weight"];

/// Which of these members differ between two states of a metric. A text says the same however it is set: the
/// rule for texts, which is younger than some of them, leaves its meaning.
fn meaning_changes(before: &Value, after: &Value) -> Vec<&'static str> {
    let said = |row: &Value, member: &str| row[member].as_str().map(prose_of);
    MEANING.into_iter().filter(|member| said(before, member) != said(after, member)).collect()
}

/// The entries at which a metric began to count something else than before, as far as the reader sees.
pub fn definition_changes(conn: &mut Conn, sight: Sight, code: &str) -> Result<Vec<i64>> {
    let edited: Vec<(i64, Option<String>, Option<String>)> = edits::table
        .filter(edits::kind.eq(RowKind::Metric).and(edits::key.eq(code)))
        .filter(edits::before.is_not_null().and(edits::after.is_not_null()))
        .select((edits::seq, edits::before, edits::after))
        .order(edits::seq)
        .load(conn)?;
    let read = |row: Option<String>| -> Result<Value> {
        serde_json::from_str(row.as_deref().unwrap_or_default())
            .map_err(|error| Error::Corrupt(format!("edit of metric {code}: {error}")))
    };
    let mut changes = Vec::new();
    for (seq, before, after) in edited {
        let (before, after) = (seen_of(conn, sight, read(before)?)?, seen_of(conn, sight, read(after)?)?);
        if !meaning_changes(&before, &after).is_empty() {
            changes.push(seq);
        }
    }
    Ok(changes)
}

/// A state of a metric without the references to metrics that may not be seen.
fn seen_of(conn: &mut Conn, sight: Sight, mut state: Value) -> Result<Value> {
    const REFERENCES: [&str; 3] = ["numerator", "denominator", "weight"];
    if sight.sees(Visibility::Internal) {
        return Ok(state);
    }
    let named = REFERENCES.iter().filter_map(|member| state[*member].as_str()).map(str::to_owned).collect();
    let seen = seen_among(conn, sight, named)?;
    for member in REFERENCES {
        if state[member].as_str().is_some_and(|code| !seen.contains(code)) {
            state[member] = Value::Null;
        }
    }
    Ok(state)
}

/// The metrics with these codes, internal or not.
pub fn of_codes(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<MetricRow>> {
    Ok(on_each!(conn, conn => metrics::table
        .filter(among(metrics::code, codes))
        .select(MetricRow::as_select())
        .load(conn))?)
}

/// Which of these codes name metrics that may be seen.
pub fn seen_among(conn: &mut Conn, sight: Sight, codes: Vec<String>) -> Result<HashSet<String>> {
    if codes.is_empty() {
        return Ok(HashSet::new());
    }
    let seen: Vec<String> = on_each!(conn, conn => metrics::table
        .filter(among(metrics::code, codes))
        .filter(among(metrics::visibility, sight.visibilities().iter().map(|one| one.as_str())))
        .select(metrics::code)
        .load(conn))?;
    Ok(seen.into_iter().collect())
}

/// These metrics without the references to metrics that may not be seen, with the stamps that the reader sees.
pub fn seen(conn: &mut Conn, sight: Sight, mut rows: Vec<MetricRow>) -> Result<Vec<MetricRow>> {
    fn references(row: &mut MetricRow) -> [&mut Option<String>; 4] {
        let Metric { numerator, denominator, weight, replaced_by, .. } = &mut row.members;
        [numerator, denominator, weight, replaced_by]
    }
    let named = rows.iter_mut().flat_map(references).filter_map(|code| code.clone()).collect();
    let seen = seen_among(conn, sight, named)?;
    for reference in rows.iter_mut().flat_map(references) {
        reference.take_if(|code| !seen.contains(code));
    }
    if !sight.sees(Visibility::Internal) {
        let codes = rows.iter().map(|row| row.code.clone()).collect();
        let stamps = stamps::of_rows(conn, RowKind::Metric, codes)?;
        for row in &mut rows {
            (row.seq, row.updated_at) = stamps.get(&row.code).copied().unwrap_or((row.seq, row.updated_at));
        }
    }
    Ok(rows)
}

/// Checks that each code of a parameter names a metric that may be seen.
pub fn check(conn: &mut Conn, sight: Sight, parameter: &str, codes: &[String]) -> Result<()> {
    for code in codes {
        find(conn, sight, code).map_err(|error| error.of_parameter(parameter))?;
    }
    Ok(())
}

/// Checks that each theme of the parameter `theme` is one of a metric that may be seen.
pub fn check_themes(conn: &mut Conn, sight: Sight, themes: &[String]) -> Result<()> {
    for theme in themes {
        let filter = MetricFilter { theme: vec![theme.clone()], ..MetricFilter::default() };
        if count(conn, sight, &filter)? == 0 {
            return Err(Fault::unknown("theme", theme).into());
        }
    }
    Ok(())
}

/// Names by code.
pub fn names(conn: &mut Conn, codes: Vec<String>) -> Result<HashMap<String, String>> {
    let pairs: Vec<(String, String)> = metrics::table
        .filter(metrics::code.eq_any(codes))
        .select((metrics::code, metrics::name))
        .load(conn)?;
    Ok(pairs.into_iter().collect())
}

/// A metric as the ledger knows it.
pub fn edited(code: &str) -> Edited {
    Edited::new(RowKind::Metric, code)
}

/// Adds a metric.
pub fn insert(entry: &mut Entry<'_>, row: &MetricRow) -> Result<()> {
    diesel::insert_into(metrics::table).values(row).execute(entry.conn)?;
    search::index(entry.conn, &document(row))?;
    entry.put(edited(&row.code), None, row)
}

/// Puts a metric in the place of what it was. Nothing happens when nothing has changed.
///
/// Errors: while there are observations, `InUse` when the unit that they are held in or the kind, by which
/// they are keyed, changes, and `Invalid` when what they mean changes for another reason than `definition`.
pub fn update(entry: &mut Entry<'_>, before: &MetricRow, row: &MetricRow) -> Result<()> {
    let unstamped = MetricRow { seq: before.seq, updated_at: before.updated_at, ..row.clone() };
    if unstamped == *before {
        return Ok(());
    }
    let observed = observed(entry.conn, &row.code)?;
    if row.unit != before.unit || row.kind != before.kind {
        Error::unused(Thing::Metric, &row.code, &[(observed, "条观测值", "observations")])?;
    }
    if observed > 0 && entry.origin.reason != Some(RevisionReason::Definition) {
        check_meaning(before, row)?;
    }
    diesel::update(metrics::table.find(&row.code)).set(row).execute(entry.conn)?;
    search::replace(entry.conn, &document(before), &document(row))?;
    note_stamp(entry.conn, before, row)?;
    entry.put(edited(&row.code), Some(before), row)
}

/// Checks that the figures of a metric go on meaning the same.
fn check_meaning(before: &MetricRow, row: &MetricRow) -> Result<()> {
    let written = |row| serde_json::to_value(row).map_err(|error| Error::Corrupt(error.to_string()));
    let changed = meaning_changes(&written(before)?, &written(row)?).join(", ");
    if changed.is_empty() {
        return Ok(());
    }
    let invalid = Invalid::new(
        "definition_changes",
        format!("已有观测值，改动 {changed} 就是改变口径，原因须为 definition"),
        format!("must be definition: there are observations, and {changed} says what they mean"),
    );
    Err(Fault::pointer("/reason", invalid).into())
}

/// Keeps the stamp that the public sees where it sees nothing of a change.
fn note_stamp(conn: &mut Conn, before: &MetricRow, after: &MetricRow) -> Result<()> {
    let stamp = (before.seq, before.updated_at);
    let unstamped = MetricRow { seq: stamp.0, updated_at: stamp.1, ..after.clone() };
    let is_public = [before, after].iter().all(|row| row.visibility == Visibility::Public);
    let public = seen(conn, Sight::PUBLIC, vec![before.clone(), unstamped])?;
    match &public[..] {
        [before, after] if is_public && before == after => {
            stamps::keep(conn, RowKind::Metric, &after.code, stamp)
        }
        _ => stamps::forget(conn, RowKind::Metric, &after.code),
    }
}

/// Deletes a metric.
///
/// Errors: `InUse` when observations, other metrics, plan items or bulletins refer to it.
pub fn delete(entry: &mut Entry<'_>, before: &MetricRow) -> Result<()> {
    let code = before.code.as_str();
    let others: i64 = metrics::table
        .filter(metrics::code.ne(code))
        .filter(
            metrics::numerator
                .eq(code)
                .or(metrics::denominator.eq(code))
                .or(metrics::weight.eq(code))
                .or(metrics::replaced_by.eq(code)),
        )
        .count()
        .get_result(entry.conn)?;
    let items: i64 = plan_items::table.filter(plan_items::metric.eq(code)).count().get_result(entry.conn)?;
    let counted = [
        (observed(entry.conn, code)?, "条观测值", "observations"),
        (others, "个指标", "metrics"),
        (items, "个计划事项", "plan items"),
        (bulletins::of_metric(entry.conn, code)?, "期通报", "bulletins"),
    ];
    Error::unused(Thing::Metric, code, &counted)?;
    diesel::delete(metrics::table.find(code)).execute(entry.conn)?;
    search::forget(entry.conn, HitKind::Metric, code)?;
    stamps::forget(entry.conn, RowKind::Metric, code)?;
    entry.delete(edited(code), before)
}

/// How many observations there are of a metric; retracted ones count, their revisions stay.
fn observed(conn: &mut Conn, code: &str) -> Result<i64> {
    Ok(observations::table.filter(observations::metric.eq(code)).count().get_result(conn)?)
}

fn document(row: &MetricRow) -> search::Document {
    search::Document {
        kind: HitKind::Metric,
        key: row.code.clone(),
        name: row.name.to_string(),
        names: row.folded.clone(),
        body: row.definition.to_string(),
        visibility: row.visibility,
        areas: Vec::new(),
    }
}
