//! The words of one model in another: two models may have interned their values in different order.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::model::{Model, Tuple};
use crate::program::{RelationId, Role};
use crate::value::{TypeId, Word};

/// Translates from one model to another.
pub(super) struct Bridge<'a> {
    pub(super) from: &'a Model,
    pub(super) to: &'a Model,
    /// The relation of the same name and shape.
    relations: Vec<Option<RelationId>>,
    /// Words that were looked up.
    known: RefCell<FxHashMap<(TypeId, TypeId, Word), Option<Word>>>,
}

impl<'a> Bridge<'a> {
    pub(super) fn new(from: &'a Model, to: &'a Model) -> Self {
        let (of, there) = (from.program(), to.program());
        let same = |id: RelationId| {
            let found = match (of.relation(id).role, there.relation(to.find(from.name(id))?).role) {
                // What candidates are called leads to what is left of them.
                (Role::Candidates { .. }, Role::Survivors { candidates }) => candidates,
                _ => to.find(from.name(id))?,
            };
            let (here, other) = (&of.relation(id).columns, &there.relation(found).columns);
            let kinds = here.iter().zip(other).all(|(one, two)| of.types.kind(one.ty) == there.types.kind(two.ty));
            (here.len() == other.len() && kinds).then_some(found)
        };
        let relations = of.relation_ids().map(same).collect();
        Self { from, to, relations, known: RefCell::default() }
    }

    /// The relation of the same name and shape, if there is one.
    pub(super) fn relation(&self, id: RelationId) -> Option<RelationId> {
        self.relations.get(id.0 as usize).copied().flatten()
    }

    /// The word of the same value in a column; nothing where the other model never had the value.
    pub(super) fn word(&self, id: RelationId, column: usize, word: Word) -> Option<Word> {
        let there = self.relation(id)?;
        let ty = self.from.program().relation(id).columns.get(column)?.ty;
        let other = self.to.program().relation(there).columns.get(column)?.ty;
        *self.known.borrow_mut().entry((ty, other, word)).or_insert_with(|| {
            let value = self.from.values().decode(&self.from.program().types, ty, word);
            self.to.values().find(&self.to.program().types, other, &value)
        })
    }

    /// The same tuple in the words of the other model; it need not hold there.
    pub(super) fn tuple(&self, id: RelationId, row: &[Word]) -> Option<Tuple> {
        let relation = self.relation(id)?;
        let words: Option<Box<[Word]>> =
            row.iter().enumerate().map(|(column, &word)| self.word(id, column, word)).collect();
        Some(Tuple { relation, words: words? })
    }

    /// Whether a tuple holds on the other side too.
    pub(super) fn holds(&self, tuple: &Tuple) -> bool {
        self.tuple(tuple.relation, &tuple.words)
            .is_some_and(|there| self.to.relation(there.relation).contains(&there.words))
    }

    /// Whether a tuple of the other model is given there.
    pub(super) fn to_given(&self, tuple: &Tuple) -> bool {
        self.to.rank(tuple).is_some_and(|rank| rank.round == 0)
    }

    /// The tuples of a relation that the other side does not have.
    pub(super) fn missing(&self, id: RelationId) -> Vec<Tuple> {
        let tuples = self.from.relation(id).rows().map(|row| Tuple { relation: id, words: row.into() });
        tuples.filter(|tuple| !self.holds(tuple)).collect()
    }

    /// The tuples of the other side that a pattern of this side matches, and that this side does not have; `back` leads
    /// from there to here.
    pub(super) fn blocking(&self, back: &Bridge<'_>, id: RelationId, pattern: &[Option<Word>]) -> Vec<Tuple> {
        let Some(there) = self.relation(id) else { return Vec::new() };
        let mut columns = Vec::new();
        let mut key = Vec::new();
        for (column, word) in pattern.iter().enumerate().filter_map(|(column, word)| word.map(|word| (column, word))) {
            let Some(word) = self.word(id, column, word) else { return Vec::new() };
            columns.push(column);
            key.push(word);
        }
        let rows = self.to.relation(there);
        let matching: Vec<&[Word]> = if columns.is_empty() {
            rows.rows().collect()
        } else if columns.len() == pattern.len() {
            rows.find(&key).map(|row| rows.row(row)).into_iter().collect()
        } else {
            rows.index(&columns).rows(&key).iter().map(|&row| rows.row(row)).collect()
        };
        let tuples = matching.into_iter().map(|row| Tuple { relation: there, words: row.into() });
        let mut tuples: Vec<Tuple> = tuples.filter(|tuple| !back.holds(tuple)).collect();
        tuples.sort_by_cached_key(|tuple| self.to.decode(there, &tuple.words));
        tuples
    }
}
