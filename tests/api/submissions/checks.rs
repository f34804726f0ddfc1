//! The checks of submissions, each at its edge.

use serde_json::{Value, json};

use super::{PATH, TOWN, VILLAGE};
use crate::builders::submissions::{Desk, found, row};

/// What the checks find in rows, in short: `1 error out_of_range`.
async fn find(desk: &Desk, rows: Value) -> Vec<String> {
    let made = desk.propose(rows).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let text = |(row, level, code): (i64, String, String)| format!("{row} {level} {code}");
    found(&made.json()).into_iter().map(text).collect()
}

/// The warnings alone.
async fn warnings(desk: &Desk, rows: Value) -> Vec<String> {
    let all = find(desk, rows).await;
    let warned = all.iter().filter_map(|one| {
        let (row, code) = one.split_once(" warning ")?;
        Some(format!("{row} {code}"))
    });
    warned.collect()
}

/// Publishes a figure.
async fn publish(desk: &Desk, figure: Value) {
    desk.app.observation(figure).await;
}

#[actix_web::test]
async fn a_row_is_held_to_the_rules_of_observations() {
    let desk = Desk::new().await;
    let retired = json!({"status": "retired"});
    desk.app.metric("trial.retired", retired).await;
    for (change, expected) in [
        (json!({"value": 1}), None),
        (json!({"value": 0}), None),
        (json!({"value": 1000}), None),
        (json!({"value": 1000.01}), Some("out_of_range")),
        (json!({"value": -0.01}), Some("out_of_range")),
        (json!({"value": 1, "unit": "PERSON"}), Some("unit_incompatible")),
        (json!({"value": 1, "unit": "NONE"}), Some("unknown_reference")),
        (json!({}), Some("missing")),
        (json!({"text": "九十"}), None),
        (json!({"text": "很多"}), Some("*")),
        (json!({"value": 1, "metric": "no.metric"}), Some("unknown_reference")),
        (json!({"value": 1, "area": "430681107999"}), Some("unknown_reference")),
        (json!({"value": 1, "report": "no-report"}), Some("unknown_reference")),
        (json!({"value": 1, "projects": ["no-works"]}), Some("unknown_reference")),
        (json!({"value": 1, "metric": "trial.retired"}), Some("metric_retired")),
        (json!({"value": 1, "spread": "total"}), Some("spread")),
    ] {
        let found = find(&desk, json!([row(TOWN, "2023", change.clone())])).await;
        match expected {
            None => assert_eq!(found, Vec::<String>::new(), "{change}"),
            Some("*") => assert!(found.len() == 1 && found[0].starts_with("1 error"), "{change}: {found:?}"),
            Some(code) => assert_eq!(found, [format!("1 error {code}")], "{change}"),
        }
    }
}

#[actix_web::test]
async fn all_that_blocks_is_told_at_once() {
    let desk = Desk::new().await;
    let rows: Vec<Value> =
        (2001..=2040).map(|year: u32| row(TOWN, &year.to_string(), json!({"value": -1}))).collect();
    let id = desk.propose(json!(rows)).await.json()["id"].clone();
    let refused = desk.go(&desk.reporter, &id, json!({"to": "submitted"})).await;
    let errors = refused.problem(422, "invalid_value")["errors"].as_array().unwrap().clone();
    assert_eq!(errors.len(), 40);
    assert_eq!(errors[39]["pointer"], "/items/40/value");
}

#[actix_web::test]
async fn a_key_stands_in_a_submission_once() {
    let desk = Desk::new().await;
    let rows = json!([
        row(TOWN, "2023", json!({"value": 1})),
        row(TOWN, "2023", json!({"value": 2, "role": "target"})),
        row(VILLAGE, "2023", json!({"value": 1})),
        row(
            "430681107000",
            "2023-01/2023-12",
            json!({"value": 1, "accumulation": "instant", "role": "actual"})
        ),
        row(TOWN, "2023年", json!({"text": "3亩"})),
    ]);
    assert_eq!(find(&desk, rows).await, ["4 error duplicate", "5 error duplicate"]);
}

