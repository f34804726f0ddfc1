//! `GET /projects`, `GET /projects/{code}`, milestones and progress reports.

use serde_json::{Value, json};

use crate::builders::projects::project;
use crate::harness::TestApp;
use crate::harness::lists::{each, escaped};

async fn add(app: &TestApp, code: &str, more: Value) {
    app.project(project(code, "430681107000", more)).await;
}

async fn codes(app: &TestApp, query: &str) -> Vec<String> {
    app.chosen(&format!("/api/v1/projects?{query}"), "code").await
}

#[actix_web::test]
async fn every_stage_has_the_oc4ids_status_of_the_codelist() {
    let app = TestApp::empty().await;
    add_township(&app).await;
    let stages = [
        ("idea", "identification"),
        ("approved", "preparation"),
        ("feasibility", "preparation"),
        ("design", "preparation"),
        ("budget_review", "preparation"),
        ("procurement", "implementation"),
        ("started", "implementation"),
        ("under_construction", "implementation"),
        ("completed", "completion"),
        ("accepted", "completion"),
        ("in_use", "maintenance"),
        ("cancelled", "cancelled"),
    ];
    for (number, (stage, _)) in (10..).zip(stages) {
        add(&app, &format!("p{number}"), json!({"stage": stage})).await;
    }
    let projects = app.paged("/api/v1/projects", 1..=7).await;
    let told: Vec<_> = projects
        .iter()
        .map(|p| (p["stage"].as_str().unwrap(), p["oc4ids_status"].as_str().unwrap()))
        .collect();
    assert_eq!(told, stages);
    assert_eq!(codes(&app, "stage=procurement").await, ["p15"]);
    assert_eq!(codes(&app, "stage=in_use,idea").await, ["p10", "p20"]);
    assert_eq!(codes(&app, "status=preparation").await, ["p11", "p12", "p13", "p14"]);
    assert_eq!(codes(&app, "status=completion,maintenance").await, ["p18", "p19", "p20"]);
    assert_eq!(codes(&app, "status=implementation&stage=started,design").await, ["p16"]);
    for (query, parameter) in
        [("stage=finished", "stage"), ("status=completed", "status"), ("kind=road", "kind")]
    {
        let problem = app.get(&format!("/api/v1/projects?{query}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
}

async fn add_township(app: &TestApp) {
    app.add::<taizhang::exchange::drafts::area::AreaDraft>(json!({
        "code": "430681107000", "name": "弼时镇", "level": "township", "kind": "town", "code_system": "NBS-2023",
    }))
    .await;
}

#[actix_web::test]
async fn projects_are_chosen_by_area_subtree_kind_and_words() {
    let app = TestApp::seeded().await;
    add(&app, "two-villages", json!({"areas": ["430681107232", "430681107231"], "aliases": ["Ａ_1 联村路"]}))
        .await;
    assert_eq!(codes(&app, "area=430681107231").await, ["two-villages", "yuchi-bamboo"]);
    assert_eq!(codes(&app, "within=430681107232").await, ["dalongshan-honey", "two-villages"]);
    // In two of the areas named, and still one row.
    assert_eq!(
        codes(&app, "area=430681107231,430681107232").await,
        ["dalongshan-honey", "two-villages", "yuchi-bamboo"]
    );
    assert_eq!(
        codes(&app, "within=430681107&kind=service&area=430681107002").await,
        ["jinshan-grassroots-governance"]
    );
    let all = app.counted("/api/v1/projects").await;
    assert_eq!(app.counted("/api/v1/projects?within=430681107").await, all); // the seed has one township
    assert!(codes(&app, "area=430681107230").await.is_empty()); // 白鹤洞村 has none
    let of_two_kinds = app.listed("/api/v1/projects?kind=land_acquisition,service", "kind").await;
    assert_eq!(app.counted("/api/v1/projects?kind=land_acquisition").await, {
        of_two_kinds.iter().filter(|kind| *kind == "land_acquisition").count() as i64
    });
    assert!(
        of_two_kinds.iter().all(|kind| kind == "land_acquisition" || kind == "service"),
        "{of_two_kinds:?}"
    );
    assert!(codes(&app, "kind=certification").await.contains(&"eco-demonstration-town".to_owned()));
    assert_eq!(
        app.get("/api/v1/projects/two-villages").await.json()["areas"],
        json!(["430681107232", "430681107231"])
    );
    for (q, expected) in [
        ("统坝桥", vec!["tongba-bridge"]),
        ("S508", vec!["maotang-highway"]),
        ("ｓ５０８", vec!["maotang-highway"]),
        ("水库 达标", vec!["shakeng-reservoir", "tielongguanhu-reservoir"]),
        ("LIJIADUAN 停车坪", vec!["lijiaduan-school-parking"]),
        ("a_1", vec!["two-villages"]),
        ("a%1", vec![]),
    ] {
        assert_eq!(codes(&app, &format!("q={}", escaped(q))).await, expected, "{q}");
    }
    for (query, parameter) in [("area=44", "area"), ("within=44", "within")] {
        let problem = app.get(&format!("/api/v1/projects?{query}")).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
}

#[actix_web::test]
async fn a_project_is_due_before_a_day_when_all_of_its_date_lies_before_it() {
    let app = TestApp::empty().await;
    add_township(&app).await;
    for (code, finishes_on) in [
        ("a-year", "2022"),
        ("b-month", "2022-06"),
        ("c-day", "2022-06-15"),
        ("d-month", "2022-05"),
        ("e-year", "2021"),
    ] {
        add(&app, code, json!({"finishes_on": finishes_on})).await;
    }
    add(&app, "f-never", json!({"finished_on": "2020", "starts_on": "2019"})).await;
    for (day, due) in [
        ("2021-12-31", vec![]),
        ("2022-01-01", vec!["e-year"]),
        ("2022-05-31", vec!["e-year"]),
        ("2022-06-01", vec!["d-month", "e-year"]),
        ("2022-06-15", vec!["d-month", "e-year"]),
        ("2022-06-16", vec!["c-day", "d-month", "e-year"]),
        ("2022-06-30", vec!["c-day", "d-month", "e-year"]),
        ("2022-07-01", vec!["b-month", "c-day", "d-month", "e-year"]),
        ("2022-12-31", vec!["b-month", "c-day", "d-month", "e-year"]),
        ("2023-01-01", vec!["a-year", "b-month", "c-day", "d-month", "e-year"]),
    ] {
        assert_eq!(codes(&app, &format!("due_before={day}")).await, due, "before {day}");
    }
    let problem = app.get("/api/v1/projects?due_before=2022").await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "due_before");
}

#[actix_web::test]
async fn money_and_quantities_keep_their_qualifiers() {
    let app = TestApp::seeded().await;
    let read = async |code: &str| app.get(&format!("/api/v1/projects/{code}")).await.json();
    let lights = read("street-lights-g107-xianghui").await;
    assert_eq!(
        lights["budget"]["quantity"],
        json!({
            "value": 200, "unit": "CNY_10K", "decimals": 0, "comparator": "~", "lower": null, "upper": null,
            "lower_inclusive": false, "upper_inclusive": false, "text": "约200万元",
        })
    );
    let sewers = read("guoxiang-sewers").await;
    assert_eq!(sewers["budget"], Value::Null);
    assert_eq!(sewers["funding"][0]["source"], "争取的项目资金");
    assert_eq!(
        sewers["funding"][0]["quantity"],
        json!({
            "value": 200, "unit": "CNY_10K", "decimals": 0, "comparator": null, "lower": 200, "upper": 200,
            "lower_inclusive": true, "upper_inclusive": true, "text": "200万元",
        })
    );
    let land = read("huazhijie-land").await["quantities"][0].clone(); // 近50亩
    assert_eq!((&land["name"], &land["role"]), (&json!("用地面积"), &json!("actual")));
    assert_eq!((&land["quantity"]["value"], &land["quantity"]["comparator"]), (&json!(50), &json!("<")));
    assert_eq!((&land["quantity"]["lower"], &land["quantity"]["upper"]), (&Value::Null, &json!(50)));
    assert_eq!(land["quantity"]["upper_inclusive"], false);
    let quail = read("tongpen-quail").await["quantities"].as_array().unwrap().clone();
    assert_eq!(each(&quail, "name").len(), 6);
    let income = &quail[5]; // 6万元以上 a year, expected
    assert_eq!((&income["role"], &income["period"]), (&json!("forecast"), &Value::Null));
    assert_eq!(
        (&income["quantity"]["unit"], &income["quantity"]["comparator"]),
        (&json!("CNY_10K_PER_YEAR"), &json!(">="))
    );
    assert_eq!(
        (&income["quantity"]["lower"], &income["quantity"]["lower_inclusive"]),
        (&json!(6), &json!(true))
    );
    let eggs = &quail[3]; // 日产2吨
    assert_eq!((&eggs["quantity"]["value"], &eggs["quantity"]["unit"]), (&json!(2), &json!("T_PER_DAY")));
    assert_eq!(eggs["period"], "2022");
    assert_eq!(read("zhijin-land").await["quantities"][0]["quantity"]["value"], json!(3.5));
}

#[actix_web::test]
async fn a_project_is_listed_as_it_is_read_with_its_plan_items() {
    let app = TestApp::seeded().await;
    let projects = app.paged("/api/v1/projects", [7, 40, 81, 82]).await;
    let seed: Vec<Value> = serde_json::from_str(include_str!("../../seeds/projects.json")).unwrap();
    assert_eq!(projects.len(), seed.len());
    let codes = each(&projects, "code");
    assert!(codes.is_sorted(), "{codes:?}");
    for listed in projects.iter().step_by(13) {
        assert_eq!(
            &app.get(&format!("/api/v1/projects/{}", listed["code"].as_str().unwrap())).await.json(),
            listed
        );
    }
    let farmland = app.get("/api/v1/projects/high-standard-farmland").await.json();
    assert_eq!(farmland["plan_items"], json!(["bishi-2023.2.5", "bishi-2023.2.5.01", "bishi-2023.2.5.02"]));
    assert_eq!(farmland["progress"], Value::Null);
    let bridge = app.get("/api/v1/projects/tongba-bridge").await.json();
    assert_eq!((&bridge["stage"], &bridge["finishes_on"]), (&json!("under_construction"), &json!("2022")));
    assert_eq!((&bridge["areas"], &bridge["suspended"]), (&json!(["430681107223"]), &json!(false)));
    app.get("/api/v1/projects/no-such").await.problem(404, "not_found");
    app.get("/api/v1/projects/No%20Such").await.problem(400, "invalid_parameter");
}

#[actix_web::test]
async fn milestones_stand_in_the_order_given() {
    let app = TestApp::seeded().await;
    let milestones = json!([
        {"title": "三", "due_on": "2022", "forecast_on": "2023-02", "status": "missed"},
        {"title": "一", "due_on": "2021-06-30", "met_on": "2021-07", "status": "met"},
        {"title": "二", "status": "partly_met"},
        {"title": "四", "due_on": "2024", "status": "due"},
    ]);
    add(&app, "trial", json!({"milestones": milestones})).await;
    let listed = app.paged("/api/v1/projects/trial/milestones", 1..=5).await;
    assert_eq!(each(&listed, "title"), ["三", "一", "二", "四"]);
    assert_eq!(each(&listed, "ordinal"), ["1", "2", "3", "4"]);
    assert_eq!(each(&listed, "status"), ["missed", "met", "partly_met", "due"]);
    assert_eq!(each(&listed, "due_on"), ["2022", "2021-06-30", "null", "2024"]);
    assert_eq!(each(&listed, "forecast_on"), ["2023-02", "null", "null", "null"]);
    assert_eq!(each(&listed, "met_on"), ["null", "2021-07", "null", "null"]);
    let opened = app.get("/api/v1/projects/tongba-bridge/milestones").await.items();
    assert_eq!(
        (&opened[0]["title"], &opened[0]["due_on"], &opened[0]["status"]),
        (&json!("通车"), &json!("2022"), &json!("due"))
    );
    assert_eq!(opened[0]["citation"]["words"], "预计在年底前通车");
    assert!(app.get("/api/v1/projects/fire-station/milestones").await.items().is_empty());
    app.get("/api/v1/projects/no-such/milestones").await.problem(404, "not_found");
}

#[actix_web::test]
async fn progress_reports_stand_in_the_order_of_their_days() {
    let app = TestApp::seeded().await;
    for (subject, code, day, progress, text) in [
        ("project", "tongba-bridge", "2022-09-01", "60", "'桥面'"),
        ("project", "tongba-bridge", "2022-07-01", "20", "'桩基'"),
        ("project", "tongba-bridge", "2022-09-01", "NULL", "NULL"),
        ("project", "fanming-bridge", "2022-08-01", "50", "'另一座'"),
        ("plan_item", "bishi-2023.4.2", "2023-03-01", "10", "'开工'"),
    ] {
        app.sql(&format!(
            "INSERT INTO progress_reports ({subject}, as_of, progress, text, problems, author, client_id, recorded_at, \
             seq, updated_at) VALUES ('{code}', '{day}', {progress}, {text}, NULL, 'clerk', NULL, \
             '2023-01-01 00:00:00', 1, '2023-01-01 00:00:00')"
        ));
    }
    for (ordinal, photo) in [(1, "b1"), (2, "a2")] {
        let sha256 = "a".repeat(64);
        app.sql(&format!(
            "INSERT INTO attachments (id, sha256, media_type, size_bytes, author, recorded_at) VALUES ('{photo}', '{sha256}', 'image/png', 9, 'clerk', '2023-01-01 00:00:00')"
        ));
        app.sql(&format!("INSERT INTO progress_report_attachments VALUES (1, {ordinal}, '{photo}')"));
    }
    let listed = app.paged("/api/v1/projects/tongba-bridge/progress-reports", 1..=4).await;
    assert_eq!(each(&listed, "as_of"), ["2022-07-01", "2022-09-01", "2022-09-01"]);
    assert_eq!(each(&listed, "id"), ["2", "1", "3"]);
    assert_eq!(each(&listed, "progress"), ["20", "60", "null"]);
    assert_eq!(each(&listed, "text"), ["桩基", "桥面", "null"]);
    assert_eq!(listed[1]["attachments"], json!(["b1", "a2"]));
    assert_eq!(listed[1]["recorded_at"], "2023-01-01T00:00:00Z");
    assert_eq!(app.listed("/api/v1/plan-items/bishi-2023.4.2/progress-reports", "text").await, ["开工"]);
    assert!(app.get("/api/v1/projects/fire-station/progress-reports").await.items().is_empty());
    for path in ["projects/no-such", "plan-items/no-such"] {
        app.get(&format!("/api/v1/{path}/progress-reports")).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn projects_come_in_the_order_asked_for_with_the_members_and_names_asked_for() {
    let app = TestApp::seeded().await;
    let list = "/api/v1/projects";
    for (code, starts_on, finishes_on) in [
        ("sorted-a", Some("2023-03"), Some("2024")),
        ("sorted-b", Some("2023"), Some("2023-12-31")),
        ("sorted-c", None, Some("2024-06")),
        ("sorted-d", Some("2023-03"), None),
    ] {
        add(&app, code, json!({"starts_on": starts_on, "finishes_on": finishes_on})).await;
    }
    let ordered = async |sort: &str| app.chosen(&format!("{list}?q=sorted&sort={sort}"), "code").await;
    assert_eq!(ordered("code").await, ["sorted-a", "sorted-b", "sorted-c", "sorted-d"]);
    assert_eq!(ordered("-code").await, ["sorted-d", "sorted-c", "sorted-b", "sorted-a"]);
    assert_eq!(ordered("starts_on").await, ["sorted-b", "sorted-a", "sorted-d", "sorted-c"]);
    assert_eq!(ordered("-starts_on").await, ["sorted-d", "sorted-a", "sorted-b", "sorted-c"]);
    assert_eq!(ordered("finishes_on").await, ["sorted-b", "sorted-a", "sorted-c", "sorted-d"]);
    assert_eq!(ordered("-finishes_on").await, ["sorted-c", "sorted-a", "sorted-b", "sorted-d"]);
    assert_eq!(ordered("-seq").await, ["sorted-d", "sorted-c", "sorted-b", "sorted-a"]);
    for sort in ["code", "-code", "starts_on", "-starts_on", "finishes_on", "-finishes_on", "seq", "-seq"] {
        for query in [format!("sort={sort}"), format!("sort={sort}&light=grey")] {
            let all = app.walked(&format!("{list}?{query}"), 1000).await;
            assert_eq!(app.walked(&format!("{list}?{query}"), 3).await, all, "{query}: page by page");
            assert_eq!(app.counted(&format!("{list}?{query}")).await, all.len() as i64, "{query}");
        }
    }
    // A cursor holds for its own order.
    let next = app.get(&format!("{list}?limit=1&sort=seq")).await.json()["next"].clone();
    let other = format!("{list}?limit=1&sort=-seq&cursor={}", next.as_str().unwrap());
    app.get(&other).await.problem(400, "invalid_parameter");
    let refused = app.get(&format!("{list}?sort=budget")).await.problem(400, "invalid_parameter");
    assert_eq!(refused["errors"][0]["parameter"], "sort");

    let some = app.get(&format!("{list}?q=sorted&fields=stage,code")).await.items();
    assert_eq!(some[0], json!({"code": "sorted-a", "stage": "idea"}));
    app.get(&format!("{list}?fields=colour")).await.problem(400, "invalid_parameter");

    let named = app.get(&format!("{list}?names=true&limit=1000")).await.items();
    let plain = app.get(&format!("{list}?limit=1000")).await.items();
    let with_titles = named.iter().find(|project| project["code"] == "baisha-river").unwrap();
    assert_eq!(with_titles["area_names"], json!(["弼时镇"]));
    let title = app.get("/api/v1/plan-items/bishi-2023.4.2.09").await.json()["title"].clone();
    assert_eq!(with_titles["plan_item_titles"], json!([title]));
    let is_budgeted = |project: &&Value| project["budget"].is_object();
    assert_eq!(named.iter().find(is_budgeted).unwrap()["unit_names"]["CNY_10K"], "万元");
    for (named, plain) in named.iter().zip(&plain) {
        let address = format!("{list}/{}", plain["code"].as_str().unwrap());
        assert_eq!(&app.get(&format!("{address}?names=true")).await.json(), named);
        assert_eq!(named["area_names"].as_array().unwrap().len(), named["areas"].as_array().unwrap().len());
        assert!(plain.get("area_names").is_none() && plain.get("plan_item_titles").is_none());
    }
    let heading = async |query: &str| {
        app.get(&format!("{list}?format=csv{query}")).await.text().lines().next().unwrap().to_owned()
    };
    let without = heading("").await;
    assert!(!without.contains("_name") && !without.contains("_title"), "{without}");
    let with = heading("&names=true").await;
    for column in ["areas,area_names,", "plan_items,plan_item_titles,"] {
        assert!(with.contains(column), "{with}");
    }
}
