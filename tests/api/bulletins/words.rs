//! The words of figures on page and sheet, totals of others than before, and how a workbook is printed.

use serde_json::{Value, json};

use super::{issued, of_metric, part, printed, reported, sheets};
use crate::builders::areas::VILLAGES;
use crate::builders::observations::state;

/// The number formats of a workbook, as they stand in it.
fn number_formats(workbook: &[u8]) -> Vec<String> {
    let styles = part(workbook, "xl/styles.xml");
    let formats = styles.split("formatCode=\"").skip(1).filter_map(|rest| rest.split('"').next());
    formats.map(|format| format.replace("&quot;", "\"").replace("&lt;", "<")).collect()
}

#[actix_web::test]
async fn figures_stand_as_they_were_written_and_a_bounded_fall_has_its_sign_after_the_comparator() {
    let app = reported().await;
    let first = issued(&app, of_metric(json!({}))).await;
    let texts: Vec<&Value> =
        first["content"]["rows"].as_array().unwrap().iter().map(|row| &row["text"]).collect();
    assert_eq!(texts, [&json!("95亩"), &json!("90余亩"), &json!("近50亩")]);
    let [_, _, xlsx] = printed(&app, &first["no"]).await;
    let formats = number_formats(&xlsx.body);
    for format in ["0\"余\";-0;0", "\"近\"0;-0;0"] {
        assert!(formats.iter().any(|known| known == format), "{format} in {formats:?}");
    }
    // From 90余 to 66: a fall of more than 24. One village more reports, one no longer.
    state(&app, "trial.area", VILLAGES[0], "2023", json!(66)).await;
    state(&app, "trial.area", VILLAGES[1], "2023", json!("约100亩")).await;
    state(&app, "trial.area", VILLAGES[3], "2023", json!(1000)).await;
    let second = issued(&app, of_metric(json!({"date": "2023-02-02", "period": "2023"}))).await;
    let [_, html, xlsx] = printed(&app, &second["no"]).await;
    let page = html.text();
    for shown in [">＜-24.0<", ">约100<", ">1000.0<"] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    let formats = number_formats(&xlsx.body);
    assert!(formats.iter().any(|known| known == "0.0;\"＜-\"0.0;0.0"), "{formats:?}");
    let sheet = &sheets(&xlsx.body)[0].1;
    let fall: Vec<&str> = sheet.iter().filter(|row| row[2] == "66").map(|row| row[3].as_str()).collect();
    assert_eq!(fall, ["-24"], "the number itself is a number");

    // The total has changed over the two in both, and page and sheet say so.
    let total = &second["content"]["total"];
    assert_eq!((&total["reported"], &total["compared"]), (&json!(3), &json!(2)));
    assert_eq!(total["areas"], json!([VILLAGES[0], VILLAGES[1], VILLAGES[3]]));
    // 66 - 90 and 100 - 95.
    assert_eq!((&total["change"]["value"], &total["change"]["comparator"]), (&json!(-19), &json!("~")));
    let said =
        ["两期均报的 2 个村（社区）合计 约-19.0", "本期与上期报送的区划不同，合计只就两期均报的比较。"];
    let notes: String = sheets(&xlsx.body).last().unwrap().1.iter().map(|row| row[1].clone()).collect();
    for said in said {
        assert!(page.contains(said) && notes.contains(said), "{said} in {page}");
    }
    // The same ones again: the change of the whole, and nothing to say.
    state(&app, "trial.area", VILLAGES[3], "2024", json!(1001)).await;
    state(&app, "trial.area", VILLAGES[0], "2024", json!(66)).await;
    state(&app, "trial.area", VILLAGES[1], "2024", json!("约100亩")).await;
    let third = issued(&app, of_metric(json!({"date": "2024-02-03", "period": "2024"}))).await;
    let total = &third["content"]["total"];
    assert_eq!(
        (&total["change"]["value"], &total["compared"], &total["change_note"]),
        (&json!(1), &json!(3), &json!(null))
    );
    // Nobody in both.
    state(&app, "trial.area", VILLAGES[2], "2025", json!(5)).await;
    let fourth = issued(&app, of_metric(json!({"date": "2025-02-04", "period": "2025"}))).await;
    let total = &fourth["content"]["total"];
    assert_eq!((&total["change"], &total["compared"]), (&json!(null), &json!(null)));
    let [_, html, _] = printed(&app, &fourth["no"]).await;
    assert!(
        html.text()
            .contains("已报的合计 5.0亩。</p><p class=\"lead\">本期与上期报送的区划不同，合计不作比较。")
    );
}

#[actix_web::test]
async fn what_accumulates_since_january_is_not_compared_with_the_year_before() {
    let app = reported().await;
    let month =
        |period: &str, date: &str| of_metric(json!({"accumulation": "ytd", "period": period, "date": date}));
    for (period, value) in [("2022-12", 450), ("2023-01", 30)] {
        let figure = json!({"value": value, "accumulation": "ytd"});
        state(&app, "trial.area", VILLAGES[0], period, figure).await;
    }
    issued(&app, month("2022-12", "2022-12-31")).await;
    let january = issued(&app, month("2023-01", "2023-01-31")).await;
    let (content, row) = (&january["content"], &january["content"]["rows"][0]);
    assert_eq!((&january["previous"], &content["previous_date"]), (&json!(1), &json!("2022-12-31")));
    assert_eq!(
        (&row["previous"], &row["movement"], &row["change"], &content["total"]["change"]),
        (&json!(null), &json!(null), &json!(null), &json!(null))
    );
    let [_, html, _] = printed(&app, &january["no"]).await;
    assert!(html.text().contains("重新起算，不与上年的上期相比。"), "{}", html.text());
}

#[actix_web::test]
async fn every_sheet_is_printed_on_a4_one_page_wide_with_its_heading_and_page_number() {
    let app = reported().await;
    let bulletin = issued(&app, of_metric(json!({"title": "甲&乙通报"}))).await;
    let [_, _, xlsx] = printed(&app, &bulletin["no"]).await;
    let all = sheets(&xlsx.body);
    for ((name, rows), at) in all.iter().zip(1..) {
        assert!(rows.len() > 1, "{name} is empty");
        let sheet = part(&xlsx.body, &format!("xl/worksheets/sheet{at}.xml"));
        for said in ["paperSize=\"9\"", "fitToHeight=\"0\"", "第&amp;P页 共&amp;N页", "甲&amp;&amp;乙通报"]
        {
            assert!(sheet.contains(said), "{said} in {name}: {sheet}");
        }
    }
    let book = part(&xlsx.body, "xl/workbook.xml");
    assert_eq!(book.matches("_xlnm.Print_Titles").count(), all.len() - 1, "{book}");
}
