//! The seed, read through HTTP: every figure, project, highlight and plan item of the report and
//! nothing beyond them, held against tables typed from the report by hand.

mod figures;
mod loading;

use std::collections::{BTreeMap, BTreeSet};

use figures::{AMOUNTS, HIGHLIGHTS, OBSERVATIONS, PLAN, PROJECTS, TOWN, area, rows};
use serde_json::{Value, json};

use crate::harness::TestApp;

const ALL_OBSERVATIONS: &str = "/api/v1/observations?report=bishi-2022&limit=1000";
const ALL_PROJECTS: &str = "/api/v1/projects?limit=1000";

/// A cell of a table as the text of a JSON member.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Checks a quantity: value, unit, comparator, bounds with their ends, decimals and words.
fn check_quantity(quantity: &Value, stated: [&str; 6]) {
    let [value, unit, comparator, lower, upper, words] = stated;
    let expected = [
        ("value", value),
        ("unit", unit),
        ("comparator", comparator),
        ("lower", lower),
        ("upper", upper),
        ("text", words),
    ];
    for (member, expected) in expected {
        assert_eq!(cell(&quantity[member]), expected, "{member} of {quantity}");
    }
    let (lower_inclusive, upper_inclusive) = match comparator {
        "-" => (true, true),
        ">=" => (true, false),
        "<=" => (false, true),
        _ => (false, false),
    };
    assert_eq!(quantity["lower_inclusive"], lower_inclusive, "{quantity}");
    assert_eq!(quantity["upper_inclusive"], upper_inclusive, "{quantity}");
    let decimals =
        words.split_once('.').map_or(0, |(_, rest)| rest.chars().take_while(char::is_ascii_digit).count());
    assert_eq!(quantity["decimals"], decimals, "{quantity}");
}

/// Checks that a figure is cited from its paragraph, with its own words in the words cited.
fn check_citation(citation: &Value, paragraph: &str, words: &str) {
    assert_eq!(cell(&citation["paragraph"]), paragraph, "{words}: {citation}");
    assert!(citation["words"].as_str().unwrap().contains(words), "{words}: {citation}");
}

async fn by_code(app: &TestApp, path: &str) -> BTreeMap<String, Value> {
    let items = app.get(path).await.items();
    items.into_iter().map(|item| (item["code"].as_str().unwrap().to_owned(), item)).collect()
}

#[actix_web::test]
async fn every_figure_of_the_report_is_held_once_and_none_beyond() {
    let app = TestApp::seeded().await;
    let held = app.get(ALL_OBSERVATIONS).await.items();
    let stated = rows::<12>(OBSERVATIONS);
    for row in &stated {
        let [paragraph, metric, tail, value, unit, sign, lower, upper, role, period, accumulation, words] =
            *row;
        let code = area(tail);
        let key = [
            ("metric", metric),
            ("area", &code),
            ("role", role),
            ("period", period),
            ("accumulation", accumulation),
        ];
        let found: Vec<_> =
            held.iter().filter(|item| key.iter().all(|(member, key)| item[member] == *key)).collect();
        assert_eq!(found.len(), 1, "{row:?}");
        check_quantity(found[0], [value, unit, sign, lower, upper, words]);
        check_citation(&found[0]["citation"], paragraph, words);
        assert_eq!(found[0]["report"], "bishi-2022");
        assert_eq!(found[0]["released_at"], "2023-01-17T10:21:00+08:00");
        assert_eq!(found[0]["revision"], 1);
    }
    assert_eq!(held.len(), stated.len());
    assert_eq!(
        app.get("/api/v1/observations?limit=1000").await.items().len(),
        stated.len(),
        "without the report"
    );
}

#[actix_web::test]
async fn the_money_and_measures_of_projects_are_held_with_them_and_none_beyond() {
    let app = TestApp::seeded().await;
    let projects = by_code(&app, ALL_PROJECTS).await;
    let stated = rows::<10>(AMOUNTS);
    for row in &stated {
        let [paragraph, code, what, value, unit, sign, lower, upper, role, words] = *row;
        let project = &projects[code];
        let amount = match what {
            "budget" => &project["budget"],
            "funding" => &project["funding"][0],
            name => {
                let quantities = project["quantities"].as_array().unwrap();
                quantities.iter().find(|quantity| quantity["name"] == name).unwrap_or(&Value::Null)
            }
        };
        assert!(!amount.is_null(), "{row:?}");
        check_quantity(&amount["quantity"], [value, unit, sign, lower, upper, words]);
        check_citation(&amount["citation"], paragraph, words);
        assert_eq!(cell(&amount["role"]), role, "{row:?}");
    }
    let count = |project: &Value| {
        let several = ["funding", "quantities"].map(|member| project[member].as_array().unwrap().len());
        usize::from(!project["budget"].is_null()) + several[0] + several[1]
    };
    assert_eq!(projects.values().map(count).sum::<usize>(), stated.len());
}

