//! Submissions 报送: figures that somebody proposes, row by row, and what becomes of them. How the rows
//! are checked is in `checks.rs`, who may move a submission, and how, in `moves.rs`.

pub mod checks;
mod figures;
mod findings;
mod item;
pub mod moves;
mod together;

use super::drafts::fault;
use super::drafts::observation::ObservationDraft;
use crate::db::areas;
use crate::db::ledger::Entry;
use crate::db::submissions::{self, EventRow, SubmissionRow};
use crate::domain::access::Caller;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::RevisionReason;
use crate::domain::submission::SubmissionState;
use crate::error::{Error, Fault, Invalid, Result};
use checks::Check;
use item::{Item, written};

/// A new submission.
#[derive(Debug, Clone)]
pub struct SubmissionDraft {
    /// The area that reports.
    pub area: AreaCode,
    /// Title.
    pub title: String,
    /// The observations that are proposed, one for each row.
    pub drafts: Vec<ObservationDraft>,
}

impl SubmissionDraft {
    /// Adds the submission, a draft with what the checks find in it, and gives its id.
    ///
    /// Errors: `Invalid` when the area is not registered, or for a row outside of it.
    pub fn insert(
        &self,
        entry: &mut Entry<'_>,
        caller: &Caller,
        reason: Option<RevisionReason>,
    ) -> Result<i64> {
        if areas::get(entry.conn, self.area)?.is_none() {
            return Err(fault("area", Invalid::unregistered(self.area)).into());
        }
        let outside: Vec<Fault> = self
            .drafts
            .iter()
            .enumerate()
            .filter_map(|(at, draft)| outside(self.area, draft, &format!("/items/{at}")))
            .collect();
        if !outside.is_empty() {
            return Err(Error::Invalid(outside));
        }
        let items: Vec<Item> =
            (1..).zip(&self.drafts).map(|(row, draft)| Item { row, draft: draft.clone() }).collect();
        let sources = checks::sources(entry.conn, self.area, &items)?;
        let found = checks::run(entry.conn, self.area, reason, &items, &sources)?;
        let row = SubmissionRow {
            id: 0,
            area: self.area,
            title: self.title.clone(),
            state: SubmissionState::Draft,
            author: caller.name.clone(),
            seq: entry.seq,
            updated_at: entry.at,
            author_key: caller.id.clone(),
            reason,
            checks: Check::list(&found)?,
        };
        let id = submissions::insert(entry, &row)?;
        let row = SubmissionRow { id, ..row };
        let put = items.iter().map(|Item { row, draft }| Ok((*row, Some(written(draft)?))));
        submissions::put_items(entry, &row, &[], put.collect::<Result<_>>()?)?;
        note(entry, &row, &[], caller, "[]".to_owned())?;
        Ok(id)
    }
}

/// The fault of a row that speaks of an area outside of the submission's, told of its place.
fn outside(area: AreaCode, draft: &ObservationDraft, place: &str) -> Option<Fault> {
    if area.subtree().contains(&draft.area.as_i64()) {
        return None;
    }
    let (zh, en) = (
        format!("{} 不在报送区划 {area} 之内", draft.area),
        format!("{} is not within {area}, the area of the submission", draft.area),
    );
    Some(Fault::pointer(format!("{place}/area"), Invalid::new("outside_of_submission", zh, en)))
}

/// Notes the state that a submission has come to after what happened `before`, by whom, and with which words.
fn note(
    entry: &mut Entry<'_>,
    of: &SubmissionRow,
    before: &[EventRow],
    caller: &Caller,
    row_comments: String,
) -> Result<()> {
    let ordinal = before.last().map_or(0, |event| event.ordinal) + 1;
    let event = EventRow {
        submission: of.id,
        ordinal,
        state: of.state,
        author: caller.name.clone(),
        comment: entry.origin.comment.clone(),
        at: entry.at,
        seq: entry.seq,
        author_key: caller.id.clone(),
        row_comments,
    };
    submissions::insert_event(entry, of, &event)
}
