//! Semi-naive evaluation: each stratum in rounds, until a round adds nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::access::Reads;
use super::batch::{Batch, State};
use super::choice::Choice;
use super::decompose::Linear;
use super::emit::Emit;
use super::function::Functions;
use super::grown::Grown;
use super::limits::Stop;
use super::pipeline::{Pipeline, Sink};
use super::statistics::Sizes;
use super::subsume::{Context, Subsumption};
use super::wave::{Job, pure};
use super::{Options, Sabotage, threads};
use crate::plan::{Estimated, Part, RulePlan, plan_delta, plan_rule};
use crate::program::{Literal, Program, RelationId, RuleId, Stratum, Term};
use crate::storage::{Database, Growing, Relation, Round, Row, Switch, TupleSet};
use crate::syntax::ast::DirectiveKind;
use crate::value::{Values, Word};

/// How many candidates a row of the delta is expected to give before anything is known.
const RATIO: f64 = 4.0;
/// Less work than this is never worth other plans.
const SURPRISE: usize = 1 << 18;

/// Derives everything that follows from the given tuples of `database`, which are its rows of round 0.
///
/// # Errors
/// A limit was met, someone interrupted, or a functor failed; which failure is reported does not depend on the order of
/// literals or rows. The database is lost then: callers keep their own.
pub fn evaluate(program: &Program, mut database: Database, options: &Options) -> Result<Database, Stop> {
    let mut functions = Functions::of(options);
    let mut counter = 0;
    let needed = options.needed.as_ref().map(|relations| needed(program, relations));
    choose_given(program, &mut database);
    for stratum in &program.strata {
        let wanted = needed.as_ref().is_none_or(|needed| stratum.relations.iter().any(|id| needed[id.0 as usize]));
        if wanted {
            choose_candidates(program, stratum, &mut database, &mut functions, options)?;
        }
        if wanted && !stratum.rules.is_empty() {
            let mut run = Run::new(program, stratum, &mut database, options);
            let result = run.rounds(&mut functions, &mut counter);
            let values = run.close();
            *database.values_arc_mut() = values;
            result?;
        }
    }
    Ok(database)
}

/// Lets the given tuples of relations with a choice keep to it. A relation without rules is chosen here once and for all.
fn choose_given(program: &Program, database: &mut Database) {
    for id in program.relation_ids() {
        let declared = program.relation(id);
        if let Some(mut choice) = Choice::of(declared)
            && let Some(left) = choice.given(declared, database.relation(id), &program.types, database.values())
        {
            database.set_relation(id, Arc::new(left));
        }
    }
}

/// Leaves out the given candidates that others replace, before the rules of their stratum read them.
fn choose_candidates(
    program: &Program,
    stratum: &Stratum,
    database: &mut Database,
    functions: &mut Functions,
    options: &Options,
) -> Result<(), Stop> {
    for &id in &stratum.relations {
        let Some(mut subsumption) = Subsumption::of(program, id, database) else { continue };
        let mut values = database.share_values();
        let given = database.share(id);
        let context = &mut Context { database, values: &mut values, functions, options };
        let chosen = subsumption.choose(given.words(), context)?;
        *database.values_arc_mut() = values;
        let chosen: FxHashSet<&[Word]> = chosen.chunks_exact(given.arity().max(1)).collect();
        database.retain_given(id, |row| chosen.contains(row));
    }
    Ok(())
}

/// Which relations some relations need, themselves included.
fn needed(program: &Program, roots: &[RelationId]) -> Vec<bool> {
    let mut needed = vec![false; program.relations.len()];
    let mut open = roots.to_vec();
    while let Some(id) = open.pop() {
        if std::mem::replace(&mut needed[id.0 as usize], true) {
            continue;
        }
        for rule in program.rules.iter().filter(|rule| rule.head == id) {
            rule.reads(&mut |relation, _| open.push(relation));
        }
    }
    needed
}

