//! The shards of a table as they are lent to whoever fills them, and how tuples are dealt to them.

use super::blocks::{self, Block, Blocks};
use super::dense::{self, Dense};
use super::flat::{self, Flat};
use super::tagged::{self, Tagged};
use super::{BATCH, Cut, Hashing, LEAST_BITS, Log};
use crate::threads;
use crate::value::Word;

/// What it takes to find the shard of a tuple among some at hand, of which the first has the number `base`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) arity: usize,
    pub(super) hashing: Hashing,
    pub(super) cut: Cut,
    pub(super) base: usize,
}

/// Lends shards in groups of `size`.
pub(super) fn lend<'a, T>(
    shards: &'a mut [T],
    size: usize,
    place: impl Fn(usize) -> Place,
    lent: impl Fn(&'a mut [T]) -> Lent<'a>,
) -> Vec<ShardMut<'a>> {
    let groups = shards.chunks_mut(size.max(1)).enumerate();
    groups.map(|(number, shards)| ShardMut { place: place(number), shards: lent(shards) }).collect()
}

/// Lets threads fill some shards, each its own part of them: `fill` gets the number of the first, and looks at everything
/// that is to be filled in.
pub(super) fn share<T: Send>(shards: &mut [T], threads: usize, fill: impl Fn(usize, &mut [T]) + Sync) {
    let size = shards.len().div_ceil(threads.max(1)).max(1);
    let mut parts: Vec<(usize, &mut [T])> = (0..).step_by(size).zip(shards.chunks_mut(size)).collect();
    threads::each(threads, &mut parts, |(first, part)| fill(*first, part));
}

/// How tuples are dealt to the shards of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dealing {
    pub(super) place: Place,
    /// Tuples go by the line of a matrix.
    pub(super) by_line: bool,
}

impl Dealing {
    /// The column that decides the shard, if one does.
    pub(crate) fn lead(self) -> Option<usize> {
        match self.place.cut.lead {
            None if self.by_line => Some(0),
            lead => lead,
        }
    }

    /// How many shards there are.
    pub(crate) fn count(self) -> usize {
        self.place.cut.count()
    }

    /// The shard of all tuples with a value in the lead.
    #[inline]
    pub(crate) fn shard_of(self, word: Word) -> usize {
        let Place { arity, hashing, cut, .. } = self.place;
        match (self.by_line, arity) {
            (true, 1) => cut.line((word >> 6) as usize).0,
            (true, _) => cut.line(word as usize).0,
            (false, _) => cut.of_hash(hashing.mix(u64::from(word))),
        }
    }

    /// Appends each block to the buffer of its group. Only where the table takes blocks (`TupleSet::axis`).
    pub(crate) fn deal_blocks(self, blocks: &[Block], buffers: &mut [Vec<Block>]) {
        let Place { hashing, cut, .. } = self.place;
        let fine = cut.bits - LEAST_BITS;
        for &block in blocks {
            let shard = if self.by_line { cut.line(block.fixed() as usize).0 } else { cut.block_shard(hashing, block) };
            buffers[shard >> fine].push(block);
        }
    }

    /// Appends each tuple to the buffer of its group.
    pub(crate) fn deal(self, words: &[Word], buffers: &mut [Vec<Word>]) {
        let Place { arity, hashing, cut, .. } = self.place;
        let fine = cut.bits - LEAST_BITS;
        match (arity, self.lead()) {
            (2, Some(lead)) => {
                for pair in words.as_chunks::<2>().0 {
                    let buffer = &mut buffers[self.shard_of(pair[lead]) >> fine];
                    buffer.push(pair[0]);
                    buffer.push(pair[1]);
                }
            }
            (2, None) => {
                for pair in words.as_chunks::<2>().0 {
                    let buffer = &mut buffers[cut.of_hash(cut.hash(hashing, pair)) >> fine];
                    buffer.push(pair[0]);
                    buffer.push(pair[1]);
                }
            }
            (1, _) => words.iter().for_each(|&word| buffers[self.shard_of(word) >> fine].push(word)),
            (3, lead) => {
                for row in words.chunks_exact(3) {
                    let shard = match lead {
                        Some(lead) => self.shard_of(row[lead]),
                        None => cut.of_hash(hashing.wide(row)),
                    };
                    let buffer = &mut buffers[shard >> fine];
                    buffer.push(row[0]);
                    buffer.push(row[1]);
                    buffer.push(row[2]);
                }
            }
            (_, lead) => {
                for row in words.chunks_exact(arity.max(1)) {
                    let shard = match lead {
                        Some(lead) => self.shard_of(row[lead]),
                        None => cut.of_hash(hashing.wide(row)),
                    };
                    buffers[shard >> fine].extend_from_slice(row);
                }
            }
        }
    }
}

/// One shard or some, lent to whoever fills them.
#[derive(Debug)]
pub(crate) struct ShardMut<'a> {
    place: Place,
    shards: Lent<'a>,
}

/// Shards of one kind.
#[derive(Debug)]
pub(super) enum Lent<'a> {
    Flat(&'a mut [Flat]),
    Dense(&'a mut [Dense]),
    Blocks(&'a mut [Blocks]),
    Tagged(&'a mut [Tagged]),
}

impl ShardMut<'_> {
    /// Adds the new ones of some candidates, all of these shards, to their own `fresh` rows, which start where the `log`
    /// ends. What no matrix can hold yet goes to `late`.
    pub(crate) fn insert(&mut self, candidates: &[Word], log: Log<'_>, fresh: &mut Vec<Word>, late: &mut Vec<Word>) {
        let place = self.place;
        match &mut self.shards {
            Lent::Flat(shards) => {
                candidates.chunks(BATCH * place.arity).for_each(|chunk| flat::insert(shards, place, fresh, chunk));
            }
            Lent::Dense(shards) => dense::insert(shards, place, fresh, late, candidates),
            Lent::Blocks(shards) => {
                candidates.chunks(BATCH * place.arity).for_each(|chunk| blocks::insert(shards, place, fresh, chunk));
            }
            Lent::Tagged(shards) => {
                let chunks = candidates.chunks(BATCH * place.arity);
                chunks.for_each(|chunk| tagged::insert(shards, place, log, fresh, chunk));
            }
        }
    }

    /// The same of pairs in blocks along the set's axis.
    pub(crate) fn insert_blocks(
        &mut self,
        candidates: &[Block],
        log: Log<'_>,
        fresh: &mut Vec<Word>,
        late: &mut Vec<Word>,
    ) {
        let place = self.place;
        match &mut self.shards {
            Lent::Dense(shards) => dense::insert_blocks(shards, place, fresh, late, candidates),
            Lent::Blocks(shards) => {
                candidates.chunks(BATCH).for_each(|chunk| blocks::insert_blocks(shards, place, fresh, chunk));
            }
            Lent::Flat(_) | Lent::Tagged(_) => {
                debug_assert!(candidates.is_empty(), "these tables have no axis");
                let mut pairs = Vec::new();
                candidates.iter().for_each(|block| block.pairs(place.cut.axis.unwrap_or(0), &mut pairs));
                self.insert(&pairs, log, fresh, late);
            }
        }
    }

    /// Gives its fresh rows, numbered from `start` on, their final numbers: `before` rows of other shards come first.
    pub(crate) fn number(&mut self, fresh: &[Word], start: usize, before: usize) {
        if let Lent::Tagged(shards) = &mut self.shards
            && before > 0
        {
            tagged::number(shards, self.place, fresh, start, before);
        }
    }
}
