//! `GET /search`: Chinese and latin words, alike on both databases.

use serde_json::{Value, json};

use crate::builders::merged;
use crate::harness::TestApp;
use crate::harness::lists::{each, escaped};

fn path(q: &str) -> String {
    format!("/api/v1/search?q={}", escaped(q))
}

/// Kind and code of every hit, in order.
async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let hits = app.paged(query, [1000]).await;
    each(&hits, "kind")
        .into_iter()
        .zip(each(&hits, "code"))
        .map(|(kind, code)| format!("{kind} {code}"))
        .collect()
}

async fn project(app: &TestApp, code: &str, name: &str, place: Option<&str>) {
    app.project(json!({
        "code": code, "name": name, "place": place, "kind": "construction", "areas": ["430681107223"], "stage": "idea",
    }))
    .await;
}

#[actix_web::test]
async fn two_chinese_characters_are_a_word() {
    let app = TestApp::seeded().await;
    let reservoirs = found(&app, &path("水库")).await;
    assert_eq!(
        reservoirs,
        [
            "metric safety.reservoir.hazards_rectified",
            "project caijia-ao-reservoir",
            "project lanjiadong-reservoir",
            "project longtouba-reservoir",
            "project shakeng-reservoir",
            "project songjiang-reservoir",
            "project tielongguanhu-reservoir",
        ]
    );
    let roads = found(&app, &format!("{}&kinds=project,plan_item", path("道路"))).await;
    assert_eq!(
        roads,
        [
            "plan_item bishi-2023.4.2.07",
            "plan_item bishi-2023.4.2.16",
            "plan_item bishi-2023.4.2.18",
            "project former-residence-road",
            "project rural-road-widening",
        ]
    );
    // Both characters side by side in this order: no row has 库水.
    assert!(found(&app, &path("库水")).await.is_empty());
}

#[actix_web::test]
async fn one_character_is_enough() {
    let app = TestApp::seeded().await;
    let bridges = found(&app, &format!("{}&kinds=project", path("桥"))).await;
    assert_eq!(bridges, ["project fanming-bridge", "project tongba-bridge"]);
    let fires = found(&app, &path("塅")).await;
    assert!(fires.contains(&"area 430681107226".to_owned()), "{fires:?}");
    assert!(found(&app, &path("龘")).await.is_empty());
}

#[actix_web::test]
async fn latin_words_are_found_in_any_case_and_width() {
    let app = TestApp::seeded().await;
    for q in ["g107", "G107", "Ｇ１０７", "ｇ107"] {
        assert_eq!(
            found(&app, &format!("{}&kinds=project", path(q))).await,
            ["project g107-realignment", "project street-lights-g107-xianghui"],
            "{q}"
        );
    }
    for q in ["s508", "S508", "Ｓ５０８", "508"] {
        assert_eq!(found(&app, &path(q)).await, ["project maotang-highway"], "{q}");
    }
    for q in ["helmet", "HELMET", "met wear"] {
        assert_eq!(found(&app, &path(q)).await, ["metric safety.road.helmet_rate"], "{q}");
    }
}

#[actix_web::test]
async fn several_words_must_all_be_there_in_any_order() {
    let app = TestApp::seeded().await;
    for q in ["水库 加固 工程", "工程　水库  加固", "工程 加固 水库 水"] {
        assert_eq!(
            found(&app, &path(q)).await,
            ["project lanjiadong-reservoir", "project songjiang-reservoir"],
            "{q}"
        );
    }
    assert!(found(&app, &path("水库 火龙果")).await.is_empty());
}

#[actix_web::test]
async fn percent_underscore_and_backslash_are_ordinary_characters() {
    let app = TestApp::seeded().await;
    project(&app, "odd-percent", "完成50%的工程", None).await;
    project(&app, "odd-underscore", "甲_乙工程", None).await;
    project(&app, "odd-backslash", "甲\\乙工程", None).await;
    for (q, code) in [
        ("50%", "odd-percent"),
        ("%的", "odd-percent"),
        ("甲_乙", "odd-underscore"),
        ("甲\\乙", "odd-backslash"),
        ("\\", "odd-backslash"),
    ] {
        assert_eq!(
            found(&app, &format!("{}&kinds=project", path(q))).await,
            [format!("project {code}")],
            "{q}"
        );
    }
    for q in ["5_%", "甲%乙", "甲\\_乙", "'", "\"", "甲*"] {
        assert!(found(&app, &format!("{}&kinds=project", path(q))).await.is_empty(), "{q}");
    }
}

