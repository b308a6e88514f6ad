//! Which rows a lookup can want at all, as the other atoms of the rule tell: semi-joins.
//!
//! Where a value of the key comes from a column of another relation, or a value that is found has to stand in one later,
//! rows with other values in that column need not be found. So postings can leave them out. That the relation be reduced by
//! semi-joins before it is joined is due to Bernstein and Chiu, "Using Semi-Joins to Solve Relational Queries" (1981); here
//! it is only what is kept of it for lookups.

use std::collections::BTreeMap;

use super::origins::Columns;
use super::{Operand, Slot, Step};
use crate::program::RelationId;

/// For columns of what is looked up the finished columns in one of which each value that counts stands.
pub type Wants = BTreeMap<usize, Columns>;

/// What a lookup among some steps wants. Of the columns of other relations `origins` knows the finished columns in one of
/// which each of their values stands, and how many rows these have. Of several that tell of a column the one with the
/// fewest rows does.
#[must_use]
pub fn wants(steps: &[Step], at: usize, origins: &dyn Fn(RelationId, usize) -> Option<(usize, Columns)>) -> Wants {
    let mut wants: BTreeMap<usize, (usize, Columns)> = BTreeMap::new();
    let mut add = |column: usize, step: &Step, slot: Slot| {
        if let Some((relation, source)) = column_of(step, slot)
            && let Some(origin) = origins(relation, source)
            && wants.get(&column).is_none_or(|least| origin < *least)
        {
            wants.insert(column, origin);
        }
    };
    if let Step::Lookup { columns, key, .. } | Step::Exists { columns, key, .. } = &steps[at] {
        for (&column, operand) in columns.iter().zip(key) {
            if let Operand::Slot(slot) = *operand {
                steps[..at].iter().for_each(|step| add(column, step, slot));
            }
        }
    }
    if let Step::Lookup { bind, .. } = &steps[at] {
        // What computes may fail, for values too that no later atom has: that is told of.
        let joins = |step: &&Step| matches!(step, Step::Scan { .. } | Step::Lookup { .. } | Step::Exists { .. });
        for &(column, slot) in bind {
            steps[at + 1..].iter().take_while(joins).for_each(|step| add(column, step, slot));
        }
    }
    wants.into_iter().map(|(column, (_, origin))| (column, origin)).collect()
}

/// The column of a step's relation in which the value of a slot has to stand.
fn column_of(step: &Step, slot: Slot) -> Option<(RelationId, usize)> {
    let bound = |bind: &[(usize, Slot)]| bind.iter().find(|&&(_, other)| other == slot).map(|&(column, _)| column);
    let asked = |columns: &[usize], key: &[Operand]| {
        let at = key.iter().position(|operand| matches!(operand, Operand::Slot(other) if *other == slot))?;
        columns.get(at).copied()
    };
    match step {
        Step::Scan { relation, bind, .. } => Some((*relation, bound(bind)?)),
        Step::Lookup { relation, columns, key, bind, .. } => {
            Some((*relation, asked(columns, key).or_else(|| bound(bind))?))
        }
        Step::Exists { relation, columns, key, negated: false, .. } => Some((*relation, asked(columns, key)?)),
        Step::Exists { .. }
        | Step::Intersect { .. }
        | Step::Assign { .. }
        | Step::Match { .. }
        | Step::Filter { .. }
        | Step::Range { .. }
        | Step::Aggregate { .. } => None,
    }
}
