//! API keys: making, listing, revoking and using them, and that their tokens are nowhere.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::builders::merged;
use crate::harness::lists::each;
use crate::harness::{Answer, TestApp};

const KEYS: &str = "/api/v1/api-keys";
const TOWN: &str = "430681107000";

/// A key made over HTTP: its id and its token.
async fn made(app: &TestApp, by: &str, members: Value) -> (String, String) {
    let answer = app.post(KEYS, members).by(by).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let key = answer.json();
    (key["id"].as_str().unwrap().to_owned(), key["token"].as_str().unwrap().to_owned())
}

async fn revoke(app: &TestApp, by: &str, id: &str) -> Answer {
    app.request(Method::DELETE, &format!("{KEYS}/{id}")).by(by).await
}

/// Every text of every table in one.
fn everything_stored(app: &TestApp) -> String {
    let columns = match app.connection() {
        taizhang::db::Conn::Sqlite(_) => {
            "SELECT 'SELECT CAST(\"' || c.name || '\" AS TEXT) AS text FROM ' || m.name || ' WHERE \"' || c.name || '\" IS NOT NULL' AS text
             FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'TEXT'"
        }
        taizhang::db::Conn::Postgres(_) => {
            "SELECT 'SELECT \"' || column_name || '\" AS text FROM ' || table_name || ' WHERE \"' || column_name || '\" IS NOT NULL' AS text
             FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'"
        }
    };
    let queries = app.texts(columns);
    assert!(queries.len() > 50, "{} columns", queries.len());
    queries.iter().flat_map(|query| app.texts(query)).collect::<Vec<_>>().join("\n")
}

#[actix_web::test]
async fn a_key_is_made_shown_once_and_used() {
    let (app, admin) = TestApp::seeded_for("admin", None).await;
    let members = json!({"name": "农业农村办", "role": "reporter", "area": "430681107", "expires_at": "9998-12-31", "comment": "首次"});
    let answer = app.post(KEYS, members).by(&admin).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let key = answer.json();
    assert_eq!(answer.header("location"), format!("{KEYS}/{}", key["id"].as_str().unwrap()));
    assert_eq!(answer.header("cache-control"), "no-store");
    let told = [
        &key["name"],
        &key["role"],
        &key["area"],
        &key["expires_at"],
        &key["revoked_at"],
        &key["last_used_at"],
    ];
    assert_eq!(
        told,
        [
            &json!("农业农村办"),
            &json!("reporter"),
            &json!(TOWN),
            &json!("9998-12-31T15:59:59Z"),
            &Value::Null,
            &Value::Null
        ]
    );

    let token = key["token"].as_str().unwrap();
    let me = app.get("/api/v1/me").by(token).await;
    assert_eq!(
        me.json(),
        json!({"id": key["id"], "name": "农业农村办", "role": "reporter", "area": TOWN, "expires_at": "9998-12-31T15:59:59Z"})
    );
    // That it was used is noted beside the answer, a moment later.
    let used = async || {
        let listed = app.get(KEYS).by(&admin).await.items();
        listed.into_iter().find(|one| one["id"] == key["id"]).unwrap()
    };
    for _ in 0..1000 {
        if !used().await["last_used_at"].is_null() {
            break;
        }
        actix_web::rt::task::yield_now().await;
    }
    let mut listed = used().await;
    assert!(listed["last_used_at"].is_string(), "{listed}");
    listed["last_used_at"] = Value::Null;
    listed["token"] = key["token"].clone();
    assert_eq!(listed, key, "a list item has all members but the token");
}

#[actix_web::test]
async fn the_token_is_nowhere_and_its_hash_in_one_place() {
    let app = TestApp::empty().await;
    let admin = app.key("admin", None).await;
    let (_, plain) = made(&app, &admin, json!({"name": "甲", "role": "reader"})).await;
    let request =
        app.post(KEYS, json!({"name": "乙", "role": "reader"})).by(&admin).header("idempotency-key", "1");
    let repeatable = request.await.json();
    let (stored, audit) = (everything_stored(&app), app.get("/api/v1/entries").by(&admin).await.text());
    for token in [&admin, &plain, repeatable["token"].as_str().unwrap()] {
        let hash = token.parse::<taizhang::domain::token::Token>().unwrap().hash();
        assert_eq!(stored.matches(&hash).count(), 1, "the hash stands with the key alone");
        for (place, text) in [("the database", &stored), ("the audit", &audit)] {
            assert!(!text.contains(token) && !text.contains(&token[3..]), "a token is in {place}");
        }
        assert!(!audit.contains(&hash) && !audit.contains("hash"), "a hash is in the audit");
    }
    // What is kept for a repetition has the form of a token, but opens nothing.
    let veiled = stored.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap();
    app.get("/api/v1/me").by(veiled).await.problem(401, "unauthorized");
}

