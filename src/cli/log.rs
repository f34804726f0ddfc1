//! The log of the process: lines on standard error, which may be closed, full or read by nobody. None of that
//! stops or ends the service: standard output belongs to what a command prints, the log to whoever looks.

use std::io::Write;

use chrono::{SecondsFormat, Utc};
use serde_json::json;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

use crate::config::{self, LogConfig};
use crate::error::{Error, chain};

/// So many lines wait for whoever reads them; what comes then is lost.
const WAITING: usize = 8192;

/// Starts the log, for as long as what it returns is kept: then the lines that wait are written, if that takes no
/// longer than a second.
pub fn start(config: &LogConfig) -> WorkerGuard {
    let queue = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING);
    let (lines, written) = queue.finish(std::io::stderr());
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.filter))
        .with_writer(lines)
        // It would tell on standard error that nothing can be written there, by what panics when that fails.
        .log_internal_errors(false)
        .with_target(false);
    if config.json {
        log.json().flatten_event(true).init()
    } else {
        log.with_ansi(false).init()
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked: {}", panic.payload_as_str().unwrap_or("without words"));
    }));
    written
}

/// Tells why a command failed, in the format of the log: the settings may be what is wrong, and nothing that the log
/// leaves out ends a program.
pub fn complain(error: &Error) {
    let cause = chain(error);
    let line = if config::log_is_json() {
        let at = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true);
        json!({"timestamp": at, "level": "ERROR", "message": cause}).to_string()
    } else {
        format!("taizhang: {cause}")
    };
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}
