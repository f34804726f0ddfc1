//! Drafts of API keys.

use chrono::{NaiveDateTime, SecondsFormat};
use serde::Deserialize;
use utoipa::ToSchema;

use super::fault;
use crate::db::keys::{self, KeyRow};
use crate::db::ledger::Entry;
use crate::db::{Conn, areas};
use crate::domain::access::KeyRole;
use crate::domain::area_code::AreaCode;
use crate::domain::text::KeyName;
use crate::domain::token::Token;
use crate::domain::when::When;
use crate::domain::zone;
use crate::error::{Error, Invalid, Result};
use crate::exchange::reading::HandedIn;

/// An API key.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = ApiKeyInput)]
pub struct KeyDraft {
    pub name: KeyName,
    pub role: KeyRole,
    pub area: Option<AreaCode>,
    pub expires_at: Option<When>,
}

impl HandedIn for KeyDraft {}

impl KeyDraft {
    /// Makes the key: whoever has the token holds it. `bound` is when the key that makes it expires: none
    /// outlives its maker.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn make(&self, entry: &mut Entry<'_>, token: &Token, bound: Option<NaiveDateTime>) -> Result<KeyRow> {
        self.check_area(entry.conn)?;
        let expires_at = self.expires_at.map(When::last);
        let outlives = |bound: &NaiveDateTime| expires_at.is_none_or(|end| end > *bound);
        let faults: Vec<_> = [
            expires_at.filter(|end| *end <= entry.at).map(|_| fault("expires_at", past())),
            bound.filter(outlives).map(|bound| fault("expires_at", outliving(bound))),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let KeyDraft { name, role, area, expires_at: _ } = self.clone();
        let row = KeyRow {
            id: token.id().to_string(),
            name: name.into(),
            role,
            area,
            hash: token.hash(),
            expires_at,
            revoked_at: None,
            created_at: entry.at,
            last_used_at: None,
            seq: entry.seq,
        };
        keys::insert(entry, &row)?;
        Ok(row)
    }

    fn check_area(&self, conn: &mut Conn) -> Result<()> {
        match self.area {
            Some(area) if areas::get(conn, area)?.is_none() => {
                Err(fault("area", Invalid::unregistered(area)).into())
            }
            _ => Ok(()),
        }
    }
}

fn outliving(bound: NaiveDateTime) -> Invalid {
    let bound = zone::local(bound).to_rfc3339_opts(SecondsFormat::Secs, true);
    Invalid::new(
        "outlives_its_maker",
        format!("不得晚于发放它的密钥的到期时间 {bound}"),
        format!("must be given, and not be later than the expiry of the key that makes it, {bound}"),
    )
}

fn past() -> Invalid {
    Invalid::new("past", "已经过去", "is past already")
}
