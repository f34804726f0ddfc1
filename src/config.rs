//! Settings: one table of them all, read once from an optional TOML file and the environment.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::db::dialect::Location;
use crate::error::{Error, Result};
use crate::storage;

/// One setting: its variable, its value when it is not set, and what it does.
pub struct Setting {
    /// Name of the environment variable; in the TOML file the same in lower case.
    pub name: &'static str,
    /// Value when it is not set.
    pub default: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
}

/// Names the file that the other settings can stand in; itself it stands in the environment only.
pub const FILE: &str = "TAIZHANG_CONFIG";

/// Variables that say how a bucket is reached begin like this; other programs read the same.
const OF_BUCKETS: &str = "AWS_";

/// Says how lines of the log are written.
const LOG_FORMAT: &str = "TAIZHANG_LOG_FORMAT";

/// Every setting but [`FILE`].
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "DATABASE_URL",
        default: "sqlite://data/taizhang.db",
        help: "sqlite://PATH or postgres://USER@HOST/NAME, with ?pgbouncer=true behind a pooler",
    },
    Setting { name: "TAIZHANG_BIND", default: "127.0.0.1:8080", help: "address and port to listen on" },
    Setting {
        name: "TAIZHANG_WORKERS",
        default: "0",
        help: "threads that answer requests; 0 is one for each core",
    },
    Setting { name: "TAIZHANG_POOL_SIZE", default: "16", help: "most connections to PostgreSQL for reads" },
    Setting { name: "TAIZHANG_CACHE_MIB", default: "16", help: "memory for ready answers, in MiB" },
    Setting { name: "TAIZHANG_BODY_KIB", default: "4096", help: "largest body of a request, in KiB" },
    Setting {
        name: "TAIZHANG_DOWNLOADS_MIB",
        default: "4096",
        help: "what downloads under way may take of TMPDIR together, in MiB",
    },
    Setting {
        name: "TAIZHANG_ATTACHMENTS",
        default: "data/attachments",
        help: "folder of uploaded files, if not set beside the SQLite database; or s3://BUCKET/PREFIX",
    },
    Setting {
        name: "TAIZHANG_ATTACHMENT_DAYS",
        default: "7",
        help: "days after which an uploaded file that hangs on nothing is deleted",
    },
    Setting {
        name: "TAIZHANG_CONNECTIONS",
        default: "10000",
        help: "most connections open at a time; more wait to be accepted",
    },
    Setting {
        name: "TAIZHANG_RATE_ADDRESS",
        default: "1000",
        help: "requests a second of one client address; 0 is no limit",
    },
    Setting {
        name: "TAIZHANG_RATE_KEY",
        default: "1000",
        help: "requests a second of one API key; 0 is no limit",
    },
    Setting {
        name: "TAIZHANG_TRUST_FORWARDED",
        default: "none",
        help: "header of the reverse proxy that tells the client: none, forwarded, x-forwarded-for",
    },
    Setting {
        name: "TAIZHANG_CORS_ORIGINS",
        default: "none",
        help: "origins whose pages may read answers: none, * for any, or a comma-separated list",
    },
    Setting {
        name: "TAIZHANG_SHUTDOWN_SECONDS",
        default: "30",
        help: "longest wait for requests under way when the service stops",
    },
    Setting {
        name: "TAIZHANG_ZONE",
        default: "Asia/Shanghai",
        help: "time zone of days and printed instants (IANA name)",
    },
    Setting {
        name: "TAIZHANG_PUBLIC_URL",
        default: "http://127.0.0.1:8080",
        help: "address of the service as others call it; with a path where a proxy takes one away",
    },
    Setting {
        name: "TAIZHANG_PUBLISHER",
        default: "taizhang 台账",
        help: "who publishes the data, which published packages name",
    },
    Setting {
        name: "TAIZHANG_LICENSE",
        default: "none",
        help: "address of the licence of the published data, or none",
    },
    Setting {
        name: "TAIZHANG_OC4IDS_PREFIX",
        default: "oc4ids-000000",
        help: "prefix of the ids of projects in OC4IDS, as its helpdesk assigned it",
    },
    Setting {
        name: "TAIZHANG_SEED",
        default: "true",
        help: "whether serve fills an empty database with the built-in seed",
    },
    Setting {
        name: "TAIZHANG_LOG",
        default: "info",
        help: "what is logged: off, error, warn, info, debug, trace, or a list such as warn,taizhang::db=debug",
    },
    Setting { name: LOG_FORMAT, default: "text", help: "text or json" },
];

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

