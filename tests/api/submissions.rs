//! Submissions: how they are made, seen, moved and published. What the checks find is tested in
//! `submissions/checks.rs`.

mod checks;
mod locks;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::builders::submissions::{Desk, found, row};
use crate::harness::TestApp;
use crate::harness::lists::each;

const PATH: &str = "/api/v1/submissions";
const TOWN: &str = "430681107";
const VILLAGE: &str = "430681107223";
const SIBLING: &str = "430681108";

fn pointers(problem: &Value) -> Vec<String> {
    each(problem["errors"].as_array().unwrap(), "pointer")
}

/// Number and author of the newest entry.
fn newest_entry(app: &TestApp) -> (i64, String) {
    let told =
        app.texts("SELECT seq || ' ' || author AS text FROM entries ORDER BY seq DESC LIMIT 1").remove(0);
    let (seq, author) = told.split_once(' ').unwrap();
    (seq.parse().unwrap(), author.to_owned())
}

#[actix_web::test]
async fn a_submission_lives_from_a_draft_with_mistakes_to_published_figures() {
    let desk = Desk::new().await;
    let exact: Value = serde_json::from_str("660.60").unwrap();
    let made = desk
        .propose(json!([
            row(VILLAGE, "2023年6月", json!({"value": exact})),
            row(TOWN, "2023-06", json!({"value": -1})),
            row(VILLAGE, "2023-05", json!({"value": 2, "note": "更正前"})),
            row(VILLAGE, "2023-04", json!({"value": 1, "report": "no-report"})),
        ]))
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    let draft = made.json();
    let id = draft["id"].clone();
    assert_eq!(made.header("location"), format!("{PATH}/{id}"));
    let read = desk.read(&desk.reporter, &id).await;
    assert_eq!((read.json(), read.header("etag")), (draft.clone(), made.header("etag")));
    assert_eq!((&draft["state"], &draft["author"]), (&json!("draft"), &json!("reporter")));
    assert_eq!(
        draft["items"][0],
        json!({"row": 1, "observation": {
            "metric": "trial.area", "area": VILLAGE, "period": "2023-06", "value": exact,
            "covers": [], "projects": [],
        }})
    );
    assert!(read.text().contains("660.60"), "a figure is kept as it was written");
    let mistakes = found(&draft);
    assert!(mistakes.contains(&(2, "error".into(), "out_of_range".into())), "{mistakes:?}");
    assert!(mistakes.contains(&(4, "error".into(), "unknown_reference".into())), "{mistakes:?}");

    let refused = desk.go(&desk.reporter, &id, json!({"to": "submitted"})).await;
    let problem = refused.problem(422, "invalid_value");
    assert!(pointers(&problem).contains(&"/items/2/value".to_owned()), "{problem}");
    assert!(pointers(&problem).contains(&"/items/4/report".to_owned()), "{problem}");
    assert_eq!(desk.read(&desk.reporter, &id).await.json(), draft, "nothing has happened");

    // June is far above May: the row says why.
    let rows = json!([
        {"row": 1, "observation": row(VILLAGE, "2023-06", json!({"value": 660.60, "note": "新开垦"}))},
        {"row": 2, "observation": row(TOWN, "2023-06", json!({"value": 700}))},
        {"row": 3, "observation": row(VILLAGE, "2023-05", json!({"value": 400, "note": "更正"}))},
        {"row": 4, "observation": null},
    ]);
    let body = json!({"to": "submitted", "comment": "已更正", "rows": rows});
    let submitted = desk.go(&desk.reporter, &id, body).await;
    assert_eq!(submitted.status, 200, "{}", submitted.text());
    let submitted = submitted.json();
    assert_eq!(submitted["state"], "submitted");
    assert_eq!(each(submitted["items"].as_array().unwrap(), "row"), ["1", "2", "3"]);
    assert_eq!(found(&submitted), [(1, "warning".into(), "jump".into())]);

    let words = json!([{"row": 3, "comment": "5月数有误"}]);
    let blank = json!({"to": "returned", "comment": " \u{3000}"});
    desk.go(&desk.reviewer, &id, blank).await.problem(422, "invalid_value");
    let body = json!({"to": "returned", "comment": "请核对", "rows": words});
    let returned = desk.go(&desk.reviewer, &id, body).await;
    assert_eq!(returned.json()["state"], "returned", "{}", returned.text());
    let rows = json!([{"row": 3, "observation": row(VILLAGE, "2023-05", json!({"value": 500}))}]);
    let again = desk.go(&desk.reporter, &id, json!({"to": "submitted", "rows": rows})).await;
    assert_eq!(again.status, 200, "{}", again.text());
    assert_eq!(found(&again.json()), [], "660.6 after 500 is no jump");
    assert_eq!(desk.figures().await, Vec::<Value>::new(), "nothing is published yet");

    let head = desk.app.db.head().await.unwrap();
    let approved = desk.go(&desk.reviewer, &id, json!({"to": "approved", "comment": "同意"})).await;
    assert_eq!(approved.status, 200, "{}", approved.text());
    let approved = approved.json();
    assert_eq!((&approved["state"], &approved["seq"]), (&json!("approved"), &json!(head + 1)));
    assert_eq!(newest_entry(&desk.app), (head + 1, "reviewer".to_owned()), "one entry, by who approved");
    let figures = desk.figures().await;
    assert_eq!(each(&figures, "value"), ["660.6", "700", "500"]);
    assert!(figures.iter().all(|figure| figure["seq"] == head + 1), "{figures:?}");
    let path = format!("/api/v1/observations/{}/revisions", figures[0]["id"]);
    let revisions = desk.app.get(&path).await.items();
    assert_eq!(each(&revisions, "author"), ["reporter"], "signed by who submitted");

    let history = approved["history"].as_array().unwrap();
    assert_eq!(each(history, "state"), ["draft", "submitted", "returned", "submitted", "approved"]);
    assert_eq!(each(history, "by"), ["reporter", "reporter", "reviewer", "reporter", "reviewer"]);
    assert_eq!(each(history, "comment"), ["null", "已更正", "请核对", "null", "同意"]);
    assert_eq!(history[2]["rows"], json!([{"row": 3, "comment": "5月数有误"}]));
    assert_eq!(history[4]["seq"], approved["seq"]);
}

