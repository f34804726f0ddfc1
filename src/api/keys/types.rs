//! API keys as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::rows::{New, Writable};
use crate::db::keys::KeyRow;
use crate::domain::access::KeyRole;
use crate::domain::area_code::AreaCode;
use crate::exchange::drafts::key::KeyDraft;
use crate::exchange::table::Tabular;

/// A key of this API, without its token: that is shown once, to whoever made the key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiKey {
    /// Id.
    #[schema(format = "uuid", example = "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90")]
    pub id: String,
    /// Name, which signs the entries that are made with the key.
    #[schema(example = "农业农村办", min_length = 1, max_length = 100)]
    pub name: String,
    /// Role; each includes those before it.
    pub role: KeyRole,
    /// The area, with all below it, that the key writes to and sees non-public data of; null for all.
    pub area: Option<AreaCode>,
    /// When it stops being valid, null for never. A day may be given for its end. Not later
    /// than the expiry of the key that makes it.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked; null while it is not.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute or so; null when it never was.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
}

/// A key that was just made, with its token.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MadeKey {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// What `Authorization: Bearer` takes. Keep it: only its hash is stored, and it is not shown again.
    #[schema(pattern = "^tz_[A-Za-z0-9_-]{64}$")]
    pub token: String,
}

/// The key of this very request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// Id.
    #[schema(format = "uuid", example = "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90")]
    pub id: String,
    /// Name.
    pub name: String,
    /// Role; each includes those before it.
    pub role: KeyRole,
    /// The area, with all below it, that the key is for; null for all.
    pub area: Option<AreaCode>,
    /// When it stops being valid; null for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key as a body, for POST.
pub type ApiKeyInput = New<KeyDraft>;

impl Writable for KeyDraft {
    type Answer = ApiKey;
    const KEY: &'static [&'static str] = &[];
}

impl Tabular for ApiKey {}

impl From<KeyRow> for ApiKey {
    fn from(row: KeyRow) -> ApiKey {
        let KeyRow { id, name, role, area, hash: _, expires_at, revoked_at, created_at, last_used_at, seq } =
            row;
        ApiKey {
            id,
            name,
            role,
            area,
            expires_at: expires_at.map(|time| time.and_utc()),
            revoked_at: revoked_at.map(|time| time.and_utc()),
            created_at: created_at.and_utc(),
            last_used_at: last_used_at.map(|time| time.and_utc()),
            seq,
        }
    }
}

impl From<KeyRow> for Me {
    fn from(row: KeyRow) -> Me {
        let ApiKey { id, name, role, area, expires_at, .. } = row.into();
        Me { id, name, role, area, expires_at }
    }
}
