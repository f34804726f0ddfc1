//! Settings: one table of them all, read once from an optional TOML file and the environment.

pub mod settings;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::db::dialect::location;
use crate::error::{Error, Result};
use settings::{FILE, LOG_FORMAT, OF_BUCKETS, SETTINGS};
use values::{Values, environment, is_filter, is_url, read_file, shown};

/// Where the data are kept.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// URL of the database.
    pub url: String,
    /// Most connections to PostgreSQL for reads.
    pub pool_size: u32,
    /// Whether an empty database is filled with the built-in seed when the service starts.
    pub seed: bool,
}

impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_struct("DatabaseConfig").field("pool_size", &self.pool_size).finish_non_exhaustive()
    }
}

/// Where uploaded files are kept.
#[derive(Clone)]
pub struct AttachmentsConfig {
    /// A folder, or `s3://BUCKET/PREFIX`.
    pub place: String,
    /// The variables `AWS_…`, which say how a bucket is reached. They hold secrets.
    pub aws: Vec<(String, String)>,
    /// How long a file is kept that hangs on nothing.
    pub unused_for: TimeDelta,
}

impl std::fmt::Debug for AttachmentsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AttachmentsConfig")
            .field("place", &self.place)
            .field("unused_for", &self.unused_for)
            .finish_non_exhaustive()
    }
}

/// How requests are served.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Address and port.
    pub bind: SocketAddr,
    /// Threads that answer requests; 0 is one for each core.
    pub workers: usize,
    /// Memory for ready answers, in bytes.
    pub cache_bytes: u64,
    /// Largest body of a request, in bytes.
    pub body_bytes: usize,
    /// What downloads under way may take of the disk together, in bytes.
    pub download_bytes: u64,
    /// Most connections open at a time.
    pub connections: usize,
    /// Requests a second of one client address; 0 is no limit.
    pub rate_address: u32,
    /// Requests a second of one API key; 0 is no limit.
    pub rate_key: u32,
    /// The header in which the reverse proxy tells the address of the client.
    pub forwarded: Forwarded,
    /// Origins whose pages may read answers; `*` is any.
    pub cors_origins: Vec<String>,
    /// Longest wait for requests under way when the service stops.
    pub shutdown: Duration,
}

