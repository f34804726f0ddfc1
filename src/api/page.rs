//! Lists: limit, cursor, count. One envelope in JSON; the other formats are in `download.rs`.

use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::access;
use super::answer::Answer;
use super::download;
use super::format::{Format, TableFormat};
use super::listing::Listing;
use super::problem::Problem;
use super::query::{Fields, FromFields};
use super::turns;
use crate::db::turns::Turn;
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::error::{Fault, Invalid, Result};
use crate::exchange::table;
use crate::exchange::writer::unwritable;

/// Paging and format of a list.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items on a page of JSON. A download in another format is always whole.
    #[param(required = false, minimum = 1, maximum = 1000, default = 50, example = 2)]
    pub limit: i64,
    /// Where to go on: `next` of the page before. Opaque.
    #[param(required = false, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
    /// `exact` adds the number of all items as `count`.
    #[param(required = false, inline, value_type = Option<CountMode>)]
    pub count: Option<CountMode>,
    /// Format of the answer; wins over the Accept header. Only JSON has pages. A download that takes too long to be
    /// put together is a 503 `unavailable`, and one that is read too slowly is cut off: pages can be resumed by
    /// `cursor`.
    #[param(required = false, inline, value_type = Option<TableFormat>)]
    pub format: Option<Format>,
    /// Starts a CSV file with a byte-order mark, which some spreadsheets need to read Chinese.
    #[param(required = false, default = false)]
    pub bom: bool,
}

crate::domain::codes::codes! {
    /// Whether to count all items of a list.
    CountMode ("计数方式", "count") {
        Exact = "exact" ("精确", "Counts all items"),
    }
}

impl PageQuery {
    fn new(fields: &mut Fields, format: Option<Format>) -> PageQuery {
        PageQuery {
            limit: fields.number("limit", 1, 1000).unwrap_or(50),
            cursor: fields.text("cursor"),
            count: fields.one("count"),
            format,
            bom: fields.flag("bom"),
        }
    }
}

impl FromFields for PageQuery {
    fn from_fields(fields: &mut Fields) -> PageQuery {
        let format = fields.one("format").map(|TableFormat(format)| format);
        PageQuery::new(fields, format)
    }
}

/// Paging and format of a list that is a cube, see [`Listing::cube`].
#[derive(Debug, Clone)]
pub struct CubeQuery(pub PageQuery);

impl IntoParams for CubeQuery {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = PageQuery::into_params(place);
        for parameter in parameters.iter_mut().filter(|parameter| parameter.name == "format") {
            parameter.schema = Some(<Format as utoipa::PartialSchema>::schema());
        }
        parameters
    }
}

