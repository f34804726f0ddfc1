//! `GET /observations`: filters, orders, pages, fields, names, units.

use serde_json::{Value, json};
use taizhang::exchange::drafts::observation::ObservationDraft;
use taizhang::exchange::drafts::reference::MetricDraft;

use crate::harness::TestApp;
use crate::lists::{each, escaped};
use crate::metrics::metric;

/// Eight observations of theme `trial` beside those of the seed. The note of each is its letter, in
/// the order of entry and of ids.
async fn trial() -> TestApp {
    let app = TestApp::seeded().await;
    let money = json!({"unit": "CNY_10K", "kind": "flow", "time_rule": "sum"});
    app.add::<MetricDraft>(metric("trial.money", money)).await;
    app.add::<MetricDraft>(metric("trial.land", json!({"theme": "trial"}))).await;
    for (note, metric, area, period, released_on, more) in [
        ("a", "trial.money", "430681107221", "2022", "2023-03-01", json!({"text": "90万余元"})),
        ("b", "trial.money", "430681107221", "2022-Q3", "2023-02-01", json!({"value": 5})),
        ("c", "trial.money", "430681107221", "2022-07", "2023-03-01", json!({"text": "约5万元"})),
        ("d", "trial.money", "430681107208", "2022-01/2022-11", "2023-01-01", json!({"text": "近50万元"})),
        (
            "e",
            "trial.land",
            "430681107208",
            "2022",
            "2023-02-01",
            json!({"value": 3.5, "report": "bishi-2022"}),
        ),
        ("f", "trial.land", "430681107000", "2022-07", "2024-04-01", json!({"text": "不少于90亩"})),
        ("g", "trial.land", "430681107000", "2021-12", "2023-01-01", json!({"text": "90亩以内"})),
        (
            "h",
            "trial.money",
            "430681107000",
            "2023",
            "2024-04-01",
            json!({"text": "达5万元", "role": "target", "spread": "each"}),
        ),
    ] {
        let mut draft = json!({
            "note": note, "metric": metric, "area": area, "period": period,
            "released_at": format!("{released_on}T09:00:00+08:00"),
        });
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.add::<ObservationDraft>(draft).await;
    }
    app
}

/// The letters of the observations that a query chooses among those of the trial.
async fn chosen(app: &TestApp, query: &str) -> String {
    let path = format!("/api/v1/observations?theme=trial&{query}");
    let letters = app.listed(&path, "note").await.concat();
    assert_eq!(app.counted(&path).await, letters.len() as i64, "count of {query}");
    letters
}

#[actix_web::test]
async fn observations_are_chosen_by_metric_area_subtree_and_level() {
    let app = trial().await;
    for (query, letters) in [
        ("sort=id", "abcdefgh"),
        ("metric=trial.land", "efg"),
        ("metric=trial.land,trial.money", "abcdefgh"),
        ("area=430681107", "fgh"), // exactly the township, not what is below
        ("area=430681107208,430681107221", "abcde"),
        ("area=430681107223", ""),
        ("within=430681107", "abcdefgh"),
        ("within=43", "abcdefgh"),
        ("within=430681107221", "abc"),
        ("within=430681107&area=430681107208", "de"),
        ("level=township", "fgh"),
        ("level=village", "abcde"),
        ("level=county,village", "abcde"),
        ("report=bishi-2022", "e"),
    ] {
        assert_eq!(chosen(&app, query).await, letters, "{query}");
    }
    assert_eq!(app.counted("/api/v1/observations").await, 61);
    assert_eq!(app.counted("/api/v1/observations?report=bishi-2022").await, 54);
    assert_eq!(app.counted("/api/v1/observations?theme=health,agriculture").await, 4);
}

