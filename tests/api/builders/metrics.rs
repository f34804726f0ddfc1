//! Metrics.

use serde_json::{Value, json};
use taizhang::db::metrics::members::Metric;

use super::merged;
use crate::harness::{Answer, TestApp};

impl TestApp {
    /// Adds a metric of theme `trial`.
    pub async fn metric(&self, code: &str, more: Value) {
        self.add::<Metric>(metric(code, more)).await;
    }
}

/// A metric of theme `trial`, held in 亩.
pub fn metric(code: &str, more: Value) -> Value {
    merged(
        json!({
            "code": code, "name": "试验指标", "name_en": "Trial metric", "definition": "仅供测试。", "theme": "trial",
            "unit": "MU", "decimals": 1, "kind": "stock", "area_rule": "sum", "time_rule": "last",
            "direction": "neutral", "frequencies": ["year"], "visibility": "public", "status": "active",
        }),
        more,
    )
}

/// Puts a metric of theme `trial`, whether it is there or not.
pub async fn put_metric(app: &TestApp, key: &str, code: &str, more: Value) -> Answer {
    app.put(&format!("/api/v1/metrics/{code}"), metric(code, more)).by(key).or_replace().await
}
