//! Lights on plan items, plans and projects: the facts that they are computed from, the day they are asked
//! for, and lists chosen by their color. The rule itself has its tests in `domain/light/tests.rs`.

use actix_web::web::Data;
use actix_web::{App, test};
use chrono::{DateTime, Days, FixedOffset, Utc};
use serde_json::{Value, json};
use taizhang::api::answer::Vintage;
use taizhang::api::turns::Clients;
use taizhang::api::{plan_items, plans, projects};
use taizhang::db::ledger::now;
use taizhang::db::lights;
use taizhang::domain::access::Sight;
use taizhang::domain::at::At;
use taizhang::domain::when::When;
use taizhang::domain::zone;

use crate::builders::merged;
use crate::builders::plans::trial;
use crate::builders::progress::report;
use crate::builders::projects::project;
use crate::harness::TestApp;
use crate::harness::lists::{each, with};

const TOWN: &str = "430681107000";

async fn add_project(app: &TestApp, code: &str, more: Value) {
    let service = json!({"kind": "service", "stage": "started"});
    app.project(project(code, TOWN, merged(service, more))).await;
}

/// The color and the reasons of what is at an address.
async fn told(app: &TestApp, path: &str) -> String {
    let light = app.get(&format!("/api/v1/{path}")).await.json()["light"].clone();
    assert_eq!(light["rule"], 1, "{path}: {light}");
    let reasons = each(light["reasons"].as_array().unwrap(), "code").join(" ");
    format!("{}: {reasons}", light["color"].as_str().unwrap())
}

#[actix_web::test]
async fn progress_that_is_set_today_moves_no_light_of_a_day_before() {
    let today = At::today(now()).day;
    let (start, due) = (today - Days::new(100), today + Days::new(100));
    let app = trial(&[("a", json!({"start_on": start, "due_on": due, "progress": 10}))]).await;
    app.project(json!({
        "code": "trial", "name": "试验工程", "kind": "service", "areas": [TOWN], "stage": "started",
        "starts_on": start, "finishes_on": due, "progress": 10,
    }))
    .await;
    let key = app.key("editor", None).await;
    for path in ["plan-items/trial.a", "projects/trial"] {
        let change = |changes: Value| app.patch(&format!("/api/v1/{path}"), changes).by(&key).send();
        for changes in [json!({"progress": 50}), json!({"progress": 100}), json!({"visibility": "internal"})]
        {
            assert_eq!(change(changes.clone()).await.status, 200, "{path} {changes}");
        }
        assert_eq!(change(json!({"visibility": "public"})).await.status, 200);
        assert_eq!(told(&app, path).await, "green: on_pace");
    }
    let yesterday = today - Days::new(1);
    assert_eq!(told(&app, &format!("plan-items/trial.a?at={yesterday}")).await, "red: far_behind");
    let board = async |at: &str| app.get(&format!("/api/v1/plans/trial/scoreboard{at}")).await.json();
    assert_eq!(board(&format!("?at={yesterday}")).await["completion"], 10);
    assert_eq!(board("").await["completion"], 100);
    let facts = app.db.read(move |conn| {
        let row = taizhang::db::projects::find(conn, Sight::PUBLIC, "trial")?;
        lights::of_projects(conn, &[row], At::new(Some(When::Day(yesterday)), now()))
    });
    assert_eq!(facts.await.unwrap().data[0].progress, Some(10));
}

#[actix_web::test]
async fn the_seed_has_its_lights_on_any_day() {
    let app = TestApp::seeded().await;
    for (at, color, code) in [
        ("2023-06-30", "grey", "nothing_applies"),
        ("2023-12-24", "yellow", "due_soon"),
        ("2024-01-01", "red", "overdue"),
    ] {
        let items = app.paged(&format!("/api/v1/plan-items?plan=bishi-2023&at={at}"), [50]).await;
        assert_eq!(items.len(), 147);
        for item in &items {
            assert_eq!(
                (&item["light"]["color"], &item["light"]["reasons"][0]["code"]),
                (&json!(color), &json!(code))
            );
        }
        // Each the same alone, in its list and in its tree.
        let one = app.get(&format!("/api/v1/plan-items/bishi-2023.1?at={at}")).await.json();
        assert_eq!(items[0], one);
        let tree = app.get(&format!("/api/v1/plans/bishi-2023?at={at}")).await.json();
        assert_eq!(tree["children"][0]["light"], one["light"]);
    }
    let light = app.get("/api/v1/plan-items/bishi-2023.1?at=2024-01-01").await.json()["light"].clone();
    assert_eq!(
        light,
        json!({
            "color": "red",
            "reasons": [{
                "code": "overdue", "text": "应于2023-12-31前完成，已逾期",
                "text_en": "it was due by 2023-12-31 and is not complete",
            }],
            "rule": 1,
        })
    );
}