#[actix_web::test]
async fn joint_figures_name_what_they_speak_of() {
    let app = TestApp::seeded().await;
    let held = app.get(ALL_OBSERVATIONS).await.items();
    let find = |metric: &str, role: &str| {
        held.iter().find(|item| item["metric"] == metric && item["role"] == role).unwrap()
    };
    let all_villages = [
        "202", "205", "208", "219", "220", "221", "222", "223", "224", "225", "226", "227", "228", "229",
        "230", "231", "232",
    ];
    let eight = ["205", "208", "222", "223", "224", "225", "226", "228"];
    let covering: [(&str, &str, &[&str]); 4] = [
        ("environment.black_odorous_water.treated", "actual", &["221", "229"]),
        ("infrastructure.industry_road.villages", "actual", &eight),
        ("homestead.fee.villages", "actual", &all_villages),
        ("rural.central_village.count", "target", &["205", "223"]),
    ];
    for (metric, role, tails) in covering {
        let codes: Vec<String> = tails.iter().map(|tail| area(tail)).collect();
        assert_eq!(find(metric, role)["covers"], json!(codes), "{metric}");
    }
    let joint = [
        ("land.acquisition.in_progress_area", "actual", ["hanshan-mine-land", "weibang-land"]),
        ("environment.black_odorous_water.treated", "actual", ["nanlong-black-water", "tongpen-black-water"]),
        (
            "education.school_parking.investment",
            "actual",
            ["lijiaduan-school-parking", "red-army-school-parking"],
        ),
        ("rural.central_village.count", "target", ["bishi-beautiful-village", "xuxian-beautiful-village"]),
    ];
    for (metric, role, projects) in joint {
        assert_eq!(find(metric, role)["projects"], json!(projects), "{metric}");
    }
    let named = |member: &str| held.iter().filter(|item| item[member] != json!([])).count();
    assert_eq!((named("covers"), named("projects")), (covering.len(), joint.len()));
}

#[actix_web::test]
async fn targets_say_for_whom_and_contradictions_are_flagged() {
    let app = TestApp::seeded().await;
    let mut spreads = BTreeMap::new();
    let mut flagged = BTreeSet::new();
    for item in app.get(ALL_OBSERVATIONS).await.items() {
        if !item["spread"].is_null() {
            spreads.insert(cell(&item["metric"]), cell(&item["spread"]));
        }
        if item["warnings"] != json!([]) {
            assert_eq!(item["warnings"], json!(["qualifier_contradiction"]));
            flagged.insert(cell(&item["text"]));
        }
    }
    let stated = [
        ("economy.collective.income", "each"),
        ("education.fund.raised", "total"),
        ("rural.central_village.count", "total"),
    ];
    assert_eq!(spreads, stated.map(|(metric, spread)| (metric.to_owned(), spread.to_owned())).into());
    assert_eq!(flagged, ["1225余起", "64余人"].map(str::to_owned).into());
}

#[actix_web::test]
async fn every_project_of_the_report_is_held_once_and_none_beyond() {
    let app = TestApp::seeded().await;
    let projects = by_code(&app, ALL_PROJECTS).await;
    let stated = rows::<6>(PROJECTS);
    for [paragraph, code, kind, stage, tail, name] in &stated {
        let project = &projects[*code];
        assert_eq!(project["kind"], *kind, "{code}");
        assert_eq!(project["stage"], *stage, "{code}");
        assert_eq!(project["areas"], json!([area(tail)]), "{code}");
        assert_eq!(cell(&project["citation"]["paragraph"]), *paragraph, "{code}");
        let mut names: Vec<&Value> = project["aliases"].as_array().unwrap().iter().collect();
        names.extend([&project["name"], &project["place"]]);
        assert!(names.iter().any(|known| cell(known).contains(name)), "{name}: {project}");
        assert_eq!(project["report"], "bishi-2022");
        for unsaid in ["lead_unit", "progress", "started_on"] {
            assert_eq!(project[unsaid], Value::Null, "{unsaid} of {code}");
        }
        assert_eq!(project["suspended"], false);
    }
    assert_eq!(projects.len(), stated.len());
    let names: BTreeSet<String> = projects.values().map(|project| cell(&project["name"])).collect();
    assert_eq!(names.len(), projects.len(), "a name for each");
}