#[actix_web::test]
async fn what_is_published_is_revised_with_a_note_and_a_reason() {
    let desk = Desk::new().await;
    publish(&desk, row(TOWN, "2023", json!({"value": 9}))).await;
    let all = ["1 warning exists", "1 error note_required", "1 error reason_required"];
    let again = json!([row(TOWN, "2023", json!({"value": 10}))]);
    assert_eq!(find(&desk, again.clone()).await, all);
    let blank = json!([row(TOWN, "2023", json!({"value": 10, "note": " "}))]);
    assert_eq!(find(&desk, blank).await, all);
    let noted = json!([row(TOWN, "2023", json!({"value": 10, "note": "更正"}))]);
    assert_eq!(find(&desk, noted.clone()).await, ["1 warning exists", "1 error reason_required"]);
    let body = json!({"area": TOWN, "title": "更正", "items": noted, "reason": "entry_error"});
    assert_eq!(found(&desk.app.post(PATH, body).by(&desk.reporter).await.json()).len(), 1);
    let other = json!([row(TOWN, "2023", json!({"value": 10, "role": "target"}))]);
    assert_eq!(find(&desk, other).await, Vec::<String>::new());

    let id = desk.figures().await[0]["id"].clone();
    let path = format!("/api/v1/observations/{id}?reason=other");
    let retracted = desk.app.delete(&path).by(&desk.editor).await;
    assert_eq!(retracted.status, 204, "{}", retracted.text());
    assert_eq!(find(&desk, again).await, Vec::<String>::new(), "what is retracted is not published");
}

#[actix_web::test]
async fn a_change_by_half_or_more_is_warned_of() {
    let desk = Desk::new().await;
    publish(&desk, row(TOWN, "2022", json!({"value": 100}))).await;
    publish(&desk, row(TOWN, "2021", json!({"value": 0}))).await;
    publish(&desk, row(TOWN, "2019", json!({"value": 100, "comparator": "~"}))).await;
    publish(&desk, row(TOWN, "2022-12", json!({"value": 100, "accumulation": "ytd"}))).await;
    publish(&desk, row(TOWN, "2022-Q4", json!({"value": 100, "accumulation": "period"}))).await;
    for (period, change, jump) in [
        ("2023", json!({"value": 149.999999}), false),
        ("2023", json!({"value": 150}), true),
        ("2023", json!({"value": 50.000001}), false),
        ("2023", json!({"value": 50}), true),
        ("2023", json!({"value": 0}), false),
        ("2023", json!({"value": 900, "comparator": ">"}), false),
        ("2023", json!({"value": 900, "role": "target"}), false),
        ("2023-06", json!({"value": 900}), false),
        ("2022-06", json!({"value": 900}), false),
        ("2020", json!({"value": 900}), false),
        ("2023-01", json!({"value": 5, "accumulation": "ytd"}), false),
        ("2023-Q1", json!({"value": 150, "accumulation": "period"}), true),
    ] {
        let found = warnings(&desk, json!([row(TOWN, period, change.clone())])).await;
        assert_eq!(found, if jump { vec!["1 jump"] } else { vec![] }, "{period} {change}");
    }
    // The period before may be another row.
    let both =
        json!([row(VILLAGE, "2023-05", json!({"value": 10})), row(VILLAGE, "2023-06", json!({"value": 15}))]);
    assert_eq!(warnings(&desk, both).await, ["2 jump"]);
}

