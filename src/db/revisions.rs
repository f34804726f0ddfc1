//! Writing observations. A correction, and a retraction too, adds a state and changes none: states are
//! ordered by (released_at, seq), and each is the current one until the release of the next.

use chrono::NaiveDateTime;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::dialect::{Conn, insert_many, on_each};
use super::ledger::{Edited, Entry};
use super::observations::{Key, ObservationRow, Place, RevisionRow};
use super::schema::{observations, revision_areas, revision_projects, revisions};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// What somebody states, checked but not yet entered: it has no id, entry, author or times.
#[derive(Debug, Clone)]
pub struct Statement {
    /// What it speaks of.
    pub key: Key,
    /// What it says.
    pub state: RevisionRow,
    /// The areas that it speaks of jointly, in order of code.
    pub covers: Vec<AreaCode>,
    /// The projects that it speaks of jointly, in order of code.
    pub projects: Vec<String>,
    /// When it says that the public can know it; null when it does not say.
    pub released_at: Option<NaiveDateTime>,
    /// When its report was published; null when it has none.
    pub published_at: Option<NaiveDateTime>,
}

/// The observation with this natural key, retracted or not, if there is one.
pub fn with_key(conn: &mut Conn, key: &Key) -> Result<Option<ObservationRow>> {
    Ok(on_each!(conn, conn => observations::table
        .filter(observations::metric.eq(&key.metric))
        .filter(observations::area.eq(key.area))
        .filter(observations::period.eq(key.period))
        .filter(observations::accumulation.eq(key.accumulation))
        .filter(observations::role.eq(key.role))
        .select(ObservationRow::as_select())
        .first(conn))
    .optional()?)
}

/// The last state of an observation in the order of release, a retraction too.
pub fn last(conn: &mut Conn, id: i64) -> Result<RevisionRow> {
    Ok(revisions::table
        .filter(revisions::observation.eq(id))
        .filter(revisions::superseded_at.is_null())
        .select(RevisionRow::as_select())
        .first(conn)?)
}

/// An observation as the ledger knows it.
pub fn edited(row: &ObservationRow) -> Edited {
    Edited::new(RowKind::Observation, row.id).within(&[row.key.area])
}

fn edited_state(area: AreaCode, state: &RevisionRow) -> Edited {
    Edited::new(RowKind::Revision, format!("{}/{}", state.observation, state.revision)).within(&[area])
}

/// Adds an observation with its first state.
pub fn insert(entry: &mut Entry<'_>, statement: &Statement) -> Result<ObservationRow> {
    let row = ObservationRow::new(statement.key.clone(), entry.seq, entry.at);
    let id: i64 = on_each!(&mut *entry.conn, conn => diesel::insert_into(observations::table)
        .values(&row)
        .returning(observations::id)
        .get_result(conn))?;
    let row = ObservationRow { id, ..row };
    let released_at = statement.released_at.or(statement.published_at).unwrap_or(entry.at);
    add_state_between(entry, &row, statement, released_at, Neighbours::default())?;
    entry.put(edited(&row), None, &row)?;
    Ok(row)
}

/// Corrects an observation. When the public can know it is not said, that is now, or when another report
/// says so with that report; but not before what it corrects, or it would correct nothing. Nothing happens
/// when the last state says the same.
pub fn revise(entry: &mut Entry<'_>, row: &ObservationRow, statement: &Statement) -> Result<()> {
    let last = last(entry.conn, row.id)?;
    if says_the_same(entry.conn, &last, statement)? {
        return Ok(());
    }
    let another = statement.published_at.filter(|_| statement.state.report != last.report);
    let known = another.unwrap_or(entry.at).max(last.released_at);
    add_state(entry, row, statement, statement.released_at.unwrap_or(known))?;
    restamp(entry, row)
}