#[actix_web::test]
async fn observations_are_chosen_by_period_however_it_is_spelled() {
    let app = trial().await;
    for (period, letters) in [
        ("2022", "ae"),
        ("2022年", "ae"),
        ("2022-01/2022-12", "ae"), // twelve months are the year
        ("2022-01-01/2022-12-31", "ae"),
        ("2022年7月", "cf"),
        ("２０２２年７月", "cf"),
        ("2022年三季度", "b"),
        ("2022-07/2022-09", "b"),
        ("2022年1—11月", "d"),
        ("2022-07,2021-12", "cfg"),
        ("2022年上半年", ""),
    ] {
        assert_eq!(chosen(&app, &format!("period={}", escaped(period))).await, letters, "{period}");
    }
    // Wholly inside, both ends included.
    for (query, letters) in [
        ("from=2022&to=2022", "abcdef"),
        ("from=2022-07", "bcfh"),
        ("from=2022-07-01", "bcfh"),
        ("from=2022-07-02", "h"),
        ("to=2022-09", "bcfg"),
        ("to=2022-09-29", "cfg"),
        ("to=2021", "g"),
        ("from=2022-Q3&to=2022-Q3", "bcf"),
        ("from=2022-S1&to=2022-11", "bcdf"),
        ("from=2023&to=2022", ""),
    ] {
        assert_eq!(chosen(&app, query).await, letters, "{query}");
    }
    for bad in ["2022-13", "2022-W54", "22", "去年", "2022-02/2022-01"] {
        for parameter in ["period", "from", "to"] {
            let answer = app.get(&format!("/api/v1/observations?{parameter}={}", escaped(bad))).await;
            assert_eq!(
                answer.problem(400, "invalid_parameter")["errors"][0]["parameter"],
                parameter,
                "{bad}"
            );
        }
    }
}

#[actix_web::test]
async fn observations_are_chosen_by_accumulation_role_and_comparator() {
    let app = trial().await;
    for (query, letters) in [
        ("accumulation=period", "abcdh"), // the default of flows
        ("accumulation=instant", "efg"),  // and of all else
        ("accumulation=ytd,instant", "efg"),
        ("role=target", "h"),
        ("role=actual", "abcdefg"),
        ("role=actual,forecast,target", "abcdefgh"),
        ("role=baseline", ""),
        ("comparator=%3E", "a"),
        ("comparator=~", "c"),
        ("comparator=%3C", "d"),
        ("comparator=%3E%3D", "fh"),
        ("comparator=%3C%3D", "g"),
        ("comparator=none", "be"),
        ("comparator=none,~", "bce"),
    ] {
        assert_eq!(chosen(&app, query).await, letters, "{query}");
    }
}

#[actix_web::test]
async fn values_are_compared_as_stated_or_by_what_is_certain() {
    let app = trial().await;
    for (query, letters) in [
        ("value_ge=90", "afg"),
        ("value_ge=90.000001", ""),
        ("value_le=3.5", "e"),
        ("value_le=5", "bceh"),
        ("value_ge=5&value_le=50", "bcdh"),
        // 90万余 is above 90, at least 90亩 is 90 or more; at most 90亩 may be less.
        ("value_ge=90&certain=true", "af"),
        ("value_ge=90&certain=false", "afg"),
        ("value_ge=91&certain=true", ""),
        // About 5 has no bounds, at least 5 has no upper one.
        ("value_le=5&certain=true", "be"),
        ("value_le=50&certain=true", "bde"),
        ("value_le=90&certain=true", "bdeg"),
        ("value_le=91&certain=true", "abdeg"),
    ] {
        assert_eq!(chosen(&app, query).await, letters, "{query}");
    }
    let problem = app.get("/api/v1/observations?certain=true").await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "certain");
    for bad in ["many", "1000000000000", "0.0000001"] {
        let answer = app.get(&format!("/api/v1/observations?value_ge={bad}")).await;
        assert_eq!(answer.problem(400, "invalid_parameter")["errors"][0]["parameter"], "value_ge", "{bad}");
    }
}

#[actix_web::test]
async fn every_order_both_ways_is_the_same_in_pages_of_any_size() {
    let app = trial().await;
    // One of them was touched again, long before the others by the number of its entry.
    app.sql("UPDATE observations SET seq = 1 WHERE metric = 'trial.money' AND role = 'target'");
    for (sort, letters) in [
        ("id", "abcdefgh"),
        ("metric", "efgabcdh"),
        ("area", "fghdeabc"),
        ("period", "gdaecfbh"), // by first day, then by last day
        ("value", "ebchdafg"),
        ("released_at", "dgbeacfh"),
        ("seq", "habcdefg"),
    ] {
        let path = format!("/api/v1/observations?theme=trial&sort={sort}");
        assert_eq!(each(&app.paged(&path, 1..=7).await, "note").concat(), letters, "{sort}");
        let path = format!("/api/v1/observations?theme=trial&sort=-{sort}");
        let backwards: String = letters.chars().rev().collect();
        assert_eq!(each(&app.paged(&path, 1..=7).await, "note").concat(), backwards, "-{sort}");
    }
    assert_eq!(chosen(&app, "value_ge=0").await, "abcdefgh"); // by id where nothing is said
    let problem = app.get("/api/v1/observations?sort=unit").await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "sort");
    // A cursor holds for its own order only.
    let next = app.get("/api/v1/observations?sort=value&limit=1").await.json()["next"].clone();
    let path = format!("/api/v1/observations?sort=-value&cursor={}", next.as_str().unwrap());
    assert_eq!(app.get(&path).await.problem(400, "invalid_parameter")["errors"][0]["parameter"], "cursor");
}

