//! Moving along the calendar: the period before, after, a year before, and those that fill a span.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::{Frequency, Period, last_of_month};

/// How far it is from one period to the next of its frequency.
enum Step {
    Months(u32),
    Days(u64),
}

impl Frequency {
    fn step(self) -> Option<Step> {
        match self {
            Frequency::Year => Some(Step::Months(12)),
            Frequency::HalfYear => Some(Step::Months(6)),
            Frequency::Quarter => Some(Step::Months(3)),
            Frequency::Month => Some(Step::Months(1)),
            Frequency::Week => Some(Step::Days(7)),
            Frequency::Day => Some(Step::Days(1)),
            Frequency::Interval => None,
        }
    }

    /// The period of this frequency that a day lies in; none of an interval.
    pub fn around(self, day: NaiveDate) -> Option<Period> {
        let first = match self.step()? {
            Step::Months(months) => {
                NaiveDate::from_ymd_opt(day.year(), day.month0() / months * months + 1, 1)?
            }
            Step::Days(7) => day.week(Weekday::Mon).first_day(),
            Step::Days(_) => day,
        };
        starting(first, self.step()?)
    }
}

/// The period of one step from a day on.
fn starting(first: NaiveDate, step: Step) -> Option<Period> {
    let next = match step {
        Step::Months(months) => first.checked_add_months(Months::new(months)),
        Step::Days(days) => first.checked_add_days(Days::new(days)),
    };
    Period::from_days(first, next?.pred_opt()?).ok()
}

impl Period {
    /// The period of the same frequency before this one; none before an interval of any other length.
    pub fn previous(&self) -> Option<Period> {
        let step = self.frequency().step()?;
        let first = match step {
            Step::Months(months) => self.first.checked_sub_months(Months::new(months)),
            Step::Days(days) => self.first.checked_sub_days(Days::new(days)),
        };
        starting(first?, step)
    }

    /// The period of the same frequency after this one; none after an interval of any other length.
    pub fn following(&self) -> Option<Period> {
        starting(self.last.succ_opt()?, self.frequency().step()?)
    }

    /// The same period of the year before: the same months, the same ISO week, or the same day of the year.
    /// None where that year has no such week or day.
    pub fn year_before(&self) -> Option<Period> {
        if self.frequency() == Frequency::Week {
            let week = self.first.iso_week();
            let first = NaiveDate::from_isoywd_opt(week.year() - 1, week.week(), Weekday::Mon)?;
            return starting(first, Step::Days(7));
        }
        let year = Months::new(12);
        let last = if self.is_whole_months() {
            last_of_month(self.last.checked_sub_months(year)?)
        } else {
            self.last.with_year(self.last.year() - 1)?
        };
        Period::from_days(self.first.with_year(self.first.year() - 1)?, last).ok()
    }

    /// The periods of a frequency that lie wholly within this one, in order; none of an interval.
    pub fn filled_by(&self, frequency: Frequency) -> impl Iterator<Item = Period> {
        let span = *self;
        let around = frequency.around(self.first);
        let first =
            around.and_then(|around| if span.contains(&around) { Some(around) } else { around.following() });
        std::iter::successors(first, Period::following).take_while(move |period| span.contains(period))
    }
}
