//! Random figures of a county that is made up, the same in every run.

use serde_json::{Value, json};
use taizhang::db::metrics::members::Metric;

use super::world::written;
use crate::builders::merged;
use crate::builders::metrics::metric;
use crate::harness::TestApp;

pub const COUNTY: &str = "430682000000";
pub const TOWNS: [&str; 3] = ["430682101000", "430682102000", "430682103000"];

/// Random numbers that are the same in every run: xorshift64*.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % most
    }

    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    pub fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

/// A county of two townships with four villages and a community each, which come and go, and one that was
/// dissolved with its two villages.
fn areas() -> Vec<Value> {
    let area = |code: &str, level: &str, kind: &str, parent: &str, more: Value| {
        let area = json!({
            "code": code, "name": "区划", "level": level, "kind": kind, "parent": parent, "code_system": "NBS-2023",
        });
        merged(area, more)
    };
    let mut areas = vec![area(COUNTY, "county", "county", "4306", json!({}))];
    for town in TOWNS {
        let dissolved = if town == TOWNS[2] { json!({"valid_to": "2021"}) } else { json!({}) };
        areas.push(area(town, "township", "town", COUNTY, dissolved));
        for (number, kind) in
            [(1, "community"), (201, "village"), (202, "village"), (203, "village"), (204, "village")]
        {
            let code = format!("{}{number:03}", &town[..9]);
            let more = match (&town[6..9], number) {
                ("101", 203) => json!({"valid_to": "2021-06", "successors": ["430682101202"]}),
                ("101", 204) => json!({"valid_from": "2021-08-01"}),
                ("102", 202) => json!({"valid_to": "2022-05-31"}),
                ("102", 204) => json!({"valid_from": "2021"}),
                ("103", 201) => json!({"valid_to": "2021-12-31"}),
                ("103", 202) => json!({"valid_from": "2020-03", "valid_to": "2020-11"}),
                ("103", _) => continue,
                _ => json!({}),
            };
            areas.push(area(&code, "village", kind, town, more));
        }
    }
    areas
}

pub const METRICS: [&str; 10] =
    ["o.flow", "o.stock", "o.max", "o.min", "o.money", "o.people", "o.mean", "o.percent", "o.head", "o.none"];

/// A metric of every rule over areas and every rule over time.
fn metrics() -> Vec<Value> {
    let ratio = |kind: &str, unit: &str, numerator: &str, denominator: &str| {
        json!({"kind": kind, "unit": unit, "area_rule": "ratio_of_sums", "time_rule": "last",
            "numerator": numerator, "denominator": denominator})
    };
    let more = [
        json!({"kind": "flow", "time_rule": "sum", "direction": "higher"}),
        json!({}),
        json!({"area_rule": "max", "direction": "higher"}),
        json!({"area_rule": "min", "time_rule": "mean", "direction": "lower"}),
        json!({"kind": "flow", "time_rule": "sum", "unit": "CNY_10K", "direction": "lower"}),
        json!({"unit": "PERSON"}),
        json!({"kind": "average", "unit": "P1", "area_rule": "weighted_mean", "time_rule": "mean", "weight": "o.stock"}),
        ratio("ratio", "P1", "o.flow", "o.stock"),
        ratio("average", "CNY", "o.money", "o.people"),
        json!({"area_rule": "none", "time_rule": "none"}),
    ];
    METRICS.into_iter().zip(more).map(|(code, more)| metric(code, more)).collect()
}

fn figure(dice: &mut Dice) -> Value {
    let value = 1 + dice.below(1999) as i64;
    let number =
        |tenths: i64| -> Value { serde_json::from_str(&format!("{}.{}", tenths / 10, tenths % 10)).unwrap() };
    let mut figure = json!({"value": number(value)});
    if dice.one_in(2) {
        figure["comparator"] = json!(dice.pick(&["~", "<", "<=", ">=", ">", ">"]));
        if figure["comparator"] == ">" && !dice.one_in(4) {
            figure["upper"] = number(value + dice.pick(&[1, 10, 100]));
        }
    }
    match dice.below(8) {
        0 => {}
        1 => figure["released_at"] = json!("2999-01-01T00:00:00+08:00"),
        _ => figure["released_at"] = json!(format!("2023-{:02}-10T08:00:00+08:00", 1 + dice.below(12))),
    }
    figure
}

/// What areas report: by the year, half, quarter or month, or by several of them.
fn reports(dice: &mut Dice) -> Vec<Value> {
    let mut rows = Vec::new();
    for (area, metric) in areas().iter().flat_map(|area| METRICS.map(|metric| (area["code"].clone(), metric)))
    {
        let key = json!({"metric": metric, "area": area});
        let is_flow = ["o.flow", "o.money"].contains(&metric);
        for year in 2020..=2022 {
            let start = year * 12;
            for length in [12, 6, 3, 1] {
                if !dice.one_in(if length == 12 { 2 } else { 4 }) {
                    continue;
                }
                for part in 0..12 / length {
                    if dice.one_in(25) {
                        continue;
                    }
                    let period = written((start + part * length, start + part * length + length - 1));
                    let mut more = merged(json!({"period": period}), figure(dice));
                    if is_flow && dice.one_in(8) {
                        more["accumulation"] = json!("ytd");
                    }
                    rows.push(merged(key.clone(), more));
                }
            }
            for period in [format!("{year}"), format!("{year}-Q{}", 1 + dice.below(4))] {
                if dice.one_in(4) {
                    let more = json!({"period": period, "role": "target", "spread": dice.pick(&["total", "total", "each"])});
                    rows.push(merged(merged(key.clone(), more), figure(dice)));
                }
            }
        }
    }
    rows
}

/// A service over random figures, some of them revised or retracted since, and how many there are.
pub async fn filled(dice: &mut Dice) -> (TestApp, i64) {
    let app = TestApp::seeded().await;
    for area in areas() {
        app.area(area).await;
    }
    for metric in metrics() {
        app.add::<Metric>(metric).await;
    }
    let editor = app.key("editor", None).await;
    let post = async |query: &str, rows: &[Value]| {
        let request = app
            .post(&format!("/api/v1/observations{query}"), json!({"items": rows, "reason": "audit"}))
            .by(&editor);
        let answer = request.await;
        assert!(answer.status.is_success(), "{}", answer.text());
        answer.json()["items"].as_array().unwrap().clone()
    };
    let rows = reports(dice);
    let mut ids = Vec::new();
    for rows in rows.chunks(1000) {
        ids.extend(post("", rows).await.iter().map(|row| row["id"].as_i64().unwrap()));
    }
    let mut later = Vec::new();
    for row in rows {
        if dice.one_in(8) {
            let mut row = row;
            for member in ["value", "comparator", "upper", "released_at"] {
                row.as_object_mut().unwrap().remove(member);
            }
            later.push(merged(row, figure(dice)));
        }
    }
    for rows in later.chunks(1000) {
        post("?on_conflict=revise", rows).await;
    }
    for id in ids.iter().filter(|_| dice.one_in(40)) {
        let path = format!("/api/v1/observations/{id}?reason=entry_error");
        let gone = app.delete(&path).by(&editor).await;
        assert!([204, 404].contains(&gone.status.as_u16()), "{}", gone.text());
    }
    (app, *ids.iter().max().unwrap())
}
