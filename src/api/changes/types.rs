//! Changes as they go over the wire.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::codes::Op;
use crate::domain::feed::FeedKind;

/// What has become of a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Change {
    /// Number of the entry that last wrote the row, as in `data`; of what is gone the entry by which it went.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// What it is.
    pub kind: FeedKind,
    /// What the row is known by: `code` of most kinds; `id` of a progress report, beside its `project` or `plan_item`;
    /// `project` and `ordinal` of a milestone; `id`, `metric`, `area`, `period`, `accumulation` and `role` of an
    /// observation.
    #[schema(value_type = Object, example = json!({"code": "tongba-bridge"}))]
    pub key: Map<String, Value>,
    /// Whether it is there, in the state of `data`, or gone: deleted, retracted, not to be seen any more, or no longer
    /// within the area that is asked for.
    pub op: Op,
    /// The row as the list of its kind has it; null of what is gone, and with `data=keys`.
    #[schema(value_type = Option<Object>)]
    pub data: Option<Value>,
}

/// Some changes, and how to go on from them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangePage {
    /// The changes, each row once, in the order of the entries that last wrote them.
    pub items: Vec<Change>,
    /// The bookmark to go on from, as `since`. It is always there.
    pub next: String,
    /// Whether there is more now.
    pub more: bool,
    /// How many rows there are in all; without `since` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub count: Option<i64>,
    /// Digest of all rows that the caller sees; with `digest=true` where there is no more only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5d41402abc4b2a76b9719d911017c592", pattern = "^[0-9a-f]{32}$")]
    pub digest: Option<String>,
}

/// The last line of a feed in NDJSON.
#[derive(Debug, Serialize)]
pub struct FeedEnd {
    /// The bookmark to go on from.
    pub next: String,
    /// Digest of all rows that the caller sees, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}
