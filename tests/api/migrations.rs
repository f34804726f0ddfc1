//! Migrations: up, down and up again; and both databases end with the same schema, which is written
//! down in a snapshot that each of them is compared with.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use taizhang::db::Conn;
use taizhang::db::dialect;
use taizhang::db::dialect::location::{self, Location, Purpose};

use crate::harness::TestApp;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Columns with type and nullability, keys and unique sets, foreign keys, indexes, named checks, triggers.
const SQLITE: &[&str] = &[
    "SELECT 'column ' || m.name || '.' || c.name || ' ' || lower(c.type) || CASE c.\"notnull\" WHEN 0 THEN ' null' ELSE '' END AS line
     FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'",
    "SELECT 'key ' || m.name || ' (' || group_concat(c.name, ', ' ORDER BY c.pk) || ')' AS line
     FROM sqlite_master m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND c.pk > 0 GROUP BY m.name",
    "SELECT 'foreign ' || m.name || ' (' || group_concat(f.\"from\", ', ' ORDER BY f.seq) || ') ' || f.\"table\" AS line
     FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id",
    "SELECT 'index ' || m.tbl_name || '.' || m.name || ' (' || (SELECT group_concat(i.name, ', ' ORDER BY i.seqno) FROM pragma_index_info(m.name) i) || ')' AS line
     FROM sqlite_master m WHERE m.type = 'index' AND m.sql IS NOT NULL",
    "SELECT 'trigger ' || tbl_name || '.' || name AS line FROM sqlite_master WHERE type = 'trigger'",
];

const POSTGRES: &[&str] = &[
    "SELECT 'column ' || table_name || '.' || column_name || ' '
       || CASE WHEN data_type IN ('bigint', 'smallint', 'boolean') THEN 'integer'
               WHEN data_type IN ('text', 'date', 'timestamp without time zone') THEN 'text'
               WHEN data_type = 'bytea' THEN 'blob' ELSE data_type END
       || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END AS line
     FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT 'key ' || r.relname || ' (' || string_agg(a.attname, ', ' ORDER BY k.ord) || ')' AS line
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
     CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (num, ord)
     JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.num
     WHERE c.contype = 'p' AND r.relnamespace = 'public'::regnamespace GROUP BY r.relname",
    "SELECT 'foreign ' || r.relname || ' (' || string_agg(a.attname, ', ' ORDER BY k.ord) || ') ' || f.relname AS line
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
     CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (num, ord)
     JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.num
     WHERE c.contype = 'f' AND r.relnamespace = 'public'::regnamespace GROUP BY c.oid, r.relname, f.relname",
    "SELECT 'index ' || t.relname || '.' || i.relname || ' (' || string_agg(a.attname, ', ' ORDER BY k.ord) || ')' AS line
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
     CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (num, ord)
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.num
     WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisunique GROUP BY t.relname, i.relname",
    "SELECT 'named ' || r.relname || '.' || c.conname AS line FROM pg_constraint c
     JOIN pg_class r ON r.oid = c.conrelid
     WHERE c.contype IN ('c', 'u') AND r.relnamespace = 'public'::regnamespace",
    "SELECT 'trigger ' || r.relname || '.' || t.tgname AS line FROM pg_trigger t
     JOIN pg_class r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal",
];

fn lines(conn: &mut Conn, query: &str) -> Vec<String> {
    let found: Vec<Line> = sql_query(query).load(conn).unwrap();
    found.into_iter().map(|line| line.line).collect()
}

/// The schema as sorted lines, in words that do not depend on the database.
fn describe(conn: &mut Conn) -> String {
    let mut all: Vec<String> = Vec::new();
    match conn {
        Conn::Postgres(_) => POSTGRES.iter().for_each(|query| all.extend(lines(conn, query))),
        Conn::Sqlite(_) => {
            SQLITE.iter().for_each(|query| all.extend(lines(conn, query)));
            // SQLite keeps the names of constraints in the statement that made the table only.
            let tables = "SELECT name || ' ' || sql AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
            for table in lines(conn, tables) {
                let (name, statement) = table.split_once(' ').unwrap();
                let names = statement.split("CONSTRAINT ").skip(1).filter_map(|rest| rest.split(' ').next());
                all.extend(names.map(|constraint| format!("named {name}.{constraint}")));
            }
        }
    }
    all.retain(|line| !line.contains("__diesel"));
    all.sort();
    all.join("\n")
}

