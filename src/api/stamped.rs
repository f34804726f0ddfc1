//! Rows whose members are answered as they are handed in, with the stamp of the ledger behind them.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::body::schemas::{finished, plain};
use crate::exchange::table::Tabular;

/// A row by its members, and the entry that last touched it.
#[derive(Debug, Clone, Serialize)]
pub struct Stamped<M> {
    /// What can be handed in.
    #[serde(flatten)]
    pub members: M,
    /// Number of the entry that last touched this row.
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// The stamp alone.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its schema is that of the stamp")]
struct Stamp {
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    seq: i64,
    /// When that entry was made.
    updated_at: DateTime<Utc>,
}

impl<M: ToSchema> ToSchema for Stamped<M> {
    fn name() -> Cow<'static, str> {
        M::name().trim_end_matches("Input").to_owned().into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        M::schemas(schemas);
    }
}

impl<M: ToSchema> PartialSchema for Stamped<M> {
    fn schema() -> RefOr<Schema> {
        let (mut schema, stamp) = (plain(&M::schema()), plain(&Stamp::schema()));
        if let (Some(members), Value::Object(stamp)) =
            (schema["properties"].as_object_mut(), &stamp["properties"])
        {
            members.extend(stamp.clone());
        }
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("additionalProperties");
            // It is that of a body.
            schema.remove("example");
        }
        finished(schema)
    }
}

impl<M: Serialize + ToSchema + 'static> Tabular for Stamped<M> {}
