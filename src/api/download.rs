//! Downloads: a whole selection in one of the formats of files, read from one snapshot and sent piece by
//! piece, so that memory does not grow with it.

use std::io::{self, Write};
use std::time::Duration;

use actix_web::HttpRequest;
use chrono::NaiveDateTime;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

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
        let head = outlet.is_of(conn, good_until)?;
        let about = About {
            address,
            head,
            updated: ledger::last_written(conn)?,
            meta: listing.meta(conn, sight)?.unwrap_or(Value::Null),
        };
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

/// Answers with what is written to the outlet, piece by piece. What fails before the first byte is a problem.
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
            begin: Some((begin, (0, None))),
            sender: Some(sender),
            runtime,
            piece: Vec::with_capacity(PIECE),
        };
        let work = move |conn: &mut Conn| work(conn, outlet);
        if let Err(error) = scanned.scan(work).await {
            // Once the answer has begun, this cuts it off: the client sees that it is not whole.
            drop(failed.send(Err(error)).await);
        }
    });
    match begun.await {
        Ok((head, good_until)) => Ok(Answer::stream(head, media_type, receiver).good_until(good_until)),
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

/// Where the bytes of a download go. The answer begins with the first of them: what fails before is
/// still a problem document.
pub struct Outlet {
    begin: Option<(oneshot::Sender<Vintage>, Vintage)>,
    /// None when the client has gone, or is given up: writers try once more as they are dropped.
    sender: Option<mpsc::Sender<Result<Vec<u8>>>>,
    runtime: Handle,
    piece: Vec<u8>,
}

impl Outlet {
    /// Notes what the answer is read from, before anything is written: the head of the ledger, which it gives,
    /// and the time at which the answer changes without a write, if ever.
    pub fn is_of(&mut self, conn: &mut Conn, good_until: Option<NaiveDateTime>) -> Result<i64> {
        let head = ledger::head(conn)?;
        if let Some((_, vintage)) = &mut self.begin {
            *vintage = (head, good_until);
        }
        Ok(head)
    }

    /// Sends what is left; even of nothing there is an answer.
    pub fn end(mut self) -> io::Result<()> {
        self.flush()?;
        self.begin();
        Ok(())
    }

    fn begin(&mut self) {
        if let Some((begin, vintage)) = self.begin.take() {
            // The client may be gone; sending the bytes finds out.
            let _ = begin.send(vintage);
        }
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            // Nobody waits for a file that is still being put together.
            let gone = self.begin.as_ref().is_some_and(|(begin, _)| begin.is_closed());
            return if gone { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) };
        }
        let Some(sender) = self.sender.take() else { return Err(io::ErrorKind::BrokenPipe.into()) };
        self.begin();
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        // A client that stops reading must not hold a snapshot for ever. Should it go on, the error tells
        // it that this is not the whole.
        match self.runtime.block_on(tokio::time::timeout(STALLED, sender.send(Ok(piece)))) {
            Ok(Ok(())) => {
                self.sender = Some(sender);
                Ok(())
            }
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
