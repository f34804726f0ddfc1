//! Progress reports as they are written: late, twice, out of order and corrected; who may report what; and
//! what they leave of the progress that is set by hand.

use chrono::Days;
use futures_util::future::join_all;
use serde_json::{Value, json};
use taizhang::db::ledger::now;
use taizhang::domain::at::At;

use crate::builders::merged;
use crate::builders::plans::trial;
use crate::harness::edits::{last_done, last_edits};
use crate::harness::lists::each;
use crate::harness::{Answer, TestApp};

const TOWN: &str = "430681107";
const VILLAGE: &str = "430681107223";
const SIBLING: &str = "430681107224";
const PROJECT: &str = "/api/v1/projects/trial-road";
const ITEM: &str = "/api/v1/plan-items/trial.a";

/// A road through two villages, an item of a plan of the township without an area of its own, and the key of
/// a reporter of one of the villages.
struct Desk {
    app: TestApp,
    reporter: String,
}

impl Desk {
    async fn new() -> Desk {
        let app = trial(&[
            (
                "a",
                json!({"start_on": "2023-01-01", "due_on": "2023-04-10", "progress": 5, "state": "in_progress"}),
            ),
            ("b", json!({"state": "closed"})),
        ])
        .await;
        app.project(json!({
            "code": "trial-road", "name": "试验路", "kind": "construction", "areas": [VILLAGE, SIBLING],
            "stage": "under_construction", "progress": 5,
        }))
        .await;
        let reporter = app.key("reporter", Some(VILLAGE)).await;
        Desk { app, reporter }
    }

    async fn send(&self, key: &str, subject: &str, body: Value) -> Answer {
        let path = format!("{subject}/progress-reports");
        self.app.post(&path, body).by(key).await
    }

