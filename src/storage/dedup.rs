//! The set that keeps a relation's tuples distinct. One probe here is what a derivation costs, so probes go in batches:
//! first the home slots of a whole batch are loaded (the loads are independent and overlap), then compared, then the
//! misses inserted.

use crate::value::Word;

/// Which tuples of one relation exist. Two kinds, by arity: up to two columns the tuple itself is the key, inline; from
/// three on the slots hold a tag of the hash and the row's number, and tuples are compared in the row log.
#[derive(Clone, Debug, Default)]
pub struct TupleSet {
    arity: usize,
    /// Power of two, or empty. [`EMPTY`] marks a free slot.
    slots: Vec<u64>,
    len: usize,
    hashing: Hashing,
}

/// How tuples are hashed. Nothing but speed depends on it; tests turn it to the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hashing {
    /// Where hashes begin.
    pub seed: u64,
    /// Every hash is the same: each probe walks over all tuples.
    pub constant: bool,
}

/// No tuple has this key (a word of all ones is never given out), and no row this number.
const EMPTY: u64 = u64::MAX;
const FIRST_CAPACITY: usize = 16;
const BATCH: usize = 512;

/// The row log that a set speaks of: what readers see, and what was added since.
#[derive(Clone, Copy, Debug)]
struct Log<'a> {
    committed: &'a [Word],
    fresh: &'a [Word],
}

impl<'a> Log<'a> {
    fn row(self, arity: usize, row: usize) -> &'a [Word] {
        let start = row * arity;
        if start < self.committed.len() {
            &self.committed[start..start + arity]
        } else {
            let start = start - self.committed.len();
            &self.fresh[start..start + arity]
        }
    }
}

impl TupleSet {
    /// An empty set of tuples of `arity` columns.
    #[must_use]
    pub fn new(arity: usize) -> Self {
        Self::hashed(arity, Hashing::default())
    }

    /// An empty set that hashes in a given way.
    #[must_use]
    pub fn hashed(arity: usize, hashing: Hashing) -> Self {
        Self { arity, slots: Vec::new(), len: 0, hashing }
    }

    /// How it hashes.
    #[must_use]
    pub fn hashing(&self) -> Hashing {
        self.hashing
    }

