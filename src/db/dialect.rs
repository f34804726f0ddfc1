//! The only place that knows which database is running: opening, migrating, and the few statements
//! that the shared connection type cannot express.

use std::path::Path;

use diesel::connection::{
    AnsiTransactionManager, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{Error, Result};

pub use connection::Conn;

mod connection {
    use diesel::prelude::*;

    /// A connection to either database.
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// The embedded database.
        Sqlite(SqliteConnection),
        /// A PostgreSQL server.
        Postgres(PgConnection),
    }
}

/// The backend that stands for both.
pub type Backend = <Conn as Connection>::Backend;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number that no other program is likely to lock: the ASCII codes of "taizhang".
const MIGRATION_LOCK: i64 = 0x7461_697a_6861_6e67;

/// Repeats one expression for each concrete connection: for batches and upserts, which the shared
/// type does not express.
macro_rules! on_each {
    ($conn:expr, $concrete:ident => $body:expr) => {
        match $conn {
            $crate::db::dialect::Conn::Sqlite($concrete) => $body,
            $crate::db::dialect::Conn::Postgres($concrete) => $body,
        }
    };
}
pub(crate) use on_each;

/// Which database a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// The path of an embedded database file.
    Sqlite(String),
    /// The whole URL of a PostgreSQL database.
    Postgres(String),
}

impl Location {
    /// Reads `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    pub fn parse(url: &str) -> Result<Location> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            // Each connection would have a memory of its own, and a parameter would be part of the name.
            if path == ":memory:" || path.contains('?') {
                let reason = "DATABASE_URL: after sqlite:// stands the path of a file, without parameters";
                return Err(Error::Config(reason.to_owned()));
            }
            return Ok(Location::Sqlite(path.to_owned()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // A host that does not answer at all must not hold a request for minutes.
            let timeout = match url.split_once('?') {
                Some((_, parameters)) if parameters.contains("connect_timeout=") => String::new(),
                Some(_) => "&connect_timeout=5".to_owned(),
                None => "?connect_timeout=5".to_owned(),
            };
            return Ok(Location::Postgres(format!("{url}{timeout}")));
        }
        Err(Error::Config(
            "DATABASE_URL must start with sqlite://PATH, postgres:// or postgresql://".to_owned(),
        ))
    }

    /// Whether a database is there to be opened. Of a server only an attempt can tell.
    pub fn exists(&self) -> bool {
        match self {
            Location::Sqlite(path) => Path::new(path).is_file(),
            Location::Postgres(_) => true,
        }
    }

    /// `sqlite` or `postgres`, for logs and `/version`.
    pub fn kind(&self) -> &'static str {
        match self {
            Location::Sqlite(_) => "sqlite",
            Location::Postgres(_) => "postgres",
        }
    }
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
    let unusable = |error: &dyn std::fmt::Display| Error::Unusable(error.to_string());
    match location {
        Location::Sqlite(path) => {
            if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)
                    .map_err(|error| Error::Unusable(format!("{path}: {error}")))?;
            }
            let mut conn =
                SqliteConnection::establish(path).map_err(|e| Error::Unusable(format!("{path}: {e}")))?;
            // FULL: an answered write survives a power cut, not only a crash of this process.
            conn.batch_execute(
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456;",
            )
            .map_err(|error| Error::Unusable(format!("{path}: {error}")))?;
            if purpose == Purpose::Read {
                conn.batch_execute("PRAGMA query_only = ON").map_err(|e| unusable(&e))?;
            }
            Ok(Conn::Sqlite(conn))
        }
        Location::Postgres(url) => {
            let mut conn = PgConnection::establish(url).map_err(|error| unusable(&error))?;
            conn.batch_execute(match purpose {
                Purpose::Read => {
                    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                }
                // As on the embedded database: an answered write has been synced, whatever the server's default.
                Purpose::Write => "SET lock_timeout = '5s'; SET synchronous_commit = on",
            })
            .map_err(|error| unusable(&error))?;
            Ok(Conn::Postgres(conn))
        }
    }
}

/// Opens the outermost transaction of a group of writes and takes the lock that all writers share,
/// once for the group: a group that cannot have it waits once and not once for each write.
pub fn begin_write(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?,
        Conn::Postgres(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN")?;
            let lock = diesel::sql_query("SELECT head FROM ledger WHERE id = 1 FOR UPDATE").execute(conn);
            if let Err(error) = lock {
                // Should the server be gone, there is nothing to roll back.
                let _ = AnsiTransactionManager::rollback_transaction(conn);
                return Err(error.into());
            }
        }
    }
    Ok(())
}

/// Runs the migrations that are missing, one process at a time, and says how many there were.
pub fn migrate(conn: &mut Conn) -> Result<usize> {
    // Whoever starts beside a busy process need not wait for the lock that all writers share.
    if is_migrated(conn)? {
        return Ok(0);
    }
    let unusable = |error: Box<dyn std::error::Error + Send + Sync>| Error::Unusable(error.to_string());
    match conn {
        Conn::Sqlite(conn) => conn
            .immediate_transaction(|conn| Ok(conn.run_pending_migrations(SQLITE).map_err(unusable)?.len())),
        Conn::Postgres(conn) => conn.transaction(|conn| {
            // Another process may be migrating, and that may take its time.
            conn.batch_execute("SET LOCAL lock_timeout = 0")?;
            diesel::sql_query(format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).execute(conn)?;
            Ok(conn.run_pending_migrations(POSTGRES).map_err(unusable)?.len())
        }),
    }
}

/// Undoes every migration, the newest first.
pub fn revert(conn: &mut Conn) -> Result<usize> {
    let unusable = |error: Box<dyn std::error::Error + Send + Sync>| Error::Unusable(error.to_string());
    let reverted = match conn {
        Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map_err(unusable)?.len(),
        Conn::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map_err(unusable)?.len(),
    };
    Ok(reverted)
}

/// Whether every migration has run. Only reads: what Diesel offers would create its table.
pub fn is_migrated(conn: &mut Conn) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Applied {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let needed: Vec<String> = match conn {
        Conn::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE),
        Conn::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES),
    }?;
    let applied = diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load::<Applied>(conn);
    match applied.map_err(Error::from) {
        Ok(applied) => Ok(needed.iter().all(|version| applied.iter().any(|row| row.version == *version))),
        // There is no such table before the first migration.
        Err(Error::Query(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn versions<DB: diesel::backend::Backend>(migrations: &EmbeddedMigrations) -> Result<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<DB>>> =
        migrations.migrations().map_err(|error| Error::Unusable(error.to_string()))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Whether the transaction under way on this connection can no longer be ended in order: a rollback
/// failed, because the server or the disk is gone.
pub fn is_lost(conn: &mut Conn) -> bool {
    on_each!(conn, conn => matches!(
        AnsiTransactionManager::transaction_manager_status_mut(conn),
        TransactionManagerStatus::InError
    ))
}

/// Whether this connection, outside of any transaction, can no longer be used.
pub fn is_broken(conn: &mut Conn) -> bool {
    use diesel::r2d2::R2D2Connection;
    on_each!(conn, conn => R2D2Connection::is_broken(conn))
}
