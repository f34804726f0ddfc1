//! Turns of long reads, and how long one may hold its snapshot: so many at a time for each purpose, so that none
//! waits for another, and downloads never so long that the log of the embedded database grows without bound.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedRwLockReadGuard, OwnedSemaphorePermit, RwLock, Semaphore};
use tokio::time::timeout;

use super::dialect;
use super::dialect::location::{self, Location, Purpose};
use crate::error::{Error, Result};

/// How long a request waits for a connection or for its turn.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The longest that a download may hold its snapshot.
const LONGEST: Duration = Duration::from_secs(60);

/// Once the log of the embedded database is so long, in bytes, downloads wait until it has been folded in.
const LOG_FULL: u64 = 16 << 20;

/// Once it is so long, downloads that hold a snapshot give it up.
const LOG_OVERFULL: u64 = 40 << 20;

/// Beside reads that go on it is folded in at most once in such a time, because writes wait meanwhile.
const FOLDED_AGAIN: Duration = Duration::from_secs(5);

/// What a long read is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// One screen of an app.
    Screen,
    /// A page that is worked out of many rows.
    RollUp,
    /// A file with a whole selection.
    Download,
}

impl Turn {
    /// Every purpose.
    pub const ALL: [Turn; 3] = [Turn::Screen, Turn::RollUp, Turn::Download];
}

/// The turns of a database.
pub struct Turns {
    screens: Shared,
    roll_ups: Shared,
    downloads: Shared,
    log: Arc<Log>,
}

/// The turns for one purpose.
struct Shared {
    most: usize,
    turns: Arc<Semaphore>,
}

impl Shared {
    /// One of so many connections, and at least one.
    fn new(pool_size: u32, one_of: u32) -> Shared {
        let most = usize::try_from(pool_size / one_of).unwrap_or(1).max(1);
        Shared { most, turns: Arc::new(Semaphore::new(most)) }
    }
}

/// A turn that was taken; what runs keeps hold of it, even when nobody waits for it any more.
pub struct Taken {
    _one_of_few: OwnedSemaphorePermit,
    _reading: Option<OwnedRwLockReadGuard<()>>,
}

impl Turns {
    /// Turns that leave three of eight connections to short reads.
    pub fn new(location: &Location, pool_size: u32) -> Turns {
        let shared = |one_of: u32| Shared::new(pool_size, one_of);
        let path = location.file().map(|file| PathBuf::from(format!("{}-wal", file.display())));
        let log = Log {
            location: location.clone(),
            path,
            gate: Arc::default(),
            folded: Mutex::default(),
            folding: Mutex::default(),
        };
        Turns { screens: shared(4), roll_ups: shared(4), downloads: shared(8), log: Arc::new(log) }
    }

    /// How many may have a turn at a time.
    pub fn most(&self, turn: Turn) -> usize {
        let Shared { most, .. } = self.shared(turn);
        *most
    }

    fn shared(&self, turn: Turn) -> &Shared {
        match turn {
            Turn::Screen => &self.screens,
            Turn::RollUp => &self.roll_ups,
            Turn::Download => &self.downloads,
        }
    }

    /// Takes a turn, or waits for one.
    ///
    /// Errors: `Busy` when there is none in time.
    pub async fn take(&self, turn: Turn) -> Result<Taken> {
        let busy = |_| Error::Busy(format!("too many long reads at once: {turn:?}"));
        let turns = self.shared(turn).turns.clone();
        let taken = timeout(PATIENCE, turns.acquire_owned()).await.map_err(busy)?;
        let reading = match turn {
            Turn::Download => Some(self.log.reader().await?),
            Turn::Screen | Turn::RollUp => {
                self.log.fold_beside();
                None
            }
        };
        Ok(Taken {
            _one_of_few: taken.map_err(|_| Error::Bug("no turns are given any more"))?,
            _reading: reading,
        })
    }

    /// A snapshot that begins now.
    pub fn hold(&self) -> Held {
        Held { since: Instant::now(), log: self.log.clone() }
    }
}

/// How long a snapshot has been held.
pub struct Held {
    since: Instant,
    log: Arc<Log>,
}

impl Held {
    /// Checks that it may be held on.
    ///
    /// Errors: `TooLong`.
    pub fn check(&self) -> Result<()> {
        if self.since.elapsed() > LONGEST || self.log.len() > LOG_OVERFULL {
            return Err(Error::TooLong);
        }
        Ok(())
    }
}

/// The log that the embedded database writes to before its file: it begins anew only when no snapshot needs it.
struct Log {
    location: Location,
    /// None of a server, which needs no help.
    path: Option<PathBuf>,
    /// Held in common while a download has a snapshot, and alone to fold the log in.
    gate: Arc<RwLock<()>>,
    /// When it was last folded in beside reads that go on.
    folded: Mutex<Option<Instant>>,
    /// Held while it is folded in.
    folding: Mutex<()>,
}

impl Log {
    fn len(&self) -> u64 {
        let path = self.path.as_ref();
        path.and_then(|path| std::fs::metadata(path).ok()).map_or(0, |metadata| metadata.len())
    }

    /// Where reads that follow each other closely keep an overfull log from beginning anew, folds it in beside them:
    /// writes wait for those under way, a second at most. The reads themselves wait for nothing.
    fn fold_beside(self: &Arc<Log>) {
        if self.len() <= LOG_OVERFULL {
            return;
        }
        // Nobody can have failed while holding it.
        let Ok(mut folded) = self.folded.lock() else { return };
        if folded.is_some_and(|last| last.elapsed() < FOLDED_AGAIN) {
            return;
        }
        *folded = Some(Instant::now());
        let log = self.clone();
        // Where it fails there is no less of the log than before, and the next read tries again.
        tokio::task::spawn_blocking(move || {
            log.fold().inspect_err(|error| tracing::warn!(%error, "the log stays"))
        });
    }

    fn fold(&self) -> Result<()> {
        // One at a time: a second one would find the log locked and give up.
        let _alone = self.folding.lock().map_err(|_| Error::Bug("folding the log panicked"))?;
        dialect::fold_log(&mut location::open(&self.location, Purpose::Write)?)
    }

    /// Lets a download begin; where the log is full once it has been folded in. Downloads that come meanwhile wait,
    /// so that the snapshots that need it end.
    async fn reader(self: &Arc<Log>) -> Result<OwnedRwLockReadGuard<()>> {
        let busy = |_| Error::Busy("the log is full, and a download still needs it".to_owned());
        if self.len() > LOG_FULL {
            let alone = timeout(PATIENCE, self.gate.clone().write_owned()).await.map_err(busy)?;
            // Whoever waited here before may have done it.
            if self.len() > LOG_FULL {
                let log = self.clone();
                let fold = move || {
                    let _alone = alone;
                    log.fold()
                };
                tokio::task::spawn_blocking(fold).await.map_err(|_| Error::Cancelled)??;
            }
        }
        timeout(PATIENCE, self.gate.clone().read_owned()).await.map_err(busy)
    }
}
