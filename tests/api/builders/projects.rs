//! Projects.

use serde_json::{Value, json};
use taizhang::exchange::drafts::project::ProjectDraft;

use super::merged;
use crate::harness::TestApp;

impl TestApp {
    /// Adds a project.
    pub async fn project(&self, body: Value) {
        self.add::<ProjectDraft>(body).await;
    }
}

/// A construction project in an area that is no more than an idea.
pub fn project(code: &str, area: &str, more: Value) -> Value {
    let least =
        json!({"code": code, "name": "试验工程", "kind": "construction", "areas": [area], "stage": "idea"});
    merged(least, more)
}

/// A project with all that a body can say.
pub fn whole_project(more: Value) -> Value {
    let whole = json!({
        "code": "trial-works", "name": "试验工程", "aliases": ["试验桥"], "kind": "construction",
        "areas": ["430681107223", "430681107224"], "place": "试验河", "stage": "approved", "lead_unit": "镇水利站",
        "budget": {"quantity": {"text": "约200万元", "unit": "CNY_10K"}},
        "funding": [
            {"source": "县级", "quantity": {"value": 150.5, "unit": "CNY_10K"}},
            {"source": "自筹", "quantity": {"text": "90万余元", "unit": "CNY_10K"}},
        ],
        "quantities": [{"name": "长", "role": "target", "period": "2023", "quantity": {"value": 12, "unit": "MTR"}}],
        "starts_on": "2023", "finishes_on": "2023-11", "visibility": "public",
    });
    merged(whole, more)
}
