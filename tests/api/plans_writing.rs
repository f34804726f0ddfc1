//! `POST`, `PATCH` and `DELETE` of plans and plan items, and the moves of items in their tree.

use actix_web::http::Method;
use serde_json::{Value, json};
use taizhang::exchange::seed::{self, Files};

use crate::builders::merged;
use crate::builders::plans::{item, plan};
use crate::harness::edits::{last_done, last_edits};
use crate::harness::{Answer, TestApp};

const PLANS: &str = "/api/v1/plans";
const ITEMS: &str = "/api/v1/plan-items";

/// A service with a plan `trial` of the township and this tree of items, a township beside ours, and the
/// key of an editor:
///
/// ```text
/// trial.a          1
///   trial.a.1      1 1   in 序贤村
///     trial.a.1.x  1 1 1
/// trial.b          2
/// ```
async fn with_tree() -> (TestApp, String) {
    let app = TestApp::seeded().await;
    app.township("430681108").await;
    let editor = app.key("editor", None).await;
    let made = app.post(PLANS, plan()).by(&editor).await;
    assert_eq!(made.status, 201, "{}", made.text());
    for item in [
        item("trial.a", json!({})),
        item("trial.a.1", json!({"parent": "trial.a", "areas": ["430681107223"]})),
        item("trial.a.1.x", json!({"parent": "trial.a.1"})),
        item("trial.b", json!({"ordinal": 2})),
    ] {
        let made = app.post(ITEMS, item).by(&editor).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    (app, editor)
}

fn at(code: &str) -> String {
    format!("{ITEMS}/{code}")
}

/// Checks a refusal and the member that it names.
fn refused(answer: &Answer, status: u16, pointer: &str) {
    assert_eq!(answer.status, status, "{pointer}: {}", answer.text());
    assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{}", answer.text());
}

/// The codes of the trial's items in the order of the tree.
async fn tree(app: &TestApp) -> Vec<String> {
    app.listed(&format!("{ITEMS}?plan=trial"), "code").await
}

#[actix_web::test]
async fn a_plan_is_created_changed_and_deleted() {
    let (app, editor) = with_tree().await;
    let plan = json!({"code": "bishi-2024", "title": "计划", "area": "430681107", "year": 2024, "report": "bishi-2022"});
    let made = app.post(PLANS, plan.clone()).by(&editor).await;
    let path = "/api/v1/plans/bishi-2024";
    assert_eq!((made.status.as_u16(), made.header("location")), (201, path));
    let read = app.get(path).await;
    assert_eq!((made.json(), made.header("etag")), (read.json(), read.header("etag")));
    assert_eq!((&made.json()["area"], &made.json()["children"]), (&json!("430681107000"), &json!([])));
    app.post(PLANS, plan.clone()).by(&editor).await.problem(409, "conflict");

    let request =
        app.patch(path, json!({"title": "新计划", "report": null})).by(&editor).if_match(read.header("etag"));
    let changed = request.await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!((&changed.json()["title"], &changed.json()["year"]), (&json!("新计划"), &json!(2024)));
    assert_eq!(changed.json()["report"], Value::Null);
    let (told, before, after) = last_edits(&app).await.remove(0);
    assert_eq!(told, "put plan bishi-2024");
    assert_eq!((&before["title"], &after["title"]), (&json!("计划"), &json!("新计划")));
    let head = app.db.head().await.unwrap();
    assert_eq!(app.patch(path, json!({"title": "新计划"})).by(&editor).await.status, 200);
    assert_eq!(app.db.head().await.unwrap(), head, "nothing has changed");

    for (changes, status, pointer) in [
        (json!({"title": ""}), 422, "/title"),
        (json!({"year": 1800}), 422, "/year"),
        (json!({"year": null}), 422, "/year"),
        (json!({"area": "430681107999"}), 422, "/area"),
        (json!({"report": "no-such"}), 422, "/report"),
        (json!({"year": "2024"}), 400, "/year"),
        (json!({"children": [{}]}), 400, "/children"),
        (json!({"code": "x"}), 400, "/code"),
        (json!({"colour": "x"}), 400, "/colour"),
    ] {
        refused(&app.patch(path, changes).by(&editor).await, status, pointer);
    }
    refused(&app.post(PLANS, merged(plan, json!({"code": "Bad"}))).by(&editor).await, 422, "/code");
    for method in [Method::PATCH, Method::DELETE] {
        let request = || app.request(method.clone(), path).by(&editor).json(json!({"title": "x"}));
        request().await.problem(428, "precondition_required");
        request().if_match(read.header("etag")).await.problem(412, "stale");
        let lost = app.request(method.clone(), "/api/v1/plans/no-such").by(&editor).json(json!({}));
        lost.if_match("*").await.problem(404, "not_found");
    }
    app.delete("/api/v1/plans/trial").by(&editor).await.problem(409, "in_use");
    assert_eq!(app.delete(path).by(&editor).await.status, 204);
    assert_eq!(last_done(&app).await, ["delete plan bishi-2024"]);
    app.get(path).await.problem(404, "not_found");
}

#[actix_web::test]
async fn only_editors_whose_key_reaches_the_area_write_a_plan() {
    let (app, editor) = with_tree().await;
    let town = app.key("editor", Some("430681107")).await;
    let path = "/api/v1/plans/trial";
    let plan = json!({"code": "p", "title": "计划", "area": "430681107", "year": 2024});
    for (role, area) in [("editor", Some("430681107223")), ("editor", Some("430681108")), ("reviewer", None)]
    {
        let key = app.key(role, area).await;
        app.post(PLANS, plan.clone()).by(&key).await.problem(403, "forbidden");
        app.patch(path, json!({"title": "x"})).by(&key).await.problem(403, "forbidden");
        app.delete(path).by(&key).await.problem(403, "forbidden");
    }
    assert_eq!(app.post(PLANS, plan).by(&town).await.status, 201);
    app.patch(path, json!({"area": "430681108"})).by(&town).await.problem(403, "forbidden");
    assert_eq!(app.patch(path, json!({"area": "430681108"})).by(&editor).await.status, 200);
    app.patch(path, json!({"area": "430681107"})).by(&town).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn an_item_is_created_drafted_and_read_back() {
    let (app, editor) = with_tree().await;
    let body = item(
        "trial-c",
        json!({
            "ordinal": 3, "deliverables": ["桥"], "lead_unit": "镇水利站", "co_units": ["村委会"], "post": "副镇长",
            "areas": ["430681107224", "430681107223"], "start_on": "2023", "due_on": "2023-06", "weight": 3,
            "reporting_cycle": "month", "progress": 10, "state": "drafted", "projects": ["tongba-bridge"],
        }),
    );
    let made = app.post(ITEMS, body.clone()).by(&editor).await;
    assert_eq!(
        (made.status.as_u16(), made.header("location")),
        (201, at("trial-c").as_str()),
        "{}",
        made.text()
    );
    let read = app.get(&at("trial-c")).await;
    assert_eq!((made.json(), made.header("etag")), (read.json(), read.header("etag")));
    for (member, value) in body.as_object().unwrap() {
        assert_eq!(&read.json()[member], value, "{member}");
    }
    app.post(ITEMS, body).by(&editor).await.problem(409, "conflict");
    let (told, _, after) = last_edits(&app).await.remove(0);
    assert_eq!((told.as_str(), &after["projects"]), ("put plan_item trial-c", &json!(["tongba-bridge"])));
    assert_eq!(after["areas"], json!(["430681107224", "430681107223"]));

    for (more, status, pointer) in [
        (json!({"code": "trial"}), 422, "/code"),
        (json!({"code": "trial."}), 422, "/code"),
        (json!({"code": "trials.1"}), 422, "/code"),
        (json!({"plan": "no-such"}), 422, "/plan"),
        (json!({"parent": "trial.no"}), 422, "/parent"),
        (json!({"parent": "bishi-2023.1"}), 422, "/parent"),
        (json!({"ordinal": 0}), 422, "/ordinal"),
        (json!({"ordinal": 10000}), 422, "/ordinal"),
        (json!({"title": "\t"}), 422, "/title"),
        (json!({"state": "assigned"}), 422, "/state"),
        (json!({"state": "lost"}), 400, "/state"),
        (json!({"weight": -1}), 422, "/weight"),
        (json!({"progress": 101}), 422, "/progress"),
        (json!({"areas": ["430681107223", "430681107223"]}), 422, "/areas/1"),
        (json!({"projects": ["fire-station", "fire-station"]}), 422, "/projects/1"),
        (json!({"projects": ["no-such"]}), 422, "/projects/0"),
        (json!({"metric": "no.such"}), 422, "/metric"),
        (json!({"start_on": "2024", "due_on": "2023"}), 422, "/due_on"),
        (json!({"reporting_cycle": "decade"}), 400, "/reporting_cycle"),
        (json!({"carried_from": "trial.a"}), 400, "/carried_from"),
        (json!({"light": null}), 400, "/light"),
    ] {
        let body = merged(item("trial.e", json!({"ordinal": 5})), more);
        refused(&app.post(ITEMS, body).by(&editor).await, status, pointer);
    }
    refused(&app.post(ITEMS, json!({"code": "trial.e"})).by(&editor).await, 422, "/plan");
}

#[actix_web::test]
async fn every_item_reads_back_as_it_is_answered_and_its_state_stays() {
    let (app, editor) = with_tree().await;
    let head = app.db.head().await.unwrap();
    for told in app.get(&format!("{ITEMS}?limit=1000")).await.items() {
        let mut body = told.as_object().unwrap().clone();
        for member in ["code", "plan", "state", "light", "carried_from", "carried_to", "seq", "updated_at"] {
            body.remove(member);
        }
        let path = at(told["code"].as_str().unwrap());
        let same = app.patch(&path, Value::Object(body)).by(&editor).await;
        assert_eq!(same.status, 200, "{path}: {}", same.text());
        assert_eq!(same.json(), told);
    }
    assert_eq!(app.db.head().await.unwrap(), head, "nothing has changed");

    app.sql("UPDATE plan_items SET state = 'closed', carried_to = 'trial.a' WHERE code = 'trial.b'");
    let changed =
        app.patch(&at("trial.b"), json!({"title": "乙", "due_on": "2023-12"})).by(&editor).await.json();
    assert_eq!((&changed["title"], &changed["due_on"]), (&json!("乙"), &json!("2023-12")));
    assert_eq!((&changed["state"], &changed["carried_to"]), (&json!("closed"), &json!("trial.a")));
    let cleared =
        app.patch(&at("trial.b"), json!({"due_on": null, "areas": ["430681107"]})).by(&editor).await.json();
    assert_eq!((&cleared["due_on"], &cleared["areas"]), (&Value::Null, &json!(["430681107000"])));
    let (_, before, after) = last_edits(&app).await.remove(0);
    assert_eq!((&before["areas"], &after["areas"]), (&json!([]), &json!(["430681107000"])));
    for (changes, pointer) in [
        (json!({"state": "drafted"}), "/state"),
        (json!({"plan": "bishi-2023"}), "/plan"),
        (json!({"code": "x"}), "/code"),
        (json!({"carried_to": null}), "/carried_to"),
    ] {
        refused(&app.patch(&at("trial.b"), changes).by(&editor).await, 400, pointer);
    }
}

#[actix_web::test]
async fn an_item_moves_with_all_that_is_below_it() {
    let (app, editor) = with_tree().await;
    assert_eq!(tree(&app).await, ["trial.a", "trial.a.1", "trial.a.1.x", "trial.b"]);
    let before = app.get(&at("trial.a.1.x")).await.json();
    let moved = app.patch(&at("trial.a.1"), json!({"parent": "trial.b", "ordinal": 7})).by(&editor).await;
    assert_eq!(
        (moved.status.as_u16(), &moved.json()["parent"]),
        (200, &json!("trial.b")),
        "{}",
        moved.text()
    );
    assert_eq!(tree(&app).await, ["trial.a", "trial.b", "trial.a.1", "trial.a.1.x"]);
    let (done, paths): (Vec<_>, Vec<_>) =
        last_edits(&app).await.into_iter().map(|(told, _, after)| (told, after["path"].clone())).unzip();
    assert_eq!(done, ["put plan_item trial.a.1.x", "put plan_item trial.a.1"]);
    assert_eq!(paths, ["0002.0007.0001", "0002.0007"]);
    let after = app.get(&at("trial.a.1.x")).await.json();
    assert_eq!((&after["seq"], &after["parent"]), (&moved.json()["seq"], &before["parent"]));

    let root = app.patch(&at("trial.a.1"), json!({"parent": null, "ordinal": 3})).by(&editor).await;
    assert_eq!(root.json()["parent"], Value::Null, "{}", root.text());
    assert_eq!(tree(&app).await, ["trial.a", "trial.b", "trial.a.1", "trial.a.1.x"]);
    let nested = app.get("/api/v1/plans/trial").await.json();
    assert_eq!(nested["children"][2]["children"][0]["code"], "trial.a.1.x");

    for (changes, pointer) in [
        (json!({"parent": "trial.a.1"}), "/parent"),
        (json!({"parent": "trial.a.1.x"}), "/parent"),
        (json!({"parent": "bishi-2023.1"}), "/parent"),
        (json!({"ordinal": 10000}), "/ordinal"),
    ] {
        refused(&app.patch(&at("trial.a.1"), changes).by(&editor).await, 422, pointer);
    }
    assert_eq!(tree(&app).await.len(), 4);
}

/// The roots of the trial plan with their ordinals, in order.
async fn roots(app: &TestApp) -> Vec<String> {
    let items = app.get(&format!("{ITEMS}?plan=trial&parent=none")).await.items();
    items.iter().map(|item| format!("{} {}", item["ordinal"], item["code"].as_str().unwrap())).collect()
}

#[actix_web::test]
async fn siblings_make_way_for_an_item_as_far_as_they_must() {
    let (app, editor) = with_tree().await;
    let order = async |moved: Answer, expected: &[&str]| {
        assert!(moved.status.is_success(), "{}", moved.text());
        assert_eq!(roots(&app).await, expected, "{}", moved.text());
    };
    // Who says no place comes last; who takes one pushes on those who follow without a gap.
    let last = json!({"code": "trial.c", "plan": "trial", "title": "丙"});
    order(app.post(ITEMS, last).by(&editor).await, &["1 trial.a", "2 trial.b", "3 trial.c"]).await;
    let apart = item("trial.e", json!({"ordinal": 9}));
    order(app.post(ITEMS, apart).by(&editor).await, &["1 trial.a", "2 trial.b", "3 trial.c", "9 trial.e"])
        .await;
    let first = item("trial.0", json!({"ordinal": 1}));
    let expected = ["1 trial.0", "2 trial.a", "3 trial.b", "4 trial.c", "9 trial.e"];
    order(app.post(ITEMS, first).by(&editor).await, &expected).await;
    assert_eq!(
        tree(&app).await,
        ["trial.0", "trial.a", "trial.a.1", "trial.a.1.x", "trial.b", "trial.c", "trial.e"]
    );
    // Between the old place and the new one they close up, in either direction.
    let forward = app.patch(&at("trial.0"), json!({"ordinal": 3})).by(&editor).await;
    let expected = ["1 trial.a", "2 trial.b", "3 trial.0", "4 trial.c", "9 trial.e"];
    order(forward, &expected).await;
    let back = app.patch(&at("trial.c"), json!({"ordinal": 2})).by(&editor).await;
    let expected = ["1 trial.a", "2 trial.c", "3 trial.b", "4 trial.0", "9 trial.e"];
    order(back, &expected).await;
    let (told, before, after) = last_edits(&app).await.pop().unwrap();
    assert_eq!(
        (told.as_str(), &before["ordinal"], &after["ordinal"]),
        ("put plan_item trial.c", &json!(4), &json!(2))
    );
    let pushed = app.get(&format!("{}/timeline", at("trial.b"))).await.items().pop().unwrap();
    assert_eq!((&pushed["event"], &pushed["data"]), (&json!("changed"), &json!({"members": ["ordinal"]})));
    let last = app.patch(&at("trial.c"), json!({"ordinal": null})).by(&editor).await;
    order(last, &["1 trial.a", "3 trial.b", "4 trial.0", "9 trial.e", "10 trial.c"]).await;
    // A child comes out from below the item that makes way for it.
    let out = app.patch(&at("trial.a.1"), json!({"parent": null})).by(&editor).await;
    let expected = ["1 trial.a.1", "2 trial.a", "3 trial.b", "4 trial.0", "9 trial.e", "10 trial.c"];
    order(out, &expected).await;
    let expected = ["trial.a.1", "trial.a.1.x", "trial.a", "trial.b", "trial.0", "trial.e", "trial.c"];
    assert_eq!(tree(&app).await, expected);
    let nested = app.get("/api/v1/plans/trial").await.json();
    assert_eq!(nested["children"][0]["children"][0]["code"], "trial.a.1.x");

    assert_eq!(app.patch(&at("trial.c"), json!({"ordinal": 9999})).by(&editor).await.status, 200);
    // Codes that look like places are none.
    let plan = json!({"code": "0001", "title": "编号计划", "area": "430681107", "year": 2023});
    assert_eq!(app.post(PLANS, plan).by(&editor).await.status, 201);
    for (code, parent) in [("0001.0001", Value::Null), ("0001.0001.x", json!("0001.0001"))] {
        let body = json!({"code": code, "plan": "0001", "parent": parent, "title": "项"});
        assert_eq!(app.post(ITEMS, body).by(&editor).await.status, 201);
    }
    assert_eq!(app.patch(&at("0001.0001"), json!({"ordinal": 2})).by(&editor).await.status, 200);

    let full = json!({"code": "trial.f", "plan": "trial", "title": "己"});
    let before = roots(&app).await;
    app.post(ITEMS, full.clone()).by(&editor).await.problem(409, "conflict");
    app.post(ITEMS, merged(full, json!({"ordinal": 9999}))).by(&editor).await.problem(409, "conflict");
    assert_eq!(roots(&app).await, before);
}

/// The codes below a parent in the order of their ordinals, each followed by what is below it.
fn in_order(items: &[Value], parent: &Value) -> Vec<String> {
    let mut children: Vec<&Value> = items.iter().filter(|item| item["parent"] == *parent).collect();
    children.sort_by_key(|item| item["ordinal"].as_i64());
    let below =
        |item: &Value| [vec![item["code"].as_str().unwrap().to_owned()], in_order(items, &item["code"])];
    children.into_iter().flat_map(below).flatten().collect()
}

#[actix_web::test]
async fn the_order_of_the_tree_follows_the_ordinals_wherever_items_move() {
    let (app, editor) = with_tree().await;
    let mut codes = vec!["trial.a".to_owned(), "trial.b".to_owned(), "trial.a.1".to_owned()];
    let mut moves = [0; 2];
    for turn in 0..120_usize {
        let pick = |salt: usize, of: usize| (turn * 7919 + salt * 104_729 + turn * turn * 31) % of;
        let parent = (pick(1, 4) > 0).then(|| codes[pick(2, codes.len())].clone());
        let place = json!({"parent": parent, "ordinal": pick(3, 5) + 1});
        if turn % 8 == 0 {
            let code = format!("trial.r{turn}");
            let made = app.post(ITEMS, item(&code, place)).by(&editor).await;
            assert_eq!(made.status, 201, "{}", made.text());
            codes.push(code);
        } else {
            let moved = app.patch(&at(&codes[pick(4, codes.len())]), place).by(&editor).await;
            // Below itself nothing stands.
            assert!([200, 422].contains(&moved.status.as_u16()), "{}", moved.text());
            moves[usize::from(moved.status == 200)] += 1;
        }
        let items = app.get(&format!("{ITEMS}?plan=trial&limit=1000")).await.items();
        let told: Vec<&str> = items.iter().map(|item| item["code"].as_str().unwrap()).collect();
        assert_eq!(told, in_order(&items, &Value::Null), "{turn}");
        assert_eq!(told.len(), codes.len() + 1, "{turn}");
    }
    assert!(moves[1] > 40, "{moves:?}");
}

#[actix_web::test]
async fn a_tree_has_at_most_twelve_levels() {
    let (app, editor) = with_tree().await;
    let mut parent = "trial.b".to_owned();
    for level in 2..=12 {
        let code = format!("trial.b{level}");
        let made = app.post(ITEMS, item(&code, json!({"parent": parent}))).by(&editor).await;
        assert_eq!(made.status, 201, "{}", made.text());
        parent = code;
    }
    refused(&app.post(ITEMS, item("trial.b13", json!({"parent": parent}))).by(&editor).await, 422, "/parent");
    // trial.a.1 has one level below itself.
    refused(&app.patch(&at("trial.a.1"), json!({"parent": "trial.b11"})).by(&editor).await, 422, "/parent");
    let fits = app.patch(&at("trial.a.1"), json!({"parent": "trial.b10", "ordinal": 2})).by(&editor).await;
    assert_eq!(fits.status, 200, "{}", fits.text());
}

#[actix_web::test]
async fn nothing_public_stands_below_what_is_internal() {
    let (app, editor) = with_tree().await;
    let internal = json!({"visibility": "internal"});
    refused(&app.patch(&at("trial.a.1"), internal.clone()).by(&editor).await, 422, "/visibility");
    for code in ["trial.a.1.x", "trial.a.1"] {
        assert_eq!(app.patch(&at(code), internal.clone()).by(&editor).await.status, 200);
    }
    let public = json!({"visibility": "public"});
    refused(&app.patch(&at("trial.a.1.x"), public.clone()).by(&editor).await, 422, "/visibility");
    refused(&app.patch(&at("trial.b"), json!({"parent": "trial.a.1"})).by(&editor).await, 422, "/visibility");
    let below = item("trial.c", json!({"parent": "trial.a.1", "ordinal": 9}));
    refused(&app.post(ITEMS, below).by(&editor).await, 422, "/visibility");
    assert_eq!(app.patch(&at("trial.a.1"), public).by(&editor).await.status, 200);
}

#[actix_web::test]
async fn a_target_is_one_that_the_caller_sees_and_of_the_items_metric() {
    let (app, editor) = with_tree().await;
    let path = at("trial.b");
    let id =
        async |query: &str| app.get(&format!("/api/v1/observations?{query}")).await.items()[0]["id"].clone();
    let target = id("metric=education.fund.raised&role=target").await;
    let other = id("metric=rural.central_village.count&role=target").await;
    let actual = id("role=actual").await;
    let set =
        app.patch(&path, json!({"target": target, "metric": "education.fund.raised"})).by(&editor).await;
    assert_eq!(set.json()["target"], target, "{}", set.text());
    for target in [&other, &actual, &json!(99999)] {
        refused(&app.patch(&path, json!({"target": target})).by(&editor).await, 422, "/target");
        let more = json!({"ordinal": 8, "target": target, "metric": "education.fund.raised"});
        refused(&app.post(ITEMS, item("trial.h", more)).by(&editor).await, 422, "/target");
    }
    refused(&app.patch(&path, json!({"metric": "land.cultivated.area"})).by(&editor).await, 422, "/target");
    assert_eq!(app.patch(&path, json!({"metric": null, "target": other})).by(&editor).await.status, 200);

    // A target that nobody may see yet is none for those who may not see it; it stays where it is.
    app.sql("UPDATE revisions SET released_at = '2999-01-01 00:00:00'");
    assert_eq!(app.patch(&path, json!({"title": "丙"})).by(&editor).await.json()["target"], other);
    let village = app.key("editor", Some("430681107223")).await;
    refused(&app.patch(&at("trial.a.1"), json!({"target": other})).by(&village).await, 422, "/target");
}

#[actix_web::test]
async fn what_the_caller_does_not_see_stays_linked() {
    let (app, _) = with_tree().await;
    app.project(json!({
        "code": "sesame", "name": "密件工程", "kind": "service", "areas": ["430681107230"], "stage": "idea",
        "visibility": "internal",
    }))
    .await;
    app.plan_item(item(
        "trial.s",
        json!({"ordinal": 8, "areas": ["430681107223"], "projects": ["sesame", "tongba-bridge"]}),
    ))
    .await;
    let village = app.key("editor", Some("430681107223")).await;
    let changed = app.patch(&at("trial.s"), json!({"title": "改题"})).by(&village).await;
    assert_eq!(changed.json()["projects"], json!(["tongba-bridge"]), "{}", changed.text());
    let town = app.key("reader", Some("430681107")).await;
    let whole = app.get(&at("trial.s")).by(&town).await.json();
    assert_eq!((&whole["title"], &whole["projects"]), (&json!("改题"), &json!(["sesame", "tongba-bridge"])));
    refused(
        &app.patch(&at("trial.s"), json!({"projects": ["sesame"]})).by(&village).await,
        422,
        "/projects/0",
    );
}

#[actix_web::test]
async fn only_editors_whose_key_reaches_an_item_write_it() {
    let (app, editor) = with_tree().await;
    let village = app.key("editor", Some("430681107223")).await;
    let town = app.key("editor", Some("430681107")).await;
    let sibling = app.key("editor", Some("430681108")).await;
    let reviewer = app.key("reviewer", None).await;
    // Without areas of its own an item lies in the area of its plan.
    for key in [&village, &sibling, &reviewer] {
        app.post(ITEMS, item("trial.c", json!({"ordinal": 3}))).by(key).await.problem(403, "forbidden");
        app.patch(&at("trial.b"), json!({"title": "x"})).by(key).await.problem(403, "forbidden");
        app.delete(&at("trial.b")).by(key).await.problem(403, "forbidden");
    }
    // An item of another place is one of this plan all the same.
    let theirs = json!({"areas": ["430681108"], "ordinal": 9});
    let foreign = |areas: Value| item("trial.f", merged(theirs.clone(), json!({"areas": areas})));
    for areas in [json!(["430681108"]), json!(["430681108", "430681107223"])] {
        app.post(ITEMS, foreign(areas)).by(&sibling).await.problem(403, "forbidden");
    }
    app.post(ITEMS, foreign(json!(["430681108"]))).by(&town).await.problem(403, "forbidden");
    assert_eq!(app.post(ITEMS, foreign(json!(["430681108"]))).by(&editor).await.status, 201);
    app.patch(&at("trial.f"), json!({"title": "x"})).by(&sibling).await.problem(403, "forbidden");
    assert_eq!(app.delete(&at("trial.f")).by(&editor).await.status, 204);
    assert_eq!(app.patch(&at("trial.b"), json!({"title": "x"})).by(&town).await.status, 200);
    assert_eq!(app.patch(&at("trial.a.1"), json!({"title": "x"})).by(&village).await.status, 200);
    app.patch(&at("trial.a.1"), json!({"areas": []})).by(&village).await.problem(403, "forbidden");
    // What is below is the township's, and would move too.
    app.patch(&at("trial.a.1"), json!({"ordinal": 4})).by(&village).await.problem(403, "forbidden");
    // So would what makes way.
    let own = json!({"areas": ["430681107223"], "parent": "trial.a.1", "ordinal": 2});
    assert_eq!(app.post(ITEMS, item("trial.v", own.clone())).by(&village).await.status, 201);
    app.patch(&at("trial.v"), json!({"ordinal": 1})).by(&village).await.problem(403, "forbidden");
    let ahead = item("trial.w", merged(own, json!({"ordinal": 1})));
    app.post(ITEMS, ahead).by(&village).await.problem(403, "forbidden");
    app.patch(&at("trial.b"), json!({"areas": ["430681108"]})).by(&town).await.problem(403, "forbidden");

    assert_eq!(app.patch(&at("trial.b"), json!({"visibility": "internal"})).by(&editor).await.status, 200);
    for key in [&village, &sibling] {
        app.patch(&at("trial.b"), json!({})).by(key).await.problem(404, "not_found");
        app.delete(&at("trial.b")).by(key).await.problem(404, "not_found");
    }
    // It is found by those who see it, though it has no area of its own.
    let found = async |key: &str| app.get("/api/v1/search?q=trial.b").by(key).await.items().len();
    assert_eq!((found(&town).await, found(&village).await, found(&sibling).await), (1, 0, 0));
    assert_eq!(app.patch("/api/v1/plans/trial", json!({"area": "430681108"})).by(&editor).await.status, 200);
    assert_eq!((found(&town).await, found(&village).await, found(&sibling).await), (0, 0, 1));
}

#[actix_web::test]
async fn nothing_hangs_itself_into_anothers_tree() {
    let (app, editor) = with_tree().await;
    let [village, sibling] =
        [app.key("editor", Some("430681107223")).await, app.key("editor", Some("430681107230")).await];
    let town = app.key("editor", Some("430681107")).await;
    let own = |code: &str, parent: Value| {
        item(code, json!({"areas": ["430681107223"], "parent": parent, "ordinal": null}))
    };
    let theirs = json!({"parent": "trial.a", "areas": ["430681107230"], "ordinal": 2});
    assert_eq!(app.post(ITEMS, item("trial.a.2", theirs)).by(&editor).await.status, 201);
    for (code, parent) in [("trial.v", "trial.a.1"), ("trial.w", "trial.a")] {
        assert_eq!(app.post(ITEMS, own(code, json!(parent))).by(&town).await.status, 201);
    }
    // The township's, the sibling's, and the top of the plan.
    for parent in [json!("trial.a"), json!("trial.a.2"), Value::Null] {
        let new = app.post(ITEMS, own("trial.n", parent.clone())).by(&village).await;
        new.problem(403, "forbidden");
        refused(&new, 403, "/parent");
        refused(&app.patch(&at("trial.v"), json!({"parent": parent})).by(&village).await, 403, "/parent");
    }
    // Nor is anything ordered there, or taken away from there.
    for changes in [json!({"ordinal": 9}), json!({"parent": "trial.a.1"})] {
        refused(&app.patch(&at("trial.w"), changes).by(&village).await, 403, "/parent");
    }
    // What does not concern its place it changes, and below its own item it orders.
    assert_eq!(
        app.patch(&at("trial.w"), json!({"title": "改题", "ordinal": 3})).by(&village).await.status,
        200
    );
    assert_eq!(app.post(ITEMS, own("trial.n", json!("trial.a.1"))).by(&village).await.status, 201);
    assert_eq!(app.patch(&at("trial.n"), json!({"ordinal": 7})).by(&village).await.status, 200);
    assert_eq!(app.patch(&at("trial.n"), json!({"parent": "trial.a"})).by(&town).await.status, 200);
    assert_eq!(app.delete(&at("trial.a.2")).by(&sibling).await.status, 204, "still a leaf");
}

#[actix_web::test]
async fn an_item_changes_only_from_the_state_that_was_read() {
    let (app, editor) = with_tree().await;
    let tag = app.get(&at("trial.b")).await.header("etag").to_owned();
    assert_eq!(app.patch(&at("trial.b"), json!({"title": "x"})).by(&editor).await.status, 200);
    for method in [Method::PATCH, Method::DELETE] {
        let request =
            |code: &str| app.request(method.clone(), &at(code)).by(&editor).json(json!({"title": "y"}));
        request("trial.b").await.problem(428, "precondition_required");
        request("trial.b").if_match(&tag).await.problem(412, "stale");
        request("trial.no").if_match("*").await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn an_item_goes_once_nothing_hangs_on_it_and_does_not_come_back() {
    let (app, editor) = with_tree().await;
    app.delete(&at("trial.a")).by(&editor).await.problem(409, "in_use");
    // An item that goes on with it binds who reaches both, and lets it go for who does not.
    let village = app.key("editor", Some("430681107223")).await;
    let own = json!({"parent": "trial.a.1", "ordinal": 2, "areas": ["430681107223"]});
    assert_eq!(app.post(ITEMS, item("trial.v", own)).by(&village).await.status, 201);
    app.sql("UPDATE plan_items SET carried_from = 'trial.v' WHERE code = 'trial.b'");
    app.delete(&at("trial.v")).by(&editor).await.problem(409, "in_use");
    assert_eq!(app.delete(&at("trial.v")).by(&village).await.status, 204);
    assert_eq!(app.get(&at("trial.b")).await.json()["carried_from"], Value::Null);
    assert_eq!(last_done(&app).await, ["put plan_item trial.b", "delete plan_item trial.v"]);
    app.sql("UPDATE plan_items SET carried_from = 'trial.b' WHERE code = 'trial.a'");
    app.delete(&at("trial.b")).by(&editor).await.problem(409, "in_use");
    app.sql("UPDATE plan_items SET carried_from = NULL");
    app.sql(
        "INSERT INTO progress_reports (plan_item, as_of, text, author, recorded_at, seq, updated_at) VALUES \
         ('trial.b', '2023-01-01', '开工', 'clerk', '2023-01-01 00:00:00', 1, '2023-01-01 00:00:00')",
    );
    let problem = app.delete(&at("trial.b")).by(&editor).await.problem(409, "in_use");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
    app.sql("DELETE FROM progress_reports");
    assert_eq!(app.delete(&at("trial.b")).by(&editor).await.status, 204);
    assert_eq!(last_done(&app).await, ["delete plan_item trial.b"]);
    app.get(&at("trial.b")).await.problem(404, "not_found");
    assert!(app.get("/api/v1/search?q=trial.b").await.items().is_empty());

    // The whole plan of the seed, from its leaves to its root.
    let mut codes = app.listed(&format!("{ITEMS}?plan=bishi-2023"), "code").await;
    codes.reverse();
    for code in codes {
        assert_eq!(app.delete(&at(&code)).by(&editor).await.status, 204, "{code}");
    }
    assert_eq!(app.delete("/api/v1/plans/bishi-2023").by(&editor).await.status, 204);
    let head = app.db.head().await.unwrap();
    let added = seed::load(&app.db, Files::built_in().unwrap()).await.unwrap();
    assert_eq!((added.to_string().as_str(), app.db.head().await.unwrap()), ("nothing to add", head));
}
