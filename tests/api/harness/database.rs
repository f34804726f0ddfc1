//! Databases of tests: copied from a template that is migrated once, and gone with their test.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::prelude::*;
use diesel::sql_query;
use taizhang::db::Db;
use taizhang::exchange::seed::{self, Files};
use tokio::sync::Mutex;

/// A migrated database that tests get a copy of.
#[derive(Clone, Copy, PartialEq)]
pub enum Template {
    Empty,
    Seeded,
}

struct Templates {
    folder: Option<tempfile::TempDir>,
    made: Vec<Template>,
}

static TEMPLATES: Mutex<Templates> = Mutex::const_new(Templates { folder: None, made: Vec::new() });
static COPIES: AtomicUsize = AtomicUsize::new(0);

/// The PostgreSQL server of this run, if it is one on PostgreSQL.
pub fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

/// What a test's own database lies in. It goes with the test: all of a run would fill a disk.
pub enum Copied {
    Folder(#[expect(dead_code, reason = "kept until the test ends")] tempfile::TempDir),
    Database { server: String, name: String },
}

impl Drop for Copied {
    fn drop(&mut self) {
        let Copied::Database { server, name } = self else { return };
        // A test that stops the server has nothing left to drop.
        let Ok(mut admin) = PgConnection::establish(server) else { return };
        let _ = sql_query(format!("DROP DATABASE {name} WITH (FORCE)")).execute(&mut admin);
    }
}

/// The URL of a copy of a template, and what to keep as long as it is used.
pub async fn copy(template: Template) -> (String, Copied) {
    let number = COPIES.fetch_add(1, Ordering::Relaxed);
    let name = match template {
        Template::Empty => format!("taizhang_empty_{}", std::process::id()),
        Template::Seeded => format!("taizhang_seeded_{}", std::process::id()),
    };
    let mut templates = TEMPLATES.lock().await;
    match server() {
        Some(server) => {
            let (base, _) = server.rsplit_once('/').unwrap();
            let mut admin = PgConnection::establish(&server).unwrap();
            if !templates.made.contains(&template) {
                sql_query(format!("CREATE DATABASE {name}")).execute(&mut admin).unwrap();
                make(&format!("{base}/{name}"), template).await;
                // A database with connections cannot be copied; those of the pool close in their own time.
                sql_query(format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
                ))
                .execute(&mut admin)
                .unwrap();
                templates.made.push(template);
            }
            sql_query(format!("CREATE DATABASE {name}_{number} TEMPLATE {name}"))
                .execute(&mut admin)
                .unwrap();
            let name = format!("{name}_{number}");
            (format!("{base}/{name}"), Copied::Database { server, name })
        }
        None => {
            let original = template_file(&mut templates, &name);
            if !templates.made.contains(&template) {
                make(&format!("sqlite://{}", original.display()), template).await;
                templates.made.push(template);
            }
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("taizhang.db");
            // Opening it once more folds the write-ahead log into the file that is copied.
            let mut conn = SqliteConnection::establish(&original.display().to_string()).unwrap();
            sql_query("PRAGMA busy_timeout = 5000").execute(&mut conn).unwrap();
            sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).unwrap();
            drop(conn);
            std::fs::copy(original, &file).unwrap();
            (format!("sqlite://{}", file.display()), Copied::Folder(folder))
        }
    }
}

fn template_file(templates: &mut Templates, name: &str) -> PathBuf {
    let folder = templates.folder.get_or_insert_with(|| tempfile::tempdir().unwrap());
    folder.path().join(format!("{name}.db"))
}

async fn make(url: &str, template: Template) {
    let db = Db::open(url, 1).unwrap();
    taizhang::db::texts::migrate(&db).unwrap();
    if template == Template::Seeded {
        seed::load(&db, Files::built_in().unwrap()).await.unwrap();
    }
}
