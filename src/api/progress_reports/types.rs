//! Progress reports as they go over the wire.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::rows::{New, Writable};
use crate::db::progress_reports::ProgressReportRow;
use crate::db::progress_reports::seen::SeenReport;
use crate::exchange::drafts::progress_report::ProgressReportDraft;
use crate::exchange::table::Tabular;

/// A report on the progress of a project or plan item 进展. It says at least one thing of `progress`, `text`,
/// `problems`, `next_step`, `attachments` and `observations`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProgressReport {
    /// Id in this installation.
    #[schema(minimum = 1)]
    pub id: i64,
    /// Day that it speaks of, not after today. Reports are in the order of these days, whenever they arrive.
    #[schema(example = "2023-03-31")]
    pub as_of: NaiveDate,
    /// Progress in percent, 0 to 100; null when it says nothing of it.
    #[schema(minimum = 0, maximum = 100, example = 40)]
    pub progress: Option<i16>,
    /// What was done; null when nothing was said.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: Option<String>,
    /// Problems; null when none were named.
    #[schema(min_length = 1, max_length = 2000)]
    pub problems: Option<String>,
    /// Next step; null when none was named.
    #[schema(min_length = 1, max_length = 2000)]
    pub next_step: Option<String>,
    /// Ids of the attachments, in the order given.
    #[schema(max_items = 20)]
    pub attachments: Vec<String>,
    /// Ids of the observations that it speaks of, in the order given, as far as the reader sees them.
    #[schema(max_items = 20)]
    pub observations: Vec<i64>,
    /// Who reported: the name of a key.
    pub author: String,
    /// Id that the client gave, so that a retry is not a second report; null when it gave none.
    #[schema(pattern = "^[!-~]{1,128}$", example = "7d1c2c0a-phone-3")]
    pub client_id: Option<String>,
    /// Id of the report that it corrects, on the same project or plan item; null when it corrects none.
    #[schema(minimum = 1)]
    pub corrects: Option<i64>,
    /// Id of the report that corrects it, and counts in its place; null while it stands.
    #[schema(minimum = 1)]
    pub corrected_by: Option<i64>,
    /// When it was entered here.
    pub recorded_at: DateTime<Utc>,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// A new progress report, for POST.
pub type ProgressReportInput = New<ProgressReportDraft>;

impl Writable for ProgressReportDraft {
    type Answer = ProgressReport;
    const KEY: &'static [&'static str] = &[];
}

impl Tabular for ProgressReport {}

impl From<SeenReport> for ProgressReport {
    fn from(SeenReport { row, attachments, observations }: SeenReport) -> ProgressReport {
        let ProgressReportRow {
            id,
            project: _,
            plan_item: _,
            as_of,
            progress,
            text,
            problems,
            next_step,
            author,
            author_key: _,
            client_id,
            corrects,
            corrected_by,
            recorded_at,
            seq,
            updated_at,
        } = row;
        ProgressReport {
            id,
            as_of,
            progress,
            text,
            problems,
            next_step,
            attachments,
            observations,
            author,
            client_id,
            corrects,
            corrected_by,
            recorded_at: recorded_at.and_utc(),
            seq,
            updated_at: updated_at.and_utc(),
        }
    }
}
