//! The life of an area: from when to when it exists, and the days on which that counts.

use chrono::NaiveDate;

use super::codes::MetricKind;
use super::partial_date::PartialDate;
use super::period::Period;
use crate::error::Invalid;

/// From when to when an area exists, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Life {
    /// It exists from the first day of this date on; always has, where there is none.
    pub from: Option<PartialDate>,
    /// It exists to the last day of this date; still does, where there is none.
    pub to: Option<PartialDate>,
}

impl Life {
    /// The part of a span in which the area exists; none when it exists on no day of it.
    pub fn within(&self, span: Period) -> Option<Period> {
        let first = self.from.map_or(span.first_day(), |from| from.first_day().max(span.first_day()));
        let last = self.to.map_or(span.last_day(), |to| to.last_day().min(span.last_day()));
        Period::from_days(first, last).ok()
    }

    /// Whether the area exists on any day of a span.
    pub fn meets(&self, span: Period) -> bool {
        *self == Life::default() || self.within(span).is_some()
    }

    /// Whether this is the first day on which the area exists.
    pub fn begins_on(&self, day: NaiveDate) -> bool {
        self.from.is_some_and(|from| from.first_day() == day)
    }

    /// What to mind of a figure of a metric of this kind for a period in which the area does not count:
    /// `outside_life`.
    pub fn outside(&self, kind: MetricKind, period: Period) -> Option<Invalid> {
        let days = counted_days(kind, period);
        let (zh, en) = match (self.from, self.to) {
            _ if self.meets(days) => return None,
            (Some(from), _) if from.first_day() > days.last_day() => (
                format!("该区划自{from}起设立，{period}时尚不存在"),
                format!("the area exists from {from} on, after {period}"),
            ),
            (_, Some(to)) => (
                format!("该区划已于{to}撤销，{period}末已不存在"),
                format!("the area ended in {to}, before the end of {period}"),
            ),
            (_, None) => return None,
        };
        Some(Invalid::new(OUTSIDE, zh, en))
    }
}

/// Code of the warning that a figure lies outside the life of its area.
pub const OUTSIDE: &str = "outside_life";

/// The days of a period on one of which an area has to exist to count: of a flow any, of all else the last.
pub fn counted_days(kind: MetricKind, period: Period) -> Period {
    if kind == MetricKind::Flow { period } else { period.end() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(from: Option<&str>, to: Option<&str>) -> Life {
        let date = |text: &str| text.parse().expect("a date");
        Life { from: from.map(date), to: to.map(date) }
    }

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn a_life_is_cut_to_a_span() {
        for (from, to, within) in [
            (None, None, Some("2022")),
            (None, Some("2022-06-30"), Some("2022-S1")),
            (Some("2022-07"), None, Some("2022-S2")),
            (Some("2022"), Some("2022"), Some("2022")),
            (Some("2022-12-31"), Some("2023"), Some("2022-12-31")),
            (None, Some("2021"), None),
            (Some("2023-01-01"), None, None),
        ] {
            assert_eq!(life(from, to).within(period("2022")), within.map(period), "{from:?} to {to:?}");
        }
    }

    #[test]
    fn a_flow_counts_on_any_day_and_a_stock_on_the_last() {
        let ended = life(None, Some("2022-06-30"));
        assert_eq!(ended.outside(MetricKind::Flow, period("2022")), None);
        assert_eq!(ended.outside(MetricKind::Stock, period("2022-S1")), None);
        for (kind, text) in
            [(MetricKind::Flow, "2022-S2"), (MetricKind::Stock, "2022"), (MetricKind::Ratio, "2023")]
        {
            let told = ended.outside(kind, period(text)).expect("a warning");
            assert_eq!(told.code, OUTSIDE);
            assert!(told.message.en.contains("ended in 2022-06-30"), "{}", told.message.en);
        }
        let begun =
            life(Some("2022-07"), None).outside(MetricKind::Flow, period("2022-06")).expect("a warning");
        assert!(begun.message.en.contains("from 2022-07 on"), "{}", begun.message.en);
    }
}
