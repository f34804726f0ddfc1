//! Drafts of projects. Their amounts and milestones have modules of their own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::amount::{Amounts, BudgetDraft, FundingDraft, NamedQuantityDraft};
use super::citation::{CitationDraft, citation};
use super::milestone::{self, MilestoneDraft};
use super::{Draft, check_code, check_once, check_order, folded, money};
use crate::db::columns::list;
use crate::db::ledger::{Edited, Entry};
use crate::db::projects::whole::{self, WholeProject};
use crate::db::projects::write;
use crate::db::projects::{self, ProjectRow};
use crate::db::{Conn, units};
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{ProjectKind, Visibility};
use crate::domain::partial_date::PartialDate;
use crate::domain::stage::Stage;
use crate::domain::text::{Line, MoneyNote, Name, plain};
use crate::error::Result;
use crate::exchange::reading::HandedIn;
use crate::exchange::references::{References, Refers};

/// A project. Its milestones are given with a new one only.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = ProjectInput)]
pub struct ProjectDraft {
    #[schema(value_type = Code)]
    pub code: String,
    pub name: Name,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub aliases: Vec<Name>,
    pub kind: ProjectKind,
    #[schema(min_items = 1, max_items = 200)]
    pub areas: Vec<AreaCode>,
    pub place: Option<Line>,
    pub stage: Stage,
    #[serde(default)]
    pub suspended: bool,
    pub lead_unit: Option<Line>,
    pub contractor: Option<Line>,
    pub budget: Option<BudgetDraft>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub funding: Vec<FundingDraft>,
    pub funding_note: Option<MoneyNote>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub quantities: Vec<NamedQuantityDraft>,
    pub starts_on: Option<PartialDate>,
    pub finishes_on: Option<PartialDate>,
    pub started_on: Option<PartialDate>,
    pub finished_on: Option<PartialDate>,
    #[schema(minimum = 0, maximum = 100)]
    pub progress: Option<i16>,
    #[schema(value_type = Option<Code>)]
    pub report: Option<Name>,
    pub citation: Option<CitationDraft>,
    pub visibility: Option<Visibility>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub milestones: Vec<MilestoneDraft>,
}

impl HandedIn for ProjectDraft {}

impl Draft for ProjectDraft {
    const REFERENCES: References = &[("areas", Refers::Area), ("report", Refers::Report)];

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(projects::get(conn, &self.code)?.is_some())
    }

    fn edited(&self) -> Option<Edited> {
        Some(whole::edited(&self.code))
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        self.add(entry).map(drop)
    }
}

impl ProjectDraft {
    /// Adds the project and gives it, without its milestones.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn add(&self, entry: &mut Entry<'_>) -> Result<WholeProject> {
        check_code(&self.code)?;
        let project = self.whole(entry)?;
        let steps = milestone::rows(&self.milestones, (&self.code, self.report.as_deref()), entry)?;
        write::insert(entry, &project, &steps)?;
        Ok(project)
    }

    /// The project as it is written, without its milestones.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn whole(&self, entry: &mut Entry<'_>) -> Result<WholeProject> {
        self.check()?;
        let units = units::all(entry.conn)?;
        let amounts = Amounts {
            project: &self.code,
            report: self.report.as_deref(),
            budget: self.budget.as_ref(),
            funding: &self.funding,
            quantities: &self.quantities,
        };
        let amounts = amounts.rows(entry.conn, &units)?;
        money::check(&amounts, &units, self.funding_note.as_deref())?;
        let ProjectDraft {
            code,
            name,
            aliases,
            kind,
            areas,
            place,
            stage,
            suspended,
            lead_unit,
            contractor,
            budget: _,
            funding: _,
            funding_note,
            quantities: _,
            starts_on,
            finishes_on,
            started_on,
            finished_on,
            progress,
            report,
            citation: cited,
            visibility,
            milestones: _,
        } = self.clone();
        let citation = citation(entry.conn, report.as_deref(), cited.as_ref())?;
        let names = [code.as_str(), &name].into_iter().chain(aliases.iter().map(Name::as_str));
        let row = ProjectRow {
            folded: folded(names),
            code,
            name: name.into(),
            aliases: list(&aliases)?,
            kind,
            place: plain(place),
            stage,
            suspended,
            lead_unit: plain(lead_unit),
            contractor: plain(contractor),
            starts_on,
            finishes_on,
            started_on,
            finished_on,
            progress,
            report: plain(report),
            cited: citation.into(),
            visibility: visibility.unwrap_or(Visibility::Public),
            seq: entry.seq,
            updated_at: entry.at,
            funding_note: plain(funding_note),
        };
        Ok(WholeProject { row, areas, amounts })
    }

    fn check(&self) -> Result<()> {
        check_once("areas", &self.areas)?;
        check_order("finishes_on", self.starts_on, self.finishes_on)?;
        check_order("finished_on", self.started_on, self.finished_on)
    }
}
