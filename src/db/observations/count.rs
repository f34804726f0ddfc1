//! How many observations a selection has, by whichever indexes tell it.

use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::list::IDS;
use super::select::{keep, narrow, select};
use super::selection::Selection;
use super::{Moment, current, joined};
use crate::db::dialect::{Backend, Conn};
use crate::db::observation_id::ObservationId;
use crate::db::schema::{areas, metrics, observations, revisions};
use crate::domain::access::Reach;
use crate::domain::codes::{Level, Role, Visibility};
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::error::Result;

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
