//! Submissions: rows and queries. They are shown to keys that reach their area, and to the key that made
//! them.

use std::collections::HashMap;

use diesel::dsl::auto_type;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::IntoParams;

use super::Window;
use super::among::among;
use super::dialect::{Backend, Conn, insert_many, on_each};
use super::ledger::{Edited, Entry};
use super::schema::{submission_events, submission_items, submissions};
use crate::domain::access::Caller;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::RevisionReason;
use crate::domain::row_kind::RowKind;
use crate::domain::submission::SubmissionState;
use crate::error::{Error, Result, Thing};

/// A submission as stored. `checks` is a JSON array: what the checks found when they last ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = submissions, treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct SubmissionRow {
    #[diesel(skip_insertion)]
    pub id: i64,
    pub area: AreaCode,
    pub title: String,
    pub state: SubmissionState,
    pub author: String,
    pub seq: i64,
    pub updated_at: chrono::NaiveDateTime,
    pub author_key: String,
    pub reason: Option<RevisionReason>,
    pub checks: String,
}

/// One proposed observation as stored: a draft in JSON. Rows keep their numbers when others are dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = submission_items, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ItemRow {
    pub submission: i64,
    pub row_number: i64,
    pub observation: String,
}

/// One thing that happened to a submission, as stored: the state that it came to, by whom and with which
/// words. `row_comments` is a JSON array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = submission_events, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct EventRow {
    pub submission: i64,
    pub ordinal: i64,
    pub state: SubmissionState,
    pub author: String,
    pub comment: Option<String>,
    pub at: chrono::NaiveDateTime,
    pub seq: i64,
    pub author_key: String,
    pub row_comments: String,
}

/// Which submissions a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SubmissionFilter {
    /// States, repeated or comma-separated.
    #[param(example = json!(["draft", "submitted"]))]
    pub state: Vec<SubmissionState>,
    /// Submissions of exactly these areas, repeated or comma-separated codes of 2, 4, 6, 9 or 12 digits.
    #[param(example = json!(["430681107"]))]
    pub area: Vec<AreaCode>,
    /// Submissions of this area and all below it. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Submissions made by keys of these names; repeated for several.
    #[param(example = json!(["admin"]))]
    pub author: Vec<String>,
}

#[auto_type(no_type_alias)]
fn visible<'a>(caller: &'a Caller) -> _ {
    let key: &'a str = caller.id.as_str();
    let first: i64 = caller.reach().span().0;
    let last: i64 = caller.reach().span().1;
    submissions::area.between(first, last).or(submissions::author_key.eq(key))
}

fn select<'a>(caller: &'a Caller, filter: &SubmissionFilter) -> submissions::BoxedQuery<'a, Backend> {
    let mut query = submissions::table.filter(visible(caller)).into_boxed();
    if !filter.state.is_empty() {
        query = query.filter(submissions::state.eq_any(filter.state.clone()));
    }
    if !filter.area.is_empty() {
        query = query.filter(submissions::area.eq_any(filter.area.clone()));
    }
    if let Some(within) = filter.within {
        let (first, last) = within.subtree().into_inner();
        query = query.filter(submissions::area.between(first, last));
    }
    if !filter.author.is_empty() {
        query = query.filter(submissions::author.eq_any(filter.author.clone()));
    }
    query
}

/// Submissions that the caller may see, in the order of their making.
pub fn list(
    conn: &mut Conn,
    caller: &Caller,
    filter: &SubmissionFilter,
    window: &Window<i64>,
) -> Result<Vec<SubmissionRow>> {
    Ok(select(caller, filter)
        .filter(submissions::id.gt(window.after.unwrap_or(0)))
        .select(SubmissionRow::as_select())
        .order(submissions::id)
        .limit(window.limit)
        .load(conn)?)
}

/// How many submissions the filter selects of those that the caller may see.
pub fn count(conn: &mut Conn, caller: &Caller, filter: &SubmissionFilter) -> Result<i64> {
    Ok(select(caller, filter).count().get_result(conn)?)
}

