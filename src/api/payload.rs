//! The body of a request: read within bounds of size and speed, its coding undone, its syntax
//! checked. What its members mean is not known here.

mod json;

use std::io::{self, Read};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{self, Bytes, BytesMut};
use actix_web::{HttpMessage, HttpRequest};
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};
use futures_util::future::Shared;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::problem::Problem;
use crate::error::{Error, Invalid};

/// Codings of a body, as `Accept-Encoding` names them to a client that used another.
const CODINGS: &str = "gzip, br, zstd, deflate";

/// The speed of a body is looked at over this time.
const PACE: Duration = Duration::from_secs(5);

/// Largest window of zstd that a client may ask us to keep, as a power of two (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;

/// How much of a body is read, and how long a client may take over it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of a body, as sent and as decoded.
    pub bytes: usize,
    /// Slowest rate in bytes a second, over any 5 s.
    pub bytes_per_second: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 4 << 20, bytes_per_second: 1 << 10 }
    }
}

/// The end of the reading of a body, which others can wait for.
struct Reading(Shared<oneshot::Receiver<()>>);

/// Tells those who wait in [`been_read`] that the body of a request is being read, until what is answered is
/// dropped.
pub fn reading(request: &HttpRequest) -> oneshot::Sender<()> {
    let (reading, end) = oneshot::channel();
    request.extensions_mut().insert(Reading(end.shared()));
    reading
}

/// Waits until the body of a request has been read, if it is: what is wrong with its size is told before what is
/// wrong with the path.
pub async fn been_read(request: &HttpRequest) {
    let end = request.extensions().get::<Reading>().map(|Reading(end)| end.clone());
    if let Some(end) = end {
        // Its sender is dropped; nothing is ever sent.
        let _ = end.await;
    }
}

/// Reads the body of a request to its end and undoes its coding.
///
/// Errors: `unsupported_media_type` of a coding that is unknown or put on another, `too_large`,
/// `request_timeout` of a body that stalls, `malformed_request` of one that breaks off.
pub async fn read(request: &HttpRequest, payload: &mut Payload, limits: &Limits) -> Result<Bytes, Problem> {
    let coding = Coding::of(request.headers())?;
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if declared.and_then(|length| length.parse().ok()).is_some_and(|length: usize| length > limits.bytes) {
        return Err(Problem::too_large(limits.bytes));
    }
    let sent = receive(payload, limits).await?;
    let limit = limits.bytes;
    match coding {
        Coding::Identity => Ok(sent),
        coding => web::block(move || coding.undo(&sent, limit)).await.map_err(|_| Error::Cancelled)?,
    }
}

/// Reads JSON that every reader understands alike.
///
/// Errors: `malformed_request` with the place of the first fault: of syntax, a member given twice, the
/// character U+0000, nesting deeper than 32.
pub fn json(bytes: &[u8]) -> Result<Value, Problem> {
    json::read(bytes).map_err(|(pointer, invalid)| Problem::malformed_body(pointer, invalid))
}

async fn receive(payload: &mut Payload, limits: &Limits) -> Result<Bytes, Problem> {
    let mut sent = BytesMut::new();
    let portion = limits.bytes_per_second * PACE.as_secs() as usize;
    let (mut due, mut deadline) = (portion, Instant::now() + PACE);
    while let Some(chunk) =
        timeout_at(deadline, payload.next()).await.map_err(|_| Problem::request_timeout())?
    {
        let chunk = chunk.map_err(|_| broken())?;
        if sent.len() + chunk.len() > limits.bytes {
            return Err(Problem::too_large(limits.bytes));
        }
        sent.extend_from_slice(&chunk);
        if sent.len() >= due {
            (due, deadline) = (sent.len() + portion, Instant::now() + PACE);
        }
    }
    Ok(sent.freeze())
}

fn broken() -> Problem {
    Problem::malformed(Invalid::new(
        "broken_body",
        "请求体不完整或已损坏",
        "The body breaks off or is damaged.",
    ))
}

/// How a body is coded.
#[derive(Debug, Clone, Copy)]
enum Coding {
    Identity,
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

impl Coding {
    /// The one coding that the headers name, over however many lines.
    fn of(headers: &HeaderMap) -> Result<Coding, Problem> {
        let lines: Vec<&[u8]> =
            headers.get_all(header::CONTENT_ENCODING).map(|line| line.as_bytes()).collect();
        let named = lines.join(&b","[..]).to_ascii_lowercase();
        match named.trim_ascii() {
            b"" | b"identity" => Ok(Coding::Identity),
            b"gzip" | b"x-gzip" => Ok(Coding::Gzip),
            b"br" => Ok(Coding::Brotli),
            b"zstd" => Ok(Coding::Zstd),
            b"deflate" => Ok(Coding::Deflate),
            _ => Err(Problem::unsupported_coding(CODINGS)),
        }
    }

    /// What was coded, of at most `limit` bytes. A body that swells beyond it is read no further, so
    /// that a bomb costs no more than an honest body.
    fn undo(self, sent: &[u8], limit: usize) -> Result<Bytes, Problem> {
        let decoder: io::Result<Box<dyn Read>> = match self {
            Coding::Identity => Ok(Box::new(sent)),
            Coding::Gzip => Ok(Box::new(MultiGzDecoder::new(sent))),
            Coding::Brotli => Ok(Box::new(brotli::Decompressor::new(sent, 0))),
            Coding::Zstd => zstd(sent),
            Coding::Deflate => Ok(Box::new(ZlibDecoder::new(sent))),
        };
        let mut plain = Vec::new();
        decoder
            .and_then(|decoder| decoder.take(limit as u64 + 1).read_to_end(&mut plain))
            .map_err(|_| broken())?;
        if plain.len() > limit { Err(Problem::too_large(limit)) } else { Ok(plain.into()) }
    }
}

fn zstd(sent: &[u8]) -> io::Result<Box<dyn Read + '_>> {
    let mut decoder = zstd::Decoder::with_buffer(sent)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(Box::new(decoder))
}
