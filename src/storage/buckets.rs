//! Rows by a hash of some columns, coarsely: what a few questions about a large relation are answered from.

use std::sync::OnceLock;

use super::relation::Row;
use crate::value::Word;

/// How many rows a part holds on average, as a power of two.
const ROOM: u32 = 15;
/// How many parts there are at most, as a power of two: so few that the end of each stays in the caches while it grows.
const MOST_BITS: u32 = 8;
/// How many buckets a part has.
const BUCKETS: usize = 256;

/// An index that is quick to build and slower to ask.
///
/// An exact index of twenty million rows takes seconds to build, which one explanation does not repay. Here the rows are
/// only dealt into some parts by a hash of their key, one pass to count and one to deal, each with a tag of sixteen further
/// bits of the hash (a radix partition: Boncz, Manegold and Kersten, 1999). The first question about a part deals it once
/// more, into buckets by half of the tag, which is a matter of a fraction of a millisecond. So a question compares the
/// other half of some hundred tags, and the keys of the few rows whose tag is right.
#[derive(Clone, Debug)]
pub struct Buckets {
    columns: Vec<usize>,
    /// As a power of two, how many parts there are.
    bits: u32,
    /// `offsets[p]..offsets[p + 1]` are the rows of part `p`.
    offsets: Vec<u32>,
    /// Ascending within each part.
    rows: Vec<Row>,
    /// The tag of each of them.
    tags: Vec<u16>,
    /// The parts that were asked about.
    parts: Vec<OnceLock<Part>>,
}

/// A part in buckets.
#[derive(Clone, Debug)]
struct Part {
    /// `offsets[b]..offsets[b + 1]` are the rows of bucket `b`.
    offsets: Vec<u32>,
    /// Ascending within each bucket.
    rows: Vec<Row>,
    /// The half of each row's tag that its bucket does not say.
    tags: Vec<u8>,
}

impl Part {
    fn of(rows: &[Row], tags: &[u16]) -> Self {
        let mut offsets = vec![0_u32; BUCKETS + 1];
        tags.iter().for_each(|&tag| offsets[halves(tag).0 + 1] += 1);
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let mut part = Self { offsets, rows: vec![0; rows.len()], tags: vec![0; rows.len()] };
        for (&row, &tag) in rows.iter().zip(tags) {
            let (bucket, rest) = halves(tag);
            let at = &mut next[bucket];
            part.rows[*at as usize] = row;
            part.tags[*at as usize] = rest;
            *at += 1;
        }
        part
    }

    /// The rows with a tag, and perhaps others, ascending.
    fn with(&self, tag: u16) -> impl Iterator<Item = Row> + '_ {
        let (bucket, rest) = halves(tag);
        let whole = self.offsets[bucket] as usize..self.offsets[bucket + 1] as usize;
        let both = self.rows[whole.clone()].iter().zip(&self.tags[whole]);
        both.filter(move |&(_, &tag)| tag == rest).map(|(&row, _)| row)
    }
}

/// A tag as the number of a bucket, and the rest.
fn halves(tag: u16) -> (usize, u8) {
    let [bucket, rest] = tag.to_be_bytes();
    (usize::from(bucket), rest)
}

impl Buckets {
    /// Deals `len` rows of `arity` words by some columns.
    #[must_use]
    pub fn build(columns: &[usize], arity: usize, words: &[Word], len: usize) -> Self {
        match *columns {
            [column] => Self::deal(columns, len, || words.iter().skip(column).step_by(arity).map(|&word| mix(0, word))),
            [one, other] if arity == 2 => {
                let pairs = words.as_chunks::<2>().0;
                Self::deal(columns, len, || pairs.iter().map(|pair| mix(mix(0, pair[one]), pair[other])))
            }
            _ => {
                let tuple = |row: usize| &words[row * arity..(row + 1) * arity];
                Self::deal(columns, len, || (0..len).map(|row| key_hash(columns, tuple(row))))
            }
        }
    }

