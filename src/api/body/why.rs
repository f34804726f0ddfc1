//! Why something is written: reason and comment.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::codes::RevisionReason;
use crate::domain::text::Note;
use crate::error::Result;
use crate::exchange::reading::read;

/// Why something is written: members of every body, parameters where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Why {
    /// Coded reason of the entry.
    pub reason: Option<RevisionReason>,
    /// Free words about this entry of the ledger.
    pub comment: Option<Note>,
}

impl Why {
    /// Takes reason and comment out of the members of a body.
    ///
    /// Errors: `Malformed` for what cannot be read, `Invalid` for a comment that no text can be.
    pub fn take(members: &mut Map<String, Value>) -> Result<Why> {
        let said = ["reason", "comment"].iter().filter_map(|name| members.remove_entry(*name));
        let Why { reason, comment } = read(Value::Object(said.collect()))?;
        Ok(Why { reason, comment: comment.filter(|comment| !comment.is_empty()) })
    }
}
