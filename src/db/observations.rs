//! Observations and their revisions: rows and queries. One condition answers every "as of": a
//! revision is the current one from its release until it is superseded. Observations of internal
//! metrics, and what is not yet released, are shown to keys that reach their area.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;
use diesel::sql_types::Timestamp;
use serde::{Deserialize, Serialize};

use super::columns::{decimal, optional_decimal};
use super::dialect::{Backend, Conn, on_each};
use super::observation_id::ObservationId;
use super::schema::{areas, metrics, observations, projects, revision_areas, revision_projects, revisions};
use super::{Window, projects as works};
use crate::domain::access::{Reach, Sight};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Level, RevisionReason, Role, Spread, Visibility};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::quantity::{Comparator, Quantity};
use crate::error::{Error, Result};

/// The natural key of an observation, its id and its last change, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = observations, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ObservationRow {
    #[diesel(skip_insertion)]
    pub id: i64,
    pub metric: String,
    pub area: AreaCode,
    pub period: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub accumulation: Accumulation,
    pub role: Role,
    pub seq: i64,
    pub updated_at: NaiveDateTime,
}

/// The natural key of an observation: what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Code of the metric.
    pub metric: String,
    /// The area.
    pub area: AreaCode,
    /// The span of time.
    pub period: Period,
    /// Over which part of the period it accumulates.
    pub accumulation: Accumulation,
    /// Result, aim, projection or point of comparison.
    pub role: Role,
}

/// One state of an observation, as stored. Values are millionths of the metric's unit; `warnings`
/// is a JSON array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct RevisionRow {
    pub observation: i64,
    pub revision: i64,
    pub retracted: bool,
    pub value: i64,
    pub decimals: i16,
    pub comparator: Option<String>,
    pub lower: Option<i64>,
    pub upper: Option<i64>,
    pub lower_inclusive: bool,
    pub upper_inclusive: bool,
    pub text: Option<String>,
    pub warnings: String,
    pub spread: Option<Spread>,
    pub note: Option<String>,
    pub report: Option<String>,
    pub cite_paragraph: Option<i64>,
    pub cite_start: Option<i64>,
    pub cite_end: Option<i64>,
    pub cite_words: Option<String>,
    pub reason: Option<RevisionReason>,
    pub comment: Option<String>,
    pub author: String,
    pub released_at: NaiveDateTime,
    pub recorded_at: NaiveDateTime,
    pub superseded_at: Option<NaiveDateTime>,
    pub seq: i64,
}

/// The columns of a revision that hold its figure.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = revisions)]
pub(super) struct QuantityColumns {
    pub(super) value: i64,
    pub(super) decimals: i16,
    pub(super) comparator: Option<String>,
    pub(super) lower: Option<i64>,
    pub(super) upper: Option<i64>,
    pub(super) lower_inclusive: bool,
    pub(super) upper_inclusive: bool,
}

impl QuantityColumns {
    /// The figure, in the unit that its metric is held in.
    pub(super) fn quantity(&self) -> Result<Quantity> {
        let broken = |what: &dyn std::fmt::Display| Error::Corrupt(format!("figure: {what}"));
        let comparator = self.comparator.as_deref().map(str::parse).transpose();
        Ok(Quantity {
            value: decimal(self.value)?,
            decimals: u8::try_from(self.decimals).map_err(|error| broken(&error))?,
            comparator: comparator.map_err(|invalid| broken(&invalid))?,
            lower: optional_decimal(self.lower)?,
            upper: optional_decimal(self.upper)?,
            lower_inclusive: self.lower_inclusive,
            upper_inclusive: self.upper_inclusive,
        })
    }
}

impl RevisionRow {
    /// The figure, in the unit that its metric is held in.
    pub fn quantity(&self) -> Result<Quantity> {
        let columns = QuantityColumns {
            value: self.value,
            decimals: self.decimals,
            comparator: self.comparator.clone(),
            lower: self.lower,
            upper: self.upper,
            lower_inclusive: self.lower_inclusive,
            upper_inclusive: self.upper_inclusive,
        };
        columns.quantity()
    }
}

/// An observation in one of its states, with the unit that its metric is held in.
#[derive(Debug, Clone, Queryable)]
pub struct Stated {
    /// What it speaks of.
    pub observation: ObservationRow,
    /// What it says.
    pub revision: RevisionRow,
    /// Code of the unit.
    pub unit: String,
}

