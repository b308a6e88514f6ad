//! Runs goals, and single rules with some variables bound, over a finished database.

use std::sync::Arc;

use super::Options;
use super::access::Reads;
use super::batch::{Batch, State};
use super::emit::Emit;
use super::function::Functions;
use super::limits::Stop;
use super::pipeline::{Pipeline, Sink};
use super::statistics::Sizes;
use crate::plan::{BodyPlan, Expression, Slot, plan_body};
use crate::program::{Goal, Program, RelationId};
use crate::storage::{Database, Relation, Row};
use crate::value::{Values, Word};

/// The distinct bindings of a goal's columns, in the order in which they were found, and the values that they mean
/// (those of the database, and what the goal computed).
///
/// # Errors
/// A limit was met, someone interrupted, or a functor failed.
pub fn run_goal(
    program: &Program,
    database: &Database,
    goal: &Goal,
    values: Arc<Values>,
    options: &Options,
) -> Result<(Relation, Arc<Values>), Stop> {
    let mut answers = Relation::new(goal.columns.len());
    let mut values = values;
    let mut functions = Functions::of(options);
    let mut counter = 0;
    for rule in &goal.alternatives {
        let (body, head) =
            plan_body(&program.types, rule, None, &[], &Sizes::new(database, &[]).intersecting(options.intersect));
        let reads = Reads { database, grown: &[], cuts: &[], in_order: false, threads: 1 };
        let pipeline = Pipeline::new(&body, &reads);
        let mut state =
            State::new(&mut functions, &mut values, &options.budget, options.batch_size.max(1), &mut counter);
        let mut flush = |state: &mut State<'_>, words: &[Word], count: usize| {
            answers.extend(0, words, count);
            state.budget.hold(answers.len(), answers.bytes(), None)
        };
        let mut emit = Emit::new(&head, &mut flush);
        pipeline.run(&mut state, &Batch::unit(body.slots), &mut Sink::Head(&mut emit))?;
        emit.end(&mut state)?;
        state.finish()?;
    }
    Ok((answers, values))
}

/// A planned body to be run over a finished database.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The relations.
    pub database: &'a Database,
    /// The body.
    pub body: &'a BodyPlan,
    /// What is wanted of each binding.
    pub head: &'a [Expression],
    /// Slots that are bound from the start.
    pub bound: &'a [(Slot, Word)],
    /// Relations of which only the first rows count.
    pub cuts: &'a [(RelationId, Row)],
    /// How many distinct answers are enough.
    pub limit: usize,
}

/// The distinct answers of a planned body, in the order in which they were found: each as long as the head, row after
/// row. More than `limit` may come; if so, there may be others still.
///
/// # Errors
/// A limit was met, someone interrupted, or a functor failed.
pub fn solve(question: Question<'_>, values: &mut Arc<Values>, options: &Options) -> Result<Relation, Stop> {
    let Question { database, body, head, bound, cuts, limit } = question;
    let mut answers = Relation::new(head.len());
    let mut functions = Functions::of(options);
    let mut counter = 0;
    let reads = Reads { database, grown: &[], cuts, in_order: true, threads: 1 };
    let pipeline = Pipeline::new(body, &reads);
    let mut state = State::new(&mut functions, values, &options.budget, options.batch_size.max(1), &mut counter);
    let mut start = Batch::unit(body.slots);
    bound.iter().for_each(|&(slot, word)| start.columns[slot].push(word));
    let mut enough = false;
    let mut flush = |_: &mut State<'_>, words: &[Word], count: usize| {
        answers.extend(0, words, count);
        enough = answers.len() >= limit;
        // There is no other way out of the middle of a join; whoever asked knows that nobody interrupted.
        if enough { Err(Stop::Interrupted) } else { Ok(()) }
    };
    let mut emit = Emit::new(head, &mut flush);
    let result = pipeline.run(&mut state, &start, &mut Sink::Head(&mut emit)).and_then(|()| emit.end(&mut state));
    match result {
        Err(Stop::Interrupted) if enough => Ok(answers),
        other => {
            other?;
            state.finish()?;
            Ok(answers)
        }
    }
}
