//! What the server's parser refuses before there is a request: it would answer with an empty body, and
//! what it writes is the only place where that can be seen and explained.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use chrono::{NaiveDateTime, Utc};
use futures_util::future::LocalBoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;
use uuid::Uuid;

use super::headers::Origins;
use super::problem::Problem;

/// The form of a date in a head (RFC 9110, IMF-fixdate).
const DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// A refusal is shorter.
const LONGEST: usize = 256;

const STATUSES: [StatusCode; 3] =
    [StatusCode::BAD_REQUEST, StatusCode::REQUEST_TIMEOUT, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE];

/// Where the parser's refusal begins in what the server writes, and its status: it is the last that is
/// written on a connection, perhaps behind answers to earlier requests.
///
/// No answer of ours ends like this. Each has further headers, and as for bodies: JSON has no line break
/// as such, and CSV puts a cell with a comma, as in the date, in quotes. A file that is served as it was
/// uploaded is looked at first.
fn refusal(written: &[u8]) -> Option<(usize, StatusCode)> {
    let head = written.strip_suffix(b"\r\n\r\n")?;
    let begin = head.windows(7).rposition(|sign| sign == b"HTTP/1.")?;
    let lines: Vec<&str> = str::from_utf8(&head[begin..]).ok()?.split("\r\n").collect();
    let (first, date) = match lines[..] {
        [first, "content-length: 0", date]
        | [first, "content-length: 0", "connection: close" | "connection: keep-alive", date] => (first, date),
        _ => return None,
    };
    let date = date.strip_prefix("date: ").filter(|date| date.len() == 29)?;
    NaiveDateTime::parse_from_str(date, DATE).ok()?;
    let told = first.strip_prefix("HTTP/1.1 ").or_else(|| first.strip_prefix("HTTP/1.0 "))?;
    STATUSES.into_iter().find(|status| status.to_string() == told).map(|status| (begin, status))
}

/// Whether a file holds what would be taken for a refusal, wherever one that is sent piece by piece is cut.
pub fn is_imitated(file: &[u8]) -> bool {
    const END: &[u8] = b" GMT\r\n\r\n";
    let ends =
        file.windows(END.len()).enumerate().filter(|(_, sign)| *sign == END).map(|(at, _)| at + END.len());
    ends.into_iter().any(|end| refusal(&file[end.saturating_sub(LONGEST)..end]).is_some())
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
    ending: Option<LocalBoxFuture<'static, io::Result<()>>>,
    origins: Data<Origins>,
    linger: Duration,
}

impl Explaining {
    /// A connection that was just made.
    pub fn new(stream: TcpStream, origins: Data<Origins>, linger: Duration) -> Explaining {
        Explaining { stream: Some(stream), ending: None, origins, linger }
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
        if let Some(stream) = self.open() {
            let Some((begin, status)) = refusal(bytes) else { return stream.poll_write(context, bytes) };
            self.explain(&bytes[..begin], status);
        }
        self.poll_end(context)
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

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: Tue, 24 Nov 2026 09:04:13 GMT\r\n\r\n";

    #[test]
    fn a_bare_refusal_is_found_at_the_end() {
        for (status, line) in STATUSES.into_iter().zip([
            "400 Bad Request",
            "408 Request Timeout",
            "431 Request Header Fields Too Large",
        ]) {
            for connection in ["", "connection: close\r\n", "connection: keep-alive\r\n"] {
                let bare = BARE.replace("400 Bad Request", line).replace("connection: close\r\n", connection);
                assert_eq!(refusal(bare.as_bytes()), Some((0, status)), "{bare}");
                let before = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{BARE}", BARE.len());
                let both = before.clone() + &bare;
                assert_eq!(refusal(both.as_bytes()), Some((before.len(), status)), "{bare}");
            }
        }
        assert!(refusal(BARE.replace("1.1", "1.0").as_bytes()).is_some(), "as to a client of HTTP/1.0");
    }

    #[test]
    fn a_file_that_holds_one_is_found() {
        let padding = "x".repeat(300);
        for held in [BARE.to_owned(), format!("{padding}{BARE}"), format!("{BARE}{padding}{BARE}{padding}")] {
            assert!(is_imitated(held.as_bytes()), "{held}");
        }
        for other in ["", "x", " GMT\r\n\r\n", &BARE[9..], &BARE.replace(": 0", ": 1")] {
            assert!(!is_imitated(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn an_answer_of_ours_is_not_one() {
        let ours = last(
            Problem::unreadable(StatusCode::BAD_REQUEST).respond_without_request("1", &Origins::default()),
        );
        let json = serde_json::json!({ "text": BARE }).to_string();
        let csv = BARE.replace("date: ", "\"date: ").replace("GMT", "GMT\"");
        for text in [
            String::from_utf8_lossy(&ours).into_owned(),
            json,
            csv,
            format!("{BARE}0\r\n\r\n"),
            format!("5a\r\n{BARE}\r\n0\r\n\r\n"),
            BARE.replace(": 0", ": 1"),
            BARE.replace("date", "x-request-id: 1\r\ndate"),
            BARE.replace("400 Bad Request", "404 Not Found"),
            BARE.replace("Nov", "Nox"),
            BARE.replace("24 Nov", "24  Nov"),
            BARE.replace("GMT", "GMT+1"),
            BARE.replace('\r', ""),
            BARE[1..].to_owned(),
            BARE[..BARE.len() - 1].to_owned(),
            "\r\n\r\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(refusal(text.as_bytes()), None, "{text}");
        }
    }
}
