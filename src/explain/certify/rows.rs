//! The rows of a relation as the certificate keeps them: maps of the standard library, filled by reading every row.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::collections::StdHashMap;
use crate::storage::{Relation, Round};
use crate::value::Word;

/// Row numbers by the values of some columns.
type Index = StdHashMap<Vec<Word>, Vec<usize>>;

/// All rows with their rounds.
pub(in crate::explain) struct Rows {
    rows: Vec<Vec<Word>>,
    rounds: Vec<Round>,
    known: StdHashMap<Vec<Word>, usize>,
    indexes: RefCell<BTreeMap<Vec<usize>, Rc<Index>>>,
}

impl Rows {
    /// Reads a relation.
    pub(in crate::explain) fn new(relation: &Relation) -> Self {
        let rows: Vec<Vec<Word>> = relation.rows().map(<[Word]>::to_vec).collect();
        let mut rounds = Vec::with_capacity(rows.len());
        for &(round, end) in relation.rounds() {
            rounds.resize(end as usize, round);
        }
        rounds.resize(rows.len(), 0);
        let known = rows.iter().enumerate().map(|(at, row)| (row.clone(), at)).collect();
        Self { rows, rounds, known, indexes: RefCell::default() }
    }

    pub(in crate::explain) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(in crate::explain) fn row(&self, row: usize) -> &[Word] {
        &self.rows[row]
    }

    pub(in crate::explain) fn round(&self, row: usize) -> Round {
        self.rounds[row]
    }

    /// The rounds that added rows, the given ones left out; ascending.
    pub(in crate::explain) fn rounds(&self) -> Vec<Round> {
        let mut rounds: Vec<Round> = self.rounds.iter().copied().filter(|&round| round > 0).collect();
        rounds.sort_unstable();
        rounds.dedup();
        rounds
    }

    pub(in crate::explain) fn find(&self, tuple: &[Word]) -> Option<usize> {
        self.known.get(tuple).copied()
    }

    pub(in crate::explain) fn index(&self, columns: &[usize]) -> Rc<Index> {
        let make = || {
            let mut index = Index::default();
            for (at, row) in self.rows.iter().enumerate() {
                index.entry(columns.iter().map(|&column| row[column]).collect()).or_default().push(at);
            }
            Rc::new(index)
        };
        Rc::clone(self.indexes.borrow_mut().entry(columns.to_vec()).or_insert_with(make))
    }
}