#[actix_web::test]
async fn progress_is_that_of_the_last_report_by_the_day() {
    let hundred_days =
        json!({"start_on": "2023-01-01", "due_on": "2023-04-10", "progress": 45, "reporting_cycle": "month"});
    let app = trial(&[("a", hundred_days.clone()), ("b", hundred_days)]).await;
    for (as_of, progress) in [
        ("2023-02-19", "10"),
        ("2023-02-19", "25"),
        ("2023-01-31", "90"),
        ("2023-03-01", "NULL"),
        ("2023-06-01", "100"),
    ] {
        report(&app, "plan_item", "trial.a", as_of, progress);
    }
    for (at, expected) in [
        ("2023-01-30", "green: on_pace"),  // the row's own
        ("2023-01-31", "green: on_pace"),  // 31 days less 90
        ("2023-02-19", "yellow: behind"),  // 50 less 25: of one day the report entered last
        ("2023-02-25", "red: far_behind"), // 56 less 25
        ("2023-03-31", "red: far_behind"), // a report without progress ends the silence
        ("2023-04-01", "red: far_behind silent"),
        ("2023-05-01", "red: far_behind overdue long_silent"),
        ("2023-06-01", "green: on_pace"),
    ] {
        assert_eq!(told(&app, &format!("plan-items/trial.a?at={at}")).await, expected, "{at}");
    }
    assert_eq!(told(&app, "plan-items/trial.b?at=2023-05-01").await, "red: far_behind overdue long_silent");
}

#[actix_web::test]
async fn states_and_stages_decide_before_dates() {
    let late = |state: &str| json!({"due_on": "2022", "state": state});
    let app = trial(&[
        ("a", late("closed")),
        ("b", late("cancelled")),
        ("c", late("suspended")),
        ("d", late("carried_over")),
        ("e", late("close_requested")),
        ("f", json!({"start_on": "2999", "state": "in_progress"})),
    ])
    .await;
    for (code, expected) in [
        ("a", "blue: closed"),
        ("b", "grey: cancelled"),
        ("c", "grey: suspended"),
        ("d", "grey: carried_over"),
        ("e", "red: overdue"),
        ("f", "grey: starts_later"),
    ] {
        assert_eq!(told(&app, &format!("plan-items/trial.{code}")).await, expected, "{code}");
    }
    for (code, more, expected) in [
        ("completed", json!({"stage": "completed", "suspended": true}), "blue: closed"),
        ("accepted", json!({"stage": "accepted", "finishes_on": "2021"}), "blue: closed"),
        ("in-use", json!({"stage": "in_use"}), "blue: closed"),
        ("cancelled", json!({"stage": "cancelled", "suspended": true}), "grey: cancelled"),
        ("rests", json!({"suspended": true, "finishes_on": "2021"}), "grey: suspended"),
        ("later", json!({"starts_on": "2999"}), "grey: starts_later"),
        ("late", json!({"starts_on": "2020", "finishes_on": "2021"}), "red: far_behind start_late overdue"),
        ("told", json!({"starts_on": "2020", "finishes_on": "2021", "progress": 95}), "red: on_pace overdue"),
        ("plain", json!({}), "grey: nothing_applies"),
    ] {
        add_project(&app, code, more).await;
        assert_eq!(told(&app, &format!("projects/{code}")).await, expected, "{code}");
    }
    report(&app, "project", "late", "2022-01-01", "100");
    report(&app, "project", "late", "2999-01-01", "0");
    report(&app, "plan_item", "trial.a", "2022-01-01", "0");
    let app = app.again().await; // past the answers that are ready
    assert_eq!(told(&app, "projects/late").await, "green: on_pace");
}

