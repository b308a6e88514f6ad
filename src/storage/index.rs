//! Indexes: from the values of some columns to the rows that have them.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::relation::Row;
use crate::value::Word;

/// Gives distinct keys (tuples of a fixed width) dense group numbers in order of first appearance.
///
/// One-column keys below a bound chosen at the start are addressed directly; all others go through a hash table whose
/// entries are group numbers.
#[derive(Clone, Debug, Default)]
pub struct KeyTable {
    width: usize,
    /// `width` words a group.
    keys: Vec<Word>,
    groups: u32,
    /// Group + 1 by key, for one-column keys below its length; 0 where there is none.
    direct: Vec<u32>,
    table: HashTable<u32>,
}

impl KeyTable {
    /// A table of keys of `width` columns; one-column keys below `dense` are addressed directly.
    #[must_use]
    pub fn new(width: usize, dense: usize) -> Self {
        let direct = if width == 1 { vec![0; dense] } else { Vec::new() };
        Self { width, direct, ..Self::default() }
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

    /// The group of a key.
    #[must_use]
    pub fn find(&self, key: &[Word]) -> Option<u32> {
        if let [word] = *key
            && let Some(&group) = self.direct.get(word as usize)
        {
            return group.checked_sub(1);
        }
        self.table.find(hash(key), |&group| self.key(group) == key).copied()
    }

    /// The group of a key, made if new.
    pub fn insert(&mut self, key: &[Word]) -> u32 {
        if let [word] = *key
            && let Some(group) = self.direct.get_mut(word as usize)
        {
            if *group == 0 {
                self.groups += 1;
                *group = self.groups;
                self.keys.push(word);
            }
            return *group - 1;
        }
        let Self { width, keys, groups, table, .. } = self;
        let of = |group: u32| &keys[group as usize * *width..(group as usize + 1) * *width];
        match table.find(hash(key), |&group| of(group) == key) {
            Some(&group) => group,
            None => {
                let group = *groups;
                *groups += 1;
                keys.extend_from_slice(key);
                let keys: &[Word] = keys;
                let of = |group: u32| &keys[group as usize * *width..(group as usize + 1) * *width];
                table.insert_unique(hash(key), group, |&group| hash(of(group)));
                group
            }
        }
    }

    /// The key of a group.
    #[must_use]
    pub fn key(&self, group: u32) -> &[Word] {
        &self.keys[group as usize * self.width..(group as usize + 1) * self.width]
    }
}

fn hash(key: &[Word]) -> u64 {
    FxBuildHasher.hash_one(key)
}

/// Up to which one-column keys are worth addressing directly: all, where the greatest is not much above the row count.
fn dense_bound(columns: &[usize], arity: usize, words: &[Word], len: usize) -> usize {
    let [column] = *columns else { return 0 };
    let greatest = words.iter().skip(column).step_by(arity.max(1)).max().map_or(0, |&word| word as usize);
    if greatest < len * 8 + 1024 { greatest + 1 } else { 0 }
}

/// The index of a relation that no longer grows: per key, its rows in ascending order, packed.
#[derive(Clone, Debug)]
pub struct Index {
    columns: Vec<usize>,
    keys: KeyTable,
    /// `offsets[g]..offsets[g + 1]` are the rows of group `g`.
    offsets: Vec<u32>,
    rows: Vec<Row>,
}

impl Index {
    /// Indexes `len` rows of `arity` words by some columns: groups by first appearance, then a counting sort.
    #[must_use]
    pub fn build(columns: &[usize], arity: usize, words: &[Word], len: usize) -> Self {
        let mut keys = KeyTable::new(columns.len(), dense_bound(columns, arity, words, len));
        let mut key = vec![0; columns.len()];
        let mut groups = Vec::with_capacity(len);
        let mut offsets: Vec<u32> = vec![0];
        for row in 0..len {
            let row = &words[row * arity..(row + 1) * arity];
            for (slot, &column) in key.iter_mut().zip(columns) {
                *slot = row[column];
            }
            let group = keys.insert(&key);
            if group as usize + 1 == offsets.len() {
                offsets.push(0);
            }
            offsets[group as usize + 1] += 1;
            groups.push(group);
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; len];
        for (row, group) in (0..).zip(groups) {
            let at = &mut next[group as usize];
            rows[*at as usize] = row;
            *at += 1;
        }
        Self { columns: columns.to_vec(), keys, offsets, rows }
    }

    /// The columns that make the key, in the key's order.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// How many rows are indexed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many distinct keys there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.keys.len()
    }