/// As of when, and for whose eyes.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// What the reader sees.
    pub sight: Sight,
    /// The time asked for, but never one to come: what is released later is not public yet.
    pub public: NaiveDateTime,
    /// The time asked for, or the end of all time: where the reader sees what is not yet released.
    pub ahead: NaiveDateTime,
}

impl Moment {
    /// The time asked for, if one is, as this reader sees it at `now`.
    pub fn new(sight: Sight, asked: Option<NaiveDateTime>, now: NaiveDateTime) -> Moment {
        let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN);
        Moment { sight, public: asked.map_or(now, |time| time.min(now)), ahead: asked.unwrap_or(last) }
    }
}

/// What observations can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Order of entry.
    #[default]
    Id,
    /// Code of the metric.
    Metric,
    /// Code of the area.
    Area,
    /// First day, then last day.
    Period,
    /// Value, in the unit each metric is held in.
    Value,
    /// Time of release.
    ReleasedAt,
    /// Entry of the state.
    Seq,
}

/// Which observations a list shows, as of when and in which order.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the query parameters of the same names describe them")]
pub struct Selection {
    pub metric: Vec<String>,
    pub theme: Vec<String>,
    pub area: Vec<AreaCode>,
    pub within: Option<AreaCode>,
    pub level: Vec<Level>,
    pub period: Vec<Period>,
    pub from: Option<Period>,
    pub to: Option<Period>,
    pub accumulation: Vec<Accumulation>,
    pub role: Vec<Role>,
    pub report: Vec<String>,
    /// Comparators, `None` standing for exact figures.
    pub comparator: Vec<Option<String>>,
    pub value_ge: Option<Decimal>,
    pub value_le: Option<Decimal>,
    pub certain: bool,
    pub moment: Moment,
    pub sort: SortBy,
    pub descending: bool,
}

impl Selection {
    /// Everything that can be seen at a moment, in order of entry.
    pub fn all(moment: Moment) -> Selection {
        Selection {
            metric: Vec::new(),
            theme: Vec::new(),
            area: Vec::new(),
            within: None,
            level: Vec::new(),
            period: Vec::new(),
            from: None,
            to: None,
            accumulation: Vec::new(),
            role: Vec::new(),
            report: Vec::new(),
            comparator: Vec::new(),
            value_ge: None,
            value_le: None,
            certain: false,
            moment,
            sort: SortBy::Id,
            descending: false,
        }
    }

    /// Whether a subtree is listed in order of id, and no other index leads to less.
    fn is_by_area_and_id(&self) -> bool {
        let narrow = [self.metric.len(), self.area.len(), self.period.len(), self.report.len()];
        let aims = !self.role.is_empty() && !self.role.contains(&Role::Actual);
        self.sort == SortBy::Id && !aims && narrow.iter().all(|&count| count == 0)
    }

    /// Whether a subtree is listed in an order that no index of areas has, and nothing else narrows it.
    fn is_sorted_subtree(&self) -> bool {
        let narrow =
            [self.metric.len(), self.theme.len(), self.area.len(), self.level.len(), self.period.len()];
        let beside = [self.accumulation.len(), self.role.len(), self.report.len(), self.comparator.len()];
        let timeless = [self.from, self.to].iter().all(Option::is_none);
        let valued = [self.value_ge, self.value_le].iter().any(Option::is_some);
        let none = narrow.iter().chain(&beside).all(|&count| count == 0);
        let by_other = !matches!(self.sort, SortBy::Id | SortBy::Area);
        by_other && none && timeless && !valued
    }

    /// Whether an index leads to so little that all of it can be looked at.
    fn is_narrow(&self) -> bool {
        let county_or_less = self.within.is_some_and(|area| {
            let (first, last) = area.subtree().into_inner();
            last - first < 1_000_000
        });
        !self.area.is_empty() || !self.report.is_empty() || county_or_less
    }

    /// Whether a page may take long to find: many figures may have to be read for it.
    pub fn is_long(&self) -> bool {
        let passed_over = [self.level.len(), self.accumulation.len(), self.role.len(), self.comparator.len()]
            .iter()
            .any(|&count| count > 0)
            || [self.from, self.to].iter().any(Option::is_some)
            || [self.value_ge, self.value_le].iter().any(Option::is_some);
        let by_index = !self.metric.is_empty() || !self.theme.is_empty() || !self.period.is_empty();
        let sorted = self.sort != SortBy::Id && by_index;
        !self.is_narrow() && (passed_over || sorted || self.within.is_some())
    }
}