#[actix_web::test]
async fn what_is_published_already_is_revised_for_the_reason_of_the_submission() {
    let desk = Desk::new().await;
    let id = desk.submitted("2023", 100).await;
    assert_eq!(desk.go(&desk.reviewer, &id, json!({"to": "approved"})).await.status, 200);
    let corrected = json!([row(VILLAGE, "2023", json!({"value": 101, "note": "漏报一户"}))]);
    let made = desk.propose(corrected).await.json();
    let id = made["id"].clone();
    let reasonless = desk.go(&desk.reporter, &id, json!({"to": "submitted"})).await;
    let problem = reasonless.problem(422, "invalid_value");
    assert_eq!(pointers(&problem), ["/reason"], "{problem}");
    let body = json!({"to": "submitted", "reason": "late", "comment": "补报"});
    assert_eq!(desk.go(&desk.reporter, &id, body).await.json()["reason"], "late");
    let approved = desk.go(&desk.reviewer, &id, json!({"to": "approved", "reason": "audit"})).await;
    assert_eq!(approved.json()["reason"], "late", "{}", approved.text());
    let figures = desk.figures().await;
    assert_eq!(each(&figures, "value"), ["101"]);
    let path = format!("/api/v1/observations/{}/revisions", figures[0]["id"]);
    let last = desk.app.get(&path).await.items().pop().unwrap();
    assert_eq!(
        (&last["revision"], &last["reason"], &last["comment"], &last["author"]),
        (&json!(2), &json!("late"), &json!("补报"), &json!("reporter"))
    );
}

#[actix_web::test]
async fn a_row_is_released_with_its_report_or_when_it_is_approved() {
    let desk = Desk::new().await;
    let rows = json!([
        row(VILLAGE, "2022", json!({"value": 1, "report": "bishi-2022"})),
        row(TOWN, "2021", json!({"value": 2, "released_at": "2022-03-01T08:00:00+08:00"})),
        row(TOWN, "2020", json!({"value": 2})),
    ]);
    let id = desk.propose(rows).await.json()["id"].clone();
    assert_eq!(desk.go(&desk.reporter, &id, json!({"to": "submitted"})).await.status, 200);
    let approved = desk.go(&desk.reviewer, &id, json!({"to": "approved"})).await.json();
    let figures = desk.figures().await;
    assert_eq!(figures[0]["released_at"], "2023-01-17T10:21:00+08:00");
    assert_eq!(figures[1]["released_at"], "2022-03-01T08:00:00+08:00");
    let at = |text: &Value| chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap()).unwrap();
    assert_eq!(at(&figures[2]["released_at"]), at(&approved["updated_at"]));
}