const RAISED: &str = "/api/v1/observations?metric=education.fund.raised&role=actual";

#[actix_web::test]
async fn fields_keep_the_members_asked_for_in_every_format() {
    let app = TestApp::seeded().await;
    let json = app.get(&format!("{RAISED}&fields=value,metric,citation,comparator")).await;
    assert_eq!(
        json.text(),
        "{\"items\":[{\"metric\":\"education.fund.raised\",\"value\":660.6,\"comparator\":null,\"citation\":\
         {\"paragraph\":11,\"start\":1608,\"end\":1621,\"words\":\"共筹集资金660.60万元\"}}],\"next\":null}"
    );
    let ndjson = app.get(&format!("{RAISED}&fields=text,value&format=ndjson")).await;
    assert_eq!(ndjson.text(), "{\"value\":660.6,\"text\":\"660.60万元\"}\n");
    let csv = app.get(&format!("{RAISED}&fields=unit,value,citation,metric&format=csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    // A table shows the decimals as they were stated.
    assert_eq!(
        csv.text(),
        "metric,value,unit,citation_paragraph,citation_start,citation_end,citation_words\r\n\
         education.fund.raised,660.60,CNY_10K,11,1608,1621,共筹集资金660.60万元\r\n"
    );
    for format in ["json", "csv", "ndjson"] {
        let answer = app.get(&format!("{RAISED}&fields=value,colour&format={format}")).await;
        let problem = answer.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "fields");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains("colour"), "{problem}");
    }
    // Pages stay what they are.
    let all = app.walked("/api/v1/observations?fields=id", 1000).await;
    assert_eq!(app.walked("/api/v1/observations?fields=id", 20).await, all);
    assert_eq!(all.len(), 53);
}

#[actix_web::test]
async fn names_stand_beside_codes_when_they_are_asked_for() {
    let app = TestApp::seeded().await;
    let named = app.get(&format!("{RAISED}&names=true")).await.items();
    assert_eq!(named[0]["metric_name"], "教育基金筹集资金");
    assert_eq!(named[0]["area_name"], "弼时镇");
    assert_eq!(named[0]["unit_name"], "万元");
    let plain = app.get(RAISED).await.items();
    assert!(!plain[0].as_object().unwrap().keys().any(|member| member.ends_with("_name")), "{plain:?}");
    let path = format!("/api/v1/observations/{}", plain[0]["id"]);
    assert_eq!(app.get(&path).await.json(), plain[0]);
    assert_eq!(app.get(&format!("{path}?names=true")).await.json(), named[0]);
    let header = |csv: String| csv.lines().next().unwrap().to_owned();
    let with_names = header(app.get(&format!("{RAISED}&names=true&format=csv")).await.text());
    assert!(with_names.starts_with("id,metric,metric_name,area,area_name,period,"), "{with_names}");
    let without = header(app.get(&format!("{RAISED}&format=csv")).await.text());
    assert!(without.starts_with("id,metric,area,period,accumulation,role,value,unit,decimals,"), "{without}");
}

#[actix_web::test]
async fn figures_convert_exactly_or_say_that_they_are_rounded() {
    let app = TestApp::seeded().await;
    let shown = async |metric: &str, unit: &str| {
        let path = format!("/api/v1/observations?role=actual&metric={metric}&unit={unit}");
        let items = app.get(&path).await.items();
        let single = app.get(&format!("/api/v1/observations/{}?unit={unit}", items[0]["id"])).await.json();
        assert_eq!(single, items[0]);
        assert_eq!(items[0]["unit"], unit);
        ["value", "lower", "upper", "warnings"].map(|member| items[0][member].to_string())
    };
    let demolished = "housing.illegal.demolished_area"; // 3580平方米; a 亩 is 2000/3 of them
    assert_eq!(shown(demolished, "MTK").await, ["3580", "3580", "3580", "[]"]);
    assert_eq!(shown(demolished, "MU").await, ["5.37", "5.37", "5.37", "[]"]);
    assert_eq!(shown(demolished, "HAR").await, ["0.358", "0.358", "0.358", "[]"]);
    assert_eq!(shown(demolished, "KMK").await, ["0.00358", "0.00358", "0.00358", "[]"]);
    assert_eq!(shown("homestead.fee.collected", "CNY").await, ["900000", "900000", "910000", "[]"]); // 90万余
    assert_eq!(shown("homestead.fee.collected", "CNY_100M").await, ["0.009", "0.009", "0.0091", "[]"]);
    // 550多亩 lies between 550 and 560: 366,666.66… and 373,333.33… square metres.
    let abandoned = ["366666.666667", "366666.666667", "373333.333333", "[\"rounded\"]"];
    assert_eq!(shown("land.abandoned.remedied", "MTK").await, abandoned);
    assert_eq!(
        shown("agriculture.early_rice.nursery_area", "MTK").await,
        ["560000", "560000", "560000", "[]"]
    );
}

