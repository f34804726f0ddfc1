//! What is internal never shows without a key: in no list, count, search or link, and not by its code.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::lists::{escaped, with};

/// A word that stands in every internal row and in no public one, with the latin one of their codes.
const WORDS: [&str; 2] = ["密件", "sesame"];

/// A citation of the seed's report that no public row shares.
fn cited(start: i64) -> Value {
    json!({"paragraph": 1, "start": start, "end": start + 2, "words": "密件"})
}

/// The seed and, among it, an internal metric with an observation, an internal project with all that a
/// project has, an internal plan item, and public rows that are linked to them.
async fn with_secrets() -> TestApp {
    let app = TestApp::seeded().await;
    let internal = json!({"name": "密件指标", "definition": "密件口径", "visibility": "internal"});
    app.metric("sesame.metric", internal).await;
    app.project(json!({
        "code": "sesame-works", "name": "密件工程", "aliases": ["密件别名"], "kind": "construction",
        "areas": ["430681107230"], "place": "密件处", "stage": "cancelled", "finishes_on": "1990",
        "visibility": "internal", "report": "bishi-2022", "citation": cited(1),
        "budget": {"quantity": {"value": 1, "unit": "CNY_10K"}, "citation": cited(2)},
        "funding": [{"source": "密件", "quantity": {"value": 2, "unit": "CNY_10K"}, "citation": cited(3)}], "funding_note": "密件",
        "quantities": [{"name": "密件", "quantity": {"value": 3, "unit": "MU"}, "citation": cited(4)}],
        "milestones": [{"title": "密件", "status": "due", "citation": cited(5)}],
    }))
    .await;
    app.sql(
        "INSERT INTO progress_reports (project, as_of, text, author, recorded_at, seq, updated_at) VALUES \
         ('sesame-works', '2023-01-01', '密件', 'clerk', '2023-01-01 00:00:00', 1, '2023-01-01 00:00:00')",
    );
    app.observation(json!({
        "metric": "sesame.metric", "area": "430681107230", "period": "1990", "value": 987654, "note": "密件",
        "report": "bishi-2022", "citation": cited(6),
    }))
    .await; // 54
    app.plan_item(json!({
        "code": "bishi-2023.sesame", "plan": "bishi-2023", "ordinal": 6, "title": "密件事项", "visibility": "internal",
        "projects": ["tongba-bridge", "sesame-works"], "areas": ["430681107230"], "due_on": "1990", "state": "closed",
        "lead_unit": "密件办", "report": "bishi-2022", "citation": cited(7),
    }))
    .await;
    app.sql(
        "INSERT INTO progress_reports (plan_item, as_of, text, author, recorded_at, seq, updated_at) VALUES \
         ('bishi-2023.sesame', '2023-01-01', '密件', 'clerk', '2023-01-01 00:00:00', 1, '2023-01-01 00:00:00')",
    );
    // Public rows, linked to what is internal and to what is not.
    app.plan_item(json!({
        "code": "bishi-2023.7", "plan": "bishi-2023", "ordinal": 7, "title": "公开事项",
        "projects": ["sesame-works", "tongba-bridge"], "metric": "sesame.metric",
    }))
    .await;
    app.sql("UPDATE plan_items SET target = 54, carried_from = 'bishi-2023.sesame', carried_to = 'bishi-2023.sesame' WHERE code = 'bishi-2023.7'");
    app.observation(json!({
        "metric": "land.cultivated.area", "area": "430681107000", "period": "1991", "value": 5,
        "projects": ["sesame-works", "tongba-bridge"],
    }))
    .await; // 55
    let links =
        json!({"numerator": "sesame.metric", "weight": "sesame.metric", "replaced_by": "sesame.metric"});
    app.metric("open.metric", links).await;
    app
}

/// Every list of the service.
const LISTS: &[&str] = &[
    "areas",
    "villages",
    "units",
    "metrics",
    "observations",
    "observations?names=true",
    "observations/55/revisions",
    "reports",
    "reports/bishi-2022/facts",
    "projects",
    "projects/tongba-bridge/milestones",
    "projects/tongba-bridge/progress-reports",
    "plans",
    "plan-items",
    "search?q=43",
    "search?q=a",
    "search?q=%E5%B7%A5%E7%A8%8B", // 工程
];

#[actix_web::test]
async fn no_list_in_any_format_has_a_word_of_what_is_internal() {
    let app = with_secrets().await;
    for list in LISTS {
        for format in ["json&limit=1000", "csv", "ndjson"] {
            let answer = app.get(&with(&format!("/api/v1/{list}"), &format!("format={format}"))).await;
            assert_eq!(answer.status, 200, "{list}: {}", answer.text());
            let text = answer.text();
            for word in WORDS.into_iter().chain(["987654"]) {
                assert!(!text.contains(word), "{word} in {list} as {format}");
            }
        }
    }
    for path in [
        "plans/bishi-2023",
        "plan-items/bishi-2023.7",
        "projects/oc4ids.json",
        "projects/summary",
        "projects/tongba-bridge",
        "observations/55",
        "metrics/open.metric",
    ] {
        let text = app.get(&format!("/api/v1/{path}")).await.text();
        assert!(WORDS.iter().all(|word| !text.contains(word)), "{path}: {text}");
    }
}

