//! `taizhang migrate`: runs the migrations that are missing.

use super::terminal::say;
use crate::db::{Db, texts};
use crate::error::Result;

/// Migrates and says how many migrations there were.
pub fn run(db: &Db) -> Result<()> {
    let count = texts::migrate(db)?;
    say(&format!("{count} migrations run on {}\n", db.kind()))
}
