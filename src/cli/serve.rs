//! `taizhang serve`: migrates, fills an empty database, and serves until it is told to stop.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::dev::{Server, ServerHandle};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::attachments;
use super::database::open;
use super::terminal::say;
use crate::api::headers::Origins;
use crate::api::limits::{PerSecond, Source};
use crate::api::{self, Shared, base, payload, server};
use crate::config::{Config, Forwarded};
use crate::db::dialect::location;
use crate::db::{areas, keys, texts};
use crate::error::{Error, Result, chain};
use crate::exchange::oc4ids::Publisher;
use crate::exchange::seed::{self, Files};
use crate::storage::Store;

/// Serves until SIGTERM or SIGINT, then finishes what is under way within the limit.
pub async fn run(config: &Config) -> Result<()> {
    let db = open(config)?;
    let migrations = texts::migrate(&db)?;
    // Keys may have been made before: what counts is that there is no area yet.
    if config.database.seed && db.read(areas::are_none).await?.data {
        match seed::load(&db, Files::built_in()?).await {
            Ok(added) => tracing::info!(%added, "seeded the empty database"),
            // Another process that started with this one holds the lock and seeds.
            Err(Error::Busy(_)) if !db.read(areas::are_none).await?.data => {}
            Err(error) => return Err(error),
        }
    }
    base::choose(&config.publisher.url);
    let store = Store::open(&config.attachments.place, &config.attachments.aws)?;
    let shared = Shared::new(db.clone(), settings(config, store.clone()))?;
    let workers = match config.server.workers {
        0 => std::thread::available_parallelism()?.get(),
        workers => workers,
    };
    let listener = server::listen(config.server.bind)?;
    let address = listener.local_addr()?;
    let server = Server::build()
        .disable_signals()
        .shutdown_timeout(config.server.shutdown.as_secs())
        .workers(workers)
        .max_concurrent_connections(connections(config.server.connections).div_ceil(workers));
    let stopping = server.graceful_shutdown_signal();
    let server = server.listen("http", listener, move || {
        let stopping = stopping.clone();
        let stopped = move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        };
        server::serving(&shared, address, stopped, server::Patience::default())
    })?;
    let no_key = db.read(keys::are_none).await?.data;
    if let Err(error) = say(&greeting(&config.database.url, address, no_key)) {
        tracing::warn!(error = chain(&error), "nothing can be said on standard output");
    }
    tracing::info!(
        address = address.to_string(),
        database = db.kind(),
        migrations,
        "serving; API under /api/v1, documentation at /swagger-ui/"
    );
    let server = server.run();
    let collecting =
        actix_web::rt::spawn(attachments::collect_every_hour(db, store, config.attachments.unused_for));
    let stopping =
        stop_on_signal(server.handle(), signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stopping = actix_web::rt::spawn(stopping);
    server.await?;
    stopping.abort();
    collecting.abort();
    tracing::info!("stopped");
    Ok(())
}

/// Handles of files that are not for connections: of the database, the store, the listener.
const APART: u64 = 256;

/// How many connections may be open at a time: as many as are set, or as there are handles for, two for each. What comes
/// beyond waits to be accepted, instead of meeting a service that can open no file.
fn connections(set: usize) -> usize {
    let needed = (set as u64).saturating_mul(2).saturating_add(APART);
    let allowed = match rlimit::increase_nofile_limit(needed) {
        Ok(allowed) => allowed,
        Err(error) => {
            tracing::warn!(error = chain(&error), "how many files may be open is not known");
            return set;
        }
    };
    let left = usize::try_from((allowed - APART.min(allowed / 2)) / 2).unwrap_or(set).clamp(1, set);
    if left < set {
        tracing::warn!(
            allowed,
            "so few files may be open that {left} connections are taken at a time, not {set}"
        );
    }
    left
}

/// What is said at the start, to whoever has started it: where the documentation is, and while there is no key,
/// how to make the first. The password of a server is never said.
fn greeting(database: &str, listening: SocketAddr, no_key: bool) -> String {
    let host = match listening.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let address = SocketAddr::new(host, listening.port());
    let mut greeting = format!("接口文档 documentation: http://{address}/swagger-ui/\n");
    if no_key {
        let database = match location::file_of(database) {
            Ok(Some(path)) => {
                format!("DATABASE_URL='sqlite://{}' ", path.display().to_string().replace('\'', r"'\''"))
            }
            _ => String::new(),
        };
        greeting
            .push_str("尚无密钥，写入须先发放 there is no key yet; with the settings of this service, run\n");
        greeting.push_str(&format!("{database}taizhang keys create --name admin --role admin\n"));
    }
    greeting
}

fn settings(config: &Config, store: Store) -> api::Settings {
    let publisher = config.publisher.clone();
    let config = &config.server;
    api::Settings {
        cache_bytes: config.cache_bytes,
        body: payload::Limits { bytes: config.body_bytes, ..payload::Limits::default() },
        rates: PerSecond {
            address: config.rate_address,
            key: config.rate_key,
            source: match config.forwarded {
                Forwarded::None => Source::Peer,
                Forwarded::Forwarded => Source::Forwarded,
                Forwarded::XForwardedFor => Source::XForwardedFor,
            },
        },
        download_bytes: config.download_bytes,
        origins: Origins(config.cors_origins.clone()),
        store,
        publisher: Publisher {
            url: publisher.url,
            name: publisher.name,
            license: publisher.license,
            prefix: publisher.oc4ids_prefix,
        },
    }
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
