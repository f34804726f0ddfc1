//! What others notice while one client attacks: the program as a process of its own over HTTP, with fifty writes a
//! second, and the time that 99 of 100 overviews, roll-ups and short lists take without and beside each attack, with
//! the length that the log of the database comes to. `cargo bench --bench beside` ends with 1 when one of them takes
//! three times as long or the log passes 64 MiB. Only this machine is called: the attacker from 127.0.0.2.
//! `-- 200000 5000 20` is over so many observations and villages, each part so many seconds long.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends when it cannot go on"
)]

use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::rt;
use actix_web::rt::net::{TcpSocket, TcpStream};
use taizhang::db::Db;
use taizhang::exchange::generate::{self, Sizes};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

/// What honest clients ask for.
const HONEST: [(&str, &str); 3] = [
    ("overview", "/api/v1/areas/600101100/overview"),
    (
        "roll-up",
        "/api/v1/metrics/gen.population.households/aggregate?within=600101&group_by=township&period=2024",
    ),
    ("list", "/api/v1/observations?within=600101100&limit=20"),
];

/// An attack: its name, how many connections, what each asks for again and again, how many bytes it reads a second
/// (all at once where that is 0), and whether it goes away without reading.
type Attack = (&'static str, usize, &'static str, usize, bool);

const ATTACKS: &[Attack] = &[
    ("50 downloads at 8 KiB/s", 50, "/api/v1/observations?format=ndjson", 8 << 10, false),
    ("20 downloads given up at once", 20, "/api/v1/observations?format=csv", 0, true),
    (
        "20 roll-ups of everything",
        20,
        "/api/v1/metrics/gen.service.visits/aggregate?within=60&group_by=year&from=1900&to=2180&level=village&limit=1000",
        0,
        false,
    ),
    ("20 overviews of a province", 20, "/api/v1/areas/60/overview", 0, false),
    ("20 counts of everything", 20, "/api/v1/observations?count=exact&limit=1", 0, false),
];

/// How much longer than without an attack.
const MOST_TIMES: f64 = 3.0;

/// Below so much a difference is noise.
const NOISE: Duration = Duration::from_millis(5);

/// The longest that the log may become.
const MOST_LOG: u64 = 64 << 20;

/// Ends the process that it is when the benchmark ends.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[actix_web::main]
async fn main() -> ExitCode {
    // Cargo adds --bench.
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (observations, villages, seconds) = match numbers[..] {
        [observations, villages, seconds] => (observations, villages, seconds),
        _ => (200_000, 5_000, 20),
    };
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/large.db", folder.path().display());
    let log = format!("{}/large.db-wal", folder.path().display());
    {
        let db = Db::open(&url, 2).unwrap();
        db.migrate().unwrap();
        generate::fill(&db, Sizes { observations, villages, seed: 1 }).await.unwrap();
    }
    let key = new_key(&url);
    let (_service, address) = serve(&url);
    let going = Rc::new(Cell::new(true));
    rt::spawn(write_on(address.clone(), key, going.clone()));
    let part = Duration::from_secs(seconds);
    let idle = honest(&address, part).await;
    print("without an attack", &idle, &idle, log_of(&log));
    let mut failed = false;
    for &attack in ATTACKS {
        let (_, connections, ..) = attack;
        let attacking = Rc::new(Cell::new(true));
        let all: Vec<_> = (0..connections)
            .map(|_| rt::spawn(attack_on(address.clone(), attack, attacking.clone())))
            .collect();
        sleep(Duration::from_secs(2)).await;
        let beside = honest(&address, part).await;
        let longest = log_of(&log);
        failed |= print(attack.0, &beside, &idle, longest);
        attacking.set(false);
        all.into_iter().for_each(|one| one.abort());
        sleep(Duration::from_secs(2)).await;
    }
    going.set(false);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn log_of(path: &str) -> u64 {
    Path::new(path).metadata().map_or(0, |metadata| metadata.len())
}

/// Prints a line, and says whether it tells of too much.
fn print(name: &str, times: &[Duration; 3], idle: &[Duration; 3], log: u64) -> bool {
    let mut failed = log > MOST_LOG;
    print!("{name:>30}: log {:>3} MiB", log >> 20);
    for (((what, _), time), idle) in HONEST.iter().zip(times).zip(idle) {
        let ratio = time.as_secs_f64() / idle.as_secs_f64();
        failed |= ratio > MOST_TIMES && *time > *idle + NOISE;
        print!("; {what} {:.1} ms ({ratio:.1})", time.as_secs_f64() * 1e3);
    }
    println!("{}", if failed { " <- too much" } else { "" });
    failed
}

fn program(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    command.env_clear().envs([
        ("DATABASE_URL", url),
        ("TAIZHANG_BIND", "127.0.0.1:0"),
        ("TAIZHANG_LOG_FORMAT", "json"),
        ("TAIZHANG_SEED", "false"),
    ]);
    command
}

fn new_key(url: &str) -> String {
    let made = program(url).args(["keys", "create", "--name", "bench", "--role", "editor"]).output().unwrap();
    let told = String::from_utf8(made.stdout).unwrap();
    told.split_whitespace().find(|word| word.starts_with("tz_")).unwrap().to_owned()
}

fn serve(url: &str) -> (Service, String) {
    let mut child = program(url).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = loop {
        let line: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        if let Some(address) = line["address"].as_str() {
            break address.to_owned();
        }
    };
    // What it logs must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (Service(child), address)
}

async fn connect(address: &str, from: &str) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(format!("{from}:0").parse().unwrap())?;
    socket.connect(address.parse().unwrap()).await
}

