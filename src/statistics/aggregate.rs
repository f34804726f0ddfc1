//! Roll-ups over areas and time: the figures of the areas of one level within each group, by the area rule
//! and the time rule of the metric, with what is missing, beside the group's own figure.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::outside_life::{self, OutsideLife};
use super::{ByArea, Extent, Question, Term, below, existing, held, level_below, not_aggregable, reach};
use crate::db::areas::Member;
use crate::db::figures::{Places, Times};
use crate::db::{Conn, areas, metrics};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{AreaRule, Level};
use crate::domain::derived::{Derived, percent};
use crate::domain::period::Period;
use crate::domain::rollup::{Made, OverAreas};
use crate::domain::unit::Unit;
use crate::error::{Error, Fault, Invalid, Result};

/// Dimension of the units that tell a part of a whole.
const PERCENT: &str = "percent";

/// Groups that are worked out at a time.
const CHUNK: usize = 50;

/// What the rows of a roll-up are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Groups {
    /// One for the whole of the area asked for.
    One,
    /// One for each area of this level.
    Areas(Level),
    /// One for each calendar year of the span.
    Years,
}

/// Which figures are rolled up.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The area and all below it; none for the whole country.
    pub within: Option<AreaCode>,
    /// What there is a row for.
    pub groups: Groups,
    /// Level of the areas whose figures are taken; the next below the group by default.
    pub level: Option<Level>,
    /// The span of time.
    pub span: Period,
}

/// A roll-up of one group.
#[derive(Debug, Clone)]
pub struct Row {
    /// Code of the area, or the year.
    pub group: String,
    /// The span of time.
    pub span: Period,
    /// What its areas come to.
    pub together: Together,
    /// The group's own figure.
    pub own: Option<Derived>,
}

/// What areas come to together.
#[derive(Debug, Clone)]
pub struct Together {
    /// The number; none when nobody has reported.
    pub number: Option<Derived>,
    /// How the figures of the areas were made over time.
    pub made: BTreeSet<Made>,
    /// How many areas count in the span.
    pub expected: usize,
    /// Those of them that have not reported, in order of code.
    pub missing: Vec<AreaCode>,
}

/// A roll-up.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// The area that it is cut to; none when nothing is cut.
    pub scope: Option<AreaCode>,
    /// In order of group.
    pub rows: Vec<Row>,
    /// What is stated within the span and not counted.
    pub outside_life: OutsideLife,
}

/// What is taken of each area, by the area rule of the metric.
struct Terms {
    rule: AreaRule,
    figure: Term,
    beside: Option<Term>,
    scale: Derived,
}

impl Terms {
    /// The days of a span on one of which an area has to exist: for its figure to count, and for what is
    /// beside it. A ratio is of two sums, each with its own areas; the weight of a mean goes with the mean.
    fn counted_days(&self, span: Period) -> (Period, Option<Period>) {
        let figure = self.figure.counted_days(span);
        let beside = self.beside.as_ref().map(|term| match self.rule {
            AreaRule::WeightedMean => figure,
            _ => term.counted_days(span),
        });
        (figure, beside)
    }

    /// The days on one of which an area, or a group, has to exist to be looked at.
    fn days(&self, span: Period) -> Period {
        let (figure, beside) = self.counted_days(span);
        // All end with the span.
        beside.map_or(figure, |beside| figure.min(beside))
    }
}

/// The level that is rolled up: the one asked for, else the next below the group.
///
/// Errors: `Invalid` when it does not lie below the group, or for an area that is not registered.
pub fn level(conn: &mut Conn, plan: &Plan) -> Result<Level> {
    match plan.groups {
        Groups::Areas(group) => {
            let within = plan.within.map(|code| areas::find(conn, code)).transpose();
            let within = within.map_err(|error| error.of_parameter("within"))?;
            if within.is_some_and(|within| within.level > group) {
                let (zh, en) = ("分组的层级高于 within", "names a level above that of within");
                return Err(Fault::parameter("group_by", Invalid::new("group_above", zh, en)).into());
            }
            below(Some(group), plan.level)
        }
        Groups::One | Groups::Years => level_below(conn, plan.within, plan.level),
    }
}

