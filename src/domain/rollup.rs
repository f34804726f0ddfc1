//! How figures roll up, over time and over areas, by the rules of their metric and no others.

use std::collections::BTreeMap;

use super::codes::{Accumulation, AreaRule, TimeRule, codes};
use super::derived::Derived;
use super::frequency::Frequency;
use super::life::Life;
use super::period::Period;
use chrono::{Datelike, Days, NaiveDate};

codes! {
    /// How the figure of a span of time was made.
    Made ("时间汇总方式", "way over time") {
        Stated = "stated" ("直接填报", "It was stated of the span itself"),
        Sum = "sum" ("求和", "The sum of figures of parts, which cover the span without gap or overlap"),
        Mean = "mean" ("平均", "The mean of figures of such parts, which are of one frequency"),
        Last = "last" ("期末", "The figure that was stated of the end of the span"),
    }
}

/// The figure of a span of time out of those stated for it and for what lies within, by a time rule. None
/// when they do not make one. Where they do not tell of the whole span they need to tell of no more of it
/// than the life of their area.
pub fn over_time(
    rule: TimeRule,
    accumulation: Accumulation,
    span: Period,
    life: &Life,
    stated: &[(Period, Derived)],
) -> Option<(Derived, Made)> {
    if let Some((_, figure)) = stated.iter().find(|(period, _)| *period == span) {
        return Some((figure.clone(), Made::Stated));
    }
    let inside: Vec<&Piece> = stated.iter().filter(|(period, _)| span.contains(period)).collect();
    let over = |part: Period| over_part(rule, accumulation, part, life, &inside);
    over(span).or_else(|| over(life.within(span)?))
}

/// The figure of a span, or of the part of it that an area lived.
///
/// What accumulates since a beginning is never summed or averaged: the last figure holds it all.
fn over_part(
    rule: TimeRule,
    accumulation: Accumulation,
    part: Period,
    life: &Life,
    stated: &[&Piece],
) -> Option<(Derived, Made)> {
    let accumulates = matches!(accumulation, Accumulation::YearToDate | Accumulation::InceptionToDate);
    let last = || {
        let at_end = stated.iter().filter(|(period, _)| period.contains(&part.end()));
        let (_, figure) = at_end.min_by_key(|(period, _)| (period.last_day(), period.first_day()))?;
        Some((figure.clone(), Made::Last))
    };
    match rule {
        TimeRule::Sum if !accumulates => {
            let parts = tiles(part, stated.iter().copied())?;
            Some((parts.into_iter().fold(Derived::zero(), |sum, part| sum.plus(part)), Made::Sum))
        }
        TimeRule::Sum if holds_all(accumulation, part, life) => last(),
        TimeRule::Mean if !accumulates => {
            let parts = Frequency::ALL.iter().filter(|frequency| **frequency != Frequency::Interval);
            let parts = parts.map(|frequency| {
                let alike = stated.iter().filter(|(period, _)| period.frequency() == *frequency);
                tiles(part, alike.copied())
            });
            let parts = parts.flatten().next()?;
            let number = Derived::fraction(i64::try_from(parts.len()).ok()?, 1)?;
            let sum = parts.into_iter().fold(Derived::zero(), |sum, part| sum.plus(part));
            Some((sum.over(&number)?, Made::Mean))
        }
        TimeRule::Last => last(),
        TimeRule::Sum | TimeRule::Mean | TimeRule::None => None,
    }
}

/// Whether what has accumulated by the end of a part of time is what it comes to: since the beginning always,
/// since January where the area lived no day of the year before it.
fn holds_all(accumulation: Accumulation, part: Period, life: &Life) -> bool {
    let (first, last) = (part.first_day(), part.last_day());
    let from_its_start = first.ordinal() == 1 || life.begins_on(first);
    accumulation == Accumulation::InceptionToDate || from_its_start && first.year() == last.year()
}

/// A figure and its period.
type Piece = (Period, Derived);

/// The fewest figures whose periods cover a part of time without gap or overlap, of as many
/// those that reach least beyond it.
fn tiles<'a>(part: Period, stated: impl Iterator<Item = &'a Piece>) -> Option<Vec<&'a Derived>> {
    let mut pieces: Vec<&Piece> = stated.collect();
    pieces.sort_by_key(|(period, _)| *period);
    // By the day up to which it is covered: how many figures and days that takes, and the last of them.
    let mut covered: BTreeMap<NaiveDate, ((usize, i64), &Piece)> = BTreeMap::new();
    for piece in pieces {
        let (first, next) = (piece.0.first_day(), piece.0.last_day() + Days::new(1));
        let so_far = match covered.get(&first) {
            _ if next <= part.first_day() || first > part.last_day() => continue,
            _ if first <= part.first_day() => (0, 0),
            Some((cost, _)) => *cost,
            None => continue,
        };
        let cost = (so_far.0 + 1, so_far.1 + (next - first).num_days());
        if covered.get(&next).is_none_or(|(least, _)| cost < *least) {
            covered.insert(next, (cost, piece));
        }
    }
    let whole = covered.range(part.last_day() + Days::new(1)..);
    let (_, &(_, mut piece)) = whole.min_by_key(|(_, (cost, _))| *cost)?;
    let mut figures = vec![&piece.1];
    while piece.0.first_day() > part.first_day() {
        piece = covered.get(&piece.0.first_day())?.1;
        figures.push(&piece.1);
    }
    Some(figures)
}

