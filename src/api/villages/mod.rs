//! `GET /villages`, `GET /villages/{code}`.

pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::areas::types::{Area, gather};
use super::page::{self, Listing, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use crate::db::areas::{self, AreaRow, VillageFilter};
use crate::db::{Conn, Db, Window};
use crate::domain::area_code::AreaCode;
use crate::error::Result;
use types::Village;

impl FromFields for VillageFilter {
    fn from_fields(fields: &mut Fields) -> VillageFilter {
        VillageFilter {
            within: fields.one("within"),
            kind: fields.many("kind"),
            q: fields.text("q"),
            highlight: fields.many("highlight"),
        }
    }
}

fn wire(conn: &mut Conn, rows: Vec<AreaRow>) -> Result<Vec<Village>> {
    let codes: Vec<AreaCode> = rows.iter().map(|row| row.code).collect();
    let mut successors = gather(areas::successors(conn, &codes)?);
    let mut highlights =
        gather(areas::highlights(conn, &codes)?.into_iter().map(|row| (row.area, row.into())));
    rows.into_iter()
        .map(|row| {
            let code = row.code;
            let area = Area::new(row, successors.remove(&code).unwrap_or_default())?;
            Ok(Village::new(area, highlights.remove(&code).unwrap_or_default()))
        })
        .collect()
}

impl Listing for VillageFilter {
    type Key = AreaCode;
    type Item = Village;

    fn check(&self, conn: &mut Conn) -> Result<()> {
        areas::check(conn, "within", self.within)
    }

    fn page(&self, conn: &mut Conn, window: &Window<AreaCode>) -> Result<Vec<Village>> {
        let rows = areas::list_villages(conn, self, window)?;
        wire(conn, rows)
    }

    fn count(&self, conn: &mut Conn) -> Result<i64> {
        areas::count_villages(conn, self)
    }

    fn key(&self, village: &Village) -> AreaCode {
        village.code
    }
}

/// List villages
///
/// Villages 村 and communities 社区 in order of their official code.
#[utoipa::path(tag = "villages", params(VillageFilter, PageQuery), responses((status = 200, description = "A page of villages", body = Page<Village>)))]
#[get("/villages")]
pub async fn list_villages(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(VillageFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(&db, &request, paging, filter).await
}

/// Read one village
///
/// One village or community by its official code. An area of another level is a 404 here.
#[utoipa::path(tag = "villages", params(("code" = String, Path, description = "Official code of 12 digits", example = "430681107223")), responses((status = 200, description = "The village", body = Village)))]
#[get("/villages/{code}")]
pub async fn show_village(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<AreaCode>,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let row = db
        .read(move |conn| {
            let row = areas::find_village(conn, code.0)?;
            let successors = areas::successors(conn, &[row.code])?.into_iter().map(|(_, to)| to).collect();
            let highlights = areas::highlights(conn, &[row.code])?.into_iter().map(Into::into).collect();
            Ok(Village::new(Area::new(row, successors)?, highlights))
        })
        .await?;
    Answer::one(&request, row.data.seq, &row)
}
