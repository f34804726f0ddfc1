//! Limits: of bodies, of rates, of what a browser may do; and clients that hold connections open.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::rt::task::spawn_blocking;
use actix_web::test::{self, TestRequest};
use actix_web::{HttpRequest, HttpResponse, HttpServer, web};
use serde_json::json;
use taizhang::api::headers::Origins;
use taizhang::api::limits::{PerSecond, Source};
use taizhang::api::pace::Pace;
use taizhang::api::problem::Problem;
use taizhang::api::{self, Settings, connection, payload};

use crate::harness::process::Process;
use crate::harness::{Answer, TestApp};

const CODINGS: [&str; 4] = ["gzip", "br", "zstd", "deflate"];

/// Answers a body as it was read.
async fn echo(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Problem> {
    let limits = request.app_data::<payload::Limits>().unwrap();
    let bytes = payload::read(&request, &mut body.into_inner(), limits).await?;
    Ok(HttpResponse::Ok().json(payload::json(&bytes)?))
}

async fn send(app: &TestApp, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let service = test::init_service(api::app(&app.shared).route("/echo", web::post().to(echo))).await;
    let mut request = TestRequest::post().uri("/echo").set_payload(body);
    for header in headers {
        request = request.append_header(*header);
    }
    Answer::of(test::call_service(&service, request.to_request()).await.map_into_boxed_body()).await
}

fn coded(coding: &str, plain: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    // As small as can be: a bomb must fit into the limit as it is sent.
    match coding {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(&mut coded, flate2::Compression::best());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap();
        }
        "deflate" => {
            let mut encoder = flate2::write::ZlibEncoder::new(&mut coded, flate2::Compression::best());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap();
        }
        "br" => brotli::CompressorWriter::new(&mut coded, 4096, 1, 22).write_all(plain).unwrap(),
        "zstd" => coded = zstd::encode_all(plain, 3).unwrap(),
        _ => coded.extend_from_slice(plain),
    }
    coded
}

async fn small() -> TestApp {
    let body = payload::Limits { bytes: 64 << 10, ..payload::Limits::default() };
    TestApp::with(Settings { body, ..Settings::default() }).await
}

#[actix_web::test]
async fn a_body_comes_in_any_one_coding() {
    let app = small().await;
    let body = json!({ "words": "收取90万余元".repeat(1000), "value": 90 });
    let text = body.to_string();
    for coding in CODINGS.iter().chain(&["identity", "x-gzip", "GZip", " br "]) {
        let sent = coded(coding.trim().trim_start_matches("x-").to_lowercase().as_str(), text.as_bytes());
        let answer = send(&app, &[("content-encoding", coding)], sent).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, body.clone()), "{coding}");
    }
    assert_eq!(send(&app, &[], text.clone().into()).await.json(), body);
}

#[actix_web::test]
async fn other_and_stacked_codings_are_refused() {
    let app = small().await;
    let gzip = || coded("gzip", b"{}");
    for coding in
        ["compress", "gzip, gzip", "gzip,identity", "identity, identity", "aws-chunked", "gzip;q=1", "*", ","]
    {
        let answer = send(&app, &[("content-encoding", coding)], gzip()).await;
        answer.problem(415, "unsupported_media_type");
        assert_eq!(answer.header("accept-encoding"), "gzip, br, zstd, deflate", "{coding}");
    }
    let twice = [("content-encoding", "gzip"), ("content-encoding", "gzip")];
    send(&app, &twice, gzip()).await.problem(415, "unsupported_media_type");
}

