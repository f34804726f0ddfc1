//! Where the files of attachments lie: a folder, or a bucket of S3 or of what speaks like it. What the files
//! are and whose is not known here; `pictures` looks into them, `metadata` takes out what nobody need know.

pub mod metadata;
pub mod pictures;

use std::ops::Range;
use std::path::Path as Folder;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{Error as StoreError, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result, chain};

/// Pieces of a file on their way out.
pub type Pieces = BoxStream<'static, Result<Vec<u8>>>;

/// What all pictures that are being unpacked take together, in the whole process, in MiB. No picture takes more.
pub const MOST_MIB: u32 = 384;

/// How long work on a picture waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bucket that does not answer is tried for so long.
const RETRIES: RetryConfig = RetryConfig {
    backoff: object_store::BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(2),
        base: 2.,
    },
    max_retries: 3,
    retry_timeout: Duration::from_secs(10),
};

/// A place for files.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    turns: Arc<Semaphore>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What is inside may hold secrets.
        f.write_str("Store")
    }
}

/// A file that is being read.
pub struct Opened {
    /// How many bytes are read.
    pub size_bytes: u64,
    /// What it holds.
    pub pieces: Pieces,
}

/// What a setting names: a folder, or a bucket and what stands before all names in it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place<'a> {
    Folder(&'a Folder),
    Bucket { name: &'a str, prefix: &'a str },
}

impl Place<'_> {
    fn parse(text: &str) -> Result<Place<'_>, &'static str> {
        if let Some(rest) = text.strip_prefix("s3://") {
            let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            return if name.is_empty() {
                Err("has no bucket after s3://")
            } else {
                Ok(Place::Bucket { name, prefix })
            };
        }
        let folder = text.strip_prefix("file://").unwrap_or(text);
        match folder {
            "" => Err("names no folder"),
            other if other.contains("://") => Err("is neither a folder nor s3://BUCKET/PREFIX"),
            folder => Ok(Place::Folder(Folder::new(folder))),
        }
    }
}

/// What is wrong with the name of a place, if anything.
pub fn fault(place: &str) -> Option<&'static str> {
    Place::parse(place).err()
}

impl Store {
    /// Opens a folder, which is made where it is missing, or a bucket. `options` are the settings of a bucket
    /// as `AWS_…` variables name them.
    ///
    /// Errors: `Config` when the place cannot be used.
    pub fn open(place: &str, options: &[(String, String)]) -> Result<Store> {
        let wrong =
            |reason: &dyn std::fmt::Display| Error::Config(format!("attachments in {place}: {reason}"));
        match Place::parse(place).map_err(|fault| wrong(&fault))? {
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
                let folder = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(&error))?;
                // As with the database: what is answered survives a power cut.
                Ok(Store::over(folder.with_fsync(true)))
            }
            Place::Bucket { name, prefix } => {
                let bucket = bucket(name, options).map_err(|error| wrong(&error))?;
                let prefix = Path::parse(prefix).map_err(|error| wrong(&error))?;
                Ok(Store::over(PrefixStore::new(bucket, prefix)))
            }
        }
    }

    /// Opens a place as [`Store::open`] does, but makes no folder: none where it is missing.
    pub fn open_existing(place: &str, options: &[(String, String)]) -> Result<Option<Store>> {
        match Place::parse(place) {
            Ok(Place::Folder(folder)) if !folder.is_dir() => Ok(None),
            _ => Store::open(place, options).map(Some),
        }
    }

    /// A store that lasts as long as the process.
    pub fn in_memory() -> Store {
        Store::over(InMemory::new())
    }

    fn over(objects: impl ObjectStore) -> Store {
        Store { objects: Arc::new(objects), turns: Arc::new(Semaphore::new(MOST_MIB as usize)) }
    }

    /// Stores a file, all of it or nothing.
    pub async fn put(&self, name: &str, content: Vec<u8>) -> Result<()> {
        self.objects.put(&Path::from(name), content.into()).await.map_err(failed)?;
        Ok(())
    }

    /// Opens a file, or some of its bytes, if it is there.
    pub async fn open_file(&self, name: &str, part: Option<Range<u64>>) -> Result<Option<Opened>> {
        let options = GetOptions { range: part.map(GetRange::Bounded), ..GetOptions::default() };
        match self.objects.get_opts(&Path::from(name), options).await {
            Ok(found) => {
                let size_bytes = found.range.end - found.range.start;
                let pieces = found.into_stream().map(|piece| piece.map(Vec::from).map_err(failed)).boxed();
                Ok(Some(Opened { size_bytes, pieces }))
            }
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The whole of a file, if it is there.
    pub async fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(Opened { pieces, .. }) = self.open_file(name, None).await? else { return Ok(None) };
        Ok(Some(pieces.try_concat().await?))
    }

    /// Deletes a file. One that is not there is no fault.
    pub async fn delete(&self, name: &str) -> Result<()> {
        match self.objects.delete(&Path::from(name)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// Waits for the turn to unpack a picture that takes so much memory.
    ///
    /// Errors: `Storage` when it does not come.
    pub async fn turn(&self, mib: u32) -> Result<Turn> {
        let turn = self.turns.clone().acquire_many_owned(mib.min(MOST_MIB));
        let turn = tokio::time::timeout(PATIENCE, turn).await;
        let turn = turn.map_err(|_| Error::Storage("too many large pictures at once".to_owned()))?;
        turn.map(Turn).map_err(|_| Error::Bug("no turns are given any more"))
    }
}

/// The turn to unpack a picture. It ends with the work, and not with the request that may be given up before.
pub struct Turn(OwnedSemaphorePermit);

impl Turn {
    /// Does the work on a thread where it may take its time.
    pub async fn work<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let Turn(turn) = self;
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Cancelled)
    }
}

