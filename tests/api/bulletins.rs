//! Bulletins: what is issued, refused, listed and printed. The worked example, fees for homesteads day by
//! day, is in `bulletins/worked.rs`, that of a plan in `bulletins/board.rs`, organs and their numbers in
//! `bulletins/imprint.rs`, words and totals in `bulletins/words.rs`.

mod board;
mod imprint;
mod words;
mod worked;

use std::io::{Cursor, Read};

use actix_web::http::Method;
use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};

use crate::builders::areas::{TOWN, VILLAGES, town};
use crate::builders::merged;
use crate::builders::observations::state;
use crate::harness::lists::each;
use crate::harness::{Answer, TestApp};

const PATH: &str = "/api/v1/bulletins";
const FORMATS: [&str; 3] = ["json", "html", "xlsx"];

/// Issues a bulletin.
async fn issued(app: &TestApp, body: Value) -> Value {
    let answer = app.post(PATH, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// A bulletin in each of its formats.
async fn printed(app: &TestApp, no: &Value) -> [Answer; 3] {
    let mut all = Vec::new();
    for format in FORMATS {
        let answer = app.get(&format!("{PATH}/{no}?format={format}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        all.push(answer);
    }
    all.try_into().unwrap_or_else(|_| unreachable!())
}

/// The sheets of a workbook by name, row by row, as words.
fn sheets(workbook: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook.to_vec())).unwrap();
    let word = |cell: &Data| cell.to_string();
    let names = book.sheet_names();
    names
        .into_iter()
        .map(|name| {
            assert!(book.worksheet_formula(&name).unwrap().is_empty(), "a formula in {name}");
            let range = book.worksheet_range(&name).unwrap();
            (name, range.rows().map(|row| row.iter().map(word).collect()).collect())
        })
        .collect()
}

/// A part of a workbook, as it stands in the file.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook.to_vec())).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A township with the metric `trial.area`, three of whose villages have reported for 2022.
async fn reported() -> TestApp {
    let app = town().await.signed_in().await;
    for (village, words) in VILLAGES.into_iter().zip(["90余亩", "95亩", "近50亩"]) {
        state(&app, "trial.area", village, "2022", json!(words)).await;
    }
    app
}

fn of_metric(more: Value) -> Value {
    let body = json!({"metric": "trial.area", "within": TOWN, "period": "2022", "date": "2023-02-01"});
    merged(body, more)
}

#[actix_web::test]
async fn a_bulletin_has_its_number_its_address_and_the_tag_of_its_reading() {
    let app = reported().await;
    let answer = app.post(PATH, of_metric(json!({"comment": "每年一期"}))).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (201, "/api/v1/bulletins/1"));
    let read = app.get(&format!("{PATH}/1")).await;
    assert_eq!((read.header("etag"), &read.body), (answer.header("etag"), &answer.body));
    assert_eq!(read.header("cache-control"), "no-cache");
    let unchanged = app.get(&format!("{PATH}/1")).header("if-none-match", read.header("etag")).await;
    assert_eq!(unchanged.status, 304);
    let bulletin = read.json();
    let head = ["no", "kind", "metric", "plan", "area", "date", "previous", "issuer"];
    assert_eq!(
        head.map(|member| bulletin[member].clone()),
        [
            json!(1),
            json!("metric"),
            json!("trial.area"),
            json!(null),
            json!(TOWN),
            json!("2023-02-01"),
            json!(null),
            json!("试验区划")
        ]
    );
    assert_eq!(bulletin["title"], "试验区划试验指标排名通报（2023年2月1日）");
    assert_eq!(issued(&app, of_metric(json!({"title": "另一期"}))).await["no"], 2);
    // The ledger knows who did it; the content is kept once.
    let entry = app.get(&format!("/api/v1/entries/{}", bulletin["seq"])).await.json();
    assert_eq!((&entry["by"], &entry["comment"]), (&json!("admin"), &json!("每年一期")));
    let edit = &entry["edits"][0];
    assert_eq!(
        (&edit["kind"], &edit["key"], &edit["op"]),
        (&json!("bulletin"), &json!({"no": 1}), &json!("put"))
    );
    assert_eq!((&edit["after"]["title"], &edit["after"]["content"]), (&bulletin["title"], &Value::Null));
}

#[actix_web::test]
async fn a_ranking_is_frozen_with_its_bounds_and_who_is_missing() {
    let app = reported().await;
    let content = issued(&app, of_metric(json!({}))).await["content"].clone();
    let live = app.get(&format!("/api/v1/metrics/trial.area/ranking?within={TOWN}&period=2022")).await.json();
    let rows = content["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for (row, live) in rows.iter().zip(live["items"].as_array().unwrap()) {
        for member in ["rank", "best_rank", "worst_rank", "area"] {
            assert_eq!(row[member], live[member], "{member}");
        }
        for (member, value) in row["number"].as_object().unwrap() {
            assert_eq!(value, &live[member], "{member}");
        }
        assert_eq!(
            (&row["previous"], &row["movement"], &row["change"]),
            (&json!(null), &json!(null), &json!(null))
        );
    }
    assert_eq!((&content["reported"], &content["expected"]), (&json!(3), &json!(5)));
    assert_eq!(each(content["not_reported"].as_array().unwrap(), "area"), ["430681108001", VILLAGES[3]]);
    // 90余 and 95 and 近50: no lower bound, less than 100 + 95 + 50.
    let total = &content["total"];
    assert_eq!((&total["number"]["value"], &total["number"]["upper"]), (&json!(235), &json!(245)));
    assert_eq!(
        (&total["number"]["lower"], &total["method"], &total["reported"]),
        (&json!(null), &json!("sum"), &json!(3))
    );
    // By change nobody can be ranked, and what does not add up has no total, with the reason.
    let by_change = issued(&app, of_metric(json!({"by": "change"}))).await;
    assert_eq!((by_change["content"]["rows"].clone(), &by_change["previous"]), (json!([]), &json!(null)));
    assert_eq!(by_change["content"]["unranked"].as_array().unwrap().len(), 3);
    app.metric("trial.rate", json!({"kind": "ratio", "area_rule": "none", "time_rule": "none"})).await;
    let rate = issued(&app, of_metric(json!({"metric": "trial.rate"}))).await["content"].clone();
    assert_eq!(rate["total"], Value::Null);
    assert!(rate["no_total"]["text"].as_str().unwrap().contains("none"), "{rate}");
}

#[actix_web::test]
async fn changes_are_told_since_the_last_bulletin_of_an_earlier_day_on_the_same_thing() {
    let app = reported().await;
    let first = issued(&app, of_metric(json!({}))).await;
    // Of the same day, of another level, by another measure, of another kind of period: not comparable.
    for other in [
        json!({}),
        json!({"date": "2023-02-02", "by": "completion"}),
        json!({"date": "2023-02-02", "period": "2022-12"}),
        json!({"date": "2023-02-02", "accumulation": "ytd"}),
        json!({"date": "2023-02-02", "within": "430681", "level": "village"}),
    ] {
        assert_eq!(issued(&app, of_metric(other)).await["previous"], Value::Null);
    }
    state(&app, "trial.area", VILLAGES[2], "2023", json!(120)).await;
    state(&app, "trial.area", VILLAGES[1], "2023", json!(95.5)).await;
    let later = issued(&app, of_metric(json!({"date": "2023-02-03", "period": "2023"}))).await;
    // Of the two of that day the newer.
    assert_eq!((&later["previous"], &later["content"]["previous_date"]), (&json!(2), &first["date"]));
    let told = ["area", "rank", "previous_rank", "movement"];
    let rows = later["content"]["rows"].as_array().unwrap();
    let rows: Vec<Value> =
        rows.iter().map(|row| told.iter().map(|name| row[*name].clone()).collect()).collect();
    assert_eq!(rows, [json!([VILLAGES[2], 1, 3, 2]), json!([VILLAGES[1], 2, 1, -1])]);
    let change = &later["content"]["rows"][0]["change"];
    assert_eq!(
        (&change["value"], &change["comparator"], &change["lower"]),
        (&json!(70), &json!(">"), &json!(70))
    );
    assert_eq!(later["content"]["rows"][1]["change"]["value"], 0.5);
    // One for a day before looks back as well.
    let before = issued(&app, of_metric(json!({"date": "2023-01-31"}))).await;
    assert_eq!(before["previous"], Value::Null);
}

#[actix_web::test]
async fn what_cannot_be_issued_is_refused_by_the_member() {
    let app = reported().await;
    app.metric("trial.hidden", json!({"visibility": "internal"})).await;
    app.metric("trial.whenever", json!({"frequencies": ["interval"]})).await;
    for (more, status, slug, pointer, code) in [
        (json!({"plan": "bishi-2023"}), 422, "invalid_value", "", "one_subject"),
        (json!({"metric": null}), 422, "invalid_value", "", "one_subject"),
        (json!({"within": null}), 422, "invalid_value", "/within", "missing"),
        (json!({"within": "44"}), 422, "invalid_value", "/within", "unknown_reference"),
        (json!({"within": "4306811"}), 400, "malformed_request", "/within", "malformed_value"),
        (json!({"metric": "no.such"}), 422, "invalid_value", "/metric", "unknown_reference"),
        (json!({"metric": "trial.hidden"}), 422, "invalid_value", "/metric", "unknown_reference"),
        (json!({"metric": "trial.whenever", "period": null}), 422, "invalid_value", "/period", "missing"),
        (json!({"level": "county"}), 422, "invalid_value", "/level", "level_not_below"),
        (json!({"within": VILLAGES[0]}), 422, "invalid_value", "/level", "level_not_below"),
        (json!({"date": "2999-01-01"}), 422, "invalid_value", "/date", "in_the_future"),
        (json!({"date": "1899-12-31"}), 422, "invalid_value", "/date", "period_out_of_range"),
        (json!({"date": "2023-2-1"}), 400, "malformed_request", "/date", "malformed_value"),
        (json!({"period": "2024"}), 422, "invalid_value", "/period", "not_begun"),
        (json!({"period": "2022-13"}), 400, "malformed_request", "/period", "malformed_value"),
        (json!({"by": "name"}), 400, "malformed_request", "/by", "malformed_value"),
        (json!({"title": " "}), 422, "invalid_value", "/title", "empty"),
        (json!({"title": "长".repeat(201)}), 422, "invalid_value", "/title", "too_long"),
        (json!({"colour": "red"}), 400, "unknown_parameter", "/colour", "unknown_member"),
        (
            json!({"metric": null, "plan": "bishi-2023", "period": null, "by": "value"}),
            422,
            "invalid_value",
            "/by",
            "not_of_a_plan",
        ),
        (
            json!({"metric": null, "plan": "no-such", "period": null}),
            422,
            "invalid_value",
            "/plan",
            "unknown_reference",
        ),
        // The area of the request is not one of the plan's.
        (
            json!({"metric": null, "plan": "bishi-2023", "period": null}),
            422,
            "invalid_value",
            "/within",
            "outside_of_plan",
        ),
    ] {
        let answer = app.post(PATH, of_metric(more.clone())).await;
        let problem = answer.problem(status, slug);
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{more}: {problem}");
    }
    app.request(Method::POST, PATH).body("text/plain", "{}").await.problem(415, "unsupported_media_type");
    let missing = app.get(&format!("{PATH}/1")).await.problem(404, "not_found");
    assert_eq!(missing["detail"], "没有通报 1");
    app.get(&format!("{PATH}/x")).await.problem(400, "invalid_parameter");
    app.get(&format!("{PATH}/1?format=csv")).await.problem(400, "invalid_parameter");
    assert_eq!(app.counted(PATH).await, 0, "nothing was issued");
}

#[actix_web::test]
async fn a_bulletin_of_too_many_areas_is_refused() {
    let app = reported().await;
    let rows: Vec<String> = (0..300)
        .map(|number| {
            format!("(430681108{}, '试验村', '[]', 'village', 'village', 430681108000, 'NBS-2023', '', 1, '2023-01-01 00:00:00')", 500 + number)
        })
        .collect();
    app.sql(&format!(
        "INSERT INTO areas (code, name, aliases, level, kind, parent, code_system, folded, seq, updated_at) VALUES {}",
        rows.join(", ")
    ));
    let problem = app.post(PATH, of_metric(json!({}))).await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["code"], "too_many_areas");
    app.sql("DELETE FROM areas WHERE code >= 430681108505 AND code < 430681109000");
    let content = issued(&app, of_metric(json!({}))).await["content"].clone();
    assert_eq!(content["expected"], 10);
}

