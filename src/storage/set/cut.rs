//! How a table is cut into shards and lines.

use super::Hashing;
use super::blocks::{self, Block};
use crate::value::Word;

/// How a table is cut into shards: `1 << bits` of them, by the hash of one column, the lead, or of the whole tuple. With a
/// lead, tuples that agree in it share a shard, so that whoever knows the lead can fill the shard at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) bits: u32,
    pub(super) lead: Option<usize>,
    /// Along which column blocks lie: pairs of one block share a shard. Nothing in tables of other kinds.
    pub(super) axis: Option<usize>,
}

impl Cut {
    pub(super) fn count(self) -> usize {
        1 << self.bits
    }

    /// The shard of a hash.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // a shard's number
    pub(super) fn of_hash(self, hash: u64) -> usize {
        if self.bits == 0 { 0 } else { (hash >> (64 - self.bits)) as usize }
    }

    /// The shard of a tuple with a hash.
    #[inline]
    pub(super) fn shard(self, hashing: Hashing, tuple: &[Word], hash: u64) -> usize {
        match self.lead {
            Some(lead) if self.bits > 0 => self.of_hash(hashing.mix(u64::from(tuple[lead]))),
            _ => self.of_hash(hash),
        }
    }

    /// The shard of a block along the axis. Blocks lie along the lead, where there is one.
    #[inline]
    pub(super) fn block_shard(self, hashing: Hashing, block: Block) -> usize {
        match self.lead {
            Some(_) if self.bits > 0 => self.of_hash(hashing.mix(u64::from(block.fixed()))),
            _ => self.of_hash(hashing.mix(block.key())),
        }
    }

    /// The column that decides the line of a tuple of two columns, in a bit matrix.
    #[inline]
    pub(super) fn line_column(self) -> usize {
        usize::from(self.lead == Some(1))
    }

    /// The hash of a tuple of one or two columns.
    #[inline]
    pub(super) fn hash(self, hashing: Hashing, tuple: &[Word]) -> u64 {
        hashing.mix(self.axis.map_or_else(|| key(tuple), |axis| blocks::key(axis, tuple)))
    }

    /// What of a hash is used within a shard.
    #[inline]
    pub(super) fn rest(self, hash: u64) -> u64 {
        if self.lead.is_none() { hash << self.bits } else { hash }
    }

    /// The line and the position in it of a tuple of one or two columns, in a bit matrix.
    #[inline]
    pub(super) fn cell(self, tuple: &[Word]) -> (usize, usize) {
        match *tuple {
            [a, b] if self.line_column() == 1 => (b as usize, a as usize),
            [a, b] => (a as usize, b as usize),
            [a] => ((a >> 6) as usize, (a & 63) as usize),
            _ => (0, 0),
        }
    }

    /// The shard of a line of a bit matrix, and the line within it.
    #[inline]
    pub(super) fn line(self, line: usize) -> (usize, usize) {
        (line & (self.count() - 1), line >> self.bits)
    }

    /// The greatest line and position among some tuples.
    pub(super) fn greatest(self, arity: usize, words: &[Word]) -> (usize, usize) {
        self.cell_of(arity, greatest(arity, words))
    }

    /// Where in a bit matrix the values of two columns lie, or of one column its word and bit.
    pub(super) fn cell_of(self, arity: usize, (left, right): (usize, usize)) -> (usize, usize) {
        if self.line_column() == 1 && arity == 2 { (right, left) } else { (left, right) }
    }
}

#[inline]
pub(super) fn key(tuple: &[Word]) -> u64 {
    match *tuple {
        [a, b] => (u64::from(a) << 32) + u64::from(b),
        [a] => u64::from(a),
        _ => 0,
    }
}

/// The greatest values of the columns of some tuples of two columns; of one column, the greatest word of 64 bits.
pub(crate) fn greatest(arity: usize, words: &[Word]) -> (usize, usize) {
    match arity {
        1 => (words.iter().max().map_or(0, |&word| (word >> 6) as usize), 63),
        2 => {
            let (left, right) = words
                .as_chunks::<2>()
                .0
                .iter()
                .fold((0, 0), |(left, right), pair| (pair[0].max(left), pair[1].max(right)));
            (left as usize, right as usize)
        }
        _ => (0, 0),
    }
}
