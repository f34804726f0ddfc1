//! How far the ledger has come for each kind of row, in the memory of a process: whoever keeps an answer asks whether
//! anything that it was made of has been written since. What this process writes it knows; what others have written it
//! looks up once the ledger has come further.

use std::pin::pin;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use diesel::dsl::{exists, max, select};
use diesel::prelude::*;
use tokio::sync::Notify;

use super::dialect::Conn;
use super::schema::{edits, entries};
use crate::domain::row_kind::{Kinds, RowKind};
use crate::error::Result;

/// Of more entries than this it is not looked up what they touched: everything counts as written.
const MOST: i64 = 1_000;

/// The newest entries known.
#[derive(Default)]
pub struct Heads {
    /// What was looked at, or this process has written.
    seen: AtomicI64,
    /// Up to here it is known what was touched.
    known: AtomicI64,
    of_kinds: [AtomicI64; RowKind::ALL.len()],
    group: Group,
    /// Wakes who waits for an entry.
    moved: Notify,
}

/// The group of writes under way, of which a process has one at a time.
#[derive(Default)]
struct Group {
    /// Its first entry; 0 before it.
    first: AtomicI64,
    /// The newest entry that it keeps; 0 before one.
    kept: AtomicI64,
    touched: AtomicU32,
}

impl Heads {
    /// The newest entry that was looked at, or that this process has written.
    pub fn seen(&self) -> i64 {
        self.seen.load(Ordering::Acquire)
    }

    /// This entry was looked at.
    pub fn see(&self, head: i64) {
        if self.seen.fetch_max(head, Ordering::AcqRel) < head {
            self.moved.notify_waiters();
        }
    }

    /// Waits until an entry beyond this one is seen.
    pub async fn wait_beyond(&self, head: i64) {
        let mut moved = pin!(self.moved.notified());
        while self.seen() <= head {
            // What moves between the look and the wait wakes it too.
            moved.as_mut().enable();
            if self.seen() > head {
                return;
            }
            moved.as_mut().await;
            moved.set(self.moved.notified());
        }
    }

    /// Whether it is known what was touched up to this entry.
    pub fn know(&self, head: i64) -> bool {
        self.known.load(Ordering::Acquire) >= head
    }

    /// The newest entry that may have touched any of these kinds, as far as is known.
    pub fn newest(&self, kinds: Kinds) -> i64 {
        kinds.iter().map(|kind| self.of_kind(kind).load(Ordering::Acquire)).max().unwrap_or(0)
    }

    fn of_kind(&self, kind: RowKind) -> &AtomicI64 {
        &self.of_kinds[kind as usize]
    }

    /// The ledger has lost entries that were seen: it was restored, or its server gave way to one that had not got them
    /// all. Whatever was read before may never have been, until the ledger has come further than it had.
    pub fn went_back(&self, seen: i64, head: i64) {
        self.reached(Kinds::ALL, seen + 1);
        self.seen.store(head, Ordering::Release);
        self.known.store(head, Ordering::Release);
    }

    /// A group of writes begins. What one before it touched that was not committed is forgotten.
    pub fn begin(&self) {
        self.group.first.store(0, Ordering::Release);
        self.group.kept.store(0, Ordering::Release);
        self.group.touched.store(0, Ordering::Release);
    }

    /// An entry begins in this group.
    pub fn begin_entry(&self, seq: i64) {
        // Only the first of a group finds nothing there.
        let _ = self.group.first.compare_exchange(0, seq, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The newest entry of the group so far that is kept; 0 before one.
    pub fn kept(&self) -> i64 {
        self.group.kept.load(Ordering::Acquire)
    }

    /// The group keeps its entries up to this one, and as yet none after it.
    pub fn keep(&self, seq: i64) {
        self.group.kept.store(seq, Ordering::Release);
    }

    /// Notes what the group touches. What is rolled back within it counts as touched all the same.
    pub fn touch(&self, kinds: Kinds) {
        self.group.touched.fetch_or(kinds.bits(), Ordering::AcqRel);
    }

    /// The group is committed. Whoever wrote it held the lock of the ledger, so that its newest entry is the head.
    pub fn committed(&self) {
        let head = self.kept();
        if head == 0 {
            return;
        }
        self.see(head);
        let first = self.group.first.load(Ordering::Acquire);
        self.reached(Kinds::from_bits(self.group.touched.load(Ordering::Acquire)), head);
        // With a gap before it others have written, and it is not known what.
        if first > 0 && self.known.load(Ordering::Acquire) >= first - 1 {
            self.known.fetch_max(head, Ordering::AcqRel);
        }
    }

    fn reached(&self, kinds: Kinds, seq: i64) {
        for kind in kinds.iter() {
            self.of_kind(kind).fetch_max(seq, Ordering::AcqRel);
        }
    }

    /// Looks up what was touched up to `head`, in the snapshot that has it.
    pub fn look_up(&self, conn: &mut Conn, head: i64) -> Result<()> {
        let known = self.known.load(Ordering::Acquire);
        // Commands write some rows without an edit of each.
        let by_command = entries::table.filter(entries::seq.gt(known)).filter(entries::key_id.is_null());
        if known == 0 || head - known > MOST || select(exists(by_command)).get_result::<bool>(conn)? {
            self.reached(Kinds::ALL, head);
        } else {
            let touched: Vec<(RowKind, Option<i64>)> = edits::table
                .filter(edits::seq.gt(known))
                .group_by(edits::kind)
                .select((edits::kind, max(edits::seq)))
                .load(conn)?;
            for (kind, seq) in touched {
                self.reached(kind.touches(), seq.unwrap_or(head));
            }
        }
        self.known.fetch_max(head, Ordering::AcqRel);
        Ok(())
    }
}