#[actix_web::test]
async fn a_body_beyond_the_limit_is_refused_as_sent_and_as_decoded() {
    let app = small().await;
    let fits = format!("\"{}\"", "x".repeat((64 << 10) - 2));
    let beyond = format!("{fits} ");
    assert_eq!(send(&app, &[], fits.clone().into()).await.status, 200);
    send(&app, &[], beyond.clone().into()).await.problem(413, "too_large");
    for coding in CODINGS {
        let header = [("content-encoding", coding)];
        assert_eq!(send(&app, &header, coded(coding, fits.as_bytes())).await.status, 200, "{coding}");
        send(&app, &header, coded(coding, beyond.as_bytes())).await.problem(413, "too_large");
    }
}

#[actix_web::test]
async fn a_bomb_costs_no_more_than_an_honest_body() {
    let app = small().await;
    // Zstandard makes 8 MiB of a few hundred bytes; as many as the limit lets through are gigabytes.
    let zeros = vec![b'0'; 8 << 20];
    for coding in CODINGS {
        let one = coded(coding, &zeros);
        let bomb = if ["gzip", "zstd"].contains(&coding) { one.repeat((64 << 10) / one.len()) } else { one };
        let answer = send(&app, &[("content-encoding", coding)], bomb).await;
        answer.problem(413, "too_large");
    }
}

#[actix_web::test]
async fn a_damaged_body_is_refused() {
    let app = small().await;
    let noise: String =
        (0..2000).map(|number: u64| format!("{:x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    for coding in CODINGS {
        let header = [("content-encoding", coding)];
        let whole = coded(coding, format!("\"{noise}\"").as_bytes());
        for broken in
            [&whole[..whole.len() - 1], &whole[..whole.len() / 2], b"", b"{}", b"\xFF\xFF\xFF\xFF\xFF"]
        {
            let answer = send(&app, &header, broken.to_vec()).await;
            let problem = answer.problem(400, "malformed_request");
            assert_eq!(problem["errors"], json!([]), "{coding}");
        }
    }
}

#[actix_web::test]
async fn broken_json_is_refused_with_its_place() {
    let app = small().await;
    for (body, pointer, code) in [
        (&b"{\"items\":[{\"value\":1},{\"value\":1,\"value\":2}]}"[..], "/items/1/value", "duplicate_member"),
        (b"{\"items\":[{\"text\":\"a\\u0000\"}]}", "/items/0/text", "nul_character"),
        (b"{\"text\":\"\xC3\x28\"}", "/text", "json_syntax"),
        (b"", "", "json_syntax"),
    ] {
        let problem = send(&app, &[], body.to_vec()).await.problem(400, "malformed_request");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!(code))
        );
    }
}

/// A service that takes one request a second of an address.
async fn strict(source: Source) -> TestApp {
    let rates = PerSecond { address: 1, source, ..PerSecond::default() };
    TestApp::with(Settings { rates, ..Settings::default() }).await
}

fn from(peer: &str) -> TestRequest {
    TestRequest::with_uri("/healthz").peer_addr(peer.parse().unwrap())
}

/// Asks until it is too much, which takes two requests within a second.
async fn exhaust(app: &TestApp, request: impl Fn() -> TestRequest) -> Answer {
    for _ in 0..50 {
        let answer = app.answer(request()).await;
        if answer.status == 429 {
            return answer;
        }
        assert_eq!(answer.status, 200);
    }
    panic!("never too much");
}

#[actix_web::test]
async fn an_address_has_its_rate_and_is_told_of_it() {
    let app = strict(Source::Peer).await;
    let first = app.answer(from("192.0.2.1:1")).await;
    assert_eq!(first.header("ratelimit-policy"), "\"address\";q=1;w=1");
    assert_eq!(first.header("ratelimit"), "\"address\";r=0;t=1");
    let refused = exhaust(&app, || from("192.0.2.1:2")).await;
    refused.problem(429, "too_many_requests");
    assert_eq!(refused.header("ratelimit-policy"), "\"address\";q=1;w=1");
    assert_eq!((refused.header("ratelimit"), refused.header("retry-after")), ("\"address\";r=0;t=1", "1"));
    assert_eq!(refused.header("x-content-type-options"), "nosniff");
    assert_eq!(app.answer(from("192.0.2.2:1")).await.status, 200, "another address");

    assert_eq!(app.answer(from("[2001:db8::1]:1")).await.status, 200);
    exhaust(&app, || from("[2001:db8::2]:1")).await;
    assert_eq!(app.answer(from("[2001:db8:0:1::1]:1")).await.status, 200, "another network");
}

