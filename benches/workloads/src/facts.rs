//! The facts of a program: tables of words.

use std::collections::BTreeSet;

use crate::answer::Tuple;

/// The given rows of one relation.
#[derive(Clone, Debug)]
pub struct Table {
    /// The relation.
    pub name: &'static str,
    /// Columns.
    pub arity: usize,
    /// Rows one after another, distinct.
    pub words: Vec<u32>,
}

/// The facts of a program.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// One a relation.
    pub tables: Vec<Table>,
}

impl Facts {
    /// Adds a table; repeated rows are dropped, the first of each stays where it is.
    pub fn add<const N: usize>(&mut self, name: &'static str, rows: impl IntoIterator<Item = [u32; N]>) {
        let mut seen = BTreeSet::new();
        let mut words = Vec::new();
        for row in rows {
            if seen.insert(row) {
                words.extend(row);
            }
        }
        self.tables.push(Table { name, arity: N, words });
    }

    /// The rows of a table as tuples; none where there is no such table.
    pub fn tuples<T: Tuple>(&self, name: &str) -> impl Iterator<Item = T> {
        let table = self.tables.iter().find(|table| table.name == name && table.arity == T::ARITY);
        table.map_or(&[] as &[u32], |table| &table.words).chunks_exact(T::ARITY).map(T::from_words)
    }

    /// The rows of a table of two columns.
    #[must_use]
    pub fn pairs(&self, name: &str) -> Vec<(u32, u32)> {
        self.tuples(name).collect()
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tables.iter().map(|table| table.words.len() / table.arity.max(1)).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
