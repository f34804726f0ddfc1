//! Submissions, and those who make and review them.

use serde_json::{Value, json};

use super::merged;
use crate::harness::{Answer, TestApp};

const PATH: &str = "/api/v1/submissions";
const TOWN: &str = "430681107";
const VILLAGE: &str = "430681107223";

/// A township's desk: those who report, and those who review.
pub struct Desk {
    pub app: TestApp,
    pub reporter: String,
    pub reviewer: String,
    pub editor: String,
}

impl Desk {
    /// A desk with a metric of its own, `trial.area`, which is never negative.
    pub async fn new() -> Desk {
        let app = TestApp::seeded().await;
        app.metric("trial.area", json!({"min": 0, "max": 1000})).await;
        let reporter = app.key("reporter", Some(TOWN)).await;
        let reviewer = app.key("reviewer", Some(TOWN)).await;
        let editor = app.key("editor", None).await;
        Desk { app, reporter, reviewer, editor }
    }

    /// Proposes rows for the township.
    pub async fn propose(&self, items: Value) -> Answer {
        let body = json!({"area": TOWN, "title": "月报", "items": items});
        self.app.post(PATH, body).by(&self.reporter).await
    }

    pub async fn go(&self, key: &str, id: &Value, body: Value) -> Answer {
        let path = format!("{PATH}/{id}/transitions");
        self.app.post(&path, body).by(key).await
    }

    pub async fn read(&self, key: &str, id: &Value) -> Answer {
        self.app.get(&format!("{PATH}/{id}")).by(key).await
    }

    /// A submission of one row that waits for a reviewer: its id.
    pub async fn submitted(&self, period: &str, value: u32) -> Value {
        let made = self.propose(json!([row(VILLAGE, period, json!({"value": value}))])).await;
        let id = made.json()["id"].clone();
        let moved = self.go(&self.reporter, &id, json!({"to": "submitted"})).await;
        assert_eq!(moved.status, 200, "{}", moved.text());
        id
    }

    pub async fn figures(&self) -> Vec<Value> {
        self.app.get("/api/v1/observations?metric=trial.area").await.items()
    }
}

/// A row about `trial.area`.
pub fn row(area: &str, period: &str, more: Value) -> Value {
    merged(json!({"metric": "trial.area", "area": area, "period": period}), more)
}

/// Row, level and code of each check.
pub fn found(submission: &Value) -> Vec<(i64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let checks = submission["checks"].as_array().unwrap();
    checks.iter().map(|one| (one["row"].as_i64().unwrap(), text(&one["level"]), text(&one["code"]))).collect()
}
