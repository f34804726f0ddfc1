//! Who may do what: every operation of the document, tried without a key, with broken keys, with each
//! role, and with keys of the operation's own township and of a neighbour. No cell may be wrong.

use actix_web::http::Method;
use serde_json::Value;

use crate::harness::{Answer, TestApp};
use crate::openapi::{address, example_of_request, operations};

const TOWNSHIP: &str = "430681107";
const NEIGHBOUR: &str = "430681108";
const ROLES: [&str; 5] = ["reader", "reporter", "reviewer", "editor", "admin"];

/// What makes something that has no area: any key of sufficient role may. What changes it is for a key that
/// covers all who use it, and the township uses the examples.
const WITHOUT_AREA: [&str; 2] = ["create_report", "create_attachment"];

/// What writes to rows that a neighbour does not even see.
const UNSEEN: [&str; 1] = ["move_submission"];

/// An operation, ready to be tried.
struct Trial {
    id: String,
    method: Method,
    address: String,
    body: Option<(String, Vec<u8>)>,
    min_role: Option<String>,
}

fn trials() -> Vec<Trial> {
    operations().into_iter().map(|(path, method, operation)| trial(&path, &method, &operation)).collect()
}

fn trial(path: &str, method: &str, operation: &Value) -> Trial {
    let id = operation["operationId"].as_str().unwrap().to_owned();
    let media_type =
        operation["requestBody"]["content"].as_object().and_then(|content| content.keys().next());
    let body = media_type.map(|media_type| example_of_request(&id, media_type));
    Trial {
        address: address(path, operation),
        method: method.to_uppercase().parse().unwrap(),
        body,
        min_role: operation["x-min-role"].as_str().map(str::to_owned),
        id,
    }
}

impl Trial {
    /// Tries the operation with these values of the Authorization header.
    async fn run(&self, app: &TestApp, authorization: &[&str]) -> Answer {
        let mut request = app.request(self.method.clone(), &self.address);
        for value in authorization {
            request = request.header("authorization", value);
        }
        if [Method::PUT, Method::PATCH, Method::DELETE].contains(&self.method) {
            request = request.if_match("*");
        }
        if let Some((media_type, body)) = &self.body {
            request = request.body(media_type, body.clone());
        }
        request.await
    }

    async fn by(&self, app: &TestApp, token: &str) -> Answer {
        self.run(app, &[&format!("Bearer {token}")]).await
    }

    fn reads(&self) -> bool {
        self.method == Method::GET
    }

    fn allows(&self, role: &str) -> bool {
        let rank = |role: &str| ROLES.iter().position(|known| *known == role).unwrap();
        // The first move of a plan item, which is the example, is an editor's; reporters make later ones.
        let needed = if self.id == "move_plan_item" { Some("editor") } else { self.min_role.as_deref() };
        needed.is_none_or(|needed| rank(role) >= rank(needed))
    }
}

#[actix_web::test]
async fn without_a_key_only_public_operations_are_open() {
    let app = TestApp::seeded().await;
    let head = app.db.head().await.unwrap();
    for trial in trials() {
        let answer = trial.run(&app, &[]).await;
        match trial.min_role {
            None => assert!(![401, 403].contains(&answer.status.as_u16()), "{}: {}", trial.id, answer.text()),
            Some(_) => {
                answer.problem(401, "unauthorized");
                assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"taizhang\"", "{}", trial.id);
            }
        }
    }
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was done");
}

#[actix_web::test]
async fn a_path_in_disguise_is_guarded_too() {
    let (app, reader) = TestApp::seeded_for("reader", None).await;
    let head = app.db.head().await.unwrap();
    for mut trial in trials().into_iter().filter(|trial| trial.min_role.is_some()) {
        let plain = trial.address.clone();
        for at in plain.char_indices().filter(|(_, sign)| sign.is_ascii_alphabetic()).map(|(at, _)| at) {
            if plain[..at].contains('?') {
                break;
            }
            trial.address = format!("{}%{:02x}{}", &plain[..at], plain.as_bytes()[at], &plain[at + 1..]);
            trial.run(&app, &[]).await.problem(401, "unauthorized");
            if !trial.allows("reader") {
                trial.by(&app, &reader).await.problem(403, "forbidden");
            }
        }
        for other in
            [format!("{plain}/"), plain.replacen("/api", "//api", 1), plain.replacen("/v1", "/./v1", 1)]
        {
            trial.address = other;
            let status = trial.run(&app, &[]).await.status.as_u16();
            assert!([401, 404, 405].contains(&status), "{}: {status}", trial.address);
        }
    }
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was done");
}

