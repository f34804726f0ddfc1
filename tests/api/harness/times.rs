//! What of an answer is the same tomorrow, and elsewhere.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use taizhang::domain::zone;

/// Takes out of an answer what differs from one installation, or one request, to the next.
pub fn forget_times(answer: &mut Value) {
    match answer {
        Value::Array(items) => items.iter_mut().for_each(forget_times),
        Value::Object(members) => {
            for name in ["updated_at", "recorded_at", "request_id"] {
                members.remove(name);
            }
            members.values_mut().for_each(forget_times);
        }
        _ => forget_today(answer),
    }
}

/// Tells a local day on which a test has run as the day on which the examples were written; within
/// a cursor too.
pub fn forget_today(told: &mut Value) {
    const WRITTEN: &str = "2026-11-24";
    let Some(text) = told.as_str() else { return };
    let today = zone::local(chrono::Utc::now().naive_utc()).date_naive();
    // A test that runs over midnight has seen two days.
    for day in [Some(today), today.pred_opt()].into_iter().flatten().map(|day| day.to_string()) {
        if text == day {
            *told = WRITTEN.into();
            return;
        }
        let cursor = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(cursor) = cursor.filter(|cursor| cursor.contains(&day)) {
            *told = URL_SAFE_NO_PAD.encode(cursor.replace(&day, WRITTEN)).into();
            return;
        }
    }
}
