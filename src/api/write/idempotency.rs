//! Requests that may come twice.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::HeaderName;

use crate::api::problem::Problem;
use crate::db::idempotency::Ticket;
use crate::domain::access::Caller;
use crate::domain::hash;
use crate::error::Invalid;

/// Header by which a client makes a POST safe to repeat.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What is kept of a request, so that it may come twice; none where it has no key.
pub fn ticket(request: &HttpRequest, caller: &Caller, body: &[u8]) -> Result<Option<Ticket>, Problem> {
    // The other methods have their preconditions.
    if request.method() != Method::POST {
        return Ok(None);
    }
    let mut given = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(value) = given.next() else { return Ok(None) };
    let fits = |key: &&str| (1..=255).contains(&key.len()) && key.bytes().all(|sign| sign.is_ascii_graphic());
    let key = value.to_str().ok().filter(fits).filter(|_| given.next().is_none()).ok_or_else(|| {
        let (zh, en) = (
            "应为一个 1 到 255 个可见 ASCII 字符的值",
            "must be one value of 1 to 255 visible ASCII characters",
        );
        Problem::malformed_header(&IDEMPOTENCY_KEY, Invalid::new("malformed_header", zh, en))
    })?;
    Ok(Some(Ticket {
        key_id: caller.id.clone(),
        path: request.match_info().as_str().to_owned(),
        idempotency_key: key.to_owned(),
        fingerprint: hash::sha256(&[request.query_string().as_bytes(), &[0], body]),
    }))
}
