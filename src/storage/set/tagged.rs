//! Open addressing for tuples of three columns and more: a slot holds 32 bits of the hash and the number of the row,
//! which has the tuple itself.

use super::super::probe::{TAG, alike, home, next};
use super::shards::share;
use super::{BATCH, Cut, Log, Place};
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

#[inline]
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

    /// Whether it holds far more than its share of `all` tuples.
    pub(super) fn is_lopsided(&self, all: usize, cut: Cut) -> bool {
        self.len > 256 && self.len > (all >> cut.bits) * 6
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
                slot if slot & TAG == tag && alike(log.row(tuple.len(), row_of(slot)), tuple) => return true,
                _ => at = next(at, self.slots.len()),
            }
        }
    }

    fn room_for_one(&mut self) {
        if (self.len + 1) * 5 > self.slots.len() * 4 {
            self.reserve(self.len * 3 / 2 + FIRST_CAPACITY);
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
            at = next(at, self.slots.len());
        }
        self.slots[at] = slot;
    }

    /// Adds a tuple as a row. Gives whether it is new. `row_at` gives the tuple of a row.
    #[inline]
    fn insert<'l>(&mut self, tuple: &[Word], hash: u64, row: usize, row_at: impl Fn(usize) -> &'l [Word]) -> bool {
        self.room_for_one();
        let tag = hash & TAG;
        let mut at = home(tag, self.slots.len());
        loop {
            match self.slots[at] {
                0 => break,
                slot if slot & TAG == tag && alike(row_at(row_of(slot)), tuple) => return false,
                _ => at = next(at, self.slots.len()),
            }
        }
        self.slots[at] = tag + row as u64 + 1;
        self.len += 1;
        true
    }
}

/// Adds what is new of a batch (at most [`BATCH`] tuples) to the shards at hand. Their `fresh` rows follow those of the
/// log.
pub(super) fn insert(shards: &mut [Tagged], place: Place, log: Log<'_>, fresh: &mut Vec<Word>, chunk: &[Word]) {
    let Place { arity, hashing, cut, base } = place;
    let rows = chunk.len() / arity;
    let start = (log.committed.len() + log.fresh.len()) / arity;
    let one = shards.len() == 1;
    let find = |tuple: &[Word]| {
        let hash = hashing.wide(tuple);
        let shard = if one { 0 } else { cut.shard(hashing, tuple, hash) - base };
        (cut.rest(hash), shard)
    };
    let few = rows < FEW;
    let mut probes = [(0_u64, 0_usize, 0_u64); BATCH];
    if !few {
        for (probe, tuple) in probes.iter_mut().zip(chunk.chunks_exact(arity)) {
            let (hash, shard) = find(tuple);
            *probe = (hash, shard, 0);
        }
        for probe in &mut probes[..rows] {
            let slots = &shards[probe.1].slots;
            probe.2 = if slots.is_empty() { 0 } else { slots[home(probe.0, slots.len())] };
        }
    }
    for (at, tuple) in chunk.chunks_exact(arity).enumerate() {
        let own: &[Word] = fresh;
        let row_at = |row: usize| match row.checked_sub(start) {
            Some(row) => &own[row * arity..(row + 1) * arity],
            None => log.row(arity, row),
        };
        let (hash, shard, seen) = if few {
            let (hash, shard) = find(tuple);
            (hash, shard, 0)
        } else {
            probes[at]
        };
        if seen != 0 && seen & TAG == hash & TAG && alike(row_at(row_of(seen)), tuple) {
            continue;
        }
        if shards[shard].insert(tuple, hash, start + own.len() / arity, row_at) {
            fresh.extend_from_slice(tuple);
        }
    }
}