#[actix_web::test]
async fn a_repeated_request_makes_one_key_and_gets_the_same_answer() {
    let app = TestApp::empty().await;
    let admin = app.key("admin", None).await;
    let send = async |name: &str| {
        let request = app
            .post(KEYS, json!({"name": name, "role": "reader"}))
            .by(&admin)
            .header("idempotency-key", "the-first");
        request.await
    };
    let (first, again) = (send("甲").await, send("甲").await);
    assert_eq!((first.status.as_u16(), &first.body), (201, &again.body));
    assert_eq!((again.status, again.header("location")), (first.status, first.header("location")));
    let token = again.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(app.get("/api/v1/me").by(&token).await.json()["name"], "甲");
    assert_eq!(app.get(KEYS).by(&admin).await.items().len(), 2, "the admin's and the one");
    send("乙").await.problem(422, "idempotency_mismatch");
}

#[actix_web::test]
async fn what_is_wrong_with_a_key_is_told_by_its_place() {
    let (app, admin) = TestApp::seeded_for("admin", None).await;
    for (members, status, slug, pointer) in [
        (json!({"role": "reader"}), 422, "invalid_value", "/name"),
        (json!({"name": "甲"}), 422, "invalid_value", "/role"),
        (json!({"name": "甲", "role": "owner"}), 400, "malformed_request", "/role"),
        (json!({"name": "甲", "role": "reader", "area": "11"}), 422, "invalid_value", "/area"),
        (json!({"name": "甲", "role": "reader", "area": "43068"}), 400, "malformed_request", "/area"),
        (
            json!({"name": "甲", "role": "reader", "expires_at": "soon"}),
            400,
            "malformed_request",
            "/expires_at",
        ),
        (
            json!({"name": "甲", "role": "reader", "expires_at": "2022-12-31"}),
            422,
            "invalid_value",
            "/expires_at",
        ),
        (json!({"name": "甲", "role": "reader", "colour": 1}), 400, "unknown_parameter", "/colour"),
        (json!({"name": "甲", "role": "reader", "token": "tz_"}), 400, "unknown_parameter", "/token"),
        (json!({"name": "甲", "role": "reader", "id": "x"}), 400, "malformed_request", "/id"),
        (json!({"name": " ", "role": "reader"}), 422, "invalid_value", "/name"),
        (json!({"name": "甲\u{7}乙", "role": "reader"}), 422, "invalid_value", "/name"),
        (json!({"name": "长".repeat(101), "role": "reader"}), 422, "invalid_value", "/name"),
    ] {
        let problem = app.post(KEYS, members.clone()).by(&admin).await.problem(status, slug);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{members}: {problem}");
    }
    made(&app, &admin, json!({"name": "长".repeat(100), "role": "reader"})).await;
    let taken = app.request(Method::POST, KEYS).by(&admin).body("text/plain", "x").await;
    taken.problem(415, "unsupported_media_type");
    for path in ["1", "019AB0F2", "{019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90}"] {
        revoke(&app, &admin, path).await.problem(400, "invalid_parameter");
    }
}

#[actix_web::test]
async fn only_admins_give_out_keys_and_only_within_their_area() {
    let (app, admin) = TestApp::seeded_for("admin", None).await;
    let (outer, _) = made(&app, &admin, json!({"name": "county", "role": "reader", "area": "430681"})).await;
    let (everywhere, _) = made(&app, &admin, json!({"name": "all", "role": "reader"})).await;
    for role in ["reader", "reporter", "reviewer", "editor"] {
        let key = app.key(role, None).await;
        app.get(KEYS).by(&key).await.problem(403, "forbidden");
        app.post(KEYS, json!({"name": "甲", "role": "reader"})).by(&key).await.problem(403, "forbidden");
        revoke(&app, &key, &outer).await.problem(403, "forbidden");
        assert_eq!(app.get("/api/v1/me").by(&key).await.json()["role"], role);
    }
    for path in [KEYS, "/api/v1/me"] {
        let problem = app.get(path).await;
        problem.problem(401, "unauthorized");
        assert_eq!(problem.header("www-authenticate"), "Bearer realm=\"taizhang\"");
    }

    let town = app.key("admin", Some(TOWN)).await;
    let (inner, _) =
        made(&app, &town, json!({"name": "village", "role": "reader", "area": "430681107223"})).await;
    for area in [json!({}), json!({"area": null}), json!({"area": "430681"})] {
        let refused = app.post(KEYS, merged(json!({"name": "甲", "role": "reader"}), area)).by(&town).await;
        refused.problem(403, "forbidden");
    }
    let listed = app.get(KEYS).by(&town).await.items();
    assert_eq!(each(&listed, "name"), ["admin", "village"], "its own and what it gave out");
    for id in [&outer, &everywhere] {
        revoke(&app, &town, id).await.problem(404, "not_found");
    }
    assert_eq!(revoke(&app, &town, &inner).await.status, 204);
}

