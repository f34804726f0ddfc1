//! The bodies of submissions: a new one, and a move of one.

use actix_web::HttpRequest;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::api::body::reading::parse;
use crate::api::body::why::clean_comment;
use crate::api::body::{Body, JSON};
use crate::api::observations::bodies::{ObservationItem, read_items};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::RevisionReason;
use crate::domain::submission::SubmissionState;
use crate::domain::text;
use crate::error::{Error, Fault, Invalid, Result};
use crate::exchange::drafts::observation::ObservationDraft;
use crate::exchange::submissions::SubmissionDraft;
use crate::exchange::submissions::moves::{Move, RowChange};

/// A new submission, as a body.
#[derive(Debug, Clone, ToSchema)]
pub struct NewSubmission {
    /// The area that reports; every row speaks of it or of an area below it.
    pub area: AreaCode,
    /// Title.
    #[schema(min_length = 1, example = "弼时镇2023年6月月报")]
    pub title: String,
    /// The observations that are proposed, each as a body of `POST /observations`. They become the rows
    /// 1, 2, 3 and so on.
    #[schema(value_type = Vec<ObservationItem>, min_items = 1, max_items = 1000)]
    pub items: Vec<ObservationDraft>,
}

impl Body for NewSubmission {
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(_: &HttpRequest, mut members: Map<String, Value>) -> Result<NewSubmission> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Head {
            area: AreaCode,
            #[serde(deserialize_with = "text::one_label")]
            title: String,
        }
        let items = members.remove("items");
        let Head { area, title } = parse(Value::Object(members))?;
        let missing = || Fault::pointer("/items", Invalid::new("missing", "缺少这个成员", "is missing"));
        Ok(NewSubmission { area, title, items: read_items(items.ok_or_else(missing)?)? })
    }
}

impl From<NewSubmission> for SubmissionDraft {
    fn from(body: NewSubmission) -> SubmissionDraft {
        let NewSubmission { area, title, items } = body;
        SubmissionDraft { area, title, drafts: items }
    }
}

/// A move of a submission to another state, as a body.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionMove {
    /// The state to come to.
    pub to: SubmissionState,
    /// What is said of single rows: with `submitted` what they propose instead, with `returned` comments.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub rows: Vec<RowMove>,
}

/// What a move says of one row: either `observation` or `comment`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowMove {
    /// Number of the row.
    #[schema(minimum = 1, maximum = 1000)]
    pub row: i64,
    /// What the row proposes instead; null drops the row.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ObservationItem>)]
    pub observation: Option<Option<ObservationDraft>>,
    /// What the reviewer has to say of it.
    #[schema(min_length = 1, max_length = 2000)]
    pub comment: Option<String>,
}

/// A member that is there, be it null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl SubmissionMove {
    /// The move, for a reason that is given beside it.
    ///
    /// Errors: `Invalid` for a row of which nothing is said, or too much.
    pub fn into_move(self, reason: Option<RevisionReason>) -> Result<Move> {
        let mut faults = Vec::new();
        let mut rows = Vec::new();
        for (at, RowMove { row, observation, comment }) in self.rows.into_iter().enumerate() {
            let change = match (observation, comment) {
                (Some(Some(draft)), None) => Ok(RowChange::Replaced(Box::new(draft))),
                (Some(None), None) => Ok(RowChange::Dropped),
                (None, Some(comment)) => commented(comment),
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

fn commented(comment: String) -> Result<RowChange, (&'static str, Invalid)> {
    match clean_comment(Some(comment)) {
        Ok(Some(comment)) => Ok(RowChange::Commented(comment)),
        Ok(None) => Err(("/comment", Invalid::new("empty", "不能为空", "must not be empty"))),
        Err(invalid) => Err(("/comment", invalid)),
    }
}
