//! The rings: who may import whom, read from the `use` lines and paths of the code; no two modules import each other.

mod modules;

use std::path::{Path, PathBuf};

use modules::Modules;

/// Each ring, and those it may know besides itself.
const RINGS: &[(&str, &[&str])] = &[
    ("domain", &["error"]),
    ("db", &["domain", "error"]),
    ("statistics", &["db", "domain", "error"]),
    ("storage", &["domain", "error"]),
    ("exchange", &["storage", "statistics", "db", "domain", "error"]),
    ("api", &["exchange", "storage", "statistics", "db", "domain", "error"]),
    ("cli", &["api", "exchange", "storage", "statistics", "db", "domain", "error", "config"]),
    ("config", &["db", "storage", "error"]),
    ("error.rs", &[]),
    ("error", &[]),
];

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    std::fs::read_dir(path).unwrap().flat_map(|entry| files(&entry.unwrap().path())).collect()
}

/// The rings that a file names, as `crate::ring`.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').next().unwrap())
        .filter(|name| {
            RINGS.iter().any(|(ring, _)| ring.trim_end_matches(".rs") == *name) || *name == "config"
        })
}

#[test]
fn no_ring_knows_one_outside_of_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (ring, known) in RINGS {
        let own = ring.trim_end_matches(".rs");
        for file in files(&source.join(ring)) {
            let text = std::fs::read_to_string(&file).unwrap();
            for name in named(&text) {
                assert!(name == own || known.contains(&name), "{} names crate::{name}", file.display());
            }
        }
    }
}

#[test]
fn no_module_knows_itself_round_about() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let circles = Modules::of(&source).circles();
    assert!(circles.is_empty(), "{}", circles.into_values().collect::<Vec<_>>().join("\n"));
}

#[test]
fn only_the_dialect_asks_which_database_is_running() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in files(&source) {
        let text = std::fs::read_to_string(&file).unwrap();
        let asks = [
            "Conn::Sqlite",
            "Conn::Postgres",
            "Location::Sqlite",
            "Location::Postgres",
            "SqliteConnection",
            "PgConnection",
        ];
        let may =
            file.ends_with("db/dialect.rs") || file.parent().is_some_and(|of| of.ends_with("db/dialect"));
        assert!(may || !asks.iter().any(|word| text.contains(word)), "{} asks", file.display());
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in files(&root.join("src")).into_iter().chain(files(&root.join("tests/api"))) {
        if file.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("//! "), "{} does not", file.display());
        }
    }
}
