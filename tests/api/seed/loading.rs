//! How files become a ledger: twice, in part, in any order, or broken.

use std::path::Path;

use serde_json::{Value, json};
use taizhang::error::Result;
use taizhang::exchange::seed::{self, Files};

use super::figures::{OBSERVATIONS, rows};
use super::{ALL_PROJECTS, check_quantity};
use crate::harness::TestApp;

#[actix_web::test]
async fn loading_the_seed_again_changes_nothing() {
    let app = TestApp::seeded().await;
    let before = (app.db.head().await.unwrap(), app.get(ALL_PROJECTS).await.header("etag").to_owned());
    assert!(!before.1.is_empty());
    let added = seed::load(&app.db, Files::built_in().unwrap()).await.unwrap();
    assert_eq!(added.to_string(), "nothing to add");
    let after = (app.db.head().await.unwrap(), app.get(ALL_PROJECTS).await.header("etag").to_owned());
    assert_eq!(before, after);
    assert_eq!(before.0, 1, "one entry for a seed");
}

/// Loads a folder of these files.
async fn load(app: &TestApp, files: &[(&str, &str)]) -> Result<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let files = Files::in_folder(folder.path())?;
    Ok(seed::load(&app.db, files).await?.to_string())
}

#[actix_web::test]
async fn a_folder_with_one_file_adds_just_that() {
    let app = TestApp::seeded().await;
    let head = app.db.head().await.unwrap();
    // As a spreadsheet saves it: with a byte-order mark and CRLF.
    let file = "\u{feff}metric,area,period,role,text,spread\r\n\
        education.fund.raised,430681107,2023,target,不少于1200万元,total\r\n\
        homestead.fee.collected,430681107223,2022年,,8.5万元,\r\n";
    assert_eq!(load(&app, &[("observations.csv", file)]).await.unwrap(), "added 2 from observations.csv");
    assert_eq!(app.db.head().await.unwrap(), head + 1);
    let added = app.get("/api/v1/observations?metric=education.fund.raised&period=2023").await.items();
    assert_eq!(added.len(), 1);
    check_quantity(&added[0], ["1200", "CNY_10K", ">=", "1200", "-", "不少于1200万元"]);
    assert_eq!(added[0]["accumulation"], "period");
    assert_eq!(added[0]["report"], Value::Null);
    let added =
        app.get("/api/v1/observations?metric=homestead.fee.collected&area=430681107223").await.items();
    assert_eq!((&added[0]["period"], &added[0]["role"]), (&json!("2022"), &json!("actual")));
    let all = app.get("/api/v1/observations?limit=1000").await.items();
    assert_eq!(all.len(), rows::<12>(OBSERVATIONS).len() + 2);
    assert_eq!(load(&app, &[("observations.csv", file)]).await.unwrap(), "nothing to add");
    assert_eq!(app.db.head().await.unwrap(), head + 1);
}

#[actix_web::test]
async fn what_is_there_already_stays_as_it_is() {
    let app = TestApp::seeded().await;
    let by_hand = json!({"metric": "land.cultivated.area", "area": "430681107223", "period": "2022", "text": "约5700亩"});
    app.observation(by_hand).await;
    let file = "metric,area,period,text\nland.cultivated.area,430681107223,2022,5800亩\n";
    assert_eq!(load(&app, &[("observations.csv", file)]).await.unwrap(), "nothing to add");
    let held = app.get("/api/v1/observations?metric=land.cultivated.area&area=430681107223").await.items();
    assert_eq!((&held[0]["text"], &held[0]["revision"]), (&json!("约5700亩"), &json!(1)));
}

#[actix_web::test]
async fn rows_of_one_file_may_come_in_any_order() {
    let app = TestApp::seeded().await;
    let file = "code,plan,parent,ordinal,title\n\
        bishi-2023.9.1,bishi-2023,bishi-2023.9,1,修缮戏台\n\
        bishi-2023.9,bishi-2023,,9,补充事项\n";
    assert_eq!(load(&app, &[("plan_items.csv", file)]).await.unwrap(), "added 2 from plan_items.csv");
    let below = app.get("/api/v1/plan-items?parent=bishi-2023.9").await.items();
    assert_eq!(below.len(), 1);
    assert_eq!(below[0]["title"], "修缮戏台");
}

#[actix_web::test]
async fn a_list_in_a_cell_is_read_as_a_download_writes_it() {
    let (from, to) = (TestApp::seeded().await, TestApp::seeded().await);
    let deliverables = json!(["甲;乙", r"丙\丁", "=1"]);
    let title = "＝补充事项";
    from.plan_item(json!({
        "code": "bishi-2023.9", "plan": "bishi-2023", "ordinal": 9, "title": title, "deliverables": deliverables,
    }))
    .await;
    let csv = from.get("/api/v1/plan-items?parent=none&format=csv").await.text();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = reader.records().map(Result::unwrap).find(|row| &row[0] == "bishi-2023.9").unwrap();
    let mut file = csv::Writer::from_writer(Vec::new());
    let columns = ["code", "plan", "ordinal", "title", "deliverables"];
    file.write_record(columns).unwrap();
    let cell = |name: &str| &row[header.iter().position(|column| column == name).unwrap()];
    file.write_record(columns.map(cell)).unwrap();
    let file = String::from_utf8(file.into_inner().unwrap()).unwrap();
    assert_eq!(
        load(&to, &[("plan_items.csv", &file)]).await.unwrap(),
        "added 1 from plan_items.csv",
        "{file}"
    );
    let item = to.get("/api/v1/plan-items/bishi-2023.9").await.json();
    assert_eq!((&item["deliverables"], &item["title"]), (&deliverables, &json!(title)), "{file}");
}

