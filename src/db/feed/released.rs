//! Figures that were entered before where a reader stands and released since: nothing but time has made them public.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::reader::Reader;
use crate::db::dialect::{Conn, on_each};
use crate::db::schema::revisions;
use crate::domain::access::Reach;
use crate::domain::feed::Bookmark;
use crate::error::Result;

/// Times of release and ids of observations of which a state was released since the reader was told, in this order and
/// at most so many.
pub(super) fn list(
    conn: &mut Conn,
    reader: &Reader,
    bookmark: &Bookmark,
    limit: i64,
) -> Result<Vec<(NaiveDateTime, i64)>> {
    // Who sees figures before their release is told of them when they are entered.
    if reader.sight.unreleased == Reach::Everywhere {
        return Ok(Vec::new());
    }
    let seq = bookmark.position.seq;
    let (time, mut released) = match bookmark.release {
        None => (bookmark.time, Vec::new()),
        Some((time, id)) => {
            let rest = on_each!(&mut *conn, conn => revisions::table
                .filter(revisions::released_at.eq(time).and(revisions::observation.gt(id)))
                .filter(revisions::seq.le(seq))
                .select((revisions::released_at, revisions::observation))
                .order(revisions::observation)
                .limit(limit)
                .load(conn))?;
            (time, rest)
        }
    };
    let left = limit - released.len() as i64;
    if left > 0 {
        let later: Vec<(NaiveDateTime, i64)> = on_each!(conn, conn => revisions::table
            .filter(revisions::released_at.gt(time).and(revisions::released_at.le(reader.now)))
            .filter(revisions::seq.le(seq))
            .select((revisions::released_at, revisions::observation))
            .order((revisions::released_at, revisions::observation))
            .limit(left)
            .load(conn))?;
        released.extend(later);
    }
    Ok(released)
}
