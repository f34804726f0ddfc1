//! What a roll-up should answer: the rules of time and of areas, written down once more.

use serde_json::{Value, json};

use std::collections::BTreeMap;

use super::expected::{Asked, beside, rule, usual};
use super::number::{Fraction, Known};
use super::world::{Area, Fact, Span};

impl Asked<'_> {
    /// The figure of an area for a span, by the time rule: stated, or made of what lies within, for the whole or
    /// for as much of it as the area lived.
    fn over_time(
        &self,
        metric: &str,
        accumulation: &str,
        area: &Area,
        span: Span,
    ) -> Option<(Known, &'static str)> {
        self.of_whole(metric, accumulation, area, span)
            .or_else(|| self.of_part(metric, accumulation, area, (span, area.lived(span)?)))
    }

    fn of_whole(
        &self,
        metric: &str,
        accumulation: &str,
        area: &Area,
        span: Span,
    ) -> Option<(Known, &'static str)> {
        let stated = self.stated(metric, accumulation, &self.role, &area.code);
        match stated.iter().find(|(of, _)| *of == span) {
            Some((_, number)) => Some((*number, "stated")),
            None => self.of_part(metric, accumulation, area, (span, span)),
        }
    }

    fn of_part(
        &self,
        metric: &str,
        accumulation: &str,
        area: &Area,
        (span, part): (Span, Span),
    ) -> Option<(Known, &'static str)> {
        let stated = self.stated(metric, accumulation, &self.role, &area.code);
        let inside: Vec<_> = stated.into_iter().filter(|(of, _)| span.0 <= of.0 && of.1 <= span.1).collect();
        let accumulates = accumulation == "ytd" || accumulation == "itd";
        let time_rule = rule(self.world, metric, "time_rule");
        let from_its_start = part.0 % 12 == 0 || part.0 == area.valid.0;
        let of_one_year = from_its_start && part.0 / 12 == part.1 / 12;
        let rule_of_last =
            time_rule == "last" || accumulation == "itd" || accumulation == "ytd" && of_one_year;
        match time_rule {
            "sum" if !accumulates => fewest(&inside, part).map(|sum| (sum, "sum")),
            "mean" if !accumulates => {
                for length in [12, 6, 3, 1] {
                    let months = (part.0 - part.0 % length..=part.1).step_by(length as usize);
                    let parts: Option<Vec<Known>> = months
                        .map(|first| {
                            let one = (first, first + length - 1);
                            inside.iter().find(|(of, _)| *of == one).map(|(_, number)| *number)
                        })
                        .collect();
                    if let Some(parts) = parts {
                        let count = Known::exactly(parts.len() as i128, 1);
                        let sum = parts.into_iter().fold(Known::exactly(0, 1), Known::plus);
                        return Some((sum.over(count)?, "mean"));
                    }
                }
                None
            }
            // What has accumulated by the end is all of it, where nothing that it accumulates lies before.
            "last" | "sum" if rule_of_last => {
                let at_end = inside.iter().filter(|(of, _)| of.0 <= part.1 && part.1 <= of.1);
                at_end.min_by_key(|(of, _)| (of.1, of.0)).map(|(_, number)| (*number, "last"))
            }
            _ => None,
        }
    }

    /// The metrics that a roll-up is made of, each with the accumulation of its figures.
    fn terms(&self) -> Vec<(&str, &str)> {
        let (world, own) = (self.world, self.metric.as_str());
        let of = |member: &str| {
            let other = rule(world, own, member);
            (other, usual(world, other))
        };
        match rule(world, own, "area_rule") {
            "ratio_of_sums" => vec![of("numerator"), of("denominator")],
            "weighted_mean" => vec![(own, self.accumulation()), of("weight")],
            _ => vec![(own, self.accumulation())],
        }
    }

    /// The months of a span in which an area has to exist to have a part in a roll-up.
    pub fn counted(&self, span: Span) -> Span {
        let terms = self.terms();
        let is_ratio = rule(self.world, &self.metric, "area_rule") == "ratio_of_sums";
        let terms = if is_ratio { &terms[..] } else { &terms[..1] };
        terms.iter().map(|(metric, _)| self.world.counted(metric, span)).min().unwrap()
    }

    /// What is stated and not counted in some spans: how many figures, and of which areas.
    pub fn outside(&self, within: &str, level: &str, spans: &[Span]) -> Value {
        let (mut figures, mut areas) = (0, Vec::new());
        for area in self.world.existing(within, level, (0, i32::MAX)) {
            for (&span, (metric, accumulation)) in
                spans.iter().flat_map(|span| self.terms().into_iter().map(move |term| (span, term)))
            {
                let is_counted = area.lived(self.world.counted(metric, span)).is_some()
                    && self
                        .of_whole(metric, accumulation, &Area { valid: (0, i32::MAX), ..area.clone() }, span)
                        .is_some();
                let is_left = |fact: &&Fact| {
                    fact.area == area.code
                        && fact.metric == metric
                        && fact.accumulation == accumulation
                        && fact.role == self.role
                        && !fact.each
                        && span.0 <= fact.span.0
                        && fact.span.1 <= span.1
                        && area.lived(self.world.counted(metric, fact.span)).is_none()
                };
                let left = if is_counted { 0 } else { self.facts.iter().filter(is_left).count() };
                figures += left;
                if left > 0 && !areas.contains(&area.code) {
                    areas.push(area.code.clone());
                }
            }
        }
        json!({"figures": figures, "areas": areas})
    }

    /// The row of one group: the areas of a level within it, by the area rule.
    pub fn rolled(&self, group: &str, name: &str, level: &str, span: Span) -> Value {
        let (world, metric) = (self.world, &self.metric);
        let members = world.existing(group, level, self.counted(span));
        let area_rule = rule(world, metric, "area_rule");
        let (mut sum, mut weights) = (None, Known::exactly(0, 1));
        let (mut missing, mut ways) = (Vec::new(), Vec::new());
        for area in &members {
            let own = || self.over_time(metric, self.accumulation(), area, span);
            let of = |member: &str| {
                let other = rule(world, metric, member);
                self.over_time(other, usual(world, other), area, span)
            };
            // An area may have a part in one of the two sums of a ratio alone.
            let side = |member: &str| {
                let months = world.counted(rule(world, metric, member), span);
                if area.lived(months).is_some() { of(member) } else { Some((Known::exactly(0, 1), "")) }
            };
            let taken = match area_rule {
                "ratio_of_sums" => side("numerator")
                    .zip(side("denominator"))
                    .map(|((above, way), (below, _))| (above, way, below)),
                "weighted_mean" => own()
                    .zip(of("weight"))
                    .map(|((mean, way), (weight, _))| (mean.times(weight), way, weight)),
                _ => own().map(|(number, way)| (number, way, Known::exactly(0, 1))),
            };
            let Some((number, way, weight)) = taken else {
                missing.push(&area.code);
                continue;
            };
            ways.push(way);
            weights = weights.plus(weight);
            sum = Some(match (sum, area_rule) {
                (None, _) => number,
                (Some(so_far), "max") => number.greater(so_far),
                (Some(so_far), "min") => number.lesser(so_far),
                (Some(so_far), _) => number.plus(so_far),
            });
        }
        let number = match area_rule {
            "ratio_of_sums" => sum.and_then(|sum| sum.times(self.scale()).over(weights)),
            "weighted_mean" => sum.and_then(|sum| sum.over(weights)),
            _ => sum,
        };
        let own =
            self.over_time(metric, self.accumulation(), world.area(group), span).map(|(number, _)| number);
        let mut row = self.told(number);
        beside(&mut row, "own_value", "own_comparator", &self.told(own));
        let difference = number.zip(own).map(|(number, own)| number.minus(own));
        beside(&mut row, "difference", "difference_comparator", &self.told(difference));
        let over_time: Vec<_> =
            ["stated", "sum", "mean", "last"].into_iter().filter(|way| ways.contains(way)).collect();
        let (expected, reported) = (members.len(), members.len() - missing.len());
        let more = json!({"group": name, "over_time": over_time, "reported": reported, "expected": expected, "missing": missing});
        row.extend(more.as_object().unwrap().clone());
        Value::Object(row)
    }

    /// A hundred for a part of a whole; else what takes the numerator's unit to that of the ratio.
    fn scale(&self) -> Known {
        let unit = |member: &str| rule(self.world, rule(self.world, &self.metric, member), "unit");
        let ratio = rule(self.world, &self.metric, "unit");
        let (factor, hundred) = match self.world.factor(unit("numerator"), unit("denominator")) {
            Some(factor) if ratio == "P1" => (factor, 100),
            _ => (self.world.factor(unit("numerator"), ratio).unwrap(), 1),
        };
        let scale = factor.times(Fraction::new(hundred, 1));
        Known { value: scale, low: Some((scale, true)), high: Some((scale, true)) }
    }
}

/// The sum of the fewest figures that cover a part of time without gap or overlap, of as many those that reach
/// least beyond it.
fn fewest(stated: &[(Span, Known)], part: Span) -> Option<Known> {
    // By the month from which on it is covered: how many figures and months that takes, and their sum.
    let mut covered: BTreeMap<i32, (usize, i32, Known)> = BTreeMap::new();
    for month in (part.0..=part.1).rev() {
        for (of, number) in stated {
            let begins = of.0 == month || month == part.0 && of.0 < month && month <= of.1;
            let rest = match covered.get(&(of.1 + 1)) {
                _ if of.1 >= part.1 => Some((0, 0, Known::exactly(0, 1))),
                rest => rest.copied(),
            };
            if let Some((count, months, sum)) = rest.filter(|_| begins) {
                let cost = (count + 1, months + of.1 - of.0 + 1);
                if covered.get(&month).is_none_or(|(count, months, _)| cost < (*count, *months)) {
                    covered.insert(month, (cost.0, cost.1, sum.plus(*number)));
                }
            }
        }
    }
    covered.get(&part.0).map(|(_, _, sum)| *sum)
}
