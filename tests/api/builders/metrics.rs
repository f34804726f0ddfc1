//! Metrics.

use serde_json::{Value, json};

use super::merged;

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
