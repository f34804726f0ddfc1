//! Who has reported what: for every area of a level and every metric whether a result of exactly a period is there.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::outside_life::{self, OutsideLife};
use super::{Extent, existing, level_below};
use crate::db::figures::{self, Places};
use crate::db::metrics::{self, MetricFilter, MetricRow};
use crate::db::sight::Moment;
use crate::db::{Conn, Window, areas};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Level, MetricStatus, Visibility};
use crate::domain::life::counted_days;
use crate::domain::period::Period;
use crate::error::Result;

/// Areas looked at together: few at first, because a page needs no more, and at most so many.
const FIRST_CHUNK: i64 = 100;
const CHUNK: i64 = 2000;

/// Whose reports are looked at, and on what.
#[derive(Debug, Clone)]
pub struct Completeness {
    /// The area whose parts are looked at; none for the whole country.
    pub within: Option<AreaCode>,
    /// Level of the areas; the next below by default.
    pub level: Option<Level>,
    /// The period.
    pub period: Period,
    /// Codes of the metrics; by default the active ones that are reported at the frequency of the period.
    pub metric: Vec<String>,
    /// Only the metrics of these themes; of all when empty.
    pub theme: Vec<String>,
    /// Whether what is reported, or what is missing, is looked at alone.
    pub reported: Option<bool>,
    /// The time asked for; none for now.
    pub as_of: Option<NaiveDateTime>,
    /// Now.
    pub now: NaiveDateTime,
}

/// Whether an area has reported a metric.
#[derive(Debug, Clone)]
pub struct Row {
    /// The area.
    pub area: AreaCode,
    /// Code of the metric.
    pub metric: String,
    /// The accumulations that were reported; none when nothing was.
    pub accumulations: Vec<Accumulation>,
}

/// What the rows share.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Level of the areas.
    pub level: Level,
    /// The area that the rows of internal metrics are cut to; none when nothing is cut.
    pub scope: Option<AreaCode>,
    /// How many areas are looked at.
    pub areas: usize,
    /// Codes of the metrics, in their order.
    pub metrics: Vec<String>,
    /// Results of exactly the period that lie outside the life of their area.
    pub outside_life: OutsideLife,
}

impl Completeness {
    /// As of when, and for whose eyes.
    pub fn moment(&self, sight: Sight) -> Moment {
        Moment::new(sight, self.as_of, self.now)
    }

