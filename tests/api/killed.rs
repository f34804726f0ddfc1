//! Two processes on one database, sixteen clients that write through them, and a `kill -9` at any moment:
//! what was acknowledged is there, once and whole. `KILL_CYCLES=100 tests/run killed` kills more
//! often.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::process::Process;

const WRITERS: usize = 16;

/// What a client wants to have written, until it knows that it is.
#[derive(Clone)]
struct Attempt {
    key: String,
    body: String,
    values: Vec<i64>,
}

/// The statements of a writer: now one, now three together, each of a day of its own.
fn attempt(writer: usize, number: usize) -> Attempt {
    let village = format!(
        "4306811072{}",
        ["02", "05", "08", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31"]
            [writer]
    );
    let many = if number.is_multiple_of(2) { 1 } else { 3 };
    let values: Vec<i64> = (0..many).map(|part| (number * 3 + part) as i64).collect();
    let first = chrono::NaiveDate::from_ymd_opt(2030, 1, 1).unwrap();
    let statement = |value: &i64| {
        let day = first + chrono::Days::new(*value as u64);
        json!({"metric": "education.fund.raised", "area": village, "period": day.to_string(), "value": value, "note": "k"})
    };
    let mut statements: Vec<Value> = values.iter().map(statement).collect();
    let body = if many == 1 { statements.remove(0) } else { json!({"items": statements}) };
    Attempt { key: format!("{writer}-{number}"), body: body.to_string(), values }
}

/// The whole answer to an attempt; an error when it did not come whole.
fn send(address: &str, token: &str, attempt: &Attempt) -> io::Result<(u16, Value)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let Attempt { key, body, .. } = attempt;
    write!(
        stream,
        "POST /api/v1/observations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut_off)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut_off)?;
    Ok((status, serde_json::from_str(body).map_err(|_| cut_off())?))
}

/// Writes until told to stop, each attempt until it is acknowledged, and gives all that was.
fn write(
    writer: usize,
    token: &str,
    addresses: &Mutex<[String; 2]>,
    stop: &AtomicBool,
) -> Vec<(Attempt, Value)> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let attempt = attempt(writer, number);
        for turn in writer.. {
            let address = addresses.lock().unwrap()[turn % 2].clone();
            match send(&address, token, &attempt) {
                Ok((201, answer)) => {
                    acknowledged.push((attempt, answer));
                    break;
                }
                Ok((503, _)) | Err(_) => std::thread::sleep(Duration::from_millis(10)),
                Ok((status, answer)) => panic!("{status}: {answer}"),
            }
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    acknowledged
}

#[actix_web::test]
async fn what_was_acknowledged_survives_kill_nine_once_and_whole() {
    let cycles = std::env::var("KILL_CYCLES").map_or(10, |cycles| cycles.parse().unwrap());
    let (app, token) = TestApp::seeded_for("editor", None).await;
    let start = || {
        let quiet = [
            ("TAIZHANG_LOG", "error,taizhang::cli=info"),
            ("TAIZHANG_RATE_ADDRESS", "0"),
            ("TAIZHANG_RATE_KEY", "0"),
        ];
        Process::start_with(&app.url, &quiet)
    };
    let mut processes = [start(), start()];
    let addresses = Arc::new(Mutex::new(processes.each_ref().map(|process| process.address.clone())));
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (token, addresses, stop) = (token.clone(), addresses.clone(), stop.clone());
            std::thread::spawn(move || write(writer, &token, &addresses, &stop))
        })
        .collect();
    for cycle in 0..cycles {
        // Any moment will do; these differ from cycle to cycle and from run to run of the machine.
        std::thread::sleep(Duration::from_millis(60 + (cycle * 37) % 190));
        processes[cycle as usize % 2].kill();
        processes[cycle as usize % 2] = start();
        let address = processes[cycle as usize % 2].address.clone();
        addresses.lock().unwrap()[cycle as usize % 2] = address;
    }
    stop.store(true, Ordering::Relaxed);
    let acknowledged: Vec<(Attempt, Value)> =
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    drop(processes);

    let all =
        app.get("/api/v1/observations?metric=education.fund.raised&from=2030&format=ndjson").await.text();
    let rows: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut expected = 0;
    for (attempt, answer) in &acknowledged {
        let answered = answer["items"].as_array().cloned().unwrap_or_else(|| vec![answer.clone()]);
        assert_eq!(answered.len(), attempt.values.len());
        for (row, value) in answered.iter().zip(&attempt.values) {
            assert_eq!(row["value"], *value);
            let stored = rows.iter().find(|stored| stored["id"] == row["id"]);
            assert_eq!(stored, Some(row), "acknowledged as {}", attempt.key);
            expected += 1;
        }
        // What came together is of one entry.
        assert!(answered.iter().all(|row| row["seq"] == answered[0]["seq"]));
    }
    assert!(acknowledged.len() > WRITERS, "{} writes in {cycles} cycles", acknowledged.len());
    assert_eq!(rows.len(), expected, "nothing is there that nobody was told of, nothing twice");
    assert!(rows.iter().all(|row| row["revision"] == 1), "nothing was done twice");
    let head = app.db.head().await.unwrap();
    let whole = "SELECT CAST(COUNT(*) AS TEXT) AS text FROM entries e WHERE EXISTS (SELECT 1 FROM edits d WHERE d.seq = e.seq)";
    let entries: i64 = app.texts(whole).remove(0).parse().unwrap();
    assert_eq!(entries, head, "no number is missing, no entry is empty");
}

#[actix_web::test]
async fn an_answered_write_has_been_synced() {
    let app = TestApp::empty().await;
    let (query, wanted) = match app.db.kind() {
        "sqlite" => ("SELECT CAST(synchronous AS TEXT) AS text FROM pragma_synchronous", "2"),
        _ => ("SELECT current_setting('synchronous_commit') AS text", "on"),
    };
    assert_eq!(app.texts(query).remove(0), wanted);
}
