//! Recording observations over HTTP: one or many, their defaults, what happens when they are there.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::builders::observations::fund;
use crate::harness::TestApp;
use crate::harness::lists::each;

const PATH: &str = "/api/v1/observations";
const FUND: &str = "education.fund.raised";

#[actix_web::test]
async fn a_statement_is_answered_as_it_is_read_and_has_its_defaults() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let made = app.post(PATH, fund("430681107223", json!({"value": 12.50}))).by(&editor).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let read = app.get(made.header("location")).await;
    assert_eq!(made.json(), read.json());
    assert_eq!(made.header("etag"), read.header("etag"));
    let stated = read.json();
    for (member, value) in [
        ("accumulation", json!("period")),
        ("role", json!("actual")),
        ("unit", json!("CNY_10K")),
        ("value", json!(12.5)),
        ("comparator", Value::Null),
        ("lower", json!(12.5)),
        ("revision", json!(1)),
        ("report", Value::Null),
        ("covers", json!([])),
        ("spread", Value::Null),
    ] {
        assert_eq!(stated[member], value, "{member}");
    }
    assert_eq!(stated["seq"], app.db.head().await.unwrap());
    // Of a report it is released with it; of a stock it is at an instant; of a target it is for all.
    let more = json!({"value": 3, "report": "bishi-2022", "role": "target"});
    let target = app.post(PATH, fund("430681107223", more)).by(&editor).await.json();
    assert_eq!(target["released_at"], "2023-01-17T10:21:00+08:00");
    assert_eq!(target["spread"], "total");
    let stock = json!({"metric": "land.cultivated.area", "area": "430681107223", "period": "2023年", "text": "约5700亩"});
    let stock = app.post(PATH, stock).by(&editor).await.json();
    assert_eq!((&stock["accumulation"], &stock["period"]), (&json!("instant"), &json!("2023")));
}

