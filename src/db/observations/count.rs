//! How many observations a selection has, by whichever indexes tell it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::joined;
use super::list::IDS;
use super::newest::is_among_newest;
use super::select::{keep, narrow, narrow_states, select};
use super::selection::Selection;
use crate::db::dialect::{Backend, Conn};
use crate::db::observation_id::ObservationId;
use crate::db::schema::{areas, metrics, observations, revisions};
use crate::db::sight::{Moment, current};
use crate::domain::access::{Reach, Sight};
use crate::domain::codes::{Level, Role, Visibility};
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::error::Result;

/// How many observations the selection has.
pub fn count(conn: &mut Conn, selection: &Selection) -> Result<i64> {
    if let Some(time) = known_by_states(selection) {
        return count_states(conn, selection, time);
    }
    let by_state = selection.is_by_figure() || !selection.report.is_empty() || selection.latest.is_some();
    // Who sees the internal metrics of some areas sees others of each metric.
    let in_part = matches!(selection.moment.sight.internal, Reach::Within(_));
    match if by_state || in_part || selection.is_narrow() { None } else { doubtful(conn, selection.moment)? }
    {
        Some(doubtful) => count_by_index(conn, selection, doubtful),
        None => Ok(select!(selection).count().get_result(conn)?),
    }
}

/// The time as of which the states alone tell how many a selection has: nothing but what they say narrows it, and the
/// reader sees one time everywhere, and no internal metric or all.
fn known_by_states(selection: &Selection) -> Option<NaiveDateTime> {
    let Moment { sight, public, ahead } = selection.moment;
    let sees_alike = |reach| matches!(reach, Reach::Nowhere | Reach::Everywhere);
    let known = selection.is_of_states() && !selection.certain;
    let time = if sight.unreleased == Reach::Everywhere { ahead } else { public };
    (known && sees_alike(sight.internal) && sees_alike(sight.unreleased)).then_some(time)
}

/// Counts the states of a time by the one index that has all that is asked of them, less those of internal metrics.
fn count_states(conn: &mut Conn, selection: &Selection, time: NaiveDateTime) -> Result<i64> {
    use revisions::{released_at, retracted, superseded_at};
    let current = revisions::table
        .filter(retracted.eq(false))
        // Another form of "released by then": the index of times would lead to each row by itself.
        .filter(not(released_at.gt(time)))
        .filter(superseded_at.is_null().or(superseded_at.gt(time)))
        .into_boxed::<Backend>();
    let all: i64 = narrow_states!(current, selection).count().get_result(conn)?;
    if selection.moment.sight.internal == Reach::Everywhere {
        return Ok(all);
    }
    let internal = metrics::table.filter(metrics::visibility.eq(Visibility::Internal)).select(metrics::code);
    let metric: Vec<String> = internal.load(conn)?;
    if metric.is_empty() {
        return Ok(all);
    }
    let sight = Sight { internal: Reach::Everywhere, ..selection.moment.sight };
    let hidden = Selection { metric, moment: Moment { sight, ..selection.moment }, ..selection.clone() };
    Ok(all - select!(&hidden).count().get_result::<i64>(conn)?)
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
