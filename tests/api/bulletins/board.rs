//! Bulletins about a plan: its scoreboard, what has changed since the last, and who is silent.

use serde_json::{Value, json};

use super::{issued, printed, sheets};
use crate::builders::merged;
use crate::builders::plans::trial;
use crate::builders::progress::report;
use crate::harness::TestApp;
use crate::harness::lists::each;

/// A plan of a section with four items and an item beside it.
async fn plan() -> TestApp {
    let app = trial(&[
        ("a", json!({"title": "板块"})),
        ("b", json!({"title": "单列", "due_on": "2023-06-10", "lead_unit": "乙办"})),
    ])
    .await;
    let app = app.signed_in().await;
    for (code, ordinal, more) in [
        ("a1", 1, json!({"due_on": "2023-07-15", "areas": ["430681107223"], "lead_unit": "甲办"})),
        ("a2", 2, json!({"start_on": "2023-05-01", "reporting_cycle": "month", "areas": ["430681107230"]})),
        ("a3", 3, json!({"start_on": "2023-05-01", "due_on": "2023-12-31"})),
        (
            "a4",
            4,
            json!({"visibility": "internal", "due_on": "2022", "lead_unit": "密件办", "reporting_cycle": "week", "start_on": "2022"}),
        ),
    ] {
        let item = json!({"code": format!("trial.{code}"), "plan": "trial", "parent": "trial.a", "ordinal": ordinal, "title": code});
        app.plan_item(merged(item, more)).await;
    }
    report(&app, "plan_item", "trial.a2", "2023-06-01", "20");
    app
}

fn codes(content: &Value, list: &str) -> Vec<String> {
    each(content[list].as_array().unwrap(), "code")
}

#[actix_web::test]
async fn a_board_tells_what_changed_since_the_last_one_and_who_is_silent() {
    let app = plan().await;
    let first = issued(&app, json!({"plan": "trial", "date": "2023-06-05"})).await;
    assert_eq!(first["title"], "试验计划进展通报（2023年6月5日）");
    let content = &first["content"];
    assert_eq!(
        (&first["area"], &first["previous"], &content["total"]["previous"]),
        (&json!("430681107000"), &json!(null), &json!(null))
    );
    assert_eq!(
        (codes(content, "worse"), codes(content, "better"), codes(content, "not_reported")),
        (vec![], vec![], vec![])
    );
    assert_eq!(codes(content, "items"), ["trial.a1", "trial.a2", "trial.a3", "trial.b"]);

    // By the middle of July one is due, one is silent, one is late; and one is reported to be on pace.
    report(&app, "plan_item", "trial.a3", "2023-07-10", "60");
    let second = issued(&app, json!({"plan": "trial", "date": "2023-07-10"})).await;
    let content = &second["content"];
    assert_eq!((&second["previous"], &content["previous_date"]), (&json!(1), &json!("2023-06-05")));
    let lights: Vec<(String, String)> = ["worse", "better"]
        .into_iter()
        .flat_map(|list| content[list].as_array().unwrap())
        .map(|item| {
            (
                item["code"].as_str().unwrap().to_owned(),
                format!("{} {}", item["from"].as_str().unwrap(), item["to"].as_str().unwrap()),
            )
        })
        .collect();
    let board = app.get("/api/v1/plans/trial/scoreboard?at=2023-07-10").await.json();
    for (item, (code, told)) in content["worse"].as_array().unwrap().iter().zip(&lights) {
        // Against the lights of the two days, each asked for alone.
        let mut colors = Vec::new();
        for at in ["2023-06-05", "2023-07-10"] {
            let light = app.get(&format!("/api/v1/plan-items/{code}?at={at}")).await.json()["light"].clone();
            colors.push(light["color"].as_str().unwrap().to_owned());
            if at == "2023-07-10" {
                assert_eq!(item["reasons"], light["reasons"]);
            }
        }
        assert_eq!(colors.join(" "), *told, "{code}");
    }
    assert_eq!(codes(content, "worse"), ["trial.a1", "trial.a2", "trial.b"]);
    assert_eq!(codes(content, "better"), ["trial.a3"]);
    assert_eq!(codes(content, "not_reported"), ["trial.a2"]);
    assert_eq!(content["not_reported"][0]["reasons"][0]["code"], "silent");
    for member in ["items", "completion", "lights"] {
        assert_eq!(content["total"]["now"][member], board_of(&app).await[member], "{member}");
        assert_eq!(
            content["total"]["previous"][member], first["content"]["total"]["now"][member],
            "{member}"
        );
    }
    assert_eq!((&content["overdue_count"], &content["previous_overdue_count"]), (&json!(1), &json!(0)));
    assert_eq!(content["overdue"][0]["days_overdue"], board_of(&app).await["overdue"][0]["days_overdue"]);
    for list in ["by_section", "by_unit", "by_area"] {
        for (row, before) in
            content[list].as_array().unwrap().iter().zip(first["content"][list].as_array().unwrap())
        {
            assert_eq!(row["stand"]["previous"], before["stand"]["now"], "{list}");
        }
    }
    // What is internal is in none of them, whoever issues it.
    assert!(!second.to_string().contains("密件") && !second.to_string().contains("trial.a4"), "{second}");
    assert_eq!(board["items"], 5, "an admin sees one more");
}

