//! The program itself: its commands, its settings, its exit codes.

use std::process::{Command, Output};

use crate::harness::TestApp;

fn taizhang(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    command.args(arguments).env_clear().envs(settings.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[actix_web::test]
async fn help_lists_every_command_and_every_setting() {
    let help = text(&taizhang(&["--help"], &[]).stdout);
    for command in ["serve", "migrate", "seed", "openapi", "check"] {
        assert!(help.contains(command), "{command}");
        let own = taizhang(&[command, "--help"], &[]);
        assert!(own.status.success() && !own.stdout.is_empty(), "{command} --help");
    }
    for setting in taizhang::config::SETTINGS {
        assert!(help.contains(setting.name) && help.contains(setting.help), "{}", setting.name);
    }
}

#[actix_web::test]
async fn the_readme_lists_every_setting() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for setting in taizhang::config::SETTINGS {
        let row = readme.lines().find(|line| line.contains(&format!("`{}`", setting.name)));
        let row = row.unwrap_or_else(|| panic!("{} is not in the README", setting.name));
        assert!(row.contains(&format!("`{}`", setting.default)), "{row}");
    }
}

#[actix_web::test]
async fn a_wrong_setting_is_told_and_ends_with_two() {
    for (name, value) in [
        ("TAIZHANG_BIND", "here"),
        ("TAIZHANG_BNID", "127.0.0.1:1"),
        ("DATABASE_URL", "mysql://x"),
        ("TAIZHANG_CONFIG", "/nonexistent.toml"),
    ] {
        for command in ["serve", "migrate", "seed", "check"] {
            let output = taizhang(&[command], &[(name, value)]);
            assert_eq!(output.status.code(), Some(2), "{command} {name}");
            assert!(text(&output.stderr).contains(name), "{}", text(&output.stderr));
            assert!(output.stdout.is_empty());
        }
    }
    assert_eq!(taizhang(&["nonsense"], &[]).status.code(), Some(2));
}

#[actix_web::test]
async fn a_file_of_settings_is_read_and_its_mistakes_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taizhang.toml");
    let path = file.to_str().unwrap();
    let database = format!("sqlite://{}", folder.path().join("a.db").display());
    std::fs::write(&file, format!("database_url = \"{database}\"\ntaizhang_cache_mib = 4\n")).unwrap();
    assert!(taizhang(&["migrate"], &[("TAIZHANG_CONFIG", path)]).status.success());
    assert!(folder.path().join("a.db").exists());
    for wrong in ["taizhang_bnid = \"x\"", "taizhang_cache_mib = 1.5", "not toml"] {
        std::fs::write(&file, wrong).unwrap();
        let output = taizhang(&["check"], &[("TAIZHANG_CONFIG", path)]);
        assert_eq!(output.status.code(), Some(2), "{wrong}: {}", text(&output.stderr));
    }
}

#[actix_web::test]
async fn check_says_whether_the_database_can_be_used() {
    let app = TestApp::seeded().await;
    let output = taizhang(&["check"], &[("DATABASE_URL", &app.url)]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("ledger at entry 1"));
    app.sql("DELETE FROM __diesel_schema_migrations WHERE version = '20261123100700'");
    let output = taizhang(&["check"], &[("DATABASE_URL", &app.url)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("migrations are missing"));
    let nowhere = [("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")];
    assert_eq!(taizhang(&["check"], &nowhere).status.code(), Some(1));
}

#[actix_web::test]
async fn seeding_twice_adds_nothing_the_second_time() {
    let app = TestApp::empty().await;
    let first = taizhang(&["seed"], &[("DATABASE_URL", &app.url)]);
    assert!(text(&first.stdout).starts_with("added "), "{}", text(&first.stderr));
    let second = taizhang(&["seed"], &[("DATABASE_URL", &app.url)]);
    assert_eq!(text(&second.stdout), "nothing to add\n");
    assert_eq!(app.db.head().await.unwrap(), 1);
}

#[actix_web::test]
async fn the_program_prints_the_committed_document() {
    let committed =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")).unwrap();
    assert!(text(&taizhang(&["openapi"], &[]).stdout) == committed);
}