/// One stratum while it is evaluated.
struct Run<'a> {
    program: &'a Program,
    stratum: &'a Stratum,
    database: &'a mut Database,
    options: &'a Options,
    values: Arc<Values>,
    grown: Vec<Grown>,
    staging: Vec<Staging<'a>>,
    plans: Vec<Planned>,
    threads: usize,
    /// Rules that took far more work from their delta on than was expected.
    surprising: BTreeSet<(RuleId, usize)>,
    /// Whether there are new ones.
    surprised: bool,
    /// Rows were added past the sets.
    stale: bool,
    /// Sizes of the stratum's relations when the plans were made.
    planned: Vec<usize>,
    /// Rows and bytes of all relations outside the stratum.
    outside: (usize, usize),
}

/// A rule to be run each round, with one atom that reads the delta or none.
struct Planned {
    first: Way,
    /// Another way to the same tuples, that does not begin with the delta.
    other: Option<Way>,
    /// The rows that the delta's relation had when the plans were made.
    rows: usize,
}

/// A plan with what is known of its runs.
struct Way {
    estimated: Estimated,
    /// Whether it may run on several threads.
    pure: bool,
    /// Candidates a driving row, in its last run.
    ratio: f64,
    /// The work of its last run: a row of the delta where it begins with that, else in all.
    measured: Option<f64>,
}

impl Way {
    fn new(estimated: Estimated) -> Self {
        Self { pure: pure(&estimated.plan), ratio: RATIO, measured: None, estimated }
    }

    fn plan(&self) -> &RulePlan {
        &self.estimated.plan
    }
}

impl Planned {
    fn whole(plan: RulePlan) -> Self {
        Self { first: Way::new(Estimated { plan, fixed: 0.0, moving: 0.0 }), other: None, rows: 0 }
    }

    /// All plans.
    fn plans(&self) -> impl Iterator<Item = &RulePlan> {
        std::iter::once(&self.first).chain(&self.other).map(Way::plan)
    }

    /// Whether the other way is to be gone with a delta of so many rows: by the work that was measured, else by what is
    /// expected.
    #[allow(clippy::cast_precision_loss)]
    fn goes_other_way(&self, delta: usize, switch: Switch) -> bool {
        let Some(other) = &self.other else { return false };
        let share = delta as f64 / self.rows.max(1) as f64;
        let first = self.first.measured.map(|work| work * delta as f64);
        let first = first.unwrap_or_else(|| self.first.estimated.work(share));
        let second = other.measured.unwrap_or_else(|| other.estimated.work(share));
        switch == Switch::Force || second * 3.0 < first
    }

    /// The way to go.
    fn way(&mut self, delta: usize, switch: Switch) -> &mut Way {
        let other = self.goes_other_way(delta, switch);
        self.other.as_mut().filter(|_| other).unwrap_or(&mut self.first)
    }

    /// Whether so much work on a delta of so many rows is far more than was expected, and there is no other way yet.
    #[allow(clippy::cast_precision_loss)]
    fn is_surprised(&self, work: usize, delta: usize) -> bool {
        let expected = self.first.estimated.work(delta as f64 / self.rows.max(1) as f64);
        self.other.is_none() && work > SURPRISE && work as f64 > expected * 4.0
    }
}

/// What a round adds to one relation: readers do not see it before the round ends.
struct Staging<'a> {
    relation: RelationId,
    set: TupleSet,
    fresh: Vec<Word>,
    added: usize,
    /// With a choice or a subsumption, what a round finds is chosen from at its end.
    choice: Option<Choice>,
    subsumption: Option<Subsumption<'a>>,
    found: TupleSet,
}

