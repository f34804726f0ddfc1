//! The newest periods of each metric and area.

use diesel::dsl::{self, Eq, InnerJoinQuerySource};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::selection::Selection;
use crate::db::dialect::Backend;
use crate::db::observation_id::ObservationId;
use crate::db::schema::{metrics, observations, revisions};
use crate::db::sight::seen_at;

// Other observations of the metric and area of one, and what they say.
diesel::alias! {
    const OTHERS: Alias<Others> = observations as others;
    const STATES: Alias<States> = revisions as states;
}

/// Observations with their states and metrics, see [`super::joined`].
type Joined = InnerJoinQuerySource<
    InnerJoinQuerySource<observations::table, revisions::table, Eq<revisions::observation, ObservationId>>,
    metrics::table,
    Eq<metrics::code, observations::metric>,
>;

/// Whether fewer than so many periods of the metric and area of a row are newer, of those that a selection has but for
/// its `latest`. What is alike of all rows of a metric and area is not asked again.
pub(super) fn is_among_newest(
    selection: &Selection,
    latest: i64,
) -> Box<dyn BoxableExpression<Joined, Backend, SqlType = Bool>> {
    use observations::{accumulation, area, ends_on, id, metric, period, role, starts_on};
    use revisions::{
        comparator, lower, observation, released_at, report, retracted, superseded_at, upper, value,
    };
    let Selection { certain, moment, .. } = *selection;
    let always = |is_so: bool| is_so.into_sql::<Bool>();
    let periods: Vec<String> = selection.period.iter().map(ToString::to_string).collect();
    let from = selection.from.map(|from| from.first_day());
    let to = selection.to.map(|to| to.last_day());
    let compared: Vec<String> = selection.comparator.iter().flatten().cloned().collect();
    let is_any = selection.comparator.is_empty();
    let is_exact = selection.comparator.contains(&None);
    let least = selection.value_ge.map(|least| least.millionths());
    let most = selection.value_le.map(|most| most.millionths());
    let ends_later = OTHERS.field(ends_on).gt(ends_on);
    let ends_with = OTHERS.field(ends_on).eq(ends_on);
    let starts_later = OTHERS.field(starts_on).gt(starts_on);
    let reported = STATES.field(report).assume_not_null().eq_any(selection.report.clone());
    let is_compared = STATES.field(comparator).assume_not_null().eq_any(compared);
    let superseded = STATES.field(superseded_at).gt(seen_at(moment).nullable());
    let newer = OTHERS
        .inner_join(STATES.on(STATES.field(observation).eq(OTHERS.field(id))))
        .filter(OTHERS.field(metric).eq(metric))
        .filter(OTHERS.field(area).eq(area))
        .filter(ends_later.or(ends_with.and(starts_later)))
        .filter(always(periods.is_empty()).or(OTHERS.field(period).eq_any(periods)))
        .filter(always(from.is_none()).or(OTHERS.field(starts_on).ge(from.unwrap_or_default())))
        .filter(always(to.is_none()).or(OTHERS.field(ends_on).le(to.unwrap_or_default())))
        .filter(
            always(selection.accumulation.is_empty())
                .or(OTHERS.field(accumulation).eq_any(selection.accumulation.clone())),
        )
        .filter(always(selection.role.is_empty()).or(OTHERS.field(role).eq_any(selection.role.clone())))
        .filter(STATES.field(retracted).eq(false))
        .filter(STATES.field(released_at).le(seen_at(moment)))
        .filter(STATES.field(superseded_at).is_null().or(superseded))
        .filter(always(selection.report.is_empty()).or(STATES.field(report).is_not_null().and(reported)))
        .filter(
            always(is_any)
                .or(always(is_exact).and(STATES.field(comparator).is_null()))
                .or(STATES.field(comparator).is_not_null().and(is_compared)),
        )
        .filter(
            always(least.is_none())
                .or(always(certain).and(STATES.field(lower).assume_not_null().ge(least.unwrap_or_default())))
                .or(always(!certain).and(STATES.field(value).ge(least.unwrap_or_default()))),
        )
        .filter(
            always(most.is_none())
                .or(always(certain).and(STATES.field(upper).assume_not_null().le(most.unwrap_or_default())))
                .or(always(!certain).and(STATES.field(value).le(most.unwrap_or_default()))),
        )
        .select(dsl::count(OTHERS.field(period)).aggregate_distinct())
        .single_value();
    Box::new(newer.assume_not_null().lt(latest))
}
