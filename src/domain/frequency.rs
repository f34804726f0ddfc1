//! Kinds of spans of time, and how often something is reported.

use super::codes::codes;

codes! {
    /// What kind of span a period is. `interval` is any span that is none of the others.
    Frequency ("报告频率", "frequency") {
        /// A calendar year.
        Year = "year",
        /// A half of a calendar year 上半年, 下半年.
        HalfYear = "half_year",
        /// A quarter of a calendar year.
        Quarter = "quarter",
        /// A calendar month.
        Month = "month",
        /// A week of ISO 8601, Monday to Sunday.
        Week = "week",
        /// A day.
        Day = "day",
        /// Any other span from one day to another.
        Interval = "interval",
    }
}
