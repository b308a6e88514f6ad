//! Which relations are evaluated together, and in what order.

use std::collections::BTreeSet;

use super::declare::Declarations;
use super::tree::{Literal, Rule};
use crate::answers::Failure;

/// Relations that need each other, evaluated after everything else that they need.
pub(super) struct Stratum {
    pub(super) relations: BTreeSet<usize>,
    /// Whether a rule reads what it helps to derive.
    pub(super) recursive: bool,
}

/// The strata in order; refuses a relation that depends on itself through a negation or an aggregate.
pub(super) fn strata(
    relations: usize,
    rules: &[Rule],
    subsumptions: &[Rule],
    declarations: &Declarations,
) -> Result<Vec<Stratum>, Failure> {
    let mut needs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); relations];
    let mut needs_whole = needs.clone();
    for rule in rules {
        for literal in &rule.body {
            mentions(literal, rule.monotone, true, &mut |relation, whole| {
                needs[rule.head.relation].insert(relation);
                if whole {
                    needs_whole[rule.head.relation].insert(relation);
                }
            });
        }
    }

    // What decides which tuples are replaced is complete before there are any.
    for rule in subsumptions {
        let head = rule.head.relation;
        for literal in &rule.body[2..] {
            mentions(literal, false, true, &mut |relation, _| {
                needs[head].insert(relation);
                needs_whole[head].insert(relation);
            });
        }
    }

    let reach: Vec<BTreeSet<usize>> = (0..relations).map(|relation| reachable(relation, &needs)).collect();
    for (head, needed) in needs_whole.iter().enumerate() {
        if needed.iter().any(|&relation| reach[relation].contains(&head)) {
            let name = &declarations.relations[head].name;
            return Err(Failure::Rejected(format!("{name} depends on its own absence or on an aggregate over itself")));
        }
    }

    // What a relation reaches includes all that its own needs reach: fewer come first, and equally many with each other
    // in reach are one stratum.
    let mut order: Vec<usize> = (0..relations).collect();
    order.sort_by_key(|&relation| reach[relation].len());
    let mut strata: Vec<Stratum> = Vec::new();
    let mut placed: BTreeSet<usize> = BTreeSet::new();
    for relation in order {
        if placed.contains(&relation) {
            continue;
        }
        let together: BTreeSet<usize> =
            reach[relation].iter().copied().filter(|&other| reach[other].contains(&relation)).collect();
        let recursive = together.len() > 1 || needs[relation].contains(&relation);
        placed.extend(&together);
        strata.push(Stratum { relations: together, recursive });
    }
    Ok(strata)
}

/// Calls `visit` with each relation of a literal, and whether it must be complete before: aggregates of a monotone rule
/// may look at what is there so far.
fn mentions(literal: &Literal, monotone: bool, positive: bool, visit: &mut impl FnMut(usize, bool)) {
    match literal {
        Literal::Positive(atom) => visit(atom.relation, !positive),
        Literal::Negative(atom) => visit(atom.relation, true),
        Literal::Aggregate { aggregate, .. } => {
            aggregate.body.iter().for_each(|literal| mentions(literal, monotone, monotone, visit));
        }
        Literal::Compare { .. } | Literal::False | Literal::Range { .. } | Literal::Count { .. } => {}
    }
}

fn reachable(from: usize, needs: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(relation) = open.pop() {
        open.extend(needs[relation].iter().copied().filter(|&needed| seen.insert(needed)));
    }
    seen
}
