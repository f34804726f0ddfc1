//! A figure as it is printed: the words of a page, and the number behind them with the format under which a
//! sheet shows the same words.

use std::fmt;

use crate::domain::codes::Role;
use crate::domain::decimal::Decimal;
use crate::domain::quantity::Comparator;
use crate::domain::words;
use crate::exchange::bulletins::content::BulletinNumber;

/// A number and the words that it is printed in.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The number.
    pub value: Decimal,
    decimals: u8,
    words: String,
}

impl Figure {
    /// A number that was worked out, with what is known of it; with its sign in any case where it is a change.
    pub(super) fn new(number: &BulletinNumber, decimals: i64, signed: bool) -> Figure {
        let figure = Figure::plain(number.value, decimals, signed);
        Figure { words: format!("{}{}", qualifier(number.comparator), figure.words), ..figure }
    }

    /// A figure as it was stated. The words stand for it where it is not exact, without the unit that the heading
    /// of the column names.
    pub(super) fn stated(number: &BulletinNumber, text: Option<&str>, unit: &str, decimals: i64) -> Figure {
        let text = text.filter(|_| number.comparator.is_some());
        // What is no figure, although it was kept beside one, says nothing here.
        let reading = text.and_then(|text| Some((text, words::read(text, Role::Actual).ok()?)));
        match reading {
            None => Figure::new(number, decimals, false),
            Some((text, reading)) => {
                let words =
                    if reading.unit_words == unit { text.replacen(unit, "", 1) } else { text.to_owned() };
                Figure { value: number.value, decimals: number.value.decimals(), words }
            }
        }
    }

    /// An exact number.
    pub(super) fn plain(value: Decimal, decimals: i64, signed: bool) -> Figure {
        let decimals = u8::try_from(decimals).unwrap_or(0).max(value.decimals());
        let sign = if signed && value > Decimal::ZERO { "+" } else { "" };
        Figure { value, decimals, words: format!("{sign}{}", value.to_fixed(decimals)) }
    }

    /// The number format under which a sheet shows the number in its words. The words are those of its sign
    /// only: another number that is put in its place is shown plainly.
    pub fn number_format(&self) -> String {
        let places = "0".repeat(self.decimals.into());
        let plain = if places.is_empty() { "0".to_owned() } else { format!("0.{places}") };
        let fixed = self.value.to_fixed(self.decimals);
        if self.words == fixed {
            return plain;
        }
        let own = match self.words.split_once(fixed.trim_start_matches('-')) {
            Some((before, after)) => format!("{}{plain}{}", quoted(before), quoted(after)),
            None => quoted(&self.words),
        };
        match self.value.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Greater => format!("{own};-{plain};{plain}"),
            std::cmp::Ordering::Less => format!("{plain};{own};{plain}"),
            std::cmp::Ordering::Equal => format!("{plain};-{plain};{own}"),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// How the true number lies to what follows.
fn qualifier(comparator: Option<Comparator>) -> &'static str {
    match comparator {
        None => "",
        Some(Comparator::About) => "约",
        Some(Comparator::Less) => "＜",
        Some(Comparator::AtMost) => "≤",
        Some(Comparator::AtLeast) => "≥",
        Some(Comparator::More) => "＞",
    }
}

fn quoted(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("\"{}\"", words.replace('"', "")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: i64, comparator: Option<Comparator>) -> BulletinNumber {
        let value = Decimal::from_millionths(value * 1_000_000).expect("a number");
        let (lower, upper) = (None, None);
        BulletinNumber { value, comparator, lower, upper, lower_inclusive: false, upper_inclusive: false }
    }

    #[test]
    fn a_sheet_shows_the_words_of_the_page() {
        let (less, more) = (Some(Comparator::Less), Some(Comparator::More));
        for (figure, words, format) in [
            (Figure::new(&number(-24, less), 0, true), "＜-24", "0;\"＜-\"0;0"),
            (Figure::new(&number(24, more), 1, true), "＞+24.0", "\"＞+\"0.0;-0.0;0.0"),
            (Figure::new(&number(0, Some(Comparator::About)), 0, true), "约0", "0;-0;\"约\"0"),
            (Figure::new(&number(-3, None), 0, true), "-3", "0"),
            (Figure::new(&number(3, None), 1, false), "3.0", "0.0"),
            (Figure::stated(&number(150, more), Some("150余户"), "户", 1), "150余", "0\"余\";-0;0"),
            (Figure::stated(&number(90, more), Some("90万余元"), "万元", 2), "90万余元", "0\"万余元\";-0;0"),
            (Figure::stated(&number(30, more), Some("三十余户"), "户", 0), "三十余", "\"三十余\";-0;0"),
            (Figure::stated(&number(60, more), Some("见附表"), "户", 0), "＞60", "\"＞\"0;-0;0"),
            (Figure::stated(&number(60, None), Some("60户"), "户", 1), "60.0", "0.0"),
        ] {
            assert_eq!((figure.to_string().as_str(), figure.number_format().as_str()), (words, format));
        }
    }
}
