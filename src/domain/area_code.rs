//! The official code of an administrative division: reading, writing, and the span of codes below
//! it. What the code stands for (name, level, parent) is stored elsewhere, never read off it.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Invalid, refused};

const DIGITS: usize = 12;
const LOWEST: i64 = 100_000_000_000;
const HIGHEST: i64 = 999_999_999_999;

/// How many codes the groups province, prefecture, county and township leave below themselves,
/// widest first: the groups of a code are 2, 2, 2, 3 and 3 digits long.
const BLOCKS: [i64; 4] = [10_000_000_000, 100_000_000, 1_000_000, 1_000];

/// Official statistical code of an administrative division, twelve digits: two each for province,
/// prefecture and county, three each for township and village. Accepted with 2, 4, 6, 9 or 12
/// digits, the missing ones being zeros; always given with 12.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    utoipa::ToSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
#[schema(
    value_type = String,
    pattern = "^[1-9][0-9]([0-9]{2}|[0-9]{4}|[0-9]{7}|[0-9]{10})?$",
    example = "430681107223"
)]
pub struct AreaCode(i64);

impl AreaCode {
    /// The code as a number of twelve digits, as it is stored and ordered.
    pub const fn as_i64(self) -> i64 {
        self.0
    }

    /// The lowest division that all of these lie in, themselves included; none when they have no
    /// province in common.
    pub fn above(areas: &[AreaCode]) -> Option<AreaCode> {
        let (first, others) = areas.split_first()?;
        let blocks = std::iter::once(1).chain(BLOCKS.into_iter().rev());
        let mut above = blocks.map(|block| AreaCode(first.0 - first.0 % block));
        above.find(|area| others.iter().all(|other| area.subtree().contains(&other.0)))
    }

    /// The codes that this one lies in, by its groups alone: the nearest first, itself not included.
    pub fn ancestors(self) -> impl Iterator<Item = AreaCode> {
        let blocks = BLOCKS.into_iter().rev().filter(move |block| self.0 % block != 0);
        blocks.map(move |block| AreaCode(self.0 - self.0 % block))
    }

    /// The codes of this division and of all divisions below it. A code whose last groups are
    /// zeros spans everything that they can number; a village spans only itself.
    pub fn subtree(self) -> RangeInclusive<i64> {
        let below = BLOCKS.into_iter().find(|block| self.0 % block == 0);
        self.0..=self.0 + below.unwrap_or(1) - 1
    }
}

impl AreaCode {
    /// The code as a borrowed number, for the column that keeps it.
    pub(crate) const fn as_i64_ref(&self) -> &i64 {
        &self.0
    }
}

impl TryFrom<i64> for AreaCode {
    type Error = Invalid;

    /// Errors: `area_code_digits` when the number has not exactly twelve digits.
    fn try_from(code: i64) -> Result<AreaCode, Invalid> {
        if (LOWEST..=HIGHEST).contains(&code) {
            Ok(AreaCode(code))
        } else {
            Err(malformed(&code.to_string()))
        }
    }
}

impl FromStr for AreaCode {
    type Err = Invalid;

    /// Errors: `area_code_digits` unless the text is 2, 4, 6, 9 or 12 ASCII digits that do not
    /// start with a zero.
    fn from_str(text: &str) -> Result<AreaCode, Invalid> {
        let whole = matches!(text.len(), 2 | 4 | 6 | 9 | 12);
        if !whole || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed(text));
        }
        let padded = format!("{text:0<DIGITS$}");
        let code: i64 = padded.parse().map_err(|_| malformed(text))?;
        AreaCode::try_from(code).map_err(|_| malformed(text))
    }
}

