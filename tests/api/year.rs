//! A year of work on the plan of 弼时镇, entered month by month over HTTP: six items are followed day by day, with
//! reports that come late, twice and wrong, an item that is returned, one that rests and is carried over, one that
//! gets more time, one that is given up. What the lights are is worked out by hand, in the tables below.

use serde_json::{Value, json};

use crate::builders::merged;
use crate::harness::TestApp;
use crate::harness::lists::each;

const PLAN: &str = "bishi-2023";
const VILLAGE: &str = "430681107223";
const UNIT: &str = "项目专班";

/// The last days of the months.
const ENDS: [&str; 12] = [
    "2023-01-31",
    "2023-02-28",
    "2023-03-31",
    "2023-04-30",
    "2023-05-31",
    "2023-06-30",
    "2023-07-31",
    "2023-08-31",
    "2023-09-30",
    "2023-10-31",
    "2023-11-30",
    "2023-12-31",
];

/// An item that is followed: its dates and its cycle; for each month the color on its last day and the progress in
/// percent, as the board showed them then, and as they are told when all that came late is known. `g` is green, `y`
/// yellow, `r` red, `b` blue, `-` grey.
struct Followed {
    start_on: &'static str,
    due_on: &'static str,
    cycle: Option<&'static str>,
    then: &'static str,
    now: &'static str,
    done_then: [i64; 12],
    done_now: [i64; 12],
}

const FOLLOWED: [Followed; 6] = [
    // Reported each month, 8 points further: 31/365 = 8.5 of a hundred, and so on; closed on 12-20.
    Followed {
        start_on: "2023-01-01",
        due_on: "2023-12-31",
        cycle: Some("month"),
        then: "gggggggggggb",
        now: "gggggggggggb",
        done_then: [8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100],
        done_now: [8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100],
    },
    // 122 days. 03-31: 25.4 - 20; 04-30: 50.0 - 40 is ten points; 05-31: 75.4 - 40, until the report of that day
    // comes in July and says 75; 06-30: 100 - 40, then 100 - 75, and due that day; closed on 07-25.
    Followed {
        start_on: "2023-03-01",
        due_on: "2023-06-30",
        cycle: None,
        then: "--gyrrbbbbbb",
        now: "--gygybbbbbb",
        done_then: [0, 0, 20, 40, 40, 40, 100, 100, 100, 100, 100, 100],
        done_now: [0, 0, 20, 40, 75, 75, 100, 100, 100, 100, 100, 100],
    },
    // 273 days. 01-31: 11.4 - 10; 02-28: 21.6 - 20; then no report: 03-31 one month silent, 04-30 two; 05-31: 55.3 -
    // 20; 06-30: 66.3 - 20; 07-31: 77.7 - 40; rests from 08-10 to 10-15; overdue since 09-30; carried over on 12-28.
    Followed {
        start_on: "2023-01-01",
        due_on: "2023-09-30",
        cycle: Some("month"),
        then: "ggyrrrr--rr-",
        now: "ggyrrrr--rr-",
        done_then: [10, 20, 20, 20, 20, 20, 40, 40, 40, 40, 40, 40],
        done_now: [10, 20, 20, 20, 20, 20, 40, 40, 40, 40, 40, 40],
    },
    // 275 days. Nothing is begun: 04-30: 10.9; 05-31: 22.2; 06-30: 33.1; 07-31 four months after the start; 08-31:
    // 55.6 - 50; 09-30: 66.5 - 50; 10-31: 77.8 - 50; 11-30: 88.7 - 50, until the report of that day comes in
    // December, twice, and says 85; 12-31: 100 - 85, and due that day.
    Followed {
        start_on: "2023-04-01",
        due_on: "2023-12-31",
        cycle: None,
        then: "---yyrrgyyry",
        now: "---yyrrgyygy",
        done_then: [0, 0, 0, 0, 0, 0, 0, 50, 50, 50, 50, 85],
        done_now: [0, 0, 0, 0, 0, 0, 0, 50, 50, 50, 85, 85],
    },
    // 212 days. 02-28: 13.2 - 15; 03-31: 27.8 - 15; 04-30: 42.0 - 15; 05-31: 56.6 - 55; 06-30: 70.8 - 55; 07-31: 85.4 -
    // 55; 08-31: 100 - 80, and due that day. From 09-10 it has 303 days: 09-30: 79.9 - 80; 10-31: 90.1 - 80; 11-30: 100
    // - 100; closed on 12-05.
    Followed {
        start_on: "2023-02-01",
        due_on: "2023-08-31",
        cycle: None,
        then: "-gyygyrygygb",
        now: "-gyygyrygygb",
        done_then: [0, 15, 15, 15, 55, 55, 55, 80, 80, 80, 100, 100],
        done_now: [0, 15, 15, 15, 55, 55, 55, 80, 80, 80, 100, 100],
    },
    // 365 days. 01-31 and 02-28: begun, and no progress; 03-31: 24.7 - 25; 04-30: 32.9 - 25; 05-31: 41.4 - 25; 06-30: 49.6
    // - 90, which is corrected to 30 in September; 07-31: 58.1; 08-31: 66.6; 09-30: 74.8 - 30; given up on 12-15.
    Followed {
        start_on: "2023-01-01",
        due_on: "2023-12-31",
        cycle: None,
        then: "yyggygggrrr-",
        now: "yyggyyyrrrr-",
        done_then: [0, 0, 25, 25, 25, 90, 90, 90, 30, 30, 30, 30],
        done_now: [0, 0, 25, 25, 25, 30, 30, 30, 30, 30, 30, 30],
    },
];

