//! Evaluation of a checked program: semi-naive, a stratum at a time, in strict rounds.

mod aggregate;
mod batch;
mod choice;
mod fixpoint;
pub mod function;
mod goal;
mod join;
mod limits;
mod statistics;
mod subsume;

pub use fixpoint::evaluate;
pub use goal::{Question, run_goal, solve};
pub use limits::{Budget, Clock, Limit, Stop};
pub use statistics::Sizes;

use crate::storage::Hashing;
use function::Registry;

/// How to evaluate. Apart from limits and `wrap` and `lenient`, nothing here changes an answer; tests draw the rest at
/// random.
#[derive(Clone, Debug)]
pub struct Options {
    /// Limits and interruption.
    pub budget: Budget,
    /// Arithmetic wraps around instead of failing.
    pub wrap: bool,
    /// Conversions are as lenient as Soufflé's.
    pub lenient: bool,
    /// What registered functors do.
    pub functors: Registry,
    /// How many bindings go through a step at once.
    pub batch_size: usize,
    /// How sets of tuples hash.
    pub hashing: Hashing,
    /// Join orders are drawn from this seed instead of being chosen from sizes.
    pub shuffle: Option<u64>,
    /// Plans are made anew when a relation has grown by this factor.
    pub replan: usize,
    /// A fault to evaluate with, so that tests can see whether their judges notice.
    #[doc(hidden)]
    pub sabotage: Option<Sabotage>,
    /// Evaluate only what these relations need; everything where not given.
    pub needed: Option<Vec<crate::program::RelationId>>,
}

/// Ways to spoil an evaluation.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// The last atom that reads a delta never does.
    DropDelta,
    /// A delta starts one row late.
    LateDelta,
    /// Negated atoms always hold.
    LoseNegation,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            budget: Budget::default(),
            wrap: false,
            lenient: false,
            functors: Registry::default(),
            batch_size: 1024,
            hashing: Hashing::default(),
            shuffle: None,
            replan: 8,
            sabotage: None,
            needed: None,
        }
    }
}