#[actix_web::test]
async fn refusals_tell_the_rate_as_well() {
    let app = TestApp::empty().await;
    for (path, status) in
        [("/api/v1/areas", 200), ("/nowhere", 404), ("/api/v1/areas?x=1", 400), ("/%FF", 400)]
    {
        let answer = app.answer(from("192.0.2.1:1").uri(path)).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("ratelimit-policy"), "\"address\";q=1000;w=1", "{path}");
        assert!(answer.header("ratelimit").starts_with("\"address\";r=99"), "{path}");
    }
    assert_eq!(app.get("/healthz").await.header("ratelimit"), "", "without an address");
}

#[actix_web::test]
async fn a_rate_of_nothing_is_no_limit() {
    let rates = PerSecond { address: 0, ..PerSecond::default() };
    let app = TestApp::with(Settings { rates, ..Settings::default() }).await;
    for _ in 0..50 {
        let answer = app.answer(from("192.0.2.1:1")).await;
        assert_eq!((answer.status.as_u16(), answer.header("ratelimit")), (200, ""));
    }
}

#[actix_web::test]
async fn only_the_named_header_of_a_proxy_is_believed() {
    let app = strict(Source::Peer).await;
    let forged =
        |number: u8| from("192.0.2.1:1").insert_header(("x-forwarded-for", format!("198.51.100.{number}")));
    assert_eq!(app.answer(forged(1)).await.status, 200);
    exhaust(&app, || forged(2)).await;
    let app = strict(Source::XForwardedFor).await;
    assert_eq!(app.answer(forged(1)).await.status, 200);
    exhaust(&app, || forged(1)).await;
    assert_eq!(app.answer(forged(2)).await.status, 200);
}

async fn open_to(origins: &[&str]) -> TestApp {
    let origins = Origins(origins.iter().map(ToString::to_string).collect());
    TestApp::with(Settings { origins, ..Settings::default() }).await
}

const PREFLIGHT: [(&str, &str); 2] = [
    ("access-control-request-method", "PATCH"),
    ("access-control-request-headers", "authorization, if-match"),
];

fn asked_by(origin: &'static str) -> Vec<(&'static str, &'static str)> {
    PREFLIGHT.into_iter().chain([("origin", origin)]).collect()
}

#[actix_web::test]
async fn pages_of_other_origins_are_kept_out_by_default() {
    let app = TestApp::empty().await;
    let answer = app.get("/api/v1/areas").header("origin", "https://example.org").await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, ""));
    assert_eq!(answer.header("vary"), "accept, accept-encoding, authorization");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    let answer =
        app.request(Method::OPTIONS, "/api/v1/areas").headers(&asked_by("https://example.org")).await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET, HEAD");
}

