//! Which facts would make something true: goals are taken down through the rules to facts that could be given (or taken
//! away where a negation blocks). Best first: fewest facts, then shortest way. What is found here is only proposed; `fix`
//! tries it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::critical::{CriticalLimits, critical};
use super::near::matching;
use super::partial::{Cell, Counts, Parts, Prober, What};
use super::slice::{Slice, SliceLimits};
use super::why_not::next_subset;
use crate::eval::Stop;
use crate::model::{Model, Tuple};
use crate::program::{RelationId, RuleId};
use crate::value::Word;

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AbduceLimits {
    /// Facts added and taken away together.
    pub(super) facts: usize,
    /// Rules on the way to a fact.
    pub(super) depth: usize,
    /// Goals that are taken apart.
    pub(super) states: usize,
    /// Bindings of one rule that are followed.
    pub(super) bindings: usize,
    /// Proposals of one size after which larger ones are not looked for.
    pub(super) proposals: usize,
}

/// A column of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Is(Word),
    /// Any value, the same wherever the number stands.
    Free(u32),
}

/// A tuple that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Goal {
    pub(super) relation: RelationId,
    pub(super) columns: Vec<Column>,
}

/// Facts that would be enough.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub(super) add: Vec<Goal>,
    pub(super) remove: Vec<Tuple>,
    /// The rules on the way, from the goal down, each with what it would give.
    pub(super) way: Vec<(RuleId, Goal)>,
}

/// A goal that is to be made true.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Open {
    goal: Goal,
    /// The step of the way that it is for.
    parent: Option<usize>,
    want: Want,
}

/// What a goal is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    /// True; it is not yet.
    True,
    /// True by a tuple that is not there: an aggregate is to run over one row more.
    New,
    /// True by any tuple: such a row has another part that is new.
    Any,
}

/// Goals still open, and what was decided on the way.
#[derive(Clone, Debug)]
struct State {
    open: Vec<Open>,
    /// For each step of the way the step that it is for.
    above: Vec<Option<usize>>,
    proposal: Proposal,
    free: u32,
}

/// What the search found.
pub(super) struct Proposals {
    pub(super) found: Vec<Proposal>,
    /// Whether there are no others of those sizes that were looked for.
    pub(super) complete: bool,
    /// Whether larger ones were not looked for, for there were enough.
    pub(super) enough: bool,
}

/// Proposals for a goal, those with the fewest facts first. Variables of the goal have numbers below that of its columns.
pub(super) fn abduce(prober: &mut Prober<'_>, goal: Goal, limits: AbduceLimits) -> Result<Proposals, Stop> {
    let free = goal.columns.len();
    let proposal = Proposal { add: Vec::new(), remove: Vec::new(), way: Vec::new() };
    let open = vec![Open { goal, parent: None, want: Want::True }];
    let start = State { open, above: Vec::new(), proposal, free: u32::try_from(free).unwrap_or(u32::MAX) };
    let takes = takes_facts(prober.model);
    let mut search = Search {
        limits,
        below: below(prober.model, &takes),
        takes,
        heap: BinaryHeap::new(),
        states: Vec::new(),
        seen: BTreeSet::new(),
        needed: BTreeMap::new(),
        result: Proposals { found: Vec::new(), complete: true, enough: false },
    };
    search.push(start);
    let mut expanded = 0;
    let mut size = 0;
    while let Some(Reverse((cost, _, at))) = search.heap.pop() {
        // Everything of one size comes before anything larger.
        if cost > size {
            if search.result.found.len() >= limits.proposals {
                search.result.enough = true;
                break;
            }
            size = cost;
        }
        let Some(state) = search.states.get_mut(at).and_then(Option::take) else { continue };
        if state.open.is_empty() {
            search.result.found.push(state.proposal);
            continue;
        }
        expanded += 1;
        if expanded > limits.states || prober.left == 0 {
            search.result.complete = false;
            break;
        }
        search.expand(prober, state)?;
    }
    Ok(search.result)
}

/// Relations that facts are given to: those without rules, and those that hold given ones all the same.
fn takes_facts(model: &Model) -> Vec<bool> {
    let program = model.program();
    let mut takes: Vec<bool> = program.relation_ids().map(|id| model.relation(id).end_of(0) > 0).collect();
    for id in program.relation_ids() {
        takes[id.0 as usize] |= program.rules.iter().all(|rule| rule.head != id);
    }
    takes
}