#[actix_web::test]
async fn an_editor_issues_for_its_area_and_nobody_less() {
    let app = reported().await;
    for (role, area, status) in [
        ("reviewer", None, 403),
        ("editor", Some("430681107"), 403),
        ("editor", Some(VILLAGES[0]), 403),
        ("editor", Some(TOWN), 201),
        ("editor", None, 201),
    ] {
        let key = app.key(role, area).await;
        let answer = app.post(PATH, of_metric(json!({}))).by(&key).await;
        assert_eq!(answer.status.as_u16(), status, "{role} of {area:?}: {}", answer.text());
    }
    // The area of the plan is what counts where none is named.
    let key = app.key("editor", Some(TOWN)).await;
    let plan = json!({"plan": "bishi-2023", "date": "2023-02-01"});
    app.post(PATH, plan).by(&key).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn a_trial_and_a_repetition_take_no_number() {
    let app = reported().await;
    let tried = app.post(&format!("{PATH}?dry_run=true"), of_metric(json!({}))).await;
    assert_eq!((tried.status.as_u16(), &tried.json()["no"]), (200, &json!(1)));
    app.get(&format!("{PATH}/1")).await.problem(404, "not_found");
    let twice = async || app.post(PATH, of_metric(json!({}))).header("idempotency-key", "once").await;
    let (first, second) = (twice().await, twice().await);
    assert_eq!((first.status.as_u16(), &first.body), (201, &second.body));
    assert_eq!(issued(&app, of_metric(json!({}))).await["no"], 2);
}

#[actix_web::test]
async fn bulletins_issued_at_once_have_numbers_of_their_own() {
    let app = reported().await;
    let again = app.again().await.signed_in().await;
    let one = async |app: &TestApp| issued(app, of_metric(json!({}))).await["no"].as_i64().unwrap();
    let mut numbers = Vec::new();
    for _ in 0..5 {
        let (a, b, c, d) = tokio::join!(one(&app), one(&again), one(&app), one(&again));
        numbers.extend([a, b, c, d]);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<i64>>());
}

#[actix_web::test]
async fn a_bulletin_is_read_as_it_was_printed_when_it_was_issued() {
    let app = reported().await;
    issued(&app, of_metric(json!({}))).await;
    let [_, page, _] = printed(&app, &json!(1)).await;
    // Another one, of which a program that prints otherwise has kept something else, and one of before.
    for no in [2, 3] {
        app.sql(&format!(
            "INSERT INTO bulletins SELECT {no}, kind, metric, plan, area, date, title, series, previous, author, \
             content, recorded_at, seq FROM bulletins WHERE no = 1"
        ));
        app.sql(&format!(
            "INSERT INTO bulletin_imprints SELECT {no}, issuer, issuer_area, signatory, year, {no}, document_code, \
             document_no FROM bulletin_imprints WHERE bulletin = 1"
        ));
    }
    app.sql("INSERT INTO bulletin_prints SELECT 2, 'xlsx', body FROM bulletin_prints WHERE bulletin = 1 AND format = 'html'");
    let kept = app.get(&format!("{PATH}/2?format=xlsx")).await;
    assert_eq!((kept.status.as_u16(), kept.body == page.body), (200, true));
    let [_, page, book] = printed(&app, &json!(3)).await;
    assert!(page.text().contains("第 3 期"));
    assert_eq!(sheets(&book.body)[0].0, "排名");
    // A trial keeps nothing.
    assert_eq!(app.post(&format!("{PATH}?dry_run=true"), of_metric(json!({}))).await.status, 200);
    app.get(&format!("{PATH}/4?format=html")).await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_database_refuses_to_change_what_was_issued() {
    let app = reported().await;
    issued(&app, of_metric(json!({}))).await;
    for statement in [
        "UPDATE bulletins SET title = '改'",
        "DELETE FROM bulletins",
        "UPDATE bulletin_prints SET format = 'html'",
        "DELETE FROM bulletin_prints",
        "UPDATE bulletin_imprints SET issuer = '改'",
        "DELETE FROM bulletin_imprints",
    ] {
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| app.sql(statement)));
        assert!(refused.is_err(), "{statement}");
    }
    assert_eq!(app.counted(PATH).await, 1);
    // Nor can what it is about go away.
    let deleted = app.delete("/api/v1/metrics/trial.area").await;
    deleted.problem(409, "in_use");
    app.metric("trial.unused", json!({})).await;
    app.plan(json!({"code": "trial-plan", "title": "试验计划", "area": TOWN, "year": 2023})).await;
    issued(&app, of_metric(json!({"metric": "trial.unused"}))).await;
    issued(&app, json!({"plan": "trial-plan", "date": "2023-02-01"})).await;
    for path in ["metrics/trial.unused", "plans/trial-plan"] {
        let refused = app.delete(&format!("/api/v1/{path}")).await;
        let problem = refused.problem(409, "in_use");
        assert_eq!(problem["errors"][0]["message"], "1 期通报");
    }
}

