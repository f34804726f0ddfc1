//! How connections are taken: the address, the times that a client has, and what stands between a
//! connection and the application.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_http::HttpService;
use actix_http::error::DispatchError;
use actix_service::{ServiceFactoryExt, map_config};
use actix_web::dev::{AppConfig, ServiceFactory, fn_service};
use actix_web::rt::net::{TcpSocket, TcpStream};

use super::pace::Pace;
use super::refused::Explaining;
use super::{Shared, app, connection};

/// How long clients are waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// A client has so long to send the head of a request: the first from when it connects, a later one from the
    /// answer before.
    pub head: Duration,
    /// Over so long a time of waiting for a client it is looked at how much of its answer it takes.
    pub reading: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { head: Duration::from_secs(5), reading: Duration::from_secs(30) }
    }
}

/// A connection that is to be closed is read for so long, that the client sees its answer first.
const LINGER: Duration = Duration::from_secs(1);

/// A connection without a request is kept for so long: less than a head may take, so that an idle client sees
/// an orderly end.
const KEEP_ALIVE: Duration = Duration::from_secs(4);

/// So many clients wait to be accepted before the system turns further ones away.
const BACKLOG: u32 = 1024;

/// So many bytes of answers the system keeps for each connection; it takes twice that for its own. More would only
/// hide for longer that a client does not read.
const SENT_AHEAD: u32 = 128 << 10;

/// Listens at an address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // After a restart the address may still be taken by connections that have ended.
    socket.set_reuseaddr(true)?;
    // Connections have it from here.
    socket.set_send_buffer_size(SENT_AHEAD)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// The application on the connections of one worker. `HttpServer` would do, but for one thing: it does not
/// let us see what is written.
pub fn serving<F: Fn() -> S + 'static, S: Future<Output = ()> + 'static>(
    shared: &Shared,
    address: SocketAddr,
    stopping: F,
    patience: Patience,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()> + use<F, S>
{
    let origins = shared.origins.clone();
    let http = HttpService::build()
        .local_addr(address)
        .graceful_shutdown_signal(stopping)
        .client_request_timeout(patience.head)
        .client_disconnect_timeout(LINGER)
        .keep_alive(KEEP_ALIVE)
        .on_connect_ext(move |connection: &Explaining, data| {
            data.insert(connection.written.given());
            if let Some(stream) = &connection.stream {
                connection::watch(stream, connection.pace.clone(), data, patience.head);
            }
        })
        // Nothing reads the name and address of the server that the application could be told.
        .h1(map_config(app(shared), |()| AppConfig::default()));
    fn_service(move |stream: TcpStream| {
        let peer = stream.peer_addr().ok();
        // Else the end of an answer that is sent in pieces waits until the client has acknowledged what came
        // before, which clients put off by 40 ms. Only a connection that is gone already refuses.
        let _ = stream.set_nodelay(true);
        let connection = Explaining::new(stream, origins.clone(), LINGER, Pace::over(patience.reading));
        async move { Ok((connection, peer)) }
    })
    .and_then(http)
}
