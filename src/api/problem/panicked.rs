//! Handlers that panicked.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::Problem;
use crate::api::headers::Origins;
use crate::api::language::Language;
use crate::api::request_id;
use crate::error::Error;

/// A handler panicked. The request went with it, so what the document needs is kept aside before.
#[derive(Debug)]
pub struct Panicked {
    language: Language,
    request_id: String,
    path: String,
}

impl Panicked {
    /// What is kept aside of a request.
    pub fn by(request: &HttpRequest) -> Panicked {
        Panicked {
            language: Language::of(request),
            request_id: request_id::of(request),
            path: request.path().to_owned(),
        }
    }
}

impl std::fmt::Display for Panicked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a handler panicked")
    }
}

impl ResponseError for Panicked {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        let origins = Origins::default();
        Problem::from(Error::Bug("a handler panicked")).respond_apart(
            self.language,
            &self.request_id,
            &self.path,
            &origins,
        )
    }
}