/// How an area rule makes one number of those of many areas, as an answer tells it: `sum`,
/// `ratio_of_sums`, `weighted_mean`, `max`, `min`.
#[derive(Debug, Clone)]
pub struct OverAreas {
    rule: AreaRule,
    /// What the quotient of the sums is multiplied by, to be in the unit of the ratio.
    scale: Derived,
    first: Option<Derived>,
    second: Derived,
}

impl OverAreas {
    /// Nothing yet, by a rule. `scale` is what a ratio of sums is multiplied by.
    pub fn new(rule: AreaRule, scale: Derived) -> OverAreas {
        OverAreas { rule, scale, first: None, second: Derived::zero() }
    }

    /// Adds what an area has: its figure and, of a ratio the denominator, of a weighted mean the weight. It may
    /// count for one of the terms of a ratio alone.
    pub fn add(&mut self, figure: Option<&Derived>, beside: Option<&Derived>) {
        if let Some(figure) = figure {
            let added = match (self.rule, beside) {
                (AreaRule::WeightedMean, Some(weight)) => figure.times(weight),
                _ => figure.clone(),
            };
            self.first = Some(match (self.rule, self.first.take()) {
                (_, None) => added,
                (AreaRule::Max, Some(so_far)) => so_far.max(&added),
                (AreaRule::Min, Some(so_far)) => so_far.min(&added),
                (_, Some(so_far)) => so_far.plus(&added),
            });
        }
        if let Some(beside) = beside {
            self.second = self.second.plus(beside);
        }
    }

