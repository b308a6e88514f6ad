//! What an evaluation tells while it runs: for profiles and progress bars. It costs a look at an option a rule and round
//! where nobody listens.

use std::fmt;

use crate::plan::RulePlan;
use crate::program::RuleId;
use crate::storage::Round;

/// Listens to an evaluation. Nothing that it does changes an answer.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A rule sets out, once a round and atom that reads a delta.
    fn begins(&self, rule: RuleId);

    /// It is done: how often its head was derived, and how many of these tuples were new.
    fn ran(&self, plan: &RulePlan, derived: usize, added: usize);

    /// A round of a stratum has ended, with so many rows in all its relations.
    fn round(&self, round: Round, rows: usize);
}
