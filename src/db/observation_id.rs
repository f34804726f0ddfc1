//! The id of an observation as a query writes it, which decides how a planner goes from observations to their
//! states.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

use super::schema::observations;

/// The id of an observation, to find its states by. Unlike raw SQL, a statement with it is prepared once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObservationId {
    /// As it is.
    Plain,
    /// For a query that is led by observations: a sum with nothing keeps the embedded database from going the
    /// other way, through all states to their observations, where nothing but a guess of how few would be left
    /// speaks for it.
    First,
}

impl Expression for ObservationId {
    type SqlType = BigInt;
}

impl ValidGrouping<()> for ObservationId {
    type IsAggregate = is_aggregate::No;
}

impl<QS> AppearsOnTable<QS> for ObservationId where observations::id: AppearsOnTable<QS> {}

impl<QS> SelectableExpression<QS> for ObservationId where observations::id: SelectableExpression<QS> {}

impl QueryId for ObservationId {
    type QueryId = ();
    // Two queries of one type are two statements.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for ObservationId
where
    observations::id: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        observations::id.walk_ast(out.reborrow())?;
        if *self == ObservationId::First {
            out.push_sql(" + 0");
        }
        Ok(())
    }
}
