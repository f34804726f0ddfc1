//! Connections that a client would hold open: with a body that nobody reads, with an answer that it does not read, or
//! with a further request whose head never ends. The server itself times only the head of the first request.

use std::cell::{Cell, OnceCell, RefCell};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Extensions, Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::rt;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::task::JoinHandle;

use super::pace::Pace;
use super::written::Given;

/// Watches a new connection: it is cut when, after an answer, the head of the next request is not
/// there within `longest`, and when the client takes an answer more slowly than it may.
pub fn watch(stream: &rt::net::TcpStream, pace: Pace, data: &mut Extensions, longest: Duration) {
    // Without a second handle on the socket it goes unwatched, as with a server that has no file left.
    let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
    let kept =
        Rc::new(Kept { socket: socket.into(), pace, idle_since: Cell::new(None), watcher: OnceCell::new() });
    let watcher = rt::spawn(cut(Rc::downgrade(&kept), longest));
    // It is set only here.
    let _ = kept.watcher.set(watcher);
    data.insert(kept);
}

async fn cut(kept: Weak<Kept>, longest: Duration) {
    let mut left = longest;
    while !left.is_zero() {
        tokio::time::sleep(left).await;
        let Some(kept) = kept.upgrade() else { return };
        let idle = kept.idle_since.get().map_or(Duration::ZERO, |since| since.elapsed());
        left = if kept.pace.is_too_slow() { Duration::ZERO } else { longest.saturating_sub(idle) };
        if left.is_zero() {
            // It fails only when the client was faster.
            let _ = kept.socket.shutdown(Shutdown::Both);
        }
    }
}

/// A connection, and since when no request is under way on it.
struct Kept {
    socket: TcpStream,
    pace: Pace,
    idle_since: Cell<Option<Instant>>,
    watcher: OnceCell<JoinHandle<()>>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(watcher) = self.watcher.get() {
            watcher.abort();
        }
    }
}

/// A request under way on a connection.
struct Busy(Option<Rc<Kept>>);

impl Busy {
    fn with(request: &ServiceRequest) -> Busy {
        let kept = request.conn_data::<Rc<Kept>>().cloned();
        if let Some(kept) = &kept {
            kept.idle_since.set(None);
        }
        Busy(kept)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(kept) = &self.0 {
            kept.idle_since.set(Some(Instant::now()));
        }
    }
}

/// Notes each answer before it is written, and closes the connection after it where the body of the request was not
/// read to its end.
///
/// The server does so by itself, but not when the body comes in chunks and whoever should read it is
/// gone: then it goes on receiving, for as long as the client likes. So the answer keeps hold of it.
pub async fn hold(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let busy = Busy::with(&request);
    let given = request.conn_data::<Given>().cloned();
    let head_only = request.method() == Method::HEAD;
    let chunks = request.headers().contains_key(header::TRANSFER_ENCODING).then(|| {
        let chunks = Chunks(Rc::new(RefCell::new(request.take_payload())));
        request.set_payload(Payload::Stream { payload: Box::pin(chunks.clone()) });
        chunks
    });
    let answered = next.call(request).await;
    // Before it is written.
    given.iter().for_each(|given| given.add(head_only));
    match answered {
        Ok(response) => Ok(response.map_body(|_, body| held(body.boxed(), chunks, busy))),
        Err(mut error) => {
            let held_once = RefCell::new(Some((chunks, busy)));
            error.add_response_mapper(move |response| match held_once.take() {
                Some((chunks, busy)) => response.map_body(|_, body| held(body, chunks, busy)),
                None => response,
            });
            Err(error)
        }
    }
}

/// The chunks of a body, with two owners.
#[derive(Clone)]
struct Chunks(Rc<RefCell<Payload>>);

impl Stream for Chunks {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// The body of an answer that keeps hold of its request.
struct Holding {
    body: BoxBody,
    _chunks: Option<Chunks>,
    _busy: Busy,
}

fn held(body: BoxBody, chunks: Option<Chunks>, busy: Busy) -> BoxBody {
    BoxBody::new(Holding { body, _chunks: chunks, _busy: busy })
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
