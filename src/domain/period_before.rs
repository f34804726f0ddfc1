//! Which earlier figure a figure is compared with. Every change, former rank, leap and bulletin asks here, so
//! that none of them compares across a beginning.

use chrono::Datelike;

use super::codes::Accumulation;
use super::frequency::Frequency;
use super::period::Period;

/// The period whose figure is the one before: the period directly before, of the same frequency, where the
/// figures go on from it. Where nothing is stated of it there is a gap and no figure before: an older one does
/// not take its place.
pub fn before(accumulation: Accumulation, period: &Period) -> Option<Period> {
    period.previous().filter(|earlier| goes_on(accumulation, earlier, period))
}

/// Whether the figures of a later period go on from those of an earlier one. What accumulates since January
/// began anew with another year, but for whole years and the same part of the year before.
pub fn goes_on(accumulation: Accumulation, earlier: &Period, later: &Period) -> bool {
    !grows(accumulation, later)
        || earlier.last_day().year() == later.last_day().year()
        || later.year_before() == Some(*earlier)
}

/// Whether figures grow from period to period by nature, so that a leap is nothing to doubt: what accumulates
/// since January, within the year.
pub fn grows(accumulation: Accumulation, period: &Period) -> bool {
    accumulation == Accumulation::YearToDate && period.frequency() != Frequency::Year
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn what_accumulates_since_january_has_nothing_before_its_first_period() {
        use Accumulation::{InceptionToDate, Instant, YearToDate};
        for (now, directly_before, goes_on) in [
            ("2022-01", "2021-12", false),
            ("2022-02", "2022-01", true),
            ("2022-Q1", "2021-Q4", false),
            ("2022-Q2", "2022-Q1", true),
            ("2022-S1", "2021-S2", false),
            ("2022-S2", "2022-S1", true),
            ("2022", "2021", true),
            ("2022-01-01", "2021-12-31", false),
            // This week ends on 2 January: it tells of two days.
            ("2021-W52", "2021-W51", false),
            ("2022-W01", "2021-W52", true),
        ] {
            let told = |accumulation| before(accumulation, &period(now));
            let directly = Some(period(directly_before));
            assert_eq!(told(YearToDate), directly.filter(|_| goes_on), "{now}");
            for other in [Accumulation::Period, InceptionToDate, Instant] {
                assert_eq!(told(other), directly, "{now} {other}");
            }
        }
        assert_eq!(before(Instant, &period("2022-01/2022-11")), None);
    }

    #[test]
    fn figures_further_apart_go_on_within_a_year_and_from_the_same_part_of_the_one_before() {
        for (earlier, later, expected) in [
            ("2022-01", "2022-11", true),
            ("2022-01/2022-10", "2022-01/2022-11", true),
            ("2021-01-01/2021-12-30", "2022-01/2022-11", false),
            ("2021-01/2021-11", "2022-01/2022-11", true),
            ("2021-11", "2022-11", true),
            ("2021-10", "2022-11", false),
            ("2019", "2022", true),
        ] {
            let (earlier, later) = (period(earlier), period(later));
            assert_eq!(goes_on(Accumulation::YearToDate, &earlier, &later), expected, "{earlier} {later}");
            assert!(goes_on(Accumulation::InceptionToDate, &earlier, &later));
        }
    }
}
