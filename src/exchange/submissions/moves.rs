//! How a submission moves from one state to the next: who may, what it takes, and what it does. All of it
//! inside the entry, from the row as it is there, so that of moves that race one wins.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::checks::{self, Check};
use super::item::read;
use super::{Item, note, outside, written};
use crate::db::ledger::{Entry, Origin};
use crate::db::submissions::{self, EventRow, ItemRow, SubmissionRow};
use crate::domain::access::{Caller, KeyRole};
use crate::domain::codes::{OnConflict, RevisionReason};
use crate::domain::submission::SubmissionState;
use crate::error::{Error, Fault, Invalid, Result, Text};
use crate::exchange::drafts::fault;
use crate::exchange::drafts::observation::ObservationDraft;
use crate::exchange::drafts::recording::Recording;
use crate::exchange::drafts::sources::Sources;

/// What a move says of one row.
#[derive(Debug, Clone)]
pub enum RowChange {
    /// Something else is proposed.
    Replaced(Box<ObservationDraft>),
    /// Nothing is proposed any more.
    Dropped,
    /// A reviewer has something to say of it.
    Commented(String),
}

/// A reviewer's words about a row, as they are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RowComment {
    /// Number of the row.
    pub row: i64,
    /// The words.
    pub comment: String,
}

/// A move that somebody asks for. Its comment is that of the entry.
#[derive(Debug, Clone)]
pub struct Move {
    /// The state to come to.
    pub to: SubmissionState,
    /// What is said of single rows, by their numbers.
    pub rows: Vec<(i64, RowChange)>,
    /// The reason for what is revised, in the place of the one that was given before.
    pub reason: Option<RevisionReason>,
}

/// Checks that the caller may move a submission to a state: its author, an editor or a reviewer of the area may; but
/// nobody approves what they have written or handed in.
///
/// Errors: `Forbidden`.
pub fn permit(entry: &mut Entry<'_>, caller: &Caller, of: &SubmissionRow, to: SubmissionState) -> Result<()> {
    let reaches = |role: KeyRole| caller.role >= role && caller.reach().covers(of.area);
    let own = of.author_key == caller.id;
    match to {
        SubmissionState::Submitted | SubmissionState::Withdrawn | SubmissionState::Draft => {
            if own || reaches(KeyRole::Editor) {
                return Ok(());
            }
            refuse(
                "只有其作者或该区划的编辑可以报送或撤回",
                "Only its author, or an editor of the area, submits or withdraws it.",
            )
        }
        SubmissionState::Approved | SubmissionState::Returned => {
            if !reaches(KeyRole::Reviewer) {
                return refuse(
                    "只有该区划的审核员可以批准或退回",
                    "Only a reviewer of the area approves or returns it.",
                );
            }
            let wrote = [SubmissionState::Draft, SubmissionState::Submitted];
            let events = submissions::events(entry.conn, &[of.id])?;
            let had_a_hand =
                events.iter().any(|event| wrote.contains(&event.state) && event.author_key == caller.id);
            if to == SubmissionState::Approved && had_a_hand {
                return refuse(
                    "起草或报送的密钥不能批准；须由另一人批准",
                    "The key that wrote or submitted it does not approve it: a second person does.",
                );
            }
            Ok(())
        }
    }
}

impl Move {
    /// Makes the move, once it is permitted and can be made from where the submission is.
    ///
    /// Errors: `Invalid` for what the move says
    /// of rows and, of a submission that is handed in or approved, with all errors that the checks find.
    pub fn make(&self, entry: &mut Entry<'_>, caller: &Caller, before: &SubmissionRow) -> Result<()> {
        let kept = submissions::items(entry.conn, &[before.id])?;
        let events = submissions::events(entry.conn, &[before.id])?;
        self.check_rows(entry, before, &kept)?;
        let reason = self.reason.filter(|_| self.to == SubmissionState::Submitted).or(before.reason);
        let mut after =
            SubmissionRow { state: self.to, reason, seq: entry.seq, updated_at: entry.at, ..before.clone() };
        let (mut comments, mut changes) = (Vec::new(), Vec::new());
        for (row, change) in &self.rows {
            match change {
                RowChange::Replaced(draft) => changes.push((*row, Some(written(draft)?))),
                RowChange::Dropped => changes.push((*row, None)),
                RowChange::Commented(comment) => {
                    comments.push(RowComment { row: *row, comment: comment.clone() });
                }
            }
        }
        submissions::put_items(entry, before, &kept, changes)?;
        if matches!(self.to, SubmissionState::Submitted | SubmissionState::Approved) {
            let items = self.proposed(read(&kept)?);
            let sources = checks::sources(entry.conn, before.area, &items)?;
            let found = checks::run(entry.conn, before.area, reason, &items, &sources)?;
            checks::refuse_errors(&found)?;
            // What was approved keeps the checks that it was approved with.
            after.checks = Check::list(&found)?;
            if self.to == SubmissionState::Approved {
                publish(entry, before, &events, &items, &sources)?;
            }
        }
        submissions::update(entry, before, &after)?;
        let comments = serde_json::to_string(&comments).map_err(|error| Error::Corrupt(error.to_string()))?;
        note(entry, &after, &events, caller, comments)
    }