/// What a row is sorted by, kept in a cursor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the kinds of sort keys name themselves")]
pub enum Mark {
    Int(i64),
    Word(String),
    Days(NaiveDate, NaiveDate),
    Time(NaiveDateTime),
}

impl SortBy {
    /// Whether rows are sorted by marks of this kind.
    pub fn takes(self, mark: &Mark) -> bool {
        match self {
            SortBy::Id | SortBy::Area | SortBy::Value | SortBy::Seq => matches!(mark, Mark::Int(_)),
            SortBy::Metric => matches!(mark, Mark::Word(_)),
            SortBy::Period => matches!(mark, Mark::Days(..)),
            SortBy::ReleasedAt => matches!(mark, Mark::Time(_)),
        }
    }
}

/// Place of an observation in a list: what it is sorted by, then its id.
pub type ObservationKey = (Mark, i64);

/// Observations with their states and their metrics, joined by the id as it is written.
#[auto_type(no_type_alias)]
pub(super) fn joined(id: ObservationId) -> _ {
    observations::table
        .inner_join(revisions::table.on(revisions::observation.eq(id)))
        .inner_join(metrics::table.on(metrics::code.eq(observations::metric)))
}

/// The observations that may be seen, as far as their metric decides.
#[auto_type]
fn visible(reach: Reach) -> _ {
    let public: Visibility = Visibility::Public;
    let inside: within = within(reach);
    metrics::visibility.eq(public).or(inside)
}

#[auto_type]
fn within(reach: Reach) -> _ {
    let first: i64 = reach.span().0;
    let last: i64 = reach.span().1;
    observations::area.between(first, last)
}

#[auto_type(no_type_alias)]
fn released(moment: Moment) -> _ {
    let ahead: NaiveDateTime = moment.ahead;
    let public: NaiveDateTime = moment.public;
    let inside: within = within(moment.sight.unreleased);
    revisions::released_at.le(public).or(inside.and(revisions::released_at.le(ahead)))
}

/// The time as of which a reader sees an area.
#[auto_type]
fn seen_at(moment: Moment) -> _ {
    let inside: within = within(moment.sight.unreleased);
    let ahead: NaiveDateTime = moment.ahead;
    let public: NaiveDateTime = moment.public;
    let ahead = ahead.into_sql::<Timestamp>();
    let public = public.into_sql::<Timestamp>();
    diesel::dsl::case_when(inside, ahead).otherwise(public)
}

/// The condition of every "as of": what could be known at that time. The time is one expression, and not a
/// choice of conditions: those would tempt a planner to begin with all that was ever released before now.
#[auto_type(no_type_alias)]
pub fn current(moment: Moment) -> _ {
    let seen: visible = visible(moment.sight.internal);
    let released: seen_at = seen_at(moment);
    let superseded: seen_at = seen_at(moment);
    revisions::retracted
        .eq(false)
        .and(seen)
        .and(revisions::released_at.le(released))
        .and(revisions::superseded_at.is_null().or(revisions::superseded_at.gt(superseded.nullable())))
}

/// Keeps the rows with one of these values, all rows when there is none. Of one value an index has the order
/// of the list too.
macro_rules! keep {
    ($query:ident, $column:expr, $values:expr) => {
        match &$values[..] {
            [] => $query,
            [one] => $query.filter($column.eq(one.clone())),
            some => $query.filter($column.eq_any(some.to_vec())),
        }
    };
}

