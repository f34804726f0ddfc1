//! Projects with their areas and amounts: rows and queries. Internal projects are shown to
//! keys that reach one of their areas, and internal plan items beside a project likewise.

pub mod milestones;
pub mod money;
pub mod whole;
pub mod write;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::IntoParams;

use self::money::AmountRow;
use super::among::among;
use super::columns::citation_columns;
use super::dialect::{Backend, Conn, on_each};
use super::order::{Mark, coalesce, dateless, sorted};
use super::schema::{
    plan_item_projects, plan_items, project_amounts, project_areas, projects, search_documents, search_grams,
};
use super::sight::{plan_item_visible, project_visible};
use super::{Window, containing, search, with_prefixes};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{HitKind, ProjectKind, Visibility, codes};
use crate::domain::decimal::Decimal;
use crate::domain::fold::Terms;
use crate::domain::light::Standing;
use crate::domain::partial_date::PartialDate;
use crate::domain::sort::Sort;
use crate::domain::stage::{Oc4idsStatus, Stage};
use crate::error::{Error, Result, Thing};

citation_columns!(ProjectCitation of projects);

/// A project as stored. `aliases` is a JSON array; dates have the precision they were given in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, primary_key(code), treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ProjectRow {
    pub code: String,
    pub name: String,
    pub aliases: String,
    pub kind: ProjectKind,
    pub place: Option<String>,
    pub stage: Stage,
    pub suspended: bool,
    pub lead_unit: Option<String>,
    pub contractor: Option<String>,
    pub starts_on: Option<PartialDate>,
    pub finishes_on: Option<PartialDate>,
    pub started_on: Option<PartialDate>,
    pub finished_on: Option<PartialDate>,
    pub progress: Option<i16>,
    pub report: Option<String>,
    #[diesel(embed)]
    #[serde(flatten)]
    pub cited: ProjectCitation,
    pub visibility: Visibility,
    pub folded: String,
    pub seq: i64,
    pub updated_at: chrono::NaiveDateTime,
    pub funding_note: Option<String>,
}

/// Which projects a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectFilter {
    /// Stages, repeated or comma-separated.
    #[param(example = json!(["under_construction"]))]
    pub stage: Vec<Stage>,
    /// OC4IDS statuses, repeated or comma-separated.
    #[param(example = json!(["implementation"]))]
    pub status: Vec<Oc4idsStatus>,
    /// Projects in this area or below. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Projects in exactly one of these areas, repeated or comma-separated.
    #[param(example = json!(["430681107223"]))]
    pub area: Vec<AreaCode>,
    /// Kinds, repeated or comma-separated.
    #[param(example = json!(["construction"]))]
    pub kind: Vec<ProjectKind>,
    /// Part of the code, name or an alias; case and width are folded, spaces mean "and".
    #[param(example = "桥")]
    pub q: Option<Terms>,
    /// Projects planned to finish before this day. A planned finish of lesser precision counts when
    /// all of it lies before the day.
    #[param(example = "2023-01-01")]
    pub due_before: Option<NaiveDate>,
    /// Whether all days that the planned finish can mean have passed while the project is at a stage before
    /// `completed`. What has no planned finish, or was cancelled, is not overdue.
    pub overdue: Option<bool>,
    /// Projects with a budget of at least so much, by its `value`, whatever its bounds leave open.
    pub budget_ge: Option<Decimal>,
    /// Projects with a budget of at most so much, likewise.
    pub budget_le: Option<Decimal>,
    /// Unit of `budget_ge` and `budget_le`, by code: any of money. Budgets in other units are compared exactly.
    #[param(required = false, default = "CNY_10K")]
    pub budget_unit: Option<String>,
}

codes! {
    /// What projects are sorted by.
    ProjectOrder ("排序方式", "an order") {
        Code = "code" ("代码", "Code"),
        StartsOn = "starts_on" ("计划开工", "Planned start; without one last"),
        FinishesOn = "finishes_on" ("计划完工", "Planned finish; without one last"),
        Seq = "seq" ("记账序号", "Entry that last touched the project"),
    }
}

/// In which order a list is.
pub type ProjectSort = Sort<ProjectOrder>;

impl ProjectOrder {
    /// Whether projects are sorted by marks of this kind.
    pub fn takes(self, mark: &Mark) -> bool {
        match self {
            ProjectOrder::Seq => matches!(mark, Mark::Int(_)),
            _ => matches!(mark, Mark::Word(_)),
        }
    }
}

/// Place of a project in a list: what it is sorted by, then its code.
pub type ProjectPlace = (Mark, String);

