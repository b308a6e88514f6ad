//! From keys to dense group numbers.

use super::probe::{TAG, alike, home, next};
use super::set::Hashing;
use crate::value::Word;

/// Gives distinct keys (tuples of a fixed width) dense group numbers in order of first appearance.
///
/// One-column keys that lie close are addressed directly, keys of up to two columns are kept inline, wider ones by a part
/// of their hash and the number of their group. Both tables are open and probed one slot after another.
#[derive(Clone, Debug)]
pub struct KeyTable {
    width: usize,
    /// `width` words a group.
    keys: Vec<Word>,
    groups: u32,
    find: Find,
}

#[derive(Clone, Debug)]
enum Find {
    /// Group + 1 by key; 0 where there is none.
    Direct(Vec<u32>),
    Inline(Vec<Slot>),
    /// The upper half of the hash above the group + 1; 0 where there is none.
    Wide(Vec<u64>),
}

/// A key of at most two columns, and its group: [`FREE`] marks a free slot. Twelve bytes, as more of a table in the
/// cache is worth the odd slot across two of its lines.
#[derive(Clone, Copy, Debug)]
struct Slot {
    key: [Word; 2],
    group: u32,
}

const FREE: u32 = u32::MAX;
const NO_SLOT: Slot = Slot { key: [0; 2], group: FREE };
/// Slots that a table begins with.
const FIRST_CAPACITY: usize = 16;
/// Keys whose home slots are loaded together.
const BATCH: usize = 128;

/// Up to which one-column keys are worth addressing directly, in a relation of so many rows: nothing where the greatest
/// is too far above them.
pub(super) fn dense_bound(greatest: Word, rows: usize) -> Option<usize> {
    let greatest = greatest as usize;
    (greatest < rows * 8 + 1024).then_some(greatest + 1)
}

impl KeyTable {
    /// A table of keys of `width` columns; one-column keys below `dense`, where given, are addressed directly.
    #[must_use]
    pub fn new(width: usize, dense: Option<usize>) -> Self {
        let find = match (width, dense) {
            (1, Some(dense)) => Find::Direct(vec![0; dense]),
            (0..=2, _) => Find::Inline(vec![NO_SLOT; FIRST_CAPACITY]),
            _ => Find::Wide(vec![0; FIRST_CAPACITY]),
        };
        Self { width, keys: Vec::new(), groups: 0, find }
    }

    /// A table of the values of one column with a greatest value, in so many rows.
    #[must_use]
    pub fn of_column(greatest: Word, rows: usize) -> Self {
        Self::new(1, dense_bound(greatest, rows))
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups as usize
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups == 0
    }

    /// Makes sure that one-column keys up to `greatest` can be inserted, in a relation that will have so many rows.
    pub fn admit(&mut self, greatest: Word, rows: usize) {
        let Find::Direct(direct) = &mut self.find else { return };
        if (greatest as usize) < direct.len() {
            return;
        }
        match dense_bound(greatest, rows) {
            Some(bound) => direct.resize(bound.max(direct.len() * 3 / 2), 0),
            None => {
                let mut slots = vec![NO_SLOT; room(self.groups as usize)];
                for (group, &key) in (0..).zip(&self.keys) {
                    place(&mut slots, Slot { key: [key, 0], group });
                }
                self.find = Find::Inline(slots);
            }
        }
    }

    /// Forgets all keys; room stays.
    pub fn clear(&mut self) {
        match &mut self.find {
            Find::Direct(direct) => self.keys.iter().for_each(|&key| direct[key as usize] = 0),
            Find::Inline(slots) => slots.fill(NO_SLOT),
            Find::Wide(slots) => slots.fill(0),
        }
        self.keys.clear();
        self.groups = 0;
    }

    /// The group of a key of any width.
    #[must_use]
    pub fn find(&self, key: &[Word]) -> Option<u32> {
        match (&self.find, key) {
            (Find::Wide(slots), key) => {
                let hash = hash(key);
                let found = self.probe(slots, key, hash, home(hash, slots.len()));
                found.ok()
            }
            (_, &[]) => (self.groups > 0).then_some(0),
            (_, &[a, b]) => self.find_narrow([a, b]),
            (_, key) => self.find_narrow([key[0], 0]),
        }
    }

