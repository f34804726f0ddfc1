//! The light rule 红黄绿灯: how a plan item or a project stands on a day, and why. Facts and a day go in,
//! nothing else counts. Where the facts come from is known in `db/lights.rs`.

pub mod rule;

use chrono::{Days, Months, NaiveDate};

use super::codes::ItemState;
use super::frequency::Frequency;
use super::partial_date::PartialDate;
use super::stage::Stage;
use crate::error::Text;
use rule::RULE;
pub use rule::{LightColor, LightReasonCode};

/// A light and every reason for it; there is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Light {
    /// The worst color of the reasons.
    pub color: LightColor,
    /// The reasons, in the order of the rules.
    pub reasons: Vec<Reason>,
}

/// One reason of a light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which rule applies, and how.
    pub code: LightReasonCode,
    /// The reason in words. It tells dates and not how long ago they were, so that it holds for many days.
    pub text: Text,
}

impl Reason {
    fn new(code: LightReasonCode, zh: impl Into<String>, en: impl Into<String>) -> Reason {
        Reason { code, text: Text::new(zh, en) }
    }
}

/// Whether there is still something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// There is.
    #[default]
    Open,
    /// It is done.
    Closed,
    /// It was given up.
    Cancelled,
    /// It rests.
    Suspended,
    /// Another plan goes on with it.
    CarriedOver,
}

impl From<ItemState> for Standing {
    fn from(state: ItemState) -> Standing {
        match state {
            ItemState::Closed => Standing::Closed,
            ItemState::Cancelled => Standing::Cancelled,
            ItemState::Suspended => Standing::Suspended,
            ItemState::CarriedOver => Standing::CarriedOver,
            ItemState::Drafted
            | ItemState::Assigned
            | ItemState::InProgress
            | ItemState::CloseRequested
            | ItemState::Returned => Standing::Open,
        }
    }
}

impl Standing {
    /// The standing of a project: finished works are done, whether or not they are in use.
    pub fn of_project(stage: Stage, suspended: bool) -> Standing {
        match stage {
            Stage::Completed | Stage::Accepted | Stage::InUse => Standing::Closed,
            Stage::Cancelled => Standing::Cancelled,
            _ if suspended => Standing::Suspended,
            _ => Standing::Open,
        }
    }
}

/// What a light is computed from, as it was on the day of the light.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whether there is still something to be done.
    pub standing: Standing,
    /// Start: it begins on the first day that this can mean.
    pub start_on: Option<PartialDate>,
    /// Due date: it ends with the last day that this can mean.
    pub due_on: Option<PartialDate>,
    /// Progress in percent. None: nobody has told.
    pub progress: Option<i16>,
    /// How often progress is to be reported. None: there is no rule.
    pub cycle: Option<Frequency>,
    /// The day on which it was assigned, where no start is known: reports are due from then on.
    pub assigned_on: Option<NaiveDate>,
    /// The day that the last report speaks of.
    pub reported_on: Option<NaiveDate>,
    /// The linked target, when its period has ended and it was certainly not met: its last day.
    pub missed_on: Option<NaiveDate>,
    /// Codes of the linked projects that are suspended.
    pub suspended_projects: Vec<String>,
}

impl Facts {
    /// How much is done, in percent.
    pub fn completion(&self) -> i16 {
        if self.standing == Standing::Closed { 100 } else { self.progress.unwrap_or(0) }
    }

