//! Each rule, its borders, and their order.

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// What is open, from a start to a due date, with a progress; an empty date is none.
fn open(start: &str, due: &str, progress: impl Into<Option<i16>>) -> Facts {
    let date = |text: &str| (!text.is_empty()).then(|| text.parse().expect("a date"));
    Facts { start_on: date(start), due_on: date(due), progress: progress.into(), ..Facts::default() }
}

/// What is to be reported each cycle since a start, and was last reported on a day.
fn reported(start: &str, cycle: Frequency, last: &str) -> Facts {
    let reported_on = (!last.is_empty()).then(|| day(last));
    Facts { cycle: Some(cycle), reported_on, ..open(start, "", 50) }
}

/// Checks the color and the reasons on a day.
#[track_caller]
fn check(facts: &Facts, at: &str, color: &str, codes: &[&str]) {
    let light = facts.light(day(at));
    let told: Vec<&str> = light.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!((light.color.as_str(), told.as_slice()), (color, codes), "{facts:?} at {at}");
    for Reason { text, .. } in light.reasons {
        assert!(!text.zh.is_empty() && !text.en.is_empty() && !text.zh.contains("{"), "{text:?}");
    }
}

#[test]
fn what_needs_no_watching_has_one_reason_whatever_else_is_wrong() {
    for (standing, color, code) in [
        (Standing::Closed, "blue", "closed"),
        (Standing::Cancelled, "grey", "cancelled"),
        (Standing::Suspended, "grey", "suspended"),
        (Standing::CarriedOver, "grey", "carried_over"),
    ] {
        let late = Facts {
            standing,
            cycle: Some(Frequency::Month),
            missed_on: Some(day("2022-12-31")),
            suspended_projects: vec!["a".to_owned()],
            ..open("2022", "2022", None)
        };
        check(&late, "2023-06-30", color, &[code]); // closed late
        check(&late, "2021-06-30", color, &[code]); // and before its start
    }
}

#[test]
fn what_starts_later_is_grey_to_the_day_before() {
    let later = Facts { suspended_projects: vec!["a".to_owned()], ..open("2024-03", "2024", None) };
    check(&later, "2024-02-29", "grey", &["starts_later"]);
    check(&later, "2024-03-01", "yellow", &["on_pace", "start_due", "project_suspended"]);
}

#[test]
fn without_dates_nothing_applies() {
    check(&Facts::default(), "2023-06-30", "grey", &["nothing_applies"]);
    check(&open("", "", 50), "2023-06-30", "grey", &["nothing_applies"]);
    check(&open("2023", "", 50), "2023-06-30", "grey", &["nothing_applies"]);
    check(&open("", "2023", None), "2023-06-30", "grey", &["nothing_applies"]);
}

#[test]
fn pace_is_the_share_of_days_passed_less_the_progress() {
    // A hundred days, so that each is one percent.
    let (start, due) = ("2023-01-01", "2023-04-10");
    for (at, progress, color, code) in [
        ("2023-02-19", 41, "green", "on_pace"),  // 50 days less 41
        ("2023-02-19", 40, "yellow", "behind"),  // 10 points
        ("2023-02-19", 20, "yellow", "behind"),  // 30 points
        ("2023-02-19", 19, "red", "far_behind"), // 31 points
        ("2023-02-19", 90, "green", "on_pace"),  // ahead of the plan
        ("2023-01-01", 1, "green", "on_pace"),
        ("2023-02-20", 100, "green", "on_pace"),
        ("2024-02-20", 100, "green", "on_pace"), // after the end no more than all has passed
    ] {
        check(&open(start, due, progress), at, color, &[code]);
    }
    // Of 366 days in a leap year 183 are exactly half: 60 of 366 are 16.39 %.
    check(&open("2024", "2024", 40), "2024-07-01", "yellow", &["behind"]);
    check(&open("2024", "2024", 20), "2024-07-01", "yellow", &["behind"]);
    check(&open("2024", "2024", 20), "2024-07-02", "red", &["far_behind"]);
    check(&open("2024", "2024", 7), "2024-02-29", "green", &["on_pace"]);
    check(&open("2024", "2024", 6), "2024-02-29", "yellow", &["behind"]);
    // One day is a plan too.
    check(&open("2023-05-01", "2023-05-01", 80), "2023-05-01", "yellow", &["behind", "due_soon"]);
}

