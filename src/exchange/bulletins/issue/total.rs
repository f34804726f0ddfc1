//! What the areas of a ranking come to together, and what that has changed since the bulletin before: over those
//! that have reported both times only.

use super::of_body;
use crate::db::Conn;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::AreaRule;
use crate::domain::derived::Derived;
use crate::error::{Error, Result, only};
use crate::exchange::bulletins::content::{BulletinNumber, BulletinTotal, RankedArea, RankingContent, Told};
use crate::statistics::Question;
use crate::statistics::aggregate::{self, Groups};
use crate::statistics::ranking::{Plan, Ranking};

/// A change, over how many areas it is, and why not over all.
type Change = (Option<Derived>, Option<usize>, Option<Told>);

/// What those that have reported come to, or why they come to nothing.
pub fn total(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    ranking: &Ranking,
    rows: &[RankedArea],
    before: Option<&RankingContent>,
) -> Result<(Option<BulletinTotal>, Option<Told>)> {
    let Plan { within, level, period, .. } = *plan;
    let together = aggregate::Plan { within, groups: Groups::One, level, span: period };
    let level = aggregate::level(conn, &together).map_err(of_body)?;
    let row = match aggregate::roll_up(conn, question, &together, level) {
        Ok(rolled) => only(rolled.rows)?,
        Err(Error::Invalid(faults)) if faults.iter().all(|fault| fault.invalid.code == "not_aggregable") => {
            let told = faults.into_iter().next().map(|fault| fault.invalid.message);
            return Ok((None, told.map(|told| Told { text: told.zh, text_en: told.en })));
        }
        Err(other) => return Err(of_body(other)),
    };
    let told = |number: &Derived| question.shown(number).map(BulletinNumber::from).map_err(of_body);
    let together = row.together;
    let of_level = ranking.rows.iter().map(|row| row.area);
    let of_level = of_level.chain(ranking.unranked.iter().chain(&ranking.not_reported).copied());
    let mut areas: Vec<AreaCode> = of_level.filter(|area| !together.missing.contains(area)).collect();
    areas.sort_unstable();
    let (change, compared, change_note) = match (&together.number, before) {
        (Some(number), Some(before)) => change(question.metric.area_rule, number, &areas, rows, before),
        _ => (None, None, None),
    };
    let total = BulletinTotal {
        number: together.number.as_ref().map(told).transpose()?,
        method: question.metric.area_rule,
        reported: count(together.expected - together.missing.len()),
        areas: Some(areas),
        change: change.as_ref().map(told).transpose()?,
        compared: compared.map(count),
        change_note,
    };
    Ok((Some(total), None))
}

/// What the total has changed. Others than then are not compared with; a sum is over those in both.
fn change(
    rule: AreaRule,
    number: &Derived,
    areas: &[AreaCode],
    rows: &[RankedArea],
    before: &RankingContent,
) -> Change {
    let total = before.total.as_ref();
    let Some(then) = total.and_then(|total| total.number.as_ref()).map(Derived::from) else {
        return (None, None, None);
    };
    let reporters = reporters(before);
    if reporters.as_deref() == Some(areas) {
        return (Some(number.minus(&then)), Some(areas.len()), None);
    }
    let both = |area: &&AreaCode| reporters.as_ref().is_some_and(|then| then.contains(area));
    let both: Vec<&AreaCode> = areas.iter().filter(both).collect();
    // A row has what its area stated then beside what it states now.
    let of_area = |area: &AreaCode| {
        let row = rows.iter().find(|row| row.area == *area)?;
        Some(Derived::from(&row.number).minus(&Derived::from(row.previous.as_ref()?)))
    };
    let changes: Option<Vec<Derived>> = both.iter().map(|area| of_area(area)).collect();
    match changes.filter(|changes| rule == AreaRule::Sum && !changes.is_empty()) {
        Some(changes) => {
            let sum = changes.iter().fold(Derived::zero(), |sum, change| sum.plus(change));
            let note = told(
                "本期与上期报送的区划不同，合计只就两期均报的比较。",
                "The areas that reported are not those of the bulletin before: the change is over those in both.",
            );
            (Some(sum), Some(changes.len()), Some(note))
        }
        None => {
            let note = told(
                "本期与上期报送的区划不同，合计不作比较。",
                "The areas that reported are not those of the bulletin before: the totals are not compared.",
            );
            (None, None, Some(note))
        }
    }
}

/// Whose figures were in the total of a bulletin. In one that does not say so, all that had reported, if they
/// are as many.
fn reporters(content: &RankingContent) -> Option<Vec<AreaCode>> {
    let total = content.total.as_ref()?;
    if let Some(areas) = &total.areas {
        return Some(areas.clone());
    }
    let listed = content.rows.iter().map(|row| row.area);
    let mut areas: Vec<AreaCode> = listed.chain(content.unranked.iter().map(|named| named.area)).collect();
    areas.sort_unstable();
    (count(areas.len()) == total.reported).then_some(areas)
}

fn told(zh: &str, en: &str) -> Told {
    Told { text: zh.to_owned(), text_en: en.to_owned() }
}

fn count(areas: usize) -> i64 {
    i64::try_from(areas).unwrap_or(i64::MAX)
}
