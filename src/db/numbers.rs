//! What areas state of exactly a period, as sums and ranks need it: numbers and their bounds, out of one index that has
//! all of it.

use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;

use super::among::among;
use super::dialect::{Conn, on_each};
use super::figures::Places;
use super::observations::day_number;
use super::schema::{areas, revisions};
use super::sight::{Moment, state_current};
use crate::domain::access::Reach;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Level, Role, Spread};
use crate::domain::decimal::Decimal;
use crate::domain::derived::Derived;
use crate::domain::period::Period;
use crate::error::Result;

/// Which numbers are asked for.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the members are those of an observation's key")]
pub struct Scope<'a> {
    pub metric: &'a str,
    /// Where figures of the metric may be seen.
    pub visible: Reach,
    pub places: &'a Places,
    pub period: Period,
    pub accumulation: Accumulation,
    pub role: Role,
    pub moment: Moment,
}

/// The states of a scope at its moment. A target for each village is no figure of the area that it was set for.
#[auto_type(no_type_alias)]
fn stated<'a>(
    metric: &'a str,
    (first_day, last_day): (i32, i32),
    accumulation: Accumulation,
    role: Role,
    (first, last): (i64, i64),
    moment: Moment,
) -> _ {
    let each: Spread = Spread::Each;
    let current: state_current = state_current(moment);
    revisions::metric
        .eq(metric)
        .and(revisions::role.eq(role))
        .and(revisions::accumulation.eq(accumulation))
        .and(revisions::first_day.eq(first_day))
        .and(revisions::last_day.eq(last_day))
        .and(revisions::area.between(first, last))
        .and(revisions::spread.is_null().or(revisions::spread.ne(each)))
        .and(current)
}

/// Whether anything is stated of a part of a period, wherever that is.
pub fn has_parts(conn: &mut Conn, scope: &Scope<'_>) -> Result<bool> {
    use revisions::{first_day, last_day};
    let (first, last) = (day_number(scope.period.first_day()), day_number(scope.period.last_day()));
    // Each of the two is found, or not, by one look into the index.
    let starts_with_it = first_day.eq(first).and(last_day.lt(last));
    let starts_later = first_day.gt(first).and(first_day.le(last)).and(last_day.le(last));
    let of_key = revisions::metric
        .eq(scope.metric)
        .and(revisions::role.eq(scope.role))
        .and(revisions::accumulation.eq(scope.accumulation));
    Ok(on_each!(conn, conn => diesel::select(
        exists(revisions::table.filter(of_key).filter(starts_with_it))
            .or(exists(revisions::table.filter(of_key).filter(starts_later))),
    )
    .get_result(conn))?)
}

type Said = (AreaCode, Decimal, Option<Decimal>, Option<Decimal>, bool, bool);

/// The numbers of a scope, in order of area. Of places with level village those of other levels come too: there are few,
/// and to ask the level of each area costs more.
pub fn of_period(conn: &mut Conn, scope: &Scope<'_>) -> Result<Vec<(AreaCode, Derived)>> {
    let Scope { metric, visible, places, period, accumulation, role, moment } = *scope;
    let days = (day_number(period.first_day()), day_number(period.last_day()));
    let (from, to) = visible.span();
    let (first, last) = match places {
        Places::These(_) => (from, to),
        Places::Codes(first, last, _) => (from.max(*first), to.min(*last)),
    };
    let columns = (
        revisions::area,
        revisions::value,
        revisions::lower,
        revisions::upper,
        revisions::lower_inclusive,
        revisions::upper_inclusive,
    );
    let rows: Vec<Said> = on_each!(conn, conn => {
        let all = revisions::table.filter(stated(metric, days, accumulation, role, (first, last), moment));
        match places {
            Places::These(codes) => {
                let codes = codes.iter().map(|code| code.as_i64());
                all.filter(among(revisions::area, codes)).select(columns).order(revisions::area).load(conn)
            }
            Places::Codes(_, _, Some(level)) if *level < Level::Village => {
                let of_level = areas::table.filter(areas::code.eq(revisions::area)).filter(areas::level.eq(*level));
                all.filter(exists(of_level)).select(columns).order(revisions::area).load(conn)
            }
            Places::Codes(..) => all.select(columns).order(revisions::area).load(conn),
        }
    })?;
    let number = |(area, value, lower, upper, lower_inclusive, upper_inclusive): Said| {
        (area, Derived::between(value, (lower, lower_inclusive), (upper, upper_inclusive)))
    };
    Ok(rows.into_iter().map(number).collect())
}