impl ProjectRow {
    /// Where it stands in an order.
    pub fn place(&self, sort: ProjectSort) -> ProjectPlace {
        let mark = match sort.by {
            ProjectOrder::Code => Mark::Word(self.code.clone()),
            ProjectOrder::StartsOn => Mark::of_date(self.starts_on, sort.descending),
            ProjectOrder::FinishesOn => Mark::of_date(self.finishes_on, sort.descending),
            ProjectOrder::Seq => Mark::Int(self.seq),
        };
        (mark, self.code.clone())
    }
}

/// What belongs to the projects of one page, each beside the project's code.
#[derive(Debug, Default)]
pub struct Parts {
    /// Areas, in the order given.
    pub areas: Vec<(String, AreaCode)>,
    /// Budgets, funding and quantities.
    pub amounts: Vec<AmountRow>,
    /// Codes of the plan items that are linked, as (project, item).
    pub plan_items: Vec<(String, String)>,
}

fn select(
    conn: &mut Conn,
    sight: Sight,
    filter: &ProjectFilter,
    today: NaiveDate,
) -> Result<projects::BoxedQuery<'static, Backend>> {
    let mut query = projects::table.filter(project_visible(sight.internal)).into_boxed();
    if !filter.stage.is_empty() {
        query = query.filter(projects::stage.eq_any(filter.stage.clone()));
    }
    if !filter.status.is_empty() {
        let stages: Vec<Stage> =
            filter.status.iter().flat_map(|&status| Stage::with_status(status)).collect();
        query = query.filter(projects::stage.eq_any(stages));
    }
    if let Some(within) = filter.within {
        let (first, last) = within.subtree().into_inner();
        let inside = project_areas::table.filter(project_areas::area.between(first, last));
        // Of a county or less they are looked up; of more, any part of the list has some.
        query = match last - first < 1_000_000 {
            true => query.filter(projects::code.eq_any(inside.select(project_areas::project))),
            false => query.filter(exists(inside.filter(project_areas::project.eq(projects::code)))),
        };
    }
    if !filter.area.is_empty() {
        query = query.filter(exists(
            project_areas::table
                .filter(project_areas::project.eq(projects::code))
                .filter(project_areas::area.eq_any(filter.area.clone())),
        ));
    }
    if !filter.kind.is_empty() {
        query = query.filter(projects::kind.eq_any(filter.kind.clone()));
    }
    if let Some(terms) = &filter.q {
        if let Some(gram) = search::rare_gram(conn, terms)? {
            let having =
                search_grams::table.filter(search_grams::gram.eq(gram)).select(search_grams::document);
            let few = search_documents::table
                .filter(search_documents::kind.eq(HitKind::Project))
                .filter(search_documents::id.eq_any(having))
                .select(search_documents::key);
            query = query.filter(projects::code.eq_any(few));
        }
        for term in terms.iter() {
            query = query.filter(projects::folded.like(containing(term)).escape('\\'));
        }
    }
    if let Some(day) = filter.due_before {
        // In text order a date of lesser precision stands before its days; it lies wholly before
        // the day unless it is the day's own year or month.
        let (day, own) = with_prefixes(day);
        query = query.filter(projects::finishes_on.lt(day)).filter(projects::finishes_on.ne_all(own));
    }
    if let Some(overdue) = filter.overdue {
        let (day, own) = with_prefixes(today);
        let ended = |stage: &Stage| Standing::of_project(*stage, false) != Standing::Open;
        let ended: Vec<Stage> = Stage::ALL.iter().copied().filter(ended).collect();
        query = match overdue {
            true => query
                .filter(projects::finishes_on.lt(day))
                .filter(projects::finishes_on.ne_all(own))
                .filter(projects::stage.ne_all(ended)),
            false => query.filter(
                (projects::finishes_on.is_null().or(projects::stage.eq_any(ended)))
                    .or(projects::finishes_on.ge(day).or(projects::finishes_on.eq_any(own))),
            ),
        };
    }
    if filter.budget_ge.is_some() || filter.budget_le.is_some() {
        let unit = filter.budget_unit.as_deref();
        query = query.filter(money::in_range(conn, filter.budget_ge, filter.budget_le, unit)?);
    }
    Ok(query)
}

/// How many projects an area and all below it have at each stage.
pub fn count_by_stage(conn: &mut Conn, sight: Sight, within: AreaCode) -> Result<Vec<(Stage, i64)>> {
    let (first, last) = within.subtree().into_inner();
    let inside = project_areas::table.filter(project_areas::area.between(first, last));
    Ok(on_each!(conn, conn => projects::table
        .filter(project_visible(sight.internal))
        .filter(projects::code.eq_any(inside.select(project_areas::project)))
        .group_by(projects::stage)
        .select((projects::stage, diesel::dsl::count_star()))
        .order(projects::stage)
        .load(conn))?)
}

