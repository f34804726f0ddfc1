//! Bodies: what a request says in JSON.

pub mod changes;
pub mod held;
mod members;
pub mod rows;
pub mod schemas;
pub mod why;

use actix_web::HttpRequest;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::error::Result;
use crate::exchange::reading::read;

/// The media type of bodies.
pub const JSON: &str = "application/json";

/// What can be read from the body of a request.
pub trait Body: Sized {
    /// Media types of the body; none when the operation has no body.
    const MEDIA: &'static [&'static str];

    /// Reads the members, but for reason and comment.
    ///
    /// Errors: `Malformed` for what cannot be read, `Invalid` for what is missing.
    fn read(request: &HttpRequest, members: Map<String, Value>) -> Result<Self>;
}

/// No body at all.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Body for Nothing {
    const MEDIA: &'static [&'static str] = &[];

    fn read(_: &HttpRequest, _: Map<String, Value>) -> Result<Nothing> {
        Ok(Nothing)
    }
}

/// A body whose members are all there is to it.
pub struct Plain<T>(pub T);

impl<T: DeserializeOwned + ToSchema + 'static> Body for Plain<T> {
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(_: &HttpRequest, members: Map<String, Value>) -> Result<Plain<T>> {
        read(Value::Object(members)).map(Plain)
    }
}