    /// The number of all areas together; none when none has reported, or the divisor is 0.
    pub fn finish(&self) -> Option<Derived> {
        let first = self.first.as_ref()?;
        match self.rule {
            AreaRule::Sum | AreaRule::Max | AreaRule::Min => Some(first.clone()),
            AreaRule::RatioOfSums => first.times(&self.scale).over(&self.second),
            AreaRule::WeightedMean => first.over(&self.second),
            AreaRule::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decimal::Decimal;

    fn number(text: &str) -> Derived {
        text.parse::<Decimal>().expect("a number").into()
    }

    fn stated(all: &[(&str, &str)]) -> Vec<(Period, Derived)> {
        all.iter().map(|(period, value)| (period.parse().expect("a period"), number(value))).collect()
    }

    fn over(
        rule: TimeRule,
        accumulation: Accumulation,
        span: &str,
        all: &[(&str, &str)],
    ) -> Option<(String, Made)> {
        over_life(rule, accumulation, span, (None, None), all)
    }

    fn over_life(
        rule: TimeRule,
        accumulation: Accumulation,
        span: &str,
        (from, to): (Option<&str>, Option<&str>),
        all: &[(&str, &str)],
    ) -> Option<(String, Made)> {
        let date = |text: &str| text.parse().expect("a date");
        let life = Life { from: from.map(date), to: to.map(date) };
        let made = over_time(rule, accumulation, span.parse().expect("a period"), &life, &stated(all));
        made.map(|(figure, made)| (figure.shown().expect("small").value.to_string(), made))
    }

    #[test]
    fn a_span_is_covered_by_the_fewest_parts_without_gap_or_overlap() {
        use Accumulation::{Period, YearToDate};
        let quarters = [("2022-Q1", "1"), ("2022-Q2", "2"), ("2022-Q3", "3"), ("2022-Q4", "4")];
        let told = |value: &str, made| Some((value.to_owned(), made));
        assert_eq!(over(TimeRule::Sum, Period, "2022", &quarters), told("10", Made::Sum));
        assert_eq!(over(TimeRule::Sum, Period, "2022", &quarters[1..]), None, "a gap");
        assert_eq!(over(TimeRule::Sum, Period, "2022-S1", &quarters), told("3", Made::Sum));
        // A year that was stated is not added up again, and a half is not added to its quarters.
        let with = |more: &[(&'static str, &'static str)]| [&quarters[..], more].concat();
        assert_eq!(over(TimeRule::Sum, Period, "2022", &with(&[("2022", "11")])), told("11", Made::Stated));
        assert_eq!(over(TimeRule::Sum, Period, "2022", &with(&[("2022-S1", "5")])), told("12", Made::Sum));
        // Weeks that lead nowhere do not keep the months from covering.
        let mixed = [("2022-01", "1"), ("2022-02", "1"), ("2022-03", "1"), ("2022-01-01/2022-02-10", "9")];
        assert_eq!(over(TimeRule::Sum, Period, "2022-Q1", &mixed), told("3", Made::Sum));
        assert_eq!(
            over(TimeRule::Sum, YearToDate, "2022", &quarters),
            told("4", Made::Last),
            "these accumulate already"
        );
        assert_eq!(over(TimeRule::None, Period, "2022", &quarters), None);
    }

    #[test]
    fn a_mean_is_of_equal_parts_and_the_last_ends_with_the_span() {
        use Accumulation::{Instant, Period, YearToDate};
        let told = |value: &str, made| Some((value.to_owned(), made));
        let halves = [("2022-S1", "10"), ("2022-S2", "20"), ("2022-Q1", "99")];
        assert_eq!(over(TimeRule::Mean, Period, "2022", &halves), told("15", Made::Mean));
        let mixed = [("2022-S1", "10"), ("2022-Q3", "20"), ("2022-Q4", "30")];
        assert_eq!(over(TimeRule::Mean, Period, "2022", &mixed), None, "parts of unequal length");
        let stocks = [("2022-11", "7"), ("2022-12", "8"), ("2022-12-31", "9")];
        assert_eq!(over(TimeRule::Last, Instant, "2022", &stocks), told("8", Made::Last));
        assert_eq!(over(TimeRule::Last, Instant, "2022-Q3", &stocks), None);
        for rule in [TimeRule::Last, TimeRule::Sum] {
            assert_eq!(over(rule, YearToDate, "2022", &[("2022-12", "8")]), told("8", Made::Last));
        }
        assert_eq!(
            over(TimeRule::Sum, YearToDate, "2022-Q4", &[("2022-12", "8")]),
            None,
            "of the whole year"
        );
    }

    #[test]
    fn figures_cover_what_an_area_lived_of_the_span() {
        use Accumulation::{Instant, YearToDate};
        let told = |value: &str, made| Some((value.to_owned(), made));
        let (ended, begun) = ((None, Some("2022-05-15")), (Some("2022-08-20"), None));
        fn sum(life: (Option<&str>, Option<&str>), all: &[(&str, &str)]) -> Option<(String, Made)> {
            over_life(TimeRule::Sum, Accumulation::Period, "2022", life, all)
        }
        assert_eq!(sum(ended, &[("2022-S1", "10")]), told("10", Made::Sum));
        assert_eq!(sum(ended, &[("2022-Q1", "1"), ("2022-Q2", "2"), ("2022-07", "9")]), told("3", Made::Sum));
        assert_eq!(sum(ended, &[("2022-Q1", "1")]), None, "a gap");
        assert_eq!(
            sum(ended, &[("2022-Q1", "1"), ("2022-S2", "9")]),
            None,
            "what lies after its end covers nothing"
        );
        assert_eq!(sum(begun, &[("2022-Q3", "1"), ("2022-Q4", "2")]), told("3", Made::Sum));
        // Of as many figures those that reach least beyond its life.
        let (short, long) = (("2022-08/2022-12", "5"), ("2022-S2", "7"));
        assert_eq!(sum(begun, &[short, long]), told("5", Made::Sum));
        let ytd = |life, span, figure| over_life(TimeRule::Sum, YearToDate, span, life, &[figure]);
        assert_eq!(ytd(ended, "2022", ("2022-05", "4")), told("4", Made::Last));
        assert_eq!(ytd(ended, "2022", ("2022-04", "4")), None, "before its end");
        assert_eq!(ytd(begun, "2022-S2", ("2022-12", "4")), told("4", Made::Last), "nothing before July");
        assert_eq!(ytd(ended, "2022-Q2", ("2022-06", "4")), None, "of January to March too");
        assert_eq!(
            over_life(TimeRule::Mean, Instant, "2022", begun, &[("2022-Q3", "1"), ("2022-Q4", "2")]),
            told("1.5", Made::Mean)
        );
        assert_eq!(sum((None, Some("2021")), &[("2022-S1", "1")]), None);
    }

    fn together(rule: AreaRule, scale: &str, all: &[(&str, Option<&str>)]) -> Option<String> {
        let mut sum = OverAreas::new(rule, number(scale));
        for (figure, beside) in all {
            sum.add(Some(&number(figure)), beside.map(number).as_ref());
        }
        sum.finish().map(|number| number.shown().expect("small").value.to_string())
    }

    #[test]
    fn areas_roll_up_by_the_rule_of_the_metric() {
        let told = |value: &str| Some(value.to_owned());
        let plain = [("3", None), ("5", None)];
        assert_eq!(together(AreaRule::Sum, "1", &plain), told("8"));
        assert_eq!(together(AreaRule::Max, "1", &plain), told("5"));
        assert_eq!(together(AreaRule::Min, "1", &plain), told("3"));
        assert_eq!(together(AreaRule::None, "1", &plain), None);
        let terms = [("3", Some("4")), ("1", Some("6"))];
        assert_eq!(together(AreaRule::RatioOfSums, "100", &terms), told("40"));
        assert_eq!(together(AreaRule::WeightedMean, "1", &terms), told("1.8"));
        assert_eq!(together(AreaRule::WeightedMean, "1", &[("3", Some("0"))]), None);
        assert_eq!(together(AreaRule::RatioOfSums, "1", &[("3", Some("0"))]), None);
        assert_eq!(together(AreaRule::Sum, "1", &[]), None);
    }
}