#[actix_web::test]
async fn a_page_of_a_listed_origin_may_read_and_write() {
    let app = open_to(&["https://example.org", "http://127.0.0.1:8081"]).await;
    let answer =
        app.request(Method::OPTIONS, "/api/v1/areas").headers(&asked_by("https://example.org")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://example.org");
    assert!(answer.header("access-control-allow-methods").contains("PATCH"));
    assert_eq!(answer.header("access-control-max-age"), "3600");
    let allowed = answer.header("access-control-allow-headers").to_lowercase();
    for name in [
        "accept",
        "accept-language",
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-none-match",
    ] {
        assert!(allowed.split(", ").any(|one| one == name), "{name} in {allowed}");
    }
    for (path, status) in [("/api/v1/areas", 200), ("/api/v1/areas", 200), ("/nowhere", 404)] {
        let answer = app.get(path).header("origin", "http://127.0.0.1:8081").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), "http://127.0.0.1:8081", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        let (told, vary) =
            (answer.header("access-control-expose-headers").to_lowercase(), answer.header("vary"));
        for name in [
            "allow",
            "content-disposition",
            "deprecation",
            "etag",
            "link",
            "location",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "sunset",
            "www-authenticate",
            "x-request-id",
        ] {
            assert!(told.split(", ").any(|one| one == name), "{name} in {told}");
        }
        assert!(vary.contains("Origin") && vary.contains("accept"), "{vary}");
    }
    let tag = app.get("/api/v1/areas").await.header("etag").to_owned();
    let headers = [("origin", "https://example.org"), ("if-none-match", tag.as_str())];
    let unchanged = app.get("/api/v1/areas").headers(&headers).await;
    assert_eq!(
        (unchanged.status.as_u16(), unchanged.header("access-control-allow-origin")),
        (304, "https://example.org")
    );
    assert!(
        unchanged.header("vary").starts_with("accept, accept-encoding, authorization, Origin"),
        "{}",
        unchanged.header("vary")
    );
}

#[actix_web::test]
async fn a_page_of_an_unlisted_origin_is_answered_as_without_cors() {
    let app = open_to(&["https://example.org"]).await;
    for origin in ["https://example.com", "null", "https://example.org.example.com", "http://example.org"] {
        let answer = app.get("/api/v1/areas").header("origin", origin).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("access-control-allow-origin")),
            (200, ""),
            "{origin}"
        );
        assert!(answer.header("vary").contains("Origin"));
        let answer = app.request(Method::OPTIONS, "/api/v1/areas").headers(&asked_by(origin)).await;
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    app.request(Method::OPTIONS, "/api/v1/areas").await.problem(405, "method_not_allowed");
    let refused = app.request(Method::OPTIONS, "/api/v1/areas").headers(&PREFLIGHT).await;
    refused.problem(405, "method_not_allowed");
    let refused = app.request(Method::OPTIONS, "/nowhere").headers(&asked_by("https://example.com")).await;
    refused.problem(404, "not_found");
}

#[actix_web::test]
async fn any_origin_may_be_let_in_without_credentials() {
    let app = open_to(&["*"]).await;
    let answer = app.get("/api/v1/areas").header("origin", "https://example.org").await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let answer =
        app.request(Method::OPTIONS, "/api/v1/areas").headers(&asked_by("https://example.org")).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, "*"));
}

#[actix_web::test]
async fn every_answer_tells_browsers_what_they_may_not_do() {
    let app = TestApp::empty().await;
    for path in
        ["/healthz", "/api/v1/areas", "/api/v1/areas", "/nowhere", "/%FF", "/problems/stale", "/swagger-ui/"]
    {
        let answer = app.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(policy.contains("script-src 'self'"), path == "/swagger-ui/", "{path}");
    }
    let page = app.get("/swagger-ui/").await.text();
    assert!(!page.contains("<style") && !page.contains("<script>"), "its policy allows neither in the page");
}

#[actix_web::test]
async fn a_panic_is_answered_with_the_same_headers() {
    async fn panicking() -> &'static str {
        panic!("on purpose")
    }
    let app = TestApp::empty().await;
    let service = test::init_service(api::app(&app.shared).route("/panic", web::get().to(panicking))).await;
    let refused = service.call(TestRequest::with_uri("/panic").to_request()).await;
    let refused = refused.map(drop).unwrap_err().error_response();
    for name in ["content-security-policy", "x-frame-options", "x-content-type-options", "referrer-policy"] {
        assert!(refused.headers().contains_key(name), "{name}");
    }
}

