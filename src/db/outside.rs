//! Who else uses what is everybody's: whether metrics and reports, which have no area of their own, are used
//! outside of the areas that a key reaches. What is internal or not yet released counts as well.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;

use super::dialect::Conn;
use super::schema::{
    area_highlights, bulletins, metrics, milestones, observations, plan_item_areas, plan_items, plans,
    project_areas, projects, revisions,
};
use crate::domain::access::Reach;
use crate::error::Result;

/// Whether any row of a query has its area outside of the span. Both ends are asked for on their own, each of
/// them a range of an index.
macro_rules! any_outside {
    ($conn:ident, $span:expr, $query:expr, $area:expr) => {{
        let (first, last): (i64, i64) = $span;
        select(exists($query.filter($area.lt(first)))).get_result::<bool>($conn)?
            || select(exists($query.filter($area.gt(last)))).get_result::<bool>($conn)?
    }};
}

/// Whether a metric is used outside of a reach: has figures there, retracted ones too, or is that of a plan
/// item or a bulletin there. Another metric that refers to it has no area, so it lies outside of every one.
pub fn uses_metric(conn: &mut Conn, reach: Reach, code: &str) -> Result<bool> {
    if reach == Reach::Everywhere {
        return Ok(false);
    }
    let span = reach.span();
    let of_metrics = metrics::table.filter(metrics::code.ne(code)).filter(
        metrics::numerator
            .eq(code)
            .or(metrics::denominator.eq(code))
            .or(metrics::weight.eq(code))
            .or(metrics::replaced_by.eq(code)),
    );
    let of_items = || plan_items::table.filter(plan_items::metric.eq(code));
    Ok(select(exists(of_metrics)).get_result::<bool>(conn)?
        || any_outside!(
            conn,
            span,
            observations::table.filter(observations::metric.eq(code)),
            observations::area
        )
        || any_outside!(
            conn,
            span,
            of_items().inner_join(plans::table.on(plans::code.eq(plan_items::plan))),
            plans::area
        )
        || any_outside!(
            conn,
            span,
            of_items().inner_join(plan_item_areas::table.on(plan_item_areas::item.eq(plan_items::code))),
            plan_item_areas::area
        )
        || any_outside!(conn, span, bulletins::table.filter(bulletins::metric.eq(code)), bulletins::area))
}

/// Whether a report is cited outside of a reach, by anything that cites.
pub fn cites_report(conn: &mut Conn, reach: Reach, code: &str) -> Result<bool> {
    if reach == Reach::Everywhere {
        return Ok(false);
    }
    let span = reach.span();
    // Amounts cite the report of their project; a milestone may cite one of its own.
    let cites = projects::report.eq(code).or(exists(
        milestones::table.filter(milestones::project.eq(projects::code)).filter(milestones::report.eq(code)),
    ));
    let of_projects =
        projects::table.inner_join(project_areas::table.on(project_areas::project.eq(projects::code)));
    let of_items = || plan_items::table.filter(plan_items::report.eq(code));
    Ok(any_outside!(
        conn,
        span,
        revisions::table
            .inner_join(observations::table.on(observations::id.eq(revisions::observation)))
            .filter(revisions::report.eq(code)),
        observations::area
    ) || any_outside!(conn, span, of_projects.filter(cites), project_areas::area)
        || any_outside!(conn, span, plans::table.filter(plans::report.eq(code)), plans::area)
        || any_outside!(
            conn,
            span,
            of_items().inner_join(plans::table.on(plans::code.eq(plan_items::plan))),
            plans::area
        )
        || any_outside!(
            conn,
            span,
            of_items().inner_join(plan_item_areas::table.on(plan_item_areas::item.eq(plan_items::code))),
            plan_item_areas::area
        )
        || any_outside!(
            conn,
            span,
            area_highlights::table.filter(area_highlights::report.eq(code)),
            area_highlights::area
        ))
}
