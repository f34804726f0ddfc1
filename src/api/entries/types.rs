//! Entries of the ledger as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::db::entries::{EditRow, EntryRow};
use crate::domain::codes::{Op, RevisionReason};
use crate::domain::row_kind::RowKind;
use crate::error::Result;
use crate::exchange::stored;
use crate::exchange::table::Tabular;

/// Members of a plan item that may name rows of other areas, which a reader of some areas may not see.
const ELSEWHERE: [&str; 5] = ["projects", "parent", "target", "carried_from", "carried_to"];

/// One write 记账: who, when, why, and what it did to each row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Entry {
    /// Running number, without gaps.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Name of the key, or the command, that made it.
    #[schema(example = "seed")]
    pub by: String,
    /// Id of the key; null for commands.
    pub key_id: Option<String>,
    /// Id of the request, as in the service's log; null for commands.
    pub request_id: Option<String>,
    /// Coded reason; null when none was given.
    pub reason: Option<RevisionReason>,
    /// Free words about it; null when there are none.
    pub comment: Option<String>,
    /// How many rows it touched, as far as the reader sees them.
    #[schema(minimum = 1)]
    pub edits_count: i64,
    /// The first 20 of them; `/entries/{seq}/edits` has them all.
    pub edits: Vec<Edit>,
}

/// What an entry did to one row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Edit {
    /// Number within the entry, the place in the list.
    #[serde(skip)]
    pub ordinal: i64,
    /// Kind of row.
    #[schema(example = "metric")]
    pub kind: String,
    /// What the row is known by: `code` for most kinds.
    #[schema(value_type = Object, example = json!({"code": "homestead.fee.collected"}))]
    pub key: Map<String, Value>,
    /// Whether it was put there or deleted.
    pub op: Op,
    /// The row before; null when there was none.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Map<String, Value>>,
    /// The row after; null when it is gone.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Map<String, Value>>,
}

impl Entry {
    /// An entry with its first edits, and how many it has.
    pub fn new(row: EntryRow, edits_count: i64, edits: Vec<Edit>) -> Entry {
        let EntryRow { seq, at, author, key_id, request_id, reason, comment } = row;
        Entry { seq, at: at.and_utc(), by: author, key_id, request_id, reason, comment, edits_count, edits }
    }
}

impl Edit {
    /// An edit as it is shown to a reader of some areas, or of all.
    pub fn new(row: EditRow, everywhere: bool) -> Result<Edit> {
        let EditRow { ordinal, kind, key, op, before, after } = row;
        let known = kind.parse().ok();
        let readable = |stored: &str| -> Result<_> {
            let mut row = stored::readable(known, stored)?;
            row.retain(|name, _| {
                everywhere || known != Some(RowKind::PlanItem) || !ELSEWHERE.contains(&name.as_str())
            });
            Ok(row)
        };
        let before = before.as_deref().map(readable).transpose()?;
        let after = after.as_deref().map(readable).transpose()?;
        let nothing = Map::new();
        let key = stored::key(known, &key, after.as_ref().or(before.as_ref()).unwrap_or(&nothing));
        Ok(Edit { ordinal, kind, key, op, before, after })
    }
}

impl Tabular for Entry {
    const LISTS: &'static [&'static str] = &["edits[op,kind,key]"];
}

impl Tabular for Edit {}
