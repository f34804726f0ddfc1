//! Roll-ups over areas and time: the figures of the areas of one level within each group, by the area rule
//! and the time rule of the metric, with what is missing, beside the group's own figure.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use chrono::{Datelike, NaiveDate};

use super::outside_life::{self, OutsideLife};
use super::{ByArea, Extent, Question, Term, below, existing, held, level_below, not_aggregable, reach};
use crate::db::areas::Member;
use crate::db::figures::{self, Places, Times};
use crate::db::{Conn, areas, metrics};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{AreaRule, Level};
use crate::domain::derived::{Derived, percent};
use crate::domain::life::Life;
use crate::domain::period::Period;
use crate::domain::rollup::{Made, OverAreas};
use crate::domain::unit::Unit;
use crate::error::{Error, Fault, Invalid, Result};

/// Dimension of the units that tell a part of a whole.
const PERCENT: &str = "percent";

/// Groups that are worked out at a time.
const CHUNK: usize = 50;

/// Areas whose figures are looked at for one page of years: in each year all of them are.
const AREAS_AT_ONCE: usize = 15_000;

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
    /// The number less the group's own figure; none when one of them is.
    pub difference: Option<Derived>,
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
    fn iter(&self) -> impl Iterator<Item = &Term> {
        std::iter::once(&self.figure).chain(&self.beside)
    }

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
    let prepared = Prepared::new(conn, question, plan, level)?;
    let mut rows = Vec::new();
    prepared.rows(conn, question, 0..prepared.len(), |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(Aggregate { scope: prepared.extent.scope, rows, outside_life: prepared.outside_life })
}

/// A roll-up of which it is known what there is a row for, and nothing has been added up yet.
pub struct Prepared {
    plan: Plan,
    level: Level,
    terms: Terms,
    extent: Extent,
    /// In order of name.
    groups: Vec<Group>,
    /// What is stated within the span and not counted.
    pub outside_life: OutsideLife,
}

impl Prepared {
    /// Looks up the groups of a roll-up over the areas of a [`level`].
    ///
    /// Errors: `not_aggregable`.
    pub fn new(conn: &mut Conn, question: &Question, plan: &Plan, level: Level) -> Result<Prepared> {
        let terms = terms(conn, question)?;
        let metrics = terms.iter().map(|term| &term.metric).chain([&question.metric]);
        let extent = Extent::new(plan.within, question.moment.sight, metrics);
        let groups = groups(conn, question, &terms, plan, &extent)?;
        let outside_life = outside_life(conn, question, &terms, (plan, level), &extent, &groups)?;
        Ok(Prepared { plan: plan.clone(), level, terms, extent, groups, outside_life })
    }

    /// The area that it is cut to; none when nothing is cut.
    pub fn scope(&self) -> Option<AreaCode> {
        self.extent.scope
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The place of the first row behind a group.
    pub fn behind(&self, group: &str) -> usize {
        self.groups.partition_point(|known| known.name.as_str() <= group)
    }

    /// How many of the rows from a place on are worked out together, at most so many: of years over many areas
    /// fewer, but at least one.
    pub fn at_once(&self, conn: &mut Conn, from: usize, limit: usize) -> Result<usize> {
        if self.plan.groups != Groups::Years {
            return Ok(limit);
        }
        let areas = areas::count_of_level(conn, self.extent.range, self.level)?;
        let most = (AREAS_AT_ONCE / usize::try_from(areas).unwrap_or(usize::MAX).max(1)).max(1);
        let stated = self.groups.iter().skip(from).enumerate().filter(|(_, group)| group.is_stated);
        // Years of which nothing is stated cost nothing.
        Ok(stated.map(|(place, _)| place).nth(most).map_or(limit, |first_beyond| limit.min(first_beyond)))
    }

    /// Works out the rows in these places, and nothing for others.
    pub fn rows(
        &self,
        conn: &mut Conn,
        question: &Question,
        places: Range<usize>,
        mut each: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let groups = &self.groups[places];
        if self.plan.groups == Groups::Years {
            // All years have the same areas, but for those that do not live through all of them.
            let (first, last) = self.extent.range;
            let all = areas::existing_between(conn, (first, last), self.level, self.plan.span, None)?;
            let is_steady = all.iter().all(|member| member.life == Life::default());
            for group in groups {
                let days = self.terms.days(group.span);
                let alive = || all.iter().filter(|member| member.life.meets(days)).cloned().collect();
                let members: Cow<'_, [Member]> =
                    if is_steady { Cow::Borrowed(&all) } else { Cow::Owned(alive()) };
                self.work(conn, question, std::slice::from_ref(group), &members, &mut each)?;
            }
            return Ok(());
        }
        for groups in groups.chunks(CHUNK) {
            let (Some(first), Some(last)) = (groups.first(), groups.last()) else { continue };
            let range = self.cut(first, last);
            let days = self.terms.days(first.span);
            let members = areas::existing_between(conn, range, self.level, days, None)?;
            self.work(conn, question, groups, &members, &mut each)?;
        }
        Ok(())
    }

    /// The codes from one group to another, as far as they are told of.
    fn cut(&self, first: &Group, last: &Group) -> (i64, i64) {
        (first.first.max(self.extent.range.0), last.last.min(self.extent.range.1))
    }

    /// Works out neighbouring groups of one span, in order of their codes, out of their members.
    fn work(
        &self,
        conn: &mut Conn,
        question: &Question,
        groups: &[Group],
        members: &[Member],
        each: &mut impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return Ok(()) };
        let (span, terms) = (first.span, &self.terms);
        let (mut figures, mut beside, mut own) = (ByArea::new(), ByArea::new(), ByArea::new());
        if groups.iter().any(|group| group.is_stated) {
            let (first, last) = self.cut(first, last);
            let places = Places::Codes(first, last, Some(self.level));
            let has_parts = terms.figure.has_parts(conn, question, span)?;
            figures = terms.figure.over(conn, question, (places.clone(), members), (span, has_parts))?;
            if let Some(term) = &terms.beside {
                let has_parts = term.has_parts(conn, question, span)?;
                beside = term.over(conn, question, (places, members), (span, has_parts))?;
            }
            // What is cut is not compared with the figure of the whole.
            let codes = groups.iter().filter_map(|group| group.code);
            let codes: Vec<AreaCode> = codes.filter(|code| self.extent.covers(*code)).collect();
            let owners = areas::members_of(conn, &codes)?;
            let term = question.term();
            let has_parts =
                if term == terms.figure { has_parts } else { term.has_parts(conn, question, span)? };
            own = term.over(conn, question, (Places::These(codes), &owners), (span, has_parts))?;
        }
        for group in groups {
            let from = members.partition_point(|member| member.code.as_i64() < group.first);
            let to = members.partition_point(|member| member.code.as_i64() <= group.last);
            let together = together(terms, span, &members[from..to], &figures, &beside);
            let own = group.code.and_then(|code| own.get(&code)).map(|(own, _)| own.clone());
            let difference =
                together.number.as_ref().zip(own.as_ref()).map(|(number, own)| number.minus(own));
            each(Row { group: group.name.clone(), span, together, own, difference })?;
        }
        Ok(())
    }
}

