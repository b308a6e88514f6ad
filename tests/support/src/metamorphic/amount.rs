//! Changes that can only add rows, or only take some away: for programs without negation and aggregates.

use onus::syntax::ast::Item;

use super::redundancy::{change_rule, some_base_atom};
use super::{Change, Expectation, Variant};
use crate::answers::{Answers, Row};
use crate::build::{Build, conjunction, literals};
use crate::opaque::Opaque;
use crate::random::Random;
use crate::sample::Sample;
use crate::walk::{self, Use};

/// Whether every atom of every body is positive, so that more facts never mean fewer answers, and rows are the same rows
/// afterwards: what is numbered as it comes has other numbers then.
fn is_positive(sample: &Sample) -> bool {
    // What stands in components is not looked into.
    let mut positive = !walk::has_components(sample) && !Opaque::of(sample).any();
    for (_, clause) in walk::clauses(&sample.program) {
        walk::body_atoms(clause, &mut |_, used| positive &= used == Use::Positive);
    }
    positive
}

/// New facts, mixed from the columns of old ones.
pub(super) fn more_facts(sample: &Sample, answers: &Answers, random: &mut Random) -> Option<Variant> {
    if !is_positive(sample) {
        return None;
    }
    let mut build = Build::with(sample.symbols.clone());
    let mut more: Vec<Item> = Vec::new();
    for relation in super::order::base_relations(sample) {
        let name = sample.symbols.get(relation).to_owned();
        let rows: Vec<&Row> = answers.get(&name)?.iter().collect();
        for _ in 0..2 {
            let (Some(left), Some(right)) = (random.pick(&rows), random.pick(&rows)) else { continue };
            let row: Row = left
                .iter()
                .zip(right.iter())
                .map(|(left, right)| if random.percent(50) { left.clone() } else { right.clone() })
                .collect();
            more.push(build.fact(&name, &row));
        }
    }
    let mut program = sample.program.clone();
    program.items.extend(more);
    let expectation = Expectation { change: Change::More, ..Expectation::default() };
    Some(Variant { expectation, ..Variant::same(Sample { program, symbols: build.symbols }) })
}

/// One more atom or one literal twice as strict in one rule.
pub(super) fn one_more_literal(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    if !is_positive(sample) {
        return None;
    }
    let mut build = Build::with(sample.symbols.clone());
    let atom = some_base_atom(sample, &mut build, random)?;
    let more = if random.percent(50) { build.not(atom) } else { atom };
    let mut changed = change_rule(sample, random, |clause, random| {
        let mut parts = literals(clause.body.take());
        let at = random.below(parts.len() + 1);
        parts.insert(at, more);
        clause.body = Some(conjunction(parts));
        true
    })?;
    changed.symbols = build.symbols;
    let expectation = Expectation { change: Change::Fewer, ..Expectation::default() };
    Some(Variant { expectation, ..Variant::same(changed) })
}
