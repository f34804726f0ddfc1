//! Parts of a file (RFC 9110, 14): a download that was cut off goes on where it ended.

use std::ops::Range as Bytes;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, EntityTag, Header, IfRange, Range};

use crate::api::problem::Problem;

/// The part of a file of this size that a request asks for; none when it is answered whole: where it asks for
/// nothing else, for several parts, for what is no range of bytes, or for a part of what the file no longer is.
///
/// Errors: a problem when no byte of the file lies in the part.
pub fn asked_for(request: &HttpRequest, etag: &EntityTag, size: u64) -> Result<Option<Bytes<u64>>, Problem> {
    let is_meant = !request.headers().contains_key(header::IF_RANGE)
        || matches!(IfRange::parse(request), Ok(IfRange::EntityTag(tag)) if tag.strong_eq(etag));
    let parts = match Range::parse(request) {
        Ok(Range::Bytes(parts)) if is_meant && *request.method() == Method::GET => parts,
        _ => return Ok(None),
    };
    let [part] = &parts[..] else { return Ok(None) };
    match part.to_satisfiable_range(size) {
        Some((first, last)) => Ok(Some(first..last + 1)),
        None => Err(Problem::no_such_range(size)),
    }
}
