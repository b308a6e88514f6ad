//! Planted faults are found and come out small.

use onus::syntax::ast::{CompareOp, Formula};

use super::{Mismatch, Plan, Subject, Variation, judge};
use crate::answers::{Answers, Failure};
use crate::metamorphic::given_rows;
use crate::reference::Limits;
use crate::sample::Sample;
use crate::walk::{self, Node, clause_mut};

/// The reference with a fault: what it does to every formula.
struct Faulty(fn(&mut Formula));

impl Subject for Faulty {
    fn run(&self, text: &str, variation: &Variation) -> Result<Answers, Failure> {
        let mut sample = Sample::parse(text)?;
        for clause in sample.program.items.iter_mut().filter_map(clause_mut) {
            walk::visit_clause(clause, &mut |node| {
                if let Node::Formula(formula) = node {
                    (self.0)(formula);
                }
            });
        }
        sample.answers_with(&given_rows(&variation.given), &Limits::default())
    }
}

fn found(fault: fn(&mut Formula)) -> Option<Mismatch> {
    let verdict = judge(&Faulty(fault), &Plan { programs: 100, ..Plan::default() }, &mut |_, _| {});
    verdict.mismatches.into_iter().next()
}

fn assert_small(mismatch: &Mismatch) {
    let rules = walk::clauses(&mismatch.sample.program).filter(|(_, clause)| clause.body.is_some()).count();
    assert!(rules <= 3, "{}", mismatch.case);
}

#[test]
fn a_right_subject_passes() {
    assert!(found(|_| {}).is_none());
}

#[test]
fn a_lost_negation_is_found() {
    let mismatch = found(|formula| {
        if let Formula::Not(inner, span) = formula
            && matches!(**inner, Formula::Atom(_))
        {
            *formula = Formula::Boolean(true, *span);
        }
    });
    assert_small(&mismatch.expect("a mismatch"));
}

#[test]
fn a_bound_off_by_one_is_found() {
    let mismatch = found(|formula| {
        if let Formula::Compare(compare) = formula
            && compare.op == CompareOp::Less
        {
            compare.op = CompareOp::LessEqual;
        }
    });
    assert_small(&mismatch.expect("a mismatch"));
}

#[test]
fn a_lost_literal_of_an_aggregate_is_found() {
    let mismatch = found(|formula| {
        if let Formula::And(parts) = formula
            && parts.len() > 3
        {
            parts.pop();
        }
    });
    assert!(mismatch.is_some());
}
