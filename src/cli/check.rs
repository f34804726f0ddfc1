//! `taizhang check`: reads settings and database, and says what is wrong. The settings have been
//! read before it runs.

use super::{open, say};
use crate::config::Config;
use crate::db::dialect::Location;
use crate::error::{Error, Result};

/// Says that all is well, or fails with what is not. Creates nothing.
pub async fn run(config: &Config) -> Result<()> {
    if !Location::parse(&config.database.url)?.exists() {
        let missing =
            format!("{} is not there; `taizhang serve` or `migrate` creates it", config.database.url);
        return Err(Error::Unusable(missing));
    }
    let db = open(config)?;
    if !db.is_migrated()? {
        return Err(Error::Unusable("migrations are missing; run `taizhang migrate`".to_owned()));
    }
    let head = db.head().await?;
    say(&format!("settings are valid\ndatabase: {}, migrated, ledger at entry {head}\n", db.kind()))
}