#[actix_web::test]
async fn a_target_counts_from_the_end_of_its_period_and_only_without_doubt() {
    let app = trial(&[]).await;
    app.metric("trial.metric", json!({"direction": "higher", "kind": "flow", "time_rule": "sum"})).await;
    let observe = async |area: &str, more: Value| {
        let base = json!({"metric": "trial.metric", "area": area, "period": "2022"});
        app.observation(merged(base, more)).await;
    };
    let key = app.key("reader", None).await;
    let mut ordinal = 0;
    for (area, target, actual, missed) in [
        ("430681107232", json!({"value": 100}), Some(json!({"value": 99})), true),
        ("430681107002", json!({"value": 100}), Some(json!({"value": 100})), false),
        ("430681107205", json!({"value": 100}), None, false),
        ("430681107208", json!({"value": 100}), Some(json!({"value": 90, "comparator": "~"})), false),
        ("430681107223", json!({"value": 100, "spread": "each"}), Some(json!({"value": 9})), false),
        ("430681107230", json!({"value": 100}), Some(json!({"value": 9, "accumulation": "ytd"})), false),
        // What is not yet public is not yet a miss.
        (
            "430681107231",
            json!({"value": 100}),
            Some(json!({"value": 9, "released_at": "2999-01-01T00:00:00+08:00"})),
            false,
        ),
    ] {
        ordinal += 1;
        observe(area, merged(json!({"role": "target"}), target)).await;
        if let Some(actual) = actual {
            observe(area, actual).await;
        }
        let item = json!({
            "code": format!("trial.t{ordinal}"), "plan": "trial", "ordinal": ordinal, "title": "事项",
            "metric": "trial.metric",
        });
        app.plan_item(item).await;
        app.sql(&format!(
            "UPDATE plan_items SET target = (SELECT id FROM observations WHERE role = 'target' AND area = {area}) \
             WHERE code = 'trial.t{ordinal}'"
        ));
        let expected = if missed { "yellow: target_missed" } else { "grey: nothing_applies" };
        let path = format!("plan-items/trial.t{ordinal}?at=");
        assert_eq!(told(&app, &format!("{path}2022-12-31")).await, expected, "{area}");
        assert_eq!(told(&app, &format!("{path}2022-12-30")).await, "grey: nothing_applies", "{area}");
    }
    let list = app.listed("/api/v1/plan-items?plan=trial&light=yellow&at=2022-12-31", "code").await;
    assert_eq!(list, ["trial.t1"]);
    // A metric that becomes internal takes its target along, but for whoever sees it.
    app.sql("UPDATE metrics SET visibility = 'internal' WHERE code = 'trial.metric'");
    let app = app.again().await;
    let path = "/api/v1/plan-items/trial.t1?at=2023-01-01";
    assert_eq!(app.get(path).await.json()["light"]["color"], "grey");
    assert_eq!(app.get(path).by(&key).await.json()["light"]["color"], "yellow");
}

#[actix_web::test]
async fn an_internal_project_gives_no_hint_of_itself() {
    let app = TestApp::seeded().await;
    let hidden = json!({"suspended": true, "visibility": "internal", "areas": ["430681107230"]});
    add_project(&app, "sesame", hidden).await;
    add_project(&app, "open", json!({"suspended": true})).await;
    for (code, ordinal, projects) in [("a", 8, json!(["sesame"])), ("b", 9, json!(["open", "sesame"]))] {
        let item = json!({
            "code": format!("bishi-2023.{code}"), "plan": "bishi-2023", "ordinal": ordinal, "title": "事项",
            "projects": projects,
        });
        app.plan_item(item).await;
    }
    let near = app.key("reader", Some("430681107")).await;
    let far = app.key("reader", Some("430681107223")).await;
    let text = async |code: &str, key: &str| {
        let path = format!("/api/v1/plan-items/bishi-2023.{code}?at=2023-01-01");
        let answer = match key {
            "" => app.get(&path).await,
            key => app.get(&path).by(key).await,
        };
        answer.json()["light"]["reasons"][0]["text_en"].as_str().unwrap().to_owned()
    };
    for key in ["", &far] {
        assert_eq!(text("a", key).await, "no date, cycle or target says how it stands");
        assert_eq!(text("b", key).await, "linked projects are suspended: open");
    }
    assert_eq!(text("a", &near).await, "linked projects are suspended: sesame");
    assert_eq!(text("b", &near).await, "linked projects are suspended: open, sesame");
    for list in ["projects?light=grey", "plan-items?light=grey,yellow&at=2023-01-01"] {
        for format in ["json", "csv", "ndjson"] {
            let answer =
                app.get(&with(&format!("/api/v1/{list}"), &format!("limit=1000&format={format}"))).await;
            assert_eq!(answer.status, 200);
            assert!(!answer.text().contains("sesame"), "{list} as {format}");
        }
    }
    let yellow = "/api/v1/plan-items?light=yellow&at=2023-01-01&count=exact";
    assert_eq!(app.get(yellow).await.json()["count"], 1);
    assert_eq!(app.get(yellow).by(&near).await.json()["count"], 2);
}

