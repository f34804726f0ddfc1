//! The database behind three verbs: [`Db::read`], [`Db::scan`] and [`Db::write`]. The choice of verb
//! is the whole of a caller's concurrency. No table names here; each resource has a module of its own.

mod address;
mod among;
pub mod areas;
pub mod attachments;
pub mod bulk;
pub mod bulletins;
pub mod columns;
pub mod dialect;
pub mod entries;
pub mod evidence;
pub mod extensions;
pub mod facts;
pub mod feed;
pub mod figures;
pub mod glance;
mod heads;
pub mod idempotency;
mod image;
pub mod imprints;
pub(crate) mod item_set;
pub mod keys;
pub mod ledger;
pub mod lights;
pub mod metrics;
pub mod moves;
pub mod numbers;
mod observation_id;
pub mod observations;
pub mod order;
pub mod outside;
mod own_progress;
pub mod period_locks;
pub mod plan_items;
pub mod plans;
pub mod progress_reports;
pub mod projects;
mod readers;
pub mod reports;
pub mod revisions;
mod schema;
pub mod search;
pub mod sight;
mod stamps;
pub mod submissions;
pub mod texts;
pub mod timeline;
pub mod turns;
pub mod units;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use diesel::Connection;
use tokio::time::Instant;

pub use dialect::Conn;
use dialect::location::{self, Location, Purpose};
use heads::Heads;
use idempotency::{Reply, Ticket};
use ledger::{Entry, Origin, Written};
use readers::Readers;
use turns::{Held, Turn, Turns};
use writer::Writer;

use crate::domain::row_kind::Kinds;
use crate::error::{Error, Result};

/// What a read returned, and the head of the ledger in the same snapshot.
#[derive(Debug, Clone)]
pub struct Snapshot<T> {
    /// An entry that the read could see, and all before it; often the newest.
    pub head: i64,
    /// What the read returned.
    pub data: T,
}

impl<T> From<(i64, T)> for Snapshot<T> {
    fn from((head, data): (i64, T)) -> Snapshot<T> {
        Snapshot { head, data }
    }
}

/// Which part of a list is wanted: the rows after a key, at most so many.
#[derive(Debug, Clone)]
pub struct Window<K> {
    /// The key of the last row already seen; null from the beginning.
    pub after: Option<K>,
    /// At most so many rows.
    pub limit: i64,
}

