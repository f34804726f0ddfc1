//! The ledger: numbers without gaps and in order, all of an entry or nothing, many writers at once.

use diesel::prelude::*;
use serde_json::json;
use taizhang::db::Db;
use taizhang::db::ledger::{self, Origin};
use taizhang::error::{Error, Result};
use taizhang::exchange::drafts::Draft;
use taizhang::exchange::drafts::reference::UnitDraft;

use crate::harness::TestApp;

fn unit(code: &str) -> UnitDraft {
    serde_json::from_value(json!({
        "code": code, "name": code, "name_en": code, "symbol": code, "dimension": code, "numerator": 1, "denominator": 1
    }))
    .unwrap()
}

async fn add(db: &Db, code: String) -> Result<Option<i64>> {
    let draft = unit(&code);
    Ok(db.write(Origin::command("test"), move |entry| draft.insert(entry)).await?.seq)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

async fn numbers(db: &Db, query: &'static str) -> Vec<i64> {
    let read = db.read(move |conn| {
        let rows: Vec<Number> = diesel::sql_query(query).load(conn)?;
        Ok(rows.into_iter().map(|row| row.number).collect())
    });
    read.await.unwrap().data
}

#[actix_web::test]
async fn an_entry_stamps_what_it_touches_and_says_who_and_what() {
    let app = TestApp::empty().await;
    assert_eq!(add(&app.db, "A".to_owned()).await.unwrap(), Some(1));
    assert_eq!(add(&app.db, "B".to_owned()).await.unwrap(), Some(2));
    let units = app.get("/api/v1/units").await.items();
    let stamps: Vec<_> = units.iter().map(|unit| (unit["code"].clone(), unit["seq"].clone())).collect();
    assert_eq!(stamps, [("A".into(), 1.into()), ("B".into(), 2.into())]);
    let edits = "SELECT COUNT(*) AS number FROM edits e JOIN entries n ON n.seq = e.seq
                 WHERE n.author = 'test' AND e.kind = 'unit' AND e.op = 'put' AND e.before IS NULL AND e.after LIKE '%\"code\":%'";
    assert_eq!(numbers(&app.db, edits).await, [2]);
}

#[actix_web::test]
async fn a_write_that_fails_or_touches_nothing_takes_no_number() {
    let app = TestApp::empty().await;
    add(&app.db, "A".to_owned()).await.unwrap();
    let failing = app.db.write(Origin::command("test"), |entry| {
        unit("B").insert(entry)?;
        Err::<(), _>(Error::Cancelled)
    });
    assert!(matches!(failing.await, Err(Error::Cancelled)));
    let idle = app.db.write(Origin::command("test"), |_| Ok("nothing")).await.unwrap();
    assert_eq!((idle.seq, idle.data), (None, "nothing"));
    assert_eq!(app.db.head().await.unwrap(), 1);
    assert_eq!(add(&app.db, "C".to_owned()).await.unwrap(), Some(2));
    assert_eq!(app.get("/api/v1/units").await.items().len(), 2, "B was never there");
}

#[actix_web::test]
async fn a_failing_write_does_not_spoil_those_committed_with_it() {
    let app = TestApp::empty().await;
    let writes = (0..60).map(|number| {
        let db = app.db.clone();
        actix_web::rt::spawn(async move {
            // Every third takes a code that is taken.
            let code = if number % 3 == 0 { "TAKEN".to_owned() } else { format!("U{number}") };
            add(&db, code).await.is_ok()
        })
    });
    let mut fine = 0;
    for write in writes.collect::<Vec<_>>() {
        fine += i64::from(write.await.unwrap());
    }
    assert_eq!(fine, 41, "forty of their own and the first TAKEN");
    assert_eq!(app.db.head().await.unwrap(), 41);
}

#[actix_web::test]
async fn two_processes_share_one_sequence_without_gaps() {
    let app = TestApp::empty().await;
    let others = [app.db.clone(), Db::open(&app.url, 1).unwrap(), Db::open(&app.url, 1).unwrap()];
    let mut waiting = Vec::new();
    for (writer, db) in others.iter().enumerate() {
        for number in 0..40 {
            let (db, code) = (db.clone(), format!("W{writer}N{number}"));
            waiting.push(actix_web::rt::spawn(async move { add(&db, code).await.unwrap().unwrap() }));
        }
    }
    let mut taken = Vec::new();
    for write in waiting {
        taken.push(write.await.unwrap());
    }
    taken.sort();
    assert_eq!(taken, (1..=120).collect::<Vec<i64>>());
    assert_eq!(numbers(&app.db, "SELECT seq AS number FROM entries ORDER BY seq").await, taken);
    assert_eq!(numbers(&app.db, "SELECT seq AS number FROM units ORDER BY seq").await, taken);
}

#[actix_web::test]
async fn a_reader_never_sees_a_number_before_all_smaller_ones() {
    let app = TestApp::empty().await;
    let writers: Vec<_> = (0..2)
        .flat_map(|process| {
            let db = Db::open(&app.url, 1).unwrap();
            (0..50).map(move |number| (db.clone(), format!("P{process}N{number}")))
        })
        .map(|(db, code)| actix_web::rt::spawn(async move { add(&db, code).await.unwrap() }))
        .collect();
    while !writers.iter().all(actix_web::rt::task::JoinHandle::is_finished) {
        app.db.look().await.unwrap();
        let known = app.db.last_seen_head();
        let seen = app.db.read(|conn| {
            let rows: Vec<Number> =
                diesel::sql_query("SELECT seq AS number FROM units ORDER BY seq").load(conn)?;
            Ok((ledger::head(conn)?, rows.into_iter().map(|row| row.number).collect::<Vec<i64>>()))
        });
        let seen = seen.await.unwrap();
        let (head, rows) = seen.data;
        assert!((known..=head).contains(&seen.head), "{} of {known} to {head}", seen.head);
        assert_eq!(rows, (1..=head).collect::<Vec<i64>>());
        actix_web::rt::task::yield_now().await;
    }
}

#[actix_web::test]
async fn a_write_that_panics_ends_alone() {
    let app = TestApp::empty().await;
    let panicking = app.db.write(Origin::command("test"), |entry| -> Result<()> {
        unit("A").insert(entry)?;
        panic!("on purpose")
    });
    assert!(panicking.await.is_err());
    assert_eq!(add(&app.db, "B".to_owned()).await.unwrap(), Some(1));
    assert_eq!(app.get("/api/v1/units").await.items().len(), 1, "A was never there");
}

#[actix_web::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    let app = TestApp::empty().await;
    add(&app.db, "A".to_owned()).await.unwrap();
    assert_eq!(app.get("/api/v1/units").await.items().len(), 1);
    // An embedded database has no server that could close anything: there the second write is plain.
    if crate::harness::database::server().is_some() {
        app.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
    assert_eq!(app.get("/api/v1/units").await.items().len(), 1);
    assert_eq!(add(&app.db, "B".to_owned()).await.unwrap(), Some(2));
    assert_eq!(app.get("/api/v1/units").await.items().len(), 2);
}

#[actix_web::test]
async fn the_database_itself_refuses_what_breaks_the_model() {
    let app = TestApp::seeded().await;
    let broken = [
        "INSERT INTO ledger (id, head) VALUES (2, 0)",
        "UPDATE areas SET parent = 999999999999 WHERE code = 430681107223",
        "UPDATE areas SET level = 'hamlet' WHERE code = 430681107223",
        "UPDATE metrics SET unit = 'NONE'",
        "UPDATE metrics SET area_rule = 'weighted_mean', weight = NULL",
        "UPDATE observations SET role = 'hope'",
        "UPDATE observations SET seq = 999",
        "UPDATE revisions SET comparator = '!='",
        "UPDATE revisions SET cite_start = NULL WHERE cite_start IS NOT NULL",
        "INSERT INTO observations (metric, area, period, starts_on, ends_on, accumulation, role, seq, updated_at)
         SELECT metric, area, period, starts_on, ends_on, accumulation, role, seq, updated_at FROM observations",
        "UPDATE projects SET progress = 101",
        "UPDATE projects SET finishes_on = '2022-1'",
        "UPDATE plan_items SET path = '0001'",
        "DELETE FROM units WHERE code = 'MU'",
    ];
    let mut conn = app.connection();
    for statement in broken {
        assert!(diesel::sql_query(statement).execute(&mut conn).is_err(), "taken: {statement}");
    }
}