#[actix_web::test]
async fn a_list_is_chosen_by_light_page_by_page() {
    let app = TestApp::seeded().await;
    // Of 2300 items in five plans every seventh is closed and every third of the rest is due.
    for plan in 0..5 {
        app.sql(&format!(
            "INSERT INTO plans (code, title, area, year, seq, updated_at) \
             VALUES ('many-{plan}', '多', 430681107000, 2023, 1, '2023-01-01 00:00:00')"
        ));
        let rows: Vec<String> = (1..=460)
            .map(|ordinal| {
                let (state, due) = match ordinal {
                    ordinal if ordinal % 7 == 0 => ("closed", "'2023'"),
                    ordinal if ordinal % 3 == 0 => ("drafted", "'2023'"),
                    _ => ("drafted", "NULL"),
                };
                format!(
                    "('many-{plan}.{ordinal}', 'many-{plan}', {ordinal}, '{ordinal:04}', '事', '[]', '[]', {due}, \
                     '{state}', 'public', '', 1, '2023-01-01 00:00:00')"
                )
            })
            .collect();
        app.sql(&format!(
            "INSERT INTO plan_items (code, plan, ordinal, path, title, deliverables, co_units, due_on, state, \
             visibility, folded, seq, updated_at) VALUES {}",
            rows.join(", ")
        ));
    }
    let plans = "plan=many-0,many-1,many-2,many-3,many-4&at=2024-01-01";
    for (light, most) in [("blue", 65 * 5), ("red", 132 * 5)] {
        let list = format!("/api/v1/plan-items?{plans}&light={light}");
        let chosen = app.paged(&list, [64, most - 1, most, most + 1]).await;
        assert_eq!(chosen.len(), most, "{light}");
        assert!(chosen.iter().all(|item| item["light"]["color"] == light));
        let last = app.get(&format!("{list}&limit={most}")).await.json();
        assert_eq!((last["items"].as_array().unwrap().len(), &last["next"]), (most, &Value::Null));
        // Downloads choose alike.
        let lines = app.get(&format!("{list}&format=ndjson")).await.text();
        assert_eq!(lines.lines().count(), most);
    }
    for (light, count) in
        [("blue,red", 985), ("grey", 1315), ("green", 0), ("green,yellow,red,blue,grey", 2300)]
    {
        let list = format!("/api/v1/plan-items?{plans}&light={light}");
        assert_eq!(app.counted(&list).await, count, "{light}");
        let found = app.walked(&list, 1000).await;
        assert_eq!(found.len() as i64, count, "{light}");
    }
    let none = app.get(&format!("/api/v1/plan-items?{plans}&light=green")).await.json();
    assert_eq!((&none["items"], &none["next"]), (&json!([]), &Value::Null));
}

#[actix_web::test]
async fn projects_are_chosen_by_light_too() {
    let app = TestApp::seeded().await;
    let all = app.paged("/api/v1/projects", [50]).await;
    let mut counts = Vec::new();
    for color in ["green", "yellow", "red", "blue", "grey"] {
        let chosen = app.paged(&format!("/api/v1/projects?light={color}"), [1, 7]).await;
        let expected: Vec<&Value> = all.iter().filter(|project| project["light"]["color"] == color).collect();
        assert_eq!(chosen.iter().collect::<Vec<_>>(), expected, "{color}");
        counts.push(chosen.len());
    }
    assert_eq!(counts.iter().sum::<usize>(), all.len());
    let red = app.listed("/api/v1/projects?light=red", "code").await;
    assert_eq!(red, ["fanming-bridge", "tongba-bridge", "xuxian-group-roads", "xuxian-main-roads"]);
    assert_eq!(
        app.listed("/api/v1/projects?light=red&kind=construction&stage=approved", "code").await.len(),
        2
    );
    let csv = app.get("/api/v1/projects?light=red&format=csv").await.text();
    assert!(csv.lines().next().unwrap().contains(",progress,light_color,light_reasons,light_rule,"), "{csv}");
}

