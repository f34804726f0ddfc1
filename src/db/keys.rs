//! API keys: rows and queries. Only the hash of a key's secret is stored.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;

use super::Window;
use super::dialect::{Conn, on_each};
use super::ledger::{Edited, Entry};
use super::schema::api_keys;
use crate::domain::access::{Caller, KeyRole, Reach};
use crate::domain::area_code::AreaCode;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// A key as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct KeyRow {
    pub id: String,
    pub name: String,
    pub role: KeyRole,
    pub area: Option<AreaCode>,
    /// SHA-256 of the secret, in hexadecimal. It goes into no log and no audit.
    #[serde(skip)]
    pub hash: String,
    pub expires_at: Option<NaiveDateTime>,
    pub revoked_at: Option<NaiveDateTime>,
    pub created_at: NaiveDateTime,
    #[serde(skip)]
    pub last_used_at: Option<NaiveDateTime>,
    pub seq: i64,
}

impl KeyRow {
    /// Why the key is not valid at a time, if it is not.
    pub fn refusal(&self, now: NaiveDateTime) -> Option<&'static str> {
        if self.revoked_at.is_some() {
            Some("revoked")
        } else if self.expires_at.is_some_and(|end| end <= now) {
            Some("expired")
        } else {
            None
        }
    }

    /// The holder of the key.
    pub fn caller(self) -> Caller {
        let KeyRow { id, name, role, area, expires_at, .. } = self;
        Caller { id, name, role, area, expires_at }
    }
}

/// Keys for areas within a reach, in the order of their ids, which is that of their making.
pub fn list(conn: &mut Conn, reach: Reach, window: &Window<String>) -> Result<Vec<KeyRow>> {
    let mut query = select(reach);
    if let Some(after) = &window.after {
        query = query.filter(api_keys::id.gt(after.clone()));
    }
    Ok(query.select(KeyRow::as_select()).order(api_keys::id).limit(window.limit).load(conn)?)
}

/// How many keys there are for areas within a reach.
pub fn count(conn: &mut Conn, reach: Reach) -> Result<i64> {
    Ok(select(reach).count().get_result(conn)?)
}

/// Whether no key has ever been made.
pub fn are_none(conn: &mut Conn) -> Result<bool> {
    Ok(count(conn, Reach::Everywhere)? == 0)
}

fn select(reach: Reach) -> api_keys::BoxedQuery<'static, super::dialect::Backend> {
    let query = api_keys::table.into_boxed();
    if reach == Reach::Everywhere {
        return query;
    }
    let (first, last) = reach.span();
    query.filter(api_keys::area.between(first, last))
}

/// The key with this id, if there is one, valid or not.
pub fn get(conn: &mut Conn, id: &str) -> Result<Option<KeyRow>> {
    Ok(on_each!(conn, conn => api_keys::table.find(id).select(KeyRow::as_select()).first(conn)).optional()?)
}

pub(super) fn edited(row: &KeyRow) -> Edited {
    Edited::new(RowKind::ApiKey, &row.id).within(row.area.as_slice())
}

/// Adds a key.
pub fn insert(entry: &mut Entry<'_>, row: &KeyRow) -> Result<()> {
    diesel::insert_into(api_keys::table).values(row).execute(entry.conn)?;
    entry.put(edited(row), None, row)
}

/// Revokes a key for good.
///
/// Errors: `NotFound` when there is none within the reach, or when it is revoked already.
pub fn revoke(entry: &mut Entry<'_>, reach: Reach, id: &str) -> Result<()> {
    let within = |key: &KeyRow| reach == Reach::Everywhere || key.area.is_some_and(|area| reach.covers(area));
    let before = get(entry.conn, id)?
        .filter(|key| within(key) && key.revoked_at.is_none())
        .ok_or_else(|| Error::NotFound { what: Thing::ApiKey, key: id.to_owned() })?;
    let after = KeyRow { revoked_at: Some(entry.at), seq: entry.seq, ..before.clone() };
    diesel::update(api_keys::table.find(id))
        .set((api_keys::revoked_at.eq(after.revoked_at), api_keys::seq.eq(after.seq)))
        .execute(entry.conn)?;
    entry.put(edited(&after), Some(&before), &after)
}

/// Notes when a key was last used. No part of the ledger.
pub fn used(conn: &mut Conn, id: &str, at: NaiveDateTime) -> Result<()> {
    diesel::update(api_keys::table.find(id)).set(api_keys::last_used_at.eq(at)).execute(conn)?;
    Ok(())
}
