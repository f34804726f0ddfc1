//! Settings that are right, and what is said of those that are not.

use super::values::{is_filter, read_file};
use super::*;
use crate::db::dialect::location::Location;

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
    for wrong in [
        "",
        "warning",
        "nonsense",
        "nonsense=info",
        "info,warning",
        "taizhang",
        "taizhang=warning",
        "info,",
        "x[=info",
    ] {
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
