//! What the formats of a download have in common: rows come in piece by piece, bytes go out as they are
//! ready, and nothing grows with the number of rows.

use std::io::Write;

use chrono::{DateTime, Utc};
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
    /// What all rows share, where they are worked out.
    pub meta: Value,
}

/// How new the rows of a file are: what the file tells of its age, and of nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Newest {
    /// The greatest number of an entry that a row carries; none of rows that are worked out.
    pub seq: Option<i64>,
    /// When the last of the rows was written, in UTC, likewise.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Newest {
    /// Takes the next row.
    pub fn note(&mut self, row: &Value) {
        let written = row["updated_at"].as_str().and_then(|at| at.parse().ok());
        self.seq = self.seq.max(row["seq"].as_i64());
        self.updated_at = self.updated_at.max(written);
    }
}

/// A failure of a library that writes.
pub fn unwritable(error: impl std::fmt::Display) -> Error {
    Error::Corrupt(error.to_string())
}
