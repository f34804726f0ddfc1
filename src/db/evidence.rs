//! What a plan item can be closed on: whether what is named as evidence is there.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::dialect::Conn;
use super::schema::{plan_item_projects, progress_reports};
use crate::error::Result;

/// Whether a progress report is on a plan item or on a project that is linked to it.
pub fn has_progress_report(conn: &mut Conn, item: &str, id: i64) -> Result<bool> {
    let linked = plan_item_projects::table
        .filter(plan_item_projects::item.eq(item))
        .filter(plan_item_projects::project.nullable().eq(progress_reports::project));
    let found: Option<i64> = progress_reports::table
        .filter(progress_reports::id.eq(id))
        .filter(progress_reports::plan_item.eq(item).or(exists(linked)))
        .select(progress_reports::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}