/// What there is a row for, in order of name.
fn groups(
    conn: &mut Conn,
    question: &Question,
    terms: &Terms,
    plan: &Plan,
    extent: &Extent,
) -> Result<Vec<Group>> {
    let span = plan.span;
    Ok(match plan.groups {
        Groups::One => {
            let name = plan.within.map_or_else(String::new, |code| code.to_string());
            vec![Group::of(plan.within, name, span, true)]
        }
        Groups::Years => {
            let mut stated = BTreeSet::new();
            for term in terms.iter().chain([&question.term()]) {
                let scope = term.scope(
                    question,
                    Places::Codes(extent.range.0, extent.range.1, None),
                    Times::Inside(span),
                );
                stated.extend(figures::first_days(conn, &scope)?.iter().map(NaiveDate::year));
            }
            let group = |year: Period| {
                let is_stated = stated.contains(&year.first_day().year());
                Group::of(plan.within, year.to_string(), year, is_stated)
            };
            whole_years(span).into_iter().map(group).collect()
        }
        Groups::Areas(of) => {
            let mut codes = existing(conn, reach(plan.within), of, terms.days(span))?;
            codes.retain(|code| extent.scope.is_none_or(|scope| Reach::Within(scope).meets(*code)));
            codes.into_iter().map(|code| Group::of(Some(code), code.to_string(), span, true)).collect()
        }
    })
}

/// What is stated within the spans of groups and not counted.
fn outside_life(
    conn: &mut Conn,
    question: &Question,
    terms: &Terms,
    (plan, level): (&Plan, Level),
    extent: &Extent,
    groups: &[Group],
) -> Result<OutsideLife> {
    let spans: Vec<Period> = match plan.groups {
        Groups::Years => groups.iter().filter(|group| group.is_stated).map(|group| group.span).collect(),
        Groups::One | Groups::Areas(_) => vec![plan.span],
    };
    let mut outside = OutsideLife::default();
    let Some((first, last)) = spans.first().zip(spans.last()) else { return Ok(outside) };
    let whole = Period::from_days(first.first_day(), last.last_day());
    let whole = whole.map_err(|invalid| Fault::parameter("to", invalid))?;
    if areas::not_throughout(conn, extent.range, level, whole)?.is_empty() {
        return Ok(outside);
    }
    for span in spans {
        let times = (&Times::Inside(span), span);
        for term in terms.iter() {
            outside.extend(outside_life::of_term(conn, question, term, (extent.range, level), times)?);
        }
    }
    Ok(outside)
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
    span: Period,
    /// Whether anything may be stated within its span.
    is_stated: bool,
}

impl Group {
    fn of(code: Option<AreaCode>, name: String, span: Period, is_stated: bool) -> Group {
        let (first, last) = reach(code);
        Group { code, name, first, last, span, is_stated }
    }
}

fn together(terms: &Terms, span: Period, members: &[Member], figures: &ByArea, beside: &ByArea) -> Together {
    if figures.is_empty() && beside.is_empty() {
        let missing: Vec<AreaCode> = members.iter().map(|member| member.code).collect();
        return Together { number: None, made: BTreeSet::new(), expected: missing.len(), missing };
    }
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
