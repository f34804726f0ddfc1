//! Drafts of projects with their amounts and milestones.

use serde::Deserialize;

use super::quantity::StatedDraft;
use super::{
    CitationDraft, Draft, check_code, check_text, citation, date, fault, folded, missing_area, missing_report,
};
use crate::db::columns::list;
use crate::db::ledger::Entry;
use crate::db::projects::{self, AmountRow, MilestoneRow, ProjectRow};
use crate::db::{Conn, units};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{AmountKind, MilestoneStatus, ProjectKind, Role, Visibility};
use crate::domain::partial_date::PartialDate;
use crate::domain::period::Period;
use crate::domain::stage::Stage;
use crate::domain::unit::Unit;
use crate::error::{Invalid, Result};

/// A project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct ProjectDraft {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub kind: ProjectKind,
    pub areas: Vec<AreaCode>,
    pub place: Option<String>,
    pub stage: Stage,
    #[serde(default)]
    pub suspended: bool,
    pub lead_unit: Option<String>,
    pub contractor: Option<String>,
    pub budget: Option<AmountDraft>,
    #[serde(default)]
    pub funding: Vec<AmountDraft>,
    #[serde(default)]
    pub quantities: Vec<AmountDraft>,
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

/// The budget, one source of funding or one quantity of a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct AmountDraft {
    pub source: Option<String>,
    pub name: Option<String>,
    pub role: Option<Role>,
    pub period: Option<Period>,
    pub quantity: StatedDraft,
    pub citation: Option<CitationDraft>,
}

/// A milestone of a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct MilestoneDraft {
    pub title: String,
    pub due_on: Option<PartialDate>,
    pub forecast_on: Option<PartialDate>,
    pub met_on: Option<PartialDate>,
    pub status: MilestoneStatus,
    pub citation: Option<CitationDraft>,
}

impl Draft for ProjectDraft {
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

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        check_code(&self.code)?;
        check_text("name", &self.name)?;
        if self.areas.is_empty() {
            return Err(
                fault("areas", Invalid::new("empty", "至少一个区划", "at least one area is needed")).into()
            );
        }
        if self.progress.is_some_and(|progress| !(0..=100).contains(&progress)) {
            return Err(
                fault("progress", Invalid::new("out_of_range", "应为 0 到 100", "must be 0 to 100")).into()
            );
        }
        let units = units::all(entry.conn)?;
        let mut amounts = Vec::new();
        for (kind, drafts) in [
            (AmountKind::Budget, self.budget.as_slice()),
            (AmountKind::Funding, self.funding.as_slice()),
            (AmountKind::Quantity, self.quantities.as_slice()),
        ] {
            for (ordinal, draft) in (1i64..).zip(drafts) {
                amounts.push(self.amount(kind, ordinal, draft, &units)?);
            }
        }
        let steps = (1i64..)
            .zip(&self.milestones)
            .map(|(ordinal, draft)| self.milestone(ordinal, draft, entry))
            .collect::<Result<Vec<_>>>()?;
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
        let (cite_paragraph, cite_start, cite_end, cite_words) = citation(report.as_ref(), cited.as_ref())?;
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
            starts_on: date(starts_on),
            finishes_on: date(finishes_on),
            started_on: date(started_on),
            finished_on: date(finished_on),
            progress,
            report,
            cite_paragraph,
            cite_start,
            cite_end,
            cite_words,
            visibility: visibility.unwrap_or(Visibility::Public),
            seq: entry.seq,
            updated_at: entry.at,
        };
        projects::insert(entry, &row, &areas, &amounts, &steps)
    }
}

impl ProjectDraft {
    fn amount(
        &self,
        kind: AmountKind,
        ordinal: i64,
        draft: &AmountDraft,
        units: &[Unit],
    ) -> Result<AmountRow> {
        let AmountDraft { source, name, role, period, quantity: stated, citation: cited } = draft.clone();
        let role = role.unwrap_or(Role::Actual);
        let name = match kind {
            AmountKind::Budget => Some(String::new()),
            AmountKind::Funding => source,
            AmountKind::Quantity => name,
        };
        let missing = |member, zh: &str, en: &str| fault(member, Invalid::new("missing", zh, en));
        let name = name.ok_or_else(|| {
            missing("name", "资金需要 source，数量需要 name", "funding needs source, a quantity name")
        })?;
        let unit = stated.unit.clone().ok_or_else(|| missing("unit", "需要 unit", "unit is needed"))?;
        let (quantity, _) = stated.resolve(&unit, role, units)?;
        let (cite_paragraph, cite_start, cite_end, cite_words) =
            citation(self.report.as_ref(), cited.as_ref())?;
        let report = cite_paragraph.and(self.report.clone());
        Ok(AmountRow {
            project: self.code.clone(),
            kind,
            ordinal,
            name,
            role,
            period: period.map(|period| period.to_string()),
            unit,
            value: quantity.value.millionths(),
            decimals: i16::from(quantity.decimals),
            comparator: quantity.comparator.map(|comparator| comparator.to_string()),
            lower: quantity.lower.map(|bound| bound.millionths()),
            upper: quantity.upper.map(|bound| bound.millionths()),
            lower_inclusive: quantity.lower_inclusive,
            upper_inclusive: quantity.upper_inclusive,
            text: stated.text,
            report,
            cite_paragraph,
            cite_start,
            cite_end,
            cite_words,
        })
    }

    fn milestone(&self, ordinal: i64, draft: &MilestoneDraft, entry: &Entry<'_>) -> Result<MilestoneRow> {
        check_text("title", &draft.title)?;
        let (cite_paragraph, cite_start, cite_end, cite_words) =
            citation(self.report.as_ref(), draft.citation.as_ref())?;
        Ok(MilestoneRow {
            project: self.code.clone(),
            ordinal,
            title: draft.title.clone(),
            due_on: date(draft.due_on),
            forecast_on: date(draft.forecast_on),
            met_on: date(draft.met_on),
            status: draft.status,
            report: cite_paragraph.and(self.report.clone()),
            cite_paragraph,
            cite_start,
            cite_end,
            cite_words,
            seq: entry.seq,
            updated_at: entry.at,
        })
    }
}
