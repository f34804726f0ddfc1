//! `GET /areas`, `GET /areas/{code}`.

pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::page::{self, Listing, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use crate::db::areas::{self, AreaFilter, AreaRow};
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::error::{Error, Result};
use types::{Area, gather};

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
    let mut successors = gather(areas::successors(conn, &codes)?);
    let highlights = areas::highlights(conn, &codes)?.into_iter().map(|row| (row.area, row.into()));
    let mut highlights = gather(highlights);
    rows.into_iter()
        .map(|row| {
            let successors = successors.remove(&row.code).unwrap_or_default();
            let highlights = highlights.remove(&row.code).unwrap_or_default();
            Area::new(row, successors, highlights)
        })
        .collect()
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
#[utoipa::path(tag = "areas", params(AreaFilter, PageQuery), responses((status = 200, description = "A page of areas", body = Page<Area>)))]
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
#[utoipa::path(tag = "areas", params(("code" = AreaCode, Path, description = "Official code of 2, 4, 6, 9 or 12 digits", example = "430681107000")), responses((status = 200, description = "The area", body = Area)))]
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
            wire(conn, vec![row])?.pop().ok_or(Error::Cancelled)
        })
        .await?;
    Answer::one(&request, row.data.seq, &row)
}