fn malformed(text: &str) -> Invalid {
    Invalid::new(
        "area_code_digits",
        format!("“{text}”不是区划代码：应为2、4、6、9或12位数字，首位不为0"),
        format!("“{text}” is not an area code: give 2, 4, 6, 9 or 12 digits, the first of them not 0"),
    )
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The range check leaves no code with fewer digits to pad.
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for AreaCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AreaCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AreaCode, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|invalid| refused(&invalid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> AreaCode {
        text.parse().expect("an area code")
    }

    #[test]
    fn short_codes_are_padded() {
        for (short, long) in [
            ("43", "430000000000"),
            ("4306", "430600000000"),
            ("430681", "430681000000"),
            ("430681107", "430681107000"),
            ("430681107223", "430681107223"),
        ] {
            assert_eq!(code(short).to_string(), long);
        }
    }

    #[test]
    fn other_lengths_zeros_in_front_and_other_digits_are_refused() {
        for text in [
            "",
            "4",
            "430",
            "43068",
            "4306811",
            "43068110",
            "4306811072",
            "43068110722",
            "4306811072233",
            "03",
            "00",
            "4a",
            " 43",
            "+3",
            "-430681107223",
            "４３",
            "四三",
        ] {
            let refused = text.parse::<AreaCode>().expect_err(text);
            assert_eq!(refused.code, "area_code_digits", "{text}");
        }
        for number in [0, -1, i64::MIN, i64::MAX, LOWEST - 1, HIGHEST + 1] {
            assert!(AreaCode::try_from(number).is_err(), "{number}");
        }
    }

    #[test]
    fn a_subtree_is_the_area_and_all_below() {
        let span = |text| {
            let span = code(text).subtree();
            (*span.start(), *span.end())
        };
        assert_eq!(span("43"), (430_000_000_000, 439_999_999_999));
        assert_eq!(span("4306"), (430_600_000_000, 430_699_999_999));
        assert_eq!(span("430681"), (430_681_000_000, 430_681_999_999));
        assert_eq!(span("430681107"), (430_681_107_000, 430_681_107_999));
        assert_eq!(span("430681107223"), (430_681_107_223, 430_681_107_223));
        // Zeros inside a group are digits like any others.
        assert_eq!(span("430600100"), (430_600_100_000, 430_600_100_999));
        assert_eq!(span("430681100200"), (430_681_100_200, 430_681_100_200));
    }

    #[test]
    fn json_holds_a_string() {
        let village = code("430681107223");
        let json = serde_json::to_string(&village).expect("JSON");
        assert_eq!(json, "\"430681107223\"");
        assert_eq!(serde_json::from_str::<AreaCode>("\"43\"").ok(), Some(code("43")));
        assert!(serde_json::from_str::<AreaCode>("430681107223").is_err());
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(number in LOWEST..=HIGHEST) {
            let code = AreaCode::try_from(number).expect("in range");
            prop_assert_eq!(code.to_string().len(), DIGITS);
            prop_assert_eq!(code.to_string().parse::<AreaCode>(), Ok(code));
            prop_assert_eq!(code.as_i64(), number);
        }

        #[test]
        fn any_prefix_of_whole_groups_is_padded_and_contains_the_code(
            number in LOWEST..=HIGHEST,
            digits in prop::sample::select(vec![2usize, 4, 6, 9, 12]),
        ) {
            let full = AreaCode::try_from(number).expect("in range");
            let above = code(&full.to_string()[..digits]);
            let padded = above.to_string();
            prop_assert!(padded[digits..].bytes().all(|byte| byte == b'0'));
            prop_assert!(above.subtree().contains(&number));
        }

        #[test]
        fn subtrees_nest_or_are_apart(
            a in "[1-9][0-9]0[0-9]0[0-9]00[0-9]00[0-9]",
            b in "[1-9][0-9]0[0-9]0[0-9]00[0-9]00[0-9]",
            same in prop::sample::select(vec![2usize, 4, 6, 9]),
        ) {
            let b = format!("{}{}", &a[..same], &b[same..]);
            let (a, b) = (code(&a), code(&b));
            prop_assert!(a.subtree().contains(&a.as_i64()));
            let within = |inner: AreaCode, outer: AreaCode| {
                outer.subtree().contains(inner.subtree().start())
                    && outer.subtree().contains(inner.subtree().end())
            };
            let apart = a.subtree().end() < b.subtree().start()
                || b.subtree().end() < a.subtree().start();
            prop_assert!(apart || within(a, b) || within(b, a));
        }
    }
}
