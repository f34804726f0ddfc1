//! The log and standard output, where nothing can be written there: the service goes on, and ends when it is told.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::TestApp;

/// A serving process with such a log; killed when the test ends.
struct Serving(Child, String);

impl Serving {
    fn start(url: &str, log: Stdio) -> Serving {
        let mut child = Command::new(env!("CARGO_BIN_EXE_taizhang"))
            .env_clear()
            .envs([("DATABASE_URL", url), ("TAIZHANG_BIND", "127.0.0.1:0"), ("TAIZHANG_RATE_ADDRESS", "0")])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut greeting = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let address = greeting.trim_end().trim_end_matches("/swagger-ui/").rsplit('/').next().unwrap();
        let address = address.to_owned();
        Serving(child, address)
    }

    /// Sends so many requests on one connection, and counts the answers with 200.
    fn ask(&self, times: usize) -> usize {
        let mut stream = TcpStream::connect(&self.1).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".repeat(times - 1);
        write!(stream, "{request}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        answers.matches("HTTP/1.1 200 OK").count()
    }

    /// Tells it to stop; the code that it ends with.
    fn stop(&mut self) -> Option<i32> {
        let told = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(told.success());
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it does not stop");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has mostly ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[actix_web::test]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let app = TestApp::seeded().await;
    let (gone, closed) = std::io::pipe().unwrap();
    drop(gone);
    // Somebody has it and does not read: a pipe holds 64 KiB.
    let (_stalled, full) = std::io::pipe().unwrap();
    let device = File::options().write(true).open("/dev/full").unwrap();
    for (what, log) in [("closed", closed.into()), ("full", device.into()), ("not read", full.into())] {
        let mut service = Serving::start(&app.url, log);
        assert_eq!(service.ask(1000), 1000, "{what}");
        assert_eq!(service.ask(1), 1, "{what}");
        assert_eq!(service.stop(), Some(0), "{what}");
    }
}

#[actix_web::test]
async fn a_start_that_fails_is_told_in_the_format_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taizhang.toml");
    let tell = |settings: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
        let output = command.arg("serve").env_clear().envs(settings.iter().copied()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let nowhere = ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let json = ("TAIZHANG_LOG_FORMAT", "json");
    let off = ("TAIZHANG_LOG", "off");
    let wrong = ("TAIZHANG_BIND", "here");
    std::fs::write(&file, "taizhang_log_format = \"json\"\n").unwrap();
    let in_file = ("TAIZHANG_CONFIG", file.to_str().unwrap());
    for (settings, code) in [
        (vec![nowhere, json], 1),
        (vec![nowhere, json, off], 1),
        (vec![wrong, json], 2),
        (vec![wrong, ("TAIZHANG_BNID", "x"), json], 2),
        (vec![wrong, in_file], 2),
    ] {
        let (ended, told) = tell(&settings);
        assert_eq!(ended, Some(code), "{settings:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{settings:?}: {told}");
        let line: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(line["level"], "ERROR");
        assert!(line["timestamp"].is_string() && line["message"].is_string(), "{told}");
    }
    let (_, told) = tell(&[nowhere, off]);
    assert!(told.starts_with("taizhang: ") && told.contains("127.0.0.1"), "{told}");
}
