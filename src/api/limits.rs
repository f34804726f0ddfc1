//! How many requests a client may send: one rate for each address, one for each key, told in the
//! `RateLimit` headers of every answer that was counted.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use governor::clock::DefaultClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use super::headers::{RATE_LIMIT, RATE_LIMIT_POLICY};
use super::problem::Problem;

/// After so many requests, clients that sent none of late are forgotten.
const SWEEP: u32 = 1 << 16;

/// How many requests are taken, and whose they are.
#[derive(Debug, Clone, Copy)]
pub struct PerSecond {
    /// Requests a second of one address; 0 is no limit.
    pub address: u32,
    /// Requests a second of one key; 0 is no limit.
    pub key: u32,
    /// Who says which address a request comes from.
    pub source: Source,
}

impl Default for PerSecond {
    fn default() -> PerSecond {
        PerSecond { address: 1000, key: 1000, source: Source::Peer }
    }
}

/// Where the address of a client is taken from.
///
/// Of a header it is the last value, which the reverse proxy in front put there. Only the one header
/// that this proxy writes may be named: any other comes from the client as it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The connection.
    Peer,
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`.
    XForwardedFor,
}

impl Source {
    /// The client's address; none in a test without a connection.
    fn client(self, request: &HttpRequest) -> Option<IpAddr> {
        let told = match self {
            Source::Peer => None,
            Source::Forwarded => last(request.headers(), &header::FORWARDED).and_then(forwarded_for),
            Source::XForwardedFor => last(request.headers(), &header::X_FORWARDED_FOR).and_then(host),
        };
        Some(told.or_else(|| request.peer_addr().map(|peer| peer.ip()))?.to_canonical())
    }

    /// Whom the requests of a client are counted for: its address; of IPv6 its network of 64 bits, all of which
    /// one client has.
    fn address(self, request: &HttpRequest) -> Option<IpAddr> {
        Some(match self.client(request)? {
            address @ IpAddr::V4(_) => address,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        })
    }
}

/// The address of the client of a request, as the connection tells it, or the proxy that is trusted.
pub fn client(request: &HttpRequest) -> Option<IpAddr> {
    source(request).client(request)
}

/// Whom a request is counted for.
pub fn counted(request: &HttpRequest) -> Option<IpAddr> {
    source(request).address(request)
}

fn source(request: &HttpRequest) -> Source {
    request.app_data::<Data<Rates>>().map_or(Source::Peer, |rates| rates.source)
}

/// The last element of a header that is a list.
fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let line = headers.get_all(name).last()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

fn forwarded_for(element: &str) -> Option<IpAddr> {
    let (_, node) = element
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    host(node.trim().trim_matches('"'))
}

/// The address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`.
fn host(node: &str) -> Option<IpAddr> {
    let bare = node.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| node.parse().ok().map(|socket: std::net::SocketAddr| socket.ip()))
}

/// A rate for each of many clients.
pub struct Limiter<K: Hash + Eq + Clone> {
    name: &'static str,
    clients: Option<Clients<K>>,
    checks: AtomicU32,
}

type Clients<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// A limiter of so many requests a second, which the headers tell of under this name; 0 is none.
    fn new(name: &'static str, per_second: u32) -> Limiter<K> {
        let quota = NonZeroU32::new(per_second).map(Quota::per_second);
        let clients = quota.map(|quota| RateLimiter::keyed(quota).with_middleware());
        Limiter { name, clients, checks: AtomicU32::new(0) }
    }

    /// Counts a request of this client; its answer tells what is left.
    ///
    /// Errors: `too_many_requests`.
    pub fn check(&self, request: &HttpRequest, client: &K) -> Result<(), Problem> {
        let Some(clients) = &self.clients else { return Ok(()) };
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            clients.retain_recent();
            clients.shrink_to_fit();
        }
        let (quota, left, outcome) = match clients.check_key(client) {
            Ok(state) => (state.quota(), state.remaining_burst_capacity(), Ok(())),
            Err(refused) => (refused.quota(), 0, Err(Problem::too_many_requests())),
        };
        let mut extensions = request.extensions_mut();
        let told = extensions.get_or_insert_with(Told::default);
        told.policies.push(format!("\"{}\";q={};w=1", self.name, quota.burst_size()));
        told.left.push(format!("\"{}\";r={left};t=1", self.name));
        outcome
    }
}

/// What the headers of an answer tell of the rates that its request was counted against.
#[derive(Default)]
struct Told {
    policies: Vec<String>,
    left: Vec<String>,
}

/// The rates of a process, and what was counted against them.
pub struct Rates {
    /// By address; the network of an IPv6 address.
    pub address: Limiter<IpAddr>,
    /// By the id of a key.
    pub key: Limiter<Uuid>,
    source: Source,
}

impl Rates {
    /// Rates with nothing counted yet.
    pub fn new(rates: PerSecond) -> Rates {
        Rates {
            address: Limiter::new("address", rates.address),
            key: Limiter::new("key", rates.key),
            source: rates.source,
        }
    }
}

/// Counts a request against the rate of its address, and tells in the answer how it stands with every
/// rate that it was counted against.
pub async fn by_address(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(rates) = request.app_data::<Data<Rates>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let address = counted(request.request());
    let checked = address.map_or(Ok(()), |address| rates.address.check(request.request(), &address));
    let mut response = match checked {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(problem) => {
            let refusal = problem.respond(request.request());
            request.into_response(refusal)
        }
    };
    let told = response.request().extensions_mut().remove::<Told>();
    if let Some(told) = told {
        for (name, list) in [(RATE_LIMIT_POLICY, told.policies), (RATE_LIMIT, told.left)] {
            if let Ok(value) = HeaderValue::from_str(&list.join(", ")) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_address_is_what_the_trusted_proxy_says() {
        let peer = "192.0.2.9:4711";
        let cases = [
            (Source::Peer, "x-forwarded-for", "198.51.100.1", "192.0.2.9"),
            (Source::XForwardedFor, "x-forwarded-for", "198.51.100.1", "198.51.100.1"),
            (Source::XForwardedFor, "x-forwarded-for", "203.0.113.5, 198.51.100.1", "198.51.100.1"),
            (Source::XForwardedFor, "x-forwarded-for", "198.51.100.1:80", "198.51.100.1"),
            (Source::XForwardedFor, "x-forwarded-for", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            (Source::XForwardedFor, "x-forwarded-for", "::ffff:198.51.100.1", "198.51.100.1"),
            (Source::XForwardedFor, "x-forwarded-for", "somebody", "192.0.2.9"),
            (Source::XForwardedFor, "forwarded", "for=198.51.100.1", "192.0.2.9"),
            (Source::Forwarded, "forwarded", "for=203.0.113.5, By=x; For=198.51.100.1", "198.51.100.1"),
            (Source::Forwarded, "forwarded", "for=\"[2001:db8:1:2:3::6]:80\";proto=https", "2001:db8:1:2::"),
            (Source::Forwarded, "forwarded", "for=unknown", "192.0.2.9"),
        ];
        for (source, name, value, address) in cases {
            let request = TestRequest::default().insert_header((name, value));
            let request = request.peer_addr(peer.parse().expect("an address")).to_http_request();
            assert_eq!(
                source.address(&request).map(|found| found.to_string()).as_deref(),
                Some(address),
                "{value}"
            );
        }
        assert_eq!(Source::Peer.address(&TestRequest::default().to_http_request()), None);
    }
}
