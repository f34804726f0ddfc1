//! The path under which a reverse proxy offers the service, which the proxy takes away: what the service tells of
//! its own addresses begins with it.

use std::sync::OnceLock;

static BASE: OnceLock<String> = OnceLock::new();

/// Chooses the path of this process, once at its start, from the address of the service as others call it. There
/// is none when it is never chosen.
pub fn choose(public_url: &str) {
    let path =
        public_url.parse().map(|uri: actix_web::http::Uri| uri.path().trim_end_matches('/').to_owned());
    // A second choice would move the addresses of answers already given.
    let _first = BASE.set(path.unwrap_or_default());
}

/// The address of a path of the service.
pub fn address(path: &str) -> String {
    format!("{}{path}", BASE.get().map_or("", String::as_str))
}
