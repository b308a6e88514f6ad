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
/// A delta is read a key at a time where it has at most so many keys in 4 rows.
const KEYS: usize = 3;
/// Where it has more, that is tried again after so many rounds.
const PATIENCE: u32 = 8;
/// Less work than this is never worth other plans.
const SURPRISE: usize = 1 << 18;

/// A rule to be run each round, with one atom that reads the delta or none.
pub(super) struct Planned {
    pub(super) first: Way,
    /// Another way to the same tuples, that does not begin with the delta.
    pub(super) other: Option<Way>,
    /// The first one with the delta read a key at a time.
    pub(super) grouped: Option<Way>,
    /// For how many rounds that is not tried.
    patience: u32,
    /// The work of the last run from the delta on, a row of it.
    from_delta: Option<f64>,
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
    planned: &'p Planned,
    path: Path,
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

/// Which way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    First,
    Other,
    Grouped,
    /// First, since the delta has too many keys.
    Scattered,
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
        Self::new(Estimated { plan, fixed: 0.0, moving: 0.0 }, None, None, 0)
    }

    /// A rule with its ways from the delta of a relation that has so many `rows`.
    pub(super) fn new(first: Estimated, other: Option<Estimated>, grouped: Option<RulePlan>, rows: usize) -> Self {
        let grouped = grouped.map(|plan| Way::new(Estimated { plan, ..first.clone() }));
        let other = other.map(Way::new);
        Self { first: Way::new(first), other, grouped, patience: 0, from_delta: None, rows }
    }

    /// Takes over from earlier plans what holds of new ones as well: that a row of the delta gives much, in whatever order
    /// the rest is joined. That it gave little may have been so because other relations were small.
    pub(super) fn learn(&mut self, earlier: &[Self]) {
        let this = self.first.plan();
        let same = |known: &&Self| {
            let plan = known.first.plan();
            (plan.rule, plan.delta) == (this.rule, this.delta) && plan.begins_with_delta() && this.begins_with_delta()
        };
        let Some(known) = earlier.iter().find(same) else { return };
        self.first.ratio = known.first.ratio.max(RATIO);
        if let (Some(own), Some(known)) = (&mut self.grouped, &known.grouped) {
            own.ratio = known.ratio.max(RATIO);
        }
    }

    /// All plans.
    pub(super) fn plans(&self) -> impl Iterator<Item = &RulePlan> {
        std::iter::once(&self.first).chain(&self.other).chain(&self.grouped).map(Way::plan)
    }

    /// How the rule runs in a round; nothing where the delta that it reads is empty. Its place among the planned rules,
    /// and that of its head among the relations, are given, and the `axis` of the blocks that the head's set takes.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn turn(
        &self,
        (at, stage): (usize, usize),
        program: &Program,
        reads: &Reads<'_>,
        (drive, group): (Switch, Switch),
        axis: Option<usize>,
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
        let path = self.path(delta.unwrap_or(0), upkeep, (drive, group), axis);
        let mut turn =
            Turn { plan, at, stage, planned: self, path, pure: false, ratio: 0.0, expected: 0.0, delta, driving: None };
        turn.go(path, reads);
        Some(turn)
    }

    /// The way to go with a delta of so many rows, by the work that was measured, else by what is expected. `upkeep` rows
    /// would have to be added to the postings that the other one reads.
    #[allow(clippy::cast_precision_loss)]
    fn path(&self, delta: usize, upkeep: usize, (drive, group): (Switch, Switch), axis: Option<usize>) -> Path {
        if let Some(other) = &self.other {
            let share = delta as f64 / self.rows.max(1) as f64;
            let first = self.from_delta.map(|work| work * delta as f64);
            let first = first.unwrap_or_else(|| self.first.estimated.work(share));
            let second = other.measured.unwrap_or_else(|| other.estimated.work(share)) + (upkeep * UPKEEP) as f64;
            if drive == Switch::Force || second * 3.0 < first {
                return Path::Other;
            }
        }
        match &self.grouped {
            Some(_) if group == Switch::Force => Path::Grouped,
            Some(grouped) if group == Switch::Auto => {
                // What comes a key at a time comes in blocks; where the set takes none, that is of little use.
                let useful = grouped.plan().found_beside(axis).is_some();
                if useful && self.patience == 0 { Path::Grouped } else { Path::First }
            }
            _ => Path::First,
        }
    }

    fn way(&self, path: Path) -> &Way {
        match (path, &self.other, &self.grouped) {
            (Path::Other, Some(other), _) => other,
            (Path::Grouped, _, Some(grouped)) => grouped,
            _ => &self.first,
        }
    }

    /// Keeps what a run tells of the way that it went. Gives the atom that reads the delta if the run, from the delta on,
    /// took far more work than was expected, and there is no other way yet.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn note(&mut self, note: &Note, ran: &Ran) -> Option<usize> {
        let way = match (note.path, &mut self.other, &mut self.grouped) {
            (Path::Other, Some(other), _) => other,
            (Path::Grouped, _, Some(grouped)) => grouped,
            _ => &mut self.first,
        };
        if let Some(ratio) = ran.ratio {
            way.ratio = ratio;
        }
        let from_delta = way.plan().begins_with_delta();
        let rows = note.delta.filter(|_| from_delta).unwrap_or(1);
        way.measured = Some(ran.work as f64 / rows as f64);
        if note.path != Path::Other {
            self.from_delta = way.measured;
        }
        self.patience = if note.path == Path::Scattered { PATIENCE } else { self.patience.saturating_sub(1) };
        let position = way.plan().delta.filter(|_| from_delta)?;
        let expected = self.first.estimated.work(note.delta? as f64 / self.rows.max(1) as f64);
        let surprised = self.other.is_none() && ran.work > SURPRISE && ran.work as f64 > expected * 4.0;
        surprised.then_some(position)
    }
}