/// Sends a request and reads its answer to the end; the status.
async fn ask(address: &str, head: &str, body: &str) -> Option<String> {
    let mut stream = connect(address, "127.0.0.1").await.ok()?;
    let length = body.len();
    let request = format!("{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut told = Vec::new();
    timeout(Duration::from_secs(30), stream.read_to_end(&mut told)).await.ok()?.ok()?;
    Some(String::from_utf8_lossy(told.get(9..12)?).into_owned())
}

/// Writes fifty times a second, so that no answer is ready before it is asked for.
async fn write_on(address: String, key: String, going: Rc<Cell<bool>>) {
    let mut number = 0_u64;
    let mut every = tokio::time::interval(Duration::from_millis(20));
    while going.get() {
        every.tick().await;
        number += 1;
        let day = number % 28 + 1;
        let body = format!(
            r#"{{"metric": "gen.safety.accidents", "area": "600101100200", "period": "2026-01-{day:02}", "value": {number}, "reason": "entry_error"}}"#
        );
        let head = format!(
            "POST /api/v1/observations?on_conflict=revise HTTP/1.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json"
        );
        let address = address.clone();
        rt::spawn(async move {
            let status = ask(&address, &head, &body).await.unwrap_or_default();
            assert!(["200", "201", "503"].contains(&status.as_str()), "a write is answered by {status}");
        });
    }
}

/// The time that 99 of 100 requests take, of each kind.
async fn honest(address: &str, part: Duration) -> [Duration; 3] {
    let begun = Instant::now();
    let mut times: [Vec<Duration>; 3] = Default::default();
    while begun.elapsed() < part {
        for ((_, path), times) in HONEST.iter().zip(&mut times) {
            let began = Instant::now();
            let status = ask(address, &format!("GET {path} HTTP/1.1"), "").await;
            // Who is turned away has waited for nothing.
            let time =
                if status.as_deref() == Some("200") { began.elapsed() } else { Duration::from_secs(30) };
            times.push(time);
        }
        sleep(Duration::from_millis(5)).await;
    }
    times.map(|mut times| {
        times.sort();
        times[times.len() * 99 / 100]
    })
}

async fn attack_on(address: String, attack: Attack, going: Rc<Cell<bool>>) {
    let (_, _, path, pace, gives_up) = attack;
    let mut piece = vec![0; if pace == 0 { 64 << 10 } else { pace / 4 }];
    while going.get() {
        let Ok(mut stream) = connect(&address, "127.0.0.2").await else {
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        if stream.write_all(request.as_bytes()).await.is_err() {
            continue;
        }
        if gives_up {
            sleep(Duration::from_millis(20)).await;
            continue;
        }
        while stream.read(&mut piece).await.is_ok_and(|read| read > 0) && going.get() {
            if pace > 0 {
                sleep(Duration::from_millis(250)).await;
            }
        }
        // Refused at once, it would only show how fast refusals are.
        sleep(Duration::from_millis(50)).await;
    }
}
