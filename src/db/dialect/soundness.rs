//! Whether what the database keeps on disk is whole, by the checks that it has itself. It changes nothing.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::Conn;
use crate::error::{Error, Result};

/// So many faults are told: whoever has one restores a backup.
const MOST: usize = 20;

/// What a check has looked at, and what it has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soundness {
    /// By which means it was looked at.
    pub means: String,
    /// What is broken; nothing where all is whole.
    pub faults: Vec<String>,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Nullable<Text>)]
    line: Option<String>,
}

/// Looks at every page of the embedded database, or has a server read every row and, where it can, compare every index
/// with its table.
///
/// Errors: when the database cannot serve; what is broken is no error.
pub fn examine(conn: &mut Conn) -> Result<Soundness> {
    let mut soundness = match conn {
        Conn::Sqlite(conn) => {
            let lines = lines(conn, "SELECT quick_check AS line FROM pragma_quick_check");
            let faults = found(lines)?.into_iter().filter(|line| line != "ok").collect();
            Soundness { means: "quick_check".to_owned(), faults }
        }
        Conn::Postgres(conn) => of_server(conn)?,
    };
    soundness.faults.truncate(MOST);
    Ok(soundness)
}

/// All of it in one transaction that is rolled back: what is set for it stays with it, whoever has the connection next.
fn of_server(conn: &mut PgConnection) -> Result<Soundness> {
    // It takes as long as it takes.
    conn.batch_execute("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL client_min_messages = error")?;
    let names = |kind: &str| {
        format!(
            "SELECT c.oid::regclass::text AS line FROM pg_class c JOIN pg_am a ON a.oid = c.relam
             WHERE c.relkind = '{kind}' AND a.amname IN ('heap', 'btree')
               AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
        )
    };
    let (tables, indexes) = (lines(conn, &names("r"))?, lines(conn, &names("i"))?);
    let checksums = lines(conn, "SELECT current_setting('data_checksums') AS line")?.concat();
    // As text, so that what is stored outside of its row is read too. It has no answer but that it could be read.
    let read = |table: &String| {
        let all = format!("SELECT '' AS line FROM {table} t HAVING sum(length(t::text)) < 0");
        (table.clone(), all)
    };
    let mut faults = of_each(conn, tables.iter().map(read))?;
    let compared = compare(conn, &tables, &indexes, &mut faults)?;
    conn.batch_execute("ROLLBACK")?;
    let how =
        if compared { "amcheck of tables and indexes" } else { "no amcheck, so indexes are not compared" };
    Ok(Soundness { means: format!("every table read, data checksums {checksums}, {how}"), faults })
}

/// Compares every index with its table by the extension that servers come with, which is there afterwards only if it
/// was before. False where this role may not have it.
fn compare(
    conn: &mut PgConnection,
    tables: &[String],
    indexes: &[String],
    faults: &mut Vec<String>,
) -> Result<bool> {
    conn.batch_execute("SAVEPOINT amcheck")?;
    let ready = "CREATE EXTENSION IF NOT EXISTS amcheck; \
                 SELECT bt_index_check('pg_class_oid_index'::regclass)";
    let may = conn.batch_execute(ready).is_ok();
    if may {
        let of_tables = tables.iter().map(|table| {
            let query = format!("SELECT msg AS line FROM verify_heapam('{}')", table.replace('\'', "''"));
            (table.clone(), query)
        });
        let of_indexes = indexes.iter().map(|index| {
            let named = index.replace('\'', "''");
            let query = format!("SELECT nullif(bt_index_check('{named}'::regclass, true)::text, '') AS line");
            (index.clone(), query)
        });
        faults.extend(of_each(conn, of_tables.chain(of_indexes))?);
    }
    conn.batch_execute("ROLLBACK TO SAVEPOINT amcheck")?;
    Ok(may)
}

/// What queries find, each under its name and apart from the others: one that fails ends none of them.
fn of_each(conn: &mut PgConnection, queries: impl Iterator<Item = (String, String)>) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (name, query) in queries {
        conn.batch_execute("SAVEPOINT one")?;
        let broken = found(lines(conn, &query))?;
        faults.extend(broken.into_iter().map(|fault| format!("{name}: {fault}")));
        conn.batch_execute("ROLLBACK TO SAVEPOINT one")?;
    }
    Ok(faults)
}

fn lines<C>(conn: &mut C, query: &str) -> Result<Vec<String>>
where
    C: diesel::connection::LoadConnection,
    diesel::query_builder::SqlQuery: for<'q> diesel::query_dsl::LoadQuery<'q, C, Line>,
{
    let lines: Vec<Line> = diesel::sql_query(query).load(conn)?;
    Ok(lines.into_iter().filter_map(|line| line.line).collect())
}

/// What a query that looks at pages has found: where it fails, that is what it has found.
fn found(lines: Result<Vec<String>>) -> Result<Vec<String>> {
    match lines {
        Err(Error::Query(error)) => Ok(vec![error.to_string()]),
        other => other,
    }
}
