//! Projects that are counted together: their money, their lights, and how far the works are against the time
//! that has passed. Exact; rounded only to be shown.

use chrono::NaiveDate;
use dashu_ratio::RBig;

use super::decimal::Decimal;
use super::derived::Derived;
use super::light::{Facts, LightColor};

/// Projects that were counted together.
#[derive(Debug, Clone, Default)]
pub struct ProjectTally {
    /// How many there are.
    pub count: i64,
    /// The sum of the budgets; none when none has one.
    pub budget: Option<Derived>,
    /// How many have no budget.
    pub without_budget: i64,
    /// How many are past their planned finish.
    pub overdue: i64,
    /// How many are under way, with a planned start and a planned finish.
    pub timed: i64,
    /// How many of those have less progress than the share of their time that has passed.
    pub behind: i64,
    lights: [i64; LightColor::ALL.len()],
    /// The shares of the time that has passed, in percent, added up.
    elapsed: RBig,
    /// The progress of the same projects in percent, added up.
    progress: i64,
}

impl ProjectTally {
    /// Adds a project, as it stands at the end of a day.
    pub fn add(&mut self, facts: &Facts, color: LightColor, budget: Option<&Derived>, at: NaiveDate) {
        self.count += 1;
        self.lights[color as usize] += 1;
        match (budget, &mut self.budget) {
            (None, _) => self.without_budget += 1,
            (Some(budget), Some(sum)) => *sum = sum.plus(budget),
            (Some(budget), none) => *none = Some(budget.clone()),
        }
        self.overdue += i64::from(facts.is_overdue(at));
        if let Some((passed, days)) = facts.under_way(at) {
            let progress = i64::from(facts.progress.unwrap_or(0));
            self.timed += 1;
            self.behind += i64::from(progress * days < passed * 100);
            self.elapsed += RBig::from_parts_signed((passed * 100).into(), days.into());
            self.progress += progress;
        }
    }

    /// How many have a light of this color.
    pub fn lights(&self, color: LightColor) -> i64 {
        self.lights[color as usize]
    }

    /// The mean share of the time that has passed, in percent; none where no project is timed.
    pub fn elapsed(&self) -> Option<Decimal> {
        self.mean(&self.elapsed)
    }

    /// The mean progress of the same projects in percent, where nobody has told 0.
    pub fn progress(&self) -> Option<Decimal> {
        self.mean(&self.progress.into())
    }

    /// With two decimals, half up.
    fn mean(&self, sum: &RBig) -> Option<Decimal> {
        if self.timed == 0 {
            return None;
        }
        let hundredths = sum * RBig::from_parts_signed(100.into(), self.timed.into());
        Decimal::from_millionths(i64::try_from(hundredths.round()).ok()? * 10_000).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::light::Standing;

    fn facts(start: &str, due: &str, progress: Option<i16>) -> Facts {
        let date = |text: &str| (!text.is_empty()).then(|| text.parse().expect("a date"));
        Facts { start_on: date(start), due_on: date(due), progress, ..Facts::default() }
    }

    fn told(number: Option<Decimal>) -> Option<String> {
        number.map(|number| number.to_string())
    }

    #[test]
    fn progress_is_held_against_the_time_that_has_passed() {
        let at = NaiveDate::from_ymd_opt(2023, 1, 10).expect("a day");
        let mut all = ProjectTally::default();
        for facts in [
            facts("2023-01-01", "2023-01-20", Some(50)), // exactly half of it
            facts("2023-01-01", "2023-01-30", Some(33)), // a third has passed
            facts("2023-01-01", "2023-01-05", None),     // all of it and more
            facts("2023-01-11", "2023-01-20", Some(0)),  // starts tomorrow
            facts("2023-01-01", "", Some(0)),
            facts("", "2022", Some(0)),
            Facts { standing: Standing::Closed, ..facts("2022", "2022", None) },
            Facts { standing: Standing::Suspended, ..facts("2022", "2022", None) },
            Facts { standing: Standing::Cancelled, ..facts("2022", "2022", None) },
        ] {
            all.add(&facts, LightColor::Grey, None, at);
        }
        assert_eq!((all.count, all.without_budget, all.lights(LightColor::Grey)), (9, 9, 9));
        assert_eq!((all.timed, all.behind, all.overdue), (3, 2, 3));
        // (50 + 100/3 + 100) / 3 and (50 + 33 + 0) / 3
        assert_eq!(told(all.elapsed()).as_deref(), Some("61.11"));
        assert_eq!(told(all.progress()).as_deref(), Some("27.67"));
        assert_eq!(
            (told(ProjectTally::default().elapsed()), ProjectTally::default().progress()),
            (None, None)
        );
    }

    #[test]
    fn budgets_are_added_with_their_bounds() {
        let at = NaiveDate::from_ymd_opt(2023, 1, 10).expect("a day");
        let exactly = |text: &str| Derived::from(text.parse::<Decimal>().expect("a number"));
        let mut all = ProjectTally::default();
        for budget in [Some(exactly("0.1")), None, Some(exactly("0.2").and_more())] {
            all.add(&Facts::default(), LightColor::Blue, budget.as_ref(), at);
        }
        let sum = all.budget.expect("two").shown().expect("small");
        assert_eq!((sum.value.to_string().as_str(), sum.lower, sum.upper), ("0.3", Some(sum.value), None));
        assert_eq!((all.count, all.without_budget), (3, 1));
    }
}
