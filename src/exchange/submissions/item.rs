//! The rows of a submission, as they are proposed and as they are kept.

use serde_json::Value;

use crate::db::submissions::ItemRow;
use crate::error::{Error, Result};
use crate::exchange::drafts::observation::ObservationDraft;

/// One row of a submission: its number, which stays when others are dropped, and what it proposes.
#[derive(Debug, Clone)]
pub struct Item {
    /// Number of the row, from 1.
    pub row: i64,
    /// The observation that is proposed.
    pub draft: ObservationDraft,
}

/// What a row proposes, as it is kept and shown: without the members that are absent.
pub(super) fn written(draft: &ObservationDraft) -> Result<String> {
    let unwritable = |error: serde_json::Error| Error::Corrupt(error.to_string());
    let mut value = serde_json::to_value(draft).map_err(unwritable)?;
    leave_out_nulls(&mut value);
    serde_json::to_string(&value).map_err(unwritable)
}

fn leave_out_nulls(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, member| !member.is_null());
        members.values_mut().for_each(leave_out_nulls);
    }
}

/// Rows of a submission, from what is kept of them.
pub(super) fn read(kept: &[ItemRow]) -> Result<Vec<Item>> {
    let read =
        |ItemRow { submission, row_number, observation }: &ItemRow| match serde_json::from_str(observation) {
            Ok(draft) => Ok(Item { row: *row_number, draft }),
            Err(error) => {
                Err(Error::Corrupt(format!("row {row_number} of submission {submission}: {error}")))
            }
        };
    kept.iter().map(read).collect()
}
