//! Problems (RFC 9457): refusals and failures on their way to the caller. `kinds` is the only place that picks status
//! codes for errors, and says of each type of problem what it is; `of_error` finds the type of an error.

pub mod document;
pub mod kinds;
mod of_error;
pub mod panicked;
mod refusals;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};

use super::base;
use super::headers::{self, Origins};
use super::language::Language;
use super::request_id;
use crate::error::{Error, Fault, Text, chain};
use document::{ProblemDocument, ProblemError, sentence};
use kinds::Kind;

/// A problem document tells at most so many faults of syntax.
const MOST_FAULTS: usize = 100;

/// Its sentence tells at most so many of any kind.
const MOST_TOLD: usize = 20;

/// It tells more of what rows say: whoever hands in a table mends it in one go.
const MOST_ROW_FAULTS: usize = 1000;

/// A refusal or failure on its way to the caller.
#[derive(Debug)]
pub struct Problem(Box<Told>);

#[derive(Debug)]
struct Told {
    kind: &'static Kind,
    detail: Text,
    faults: Vec<Fault>,
    /// A header that this refusal comes with.
    header: Option<(HeaderName, String)>,
    cause: Option<Error>,
}

impl Problem {
    fn new(kind: &'static Kind, detail: Text) -> Problem {
        Problem(Box::new(Told { kind, detail, faults: Vec::new(), header: None, cause: None }))
    }

    fn of_faults(kind: &'static Kind, mut faults: Vec<Fault>) -> Problem {
        // Whoever sends thousands of mistakes learns as much from the first.
        let most = if kind.status == StatusCode::BAD_REQUEST { MOST_FAULTS } else { MOST_ROW_FAULTS };
        faults.truncate(most);
        let mut problem = Problem::new(kind, sentence(&faults[..faults.len().min(MOST_TOLD)]));
        problem.0.faults = faults;
        problem
    }

    /// A problem of which there is no more to say than its type does.
    fn explained(kind: &'static Kind) -> Problem {
        let (zh, en) = kind.explanation;
        Problem::new(kind, Text::new(zh, en))
    }

    /// A failure inside: it says nothing of the inside, and is logged when it is answered.
    fn inside(kind: &'static Kind, cause: Error) -> Problem {
        let mut problem = Problem::explained(kind);
        problem.0.cause = Some(cause);
        problem
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Problem {
        self.0.header = Some((name, value.into()));
        self
    }

    /// The problem document, in the language that the request prefers.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        self.render(Language::of(request), request_id::of(request))
    }

    /// The problem document with all headers that an answer has, where there is no request to see.
    pub fn respond_without_request(&self, id: &str, origins: &Origins) -> HttpResponse {
        self.respond_apart(Language::Chinese, id, "", origins)
    }

    /// The problem document with all headers that an answer has, for what is known of the request.
    fn respond_apart(&self, language: Language, id: &str, path: &str, origins: &Origins) -> HttpResponse {
        let mut response = self.render(language, id.to_owned());
        if let Ok(id) = HeaderValue::from_str(id) {
            response.headers_mut().insert(request_id::REQUEST_ID, id);
        }
        headers::protect(response.headers_mut(), path, origins);
        response
    }

    /// The problem document, in a language and for the request with this id.
    fn render(&self, language: Language, request_id: String) -> HttpResponse {
        let Told { kind, detail, faults, header, cause } = &*self.0;
        if kind.status.is_server_error() {
            let cause = cause.as_ref().map(|error| chain(error));
            tracing::error!(request_id, cause, "{}", kind.slug);
        }
        let document = ProblemDocument {
            r#type: base::address(&format!("/problems/{}", kind.slug)),
            title: language.pick(kind.title.0, kind.title.1).to_owned(),
            status: kind.status.as_u16(),
            detail: language.pick(&detail.zh, &detail.en).to_owned(),
            errors: faults.iter().map(|fault| ProblemError::new(fault, language)).collect(),
            request_id,
        };
        let mut response = HttpResponseBuilder::new(kind.status);
        response
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((header::CONTENT_LANGUAGE, language.tag()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "accept-language"));
        if [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&kind.status) {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        if kind.status == StatusCode::REQUEST_TIMEOUT {
            response.force_close();
        }
        if let Some((name, value)) = header {
            response.insert_header((name.clone(), value.as_str()));
        }
        response.json(document)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.kind.slug, self.0.detail)
    }
}

/// The middleware in `observe.rs` turns a problem into its document, because only there the request
/// and its language are at hand; this carries it that far.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.kind.status
    }
}