/// For each relation those that take facts, of what it rests on and itself.
fn below(model: &Model, takes: &[bool]) -> Vec<BTreeSet<RelationId>> {
    let program = model.program();
    let own = |id: RelationId| takes[id.0 as usize].then_some(id).into_iter().collect();
    let mut below: Vec<BTreeSet<RelationId>> = program.relation_ids().map(own).collect();
    loop {
        let mut changed = false;
        for rule in &program.rules {
            let mut more = BTreeSet::new();
            rule.reads(&mut |id, _| more.extend(&below[id.0 as usize]));
            let head = &mut below[rule.head.0 as usize];
            changed |= !more.is_subset(head);
            head.extend(more);
        }
        if !changed {
            return below;
        }
    }
}

/// What slots stand for, and what is put in place of free columns.
type Place<'a> = (&'a BTreeMap<usize, Column>, &'a BTreeMap<u32, Column>);

/// A goal set against the head of a rule.
struct Opened<'a> {
    open: &'a Open,
    parts: &'a Parts,
    bound: Vec<(usize, Word)>,
    /// Slots that stand for free columns of the goal.
    linked: BTreeMap<usize, u32>,
    /// What the head says of other free columns.
    fixed: BTreeMap<u32, Column>,
}

struct Search {
    limits: AbduceLimits,
    takes: Vec<bool>,
    below: Vec<BTreeSet<RelationId>>,
    /// Facts, length of the way, number.
    heap: BinaryHeap<Reverse<(usize, usize, usize)>>,
    states: Vec<Option<State>>,
    seen: BTreeSet<Vec<u32>>,
    /// Facts that all proofs of a tuple need, once asked for.
    needed: BTreeMap<Tuple, Vec<Tuple>>,
    result: Proposals,
}

impl Search {
    fn push(&mut self, state: State) {
        let cost = state.open.len() + state.proposal.add.len() + state.proposal.remove.len();
        if cost > self.limits.facts {
            self.result.complete &= self.facts(&state, &[]) > self.limits.facts;
            return;
        }
        if state.proposal.way.len() > self.limits.depth {
            self.result.complete = false;
            return;
        }
        if self.seen.insert(key(&state)) {
            self.heap.push(Reverse((cost, state.proposal.way.len(), self.states.len())));
            self.states.push(Some(state));
        }
    }

    /// How many facts a state takes at least, with some more goals: those that rest on the same relations may share one.
    fn facts(&self, state: &State, more: &[RelationId]) -> usize {
        let Proposal { add, remove, .. } = &state.proposal;
        let given = add.iter().map(|fact| fact.relation).chain(remove.iter().map(|fact| fact.relation));
        let mut shared: BTreeSet<RelationId> = given.collect();
        let mut facts = add.len() + remove.len();
        let open = state.open.iter().map(|open| open.goal.relation);
        for goal in open.chain(more.iter().copied()) {
            let below = &self.below[goal.0 as usize];
            if shared.is_disjoint(below) {
                facts += 1;
                shared.extend(below);
            }
        }
        facts
    }

