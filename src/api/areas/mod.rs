//! `GET /areas`; `GET`, `PUT` and `PATCH /areas/{code}`.

pub mod overview;
pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, get, patch, put};
use itertools::Itertools;

use super::answer::Answer;
use super::body::held::Held;
use super::body::rows::{Put, same_code};
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use super::write::Write;
use super::write::done::Done;
use super::write::intent::Intent;
use crate::db::areas::{self, AreaFilter, AreaRow};
use crate::db::idempotency::Reply;
use crate::db::ledger::Entry;
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::error::{Result, only};
use crate::exchange::drafts::Draft;
use crate::exchange::drafts::area::AreaDraft;
use types::{Area, AreaChanges, AreaInput};

impl FromFields for AreaFilter {
    fn from_fields(fields: &mut Fields) -> AreaFilter {
        AreaFilter {
            level: fields.many("level"),
            kind: fields.many("kind"),
            parent: fields.one("parent"),
            within: fields.one("within"),
            q: fields.one("q"),
            valid_on: fields.day("valid_on"),
        }
    }
}

/// Areas as they go over the wire, in the order of the rows.
pub fn wire(conn: &mut Conn, rows: Vec<AreaRow>) -> Result<Vec<Area>> {
    let codes: Vec<AreaCode> = rows.iter().map(|row| row.code).collect();
    let mut successors = areas::successors(conn, &codes)?.into_iter().into_group_map();
    let highlights = areas::highlights(conn, &codes)?.into_iter().map(|row| (row.area, row.into()));
    let mut highlights = highlights.into_iter().into_group_map();
    rows.into_iter()
        .map(|row| {
            let successors = successors.remove(&row.code).unwrap_or_default();
            let highlights = highlights.remove(&row.code).unwrap_or_default();
            Area::new(row, successors, highlights)
        })
        .collect()
}

/// One area as it goes over the wire.
pub fn shown(conn: &mut Conn, row: AreaRow) -> Result<Area> {
    only(wire(conn, vec![row])?)
}

impl Listing for AreaFilter {
    type Key = AreaCode;
    type Item = Area;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        areas::check(conn, "parent", self.parent)?;
        areas::check(conn, "within", self.within)
    }

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<AreaCode>) -> Result<Vec<Area>> {
        let rows = areas::list(conn, self, window)?;
        wire(conn, rows)
    }

    /// Names are compared one by one.
    fn is_long(&self) -> bool {
        self.q.is_some() && self.parent.is_none()
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        areas::count(conn, self)
    }

    fn key(&self, area: &Area) -> AreaCode {
        area.code
    }
}

/// List areas
///
/// Administrative divisions in order of their official code.
#[utoipa::path(
    tag = "areas",
    params(AreaFilter, PageQuery),
    responses((status = 200, description = "A page of areas", body = Page<Area>)),
)]
#[get("/areas")]
pub async fn list_areas(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(AreaFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(&db, &request, paging, filter).await
}

/// Read one area
///
/// One administrative division by its official code of 2, 4, 6, 9 or 12 digits.
#[utoipa::path(
    tag = "areas",
    params((
        "code" = AreaCode,
        Path,
        description = "Official code of 2, 4, 6, 9 or 12 digits",
        example = "430681107000",
    )),
    responses((status = 200, description = "The area", body = Area)),
)]
#[get("/areas/{code}")]
pub async fn show_area(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<AreaCode>,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let row = db
        .read(move |conn| {
            let row = areas::find(conn, code.0)?;
            shown(conn, row)
        })
        .await?;
    Answer::one(&request, row.data.seq, &row)
}

/// Create or replace an area
///
/// Puts an area under a code of 2, 4, 6, 9 or 12 digits: a new one with `If-None-Match: *`, in the place of
/// the old one with `If-Match`. Absent members have their defaults: without highlights it is known for
/// nothing. The code must lie within the area of the key.
#[utoipa::path(
    tag = "areas",
    params((
        "code" = AreaCode,
        Path,
        description = "Official code of 2, 4, 6, 9 or 12 digits",
        example = "430681107000",
    )),
    request_body = AreaInput,
    responses(
        (status = 200, description = "The area, replaced", body = Area),
        (status = 201, description = "The area, created", body = Area),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[put("/areas/{code}")]
pub async fn replace_area(
    db: Data<Db>,
    write: Write<Put<AreaDraft>>,
    code: Code<AreaCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = areas::get(entry.conn, code.0)?;
        intent.may_write(&[code.0])?;
        intent.matches_or_creates(before.as_ref().map(|area| area.seq))?;
        let told = before.clone().map(|before| shown(entry.conn, before)).transpose()?;
        let draft = body.checked_with(entry.conn, Sight::ALL, AreaDraft::REFERENCES)?.over(told.as_ref())?;
        same_code(&draft.code, &code.0)?;
        if let Some(before) = before {
            return replace(entry, &before, draft);
        }
        draft.check_references(entry.conn, Sight::ALL)?;
        draft.insert(entry)?;
        let row = areas::find(entry.conn, code.0)?;
        let area = shown(entry.conn, row)?;
        Done::created(format!("/api/v1/areas/{}", code.0), area.seq, &area)
    };
    intent.commit(&db, work).await
}

/// Change an area
///
/// A merge patch (RFC 7396): absent members stay, null clears. Lists are replaced as a whole, highlights
/// too. The code must lie within the area of the key.
#[utoipa::path(
    tag = "areas",
    params((
        "code" = AreaCode,
        Path,
        description = "Official code of 2, 4, 6, 9 or 12 digits",
        example = "430681107000",
    )),
    request_body(content = AreaChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The area, changed", body = Area)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/areas/{code}")]
pub async fn update_area(
    db: Data<Db>,
    write: Write<AreaChanges>,
    code: Code<AreaCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = areas::find(entry.conn, code.0)?;
        change(entry, intent, before, &body, None)
    };
    intent.commit(&db, work).await
}

/// Changes an area, or only these members of it, and answers with it.
pub fn change(
    entry: &mut Entry<'_>,
    intent: &Intent,
    before: AreaRow,
    changes: &Held<AreaChanges>,
    only: Option<&[&str]>,
) -> Result<Reply> {
    intent.may_write(&[before.code])?;
    let area = shown(entry.conn, before.clone())?;
    intent.matches(before.seq)?;
    let draft = changes.checked()?.within(&area, only)?.onto(&area)?;
    replace(entry, &before, &draft)
}

fn replace(entry: &mut Entry<'_>, before: &AreaRow, draft: &AreaDraft) -> Result<Reply> {
    draft.check_references(entry.conn, Sight::ALL)?;
    let (row, parts) = draft.rows(entry)?;
    areas::update(entry, before, &row, &parts)?;
    let row = areas::find(entry.conn, row.code)?;
    let area = shown(entry.conn, row)?;
    Done::row(area.seq, &area)
}
