//! Writes: what every request that changes something has in common. Its key, what it expects of the row
//! that it changes, why it changes it, and whether it may come twice.

pub mod done;
mod expected;
pub mod idempotency;
pub mod intent;
pub mod parameters;

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde_json::Value;

use super::body::Body;
use super::body::held::Held;
use super::format::Format;
use super::payload::{self, Limits};
use super::problem::Problem;
use super::query::{Fields, FromFields, NoParameters};
use super::request_id;
use crate::domain::access::Caller;
use crate::error::{Invalid, Result};
use expected::Expected;
use idempotency::ticket;
use intent::Intent;
use parameters::MayExplain;

/// A request that changes something: who asks, the parameters, the body. Read in the order in which
/// faults are told: media type, size, syntax. What the body means is looked at by the handler, after the row
/// and what the caller expects of it.
pub struct Write<B, Q = NoParameters> {
    /// Who asks, and on which conditions.
    pub intent: Intent,
    /// The parameters.
    pub query: Q,
    /// The body, of which what breaks a rule is told last.
    pub body: Held<B>,
}

impl<B: Body + 'static, Q: FromFields + MayExplain + 'static> FromRequest for Write<B, Q> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Write<B, Q>, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        let reading = payload::reading(&request);
        Box::pin(async move {
            let write = read(&request, &mut payload).await;
            drop(reading);
            write
        })
    }
}

async fn read<B: Body, Q: FromFields + MayExplain>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<Write<B, Q>, Problem> {
    let caller = request.extensions().get::<Caller>().cloned().ok_or_else(|| Problem::unauthorized(false))?;
    Format::json(request)?;
    let bytes = if B::MEDIA.is_empty() {
        Default::default()
    } else {
        if !is_one_of(request, B::MEDIA) {
            return Err(Problem::unsupported_media_type(&B::MEDIA.join(", ")));
        }
        let limits = request.app_data::<Limits>().copied().unwrap_or_default();
        payload::read(request, payload, &limits).await?
    };
    let query = Fields::parse(request.query_string())?.read::<Q>()?;
    let (body, why) = if B::MEDIA.is_empty() {
        (Held::none(request)?, query.why())
    } else {
        let Value::Object(members) = payload::json(&bytes)? else {
            let message = ("请求体应为 JSON 对象", "The body must be a JSON object.");
            return Err(Problem::malformed(Invalid::new("not_an_object", message.0, message.1)));
        };
        Held::read(request, members)?
    };
    let trial = query.is_trial();
    let intent = Intent {
        // The answer to a trial is not that of the deed.
        ticket: ticket(request, &caller, &bytes)?.filter(|_| !trial),
        trial,
        expected: Expected::of(request)?,
        request_id: request_id::of(request),
        caller,
        why,
    };
    Ok(Write { intent, query, body })
}

/// Whether the body is of one of these media types, in UTF-8.
fn is_one_of(request: &HttpRequest, media_types: &[&str]) -> bool {
    let Ok(Some(given)) = request.mime_type() else { return false };
    let in_utf_8 = given.get_param(mime::CHARSET).is_none_or(|charset| charset == mime::UTF_8);
    in_utf_8 && media_types.iter().any(|taken| given.essence_str() == *taken)
}
