//! `taizhang migrate`: runs the migrations that are missing.

use super::say;
use crate::db::Db;
use crate::error::Result;

/// Migrates and says how many migrations there were.
pub fn run(db: &Db) -> Result<()> {
    let count = db.migrate()?;
    say(&format!("{count} migrations run on {}\n", db.kind()))
}