    /// Checks what it names.
    ///
    /// Errors: `Invalid`.
    pub fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        metrics::check(conn, sight, "metric", &self.metric)?;
        metrics::check_themes(conn, sight, &self.theme)?;
        self.level(conn).map(drop)
    }

    /// The rows after a place, at most so many, in order of area and metric.
    pub fn rows(
        &self,
        conn: &mut Conn,
        sight: Sight,
        after: Option<&(AreaCode, String)>,
        limit: usize,
    ) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.walk(conn, sight, after, true, |area, metric, accumulations| {
            let (metric, accumulations) = (metric.code.clone(), accumulations.to_vec());
            rows.push(Row { area, metric, accumulations });
            rows.len() < limit
        })?;
        Ok(rows)
    }

    /// How many rows there are.
    pub fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        let mut count = 0;
        self.walk(conn, sight, None, self.reported.is_some(), |_, _, _| {
            count += 1;
            true
        })?;
        Ok(count)
    }

    /// What the rows share.
    pub fn shared(&self, conn: &mut Conn, sight: Sight) -> Result<Shared> {
        let (level, metrics) = (self.level(conn)?, self.metrics(conn, sight)?);
        Ok(Shared {
            level,
            scope: Extent::new(self.within, sight, &metrics).scope,
            areas: existing(conn, self.range(sight, &metrics), level, self.days(&metrics))?.len(),
            outside_life: self.outside_life(conn, sight, &metrics)?,
            metrics: metrics.into_iter().map(|metric| metric.members.code).collect(),
        })
    }

    /// The metrics, in order of code.
    fn metrics(&self, conn: &mut Conn, sight: Sight) -> Result<Vec<MetricRow>> {
        let Completeness { metric: named, theme, .. } = self;
        if !named.is_empty() && theme.is_empty() {
            return named.iter().map(|code| metrics::find(conn, sight, code)).collect();
        }
        let status = if named.is_empty() { vec![MetricStatus::Active] } else { Vec::new() };
        let filter = MetricFilter { theme: theme.clone(), status, ..MetricFilter::default() };
        let rows = metrics::list(conn, sight, &filter, &Window { after: None, limit: i64::MAX })?;
        let frequency = self.period.frequency();
        let looked_at = |row: &MetricRow| {
            if named.is_empty() { row.frequencies.contains(&frequency) } else { named.contains(&row.code) }
        };
        Ok(rows.into_iter().filter(looked_at).collect())
    }

    fn level(&self, conn: &mut Conn) -> Result<Level> {
        level_below(conn, self.within, self.level)
    }

    /// The areas that are told of for any of these metrics: those of the one that is told of most.
    fn range(&self, sight: Sight, metrics: &[MetricRow]) -> (i64, i64) {
        let public = metrics.iter().filter(|metric| metric.visibility == Visibility::Public);
        let widest: &[MetricRow] = if public.count() > 0 { &[] } else { metrics };
        Extent::new(self.within, sight, widest).range
    }

    /// The days on one of which an area has to exist to be looked at for any of these metrics.
    fn days(&self, metrics: &[MetricRow]) -> Period {
        let days = metrics.iter().map(|metric| counted_days(metric.kind, self.period));
        // All end with the period.
        days.min().unwrap_or(self.period.end())
    }

    /// Calls `each` for every row after a place, until it wants no more: with an area, a metric, and the accumulations
    /// that were reported, which are looked up only where they matter.
    fn walk(
        &self,
        conn: &mut Conn,
        sight: Sight,
        after: Option<&(AreaCode, String)>,
        looks_up: bool,
        mut each: impl FnMut(AreaCode, &MetricRow, &[Accumulation]) -> bool,
    ) -> Result<()> {
        let metrics = self.metrics(conn, sight)?;
        let codes: Vec<String> = metrics.iter().map(|metric| metric.code.clone()).collect();
        let (level, days) = (self.level(conn)?, self.days(&metrics));
        let (mut first, last) = self.range(sight, &metrics);
        // The area of the place itself may have more rows.
        first = after.map_or(first, |(area, _)| first.max(area.as_i64()));
        let (mut chunk, mut goes_on) = (FIRST_CHUNK, true);
        while goes_on {
            let areas = areas::existing_between(conn, (first, last), level, days, Some(chunk))?;
            let Some(end) = areas.last() else { return Ok(()) };
            let places = match level {
                // Most of what is stated between two villages is of villages.
                Level::Village => Places::Codes(areas[0].code.as_i64(), end.code.as_i64(), None),
                _ => Places::These(areas.iter().map(|area| area.code).collect()),
            };
            first = end.code.as_i64() + 1;
            chunk = (2 * chunk).min(CHUNK);
            let mut found: HashMap<(AreaCode, &str), Vec<Accumulation>> = HashMap::new();
            let reported = match looks_up {
                true => figures::reported(conn, &codes, &places, self.period, self.moment(sight))?,
                false => Vec::new(),
            };
            for (area, metric, accumulation) in &reported {
                found.entry((*area, metric)).or_default().push(*accumulation);
            }
            goes_on = areas.iter().all(|area| {
                metrics.iter().all(|metric| {
                    let code = metric.code.as_str();
                    let accumulations = found.get(&(area.code, code)).map_or(&[][..], Vec::as_slice);
                    let seen = metric.visibility == Visibility::Public || sight.internal.covers(area.code);
                    let wanted = seen
                        && area.life.meets(counted_days(metric.kind, self.period))
                        && self.reported.is_none_or(|wanted| wanted != accumulations.is_empty())
                        && after.is_none_or(|(after, than)| (area.code, code) > (*after, than.as_str()));
                    !wanted || each(area.code, metric, accumulations)
                })
            });
        }
        Ok(())
    }

    /// What is reported of the period and has no row.
    fn outside_life(&self, conn: &mut Conn, sight: Sight, metrics: &[MetricRow]) -> Result<OutsideLife> {
        let (reached, moment) = ((self.range(sight, metrics), self.level(conn)?), self.moment(sight));
        outside_life::of_period(conn, metrics, reached, self.period, moment)
    }
}