#[actix_web::test]
async fn bulletins_are_listed_by_number_and_chosen_by_subject_area_and_day() {
    let app = reported().await;
    app.metric("trial.hidden", json!({"visibility": "internal"})).await;
    for (body, day) in [
        (of_metric(json!({})), "2023-02-03"),
        (of_metric(json!({"within": "430681"})), "2023-02-01"),
        (json!({"plan": "bishi-2023"}), "2023-02-02"),
        (json!({"plan": "bishi-2023", "within": "430681107223"}), "2023-02-05"),
    ] {
        issued(&app, merged(body, json!({"date": day}))).await;
    }
    let all = app.paged(PATH, 1..=5).await;
    for (item, no) in all.iter().zip(1..) {
        assert_eq!(item, &app.get(&format!("{PATH}/{no}")).await.json());
    }
    for (query, wanted) in [
        ("metric=trial.area", "1 2"),
        ("metric=trial.area,land.cultivated.area", "1 2"),
        ("plan=bishi-2023", "3 4"),
        ("metric=trial.area&plan=bishi-2023", ""),
        ("within=430681108", "1"),
        ("within=430681107", "3 4"),
        ("within=430681107223", "4"),
        ("within=43", "1 2 3 4"),
        ("from=2023-02-02", "1 3 4"),
        ("to=2023-02-02", "2 3"),
        ("from=2023-02-02&to=2023-02-03", "1 3"),
    ] {
        assert_eq!(app.listed(&format!("{PATH}?{query}"), "no").await.join(" "), wanted, "{query}");
    }
    let reader = app.again().await;
    for (query, status, slug) in [
        ("metric=no.such", 422, "invalid_value"),
        ("metric=trial.hidden", 422, "invalid_value"),
        ("plan=no-such", 422, "invalid_value"),
        ("within=44", 422, "invalid_value"),
        ("from=2023-13-01", 400, "invalid_parameter"),
        ("kind=plan", 400, "unknown_parameter"),
    ] {
        reader.get(&format!("{PATH}?{query}")).await.problem(status, slug);
    }
}

