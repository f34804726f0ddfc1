//! Downloads of observations: six formats, one set of figures. And a workbook as a test reads it.

use std::collections::BTreeMap;
use std::io::Cursor;

use actix_web::http::Method;
use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};
use taizhang::domain::period::Period;
use taizhang::exchange::cells;

use crate::conventions::lists;
use crate::harness::TestApp;

const PATH: &str = "/api/v1/observations";
const KEY: [&str; 5] = ["metric", "area", "period", "accumulation", "role"];
const QUANTITY: [&str; 6] = ["value", "lower", "upper", "comparator", "unit", "decimals"];

/// What each format says of a key, member by member, numbers in their shortest form.
type Figures = BTreeMap<[String; 5], BTreeMap<&'static str, String>>;

/// The two sheets of a workbook, row by row.
pub fn sheets(workbook: &[u8]) -> [Vec<Vec<Data>>; 2] {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook.to_vec())).unwrap();
    assert_eq!(book.sheet_names(), ["数据 data", "说明 notes"]);
    ["数据 data", "说明 notes"].map(|name| {
        assert!(book.worksheet_formula(name).unwrap().is_empty(), "a formula in {name}");
        book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
    })
}

/// 660.60 and 660.6 are one number.
fn shortest(number: &str) -> String {
    let trimmed = if number.contains('.') { number.trim_end_matches('0') } else { number };
    trimmed.trim_end_matches('.').to_owned()
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn of_items(items: &[Value]) -> Figures {
    let quantity = |item: &Value| QUANTITY.iter().map(|member| (*member, word(&item[*member]))).collect();
    items.iter().map(|item| (KEY.map(|member| word(&item[member])), quantity(item))).collect()
}

/// Out of a table with a header.
fn of_rows(rows: &[Vec<String>], key: [&str; 5], quantity: [&str; 6]) -> Figures {
    let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let figures = |row: &Vec<String>| {
        let shown = |(member, name): (&&'static str, &str)| match *member {
            "comparator" | "unit" => (*member, row[at(name)].clone()),
            _ => (*member, shortest(&row[at(name)])),
        };
        (key.map(|name| row[at(name)].clone()), QUANTITY.iter().zip(quantity).map(shown).collect())
    };
    rows[1..].iter().map(figures).collect()
}

fn of_csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn of_sheet(rows: &[Vec<Data>]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

fn of_json_stat(cube: &Value) -> Figures {
    assert_eq!((&cube["version"], &cube["class"]), (&json!("2.0"), &json!("dataset")));
    let index = |name: &Value| cube["dimension"][name.as_str().unwrap()]["category"]["index"].clone();
    let index: Vec<Value> = cube["id"].as_array().unwrap().iter().map(index).collect();
    let sizes: Vec<usize> = index.iter().map(|codes| codes.as_array().unwrap().len()).collect();
    assert_eq!(json!(sizes), cube["size"]);
    let figures = |(cell, value): (&String, &Value)| {
        let mut rest: usize = cell.parse().unwrap();
        let mut key = [const { String::new() }; 5];
        for (at, codes) in index.iter().enumerate().rev() {
            key[at] = word(&codes[rest % sizes[at]]);
            rest /= sizes[at];
        }
        let comparator = word(&cube["status"][cell]);
        // `~` has no bounds; where a bound is not told it is the value.
        let bound = |name: &str, open: bool| match &cube["extension"][name][cell] {
            Value::Null if open => String::new(),
            Value::Null => word(value),
            bound => word(bound),
        };
        let quantity = BTreeMap::from([
            ("value", word(value)),
            ("lower", bound("lower", comparator.starts_with(['~', '<']))),
            ("upper", bound("upper", comparator.starts_with(['~', '>']))),
            ("comparator", comparator),
            ("unit", word(&cube["dimension"]["metric"]["category"]["unit"][&key[0]]["code"])),
        ]);
        (key, quantity)
    };
    cube["value"].as_object().unwrap().iter().map(figures).collect()
}

/// The seed's township, with figures that formats are known to spoil.
async fn spoilable() -> TestApp {
    let app = TestApp::seeded().await.signed_in().await;
    app.sql("UPDATE metrics SET min = NULL WHERE code = 'education.fund.raised'");
    let key = app.key("editor", None).await;
    for (period, value) in [
        ("2019", "660.60"),
        ("2020", "0.000001"),
        ("2021", "999999999999"),
        ("2022-01/2022-11", "-0.10"),
        ("2023-01-02/2023-01-12", "123456789.123456"),
        ("2023-W35", "0"),
    ] {
        let body = json!({
            "metric": "education.fund.raised", "area": "430681107000", "period": period, "value": 7,
            "note": "=HYPERLINK(\"http://example.org\")",
        });
        let body = body.to_string().replace(":7,", &format!(":{value},"));
        let made = app.request(Method::POST, PATH).by(&key).body("application/json", body).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    for (area, text) in
        [("430681107223", "约5万元"), ("430681107224", "近720万元"), ("430681107225", "不少于3.50万元")]
    {
        let body =
            json!({"metric": "education.fund.raised", "area": area, "period": "2023-06", "text": text});
        let made = app.post(PATH, body).by(&key).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    app
}

#[actix_web::test]
async fn every_format_says_the_same_figures() {
    let app = spoilable().await;
    let get = async |format: &str| app.get(&format!("{PATH}?format={format}")).await;
    let items = app.walked(PATH, 20).await;
    let all = of_items(&items);
    assert_eq!(all.len(), items.len());
    let lines: Vec<Value> =
        get("ndjson").await.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, items);

    let csv = of_csv(&get("csv").await.text());
    assert_eq!(of_rows(&csv, KEY, QUANTITY), all);
    let [data, _] = sheets(&get("xlsx").await.body);
    assert_eq!(of_rows(&of_sheet(&data), KEY, QUANTITY), all);

    let concepts = ["INDICATOR", "REF_AREA", "TIME_PERIOD", "ACCUMULATION", "ROLE"];
    let quantity = ["OBS_VALUE", "LOWER", "UPPER", "COMPARATOR", "UNIT_MEASURE", "DECIMALS"];
    let sdmx = of_csv(&get("sdmx-csv").await.text());
    assert!(sdmx[1..].iter().all(|row| row[..3] == ["dataflow", "TAIZHANG:OBSERVATIONS(1.0)", "I"]));
    let mut of_sdmx = Figures::new();
    for (mut key, figure) in of_rows(&sdmx, concepts, quantity) {
        // Intervals have a length there; whatever we write, we read.
        assert_eq!(key[2].contains('/'), key[2].contains("/P"), "{key:?}");
        let [metric, area, period, ..] = &key;
        let found = app.get(&format!("{PATH}?metric={metric}&area={area}&period={period}")).await.items();
        assert!(!found.is_empty(), "{key:?}");
        key[2] = period.parse::<Period>().unwrap().to_string();
        assert!(found.iter().all(|item| item["period"] == key[2]), "{key:?}");
        of_sdmx.insert(key, figure);
    }
    assert_eq!(of_sdmx, all);

    let mut of_cube = of_json_stat(&get("json-stat").await.json());
    // A cell of JSON-stat has no decimals of its own.
    for (key, figure) in &mut of_cube {
        figure.insert("decimals", all[key]["decimals"].clone());
    }
    assert_eq!(of_cube, all);
}

#[actix_web::test]
async fn a_span_with_its_length_is_taken_wherever_a_period_is() {
    let app = spoilable().await;
    let key = app.key("editor", None).await;
    let (ours, theirs) = ("2022-01/2022-11", "2022-01-01/P11M");
    let body =
        json!({"metric": "education.fund.raised", "area": "430681107225", "period": theirs, "value": 1});
    assert_eq!(app.post(PATH, body).by(&key).await.json()["period"], ours);
    for path in [
        "observations?period=PERIOD",
        "observations?from=PERIOD&to=PERIOD",
        "metrics/education.fund.raised/ranking?within=430681107&period=PERIOD",
        "metrics/education.fund.raised/aggregate?within=430681107&period=PERIOD",
        "metrics/education.fund.raised/series?area=430681107225&from=PERIOD&frequency=interval",
        "completeness?within=430681107&period=PERIOD&metric=education.fund.raised",
        "completion?within=430681107&period=PERIOD",
        "areas/430681107/overview?period=PERIOD",
    ] {
        let told = async |period: &str| {
            let answer = app.get(&format!("/api/v1/{}", path.replace("PERIOD", period))).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            answer.json()
        };
        assert_eq!(told(theirs).await, told(ours).await, "{path}");
    }
}

#[actix_web::test]
async fn the_parameters_of_a_media_type_count() {
    let app = TestApp::seeded().await;
    let sdmx = "application/vnd.sdmx.data+csv";
    for (accept, given) in [
        (format!("{sdmx};version=1.0.0"), None),
        (format!("{sdmx};version=2.0.0"), Some("sdmx")),
        (format!("{sdmx}; version=2.0.0; charset=UTF-8"), Some("sdmx")),
        (format!("{sdmx};version=2.0.0;labels=id"), Some("sdmx")),
        (format!("{sdmx};version=2.0.0;labels=both"), None),
        (sdmx.to_owned(), Some("sdmx")),
        (format!("{sdmx};version=1.0.0, */*;q=0.1"), Some("application/json")),
        (format!("{sdmx};version=1.0.0, text/csv;q=0.1"), Some("text/csv")),
        ("text/csv;charset=gb18030".to_owned(), None),
        ("text/csv;charset=gb18030, application/x-ndjson;q=0.1".to_owned(), Some("application/x-ndjson")),
        ("text/csv;charset=UTF-8".to_owned(), Some("text/csv")),
        ("text/csv;header=present".to_owned(), Some("text/csv")),
        ("text/csv;header=absent".to_owned(), None),
        ("application/json;charset=utf-8".to_owned(), Some("application/json")),
        ("application/json;profile=\"https://example.org/p\"".to_owned(), Some("application/json")),
        ("application/json;version=3".to_owned(), None),
        // The most specific range decides.
        ("text/csv;q=0.1, text/csv;charset=utf-8;q=0.9, application/json;q=0.5".to_owned(), Some("text/csv")),
        (
            "text/csv, text/csv;charset=utf-8;q=0.1, application/json;q=0.5".to_owned(),
            Some("application/json"),
        ),
    ] {
        let answer = app.get(&format!("{PATH}?limit=1")).header("accept", &accept).await;
        match given {
            Some(given) => {
                assert!(answer.header("content-type").contains(given), "{accept}: {}", answer.text())
            }
            None => drop(answer.problem(406, "not_acceptable")),
        }
    }
    let one = "/api/v1/observations/1";
    for (accept, status) in [("application/json;charset=utf-8", 200), ("application/json;charset=gbk", 406)] {
        assert_eq!(app.get(one).header("accept", accept).await.status, status, "{accept}");
    }
}

#[actix_web::test]
async fn lists_in_a_cell_are_words_and_can_be_taken_apart() {
    let app = TestApp::seeded().await;
    let (aliases, place) = (json!(["甲;乙", r"丙\丁", "=1"]), "＝HYPERLINK(\"http://example.org\")");
    let project = json!({
        "code": "trial", "name": "试验工程", "kind": "construction", "areas": ["430681107223"], "stage": "started",
        "aliases": aliases, "place": place, "finishes_on": "2022",
        "funding": [
            {"source": "县级", "quantity": {"text": "约5万元", "unit": "CNY_10K"}},
            {"source": "村级", "quantity": {"value": 1.5, "unit": "CNY_10K"}},
        ],
    });
    app.project(project).await;
    let told = app.get("/api/v1/projects/trial").await.json();
    let reasons: Vec<&str> = told["light"]["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    let csv = of_csv(&app.get("/api/v1/projects?q=trial&format=csv").await.text());
    let [data, _] = sheets(&app.get("/api/v1/projects?q=trial&format=xlsx").await.body);
    for (table, shielded) in [(csv, "'"), (of_sheet(&data), "")] {
        let cell = |name: &str| table[1][table[0].iter().position(|column| column == name).unwrap()].as_str();
        assert_eq!(cell("aliases"), r"甲\;乙;丙\\丁;=1");
        assert_eq!(json!(cells::split(cell("aliases"))), aliases);
        assert_eq!(cell("place"), format!("{shielded}{place}"));
        assert_eq!(cells::split(cell("light_reasons")), reasons);
        assert_eq!(cell("funding"), "县级 约5万元;村级 1.5 CNY_10K");
    }
    // No list anywhere is JSON.
    let admin = app.key("admin", None).await;
    for (list, _) in lists() {
        let answer = app.get(&format!("{list}format=csv")).by(&admin).await;
        let rows = of_csv(&answer.text());
        assert!(rows.iter().flatten().all(|cell| !cell.starts_with('[')), "{list}");
    }
}

#[actix_web::test]
async fn every_format_of_a_statistic_says_the_same_numbers() {
    let app = spoilable().await;
    let fund = "/api/v1/metrics/education.fund.raised";
    for (path, area) in [
        (format!("{fund}/series?area=430681107,430681107223&frequency=year&from=2018"), "area"),
        (format!("{fund}/series?area=430681107223,430681107224&frequency=month&unit=CNY_100M"), "area"),
        (format!("{fund}/ranking?within=430681107&period=2023-06"), "area"),
        (format!("{fund}/aggregate?group_by=township&within=430681&period=2023-06"), "group"),
        (
            format!("{fund}/aggregate?within=430681107&group_by=year&level=village&from=2019&to=2023"),
            "within",
        ),
    ] {
        let get = async |format: &str| app.get(&format!("{path}&format={format}")).await;
        let page = app.get(&format!("{path}&limit=1000")).await.json();
        let items = page["items"].as_array().unwrap();
        let said = |area: String, period: String, value: &str, comparator: String| {
            (!value.is_empty()).then(|| (area, period, shortest(value), comparator))
        };
        let of_item = |item: &Value| {
            let place = if area == "within" { &page["meta"][area] } else { &item[area] };
            said(word(place), word(&item["period"]), &word(&item["value"]), word(&item["comparator"]))
        };
        let all: Vec<_> = items.iter().filter_map(of_item).collect();
        assert!(!all.is_empty() || area == "within", "{path}");
        let lines = get("ndjson").await.text();
        assert_eq!(
            lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>(),
            *items
        );
        let of_table = |rows: &[Vec<String>], names: [&str; 4]| -> Vec<_> {
            let at = names.map(|name| rows[0].iter().position(|column| column == name));
            let cell = |row: &Vec<String>, at: Option<usize>| {
                at.map_or_else(|| word(&page["meta"][area]), |at| row[at].clone())
            };
            rows[1..]
                .iter()
                .filter_map(|row| {
                    said(cell(row, at[0]), cell(row, at[1]), &cell(row, at[2]), cell(row, at[3]))
                })
                .collect()
        };
        let names = [area, "period", "value", "comparator"];
        assert_eq!(of_table(&of_csv(&get("csv").await.text()), names), all, "{path}");
        let [data, _] = sheets(&get("xlsx").await.body);
        assert_eq!(of_table(&of_sheet(&data), names), all, "{path}");
        let concepts = ["REF_AREA", "TIME_PERIOD", "OBS_VALUE", "COMPARATOR"];
        assert_eq!(of_table(&of_csv(&get("sdmx-csv").await.text()), concepts), all, "{path}");
        let cube = of_json_stat(&get("json-stat").await.json());
        let mut of_cube: Vec<_> = cube
            .into_iter()
            .filter_map(|([_, area, period, ..], told)| {
                said(area, period, &told["value"], told["comparator"].clone())
            })
            .collect();
        let mut sorted = all.clone();
        of_cube.sort();
        sorted.sort();
        assert_eq!(of_cube, sorted, "{path}");
    }
}

#[actix_web::test]
async fn tables_show_the_decimals_as_stated_and_words_as_words() {
    let app = spoilable().await;
    let raised = format!("{PATH}?metric=education.fund.raised&period=2019,2020,2022-01/2022-11");
    let sdmx = of_csv(&app.get(&format!("{raised}&format=sdmx-csv")).await.text());
    let values: Vec<&str> = sdmx[1..].iter().map(|row| row[8].as_str()).collect();
    assert_eq!((sdmx[0][8].as_str(), values), ("OBS_VALUE", vec!["660.60", "0.000001", "-0.10"]));

    let workbook = app.get(&format!("{raised}&format=xlsx&fields=area,period,value,note")).await;
    let [data, notes] = sheets(&workbook.body);
    let note = Data::String("=HYPERLINK(\"http://example.org\")".to_owned());
    for (row, value) in data[1..].iter().zip([660.6, 0.000_001, -0.1]) {
        assert_eq!(row[0], Data::String("430681107000".to_owned()));
        assert_eq!((&row[2], &row[3]), (&Data::Float(value), &note));
    }
    let notes = of_sheet(&notes);
    let told = |name: &str| notes.iter().find(|row| row[0] == name).unwrap()[1..].to_vec();
    assert_eq!(told("时区 time zone")[0], "Asia/Shanghai");
    assert!(told("地址 address")[0].contains("fields=area,period,value,note"));
    assert_eq!(told("area")[0], "Code of the area.");
    let metric = told("education.fund.raised");
    assert_eq!(
        (metric[0].as_str(), metric[2].as_str(), metric[3].as_str()),
        ("教育基金筹集资金", "CNY_10K", "万元")
    );
    // The same rows are the same file, as its ETag promises.
    let again = app.get(&format!("{raised}&format=xlsx&fields=area,period,value,note")).await;
    assert_eq!(again.header("etag"), workbook.header("etag"));
    assert!(again.body == workbook.body);
}

#[actix_web::test]
async fn a_cube_names_its_categories_and_its_units() {
    let app = TestApp::seeded().await;
    let query = "metric=housing.illegal.demolished_area&unit=MU&format=json-stat";
    let answer = app.get(&format!("{PATH}?{query}")).await;
    assert_eq!(answer.header("content-type"), "application/vnd.json-stat+json");
    let cube = answer.json();
    assert_eq!(cube["href"], format!("{PATH}?{query}"));
    assert_eq!(cube["role"], json!({"metric": ["metric"], "geo": ["area"], "time": ["period"]}));
    assert_eq!(cube["dimension"]["area"]["category"]["label"], json!({"430681107000": "弼时镇"}));
    let unit = json!({"housing.illegal.demolished_area": {"code": "MU", "label": "亩", "symbol": "亩"}});
    assert_eq!(cube["dimension"]["metric"]["category"]["unit"], unit);
    assert_eq!((&cube["value"], &cube["status"]), (&json!({"0": 5.37}), &json!({})));

    let none = app.get(&format!("{PATH}?period=1999&format=json-stat")).await.json();
    assert_eq!((&none["size"], &none["value"]), (&json!([0, 0, 0, 0, 0]), &json!({})));
    let none = app.get(&format!("{PATH}?period=1999&format=sdmx-csv")).await.text();
    assert_eq!(none.lines().count(), 1);
}

#[actix_web::test]
async fn what_fails_before_the_first_byte_is_a_problem() {
    let app = TestApp::seeded().await;
    for format in ["xlsx", "json-stat", "sdmx-csv"] {
        let path = format!("{PATH}?theme=land&unit=MU&format={format}");
        let problem = app.get(&path).await.problem(422, "unit_incompatible");
        assert_eq!(problem["errors"][0]["parameter"], "unit", "{path}");
    }
    let long = "长".repeat(32_768);
    app.sql(&format!("UPDATE revisions SET note = '{long}' WHERE observation = 1"));
    let problem = app.get(&format!("{PATH}?format=xlsx")).await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["code"], "too_much_for_format");
    assert_eq!(app.get(&format!("{PATH}?format=csv")).await.status, 200);
}
