//! What a plan item can be closed on: whether what is named as evidence is there, and who may see it.

use std::collections::HashSet;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::dialect::Conn;
use super::schema::{plan_item_projects, progress_reports, projects};
use super::sight::project_visible;
use crate::domain::access::Sight;
use crate::error::Result;

/// Whether a progress report is on a plan item, or on a project that is linked to it and may be seen.
pub fn has_progress_report(conn: &mut Conn, sight: Sight, item: &str, id: i64) -> Result<bool> {
    let linked = plan_item_projects::table
        .filter(plan_item_projects::item.eq(item))
        .filter(plan_item_projects::project.nullable().eq(progress_reports::project));
    let found: Option<i64> = progress_reports::table
        .filter(progress_reports::id.eq(id))
        .filter(progress_reports::plan_item.eq(item).or(exists(linked)))
        .select(progress_reports::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some() && reports_seen(conn, sight, vec![id])?.contains(&id))
}

/// Of these progress reports those that are on plan items, or on projects that may be seen.
pub fn reports_seen(conn: &mut Conn, sight: Sight, ids: Vec<i64>) -> Result<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let on_seen = projects::table
        .filter(projects::code.nullable().eq(progress_reports::project))
        .filter(project_visible(sight.internal));
    let seen: Vec<i64> = progress_reports::table
        .filter(progress_reports::id.eq_any(ids))
        .filter(progress_reports::project.is_null().or(exists(on_seen)))
        .select(progress_reports::id)
        .load(conn)?;
    Ok(seen.into_iter().collect())
}