    /// Tells `take` the groups of `count` keys, one after another.
    pub fn find_all(&self, keys: &[Word], count: usize, take: &mut impl FnMut(Option<u32>)) {
        match (&self.find, self.width) {
            (_, 0) => (0..count).for_each(|_| take(self.find(&[]))),
            (Find::Wide(slots), width) => {
                for keys in keys.chunks(BATCH * width) {
                    let mut probes = [(0_u64, 0_u64); BATCH];
                    for (probe, key) in probes.iter_mut().zip(keys.chunks_exact(width)) {
                        probe.0 = hash(key);
                    }
                    // Loads that do not wait for each other: first all home slots, then all keys.
                    for probe in &mut probes[..keys.len() / width] {
                        probe.1 = slots[home(probe.0, slots.len())];
                    }
                    for (&(hash, seen), key) in probes.iter().zip(keys.chunks_exact(width)) {
                        take(match seen {
                            0 => None,
                            slot if slot & TAG == hash & TAG && alike(self.key(group_of(slot)), key) => {
                                Some(group_of(slot))
                            }
                            _ => self.probe(slots, key, hash, home(hash, slots.len())).ok(),
                        });
                    }
                }
            }
            (_, 2) => keys.as_chunks::<2>().0.iter().for_each(|&key| take(self.find_narrow(key))),
            _ => keys.iter().for_each(|&key| take(self.find_narrow([key, 0]))),
        }
    }

    /// The group of a wide key, or the free slot that it would take.
    fn probe(&self, slots: &[u64], key: &[Word], hash: u64, start: usize) -> Result<u32, usize> {
        let mut at = start;
        loop {
            match slots[at] {
                0 => return Err(at),
                slot if slot & TAG == hash & TAG && alike(self.key(group_of(slot)), key) => return Ok(group_of(slot)),
                _ => at = next(at, slots.len()),
            }
        }
    }

    /// The group of a key of one column, or of two; the second of a shorter one is 0.
    #[inline]
    #[must_use]
    pub fn find_narrow(&self, key: [Word; 2]) -> Option<u32> {
        match &self.find {
            Find::Direct(direct) => direct.get(key[0] as usize).and_then(|group| group.checked_sub(1)),
            Find::Inline(slots) => {
                let mut at = home(spread(key), slots.len());
                loop {
                    let slot = slots[at];
                    if slot.group == FREE {
                        return None;
                    }
                    if slot.key == key {
                        return Some(slot.group);
                    }
                    at = next(at, slots.len());
                }
            }
            Find::Wide(_) => None,
        }
    }

    /// The group of a key, made if new. A directly addressed key must have been admitted.
    pub fn insert(&mut self, key: &[Word]) -> u32 {
        let group = self.groups;
        if let Find::Wide(slots) = &self.find {
            let hash = hash(key);
            let at = match self.probe(slots, key, hash, home(hash, slots.len())) {
                Ok(group) => return group,
                Err(at) => at,
            };
            self.groups += 1;
            self.keys.extend_from_slice(key);
            let slot = (hash & TAG) + u64::from(group + 1);
            let Find::Wide(slots) = &mut self.find else { return group };
            if self.groups as usize * 3 < slots.len() * 2 {
                slots[at] = slot;
            } else {
                let old = std::mem::replace(slots, vec![0; room(self.groups as usize)]);
                old.into_iter().filter(|&slot| slot != 0).for_each(|slot| place_wide(slots, slot));
                place_wide(slots, slot);
            }
            return group;
        }
        match *key {
            [a, b] => self.insert_narrow([a, b]),
            [a] => self.insert_narrow([a, 0]),
            _ => self.insert_narrow([0; 2]),
        }
    }

    /// The group of a key of one column, or of two, made if new; the second of a shorter one is 0.
    #[inline]
    pub fn insert_narrow(&mut self, key: [Word; 2]) -> u32 {
        let group = self.groups;
        match &mut self.find {
            Find::Direct(direct) => {
                let place = &mut direct[key[0] as usize];
                if *place > 0 {
                    return *place - 1;
                }
                *place = group + 1;
            }
            Find::Inline(slots) => {
                let mut at = home(spread(key), slots.len());
                while slots[at].group != FREE {
                    if slots[at].key == key {
                        return slots[at].group;
                    }
                    at = next(at, slots.len());
                }
                if (group as usize + 1) * 3 < slots.len() * 2 {
                    slots[at] = Slot { key, group };
                } else {
                    let old = std::mem::replace(slots, vec![NO_SLOT; room(group as usize + 1)]);
                    old.into_iter().filter(|slot| slot.group != FREE).for_each(|slot| place(slots, slot));
                    place(slots, Slot { key, group });
                }
            }
            // Wide keys do not come this way.
            Find::Wide(_) => return group,
        }
        self.groups += 1;
        self.keys.extend_from_slice(&key[..self.width.min(2)]);
        group
    }

    /// The key of a group.
    #[must_use]
    pub fn key(&self, group: u32) -> &[Word] {
        &self.keys[group as usize * self.width..(group as usize + 1) * self.width]
    }
}