#[actix_web::test]
async fn an_instant_is_asked_for_as_a_day_is() {
    let app = trial(&[("a", json!({"progress": 10}))]).await;
    let key = app.key("editor", None).await;
    let changed = app.patch("/api/v1/plan-items/trial.a", json!({"progress": 50})).by(&key).await.json();
    let then: DateTime<Utc> = changed["updated_at"].as_str().unwrap().parse().unwrap();
    let day = zone::local(then.naive_utc()).date_naive();
    let before = then - chrono::TimeDelta::seconds(1);
    for (at, progress) in [
        ((day - Days::new(1)).to_string(), 10),
        (before.to_rfc3339(), 10), // a plus sign that is not escaped
        (before.with_timezone(&FixedOffset::east_opt(3600).unwrap()).to_rfc3339().replace('+', "%2B"), 10),
        (then.to_rfc3339(), 50),
        (day.to_string(), 50),
    ] {
        let told = app.get(&format!("/api/v1/plan-items/trial.a?at={at}")).await;
        assert_eq!(told.json()["progress"], progress, "{at}: {}", told.text());
        let board = app.get(&format!("/api/v1/plans/trial/scoreboard?at={at}")).await.json();
        assert_eq!(board["completion"], progress, "{at}");
    }
    // The day of an instant is that of the zone.
    let board = app.get("/api/v1/plans/trial/scoreboard?at=2023-06-01T16:00:00Z").await.json();
    assert_eq!(board["at"], "2023-06-02");
}

#[actix_web::test]
async fn a_wrong_day_or_color_is_refused() {
    let app = TestApp::seeded().await;
    for path in ["plan-items", "plan-items/bishi-2023.1", "plans/bishi-2023", "plans/bishi-2023/scoreboard"] {
        for wrong in [
            "2023",
            "2023-02-29",
            "tomorrow",
            "2023-01-01T00:00:00",
            "+12023-01-01",
            "9999-12-31T23:59:59Z",
            "",
        ] {
            let answer = app.get(&format!("/api/v1/{path}?at={wrong}")).await;
            assert_eq!(
                answer.problem(400, "invalid_parameter")["errors"][0]["parameter"],
                "at",
                "{path} {wrong}"
            );
        }
        for day in ["0000-01-01", "9999-12-31", "2024-02-29"] {
            assert_eq!(app.get(&format!("/api/v1/{path}?at={day}")).await.status, 200, "{path} {day}");
        }
    }
    for path in ["plan-items", "projects"] {
        for wrong in ["pink", "red,pink", "RED", "red,"] {
            let answer = app.get(&format!("/api/v1/{path}?light={wrong}")).await;
            assert_eq!(
                answer.problem(400, "invalid_parameter")["errors"][0]["parameter"],
                "light",
                "{path} {wrong}"
            );
        }
    }
    for path in [
        "projects?at=2023-01-01",
        "projects/tongba-bridge?at=2023-01-01",
        "plans?light=red",
        "villages?light=red",
    ] {
        app.get(&format!("/api/v1/{path}")).await.problem(400, "unknown_parameter");
    }
}

#[actix_web::test]
async fn the_document_tells_the_rule() {
    let document: Value = TestApp::empty().await.get("/openapi.json").await.json();
    let schemas = &document["components"]["schemas"];
    let rule = schemas["Light"]["description"].as_str().unwrap();
    for code in schemas["LightReasonCode"]["enum"].as_array().unwrap() {
        assert!(rule.contains(&format!("`{}`", code.as_str().unwrap())), "{code} is not in the rule");
    }
}