/// Narrows a query of observations by what a selection says of them, and not of their states or metrics; where the
/// order of a list is to lead, an area does not.
macro_rules! narrow {
    ($query:expr, $selection:ident, $in_order:expr) => {{
        let mut query = $query;
        query = keep!(query, observations::metric, $selection.metric);
        query = keep!(query, observations::area, $selection.area);
        if let Some(within) = $selection.within {
            let (first, last) = within.subtree().into_inner();
            query = if $in_order {
                // Any part of the list has some: its own order leads.
                query.filter((observations::area + 0).between(first, last))
            } else {
                query.filter(observations::area.between(first, last))
            };
        }
        if !$selection.level.is_empty() {
            let level = areas::level.eq_any($selection.level.clone());
            // Few areas are looked up; of many, any part of the list has some.
            query = if $selection.level.iter().all(|&level| level < Level::County) {
                let few = areas::table.filter(level).select(areas::code);
                query.filter(observations::area.eq_any(few))
            } else {
                query.filter(exists(areas::table.filter(areas::code.eq(observations::area)).filter(level)))
            };
        }
        // A period is its days and nothing else, and the days are indexed.
        if let [period] = $selection.period[..] {
            query = query
                .filter(observations::starts_on.eq(period.first_day()))
                .filter(observations::ends_on.eq(period.last_day()));
        } else if !$selection.period.is_empty() {
            let first_days: Vec<NaiveDate> = $selection.period.iter().map(Period::first_day).collect();
            let periods: Vec<String> = $selection.period.iter().map(ToString::to_string).collect();
            query = query
                .filter(observations::starts_on.eq_any(first_days))
                .filter(observations::period.eq_any(periods));
        }
        if let Some(from) = $selection.from {
            query = query.filter(observations::starts_on.ge(from.first_day()));
        }
        if let Some(to) = $selection.to {
            query = query.filter(observations::ends_on.le(to.last_day()));
        }
        query = keep!(query, observations::accumulation, $selection.accumulation);
        // Aims are few and indexed; of results, any part of the list has some.
        if $selection.role.contains(&Role::Actual) {
            for &other in Role::ALL.iter().filter(|role| !$selection.role.contains(role)) {
                query = query.filter(observations::role.ne(other));
            }
        } else {
            query = keep!(query, observations::role, $selection.role);
        }
        query
    }};
}

/// The rows of a selection, for a list, a count and the units alike. A macro, because the type of
/// this query is longer than the query.
macro_rules! select {
    ($selection:expr) => {
        select!($selection, false)
    };
    ($selection:expr, $in_order:expr) => {{
        let selection: &Selection = $selection;
        // States lead by their order or their report.
        let by_state = matches!(selection.sort, SortBy::Value | SortBy::ReleasedAt | SortBy::Seq)
            || !selection.report.is_empty();
        let id = if by_state { ObservationId::Plain } else { ObservationId::First };
        let query = joined(id).filter(current(selection.moment)).into_boxed::<Backend>();
        let mut query = narrow!(query, selection, $in_order);
        query = keep!(query, metrics::theme, selection.theme);
        query = keep!(query, revisions::report, selection.report);
        if !selection.comparator.is_empty() {
            // As with results: each is found by passing over the others.
            for other in Comparator::ALL.iter().map(|one| Some(one.to_string())) {
                if !selection.comparator.contains(&other) {
                    let passed_over = revisions::comparator.ne(other);
                    query = query.filter(passed_over.or(revisions::comparator.is_null()));
                }
            }
            if !selection.comparator.contains(&None) {
                query = query.filter(revisions::comparator.is_not_null());
            }
        }
        // How many figures are that large nobody knows: the index on values is for their order alone.
        let value = revisions::value + 0;
        if let Some(least) = selection.value_ge {
            query = match selection.certain {
                true => query.filter(revisions::lower.ge(least.millionths())),
                false => query.filter(value.ge(least.millionths())),
            };
        }
        if let Some(most) = selection.value_le {
            query = match selection.certain {
                true => query.filter(revisions::upper.le(most.millionths())),
                false => query.filter(value.le(most.millionths())),
            };
        }
        query
    }};
}

/// Observations in the order that the selection asks for.
pub fn list(conn: &mut Conn, selection: &Selection, window: &Window<ObservationKey>) -> Result<Vec<Stated>> {
    if selection.metric.len() > 1 || !selection.theme.is_empty() {
        return merged(conn, selection, window);
    }
    if let Some(few) = few(conn, selection)? {
        return page(conn, selection, window, Lead::Ids(few));
    }
    match selection.within {
        Some(within) if selection.is_by_area_and_id() => in_subtree(conn, selection, within, window),
        Some(within) if selection.is_sorted_subtree() && is_wide(conn, within)? => {
            page(conn, selection, window, Lead::Order)
        }
        _ => page(conn, selection, window, Lead::Filters),
    }
}

