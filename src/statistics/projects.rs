//! The projects that are asked for, with their lights, and what they come to together: counted by stage, status,
//! kind and area in one pass over them.

use std::collections::{BTreeMap, BTreeSet};

use itertools::Itertools;

use super::by_light::{LightFilter, Lit, lit};
use crate::db::lights;
use crate::db::projects::{self, ProjectFilter, ProjectPlace, ProjectRow, ProjectSort, money};
use crate::db::{Conn, Window, areas, units};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::at::At;
use crate::domain::codes::{AmountKind, ProjectKind};
use crate::domain::derived::Derived;
use crate::domain::light::Facts;
use crate::domain::project_tally::ProjectTally;
use crate::domain::stage::{Oc4idsStatus, Stage};
use crate::domain::unit::Unit;
use crate::error::Result;

/// Areas that are told.
const MOST_AREAS: usize = 1000;

/// Projects read at a time.
pub const CHUNK: i64 = 1000;

/// Which projects are asked for, and on which day.
#[derive(Debug, Clone)]
pub struct Projects {
    /// What their rows say.
    pub filter: ProjectFilter,
    /// Their lights.
    pub light: LightFilter,
    /// The day of the lights.
    pub at: At,
    /// In which order.
    pub sort: ProjectSort,
}

impl Projects {
    /// Checks that what they are filtered by is registered.
    ///
    /// Errors: `Invalid`.
    pub fn check(&self, conn: &mut Conn) -> Result<()> {
        money::check(conn, self.filter.budget_unit.as_deref())?;
        areas::check(conn, "within", self.filter.within)?;
        self.filter.area.iter().try_for_each(|&area| areas::check(conn, "area", Some(area)))
    }

    /// Those after a place, with what their lights are computed from.
    pub fn watched(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<ProjectPlace>,
    ) -> Result<Lit<(ProjectRow, Facts)>> {
        self.light.choose(window, self.place(), |window| self.read(conn, sight, window))
    }

    /// How many there are.
    pub fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        if self.light.is_open() {
            return projects::count(conn, sight, &self.filter, self.at.day);
        }
        self.light.count(self.place(), |window| self.read(conn, sight, window))
    }

    fn place(&self) -> impl Fn(&(ProjectRow, Facts)) -> ProjectPlace {
        let sort = self.sort;
        move |(row, _)| row.place(sort)
    }

    fn read(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<ProjectPlace>,
    ) -> Result<Lit<(ProjectRow, Facts)>> {
        let rows = projects::list(conn, sight, &self.filter, self.at.day, self.sort, window)?;
        let facts = lights::of_projects(conn, &rows, self.at)?;
        Ok(lit(rows.into_iter().zip(facts.iter().cloned()).collect(), facts, self.at))
    }
}

/// The same projects counted in several ways.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Each once.
    pub all: ProjectTally,
    /// Those at each stage.
    pub by_stage: BTreeMap<Stage, ProjectTally>,
    /// Those under each status of OC4IDS.
    pub by_status: BTreeMap<Oc4idsStatus, ProjectTally>,
    /// Those of each kind.
    pub by_kind: BTreeMap<ProjectKind, ProjectTally>,
    /// Those in each area, with its name; at most 1000. A project of several areas counts in each.
    pub by_area: Vec<(AreaCode, String, ProjectTally)>,
}

/// The selected projects summed up, with their budgets in [`money::UNIT`].
pub fn summary(conn: &mut Conn, sight: Sight, projects: &Projects) -> Result<Summary> {
    let at = projects.at.day;
    let units = units::all(conn)?;
    let places = Places::new(conn, &projects.filter)?;
    let (mut tallies, mut by_area) = (Summary::default(), BTreeMap::<AreaCode, ProjectTally>::new());
    let mut window = Window { after: None, limit: CHUNK };
    loop {
        let rows = projects.watched(conn, sight, &window)?;
        let codes: Vec<String> = rows.iter().map(|((row, _), _)| row.code.clone()).collect();
        let parts = projects::parts(conn, sight, &codes)?;
        let named = parts.areas.into_iter().into_group_map();
        let mut budgets = BTreeMap::new();
        for amount in parts.amounts.iter().filter(|amount| amount.kind == AmountKind::Budget) {
            let budget = Derived::from(&amount.figure.quantity());
            if let Some(budget) = in_summary_unit(&budget, &amount.unit, &units) {
                budgets.insert(amount.project.as_str(), budget);
            }
        }
        for ((row, facts), light) in &rows {
            let budget = budgets.get(row.code.as_str());
            let add = |tally: &mut ProjectTally| tally.add(facts, light.color, budget, at);
            add(&mut tallies.all);
            add(tallies.by_stage.entry(row.stage).or_default());
            add(tallies.by_status.entry(row.stage.oc4ids_status()).or_default());
            add(tallies.by_kind.entry(row.kind).or_default());
            let areas = named.get(&row.code).into_iter().flatten();
            for area in areas.filter_map(|&area| places.row(area)).collect::<BTreeSet<_>>() {
                add(by_area.entry(area).or_default());
            }
        }
        window.after = rows.last().map(|((row, _), _)| row.place(projects.sort));
        if (codes.len() as i64) < CHUNK {
            break;
        }
    }
    let areas: Vec<_> = by_area.into_iter().take(MOST_AREAS).collect();
    let mut names = areas::names(conn, areas.iter().map(|(area, _)| *area).collect())?;
    let named = |(area, tally)| (area, names.remove(&area).unwrap_or_default(), tally);
    tallies.by_area = areas.into_iter().map(named).collect();
    Ok(tallies)
}

/// A sum of money in the unit of the summary. None of what is no money, which older data may hold.
fn in_summary_unit(money: &Derived, unit: &str, units: &[Unit]) -> Option<Derived> {
    let find = |code: &str| units.iter().find(|unit| unit.code == code);
    money.convert(find(unit)?, find(money::UNIT)?).ok()
}

/// Which row an area that a project names is counted in.
struct Places {
    within: Option<AreaCode>,
    /// The areas directly below.
    below: BTreeSet<AreaCode>,
    /// No other areas; any when empty.
    only: Vec<AreaCode>,
}

impl Places {
    fn new(conn: &mut Conn, filter: &ProjectFilter) -> Result<Places> {
        let below = match filter.within {
            Some(within) => areas::children(conn, &[within])?.into_iter().map(|area| area.code).collect(),
            None => BTreeSet::new(),
        };
        Ok(Places { within: filter.within, below, only: filter.area.clone() })
    }

    fn row(&self, area: AreaCode) -> Option<AreaCode> {
        if !self.only.is_empty() && !self.only.contains(&area) {
            return None;
        }
        let Some(within) = self.within else { return Some(area) };
        let holds = |above: AreaCode| above.subtree().contains(&area.as_i64());
        let below = self.below.range(..=area).next_back().copied().filter(|&below| holds(below));
        below.or_else(|| holds(within).then_some(within))
    }
}
