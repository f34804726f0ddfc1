//! The bodies of submissions: a new one, and a move of one.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::domain::area_code::AreaCode;
use crate::domain::codes::RevisionReason;
use crate::domain::submission::SubmissionState;
use crate::domain::text::{Name, Passage};
use crate::error::{Error, Fault, Invalid, Result};
use crate::exchange::drafts::observation::ObservationDraft;
use crate::exchange::submissions::SubmissionDraft;
use crate::exchange::submissions::moves::{Move, RowChange};

/// A new submission, as a body.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionInput {
    /// The area that reports; every row speaks of it or of an area below it.
    pub area: AreaCode,
    /// Title.
    #[schema(example = "弼时镇2023年6月月报")]
    pub title: Name,
    /// The observations that are proposed. They become the rows 1, 2, 3 and so on.
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<ObservationDraft>,
}

impl From<SubmissionInput> for SubmissionDraft {
    fn from(body: SubmissionInput) -> SubmissionDraft {
        let SubmissionInput { area, title, items } = body;
        SubmissionDraft { area, title: title.into(), drafts: items }
    }
}

/// A move of a submission to another state, as a body.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionTransitionInput {
    /// The state to come to.
    pub to: SubmissionState,
    /// What is said of single rows: with `submitted` what they propose instead, with `returned` comments.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub rows: Vec<SubmissionRowInput>,
}

/// What a move says of one row: either `observation` or `comment`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionRowInput {
    /// Number of the row.
    #[schema(minimum = 1, maximum = 1000)]
    pub row: i64,
    /// What the row proposes instead; null drops the row.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ObservationDraft>)]
    pub observation: Option<Option<ObservationDraft>>,
    /// What the reviewer has to say of it.
    pub comment: Option<Passage>,
}

/// A member that is there, be it null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl SubmissionTransitionInput {
    /// The move, for a reason that is given beside it.
    ///
    /// Errors: `Invalid` for a row of which nothing is said, or too much.
    pub fn into_move(self, reason: Option<RevisionReason>) -> Result<Move> {
        let mut faults = Vec::new();
        let mut rows = Vec::new();
        for (at, SubmissionRowInput { row, observation, comment }) in self.rows.into_iter().enumerate() {
            let change = match (observation, comment) {
                (Some(Some(draft)), None) => Ok(RowChange::Replaced(Box::new(draft))),
                (Some(None), None) => Ok(RowChange::Dropped),
                (None, Some(comment)) => Ok(RowChange::Commented(comment.into())),
                _ => {
                    let (zh, en) =
                        ("须有 observation 或 comment 之一", "says either `observation` or `comment`");
                    Err(("", Invalid::new("row_change", zh, en)))
                }
            };
            match change {
                Ok(change) => rows.push((row, change)),
                Err((member, invalid)) => faults.push(Fault::pointer(format!("/rows/{at}{member}"), invalid)),
            }
        }
        if faults.is_empty() { Ok(Move { to: self.to, rows, reason }) } else { Err(Error::Invalid(faults)) }
    }
}
