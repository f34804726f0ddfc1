//! The table of all settings: names, defaults, and what each does.

use std::fmt::Write as _;

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
pub(super) const OF_BUCKETS: &str = "AWS_";

/// Says how lines of the log are written.
pub(super) const LOG_FORMAT: &str = "TAIZHANG_LOG_FORMAT";

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
