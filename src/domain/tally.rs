//! How far the parts of a plan have come together: how many, under which lights, and how much is done by
//! weight. Exact; rounded only to be shown.

use dashu_int::IBig;
use dashu_ratio::RBig;

use super::decimal::Decimal;
use super::light::LightColor;

/// Parts that were counted together.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How many items there are.
    pub items: i64,
    lights: [i64; LightColor::ALL.len()],
    weight: IBig,
    /// Percent done, each part's times its weight.
    done: RBig,
}

impl Tally {
    /// One item that is so much done, in percent.
    pub fn of_item(color: LightColor, percent: i16) -> Tally {
        let mut item = Tally { items: 1, weight: 1.into(), ..Tally::default() };
        item.lights[color as usize] = 1;
        item.done = percent.into();
        item
    }

    /// Adds a part with its weight; none is 1. A part of which all weighs nothing says nothing of what is
    /// done.
    pub fn add(&mut self, part: &Tally, weight: Option<i64>) {
        self.items += part.items;
        for (count, more) in self.lights.iter_mut().zip(part.lights) {
            *count += more;
        }
        if let Some(done) = part.done() {
            let weight = IBig::from(weight.unwrap_or(1));
            self.done += done * &weight;
            self.weight += weight;
        }
    }

    /// How many items have a light of this color.
    pub fn lights(&self, color: LightColor) -> i64 {
        self.lights[color as usize]
    }

    fn done(&self) -> Option<RBig> {
        (!self.weight.is_zero()).then(|| &self.done / &self.weight)
    }

    /// How much is done in percent, by weight, with two decimals, half up. None where nothing has a weight.
    pub fn completion(&self) -> Option<Decimal> {
        let hundredths = i64::try_from((self.done()? * IBig::from(100)).round()).ok()?;
        Decimal::from_millionths(hundredths * 10_000).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tally: &Tally) -> Option<String> {
        tally.completion().map(|percent| percent.to_string())
    }

    fn together(parts: &[(i16, Option<i64>)]) -> Tally {
        let mut all = Tally::default();
        for &(percent, weight) in parts {
            all.add(&Tally::of_item(LightColor::Green, percent), weight);
        }
        all
    }

    #[test]
    fn completion_is_the_weighted_mean_half_up() {
        let max = i64::MAX;
        for (parts, expected) in [
            (vec![(30, None)], Some("30")),
            (vec![(0, None), (100, None), (0, None)], Some("33.33")),
            (vec![(0, None), (100, None), (100, None)], Some("66.67")),
            (vec![(100, Some(3)), (0, None)], Some("75")),
            (vec![(1, Some(1)), (0, Some(199))], Some("0.01")), // exactly 0.005
            (vec![(1, Some(1)), (0, Some(200))], Some("0")),
            (vec![(100, Some(0)), (40, Some(2))], Some("40")),
            (vec![(100, Some(max)), (0, Some(max))], Some("50")),
            (vec![(100, Some(0))], None),
            (vec![], None),
        ] {
            assert_eq!(told(&together(&parts)), expected.map(str::to_owned), "{parts:?}");
        }
    }

    #[test]
    fn a_tree_is_rolled_up_exactly() {
        // Thirds and sevenths: 100/3 by 3 and 100/7 by 7 are 200 of 10.
        let mut all = Tally::default();
        all.add(&together(&[(100, None), (0, Some(2))]), Some(3));
        all.add(&together(&[(100, None), (0, Some(6))]), Some(7));
        all.add(&together(&[(50, Some(0))]), Some(90));
        assert_eq!((told(&all), all.items), (Some("20".to_owned()), 5));
        assert_eq!((all.lights(LightColor::Green), all.lights(LightColor::Red)), (5, 0));
    }
}
