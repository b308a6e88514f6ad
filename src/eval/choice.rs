//! `choice-domain`: of the tuples that agree on a key, the first stays. First is the earliest round, and within a round
//! the least by value, so that answers do not depend on the order of work.

use rustc_hash::FxHashSet;

use crate::program::RelationDecl;
use crate::storage::Relation;
use crate::value::{TypeTable, Values, Word};

/// Which values of the keys are taken.
#[derive(Debug)]
pub(super) struct Choice {
    keys: Vec<Vec<usize>>,
    taken: Vec<FxHashSet<Box<[Word]>>>,
}

impl Choice {
    /// The choice of a relation, if it declares one.
    pub(super) fn of(declared: &RelationDecl) -> Option<Self> {
        if declared.choice.is_empty() {
            return None;
        }
        let taken = declared.choice.iter().map(|_| FxHashSet::default()).collect();
        Some(Self { keys: declared.choice.clone(), taken })
    }

    /// Takes a tuple if all its keys are still free.
    pub(super) fn take(&mut self, tuple: &[Word]) -> bool {
        let keys: Vec<Box<[Word]>> =
            self.keys.iter().map(|columns| columns.iter().map(|&column| tuple[column]).collect()).collect();
        let free = keys.iter().zip(&self.taken).all(|(key, taken)| !taken.contains(key));
        if free {
            keys.into_iter().zip(&mut self.taken).for_each(|(key, taken)| {
                taken.insert(key);
            });
        }
        free
    }

    /// Of some tuples (row after row) those that are taken, the least by value first.
    pub(super) fn choose(
        &mut self,
        declared: &RelationDecl,
        words: &[Word],
        types: &TypeTable,
        values: &Values,
    ) -> Vec<Word> {
        let arity = declared.arity();
        let mut rows: Vec<&[Word]> = words.chunks_exact(arity.max(1)).collect();
        rows.sort_unstable_by(|left, right| {
            let columns = declared.columns.iter().zip(left.iter().zip(*right));
            let mut orders = columns.map(|(column, (&left, &right))| values.compare(types, column.ty, left, right));
            orders.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        rows.into_iter().filter(|row| self.take(row)).flatten().copied().collect()
    }

    /// What is left of given tuples; nothing if all may stay.
    pub(super) fn given(
        &mut self,
        declared: &RelationDecl,
        relation: &Relation,
        types: &TypeTable,
        values: &Values,
    ) -> Option<Relation> {
        let chosen = self.choose(declared, relation.words(), types, values);
        let count = chosen.len() / declared.arity().max(1);
        if count == relation.len() {
            return None;
        }
        let mut left = Relation::new(declared.arity());
        left.extend(0, &chosen, count);
        Some(left)
    }
}
