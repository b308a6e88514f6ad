//! Bodies multiplied out: disjunctions become several conjunctions, negations move inward (De Morgan) until they stand
//! before single literals.

use onus::symbol::Symbol;
use onus::syntax::ast::{Atom, Compare, CompareOp, Formula, Term, TermKind};

use crate::answers::Failure;

/// One literal of a conjunction.
#[derive(Clone, Copy)]
pub(super) enum Simple<'a> {
    Positive(&'a Atom),
    Negative(&'a Atom),
    /// `negated` for `match` and `contains` only.
    Compare {
        op: CompareOp,
        negated: bool,
        left: &'a Term,
        right: &'a Term,
    },
    False,
}

const MOST: usize = 4096;

/// The conjunctions that a body stands for; a fact has one, the empty one.
pub(super) fn bodies(body: Option<&Formula>) -> Result<Vec<Vec<Simple<'_>>>, Failure> {
    body.map_or(Ok(vec![Vec::new()]), |formula| disjuncts(formula, true))
}

fn disjuncts(formula: &Formula, positive: bool) -> Result<Vec<Vec<Simple<'_>>>, Failure> {
    match (formula, positive) {
        (Formula::Atom(atom), true) => Ok(vec![vec![Simple::Positive(atom)]]),
        (Formula::Atom(atom), false) => Ok(vec![vec![Simple::Negative(atom)]]),
        (Formula::Compare(compare), _) => Ok(vec![vec![comparison(compare, positive)]]),
        (Formula::Boolean(value, _), _) if *value == positive => Ok(vec![vec![]]),
        (Formula::Boolean(..), _) => Ok(vec![vec![Simple::False]]),
        (Formula::Not(inner, _), _) => disjuncts(inner, !positive),
        (Formula::And(parts), true) | (Formula::Or(parts), false) => {
            let mut product: Vec<Vec<Simple<'_>>> = vec![Vec::new()];
            for part in parts {
                let choices = disjuncts(part, positive)?;
                if product.len() * choices.len() > MOST {
                    return Err(Failure::TooBig(format!("more than {MOST} alternatives in one body")));
                }
                product = product
                    .iter()
                    .flat_map(|before| choices.iter().map(move |choice| [before.as_slice(), choice].concat()))
                    .collect();
            }
            Ok(product)
        }
        (Formula::And(parts), false) | (Formula::Or(parts), true) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(disjuncts(part, positive)?);
            }
            Ok(all)
        }
    }
}

fn comparison(compare: &Compare, positive: bool) -> Simple<'_> {
    let opposite = match compare.op {
        CompareOp::Equal => CompareOp::NotEqual,
        CompareOp::NotEqual => CompareOp::Equal,
        CompareOp::Less => CompareOp::GreaterEqual,
        CompareOp::LessEqual => CompareOp::Greater,
        CompareOp::Greater => CompareOp::LessEqual,
        CompareOp::GreaterEqual => CompareOp::Less,
        CompareOp::Match | CompareOp::Contains => compare.op,
    };
    let op = if positive { compare.op } else { opposite };
    Simple::Compare { op, negated: !positive && op == compare.op, left: &compare.left, right: &compare.right }
}

/// The named variables of a goal in order of first appearance, those inside aggregates left out.
pub(super) fn named_variables(formula: &Formula) -> Vec<Symbol> {
    let mut names = Vec::new();
    in_formula(formula, &mut names);
    names
}

/// The named variables of a term, those inside aggregates left out.
pub(super) fn named_in_term(term: &Term) -> Vec<Symbol> {
    let mut names = Vec::new();
    in_term(term, &mut names);
    names
}

fn in_formula(formula: &Formula, names: &mut Vec<Symbol>) {
    match formula {
        Formula::Atom(atom) => atom.arguments.iter().for_each(|term| in_term(term, names)),
        Formula::Compare(compare) => {
            in_term(&compare.left, names);
            in_term(&compare.right, names);
        }
        // What stands under a negation binds nothing that could be a column, unless it stands elsewhere too.
        Formula::Boolean(..) | Formula::Not(..) => {}
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| in_formula(part, names)),
    }
}

fn in_term(term: &Term, names: &mut Vec<Symbol>) {
    match &term.kind {
        TermKind::Variable(name) if names.contains(name) => {}
        TermKind::Variable(name) => names.push(*name),
        TermKind::Record(terms)
        | TermKind::Branch { arguments: terms, .. }
        | TermKind::Call { arguments: terms, .. }
        | TermKind::User { arguments: terms, .. } => terms.iter().for_each(|term| in_term(term, names)),
        TermKind::As { term, .. } => in_term(term, names),
        TermKind::Wildcard
        | TermKind::Integer { .. }
        | TermKind::Float(_)
        | TermKind::String(_)
        | TermKind::Nil
        | TermKind::Autoinc
        | TermKind::Iteration
        | TermKind::Aggregate(_) => {}
    }
}
