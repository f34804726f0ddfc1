//! What a question is asked of, and what series and completeness should answer, by plain loops over all figures.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::number::Known;
use super::world::{Fact, Span, World, is_within, written};

/// One question: the figures known at its time, and the key that they share.
pub struct Asked<'a> {
    pub world: &'a World,
    pub facts: Vec<Fact>,
    pub metric: String,
    pub accumulation: Option<String>,
    pub role: String,
    pub unit: Option<String>,
}

/// The rules of a metric.
pub fn rule<'a>(world: &'a World, metric: &str, member: &str) -> &'a str {
    world.metrics[metric][member].as_str().unwrap_or("")
}

pub fn usual(world: &World, metric: &str) -> &'static str {
    if rule(world, metric, "kind") == "flow" { "period" } else { "instant" }
}

/// The numbers of a told figure as members beside others: `own_value`, `own_comparator`.
pub fn beside(row: &mut Map<String, Value>, value: &str, comparator: &str, told: &Map<String, Value>) {
    row.insert(value.to_owned(), told["value"].clone());
    row.insert(comparator.to_owned(), told["comparator"].clone());
}

/// The span of the same length right before, where the length is one of the calendar's.
pub fn before((first, last): Span) -> Option<Span> {
    let length = last - first + 1;
    (!written((first, last)).contains('/')).then_some((first - length, first - 1))
}

impl Asked<'_> {
    pub fn accumulation(&self) -> &str {
        self.accumulation.as_deref().unwrap_or_else(|| usual(self.world, &self.metric))
    }

    pub fn unit_factor(&self) -> Known {
        let held = rule(self.world, &self.metric, "unit");
        let factor = self.world.factor(held, self.unit.as_deref().unwrap_or(held)).unwrap();
        Known { value: factor, low: Some((factor, true)), high: Some((factor, true)) }
    }

    /// A number of the metric as it is told, in the unit asked for.
    pub fn told(&self, number: Option<Known>) -> Map<String, Value> {
        Known::told(number.map(|number| number.times(self.unit_factor())))
    }

    /// The own figures of an area, but for targets that were set for each village.
    pub fn stated(&self, metric: &str, accumulation: &str, role: &str, area: &str) -> Vec<(Span, Known)> {
        let mut found = Vec::new();
        for fact in &self.facts {
            if fact.metric == metric
                && fact.accumulation == accumulation
                && fact.role == role
                && fact.area == area
                && !fact.each
            {
                found.push((fact.span, fact.number));
            }
        }
        found
    }

    pub fn at(&self, area: &str, span: Span) -> Option<Known> {
        let stated = self.stated(&self.metric, self.accumulation(), &self.role, area);
        stated.iter().find(|(of, _)| *of == span).map(|(_, number)| *number)
    }

    /// The change of an area since the period before; what accumulates since January begins anew with it.
    pub fn change(&self, area: &str, span: Span, then: Option<Span>) -> Option<(Known, Option<Known>)> {
        let (now, then) = (self.at(area, span)?, self.at(area, then?)?);
        let change = now.minus(then);
        Some((change, change.times(Known::exactly(100, 1)).over(then.magnitude())))
    }

    pub fn since(&self, span: Span) -> Option<Span> {
        let begins = span.0 % 12 == 0 && span.1 - span.0 < 11 && self.accumulation() == "ytd";
        before(span).filter(|_| !begins)
    }

    /// The points of a series over some years, of the frequency that most figures have.
    pub fn series(&self, areas: &[&str], years: Span) -> Vec<Value> {
        let mut lengths: BTreeMap<i32, usize> = BTreeMap::new();
        for (of, _) in
            areas.iter().flat_map(|area| self.stated(&self.metric, self.accumulation(), &self.role, area))
        {
            if years.0 <= of.0 && of.1 <= years.1 {
                *lengths.entry(of.1 - of.0 + 1).or_default() += 1;
            }
        }
        // Of those that are equally common the longest.
        let Some((length, _)) = lengths.into_iter().max_by_key(|(length, count)| (*count, *length)) else {
            return Vec::new();
        };
        let mut points = Vec::new();
        for first in (years.0..=years.1).step_by(length as usize) {
            let of = (first, first + length - 1);
            for area in areas {
                let mut point = self.told(self.at(area, of));
                for (name, then) in
                    [("change", self.since(of)), ("year_change", Some((of.0 - 12, of.1 - 12)))]
                {
                    let change = self.change(area, of, then);
                    let rate = Known::told(change.and_then(|(_, rate)| rate));
                    beside(
                        &mut point,
                        name,
                        &format!("{name}_comparator"),
                        &self.told(change.map(|(change, _)| change)),
                    );
                    beside(&mut point, &format!("{name}_rate"), &format!("{name}_rate_comparator"), &rate);
                }
                point.extend([
                    ("period".to_owned(), json!(written(of))),
                    ("area".to_owned(), json!(area)),
                    ("break".to_owned(), json!(false)),
                ]);
                points.push(Value::Object(point));
            }
        }
        points
    }

    /// How many results of the metrics for exactly a span are of areas that did not exist then.
    pub fn outside_of(&self, within: &str, level: &str, span: Span, metrics: &[String]) -> usize {
        let of_no_day = |fact: &Fact| {
            let area = self.world.area(&fact.area);
            area.level == level && area.lived(self.world.counted(&fact.metric, span)).is_none()
        };
        let is_outside = |fact: &&Fact| {
            metrics.contains(&fact.metric)
                && fact.span == span
                && fact.role == "actual"
                && is_within(&fact.area, within)
                && of_no_day(fact)
        };
        self.facts.iter().filter(is_outside).count()
    }

    /// Who has reported the metrics for exactly a span.
    pub fn complete(&self, within: &str, level: &str, span: Span, metrics: &[String]) -> Vec<Value> {
        let mut rows = Vec::new();
        for area in self.world.existing(within, level, span) {
            for metric in
                metrics.iter().filter(|metric| area.lived(self.world.counted(metric, span)).is_some())
            {
                let is_there = |accumulation: &&&str| {
                    self.facts.iter().any(|fact| {
                        fact.metric == *metric
                            && fact.area == area.code
                            && fact.span == span
                            && fact.role == "actual"
                            && fact.accumulation == **accumulation
                    })
                };
                let found: Vec<_> = ["instant", "itd", "period", "ytd"].iter().filter(is_there).collect();
                rows.push(json!({"area": area.code, "metric": metric, "reported": !found.is_empty(), "accumulations": found}));
            }
        }
        rows
    }
}
