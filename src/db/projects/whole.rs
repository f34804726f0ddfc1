//! A project with what is written together with it.

use diesel::prelude::*;
use serde::Serialize;

use super::money::AmountRow;
use super::{ProjectRow, amounts, areas, find};
use crate::db::dialect::Conn;
use crate::db::ledger::{Edited, Entry};
use crate::db::schema::projects;
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::row_kind::RowKind;
use crate::error::Result;

/// A project with what is written together with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WholeProject {
    /// The project itself.
    #[serde(flatten)]
    pub row: ProjectRow,
    /// Its areas, in the order given.
    pub areas: Vec<AreaCode>,
    /// Its budget, funding and quantities. The ledger keeps them beside it.
    #[serde(skip)]
    pub amounts: Vec<AmountRow>,
}

/// A project with what is written together with it, as stored.
pub fn load(conn: &mut Conn, row: ProjectRow) -> Result<WholeProject> {
    let code = std::slice::from_ref(&row.code);
    let areas = areas(conn, code)?.into_iter().map(|(_, area)| area).collect();
    Ok(WholeProject { areas, amounts: amounts(conn, code)?, row })
}

/// A project as the ledger knows it.
pub fn edited(code: &str) -> Edited {
    Edited::new(RowKind::Project, code)
}

/// Stamps a project with an entry that wrote what belongs to it, so that its tag moves too.
pub fn restamp(entry: &mut Entry<'_>, code: &str) -> Result<()> {
    let row = find(entry.conn, Sight::ALL, code)?;
    let before = load(entry.conn, row)?;
    let mut after = before.clone();
    (after.row.seq, after.row.updated_at) = (entry.seq, entry.at);
    diesel::update(projects::table.find(code))
        .set((projects::seq.eq(entry.seq), projects::updated_at.eq(entry.at)))
        .execute(entry.conn)?;
    entry.put(edited(code).within(&before.areas), Some(&before), &after)
}
