//! The values that stand in several sorted lists at once.

use std::sync::Arc;

use super::access::Keys;
use super::batch::{Batch, State};
use crate::plan::Arm;
use crate::storage::{Entries, Packed};
use crate::value::Word;

/// The lists of each binding of a batch.
pub(super) struct Intersection<'l> {
    lists: &'l [Arc<Packed>],
    /// For each arm, where the list of each binding lies.
    keys: Vec<Keys>,
    /// What the intersection of the first two lists, and then of all up to one, gave.
    found: Vec<Word>,
    spare: Vec<Word>,
}

impl<'l> Intersection<'l> {
    pub(super) fn new(batch: &Batch, arms: &[Arm], lists: &'l [Arc<Packed>], state: &mut State<'_>) -> Self {
        let keys = arms.iter().zip(lists).map(|(arm, list)| {
            let mut keys = state.take_keys();
            keys.entries.clear();
            batch.gather_keys(&arm.key, &mut keys.words);
            list.find_all(&keys.words, batch.len, &mut keys.entries);
            keys
        });
        Self { lists, keys: keys.collect(), found: Vec::new(), spare: Vec::new() }
    }

    /// The values of a binding, ascending.
    pub(super) fn values(&mut self, row: usize) -> &[Word] {
        let list = |arm: usize| {
            let Entries { start, len } = self.keys[arm].entries[row];
            &self.lists[arm].words()[start as usize..(start + len) as usize]
        };
        let arms = 0..self.lists.len();
        let Some(least) = arms.clone().min_by_key(|&arm| self.keys[arm].entries[row].len) else { return &[] };
        self.found.clear();
        let mut first = true;
        for arm in arms.filter(|&arm| arm != least) {
            self.spare.clear();
            let known = if first { list(least) } else { &self.found };
            intersect(known, list(arm), &mut self.spare);
            std::mem::swap(&mut self.spare, &mut self.found);
            first = false;
        }
        &self.found
    }

    /// Gives back what it borrowed.
    pub(super) fn end(self, state: &mut State<'_>) {
        self.keys.into_iter().for_each(|keys| state.give_back_keys(keys));
    }
}

/// Appends what both lists have. The steps through the long list grow as long as they fall short (galloping search,
/// Bentley and Yao, 1976), so that the work follows the short one.
fn intersect(short: &[Word], long: &[Word], out: &mut Vec<Word>) {
    let mut rest = long;
    for &word in short {
        let mut step = 1;
        while step < rest.len() && rest[step] < word {
            step *= 2;
        }
        let (from, to) = (step / 2, (step + 1).min(rest.len()));
        let at = from + rest[from..to].partition_point(|&other| other < word);
        match rest.get(at) {
            Some(&found) if found == word => out.push(word),
            Some(_) => {}
            None => return,
        }
        rest = &rest[at..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn keeps_what_both_have(
            short in proptest::collection::btree_set(0_u32..300, 0..40),
            long in proptest::collection::btree_set(0_u32..300, 0..200),
        ) {
            let both: Vec<Word> = short.intersection(&long).copied().collect();
            let list = |set: &BTreeSet<Word>| set.iter().copied().collect::<Vec<Word>>();
            let mut out = Vec::new();
            intersect(&list(&short), &list(&long), &mut out);
            prop_assert_eq!(&out, &both);
            out.clear();
            intersect(&list(&long), &list(&short), &mut out);
            prop_assert_eq!(&out, &both);
        }
    }
}
