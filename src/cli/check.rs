//! `taizhang check`: reads settings and database, and says what is wrong. The settings have been
//! read before it runs.

use super::{open_existing, say};
use crate::config::Config;
use crate::error::Result;

/// Says that all is well, or fails with what is not. Creates nothing.
pub async fn run(config: &Config) -> Result<()> {
    let db = open_existing(config)?;
    let head = db.head().await?;
    say(&format!("settings are valid\ndatabase: {}, migrated, ledger at entry {head}\n", db.kind()))
}
