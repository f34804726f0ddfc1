//! Numbers of the oracle: plain fractions, and what is known of a true number, by its corners.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

const MILLION: i128 = 1_000_000;

/// A fraction in lowest terms, its denominator positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction(i128, i128);

impl Fraction {
    pub fn new(above: i128, below: i128) -> Fraction {
        let (mut one, mut two) = (above.abs(), below.abs());
        while two != 0 {
            (one, two) = (two, one % two);
        }
        Fraction(above / one * below.signum(), below.abs() / one)
    }

    /// Reads a decimal with at most six places.
    pub fn read(text: &str) -> Fraction {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        Fraction::new(format!("{whole}{part:0<6}").parse().unwrap(), MILLION)
    }

    pub fn plus(self, other: Fraction) -> Fraction {
        Fraction::new(self.0 * other.1 + other.0 * self.1, self.1 * other.1)
    }

    pub fn times(self, other: Fraction) -> Fraction {
        Fraction::new(self.0 * other.0, self.1 * other.1)
    }

    pub fn turned(self) -> Fraction {
        Fraction::new(self.1, self.0)
    }

    pub fn sign(self) -> i128 {
        self.0.signum()
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        (self.0 * other.1).cmp(&(other.0 * self.1))
    }
}

/// One end of what a true number can be, and whether it can be that itself. None is infinitely far.
pub type End = Option<(Fraction, bool)>;

/// A value, and between which ends the true number lies.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    pub value: Fraction,
    pub low: End,
    pub high: End,
}

/// What a corner of two ranges comes to: infinitely far on a side of 0, or a number.
#[derive(Clone, Copy)]
enum Corner {
    Far(i128),
    At(Fraction, bool),
}

impl Known {
    pub fn exactly(above: i128, below: i128) -> Known {
        let value = Fraction::new(above, below);
        Known { value, low: Some((value, true)), high: Some((value, true)) }
    }

    fn unbounded(value: Fraction) -> Known {
        Known { value, low: None, high: None }
    }

    pub fn plus(self, other: Known) -> Known {
        let both = |one: End, two: End| {
            one.zip(two).map(|((one, is_one), (two, is_two))| (one.plus(two), is_one && is_two))
        };
        Known {
            value: self.value.plus(other.value),
            low: both(self.low, other.low),
            high: both(self.high, other.high),
        }
    }

    pub fn negated(self) -> Known {
        let turned = |end: End| end.map(|(at, reached)| (at.times(Fraction(-1, 1)), reached));
        Known { value: self.value.times(Fraction(-1, 1)), low: turned(self.high), high: turned(self.low) }
    }

    pub fn minus(self, other: Known) -> Known {
        self.plus(other.negated())
    }

    fn ends(self) -> [Corner; 2] {
        let corner = |end: End, side| end.map_or(Corner::Far(side), |(at, reached)| Corner::At(at, reached));
        [corner(self.low, -1), corner(self.high, 1)]
    }

    /// The range of all corners.
    fn around(value: Fraction, corners: &[Corner]) -> Known {
        let end = |side: i128| -> End {
            let mut best: End = None;
            for corner in corners {
                match *corner {
                    Corner::Far(way) if way == side => return None,
                    Corner::At(at, reached) => {
                        let order = best.map_or(1, |(so_far, _)| side * (at.cmp(&so_far) as i128));
                        best = match order {
                            1 => Some((at, reached)),
                            0 => best.map(|(at, before)| (at, before || reached)),
                            _ => best,
                        };
                    }
                    Corner::Far(_) => {}
                }
            }
            best
        };
        Known { value, low: end(-1), high: end(1) }
    }

    /// The product; nothing is known of it unless the other is certainly not negative.
    pub fn times(self, other: Known) -> Known {
        let value = self.value.times(other.value);
        if other.low.is_none_or(|(at, _)| at.sign() < 0) {
            return Known::unbounded(value);
        }
        let product = |one: Corner, two: Corner| match (one, two) {
            (Corner::Far(one), Corner::Far(two)) => Corner::Far(one * two),
            (Corner::Far(side), Corner::At(at, reached)) | (Corner::At(at, reached), Corner::Far(side)) => {
                match at.sign() {
                    0 => Corner::At(at, reached),
                    sign => Corner::Far(side * sign),
                }
            }
            (Corner::At(one, is_one), Corner::At(two, is_two)) => {
                let zero = one.sign() == 0 && is_one || two.sign() == 0 && is_two;
                Corner::At(one.times(two), zero || is_one && is_two)
            }
        };
        let corners: Vec<Corner> =
            self.ends().iter().flat_map(|one| other.ends().map(|two| product(*one, two))).collect();
        Known::around(value, &corners)
    }

