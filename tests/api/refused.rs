//! What is no request that can be read: refused before the application sees it, explained all the same.

use std::io::{Read, Write};
use std::net::TcpStream;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::builders::attachments::form;
use crate::harness::process::Process;
use crate::harness::{Answer, TestApp};

const GOOD: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// The answers to what is sent, until the server closes the connection.
fn answers(process: &Process, sent: &[u8]) -> Vec<Answer> {
    let mut stream = TcpStream::connect(&process.address).unwrap();
    stream.write_all(sent).unwrap();
    let mut told = Vec::new();
    stream.read_to_end(&mut told).unwrap();
    let (mut left, mut answers) = (told.as_slice(), Vec::new());
    while !left.is_empty() {
        let end = left.windows(4).position(|sign| sign == b"\r\n\r\n").unwrap();
        let mut lines = str::from_utf8(&left[..end]).unwrap().split("\r\n");
        let status = lines.next().unwrap().strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let mut answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Vec::new() };
        let (body, rest) = left[end + 4..].split_at(answer.header("content-length").parse().unwrap());
        answer.body = body.to_vec();
        answers.push(answer);
        left = rest;
    }
    answers
}

#[actix_web::test]
async fn what_cannot_be_read_is_refused_with_its_document() {
    let app = TestApp::empty().await;
    let mut process = Process::start(&app.url);
    let get = |line: &str| format!("GET {line}\r\nHost: x\r\nX-Key: s3cret\r\n\r\n");
    let head =
        |headers: &str| format!("POST /api/v1/areas HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n0\r\n\r\n");
    for (sent, status) in [
        ("s3cret\r\n\r\n".to_owned(), 400),
        (get("/水 HTTP/1.1"), 400),
        (get(&format!("/{} HTTP/1.1", "x".repeat(70 << 10))), 400),
        (get("/healthz HTTP/2.0"), 400),
        (get("/healthz"), 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 400),
        ("GET /healthz HTTP/1.1\r\n\r\n".to_owned(), 400),
        (head("X: a\0b"), 400),
        (head("X Y: a"), 400),
        (head("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400),
        (head("Content-Length: 5\r\nContent-Length: 6"), 400),
        (head("Content-Length: -5"), 400),
        (head("Transfer-Encoding: gzip, chunked"), 400),
        (head(&vec!["X: a"; 101].join("\r\n")), 431),
        (head(&format!("X: {}", "x".repeat(2 << 20))), 431),
    ] {
        for before in ["", GOOD] {
            let mut answers = answers(&process, format!("{before}{sent}").as_bytes());
            let start: String = sent.chars().take(80).collect();
            let refusal = answers.pop().unwrap();
            let statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
            assert_eq!(statuses, if before.is_empty() { vec![] } else { vec![200] }, "{start:?}");
            let slug = if status == 431 { "head_too_large" } else { "malformed_request" };
            let problem = refusal.problem(status, slug);
            for (name, value) in [
                ("connection", "close"),
                ("content-language", "zh-CN"),
                ("cache-control", "no-store"),
                ("x-content-type-options", "nosniff"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(refusal.header(name), value, "{start:?}");
            }
            let line = process.line(|line| line["message"] == "unreadable request");
            assert_eq!((&line["request_id"], &line["status"]), (&problem["request_id"], &status.into()));
            assert_eq!(line["peer"], "127.0.0.1");
            assert!(!line.to_string().contains("s3cret"));
        }
    }
}

#[actix_web::test]
async fn long_answers_before_a_refusal_are_whole() {
    let app = TestApp::empty().await;
    let process = Process::start(&app.url);
    let document = process.get("/openapi.json");
    let document = document.split_once("\r\n\r\n").unwrap().1.as_bytes();
    // More than the buffers between the two hold.
    let sent = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(15) + "s3cret\r\n\r\n";
    let mut answers = answers(&process, sent.as_bytes());
    answers.pop().unwrap().problem(400, "malformed_request");
    assert_eq!(answers.len(), 15);
    assert!(answers.iter().all(|answer| answer.body == document));
}

#[actix_web::test]
async fn a_body_is_not_taken_for_a_request() {
    let app = TestApp::empty().await;
    let key = app.key("editor", None).await;
    let process = Process::start(&app.url);
    let body = format!("\r\n\r\n{GOOD}s3cret\r\n\r\n");
    let sent = format!(
        "POST /api/v1/observations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}{}",
        body.len(),
        GOOD.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    );
    let answers = answers(&process, sent.as_bytes());
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0].problem(400, "malformed_request")["errors"][0]["code"], "json_syntax");
    assert_eq!(answers[1].status, 200);
}

#[actix_web::test]
async fn what_an_answer_contains_does_not_decide_what_it_is() {
    let app = TestApp::empty().await;
    let key = app.key("reporter", None).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    let process = Process::start_with(&app.url, &[("TAIZHANG_ATTACHMENTS", &place)]);
    let refusal = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: Tue, 24 Nov 2026 09:04:13 GMT\r\n\r\n";
    let file = format!("%PDF-1.4\n{}", refusal.repeat(2000)).into_bytes();
    let (media_type, body) = form(&file);
    let authorization = format!("Host: x\r\nAuthorization: Bearer {key}\r\n");
    let mut upload = format!(
        "POST /api/v1/attachments HTTP/1.1\r\n{authorization}Content-Type: {media_type}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    upload.extend(body);
    let stored = answers(&process, &upload).pop().unwrap();
    assert_eq!(stored.status, 201, "{}", stored.text());
    let path = stored.header("location").to_owned();
    let get = format!("GET {path} HTTP/1.1\r\n{authorization}\r\n");
    let mut all = answers(&process, format!("{get}{get}s3cret\r\n\r\n").as_bytes());
    all.pop().unwrap().problem(400, "malformed_request");
    assert_eq!(all.len(), 2);
    for answer in all {
        assert_eq!(answer.status, 200);
        assert!(answer.body == file, "{} of {} bytes", answer.body.len(), file.len());
    }
}

#[actix_web::test]
async fn answers_without_a_body_do_not_hide_a_refusal() {
    let app = TestApp::empty().await;
    let process = Process::start(&app.url);
    let tag = process.get("/openapi.json");
    let tag = tag.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().trim();
    let sent = format!(
        "HEAD /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n\
         GET /openapi.json HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\ns3cret\r\n\r\n"
    );
    let mut stream = TcpStream::connect(&process.address).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    let heads = told.split("HTTP/1.1 ").skip(1).map(|head| head.get(..3).unwrap_or_default());
    let statuses: Vec<&str> = heads.filter(|head| head.parse::<u16>().is_ok()).collect();
    assert_eq!(statuses, ["200", "304", "400"]);
    assert!(told.ends_with('}') && told.contains("/problems/malformed_request"), "{told}");
}
