//! `taizhang check`: reads settings and database, and says what is wrong. The settings have been
//! read before it runs.

use super::say;
use crate::db::Db;
use crate::error::{Error, Result};

/// Says that all is well, or fails with what is not.
pub async fn run(db: &Db) -> Result<()> {
    if !db.is_migrated()? {
        return Err(Error::Unusable("migrations are missing; run `taizhang migrate`".to_owned()));
    }
    let head = db.head().await?;
    say(&format!("settings are valid\ndatabase: {}, migrated, ledger at entry {head}\n", db.kind()))
}
