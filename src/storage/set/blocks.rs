//! Open addressing of blocks: a slot holds one value of a column, the *axis*, with the upper bits of the other column's
//! value, and a bit for each of the 64 pairs that agree in these. Where values lie close without filling a matrix, a slot
//! stands for many tuples, so that the table is a fraction of a flat one and more of it is in the cache. Roaring bitmaps
//! (Chambi, Lemire, Kaser and Godin, 2016) cut the same way, with larger pieces.

use rustc_hash::FxHashSet;

use super::super::probe::next;
use super::shards::share;
use super::{BATCH, Cut, Hashing, Log, Place};
use crate::value::Word;

/// Pairs that agree in the axis and in the upper bits of the other column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    key: u64,
    bits: u64,
}

impl Block {
    /// The block of one pair, which has `fixed` in the axis.
    #[inline]
    pub(crate) fn of(fixed: Word, other: Word) -> Self {
        Self { key: (u64::from(fixed) << 32) + u64::from(other >> 6), bits: 1 << (other & 63) }
    }

    /// Adds the pairs of another, if they lie in the same block. Gives whether they do.
    #[inline]
    pub(crate) fn admit(&mut self, other: Self) -> bool {
        let same = self.key == other.key;
        if same {
            self.bits |= other.bits;
        }
        same
    }

    /// Its place among the blocks with the same value in the axis.
    #[inline]
    pub(crate) fn line(self) -> usize {
        self.word().0
    }

    /// What is hashed of it.
    #[inline]
    pub(super) fn key(self) -> u64 {
        self.key
    }

    /// What its pairs have in the axis.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the upper half
    pub(super) fn fixed(self) -> Word {
        (self.key >> 32) as Word
    }

    /// Where the bits of its pairs lie in a line of a bit matrix, and the bits.
    #[inline]
    pub(super) fn word(self) -> (usize, u64) {
        ((self.key & u64::from(Word::MAX)) as usize, self.bits)
    }

    /// The same block with other pairs.
    #[inline]
    pub(super) fn with(self, bits: u64) -> Self {
        Self { bits, ..self }
    }

    /// The greatest values of its pairs, as of `greatest` of tuples.
    #[inline]
    pub(crate) fn greatest(self, axis: usize) -> (usize, usize) {
        let (high, bits) = self.word();
        let (fixed, other) = (self.fixed() as usize, high * 64 + bits.checked_ilog2().unwrap_or(0) as usize);
        if axis == 0 { (fixed, other) } else { (other, fixed) }
    }

    /// Appends its pairs.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the lower half
    pub(crate) fn pairs(self, axis: usize, out: &mut Vec<Word>) {
        let (fixed, first) = (self.fixed(), (self.key as Word) << 6);
        let mut bits = self.bits;
        while bits != 0 {
            let other = first + bits.trailing_zeros();
            out.extend_from_slice(&if axis == 0 { [fixed, other] } else { [other, fixed] });
            bits &= bits - 1;
        }
    }
}

/// A block's key plus one (0 is free), and its bits.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: u64,
    bits: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    slots: Vec<Slot>,
    taken: usize,
}

const FIRST_CAPACITY: usize = 16;
/// So few candidates are not worth a batch.
const FEW: usize = 16;
/// One block in so many is looked at where the tuples are many.
const SAMPLE: u64 = 64;

/// A pair's block.
#[inline]
fn block(axis: usize, pair: &[Word]) -> Block {
    match *pair {
        [a, b] if axis == 0 => Block::of(a, b),
        [a, b] => Block::of(b, a),
        _ => Block::default(),
    }
}

/// The key of a pair's block.
#[inline]
pub(super) fn key(axis: usize, pair: &[Word]) -> u64 {
    block(axis, pair).key
}

/// Where a hash looks first, as in a flat table.
#[inline]
#[allow(clippy::cast_possible_truncation)] // below the capacity
fn home(hash: u64, capacity: usize) -> usize {
    ((u128::from(hash) * capacity as u128) >> 64) as usize
}

impl Blocks {
    pub(super) fn bytes(&self) -> usize {
        self.slots.len() * size_of::<Slot>()
    }

    /// How many blocks there are.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// Whether it holds far more than its share of `all` blocks.
    pub(super) fn is_lopsided(&self, all: usize, cut: Cut) -> bool {
        self.taken > 256 && self.taken > (all >> cut.bits) * 6
    }

