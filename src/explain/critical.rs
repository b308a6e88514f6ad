//! What every proof of a tuple needs: facts and rules without which it would not hold, absences that must stay, and pairs
//! of facts of which one suffices.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::ask::Asker;
use super::sibling::{Changes, sibling};
use super::slice::{Slice, SliceLimits, counted};
use crate::eval::{Options, Stop};
use crate::model::{Model, Tuple};
use crate::program::{Literal, RelationId, RuleId};
use crate::storage::Origin;
use crate::value::{Values, Word};

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CriticalLimits {
    /// How much of the slice is built.
    pub slice: SliceLimits,
    /// Sibling models that are evaluated where negation or aggregates bear on the tuple.
    pub siblings: usize,
    /// Pairs that are listed.
    pub pairs: usize,
}

impl Default for CriticalLimits {
    fn default() -> Self {
        Self { slice: SliceLimits::default(), siblings: 2_000, pairs: 100 }
    }
}

/// What a tuple cannot do without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Critical {
    /// Given facts without which it would not hold, in order of their text, each with where it was read.
    pub facts: Vec<(Tuple, Option<Origin>)>,
    /// Rules without which it would not hold, one of each clause, in order.
    pub rules: Vec<RuleId>,
    /// Given facts in every proof at hand. Most are among `facts`; without some of the others new proofs come.
    pub at_hand: Vec<Tuple>,
    /// Absences that every proof needs: if a tuple like this came, the conclusion would go.
    pub absences: Vec<Needed>,
    /// Facts of which one suffices: the conclusion goes with both, and not with either.
    pub pairs: Vec<(Tuple, Tuple)>,
    /// Whether everything was looked at: if not, there may be more of each.
    pub complete: bool,
    /// Sibling models that were evaluated to be sure.
    pub siblings: usize,
    /// Tuples and rule instances that bear on the conclusion.
    pub slice: (usize, usize),
}

/// An absence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needed {
    /// The relation.
    pub relation: RelationId,
    /// The columns that were looked for; none for any value.
    pub pattern: Vec<Option<Word>>,
}

/// What a tuple cannot do without; nothing if the model does not have it.
///
/// Inside the slice this is a greatest fixpoint over an and-or graph (what a step needs is the union over its premises,
/// what a tuple needs is what all its steps share): f is in every proof exactly if nothing follows without f, and "follows
/// without f" is a least fixpoint, whose complement this is. The same equations give the dominators of a flow graph (Allen
/// and Cocke, 1972). Where a deletion may add tuples (through negation or aggregates), each candidate is checked in a
/// sibling model.
///
/// # Errors
/// A limit of evaluation was met, or someone interrupted.
pub fn critical(
    model: &Model,
    tuple: &Tuple,
    limits: CriticalLimits,
    options: &Options,
) -> Result<Option<Critical>, Stop> {
    if model.row_of(tuple).is_none() {
        return Ok(None);
    }
    let mut budget = limits.siblings;
    let cone = Cone::of(model, tuple, limits, options)?;
    let found = cone.single(&mut budget)?;
    let mut complete = cone.slice.complete && found.complete;
    let absences = cone.absences(&found, &mut budget, &mut complete)?;
    let pairs = cone.pairs(&found, &mut budget, &mut complete)?;
    let mut at_hand: Vec<Tuple> = found.at_hand.iter().map(|&at| cone.slice.tuples[at].tuple.clone()).collect();
    at_hand.sort_by_cached_key(|fact| model.literal(fact));
    let origin = |tuple: Tuple| {
        let origin = model.origin(&tuple);
        (tuple, origin)
    };
    Ok(Some(Critical {
        facts: found.facts.into_iter().map(origin).collect(),
        rules: found.rules,
        at_hand,
        absences,
        pairs,
        complete,
        siblings: limits.siblings - budget,
        slice: (cone.slice.tuples.len(), cone.slice.steps.len()),
    }))
}

