//! Bulletins 通报: what they are about, and which change of a light is for the worse or the better.

use std::cmp::Ordering;

use super::codes::codes;
use super::light::{Light, LightColor, LightReasonCode};

codes! {
    /// What a bulletin is about.
    BulletinKind ("通报类型", "bulletin kind") {
        /// The ranking of areas by a metric.
        Metric = "metric",
        /// The scoreboard of a plan.
        Plan = "plan",
    }
}

/// Which way a light has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// There is more to worry about.
    Worse,
    /// There is less to worry about.
    Better,
}

/// Which way a light has changed, from one bulletin to the next. What was taken off the watch is neither; where
/// the rule says nothing it is as under a green light.
pub fn shift(from: LightColor, to: &Light) -> Option<Shift> {
    let worry = |color: LightColor| match color {
        LightColor::Blue => 0,
        LightColor::Green | LightColor::Grey => 1,
        LightColor::Yellow => 2,
        LightColor::Red => 3,
    };
    let is_watched = to.color != LightColor::Grey
        || to.reasons.iter().any(|reason| reason.code == LightReasonCode::NothingApplies);
    match worry(to.color).cmp(&worry(from)) {
        Ordering::Greater if is_watched => Some(Shift::Worse),
        Ordering::Less if is_watched => Some(Shift::Better),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::light::Reason;
    use crate::error::Text;

    fn light(code: LightReasonCode) -> Light {
        Light { color: code.color(), reasons: vec![Reason { code, text: Text::new("", "") }] }
    }

    #[test]
    fn a_light_gets_worse_towards_red_and_better_towards_blue() {
        use LightColor::{Blue, Green, Grey, Red, Yellow};
        use LightReasonCode::{Behind, Closed, NothingApplies, OnPace, Overdue, Suspended};
        for (from, to, told) in [
            (Green, Behind, Some(Shift::Worse)),
            (Yellow, Overdue, Some(Shift::Worse)),
            (Blue, OnPace, Some(Shift::Worse)),
            (Grey, Overdue, Some(Shift::Worse)),
            (Red, Behind, Some(Shift::Better)),
            (Red, Closed, Some(Shift::Better)),
            (Grey, Closed, Some(Shift::Better)),
            (Yellow, NothingApplies, Some(Shift::Better)),
            (Grey, OnPace, None),
            (Green, NothingApplies, None),
            (Red, Suspended, None),
            (Blue, Suspended, None),
            (Red, Overdue, None),
        ] {
            assert_eq!(shift(from, &light(to)), told, "{from} to {to}");
        }
    }
}