    /// Takes the first open goal apart in every way.
    fn expand(&mut self, prober: &mut Prober<'_>, mut state: State) -> Result<(), Stop> {
        let open = state.open.remove(0);
        let goal = &open.goal;
        if self.takes[goal.relation.0 as usize] {
            let mut next = state.clone();
            next.proposal.add.push(goal.clone());
            self.push(next);
        }
        if open.want == Want::Any {
            let is = |column: &Column| if let Column::Is(word) = *column { Some(word) } else { None };
            let pattern: Vec<Option<Word>> = goal.columns.iter().map(is).collect();
            for tuple in matching(prober.model, goal.relation, &pattern).into_iter().take(self.limits.bindings) {
                let columns = tuple.words.iter().copied().map(Column::Is).collect();
                if let Some(renamed) = unify(goal, &Goal { relation: goal.relation, columns }) {
                    let mut next = state.clone();
                    next.rename(&renamed);
                    self.push(next);
                }
            }
        }
        // A fact that is to be given anyhow may do.
        for fact in state.proposal.add.iter().filter(|fact| fact.relation == goal.relation) {
            if let Some(renamed) = unify(goal, fact) {
                let mut next = state.clone();
                next.rename(&renamed);
                self.push(next);
            }
        }
        // What is being made true on another branch needs nothing more; what needs itself leads nowhere.
        let mut ancestors = BTreeSet::new();
        let mut at = open.parent;
        while let Some(step) = at.filter(|&step| ancestors.insert(step)) {
            at = state.above[step];
        }
        let shape = shape(goal);
        let ground = goal.columns.iter().all(|column| matches!(column, Column::Is(_)));
        for (step, (_, other)) in state.proposal.way.iter().enumerate() {
            if self::shape(other) == shape {
                if ground && !ancestors.contains(&step) {
                    self.push(state.clone());
                }
                return Ok(());
            }
        }
        let program = prober.model.program();
        let heads: Vec<RuleId> = program.strata.iter().flat_map(|stratum| &stratum.rules).copied().collect();
        for rule in heads {
            if program.rule(rule).head == goal.relation {
                self.rule(prober, &state, &open, rule)?;
            }
        }
        Ok(())
    }

    /// Takes a goal apart by a rule: the smallest sets of literals without which the rest can be satisfied.
    fn rule(&mut self, prober: &mut Prober<'_>, state: &State, open: &Open, rule: RuleId) -> Result<(), Stop> {
        let parts = prober.parts(rule);
        let mut bound: Vec<(usize, Word)> = Vec::new();
        // Slots that stand for free columns of the goal, and what the head's constants say of those.
        let mut linked: BTreeMap<usize, u32> = BTreeMap::new();
        let mut fixed: BTreeMap<u32, Column> = BTreeMap::new();
        for (cell, column) in parts.head.iter().zip(&open.goal.columns) {
            match (*cell, *column) {
                (Cell::Constant(gives), Column::Is(word)) if gives != word => return Ok(()),
                (Cell::Constant(_), Column::Is(_)) | (Cell::Any, _) => {}
                (Cell::Constant(gives), Column::Free(free)) => {
                    if fixed.insert(free, Column::Is(gives)).is_some_and(|other| other != Column::Is(gives)) {
                        return Ok(());
                    }
                }
                (Cell::Slot(slot), Column::Is(word)) => bound.push((slot, word)),
                (Cell::Slot(slot), Column::Free(free)) => {
                    linked.insert(slot, free);
                }
            }
        }
        for (&slot, free) in &linked {
            if let Some(Column::Is(word)) = fixed.get(free) {
                bound.push((slot, *word));
            }
        }
        linked.retain(|slot, _| bound.iter().all(|(other, _)| other != slot));
        // Comparisons of aggregates may come out otherwise once there are other facts.
        let counting =
            |at: &usize| matches!(&parts.parts[*at].what, What::Compare { counts, .. } if !counts.is_empty());
        let counts: Vec<usize> = (0..parts.parts.len()).filter(counting).collect();
        let goal = Opened { open, parts: &parts, bound, linked, fixed };
        let mut satisfied: Vec<Vec<usize>> = Vec::new();
        self.least(prober, state, &goal, &[], &mut satisfied)?;
        if !counts.is_empty() {
            self.least(prober, state, &goal, &counts, &mut satisfied)?;
        }
        Ok(())
    }

