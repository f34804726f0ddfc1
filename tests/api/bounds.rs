//! No text and no list of a body is longer than it may be.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::metrics::metric;
use crate::projects_writing::with;

const TOWN: &str = "430681107";

fn long(count: usize) -> Value {
    "字".repeat(count).into()
}

fn many(item: &Value) -> Value {
    vec![item.clone(); 201].into()
}

#[actix_web::test]
async fn texts_and_lists_have_a_most() {
    let app = TestApp::seeded().await;
    let editor = app.key("editor", None).await;
    let area = json!({
        "code": "430681107999", "name": "新村", "level": "village", "kind": "village", "parent": TOWN,
        "code_system": "NBS-2023",
    });
    let project =
        json!({"code": "trial", "name": "试验", "kind": "service", "areas": [TOWN], "stage": "idea"});
    let plan = json!({"code": "trial", "title": "试验", "area": TOWN, "year": 2023});
    let made = app.request(Method::POST, "/api/v1/plans").by(&editor).json(plan.clone()).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    let item = json!({"code": "trial.a", "plan": "trial", "ordinal": 1, "title": "事项"});
    let quantity = json!({"value": 1, "unit": "MTR"});
    let fund = json!({"source": "自筹", "quantity": quantity});
    let highlight = json!({"kind": "specialty", "text": "茶"});
    let metric = metric("trial.metric", json!({}));
    for (path, body, more, pointer) in [
        ("metrics", &metric, json!({"theme": long(12_000)}), "/theme"),
        ("metrics", &metric, json!({"theme": long(65)}), "/theme"),
        ("metrics", &metric, json!({"name": long(201)}), "/name"),
        ("metrics", &metric, json!({"name_en": long(201)}), "/name_en"),
        ("metrics", &metric, json!({"definition": long(2001)}), "/definition"),
        ("areas", &area, json!({"name": long(201)}), "/name"),
        ("areas", &area, json!({"aliases": ["甲", long(201)]}), "/aliases/1"),
        ("areas", &area, json!({"aliases": many(&json!("甲"))}), "/aliases"),
        ("areas", &area, json!({"successors": many(&json!(TOWN))}), "/successors"),
        ("areas", &area, json!({"highlights": many(&highlight)}), "/highlights"),
        ("projects", &project, json!({"name": long(201)}), "/name"),
        ("projects", &project, json!({"place": long(201)}), "/place"),
        ("projects", &project, json!({"lead_unit": long(201)}), "/lead_unit"),
        ("projects", &project, json!({"contractor": long(201)}), "/contractor"),
        ("projects", &project, json!({"aliases": many(&json!("甲"))}), "/aliases"),
        ("projects", &project, json!({"areas": many(&json!(TOWN))}), "/areas"),
        ("projects", &project, json!({"funding": many(&fund)}), "/funding"),
        (
            "projects",
            &project,
            json!({"funding": [{"source": long(201), "quantity": quantity}]}),
            "/funding/0/source",
        ),
        (
            "projects",
            &project,
            json!({"budget": {"quantity": {"text": long(201), "unit": "CNY_10K"}}}),
            "/budget/quantity/text",
        ),
        (
            "projects",
            &project,
            json!({"quantities": many(&json!({"name": "长", "quantity": quantity}))}),
            "/quantities",
        ),
        ("plans", &plan, json!({"code": "trial-2", "title": long(201)}), "/title"),
        ("plan-items", &item, json!({"title": long(201)}), "/title"),
        ("plan-items", &item, json!({"post": long(201)}), "/post"),
        ("plan-items", &item, json!({"deliverables": many(&json!("路"))}), "/deliverables"),
        ("plan-items", &item, json!({"deliverables": [long(201)]}), "/deliverables/0"),
        ("plan-items", &item, json!({"co_units": many(&json!("镇"))}), "/co_units"),
        ("plan-items", &item, json!({"areas": many(&json!(TOWN))}), "/areas"),
        ("plan-items", &item, json!({"projects": many(&json!("trial"))}), "/projects"),
    ] {
        let body = with(body.clone(), more);
        let path = format!("/api/v1/{path}");
        let request = match body["code"]
            .as_str()
            .filter(|_| path.ends_with("areas") || path.ends_with("metrics"))
        {
            Some(code) => app.request(Method::PUT, &format!("{path}/{code}")).header("if-none-match", "*"),
            None => app.request(Method::POST, &path),
        };
        let problem = request.by(&editor).json(body).send().await.problem(422, "invalid_value");
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], pointer, "{problem}");
        let code = error["code"].as_str().unwrap();
        assert!(["too_long", "too_many"].contains(&code), "{problem}");
    }
    let most = with(metric, json!({"theme": long(64), "name": long(200), "definition": long(2000)}));
    let put = app.request(Method::PUT, "/api/v1/metrics/trial.metric").header("if-none-match", "*");
    assert_eq!(put.by(&editor).json(most).send().await.status, 201);
}
