//! Progress that was set by hand: it has no day but that of the entry that set it, so that setting it moves no
//! light of a day before.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::min;
use diesel::prelude::*;
use serde::Deserialize;

use super::dialect::Conn;
use super::schema::{edits, entries};
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result};

/// Rows that are asked for together.
const CHUNK: usize = 1000;

/// What the ledger keeps of a row, as far as it is of interest here.
#[derive(Deserialize)]
struct Kept {
    progress: Option<i16>,
}

/// The progress that rows of a kind had at a time, of those that were changed since. What a row was
/// created with is its progress before.
pub fn before(
    conn: &mut Conn,
    kind: RowKind,
    codes: &[String],
    time: NaiveDateTime,
) -> Result<HashMap<String, Option<i16>>> {
    let later = entries::table.filter(entries::at.gt(time)).order((entries::at, entries::seq));
    let Some(first) = later.select(entries::seq).first::<i64>(conn).optional()? else {
        return Ok(HashMap::new());
    };
    let mut before = HashMap::new();
    for codes in codes.chunks(CHUNK) {
        let changes = || {
            edits::table
                .filter(edits::kind.eq(kind).and(edits::key.eq_any(codes.to_vec())))
                .filter(edits::before.is_not_null().and(edits::after.is_not_null()))
        };
        let changed: Vec<(String, Option<i64>)> = changes()
            .filter(edits::seq.ge(first))
            .group_by(edits::key)
            .select((edits::key, min(edits::seq)))
            .load(conn)?;
        let changed: HashMap<String, Option<i64>> = changed.into_iter().collect();
        let entries: Vec<i64> = changed.values().flatten().copied().collect();
        let kept: Vec<(String, i64, Option<String>)> = changes()
            .filter(edits::seq.eq_any(entries))
            .order((edits::seq.desc(), edits::ordinal.desc()))
            .select((edits::key, edits::seq, edits::before))
            .load(conn)?;
        for (key, seq, row) in kept {
            if changed.get(&key) == Some(&Some(seq)) {
                let kept: Kept = serde_json::from_str(row.as_deref().unwrap_or_default())
                    .map_err(|error| Error::Corrupt(format!("edit of {key}: {error}")))?;
                before.insert(key, kept.progress);
            }
        }
    }
    Ok(before)
}
