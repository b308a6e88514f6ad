//! Open addressing with the tuple itself as the key: one or two columns in one slot of eight bytes.

use super::super::probe::next;
use super::{BATCH, Cut, Hashing, Log, Place, key};
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
#[allow(clippy::cast_possible_truncation)] // below the capacity
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
    #[inline]
    pub(super) fn is_full(&self, more: usize) -> bool {
        (self.len + more) * 5 > self.slots.len() * 4
    }

    /// Whether it holds far more than its share of `all` tuples.
    pub(super) fn is_lopsided(&self, all: usize, cut: Cut) -> bool {
        self.len > 256 && self.len > (all >> cut.bits) * 6
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
                _ => at = next(at, self.slots.len()),
            }
        }
    }

    /// Adds a key. Gives whether it is new.
    #[inline]
    fn insert(&mut self, key: u64, hash: u64, hashing: Hashing, cut: Cut) -> bool {
        if self.is_full(1) {
            self.reserve(self.len * 3 / 2 + FIRST_CAPACITY, hashing, cut);
        }
        let mut at = home(hash, self.slots.len());
        loop {
            match self.slots[at] {
                0 => break,
                slot if slot == key + 1 => return false,
                _ => at = next(at, self.slots.len()),
            }
        }
        self.slots[at] = key + 1;
        self.len += 1;
        true
    }

    /// Makes room for so many tuples in all.
    pub(super) fn reserve(&mut self, tuples: usize, hashing: Hashing, cut: Cut) {
        let capacity = (tuples + tuples / 4 + 1).max(FIRST_CAPACITY);
        if capacity <= self.slots.len() {
            return;
        }
        let old = std::mem::replace(&mut self.slots, vec![0; capacity]);
        for slot in old.into_iter().filter(|&slot| slot != 0) {
            let mut at = home(cut.rest(hashing.mix(slot - 1)), capacity);
            while self.slots[at] != 0 {
                at = next(at, capacity);
            }
            self.slots[at] = slot;
        }
    }
}

/// Adds what is new of a batch (at most [`BATCH`] tuples) to the shards at hand.
pub(super) fn insert(shards: &mut [Flat], place: Place, fresh: &mut Vec<Word>, chunk: &[Word]) {
    let Place { arity, hashing, cut, base } = place;
    let rows = chunk.len() / arity;
    let one = shards.len() == 1;
    let find = |tuple: &[Word]| {
        let key = key(tuple);
        let hash = hashing.mix(key);
        let shard = if one { 0 } else { cut.shard(hashing, tuple, hash) - base };
        (key, cut.rest(hash), shard)
    };
    if rows < FEW {
        for tuple in chunk.chunks_exact(arity) {
            let (key, hash, shard) = find(tuple);
            if shards[shard].insert(key, hash, hashing, cut) {
                fresh.extend_from_slice(tuple);
            }
        }
        return;
    }
    let mut probes = [(0_u64, 0_u64, 0_usize, 0_u64); BATCH];
    for (probe, tuple) in probes.iter_mut().zip(chunk.chunks_exact(arity)) {
        let (key, hash, shard) = find(tuple);
        *probe = (key, hash, shard, 0);
    }
    for probe in &mut probes[..rows] {
        let slots = &shards[probe.2].slots;
        probe.3 = if slots.is_empty() { 0 } else { slots[home(probe.1, slots.len())] };
    }
    for (&(key, hash, shard, seen), tuple) in probes[..rows].iter().zip(chunk.chunks_exact(arity)) {
        // What the home slot held a moment ago decides most cases without touching the table again.
        if seen != key + 1 && shards[shard].insert(key, hash, hashing, cut) {
            fresh.extend_from_slice(tuple);
        }
    }
}

/// Which of at most [`BATCH`] tuples exist.
pub(super) fn contains_all(
    shards: &[Flat],
    arity: usize,
    hashing: Hashing,
    cut: Cut,
    chunk: &[Word],
    known: &mut Vec<bool>,
) {
    let rows = chunk.len() / arity;
    let mut probes = [(0_u64, 0_u64, 0_usize, 0_u64); BATCH];
    for (probe, tuple) in probes.iter_mut().zip(chunk.chunks_exact(arity)) {
        let key = key(tuple);
        let hash = hashing.mix(key);
        *probe = (key, cut.rest(hash), cut.shard(hashing, tuple, hash), 0);
    }
    for probe in &mut probes[..rows] {
        let slots = &shards[probe.2].slots;
        probe.3 = if slots.is_empty() { 0 } else { slots[home(probe.1, slots.len())] };
    }
    known.extend(
        probes[..rows]
            .iter()
            .map(|&(key, hash, shard, seen)| seen == key + 1 || seen != 0 && shards[shard].contains(key, hash)),
    );
}

/// The `len` tuples of a log in as many tables as the cut asks for.
pub(super) fn build(place: Place, len: usize, log: Log<'_>) -> Vec<Flat> {
    let Place { arity, hashing, cut, .. } = place;
    let room = if cut.bits == 0 { len } else { (len >> cut.bits) * 9 / 8 };
    let mut shards: Vec<Flat> = (0..cut.count()).map(|_| Flat::with_room(room)).collect();
    for words in [log.committed, log.fresh] {
        for tuple in words.chunks_exact(arity) {
            let key = key(tuple);
            let hash = hashing.mix(key);
            shards[cut.shard(hashing, tuple, hash)].insert(key, cut.rest(hash), hashing, cut);
        }
    }
    shards
}
