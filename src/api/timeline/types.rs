//! Timelines as they go over the wire.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::codes::codes;
use crate::exchange::table::Tabular;

codes! {
    /// What happened to a project or a plan item: 创建, 修改, 状态变更, 进展, 申请延期, 延期决定, 节点.
    TimelineEvent ("时间线事件", "timeline event") {
        Created = "created",
        Changed = "changed",
        Moved = "moved",
        Reported = "reported",
        ExtensionRequested = "extension_requested",
        ExtensionDecided = "extension_decided",
        Milestone = "milestone",
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
    pub data: Map<String, Value>,
    /// Place in the order of the timeline.
    #[serde(skip)]
    pub place: (NaiveDate, i64, i64),
}

impl TimelineItem {
    /// What happened on a day, written by an entry; `rank` orders what one entry says of one day.
    pub fn new(
        (on, at): (NaiveDate, NaiveDateTime),
        (seq, rank): (i64, i64),
        event: TimelineEvent,
        by: String,
        data: Value,
    ) -> TimelineItem {
        let data = match data {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        TimelineItem { on, recorded_at: at.and_utc(), seq, event, by, data, place: (on, seq, rank) }
    }
}

impl Tabular for TimelineItem {
    const COLUMNS: &'static [&'static str] = &["on", "recorded_at", "seq", "event", "by", "data"];
}