#[actix_web::test]
async fn nobody_approves_what_they_wrote_or_submitted() {
    let desk = Desk::new().await;
    let second = desk.app.key("reviewer", Some(TOWN)).await;
    let body = json!({"area": TOWN, "title": "月报", "items": [row(VILLAGE, "2023", json!({"value": 1}))]});
    let id = desk.app.post(PATH, body.clone()).by(&desk.reviewer).await.json()["id"].clone();
    let submit = desk.go(&desk.editor, &id, json!({"to": "submitted"})).await;
    assert_eq!(submit.status, 200, "an editor submits what others wrote: {}", submit.text());
    for key in [&desk.reviewer, &desk.editor] {
        let refused = desk.go(key, &id, json!({"to": "approved"})).await.problem(403, "forbidden");
        assert!(refused["detail"].as_str().unwrap().contains("另一人"), "{refused}");
    }
    desk.go(&desk.reporter, &id, json!({"to": "approved"})).await.problem(403, "forbidden");
    desk.go(&desk.reporter, &id, json!({"to": "returned", "comment": "x"})).await.problem(403, "forbidden");
    assert_eq!(desk.go(&second, &id, json!({"to": "approved"})).await.status, 200);
}

#[actix_web::test]
async fn its_author_or_an_editor_withdraws_it_until_it_is_approved() {
    let desk = Desk::new().await;
    let other = desk.app.key("reporter", Some(TOWN)).await;
    let withdraw = json!({"to": "withdrawn"});
    let draft = desk.propose(json!([row(VILLAGE, "2020", json!({"value": 1}))])).await.json()["id"].clone();
    let submitted = desk.submitted("2021", 1).await;
    let returned = desk.submitted("2022", 1).await;
    desk.go(&desk.reviewer, &returned, json!({"to": "returned", "comment": "不"})).await;
    for id in [&draft, &submitted, &returned] {
        for key in [&other, &desk.reviewer] {
            desk.go(key, id, withdraw.clone()).await.problem(403, "forbidden");
            desk.go(key, id, json!({"to": "submitted"})).await.problem(403, "forbidden");
        }
    }
    for (id, key) in [(&draft, &desk.reporter), (&submitted, &desk.editor), (&returned, &desk.reporter)] {
        assert_eq!(desk.go(key, id, withdraw.clone()).await.json()["state"], "withdrawn");
        for to in ["draft", "submitted", "withdrawn"] {
            let refused = desk.go(key, id, json!({"to": to})).await.problem(409, "illegal_transition");
            assert_eq!(refused["errors"], json!([]), "nothing follows");
        }
    }
    let approved = desk.submitted("2023", 1).await;
    desk.go(&desk.reviewer, &approved, json!({"to": "approved"})).await;
    desk.go(&desk.reporter, &approved, withdraw).await.problem(409, "illegal_transition");
    assert_eq!(desk.figures().await.len(), 1);
}

#[actix_web::test]
async fn a_move_is_refused_when_the_submission_has_changed_since_it_was_read() {
    let desk = Desk::new().await;
    let id = desk.submitted("2021", 5).await;
    let tag = desk.read(&desk.reviewer, &id).await.header("etag").to_owned();
    let path = format!("/api/v1/submissions/{id}/transitions");
    let go = async |key: &str, tag: &str, to: &str| {
        let body = json!({"to": to, "comment": "再核"});
        desk.app.post(&path, body).by(key).if_match(tag).await
    };
    // Who may not move it is told so first, and what cannot be done last.
    go(&desk.reporter, "\"1-0\"", "approved").await.problem(403, "forbidden");
    go(&desk.reviewer, "\"1-0\"", "returned").await.problem(412, "stale");
    go(&desk.editor, "\"1-0\"", "draft").await.problem(412, "stale");
    assert_eq!(go(&desk.reviewer, &tag, "returned").await.status, 200);
    go(&desk.reviewer, &tag, "approved").await.problem(412, "stale");
    go(&desk.reviewer, "*", "approved").await.problem(409, "illegal_transition");
}