impl FromFields for CubeQuery {
    fn from_fields(fields: &mut Fields) -> CubeQuery {
        let format = fields.one("format");
        CubeQuery(PageQuery::new(fields, format))
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page, in the order of the list.
    pub items: Vec<T>,
    /// Cursor of the next page; null on the last.
    pub next: Option<String>,
    /// Number of all items, with `count=exact` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

/// One page of something worked out: what its items share, and the items.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics<M, T> {
    /// What all items share: metric, unit, method, coverage.
    pub meta: M,
    /// The items of this page, in their order.
    pub items: Vec<T>,
    /// Cursor of the next page; null on the last.
    pub next: Option<String>,
    /// Number of all items, with `count=exact` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

/// Writes a cursor, which says of which list it is, and in which order, beside the place itself.
pub fn encode<K: Serialize>(list: &str, key: &K) -> Result<String> {
    let json = serde_json::to_vec(&(list, key)).map_err(unwritable)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// Reads the place that a cursor of a list leads to.
///
/// Errors: `invalid_cursor`, of this parameter.
pub fn decode<K: DeserializeOwned>(
    parameter: &str,
    list: &str,
    cursor: &str,
    takes: impl Fn(&K) -> bool,
) -> Result<K, Problem> {
    // A cursor made by hand may hold what no database takes: a NUL, or a year of more than four digits.
    let strange = |text: &str| text.contains("\\u0000") || text.contains("\"-") || text.contains("\"+");
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|json| String::from_utf8(json).ok())
        .filter(|json| !strange(json))
        .and_then(|json| serde_json::from_str::<(String, K)>(&json).ok())
        .filter(|(of, key)| of == list && takes(key))
        .map(|(_, key)| key)
        .ok_or_else(|| {
            let invalid = Invalid::new(
                "invalid_cursor",
                "游标无效或属于另一种排序；请使用上一页的 next",
                "is no cursor of this list in this order; use next of the page before",
            );
            Problem::parameters(vec![Fault::parameter(parameter, invalid)])
        })
}

/// Answers a list as the request wants it.
pub async fn list<L: Listing>(
    db: &Db,
    request: &HttpRequest,
    query: PageQuery,
    listing: L,
) -> Result<Answer, Problem> {
    let offered = if listing.cube().is_some() { Format::ALL } else { Format::TABLES };
    let asked = Asked::new(request, &query, offered, &listing.order(), |key| listing.takes(key))?;
    let is_long = listing.is_long();
    let check = move |conn: &mut Conn, sight| {
        listing.check(conn, sight)?;
        Ok(listing)
    };
    answer(db, request, query, asked, is_long, check).await
}

/// As [`list`], of what is worked out as a whole before any of it can be shown.
pub async fn list_worked_out<L, F>(
    db: &Db,
    request: &HttpRequest,
    CubeQuery(query): CubeQuery,
    work_out: F,
) -> Result<Answer, Problem>
where
    L: Listing,
    F: FnOnce(&mut Conn, Sight) -> Result<L> + Send + 'static,
{
    let asked = Asked::new(request, &query, Format::ALL, "", |_| true)?;
    answer(db, request, query, asked, true, work_out).await
}

/// What of a list is asked for, and how.
struct Asked<K> {
    format: Format,
    /// The list and its order, for cursors.
    list: String,
    after: Option<K>,
}

impl<K: DeserializeOwned> Asked<K> {
    fn new(
        request: &HttpRequest,
        query: &PageQuery,
        offered: &[Format],
        order: &str,
        takes: impl Fn(&K) -> bool,
    ) -> Result<Asked<K>, Problem> {
        let format = Format::negotiate(request, query.format, offered)?;
        let list = format!("{} {order}", request.path());
        let after =
            query.cursor.as_deref().map(|cursor| decode("cursor", &list, cursor, takes)).transpose()?;
        Ok(Asked { format, list, after })
    }
}

async fn answer<L, F>(
    db: &Db,
    request: &HttpRequest,
    query: PageQuery,
    asked: Asked<L::Key>,
    is_long: bool,
    open: F,
) -> Result<Answer, Problem>
where
    L: Listing,
    F: FnOnce(&mut Conn, Sight) -> Result<L> + Send + 'static,
{
    match asked.format {
        Format::Json => page(db, request, query, asked, is_long, open).await,
        format => download::download(db, request, format, query.bom, asked.after, open).await,
    }
}

async fn page<L, F>(
    db: &Db,
    request: &HttpRequest,
    query: PageQuery,
    asked: Asked<L::Key>,
    is_long: bool,
    open: F,
) -> Result<Answer, Problem>
where
    L: Listing,
    F: FnOnce(&mut Conn, Sight) -> Result<L> + Send + 'static,
{
    // Counting looks at all of the list, however short the page.
    let is_long = is_long || query.count.is_some();
    let (limit, sight) = (query.limit, access::sight(request));
    let Asked { list, after, .. } = asked;
    let work = move |conn: &mut Conn| {
        let listing = open(conn, sight)?;
        let good_until = listing.good_until(conn)?;
        let limit = listing.at_once(conn, &Window { after: after.as_ref(), limit })?;
        // One row more than the page: that, and not a full page, tells whether there is a next.
        let mut items = listing.page(conn, sight, &Window { after, limit: limit + 1 })?;
        let more = items.len() as i64 > limit;
        items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = match items.last() {
            Some(last) if more || listing.is_endless() => Some(encode(&list, &listing.key(last))?),
            _ => None,
        };
        let count = query.count.map(|CountMode::Exact| listing.count(conn, sight)).transpose()?;
        let meta = listing.meta(conn, sight)?;
        let fields = listing.fields();
        let body = if fields.is_empty() {
            envelope(meta, items, next.clone(), count)?
        } else {
            let items = items.iter().map(|item| table::keep(item, fields)).collect::<Result<Vec<_>>>()?;
            envelope(meta, items, next.clone(), count)?
        };
        Ok((body, next, good_until))
    };
    let snapshot =
        if is_long { turns::scan(db, request, Turn::RollUp, work).await? } else { db.read(work).await? };
    let (body, next, good_until) = snapshot.data;
    let mut answer = Answer::json(snapshot.head, body).good_until(good_until);
    if let Some(next) = next {
        answer = answer.link_next(&next_address(request, &next));
    }
    Ok(answer)
}

fn envelope<T: Serialize>(
    meta: Option<Value>,
    items: Vec<T>,
    next: Option<String>,
    count: Option<i64>,
) -> Result<Vec<u8>> {
    let body = match meta {
        Some(meta) => serde_json::to_vec(&Statistics { meta, items, next, count }),
        None => serde_json::to_vec(&Page { items, next, count }),
    };
    body.map_err(unwritable)
}

/// The address of the next page: this request's, with another cursor.
fn next_address(request: &HttpRequest, next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(
        form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor"),
    );
    query.append_pair("cursor", next);
    format!("{}?{}", request.path(), query.finish())
}