    /// The rows of a key, ascending.
    #[must_use]
    pub fn rows(&self, key: &[Word]) -> &[Row] {
        match self.keys.find(key) {
            Some(group) => {
                let group = group as usize;
                &self.rows[self.offsets[group] as usize..self.offsets[group + 1] as usize]
            }
            None => &[],
        }
    }
}

/// The index of a relation that grows round by round. The rows of a key are one ascending list, so that old rows, delta
/// and all are cuts of it.
#[derive(Clone, Debug)]
pub struct GrowingIndex {
    columns: Vec<usize>,
    keys: KeyTable,
    lists: Vec<List>,
    /// All lists; a list that outgrows its room moves to the end with twice the room.
    arena: Vec<Row>,
    /// Rooms left behind, by the logarithm of their size.
    free: Vec<Vec<u32>>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct List {
    start: u32,
    len: u32,
    /// Logarithm of the room.
    room: u8,
}

impl GrowingIndex {
    /// An empty index by some columns of a relation that has `words` so far (they are not indexed yet).
    #[must_use]
    pub fn new(columns: &[usize], arity: usize, words: &[Word]) -> Self {
        let len = words.len() / arity.max(1);
        Self {
            columns: columns.to_vec(),
            keys: KeyTable::new(columns.len(), dense_bound(columns, arity, words, len)),
            lists: Vec::new(),
            arena: Vec::new(),
            free: vec![Vec::new(); 33],
            len: 0,
        }
    }

    /// The columns that make the key, in the key's order.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// How many distinct keys there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.keys.len()
    }

    /// Indexes the rows that came since the last call, up to `len`.
    pub fn extend(&mut self, arity: usize, words: &[Word], len: usize) {
        let mut key = vec![0; self.columns.len()];
        for number in self.len..len {
            let row = &words[number * arity..(number + 1) * arity];
            for (slot, &column) in key.iter_mut().zip(&self.columns) {
                *slot = row[column];
            }
            let group = self.keys.insert(&key) as usize;
            self.push(group, Row::try_from(number).unwrap_or(Row::MAX));
        }
        self.len = len;
    }

    fn push(&mut self, group: usize, row: Row) {
        if group == self.lists.len() {
            let start = self.allocate(0);
            self.lists.push(List { start, len: 0, room: 0 });
        }
        let list = self.lists[group];
        if list.len == 1 << list.room {
            let start = self.allocate(list.room + 1);
            let (from, to) = (list.start as usize, start as usize);
            self.arena.copy_within(from..from + list.len as usize, to);
            self.free[list.room as usize].push(list.start);
            self.lists[group] = List { start, len: list.len, room: list.room + 1 };
        }
        let list = &mut self.lists[group];
        self.arena[(list.start + list.len) as usize] = row;
        list.len += 1;
    }

    fn allocate(&mut self, room: u8) -> u32 {
        self.free[room as usize].pop().unwrap_or_else(|| {
            let start = self.arena.len();
            self.arena.resize(start + (1 << room), 0);
            u32::try_from(start).unwrap_or(u32::MAX)
        })
    }

    /// The rows of a key, ascending.
    #[must_use]
    pub fn rows(&self, key: &[Word]) -> &[Row] {
        match self.keys.find(key) {
            Some(group) => {
                let list = self.lists[group as usize];
                &self.arena[list.start as usize..(list.start + list.len) as usize]
            }
            None => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn both_kinds_list_the_rows_of_each_key_in_order(
            words in proptest::collection::vec(prop_oneof![0_u32..12, 3_000_000_000_u32..3_000_000_004], 0..600),
            columns in proptest::sample::select(vec![vec![0], vec![1], vec![2, 0], vec![0, 1, 2], vec![]]),
            cut in 0_usize..200,
        ) {
            let len = words.len() / 3;
            let cut = cut.min(len);
            let words = &words[..len * 3];
            let mut model: BTreeMap<Vec<Word>, Vec<Row>> = BTreeMap::new();
            for (number, row) in (0..).zip(words.chunks_exact(3)) {
                model.entry(columns.iter().map(|&column| row[column]).collect()).or_default().push(number);
            }
            let index = Index::build(&columns, 3, words, len);
            let mut growing = GrowingIndex::new(&columns, 3, &words[..cut * 3]);
            growing.extend(3, words, cut);
            growing.extend(3, words, len);
            prop_assert_eq!(index.groups(), model.len());
            for (key, rows) in &model {
                prop_assert_eq!(index.rows(key), rows.as_slice());
                prop_assert_eq!(growing.rows(key), rows.as_slice());
            }
            let missing = vec![77; columns.len()];
            if !columns.is_empty() {
                prop_assert!(index.rows(&missing).is_empty() && growing.rows(&missing).is_empty());
            }
        }
    }
}
