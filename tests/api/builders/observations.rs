//! Observations.

use serde_json::{Value, json};
use taizhang::exchange::drafts::observation::ObservationDraft;

use super::merged;
use crate::harness::TestApp;

impl TestApp {
    /// States a figure with all its members.
    pub async fn observation(&self, body: Value) {
        self.add::<ObservationDraft>(body).await;
    }
}

/// A statement on the education fund of a village in 2023.
pub fn fund(village: &str, more: Value) -> Value {
    merged(json!({"metric": "education.fund.raised", "area": village, "period": "2023"}), more)
}

/// A figure for 2022.
pub fn figure(code: &str, area: &str, more: Value) -> Value {
    merged(json!({"metric": code, "area": area, "period": "2022", "value": 11}), more)
}

/// States a figure: its value alone, its words alone, or members of an observation.
pub async fn state(app: &TestApp, metric: &str, area: &str, period: &str, figure: Value) {
    let figure = match figure {
        Value::Number(value) => json!({"value": value}),
        Value::String(text) => json!({"text": text}),
        members => members,
    };
    let key = json!({"metric": metric, "area": area, "period": period});
    app.observation(merged(key, figure)).await;
}