#[actix_web::test]
async fn words_alone_are_read_and_must_agree_with_parts() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let state = async |village: &str, more: Value| app.post(PATH, fund(village, more)).by(&editor).await;
    let read = state("430681107223", json!({"text": "90万余元"})).await.json();
    assert_eq!((&read["value"], &read["comparator"]), (&json!(90), &json!(">")));
    assert_eq!((&read["lower"], &read["upper"]), (&json!(90), &json!(91)));
    let both = json!({"text": "近50万元", "value": 50, "comparator": "<", "unit": "CNY_10K", "lower_inclusive": false});
    assert_eq!(state("430681107224", both).await.status, 201);
    let beside =
        json!({"text": "近50万元", "comparator": "<", "upper": 500000, "unit": "CNY", "decimals": 0});
    assert_eq!(state("430681107229", beside).await.status, 201);
    let converted = state("430681107225", json!({"value": 0.5, "unit": "CNY_100M"})).await.json();
    assert_eq!((&converted["value"], &converted["unit"]), (&json!(5000), &json!("CNY_10K")));
    let digits = json!({"value": 660.60});
    let sent = app.request(Method::POST, PATH).by(&editor);
    let body = fund("430681107226", digits).to_string().replace("660.6", "660.60");
    let kept = sent.body("application/json", body).await.json();
    assert_eq!((&kept["value"], &kept["decimals"]), (&json!(660.6), &json!(2)));

    for (more, slug, pointer) in [
        (json!({"text": "近50万元", "value": 50}), "invalid_value", "/text"),
        (json!({}), "invalid_value", "/value"),
        (json!({"value": 1, "unit": "MTK"}), "unit_incompatible", "/unit"),
        (json!({"value": 1, "unit": "NONE"}), "invalid_value", "/unit"),
        (json!({"text": "很多"}), "invalid_value", "/text"),
        (json!({"text": "一百零两万元"}), "invalid_value", "/text"),
        (json!({"text": "一亿五千元"}), "invalid_value", "/text"),
        (json!({"text": "近50万元", "comparator": ">"}), "invalid_value", "/comparator"),
        (json!({"text": "近50万元", "upper": 51}), "invalid_value", "/upper"),
        (json!({"text": "近50万元", "lower": 49}), "invalid_value", "/lower"),
        (json!({"text": "近50万元", "decimals": 2}), "invalid_value", "/decimals"),
        (json!({"value": 1, "comparator": "<", "lower": 0}), "invalid_value", "/comparator"),
        (json!({"value": 1, "upper_inclusive": false}), "invalid_value", "/upper_inclusive"),
        (json!({"value": -1}), "invalid_value", "/value"),
        (json!({"value": 1e12}), "invalid_value", "/value"),
        (json!({"value": 1.0000001}), "invalid_value", "/value"),
        (json!({"value": 1, "decimals": 7}), "invalid_value", "/decimals"),
        (json!({"value": 1, "spread": "each"}), "invalid_value", "/spread"),
        (json!({"value": 1, "covers": ["430681107224"]}), "invalid_value", "/covers"),
        (json!({"value": 1, "covers": vec!["430681107224"; 201]}), "invalid_value", "/covers"),
        (json!({"value": 1, "note": "长".repeat(2001)}), "invalid_value", "/note"),
        (json!({"value": 1, "projects": ["no-such"]}), "invalid_value", "/projects/0"),
        (json!({"value": 1, "projects": ["tongba-bridge", "tongba-bridge"]}), "invalid_value", "/projects"),
        (json!({"value": 1, "report": "no-such"}), "invalid_value", "/report"),
    ] {
        let problem = state("430681107227", more.clone()).await.problem(422, slug);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{more}: {problem}");
    }
    for (more, pointer) in [
        (json!({"value": "12"}), "/value"),
        (json!({"value": 1, "role": "hope"}), "/role"),
        (json!({"value": 1, "period": "2023-13"}), "/period"),
        (json!({"value": 1, "area": "43068x"}), "/area"),
        (json!({"value": 1, "warnings": []}), "/warnings"),
        (json!({"value": 1, "colour": 1}), "/colour"),
        (json!({"value": 1, "citation": {"words": 1}}), "/citation/words"),
    ] {
        let answer = state("430681107227", more.clone()).await;
        assert_eq!(answer.status, 400, "{more}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{more}: {}", answer.text());
    }
    let head = app.db.head().await.unwrap();
    for (member, missing) in [("metric", "/metric"), ("area", "/area"), ("period", "/period")] {
        let mut statement = fund("430681107227", json!({"value": 1}));
        statement.as_object_mut().unwrap().remove(member);
        let problem = app.post(PATH, statement).by(&editor).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["pointer"], missing);
    }
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was done");
}

