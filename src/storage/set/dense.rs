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
            let lead = usize::from(cut.lead == Some(1));
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
