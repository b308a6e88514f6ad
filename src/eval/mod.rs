//! Evaluation of a checked program: semi-naive, a stratum at a time, in strict rounds.

mod access;
mod aggregate;
mod batch;
mod choice;
mod decompose;
mod emit;
mod expand;
mod fixpoint;
pub mod function;
mod goal;
mod grown;
mod intersect;
mod limits;
mod observe;
mod overlap;
mod pipeline;
mod sift;
mod staging;
mod statistics;
mod subsume;
#[cfg(test)]
mod tests;
mod turn;
mod wave;
mod ways;

pub use fixpoint::evaluate;
pub use goal::{Question, run_goal, solve};
pub use limits::{Budget, Clock, Limit, Stop};
pub use observe::Observer;
pub use statistics::Sizes;

use crate::storage::{Layout, Switch};
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
    /// How sets of tuples are laid out.
    pub layout: Layout,
    /// How many threads work; 0 stands for one a core.
    pub threads: usize,
    /// Rules that are expected to find about an eighth as many tuples as this, or a 256th where they come in blocks, run
    /// in waves of this many, on all threads where they find a 64th.
    pub wave: usize,
    /// Neighbouring rules below that run side by side, on all threads, where they are expected to make so many bindings.
    pub overlap: usize,
    /// Whether the driving rows of a rule are dealt to shards, instead of what they give, where they decide the shard.
    pub direct: bool,
    /// Whether the values of a variable may be found by intersecting columns.
    pub intersect: bool,
    /// Whether a rule may begin with another atom than the one that reads the delta, and look the delta up.
    pub drive: Switch,
    /// Whether lookups in growing relations may read postings by fewer columns than they know, which others need, and
    /// compare the rest.
    pub loose: Switch,
    /// Whether postings of growing relations leave out the rows that no lookup can want, as other atoms tell.
    pub semijoin: bool,
    /// Whether a rule may read the delta a key at a time, so that what it finds comes in blocks.
    pub group: Switch,
    /// Whether linear recursion is taken apart by a column that it hands on unchanged.
    pub decompose: Switch,
    /// Join orders are drawn from this seed instead of being chosen from sizes.
    pub shuffle: Option<u64>,
    /// Plans are made anew when a relation has grown by this factor.
    pub replan: usize,
    /// A fault to evaluate with, so that tests can see whether their judges notice.
    #[doc(hidden)]
    pub sabotage: Option<Sabotage>,
    /// Told what happens; see [`Observer`].
    pub observer: Option<std::sync::Arc<dyn Observer>>,
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
            layout: Layout::default(),
            threads: 0,
            wave: 1 << 20,
            overlap: 1 << 14,
            direct: true,
            intersect: true,
            drive: Switch::Auto,
            loose: Switch::Auto,
            semijoin: true,
            group: Switch::Auto,
            decompose: Switch::Auto,
            shuffle: None,
            replan: 8,
            sabotage: None,
            observer: None,
            needed: None,
        }
    }
}
