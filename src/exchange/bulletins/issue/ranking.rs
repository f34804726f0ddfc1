//! What a bulletin about a metric says: the ranking as the public could know it at this moment, and what has
//! changed since the bulletin before.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Issue, Ranked, of_body, read_content, total, unknown};
use crate::db::ledger::Entry;
use crate::db::metrics::MetricRow;
use crate::db::metrics::members::Metric;
use crate::db::{areas, bulletins};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Direction, Role};
use crate::domain::derived::Derived;
use crate::domain::frequency::Frequency;
use crate::domain::period::Period;
use crate::domain::period_before::goes_on;
use crate::error::{Fault, Invalid, Result};
use crate::exchange::bulletins::content::{
    BulletinNumber, NamedArea, RankedArea, RankingContent, RankingKind, Told,
};
use crate::statistics::ranking::{self, By, Plan, Row};
use crate::statistics::{Asked, Question, existing, level_below, reach};

/// A bulletin ranks at most so many areas: it is printed.
const MOST_AREAS: usize = 300;

/// A ranking, ready to be issued.
pub fn issue(entry: &mut Entry<'_>, asked: &Ranked, date: NaiveDate, today: NaiveDate) -> Result<Issue> {
    let asked_of = Asked {
        metric: asked.metric.clone(),
        accumulation: asked.accumulation,
        role: Role::Actual,
        as_of: None,
        unit: None,
        now: entry.at,
    };
    let conn = &mut *entry.conn;
    let question = Question::new(conn, Sight::PUBLIC, &asked_of).map_err(|e| unknown(e, "/metric"))?;
    let area = areas::find(conn, asked.within).map_err(|error| unknown(error, "/within"))?;
    let period = period(&question.metric, asked.period, date)?;
    let level = level_below(conn, Some(area.code), asked.level).map_err(of_body)?;
    let count = existing(conn, reach(Some(area.code)), level, question.counted_days(period))?.len();
    if count > MOST_AREAS {
        let (zh, en) = (
            format!("有 {count} 个区划，最多 {MOST_AREAS} 个；请缩小 within 或提高 level"),
            format!("ranks {count} areas and can take {MOST_AREAS}; narrow `within`, or raise `level`"),
        );
        return Err(Fault::pointer("/within", Invalid::new("too_many_areas", zh, en)).into());
    }
    let ascending = question.metric.direction == Direction::Lower;
    let plan = Plan { within: Some(area.code), level: Some(level), period, by: asked.by, ascending };
    let ranking = ranking::rank(conn, &question, &plan)?;
    let series = format!(
        "metric {} {level} {} {} {} {} {ascending}",
        question.metric.code,
        question.unit.code,
        question.accumulation,
        period.frequency(),
        asked.by,
    );
    let previous = bulletins::before(conn, &series, area.code, date)?;
    let before: Option<RankingContent> = previous.as_ref().map(read_content).transpose()?;
    // What began anew since the bulletin before has neither risen nor fallen.
    let goes_on = |before: &RankingContent| goes_on(question.accumulation, &before.period, &period);
    let restarts = before.as_ref().is_some_and(|before| !goes_on(before));
    let comparable = before.as_ref().filter(|_| !restarts);
    let known: HashMap<AreaCode, &RankedArea> =
        comparable.into_iter().flat_map(|content| &content.rows).map(|row| (row.area, row)).collect();
    let listed = ranking.rows.iter().map(|row| row.area);
    let unlisted = ranking.not_reported.iter().chain(&ranking.unranked).copied();
    let names = areas::names(conn, listed.chain(unlisted).collect())?;
    let name = |code: &AreaCode| names.get(code).cloned().unwrap_or_default();
    let named = |codes: &[AreaCode]| -> Vec<NamedArea> {
        codes.iter().map(|code| NamedArea { area: *code, name: name(code) }).collect()
    };
    let rows = ranking.rows.iter();
    let areas = ranking.rows.iter().map(|row| row.area).collect();
    let mut texts = ranking::texts(conn, &question, period, areas)?;
    let rows = rows.map(|row| {
        let said = (name(&row.area), texts.remove(&row.area));
        ranked(&question, asked.by, row, said, known.get(&row.area).copied())
    });
    let rows: Vec<RankedArea> = rows.collect::<Result<_>>().map_err(of_body)?;
    let (total, no_total) = total::total(conn, &question, &plan, &ranking, &rows, comparable)?;
    let Metric { name, definition, decimals, .. } = question.metric.members.clone();
    let (metric_name, definition) = (String::from(name), String::from(definition));
    let content = RankingContent {
        kind: RankingKind::Metric,
        metric_name: metric_name.clone(),
        definition,
        unit: question.unit.code.clone(),
        unit_name: question.unit.name.clone(),
        decimals: decimals.into(),
        area_name: area.name.clone(),
        level,
        period,
        accumulation: question.accumulation,
        by: asked.by,
        ascending,
        previous_date: previous.as_ref().map(|row| row.date),
        not_compared: restarts.then(|| Told {
            text: "年初累计数自本年重新起算，不与上年的上期相比。".to_owned(),
            text_en: "Figures since January have begun anew: nothing is compared with the bulletin before."
                .to_owned(),
        }),
        rows,
        reported: number(ranking.expected - ranking.not_reported.len()),
        expected: number(ranking.expected),
        not_reported: named(&ranking.not_reported),
        unranked: named(&ranking.unranked),
        total,
        no_total,
        issued_on: today,
    };
    let title = format!("{}{metric_name}排名通报（{}）", area.name, date.format("%Y年%-m月%-d日"));
    Issue::new(title, series, previous, &content)
}

/// The period that is ranked: the one asked for, else the shortest that figures of the metric have and the day
/// lies in.
fn period(metric: &MetricRow, asked: Option<Period>, date: NaiveDate) -> Result<Period> {
    let at = |code, zh: String, en: String| Fault::pointer("/period", Invalid::new(code, zh, en));
    if let Some(period) = asked {
        if period.first_day() <= date {
            return Ok(period);
        }
        let (zh, en) = (format!("{date} 时尚未开始"), format!("has not begun on {date}"));
        return Err(at("not_begun", zh, en).into());
    }
    let known = |frequency: &&Frequency| metric.frequencies.contains(frequency);
    let shortest = Frequency::ALL.iter().rev().filter(known).find_map(|frequency| frequency.around(date));
    shortest.ok_or_else(|| {
        let (zh, en) = ("指标没有固定的报告频率", "is needed: the metric has no frequency of its own");
        at("missing", zh.to_owned(), en.to_owned()).into()
    })
}

fn ranked(
    question: &Question,
    by: By,
    row: &Row,
    (area_name, text): (String, Option<String>),
    before: Option<&RankedArea>,
) -> Result<RankedArea> {
    let told = |number: Derived| question.shown(&number).map(BulletinNumber::from);
    let rank = number(row.standing.rank);
    let period_change = row.change.clone().filter(|_| by == By::Change);
    Ok(RankedArea {
        rank,
        best_rank: number(row.standing.best),
        worst_rank: number(row.standing.worst),
        area: row.area,
        area_name,
        number: told(row.value.clone())?,
        text,
        period_change: period_change.map(told).transpose()?,
        completion: row.completion.as_ref().and_then(|share| share.shown().ok()).map(BulletinNumber::from),
        previous: before.map(|before| before.number.clone()),
        previous_rank: before.map(|before| before.rank),
        movement: before.map(|before| before.rank - rank),
        change: before.map(|before| told(row.value.minus(&Derived::from(&before.number)))).transpose()?,
    })
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