#[actix_web::test]
async fn a_part_is_not_more_than_its_whole_nor_a_ratio_other_than_theirs() {
    let desk = Desk::new().await;
    let flow = json!({"kind": "flow", "time_rule": "sum"});
    desk.app.metric("trial.part", flow.clone()).await;
    desk.app.metric("trial.hectares", json!({"unit": "HAR", "kind": "flow", "time_rule": "sum"})).await;
    let ratio = json!({
        "unit": "P1", "kind": "ratio", "area_rule": "ratio_of_sums", "time_rule": "none",
        "numerator": "trial.part", "denominator": "trial.hectares",
    });
    desk.app.metric("trial.share", ratio).await;
    let of = |metric: &str, more: Value| {
        row(TOWN, "2023", {
            let mut more = more;
            more["metric"] = metric.into();
            more
        })
    };
    // 公顷 is 15 亩: the whole is 30.
    let part = |more: Value| of("trial.part", more);
    let whole = |more: Value| of("trial.hectares", more);
    let share = |more: Value| of("trial.share", more);
    for (rows, expected) in [
        (json!([part(json!({"value": 30})), whole(json!({"value": 2}))]), vec![]),
        (json!([part(json!({"value": 30.01})), whole(json!({"value": 2}))]), vec!["1 part_exceeds_whole"]),
        (json!([whole(json!({"value": 2})), part(json!({"value": 31}))]), vec!["2 part_exceeds_whole"]),
        (
            json!([part(json!({"value": 30, "comparator": ">"})), whole(json!({"value": 2}))]),
            vec!["1 part_exceeds_whole"],
        ),
        (json!([part(json!({"value": 30, "comparator": ">="})), whole(json!({"value": 2}))]), vec![]),
        (json!([part(json!({"value": 99, "comparator": "~"})), whole(json!({"value": 2}))]), vec![]),
        (json!([part(json!({"value": 99, "accumulation": "ytd"})), whole(json!({"value": 2}))]), vec![]),
        (json!([part(json!({"value": 99, "role": "target"})), whole(json!({"value": 2}))]), vec![]),
        (
            json!([part(json!({"value": 20})), whole(json!({"value": 2})), share(json!({"value": 66.67}))]),
            vec![],
        ),
        (
            json!([part(json!({"value": 20})), whole(json!({"value": 2})), share(json!({"value": 67}))]),
            vec![],
        ),
        (
            json!([part(json!({"value": 20})), whole(json!({"value": 2})), share(json!({"value": 66.66}))]),
            vec!["3 ratio_disagrees"],
        ),
        (
            json!([
                share(json!({"value": 70, "comparator": ">"})),
                part(json!({"value": 20})),
                whole(json!({"value": 2}))
            ]),
            vec!["1 ratio_disagrees"],
        ),
        (json!([share(json!({"value": 50})), part(json!({"value": 20}))]), vec![]),
    ] {
        assert_eq!(warnings(&desk, rows.clone()).await, expected, "{rows}");
    }
    // What is published counts, and the warning is that of the row there is.
    publish(&desk, whole(json!({"value": 2}))).await;
    assert_eq!(warnings(&desk, json!([part(json!({"value": 31}))])).await, ["1 part_exceeds_whole"]);
    publish(&desk, part(json!({"value": 15}))).await;
    assert_eq!(warnings(&desk, json!([share(json!({"value": 50}))])).await, Vec::<String>::new());
    assert_eq!(warnings(&desk, json!([share(json!({"value": 51}))])).await, ["1 ratio_disagrees"]);
}

