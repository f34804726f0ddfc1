//! A township's yearly report, entered as an office would: every figure in its words, projects and next year's
//! plan, all of it at the first try. The township, its figures and its works are invented.

use serde_json::{Value, json};

use crate::harness::TestApp;

const TOWN: &str = "430681107000";

/// Unit of the metric, kind of the metric, period and words of a figure, and how they are to be understood: value,
/// comparator and upper bound.
type Figure =
    (&'static str, &'static str, &'static str, &'static str, (f64, Option<&'static str>, Option<f64>));

const AT_LEAST: Option<&str> = Some(">=");
const MORE: Option<&str> = Some(">");
const LESS: Option<&str> = Some("<");
const AT_MOST: Option<&str> = Some("<=");
const ABOUT: Option<&str> = Some("~");

const FIGURES: [Figure; 60] = [
    ("CNY_100M", "flow", "2023年", "实现12.6亿元", (12.6, None, Some(12.6))),
    ("CNY_10K", "flow", "2023年", "累计完成1.2亿元", (12000.0, None, Some(12000.0))),
    ("CNY_10K", "flow", "前三季度", "8600余万元", (8600.0, MORE, Some(8700.0))),
    ("CNY_10K", "flow", "一季度", "近千万元", (1000.0, LESS, Some(1000.0))),
    ("CNY_10K", "flow", "上半年", "3亿5千万元", (35000.0, None, Some(35000.0))),
    ("CNY_10K", "flow", "2023年1—11月", "突破2000万元大关", (2000.0, MORE, None)),
    ("CNY_10K", "flow", "二〇二三年", "不少于300万元", (300.0, AT_LEAST, None)),
    ("CNY_10K", "flow", "2023", "200来万元", (200.0, ABOUT, None)),
    ("CNY_10K", "flow", "2023", "50—60万元", (50.0, AT_LEAST, Some(60.0))),
    ("CNY_10K", "flow", "2023", "8000万至1亿元", (8000.0, AT_LEAST, Some(10000.0))),
    ("CNY", "stock", "2023年末", "23631元", (23631.0, None, Some(23631.0))),
    ("CNY", "flow", "2023", "45,000元", (45000.0, None, Some(45000.0))),
    ("CNY", "flow", "2023", "伍仟元整", (5000.0, None, Some(5000.0))),
    ("P1", "ratio", "2023", "同比增长6.8%", (6.8, None, Some(6.8))),
    ("P1", "ratio", "2023", "比上年下降3.2%", (-3.2, None, Some(-3.2))),
    ("P1", "ratio", "2023", "与上年持平", (0.0, None, Some(0.0))),
    ("P1", "ratio", "2023", "翻一番", (100.0, None, Some(100.0))),
    ("P1", "ratio", "2023", "八成以上", (80.0, AT_LEAST, None)),
    ("P1", "ratio", "2023", "三分之二", (66.666667, None, Some(66.666667))),
    ("P1", "ratio", "2023", "过半", (50.0, MORE, None)),
    ("P1", "ratio", "2023", "百分之九十五点五", (95.5, None, Some(95.5))),
    ("P1", "ratio", "2023", "９８．５％", (98.5, None, Some(98.5))),
    ("P1", "ratio", "2023", "占全年任务数的112%", (112.0, None, Some(112.0))),
    ("P1", "ratio", "2023", "控制在2%以内", (2.0, AT_MOST, Some(2.0))),
    ("P1", "ratio", "2023", "稳定在90%以上", (90.0, AT_LEAST, None)),
    ("P1", "ratio", "2023", "4.5%—5%", (4.5, AT_LEAST, Some(5.0))),
    ("NX", "ratio", "2023", "6.12‰", (6.12, None, Some(6.12))),
    ("PERCENTAGE_POINT", "ratio", "2023", "提高2.5个百分点", (2.5, None, Some(2.5))),
    ("MU", "stock", "2023年9月底", "6.17万亩", (61700.0, None, Some(61700.0))),
    ("MU", "flow", "2023", "万余亩", (10000.0, MORE, Some(20000.0))),
    ("MU", "flow", "2023", "三亩半", (3.5, None, Some(3.5))),
    ("MU", "flow", "2023", "6400平方米", (9.6, None, Some(9.6))),
    ("MU", "flow", "2023", "2000平米", (3.0, None, Some(3.0))),
    ("KMT", "flow", "2023", "新建12.4公里", (12.4, None, Some(12.4))),
    ("KMT", "flow", "2023", "9KM", (9.0, None, Some(9.0))),
    ("TNE", "flow", "2023", "500万公斤", (5000.0, None, Some(5000.0))),
    ("KGM_PER_MU", "average", "2023", "1100斤/亩", (550.0, None, Some(550.0))),
    ("CNY_PER_JIN", "average", "2023", "1.35元/斤", (1.35, None, Some(1.35))),
    ("HOUSEHOLD", "stock", "2023", "1，169户", (1169.0, None, Some(1169.0))),
    ("HOUSEHOLD", "flow", "2023", "五六十户", (50.0, AT_LEAST, Some(60.0))),
    ("HOUSEHOLD", "flow", "2023", "百余户", (100.0, MORE, Some(200.0))),
    ("HOUSEHOLD", "flow", "2023", "二十几户", (20.0, MORE, Some(30.0))),
    ("PERSON", "stock", "2023", "3.2万人左右", (32000.0, ABOUT, None)),
    ("PERSON", "stock", "2023", "共有80位", (80.0, None, Some(80.0))),
    ("PERSON", "flow", "2023", "其中597名", (597.0, None, Some(597.0))),
    ("PERSON_TIME", "flow", "2023", "超百万人次", (1_000_000.0, MORE, None)),
    ("PERSON_TIME", "flow", "2023", "上万人次", (10000.0, AT_LEAST, None)),
    ("TIME", "flow", "2023", "12次以上", (12.0, AT_LEAST, None)),
    ("ENTERPRISE", "stock", "2023", "十一家", (11.0, None, Some(11.0))),
    ("ENTERPRISE", "flow", "2023", "不到5家", (5.0, LESS, Some(5.0))),
    ("CASE", "flow", "2023", "30余起", (30.0, MORE, Some(40.0))),
    ("PIECE", "flow", "2023", "（21个）。", (21.0, None, Some(21.0))),
    ("PIECE", "flow", "2023", "增加到57个", (57.0, None, Some(57.0))),
    ("MATTER", "flow", "2023", "3-5项", (3.0, AT_LEAST, Some(5.0))),
    ("CASE_FILE", "flow", "2023", "两百多件", (200.0, MORE, Some(300.0))),
    ("KWT", "stock", "2023", "5兆瓦", (5000.0, None, Some(5000.0))),
    ("KWH", "flow", "2023", "1.2亿度", (120_000_000.0, None, Some(120_000_000.0))),
    ("HEA", "stock", "2023", "1.5万头", (15000.0, None, Some(15000.0))),
    ("RANK", "rank", "2023", "居全市第3位", (3.0, None, Some(3.0))),
    ("RANK", "rank", "2023", "前10名", (10.0, AT_MOST, Some(10.0))),
];

/// Name, words of the budget, of one source of funding, and of one quantity.
const PROJECTS: [(&str, &str, Option<&str>, &str, &str); 15] = [
    ("清溪大桥重建", "约350万元", None, "桥长", "86.5米"),
    ("镇区污水管网", "1200万元", Some("1200万元"), "管网", "12.4公里"),
    ("松林水库除险加固", "近500万元", Some("480万元"), "库容", "35万立方米"),
    ("高标准农田二期", "1亿2000万元", None, "面积", "5000余亩"),
    ("油茶基地", "300余万元", Some("310万元"), "面积", "千亩"),
    ("中心小学食堂", "86.6万元", Some("86.6万元"), "餐位", "400位以上"),
    ("村级光伏", "两百万元", None, "装机", "0.5兆瓦"),
    ("农村公路提质", "600万元左右", None, "里程", "20—25公里"),
    ("路灯亮化", "50—60万元", Some("55万元"), "路灯", "260盏"),
    ("集镇停车场", "一百五十万元", None, "车位", "120个"),
    ("养老服务中心", "不超过800万元", Some("780万元"), "床位", "60张"),
    ("卫生院扩建", "2.5亿元以内", None, "建筑面积", "3500㎡"),
    ("饮水安全工程", "三百二十万元", Some("320万元"), "受益", "1800余户"),
    ("鱼塘改造", "90万余元", Some("90万余元"), "水面", "三百多亩"),
    ("农机合作社", "45,000元", None, "农机", "15台"),
];

/// The editor of all, who then works in the office of the township.
async fn office() -> (TestApp, String) {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let report = json!({
        "code": "report-2023", "title": "2023年工作总结和2024年计划", "issuer": TOWN, "period": "2023年",
        "published_at": "2024-01-10T09:00:00+08:00",
    });
    let made = app.post("/api/v1/reports", report).by(&editor).await;
    assert_eq!(made.status, 201, "{}", made.text());
    (app, editor)
}

#[actix_web::test]
async fn sixty_figures_are_entered_in_their_words() {
    let (app, editor) = office().await;
    for (number, (unit, kind, period, text, understood)) in (1..).zip(FIGURES) {
        let code = format!("office.figure{number}");
        let metric = json!({"code": code, "name": format!("第{number}项指标"), "unit": unit, "kind": kind});
        let made = app.put(&format!("/api/v1/metrics/{code}"), metric).by(&editor).await;
        assert_eq!(made.status, 201, "{text}: {}", made.text());
        let figure =
            json!({"metric": code, "area": TOWN, "period": period, "text": text, "report": "report-2023"});
        let made = app.post("/api/v1/observations", figure).by(&editor).await;
        assert_eq!(made.status, 201, "{text}: {}", made.text());
        let told = made.json();
        let (value, comparator, upper) = understood;
        assert_eq!(told["value"].as_f64(), Some(value), "{text}");
        assert_eq!((told["comparator"].as_str(), told["upper"].as_f64()), (comparator, upper), "{text}");
        assert_eq!((&told["text"], &told["unit"]), (&json!(text), &json!(unit)), "{text}");
        assert!(told["period"].as_str().unwrap().starts_with("2023"), "{text}: {}", told["period"]);
    }
}

#[actix_web::test]
async fn fifteen_projects_find_the_units_of_their_words() {
    let (app, editor) = office().await;
    for (number, (name, budget, funding, quantity, words)) in (1..).zip(PROJECTS) {
        let funding: Vec<Value> =
            funding.iter().map(|words| json!({"source": "上级补助", "quantity": {"text": words}})).collect();
        let project = json!({
            "code": format!("office-{number}"), "name": name, "kind": "construction", "areas": [TOWN],
            "stage": "started", "report": "report-2023", "budget": {"quantity": {"text": budget}},
            "funding": funding, "quantities": [{"name": quantity, "quantity": {"text": words}}],
        });
        let made = app.post("/api/v1/projects", project).by(&editor).await;
        assert_eq!(made.status, 201, "{name}: {}", made.text());
        let told = made.json();
        assert_eq!(told["budget"]["quantity"]["text"], budget);
        assert!(told["budget"]["quantity"]["unit"].as_str().unwrap().starts_with("CNY"), "{name}");
    }
    let unit = |code: &str| {
        let read = app.get(&format!("/api/v1/projects/{code}"));
        async move { read.await.json()["quantities"][0]["quantity"]["unit"].clone() }
    };
    for (code, of) in [("office-1", "MTR"), ("office-2", "KMT"), ("office-3", "MTQ"), ("office-7", "MAW")] {
        assert_eq!(unit(code).await, of);
    }
}

#[actix_web::test]
async fn words_without_a_unit_do_not_find_one() {
    let (app, editor) = office().await;
    for (words, pointer, code) in [
        ("300", "/budget/quantity/unit", "missing"),
        ("300万", "/budget/quantity/unit", "missing"),
        ("300斗", "/budget/quantity/text", "unknown_unit"),
        ("很多", "/budget/quantity/text", "unreadable_quantity"),
        ("300亩", "/budget/quantity/unit", "unit_incompatible"),
    ] {
        let project = json!({
            "code": "office-1", "name": "桥", "kind": "construction", "areas": [TOWN], "stage": "idea",
            "budget": {"quantity": {"text": words}},
        });
        let refused = app.post("/api/v1/projects", project).by(&editor).await;
        assert_eq!(refused.status, 422, "{words}: {}", refused.text());
        let error = &refused.json()["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{words}");
    }
}

#[actix_web::test]
async fn a_plan_of_twenty_five_items_is_entered() {
    let (app, editor) = office().await;
    let plan = json!({"code": "office-2024", "title": "2024年工作计划", "area": TOWN, "year": 2024, "report": "report-2023"});
    let made = app.post("/api/v1/plans", plan).by(&editor).await;
    assert_eq!(made.status, 201, "{}", made.text());
    for section in 1..=5 {
        let code = format!("office-2024.{section}");
        let item = json!({"code": code, "plan": "office-2024", "title": format!("第{section}部分"), "report": "report-2023"});
        let made = app.post("/api/v1/plan-items", item).by(&editor).await;
        assert_eq!(made.status, 201, "{}", made.text());
        for part in 1..=4 {
            let item = json!({
                "code": format!("{code}.{part}"), "plan": "office-2024", "parent": code,
                "title": format!("完成第{section}部分第{part}件实事"), "deliverables": ["通过验收"],
                "lead_unit": "党政办", "due_on": "2024-11", "areas": [TOWN],
            });
            let made = app.post("/api/v1/plan-items", item).by(&editor).await;
            assert_eq!(made.status, 201, "{}", made.text());
        }
    }
    let items = app.get("/api/v1/plan-items?plan=office-2024&limit=100").await.items();
    assert_eq!(items.len(), 25);
}

#[actix_web::test]
async fn words_that_cannot_be_read_are_kept_beside_their_figure() {
    let (app, editor) = office().await;
    let metric = json!({"code": "office.kept", "name": "帮扶户数", "unit": "HOUSEHOLD", "kind": "flow"});
    app.put("/api/v1/metrics/office.kept", metric).by(&editor).await;
    let state = async |period: &str, more: Value| {
        let mut figure = json!({"metric": "office.kept", "area": TOWN, "period": period});
        figure.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.post("/api/v1/observations", figure).by(&editor).await
    };
    for (period, words) in
        [("2023-01", "13户24人"), ("2023-02", "数十户"), ("2023-03", "约50户以上"), ("2023-04", "50单元")]
    {
        let made = state(period, json!({"text": words, "value": 13})).await;
        assert_eq!(made.status, 201, "{words}: {}", made.text());
        let told = made.json();
        assert_eq!((&told["text"], &told["value"]), (&json!(words), &json!(13)));
        assert_eq!(told["warnings"], json!(["text_not_read"]), "{words}");
        state(period, json!({"text": words})).await.problem(422, "invalid_value");
    }
    for words in ["14户", "13人", "13户以上", "增长13户"] {
        let refused = state("2023-05", json!({"text": words, "value": 13})).await;
        assert_eq!(refused.status, 422, "{words}: {}", refused.text());
    }
    let range = json!({"value": 50, "comparator": ">=", "lower": 50, "upper": 60, "upper_inclusive": true});
    let made = state("2023-06", range).await.json();
    assert_eq!((&made["upper"], &made["upper_inclusive"]), (&json!(60), &json!(true)));
    let both =
        state("2023-07", json!({"value": 50, "comparator": ">=", "upper": 60, "text": "50—60户"})).await;
    assert_eq!((both.status.as_u16(), &both.json()["warnings"]), (201, &json!([])));
    let total = "/api/v1/metrics/office.kept/series?area=430681107&from=2023-06&to=2023-07";
    assert_eq!(app.get(total).await.items()[0]["upper"], json!(60));
}

#[actix_web::test]
async fn a_period_without_a_year_needs_a_report() {
    let (app, editor) = office().await;
    let metric = json!({"code": "office.kept", "name": "帮扶户数", "unit": "HOUSEHOLD", "kind": "flow"});
    app.put("/api/v1/metrics/office.kept", metric).by(&editor).await;
    let figure = json!({"metric": "office.kept", "area": TOWN, "period": "一季度", "text": "13户"});
    let refused = app.post("/api/v1/observations", figure.clone()).by(&editor).await;
    let error = &refused.problem(422, "invalid_value")["errors"][0];
    assert_eq!((&error["pointer"], &error["code"]), (&json!("/period"), &json!("period_without_year")));
    let mut cited = figure;
    cited["report"] = json!("report-2023");
    let made = app.post("/api/v1/observations", cited).by(&editor).await;
    assert_eq!((made.status.as_u16(), &made.json()["period"]), (201, &json!("2023-Q1")), "{}", made.text());
}
