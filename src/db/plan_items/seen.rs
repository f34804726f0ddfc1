//! Plan items as a reader sees them: without what may not be seen, and with the stamps of what the reader sees.

use chrono::NaiveDateTime;

use super::whole::{self, scope};
use super::{PlanItemRow, seen_among};
use crate::db::dialect::Conn;
use crate::db::sight::Moment;
use crate::db::{metrics, observations, stamps};
use crate::domain::access::{Reach, Sight};
use crate::domain::codes::Visibility;
use crate::domain::row_kind::RowKind;
use crate::error::Result;

/// These items without the references to metrics, targets and items that may not be seen, with the stamps that
/// the reader sees.
pub fn seen(
    conn: &mut Conn,
    sight: Sight,
    mut rows: Vec<PlanItemRow>,
    now: NaiveDateTime,
) -> Result<Vec<PlanItemRow>> {
    let metrics =
        metrics::seen_among(conn, sight, rows.iter().filter_map(|row| row.metric.clone()).collect())?;
    let targets = rows.iter().filter_map(|row| row.target).collect();
    let targets = observations::known_among(conn, Moment::new(sight, None, now), targets)?;
    // Above a public item there is nothing internal.
    let above = rows.iter().filter(|row| row.visibility == Visibility::Internal).map(|row| &row.parent);
    let others = rows.iter().flat_map(|row| [&row.carried_from, &row.carried_to]).chain(above).flatten();
    let others = seen_among(conn, sight, others.cloned().collect())?;
    let stamps = stamps::of_rows(conn, RowKind::PlanItem, rows.iter().map(|row| row.code.clone()).collect())?;
    for row in &mut rows {
        if let Some(&stamp) = stamps.get(&row.code)
            && !is_kept_by(conn, sight, row)?
        {
            (row.seq, row.updated_at) = stamp;
        }
        row.metric.take_if(|code| !metrics.contains(code));
        row.target.take_if(|id| !targets.contains(id));
        row.carried_from.take_if(|code| !others.contains(code));
        row.carried_to.take_if(|code| !others.contains(code));
        if row.visibility == Visibility::Internal {
            row.parent.take_if(|code| !others.contains(code));
        }
    }
    Ok(rows)
}

/// Whether the reader reaches all of where an item lies, and so is one of those who write it.
fn is_kept_by(conn: &mut Conn, sight: Sight, row: &PlanItemRow) -> Result<bool> {
    if sight.internal == Reach::Nowhere {
        return Ok(false);
    }
    let item = whole::load(conn, row.clone())?;
    let scope = scope(conn, &row.plan, &item.areas)?;
    Ok(scope.iter().all(|&area| sight.internal.covers(area)))
}
