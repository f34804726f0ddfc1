//! When states of observations are superseded: many at once, each at a time of its own.

use chrono::NaiveDateTime;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use crate::db::dialect::{Conn, on_each};
use crate::db::observations::RevisionRow;
use crate::error::Result;

/// The statement. Its text does not depend on how many states there are.
#[derive(QueryId)]
struct Supersede {
    /// As a server takes them, column by column.
    observations: Vec<i64>,
    revisions: Vec<i64>,
    times: Vec<Option<NaiveDateTime>>,
    /// As the embedded database does.
    json: String,
}

impl<C> RunQueryDsl<C> for Supersede {}

impl QueryFragment<Sqlite> for Supersede {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("UPDATE revisions SET superseded_at = json_each.value ->> 2 FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql(") WHERE observation = json_each.value ->> 0 AND revision = json_each.value ->> 1");
        Ok(())
    }
}

impl QueryFragment<Pg> for Supersede {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE revisions SET superseded_at = said.at FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.observations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.revisions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Timestamp>>, _>(&self.times)?;
        out.push_sql(
            ") AS said (observation, revision, at) \
             WHERE revisions.observation = said.observation AND revisions.revision = said.revision",
        );
        Ok(())
    }
}

/// Writes down when these states are superseded.
pub(super) fn supersede(conn: &mut Conn, states: &[RevisionRow]) -> Result<()> {
    if states.is_empty() {
        return Ok(());
    }
    // A time as the embedded database keeps it.
    let kept = |time: NaiveDateTime| time.format("%F %T%.f").to_string();
    let rows: Vec<(i64, i64, Option<String>)> = states
        .iter()
        .map(|state| (state.observation, state.revision, state.superseded_at.map(kept)))
        .collect();
    let statement = Supersede {
        observations: states.iter().map(|state| state.observation).collect(),
        revisions: states.iter().map(|state| state.revision).collect(),
        times: states.iter().map(|state| state.superseded_at).collect(),
        // Neither numbers nor texts can be unwritable.
        json: serde_json::to_string(&rows).unwrap_or_default(),
    };
    on_each!(conn, conn => statement.execute(conn))?;
    Ok(())
}
