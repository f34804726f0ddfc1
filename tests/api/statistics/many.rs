//! Statistics over more areas than are looked at together.

use serde_json::{Value, json};

use crate::builders::areas::{VILLAGES, town};
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::told;

const PROVINCE: &str = "43";

/// The areas of a province that has so many villages more, which are all like one of the town.
async fn with_villages(count: u32) -> TestApp {
    let app = town().await;
    let columns = "name, aliases, level, kind, parent, code_system, urban_rural_class, valid_from, valid_to, \
                   lon, lat, folded, seq, updated_at";
    app.sql(&format!(
        "INSERT INTO areas (code, {columns}) \
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
         SELECT 430900000000 + n, {columns} FROM areas, numbers WHERE code = {}",
        VILLAGES[0]
    ));
    app
}

/// All rows of a list, page by page, and how many each page has.
async fn pages(app: &TestApp, path: &str, limit: usize) -> (Vec<Value>, Vec<usize>) {
    let mut answer = app.get(&format!("/api/v1/{path}&limit={limit}")).await.json();
    let (mut rows, mut lengths) = (Vec::new(), Vec::new());
    loop {
        let items = answer["items"].as_array().unwrap().clone();
        lengths.push(items.len());
        rows.extend(items);
        let Some(next) = answer["next"].as_str() else { return (rows, lengths) };
        answer = app.get(&format!("/api/v1/{path}&limit={limit}&cursor={next}")).await.json();
    }
}

#[actix_web::test]
async fn a_page_of_years_over_many_areas_ends_early_and_goes_on() {
    let app = with_villages(11_000).await;
    for year in ["2019", "2020", "2022"] {
        state(&app, "trial.area", VILLAGES[0], year, json!(7)).await;
    }
    let path = format!(
        "metrics/trial.area/aggregate?within={PROVINCE}&level=village&group_by=year&from=2015&to=2024"
    );
    let (rows, lengths) = pages(&app, &path, 1000).await;
    // One year of which something is stated fits, with those before and behind it of which nothing is.
    assert_eq!(lengths, [5, 2, 3]);
    let whole = told(&app, &format!("{path}&count=exact")).await;
    assert_eq!(whole["count"], 10);
    let stated: Vec<&str> =
        rows.iter().filter(|row| row["value"] == 7).map(|row| row["group"].as_str().unwrap()).collect();
    assert_eq!(stated, ["2019", "2020", "2022"]);
    assert!(rows.iter().all(|row| row["expected"].as_u64().unwrap() > 11_000));
    // A download is of all years, and a shorter page stays as long as it was asked for.
    let download = app.get(&format!("/api/v1/{path}&format=ndjson")).await.text();
    assert_eq!(download.lines().count(), 10);
    assert_eq!(pages(&app, &path, 2).await.1, [2, 2, 1, 2, 2, 1]);
}

#[actix_web::test]
async fn targets_of_many_areas_are_each_found_once_and_in_order() {
    let app = with_villages(2_500).await;
    state(&app, "trial.area", VILLAGES[0], "2022", json!({"value": 10, "role": "target"})).await;
    // Each second of the villages has a target of its own, those before the last have two.
    let columns = "revision, retracted, value, decimals, lower, upper, lower_inclusive, upper_inclusive, warnings, \
                   author, released_at, recorded_at, seq, metric, accumulation, role";
    for (period, villages) in
        [("2022", "code % 2 = 0"), ("2023", "code BETWEEN 430900002000 AND 430900002499")]
    {
        app.sql(&format!(
            "INSERT INTO observations (metric, area, period, starts_on, ends_on, accumulation, role, seq, updated_at) \
             SELECT metric, code, '{period}', '{period}-01-01', '{period}-12-31', accumulation, role, \
             observations.seq, observations.updated_at FROM observations, areas \
             WHERE metric = 'trial.area' AND area = {} AND code > 430900000000 AND {villages}",
            VILLAGES[0]
        ));
    }
    app.sql(&format!(
        "INSERT INTO revisions (observation, area, first_day, last_day, {columns}) \
         SELECT added.id, added.place, first_day + later, last_day + later, {columns} FROM \
         (SELECT id, area AS place, CASE period WHEN '2022' THEN 0 ELSE 365 END AS later FROM observations \
         WHERE metric = 'trial.area' AND area > 430900000000) AS added, revisions \
         WHERE observation = (SELECT id FROM observations WHERE metric = 'trial.area' AND area = {})",
        VILLAGES[0]
    ));
    for set_for_each in [0, 2_521] {
        if set_for_each > 0 {
            let each = json!({"value": 20, "role": "target", "spread": "each"});
            state(&app, "trial.area", "430000000000", "2022", each).await;
        }
        let path = format!("completion?metric=trial.area&within={PROVINCE}");
        let whole = app.get(&format!("/api/v1/{path}&format=ndjson")).await.text();
        let whole: Vec<Value> = whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let own = whole.iter().filter(|row| row["each_of"].is_null()).count();
        assert_eq!(own, 1 + 1_250 + 500);
        let keys: Vec<(String, String)> = whole
            .iter()
            .map(|row| (row["area"].as_str().unwrap().to_owned(), row["period"].as_str().unwrap().to_owned()))
            .collect();
        assert!(keys.is_sorted_by(|one, next| one < next), "each once, and in order");
        let of_2022 = whole.iter().filter(|row| row["period"] == "2022").count();
        assert_eq!(of_2022, if set_for_each > 0 { set_for_each } else { 1_251 });
        for limit in [1000, 999] {
            let (rows, _) = pages(&app, &path, limit).await;
            assert_eq!(rows.len(), whole.len());
            assert!(rows == whole, "pages of {limit}");
        }
        let counted = app.get(&format!("/api/v1/{path}&count=exact&limit=1")).await.json();
        assert_eq!(counted["count"], whole.len());
    }
}
