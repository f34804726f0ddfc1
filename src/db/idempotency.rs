//! Answers of requests that may come again. What was answered is kept in the transaction of what was
//! done, so that neither stands without the other, whatever dies in between.

use chrono::{NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::dialect::Conn;
use super::schema::idempotency;
use crate::error::{Error, Result};

/// For how long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// What makes two requests the same.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Id of the API key.
    pub key_id: String,
    /// Path of the request.
    pub path: String,
    /// The client's own key of the request.
    pub idempotency_key: String,
    /// Hash of all else that the request says: its query and body.
    pub fingerprint: String,
}

/// What a write is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency, treat_none_as_default_value = false)]
pub struct Reply {
    /// The HTTP status, a success.
    pub status: i16,
    /// Address of what was created.
    pub location: Option<String>,
    /// Tag of the row after the write.
    pub etag: Option<String>,
    /// The body; empty when there is none.
    pub body: String,
}

/// Does the work of the first request with a ticket and keeps its answer; gives that answer to the
/// others.
///
/// Errors: `IdempotencyMismatch` when another request had the same key.
pub fn once(
    conn: &mut Conn,
    ticket: &Ticket,
    work: impl FnOnce(&mut Conn) -> Result<Reply>,
) -> Result<Reply> {
    let now = Utc::now().naive_utc();
    conn.transaction(|conn| {
        if let Some((fingerprint, reply)) = find(conn, ticket, now - KEPT)? {
            return if fingerprint == ticket.fingerprint {
                Ok(reply)
            } else {
                Err(Error::IdempotencyMismatch)
            };
        }
        let reply = work(conn)?;
        diesel::delete(idempotency::table.filter(idempotency::recorded_at.le(now - KEPT))).execute(conn)?;
        diesel::insert_into(idempotency::table)
            .values((
                idempotency::key_id.eq(&ticket.key_id),
                idempotency::path.eq(&ticket.path),
                idempotency::idempotency_key.eq(&ticket.idempotency_key),
                idempotency::fingerprint.eq(&ticket.fingerprint),
                idempotency::recorded_at.eq(now),
                &reply,
            ))
            .execute(conn)?;
        Ok(reply)
    })
}

fn find(conn: &mut Conn, ticket: &Ticket, since: NaiveDateTime) -> Result<Option<(String, Reply)>> {
    Ok(idempotency::table
        .find((&ticket.key_id, &ticket.path, &ticket.idempotency_key))
        .filter(idempotency::recorded_at.gt(since))
        .select((idempotency::fingerprint, Reply::as_select()))
        .first(conn)
        .optional()?)
}