/// Everything whose deletion may bear on a tuple.
struct Cone<'a> {
    model: &'a Model,
    tuple: &'a Tuple,
    limits: CriticalLimits,
    options: &'a Options,
    slice: Slice,
    values: Arc<Values>,
    /// Tuples whose loss may break a proof from outside: it may add what a proof needs absent, or change an aggregate.
    uncertain: Vec<bool>,
    /// Whether a loss may add tuples that prove the tuple anew.
    repairs: bool,
}

/// Facts and rules that a tuple cannot do without.
struct Single {
    facts: Vec<Tuple>,
    rules: Vec<RuleId>,
    absences: Vec<usize>,
    /// Facts in every proof at hand, by their numbers in the slice; without some of them other proofs may come.
    at_hand: BTreeSet<usize>,
    complete: bool,
}

impl<'a> Cone<'a> {
    fn of(model: &'a Model, tuple: &'a Tuple, limits: CriticalLimits, options: &'a Options) -> Result<Self, Stop> {
        let mut slice = Slice::new();
        let mut asker = Asker::new(model, options);
        slice.add(tuple);
        slice.expand(&mut asker, limits.slice)?;
        // Relations of which losing a tuple may add tuples to what proofs need absent, until nothing new turns up.
        let mut losers: BTreeSet<RelationId> = BTreeSet::new();
        loop {
            let fresh: Vec<RelationId> = threats(model, &slice).difference(&losers).copied().collect();
            if fresh.is_empty() {
                break;
            }
            losers.extend(&fresh);
            for id in fresh {
                for row in model.relation(id).rows() {
                    if slice.tuples.len() >= limits.slice.tuples {
                        slice.complete = false;
                        break;
                    }
                    slice.add(&Tuple { relation: id, words: row.into() });
                }
            }
            slice.expand(&mut asker, limits.slice)?;
        }
        let counted = slice.steps.iter().flat_map(|step| &step.aggregates).flat_map(|aggregate| &aggregate.rows);
        let mut from: Vec<usize> = counted.flat_map(|(_, row)| row.iter().copied()).collect();
        from.extend((0..slice.tuples.len()).filter(|&at| losers.contains(&slice.tuples[at].tuple.relation)));
        let uncertain = slice.reach(from);
        let repairs = !losing(model, vec![tuple.relation]).is_empty();
        Ok(Self { model, tuple, limits, options, slice, values: asker.values, uncertain, repairs })
    }

    /// Whether the tuple holds in a sibling; nothing where that cannot be told: the budget is spent, or a functor fails.
    fn holds(&self, changes: &Changes, budget: &mut usize) -> Result<Option<bool>, Stop> {
        Ok(self.without(changes, budget)?.map(|model| model.row_of(self.tuple).is_some()))
    }

    fn without(&self, changes: &Changes, budget: &mut usize) -> Result<Option<Model>, Stop> {
        let Some(left) = budget.checked_sub(1) else { return Ok(None) };
        *budget = left;
        let (wanted, values) = ([self.tuple.relation], Some(Arc::clone(&self.values)));
        match sibling(self.model, changes, Some(&wanted), values, self.options) {
            Ok(model) => Ok(Some(model)),
            Err(Stop::Failed { .. }) => Ok(None),
            Err(stop) => Err(stop),
        }
    }

