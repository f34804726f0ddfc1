//! The one writer of a process: a thread that takes waiting writes in groups, gives each a savepoint
//! and commits the group at once, so that one sync to disk serves many.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;

use diesel::connection::{Connection, TransactionManager};
use tokio::sync::oneshot;

use super::dialect::{self, Conn, Location, Purpose};
use super::ledger::{self, Entry, Origin, Written};
use crate::error::{Error, Result};

/// More than this many writes wait for the next commit.
const GROUP: usize = 256;

type Transactions = <Conn as Connection>::TransactionManager;

/// One write that waits for its turn.
trait Job: Send {
    /// Does the work inside its savepoint. `Err` only when the connection is lost; what the work
    /// itself answers is kept until the commit.
    fn run(&mut self, conn: &mut Conn) -> Result<()>;
    /// Tells the caller how it went, after the commit.
    fn answer(self: Box<Self>, committed: std::result::Result<(), String>);
}

struct Work<T, F> {
    origin: Origin,
    work: F,
    outcome: Option<Result<Written<T>>>,
    reply: oneshot::Sender<Result<Written<T>>>,
}

impl<T: Send, F: FnMut(&mut Entry<'_>) -> Result<T> + Send> Job for Work<T, F> {
    fn run(&mut self, conn: &mut Conn) -> Result<()> {
        // A panic in one write must end neither the thread nor the writes that wait behind it.
        let record = AssertUnwindSafe(|| ledger::record(conn, &self.origin, &mut self.work));
        match catch_unwind(record) {
            Ok(outcome) => self.outcome = Some(outcome),
            Err(_) => {
                self.outcome = Some(Err(Error::Cancelled));
                return Err(Error::Cancelled);
            }
        }
        if dialect::is_lost(conn) { Err(Error::Busy("the connection was lost".to_owned())) } else { Ok(()) }
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), String>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Err(cause), Some(Ok(_)) | None) => Err(Error::Busy(cause)),
            (_, Some(Err(error))) => Err(error),
            (Ok(()), None) => Err(Error::Cancelled),
        };
        // The caller may have gone; the write stands all the same.
        drop(self.reply.send(outcome));
    }
}

/// Hands writes to the thread that does them.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    /// Starts the thread. It ends when the last clone of the writer is dropped.
    pub fn start(location: Location, head: Arc<AtomicI64>) -> Result<Writer> {
        let (jobs, waiting) = mpsc::channel();
        std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let mut conn = None;
            while let Some(group) = next_group(&waiting) {
                commit_group(&mut conn, &location, group, &head);
            }
        })?;
        Ok(Writer { jobs })
    }

    /// Queues a write and waits until it is committed. `work` may run more than once: after a lost
    /// connection the writes of a group are tried again one by one.
    pub async fn write<T, F>(&self, origin: Origin, work: F) -> Result<Written<T>>
    where
        T: Send + 'static,
        F: FnMut(&mut Entry<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.jobs
            .send(Box::new(Work { origin, work, outcome: None, reply }))
            .map_err(|_| Error::Cancelled)?;
        answer.await.map_err(|_| Error::Cancelled)?
    }
}

fn next_group(waiting: &mpsc::Receiver<Box<dyn Job>>) -> Option<Vec<Box<dyn Job>>> {
    let mut group = vec![waiting.recv().ok()?];
    group.extend(waiting.try_iter().take(GROUP - 1));
    Some(group)
}

fn commit_group(
    conn: &mut Option<Conn>,
    location: &Location,
    mut group: Vec<Box<dyn Job>>,
    head: &AtomicI64,
) {
    match attempt(conn, location, &mut group, head) {
        Ok(()) => group.into_iter().for_each(|job| job.answer(Ok(()))),
        // A commit that failed may still have reached the disk, so a lone write is not repeated.
        Err(error) if group.len() == 1 => {
            let cause = error.to_string();
            group.into_iter().for_each(|job| job.answer(Err(cause.clone())));
        }
        Err(_) => {
            for job in group {
                commit_group(conn, location, vec![job], head);
            }
        }
    }
}

fn attempt(
    slot: &mut Option<Conn>,
    location: &Location,
    group: &mut [Box<dyn Job>],
    head: &AtomicI64,
) -> Result<()> {
    let mut conn = match slot.take() {
        Some(conn) => conn,
        None => dialect::open(location, Purpose::Write)?,
    };
    let committed = dialect::begin_write(&mut conn).and_then(|()| {
        for job in group {
            job.run(&mut conn)?;
        }
        let newest = ledger::head(&mut conn)?;
        Transactions::commit_transaction(&mut conn)?;
        Ok(newest)
    });
    // A connection that failed half-way is dropped, which rolls back what it held.
    let newest = committed?;
    head.fetch_max(newest, Ordering::AcqRel);
    *slot = Some(conn);
    Ok(())
}
