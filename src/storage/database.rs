//! All relations of a program with the values that their words mean, and where the given tuples came from.

use std::sync::Arc;

use super::relation::{Relation, Row};
use super::set::Layout;
use crate::program::RelationId;
use crate::source::{SourceId, Span};
use crate::value::Values;

/// Where a given tuple was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a text that is kept.
    Span(Span),
    /// In a data file, at a line (from 1).
    Line(SourceId, u32),
}

/// The origins of a relation's given tuples, by row. Runs of rows from successive lines share one entry.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// (first row, its origin), ascending.
    runs: Vec<(Row, Origin)>,
}

impl Origins {
    /// Notes the origin of the next given row; rows come in order.
    pub fn push(&mut self, row: Row, origin: Origin) {
        if let (Some(&(first, Origin::Line(source, line))), Origin::Line(next, at)) = (self.runs.last(), origin)
            && source == next
            && at == line + (row - first)
        {
            return;
        }
        self.runs.push((row, origin));
    }

    /// The origin of a given row.
    #[must_use]
    pub fn get(&self, row: Row) -> Option<Origin> {
        let at = self.runs.partition_point(|&(first, _)| first <= row).checked_sub(1)?;
        let (first, origin) = self.runs[at];
        match origin {
            Origin::Line(source, line) => Some(Origin::Line(source, line + (row - first))),
            Origin::Span(_) => (first == row).then_some(origin),
        }
    }
}

/// The relations of one program. Cheap to clone: relations and values are shared until changed.
#[derive(Clone, Debug, Default)]
pub struct Database {
    relations: Vec<Arc<Relation>>,
    origins: Vec<Arc<Origins>>,
    values: Arc<Values>,
}

impl Database {
    /// Empty relations of the given arities.
    #[must_use]
    pub fn new(arities: impl IntoIterator<Item = usize>, values: Arc<Values>) -> Self {
        Self::laid_out(arities, values, Layout::default())
    }

    /// Empty relations whose sets are laid out in a given way.
    #[must_use]
    pub fn laid_out(arities: impl IntoIterator<Item = usize>, values: Arc<Values>, layout: Layout) -> Self {
        let relations: Vec<_> = arities.into_iter().map(|arity| Arc::new(Relation::laid_out(arity, layout))).collect();
        let origins = relations.iter().map(|_| Arc::default()).collect();
        Self { relations, origins, values }
    }

    /// A relation.
    #[must_use]
    pub fn relation(&self, id: RelationId) -> &Relation {
        &self.relations[id.0 as usize]
    }

    /// A relation, to be changed; copied first where it is shared.
    pub fn relation_mut(&mut self, id: RelationId) -> &mut Relation {
        Arc::make_mut(&mut self.relations[id.0 as usize])
    }

    /// Replaces a relation.
    pub fn set_relation(&mut self, id: RelationId, relation: Arc<Relation>) {
        self.relations[id.0 as usize] = relation;
    }

    /// Takes a relation over from another database whose values mean the same, with the origins of its given tuples.
    pub fn take_over(&mut self, id: RelationId, other: &Self) {
        let at = id.0 as usize;
        self.relations[at] = Arc::clone(&other.relations[at]);
        self.origins[at] = Arc::clone(&other.origins[at]);
    }

    /// A relation, to be shared with another database over the same values.
    #[must_use]
    pub fn share(&self, id: RelationId) -> Arc<Relation> {
        Arc::clone(&self.relations[id.0 as usize])
    }

    /// How many relations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.relations.len()
    }

    /// Whether there is no relation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.relations.is_empty()
    }

    /// What words mean.
    #[must_use]
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// What words mean, to be shared.
    #[must_use]
    pub fn share_values(&self) -> Arc<Values> {
        Arc::clone(&self.values)
    }

    /// The shared pool of values itself, to be lent out and put back.
    pub fn values_arc_mut(&mut self) -> &mut Arc<Values> {
        &mut self.values
    }

    /// What words mean, to be added to; copied first where shared.
    pub fn values_mut(&mut self) -> &mut Values {
        Arc::make_mut(&mut self.values)
    }

    /// Adds a given tuple with its origin. Gives whether it is new; of a repeated tuple the first origin stays.
    pub fn give(&mut self, id: RelationId, tuple: &[u32], origin: Origin) -> bool {
        let relation = self.relation_mut(id);
        if relation.extend(0, tuple, 1) == 0 {
            return false;
        }
        let row = Row::try_from(relation.len() - 1).unwrap_or(Row::MAX);
        Arc::make_mut(&mut self.origins[id.0 as usize]).push(row, origin);
        true
    }

    /// Adds given tuples, row after row, with the origin of each. Gives how many were new.
    pub fn give_all(&mut self, id: RelationId, words: &[u32], origins: impl Iterator<Item = Origin>) -> usize {
        let relation = Arc::make_mut(&mut self.relations[id.0 as usize]);
        let known = Arc::make_mut(&mut self.origins[id.0 as usize]);
        let arity = relation.arity();
        let mut set = relation.take_set();
        let mut fresh = Vec::new();
        let start = relation.len();
        let count = words.len() / arity.max(1);
        set.reserve(count);
        let added = set.insert_batch(relation.words(), &mut fresh, words, count.max(usize::from(arity == 0)));
        // What is new comes in the order of the candidates: the next one is the first candidate that equals it.
        let mut next = 0;
        for (at, origin) in origins.enumerate() {
            if next < added && words[at * arity..(at + 1) * arity] == fresh[next * arity..(next + 1) * arity] {
                known.push(Row::try_from(start + next).unwrap_or(Row::MAX), origin);
                next += 1;
            }
        }
        relation.put_set(set);
        relation.commit(0, fresh, added);
        added
    }

    /// Forgets what was derived, and the given tuples that `keep` does not want. Origins stay.
    pub fn retain_given(&mut self, id: RelationId, keep: impl Fn(&[u32]) -> bool) {
        let before = self.share(id);
        let end = before.end_of(0);
        if end as usize == before.len() && (0..end).all(|row| keep(before.row(row))) {
            return;
        }
        let mut relation = Relation::laid_out(before.arity(), before.layout());
        let mut origins = Origins::default();
        for row in (0..end).filter(|&row| keep(before.row(row))) {
            let at = Row::try_from(relation.len()).unwrap_or(Row::MAX);
            relation.extend(0, before.row(row), 1);
            if let Some(origin) = self.origin(id, row) {
                origins.push(at, origin);
            }
        }
        self.set_relation(id, Arc::new(relation));
        self.origins[id.0 as usize] = Arc::new(origins);
    }

    /// Where a given row was read.
    #[must_use]
    pub fn origin(&self, id: RelationId, row: Row) -> Option<Origin> {
        self.origins[id.0 as usize].get(row)
    }
}
