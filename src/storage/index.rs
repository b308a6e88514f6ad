//! The index that explanations and cut-off readings use: from the values of some columns to the rows that have them.

use super::keys::{KeyTable, dense_bound};
use super::relation::Row;
use crate::value::Word;

/// The index of a relation that no longer grows: per key, its rows in ascending order, packed.
#[derive(Clone, Debug)]
pub struct Index {
    columns: Vec<usize>,
    keys: KeyTable,
    /// `offsets[g]..offsets[g + 1]` are the rows of group `g`.
    offsets: Vec<u32>,
    rows: Vec<Row>,
}

/// The table for the keys of some rows.
pub(super) fn table(columns: &[usize], arity: usize, words: &[Word], len: usize) -> KeyTable {
    let dense = match *columns {
        [column] => dense_bound(greatest(column, arity, words), len),
        _ => None,
    };
    KeyTable::new(columns.len(), dense)
}

/// The greatest value of a column.
pub(super) fn greatest(column: usize, arity: usize, words: &[Word]) -> Word {
    match arity {
        2 => words.as_chunks::<2>().0.iter().fold(0, |most, row| most.max(row[column])),
        _ => words.chunks_exact(arity.max(1)).fold(0, |most, row| most.max(row[column])),
    }
}

impl Index {
    /// Indexes `len` rows of `arity` words by some columns: groups by first appearance, then a counting sort.
    #[must_use]
    pub fn build(columns: &[usize], arity: usize, words: &[Word], len: usize) -> Self {
        let mut keys = table(columns, arity, words, len);
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn lists_the_rows_of_each_key_in_order(
            words in proptest::collection::vec(prop_oneof![0_u32..12, 3_000_000_000_u32..3_000_000_004], 0..600),
            columns in proptest::sample::select(vec![vec![0], vec![1], vec![2, 0], vec![0, 1, 2], vec![]]),
        ) {
            let len = words.len() / 3;
            let words = &words[..len * 3];
            let mut model: BTreeMap<Vec<Word>, Vec<Row>> = BTreeMap::new();
            for (number, row) in (0..).zip(words.chunks_exact(3)) {
                model.entry(columns.iter().map(|&column| row[column]).collect()).or_default().push(number);
            }
            let index = Index::build(&columns, 3, words, len);
            prop_assert_eq!(index.groups(), model.len());
            for (key, rows) in &model {
                prop_assert_eq!(index.rows(key), rows.as_slice());
            }
            let missing = vec![77; columns.len()];
            if !columns.is_empty() {
                prop_assert!(index.rows(&missing).is_empty());
            }
        }
    }
}
