//! The period before a figure is the same everywhere: in series, rankings, overviews, bulletins and the checks
//! of submissions.

use serde_json::{Value, json};

use crate::builders::areas::{TOWN, VILLAGES, town};
use crate::builders::merged;
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{picked, told};

const METRIC: &str = "trial.flow";

async fn made(app: &TestApp, path: &str, body: Value) -> Value {
    let answer = app.post(&format!("/api/v1/{path}"), body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text());
    answer.json()
}

#[actix_web::test]
async fn what_began_anew_is_compared_with_nothing_wherever_it_is_told() {
    let app = town().await.signed_in().await;
    app.metric(METRIC, json!({"kind": "flow", "time_rule": "sum"})).await;
    // Village, accumulation, frequency, the period before and the period, and whether one goes on from the other.
    let cases = [
        (0, "ytd", "month", ("2021-12", 450), ("2022-01", 30), false),
        (0, "ytd", "month", ("2022-01", 30), ("2022-02", 45), true),
        (0, "ytd", "quarter", ("2021-Q4", 450), ("2022-Q1", 60), false),
        (0, "ytd", "quarter", ("2022-Q1", 60), ("2022-Q2", 100), true),
        (0, "ytd", "half_year", ("2021-S2", 450), ("2022-S1", 100), false),
        (0, "ytd", "year", ("2021", 450), ("2022", 200), true),
        (1, "itd", "month", ("2021-12", 450), ("2022-01", 30), true),
        (2, "period", "month", ("2021-12", 450), ("2022-01", 30), true),
    ];
    for (village, accumulation, _, first, second, _) in cases {
        for (period, value) in [first, second] {
            let taken = format!(
                "/api/v1/observations?metric={METRIC}&area={}&period={period}&accumulation={accumulation}",
                VILLAGES[village]
            );
            if app.get(&taken).await.items().is_empty() {
                let figure = json!({"value": value, "accumulation": accumulation});
                state(&app, METRIC, VILLAGES[village], period, figure).await;
            }
        }
    }
    for (at, (village, accumulation, frequency, (before, was), (now, is), goes_on)) in
        cases.into_iter().enumerate()
    {
        let (case, area) = (format!("{accumulation} {before} to {now}"), VILLAGES[village]);
        let or_null = |value: Value| if goes_on { value } else { Value::Null };
        let change = or_null(json!(is - was));

        let path = format!("metrics/{METRIC}/series?area={area}&accumulation={accumulation}");
        let series = told(&app, &format!("{path}&frequency={frequency}&from={now}&to={now}")).await;
        assert_eq!(series["items"][0]["change"], change, "series {case}");

        let path = format!("metrics/{METRIC}/ranking?within={TOWN}&accumulation={accumulation}&period={now}");
        let ranking = told(&app, &path).await;
        assert_eq!(ranking["meta"]["previous_period"], or_null(json!(before)), "{case}");
        assert_eq!(
            picked(&ranking["items"][0], ["change", "previous_value", "previous_rank", "movement"]),
            json!([change, or_null(json!(was)), or_null(json!(1)), or_null(json!(0))]),
            "ranking {case}"
        );
        let by_change = told(&app, &format!("{path}&by=change")).await;
        assert_eq!(by_change["meta"]["unranked"], if goes_on { json!([]) } else { json!([area]) }, "{case}");

        let overview = app.get(&format!("/api/v1/areas/{area}/overview?period={now}")).await.json();
        assert_eq!(overview["headlines"][0]["change"], change, "overview {case}");

        let issue = async |day: usize, period: &str| {
            let day = format!("2023-01-{:02}", 2 * at + day);
            let body = json!({"metric": METRIC, "within": TOWN, "period": period, "date": day});
            let more = json!({"accumulation": accumulation});
            made(&app, "bulletins", merged(body, more)).await
        };
        let (first, second) = (issue(1, before).await, issue(2, now).await);
        assert_eq!(second["previous"], first["no"], "bulletin {case}");
        let content = &second["content"];
        assert_eq!(content["not_compared"].is_null(), goes_on, "bulletin {case}");
        assert_eq!(
            (&content["rows"][0]["change"]["value"], &content["rows"][0]["previous_rank"]),
            (&change, &or_null(json!(1))),
            "bulletin {case}"
        );
        assert_eq!(content["total"]["change"]["value"], change, "bulletin {case}");

        let row =
            json!({"metric": METRIC, "area": area, "period": now, "accumulation": accumulation, "value": is});
        let body = json!({"area": TOWN, "title": "月报", "items": [row]});
        let checks = made(&app, "submissions", body).await["checks"].clone();
        let jumps = checks.as_array().unwrap().iter().any(|check| check["code"] == "jump");
        // What grows by nature is never doubted within a year.
        assert_eq!(jumps, goes_on && (accumulation != "ytd" || frequency == "year"), "checks {case}");
    }
}
