//! Whether an observation has one of some natural keys. They are parameters of a statement whose text does not depend on
//! how many there are, as those of [`among`](crate::db::among::among) are. For queries on a concrete connection.

use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel::sqlite::Sqlite;

use super::key::Key;
use crate::db::schema::observations;

/// The keys, column by column.
#[derive(Debug, Clone, QueryId)]
pub(super) struct AmongKeys {
    /// As a server takes them.
    areas: Vec<i64>,
    /// The metrics, periods, accumulations and roles.
    words: [Vec<String>; 4],
    /// As the embedded database does.
    json: String,
}

/// Whether an observation has one of these keys.
pub(super) fn among_keys(keys: &[&Key]) -> AmongKeys {
    let columns = |key: &&Key| {
        let Key { metric, area, period, accumulation, role } = key;
        (metric.clone(), area.as_i64(), period.to_string(), accumulation.to_string(), role.to_string())
    };
    let rows: Vec<_> = keys.iter().map(columns).collect();
    // Neither numbers nor texts can be unwritable.
    let json = serde_json::to_string(&rows).unwrap_or_default();
    let (mut areas, mut words) = (Vec::new(), <[Vec<String>; 4]>::default());
    for (metric, area, period, accumulation, role) in rows {
        areas.push(area);
        for (column, word) in words.iter_mut().zip([metric, period, accumulation, role]) {
            column.push(word);
        }
    }
    AmongKeys { areas, words, json }
}

impl Expression for AmongKeys {
    type SqlType = Bool;
}

impl ValidGrouping<()> for AmongKeys {
    type IsAggregate = is_aggregate::No;
}

impl<QS> AppearsOnTable<QS> for AmongKeys where observations::id: AppearsOnTable<QS> {}

impl<QS> SelectableExpression<QS> for AmongKeys where observations::id: SelectableExpression<QS> {}

impl QueryFragment<Sqlite> for AmongKeys {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // Led by the keys: left to choose, it would be led by the roles, of which nearly all observations have one.
        out.push_sql("observations.id IN (SELECT one.id FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql(
            ") AS said CROSS JOIN observations AS one ON one.metric = said.value ->> 0 AND one.area = said.value ->> 1 \
             AND one.period = said.value ->> 2 AND one.accumulation = said.value ->> 3 AND one.role = said.value ->> 4)",
        );
        Ok(())
    }
}

impl QueryFragment<Pg> for AmongKeys {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let [metrics, periods, accumulations, roles] = &self.words;
        out.push_sql(
            "(observations.metric, observations.area, observations.period, observations.accumulation, \
             observations.role) IN (SELECT * FROM unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(metrics)?;
        out.push_sql("::text[], ");
        out.push_bind_param::<Array<BigInt>, _>(&self.areas)?;
        out.push_sql("::bigint[]");
        for words in [periods, accumulations, roles] {
            out.push_sql(", ");
            out.push_bind_param::<Array<Text>, _>(words)?;
            out.push_sql("::text[]");
        }
        out.push_sql("))");
        Ok(())
    }
}