/// When an answer changes without a write, as the handler tells the cache.
async fn good_until(app: &TestApp, path: &str) -> Option<DateTime<FixedOffset>> {
    // Without the cache, which keeps this for itself.
    let service = App::new()
        .app_data(Data::new(app.db.clone()))
        .app_data(Data::new(Clients::new(&app.db, 1 << 20)))
        .service(plan_items::list_plan_items)
        .service(plan_items::show_plan_item)
        .service(plans::list_plans)
        .service(plans::show_plan)
        .service(plans::scoreboard::show_scoreboard)
        .service(projects::list_projects)
        .service(projects::show_project);
    let service = test::init_service(service).await;
    let answer = test::call_service(&service, test::TestRequest::with_uri(path).to_request()).await;
    assert_eq!(answer.status(), 200, "{path}");
    let vintage = *answer.response().extensions().get::<Vintage>().unwrap();
    vintage.good_until.map(zone::local)
}

#[actix_web::test]
async fn an_answer_with_lights_of_today_is_kept_until_midnight() {
    let app = TestApp::seeded().await;
    let midnight = |now: DateTime<Utc>| {
        let today = zone::local(now.naive_utc()).date_naive();
        zone::start_of(today + Days::new(1))
    };
    let timeless = [
        "/plan-items",
        "/plan-items?light=red",
        "/plan-items?format=csv",
        "/plan-items/bishi-2023.1",
        "/plans/bishi-2023",
        "/plans/bishi-2023/scoreboard",
    ];
    for path in timeless.into_iter().chain(["/projects", "/projects?light=red", "/projects/tongba-bridge"]) {
        let before = midnight(Utc::now());
        let told = good_until(&app, path).await.unwrap();
        assert_eq!(told.time(), chrono::NaiveTime::MIN, "{path}");
        assert!((before..=midnight(Utc::now())).contains(&told.naive_utc()), "{path} until {told}");
        if timeless.contains(&path) {
            let other = format!("{path}{}at=2024-01-01", if path.contains('?') { '&' } else { '?' });
            assert_eq!(good_until(&app, &other).await, None, "{other}");
        }
    }
    // A figure that is released earlier may change a light of any day.
    let soon = Utc::now().naive_utc() + chrono::TimeDelta::seconds(90);
    app.sql(&format!(
        "UPDATE revisions SET released_at = '{}' WHERE observation = 1",
        soon.format("%Y-%m-%d %H:%M:%S")
    ));
    let told = good_until(&app, "/plans/bishi-2023?at=2024-01-01").await.unwrap();
    assert_eq!(told.naive_utc().format("%H:%M:%S").to_string(), soon.format("%H:%M:%S").to_string());
}

#[actix_web::test]
async fn a_write_answers_with_the_light_of_today() {
    let app = TestApp::seeded().await.signed_in().await;
    let path = "/api/v1/plan-items/bishi-2023.1";
    let before = app.get(path).await;
    assert_eq!(before.json()["light"]["color"], "red");
    let patch = json!({"due_on": "2999"});
    let changed = app.patch(path, patch).if_match(before.header("etag")).await;
    assert_eq!(changed.json()["light"]["color"], "grey", "{}", changed.text());
    assert_eq!(
        (app.get(path).await.header("etag"), app.get(path).await.json()),
        (changed.header("etag"), changed.json())
    );
}

#[actix_web::test]
async fn the_rule_is_served_as_data() {
    let app = TestApp::seeded().await;
    let rules = app.paged("/api/v1/light-rules", [1, 2]).await;
    let rule = rules.last().unwrap();
    assert_eq!(
        (&rule["version"], &rule["behind_points"], &rule["due_soon_days"]),
        (&json!(1), &json!(10), &json!(7))
    );
    let reasons = rule["reasons"].as_array().unwrap();
    let of_color = |color: &str| {
        let chosen: Vec<Value> = reasons.iter().filter(|reason| reason["color"] == color).cloned().collect();
        each(&chosen, "code")
    };
    assert_eq!(of_color("red"), ["far_behind", "start_late", "overdue", "long_silent"]);
    assert_eq!(of_color("blue"), ["closed"]);
    assert_eq!(of_color("green"), ["on_pace"]);
    for reason in reasons {
        let (zh, en) = (reason["text"].as_str().unwrap(), reason["text_en"].as_str().unwrap());
        assert!(!zh.is_ascii() && en.is_ascii() && en.ends_with('.'), "{reason}");
    }
}
