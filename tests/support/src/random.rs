//! Random numbers that depend on nothing but their seed: xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64.

/// A stream of numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut at = seed;
        let mut next = || {
            at = at.wrapping_add(0x9e37_79b9_7f4a_7c15);
            mix(at)
        };
        Self { state: [next(), next(), next(), next()] }
    }

    /// The stream of the `index`th program of a run.
    #[must_use]
    pub fn of_program(seed: u64, index: u64) -> Self {
        Self::new(mix(seed) ^ mix(index.wrapping_add(0x632b_e59b_d9b4_e019)))
    }

    /// A stream of its own that follows from this one.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::new(self.clone().bits() ^ 0x5851_f42d_4c95_7f2d)
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number below `bound`; 0 if the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // The bias of the remainder does not matter for bounds this small.
        usize::try_from(self.bits() % (bound.max(1) as u64)).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of the things, if there are any.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }

    /// Puts things into a random order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }
}

fn mix(value: u64) -> u64 {
    let mut mixed = value;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_stream() {
        let first: Vec<u64> = std::iter::repeat_with({
            let mut random = Random::of_program(7, 3);
            move || random.bits()
        })
        .take(5)
        .collect();
        let mut again = Random::of_program(7, 3);
        assert!(first.iter().all(|&number| number == again.bits()));
        assert_ne!(first[0], Random::of_program(7, 4).bits());
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[again.below(10)] += 1;
        }
        assert!(counts.iter().all(|&count| (800..1200).contains(&count)), "{counts:?}");
    }
}
