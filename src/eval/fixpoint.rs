//! Semi-naive evaluation: each stratum in rounds, until a round adds nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::access::Reads;
use super::choice::Choice;
use super::decompose::Linear;
use super::function::Functions;
use super::grown::Grown;
use super::limits::Stop;
use super::sift::Sieves;
use super::staging::Staging;
use super::statistics::{Known, Sizes};
use super::subsume::{Context, Subsumption};
use super::turn::{Running, Spare};
use super::ways::{Note, Planned, Turn};
use super::{Options, Sabotage};
use crate::plan::{Estimated, Origins, RulePlan, plan_delta, plan_rule};
use crate::program::{Literal, Program, RelationId, RuleId, Stratum, Term, Variable};
use crate::storage::{Database, Growing, Relation, Round, Row, Switch};
use crate::syntax::ast::DirectiveKind;
use crate::threads;
use crate::value::{Values, Word};

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
    let last_reader = last_reader(program);
    let mut known = Known::new();
    for (number, stratum) in program.strata.iter().enumerate() {
        let wanted = needed.as_ref().is_none_or(|needed| stratum.relations.iter().any(|id| needed[id.0 as usize]));
        if wanted {
            choose_candidates(program, stratum, &mut database, &mut functions, options)?;
        }
        if wanted && !stratum.rules.is_empty() {
            let mut run = Run { known, ..Run::new(program, stratum, &mut database, options) };
            let result = run.rounds(&mut functions, &mut counter);
            known = std::mem::take(&mut run.known);
            let values = run.close(&|relation| last_reader[relation.0 as usize] > number);
            *database.values_arc_mut() = values;
            result?;
        }
    }
    program.relation_ids().for_each(|id| database.relation(id).forget_kept());
    Ok(database)
}