#[actix_web::test]
async fn a_move_that_the_state_does_not_allow_says_what_it_does() {
    let desk = Desk::new().await;
    let draft = desk.propose(json!([row(VILLAGE, "2020", json!({"value": 1}))])).await.json()["id"].clone();
    let submitted = desk.submitted("2021", 1).await;
    for (id, key, to, allowed) in [
        (&draft, &desk.reviewer, "approved", vec!["submitted", "withdrawn"]),
        (&draft, &desk.reviewer, "returned", vec!["submitted", "withdrawn"]),
        (&draft, &desk.reporter, "draft", vec!["submitted", "withdrawn"]),
        (&submitted, &desk.reporter, "submitted", vec!["approved", "returned", "withdrawn"]),
        (&submitted, &desk.reporter, "draft", vec!["approved", "returned", "withdrawn"]),
    ] {
        let problem =
            desk.go(key, id, json!({"to": to, "comment": "x"})).await.problem(409, "illegal_transition");
        assert_eq!(each(problem["errors"].as_array().unwrap(), "message"), allowed, "{to}");
    }
    desk.go(&desk.reporter, &draft, json!({"to": "published"})).await.problem(400, "malformed_request");
}

#[actix_web::test]
async fn what_a_move_says_of_rows_must_fit_it() {
    let desk = Desk::new().await;
    let draft = desk.propose(json!([row(VILLAGE, "2020", json!({"value": 1}))])).await.json()["id"].clone();
    let submitted = desk.submitted("2021", 1).await;
    let fine = row(VILLAGE, "2020", json!({"value": 2}));
    for (id, key, body, pointer) in [
        (&draft, &desk.reporter, json!({"to": "submitted", "rows": [{"row": 1}]}), "/rows/0"),
        (
            &draft,
            &desk.reporter,
            json!({"to": "submitted", "rows": [{"row": 1, "comment": "x"}]}),
            "/rows/0/comment",
        ),
        (
            &draft,
            &desk.reporter,
            json!({"to": "submitted", "rows": [{"row": 1, "comment": "x", "observation": null}]}),
            "/rows/0",
        ),
        (
            &draft,
            &desk.reporter,
            json!({"to": "submitted", "rows": [{"row": 1, "observation": null}]}),
            "/rows",
        ),
        (
            &draft,
            &desk.reporter,
            json!({"to": "submitted", "rows": [{"row": 2, "observation": fine}]}),
            "/rows/0/row",
        ),
        (
            &draft,
            &desk.reporter,
            json!({"to": "submitted", "rows": [{"row": 1, "observation": fine}, {"row": 1, "observation": fine}]}),
            "/rows/1/row",
        ),
        (
            &draft,
            &desk.reporter,
            json!({"to": "submitted", "rows": [{"row": 1, "observation": row(SIBLING, "2020", json!({"value": 2}))}]}),
            "/rows/0/observation/area",
        ),
        (&submitted, &desk.reviewer, json!({"to": "returned"}), "/comment"),
        (
            &submitted,
            &desk.reviewer,
            json!({"to": "returned", "rows": [{"row": 1, "comment": " "}]}),
            "/rows/0/comment",
        ),
        (
            &submitted,
            &desk.reviewer,
            json!({"to": "returned", "rows": [{"row": 9, "comment": "x"}]}),
            "/rows/0/row",
        ),
        (
            &submitted,
            &desk.reviewer,
            json!({"to": "returned", "rows": [{"row": 1, "observation": fine}]}),
            "/rows/0/observation",
        ),
        (
            &submitted,
            &desk.reviewer,
            json!({"to": "approved", "rows": [{"row": 1, "comment": "x"}]}),
            "/rows/0/comment",
        ),
        (
            &submitted,
            &desk.reviewer,
            json!({"to": "returned", "rows": [{"row": 1, "comment": "长".repeat(2001)}]}),
            "/rows/0/comment",
        ),
    ] {
        let problem = desk.go(key, id, body.clone()).await.problem(422, "invalid_value");
        assert_eq!(pointers(&problem), [pointer], "{body}: {problem}");
    }
    let broken = json!({"to": "submitted", "rows": [{"row": 1, "observation": {"metric": 1}}]});
    let problem = desk.go(&desk.reporter, &draft, broken).await.problem(400, "malformed_request");
    let [area, period] = ["area", "period"].map(|member| format!("/rows/0/observation/{member}"));
    assert_eq!(pointers(&problem), ["/rows/0/observation/metric", &area, &period], "and what is missing");
    let words = json!({"to": "returned", "rows": [{"row": 1, "comment": "核对"}]});
    assert_eq!(desk.go(&desk.reviewer, &submitted, words).await.status, 200, "words on a row are enough");
}