/// A header that tells for whom a reverse proxy asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forwarded {
    /// There is no proxy in front, or it is not believed.
    None,
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`.
    XForwardedFor,
}

impl FromStr for Forwarded {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Forwarded, ()> {
        match text {
            "none" => Ok(Forwarded::None),
            "forwarded" => Ok(Forwarded::Forwarded),
            "x-forwarded-for" => Ok(Forwarded::XForwardedFor),
            _ => Err(()),
        }
    }
}

/// Who publishes packages of data.
#[derive(Debug, Clone)]
pub struct PublisherConfig {
    /// Address of the service as others call it, without a slash at the end.
    pub url: String,
    /// Name.
    pub name: String,
    /// Address of the licence of the data.
    pub license: Option<String>,
    /// Prefix of the ids of projects in OC4IDS.
    pub oc4ids_prefix: String,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Filter of `tracing`.
    pub filter: String,
    /// Whether lines are JSON.
    pub json: bool,
}

/// All settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the data are kept.
    pub database: DatabaseConfig,
    /// How requests are served.
    pub server: ServerConfig,
    /// Where uploaded files are kept.
    pub attachments: AttachmentsConfig,
    /// Who publishes packages of data.
    pub publisher: PublisherConfig,
    /// What is logged.
    pub log: LogConfig,
    /// Time zone of days and printed instants.
    pub zone: Tz,
}

impl Config {
    /// Reads the settings of this process.
    ///
    /// Errors: `Config` with every setting that is unknown or wrong.
    pub fn load() -> Result<Config> {
        let mut environment = environment()?;
        let file = match environment.remove(FILE) {
            Some(path) => read_file(Path::new(&path))?,
            None => BTreeMap::new(),
        };
        Config::from_values(file, environment)
    }

    /// Puts settings together: the environment wins over the file.
    pub fn from_values(
        file: BTreeMap<String, String>,
        environment: BTreeMap<String, String>,
    ) -> Result<Config> {
        let mut values = Values { faults: Vec::new(), given: file };
        values.given.extend(environment);
        // Whoever runs this may have such variables for other programs: none is a fault.
        let aws = values.given.extract_if(.., |name, _| name.starts_with(OF_BUCKETS)).collect();
        let known = |name: &String| SETTINGS.iter().any(|setting| setting.name == name);
        let unknown: Vec<String> = values.given.keys().filter(|name| !known(name)).cloned().collect();
        values
            .faults
            .extend(unknown.into_iter().map(|name| format!("{name} is not a setting of this program")));

        let url = values.text("DATABASE_URL");
        if let Err(error) = location::file_of(&url) {
            values.faults.push(error.to_string());
        }
        let days: u16 = values.number("TAIZHANG_ATTACHMENT_DAYS", 1, 3650);
        let attachments = AttachmentsConfig {
            place: values.place("TAIZHANG_ATTACHMENTS", &url),
            aws,
            unused_for: TimeDelta::days(days.into()),
        };
        let database = DatabaseConfig {
            url,
            pool_size: values.number("TAIZHANG_POOL_SIZE", 1, 1000),
            seed: values.parse("TAIZHANG_SEED", "true or false", false),
        };
        let server = ServerConfig {
            bind: values.parse(
                "TAIZHANG_BIND",
                "an address and port such as 127.0.0.1:8080",
                SocketAddr::from(([0; 4], 0)),
            ),
            workers: values.number("TAIZHANG_WORKERS", 0, 1024),
            cache_bytes: values.number::<u64>("TAIZHANG_CACHE_MIB", 1, 65536) << 20,
            body_bytes: values.number::<usize>("TAIZHANG_BODY_KIB", 1, 1 << 20) << 10,
            download_bytes: values.number::<u64>("TAIZHANG_DOWNLOADS_MIB", 1, 1 << 24) << 20,
            connections: values.number("TAIZHANG_CONNECTIONS", 1, 1_000_000),
            rate_address: values.number("TAIZHANG_RATE_ADDRESS", 0, 1_000_000),
            rate_key: values.number("TAIZHANG_RATE_KEY", 0, 1_000_000),
            forwarded: values.parse(
                "TAIZHANG_TRUST_FORWARDED",
                "none, forwarded or x-forwarded-for",
                Forwarded::None,
            ),
            cors_origins: values.origins("TAIZHANG_CORS_ORIGINS"),
            shutdown: Duration::from_secs(values.number("TAIZHANG_SHUTDOWN_SECONDS", 0, 3600)),
        };
        let publisher = publisher(&mut values);
        let filter = values.text("TAIZHANG_LOG");
        if !is_filter(&filter) {
            values.faults.push(format!(
                "TAIZHANG_LOG: “{}” is none of off, error, warn, info, debug and trace, nor a list such as \
                 warn,taizhang::db=debug",
                shown(&filter)
            ));
        }
        let format = values.text(LOG_FORMAT);
        if !["text", "json"].contains(&format.as_str()) {
            values.faults.push(format!("{LOG_FORMAT}: “{}” is neither text nor json", shown(&format)));
        }
        let log = LogConfig { filter, json: format == "json" };
        let zone = values.parse("TAIZHANG_ZONE", "an IANA time zone such as Asia/Shanghai", Tz::UTC);
        match values.faults.is_empty() {
            true => Ok(Config { database, server, attachments, publisher, log, zone }),
            false => Err(Error::Config(values.faults.join("\n"))),
        }
    }
}

fn publisher(values: &mut Values) -> PublisherConfig {
    let url = values.checked("TAIZHANG_PUBLIC_URL", "an address such as https://example.org", is_url);
    let name = values.checked("TAIZHANG_PUBLISHER", "a name", |text| !text.trim().is_empty());
    let license = "none, or an address such as https://example.org/licence";
    let license = values.checked("TAIZHANG_LICENSE", license, |text| text == "none" || is_url(text));
    let prefix = "a prefix such as oc4ids-a1b2c3";
    let prefix = values.checked("TAIZHANG_OC4IDS_PREFIX", prefix, |text| {
        text.strip_prefix("oc4ids-").is_some_and(|own| {
            own.len() == 6 && own.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit())
        })
    });
    PublisherConfig {
        url: url.trim_end_matches('/').to_owned(),
        name,
        license: Some(license).filter(|license| license != "none"),
        oc4ids_prefix: prefix,
    }
}

/// Whether the log is JSON, as far as it can be known where the settings themselves are what is wrong.
pub fn log_is_json() -> bool {
    let mut given = environment().unwrap_or_default();
    let file = given.remove(FILE).and_then(|path| read_file(Path::new(&path)).ok());
    let format = given.remove(LOG_FORMAT).or_else(|| file?.remove(LOG_FORMAT));
    format.is_some_and(|format| format == "json")
}