    fn contains(&self, Block { key, bits }: Block, hash: u64) -> bool {
        if self.slots.is_empty() {
            return false;
        }
        let mut at = home(hash, self.slots.len());
        loop {
            let slot = self.slots[at];
            match slot.key {
                0 => return false,
                found if found == key + 1 => return slot.bits & bits != 0,
                _ => at = next(at, self.slots.len()),
            }
        }
    }

    /// Adds pairs of a block. Gives the bits of those that are new.
    #[inline]
    fn insert(&mut self, Block { key, bits }: Block, hash: u64, hashing: Hashing, cut: Cut) -> u64 {
        if !self.slots.is_empty() {
            let mut at = home(hash, self.slots.len());
            loop {
                let slot = &mut self.slots[at];
                match slot.key {
                    0 => break,
                    found if found == key + 1 => {
                        let new = bits & !slot.bits;
                        slot.bits |= bits;
                        return new;
                    }
                    _ => at = next(at, self.slots.len()),
                }
            }
        }
        if (self.taken + 1) * 3 > self.slots.len() * 2 {
            self.grow(hashing, cut);
        }
        self.place(Slot { key: key + 1, bits }, hash);
        self.taken += 1;
        bits
    }

    /// How many slots a table of so many blocks gets. Fuller tables are smaller, and most probes miss their home slot.
    fn room(taken: usize) -> usize {
        (taken * 9 / 4 + 1).max(FIRST_CAPACITY)
    }

    /// Puts a block that is not there yet into a free slot.
    fn place(&mut self, slot: Slot, hash: u64) {
        let mut at = home(hash, self.slots.len());
        while self.slots[at].key != 0 {
            at = next(at, self.slots.len());
        }
        self.slots[at] = slot;
    }

    fn grow(&mut self, hashing: Hashing, cut: Cut) {
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); Self::room(self.taken)]);
        for slot in old.into_iter().filter(|slot| slot.key != 0) {
            self.place(slot, cut.rest(hashing.mix(slot.key - 1)));
        }
    }
}

/// Candidates on their way into the set.
#[derive(Clone, Copy, Default)]
struct Probe {
    block: Block,
    hash: u64,
    shard: u32,
    known: bool,
}

/// Adds what is new of a batch (at most [`BATCH`] pairs) to the shards at hand.
pub(super) fn insert(shards: &mut [Blocks], place: Place, fresh: &mut Vec<Word>, chunk: &[Word]) {
    let pairs = chunk.as_chunks::<2>().0;
    match place.cut.axis {
        Some(1) => insert_each(shards, (place, 1), fresh, pairs, |&[other, fixed]| Block::of(fixed, other)),
        _ => insert_each(shards, (place, 0), fresh, pairs, |&[fixed, other]| Block::of(fixed, other)),
    }
}

/// The same of pairs that come in blocks already (at most [`BATCH`] of them).
pub(super) fn insert_blocks(shards: &mut [Blocks], place: Place, fresh: &mut Vec<Word>, chunk: &[Block]) {
    insert_each(shards, (place, place.cut.axis.unwrap_or(0)), fresh, chunk, |&block| block);
}

#[inline(always)]
#[allow(clippy::inline_always)] // for what makes blocks of pairs
fn insert_each<T>(
    shards: &mut [Blocks],
    (place, axis): (Place, usize),
    fresh: &mut Vec<Word>,
    chunk: &[T],
    block: impl Fn(&T) -> Block,
) {
    let Place { hashing, cut, base, .. } = place;
    let one = shards.len() == 1;
    #[allow(clippy::cast_possible_truncation)] // there are a few thousand shards
    let find = |block: Block| {
        let hash = hashing.mix(block.key);
        let shard = if one { 0 } else { cut.block_shard(hashing, block) - base };
        Probe { block, hash: cut.rest(hash), shard: shard as u32, known: false }
    };
    if chunk.len() < FEW {
        for candidate in chunk {
            let Probe { block, hash, shard, .. } = find(block(candidate));
            let new = shards[shard as usize].insert(block, hash, hashing, cut);
            block.with(new).pairs(axis, fresh);
        }
        return;
    }
    let mut probes = [Probe::default(); BATCH];
    let mut last = find(block(&chunk[0]));
    for (probe, candidate) in probes.iter_mut().zip(chunk) {
        let block = block(candidate);
        // Neighbours are often of one block.
        if block.key != last.block.key {
            last = find(block);
        }
        *probe = Probe { block, ..last };
    }
    let probes = &mut probes[..chunk.len()];
    for Probe { block, hash, shard, known } in &mut *probes {
        let slots = &shards[*shard as usize].slots;
        if !slots.is_empty() {
            let slot = slots[home(*hash, slots.len())];
            *known = slot.key == block.key + 1 && block.bits & !slot.bits == 0;
        }
    }
    for &Probe { block, hash, shard, known } in &*probes {
        // What the home slot held a moment ago decides most cases without touching the table again.
        if !known {
            let new = shards[shard as usize].insert(block, hash, hashing, cut);
            block.with(new).pairs(axis, fresh);
        }
    }
}