#[actix_web::test]
async fn a_broken_file_is_refused_with_file_and_row_and_nothing_is_half_done() {
    let app = TestApp::seeded().await;
    let head = app.db.head().await.unwrap();
    let observation = "metric,area,period,text\n\
        land.cultivated.area,430681107223,2022,5700亩\n";
    let row = |row: &str| format!("{observation}{row}\n");
    let cases = [
        ("observations.csv", row("land.no_such,430681107223,2022,1亩"), "row 2: metric: “land.no_such”"),
        ("observations.csv", row("land.cultivated.area,430681107999,2022,1亩"), "row 2: area: “430681107999”"),
        ("observations.csv", row("land.cultivated.area,4306x,2022,1亩"), "row 2: "),
        ("observations.csv", row("land.cultivated.area,430681107224,2022年中,1亩"), "row 2: "),
        ("observations.csv", row("land.cultivated.area,430681107224,2022"), "row 2: "),
        ("observations.csv", row("land.cultivated.area,430681107223,2022年,5701亩"), "row 2: the same key as row 1"),
        ("observations.csv", row("land.cultivated.area,430681107224,2022,5吨"), "row 2: "),
        ("observations.csv", row("land.cultivated.area,430681107224,2022,很多"), "row 2: text"),
        ("observations.csv", row("land.transfer.rate,430681107224,2022,101%"), "row 2: value"),
        ("observations.csv", "metric,area,period,text,colour\nland.cultivated.area,430681107224,2022,1亩,red\n".into(), "row 1: "),
        ("units.csv", "code,name,name_en,symbol,dimension,numerator,denominator\nX,斗,dou,斗,volume,ten,1\n".into(), "row 1: numerator"),
        ("areas.csv", "code,name,level,kind,parent,code_system\n430681107240,新村,hamlet,village,430681107,NBS-2023\n".into(), "row 1: "),
        ("highlights.csv", "area,kind,text,report\n430681107223,honour,模范村,no-such\n".into(), "row 1: report: “no-such”"),
        ("metrics.csv", "code,name,name_en,definition,theme,unit,decimals,kind,area_rule,time_rule,direction,visibility,status\nland.x,率,rate,率,land,P1,0,ratio,sum,last,higher,public,active\n".into(), "row 1: area_rule"),
        ("plan_items.csv", "code,plan,ordinal,title\nbishi-2023.x,bishi-2023,0,第零项\n".into(), "row 1: ordinal"),
        ("plan_items.csv", "code,plan,parent,ordinal,title\na.1,a,,1,无此计划\n".into(), "row 1: plan: “a”"),
        ("projects.json", r#"[{"code": "p", "name": "桥", "kind": "construction", "areas": ["430681107223"], "stage": "started", "report": "bishi-2022", "citation": {"paragraph": 1, "start": 0, "end": 9, "words": "桥"}}]"#.into(), "row 1: citation"),
        ("projects.json", r#"[{"code": "p", "name": "桥", "kind": "construction", "areas": ["430681107223"], "stage": "begun"}]"#.into(), "row 1: stage"),
    ];
    let good = "code,name,name_en,symbol,dimension,numerator,denominator\nTREE,棵,tree,棵,tree,1,1\n";
    for (name, content, told) in cases {
        let mut files = vec![(name, content.as_str())];
        if name != "units.csv" {
            files.push(("units.csv", good));
        }
        let refusal = load(&app, &files).await.unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("{name}: ")) && refusal.contains(told), "{content}\n{refusal}");
        assert_eq!(app.db.head().await.unwrap(), head, "{content}");
        assert!(!app.get("/api/v1/units?limit=1000").await.text().contains("TREE"), "{content}");
    }
    let untouched = app.get("/api/v1/observations?limit=1000").await.items();
    assert_eq!(untouched.len(), rows::<12>(OBSERVATIONS).len());
}

#[actix_web::test]
async fn a_folder_without_any_known_file_is_refused() {
    let app = TestApp::empty().await;
    let refusal = load(&app, &[("observation.csv", "metric\n")]).await.unwrap_err().to_string();
    assert!(refusal.contains("observations.csv"), "{refusal}");
    assert!(Files::in_folder(Path::new("/no/such/folder")).is_err());
    assert_eq!(app.db.head().await.unwrap(), 0);
}
