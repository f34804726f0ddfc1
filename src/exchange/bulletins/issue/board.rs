//! What a bulletin about a plan says: its scoreboard as the public could know it at this moment, which lights
//! have changed since the bulletin before, and on what nobody reports.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::{Issue, read_content, unknown};
use crate::db::Conn;
use crate::db::ledger::Entry;
use crate::db::plan_items::BoardRow;
use crate::db::plans::{self, PlanRow};
use crate::db::{areas, bulletins};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::at::At;
use crate::domain::bulletin::{Shift, shift};
use crate::domain::light::rule::RULE;
use crate::domain::light::{Light, LightColor, LightReasonCode};
use crate::domain::tally::Tally;
use crate::domain::tree;
use crate::domain::when::When;
use crate::error::{Fault, Invalid, Result};
use crate::exchange::bulletins::content::{
    AreaStand, BoardContent, BoardKind, ItemLight, LightShift, OverdueLine, SectionStand, SilentItem, Stand,
    UnitStand, reasons,
};
use crate::statistics::scoreboard::{self, Overdue, Scoreboard, Section, Watched};

/// The plan with this code.
///
/// Errors: `Invalid` when there is none.
pub fn plan(conn: &mut Conn, code: &str) -> Result<PlanRow> {
    plans::find(conn, code).map_err(|error| unknown(error, "/plan"))
}

/// The board of a plan in an area, ready to be issued.
pub fn issue(
    entry: &mut Entry<'_>,
    code: &str,
    within: AreaCode,
    date: NaiveDate,
    today: NaiveDate,
) -> Result<Issue> {
    let plan = &plan(entry.conn, code)?;
    let conn = &mut *entry.conn;
    let area = areas::find(conn, within).map_err(|error| unknown(error, "/within"))?;
    if !plan.area.subtree().contains(&within.as_i64()) {
        let (zh, en) = (
            format!("不在计划区划 {} 之内", plan.area),
            format!("is not within {}, the area of the plan", plan.area),
        );
        return Err(Fault::pointer("/within", Invalid::new("outside_of_plan", zh, en)).into());
    }
    let at = At::as_known(When::Day(date), entry.at);
    let places = scoreboard::item_areas(conn, plan)?;
    let mut items = scoreboard::watched(conn, Sight::PUBLIC, plan, at)?;
    if within != plan.area {
        items = inside(items, |row| {
            places.get(&row.code).is_some_and(|of| of.iter().any(|code| covers(within, *code)))
        });
    }
    let series = format!("plan {}", plan.code);
    let previous = bulletins::before(conn, &series, within, date)?;
    let before: Option<BoardContent> = previous.as_ref().map(read_content).transpose()?;
    let lit: Vec<(BoardRow, Light)> =
        leaves(&items).into_iter().map(|(row, facts)| (row, facts.light(date))).collect();
    let board = scoreboard::of_items(conn, plan, items, &places, at.day)?;
    let (worse, better) = shifts(&lit, before.as_ref());
    let Scoreboard { total, sections: by_section, units, areas: in_areas, overdue, overdue_count, .. } =
        board;
    let was = before.iter();
    let sections: HashMap<&str, &Stand> =
        was.clone().flat_map(|was| &was.by_section).map(|row| (row.code.as_str(), &row.stand)).collect();
    let of_units: HashMap<Option<&str>, &Stand> =
        was.clone().flat_map(|was| &was.by_unit).map(|row| (row.lead_unit.as_deref(), &row.stand)).collect();
    let of_areas: HashMap<AreaCode, &Stand> =
        was.flat_map(|was| &was.by_area).map(|row| (row.area, &row.stand)).collect();
    let by_section = by_section.into_iter().map(|Section { code, title, tally }| SectionStand {
        stand: stand(&tally, sections.get(code.as_str()).copied()),
        code,
        title,
    });
    let by_unit = units.into_iter().map(|(lead_unit, tally)| UnitStand {
        stand: stand(&tally, of_units.get(&lead_unit.as_deref()).copied()),
        lead_unit,
    });
    let by_area = in_areas.into_iter().filter(|(area, ..)| covers(within, *area));
    let by_area = by_area.map(|(area, name, tally)| AreaStand {
        stand: stand(&tally, of_areas.get(&area).copied()),
        area,
        name,
    });
    let content = BoardContent {
        kind: BoardKind::Plan,
        plan_title: plan.title.clone(),
        area_name: area.name.clone(),
        rule: RULE.version,
        previous_date: previous.as_ref().map(|row| row.date),
        total: stand(&total, before.as_ref().map(|was| &was.total)),
        by_section: by_section.collect(),
        by_unit: by_unit.collect(),
        by_area: by_area.collect(),
        overdue: overdue.into_iter().map(overdue_line).collect(),
        overdue_count,
        previous_overdue_count: before.as_ref().map(|was| was.overdue_count),
        worse,
        better,
        not_reported: lit.iter().filter_map(silent).collect(),
        items: lit
            .iter()
            .map(|(row, light)| ItemLight { code: row.code.clone(), light: light.color })
            .collect(),
        issued_on: today,
    };
    let whose = if within == plan.area { "" } else { &area.name };
    let title = format!("{}{whose}进展通报（{}）", plan.title, date.format("%Y年%-m月%-d日"));
    Issue::new(title, series, previous, &content)
}

