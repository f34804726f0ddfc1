//! Under whose name and numbers bulletins are issued, those of before included.

use serde_json::{Value, json};

use super::{PATH, issued, of_metric, printed, reported, sheets};
use crate::builders::areas::{TOWN, VILLAGES};
use crate::builders::merged;

/// Organ, 第N期 and 文号 of a bulletin.
fn face(bulletin: &Value) -> Value {
    json!([bulletin["issuer"], bulletin["issue"], bulletin["document_number"]])
}

#[actix_web::test]
async fn an_organ_signs_and_counts_its_bulletins_by_the_year() {
    let app = reported().await;
    let signed = json!({"issuer": " 试验镇人民政府 ", "signatory": "王镇长", "document_code": "试镇督"});
    let first = issued(&app, of_metric(signed.clone())).await;
    let year = first["year"].as_i64().unwrap();
    assert_eq!(face(&first), json!(["试验镇人民政府", 1, format!("试镇督〔{year}〕1号")]));
    assert_eq!((&first["signatory"], &first["issuer_area"]), (&json!("王镇长"), &json!(TOWN)));
    let plan = json!({"plan": "bishi-2023", "date": "2023-02-01"});
    for (body, wanted) in [
        // Another organ counts for itself, and papers without a number are counted as issues only.
        (of_metric(json!({})), json!(["试验区划", 1, null])),
        (of_metric(json!({"issuer": "试验镇人民政府"})), json!(["试验镇人民政府", 2, null])),
        (of_metric(signed.clone()), json!(["试验镇人民政府", 3, format!("试镇督〔{year}〕2号")])),
        // One of the same name elsewhere is another.
        (merged(plan.clone(), json!({"issuer": "试验镇人民政府"})), json!(["试验镇人民政府", 1, null])),
        // The office of a county speaks of what lies in it.
        (of_metric(json!({"issuer_area": "430681"})), json!(["汨罗市", 1, null])),
        (merged(plan, json!({"issuer_area": "430681"})), json!(["汨罗市", 2, null])),
    ] {
        assert_eq!(face(&issued(&app, body).await), wanted);
    }
    // The database holds it too: no number is given twice, and a year begins anew.
    app.sql(
        "INSERT INTO bulletins SELECT 99, kind, metric, plan, area, date, title, series, previous, author, content, \
         recorded_at, seq FROM bulletins WHERE no = 1",
    );
    let again = |year: i64| {
        app.sql(&format!(
            "INSERT INTO bulletin_imprints SELECT 99, issuer, issuer_area, signatory, {year}, issue, document_code, \
             document_no FROM bulletin_imprints WHERE bulletin = 1"
        ));
    };
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| again(year))).is_err());
    again(year - 1);
    assert_eq!(
        app.get(&format!("{PATH}/99")).await.json()["document_number"],
        format!("试镇督〔{}〕1号", year - 1)
    );

    for (more, pointer, code) in [
        (json!({"issuer": " "}), "/issuer", "empty"),
        (json!({"signatory": "长".repeat(201)}), "/signatory", "too_long"),
        (json!({"document_code": "弼镇督〔2023〕"}), "/document_code", "document_code"),
        (json!({"document_code": ""}), "/document_code", "empty"),
        (json!({"issuer_area": "430681107"}), "/issuer_area", "not_above"),
        (json!({"issuer_area": VILLAGES[0]}), "/issuer_area", "not_above"),
        (json!({"issuer_area": "44"}), "/issuer_area", "unknown_reference"),
    ] {
        let problem = app.post(PATH, of_metric(more.clone())).await.problem(422, "invalid_value");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{more}");
    }
    // A township does not take numbers of its county's office.
    let key = app.key("editor", Some(TOWN)).await;
    let body = of_metric(json!({"issuer_area": "430681"}));
    app.post(PATH, body).by(&key).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn the_face_has_organ_person_day_and_numbers_and_never_the_name_of_a_key() {
    let app = reported().await;
    issued(&app, of_metric(json!({"issuer": "甲办"}))).await;
    let body =
        json!({"issuer": "乙办", "signatory": "王镇长", "document_code": "试镇督", "date": "2023-02-02"});
    let bulletin = issued(&app, of_metric(body)).await;
    let year = &bulletin["year"];
    let [json, html, xlsx] = printed(&app, &bulletin["no"]).await;
    assert!(!json.text().contains("admin") && !html.text().contains("admin"));
    let list = app.get(&format!("{PATH}?format=csv")).await.text();
    assert!(!list.contains("admin") && list.contains("试镇督〔"), "{list}");
    let page = html.text();
    for shown in [
        "乙办通报</p>".to_owned(),
        format!("<p class=\"number\"><span>试镇督〔{year}〕1号</span><span>第 1 期</span></p>"),
        "<footer><p>乙办</p><p>签发人：王镇长</p><p><time".to_owned(),
        // The one before is by another organ, which has counted one too.
        "甲办第 1 期（2023年2月1日）".to_owned(),
        "counter(page)".to_owned(),
    ] {
        assert!(page.contains(&shown), "{shown} in {page}");
    }
    let sheets = sheets(&xlsx.body);
    let (name, notes) = sheets.last().unwrap();
    assert_eq!(name, "说明");
    let said: Vec<(&str, &str)> = notes.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    let number = format!("试镇督〔{year}〕1号");
    for line in [("期号", "第 1 期"), ("文号", number.as_str()), ("落款", "乙办"), ("签发人", "王镇长")]
    {
        assert!(said.contains(&line), "{line:?} in {said:?}");
    }
    // The ledger knows the key.
    let entry = app.get(&format!("/api/v1/entries/{}", bulletin["seq"])).await.json();
    assert_eq!((&entry["by"], &entry["edits"][0]["after"]["issuer"]), (&json!("admin"), &json!("乙办")));
}

