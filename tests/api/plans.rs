//! `GET /plans`, `GET /plan-items`: the tree, the flat list and its filters.

use serde_json::{Value, json};

use crate::builders::merged;
use crate::builders::plans::plan;
use crate::harness::TestApp;
use crate::harness::lists::{each, escaped};

/// The codes of a tree from its top to its bottom, each as deep as it hangs.
fn flattened(children: &Value, depth: usize, parent: &Value, out: &mut Vec<(usize, Value)>) {
    for (number, node) in (1..).zip(children.as_array().unwrap()) {
        assert_eq!(&node["parent"], parent, "{}", node["code"]);
        assert_eq!(node["ordinal"], number, "{}", node["code"]);
        let mut item = node.as_object().unwrap().clone();
        let below = item.remove("children").unwrap();
        item.remove("completion").unwrap();
        out.push((depth, Value::Object(item)));
        flattened(&below, depth + 1, &node["code"], out);
    }
}

/// A second plan whose items are entered in no order, with more than nine siblings.
async fn trial() -> TestApp {
    let app = TestApp::seeded().await;
    app.plan(plan()).await;
    for (code, parent, ordinal, more) in [
        ("trial.b", None, 2, json!({"due_on": "2023-06", "state": "in_progress", "progress": 40})),
        ("trial.a", None, 1, json!({"due_on": "2023", "state": "closed", "progress": 100})),
        ("trial.z", None, 10, json!({"due_on": "2023-06-15", "state": "assigned", "lead_unit": "镇农业办"})),
        ("trial.b10", Some("trial.b"), 10, json!({"areas": ["430681107223"], "state": "returned"})),
        (
            "trial.b9",
            Some("trial.b"),
            9,
            json!({"areas": ["430681107205", "430681107208"], "state": "suspended"}),
        ),
        ("trial.b9x", Some("trial.b9"), 1, json!({"due_on": "2023-05", "lead_unit": "镇水利站"})),
        (
            "trial.a1",
            Some("trial.a"),
            1,
            json!({"due_on": "2022", "state": "carried_over", "lead_unit": "镇水利站,镇农业办"}),
        ),
    ] {
        app.plan_item(merged(
            json!({"code": code, "plan": "trial", "parent": parent, "ordinal": ordinal, "title": "事项"}),
            more,
        ))
        .await;
    }
    app
}

async fn codes(app: &TestApp, query: &str) -> Vec<String> {
    app.chosen(&format!("/api/v1/plan-items?{query}"), "code").await
}

#[actix_web::test]
async fn the_tree_of_the_plan_is_its_flat_list_nested() {
    let app = TestApp::seeded().await;
    let plan = app.get("/api/v1/plans/bishi-2023").await.json();
    assert_eq!((&plan["title"], &plan["year"]), (&json!("弼时镇2023年工作规划"), &json!(2023)));
    assert_eq!((&plan["area"], &plan["report"]), (&json!("430681107000"), &json!("bishi-2022")));
    let mut tree = Vec::new();
    flattened(&plan["children"], 1, &Value::Null, &mut tree);
    assert_eq!(tree.len(), 147);
    let of_depth = |depth: usize| tree.iter().filter(|(of, _)| *of == depth).count();
    // Sections, their numbered items, and the commitments under each.
    assert_eq!((of_depth(1), of_depth(2), of_depth(3), of_depth(4)), (5, 18, 124, 0));
    let flat = app.paged("/api/v1/plan-items?plan=bishi-2023", [1, 13, 50, 146, 147]).await;
    assert_eq!(tree.into_iter().map(|(_, item)| item).collect::<Vec<_>>(), flat);
    let sections = app.listed("/api/v1/plan-items?plan=bishi-2023&parent=none", "title").await;
    assert_eq!(
        sections,
        ["抓实双招双引", "推进产业发展", "建设美丽弼时", "抓好民生社会事业", "加强政府自身建设"]
    );
}

#[actix_web::test]
async fn siblings_stand_by_their_ordinals_and_not_by_their_codes() {
    let app = trial().await;
    let plan = app.get("/api/v1/plans/trial").await.json();
    let order = ["trial.a", "trial.a1", "trial.b", "trial.b9", "trial.b9x", "trial.b10", "trial.z"];
    assert_eq!(each(plan["children"].as_array().unwrap(), "code"), ["trial.a", "trial.b", "trial.z"]);
    assert_eq!(each(plan["children"][1]["children"].as_array().unwrap(), "code"), ["trial.b9", "trial.b10"]);
    assert_eq!(each(&app.paged("/api/v1/plan-items?plan=trial", 1..=8).await, "code"), order);
    let plans = app.paged("/api/v1/plans", 1..=3).await;
    assert_eq!(each(&plans, "code"), ["bishi-2023", "trial"]);
    let mut row = plan.clone();
    row.as_object_mut().unwrap().remove("children").unwrap();
    assert_eq!(plans[1], row, "the list has all but the tree");
    app.get("/api/v1/plans?at=2023-06-30").await.problem(400, "unknown_parameter");
    // Plan after plan.
    let all = codes(&app, "plan=trial,bishi-2023").await;
    assert_eq!((all.len(), all[0].as_str(), all[147].as_str()), (154, "bishi-2023.1", "trial.a"));
}

