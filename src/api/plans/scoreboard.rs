//! `GET /plans/{code}/scoreboard`: how a plan stands, and the one sum behind it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::types::{AreaScore, OverdueItem, Score, Scoreboard, SectionScore, UnitScore};
use crate::api::answer::{Answer, NO_ROW};
use crate::api::areas::types::gather;
use crate::api::light::AtQuery;
use crate::api::problem::Problem;
use crate::api::query::{Code, Query};
use crate::api::turns;
use crate::db::lights::{self, At};
use crate::db::plan_items::{self, BoardRow};
use crate::db::plans::{self, PlanRow};
use crate::db::turns::Turn;
use crate::db::{Conn, Db, areas};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code as PlanCode;
use crate::domain::light::rule::RULE;
use crate::domain::light::{Facts, LightReasonCode};
use crate::domain::tally::Tally;
use crate::error::Result;

/// Rows of a table of the scoreboard.
const MOST_ROWS: usize = 1000;

/// Items that are told to be overdue.
const MOST_OVERDUE: usize = 50;

/// Read the scoreboard of a plan
///
/// How the plan stands at the end of a day: its items by light and what is done in percent, in all, by
/// section, by unit and by area, and what is overdue. Headings are not counted, only the items without any
/// below them, and only those that the reader may see.
///
/// What is done of an item is 100 when it is closed, else its progress, 0 when nobody has told. What is done
/// of a heading is the mean of the items directly below it by their weights, and so on up to the plan; in a
/// unit or an area it is the mean of its items by their own weights. A null weight is 1.
#[utoipa::path(tag = "plans", params(("code" = PlanCode, Path, description = "Code of the plan", example = "bishi-2023"), AtQuery), responses((status = 200, description = "The scoreboard", body = Scoreboard)))]
#[get("/plans/{code}/scoreboard")]
pub async fn show_scoreboard(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<PlanCode>,
    sight: Sight,
    query: Query<AtQuery>,
) -> Result<Answer, Problem> {
    let at = At::new(query.0.at);
    let work = move |conn: &mut Conn| {
        let plan = plans::find(conn, code.0.as_str())?;
        Ok((of_plan(conn, sight, &plan, at)?, at.good_until(conn)?))
    };
    let read = turns::scan(&db, &request, Turn::Screen, work).await?;
    Answer::changing(&request, read, |_| NO_ROW)
}

/// How a plan stands at the end of a day, as far as the reader sees it.
pub fn of_plan(conn: &mut Conn, sight: Sight, plan: &PlanRow, at: At) -> Result<Scoreboard> {
    let items = watched(conn, sight, plan, at)?;
    let areas = gather(plan_items::areas_of_plan(conn, &plan.code)?);
    of_items(conn, plan, items, &areas, at)
}

/// The items of a plan that the reader sees, in the order of the tree, with the facts of their lights.
pub fn watched(conn: &mut Conn, sight: Sight, plan: &PlanRow, at: At) -> Result<Vec<(BoardRow, Facts)>> {
    let items = plan_items::board(conn, sight, &plan.code)?;
    let facts = lights::of_plan(conn, sight, &plan.code, &items, at)?;
    Ok(items.into_iter().zip(facts).collect())
}

/// How some items of a plan stand together. A heading comes with the items below it that are meant, or not
/// at all.
pub fn of_items(
    conn: &mut Conn,
    plan: &PlanRow,
    items: Vec<(BoardRow, Facts)>,
    areas: &HashMap<String, Vec<AreaCode>>,
    at: At,
) -> Result<Scoreboard> {
    let named: BTreeSet<AreaCode> = areas.values().flatten().copied().collect();
    let names = areas::names(conn, named.into_iter().collect())?;
    Ok(scoreboard(plan, items, areas, &names, at))
}

/// The same without what it says of single areas, which costs most.
pub fn at_a_glance(conn: &mut Conn, sight: Sight, plan: &PlanRow, at: At) -> Result<Scoreboard> {
    let items = watched(conn, sight, plan, at)?;
    Ok(Scoreboard { by_area: Vec::new(), ..scoreboard(plan, items, &HashMap::new(), &HashMap::new(), at) })
}

fn scoreboard(
    plan: &PlanRow,
    items: Vec<(BoardRow, Facts)>,
    areas: &HashMap<String, Vec<AreaCode>>,
    names: &HashMap<AreaCode, String>,
    at: At,
) -> Scoreboard {
    let mut below: HashMap<String, Tally> = HashMap::new();
    let mut total = Tally::default();
    let mut by_section = Vec::new();
    let mut by_unit: BTreeMap<(bool, Option<String>), Tally> = BTreeMap::new();
    let mut by_area: BTreeMap<AreaCode, Tally> = BTreeMap::new();
    let mut overdue = Vec::new();
    let known: HashSet<String> = items.iter().map(|(row, _)| row.code.clone()).collect();
    // From the last to the first, every item comes after all that is below it.
    for (row, facts) in items.into_iter().rev() {
        let tally = below.remove(&row.code).unwrap_or_else(|| {
            let light = facts.light(at.day);
            let item = Tally::of_item(light.color, facts.completion());
            let unit = row.lead_unit.clone();
            by_unit.entry((unit.is_none(), unit)).or_default().add(&item, row.weight);
            for &area in areas.get(&row.code).into_iter().flatten() {
                by_area.entry(area).or_default().add(&item, row.weight);
            }
            let is_overdue = light.reasons.iter().any(|reason| reason.code == LightReasonCode::Overdue);
            if let Some(due) = facts.due_on.filter(|_| is_overdue) {
                let days = (at.day - due.last_day()).num_days();
                overdue.push(OverdueItem::new(&row, due, days, light.into()));
            }
            item
        });
        match row.parent.filter(|parent| known.contains(parent)) {
            Some(parent) => below.entry(parent).or_default().add(&tally, row.weight),
            None => {
                total.add(&tally, row.weight);
                by_section.push(SectionScore { code: row.code, title: row.title, score: (&tally).into() });
            }
        }
    }
    by_section.reverse();
    overdue.reverse();
    overdue.sort_by_key(|item| std::cmp::Reverse(item.days_overdue));
    let overdue_count = overdue.len() as i64;
    overdue.truncate(MOST_OVERDUE);
    by_section.truncate(MOST_ROWS);
    let by_unit = by_unit.into_iter().take(MOST_ROWS);
    let by_area = by_area.into_iter().take(MOST_ROWS);
    Scoreboard {
        plan: plan.code.clone(),
        at: at.day,
        rule: RULE.version,
        total: Score::from(&total),
        by_section,
        by_unit: by_unit
            .map(|((_, lead_unit), tally)| UnitScore { lead_unit, score: (&tally).into() })
            .collect(),
        by_area: by_area
            .map(|(area, tally)| {
                let name = names.get(&area).cloned().unwrap_or_default();
                AreaScore { area, name, score: (&tally).into() }
            })
            .collect(),
        overdue,
        overdue_count,
    }
}