    /// Goes on from the least sets of atoms without which, and without some comparisons of aggregates, the rest of a body
    /// can be satisfied.
    fn least(
        &mut self,
        prober: &mut Prober<'_>,
        state: &State,
        opened: &Opened<'_>,
        counts: &[usize],
        satisfied: &mut Vec<Vec<usize>>,
    ) -> Result<(), Stop> {
        let parts = opened.parts;
        let is_atom = |at: &usize| matches!(parts.parts[*at].what, What::Atom { .. });
        let atoms: Vec<usize> = (0..parts.parts.len()).filter(is_atom).collect();
        // Free columns that matter to what else is open.
        let elsewhere = |free: u32| {
            let others = state.open.iter().map(|open| &open.goal).chain(&state.proposal.add);
            others.flat_map(|goal| &goal.columns).any(|column| *column == Column::Free(free))
        };
        let used = state.open.len() + state.proposal.add.len() + state.proposal.remove.len();
        let room = self.limits.facts.saturating_sub(used).min(atoms.len());
        for size in usize::from(opened.open.want == Want::New)..=room {
            let mut set: Vec<usize> = (0..size).collect();
            loop {
                let mut dropped: Vec<usize> = set.iter().map(|&at| atoms[at]).collect();
                let contains = |smaller: &Vec<usize>| smaller.iter().all(|part| dropped.contains(part));
                if !satisfied.iter().any(contains) {
                    let least = dropped.clone();
                    dropped.extend(counts);
                    let linked = opened.linked.iter();
                    let mut wanted: Vec<usize> = dropped.iter().flat_map(|&part| parts.slots(part)).collect();
                    wanted.extend(linked.filter(|(_, free)| elsewhere(**free)).map(|(&slot, _)| slot));
                    wanted.sort_unstable();
                    wanted.dedup();
                    let Some(found) = prober.ask(parts, &opened.bound, &dropped, &wanted, 2_000)? else {
                        self.result.complete = false;
                        return Ok(());
                    };
                    if !found.rows.is_empty() {
                        satisfied.push(least);
                    }
                    self.result.complete &= !found.more && found.rows.len() <= self.limits.bindings;
                    for row in found.rows.iter().take(self.limits.bindings) {
                        self.branch(prober, state, opened, &dropped, size == 0 && !counts.is_empty(), row)?;
                    }
                }
                if !next_subset(&mut set, atoms.len()) {
                    break;
                }
            }
        }
        // Larger sets are as many goals more than there is room for, which a few facts may serve all the same.
        let mut set: Vec<usize> = (0..=room).collect();
        while self.result.complete && room < atoms.len() {
            let dropped: Vec<usize> = set.iter().map(|&at| atoms[at]).collect();
            let relation = |&part: &usize| match parts.parts[part].what {
                What::Atom { relation, .. } => Some(relation),
                What::Compare { .. } => None,
            };
            let more: Vec<RelationId> = dropped.iter().filter_map(relation).collect();
            let covered = satisfied.iter().any(|smaller| smaller.iter().all(|part| dropped.contains(part)));
            self.result.complete = covered || self.facts(state, &more) > self.limits.facts;
            if !next_subset(&mut set, atoms.len()) {
                break;
            }
        }
        Ok(())
    }

    /// One binding under which only the literals left out are missing: each atom becomes a goal of its own. If only
    /// aggregates stand in the way (`counts`), there is to be a row more or a row less for one of them.
    fn branch(
        &mut self,
        prober: &Prober<'_>,
        state: &State,
        opened: &Opened<'_>,
        dropped: &[usize],
        counts: bool,
        row: &[(usize, Word)],
    ) -> Result<(), Stop> {
        let mut known: BTreeMap<usize, Column> = BTreeMap::new();
        known.extend(opened.linked.iter().map(|(&slot, &free)| (slot, Column::Free(free))));
        known.extend(opened.bound.iter().chain(row).map(|&(slot, word)| (slot, Column::Is(word))));
        let mut renamed = opened.fixed.clone();
        for (slot, free) in &opened.linked {
            if let Some(&Column::Is(word)) = known.get(slot)
                && renamed.insert(*free, Column::Is(word)).is_some_and(|other| other != Column::Is(word))
            {
                return Ok(());
            }
        }
        let pattern = |columns: &[Cell]| -> Vec<Option<Word>> {
            let word = |cell: &Cell| match cell {
                Cell::Constant(word) => Some(*word),
                Cell::Slot(slot) => match known.get(slot) {
                    Some(Column::Is(word)) => Some(*word),
                    Some(Column::Free(_)) | None => None,
                },
                Cell::Any => None,
            };
            columns.iter().map(word).collect()
        };
        let mut wanted: Vec<(RelationId, &[Cell])> = Vec::new();
        let mut blocked: Vec<Tuple> = Vec::new();
        let mut counted: Vec<&Counts> = Vec::new();
        for &part in dropped {
            match &opened.parts.parts[part].what {
                What::Atom { relation, negated: true, columns } => {
                    let value = |slot: usize| match known.get(&slot) {
                        Some(Column::Is(word)) => Some(*word),
                        Some(Column::Free(_)) | None => None,
                    };
                    let there = matching(prober.model, *relation, &pattern(columns)).into_iter();
                    let fits = |tuple: &Tuple| opened.parts.fits(part, &tuple.words, &value, &prober.values);
                    blocked.extend(there.filter(fits));
                }
                What::Atom { relation, negated: false, columns } => wanted.push((*relation, columns)),
                What::Compare { counts, .. } => counted.extend(counts),
            }
        }
        if !counts {
            let place = (&known, &renamed);
            return match opened.open.want {
                Want::New => self.one_is_new(prober, state, opened, place, &wanted, &blocked),
                Want::True | Want::Any => {
                    let wanted: Vec<_> = wanted.into_iter().map(|(id, columns)| (id, columns, Want::True)).collect();
                    self.follow(prober, state, opened, place, &wanted, &blocked)
                }
            };
        }
        let place = (&known, &renamed);
        // Several rows more or less are not thought of.
        self.result.complete = false;
        for atoms in counted {
            let more: Vec<(RelationId, &[Cell])> =
                atoms.iter().map(|(id, columns)| (*id, columns.as_slice())).collect();
            self.one_is_new(prober, state, opened, place, &more, &[])?;
            for (relation, columns) in atoms {
                let rows = matching(prober.model, *relation, &pattern(columns));
                for tuple in rows.into_iter().take(self.limits.bindings) {
                    self.follow(prober, state, opened, place, &[], &[tuple])?;
                }
            }
        }
        Ok(())
    }

