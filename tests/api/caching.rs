//! ETags, conditional requests, compression, and the cache of ready answers.

use std::io::Read;

use serde_json::json;
use taizhang::db::Db;
use taizhang::db::ledger::Origin;
use taizhang::exchange::drafts::Draft;
use taizhang::exchange::drafts::reference::UnitDraft;

use crate::harness::TestApp;

const LIST: &str = "/api/v1/observations";

fn unit(code: &str) -> UnitDraft {
    serde_json::from_value(json!({
        "code": code, "name": code, "name_en": code, "symbol": code, "dimension": code, "numerator": 1, "denominator": 1
    }))
    .unwrap()
}

#[actix_web::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let app = TestApp::seeded().await;
    for path in [LIST, "/api/v1/areas/430681107000", "/api/v1/observations?format=csv"] {
        let first = app.get(path).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.contains('-'), "{etag}");
        assert_eq!(first.header("cache-control"), "no-cache");
        for matching in [etag.clone(), format!("\"x\", {etag}"), format!("W/{etag}"), "*".to_owned()] {
            let again = app.get(path).header("if-none-match", &matching).await;
            assert_eq!(again.status, 304, "{path} {matching}");
            assert_eq!((again.header("etag"), again.body.len()), (etag.as_str(), 0));
        }
        let number = etag.split('-').next().unwrap();
        let other = app.get(path).header("if-none-match", &format!("{number}-0000000000000000\"")).await;
        assert_eq!(other.status, 200, "the whole tag is compared");
    }
}

#[actix_web::test]
async fn a_row_is_tagged_with_its_own_entry_and_a_list_with_none() {
    let app = TestApp::seeded().await;
    let draft = unit("X");
    app.db.write(Origin::command("test"), move |entry| draft.insert(entry)).await.unwrap();
    assert!(app.get("/api/v1/areas/430681107000").await.header("etag").starts_with("\"1-"));
    assert!(app.get("/api/v1/areas").await.header("etag").starts_with("\"0-"));
}

#[actix_web::test]
async fn every_coding_has_its_own_tag_and_the_same_content() {
    let app = TestApp::seeded().await;
    let plain = app.get(LIST).await;
    let mut tags = vec![plain.header("etag").to_owned()];
    for coding in ["gzip", "br", "zstd"] {
        for path in [LIST, "/api/v1/observations?format=ndjson"] {
            let coded = app.get(path).header("accept-encoding", coding).await;
            assert_eq!(coded.header("content-encoding"), coding);
            assert_eq!(coded.header("vary"), "accept, accept-encoding, authorization");
            if path == LIST {
                tags.push(coded.header("etag").to_owned());
                assert!(coded.body.len() < plain.body.len() / 4);
            }
        }
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4);
    let coded = app.get(LIST).header("accept-encoding", "gzip").await;
    let mut text = String::new();
    flate2::read::GzDecoder::new(coded.body.as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text());
    let refused = app.get(LIST).header("accept-encoding", "gzip;q=0, identity").await;
    assert_eq!(refused.header("content-encoding"), "");
}

#[actix_web::test]
async fn an_answer_is_new_as_soon_as_the_head_moves() {
    let app = TestApp::seeded().await;
    let count = app.get("/api/v1/units?count=exact").await.json()["count"].as_u64().unwrap();
    assert_eq!(app.get("/api/v1/units?count=exact").await.json()["count"], count, "the same from the cache");
    let draft = unit("X");
    app.db.write(Origin::command("test"), move |entry| draft.insert(entry)).await.unwrap();
    assert_eq!(app.get("/api/v1/units?count=exact").await.json()["count"], count + 1);
}

#[actix_web::test]
async fn a_write_of_another_process_is_seen_too() {
    let app = TestApp::seeded().await;
    let count = app.get("/api/v1/units?count=exact").await.json()["count"].as_u64().unwrap();
    let other = Db::open(&app.url, 1).unwrap();
    let draft = unit("X");
    other.write(Origin::command("test"), move |entry| draft.insert(entry)).await.unwrap();
    assert_eq!(app.get("/api/v1/units?count=exact").await.json()["count"], count + 1);
}

/// Whether an address is answered from what is kept: then it is not noticed that its rows were changed by hand.
async fn is_kept(app: &TestApp, path: &str, change: &str) -> bool {
    let before = app.get(path).await.body;
    app.sql(change);
    app.get(path).await.body == before
}

#[actix_web::test]
async fn an_answer_is_kept_until_something_that_it_is_made_of_is_written() {
    let app = TestApp::seeded().await.signed_in().await;
    let again = app.again().await.signed_in().await;
    let by_hand = |name: &str| format!("UPDATE areas SET name = '{name}' WHERE code = 430681107223");
    let (village, project) = ("/api/v1/areas/430681107223", "/api/v1/projects/tongba-bridge");
    for (number, writer) in [&app, &again].into_iter().enumerate() {
        let rename = |name: String| writer.patch(project, json!({"name": name})).if_match("*").send();
        app.get(village).await;
        assert_eq!(rename(format!("改名{number}")).await.status, 200);
        assert!(
            is_kept(&app, village, &by_hand(&format!("甲村{number}"))).await,
            "a project is no part of it"
        );
        assert!(
            app.get(project).await.text().contains(&format!("改名{number}")),
            "the project itself is new"
        );
        let area = writer.patch(village, json!({"aliases": [format!("别名{number}")]})).if_match("*").await;
        assert_eq!(area.status, 200, "{}", area.text());
        let text = app.get(village).await.text();
        assert!(text.contains(&format!("甲村{number}")) && text.contains(&format!("别名{number}")), "{text}");
    }
}

#[actix_web::test]
async fn who_may_no_longer_see_a_project_no_longer_sees_that_figures_speak_of_it() {
    let app = TestApp::seeded().await;
    let key = app.key("admin", None).await;
    let again = app.again().await;
    let figure = json!({
        "metric": "education.fund.raised", "area": "430681107223", "period": "2021", "value": 3,
        "projects": ["tongba-bridge"],
    });
    let made = app.post(LIST, figure).by(&key).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("{LIST}/{}", made.json()["id"]);
    for (writer, visibility, projects) in
        [(&app, "internal", json!([])), (&again, "public", json!(["tongba-bridge"]))]
    {
        assert_ne!(app.get(&path).await.json()["projects"], projects);
        let changed = writer.patch("/api/v1/projects/tongba-bridge", json!({"visibility": visibility}));
        assert_eq!(changed.if_match("*").by(&key).await.status, 200);
        assert_eq!(app.get(&path).await.json()["projects"], projects, "{visibility}");
    }
}

#[actix_web::test]
async fn a_ledger_that_went_back_is_believed() {
    let app = TestApp::seeded().await.signed_in().await;
    let units = "/api/v1/units";
    let before = app.get(units).await.text();
    assert_eq!(app.get(units).await.text(), before);
    app.sql("UPDATE ledger SET head = head - 1");
    assert!(!is_kept(&app, units, "UPDATE units SET symbol = '別'").await);
    assert!(
        !is_kept(&app, units, "UPDATE units SET symbol = '又'").await,
        "nothing is kept until it is as far again"
    );
}
