//! Evidence: what shows that a deliverable of a plan item is there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::Passage;

/// One thing that shows that something was delivered: a file, a progress report, a figure or words, such as the
/// number of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Which of the item's deliverables it shows, from 1; null: the first one that nothing else shows.
    #[schema(minimum = 1)]
    pub deliverable: Option<i64>,
    /// Words.
    #[schema(example = "弼政发〔2023〕12号验收意见")]
    pub text: Option<Passage>,
    /// Id of an attachment.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub attachment: Option<String>,
    /// Id of a progress report on the item, or on a project that is linked to it.
    #[schema(minimum = 1)]
    pub progress_report: Option<i64>,
    /// Id of an observation.
    #[schema(minimum = 1)]
    pub observation: Option<i64>,
}
