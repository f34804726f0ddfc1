//! `GET /units`.

pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Fields, FromFields, Query};
use crate::db::units::{self, UnitFilter};
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::error::Result;
use types::Unit;

impl FromFields for UnitFilter {
    fn from_fields(fields: &mut Fields) -> UnitFilter {
        UnitFilter { dimension: fields.words("dimension") }
    }
}

impl Listing for UnitFilter {
    type Key = String;
    type Item = Unit;

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<String>) -> Result<Vec<Unit>> {
        units::list(conn, self, window)?.into_iter().map(Unit::try_from).collect()
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        units::count(conn, self)
    }

    fn key(&self, unit: &Unit) -> String {
        unit.code.clone()
    }
}

/// List units
///
/// Units of measure in order of their code, with their exact factors.
#[utoipa::path(
    tag = "units",
    params(UnitFilter, PageQuery),
    responses((status = 200, description = "A page of units", body = Page<Unit>)),
)]
#[get("/units")]
pub async fn list_units(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(UnitFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(&db, &request, paging, filter).await
}