#[actix_web::test]
async fn a_submission_is_of_an_area_within_the_keys_and_its_rows_within_that() {
    let desk = Desk::new().await;
    desk.app.key("reporter", Some(SIBLING)).await;
    let body = |area: &str, rows: Value| json!({"area": area, "title": "月报", "items": rows});
    let good = row(VILLAGE, "2023", json!({"value": 1}));
    for area in [SIBLING, "430681", "43"] {
        desk.app.post(PATH, body(area, json!([good]))).by(&desk.reporter).await.problem(403, "forbidden");
    }
    let outside = body(
        TOWN,
        json!([good, row(SIBLING, "2023", json!({"value": 1})), row("430681", "2023", json!({"value": 1}))]),
    );
    let problem = desk.app.post(PATH, outside).by(&desk.reporter).await.problem(422, "invalid_value");
    assert_eq!(pointers(&problem), ["/items/1/area", "/items/2/area"]);
    let village = body(VILLAGE, json!([row(TOWN, "2023", json!({"value": 1}))]));
    desk.app.post(PATH, village).by(&desk.reporter).await.problem(422, "invalid_value");
    let nowhere = body("430681999", json!([row("430681999", "2023", json!({"value": 1}))]));
    let problem = desk.app.post(PATH, nowhere).by(&desk.editor).await.problem(422, "invalid_value");
    assert_eq!(pointers(&problem), ["/area"]);
    for (members, status, slug, pointer) in [
        (json!({"area": TOWN, "title": "", "items": [good]}), 422, "invalid_value", "/title"),
        (json!({"area": TOWN, "title": "x", "items": []}), 422, "invalid_value", "/items"),
        (json!({"area": TOWN, "title": "x"}), 422, "invalid_value", "/items"),
        (json!({"area": TOWN, "items": [good]}), 422, "invalid_value", "/title"),
        (json!({"area": TOWN, "title": "x", "items": vec![&good; 1001]}), 422, "invalid_value", "/items"),
        (
            json!({"area": TOWN, "title": "x", "items": [good], "state": "approved"}),
            400,
            "unknown_parameter",
            "/state",
        ),
        (
            json!({"area": TOWN, "title": "x", "items": [good, {
                "metric": "land.cultivated.area", "area": TOWN, "period": "2022", "value": "1"
            }]}),
            400,
            "malformed_request",
            "/items/1/value",
        ),
    ] {
        let problem = desk.app.post(PATH, members.clone()).by(&desk.reporter).await.problem(status, slug);
        assert_eq!(pointers(&problem), [pointer], "{problem}");
    }
    assert_eq!(desk.app.get(PATH).by(&desk.reporter).await.items(), Vec::<Value>::new());
}