    /// The light at the end of a day.
    pub fn light(&self, at: NaiveDate) -> Light {
        let mut reasons = match self.settled(at) {
            Some(settled) => vec![settled],
            None => [
                self.pace(at),
                self.start(at),
                self.due(at),
                self.silence(at),
                self.target(at),
                self.projects(),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
        if reasons.is_empty() {
            let (zh, en) =
                ("没有可据以判断的日期、报告周期或目标", "no date, cycle or target says how it stands");
            reasons.push(Reason::new(LightReasonCode::NothingApplies, zh, en));
        }
        let color = reasons.iter().map(|reason| reason.code.color()).max().unwrap_or(LightColor::Grey);
        Light { color, reasons }
    }

    /// How many days of a project or item under way have passed, the day itself among them, and how many there
    /// are. None of what has no start or due date, rests, is over or has not begun.
    pub fn under_way(&self, at: NaiveDate) -> Option<(i64, i64)> {
        let is_open = self.standing == Standing::Open && self.start_day()? <= at;
        self.passed(at).filter(|_| is_open)
    }

    /// Whether the last day that the due date can mean has passed, and there is still something to be done.
    pub fn is_overdue(&self, at: NaiveDate) -> bool {
        matches!(self.standing, Standing::Open | Standing::Suspended)
            && self.due_day().is_some_and(|due| due < at)
    }

    fn passed(&self, at: NaiveDate) -> Option<(i64, i64)> {
        let (start, due) = (self.start_day()?, self.due_day()?);
        let days = (due - start).num_days() + 1;
        Some((((at - start).num_days() + 1).min(days), days))
    }

    fn start_day(&self) -> Option<NaiveDate> {
        self.start_on.map(PartialDate::first_day)
    }

    fn due_day(&self) -> Option<NaiveDate> {
        self.due_on.map(PartialDate::last_day)
    }

    /// The one reason of what needs no watching.
    fn settled(&self, at: NaiveDate) -> Option<Reason> {
        let (code, zh, en) = match self.standing {
            Standing::Closed => (LightReasonCode::Closed, "已完成", "it is done"),
            Standing::Cancelled => (LightReasonCode::Cancelled, "已取消", "it was cancelled"),
            Standing::Suspended => (LightReasonCode::Suspended, "已暂停", "it is suspended"),
            Standing::CarriedOver => (LightReasonCode::CarriedOver, "已结转", "it was carried over"),
            Standing::Open => {
                let start = self.start_day().filter(|&start| start > at)?;
                let (zh, en) = (format!("{start}才开始"), format!("it starts on {start}"));
                return Some(Reason::new(LightReasonCode::StartsLater, zh, en));
            }
        };
        Some(Reason::new(code, zh, en))
    }

    /// The share of the time that has passed, with the day itself, less the progress.
    fn pace(&self, at: NaiveDate) -> Option<Reason> {
        let (passed, days) = self.passed(at)?;
        let progress = self.progress.unwrap_or(0);
        let behind = passed * 100 - i64::from(progress) * days;
        let code = match behind {
            behind if behind < RULE.behind_points * days => LightReasonCode::OnPace,
            behind if behind <= RULE.far_behind_points * days => LightReasonCode::Behind,
            _ => LightReasonCode::FarBehind,
        };
        let zh = format!("{days}天中已过{passed}天，进度{progress}%");
        Some(Reason::new(code, zh, format!("{passed} of {days} days have passed, progress is {progress}%")))
    }

    fn start(&self, at: NaiveDate) -> Option<Reason> {
        let start = self.start_day().filter(|_| self.progress.unwrap_or(0) == 0)?;
        let (zh, en) = (format!("应于{start}开始"), format!("it was due to start on {start}"));
        let months = RULE.start_late_months;
        Some(if at < start + Months::new(months) {
            let (zh, en) = (format!("{zh}，尚无进度"), format!("{en} and has no progress"));
            Reason::new(LightReasonCode::StartDue, zh, en)
        } else {
            let (zh, en) = (
                format!("{zh}，{months}个月后仍无进度"),
                format!("{en} and has no progress {months} months on"),
            );
            Reason::new(LightReasonCode::StartLate, zh, en)
        })
    }

    fn due(&self, at: NaiveDate) -> Option<Reason> {
        let due = self.due_day().filter(|_| self.progress.unwrap_or(0) < 100)?;
        if at > due {
            let (zh, en) =
                (format!("应于{due}前完成，已逾期"), format!("it was due by {due} and is not complete"));
            Some(Reason::new(LightReasonCode::Overdue, zh, en))
        } else if at + Days::new(RULE.due_soon_days) >= due {
            let days = RULE.due_soon_days;
            let (zh, en) =
                (format!("应于{due}前完成，不足{days}天"), format!("it is due by {due}, within {days} days"));
            Some(Reason::new(LightReasonCode::DueSoon, zh, en))
        } else {
            None
        }
    }

    /// Cycles since the last report or since the start, else the assignment, whichever is later.
    fn silence(&self, at: NaiveDate) -> Option<Reason> {
        let (cycle, since) = (self.cycle?, self.reported_on.max(self.start_day()).max(self.assigned_on)?);
        if at >= after(since, cycle, RULE.long_silent_cycles)? {
            let cycles = RULE.long_silent_cycles;
            let zh = format!("{since}以来{cycles}个报告周期没有进展报告");
            let en = format!("nothing was reported since {since}; reporting cycles: {cycles}");
            Some(Reason::new(LightReasonCode::LongSilent, zh, en))
        } else if at >= after(since, cycle, RULE.silent_cycles)? {
            let cycles = RULE.silent_cycles;
            let zh = format!("{since}以来{cycles}个报告周期没有进展报告");
            let en = format!("nothing was reported since {since}; reporting cycles: {cycles}");
            Some(Reason::new(LightReasonCode::Silent, zh, en))
        } else {
            None
        }
    }

    fn target(&self, at: NaiveDate) -> Option<Reason> {
        let end = self.missed_on.filter(|&end| at >= end)?;
        let (zh, en) = (format!("到{end}未达到目标"), format!("the target was not met by {end}"));
        Some(Reason::new(LightReasonCode::TargetMissed, zh, en))
    }

    fn projects(&self) -> Option<Reason> {
        if self.suspended_projects.is_empty() {
            return None;
        }
        let zh = format!("关联项目已暂停：{}", self.suspended_projects.join("、"));
        let en = format!("linked projects are suspended: {}", self.suspended_projects.join(", "));
        Some(Reason::new(LightReasonCode::ProjectSuspended, zh, en))
    }
}

/// The day so many cycles later. None of an interval, which does not repeat.
fn after(day: NaiveDate, cycle: Frequency, cycles: u32) -> Option<NaiveDate> {
    let months = |months| Some(day + Months::new(cycles * months));
    match cycle {
        Frequency::Year => months(12),
        Frequency::HalfYear => months(6),
        Frequency::Quarter => months(3),
        Frequency::Month => months(1),
        Frequency::Week => Some(day + Days::new(u64::from(cycles) * 7)),
        Frequency::Day => Some(day + Days::new(u64::from(cycles))),
        Frequency::Interval => None,
    }
}

#[cfg(test)]
mod tests;
