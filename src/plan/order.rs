//! The order of a body's literals: chosen from the sizes at hand. Each first atom is tried with a greedy rest, and the
//! cheapest whole is taken. What may fail runs after every literal that does not need its result, so that an error does
//! not depend on the order in which the author wrote the literals.

use super::body::{Argument, Flat, Item, Side, fails_inside, fallible, has_counter, variables};
use super::step::{AggregatePlan, Arm, BodyPlan, Expression, Operand, Part, RulePlan, Slot, Step};
use crate::program::{Aggregate, AggregateOp, Atom, CompareOp, Literal, Program, RelationId, Rule, RuleId, Term};
use crate::value::{FALSE, Kind, TypeTable};

/// So many atoms of a body are tried as the first: a rule of a thousand atoms must not take longer to plan than to run.
const MOST_FIRSTS: usize = 32;

/// What is known of the relations when a plan is made.
pub trait Statistics {
    /// How many rows a relation has.
    fn rows(&self, relation: RelationId) -> usize;
    /// About how many distinct values some columns have together.
    fn distinct(&self, relation: RelationId, columns: &[usize]) -> usize;
    /// Whether the relation belongs to the stratum that is being evaluated.
    fn recursive(&self, relation: RelationId) -> bool;
    /// Whether values may be found by intersecting columns of finished relations.
    fn intersects(&self) -> bool;
}

/// Plans a rule; with `delta`, the positive atom at that position of the body reads what the last round added.
#[must_use]
pub fn plan_rule(program: &Program, id: RuleId, delta: Option<usize>, statistics: &dyn Statistics) -> RulePlan {
    let rule = program.rule(id);
    let (body, head) = plan_body(&program.types, rule, delta, &[], statistics);
    RulePlan { rule: id, delta, body, head }
}

/// A plan with the work that is expected of it, in bindings, its results apart.
#[derive(Clone, Debug)]
pub struct Estimated {
    /// The plan.
    pub plan: RulePlan,
    /// Work that the size of the delta does not change.
    pub fixed: f64,
    /// Further work, were the delta all of its relation.
    pub moving: f64,
}

impl Estimated {
    /// The work for a delta of so much of its relation.
    #[must_use]
    pub fn work(&self, share: f64) -> f64 {
        self.fixed + self.moving * share
    }

    /// Whether it is clearly less work than another plan, for a delta of so much of its relation.
    #[must_use]
    pub fn beats(&self, other: &Self, share: f64) -> bool {
        self.work(share) * 3.0 < other.work(share)
    }
}

/// Plans a rule of which the positive atom at position `delta` reads what the last round added: once from the delta on,
/// and once from the best other atom on, which looks the delta up. That pays where the delta is large and few of its
/// rows meet the rest. Nothing for the second where no other atom can be first.
#[must_use]
pub fn plan_delta(
    program: &Program,
    id: RuleId,
    delta: usize,
    statistics: &dyn Statistics,
) -> (Estimated, Option<Estimated>) {
    let rule = program.rule(id);
    let (flat, head, needed) = flatten(&program.types, rule);
    let estimated = |mut schedule: Schedule<'_, '_>| {
        let fixed = schedule.fixed.unwrap_or(0.0);
        // What comes out at the end is the same whatever the way, however it is estimated.
        let moving = schedule.cost - fixed - schedule.size;
        let body = schedule.close(&needed);
        Estimated { plan: RulePlan { rule: id, delta: Some(delta), body, head: head.clone() }, fixed, moving }
    };
    let (from, others): (Vec<usize>, Vec<usize>) =
        positive(&flat).partition(|&at| matches!(flat.items[at], Item::Atom { position, .. } if position == delta));
    let start = Schedule::new(&flat, Some(delta), &[], statistics);
    let first = cheapest(&start, from.into_iter().map(Some)).unwrap_or_else(|| finished(&start));
    let other = cheapest(&start, start.firsts(others).into_iter().map(Some)).map(estimated).map(|mut other| {
        // Postings of the delta have to be kept for it.
        #[allow(clippy::cast_precision_loss)]
        if let Literal::Positive(atom) = &rule.body[delta] {
            other.moving += statistics.rows(atom.relation) as f64 * 2.0;
        }
        other
    });
    (estimated(first), other)
}