#[actix_web::test]
async fn submissions_are_seen_in_their_area_and_by_their_author_alone() {
    let desk = Desk::new().await;
    let id = desk.submitted("2023", 1).await;
    let below =
        json!({"area": VILLAGE, "title": "村报", "items": [row(VILLAGE, "2022", json!({"value": 1}))]});
    let of_village = desk.app.post(PATH, below).by(&desk.reporter).await.json()["id"].clone();
    let sibling = desk.app.key("admin", Some(SIBLING)).await;
    let village = desk.app.key("reporter", Some(VILLAGE)).await;
    let county = desk.app.key("reporter", Some("430681")).await;
    let reader = desk.app.key("reader", None).await;
    for (key, seen) in [
        (&desk.reporter, vec![&id, &of_village]),
        (&county, vec![&id, &of_village]),
        (&village, vec![&of_village]),
        (&sibling, vec![]),
    ] {
        let list = desk.app.get(&format!("{PATH}?count=exact")).by(key).await;
        let ids: Vec<String> = seen.iter().map(|id| id.to_string()).collect();
        assert_eq!(each(&list.items(), "id"), ids);
        assert_eq!(list.json()["count"], ids.len());
        for one in [&id, &of_village] {
            let answer = desk.read(key, one).await;
            assert_eq!(answer.status.as_u16(), if seen.contains(&one) { 200 } else { 404 });
        }
    }
    desk.read(&sibling, &id).await.problem(404, "not_found");
    for to in ["approved", "returned", "withdrawn", "submitted"] {
        desk.go(&sibling, &id, json!({"to": to, "comment": "x"})).await.problem(404, "not_found");
    }
    desk.go(&village, &id, json!({"to": "withdrawn"})).await.problem(404, "not_found");
    desk.read(&reader, &id).await.problem(403, "forbidden");
    desk.app.get(PATH).await.problem(401, "unauthorized");
    // Whose key is moved elsewhere still sees what it made, and no more.
    desk.app.sql("UPDATE api_keys SET area = 430681108000 WHERE name = 'reporter' AND area = 430681107000");
    assert_eq!(desk.read(&desk.reporter, &id).await.status, 200);
    desk.read(&desk.reporter, &json!(99)).await.problem(404, "not_found");
}

#[actix_web::test]
async fn submissions_are_listed_by_state_area_and_author_and_paged() {
    let desk = Desk::new().await;
    for year in 2018..2022 {
        desk.submitted(&year.to_string(), 1).await;
    }
    let village =
        json!({"area": VILLAGE, "title": "村报", "items": [row(VILLAGE, "2022", json!({"value": 1}))]});
    desk.app.post(PATH, village).by(&desk.editor).await;
    let app = desk.app.signed_in().await;
    assert_eq!(app.paged(PATH, [1, 2, 5]).await.len(), 5);
    for (query, count) in [
        ("state=draft", 1),
        ("state=submitted", 4),
        ("state=draft,submitted", 5),
        ("state=approved", 0),
        ("area=430681107", 4),
        ("within=430681107", 5),
        ("within=430681107223", 1),
        ("author=editor", 1),
        ("author=reporter&author=editor&state=submitted", 4),
        ("author=nobody", 0),
        ("author=reporter,editor", 0),
    ] {
        assert_eq!(app.counted(&format!("{PATH}?{query}")).await, count, "{query}");
    }
    app.get(&format!("{PATH}?area=430681999")).await.problem(422, "invalid_value");
    app.get(&format!("{PATH}?state=lost")).await.problem(400, "invalid_parameter");
    let csv = app.get(&format!("{PATH}?format=csv&state=draft")).await.text();
    assert!(
        csv.starts_with("id,area,title,state,author,reason,items,checks,history,seq,updated_at\r\n"),
        "{csv}"
    );
}

#[actix_web::test]
async fn of_moves_that_race_one_wins() {
    let desk = Desk::new().await;
    let id = desk.submitted("2023", 1).await;
    let head = desk.app.db.head().await.unwrap();
    let approve = json!({"to": "approved"});
    let answers = join_all((0..8).map(|_| desk.go(&desk.reviewer, &id, approve.clone()))).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        lost.problem(409, "illegal_transition");
    }
    assert_eq!((desk.figures().await.len(), desk.app.db.head().await.unwrap()), (1, head + 1));

    for year in 2010..2018 {
        let id = desk.submitted(&year.to_string(), 1).await;
        let before = desk.figures().await.len();
        let (approved, withdrawn) = futures_util::future::join(
            desk.go(&desk.reviewer, &id, approve.clone()),
            desk.go(&desk.reporter, &id, json!({"to": "withdrawn"})),
        )
        .await;
        let (first, second) = (approved.status == 200, withdrawn.status == 200);
        assert!(first != second, "{} {}", approved.text(), withdrawn.text());
        let state = desk.read(&desk.reporter, &id).await.json();
        assert_eq!(state["state"], if first { "approved" } else { "withdrawn" });
        assert_eq!(state["history"].as_array().unwrap().len(), 3);
        assert_eq!(desk.figures().await.len(), before + usize::from(first));
    }
}
