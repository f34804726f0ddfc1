//! Who reads the change feed.

use chrono::NaiveDateTime;

use crate::db::sight::Moment;
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::feed::FeedKind;

/// Who reads the feed, and what of it.
#[derive(Debug, Clone)]
pub struct Reader {
    /// What the reader sees.
    pub sight: Sight,
    /// The kinds that are asked for.
    pub kinds: Vec<FeedKind>,
    /// Rows in this area and below it, and the areas above it; all when null.
    pub within: Option<AreaCode>,
    /// The time of reading.
    pub now: NaiveDateTime,
}

impl Reader {
    /// What the reader sees at the time of reading.
    pub fn moment(&self) -> Moment {
        Moment::new(self.sight, None, self.now)
    }
}
