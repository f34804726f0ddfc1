//! Counts, and lists of what is rare: made by ways of their own, they are those of the whole list.

use serde_json::{Value, json};
use taizhang::exchange::generate::{self, Sizes};

use crate::harness::{Answer, TestApp};

type Wanted = fn(&Value) -> bool;

const QUERIES: &[(&str, Wanted)] = &[
    ("", |_| true),
    ("within=60", |_| true),
    ("within=600101&sort=-value", |row| row["area"].as_str().unwrap().starts_with("600101")),
    ("within=60&sort=-released_at", |_| true),
    ("metric=gen.income.collective", |row| row["metric"] == "gen.income.collective"),
    ("theme=population", |row| row["metric"].as_str().unwrap().starts_with("gen.population")),
    ("role=target", |row| row["role"] == "target"),
    ("period=2024", |row| row["period"] == "2024"),
    ("accumulation=instant", |row| row["accumulation"] == "instant"),
    ("accumulation=period&sort=-value", |row| row["accumulation"] == "period"),
    ("role=target&sort=-released_at", |row| row["role"] == "target"),
    ("from=2024-03&to=2024-05&sort=-value", |row| {
        ["2024-03", "2024-04", "2024-05"].iter().any(|month| row["period"] == *month)
    }),
    ("level=township,county&sort=-seq", |row| {
        let code = row["area"].as_str().unwrap();
        code.ends_with("000") && !code.ends_with("00000000")
    }),
    ("value_ge=500000", |row| value(row) >= 500_000.0),
    ("value_ge=10&value_le=12", |row| (10.0..=12.0).contains(&value(row))),
    ("value_le=3&sort=-value", |row| value(row) <= 3.0),
    ("value_ge=100&certain=true", |row| row["lower"].as_f64().is_some_and(|lower| lower >= 100.0)),
    ("comparator=~", |row| row["comparator"] == "~"),
    ("comparator=%3C,%3E&sort=period", |row| row["comparator"] == "<" || row["comparator"] == ">"),
    ("comparator=none,~", |row| row["comparator"].is_null() || row["comparator"] == "~"),
];

fn value(row: &Value) -> f64 {
    row["value"].as_f64().unwrap()
}

#[actix_web::test]
async fn counts_and_rare_figures_are_those_of_the_whole_list() {
    let app = TestApp::empty().await;
    generate::fill(&app.db, Sizes { observations: 2_000, villages: 200, seed: 7 }).await.unwrap();
    let admin = app.key("admin", None).await;
    // What is not public yet, and what stands again after it was retracted.
    let ahead = json!({
        "metric": "gen.grain.output", "area": "600101100", "period": "2030", "value": 600000,
        "released_at": "2099-01-01T00:00:00Z",
    });
    let made = app.post("/api/v1/observations", ahead).by(&admin).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let reviewer = app.key("reviewer", Some("600101100")).await;
    for key in [None, Some(admin.as_str()), Some(reviewer.as_str())] {
        let all = app.get("/api/v1/observations?format=ndjson").by_if(key).await.text();
        let all: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (query, wanted) in QUERIES {
            let mut expected: Vec<i64> =
                all.iter().filter(|row| wanted(row)).map(|row| row["id"].as_i64().unwrap()).collect();
            let first = app
                .get(&format!("/api/v1/observations?{query}&limit=1000&count=exact"))
                .by_if(key)
                .await
                .json();
            assert_eq!(first["count"], expected.len(), "{query} by {key:?}");
            let (mut found, mut page) = (Vec::new(), first);
            loop {
                let items = page["items"].as_array().unwrap();
                found.extend(items.iter().map(|row| row["id"].as_i64().unwrap()));
                let Some(next) = page["next"].as_str() else { break };
                page = app
                    .get(&format!("/api/v1/observations?{query}&limit=1000&cursor={next}"))
                    .by_if(key)
                    .await
                    .json();
            }
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{query} by {key:?}");
        }
    }
    let seen = |answer: Answer| answer.json()["counts"]["observations"].as_i64().unwrap();
    let province = seen(app.get("/api/v1/areas/60/overview").await);
    assert_eq!(province, app.get("/api/v1/observations?limit=1&count=exact").await.json()["count"]);
}