    /// What no proof can do without, by one deletion each.
    fn single(&self, budget: &mut usize) -> Result<Single, Stop> {
        let slice = &self.slice;
        let needed = self.fixpoint(&self.leaves(&|_| true), &|_| true);
        let doubtful = |at: usize| slice.tuples[at].given && self.uncertain[at];
        let at_hand: BTreeSet<usize> = needed.facts.iter().copied().filter(|&at| !doubtful(at)).collect();
        let mut candidates: Vec<usize> = at_hand.iter().copied().collect();
        candidates.extend((0..slice.tuples.len()).filter(|&at| doubtful(at)));
        let mut complete = true;
        let mut facts: Vec<Tuple> = Vec::new();
        for at in candidates {
            let fact = slice.tuples[at].tuple.clone();
            let holds = if self.repairs || self.uncertain[at] {
                self.holds(&Changes::removing(vec![fact.clone()]), budget)?
            } else {
                Some(false)
            };
            complete &= holds.is_some();
            if holds == Some(false) {
                facts.push(fact);
            }
        }
        facts.sort_by_cached_key(|fact| self.model.literal(fact));
        // Rules whose tuples are uncertain are tried, whether or not every proof at hand uses them.
        let clause = |rule: RuleId| self.model.program().rule(rule).clause;
        let uncertain = slice.tuples.iter().zip(&self.uncertain).filter(|(_, uncertain)| **uncertain);
        let uncertain: BTreeMap<u32, RuleId> = uncertain
            .flat_map(|(node, _)| &node.steps)
            .map(|&step| (clause(slice.steps[step].rule), slice.steps[step].rule))
            .collect();
        let mut candidates: BTreeMap<u32, RuleId> = needed.rules.iter().map(|&rule| (clause(rule), rule)).collect();
        candidates.extend(&uncertain);
        let mut rules = Vec::new();
        for (of, rule) in candidates {
            let holds = if self.repairs || uncertain.contains_key(&of) {
                self.holds(&Changes::dropping(self.clause(of)), budget)?
            } else {
                Some(false)
            };
            complete &= holds.is_some();
            if holds == Some(false) {
                rules.push(rule);
            }
        }
        rules.sort_unstable();
        Ok(Single { facts, rules, absences: needed.absences, at_hand, complete })
    }

    /// The rules of a clause.
    fn clause(&self, clause: u32) -> Vec<RuleId> {
        self.model.program().rules().filter(|(_, rule)| rule.clause == clause).map(|(id, _)| id).collect()
    }

    /// Absences that every proof needs. Where the pattern is a tuple, adding it is tried in a sibling.
    fn absences(&self, found: &Single, budget: &mut usize, complete: &mut bool) -> Result<Vec<Needed>, Stop> {
        let mut absences = Vec::new();
        for &at in &found.absences {
            let (relation, pattern) = &self.slice.absences[at];
            let words: Option<Box<[Word]>> = pattern.iter().copied().collect();
            if let Some(words) = words
                && (self.repairs || self.uncertain.contains(&true))
            {
                let added = Tuple { relation: *relation, words };
                match self.holds(&Changes::adding(vec![added]), budget)? {
                    Some(true) => continue,
                    Some(false) => {}
                    None => *complete = false,
                }
            }
            absences.push(Needed { relation: *relation, pattern: pattern.clone() });
        }
        absences.sort();
        Ok(absences)
    }

    /// Pairs of facts of which one suffices.
    fn pairs(&self, found: &Single, budget: &mut usize, complete: &mut bool) -> Result<Vec<(Tuple, Tuple)>, Stop> {
        let alone: BTreeSet<&Tuple> = found.facts.iter().collect();
        // One of a pair stands in the proof at hand, or bears on what it says is absent or counted.
        let mut firsts: BTreeSet<usize> = self.leaves(&|_| true).facts.into_iter().collect();
        firsts.extend((0..self.slice.tuples.len()).filter(|&at| self.slice.tuples[at].given && self.uncertain[at]));
        let text = |tuple: &Tuple| self.model.literal(tuple);
        let mut pairs: BTreeSet<[Tuple; 2]> = BTreeSet::new();
        for first in firsts {
            if pairs.len() > self.limits.pairs {
                break;
            }
            let fact = &self.slice.tuples[first].tuple;
            if alone.contains(fact) {
                continue;
            }
            let others = if self.uncertain.contains(&true) || found.at_hand.contains(&first) {
                self.partners(fact, budget, complete)?
            } else {
                let needed = self.fixpoint(&self.leaves(&|at| at != first), &|at| at != first);
                needed.facts.iter().map(|&at| self.slice.tuples[at].tuple.clone()).collect()
            };
            for other in others.into_iter().filter(|other| !alone.contains(other)) {
                let mut both = [fact.clone(), other];
                // A first fact that other proofs replace was tried in a sibling of its own.
                let tried = self.uncertain.contains(&true) || found.at_hand.contains(&first) || !self.repairs;
                if !tried {
                    let holds = self.holds(&Changes::removing(both.to_vec()), budget)?;
                    *complete &= holds.is_some();
                    if holds != Some(false) {
                        continue;
                    }
                }
                both.sort_by_cached_key(text);
                pairs.insert(both);
            }
        }
        let mut pairs: Vec<(Tuple, Tuple)> = pairs.into_iter().map(|[one, other]| (one, other)).collect();
        pairs.sort_by_cached_key(|(one, other)| (text(one), text(other)));
        if pairs.len() > self.limits.pairs {
            pairs.truncate(self.limits.pairs);
            *complete = false;
        }
        Ok(pairs)
    }