/// The submission with this id.
///
/// Errors: `NotFound` when there is none, or none that the caller may see.
pub fn find(conn: &mut Conn, caller: &Caller, id: i64) -> Result<SubmissionRow> {
    submissions::table
        .filter(visible(caller))
        .filter(submissions::id.eq(id))
        .select(SubmissionRow::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound { what: Thing::Submission, key: id.to_string() })
}

/// The rows of these submissions, in order.
pub fn items(conn: &mut Conn, ids: &[i64]) -> Result<Vec<ItemRow>> {
    Ok(on_each!(conn, conn => submission_items::table
        .filter(among(submission_items::submission, ids.iter().copied()))
        .select(ItemRow::as_select())
        .order((submission_items::submission, submission_items::row_number))
        .load(conn))?)
}

/// What happened to these submissions, in order.
pub fn events(conn: &mut Conn, ids: &[i64]) -> Result<Vec<EventRow>> {
    Ok(on_each!(conn, conn => submission_events::table
        .filter(among(submission_events::submission, ids.iter().copied()))
        .select(EventRow::as_select())
        .order((submission_events::submission, submission_events::ordinal))
        .load(conn))?)
}

fn edited(row: &SubmissionRow) -> Edited {
    Edited::new(RowKind::Submission, row.id).within(&[row.area])
}

/// Adds a submission without rows and gives its id.
pub fn insert(entry: &mut Entry<'_>, row: &SubmissionRow) -> Result<i64> {
    let id: i64 = diesel::insert_into(submissions::table)
        .values(row)
        .returning(submissions::id)
        .get_result(entry.conn)?;
    let row = SubmissionRow { id, ..row.clone() };
    entry.put(edited(&row), None, &row)?;
    Ok(id)
}

/// Changes a submission.
pub fn update(entry: &mut Entry<'_>, before: &SubmissionRow, row: &SubmissionRow) -> Result<()> {
    diesel::update(submissions::table.find(row.id)).set(row).execute(entry.conn)?;
    entry.put(edited(row), Some(before), row)
}

/// Puts rows into a submission, each in the place of the one of its number if that is among those `before`; null drops
/// that. No number stands there twice.
pub fn put_items(
    entry: &mut Entry<'_>,
    of: &SubmissionRow,
    before: &[ItemRow],
    changes: Vec<(i64, Option<String>)>,
) -> Result<()> {
    let before: HashMap<i64, &ItemRow> = before.iter().map(|item| (item.row_number, item)).collect();
    let replaced: Vec<i64> =
        changes.iter().map(|(number, _)| *number).filter(|number| before.contains_key(number)).collect();
    if !replaced.is_empty() {
        on_each!(&mut *entry.conn, conn => diesel::delete(submission_items::table
            .filter(submission_items::submission.eq(of.id))
            .filter(among(submission_items::row_number, replaced)))
        .execute(conn))?;
    }
    let after = |(row_number, observation): (i64, Option<String>)| {
        (row_number, observation.map(|observation| ItemRow { submission: of.id, row_number, observation }))
    };
    let changes: Vec<(i64, Option<ItemRow>)> = changes.into_iter().map(after).collect();
    let added: Vec<ItemRow> = changes.iter().filter_map(|(_, after)| after.clone()).collect();
    insert_many!(entry.conn, submission_items::table, added)?;
    for (number, after) in &changes {
        let edited = Edited::new(RowKind::SubmissionItem, format!("{}/{number}", of.id)).within(&[of.area]);
        match (before.get(number), after) {
            (before, Some(after)) => entry.put(edited, before.copied(), after)?,
            (Some(before), None) => entry.delete(edited, *before)?,
            (None, None) => {}
        }
    }
    Ok(())
}

/// Adds what happened to a submission.
pub fn insert_event(entry: &mut Entry<'_>, of: &SubmissionRow, event: &EventRow) -> Result<()> {
    diesel::insert_into(submission_events::table).values(event).execute(entry.conn)?;
    let key = format!("{}/{}", event.submission, event.ordinal);
    entry.put(Edited::new(RowKind::SubmissionEvent, key).within(&[of.area]), None, event)
}