#[actix_web::test]
async fn a_unit_of_another_dimension_is_refused_in_every_format() {
    let app = TestApp::seeded().await;
    for path in [
        "/api/v1/observations?metric=homestead.fee.collected&unit=MU",
        "/api/v1/observations?metric=homestead.fee.collected&unit=MU&format=csv",
        "/api/v1/observations?theme=land&unit=MU&format=ndjson",
        "/api/v1/observations?theme=land&unit=MU",
        // Refused on every page, not only on the one that holds the figure.
        "/api/v1/observations?metric=land.cultivated.area,homestead.fee.collected&unit=MU&limit=1",
        "/api/v1/observations/1?unit=MU",
    ] {
        let problem = app.get(path).await.problem(422, "unit_incompatible");
        assert_eq!(problem["errors"][0]["parameter"], "unit", "{path}");
    }
    let problem = app.get("/api/v1/observations?unit=FURLONG").await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["parameter"], "unit");
}

#[actix_web::test]
async fn a_filter_that_names_nothing_registered_is_refused() {
    let app = TestApp::seeded().await;
    for (query, parameter) in [
        ("metric=no.such", "metric"),
        ("area=44", "area"),
        ("within=44", "within"),
        ("report=no-such", "report"),
    ] {
        let problem = app.get(&format!("/api/v1/observations?{query}")).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
    for (query, parameter) in [
        ("level=hamlet", "level"),
        ("accumulation=year", "accumulation"),
        ("role=real", "role"),
        ("comparator=%3D", "comparator"),
        ("names=yes", "names"),
        ("as_of=yesterday", "as_of"),
        ("area=430681107,", "area"),
    ] {
        let problem =
            app.get(&format!("/api/v1/observations?{query}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
    let problem = app.get("/api/v1/observations?metrics=a").await.problem(400, "unknown_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "metrics");
    app.get("/api/v1/observations/100000").await.problem(404, "not_found");
    for id in ["0", "-1", "a", "1.5", "99999999999999999999"] {
        let problem = app.get(&format!("/api/v1/observations/{id}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "id");
    }
}

#[actix_web::test]
async fn a_figure_keeps_its_words_its_place_and_what_it_speaks_of_jointly() {
    let app = TestApp::seeded().await;
    let read = async |query: &str| app.get(&format!("/api/v1/observations?{query}")).await.items()[0].clone();
    let fee = read("metric=homestead.fee.collected").await;
    let expected = json!({
        "metric": "homestead.fee.collected", "area": "430681107000", "period": "2022", "accumulation": "ytd",
        "role": "actual", "value": 90, "unit": "CNY_10K", "decimals": 0, "comparator": ">", "lower": 90,
        "upper": 91, "lower_inclusive": false, "upper_inclusive": false, "text": "90万余元", "spread": null,
        "report": "bishi-2022", "covers": [], "projects": [], "warnings": [], "revision": 1,
        "released_at": "2023-01-17T10:21:00+08:00",
        "citation": {"paragraph": 15, "start": 4358, "end": 4366, "words": "已收取90万余元"},
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&fee[member], value, "{member}");
    }
    let target = read("metric=economy.collective.income").await;
    assert_eq!((&target["spread"], &target["comparator"]), (&json!("each"), &json!(">=")));
    assert_eq!((&target["lower"], &target["upper"]), (&json!(5), &Value::Null));
    assert_eq!(target["lower_inclusive"], true);
    let water = read("metric=environment.black_odorous_water.treated").await;
    assert_eq!(water["covers"], json!(["430681107221", "430681107229"]));
    assert_eq!(water["projects"], json!(["nanlong-black-water", "tongpen-black-water"]));
    let driving = read("metric=safety.road.drink_driving").await; // 64余人
    assert_eq!((&driving["lower"], &driving["upper"]), (&json!(64), &json!(65)));
    assert_eq!(driving["warnings"], json!(["qualifier_contradiction"]));
}