    fn deal<I: Iterator<Item = u64>>(columns: &[usize], len: usize, hashes: impl Fn() -> I) -> Self {
        let bits = (usize::BITS - len.leading_zeros()).saturating_sub(ROOM).min(MOST_BITS);
        let mut offsets = vec![0_u32; (1 << bits) + 1];
        for hash in hashes() {
            offsets[part(hash, bits) + 1] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let (mut rows, mut tags) = (vec![0; len], vec![0; len]);
        for (row, hash) in (0..).zip(hashes()) {
            let at = &mut next[part(hash, bits)];
            rows[*at as usize] = row;
            tags[*at as usize] = tag(hash, bits);
            *at += 1;
        }
        let parts = (0..1 << bits).map(|_| OnceLock::new()).collect();
        Self { columns: columns.to_vec(), bits, offsets, rows, tags, parts }
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
        let hash = key.iter().fold(0, |hash, &word| mix(hash, word));
        let at = part(hash, self.bits);
        let part = self.parts[at].get_or_init(|| {
            let whole = self.offsets[at] as usize..self.offsets[at + 1] as usize;
            Part::of(&self.rows[whole.clone()], &self.tags[whole])
        });
        let has_key = |row: &Row| {
            let tuple = &words[*row as usize * arity..(*row as usize + 1) * arity];
            range.contains(row) && self.columns.iter().zip(key).all(|(&column, &word)| tuple[column] == word)
        };
        part.with(tag(hash, self.bits)).filter(has_key).collect()
    }
}

fn key_hash(columns: &[usize], tuple: &[Word]) -> u64 {
    columns.iter().fold(0, |hash, &column| mix(hash, tuple[column]))
}

/// Multiplication by the golden ratio (Knuth), the upper half folded in for the next word.
fn mix(hash: u64, word: Word) -> u64 {
    (hash.rotate_left(29) ^ u64::from(word)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The part of a hash: its first bits.
fn part(hash: u64, bits: u32) -> usize {
    usize::try_from(hash.checked_shr(64 - bits).unwrap_or(0)).unwrap_or(0)
}

/// What stands beside a row: the bits that come next.
#[allow(clippy::cast_possible_truncation)] // sixteen bits are wanted
fn tag(hash: u64, bits: u32) -> u16 {
    (hash >> (48 - bits)) as u16
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

    #[test]
    fn many_rows_lie_in_many_parts() {
        // More rows than one part takes: a square of pairs, each found, and none beside it.
        let side: Word = 400;
        let words: Vec<Word> = (0..side).flat_map(|x| (0..side).flat_map(move |y| [x, y * 7])).collect();
        let len = words.len() / 2;
        let (pairs, by_second) = (Buckets::build(&[0, 1], 2, &words, len), Buckets::build(&[1], 2, &words, len));
        assert!(pairs.bits >= 2);
        let all = 0..Row::try_from(len).unwrap();
        for (x, y) in [(0, 0), (17, 21), (399, 399 * 7), (200, 1400)] {
            assert_eq!(pairs.matching(2, &words, &[x, y], all.clone()), [x * side + y / 7]);
            let column: Vec<Row> = (0..side).map(|x| x * side + y / 7).collect();
            assert_eq!(by_second.matching(2, &words, &[y], all.clone()), column);
        }
        assert!(pairs.matching(2, &words, &[3, 4], all).is_empty());
    }

    #[test]
    fn a_question_compares_the_keys_of_few_rows() {
        let words: Vec<Word> = (0..200_000).flat_map(|row| [row, row / 2, row % 1_000]).collect();
        for (columns, rows) in [(vec![0], 1), (vec![1, 0], 1), (vec![1], 2), (vec![2, 1, 0], 1)] {
            let buckets = Buckets::build(&columns, 3, &words, 200_000);
            assert_eq!(buckets.bits, 3);
            // Parts and buckets are about as large as their share.
            let ends = buckets.offsets.windows(2).map(|ends| ends[1] - ends[0]);
            assert!(ends.max() < Some(26_000));
            let mut compared = 0;
            for tuple in words.chunks_exact(3).step_by(1_000) {
                let hash = key_hash(&columns, tuple);
                let key: Vec<Word> = columns.iter().map(|&column| tuple[column]).collect();
                assert_eq!(buckets.matching(3, &words, &key, 0..200_000).len(), rows);
                let part = buckets.parts[part(hash, 3)].get().expect("it was asked about");
                let tag = tag(hash, 3);
                compared += part.with(tag).count();
                let bucket = halves(tag).0;
                assert!(part.offsets[bucket + 1] - part.offsets[bucket] < 200, "of about a hundred");
            }
            // Sixteen further bits of the hash leave another row or two to compare in all.
            assert!((200 * rows..200 * rows * 3 / 2).contains(&compared), "{compared} rows for 200 keys");
        }
    }

    #[test]
    fn there_are_as_many_parts_as_rows_ask_for() {
        for (rows, bits) in [(0, 0), (32_767, 0), (32_768, 1), (65_535, 1), (65_536, 2), (300_000, 4)] {
            let words: Vec<Word> = (0..rows).collect();
            assert_eq!(Buckets::build(&[0], 1, &words, words.len()).bits, bits, "{rows} rows");
        }
    }
}