/// What the metric's area rule takes of each area.
///
/// Errors: `not_aggregable` with everything that is missing.
fn terms(conn: &mut Conn, question: &Question) -> Result<Terms> {
    let Question { metric, held: own, .. } = question;
    let plain = |figure| Terms { rule: metric.area_rule, figure, beside: None, scale: Derived::one() };
    let mut named = |code: &Option<String>, what: (&str, &str)| match code {
        Some(code) => {
            let metric = metrics::get(conn, code)?.ok_or_else(|| Error::Corrupt(format!("metric {code}")))?;
            let unit = held(conn, &metric)?;
            Ok((question.made_of(metric), unit))
        }
        None => Err(not_aggregable(
            format!("{} 没有{}，不能汇总", metric.code, what.0),
            format!("{} has no {} to roll up by", metric.code, what.1),
        )),
    };
    match metric.area_rule {
        AreaRule::Sum | AreaRule::Max | AreaRule::Min => Ok(plain(question.term())),
        AreaRule::None => Err(not_aggregable(
            format!(
                "{}的汇总规则（area_rule）为 none：不能相加，也不能取平均；需要分子、分母或权重",
                metric.code
            ),
            format!(
                "{} has the area rule none: it is neither summed nor averaged; it lacks a numerator and a \
                 denominator, or a weight",
                metric.code
            ),
        )),
        AreaRule::WeightedMean => {
            let (weight, _) = named(&metric.weight, ("权重指标", "weight"))?;
            Ok(Terms { beside: Some(weight), ..plain(question.term()) })
        }
        AreaRule::RatioOfSums => {
            let (numerator, above) = named(&metric.numerator, ("分子指标", "numerator"))?;
            let (denominator, below) = named(&metric.denominator, ("分母指标", "denominator"))?;
            let scale = scale(&above, &below, own).ok_or_else(|| {
                not_aggregable(
                    format!("{}（{}）不能由 {} 除以 {} 得出", metric.code, own.code, above.code, below.code),
                    format!(
                        "{} in {} does not follow from {} over {}",
                        metric.code, own.code, above.code, below.code
                    ),
                )
            })?;
            Ok(Terms { beside: Some(denominator), scale, ..plain(numerator) })
        }
    }
}

/// What the quotient of two figures is multiplied by to be in the unit of a ratio: a hundred where a part of
/// a whole is told, else the factor between numerator and ratio, so that 万元 over 人 can be 元.
fn scale(above: &Unit, below: &Unit, ratio: &Unit) -> Option<Derived> {
    if ratio.dimension == PERCENT && above.dimension == below.dimension {
        percent().convert(above, below).ok()
    } else {
        Derived::one().convert(above, ratio).ok()
    }
}

/// Rolls up the areas of a [`level`].
///
/// Errors: `not_aggregable`.
pub fn roll_up(conn: &mut Conn, question: &Question, plan: &Plan, level: Level) -> Result<Aggregate> {
    let terms = terms(conn, question)?;
    let terms_of = std::iter::once(&terms.figure).chain(&terms.beside);
    let metrics = terms_of.clone().map(|term| &term.metric).chain([&question.metric]);
    let extent = Extent::new(plan.within, question.moment.sight, metrics);
    let rows = rows(conn, question, &terms, (plan, level), &extent)?;
    let spans = if plan.groups == Groups::Years { whole_years(plan.span) } else { vec![plan.span] };
    let mut outside = OutsideLife::default();
    for span in spans {
        let times = (&Times::Inside(span), span);
        for term in terms_of.clone() {
            let reached = (extent.range, level);
            outside.extend(outside_life::of_term(conn, question, term, reached, times)?);
        }
    }
    Ok(Aggregate { scope: extent.scope, rows, outside_life: outside })
}

