//! Where the values of recursive relations come from.
//!
//! A column of a relation that its rules derive holds values that stand in columns of other relations, mostly: rules hand
//! them on. So the finished columns that they come from in the end bound what it can hold while it still grows.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::{Literal, Program, RelationId, Rule, Stratum, Term};

/// Columns of relations.
pub type Columns = BTreeSet<(RelationId, usize)>;

/// For columns of a stratum's relations the finished columns in one of which each of their values stands. Those of which
/// that is not known are left out.
#[derive(Clone, Debug, Default)]
pub struct Origins(BTreeMap<(RelationId, usize), Columns>);

/// Where a rule has the value of a column of its head from.
enum Source {
    /// A column of a finished relation.
    Finished(RelationId, usize),
    /// A column of the stratum.
    Growing(RelationId, usize),
    /// It is given or computed.
    Unknown,
}

impl Origins {
    /// The origins of a stratum's columns. Of relations that are finished `rows` knows how many rows they have; those that
    /// have rows before any rule has run are `given`.
    #[must_use]
    pub fn of(
        program: &Program,
        stratum: &Stratum,
        rows: &dyn Fn(RelationId) -> Option<usize>,
        given: &dyn Fn(RelationId) -> bool,
    ) -> Self {
        let mut columns: BTreeMap<(RelationId, usize), Columns> = BTreeMap::new();
        let mut unknown = Columns::new();
        let mut handed: Vec<((RelationId, usize), (RelationId, usize))> = Vec::new();
        for &relation in &stratum.relations {
            let all = (0..program.relation(relation).arity()).map(|column| (relation, column));
            if given(relation) {
                unknown.extend(all.clone());
            }
            columns.extend(all.map(|column| (column, Columns::new())));
        }
        for rule in stratum.rules.iter().map(|&id| program.rule(id)) {
            for (column, term) in rule.arguments.iter().enumerate() {
                let head = (rule.head, column);
                match source(rule, term, rows) {
                    Source::Finished(relation, column) => {
                        columns.entry(head).or_default().insert((relation, column));
                    }
                    Source::Growing(relation, column) => handed.push(((relation, column), head)),
                    Source::Unknown => {
                        unknown.insert(head);
                    }
                }
            }
        }
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for (from, to) in &handed {
                changed |= unknown.contains(from) && unknown.insert(*to);
                let more = columns.get(from).cloned().unwrap_or_default();
                let known = columns.entry(*to).or_default();
                let before = known.len();
                known.extend(more);
                changed |= known.len() > before;
            }
        }
        columns.retain(|column, _| !unknown.contains(column));
        Self(columns)
    }

    /// The origins of a column.
    #[must_use]
    pub fn column(&self, relation: RelationId, column: usize) -> Option<&Columns> {
        self.0.get(&(relation, column))
    }
}

/// Where a rule has the value of a term of its head from: rather from a finished relation, and from the least.
fn source(rule: &Rule, term: &Term, rows: &dyn Fn(RelationId) -> Option<usize>) -> Source {
    let Term::Variable(variable) = term else { return Source::Unknown };
    let mut found = Source::Unknown;
    let mut least = usize::MAX;
    for literal in &rule.body {
        let Literal::Positive(atom) = literal else { continue };
        let is_it = |term: &Term| matches!(term, Term::Variable(other) if other == variable);
        let Some(column) = atom.arguments.iter().position(is_it) else { continue };
        match rows(atom.relation) {
            Some(rows) if rows < least => {
                least = rows;
                found = Source::Finished(atom.relation, column);
            }
            None if matches!(found, Source::Unknown) => found = Source::Growing(atom.relation, column),
            _ => {}
        }
    }
    found
}