#[actix_web::test]
async fn a_page_is_whole_escaped_and_runs_nothing() {
    let app = reported().await;
    let title = "<script>alert(1)</script>\"'&通报";
    let bulletin = issued(&app, of_metric(json!({"title": title}))).await;
    let [json, html, xlsx] = printed(&app, &bulletin["no"]).await;
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(html.header("content-type"), "text/html; charset=utf-8");
    let policy = html.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'"), "{policy}");
    let page = html.text();
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">") && page.contains("size: A4"));
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
    for loaded in ["src=", "href=", "url(", "@import", "http"] {
        assert!(!page.contains(loaded), "{loaded} in {page}");
    }
    for shown in [
        "第 1 期",
        "2023年2月1日",
        ">90余<",
        ">95.0<",
        ">近50<",
        "<th class=\"name\" scope=\"row\">",
        "未报送",
        "可能名次",
        "<footer><p>试验区划</p><p><time",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert_eq!(xlsx.header("content-disposition"), "attachment; filename=\"bulletin-1.xlsx\"");
    let sheets = sheets(&xlsx.body);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["排名", "未报送", "说明"]);
    let figures: Vec<&str> = sheets[0].1.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(figures, ["数值（亩）", "95", "90", "50"]);
    assert!(sheets[2].1.contains(&vec!["标题".to_owned(), title.to_owned()]));
}

#[actix_web::test]
async fn the_format_is_named_or_negotiated() {
    let app = reported().await;
    issued(&app, of_metric(json!({}))).await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    for (query, accept, media_type) in [
        ("", "*/*", "application/json"),
        ("", "application/json", "application/json"),
        ("", browser, "text/html; charset=utf-8"),
        ("", workbook, workbook),
        ("?format=json", browser, "application/json"),
        ("?format=html", "application/json", "text/html; charset=utf-8"),
        ("?format=xlsx", "text/html", workbook),
    ] {
        let path = format!("{PATH}/1{query}");
        let answer = app.get(&path).header("accept", accept).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, media_type),
            "{query} {accept}"
        );
        let tag = answer.header("etag");
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        let again = app.get(&path).header("accept", accept).header("if-none-match", tag).await;
        assert_eq!(again.status, 304);
        let head = app.request(Method::HEAD, &path).headers(&[("accept", accept)]).await;
        assert_eq!((head.status.as_u16(), head.header("etag")), (200, tag));
    }
    app.get(&format!("{PATH}/1")).header("accept", "image/png").await.problem(406, "not_acceptable");
}
