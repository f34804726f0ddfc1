//! Submissions as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::language::Language;
use crate::db::submissions::{EventRow, ItemRow, SubmissionRow};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::RevisionReason;
use crate::domain::submission::{CheckLevel, SubmissionState};
use crate::error::{Error, Result};
use crate::exchange::drafts::observation::ObservationDraft;
use crate::exchange::submissions::checks;
use crate::exchange::submissions::moves::RowComment;
use crate::exchange::table::Tabular;

/// Figures that somebody proposes 报送, with what the checks found in them and what became of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Submission {
    /// Id, given by this installation.
    #[schema(minimum = 1, example = 1)]
    pub id: i64,
    /// The area that reports.
    pub area: AreaCode,
    /// Title.
    #[schema(min_length = 1, example = "弼时镇2023年6月月报")]
    pub title: String,
    /// State.
    pub state: SubmissionState,
    /// Name of the key that made it.
    pub author: String,
    /// Why it revises what is published; null when it gives no reason.
    pub reason: Option<RevisionReason>,
    /// The rows, in order of their numbers.
    pub items: Vec<SubmissionItem>,
    /// What the checks found when they last ran: when it was made, submitted or approved.
    pub checks: Vec<Check>,
    /// Every state that it has come to, from the first on.
    pub history: Vec<SubmissionEvent>,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// One row of a submission.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubmissionItem {
    /// Number of the row, from 1. It stays when other rows are dropped.
    #[schema(minimum = 1, maximum = 1000)]
    pub row: i64,
    /// The observation that is proposed, as it was handed in, with codes and periods normalised.
    #[schema(value_type = ObservationDraft)]
    pub observation: Value,
}

/// What a check found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Check {
    /// Number of the row.
    #[schema(minimum = 1)]
    pub row: i64,
    /// An error blocks; a warning needs the note of its row.
    pub level: CheckLevel,
    /// Code of the rule.
    #[schema(example = "jump")]
    pub code: String,
    /// What was found, in Chinese or English by Accept-Language.
    pub message: String,
}

/// A state that a submission came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubmissionEvent {
    /// The state.
    pub state: SubmissionState,
    /// Name of the key that moved it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was said with it; null for nothing.
    pub comment: Option<String>,
    /// What a reviewer said of single rows.
    pub rows: Vec<CommentedRow>,
    /// Number of the entry.
    #[schema(minimum = 1)]
    pub seq: i64,
}

/// What a reviewer said of a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommentedRow {
    /// Number of the row.
    #[schema(minimum = 1)]
    pub row: i64,
    /// The words.
    pub comment: String,
}

impl Tabular for Submission {
    const LISTS: &'static [&'static str] = &["checks[row,message]", "history[state,by,at,comment,rows]"];
}

impl Submission {
    /// A submission with its rows and what happened to it, told in a language.
    pub fn new(
        row: SubmissionRow,
        items: Vec<SubmissionItem>,
        history: Vec<SubmissionEvent>,
        language: Language,
    ) -> Result<Submission> {
        let SubmissionRow { id, area, title, state, author, seq, updated_at, author_key: _, reason, checks } =
            row;
        let tell = |check: checks::Check| {
            let checks::Check { row, level, code, zh, en } = check;
            Check { row, level, code, message: language.pick(&zh, &en).to_owned() }
        };
        let checks = checks::Check::read(&checks)?.into_iter().map(tell).collect();
        let updated_at = updated_at.and_utc();
        Ok(Submission { id, area, title, state, author, reason, items, checks, history, seq, updated_at })
    }
}

impl TryFrom<ItemRow> for SubmissionItem {
    type Error = Error;

    fn try_from(row: ItemRow) -> Result<SubmissionItem> {
        let ItemRow { submission: _, row_number, observation } = row;
        let observation = serde_json::from_str(&observation)
            .map_err(|error| Error::Corrupt(format!("row of a submission: {error}")))?;
        Ok(SubmissionItem { row: row_number, observation })
    }
}

impl TryFrom<EventRow> for SubmissionEvent {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<SubmissionEvent> {
        let EventRow {
            submission: _,
            ordinal: _,
            state,
            author,
            comment,
            at,
            seq,
            author_key: _,
            row_comments,
        } = row;
        let rows: Vec<RowComment> = serde_json::from_str(&row_comments)
            .map_err(|error| Error::Corrupt(format!("comments on rows: {error}")))?;
        let rows =
            rows.into_iter().map(|RowComment { row, comment }| CommentedRow { row, comment }).collect();
        Ok(SubmissionEvent { state, by: author, at: at.and_utc(), comment, rows, seq })
    }
}
