//! Which observations a list has, and in which order.

use super::Stated;
use crate::db::order::Mark;
use crate::db::sight::Moment;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Level, Role, codes};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::sort::Sort;

codes! {
    /// What observations are sorted by.
    SortBy ("排序方式", "an order") {
        Id = "id" ("登记先后", "Order of entry"),
        Metric = "metric" ("指标", "Code of the metric"),
        Area = "area" ("区划", "Code of the area"),
        Period = "period" ("时期", "First day, then last day"),
        Value = "value" ("数值", "Value, in the unit each metric is held in"),
        ReleasedAt = "released_at" ("发布时间", "Time of release"),
        Seq = "seq" ("记账序号", "Entry of the state"),
    }
}

/// In which order a list is.
pub type ObservationSort = Sort<SortBy>;

/// Which observations a list shows, as of when and in which order.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the query parameters of the same names describe them")]
pub struct Selection {
    pub metric: Vec<String>,
    pub theme: Vec<String>,
    pub area: Vec<AreaCode>,
    pub within: Option<AreaCode>,
    pub level: Vec<Level>,
    pub period: Vec<Period>,
    pub from: Option<Period>,
    pub to: Option<Period>,
    pub accumulation: Vec<Accumulation>,
    pub role: Vec<Role>,
    pub report: Vec<String>,
    /// Comparators, `None` standing for exact figures.
    pub comparator: Vec<Option<String>>,
    pub value_ge: Option<Decimal>,
    pub value_le: Option<Decimal>,
    pub certain: bool,
    /// Of each metric and area only so many of the newest periods that all else leaves.
    pub latest: Option<i64>,
    pub moment: Moment,
    pub sort: ObservationSort,
}

impl Selection {
    /// Everything that can be seen at a moment, in order of entry.
    pub fn all(moment: Moment) -> Selection {
        Selection {
            metric: Vec::new(),
            theme: Vec::new(),
            area: Vec::new(),
            within: None,
            level: Vec::new(),
            period: Vec::new(),
            from: None,
            to: None,
            accumulation: Vec::new(),
            role: Vec::new(),
            report: Vec::new(),
            comparator: Vec::new(),
            value_ge: None,
            value_le: None,
            certain: false,
            latest: None,
            moment,
            sort: ObservationSort::default(),
        }
    }

    /// Whether a subtree is listed in order of id, and no other index leads to less.
    pub(super) fn is_by_area_and_id(&self) -> bool {
        let narrow = [self.metric.len(), self.area.len(), self.period.len(), self.report.len()];
        let aims = !self.role.is_empty() && !self.role.contains(&Role::Actual);
        self.sort.by == SortBy::Id && !aims && narrow.iter().all(|&count| count == 0)
    }

    /// Whether a subtree is listed in an order that no index of areas has, and nothing else narrows it.
    pub(super) fn is_sorted_subtree(&self) -> bool {
        let narrow =
            [self.metric.len(), self.theme.len(), self.area.len(), self.level.len(), self.period.len()];
        let beside = [self.accumulation.len(), self.role.len(), self.report.len(), self.comparator.len()];
        let timeless = [self.from, self.to].iter().all(Option::is_none);
        let valued = [self.value_ge, self.value_le].iter().any(Option::is_some);
        let none = narrow.iter().chain(&beside).all(|&count| count == 0);
        let by_other = !matches!(self.sort.by, SortBy::Id | SortBy::Area);
        by_other && none && timeless && !valued
    }

    /// Whether values and comparators narrow it, and nothing else does.
    pub(super) fn is_of_states(&self) -> bool {
        let of_observations = [
            self.metric.len(),
            self.theme.len(),
            self.area.len(),
            self.level.len(),
            self.period.len(),
            self.accumulation.len(),
            self.role.len(),
            self.report.len(),
        ];
        let timeless = [self.from, self.to].iter().all(Option::is_none);
        let by_states = self.is_by_figure() && self.within.is_none() && timeless && self.latest.is_none();
        by_states && of_observations.iter().all(|&count| count == 0)
    }

    /// Whether values or comparators narrow it.
    pub(super) fn is_by_figure(&self) -> bool {
        [self.value_ge, self.value_le].iter().any(Option::is_some) || !self.comparator.is_empty()
    }

    /// Whether the list is in order of what states say.
    pub(super) fn sorts_by_state(&self) -> bool {
        matches!(self.sort.by, SortBy::Value | SortBy::ReleasedAt | SortBy::Seq)
    }

    /// Whether all figures of a metric are sorted by what their states say: an index holds it, and whole rows are
    /// read of the page alone.
    pub(super) fn sorts_many(&self) -> bool {
        self.sorts_by_state() && !self.metric.is_empty() && self.area.is_empty() && self.report.is_empty()
    }

    /// Whether an index leads to so little that all of it can be looked at.
    pub(super) fn is_narrow(&self) -> bool {
        let county_or_less = self.within.is_some_and(|area| {
            let (first, last) = area.subtree().into_inner();
            last - first < 1_000_000
        });
        !self.area.is_empty() || !self.report.is_empty() || county_or_less
    }

    /// Whether a page may take long to find: many figures may have to be read for it.
    pub fn is_long(&self) -> bool {
        let passed_over = [self.level.len(), self.accumulation.len(), self.role.len(), self.comparator.len()]
            .iter()
            .any(|&count| count > 0)
            || [self.from, self.to].iter().any(Option::is_some)
            || [self.value_ge, self.value_le].iter().any(Option::is_some)
            || self.latest.is_some();
        let by_index = !self.metric.is_empty() || !self.theme.is_empty() || !self.period.is_empty();
        let sorted = self.sort.by != SortBy::Id && by_index;
        !self.is_narrow() && (passed_over || sorted || self.within.is_some())
    }
}

impl SortBy {
    /// Whether rows are sorted by marks of this kind.
    pub fn takes(self, mark: &Mark) -> bool {
        match self {
            SortBy::Id | SortBy::Area | SortBy::Value | SortBy::Seq => matches!(mark, Mark::Int(_)),
            SortBy::Metric => matches!(mark, Mark::Word(_)),
            SortBy::Period => matches!(mark, Mark::Days(..)),
            SortBy::ReleasedAt => matches!(mark, Mark::Time(_)),
        }
    }
}

/// Place of an observation in a list: what it is sorted by, then its id.
pub type ObservationKey = (Mark, i64);

/// Where a row stands in the order of a selection.
pub fn key(sort: SortBy, stated: &Stated) -> ObservationKey {
    let Stated { observation, revision, .. } = stated;
    let mark = match sort {
        SortBy::Id => Mark::Int(observation.id),
        SortBy::Metric => Mark::Word(observation.key.metric.clone()),
        SortBy::Area => Mark::Int(observation.key.area.as_i64()),
        SortBy::Period => Mark::Days(observation.starts_on, observation.ends_on),
        SortBy::Value => Mark::Int(revision.figure.value.millionths()),
        SortBy::ReleasedAt => Mark::Time(revision.released_at),
        SortBy::Seq => Mark::Int(revision.seq),
    };
    (mark, observation.id)
}
