//! Headers that stand on every answer, whatever it says: what a browser may and may not do with it.

use actix_cors::Cors;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Condition;

use super::request_id;

/// Header that tells what is left of each rate.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// Header that tells the rates themselves.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// No answer is a page that loads anything, or that another page may frame.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The documentation is a page of our own files; its script writes styles and draws images itself.
const DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                             img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                             frame-ancestors 'none'";

/// What somebody has uploaded may do nothing at all, should a browser take it for a page.
const UPLOADED: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// A bulletin, and the page at the root, is a page with a style of its own, and nothing else.
const PAGE: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const PROTECTION: [(HeaderName, &str); 3] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Sets the headers that protect the answer to a request for `path`.
pub fn protect(headers: &mut HeaderMap, path: &str, origins: &Origins) {
    for (name, value) in PROTECTION {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = match path {
        path if path.starts_with("/swagger-ui/") => DOCUMENTATION,
        path if path.starts_with("/api/v1/attachments/") => UPLOADED,
        path if path == "/" || path.starts_with("/api/v1/bulletins/") => PAGE,
        _ => NOTHING,
    };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    // Who may read an answer may also show it, as an image for example, which is no request of CORS.
    let readers = if origins.0.is_empty() { "same-origin" } else { "cross-origin" };
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static(readers));
}

/// The origins whose pages may read answers, such as `https://example.org`; `*` is any.
#[derive(Debug, Clone, Default)]
pub struct Origins(pub Vec<String>);

impl Origins {
    /// Lets these origins read and write, never with the credentials that a browser keeps; without
    /// origins it is not in the way.
    pub fn cors(&self) -> Condition<Cors> {
        let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let sent = [
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::RANGE,
        ];
        let told = [
            header::ACCEPT_RANGES,
            header::ALLOW,
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            HeaderName::from_static("deprecation"),
            header::ETAG,
            header::LINK,
            header::LOCATION,
            RATE_LIMIT,
            RATE_LIMIT_POLICY,
            header::RETRY_AFTER,
            HeaderName::from_static("sunset"),
            header::WWW_AUTHENTICATE,
            request_id::REQUEST_ID,
        ];
        let mut cors = Cors::default().allowed_methods(methods).allowed_headers(sent).expose_headers(&told);
        cors = cors.max_age(3600);
        for origin in &self.0 {
            cors = if origin == "*" {
                cors.allow_any_origin().send_wildcard()
            } else {
                cors.allowed_origin(origin)
            };
        }
        Condition::new(!self.0.is_empty(), cors)
    }
}
