//! Recording observations that come together: all are checked, by what was said before and beside each other, and then
//! all are written.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Draft;
use super::citation::Texts;
use super::observation::{ObservationDraft, check_reason};
use super::sources::Sources;
use crate::db::ledger::Entry;
use crate::db::observations::history::{self, History};
use crate::db::observations::{self, Key};
use crate::db::revisions::{self, Additions};
use crate::db::{Conn, metrics, reports, units};
use crate::domain::access::Sight;
use crate::domain::codes::OnConflict;
use crate::domain::period_words::PeriodWords;
use crate::error::{Error, Fault, Invalid, Result};
use crate::exchange::references::{References, Referred, Refers};

impl Draft for ObservationDraft {
    const REFERENCES: References = &[
        ("metric", Refers::Metric),
        ("area", Refers::Area),
        ("covers", Refers::Area),
        ("projects", Refers::Project),
        ("report", Refers::Report),
    ];

    fn natural_key(&self, conn: &mut Conn) -> Result<String> {
        Ok(stored_key(conn, self)?.to_string())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        let key = stored_key(conn, self)?;
        observations::exists(conn, &key)
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        let sources = sources(entry.conn, Sight::ALL, &[self], [])?;
        let mut recording = Recording::of(entry.conn, &sources, &[self], OnConflict::Fail)?;
        recording.add(entry, 0, self)?;
        recording.write(entry).map(drop)
    }
}

/// The natural key of an observation that is not yet checked.
fn stored_key(conn: &mut Conn, draft: &ObservationDraft) -> Result<Key> {
    let metric = metrics::find(conn, Sight::ALL, &draft.metric)?;
    let report = match (&draft.period, &draft.report) {
        (PeriodWords::WithinYear(_), Some(code)) => {
            reports::get(conn, code)?.and_then(|report| report.period)
        }
        _ => None,
    };
    draft.key(&metric, report)
}

/// What these observations are made of, and what others refer to of which the form is at fault.
pub fn sources<'a>(
    conn: &mut Conn,
    sight: Sight,
    drafts: &[&ObservationDraft],
    unread: impl IntoIterator<Item = &'a Map<String, Value>>,
) -> Result<Sources> {
    let rows = drafts.iter().map(|draft| draft.members()).collect::<Result<Vec<_>>>()?;
    let unread: Vec<&Map<String, Value>> = unread.into_iter().collect();
    let cited = drafts.iter().map(|draft| (draft.report.as_deref(), draft.citation.as_ref()));
    Ok(Sources {
        referred: Referred::by(conn, sight, ObservationDraft::REFERENCES, rows.iter().chain(unread))?,
        texts: Texts::of(conn, cited)?,
        units: units::all(conn)?,
    })
}

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// There was none of its key, or it was retracted.
    Added,
    /// It is a revision of what was there.
    Revised,
    /// What was there stays.
    Kept,
}

/// Observations that are to be recorded by one entry.
#[derive(Debug)]
pub struct Recording<'a> {
    sources: &'a Sources,
    on_conflict: OnConflict,
    /// What is there under their keys.
    known: HashMap<Key, History>,
    /// The places of those that were added, by their keys.
    places: HashMap<Key, usize>,
    additions: Additions,
    recorded: Vec<(Key, Recorded)>,
}

impl<'a> Recording<'a> {
    /// Begins with nothing, once it is looked up what is there of all these.
    pub fn of(
        conn: &mut Conn,
        sources: &'a Sources,
        drafts: &[&ObservationDraft],
        on_conflict: OnConflict,
    ) -> Result<Recording<'a>> {
        let metric = |draft: &ObservationDraft| sources.referred.metric(&draft.metric);
        let key = |draft: &&ObservationDraft| {
            let report = sources.referred.period_of(draft.report.as_deref());
            // One without a key is refused when it is added.
            draft.key(metric(draft)?, report).ok()
        };
        let keys: Vec<Key> = drafts.iter().filter_map(key).collect();
        let known = history::with_keys(conn, &Vec::from_iter(&keys))?;
        Ok(Recording {
            sources,
            on_conflict,
            known,
            places: HashMap::new(),
            additions: Additions::default(),
            recorded: Vec::new(),
        })
    }

    /// Adds one that stands at a place among those that came together, after all before it. Nothing is written yet.
    ///
    /// Errors: `Invalid` with the members that break a rule, `Conflict` when its key is taken and that is
    /// to fail.
    pub fn add(&mut self, entry: &Entry<'_>, at: usize, draft: &ObservationDraft) -> Result<()> {
        draft.check_registered(self.sources)?;
        let metric = self.sources.metric(&draft.metric)?;
        let statement = draft.statement(self.sources)?;
        let key = statement.key.clone();
        let recorded = if let Some(first) = self.places.get(&key) {
            return Err(self.repeated(entry, &key, *first));
        } else if let Some(history) = self.known.get(&key) {
            if history.last()?.retracted {
                draft.check_active(metric)?;
                draft.check_revival(entry, history)?;
                self.additions.revive(entry, history, &statement);
                Recorded::Added
            } else {
                match self.on_conflict {
                    OnConflict::Fail => return Err(revisions::taken(&key)),
                    OnConflict::Skip => Recorded::Kept,
                    OnConflict::Revise => {
                        check_reason(entry)?;
                        self.additions.revise(entry, history, &statement)?;
                        Recorded::Revised
                    }
                }
            }
        } else {
            draft.check_active(metric)?;
            self.additions.insert(entry, &statement);
            Recorded::Added
        };
        self.places.insert(key.clone(), at);
        self.recorded.push((key, recorded));
        Ok(())
    }

    /// What is wrong with one whose key one before it has.
    fn repeated(&self, entry: &Entry<'_>, key: &Key, first: usize) -> Error {
        match (self.on_conflict, check_reason(entry)) {
            (OnConflict::Fail, _) => revisions::taken(key),
            (OnConflict::Revise, Err(unexplained)) => unexplained,
            _ => {
                let (zh, en) =
                    (format!("与第 {first} 项的键相同"), format!("has the same key as item {first}"));
                Fault::pointer("", Invalid::new("same_key", zh, en)).into()
            }
        }
    }

    /// Writes all that were added, and gives the id of each and what became of it, in their order.
    pub fn write(self, entry: &mut Entry<'_>) -> Result<Vec<(i64, Recorded)>> {
        let ids = self.additions.write(entry)?;
        let known = &self.known;
        let id = |key: &Key| ids.get(key).copied().or_else(|| known.get(key).map(|history| history.row.id));
        let recorded = self.recorded.iter().map(|(key, recorded)| {
            let id = id(key).ok_or(Error::Bug("an observation was recorded and is not there"))?;
            Ok((id, *recorded))
        });
        recorded.collect()
    }
}
