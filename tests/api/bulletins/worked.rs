//! The worked example: fees for homesteads, collected by 17 villages, reported, ranked and issued day by day;
//! compared with plain loops, and unmoved by whatever comes later.

use serde_json::{Value, json};

use super::{PATH, issued, printed, sheets};
use crate::builders::merged;
use crate::harness::TestApp;
use crate::harness::lists::each;

const FEES: &str = "homestead.fee.collected";
const TOWNSHIP: &str = "430681107000";
/// A community, and no village: it collects no such fees, so it never reports.
const COMMUNITY: &str = "430681107002";
const DAYS: usize = 10;

fn day(at: usize) -> String {
    format!("2023-03-{:02}", at + 1)
}

/// What a village collects on a day, in hundredths of 万元; nothing where it does not report. Every third
/// village or so is silent on a day, and equal figures occur.
fn collected(day: usize, village: usize) -> Option<i64> {
    let mixed = (day * 31 + village * 17 + day * village * 7) % 23;
    (mixed % 5 != 3).then(|| (mixed as i64 % 9 + 1) * 125)
}

fn number(hundredths: i64) -> Value {
    let sign = if hundredths < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100);
    // As it is told: without zeros at the end.
    serde_json::from_str(text.trim_end_matches('0').trim_end_matches('.')).unwrap()
}