    /// A report by the reporter, which is entered: its id.
    async fn report(&self, subject: &str, as_of: &str, more: Value) -> i64 {
        let answer = self.send(&self.reporter, subject, merged(json!({"as_of": as_of}), more)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_i64().unwrap()
    }

    async fn progress(&self, path: &str) -> Value {
        self.app.get(path).await.json()["progress"].clone()
    }
}

fn first_error(problem: &Value) -> (&str, &str) {
    (problem["errors"][0]["pointer"].as_str().unwrap(), problem["errors"][0]["code"].as_str().unwrap())
}

#[actix_web::test]
async fn a_report_has_an_address_and_moves_the_tag_of_what_it_speaks_of() {
    let desk = Desk::new().await;
    for (subject, told) in [(PROJECT, "put project trial-road"), (ITEM, "put plan_item trial.a")] {
        let before = desk.app.get(subject).await;
        let body = json!({
            "as_of": "2023-03-31", "progress": 40, "text": "路基完成", "problems": "雨多", "next_step": "铺面",
            "client_id": subject,
        });
        let made = desk.send(&desk.reporter, subject, body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let report = made.json();
        let id = report["id"].as_i64().unwrap();
        let address = format!("{subject}/progress-reports/{id}");
        assert_eq!(made.header("location"), address);
        let read = desk.app.get(&address).await;
        assert_eq!((read.json(), read.header("etag")), (report.clone(), made.header("etag")));
        let listed = desk.app.get(&format!("{subject}/progress-reports")).await.items();
        assert_eq!(listed, std::slice::from_ref(&report));
        assert_eq!(
            [&report["author"], &report["progress"], &report["corrects"], &report["corrected_by"]],
            [&json!("reporter"), &json!(40), &Value::Null, &Value::Null]
        );

        assert_eq!(last_done(&desk.app).await, [format!("put progress_report {id}"), told.to_owned()]);
        // The ledger has the whole report.
        let (_, _, kept) = last_edits(&desk.app).await.remove(0);
        assert_eq!((&kept["text"], &kept["attachments"]), (&json!("路基完成"), &json!([])));
        let after = desk.app.get(subject).await;
        assert_eq!((&after.json()["seq"], &after.json()["progress"]), (&report["seq"], &json!(40)));
        assert_ne!(after.header("etag"), before.header("etag"));
        let editor = desk.app.key("editor", None).await;
        let stale =
            desk.app.patch(subject, json!({"lead_unit": "办"})).by(&editor).if_match(before.header("etag"));
        stale.await.problem(412, "stale");
    }
}

#[actix_web::test]
async fn reports_take_their_place_by_their_day_whenever_they_arrive() {
    let desk = Desk::new().await;
    for (subject, at) in [(PROJECT, ""), (ITEM, "?at=2024-01-01")] {
        let path = format!("{subject}{at}");
        assert_eq!(desk.progress(&path).await, 5, "its own");
        for (as_of, progress, shown) in [
            ("2023-03-01", json!(50), 50),
            ("2023-01-31", json!(90), 50),   // late
            ("2023-03-01", json!(60), 60),   // of one day the one entered last
            ("2023-03-15", Value::Null, 60), // tells nothing of it
            ("2023-02-01", json!(10), 60),
        ] {
            let more = json!({"progress": progress, "text": as_of});
            desk.report(subject, as_of, more).await;
            assert_eq!(desk.progress(&path).await, shown, "{path} after {as_of}");
        }
        let listed = desk.app.paged(&format!("{subject}/progress-reports"), 1..=6).await;
        assert_eq!(
            each(&listed, "as_of"),
            ["2023-01-31", "2023-02-01", "2023-03-01", "2023-03-01", "2023-03-15"]
        );
        assert_eq!(each(&listed, "progress"), ["90", "10", "50", "60", "null"]);
    }
    for (at, shown) in [("2023-01-30", 5), ("2023-01-31", 90), ("2023-02-28", 10), ("2023-03-01", 60)] {
        assert_eq!(desk.progress(&format!("{ITEM}?at={at}")).await, shown, "{at}");
        let plan = desk.app.get(&format!("/api/v1/plans/trial?at={at}")).await.json();
        assert_eq!(plan["children"][0]["progress"], shown, "{at}");
    }
    // Late news of what is closed is not lost.
    desk.report("/api/v1/plan-items/trial.b", "2023-03-01", json!({"text": "迟到"})).await;
}

#[actix_web::test]
async fn a_report_that_comes_twice_is_entered_once() {
    let desk = Desk::new().await;
    let body = json!({"as_of": "2023-03-01", "progress": 50, "text": "铺面", "client_id": "phone-1"});
    let made = desk.send(&desk.reporter, PROJECT, body.clone()).await;
    assert_eq!(made.status, 201);
    let head = desk.app.db.head().await.unwrap();
    let again = desk.send(&desk.reporter, PROJECT, body.clone()).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, made.json()));
    assert_eq!((again.header("location"), again.header("etag")), ("", made.header("etag")));
    let nulls = merged(body.clone(), json!({"problems": null, "attachments": []}));
    assert_eq!(desk.send(&desk.reporter, PROJECT, nulls).await.status, 200, "the same, said otherwise");
    assert_eq!(desk.app.db.head().await.unwrap(), head, "nothing was written");

    for other in [
        json!({"progress": 51}),
        json!({"progress": null}),
        json!({"as_of": "2023-03-02"}),
        json!({"text": "铺面。"}),
        json!({"next_step": "验收"}),
        json!({"attachments": ["x"]}),
        json!({"observations": [1]}),
        json!({"corrects": made.json()["id"]}),
    ] {
        let answer = desk.send(&desk.reporter, PROJECT, merged(body.clone(), other)).await;
        let detail = answer.problem(409, "conflict")["detail"].to_string();
        assert!(detail.contains(&format!("进展 {}", made.json()["id"])), "{detail}");
    }
    desk.send(&desk.reporter, ITEM, body.clone()).await.problem(409, "conflict");
    assert_eq!(desk.app.db.head().await.unwrap(), head, "nothing was written");

