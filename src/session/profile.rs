//! Where the time of an evaluation went: as a whole, and rule by rule.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::eval::Observer;
use crate::plan::{Part, RulePlan, Step};
use crate::program::{RelationId, RuleId};
use crate::storage::Round;

/// How long the parts of making a model took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Checking the rules.
    pub check: Duration,
    /// Reading facts and keeping them.
    pub load: Duration,
    /// Deriving what follows.
    pub evaluate: Duration,
}

/// What one rule did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleProfile {
    /// How often it was run: once a round and atom that reads a delta.
    pub runs: u64,
    /// How often its head was derived.
    pub derived: u64,
    /// How many of these tuples were new.
    pub added: u64,
    /// How long it ran. With several threads, rules overlap: of each it is how long the calling thread was at it, what it
    /// did meanwhile for later ones included.
    pub time: Duration,
    /// The orders in which its atoms were joined, by the position of the atom that reads the delta; of each the last.
    pub orders: BTreeMap<Option<usize>, Vec<Joined>>,
}

/// An atom in a join order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The relation.
    pub relation: RelationId,
    /// Whether only the last round's rows are read.
    pub delta: bool,
    /// Whether there must be no such row.
    pub negated: bool,
}

/// Listens to an evaluation and keeps what its rules did.
#[derive(Debug, Default)]
pub(super) struct Profiler {
    /// Who else listens.
    next: Option<Arc<dyn Observer>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    begun: Option<Instant>,
    rules: BTreeMap<RuleId, RuleProfile>,
}

impl Profiler {
    /// One that passes on what it hears to another listener.
    pub(super) fn before(next: Option<Arc<dyn Observer>>) -> Self {
        Self { next, ..Self::default() }
    }

    /// What was kept, by rule.
    pub(super) fn rules(&self) -> BTreeMap<RuleId, RuleProfile> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).rules.clone()
    }
}

impl Observer for Profiler {
    fn begins(&self, rule: RuleId) {
        self.next.iter().for_each(|next| next.begins(rule));
        self.state.lock().unwrap_or_else(PoisonError::into_inner).begun = Some(Instant::now());
    }

    fn ran(&self, plan: &RulePlan, derived: usize, added: usize) {
        self.next.iter().for_each(|next| next.ran(plan, derived, added));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let time = state.begun.take().map_or(Duration::ZERO, |begun| begun.elapsed());
        let rule = state.rules.entry(plan.rule).or_default();
        rule.runs += 1;
        rule.derived += derived as u64;
        rule.added += added as u64;
        rule.time += time;
        rule.orders.insert(plan.delta, order(plan));
    }

    fn round(&self, round: Round, rows: usize) {
        self.next.iter().for_each(|next| next.round(round, rows));
    }
}

/// The atoms of a plan in the order of its steps; those that are intersected come one after another.
fn order(plan: &RulePlan) -> Vec<Joined> {
    let mut order = Vec::new();
    let mut join = |relation, part, negated| order.push(Joined { relation, delta: part == Part::Delta, negated });
    for step in &plan.body.steps {
        match step {
            Step::Scan { relation, part, .. } | Step::Lookup { relation, part, .. } => join(*relation, *part, false),
            Step::Exists { relation, part, negated, .. } => join(*relation, *part, *negated),
            Step::Intersect { arms, .. } => arms.iter().for_each(|arm| join(arm.relation, Part::All, false)),
            Step::Assign { .. }
            | Step::Match { .. }
            | Step::Filter { .. }
            | Step::Range { .. }
            | Step::Aggregate { .. } => {}
        }
    }
    order
}
