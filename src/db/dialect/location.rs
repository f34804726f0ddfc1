//! Which database a URL names, and how a connection to it is opened.

use std::fmt;
use std::path::{Path, PathBuf};

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::Conn;
use crate::db::address;
use crate::error::{Error, Result};

/// Parameter of a URL by which its user says that a pooler stands before the server. Where it is missing a pooler is
/// looked for.
const POOLED: &str = "pgbouncer=true";

/// Which database a URL names. It is shown without what may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// The path of an embedded database file.
    Sqlite(String),
    /// A PostgreSQL database.
    Postgres {
        /// Its URL, without parameters of ours.
        url: String,
        /// Whether a pooler stands before it that gives a connection to another client after each
        /// transaction, as PgBouncer does in transaction mode: no statement is kept by name then.
        pooled: bool,
    },
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Location::Postgres { .. } => f.write_str("Postgres"),
        }
    }
}

impl Location {
    /// Reads `sqlite://PATH`, `postgres://…` or `postgresql://…`, the latter with the parameter
    /// `pgbouncer=true` where a pooler stands before the server.
    pub fn parse(url: &str) -> Result<Location> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            // Each connection would have a memory of its own, and a parameter would be part of the name.
            if path == ":memory:" || path.contains('?') {
                let reason = "DATABASE_URL: after sqlite:// stands the path of a file, without parameters";
                return Err(Error::Config(reason.to_owned()));
            }
            return Ok(Location::Sqlite(path.to_owned()));
        }
        if let Some(rest) = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")) {
            address::check(rest)?;
            let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
            let mut parameters: Vec<&str> =
                parameters.split('&').filter(|parameter| !parameter.is_empty()).collect();
            let pooled = parameters.contains(&POOLED);
            parameters.retain(|parameter| *parameter != POOLED);
            // A host that does not answer at all must not hold a request for minutes.
            if !parameters.iter().any(|parameter| parameter.starts_with("connect_timeout=")) {
                parameters.push("connect_timeout=5");
            }
            return Ok(Location::Postgres { url: format!("{address}?{}", parameters.join("&")), pooled });
        }
        Err(Error::Config(
            "DATABASE_URL must start with sqlite://PATH, postgres:// or postgresql://".to_owned(),
        ))
    }

    /// The file of an embedded database; none of a server.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Location::Sqlite(path) => Some(Path::new(path)),
            Location::Postgres { .. } => None,
        }
    }

    /// Whether the database runs in this process.
    pub fn is_embedded(&self) -> bool {
        self.file().is_some()
    }

    /// Looks whether a pooler stands before a server that gives its connections to another client after each
    /// transaction: two connections of ours then reach the same backend, or one of them reaches two. Statements kept by
    /// name would be those of others there, and could be run in their place.
    ///
    /// Errors: `Unusable`.
    pub fn find_pooler(self) -> Result<Location> {
        const ROUNDS: usize = 3;
        let Location::Postgres { url, pooled: false } = &self else { return Ok(self) };
        let pooled = Location::Postgres { url: url.clone(), pooled: true };
        let mut pair = [open(&pooled, Purpose::Read)?, open(&pooled, Purpose::Read)?];
        let mut backends = [const { Vec::new() }; 2];
        for _ in 0..ROUNDS {
            for (conn, backends) in pair.iter_mut().zip(&mut backends) {
                backends.push(backend(conn)?);
            }
        }
        let [one, other] = backends;
        let stays = |pids: &[_]| pids.windows(2).all(|pair| pair[0] == pair[1]);
        let is_own = stays(&one) && stays(&other) && one[0] != other[0];
        Ok(if is_own { self } else { pooled })
    }

    /// `sqlite` or `postgres`, for logs and `/version`.
    pub fn kind(&self) -> &'static str {
        match self {
            Location::Sqlite(_) => "sqlite",
            Location::Postgres { .. } => "postgres",
        }
    }
}

/// The file that a URL names; none where it names a server.
///
/// Errors: `Config` for what names no database.
pub fn file_of(url: &str) -> Result<Option<PathBuf>> {
    Ok(Location::parse(url)?.file().map(Path::to_owned))
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Queries only; every transaction is one snapshot.
    Read,
    /// The writer of the ledger, and migrations.
    Write,
}

/// Opens a connection. An embedded database is created, with its folder, when it is missing.
pub fn open(location: &Location, purpose: Purpose) -> Result<Conn> {
    let unusable = |error: &dyn fmt::Display| Error::Unusable(error.to_string());
    match location {
        Location::Sqlite(path) => {
            if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)
                    .map_err(|error| Error::Unusable(format!("{path}: {error}")))?;
            }
            let mut conn =
                SqliteConnection::establish(path).map_err(|e| Error::Unusable(format!("{path}: {e}")))?;
            // FULL: an answered write survives a power cut, not only a crash of this process. The map is the largest
            // that SQLite makes: what lies beyond is copied page by page, several times as slowly.
            conn.batch_execute(
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 2147418112; \
                 PRAGMA journal_size_limit = 8388608;",
            )
            .map_err(|error| Error::Unusable(format!("{path}: {error}")))?;
            if purpose == Purpose::Read {
                conn.batch_execute("PRAGMA query_only = ON").map_err(|e| unusable(&e))?;
            }
            Ok(Conn::Sqlite(conn))
        }
        Location::Postgres { url, pooled } => {
            let mut conn = PgConnection::establish(url).map_err(|error| unusable(&error))?;
            if *pooled {
                conn.set_prepared_statement_cache_size(CacheSize::Disabled);
            }
            Ok(Conn::Postgres(conn))
        }
    }
}

/// The process of the server that serves this connection; none of the embedded database.
fn backend(conn: &mut Conn) -> Result<Option<i32>> {
    #[derive(QueryableByName)]
    struct Backend {
        #[diesel(sql_type = Integer)]
        pid: i32,
    }
    let Conn::Postgres(conn) = conn else { return Ok(None) };
    let backend: Backend = diesel::sql_query("SELECT pg_backend_pid() AS pid").get_result(conn)?;
    Ok(Some(backend.pid))
}
