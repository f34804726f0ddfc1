//! Downloads: a whole selection in one of the formats of files, read from one snapshot, put together on disk and
//! sent piece by piece, so that memory does not grow with it. It is put together first because its tag is the hash
//! of its bytes, which nothing else tells exactly; and so that no snapshot and no turn is held by a client that reads
//! slowly.

use std::io::{self, BufWriter, Read, Seek, Write};

use actix_web::HttpRequest;
use actix_web::web::Bytes;
use chrono::NaiveDateTime;
use futures_util::stream;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use tempfile::SpooledTempFile;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use xxhash_rust::xxh3::Xxh3;

use super::access;
use super::answer::Answer;
use super::base;
use super::format::Format;
use super::listing::Listing;
use super::problem::Problem;
use super::turns::{self, Reserved};
use crate::db::turns::{Held, Turn};
use crate::db::{Conn, Db, Window, ledger};
use crate::domain::access::Sight;
use crate::error::{Error, Result};
use crate::exchange::json_stat::JsonStatWriter;
use crate::exchange::sdmx_csv::SdmxCsv;
use crate::exchange::table::{self, Style, Table};
use crate::exchange::workbook::{self, Workbook};
use crate::exchange::writer::{About, Writer};

/// Rows fetched at a time.
const CHUNK: i64 = 1000;

/// What a request may hold as it is, and an address (RFC 3986) may not.
const NOT_IN_ADDRESSES: &AsciiSet = &CONTROLS
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Bytes sent at a time.
const PIECE: usize = 64 << 10;

/// Bytes of a file that need no disk.
const IN_MEMORY: usize = 1 << 20;

/// When the answer changes: the head of the ledger, and the time without a write, if ever.
type Vintage = (i64, Option<NaiveDateTime>);

/// Answers a list as a file, from a place in it on.
pub async fn download<L, F>(
    db: &Db,
    request: &HttpRequest,
    format: Format,
    bom: bool,
    after: Option<L::Key>,
    open: F,
) -> Result<Answer, Problem>
where
    L: Listing,
    F: FnOnce(&mut Conn, Sight) -> Result<L> + Send + 'static,
{
    let sight = access::sight(request);
    let address = base::address(&address(request));
    let name = request.match_name().zip(format.ending()).map(|(operation, ending)| {
        let subject = operation.strip_prefix("list_").unwrap_or(operation);
        format!("{subject}.{ending}")
    });
    let work = move |conn: &mut Conn, outlet: &mut Outlet| {
        let listing = open(conn, sight)?;
        if format == Format::Xlsx && after.is_none() {
            workbook::fits(listing.count(conn, sight)?)?;
        }
        let good_until = listing.good_until(conn)?;
        outlet.is_of(conn, good_until)?;
        let about = About { address, meta: listing.meta(conn, sight)?.unwrap_or(Value::Null) };
        let mut writer = writer(&listing, format, bom, about)?;
        let mut after = after;
        loop {
            let items = listing.page(conn, sight, &Window { after: after.take(), limit: CHUNK })?;
            after = items.last().map(|item| listing.key(item));
            writer.rows(&items, outlet)?;
            outlet.check()?;
            if (items.len() as i64) < CHUNK {
                break;
            }
        }
        writer.finish(conn, outlet)
    };
    Ok(stream(db, request, format.media_type(), work).await?.kept_as(name))
}

/// The address that was asked for, without the host.
pub fn address(request: &HttpRequest) -> String {
    let asked = request.uri().path_and_query().map_or("", |asked| asked.as_str());
    utf8_percent_encode(asked, NOT_IN_ADDRESSES).to_string()
}