/// Whether a pair exists.
pub(super) fn contains(shards: &[Blocks], hashing: Hashing, cut: Cut, pair: &[Word]) -> bool {
    let block = block(cut.axis.unwrap_or(0), pair);
    let hash = hashing.mix(block.key);
    shards[cut.block_shard(hashing, block)].contains(block, cut.rest(hash))
}

/// The pairs of a log in as many tables as the cut asks for.
pub(super) fn build(place: Place, log: Log<'_>, threads: usize) -> Vec<Blocks> {
    let Place { hashing, cut, .. } = place;
    let axis = cut.axis.unwrap_or(0);
    let mut shards: Vec<Blocks> = vec![Blocks::default(); cut.count()];
    share(&mut shards, threads, |first, own| {
        for pair in [log.committed, log.fresh].into_iter().flat_map(|words| words.as_chunks::<2>().0) {
            let block = block(axis, pair);
            if let Some(shard) = own.get_mut(cut.block_shard(hashing, block).wrapping_sub(first)) {
                shard.insert(block, cut.rest(hashing.mix(block.key)), hashing, cut);
            }
        }
    });
    shards
}

/// The blocks of some tables in as many tables as the cut asks for; they lie along the same axis before and after.
pub(super) fn cut(old: &[Blocks], place: Place, threads: usize) -> Vec<Blocks> {
    let Place { hashing, cut, .. } = place;
    let slots = || old.iter().flat_map(|table| &table.slots).filter(|slot| slot.key != 0);
    let shard = |slot: &Slot| cut.block_shard(hashing, Block { key: slot.key - 1, bits: slot.bits });
    let mut shards: Vec<Blocks> = vec![Blocks::default(); cut.count()];
    share(&mut shards, threads, |first, own| {
        for slot in slots() {
            if let Some(shard) = own.get_mut(shard(slot).wrapping_sub(first)) {
                shard.taken += 1;
            }
        }
        for shard in own.iter_mut().filter(|shard| shard.taken > 0) {
            shard.slots = vec![Slot::default(); Blocks::room(shard.taken)];
        }
        for slot in slots() {
            if let Some(shard) = own.get_mut(shard(slot).wrapping_sub(first)) {
                shard.place(*slot, cut.rest(hashing.mix(slot.key - 1)));
            }
        }
    });
    shards
}

