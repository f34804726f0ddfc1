//! What a server or a terminal does not allow: limits of time and connections, encodings, a token that cannot be
//! printed; and that nothing tells a password.

use std::fs::File;
use std::process::{Command, Stdio};

use diesel::prelude::*;
use diesel::sql_query;
use futures_util::future::join_all;
use taizhang::db::Db;
use taizhang::error::Error;

use crate::harness::TestApp;
use crate::harness::database::server;

fn run(arguments: &[&str], url: &str, out: Stdio) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taizhang"));
    let child =
        command.args(arguments).env_clear().env("DATABASE_URL", url).stdout(out).stderr(Stdio::piped());
    let output = child.spawn().unwrap().wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[actix_web::test]
async fn what_the_database_refuses_for_now_is_no_fault_of_the_request() {
    let app = TestApp::empty().await;
    let of_server = [
        ("SET LOCAL statement_timeout = 10; SELECT pg_sleep(5)", "statement timeout"),
        ("UPDATE ledger SET head = head", "read-only"),
    ];
    let embedded =
        [("CREATE TABLE one (name TEXT)", "readonly"), ("UPDATE ledger SET head = head", "readonly")];
    for (statements, told) in if server().is_some() { of_server } else { embedded } {
        let refused = app.db.read(move |conn| {
            statements
                .split("; ")
                .try_for_each(|one| sql_query(one).execute(conn).map(drop))
                .map_err(Error::from)
        });
        let refused = refused.await.map(drop).unwrap_err();
        assert!(matches!(&refused, Error::Busy(cause) if cause.contains(told)), "{statements}: {refused:?}");
    }
    if server().is_none() {
        let full = app.db.note(|conn| {
            sql_query("PRAGMA max_page_count = 1").execute(conn)?;
            let filler = "INSERT INTO data_steps (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL \
                          SELECT i + 1 FROM n WHERE i < 500) SELECT hex(randomblob(2000)) || i FROM n";
            sql_query(filler).execute(conn)?;
            Ok(())
        });
        let full = full.await.unwrap_err();
        assert!(matches!(&full, Error::Busy(cause) if cause.contains("full")), "{full:?}");
    }
}

/// The address of the same database for another role.
fn as_role(url: &str, role: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{role}@{host}")
}

#[actix_web::test]
async fn a_writer_has_its_connection_whatever_readers_take() {
    let Some(server) = server() else { return };
    let app = TestApp::empty().await;
    let role = format!("few_{}", std::process::id());
    let mut admin = PgConnection::establish(&server).unwrap();
    let mut sql = |statement: &str| sql_query(statement).execute(&mut admin).unwrap();
    sql(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 4"));
    app.sql(&format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"));
    let url = as_role(&app.url, &role);
    let db = Db::open(&url, 16).unwrap();
    let sleep = |_| async {
        let slept = db.read(|conn| {
            sql_query("SELECT pg_sleep(0.1)").execute(conn)?;
            Ok(())
        });
        slept.await.map(drop)
    };
    let (reads, written) = futures_util::join!(join_all((0..12).map(sleep)), async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        db.note(|conn| {
            sql_query("UPDATE ledger SET head = head").execute(conn)?;
            Ok(())
        })
        .await
    });
    written.unwrap();
    reads.into_iter().for_each(|read| read.unwrap());
    drop(db);
    sql(&format!("ALTER ROLE {role} CONNECTION LIMIT 2"));
    let told = Db::open(&url, 16).map(drop).unwrap_err().to_string();
    assert!(told.contains("3 are needed") || told.contains("too many connections"), "{told}");
    app.sql(&format!("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"));
    sql(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'"));
    sql(&format!("DROP ROLE {role}"));
}

#[actix_web::test]
async fn a_database_in_another_encoding_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = match server() {
        Some(server) => {
            let name = format!("other_encoding_{}", std::process::id());
            let mut admin = PgConnection::establish(&server).unwrap();
            let made = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
            sql_query(format!("CREATE DATABASE {name} {made}")).execute(&mut admin).unwrap();
            format!("{}/{name}", server.rsplit_once('/').unwrap().0)
        }
        None => {
            let path = folder.path().join("a.db").display().to_string();
            let mut conn = SqliteConnection::establish(&path).unwrap();
            for statement in ["PRAGMA encoding = 'UTF-16le'", "CREATE TABLE one (name TEXT)"] {
                sql_query(statement).execute(&mut conn).unwrap();
            }
            format!("sqlite://{path}")
        }
    };
    for command in ["check", "migrate", "serve"] {
        let (code, told) = run(&[command], &url, Stdio::null());
        assert_eq!(code, Some(1), "{command}: {told}");
        assert!(told.contains("create it with UTF-8"), "{command}: {told}");
    }
}

#[actix_web::test]
async fn a_key_whose_token_cannot_be_printed_is_taken_back() {
    let app = TestApp::seeded().await;
    let (gone, closed) = std::io::pipe().unwrap();
    drop(gone);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let outs: [Stdio; 2] = [closed.into(), full.into()];
    for out in outs {
        let create = ["keys", "create", "--name", "甲", "--role", "admin"];
        let (code, told) = run(&create, &app.url, out);
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("the key is revoked again") && !told.contains("tz_"), "{told}");
    }
    let list = Command::new(env!("CARGO_BIN_EXE_taizhang"))
        .args(["keys", "list"])
        .env_clear()
        .env("DATABASE_URL", &app.url)
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let revoked: Vec<bool> = list.lines().skip(1).map(|line| !line.ends_with("\t-")).collect();
    assert_eq!(revoked, [true, true], "{list}");
}

#[test]
fn no_part_of_a_password_is_told() {
    for (url, ended) in [
        ("postgres://clerk:s3cret@127.0.0.1:1/a", 1),
        ("postgres://clerk:s3cret@127.0.0.1:1/a?sslmode=nonsense", 1),
        ("postgres://clerk:s3@cret@127.0.0.1:1/a", 2),
        ("postgres://clerk:s3/cret@127.0.0.1:1/a", 2),
        ("postgres://clerk:s3%cret@127.0.0.1:1/a", 2),
        ("postgres://clerk:s3 cret@127.0.0.1:1/a", 2),
        ("postgres://clerk:s3cret", 2),
        ("mysql://clerk:s3cret@127.0.0.1:1/a", 2),
    ] {
        let (code, told) = run(&["check"], url, Stdio::null());
        assert_eq!(code, Some(ended), "{told}");
        assert!(!told.contains("s3") && !told.contains("cret"), "{url}: {told}");
    }
}
