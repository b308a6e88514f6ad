//! Open addressing for tuples of three columns and more: a slot holds 32 bits of the hash and the number of the row,
//! which has the tuple itself.

use super::{BATCH, Hashing, Log, SHARDS, split};
use crate::value::Word;

/// A slot holds the tag in its upper half and the row's number plus one in its lower; 0 is free.
#[derive(Clone, Debug, Default)]
pub(super) struct Tagged {
    slots: Vec<u64>,
    len: usize,
}

const FIRST_CAPACITY: usize = 16;
/// So few candidates are not worth a batch.
const FEW: usize = 16;
const TAG: u64 = 0xffff_ffff_0000_0000;

/// Where a tag looks first: the tag scaled to the capacity, so that slots alone are enough to grow a table.
#[inline]
fn home(tag: u64, capacity: usize) -> usize {
    (((tag >> 32) * capacity as u64) >> 32) as usize
}

fn row_of(slot: u64) -> usize {
    (slot & !TAG) as usize - 1
}

impl Tagged {
    pub(super) fn with_room(tuples: usize) -> Self {
        Self { slots: vec![0; (tuples + tuples / 4 + 1).max(FIRST_CAPACITY)], len: 0 }
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.len() * size_of::<u64>()
    }

    pub(super) fn contains(&self, tuple: &[Word], hash: u64, log: Log<'_>) -> bool {
        if self.slots.is_empty() {
            return false;
        }
        let tag = hash & TAG;
        let mut at = home(tag, self.slots.len());
        loop {
            match self.slots[at] {
                0 => return false,
                slot if slot & TAG == tag && log.row(tuple.len(), row_of(slot)) == tuple => return true,
                _ => at = if at + 1 == self.slots.len() { 0 } else { at + 1 },
            }
        }
    }

    /// Makes room for so many tuples in all.
    pub(super) fn reserve(&mut self, tuples: usize) {
        let capacity = (tuples + tuples / 4 + 1).max(FIRST_CAPACITY);
        if capacity <= self.slots.len() {
            return;
        }
        let old = std::mem::replace(&mut self.slots, vec![0; capacity]);
        for slot in old.into_iter().filter(|&slot| slot != 0) {
            self.place(slot);
        }
    }

    fn place(&mut self, slot: u64) {
        let mut at = home(slot & TAG, self.slots.len());
        while self.slots[at] != 0 {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        self.slots[at] = slot;
    }

    /// Adds a tuple as a row. Gives whether it is new. `row_at` gives the tuple of a row.
    #[inline]
    fn insert<'l>(&mut self, tuple: &[Word], hash: u64, row: usize, row_at: impl Fn(usize) -> &'l [Word]) -> bool {
        if (self.len + 1) * 5 > self.slots.len() * 4 {
            self.reserve(self.len * 3 / 2 + FIRST_CAPACITY);
        }
        let tag = hash & TAG;
        let mut at = home(tag, self.slots.len());
        loop {
            match self.slots[at] {
                0 => break,
                slot if slot & TAG == tag && row_at(row_of(slot)) == tuple => return false,
                _ => at = if at + 1 == self.slots.len() { 0 } else { at + 1 },
            }
        }
        self.slots[at] = tag | (row as u64 + 1);
        self.len += 1;
        true
    }