impl<'a> Staging<'a> {
    fn new(program: &'a Program, relation: RelationId, database: &mut Database) -> Self {
        let set = database.relation_mut(relation).take_set();
        let declared = program.relation(relation);
        let choice = Choice::of(declared).map(|mut choice| {
            database.relation(relation).rows().for_each(|row| {
                choice.take(row);
            });
            choice
        });
        let found = TupleSet::new(declared.arity(), set.layout());
        let mut subsumption = Subsumption::of(program, relation, database);
        if let Some(subsumption) = &mut subsumption {
            subsumption.begin(database.relation(relation).rows());
        }
        Self { relation, set, fresh: Vec::new(), added: 0, choice, subsumption, found }
    }

    /// Whether what a round finds is chosen from at its end.
    fn chooses(&self) -> bool {
        self.choice.is_some() || self.subsumption.is_some()
    }

    /// Leaves out what others replace.
    fn thin(&mut self, context: &mut Context<'_>) -> Result<(), Stop> {
        let Some(subsumption) = &mut self.subsumption else { return Ok(()) };
        self.fresh = subsumption.choose(&self.fresh, context)?;
        Ok(())
    }

    /// Adds the new ones of some candidates to what the round found. Gives how many rows and bytes that were.
    fn take(&mut self, committed: &[Word], arity: usize, candidates: &[Word], count: usize) -> (usize, usize) {
        // With a choice, candidates that are known from earlier rounds are sorted out when it is made.
        let (set, committed) =
            if self.chooses() { (&mut self.found, &[] as &[Word]) } else { (&mut self.set, committed) };
        let before = set.bytes();
        let added = set.insert_batch(committed, &mut self.fresh, candidates, count);
        let grown = set.bytes().saturating_sub(before);
        self.added += added;
        (added, added * arity * size_of::<Word>() + grown)
    }

    /// Ends a round: the rows that it adds, and how many.
    fn end(&mut self, program: &Program, committed: &[Word], values: &Values) -> (Vec<Word>, usize) {
        let fresh = std::mem::take(&mut self.fresh);
        let added = std::mem::take(&mut self.added);
        if !self.chooses() {
            return (fresh, added);
        }
        let declared = program.relation(self.relation);
        self.found = TupleSet::new(declared.arity(), self.found.layout());
        let chosen = match &mut self.choice {
            Some(choice) => choice.choose(declared, &fresh, &program.types, values),
            None => fresh,
        };
        let mut kept = Vec::new();
        let count = chosen.len() / declared.arity().max(1);
        let added = self.set.insert_batch(committed, &mut kept, &chosen, count);
        (kept, added)
    }
}

impl<'a> Run<'a> {
    fn new(program: &'a Program, stratum: &'a Stratum, database: &'a mut Database, options: &'a Options) -> Self {
        let values = std::mem::take(database.values_arc_mut());
        let mut grown = Vec::new();
        let mut staging = Vec::new();
        for &relation in &stratum.relations {
            let mut stage = Staging::new(program, relation, database);
            if options.direct {
                stage.set.lead_by(lead(program, stratum, relation));
            }
            staging.push(stage);
            if stratum.recursive {
                grown.push(Grown::new(relation));
            }
        }
        let others = program.relation_ids().filter(|id| !stratum.relations.contains(id));
        let outside = others
            .map(|id| database.relation(id))
            .fold((0, 0), |(rows, bytes), relation| (rows + relation.len(), bytes + relation.bytes()));
        Self {
            program,
            stratum,
            database,
            options,
            values,
            grown,
            staging,
            plans: Vec::new(),
            threads: threads::count(options.threads),
            surprising: BTreeSet::new(),
            surprised: false,
            stale: false,
            planned: Vec::new(),
            outside,
        }
    }

    /// Gives the sets back to their relations; gives the pool of values.
    fn close(self) -> Arc<Values> {
        for staging in self.staging.into_iter().filter(|_| !self.stale) {
            self.database.relation_mut(staging.relation).put_set(staging.set);
        }
        self.values
    }

