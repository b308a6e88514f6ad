//! Pieces of evaluation alone, beside models of what they do.

mod budget;
mod emit;
mod sizes;
mod spread;

use std::sync::Arc;

use super::Options;
use super::batch::State;
use super::function::Functions;
use super::limits::Budget;
use crate::value::Values;

/// Runs a piece with what evaluation carries along. Gives what it gave, and the pool of values.
fn with_state<T>(values: Values, budget: &Budget, run: impl FnOnce(&mut State<'_>) -> T) -> (T, Values) {
    let mut functions = Functions::of(&Options::default());
    let mut values = Arc::new(values);
    let mut counter = 0;
    let result = run(&mut State::new(&mut functions, &mut values, budget, 100, &mut counter));
    (result, Arc::unwrap_or_clone(values))
}
