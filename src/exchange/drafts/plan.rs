//! Drafts of plans and plan items.

use serde::Deserialize;

use super::{
    CitationDraft, Draft, check_code, check_text, citation, date, fault, folded, is_missing, missing_area,
    missing_report,
};
use crate::db::columns::list;
use crate::db::ledger::Entry;
use crate::db::plan_items::{self, PlanItemRow};
use crate::db::plans::{self, PlanRow};
use crate::db::{Conn, metrics, projects};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{ItemState, Visibility};
use crate::domain::partial_date::PartialDate;
use crate::domain::period::Frequency;
use crate::error::{Invalid, Result};

/// A plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct PlanDraft {
    pub code: String,
    pub title: String,
    pub area: AreaCode,
    pub year: i64,
    pub report: Option<String>,
}

impl Draft for PlanDraft {
    fn missing(&self, conn: &mut Conn, _: Sight) -> Result<Option<(&'static str, String)>> {
        if let Some(key) = missing_area(conn, &[self.area])? {
            return Ok(Some(("area", key)));
        }
        Ok(missing_report(conn, self.report.as_ref())?.map(|key| ("report", key)))
    }

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(plans::get(conn, &self.code)?.is_some())
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        check_code(&self.code)?;
        check_text("title", &self.title)?;
        if !(1900..=2999).contains(&self.year) {
            return Err(fault(
                "year",
                Invalid::new("out_of_range", "年份应为 1900 到 2999", "years are 1900 to 2999"),
            )
            .into());
        }
        let PlanDraft { code, title, area, year, report } = self.clone();
        let (seq, updated_at) = (entry.seq, entry.at);
        plans::insert(entry, &PlanRow { code, title, area, year, report, seq, updated_at })
    }
}

/// A plan item. Its place in the tree is its parent and its ordinal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct PlanItemDraft {
    pub code: String,
    pub plan: String,
    pub parent: Option<String>,
    pub ordinal: i64,
    pub title: String,
    #[serde(default)]
    pub deliverables: Vec<String>,
    pub lead_unit: Option<String>,
    #[serde(default)]
    pub co_units: Vec<String>,
    pub post: Option<String>,
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    pub start_on: Option<PartialDate>,
    pub due_on: Option<PartialDate>,
    pub reporting_cycle: Option<Frequency>,
    pub weight: Option<i64>,
    pub progress: Option<i16>,
    pub state: Option<ItemState>,
    #[serde(default)]
    pub projects: Vec<String>,
    pub metric: Option<String>,
    pub report: Option<String>,
    pub citation: Option<CitationDraft>,
    pub visibility: Option<Visibility>,
}

impl Draft for PlanItemDraft {
    fn missing(&self, conn: &mut Conn, sight: Sight) -> Result<Option<(&'static str, String)>> {
        if plans::get(conn, &self.plan)?.is_none() {
            return Ok(Some(("plan", self.plan.clone())));
        }
        if let Some(parent) = &self.parent
            && is_missing(plan_items::find(conn, sight, parent))?
        {
            return Ok(Some(("parent", parent.clone())));
        }
        if let Some(key) = missing_area(conn, &self.areas)? {
            return Ok(Some(("areas", key)));
        }
        for project in &self.projects {
            if is_missing(projects::find(conn, sight, project))? {
                return Ok(Some(("projects", project.clone())));
            }
        }
        if let Some(metric) = &self.metric
            && is_missing(metrics::find(conn, sight, metric))?
        {
            return Ok(Some(("metric", metric.clone())));
        }
        Ok(missing_report(conn, self.report.as_ref())?.map(|key| ("report", key)))
    }

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(plan_items::get(conn, &self.code)?.is_some())
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        let parent = match &self.parent {
            Some(code) => plan_items::get(entry.conn, code)?,
            None => None,
        };
        self.check(parent.as_ref())?;
        let PlanItemDraft {
            code,
            plan,
            parent: parent_code,
            ordinal,
            title,
            deliverables,
            lead_unit,
            co_units,
            post,
            areas,
            start_on,
            due_on,
            reporting_cycle,
            weight,
            progress,
            state,
            projects,
            metric,
            report,
            citation: cited,
            visibility,
        } = self.clone();
        let (cite_paragraph, cite_start, cite_end, cite_words) = citation(report.as_ref(), cited.as_ref())?;
        let own = format!("{ordinal:04}");
        let row = PlanItemRow {
            folded: folded([code.as_str(), &title]),
            path: parent.map_or_else(|| own.clone(), |parent| format!("{}.{own}", parent.path)),
            code,
            plan,
            parent: parent_code,
            ordinal,
            title,
            deliverables: list(&deliverables)?,
            lead_unit,
            co_units: list(&co_units)?,
            post,
            start_on: date(start_on),
            due_on: date(due_on),
            reporting_cycle: reporting_cycle.map(|cycle| cycle.to_string()),
            weight,
            progress,
            state: state.unwrap_or(ItemState::Drafted),
            metric,
            target: None,
            carried_from: None,
            carried_to: None,
            report,
            cite_paragraph,
            cite_start,
            cite_end,
            cite_words,
            visibility: visibility.unwrap_or(Visibility::Public),
            seq: entry.seq,
            updated_at: entry.at,
        };
        plan_items::insert(entry, &row, &areas, &projects)
    }
}

impl PlanItemDraft {
    fn check(&self, parent: Option<&PlanItemRow>) -> Result<()> {
        check_code(&self.code)?;
        check_text("title", &self.title)?;
        let refuse =
            |member: &str, code, zh: &str, en: &str| Err(fault(member, Invalid::new(code, zh, en)).into());
        if !self.code.starts_with(&self.plan) {
            return refuse(
                "code",
                "item_code",
                "事项代码须以计划代码开头",
                "an item's code starts with its plan's",
            );
        }
        if !(1..=9999).contains(&self.ordinal) {
            return refuse("ordinal", "out_of_range", "序号应为 1 到 9999", "ordinals are 1 to 9999");
        }
        if self.weight.is_some_and(|weight| weight < 0)
            || self.progress.is_some_and(|p| !(0..=100).contains(&p))
        {
            return refuse(
                "progress",
                "out_of_range",
                "权重不为负，进度应为 0 到 100",
                "weight is not negative, progress 0 to 100",
            );
        }
        if parent.is_some_and(|parent| parent.plan != self.plan) {
            return refuse(
                "parent",
                "other_plan",
                "上级事项属于另一个计划",
                "the parent belongs to another plan",
            );
        }
        // Else the tree would show that something internal stands above.
        let public = self.visibility != Some(Visibility::Internal);
        if public && parent.is_some_and(|parent| parent.visibility == Visibility::Internal) {
            return refuse("visibility", "parent_internal", "上级事项不公开", "the parent is internal");
        }
        Ok(())
    }
}