#[actix_web::test]
async fn hits_are_narrowed_to_kinds_and_to_a_subtree() {
    let app = TestApp::seeded().await;
    let other =
        json!({"level": "township", "kind": "town", "parent": "430681000000", "code_system": "NBS-2023"});
    let area = merged(json!({"code": "430681108000", "name": "序贤镇"}), other);
    app.area(area).await;
    let of = async |more: &str| found(&app, &format!("{}{more}", path("序贤"))).await;
    assert_eq!(of("&kinds=area").await, ["area 430681107223", "area 430681108000"]);
    assert_eq!(of("&kinds=area&within=430681107").await, ["area 430681107223"]);
    assert_eq!(of("&within=430681108").await, ["area 430681108000"]);
    let items = of("&kinds=plan_item&within=430681107223").await;
    assert_eq!(items, ["plan_item bishi-2023.3.2.03", "plan_item bishi-2023.3.2.05"]);
    assert_eq!(of("&kinds=metric,report").await, Vec::<String>::new());
    // A metric is nowhere.
    assert!(found(&app, &format!("{}&kinds=metric&within=43", path("水库"))).await.is_empty());
    assert_eq!(found(&app, &format!("{}&kinds=report", path("工作总结"))).await, ["report bishi-2022"]);
}

#[actix_web::test]
async fn hits_in_names_come_before_hits_in_descriptions() {
    let app = TestApp::seeded().await;
    project(&app, "aaa", "甲工程", Some("麒麟路")).await; // in its place only
    project(&app, "bbb", "麒麟桥", None).await;
    project(&app, "ccc", "乙工程", Some("麒麟桥东")).await;
    let hits = app.paged(&path("麒麟"), 1..=4).await;
    assert_eq!(each(&hits, "code"), ["bbb", "aaa", "ccc"]);
    assert_eq!(each(&hits, "snippet"), ["麒麟桥", "麒麟路", "麒麟桥东"]);
    assert_eq!(each(&hits, "name"), ["麒麟桥", "甲工程", "乙工程"]);
    assert_eq!(each(&hits, "area"), ["430681107223", "430681107223", "430681107223"]);
    // Words may be scattered over name and description; that is no hit in the name.
    assert_eq!(each(&app.paged(&path("麒麟 桥"), 1..=3).await, "code"), ["bbb", "ccc"]);
    assert_eq!(found(&app, &path("乙工程 麒麟")).await, ["project ccc"]);
}

#[actix_web::test]
async fn a_snippet_shows_what_was_found_and_a_little_around_it() {
    let app = TestApp::seeded().await;
    let place = format!("{}麒麟{}", "前".repeat(30), "后".repeat(30));
    project(&app, "far", "远工程", Some(&place)).await;
    let hits = app.get(&path("麒麟")).await.items();
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0]["snippet"], format!("…{}麒麟{}…", "前".repeat(20), "后".repeat(18)));
    let illegal = app.get(&format!("{}&kinds=metric", path("同一地点"))).await.items();
    assert_eq!(each(&illegal, "code"), ["housing.illegal.demolished_sites"]);
    assert!(illegal[0]["snippet"].as_str().unwrap().contains("同一地点的一宗违建"), "{illegal:?}");
    assert_eq!(illegal[0]["area"], Value::Null);
}

#[actix_web::test]
async fn a_search_without_a_word_is_refused() {
    let app = TestApp::seeded().await;
    for query in ["", "?q=", "?q=%20", "?q=%E3%80%80", "?kinds=area"] {
        let problem = app.get(&format!("/api/v1/search{query}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "q", "{query}");
    }
    let problem = app.get("/api/v1/search?q=a&kinds=village").await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "kinds");
    let problem = app.get("/api/v1/search?q=a&within=44").await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["parameter"], "within");
    let problem = app.get("/api/v1/search?q=a&kind=area").await.problem(400, "unknown_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "kind");
}

#[actix_web::test]
async fn pages_of_hits_hold_every_hit_once() {
    let app = TestApp::seeded().await;
    let hits = app.paged(&path("村"), [1, 3, 7, 40]).await;
    assert!(hits.len() > 40, "{}", hits.len());
}
