//! Neighbouring rules of a round on several threads, with the rows in the order in which one thread would find them.
//!
//! Most rounds of a large program are many rules with little work each, too little for waves (`wave.rs`). Their driving
//! rows are cut into tasks, in order over all rules. Threads run tasks ahead and keep the candidates they find; the calling
//! thread goes through the tasks in order and adds their candidates to the sets, just as if it had found them itself. What
//! nobody has begun when its turn comes it runs itself, without a buffer, and where the next task is still under way it
//! runs a later one. Nothing is locked but the list of tasks, and which thread did what never shows: so, other than with
//! waves, whether and how tasks are cut may follow the work that was measured.
//!
//! Memory is bounded: threads run only so many tasks ahead, and a task that finds far more than was expected gives up and
//! is left to the calling thread.

use std::ops::Range;
use std::sync::Arc;

use super::Options;
use super::access::Reads;
use super::batch::State;
use super::function::{Failure, Functions};
use super::limits::Stop;
use super::pipeline::Pipeline;
use super::turn::{Running, produce};
use super::ways::{Ran, Turn};
use crate::storage::Row;
use crate::threads;
use crate::value::{Values, Word};

/// Words that all tasks that are ahead may find at most, together ...
const MOST_WORDS: usize = 1 << 23;
/// ... but each so many in any case, more than tasks are meant to find.
const LEAST_WORDS: usize = 1 << 16;
/// And each so many times the tuples that it is meant to find: what is given up is done again, by one thread.
const EXCESS: usize = 64;
/// Driving rows of a task at most: to read them is work, too.
const MOST_ROWS: f64 = 16384.0;
/// Tasks that may be ahead: so many for each thread, and so many beside these.
const AHEAD: (usize, usize) = (4, 24);
/// How many tasks are meant to come from the least work that is shared among threads.
const TASKS: usize = 2;

/// Some driving rows of a rule.
struct Task {
    turn: usize,
    /// Nothing stands for all there is to do.
    rows: Option<Range<Row>>,
    /// It is the last of its rule.
    last: bool,
}

/// What a task gave.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Its candidates, row after row.
    pub(super) words: Vec<Word>,
    /// How many these are.
    pub(super) candidates: usize,
    /// Bindings made on the way.
    pub(super) work: usize,
    /// The least failure.
    pub(super) failure: Option<Failure>,
    /// Why it stopped.
    pub(super) result: Option<Stop>,
    /// It found too much, and nothing of it counts.
    gave_up: bool,
}

/// What a thread needs of its own.
struct Worker<'w> {
    functions: Functions,
    values: Arc<Values>,
    /// The rule that it ran last, ready to run.
    pipeline: Option<(usize, Pipeline<'w>)>,
}

/// Whether some rules are worth further threads.
#[allow(clippy::cast_precision_loss)]
pub(super) fn pays(turns: &[Turn<'_>], options: &Options) -> bool {
    let expected: f64 = turns.iter().map(|turn| turn.expected).sum();
    expected >= options.overlap as f64 && threads::count(options.threads) > 1
}

/// Runs some rules that make no values and whose heads are not chosen from; `ran` gets what each gave.
///
/// # Errors
/// A limit was met, or someone interrupted.
pub(super) fn run(running: &mut Running<'_, '_>, turns: &[Turn<'_>], ran: &mut Vec<Ran>) -> Result<(), Stop> {
    let threads = threads::count(running.options.threads);
    let segment = Segment::new(running, turns);
    let mut spare = std::mem::take(&mut running.spare.found);
    let mut one = None;
    let take = |at: usize, found: Option<&mut Found>| {
        let Task { turn, rows, last } = &segment.tasks[at];
        let turn = &turns[*turn];
        let now = one.get_or_insert_with(|| running.begin(turn));
        match found {
            Some(found) if !found.gave_up => running.take(turn, found, now)?,
            _ => running.part(turn, rows.clone(), now)?,
        }
        if *last && let Some(now) = one.take() {
            ran.push(running.end(turn, now)?);
        }
        Ok(())
    };
    let result = threads::in_order(
        (threads, ahead(threads)),
        segment.tasks.len(),
        &mut spare,
        || segment.worker(),
        |worker, at, found| segment.work(worker, at, found),
        take,
    );
    running.spare.found = spare;
    result
}

/// How many tasks may be ahead of the one whose turn it is.
fn ahead(threads: usize) -> usize {
    threads * AHEAD.0 + AHEAD.1
}

/// How many words a task may find.
fn most_words(threads: usize) -> usize {
    (MOST_WORDS / ahead(threads)).max(LEAST_WORDS)
}

/// Rules that run side by side.
struct Segment<'s> {
    reads: Reads<'s>,
    options: &'s Options,
    turns: &'s [Turn<'s>],
    tasks: Vec<Task>,
    /// Bindings that a task is expected to make.
    share: usize,
    functions: Functions,
    values: Arc<Values>,
}

