//! The program as a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

/// A serving process; killed when the test ends.
pub struct Process {
    pub child: Child,
    pub log: BufReader<ChildStderr>,
    pub address: String,
}

impl Process {
    /// Starts the program over a database and waits until it says that it serves.
    pub fn start(url: &str) -> Process {
        Process::start_with(url, &[])
    }

    /// The same with settings of its own.
    pub fn start_with(url: &str, settings: &[(&str, &str)]) -> Process {
        Process::started_by(&mut Command::new(env!("CARGO_BIN_EXE_taizhang")), url, settings)
    }

    /// The same within limits, such as `ulimit -n 96`, that a shell sets before.
    pub fn start_within(limits: &str, url: &str, settings: &[(&str, &str)]) -> Process {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{limits}; exec \"$0\""), env!("CARGO_BIN_EXE_taizhang")]);
        Process::started_by(&mut shell, url, settings)
    }

    fn started_by(command: &mut Command, url: &str, settings: &[(&str, &str)]) -> Process {
        let mut child = command
            .env_clear()
            .envs([("DATABASE_URL", url), ("TAIZHANG_BIND", "127.0.0.1:0"), ("TAIZHANG_LOG_FORMAT", "json")])
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut process = Process { child, log, address: String::new() };
        let serving = process.line(|line| line["address"].is_string());
        process.address = serving["address"].as_str().unwrap().to_owned();
        process
    }

    /// The next line of the log that is wanted.
    pub fn line(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "the process ended");
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line}"));
            if wanted(&line) {
                return line;
            }
        }
    }

    pub fn get(&self, path: &str) -> String {
        self.send("GET", path, "")
    }

    /// Sends a request with these lines in its head.
    pub fn send(&self, method: &str, path: &str, head: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as a power cut would, and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends it a signal, such as `-TERM`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has mostly ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