#[actix_web::test]
async fn several_are_recorded_together_or_not_at_all() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let villages = ["430681107223", "430681107208", "430681107230"];
    let items: Vec<Value> =
        (1..).zip(villages).map(|(value, code)| fund(code, json!({"value": value}))).collect();
    let made = app.post(PATH, json!({"items": items, "comment": "三个村"})).by(&editor).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, ""), "{}", made.text());
    let rows = made.items_of_201();
    assert_eq!(each(&rows, "area"), villages, "in the order of the request");
    assert_eq!(each(&rows, "value"), ["1", "2", "3"]);
    let head = app.db.head().await.unwrap();
    assert!(rows.iter().all(|row| row["seq"] == head), "one entry");

    let broken = json!({"items": [
        fund("430681107224", json!({"value": 1})),
        fund("430681107225", json!({"value": -1})),
        fund("430681107999", json!({"value": 1})),
        fund("430681107224", json!({"value": 2})),
    ]});
    let refused = app.post(&format!("{PATH}?on_conflict=revise"), broken.clone()).by(&editor).await;
    let problem = refused.problem(422, "invalid_value");
    let faults: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].clone()).collect();
    assert_eq!(faults[..2], ["/items/1/value", "/items/2/area"], "{problem}");
    assert!(faults[2].as_str().unwrap().starts_with("/items/3"), "{problem}");
    let taken = json!({"items": [fund("430681107224", json!({"value": 1})), fund("430681107223", json!({"value": 1}))]});
    let problem = app.post(PATH, taken).by(&editor).await.problem(409, "conflict");
    assert_eq!(problem["errors"][0]["pointer"], "/items/1");
    let unread = json!({"items": [fund("430681107224", json!({"value": 1})), 7, {"metric": FUND, "value": [], "x": 1}]});
    let problem = app.post(PATH, unread).by(&editor).await;
    assert_eq!(problem.status, 400, "{}", problem.text());
    assert_eq!(problem.json()["errors"][0]["pointer"], "/items/1", "{}", problem.text());
    for (items, status) in [
        (json!([]), 422),
        (json!(7), 400),
        (json!(vec![fund("430681107224", json!({"value": 1})); 1001]), 422),
    ] {
        let answer = app.post(PATH, json!({"items": items})).by(&editor).await;
        assert_eq!(answer.json()["errors"][0]["pointer"], "/items");
        assert_eq!(answer.status.as_u16(), status);
    }
    app.post(PATH, json!({"items": [], "metric": FUND})).by(&editor).await.problem(422, "invalid_value");
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was done");
}

#[actix_web::test]
async fn a_thousand_are_recorded_in_one_entry() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let day = |number: i64| {
        (chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + chrono::Days::new(number as u64)).to_string()
    };
    let item =
        |number: i64| json!({"metric": FUND, "area": "430681107223", "period": day(number), "value": number});
    let items: Vec<Value> = (0..1000).map(item).collect();
    let head = app.db.head().await.unwrap();
    let made = app.post(PATH, json!({"items": items})).by(&editor).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.items_of_201().len(), 1000);
    assert_eq!(app.db.head().await.unwrap(), head + 1);
}

#[actix_web::test]
async fn what_is_there_is_refused_revised_or_left() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let first = app.post(PATH, fund("430681107223", json!({"value": 10}))).by(&editor).await.json();
    let again = |value: i64, reason: Option<&str>| {
        let mut statement = fund("430681107223", json!({"value": value}));
        if let Some(reason) = reason {
            statement["reason"] = reason.into();
        }
        statement
    };
    for query in ["", "?on_conflict=fail"] {
        app.post(&format!("{PATH}{query}"), again(20, None)).by(&editor).await.problem(409, "conflict");
    }
    let left = app.post(&format!("{PATH}?on_conflict=skip"), again(20, None)).by(&editor).await;
    assert_eq!((left.status.as_u16(), left.json()), (200, first.clone()));
    let head = app.db.head().await.unwrap();
    let refused = app.post(&format!("{PATH}?on_conflict=revise"), again(20, None)).by(&editor).await;
    let problem = refused.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/reason");
    let revised = app.post(&format!("{PATH}?on_conflict=revise"), again(20, Some("audit"))).by(&editor).await;
    assert_eq!(revised.status, 200, "{}", revised.text());
    let revised = revised.json();
    assert_eq!(
        (&revised["id"], &revised["value"], &revised["revision"]),
        (&first["id"], &json!(20), &json!(2))
    );
    let same =
        app.post(&format!("{PATH}?on_conflict=revise"), again(20, Some("audit"))).by(&editor).await.json();
    assert_eq!(same, revised, "nothing new is said");
    assert_eq!(app.db.head().await.unwrap(), head + 1);
    let refused = app.post(&format!("{PATH}?on_conflict=replace"), again(1, None)).by(&editor).await;
    refused.problem(400, "invalid_parameter");
    let mixed = json!({"items": [again(20, None), fund("430681107224", json!({"value": 1}))]});
    let mixed = app.post(&format!("{PATH}?on_conflict=skip"), mixed).by(&editor).await;
    assert_eq!((mixed.status.as_u16(), mixed.items_of_201().len()), (201, 2));
}

