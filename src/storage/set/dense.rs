//! A bit a possible tuple: lines by the first column, positions in a line by the second.

use super::{SHARDS, cell};
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

    /// Adds what is new of this shard's tuples.
    pub(super) fn insert_dealt(&mut self, arity: usize, fresh: &mut Vec<Word>, candidates: &[Word]) {
        for tuple in candidates.chunks_exact(arity) {
            let (line, position) = cell(tuple);
            if self.insert(line / SHARDS, position) {
                fresh.extend_from_slice(tuple);
            }
        }
    }
}

/// Adds what is new of some tuples, all within the matrix. Gives how many.
pub(super) fn insert(shards: &mut [Dense], arity: usize, fresh: &mut Vec<Word>, chunk: &[Word]) -> usize {
    let before = fresh.len();
    match shards {
        [one] if arity == 2 => {
            for pair in chunk.chunks_exact(2) {
                if one.insert(pair[0] as usize, pair[1] as usize) {
                    fresh.extend_from_slice(&[pair[0], pair[1]]);
                }
            }
        }
        shards => {
            let count = shards.len();
            for tuple in chunk.chunks_exact(arity) {
                let (line, position) = cell(tuple);
                if shards[line % count].insert(line / count, position) {
                    fresh.extend_from_slice(tuple);
                }
            }
        }
    }
    (fresh.len() - before) / arity
}

/// The lines of one matrix dealt to [`SHARDS`] of them.
pub(super) fn split_up(one: &mut Vec<Dense>) -> Vec<Dense> {
    let mut shards = Vec::new();
    for whole in std::mem::take(one) {
        let lines = whole.lines().div_ceil(SHARDS);
        shards = (0..SHARDS).map(|_| Dense::new(lines, whole.width())).collect::<Vec<_>>();
        for (line, words) in whole.bits.chunks_exact(whole.stride.max(1)).enumerate() {
            let start = line / SHARDS * whole.stride;
            shards[line % SHARDS].bits[start..start + whole.stride].copy_from_slice(words);
        }
    }
    shards
}
