//! Progress reports on projects and plan items: rows and queries. One that was corrected is still read, and
//! counts no more.

pub mod seen;
pub mod write;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::IntoParams;

use super::Window;
use super::among::among;
use super::dialect::{Backend, Conn, on_each};
use super::item_set::{ItemSet, load_of_items};
use super::schema::{
    plan_item_areas, plan_items, progress_report_attachments, progress_report_observations, progress_reports,
    project_areas, projects,
};
use super::sight::{plan_item_visible, project_visible};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::error::{Error, Result, Thing};

/// A progress report as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = progress_reports, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ProgressReportRow {
    #[diesel(skip_insertion)]
    pub id: i64,
    pub project: Option<String>,
    pub plan_item: Option<String>,
    pub as_of: NaiveDate,
    pub progress: Option<i16>,
    pub text: Option<String>,
    pub problems: Option<String>,
    pub next_step: Option<String>,
    pub author: String,
    pub author_key: Option<String>,
    pub client_id: Option<String>,
    pub corrects: Option<i64>,
    pub corrected_by: Option<i64>,
    pub recorded_at: NaiveDateTime,
    pub seq: i64,
    pub updated_at: NaiveDateTime,
}

/// What progress reports speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A project, by its code.
    Project(String),
    /// A plan item, by its code.
    PlanItem(String),
}

/// Which progress reports a list shows.
#[derive(Debug, Clone, Copy, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProgressReportFilter {
    /// Leaves out what was corrected.
    #[param(required = false, default = false, example = true)]
    pub current: bool,
}

fn select(subject: &Subject, filter: ProgressReportFilter) -> progress_reports::BoxedQuery<'static, Backend> {
    let mut query = progress_reports::table.into_boxed();
    if filter.current {
        query = query.filter(progress_reports::corrected_by.is_null());
    }
    match subject {
        Subject::Project(code) => query.filter(progress_reports::project.eq(code.clone())),
        Subject::PlanItem(code) => query.filter(progress_reports::plan_item.eq(code.clone())),
    }
}

/// Progress reports in the order of the days they speak of.
pub fn list(
    conn: &mut Conn,
    subject: &Subject,
    filter: ProgressReportFilter,
    window: &Window<(NaiveDate, i64)>,
) -> Result<Vec<ProgressReportRow>> {
    let mut query = select(subject, filter);
    if let Some((day, id)) = window.after {
        query = query.filter(
            progress_reports::as_of
                .gt(day)
                .or(progress_reports::as_of.eq(day).and(progress_reports::id.gt(id))),
        );
    }
    Ok(query
        .select(ProgressReportRow::as_select())
        .order((progress_reports::as_of, progress_reports::id))
        .limit(window.limit)
        .load(conn)?)
}

/// How many progress reports there are on a subject.
pub fn count(conn: &mut Conn, subject: &Subject, filter: ProgressReportFilter) -> Result<i64> {
    Ok(select(subject, filter).count().get_result(conn)?)
}

/// The progress report on a subject with this id.
///
/// Errors: `NotFound` when there is none.
pub fn find(conn: &mut Conn, subject: &Subject, id: i64) -> Result<ProgressReportRow> {
    select(subject, ProgressReportFilter::default())
        .filter(progress_reports::id.eq(id))
        .select(ProgressReportRow::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound { what: Thing::ProgressReport, key: id.to_string() })
}

/// The progress reports with these ids, on whatever subject.
pub fn of_ids(conn: &mut Conn, ids: Vec<i64>) -> Result<Vec<ProgressReportRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_each!(conn, conn => progress_reports::table
        .filter(among(progress_reports::id, ids))
        .select(ProgressReportRow::as_select())
        .load(conn))?)
}

/// The progress report, on whatever subject, to which a key gave an id of its own.
pub fn of_client(conn: &mut Conn, key: &str, client_id: &str) -> Result<Option<ProgressReportRow>> {
    Ok(progress_reports::table
        .filter(progress_reports::author_key.eq(key))
        .filter(progress_reports::client_id.eq(client_id))
        .select(ProgressReportRow::as_select())
        .first(conn)
        .optional()?)
}

/// The day of the last report on something, and the last progress that a report told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Latest {
    /// The day that the last report speaks of.
    pub as_of: Option<NaiveDate>,
    /// Progress in percent; null when no report tells of it.
    pub progress: Option<i16>,
}

