//! What the public is told of when a row was last written. A write that changes nothing which the public sees,
//! such as a link to what is internal, moves the stamp of the row for its keepers alone: `If-Match` would protect
//! nothing else. The public stamp is kept here, until a write that everybody sees takes its place.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::dialect::Conn;
use super::schema::public_stamps;
use crate::domain::row_kind::RowKind;
use crate::error::Result;

/// The entry that last wrote a row, and when.
pub type Stamp = (i64, NaiveDateTime);

/// Keeps the stamp that a row of a kind had, where it has no older one: its write was nothing to the public.
pub fn keep(conn: &mut Conn, kind: RowKind, key: &str, (seq, updated_at): Stamp) -> Result<()> {
    let kept = public_stamps::table.find((kind, key)).select(public_stamps::seq);
    if kept.first::<i64>(conn).optional()?.is_none() {
        diesel::insert_into(public_stamps::table)
            .values((
                public_stamps::kind.eq(kind),
                public_stamps::key.eq(key),
                public_stamps::seq.eq(seq),
                public_stamps::updated_at.eq(updated_at),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Forgets the stamp that was kept of a row: the public sees its write, or it is gone.
pub fn forget(conn: &mut Conn, kind: RowKind, key: &str) -> Result<()> {
    diesel::delete(public_stamps::table.find((kind, key))).execute(conn)?;
    Ok(())
}

/// The stamps that are kept of these rows of a kind.
pub fn of_rows(conn: &mut Conn, kind: RowKind, keys: Vec<String>) -> Result<HashMap<String, Stamp>> {
    let kept: Vec<(String, Stamp)> = public_stamps::table
        .filter(public_stamps::kind.eq(kind).and(public_stamps::key.eq_any(keys)))
        .select((public_stamps::key, (public_stamps::seq, public_stamps::updated_at)))
        .load(conn)?;
    Ok(kept.into_iter().collect())
}