    // The id is that of one key, not of all keys of its name.
    let namesake = desk.app.key("reporter", Some(VILLAGE)).await;
    let other = merged(body.clone(), json!({"progress": 52}));
    assert_eq!(desk.send(&namesake, PROJECT, other).await.status, 201);
    // Without an id, two reports are two.
    let plain = json!({"as_of": "2023-03-01", "text": "铺面"});
    let ids = [
        desk.send(&desk.reporter, PROJECT, plain.clone()).await,
        desk.send(&desk.reporter, PROJECT, plain).await,
    ]
    .map(|answer| answer.json()["id"].as_i64().unwrap());
    assert_ne!(ids[0], ids[1]);
    // What was retried is still the same report after it was corrected.
    let id = &made.json()["id"];
    desk.report(PROJECT, "2023-03-01", json!({"progress": 55, "corrects": id})).await;
    let late = desk.send(&desk.reporter, PROJECT, body).await;
    assert_eq!((late.status.as_u16(), &late.json()["id"]), (200, id));
    assert!(late.json()["corrected_by"].is_number());
}

#[actix_web::test]
async fn of_reports_that_race_exactly_one_wins() {
    let desk = Desk::new().await;
    let statuses = async |bodies: Vec<Value>| {
        let sent = bodies.into_iter().map(|body| desk.send(&desk.reporter, PROJECT, body));
        let mut statuses: Vec<u16> =
            join_all(sent).await.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        statuses
    };
    let same = json!({"as_of": "2023-03-01", "progress": 50, "client_id": "same"});
    assert_eq!(statuses(vec![same; 8]).await, [200, 200, 200, 200, 200, 200, 200, 201]);
    let other = |progress| json!({"as_of": "2023-03-01", "progress": progress, "client_id": "other"});
    assert_eq!(statuses((1..=8).map(other).collect()).await, [201, 409, 409, 409, 409, 409, 409, 409]);
    let correction = |progress| json!({"as_of": "2023-03-01", "progress": progress, "corrects": 1});
    assert_eq!(statuses((1..=8).map(correction).collect()).await, [201, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(desk.app.counted(&format!("{PROJECT}/progress-reports")).await, 3);
}

#[actix_web::test]
async fn a_correction_stands_in_the_place_of_what_it_corrects() {
    let desk = Desk::new().await;
    let list = format!("{PROJECT}/progress-reports");
    let wrong = desk.report(PROJECT, "2023-03-31", json!({"progress": 95, "text": "写错了"})).await;
    desk.report(PROJECT, "2023-03-01", json!({"progress": 50})).await;
    assert_eq!(desk.progress(PROJECT).await, 95);
    let right = desk.report(PROJECT, "2023-02-15", json!({"progress": 45, "corrects": wrong})).await;
    assert_eq!(
        last_done(&desk.app).await,
        [
            format!("put progress_report {right}"),
            format!("put progress_report {wrong}"),
            "put project trial-road".to_owned()
        ]
    );
    assert_eq!(desk.progress(PROJECT).await, 50, "what was corrected counts no more");
    // What was said before is still read.
    let all = desk.app.paged(&list, 1..=4).await;
    assert_eq!(each(&all, "progress"), ["45", "50", "95"]);
    assert_eq!((&all[0]["corrects"], &all[0]["corrected_by"]), (&json!(wrong), &Value::Null));
    assert_eq!((&all[2]["corrects"], &all[2]["corrected_by"]), (&Value::Null, &json!(right)));
    assert_eq!((&all[2]["text"], &all[2]["seq"]), (&json!("写错了"), &all[0]["seq"]));
    let current = desk.app.paged(&format!("{list}?current=true"), 1..=3).await;
    assert_eq!(current, all[..2]);
    let overview = desk.app.get(&format!("/api/v1/areas/{VILLAGE}/overview")).await.json();
    assert_eq!(each(overview["latest"].as_array().unwrap(), "progress"), ["50", "45"]);

    let again =
        desk.send(&desk.reporter, PROJECT, json!({"as_of": "2023-03-31", "text": "再改", "corrects": wrong}));
    let detail = again.await.problem(409, "conflict")["detail"].to_string();
    assert!(detail.contains(&format!("进展 {right}")), "{detail}");
    // The correction can be corrected in its turn.
    desk.report(PROJECT, "2023-03-31", json!({"progress": 70, "corrects": right})).await;
    assert_eq!(desk.progress(PROJECT).await, 70);

    // And so on plan items, whose lights of all days forget what was corrected.
    let light =
        async || desk.app.get(&format!("{ITEM}?at=2023-02-19")).await.json()["light"]["color"].clone();
    let wrong = desk.report(ITEM, "2023-02-10", json!({"progress": 50})).await;
    assert_eq!(light().await, "green");
    desk.report(ITEM, "2023-02-19", json!({"progress": 15, "corrects": wrong})).await;
    assert_eq!(light().await, "red");
    assert_eq!(desk.progress(&format!("{ITEM}?at=2023-02-18")).await, 5, "its own");
}

#[actix_web::test]
async fn a_report_is_corrected_by_who_made_it_or_by_an_editor_of_the_area() {
    let desk = Desk::new().await;
    let id = desk.report(PROJECT, "2023-03-31", json!({"progress": 95})).await;
    let body = json!({"as_of": "2023-03-31", "progress": 59, "corrects": id});
    for (role, area) in [
        ("reporter", Some(VILLAGE)), // of the same name
        ("reviewer", None),
        ("editor", Some(VILLAGE)), // not of all areas
    ] {
        let key = desk.app.key(role, area).await;
        desk.send(&key, PROJECT, body.clone()).await.problem(403, "forbidden");
    }
    let editor = desk.app.key("editor", Some(TOWN)).await;
    let elsewhere = desk.send(&editor, ITEM, body.clone()).await.problem(422, "invalid_value");
    assert_eq!(first_error(&elsewhere), ("/corrects", "unknown_reference"));
    let nothing = merged(body.clone(), json!({"corrects": 999}));
    let nothing = desk.send(&editor, PROJECT, nothing).await.problem(422, "invalid_value");
    assert_eq!(first_error(&nothing), ("/corrects", "unknown_reference"));
    let corrected = desk.send(&editor, PROJECT, body).await;
    assert_eq!((corrected.status.as_u16(), &corrected.json()["author"]), (201, &json!("editor")));
}

#[actix_web::test]
async fn what_is_wrong_with_a_report_is_told_by_its_place() {
    let desk = Desk::new().await;
    let head = desk.app.db.head().await.unwrap();
    let tomorrow = At::today(now()).day + Days::new(1);
    let many: Vec<String> = (0..21).map(|number| number.to_string()).collect();
    for (more, status, pointer, code) in [
        (json!({"as_of": null}), 422, "/as_of", "missing"),
        (json!({"as_of": tomorrow}), 422, "/as_of", "in_the_future"),
        (json!({"as_of": "2023-02-30"}), 400, "/as_of", "malformed_value"),
        (json!({"as_of": "2023-2-3"}), 400, "/as_of", "malformed_value"),
        (json!({"as_of": "2023-03"}), 400, "/as_of", "malformed_value"),
        (json!({"progress": 101}), 422, "/progress", "out_of_range"),
        (json!({"progress": -1}), 422, "/progress", "out_of_range"),
        (json!({"progress": 50.5}), 400, "/progress", "malformed_value"),
        (json!({"progress": "50"}), 400, "/progress", "malformed_value"),
        (json!({"text": " "}), 422, "/text", "empty"),
        (json!({"problems": ""}), 422, "/problems", "empty"),
        (json!({"next_step": "长".repeat(2001)}), 422, "/next_step", "too_long"),
        (json!({"text": "a\u{0}b"}), 400, "/text", "nul_character"),
        (json!({"client_id": ""}), 422, "/client_id", "malformed_client_id"),
        (json!({"client_id": "a b"}), 422, "/client_id", "malformed_client_id"),
        (json!({"client_id": "手机"}), 422, "/client_id", "malformed_client_id"),
        (json!({"client_id": "x".repeat(129)}), 422, "/client_id", "malformed_client_id"),
        (json!({"attachments": null}), 422, "/attachments", "missing"),
        (json!({"attachments": ["none"]}), 422, "/attachments/0", "unknown_reference"),
        (json!({"attachments": ["a", "a"]}), 422, "/attachments/1", "twice"),
        (json!({"attachments": many}), 422, "/attachments", "too_many"),
        (json!({"observations": [1, 999]}), 422, "/observations/1", "unknown_reference"),
        (json!({"observations": [1, 1]}), 422, "/observations/1", "twice"),
        (json!({"observations": [-1]}), 422, "/observations/0", "unknown_reference"),
        (json!({"text": null}), 422, "/text", "says_nothing"),
        (json!({"photo": "x"}), 400, "/photo", "unknown_member"),
        (json!({"author": "x"}), 400, "/author", "read_only"),
        (json!({"corrected_by": 1}), 400, "/corrected_by", "read_only"),
        (json!({"code": "trial-road"}), 400, "/code", "unknown_member"),
    ] {
        let body = merged(json!({"as_of": "2023-03-01", "text": "好"}), more.clone());
        let slug = match status {
            400 if code == "unknown_member" => "unknown_parameter",
            400 => "malformed_request",
            _ => "invalid_value",
        };
        let problem = desk.send(&desk.reporter, PROJECT, body).await.problem(status, slug);
        assert_eq!(first_error(&problem), (pointer, code), "{more}");
    }
    assert_eq!(desk.app.db.head().await.unwrap(), head, "nothing was written");
    // Today is not to come, and the longest texts and ids are taken.
    let most = json!({"text": "长".repeat(2000), "client_id": "x".repeat(128), "progress": 100});
    desk.report(PROJECT, &At::today(now()).day.to_string(), most).await;
    // A trial checks all of it and keeps nothing.
    let trial = format!("{PROJECT}/progress-reports?dry_run=true");
    let body = json!({"as_of": "2023-03-01", "text": "试"});
    let tried = desk.app.post(&trial, body).by(&desk.reporter).await;
    assert_eq!((tried.status.as_u16(), tried.header("etag")), (200, ""));
    assert_eq!(tried.json().get("id"), None, "the next write gets it");
    assert_eq!(desk.app.counted(&format!("{PROJECT}/progress-reports")).await, 1);
}

#[actix_web::test]
async fn a_key_reports_on_what_its_area_has_and_on_what_has_its_area() {
    let desk = Desk::new().await;
    desk.app
        .project(json!({
            "code": "sesame", "name": "密件", "kind": "service", "areas": [VILLAGE], "stage": "idea",
            "visibility": "internal",
        }))
        .await;
    let secret = "/api/v1/projects/sesame";
    let body = json!({"as_of": "2023-03-01", "text": "好"});
    for (role, area, project, item, internal) in [
        ("reporter", None, 201, 201, 201),
        ("reporter", Some("430681"), 201, 201, 201),
        ("reporter", Some(TOWN), 201, 201, 201),
        ("reporter", Some(VILLAGE), 201, 201, 201),
        ("reporter", Some(SIBLING), 201, 201, 404),
        ("editor", Some("430681107225"), 403, 201, 404),
        ("admin", Some("430681108"), 403, 403, 404),
        ("reader", None, 403, 403, 403),
    ] {
        let key = desk.app.key(role, area).await;
        for (subject, expected) in [(PROJECT, project), (ITEM, item), (secret, internal)] {
            let answer = desk.send(&key, subject, body.clone()).await;
            assert_eq!(answer.status.as_u16(), expected, "{subject} by a {role} of {area:?}");
        }
    }
    let nobody = desk.app.post(&format!("{PROJECT}/progress-reports"), body.clone());
    nobody.await.problem(401, "unauthorized");
    for path in ["/api/v1/projects/none", "/api/v1/plan-items/trial.none"] {
        desk.send(&desk.reporter, path, body.clone()).await.problem(404, "not_found");
        desk.app.get(&format!("{path}/progress-reports/1")).await.problem(404, "not_found");
    }
    // One report is found below its own subject only, and where that is seen.
    let id = desk.report(secret, "2023-03-01", json!({"text": "密"})).await;
    for path in [PROJECT, ITEM, secret] {
        desk.app.get(&format!("{path}/progress-reports/{id}")).await.problem(404, "not_found");
    }
    let seen = desk.app.get(&format!("{secret}/progress-reports/{id}")).by(&desk.reporter);
    assert_eq!(seen.await.json()["text"], "密");
    desk.app.get(&format!("{PROJECT}/progress-reports/0")).await.problem(400, "invalid_parameter");
}

/// Uploaded by every key there is.
fn uploaded_by_all(app: &TestApp, attachment: &str) {
    app.sql(&format!(
        "INSERT INTO attachment_uploads (attachment, key_id, author, recorded_at) \
         SELECT '{attachment}', id, name, '2023-01-01 00:00:00' FROM api_keys"
    ));
}

#[actix_web::test]
async fn a_report_shows_its_attachments_and_the_figures_that_its_reader_sees() {
    let desk = Desk::new().await;
    for photo in ["photo-b", "photo-a"] {
        desk.app.sql(&format!(
            "INSERT INTO attachments (id, sha256, media_type, size_bytes, author, recorded_at) VALUES \
             ('{photo}', '{}', 'image/png', 9, 'test', '2023-01-01 00:00:00')",
            "0".repeat(64)
        ));
    }
    desk.app.metric("sesame.metric", json!({"visibility": "internal"})).await;
    let fact = json!({"metric": "sesame.metric", "area": VILLAGE, "period": "2022", "value": 7});
    desk.app.observation(fact).await; // 54
    let body = json!({
        "as_of": "2023-03-01", "attachments": ["photo-b", "photo-a"], "observations": [54, 2, 1], "client_id": "figures",
    });
    let sibling = desk.app.key("reporter", Some(SIBLING)).await;
    for photo in ["photo-b", "photo-a"] {
        uploaded_by_all(&desk.app, photo);
    }
    let problem = desk.send(&sibling, PROJECT, body.clone()).await.problem(422, "invalid_value");
    assert_eq!(first_error(&problem), ("/observations/0", "unknown_reference"), "not seen, not there");
    let made = desk.send(&desk.reporter, PROJECT, body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let told = |report: &Value| (report["attachments"].clone(), report["observations"].clone());
    let photos = json!(["photo-b", "photo-a"]);
    assert_eq!(told(&made.json()), (photos.clone(), json!([54, 2, 1])));
    let path = made.header("location").to_owned();
    assert_eq!(told(&desk.app.get(&path).await.json()), (photos.clone(), json!([2, 1])));
    // What is retracted later is shown no more, and a retry is still the same report.
    let editor = desk.app.key("editor", None).await;
    let gone = desk.app.delete("/api/v1/observations/2?reason=entry_error").by(&editor).await;
    assert_eq!(gone.status, 204);
    assert_eq!(told(&desk.app.get(&path).await.json()), (photos.clone(), json!([1])));
    let again = desk.send(&desk.reporter, PROJECT, body).await;
    assert_eq!((again.status.as_u16(), told(&again.json())), (200, (photos, json!([54, 1]))));
}

#[actix_web::test]
async fn progress_that_is_reported_is_not_set_by_hand() {
    let desk = Desk::new().await;
    let editor = desk.app.key("editor", None).await;
    for (subject, column) in [
        (PROJECT, "SELECT CAST(progress AS TEXT) AS text FROM projects WHERE code = 'trial-road'"),
        (ITEM, "SELECT CAST(progress AS TEXT) AS text FROM plan_items WHERE code = 'trial.a'"),
    ] {
        assert_eq!(desk.app.patch(subject, json!({"progress": 7})).by(&editor).await.json()["progress"], 7);
        let id = desk.report(subject, "2023-03-01", json!({"progress": 60})).await;
        for wanted in [json!(61), json!(7), Value::Null] {
            let refused = desk.app.patch(subject, json!({"progress": wanted})).by(&editor).await;
            let problem = refused.problem(422, "invalid_value");
            assert_eq!(first_error(&problem), ("/progress", "reported"), "{subject} {wanted}");
        }
        // What says nothing of it, or nothing new, leaves the row's own alone.
        for changes in [json!({"lead_unit": "镇交通站"}), json!({"progress": 60}), json!({"lead_unit": null})]
        {
            let answer = desk.app.patch(subject, changes).by(&editor).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["progress"]), (200, &json!(60)));
            assert_eq!(number(&desk.app, column), 7);
        }
        desk.report(subject, "2023-03-02", json!({"text": "无进度", "corrects": id})).await;
        assert_eq!(desk.progress(subject).await, 7, "no report tells any");
        assert_eq!(desk.app.patch(subject, json!({"progress": 8})).by(&editor).await.json()["progress"], 8);
    }
    // What was reported on stays.
    for subject in [PROJECT, ITEM] {
        desk.app.delete(subject).by(&editor).await.problem(409, "in_use");
    }
}

fn number(app: &TestApp, query: &str) -> i16 {
    app.texts(query).remove(0).parse().unwrap()
}

#[actix_web::test]
async fn an_upgrade_and_its_undoing_keep_the_reports_that_are_there() {
    let desk = Desk::new().await;
    desk.app.sql(&format!(
        "INSERT INTO attachments (id, sha256, media_type, size_bytes, author, recorded_at) VALUES \
         ('photo', '{}', 'image/png', 9, 'test', '2023-01-01 00:00:00')",
        "0".repeat(64)
    ));
    let body =
        json!({"as_of": "2023-03-01", "text": "铺面", "attachments": ["photo"], "client_id": "phone-1"});
    let namesake = desk.app.key("reporter", Some(VILLAGE)).await;
    uploaded_by_all(&desk.app, "photo");
    let first = desk.send(&desk.reporter, PROJECT, body.clone()).await.json();
    let second = desk.send(&namesake, PROJECT, body.clone()).await.json();
    let third = desk.report(PROJECT, "2023-03-02", json!({"progress": 9, "corrects": first["id"]})).await;
    for step in ["down", "up"] {
        desk.app.migrate("2026-11-26-100200_progress", step);
    }
    let app = desk.app.again().await;
    let reports = app.get(&format!("{PROJECT}/progress-reports")).await.items();
    assert_eq!(each(&reports, "id"), [first["id"].to_string(), second["id"].to_string(), third.to_string()]);
    // Of two keys of one name, the first alone could keep the id.
    assert_eq!(each(&reports, "client_id"), ["phone-1", "null", "null"]);
    for report in &reports[..2] {
        assert_eq!((&report["attachments"], &report["text"]), (&json!(["photo"]), &json!("铺面")));
    }
    let path = format!("{PROJECT}/progress-reports");
    let again = app.post(&path, body).by(&desk.reporter).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, reports[0].clone()));
    let next = json!({"as_of": "2023-03-03", "text": "再报"});
    let next = app.post(&path, next).by(&desk.reporter).await;
    assert_eq!(next.json()["id"], third + 1, "ids go on");
}
