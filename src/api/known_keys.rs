//! Keys that were seen a moment ago, so that not every request asks the database for its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

use crate::db::Db;
use crate::db::keys::{self, KeyRow};
use crate::domain::row_kind::{Kinds, RowKind};
use crate::error::Result;

/// So many keys are remembered.
const MOST: usize = 1_000;

/// So long at most: what is done to a key by other means than this program is noticed then.
const KEPT: Duration = Duration::from_secs(60);

/// Keys by their ids.
pub struct KnownKeys(Cache<String, Arc<Known>>);

struct Known {
    key: Arc<KeyRow>,
    /// The ledger as far as it was known when the key was read.
    head: i64,
    read: Instant,
}

/// A key, and whether it was read just now.
pub struct Found {
    /// The key, valid or not.
    pub key: Arc<KeyRow>,
    /// Not since the last minute.
    pub is_new: bool,
}

impl KnownKeys {
    /// No key is known yet.
    pub fn new() -> KnownKeys {
        KnownKeys(Cache::new(MOST))
    }

    /// The key with this id, as the ledger that was last looked at has it.
    pub async fn find(&self, db: &Db, id: &str) -> Result<Option<Found>> {
        let newest = db.newest(Kinds::of(&[RowKind::ApiKey]));
        if let Some(known) = self.0.get(id)
            && newest <= known.head
            && known.read.elapsed() < KEPT
        {
            return Ok(Some(Found { key: known.key.clone(), is_new: false }));
        }
        let wanted = id.to_owned();
        let read = db.read(move |conn| keys::get(conn, &wanted)).await?;
        let Some(key) = read.data.map(Arc::new) else { return Ok(None) };
        self.0.insert(
            id.to_owned(),
            Arc::new(Known { key: key.clone(), head: read.head, read: Instant::now() }),
        );
        Ok(Some(Found { key, is_new: true }))
    }
}
