//! What rows that are handed in refer to, looked up by their members alone: so that all that is not registered is told
//! together, beside whatever else is wrong. Of many rows it is looked up together too.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDateTime;
use serde_json::{Map, Value};

use crate::db::metrics::MetricRow;
use crate::db::{Conn, areas, metrics, plan_items, plans, projects, reports, units};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::life::Life;
use crate::domain::period::Period;
use crate::error::{Error, Fault, Invalid, Place, Result};

/// What a member refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refers {
    /// An area.
    Area,
    /// A metric that may be seen.
    Metric,
    /// A plan.
    Plan,
    /// A plan item that may be seen.
    PlanItem,
    /// A project that may be seen.
    Project,
    /// A report.
    Report,
    /// A unit.
    Unit,
}

/// Members that refer to something, by their paths; a list refers by each of its items.
pub type References = &'static [(&'static str, Refers)];

/// Items of a longer list are not looked up: the list is refused for its length.
const MOST_ITEMS: usize = 200;

/// What is wrong with the form of a body, and what it refers to and is not there, in the order of the body.
pub fn with_unregistered(
    conn: &mut Conn,
    sight: Sight,
    references: References,
    members: &Map<String, Value>,
    faults: &[Fault],
) -> Error {
    match Referred::by(conn, sight, references, [members]) {
        Ok(referred) => referred.with_unregistered(references, members, faults),
        Err(error) => error,
    }
}

/// The faults of the members that refer to what is not registered, or may not be seen. What cannot be read refers to
/// nothing.
pub fn unregistered(
    conn: &mut Conn,
    sight: Sight,
    references: References,
    members: &Map<String, Value>,
) -> Result<Vec<Fault>> {
    Ok(Referred::by(conn, sight, references, [members])?.unregistered(references, members))
}

/// What rows refer to and is registered, looked up by one query for each kind of thing, however many rows there are.
#[derive(Debug)]
pub struct Referred {
    sight: Sight,
    areas: HashMap<AreaCode, Life>,
    metrics: HashMap<String, MetricRow>,
    reports: HashMap<String, (NaiveDateTime, Option<Period>)>,
    /// Things of which it matters only that they are there and may be seen.
    others: HashMap<Refers, HashSet<String>>,
}

