//! Numbers that look like chance and are a function of what they are for: the same seed, place and time give
//! the same number on every machine, in whatever order they are asked for.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The chances of one thing.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    key: [u8; 32],
    seed: u64,
}

impl Dice {
    /// Those of the thing with these three numbers.
    pub(super) fn of(seed: u64, thing: [u64; 3]) -> Dice {
        let mut key = [0; 32];
        for (part, number) in key.chunks_exact_mut(8).zip(thing) {
            part.copy_from_slice(&number.to_le_bytes());
        }
        Dice { key, seed }
    }

    /// The next number, from 0 to one below `sides`.
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        let number = xxh3_64_with_seed(&self.key, self.seed);
        self.key[24] += 1;
        // The high half of the product: no side is favoured by more than one in 2^64 / sides.
        ((u128::from(number) * u128::from(sides)) >> 64) as u64
    }

    /// Whether something happens that happens so often in a thousand.
    pub(super) fn happens(&mut self, per_mille: u64) -> bool {
        self.roll(1000) < per_mille
    }
}
