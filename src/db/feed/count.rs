//! How many rows the feed has for a reader in all.

use diesel::prelude::*;

use super::reader::Reader;
use crate::db::dialect::{Conn, on_each};
use crate::db::observation_id::ObservationId;
use crate::db::observations::joined;
use crate::db::schema::{
    areas, metrics, milestones, observations, plan_item_areas, plan_items, plans, progress_reports,
    project_areas, projects, reports, units,
};
use crate::db::sight::{current, plan_item_visible, project_visible};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::feed::FeedKind;
use crate::error::Result;

/// Counts the rows that a reader sees now.
pub fn rows(conn: &mut Conn, reader: &Reader) -> Result<i64> {
    reader.kinds.iter().try_fold(0, |sum, &kind| Ok(sum + of_kind(conn, reader, kind)?))
}

fn of_kind(conn: &mut Conn, reader: &Reader, kind: FeedKind) -> Result<i64> {
    let (first, last) = reader.within.map_or(Reach::Everywhere, Reach::Within).span();
    let above: Vec<AreaCode> = reader.within.into_iter().flat_map(AreaCode::ancestors).collect();
    let reach = reader.sight.internal;
    let is_everywhere = reader.within.is_none();
    let of_project = projects::table.filter(project_visible(reach)).filter(
        projects::code
            .eq_any(
                project_areas::table
                    .filter(project_areas::area.between(first, last))
                    .select(project_areas::project),
            )
            .or(is_everywhere.into_sql::<diesel::sql_types::Bool>()),
    );
    let of_item = plan_items::table.filter(plan_item_visible(reach)).filter(
        plan_items::code
            .eq_any(
                plan_item_areas::table
                    .filter(plan_item_areas::area.between(first, last))
                    .select(plan_item_areas::item),
            )
            .or(is_everywhere.into_sql::<diesel::sql_types::Bool>()),
    );
    Ok(on_each!(conn, conn => match kind {
        FeedKind::Unit => units::table.count().get_result(conn),
        FeedKind::Report => reports::table.count().get_result(conn),
        FeedKind::Metric => metrics::table
            .filter(metrics::visibility.eq_any(reader.sight.visibilities()))
            .count()
            .get_result(conn),
        FeedKind::Area => areas::table
            .filter(areas::code.between(first, last).or(areas::code.eq_any(above)))
            .count()
            .get_result(conn),
        FeedKind::Plan => plans::table.filter(plans::area.between(first, last)).count().get_result(conn),
        FeedKind::Project => of_project.count().get_result(conn),
        FeedKind::PlanItem => of_item.count().get_result(conn),
        FeedKind::Milestone => milestones::table
            .filter(milestones::project.eq_any(of_project.select(projects::code)))
            .count()
            .get_result(conn),
        FeedKind::ProgressReport => progress_reports::table
            .filter(
                progress_reports::project
                    .eq_any(of_project.select(projects::code.nullable()))
                    .or(progress_reports::plan_item.eq_any(of_item.select(plan_items::code.nullable()))),
            )
            .count()
            .get_result(conn),
        FeedKind::Observation => joined(ObservationId::Plain)
            .filter(current(reader.moment()))
            .filter(observations::area.between(first, last))
            .count()
            .get_result(conn),
    })?)
}
