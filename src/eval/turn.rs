//! The rules of a round as they run: one after another, in waves, or side by side with their neighbours.

use std::ops::Range;
use std::sync::Arc;

use super::Options;
use super::access::Reads;
use super::batch::{Batch, State};
use super::emit::{Emit, Flush};
use super::function::Functions;
use super::limits::Stop;
use super::overlap::{self, Found};
use super::pipeline::{Pipeline, Sink};
use super::staging::{Intake, Staging};
use super::wave::{Job, Room};
use super::ways::{Ran, Turn};
use crate::plan::RulePlan;
use crate::storage::Row;
use crate::threads;
use crate::value::{Values, Word};

/// What the rules of a round run with.
pub(super) struct Running<'r, 'a> {
    pub(super) reads: Reads<'r>,
    pub(super) options: &'r Options,
    pub(super) staging: &'r mut [Staging<'a>],
    pub(super) functions: &'r mut Functions,
    pub(super) values: &'r mut Arc<Values>,
    pub(super) counter: &'r mut i64,
    /// Rows and bytes of all relations.
    pub(super) held: (usize, usize),
    /// Buffers from earlier rounds.
    pub(super) spare: &'r mut Spare,
}

/// Buffers that rules leave behind for those after them.
#[derive(Debug, Default)]
pub(super) struct Spare {
    /// Of rules that ran side by side.
    pub(super) found: Vec<Found>,
    /// Of waves.
    pub(super) room: Room,
}

/// Runs a rule, over some of its driving rows where they are given. `flush` gets its candidates in order.
pub(super) fn produce(
    plan: &RulePlan,
    pipeline: &mut Pipeline<'_>,
    rows: Option<Range<Row>>,
    state: &mut State<'_>,
    flush: &mut Flush<'_>,
) -> Result<(), Stop> {
    state.rule = Some(plan.rule);
    if let Some(rows) = rows {
        pipeline.drive(rows);
    }
    let mut emit = Emit::new(&plan.head, flush);
    pipeline.run(state, &Batch::unit(plan.body.slots), &mut Sink::Head(&mut emit))?;
    emit.end(state)
}

impl Running<'_, '_> {
    /// Runs some rules in their order; what each adds comes in that order whoever finds it. Gives what each gave.
    ///
    /// # Errors
    /// A limit was met, or someone interrupted. A functor that fails is no error yet: every rule of a round runs before
    /// the first failure is reported.
    pub(super) fn run(&mut self, turns: &[Turn<'_>]) -> Result<Vec<Ran>, Stop> {
        let mut ran = Vec::with_capacity(turns.len());
        let mut open = turns;
        while let Some((first, others)) = open.split_first() {
            if self.is_wide(first) {
                ran.push(self.waves(first)?);
                open = others;
                continue;
            }
            let together = open.iter().take_while(|turn| self.may_overlap(turn)).count();
            if together > 0 && overlap::pays(&open[..together], self.options) {
                overlap::run(self, &open[..together], &mut ran)?;
                open = &open[together..];
                continue;
            }
            for turn in &open[..together.max(1)] {
                let mut one = self.begin(turn);
                self.part(turn, None, &mut one)?;
                ran.push(self.end(turn, one)?);
            }
            open = &open[together.max(1)..];
        }
        Ok(ran)
    }

    /// Whether a rule runs in waves. That decides the order of rows, so it must not depend on threads.
    #[allow(clippy::cast_precision_loss)]
    fn is_wide(&self, turn: &Turn<'_>) -> bool {
        let set = &self.staging[turn.stage].set;
        // Where candidates come in blocks, waves pay much earlier: only they take blocks.
        let share = if turn.plan.found_beside(set.axis()).is_some() { 256.0 } else { 8.0 };
        let wide = f64::from(turn.rows()) * turn.ratio * share >= self.options.wave as f64;
        turn.pure && wide && turn.rows() > 1 && !self.staging[turn.stage].chooses()
    }

    /// Whether a rule may run side by side with its neighbours.
    fn may_overlap(&self, turn: &Turn<'_>) -> bool {
        turn.pure && !self.is_wide(turn) && !self.staging[turn.stage].chooses()
    }

    /// A rule sets out.
    pub(super) fn begin(&self, turn: &Turn<'_>) -> Ran {
        self.options.observer.iter().for_each(|observer| observer.begins(turn.plan.rule));
        Ran { before: self.staging[turn.stage].added, ..Ran::default() }
    }

    /// Runs a rule over some of its driving rows, or as a whole, on this thread.
    pub(super) fn part(&mut self, turn: &Turn<'_>, rows: Option<Range<Row>>, ran: &mut Ran) -> Result<(), Stop> {
        let Self { reads, options, staging, functions, values, counter, held, .. } = self;
        let mut intake = intake(reads, options, &mut staging[turn.stage], held, turn);
        let mut state = State::new(functions, values, &options.budget, options.batch_size.max(1), counter);
        let mut flush = |_: &mut State<'_>, words: &[Word], count: usize| {
            ran.candidates += count;
            intake.add(words, count)
        };
        produce(turn.plan, &mut Pipeline::new(&turn.plan.body, reads), rows, &mut state, &mut flush)?;
        ran.work += state.work;
        ran.fail(state.failure.take());
        Ok(())
    }

