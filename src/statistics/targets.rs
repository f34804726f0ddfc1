//! The targets of several metrics, metric after metric, with what has come of each.

use chrono::NaiveDateTime;

use super::completion::{self, Place, Plan, Row};
use super::{Asked, Question};
use crate::db::figures;
use crate::db::sight::Moment;
use crate::db::{Conn, Window, areas, metrics};
use crate::domain::access::Sight;
use crate::domain::codes::Role;
use crate::error::{Error, Result};

/// Which targets are looked at, and how they are told.
#[derive(Debug, Clone)]
pub struct Targets {
    /// Codes of the metrics, in order; none for all that have targets.
    pub metrics: Vec<String>,
    /// Which targets of each, and what is held against them.
    pub plan: Plan,
    /// The time asked for; none for now.
    pub as_of: Option<NaiveDateTime>,
    /// Code of the unit to tell them in; that of each metric by default.
    pub unit: Option<String>,
    /// Now.
    pub now: NaiveDateTime,
}

impl Targets {
    /// Checks that all that is named is there, and that the unit fits every metric that is named.
    pub fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        metrics::check(conn, sight, "metric", &self.metrics)?;
        areas::check(conn, "within", self.plan.within)?;
        for metric in &self.metrics {
            self.question(conn, sight, metric)?;
        }
        Ok(())
    }

    /// As of when, and for whose eyes.
    pub fn moment(&self, sight: Sight) -> Moment {
        Moment::new(sight, self.as_of, self.now)
    }

    /// Gives at most so many rows after a place to `each`, in order of metric and place.
    pub fn page(
        &self,
        conn: &mut Conn,
        sight: Sight,
        after: Option<&(String, Place)>,
        limit: usize,
        mut each: impl FnMut(&Question, Row) -> Result<()>,
    ) -> Result<()> {
        let mut left = limit;
        let mut metric = match after {
            Some((metric, _)) => Some(metric.clone()),
            None => self.next(conn, sight, None)?,
        };
        while let Some(code) = metric {
            if let Some(question) = self.question_of(conn, sight, &code)? {
                let after = after.filter(|(metric, _)| *metric == code).map(|&(_, place)| place);
                for row in completion::page(conn, &question, &self.plan, after, left)? {
                    each(&question, row)?;
                    left -= 1;
                }
            }
            // A full page is not looked beyond.
            metric = if left > 0 { self.next(conn, sight, Some(&code))? } else { None };
        }
        Ok(())
    }

    /// How many there are.
    pub fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        let (mut count, mut metric) = (0, self.next(conn, sight, None)?);
        while let Some(code) = metric {
            if let Some(question) = self.question_of(conn, sight, &code)? {
                count += completion::count(conn, &question, &self.plan)?;
            }
            metric = self.next(conn, sight, Some(&code))?;
        }
        Ok(count)
    }

    fn question(&self, conn: &mut Conn, sight: Sight, metric: &str) -> Result<Question> {
        let asked = Asked {
            metric: metric.to_owned(),
            accumulation: self.plan.accumulation,
            role: Role::Target,
            as_of: self.as_of,
            unit: self.unit.clone(),
            now: self.now,
        };
        Question::new(conn, sight, &asked)
    }

    /// The question about a metric of the list; none when the metric is gone since the page before.
    fn question_of(&self, conn: &mut Conn, sight: Sight, metric: &str) -> Result<Option<Question>> {
        match self.question(conn, sight, metric) {
            Err(Error::NotFound { .. }) => Ok(None),
            question => question.map(Some),
        }
    }

    /// The next metric to look at, after one.
    fn next(&self, conn: &mut Conn, sight: Sight, after: Option<&str>) -> Result<Option<String>> {
        if self.metrics.is_empty() {
            let window = Window { after: after.map(str::to_owned), limit: 1 };
            let (reach, above) = (self.plan.reach(), self.plan.above());
            let next = figures::metrics_with_targets(conn, reach, above, self.moment(sight), &window)?;
            return Ok(next.into_iter().next());
        }
        let mut named = self.metrics.iter().map(String::as_str);
        Ok(named.find(|code| after.is_none_or(|after| *code > after)).map(str::to_owned))
    }
}
