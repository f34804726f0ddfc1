//! `taizhang serve`: migrates, fills an empty database, and serves until it is told to stop.

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::open;
use crate::api::{self, Shared};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::exchange::seed::{self, Files};

/// Serves until SIGTERM or SIGINT, then finishes what is under way within the limit.
pub async fn run(config: &Config) -> Result<()> {
    let db = open(config)?;
    let migrations = db.migrate()?;
    if config.database.seed && db.head().await? == 0 {
        match seed::load(&db, Files::built_in()?).await {
            Ok(added) => tracing::info!(%added, "seeded the empty database"),
            // Another process that started with this one holds the lock and seeds.
            Err(Error::Busy(_)) if db.head().await? > 0 => {}
            Err(error) => return Err(error),
        }
    }
    let shared = Shared::new(db.clone(), config.server.cache_bytes)?;
    let mut server = HttpServer::new(move || api::app(&shared))
        .disable_signals()
        .shutdown_timeout(config.server.shutdown.as_secs())
        .bind(config.server.bind)?;
    if config.server.workers > 0 {
        server = server.workers(config.server.workers);
    }
    let address = server.addrs().first().map(ToString::to_string);
    tracing::info!(
        address,
        database = db.kind(),
        migrations,
        "serving; API under /api/v1, documentation at /swagger-ui/"
    );
    let server = server.run();
    let stopping =
        stop_on_signal(server.handle(), signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stopping = actix_web::rt::spawn(stopping);
    server.await?;
    stopping.abort();
    tracing::info!("stopped");
    Ok(())
}

/// The first signal lets requests under way finish; a second one does not.
async fn stop_on_signal(server: ServerHandle, mut terminate: Signal, mut interrupt: Signal) {
    for graceful in [true, false] {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!(graceful, "stopping");
        // The server stops on its own from here on; waiting would keep the second signal out.
        drop(actix_web::rt::spawn(server.stop(graceful)));
    }
}
