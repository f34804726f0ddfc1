//! Every documented query of figures finds them by an index, on both databases: the statements that requests
//! make are taken down as they are executed, and the database is asked how it goes about each.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use serde_json::Value;
use taizhang::db::Conn;
use taizhang::db::observations::{self, Key, history};
use taizhang::db::sight::Moment;
use taizhang::domain::access::Sight;
use taizhang::domain::codes::{Accumulation, Role};
use taizhang::error::Result;
use taizhang::exchange::generate::{self, Sizes};

use crate::harness::TestApp;
use crate::harness::lists::with;
use crate::harness::statements::Statements;

/// How much of the figures a request may read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reads {
    /// Only what an index leads to.
    Selected,
    /// The list in its own order, until the page is full.
    InOrder,
    /// Everything: it is counted.
    All,
}
use Reads::{All, InOrder, Selected};

/// The requests under `/api/v1`, with a key that sees everything and without one. `METRIC`, `AREA` and so on
/// are put in; whoever adds an operation that reads figures adds its addresses here.
const REQUESTS: &[(&str, Reads)] = &[
    ("observations", InOrder),
    ("observations?sort=-id", InOrder),
    ("observations?sort=metric", InOrder),
    ("observations?sort=-area", InOrder),
    ("observations?sort=-period", InOrder),
    ("observations?sort=-value", InOrder),
    ("observations?sort=-released_at", InOrder),
    ("observations?sort=-seq", InOrder),
    ("observations?count=exact", All),
    ("observations?metric=METRIC", Selected),
    ("observations?metric=METRIC&sort=-period", Selected),
    ("observations?metric=METRIC&sort=-value", Selected),
    ("observations?metric=METRIC&sort=area&count=exact", Selected),
    ("observations?metric=METRIC,gen.grain.output", Selected),
    ("observations?metric=METRIC&within=PROVINCE&sort=-value", Selected),
    ("observations?metric=METRIC&within=COUNTY&period=2024", Selected),
    ("observations?metric=METRIC&area=VILLAGE&sort=period", Selected),
    ("observations?metric=METRIC&period=2024&sort=-value", Selected),
    ("observations?metric=METRIC&value_ge=100&certain=true", Selected),
    ("observations?metric=METRIC&value_ge=100&value_le=200", Selected),
    ("observations?metric=METRIC&from=2023&to=2024", Selected),
    ("observations?metric=METRIC&role=target", Selected),
    ("observations?metric=METRIC&level=township", Selected),
    ("observations?metric=METRIC&comparator=%3E,none", Selected),
    ("observations?metric=METRIC&unit=HOUSEHOLD", Selected),
    ("observations?metric=METRIC&as_of=2024-01-01", Selected),
    ("observations?theme=agriculture", Selected),
    ("observations?theme=population", Selected),
    ("observations?area=VILLAGE", Selected),
    ("observations?area=VILLAGE,TOWNSHIP&sort=-period", Selected),
    ("observations?within=TOWNSHIP", Selected),
    ("observations?within=COUNTY&count=exact", Selected),
    ("observations?within=COUNTY&sort=-released_at", Selected),
    ("observations?within=PROVINCE", Selected),
    ("observations?within=PROVINCE&role=target", Selected),
    ("observations?role=target", Selected),
    ("observations?role=actual", InOrder),
    ("observations?level=province", Selected),
    ("observations?level=village", InOrder),
    ("observations?period=2024", Selected),
    ("observations?period=2024-01,2024-02", Selected),
    ("observations?from=2024&to=2024", InOrder),
    ("observations?report=REPORT", Selected),
    ("metrics/METRIC/series?area=VILLAGE,TOWNSHIP", Selected),
    ("metrics/METRIC/series?area=VILLAGE&from=2023&to=2024", Selected),
    ("metrics/METRIC/aggregate?within=COUNTY&period=2024", Selected),
    ("metrics/METRIC/aggregate?within=COUNTY&period=2024&group_by=township", Selected),
    ("metrics/METRIC/aggregate?within=COUNTY&from=2023&to=2024&group_by=year&level=village", Selected),
    ("metrics/METRIC/aggregate?within=PROVINCE&from=1900&to=2180&group_by=year&level=village", Selected),
    ("metrics/METRIC/ranking?within=COUNTY&period=2024", Selected),
    ("metrics/METRIC/ranking?within=COUNTY&period=2024&level=village&by=completion", Selected),
    ("completion?within=COUNTY", Selected),
    ("completion?within=TOWNSHIP&period=2024&metric=METRIC", Selected),
    ("completeness?within=COUNTY&period=2024&level=village", Selected),
    ("completeness?within=COUNTY&period=2024&level=village&reported=true&count=exact", Selected),
    ("areas/COUNTY/overview", Selected),
    ("areas/VILLAGE/overview", Selected),
    ("observations?accumulation=instant", InOrder),
    ("observations?comparator=~", InOrder),
    ("observations?value_ge=100000", InOrder),
    ("observations?unit=HOUSEHOLD&within=TOWNSHIP&metric=METRIC", Selected),
    ("observations?report=REPORT&sort=-period&count=exact", Selected),
    ("observations?value_ge=100000&sort=-value", InOrder),
    ("observations/1", Selected),
    ("observations/1/revisions", Selected),
    ("reports/REPORT/facts", Selected),
    ("projects/trial-road/progress-reports", Selected),
    ("projects/trial-road/progress-reports/1", Selected),
];

