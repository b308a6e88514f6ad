//! Semi-naive evaluation: each stratum in rounds, until a round adds nothing.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::batch::{Batch, State};
use super::choice::Choice;
use super::function::Functions;
use super::join::{Growing, Pipeline, Reads, emit};
use super::limits::Stop;
use super::statistics::Sizes;
use super::subsume::{Context, Subsumption};
use super::{Options, Sabotage};
use crate::plan::{RulePlan, Step, plan_rule};
use crate::program::{Literal, Program, RelationId, RuleId, Stratum};
use crate::storage::{Database, GrowingIndex, Round, Row, TupleSet};
use crate::syntax::ast::DirectiveKind;
use crate::value::{Values, Word};

/// Candidates that are collected before they are deduplicated.
const CANDIDATES: usize = 512;

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
    growing: Vec<Growing>,
    staging: Vec<Staging<'a>>,
    plans: Vec<RulePlan>,
    /// Sizes of the stratum's relations when the plans were made.
    planned: Vec<usize>,
    /// Rows and bytes of all relations outside the stratum.
    outside: (usize, usize),
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
        let found = TupleSet::hashed(declared.arity(), set.hashing());
        let subsumption = Subsumption::of(program, relation, database);
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

    /// Ends a round: the rows that it adds, and how many.
    fn end(&mut self, program: &Program, committed: &[Word], values: &Values) -> (Vec<Word>, usize) {
        let fresh = std::mem::take(&mut self.fresh);
        let added = std::mem::take(&mut self.added);
        if !self.chooses() {
            return (fresh, added);
        }
        let declared = program.relation(self.relation);
        self.found = TupleSet::hashed(declared.arity(), self.found.hashing());
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
        let mut growing = Vec::new();
        let mut staging = Vec::new();
        for &relation in &stratum.relations {
            staging.push(Staging::new(program, relation, database));
            if stratum.recursive {
                growing.push(Growing { relation, delta: 0, indexes: Vec::new() });
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
            growing,
            staging,
            plans: Vec::new(),
            planned: Vec::new(),
            outside,
        }
    }

    /// Gives the sets back to their relations; gives the pool of values.
    fn close(self) -> Arc<Values> {
        for staging in self.staging {
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
            if self.commit(round) == 0 || !self.stratum.recursive || self.full() {
                return Ok(());
            }
            round += 1;
            if round == 2 || self.outgrown() {
                self.plan(true);
            }
        }
    }

    /// Plans every rule: for the first round as a whole, later once for each atom that reads the stratum's delta.
    fn plan(&mut self, deltas: bool) {
        let sizes = Sizes::new(self.database, &self.stratum.relations).shuffled(self.options.shuffle);
        let mut plans = Vec::new();
        for &id in &self.stratum.rules {
            let again = deltas && self.program.rule(id).aggregates_over(&self.stratum.relations);
            if deltas && !again {
                let mut positions = self.delta_positions(id);
                if self.options.sabotage == Some(Sabotage::DropDelta) {
                    positions.pop();
                }
                for position in positions {
                    plans.push(plan_rule(self.program, id, Some(position), &sizes));
                }
            } else {
                // A rule whose aggregates read the stratum itself is run anew each round.
                plans.push(plan_rule(self.program, id, None, &sizes));
            }
        }
        if self.options.sabotage == Some(Sabotage::LoseNegation) {
            plans.iter_mut().for_each(|plan| plan.body.lose_negations());
        }
        self.planned = self.stratum.relations.iter().map(|&id| self.database.relation(id).len()).collect();
        self.plans = plans;
        for growing in &mut self.growing {
            growing.indexes.clear();
        }
        for (relation, columns) in self.plans.iter().flat_map(|plan| &plan.body.steps).filter_map(lookup) {
            if let Some(growing) = self.growing.iter_mut().find(|growing| growing.relation == relation)
                && growing.indexes.iter().all(|index| index.columns() != columns)
            {
                let relation = self.database.relation(relation);
                growing.indexes.push(GrowingIndex::new(columns, relation.arity(), relation.words()));
            }
        }
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
        for growing in &mut self.growing {
            let relation = self.database.relation(growing.relation);
            for index in &mut growing.indexes {
                index.extend(relation.arity(), relation.words(), relation.len());
            }
        }
        let reads = Reads { database: self.database, growing: &self.growing, cuts: &[] };
        let budget = &self.options.budget;
        let mut state = State::new(functions, &mut self.values, budget, self.options.batch_size.max(1), counter);
        let mut stopped = Ok(());
        let mut held: (usize, usize) = self.staging.iter().fold(self.outside, |(rows, bytes), staging| {
            let relation = reads.database.relation(staging.relation);
            (rows + relation.len(), bytes + size_of_val(relation.words()) + staging.set.bytes())
        });
        for plan in &self.plans {
            let rule = self.program.rule(plan.rule);
            let Some(staging) = self.staging.iter_mut().find(|staging| staging.relation == rule.head) else { continue };
            if let Some(Literal::Positive(atom)) = plan.delta.map(|at| &rule.body[at])
                && self.growing.iter().any(|growing| {
                    growing.relation == atom.relation
                        && growing.delta as usize == reads.database.relation(atom.relation).len()
                })
            {
                continue;
            }
            state.rule = Some(plan.rule);
            let committed = reads.database.relation(rule.head);
            let mut sink = Candidates::new(staging, committed.words(), committed.arity());
            let pipeline = Pipeline::new(&plan.body, &reads);
            let start = Batch::unit(plan.body.slots);
            pipeline.run(&mut state, &start, &mut |state, batch| {
                sink.count += emit(state, batch, &plan.head, &mut sink.words);
                if sink.count >= CANDIDATES {
                    let (rows, bytes) = sink.flush();
                    held = (held.0 + rows, held.1 + bytes);
                    state.budget.hold(held.0, held.1, state.rule)?;
                }
                Ok(())
            })?;
            let (rows, bytes) = sink.flush();
            held = (held.0 + rows, held.1 + bytes);
            budget.hold(held.0, held.1, state.rule)?;
            // Every rule of the round runs before the first failure is reported: the first by rule order.
            stopped = stopped.and(state.finish());
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
        for growing in &mut self.growing {
            let len = self.database.relation(growing.relation).len();
            let late = usize::from(self.options.sabotage == Some(Sabotage::LateDelta));
            growing.delta = Row::try_from(len + late).unwrap_or(Row::MAX);
        }
        let mut all = 0;
        for staging in &mut self.staging {
            let relation = self.database.relation_mut(staging.relation);
            let (fresh, added) = staging.end(self.program, relation.words(), &self.values);
            relation.commit(round, &fresh, added);
            all += added;
        }
        all
    }

    /// Whether a relation of the stratum has reached the size that `.limitsize` sets.
    fn full(&self) -> bool {
        self.program.directives.iter().filter(|directive| directive.kind == DirectiveKind::Limitsize).any(|directive| {
            let limit = directive.parameters.iter().find(|(key, _)| self.values.symbols.get(*key) == "n");
            let limit = limit.and_then(|(_, value)| self.values.symbols.get(*value).parse::<usize>().ok());
            self.stratum.relations.contains(&directive.relation)
                && limit.is_some_and(|limit| self.database.relation(directive.relation).len() >= limit)
        })
    }
}

/// The relation and columns that a step looks up.
fn lookup(step: &Step) -> Option<(RelationId, &[usize])> {
    match step {
        Step::Lookup { relation, columns, .. } | Step::Exists { relation, columns, .. } if !columns.is_empty() => {
            Some((*relation, columns))
        }
        Step::Lookup { .. }
        | Step::Exists { .. }
        | Step::Scan { .. }
        | Step::Assign { .. }
        | Step::Match { .. }
        | Step::Filter { .. }
        | Step::Range { .. }
        | Step::Aggregate { .. } => None,
    }
}

/// Head tuples on their way into a relation.
struct Candidates<'s, 'a> {
    staging: &'s mut Staging<'a>,
    committed: &'s [Word],
    arity: usize,
    words: Vec<Word>,
    count: usize,
}

impl<'s, 'a> Candidates<'s, 'a> {
    fn new(staging: &'s mut Staging<'a>, committed: &'s [Word], arity: usize) -> Self {
        Self { staging, committed, arity, words: Vec::new(), count: 0 }
    }

    /// Adds the new ones to what the round found. Gives how many rows and bytes that were.
    fn flush(&mut self) -> (usize, usize) {
        let chooses = self.staging.chooses();
        let Staging { set, fresh, found, .. } = &mut *self.staging;
        // With a choice, candidates that are known from earlier rounds are sorted out when it is made.
        let (set, committed) = if chooses { (found, &[] as &[Word]) } else { (set, self.committed) };
        let before = set.bytes();
        let added = set.insert_batch(committed, fresh, &self.words, self.count);
        let grown = set.bytes().saturating_sub(before);
        self.staging.added += added;
        self.words.clear();
        self.count = 0;
        (added, added * self.arity * size_of::<Word>() + grown)
    }
}