impl Referred {
    /// What is referred to by rows with these members.
    pub fn by<'a>(
        conn: &mut Conn,
        sight: Sight,
        references: References,
        rows: impl IntoIterator<Item = &'a Map<String, Value>>,
    ) -> Result<Referred> {
        let mut named: BTreeMap<Refers, BTreeSet<String>> = BTreeMap::new();
        for (refers, _, key) in rows.into_iter().flat_map(|members| keys(references, members)) {
            named.entry(refers).or_default().insert(key);
        }
        let mut referred = Referred {
            sight,
            areas: HashMap::new(),
            metrics: HashMap::new(),
            reports: HashMap::new(),
            others: HashMap::new(),
        };
        for (refers, keys) in named {
            referred.look_up(conn, refers, keys.into_iter().collect())?;
        }
        Ok(referred)
    }

    fn look_up(&mut self, conn: &mut Conn, refers: Refers, keys: Vec<String>) -> Result<()> {
        let found = match refers {
            Refers::Area => {
                let codes: Vec<AreaCode> = keys.iter().filter_map(|key| key.parse().ok()).collect();
                let members = areas::members_of(conn, &codes)?;
                self.areas = members.into_iter().map(|member| (member.code, member.life)).collect();
                return Ok(());
            }
            Refers::Metric => {
                let rows = metrics::known_among(conn, keys)?;
                self.metrics = rows.into_iter().map(|row| (row.code.clone(), row)).collect();
                return Ok(());
            }
            Refers::Report => {
                let known = reports::published(conn, keys)?.into_iter();
                self.reports =
                    known.map(|(code, published_at, period)| (code, (published_at, period))).collect();
                return Ok(());
            }
            Refers::Plan => plans::known_among(conn, keys)?,
            Refers::PlanItem => plan_items::seen_among(conn, self.sight, keys)?,
            Refers::Project => projects::seen_among(conn, self.sight, keys)?,
            Refers::Unit => units::all(conn)?.into_iter().map(|unit| unit.code).collect(),
        };
        self.others.insert(refers, found);
        Ok(())
    }

    /// The faults of the members that refer to what is not registered, or may not be seen.
    pub fn unregistered(&self, references: References, members: &Map<String, Value>) -> Vec<Fault> {
        let missing =
            keys(references, members).into_iter().filter(|(refers, _, key)| !self.has(*refers, key));
        missing.map(|(_, place, key)| Fault::pointer(place, Invalid::unregistered(key))).collect()
    }

    /// What is wrong with the form of a row, and what it refers to and is not there, in the order of the row.
    pub fn with_unregistered(
        &self,
        references: References,
        members: &Map<String, Value>,
        faults: &[Fault],
    ) -> Error {
        let is_known = |other: &Fault| faults.iter().any(|fault| fault.place == other.place);
        let others = self.unregistered(references, members).into_iter().filter(|other| !is_known(other));
        let mut all: Vec<Fault> = faults.iter().cloned().chain(others).collect();
        all.sort_by_key(|fault| position(members, fault));
        Error::Invalid(all)
    }

    fn has(&self, refers: Refers, key: &str) -> bool {
        match refers {
            // What is no code is a fault of its form.
            Refers::Area => key.parse().map_or(true, |code: AreaCode| self.areas.contains_key(&code)),
            Refers::Metric => self.metric(key).is_some_and(|metric| self.sight.sees(metric.visibility)),
            Refers::Report => self.reports.contains_key(key),
            Refers::Plan | Refers::PlanItem | Refers::Project | Refers::Unit => {
                self.others.get(&refers).is_some_and(|known| known.contains(key))
            }
        }
    }

    /// A metric that a row refers to, internal or not.
    pub fn metric(&self, code: &str) -> Option<&MetricRow> {
        self.metrics.get(code)
    }

    /// From when to when an area exists that a row refers to.
    pub fn life(&self, area: AreaCode) -> Option<Life> {
        self.areas.get(&area).copied()
    }

    /// When a report was published that a row refers to.
    pub fn published_at(&self, report: &str) -> Option<NaiveDateTime> {
        self.reports.get(report).map(|(published_at, _)| *published_at)
    }

    /// The period of a report that a row refers to, where it has one.
    pub fn period_of(&self, report: Option<&str>) -> Option<Period> {
        self.reports.get(report?).and_then(|(_, period)| *period)
    }
}

/// The place of the member that a fault is of, among those that were sent; at the end where it was not.
fn position(members: &Map<String, Value>, fault: &Fault) -> usize {
    let member = match &fault.place {
        Place::Pointer(pointer) => pointer.split('/').nth(1),
        _ => None,
    };
    let position = member.and_then(|member| members.keys().position(|name| name == member));
    position.unwrap_or(members.len())
}

/// What the members of a row refer to, each with its place and its key. What cannot be read refers to nothing.
fn keys(references: References, members: &Map<String, Value>) -> Vec<(Refers, String, String)> {
    let mut all = Vec::new();
    for &(path, refers) in references {
        let (name, inner) = path.split_once('/').unwrap_or((path, ""));
        let mut keys = Vec::new();
        if let Some(member) = members.get(name) {
            collect(member, inner, format!("/{name}"), &mut keys);
        }
        all.extend(keys.into_iter().map(|(place, key)| (refers, place, key)));
    }
    all
}

/// The texts at the end of a path, each with its place.
fn collect(value: &Value, path: &str, place: String, keys: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) if items.len() <= MOST_ITEMS => {
            for (index, item) in items.iter().enumerate() {
                collect(item, path, format!("{place}/{index}"), keys);
            }
        }
        Value::Object(members) => {
            let (name, inner) = path.split_once('/').unwrap_or((path, ""));
            if let Some(member) = members.get(name) {
                collect(member, inner, format!("{place}/{name}"), keys);
            }
        }
        Value::String(key) if path.is_empty() => keys.push((place, key.trim().to_owned())),
        _ => {}
    }
}

/// Whether what was looked for is there.
pub fn is_found<T>(found: Result<T>) -> Result<bool> {
    match found {
        Ok(_) => Ok(true),
        Err(Error::NotFound { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}