#[actix_web::test]
async fn no_key_outlives_the_one_that_made_it() {
    let (app, admin) = TestApp::seeded_for("admin", None).await;
    let (_, maker) =
        made(&app, &admin, json!({"name": "一年", "role": "admin", "expires_at": "9998-06-30"})).await;
    for more in [json!({}), json!({"expires_at": null}), json!({"expires_at": "9998-07-01T00:00:00+08:00"})] {
        let problem = app
            .post(KEYS, merged(json!({"name": "甲", "role": "reader"}), more.clone()))
            .by(&maker)
            .await
            .problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["pointer"], "/expires_at", "{more}: {problem}");
        assert_eq!(problem["errors"][0]["code"], "outlives_its_maker");
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("9998-06-30T23:59:59+08:00"), "the bound is told: {message}");
    }
    // As long as its maker, and no longer, all the way down.
    let whole = json!({"name": "乙", "role": "admin", "expires_at": "9998-06-30"});
    let (_, child) = made(&app, &maker, whole.clone()).await;
    let (_, grandchild) =
        made(&app, &child, json!({"name": "丙", "role": "admin", "expires_at": "9997-01-01"})).await;
    app.post(KEYS, whole).by(&grandchild).await.problem(422, "invalid_value");
    made(&app, &admin, json!({"name": "丁", "role": "reader"})).await;
}

#[actix_web::test]
async fn a_revoked_key_is_refused_by_the_next_request() {
    let (app, admin) = TestApp::seeded_for("admin", None).await;
    let (id, token) = made(&app, &admin, json!({"name": "甲", "role": "reader"})).await;
    assert_eq!(app.get("/api/v1/me").by(&token).await.status, 200);
    let gone = app.request(Method::DELETE, &format!("{KEYS}/{id}?comment=lost")).by(&admin).await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
    for path in ["/api/v1/me", "/api/v1/villages"] {
        app.get(path).by(&token).await.problem(401, "unauthorized");
    }
    revoke(&app, &admin, &id).await.problem(404, "not_found");
    revoke(&app, &admin, "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90").await.problem(404, "not_found");
    let listed = app.get(KEYS).by(&admin).await.items();
    assert!(listed.iter().any(|key| key["id"] == id.as_str() && key["revoked_at"].is_string()));

    let own = app.get("/api/v1/me").by(&admin).await.json();
    revoke(&app, &admin, own["id"].as_str().unwrap()).await.problem(409, "conflict");
    assert_eq!(app.get("/api/v1/me").by(&admin).await.status, 200);
}

#[actix_web::test]
async fn a_broken_key_is_refused_in_one_way_on_public_and_protected_reads() {
    let (app, admin) = TestApp::seeded_for("admin", None).await;
    let (_, expired) =
        made(&app, &admin, json!({"name": "old", "role": "admin", "expires_at": "9998-12-31"})).await;
    app.sql("UPDATE api_keys SET expires_at = '2022-12-31 00:00:00' WHERE name = 'old'");
    let (id, revoked) = made(&app, &admin, json!({"name": "gone", "role": "admin"})).await;
    revoke(&app, &admin, &id).await;
    let unknown = taizhang::domain::token::Token::generate().unwrap().to_string();
    // The id of a key that is valid, with the secret of another.
    let forged = format!("{}{}", &admin[..24], &unknown[24..]);
    let headers = [expired, revoked, unknown, forged, "tz_x".to_owned(), String::new(), format!("{admin}A")];
    let headers = headers.map(|token| format!("Bearer {token}"));
    let others = [
        format!("Basic {admin}"),
        admin.clone(),
        format!("Bearer {admin}, Bearer {admin}"),
        "Bearer".to_owned(),
    ];
    let mut shapes = std::collections::BTreeSet::new();
    for path in ["/api/v1/villages", "/api/v1/me", KEYS, "/api/v1/entries", "/api/v1/nothing-else/x"] {
        for header in headers.iter().chain(&others) {
            let answer = app.get(path).header("authorization", header).await;
            if path.ends_with("/x") {
                answer.problem(404, "not_found");
                continue;
            }
            let mut problem = answer.problem(401, "unauthorized");
            problem["request_id"] = Value::Null;
            shapes.insert((problem.to_string(), answer.header("www-authenticate").to_owned()));
        }
        let twice = [("authorization", headers[0].as_str()), ("authorization", &format!("Bearer {admin}"))];
        if !path.ends_with("/x") {
            app.get(path).headers(&twice).await.problem(401, "unauthorized");
        }
    }
    assert_eq!(shapes.len(), 1, "why a key is refused is not told: {shapes:?}");
    assert_eq!(shapes.first().unwrap().1, "Bearer realm=\"taizhang\", error=\"invalid_token\"");
    assert_eq!(app.get("/api/v1/me").header("authorization", &format!("bearer {admin}")).await.status, 200);
}

#[actix_web::test]
async fn keys_are_paged_in_the_order_of_their_making() {
    let app = TestApp::seeded().await.signed_in().await;
    let admin = app.key("admin", None).await;
    for number in 0..5 {
        made(&app, &admin, json!({"name": format!("key {number}"), "role": "reader"})).await;
    }
    let all = app.paged(KEYS, [1, 3, 7]).await;
    assert_eq!(each(&all, "name")[2..], ["key 0", "key 1", "key 2", "key 3", "key 4"]);
    app.get(&format!("{KEYS}?role=reader")).await.problem(400, "unknown_parameter");
}
