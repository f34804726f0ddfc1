//! Two neighbouring digits for what lies between them: 两三 is two to three, 五六十 fifty to sixty, 十七八
//! seventeen to eighteen.

use super::{digit_of, whole};

/// The two numbers that the text spells, the lesser first, or `None` when it spells no two.
pub(in crate::domain) fn pair(text: &str) -> Option<(i64, i64)> {
    let digits: Vec<(usize, char, i64)> =
        text.char_indices().filter_map(|(at, c)| Some((at, c, digit_of(c)?))).collect();
    let [.., (at, low, less), (_, high, more)] = digits[..] else { return None };
    let after = text[at..].strip_prefix(low)?.strip_prefix(high)?;
    // 三五 is said for a few, too; other digits that are no neighbours are a slip.
    if more != less + 1 && (less, more) != (3, 5) {
        return None;
    }
    let before = &text[..at];
    let spelled = |digit: char| whole(&format!("{before}{digit}{after}"));
    spelled(low).zip(spelled(high))
}

#[cfg(test)]
mod tests {
    use super::super::tests::spell;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn neighbours_are_two_numbers() {
        for (text, numbers) in [
            ("两三", Some((2, 3))),
            ("一二", Some((1, 2))),
            ("五六十", Some((50, 60))),
            ("十七八", Some((17, 18))),
            ("三五百", Some((300, 500))),
            ("二百五六十", Some((250, 260))),
            ("一万三四千", Some((13_000, 14_000))),
            ("九十", None),
            ("一二三", None),
            ("三二", None),
            ("四六", None),
            ("一万二三", None),
            ("三四千五百", None),
            ("二〇二二", None),
            ("", None),
        ] {
            assert_eq!(pair(text), numbers, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_pair_is_its_two_numbers_with_what_they_share_written_once(
            above in 0i64..1000, digit in 1i64..9, place in 0u32..4,
        ) {
            let number = |digit: i64| above * 10_i64.pow(place + 1) + digit * 10_i64.pow(place);
            let (low, high) = (spell(number(digit)), spell(number(digit + 1)));
            let at = low.chars().zip(high.chars()).take_while(|(one, two)| one == two).count();
            let mut text: Vec<char> = low.chars().collect();
            text.insert(at + 1, high.chars().nth(at).expect("a digit"));
            let text: String = text.into_iter().collect();
            prop_assert_eq!(pair(&text), Some((number(digit), number(digit + 1))), "{}", text);
        }
    }
}
