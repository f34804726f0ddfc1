//! Bulletins 通报: what they are about, how their documents are numbered, and which change of a light is for
//! the worse or the better.

use std::cmp::Ordering;

use super::codes::codes;
use super::light::{Light, LightColor, LightReasonCode};
use crate::error::Invalid;

codes! {
    /// What a bulletin is about.
    BulletinKind ("通报类型", "bulletin kind") {
        Metric = "metric" ("指标通报", "The ranking of areas by a metric"),
        Plan = "plan" ("计划通报", "The scoreboard of a plan"),
    }
}

/// The document code 机关代字 of an organ has at most so many characters.
pub const DOCUMENT_CODE: usize = 20;

/// Checks the document code of an organ: letters alone, since year and number are set beside it.
///
/// Errors: `document_code`.
pub fn check_document_code(code: &str) -> Result<(), Invalid> {
    if (1..=DOCUMENT_CODE).contains(&code.chars().count()) && code.chars().all(char::is_alphabetic) {
        return Ok(());
    }
    Err(Invalid::new(
        "document_code",
        format!("机关代字应为 1 至 {DOCUMENT_CODE} 个文字，不含年份、序号和符号，如“弼镇督”"),
        format!(
            "a document code has 1 to {DOCUMENT_CODE} letters, without year, number and signs, as 弼镇督"
        ),
    ))
}

/// A document number 文号: the code of the organ, the year and the number in it.
pub fn document_number(code: &str, year: i64, number: i64) -> String {
    format!("{code}〔{year}〕{number}号")
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