/// An index that has only a few rows of its table.
const FEW: &str = "revisions_retracted";

/// The statements that read figures.
fn of_figures(statements: &Statements) -> Vec<String> {
    let reads = |text: &String| {
        text.starts_with("SELECT") && ["observations", "revisions"].iter().any(|table| text.contains(table))
    };
    statements.taken().into_iter().filter(reads).collect()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Queries that only more than one request would lead to.
fn other_queries(conn: &mut Conn) -> Result<()> {
    let moment = Moment::new(Sight::PUBLIC, None, chrono::Utc::now().naive_utc());
    let (area, period) = ("600101100".parse().unwrap(), "2024".parse().unwrap());
    let metric = "gen.population.households".to_owned();
    observations::figures(conn, vec![metric.clone()], &[area], &[period], moment)?;
    let key = Key { metric, area, period, accumulation: Accumulation::Instant, role: Role::Actual };
    history::with_keys(conn, &[&key]).map(drop)
}

/// How the database would go about a statement, a step a line, and whether any step reads a whole table of
/// figures without being led by the order of the list.
fn plan(conn: &mut Conn, statement: &str) -> (String, Reads) {
    let limited = statement.contains("LIMIT");
    match conn {
        Conn::Sqlite(_) => {
            let steps: Vec<Line> = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(conn).unwrap();
            let steps: Vec<String> = steps.into_iter().map(|step| step.detail).collect();
            let whole = ["SCAN observations", "SCAN revisions"];
            let scans =
                |step: &&String| whole.iter().any(|scan| step.starts_with(scan)) && !step.contains(FEW);
            let scans = steps.iter().any(|step| scans(&step));
            let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
            (steps.join("\n"), verdict(scans, limited && !sorts))
        }
        Conn::Postgres(_) => {
            #[derive(QueryableByName)]
            struct Plan {
                #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
                plan: String,
            }
            let parameters = (1..).take_while(|number| statement.contains(&format!("${number}"))).count();
            let nulls = vec!["NULL"; parameters].join(", ");
            let arguments = if parameters == 0 { String::new() } else { format!("({nulls})") };
            // The server is not told the types of parameters, and finds out all but one of them itself.
            let statement = statement.replace(" END", "::timestamp END");
            sql_query(format!("PREPARE one AS {statement}")).execute(conn).unwrap();
            let plans: Vec<Plan> =
                sql_query(format!("EXPLAIN (FORMAT JSON) EXECUTE one{arguments}")).load(conn).unwrap();
            sql_query("DEALLOCATE one").execute(conn).unwrap();
            let root: Value = serde_json::from_str(&plans[0].plan).unwrap();
            let (mut scans, mut sorts) = (false, false);
            walk(&root[0]["Plan"], &mut |node| {
                let table = node["Relation Name"].as_str().unwrap_or_default();
                let led = !node["Index Cond"].is_null() || !node["Recheck Cond"].is_null();
                let few = node["Index Name"] == FEW;
                scans |= ["observations", "revisions"].contains(&table) && !led && !few;
                sorts |= node["Node Type"] == "Sort";
            });
            (plans[0].plan.clone(), verdict(scans, limited && !sorts))
        }
    }
}

fn verdict(scans: bool, ends_with_the_page: bool) -> Reads {
    match (scans, ends_with_the_page) {
        (false, _) => Selected,
        (true, true) => InOrder,
        (true, false) => All,
    }
}

fn walk(node: &Value, look: &mut impl FnMut(&Value)) {
    look(node);
    node["Plans"].as_array().into_iter().flatten().for_each(|below| walk(below, look));
}

#[actix_web::test]
async fn every_query_of_figures_is_led_by_an_index() {
    let app = TestApp::empty().await;
    let sizes = Sizes { observations: 40_000, villages: 2_000, seed: 1 };
    generate::fill(&app.db, sizes).await.unwrap();
    app.project(serde_json::json!({
        "code": "trial-road", "name": "试验路", "kind": "construction", "areas": ["600101"], "stage": "started",
    }))
    .await;
    app.sql(
        "INSERT INTO progress_reports (project, as_of, author, recorded_at, seq, updated_at) VALUES \
         ('trial-road', '2024-01-01', 'clerk', '2024-01-01 00:00:00', 1, '2024-01-01 00:00:00')",
    );
    app.sql("INSERT INTO progress_report_observations VALUES (1, 1, 1)");
    let mut conn = app.connection();
    let on_server = matches!(conn, Conn::Postgres(_));
    if on_server {
        sql_query("ANALYZE").execute(&mut conn).unwrap();
        // What is left then is what no index leads to. Plans must not depend on the values either.
        sql_query("SET enable_seqscan = off").execute(&mut conn).unwrap();
        sql_query("SET plan_cache_mode = force_generic_plan").execute(&mut conn).unwrap();
    }
    let (watched, again) = Statements::of(&app).await;
    let reviewer = again.key("admin", None).await;

    let mut faults = Vec::new();
    let mut judge = |what: &str, allowed: Reads| {
        let statements = of_figures(&watched);
        assert!(!statements.is_empty(), "{what} reads no figures");
        for statement in statements {
            let (steps, reads) = plan(&mut conn, &statement);
            // A server knows how many rows there are of what, and reads a list in order where most of it is wanted.
            let in_order = reads == InOrder && (allowed == InOrder || on_server);
            if reads != Selected && !in_order && allowed != All {
                faults.push(format!("{what} reads {reads:?}:\n{statement}\n{steps}"));
            }
        }
    };
    for (request, allowed) in REQUESTS {
        let address = [
            ("METRIC", "gen.population.households"),
            ("REPORT", "gen-6001-2024"),
            ("PROVINCE", "60"),
            ("COUNTY", "600101"),
            ("TOWNSHIP", "600101100"),
            ("VILLAGE", "600101100200"),
        ]
        .iter()
        .fold(format!("/api/v1/{request}"), |address, (word, value)| address.replace(word, value));
        for key in [None, Some(&reviewer)] {
            let get = async |address: &str| {
                let answer = again.get(address).by_if(key.map(String::as_str)).await;
                assert_eq!(answer.status, 200, "{address}: {}", answer.text());
                answer
            };
            let answer = get(&address).await;
            judge(&address, *allowed);
            if let Some(next) = answer.json()["next"].as_str() {
                let further = with(&address, &format!("cursor={next}"));
                get(&further).await;
                judge(&further, *allowed);
            }
        }
    }
    again.db.read(other_queries).await.unwrap();
    judge("other queries", Selected);
    // Neither years of which nothing is stated nor rows behind the page are asked for.
    let metric = "/api/v1/metrics/gen.safety.accidents/aggregate?within=60&level=village";
    for (groups, most) in [
        ("group_by=year&from=1900&to=2180&limit=1", 8),
        ("group_by=year&from=1900&to=2180&limit=1000&count=exact", 10),
        ("group_by=township&period=2024&limit=1", 6),
    ] {
        assert_eq!(again.get(&format!("{metric}&{groups}")).await.status, 200);
        let statements = of_figures(&watched);
        assert!(statements.len() <= most, "{groups}: {} statements", statements.len());
    }
    assert!(faults.is_empty(), "{} faults\n\n{}", faults.len(), faults.join("\n\n"));
}
