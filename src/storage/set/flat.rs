//! Open addressing with the tuple itself as the key: one or two columns in one slot of eight bytes.

use super::{BATCH, Hashing, SHARDS, key, split};
use crate::value::Word;

/// A slot holds the key plus one; 0 is free (memory comes zeroed, and what is not touched costs nothing).
#[derive(Clone, Debug, Default)]
pub(super) struct Flat {
    slots: Vec<u64>,
    len: usize,
}

const FIRST_CAPACITY: usize = 16;
/// So few candidates are not worth a batch.
const FEW: usize = 16;

/// Where in a table of `capacity` slots a hash looks first: the hash scaled, so that any capacity serves and a table
/// that grows is walked and filled in the same order.
#[inline]
fn home(hash: u64, capacity: usize) -> usize {
    ((u128::from(hash) * capacity as u128) >> 64) as usize
}

impl Flat {
    pub(super) fn with_room(tuples: usize) -> Self {
        Self { slots: vec![0; (tuples + tuples / 4 + 1).max(FIRST_CAPACITY)], len: 0 }
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.len() * size_of::<u64>()
    }

    /// Whether it has to grow before it takes so many more.
    pub(super) fn is_full(&self, more: usize) -> bool {
        (self.len + more) * 5 > self.slots.len() * 4
    }

    pub(super) fn contains(&self, key: u64, hash: u64) -> bool {
        if self.slots.is_empty() {
            return false;
        }
        let mut at = home(hash, self.slots.len());
        loop {
            match self.slots[at] {
                0 => return false,
                slot if slot == key + 1 => return true,
                _ => at = if at + 1 == self.slots.len() { 0 } else { at + 1 },
            }
        }
    }

    /// Adds a key. Gives whether it is new.
    #[inline]
    pub(super) fn insert(&mut self, key: u64, hash: u64, hashing: Hashing, shards: usize) -> bool {
        if !self.slots.is_empty() {
            let mut at = home(hash, self.slots.len());
            loop {
                match self.slots[at] {
                    0 if self.is_full(1) => break,
                    0 => {
                        self.slots[at] = key + 1;
                        self.len += 1;
                        return true;
                    }
                    slot if slot == key + 1 => return false,
                    _ => at = if at + 1 == self.slots.len() { 0 } else { at + 1 },
                }
            }
        }
        self.reserve(self.len * 3 / 2 + FIRST_CAPACITY, hashing, shards);
        self.insert(key, hash, hashing, shards)
    }

    /// Makes room for so many tuples in all.
    pub(super) fn reserve(&mut self, tuples: usize, hashing: Hashing, shards: usize) {
        let capacity = (tuples + tuples / 4 + 1).max(FIRST_CAPACITY);
        if capacity <= self.slots.len() {
            return;
        }
        let old = std::mem::replace(&mut self.slots, vec![0; capacity]);
        for slot in old.into_iter().filter(|&slot| slot != 0) {
            self.place(slot, split(hashing.mix(slot - 1), shards).1);
        }
    }

    fn place(&mut self, slot: u64, hash: u64) {
        let mut at = home(hash, self.slots.len());
        while self.slots[at] != 0 {
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        self.slots[at] = slot;
    }

    /// Adds what is new of a batch of this shard's tuples.
    pub(super) fn insert_dealt(&mut self, arity: usize, hashing: Hashing, fresh: &mut Vec<Word>, chunk: &[Word]) {
        insert(std::slice::from_mut(self), arity, Dealt(hashing), fresh, chunk);
    }
}

/// How the tuples of a batch are hashed: for one table or many, or for one shard of many.
pub(super) trait Spread: Copy {
    /// The shard among those at hand, and the hash within it.
    fn spread(self, key: u64, shards: usize) -> (usize, u64);
    /// The hashing itself, and into how many shards the whole is split.
    fn whole(self, shards: usize) -> (Hashing, usize);
}

impl Spread for Hashing {
    #[inline]
    fn spread(self, key: u64, shards: usize) -> (usize, u64) {
        split(self.mix(key), shards)
    }

