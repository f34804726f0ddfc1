//! Reading the body of a request.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde_json::Value;

use super::problem::Problem;
use crate::error::Invalid;

/// Bounds of a body.
#[derive(Debug, Clone)]
pub struct Limits;

/// The bytes of the body.
pub async fn read(request: &HttpRequest, payload: &mut Payload, _: &Limits) -> Result<web::Bytes, Problem> {
    web::Bytes::from_request(request, payload).await.map_err(|_| {
        Problem::malformed(Invalid::new("malformed_request", "无法读取", "The body cannot be read."))
    })
}

/// The JSON of a body.
pub fn json(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::malformed(Invalid::new("malformed_json", error.to_string(), error.to_string()))
    })
}
