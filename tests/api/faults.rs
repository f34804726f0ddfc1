//! Disks that are damaged, full or read-only, and files that cannot be opened: what is told, and that nothing is lost
//! or fails for good.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use serde_json::json;

use crate::harness::TestApp;
use crate::harness::database::server;
use crate::harness::process::Process;

fn check(url: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    command.arg("check").env_clear().env("DATABASE_URL", url).output().unwrap()
}

/// Writes a figure of a day of its own, and gives the status.
fn write(process: &Process, key: &str, day: usize) -> u16 {
    let day = chrono::NaiveDate::from_ymd_opt(2030, 1, 1).unwrap() + chrono::Days::new(day as u64);
    let body = json!({"metric": "education.fund.raised", "area": "430681107202", "period": day.to_string(), "value": 1,
        "note": "n".repeat(1900)})
    .to_string();
    let head = format!(
        "Authorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = process.send("POST", "/api/v1/observations", &head);
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    if status == 503 {
        assert!(answer.contains("retry-after: 1") && answer.contains("/problems/unavailable"), "{answer}");
    }
    status
}

#[actix_web::test]
async fn check_finds_what_is_damaged() {
    let app = TestApp::seeded().await;
    let whole = check(&app.url);
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    let (means, url, _folder) = match app.url.strip_prefix("sqlite://") {
        Some(path) => {
            app.sql("PRAGMA wal_checkpoint(TRUNCATE)");
            let mut file = std::fs::read(path).unwrap();
            // Pages of the last third: neither the ledger nor the migrations.
            let from = file.len() / 4096 * 2 / 3 * 4096;
            file[from..].iter_mut().enumerate().for_each(|(at, byte)| *byte = (at % 251) as u8);
            let folder = tempfile::tempdir().unwrap();
            let damaged = folder.path().join("damaged.db");
            std::fs::write(&damaged, file).unwrap();
            ("quick_check", format!("sqlite://{}", damaged.display()), Some(folder))
        }
        None => {
            // A row that the index of its table does not have, as after a lost write.
            let ready = |is: bool| {
                format!(
                    "UPDATE pg_index SET indisready = {is} WHERE indexrelid = 'data_steps_pkey'::regclass"
                )
            };
            app.sql(&ready(false));
            app.sql("INSERT INTO data_steps (name) VALUES ('lost')");
            app.sql(&ready(true));
            ("amcheck", app.url.clone(), None)
        }
    };
    assert!(String::from_utf8(whole.stdout).unwrap().contains(means));
    let damaged = check(&url);
    let told = String::from_utf8(damaged.stderr).unwrap();
    assert_eq!(damaged.status.code(), Some(1), "{told}");
    assert!(told.contains("the database is damaged") && told.contains(means), "{told}");
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn a_full_disk_refuses_writes_for_as_long_as_it_is_full() {
    if server().is_some() {
        // The disk of a server is its own affair; that it refuses is tried below.
        return;
    }
    let (app, key) = TestApp::seeded_for("editor", None).await;
    // No file grows beyond 512 KiB; without the trap the process would be killed for trying.
    let process = Process::start_within("trap '' XFSZ; ulimit -S -f 1024", &app.url, &[]);
    let mut kept = 0;
    while write(&process, &key, kept) == 201 {
        kept += 1;
        assert!(kept < 50, "the disk is never full");
    }
    let ready = || process.get("/readyz").split(' ').nth(1).unwrap().to_owned();
    // What is left of it takes small writes still, and each question for readiness is one.
    assert!(
        (0..50).any(|_| write(&process, &key, kept) == 503 && ready() == "503"),
        "it says that it is ready"
    );
    assert!(process.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(process.get("/api/v1/villages?limit=3").starts_with("HTTP/1.1 200"), "what is there is read");
    let freed =
        Command::new("prlimit").args(["--pid", &process.id().to_string(), "--fsize=unlimited:"]).status();
    assert!(freed.unwrap().success());
    assert_eq!(ready(), "200");
    assert_eq!(write(&process, &key, kept), 201);
    let found = app.counted("/api/v1/observations?metric=education.fund.raised&from=2030").await;
    assert_eq!(found, kept as i64 + 1, "what was acknowledged, and nothing else");
}

#[actix_web::test]
async fn a_server_that_takes_no_writes_is_read_and_not_ready() {
    // As a standby is, or a server that was set so for the time of a move.
    let Some(server) = server() else { return };
    let (app, key) = TestApp::seeded_for("editor", None).await;
    let name = app.url.rsplit('/').next().unwrap();
    let set = |read_only: &str| {
        let mut admin = PgConnection::establish(&server).unwrap();
        let statement = format!("ALTER DATABASE {name} SET default_transaction_read_only = {read_only}");
        sql_query(statement).execute(&mut admin).unwrap();
    };
    set("on");
    let process = Process::start(&app.url);
    for _ in 0..2 {
        assert_eq!(write(&process, &key, 0), 503);
        assert!(process.get("/readyz").starts_with("HTTP/1.1 503"));
        assert!(process.get("/api/v1/villages?limit=3").starts_with("HTTP/1.1 200"));
    }
    set("off");
    let process = Process::start(&app.url);
    assert!(process.get("/readyz").starts_with("HTTP/1.1 200"));
    assert_eq!(write(&process, &key, 0), 201);
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn connections_without_a_handle_wait_for_one() {
    let app = TestApp::seeded().await;
    let process = Process::start_within("ulimit -n 96", &app.url, &[("TAIZHANG_WORKERS", "2")]);
    let ask = |number: usize| {
        let mut stream = TcpStream::connect(&process.address).unwrap();
        write!(stream, "GET /api/v1/villages?limit={} HTTP/1.1\r\nHost: x\r\n\r\n", number % 90 + 1).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    };
    let streams: Vec<TcpStream> = (0..120).map(ask).collect();
    // Each goes when it has its answer, and makes room for one that waits.
    for (number, mut stream) in streams.into_iter().enumerate() {
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).unwrap();
        assert_eq!(&begin, b"HTTP/1.1 200", "{number}");
    }
    assert!(process.get("/readyz").starts_with("HTTP/1.1 200"));
}