    /// What is proposed once the rows have changed.
    fn proposed(&self, mut items: Vec<Item>) -> Vec<Item> {
        for (row, change) in &self.rows {
            match change {
                RowChange::Replaced(draft) => {
                    let replaced = items.iter_mut().filter(|item| item.row == *row);
                    replaced.for_each(|item| item.draft = (**draft).clone());
                }
                RowChange::Dropped => items.retain(|item| item.row != *row),
                RowChange::Commented(_) => {}
            }
        }
        items
    }

    /// Checks that what is said of rows fits the move, and that there are such rows.
    fn check_rows(&self, entry: &Entry<'_>, of: &SubmissionRow, kept: &[ItemRow]) -> Result<()> {
        let mut left: BTreeSet<i64> = kept.iter().map(|item| item.row_number).collect();
        let mut faults = Vec::new();
        let mut named = BTreeSet::new();
        for (at, (row, change)) in self.rows.iter().enumerate() {
            let place = format!("/rows/{at}");
            let mut refuse = |member: &str, code: &'static str, zh: &str, en: &str| {
                faults.push(Fault::pointer(format!("{place}/{member}"), Invalid::new(code, zh, en)));
            };
            if !named.insert(*row) {
                refuse("row", "named_twice", "行号重复", "is named twice");
            } else if !left.contains(row) {
                refuse("row", "unknown_row", "没有这一行", "there is no such row");
            }
            match (self.to, change) {
                (SubmissionState::Submitted, RowChange::Replaced(draft)) => {
                    faults.extend(outside(of.area, draft, &format!("{place}/observation")));
                }
                (SubmissionState::Submitted, RowChange::Dropped) => drop(left.remove(row)),
                (SubmissionState::Returned, RowChange::Commented(_)) => {}
                (_, RowChange::Commented(_)) => {
                    refuse(
                        "comment",
                        "not_taken",
                        "只有退回时可以批注行",
                        "rows are commented when they are returned",
                    );
                }
                (_, _) => refuse(
                    "observation",
                    "not_taken",
                    "只有报送时可以修改行",
                    "rows are changed when they are submitted",
                ),
            }
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        if left.is_empty() {
            return Err(
                fault("rows", Invalid::new("item_count", "至少保留一行", "leave no row at all")).into()
            );
        }
        let said = |comment: &String| !comment.trim().is_empty();
        let wordless = self.rows.is_empty() && !entry.origin.comment.as_ref().is_some_and(said);
        if self.to == SubmissionState::Returned && wordless {
            let (zh, en) = ("退回须有说明或行批注", "is needed to return it, or words about its rows");
            return Err(fault("comment", Invalid::new("missing", zh, en)).into());
        }
        Ok(())
    }
}

fn refuse<T>(zh: &str, en: &str) -> Result<T> {
    Err(Error::Forbidden(Text::new(zh, en)))
}

/// Records every row, signed by who handed the submission in and for its reason.
fn publish(
    entry: &mut Entry<'_>,
    submission: &SubmissionRow,
    events: &[EventRow],
    items: &[Item],
    sources: &Sources,
) -> Result<()> {
    let handed_in = events.iter().rfind(|event| event.state == SubmissionState::Submitted).cloned();
    let handed_in = handed_in.ok_or_else(|| Error::Corrupt(format!("submission {}", submission.id)))?;
    let submitter = Origin {
        author: handed_in.author,
        key_id: Some(handed_in.author_key),
        request_id: entry.origin.request_id.clone(),
        reason: submission.reason,
        comment: handed_in.comment,
    };
    let drafts: Vec<&ObservationDraft> = items.iter().map(|item| &item.draft).collect();
    entry.in_the_name_of(&submitter, |entry| {
        let mut recording = Recording::of(entry.conn, sources, &drafts, OnConflict::Revise)?;
        for (at, draft) in drafts.iter().enumerate() {
            recording.add(entry, at, draft)?;
        }
        recording.write(entry).map(drop)
    })
}