/// The observations that a selection can have, where they are few and nothing else leads to them: by their values or
/// comparators, or by what passes over others in an order that they are not stored in. Of what is not few any part of
/// the list has some.
fn few(conn: &mut Conn, selection: &Selection) -> Result<Option<Vec<i64>>> {
    use revisions::{comparator, observation, value};
    if selection.is_narrow() || !selection.metric.is_empty() || !selection.period.is_empty() {
        return Ok(None);
    }
    let few = |ids: &Vec<i64>| (ids.len() as i64) < IDS;
    if selection.value_ge.is_some() || selection.value_le.is_some() {
        let mut query = revisions::table.select(observation).into_boxed::<Backend>();
        // Bounds lie about the value, so that this holds of what is certain too.
        if let Some(least) = selection.value_ge {
            query = query.filter(value.ge(least.millionths()));
        }
        if let Some(most) = selection.value_le {
            query = query.filter(value.le(most.millionths()));
        }
        let ids: Vec<i64> = query.limit(IDS).load(conn)?;
        if few(&ids) {
            return Ok(Some(ids));
        }
    }
    let compared: Vec<String> = selection.comparator.iter().flatten().cloned().collect();
    if !compared.is_empty() && compared.len() == selection.comparator.len() {
        let query = revisions::table.filter(comparator.eq_any(compared)).select(observation);
        let ids: Vec<i64> = query.limit(IDS).load(conn)?;
        if few(&ids) {
            return Ok(Some(ids));
        }
    }
    let passed_over = [selection.level.len(), selection.accumulation.len(), selection.role.len()];
    let in_time = selection.from.is_some() || selection.to.is_some();
    if selection.sort != SortBy::Id && (in_time || passed_over.iter().any(|&count| count > 0)) {
        let query = narrow!(observations::table.into_boxed::<Backend>(), selection, false);
        let ids: Vec<i64> = query.select(observations::id).limit(IDS).load(conn)?;
        return Ok(Some(ids).filter(few));
    }
    Ok(None)
}

/// So many observations of an area and of all below are not sorted, but looked for in the order of all.
const WIDE: i64 = 50_000;

fn is_wide(conn: &mut Conn, within: AreaCode) -> Result<bool> {
    let (first, last) = within.subtree().into_inner();
    let within = observations::table.filter(observations::area.between(first, last));
    let last: Option<i64> = within
        .select(observations::id)
        .order(observations::area)
        .offset(WIDE)
        .limit(1)
        .get_result(conn)
        .optional()?;
    Ok(last.is_some())
}

