//! The connections that read: on an embedded database one for each thread, on a server those of a pool.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::r2d2::{ManageConnection, Pool};

use super::dialect::location::{self, Location, Purpose};
use super::dialect::{self, Conn};
use super::heads::Heads;
use super::ledger;
use super::turns::PATIENCE;
use crate::error::{Error, Result};

/// All connections that read, shared by the threads of the process.
pub struct Readers {
    /// Tells the databases of one process apart.
    id: usize,
    location: Location,
    /// PostgreSQL only: an embedded database gives each thread a connection of its own.
    pool: Option<Pool<Manager>>,
    heads: Arc<Heads>,
}

struct Manager(Location);

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = Error;

    fn connect(&self) -> Result<Conn> {
        location::open(&self.0, Purpose::Read)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<()> {
        ledger::head(conn).map(drop)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || dialect::is_broken(conn)
    }
}

thread_local! {
    /// The embedded database's connections of this thread, by the number of their `Db`.
    static OWN: RefCell<Vec<(usize, Conn)>> = const { RefCell::new(Vec::new()) };
}

static OPENED: AtomicUsize = AtomicUsize::new(0);

impl Readers {
    /// Readers of the database at `location`: at most so many connections to a server.
    pub fn new(location: Location, most: u32, heads: Arc<Heads>) -> Readers {
        let pool = (!location.is_embedded()).then(|| {
            Pool::builder()
                .max_size(most)
                .min_idle(Some(1))
                .connection_timeout(PATIENCE)
                .test_on_check_out(false)
                .build_unchecked(Manager(location.clone()))
        });
        let id = OPENED.fetch_add(1, Ordering::Relaxed);
        Readers { id, location, pool, heads }
    }

    /// Connections to the server that are open, and those of them that are idle. Null for the embedded database, which
    /// has no pool.
    pub fn pool_state(&self) -> Option<(u32, u32)> {
        self.pool.as_ref().map(|pool| (pool.state().connections, pool.state().idle_connections))
    }

    /// Work in one snapshot, and the newest entry that it is sure to have.
    pub fn snapshot<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<(i64, T)> {
        let work = Cell::new(Some(work));
        self.connected(|conn, begun| {
            // Whatever is known to be committed is in a snapshot that begins now.
            let head = self.heads.seen();
            dialect::snapshot(conn, |conn| {
                *begun = true;
                let work = work.take().ok_or(Error::Bug("work is done twice"))?;
                Ok((head, work(conn)?))
            })
        })
    }

    /// Looks how far the ledger has come: see [`super::Db::look`].
    pub fn look(&self) -> Result<()> {
        self.connected(|conn, _| {
            let seen = self.heads.seen();
            let head = alive(conn, ledger::head)?;
            if head < seen {
                self.heads.went_back(seen, head);
            }
            if !self.heads.know(head) {
                dialect::snapshot(conn, |conn| {
                    let head = ledger::head(conn)?;
                    self.heads.look_up(conn, head)
                })?;
            }
            self.heads.see(head);
            Ok(())
        })
    }

    /// The head of the ledger now, from the database.
    pub fn head(&self) -> Result<i64> {
        self.connected(|conn, _| alive(conn, ledger::head))
    }

    /// Reads on a connection: that of this thread, or one of the pool. `read` says when it has begun: from then on it is
    /// not tried again.
    fn connected<T>(&self, mut read: impl FnMut(&mut Conn, &mut bool) -> Result<T>) -> Result<T> {
        let mut begun = false;
        let Some(pool) = &self.pool else {
            let kept = OWN.with_borrow_mut(|own| {
                own.iter().position(|(id, _)| *id == self.id).map(|at| own.swap_remove(at).1)
            });
            let mut conn = match kept {
                Some(conn) => conn,
                None => location::open(&self.location, Purpose::Read)?,
            };
            let answer = read(&mut conn, &mut begun);
            if !dialect::is_broken(&mut conn) {
                OWN.with_borrow_mut(|own| own.push((self.id, conn)));
            }
            return answer;
        };
        // The server may have closed connections while they lay idle: the pool drops each, and has or opens another.
        let mut more = pool.max_size();
        loop {
            let mut conn = pool.get().map_err(|error| Error::Busy(error.to_string()))?;
            match read(&mut conn, &mut begun) {
                Err(_) if !begun && more > 0 && dialect::is_broken(&mut conn) => more -= 1,
                answer => return answer,
            }
        }
    }
}

/// Makes one query, without a transaction. Should it fail, it is made in one: only there is it noticed that a server has
/// closed the connection.
fn alive<T>(conn: &mut Conn, query: fn(&mut Conn) -> Result<T>) -> Result<T> {
    match query(conn) {
        Err(Error::Busy(_)) => dialect::snapshot(conn, query),
        answer => answer,
    }
}
