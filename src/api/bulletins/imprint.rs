//! Who issues a bulletin, and under which numbers it is to be counted.

use super::bodies::BulletinInput;
use crate::db::areas;
use crate::db::imprints::ImprintRow;
use crate::db::ledger::Entry;
use crate::domain::area_code::AreaCode;
use crate::domain::bulletin::check_document_code;
use crate::domain::text::plain;
use crate::error::{Fault, Invalid, Result};
use crate::exchange::bulletins::issue::unknown;

/// The imprint of a bulletin of an area in a year, before it has its numbers.
///
/// Errors: `Invalid` for an organ that is not of the area or of one above, and for names that are none.
pub fn imprint(entry: &mut Entry<'_>, body: &BulletinInput, area: AreaCode, year: i32) -> Result<ImprintRow> {
    let seat = body.issuer_area.unwrap_or(area);
    let of = areas::find(entry.conn, seat).map_err(|error| {
        unknown(error, if body.issuer_area.is_some() { "/issuer_area" } else { "/within" })
    })?;
    if !seat.subtree().contains(&area.as_i64()) {
        let (zh, en) = (
            format!("应为 {area} 或其上级区划"),
            format!("must be {area}, which the bulletin is about, or an area above it"),
        );
        return Err(Fault::pointer("/issuer_area", Invalid::new("not_above", zh, en)).into());
    }
    if let Some(code) = &body.document_code {
        check_document_code(code).map_err(|invalid| Fault::pointer("/document_code", invalid))?;
    }
    Ok(ImprintRow {
        bulletin: 0,
        issuer: plain(body.issuer.clone()).unwrap_or(of.name),
        issuer_area: seat,
        signatory: plain(body.signatory.clone()),
        year: year.into(),
        issue: 0,
        document_code: plain(body.document_code.clone()),
        document_no: None,
    })
}