#[actix_web::test]
async fn projects_have_the_dates_and_milestones_that_were_said() {
    let app = TestApp::seeded().await;
    let projects = by_code(&app, ALL_PROJECTS).await;
    let dates: BTreeSet<_> = projects
        .iter()
        .flat_map(|(code, project)| {
            let said = ["starts_on", "finishes_on", "finished_on"]
                .into_iter()
                .filter(|member| !project[*member].is_null());
            said.map(move |member| format!("{code} {member} {}", cell(&project[member])))
        })
        .collect();
    let said = [
        "fanming-bridge finishes_on 2022",
        "tongba-bridge finishes_on 2022",
        "xuxian-group-roads starts_on 2022",
        "xuxian-main-roads starts_on 2022",
        "xuxian-tourism-village finished_on 2022-11",
    ];
    assert_eq!(dates, said.map(str::to_owned).into());
    assert_eq!(projects["bishi-nursing-home"]["contractor"], "湖南天颐健老年养护中心");

    let mut milestones = BTreeSet::new();
    for code in projects.keys() {
        for step in app.get(&format!("/api/v1/projects/{code}/milestones")).await.items() {
            let [status, due, expected, met] =
                ["status", "due_on", "forecast_on", "met_on"].map(|member| cell(&step[member]));
            milestones.insert(format!("{code} {status} {due} {expected} {met}"));
        }
    }
    let said = [
        "baisha-river met - - -",
        "bishi-nursing-home met - - -",
        "construction-safety-campaign met - - -",
        "eco-demonstration-town met - - -",
        "fanming-bridge due 2022 2022 -",
        "jinshan-grassroots-governance met - - -",
        "lijiaduan-late-rice met - - -",
        "meijiang-grassroots-governance met - - -",
        "nanlong-black-water met - - -",
        "nanlong-early-rice met - - -",
        "nanlong-late-rice met - - -",
        "tongba-bridge due 2022 2022 -",
        "tongpen-black-water met - - -",
        "xuxian-grassroots-governance met - - -",
        "xuxian-group-roads met - - -",
        "xuxian-main-roads met - - -",
        "xuxian-tourism-village met - - 2022-11",
    ];
    assert_eq!(milestones, said.map(str::to_owned).into());
}

#[actix_web::test]
async fn areas_are_known_for_what_the_report_says_and_nothing_beyond() {
    let app = TestApp::seeded().await;
    let mut held: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for village in app.get("/api/v1/villages?limit=1000").await.items() {
        held.insert(cell(&village["code"]), village["highlights"].as_array().unwrap().clone());
    }
    let mut facts = app.get("/api/v1/reports/bishi-2022/facts?limit=1000").await.items();
    facts.retain(|fact| fact["kind"] == "highlight");
    let stated = rows::<5>(HIGHLIGHTS);
    for [paragraph, tail, kind, since, words] in &stated {
        let told = |item: &&Value, member: &str| {
            cell(&item["citation"]["paragraph"]) == *paragraph && cell(&item[member]).contains(words)
        };
        if *tail != "000" {
            let of_village = &held[&area(tail)];
            let found = of_village
                .iter()
                .filter(|item| item["kind"] == *kind && cell(&item["since"]) == *since && told(item, "text"));
            assert_eq!(found.count(), 1, "{tail} {kind} {words}: {of_village:?}");
        }
        let cited = facts.iter().filter(|fact| fact["area"] == area(tail) && told(fact, "name")).count();
        assert!(cited > 0, "{tail} {kind} {words}: {facts:?}");
    }
    let villages = stated.iter().filter(|row| row[1] != "000").count();
    assert_eq!(held.values().map(Vec::len).sum::<usize>(), villages);
    assert_eq!(facts.len(), stated.len());
}