/// States an observation anew that was retracted, from the time that is said, else from now on.
pub fn revive(entry: &mut Entry<'_>, row: &ObservationRow, statement: &Statement) -> Result<()> {
    let from = statement.released_at.unwrap_or(entry.at);
    add_state(entry, row, statement, from)?;
    for time in pending(entry.conn, row.id, from)? {
        add_state(entry, row, statement, time)?;
    }
    restamp(entry, row)
}

/// Retracts an observation from now on, what is still to be released too. Each state that does it keeps the
/// figures that it retracts, so that none shows what was never released.
pub fn retract(entry: &mut Entry<'_>, row: &ObservationRow) -> Result<()> {
    let mut times = pending(entry.conn, row.id, entry.at)?;
    times.insert(0, entry.at);
    for time in times {
        let Some(state) = as_of(entry.conn, row.id, time)?.filter(|state| !state.retracted) else { continue };
        let (covers, projects) = joint(entry.conn, &state)?;
        let state = RevisionRow { retracted: true, ..state };
        let key = row.key.clone();
        let statement = Statement { key, state, covers, projects, released_at: None, published_at: None };
        add_state(entry, row, &statement, time)?;
    }
    restamp(entry, row)
}

/// The state of an observation that is the current one at a time, a retraction too.
pub fn as_of(conn: &mut Conn, id: i64, time: NaiveDateTime) -> Result<Option<RevisionRow>> {
    Ok(revisions::table
        .filter(revisions::observation.eq(id))
        .filter(revisions::released_at.le(time))
        .order((revisions::released_at.desc(), revisions::seq.desc(), revisions::revision.desc()))
        .select(RevisionRow::as_select())
        .first(conn)
        .optional()?)
}

/// The times after this one at which states of an observation are released.
fn pending(conn: &mut Conn, id: i64, after: NaiveDateTime) -> Result<Vec<NaiveDateTime>> {
    Ok(revisions::table
        .filter(revisions::observation.eq(id))
        .filter(revisions::released_at.gt(after))
        .select(revisions::released_at)
        .distinct()
        .order(revisions::released_at)
        .load(conn)?)
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
    for row in rows {
        let links = revision_projects::table
            .filter(revision_projects::observation.eq(row.id))
            .filter(revision_projects::project.eq(project));
        diesel::delete(links).execute(entry.conn)?;
        restamp(entry, &row)?;
    }
    Ok(())
}

fn restamp(entry: &mut Entry<'_>, before: &ObservationRow) -> Result<()> {
    let after = ObservationRow { seq: entry.seq, updated_at: entry.at, ..before.clone() };
    diesel::update(observations::table.find(before.id))
        .set((observations::seq.eq(entry.seq), observations::updated_at.eq(entry.at)))
        .execute(entry.conn)?;
    entry.put(edited(&after), Some(before), &after)
}

/// What an observation has had said of it already, beside a state that is to be released at a time.
#[derive(Default)]
struct Neighbours {
    /// The greatest number of a state; none before the first.
    newest: Option<i64>,
    /// The current one at that time.
    previous: Option<RevisionRow>,
    /// When the next after that time is released.
    next: Option<NaiveDateTime>,
}

impl Neighbours {
    fn of(conn: &mut Conn, id: i64, released_at: NaiveDateTime) -> Result<Neighbours> {
        let mut states: Vec<RevisionRow> = on_each!(conn, conn => revisions::table
            .filter(revisions::observation.eq(id))
            .order((revisions::released_at, revisions::seq, revisions::revision))
            .select(RevisionRow::as_select())
            .load(conn))?;
        let newest = states.iter().map(|state| state.revision).max();
        // Its entry is the newest, so that it comes after all that is released with it.
        let after = states.partition_point(|state| state.released_at <= released_at);
        let next = states.get(after).map(|state| state.released_at);
        states.truncate(after);
        Ok(Neighbours { newest, previous: states.pop(), next })
    }
}