/// Plans the body and head of a rule in which some variables are bound from the start.
#[must_use]
pub fn plan_body(
    types: &TypeTable,
    rule: &Rule,
    delta: Option<usize>,
    bound: &[Slot],
    statistics: &dyn Statistics,
) -> (BodyPlan, Vec<Expression>) {
    let (flat, head, needed) = flatten(types, rule);
    (plan_flat(&flat, delta, bound, &needed, statistics), head)
}

/// A rule taken apart: its body, its head, the slots that the head reads.
fn flatten<'r>(types: &'r TypeTable, rule: &'r Rule) -> (Flat<'r>, Vec<Expression>, Vec<Slot>) {
    let mut counts = false;
    rule.visit_terms(&mut |term| counts |= has_counter(term));
    let new = if counts { Flat::counted } else { Flat::new };
    let mut flat = new(&rule.body, rule.variables.len(), types);
    rule.arguments.iter().for_each(|term| flat.nest(term));
    let head: Vec<Expression> = rule.arguments.iter().map(|term| flat.expression(term)).collect();
    let mut needed = Vec::new();
    rule.arguments.iter().for_each(|term| flat.slots_of(term, &mut |slot| needed.push(slot)));
    (flat, head, needed)
}

fn plan_flat(
    flat: &Flat<'_>,
    delta: Option<usize>,
    bound: &[Slot],
    needed: &[Slot],
    statistics: &dyn Statistics,
) -> BodyPlan {
    let start = Schedule::new(flat, delta, bound, statistics);
    let reads_delta = |&at: &usize| matches!(flat.items[at], Item::Atom { position, .. } if Some(position) == delta);
    let firsts: Vec<Option<usize>> = match positive(flat).find(reads_delta) {
        Some(first) => vec![Some(first)],
        None => {
            let atoms = start.firsts(positive(flat).collect());
            atoms.into_iter().map(Some).chain(delta.is_none().then_some(None)).collect()
        }
    };
    cheapest(&start, firsts.into_iter()).unwrap_or_else(|| finished(&start)).close(needed)
}

/// The positive atoms.
fn positive(flat: &Flat<'_>) -> impl Iterator<Item = usize> {
    (0..flat.items.len()).filter(|&at| matches!(flat.items[at], Item::Atom { negated: false, .. }))
}

/// Of the schedules that begin with one of some atoms, or with none, the cheapest; the first of equals.
fn cheapest<'a, 'p>(start: &Schedule<'a, 'p>, firsts: impl Iterator<Item = Option<usize>>) -> Option<Schedule<'a, 'p>> {
    let mut best: Option<Schedule<'_, '_>> = None;
    for first in firsts {
        let mut schedule = start.clone();
        if let Some(first) = first {
            // What is ready without any atom (constants, closed aggregates) still goes first.
            schedule.settle();
            if schedule.done[first] || (!schedule.reads_delta(first) && schedule.waits(first, &schedule.later())) {
                continue;
            }
            schedule.take_atom(first);
        }
        schedule.finish();
        if best.as_ref().is_none_or(|best| schedule.cost < best.cost) {
            best = Some(schedule);
        }
    }
    best
}

fn finished<'a, 'p>(start: &Schedule<'a, 'p>) -> Schedule<'a, 'p> {
    let mut schedule = start.clone();
    schedule.finish();
    schedule
}

/// A plan in the making.
#[derive(Clone)]
struct Schedule<'a, 'p> {
    flat: &'a Flat<'p>,
    delta: Option<usize>,
    statistics: &'a dyn Statistics,
    bound: Vec<bool>,
    done: Vec<bool>,
    steps: Vec<Step>,
    /// Expected number of bindings.
    size: f64,
    /// Expected work.
    cost: f64,
    /// The work before the delta is read.
    fixed: Option<f64>,
}

