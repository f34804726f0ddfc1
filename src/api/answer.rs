//! What a handler answers: a body, and what the cache must know of it.

use actix_web::body::{BodyStream, BoxBody, MessageBody};
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::NaiveDateTime;
use futures_util::Stream;
use serde::Serialize;

use super::base;
use super::format::Format;
use super::problem::Problem;
use crate::db::Snapshot;
use crate::error::{Error, Result};

/// What the cache must know of an answer; it travels in the extensions of the response.
#[derive(Debug, Clone, Copy)]
pub struct Vintage {
    /// The head of the ledger in the snapshot that the answer was read from.
    pub head: i64,
    /// The number in the ETag: of one row its last entry, as the caller sees it, else 0.
    pub seq: i64,
    /// Hash of what is answered, where that does not lie in memory.
    pub content: Option<u64>,
    /// When the answer changes without a write, if ever.
    pub good_until: Option<NaiveDateTime>,
}

/// The number in the ETag of what is no single row: such a tag depends on what is answered and on nothing else.
pub const NO_ROW: i64 = 0;

/// A successful answer to a read.
pub struct Answer {
    vintage: Vintage,
    media_type: &'static str,
    body: BoxBody,
    link: Option<String>,
    disposition: Option<String>,
}

impl Answer {
    /// A body of JSON read at `head`.
    pub fn json(head: i64, body: Vec<u8>) -> Answer {
        Answer {
            vintage: Vintage { head, seq: NO_ROW, content: None, good_until: None },
            media_type: Format::Json.media_type(),
            body: body.boxed(),
            link: None,
            disposition: None,
        }
    }

    /// A body of another media type, made of one row whose last entry is `seq`.
    pub fn made(head: i64, seq: i64, media_type: &'static str, body: Vec<u8>) -> Answer {
        let mut answer = Answer { media_type, ..Answer::json(head, body) };
        answer.vintage.seq = seq;
        answer
    }

    /// One row, whose last entry is `seq`.
    pub fn one<T: Serialize>(request: &HttpRequest, seq: i64, row: &Snapshot<T>) -> Result<Answer, Problem> {
        Format::json(request)?;
        let body = serde_json::to_vec(&row.data).map_err(|error| Error::Corrupt(error.to_string()))?;
        Ok(Answer::made(row.head, seq, Format::Json.media_type(), body))
    }

    /// One row that changes without a write at a time.
    pub fn changing<T: Serialize>(
        request: &HttpRequest,
        read: Snapshot<(T, Option<NaiveDateTime>)>,
        seq: impl FnOnce(&T) -> i64,
    ) -> Result<Answer, Problem> {
        let Snapshot { head, data: (data, good_until) } = read;
        Ok(Answer::one(request, seq(&data), &Snapshot { head, data })?.good_until(good_until))
    }

    /// A body with this hash that arrives in pieces.
    pub fn stream(
        head: i64,
        media_type: &'static str,
        content: u64,
        pieces: impl Stream<Item = Result<Bytes>> + 'static,
    ) -> Answer {
        let body = BodyStream::new(Box::pin(pieces)).boxed();
        let mut answer = Answer { media_type, body, ..Answer::json(head, Vec::new()) };
        answer.vintage.content = Some(content);
        answer
    }

    /// Names the file that a browser keeps it as.
    pub fn kept_as(mut self, name: Option<String>) -> Answer {
        self.disposition = name.map(|name| format!("attachment; filename=\"{name}\""));
        self
    }

    /// Names the time at which the answer changes without a write.
    pub fn good_until(mut self, time: Option<NaiveDateTime>) -> Answer {
        self.vintage.good_until = time;
        self
    }

    /// Names the address of the next page (RFC 8288).
    pub fn link_next(mut self, address: &str) -> Answer {
        self.link = Some(format!("<{}>; rel=\"next\"", base::address(address)));
        self
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CONTENT_TYPE, self.media_type));
        if let Some(link) = self.link {
            response.insert_header((header::LINK, link));
        }
        if let Some(disposition) = self.disposition {
            response.insert_header((header::CONTENT_DISPOSITION, disposition));
        }
        let mut response = response.body(self.body);
        response.extensions_mut().insert(self.vintage);
        response
    }
}
