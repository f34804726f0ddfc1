//! The list of a selection: whichever index leads to its page soonest.

use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::newest::is_among_newest;
use super::select::{keep, narrow, narrow_states, select};
use super::selection::{ObservationKey, Selection, SortBy, key};
use super::{ObservationRow, RevisionRow, Stated, joined};
use crate::db::Window;
use crate::db::dialect::{Backend, Conn};
use crate::db::observation_id::ObservationId;
use crate::db::order::{Mark, sorted};
use crate::db::schema::{areas, metrics, observations, revisions};
use crate::db::sight::current;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Level, Role};
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::error::Result;

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
    if selection.sort.by != SortBy::Id && (in_time || passed_over.iter().any(|&count| count > 0)) {
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
    rows.sort_by_cached_key(|row| key(selection.sort.by, row));
    if selection.sort.descending {
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
            query =
                if selection.sort.descending { query.filter(id.lt(mark)) } else { query.filter(id.gt(mark)) };
        }
        query = if selection.sort.descending { query.order(id.desc()) } else { query.order(id.asc()) };
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
pub(super) const IDS: i64 = 15_000;

/// What leads to the rows of a page.
enum Lead {
    /// What the selection filters by.
    Filters,
    /// The order of the list.
    Order,
    /// Their ids: all that it can have are among these.
    Ids(Vec<i64>),
}

/// The rows of a selection in its order, from a place on. A macro, as the selection is.
macro_rules! ordered {
    ($selection:expr, $window:expr, $lead:expr) => {{
        let (selection, window): (&Selection, &Window<ObservationKey>) = ($selection, $window);
        let lead: Lead = $lead;
        let mut query = select!(selection, matches!(lead, Lead::Order));
        if let Lead::Ids(ids) = lead {
            query = query.filter(observations::id.eq_any(ids));
        }
        macro_rules! by {
            ($column:expr, $id:expr, $kind:ident) => {
                sorted!(query, window.after, selection.sort.descending, $kind, $column, $id)
            };
        }
        match selection.sort.by {
            SortBy::Id => {
                use observations::id;
                if let Some((Mark::Int(_), after)) = window.after {
                    query = if selection.sort.descending {
                        query.filter(id.lt(after))
                    } else {
                        query.filter(id.gt(after))
                    };
                }
                if selection.sort.descending { query.order(id.desc()) } else { query.order(id.asc()) }
            }
            SortBy::Metric => by!(observations::metric, observations::id, Word),
            SortBy::Area => by!(observations::area, observations::id, Int),
            SortBy::Value => by!(revisions::value, revisions::observation, Int),
            SortBy::ReleasedAt => by!(revisions::released_at, revisions::observation, Time),
            SortBy::Seq => by!(revisions::seq, revisions::observation, Int),
            SortBy::Period => {
                use observations::{ends_on, id, starts_on};
                if let Some((Mark::Days(first, last), after)) = window.after {
                    query = if selection.sort.descending {
                        let beside = ends_on.lt(last).or(ends_on.eq(last).and(id.lt(after)));
                        query.filter(starts_on.le(first)).filter(starts_on.lt(first).or(beside))
                    } else {
                        let beside = ends_on.gt(last).or(ends_on.eq(last).and(id.gt(after)));
                        query.filter(starts_on.ge(first)).filter(starts_on.gt(first).or(beside))
                    };
                }
                if selection.sort.descending {
                    query.order((starts_on.desc(), ends_on.desc(), id.desc()))
                } else {
                    query.order((starts_on.asc(), ends_on.asc(), id.asc()))
                }
            }
        }
    }};
}

/// A page of the selection.
fn page(
    conn: &mut Conn,
    selection: &Selection,
    window: &Window<ObservationKey>,
    lead: Lead,
) -> Result<Vec<Stated>> {
    let lead = match lead {
        Lead::Filters if selection.sorts_many() && window.limit <= IDS => {
            let ids = ordered!(selection, window, lead).select(observations::id).limit(window.limit);
            Lead::Ids(ids.load(conn)?)
        }
        lead => lead,
    };
    Ok(ordered!(selection, window, lead)
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .limit(window.limit)
        .load(conn)?)
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