impl<'a, 'p> Schedule<'a, 'p> {
    fn new(flat: &'a Flat<'p>, delta: Option<usize>, given: &[Slot], statistics: &'a dyn Statistics) -> Self {
        let mut bound = vec![false; flat.slots];
        given.iter().for_each(|&slot| bound[slot] = true);
        let done = vec![false; flat.items.len()];
        Self { flat, delta, statistics, bound, done, steps: Vec::new(), size: 1.0, cost: 0.0, fixed: None }
    }

    /// Of the atoms of a body those that are tried as the first: all, or where there are very many those that start with
    /// the fewest rows.
    fn firsts(&self, mut atoms: Vec<usize>) -> Vec<usize> {
        if atoms.len() > MOST_FIRSTS {
            atoms.sort_by(|&a, &b| self.growth(a).total_cmp(&self.growth(b)));
            atoms.truncate(MOST_FIRSTS);
            atoms.sort_unstable();
        }
        atoms
    }

    /// Takes every remaining item in the best order.
    fn finish(&mut self) {
        loop {
            self.settle();
            let open: Vec<usize> = (0..self.done.len()).filter(|&at| !self.done[at]).collect();
            if open.is_empty() {
                return;
            }
            let atoms: Vec<usize> = open.iter().copied().filter(|&at| self.is_atom(at)).collect();
            let later = self.later();
            if let Some(at) = self.cheapest(atoms.iter().copied().filter(|&at| !self.waits(at, &later))) {
                if !self.take_intersection(at, &atoms) {
                    self.take_atom(at);
                }
                continue;
            }
            // Of several that may fail, the first keeps the others from bindings that it drops: their order is not that of
            // the text.
            let mut deferred: Vec<usize> = open.iter().copied().filter(|&at| !self.is_atom(at)).collect();
            if deferred.len() > 1 {
                deferred.sort_by_cached_key(|&at| (self.counts(at), self.may_fail(at), self.flat.likeness(at)));
            }
            // A number is taken when all atoms have been, those included that wait for something in vain.
            let early = |at: usize| !atoms.is_empty() && self.counts(at);
            deferred.retain(|&at| !early(at));
            if let Some(at) = deferred.into_iter().find(|&at| self.take_ready(at)) {
                self.done[at] = true;
                continue;
            }
            match self.cheapest(atoms.into_iter()) {
                Some(at) => self.take_atom(at),
                None => {
                    // The checks ground every variable, so that something is always ready.
                    debug_assert!(false, "a body that cannot be ordered passed the checks");
                    return;
                }
            }
        }
    }

