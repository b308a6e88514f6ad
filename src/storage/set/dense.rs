//! A bit a possible tuple: lines by the leading column, positions in a line by the other.

use super::{Block, Cut, Place};
use crate::value::Word;

#[derive(Clone, Debug, Default)]
pub(super) struct Dense {
    bits: Vec<u64>,
    /// Words a line.
    stride: usize,
}

impl Dense {
    /// An empty matrix of so many lines, of at least so many positions each.
    pub(super) fn new(lines: usize, width: usize) -> Self {
        let stride = width.div_ceil(64);
        Self { bits: vec![0; lines * stride], stride }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bits.len() * size_of::<u64>()
    }

    pub(super) fn lines(&self) -> usize {
        self.bits.len().checked_div(self.stride).unwrap_or(0)
    }

    pub(super) fn width(&self) -> usize {
        self.stride * 64
    }

    pub(super) fn contains(&self, line: usize, position: usize) -> bool {
        position < self.width()
            && self.bits.get(line * self.stride + position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    /// Sets a bit. Gives whether it was not set.
    #[inline]
    pub(super) fn insert(&mut self, line: usize, position: usize) -> bool {
        let word = &mut self.bits[line * self.stride + position / 64];
        let bit = 1 << (position % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Sets a bit if the matrix has it: whether it was not set.
    #[inline]
    fn try_insert(&mut self, line: usize, position: usize) -> Option<bool> {
        if position >= self.stride * 64 {
            return None;
        }
        let word = self.bits.get_mut(line * self.stride + position / 64)?;
        let bit = 1 << (position % 64);
        let new = *word & bit == 0;
        *word |= bit;
        Some(new)
    }

    /// Sets the bits of a block, if the matrix has all of its word: those that were not set.
    #[inline]
    fn try_insert_block(&mut self, line: usize, block: Block) -> Option<u64> {
        let (at, bits) = block.word();
        let word = self.bits.get_mut(line * self.stride + at).filter(|_| at < self.stride)?;
        let new = bits & !*word;
        *word |= bits;
        Some(new)
    }

    /// Makes room for lines and positions.
    pub(super) fn grow(&mut self, lines: usize, width: usize) {
        let stride = width.div_ceil(64);
        if stride > self.stride {
            let mut grown = vec![0; lines.max(self.lines()) * stride];
            for (to, from) in grown.chunks_exact_mut(stride).zip(self.bits.chunks_exact(self.stride.max(1))) {
                to[..self.stride].copy_from_slice(from);
            }
            *self = Self { bits: grown, stride };
        } else if lines > self.lines() {
            self.bits.resize(lines * self.stride, 0);
        }
    }
}

/// Adds what is new of some tuples to the shards at hand; what lies outside of their matrices to `late`.
pub(super) fn insert(
    shards: &mut [Dense],
    place: Place,
    fresh: &mut Vec<Word>,
    late: &mut Vec<Word>,
    candidates: &[Word],
) {
    let Place { arity, cut, base, .. } = place;
    match shards {
        [one] if arity == 2 => {
            let lead = cut.line_column();
            for pair in candidates.as_chunks::<2>().0 {
                let (line, position) = (pair[lead] as usize >> cut.bits, pair[1 - lead] as usize);
                match one.try_insert(line, position) {
                    Some(false) => {}
                    Some(true) => {
                        fresh.push(pair[0]);
                        fresh.push(pair[1]);
                    }
                    None => late.extend_from_slice(pair),
                }
            }
        }
        shards => {
            for tuple in candidates.chunks_exact(arity) {
                let (line, position) = cut.cell(tuple);
                let (shard, line) = cut.line(line);
                match shards[shard - base].try_insert(line, position) {
                    Some(false) => {}
                    Some(true) => fresh.extend_from_slice(tuple),
                    None => late.extend_from_slice(tuple),
                }
            }
        }
    }
}

/// The same of pairs in blocks that lie along the lines of the matrices.
pub(super) fn insert_blocks(
    shards: &mut [Dense],
    place: Place,
    fresh: &mut Vec<Word>,
    late: &mut Vec<Word>,
    candidates: &[Block],
) {
    let Place { cut, base, .. } = place;
    let axis = cut.line_column();
    for &block in candidates {
        let (shard, line) = cut.line(block.fixed() as usize);
        match shards[shard - base].try_insert_block(line, block) {
            Some(new) => block.with(new).pairs(axis, fresh),
            None => block.pairs(axis, late),
        }
    }
}

/// The lines of one matrix dealt to shards.
pub(super) fn cut(one: &[Dense], cut: Cut) -> Vec<Dense> {
    let mut shards = Vec::new();
    for whole in one {
        let lines = whole.lines().div_ceil(cut.count());
        shards = (0..cut.count()).map(|_| Dense::new(lines, whole.width())).collect::<Vec<_>>();
        for (line, words) in whole.bits.chunks_exact(whole.stride.max(1)).enumerate() {
            let (shard, line) = cut.line(line);
            let start = line * whole.stride;
            shards[shard].bits[start..start + whole.stride].copy_from_slice(words);
        }
    }
    shards
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::set::Hashing;

    fn pairs(dense: &Dense) -> Vec<(usize, usize)> {
        let cells = (0..dense.lines()).flat_map(|line| (0..dense.width()).map(move |position| (line, position)));
        cells.filter(|&(line, position)| dense.contains(line, position)).collect()
    }

    #[test]
    fn a_matrix_keeps_its_bits_while_it_grows() {
        let mut dense = Dense::new(3, 65);
        assert_eq!((dense.lines(), dense.width(), dense.bytes()), (3, 128, 3 * 2 * 8));
        let cells = [(0, 0), (0, 63), (1, 64), (2, 127)];
        for (line, position) in cells {
            assert!(!dense.contains(line, position));
            assert!(dense.insert(line, position) && !dense.insert(line, position));
        }
        // (lines, width) asked for, and what there is then.
        for (asked, got) in
            [((3, 128), (3, 128)), ((2, 1), (3, 128)), ((4, 129), (4, 192)), ((9, 5), (9, 192)), ((1, 193), (9, 256))]
        {
            dense.grow(asked.0, asked.1);
            assert_eq!((dense.lines(), dense.width()), got);
            assert_eq!(dense.bytes(), got.0 * got.1 / 8);
            assert_eq!(pairs(&dense), cells);
        }
        assert!(!dense.contains(0, 256) && !dense.contains(9, 0), "outside");
        assert_eq!((dense.try_insert(0, 256), dense.try_insert(9, 0)), (None, None));
        assert_eq!((dense.try_insert(8, 255), dense.try_insert(8, 255)), (Some(true), Some(false)));
        let mut empty = Dense::default();
        assert_eq!((empty.lines(), empty.width()), (0, 0));
        empty.grow(2, 2);
        assert_eq!((empty.lines(), empty.width()), (2, 64));
    }

    #[test]
    fn lines_are_dealt_to_shards_in_turn_and_what_does_not_fit_comes_late() {
        let by = Cut { bits: 2, ..Cut::default() };
        let mut whole = Dense::new(9, 64);
        let cells = [(0, 1), (1, 2), (4, 3), (7, 63), (8, 5)];
        cells.iter().for_each(|&(line, position)| assert!(whole.insert(line, position)));
        let mut shards = cut(&[whole], by);
        assert_eq!(shards.iter().map(Dense::lines).collect::<Vec<_>>(), [3; 4]);
        assert_eq!(
            shards.iter().map(pairs).collect::<Vec<_>>(),
            [vec![(0, 1), (1, 3), (2, 5)], vec![(0, 2)], vec![], vec![(1, 63)]]
        );
        let place = Place { arity: 2, hashing: Hashing::default(), cut: by, base: 0 };
        let words = [0, 1, 0, 2, 11, 5, 12, 5, 3, 64];
        let (mut fresh, mut late) = (Vec::new(), Vec::new());
        insert(&mut shards, place, &mut fresh, &mut late, &words);
        assert_eq!((fresh, late), (vec![0, 2, 11, 5], vec![12, 5, 3, 64]));
        // The same for one shard that is lent alone.
        let (mut fresh, mut late) = (Vec::new(), Vec::new());
        insert(&mut shards[3..], Place { base: 3, ..place }, &mut fresh, &mut late, &[11, 5, 3, 7, 15, 0]);
        assert_eq!((fresh, late), (vec![3, 7], vec![15, 0]));
    }
}
