//! Drafts of API keys.

use chrono::{NaiveDateTime, SecondsFormat};
use serde::Deserialize;

use super::{fault, missing_area};
use crate::db::Conn;
use crate::db::keys::{self, KeyRow};
use crate::db::ledger::Entry;
use crate::domain::access::KeyRole;
use crate::domain::area_code::AreaCode;
use crate::domain::text;
use crate::domain::token::Token;
use crate::domain::when::When;
use crate::domain::zone;
use crate::error::{Error, Invalid, Result};

/// A name has at most so many characters.
const LONGEST_NAME: usize = 100;

/// An API key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct KeyDraft {
    #[serde(deserialize_with = "text::one_label")]
    pub name: String,
    pub role: KeyRole,
    pub area: Option<AreaCode>,
    pub expires_at: Option<When>,
}

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
            check_name(&self.name).err().map(|invalid| fault("name", invalid)),
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
            name,
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
        match missing_area(conn, self.area.as_slice())? {
            None => Ok(()),
            Some(key) => Err(fault("area", Invalid::unregistered(key)).into()),
        }
    }
}

/// A name signs entries and stands in lists and logs: one line, not too long.
fn check_name(name: &str) -> Result<(), Invalid> {
    let broken = name.trim().is_empty() || name.chars().any(char::is_control);
    if broken || name.chars().count() > LONGEST_NAME {
        let (zh, en) = (
            format!("应为一行 1 到 {LONGEST_NAME} 个字符的文字"),
            format!("must be one line of 1 to {LONGEST_NAME} characters"),
        );
        return Err(Invalid::new("malformed_name", zh, en));
    }
    Ok(())
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
