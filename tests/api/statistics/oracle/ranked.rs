//! What completion and rankings should answer, pair by pair.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::expected::{Asked, before, beside, rule};
use super::number::Known;
use super::world::{Area, Fact, Span, is_within, written};

impl Asked<'_> {
    /// The targets within an area: by place, the target and the area that it was set for each village of.
    fn targets(
        &self,
        within: &str,
        level: Option<&str>,
    ) -> BTreeMap<(String, Span, String), (Fact, Option<String>)> {
        let mut found = BTreeMap::new();
        let mut aims: Vec<&Fact> =
            self.facts.iter().filter(|fact| fact.metric == self.metric && fact.role == "target").collect();
        // One of its own stands before one for each, and of these the nearest.
        aims.sort_by_key(|fact| (!fact.each, fact.area.trim_end_matches('0').len()));
        for fact in aims {
            let areas: Vec<&Area> = if fact.each {
                let villages =
                    self.world.existing(&fact.area, "village", self.world.counted(&self.metric, fact.span));
                villages.into_iter().filter(|area| area.kind == "village").collect()
            } else {
                self.world.areas.iter().filter(|area| area.code == fact.area).collect()
            };
            for area in areas {
                if is_within(&area.code, within) && level.is_none_or(|level| level == area.level) {
                    let place = (area.code.clone(), fact.span, fact.accumulation.clone());
                    found.insert(place, (fact.clone(), fact.each.then(|| fact.area.clone())));
                }
            }
        }
        found
    }

    fn is_lower_better(&self) -> bool {
        rule(self.world, &self.metric, "direction") == "lower"
    }

    /// What a target asks for: the number that a share is taken of, whether at most it, and whether beyond it.
    fn goal(&self, target: &Fact) -> (Known, bool, bool) {
        let at = target.number.value;
        let at = Known { value: at, low: Some((at, true)), high: Some((at, true)) };
        match target.comparator.as_deref() {
            Some(">=") => (at, false, false),
            Some("<=") => (at, true, false),
            Some(">") if target.number.high.is_none() => (at, false, true),
            Some("<") if rule(self.world, &self.metric, "direction") != "higher" => (at, true, true),
            _ => (target.number, self.is_lower_better(), false),
        }
    }

    fn share(&self, actual: Known, target: &Fact) -> Option<Known> {
        actual.times(Known::exactly(100, 1)).over(self.goal(target).0)
    }

    /// The rows of completion, in order.
    pub fn completed(&self, within: &str, level: Option<&str>, span: Option<Span>) -> Vec<Value> {
        let mut rows = Vec::new();
        for ((area, of, accumulation), (target, each_of)) in self.targets(within, level) {
            if span.is_some_and(|span| span != of)
                || self.accumulation.as_ref().is_some_and(|one| *one != accumulation)
            {
                continue;
            }
            let stated = self.stated(&self.metric, &accumulation, "actual", &area);
            let actual = stated.iter().find(|(period, _)| *period == of).map(|(_, number)| *number);
            let (goal, at_most, beyond) = self.goal(&target);
            let met = actual.map_or("unknown", |actual| {
                let (more, less) = if at_most { (goal, actual) } else { (actual, goal) };
                match (more.is_above(less, !beyond), less.is_above(more, beyond)) {
                    (true, _) => "yes",
                    (_, true) => "no",
                    _ => "unknown",
                }
            });
            let share = Known::told(actual.and_then(|actual| self.share(actual, &target)));
            let (told_actual, told_target) = (self.told(actual), self.told(Some(target.number)));
            let is_rounded =
                [&share, &told_actual, &told_target].iter().any(|told| told["warnings"] != json!([]));
            let mut row = Map::new();
            beside(&mut row, "actual", "actual_comparator", &told_actual);
            beside(&mut row, "target", "target_comparator", &told_target);
            beside(&mut row, "completion", "comparator", &share);
            row.extend(["lower", "upper"].map(|end| (end.to_owned(), share[end].clone())));
            let more = json!({
                "area": area, "period": written(of), "accumulation": accumulation, "each_of": each_of, "met": met,
                "warnings": if is_rounded { vec!["rounded"] } else { vec![] },
            });
            row.extend(more.as_object().unwrap().clone());
            rows.push(Value::Object(row));
        }
        rows
    }

    fn score(&self, by: &str, area: &str, span: Span) -> Option<Known> {
        match by {
            "value" => self.at(area, span),
            "change" => self.change(area, span, self.since(span)).map(|(change, _)| change),
            _ => {
                let place = (area.to_owned(), span, self.accumulation().to_owned());
                let targets = self.targets(area, None);
                self.at(area, span)
                    .zip(targets.get(&place))
                    .and_then(|(actual, (target, _))| self.share(actual, target))
            }
        }
    }

    /// The rows of a ranking, and who has not reported or has no rank.
    pub fn ranked(
        &self,
        within: &str,
        level: &str,
        span: Span,
        by: &str,
        least_first: Option<bool>,
    ) -> (Vec<Value>, Value) {
        let least_first = least_first.unwrap_or(self.is_lower_better());
        let areas = self.world.existing(within, level, self.world.counted(&self.metric, span));
        let turned = |number: Known| if least_first { number.negated() } else { number };
        let scores = |span: Option<Span>| -> Vec<(&str, Known)> {
            let codes = areas.iter().map(|area| area.code.as_str());
            codes.filter_map(|code| Some((code, turned(self.score(by, code, span?)?)))).collect()
        };
        let (now, then) = (scores(Some(span)), scores(before(span)));
        let rank = |all: &[(&str, Known)], area: &str, ahead: &dyn Fn(Known, Known) -> bool| {
            let (_, own) = all.iter().find(|(code, _)| *code == area)?;
            Some(1 + all.iter().filter(|(code, other)| *code != area && ahead(*other, *own)).count())
        };
        let by_value = |other: Known, own: Known| other.value > own.value;
        let mut rows = Vec::new();
        for (area, _) in &now {
            let place = rank(&now, area, &by_value).unwrap();
            let previous = rank(&then, area, &by_value);
            let mut row = self.told(self.at(area, span));
            let change = self.change(area, span, self.since(span)).map(|(change, _)| change);
            beside(&mut row, "change", "change_comparator", &self.told(change));
            let completion = (by == "completion").then(|| self.score(by, area, span)).flatten();
            beside(&mut row, "completion", "completion_comparator", &Known::told(completion));
            let value_before = before(span).and_then(|before| self.at(area, before));
            let more = json!({
                "area": area, "rank": place,
                "best_rank": rank(&now, area, &|other, own| other.is_above(own, false)),
                "worst_rank": rank(&now, area, &|other, own| !own.is_above(other, true)),
                "previous_rank": previous, "movement": previous.map(|previous| previous as i64 - place as i64),
                "previous_value": self.told(value_before)["value"],
            });
            row.extend(more.as_object().unwrap().clone());
            rows.push((place, Value::Object(row)));
        }
        rows.sort_by_key(|(place, row)| (*place, row["area"].as_str().unwrap().to_owned()));
        let has = |area: &Area| self.at(&area.code, span).is_some();
        let listed = |keep: &dyn Fn(&Area) -> bool| -> Vec<&str> {
            areas.iter().filter(|area| keep(area)).map(|area| area.code.as_str()).collect()
        };
        let not_reported = listed(&|area| !has(area));
        let unranked = listed(&|area| has(area) && now.iter().all(|(code, _)| *code != area.code));
        let (expected, reported) = (areas.len(), areas.len() - not_reported.len());
        let mut outside: Vec<&str> =
            self.world.existing(within, level, (0, i32::MAX)).iter().map(|area| area.code.as_str()).collect();
        outside.retain(|code| areas.iter().all(|area| area.code != *code) && self.at(code, span).is_some());
        let meta = json!({
            "expected": expected, "reported": reported, "not_reported": not_reported, "unranked": unranked,
            "outside_life": {"figures": outside.len(), "areas": outside},
        });
        (rows.into_iter().map(|(_, row)| row).collect(), meta)
    }
}
