//! Drafts of plan items.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::citation::{CitationDraft, citation};
use super::{Draft, check_code, check_once, check_order, fault, folded};
use crate::db::Conn;
use crate::db::columns::list;
use crate::db::ledger::{Edited, Entry};
use crate::db::observations;
use crate::db::plan_items::whole::{self, WholeItem};
use crate::db::plan_items::write;
use crate::db::plan_items::{self, PlanItemRow, place};
use crate::db::sight::Moment;
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{ItemState, Role, Visibility};
use crate::domain::frequency::Frequency;
use crate::domain::partial_date::PartialDate;
use crate::domain::text::{Line, Name, plain};
use crate::error::{Error, Invalid, Result};
use crate::exchange::reading::HandedIn;
use crate::exchange::references::{References, Refers};

/// How many levels the tree of a plan has at most.
const DEEPEST: usize = 12;

/// A plan item. Its place in the tree is its parent and its ordinal, by default after its siblings.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = PlanItemInput)]
pub struct PlanItemDraft {
    #[schema(value_type = Code)]
    pub code: String,
    #[schema(value_type = Code)]
    pub plan: Name,
    #[schema(value_type = Option<Code>)]
    pub parent: Option<Name>,
    #[schema(minimum = 1, maximum = 9999)]
    pub ordinal: Option<i64>,
    pub title: Name,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub deliverables: Vec<Name>,
    pub lead_unit: Option<Line>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub co_units: Vec<Name>,
    pub post: Option<Line>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub areas: Vec<AreaCode>,
    pub start_on: Option<PartialDate>,
    pub due_on: Option<PartialDate>,
    pub reporting_cycle: Option<Frequency>,
    #[schema(minimum = 0)]
    pub weight: Option<i64>,
    #[schema(minimum = 0, maximum = 100)]
    pub progress: Option<i16>,
    pub state: Option<ItemState>,
    #[serde(default)]
    #[schema(value_type = Vec<Code>, max_items = 200)]
    pub projects: Vec<Name>,
    #[schema(value_type = Option<Code>)]
    pub metric: Option<Name>,
    #[schema(minimum = 1)]
    pub target: Option<i64>,
    #[schema(value_type = Option<Code>)]
    pub report: Option<Name>,
    pub citation: Option<CitationDraft>,
    pub visibility: Option<Visibility>,
}

impl HandedIn for PlanItemDraft {}

impl Draft for PlanItemDraft {
    const REFERENCES: References = &[
        ("plan", Refers::Plan),
        ("parent", Refers::PlanItem),
        ("areas", Refers::Area),
        ("projects", Refers::Project),
        ("metric", Refers::Metric),
        ("report", Refers::Report),
    ];

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(plan_items::get(conn, &self.code)?.is_some())
    }

    fn edited(&self) -> Option<Edited> {
        Some(whole::edited(&self.code))
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        let item = self.whole(entry, None)?;
        write::insert(entry, &item)
    }
}

