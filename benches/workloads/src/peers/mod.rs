//! The same programs in the hands of crepe, ascent and datafrog, each with the literals in the best order that was
//! found for it.

#![allow(clippy::iter_over_hash_type)] // crepe walks its sets; counts and sums do not depend on the order

mod andersen;
mod closure;
mod cspa;
mod generations;
mod ownership;
mod points_to;
mod triangles;

use crate::answer::{Answer, Outcome, Tuple};
use crate::facts::Facts;

/// One engine's version of one program.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// `crepe`, `ascent`, `ascent-par`, `datafrog`.
    pub engine: &'static str,
    /// Runs it.
    pub run: fn(&Facts) -> Outcome,
}

/// The engines that have a version of a program.
#[must_use]
pub fn of(program: &str) -> &'static [Peer] {
    match program {
        "closure_random" | "closure_chain" | "closure_dense" | "closure_sparse" => closure::PEERS,
        "same_generation" => generations::PEERS,
        "andersen" => andersen::PEERS,
        "cspa" => cspa::PEERS,
        "triangles" => triangles::PEERS,
        "ownership" => ownership::PEERS,
        "points_to" => points_to::PEERS,
        "star" => triangles::STAR,
        _ => &[],
    }
}

/// Runs something on a number of threads of its own: what ascent's parallel mode uses.
pub fn on_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(run),
        Err(_) => run(),
    }
}

/// The rows of a relation as ascent keeps them.
trait Rows {
    fn answer(&self) -> Answer;
}

impl<T: Tuple> Rows for Vec<T> {
    fn answer(&self) -> Answer {
        Answer::of(self.iter().copied())
    }
}

impl<T: Tuple> Rows for ascent::boxcar::Vec<T> {
    fn answer(&self) -> Answer {
        Answer::of(self.iter().copied())
    }
}

/// A function that runs an ascent program, serial or parallel: its inputs, its outputs.
macro_rules! run_ascent {
    ($function:ident, $program:ident, [$($input:ident),*], [$($output:ident),*]) => {
        pub(super) fn $function(facts: &crate::facts::Facts) -> crate::answer::Outcome {
            let mut watch = crate::answer::Watch::start();
            let mut program = $program::default();
            $(program.$input = facts.tuples(stringify!($input)).collect();)*
            watch.loaded();
            program.run();
            let times = watch.times();
            let answers = vec![$((stringify!($output).to_owned(), crate::peers::Rows::answer(&program.$output))),*];
            crate::answer::Outcome { times, answers }
        }
    };
}

/// A function `run` that runs the crepe program of a module: its inputs as structure = table(columns), its outputs as
/// relation(fields).
macro_rules! run_crepe {
    ([$($input:ident = $table:ident($($column:ident),*)),*], [$($output:ident($($field:tt),*)),*]) => {
        pub(super) fn run(facts: &crate::facts::Facts) -> crate::answer::Outcome {
            let mut watch = crate::answer::Watch::start();
            let mut program = Crepe::new();
            $(program.extend(facts.tuples(stringify!($table)).map(|($($column,)*)| $input($($column),*)));)*
            watch.loaded();
            let ($($output,)*) = program.run_with_hasher::<std::hash::BuildHasherDefault<rustc_hash::FxHasher>>();
            let times = watch.times();
            let answers = vec![$((
                stringify!($output).to_owned(),
                crate::answer::Answer::of($output.iter().map(|row| ($(row.$field,)*))),
            )),*];
            crate::answer::Outcome { times, answers }
        }
    };
}

use {run_ascent, run_crepe};
