//! Metrics as they go over the wire.

use crate::api::body::changes::Changes;
use crate::api::body::rows::{Put, Writable};
use crate::api::stamped::Stamped;
use crate::db::metrics::{MetricRow, members};

/// A metric as it is answered.
pub type Metric = Stamped<members::Metric>;

/// A metric as a body: all of it, for PUT.
pub type MetricInput = Put<members::Metric>;

/// Changes of a metric, for PATCH.
pub type MetricChanges = Changes<members::Metric>;

impl Writable for members::Metric {
    type Answer = Metric;
    const KEY: &'static [&'static str] = &["code"];
}

impl From<MetricRow> for Metric {
    fn from(row: MetricRow) -> Metric {
        let MetricRow { members, folded: _, seq, updated_at } = row;
        Stamped { members, seq, updated_at: updated_at.and_utc() }
    }
}
