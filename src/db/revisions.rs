//! Writing observations. A correction, and a retraction too, adds a state and changes none: states are
//! ordered by (released_at, seq), and each is the current one until the release of the next.

mod supersede;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::among::among;
use super::dialect::{Conn, insert_many, insert_returning, on_each};
use super::ledger::{Edited, Entry};
use super::observations::history::{History, Joint};
use super::observations::{Key, ObservationRow, PlacedState, RevisionRow};
use super::schema::{observations, revision_areas, revision_projects, revisions};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};
use supersede::supersede;

/// What somebody states, checked but not yet entered: it has no id, entry, author or times.
#[derive(Debug, Clone)]
pub struct Statement {
    /// What it speaks of.
    pub key: Key,
    /// What it says.
    pub state: RevisionRow,
    /// What it speaks of jointly.
    pub joint: Joint,
    /// When it says that the public can know it; null when it does not say.
    pub released_at: Option<NaiveDateTime>,
    /// When its report was published; null when it has none.
    pub published_at: Option<NaiveDateTime>,
}

impl Statement {
    /// Whether an observation says this already.
    pub fn is_stated(&self, history: &History) -> Result<bool> {
        let last = history.last()?;
        let stamped = RevisionRow {
            observation: last.observation,
            revision: last.revision,
            reason: last.reason,
            comment: last.comment.clone(),
            author: last.author.clone(),
            released_at: self.released_at.unwrap_or(last.released_at),
            recorded_at: last.recorded_at,
            superseded_at: last.superseded_at,
            seq: last.seq,
            ..self.state.clone()
        };
        Ok(stamped == *last && history.joint(last.revision) == self.joint)
    }
}

/// An observation as the ledger knows it.
pub fn edited(row: &ObservationRow) -> Edited {
    Edited::new(RowKind::Observation, row.id).within(&[row.key.area])
}

fn edited_state(area: AreaCode, state: &RevisionRow) -> Edited {
    Edited::new(RowKind::Revision, format!("{}/{}", state.observation, state.revision)).within(&[area])
}

/// What an entry adds to what was said of observations. It is worked out one by one and written at once, by as many
/// statements as one takes.
#[derive(Debug, Default)]
pub struct Additions(Vec<Addition>);

/// What is added to one observation, of which nothing else is added in the same entry.
#[derive(Debug)]
struct Addition {
    /// None of an observation that is new.
    before: Option<ObservationRow>,
    after: ObservationRow,
    /// In their order.
    states: Vec<Added>,
}

/// A state that is added.
#[derive(Debug)]
struct Added {
    state: RevisionRow,
    joint: Joint,
    /// The one that it supersedes, as it was.
    superseded: Option<RevisionRow>,
}

impl Added {
    /// The state that this one supersedes, as it is from now on.
    fn closed(&self) -> Option<RevisionRow> {
        let before = self.superseded.clone()?;
        Some(RevisionRow { superseded_at: Some(self.state.released_at), ..before })
    }
}

impl Additions {
    /// Adds an observation with its first state.
    pub fn insert(&mut self, entry: &Entry<'_>, statement: &Statement) {
        let released_at = statement.released_at.or(statement.published_at).unwrap_or(entry.at);
        // The first state corrects nothing.
        let state = RevisionRow { reason: None, ..stamped(entry, &statement.state, released_at) };
        let states = vec![Added { state, joint: statement.joint.clone(), superseded: None }];
        let after = ObservationRow::new(statement.key.clone(), entry.seq, entry.at);
        self.0.push(Addition { before: None, after, states });
    }

    /// Corrects an observation. When the public can know it is not said, that is now, or when another report
    /// says so with that report; but not before what it corrects, or it would correct nothing. Nothing happens
    /// when the last state says the same.
    pub fn revise(&mut self, entry: &Entry<'_>, history: &History, statement: &Statement) -> Result<()> {
        if statement.is_stated(history)? {
            return Ok(());
        }
        let last = history.last()?;
        let another = statement.published_at.filter(|_| statement.state.report != last.report);
        let known = another.unwrap_or(entry.at).max(last.released_at);
        let released_at = statement.released_at.unwrap_or(known);
        self.add(entry, history, [(released_at, &statement.state, statement.joint.clone())]);
        Ok(())
    }

    /// States an observation anew that was retracted, from the time that is said, else from now on.
    pub fn revive(&mut self, entry: &Entry<'_>, history: &History, statement: &Statement) {
        let from = statement.released_at.unwrap_or(entry.at);
        let times = [from].into_iter().chain(history.pending(from));
        self.add(entry, history, times.map(|time| (time, &statement.state, statement.joint.clone())));
    }

    /// Retracts an observation from now on, what is still to be released too. Each state that does it keeps the
    /// figures that it retracts, so that none shows what was never released.
    pub fn retract(&mut self, entry: &Entry<'_>, history: &History) {
        let times = [entry.at].into_iter().chain(history.pending(entry.at));
        let stated = times.filter_map(|time| {
            let state = history.as_of(time).filter(|state| !state.retracted)?;
            Some((time, RevisionRow { retracted: true, ..state.clone() }, history.joint(state.revision)))
        });
        let stated: Vec<(NaiveDateTime, RevisionRow, Joint)> = stated.collect();
        self.add(entry, history, stated.iter().map(|(time, state, joint)| (*time, state, joint.clone())));
    }

