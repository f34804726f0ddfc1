//! The program itself: its commands, its settings, its exit codes.

use std::process::{Command, Output};

use serde_json::Value;

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
    for command in ["serve", "migrate", "seed", "generate", "keys", "attachments", "openapi", "check"] {
        assert!(help.contains(command), "{command}");
        let own = taizhang(&[command, "--help"], &[]);
        assert!(own.status.success() && !own.stdout.is_empty(), "{command} --help");
    }
    for setting in taizhang::config::settings::SETTINGS {
        assert!(help.contains(setting.name) && help.contains(setting.help), "{}", setting.name);
    }
}

#[actix_web::test]
async fn the_readme_lists_every_setting() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for setting in taizhang::config::settings::SETTINGS {
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
async fn a_key_is_made_listed_and_revoked() {
    let app = TestApp::seeded().await;
    let url = app.url.clone();
    let database = [("DATABASE_URL", url.as_str())];
    let create = ["keys", "create", "--name", "甲", "--role", "admin"];
    let made = taizhang(&create, &database);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let token = text(&made.stdout);
    let token = token.strip_suffix('\n').unwrap();
    assert!(token.starts_with("tz_") && token.len() == 67, "the key alone: {token:?}");
    let me = async || app.get("/api/v1/me").by(token).await;
    let key = me().await.json();
    assert_eq!((&key["name"], &key["role"], &key["area"]), (&"甲".into(), &"admin".into(), &Value::Null));

    let scoped = [&create[..], &["--area", "430681107", "--expires", "9998-12-31"]].concat();
    assert!(taizhang(&scoped, &database).status.success());
    let listed = taizhang(&["keys", "list"], &database);
    let listed = text(&listed.stdout);
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0], ["id", "name", "role", "area", "created", "expires", "last used", "revoked"]);
    assert_eq!(
        (rows[1][0], &rows[1][1..4], rows[1][7]),
        (key["id"].as_str().unwrap(), &["甲", "admin", "all"][..], "-")
    );
    assert_eq!((&rows[2][3], &rows[2][5], rows.len()), (&"430681107000", &"9998-12-31 23:59:59", 3));

    let revoked = taizhang(&["keys", "revoke", rows[1][0]], &database);
    assert!(revoked.status.success() && revoked.stdout.is_empty(), "{}", text(&revoked.stderr));
    me().await.problem(401, "unauthorized");
    let app = app.signed_in().await;
    let entries = app.get("/api/v1/entries").await.items();
    let authors: Vec<&str> = entries.iter().map(|entry| entry["by"].as_str().unwrap()).collect();
    assert_eq!(authors, ["seed", "keys create", "keys create", "keys revoke", "test"]);

    for (wrong, code) in [
        (&["keys", "create", "--name", "乙", "--role", "owner"] as &[&str], 2),
        (&["keys", "create", "--name", "乙", "--role", "reader", "--area", "12345"], 2),
        (&["keys", "create", "--name", "乙", "--role", "reader", "--expires", "soon"], 2),
        (&["keys", "create", "--role", "reader"], 2),
        (&["keys", "revoke", "x"], 2),
        (&["keys", "create", "--name", "乙", "--role", "reader", "--area", "11"], 1),
        (&["keys", "create", "--name", "乙", "--role", "reader", "--expires", "2022-12-31"], 1),
        (&["keys", "create", "--name", " ", "--role", "reader"], 2),
        (&["keys", "revoke", rows[1][0]], 1),
    ] {
        let output = taizhang(wrong, &database);
        assert_eq!(output.status.code(), Some(code), "{wrong:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{wrong:?}");
    }
}

#[actix_web::test]
async fn a_mistyped_address_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/typo.db");
    let settings = [("DATABASE_URL", format!("sqlite://{}", path.display()))];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let create = ["keys", "create", "--name", "甲", "--role", "admin"];
    let lock = ["periods", "lock", "--through", "2022"];
    let existing: [&[&str]; 9] = [
        &["check"],
        &["keys", "list"],
        &create,
        &["keys", "revoke", "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90"],
        &lock,
        &["periods", "unlock", "--area", "43"],
        &["periods", "list"],
        &["attachments", "collect"],
        &["generate", "--observations", "10", "--villages", "10"],
    ];
    for command in existing {
        let output = taizhang(command, &settings);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {told}");
        assert!(told.contains(path.to_str().unwrap()) && output.stdout.is_empty(), "{command:?}: {told}");
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "{command:?} left something behind");
    }
    assert!(taizhang(&["migrate"], &settings).status.success());
    let made = taizhang(&create, &settings);
    assert!(made.status.success() && text(&made.stdout).starts_with("tz_"), "{}", text(&made.stderr));
    // A file that is there but no ledger yet, as a server's empty database is.
    std::fs::write(&path, "").unwrap();
    for command in existing {
        let told = text(&taizhang(command, &settings).stderr);
        assert!(told.contains("taizhang migrate"), "{command:?}: {told}");
    }
}

#[actix_web::test]
async fn the_program_prints_the_committed_document() {
    let committed =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")).unwrap();
    assert!(text(&taizhang(&["openapi"], &[]).stdout) == committed);
}
