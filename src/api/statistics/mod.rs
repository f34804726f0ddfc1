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

use super::listing::Listing;
use super::observations::next_change;
use super::observations::query::AsOf;
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
use crate::statistics::{Asked, Question};

/// A statistic whose rows are worked out all at once, in the order of their places.
pub trait Worked: Send + Sync + 'static {
    /// What its rows share.
    type Meta: Serialize;
    /// A row as it is worked out.
    type Row: Send + Sync + 'static;
    /// A row as it goes over the wire.
    type Told: Tabular + ToSchema + Send + 'static;
    /// What a row is known by, in a cursor.
    type Place: Ord + Serialize + DeserializeOwned + Send + 'static;

    /// What was asked for.
    fn asked(&self) -> &Asked;
    /// Works it out.
    fn work(&self, conn: &mut Conn, question: &Question) -> Result<(Self::Meta, Vec<Self::Row>)>;
    /// Puts a row as it goes over the wire: of those on a page and no others.
    fn told(&self, question: &Question, row: &Self::Row) -> Result<Self::Told>;
    /// How the rows make a cube.
    fn cube(&self) -> &'static Cube;
    /// The place of a row.
    fn place(row: &Self::Row) -> Self::Place;
    /// The place of a row as it goes over the wire.
    fn place_of(told: &Self::Told) -> Self::Place;
}

/// A statistic as a list. It is worked out once, however often pages of it are asked for.
pub struct Whole<W: Worked> {
    worked: W,
    done: OnceLock<Done<W::Row>>,
}

/// A statistic that has been worked out.
struct Done<R> {
    question: Question,
    meta: Value,
    rows: Vec<R>,
}

impl<W: Worked> Whole<W> {
    /// Nothing has been worked out yet.
    pub fn new(worked: W) -> Whole<W> {
        Whole { worked, done: OnceLock::new() }
    }

    fn done(&self) -> Result<&Done<W::Row>> {
        self.done.get().ok_or(Error::Cancelled)
    }
}

impl<W: Worked> Listing for Whole<W> {
    type Key = W::Place;
    type Item = W::Told;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        let question = Question::new(conn, sight, self.worked.asked())?;
        let (meta, rows) = self.worked.work(conn, &question)?;
        let meta = serde_json::to_value(meta).map_err(unwritable)?;
        // Nobody else sets it.
        let _ = self.done.set(Done { question, meta, rows });
        Ok(())
    }

    fn page(&self, _: &mut Conn, _: Sight, window: &Window<W::Place>) -> Result<Vec<W::Told>> {
        let Done { question, rows, .. } = self.done()?;
        let from = match &window.after {
            Some(after) => rows.partition_point(|row| W::place(row) <= *after),
            None => 0,
        };
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        rows[from..].iter().take(limit).map(|row| self.worked.told(question, row)).collect()
    }

    fn count(&self, _: &mut Conn, _: Sight) -> Result<i64> {
        Ok(self.done()?.rows.len() as i64)
    }

    fn key(&self, told: &W::Told) -> W::Place {
        W::place_of(told)
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        good_until(conn, self.worked.asked())
    }

    fn meta(&self, _: &mut Conn, _: Sight) -> Result<Option<Value>> {
        Ok(Some(self.done()?.meta.clone()))
    }

    fn cube(&self) -> Option<&'static Cube> {
        Some(self.worked.cube())
    }

    fn is_long(&self) -> bool {
        true
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
