//! The rule set of the lights as data: each threshold that it applies, and each reason with its color and
//! meaning. Another set of thresholds is another version; the last one is in force.

use crate::domain::codes::codes;
use crate::error::Text;

codes! {
    /// Color of a light. Of several reasons the worst counts: the order is from good to bad, and `blue` and
    /// `grey` come alone.
    LightColor ("灯色", "light color") {
        Green = "green" ("绿灯", "On pace"),
        Yellow = "yellow" ("黄灯", "To be watched"),
        Red = "red" ("红灯", "Late"),
        Blue = "blue" ("蓝灯", "Closed"),
        Grey = "grey" ("灰灯", "Not judged"),
    }
}

codes! {
    /// Why a light is as it is. Each reason stands for one color.
    LightReasonCode ("亮灯原因", "light reason") {
        Closed = "closed" ("已销号", "The item is closed"),
        Cancelled = "cancelled" ("已取消", "It is cancelled"),
        Suspended = "suspended" ("已暂停", "It is suspended"),
        CarriedOver = "carried_over" ("已结转", "It goes on in a later plan"),
        StartsLater = "starts_later" ("尚未开始", "It starts after the day"),
        OnPace = "on_pace" ("进度正常", "Progress trails the time that has passed by less than the bound"),
        Behind = "behind" ("进度滞后", "Progress trails the time that has passed"),
        FarBehind = "far_behind" ("严重滞后", "Progress trails it by far"),
        StartDue = "start_due" ("应启动未启动", "It is due to start and has no progress"),
        StartLate = "start_late" ("启动严重滞后", "It should have started months ago"),
        DueSoon = "due_soon" ("临近到期", "It is due within days and not complete"),
        Overdue = "overdue" ("已逾期", "Its due date is past"),
        Silent = "silent" ("未按期报送", "No report for one reporting cycle"),
        LongSilent = "long_silent" ("长期未报送", "No report for two reporting cycles"),
        TargetMissed = "target_missed" ("目标未完成", "The linked target is not met at the end of its period"),
        ProjectSuspended = "project_suspended" ("关联项目暂停", "A linked project is suspended"),
        NothingApplies = "nothing_applies" ("无适用规则", "No rule applies"),
    }
}

/// The thresholds of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Version. Two lights can be compared when theirs is the same.
    pub version: i64,
    /// So many points behind the share of the time that has passed, progress is `behind`.
    pub behind_points: i64,
    /// More than so many points behind it is `far_behind`.
    pub far_behind_points: i64,
    /// So many months after the start, without progress, it is `start_late`.
    pub start_late_months: u32,
    /// From so many days before the due date, and not complete, it is `due_soon`.
    pub due_soon_days: u64,
    /// After so many reporting cycles without a report it is `silent`.
    pub silent_cycles: u32,
    /// After so many it is `long_silent`.
    pub long_silent_cycles: u32,
}

/// Every version there was, the one in force last.
pub const RULES: &[Rule] = &[RULE];

/// The rule in force.
pub const RULE: Rule = Rule {
    version: 1,
    behind_points: 10,
    far_behind_points: 30,
    start_late_months: 3,
    due_soon_days: 7,
    silent_cycles: 1,
    long_silent_cycles: 2,
};

impl LightReasonCode {
    /// The color that the reason stands for.
    pub const fn color(self) -> LightColor {
        match self {
            LightReasonCode::Closed => LightColor::Blue,
            LightReasonCode::Cancelled
            | LightReasonCode::Suspended
            | LightReasonCode::CarriedOver
            | LightReasonCode::StartsLater
            | LightReasonCode::NothingApplies => LightColor::Grey,
            LightReasonCode::OnPace => LightColor::Green,
            LightReasonCode::Behind
            | LightReasonCode::StartDue
            | LightReasonCode::DueSoon
            | LightReasonCode::Silent
            | LightReasonCode::TargetMissed
            | LightReasonCode::ProjectSuspended => LightColor::Yellow,
            LightReasonCode::FarBehind
            | LightReasonCode::StartLate
            | LightReasonCode::Overdue
            | LightReasonCode::LongSilent => LightColor::Red,
        }
    }

    /// When the reason applies, under a rule.
    pub fn meaning(self, rule: &Rule) -> Text {
        let Rule { behind_points, far_behind_points, start_late_months, due_soon_days, .. } = rule;
        let Rule { silent_cycles, long_silent_cycles, .. } = rule;
        let (zh, en) = match self {
            LightReasonCode::Closed => {
                ("已销号或已完工".into(), "It is closed, or the works are finished.".into())
            }
            LightReasonCode::Cancelled => ("已取消".into(), "It was cancelled.".into()),
            LightReasonCode::Suspended => ("已暂停".into(), "It is suspended.".into()),
            LightReasonCode::CarriedOver => ("已结转下年".into(), "Another plan goes on with it.".into()),
            LightReasonCode::StartsLater => ("尚未到开始日期".into(), "It starts on a later day.".into()),
            LightReasonCode::OnPace => (
                format!("进度落后时间不足{behind_points}个百分点"),
                format!(
                    "Progress is less than {behind_points} points behind the share of the time that has passed."
                ),
            ),
            LightReasonCode::Behind => (
                format!("进度落后时间{behind_points}至{far_behind_points}个百分点"),
                format!("Progress is {behind_points} to {far_behind_points} points behind."),
            ),
            LightReasonCode::FarBehind => (
                format!("进度落后时间超过{far_behind_points}个百分点"),
                format!("Progress is more than {far_behind_points} points behind."),
            ),
            LightReasonCode::StartDue => {
                ("已到开始日期而无进度".into(), "It was due to start and has no progress.".into())
            }
            LightReasonCode::StartLate => (
                format!("开始日期已过{start_late_months}个月而无进度"),
                format!("It was due to start {start_late_months} months ago and has no progress."),
            ),
            LightReasonCode::DueSoon => (
                format!("{due_soon_days}天内到期而未完成"),
                format!("It is due within {due_soon_days} days and is not complete."),
            ),
            LightReasonCode::Overdue => {
                ("已逾期而未完成".into(), "Its due date has passed and it is not complete.".into())
            }
            LightReasonCode::Silent => (
                format!("{silent_cycles}个报告周期没有进展报告"),
                format!("Reporting cycles without a report: {silent_cycles}."),
            ),
            LightReasonCode::LongSilent => (
                format!("{long_silent_cycles}个报告周期没有进展报告"),
                format!("Reporting cycles without a report: {long_silent_cycles}."),
            ),
            LightReasonCode::TargetMissed => {
                ("关联目标到期未达到".into(), "The linked target was not met when its period ended.".into())
            }
            LightReasonCode::ProjectSuspended => {
                ("关联项目已暂停".into(), "A linked project is suspended.".into())
            }
            LightReasonCode::NothingApplies => (
                "没有可据以判断的日期、报告周期或目标".into(),
                "No date, cycle or target says how it stands.".into(),
            ),
        };
        Text { zh, en }
    }
}
