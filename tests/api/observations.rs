//! `GET /observations`: which are chosen, and in which order. What each shows is in `figures.rs`.

use serde_json::json;

use crate::builders::merged;
use crate::harness::TestApp;
use crate::harness::lists::{each, escaped};

/// Eight observations of theme `trial` beside those of the seed. The note of each is its letter, in
/// the order of entry and of ids.
async fn trial() -> TestApp {
    let app = TestApp::seeded().await;
    let money = json!({"unit": "CNY_10K", "kind": "flow", "time_rule": "sum"});
    app.metric("trial.money", money).await;
    app.metric("trial.land", json!({"theme": "trial"})).await;
    for (note, metric, area, period, released_on, more) in [
        ("a", "trial.money", "430681107221", "2022", "2023-03-01", json!({"text": "90万余元"})),
        ("b", "trial.money", "430681107221", "2022-Q3", "2023-02-01", json!({"value": 5})),
        ("c", "trial.money", "430681107221", "2022-07", "2023-03-01", json!({"text": "约5万元"})),
        ("d", "trial.money", "430681107208", "2022-01/2022-11", "2023-01-01", json!({"text": "近50万元"})),
        (
            "e",
            "trial.land",
            "430681107208",
            "2022",
            "2023-02-01",
            json!({"value": 3.5, "report": "bishi-2022"}),
        ),
        ("f", "trial.land", "430681107000", "2022-07", "2024-04-01", json!({"text": "不少于90亩"})),
        ("g", "trial.land", "430681107000", "2021-12", "2023-01-01", json!({"text": "90亩以内"})),
        (
            "h",
            "trial.money",
            "430681107000",
            "2023",
            "2024-04-01",
            json!({"text": "达5万元", "role": "target", "spread": "each"}),
        ),
    ] {
        let draft = merged(
            json!({
                "note": note, "metric": metric, "area": area, "period": period,
                "released_at": format!("{released_on}T09:00:00+08:00"),
            }),
            more,
        );
        app.observation(draft).await;
    }
    app
}

/// The letters of the observations that a query chooses among those of the trial.
async fn chosen(app: &TestApp, query: &str) -> String {
    let path = format!("/api/v1/observations?theme=trial&{query}");
    app.chosen(&path, "note").await.concat()
}

#[actix_web::test]
async fn observations_are_chosen_by_metric_area_subtree_and_level() {
    let app = trial().await;
    for (query, letters) in [
        ("sort=id", "abcdefgh"),
        ("metric=trial.land", "efg"),
        ("metric=trial.land,trial.money", "abcdefgh"),
        ("area=430681107", "fgh"), // exactly the township, not what is below
        ("area=430681107208,430681107221", "abcde"),
        ("area=430681107223", ""),
        ("within=430681107", "abcdefgh"),
        ("within=43", "abcdefgh"),
        ("within=430681107221", "abc"),
        ("within=430681107&area=430681107208", "de"),
        ("level=township", "fgh"),
        ("level=village", "abcde"),
        ("level=county,village", "abcde"),
        ("report=bishi-2022", "e"),
    ] {
        assert_eq!(chosen(&app, query).await, letters, "{query}");
    }
    assert_eq!(app.counted("/api/v1/observations").await, 61);
    assert_eq!(app.counted("/api/v1/observations?report=bishi-2022").await, 54);
    assert_eq!(app.counted("/api/v1/observations?theme=health&theme=agriculture").await, 4);
}

#[actix_web::test]
async fn observations_are_chosen_by_period_however_it_is_spelled() {
    let app = trial().await;
    for (period, letters) in [
        ("2022", "ae"),
        ("2022年", "ae"),
        ("2022-01/2022-12", "ae"), // twelve months are the year
        ("2022-01-01/2022-12-31", "ae"),
        ("2022年7月", "cf"),
        ("２０２２年７月", "cf"),
        ("2022年三季度", "b"),
        ("2022-07/2022-09", "b"),
        ("2022年1—11月", "d"),
        ("2022-07,2021-12", "cfg"),
        ("2022年上半年", ""),
    ] {
        assert_eq!(chosen(&app, &format!("period={}", escaped(period))).await, letters, "{period}");
    }
    // Wholly inside, both ends included.
    for (query, letters) in [
        ("from=2022&to=2022", "abcdef"),
        ("from=2022-07", "bcfh"),
        ("from=2022-07-01", "bcfh"),
        ("from=2022-07-02", "h"),
        ("to=2022-09", "bcfg"),
        ("to=2022-09-29", "cfg"),
        ("to=2021", "g"),
        ("from=2022-Q3&to=2022-Q3", "bcf"),
        ("from=2022-S1&to=2022-11", "bcdf"),
        ("from=2023&to=2022", ""),
    ] {
        assert_eq!(chosen(&app, query).await, letters, "{query}");
    }
    for bad in ["2022-13", "2022-W54", "22", "去年", "2022-02/2022-01"] {
        for parameter in ["period", "from", "to"] {
            let answer = app.get(&format!("/api/v1/observations?{parameter}={}", escaped(bad))).await;
            assert_eq!(
                answer.problem(400, "invalid_parameter")["errors"][0]["parameter"],
                parameter,
                "{bad}"
            );
        }
    }
}

