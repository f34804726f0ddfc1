//! `taizhang serve`: migrates, fills an empty database, and serves until it is told to stop.

use actix_web::HttpServer;

use super::open;
use crate::api::{self, Shared};
use crate::config::Config;
use crate::error::Result;
use crate::exchange::seed::{self, Files};

/// Serves until SIGTERM or SIGINT, then finishes what is under way within the limit.
pub async fn run(config: &Config) -> Result<()> {
    let db = open(config)?;
    let migrations = db.migrate()?;
    if config.database.seed && db.head().await? == 0 {
        let added = seed::load(&db, Files::built_in()?).await?;
        tracing::info!(%added, "seeded the empty database");
    }
    let shared = Shared::new(db.clone(), config.server.cache_bytes)?;
    let mut server = HttpServer::new(move || api::app(&shared))
        .shutdown_timeout(config.server.shutdown.as_secs())
        .bind(config.server.bind)?;
    if config.server.workers > 0 {
        server = server.workers(config.server.workers);
    }
    tracing::info!(
        address = %config.server.bind,
        database = db.kind(),
        migrations,
        "serving; API under /api/v1, documentation at /swagger-ui/"
    );
    server.run().await?;
    tracing::info!("stopped");
    Ok(())
}
