//! Rows by a hash of some columns, coarsely: what a few questions about a large relation are answered from.

use super::relation::Row;
use crate::value::Word;

/// How many rows a bucket holds on average, as a power of two.
const ROOM: u32 = 8;

/// An index that is quick to build and slower to ask.
///
/// An exact index of twenty million rows takes seconds to build, which one explanation does not repay. Here the rows are
/// only dealt into buckets by a hash of their key, so few that each bucket's end stays in the cache while it grows: one
/// pass to count and one to deal (a radix partition: Boncz, Manegold and Kersten, 1999). A question then compares the
/// keys of some hundred rows, which takes microseconds.
#[derive(Clone, Debug)]
pub struct Buckets {
    columns: Vec<usize>,
    /// How far a hash is shifted to give its bucket; 64 where there is one bucket.
    shift: u32,
    /// `offsets[b]..offsets[b + 1]` are the rows of bucket `b`.
    offsets: Vec<u32>,
    /// Ascending within each bucket.
    rows: Vec<Row>,
}

impl Buckets {
    /// Deals `len` rows of `arity` words by some columns.
    #[must_use]
    pub fn build(columns: &[usize], arity: usize, words: &[Word], len: usize) -> Self {
        let bits = (usize::BITS - len.leading_zeros()).saturating_sub(ROOM);
        let shift = 64 - bits;
        let mut offsets = vec![0_u32; (1 << bits) + 1];
        let tuples = || (0..len).map(|row| &words[row * arity..(row + 1) * arity]);
        for tuple in tuples() {
            offsets[bucket(key_hash(columns, tuple), shift) + 1] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; len];
        for (row, tuple) in (0..).zip(tuples()) {
            let at = &mut next[bucket(key_hash(columns, tuple), shift)];
            rows[*at as usize] = row;
            *at += 1;
        }
        Self { columns: columns.to_vec(), shift, offsets, rows }
    }

    /// The columns that make the key, in the key's order.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows among `words` with a key that lie in a range, ascending.
    #[must_use]
    pub fn matching(&self, arity: usize, words: &[Word], key: &[Word], range: std::ops::Range<Row>) -> Vec<Row> {
        let at = bucket(key.iter().fold(0, |hash, &word| mix(hash, word)), self.shift);
        let rows = &self.rows[self.offsets[at] as usize..self.offsets[at + 1] as usize];
        let rows = &rows[rows.partition_point(|&row| row < range.start)..rows.partition_point(|&row| row < range.end)];
        let has_key = |&&row: &&Row| {
            let tuple = &words[row as usize * arity..(row as usize + 1) * arity];
            self.columns.iter().zip(key).all(|(&column, &word)| tuple[column] == word)
        };
        rows.iter().filter(has_key).copied().collect()
    }
}

fn key_hash(columns: &[usize], tuple: &[Word]) -> u64 {
    columns.iter().fold(0, |hash, &column| mix(hash, tuple[column]))
}

/// Multiplication by the golden ratio (Knuth), the upper half folded in for the next word.
fn mix(hash: u64, word: Word) -> u64 {
    (hash.rotate_left(29) ^ u64::from(word)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn bucket(hash: u64, shift: u32) -> usize {
    usize::try_from(hash.checked_shr(shift).unwrap_or(0)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_the_rows_of_each_key_in_order(
            words in proptest::collection::vec(prop_oneof![0_u32..12, 3_000_000_000_u32..3_000_000_004], 0..3_000),
            columns in proptest::sample::select(vec![vec![0], vec![1], vec![2, 0], vec![0, 1, 2], vec![]]),
            (start, end) in (0_u32..400, 0_u32..1_200),
        ) {
            let len = words.len() / 3;
            let words = &words[..len * 3];
            let buckets = Buckets::build(&columns, 3, words, len);
            prop_assert_eq!(buckets.len(), len);
            for tuple in words.chunks_exact(3).take(40).chain([&[77, 78, 79][..]]) {
                let key: Vec<Word> = columns.iter().map(|&column| tuple[column]).collect();
                let has = |row: &Row| columns.iter().zip(&key).all(|(&column, &word)| words[*row as usize * 3 + column] == word);
                let expected: Vec<Row> = (start..end.min(u32::try_from(len).unwrap())).filter(has).collect();
                prop_assert_eq!(buckets.matching(3, words, &key, start..end.max(start)), expected);
            }
        }
    }
}