/// One thing that somebody enters.
enum Step {
    /// A move of an item, to a state on a day, with more members.
    Move(usize, &'static str, &'static str, Value),
    /// A report of the village on an item, on a day, with a progress and the client's id.
    Report(usize, &'static str, i64, &'static str),
    /// The same again: it is there already.
    Again(usize, &'static str, i64, &'static str),
    /// A report that stands in the place of the item's last one.
    Correct(usize, &'static str, i64),
    /// More time is asked for, and granted, on two days.
    Extend(usize, &'static str, &'static str, &'static str),
}
use Step::{Again, Correct, Extend, Move, Report};

/// What is entered in a month, from 0.
fn script(month: usize) -> Vec<Step> {
    let on = |item, to, day| Move(item, to, day, json!({}));
    let why = |item, to, day| Move(item, to, day, json!({"comment": "见会议纪要"}));
    let shown = |item, to, day| Move(item, to, day, json!({"evidence": ["验收报告"]}));
    let mut steps = match month {
        0 => vec![
            on(0, "in_progress", "2023-01-04"),
            on(2, "in_progress", "2023-01-04"),
            on(5, "in_progress", "2023-01-04"),
            Report(2, "2023-01-31", 10, "c-1"),
        ],
        1 => vec![
            on(4, "in_progress", "2023-02-01"),
            Report(2, "2023-02-28", 20, "c-2"),
            Report(4, "2023-02-28", 15, "e-1"),
        ],
        2 => vec![
            on(1, "in_progress", "2023-03-01"),
            Report(5, "2023-03-31", 25, "f-1"),
            Report(1, "2023-03-31", 20, "b-1"),
        ],
        3 => vec![on(3, "in_progress", "2023-04-01"), Report(1, "2023-04-30", 40, "b-2")],
        4 => vec![Report(4, "2023-05-31", 55, "e-2")],
        5 => vec![Report(5, "2023-06-30", 90, "f-2"), shown(1, "close_requested", "2023-06-28")],
        6 => vec![
            why(1, "returned", "2023-07-05"),
            on(1, "in_progress", "2023-07-06"),
            Report(1, "2023-05-31", 75, "b-3"),
            shown(1, "close_requested", "2023-07-20"),
            on(1, "closed", "2023-07-25"),
            Report(2, "2023-07-31", 40, "c-3"),
        ],
        7 => vec![
            why(2, "suspended", "2023-08-10"),
            Report(3, "2023-08-31", 50, "d-1"),
            Report(4, "2023-08-31", 80, "e-3"),
        ],
        8 => vec![Extend(4, "2023-08-25", "2023-09-10", "2023-11-30"), Correct(5, "2023-06-30", 30)],
        9 => vec![on(2, "in_progress", "2023-10-15")],
        10 => vec![Report(4, "2023-11-28", 100, "e-4"), shown(4, "close_requested", "2023-11-29")],
        _ => vec![
            on(4, "closed", "2023-12-05"),
            Report(3, "2023-11-30", 85, "d-2"),
            Again(3, "2023-11-30", 85, "d-2"),
            why(5, "cancelled", "2023-12-15"),
            shown(0, "close_requested", "2023-12-18"),
            on(0, "closed", "2023-12-20"),
            Move(2, "carried_over", "2023-12-28", json!({"carried_to": "bishi-2024.1"})),
        ],
    };
    if month < 11 {
        let names = ["a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7", "a-8", "a-9", "a-10", "a-11"];
        steps.push(Report(0, ENDS[month], 8 * (month as i64 + 1), names[month]));
    }
    steps
}

/// The township, the keys of those who work there, and the codes of the items that are followed.
struct Township {
    app: TestApp,
    village: String,
    reporter: String,
    reviewer: String,
    editor: String,
    items: Vec<String>,
    /// How many items there are without any below them.
    leaves: i64,
}

impl Township {
    /// The plan of the seed, with all that is in it handed out at the beginning of the year.
    async fn assigned() -> Township {
        let app = TestApp::seeded().await;
        let town = Some("430681107");
        let (reporter, reviewer) = (app.key("reporter", town).await, app.key("reviewer", town).await);
        let (editor, village) = (app.key("editor", town).await, app.key("reporter", Some(VILLAGE)).await);
        let all = app.paged(&format!("/api/v1/plan-items?plan={PLAN}"), [1000]).await;
        let parents = each(&all, "parent");
        let leaves: Vec<String> =
            each(&all, "code").into_iter().filter(|code| !parents.contains(code)).collect();
        let (leaves, items) = (leaves.len() as i64, leaves.into_iter().take(FOLLOWED.len()).collect());
        let township = Township { app, village, reporter, reviewer, editor, items, leaves };
        for code in each(&all, "code") {
            let mut body = json!({"to": "assigned", "on": "2023-01-03"});
            if let Some(nth) = township.items.iter().position(|item| *item == code) {
                let Followed { start_on, due_on, cycle, .. } = FOLLOWED[nth];
                let dates = json!({
                    "start_on": start_on, "due_on": due_on, "reporting_cycle": cycle, "areas": [VILLAGE],
                });
                let path = format!("/api/v1/plan-items/{code}");
                let answer = township.app.patch(&path, dates).by(&township.editor).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
                body["lead_unit"] = UNIT.into();
            }
            township.done(&township.editor, &format!("plan-items/{code}/transitions"), body, 200).await;
        }
        let next = json!({"code": "bishi-2024", "title": "2024年计划", "area": "430681107", "year": 2024});
        township.done(&township.editor, "plans", next, 201).await;
        let next = json!({"code": "bishi-2024.1", "plan": "bishi-2024", "ordinal": 1, "title": "续建"});
        township.done(&township.editor, "plan-items", next, 201).await;
        township
    }

    async fn done(&self, key: &str, path: &str, body: Value, status: u16) -> Value {
        let answer = self.app.post(&format!("/api/v1/{path}"), body.clone()).by(key).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
        answer.json()
    }

    async fn enter(&self, step: Step) {
        let path = |item: usize, what: &str| format!("plan-items/{}/{what}", self.items[item]);
        let report = |as_of: &str, progress: i64, id: &str| json!({"as_of": as_of, "progress": progress, "text": "见附件", "client_id": id});
        match step {
            Move(item, to, on, more) => {
                let key = match to {
                    "in_progress" | "close_requested" => &self.reporter,
                    "cancelled" | "carried_over" => &self.editor,
                    _ => &self.reviewer,
                };
                // Only a reviewer takes up again what rests.
                let key = if to == "in_progress" && on == "2023-10-15" { &self.reviewer } else { key };
                self.done(key, &path(item, "transitions"), merged(json!({"to": to, "on": on}), more), 200)
                    .await;
            }
            Report(item, as_of, progress, id) => {
                self.done(&self.village, &path(item, "progress-reports"), report(as_of, progress, id), 201)
                    .await;
            }
            Again(item, as_of, progress, id) => {
                let head = self.app.db.head().await.unwrap();
                self.done(&self.village, &path(item, "progress-reports"), report(as_of, progress, id), 200)
                    .await;
                assert_eq!(self.app.db.head().await.unwrap(), head, "nothing was written");
            }
            Correct(item, as_of, progress) => {
                let reports =
                    self.app.get(&format!("/api/v1/{}", path(item, "progress-reports"))).await.items();
                let wrong = reports.iter().rfind(|report| report["as_of"] == as_of).unwrap();
                let mut right = report(as_of, progress, "corrected");
                right["corrects"] = wrong["id"].clone();
                self.done(&self.village, &path(item, "progress-reports"), right, 201).await;
            }
            Extend(item, asked, granted, due_on) => {
                let ask = json!({"due_on": due_on, "on": asked, "comment": "汛期"});
                self.done(&self.reporter, &path(item, "extensions"), ask, 201).await;
                let grant = json!({"to": "granted", "on": granted});
                self.done(&self.reviewer, &path(item, "extensions/1/transitions"), grant, 200).await;
            }
        }
    }

    /// Compares the lights of a month's end, of each item alone and on the board, with the tables.
    async fn check(
        &self,
        month: usize,
        colors: fn(&Followed) -> &'static str,
        done: fn(&Followed) -> [i64; 12],
    ) {
        let at = ENDS[month];
        let items = self.app.paged(&format!("/api/v1/plan-items?plan={PLAN}&at={at}"), [1000]).await;
        let mut lights = json!({"green": 0, "yellow": 0, "red": 0, "blue": 0, "grey": 0});
        // What has no dates but the year is of no color, until seven days before its end.
        let rest = self.leaves - FOLLOWED.len() as i64;
        lights[if month == 11 { "yellow" } else { "grey" }] = rest.into();
        let mut sum = 0;
        for (followed, code) in FOLLOWED.iter().zip(&self.items) {
            let color = match colors(followed).as_bytes()[month] {
                b'g' => "green",
                b'y' => "yellow",
                b'r' => "red",
                b'b' => "blue",
                _ => "grey",
            };
            let item = items.iter().find(|item| item["code"] == *code).unwrap();
            assert_eq!(item["light"]["color"], color, "{code} at {at}: {}", item["light"]);
            lights[color] = (lights[color].as_i64().unwrap() + 1).into();
            sum += done(followed)[month];
        }
        let board = self.app.get(&format!("/api/v1/plans/{PLAN}/scoreboard?at={at}")).await.json();
        assert_eq!(board["lights"], lights, "{at}");
        let unit =
            board["by_unit"].as_array().unwrap().iter().find(|unit| unit["lead_unit"] == UNIT).unwrap();
        let mean = (f64::from(i32::try_from(sum).unwrap()) / 6.0 * 100.0).round() / 100.0;
        assert_eq!((unit["items"].as_i64(), unit["completion"].as_f64()), (Some(6), Some(mean)), "{at}");
    }
}

#[actix_web::test]
async fn a_year_is_told_as_it_was_on_every_day_and_frozen_as_it_was_shown() {
    let township = Township::assigned().await;
    let mut bulletins = Vec::new();
    for (month, at) in ENDS.iter().enumerate() {
        for step in script(month) {
            township.enter(step).await;
        }
        township.check(month, |item| item.then, |item| item.done_then).await;
        let issued =
            township.done(&township.editor, "bulletins", json!({"plan": PLAN, "date": at}), 201).await;
        let path = format!("/api/v1/bulletins/{}", issued["no"]);
        let frozen = township.app.get(&path).await.text();
        bulletins.push((path, frozen));
    }
    for month in 0..12 {
        township.check(month, |item| item.now, |item| item.done_now).await;
    }
    for (path, frozen) in &bulletins {
        assert_eq!(&township.app.get(path).await.text(), frozen, "{path}");
    }
    // What became of the items is told in order, late news at its day.
    let late = format!("/api/v1/plan-items/{}/timeline", township.items[1]);
    let told = township.app.get(&late).await.items();
    let short: Vec<String> = told
        .iter()
        .map(|item| {
            let more = match item["event"].as_str().unwrap() {
                "moved" => item["data"]["to"].to_string(),
                "reported" => item["data"]["progress"].to_string(),
                _ => String::new(),
            };
            format!("{} {} {more}", item["on"].as_str().unwrap(), item["event"].as_str().unwrap())
        })
        .filter(|told| told.starts_with("2023"))
        .collect();
    assert_eq!(
        short,
        [
            "2023-01-03 moved \"assigned\"",
            "2023-03-01 moved \"in_progress\"",
            "2023-03-31 reported 20",
            "2023-04-30 reported 40",
            "2023-05-31 reported 75",
            "2023-06-28 moved \"close_requested\"",
            "2023-07-05 moved \"returned\"",
            "2023-07-06 moved \"in_progress\"",
            "2023-07-20 moved \"close_requested\"",
            "2023-07-25 moved \"closed\"",
        ]
    );
    let kept = township.app.get(&format!("/api/v1/plan-items/{}", township.items[2])).await.json();
    assert_eq!((&kept["state"], &kept["carried_to"]), (&json!("carried_over"), &json!("bishi-2024.1")));
}