#[actix_web::test]
async fn villages_do_not_come_to_more_than_their_township_nor_all_of_them_to_less() {
    let desk = Desk::new().await;
    let town = "430681109";
    let villages = ["430681109201", "430681109202"];
    let area = |code: &str, level: &str, kind: &str, parent: &str| {
        json!({
            "code": code, "name": "试验", "level": level, "kind": kind, "parent": parent, "code_system": "NBS-2023",
        })
    };
    desk.app.area(area(town, "township", "town", "430681")).await;
    for village in villages {
        desk.app.area(area(village, "village", "village", town)).await;
    }
    desk.app.metric("trial.signed", json!({})).await;
    desk.app.metric("trial.rate", json!({"area_rule": "none", "min": 0})).await;
    let propose = async |rows: Value| {
        let body = json!({"area": town, "title": "汇总", "items": rows});
        let made = desk.app.post(PATH, body).by(&desk.editor).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let warned = found(&made.json()).into_iter().filter(|(_, level, _)| level == "warning");
        warned.map(|(row, _, code)| format!("{row} {code}")).collect::<Vec<_>>()
    };
    let [one, two] = villages;
    let figure = |area: &str, value: u32| row(area, "2023", json!({"value": value}));
    let said = |area: &str, value: u32, comparator: &str| {
        row(area, "2023", json!({"value": value, "comparator": comparator}))
    };
    let of =
        |metric: &str, area: &str, value: u32| row(area, "2023", json!({"value": value, "metric": metric}));
    for (rows, expected) in [
        (json!([figure(town, 10), figure(one, 6), figure(two, 4)]), vec![]),
        (json!([figure(one, 6), figure(town, 10), figure(two, 5)]), vec!["2 sum_exceeds"]),
        (json!([figure(one, 6), figure(town, 10), figure(two, 3)]), vec!["2 sum_differs"]),
        (json!([figure(town, 10), figure(one, 10)]), vec![]),
        (json!([figure(town, 10), figure(one, 11)]), vec!["1 sum_exceeds"]),
        (json!([figure(town, 10), figure(one, 3)]), vec![]),
        (json!([figure(town, 10), said(one, 6, ">"), figure(two, 4)]), vec!["1 sum_exceeds"]),
        (json!([figure(town, 10), said(one, 6, ">="), figure(two, 4)]), vec![]),
        (json!([figure(town, 10), said(one, 3, ">="), figure(two, 3)]), vec![]),
        (json!([figure(town, 10), said(one, 6, "<"), figure(two, 4)]), vec!["1 sum_differs"]),
        (json!([said(town, 10, "~"), figure(one, 60), figure(two, 4)]), vec![]),
        (json!([said(town, 10, ">"), figure(one, 6), figure(two, 5)]), vec![]),
        (json!([of("trial.signed", town, 10), of("trial.signed", one, 11)]), vec![]),
        (
            json!([of("trial.signed", town, 10), of("trial.signed", one, 11), of("trial.signed", two, 1)]),
            vec!["1 sum_exceeds"],
        ),
        (json!([of("trial.rate", town, 10), of("trial.rate", one, 11), of("trial.rate", two, 1)]), vec![]),
    ] {
        assert_eq!(propose(rows.clone()).await, expected, "{rows}");
    }
    // What is published counts: the warning is that of the first village's row.
    publish(&desk, figure(town, 10)).await;
    assert_eq!(propose(json!([figure(two, 6), figure(one, 5)])).await, ["2 sum_exceeds"]);
    publish(&desk, figure(one, 5)).await;
    assert_eq!(propose(json!([figure(two, 4)])).await, ["1 sum_differs"]);
    assert_eq!(propose(json!([figure(two, 5)])).await, Vec::<String>::new());
}

