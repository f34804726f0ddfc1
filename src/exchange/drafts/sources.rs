//! What observations are made of beside what is handed in: what they refer to, and the texts that they cite. Looked up for
//! all that come together, by as many queries as for one.

use super::citation::Texts;
use crate::db::metrics::MetricRow;
use crate::domain::unit::Unit;
use crate::error::{Error, Result, Thing};
use crate::exchange::references::Referred;

/// What some observations are made of.
#[derive(Debug)]
pub struct Sources {
    /// What they refer to.
    pub referred: Referred,
    /// Every unit.
    pub units: Vec<Unit>,
    /// The texts that they cite.
    pub(super) texts: Texts,
}

impl Sources {
    /// A metric that is observed.
    ///
    /// Errors: `NotFound` when there is none.
    pub fn metric(&self, code: &str) -> Result<&MetricRow> {
        let metric = self.referred.metric(code);
        metric.ok_or_else(|| Error::NotFound { what: Thing::Metric, key: code.to_owned() })
    }
}
