//! Downloads: a whole selection in one of the formats of files, read from one snapshot, put together on disk and
//! sent piece by piece, so that memory does not grow with it. It is put together first because its tag is the hash
//! of its bytes, which nothing else tells exactly.

use std::io::{self, BufWriter, Read, Seek, Write};
use std::time::Duration;

use actix_web::HttpRequest;
use chrono::NaiveDateTime;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use tempfile::SpooledTempFile;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use xxhash_rust::xxh3::Xxh3;

use super::access;
use super::answer::Answer;
use super::format::Format;
use super::page::Listing;
use super::problem::Problem;
use crate::db::{Conn, Db, Window, ledger};
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

/// A download whose client takes nothing for so long is given up.
const STALLED: Duration = Duration::from_secs(60);

/// When the answer changes: the head of the ledger, and the time without a write, if ever.
type Vintage = (i64, Option<NaiveDateTime>);

/// Answers a list as a file, from a place in it on.
pub async fn download<L: Listing>(
    db: &Db,
    request: &HttpRequest,
    format: Format,
    bom: bool,
    listing: L,
    after: Option<L::Key>,
) -> Result<Answer, Problem> {
    let sight = access::sight(request);
    let address = address(request);
    let name = request.match_name().zip(format.ending()).map(|(operation, ending)| {
        let subject = operation.strip_prefix("list_").unwrap_or(operation);
        format!("{subject}.{ending}")
    });
    let work = move |conn: &mut Conn, mut outlet: Outlet| {
        listing.check(conn, sight)?;
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
            writer.rows(&items, &mut outlet)?;
            outlet.flush()?;
            if (items.len() as i64) < CHUNK {
                break;
            }
        }
        writer.finish(conn, &mut outlet)?;
        Ok(outlet.end()?)
    };
    Ok(stream(db, format.media_type(), work).await?.kept_as(name))
}

/// The address that was asked for, without the host.
pub fn address(request: &HttpRequest) -> String {
    let asked = request.uri().path_and_query().map_or("", |asked| asked.as_str());
    utf8_percent_encode(asked, NOT_IN_ADDRESSES).to_string()
}

/// Answers with what is written to the outlet, piece by piece, once all of it is there: what fails is a problem.
pub async fn stream<F>(db: &Db, media_type: &'static str, work: F) -> Result<Answer, Problem>
where
    F: FnOnce(&mut Conn, Outlet) -> Result<()> + Send + 'static,
{
    let (sender, mut receiver) = mpsc::channel(2);
    let (begin, begun) = oneshot::channel();
    let scanned = db.clone();
    let runtime = Handle::current();
    actix_web::rt::spawn(async move {
        let failed = sender.clone();
        let outlet = Outlet {
            begin,
            vintage: (0, None),
            sender,
            runtime,
            spool: BufWriter::with_capacity(PIECE, SpooledTempFile::new(IN_MEMORY)),
            hash: Xxh3::new(),
        };
        let work = move |conn: &mut Conn| work(conn, outlet);
        if let Err(error) = scanned.scan(work).await {
            // Should the answer have begun, this cuts it off: the client sees that it is not whole.
            drop(failed.send(Err(error)).await);
        }
    });
    match begun.await {
        Ok(((head, good_until), content)) => {
            Ok(Answer::stream(head, media_type, content, receiver).good_until(good_until))
        }
        Err(_) => {
            let failed = receiver.recv().await.and_then(Result::err);
            Err(failed.unwrap_or(Error::Cancelled).into())
        }
    }
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
    begin: oneshot::Sender<(Vintage, u64)>,
    vintage: Vintage,
    sender: mpsc::Sender<Result<Vec<u8>>>,
    runtime: Handle,
    spool: BufWriter<SpooledTempFile>,
    hash: Xxh3,
}

impl Outlet {
    /// Notes what the answer is read from: the head of the ledger, and the time at which the answer changes without
    /// a write, if ever.
    pub fn is_of(&mut self, conn: &mut Conn, good_until: Option<NaiveDateTime>) -> Result<()> {
        self.vintage = (ledger::head(conn)?, good_until);
        Ok(())
    }

    /// Begins the answer, and sends all of it; even of nothing there is one.
    pub fn end(self) -> io::Result<()> {
        let mut file = self.spool.into_inner()?;
        file.rewind()?;
        if self.begin.send((self.vintage, self.hash.digest())).is_err() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            if Read::by_ref(&mut file).take(PIECE as u64).read_to_end(&mut piece)? == 0 {
                return Ok(());
            }
            // A client that stops reading must not hold a snapshot for ever. Should it go on, the error tells
            // it that this is not the whole.
            match self.runtime.block_on(tokio::time::timeout(STALLED, self.sender.send(Ok(piece)))) {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
                Err(_) => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.spool.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    /// The bytes wait for the whole; nobody waits for it who is gone.
    fn flush(&mut self) -> io::Result<()> {
        if self.begin.is_closed() { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}
