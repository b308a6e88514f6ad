//! Relations that do not keep all that is derived: `choice-domain`, `.limitsize`. What they keep depends on the round in
//! which a tuple is first derived, so that rounds are part of the language for them: a pass over everything as it was.

use std::collections::BTreeSet;

use super::declare::{Declarations, Relation};
use crate::answers::{Row, Rows};

/// Adds what a round derived. With a choice, the least by value of those that agree on a key with nothing before stays.
pub(super) fn add(relation: &Relation, rows: &mut Rows, derived: Rows) {
    if relation.choice.is_empty() {
        rows.extend(derived);
        return;
    }
    let key = |columns: &Vec<usize>, row: &Row| columns.iter().map(|&column| row[column].clone()).collect::<Row>();
    let mut taken: Vec<BTreeSet<Row>> =
        relation.choice.iter().map(|columns| rows.iter().map(|row| key(columns, row)).collect()).collect();
    // In the order of values.
    for row in derived {
        let keys: Vec<Row> = relation.choice.iter().map(|columns| key(columns, &row)).collect();
        if keys.iter().zip(&taken).all(|(key, taken)| !taken.contains(key)) {
            keys.into_iter().zip(&mut taken).for_each(|(key, taken)| {
                taken.insert(key);
            });
            rows.insert(row);
        }
    }
}

/// Whether a relation of a stratum has reached the size at which the stratum ends.
pub(super) fn full(declarations: &Declarations, stratum: &BTreeSet<usize>, database: &[Rows]) -> bool {
    let reached = |&relation: &usize| {
        let limit = declarations.relations[relation].limit;
        limit.is_some_and(|limit| database[relation].len() >= limit)
    };
    stratum.iter().any(reached)
}

/// Whether what a stratum holds depends on its rounds.
pub(super) fn by_rounds(declarations: &Declarations, stratum: &BTreeSet<usize>) -> bool {
    let relations = stratum.iter().map(|&relation| &declarations.relations[relation]);
    relations.into_iter().any(|relation| !relation.choice.is_empty() || relation.limit.is_some())
}