    /// What the tuple cannot do without once a fact is gone.
    fn partners(&self, fact: &Tuple, budget: &mut usize, complete: &mut bool) -> Result<Vec<Tuple>, Stop> {
        let Some(without) = self.without(&Changes::removing(vec![fact.clone()]), budget)? else {
            *complete = false;
            return Ok(Vec::new());
        };
        if without.row_of(self.tuple).is_none() {
            return Ok(Vec::new());
        }
        let cone = Cone::of(&without, self.tuple, self.limits, self.options)?;
        let single = cone.single(budget)?;
        *complete &= cone.slice.complete && single.complete;
        Ok(single.facts)
    }

    /// The leaves of one proof of the tuple: whatever every proof needs is among them.
    fn leaves(&self, fact: &dyn Fn(usize) -> bool) -> Leaves {
        let derived = self.slice.derive(fact, |_| true);
        let mut leaves = Leaves::default();
        let mut seen = vec![false; self.slice.tuples.len()];
        let mut open = vec![0];
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match derived[at] {
                None => {}
                Some(None) => leaves.facts.push(at),
                Some(Some(step)) => {
                    leaves.rules.push(self.slice.steps[step].rule);
                    leaves.absences.extend(&self.slice.steps[step].absences);
                    open.extend(self.slice.steps[step].premises.iter());
                }
            }
        }
        leaves.facts.sort_unstable();
        leaves.rules.sort_unstable();
        let program = self.model.program();
        leaves.rules.dedup_by_key(|rule| program.rule(*rule).clause);
        leaves.absences.sort_unstable();
        leaves.absences.dedup();
        leaves
    }

    /// Which of some leaves are in every proof that uses given facts as `fact` allows.
    fn fixpoint(&self, leaves: &Leaves, fact: &dyn Fn(usize) -> bool) -> Leaves {
        let program = self.model.program();
        let facts: BTreeMap<usize, usize> = leaves.facts.iter().enumerate().map(|(bit, &at)| (at, bit)).collect();
        let shift = facts.len();
        let rules: BTreeMap<u32, usize> =
            leaves.rules.iter().enumerate().map(|(bit, &rule)| (program.rule(rule).clause, shift + bit)).collect();
        let shift = shift + leaves.rules.len();
        let absences: BTreeMap<usize, usize> =
            leaves.absences.iter().enumerate().map(|(bit, &at)| (at, shift + bit)).collect();
        let bits = Bits { words: (shift + leaves.absences.len()).div_ceil(64) };
        let slice = &self.slice;
        let mut sets: Vec<Vec<u64>> = vec![bits.full(); slice.tuples.len()];
        for component in slice.components() {
            loop {
                let mut changed = false;
                for &at in &component {
                    let node = &slice.tuples[at];
                    let mut all = if node.cut { bits.empty() } else { bits.full() };
                    if node.given && fact(at) {
                        let mut own = bits.empty();
                        facts.get(&at).iter().for_each(|&&bit| bits.set(&mut own, bit));
                        bits.meet(&mut all, &own);
                    }
                    for &step in &node.steps {
                        let step = &slice.steps[step];
                        let mut union = bits.empty();
                        rules.get(&program.rule(step.rule).clause).iter().for_each(|&&bit| bits.set(&mut union, bit));
                        let needed = step.absences.iter().filter_map(|absence| absences.get(absence));
                        needed.for_each(|&bit| bits.set(&mut union, bit));
                        step.premises.iter().for_each(|&premise| bits.join(&mut union, &sets[premise]));
                        bits.meet(&mut all, &union);
                    }
                    if all != sets[at] {
                        sets[at] = all;
                        changed = true;
                    }
                }
                if !changed {
                    break;
                }
            }
        }
        let root = &sets[0];
        let keep = |bit: usize| bits.has(root, bit);
        Leaves {
            facts: facts.iter().filter(|&(_, &bit)| keep(bit)).map(|(&at, _)| at).collect(),
            rules: leaves.rules.iter().copied().filter(|&rule| keep(rules[&program.rule(rule).clause])).collect(),
            absences: absences.iter().filter(|&(_, &bit)| keep(bit)).map(|(&at, _)| at).collect(),
        }
    }
}

