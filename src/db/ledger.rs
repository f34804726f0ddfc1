//! Entries of the ledger: the next number, who, when and why, and what was touched. Every write of
//! the program goes through [`record`].

use std::fmt;

use chrono::{NaiveDateTime, SubsecRound, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use super::dialect::{Conn, insert_many, on_each};
use super::heads::Heads;
use super::image::changes_access;
use super::schema::{edits, entries, ledger};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Op, RevisionReason};
use crate::domain::decimal::Decimal;
use crate::domain::hash::sha256;
use crate::domain::row_kind::{Kinds, RowKind};
use crate::error::{Error, Invalid, Result};

/// Who writes, by which request, and why.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Name of the key, or of the command, that writes.
    pub author: String,
    /// Id of the key; null for commands.
    pub key_id: Option<String>,
    /// Id of the request; null for commands.
    pub request_id: Option<String>,
    /// Coded reason of a correction.
    pub reason: Option<RevisionReason>,
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
    /// Who writes, and why.
    pub origin: &'a Origin,
    heads: &'a Heads,
    touched: i64,
    /// What is noted and not written yet.
    edits: Vec<EditRow>,
    trial: bool,
}

/// An edit as it is stored.
#[derive(Insertable)]
#[diesel(table_name = edits, treat_none_as_default_value = false)]
struct EditRow {
    seq: i64,
    ordinal: i64,
    kind: RowKind,
    key: String,
    area: Option<AreaCode>,
    op: Op,
    before: Option<String>,
    after: Option<String>,
    changes_access: bool,
}

/// So many edits are written at a time.
const BATCH: usize = 200;

/// Which row an edit is of.
#[derive(Debug, Clone)]
pub struct Edited {
    kind: RowKind,
    key: String,
    area: Option<AreaCode>,
}

impl Edited {
    /// A row of a kind, by its key.
    pub fn new(kind: RowKind, key: impl fmt::Display) -> Edited {
        Edited { kind, key: key.to_string(), area: None }
    }

    /// Where the row lies. A row in several areas lies in the one above them all.
    pub fn within(mut self, areas: &[AreaCode]) -> Edited {
        self.area = AreaCode::above(areas);
        self
    }
}

impl Entry<'_> {
    /// Notes that a row was created, or changed from `before`.
    pub fn put<R: Serialize>(&mut self, row: Edited, before: Option<&R>, after: &R) -> Result<()> {
        self.note(row, Op::Put, before, Some(after), false)
    }

    /// Notes that a row was changed in what it refers to alone, so that nothing of its own says that it was.
    pub fn put_links<R: Serialize>(&mut self, row: Edited, before: &R, after: &R) -> Result<()> {
        self.note(row, Op::Put, Some(before), Some(after), true)
    }

    /// Notes that a row was deleted: its tombstone.
    pub fn delete<R: Serialize>(&mut self, row: Edited, before: &R) -> Result<()> {
        self.note(row, Op::Delete, Some(before), None, true)
    }

    /// Does a part of the work in the name of somebody else, who signs what it states, and for reasons of
    /// their own. The entry stays that of its maker.
    pub fn in_the_name_of<T>(
        &mut self,
        origin: &Origin,
        work: impl FnOnce(&mut Entry<'_>) -> Result<T>,
    ) -> Result<T> {
        let Entry { ref mut conn, seq, at, heads, touched, trial, .. } = *self;
        let edits = std::mem::take(&mut self.edits);
        let mut part = Entry { conn, seq, at, origin, heads, touched, edits, trial };
        let done = work(&mut part);
        (self.touched, self.edits, self.trial) = (part.touched, part.edits, part.trial);
        done
    }

    /// Makes this a trial: all is checked and answered as if it were done, and nothing is kept.
    pub fn try_only(&mut self) {
        self.trial = true;
    }

    /// Notes that answers which are made of rows of these kinds have to be made anew, beside those that tell of the rows
    /// whose edits are noted.
    pub fn touch(&self, kinds: Kinds) {
        self.heads.touch(kinds);
    }

    fn note<R: Serialize>(
        &mut self,
        row: Edited,
        op: Op,
        before: Option<&R>,
        after: Option<&R>,
        is_seen_otherwise: bool,
    ) -> Result<()> {
        let json = |row: Option<&R>| row.map(serde_json::to_string).transpose();
        let unwritable = |error: serde_json::Error| Error::Corrupt(error.to_string());
        self.touched += 1;
        self.touch(Kinds::of(&[row.kind]));
        let (before, after) = (json(before).map_err(unwritable)?, json(after).map_err(unwritable)?);
        self.edits.push(EditRow {
            seq: self.seq,
            ordinal: self.touched,
            kind: row.kind,
            key: row.key,
            area: row.area,
            op,
            changes_access: is_seen_otherwise
                || changes_access(row.kind, before.as_deref(), after.as_deref())?,
            before,
            after,
        });
        if self.edits.len() < BATCH { Ok(()) } else { self.write_edits() }
    }

    fn write_edits(&mut self) -> Result<()> {
        let edits = std::mem::take(&mut self.edits);
        Ok(insert_many!(self.conn, edits::table, edits)?)
    }
}

