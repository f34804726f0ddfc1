//! The only place that knows which database is running: migrating, transactions, and the few statements
//! that the shared connection type cannot express.

use std::sync::OnceLock;

use diesel::connection::{
    AnsiTransactionManager, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{Error, Result};

pub use connection::Conn;

pub mod location;
pub mod soundness;

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

/// Version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Any number that no other program is likely to lock: the ASCII codes of "taizhang".
const MIGRATION_LOCK: i64 = 0x7461_697a_6861_6e67;

/// Repeats one expression for each concrete connection: for batches and upserts, which the shared type does
/// not express; and for the queries of the first screen, whose text the shared type would write anew, several
/// times over, for each of them.
macro_rules! on_each {
    ($conn:expr, $concrete:ident => $body:expr) => {
        match $conn {
            $crate::db::dialect::Conn::Sqlite($concrete) => $body,
            $crate::db::dialect::Conn::Postgres($concrete) => $body,
        }
    };
}
pub(crate) use on_each;

/// Adds rows that carry every column: to a server in batches, of which each is one round trip; to the embedded database
/// a few one by one, by a statement that is prepared once, which no batch is.
macro_rules! insert_many {
    ($conn:expr, $table:expr, $rows:expr) => {
        match &mut *$conn {
            $crate::db::dialect::Conn::Sqlite(conn) => {
                $rows.chunks(200).try_for_each(|batch| match batch.len() {
                    200 => diesel::insert_into($table).values(batch).execute(conn).map(drop),
                    _ => batch
                        .iter()
                        .try_for_each(|row| diesel::insert_into($table).values(row).execute(conn).map(drop)),
                })
            }
            $crate::db::dialect::Conn::Postgres(conn) => $rows
                .chunks(200)
                .try_for_each(|batch| diesel::insert_into($table).values(batch).execute(conn).map(drop)),
        }
    };
}
pub(crate) use insert_many;

/// As `insert_many!`, and gives these columns of each row as they were written, in any order: those too that the database
/// fills in.
macro_rules! insert_returning {
    ($conn:expr, $table:expr, $rows:expr, $columns:expr) => {
        match &mut *$conn {
            $crate::db::dialect::Conn::Sqlite(conn) => $rows
                .iter()
                .map(|row| diesel::insert_into($table).values(row).returning($columns).get_result(conn))
                .collect::<diesel::QueryResult<Vec<_>>>(),
            $crate::db::dialect::Conn::Postgres(conn) => {
                let batches = $rows.chunks(200).map(|batch| {
                    diesel::insert_into($table).values(batch).returning($columns).get_results(conn)
                });
                let batches = batches.collect::<diesel::QueryResult<Vec<Vec<_>>>>();
                batches.map(|batches| batches.into_iter().flatten().collect())
            }
        }
    };
}
pub(crate) use insert_returning;

/// Does work that reads in one snapshot. What it takes is said with the transaction and not once for the
/// connection, which a pooler may give to others in between.
pub fn snapshot<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    type Transactions = <Conn as Connection>::TransactionManager;
    let begin = match conn {
        Conn::Sqlite(_) => "BEGIN",
        Conn::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    };
    on_each!(conn, conn => AnsiTransactionManager::begin_transaction_sql(conn, begin))?;
    match work(conn) {
        Ok(read) => {
            Transactions::commit_transaction(conn)?;
            Ok(read)
        }
        Err(error) => {
            // Should the server be gone, there is nothing to roll back.
            let _ = Transactions::rollback_transaction(conn);
            Err(error)
        }
    }
}

/// Checks that texts are stored in UTF-8: in another encoding names could not be stored, or sort otherwise.
///
/// Errors: `Unusable`.
pub fn check_encoding(conn: &mut Conn) -> Result<()> {
    let encoding = match conn {
        Conn::Sqlite(_) => texts(conn, "SELECT encoding AS text FROM pragma_encoding"),
        Conn::Postgres(_) => texts(conn, "SELECT current_setting('server_encoding') AS text"),
    }?
    .concat();
    if ["UTF-8", "UTF8"].contains(&encoding.as_str()) {
        return Ok(());
    }
    Err(Error::Unusable(format!(
        "数据库的编码是 {encoding}，须为 UTF-8；the encoding of the database is {encoding}: create it with UTF-8"
    )))
}