/// Answers with what is written to the outlet, piece by piece, once all of it is there: what fails is a problem.
pub async fn stream<F>(
    db: &Db,
    request: &HttpRequest,
    media_type: &'static str,
    work: F,
) -> Result<Answer, Problem>
where
    F: FnOnce(&mut Conn, &mut Outlet) -> Result<()> + Send + 'static,
{
    let (taken, room) = turns::download(request).await?;
    let (is_gone, _waiting) = oneshot::channel();
    let timer = db.clone();
    let work = move |conn: &mut Conn| {
        let mut outlet = Outlet {
            vintage: (0, None),
            spool: BufWriter::with_capacity(PIECE, SpooledTempFile::new(IN_MEMORY)),
            hash: Xxh3::new(),
            unchecked: 0,
            room,
            held: timer.hold(),
            is_gone,
            refusal: None,
        };
        // Whatever writes makes an error of its own of the refusal.
        work(conn, &mut outlet).map_err(|error| outlet.refusal.take().unwrap_or(error))?;
        outlet.end()
    };
    let File { vintage: (head, good_until), content, spool, room } =
        turns::scan(db, request, Turn::Download, work).await?.data;
    let pieces = stream::unfold(Some((spool, (taken, room))), |left| async {
        let (spool, held) = left?;
        match piece(spool).await {
            Ok((piece, _)) if piece.is_empty() => None,
            Ok((piece, spool)) => Some((Ok(Bytes::from(piece)), Some((spool, held)))),
            // This cuts the answer off: the client sees that it is not whole.
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(Answer::stream(head, media_type, content, pieces).good_until(good_until))
}

/// The next piece of a file.
async fn piece(mut spool: SpooledTempFile) -> Result<(Vec<u8>, SpooledTempFile)> {
    let is_in_memory = !spool.is_rolled();
    let read = move || {
        let mut piece = Vec::with_capacity(PIECE);
        Read::by_ref(&mut spool).take(PIECE as u64).read_to_end(&mut piece)?;
        Ok((piece, spool))
    };
    if is_in_memory { read() } else { spawn_blocking(read).await.map_err(|_| Error::Cancelled)? }
}

fn writer<L: Listing>(
    listing: &L,
    format: Format,
    bom: bool,
    about: About,
) -> Result<Box<dyn Writer<L::Item>>> {
    let cube = || listing.cube().ok_or_else(|| Error::Corrupt("a list that is no cube".to_owned()));
    let columns = listing.columns();
    Ok(match format {
        Format::Csv => Box::new(Table::new(Style::Csv { bom }, columns, listing.fields())),
        Format::Json | Format::Ndjson => Box::new(Table::new(Style::Ndjson, columns, listing.fields())),
        Format::Xlsx => {
            let columns = table::kept(columns, listing.fields());
            Box::new(Workbook::new::<L::Item>(columns, listing.cube(), about)?)
        }
        Format::JsonStat => Box::new(JsonStatWriter::new(cube()?, about)),
        Format::SdmxCsv => Box::new(SdmxCsv::new(cube()?, about.meta)),
    })
}

/// Where the bytes of a download go until all are there.
pub struct Outlet {
    vintage: Vintage,
    spool: BufWriter<SpooledTempFile>,
    hash: Xxh3,
    /// Bytes since the last check.
    unchecked: usize,
    room: Reserved,
    held: Held,
    is_gone: oneshot::Sender<()>,
    /// Why writing was refused.
    refusal: Option<Error>,
}

/// A download that is put together.
struct File {
    vintage: Vintage,
    /// Hash of its bytes.
    content: u64,
    spool: SpooledTempFile,
    room: Reserved,
}

impl Outlet {
    /// Notes what the answer is read from: the head of the ledger, and the time at which the answer changes without
    /// a write, if ever.
    pub fn is_of(&mut self, conn: &mut Conn, good_until: Option<NaiveDateTime>) -> Result<()> {
        self.vintage = (ledger::head(conn)?, good_until);
        Ok(())
    }

    /// Checks that the download may and need go on: the snapshot is not held too long, and somebody waits for it.
    pub fn check(&mut self) -> Result<()> {
        if self.is_gone.is_closed() {
            return Err(Error::Cancelled);
        }
        self.held.check()?;
        self.room.add(std::mem::take(&mut self.unchecked) as u64)
    }

    fn end(mut self) -> Result<File> {
        self.check()?;
        let Outlet { vintage, spool, hash, room, .. } = self;
        let mut spool = spool.into_inner().map_err(io::Error::from)?;
        spool.rewind()?;
        Ok(File { vintage, content: hash.digest(), spool, room })
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.unchecked >= PIECE
            && let Err(refusal) = self.check()
        {
            self.refusal = Some(refusal);
            return Err(io::ErrorKind::Other.into());
        }
        let written = self.spool.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.unchecked += written;
        Ok(written)
    }

    /// The bytes wait for the whole.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