/// Relations of which losing a tuple may add a tuple to what the slice says is absent, or change what it counts.
fn threats(model: &Model, slice: &Slice) -> BTreeSet<RelationId> {
    let mut gained: Vec<RelationId> = slice.absences.iter().map(|(relation, _)| *relation).collect();
    let mut lost = BTreeSet::new();
    for aggregate in slice.steps.iter().flat_map(|step| &step.aggregates) {
        gained.extend(aggregate.reads.iter().map(|(id, _)| *id));
        let negated = aggregate.reads.iter().filter(|(id, negated)| *negated && !model.relation(*id).is_empty());
        lost.extend(negated.map(|(id, _)| *id));
    }
    lost.extend(losing(model, gained));
    lost
}

/// Relations of which losing a tuple may add one to some others.
///
/// The rules are followed down: through a positive atom a gain comes from a gain, through a negated one from a loss,
/// through an aggregate from either. A relation without tuples has none to lose.
fn losing(model: &Model, gained: Vec<RelationId>) -> BTreeSet<RelationId> {
    let program = model.program();
    let mut open = gained;
    let mut seen = BTreeSet::new();
    let mut lost = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let rules = program.strata.iter().flat_map(|stratum| &stratum.rules).map(|&rule| program.rule(rule));
        for rule in rules.filter(|rule| rule.head == id) {
            for literal in &rule.body {
                match literal {
                    Literal::Positive(atom) => open.push(atom.relation),
                    Literal::Negative(atom) => {
                        lost.insert(atom.relation);
                    }
                    Literal::Compare(_) => {}
                }
            }
            for (relation, _) in counted(rule) {
                open.push(relation);
                lost.insert(relation);
            }
        }
    }
    lost.retain(|&id| !model.relation(id).is_empty());
    lost
}

/// Leaves of proofs: tuples and absences by their numbers in the slice, rules one of each clause.
#[derive(Default)]
struct Leaves {
    facts: Vec<usize>,
    rules: Vec<RuleId>,
    absences: Vec<usize>,
}

/// Sets of leaves.
#[derive(Clone, Copy)]
struct Bits {
    words: usize,
}

impl Bits {
    fn full(self) -> Vec<u64> {
        vec![u64::MAX; self.words]
    }

    fn empty(self) -> Vec<u64> {
        vec![0; self.words]
    }

    fn set(self, to: &mut [u64], bit: usize) {
        to[bit / 64] |= 1 << (bit % 64);
    }

    fn has(self, of: &[u64], bit: usize) -> bool {
        of[bit / 64] & (1 << (bit % 64)) != 0
    }

    fn join(self, to: &mut [u64], other: &[u64]) {
        to.iter_mut().zip(other).for_each(|(to, other)| *to |= other);
    }

    fn meet(self, to: &mut [u64], other: &[u64]) {
        to.iter_mut().zip(other).for_each(|(to, other)| *to &= other);
    }
}
