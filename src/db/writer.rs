//! The one writer of a process: a thread that takes waiting writes in groups, gives each a savepoint
//! and commits the group at once, so that one sync to disk serves many.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{Connection, TransactionManager};
use tokio::sync::oneshot;

use super::dialect::location::{self, Location, Purpose};
use super::dialect::{self, Conn};
use super::heads::Heads;
use crate::error::{Error, Result, chain};

/// More than this many writes wait for the next commit.
const GROUP: usize = 256;

type Transactions = <Conn as Connection>::TransactionManager;

/// One write that waits for its turn.
trait Job: Send {
    /// Does the work inside its savepoint. `Err` only when the connection is lost; what the work
    /// itself answers is kept until the commit.
    fn run(&mut self, conn: &mut Conn) -> Result<()>;
    /// Whether the work failed, so that nothing of it is kept.
    fn has_failed(&self) -> bool;
    /// Tells the caller how it went, after the commit.
    fn answer(self: Box<Self>, committed: std::result::Result<(), String>);
}

const PANICKED: Error = Error::Bug("a write panicked");

struct Work<T, F> {
    work: F,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T: Send, F: FnMut(&mut Conn) -> Result<T> + Send> Job for Work<T, F> {
    fn run(&mut self, conn: &mut Conn) -> Result<()> {
        // A panic in one write must end neither the thread nor the writes that wait behind it.
        match catch_unwind(AssertUnwindSafe(|| (self.work)(conn))) {
            Ok(outcome) => self.outcome = Some(outcome),
            Err(_) => {
                self.outcome = Some(Err(PANICKED));
                return Err(PANICKED);
            }
        }
        if !dialect::is_lost(conn) {
            return Ok(());
        }
        let why = self.outcome.as_ref().and_then(|outcome| outcome.as_ref().err()).map(cause);
        Err(Error::Busy(why.unwrap_or_else(|| "the connection was lost".to_owned())))
    }

    fn has_failed(&self) -> bool {
        matches!(self.outcome, Some(Err(_)))
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), String>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Err(cause), Some(Ok(_)) | None) => Err(Error::Busy(cause)),
            (_, Some(Err(error))) => Err(error),
            (Ok(()), None) => Err(Error::Bug("a write was committed that has not run")),
        };
        // The caller may have gone; the write stands all the same.
        drop(self.reply.send(outcome));
    }
}

/// Hands writes to the thread that does them.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    /// When a write was last committed; none since one could not be.
    written: Arc<Mutex<Option<Instant>>>,
}

impl Writer {
    /// Starts the thread, with a connection that is open: reads may take all others that the server allows. It ends
    /// when the last clone of the writer is dropped.
    pub fn start(conn: Conn, location: Location, heads: Arc<Heads>) -> Result<Writer> {
        let (jobs, waiting) = mpsc::channel();
        std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let mut conn = Some(conn);
            while let Some(group) = next_group(&waiting) {
                commit_group(&mut conn, &location, group, &heads);
            }
        })?;
        Ok(Writer { jobs, written: Arc::default() })
    }

    /// Whether a write was committed within such a time, and none has failed since for want of a database that can be
    /// written.
    pub fn has_written_within(&self, time: Duration) -> bool {
        self.written().is_some_and(|at| at.elapsed() < time)
    }

    fn written(&self) -> MutexGuard<'_, Option<Instant>> {
        // Whoever holds it only sets it.
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a write, which is a transaction in itself, and waits until it is committed. `work` may
    /// run more than once: after a lost connection the writes of a group are tried again one by one.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Box::new(Work { work, outcome: None, reply })).map_err(|_| Error::Cancelled)?;
        let outcome = answer.await.map_err(|_| Error::Cancelled)?;
        match &outcome {
            Ok(_) => *self.written() = Some(Instant::now()),
            Err(Error::Busy(_)) => *self.written() = None,
            Err(_) => {}
        }
        outcome
    }
}

fn next_group(waiting: &mpsc::Receiver<Box<dyn Job>>) -> Option<Vec<Box<dyn Job>>> {
    let mut group = vec![waiting.recv().ok()?];
    group.extend(waiting.try_iter().take(GROUP - 1));
    Some(group)
}

/// How far a group came before it failed.
enum Failure {
    /// Its transaction never began: the database is away, or its lock is held too long.
    Begin(Error),
    /// The connection was lost on the way: nothing was committed.
    Work(Error),
    /// The commit itself failed, and may have reached the disk all the same.
    Commit(Error),
}

fn commit_group(conn: &mut Option<Conn>, location: &Location, mut group: Vec<Box<dyn Job>>, heads: &Heads) {
    let answer = |group: Vec<Box<dyn Job>>, committed: Result<(), String>| {
        group.into_iter().for_each(|job| job.answer(committed.clone()));
    };
    match attempt(conn, location, &mut group, heads) {
        Ok(()) => answer(group, Ok(())),
        Err(Failure::Begin(error) | Failure::Commit(error)) => answer(group, Err(cause(&error))),
        Err(Failure::Work(error)) if group.len() == 1 => answer(group, Err(cause(&error))),
        Err(Failure::Work(_)) => {
            for job in group {
                commit_group(conn, location, vec![job], heads);
            }
        }
    }
}

/// Why the database could not serve, whole.
fn cause(error: &Error) -> String {
    match error {
        Error::Busy(cause) => cause.clone(),
        other => chain(other),
    }
}

fn attempt(
    slot: &mut Option<Conn>,
    location: &Location,
    group: &mut [Box<dyn Job>],
    heads: &Heads,
) -> Result<(), Failure> {
    // A connection that fails half-way is dropped with this call, which rolls back what it held.
    let mut conn = begin(slot.take(), location).map_err(Failure::Begin)?;
    dialect::refuse_newer(&mut conn).map_err(Failure::Begin)?;
    heads.begin();
    for job in group {
        let kept = heads.kept();
        job.run(&mut conn).map_err(Failure::Work)?;
        if job.has_failed() {
            heads.keep(kept);
        }
    }
    Transactions::commit_transaction(&mut conn).map_err(|error| Failure::Commit(error.into()))?;
    heads.committed();
    *slot = Some(conn);
    Ok(())
}

/// A connection inside a transaction that holds the ledger's lock. The one that is there may have
/// died since its last group; then a new one is opened.
fn begin(kept: Option<Conn>, location: &Location) -> Result<Conn> {
    if let Some(mut conn) = kept {
        match dialect::begin_write(&mut conn) {
            Ok(()) => return Ok(conn),
            Err(_) if dialect::is_broken(&mut conn) => {}
            Err(error) => return Err(error),
        }
    }
    let mut conn = location::open(location, Purpose::Write)?;
    dialect::begin_write(&mut conn)?;
    Ok(conn)
}
