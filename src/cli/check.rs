//! `taizhang check`: reads settings and database, and says what is wrong. The settings have been
//! read before it runs. It changes and creates nothing.

use super::{open_existing, say};
use crate::config::Config;
use crate::db::dialect::soundness::{Soundness, examine};
use crate::error::{Error, Result};

/// Says that all is well, or fails with what is not.
pub async fn run(config: &Config) -> Result<()> {
    let db = open_existing(config)?;
    let head = db.head().await?;
    say(&format!("settings are valid\ndatabase: {}, migrated, ledger at entry {head}\n", db.kind()))?;
    let Soundness { means, mut faults } = db.upgrade(examine)?;
    if faults.is_empty() {
        return say(&format!("数据库完好 database is whole: {means}\n"));
    }
    faults.insert(0, format!("数据库已损坏，请恢复备份 the database is damaged, restore a backup ({means})"));
    Err(Error::Corrupt(faults.join("\n")))
}
