//! A project of the ledger as one of OC4IDS. No day is told that nobody said: a date that is known to the month
//! or year alone is in the description.

use std::fmt::Display;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

use super::{
    Classification, Completion, Gazetteer, Location, Milestone, Party, PartyReference, Period, Project,
    Publisher, id, money,
};
use crate::db::projects::ProjectRow;
use crate::db::projects::milestones::MilestoneRow;
use crate::db::projects::money::AmountRow;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::MilestoneStatus;
use crate::domain::partial_date::PartialDate;
use crate::domain::unit::Unit;
use crate::domain::zone;
use crate::error::Result;

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
        let (forecasts, quantities) = money::quantities(&amounts, units);
        let parties = parties(&row);
        let lead = parties.iter().find(|party| party.roles.contains(&PUBLIC_AUTHORITY));
        Ok(Project {
            id: id(publisher, &row),
            updated: row.updated_at.and_utc(),
            language: "zh",
            description: description(&row),
            status: row.stage.oc4ids_status(),
            period: period(&row),
            additional_classifications: vec![Classification {
                scheme: "taizhang-project-kind",
                id: row.kind.as_str(),
            }],
            locations: areas.into_iter().map(location).collect(),
            budget: money::budget(&amounts, row.funding_note.as_ref(), units),
            forecasts,
            public_authority: lead.map(|lead| PartyReference { id: lead.id, name: lead.name.clone() }),
            metrics: progress.map(money::progress).into_iter().chain(quantities).collect(),
            milestones: milestones.into_iter().map(milestone).collect::<Result<_>>()?,
            completion: completion(&row),
            parties,
            title: row.name,
        })
    }
}

/// The day of a column that is known to the day, at its begin or its end.
fn day(column: Option<PartialDate>, moment: fn(NaiveDate) -> NaiveDateTime) -> Option<DateTime<FixedOffset>> {
    let day = column.filter(|date| !is_vague(*date))?.first_day();
    Some(zone::local(moment(day)))
}

/// Whether a date is not known to the day.
fn is_vague(date: PartialDate) -> bool {
    date.first_day() != date.last_day()
}

/// A column that is not known to the day.
fn vague(column: Option<PartialDate>) -> Option<PartialDate> {
    column.filter(|date| is_vague(*date))
}

/// A sentence on something that is said.
fn said(what: &str, text: Option<impl Display>) -> Option<String> {
    text.map(|text| format!("{what}：{text}。"))
}

fn period(row: &ProjectRow) -> Option<Period> {
    let start_date = day(row.starts_on, zone::start_of);
    let end_date = day(row.finishes_on, zone::end_of);
    let is_empty = start_date.is_none() && end_date.is_none();
    (!is_empty).then_some(Period { start_date, end_date })
}

fn completion(row: &ProjectRow) -> Option<Completion> {
    let end_date = day(row.finished_on, zone::end_of);
    let end_date_details = vague(row.finished_on).map(|date| date.to_string());
    row.finished_on.is_some().then_some(Completion { end_date, end_date_details })
}

fn description(row: &ProjectRow) -> Option<String> {
    let parts = [
        said("地点", row.place.as_ref().filter(|place| !place.is_empty())),
        row.suspended.then(|| "已暂停。".to_owned()),
        said("计划开工", vague(row.starts_on)),
        said("计划完工", vague(row.finishes_on)),
        said("实际开工", row.started_on),
    ];
    let text: String = parts.into_iter().flatten().collect();
    (!text.is_empty()).then_some(text)
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
        let Some(name) = name.as_ref().filter(|name| !name.trim().is_empty()) else { continue };
        match parties.iter_mut().find(|party| party.name == *name) {
            Some(party) => party.roles.push(role),
            None => parties.push(Party { id, name: name.clone(), roles: vec![role] }),
        }
    }
    parties
}

fn milestone(row: MilestoneRow) -> Result<Milestone> {
    let parts = [
        said("应达到", vague(row.due_on)),
        said("预计", row.forecast_on),
        said("实际达到", vague(row.met_on)),
    ];
    let description: String = parts.into_iter().flatten().collect();
    Ok(Milestone {
        id: row.ordinal.to_string(),
        description: (!description.is_empty()).then_some(description),
        due_date: day(row.due_on, zone::end_of),
        date_met: day(row.met_on, zone::end_of),
        date_modified: row.updated_at.and_utc(),
        status: match row.status {
            MilestoneStatus::Due => "scheduled",
            MilestoneStatus::Met => "met",
            MilestoneStatus::PartlyMet => "partiallyMet",
            MilestoneStatus::Missed => "notMet",
        },
        title: row.title,
    })
}
