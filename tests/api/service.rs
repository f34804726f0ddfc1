//! The service itself: health, version, counters, problem pages, documentation.

use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::{test, web};

use crate::harness::TestApp;

#[actix_web::test]
async fn a_migrated_service_is_alive_and_ready() {
    let app = TestApp::empty().await;
    assert_eq!(app.get("/healthz").await.json()["status"], "ok");
    assert_eq!(app.get("/readyz").await.json()["status"], "ok");
    let version = app.get("/version").await.json();
    assert_eq!(version["name"], "taizhang");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        version["database"],
        if crate::harness::database::server().is_some() { "postgres" } else { "sqlite" }
    );
}

#[actix_web::test]
async fn a_service_without_its_tables_is_alive_but_not_ready() {
    let app = TestApp::empty().await;
    app.sql("DELETE FROM __diesel_schema_migrations WHERE version = '20261123100700'");
    assert_eq!(app.get("/healthz").await.status, 200);
    let answer = app.get("/readyz").await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "1");
}

#[actix_web::test]
async fn what_fails_inside_says_nothing_of_the_inside() {
    let app = TestApp::empty().await;
    app.sql("DROP TABLE search_grams");
    let problem = app.get("/api/v1/search?q=x").await.problem(500, "internal");
    let told = problem.to_string().to_lowercase();
    for word in ["search_grams", "table", "sql", "relation", "diesel"] {
        assert!(!told.contains(word), "{word} in {told}");
    }
}

#[actix_web::test]
async fn a_handler_that_panics_is_one_problem_and_no_more() {
    async fn panicking() -> &'static str {
        panic!("on purpose")
    }
    let app = TestApp::empty().await;
    let broken = taizhang::api::app(&app.shared).route("/panic", web::get().to(panicking));
    let service = test::init_service(broken).await;
    let request = test::TestRequest::with_uri("/panic").insert_header(("accept-language", "en"));
    let refused: Result<_, actix_web::Error> = service.call(request.to_request()).await;
    let refused = refused.map(drop).unwrap_err().error_response();
    assert_eq!(refused.status(), 500);
    assert_eq!(refused.headers().get("content-type").unwrap(), "application/problem+json");
    let id = refused.headers().get("x-request-id").unwrap().clone();
    let body = actix_web::body::to_bytes(refused.into_body()).await.unwrap();
    let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem["title"], "Internal error");
    assert_eq!(problem["request_id"], id.to_str().unwrap());
    let alive = test::TestRequest::with_uri("/healthz").to_request();
    assert_eq!(test::call_service(&service, alive).await.status(), 200);
}

#[actix_web::test]
async fn requests_are_counted_by_route_and_status() {
    let app = TestApp::seeded().await;
    app.get("/api/v1/areas/430681107000").await;
    app.get("/api/v1/areas/430681107001").await;
    let answer = app.get("/-/metrics").await;
    assert!(answer.header("content-type").starts_with("text/plain"));
    let text = answer.text();
    for line in [
        "taizhang_requests_total{method=\"GET\",route=\"/api/v1/areas/{code}\",status=\"200\"} 1",
        "taizhang_requests_total{method=\"GET\",route=\"/api/v1/areas/{code}\",status=\"404\"} 1",
        "taizhang_request_duration_seconds_count{route=\"/api/v1/areas/{code}\"} 2",
        "taizhang_ledger_head 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
}

#[actix_web::test]
async fn every_problem_type_has_a_page() {
    let app = TestApp::empty().await;
    let problem = app.get("/nowhere").await.problem(404, "not_found");
    let page = app.get(problem["type"].as_str().unwrap()).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains("未找到") && page.text().contains("Not found"));
}

#[actix_web::test]
async fn the_documentation_needs_no_other_host() {
    let app = TestApp::empty().await;
    let redirect = app.get("/swagger-ui").await;
    assert_eq!((redirect.status.as_u16(), redirect.header("location")), (307, "/swagger-ui/"));
    let page = app.get("/swagger-ui/").await;
    assert_eq!(page.status, 200);
    assert_eq!(app.get("/swagger-ui/index.html").await.text(), page.text());
    let settings = app.get("/swagger-ui/page.js").await;
    assert_eq!(settings.header("content-type"), "application/javascript; charset=utf-8");
    assert!(settings.text().contains("../openapi.json"), "{}", settings.text());
    let style = app.get("/swagger-ui/page.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    for text in [page.text(), settings.text(), style.text(), app.get("/").await.text()] {
        assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
    }
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"] {
        assert_eq!(app.get(&format!("/swagger-ui/{file}")).await.status, 200, "{file}");
    }
}

#[actix_web::test]
async fn every_answer_has_an_id_of_its_own_and_is_not_sniffed() {
    let app = TestApp::empty().await;
    let mut ids = std::collections::BTreeSet::new();
    for path in ["/healthz", "/api/v1/areas", "/nowhere", "/swagger-ui/"] {
        let answer = app.get(path).header("x-request-id", "forged").await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        ids.insert(answer.header("x-request-id").to_owned());
    }
    assert_eq!(ids.len(), 4);
    assert!(!ids.contains("forged"));
}

#[actix_web::test]
async fn the_root_is_a_page_whose_links_lead_somewhere() {
    let app = TestApp::seeded().await;
    let page = app.get("/").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").contains("style-src 'unsafe-inline'"));
    let text = page.text();
    let links: Vec<String> = text
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"))
        .collect();
    assert!(links.len() > 7, "{links:?}");
    for link in links {
        assert_eq!(app.get(&link).await.status, 200, "{link}");
    }
    let wrong = app.request(Method::POST, "/").await;
    assert_eq!(wrong.problem(405, "method_not_allowed")["status"], 405);
    assert_eq!(wrong.header("allow"), "GET, HEAD");
}