fn add_state(
    entry: &mut Entry<'_>,
    row: &ObservationRow,
    statement: &Statement,
    released_at: NaiveDateTime,
) -> Result<()> {
    let neighbours = Neighbours::of(entry.conn, row.id, released_at)?;
    add_state_between(entry, row, statement, released_at, neighbours)
}

fn add_state_between(
    entry: &mut Entry<'_>,
    row: &ObservationRow,
    statement: &Statement,
    released_at: NaiveDateTime,
    Neighbours { newest, previous, next }: Neighbours,
) -> Result<()> {
    let state = RevisionRow {
        observation: row.id,
        revision: newest.unwrap_or(0) + 1,
        // The first state corrects nothing.
        reason: newest.and(entry.origin.reason),
        comment: entry.origin.comment.clone(),
        author: entry.origin.author.clone(),
        released_at,
        recorded_at: entry.at,
        superseded_at: next,
        seq: entry.seq,
        ..statement.state.clone()
    };
    if let Some(before) = previous {
        let after = RevisionRow { superseded_at: Some(released_at), ..before.clone() };
        diesel::update(revisions::table.find((before.observation, before.revision)))
            .set(revisions::superseded_at.eq(after.superseded_at))
            .execute(entry.conn)?;
        entry.put(edited_state(row.key.area, &after), Some(&before), &after)?;
    }
    on_each!(&mut *entry.conn, conn => diesel::insert_into(revisions::table)
        .values((&state, Place::from(&row.key)))
        .execute(conn))?;
    let areas = statement.covers.iter().map(|area| {
        (
            revision_areas::observation.eq(row.id),
            revision_areas::revision.eq(state.revision),
            revision_areas::area.eq(area),
        )
    });
    insert_many!(entry.conn, revision_areas::table, areas.collect::<Vec<_>>())?;
    let projects = statement.projects.iter().map(|project| {
        (
            revision_projects::observation.eq(row.id),
            revision_projects::revision.eq(state.revision),
            revision_projects::project.eq(project),
        )
    });
    insert_many!(entry.conn, revision_projects::table, projects.collect::<Vec<_>>())?;
    entry.put(edited_state(row.key.area, &state), None, &state)
}

/// The areas and projects that a state speaks of jointly.
fn joint(conn: &mut Conn, state: &RevisionRow) -> Result<(Vec<AreaCode>, Vec<String>)> {
    let areas = revision_areas::table
        .filter(revision_areas::observation.eq(state.observation))
        .filter(revision_areas::revision.eq(state.revision))
        .order(revision_areas::area)
        .select(revision_areas::area)
        .load(conn)?;
    let projects = revision_projects::table
        .filter(revision_projects::observation.eq(state.observation))
        .filter(revision_projects::revision.eq(state.revision))
        .order(revision_projects::project)
        .select(revision_projects::project)
        .load(conn)?;
    Ok((areas, projects))
}

/// Whether an observation says this already.
pub fn is_stated(conn: &mut Conn, row: &ObservationRow, statement: &Statement) -> Result<bool> {
    let last = last(conn, row.id)?;
    says_the_same(conn, &last, statement)
}

fn says_the_same(conn: &mut Conn, last: &RevisionRow, statement: &Statement) -> Result<bool> {
    let stamped = RevisionRow {
        observation: last.observation,
        revision: last.revision,
        reason: last.reason,
        comment: last.comment.clone(),
        author: last.author.clone(),
        released_at: statement.released_at.unwrap_or(last.released_at),
        recorded_at: last.recorded_at,
        superseded_at: last.superseded_at,
        seq: last.seq,
        ..statement.state.clone()
    };
    Ok(stamped == *last && joint(conn, last)? == (statement.covers.clone(), statement.projects.clone()))
}

/// The fault of a natural key that is taken.
pub fn taken(key: &Key) -> Error {
    Error::Conflict { what: Thing::Observation, key: key.to_string() }
}