    /// Adds what another thread has found for a rule.
    pub(super) fn take(&mut self, turn: &Turn<'_>, found: &mut Found, ran: &mut Ran) -> Result<(), Stop> {
        found.result.take().map_or(Ok(()), Err)?;
        self.options.budget.poll(Some(turn.plan.rule))?;
        let Self { reads, options, staging, held, .. } = self;
        ran.candidates += found.candidates;
        ran.work += found.work;
        ran.fail(found.failure.take());
        intake(reads, options, &mut staging[turn.stage], held, turn).add(&found.words, found.candidates)
    }

    /// A rule is done.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn end(&mut self, turn: &Turn<'_>, mut ran: Ran) -> Result<Ran, Stop> {
        let Self { reads, options, staging, held, .. } = self;
        intake(reads, options, &mut staging[turn.stage], held, turn).end()?;
        ran.added = staging[turn.stage].added - ran.before;
        if turn.rows() > 0 {
            ran.ratio = Some(ran.candidates as f64 / f64::from(turn.rows()));
        }
        options.observer.iter().for_each(|observer| observer.ran(turn.plan, ran.candidates, ran.added));
        Ok(ran)
    }

    /// Runs a rule in waves.
    fn waves(&mut self, turn: &Turn<'_>) -> Result<Ran, Stop> {
        let mut ran = self.begin(turn);
        let Self { reads, options, staging, held, .. } = self;
        let staging = &mut staging[turn.stage];
        let committed = reads.database.relation(staging.relation);
        let job = Job {
            plan: turn.plan,
            reads: *reads,
            functions: self.functions,
            values: self.values,
            budget: &options.budget,
            batch_size: options.batch_size.max(1),
            threads: threads::count(options.threads),
            wave: options.wave,
            direct: options.direct,
            held: *held,
        };
        let mut ratio = turn.ratio;
        let mut before = staging.set.bytes();
        let mut hold = |added: usize, set: &crate::storage::TupleSet| {
            let grown = set.bytes().saturating_sub(before);
            before = set.bytes();
            *held = (held.0 + added, held.1 + added * committed.arity() * size_of::<Word>() + grown);
            options.budget.hold(held.0, held.1, Some(turn.plan.rule))
        };
        let harvest = job.run(
            &mut staging.set,
            committed.words(),
            &mut staging.fresh,
            &mut ratio,
            &mut self.spare.room,
            &mut hold,
        )?;
        staging.added += harvest.added;
        options.observer.iter().for_each(|observer| observer.ran(turn.plan, harvest.candidates, harvest.added));
        ran.candidates = harvest.candidates;
        ran.added = harvest.added;
        ran.work = harvest.work;
        ran.ratio = Some(ratio);
        ran.fail(harvest.failure);
        Ok(ran)
    }
}

fn intake<'i, 'a>(
    reads: &Reads<'i>,
    options: &'i Options,
    staging: &'i mut Staging<'a>,
    held: &'i mut (usize, usize),
    turn: &Turn<'_>,
) -> Intake<'i, 'a> {
    let committed = reads.database.relation(staging.relation);
    Intake {
        committed: committed.words(),
        arity: committed.arity(),
        staging,
        budget: &options.budget,
        held,
        rule: turn.plan.rule,
    }
}

#[cfg(test)]
mod tests;