#[actix_web::test]
async fn a_trial_answers_and_keeps_nothing() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let known = fund("430681107230", json!({"value": 1}));
    assert_eq!(app.post(PATH, known.clone()).by(&editor).await.status, 201);
    let head = app.db.head().await.unwrap();
    let statement = fund("430681107223", json!({"text": "90万余元"}));
    let tried = app.post(&format!("{PATH}?dry_run=true"), statement.clone()).by(&editor).await;
    assert_eq!((tried.status.as_u16(), &tried.json()["upper"]), (200, &json!(91)), "{}", tried.text());
    assert_eq!(tried.json().get("id"), None, "the next write gets it");
    let both = json!({"items": [statement, known]});
    let rows = app.post(&format!("{PATH}?dry_run=true&on_conflict=skip"), both).by(&editor).await.items();
    assert!(rows[0].get("id").is_none() && rows[1]["id"].is_number(), "{rows:?}");
    assert_eq!(app.db.head().await.unwrap(), head);
    assert_eq!(app.counted(&format!("{PATH}?area=430681107223&metric={FUND}")).await, 0);
    app.post(&format!("{PATH}?dry_run=true"), fund("430681107223", json!({})))
        .by(&editor)
        .await
        .problem(422, "invalid_value");
    // With the same idempotency key the deed is not taken for the trial.
    let keyed = |query: &str| {
        app.post(&format!("{PATH}{query}"), statement.clone()).by(&editor).header("idempotency-key", "k")
    };
    assert_eq!(keyed("?dry_run=true").await.status, 200);
    assert_eq!(keyed("").await.status, 201);
}

#[actix_web::test]
async fn a_retired_metric_takes_no_new_figures() {
    let (app, _) = TestApp::seeded_for("editor", Some("430681107")).await;
    let editor = app.key("editor", None).await;
    let retire = app.patch(&format!("/api/v1/metrics/{FUND}"), json!({"status": "retired"})).by(&editor);
    assert_eq!(retire.await.status, 200);
    let refused = app.post(PATH, fund("430681107223", json!({"value": 1}))).by(&editor).await;
    assert_eq!(refused.problem(422, "invalid_value")["errors"][0]["code"], "metric_retired");
    // What is there can still be corrected.
    let known = app.get(&format!("{PATH}?metric={FUND}&role=actual")).await.items();
    let path = format!("{PATH}/{}", known[0]["id"]);
    let corrected = app.patch(&path, json!({"value": 661, "reason": "audit"})).by(&editor).await;
    assert_eq!(corrected.status, 200, "{}", corrected.text());
}

#[actix_web::test]
async fn only_an_editor_of_the_area_records_or_corrects() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let made = app.post(PATH, fund("430681107223", json!({"value": 1}))).by(&editor).await;
    let path = made.header("location").to_owned();
    let statement = fund("430681107224", json!({"value": 1}));
    for (role, area) in [
        ("reviewer", None),
        ("reporter", Some("430681107")),
        ("editor", Some("430681108")),
        ("editor", Some("430681107225")),
        ("admin", Some("430681106")),
    ] {
        let key = app.key(role, area).await;
        app.post(PATH, statement.clone()).by(&key).await.problem(403, "forbidden");
        app.post(PATH, json!({"items": [statement]})).by(&key).await.problem(403, "forbidden");
        let change = app.patch(&path, json!({"value": 2, "reason": "audit"})).by(&key);
        change.await.problem(403, "forbidden");
        app.delete(&format!("{path}?reason=audit")).by(&key).await.problem(403, "forbidden");
    }
    app.post(PATH, statement.clone()).await.problem(401, "unauthorized");
    assert_eq!(app.get(&path).await.json()["revision"], 1);
    let village = app.key("editor", Some("430681107224")).await;
    assert_eq!(app.post(PATH, statement).by(&village).await.status, 201);
}