/// The scoreboard that the public sees.
async fn board_of(app: &TestApp) -> Value {
    app.again().await.get("/api/v1/plans/trial/scoreboard?at=2023-07-10").await.json()
}

#[actix_web::test]
async fn a_board_stays_as_it_was_when_a_late_report_comes() {
    let app = plan().await;
    let first = issued(&app, json!({"plan": "trial", "date": "2023-07-10"})).await;
    let kept = printed(&app, &first["no"]).await.map(|answer| answer.body);
    // It speaks of a day before, and the lights of that day are others now.
    report(&app, "plan_item", "trial.a2", "2023-07-09", "90");
    app.sql("UPDATE plan_items SET state = 'closed' WHERE code = 'trial.b'");
    assert!(printed(&app.again().await, &first["no"]).await.map(|answer| answer.body) == kept);
    // The next one compares with what was shown, not with what is known of that day now.
    let second = issued(&app, json!({"plan": "trial", "date": "2023-07-11"})).await;
    assert_eq!(codes(&second["content"], "better"), ["trial.a2", "trial.b"]);
    assert_eq!(second["content"]["better"][1]["to"], "blue");
}

#[actix_web::test]
async fn a_board_of_a_part_of_the_area_counts_the_items_there() {
    let app = plan().await;
    let bulletin =
        issued(&app, json!({"plan": "trial", "within": "430681107223", "date": "2023-07-10"})).await;
    let content = &bulletin["content"];
    assert_eq!((&bulletin["area"], &content["total"]["now"]["items"]), (&json!("430681107223"), &json!(1)));
    assert_eq!(
        (codes(content, "items"), codes(content, "by_section")),
        (vec!["trial.a1".to_owned()], vec!["trial.a".to_owned()])
    );
    assert_eq!(each(content["by_area"].as_array().unwrap(), "area"), ["430681107223"]);
    assert!(bulletin["title"].as_str().unwrap().contains("序贤村"));
    // Nothing of the plan lies here.
    let none = issued(&app, json!({"plan": "trial", "within": "430681107231", "date": "2023-07-10"})).await;
    assert_eq!(
        (&none["content"]["total"]["now"]["items"], &none["content"]["by_section"]),
        (&json!(0), &json!([]))
    );
    // The areas are apart: one is not the bulletin before the other.
    let whole = issued(&app, json!({"plan": "trial", "date": "2023-07-11"})).await;
    assert_eq!(whole["previous"], Value::Null);
}

#[actix_web::test]
async fn the_page_and_the_workbook_show_the_board() {
    let app = plan().await;
    issued(&app, json!({"plan": "trial", "date": "2023-06-05"})).await;
    issued(&app, json!({"plan": "trial", "date": "2023-07-10"})).await;
    let [_, html, xlsx] = printed(&app, &json!(2)).await;
    let page = html.text();
    for shown in [
        "弼时镇通报",
        "较第 1 期（2023年6月5日）",
        "亮灯变差的事项",
        "<span class=\"light red\">红灯</span>",
        "应于2023-06-10前完成，已逾期",
        "未按周期报送进展的事项",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    let sheets = sheets(&xlsx.body);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["分板块", "分单位", "分区划", "变差", "超期", "未报送", "说明"]);
    let late: Vec<&str> = sheets[4].1.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(late, ["代码", "trial.b"]);
}
