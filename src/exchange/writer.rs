//! What the formats of a download have in common: rows come in piece by piece, bytes go out as they are
//! ready, and nothing grows with the number of rows.

use std::io::Write;

use chrono::NaiveDateTime;
use serde_json::Value;

use crate::db::Conn;
use crate::error::{Error, Result};

/// Where the bytes of a download go.
pub type Out<'a> = &'a mut (dyn Write + Send);

/// Writes a selection of rows in one format.
pub trait Writer<T> {
    /// Takes the next rows; called at least once, if only with none.
    fn rows(&mut self, rows: &[T], out: Out<'_>) -> Result<()>;

    /// Writes what can be written only when all rows are known.
    fn finish(&mut self, _conn: &mut Conn, _out: Out<'_>) -> Result<()> {
        Ok(())
    }
}

/// What a file tells of where it comes from.
#[derive(Debug, Clone)]
pub struct About {
    /// The address that was asked for.
    pub address: String,
    /// The head of the ledger.
    pub head: i64,
    /// When the last entry of the ledger was made, in UTC; none when there is no entry.
    pub updated: Option<NaiveDateTime>,
    /// What all rows share, where they are worked out.
    pub meta: Value,
}

/// A failure of a library that writes.
pub fn unwritable(error: impl std::fmt::Display) -> Error {
    Error::Corrupt(error.to_string())
}
