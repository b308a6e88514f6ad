//! An order in which each literal can be evaluated when its turn comes. Groundedness is nothing else: a rule is
//! grounded if there is one.

use std::collections::BTreeSet;

use onus::syntax::ast::CompareOp;

use super::tree::{Literal, Rule, Term, Variable};
use crate::answers::Failure;

/// Puts the literals of a rule, and of its aggregates, in such an order.
pub(super) fn arrange(rule: &mut Rule) -> Result<(), Failure> {
    let bound = conjunction(&mut rule.body, BTreeSet::new())?;
    if rule.head.arguments.iter().all(|term| term.is_bound(&bound)) {
        return Ok(());
    }
    Err(Failure::Rejected("the body does not bind every variable of the head".into()))
}

/// Every variable that the literals bind, whether or not all of them can be evaluated.
pub(super) fn grounded(literals: &[Literal], mut bound: BTreeSet<Variable>) -> BTreeSet<Variable> {
    loop {
        let before = bound.len();
        for literal in literals {
            if cost(literal, &bound).is_some() {
                bind(literal, &mut bound);
            }
        }
        if bound.len() == before {
            return bound;
        }
    }
}

fn conjunction(literals: &mut Vec<Literal>, mut bound: BTreeSet<Variable>) -> Result<BTreeSet<Variable>, Failure> {
    let mut arranged = Vec::with_capacity(literals.len());
    while !literals.is_empty() {
        let costs = literals.iter().enumerate().filter_map(|(at, literal)| Some((cost(literal, &bound)?, at)));
        let Some((_, at)) = costs.min() else {
            return Err(Failure::Rejected("some literal needs variables that nothing binds".into()));
        };
        let mut literal = literals.remove(at);
        if let Literal::Aggregate { aggregate, .. } = &mut literal {
            let inner = conjunction(&mut aggregate.body, aggregate.outer.clone())?;
            let bound = |variable: &Variable| inner.contains(variable);
            if !aggregate.key.iter().all(bound) || !aggregate.target.iter().all(|target| target.is_bound(&inner)) {
                return Err(Failure::Rejected("an aggregate does not bind its variables".into()));
            }
        }
        bind(&literal, &mut bound);
        arranged.push(literal);
    }
    *literals = arranged;
    Ok(bound)
}

/// Whether a literal can be evaluated now, and how early it should be: tests, then what takes one value, then what
/// takes several, then atoms by how many of their arguments are open.
fn cost(literal: &Literal, bound: &BTreeSet<Variable>) -> Option<(usize, usize)> {
    match literal {
        Literal::False => Some((0, 0)),
        Literal::Negative(atom) => {
            let mut all = true;
            atom.arguments.iter().for_each(|term| term.variables(&mut |variable| all &= bound.contains(&variable)));
            all.then_some((0, 0))
        }
        Literal::Compare { op, left, right, .. } => match (left.is_bound(bound), right.is_bound(bound)) {
            (true, true) => Some((0, 0)),
            (true, false) if *op == CompareOp::Equal && right.is_pattern() => Some((1, 0)),
            (false, true) if *op == CompareOp::Equal && left.is_pattern() => Some((1, 0)),
            _ => None,
        },
        // Each instance takes its number when it is complete.
        Literal::Count { .. } => Some((9, 0)),
        Literal::Range { arguments, .. } => arguments.iter().all(|term| term.is_bound(bound)).then_some((2, 0)),
        Literal::Aggregate { aggregate, .. } => aggregate.outer.is_subset(bound).then_some((2, 0)),
        Literal::Positive(atom) => Some((3, atom.arguments.iter().filter(|term| !Term::is_bound(term, bound)).count())),
    }
}

fn bind(literal: &Literal, bound: &mut BTreeSet<Variable>) {
    literal.variables(&mut |variable| {
        bound.insert(variable);
    });
}
