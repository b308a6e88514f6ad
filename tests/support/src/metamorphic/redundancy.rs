//! Additions that say nothing new.

use onus::syntax::ast::{Clause, Formula, Item, ItemKind};
use onus::value::Value;

use super::Variant;
use super::order::base_relations;
use crate::answers::Answers;
use crate::build::{Build, conjunction, literals};
use crate::random::Random;
use crate::sample::Sample;
use crate::walk::{self, clause_mut, clauses};

/// The places of the rules: clauses with a body. Those of inlined relations stand for themselves: under a negation and in
/// an aggregate not every change of them may stand.
pub(super) fn rules(sample: &Sample) -> Vec<usize> {
    let inlined = walk::inlined(sample);
    let own = |clause: &Clause| clause.heads.iter().all(|head| !inlined.contains(&head.relation.symbol));
    clauses(&sample.program).filter(|(_, clause)| clause.body.is_some() && own(clause)).map(|(at, _)| at).collect()
}

/// Whether a program has inlined relations: alternatives and negations that are fine elsewhere are refused of them.
pub(super) fn has_inlined(sample: &Sample) -> bool {
    sample.program.items.iter().any(|item| match &item.kind {
        ItemKind::Relation(declaration) => {
            declaration.qualifiers.iter().any(|name| sample.symbols.get(name.symbol) == "inline")
        }
        _ => false,
    })
}

/// One rule of a program, picked at random, with a changed copy of the program to put it back.
pub(super) fn change_rule(
    sample: &Sample,
    random: &mut Random,
    change: impl FnOnce(&mut Clause, &mut Random) -> bool,
) -> Option<Sample> {
    let mut sample = sample.clone();
    let at = *random.pick(&rules(&sample))?;
    let clause = clause_mut(&mut sample.program.items[at])?;
    clause.plan = None;
    change(clause, random).then_some(sample)
}

/// A literal of a body once more.
pub(super) fn literal(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    let changed = change_rule(sample, random, |clause, random| {
        let mut parts = literals(clause.body.take());
        let Some(again) = random.pick(&parts).cloned() else { return false };
        let at = random.below(parts.len() + 1);
        parts.insert(at, again);
        clause.body = Some(conjunction(parts));
        true
    })?;
    Some(Variant::same(changed))
}

/// A rule once more, elsewhere.
pub(super) fn rule(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    if has_inlined(sample) {
        return None;
    }
    let mut sample = sample.clone();
    let again = sample.program.items[*random.pick(&rules(&sample))?].clone();
    let at = random.below(sample.program.items.len() + 1);
    sample.program.items.insert(at, again);
    Some(Variant::same(sample))
}

/// A copy of a rule that asks for more.
pub(super) fn subsumed_rule(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    if has_inlined(sample) {
        return None;
    }
    let original = sample.program.items[*random.pick(&rules(sample))?].clone();
    let mut build = Build::with(sample.symbols.clone());
    let more = some_base_atom(sample, &mut build, random)?;
    let mut copy = original;
    let clause = clause_mut(&mut copy)?;
    clause.plan = None;
    let mut parts = literals(clause.body.take());
    let at = random.below(parts.len() + 1);
    parts.insert(at, more);
    clause.body = Some(conjunction(parts));
    let mut sample = Sample { program: sample.program.clone(), symbols: build.symbols };
    sample.program.items.push(copy);
    Some(Variant::same(sample))
}

/// `b(_, _)` of a relation that is nothing but facts: it may stand in every body.
pub(super) fn some_base_atom(sample: &Sample, build: &mut Build, random: &mut Random) -> Option<Formula> {
    let relation = *random.pick(&base_relations(sample))?;
    let mut arity = clauses(&sample.program)
        .flat_map(|(_, clause)| &clause.heads)
        .filter(|head| head.relation.symbol == relation)
        .map(|head| head.arguments.len());
    let arguments = (0..arity.next()?).map(|_| build.wildcard()).collect();
    let name = sample.symbols.get(relation).to_owned();
    Some(Formula::Atom(build.atom(&name, arguments)))
}

/// A relation of its own, with facts and a rule, that nothing else reads.
pub(super) fn unrelated(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    let mut build = Build::with(sample.symbols.clone());
    let mut items = sample.program.items.clone();
    items.push(build.relation("unrelated_edge", &["number", "number"], &[]));
    for _ in 0..4 {
        let row = [0, 1].map(|_| Value::Number(i64::try_from(random.below(6)).unwrap_or(0)));
        items.push(build.fact("unrelated_edge", &row));
    }
    items.push(build.relation("unrelated", &["number", "number"], &[]));
    let mut atom = |relation: &str, names: [&str; 2]| {
        let arguments = names.map(|name| build.variable(name)).into();
        build.atom(relation, arguments)
    };
    let (head, step) = (atom("unrelated", ["x", "z"]), atom("unrelated", ["x", "y"]));
    let (first, last) = (atom("unrelated_edge", ["x", "z"]), atom("unrelated_edge", ["y", "z"]));
    items.push(build.clause(vec![head.clone()], vec![Formula::Atom(first)]));
    items.push(build.clause(vec![head], vec![Formula::Atom(step), Formula::Atom(last)]));
    let program = onus::syntax::ast::Program { items };
    Some(Variant::same(Sample { program, symbols: build.symbols }))
}

/// A clause of several heads as several clauses.
pub(super) fn split_heads(sample: &Sample, _: &Answers, _: &mut Random) -> Option<Variant> {
    let mut split = sample.clone();
    split.program.items = sample.program.items.iter().flat_map(one_head_each).collect();
    (split.program.items.len() > sample.program.items.len()).then(|| Variant::same(split))
}

fn one_head_each(item: &Item) -> Vec<Item> {
    match &item.kind {
        ItemKind::Clause(clause) if !clause.subsumption => {
            let with = |head: &onus::syntax::ast::Atom| {
                let kind = ItemKind::Clause(Clause { heads: vec![head.clone()], ..clause.clone() });
                Item { kind, ..item.clone() }
            };
            clause.heads.iter().map(with).collect()
        }
        _ => vec![item.clone()],
    }
}

/// `!!f` for some literal.
pub(super) fn double_negation(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    let inlined = walk::inlined(sample);
    if has_inlined(sample) {
        return None;
    }
    let changed = change_rule(sample, random, |clause, random| {
        let mut parts = literals(clause.body.take());
        let at = random.below(parts.len());
        let span = clause.span;
        // An inlined relation whose rules have variables of their own may stand under no negation.
        let mut asked = false;
        walk::formula_atoms(&parts[at], walk::Use::Positive, &mut |atom, _| {
            asked |= inlined.contains(&atom.relation.symbol);
        });
        if asked {
            return false;
        }
        let inner = parts.remove(at);
        parts.insert(at, Formula::Not(Box::new(Formula::Not(Box::new(inner), span)), span));
        clause.body = Some(conjunction(parts));
        true
    })?;
    Some(Variant::same(changed))
}