    /// The quotient; nothing is known of it unless the divisor is certainly positive. None by nothing.
    pub fn over(self, divisor: Known) -> Option<Known> {
        if divisor.value.sign() == 0 {
            return None;
        }
        let value = self.value.times(divisor.value.turned());
        if divisor.low.is_none_or(|(at, reached)| at.sign() < 0 || at.sign() == 0 && reached) {
            return Some(Known::unbounded(value));
        }
        let quotient = |one: Corner, two: Corner| match (one, two) {
            (Corner::At(one, reached), _) if one.sign() == 0 => Corner::At(one, reached),
            (_, Corner::Far(_)) => Corner::At(Fraction(0, 1), false),
            (Corner::Far(side), Corner::At(..)) => Corner::Far(side),
            (Corner::At(one, _), Corner::At(two, _)) if two.sign() == 0 => Corner::Far(one.sign()),
            (Corner::At(one, is_one), Corner::At(two, is_two)) => {
                Corner::At(one.times(two.turned()), is_one && is_two)
            }
        };
        let corners: Vec<Corner> =
            self.ends().iter().flat_map(|one| divisor.ends().map(|two| quotient(*one, two))).collect();
        Some(Known::around(value, &corners))
    }

    /// The greater: at least both lows, at most the greater high.
    pub fn greater(self, other: Known) -> Known {
        let low = match (self.low, other.low) {
            (Some((one, is_one)), Some((two, is_two))) if one == two => Some((one, is_one && is_two)),
            (Some(one), Some(two)) => Some(if one.0 > two.0 { one } else { two }),
            (one, two) => one.or(two),
        };
        let high = self.high.zip(other.high).map(|(one, two)| match one.0.cmp(&two.0) {
            Ordering::Equal => (one.0, one.1 || two.1),
            Ordering::Greater => one,
            Ordering::Less => two,
        });
        Known { value: self.value.max(other.value), low, high }
    }

    pub fn lesser(self, other: Known) -> Known {
        self.negated().greater(other.negated()).negated()
    }

    /// What a rate of change is held against: a magnitude has bounds only where the sign is certain.
    pub fn magnitude(self) -> Known {
        match self.low {
            Some((at, _)) if at.sign() >= 0 => self,
            _ => Known::unbounded(Fraction::new(self.value.0.abs(), self.value.1)),
        }
    }

    /// Whether it is certainly more, or at least not less, than another.
    pub fn is_above(self, other: Known, or_equal: bool) -> bool {
        self.low.zip(other.high).is_some_and(|((low, is_low), (high, is_high))| match low.cmp(&high) {
            Ordering::Greater => true,
            Ordering::Equal => or_equal || !(is_low && is_high),
            Ordering::Less => false,
        })
    }

    fn comparator(self) -> Value {
        let at = |end: End| end.filter(|(at, _)| *at == self.value).map(|(_, reached)| reached);
        match (at(self.low), at(self.high)) {
            (Some(_), Some(_)) => Value::Null,
            (Some(reached), None) => json!(if reached { ">=" } else { ">" }),
            (None, Some(reached)) => json!(if reached { "<=" } else { "<" }),
            (None, None) => json!("~"),
        }
    }

    /// As an answer tells it: value, comparator, bounds, warnings.
    pub fn told(known: Option<Known>) -> Map<String, Value> {
        let Some(known) = known else {
            let nothing = json!({
                "value": null, "comparator": null, "lower": null, "upper": null,
                "lower_inclusive": false, "upper_inclusive": false, "warnings": [],
            });
            return nothing.as_object().unwrap().clone();
        };
        let (value, is_value) = decimal(known.value, 0);
        let end = |end: End, side| match end {
            None => (Value::Null, true, false),
            Some((at, reached)) => {
                let (told, is_exact) = decimal(at, side);
                (told, is_exact, is_exact && reached)
            }
        };
        let (low, high) = (end(known.low, -1), end(known.high, 1));
        let warnings = if is_value && low.1 && high.1 { json!([]) } else { json!(["rounded"]) };
        let told = json!({
            "value": value, "comparator": known.comparator(), "lower": low.0, "upper": high.0,
            "lower_inclusive": low.2, "upper_inclusive": high.2, "warnings": warnings,
        });
        told.as_object().unwrap().clone()
    }
}

/// A number at six places, rounded down, up, or (0) to the nearest, and whether it is the number itself.
fn decimal(number: Fraction, side: i128) -> (Value, bool) {
    let (above, below) = (number.0 * MILLION, number.1);
    let floor = above.div_euclid(below);
    let millionths = match side {
        -1 => floor,
        1 => -(-above).div_euclid(below),
        // Half away from zero.
        _ => (2 * above.abs() + below).div_euclid(2 * below) * above.signum(),
    };
    let sign = if millionths < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:06}", millionths.abs() / MILLION, millionths.abs() % MILLION);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    (serde_json::from_str(text).unwrap(), above % below == 0)
}
