//! Timelines as they go over the wire.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::api::progress_reports::types::ProgressReport;
use crate::db::extensions::ExtensionRow;
use crate::db::moves::{ItemMoveRow, ProjectMoveRow};
use crate::domain::codes::{ExtensionState, ItemState, RevisionReason, codes};
use crate::domain::evidence::Evidence;
use crate::domain::partial_date::PartialDate;
use crate::domain::stage::Stage;
use crate::exchange::table::Tabular;
use crate::statistics::timeline::{Event, Happening};

codes! {
    /// What happened to a project or a plan item: 创建, 修改, 状态变更, 进展, 申请延期, 延期决定, 节点.
    TimelineEvent ("时间线事件", "timeline event") {
        Created = "created" ("创建", "The row was created"),
        Changed = "changed" ("修改", "Members were changed"),
        Moved = "moved" ("状态变更", "It came to another state or stage"),
        Reported = "reported" ("进展", "Progress was reported"),
        ExtensionRequested = "extension_requested" ("申请延期", "More time was asked for"),
        ExtensionDecided = "extension_decided" ("延期决定", "More time was given, refused or no longer asked for"),
        Milestone = "milestone" ("节点", "A milestone was set or changed"),
    }
}

/// One thing that happened to a project or a plan item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineItem {
    /// The day on which it happened; of what was only written, the day of the entry.
    pub on: NaiveDate,
    /// When it was entered: late news stands at its day, and was entered later.
    pub recorded_at: DateTime<Utc>,
    /// Number of the entry.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// What happened.
    pub event: TimelineEvent,
    /// Name of the key, or of the command, that wrote it.
    pub by: String,
    /// More of it. `created`: nothing. `changed`: `members`, the names of those that were changed. `moved`:
    /// `from`, `to`, `reason`, `comment`, and of a plan item `evidence`, of a project `suspended`. `reported`:
    /// the progress report. `extension_requested` and `extension_decided`: `ordinal`, `state`, `due_on`,
    /// `was_due_on`, `comment`. `milestone`: `ordinal`, `title`, `status`, `due_on`, `forecast_on`, `met_on`;
    /// null where it was deleted.
    #[schema(value_type = Map<String, Value>)]
    pub data: TimelineData,
    /// Place in the order of the timeline.
    #[serde(skip)]
    pub place: (NaiveDate, i64, i64),
}

/// What is told of an event beside its kind.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the documentation of `TimelineItem::data` describes the members")]
pub enum TimelineData {
    Created {},
    Changed {
        members: BTreeSet<String>,
    },
    ItemMoved {
        from: ItemState,
        to: ItemState,
        reason: Option<RevisionReason>,
        comment: Option<String>,
        evidence: Vec<Evidence>,
    },
    ProjectMoved {
        from: Stage,
        to: Stage,
        suspended: bool,
        reason: Option<RevisionReason>,
        comment: Option<String>,
    },
    Reported(Box<ProgressReport>),
    Extension {
        ordinal: i64,
        state: ExtensionState,
        due_on: PartialDate,
        was_due_on: Option<PartialDate>,
        comment: Option<String>,
    },
    Milestone(Map<String, Value>),
}

/// The kind of an event, and what is told of it beside.
fn kind_and_data(event: Event) -> (TimelineEvent, TimelineData) {
    let extension = |row: ExtensionRow, state, comment| {
        let ExtensionRow { ordinal, due_on, was_due_on, .. } = row;
        TimelineData::Extension { ordinal, state, due_on, was_due_on, comment }
    };
    match event {
        Event::Created => (TimelineEvent::Created, TimelineData::Created {}),
        Event::Changed(members) => (TimelineEvent::Changed, TimelineData::Changed { members }),
        Event::ItemMoved(row, evidence) => {
            let ItemMoveRow { was: from, became: to, reason, comment, .. } = row;
            (TimelineEvent::Moved, TimelineData::ItemMoved { from, to, reason, comment, evidence })
        }
        Event::ProjectMoved(row) => {
            let ProjectMoveRow { was_stage: from, stage: to, suspended, reason, comment, .. } = row;
            (TimelineEvent::Moved, TimelineData::ProjectMoved { from, to, suspended, reason, comment })
        }
        Event::Reported(report) => (TimelineEvent::Reported, TimelineData::Reported(Box::new(report.into()))),
        Event::ExtensionRequested(row) => {
            let comment = Some(row.comment.clone());
            (TimelineEvent::ExtensionRequested, extension(row, ExtensionState::Requested, comment))
        }
        Event::ExtensionDecided(row) => {
            let (state, comment) = (row.state, row.decision.clone());
            (TimelineEvent::ExtensionDecided, extension(row, state, comment))
        }
        Event::Milestone(members) => (TimelineEvent::Milestone, TimelineData::Milestone(members)),
    }
}

impl From<Happening> for TimelineItem {
    fn from(happening: Happening) -> TimelineItem {
        let place = happening.place();
        let Happening { on, recorded_at, seq, rank: _, by, event } = happening;
        let (event, data) = kind_and_data(event);
        TimelineItem { on, recorded_at: recorded_at.and_utc(), seq, event, by, data, place }
    }
}

impl Tabular for TimelineItem {}
