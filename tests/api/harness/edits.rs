//! What the newest entry of the ledger did.

use diesel::prelude::*;
use serde_json::Value;

use super::TestApp;

#[derive(QueryableByName)]
struct EditRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    told: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    before: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    after: Option<String>,
}

/// The edits of the newest entry, in order: what was done to which row, and the row before and after.
pub async fn last_edits(app: &TestApp) -> Vec<(String, Value, Value)> {
    let read = app.db.read(|conn| {
        let query = "SELECT op || ' ' || kind || ' ' || key AS told, before, after FROM edits
                     WHERE seq = (SELECT MAX(seq) FROM entries) ORDER BY ordinal";
        Ok(diesel::sql_query(query).load::<EditRow>(conn)?)
    });
    let json = |text: Option<String>| text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
    let rows = read.await.unwrap().data;
    rows.into_iter().map(|row| (row.told, json(row.before), json(row.after))).collect()
}

/// What the newest entry did, without the rows.
pub async fn last_done(app: &TestApp) -> Vec<String> {
    last_edits(app).await.into_iter().map(|(told, ..)| told).collect()
}
