//! From keys to dense group numbers.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use crate::value::Word;

/// Gives distinct keys (tuples of a fixed width) dense group numbers in order of first appearance.
///
/// One-column keys that lie close are addressed directly, keys of up to two columns are kept inline, wider ones by the
/// number of their group.
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
    /// Key and group, open addressing; a group of [`FREE`] marks a free slot. Half of the slots at most are taken.
    Inline(Vec<(u64, u32)>),
    Wide(HashTable<u32>),
}

const FREE: u32 = u32::MAX;

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
            (0..=2, _) => Find::Inline(vec![(0, FREE); 16]),
            _ => Find::Wide(HashTable::new()),
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
                self.find = Find::Inline(inline(self.groups as usize));
                for group in 0..self.groups {
                    let key = u64::from(self.keys[group as usize]);
                    self.place(key, group);
                }
            }
        }
    }

    fn place(&mut self, key: u64, group: u32) {
        let Find::Inline(slots) = &mut self.find else { return };
        let mask = slots.len() - 1;
        let mut at = spread(key) & mask;
        while slots[at].1 != FREE {
            at = (at + 1) & mask;
        }
        slots[at] = (key, group);
    }

    /// The group of a key of any width.
    #[must_use]
    pub fn find(&self, key: &[Word]) -> Option<u32> {
        match (&self.find, key) {
            (Find::Wide(table), key) => table.find(hash(key), |&group| self.key(group) == key).copied(),
            (_, key) => self.find_narrow(pack(key)),
        }
    }

    /// The groups of `count` keys, one after another, appended to `groups`.
    pub fn find_all(&self, keys: &[Word], count: usize, groups: &mut Vec<Option<u32>>) {
        match (&self.find, self.width) {
            (_, 0) => groups.resize(groups.len() + count, self.find(&[])),
            (Find::Wide(_), width) => groups.extend(keys.chunks_exact(width).map(|key| self.find(key))),
            (_, 2) => groups.extend(keys.as_chunks::<2>().0.iter().map(|key| self.find_narrow(pack(key)))),
            (_, width) => groups.extend(keys.chunks_exact(width).map(|key| self.find_narrow(pack(key)))),
        }
    }

    /// The group of a key of at most two columns, packed.
    #[inline]
    #[must_use]
    pub fn find_narrow(&self, key: u64) -> Option<u32> {
        match &self.find {
            Find::Direct(direct) => {
                direct.get(usize::try_from(key).unwrap_or(usize::MAX)).and_then(|group| group.checked_sub(1))
            }
            Find::Inline(slots) => {
                let mask = slots.len() - 1;
                let mut at = spread(key) & mask;
                loop {
                    let (found, group) = slots[at];
                    if group == FREE {
                        return None;
                    }
                    if found == key {
                        return Some(group);
                    }
                    at = (at + 1) & mask;
                }
            }
            Find::Wide(_) => None,
        }
    }

    /// The group of a key, made if new. A directly addressed key must have been admitted.
    pub fn insert(&mut self, key: &[Word]) -> u32 {
        if let Find::Wide(table) = &mut self.find {
            let keys = &mut self.keys;
            let width = self.width;
            let of = |keys: &[Word], group: u32| hash(&keys[group as usize * width..(group as usize + 1) * width]);
            let same = |&group: &u32| keys[group as usize * width..(group as usize + 1) * width] == *key;
            if let Some(&group) = table.find(hash(key), same) {
                return group;
            }
            let group = self.groups;
            self.groups += 1;
            keys.extend_from_slice(key);
            table.insert_unique(hash(key), group, |&group| of(keys, group));
            return group;
        }
        let packed = pack(key);
        if let Some(group) = self.find_narrow(packed) {
            return group;
        }
        let group = self.groups;
        self.groups += 1;
        self.keys.extend_from_slice(key);
        match &mut self.find {
            Find::Direct(direct) => direct[key[0] as usize] = group + 1,
            Find::Inline(slots) if (group as usize + 1) * 2 > slots.len() => {
                self.find = Find::Inline(inline(self.groups as usize));
                for group in 0..self.groups {
                    let key = pack(self.key(group));
                    self.place(key, group);
                }
            }
            Find::Inline(_) => self.place(packed, group),
            Find::Wide(_) => {}
        }
        group
    }

    /// The key of a group.
    #[must_use]
    pub fn key(&self, group: u32) -> &[Word] {
        &self.keys[group as usize * self.width..(group as usize + 1) * self.width]
    }
}

/// Room for so many groups and as many more.
fn inline(groups: usize) -> Vec<(u64, u32)> {
    vec![(0, FREE); (groups * 4).next_power_of_two().max(16)]
}

/// A key of at most two columns in one word.
#[inline]
pub(super) fn pack(key: &[Word]) -> u64 {
    match *key {
        [a] => u64::from(a),
        [a, b] => u64::from(a) << 32 | u64::from(b),
        _ => 0,
    }
}

/// Spreads a packed key; the best bits are the upper ones, which are brought down.
#[inline]
#[allow(clippy::cast_possible_truncation)] // cut to a table's size anyway
fn spread(key: u64) -> usize {
    let folded = (key ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (folded ^ (folded >> 32)) as usize
}

fn hash(key: &[Word]) -> u64 {
    FxBuildHasher.hash_one(key)
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
}
