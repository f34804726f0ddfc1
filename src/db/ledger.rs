//! Entries of the ledger: the next number, who, when and why, and what was touched. Every write of
//! the program goes through [`record`].

use chrono::{NaiveDateTime, SubsecRound, Utc};
use diesel::prelude::*;
use serde::Serialize;

use super::dialect::Conn;
use super::schema::{edits, entries, ledger};
use crate::domain::codes::Op;
use crate::error::{Error, Result};

/// Who writes, by which request, and why.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Name of the key, or of the command, that writes.
    pub author: String,
    /// Id of the request; null for commands.
    pub request_id: Option<String>,
    /// Coded reason of a correction.
    pub reason: Option<String>,
    /// Free words about the entry.
    pub comment: Option<String>,
}

impl Origin {
    /// A write by a command of the program.
    pub fn command(name: &str) -> Origin {
        Origin { author: name.to_owned(), ..Origin::default() }
    }
}

/// An entry under way: the connection to write with, and the stamp for every row touched.
pub struct Entry<'a> {
    /// The connection, inside the transaction of this entry.
    pub conn: &'a mut Conn,
    /// The number of this entry; every row touched carries it.
    pub seq: i64,
    /// When the entry was made, in UTC, whole seconds.
    pub at: NaiveDateTime,
    /// Who writes.
    pub author: &'a str,
    touched: i64,
}

impl Entry<'_> {
    /// Notes that a row was created, or changed from `before`.
    pub fn put<R: Serialize>(&mut self, kind: &str, key: &str, before: Option<&R>, after: &R) -> Result<()> {
        self.note(kind, key, Op::Put, before, Some(after))
    }

    /// Notes that a row was deleted.
    pub fn delete<R: Serialize>(&mut self, kind: &str, key: &str, before: &R) -> Result<()> {
        self.note(kind, key, Op::Delete, Some(before), None)
    }

    fn note<R: Serialize>(
        &mut self,
        kind: &str,
        key: &str,
        op: Op,
        before: Option<&R>,
        after: Option<&R>,
    ) -> Result<()> {
        let json = |row: Option<&R>| row.map(serde_json::to_string).transpose();
        let unwritable = |error: serde_json::Error| Error::Corrupt(error.to_string());
        self.touched += 1;
        diesel::insert_into(edits::table)
            .values((
                edits::seq.eq(self.seq),
                edits::ordinal.eq(self.touched),
                edits::kind.eq(kind),
                edits::key.eq(key),
                edits::op.eq(op),
                edits::before.eq(json(before).map_err(unwritable)?),
                edits::after.eq(json(after).map_err(unwritable)?),
            ))
            .execute(self.conn)?;
        Ok(())
    }
}

/// What a write returned, and the number of its entry.
#[derive(Debug, Clone)]
pub struct Written<T> {
    /// The entry's number; null when nothing was touched, so that no number was taken.
    pub seq: Option<i64>,
    /// What the write returned.
    pub data: T,
}

/// Takes the next number, runs `work` and notes the entry, in a transaction of its own or in a
/// savepoint of the one under way. The row of the number stays locked until the outermost commit,
/// so numbers become visible in order; whatever fails, or touches nothing, gives its number back.
pub fn record<T>(
    conn: &mut Conn,
    origin: &Origin,
    mut work: impl FnMut(&mut Entry<'_>) -> Result<T>,
) -> Result<Written<T>> {
    enum Undone<T> {
        Untouched(T),
        Failed(Error),
    }
    impl<T> From<diesel::result::Error> for Undone<T> {
        fn from(error: diesel::result::Error) -> Undone<T> {
            Undone::Failed(error.into())
        }
    }

    let done = conn.transaction(|conn| {
        let seq: i64 = diesel::update(ledger::table)
            .set(ledger::head.eq(ledger::head + 1))
            .returning(ledger::head)
            .get_result(conn)?;
        let at = Utc::now().naive_utc().trunc_subsecs(0);
        diesel::insert_into(entries::table)
            .values((
                entries::seq.eq(seq),
                entries::at.eq(at),
                entries::author.eq(&origin.author),
                entries::request_id.eq(&origin.request_id),
                entries::reason.eq(&origin.reason),
                entries::comment.eq(&origin.comment),
            ))
            .execute(conn)?;
        let mut entry = Entry { conn, seq, at, author: &origin.author, touched: 0 };
        let data = work(&mut entry).map_err(Undone::Failed)?;
        if entry.touched == 0 { Err(Undone::Untouched(data)) } else { Ok(Written { seq: Some(seq), data }) }
    });
    match done {
        Ok(written) => Ok(written),
        Err(Undone::Untouched(data)) => Ok(Written { seq: None, data }),
        Err(Undone::Failed(error)) => Err(error),
    }
}

/// The number of the newest entry, 0 before the first.
pub fn head(conn: &mut Conn) -> Result<i64> {
    Ok(ledger::table.select(ledger::head).first(conn)?)
}
