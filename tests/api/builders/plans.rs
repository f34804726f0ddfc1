//! Plans, their items, and those who move them.

use serde_json::{Value, json};
use taizhang::exchange::drafts::plan::PlanDraft;
use taizhang::exchange::drafts::plan_item::PlanItemDraft;

use super::merged;
use crate::harness::{Answer, TestApp};

impl TestApp {
    /// Adds a plan.
    pub async fn plan(&self, body: Value) {
        self.add::<PlanDraft>(body).await;
    }

    /// Adds an item of a plan.
    pub async fn plan_item(&self, body: Value) {
        self.add::<PlanItemDraft>(body).await;
    }
}

const ITEMS: &str = "/api/v1/plan-items";

/// The plan `trial` of the township of the seed.
pub fn plan() -> Value {
    json!({"code": "trial", "title": "试验计划", "area": "430681107", "year": 2023})
}

/// An item of that plan.
pub fn item(code: &str, more: Value) -> Value {
    merged(json!({"code": code, "plan": "trial", "ordinal": 1, "title": "事项"}), more)
}

/// The seed with that plan, whose items are `trial.<name>` in the order given.
pub async fn trial(items: &[(&str, Value)]) -> TestApp {
    let app = TestApp::seeded().await;
    app.plan(plan()).await;
    for (ordinal, (code, more)) in (1..).zip(items) {
        let more = merged(json!({"ordinal": ordinal}), more.clone());
        app.plan_item(item(&format!("trial.{code}"), more)).await;
    }
    app
}

/// A township with that plan, and the keys of those who work there.
pub struct Office {
    pub app: TestApp,
    pub reporter: String,
    pub reviewer: String,
    pub editor: String,
}

impl Office {
    pub async fn with(items: &[(&str, Value)]) -> Office {
        let app = trial(items).await;
        let town = Some("430681107");
        let (reporter, reviewer) = (app.key("reporter", town).await, app.key("reviewer", town).await);
        let editor = app.key("editor", town).await;
        Office { app, reporter, reviewer, editor }
    }

    pub async fn go(&self, key: &str, item: &str, body: Value) -> Answer {
        self.app.post(&format!("{ITEMS}/{item}/transitions"), body).by(key).await
    }

    /// A move that is made.
    pub async fn goes(&self, key: &str, item: &str, body: Value) -> Value {
        let answer = self.go(key, item, body.clone()).await;
        assert_eq!(answer.status, 200, "{item} {body}: {}", answer.text());
        answer.json()
    }

    /// Assigned on the first of January and taken up on the second.
    pub async fn begun(&self, item: &str) {
        self.goes(&self.editor, item, json!({"to": "assigned", "on": "2023-01-01"})).await;
        self.goes(&self.reporter, item, json!({"to": "in_progress", "on": "2023-01-02"})).await;
    }

    /// The color of an item on a day.
    pub async fn color(&self, item: &str, at: &str) -> String {
        let item = self.app.get(&format!("{ITEMS}/{item}?at={at}")).await.json();
        item["light"]["color"].as_str().unwrap().to_owned()
    }
}