    /// Adds states to an observation that was there, released at times that are in order.
    fn add<'s>(
        &mut self,
        entry: &Entry<'_>,
        history: &History,
        states: impl IntoIterator<Item = (NaiveDateTime, &'s RevisionRow, Joint)>,
    ) {
        let first = history.newest().unwrap_or(0) + 1;
        // Its entry is the newest, so that each comes after all that is released with it; and before the next of them
        // comes what was there already.
        let added = (first..).zip(states).map(|(revision, (released_at, state, joint))| Added {
            state: RevisionRow {
                observation: history.row.id,
                revision,
                superseded_at: history.next(released_at),
                ..stamped(entry, state, released_at)
            },
            joint,
            superseded: history.as_of(released_at).cloned(),
        });
        let after = ObservationRow { seq: entry.seq, updated_at: entry.at, ..history.row.clone() };
        self.0.push(Addition { before: Some(history.row.clone()), after, states: added.collect() });
    }

    /// Writes all of it, and gives the ids of the observations that are new.
    pub fn write(mut self, entry: &mut Entry<'_>) -> Result<HashMap<Key, i64>> {
        let ids = self.insert_new(entry.conn)?;
        let (mut states, mut areas, mut projects) = (Vec::new(), Vec::new(), Vec::new());
        for addition in &self.0 {
            for Added { state, joint, .. } in &addition.states {
                states.push(PlacedState::new(state.clone(), &addition.after.key));
                areas.extend(joint.covers.iter().map(|area| {
                    (
                        revision_areas::observation.eq(state.observation),
                        revision_areas::revision.eq(state.revision),
                        revision_areas::area.eq(area),
                    )
                }));
                projects.extend(joint.projects.iter().map(|project| {
                    (
                        revision_projects::observation.eq(state.observation),
                        revision_projects::revision.eq(state.revision),
                        revision_projects::project.eq(project),
                    )
                }));
            }
        }
        let added = || self.0.iter().flat_map(|addition| &addition.states);
        let closed: Vec<RevisionRow> = added().filter_map(Added::closed).collect();
        supersede(entry.conn, &closed)?;
        insert_many!(entry.conn, revisions::table, states)?;
        insert_many!(entry.conn, revision_areas::table, areas)?;
        insert_many!(entry.conn, revision_projects::table, projects)?;
        let known = self.0.iter().filter_map(|addition| Some(addition.before.as_ref()?.id));
        restamp(entry, known.collect())?;
        for Addition { before, after, states } in &self.0 {
            for added in states {
                if let Some(closed) = added.closed() {
                    let edited = edited_state(after.key.area, &closed);
                    entry.put(edited, added.superseded.as_ref(), &closed)?;
                }
                entry.put(edited_state(after.key.area, &added.state), None, &added.state)?;
            }
            entry.put(edited(after), before.as_ref(), after)?;
        }
        Ok(ids)
    }

    /// Adds the observations that are new, and gives each and its states the id that it got.
    fn insert_new(&mut self, conn: &mut Conn) -> Result<HashMap<Key, i64>> {
        let rows: Vec<ObservationRow> = self
            .0
            .iter()
            .filter(|addition| addition.before.is_none())
            .map(|addition| addition.after.clone())
            .collect();
        let added: Vec<(Key, i64)> =
            insert_returning!(conn, observations::table, rows, (Key::as_select(), observations::id))?;
        let ids: HashMap<Key, i64> = added.into_iter().collect();
        for addition in self.0.iter_mut().filter(|addition| addition.before.is_none()) {
            let key = &addition.after.key;
            addition.after.id =
                *ids.get(key).ok_or(Error::Bug("an observation was added and is not there"))?;
            for added in &mut addition.states {
                added.state.observation = addition.after.id;
            }
        }
        Ok(ids)
    }
}

/// A state as this entry makes it, the first one.
fn stamped(entry: &Entry<'_>, state: &RevisionRow, released_at: NaiveDateTime) -> RevisionRow {
    RevisionRow {
        observation: 0,
        revision: 1,
        reason: entry.origin.reason,
        comment: entry.origin.comment.clone(),
        author: entry.origin.author.clone(),
        released_at,
        recorded_at: entry.at,
        superseded_at: None,
        seq: entry.seq,
        ..state.clone()
    }
}

fn restamp(entry: &mut Entry<'_>, ids: Vec<i64>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let (seq, at) = (entry.seq, entry.at);
    on_each!(&mut *entry.conn, conn => diesel::update(observations::table.filter(among(observations::id, ids)))
        .set((observations::seq.eq(seq), observations::updated_at.eq(at)))
        .execute(conn))?;
    Ok(())
}

/// Takes a project out of the observations, in all their states, that refer to it and are out of reach of who
/// deletes it: what others state does not bind it. States stay those of the entries that made them.
pub fn let_go_of_project(entry: &mut Entry<'_>, project: &str, reach: Reach) -> Result<()> {
    let (first, last) = reach.span();
    let linked = revision_projects::table
        .filter(revision_projects::observation.eq(observations::id))
        .filter(revision_projects::project.eq(project));
    let rows: Vec<ObservationRow> = observations::table
        .filter(exists(linked))
        .filter(not(observations::area.between(first, last)))
        .select(ObservationRow::as_select())
        .order(observations::id)
        .load(entry.conn)?;
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    on_each!(&mut *entry.conn, conn => diesel::delete(revision_projects::table
        .filter(among(revision_projects::observation, ids.iter().copied()))
        .filter(revision_projects::project.eq(project)))
    .execute(conn))?;
    restamp(entry, ids)?;
    for before in rows {
        let after = ObservationRow { seq: entry.seq, updated_at: entry.at, ..before.clone() };
        entry.put_links(edited(&after), &before, &after)?;
    }
    Ok(())
}

/// The fault of a natural key that is taken.
pub fn taken(key: &Key) -> Error {
    Error::Conflict { what: Thing::Observation, key: key.to_string() }
}
