//! Whether the time of an answer grows with the answer or with the table: the same requests over a county's
//! figures and over ten times as many, in process, without the cache of ready answers. `cargo bench`; with
//! `cargo bench -- 50000 220` the smaller table has so many observations and villages. On SQLite, in a folder
//! that is removed; a few minutes, most of them for building. `cargo bench --bench growth -- URL URL` measures two
//! databases that are there, of either kind, filled by `taizhang generate`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends when it cannot go on"
)]

use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::test;
use taizhang::api::limits::PerSecond;
use taizhang::api::{self, Settings, Shared};
use taizhang::db::Db;
use taizhang::exchange::generate::{self, Sizes};

/// How much larger the larger table is.
const TIMES: u64 = 10;
const RUNS: usize = 15;

/// Requests whose answers have the same size over both tables; all but the last ones should take the same time.
const REQUESTS: &[&str] = &[
    "observations",
    "observations?sort=-released_at",
    "observations?metric=gen.population.households",
    "observations?metric=gen.population.households&area=600101100200&sort=period",
    "observations?metric=gen.population.households&within=600101100&period=2024&sort=-value",
    "observations?within=600101100",
    "observations?within=600101100&count=exact",
    "observations?theme=population,sanitation",
    "observations?theme=sanitation&within=600101100&unit=HOUSEHOLD&metric=gen.sanitation.toilets",
    "observations?role=target",
    "observations?report=gen-6001-2024&limit=10",
    "observations/1",
    "villages?within=600101100",
    "metrics/gen.population.households/series?area=600101100200",
    "metrics/gen.population.households/aggregate?within=600101100&period=2024",
    "metrics/gen.population.households/ranking?within=600101100&period=2024",
    "completion?within=600101100&period=2024",
    "completeness?within=600101100&period=2024",
    "areas/600101100/overview",
    // Its answer is one number, but it counts all.
    "observations?metric=gen.population.households&count=exact&limit=1",
];

#[actix_web::main]
async fn main() {
    let urls: Vec<String> = std::env::args().filter(|argument| argument.contains("://")).collect();
    if let [small, large] = &urls[..] {
        let mut times = Vec::new();
        for url in [small, large] {
            times.push(measured(&Db::open(url, 4).unwrap()).await);
        }
        return print(&times);
    }
    // Cargo adds --bench.
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (observations, villages) = match numbers[..] {
        [observations, villages] => (observations, villages),
        _ => (50_000, 220),
    };
    let folder = tempfile::tempdir().unwrap();
    let mut times = Vec::new();
    for factor in [1, TIMES] {
        let sizes = Sizes { observations: factor * observations, villages: factor * villages, seed: 1 };
        let db = Db::open(&format!("sqlite://{}/{factor}.db", folder.path().display()), 2).unwrap();
        db.migrate().unwrap();
        let began = Instant::now();
        let done = generate::fill(&db, sizes).await.unwrap();
        println!("{} observations, {} villages: {:.1?}", done.observations, sizes.villages, began.elapsed());
        times.push(measured(&db).await);
    }
    print(&times);
}

fn print(times: &[Vec<Duration>]) {
    println!("\n{:>9} {:>9} {:>6}", "small", "large", "ratio");
    for ((request, small), large) in REQUESTS.iter().zip(&times[0]).zip(&times[1]) {
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        println!("{:>7}µs {:>7}µs {ratio:>6.1} {request}", small.as_micros(), large.as_micros());
    }
}

/// The median time of each request.
async fn measured(db: &Db) -> Vec<Duration> {
    let rates = PerSecond { address: 0, key: 0, ..PerSecond::default() };
    let settings = Settings { cache_bytes: 0, rates, ..Settings::default() };
    let shared = Shared::new(db.clone(), settings).unwrap();
    let service = test::init_service(api::app(&shared)).await;
    let mut medians = Vec::new();
    for request in REQUESTS {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let call = test::TestRequest::get().uri(&format!("/api/v1/{request}")).to_request();
            let began = Instant::now();
            let answer = test::call_service(&service, call).await;
            assert_eq!(answer.status(), StatusCode::OK, "{request}");
            test::read_body(answer).await;
            times.push(began.elapsed());
        }
        times.sort();
        medians.push(times[RUNS / 2]);
    }
    medians
}