/// Sends the beginning of a request, then more at each interval, until the connection is closed; the
/// answer, and how long it took.
fn talk(address: &str, begin: &str, more: &str, every: Duration, end: usize) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).unwrap();
    let begun = Instant::now();
    stream.set_read_timeout(Some(every)).unwrap();
    stream.write_all(begin.as_bytes()).unwrap();
    let (mut answer, mut buffer, mut sent) = (Vec::new(), [0; 4096], 0);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&buffer[..read]),
            Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {
                if sent < end {
                    // A connection that is closed by now is seen by the next read.
                    let _ = stream.write_all(more.as_bytes());
                    sent += 1;
                }
            }
            Err(_) => break,
        }
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{begin:?} {more:?} is still open: {:?}",
            String::from_utf8_lossy(&answer)
        );
    }
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

#[actix_web::test]
async fn clients_that_dawdle_are_cut() {
    let app = TestApp::empty().await;
    let process = Process::start(&app.url);
    let shared = app.shared.clone();
    let server = HttpServer::new(move || api::app(&shared).route("/echo", web::post().to(echo)));
    let server = server.on_connect(|io, data| {
        connection::watch(
            io.downcast_ref().unwrap(),
            Pace::over(Duration::from_secs(30)),
            data,
            Duration::from_secs(2),
        );
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let echoing = server.addrs()[0].to_string();
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let tenth = Duration::from_millis(100);
    let chunks = "Transfer-Encoding: chunked\r\n\r\n";
    let sized = "Content-Length: 100000\r\n\r\n";
    let request = |line: &str, rest: &str| format!("{line} HTTP/1.1\r\nHost: x\r\n{rest}");
    let (address, echo_line) = (process.address.clone(), "POST /echo");
    // Each: where, how it begins, what comes then, how often, what is answered, the longest in seconds,
    // with room for a busy machine: who is not cut talks for a hundred.
    let cases = [
        (&address, String::new(), "", 0, "HTTP/1.1 408", 20),
        (&address, "GET /heal".to_owned(), "x", 999, "HTTP/1.1 408", 20),
        (&address, request("GET /healthz", sized), "x", 999, "HTTP/1.1 200", 12),
        (&address, request("GET /healthz", chunks), "1\r\nx\r\n", 999, "HTTP/1.1 200", 12),
        (&address, request("GET /healthz", chunks), "", 0, "HTTP/1.1 200", 12),
        (&address, request("POST /api/v1/areas", chunks), "1\r\nx\r\n", 999, "HTTP/1.1 405", 12),
        (&address, request("PUT /nowhere", chunks), "1\r\nx\r\n", 999, "HTTP/1.1 404", 12),
        (&address, request("PUT /%FF", chunks), "1\r\nx\r\n", 999, "HTTP/1.1 400", 12),
        (&echoing, request("GET /healthz", "\r\nGET /heal"), "x", 999, "HTTP/1.1 200", 12),
        (&echoing, request(echo_line, sized), "", 0, "HTTP/1.1 408", 20),
        (&echoing, request(echo_line, sized), "x", 999, "HTTP/1.1 408", 20),
        (&echoing, request(echo_line, chunks), "1\r\nx\r\n", 999, "HTTP/1.1 408", 20),
        (&echoing, request(echo_line, chunks), "nonsense", 1, "HTTP/1.1 400", 12),
        (&echoing, request(echo_line, "Content-Length: 4194305\r\n\r\n"), "", 0, "HTTP/1.1 413", 12),
    ];
    let talks: Vec<_> = cases
        .into_iter()
        .map(|(address, begin, more, end, status, most)| {
            let address = address.clone();
            let talk = move || (talk(&address, &begin, more, tenth, end), begin, status, most);
            spawn_blocking(talk)
        })
        .collect();
    // Slow, but not too slow: 1.2 KiB a second, for longer than the speed is looked at.
    let slow = format!("{:>600}", "");
    let begin = request(echo_line, "Connection: close\r\nContent-Length: 7202\r\n\r\n{}");
    let patient = spawn_blocking(move || talk(&echoing, &begin, &slow, Duration::from_millis(500), 12));
    for talk in talks {
        let ((answer, took), begin, status, most) = talk.await.unwrap();
        assert!(answer.starts_with(status), "{begin:?}: {answer}");
        assert!(took < Duration::from_secs(most), "{begin:?}: {took:?}");
        if status == "HTTP/1.1 408" {
            assert!(
                answer.contains("/problems/request_timeout") && answer.contains("connection: close"),
                "{answer}"
            );
            // The server looks at its clock twice a second.
            assert!(took >= Duration::from_millis(4500), "{begin:?}: {took:?}");
        }
    }
    let (answer, _) = patient.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    handle.stop(true).await;
}

#[actix_web::test]
async fn a_body_that_grows_too_large_is_told_before_a_path_that_cannot_be_read() {
    let app = TestApp::empty().await;
    let key = app.key("admin", None).await;
    let process = Process::start(&app.url);
    let mut stream = TcpStream::connect(&process.address).unwrap();
    let head = format!(
        "PATCH /api/v1/plans/%21 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: \
         application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
    for _ in 0..5 {
        // It may be cut before the last.
        let _ = stream.write_all(chunk.as_bytes());
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[actix_web::test]
async fn more_connections_than_are_allowed_wait_for_their_turn() {
    let app = TestApp::empty().await;
    let settings = [("TAIZHANG_CONNECTIONS", "4"), ("TAIZHANG_WORKERS", "2")];
    let process = Process::start_with(&app.url, &settings);
    let ask = || {
        let mut stream = TcpStream::connect(&process.address).unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream
    };
    let mut begin = [0; 12];
    let mut open: Vec<TcpStream> = (0..4).map(|_| ask()).collect();
    for stream in &mut open {
        stream.read_exact(&mut begin).unwrap();
        assert_eq!(&begin, b"HTTP/1.1 200");
    }
    let mut waiting = ask();
    waiting.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(waiting.read_exact(&mut begin).is_err(), "answered beyond the limit");
    drop(open);
    waiting.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    waiting.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200");
}

/// The most memory that a process has ever had, in KiB, as Linux tells it.
fn peak(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn bombs_and_floods_do_not_fill_the_memory() {
    let (app, key) = TestApp::seeded_for("editor", None).await;
    let process = Process::start(&app.url);
    let bodies: Vec<(&str, Vec<u8>)> = ["gzip", "br", "zstd", "deflate"]
        .into_iter()
        .map(|coding| (coding, coded(coding, &vec![b' '; 64 << 20])))
        .chain([("identity", vec![b'['; 4 << 20]), ("identity", "{\"a\":".repeat(500_000).into_bytes())])
        .collect();
    let before = peak(&process);
    std::thread::scope(|scope| {
        for (coding, body) in &bodies {
            for _ in 0..4 {
                let (process, key) = (&process, &key);
                scope.spawn(move || {
                    let head = format!(
                        "POST /api/v1/observations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                         Authorization: Bearer {key}\r\nContent-Type: application/json\r\n\
                         Content-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
                        body.len()
                    );
                    let mut stream = TcpStream::connect(&process.address).unwrap();
                    stream.write_all(head.as_bytes()).unwrap();
                    stream.write_all(body).unwrap();
                    let mut answer = String::new();
                    stream.read_to_string(&mut answer).unwrap();
                    let status = answer.get(..12).unwrap_or_default();
                    assert!(["HTTP/1.1 413", "HTTP/1.1 400"].contains(&status), "{coding}: {answer}");
                });
            }
        }
    });
    let grown = peak(&process) - before;
    // 24 at once, each of at most 4 MiB as sent and 4 MiB as decoded.
    assert!(grown < 256 << 10, "{grown} KiB more than before");
    assert!(process.get("/healthz").starts_with("HTTP/1.1 200"));
}
