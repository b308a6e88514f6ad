//! Bodies as alternatives of conjunctions: `;` multiplies out, negation moves inward to the literals (De Morgan),
//! `true` disappears, and a conjunction with `false` too.

use crate::program::CompareOp;
use crate::source::Span;
use crate::syntax::ast::{Atom, Compare, Formula};

/// A conjunct as written, with the negations around it counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Conjunct<'a> {
    Positive(&'a Atom),
    Negative(&'a Atom),
    /// `op` is the comparison's own, or its opposite under a negation. `match` and `contains` have no opposite.
    Compare {
        compare: &'a Compare,
        op: CompareOp,
        negated: bool,
    },
}

/// More alternatives than this are refused: a rule with twenty disjunctions of two would give a million rules.
pub(super) const MOST_ALTERNATIVES: usize = 4_096;

/// More conjuncts than this in all alternatives of a body together are refused too.
const MOST_CONJUNCTS: usize = 500_000;

/// The alternatives of a body, or nothing where there are more than [`MOST_ALTERNATIVES`].
pub(super) fn alternatives(formula: &Formula) -> Option<Vec<Vec<Conjunct<'_>>>> {
    let count = count(formula, false);
    let conjuncts = count.saturating_mul(if count > 1 { literals(formula) } else { 0 });
    if count > MOST_ALTERNATIVES || conjuncts > MOST_CONJUNCTS { None } else { Some(expand(formula, false)) }
}

fn literals(formula: &Formula) -> usize {
    match formula {
        Formula::Atom(_) | Formula::Compare(_) | Formula::Boolean(..) => 1,
        Formula::Not(inner, _) => literals(inner),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().map(literals).sum(),
    }
}

fn count(formula: &Formula, negated: bool) -> usize {
    let product = |parts: &[Formula]| {
        parts.iter().map(|part| count(part, negated)).fold(1_usize, |product, next| product.saturating_mul(next.max(1)))
    };
    let sum = |parts: &[Formula]| parts.iter().map(|part| count(part, negated)).fold(0_usize, usize::saturating_add);
    match (formula, negated) {
        (Formula::Atom(_) | Formula::Compare(_) | Formula::Boolean(..), _) => 1,
        (Formula::Not(inner, _), _) => count(inner, !negated),
        (Formula::And(parts), false) | (Formula::Or(parts), true) => product(parts),
        (Formula::Or(parts), false) | (Formula::And(parts), true) => sum(parts),
    }
}

fn expand(formula: &Formula, negated: bool) -> Vec<Vec<Conjunct<'_>>> {
    match (formula, negated) {
        (Formula::Atom(atom), false) => vec![vec![Conjunct::Positive(atom)]],
        (Formula::Atom(atom), true) => vec![vec![Conjunct::Negative(atom)]],
        (Formula::Compare(compare), _) => vec![vec![comparison(compare, negated)]],
        (Formula::Boolean(value, _), _) => {
            if *value == negated {
                Vec::new()
            } else {
                vec![Vec::new()]
            }
        }
        (Formula::Not(inner, _), _) => expand(inner, !negated),
        (Formula::And(parts), false) | (Formula::Or(parts), true) => {
            let mut product = vec![Vec::new()];
            for part in parts {
                let factors = expand(part, negated);
                if let [single] = factors.as_slice() {
                    // The common case: no copies.
                    for conjunction in &mut product {
                        conjunction.extend_from_slice(single);
                    }
                    continue;
                }
                product = product
                    .iter()
                    .flat_map(|left| factors.iter().map(|right| [left.as_slice(), right.as_slice()].concat()))
                    .collect();
            }
            product
        }
        (Formula::Or(parts), false) | (Formula::And(parts), true) => {
            parts.iter().flat_map(|part| expand(part, negated)).collect()
        }
    }
}

fn comparison(compare: &Compare, negated: bool) -> Conjunct<'_> {
    let opposite = match compare.op {
        CompareOp::Equal => Some(CompareOp::NotEqual),
        CompareOp::NotEqual => Some(CompareOp::Equal),
        CompareOp::Less => Some(CompareOp::GreaterEqual),
        CompareOp::LessEqual => Some(CompareOp::Greater),
        CompareOp::Greater => Some(CompareOp::LessEqual),
        CompareOp::GreaterEqual => Some(CompareOp::Less),
        CompareOp::Match | CompareOp::Contains => None,
    };
    match (negated, opposite) {
        (true, Some(op)) => Conjunct::Compare { compare, op, negated: false },
        (_, _) => Conjunct::Compare { compare, op: compare.op, negated },
    }
}

/// The place of a formula; none for the empty conjunction.
pub(super) fn span(formula: &Formula) -> Option<Span> {
    match formula {
        Formula::Atom(atom) => Some(atom.span),
        Formula::Compare(compare) => Some(compare.span),
        Formula::Boolean(_, span) | Formula::Not(_, span) => Some(*span),
        Formula::And(parts) | Formula::Or(parts) => {
            let mut spans = parts.iter().filter_map(span);
            spans.next().map(|first| spans.fold(first, Span::to))
        }
    }
}
