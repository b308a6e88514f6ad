//! What an engine answers, in a form that can be compared: how many tuples, and a sum over them that no order changes.

use std::time::{Duration, Instant};

use crate::random::mix;

/// A relation's size and the sum of its tuples' hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Tuples.
    pub count: u64,
    /// The wrapping sum of [`Tuple::hash`].
    pub sum: u64,
}

/// A row of words, whatever its shape.
pub trait Tuple: Copy {
    /// Columns.
    const ARITY: usize;

    /// The tuple of some words, of which there are enough.
    fn from_words(words: &[u32]) -> Self;

    /// A hash that depends on every word and its place.
    fn hash(&self) -> u64;
}

fn fold(words: impl IntoIterator<Item = u32>) -> u64 {
    mix(words.into_iter().fold(0x517c_c1b7_2722_0295, |hash, word| mix(hash ^ u64::from(word)).rotate_left(5)))
}

/// The hash of a row of any length: that of the tuple with the same words.
#[must_use]
pub(crate) fn hash_row(row: &[u32]) -> u64 {
    fold(row.iter().copied())
}

/// The type of a place of a tuple.
macro_rules! word {
    ($place:tt) => {
        u32
    };
}

macro_rules! tuples {
    ($($place:tt)*) => {
        impl Tuple for ($(word!($place),)*) {
            const ARITY: usize = [$($place),*].len();

            fn from_words(words: &[u32]) -> Self {
                ($(words[$place],)*)
            }

            fn hash(&self) -> u64 {
                fold([$(self.$place),*])
            }
        }
    };
}

tuples!(0);
tuples!(0 1);
tuples!(0 1 2);
tuples!(0 1 2 3);
tuples!(0 1 2 3 4);
tuples!(0 1 2 3 4 5);

impl Answer {
    /// The answer that some tuples are.
    pub fn of<T: Tuple>(tuples: impl IntoIterator<Item = T>) -> Self {
        Self::of_hashes(tuples.into_iter().map(|tuple| tuple.hash()))
    }

    /// The answer that some rows are.
    pub fn of_rows<'a>(rows: impl IntoIterator<Item = &'a [u32]>) -> Self {
        Self::of_hashes(rows.into_iter().map(hash_row))
    }

    fn of_hashes(hashes: impl Iterator<Item = u64>) -> Self {
        hashes
            .fold(Self::default(), |so_far, hash| Self { count: so_far.count + 1, sum: so_far.sum.wrapping_add(hash) })
    }
}

/// One run of one engine.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Time to hand over the facts.
    pub load: Duration,
    /// Time from there to the answers, building of indexes included.
    pub evaluate: Duration,
    /// The answers by relation, in the order of the program.
    pub answers: Vec<(String, Answer)>,
}

/// Measures the two parts of a run.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    start: Instant,
    loaded: Option<Instant>,
}

impl Watch {
    /// Starts loading.
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now(), loaded: None }
    }

    /// Loading has ended, evaluation begins.
    pub fn loaded(&mut self) {
        self.loaded = Some(Instant::now());
    }

    /// Evaluation has ended: (load, evaluate).
    #[must_use]
    pub fn times(&self) -> (Duration, Duration) {
        let now = Instant::now();
        let loaded = self.loaded.unwrap_or(self.start);
        (loaded - self.start, now - loaded)
    }
}