async fn report(app: &TestApp, figures: Vec<(String, String, i64)>, more: Value) {
    let items: Vec<Value> = figures
        .into_iter()
        .map(|(area, period, value)| json!({"metric": FEES, "area": area, "period": period, "value": number(value)}))
        .collect();
    let body = merged(json!({"items": items}), more);
    let path = "/api/v1/observations?on_conflict=revise";
    let answer = app.post(path, body).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// What a plain loop makes of a day: rank, area and hundredths, in order.
fn ranked(villages: &[String], figures: &[Option<i64>]) -> Vec<(i64, String, i64)> {
    let known: Vec<(String, i64)> = villages
        .iter()
        .zip(figures)
        .filter_map(|(village, value)| Some((village.clone(), (*value)?)))
        .collect();
    let mut rows = Vec::new();
    for (village, value) in &known {
        let mut rank = 1;
        for (_, other) in &known {
            if other > value {
                rank += 1;
            }
        }
        rows.push((rank, village.clone(), *value));
    }
    rows.sort();
    rows
}

#[actix_web::test]
async fn fees_for_homesteads_are_ranked_day_by_day_and_stay_as_they_were_issued() {
    let app = TestApp::seeded().await.signed_in().await;
    let changes = json!({"frequencies": ["year", "half_year", "quarter", "month", "day"]});
    let path = format!("/api/v1/metrics/{FEES}");
    assert_eq!(app.patch(&path, changes).await.status, 200);
    let villages = app.listed("/api/v1/villages?within=430681107&kind=village", "code").await;
    assert_eq!(villages.len(), 17);

    let mut kept = Vec::new();
    let mut before: Vec<(i64, String, i64)> = Vec::new();
    for at in 0..DAYS {
        let figures: Vec<Option<i64>> = (0..villages.len()).map(|village| collected(at, village)).collect();
        let stated = villages.iter().zip(&figures);
        let stated = stated.filter_map(|(village, value)| Some((village.clone(), day(at), (*value)?)));
        report(&app, stated.collect(), json!({})).await;
        let bulletin = issued(&app, json!({"metric": FEES, "within": "430681107", "date": day(at)})).await;
        check(&bulletin, at, &villages, &figures, &before);
        before = ranked(&villages, &figures);
        kept.push(
            printed(&app, &bulletin["no"])
                .await
                .map(|answer| (answer.header("etag").to_owned(), answer.body)),
        );
    }
    assert_eq!(
        kept.iter().map(|formats| &formats[0].1).collect::<std::collections::HashSet<_>>().len(),
        DAYS
    );

    // Who was late reports after all, and what was wrong is corrected, the name of a village too.
    let late = villages.iter().enumerate().filter(|(village, _)| collected(3, *village).is_none());
    report(&app, late.map(|(_, code)| (code.clone(), day(3), 9900)).collect(), json!({})).await;
    report(&app, vec![(villages[0].clone(), day(4), 8800)], json!({"reason": "entry_error"})).await;
    let renamed = app.patch(&format!("/api/v1/areas/{}", villages[0]), json!({"name": "新名村"}));
    assert_eq!(renamed.await.status, 200);
    let renamed =
        app.patch(&path, json!({"name": "收费", "definition": "另一口径。", "reason": "definition"}));
    assert_eq!(renamed.await.status, 200);
    let live = app.get(&format!("{path}/ranking?within=430681107&period={}", day(3))).await.json();
    assert_eq!(live["meta"]["not_reported"], json!([COMMUNITY]));

    // The service that has just been started prints the same bytes as the one that issued it.
    let again = app.again().await;
    for (no, formats) in (1..).zip(&kept) {
        for app in [&app, &again] {
            let now =
                printed(app, &json!(no)).await.map(|answer| (answer.header("etag").to_owned(), answer.body));
            assert!(now == *formats, "bulletin {no} has changed");
        }
    }

    // Another one for that day shows what is known now, since the day before; the next day is not touched.
    let anew = issued(&app, json!({"metric": FEES, "within": "430681107", "date": day(3)})).await;
    assert_eq!((&anew["no"], &anew["previous"]), (&json!(DAYS + 1), &json!(3)));
    assert_eq!(each(anew["content"]["not_reported"].as_array().unwrap(), "area"), [COMMUNITY]);
    assert_eq!(anew["content"]["rows"].as_array().unwrap().len(), 17);
    assert_eq!(anew["content"]["metric_name"], "收费");
    let next = issued(&app, json!({"metric": FEES, "within": "430681107", "date": day(4)})).await;
    assert_eq!(next["previous"], DAYS + 1);
}

fn check(
    bulletin: &Value,
    at: usize,
    villages: &[String],
    figures: &[Option<i64>],
    before: &[(i64, String, i64)],
) {
    let content = &bulletin["content"];
    assert_eq!((&bulletin["no"], &bulletin["date"]), (&json!(at + 1), &json!(day(at))));
    assert_eq!(bulletin["previous"], if at == 0 { Value::Null } else { json!(at) });
    assert_eq!(
        (&content["period"], &content["accumulation"], &content["level"]),
        (&json!(day(at)), &json!("period"), &json!("village"))
    );
    assert_eq!(bulletin["area"], TOWNSHIP);
    let wanted = ranked(villages, figures);
    let rows = content["rows"].as_array().unwrap();
    assert_eq!(rows.len(), wanted.len());
    for (row, (rank, area, value)) in rows.iter().zip(&wanted) {
        assert_eq!(
            (&row["rank"], &row["area"], &row["number"]["value"]),
            (&json!(rank), &json!(area), &number(*value))
        );
        let known = before.iter().find(|(_, other, _)| other == area);
        let (movement, change) = match known {
            Some((rank_before, _, value_before)) => (json!(rank_before - rank), number(value - value_before)),
            None => (Value::Null, Value::Null),
        };
        assert_eq!((&row["movement"], &row["change"]["value"]), (&movement, &change), "{area} on day {at}");
        assert_eq!((&row["best_rank"], &row["worst_rank"]), (&row["rank"], &row["rank"]));
    }
    // Rank by level counts the community too: it is the one that never reports.
    let mut silent = vec![COMMUNITY.to_owned()];
    silent.extend(
        villages.iter().zip(figures).filter(|(_, value)| value.is_none()).map(|(code, _)| code.clone()),
    );
    silent.sort();
    assert_eq!(each(content["not_reported"].as_array().unwrap(), "area"), silent);
    assert_eq!((&content["reported"], &content["expected"]), (&json!(wanted.len()), &json!(18)));
    let sum: i64 = figures.iter().flatten().sum();
    assert_eq!(
        (&content["total"]["number"]["value"], &content["total"]["reported"]),
        (&number(sum), &json!(wanted.len()))
    );
    // The total has changed by what those have changed that have reported on both days.
    let of = |area: &str| before.iter().find(|(_, other, _)| other == area).map(|(_, _, then)| then);
    let changes: Vec<i64> = wanted.iter().filter_map(|(_, area, now)| Some(now - of(area)?)).collect();
    let change = if at == 0 { Value::Null } else { number(changes.iter().sum()) };
    let compared = if at == 0 { Value::Null } else { json!(changes.len()) };
    assert_eq!(content["total"]["compared"], compared, "day {at}");
    let same = changes.len() == wanted.len() && changes.len() == before.len();
    assert_eq!(content["total"]["change_note"].is_null(), at == 0 || same, "day {at}");
    assert_eq!(content["total"]["change"]["value"], change, "day {at}");
}

#[actix_web::test]
async fn the_page_and_the_workbook_show_the_ranking_of_the_json() {
    let app = TestApp::seeded().await.signed_in().await;
    let villages = app.listed("/api/v1/villages?within=430681107&kind=village", "code").await;
    for at in 0..2 {
        let stated = villages.iter().enumerate().filter_map(|(village, code)| {
            Some((code.clone(), format!("2023-0{}", at + 1), collected(at, village)?))
        });
        report(&app, stated.collect(), json!({})).await;
        // The shortest frequency of the seed's metric is the month.
        issued(&app, json!({"metric": FEES, "within": "430681107", "date": format!("2023-0{}-28", at + 1)}))
            .await;
    }
    let [json, html, xlsx] = printed(&app, &json!(2)).await;
    let (content, page) = (json.json()["content"].clone(), html.text());
    assert_eq!((&content["period"], &content["previous_date"]), (&json!("2023-02"), &json!("2023-01-28")));
    let ranking = sheets(&xlsx.body)[0].1.clone();
    let mut at = 0;
    for (row, cells) in content["rows"].as_array().unwrap().iter().zip(&ranking[1..]) {
        let word = |value: &Value| {
            value.as_str().map_or_else(|| value.to_string().replace("null", ""), str::to_owned)
        };
        let told = [
            &row["rank"],
            &row["area_name"],
            &row["number"]["value"],
            &row["change"]["value"],
            &row["movement"],
            &row["previous_rank"],
        ];
        assert_eq!(cells[..6], told.map(word), "{row}");
        // In the same order on the page.
        let name = format!("<th class=\"name\" scope=\"row\">{}</th>", row["area_name"].as_str().unwrap());
        at += page[at..].find(&name).unwrap_or_else(|| panic!("{name} after {at}"));
        let line = &page[at..][..page[at..].find("</tr>").unwrap()];
        let moved = row["movement"].as_i64();
        let arrow = moved.map_or("<td></td>".to_owned(), |ranks| match ranks {
            0 => "持平".to_owned(),
            1.. => format!("上升{ranks}位"),
            _ => format!("下降{}位", -ranks),
        });
        assert!(line.contains(&arrow), "{arrow} in {line}");
    }
    assert!(page.contains("较第 1 期（2023年1月28日）"), "{page}");
    assert_eq!(app.get(&format!("{PATH}?metric={FEES}")).await.items().len(), 2);
}
