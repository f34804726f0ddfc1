//! The digest of all rows that a reader sees: two who hold the same rows, as the same entries left them, have the same.

use sha2::{Digest, Sha256};

use super::next;
use super::reader::Reader;
use crate::db::dialect::Conn;
use crate::domain::feed::{Bookmark, FeedKind, Key};
use crate::error::Result;

/// Rows looked at a time.
const CHUNK: usize = 1000;

/// The digest of the rows that a reader sees now: it looks at each.
pub fn of(conn: &mut Conn, reader: &Reader) -> Result<String> {
    let (mut sum, mut bookmark) = (0, Bookmark::start(reader.now));
    loop {
        let batch = next(conn, reader, &bookmark, CHUNK)?;
        let rows = batch.changes.iter().map(|change| of_row(change.kind, &change.key, change.seq));
        sum = rows.fold(sum, u128::wrapping_add);
        if !batch.has_more {
            return Ok(format!("{sum:032x}"));
        }
        bookmark = batch.bookmark;
    }
}

/// What a row adds: whatever the order of the rows, the sum is the same.
fn of_row(kind: FeedKind, key: &Key, seq: i64) -> u128 {
    let hash = Sha256::digest(format!("{kind}\n{key}\n{seq}"));
    hash.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_adds_what_anybody_can_work_out() {
        // printf 'unit\nMU\n1' | sha256sum | cut -c1-32
        let row = of_row(FeedKind::Unit, &Key::Code("MU".to_owned()), 1);
        assert_eq!(format!("{row:032x}"), "b8f9e1c285ff052cfa7ff1e56d19d7d8");
    }
}
