//! What the costliest requests of a stranger cost: of every operation that needs no key, over a made-up million
//! observations, in process and without the cache of ready answers. `cargo bench --bench costliest` prints the
//! processor seconds of each and ends with 1 when a page takes more than half a second; downloads are of the whole
//! selection and have turns of their own. `-- 1000000 62000` has so many observations and villages, `-- URL` takes
//! a database that is there, `-- only=TEXT` asks what contains the text. The seconds are of this process: of a
//! server's own there are more.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends when it cannot go on"
)]

use std::process::ExitCode;
use std::time::Instant;

use actix_web::test;
use taizhang::api::limits::PerSecond;
use taizhang::api::{self, Settings, Shared};
use taizhang::db::Db;
use taizhang::exchange::generate::{self, Sizes};

/// Processor seconds that a page may take.
const MOST: f64 = 0.5;

/// The province of the made-up data that is there with any number of villages, its areas, and a metric of a village.
const PAGES: &[&str] = &[
    "areas?limit=1000&count=exact&q=1&level=village",
    "areas/60",
    "areas/60/overview",
    "areas/60/overview?period=2024",
    "villages?limit=1000&count=exact&q=2",
    "villages/600101100200",
    "units?limit=1000&count=exact",
    "metrics?limit=1000&count=exact&q=a",
    "metrics/gen.population.households",
    "metrics/gen.safety.accidents/series?area=60&from=1900&to=2200&frequency=week&limit=1000&count=exact",
    "metrics/gen.safety.accidents/series?area=600101100200,600101100201,600101100202&frequency=month&from=1900&to=2200&limit=1000",
    "metrics/gen.service.visits/aggregate?within=60&group_by=year&from=1900&to=2180&level=village&limit=1",
    "metrics/gen.service.visits/aggregate?within=60&group_by=year&from=1900&to=2180&level=village&limit=1000&count=exact",
    "metrics/gen.income.per_person/aggregate?within=60&group_by=year&from=1900&to=2180&level=village&limit=1000",
    "metrics/gen.sanitation.coverage/aggregate?within=60&level=village&period=2024",
    "metrics/gen.income.per_person/aggregate?group_by=township&level=village&period=2024&limit=1000&count=exact",
    "metrics/gen.service.visits/aggregate?group_by=township&level=village&from=2020&to=2024&limit=1000",
    "metrics/gen.service.visits/aggregate?group_by=province&level=village&from=1900&to=2200",
    "metrics/gen.population.households/ranking?level=village&period=2024&limit=1000&count=exact",
    "metrics/gen.income.collective/ranking?level=village&period=2024&by=change&limit=1000",
    "metrics/gen.income.collective/ranking?level=village&period=2024&by=completion&limit=1000",
    "completion?limit=1000&count=exact",
    "completion?limit=1&level=village",
    "completeness?period=2024&level=village&limit=1000&count=exact",
    "completeness?period=2024&level=village&limit=1000&count=exact&reported=false",
    "completeness?period=1951&level=village&limit=1000&count=exact&reported=true",
    "observations?limit=1000&count=exact",
    "observations?limit=1000&within=60",
    "observations?limit=1000&count=exact&within=60",
    "observations?limit=1000&metric=gen.service.visits&sort=-value&count=exact",
    "observations?limit=1000&within=60&sort=-value",
    "observations?value_ge=999999999999&limit=1",
    "observations?comparator=~&accumulation=itd&limit=1",
    "observations?from=1950&to=1951&sort=-released_at&limit=1",
    "observations?level=village&accumulation=itd&limit=1",
    "observations?accumulation=itd&sort=-value&limit=1",
    "observations?value_ge=0&count=exact&limit=1",
    "observations?value_ge=1000&value_le=100000&comparator=~&count=exact&limit=1",
    "observations?comparator=~&count=exact&limit=1",
    "observations?as_of=2024-06-30&count=exact&limit=1",
    "observations?report=gen-6001-2024&count=exact&limit=1",
    "observations?theme=population&theme=income&role=actual&from=2001&count=exact&limit=1",
    "observations?theme=population&theme=income&sort=-value&limit=1000",
    "observations?theme=population&sort=-released_at&limit=1000",
    "observations/1",
    "observations/1/revisions",
    "reports?limit=1000&count=exact",
    "reports/gen-6001-2024",
    "reports/gen-6001-2024/facts?limit=1000&count=exact",
    "projects?limit=1000&count=exact&light=red",
    "projects/summary",
    "plans?limit=1000&count=exact",
    "plan-items?limit=1000&count=exact&light=red",
    "light-rules",
    "bulletins?limit=1000&count=exact",
    "search?q=1&limit=1000&count=exact",
];

const DOWNLOADS: &[&str] = &[
    "observations?format=csv",
    "observations?format=ndjson&sort=-value",
    "observations?format=xlsx&metric=gen.service.visits",
    "completion?format=csv",
    "completeness?period=2024&level=village&format=csv",
    "metrics/gen.population.households/ranking?level=village&period=2024&format=xlsx",
    "projects/oc4ids.json",
];

#[actix_web::main]
async fn main() -> ExitCode {
    let url = std::env::args().find(|argument| argument.contains("://"));
    let folder = tempfile::tempdir().unwrap();
    let db = match url {
        Some(url) => Db::open(&url, 16).unwrap(),
        None => {
            // Cargo adds --bench.
            let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
            let (observations, villages) = match numbers[..] {
                [observations, villages] => (observations, villages),
                _ => (1_000_000, 5_000),
            };
            let db = Db::open(&format!("sqlite://{}/large.db", folder.path().display()), 16).unwrap();
            db.migrate().unwrap();
            let done = generate::fill(&db, Sizes { observations, villages, seed: 1 }).await.unwrap();
            println!("{} observations, {villages} villages", done.observations);
            db
        }
    };
    let rates = PerSecond { address: 0, key: 0, ..PerSecond::default() };
    let settings = Settings { cache_bytes: 0, rates, ..Settings::default() };
    let shared = Shared::new(db, settings).unwrap();
    let service = test::init_service(api::app(&shared)).await;
    let mut too_much = 0;
    println!("{:>8} {:>8} {:>6} {:>10}", "CPU s", "clock s", "status", "bytes");
    let only = std::env::args().find_map(|argument| argument.strip_prefix("only=").map(str::to_owned));
    let is_asked = |request: &&&str| only.as_ref().is_none_or(|only| request.contains(only));
    for request in PAGES.iter().chain(DOWNLOADS).filter(is_asked) {
        let call = || test::TestRequest::get().uri(&format!("/api/v1/{request}")).to_request();
        // The first reads from the disk.
        if PAGES.contains(request) {
            test::read_body(test::call_service(&service, call()).await).await;
        }
        let (before, began) = (processor_seconds(), Instant::now());
        let answer = test::call_service(&service, call()).await;
        let status = answer.status();
        let bytes = test::read_body(answer).await.len();
        let (spent, clock) = (processor_seconds() - before, began.elapsed().as_secs_f64());
        let is_too_much = PAGES.contains(request) && spent > MOST;
        too_much += u8::from(is_too_much);
        let mark = if is_too_much { " <- too much" } else { "" };
        println!("{spent:>8.3} {clock:>8.3} {:>6} {bytes:>10} {request}{mark}", status.as_u16());
    }
    if too_much > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What all threads of this process have used, also those that have ended.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    // After the name, which may hold anything: the twelfth and thirteenth, in hundredths of a second.
    let (_, rest) = text.rsplit_once(')').unwrap();
    let ticks = rest.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}