/// For each relation the last stratum that reads it.
fn last_reader(program: &Program) -> Vec<usize> {
    let mut last = vec![0; program.relations.len()];
    for (number, stratum) in program.strata.iter().enumerate() {
        for &rule in &stratum.rules {
            program.rule(rule).reads(&mut |relation, _| last[relation.0 as usize] = number);
        }
    }
    last
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
    /// Buffers of rules, to be used again.
    spare: Spare,
    /// Estimates for finished relations.
    known: Known,
    /// Where the values of the stratum's columns come from.
    origins: Origins,
    /// What passes the rows with values of some finished columns.
    sieves: Sieves,
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
            if options.group != Switch::Off {
                stage.set.lie_along(along(program, stratum, relation));
            }
            staging.push(stage);
            if stratum.recursive {
                grown.push(Grown::new(relation));
            }
        }
        let finished = |id| (!stratum.relations.contains(&id)).then(|| database.relation(id).len());
        let given = |id| !database.relation(id).is_empty();
        let sifts = stratum.recursive && options.semijoin;
        let origins = if sifts { Origins::of(program, stratum, &finished, &given) } else { Origins::default() };
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
            spare: Spare::default(),
            known: Known::new(),
            origins,
            sieves: Sieves::new(),
        }
    }

    /// Gives the sets back to their relations, and postings to those that are still `read` later; gives the pool of
    /// values.
    fn close(self, read: &dyn Fn(RelationId) -> bool) -> Arc<Values> {
        for grown in self.grown.into_iter().filter(|grown| read(grown.relation) && !self.stale) {
            let relation = self.database.relation(grown.relation);
            let whole = |kept: &Growing| !kept.is_delta_only() && kept.sieve().is_none();
            grown.postings.into_iter().filter(whole).for_each(|kept| relation.keep(kept));
        }
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
            // It is not taken apart where rounds are limited, and holds what it finds against the other limits itself.
            if round == 2 && self.decompose(round - 1)? {
                return Ok(());
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
            .knowing(std::mem::take(&mut self.known))
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
                planned.grouped = None;
                planned.first.estimated.plan.body.lose_negations();
            }
        }
        self.planned = self.stratum.relations.iter().map(|&id| self.database.relation(id).len()).collect();
        plans.iter_mut().for_each(|planned| planned.learn(&self.plans));
        self.plans = plans;
        for grown in &mut self.grown {
            let plans = self.plans.iter().flat_map(Planned::plans);
            grown.lay(self.database.relation(grown.relation), plans, self.options.loose, &sizes);
            if self.options.semijoin {
                let plans = self.plans.iter().flat_map(Planned::plans);
                grown.sift(plans, self.database, (&self.stratum.relations, &self.origins), &mut self.sieves);
            }
        }
        self.known = sizes.known();
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
        let other = other.filter(useful);
        let grouped = if self.options.group == Switch::Off { None } else { first.plan.grouped() };
        let grouped = grouped.filter(|plan| self.options.group == Switch::Force || plan.found().is_some());
        Planned::new(first, other, grouped, rows)
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
        let held = self.held();
        let reads =
            Reads { database: self.database, grown: &self.grown, cuts: &[], in_order: false, threads: self.threads };
        let turns = self.plans.iter().enumerate().filter_map(|(at, planned)| {
            let head = self.program.rule(planned.first.plan().rule).head;
            let stage = self.staging.iter().position(|staging| staging.relation == head)?;
            let axis = self.staging[stage].set.axis();
            planned.turn((at, stage), self.program, &reads, (self.options.drive, self.options.group), axis)
        });
        let mut turns: Vec<Turn<'_>> = turns.collect();
        let plans: Vec<&RulePlan> = turns.iter().map(|turn| turn.plan).collect();
        extend_postings(&mut self.grown, self.database, &plans, (self.threads, self.options.overlap));
        let reads =
            Reads { database: self.database, grown: &self.grown, cuts: &[], in_order: false, threads: self.threads };
        turns.iter_mut().for_each(|turn| turn.settle(&reads, self.options.group));
        let mut running = Running {
            reads,
            options: self.options,
            staging: &mut self.staging,
            functions,
            values: &mut self.values,
            counter,
            held,
            spare: &mut self.spare,
        };
        let ran = running.run(&turns)?;
        let notes: Vec<Note> = turns.iter().map(Turn::note).collect();
        let mut stopped = Ok(());
        for (note, mut ran) in notes.iter().zip(ran) {
            let planned = &mut self.plans[note.at];
            let rule = planned.first.plan().rule;
            if let Some(position) = planned.note(note, &ran)
                && self.options.drive == Switch::Auto
            {
                self.surprised |= self.surprising.insert((rule, position));
            }
            // Every rule of the round has run: the first failure by rule order is reported.
            if let Some(failure) = ran.failure.take() {
                stopped = stopped.and(Err(Stop::Failed { rule: Some(rule), failure }));
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

/// Brings the postings that some plans read up to the start of a round, on all threads where there are `shared` rows.
fn extend_postings(grown: &mut [Grown], database: &Database, plans: &[&RulePlan], (threads, shared): (usize, usize)) {
    let mut work: Vec<(&mut Growing, &Relation, usize)> = Vec::new();
    for grown in grown {
        let relation = database.relation(grown.relation);
        let delta = (grown.delta as usize).min(relation.len());
        let used = grown.used(plans.iter().copied());
        let used = grown.postings.iter_mut().zip(used).filter(|(_, used)| *used);
        work.extend(used.map(|(postings, _)| (postings, relation, delta)));
    }
    let rows: usize = work.iter().map(|(postings, relation, delta)| postings.late(*delta, relation.len())).sum();
    let threads = if rows < shared { 1 } else { threads };
    // The longest first, or the others would wait for it in the end.
    work.sort_by_key(|(postings, relation, delta)| {
        let words = postings.columns().len() + postings.payload().len();
        std::cmp::Reverse(postings.late(*delta, relation.len()) * (1 + words))
    });
    threads::each(threads, &mut work, |(postings, relation, delta)| {
        postings.extend(relation.arity(), relation.words(), *delta, relation.len());
    });
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

/// The column of a relation of two in which most rules come by many values at once for one of the other column: it is that
/// of one atom, which shares neither with the other. Atoms of the stratum count twice: their lists are the long ones.
fn along(program: &Program, stratum: &Stratum, relation: RelationId) -> Option<usize> {
    let mut counts = [0_usize; 2];
    for rule in stratum.rules.iter().map(|&id| program.rule(id)).filter(|rule| rule.head == relation) {
        let &[Term::Variable(left), Term::Variable(right)] = rule.arguments.as_slice() else { continue };
        if !stratum.recursive {
            continue;
        }
        for (column, (listed, fixed)) in [(left, right), (right, left)].into_iter().enumerate() {
            let mut having = rule.body.iter().filter(|literal| mentions(literal, listed));
            if let (Some(literal @ Literal::Positive(atom)), None) = (having.next(), having.next())
                && atom.arguments.iter().any(|term| matches!(term, Term::Variable(other) if *other == listed))
                && !mentions(literal, fixed)
            {
                counts[column] += 1 + usize::from(stratum.relations.contains(&atom.relation));
            }
        }
    }
    let most = counts.into_iter().max().filter(|&most| most > 0)?;
    counts.iter().rposition(|&count| count == most)
}

/// Whether a literal speaks of a variable, inner terms included.
fn mentions(literal: &Literal, variable: Variable) -> bool {
    let mut mentioned = false;
    literal.visit_terms(&mut |term| mentioned |= matches!(term, Term::Variable(other) if *other == variable));
    mentioned
}

#[cfg(test)]
mod tests;
