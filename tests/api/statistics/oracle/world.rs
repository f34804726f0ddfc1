//! What the oracle knows: all areas and all figures, read once, and the plainest questions to them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::number::{Fraction, Known};
use crate::harness::TestApp;

/// A span of whole months, numbered from year 0, both ends included.
pub type Span = (i32, i32);

/// Reads a year, half, quarter, month, or an interval of two of them.
pub fn span(text: &str) -> Span {
    if let Some((from, to)) = text.split_once('/') {
        return (span(from).0, span(to).1);
    }
    // A day stands for its month: lives begin and end with one.
    let text = if text.len() == 10 { &text[..7] } else { text };
    let year: i32 = text[..4].parse().unwrap();
    let (part, months) = match &text[4..] {
        "" => (0, 12),
        part if part.starts_with("-S") => (part[2..].parse::<i32>().unwrap() - 1, 6),
        part if part.starts_with("-Q") => (part[2..].parse::<i32>().unwrap() - 1, 3),
        part => (part[1..].parse::<i32>().unwrap() - 1, 1),
    };
    let first = year * 12 + part * months;
    (first, first + months - 1)
}

/// A span as it is written. Any that is no year, half, quarter or month is an interval of months.
pub fn written((first, last): Span) -> String {
    let (year, month) = (first.div_euclid(12), first.rem_euclid(12));
    match last - first + 1 {
        12 if month == 0 => format!("{year}"),
        6 if month % 6 == 0 => format!("{year}-S{}", month / 6 + 1),
        3 if month % 3 == 0 => format!("{year}-Q{}", month / 3 + 1),
        1 => format!("{year}-{:02}", month + 1),
        _ => format!("{}/{}", written((first, first)), written((last, last))),
    }
}

#[derive(Clone)]
pub struct Area {
    pub code: String,
    pub level: String,
    pub kind: String,
    /// From when to when it exists.
    pub valid: Span,
}

impl Area {
    /// The part of a span in which it exists.
    pub fn lived(&self, span: Span) -> Option<Span> {
        let lived = (span.0.max(self.valid.0), span.1.min(self.valid.1));
        (lived.0 <= lived.1).then_some(lived)
    }
}

#[derive(Clone)]
pub struct Fact {
    pub metric: String,
    pub area: String,
    pub span: Span,
    pub accumulation: String,
    pub role: String,
    pub number: Known,
    pub comparator: Option<String>,
    pub each: bool,
}

pub struct World {
    pub areas: Vec<Area>,
    pub metrics: BTreeMap<String, Value>,
    /// Factor of each unit to the base of its dimension.
    units: BTreeMap<String, (Fraction, String)>,
    /// Every state of every observation, with the day of its release and its place in the ledger.
    states: Vec<(i64, String, i64, Option<Fact>)>,
    now: String,
}