#[actix_web::test]
async fn the_checks_run_again_when_it_is_approved() {
    let desk = Desk::new().await;
    let id = desk.submitted("2023", 7).await;
    publish(&desk, row(VILLAGE, "2023", json!({"value": 8}))).await;
    let problem = desk.go(&desk.reviewer, &id, json!({"to": "approved"})).await.problem(422, "invalid_value");
    let codes: Vec<&Value> =
        problem["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect();
    assert_eq!(codes, ["note_required", "reason_required"], "{problem}");
    assert_eq!(desk.read(&desk.reviewer, &id).await.json()["state"], "submitted");
    assert_eq!(desk.figures().await[0]["value"], 8);
}

#[actix_web::test]
async fn checks_are_told_in_the_language_of_the_reader() {
    let desk = Desk::new().await;
    let id = desk.propose(json!([row(TOWN, "2023", json!({"value": -1}))])).await.json()["id"].clone();
    let read = async |language: &str| {
        let path = format!("{PATH}/{id}");
        desk.app.get(&path).by(&desk.reporter).header("accept-language", language).await
    };
    for _ in 0..2 {
        let (zh, en) = (read("zh").await, read("en").await);
        assert_eq!(zh.json()["checks"][0]["message"], "value: 数值超出该指标的范围");
        assert_eq!(en.json()["checks"][0]["message"], "value: the value is outside of the metric's range");
        assert_ne!(zh.header("etag"), en.header("etag"));
        assert!(zh.header("vary").contains("accept-language"), "{}", zh.header("vary"));
    }
    assert!(!desk.app.get("/api/v1/units").await.header("vary").contains("accept-language"));
}

#[actix_web::test]
async fn the_checks_tell_no_more_than_a_reporter_of_the_area_sees() {
    let desk = Desk::new().await;
    publish(&desk, row(TOWN, "2023", json!({"value": 77, "released_at": "2999-01-01T00:00:00+08:00"}))).await;
    desk.app.metric("trial.inside", json!({"visibility": "internal", "min": 0})).await;
    let inside = |area: &str, value: u32| {
        row(area, "2023", json!({"metric": "trial.inside", "value": value, "note": "新"}))
    };
    publish(&desk, inside(TOWN, 3)).await;
    for (area, rows) in [
        (TOWN, json!([row(TOWN, "2023", json!({"value": 5, "note": "新"}))])),
        (VILLAGE, json!([inside(VILLAGE, 50)])),
    ] {
        // An editor for all areas sees the embargoed figure, and that of the township.
        let made =
            desk.app.post(PATH, json!({"area": area, "title": "月报", "items": rows})).by(&desk.editor).await;
        assert_eq!((made.status.as_u16(), found(&made.json())), (201, vec![]), "{}", made.text());
        let moved = desk.go(&desk.editor, &made.json()["id"], json!({"to": "submitted"})).await;
        assert_eq!((moved.status.as_u16(), found(&moved.json())), (200, vec![]), "{}", moved.text());
    }
    // Whoever reports for the township sees its own internal figures.
    let town = desk.propose(json!([inside(TOWN, 4)])).await;
    assert_eq!(found(&town.json())[0], (1, "warning".into(), "exists".into()));
}

#[actix_web::test]
async fn a_thousand_rows_are_proposed_at_once() {
    let desk = Desk::new().await;
    let first = chrono::NaiveDate::from_ymd_opt(2022, 1, 1).unwrap();
    let days = first.iter_days().take(500);
    let rows: Vec<Value> = days
        .flat_map(|day| [TOWN, VILLAGE].map(|area| row(area, &day.to_string(), json!({"value": 5}))))
        .collect();
    let made = desk.propose(json!(rows)).await;
    assert_eq!((made.status.as_u16(), made.json()["items"].as_array().unwrap().len()), (201, 1000));
}

#[actix_web::test]
async fn a_row_outside_the_life_of_its_area_needs_a_note() {
    let desk = Desk::new().await;
    let ended = json!({
        "code": "430681107299", "name": "撤销村", "level": "village", "kind": "village", "parent": TOWN,
        "code_system": "NBS-2023", "valid_to": "2022-06",
    });
    desk.app.area(ended).await;
    let of = |period: &str, more: Value| json!([row("430681107299", period, more)]);
    assert_eq!(find(&desk, of("2022-06", json!({"value": 1}))).await, Vec::<String>::new());
    let bare = find(&desk, of("2022", json!({"value": 1}))).await;
    assert_eq!(bare, ["1 warning outside_life", "1 error note_required"]);
    let noted = find(&desk, of("2022", json!({"value": 1, "note": "按新区划追溯"}))).await;
    assert_eq!(noted, ["1 warning outside_life"]);
}
