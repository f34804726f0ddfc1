//! `GET /search`.

pub mod types;

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Fields, FromFields, Query};
use crate::db::search::{self, HitKey, SearchFilter};
use crate::db::{Conn, Db, Window, areas};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::error::{Invalid, Result};
use types::Hit;

impl FromFields for SearchFilter {
    fn from_fields(fields: &mut Fields) -> SearchFilter {
        let q = fields.one("q");
        if q.is_none() && !fields.is_faulty("q") {
            let message = ("缺少要查找的词", "is missing: say what to look for");
            fields.fault("q", Invalid::new("missing", message.0, message.1));
        }
        SearchFilter { q: q.unwrap_or_default(), kinds: fields.many("kinds"), within: fields.one("within") }
    }
}

impl Listing for SearchFilter {
    type Key = HitKey;
    type Item = Hit;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        areas::check(conn, "within", self.within)
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<HitKey>) -> Result<Vec<Hit>> {
        let rows = search::list(conn, sight, self, window)?;
        let ids = rows.iter().map(|(_, row)| row.id).collect();
        let areas: HashMap<i64, AreaCode> = search::first_areas(conn, ids)?.into_iter().collect();
        Ok(rows
            .into_iter()
            .map(|(rank, row)| {
                let area = areas.get(&row.id).copied();
                Hit::new(rank, row, area, &self.q)
            })
            .collect())
    }

    /// A character that is everywhere finds everything.
    fn is_long(&self) -> bool {
        true
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        search::count(conn, sight, self)
    }

    fn key(&self, hit: &Hit) -> HitKey {
        hit.key.clone()
    }
}

/// Search
///
/// Finds areas, metrics, projects, plan items and reports by Chinese or Latin words: first those
/// whose name, alias or code has the words, then those whose description has them.
#[utoipa::path(
    tag = "search",
    params(SearchFilter, PageQuery),
    responses((status = 200, description = "A page of hits", body = Page<Hit>)),
)]
#[get("/search")]
pub async fn list_search_hits(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(SearchFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(&db, &request, paging, filter).await
}