    fn whole(self, shards: usize) -> (Hashing, usize) {
        (self, shards)
    }
}

/// All tuples are of the one shard at hand.
#[derive(Clone, Copy)]
struct Dealt(Hashing);

impl Spread for Dealt {
    #[inline]
    fn spread(self, key: u64, _: usize) -> (usize, u64) {
        (0, split(self.0.mix(key), SHARDS).1)
    }

    fn whole(self, _: usize) -> (Hashing, usize) {
        (self.0, SHARDS)
    }
}

/// Adds what is new of a batch (at most [`BATCH`] tuples). Gives how many.
pub(super) fn insert(
    shards: &mut [Flat],
    arity: usize,
    spread: impl Spread,
    fresh: &mut Vec<Word>,
    chunk: &[Word],
) -> usize {
    let rows = chunk.len() / arity;
    let count = shards.len();
    let (hashing, whole) = spread.whole(count);
    let mut added = 0;
    if rows < FEW {
        for tuple in chunk.chunks_exact(arity) {
            let key = key(tuple);
            let (shard, hash) = spread.spread(key, count);
            if shards[shard].insert(key, hash, hashing, whole) {
                fresh.extend_from_slice(tuple);
                added += 1;
            }
        }
        return added;
    }
    let mut probes = [(0_u64, 0_u64, 0_u32, 0_u64); BATCH];
    for (probe, tuple) in probes.iter_mut().zip(chunk.chunks_exact(arity)) {
        let key = key(tuple);
        let (shard, hash) = spread.spread(key, count);
        #[allow(clippy::cast_possible_truncation)] // a shard's number
        let shard = shard as u32;
        *probe = (key, hash, shard, 0);
    }
    for probe in &mut probes[..rows] {
        let slots = &shards[probe.2 as usize].slots;
        probe.3 = if slots.is_empty() { 0 } else { slots[home(probe.1, slots.len())] };
    }
    for (&(key, hash, shard, seen), tuple) in probes[..rows].iter().zip(chunk.chunks_exact(arity)) {
        // What the home slot held a moment ago decides most cases without touching the table again.
        if seen != key + 1 && shards[shard as usize].insert(key, hash, hashing, whole) {
            fresh.extend_from_slice(tuple);
            added += 1;
        }
    }
    added
}

/// Which of at most [`BATCH`] tuples exist.
pub(super) fn contains_all(shards: &[Flat], arity: usize, hashing: Hashing, chunk: &[Word], known: &mut Vec<bool>) {
    let rows = chunk.len() / arity;
    let mut probes = [(0_u64, 0_u64, 0_u64); BATCH];
    for (probe, tuple) in probes.iter_mut().zip(chunk.chunks_exact(arity)) {
        let key = key(tuple);
        *probe = (key, hashing.mix(key), 0);
    }
    for probe in &mut probes[..rows] {
        let (shard, hash) = split(probe.1, shards.len());
        let slots = &shards[shard].slots;
        probe.2 = if slots.is_empty() { 0 } else { slots[home(hash, slots.len())] };
    }
    known.extend(probes[..rows].iter().map(|&(key, hash, seen)| {
        let (shard, hash) = split(hash, shards.len());
        seen == key + 1 || seen != 0 && shards[shard].contains(key, hash)
    }));
}

/// The tuples of one table in [`SHARDS`] of them.
pub(super) fn split_up(one: &mut Vec<Flat>, hashing: Hashing) -> Vec<Flat> {
    let mut shards: Vec<Flat> = Vec::new();
    for Flat { slots, len } in std::mem::take(one) {
        shards.extend((0..SHARDS).map(|_| Flat::with_room(len / SHARDS * 9 / 8)));
        for slot in slots.into_iter().filter(|&slot| slot != 0) {
            let (shard, rest) = split(hashing.mix(slot - 1), SHARDS);
            shards[shard].insert(slot - 1, rest, hashing, SHARDS);
        }
    }
    shards
}