/// Every row of a list; none where there is nothing that the public may see yet.
async fn lines(app: &TestApp, path: &str) -> Vec<Value> {
    let answer = app.get(&format!("/api/v1/{path}format=ndjson")).await;
    if answer.status == 404 {
        return Vec::new();
    }
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(row: &Value, member: &str) -> String {
    row[member].as_str().unwrap().to_owned()
}

fn fact(row: &Value) -> Fact {
    let number = |member: &str| (!row[member].is_null()).then(|| Fraction::read(&row[member].to_string()));
    let end = |at: &str, reached: &str| number(at).zip(row[reached].as_bool());
    Fact {
        metric: text(row, "metric"),
        area: text(row, "area"),
        span: span(&text(row, "period")),
        accumulation: text(row, "accumulation"),
        role: text(row, "role"),
        number: Known {
            value: number("value").unwrap(),
            low: end("lower", "lower_inclusive"),
            high: end("upper", "upper_inclusive"),
        },
        comparator: row["comparator"].as_str().map(str::to_owned),
        each: row["spread"] == "each",
    }
}

impl World {
    /// Reads everything below an area, through HTTP: the revisions of these observations as well.
    pub async fn read(app: &TestApp, within: &str, observations: i64) -> World {
        let areas = lines(app, &format!("areas?within={within}&")).await;
        let area = |row: &Value| Area {
            code: text(row, "code"),
            level: text(row, "level"),
            kind: text(row, "kind"),
            valid: (
                row["valid_from"].as_str().map_or(0, |from| span(from).0),
                row["valid_to"].as_str().map_or(i32::MAX, |to| span(to).1),
            ),
        };
        let unit = |row: &Value| {
            let part = |member: &str| i128::from(row[member].as_i64().unwrap());
            let factor = Fraction::new(part("numerator"), part("denominator"));
            (text(row, "code"), (factor, text(row, "dimension")))
        };
        let mut states = Vec::new();
        for id in 1..=observations {
            for row in lines(app, &format!("observations/{id}/revisions?")).await {
                let said = (row["retracted"] == false).then(|| fact(&row));
                let place = row["seq"].as_i64().unwrap() * 1000 + row["revision"].as_i64().unwrap();
                states.push((id, text(&row, "released_at"), place, said));
            }
        }
        let world = World {
            areas: areas.iter().map(area).collect(),
            metrics: lines(app, "metrics?")
                .await
                .iter()
                .map(|row| (text(row, "code"), row.clone()))
                .collect(),
            units: lines(app, "units?").await.iter().map(unit).collect(),
            states,
            // Nothing that is released by then is still to come.
            now: "2998".to_owned(),
        };
        // What is current now is what the list of observations says.
        let key = |fact: &Fact| {
            format!("{} {} {:?} {} {}", fact.metric, fact.area, fact.span, fact.accumulation, fact.role)
        };
        let mut listed: Vec<String> =
            lines(app, "observations?").await.iter().map(|row| key(&fact(row))).collect();
        let mut known: Vec<String> = world.facts(None).iter().map(key).collect();
        listed.sort();
        known.sort();
        assert!(listed == known, "{} listed, {} known", listed.len(), known.len());
        world
    }

    /// What could be known at the end of a day, or now.
    pub fn facts(&self, as_of: Option<&str>) -> Vec<Fact> {
        let day = as_of.unwrap_or(&self.now);
        let mut current: BTreeMap<i64, (&str, i64, &Option<Fact>)> = BTreeMap::new();
        for (id, released_at, place, said) in &self.states {
            // All times are told in the one offset of the township, so their text is in their order.
            if &released_at[..day.len()] <= day
                && current.get(id).is_none_or(|(at, before, _)| (*at, *before) < (released_at, *place))
            {
                current.insert(*id, (released_at, *place, said));
            }
        }
        current.into_values().filter_map(|(_, _, said)| said.clone()).collect()
    }

    /// The areas of a level within another that exist in any of these months, in order.
    pub fn existing(&self, within: &str, level: &str, months: Span) -> Vec<&Area> {
        let exists = |area: &&Area| {
            area.level == level && is_within(&area.code, within) && area.lived(months).is_some()
        };
        self.areas.iter().filter(exists).collect()
    }

    /// The months of a span in which an area has to exist for a metric: any for a flow, else the last.
    pub fn counted(&self, metric: &str, span: Span) -> Span {
        if self.metrics[metric]["kind"] == "flow" { span } else { (span.1, span.1) }
    }

    pub fn area(&self, code: &str) -> &Area {
        self.areas.iter().find(|area| area.code == code).unwrap()
    }

    pub fn level_of(&self, code: &str) -> &str {
        &self.area(code).level
    }

    /// What a number in one unit is multiplied by to be in another; none between dimensions.
    pub fn factor(&self, from: &str, to: &str) -> Option<Fraction> {
        let ((from, dimension), (to, other)) = (&self.units[from], &self.units[to]);
        (dimension == other).then(|| from.times(to.turned()))
    }
}

/// Whether a code lies in an area: it begins with the area's groups that are not all zero.
pub fn is_within(code: &str, area: &str) -> bool {
    let length =
        [2, 4, 6, 9, 12].into_iter().find(|length| area[*length..].bytes().all(|digit| digit == b'0'));
    code.starts_with(&area[..length.unwrap()])
}
