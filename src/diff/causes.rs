//! The causes of one change: a walk over proofs of one step each, in the model where a tuple holds, to what is missing
//! in the other. What blocks a negated atom, or is counted there and not here, is walked on the other side in turn.

use std::collections::BTreeMap;

use super::bridge::Bridge;
use super::rules::Matched;
use super::{Break, Cause, DiffOptions, Side, Sided};
use crate::eval::{Options, Stop};
use crate::explain::{Limits, Proof, ProofNode, why};
use crate::model::Model;
use crate::program::{Aggregate, Literal, Rule, Term};
use crate::value::Word;

/// Causes of one change that are kept.
const KEPT: usize = 8;

/// Changed tuples that are followed from one aggregate or one blocked literal.
const FOLLOWED: usize = 4;

/// Why one tuple changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) causes: Vec<Cause>,
    pub(super) broken: Option<Break>,
}

/// One step back: what a change rests on.
#[derive(Clone, Debug)]
struct Step {
    /// The changes that it follows from, each with the literal in which it stands.
    from: Vec<Sided>,
    /// Causes of its own.
    own: Vec<Cause>,
    broken: Option<Break>,
}

/// Looks for causes, and remembers those of every tuple on the way.
pub(super) struct Search<'a> {
    forth: &'a Bridge<'a>,
    back: &'a Bridge<'a>,
    rules: &'a Matched,
    facts: BTreeMap<&'a Sided, usize>,
    options: &'a Options,
    known: BTreeMap<Sided, Found>,
}

enum Task {
    Visit(Sided),
    Finish(Sided, Step),
}

impl<'a> Search<'a> {
    pub(super) fn new(
        forth: &'a Bridge<'a>,
        back: &'a Bridge<'a>,
        rules: &'a Matched,
        facts: &'a [Sided],
        options: &'a DiffOptions,
    ) -> Self {
        let facts = facts.iter().enumerate().map(|(at, fact)| (fact, at)).collect();
        Self { forth, back, rules, facts, options: &options.eval, known: BTreeMap::new() }
    }

    /// The causes of a change, the first in order of the rule's body first.
    pub(super) fn causes(&mut self, root: &Sided) -> Result<Found, Stop> {
        // A stack of our own: chains of changes are as long as recursions are deep.
        let mut tasks = vec![Task::Visit(root.clone())];
        let mut open = std::collections::BTreeSet::new();
        while let Some(task) = tasks.pop() {
            match task {
                Task::Visit(at) => {
                    // What is on the way already adds nothing to itself.
                    if self.known.contains_key(&at) || !open.insert(at.clone()) {
                        continue;
                    }
                    let step = self.step(&at)?;
                    let from = step.from.clone();
                    tasks.push(Task::Finish(at, step));
                    tasks.extend(from.into_iter().rev().map(Task::Visit));
                }
                Task::Finish(at, step) => {
                    let mut causes: Vec<Cause> = Vec::new();
                    let before = step.from.iter().filter_map(|from| self.known.get(from));
                    for cause in before.flat_map(|found| &found.causes).chain(&step.own) {
                        if causes.len() < KEPT && *cause != Cause::Other && !causes.contains(cause) {
                            causes.push(cause.clone());
                        }
                    }
                    if causes.is_empty() {
                        causes.push(Cause::Other);
                    }
                    self.known.insert(at, Found { causes, broken: step.broken });
                }
            }
        }
        Ok(self.known.get(root).cloned().unwrap_or_default())
    }

    fn bridges(&self, side: Side) -> (&'a Bridge<'a>, &'a Bridge<'a>) {
        match side {
            Side::Old => (self.forth, self.back),
            Side::New => (self.back, self.forth),
        }
    }

    /// What a changed tuple rests on: one step of its proof, where that breaks on the other side.
    fn step(&self, at: &Sided) -> Result<Step, Stop> {
        let mut step = Step { from: Vec::new(), own: Vec::new(), broken: None };
        if let Some(&fact) = self.facts.get(at) {
            step.own.push(Cause::Fact(fact));
            return Ok(step);
        }
        let (bridge, back) = self.bridges(at.side);
        // One node's worth of proof: its premises are given, or cut.
        let limits = Limits { nodes: 1, ..Limits::default() };
        let Some(proof) = why(bridge.from, &at.tuple, limits, self.options)? else { return Ok(step) };
        let ProofNode::Derived { rule, bindings, premises, .. } = proof.node(proof.root()) else { return Ok(step) };
        let id = *rule;
        let rule = bridge.from.program().rule(id);
        for (literal, &premise) in premises.iter().enumerate() {
            let before = step.from.len();
            self.premise(&proof, proof.node(premise), (at.side, rule, bindings), &mut step.from);
            if step.from.len() > before && step.broken.is_none() {
                step.broken = Some(Break { rule: id, literal: (literal < rule.body.len()).then_some(literal) });
            }
        }
        if let Some(change) = self.rules.change(at.side, id) {
            step.own.push(Cause::Rule(change));
            step.broken.get_or_insert(Break { rule: id, literal: None });
        }
        if step.from.is_empty() && step.own.is_empty() {
            step.from = self.chosen(at, bridge, back);
        }
        Ok(step)
    }

