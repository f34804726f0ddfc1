//! Rows that may have changed for a reader, in the order of the feed, as far as they are known.

use std::collections::BTreeMap;

use crate::domain::feed::{FeedKind, Key, Position, UpTo};

/// A row that may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Where it stands in the feed.
    pub position: Position,
    pub kind: FeedKind,
    pub key: Key,
    /// Why it stands there.
    pub cause: Cause,
}

/// Why a row may have changed at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// It was written by the entry.
    Written,
    /// The entry deleted it, or changed who sees a row that it belongs or refers to.
    Access,
}

/// Rows at the positions at which they may have changed.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    causes: BTreeMap<Position, Cause>,
    /// Behind this position there may be others; none where there are not.
    end: Option<Position>,
}

impl Candidates {
    /// Rows of a kind in their order, of which at most so many were asked for.
    pub fn of_rows(kind: FeedKind, cause: Cause, rows: Vec<(i64, Key)>, limit: i64) -> Candidates {
        let is_whole = (rows.len() as i64) < limit;
        let mut candidates = Candidates::default();
        candidates.add(kind, cause, rows);
        candidates.end = candidates.causes.keys().next_back().filter(|_| !is_whole).cloned();
        candidates
    }

    /// Adds rows of a kind. Where one stands for two causes, it is the second that counts.
    pub fn add(&mut self, kind: FeedKind, cause: Cause, rows: impl IntoIterator<Item = (i64, Key)>) {
        for (seq, key) in rows {
            let known = self.causes.entry(Position::of_row(seq, kind, key)).or_insert(cause);
            *known = cause.max(*known);
        }
    }

    /// Adds others, which end on their own.
    pub fn merge(&mut self, others: Candidates) {
        for (position, cause) in others.causes {
            let known = self.causes.entry(position).or_insert(cause);
            *known = cause.max(*known);
        }
        if let Some(end) = others.end {
            self.end_at(end);
        }
    }

    /// Behind this position there may be others.
    pub fn end_at(&mut self, end: Position) {
        self.end = Some(self.end.take().map_or(end.clone(), |own| own.min(end)));
    }

    /// Forgets rows up to a position, and those of other kinds.
    pub fn keep(&mut self, after: &Position, kinds: &[FeedKind]) {
        self.causes.retain(|position, _| match &position.row {
            UpTo::Row(kind, _) => position > after && kinds.contains(kind),
            UpTo::End => false,
        });
    }

    /// The first of them in their order, up to where all are known and at most so many; and the position behind which
    /// there may be others, if there may.
    pub fn first(self, limit: usize) -> (Vec<Candidate>, Option<Position>) {
        let Candidates { causes, mut end } = self;
        let mut first: Vec<Candidate> = Vec::new();
        for (position, cause) in causes {
            if end.as_ref().is_some_and(|end| position > *end) {
                break;
            }
            if first.len() >= limit {
                end = first.last().map(|last| last.position.clone()).or(end);
                break;
            }
            if let UpTo::Row(kind, key) = position.row.clone() {
                first.push(Candidate { position, kind, key, cause });
            }
        }
        (first, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(seqs: &[i64]) -> Vec<(i64, Key)> {
        seqs.iter().map(|&seq| (seq, Key::Number(seq))).collect()
    }

    fn written(kind: FeedKind, seqs: &[i64], limit: i64) -> Candidates {
        Candidates::of_rows(kind, Cause::Written, rows(seqs), limit)
    }

    fn seqs((first, end): (Vec<Candidate>, Option<Position>)) -> (Vec<i64>, Option<i64>) {
        (first.iter().map(|candidate| candidate.position.seq).collect(), end.map(|end| end.seq))
    }

    #[test]
    fn what_lies_behind_the_end_of_one_source_waits() {
        let mut all = written(FeedKind::Area, &[1, 4], 2);
        all.merge(written(FeedKind::Metric, &[2, 3, 7], 9));
        assert_eq!(seqs(all.first(9)), (vec![1, 2, 3, 4], Some(4)));
    }

    #[test]
    fn a_page_ends_at_its_last_row() {
        assert_eq!(seqs(written(FeedKind::Area, &[1, 2, 3], 9).first(2)), (vec![1, 2], Some(2)));
        assert_eq!(seqs(written(FeedKind::Area, &[1, 2, 3], 9).first(3)), (vec![1, 2, 3], None));
    }

    #[test]
    fn a_row_that_was_written_and_is_seen_otherwise_is_told_of_for_the_latter() {
        let mut all = written(FeedKind::Area, &[1], 9);
        all.merge(Candidates::of_rows(FeedKind::Area, Cause::Access, rows(&[1]), 9));
        assert_eq!(all.first(9).0[0].cause, Cause::Access);
    }
}
