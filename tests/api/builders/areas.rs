//! Areas: a township beside that of the seed, with what lies in it.

use serde_json::{Value, json};
use taizhang::exchange::drafts::area::{AreaDraft, HighlightDraft};

use super::merged;
use crate::harness::TestApp;

impl TestApp {
    /// Registers an area.
    pub async fn area(&self, body: Value) {
        self.add::<AreaDraft>(body).await;
    }

    /// Adds a highlight of an area.
    pub async fn highlight(&self, body: Value) {
        self.add::<HighlightDraft>(body).await;
    }
}

/// A township beside that of the seed, with four villages and a community.
pub const TOWN: &str = "430681108000";
pub const VILLAGES: [&str; 4] = ["430681108201", "430681108202", "430681108203", "430681108204"];
pub const COMMUNITY: &str = "430681108001";

/// The seed with that township, and the metric `trial.area`: a stock in 亩 that is summed.
pub async fn town() -> TestApp {
    let app = TestApp::seeded().await;
    add_area(&app, TOWN, "township", "town", json!({})).await;
    add_area(&app, COMMUNITY, "village", "community", json!({})).await;
    for village in VILLAGES {
        add_area(&app, village, "village", "village", json!({})).await;
    }
    app.metric("trial.area", json!({})).await;
    app
}

/// Registers an area; its parent follows from its code.
pub async fn add_area(app: &TestApp, code: &str, level: &str, kind: &str, more: Value) {
    let parent = if level == "township" { &code[..6] } else { &code[..9] };
    let area = json!({
        "code": code, "name": "试验区划", "level": level, "kind": kind, "parent": parent, "code_system": "NBS-2023",
    });
    app.area(merged(area, more)).await;
}
