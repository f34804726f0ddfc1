//! What the server's parser refuses before there is a request: it would answer with an empty body. What it writes
//! and no answer of the application is, is such a refusal, and explained in its place.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use chrono::Utc;
use futures_util::future::LocalBoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;
use uuid::Uuid;

use super::headers::Origins;
use super::pace::Pace;
use super::problem::Problem;
use super::written::Written;

/// The form of a date in a head (RFC 9110, IMF-fixdate).
const DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

const STATUSES: [StatusCode; 3] =
    [StatusCode::BAD_REQUEST, StatusCode::REQUEST_TIMEOUT, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE];

/// The status in a head that the server wrote of its own accord.
fn status(head: &[u8]) -> Option<StatusCode> {
    let status = StatusCode::from_bytes(head.get(9..12)?).ok()?;
    STATUSES.contains(&status).then_some(status)
}

/// The bytes of an answer that is the last on its connection.
fn last(answer: HttpResponse) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", answer.status()).into_bytes();
    for (name, value) in answer.headers() {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    // A problem document is never a stream.
    let body = answer.into_body().try_into_bytes().unwrap_or_default();
    let date = Utc::now().format(DATE);
    let rest = format!("content-length: {}\r\nconnection: close\r\ndate: {date}\r\n\r\n", body.len());
    [&head, rest.as_bytes(), &body].concat()
}

/// Sends what is left, and reads on for as long as `linger` while the client still sends: closing earlier
/// would take the answer from it.
async fn end(mut stream: TcpStream, left: Vec<u8>, linger: Duration) -> io::Result<()> {
    stream.write_all(&left).await?;
    stream.shutdown().await?;
    let mut ignored = [0; 4096];
    let rest = async { while stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {} };
    // The client may go on; it has been told.
    let _ = timeout(linger, rest).await;
    Ok(())
}

/// A connection on which the parser's refusals become problem documents.
pub struct Explaining {
    /// The connection itself, until a refusal ends it.
    pub(super) stream: Option<TcpStream>,
    pub(super) written: Written,
    pub(super) pace: Pace,
    ending: Option<LocalBoxFuture<'static, io::Result<()>>>,
    origins: Data<Origins>,
    linger: Duration,
}

impl Explaining {
    /// A connection that was just made.
    pub fn new(stream: TcpStream, origins: Data<Origins>, linger: Duration, pace: Pace) -> Explaining {
        Explaining { stream: Some(stream), written: Written::default(), pace, ending: None, origins, linger }
    }

    fn open(&mut self) -> Option<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new)
    }

    /// Writes what came before the refusal and the document in its place.
    fn explain(&mut self, before: &[u8], status: StatusCode) {
        let Some(stream) = self.stream.take() else { return };
        let id = Uuid::now_v7().to_string();
        let peer = stream.peer_addr().ok().map(|address| address.ip().to_string());
        tracing::info!(request_id = id, status = status.as_u16(), peer, "unreadable request");
        let answer = Problem::unreadable(status).respond_without_request(&id, &self.origins);
        let left = [before, &last(answer)].concat();
        self.ending = Some(Box::pin(end(stream, left, self.linger)));
    }

    /// The server has nothing to do after a refusal: it learns that the connection is gone when it is.
    fn poll_end<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if let Some(ending) = &mut self.ending {
            let ended = ready!(ending.as_mut().poll(context));
            self.ending = None;
            ended?;
        }
        Poll::Ready(Err(ErrorKind::ConnectionAborted.into()))
    }
}

impl AsyncRead for Explaining {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.open() {
            Some(stream) => stream.poll_read(context, buffer),
            None => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Explaining {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let ahead = self.written.look(bytes);
        let refusal = ahead.foreign.and_then(|begin| Some((begin, status(&bytes[begin..])?)));
        if let Some((begin, status)) = refusal {
            self.explain(&bytes[..begin], status);
        }
        let Some(stream) = self.open() else { return self.poll_end(context) };
        let Poll::Ready(taken) = stream.poll_write(context, bytes) else {
            self.pace.waits();
            return Poll::Pending;
        };
        let taken = taken?;
        self.pace.takes(taken);
        let ahead = if taken < bytes.len() { self.written.look(&bytes[..taken]) } else { ahead };
        self.written.advance(ahead);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.open() {
            Some(stream) => stream.poll_flush(context),
            None => self.poll_end(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.open() {
            Some(stream) => stream.poll_shutdown(context),
            None => self.poll_end(context),
        }
    }
}
