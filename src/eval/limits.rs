//! What an evaluation may use, and what stops it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::program::RuleId;
use crate::storage::Round;

/// Tells time since some start. Passed down, so that nothing below the session reads a clock of its own.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Time since the clock was made.
    fn elapsed(&self) -> Duration;
}

/// Limits of one evaluation and the switch that interrupts it. Nothing is limited unless set.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// Rows that may be derived in all.
    pub rows: Option<usize>,
    /// Rows that one relation may hold at the end of a round.
    pub relation_rows: Option<usize>,
    /// Rounds that a stratum may take.
    pub rounds: Option<Round>,
    /// Time that may pass; needs a clock.
    pub time: Option<Duration>,
    /// Bytes that rows and their sets may hold.
    pub bytes: Option<usize>,
    /// Measures `time`.
    pub clock: Option<Arc<dyn Clock>>,
    /// Set from outside (Ctrl-C): the evaluation stops at the next batch.
    pub interrupt: Arc<AtomicBool>,
}

/// Which limit was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Budget::rows`]
    Rows(usize),
    /// [`Budget::relation_rows`]
    RelationRows(usize),
    /// [`Budget::rounds`]
    Rounds(Round),
    /// [`Budget::time`]
    Time(Duration),
    /// [`Budget::bytes`]
    Bytes(usize),
}

/// Why an evaluation stopped before its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// A limit was met while this rule ran.
    Limit(Limit, Option<RuleId>),
    /// Someone interrupted.
    Interrupted,
    /// A functor failed.
    Failed {
        /// In which rule; none for a goal.
        rule: Option<RuleId>,
        /// Why.
        failure: super::function::Failure,
    },
}

impl Budget {
    /// Stops where someone interrupted or time has passed.
    ///
    /// # Errors
    /// [`Stop::Interrupted`] or a [`Stop::Limit`] of time.
    pub fn poll(&self, rule: Option<RuleId>) -> Result<(), Stop> {
        if self.interrupt.load(Ordering::Relaxed) {
            return Err(Stop::Interrupted);
        }
        match (self.time, &self.clock) {
            (Some(limit), Some(clock)) if clock.elapsed() > limit => Err(Stop::Limit(Limit::Time(limit), rule)),
            _ => Ok(()),
        }
    }

    /// Stops where `rows` or `bytes` are too many.
    ///
    /// # Errors
    /// A [`Stop::Limit`] of rows or bytes.
    pub fn hold(&self, rows: usize, bytes: usize, rule: Option<RuleId>) -> Result<(), Stop> {
        match (self.rows, self.bytes) {
            (Some(limit), _) if rows > limit => Err(Stop::Limit(Limit::Rows(limit), rule)),
            (_, Some(limit)) if bytes > limit => Err(Stop::Limit(Limit::Bytes(limit), rule)),
            _ => Ok(()),
        }
    }

    /// Stops where a stratum took too many rounds, or a relation of it holds too many rows at the end of one.
    ///
    /// # Errors
    /// A [`Stop::Limit`] of rounds or of the rows of a relation.
    pub fn round(&self, round: Round, longest: usize, rule: Option<RuleId>) -> Result<(), Stop> {
        match (self.rounds, self.relation_rows) {
            (Some(limit), _) if round > limit => Err(Stop::Limit(Limit::Rounds(limit), rule)),
            (_, Some(limit)) if longest > limit => Err(Stop::Limit(Limit::RelationRows(limit), rule)),
            _ => Ok(()),
        }
    }
}

impl Limit {
    /// The flag that sets it.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Rows(_) => "--max-rows",
            Self::RelationRows(_) => "--max-relation-rows",
            Self::Rounds(_) => "--max-rounds",
            Self::Time(_) => "--max-time",
            Self::Bytes(_) => "--max-memory",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(formatter, "more than {rows} rows"),
            Self::RelationRows(rows) => write!(formatter, "more than {rows} rows in one relation"),
            Self::Rounds(rounds) => write!(formatter, "more than {rounds} rounds"),
            Self::Time(time) => write!(formatter, "more than {} s", time.as_secs_f64()),
            Self::Bytes(bytes) => write!(formatter, "more than {bytes} bytes"),
        }
    }
}
