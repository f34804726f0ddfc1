//! Statistics over the figures of a metric. Each is worked out whole in `statistics`; here are its
//! parameters, its rows as they go over the wire, and its pages.

pub mod aggregate;
pub mod completeness;
pub mod completion;
pub mod ranking;
pub mod series;
pub mod types;

use chrono::NaiveDateTime;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::listing::Listing;
use super::observations::next_change;
use super::observations::query::AsOf;
use super::query::{Fields, FromFields};
use crate::db::sight::Moment;
use crate::db::{Conn, Window};
use crate::domain::access::Sight;
use crate::domain::codes::{Accumulation, Role};
use crate::domain::period::Period;
use crate::error::{Error, Fault, Invalid, Result};
use crate::exchange::cube::Cube;
use crate::exchange::table::Tabular;
use crate::exchange::writer::unwritable;
use crate::statistics::{Asked, Question};

/// A row of a statistic as it goes over the wire, where all rows are worked out before any is shown.
pub trait StatisticRow: Tabular + ToSchema + Sized + Send + 'static {
    /// The row as it was worked out.
    type Outcome: Send + Sync + 'static;
    /// What a row is known by, in a cursor.
    type Place: Ord + Serialize + DeserializeOwned + Send + 'static;
    /// How the rows make a cube.
    const CUBE: &'static Cube;

    /// The row of an outcome.
    fn new(question: &Question, outcome: &Self::Outcome) -> Result<Self>;
    /// The place of an outcome.
    fn place_of(outcome: &Self::Outcome) -> Self::Place;
    /// The place of a row.
    fn place(&self) -> Self::Place;
}

/// A statistic that has been worked out, as a list: only what is on a page is put as it goes over the wire.
pub struct WorkedOut<R: StatisticRow> {
    question: Question,
    meta: Value,
    outcomes: Vec<R::Outcome>,
    good_until: Option<NaiveDateTime>,
}

impl<R: StatisticRow> WorkedOut<R> {
    /// What came out, in the order of the places, and what all of it shares.
    fn new(
        conn: &mut Conn,
        asked: &Asked,
        question: Question,
        meta: &impl Serialize,
        outcomes: Vec<R::Outcome>,
    ) -> Result<WorkedOut<R>> {
        let meta = serde_json::to_value(meta).map_err(unwritable)?;
        Ok(WorkedOut { question, meta, outcomes, good_until: good_until(conn, asked)? })
    }
}

impl<R: StatisticRow> Listing for WorkedOut<R> {
    type Key = R::Place;
    type Item = R;

    fn page(&self, _: &mut Conn, _: Sight, window: &Window<R::Place>) -> Result<Vec<R>> {
        let from = match &window.after {
            Some(after) => self.outcomes.partition_point(|outcome| R::place_of(outcome) <= *after),
            None => 0,
        };
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        self.outcomes[from..].iter().take(limit).map(|outcome| R::new(&self.question, outcome)).collect()
    }

    fn count(&self, _: &mut Conn, _: Sight) -> Result<i64> {
        Ok(self.outcomes.len() as i64)
    }

    fn key(&self, row: &R) -> R::Place {
        row.place()
    }

    fn good_until(&self, _: &mut Conn) -> Result<Option<NaiveDateTime>> {
        Ok(self.good_until)
    }

    fn meta(&self, _: &mut Conn, _: Sight) -> Result<Option<Value>> {
        Ok(Some(self.meta.clone()))
    }

    fn cube(&self) -> Option<&'static Cube> {
        Some(R::CUBE)
    }
}

/// When a statistic changes without a write, if ever.
fn good_until(conn: &mut Conn, asked: &Asked) -> Result<Option<NaiveDateTime>> {
    next_change(conn, Moment::new(Sight::PUBLIC, asked.as_of, asked.now), asked.now)
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

/// `period` is a parameter without which a query is refused.
const NO_PERIOD: Error = Error::Bug("a query without the period that it has to have");

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
