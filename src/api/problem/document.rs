//! The documents that problems are answered with.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::language::Language;
use crate::error::{Fault, Place, Text};

/// A problem document (RFC 9457), with media type `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/unknown_parameter",
    "title": "Unknown parameter",
    "status": 400,
    "detail": "witihn: this operation has no such parameter",
    "errors": [{"parameter": "witihn", "code": "unknown_parameter", "message": "this operation has no such parameter"}],
    "request_id": "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90"
}))]
pub struct ProblemDocument {
    /// Stable type of the problem: the address of a page of this service that explains it.
    pub r#type: String,
    /// Short title of the type, in Chinese or English by Accept-Language.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What went wrong this time.
    pub detail: String,
    /// Each single fault, with its place. Empty when there is nothing more to say.
    pub errors: Vec<ProblemError>,
    /// Id of this request, also in the `X-Request-Id` header and in the log of the service.
    pub request_id: String,
}

/// One fault of a request and its place: either `parameter`, `pointer`, or `row` and `column`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemError {
    /// Name of the parameter of the query or path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// JSON pointer (RFC 6901) to the member of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Row of the table handed in, from 1 below the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// Column of the table handed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Stable code of the rule that is broken.
    pub code: String,
    /// What is wrong, in Chinese or English by Accept-Language.
    pub message: String,
}

impl ProblemError {
    /// A fault in a language.
    pub fn new(fault: &Fault, language: Language) -> ProblemError {
        let (parameter, pointer, row, column) = match fault.place.clone() {
            Place::Parameter(name) => (Some(name), None, None, None),
            Place::Pointer(pointer) => (None, Some(pointer), None, None),
            Place::Cell { row, column } => (None, None, Some(row), Some(column)),
        };
        let message = &fault.invalid.message;
        ProblemError {
            parameter,
            pointer,
            row,
            column,
            code: fault.invalid.code.to_owned(),
            message: language.pick(&message.zh, &message.en).to_owned(),
        }
    }
}

/// What faults say, in one sentence each with its place.
pub fn sentence(faults: &[Fault]) -> Text {
    let line = |message: fn(&Fault) -> &str| {
        faults
            .iter()
            .map(|fault| match place(fault).as_str() {
                "" => message(fault).to_owned(),
                place => format!("{place}: {}", message(fault)),
            })
            .collect::<Vec<_>>()
            .join("; ")
    };
    Text::new(line(|fault| &fault.invalid.message.zh), line(|fault| &fault.invalid.message.en))
}

fn place(fault: &Fault) -> String {
    match &fault.place {
        Place::Parameter(name) => name.clone(),
        Place::Pointer(pointer) => pointer.clone(),
        Place::Cell { row, column } => format!("{row}.{column}"),
    }
}
