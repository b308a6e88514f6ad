//! Random programs that mean something: relation by relation, rule by rule, each rule kept only if the reference shows
//! that it yields a tuple that was not there (now and then one that yields nothing is kept too).
//!
//! A program is built from the ground up: types and base relations with skewed facts over small domains (`schema`), then
//! groups of one or two relations with their rules (`group`), each reading what is complete below it. A body is a few
//! atoms that share variables (`body`), then tests, arithmetic, strings, negations (`extra`) and aggregates
//! (`aggregate`) or ask for inlined relations (`inline`); a head takes what the body binds (`head`). Arithmetic is guarded so that values stay small and no
//! order of evaluation fails. Some groups keep bounds, or aggregate over themselves (`lattice`); some count (`counter`).
//! At last some relations may move into a component (`component`).

mod aggregate;
mod body;
mod component;
mod counter;
mod extra;
mod group;
mod head;
mod inline;
mod lattice;
mod schema;
mod shares;
mod world;

#[cfg(test)]
mod tests;

use crate::answers::Answers;
use crate::random::Random;
use crate::sample::Sample;
pub use shares::Shares;

/// What programs are made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Groups of derived relations, from and to.
    pub groups: (usize, usize),
    /// Most rows that one relation may hold.
    pub rows: usize,
    /// Tries before a rule is given up.
    pub tries: usize,
    /// Columns of type unsigned.
    pub unsigned: bool,
    /// Columns of type float.
    pub floats: bool,
    /// Record types.
    pub records: bool,
    /// Algebraic data types.
    pub adts: bool,
    /// Subtypes of number and symbol.
    pub subtypes: bool,
    /// Functors over symbols.
    pub strings: bool,
    /// Equivalence relations.
    pub eqrel: bool,
    /// `range(..)`
    pub ranges: bool,
    /// `choice-domain` and `.limitsize`
    pub choice: bool,
    /// Components.
    pub components: bool,
    /// Lattices.
    pub lattices: bool,
    /// Aggregates over what is not complete: `@[monotone]`
    pub monotone: bool,
    /// Inlined relations.
    pub inline: bool,
    /// `autoinc()`
    pub counters: bool,
    /// Functors written `@name(..)`.
    pub functors: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            groups: (3, 7),
            rows: 250,
            tries: 12,
            unsigned: true,
            floats: true,
            records: true,
            adts: true,
            subtypes: true,
            strings: true,
            eqrel: true,
            ranges: true,
            choice: true,
            components: true,
            lattices: true,
            monotone: true,
            inline: true,
            counters: true,
            functors: true,
        }
    }
}

impl Settings {
    /// What clingo has words for, or nearly.
    #[must_use]
    pub fn of_clingo() -> Self {
        Self {
            unsigned: false,
            floats: false,
            records: false,
            adts: false,
            subtypes: false,
            strings: false,
            eqrel: false,
            choice: false,
            components: false,
            lattices: false,
            monotone: false,
            inline: false,
            counters: false,
            functors: false,
            ..Self::default()
        }
    }
}

/// A random program with what the reference answers.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The program, its facts inline.
    pub sample: Sample,
    /// Its answers by the reference.
    pub answers: Answers,
    /// What its rules are like.
    pub shares: Shares,
}

/// The program of a stream.
#[must_use]
pub fn generate(random: Random, settings: &Settings) -> Generated {
    let mut world = world::World::new(random, settings);
    world.schema();
    let groups = world.random.between(settings.groups.0, settings.groups.1);
    for _ in 0..groups {
        world.group();
    }
    world.finish()
}
