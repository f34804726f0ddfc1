//! Observations with all that was ever said of them, looked up together: what is said next is worked out from it.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::among_keys::among_keys;
use super::{Key, ObservationRow, RevisionRow, covers};
use crate::db::among::among;
use crate::db::dialect::{Conn, on_each};
use crate::db::schema::{observations, revision_projects, revisions};
use crate::domain::area_code::AreaCode;
use crate::error::{Error, Result};

/// What a state speaks of jointly, each in order of code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joint {
    /// The areas.
    pub covers: Vec<AreaCode>,
    /// The projects, those too that not everybody sees.
    pub projects: Vec<String>,
}

/// An observation, retracted or not, with all of its states.
#[derive(Debug, Clone)]
pub struct History {
    /// The observation itself.
    pub row: ObservationRow,
    /// In the order of release.
    states: Vec<RevisionRow>,
    /// By the number of the state.
    joint: HashMap<i64, Joint>,
}

impl History {
    /// The last state in the order of release, a retraction too.
    pub fn last(&self) -> Result<&RevisionRow> {
        let last = self.states.iter().rfind(|state| state.superseded_at.is_none());
        last.ok_or_else(|| Error::Corrupt(format!("observation {} has no last state", self.row.id)))
    }

    /// The state that is the current one at a time, a retraction too.
    pub fn as_of(&self, time: NaiveDateTime) -> Option<&RevisionRow> {
        self.states[..self.released_by(time)].last()
    }

    /// What a state speaks of jointly.
    pub fn joint(&self, revision: i64) -> Joint {
        self.joint.get(&revision).cloned().unwrap_or_default()
    }

    /// The times after this one at which states are released.
    pub(in crate::db) fn pending(&self, after: NaiveDateTime) -> Vec<NaiveDateTime> {
        let mut times: Vec<NaiveDateTime> =
            self.states[self.released_by(after)..].iter().map(|state| state.released_at).collect();
        times.dedup();
        times
    }

    /// When the next after this time is released.
    pub(in crate::db) fn next(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        self.states.get(self.released_by(after)).map(|state| state.released_at)
    }

    /// The greatest number of a state.
    pub(in crate::db) fn newest(&self) -> Option<i64> {
        self.states.iter().map(|state| state.revision).max()
    }

    /// How many states are released by a time.
    fn released_by(&self, time: NaiveDateTime) -> usize {
        self.states.partition_point(|state| state.released_at <= time)
    }
}

/// The observations that have these natural keys.
pub fn with_keys(conn: &mut Conn, keys: &[&Key]) -> Result<HashMap<Key, History>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<ObservationRow> = on_each!(&mut *conn, conn => observations::table
        .filter(among_keys(keys))
        .select(ObservationRow::as_select())
        .load(conn))?;
    let histories = of(conn, rows)?;
    Ok(histories.into_iter().map(|history| (history.row.key.clone(), history)).collect())
}

/// These observations with all of their states, in the same order.
pub fn of(conn: &mut Conn, rows: Vec<ObservationRow>) -> Result<Vec<History>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let states: Vec<RevisionRow> = on_each!(&mut *conn, conn => revisions::table
        .filter(among(revisions::observation, ids.iter().copied()))
        .order((revisions::observation, revisions::released_at, revisions::seq, revisions::revision))
        .select(RevisionRow::as_select())
        .load(conn))?;
    let mut states_of: HashMap<i64, Vec<RevisionRow>> = HashMap::new();
    for state in states {
        states_of.entry(state.observation).or_default().push(state);
    }
    let mut joint_of: HashMap<i64, HashMap<i64, Joint>> = HashMap::new();
    for (id, revision, area) in covers(conn, &ids)? {
        joint_of.entry(id).or_default().entry(revision).or_default().covers.push(area);
    }
    let projects: Vec<(i64, i64, String)> = on_each!(&mut *conn, conn => revision_projects::table
        .filter(among(revision_projects::observation, ids.iter().copied()))
        .order((revision_projects::observation, revision_projects::revision, revision_projects::project))
        .load(conn))?;
    for (id, revision, project) in projects {
        joint_of.entry(id).or_default().entry(revision).or_default().projects.push(project);
    }
    let history = |row: ObservationRow| History {
        states: states_of.remove(&row.id).unwrap_or_default(),
        joint: joint_of.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(history).collect())
}
