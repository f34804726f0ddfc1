//! Units as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::columns::words;
use crate::db::units::UnitRow;
use crate::error::{Error, Result};
use crate::exchange::table::Tabular;

/// A unit of measure 计量单位. Units of one dimension convert into each other exactly: a value in
/// this unit, times numerator / denominator, is a value in the base of the dimension.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Unit {
    /// Code: UN/ECE Recommendation 20 or ISO 4217 where they have one.
    #[schema(example = "CNY_10K")]
    pub code: String,
    /// Name in Chinese, as figures are spoken.
    #[schema(example = "万元")]
    pub name: String,
    /// Name in English.
    #[schema(example = "ten thousand yuan")]
    pub name_en: String,
    /// Symbol in print.
    #[schema(example = "万元")]
    pub symbol: String,
    /// Other words that figures and imports may name it by.
    #[schema(example = json!(["公里"]), max_items = 100)]
    pub aliases: Vec<String>,
    /// Dimension: only units of the same one convert. Each counted thing is its own.
    #[schema(example = "money")]
    pub dimension: String,
    /// Upper part of the exact factor to the dimension's base.
    #[schema(example = 10000, minimum = 1)]
    pub numerator: i64,
    /// Lower part of the exact factor to the dimension's base.
    #[schema(example = 1, minimum = 1)]
    pub denominator: i64,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

impl Tabular for Unit {}

impl TryFrom<UnitRow> for Unit {
    type Error = Error;

    fn try_from(row: UnitRow) -> Result<Unit> {
        let UnitRow {
            code,
            name,
            name_en,
            symbol,
            dimension,
            numerator,
            denominator,
            seq,
            updated_at,
            aliases,
        } = row;
        let (aliases, updated_at) = (words(&aliases)?, updated_at.and_utc());
        Ok(Unit { code, name, name_en, symbol, aliases, dimension, numerator, denominator, seq, updated_at })
    }
}