    /// The states in which some atoms are wanted, each in turn by a tuple that is not there, and some tuples are to go.
    fn one_is_new(
        &mut self,
        prober: &Prober<'_>,
        state: &State,
        opened: &Opened<'_>,
        place: Place<'_>,
        wanted: &[(RelationId, &[Cell])],
        blocked: &[Tuple],
    ) -> Result<(), Stop> {
        for new in 0..wanted.len() {
            let want = |at: usize| if at == new { Want::New } else { Want::Any };
            let wanted: Vec<_> =
                wanted.iter().enumerate().map(|(at, &(relation, columns))| (relation, columns, want(at))).collect();
            self.follow(prober, state, opened, place, &wanted, blocked)?;
        }
        Ok(())
    }

    /// The states in which some atoms are wanted and some tuples are to go.
    fn follow(
        &mut self,
        prober: &Prober<'_>,
        state: &State,
        opened: &Opened<'_>,
        (known, renamed): Place<'_>,
        wanted: &[(RelationId, &[Cell], Want)],
        blocked: &[Tuple],
    ) -> Result<(), Stop> {
        let mut known = known.clone();
        let mut next = state.clone();
        let mut goals = Vec::new();
        for &(relation, columns, want) in wanted {
            let mut fresh = || {
                let free = next.free;
                next.free += 1;
                Column::Free(free)
            };
            let columns = columns
                .iter()
                .map(|cell| match cell {
                    Cell::Constant(word) => Column::Is(*word),
                    Cell::Slot(slot) => *known.entry(*slot).or_insert_with(&mut fresh),
                    Cell::Any => fresh(),
                })
                .collect();
            let goal = Open { goal: Goal { relation, columns }, parent: Some(next.above.len()), want };
            if !goals.contains(&goal) {
                goals.push(goal);
            }
        }
        next.proposal.way.push((opened.parts.rule, opened.open.goal.clone()));
        next.above.push(opened.open.parent);
        goals.append(&mut next.open);
        next.open = goals;
        next.rename(renamed);
        for removed in self.removals(prober, blocked)? {
            let mut next = next.clone();
            next.proposal.remove.extend(removed);
            next.proposal.remove.sort();
            next.proposal.remove.dedup();
            self.push(next);
        }
        Ok(())
    }

