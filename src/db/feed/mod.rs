//! The change feed: what has changed for a reader since a place in the ledger, read from the rows themselves.
//!
//! A row stands in the feed at the entry that last wrote it, so that each is told of once, in its latest state; what is
//! written while a reader goes on comes later. What is gone, or was seen and is not any more, is told of as gone where
//! the reader stood before that; to one who never saw it nothing is told.

mod access;
mod candidates;
pub mod count;
pub mod digest;
mod observed;
pub mod reader;
mod released;
mod rows;
mod standing;
mod written;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use itertools::Itertools;

use super::dialect::Conn;
use super::ledger;
use crate::domain::feed::{Bookmark, FeedKind, Key, Position};
use crate::error::Result;
use candidates::{Candidate, Candidates, Cause};
use reader::Reader;

/// So many times candidates are looked for to fill a page: where most are nothing to the reader, it may stay short.
const ROUNDS: usize = 20;

/// What has become of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The kind of row.
    pub kind: FeedKind,
    /// Its key.
    pub key: Key,
    /// The entry that last wrote it, as far as the reader sees; of what is gone the entry by which it went.
    pub seq: i64,
    /// Whether it is gone, for this reader.
    pub is_gone: bool,
}

/// Some changes, and where the reader stands after them.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The changes in their order.
    pub changes: Vec<Change>,
    /// Where the reader stands.
    pub bookmark: Bookmark,
    /// Whether there is more now.
    pub has_more: bool,
}

/// What has changed for a reader since it stood at a bookmark, at most so much.
pub fn next(conn: &mut Conn, reader: &Reader, bookmark: &Bookmark, limit: usize) -> Result<Batch> {
    let head = ledger::head(conn)?;
    let mut page = Page { reader, bookmark, told: HashSet::new(), changes: Vec::new() };
    let released = match reader.kinds.contains(&FeedKind::Observation) {
        true => released::list(conn, reader, bookmark, limit as i64 + 1)?,
        false => Vec::new(),
    };
    if bookmark.position == Position::after_entry(head) && released.is_empty() {
        // Nothing has happened: the reader may ask with the same bookmark again.
        return Ok(Batch { changes: Vec::new(), bookmark: bookmark.clone(), has_more: false });
    }
    if let [.., last, _] = released[..]
        && released.len() > limit
    {
        page.add_released(conn, &released[..limit])?;
        let bookmark = Bookmark { release: Some(last), ..bookmark.clone() };
        return Ok(Batch { changes: page.changes, bookmark, has_more: true });
    }
    page.add_released(conn, &released)?;
    let mut next = Bookmark { time: reader.now, release: None, ..bookmark.clone() };
    for _ in 0..ROUNDS {
        let left = limit.saturating_sub(page.changes.len());
        if left == 0 {
            break;
        }
        let (candidates, end) = candidates(conn, reader, &next.position, limit as i64)?.first(left);
        page.add(conn, candidates)?;
        match end {
            Some(end) => next.position = end,
            None => {
                next.position = Position::after_entry(head);
                return Ok(Batch { changes: page.changes, bookmark: next, has_more: false });
            }
        }
    }
    Ok(Batch { changes: page.changes, bookmark: next, has_more: true })
}

/// The rows that may have changed since a position, as many as are known of each kind.
fn candidates(conn: &mut Conn, reader: &Reader, after: &Position, limit: i64) -> Result<Candidates> {
    let mut all = access::list(conn, after, limit)?;
    for &kind in &reader.kinds {
        all.merge(written::list(conn, kind, after, limit)?);
    }
    all.keep(after, &reader.kinds);
    Ok(all)
}

/// A page that is being put together.
struct Page<'a> {
    reader: &'a Reader,
    bookmark: &'a Bookmark,
    /// The rows that it tells of already.
    told: HashSet<(FeedKind, Key)>,
    changes: Vec<Change>,
}

impl Page<'_> {
    /// Adds what has become of observations of which a state was released.
    fn add_released(&mut self, conn: &mut Conn, released: &[(NaiveDateTime, i64)]) -> Result<()> {
        let keys = released.iter().map(|(_, id)| Key::Number(*id)).unique().collect_vec();
        let (seen, gone) = self.look(conn, FeedKind::Observation, &keys)?;
        let seq = self.bookmark.position.seq;
        for key in keys {
            match seen.get(&key) {
                // A later entry has stated something else: it is told of there.
                Some(&own) if own > seq => {}
                Some(&own) => self.tell(FeedKind::Observation, key, own, false),
                None if gone.contains(&key) => self.tell(FeedKind::Observation, key, seq, true),
                None => {}
            }
        }
        Ok(())
    }

    /// Adds what has become of candidates.
    fn add(&mut self, conn: &mut Conn, candidates: Vec<Candidate>) -> Result<()> {
        let rows = candidates.iter().map(|candidate| (candidate.kind, candidate.key.clone()));
        let by_kind = rows.unique().into_group_map();
        let (mut seen, mut gone) = (HashMap::new(), HashSet::new());
        for (kind, keys) in by_kind {
            let (now, before) = self.look(conn, kind, &keys)?;
            seen.extend(now.into_iter().map(|(key, seq)| ((kind, key), seq)));
            gone.extend(before.into_iter().map(|key| (kind, key)));
        }
        for Candidate { position, kind, key, cause } in candidates {
            let row = (kind, key.clone());
            match seen.get(&row) {
                // It stands where the reader sees it written last: this place is older, or nothing to the reader.
                Some(&seq) if seq > position.seq || (seq < position.seq && cause == Cause::Written) => {}
                Some(&seq) => self.tell(kind, key, seq, false),
                None if gone.contains(&row) => self.tell(kind, key, position.seq, true),
                None => {}
            }
        }
        Ok(())
    }

    /// The rows among these that the reader sees, each with the entry that last wrote it; and those that it saw where it
    /// stands and sees no more.
    fn look(
        &self,
        conn: &mut Conn,
        kind: FeedKind,
        keys: &[Key],
    ) -> Result<(HashMap<Key, i64>, HashSet<Key>)> {
        if keys.is_empty() {
            return Ok((HashMap::new(), HashSet::new()));
        }
        let seen = standing::seen_now(conn, self.reader, kind, keys)?;
        let missing = keys.iter().filter(|key| !seen.contains_key(key)).cloned().collect_vec();
        let gone = standing::seen_before(conn, self.reader, kind, &missing, self.bookmark)?;
        Ok((seen, gone))
    }

    fn tell(&mut self, kind: FeedKind, key: Key, seq: i64, is_gone: bool) {
        if self.told.insert((kind, key.clone())) {
            self.changes.push(Change { kind, key, seq, is_gone });
        }
    }
}