    /// The changes by which one premise fails on the other side.
    fn premise(&self, proof: &Proof, node: &ProofNode, of: (Side, &Rule, &[(u32, Word)]), from: &mut Vec<Sided>) {
        let (side, rule, bindings) = of;
        let (bridge, back) = self.bridges(side);
        match node {
            ProofNode::Given { tuple, .. } | ProofNode::Derived { tuple, .. } | ProofNode::Cut { tuple } => {
                if !bridge.holds(tuple) {
                    from.push(Sided { side, tuple: tuple.clone() });
                }
            }
            ProofNode::Absent { relation, pattern, .. } => {
                let blocking = bridge.blocking(back, *relation, pattern).into_iter().take(FOLLOWED);
                from.extend(blocking.map(|tuple| Sided { side: side.other(), tuple }));
            }
            ProofNode::Compared { aggregates, .. } => {
                for &aggregate in aggregates {
                    self.premise(proof, proof.node(aggregate), of, from);
                }
            }
            ProofNode::Counted { span, rows, .. } => {
                let start = from.len();
                for premise in rows.iter().flat_map(|row| &row.premises) {
                    self.premise(proof, proof.node(*premise), of, from);
                    if from.len() >= start + FOLLOWED {
                        return;
                    }
                }
                // What is counted on the other side only.
                if let Some(aggregate) = rule.aggregate_at(*span) {
                    self.counted_there(aggregate, (side, bindings), from);
                }
            }
        }
    }

    /// The changed tuples of the other side that match the atoms of an aggregate, for the group of these bindings.
    fn counted_there(&self, aggregate: &Aggregate, of: (Side, &[(u32, Word)]), from: &mut Vec<Sided>) {
        let (side, bindings) = of;
        let (bridge, back) = self.bridges(side);
        for literal in &aggregate.body {
            let (atom, negative) = match literal {
                Literal::Positive(atom) => (atom, false),
                Literal::Negative(atom) => (atom, true),
                Literal::Compare(_) => continue,
            };
            let bound = |term: &Term| match term {
                Term::Constant(word, _) => Some(*word),
                Term::Variable(variable) if aggregate.outer.contains(variable) => {
                    bindings.iter().find(|(other, _)| *other == variable.0).map(|&(_, word)| word)
                }
                _ => None,
            };
            let pattern: Vec<Option<Word>> = atom.arguments.iter().map(bound).collect();
            if negative {
                // A row that counts there is one that is blocked here: by a tuple of this side.
                let Some(there) = bridge.relation(atom.relation) else { continue };
                let column = |(column, word): (usize, &Option<Word>)| {
                    word.map_or(Some(None), |word| bridge.word(atom.relation, column, word).map(Some))
                };
                let Some(pattern) = pattern.iter().enumerate().map(column).collect::<Option<Vec<_>>>() else {
                    continue;
                };
                let tuples = back.blocking(bridge, there, &pattern).into_iter().take(FOLLOWED);
                from.extend(tuples.map(|tuple| Sided { side, tuple }));
            } else {
                let tuples = bridge.blocking(back, atom.relation, &pattern).into_iter().take(FOLLOWED);
                from.extend(tuples.map(|tuple| Sided { side: side.other(), tuple }));
            }
        }
    }

    /// Where the proof holds on both sides and the tuple does not: the tuples that were chosen there in its place.
    fn chosen(&self, at: &Sided, bridge: &Bridge<'_>, back: &Bridge<'_>) -> Vec<Sided> {
        let keys = &bridge.from.program().relation(at.tuple.relation).choice;
        let mut from = Vec::new();
        for key in keys {
            let word = |(column, word): (usize, &Word)| key.contains(&column).then_some(*word);
            let pattern: Vec<Option<Word>> = at.tuple.words.iter().enumerate().map(word).collect();
            let taken = bridge.blocking(back, at.tuple.relation, &pattern).into_iter().take(FOLLOWED);
            from.extend(taken.map(|tuple| Sided { side: at.side.other(), tuple }));
        }
        from
    }
}

impl Break {
    /// The literal that fails, as written; the rule's head where the rule itself is not there.
    #[must_use]
    pub fn text(&self, model: &Model) -> Option<String> {
        let rule = model.program().rule(self.rule);
        let literal = rule.body.get(self.literal?)?;
        let text = model.text(literal.span()).split_whitespace().collect::<Vec<_>>().join(" ");
        Some(if matches!(literal, Literal::Negative(_)) { format!("!{text}") } else { text })
    }

    /// The rule's label, or its place.
    #[must_use]
    pub fn name(&self, model: &Model) -> String {
        let Self { rule, .. } = *self;
        let place = || model.sources().location(model.program().rule(rule).span);
        model.label(rule).map_or_else(|| format!("{}:{}", place().source, place().line), str::to_owned)
    }
}
