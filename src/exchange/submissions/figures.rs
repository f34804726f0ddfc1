//! The figures that rows of a submission are compared with: those of its other rows, and what is
//! published.

use std::collections::{BTreeSet, HashMap};

use crate::db::Conn;
use crate::db::areas::{self, AreaRow};
use crate::db::observations::{self, Key};
use crate::db::sight::Moment;
use crate::domain::area_code::AreaCode;
use crate::domain::period::Period;
use crate::domain::period_before::before;
use crate::domain::quantity::Quantity;
use crate::error::Result;

/// The figures by their natural keys. What is published is loaded at once, once all rows are added: a query for each
/// figure would hold up all other writes.
pub(super) struct Figures {
    moment: Moment,
    own: HashMap<Key, (i64, Quantity)>,
    parents: HashMap<AreaCode, AreaCode>,
    children: HashMap<AreaCode, Vec<AreaRow>>,
    published: HashMap<Key, Quantity>,
}

impl Figures {
    /// What is published at a moment, without any rows.
    pub(super) fn new(moment: Moment) -> Figures {
        Figures {
            moment,
            own: HashMap::new(),
            parents: HashMap::new(),
            children: HashMap::new(),
            published: HashMap::new(),
        }
    }

    /// Adds what a row states. The row that states the same key already stays, and its number is given.
    pub(super) fn add(&mut self, key: Key, row: i64, quantity: Quantity) -> Option<i64> {
        let (first, _) = self.own.entry(key).or_insert((row, quantity));
        Some(*first).filter(|first| *first != row)
    }

    /// The metrics that the rows are of.
    pub(super) fn metrics(&self) -> BTreeSet<String> {
        self.own.keys().map(|key| key.metric.clone()).collect()
    }

    /// Loads the areas above and below those of the rows, and what these metrics have published in them of the
    /// periods of the rows and the ones before.
    pub(super) fn load(&mut self, conn: &mut Conn, metrics: BTreeSet<String>) -> Result<()> {
        let own: BTreeSet<AreaCode> = self.own.keys().map(|key| key.area).collect();
        self.parents = areas::parents(conn, &Vec::from_iter(own))?;
        for area in areas::children(conn, &self.groups())? {
            if let Some(parent) = area.parent {
                self.children.entry(parent).or_default().push(area);
            }
        }
        let own = self.own.keys();
        let periods = own.flat_map(|own| [Some(own.period), before(own.accumulation, &own.period)]);
        let periods = Vec::from_iter(periods.flatten().collect::<BTreeSet<_>>());
        let metrics = metrics.into_iter().collect();
        for (key, state) in observations::figures(conn, metrics, &self.groups(), &periods, self.moment)? {
            self.published.insert(key, state.figure.quantity());
        }
        Ok(())
    }

    /// The areas of the rows, and those above them.
    fn groups(&self) -> Vec<AreaCode> {
        let own = self.own.keys().map(|key| key.area);
        Vec::from_iter(own.chain(self.parents.values().copied()).collect::<BTreeSet<_>>())
    }

    /// The row that states a key.
    pub(super) fn row(&self, key: &Key) -> Option<i64> {
        self.own.get(key).map(|(row, _)| *row)
    }

    /// What is published under a key, of a metric and a period that were loaded.
    pub(super) fn published(&self, key: &Key) -> Option<Quantity> {
        self.published.get(key).copied()
    }

    /// What a row states under a key, or what is published where none does.
    pub(super) fn get(&self, key: &Key) -> Option<Quantity> {
        self.own.get(key).map(|(_, quantity)| *quantity).or_else(|| self.published(key))
    }

    /// The area above one.
    pub(super) fn above(&self, area: AreaCode) -> Option<AreaCode> {
        self.parents.get(&area).copied()
    }

    /// The areas directly below one that exist on any of these days, in order of code.
    pub(super) fn below(&self, area: AreaCode, days: Period) -> Vec<AreaCode> {
        let below = self.children.get(&area).into_iter().flatten();
        below.filter(|row| row.life().meets(days)).map(|row| row.code).collect()
    }
}
