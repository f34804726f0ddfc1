//! `taizhang attachments`: takes away uploaded files that hang on nothing. The service does so each hour.

use std::time::Duration;

use chrono::TimeDelta;
use clap::Subcommand;
use tokio::time::{MissedTickBehavior, interval};

use super::database::open_existing;
use super::terminal::say;
use crate::config::Config;
use crate::db::{Db, ledger};
use crate::error::{Result, chain};
use crate::exchange::attachments;
use crate::storage::Store;

/// What is done with uploaded files.
#[derive(Debug, Clone, Subcommand)]
pub enum Attachments {
    /// Delete now what was uploaded some days ago and hangs on nothing
    Collect,
}

/// Does it, and says how much there was.
pub async fn run(config: &Config, command: Attachments) -> Result<()> {
    let db = open_existing(config)?;
    let store = Store::open(&config.attachments.place, &config.attachments.aws)?;
    match command {
        Attachments::Collect => {
            let before = ledger::now() - config.attachments.unused_for;
            let taken = attachments::collect(&db, &store, before).await?;
            say(&format!("deleted {taken} attachments that hang on nothing\n"))
        }
    }
}

/// The same at the start and every hour from then on, for as long as the service runs.
pub async fn collect_every_hour(db: Db, store: Store, unused_for: TimeDelta) {
    let mut hours = interval(Duration::from_secs(3600));
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        match attachments::collect(&db, &store, ledger::now() - unused_for).await {
            Ok(0) => {}
            Ok(taken) => tracing::info!(taken, "deleted attachments that hang on nothing"),
            Err(error) => tracing::warn!(error = chain(&error), "unused attachments were not deleted"),
        }
    }
}
