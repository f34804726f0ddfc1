//! Attachments between the store, which has the files, and the database, which knows of them. A file is announced,
//! then stored, then its row is written; it is deleted after its row has gone; and its name is used once. Whatever
//! dies in between leaves a file that is known as a stray, and never a row without its file. The store is not
//! searched for strays: others may keep files there too.

use std::ops::Range;

use chrono::NaiveDateTime;
use futures_util::StreamExt;
use uuid::Uuid;

use crate::db::attachments::{self, AttachmentRow, UploadRow};
use crate::db::{Db, Window, ledger};
use crate::domain::access::Caller;
use crate::domain::hash;
use crate::error::{Error, Result};
use crate::storage::pictures::{self, EDGES, Prepared, Unfit};
use crate::storage::{Opened, Store};

/// Attachments that are taken away, or listed, in one go.
const GROUP: i64 = 100;

/// Files that are read to see whether the store has them.
const SAMPLE: i64 = 100;

/// Stores a file once, however often it is uploaded, and notes who has uploaded it.
pub async fn keep(
    db: &Db,
    store: &Store,
    caller: &Caller,
    file: Prepared,
) -> Result<(AttachmentRow, UploadRow)> {
    let Prepared { content, sha256: id, media_type, pixels, position_kept } = file;
    let at = ledger::now();
    let object = format!("{}/{id}-{}", &id[..2], Uuid::now_v7());
    let (wanted, by, announced) = (id.clone(), caller.clone(), object.clone());
    let known = db.note(move |conn| match attachments::touch(conn, &wanted, &by, at)? {
        None => attachments::announce(conn, &announced, at).map(|()| None),
        known => Ok(known),
    });
    if let Some((row, upload)) = known.await? {
        // It may be lost, or the store another than it was. The name stays the row's, which now has its days anew.
        if state(store, &row).await? != State::Whole {
            store.put(&row.object, content).await?;
            tracing::warn!(attachment = row.id, "a lost file was restored by uploading it again");
        }
        return Ok((row, upload));
    }
    let row = AttachmentRow {
        sha256: id.clone(),
        id,
        media_type,
        size_bytes: i64::try_from(content.len())
            .map_err(|_| Error::Bug("a file of more bytes than can be counted"))?,
        author: caller.name.clone(),
        recorded_at: at,
        width: pixels.map(|(width, _)| width.into()),
        height: pixels.map(|(_, height)| height.into()),
        position_kept,
        object: object.clone(),
        touched_at: at,
    };
    store.put(&object, content).await?;
    let by = caller.clone();
    // Should another upload of the same file have been faster, this one's is a stray.
    db.note(move |conn| attachments::insert(conn, &row, &by)).await
}

/// How the file of an attachment is found in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    Lost,
    Altered,
}

async fn state(store: &Store, row: &AttachmentRow) -> Result<State> {
    Ok(match store.read(&row.object).await? {
        None => State::Lost,
        Some(content) if hash::sha256(&[&content]) == row.sha256 => State::Whole,
        Some(_) => State::Altered,
    })
}

/// How the files of attachments were found in the store.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// How many attachments there are.
    pub known: i64,
    /// How many of their files were read.
    pub read: usize,
    /// Those that are lost or are not what they were, each in a sentence.
    pub faults: Vec<String>,
}

/// Reads files of attachments and compares them with what is known of them: all of them, or a sample.
pub async fn take_stock(db: &Db, store: &Store, all: bool) -> Result<Inventory> {
    let known = db.read(attachments::count).await?.data;
    let mut inventory = Inventory { known, ..Inventory::default() };
    if !all {
        let sample = db.read(|conn| attachments::sample(conn, SAMPLE)).await?.data;
        inventory.read_files(store, &sample).await?;
        return Ok(inventory);
    }
    let mut window = Window { after: None, limit: GROUP };
    loop {
        let asked = window.clone();
        let rows = db.read(move |conn| attachments::list(conn, &asked)).await?.data;
        inventory.read_files(store, &rows).await?;
        match rows.last() {
            Some(last) => window.after = Some(last.id.clone()),
            None => return Ok(inventory),
        }
    }
}

impl Inventory {
    async fn read_files(&mut self, store: &Store, rows: &[AttachmentRow]) -> Result<()> {
        for row in rows {
            self.read += 1;
            let told = match state(store, row).await? {
                State::Whole => continue,
                State::Lost => "丢失 is lost",
                State::Altered => "已变 is not what was stored",
            };
            self.faults.push(format!("{} {told}", row.id));
        }
        Ok(())
    }
}

/// The file of an attachment, or a part of it.
pub async fn file(store: &Store, row: &AttachmentRow, part: Option<Range<u64>>) -> Result<Opened> {
    store.open_file(&row.object, part).await?.ok_or_else(|| lost(row))
}

/// The small picture of a picture, made when it is asked for first.
pub async fn thumbnail(store: &Store, row: &AttachmentRow, edge: u32) -> Result<Opened> {
    let name = thumbnail_of(&row.object, edge.into());
    if let Some(made) = store.open_file(&name, None).await? {
        return Ok(made);
    }
    let content = store.read(&row.object).await?.ok_or_else(|| lost(row))?;
    let media_type = row.media_type;
    let unseen = |unfit| match unfit {
        Unfit::Type => Error::Corrupt(format!("attachment {} is not a {media_type}", row.id)),
        Unfit::Content(invalid) => Error::Corrupt(format!("attachment {}: {invalid}", row.id)),
    };
    let turn = store.turn(pictures::demand(&content, media_type).map_err(unseen)?).await?;
    // Whoever had the turn before may have made it.
    if let Some(made) = store.open_file(&name, None).await? {
        return Ok(made);
    }
    let made = turn.work(move || pictures::thumbnail(&content, media_type, edge)).await?.map_err(unseen)?;
    store.put(&name, made.clone()).await?;
    let size_bytes = made.len() as u64;
    Ok(Opened { size_bytes, pieces: futures_util::stream::iter([Ok(made)]).boxed() })
}

fn thumbnail_of(object: &str, edge: i64) -> String {
    format!("{object}.{edge}.jpg")
}

fn lost(row: &AttachmentRow) -> Error {
    Error::Storage(format!("{} is not there", row.object))
}

/// Takes away what was uploaded before a time and hangs on nothing, and says how much it was. Several processes
/// may do so at once.
pub async fn collect(db: &Db, store: &Store, before: NaiveDateTime) -> Result<usize> {
    let mut taken = 0;
    // Whoever only looks does not keep writers waiting.
    while db.read(move |conn| attachments::is_any_unused(conn, before)).await?.data {
        taken += db.note(move |conn| attachments::take_unused(conn, before, GROUP)).await?;
        let strays = db.read(move |conn| attachments::strays(conn, before, GROUP)).await?.data;
        for object in &strays {
            for edge in EDGES {
                store.delete(&thumbnail_of(object, edge)).await?;
            }
            store.delete(object).await?;
        }
        db.note(move |conn| attachments::forget(conn, &strays)).await?;
    }
    Ok(taken)
}