#[actix_web::test]
async fn the_divisions_stand_as_the_statistical_office_lists_them() {
    let app = TestApp::seeded().await;
    let areas = by_code(&app, "/api/v1/areas?limit=1000").await;
    let stated = [
        ("430000000000", "湖南省", "province", "-"),
        ("430600000000", "岳阳市", "prefecture", "430000000000"),
        ("430681000000", "汨罗市", "county", "430600000000"),
        (TOWN, "弼时镇", "township", "430681000000"),
        ("430681107002", "金山社区", "village", TOWN),
        ("430681107202", "大里塘村", "village", TOWN),
        ("430681107205", "弼时村", "village", TOWN),
        ("430681107208", "桃花村", "village", TOWN),
        ("430681107219", "影珠山村", "village", TOWN),
        ("430681107220", "白沙村", "village", TOWN),
        ("430681107221", "铜盆村", "village", TOWN),
        ("430681107222", "平华村", "village", TOWN),
        ("430681107223", "序贤村", "village", TOWN),
        ("430681107224", "清溪村", "village", TOWN),
        ("430681107225", "湄江村", "village", TOWN),
        ("430681107226", "李家塅村", "village", TOWN),
        ("430681107227", "明月山村", "village", TOWN),
        ("430681107228", "高燕村", "village", TOWN),
        ("430681107229", "南龙村", "village", TOWN),
        ("430681107230", "白鹤洞村", "village", TOWN),
        ("430681107231", "玉池村", "village", TOWN),
        ("430681107232", "大龙山村", "village", TOWN),
    ];
    for (code, name, level, parent) in stated {
        let area = &areas[code];
        assert_eq!(area["name"], name);
        assert_eq!(area["level"], level, "{name}");
        assert_eq!(cell(&area["parent"]), parent, "{name}");
        assert_eq!(area["code_system"], "NBS-2023", "{name}");
    }
    assert_eq!(areas.len(), stated.len());
    assert_eq!(areas["430681107002"]["kind"], "community");
    assert_eq!(areas["430681107226"]["aliases"], json!(["李家"]));
}

#[actix_web::test]
async fn the_plan_is_the_tree_that_the_report_is() {
    let app = TestApp::seeded().await;
    let plan = app.get("/api/v1/plans/bishi-2023").await.json();
    assert_eq!((&plan["area"], &plan["year"]), (&json!(TOWN), &json!(2023)));
    let children = |node: &Value| node["children"].as_array().unwrap().clone();
    let sections = children(&plan);
    let titles: Vec<String> = sections.iter().map(|section| cell(&section["title"])).collect();
    for (title, words) in titles.iter().zip(["双招双引", "产业发展", "美丽弼时", "民生", "自身建设"])
    {
        assert!(title.contains(words), "{title}");
    }
    let shape: Vec<Vec<usize>> = sections
        .iter()
        .map(|section| children(section).iter().map(|numbered| children(numbered).len()).collect())
        .collect();
    assert_eq!(shape, PLAN);

    let items = app.get("/api/v1/plan-items?plan=bishi-2023&limit=1000").await.items();
    assert_eq!(items.len(), 147);
    // The plan begins after the results: its first words stand in paragraph 17.
    let mut below: BTreeMap<String, i64> = BTreeMap::new();
    let mut last = (0, String::new());
    for item in &items {
        let next = below.entry(cell(&item["parent"])).or_default();
        *next += 1;
        assert_eq!(item["ordinal"], *next, "{item}");
        assert!(item["citation"]["paragraph"].as_i64().unwrap() >= 17, "{item}");
        assert_eq!(item["state"], "drafted");
        assert_eq!(item["due_on"], "2023");
        for unsaid in ["lead_unit", "post", "start_on", "reporting_cycle", "weight", "progress", "target"] {
            assert_eq!(item[unsaid], Value::Null, "{unsaid} of {item}");
        }
        let leaf = cell(&item["code"]).matches('.').count() == 3;
        let start = item["citation"]["start"].as_i64().unwrap();
        if leaf {
            assert!(start >= last.0, "{} stands before {} in the report", item["code"], last.1);
            last = (start, cell(&item["code"]));
        }
    }
    let titles: BTreeSet<String> = items.iter().map(|item| cell(&item["title"])).collect();
    assert_eq!(titles.len(), items.len(), "a title for each");
}

#[actix_web::test]
async fn plan_items_are_linked_to_the_projects_that_they_promise() {
    let app = TestApp::seeded().await;
    let items = app.get("/api/v1/plan-items?limit=1000").await.items();
    let mut linked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in &items {
        for project in item["projects"].as_array().unwrap() {
            linked.entry(cell(project)).or_default().insert(cell(&item["title"]));
        }
    }
    let projects = by_code(&app, ALL_PROJECTS).await;
    for (code, titles) in &linked {
        assert_eq!(projects[code]["plan_items"].as_array().unwrap().len(), titles.len(), "{code}");
    }
    // Every project that only the plan names, and the four that the plan goes on with.
    let planned =
        projects.values().filter(|project| project["stage"] == "idea").map(|project| cell(&project["code"]));
    let carried = [
        "engineering-machinery-park",
        "xuxian-revitalisation-village",
        "baisha-river",
        "wanjiali-north-road",
    ];
    let expected: BTreeSet<String> = planned.chain(carried.map(str::to_owned)).collect();
    assert_eq!(linked.into_keys().collect::<BTreeSet<_>>(), expected);
    let in_village = |tail: &str| {
        items
            .iter()
            .filter(|item| item["areas"] == json!([area(tail)]))
            .map(|item| cell(&item["title"]))
            .collect::<Vec<_>>()
    };
    assert_eq!((in_village("205").len(), in_village("223").len()), (1, 2));
}

