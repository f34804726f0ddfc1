//! Who calls: the key of a request, whether it is valid, and whether its role allows the operation.
//! All of it before anything else of the request is read, so that a stranger learns nothing.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{TimeDelta, Utc};

use super::known_keys::{Found, KnownKeys};
use super::limits::{self, Rates};
use super::operations::Operations;
use super::problem::Problem;
use super::request_id;
use crate::db::{Db, keys};
use crate::domain::access::{Caller, Sight};
use crate::domain::token::Token;
use crate::error::{Error, Result, chain};

/// The last use of a key is noted to this much.
const USED: TimeDelta = TimeDelta::minutes(1);

/// What the caller of a request sees. What is public, where there is no key.
pub fn sight(request: &HttpRequest) -> Sight {
    request.extensions().get::<Caller>().map_or(Sight::PUBLIC, Caller::sight)
}

/// The key of a request whose answer depends on more than what its holder sees: of every operation that
/// needs a key.
pub fn holder(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<Personal>().map(|Personal(key)| key.clone())
}

/// Marks a request of an operation that needs a key.
struct Personal(String);

/// Marks a request for which it was looked how far the ledger has come.
struct Looked;

/// Whether it was looked how far the ledger has come, to know the key of this request.
pub fn has_looked(request: &HttpRequest) -> bool {
    request.extensions().contains::<Looked>()
}

/// Lets a request through when its key is valid and its role allows the operation. What leads nowhere
/// is let through too: it is answered by a 404 or 405, whoever asks. A method that a path does not take is
/// refused here, for the router might take the path for a parameter of another: `/projects/summary` is no
/// project that could be deleted.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (Some(operations), Some(db)) =
        (request.app_data::<Data<Operations>>().cloned(), request.app_data::<Data<Db>>().cloned())
    else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    // The path as the router reads it, which undoes needless escapes: else `%6detrics` would slip by.
    let found = operations.find(request.match_info().as_str(), request.method());
    if found.is_none() && operations.knows(request.match_info().as_str()) {
        let refusal = operations.refusal(request.request()).respond(request.request());
        return Ok(request.into_response(refusal));
    }
    if let Some(needed) = found {
        let allowed = authenticate(&db, request.request()).await.and_then(|caller| match (needed, &caller) {
            (Some(_), None) => Err(Problem::unauthorized(false)),
            (Some(role), Some(caller)) if caller.role < role => {
                tracing::warn!(
                    request_id = request_id::of(request.request()),
                    method = request.method().as_str(),
                    path = request.path(),
                    peer = peer(request.request()),
                    key = caller.id,
                    role = caller.role.as_str(),
                    needed = role.as_str(),
                    "the role of the key does not allow this"
                );
                Err(Problem::needs_role(role))
            }
            _ => Ok(caller),
        });
        match allowed {
            Ok(Some(caller)) => {
                let mut extensions = request.extensions_mut();
                if needed.is_some() {
                    extensions.insert(Personal(caller.id.clone()));
                }
                extensions.insert(caller);
            }
            Ok(None) => {}
            Err(problem) => {
                let refusal = problem.respond(request.request());
                return Ok(request.into_response(refusal));
            }
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// The address of the client of a request, for the log.
pub fn peer(request: &HttpRequest) -> Option<String> {
    limits::client(request).map(|address| address.to_string())
}

/// The holder of the request's key; none when it has no key.
async fn authenticate(db: &Db, request: &HttpRequest) -> Result<Option<Caller>, Problem> {
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    let refuse = |key: &str, reason: &str| {
        tracing::warn!(
            request_id = request_id::of(request),
            method = request.method().as_str(),
            path = request.path(),
            peer = peer(request),
            key,
            reason,
            "authentication failed"
        );
        Problem::unauthorized(true)
    };
    let token = token(request.headers()).ok_or_else(|| refuse("", "malformed"))?;
    let id = token.id().to_string();
    db.look().await?;
    request.extensions_mut().insert(Looked);
    let found = match request.app_data::<Data<KnownKeys>>() {
        Some(known) => known.find(db, &id).await?,
        None => return Err(Error::Bug("no keys can be known").into()),
    };
    let now = Utc::now().naive_utc();
    // The secret is hashed for an unknown key too: it takes as long as a wrong one.
    let stored = found.as_ref().map_or("", |found| found.key.hash.as_str());
    let matches = token.matches(stored);
    let Found { key, is_new } = found.filter(|_| matches).ok_or_else(|| refuse(&id, "unknown"))?;
    if let Some(reason) = key.refusal(now) {
        return Err(refuse(&id, reason));
    }
    if let Some(rates) = request.app_data::<Data<Rates>>() {
        rates.key.check(request, &token.id())?;
    }
    if is_new && key.last_used_at.is_none_or(|last| now - last > USED) {
        let (db, id) = (db.clone(), id.clone());
        actix_web::rt::spawn(async move {
            if let Err(error) = db.note(move |conn| keys::used(conn, &id, now)).await {
                tracing::warn!(error = chain(&error), "the last use of a key was not noted");
            }
        });
    }
    Ok(Some(key.as_ref().clone().caller()))
}

/// The token of an Authorization header; there may be only one.
fn token(headers: &HeaderMap) -> Option<Token> {
    let mut given = headers.get_all(header::AUTHORIZATION);
    let (value, None) = (given.next()?.to_str().ok()?, given.next()) else { return None };
    let (scheme, token) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { token.trim().parse().ok() } else { None }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Caller, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Caller>().cloned().ok_or_else(|| Problem::unauthorized(false)))
    }
}

/// The token itself, for what must not be readable without it.
impl FromRequest for Token {
    type Error = Problem;
    type Future = Ready<Result<Token, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(token(request.headers()).ok_or_else(|| Problem::unauthorized(false)))
    }
}

impl FromRequest for Sight {
    type Error = Problem;
    type Future = Ready<Result<Sight, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(sight(request)))
    }
}