/// How many connections the server allows this role on this database, of all processes together. The embedded database
/// has no such limit.
pub fn connection_limit(conn: &mut Conn) -> Result<Option<u32>> {
    #[derive(QueryableByName)]
    struct Limit {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        most: i32,
    }
    if let Conn::Sqlite(_) = conn {
        return Ok(None);
    }
    let query = "SELECT least(nullif(r.rolconnlimit, -1), nullif(d.datconnlimit, -1),
           current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true)::int, 0)) AS most
         FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()";
    let limit: Option<Limit> = diesel::sql_query(query).get_result(conn).optional()?;
    Ok(limit.and_then(|limit| u32::try_from(limit.most).ok()))
}

/// Opens the outermost transaction of a group of writes and takes the lock that all writers share,
/// once for the group: a group that cannot have it waits once and not once for each write.
pub fn begin_write(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?,
        Conn::Postgres(conn) => {
            // As on the embedded database: an answered write has been synced, whatever the server's default.
            let begin = "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL synchronous_commit = on; \
                         SELECT head FROM ledger WHERE id = 1 FOR UPDATE";
            if let Err(error) = AnsiTransactionManager::begin_transaction_sql(conn, begin) {
                // Diesel takes it that nothing began. Should the server be gone, there is nothing to roll back.
                let _ = conn.batch_execute("ROLLBACK");
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
    let signature = signature(newest()?);
    match conn {
        Conn::Sqlite(conn) => conn.immediate_transaction(|conn| {
            let count = conn.run_pending_migrations(SQLITE).map_err(unusable)?.len();
            conn.batch_execute(&signature)?;
            Ok(count)
        }),
        Conn::Postgres(conn) => conn.transaction(|conn| {
            // Another process may be migrating, and that may take its time.
            conn.batch_execute("SET LOCAL lock_timeout = 0")?;
            diesel::sql_query(format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).execute(conn)?;
            let count = conn.run_pending_migrations(POSTGRES).map_err(unusable)?.len();
            conn.batch_execute(&signature)?;
            Ok(count)
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
///
/// Errors: `Unusable` when others have run, of a newer program.
pub fn is_migrated(conn: &mut Conn) -> Result<bool> {
    let known = match conn {
        Conn::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE),
        Conn::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES),
    }?;
    let applied = match texts(conn, "SELECT version AS text FROM __diesel_schema_migrations") {
        Ok(applied) => applied,
        // There is no such table before the first migration.
        Err(Error::Query(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    match applied.iter().filter(|version| !known.contains(version)).max() {
        Some(newer) => Err(made_by_a_newer(conn, newer)?),
        None => Ok(known.iter().all(|version| applied.contains(version))),
    }
}

/// Checks, in the transaction of a group of writes, that no newer program has migrated the database since this one
/// looked.
///
/// Errors: `Unusable`.
pub fn refuse_newer(conn: &mut Conn) -> Result<()> {
    let newest = newest()?;
    let newer = format!(
        "SELECT max(version) AS text FROM __diesel_schema_migrations WHERE version > '{newest}' \
         HAVING max(version) IS NOT NULL"
    );
    match texts(conn, &newer)?.first() {
        Some(newer) => Err(made_by_a_newer(conn, newer)?),
        None => Ok(()),
    }
}

fn made_by_a_newer(conn: &mut Conn, migration: &str) -> Result<Error> {
    let query = format!(
        "SELECT version AS text FROM programs WHERE newest_migration > '{}' ORDER BY newest_migration DESC",
        newest()?
    );
    // A database that was altered by hand may have no such table, or no such row.
    let by = texts(conn, &query).ok().and_then(|programs| programs.into_iter().next());
    let by = by.unwrap_or_else(|| "?".to_owned());
    Ok(Error::Unusable(format!(
        "数据库已由较新的 taizhang {by} 升级（迁移 {migration}），本程序是 {VERSION}；the database was migrated by taizhang \
         {by}, a newer version than this {VERSION} (migration {migration}): run that version, or restore the backup \
         from before the upgrade"
    )))
}

/// The statement which notes that this version of the program has run its migrations.
fn signature(newest: &str) -> String {
    format!(
        "INSERT INTO programs (version, newest_migration) VALUES ('{VERSION}', '{newest}') \
         ON CONFLICT (version) DO UPDATE SET newest_migration = excluded.newest_migration"
    )
}

/// The newest migration of this program. Both trees have the same.
fn newest() -> Result<&'static str> {
    static NEWEST: OnceLock<String> = OnceLock::new();
    if let Some(newest) = NEWEST.get() {
        return Ok(newest);
    }
    let newest = versions::<diesel::sqlite::Sqlite>(&SQLITE)?.into_iter().max().unwrap_or_default();
    Ok(NEWEST.get_or_init(|| newest))
}

fn texts(conn: &mut Conn, query: &str) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let named: Vec<Named> = diesel::sql_query(query).load(conn)?;
    Ok(named.into_iter().map(|named| named.text).collect())
}

fn versions<DB: diesel::backend::Backend>(migrations: &EmbeddedMigrations) -> Result<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<DB>>> =
        migrations.migrations().map_err(|error| Error::Unusable(error.to_string()))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Takes the indexes off the tables of figures, but for those that hold a rule, and gives the statements that
/// make them again: one sort of all rows costs less than a place for each.
pub fn lay_indexes_aside(conn: &mut Conn) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Index {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        sql: String,
    }
    let indexes = match conn {
        Conn::Sqlite(conn) => {
            // So many rows are sorted on disk; pages that are being filled stay in memory.
            conn.batch_execute("PRAGMA temp_store = FILE; PRAGMA cache_size = -65536")?;
            // What the planner is told of an index goes with it.
            "SELECT name, sql || coalesce('; INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('
                 || quote(tbl) || ', ' || quote(idx) || ', ' || quote(stat) || ')', '') AS sql
             FROM sqlite_schema LEFT JOIN sqlite_stat1 ON idx = name
             WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('observations', 'revisions') ORDER BY name"
        }
        Conn::Postgres(_) => {
            "SELECT i.relname::text AS name, pg_get_indexdef(x.indexrelid) AS sql
             FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE NOT x.indisunique
               AND x.indrelid IN ('observations'::regclass, 'revisions'::regclass) ORDER BY name"
        }
    };
    let indexes: Vec<Index> = diesel::sql_query(indexes).load(conn)?;
    for Index { name, .. } in &indexes {
        diesel::sql_query(format!("DROP INDEX {name}")).execute(conn)?;
    }
    Ok(indexes.into_iter().map(|index| index.sql).collect())
}

/// Makes the indexes again that were laid aside, and lets ids go on after the greatest one.
pub fn settle(conn: &mut Conn, indexes: &[String]) -> Result<()> {
    for index in indexes {
        conn.batch_execute(index)?;
    }
    Ok(match conn {
        Conn::Sqlite(conn) => conn.batch_execute("ANALYZE sqlite_schema; PRAGMA temp_store = MEMORY"),
        Conn::Postgres(conn) => conn.batch_execute(
            "SELECT setval(pg_get_serial_sequence('observations', 'id'), max(id)) FROM observations",
        ),
    }?)
}

/// Folds a log as large as the database into its file, or lets a server learn of what it was filled with.
pub fn tidy(conn: &mut Conn) -> Result<()> {
    Ok(match conn {
        Conn::Sqlite(conn) => conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"),
        Conn::Postgres(conn) => conn.batch_execute("VACUUM ANALYZE"),
    }?)
}

/// Folds the log of an embedded database into its file and begins it anew. Where a snapshot still needs the log it
/// stays as it is: somebody will try again.
pub fn fold_log(conn: &mut Conn) -> Result<()> {
    if let Conn::Sqlite(conn) = conn {
        // Writers wait as long as this does.
        conn.batch_execute("PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)")?;
    }
    Ok(())
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
