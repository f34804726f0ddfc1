//! `taizhang seed [DIR]`: adds what is missing from the built-in seed or from a folder.

use std::path::Path;

use super::terminal::say;
use crate::db::{Db, texts};
use crate::error::Result;
use crate::exchange::seed::{self, Files};

/// Migrates, adds what is missing, and says what that was.
pub async fn run(db: &Db, dir: Option<&Path>) -> Result<()> {
    texts::migrate(db)?;
    let files = match dir {
        Some(dir) => Files::in_folder(dir)?,
        None => Files::built_in()?,
    };
    let added = seed::load(db, files).await?;
    say(&format!("{added}\n"))
}