/// The list of several metrics, merged of the lists of each: each is read in its own order and no further than
/// the page.
fn merged(conn: &mut Conn, selection: &Selection, window: &Window<ObservationKey>) -> Result<Vec<Stated>> {
    let mut rows = Vec::new();
    for (_, metric) in metrics_of(conn, selection)? {
        let of_one = Selection { metric: vec![metric], theme: Vec::new(), ..selection.clone() };
        rows.extend(list(conn, &of_one, window)?);
    }
    rows.sort_by_cached_key(|row| key(selection.sort, row));
    if selection.descending {
        rows.reverse();
    }
    rows.truncate(usize::try_from(window.limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// The list of a subtree in order of id. The ids come from an index, which has them in order for each area but
/// not for all; rows and states are read of those alone that can be on the page.
fn in_subtree(
    conn: &mut Conn,
    selection: &Selection,
    within: AreaCode,
    window: &Window<ObservationKey>,
) -> Result<Vec<Stated>> {
    use observations::{area, id};
    let (first, last) = within.subtree().into_inner();
    let mut window = window.clone();
    let (mut rows, mut taken) = (Vec::new(), window.limit.saturating_mul(2).min(IDS));
    loop {
        let mut query = observations::table.filter(area.between(first, last)).select(id).into_boxed();
        if let Some((Mark::Int(mark), _)) = window.after {
            query = if selection.descending { query.filter(id.lt(mark)) } else { query.filter(id.gt(mark)) };
        }
        query = if selection.descending { query.order(id.desc()) } else { query.order(id.asc()) };
        let ids: Vec<i64> = query.limit(taken).load(conn)?;
        let (more, next) = (ids.len() as i64 == taken, ids.last().copied());
        let found = page(conn, selection, &window, Lead::Ids(ids))?;
        window.limit -= found.len() as i64;
        rows.extend(found);
        match next.filter(|_| more && window.limit > 0) {
            Some(next) => window.after = Some((Mark::Int(next), next)),
            None => return Ok(rows),
        }
        taken = (2 * taken).min(IDS);
    }
}

/// The most ids of one query: both databases take twice as many parameters.
const IDS: i64 = 15_000;

/// What leads to the rows of a page.
enum Lead {
    /// What the selection filters by.
    Filters,
    /// The order of the list.
    Order,
    /// Their ids: all that it can have are among these.
    Ids(Vec<i64>),
}

/// A page of the selection.
fn page(
    conn: &mut Conn,
    selection: &Selection,
    window: &Window<ObservationKey>,
    lead: Lead,
) -> Result<Vec<Stated>> {
    let mut query = select!(selection, matches!(lead, Lead::Order));
    if let Lead::Ids(ids) = lead {
        query = query.filter(observations::id.eq_any(ids));
    }
    // A mark of another kind has been refused with its cursor. The first condition leads an index to the place
    // where the page begins.
    macro_rules! sorted {
        ($column:expr, $id:expr, $kind:ident) => {{
            if let Some((Mark::$kind(mark), id)) = window.after.clone() {
                query = if selection.descending {
                    query.filter($column.le(mark.clone())).filter($column.lt(mark).or($id.lt(id)))
                } else {
                    query.filter($column.ge(mark.clone())).filter($column.gt(mark).or($id.gt(id)))
                };
            }
            if selection.descending {
                query.order(($column.desc(), $id.desc()))
            } else {
                query.order(($column.asc(), $id.asc()))
            }
        }};
    }
    let query = match selection.sort {
        SortBy::Id => {
            use observations::id;
            if let Some((Mark::Int(_), after)) = window.after {
                query = if selection.descending {
                    query.filter(id.lt(after))
                } else {
                    query.filter(id.gt(after))
                };
            }
            if selection.descending { query.order(id.desc()) } else { query.order(id.asc()) }
        }
        SortBy::Metric => sorted!(observations::metric, observations::id, Word),
        SortBy::Area => sorted!(observations::area, observations::id, Int),
        SortBy::Value => sorted!(revisions::value, revisions::observation, Int),
        SortBy::ReleasedAt => sorted!(revisions::released_at, revisions::observation, Time),
        SortBy::Seq => sorted!(revisions::seq, revisions::observation, Int),
        SortBy::Period => {
            use observations::{ends_on, id, starts_on};
            if let Some((Mark::Days(first, last), after)) = window.after {
                query = if selection.descending {
                    let beside = ends_on.lt(last).or(ends_on.eq(last).and(id.lt(after)));
                    query.filter(starts_on.le(first)).filter(starts_on.lt(first).or(beside))
                } else {
                    let beside = ends_on.gt(last).or(ends_on.eq(last).and(id.gt(after)));
                    query.filter(starts_on.ge(first)).filter(starts_on.gt(first).or(beside))
                };
            }
            if selection.descending {
                query.order((starts_on.desc(), ends_on.desc(), id.desc()))
            } else {
                query.order((starts_on.asc(), ends_on.asc(), id.asc()))
            }
        }
    };
    Ok(query
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .limit(window.limit)
        .load(conn)?)
}

/// Where a row stands in the order of a selection.
pub fn key(sort: SortBy, stated: &Stated) -> ObservationKey {
    let Stated { observation, revision, .. } = stated;
    let mark = match sort {
        SortBy::Id => Mark::Int(observation.id),
        SortBy::Metric => Mark::Word(observation.metric.clone()),
        SortBy::Area => Mark::Int(observation.area.as_i64()),
        SortBy::Period => Mark::Days(observation.starts_on, observation.ends_on),
        SortBy::Value => Mark::Int(revision.value),
        SortBy::ReleasedAt => Mark::Time(revision.released_at),
        SortBy::Seq => Mark::Int(revision.seq),
    };
    (mark, observation.id)
}

/// How many observations the selection has.
pub fn count(conn: &mut Conn, selection: &Selection) -> Result<i64> {
    let by_state = [selection.value_ge, selection.value_le].iter().any(Option::is_some)
        || !selection.comparator.is_empty()
        || !selection.report.is_empty();
    // Who sees the internal metrics of some areas sees others of each metric.
    let in_part = matches!(selection.moment.sight.internal, Reach::Within(_));
    match if by_state || in_part || selection.is_narrow() { None } else { doubtful(conn, selection.moment)? }
    {
        Some(doubtful) => count_by_index(conn, selection, doubtful),
        None => Ok(select!(selection).count().get_result(conn)?),
    }
}

/// The observations that may have no state to be seen, where they are few: those that were ever retracted, and those
/// with a state that is released later. All others have one.
fn doubtful(conn: &mut Conn, moment: Moment) -> Result<Option<Vec<i64>>> {
    use revisions::{observation, released_at, retracted};
    let most = IDS / 2;
    let later = revisions::table.filter(released_at.gt(moment.public)).select(observation);
    let mut ids: Vec<i64> = later.limit(most).load(conn)?;
    // Written so that the index of these has them.
    let ever: Vec<i64> = revisions::table.filter(retracted).select(observation).limit(most).load(conn)?;
    if [ids.len(), ever.len()].iter().any(|&count| count as i64 == most) {
        return Ok(None);
    }
    ids.extend(ever);
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(ids))
}

/// Counts by the indexes of observations, and looks at the states of the doubtful ones alone.
fn count_by_index(conn: &mut Conn, selection: &Selection, doubtful: Vec<i64>) -> Result<i64> {
    let mut metrics = metrics::table.select(metrics::code).into_boxed::<Backend>();
    if selection.moment.sight.internal == Reach::Nowhere {
        metrics = metrics.filter(metrics::visibility.eq(Visibility::Public));
    }
    if !selection.theme.is_empty() {
        metrics = metrics.filter(metrics::theme.eq_any(selection.theme.clone()));
    }
    let metrics: Vec<String> = metrics.load(conn)?;
    let base = || {
        let of_metrics = observations::table.filter(observations::metric.eq_any(metrics.clone()));
        narrow!(of_metrics.into_boxed::<Backend>(), selection, false)
    };
    let all: i64 = base().count().get_result(conn)?;
    let among: i64 = base().filter(observations::id.eq_any(doubtful.clone())).count().get_result(conn)?;
    let seen = select!(selection).filter(observations::id.eq_any(doubtful));
    Ok(all - among + seen.count().get_result::<i64>(conn)?)
}

/// Codes of the units that the observations of the selection are held in. Each unit is looked for on its own:
/// one observation of it is enough.
pub fn units(conn: &mut Conn, selection: &Selection) -> Result<Vec<String>> {
    let mut held = Vec::new();
    for (unit, metric) in metrics_of(conn, selection)? {
        if held.last() != Some(&unit) {
            let one = select!(selection).filter(observations::metric.eq(metric)).select(observations::id);
            if one.first::<i64>(conn).optional()?.is_some() {
                held.push(unit);
            }
        }
    }
    Ok(held)
}

/// The metrics that the selection can have observations of, as (unit, code), in this order.
fn metrics_of(conn: &mut Conn, selection: &Selection) -> Result<Vec<(String, String)>> {
    let mut query = metrics::table.select((metrics::unit, metrics::code)).into_boxed();
    if !selection.metric.is_empty() {
        query = query.filter(metrics::code.eq_any(selection.metric.clone()));
    }
    if !selection.theme.is_empty() {
        query = query.filter(metrics::theme.eq_any(selection.theme.clone()));
    }
    Ok(query.order((metrics::unit, metrics::code)).load(conn)?)
}

/// The observation with this id as it stood at a time.
///
/// Errors: `NotFound` when there is none, it was not yet released, it is retracted, or it may not be
/// seen.
pub fn find(conn: &mut Conn, id: i64, moment: Moment) -> Result<Stated> {
    joined(ObservationId::Plain)
        .filter(current(moment))
        .filter(observations::id.eq(id))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .first(conn)
        .optional()?
        .ok_or_else(|| missing(id))
}

/// The observations with these ids as they stood at a time, in the same order. No id stands there twice.
///
/// Errors: as those of [`find`].
pub fn find_all(conn: &mut Conn, ids: &[i64], moment: Moment) -> Result<Vec<Stated>> {
    let rows: Vec<Stated> = joined(ObservationId::Plain)
        .filter(current(moment))
        .filter(observations::id.eq_any(ids.to_vec()))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .load(conn)?;
    let mut found: HashMap<i64, Stated> = rows.into_iter().map(|row| (row.observation.id, row)).collect();
    ids.iter().map(|&id| found.remove(&id).ok_or_else(|| missing(id))).collect()
}

fn missing(id: i64) -> Error {
    Error::NotFound { what: "observation", key: id.to_string() }
}

/// Checks that an observation may be seen in any of its states.
pub fn check(conn: &mut Conn, id: i64, moment: Moment) -> Result<()> {
    joined(ObservationId::Plain)
        .filter(observations::id.eq(id))
        .filter(visible(moment.sight.internal))
        .filter(released(moment))
        .select(observations::id)
        .first::<i64>(conn)
        .optional()?
        .map(drop)
        .ok_or_else(|| missing(id))
}

/// What a metric stated at a time for these areas, those directly below them, and these periods, as far
/// as it may be seen.
pub fn figures(
    conn: &mut Conn,
    metric: &str,
    groups: &[AreaCode],
    periods: &[Period],
    moment: Moment,
) -> Result<Vec<(Key, RevisionRow)>> {
    let periods: Vec<String> = periods.iter().map(ToString::to_string).collect();
    let rows: Vec<(ObservationRow, RevisionRow)> = joined(ObservationId::Plain)
        .inner_join(areas::table.on(areas::code.eq(observations::area)))
        .filter(current(moment))
        .filter(observations::metric.eq(metric))
        .filter(areas::code.eq_any(groups.to_vec()).or(areas::parent.eq_any(groups.to_vec())))
        .filter(observations::period.eq_any(periods))
        .select((ObservationRow::as_select(), RevisionRow::as_select()))
        .load(conn)?;
    let keyed = |(row, state): (ObservationRow, RevisionRow)| {
        let ObservationRow { metric, area, period, accumulation, role, .. } = row;
        let period = period.parse().map_err(|_| Error::Corrupt(format!("period {period}")))?;
        Ok((Key { metric, area, period, accumulation, role }, state))
    };
    rows.into_iter().map(keyed).collect()
}

/// Which of these ids are of observations that may be seen in any of their states, retracted ones too.
pub fn known_among(conn: &mut Conn, moment: Moment, ids: Vec<i64>) -> Result<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let known: Vec<i64> = joined(ObservationId::Plain)
        .filter(observations::id.eq_any(ids))
        .filter(visible(moment.sight.internal))
        .filter(released(moment))
        .select(observations::id)
        .distinct()
        .load(conn)?;
    Ok(known.into_iter().collect())
}

/// Which of these ids are of observations as they stand at a time.
pub fn current_among(conn: &mut Conn, moment: Moment, ids: Vec<i64>) -> Result<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found = joined(ObservationId::Plain).filter(current(moment)).filter(observations::id.eq_any(ids));
    Ok(found.select(observations::id).load(conn)?.into_iter().collect())
}

