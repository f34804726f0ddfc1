//! What one client may have under way at a time: a quarter of the turns of each purpose, and so many downloads.
//! Whoever asks for more waits for himself, and nobody else does.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::limits;
use super::problem::Problem;
use crate::db::turns::{PATIENCE, Turn};
use crate::db::{Conn, Db, Snapshot};
use crate::domain::access::Caller;
use crate::error::{Error, Result};

/// A client may have so many downloads under way, until the last byte is sent.
const DOWNLOADS: usize = 8;

/// When so many clients are known, those that have nothing under way are forgotten.
const SWEEP: usize = 1024;

/// What clients have under way.
pub struct Clients {
    turns: HashMap<Turn, Share>,
    downloads: Share,
    /// What downloads under way may take together.
    pub room: Arc<Room>,
}

impl Clients {
    /// Nothing is under way. Downloads may take so many bytes.
    pub fn new(db: &Db, room: u64) -> Clients {
        let turns = Turn::ALL.map(|turn| (turn, Share::new((db.most_at_once(turn) / 4).max(1))));
        Clients {
            turns: turns.into(),
            downloads: Share::new(DOWNLOADS),
            room: Arc::new(Room { free: AtomicU64::new(room) }),
        }
    }
}

/// Whose requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Holder {
    Address(IpAddr),
    Key(String),
}

/// The address that a request comes from, and its key.
fn holders(request: &HttpRequest) -> Vec<Holder> {
    let address = limits::counted(request).map(Holder::Address);
    let key = request.extensions().get::<Caller>().map(|caller| Holder::Key(caller.id.clone()));
    address.into_iter().chain(key).collect()
}

/// At most so many at a time of each client.
struct Share {
    most: usize,
    taken: Mutex<HashMap<Holder, Arc<Semaphore>>>,
}

/// What was taken of shares; given back when it is dropped.
pub struct Taken(#[expect(dead_code, reason = "held, not used")] Vec<OwnedSemaphorePermit>);

impl Share {
    fn new(most: usize) -> Share {
        Share { most, taken: Mutex::default() }
    }

    fn of(&self, holder: Holder) -> Arc<Semaphore> {
        // Nothing can fail half-way while it is held.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= SWEEP {
            taken.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        taken.entry(holder).or_insert_with(|| Arc::new(Semaphore::new(self.most))).clone()
    }

    /// Takes one for a request, or waits for it.
    ///
    /// Errors: `too_many_requests` when there is none in time.
    async fn take(&self, request: &HttpRequest) -> Result<Taken, Problem> {
        let mut taken = Vec::new();
        for holder in holders(request) {
            let turn = timeout(PATIENCE, self.of(holder).acquire_owned()).await;
            let turn = turn.map_err(|_| Problem::too_many_at_once())?;
            taken.push(turn.map_err(|_| Error::Bug("no turns are given any more"))?);
        }
        Ok(Taken(taken))
    }
}

/// Work that may be long, in one snapshot, once its client and then the process have a turn for it.
pub async fn scan<T, F>(db: &Db, request: &HttpRequest, turn: Turn, work: F) -> Result<Snapshot<T>, Problem>
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
{
    let taken = match request.app_data::<Data<Clients>>().and_then(|clients| clients.turns.get(&turn)) {
        Some(share) => share.take(request).await?,
        None => Taken(Vec::new()),
    };
    let work = move |conn: &mut Conn| {
        let done = work(conn);
        drop(taken);
        done
    };
    Ok(db.scan(turn, work).await?)
}

/// Begins a download of the client.
pub async fn download(request: &HttpRequest) -> Result<(Taken, Reserved), Problem> {
    let clients = request.app_data::<Data<Clients>>().ok_or(Error::Bug("an application without turns"))?;
    let taken = clients.downloads.take(request).await?;
    Ok((taken, Reserved { room: clients.room.clone(), bytes: 0 }))
}

/// Where downloads wait for their clients.
pub struct Room {
    free: AtomicU64,
}

/// What a download takes of the room; given back when it is dropped.
pub struct Reserved {
    room: Arc<Room>,
    bytes: u64,
}

impl Reserved {
    /// Takes more.
    ///
    /// Errors: `Busy` when there is not so much.
    pub fn add(&mut self, bytes: u64) -> Result<()> {
        let taken =
            self.room.free.fetch_update(Ordering::AcqRel, Ordering::Acquire, |free| free.checked_sub(bytes));
        taken
            .map_err(|_| Error::Busy("downloads under way take all the room there is for them".to_owned()))?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.room.free.fetch_add(self.bytes, Ordering::AcqRel);
    }
}
