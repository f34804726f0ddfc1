//! The figures that rows of a submission are compared with: those of its other rows, and what is
//! published.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::db::Conn;
use crate::db::areas::{self, AreaRow};
use crate::db::observations::{self, Key};
use crate::db::sight::Moment;
use crate::domain::area_code::AreaCode;
use crate::domain::period::Period;
use crate::domain::period_before::before;
use crate::domain::quantity::Quantity;
use crate::error::Result;

/// The figures by their natural keys. The areas around those of the rows are loaded at once, and what is
/// published in them metric by metric, when it is first asked for: a query for each figure would hold up
/// all other writes.
pub(super) struct Figures {
    moment: Moment,
    own: HashMap<Key, (i64, Quantity)>,
    parents: HashMap<AreaCode, AreaCode>,
    children: HashMap<AreaCode, Vec<AreaRow>>,
    published: HashMap<Key, Quantity>,
    loaded: HashSet<String>,
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
            loaded: HashSet::new(),
        }
    }

    /// Adds what a row states. The row that states the same key already stays, and its number is given.
    pub(super) fn add(&mut self, key: Key, row: i64, quantity: Quantity) -> Option<i64> {
        let (first, _) = self.own.entry(key).or_insert((row, quantity));
        Some(*first).filter(|first| *first != row)
    }

    /// Loads the areas above and below those of the rows, once all rows are added.
    pub(super) fn load_areas(&mut self, conn: &mut Conn) -> Result<()> {
        let own: BTreeSet<AreaCode> = self.own.keys().map(|key| key.area).collect();
        self.parents = areas::parents(conn, &Vec::from_iter(own))?;
        for area in areas::children(conn, &self.groups())? {
            if let Some(parent) = area.parent {
                self.children.entry(parent).or_default().push(area);
            }
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

    /// What is published under a key, of a period of the rows or the one before.
    pub(super) fn published(&mut self, conn: &mut Conn, key: &Key) -> Result<Option<Quantity>> {
        if self.loaded.insert(key.metric.clone()) {
            let own = self.own.keys();
            let periods = own.flat_map(|own| [Some(own.period), before(own.accumulation, &own.period)]);
            let periods = Vec::from_iter(periods.flatten().collect::<BTreeSet<_>>());
            let groups = self.groups();
            for (key, state) in observations::figures(conn, &key.metric, &groups, &periods, self.moment)? {
                self.published.insert(key, state.figure.quantity());
            }
        }
        Ok(self.published.get(key).copied())
    }

    /// What a row states under a key, or what is published where none does.
    pub(super) fn get(&mut self, conn: &mut Conn, key: &Key) -> Result<Option<Quantity>> {
        match self.own.get(key) {
            Some((_, quantity)) => Ok(Some(*quantity)),
            None => self.published(conn, key),
        }
    }

    /// The area above one.
    pub(super) fn above(&self, area: AreaCode) -> Option<AreaCode> {
        self.parents.get(&area).copied()
    }

    /// The areas directly below one that exist on any of these days, in order of code.
    pub(super) fn below(&self, area: AreaCode, days: Period) -> Result<Vec<AreaCode>> {
        let mut below = Vec::new();
        for row in self.children.get(&area).into_iter().flatten() {
            if row.life().meets(days) {
                below.push(row.code);
            }
        }
        Ok(below)
    }
}
