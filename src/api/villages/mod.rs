//! `GET /villages`; `GET` and `PATCH /villages/{code}`: the areas of level village, with the members of every
//! area.

pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, get, patch};

use super::answer::Answer;
use super::areas::types::Area;
use super::areas::types::AreaChanges;
use super::areas::{change, shown, wire};
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use super::write::Write;
use super::write::done::Done;
use super::write::intent::Intent;
use crate::db::areas::{self, VillageFilter};
use crate::db::ledger::Entry;
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::error::Result;
use types::VillageChanges;

impl FromFields for VillageFilter {
    fn from_fields(fields: &mut Fields) -> VillageFilter {
        VillageFilter {
            within: fields.one("within"),
            kind: fields.many("kind"),
            q: fields.one("q"),
            highlight: fields.many("highlight"),
        }
    }
}

impl Listing for VillageFilter {
    type Key = AreaCode;
    type Item = Area;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        areas::check(conn, "within", self.within)
    }

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<AreaCode>) -> Result<Vec<Area>> {
        let rows = areas::list_villages(conn, self, window)?;
        wire(conn, rows)
    }

    /// Names are compared one by one.
    fn is_long(&self) -> bool {
        self.q.is_some()
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        areas::count_villages(conn, self)
    }

    fn key(&self, village: &Area) -> AreaCode {
        village.code
    }
}

/// List villages
///
/// Villages 村 and communities 社区 in order of their official code.
#[utoipa::path(
    tag = "villages",
    params(VillageFilter, PageQuery),
    responses((status = 200, description = "A page of villages", body = Page<Area>)),
)]
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
#[utoipa::path(
    tag = "villages",
    params(("code" = AreaCode, Path, description = "Official code of 12 digits", example = "430681107223")),
    responses((status = 200, description = "The village", body = Area)),
)]
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
            shown(conn, row)
        })
        .await?;
    Answer::one(&request, row.data.seq, &row)
}

/// Change a village
///
/// What a village is known for, its point and its other names: a merge patch (RFC 7396), in which absent
/// members stay and null clears. The list of highlights is replaced as a whole. All else of a village is
/// changed as that of an area. The code must lie within the area of the key.
#[utoipa::path(
    tag = "villages",
    params(("code" = AreaCode, Path, description = "Official code of 12 digits", example = "430681107223")),
    request_body(content = VillageChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The village, changed", body = Area)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/villages/{code}")]
pub async fn update_village(
    db: Data<Db>,
    write: Write<AreaChanges>,
    code: Code<AreaCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = areas::find_village(entry.conn, code.0)?;
        change(entry, intent, before, &body, Some(VillageChanges::MEMBERS))
    };
    intent.commit(&db, work).await
}
