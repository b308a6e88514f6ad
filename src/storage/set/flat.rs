//! Open addressing with the tuple itself as the key: one or two columns in one slot of eight bytes.

use super::super::probe::next;
use super::shards::share;
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
pub(super) fn build(place: Place, len: usize, log: Log<'_>, threads: usize) -> Vec<Flat> {
    let Place { arity, hashing, cut, .. } = place;
    let room = if cut.bits == 0 { len } else { (len >> cut.bits) * 9 / 8 };
    let mut shards: Vec<Flat> = (0..cut.count()).map(|_| Flat::with_room(room)).collect();
    share(&mut shards, threads, |first, own| {
        for tuple in [log.committed, log.fresh].into_iter().flat_map(|words| words.chunks_exact(arity)) {
            let key = key(tuple);
            let hash = hashing.mix(key);
            if let Some(shard) = own.get_mut(cut.shard(hashing, tuple, hash).wrapping_sub(first)) {
                shard.insert(key, cut.rest(hash), hashing, cut);
            }
        }
    });
    shards
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut { bits: 0, lead: None, axis: None };

    /// How many slots a search for a key looks at beyond the first, on average.
    fn beyond_home(flat: &Flat, keys: &[u64]) -> f64 {
        let capacity = flat.slots.len();
        let distance = |&key: &u64| {
            let home = home(Hashing::default().mix(key), capacity);
            let place = flat.slots.iter().position(|&slot| slot == key + 1).unwrap();
            (place + capacity - home) % capacity
        };
        keys.iter().map(distance).sum::<usize>() as f64 / keys.len() as f64
    }

    #[test]
    fn a_table_grows_with_what_it_holds_and_keys_lie_near_their_homes() {
        let patterns: [fn(u64) -> u64; 5] =
            [|at| at, |at| at << 32, |at| at << 32 | at, |at| at * 64, |at| (at % 50) << 32 | (at / 50) << 10];
        for pattern in patterns {
            let keys: Vec<u64> = (0..2_500).map(pattern).collect();
            let mut flat = Flat::default();
            for (at, &key) in keys.iter().enumerate() {
                let hash = Hashing::default().mix(key);
                assert!(!flat.contains(key, hash));
                assert!(flat.insert(key, hash, Hashing::default(), CUT) && flat.contains(key, hash));
                let slots = flat.slots.len();
                // A fifth stays free, and there is never much more than twice what is needed.
                assert!((at + 1) * 5 <= slots * 4, "{slots} slots for {} keys", at + 1);
                assert!(slots <= (at + 1) * 2 + 40, "{slots} slots for {} keys", at + 1);
            }
            assert!(keys.iter().all(|&key| !flat.insert(key, Hashing::default().mix(key), Hashing::default(), CUT)));
            assert_eq!(flat.len, keys.len());
            // Linear probing at four fifths: two slots beyond the first (Knuth), less while it is emptier.
            let beyond = beyond_home(&flat, &keys);
            assert!(beyond < 3.0, "{beyond} slots beyond the first");
        }
    }

    #[test]
    fn room_that_was_made_is_enough_and_not_wasted() {
        for tuples in [30, 100, 1_000] {
            let mut made = Flat::default();
            made.insert(7, Hashing::default().mix(7), Hashing::default(), CUT);
            made.reserve(tuples, Hashing::default(), CUT);
            for mut flat in [Flat::with_room(tuples), made] {
                let bytes = flat.bytes();
                assert_eq!(bytes, (tuples + tuples / 4 + 1).max(FIRST_CAPACITY) * 8);
                for key in 0..tuples as u64 {
                    flat.insert(key, Hashing::default().mix(key), Hashing::default(), CUT);
                }
                flat.reserve(tuples / 2, Hashing::default(), CUT);
                assert_eq!(flat.bytes(), bytes, "it did not have to grow");
                assert!((0..tuples as u64).all(|key| flat.contains(key, Hashing::default().mix(key))));
            }
        }
    }

    #[test]
    fn a_shard_is_lopsided_with_more_than_six_times_its_share() {
        let cut = Cut { bits: 5, ..CUT };
        let of = |len| Flat { slots: Vec::new(), len };
        assert!(!of(256).is_lopsided(320, cut) && of(257).is_lopsided(320, cut), "few are never too many");
        assert!(!of(600).is_lopsided(3_200, cut) && of(601).is_lopsided(3_200, cut));
    }

    #[test]
    fn a_table_grows_when_four_fifths_are_taken_and_not_before() {
        let mut flat = Flat::default();
        let mut grown = Vec::new();
        for key in 0..200 {
            flat.insert(key, Hashing::default().mix(key), Hashing::default(), CUT);
            if grown.last().is_none_or(|&(_, known)| known != flat.slots.len()) {
                grown.push((flat.len, flat.slots.len()));
            }
        }
        assert_eq!(grown, [(1, 21), (17, 51), (41, 96), (77, 163), (131, 264)]);
        // Before so many come, it is asked for all of them.
        assert!(!flat.is_full(11) && flat.is_full(12));
    }

    #[test]
    fn tables_that_are_built_at_once_have_room_for_what_they_hold() {
        let words: Vec<Word> = (0..32_000).flat_map(|at| [at, at % 7]).collect();
        let log = Log { committed: &words[..40_000], fresh: &words[40_000..] };
        for (bits, room) in [(0, 32_000), (5, 1_000 * 9 / 8)] {
            let cut = Cut { bits, ..CUT };
            let built = build(Place { arity: 2, hashing: Hashing::default(), cut, base: 0 }, 32_000, log, 3);
            assert!(built.iter().all(|table| table.slots.len() == room + room / 4 + 1), "{bits} bits");
            assert_eq!(built.iter().map(|table| table.len).sum::<usize>(), 32_000);
        }
    }
}