/// The members of a row as the ledger keeps them: numbers as millionths, lists as the text of a JSON array.
///
/// Errors: `Corrupt` when they are no object.
pub fn as_kept(kind: RowKind, members: &impl Serialize) -> Result<Map<String, Value>> {
    let unkept = |what: &dyn fmt::Display| Error::Corrupt(format!("row to keep: {what}"));
    let mut kept = match serde_json::to_value(members).map_err(|error| unkept(&error))? {
        Value::Object(kept) => kept,
        other => return Err(unkept(&other)),
    };
    for name in kind.numbers() {
        if let Some(Value::Number(number)) = kept.get(*name) {
            let number: Decimal = number.to_string().parse().map_err(|invalid: Invalid| unkept(&invalid))?;
            kept.insert((*name).to_owned(), number.millionths().into());
        }
    }
    for name in kind.lists() {
        if let Some(list @ Value::Array(_)) = kept.get(*name) {
            kept.insert((*name).to_owned(), list.to_string().into());
        }
    }
    Ok(kept)
}

/// What a write returned, and the number of its entry.
#[derive(Debug, Clone)]
pub struct Written<T> {
    /// The entry's number; null when nothing was touched or kept, so that no number was taken.
    pub seq: Option<i64>,
    /// What the write returned.
    pub data: T,
}

/// Takes the next number, runs `work` and notes the entry, in a transaction of its own or in a
/// savepoint of the one under way. The row of the number stays locked until the outermost commit,
/// so numbers become visible in order; whatever fails, touches nothing or is a trial gives its number
/// back.
pub fn record<T>(
    conn: &mut Conn,
    heads: &Heads,
    origin: &Origin,
    mut work: impl FnMut(&mut Entry<'_>) -> Result<T>,
) -> Result<Written<T>> {
    enum Undone<T> {
        Unkept(T),
        Failed(Error),
    }
    impl<T> From<diesel::result::Error> for Undone<T> {
        fn from(error: diesel::result::Error) -> Undone<T> {
            Undone::Failed(error.into())
        }
    }

    let done = conn.transaction(|conn| {
        let seq: i64 = on_each!(&mut *conn, conn => diesel::update(ledger::table)
            .set(ledger::head.eq(ledger::head + 1))
            .returning(ledger::head)
            .get_result(conn))?;
        heads.begin_entry(seq);
        let at = now();
        on_each!(&mut *conn, conn => diesel::insert_into(entries::table)
            .values((
                entries::seq.eq(seq),
                entries::at.eq(at),
                entries::author.eq(&origin.author),
                entries::key_id.eq(&origin.key_id),
                entries::request_id.eq(&origin.request_id),
                entries::reason.eq(origin.reason.map(RevisionReason::as_str)),
                entries::comment.eq(&origin.comment),
            ))
            .execute(conn))?;
        let mut entry = Entry { conn, seq, at, origin, heads, touched: 0, edits: Vec::new(), trial: false };
        let data = work(&mut entry).map_err(Undone::Failed)?;
        if entry.touched == 0 || entry.trial {
            return Err(Undone::Unkept(data));
        }
        entry.write_edits().map_err(Undone::Failed)?;
        Ok(Written { seq: Some(seq), data })
    });
    match done {
        Ok(written) => {
            heads.keep(written.seq.unwrap_or_default());
            Ok(written)
        }
        Err(Undone::Unkept(data)) => Ok(Written { seq: None, data }),
        Err(Undone::Failed(error)) => Err(error),
    }
}

/// Whether the last that was done to a row, before the entry under way, was to delete it.
pub fn is_deleted(conn: &mut Conn, row: &Edited) -> Result<bool> {
    let last: Option<Op> = edits::table
        .filter(edits::kind.eq(row.kind))
        .filter(edits::key.eq(&row.key))
        .order((edits::seq.desc(), edits::ordinal.desc()))
        .select(edits::op)
        .first(conn)
        .optional()?;
    Ok(last == Some(Op::Delete))
}

/// Now, as precisely as times are kept.
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc().trunc_subsecs(0)
}

/// The number of the newest entry, 0 before the first.
pub fn head(conn: &mut Conn) -> Result<i64> {
    Ok(on_each!(conn, conn => ledger::table.select(ledger::head).first(conn))?)
}

/// A mark of the ledger up to an entry, which no other ledger has, nor this one after it was restored from before that
/// entry and has come as far again. None when there is no such entry.
pub fn mark(conn: &mut Conn, seq: i64) -> Result<Option<String>> {
    let (head, epoch): (i64, String) =
        on_each!(&mut *conn, conn => ledger::table.select((ledger::head, ledger::epoch)).first(conn))?;
    if seq > head {
        return Ok(None);
    }
    if seq == 0 {
        return Ok(Some(sha256(&[epoch.as_bytes()])[..16].to_owned()));
    }
    let made: Option<(NaiveDateTime, String, Option<String>)> = on_each!(conn, conn => entries::table
        .find(seq)
        .select((entries::at, entries::author, entries::request_id))
        .first(conn))
    .optional()?;
    Ok(made.map(|(at, author, request)| {
        let parts = [epoch, seq.to_string(), at.to_string(), author, request.unwrap_or_default()];
        sha256(&[parts.join("\n").as_bytes()])[..16].to_owned()
    }))
}

/// Writes the head as it is: whoever wants to know whether anything can be written does so, in a transaction. What
/// does not change at all would not be written.
pub fn touch(conn: &mut Conn) -> Result<()> {
    diesel::update(ledger::table).set(ledger::head.eq(ledger::head + 1)).execute(conn)?;
    diesel::update(ledger::table).set(ledger::head.eq(ledger::head - 1)).execute(conn)?;
    Ok(())
}
