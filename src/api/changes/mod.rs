//! `GET /changes`: the change feed.

mod choices;
mod query;
mod rows;
pub mod types;

use std::io::Write;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use itertools::Itertools;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::access;
use super::answer::Answer;
use super::download;
use super::format::Format;
use super::page;
use super::problem::Problem;
use super::query::Query;
use super::turns;
use crate::db::feed::reader::Reader;
use crate::db::feed::{self, count, digest};
use crate::db::ledger::{self, now};
use crate::db::turns::Turn;
use crate::db::{Conn, Db, areas, observations};
use crate::domain::feed::Bookmark;
use crate::error::{Error, Result};
use crate::exchange::writer::unwritable;
use choices::{ChangeData, FeedFormat};
use query::ChangesQuery;
use types::{ChangePage, FeedEnd};

/// Changes read at a time for a file.
const CHUNK: usize = 1000;

/// What is kept in a bookmark of the feed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Since {
    /// The mark of the ledger up to the entry in which the reader stands.
    mark: String,
    /// The codes of the areas in which the reader sees what is internal, and what is not released.
    sight: [(i64, i64); 2],
    bookmark: Bookmark,
}

/// The feed as one request asks for it.
#[derive(Debug, Clone)]
struct Feed {
    reader: Reader,
    is_full: bool,
    has_digest: bool,
    /// Where it begins; null for the whole current state.
    since: Option<Since>,
    /// Which feed bookmarks are of.
    name: String,
}

impl Feed {
    fn new(request: &HttpRequest, query: &ChangesQuery) -> Result<Feed, Problem> {
        let kinds = query.kinds.iter().sorted().dedup().copied().collect_vec();
        let within = query.within.map(|area| area.to_string()).unwrap_or_default();
        let name = format!("{} {} {within}", request.path(), kinds.iter().join(","));
        let since = query.since.as_deref();
        let since = since.map(|since| page::decode("since", &name, since, |_: &Since| true)).transpose()?;
        let (sight, within) = (access::sight(request), query.within);
        let reader = Reader { sight, kinds, within, now: now() };
        Ok(Feed { reader, is_full: query.data == ChangeData::Full, has_digest: query.digest, since, name })
    }

    /// Where the reader stands.
    ///
    /// Errors: `BookmarkGone`, and `Invalid` for an area that is not registered.
    fn begin(&self, conn: &mut Conn) -> Result<Bookmark> {
        areas::check(conn, "within", self.reader.within)?;
        let Some(Since { mark, sight, bookmark }) = &self.since else {
            return Ok(Bookmark::start(self.reader.now));
        };
        let known = ledger::mark(conn, bookmark.position.seq)?;
        if known.as_ref() != Some(mark) || *sight != self.sight() {
            return Err(Error::BookmarkGone);
        }
        Ok(bookmark.clone())
    }

    fn sight(&self) -> [(i64, i64); 2] {
        [self.reader.sight.internal.span(), self.reader.sight.unreleased.span()]
    }

    /// The bookmark as it is handed out.
    fn written(&self, conn: &mut Conn, bookmark: Bookmark) -> Result<String> {
        let seq = bookmark.position.seq;
        let mark = match &self.since {
            // It was looked up to begin with.
            Some(since) if since.bookmark.position.seq == seq => since.mark.clone(),
            _ => ledger::mark(conn, seq)?.ok_or(Error::Bug("the entry of a bookmark"))?,
        };
        page::encode(&self.name, &Since { mark, sight: self.sight(), bookmark })
    }

    fn page(&self, conn: &mut Conn, limit: usize) -> Result<ChangePage> {
        let bookmark = self.begin(conn)?;
        let is_first = self.since.is_none();
        let count = is_first.then(|| count::rows(conn, &self.reader)).transpose()?;
        let batch = feed::next(conn, &self.reader, &bookmark, limit)?;
        let wants_digest = self.has_digest && !batch.has_more;
        Ok(ChangePage {
            items: rows::told(conn, &self.reader, batch.changes, self.is_full)?,
            next: self.written(conn, batch.bookmark)?,
            more: batch.has_more,
            count,
            digest: wants_digest.then(|| digest::of(conn, &self.reader)).transpose()?,
        })
    }
}

