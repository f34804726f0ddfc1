//! `PUT` and `PATCH /metrics/{code}`: what stays, and what breaks a series, while there are figures.

use serde_json::{Value, json};

use crate::builders::metrics::put_metric;
use crate::harness::TestApp;

#[actix_web::test]
async fn figures_keep_the_kind_and_change_their_meaning_for_the_reason_definition_only() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let code = "trial.metric";
    // Without figures everything may change.
    for changes in
        [json!({}), json!({"kind": "flow", "time_rule": "sum"}), json!({"definition": "另一口径。"})]
    {
        let made = put_metric(&app, &editor, code, changes).await;
        assert!(made.status.is_success(), "{}", made.text());
    }
    let flow = json!({"kind": "flow", "time_rule": "sum"});
    assert_eq!(put_metric(&app, &editor, code, flow.clone()).await.status, 200);
    let figure = json!({"metric": code, "area": "430681107223", "period": "2022", "value": 11});
    let stated = app.post("/api/v1/observations", figure.clone()).by(&editor).await;
    assert_eq!(stated.status, 201, "{}", stated.text());

    // The kind decides what a figure accumulates, and so its key: the same one would go in twice.
    let reason = json!({"kind": "stock", "reason": "definition"});
    for changes in [json!({"kind": "stock"}), reason, json!({"unit": "MTK"})] {
        let problem =
            app.patch(&format!("/api/v1/metrics/{code}"), changes).by(&editor).await.problem(409, "in_use");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains("1 条观测值"), "{problem}");
    }
    put_metric(&app, &editor, code, json!({"kind": "stock"})).await.problem(409, "in_use");
    app.post("/api/v1/observations", figure.clone()).by(&editor).await.problem(409, "conflict");

    let terms = json!({"numerator": "land.cultivated.area", "denominator": "land.cultivated.area"});
    for changes in [
        json!({"definition": "又一口径。"}),
        json!({"area_rule": "max"}),
        json!({"time_rule": "last"}),
        json!({"weight": "land.cultivated.area"}),
        terms,
    ] {
        for reason in [Value::Null, json!("other")] {
            let mut changes = changes.clone();
            changes["reason"] = reason;
            let refused = app.patch(&format!("/api/v1/metrics/{code}"), changes.clone()).by(&editor).await;
            let problem = refused.problem(422, "invalid_value");
            let told = &problem["errors"][0];
            assert_eq!((&told["pointer"], &told["code"]), (&json!("/reason"), &json!("definition_changes")));
            let member = changes.as_object().unwrap().keys().find(|name| *name != "reason").unwrap();
            assert!(told["message"].as_str().unwrap().contains(member), "{problem}");
        }
        let mut changes = changes;
        changes["reason"] = json!("definition");
        let changed = app.patch(&format!("/api/v1/metrics/{code}"), changes).by(&editor).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
    }
    put_metric(&app, &editor, code, flow).await.problem(422, "invalid_value");
    // How figures are shown, judged and found is no part of what they mean.
    for changes in [
        json!({"name": "新名", "name_en": "New", "theme": "other"}),
        json!({"decimals": 2, "direction": "lower", "min": 0, "max": 99, "frequencies": ["month"]}),
        json!({"status": "retired", "replaced_by": "land.cultivated.area", "visibility": "internal"}),
    ] {
        let changed = app.patch(&format!("/api/v1/metrics/{code}"), changes).by(&editor).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
    }
}
