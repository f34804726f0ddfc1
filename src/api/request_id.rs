//! The id of a request: in its extensions, in the answer's header, in problem documents, in the log.

use actix_web::http::header::HeaderName;
use actix_web::{HttpMessage, HttpRequest};

/// Header that carries the id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

struct RequestId(String);

/// Gives a request a new id. A client's own id is not taken: it could forge another's in the log.
pub fn give(request: &HttpRequest) -> String {
    let id = uuid::Uuid::now_v7().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    id
}

/// The id of a request; a dash before it has one.
pub fn of(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map_or_else(|| "-".to_owned(), |id| id.0.clone())
}
