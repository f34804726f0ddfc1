//! The database behind a service: states that no part of the program would make, and looks at the rows.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use taizhang::db::Conn;
use taizhang::db::dialect::location::{self, Location, Purpose};

use super::TestApp;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

impl TestApp {
    /// A connection beside those of the service.
    pub fn connection(&self) -> Conn {
        location::open(&Location::parse(&self.url).unwrap(), Purpose::Write).unwrap()
    }

    /// Runs a statement that no part of the program would, to make a state that the test is about.
    pub fn sql(&self, statement: &str) {
        sql_query(statement).execute(&mut self.connection()).unwrap();
    }

    /// What a query selects as `text`.
    pub fn texts(&self, query: &str) -> Vec<String> {
        let lines: Vec<Line> = sql_query(query).load(&mut self.connection()).unwrap();
        lines.into_iter().map(|line| line.text).collect()
    }

    /// Runs one step of a migration, `up` or `down`.
    pub fn migrate(&self, migration: &str, step: &str) {
        let mut conn = self.connection();
        let tree = if matches!(conn, Conn::Sqlite(_)) { "sqlite" } else { "postgres" };
        let file = format!("{}/migrations/{tree}/{migration}/{step}.sql", env!("CARGO_MANIFEST_DIR"));
        let file = std::fs::read_to_string(file).unwrap();
        match &mut conn {
            Conn::Sqlite(conn) => conn.batch_execute(&file).unwrap(),
            Conn::Postgres(conn) => conn.batch_execute(&file).unwrap(),
        }
    }
}
