//! What a roll-up should answer: the rules of time and of areas, written down once more.

use serde_json::{Value, json};

use super::expected::{Asked, beside, rule, usual};
use super::number::{Fraction, Known};
use super::world::{Span, written};

impl Asked<'_> {
    /// The figure of an area for a span, by the time rule: stated, or made of what lies within.
    fn over_time(
        &self,
        metric: &str,
        accumulation: &str,
        area: &str,
        span: Span,
    ) -> Option<(Known, &'static str)> {
        let stated = self.stated(metric, accumulation, &self.role, area);
        if let Some((_, number)) = stated.iter().find(|(of, _)| *of == span) {
            return Some((*number, "stated"));
        }
        let inside: Vec<_> = stated.iter().filter(|(of, _)| span.0 <= of.0 && of.1 <= span.1).collect();
        let accumulates = accumulation == "ytd" || accumulation == "itd";
        let time_rule = rule(self.world, metric, "time_rule");
        let of_one_year = span.0 % 12 == 0 && span.0 / 12 == span.1 / 12;
        let rule_of_last =
            time_rule == "last" || accumulation == "itd" || accumulation == "ytd" && of_one_year;
        match time_rule {
            "sum" if !accumulates => {
                // Years hold halves, halves quarters, quarters months: the longest from a month on is right.
                let (mut month, mut sum) = (span.0, Known::exactly(0, 1));
                while month <= span.1 {
                    let from_here = inside.iter().filter(|(of, _)| of.0 == month);
                    let (of, number) = from_here.max_by_key(|(of, _)| of.1)?;
                    (month, sum) = (of.1 + 1, sum.plus(*number));
                }
                Some((sum, "sum"))
            }
            "mean" if !accumulates => {
                for length in [12, 6, 3, 1] {
                    let months = (span.0..=span.1).step_by(length as usize);
                    let parts: Option<Vec<Known>> = months
                        .map(|first| {
                            let part = (first, first + length - 1);
                            let is_one = !written(part).contains('/');
                            inside.iter().find(|(of, _)| is_one && *of == part).map(|(_, number)| *number)
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
            // What has accumulated by the end is all of it, where the span begins with what it accumulates since.
            "last" | "sum" if rule_of_last => {
                let at_end = inside.iter().filter(|(of, _)| of.1 == span.1);
                at_end.min_by_key(|(of, _)| of.0).map(|(_, number)| (*number, "last"))
            }
            _ => None,
        }
    }

    /// The row of one group: the areas of a level within it, by the area rule.
    pub fn rolled(&self, group: &str, name: &str, level: &str, span: Span) -> Value {
        let (world, metric) = (self.world, &self.metric);
        let members = world.existing(group, level, span);
        let area_rule = rule(world, metric, "area_rule");
        let (mut sum, mut weights) = (None, Known::exactly(0, 1));
        let (mut missing, mut ways) = (Vec::new(), Vec::new());
        for area in &members {
            let own = || self.over_time(metric, self.accumulation(), &area.code, span);
            let of = |member: &str| {
                let other = rule(world, metric, member);
                self.over_time(other, usual(world, other), &area.code, span)
            };
            let taken = match area_rule {
                "ratio_of_sums" => of("numerator")
                    .zip(of("denominator"))
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
        let own = self.over_time(metric, self.accumulation(), group, span).map(|(number, _)| number);
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
