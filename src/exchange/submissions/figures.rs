//! The figures that rows of a submission are compared with: those of its other rows, and what is
//! published.

use std::collections::HashMap;

use crate::db::observations::{self, Key, Moment};
use crate::db::{Conn, Window, areas};
use crate::domain::area_code::AreaCode;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::error::Result;

/// More areas than any has below itself.
const ALL: i64 = 10_000;

/// Figures by their natural keys. What was looked up once is kept.
pub(super) struct Figures {
    moment: Moment,
    own: HashMap<Key, (i64, Quantity)>,
    published: HashMap<Key, Option<Quantity>>,
    below: HashMap<(AreaCode, Period), Vec<AreaCode>>,
}

impl Figures {
    /// What is published at a moment, without any rows.
    pub(super) fn new(moment: Moment) -> Figures {
        Figures { moment, own: HashMap::new(), published: HashMap::new(), below: HashMap::new() }
    }

    /// Adds what a row states. The row that states the same key already stays, and its number is given.
    pub(super) fn add(&mut self, key: Key, row: i64, quantity: Quantity) -> Option<i64> {
        let (first, _) = self.own.entry(key).or_insert((row, quantity));
        Some(*first).filter(|first| *first != row)
    }

    /// The row that states a key.
    pub(super) fn row(&self, key: &Key) -> Option<i64> {
        self.own.get(key).map(|(row, _)| *row)
    }

    /// What is published under a key.
    pub(super) fn published(&mut self, conn: &mut Conn, key: &Key) -> Result<Option<Quantity>> {
        if let Some(known) = self.published.get(key) {
            return Ok(*known);
        }
        let found = observations::figure(conn, key, self.moment)?;
        let found = found.map(|state| state.quantity()).transpose()?;
        self.published.insert(key.clone(), found);
        Ok(found)
    }

    /// What a row states under a key, or what is published where none does.
    pub(super) fn get(&mut self, conn: &mut Conn, key: &Key) -> Result<Option<Quantity>> {
        match self.own.get(key) {
            Some((_, quantity)) => Ok(Some(*quantity)),
            None => self.published(conn, key),
        }
    }

    /// The areas directly below one at the end of a period, in order of code.
    pub(super) fn below(&mut self, conn: &mut Conn, area: AreaCode, period: Period) -> Result<Vec<AreaCode>> {
        if let Some(known) = self.below.get(&(area, period)) {
            return Ok(known.clone());
        }
        let filter = areas::AreaFilter {
            parent: Some(area),
            valid_on: Some(period.last_day()),
            ..areas::AreaFilter::default()
        };
        let rows = areas::list(conn, &filter, &Window { after: None, limit: ALL })?;
        let codes: Vec<AreaCode> = rows.into_iter().map(|row| row.code).collect();
        self.below.insert((area, period), codes.clone());
        Ok(codes)
    }
}