fn rows(
    conn: &mut Conn,
    question: &Question,
    terms: &Terms,
    (plan, level): (&Plan, Level),
    extent: &Extent,
) -> Result<Vec<Row>> {
    let whole = |name: String| Group::of(plan.within, name);
    let mut rows = Vec::new();
    match plan.groups {
        Groups::One => {
            let group = whole(plan.within.map_or_else(String::new, |code| code.to_string()));
            rows = work(conn, question, terms, (level, plan.span, extent), &[group])?;
        }
        Groups::Years => {
            for span in whole_years(plan.span) {
                let group = whole(span.to_string());
                rows.extend(work(conn, question, terms, (level, span, extent), &[group])?);
            }
        }
        Groups::Areas(of) => {
            let mut codes = existing(conn, reach(plan.within), of, terms.days(plan.span))?;
            codes.retain(|code| extent.scope.is_none_or(|scope| Reach::Within(scope).meets(*code)));
            for codes in codes.chunks(CHUNK) {
                let groups: Vec<Group> =
                    codes.iter().map(|&code| Group::of(Some(code), code.to_string())).collect();
                rows.extend(work(conn, question, terms, (level, plan.span, extent), &groups)?);
            }
        }
    }
    Ok(rows)
}

/// The calendar years that lie wholly within a span.
fn whole_years(span: Period) -> Vec<Period> {
    let year = |year: i32| {
        let (first, last) = (NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?);
        Period::from_days(first, last).ok()
    };
    let years = (span.first_day().year()..=span.last_day().year()).filter_map(year);
    years.filter(|year| span.contains(year)).collect()
}

/// A group and the codes of what lies within.
struct Group {
    code: Option<AreaCode>,
    name: String,
    first: i64,
    last: i64,
}

impl Group {
    fn of(code: Option<AreaCode>, name: String) -> Group {
        let (first, last) = reach(code);
        Group { code, name, first, last }
    }
}

/// Works out neighbouring groups, in order of their codes.
fn work(
    conn: &mut Conn,
    question: &Question,
    terms: &Terms,
    (level, span, extent): (Level, Period, &Extent),
    groups: &[Group],
) -> Result<Vec<Row>> {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return Ok(Vec::new()) };
    let (first, last) = (first.first.max(extent.range.0), last.last.min(extent.range.1));
    let members = areas::existing_between(conn, (first, last), level, terms.days(span), None)?;
    let places = Places::Codes(first, last, Some(level));
    let figures = terms.figure.over(conn, question, (places.clone(), &members), span)?;
    let beside = match &terms.beside {
        Some(term) => term.over(conn, question, (places, &members), span)?,
        None => ByArea::new(),
    };
    // What is cut is not compared with the figure of the whole.
    let codes: Vec<AreaCode> =
        groups.iter().filter_map(|group| group.code).filter(|code| extent.covers(*code)).collect();
    let owners = areas::members_of(conn, &codes)?;
    let own = question.term().over(conn, question, (Places::These(codes), &owners), span)?;
    let row = |group: &Group| {
        let from = members.partition_point(|member| member.code.as_i64() < group.first);
        let to = members.partition_point(|member| member.code.as_i64() <= group.last);
        Row {
            group: group.name.clone(),
            span,
            together: together(terms, span, &members[from..to], &figures, &beside),
            own: group.code.and_then(|code| own.get(&code)).map(|(own, _)| own.clone()),
        }
    };
    Ok(groups.iter().map(row).collect())
}

fn together(terms: &Terms, span: Period, members: &[Member], figures: &ByArea, beside: &ByArea) -> Together {
    let mut sum = OverAreas::new(terms.rule, terms.scale.clone());
    let (mut made, mut missing) = (BTreeSet::new(), Vec::new());
    let (figure_days, beside_days) = terms.counted_days(span);
    for Member { code, life, .. } in members {
        let figure = life.meets(figure_days).then(|| figures.get(code));
        let beside = beside_days.filter(|days| life.meets(*days)).map(|_| beside.get(code));
        // What the area does not count for is not missing either.
        if [figure, beside].contains(&Some(None)) {
            missing.push(*code);
            continue;
        }
        let (figure, beside) = (figure.flatten(), beside.flatten());
        sum.add(figure.map(|(number, _)| number), beside.map(|(number, _)| number));
        made.extend(figure.map(|(_, way)| *way));
    }
    Together { number: sum.finish(), made, expected: members.len(), missing }
}
