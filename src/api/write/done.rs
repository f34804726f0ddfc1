//! Answers to writes that were done.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use serde_json::Value;

use crate::api::base;
use crate::api::cache;
use crate::api::format::Format;
use crate::db::idempotency::Reply;
use crate::error::{Error, Result};

/// The answer to a write that was done.
#[derive(Debug)]
pub struct Done(pub(super) Reply);

impl Done {
    /// A row that was created, and its address.
    pub fn created(location: String, seq: i64, row: &impl Serialize) -> Result<Reply> {
        Ok(Reply { status: 201, location: Some(location), ..Done::row(seq, row)? })
    }

    /// A row that was changed, or stays as it was.
    pub fn row(seq: i64, row: &impl Serialize) -> Result<Reply> {
        let body = serde_json::to_string(row).map_err(|error| Error::Corrupt(error.to_string()))?;
        // The tag of the same row when it is read without compression.
        let etag = cache::etag(seq, ContentEncoding::Identity, body.as_bytes()).to_string();
        Ok(Reply { status: 200, location: None, etag: Some(etag), body })
    }

    /// Several rows together, which have no tag of their own.
    pub fn rows(status: StatusCode, rows: &impl Serialize) -> Result<Reply> {
        let status = i16::try_from(status.as_u16()).unwrap_or(200);
        Ok(Reply { status, etag: None, ..Done::row(0, rows)? })
    }

    /// The same answer with another body.
    pub fn with_body(self, change: impl FnOnce(&str) -> Result<String>) -> Result<Done> {
        let body = change(&self.0.body)?;
        Ok(Done(Reply { body, ..self.0 }))
    }

    /// A row that is gone.
    pub fn gone() -> Reply {
        Reply { status: 204, location: None, etag: None, body: String::new() }
    }
}

impl Responder for Done {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let Done(Reply { status, location, etag, body }) = self;
        let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let mut response = HttpResponse::build(status.unwrap_or(StatusCode::OK));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        let location = location.map(|path| base::address(&path));
        for (name, value) in [(header::LOCATION, location), (header::ETAG, etag)] {
            if let Some(value) = value {
                response.insert_header((name, value));
            }
        }
        if body.is_empty() {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, Format::Json.media_type())).body(body)
    }
}

/// The answer to a trial: without address and tag, and without the ids of what it would have created, since another
/// write gets these.
pub(super) fn of_trial(reply: Reply, seq: i64) -> Result<Reply> {
    let broken = |error: serde_json::Error| Error::Corrupt(error.to_string());
    let mut body: Value = serde_json::from_str(&reply.body).map_err(broken)?;
    let is_new = |row: &Value| row["seq"] == seq && row.get("revision").is_none_or(|number| *number == 1);
    let forget = |row: &mut Value| {
        if is_new(row)
            && let Some(members) = row.as_object_mut()
        {
            members.shift_remove("id");
        }
    };
    if reply.status == 201 {
        match body.get_mut("items") {
            Some(Value::Array(rows)) => rows.iter_mut().for_each(forget),
            _ => forget(&mut body),
        }
    }
    let body = serde_json::to_string(&body).map_err(broken)?;
    Ok(Reply { status: 200, location: None, etag: None, body })
}