#[test]
fn a_start_without_progress_is_yellow_and_red_after_three_months() {
    for (start, progress, at, color, codes) in [
        ("2023-03", None, "2023-03-01", "yellow", &["start_due"] as &[_]),
        ("2023-03", Some(0), "2023-05-31", "yellow", &["start_due"]),
        ("2023-03", Some(0), "2023-06-01", "red", &["start_late"]),
        ("2023-03", Some(1), "2023-06-01", "grey", &["nothing_applies"]),
        ("2023", None, "2023-04-01", "red", &["start_late"]),
        // Three months on from the last days of November: the last of February.
        ("2023-11-30", None, "2024-02-28", "yellow", &["start_due"]),
        ("2023-11-30", None, "2024-02-29", "red", &["start_late"]),
        ("2022-11-30", None, "2023-02-28", "red", &["start_late"]),
    ] {
        check(&open(start, "", progress), at, color, codes);
    }
}

#[test]
fn a_due_date_warns_for_seven_days_and_is_red_from_the_day_after() {
    for (due, at, color, codes) in [
        ("2023", "2023-12-23", "grey", &["nothing_applies"] as &[_]),
        ("2023", "2023-12-24", "yellow", &["due_soon"]),
        ("2023", "2023-12-31", "yellow", &["due_soon"]), // due today
        ("2023", "2024-01-01", "red", &["overdue"]),
        ("2024-02", "2024-02-21", "grey", &["nothing_applies"]),
        ("2024-02", "2024-02-22", "yellow", &["due_soon"]),
        ("2024-02", "2024-02-29", "yellow", &["due_soon"]),
        ("2024-02", "2024-03-01", "red", &["overdue"]),
        ("2023-06-15", "2023-06-16", "red", &["overdue"]),
    ] {
        check(&open("", due, None), at, color, codes);
        check(&open("", due, 99), at, color, codes);
        check(&open("", due, 100), at, "grey", &["nothing_applies"]);
    }
}

#[test]
fn silence_is_counted_in_cycles_since_the_last_report_or_the_start() {
    for (cycle, quiet, one, two) in [
        (Frequency::Day, "2023-01-31", "2023-02-01", "2023-02-02"),
        (Frequency::Week, "2023-02-06", "2023-02-07", "2023-02-14"),
        (Frequency::Month, "2023-02-27", "2023-02-28", "2023-03-31"),
        (Frequency::Quarter, "2023-04-29", "2023-04-30", "2023-07-31"),
        (Frequency::HalfYear, "2023-07-30", "2023-07-31", "2024-01-31"),
        (Frequency::Year, "2024-01-30", "2024-01-31", "2025-01-31"),
    ] {
        let before_two = day(two).pred_opt().expect("a day").to_string();
        for facts in [
            reported("", cycle, "2023-01-31"),
            reported("2023-01-31", cycle, ""),
            reported("2022", cycle, "2023-01-31"),
            reported("2023-01-31", cycle, "2022-01-31"),
        ] {
            check(&facts, quiet, "grey", &["nothing_applies"]);
            check(&facts, one, "yellow", &["silent"]);
            check(&facts, &before_two, "yellow", &["silent"]);
            check(&facts, two, "red", &["long_silent"]);
        }
    }
    // Nobody knows since when.
    check(&reported("", Frequency::Day, ""), "2023-06-30", "grey", &["nothing_applies"]);
    check(&reported("2022", Frequency::Interval, ""), "2023-06-30", "grey", &["nothing_applies"]);
}

#[test]
fn a_target_missed_and_a_suspended_project_are_yellow() {
    let missed = Facts { missed_on: Some(day("2023-12-31")), ..Facts::default() };
    check(&missed, "2023-12-30", "grey", &["nothing_applies"]);
    check(&missed, "2023-12-31", "yellow", &["target_missed"]);
    let suspended = Facts { suspended_projects: vec!["a".to_owned(), "b".to_owned()], ..Facts::default() };
    check(&suspended, "2023-12-30", "yellow", &["project_suspended"]);
    assert!(suspended.light(day("2023-12-30")).reasons[0].text.en.ends_with("suspended: a, b"));
}

#[test]
fn the_worst_reason_decides_and_all_are_told() {
    let all = Facts {
        cycle: Some(Frequency::Month),
        missed_on: Some(day("2023-12-31")),
        suspended_projects: vec!["a".to_owned()],
        ..open("2023", "2023", None)
    };
    let told = ["far_behind", "start_late", "overdue", "long_silent", "target_missed", "project_suspended"];
    check(&all, "2024-01-01", "red", &told);
    let some = Facts { reported_on: Some(day("2023-12-31")), ..open("2023", "2023", 95) };
    check(&some, "2023-12-31", "yellow", &["on_pace", "due_soon"]);
}
