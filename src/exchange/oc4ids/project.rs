//! A project of the ledger as one of OC4IDS. No day is told that nobody said: a date that is known to the month
//! or year alone is in the description.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

use super::{
    Classification, Completion, Gazetteer, Location, Milestone, Party, PartyReference, Period, Project,
    Publisher, id, money,
};
use crate::db::projects::milestones::MilestoneRow;
use crate::db::projects::{AmountRow, ProjectRow};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{AmountKind, MilestoneStatus};
use crate::domain::partial_date::PartialDate;
use crate::domain::unit::Unit;
use crate::domain::zone;
use crate::error::{Error, Invalid, Result};

/// A project with all that belongs to it.
pub struct Whole {
    /// The project itself.
    pub row: ProjectRow,
    /// Progress in percent, as it was last reported.
    pub progress: Option<i16>,
    /// Its areas with their names, in the order given.
    pub areas: Vec<(AreaCode, String)>,
    /// Its budget, funding and quantities.
    pub amounts: Vec<AmountRow>,
    /// Its milestones, in the order given.
    pub milestones: Vec<MilestoneRow>,
}

impl Project {
    /// A project of the ledger in OC4IDS.
    pub fn new(publisher: &Publisher, units: &[Unit], whole: Whole) -> Result<Project> {
        let Whole { row, progress, areas, amounts, milestones } = whole;
        let (forecasts, quantities) = money::quantities(&amounts, units)?;
        let parties = parties(&row);
        let lead = parties.iter().find(|party| party.roles.contains(&PUBLIC_AUTHORITY));
        Ok(Project {
            id: id(publisher, &row),
            updated: row.updated_at.and_utc(),
            description: description(&row, &amounts, units)?,
            status: row.stage.oc4ids_status(),
            period: period(&row)?,
            additional_classifications: vec![Classification {
                scheme: "taizhang-project-kind",
                id: row.kind.as_str(),
            }],
            locations: areas.into_iter().map(location).collect(),
            budget: money::budget(&amounts, units)?,
            forecasts,
            public_authority: lead.map(|lead| PartyReference { id: lead.id, name: lead.name.clone() }),
            metrics: progress.map(money::progress).into_iter().chain(quantities).collect(),
            milestones: milestones.into_iter().map(milestone).collect::<Result<_>>()?,
            completion: day(row.finished_on.as_deref(), zone::end_of)?
                .map(|end_date| Completion { end_date }),
            parties,
            title: row.name,
        })
    }
}

/// The day of a column that is known to the day, at its begin or its end.
fn day(
    column: Option<&str>,
    moment: fn(NaiveDate) -> NaiveDateTime,
) -> Result<Option<DateTime<FixedOffset>>> {
    let Some(text) = column else { return Ok(None) };
    let date: Result<PartialDate, Invalid> = text.parse();
    let date = date.map_err(|invalid| Error::Corrupt(format!("date column: {invalid}")))?;
    let is_exact = date.first_day() == date.last_day();
    Ok(is_exact.then(|| zone::local(moment(date.first_day()))))
}

/// The words for a column that is not known to the day.
fn vague(what: &str, column: Option<&String>) -> Option<String> {
    column.filter(|text| text.len() < "2022-11-30".len()).map(|text| format!("{what}：{text}。"))
}

fn period(row: &ProjectRow) -> Result<Option<Period>> {
    let start_date = day(row.starts_on.as_deref(), zone::start_of)?;
    let end_date = day(row.finishes_on.as_deref(), zone::end_of)?;
    let is_empty = start_date.is_none() && end_date.is_none();
    Ok((!is_empty).then_some(Period { start_date, end_date }))
}

fn description(row: &ProjectRow, amounts: &[AmountRow], units: &[Unit]) -> Result<Option<String>> {
    let budget = amounts.iter().find(|amount| amount.kind == AmountKind::Budget);
    let budget = budget.map(|budget| money::qualified(budget, units)).transpose()?.flatten();
    let said = |what: &str, text: &Option<String>| {
        text.as_ref().filter(|text| !text.is_empty()).map(|text| format!("{what}：{text}。"))
    };
    let parts = [
        said("地点", &row.place),
        row.suspended.then(|| "已暂停。".to_owned()),
        said("预算", &budget),
        said("资金说明", &row.funding_note),
        vague("计划开工", row.starts_on.as_ref()),
        vague("计划完工", row.finishes_on.as_ref()),
        said("实际开工", &row.started_on),
        vague("实际完工", row.finished_on.as_ref()),
    ];
    let text: String = parts.into_iter().flatten().collect();
    Ok((!text.is_empty()).then_some(text))
}

fn location((code, name): (AreaCode, String)) -> Location {
    let code = code.to_string();
    Location {
        id: code.clone(),
        description: name,
        gazetteer: Gazetteer { scheme: "CN-NBS", identifiers: [code] },
    }
}

const PUBLIC_AUTHORITY: &str = "publicAuthority";
const SUPPLIER: &str = "supplier";

/// The unit in the lead and the contractor; where they are one, it has both roles.
fn parties(row: &ProjectRow) -> Vec<Party> {
    let mut parties: Vec<Party> = Vec::new();
    for (id, name, role) in
        [("lead-unit", &row.lead_unit, PUBLIC_AUTHORITY), ("contractor", &row.contractor, SUPPLIER)]
    {
        let Some(name) = name.as_ref().filter(|name| !name.is_empty()) else { continue };
        match parties.iter_mut().find(|party| party.name == *name) {
            Some(party) => party.roles.push(role),
            None => parties.push(Party { id, name: name.clone(), roles: vec![role] }),
        }
    }
    parties
}

fn milestone(row: MilestoneRow) -> Result<Milestone> {
    let parts = [
        vague("应达到", row.due_on.as_ref()),
        row.forecast_on.as_ref().map(|text| format!("预计：{text}。")),
        vague("实际达到", row.met_on.as_ref()),
    ];
    let description: String = parts.into_iter().flatten().collect();
    Ok(Milestone {
        id: row.ordinal.to_string(),
        description: (!description.is_empty()).then_some(description),
        due_date: day(row.due_on.as_deref(), zone::end_of)?,
        date_met: day(row.met_on.as_deref(), zone::end_of)?,
        status: match row.status {
            MilestoneStatus::Due => "scheduled",
            MilestoneStatus::Met => "met",
            MilestoneStatus::PartlyMet => "partiallyMet",
            MilestoneStatus::Missed => "notMet",
        },
        title: row.title,
    })
}
