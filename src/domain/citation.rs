//! Citations: where in a report something is said.

use serde::Serialize;
use utoipa::ToSchema;

/// Where in a report something is said: characters count Unicode code points of the whole text with
/// LF line ends, from 0; paragraphs are the lines that hold more than white space, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"paragraph": 15, "start": 4276, "end": 4284, "words": "已收取90万余元"}))]
pub struct Citation {
    /// Number of the paragraph, from 1.
    #[schema(minimum = 1)]
    pub paragraph: i64,
    /// First character.
    #[schema(minimum = 0)]
    pub start: i64,
    /// The character after the last.
    #[schema(minimum = 1)]
    pub end: i64,
    /// The few words around the figure.
    pub words: String,
}
