//! The program as a process of its own: serving, stopping, being killed, logging.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::TestApp;
use crate::harness::process::Process;

#[actix_web::test]
async fn the_first_start_migrates_seeds_and_serves() {
    let app = TestApp::empty().await;
    // A key that was made before is no reason to stay without the township.
    app.key("admin", None).await;
    let process = Process::start(&app.url);
    let answer = process.get("/api/v1/villages?within=430681107&limit=1&count=exact");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"count\":18"), "{answer}");
}

#[actix_web::test]
async fn the_start_says_where_the_documentation_is_and_how_to_make_the_first_key() {
    let app = TestApp::seeded().await;
    let greeting = || {
        let mut process = Process::start(&app.url);
        assert!(process.get("/swagger-ui/").starts_with("HTTP/1.1 200"));
        process.kill();
        let mut said = String::new();
        process.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        let address = format!("http://{}/swagger-ui/", process.address);
        assert!(said.lines().next().unwrap().ends_with(&address), "{said}");
        said
    };
    let said = greeting();
    let command = said.lines().last().unwrap();
    assert!(command.ends_with("taizhang keys create --name admin --role admin"), "{said}");
    assert!(!command.contains("postgres"), "no password is said: {command}");
    // As it stands there, by a shell that finds the program.
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_taizhang")).parent().unwrap();
    let mut shell = Command::new("/bin/sh");
    let shell = shell.args(["-c", command]).env_clear().env("PATH", folder).env("DATABASE_URL", &app.url);
    let made = shell.output().unwrap();
    assert!(made.stdout.starts_with(b"tz_"), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(greeting().lines().count(), 1, "there is a key now");
}

#[actix_web::test]
async fn a_signal_to_stop_ends_the_process_in_order() {
    let app = TestApp::seeded().await;
    for name in ["-TERM", "-INT"] {
        let mut process = Process::start(&app.url);
        assert!(process.get("/healthz").starts_with("HTTP/1.1 200"));
        process.signal(name);
        assert_eq!(process.child.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[actix_web::test]
async fn a_killed_process_has_lost_nothing_when_it_is_back() {
    let app = TestApp::empty().await;
    let body = |answer: String| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    let mut process = Process::start(&app.url);
    let before = body(process.get("/api/v1/plans/bishi-2023"));
    process.signal("-KILL");
    assert_eq!(process.child.wait().unwrap().code(), None);
    let process = Process::start(&app.url);
    assert_eq!(body(process.get("/api/v1/plans/bishi-2023")), before);
}

#[actix_web::test]
async fn a_request_is_one_line_of_log() {
    let app = TestApp::seeded().await;
    let mut process = Process::start(&app.url);
    let answer = process.get("/api/v1/areas/430681107?secret=s3cret");
    let line = process.line(|line| line["message"] == "request");
    assert_eq!((&line["route"], &line["status"]), (&"/api/v1/areas/{code}".into(), &400.into()));
    assert!(line["duration_us"].is_number());
    let id = line["request_id"].as_str().unwrap();
    assert!(answer.contains(id), "the same id in the answer");
    assert!(!line.to_string().contains("s3cret"), "no parameter is logged");
}

#[actix_web::test]
async fn who_was_refused_what_and_where_is_logged_and_no_secret_is() {
    let app = TestApp::seeded().await;
    let [reader, admin] = [app.key("reader", None).await, app.key("admin", None).await];
    let id = |token: &str| token.parse::<taizhang::domain::token::Token>().unwrap().id().to_string();
    let forged = format!("{}{}", &admin[..30], &reader[30..]);
    let mut process = Process::start(&app.url);
    let mut logged = Vec::new();
    let mut next = |process: &mut Process| {
        let mut lines = Vec::new();
        process.line(|line| {
            lines.push(line.clone());
            line["message"] == "request"
        });
        logged.extend(lines.iter().map(Value::to_string));
        lines
    };
    for (token, status, key, message) in [
        (&reader, 403, id(&reader), "the role of the key does not allow this"),
        (&forged, 401, id(&forged), "authentication failed"),
        (&"tz_broken-s3cret".to_owned(), 401, String::new(), "authentication failed"),
    ] {
        let answer =
            process.send("DELETE", "/api/v1/metrics/a.b", &format!("Authorization: Bearer {token}\r\n"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        let lines = next(&mut process);
        let refusal = lines.iter().find(|line| line["message"] == message).unwrap();
        assert_eq!((&refusal["key"], &refusal["peer"]), (&key.into(), &"127.0.0.1".into()));
        assert_eq!((&refusal["method"], &refusal["path"]), (&"DELETE".into(), &"/api/v1/metrics/a.b".into()));
        assert_eq!(lines.last().unwrap()["status"], status);
    }
    let body = r#"{"name":"s3cret-free","role":"reader"}"#;
    let head = format!(
        "Authorization: Bearer {admin}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = process.send("POST", "/api/v1/api-keys", &head);
    let token = answer.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap();
    let lines = next(&mut process);
    let line = lines.last().unwrap();
    assert_eq!(
        (&line["key"], &line["peer"], &line["status"]),
        (&id(&admin).into(), &"127.0.0.1".into(), &201.into())
    );
    assert_eq!(process.get("/api/v1/villages?limit=1").split(' ').nth(1), Some("200"));
    assert_eq!(next(&mut process).last().unwrap()["key"], Value::Null, "nobody said who asks");
    process.signal("-TERM");
    let mut rest = String::new();
    process.log.read_to_string(&mut rest).unwrap();
    logged.push(rest);
    for secret in [&reader[30..], &admin[30..], &token[30..], "s3cret", "Bearer"] {
        assert!(!logged.join("\n").contains(secret), "a secret is logged");
    }
}

#[actix_web::test]
async fn downloads_on_a_kept_connection_do_not_wait_for_acknowledgements() {
    let app = TestApp::seeded().await;
    let process = Process::start(&app.url);
    let mut stream = TcpStream::connect(&process.address).unwrap();
    let mut times = Vec::new();
    for _ in 0..30 {
        stream.write_all(b"GET /api/v1/observations?format=csv HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let (mut told, mut piece, mut begin) = (Vec::new(), [0; 4096], None);
        while !told.ends_with(b"\r\n0\r\n\r\n") {
            let read = stream.read(&mut piece).unwrap();
            assert!(read > 0, "the connection ended");
            told.extend_from_slice(&piece[..read]);
            begin.get_or_insert_with(Instant::now);
        }
        // From the first byte on all is there.
        times.push(begin.unwrap().elapsed());
    }
    // A client puts an acknowledgement off by 40 ms, once it has seen that a connection is a talk. Of ten that
    // waited for one none is faster, however busy the machine.
    let fastest = times[20..].iter().min().unwrap();
    assert!(*fastest < Duration::from_millis(38), "{times:?}");
}