#[actix_web::test]
async fn bulletins_of_before_have_numbers_by_area_and_year_and_are_printed_as_they_were() {
    let app = reported().await;
    // As the first version wrote it: without words, without reporters.
    let content = |day: &str| {
        let exact = |value: i64| json!({"value": value, "comparator": null, "lower": value, "upper": value, "lower_inclusive": true, "upper_inclusive": true});
        let more = json!({"value": 90, "comparator": ">", "lower": 90, "upper": 100, "lower_inclusive": false, "upper_inclusive": false});
        let row = json!({
            "rank": 1, "best_rank": 1, "worst_rank": 1, "area": VILLAGES[0], "area_name": "甲村", "number": more,
            "period_change": null, "completion": null, "previous": null, "previous_rank": null, "movement": null,
            "change": exact(-5),
        });
        json!({
            "metric_name": "试验指标", "definition": "无。", "unit": "MU", "unit_name": "亩", "decimals": 1,
            "area_name": "老镇", "level": "village", "period": "2022", "accumulation": "instant", "by": "value",
            "ascending": false, "previous_date": "2022-01-01", "rows": [row], "reported": 1, "expected": 1,
            "not_reported": [], "unranked": [],
            "total": {"number": exact(90), "method": "sum", "reported": 1, "change": exact(-5)},
            "no_total": null, "issued_on": day,
        })
    };
    app.sql("DROP TABLE bulletin_imprints");
    for (no, area, day) in [
        (1, TOWN, "2022-12-31"),
        (2, TOWN, "2023-01-01"),
        (3, "430681107000", "2023-01-01"),
        (4, TOWN, "2023-05-01"),
    ] {
        app.sql(&format!(
            "INSERT INTO bulletins VALUES ({no}, 'metric', 'trial.area', NULL, {area}, '2022-12-31', '老通报', \
             'metric trial.area', {}, 'admin', '{}', '2023-01-01 00:00:00', 1)",
            if no == 4 { "2" } else { "NULL" },
            content(day),
        ));
    }
    app.migrate("2026-11-26-110700_bulletin_numbers", "up");
    let again = app.again().await;
    let numbers: Vec<Value> = again
        .get(PATH)
        .await
        .items()
        .iter()
        .map(|item| json!([item["issuer"], item["issuer_area"], item["year"], item["issue"]]))
        .collect();
    assert_eq!(
        numbers,
        [
            json!(["老镇", TOWN, 2022, 1]),
            json!(["老镇", TOWN, 2023, 1]),
            json!(["老镇", "430681107000", 2023, 1]),
            json!(["老镇", TOWN, 2023, 2])
        ]
    );
    let [_, page, book] = printed(&again, &json!(4)).await;
    let page = page.text();
    for shown in [
        "老镇通报",
        "第 2 期",
        "已报的合计 90.0亩，较第 1 期（2022年1月1日） -5.0。",
        "＞90.0",
        "<p>老镇</p>",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert_eq!(sheets(&book.body)[0].1[1][2], "90");
}
