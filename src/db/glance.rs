//! What the first screen of an app counts of an area and of all below: in one query, of wide areas in a few.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::areas::existing;
use super::dialect::{Conn, on_each};
use super::observation_id::ObservationId;
use super::observations::count::count;
use super::observations::joined;
use super::observations::selection::Selection;
use super::schema::{areas, observations, plan_item_areas, plan_items};
use super::sight::{Moment, current, plan_item_visible};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::Level;
use crate::error::Result;

/// A county and all below it have fewer codes.
const COUNTY: i64 = 1_000_000;

/// How much there is of an area and of all below, as far as it is seen.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Villages and communities that exist on a day.
    pub villages: i64,
    /// Plan items.
    pub plan_items: i64,
    /// Observations.
    pub observations: i64,
}

/// Counts what there is of an area and of all below.
pub fn counts(
    conn: &mut Conn,
    sight: Sight,
    within: AreaCode,
    day: NaiveDate,
    moment: Moment,
) -> Result<Counts> {
    let (first, last) = within.subtree().into_inner();
    let villages = areas::table
        .filter(areas::level.eq(Level::Village))
        .filter(areas::code.between(first, last))
        .filter(existing(day))
        .count();
    let inside = plan_item_areas::table.filter(plan_item_areas::area.between(first, last));
    let items = plan_items::table
        .filter(plan_item_visible(sight.internal))
        .filter(plan_items::code.eq_any(inside.select(plan_item_areas::item)))
        .count();
    // A prefecture has more figures than are counted one by one.
    let is_wide = last - first >= COUNTY;
    let (from, to) = if is_wide { (1, 0) } else { (first, last) };
    let figures = joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::area.between(from, to))
        .count();
    let counted: (Option<i64>, Option<i64>, Option<i64>) = on_each!(conn, conn => diesel::select((
        villages.single_value(),
        items.single_value(),
        figures.single_value(),
    ))
    .get_result(conn))?;
    let (villages, plan_items, observations) = counted;
    let observations = match is_wide {
        true => count(conn, &Selection { within: Some(within), ..Selection::all(moment) })?,
        false => observations.unwrap_or(0),
    };
    Ok(Counts { villages: villages.unwrap_or(0), plan_items: plan_items.unwrap_or(0), observations })
}
