//! Lights as they go over the wire, and the parameters that ask for a day and for colors.

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::query::{Fields, FromFields};
use crate::domain::light::{self, LightColor, LightReasonCode};
use crate::domain::when::When;
use crate::statistics::by_light::LightFilter;

/// How a plan item or project stands at the end of a day, and why, by the rule whose version is `rule`.
///
/// `blue`: it is closed; of a project, completed, accepted or in use (`closed`). `grey`: it is cancelled,
/// suspended or carried over, or starts after the day (`cancelled`, `suspended`, `carried_over`,
/// `starts_later`). Else the worst color of all that applies, with every reason; where nothing applies, `grey`
/// (`nothing_applies`).
///
/// Pace, with a start and a due date: the share of the days from one to the other that have passed, the day
/// itself among them, less the progress. Under 10 points green (`on_pace`), 10 to 30 yellow (`behind`), over 30
/// red (`far_behind`).
///
/// Start: due to start, and no progress, yellow (`start_due`); three months late red (`start_late`).
///
/// Due date, unless progress is 100: within seven days yellow (`due_soon`), past red (`overdue`).
///
/// Silence, with a reporting cycle: one cycle since the last report or since the start, whichever is later,
/// yellow (`silent`); two red (`long_silent`). Where no start is known, the day of the assignment is the start.
///
/// The linked target was not met when its period ended, whatever the bounds of the two figures leave open
/// (`target_missed`), or a linked project is suspended (`project_suspended`): yellow.
///
/// A start counts from the first day that it can mean, a due date to the last. Progress is that of the last
/// report by the day that tells any and was not corrected, else the row's own as it was set by the end of the day;
/// what it was created with counts for the days before too. Null is 0. Only what the reader may see counts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Light {
    /// Color.
    pub color: LightColor,
    /// Every reason that applies; at least one.
    pub reasons: Vec<LightReason>,
    /// Version of the rule.
    #[schema(example = 1, minimum = 1)]
    pub rule: i64,
}

/// One reason of a light.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LightReason {
    /// Stable code of what applies; each stands for one color.
    pub code: LightReasonCode,
    /// The reason in Chinese.
    #[schema(example = "应于2023-12-31前完成，已逾期")]
    pub text: String,
    /// The reason in English.
    #[schema(example = "it was due by 2023-12-31 and is not complete")]
    pub text_en: String,
}

impl From<light::Light> for Light {
    fn from(light: light::Light) -> Light {
        let light::Light { color, reasons } = light;
        let told = |light::Reason { code, text }| LightReason { code, text: text.zh, text_en: text.en };
        Light { color, reasons: reasons.into_iter().map(told).collect(), rule: light::rule::RULE.version }
    }
}

/// When lights are asked for.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtQuery {
    /// Day at whose end lights are told (`2024-01-01`), or instant (`2024-01-01T08:00:00+08:00`); today in the
    /// township's zone by default. What had happened by then counts, as far as it is known now: reports, moves and
    /// granted extensions, which have a day and no hour, so that those of the day of an instant count, and progress
    /// that was set without a report. Other dates, weights and links are those of now.
    #[param(example = "2024-01-01")]
    pub at: Option<When>,
}

impl FromFields for AtQuery {
    fn from_fields(fields: &mut Fields) -> AtQuery {
        AtQuery { at: fields.one("at") }
    }
}

impl FromFields for LightFilter {
    fn from_fields(fields: &mut Fields) -> LightFilter {
        LightFilter { light: fields.many("light") }
    }
}
