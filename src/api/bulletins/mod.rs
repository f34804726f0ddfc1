//! `GET` and `POST /bulletins`, `GET /bulletins/{no}`.

pub mod bodies;
mod imprint;
pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, get, post};
use chrono::Datelike;

use super::answer::Answer;
use super::body::Plain;
use super::format::best;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, Query};
use super::write::Write;
use super::write::done::Done;
use super::write::intent::Intent;
use super::write::parameters::DryRun;
use crate::db::bulletins::{self, BulletinFilter, BulletinRow, Issued};
use crate::db::ledger::Entry;
use crate::db::{Conn, Db, Window, areas, imprints, metrics, plans};
use crate::domain::access::Sight;
use crate::domain::bulletin::BulletinKind;
use crate::domain::id::Id;
use crate::domain::text::plain;
use crate::error::Result;
use crate::exchange::bulletins::issue::{self, Issue};
use crate::exchange::bulletins::print::Printed;
use crate::exchange::bulletins::{html, workbook};
use crate::exchange::writer::unwritable;
use bodies::{BulletinInput, Subject};
use types::{Bulletin, BulletinFormat, BulletinQuery};

impl FromFields for BulletinFilter {
    fn from_fields(fields: &mut Fields) -> BulletinFilter {
        BulletinFilter {
            metric: fields.codes("metric"),
            plan: fields.codes("plan"),
            within: fields.one("within"),
            from: fields.day("from"),
            to: fields.day("to"),
        }
    }
}

struct Bulletins {
    filter: BulletinFilter,
}

impl Listing for Bulletins {
    type Key = i64;
    type Item = Bulletin;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        metrics::check(conn, sight, "metric", &self.filter.metric)?;
        plans::check(conn, "plan", &self.filter.plan)?;
        areas::check(conn, "within", self.filter.within)
    }

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<i64>) -> Result<Vec<Bulletin>> {
        bulletins::list(conn, &self.filter, window)?.into_iter().map(Bulletin::try_from).collect()
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        bulletins::count(conn, &self.filter)
    }

    fn key(&self, bulletin: &Bulletin) -> i64 {
        bulletin.no
    }
}

/// List bulletins
///
/// Bulletins in the order of their numbers, the newest last, each with all that it says.
#[utoipa::path(
    tag = "bulletins",
    params(BulletinFilter, PageQuery),
    responses((status = 200, description = "A page of bulletins", body = Page<Bulletin>)),
)]
#[get("/bulletins")]
pub async fn list_bulletins(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(BulletinFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(&db, &request, paging, Bulletins { filter }).await
}

/// Read one bulletin
///
/// One bulletin by its number: as JSON, as a page to be printed on A4 (`html`, in Chinese), or as a workbook
/// (`xlsx`). Each is the same for ever.
#[utoipa::path(
    tag = "bulletins",
    params(("no" = Id, Path, description = "Number of the bulletin", example = 1), BulletinQuery),
    responses((
        status = 200,
        description = "The bulletin",
        content((Bulletin = "application/json"), (String = "text/html")),
    )),
)]
#[get("/bulletins/{no}")]
pub async fn show_bulletin(
    db: Data<Db>,
    request: HttpRequest,
    no: Code<Id>,
    query: Query<BulletinQuery>,
) -> Result<Answer, Problem> {
    let format = match query.0.format {
        Some(named) => named,
        None => best(&request, BulletinFormat::ALL, BulletinFormat::media_type)?,
    };
    let no = no.0.number();
    let work = move |conn: &mut Conn| {
        let issued = bulletins::find(conn, no)?;
        let body = match bulletins::print(conn, no, format.as_str())? {
            Some(kept) => kept,
            None => written(conn, &issued, format)?,
        };
        Ok((issued.bulletin.seq, body))
    };
    let read = db.read(work).await?;
    let (seq, body) = read.data;
    let name = (format == BulletinFormat::Xlsx).then(|| format!("bulletin-{no}.xlsx"));
    Ok(Answer::made(read.head, seq, format.media_type(), body).kept_as(name))
}

/// A bulletin in a format, as this program writes it.
fn written(conn: &mut Conn, issued: &Issued, format: BulletinFormat) -> Result<Vec<u8>> {
    let mut printed = || {
        let before = issued.bulletin.previous.map(|no| imprints::find(conn, no)).transpose()?;
        Printed::new(issued, before.as_ref())
    };
    match format {
        BulletinFormat::Json => serde_json::to_vec(&Bulletin::try_from(issued.clone())?).map_err(unwritable),
        BulletinFormat::Html => Ok(html::page(&printed()?).into_bytes()),
        BulletinFormat::Xlsx => workbook::book(&printed()?),
    }
}

/// Issue a bulletin
///
/// Freezes how areas rank by a metric, or how a plan stands, as the public can know it at this moment, with
/// what has changed since the bulletin before and who has not reported. What is reported or corrected later,
/// even for the same day, changes nothing of it: issue another. Internal metrics have no bulletins, and
/// internal plan items are not in them. An organ issues it and, where named, a person signs it; who entered it
/// stands in the ledger alone.
#[utoipa::path(
    tag = "bulletins",
    params(DryRun),
    request_body = BulletinInput,
    responses(
        (status = 200, description = "The bulletin as it would be, of a dry run", body = Bulletin),
        (status = 201, description = "The bulletin", body = Bulletin),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[post("/bulletins")]
pub async fn create_bulletin(
    db: Data<Db>,
    write: Write<Plain<BulletinInput>, DryRun>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        for area in ["within", "issuer_area"].iter().filter_map(|name| body.said(name)) {
            intent.may_write(&[area])?;
        }
        let Plain(body) = body.checked()?;
        let bulletin = Bulletin::try_from(insert(entry, intent, body)?)?;
        Done::created(format!("/api/v1/bulletins/{}", bulletin.no), bulletin.seq, &bulletin)
    };
    intent.commit(&db, work).await
}

fn insert(entry: &mut Entry<'_>, intent: &Intent, body: &BulletinInput) -> Result<Issued> {
    let subject = body.subject()?;
    let area = match &subject {
        Subject::Metric(ranked) => ranked.within,
        Subject::Plan(_, Some(within)) => *within,
        Subject::Plan(code, None) => issue::board::plan(entry.conn, code)?.area,
    };
    intent.may_write(&[area, body.issuer_area.unwrap_or(area)])?;
    let (date, today) = body.days(entry.at)?;
    let imprint = imprint::imprint(entry, body, area, today.year())?;
    let (kind, issue) = match &subject {
        Subject::Metric(ranked) => (BulletinKind::Metric, issue::ranking::issue(entry, ranked, date, today)?),
        Subject::Plan(code, _) => (BulletinKind::Plan, issue::board::issue(entry, code, area, date, today)?),
    };
    let Issue { title, series, previous, content } = issue;
    let bulletin = BulletinRow {
        no: 0,
        kind,
        metric: plain(body.metric.clone()),
        plan: plain(body.plan.clone()),
        area,
        date,
        title: plain(body.title.clone()).unwrap_or(title),
        series,
        previous,
        author: intent.caller.name.clone(),
        content,
        recorded_at: entry.at,
        seq: entry.seq,
    };
    let issued = bulletins::insert(entry, Issued { bulletin, imprint })?;
    for format in [BulletinFormat::Html, BulletinFormat::Xlsx] {
        let body = written(entry.conn, &issued, format)?;
        bulletins::insert_print(entry.conn, issued.bulletin.no, format.as_str(), &body)?;
    }
    Ok(issued)
}