/// The LIKE pattern, escaped with a backslash, of a substring.
fn containing(folded: &str) -> String {
    format!("%{}%", folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// A day as text, and the year and the month that are its prefixes: a date of lesser precision that
/// the day lies in is one of the two.
fn with_prefixes(day: NaiveDate) -> (String, [String; 2]) {
    let day = day.to_string();
    let prefixes = [day[..4].to_owned(), day[..7].to_owned()];
    (day, prefixes)
}

/// A database, opened and shared by all threads of the process.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    location: Location,
    readers: Readers,
    turns: Turns,
    heads: Arc<Heads>,
    writer: Writer,
}

/// What was written so long ago tells that the database can be written.
const WRITTEN: Duration = Duration::from_secs(10);

/// What others write is looked for so often by those who wait for it.
const SECOND: Duration = Duration::from_secs(1);

/// How long a trial of writing may take. What refuses a write does so at once.
const MOMENT: Duration = Duration::from_secs(1);

/// Connections that are no reader's: the writer's, and one that migrates or tidies.
const APART: u32 = 2;

/// How many connections may read: as many as were wished, or as the server leaves.
fn most_for_reads(limit: Option<u32>, wished: u32) -> Result<u32> {
    let Some(limit) = limit else { return Ok(wished) };
    match limit.saturating_sub(APART) {
        0 => Err(Error::Unusable(format!(
            "服务器只允许 {limit} 个连接，至少需要 {least} 个；the server allows {limit} connections of this role and \
             database, and {least} are needed",
            least = APART + 1
        ))),
        left if left < wished => {
            tracing::warn!(limit, "the server allows fewer connections than are set: {left} may read");
            Ok(left)
        }
        _ => Ok(wished),
    }
}

impl Db {
    /// Opens the database at `url` without touching its tables. `pool_size` bounds the connections
    /// to a PostgreSQL server for reads, as does what the server allows.
    ///
    /// Errors: `Unusable`.
    pub fn open(url: &str, pool_size: u32) -> Result<Db> {
        let named = Location::parse(url)?;
        let mut conn = location::open(&named, Purpose::Write)?;
        dialect::check_encoding(&mut conn)?;
        let most = most_for_reads(dialect::connection_limit(&mut conn)?, pool_size)?;
        let location = named.clone().find_pooler()?;
        if location != named {
            tracing::info!("a pooler stands before the server: no statement is kept by name");
            conn = location::open(&location, Purpose::Write)?;
        }
        let heads = Arc::new(Heads::default());
        let writer = Writer::start(conn, location.clone(), heads.clone())?;
        let turns = Turns::new(&location, most);
        let readers = Readers::new(location.clone(), most, heads.clone());
        Ok(Db { inner: Arc::new(Inner { location, readers, turns, heads, writer }) })
    }

    /// `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        self.inner.location.kind()
    }

    /// Connections to the server that are open, and those of them that are idle. Null for the
    /// embedded database, which has no pool.
    pub fn pool_state(&self) -> Option<(u32, u32)> {
        self.inner.readers.pool_state()
    }

    /// Runs the migrations that are missing and says how many there were.
    pub fn migrate(&self) -> Result<usize> {
        dialect::migrate(&mut location::open(&self.inner.location, Purpose::Write)?)
    }

    /// Does what migrations need and no query can do, on a connection of its own.
    pub fn upgrade<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        work(&mut location::open(&self.inner.location, Purpose::Write)?)
    }

    /// Puts what a bulk of rows left behind in order, once the rows are committed.
    pub fn tidy(&self) -> Result<()> {
        dialect::tidy(&mut location::open(&self.inner.location, Purpose::Write)?)
    }

    /// Whether every migration has run.
    pub fn is_migrated(&self) -> Result<bool> {
        dialect::is_migrated(&mut location::open(&self.inner.location, Purpose::Read)?)
    }

    /// Checks that a write would be kept: one was, a moment ago, or a trial is. While others hold the lock of all
    /// writers it waits no longer than a moment: then it is they who write.
    ///
    /// Errors: `Busy` when the disk is full, or file system or server take no writes.
    pub async fn check_writable(&self) -> Result<()> {
        if self.inner.writer.has_written_within(WRITTEN) {
            return Ok(());
        }
        match tokio::time::timeout(MOMENT, self.note(ledger::touch)).await {
            Ok(tried) => tried,
            Err(_) => Ok(()),
        }
    }

    /// The newest entry that was looked at or that this process has written: a lower bound of the
    /// head that costs no query.
    pub fn last_seen_head(&self) -> i64 {
        self.inner.heads.seen()
    }

    /// The head of the ledger now, from the database.
    pub async fn head(&self) -> Result<i64> {
        self.inline(Readers::head).await
    }

    /// Looks how far the ledger has come: what is asked about it from here on is true of now. One query of the head, and
    /// one more where other processes have written.
    pub async fn look(&self) -> Result<()> {
        self.inline(Readers::look).await
    }

    /// Waits until the ledger has come beyond an entry, though not longer than until a time, and looks anew at least once
    /// in a second: others write too, and figures are released without an entry.
    pub async fn wait_for_entry(&self, head: i64, until: Instant) -> Result<()> {
        let soon = until.min(Instant::now() + SECOND);
        // Whether it came or not, it is looked.
        let _ = tokio::time::timeout_at(soon, self.inner.heads.wait_beyond(head)).await;
        self.look().await
    }

    /// The newest entry that may have touched rows of any of these kinds, when the ledger was last looked at: an answer
    /// from a snapshot that has it was the same then. No query.
    pub fn newest(&self, kinds: Kinds) -> i64 {
        self.inner.heads.newest(kinds)
    }

    /// Bounded work in one snapshot: on the embedded database inline on this thread's own
    /// connection, on a server on a blocking thread.
    pub async fn read<T, F>(&self, work: F) -> Result<Snapshot<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        self.inline(|readers| readers.snapshot(work)).await.map(Snapshot::from)
    }

    /// Bounded work: where no server is waited for, at once.
    async fn inline<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Readers) -> Result<T> + Send + 'static,
    {
        if self.inner.location.is_embedded() {
            work(&self.inner.readers)
        } else {
            self.on_a_thread(work).await
        }
    }

    /// Work that may be long, in one snapshot, always on a blocking thread, once it has its turn. It keeps the turn
    /// until it ends, whether or not anybody waits for it.
    pub async fn scan<T, F>(&self, turn: Turn, work: F) -> Result<Snapshot<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let taken = self.inner.turns.take(turn).await?;
        self.on_a_thread(move |readers| {
            readers.snapshot(|conn| {
                let done = work(conn);
                drop(taken);
                done
            })
        })
        .await
        .map(Snapshot::from)
    }

    /// How long a snapshot that begins now is held.
    pub fn hold(&self) -> Held {
        self.inner.turns.hold()
    }

    /// How many may have a turn at a time.
    pub fn most_at_once(&self, turn: Turn) -> usize {
        self.inner.turns.most(turn)
    }

    async fn on_a_thread<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Readers) -> Result<T> + Send + 'static,
    {
        let inner = self.inner.clone();
        tokio::task::spawn_blocking(move || work(&inner.readers)).await.map_err(|_| Error::Cancelled)?
    }

    /// One entry of the ledger: queued, grouped with others into one commit, all of it or none.
    /// `work` may run again when a group's connection was lost before its commit.
    pub async fn write<T, F>(&self, origin: Origin, mut work: F) -> Result<Written<T>>
    where
        T: Send + 'static,
        F: FnMut(&mut Entry<'_>) -> Result<T> + Send + 'static,
    {
        let heads = self.inner.heads.clone();
        self.inner.writer.write(move |conn| ledger::record(conn, &heads, &origin, &mut work)).await
    }

    /// As [`Db::write`], but of all requests with one ticket the first alone is done, and the others
    /// get its answer.
    pub async fn write_once<F>(&self, origin: Origin, ticket: Ticket, mut work: F) -> Result<Reply>
    where
        F: FnMut(&mut Entry<'_>) -> Result<Reply> + Send + 'static,
    {
        let heads = self.inner.heads.clone();
        let once = move |conn: &mut Conn| {
            let record = |conn: &mut Conn| Ok(ledger::record(conn, &heads, &origin, &mut work)?.data);
            idempotency::once(conn, &ticket, record)
        };
        self.inner.writer.write(once).await
    }

    /// Writes what is not the ledger, such as the last use of a key: no entry, no new head.
    pub async fn note<T, F>(&self, mut work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        self.inner.writer.write(move |conn| conn.transaction(&mut work)).await
    }
}
