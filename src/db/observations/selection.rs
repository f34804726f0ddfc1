//! Which observations a list has, and in which order.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::Stated;
use crate::db::sight::Moment;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Level, Role};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;

/// What observations can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Order of entry.
    #[default]
    Id,
    /// Code of the metric.
    Metric,
    /// Code of the area.
    Area,
    /// First day, then last day.
    Period,
    /// Value, in the unit each metric is held in.
    Value,
    /// Time of release.
    ReleasedAt,
    /// Entry of the state.
    Seq,
}

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
    pub moment: Moment,
    pub sort: SortBy,
    pub descending: bool,
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
            moment,
            sort: SortBy::Id,
            descending: false,
        }
    }

    /// Whether a subtree is listed in order of id, and no other index leads to less.
    pub(super) fn is_by_area_and_id(&self) -> bool {
        let narrow = [self.metric.len(), self.area.len(), self.period.len(), self.report.len()];
        let aims = !self.role.is_empty() && !self.role.contains(&Role::Actual);
        self.sort == SortBy::Id && !aims && narrow.iter().all(|&count| count == 0)
    }

    /// Whether a subtree is listed in an order that no index of areas has, and nothing else narrows it.
    pub(super) fn is_sorted_subtree(&self) -> bool {
        let narrow =
            [self.metric.len(), self.theme.len(), self.area.len(), self.level.len(), self.period.len()];
        let beside = [self.accumulation.len(), self.role.len(), self.report.len(), self.comparator.len()];
        let timeless = [self.from, self.to].iter().all(Option::is_none);
        let valued = [self.value_ge, self.value_le].iter().any(Option::is_some);
        let none = narrow.iter().chain(&beside).all(|&count| count == 0);
        let by_other = !matches!(self.sort, SortBy::Id | SortBy::Area);
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
        let by_states = self.is_by_figure() && self.within.is_none() && timeless;
        by_states && of_observations.iter().all(|&count| count == 0)
    }

    /// Whether values or comparators narrow it.
    pub(super) fn is_by_figure(&self) -> bool {
        [self.value_ge, self.value_le].iter().any(Option::is_some) || !self.comparator.is_empty()
    }

    /// Whether the list is in order of what states say.
    pub(super) fn sorts_by_state(&self) -> bool {
        matches!(self.sort, SortBy::Value | SortBy::ReleasedAt | SortBy::Seq)
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
            || [self.value_ge, self.value_le].iter().any(Option::is_some);
        let by_index = !self.metric.is_empty() || !self.theme.is_empty() || !self.period.is_empty();
        let sorted = self.sort != SortBy::Id && by_index;
        !self.is_narrow() && (passed_over || sorted || self.within.is_some())
    }
}

/// What a row is sorted by, kept in a cursor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the kinds of sort keys name themselves")]
pub enum Mark {
    Int(i64),
    Word(String),
    Days(NaiveDate, NaiveDate),
    Time(NaiveDateTime),
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
