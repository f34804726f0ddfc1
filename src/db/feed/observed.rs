//! Observations in the feed: which state of each is the current one for a reader, now and where it stands.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use itertools::Itertools;

use super::reader::Reader;
use crate::db::among::among;
use crate::db::dialect::{Conn, on_each};
use crate::db::schema::{metrics, revisions};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::Visibility;
use crate::domain::feed::Key;
use crate::error::Result;

/// What a state is known and ordered by, and of what it speaks.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = revisions)]
struct State {
    observation: i64,
    revision: i64,
    seq: i64,
    released_at: NaiveDateTime,
    retracted: bool,
    metric: String,
    area: AreaCode,
}

/// All states of these observations, those of each together.
fn states(conn: &mut Conn, keys: &[Key]) -> Result<HashMap<i64, Vec<State>>> {
    let states: Vec<State> = on_each!(conn, conn => revisions::table
        .filter(among(revisions::observation, keys.iter().filter_map(Key::number)))
        .select(State::as_select())
        .load(conn))?;
    Ok(states.into_iter().into_group_map_by(|state| state.observation))
}

/// The current one of some states of an observation, for a reader at a time; none where that retracts.
fn current<'a>(
    states: impl Iterator<Item = &'a State>,
    reader: &Reader,
    time: NaiveDateTime,
) -> Option<&'a State> {
    let is_released =
        |state: &&State| state.released_at <= time || reader.sight.unreleased.covers(state.area);
    let last = states.filter(is_released).max_by_key(|state| (state.released_at, state.seq, state.revision));
    last.filter(|state| {
        !state.retracted && reader.within.is_none_or(|area| Reach::Within(area).covers(state.area))
    })
}

/// The observations among these that a reader sees now, each with the entry that made its current state.
pub(super) fn seen_now(conn: &mut Conn, reader: &Reader, keys: &[Key]) -> Result<HashMap<Key, i64>> {
    let states = states(conn, keys)?;
    let current: Vec<&State> =
        states.values().filter_map(|states| current(states.iter(), reader, reader.now)).collect();
    let public: Vec<String> = on_each!(conn, conn => metrics::table
        .filter(among(metrics::code, current.iter().map(|state| &state.metric).unique().cloned()))
        .filter(metrics::visibility.eq(Visibility::Public))
        .select(metrics::code)
        .load(conn))?;
    let is_seen = |state: &State| reader.sight.internal.covers(state.area) || public.contains(&state.metric);
    let seen = current.into_iter().filter(|state| is_seen(state));
    Ok(seen.map(|state| (Key::Number(state.observation), state.seq)).collect())
}

/// The observations among these that were stated before an entry and at a time, each with its metric and its area.
pub(super) fn stated_before(
    conn: &mut Conn,
    reader: &Reader,
    keys: &[Key],
    entry: i64,
    time: NaiveDateTime,
) -> Result<HashMap<Key, (String, AreaCode)>> {
    let states = states(conn, keys)?;
    let stated = states.into_iter().filter_map(|(id, states)| {
        let state = current(states.iter().filter(|state| state.seq < entry), reader, time)?;
        Some((Key::Number(id), (state.metric.clone(), state.area)))
    });
    Ok(stated.collect())
}