#[actix_web::test]
async fn a_parent_chooses_its_direct_children() {
    let app = trial().await;
    assert_eq!(codes(&app, "parent=trial.b").await, ["trial.b9", "trial.b10"]);
    assert_eq!(codes(&app, "parent=trial.b9").await, ["trial.b9x"]);
    assert!(codes(&app, "parent=trial.b9x").await.is_empty());
    assert_eq!(codes(&app, "parent=none").await.len(), 8);
    assert_eq!(codes(&app, "parent=none&plan=trial").await, ["trial.a", "trial.b", "trial.z"]);
    assert!(codes(&app, "parent=trial.b&plan=bishi-2023").await.is_empty());
    for (query, parameter) in
        [("parent=no-such", "parent"), ("plan=no-such", "plan"), ("within=44", "within")]
    {
        let problem = app.get(&format!("/api/v1/plan-items?{query}")).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
}

#[actix_web::test]
async fn items_are_chosen_by_state_unit_area_and_words() {
    let app = trial().await;
    assert_eq!(codes(&app, "state=closed").await, ["trial.a"]);
    assert_eq!(
        codes(&app, "state=returned,suspended,carried_over").await,
        ["trial.a1", "trial.b9", "trial.b10"]
    );
    assert_eq!(codes(&app, "state=drafted").await.len(), 148); // all of the seed, and one
    assert_eq!(codes(&app, &format!("lead_unit={}", escaped("镇农业办"))).await, ["trial.z"]);
    assert_eq!(
        codes(&app, &format!("lead_unit={}&lead_unit={}", escaped("镇水利站"), escaped("镇农业办"))).await,
        ["trial.b9x", "trial.z"]
    );
    // A comma is part of a name.
    assert_eq!(codes(&app, &format!("lead_unit={}", escaped("镇水利站,镇农业办"))).await, ["trial.a1"]);
    assert!(codes(&app, &format!("lead_unit={}", escaped("镇"))).await.is_empty());
    assert_eq!(codes(&app, "within=430681107223&plan=trial").await, ["trial.b10"]);
    assert_eq!(codes(&app, "within=430681107205").await, ["bishi-2023.3.2.04", "trial.b9"]);
    // What names no area lies where its plan does.
    assert_eq!(codes(&app, "within=430681107&plan=trial").await, codes(&app, "plan=trial").await);
    assert_eq!(
        codes(&app, &format!("q={}", escaped("道路"))).await,
        ["bishi-2023.4.2.07", "bishi-2023.4.2.16", "bishi-2023.4.2.18"]
    );
    assert_eq!(codes(&app, &format!("q={}", escaped("ｇ１０７ 建成"))).await, ["bishi-2023.4.2.15"]);
    assert_eq!(codes(&app, "q=TRIAL.B9").await, ["trial.b9", "trial.b9x"]);
    assert!(codes(&app, "q=trial_b9").await.is_empty());
    for (query, parameter) in
        [("state=done", "state"), ("parent=A", "parent"), ("due_before=2023", "due_before")]
    {
        let problem = app.get(&format!("/api/v1/plan-items?{query}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
}

#[actix_web::test]
async fn an_item_is_due_before_a_day_when_all_of_its_date_lies_before_it() {
    let app = trial().await;
    for (day, due) in [
        ("2022-12-31", vec![]),
        ("2023-01-01", vec!["trial.a1"]),
        ("2023-05-31", vec!["trial.a1"]),
        ("2023-06-01", vec!["trial.a1", "trial.b9x"]),
        ("2023-06-15", vec!["trial.a1", "trial.b9x"]),
        ("2023-06-16", vec!["trial.a1", "trial.b9x", "trial.z"]),
        ("2023-07-01", vec!["trial.a1", "trial.b", "trial.b9x", "trial.z"]),
        ("2023-12-31", vec!["trial.a1", "trial.b", "trial.b9x", "trial.z"]),
        ("2024-01-01", vec!["trial.a", "trial.a1", "trial.b", "trial.b9x", "trial.z"]),
    ] {
        assert_eq!(codes(&app, &format!("plan=trial&due_before={day}")).await, due, "before {day}");
    }
    assert!(codes(&app, "plan=bishi-2023&due_before=2023-12-31").await.is_empty());
    assert_eq!(codes(&app, "plan=bishi-2023&due_before=2024-01-01").await.len(), 147);
}

#[actix_web::test]
async fn an_item_is_read_as_it_is_listed_with_its_projects() {
    let app = TestApp::seeded().await;
    let item = app.get("/api/v1/plan-items/bishi-2023.3.2.05").await.json();
    for (member, value) in [
        ("plan", json!("bishi-2023")),
        ("parent", json!("bishi-2023.3.2")),
        ("ordinal", json!(5)),
        ("title", json!("打造序贤村中心村")),
        ("deliverables", json!(["美丽乡村中心村"])),
        ("areas", json!(["430681107223"])),
        ("due_on", json!("2023")),
        ("state", json!("drafted")),
        ("projects", json!(["xuxian-beautiful-village"])),
        ("report", json!("bishi-2022")),
        ("visibility", json!("public")),
    ] {
        assert_eq!(item[member], value, "{member}");
    }
    assert_eq!(item["citation"]["paragraph"], 22);
    let listed = app.get("/api/v1/plan-items?parent=bishi-2023.3.2").await.items();
    assert_eq!(listed[4], item);
    assert!(item.get("path").is_none() && item.get("children").is_none(), "{item}");
    app.get("/api/v1/plan-items/no-such").await.problem(404, "not_found");
    app.get("/api/v1/plans/no-such").await.problem(404, "not_found");
}

#[actix_web::test]
async fn plan_items_come_in_the_order_asked_for_with_the_members_and_names_asked_for() {
    let app = trial().await;
    let list = "/api/v1/plan-items";
    assert_eq!(
        codes(&app, "plan=trial&sort=due_on").await,
        ["trial.a1", "trial.a", "trial.b9x", "trial.b", "trial.z", "trial.b10", "trial.b9"]
    );
    assert_eq!(
        codes(&app, "plan=trial&sort=-due_on").await,
        ["trial.z", "trial.b", "trial.b9x", "trial.a", "trial.a1", "trial.b9", "trial.b10"]
    );
    assert_eq!(codes(&app, "plan=trial&sort=tree").await, codes(&app, "plan=trial").await);
    let mut reversed = codes(&app, "plan=trial").await;
    reversed.reverse();
    assert_eq!(codes(&app, "plan=trial&sort=-tree").await, reversed);
    for sort in ["tree", "-tree", "start_on", "-start_on", "due_on", "-due_on"] {
        for query in [format!("sort={sort}"), format!("sort={sort}&light=grey,red")] {
            let all = app.walked(&format!("{list}?{query}"), 1000).await;
            assert_eq!(app.walked(&format!("{list}?{query}"), 40).await, all, "{query}: page by page");
            assert_eq!(app.counted(&format!("{list}?{query}")).await, all.len() as i64, "{query}");
        }
    }
    let refused = app.get(&format!("{list}?sort=seq")).await.problem(400, "invalid_parameter");
    assert_eq!(refused["errors"][0]["parameter"], "sort");
    let some = app.get(&format!("{list}?plan=trial&fields=code,due_on")).await.items();
    assert_eq!(some[0], json!({"code": "trial.a", "due_on": "2023"}));
    app.get(&format!("{list}?fields=path")).await.problem(400, "invalid_parameter");

    let one = app.get(&format!("{list}/bishi-2023.4.2.09?names=true")).await.json();
    let told = ["plan_title", "area_names", "project_names"].map(|member| one[member].clone());
    assert_eq!(told[0], "弼时镇2023年工作规划");
    assert_eq!(told[2], json!(["白沙河治理项目"]));
    assert_eq!(one["area_names"].as_array().unwrap().len(), one["areas"].as_array().unwrap().len());
    let parent = app.get(&format!("{list}/{}", one["parent"].as_str().unwrap())).await.json();
    assert_eq!(one["parent_title"], parent["title"]);
    assert_eq!(app.get(&format!("{list}?names=true&q=bishi-2023.4.2.09")).await.items(), [one]);
    let root = app.get(&format!("{list}/trial.a?names=true")).await.json();
    assert!(
        root.get("parent_title").is_none() && root.get("metric_name").is_none(),
        "what has no code has no name"
    );
    app.plan_item(json!({
        "code": "trial.m", "plan": "trial", "ordinal": 11, "title": "筹资", "metric": "education.fund.raised",
    }))
    .await;
    let measured = app.get(&format!("{list}/trial.m?names=true")).await.json();
    assert_eq!(measured["metric_name"], "教育基金筹集资金");
    let csv = app.get(&format!("{list}?plan=trial&format=csv")).await.text();
    assert!(csv.starts_with("code,plan,parent,ordinal,title,"), "{csv}");
    let csv = app.get(&format!("{list}?plan=trial&format=csv&names=true")).await.text();
    assert!(csv.starts_with("code,plan,plan_title,parent,parent_title,ordinal,title,"), "{csv}");
}
