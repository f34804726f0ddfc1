//! What observations are made of beside what is handed in: what they refer to, and the texts that they cite. Looked up for
//! all that come together, by as many queries as for one.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::db::metrics::MetricRow;
use crate::db::{Conn, reports, units};
use crate::domain::access::Sight;
use crate::domain::unit::Unit;
use crate::error::{Error, Result, Thing};
use crate::exchange::references::{References, Referred};

/// What some observations are made of.
#[derive(Debug)]
pub struct Sources {
    /// What they refer to.
    pub referred: Referred,
    /// Every unit.
    pub units: Vec<Unit>,
    /// The texts that they cite, by the codes of the reports.
    texts: HashMap<String, String>,
}

impl Sources {
    /// What observations with these members are made of, and what others refer to that cannot be read.
    pub fn of<'a>(
        conn: &mut Conn,
        sight: Sight,
        references: References,
        rows: &[Map<String, Value>],
        unread: impl IntoIterator<Item = &'a Map<String, Value>>,
    ) -> Result<Sources> {
        let unread: Vec<&Map<String, Value>> = unread.into_iter().collect();
        let referred = Referred::by(conn, sight, references, rows.iter().chain(unread))?;
        let cites =
            |members: &&Map<String, Value>| members.get("citation").is_some_and(|cited| !cited.is_null());
        let cited = rows.iter().filter(cites).filter_map(|members| members.get("report")?.as_str());
        let cited: BTreeSet<String> = cited.map(str::to_owned).collect();
        let texts = reports::texts(conn, cited.into_iter().collect())?;
        Ok(Sources { referred, units: units::all(conn)?, texts: texts.into_iter().collect() })
    }

    /// A metric that is observed.
    ///
    /// Errors: `NotFound` when there is none.
    pub fn metric(&self, code: &str) -> Result<&MetricRow> {
        let metric = self.referred.metric(code);
        metric.ok_or_else(|| Error::NotFound { what: Thing::Metric, key: code.to_owned() })
    }

    /// The text of a report that is cited, where the service has it.
    pub fn text(&self, report: &str) -> Option<&str> {
        self.texts.get(report).map(String::as_str)
    }
}