/// Projects in an order, as of a day.
pub fn list(
    conn: &mut Conn,
    sight: Sight,
    filter: &ProjectFilter,
    today: NaiveDate,
    sort: ProjectSort,
    window: &Window<ProjectPlace>,
) -> Result<Vec<ProjectRow>> {
    let query = select(conn, sight, filter, today)?;
    macro_rules! by {
        ($by:expr, $kind:ident) => {
            sorted!(query, window.after, sort.descending, $kind, $by, projects::code)
        };
    }
    let or_last = dateless(sort.descending);
    let query = match sort.by {
        ProjectOrder::Code => by!(projects::code, Word),
        ProjectOrder::StartsOn => by!(coalesce(projects::starts_on, or_last), Word),
        ProjectOrder::FinishesOn => by!(coalesce(projects::finishes_on, or_last), Word),
        ProjectOrder::Seq => by!(projects::seq, Int),
    };
    Ok(query.select(ProjectRow::as_select()).limit(window.limit).load(conn)?)
}

/// Names of projects by code.
pub fn names(conn: &mut Conn, codes: Vec<String>) -> Result<HashMap<String, String>> {
    let named = projects::table.filter(projects::code.eq_any(codes));
    Ok(named.select((projects::code, projects::name)).load(conn)?.into_iter().collect())
}

/// How many projects the filter selects, as of a day.
pub fn count(conn: &mut Conn, sight: Sight, filter: &ProjectFilter, today: NaiveDate) -> Result<i64> {
    Ok(select(conn, sight, filter, today)?.count().get_result(conn)?)
}

/// The project with this code.
///
/// Errors: `NotFound` when there is none, or none that may be seen.
pub fn find(conn: &mut Conn, sight: Sight, code: &str) -> Result<ProjectRow> {
    projects::table
        .find(code)
        .filter(project_visible(sight.internal))
        .select(ProjectRow::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound { what: Thing::Project, key: code.to_owned() })
}

/// The projects with these codes, internal or not.
pub fn of_codes(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<ProjectRow>> {
    Ok(on_each!(conn, conn => projects::table
        .filter(among(projects::code, codes))
        .select(ProjectRow::as_select())
        .load(conn))?)
}

/// The project with this code, internal or not, if there is one.
pub fn get(conn: &mut Conn, code: &str) -> Result<Option<ProjectRow>> {
    Ok(projects::table.find(code).select(ProjectRow::as_select()).first(conn).optional()?)
}

/// Which of these codes name projects that may be seen.
pub fn seen_among(conn: &mut Conn, sight: Sight, codes: Vec<String>) -> Result<HashSet<String>> {
    if codes.is_empty() {
        return Ok(HashSet::new());
    }
    let seen: Vec<String> = on_each!(conn, conn => projects::table
        .filter(among(projects::code, codes))
        .filter(project_visible(sight.internal))
        .select(projects::code)
        .load(conn))?;
    Ok(seen.into_iter().collect())
}

/// What belongs to these projects.
pub fn parts(conn: &mut Conn, sight: Sight, codes: &[String]) -> Result<Parts> {
    Ok(Parts {
        areas: areas(conn, codes)?,
        amounts: amounts(conn, codes)?,
        plan_items: plan_items(conn, sight, codes)?,
    })
}

fn areas(conn: &mut Conn, codes: &[String]) -> Result<Vec<(String, AreaCode)>> {
    Ok(on_each!(conn, conn => project_areas::table
        .filter(among(project_areas::project, codes.to_vec()))
        .order((project_areas::project, project_areas::ordinal))
        .select((project_areas::project, project_areas::area))
        .load(conn))?)
}

fn amounts(conn: &mut Conn, codes: &[String]) -> Result<Vec<AmountRow>> {
    Ok(on_each!(conn, conn => project_amounts::table
        .filter(among(project_amounts::project, codes.to_vec()))
        .order((project_amounts::project, project_amounts::kind, project_amounts::ordinal))
        .select(AmountRow::as_select())
        .load(conn))?)
}

/// The plan items that are linked to these projects and may be seen, as (project, item), in the order of their trees.
pub fn plan_items(conn: &mut Conn, sight: Sight, codes: &[String]) -> Result<Vec<(String, String)>> {
    Ok(on_each!(conn, conn => plan_item_projects::table
        .inner_join(plan_items::table.on(plan_items::code.eq(plan_item_projects::item)))
        .filter(among(plan_item_projects::project, codes.to_vec()))
        .filter(plan_item_visible(sight.internal))
        .order((plan_item_projects::project, plan_items::plan, plan_items::path))
        .select((plan_item_projects::project, plan_item_projects::item))
        .load(conn))?)
}
