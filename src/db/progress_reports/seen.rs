//! Progress reports as their reader sees them: with the attachments and the observations that they name.

use itertools::Itertools;

use super::{ProgressReportRow, attachments, observations};
use crate::db::Conn;
use crate::db::observations as figures;
use crate::db::sight::Moment;
use crate::error::Result;

/// A progress report as its reader sees it.
#[derive(Debug, Clone)]
pub struct SeenReport {
    /// The report.
    pub row: ProgressReportRow,
    /// Ids of its attachments, in the order given.
    pub attachments: Vec<String>,
    /// Ids of the observations that it speaks of, in the order given, as far as the reader sees them.
    pub observations: Vec<i64>,
}

/// Progress reports as a reader sees them, in the order of the rows.
pub fn seen(conn: &mut Conn, moment: Moment, rows: Vec<ProgressReportRow>) -> Result<Vec<SeenReport>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut attached = attachments(conn, &ids)?.into_iter().into_group_map();
    let linked = observations(conn, &ids)?;
    let seen = figures::current_among(conn, moment, linked.iter().map(|(_, id)| *id).collect())?;
    let mut spoken_of = linked.into_iter().filter(|(_, id)| seen.contains(id)).into_group_map();
    let with_links = |row: ProgressReportRow| SeenReport {
        attachments: attached.remove(&row.id).unwrap_or_default(),
        observations: spoken_of.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(with_links).collect())
}
