//! Locked periods: what the commands do, and what submissions may then propose.

use std::process::{Command, Output};

use serde_json::{Value, json};

use super::{TOWN, VILLAGE};
use crate::builders::submissions::{Desk, found, row};

fn periods(desk: &Desk, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    command.arg("periods").args(arguments).env_clear().env("DATABASE_URL", &desk.app.url).output().unwrap()
}

fn done(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Whether a period of an area is refused as locked.
async fn is_locked(desk: &Desk, area: &str, period: &str) -> bool {
    let made = desk.propose(json!([row(area, period, json!({"value": 1}))])).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let locked = found(&made.json()).contains(&(1, "error".to_owned(), "period_locked".to_owned()));
    let submit = desk.go(&desk.reporter, &made.json()["id"], json!({"to": "submitted"})).await;
    assert_eq!(submit.status == 422, locked, "{}", submit.text());
    locked
}

#[actix_web::test]
async fn a_lock_holds_for_periods_that_end_by_its_day_in_its_area_and_below() {
    let desk = Desk::new().await;
    assert_eq!(done(periods(&desk, &["list"])), "");
    assert!(!is_locked(&desk, VILLAGE, "2020-06").await);
    let head = desk.app.db.head().await.unwrap();
    done(periods(&desk, &["lock", "--through", "2022-12"]));
    assert_eq!(desk.app.db.head().await.unwrap(), head + 1, "one entry");
    assert_eq!(done(periods(&desk, &["list"])), "430000000000\t2022-12-31\n");
    for (area, period, locked) in [
        (TOWN, "2022", true),
        (VILLAGE, "2022-12-31", true),
        (VILLAGE, "2022-12-31/2023-01-01", false),
        (TOWN, "2023-01", false),
        (TOWN, "1990", true),
    ] {
        assert_eq!(is_locked(&desk, area, period).await, locked, "{area} {period}");
    }
    done(periods(&desk, &["lock", "--through", "2023-03", "--area", VILLAGE]));
    done(periods(&desk, &["lock", "--through", "2022-06", "--area", "43"]));
    assert_eq!(done(periods(&desk, &["list"])), "430000000000\t2022-06-30\n430681107223\t2023-03-31\n");
    assert!(is_locked(&desk, VILLAGE, "2023-03").await && !is_locked(&desk, TOWN, "2023-03").await);
    assert!(!is_locked(&desk, TOWN, "2022-07").await, "a lock can be moved back");
    done(periods(&desk, &["unlock", "--area", VILLAGE]));
    assert!(!is_locked(&desk, VILLAGE, "2023-02").await && is_locked(&desk, VILLAGE, "2022-05").await);
}

#[actix_web::test]
async fn a_period_that_is_locked_meanwhile_is_not_approved_but_an_editor_still_corrects_it() {
    let desk = Desk::new().await;
    let id = desk.submitted("2022", 5).await;
    done(periods(&desk, &["lock", "--through", "2022", "--area", TOWN]));
    let refused = desk.go(&desk.reviewer, &id, json!({"to": "approved"})).await;
    let problem = refused.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/items/1/period");
    assert_eq!(problem["errors"][0]["code"], "period_locked");
    assert_eq!(desk.figures().await, Vec::<Value>::new());
    let request =
        desk.app.post("/api/v1/observations", row(VILLAGE, "2022", json!({"value": 5}))).by(&desk.editor);
    assert_eq!(request.await.status, 201);
}

#[actix_web::test]
async fn the_commands_refuse_what_is_not_there() {
    let desk = Desk::new().await;
    for (arguments, code, words) in [
        (&["unlock", "--area", TOWN] as &[&str], 1, "period_lock"),
        (&["lock", "--through", "2022", "--area", "430681999"], 1, "area"),
        (&["lock", "--through", "soon"], 2, "not a period"),
        (&["lock", "--through", "2022", "--area", "1"], 2, "area code"),
        (&["lock"], 2, "--through"),
        (&["unlock"], 2, "--area"),
    ] {
        let output = periods(&desk, arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
    let head = desk.app.db.head().await.unwrap();
    done(periods(&desk, &["lock", "--through", "2022"]));
    done(periods(&desk, &["lock", "--through", "2022-12-31"]));
    assert_eq!(desk.app.db.head().await.unwrap(), head + 1, "locked already: no entry");
}
