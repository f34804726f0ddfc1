//! The change feed: which kinds of rows it tells of, what they are known by, and where its reader stands.

use std::fmt;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::codes::codes;
use super::row_kind::RowKind;

codes! {
    /// What a change is of. Within an entry each kind comes after those that it refers to.
    FeedKind ("变更对象类型", "a kind of row") {
        Unit = "unit" ("计量单位", "A unit"),
        Area = "area" ("区划", "An area with its highlights"),
        Metric = "metric" ("指标", "A metric"),
        Report = "report" ("文献", "A report"),
        Project = "project" ("项目", "A project with its budget, funding and quantities"),
        Milestone = "milestone" ("节点", "A milestone of a project"),
        Observation = "observation" ("观测值", "An observation in its current state"),
        Plan = "plan" ("计划", "A plan without its items"),
        PlanItem = "plan_item" ("计划事项", "A plan item"),
        ProgressReport = "progress_report" ("进展", "A progress report on a project or plan item"),
    }
}

impl FeedKind {
    /// The kind of row whose edits the ledger keeps.
    pub fn row_kind(self) -> RowKind {
        match self {
            FeedKind::Unit => RowKind::Unit,
            FeedKind::Area => RowKind::Area,
            FeedKind::Metric => RowKind::Metric,
            FeedKind::Report => RowKind::Report,
            FeedKind::Project => RowKind::Project,
            FeedKind::Milestone => RowKind::Milestone,
            FeedKind::Observation => RowKind::Observation,
            FeedKind::Plan => RowKind::Plan,
            FeedKind::PlanItem => RowKind::PlanItem,
            FeedKind::ProgressReport => RowKind::ProgressReport,
        }
    }

    /// The feed's kind of rows of this kind, where it tells of them by themselves.
    pub fn of(kind: RowKind) -> Option<FeedKind> {
        FeedKind::ALL.iter().copied().find(|own| own.row_kind() == kind)
    }

    /// Whether rows have an area, or belong to a row that has one.
    pub fn has_area(self) -> bool {
        !matches!(self, FeedKind::Unit | FeedKind::Metric | FeedKind::Report)
    }

    /// The key that the ledger writes like this; none where it is no key of the kind.
    pub fn read_key(self, written: &str) -> Option<Key> {
        match self {
            FeedKind::Area | FeedKind::Observation | FeedKind::ProgressReport => {
                written.parse().ok().map(Key::Number)
            }
            FeedKind::Milestone => {
                let (project, ordinal) = written.rsplit_once('/')?;
                Some(Key::Part(project.to_owned(), ordinal.parse().ok()?))
            }
            _ => Some(Key::Code(written.to_owned())),
        }
    }
}

/// What a row is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// The code of an area, or the id of an observation or progress report.
    Number(i64),
    /// A code.
    Code(String),
    /// The code of a project, and the place of a milestone in it.
    Part(String, i64),
}

impl Key {
    /// The number, of a key that is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Key::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Number(number) => write!(f, "{number}"),
            Key::Code(code) => f.write_str(code),
            Key::Part(project, ordinal) => write!(f, "{project}/{ordinal}"),
        }
    }
}

/// A place in the order of the feed: an entry, and how much of what it touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Number of the entry; 0 before the first.
    pub seq: i64,
    /// Up to which row of the entry.
    pub row: UpTo,
}

/// How much of what an entry touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpTo {
    /// Up to this row, itself included.
    Row(FeedKind, Key),
    /// All of it.
    End,
}

impl Position {
    /// After all that an entry and those before it touched.
    pub fn after_entry(seq: i64) -> Position {
        Position { seq, row: UpTo::End }
    }

    /// At a row that an entry touched.
    pub fn of_row(seq: i64, kind: FeedKind, key: Key) -> Position {
        Position { seq, row: UpTo::Row(kind, key) }
    }
}

/// Where a reader of the feed stands: what it has been told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The changes up to here.
    pub position: Position,
    /// The figures that were released up to this time, of the states that entries up to the position made.
    pub time: NaiveDateTime,
    /// Of the figures that were released just after that time, those up to this observation and their time.
    pub release: Option<(NaiveDateTime, i64)>,
}

impl Bookmark {
    /// Of a reader that has been told nothing.
    pub fn start(now: NaiveDateTime) -> Bookmark {
        Bookmark { position: Position::after_entry(0), time: now, release: None }
    }

    /// The first entry whose changes of a row the reader has not been told.
    pub fn first_untold(&self, kind: FeedKind, key: &Key) -> i64 {
        let Position { seq, .. } = self.position;
        if Position::of_row(seq, kind, key.clone()) > self.position { seq } else { seq + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for (kind, written) in [
            (FeedKind::Area, "430681107000"),
            (FeedKind::Milestone, "tongba-bridge/2"),
            (FeedKind::PlanItem, "bishi-2023.4.2.01"),
            (FeedKind::ProgressReport, "7"),
        ] {
            let key = kind.read_key(written).expect(written);
            assert_eq!(key.to_string(), written);
            let json = serde_json::to_string(&key).expect("a key in JSON");
            assert_eq!(serde_json::from_str::<Key>(&json).expect(&json), key);
        }
        assert_eq!(FeedKind::Observation.read_key("x"), None);
    }

    #[test]
    fn positions_follow_entries_and_kinds_and_keys() {
        let area = |code| Position::of_row(2, FeedKind::Area, Key::Number(code));
        let metric = Position::of_row(2, FeedKind::Metric, Key::Code("a".to_owned()));
        let mut all =
            vec![Position::after_entry(2), metric.clone(), area(9), Position::after_entry(1), area(10)];
        all.sort();
        assert_eq!(all, [Position::after_entry(1), area(9), area(10), metric, Position::after_entry(2)]);
    }

    #[test]
    fn what_is_untold_of_a_row_begins_with_the_entry_in_which_the_reader_stands_before_it() {
        let key = |code| Key::Number(code);
        let position = Position::of_row(5, FeedKind::Area, key(10));
        let bookmark = Bookmark { position, ..Bookmark::start(NaiveDateTime::default()) };
        assert_eq!(bookmark.first_untold(FeedKind::Area, &key(10)), 6);
        assert_eq!(bookmark.first_untold(FeedKind::Area, &key(11)), 5);
        assert_eq!(bookmark.first_untold(FeedKind::Unit, &Key::Code("MU".to_owned())), 6);
        assert_eq!(bookmark.first_untold(FeedKind::Observation, &key(1)), 5);
    }
}