/// A list of all settings, for `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "Settings, from the environment or from a TOML file with the same names in lower case:\n",
    );
    for setting in SETTINGS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {:<26} {} [{}]", setting.name, setting.help, setting.default);
    }
    let _ = write!(text, "  {FILE:<26} path of the TOML file");
    text
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
        if let Err(error) = Location::parse(&url) {
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
        let publisher = values.publisher();
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

/// Whether the log is JSON, as far as it can be known where the settings themselves are what is wrong.
pub fn log_is_json() -> bool {
    let mut given = environment().unwrap_or_default();
    let file = given.remove(FILE).and_then(|path| read_file(Path::new(&path)).ok());
    let format = given.remove(LOG_FORMAT).or_else(|| file?.remove(LOG_FORMAT));
    format.is_some_and(|format| format == "json")
}

/// The variables that are settings of this program, or seem to be.
fn environment() -> Result<BTreeMap<String, String>> {
    let ours =
        |name: &str| name == "DATABASE_URL" || name.starts_with("TAIZHANG_") || name.starts_with(OF_BUCKETS);
    let mut environment = BTreeMap::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| ours(name)) else { continue };
        let value = value.into_string().map_err(|_| Error::Config(format!("{name} is not valid UTF-8")))?;
        environment.insert(name.to_owned(), value);
    }
    Ok(environment)
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>> {
    let wrong = |reason: String| Error::Config(format!("{FILE}: {}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    // The line itself may hold a password.
    let unreadable = |error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        wrong(format!("{place}{}", error.message()))
    };
    let table: toml::Table = text.parse().map_err(unreadable)?;
    table
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                _ => return Err(wrong(format!("{name} must be a string, a whole number or a boolean"))),
            };
            Ok((name.to_uppercase(), value))
        })
        .collect()
}

