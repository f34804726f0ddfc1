//! Who sees what: the conditions of every query of plan items, projects and observations. Internal rows are shown to
//! keys that reach an area of theirs; figures before their release to those who release them there.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;
use diesel::sql_types::Timestamp;

use super::schema::{metrics, observations, plan_item_areas, plan_items, project_areas, projects, revisions};
use crate::domain::access::{Reach, Sight};
use crate::domain::codes::Visibility;

/// The projects that may be seen.
#[auto_type(no_type_alias)]
pub(super) fn project_visible(reach: Reach) -> _ {
    let public: Visibility = Visibility::Public;
    let first: i64 = reach.span().0;
    let last: i64 = reach.span().1;
    projects::visibility.eq(public).or(exists(
        project_areas::table
            .filter(project_areas::project.eq(projects::code))
            .filter(project_areas::area.between(first, last)),
    ))
}

/// The plan items that may be seen.
#[auto_type(no_type_alias)]
pub(super) fn plan_item_visible(reach: Reach) -> _ {
    let public: Visibility = Visibility::Public;
    let first: i64 = reach.span().0;
    let last: i64 = reach.span().1;
    plan_items::visibility.eq(public).or(exists(
        plan_item_areas::table
            .filter(plan_item_areas::item.eq(plan_items::code))
            .filter(plan_item_areas::area.between(first, last)),
    ))
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

/// The observations that may be seen, as far as their metric decides.
#[auto_type]
pub(super) fn observation_visible(reach: Reach) -> _ {
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

/// The states that are released, for this reader and at this time.
#[auto_type(no_type_alias)]
pub(super) fn released(moment: Moment) -> _ {
    let ahead: NaiveDateTime = moment.ahead;
    let public: NaiveDateTime = moment.public;
    let inside: within = within(moment.sight.unreleased);
    revisions::released_at.le(public).or(inside.and(revisions::released_at.le(ahead)))
}

/// The time as of which a reader sees an area.
#[auto_type]
pub(super) fn seen_at(moment: Moment) -> _ {
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
pub(super) fn current(moment: Moment) -> _ {
    let seen: observation_visible = observation_visible(moment.sight.internal);
    let released: seen_at = seen_at(moment);
    let superseded: seen_at = seen_at(moment);
    revisions::retracted
        .eq(false)
        .and(seen)
        .and(revisions::released_at.le(released))
        .and(revisions::superseded_at.is_null().or(revisions::superseded_at.gt(superseded.nullable())))
}

/// The same of states alone, by the area that they speak of themselves; whether their metric may be seen is known before.
#[auto_type]
pub(super) fn state_current(moment: Moment) -> _ {
    let released: state_seen_at = state_seen_at(moment);
    let superseded: state_seen_at = state_seen_at(moment);
    revisions::retracted
        .eq(false)
        .and(revisions::released_at.le(released))
        .and(revisions::superseded_at.is_null().or(revisions::superseded_at.gt(superseded.nullable())))
}

#[auto_type]
fn state_seen_at(moment: Moment) -> _ {
    let first: i64 = moment.sight.unreleased.span().0;
    let last: i64 = moment.sight.unreleased.span().1;
    let ahead: NaiveDateTime = moment.ahead;
    let public: NaiveDateTime = moment.public;
    let ahead = ahead.into_sql::<Timestamp>();
    let public = public.into_sql::<Timestamp>();
    diesel::dsl::case_when(revisions::area.between(first, last), ahead).otherwise(public)
}
