//! Reports, and what cites them.

use serde_json::{Value, json};
use taizhang::exchange::drafts::report::ReportDraft;

use crate::harness::TestApp;

impl TestApp {
    /// Adds a report.
    pub async fn report(&self, body: Value) {
        self.add::<ReportDraft>(body).await;
    }
}

const TOWNSHIP: &str = "430681107000";

// Characters:        0 1 2 3 4  5 6 7 8 9 10 11 …
pub const TEXT: &str = "工作总结\r\n\r\n修路三条，花费约20万元。二是植树！\n　\n明年再修一座桥；建站。完";

/// A citation of words by their place in the text with LF line ends.
pub fn cited(words: &str) -> Value {
    let text = TEXT.replace("\r\n", "\n");
    let at = text.find(words).unwrap();
    let start = text[..at].chars().count();
    let until = &text[..at + words.len()];
    let paragraph = until.lines().filter(|line| !line.trim().is_empty()).count();
    json!({"paragraph": paragraph, "start": start, "end": start + words.chars().count(), "words": words})
}

/// A service where one report is cited by rows of all eight kinds: at one place by several, twice by
/// one project, and by two rows without a place.
pub async fn cited_report(text: Option<&str>) -> TestApp {
    let app = TestApp::seeded().await;
    app.report(json!({
        "code": "trial", "title": "试验报告", "issuer": TOWNSHIP, "published_at": "2023-06-01T08:30:00+08:00",
        "period": "2022年", "text": text,
    }))
    .await;
    app.project(json!({
        "code": "trial-roads", "name": "修路", "kind": "construction", "areas": [TOWNSHIP], "stage": "completed",
        "report": "trial", "citation": cited("修路"),
        "budget": {"quantity": {"text": "约20万元", "unit": "CNY_10K"}, "citation": cited("约20万元")},
        "funding": [
            {"source": "自筹", "quantity": {"value": 5, "unit": "CNY_10K"}, "citation": cited("约20万元")},
            {"source": "捐款", "quantity": {"value": 15, "unit": "CNY_10K"}, "citation": cited("约20万元")},
            {"source": "不引", "quantity": {"value": 1, "unit": "CNY_10K"}},
        ],
        "quantities": [{"name": "条数", "quantity": {"text": "三条", "unit": "ITEM"}, "citation": cited("三条")}],
        "milestones": [
            {"title": "完工", "status": "met", "citation": cited("修路")},
            {"title": "不引", "status": "met"},
        ],
    }))
    .await;
    app.project(json!({
        "code": "trial-bridge", "name": "桥", "kind": "construction", "areas": [TOWNSHIP], "stage": "idea",
        "report": "trial", "citation": cited("一座桥"),
    }))
    .await;
    app.project(json!({
        "code": "trial-whole", "name": "全文", "kind": "service", "areas": [TOWNSHIP], "stage": "idea", "report": "trial",
    }))
    .await;
    app.observation(json!({
        "metric": "infrastructure.industry_road.villages", "area": "430681107223", "period": "2022",
        "text": "三个", "report": "trial", "citation": cited("三条"),
    }))
    .await;
    app.plan(json!({"code": "trial", "title": "计划", "area": TOWNSHIP, "year": 2023})).await;
    for (code, ordinal, words) in [("trial.1", 1, Some("再修一座桥")), ("trial.2", 2, None)] {
        app.plan_item(json!({
            "code": code, "plan": "trial", "ordinal": ordinal, "title": "再修", "report": "trial",
            "citation": words.map(cited),
        }))
        .await;
    }
    app.highlight(json!({
        "area": "430681107223", "kind": "honour", "text": "植树先进", "report": "trial", "citation": cited("植树"),
    }))
    .await;
    app
}
