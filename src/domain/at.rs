//! The day for which lights are asked, and what was known when.

use chrono::{Days, NaiveDate, NaiveDateTime};

use super::when::When;
use super::zone;

/// When lights are asked for.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The day.
    pub day: NaiveDate,
    /// The end of the day, or the instant that was asked for: the last second that counts.
    pub time: NaiveDateTime,
    /// When it was asked for.
    pub now: NaiveDateTime,
    /// When the day ends, where it is today because no other was asked for.
    pub midnight: Option<NaiveDateTime>,
}

impl At {
    /// Today in the township's zone.
    pub fn today(now: NaiveDateTime) -> At {
        At::new(None, now)
    }

    /// The day or the instant asked for, or today in the township's zone.
    pub fn new(asked: Option<When>, now: NaiveDateTime) -> At {
        let today = zone::local(now).date_naive();
        let midnight = asked.is_none().then(|| zone::start_of(today + Days::new(1)));
        At { midnight, ..At::as_known(asked.unwrap_or(When::Day(today)), now) }
    }

    /// A day or an instant, as it is known at some time.
    pub fn as_known(when: When, now: NaiveDateTime) -> At {
        At { day: when.day(), time: when.last(), now, midnight: None }
    }

    /// Whether the time is over, so that things may have happened since.
    pub fn is_past(&self) -> bool {
        self.time < self.now
    }
}
