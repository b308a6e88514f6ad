//! Which rows lookups can want at all.

use std::sync::Arc;

use crate::value::Word;

/// Bits that a value may take.
const ROOM: usize = 64;

/// A set of values: a bit for each up to the greatest. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Bits(Arc<[u64]>);

impl Bits {
    /// These values. Nothing where they lie so far apart that there would be more than 64 bits a value.
    pub(super) fn of(values: impl Iterator<Item = Word> + Clone) -> Option<Self> {
        let (count, greatest) =
            values.clone().fold((0, 0), |(count, most): (usize, Word), value| (count + 1, most.max(value)));
        let greatest = greatest as usize;
        if greatest / ROOM > count {
            return None;
        }
        let mut bits = vec![0_u64; greatest / 64 + 1];
        values.for_each(|value| bits[(value >> 6) as usize] |= 1 << (value & 63));
        Some(Self(bits.into()))
    }

    /// Whether a value is one of them.
    #[inline]
    pub(super) fn has(&self, value: Word) -> bool {
        self.0.get((value >> 6) as usize).is_some_and(|bits| bits >> (value & 63) & 1 == 1)
    }

    /// Bytes of memory held.
    pub(super) fn bytes(&self) -> usize {
        self.0.len() * size_of::<u64>()
    }
}

/// Tells the rows that have one of some values in a column.
#[derive(Clone, Debug)]
pub struct Sieve {
    column: usize,
    bits: Bits,
}

impl Sieve {
    /// Passes rows with one of these values in a column. Nothing where they lie so far apart that there would be more than 64
    /// bits a value.
    #[must_use]
    pub fn new(column: usize, values: impl Iterator<Item = Word> + Clone) -> Option<Self> {
        Some(Self { column, bits: Bits::of(values)? })
    }

    /// Whether a row has one of the values.
    #[inline]
    #[must_use]
    pub fn passes(&self, row: &[Word]) -> bool {
        self.bits.has(row[self.column])
    }

    /// Whether it has its values from where another one has them.
    pub(crate) fn shares(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.bits.0, &other.bits.0)
    }

    /// Whether it passes all rows that another one does.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let own = self.bits.0.iter().chain(std::iter::repeat(&0));
        self.column == other.column
            && (self.shares(other) || other.bits.0.iter().zip(own).all(|(bits, own)| bits & !own == 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_one_of_the_values_pass() {
        let sieve = |column: usize, values: &[Word]| Sieve::new(column, values.iter().copied());
        let some = sieve(1, &[3, 64, 130]).unwrap();
        let passing: Vec<Word> = (0..300).filter(|&value| some.passes(&[7, value])).collect();
        assert_eq!(passing, [3, 64, 130]);
        assert!(!some.passes(&[3, Word::MAX]));
        let none = sieve(0, &[]).unwrap();
        assert!((0..200).all(|value| !none.passes(&[value])));
        // A value may take a word, and those of the greatest are all that is asked for.
        assert!(sieve(0, &[127]).is_some() && sieve(0, &[128]).is_none() && sieve(0, &[128, 128]).is_some());
        assert!(sieve(0, &[191, 1]).is_some() && sieve(0, &[192, 1]).is_none());
    }

    #[test]
    fn more_values_cover_fewer() {
        let sieve = |column: usize, values: &[Word]| Sieve::new(column, values.iter().copied()).unwrap();
        let (few, more, others) = (sieve(0, &[3, 70]), sieve(0, &[3, 4, 70, 130]), sieve(0, &[3, 71]));
        assert!(more.covers(&few) && few.covers(&few) && !few.covers(&more) && !more.covers(&others));
        assert!(!others.covers(&few) && !sieve(1, &[3, 70]).covers(&few));
        assert!(sieve(0, &[3]).covers(&sieve(0, &[])) && !sieve(0, &[]).covers(&sieve(0, &[3])));
    }
}