fn open(url: &str) -> Conn {
    location::open(&Location::parse(url).unwrap(), Purpose::Write).unwrap()
}

#[actix_web::test]
async fn both_databases_have_the_schema_that_is_written_down() {
    let app = TestApp::empty().await;
    insta::assert_snapshot!("schema", describe(&mut open(&app.url)));
}

#[actix_web::test]
async fn migrations_go_up_and_down_and_up() {
    let app = TestApp::empty().await;
    let mut conn = open(&app.url);
    let before = describe(&mut conn);
    assert!(dialect::is_migrated(&mut conn).unwrap());
    assert_eq!(dialect::migrate(&mut conn).unwrap(), 0, "there is nothing left to run");
    let count = dialect::revert(&mut conn).unwrap();
    assert_eq!(describe(&mut conn), "", "nothing is left behind");
    assert!(!dialect::is_migrated(&mut conn).unwrap());
    assert_eq!(dialect::migrate(&mut conn).unwrap(), count);
    assert_eq!(describe(&mut conn), before);
}

#[actix_web::test]
async fn a_database_that_a_newer_program_has_migrated_is_refused() {
    let (app, key) = TestApp::seeded_for("admin", None).await;
    let mut conn = open(&app.url);
    let signed = lines(&mut conn, "SELECT version || ' ' || newest_migration AS line FROM programs");
    assert_eq!(signed.len(), 1);
    assert!(signed[0].starts_with(env!("CARGO_PKG_VERSION")), "{signed:?}");
    app.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
    app.sql("INSERT INTO programs (version, newest_migration) VALUES ('9.8.7', '29990101000000')");
    let lock = ["periods", "lock", "--through", "2022"];
    let create = ["keys", "create", "--name", "a", "--role", "reader"];
    let commands: [&[&str]; 8] = [
        &["check"],
        &["migrate"],
        &["serve"],
        &["seed"],
        &["keys", "list"],
        &create,
        &lock,
        &["attachments", "collect"],
    ];
    for command in commands {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_taizhang"));
        let output = program.args(command).env_clear().env("DATABASE_URL", &app.url).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}: {told}");
        assert!(told.contains("migrated by taizhang 9.8.7") && told.contains("29990101000000"), "{told}");
    }
    // One that runs when another migrates beneath it reads on, and writes no more.
    app.get("/readyz").await.problem(503, "unavailable");
    let name = serde_json::json!({"name": "a", "role": "reader"});
    app.post("/api/v1/api-keys", name).by(&key).await.problem(503, "unavailable");
    assert_eq!(app.get("/api/v1/villages?limit=1").await.status, 200);
    app.sql("DELETE FROM __diesel_schema_migrations WHERE version = '29990101000000'");
    assert_eq!(app.get("/readyz").await.status, 200);
}

#[actix_web::test]
async fn two_processes_migrate_one_database_once() {
    let app = TestApp::empty().await;
    let url = app.url.as_str();
    dialect::revert(&mut open(url)).unwrap();
    let runs: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| dialect::migrate(&mut open(url)).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(runs.iter().filter(|&&count| count > 0).count(), 1, "{runs:?}");
}

#[test]
fn both_trees_have_the_same_folders() {
    let folders = |tree: &str| -> Vec<String> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(tree);
        let mut names: Vec<String> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap())
            .inspect(|entry| {
                for file in ["up.sql", "down.sql"] {
                    assert!(entry.path().join(file).is_file(), "{file} of {:?}", entry.path());
                }
            })
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(folders("sqlite"), folders("postgres"));
}