/// About how many pairs of a log share a block, along an axis.
#[allow(clippy::cast_precision_loss)]
pub(super) fn occupancy(axis: usize, len: usize, log: Log<'_>) -> f64 {
    let part = if len > 1 << 14 { SAMPLE } else { 1 };
    let mut blocks = FxHashSet::default();
    let mut pairs = 0_usize;
    for pair in [log.committed, log.fresh].into_iter().flat_map(|words| words.as_chunks::<2>().0) {
        let key = key(axis, pair);
        // A fixed hash: what is sampled must not depend on how the set is hashed.
        if Hashing::default().mix(key) % part == 0 {
            blocks.insert(key);
            pairs += 1;
        }
    }
    pairs as f64 / blocks.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const CUT: Cut = Cut { bits: 0, lead: None, axis: Some(0) };

    /// The blocks of some pairs, along an axis.
    fn blocks(axis: usize, pairs: &[[Word; 2]]) -> BTreeSet<(Word, Word)> {
        pairs.iter().map(|pair| (pair[axis], pair[1 - axis] / 64)).collect()
    }

    #[test]
    fn a_table_grows_with_its_blocks_and_these_lie_near_their_homes() {
        let patterns: [fn(Word) -> [Word; 2]; 3] =
            [|at| [at / 3, at % 3 * 40], |at| [at % 50, at / 50 * 64], |at| [at * 64, at * 1_000]];
        for (axis, pattern) in (0..2).flat_map(|axis| patterns.map(|pattern| (axis, pattern))) {
            let pairs: Vec<[Word; 2]> = (0..3_000).map(pattern).collect();
            let (hashing, cut) = (Hashing::default(), Cut { axis: Some(axis), ..CUT });
            let place = Place { arity: 2, hashing, cut, base: 0 };
            let mut shards = [Blocks::default()];
            for (at, pair) in pairs.iter().enumerate() {
                let mut fresh = Vec::new();
                assert!(!contains(&shards, hashing, cut, pair));
                insert(&mut shards, place, &mut fresh, pair);
                assert!(contains(&shards, hashing, cut, pair));
                insert(&mut shards, place, &mut fresh, pair);
                assert_eq!(fresh, pair);
                let [table] = &shards;
                if at % 100 == 0 {
                    let count = blocks(axis, &pairs[..=at]).len();
                    let slots = table.slots.len();
                    assert_eq!(table.taken(), count);
                    // A third stays free, and there is never much more than twice what is needed.
                    assert!(count * 3 <= slots * 2, "{slots} slots for {count} blocks");
                    assert!(slots <= count * 9 / 4 + FIRST_CAPACITY, "{slots} slots for {count} blocks");
                    assert_eq!(table.bytes(), slots * 16);
                }
            }
            let [table] = shards;
            let distance = |(at, slot): (usize, &Slot)| match slot.key {
                0 => 0,
                key => {
                    let home = home(Hashing::default().mix(key - 1), table.slots.len());
                    (at + table.slots.len() - home) % table.slots.len()
                }
            };
            let beyond = table.slots.iter().enumerate().map(distance).sum::<usize>() as f64 / table.taken as f64;
            assert!(beyond < 2.0, "{beyond} slots beyond the first");
        }
    }

    #[test]
    fn tables_are_cut_block_by_block() {
        let pairs: Vec<[Word; 2]> = (0..9_000).map(|at| [at / 30, at % 30 * 11]).collect();
        let words = pairs.as_flattened();
        let log = Log { committed: words, fresh: &[] };
        let hashing = Hashing::default();
        let sorted = |tables: &[Blocks]| {
            let slots = tables.iter().flat_map(|table| &table.slots).filter(|slot| slot.key != 0);
            slots.map(|slot| (slot.key, slot.bits)).collect::<BTreeSet<_>>()
        };
        for (axis, lead) in [(0, Some(0)), (1, None), (1, Some(1))] {
            let place = |bits| Place { arity: 2, hashing, cut: Cut { bits, lead, axis: Some(axis) }, base: 0 };
            let mut tables = build(place(0), log, 1);
            let all = sorted(&tables);
            for bits in [2, 7] {
                tables = cut(&tables, place(bits), 2);
                let built = build(place(bits), log, 3);
                assert_eq!(tables.len(), 1 << bits);
                assert_eq!(sorted(&tables), all);
                for (table, built) in tables.iter().zip(&built) {
                    assert_eq!(sorted(std::slice::from_ref(table)), sorted(std::slice::from_ref(built)));
                    assert_eq!(table.taken(), built.taken());
                    assert!(table.taken() * 3 <= table.slots.len() * 2, "there is room for the next one");
                }
                let Place { cut, .. } = place(bits);
                assert!(pairs.iter().all(|pair| contains(&tables, hashing, cut, pair)));
                assert!(!contains(&tables, hashing, cut, &[1, 1]));
            }
        }
    }

    #[test]
    fn a_shard_without_blocks_takes_no_room() {
        let place = |bits| Place { arity: 2, hashing: Hashing::default(), cut: Cut { bits, ..CUT }, base: 0 };
        let tables = cut(&build(place(0), Log { committed: &[1, 2, 1, 3], fresh: &[] }, 1), place(2), 1);
        assert_eq!(tables.iter().map(Blocks::bytes).sum::<usize>(), FIRST_CAPACITY * 16);
    }

    #[test]
    fn blocks_with_one_home_are_told_apart_in_a_batch() {
        // The second block's key is one more than that of the first, which has its home.
        let hashing = Hashing { seed: 3, constant: true };
        let place = Place { arity: 2, hashing, cut: CUT, base: 0 };
        let mut tables = build(place, Log { committed: &[5, 3], fresh: &[] }, 1);
        let mut fresh = Vec::new();
        insert(&mut tables, place, &mut fresh, &[5, 64 + 3].repeat(FEW));
        assert_eq!(fresh, [5, 64 + 3]);
    }

    #[test]
    fn how_many_pairs_share_a_block_is_counted_or_sampled() {
        let words = |pairs: &[[Word; 2]]| pairs.iter().flatten().copied().collect::<Vec<_>>();
        let few: Vec<[Word; 2]> = (0..1 << 14).map(|at| [at / 5, at % 5 * 20]).collect();
        let many: Vec<[Word; 2]> = (0..200_000).map(|at| [at / 5, at % 5 * 20]).collect();
        for axis in 0..2 {
            let exact = |pairs: &[[Word; 2]]| pairs.len() as f64 / blocks(axis, pairs).len() as f64;
            let (committed, fresh) = (words(&few[..9_000]), words(&few[9_000..]));
            let counted = occupancy(axis, few.len(), Log { committed: &committed, fresh: &fresh });
            assert!((counted - exact(&few)).abs() < 1e-9, "{counted}");
            let sampled = occupancy(axis, many.len(), Log { committed: &words(&many), fresh: &[] });
            let exact = exact(&many);
            assert!((sampled - exact).abs() < exact * 0.2, "{sampled}, which is {exact}");
            // Along the other axis all blocks have as many.
            assert!(axis == 1 || (sampled - exact).abs() > 1e-9, "only a part of so many is looked at");
        }
        assert_eq!(occupancy(0, 0, Log { committed: &[], fresh: &[] }), 0.0);
    }

    #[test]
    fn a_shard_is_lopsided_with_more_than_six_times_its_share() {
        let cut = Cut { bits: 5, ..CUT };
        let of = |taken| Blocks { slots: Vec::new(), taken };
        assert!(!of(256).is_lopsided(320, cut) && of(257).is_lopsided(320, cut), "few are never too many");
        assert!(!of(600).is_lopsided(3_200, cut) && of(601).is_lopsided(3_200, cut));
    }

    #[test]
    fn a_table_grows_when_two_thirds_are_taken_and_not_before() {
        let place = Place { arity: 2, hashing: Hashing::default(), cut: CUT, base: 0 };
        let (mut shards, mut fresh) = ([Blocks::default()], Vec::new());
        let mut grown = Vec::new();
        for at in 0..80 {
            insert(&mut shards, place, &mut fresh, &[at, 7]);
            let slots = shards[0].slots.len();
            if grown.last().is_none_or(|&(_, known)| known != slots) {
                grown.push((at + 1, slots));
            }
        }
        assert_eq!(grown, [(1, 16), (11, 23), (16, 34), (23, 50), (34, 75), (51, 113), (76, 169)]);
    }

    #[test]
    fn blocks_are_made_sooner_and_kept_longer_where_candidates_come_in_them() {
        use crate::storage::{Layout, Switch, TupleSet};
        for axis in 0..2 {
            let pair = |fixed: Word, other: Word| if axis == 0 { [fixed, other] } else { [other, fixed] };
            // Two pairs a block; or six, and then many that are alone in theirs: 21,000 in 16,000.
            let twos: Vec<Word> = (0..5_000).flat_map(|at| pair(at / 2 * 777, at % 2)).collect();
            let sixes: Vec<Word> = (0..6_000).flat_map(|at| pair(at / 6, at % 6)).collect();
            let alone: Vec<Word> = (0..15_000).flat_map(|at| pair(at * 64, at * 64 + 1_000_000)).collect();
            for (along, some, kept) in [(Some(1 - axis), "blocks", "blocks"), (None, "flat", "flat")] {
                let of = |parts: &[&[Word]]| {
                    let mut set = TupleSet::new(2, Layout { dense: Switch::Off, ..Layout::default() });
                    set.lie_along(along);
                    let mut rows = Vec::new();
                    for words in parts {
                        set.insert_batch(&[], &mut rows, words, words.len() / 2);
                    }
                    set.insert_batch(&[], &mut rows, &parts[0][..2], 1);
                    set.kind()
                };
                assert_eq!((of(&[&twos]), of(&[&sixes, &alone])), (some, kept), "along {along:?}");
                assert_eq!(of(&[&sixes]), "blocks");
            }
        }
    }
}
