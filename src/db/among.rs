//! Whether a column has one of some values. The list is one parameter of a statement whose text does not depend on how
//! long it is, so that it is prepared once: what Diesel writes for a list has a parameter for each element, and is
//! prepared anew each time. For queries on a concrete connection, see `on_each!`.

use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, Bool, HasSqlType, SingleValue, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;

/// A column and the list.
#[derive(Debug, Clone)]
pub struct Among<C, T> {
    column: C,
    /// As a server takes it.
    values: Vec<T>,
    /// As the embedded database does.
    json: String,
}

/// Whether a column has one of these numbers or texts.
pub fn among<C: Expression, T: Serialize>(column: C, values: impl IntoIterator<Item = T>) -> Among<C, T> {
    let values: Vec<T> = values.into_iter().collect();
    // Neither numbers nor texts can be unwritable.
    let json = serde_json::to_string(&values).unwrap_or_default();
    Among { column, values, json }
}

impl<C, T> Expression for Among<C, T> {
    type SqlType = Bool;
}

impl<C, T> ValidGrouping<()> for Among<C, T> {
    type IsAggregate = is_aggregate::No;
}

impl<C: AppearsOnTable<QS>, T, QS> AppearsOnTable<QS> for Among<C, T> {}

impl<C: SelectableExpression<QS>, T, QS> SelectableExpression<QS> for Among<C, T> {}

impl<C: QueryId, T: 'static> QueryId for Among<C, T> {
    type QueryId = Among<C::QueryId, T>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C: QueryFragment<Sqlite>, T> QueryFragment<Sqlite> for Among<C, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C, T> QueryFragment<Pg> for Among<C, T>
where
    C: Expression<SqlType: SingleValue> + QueryFragment<Pg>,
    Pg: HasSqlType<Array<C::SqlType>>,
    Vec<T>: ToSql<Array<C::SqlType>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<C::SqlType>, _>(&self.values)?;
        out.push_sql(")");
        Ok(())
    }
}