#[actix_web::test]
async fn locators_agree_with_their_words_and_with_each_other() {
    let app = TestApp::seeded().await;
    let mut citations = Vec::new();
    let mut gather = |value: &Value| collect(value, &mut citations);
    gather(&app.get(ALL_OBSERVATIONS).await.json());
    gather(&app.get(ALL_PROJECTS).await.json());
    gather(&app.get("/api/v1/plan-items?limit=1000").await.json());
    gather(&app.get("/api/v1/villages?limit=1000").await.json());
    gather(&app.get("/api/v1/reports/bishi-2022/facts?limit=1000").await.json());
    for code in by_code(&app, ALL_PROJECTS).await.keys() {
        gather(&app.get(&format!("/api/v1/projects/{code}/milestones")).await.json());
    }
    citations.sort_by_key(|citation| citation["start"].as_i64());
    assert!(citations.len() > 300, "{}", citations.len());

    let mut paragraph = 1;
    let mut text: BTreeMap<i64, char> = BTreeMap::new();
    for citation in &citations {
        let words: Vec<char> = citation["words"].as_str().unwrap().chars().collect();
        let (start, end) = (citation["start"].as_i64().unwrap(), citation["end"].as_i64().unwrap());
        assert_eq!(end - start, i64::try_from(words.len()).unwrap(), "{citation}");
        assert!(words.len() <= 32, "a sentence rather than some words: {citation}");
        let here = citation["paragraph"].as_i64().unwrap();
        assert!(here >= paragraph && here <= 26, "after paragraph {paragraph}: {citation}");
        paragraph = here;
        for (position, letter) in (start..).zip(words) {
            let known = *text.entry(position).or_insert(letter);
            assert_eq!(known, letter, "at {position}, {citation}");
        }
    }
}

/// Every citation inside a value.
fn collect(value: &Value, citations: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, citations)),
        Value::Object(members) if members.contains_key("words") => citations.push(value.clone()),
        Value::Object(members) => members.values().for_each(|inner| collect(inner, citations)),
        _ => {}
    }
}

#[actix_web::test]
async fn metrics_never_sum_what_cannot_be_summed() {
    let app = TestApp::seeded().await;
    let metrics = app.get("/api/v1/metrics?limit=1000").await.items();
    let held = app.get(ALL_OBSERVATIONS).await.items();
    for metric in &metrics {
        let code = &metric["code"];
        assert!(held.iter().any(|item| item["metric"] == *code), "{code} has no figure");
        for member in ["name", "name_en", "definition", "theme"] {
            assert!(
                metric[member].as_str().is_some_and(|text| !text.trim().is_empty()),
                "{member} of {code}"
            );
        }
        let rules = ["kind", "area_rule", "time_rule"].map(|member| cell(&metric[member]));
        match rules.each_ref().map(String::as_str) {
            ["flow", "sum", "sum"] | ["stock", "sum", "last"] => {}
            ["ratio", "none", "last" | "none"] => assert_eq!(metric["unit"], "P1", "{code}"),
            rules => panic!("{code}: {rules:?}"),
        }
        let accumulations: &[&str] = if rules[0] == "flow" { &["period", "ytd"] } else { &["instant"] };
        for item in held.iter().filter(|item| item["metric"] == *code) {
            assert!(accumulations.contains(&item["accumulation"].as_str().unwrap()), "{item}");
        }
    }
    assert_eq!(metrics.len(), rows::<12>(OBSERVATIONS).len() - 1, "one metric has a result and a target");
}

#[actix_web::test]
async fn the_report_is_held_without_its_text() {
    let app = TestApp::seeded().await;
    let report = app.get("/api/v1/reports/bishi-2022").await.json();
    assert_eq!(report["issuer"], TOWN);
    assert_eq!(report["published_at"], "2023-01-17T10:21:00+08:00");
    assert_eq!(report["sha256"], "e86779252646bbc8413d96c27120e6a06767494918e5dbf0933b7b2c91f3df39");
    app.get("/api/v1/reports/bishi-2022/text").await.problem(404, "not_found");
}