    /// Of some atoms the one that multiplies the bindings least; the first of equals.
    fn cheapest(&self, atoms: impl Iterator<Item = usize>) -> Option<usize> {
        atoms.map(|at| (self.growth(at), at)).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, at)| at)
    }

    fn is_atom(&self, at: usize) -> bool {
        matches!(self.flat.items[at], Item::Atom { negated: false, .. })
    }

    /// Takes what costs nothing and cannot fail, until nothing more is ready.
    fn settle(&mut self) {
        loop {
            let ready = (0..self.done.len()).find(|&at| !self.done[at] && !self.deferred(at) && self.take_ready(at));
            match ready {
                Some(at) => self.done[at] = true,
                None => return,
            }
        }
    }

    /// Whether an atom reads the delta.
    fn reads_delta(&self, at: usize) -> bool {
        matches!(self.flat.items[at], Item::Atom { position, negated: false, .. } if Some(position) == self.delta)
    }

    /// Whether computing an item may fail.
    fn may_fail(&self, at: usize) -> bool {
        match &self.flat.items[at] {
            Item::Aggregate { aggregate, .. } => fails_inside(aggregate),
            Item::Without { atom, .. } => atom.arguments.iter().any(fallible),
            Item::Atom { .. } => false,
            Item::Equal { .. } | Item::Test { .. } | Item::Range { .. } => self.deferred(at),
        }
    }

    /// Whether an item takes the next number: each binding has its own, so that it comes last.
    fn counts(&self, at: usize) -> bool {
        match &self.flat.items[at] {
            Item::Equal { left, right, .. } => {
                has_counter(left) || matches!(right, Side::Term(right) if has_counter(right))
            }
            Item::Atom { .. }
            | Item::Without { .. }
            | Item::Test { .. }
            | Item::Aggregate { .. }
            | Item::Range { .. } => false,
        }
    }

    /// Whether an item runs only when no atom can: it may fail, or it is an aggregate a group.
    fn deferred(&self, at: usize) -> bool {
        match &self.flat.items[at] {
            Item::Atom { .. } => false,
            Item::Equal { left, right, .. } => {
                self.counts(at) || fallible(left) || matches!(right, Side::Term(right) if fallible(right))
            }
            Item::Test { left, right, op, .. } => fallible(left) || fallible(right) || *op == CompareOp::Match,
            Item::Aggregate { aggregate, .. } => !aggregate.outer.is_empty() || fails_inside(aggregate),
            Item::Without { .. } | Item::Range { .. } => true,
        }
    }

    /// Whether an atom should wait for a deferred item that will bind one of its arguments, see [`Self::later`].
    fn waits(&self, at: usize, later: &[bool]) -> bool {
        let Item::Atom { arguments, .. } = &self.flat.items[at] else { return false };
        arguments.iter().any(|argument| matches!(argument, Argument::Slot(slot) if !self.bound[*slot] && later[*slot]))
    }

    /// Which slots deferred items define, and what follows from that through equations.
    fn later(&self) -> Vec<bool> {
        let mut later = vec![false; self.flat.slots];
        loop {
            let before = later.iter().filter(|&&slot| slot).count();
            for (at, item) in self.flat.items.iter().enumerate() {
                if self.done[at] {
                    continue;
                }
                match item {
                    Item::Atom { .. } | Item::Test { .. } | Item::Without { .. } => {}
                    Item::Aggregate { slot, .. } | Item::Range { slot, .. } => later[*slot] = true,
                    Item::Equal { left, right, .. } => {
                        let right_term = match right {
                            Side::Term(term) => Some(*term),
                            Side::Slot(_) => None,
                        };
                        let sides = [Some(*left), right_term];
                        let needs_later = |term: &Term| {
                            let mut needs = false;
                            self.flat.slots_of(term, &mut |slot| needs |= later[slot]);
                            needs
                        };
                        let from = sides.map(|side| side.is_some_and(|term| fallible(term) || needs_later(term)));
                        if from[0] {
                            match right {
                                Side::Slot(slot) => later[*slot] |= !self.bound[*slot],
                                Side::Term(term) => {
                                    self.flat.slots_of(term, &mut |slot| later[slot] |= !self.bound[slot]);
                                }
                            }
                        }
                        if from[1] {
                            self.flat.slots_of(left, &mut |slot| later[slot] |= !self.bound[slot]);
                        }
                    }
                }
            }
            if later.iter().filter(|&&slot| slot).count() == before {
                return later;
            }
        }
    }

    /// By how much an atom multiplies the bindings.
    fn growth(&self, at: usize) -> f64 {
        let Item::Atom { relation, arguments, .. } = &self.flat.items[at] else { return f64::INFINITY };
        let rows = self.statistics.rows(*relation).max(1);
        let known = |&(column, argument): &(usize, &Argument)| match argument {
            Argument::Constant(_) => true,
            Argument::Slot(slot) => self.bound[*slot] || arguments[..column].iter().any(|other| other == argument),
            Argument::Any => false,
        };
        // Together, as columns of one key are seldom independent.
        let columns: Vec<usize> = arguments.iter().enumerate().filter(known).map(|(column, _)| column).collect();
        #[allow(clippy::cast_precision_loss)]
        match columns.as_slice() {
            [] => rows as f64,
            columns => rows as f64 / self.statistics.distinct(*relation, columns).max(1) as f64,
        }
    }

    /// Takes a positive atom.
    fn take_atom(&mut self, at: usize) {
        let growth = self.growth(at);
        self.done[at] = true;
        let Item::Atom { relation, arguments, position, .. } = &self.flat.items[at] else { return };
        let part = self.part(*relation, *position);
        let mut bind: Vec<(usize, Slot)> = Vec::new();
        let mut same = Vec::new();
        let mut columns = Vec::new();
        let mut key = Vec::new();
        for (column, argument) in arguments.iter().enumerate() {
            match *argument {
                Argument::Any => {}
                Argument::Constant(word) => {
                    columns.push(column);
                    key.push(Operand::Constant(word));
                }
                Argument::Slot(slot) if self.bound[slot] => {
                    columns.push(column);
                    key.push(Operand::Slot(slot));
                }
                Argument::Slot(slot) => match bind.iter().find(|&&(_, other)| other == slot) {
                    Some(&(first, _)) => same.push((first, column)),
                    None => bind.push((column, slot)),
                },
            }
        }
        bind.iter().for_each(|&(_, slot)| self.bound[slot] = true);
        let relation = *relation;
        let step = if part == Part::Delta || columns.is_empty() {
            // The delta is read row by row; what it must match is checked on the way.
            let constants = columns.iter().zip(&key).filter_map(|(&column, operand)| match operand {
                Operand::Constant(word) => Some((column, *word)),
                Operand::Slot(_) => None,
            });
            let constants: Vec<_> = constants.collect();
            let by_slot: Vec<_> = columns.iter().zip(&key).filter(|(_, key)| matches!(key, Operand::Slot(_))).collect();
            if by_slot.is_empty() {
                if bind.is_empty() && same.is_empty() && constants.is_empty() {
                    Step::Exists { relation, part, columns, key, negated: false }
                } else {
                    Step::Scan { relation, part, grouped: false, constants, same, bind }
                }
            } else {
                Step::Lookup { relation, part, columns, key, same, bind }
            }
        } else if bind.is_empty() {
            Step::Exists { relation, part, columns, key, negated: false }
        } else {
            Step::Lookup { relation, part, columns, key, same, bind }
        };
        let before = self.size;
        if part == Part::Delta {
            self.fixed = Some(self.cost + before);
        }
        self.size *= if bind_free(&step) { growth.min(1.0) } else { growth };
        self.cost += before + self.size;
        self.steps.push(step);
    }

    /// Takes an atom together with all others of which the same one variable is all that is still unknown. A variable at
    /// a time is worst-case optimal on cyclic bodies (Ngo, Porat, Ré and Rudra, 2012): work follows the smallest side.
    fn take_intersection(&mut self, at: usize, atoms: &[usize]) -> bool {
        let Some(slot) = self.unknown(at).filter(|_| self.statistics.intersects()) else { return false };
        let others = atoms.iter().copied().filter(|&other| other != at && self.unknown(other) == Some(slot));
        let all: Vec<usize> = std::iter::once(at).chain(others).collect();
        if all.len() < 2 {
            return false;
        }
        let before = self.size;
        let mut size = before * self.growth(at);
        self.bound[slot] = true;
        all[1..].iter().for_each(|&other| size *= self.growth(other).min(1.0));
        let arms = all.iter().filter_map(|&at| self.arm(at, slot)).collect();
        all.iter().for_each(|&at| self.done[at] = true);
        self.steps.push(Step::Intersect { slot, arms });
        self.size = size;
        self.cost += before + size;
        true
    }

    /// The slot of an atom over a finished relation whose other columns are all known, if it stands there but once.
    fn unknown(&self, at: usize) -> Option<Slot> {
        let Item::Atom { relation, arguments, position, negated: false } = &self.flat.items[at] else { return None };
        if self.statistics.recursive(*relation) || self.delta == Some(*position) || arguments.len() < 2 {
            return None;
        }
        let mut unknown = None;
        for argument in arguments {
            match *argument {
                Argument::Any => return None,
                Argument::Constant(_) => {}
                Argument::Slot(slot) if self.bound[slot] => {}
                Argument::Slot(slot) => {
                    if unknown.replace(slot).is_some() {
                        return None;
                    }
                }
            }
        }
        unknown
    }

    fn arm(&self, at: usize, slot: Slot) -> Option<Arm> {
        let Item::Atom { relation, arguments, .. } = &self.flat.items[at] else { return None };
        let column = arguments.iter().position(|argument| *argument == Argument::Slot(slot))?;
        let key = arguments.iter().enumerate().filter_map(|(column, argument)| match *argument {
            Argument::Slot(other) if other == slot => None,
            Argument::Slot(other) => Some((column, Operand::Slot(other))),
            Argument::Constant(word) => Some((column, Operand::Constant(word))),
            Argument::Any => None,
        });
        let (columns, key) = key.unzip();
        Some(Arm { relation: *relation, columns, key, column })
    }

    fn part(&self, relation: RelationId, position: usize) -> Part {
        match self.delta {
            Some(delta) if delta == position => Part::Delta,
            Some(delta) if position < delta && self.statistics.recursive(relation) => Part::Old,
            _ => Part::All,
        }
    }

    /// Takes an item that is ready and cannot fail. Gives whether it did.
    fn take_ready(&mut self, at: usize) -> bool {
        match &self.flat.items[at] {
            Item::Atom { negated: false, arguments, .. } => {
                // Fully bound: a test. Not the delta, which must be read as such.
                let bound = arguments.iter().all(|argument| match argument {
                    Argument::Slot(slot) => self.bound[*slot],
                    Argument::Constant(_) => true,
                    Argument::Any => false,
                });
                if bound && !self.steps.is_empty() {
                    self.take_atom(at);
                }
                bound && self.done[at]
            }
            Item::Atom { relation, arguments, negated: true, position } => {
                let ready =
                    arguments.iter().all(|argument| !matches!(argument, Argument::Slot(slot) if !self.bound[*slot]));
                if ready {
                    let key = arguments.iter().enumerate().filter_map(|(column, argument)| match *argument {
                        Argument::Any => None,
                        Argument::Constant(word) => Some((column, Operand::Constant(word))),
                        Argument::Slot(slot) => Some((column, Operand::Slot(slot))),
                    });
                    let (columns, key) = key.unzip();
                    let part = self.part(*relation, *position);
                    self.steps.push(Step::Exists { relation: *relation, part, columns, key, negated: true });
                    self.shrink(0.5);
                }
                ready
            }
            Item::Without { slot, atom } => {
                let group = variables(atom);
                let ready = group.iter().all(|&slot| self.bound[slot]);
                if ready {
                    let plan = Box::new(plan_without(self.flat, atom, group, self.statistics));
                    self.steps.push(Step::Aggregate { slot: *slot, plan });
                    self.bound[*slot] = true;
                    let [left, right] = [Operand::Slot(*slot), Operand::Constant(FALSE)].map(Expression::Operand);
                    let (op, negated, kind) = (CompareOp::Equal, false, Kind::Number);
                    self.steps.push(Step::Filter { op, negated, kind, left, right });
                    self.shrink(0.5);
                }
                ready
            }
            Item::Test { op, negated, kind, left, right } => {
                let ready = self.flat.computable(left, &self.bound) && self.flat.computable(right, &self.bound);
                if ready {
                    let (left, right) = (self.flat.expression(left), self.flat.expression(right));
                    self.steps.push(Step::Filter { op: *op, negated: *negated, kind: *kind, left, right });
                    self.shrink(0.4);
                }
                ready
            }
            Item::Equal { kind, left, right } => self.take_equal(*kind, left, *right),
            Item::Aggregate { slot, aggregate } => {
                let ready = aggregate.outer.iter().all(|variable| self.bound[variable.0 as usize]);
                if ready {
                    let plan = Box::new(plan_aggregate(self.flat, aggregate, self.statistics));
                    self.steps.push(Step::Aggregate { slot: *slot, plan });
                    self.bound[*slot] = true;
                    self.shrink(1.0);
                }
                ready
            }
            Item::Range { slot, kind, arguments } => {
                let ready = arguments.iter().all(|argument| self.flat.computable(argument, &self.bound));
                if ready {
                    let arguments = arguments.iter().map(|argument| self.flat.expression(argument)).collect();
                    self.steps.push(Step::Range { slot: *slot, kind: *kind, arguments });
                    self.bound[*slot] = true;
                    self.size *= 10.0;
                    self.cost += self.size;
                }
                ready
            }
        }
    }

    fn take_equal(&mut self, kind: crate::value::Kind, left: &'p Term, right: Side<'p>) -> bool {
        let known_left = self.flat.computable(left, &self.bound);
        let known_right = match right {
            Side::Term(term) => self.flat.computable(term, &self.bound),
            Side::Slot(slot) => self.bound[slot],
        };
        let expression = |side: Side<'_>| match side {
            Side::Term(term) => self.flat.expression(term),
            Side::Slot(slot) => Expression::Operand(Operand::Slot(slot)),
        };
        let (value, target) = match (known_left, known_right) {
            (true, true) => {
                let (left, right) = (expression(Side::Term(left)), expression(right));
                self.steps.push(Step::Filter { op: CompareOp::Equal, negated: false, kind, left, right });
                self.shrink(0.1);
                return true;
            }
            (true, false) => (expression(Side::Term(left)), right),
            (false, true) => (expression(right), Side::Term(left)),
            (false, false) => return false,
        };
        match target {
            Side::Slot(slot) => {
                self.assign(slot, value);
                true
            }
            Side::Term(Term::Variable(variable)) => {
                self.assign(variable.0 as usize, value);
                true
            }
            Side::Term(term) => {
                let mut bound = self.bound.clone();
                let Some(pattern) = self.flat.pattern(term, &mut bound) else { return false };
                self.bound = bound;
                self.steps.push(Step::Match { value, pattern });
                self.shrink(0.8);
                true
            }
        }
    }

    fn assign(&mut self, slot: Slot, value: Expression) {
        self.bound[slot] = true;
        self.steps.push(Step::Assign { slot, value });
        self.shrink(1.0);
    }

    fn shrink(&mut self, by: f64) {
        self.cost += self.size * 0.1;
        self.size *= by;
    }

    /// The finished plan, with what stays live after each step.
    fn close(&mut self, needed: &[Slot]) -> BodyPlan {
        let steps = std::mem::take(&mut self.steps);
        let mut live: Vec<Slot> = needed.to_vec();
        let mut lives = Vec::with_capacity(steps.len());
        for step in steps.iter().rev() {
            live.sort_unstable();
            live.dedup();
            lives.push(live.clone());
            step.reads(&mut |slot| live.push(slot));
            let mut writes = Vec::new();
            step.writes(&mut |slot| writes.push(slot));
            live.retain(|slot| !writes.contains(slot));
        }
        lives.reverse();
        BodyPlan { steps, slots: self.flat.slots, live: lives }
    }
}

