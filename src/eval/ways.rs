//! The ways in which a rule can be run in a round, and what is known of each from its runs.

use super::access::Reads;
use super::function::Failure;
use super::wave::pure;
use crate::plan::{Estimated, Part, RulePlan, Step};
use crate::program::{Literal, Program};
use crate::storage::{Row, Switch};

/// How many candidates a row of the delta is expected to give before anything is known.
const RATIO: f64 = 4.0;
/// The work of adding a row to postings.
const UPKEEP: usize = 2;
/// Less work than this is never worth other plans.
const SURPRISE: usize = 1 << 18;

/// A rule to be run each round, with one atom that reads the delta or none.
pub(super) struct Planned {
    pub(super) first: Way,
    /// Another way to the same tuples, that does not begin with the delta.
    pub(super) other: Option<Way>,
    /// The rows that the delta's relation had when the plans were made.
    pub(super) rows: usize,
}

/// A plan with what is known of its runs.
pub(super) struct Way {
    pub(super) estimated: Estimated,
    /// Whether it may run on several threads.
    pure: bool,
    /// Candidates a driving row, in its last run.
    ratio: f64,
    /// The work of its last run: a row of the delta where it begins with that, else in all.
    measured: Option<f64>,
}

/// A rule that is to run in a round, and how.
pub(super) struct Turn<'p> {
    pub(super) plan: &'p RulePlan,
    /// Its place among the planned rules.
    at: usize,
    /// The place of its head among the relations of the stratum.
    pub(super) stage: usize,
    /// Whether it goes the other way.
    other: bool,
    /// Whether it may run on several threads.
    pub(super) pure: bool,
    /// Candidates that a driving row is expected to give.
    pub(super) ratio: f64,
    /// Bindings that it is expected to make.
    pub(super) expected: f64,
    /// The rows of the delta, where it reads one.
    delta: Option<usize>,
    /// The rows that its first step reads one after another, if it does.
    pub(super) driving: Option<std::ops::Range<Row>>,
}

/// What the run of a rule gave.
#[derive(Debug, Default)]
pub(super) struct Ran {
    /// Tuples found, known ones among them.
    pub(super) candidates: usize,
    /// Tuples that were new.
    pub(super) added: usize,
    /// Bindings made on the way.
    pub(super) work: usize,
    /// Tuples that its head had found before.
    pub(super) before: usize,
    /// Candidates a driving row, where there were any.
    pub(super) ratio: Option<f64>,
    /// The least failure.
    pub(super) failure: Option<Failure>,
}

impl Way {
    pub(super) fn new(estimated: Estimated) -> Self {
        Self { pure: pure(&estimated.plan), ratio: RATIO, measured: None, estimated }
    }

    pub(super) fn plan(&self) -> &RulePlan {
        &self.estimated.plan
    }
}

impl Planned {
    pub(super) fn whole(plan: RulePlan) -> Self {
        Self { first: Way::new(Estimated { plan, fixed: 0.0, moving: 0.0 }), other: None, rows: 0 }
    }

    /// All plans.
    pub(super) fn plans(&self) -> impl Iterator<Item = &RulePlan> {
        std::iter::once(&self.first).chain(&self.other).map(Way::plan)
    }

    /// How the rule runs in a round; nothing where the delta that it reads is empty. Its place among the planned rules,
    /// and that of its head among the relations, are given.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn turn(
        &self,
        (at, stage): (usize, usize),
        program: &Program,
        reads: &Reads<'_>,
        drive: Switch,
    ) -> Option<Turn<'_>> {
        let plan = self.first.plan();
        let delta = match plan.delta.map(|at| &program.rule(plan.rule).body[at]) {
            Some(Literal::Positive(atom)) => Some(reads.range(atom.relation, Part::Delta).len()),
            _ => None,
        };
        if delta == Some(0) {
            return None;
        }
        let upkeep = self.other.as_ref().map_or(0, |other| reads.late(other.plan()));
        let (way, other) = self.way(delta.unwrap_or(0), upkeep, drive);
        let plan = way.plan();
        let driving = match plan.body.steps.first() {
            Some(Step::Scan { relation, part, .. }) => Some(reads.range(*relation, *part)),
            _ => None,
        };
        let rows = if plan.begins_with_delta() { delta.unwrap_or(1) } else { 1 };
        let driven = driving.as_ref().map_or(1, ExactSizeIterator::len);
        let expected = way.measured.map_or(way.ratio * driven as f64, |work| work * rows as f64);
        Some(Turn { plan, at, stage, other, pure: way.pure, ratio: way.ratio, expected, delta, driving })
    }

    /// The way to go with a delta of so many rows, by the work that was measured, else by what is expected; and whether
    /// it is the other one. `upkeep` rows would have to be added to the postings that the other one reads.
    #[allow(clippy::cast_precision_loss)]
    fn way(&self, delta: usize, upkeep: usize, switch: Switch) -> (&Way, bool) {
        match &self.other {
            Some(other) => {
                let share = delta as f64 / self.rows.max(1) as f64;
                let first = self.first.measured.map(|work| work * delta as f64);
                let first = first.unwrap_or_else(|| self.first.estimated.work(share));
                let second = other.measured.unwrap_or_else(|| other.estimated.work(share)) + (upkeep * UPKEEP) as f64;
                if switch == Switch::Force || second * 3.0 < first { (other, true) } else { (&self.first, false) }
            }
            None => (&self.first, false),
        }
    }

    /// Keeps what a run tells of the way that it went. Gives the atom that reads the delta if the run, from the delta on,
    /// took far more work than was expected, and there is no other way yet.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn note(&mut self, note: &Note, ran: &Ran) -> Option<usize> {
        let way = match &mut self.other {
            Some(other) if note.other => other,
            _ => &mut self.first,
        };
        if let Some(ratio) = ran.ratio {
            way.ratio = ratio;
        }
        let from_delta = way.plan().begins_with_delta();
        let rows = note.delta.filter(|_| from_delta).unwrap_or(1);
        way.measured = Some(ran.work as f64 / rows as f64);
        let position = way.plan().delta.filter(|_| from_delta)?;
        let expected = self.first.estimated.work(note.delta? as f64 / self.rows.max(1) as f64);
        let surprised = self.other.is_none() && ran.work > SURPRISE && ran.work as f64 > expected * 4.0;
        surprised.then_some(position)
    }
}

/// What is kept of a turn after its round.
pub(super) struct Note {
    pub(super) at: usize,
    other: bool,
    delta: Option<usize>,
}

impl Turn<'_> {
    /// How many driving rows there are.
    pub(super) fn rows(&self) -> u32 {
        self.driving.as_ref().map_or(0, |rows| rows.end.saturating_sub(rows.start))
    }

    /// What to keep of it.
    pub(super) fn note(&self) -> Note {
        Note { at: self.at, other: self.other, delta: self.delta }
    }
}

impl Ran {
    /// Notes a failure, if it is the least.
    pub(super) fn fail(&mut self, failure: Option<Failure>) {
        if let Some(failure) = failure
            && self.failure.as_ref().is_none_or(|least| failure < *least)
        {
            self.failure = Some(failure);
        }
    }
}