/// Moves the numbers of `fresh` rows, which were numbered from `start` on, up by `before`. From the last to the first,
/// so that a new number is never one that is still to be found.
pub(super) fn number(shards: &mut [Tagged], place: Place, fresh: &[Word], start: usize, before: usize) {
    let Place { arity, hashing, cut, base } = place;
    for (own, tuple) in fresh.chunks_exact(arity).enumerate().rev() {
        let hash = hashing.wide(tuple);
        let table = &mut shards[cut.shard(hashing, tuple, hash) - base];
        let tag = cut.rest(hash) & TAG;
        let known = tag + (start + own) as u64 + 1;
        let mut at = home(tag, table.slots.len());
        while table.slots[at] != known {
            at = next(at, table.slots.len());
        }
        table.slots[at] = known + before as u64;
    }
}

/// The `len` tuples of a log in as many tables as the cut asks for.
pub(super) fn build(place: Place, len: usize, log: Log<'_>, threads: usize) -> Vec<Tagged> {
    let Place { arity, hashing, cut, .. } = place;
    let mut shards: Vec<Tagged> = (0..cut.count()).map(|_| Tagged::with_room((len >> cut.bits) * 9 / 8)).collect();
    share(&mut shards, threads, |first, own| {
        for row in 0..len {
            let tuple = log.row(arity, row);
            let hash = hashing.wide(tuple);
            if let Some(table) = own.get_mut(cut.shard(hashing, tuple, hash).wrapping_sub(first)) {
                table.room_for_one();
                table.place((cut.rest(hash) & TAG) + row as u64 + 1);
                table.len += 1;
            }
        }
    });
    shards
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::set::Hashing;

    const CUT: Cut = Cut { bits: 0, lead: None, axis: None };
    const PLACE: Place = Place { arity: 3, hashing: Hashing { seed: 0, constant: false }, cut: CUT, base: 0 };

    #[test]
    fn a_table_grows_with_what_it_holds_and_tuples_lie_near_their_homes() {
        let patterns: [fn(Word) -> [Word; 3]; 4] =
            [|at| [at, 0, 0], |at| [0, 0, at], |at| [at, at, at], |at| [at % 14, at / 14 % 14, at / 196]];
        for pattern in patterns {
            let words: Vec<Word> = (0..2_500).flat_map(pattern).collect();
            let mut fresh = Vec::new();
            let mut shards = [Tagged::default()];
            let log = Log { committed: &[], fresh: &[] };
            for (at, tuple) in words.chunks_exact(3).enumerate() {
                insert(&mut shards, PLACE, log, &mut fresh, tuple);
                let slots = shards[0].slots.len();
                // A fifth stays free, and there is never much more than twice what is needed.
                assert!((at + 1) * 5 <= slots * 4, "{slots} slots for {} tuples", at + 1);
                assert!(slots <= (at + 1) * 2 + 40, "{slots} slots for {} tuples", at + 1);
            }
            assert_eq!((&fresh, shards[0].len), (&words, 2_500));
            let [table] = shards;
            let distance = |(at, &slot): (usize, &u64)| match slot {
                0 => 0,
                slot => (at + table.slots.len() - home(slot & TAG, table.slots.len())) % table.slots.len(),
            };
            let beyond = table.slots.iter().enumerate().map(distance).sum::<usize>() as f64 / 2_500.0;
            // Linear probing at four fifths: two slots beyond the first (Knuth), less while it is emptier.
            assert!(beyond < 3.0, "{beyond} slots beyond the first");
        }
    }

    #[test]
    fn room_that_was_made_is_enough_and_not_wasted() {
        for tuples in [1, 100, 1_000] {
            let words: Vec<Word> = (0..tuples).flat_map(|at| [at, at % 7, 5]).collect();
            let log = Log { committed: &words, fresh: &[] };
            let mut made = Tagged::default();
            made.reserve(tuples as usize);
            for table in [Tagged::with_room(tuples as usize), made] {
                let bytes = table.bytes();
                assert_eq!(bytes, (tuples as usize + tuples as usize / 4 + 1).max(FIRST_CAPACITY) * 8);
                let (mut shards, mut fresh) = ([table], Vec::new());
                for chunk in words.chunks(BATCH * 3) {
                    insert(&mut shards, PLACE, Log { committed: &[], fresh: &[] }, &mut fresh, chunk);
                }
                let [mut table] = shards;
                assert_eq!(fresh, words);
                table.reserve(tuples as usize / 2);
                assert_eq!(table.bytes(), bytes, "it did not have to grow");
                let known = |tuple: &[Word]| table.contains(tuple, PLACE.hashing.wide(tuple), log);
                assert!(words.chunks_exact(3).all(known) && !known(&[tuples, 0, 5]));
            }
            // Tables that are built at once have room for their part, and a little more.
            let built = build(PLACE, tuples as usize, log, 1);
            assert!(built[0].bytes() <= (tuples as usize * 3 / 2 + 20) * 8, "{} bytes", built[0].bytes());
        }
    }

    #[test]
    fn a_shard_is_lopsided_with_more_than_six_times_its_share() {
        let cut = Cut { bits: 5, ..CUT };
        let of = |len| Tagged { slots: Vec::new(), len };
        assert!(!of(256).is_lopsided(320, cut) && of(257).is_lopsided(320, cut), "few are never too many");
        assert!(!of(600).is_lopsided(3_200, cut) && of(601).is_lopsided(3_200, cut));
    }

    #[test]
    fn a_table_grows_when_four_fifths_are_taken_and_not_before() {
        let (mut shards, mut fresh) = ([Tagged::default()], Vec::new());
        let mut grown = Vec::new();
        for at in 0..200 {
            insert(&mut shards, PLACE, Log { committed: &[], fresh: &[] }, &mut fresh, &[at, at, at]);
            let slots = shards[0].slots.len();
            if grown.last().is_none_or(|&(_, known)| known != slots) {
                grown.push((at + 1, slots));
            }
        }
        assert_eq!(grown, [(1, 21), (17, 51), (41, 96), (77, 163), (131, 264)]);
    }

    #[test]
    fn tables_that_are_built_at_once_have_room_for_an_eighth_more_than_their_share() {
        let words: Vec<Word> = (0..32_000).flat_map(|at| [at, at % 7, 5]).collect();
        let log = Log { committed: &words[..60_000], fresh: &words[60_000..] };
        for bits in [0, 5] {
            let built = build(Place { cut: Cut { bits, ..CUT }, ..PLACE }, 32_000, log, 3);
            let room = (32_000 >> bits) * 9 / 8;
            assert!(built.iter().all(|table| table.slots.len() == room + room / 4 + 1), "{bits} bits");
            assert_eq!(built.iter().map(|table| table.len).sum::<usize>(), 32_000);
        }
    }

    #[test]
    fn tuples_with_one_tag_are_told_apart() {
        let (mut shards, mut fresh) = ([Tagged::default()], Vec::new());
        let nothing = Log { committed: &[], fresh: &[] };
        // Found by search: what slots hold of their hashes is the same.
        for (one, other) in [(95_755, 146_160), (40_004, 164_041), (119_343, 164_507)] {
            let [one, other] = [[one, 0, 7], [other, 0, 7]];
            let hash = PLACE.hashing.wide(&other);
            assert_eq!(PLACE.hashing.wide(&one) & TAG, hash & TAG);
            insert(&mut shards, PLACE, nothing, &mut fresh, &one);
            let rows = fresh.clone();
            assert!(!shards[0].contains(&other, hash, Log { committed: &rows, fresh: &[] }));
            insert(&mut shards, PLACE, nothing, &mut fresh, &other);
            assert_eq!(fresh[rows.len()..], other);
            assert!(shards[0].contains(&other, hash, Log { committed: &fresh, fresh: &[] }));
        }
        // In a batch, too.
        let all = fresh.repeat(5);
        insert(&mut shards, PLACE, Log { committed: &fresh.clone(), fresh: &[] }, &mut Vec::new(), &all);
        assert_eq!(shards[0].len, 6);
    }
}