fn covers(within: AreaCode, code: AreaCode) -> bool {
    within.subtree().contains(&code.as_i64())
}

/// The items without any below them that are meant, each with the headings above it, in the same order.
fn inside(items: Watched, is_meant: impl Fn(&BoardRow) -> bool) -> Watched {
    let kept = tree::fold(items, |item, below: Vec<(bool, Watched)>| {
        let is_leaf = below.is_empty();
        let below: Watched = below.into_iter().flat_map(|(_, kept)| kept).collect();
        let is_kept = if is_leaf { is_meant(&item.0) } else { !below.is_empty() };
        let kept = if is_kept { std::iter::once(item).chain(below).collect() } else { Vec::new() };
        (is_kept, kept)
    });
    kept.into_iter().flat_map(|(_, kept)| kept).collect()
}

/// The items without any below them: those that are counted.
fn leaves(items: &Watched) -> Watched {
    let parents: HashSet<&String> = items.iter().filter_map(|(row, _)| row.parent.as_ref()).collect();
    items.iter().filter(|(row, _)| !parents.contains(&row.code)).cloned().collect()
}

/// The items whose light got worse, and those whose light got better. One that was not in the bulletin before
/// is neither.
fn shifts(lit: &[(BoardRow, Light)], before: Option<&BoardContent>) -> (Vec<LightShift>, Vec<LightShift>) {
    let known: HashMap<&str, LightColor> = before
        .iter()
        .flat_map(|content| &content.items)
        .map(|item| (item.code.as_str(), item.light))
        .collect();
    let (mut worse, mut better) = (Vec::new(), Vec::new());
    for (row, light) in lit {
        let Some(&from) = known.get(row.code.as_str()) else { continue };
        let list = match shift(from, light) {
            Some(Shift::Worse) => &mut worse,
            Some(Shift::Better) => &mut better,
            None => continue,
        };
        let BoardRow { code, title, lead_unit, .. } = row.clone();
        list.push(LightShift {
            code,
            title,
            lead_unit,
            from,
            to: light.color,
            reasons: reasons(light, |_| true),
        });
    }
    (worse, better)
}

/// The item, when nobody has reported on it for a cycle or longer.
fn silent((row, light): &(BoardRow, Light)) -> Option<SilentItem> {
    let reasons =
        reasons(light, |code| matches!(code, LightReasonCode::Silent | LightReasonCode::LongSilent));
    let BoardRow { code, title, lead_unit, .. } = row.clone();
    (!reasons.is_empty()).then_some(SilentItem { code, title, lead_unit, reasons })
}

/// How items stand, beside how they stood.
fn stand(tally: &Tally, before: Option<&Stand>) -> Stand {
    Stand { now: tally.into(), previous: before.map(|before| before.now.clone()) }
}

fn overdue_line(overdue: Overdue) -> OverdueLine {
    let Overdue { item: BoardRow { code, title, lead_unit, .. }, due_on, days, light: _ } = overdue;
    OverdueLine { code, title, lead_unit, due_on: due_on.to_string(), days_overdue: days }
}