struct Values {
    given: BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Values {
    fn text(&self, name: &str) -> String {
        let default =
            || SETTINGS.iter().find(|setting| setting.name == name).map_or("", |setting| setting.default);
        self.given.get(name).cloned().unwrap_or_else(|| default().to_owned())
    }

    /// `stand_in` is used only when there is a fault, and then nothing is started.
    fn parse<T: FromStr>(&mut self, name: &str, expected: &str, stand_in: T) -> T {
        let text = self.text(name);
        text.parse().unwrap_or_else(|_| {
            self.faults.push(format!("{name}: “{}” is not {expected}", shown(&text)));
            stand_in
        })
    }

    fn publisher(&mut self) -> PublisherConfig {
        let mut checked = |name: &str, expected: &str, fits: fn(&str) -> bool| {
            let text = self.text(name);
            if !fits(&text) {
                self.faults.push(format!("{name}: “{}” is not {expected}", shown(&text)));
            }
            text
        };
        let url = checked("TAIZHANG_PUBLIC_URL", "an address such as https://example.org", is_url);
        let name = checked("TAIZHANG_PUBLISHER", "a name", |text| !text.trim().is_empty());
        let license = "none, or an address such as https://example.org/licence";
        let license = checked("TAIZHANG_LICENSE", license, |text| text == "none" || is_url(text));
        let prefix = checked("TAIZHANG_OC4IDS_PREFIX", "a prefix such as oc4ids-a1b2c3", |text| {
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

    /// Where files are kept. Whoever says nothing finds them beside the database, if it is a file.
    fn place(&mut self, name: &str, database: &str) -> String {
        let beside = match Location::parse(database) {
            Ok(Location::Sqlite(path)) if !self.given.contains_key(name) => {
                Path::new(&path).parent().map(Path::to_owned)
            }
            _ => None,
        };
        if let Some(folder) = beside {
            return folder.join("attachments").display().to_string();
        }
        let place = self.text(name);
        if let Some(fault) = storage::fault(&place) {
            self.faults.push(format!("{name}: “{}” {fault}", shown(&place)));
        }
        place
    }

    fn origins(&mut self, name: &str) -> Vec<String> {
        let text = self.text(name);
        if text == "none" {
            return Vec::new();
        }
        let origins: Vec<String> = text.split(',').map(|origin| origin.trim().to_owned()).collect();
        for origin in origins.iter().filter(|origin| *origin != "*" && !is_origin(origin)) {
            self.faults.push(format!("{name}: “{}” is no origin such as https://example.org", shown(origin)));
        }
        origins
    }

    fn number<T: FromStr + PartialOrd + Copy + std::fmt::Display>(
        &mut self,
        name: &str,
        least: T,
        most: T,
    ) -> T {
        let expected = format!("a whole number from {least} to {most}");
        let number = self.parse(name, &expected, least);
        if number < least || number > most {
            self.faults.push(format!("{name}: {number} is not {expected}"));
        }
        number
    }
}

/// Whether this says what is logged. The library takes a word that is no level for the name of a program, and logs
/// that program alone.
fn is_filter(text: &str) -> bool {
    let is_level = |word: &str| {
        let word = word.trim().to_ascii_lowercase();
        ["off", "error", "warn", "info", "debug", "trace"].contains(&word.as_str())
    };
    let each = |part: &str| is_level(part.rsplit_once('=').map_or(part, |(_, level)| level));
    text.split(',').all(each) && tracing_subscriber::EnvFilter::try_new(text).is_ok()
}

/// A value as it is told: without the name and the password that an address may hold.
fn shown(text: &str) -> String {
    match (text.find("://"), text.rfind('@')) {
        (Some(scheme), Some(host)) if scheme < host => format!("{}…{}", &text[..scheme + 3], &text[host..]),
        _ => text.to_owned(),
    }
}

/// Whether this is an address of the web, without a query: others are put together from it.
fn is_url(text: &str) -> bool {
    let uri = text.parse::<actix_web::http::Uri>();
    uri.is_ok_and(|uri| {
        uri.scheme_str().is_some_and(|scheme| ["http", "https"].contains(&scheme)) && uri.query().is_none()
    })
}

/// Whether a browser would send this as an origin: scheme, host and maybe a port, in lower case.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || ".-:[]".contains(sign);
    host.is_some_and(|host| !host.is_empty() && host.chars().all(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_default_is_valid() {
        let config = Config::from_values(BTreeMap::new(), BTreeMap::new()).expect("defaults");
        assert_eq!(config.database.url, "sqlite://data/taizhang.db");
        assert_eq!(config.server.bind.to_string(), "127.0.0.1:8080");
    }

    #[test]
    fn files_are_kept_beside_the_database_or_where_it_is_said() {
        let place = |given: &[(&str, &str)]| {
            Config::from_values(BTreeMap::new(), values(given)).map(|config| config.attachments)
        };
        let folder = |given: &[(&str, &str)]| place(given).expect("a place").place;
        assert_eq!(folder(&[]), "data/attachments");
        assert_eq!(folder(&[("DATABASE_URL", "sqlite:///srv/tz/a.db")]), "/srv/tz/attachments");
        assert_eq!(folder(&[("DATABASE_URL", "sqlite://a.db")]), "attachments");
        assert_eq!(folder(&[("DATABASE_URL", "postgres://localhost/a")]), "data/attachments");
        let bucket =
            [("TAIZHANG_ATTACHMENTS", "s3://photos/a"), ("AWS_SECRET_ACCESS_KEY", "hush"), ("AWS_X", "1")];
        let told = place(&bucket).expect("a bucket");
        assert_eq!(told.place, "s3://photos/a");
        assert_eq!(
            told.aws,
            [("AWS_SECRET_ACCESS_KEY", "hush"), ("AWS_X", "1")].map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        assert!(!format!("{told:?}").contains("hush"));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = values(&[("TAIZHANG_BIND", "127.0.0.1:1"), ("TAIZHANG_POOL_SIZE", "3")]);
        let config = Config::from_values(file, values(&[("TAIZHANG_BIND", "127.0.0.1:2")])).expect("valid");
        assert_eq!((config.server.bind.port(), config.database.pool_size), (2, 3));
    }

    #[test]
    fn origins_are_listed_as_browsers_send_them() {
        let origins = |text: &str| {
            Config::from_values(BTreeMap::new(), values(&[("TAIZHANG_CORS_ORIGINS", text)]))
                .map(|config| config.server.cors_origins)
        };
        assert!(origins("none").expect("none").is_empty());
        let listed = origins(" https://example.org, http://127.0.0.1:8080").expect("two");
        assert_eq!(listed, ["https://example.org", "http://127.0.0.1:8080"]);
        assert_eq!(origins("*").expect("any"), ["*"]);
        for wrong in [
            "",
            "example.org",
            "none,*",
            "https://",
            "https://Example.org",
            "https://a/b",
            "ftp://a",
            "https://a b",
        ] {
            assert!(origins(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_logged_is_a_level_or_levels_of_parts() {
        for good in
            ["off", "error", "INFO", " debug", "warn,taizhang::db=debug", "taizhang=trace,actix_server=off"]
        {
            assert!(is_filter(good), "{good}");
        }
        for wrong in
            ["", "warning", "nonsense", "info,warning", "taizhang", "taizhang=warning", "info,", "x[=info"]
        {
            assert!(!is_filter(wrong), "{wrong}");
        }
    }

    #[test]
    fn no_password_is_told() {
        let wrong = [
            ("TAIZHANG_ATTACHMENTS", "ftp://key:s3cret@files"),
            ("TAIZHANG_BIND", "postgres://clerk:s3cret@db/a"),
            ("TAIZHANG_CORS_ORIGINS", "https://clerk:s3cret@example.org/a"),
            ("TAIZHANG_LOG", "postgres://clerk:s3cret@db/a"),
            ("TAIZHANG_LOG_FORMAT", "postgres://clerk:s3cret@db/a"),
            ("TAIZHANG_PUBLIC_URL", "ftp://x:s3cret@a"),
            ("DATABASE_URL", "postgres://clerk:s3cret/a@db/a"),
        ];
        let error = Config::from_values(BTreeMap::new(), values(&wrong)).expect_err("wrong").to_string();
        assert_eq!(error.lines().count(), wrong.len(), "{error}");
        let good = [("DATABASE_URL", "postgres://clerk:s3cret@db/a")];
        let config = Config::from_values(BTreeMap::new(), values(&good)).expect("settings");
        for told in [error, format!("{config:?} {:?}", Location::parse(&config.database.url))] {
            assert!(!told.contains("cret"), "{told}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.toml");
        std::fs::write(&file, "taizhang_seed = true\ndatabase_url = \"postgres://u:s3cret@h/a\n")
            .expect("a file");
        let told = read_file(&file).expect_err("no end of the text").to_string();
        assert!(told.contains("line 2") && !told.contains("s3cret"), "{told}");
    }

    #[test]
    fn every_wrong_setting_is_named_at_once() {
        let wrong = [
            ("DATABASE_URL", "mysql://x"),
            ("TAIZHANG_ATTACHMENTS", "ftp://files"),
            ("TAIZHANG_ATTACHMENT_DAYS", "0"),
            ("TAIZHANG_BIND", "nowhere"),
            ("TAIZHANG_BNID", "127.0.0.1:80"),
            ("TAIZHANG_BODY_KIB", "0"),
            ("TAIZHANG_CACHE_MIB", "0"),
            ("TAIZHANG_CONNECTIONS", "0"),
            ("TAIZHANG_CORS_ORIGINS", "https://example.org/"),
            ("TAIZHANG_LICENSE", "CC0"),
            ("TAIZHANG_LOG", "warning"),
            ("TAIZHANG_LOG_FORMAT", "xml"),
            ("TAIZHANG_OC4IDS_PREFIX", "oc4ids local"),
            ("TAIZHANG_PUBLIC_URL", "example.org"),
            ("TAIZHANG_PUBLISHER", " "),
            ("TAIZHANG_POOL_SIZE", "many"),
            ("TAIZHANG_RATE_ADDRESS", "-1"),
            ("TAIZHANG_RATE_KEY", "1.5"),
            ("TAIZHANG_SEED", "maybe"),
            ("TAIZHANG_TRUST_FORWARDED", "true"),
            ("TAIZHANG_ZONE", "Mars"),
        ];
        let error = Config::from_values(BTreeMap::new(), values(&wrong)).expect_err("wrong").to_string();
        for (name, _) in wrong {
            assert!(error.contains(name), "{name} is not in {error}");
        }
    }
}