#[actix_web::test]
async fn a_broken_key_is_refused_everywhere_on_public_reads_too() {
    let app = TestApp::seeded().await;
    let [good, expired, revoked] =
        [app.key("admin", None).await, app.key("admin", None).await, app.key("admin", None).await];
    let id = |token: &str| token.parse::<taizhang::domain::token::Token>().unwrap().id();
    app.sql(&format!("UPDATE api_keys SET expires_at = '2020-01-01 00:00:00' WHERE id = '{}'", id(&expired)));
    app.sql(&format!("UPDATE api_keys SET revoked_at = '2020-01-01 00:00:00' WHERE id = '{}'", id(&revoked)));
    // The right id with another secret, and another id with the right secret.
    let other = app.key("admin", None).await;
    let crossed = format!("{}{}", &good[..24], &other[24..]);
    let unknown = taizhang::domain::token::Token::generate().unwrap().to_string();
    let bearer = |token: &str| format!("Bearer {token}");
    let broken = [
        vec![bearer(&expired)],
        vec![bearer(&revoked)],
        vec![bearer(&crossed)],
        vec![bearer(&unknown)],
        vec![bearer(&good[..66])],
        vec![bearer("")],
        vec!["Bearer".to_owned()],
        vec![format!("Basic {good}")],
        vec![good.clone()],
        vec![bearer(&good), bearer(&good)],
    ];
    let head = app.db.head().await.unwrap();
    for trial in trials() {
        for values in &broken {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let answer = trial.run(&app, &values).await;
            answer.problem(401, "unauthorized");
            assert!(answer.header("www-authenticate").contains("invalid_token"), "{} {values:?}", trial.id);
            assert!(!answer.text().contains(&good[3..]), "{}", trial.id);
        }
        assert_ne!(trial.by(&app, &good).await.status, 401, "{}", trial.id);
    }
    assert!(app.db.head().await.unwrap() >= head);
}

#[actix_web::test]
async fn a_role_does_what_the_document_says_and_no_more() {
    for trial in trials() {
        // Refusals leave no trace, so they share a township; what is done has one of its own.
        let shared = TestApp::seeded().await;
        for role in ROLES.iter().filter(|role| !trial.allows(role)) {
            let key = shared.key(role, None).await;
            let head = shared.db.head().await.unwrap();
            trial.by(&shared, &key).await.problem(403, "forbidden");
            assert_eq!(shared.db.head().await.unwrap(), head, "{} by {role}", trial.id);
        }
        let mut done = None;
        for role in ROLES.iter().filter(|role| trial.allows(role)).rev() {
            let own;
            let app = if trial.reads() {
                &shared
            } else {
                own = TestApp::seeded().await;
                &own
            };
            let key = app.key(role, None).await;
            let status = trial.by(app, &key).await.status.as_u16();
            assert!(![401, 403].contains(&status), "{} by {role}: {status}", trial.id);
            // A higher role changes nothing of what is answered to the operation's own example.
            assert_eq!(*done.get_or_insert(status), status, "{} by {role}", trial.id);
        }
    }
}

#[actix_web::test]
async fn a_key_of_a_township_writes_there_and_not_next_door() {
    for trial in trials() {
        let shared = TestApp::seeded().await;
        let admin = shared.key("admin", None).await;
        let whole = if trial.reads() {
            trial.by(&shared, &admin).await.status
        } else {
            let (app, admin) = TestApp::seeded_for("admin", None).await;
            trial.by(&app, &admin).await.status
        };
        for role in ROLES.iter().filter(|role| trial.allows(role)) {
            for area in [TOWNSHIP, NEIGHBOUR] {
                let own;
                let app = if trial.reads() {
                    &shared
                } else {
                    own = TestApp::seeded().await;
                    &own
                };
                let key = app.key(role, Some(area)).await;
                let head = app.db.head().await.unwrap();
                let answer = trial.by(app, &key).await;
                // Nor does it matter where a key is for when what is asked for is not there at all.
                let open = trial.reads() || WITHOUT_AREA.contains(&trial.id.as_str()) || whole == 404;
                if area == TOWNSHIP || open {
                    assert_eq!(answer.status, whole, "{} by a {role} of {area}: {}", trial.id, answer.text());
                } else {
                    match UNSEEN.contains(&trial.id.as_str()) {
                        true => answer.problem(404, "not_found"),
                        false => answer.problem(403, "forbidden"),
                    };
                    assert_eq!(app.db.head().await.unwrap(), head, "{} by a {role} of {area}", trial.id);
                }
            }
        }
    }
}