#[actix_web::test]
async fn observations_are_chosen_by_accumulation_role_and_comparator() {
    let app = trial().await;
    for (query, letters) in [
        ("accumulation=period", "abcdh"), // the default of flows
        ("accumulation=instant", "efg"),  // and of all else
        ("accumulation=ytd,instant", "efg"),
        ("role=target", "h"),
        ("role=actual", "abcdefg"),
        ("role=actual,forecast,target", "abcdefgh"),
        ("role=baseline", ""),
        ("comparator=%3E", "a"),
        ("comparator=~", "c"),
        ("comparator=%3C", "d"),
        ("comparator=%3E%3D", "fh"),
        ("comparator=%3C%3D", "g"),
        ("comparator=none", "be"),
        ("comparator=none,~", "bce"),
    ] {
        assert_eq!(chosen(&app, query).await, letters, "{query}");
    }
}

#[actix_web::test]
async fn values_are_compared_as_stated_or_by_what_is_certain() {
    let app = trial().await;
    for (query, letters) in [
        ("value_ge=90", "afg"),
        ("value_ge=90.000001", ""),
        ("value_le=3.5", "e"),
        ("value_le=5", "bceh"),
        ("value_ge=5&value_le=50", "bcdh"),
        // 90万余 is above 90, at least 90亩 is 90 or more; at most 90亩 may be less.
        ("value_ge=90&certain=true", "af"),
        ("value_ge=90&certain=false", "afg"),
        ("value_ge=91&certain=true", ""),
        // About 5 has no bounds, at least 5 has no upper one.
        ("value_le=5&certain=true", "be"),
        ("value_le=50&certain=true", "bde"),
        ("value_le=90&certain=true", "bdeg"),
        ("value_le=91&certain=true", "abdeg"),
    ] {
        assert_eq!(chosen(&app, query).await, letters, "{query}");
    }
    let problem = app.get("/api/v1/observations?certain=true").await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["parameter"], "certain");
    for bad in ["many", "1000000000000", "0.0000001"] {
        let answer = app.get(&format!("/api/v1/observations?value_ge={bad}")).await;
        assert_eq!(answer.problem(400, "invalid_parameter")["errors"][0]["parameter"], "value_ge", "{bad}");
    }
}

#[actix_web::test]
async fn every_order_both_ways_is_the_same_in_pages_of_any_size() {
    let app = trial().await;
    // What one of them states was entered long before the others, by the number of its entry.
    let one = "SELECT id FROM observations WHERE metric = 'trial.money' AND role = 'target'";
    app.sql(&format!("UPDATE revisions SET seq = 1 WHERE observation IN ({one})"));
    for (sort, letters) in [
        ("id", "abcdefgh"),
        ("metric", "efgabcdh"),
        ("area", "fghdeabc"),
        ("period", "gdaecfbh"), // by first day, then by last day
        ("value", "ebchdafg"),
        ("released_at", "dgbeacfh"),
        ("seq", "habcdefg"),
    ] {
        let path = format!("/api/v1/observations?theme=trial&sort={sort}");
        assert_eq!(each(&app.paged(&path, 1..=7).await, "note").concat(), letters, "{sort}");
        let path = format!("/api/v1/observations?theme=trial&sort=-{sort}");
        let backwards: String = letters.chars().rev().collect();
        assert_eq!(each(&app.paged(&path, 1..=7).await, "note").concat(), backwards, "-{sort}");
    }
    assert_eq!(chosen(&app, "value_ge=0").await, "abcdefgh"); // by id where nothing is said
    let problem = app.get("/api/v1/observations?sort=unit").await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "sort");
    // A cursor holds for its own order only.
    let next = app.get("/api/v1/observations?sort=value&limit=1").await.json()["next"].clone();
    let path = format!("/api/v1/observations?sort=-value&cursor={}", next.as_str().unwrap());
    assert_eq!(app.get(&path).await.problem(400, "invalid_parameter")["errors"][0]["parameter"], "cursor");
}

#[actix_web::test]
async fn a_filter_that_names_nothing_registered_is_refused() {
    let app = TestApp::seeded().await;
    for (query, parameter) in [
        ("metric=no.such", "metric"),
        ("area=44", "area"),
        ("within=44", "within"),
        ("report=no-such", "report"),
    ] {
        let problem = app.get(&format!("/api/v1/observations?{query}")).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
    for (query, parameter) in [
        ("level=hamlet", "level"),
        ("accumulation=year", "accumulation"),
        ("role=real", "role"),
        ("comparator=%3D", "comparator"),
        ("names=yes", "names"),
        ("as_of=yesterday", "as_of"),
        ("area=430681107,", "area"),
    ] {
        let problem =
            app.get(&format!("/api/v1/observations?{query}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
    let problem = app.get("/api/v1/observations?metrics=a").await.problem(400, "unknown_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "metrics");
    app.get("/api/v1/observations/100000").await.problem(404, "not_found");
    for id in ["0", "-1", "a", "1.5", "99999999999999999999"] {
        let problem = app.get(&format!("/api/v1/observations/{id}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "id");
    }
}