/// What is kept of a turn after its round.
pub(super) struct Note {
    pub(super) at: usize,
    path: Path,
    delta: Option<usize>,
}

impl<'p> Turn<'p> {
    /// Lets it go a way.
    #[allow(clippy::cast_precision_loss)]
    fn go(&mut self, path: Path, reads: &Reads<'_>) {
        let way = self.planned.way(path);
        let plan: &'p RulePlan = way.plan();
        let driving = match plan.body.steps.first() {
            Some(Step::Scan { relation, part, .. }) => Some(reads.range(*relation, *part)),
            _ => None,
        };
        let rows = if plan.begins_with_delta() { self.delta.unwrap_or(1) } else { 1 };
        let driven = driving.as_ref().map_or(1, ExactSizeIterator::len);
        self.expected = way.measured.map_or(way.ratio * driven as f64, |work| work * rows as f64);
        (self.plan, self.path, self.pure, self.ratio, self.driving) = (plan, path, way.pure, way.ratio, driving);
    }

    /// Now that the postings of the round are there: drives it by the keys of the delta, or by rows after all if there are
    /// too many keys.
    pub(super) fn settle(&mut self, reads: &Reads<'_>, group: Switch) {
        if self.path != Path::Grouped {
            return;
        }
        let Some(Step::Scan { relation, part, bind, .. }) = self.plan.body.steps.first() else { return };
        let keys = reads.firsts(*relation, *part, bind).map(<[Row]>::len);
        let few = |&keys: &usize| group == Switch::Force || keys * 4 <= self.delta.unwrap_or(0) * KEYS;
        match keys.filter(few) {
            Some(keys) => self.driving = Some(0..Row::try_from(keys).unwrap_or(Row::MAX)),
            None => self.go(Path::Scattered, reads),
        }
    }

    /// How many driving rows there are.
    pub(super) fn rows(&self) -> u32 {
        self.driving.as_ref().map_or(0, |rows| rows.end.saturating_sub(rows.start))
    }

    /// What to keep of it.
    pub(super) fn note(&self) -> Note {
        Note { at: self.at, path: self.path, delta: self.delta }
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

#[cfg(test)]
mod tests;
