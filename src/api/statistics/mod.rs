//! Statistics over the figures of a metric. Each is worked out whole in `statistics`; here are its
//! parameters, its rows as they go over the wire, and its pages.

pub mod aggregate;
pub mod completeness;
pub mod completion;
pub mod ranking;
pub mod series;
pub mod types;

use std::sync::OnceLock;

use chrono::NaiveDateTime;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::observations::next_change;
use super::observations::query::AsOf;
use super::page::Listing;
use super::query::{Fields, FromFields};
use crate::db::observations::Moment;
use crate::db::{Conn, Window};
use crate::domain::access::Sight;
use crate::domain::codes::{Accumulation, Role};
use crate::domain::period::Period;
use crate::error::{Error, Fault, Invalid, Result};
use crate::exchange::cube::Cube;
use crate::exchange::table::Tabular;
use crate::exchange::writer::unwritable;
use crate::statistics::Asked;

/// A statistic whose rows are worked out all at once, in the order of their places.
pub trait Worked: Send + Sync + 'static {
    /// What its rows share.
    type Meta: Serialize;
    /// A row as it goes over the wire.
    type Row: Tabular + ToSchema + Clone + Send + Sync + 'static;
    /// What a row is known by, in a cursor.
    type Place: Ord + Serialize + DeserializeOwned + Send + 'static;

    /// What was asked for.
    fn asked(&self) -> &Asked;
    /// Works it out.
    fn work(&self, conn: &mut Conn, sight: Sight) -> Result<(Self::Meta, Vec<Self::Row>)>;
    /// How the rows make a cube.
    fn cube(&self) -> &'static Cube;
    /// The place of a row.
    fn place(row: &Self::Row) -> Self::Place;
}

/// A statistic as a list. It is worked out once, however often pages of it are asked for.
pub struct Whole<W: Worked> {
    worked: W,
    done: OnceLock<(Value, Vec<W::Row>)>,
}

impl<W: Worked> Whole<W> {
    /// Nothing has been worked out yet.
    pub fn new(worked: W) -> Whole<W> {
        Whole { worked, done: OnceLock::new() }
    }

    fn done(&self) -> Result<&(Value, Vec<W::Row>)> {
        self.done.get().ok_or(Error::Cancelled)
    }
}

impl<W: Worked> Listing for Whole<W> {
    type Key = W::Place;
    type Item = W::Row;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        let (meta, rows) = self.worked.work(conn, sight)?;
        let meta = serde_json::to_value(meta).map_err(unwritable)?;
        // Nobody else sets it.
        let _ = self.done.set((meta, rows));
        Ok(())
    }

    fn page(&self, _: &mut Conn, _: Sight, window: &Window<W::Place>) -> Result<Vec<W::Row>> {
        let (_, rows) = self.done()?;
        let from = match &window.after {
            Some(after) => rows.partition_point(|row| W::place(row) <= *after),
            None => 0,
        };
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        Ok(rows[from..].iter().take(limit).cloned().collect())
    }

    fn count(&self, _: &mut Conn, _: Sight) -> Result<i64> {
        Ok(self.done()?.1.len() as i64)
    }

    fn key(&self, row: &W::Row) -> W::Place {
        W::place(row)
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        let asked = self.worked.asked();
        next_change(conn, Moment::new(Sight::PUBLIC, asked.as_of, asked.now), asked.now)
    }

    fn meta(&self, _: &mut Conn, _: Sight) -> Result<Option<Value>> {
        Ok(Some(self.done()?.0.clone()))
    }

    fn cube(&self) -> Option<&'static Cube> {
        Some(self.worked.cube())
    }

    fn is_long(&self) -> bool {
        true
    }
}

/// The parameters that every statistic of a metric has.
#[derive(Debug, Clone, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Figures {
    /// Accumulation of the figures: that of the metric's kind by default (flow: `period`, else `instant`).
    /// One accumulation is never mixed with another.
    #[param(required = false, inline, example = "instant")]
    pub accumulation: Option<Accumulation>,
    /// Role of the figures; `actual` by default. One role is never mixed with another.
    #[param(required = false, inline, example = "actual")]
    pub role: Option<Role>,
    /// Figures as the public could know them at the end of a day or at an instant; now by default.
    #[param(value_type = Option<crate::domain::when::When>, example = "2023-12-31")]
    pub as_of: Option<AsOf>,
    /// Unit to tell the answer in, by code; 422 for one of another dimension.
    #[param(example = "MTK")]
    pub unit: Option<String>,
}

impl FromFields for Figures {
    fn from_fields(fields: &mut Fields) -> Figures {
        Figures {
            accumulation: fields.one("accumulation"),
            role: fields.one("role"),
            as_of: fields.one("as_of"),
            unit: fields.text("unit"),
        }
    }
}

impl Figures {
    /// What is asked of a metric.
    fn of(self, metric: &str, now: NaiveDateTime) -> Asked {
        let Figures { accumulation, role, as_of, unit } = self;
        Asked {
            metric: metric.to_owned(),
            accumulation,
            role: role.unwrap_or(Role::Actual),
            as_of: as_of.map(AsOf::time),
            unit,
            now,
        }
    }
}

/// The span that `period`, or `from` and `to`, name: the one or the other.
fn span(period: Option<Period>, from: Option<Period>, to: Option<Period>) -> Result<Period> {
    match (period, from, to) {
        (Some(period), None, None) => Ok(period),
        (None, Some(from), Some(to)) => Period::from_days(from.first_day(), to.last_day())
            .map_err(|invalid| Fault::parameter("to", invalid).into()),
        _ => {
            let (zh, en) = ("请给出 period，或者 from 和 to", "is needed, or from and to together");
            Err(unusable("period", "which_span", zh, en))
        }
    }
}

/// A parameter that does not go with the others.
fn unusable(parameter: &str, code: &'static str, zh: &str, en: &str) -> Error {
    Fault::parameter(parameter, Invalid::new(code, zh, en)).into()
}