    /// How many tuples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.slots.len() * size_of::<u64>()
    }

    /// Makes room for `more` further tuples. `committed` and `fresh` are the rows that the set holds.
    pub fn reserve(&mut self, more: usize, committed: &[Word], fresh: &[Word]) {
        let wanted = (self.len + more) * 4 / 3 + 1;
        if self.arity > 0 && wanted > self.slots.len() {
            self.regrow(wanted.next_power_of_two().max(FIRST_CAPACITY), Log { committed, fresh });
        }
    }

    /// Whether a tuple exists. `committed` holds all its rows.
    #[must_use]
    pub fn contains(&self, committed: &[Word], tuple: &[Word]) -> bool {
        if self.arity == 0 {
            return self.len > 0;
        }
        if self.slots.is_empty() {
            return false;
        }
        let (key, mut at) = self.home(tuple);
        let log = Log { committed, fresh: &[] };
        loop {
            match self.slots[at] {
                EMPTY => return false,
                slot if self.same(slot, key, tuple, log) => return true,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Adds those of `candidates` (row after row) that are new to the set, in order, to `fresh`. Gives how many.
    pub fn insert_batch(
        &mut self,
        committed: &[Word],
        fresh: &mut Vec<Word>,
        candidates: &[Word],
        count: usize,
    ) -> usize {
        let before = self.len;
        if self.arity == 0 {
            self.len |= usize::from(count > 0);
            return self.len - before;
        }
        let arity = self.arity;
        let mut homes = [(0_u64, 0_usize, 0_u64); BATCH];
        for chunk in candidates.chunks(BATCH * arity) {
            let rows = chunk.len() / arity;
            // Growing by need, not by the batch: most candidates of a late round are old.
            if (self.len + rows) * 4 > self.slots.len() * 3 {
                let capacity = ((self.len + rows) * 4 / 3 + 1).next_power_of_two().max(FIRST_CAPACITY);
                self.regrow(capacity, Log { committed, fresh });
            }
            for (home, tuple) in homes.iter_mut().zip(chunk.chunks_exact(arity)) {
                let (key, at) = self.home(tuple);
                *home = (key, at, 0);
            }
            for home in &mut homes[..rows] {
                home.2 = self.slots[home.1];
            }
            for (&(key, home, seen), tuple) in homes[..rows].iter().zip(chunk.chunks_exact(arity)) {
                // What the home slot held a moment ago decides most cases without touching the table again.
                if seen != EMPTY && self.same(seen, key, tuple, Log { committed, fresh }) {
                    continue;
                }
                self.insert_at(key, home, tuple, committed, fresh);
            }
        }
        self.len - before
    }

    fn insert_at(&mut self, key: u64, home: usize, tuple: &[Word], committed: &[Word], fresh: &mut Vec<Word>) {
        let mask = self.slots.len() - 1;
        let mut at = home;
        loop {
            match self.slots[at] {
                EMPTY => break,
                slot if self.same(slot, key, tuple, Log { committed, fresh }) => return,
                _ => at = (at + 1) & mask,
            }
        }
        self.slots[at] = if self.arity <= 2 { key } else { key | self.len as u64 };
        self.len += 1;
        fresh.extend_from_slice(tuple);
    }

    /// The key to look for and the slot to look at first. For wide tuples the key is the tag in the upper half.
    fn home(&self, tuple: &[Word]) -> (u64, usize) {
        let shift = 64 - self.slots.len().trailing_zeros();
        match *tuple {
            [a] => (u64::from(a), (self.mix(u64::from(a)) >> shift) as usize),
            [a, b] => {
                let key = u64::from(a) << 32 | u64::from(b);
                (key, (self.mix(key) >> shift) as usize)
            }
            _ => {
                let hash = tuple.iter().fold(0, |hash: u64, &word| self.mix(hash ^ u64::from(word)));
                // The tag takes the low half of the hash, the home its top bits.
                (hash << 32, (self.mix(hash) >> shift) as usize)
            }
        }
    }

    /// Spreads a key over all 64 bits, best at the top (two rounds of multiply and fold, after Steele, Lea and Flood's
    /// SplitMix, 2014).
    fn mix(&self, key: u64) -> u64 {
        if self.hashing.constant {
            return self.hashing.seed;
        }
        let folded = (key ^ self.hashing.seed ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (folded ^ (folded >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }

    fn same(&self, slot: u64, key: u64, tuple: &[Word], log: Log<'_>) -> bool {
        if self.arity <= 2 {
            return slot == key;
        }
        slot >> 32 == key >> 32 && log.row(self.arity, (slot & 0xffff_ffff) as usize) == tuple
    }

    /// Builds the slots anew at a capacity, walking the rows in order. The old slots are freed first.
    fn regrow(&mut self, capacity: usize, log: Log<'_>) {
        self.slots = Vec::new();
        self.slots = vec![EMPTY; capacity];
        let mask = capacity - 1;
        for row in 0..self.len {
            let (key, mut at) = self.home(log.row(self.arity, row));
            while self.slots[at] != EMPTY {
                at = (at + 1) & mask;
            }
            self.slots[at] = if self.arity <= 2 { key } else { key | row as u64 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_nullary_tuple_exists_once() {
        let mut set = TupleSet::new(0);
        assert!(!set.contains(&[], &[]));
        assert_eq!(set.insert_batch(&[], &mut Vec::new(), &[], 3), 1);
        assert_eq!(set.insert_batch(&[], &mut Vec::new(), &[], 1), 0);
        assert!(set.contains(&[], &[]));
    }

    proptest! {
        #[test]
        fn behaves_as_a_set_in_order_of_first_appearance(
            arity in 1_usize..5,
            words in proptest::collection::vec(0_u32..40, 0..3_000),
            cut in 0_usize..2_000,
        ) {
            let rows = words.len() / arity;
            let words = &words[..rows * arity];
            let cut = (cut % (rows + 1)) * arity;
            let mut set = TupleSet::new(arity);
            let mut committed = Vec::new();
            set.insert_batch(&[], &mut committed, &words[..cut], cut / arity);
            let mut fresh = Vec::new();
            set.insert_batch(&committed, &mut fresh, &words[cut..], rows - cut / arity);
            committed.extend(fresh);
            let mut model = BTreeSet::new();
            let expected: Vec<Word> =
                words.chunks_exact(arity).filter(|row| model.insert(row.to_vec())).flatten().copied().collect();
            prop_assert_eq!(&committed, &expected);
            prop_assert_eq!(set.len(), model.len());
            for probe in words.chunks_exact(arity) {
                prop_assert!(set.contains(&committed, probe));
            }
            prop_assert!(!set.contains(&committed, &vec![41; arity]));
        }
    }
}