    fn rounds(&mut self, functions: &mut Functions, counter: &mut i64) -> Result<(), Stop> {
        self.plan(false);
        let mut round: Round = 1;
        loop {
            self.round(functions, counter)?;
            self.thin(functions)?;
            let added = self.commit(round);
            if let Some(observer) = &self.options.observer {
                observer.round(round, self.database.rows());
            }
            self.within(round)?;
            if added == 0 || !self.stratum.recursive || self.full() {
                return Ok(());
            }
            round += 1;
            if round == 2 || std::mem::take(&mut self.surprised) || self.outgrown() {
                self.plan(true);
            }
            if round == 2 && self.decompose(round - 1)? {
                let relations = self.stratum.relations.iter().map(|&id| self.database.relation(id));
                let last = relations.filter_map(|relation| {
                    let row = relation.len().checked_sub(1)?;
                    Some(relation.round_of(Row::try_from(row).unwrap_or(Row::MAX)))
                });
                // As many rounds as would have been run, the one included that finds nothing.
                return self.within(last.max().unwrap_or(0).saturating_add(1));
            }
        }
    }

    /// Stops where the stratum took too many rounds by now, or a relation of it has too many rows.
    fn within(&self, round: Round) -> Result<(), Stop> {
        let sizes = self.stratum.relations.iter().map(|&id| (self.database.relation(id).len(), id));
        let (longest, id) = sizes.max_by_key(|&(size, _)| size).unzip();
        let rule = self.stratum.rules.iter().copied().find(|&rule| Some(self.program.rule(rule).head) == id);
        self.options.budget.round(round, longest.unwrap_or(0), rule)
    }

    /// Runs a stratum that falls apart by a column to its end, after its first round. Gives whether it did.
    fn decompose(&mut self, round: Round) -> Result<bool, Stop> {
        let &[relation] = self.stratum.relations.as_slice() else { return Ok(false) };
        // Searches that run to their end know nothing of rounds that end before.
        let limited = self.limits().next().is_some() || self.options.budget.rounds.is_some();
        let [staging] = self.staging.as_slice() else { return Ok(false) };
        let special = limited || staging.chooses() || self.options.sabotage.is_some();
        if special || self.options.decompose == Switch::Off || self.database.relation(relation).arity() != 2 {
            return Ok(false);
        }
        let Some(linear) = Linear::of(relation, self.plans.iter().map(|planned| planned.first.plan())) else {
            return Ok(false);
        };
        let held = self.held();
        let delta = self.grown.first().map_or(0, |grown| grown.delta);
        let observer = self.options.observer.as_deref();
        self.plans.iter().for_each(|planned| {
            observer.inspect(|observer| observer.begins(planned.first.plan().rule));
        });
        let ways = (self.options.decompose, self.threads);
        let to_do = (&mut *self.database, relation);
        let Some(harvest) = linear.run(to_do, (delta, round), ways, (&self.options.budget, held))? else {
            return Ok(false);
        };
        if harvest.added > 0 {
            self.stale = true;
        }
        if let Some(observer) = observer {
            let mut added = harvest.added;
            for (planned, (_, derived)) in self.plans.iter().zip(harvest.derived) {
                observer.ran(planned.first.plan(), derived, std::mem::take(&mut added));
            }
            observer.round(round + 1, self.database.rows());
        }
        Ok(true)
    }

    /// Rows and bytes of all relations.
    fn held(&self) -> (usize, usize) {
        self.staging.iter().fold(self.outside, |(rows, bytes), staging| {
            let relation = self.database.relation(staging.relation);
            (rows + relation.len(), bytes + size_of_val(relation.words()) + staging.set.bytes())
        })
    }