    /// Adds what is new of a batch of this shard's tuples; `len` rows are in the log, the shard's own follow.
    pub(super) fn insert_dealt(
        &mut self,
        arity: usize,
        hashing: Hashing,
        len: usize,
        log: Log<'_>,
        fresh: &mut Vec<Word>,
        chunk: &[Word],
    ) {
        let mut probes = [(0_u64, 0_u64); BATCH];
        for (probe, tuple) in probes.iter_mut().zip(chunk.chunks_exact(arity)) {
            let hash = split(hashing.wide(tuple), SHARDS).1;
            *probe = (hash, 0);
        }
        for probe in &mut probes[..chunk.len() / arity] {
            probe.1 = if self.slots.is_empty() { 0 } else { self.slots[home(probe.0, self.slots.len())] };
        }
        for (&(hash, seen), tuple) in probes.iter().zip(chunk.chunks_exact(arity)) {
            let own: &[Word] = fresh;
            let row_at = |row: usize| match row.checked_sub(len) {
                Some(own_row) => &own[own_row * arity..(own_row + 1) * arity],
                None => log.row(arity, row),
            };
            if seen != 0 && seen & TAG == hash & TAG && row_at(row_of(seen)) == tuple {
                continue;
            }
            if self.insert(tuple, hash, len + own.len() / arity, row_at) {
                fresh.extend_from_slice(tuple);
            }
        }
    }

    /// Moves the numbers of the rows that were added last, `fresh`, up by `before`. From the last to the first, so that
    /// a new number is never one that is still to be found.
    pub(super) fn number(&mut self, arity: usize, hashing: Hashing, len: usize, fresh: &[Word], before: usize) {
        for (own, tuple) in fresh.chunks_exact(arity).enumerate().rev() {
            let tag = split(hashing.wide(tuple), SHARDS).1 & TAG;
            let known = tag | ((len + own) as u64 + 1);
            let mut at = home(tag, self.slots.len());
            while self.slots[at] != known {
                at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
            }
            self.slots[at] = tag | ((len + own + before) as u64 + 1);
        }
    }
}

/// Adds what is new of a batch (at most [`BATCH`] tuples) to a set of `len` rows. Gives how many.
pub(super) fn insert(
    shards: &mut [Tagged],
    arity: usize,
    hashing: Hashing,
    committed: &[Word],
    fresh: &mut Vec<Word>,
    len: usize,
    chunk: &[Word],
) -> usize {
    let count = shards.len();
    let rows = chunk.len() / arity;
    let mut added = 0;
    if rows < FEW {
        for tuple in chunk.chunks_exact(arity) {
            let (shard, hash) = split(hashing.wide(tuple), count);
            let log = Log { committed, fresh };
            if shards[shard].insert(tuple, hash, len + added, |row| log.row(arity, row)) {
                fresh.extend_from_slice(tuple);
                added += 1;
            }
        }
        return added;
    }
    let mut probes = [(0_u64, 0_usize, 0_u64); BATCH];
    for (probe, tuple) in probes.iter_mut().zip(chunk.chunks_exact(arity)) {
        let (shard, hash) = split(hashing.wide(tuple), count);
        *probe = (hash, shard, 0);
    }
    for probe in &mut probes[..rows] {
        let slots = &shards[probe.1].slots;
        probe.2 = if slots.is_empty() { 0 } else { slots[home(probe.0, slots.len())] };
    }
    for (&(hash, shard, seen), tuple) in probes[..rows].iter().zip(chunk.chunks_exact(arity)) {
        let log = Log { committed, fresh };
        if seen != 0 && seen & TAG == hash & TAG && log.row(arity, row_of(seen)) == tuple {
            continue;
        }
        if shards[shard].insert(tuple, hash, len + added, |row| log.row(arity, row)) {
            fresh.extend_from_slice(tuple);
            added += 1;
        }
    }
    added
}

/// The `len` tuples of a log in [`SHARDS`] tables.
pub(super) fn split_up(len: usize, arity: usize, hashing: Hashing, log: Log<'_>) -> Vec<Tagged> {
    let mut shards: Vec<Tagged> = (0..SHARDS).map(|_| Tagged::with_room(len / SHARDS * 9 / 8)).collect();
    for row in 0..len {
        let (shard, hash) = split(hashing.wide(log.row(arity, row)), SHARDS);
        let table = &mut shards[shard];
        if (table.len + 1) * 5 > table.slots.len() * 4 {
            table.reserve(table.len * 3 / 2 + FIRST_CAPACITY);
        }
        table.place(hash & TAG | (row as u64 + 1));
        table.len += 1;
    }
    shards
}
