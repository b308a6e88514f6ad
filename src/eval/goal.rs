//! Runs a goal over a finished database.

use std::sync::Arc;

use super::Options;
use super::batch::{Batch, State};
use super::function::Functions;
use super::join::{Pipeline, Reads, emit};
use super::limits::Stop;
use super::statistics::Sizes;
use crate::plan::plan_body;
use crate::program::{Goal, Program};
use crate::storage::{Database, Relation};
use crate::value::Values;

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
    let mut functions = Functions::new(options.wrap, options.lenient);
    let mut counter = 0;
    for rule in &goal.alternatives {
        let (body, head) = plan_body(&program.types, rule, None, &[], &Sizes::new(database, &[]));
        let reads = Reads { database, growing: &[] };
        let pipeline = Pipeline::new(&body, &reads);
        let mut state =
            State::new(&mut functions, &mut values, &options.budget, options.batch_size.max(1), &mut counter);
        let mut candidates = Vec::new();
        pipeline.run(&mut state, &Batch::unit(body.slots), &mut |state, batch| {
            let count = emit(state, batch, &head, &mut candidates);
            answers.extend(0, &candidates, count);
            candidates.clear();
            state.budget.hold(answers.len(), answers.bytes(), None)
        })?;
        state.finish()?;
    }
    Ok((answers, values))
}
