//! Bulletins: rows and queries. They are added and read, and neither changed nor deleted: the database itself
//! refuses it. What stands in them was public when they were written, so everybody sees them all.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::max;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::IntoParams;

use super::dialect::{Backend, Conn};
use super::imprints::ImprintRow;
use super::ledger::{Edited, Entry};
use super::schema::{bulletin_prints as prints, bulletins};
use super::{Window, imprints};
use crate::domain::area_code::AreaCode;
use crate::domain::bulletin::BulletinKind;
use crate::domain::code::Code;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result, Thing};

/// A bulletin as stored. `series` names what can be compared from one to the next within an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = bulletins, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct BulletinRow {
    pub no: i64,
    pub kind: BulletinKind,
    pub metric: Option<String>,
    pub plan: Option<String>,
    pub area: AreaCode,
    pub date: NaiveDate,
    pub title: String,
    pub series: String,
    pub previous: Option<i64>,
    pub author: String,
    /// JSON. The row keeps it for ever, so the ledger does not keep it a second time.
    #[serde(skip)]
    pub content: String,
    pub recorded_at: NaiveDateTime,
    pub seq: i64,
}

/// A bulletin with its imprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issued {
    /// What it is about and what it says.
    #[serde(flatten)]
    pub bulletin: BulletinRow,
    /// Who issued it, and its numbers there.
    #[serde(flatten)]
    pub imprint: ImprintRow,
}

/// Which bulletins a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BulletinFilter {
    /// Bulletins about these metrics, repeated or comma-separated.
    #[param(value_type = Vec<Code>, example = json!(["land.management_right.certified_area"]))]
    pub metric: Vec<String>,
    /// Bulletins about these plans, repeated or comma-separated.
    #[param(value_type = Vec<Code>)]
    pub plan: Vec<String>,
    /// Bulletins of this area and all below it. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Bulletins of this day and later.
    #[param(example = "2023-01-01")]
    pub from: Option<NaiveDate>,
    /// Bulletins of this day and earlier.
    #[param(example = "2023-12-31")]
    pub to: Option<NaiveDate>,
}

fn select(filter: &BulletinFilter) -> bulletins::BoxedQuery<'static, Backend> {
    let mut query = bulletins::table.into_boxed();
    if !filter.metric.is_empty() {
        query = query.filter(bulletins::metric.eq_any(filter.metric.clone()));
    }
    if !filter.plan.is_empty() {
        query = query.filter(bulletins::plan.eq_any(filter.plan.clone()));
    }
    if let Some(within) = filter.within {
        let (first, last) = within.subtree().into_inner();
        query = query.filter(bulletins::area.between(first, last));
    }
    if let Some(from) = filter.from {
        query = query.filter(bulletins::date.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(bulletins::date.le(to));
    }
    query
}

/// Bulletins in the order of their numbers.
pub fn list(conn: &mut Conn, filter: &BulletinFilter, window: &Window<i64>) -> Result<Vec<Issued>> {
    let rows: Vec<BulletinRow> = select(filter)
        .filter(bulletins::no.gt(window.after.unwrap_or(0)))
        .select(BulletinRow::as_select())
        .order(bulletins::no)
        .limit(window.limit)
        .load(conn)?;
    let mut imprints = imprints::of(conn, rows.iter().map(|row| row.no).collect())?;
    let issued = |bulletin: BulletinRow| {
        let imprint = imprints.remove(&bulletin.no).ok_or_else(|| imprints::missing(bulletin.no))?;
        Ok(Issued { bulletin, imprint })
    };
    rows.into_iter().map(issued).collect()
}

/// How many bulletins the filter selects.
pub fn count(conn: &mut Conn, filter: &BulletinFilter) -> Result<i64> {
    Ok(select(filter).count().get_result(conn)?)
}

/// The bulletin with this number.
///
/// Errors: `NotFound` when there is none.
pub fn find(conn: &mut Conn, no: i64) -> Result<Issued> {
    let found = bulletins::table.find(no).select(BulletinRow::as_select()).first(conn).optional()?;
    let bulletin = found.ok_or_else(|| Error::NotFound { what: Thing::Bulletin, key: no.to_string() })?;
    Ok(Issued { bulletin, imprint: imprints::find(conn, no)? })
}

/// The last bulletin of a series in an area for an earlier day; of several for that day the newest.
pub fn before(conn: &mut Conn, series: &str, area: AreaCode, date: NaiveDate) -> Result<Option<BulletinRow>> {
    Ok(bulletins::table
        .filter(bulletins::series.eq(series).and(bulletins::area.eq(area)).and(bulletins::date.lt(date)))
        .order((bulletins::date.desc(), bulletins::no.desc()))
        .select(BulletinRow::as_select())
        .first(conn)
        .optional()?)
}

/// How many bulletins are about a metric.
pub fn of_metric(conn: &mut Conn, code: &str) -> Result<i64> {
    Ok(bulletins::table.filter(bulletins::metric.eq(code)).count().get_result(conn)?)
}

/// How many bulletins are about a plan.
pub fn of_plan(conn: &mut Conn, code: &str) -> Result<i64> {
    Ok(bulletins::table.filter(bulletins::plan.eq(code)).count().get_result(conn)?)
}

/// Adds a bulletin under the next numbers and gives it as it is stored. Entries come one after the other, so
/// that no number is taken twice or left out.
pub fn insert(entry: &mut Entry<'_>, issued: Issued) -> Result<Issued> {
    let Issued { bulletin, imprint } = issued;
    let last: Option<i64> = bulletins::table.select(max(bulletins::no)).first(entry.conn)?;
    let bulletin = BulletinRow { no: last.unwrap_or(0) + 1, ..bulletin };
    diesel::insert_into(bulletins::table).values(&bulletin).execute(entry.conn)?;
    let imprint = imprints::insert(entry.conn, ImprintRow { bulletin: bulletin.no, ..imprint })?;
    let issued = Issued { bulletin, imprint };
    entry.put(
        Edited::new(RowKind::Bulletin, issued.bulletin.no).within(&[issued.bulletin.area]),
        None,
        &issued,
    )?;
    Ok(issued)
}

/// Keeps a bulletin as it was printed when it was issued.
pub fn insert_print(conn: &mut Conn, no: i64, format: &str, body: &[u8]) -> Result<()> {
    diesel::insert_into(prints::table)
        .values((prints::bulletin.eq(no), prints::format.eq(format), prints::body.eq(body)))
        .execute(conn)?;
    Ok(())
}

/// A bulletin as it was printed when it was issued; none of those that were issued before prints were kept.
pub fn print(conn: &mut Conn, no: i64, format: &str) -> Result<Option<Vec<u8>>> {
    Ok(prints::table.find((no, format)).select(prints::body).first(conn).optional()?)
}
