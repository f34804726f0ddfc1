//! Ranks of numbers: by their values, with the best and the worst rank that their bounds allow.

use super::derived::Derived;

/// Where a number stands among others, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// By value: one more than how many are ahead. Equal values share a rank.
    pub rank: usize,
    /// One more than how many are certainly ahead.
    pub best: usize,
    /// One more than how many may be ahead.
    pub worst: usize,
}

/// The standings of numbers, in their order. The greatest is first, or the least when `ascending`.
pub fn standings(numbers: &[Derived], ascending: bool) -> Vec<Standing> {
    let turned: Vec<Derived> =
        numbers.iter().map(|number| if ascending { number.negated() } else { number.clone() }).collect();
    let mut values: Vec<_> = turned.iter().map(Derived::value).collect();
    values.sort();
    let edges: Vec<_> = turned.iter().map(Derived::edges).collect();
    let mut lowers: Vec<_> = edges.iter().filter_map(|(lower, _)| lower.clone()).collect();
    lowers.sort();
    // Whatever has no upper bound may be ahead of all.
    let mut uppers: Vec<_> = edges.iter().filter_map(|(_, upper)| Some(&upper.as_ref()?.0)).collect();
    uppers.sort();
    let ahead = |total: usize, behind: usize| 1 + total - behind;
    turned
        .iter()
        .zip(&edges)
        .map(|(number, (lower, upper))| {
            let certainly = upper
                .as_ref()
                .map_or(1, |upper| ahead(lowers.len(), lowers.partition_point(|other| other <= upper)));
            let possibly = match lower {
                Some((lower, _)) => {
                    let itself = usize::from(upper.as_ref().is_none_or(|(upper, _)| upper > lower));
                    ahead(numbers.len(), uppers.partition_point(|other| *other <= lower)) - itself
                }
                None => numbers.len(),
            };
            Standing {
                rank: ahead(values.len(), values.partition_point(|other| *other <= number.value())),
                best: certainly,
                worst: possibly,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::decimal::Decimal;
    use crate::domain::quantity::{Comparator, Quantity};

    fn figure(value: i64, comparator: Option<Comparator>, room: i64) -> Derived {
        let number = |millionths| Decimal::from_millionths(millionths).expect("small");
        let upper = (comparator == Some(Comparator::More) && room > 0).then(|| number(value + room));
        Derived::from(&Quantity::stated(number(value), 0, comparator, None, upper).expect("a figure"))
    }

    fn ranks(numbers: &[Derived], ascending: bool) -> Vec<(usize, usize, usize)> {
        standings(numbers, ascending).iter().map(|of| (of.best, of.rank, of.worst)).collect()
    }

    #[test]
    fn equal_values_share_a_rank_and_the_next_is_skipped() {
        let numbers = [5, 7, 5, 3].map(|value| figure(value, None, 0));
        assert_eq!(ranks(&numbers, false), [(2, 2, 2), (1, 1, 1), (2, 2, 2), (4, 4, 4)]);
        assert_eq!(ranks(&numbers, true), [(2, 2, 2), (4, 4, 4), (2, 2, 2), (1, 1, 1)]);
        assert!(ranks(&[], false).is_empty());
    }

    #[test]
    fn bounds_tell_the_best_and_the_worst_rank() {
        use Comparator::{About, AtLeast, Less, More};
        let numbers = [
            figure(90, Some(More), 10),
            figure(95, None, 0),
            figure(100, None, 0),
            figure(80, Some(AtLeast), 0),
        ];
        assert_eq!(ranks(&numbers, false), [(2, 3, 4), (2, 2, 4), (1, 1, 2), (1, 4, 4)]);
        let numbers = [figure(50, Some(Less), 0), figure(50, None, 0), figure(1, Some(About), 0)];
        assert_eq!(ranks(&numbers, false), [(2, 1, 3), (1, 1, 2), (1, 3, 3)]);
    }

    proptest! {
        /// Against the definition, number by number.
        #[test]
        fn standings_are_those_of_the_definition(
            given in prop::collection::vec(
                (0_i64..6, prop::option::of(prop::sample::select(Comparator::ALL)), 0_i64..3), 0..12
            ),
            ascending in any::<bool>(),
        ) {
            let numbers: Vec<Derived> = given.iter().map(|(value, sign, room)| figure(*value, *sign, *room)).collect();
            let before = |one: &Derived, two: &Derived| if ascending { one.value() < two.value() } else { one.value() > two.value() };
            let surely = |one: &Derived, two: &Derived| if ascending { two.exceeds(one) } else { one.exceeds(two) };
            let never = |one: &Derived, two: &Derived| if ascending { one.reaches(two) } else { two.reaches(one) };
            let told = standings(&numbers, ascending);
            for (at, (number, standing)) in numbers.iter().zip(told).enumerate() {
                let others = || numbers.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, number)| number);
                prop_assert_eq!(standing.rank, 1 + others().filter(|other| before(other, number)).count());
                prop_assert_eq!(standing.best, 1 + others().filter(|other| surely(other, number)).count());
                prop_assert_eq!(standing.worst, 1 + others().filter(|other| !never(other, number)).count());
            }
        }
    }
}
