//! Minimal sets of given facts from which a tuple follows.

use std::collections::{BTreeSet, VecDeque};

use super::sibling::{Changes, sibling};
use super::slice::{Slice, SliceLimits};
use crate::eval::{Options, Stop};
use crate::model::{Model, Tuple};
use crate::program::AggregateOp;
use crate::storage::Origin;

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WitnessLimits {
    /// How much of the slice is built.
    pub slice: SliceLimits,
    /// Sets that are told.
    pub sets: usize,
    /// How often it is asked whether the tuple follows from some facts.
    pub checks: usize,
}

impl Default for WitnessLimits {
    fn default() -> Self {
        Self { slice: SliceLimits::default(), sets: 12, checks: 5_000 }
    }
}

/// A minimal set of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The facts in order of their text, each with where it was read.
    pub facts: Vec<(Tuple, Option<Origin>)>,
    /// Whether it follows from them even if nothing else is given: negations and aggregates come out right by themselves.
    /// Otherwise other facts keep absent what must be.
    pub alone: bool,
}

/// Sets of facts that suffice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// The sets, smaller ones first, then in order of their text.
    pub sets: Vec<Witness>,
    /// Whether there are no others.
    pub complete: bool,
    /// Whether proofs rest on absences or aggregates: those are taken to be as they are.
    pub supposing: bool,
}

/// The minimal sets of given facts from which a tuple follows, as far as the limits go; nothing if the model does not have
/// it. What is absent or counted is taken to be as it is in the model.
///
/// Minimal means that without any one of its facts the tuple does not follow from the others. All of them are found by
/// leaving out, in turn, each fact of each set that is known: the hitting set tree (Reiter, 1987), breadth first. Every
/// question is linear in the slice.
///
/// # Errors
/// A limit of evaluation was met, or someone interrupted.
pub fn witnesses(
    model: &Model,
    tuple: &Tuple,
    limits: WitnessLimits,
    options: &Options,
) -> Result<Option<Witnesses>, Stop> {
    if model.row_of(tuple).is_none() {
        return Ok(None);
    }
    let slice = Slice::of(model, tuple, limits.slice, options)?;
    let mut search = Search { slice: &slice, checks: limits.checks, sets: Vec::new() };
    let mut complete = slice.complete;
    let mut open: VecDeque<BTreeSet<usize>> = VecDeque::from([BTreeSet::new()]);
    let mut seen: BTreeSet<BTreeSet<usize>> = BTreeSet::new();
    let mut hitting: Vec<BTreeSet<usize>> = Vec::new();
    while let Some(without) = open.pop_front() {
        options.budget.poll(None)?;
        if hitting.iter().any(|smaller| smaller.is_subset(&without)) {
            continue;
        }
        let known = search.sets.iter().find(|set| set.is_disjoint(&without)).cloned();
        let set = match known {
            Some(set) => set,
            None if search.sets.len() >= limits.sets || search.checks == 0 => {
                complete = false;
                break;
            }
            None => match search.least(&without) {
                Some(set) => {
                    search.sets.push(set.clone());
                    set
                }
                None => {
                    hitting.push(without);
                    continue;
                }
            },
        };
        for &fact in &set {
            let mut further = without.clone();
            further.insert(fact);
            if seen.insert(further.clone()) {
                open.push_back(further);
            }
        }
    }
    complete &= search.checks > 0 && !several_witness(&slice);
    let supposing = slice.steps.iter().any(|step| !step.absences.is_empty() || !step.aggregates.is_empty());
    let mut sets = Vec::new();
    for set in search.sets {
        let mut facts: Vec<Tuple> = set.iter().map(|&at| slice.tuples[at].tuple.clone()).collect();
        facts.sort_by_cached_key(|fact| model.literal(fact));
        let changes = Changes { only: Some(facts.clone()), ..Changes::default() };
        let alone = match sibling(model, &changes, Some(&[tuple.relation]), None, options) {
            Ok(model) => model.row_of(tuple).is_some(),
            Err(Stop::Failed { .. }) => false,
            Err(stop) => return Err(stop),
        };
        let facts = facts.into_iter().map(|fact| {
            let origin = model.origin(&fact);
            (fact, origin)
        });
        sets.push(Witness { facts: facts.collect(), alone });
    }
    let text = |witness: &Witness| witness.facts.iter().map(|(fact, _)| model.literal(fact)).collect::<Vec<_>>();
    sets.sort_by_cached_key(|witness| (witness.facts.len(), text(witness)));
    Ok(Some(Witnesses { sets, complete, supposing }))
}

/// Whether some minimum or maximum is reached by several rows: only the first is followed.
fn several_witness(slice: &Slice) -> bool {
    slice.steps.iter().flat_map(|step| &step.aggregates).any(|aggregate| {
        matches!(aggregate.op, AggregateOp::Min | AggregateOp::Max)
            && aggregate.rows.iter().filter(|(target, _)| *target == Some(aggregate.value)).count() > 1
    })
}

struct Search<'a> {
    slice: &'a Slice,
    checks: usize,
    sets: Vec<BTreeSet<usize>>,
}

impl Search<'_> {
    /// A minimal set without some facts; nothing if the tuple does not follow without them.
    fn least(&mut self, without: &BTreeSet<usize>) -> Option<BTreeSet<usize>> {
        let mut set = self.facts(&|at| !without.contains(&at))?;
        for fact in set.clone() {
            let smaller: BTreeSet<usize> = set.iter().copied().filter(|&other| other != fact).collect();
            if let Some(found) = self.facts(&|at| smaller.contains(&at)) {
                set = found;
            }
        }
        Some(set)
    }

    /// The facts of some proof from allowed facts; nothing if there is none.
    fn facts(&mut self, allowed: &dyn Fn(usize) -> bool) -> Option<BTreeSet<usize>> {
        self.checks = self.checks.saturating_sub(1);
        let derived = self.slice.derive(allowed, |_| true);
        derived[0]?;
        let mut facts = BTreeSet::new();
        let mut seen = vec![false; derived.len()];
        let mut open = vec![0];
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match derived[at] {
                Some(None) if self.slice.tuples[at].given => {
                    facts.insert(at);
                }
                None | Some(None) => {}
                Some(Some(step)) => open.extend(self.slice.needed(step)),
            }
        }
        Some(facts)
    }
}
