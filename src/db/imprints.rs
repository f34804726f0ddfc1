//! Imprints of bulletins: the organ that issued each, who signed it, and its numbers there. Added with the
//! bulletin and never changed.

use std::collections::HashMap;

use diesel::dsl::max;
use diesel::prelude::*;
use serde::Serialize;

use super::dialect::Conn;
use super::schema::bulletin_imprints as imprints;
use crate::domain::area_code::AreaCode;
use crate::domain::bulletin::document_number;
use crate::error::{Error, Result};

/// An imprint as stored. An organ is a name in an area: it counts its bulletins from 1 in each year, and the
/// papers under each of its document codes likewise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = imprints, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ImprintRow {
    #[serde(skip)]
    pub bulletin: i64,
    pub issuer: String,
    pub issuer_area: AreaCode,
    pub signatory: Option<String>,
    pub year: i64,
    pub issue: i64,
    pub document_code: Option<String>,
    pub document_no: Option<i64>,
}

impl ImprintRow {
    /// Its document number; none where it has no document code.
    pub fn document_number(&self) -> Option<String> {
        let (code, number) = self.document_code.as_ref().zip(self.document_no)?;
        Some(document_number(code, self.year, number))
    }
}

/// The imprint of a bulletin.
///
/// Errors: `Corrupt` when it has none.
pub fn find(conn: &mut Conn, bulletin: i64) -> Result<ImprintRow> {
    let found = imprints::table.find(bulletin).select(ImprintRow::as_select()).first(conn).optional()?;
    found.ok_or_else(|| missing(bulletin))
}

/// The imprints of these bulletins, by number.
pub fn of(conn: &mut Conn, bulletins: Vec<i64>) -> Result<HashMap<i64, ImprintRow>> {
    let rows: Vec<ImprintRow> = imprints::table
        .filter(imprints::bulletin.eq_any(bulletins))
        .select(ImprintRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.bulletin, row)).collect())
}

/// The fault of a bulletin without an imprint.
pub fn missing(bulletin: i64) -> Error {
    Error::Corrupt(format!("bulletin {bulletin} has no imprint"))
}

/// Adds an imprint under the next numbers of its organ and year, and gives it as it is stored.
pub fn insert(conn: &mut Conn, row: ImprintRow) -> Result<ImprintRow> {
    let of_year = imprints::issuer_area.eq(row.issuer_area).and(imprints::year.eq(row.year));
    let issue: Option<i64> = imprints::table
        .filter(of_year.and(imprints::issuer.eq(row.issuer.clone())))
        .select(max(imprints::issue))
        .first(conn)?;
    let document_no = match &row.document_code {
        None => None,
        Some(code) => {
            let last: Option<i64> = imprints::table
                .filter(of_year.and(imprints::document_code.eq(code.clone())))
                .select(max(imprints::document_no))
                .first(conn)?;
            Some(last.unwrap_or(0) + 1)
        }
    };
    let row = ImprintRow { issue: issue.unwrap_or(0) + 1, document_no, ..row };
    diesel::insert_into(imprints::table).values(&row).execute(conn)?;
    Ok(row)
}