    /// Plans every rule: for the first round as a whole, later once for each atom that reads the stratum's delta.
    fn plan(&mut self, deltas: bool) {
        let sizes = Sizes::new(self.database, &self.stratum.relations)
            .shuffled(self.options.shuffle)
            .intersecting(self.options.intersect);
        let mut plans = Vec::new();
        for &id in &self.stratum.rules {
            let again = deltas && self.program.rule(id).aggregates_over(&self.stratum.relations);
            if deltas && !again {
                let mut positions = self.delta_positions(id);
                if self.options.sabotage == Some(Sabotage::DropDelta) {
                    positions.pop();
                }
                for position in positions {
                    plans.push(self.plan_delta(id, position, &sizes));
                }
            } else {
                // A rule whose aggregates read the stratum itself is run anew each round.
                plans.push(Planned::whole(plan_rule(self.program, id, None, &sizes)));
            }
        }
        if self.options.sabotage == Some(Sabotage::LoseNegation) {
            for planned in &mut plans {
                planned.other = None;
                planned.first.estimated.plan.body.lose_negations();
            }
        }
        self.planned = self.stratum.relations.iter().map(|&id| self.database.relation(id).len()).collect();
        self.plans = plans;
        for grown in &mut self.grown {
            let plans = self.plans.iter().flat_map(Planned::plans);
            grown.lay(self.database.relation(grown.relation), plans, self.options.loose, &sizes);
        }
    }

    /// Plans a rule for the delta of one of its atoms.
    fn plan_delta(&self, id: RuleId, position: usize, sizes: &Sizes<'_>) -> Planned {
        let (first, other) = plan_delta(self.program, id, position, sizes);
        let useful = |other: &Estimated| match self.options.drive {
            Switch::Off => false,
            Switch::Auto => other.beats(&first, 1.0) || self.surprising.contains(&(id, position)),
            Switch::Force => true,
        };
        let rows = match &self.program.rule(id).body[position] {
            Literal::Positive(atom) => self.database.relation(atom.relation).len(),
            Literal::Negative(_) | Literal::Compare(_) => 0,
        };
        let other = other.filter(useful).map(Way::new);
        Planned { first: Way::new(first), other, rows }
    }

    /// Brings the postings that a round reads up to its start.
    fn extend_postings(&mut self) {
        let database = &*self.database;
        let reads = Reads { database, grown: &self.grown, cuts: &[], in_order: false };
        let plans: Vec<&RulePlan> = self.plans.iter().filter_map(|planned| self.to_run(planned, &reads)).collect();
        let used: Vec<Vec<bool>> = self.grown.iter().map(|grown| grown.used(plans.iter().copied())).collect();
        let mut work: Vec<(&mut Growing, &Relation, usize)> = Vec::new();
        for (grown, used) in self.grown.iter_mut().zip(used) {
            let relation = database.relation(grown.relation);
            let delta = (grown.delta as usize).min(relation.len());
            let used = grown.postings.iter_mut().zip(used).filter(|(_, used)| *used);
            work.extend(used.map(|(postings, _)| (postings, relation, delta)));
        }
        let rows: usize = work.iter().map(|(_, relation, delta)| relation.len() - delta).sum();
        let threads = if rows * 8 < self.options.wave { 1 } else { self.threads };
        threads::each(threads, &mut work, |(postings, relation, delta)| {
            postings.extend(relation.arity(), relation.words(), *delta, relation.len());
        });
    }

    /// The plan that a round runs of a rule, if any.
    fn to_run<'p>(&self, planned: &'p Planned, reads: &Reads<'_>) -> Option<&'p RulePlan> {
        let plan = planned.first.plan();
        let rows = match plan.delta.map(|at| &self.program.rule(plan.rule).body[at]) {
            Some(Literal::Positive(atom)) => reads.range(atom.relation, Part::Delta).len(),
            _ => return Some(plan),
        };
        let other = planned.other.as_ref().filter(|_| planned.goes_other_way(rows, self.options.drive));
        (rows > 0).then(|| other.unwrap_or(&planned.first).plan())
    }