/// Every state of an observation that may be seen, in the order of entry, retractions too.
pub fn history(conn: &mut Conn, id: i64, moment: Moment, window: &Window<i64>) -> Result<Vec<Stated>> {
    Ok(joined(ObservationId::Plain)
        .filter(observations::id.eq(id))
        .filter(visible(moment.sight.internal))
        .filter(released(moment))
        .filter(revisions::revision.gt(window.after.unwrap_or(0)))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .order(revisions::revision)
        .limit(window.limit)
        .load(conn)?)
}

/// How many states of an observation may be seen.
pub fn count_history(conn: &mut Conn, id: i64, moment: Moment) -> Result<i64> {
    Ok(joined(ObservationId::Plain)
        .filter(observations::id.eq(id))
        .filter(visible(moment.sight.internal))
        .filter(released(moment))
        .count()
        .get_result(conn)?)
}

/// The areas that these states speak of jointly, as (observation, revision, area).
pub fn covers(conn: &mut Conn, observations: &[i64]) -> Result<Vec<(i64, i64, AreaCode)>> {
    Ok(revision_areas::table
        .filter(revision_areas::observation.eq_any(observations.to_vec()))
        .order((revision_areas::observation, revision_areas::revision, revision_areas::area))
        .load(conn)?)
}

/// The projects that these states speak of jointly, as (observation, revision, project).
pub fn joint_projects(
    conn: &mut Conn,
    sight: Sight,
    observations: &[i64],
) -> Result<Vec<(i64, i64, String)>> {
    Ok(revision_projects::table
        .inner_join(projects::table.on(projects::code.eq(revision_projects::project)))
        .filter(revision_projects::observation.eq_any(observations.to_vec()))
        .filter(works::visible(sight.internal))
        .order((revision_projects::observation, revision_projects::revision, revision_projects::project))
        .select((revision_projects::observation, revision_projects::revision, revision_projects::project))
        .load(conn)?)
}

/// The next time after `now` at which a figure is released, and answers change without a write.
pub fn next_release(conn: &mut Conn, now: NaiveDateTime) -> Result<Option<NaiveDateTime>> {
    Ok(on_each!(conn, conn => revisions::table
        .filter(revisions::released_at.gt(now))
        .select(diesel::dsl::min(revisions::released_at))
        .get_result(conn))?)
}