/// What was last reported by the end of a day, by the code of a project or of a plan item. What was corrected
/// does not count, on no day.
macro_rules! latest {
    ($subject:ident, $day:expr, $query:ident => $load:expr) => {{
        use progress_reports::{as_of, corrected_by, id, progress, $subject};
        let later = diesel::alias!(progress_reports as later);
        // Of two reports of one day the one entered last. A later one that tells no progress leaves that of
        // an earlier one standing.
        let outdone = later
            .filter(later.field($subject).eq($subject))
            .filter(later.field(as_of).le($day))
            .filter(later.field(corrected_by).is_null())
            .filter(later.field(as_of).gt(as_of).or(later.field(as_of).eq(as_of).and(later.field(id).gt(id))))
            .filter(later.field(progress).is_not_null().or(progress.is_null()));
        let $query = progress_reports::table
            .filter(as_of.le($day))
            .filter(corrected_by.is_null())
            .filter(not(exists(outdone)))
            .select(($subject, as_of, progress));
        let rows: Vec<(Option<String>, NaiveDate, Option<i16>)> = $load?;
        let mut latest = HashMap::<String, Latest>::new();
        for (code, day, told) in rows {
            let one = latest.entry(code.unwrap_or_default()).or_default();
            one.as_of = one.as_of.max(Some(day));
            one.progress = one.progress.or(told);
        }
        Ok(latest)
    }};
}

/// What was last reported on these plan items by the end of a day.
pub fn latest_of_items(conn: &mut Conn, items: &ItemSet, day: NaiveDate) -> Result<HashMap<String, Latest>> {
    latest!(plan_item, day, query => load_of_items!(conn, query, plan_item.assume_not_null(), items))
}

/// What was last reported on these projects by the end of a day.
pub fn latest_of_projects(
    conn: &mut Conn,
    codes: Vec<String>,
    day: NaiveDate,
) -> Result<HashMap<String, Latest>> {
    latest!(project, day, query => query.filter(project.eq_any(codes)).load(conn))
}

/// What was last reported on a subject by the end of a day.
pub fn latest_of(conn: &mut Conn, subject: &Subject, day: NaiveDate) -> Result<Latest> {
    let (code, mut latest) = match subject {
        Subject::Project(code) => (code, latest_of_projects(conn, vec![code.clone()], day)?),
        Subject::PlanItem(code) => (code, latest_of_items(conn, &ItemSet::These(vec![code.clone()]), day)?),
    };
    Ok(latest.remove(code).unwrap_or_default())
}

/// The code and the name of something, if there is one.
type Named = Option<(String, String)>;

/// The latest progress reports on what lies in an area or below, as far as it is seen: each with what it
/// speaks of and its name. What was corrected is left out.
pub fn latest_within(
    conn: &mut Conn,
    sight: Sight,
    within: AreaCode,
    limit: i64,
) -> Result<Vec<(Subject, String, ProgressReportRow)>> {
    let (first, last) = within.subtree().into_inner();
    let of_projects = project_areas::table
        .filter(project_areas::project.nullable().eq(progress_reports::project))
        .filter(project_areas::area.between(first, last));
    let of_items = plan_item_areas::table
        .filter(plan_item_areas::item.nullable().eq(progress_reports::plan_item))
        .filter(plan_item_areas::area.between(first, last));
    let rows: Vec<(Named, Named, ProgressReportRow)> = on_each!(conn, conn => progress_reports::table
            .left_join(projects::table.on(progress_reports::project.eq(projects::code.nullable())))
            .left_join(plan_items::table.on(progress_reports::plan_item.eq(plan_items::code.nullable())))
            .filter(progress_reports::corrected_by.is_null())
            .filter(
                project_visible(sight.internal)
                    .and(exists(of_projects))
                    .or(plan_item_visible(sight.internal).and(exists(of_items))),
            )
            .select((
                (projects::code, projects::name).nullable(),
                (plan_items::code, plan_items::title).nullable(),
                ProgressReportRow::as_select(),
            ))
            .order((progress_reports::as_of.desc(), progress_reports::id.desc()))
            .limit(limit)
            .load(conn))?;
    let told = |(project, item, row)| match (project, item) {
        (Some((code, name)), _) => Some((Subject::Project(code), name, row)),
        (None, Some((code, title))) => Some((Subject::PlanItem(code), title, row)),
        (None, None) => None,
    };
    Ok(rows.into_iter().filter_map(told).collect())
}

/// Ids of the attachments of these progress reports, in the order given.
pub fn attachments(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, String)>> {
    Ok(progress_report_attachments::table
        .filter(progress_report_attachments::progress_report.eq_any(ids.to_vec()))
        .order((progress_report_attachments::progress_report, progress_report_attachments::ordinal))
        .select((progress_report_attachments::progress_report, progress_report_attachments::attachment))
        .load(conn)?)
}

/// Ids of the observations that these progress reports speak of, in the order given.
pub fn observations(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    use progress_report_observations::{observation, ordinal, progress_report};
    Ok(progress_report_observations::table
        .filter(progress_report.eq_any(ids.to_vec()))
        .order((progress_report, ordinal))
        .select((progress_report, observation))
        .load(conn)?)
}