#[actix_web::test]
async fn no_count_and_no_page_counts_what_is_internal() {
    let app = with_secrets().await;
    let seed = TestApp::seeded().await;
    for (list, added) in [
        ("metrics", 1),
        ("observations", 1),
        ("projects", 0),
        ("plan-items", 1),
        ("plan-items?parent=none", 1),
        ("plan-items?state=drafted", 1),
        ("projects?within=430681107", 0),
        ("reports/bishi-2022/facts", 0),
    ] {
        let path = format!("/api/v1/{list}");
        assert_eq!(app.counted(&path).await, seed.counted(&path).await + added, "{list}");
    }
    for (list, count) in [
        ("metrics?theme=trial", 1),
        ("observations?period=1990", 0),
        ("observations?value_ge=900000", 0),
        ("observations?area=430681107230", 0),
        ("projects?stage=cancelled", 0),
        ("projects?status=cancelled", 0),
        ("projects?within=430681107230", 0),
        ("projects?due_before=2000-01-01", 0),
        ("projects?budget_le=1", 0),
        ("plan-items?state=closed", 0),
        ("plan-items?due_before=2000-01-01", 0),
        ("plan-items?within=430681107230", 0),
    ] {
        let path = format!("/api/v1/{list}");
        assert_eq!(app.paged(&path, [9, 50]).await.len(), count, "{list}");
    }
    let facts = app.paged("/api/v1/reports/bishi-2022/facts", [90]).await;
    assert!(facts.iter().all(|fact| fact["citation"]["start"].as_i64().unwrap() > 10));
}

#[actix_web::test]
async fn no_search_finds_what_is_internal() {
    let app = with_secrets().await;
    for word in WORDS.into_iter().chain(["密件工程", "密件口径", "SESAME"]) {
        assert_eq!(app.counted(&format!("/api/v1/search?q={}", escaped(word))).await, 0, "{word}");
        for list in ["metrics", "projects", "plan-items"] {
            assert_eq!(
                app.counted(&format!("/api/v1/{list}?q={}", escaped(word))).await,
                0,
                "{word} in {list}"
            );
        }
    }
    assert_eq!(app.counted(&format!("/api/v1/plan-items?lead_unit={}", escaped("密件办"))).await, 0);
}

#[actix_web::test]
async fn no_public_row_links_to_what_is_internal() {
    let app = with_secrets().await;
    let item = app.get("/api/v1/plan-items/bishi-2023.7").await.json();
    assert_eq!(item["projects"], json!(["tongba-bridge"]));
    for link in ["metric", "target", "carried_from", "carried_to"] {
        assert_eq!(item[link], Value::Null, "{link}");
    }
    assert_eq!(app.get("/api/v1/projects/tongba-bridge").await.json()["plan_items"], json!(["bishi-2023.7"]));
    assert_eq!(app.get("/api/v1/observations/55").await.json()["projects"], json!(["tongba-bridge"]));
    let revisions = app.get("/api/v1/observations/55/revisions").await.items();
    assert_eq!(revisions[0]["projects"], json!(["tongba-bridge"]));
    let open = app.get("/api/v1/metrics/open.metric").await.json();
    for link in ["numerator", "weight", "replaced_by"] {
        assert_eq!(open[link], Value::Null, "{link}");
    }
    let plan = app.get("/api/v1/plans/bishi-2023").await.json();
    let roots: Vec<&Value> =
        plan["children"].as_array().unwrap().iter().map(|node| &node["ordinal"]).collect();
    assert_eq!(roots, [1, 2, 3, 4, 5, 7]);
    assert_eq!(plan["children"][5]["projects"], json!(["tongba-bridge"]));
}

#[actix_web::test]
async fn what_is_internal_is_not_found_by_its_code_like_what_is_not_there() {
    let app = with_secrets().await;
    for (internal, absent) in [
        ("metrics/sesame.metric", "metrics/no.metric"),
        ("observations/54", "observations/99"),
        ("observations/54/revisions", "observations/99/revisions"),
        ("projects/sesame-works", "projects/no-works"),
        ("projects/sesame-works/milestones", "projects/no-works/milestones"),
        ("projects/sesame-works/progress-reports", "projects/no-works/progress-reports"),
        ("plan-items/bishi-2023.sesame", "plan-items/bishi-2023.no"),
        ("plan-items/bishi-2023.sesame/progress-reports", "plan-items/bishi-2023.no/progress-reports"),
    ] {
        let [hidden, missing] = [internal, absent].map(|path| format!("/api/v1/{path}"));
        let (hidden, missing) = (app.get(&hidden).await, app.get(&missing).await);
        let (hidden, missing) = (hidden.problem(404, "not_found"), missing.problem(404, "not_found"));
        // The two differ in the key that was asked for and in nothing else.
        let plain = |problem: &Value, path: &str| {
            let key = path.split('/').nth(1).unwrap();
            problem["detail"].as_str().unwrap().replace(key, "KEY")
        };
        assert_eq!(plain(&hidden, internal), plain(&missing, absent));
        assert_eq!(hidden["title"], missing["title"]);
    }
}

