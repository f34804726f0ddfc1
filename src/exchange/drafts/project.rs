//! Drafts of projects. Their amounts and milestones have modules of their own.

use serde::Deserialize;

use super::amount::{Amounts, BudgetDraft, FundingDraft, NamedQuantityDraft};
use super::citation::{CitationDraft, citation};
use super::milestone::{self, MilestoneDraft};
use super::{
    Draft, NAME, check_code, check_count, check_length, check_name, check_names, check_once, check_order,
    check_text, fault, folded, missing_area, missing_report, money,
};
use crate::db::columns::list;
use crate::db::ledger::{Edited, Entry};
use crate::db::projects::whole::{self, WholeProject};
use crate::db::projects::write;
use crate::db::projects::{self, ProjectRow};
use crate::db::{Conn, units};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{ProjectKind, Visibility};
use crate::domain::partial_date::PartialDate;
use crate::domain::stage::Stage;
use crate::domain::text;
use crate::error::{Invalid, Result};

/// A project. Its milestones are given with a new one only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct ProjectDraft {
    pub code: String,
    #[serde(deserialize_with = "text::one_label")]
    pub name: String,
    #[serde(default, deserialize_with = "text::labels")]
    pub aliases: Vec<String>,
    pub kind: ProjectKind,
    pub areas: Vec<AreaCode>,
    #[serde(default, deserialize_with = "text::optional_label")]
    pub place: Option<String>,
    pub stage: Stage,
    #[serde(default)]
    pub suspended: bool,
    #[serde(default, deserialize_with = "text::optional_label")]
    pub lead_unit: Option<String>,
    #[serde(default, deserialize_with = "text::optional_label")]
    pub contractor: Option<String>,
    pub budget: Option<BudgetDraft>,
    #[serde(default)]
    pub funding: Vec<FundingDraft>,
    #[serde(default, deserialize_with = "text::optional_prose")]
    pub funding_note: Option<String>,
    #[serde(default)]
    pub quantities: Vec<NamedQuantityDraft>,
    pub starts_on: Option<PartialDate>,
    pub finishes_on: Option<PartialDate>,
    pub started_on: Option<PartialDate>,
    pub finished_on: Option<PartialDate>,
    pub progress: Option<i16>,
    pub report: Option<String>,
    pub citation: Option<CitationDraft>,
    pub visibility: Option<Visibility>,
    #[serde(default)]
    pub milestones: Vec<MilestoneDraft>,
}

impl Draft for ProjectDraft {
    fn check_counts(&self) -> Result<()> {
        check_count("areas", &self.areas)?;
        check_count("funding", &self.funding)?;
        check_count("quantities", &self.quantities)
    }

    fn missing(&self, conn: &mut Conn, _: Sight) -> Result<Option<(&'static str, String)>> {
        if let Some(key) = missing_area(conn, &self.areas)? {
            return Ok(Some(("areas", key)));
        }
        Ok(missing_report(conn, self.report.as_ref())?.map(|key| ("report", key)))
    }

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
        check_code(&self.code)?;
        let project = self.whole(entry)?;
        let steps = milestone::rows(&self.milestones, (&self.code, self.report.as_ref()), entry)?;
        write::insert(entry, &project, &steps)
    }
}

impl ProjectDraft {
    /// The project as it is written, without its milestones.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn whole(&self, entry: &mut Entry<'_>) -> Result<WholeProject> {
        self.check()?;
        let units = units::all(entry.conn)?;
        let amounts = Amounts {
            project: &self.code,
            report: self.report.as_ref(),
            budget: self.budget.as_ref(),
            funding: &self.funding,
            quantities: &self.quantities,
        };
        let amounts = amounts.rows(entry.conn, &units)?;
        money::check(&amounts, &units, self.funding_note.as_ref())?;
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
        let citation = citation(entry.conn, report.as_ref(), cited.as_ref())?;
        let names = [code.as_str(), &name].into_iter().chain(aliases.iter().map(String::as_str));
        let row = ProjectRow {
            folded: folded(names),
            code,
            name,
            aliases: list(&aliases)?,
            kind,
            place,
            stage,
            suspended,
            lead_unit,
            contractor,
            starts_on,
            finishes_on,
            started_on,
            finished_on,
            progress,
            report,
            cited: citation.into(),
            visibility: visibility.unwrap_or(Visibility::Public),
            seq: entry.seq,
            updated_at: entry.at,
            funding_note,
        };
        Ok(WholeProject { row, areas, amounts })
    }

    fn check(&self) -> Result<()> {
        check_name("name", &self.name)?;
        check_names("aliases", &self.aliases)?;
        for (member, text) in
            [("place", &self.place), ("lead_unit", &self.lead_unit), ("contractor", &self.contractor)]
        {
            check_length(member, text.as_deref(), NAME)?;
        }
        if let Some(note) = &self.funding_note {
            check_text("funding_note", note)?;
            check_length("funding_note", Some(note), money::LONGEST_NOTE)?;
        }
        if self.areas.is_empty() {
            let invalid = Invalid::new("empty", "至少一个区划", "at least one area is needed");
            return Err(fault("areas", invalid).into());
        }
        check_once("areas", &self.areas)?;
        if self.progress.is_some_and(|progress| !(0..=100).contains(&progress)) {
            let invalid = Invalid::new("out_of_range", "应为 0 到 100", "must be 0 to 100");
            return Err(fault("progress", invalid).into());
        }
        check_order("finishes_on", self.starts_on, self.finishes_on)?;
        check_order("finished_on", self.started_on, self.finished_on)
    }
}