/// Slots for so many groups and as many more.
fn room(groups: usize) -> usize {
    (groups * 3).max(FIRST_CAPACITY)
}

/// Puts a key that is not there yet into a free slot.
fn place(slots: &mut [Slot], slot: Slot) {
    let mut at = home(spread(slot.key), slots.len());
    while slots[at].group != FREE {
        at = next(at, slots.len());
    }
    slots[at] = slot;
}

/// The same of a wide key; what a slot has of the hash tells where it looks first.
fn place_wide(slots: &mut [u64], slot: u64) {
    let mut at = home(slot, slots.len());
    while slots[at] != 0 {
        at = next(at, slots.len());
    }
    slots[at] = slot;
}

#[inline]
#[allow(clippy::cast_possible_truncation)] // the lower half
fn group_of(slot: u64) -> u32 {
    slot as u32 - 1
}

#[inline]
fn spread([a, b]: [Word; 2]) -> u64 {
    Hashing::default().mix((u64::from(a) << 32) + u64::from(b))
}

/// The hash by which a key is found.
#[inline]
pub(super) fn spread_of(key: &[Word]) -> u64 {
    match *key {
        [a, b] => spread([a, b]),
        [a] => spread([a, 0]),
        _ => hash(key),
    }
}

fn hash(key: &[Word]) -> u64 {
    Hashing::default().wide(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn groups_are_numbered_by_first_appearance(
            width in 0_usize..4,
            words in proptest::collection::vec(prop_oneof![0_u32..12, 0_u32..5_000, 3_000_000_000_u32..3_000_000_004], 0..600),
            dense in proptest::option::of(1_usize..100),
        ) {
            let mut table = KeyTable::new(width, dense);
            let mut model: BTreeMap<Vec<Word>, u32> = BTreeMap::new();
            for key in words.chunks_exact(width.max(1)) {
                let key = &key[..width];
                if let [word] = *key {
                    table.admit(word, 10);
                }
                let next = u32::try_from(model.len()).unwrap();
                let group = *model.entry(key.to_vec()).or_insert(next);
                prop_assert_eq!(table.insert(key), group);
            }
            for (key, &group) in &model {
                prop_assert_eq!(table.find(key), Some(group));
                prop_assert_eq!(table.key(group), key.as_slice());
            }
            if width > 0 {
                prop_assert_eq!(table.find(&vec![77_777; width]), None);
            }
            prop_assert_eq!(table.len(), model.len());
        }
    }

    /// How many slots a search for each group's key looks at beyond the first, on average.
    fn beyond_home(table: &KeyTable) -> f64 {
        let away = |at: usize, home: usize, capacity: usize| (at + capacity - home) % capacity;
        let sum: usize = match &table.find {
            Find::Direct(_) => 0,
            Find::Inline(slots) => {
                let taken = slots.iter().enumerate().filter(|(_, slot)| slot.group != FREE);
                taken.map(|(at, slot)| away(at, home(spread(slot.key), slots.len()), slots.len())).sum()
            }
            Find::Wide(slots) => {
                let taken = slots.iter().enumerate().filter(|&(_, &slot)| slot != 0);
                taken.map(|(at, &slot)| away(at, home(slot, slots.len()), slots.len())).sum()
            }
        };
        sum as f64 / table.len() as f64
    }

    #[test]
    fn a_table_grows_with_what_it_holds_and_keys_lie_near_their_homes() {
        let patterns: [fn(Word) -> [Word; 3]; 4] =
            [|at| [at, 0, 0], |at| [at * 64, at, at], |at| [at % 2, at / 2, 7], |at| [at % 50, at % 49, at]];
        for (width, pattern) in (1..4).flat_map(|width| patterns.map(|pattern| (width, pattern))) {
            let mut table = KeyTable::new(width, None);
            for key in (0..3_000).map(pattern) {
                table.insert(&key[..width]);
                let slots = match &table.find {
                    Find::Direct(_) => panic!("nobody asked for it"),
                    Find::Inline(slots) => slots.len(),
                    Find::Wide(slots) => slots.len(),
                };
                // A third stays free, and there are never more than three for one.
                assert!(table.len() * 3 <= slots * 2, "{slots} slots for {} keys", table.len());
                assert!(slots <= (table.len() * 3).max(FIRST_CAPACITY), "{slots} slots for {} keys", table.len());
            }
            // Linear probing at two thirds: one slot beyond the first (Knuth), less while it is emptier.
            let beyond = beyond_home(&table);
            assert!(beyond < 1.5, "{beyond} slots beyond the first");
            // Many at once are found as one by one, those that are not there too.
            let keys: Vec<Word> = (0..4_000).flat_map(|at| pattern(at)[..width].to_vec()).collect();
            let mut found = Vec::new();
            table.find_all(&keys, 4_000, &mut |group| found.push(group));
            assert_eq!(found, keys.chunks_exact(width).map(|key| table.find(key)).collect::<Vec<_>>());
            table.clear();
            assert!(table.is_empty() && table.find(&pattern(5)[..width]).is_none());
            assert_eq!((table.insert(&pattern(5)[..width]), table.key(0)), (0, &pattern(5)[..width]));
        }
    }

    #[test]
    fn close_keys_of_one_column_are_addressed_directly_until_one_is_far_away() {
        let direct = |table: &KeyTable| match &table.find {
            Find::Direct(direct) => Some(direct.len()),
            Find::Inline(_) | Find::Wide(_) => None,
        };
        assert_eq!((dense_bound(1_023, 0), dense_bound(1_024, 0)), (Some(1_024), None));
        assert_eq!((dense_bound(1_823, 100), dense_bound(1_824, 100)), (Some(1_824), None));
        let mut table = KeyTable::of_column(99, 10);
        assert_eq!(direct(&table), Some(100));
        assert_eq!([99, 5, 99].map(|key| table.insert(&[key])), [0, 1, 0]);
        table.admit(99, 10);
        assert_eq!(direct(&table), Some(100));
        // Half as much again at least, so that keys that come one by one do not each move it.
        table.admit(100, 10);
        assert_eq!(direct(&table), Some(150));
        table.admit(999, 10);
        assert_eq!((direct(&table), table.insert(&[999])), (Some(1_000), 2));
        table.clear();
        assert_eq!((table.find(&[99]), table.find(&[5]), table.len()), (None, None, 0));
        assert_eq!([5, 999].map(|key| table.insert(&[key])), [0, 1]);
        table.admit(1_104, 10);
        assert_eq!(direct(&table), None);
        assert_eq!([1_104, 5, 999, 7].map(|key| table.find(&[key])), [None, Some(0), Some(1), None]);
        assert_eq!([1_104, 999].map(|key| table.insert(&[key])), [2, 1]);
        assert!(direct(&KeyTable::of_column(u32::MAX, 10)).is_none());
        // Keys of other widths never are.
        assert!(direct(&KeyTable::new(2, Some(10))).is_none());
    }

    #[test]
    fn keys_with_one_tag_are_told_apart() {
        let mut table = KeyTable::new(3, None);
        let mut keys = Vec::new();
        // Found by search: what slots hold of their hashes is the same.
        for (one, other) in [(95_755, 146_160), (40_004, 164_041), (119_343, 164_507)] {
            assert_eq!(hash(&[one, 0, 7]) & TAG, hash(&[other, 0, 7]) & TAG);
            keys.extend([[one, 0, 7], [other, 0, 7]]);
        }
        assert_eq!(keys.iter().map(|key| table.insert(key)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(keys.iter().map(|key| table.insert(key)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(keys.iter().map(|key| table.find(key)).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5].map(Some));
        let mut found = Vec::new();
        table.find_all(&keys.concat(), 6, &mut |group| found.push(group));
        assert_eq!(found, [0, 1, 2, 3, 4, 5].map(Some));
    }

    #[test]
    fn many_wide_keys_are_found_whatever_their_width() {
        for width in 3..12 {
            let mut table = KeyTable::new(width, None);
            let keys: Vec<Word> = (0..1_000).flat_map(|at| (0..width as Word).map(move |column| at + column)).collect();
            keys.chunks_exact(width).take(700).for_each(|key| {
                table.insert(key);
            });
            let mut found = Vec::new();
            table.find_all(&keys, 1_000, &mut |group| found.push(group));
            assert_eq!(found, (0..1_000).map(|at| (at < 700).then_some(at)).collect::<Vec<_>>(), "{width} columns");
        }
    }

    #[test]
    fn a_table_has_three_slots_for_a_key_once_two_of_them_are_taken() {
        for width in 1..4 {
            let mut table = KeyTable::new(width, None);
            let mut grown = Vec::new();
            for at in 0..100 {
                table.insert(&[at; 3][..width]);
                let slots = match &table.find {
                    Find::Direct(_) => panic!("nobody asked for it"),
                    Find::Inline(slots) => slots.len(),
                    Find::Wide(slots) => slots.len(),
                };
                if grown.last().map_or(FIRST_CAPACITY, |&(_, slots)| slots) != slots {
                    grown.push((table.len(), slots));
                }
            }
            assert_eq!(grown, [(11, 33), (22, 66), (44, 132), (88, 264)], "{width} columns");
        }
    }
}