fn bucket(name: &str, options: &[(String, String)]) -> Result<AmazonS3, StoreError> {
    // A second store in one process finds the provider installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    options
        .iter()
        .filter_map(|(name, value)| {
            Some((name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>().ok()?, value))
        })
        .fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value))
        .with_bucket_name(name)
        .with_retry(RETRIES)
        .build()
}

fn failed(error: StoreError) -> Error {
    Error::Storage(chain(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        let bucket = |name, prefix| Ok(Place::Bucket { name, prefix });
        for (text, place) in [
            ("data/attachments", Ok(Place::Folder(Folder::new("data/attachments")))),
            ("file:///srv/附件", Ok(Place::Folder(Folder::new("/srv/附件")))),
            ("s3://photos", bucket("photos", "")),
            ("s3://photos/a/b", bucket("photos", "a/b")),
        ] {
            assert_eq!(Place::parse(text), place, "{text}");
        }
        for wrong in ["", "file://", "s3://", "s3:///a", "https://example.org/a", "gs://photos"] {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn a_bucket_of_another_provider_is_opened_without_asking_it() {
        let options = [
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "minio"),
            ("AWS_SECRET_ACCESS_KEY", "secret-of-minio"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_BUCKET", "another"),
            ("AWS_PROFILE", "what this program does not know"),
        ];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let store = Store::open("s3://photos/township", &options).expect("a store");
        assert_eq!(format!("{store:?}"), "Store", "no secret is shown");
        assert_eq!(store.objects.to_string(), "PrefixObjectStore(township)");
        assert_eq!(bucket("photos", &options).expect("a bucket").to_string(), "AmazonS3(photos)");
    }

    #[tokio::test]
    async fn a_folder_keeps_what_is_put_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("a/b").display().to_string(), &[]).expect("a store");
        assert!(store.open_file("ab/one", None).await.expect("an answer").is_none());
        store.put("ab/one", b"content".to_vec()).await.expect("stored");
        assert_eq!(std::fs::read(folder.path().join("a/b/ab/one")).expect("a file"), b"content");
        assert_eq!(store.read("ab/one").await.expect("an answer"), Some(b"content".to_vec()));
        for _ in 0..2 {
            store.delete("ab/one").await.expect("gone, the second time too");
        }
        assert!(store.read("ab/one").await.expect("an answer").is_none());
        let taken = folder.path().join("a/b/file");
        std::fs::write(&taken, "").expect("a file");
        assert!(matches!(Store::open(&taken.display().to_string(), &[]), Err(Error::Config(_))));
    }
}