    fn delta_positions(&self, id: RuleId) -> Vec<usize> {
        let in_stratum = |literal: &Literal| match literal {
            Literal::Positive(atom) => self.stratum.relations.contains(&atom.relation),
            Literal::Negative(_) | Literal::Compare(_) => false,
        };
        let body = &self.program.rule(id).body;
        (0..body.len()).filter(|&at| in_stratum(&body[at])).collect()
    }

    fn outgrown(&self) -> bool {
        let sizes = self.stratum.relations.iter().map(|&id| self.database.relation(id).len());
        sizes.zip(&self.planned).any(|(now, &then)| now > then.max(64).saturating_mul(self.options.replan))
    }

    /// Runs every plan once on what was known at the start of the round.
    fn round(&mut self, functions: &mut Functions, counter: &mut i64) -> Result<(), Stop> {
        self.extend_postings();
        let reads = Reads { database: self.database, grown: &self.grown, cuts: &[], in_order: false };
        let budget = &self.options.budget;
        let batch_size = self.options.batch_size.max(1);
        let mut stopped = Ok(());
        let mut held = self.held();
        for planned in &mut self.plans {
            let rule = self.program.rule(planned.first.plan().rule);
            let Some(staging) = self.staging.iter_mut().find(|staging| staging.relation == rule.head) else { continue };
            let delta = match planned.first.plan().delta.map(|at| &rule.body[at]) {
                Some(Literal::Positive(atom)) => Some(reads.range(atom.relation, Part::Delta).len()),
                _ => None,
            };
            if delta == Some(0) {
                continue;
            }
            let way = planned.way(delta.unwrap_or(0), self.options.drive);
            let Way { estimated: Estimated { plan, .. }, pure, ratio, measured } = way;
            let observer = self.options.observer.as_deref();
            observer.inspect(|observer| observer.begins(plan.rule));
            let known = staging.added;
            let committed = reads.database.relation(rule.head);
            let pipeline = Pipeline::new(&plan.body, &reads);
            let driving = pipeline.driving().map_or(0, |rows| rows.end.saturating_sub(rows.start));
            let (arity, id) = (committed.arity(), plan.rule);
            let work;
            #[allow(clippy::cast_precision_loss)]
            let wide = f64::from(driving) * *ratio * 8.0 >= self.options.wave as f64;
            if *pure && wide && driving > 1 && !staging.chooses() {
                let job = Job {
                    plan,
                    reads,
                    functions,
                    values: &self.values,
                    budget,
                    batch_size,
                    threads: self.threads,
                    wave: self.options.wave,
                    direct: self.options.direct,
                    held,
                };
                let mut before = staging.set.bytes();
                let harvest =
                    job.run(&mut staging.set, committed.words(), &mut staging.fresh, ratio, &mut |added, set| {
                        let grown = set.bytes().saturating_sub(before);
                        before = set.bytes();
                        held = (held.0 + added, held.1 + added * arity * size_of::<Word>() + grown);
                        budget.hold(held.0, held.1, Some(id))
                    })?;
                staging.added += harvest.added;
                observer.inspect(|observer| observer.ran(plan, harvest.candidates, harvest.added));
                let failed = harvest.failure.map(|failure| Stop::Failed { rule: Some(id), failure });
                stopped = stopped.and(failed.map_or(Ok(()), Err));
                work = harvest.work;
            } else {
                let mut state = State::new(functions, &mut self.values, budget, batch_size, counter);
                state.rule = Some(id);
                let mut candidates = 0;
                let mut flush = |state: &mut State<'_>, words: &[Word], count: usize| {
                    candidates += count;
                    let (rows, bytes) = staging.take(committed.words(), arity, words, count);
                    held = (held.0 + rows, held.1 + bytes);
                    state.budget.hold(held.0, held.1, state.rule)
                };
                let mut emit = Emit::new(&plan.head, &mut flush);
                pipeline.run(&mut state, &Batch::unit(plan.body.slots), &mut Sink::Head(&mut emit))?;
                emit.end(&mut state)?;
                observer.inspect(|observer| observer.ran(plan, candidates, staging.added - known));
                // Every rule of the round runs before the first failure is reported: the first by rule order.
                stopped = stopped.and(state.finish());
                #[allow(clippy::cast_precision_loss)]
                if driving > 0 {
                    *ratio = candidates as f64 / f64::from(driving);
                }
                work = state.work;
            }
            let from_delta = plan.begins_with_delta();
            #[allow(clippy::cast_precision_loss)]
            let rows = delta.filter(|_| from_delta).unwrap_or(1) as f64;
            #[allow(clippy::cast_precision_loss)]
            measured.replace(work as f64 / rows);
            if let (Some(position), Some(delta), true) = (plan.delta, delta, from_delta) {
                let rule = plan.rule;
                if planned.is_surprised(work, delta) && self.options.drive == Switch::Auto {
                    self.surprised |= self.surprising.insert((rule, position));
                }
            }
        }
        stopped
    }

    /// Leaves out of what a round found what others replace.
    fn thin(&mut self, functions: &mut Functions) -> Result<(), Stop> {
        let Self { database, values, staging, options, .. } = self;
        let mut context = Context { database, values, functions, options };
        staging.iter_mut().try_for_each(|staging| staging.thin(&mut context))
    }

    /// Ends a round: what it added becomes visible. Gives how many rows that were.
    fn commit(&mut self, round: Round) -> usize {
        for grown in &mut self.grown {
            let len = self.database.relation(grown.relation).len();
            let late = usize::from(self.options.sabotage == Some(Sabotage::LateDelta));
            grown.delta = Row::try_from(len + late).unwrap_or(Row::MAX);
        }
        let mut all = 0;
        for staging in &mut self.staging {
            let relation = self.database.relation_mut(staging.relation);
            let (fresh, added) = staging.end(self.program, relation.words(), &self.values);
            relation.commit(round, fresh, added);
            all += added;
        }
        all
    }

    /// Whether a relation of the stratum has reached the size that `.limitsize` sets.
    fn full(&self) -> bool {
        self.limits().any(|(id, limit)| limit.is_some_and(|limit| self.database.relation(id).len() >= limit))
    }

    /// The relations of the stratum that have a `.limitsize`, with what it says.
    fn limits(&self) -> impl Iterator<Item = (RelationId, Option<usize>)> {
        let directives = self.program.directives.iter();
        let limits = directives.filter(|directive| {
            directive.kind == DirectiveKind::Limitsize && self.stratum.relations.contains(&directive.relation)
        });
        limits.map(|directive| {
            let limit = directive.parameters.iter().find(|(key, _)| self.values.symbols.get(*key) == "n");
            let limit = limit.and_then(|(_, value)| self.values.symbols.get(*value).parse::<usize>().ok());
            (directive.relation, limit)
        })
    }
}

/// The column of a relation that most recursive atoms hand on unchanged: tuples that agree in it are kept together.
fn lead(program: &Program, stratum: &Stratum, relation: RelationId) -> Option<usize> {
    let mut counts = vec![0_usize; program.relation(relation).arity()];
    for rule in stratum.rules.iter().map(|&id| program.rule(id)).filter(|rule| rule.head == relation) {
        for literal in &rule.body {
            let Literal::Positive(atom) = literal else { continue };
            if !stratum.relations.contains(&atom.relation) {
                continue;
            }
            let hands_on = |term: &Term| match term {
                Term::Variable(variable) => {
                    atom.arguments.iter().any(|other| matches!(other, Term::Variable(other) if other == variable))
                }
                _ => false,
            };
            counts.iter_mut().zip(&rule.arguments).for_each(|(count, term)| *count += usize::from(hands_on(term)));
        }
    }
    let most = counts.iter().copied().max().filter(|&most| most > 0)?;
    counts.iter().position(|&count| count == most)
}