fn bind_free(step: &Step) -> bool {
    matches!(step, Step::Exists { .. })
}

/// Counts the rows that fit a pattern whose variables are bound.
fn plan_without(outer: &Flat<'_>, atom: &Atom, group: Vec<Slot>, statistics: &dyn Statistics) -> AggregatePlan {
    let body = [Literal::Positive(atom.clone())];
    let flat = Flat::new(&body, outer.slots, outer.types());
    let body = plan_flat(&flat, None, &group, &[], statistics);
    AggregatePlan { op: AggregateOp::Count, kind: Kind::Number, outer: group, body, target: None, distinct: None }
}

fn plan_aggregate(outer: &Flat<'_>, aggregate: &Aggregate, statistics: &dyn Statistics) -> AggregatePlan {
    let mut flat = Flat::new(&aggregate.body, outer.slots, outer.types());
    if let Some(target) = &aggregate.target {
        flat.nest(target);
    }
    let group: Vec<Slot> = aggregate.outer.iter().map(|variable| variable.0 as usize).collect();
    // Two atoms or more are projected to the named variables; rows of one atom are distinct by themselves.
    let named = || aggregate.local.iter().map(|variable| variable.0 as usize).collect::<Vec<_>>();
    let distinct = aggregate.by_name().then(named);
    let mut needed = distinct.clone().unwrap_or_default();
    if let Some(target) = &aggregate.target {
        flat.slots_of(target, &mut |slot| needed.push(slot));
    }
    let body = plan_flat(&flat, None, &group, &needed, statistics);
    let target = aggregate.target.as_ref().map(|target| flat.expression(target));
    AggregatePlan { op: aggregate.op, kind: aggregate.kind, outer: group, body, target, distinct }
}