/// List changes
///
/// What has changed since a bookmark, in the order of the entries of the ledger: of each row its latest state, once.
/// Without `since` it is the whole current state, page by page, whoever writes meanwhile; `count` tells how many rows
/// there are. Then `next` is asked for again and again, and leads on for ever.
///
/// A row that was deleted, that the caller may not see any more, or that came to lie outside of `within`, is told as
/// `delete`; of some that the caller never had, too. A figure that is released later appears when it becomes public, with
/// the number of the entry that stated it. Rows are told again when what they belong or refer to is published or
/// withdrawn. `light` of projects and plan items is that of today, and changes by day without being told.
///
/// `digest` proves that a copy is equal: it is the sum, modulo 2^128, of the first 16 bytes (big-endian) of the SHA-256 of
/// `kind LF key LF seq` of every row held, in 32 hexadecimal digits. The key is the code, of a milestone
/// `project/ordinal`, of an observation or progress report the id. Where it differs, `data=keys` without `since`
/// lists what should be there.
///
/// Bookmarks hold for the same `kinds`, `within` and key. A 410 `bookmark_gone` says that the data are others: begin
/// again without `since`.
#[utoipa::path(
    tag = "changes",
    params(ChangesQuery),
    responses((status = 200, description = "Some changes", body = ChangePage)),
)]
#[get("/changes")]
pub async fn list_changes(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<ChangesQuery>,
) -> Result<Answer, Problem> {
    let Query(query) = query;
    let mut feed = Feed::new(&request, &query)?;
    if Format::negotiate(&request, query.format, FeedFormat::OFFERED)? == Format::Ndjson {
        return download::stream(&db, &request, Format::Ndjson.media_type(), move |conn, outlet| {
            write_all(conn, &feed, outlet)
        })
        .await;
    }
    let limit = usize::try_from(query.limit).unwrap_or(CHUNK);
    let until = Instant::now() + query.wait;
    loop {
        let head = db.last_seen_head();
        feed.reader.now = now();
        let is_long = feed.since.is_none() || feed.has_digest;
        let asked = feed.clone();
        let work = move |conn: &mut Conn| {
            let good_until = observations::next_release(conn, asked.reader.now)?;
            Ok((asked.page(conn, limit)?, good_until))
        };
        let read = match is_long {
            true => turns::scan(&db, &request, Turn::RollUp, work).await?,
            false => db.read(work).await?,
        };
        let (page, good_until) = read.data;
        let is_quiet = page.items.is_empty() && !page.more;
        if is_quiet && Instant::now() < until {
            db.wait_for_entry(head, until).await?;
            continue;
        }
        let body = serde_json::to_vec(&page).map_err(unwritable)?;
        // Whoever asks again is to wait again.
        let waited = is_quiet && !query.wait.is_zero();
        return Ok(Answer::json(read.head, body).good_until(if waited {
            Some(feed.reader.now)
        } else {
            good_until
        }));
    }
}

/// Writes all changes that there are, one a line, and the bookmark in the last line.
fn write_all(conn: &mut Conn, feed: &Feed, outlet: &mut download::Outlet) -> Result<()> {
    let mut bookmark = feed.begin(conn)?;
    let good_until: Option<NaiveDateTime> = observations::next_release(conn, feed.reader.now)?;
    outlet.is_of(conn, good_until)?;
    loop {
        let batch = feed::next(conn, &feed.reader, &bookmark, CHUNK)?;
        for change in rows::told(conn, &feed.reader, batch.changes, feed.is_full)? {
            write_line(outlet, &change)?;
        }
        outlet.check()?;
        bookmark = batch.bookmark;
        if !batch.has_more {
            break;
        }
    }
    let digest = feed.has_digest.then(|| digest::of(conn, &feed.reader)).transpose()?;
    write_line(outlet, &FeedEnd { next: feed.written(conn, bookmark)?, digest })
}

fn write_line<T: Serialize>(outlet: &mut download::Outlet, item: &T) -> Result<()> {
    serde_json::to_writer(&mut *outlet, item).map_err(unwritable)?;
    Ok(outlet.write_all(b"\n")?)
}