impl<'s> Segment<'s> {
    fn new(running: &Running<'s, '_>, turns: &'s [Turn<'s>]) -> Self {
        let share = (running.options.overlap / TASKS).max(1);
        // Postings that are made for one rule and serve others as well come about in the order of the rules: entries of
        // narrow ones are sorted, those of wide ones are not.
        turns.iter().for_each(|turn| drop(Pipeline::new(&turn.plan.body, &running.reads)));
        Self {
            reads: running.reads,
            options: running.options,
            turns,
            tasks: (0..).zip(turns).flat_map(|(number, turn)| tasks(number, turn, share)).collect(),
            share,
            functions: running.functions.clone(),
            values: Arc::clone(running.values),
        }
    }

    fn worker(&self) -> Worker<'s> {
        Worker { functions: self.functions.clone(), values: Arc::clone(&self.values), pipeline: None }
    }

    /// Runs a task.
    fn work(&self, worker: &mut Worker<'s>, at: usize, found: &mut Found) {
        let Task { turn, rows, .. } = &self.tasks[at];
        let plan = self.turns[*turn].plan;
        let known = worker.pipeline.take().filter(|(known, _)| known == turn);
        let known = known.unwrap_or_else(|| (*turn, Pipeline::new(&plan.body, &self.reads)));
        let (_, pipeline) = worker.pipeline.insert(known);
        let mut counter = 0;
        let (budget, batch_size) = (&self.options.budget, self.options.batch_size.max(1));
        let mut state = State::new(&mut worker.functions, &mut worker.values, budget, batch_size, &mut counter);
        found.words.clear();
        found.candidates = 0;
        let most = most_words(threads::count(self.options.threads));
        let most = most.min(self.share.saturating_mul(EXCESS * plan.head.len().max(1)));
        let mut too_much = false;
        let mut flush = |_: &mut State<'_>, words: &[Word], count: usize| {
            found.words.extend_from_slice(words);
            found.candidates += count;
            too_much = found.words.len() > most;
            // Which stop it is does not matter: the task counts as not run.
            if too_much { Err(Stop::Interrupted) } else { Ok(()) }
        };
        let result = produce(plan, pipeline, rows.clone(), &mut state, &mut flush);
        found.work = state.work;
        found.failure = state.failure.take();
        found.result = result.err();
        found.gave_up = too_much;
    }
}

/// Cuts the work of a rule into tasks that make about `share` bindings each.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // estimates
fn tasks(number: usize, turn: &Turn<'_>, share: usize) -> Vec<Task> {
    let rows = turn.driving.clone().unwrap_or(0..0);
    let count = f64::from(turn.rows());
    let size = (count * share as f64 / turn.expected.max(1.0)).clamp(1.0, MOST_ROWS) as u32;
    let starts = rows.clone().step_by(size as usize);
    let mut tasks: Vec<Task> = starts
        .map(|start| Task { turn: number, rows: Some(start..rows.end.min(start.saturating_add(size))), last: false })
        .collect();
    if tasks.is_empty() {
        tasks.push(Task { turn: number, rows: None, last: false });
    }
    if let Some(task) = tasks.last_mut() {
        task.last = true;
    }
    tasks
}

#[cfg(test)]
mod tests;