    /// Sets of given facts without which some tuples would be gone: of each tuple itself, or one that all its proofs need.
    fn removals(&mut self, prober: &Prober<'_>, blocked: &[Tuple]) -> Result<Vec<Vec<Tuple>>, Stop> {
        let mut sets: BTreeSet<Vec<Tuple>> = BTreeSet::from([Vec::new()]);
        for tuple in blocked {
            if !self.needed.contains_key(tuple) {
                let slice = SliceLimits { tuples: 500, steps: 2_000, instances: 100 };
                let limits = CriticalLimits { slice, siblings: 0, pairs: 0 };
                let found = critical(prober.model, tuple, limits, prober.options)?;
                let needed = found.map_or_else(Vec::new, |it| it.at_hand);
                // Of several proofs one fact each would have to go, and what a proof says is absent could be given.
                let slice = Slice::of(prober.model, tuple, slice, prober.options)?;
                let given = slice.tuples.iter().filter(|node| node.given).count();
                let counts = slice.steps.iter().any(|step| !step.aggregates.is_empty());
                let all = slice.complete && slice.absences.is_empty() && !counts && given == needed.len();
                self.result.complete &= all;
                self.needed.insert(tuple.clone(), needed);
            }
            // One fact may bear several of them.
            let mut longer = BTreeSet::new();
            for set in &sets {
                for fact in &self.needed[tuple] {
                    let mut set: BTreeSet<Tuple> = set.iter().cloned().collect();
                    set.insert(fact.clone());
                    if set.len() <= self.limits.facts {
                        longer.insert(set.into_iter().collect::<Vec<_>>());
                    }
                }
            }
            self.result.complete &= longer.len() <= self.limits.bindings;
            sets = longer.into_iter().take(self.limits.bindings).collect();
        }
        Ok(sets.into_iter().collect())
    }
}

impl State {
    /// Puts what is now known in place of free columns.
    fn rename(&mut self, renamed: &BTreeMap<u32, Column>) {
        if renamed.is_empty() {
            return;
        }
        let goals = self.open.iter_mut().map(|open| &mut open.goal).chain(&mut self.proposal.add);
        for goal in goals.chain(self.proposal.way.iter_mut().map(|(_, goal)| goal)) {
            for column in &mut goal.columns {
                // A chain of renamings is as long as the columns are many.
                for _ in 0..=renamed.len() {
                    let Column::Free(free) = column else { break };
                    let Some(to) = renamed.get(free) else { break };
                    *column = *to;
                }
            }
        }
    }
}

/// What must be put in place of free columns so that two goals are one.
fn unify(goal: &Goal, fact: &Goal) -> Option<BTreeMap<u32, Column>> {
    let mut renamed: BTreeMap<u32, Column> = BTreeMap::new();
    let resolve = |column: Column, renamed: &BTreeMap<u32, Column>| {
        let mut column = column;
        while let Column::Free(free) = column {
            let Some(&to) = renamed.get(&free) else { break };
            column = to;
        }
        column
    };
    for (&left, &right) in goal.columns.iter().zip(&fact.columns) {
        match (resolve(left, &renamed), resolve(right, &renamed)) {
            (left, right) if left == right => {}
            (Column::Free(free), other) | (other, Column::Free(free)) => {
                renamed.insert(free, other);
            }
            (Column::Is(_), Column::Is(_)) => return None,
        }
    }
    Some(renamed)
}

/// A goal with its free columns numbered in order.
fn shape(goal: &Goal) -> Goal {
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut columns = goal.columns.clone();
    for column in &mut columns {
        if let Column::Free(free) = column {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *free = *numbers.entry(*free).or_insert(next);
        }
    }
    Goal { relation: goal.relation, columns }
}

/// A state as numbers, with its free columns numbered in order: equal for states that differ in nothing else.
fn key(state: &State) -> Vec<u32> {
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut key = Vec::new();
    let open: Vec<&Goal> = state.open.iter().map(|open| &open.goal).collect();
    for goals in [open, state.proposal.add.iter().collect()] {
        key.push(u32::try_from(goals.len()).unwrap_or(u32::MAX));
        for goal in goals {
            key.push(goal.relation.0);
            for column in &goal.columns {
                match column {
                    Column::Is(word) => key.extend([0, *word]),
                    Column::Free(free) => {
                        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                        key.extend([1, *numbers.entry(*free).or_insert(next)]);
                    }
                }
            }
        }
    }
    key.extend(state.open.iter().map(|open| open.want as u32));
    for tuple in &state.proposal.remove {
        key.push(tuple.relation.0);
        key.extend(&tuple.words);
    }
    key
}