#[actix_web::test]
async fn a_key_sees_what_is_internal_where_it_reaches_and_nowhere_else() {
    let app = with_secrets().await;
    for (area, reaches) in [
        (None, true),
        (Some("430681"), true),
        (Some("430681107"), true),
        (Some("430681107230"), true),
        (Some("430681107223"), false),
        (Some("430681108"), false),
    ] {
        let key = app.key("reader", area).await;
        for (path, always) in [
            ("metrics/sesame.metric", true),
            ("observations/54", false),
            ("observations/54/revisions", false),
            ("projects/sesame-works", false),
            ("projects/sesame-works/milestones", false),
            ("projects/sesame-works/progress-reports", false),
            ("plan-items/bishi-2023.sesame", false),
            ("plan-items/bishi-2023.sesame/progress-reports", false),
        ] {
            let status = app.get(&format!("/api/v1/{path}")).by(&key).await.status;
            assert_eq!(status.as_u16(), if reaches || always { 200 } else { 404 }, "{path} for {area:?}");
        }
        for (list, always, inside) in [
            ("metrics?q=sesame", 1, 0),
            ("observations?period=1990", 0, 1),
            ("observations?theme=trial&area=430681107230", 0, 1),
            ("projects?q=sesame", 0, 1),
            ("projects?within=430681107230&stage=cancelled", 0, 1),
            ("plan-items?state=closed", 0, 1),
            ("plan-items?lead_unit=%E5%AF%86%E4%BB%B6%E5%8A%9E", 0, 1),
            ("search?q=sesame", 1, 2),
            ("search?q=%E5%AF%86%E4%BB%B6%E5%B7%A5%E7%A8%8B", 0, 1),
        ] {
            let answer = app.get(&with(&format!("/api/v1/{list}"), "count=exact&limit=1000")).by(&key).await;
            let count = always + if reaches { inside } else { 0 };
            assert_eq!(answer.json()["count"], count, "{list} for {area:?}: {}", answer.text());
            assert_eq!(answer.items().len(), count, "{list} for {area:?}");
            let lines = app.get(&with(&format!("/api/v1/{list}"), "format=ndjson")).by(&key).await.text();
            assert_eq!(lines.lines().count(), count, "{list} for {area:?}");
        }
        let facts = app.get("/api/v1/reports/bishi-2022/facts?limit=1000").by(&key).await.items();
        let internal = facts.iter().filter(|fact| fact["citation"]["words"] == "密件").count();
        assert_eq!(internal, if reaches { 7 } else { 0 }, "{area:?}");
        let linked = app.get("/api/v1/plan-items/bishi-2023.7").by(&key).await.json();
        let projects =
            if reaches { json!(["sesame-works", "tongba-bridge"]) } else { json!(["tongba-bridge"]) };
        assert_eq!(
            (&linked["projects"], &linked["metric"]),
            (&projects, &json!("sesame.metric")),
            "{area:?}"
        );
    }
}

#[actix_web::test]
async fn what_one_key_was_answered_is_not_given_to_another() {
    let app = with_secrets().await;
    let near = app.key("reader", Some("430681107")).await;
    let far = app.key("reader", Some("430681108")).await;
    for path in
        ["projects?q=sesame", "projects/sesame-works", "search?q=sesame&kinds=project", "plans/bishi-2023"]
    {
        // Each twice, so that the second comes from the cache.
        for _ in 0..2 {
            let seen = app.get(&format!("/api/v1/{path}")).by(&near).await;
            let hidden = [
                app.get(&format!("/api/v1/{path}")).by(&far).await,
                app.get(&format!("/api/v1/{path}")).await,
            ];
            assert!(seen.text().contains("密件"), "{path}");
            for answer in hidden {
                assert!(!answer.text().contains("密件"), "{path}: {}", answer.text());
                assert_ne!(answer.header("etag"), seen.header("etag"), "{path}");
            }
            assert!(seen.header("vary").contains("authorization"));
        }
    }
}

#[actix_web::test]
async fn what_is_internal_is_refused_where_a_query_names_it() {
    let app = with_secrets().await;
    for (query, parameter) in [
        ("observations?metric=sesame.metric", "metric"),
        ("observations?metric=land.cultivated.area,sesame.metric", "metric"),
        ("plan-items?parent=bishi-2023.sesame", "parent"),
    ] {
        let problem = app.get(&format!("/api/v1/{query}")).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
        assert_eq!(problem["errors"][0]["code"], "unknown_reference");
    }
}
