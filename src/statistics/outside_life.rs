//! Figures of areas that did not exist then: no statistic counts them, and each says so.

use std::collections::HashMap;

use super::{Question, Term};
use crate::db::areas::Member;
use crate::db::figures::{self, Places, Times};
use crate::db::metrics::MetricRow;
use crate::db::sight::Moment;
use crate::db::{Conn, areas};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Level, MetricKind};
use crate::domain::life::{Life, counted_days};
use crate::domain::period::Period;
use crate::error::Result;

/// Areas that are looked at together.
const CHUNK: usize = 500;

/// Figures that are not counted.
#[derive(Debug, Clone, Default)]
pub struct OutsideLife {
    /// How many.
    pub figures: usize,
    /// Their areas, in order of code.
    pub areas: Vec<AreaCode>,
}

impl OutsideLife {
    fn add(&mut self, area: AreaCode, figures: usize) {
        self.figures += figures;
        if let Err(at) = self.areas.binary_search(&area)
            && figures > 0
        {
            self.areas.insert(at, area);
        }
    }

    /// Adds what else is not counted.
    pub(super) fn extend(&mut self, other: OutsideLife) {
        self.figures += other.figures;
        self.areas.extend(other.areas);
        self.areas.sort_unstable();
        self.areas.dedup();
    }
}

/// The figures of a term for a span that are not counted, of the areas of a level between two codes. What tells
/// of the whole span is counted, where its area counts in it at all.
pub(super) fn of_term(
    conn: &mut Conn,
    question: &Question,
    term: &Term,
    (range, level): ((i64, i64), Level),
    (times, span): (&Times, Period),
) -> Result<OutsideLife> {
    let mut found = OutsideLife::default();
    let short_lived = areas::not_throughout(conn, range, level, span)?;
    for members in short_lived.chunks(CHUNK) {
        let codes = members.iter().map(|member| member.code).collect();
        let stated = term.stated(conn, question, Places::These(codes), times.clone())?;
        for Member { code, life, .. } in members {
            let stated = stated.get(code).map_or(&[][..], Vec::as_slice);
            let counts = life.meets(term.counted_days(span))
                && term.over_time(span, &Life::default(), stated).is_some();
            let outside = stated.iter().filter(|(period, _)| !life.meets(term.counted_days(*period)));
            found.add(*code, if counts { 0 } else { outside.count() });
        }
    }
    Ok(found)
}

/// The results of some metrics for exactly a period that are not counted, of the areas of a level between two
/// codes.
pub fn of_period(
    conn: &mut Conn,
    metrics: &[MetricRow],
    (range, level): ((i64, i64), Level),
    period: Period,
    moment: Moment,
) -> Result<OutsideLife> {
    let kinds: HashMap<&str, MetricKind> =
        metrics.iter().map(|metric| (metric.code.as_str(), metric.kind)).collect();
    let named: Vec<String> = metrics.iter().map(|metric| metric.code.clone()).collect();
    let mut found = OutsideLife::default();
    let short_lived = areas::not_throughout(conn, range, level, period)?;
    for members in short_lived.chunks(CHUNK) {
        let places = Places::These(members.iter().map(|member| member.code).collect());
        for (area, metric, _) in figures::reported(conn, &named, &places, period, moment)? {
            let kind = kinds.get(metric.as_str());
            if kind.is_some_and(|kind| !exists(members, area, counted_days(*kind, period))) {
                found.add(area, 1);
            }
        }
    }
    Ok(found)
}

/// Whether one of these areas, which are in order of code, exists on any of these days.
fn exists(members: &[Member], area: AreaCode, days: Period) -> bool {
    let at = members.binary_search_by_key(&area, |member| member.code);
    at.is_ok_and(|at| members[at].life.meets(days))
}