impl PlanItemDraft {
    /// The plan item as it is written. What only transitions change it has from what it was before.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn whole(&self, entry: &mut Entry<'_>, before: Option<&PlanItemRow>) -> Result<WholeItem> {
        let parent = match &self.parent {
            Some(code) => plan_items::get(entry.conn, code)?,
            None => None,
        };
        self.check()?;
        self.check_parent(parent.as_ref())?;
        if let Some(before) = before {
            let below = plan_items::below(entry.conn, before)?;
            self.check_below(before, &below, parent.as_ref())?;
        }
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
            target,
            report,
            citation: cited,
            visibility,
        } = self.clone();
        let citation = citation(entry.conn, report.as_deref(), cited.as_ref())?;
        let visibility = visibility.unwrap_or(Visibility::Public);
        let ordinal = match ordinal {
            Some(ordinal) => ordinal,
            None => place::after_the_last(entry.conn, &plan, parent_code.as_deref(), &code, visibility)?,
        };
        let row = PlanItemRow {
            folded: folded([code.as_str(), &title]),
            path: place::path(parent.as_ref().map(|parent| parent.path.as_str()), ordinal, visibility),
            code,
            plan: plan.into(),
            parent: plain(parent_code),
            ordinal,
            title: title.into(),
            deliverables: list(&deliverables)?,
            lead_unit: plain(lead_unit),
            co_units: list(&co_units)?,
            post: plain(post),
            start_on,
            due_on,
            reporting_cycle,
            weight,
            progress,
            state: state.unwrap_or(ItemState::Drafted),
            metric: plain(metric),
            target,
            carried_from: before.and_then(|before| before.carried_from.clone()),
            carried_to: before.and_then(|before| before.carried_to.clone()),
            report: plain(report),
            cited: citation.into(),
            visibility,
            seq: entry.seq,
            updated_at: entry.at,
        };
        Ok(WholeItem { row, areas, projects: projects.into_iter().map(String::from).collect() })
    }

    /// Checks that the target, if there is one, is a target that may be seen, and of the item's metric.
    pub fn check_target(&self, conn: &mut Conn, moment: Moment) -> Result<()> {
        let Some(id) = self.target else { return Ok(()) };
        let target = match observations::find(conn, id, moment) {
            Err(Error::NotFound { .. }) => {
                let (zh, en) = (format!("没有观测值 {id}"), format!("there is no observation {id}"));
                return refuse("target", "unknown_reference", &zh, &en);
            }
            found => found?.observation,
        };
        if target.key.role != Role::Target {
            return refuse("target", "not_a_target", "该观测值不是目标值", "the observation is no target");
        }
        if self.metric.as_ref().is_some_and(|metric| metric.as_str() != target.key.metric) {
            let (zh, en) = ("目标值属于另一个指标", "the target is of another metric");
            return refuse("target", "other_metric", zh, en);
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        check_code(&self.code)?;
        let below = self.code.strip_prefix(self.plan.as_str()).unwrap_or_default();
        if !below.starts_with(['.', '-']) || below.len() < 2 {
            return refuse(
                "code",
                "item_code",
                "事项代码须为计划代码加 . 或 - 再加其余部分",
                "an item's code is its plan's, then . or -, then more",
            );
        }
        check_once("areas", &self.areas)?;
        check_once("projects", &self.projects)?;
        check_order("due_on", self.start_on, self.due_on)
    }

    fn is_public(&self) -> bool {
        self.visibility != Some(Visibility::Internal)
    }

    fn check_parent(&self, parent: Option<&PlanItemRow>) -> Result<()> {
        let Some(parent) = parent else { return Ok(()) };
        if parent.plan != *self.plan {
            let (zh, en) = ("上级事项属于另一个计划", "the parent belongs to another plan");
            return refuse("parent", "other_plan", zh, en);
        }
        if parent.level() >= DEEPEST {
            return too_deep();
        }
        // Else the tree would show that something internal stands above.
        if self.is_public() && parent.visibility == Visibility::Internal {
            return refuse("visibility", "parent_internal", "上级事项不公开", "the parent is internal");
        }
        Ok(())
    }

    /// Checks that the place and visibility of an item that was `before` suit what is below it.
    fn check_below(
        &self,
        before: &PlanItemRow,
        below: &[PlanItemRow],
        parent: Option<&PlanItemRow>,
    ) -> Result<()> {
        let own = std::iter::once(before).chain(below);
        if parent.is_some_and(|parent| own.clone().any(|item| item.code == parent.code)) {
            let (zh, en) = ("不能移到自身之下", "an item cannot stand below itself");
            return refuse("parent", "below_itself", zh, en);
        }
        let height = own.map(PlanItemRow::level).max().unwrap_or_default() - before.level();
        if parent.map_or(0, PlanItemRow::level) + 1 + height > DEEPEST {
            return too_deep();
        }
        if !self.is_public() && below.iter().any(|item| item.visibility == Visibility::Public) {
            let (zh, en) = ("其下有公开事项", "public items stand below it");
            return refuse("visibility", "public_below", zh, en);
        }
        Ok(())
    }
}

fn refuse(member: &str, code: &'static str, zh: &str, en: &str) -> Result<()> {
    Err(fault(member, Invalid::new(code, zh, en)).into())
}

fn too_deep() -> Result<()> {
    let (zh, en) = (format!("最多 {DEEPEST} 级"), format!("a tree has at most {DEEPEST} levels"));
    Err(fault("parent", Invalid::new("too_deep", zh, en)).into())
}
