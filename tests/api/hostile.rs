//! Requests that nobody in good faith would send: each is refused by name, none hurts the service.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::harness::TestApp;

const Q: [&str; 6] = ["areas", "villages", "metrics", "projects", "plan-items", "search"];

#[actix_web::test]
async fn a_search_with_too_much_to_look_for_is_refused() {
    let app = TestApp::seeded().await;
    let words: String = (0..3000).map(|number| format!("{number}+")).collect();
    // ﷺ is one sign and, folded, four words.
    for q in [
        words,
        "a".repeat(50_000),
        (0..500).map(|number| format!("%EF%B7%BA{number}")).collect(),
        "%20".to_owned(),
        "%E3%80%80".to_owned(),
    ] {
        for list in Q {
            let problem = app.get(&format!("/api/v1/{list}?q={q}")).await.problem(400, "invalid_parameter");
            assert_eq!(problem["errors"][0]["parameter"], "q");
        }
    }
    let often = "村+".repeat(3000).replace('村', "%E6%9D%91");
    assert_eq!(app.get(&format!("/api/v1/villages?q={often}")).await.items().len(), 17, "one word, often");
    for (sign, known) in [("%25", 0), ("_", 0), ("%5C", 0), ("%27", 0), ("%F0%9F%8C%BE", 0)] {
        assert_eq!(app.get(&format!("/api/v1/villages?q={sign}")).await.items().len(), known, "{sign}");
    }
}

#[actix_web::test]
async fn long_lists_of_values_and_of_mistakes_are_cut_short() {
    let app = TestApp::seeded().await;
    let many = |value: &dyn Fn(usize) -> String| (0..5000).map(value).collect::<Vec<_>>().join(",");
    let areas = many(&|number| format!("43{:010}", number));
    for list in ["observations", "projects"] {
        let problem =
            app.get(&format!("/api/v1/{list}?area={areas}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["code"], "too_many_values");
    }
    let same = many(&|_| "430681107".to_owned());
    let problem =
        app.get(&format!("/api/v1/observations?area={same}")).await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["code"], "too_many_values", "one value, often");
    let unknown = (0..2000).map(|number| format!("x{number}=1")).collect::<Vec<_>>().join("&");
    let answer = app.get(&format!("/api/v1/areas?{unknown}")).await;
    assert_eq!(answer.problem(400, "unknown_parameter")["errors"].as_array().unwrap().len(), 100);
    assert!(answer.body.len() < 10_000);
}

#[actix_web::test]
async fn a_cursor_made_by_hand_is_refused() {
    let app = TestApp::seeded().await;
    let cases = [
        ("units", r#"["/api/v1/units ","a\u0000"]"#),
        ("units", r#"["/api/v1/metrics ","a"]"#),
        ("units", r#"["","a"]"#),
        ("units", r#"["/api/v1/units ",1]"#),
        ("areas", r#"["/api/v1/areas ","x"]"#),
        ("observations?sort=metric", r#"["/api/v1/observations metric",[{"word":"\u0000"},1]]"#),
        ("observations?sort=metric", r#"["/api/v1/observations metric",[{"int":1},1]]"#),
        (
            "observations?sort=period",
            r#"["/api/v1/observations period",[{"days":["-4714-01-01","2022-12-31"]},1]]"#,
        ),
        (
            "observations?sort=period",
            r#"["/api/v1/observations period",[{"days":["+12022-01-01","2022-12-31"]},1]]"#,
        ),
        (
            "observations?sort=released_at",
            r#"["/api/v1/observations released_at",[{"time":"-262143-01-01T00:00:00"},1]]"#,
        ),
        ("observations?sort=value", r#"["/api/v1/observations value",[{"int":99999999999999999999},1]]"#),
    ];
    for (list, json) in cases {
        let sign = if list.contains('?') { '&' } else { '?' };
        let cursor = URL_SAFE_NO_PAD.encode(json);
        for format in ["json", "csv"] {
            let answer = app.get(&format!("/api/v1/{list}{sign}format={format}&cursor={cursor}")).await;
            let problem = answer.problem(400, "invalid_parameter");
            assert_eq!(problem["errors"][0]["code"], "invalid_cursor", "{json}");
        }
    }
    // Made by hand, but as the service would.
    let fine = URL_SAFE_NO_PAD.encode(r#"["/api/v1/units ","ZZZ"]"#);
    assert_eq!(app.get(&format!("/api/v1/units?cursor={fine}")).await.items().len(), 0);
}

#[actix_web::test]
async fn days_have_years_of_four_digits() {
    let app = TestApp::seeded().await;
    for wrong in [
        "due_before=%2B10000-01-01",
        "due_before=-0001-01-01",
        "due_before=10000-01-01",
        "due_before=2023-1-1",
    ] {
        app.get(&format!("/api/v1/plan-items?{wrong}")).await.problem(400, "invalid_parameter");
    }
    for wrong in ["-262143-01-01", "-5000-01-01", "%2B12000-01-01", "-5000-01-01T00:00:00Z"] {
        app.get(&format!("/api/v1/observations?as_of={wrong}")).await.problem(400, "invalid_parameter");
        app.get(&format!("/api/v1/observations/1?as_of={wrong}")).await.problem(400, "invalid_parameter");
    }
}

#[actix_web::test]
async fn several_accept_headers_are_one() {
    let app = TestApp::seeded().await;
    let both = [("accept", "text/csv;q=0.5"), ("accept", "application/json")];
    assert_eq!(app.get("/api/v1/units").headers(&both).await.header("content-type"), "application/json");
    let one = app.get("/api/v1/units").header("accept", "text/csv;q=0.5").await;
    assert_eq!(one.header("content-type"), "text/csv; charset=utf-8");
}

#[actix_web::test]
async fn the_process_is_alive_without_its_database() {
    let app = TestApp::empty().await;
    app.sql("DROP TABLE ledger");
    for path in ["/healthz", "/version", "/swagger-ui/", "/problems/not_found", "/-/metrics"] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    app.get("/readyz").await.problem(503, "unavailable");
    app.get("/nowhere").await.problem(404, "not_found");
    app.get("/api/v1/units").await.problem(500, "internal");
}

#[actix_web::test]
async fn the_documentation_is_read_only() {
    let app = TestApp::empty().await;
    for path in ["/swagger-ui", "/swagger-ui/", "/swagger-ui/index.html"] {
        let answer = app.request(actix_web::http::Method::POST, path).await;
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
}
