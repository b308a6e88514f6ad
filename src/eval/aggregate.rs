//! Aggregates: their body is run once a group, over relations of lower strata, and the value remembered.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::access::Reads;
use super::batch::{Batch, State};
use super::function::Failure;
use super::limits::Stop;
use super::pipeline::{Pipeline, Sink};
use crate::plan::AggregatePlan;
use crate::program::{AggregateOp, Functor};
use crate::value::{Float, Kind, Word};

/// An aggregate with the values of the groups that were asked for.
pub(super) struct Group<'a> {
    plan: &'a AggregatePlan,
    pipeline: Pipeline<'a>,
    /// By the values of the outer slots; no value where an empty group has none.
    known: FxHashMap<Box<[Word]>, Result<Option<Word>, Failure>>,
}

impl<'a> Group<'a> {
    pub(super) fn new(plan: &'a AggregatePlan, reads: &Reads<'a>) -> Self {
        Self { plan, pipeline: Pipeline::new(&plan.body, reads), known: FxHashMap::default() }
    }

    /// The aggregate's value for the group of a binding.
    pub(super) fn value(
        &mut self,
        state: &mut State<'_>,
        batch: &Batch,
        row: usize,
    ) -> Result<Result<Option<Word>, Failure>, Stop> {
        let key: Box<[Word]> = self.plan.outer.iter().map(|&slot| batch.columns[slot][row]).collect();
        if let Some(value) = self.known.get(&key) {
            return Ok(value.clone());
        }
        let mut start = Batch::unit(self.plan.body.slots);
        for (&slot, &word) in self.plan.outer.iter().zip(&key) {
            start.columns[slot].push(word);
        }
        let plan = self.plan;
        let mut fold = Fold::new(plan.op, plan.kind);
        let mut seen: FxHashSet<Box<[Word]>> = FxHashSet::default();
        // A failure inside belongs to the group: it counts only if a binding of the rule asks for it.
        let before = state.failure.take();
        let mut each = |state: &mut State<'_>, batch: &Batch| {
            for row in 0..batch.len {
                if let Some(distinct) = &plan.distinct {
                    let named = |&slot: &usize| batch.columns[slot].get(row).copied().unwrap_or(0);
                    if !seen.insert(distinct.iter().map(named).collect()) {
                        continue;
                    }
                }
                match &plan.target {
                    None => fold.count += 1,
                    Some(target) => match state.value(target, batch, row) {
                        Ok(word) => fold.add(state, word),
                        Err(failure) => state.fail(failure),
                    },
                }
            }
            Ok(())
        };
        let result = self.pipeline.run(state, &start, &mut Sink::Each(&mut each));
        let inside = std::mem::replace(&mut state.failure, before);
        result?;
        let value = match inside {
            Some(failure) => Err(failure),
            None => fold.end(state),
        };
        self.known.insert(key, value.clone());
        Ok(value)
    }
}

/// The running state of one group.
struct Fold {
    op: AggregateOp,
    kind: Kind,
    count: i64,
    sum: i128,
    /// Floats are summed in order of value at the end, so that the sum does not depend on the order of rows.
    floats: Vec<Float>,
    best: Option<Word>,
}

impl Fold {
    fn new(op: AggregateOp, kind: Kind) -> Self {
        Self { op, kind, count: 0, sum: 0, floats: Vec::new(), best: None }
    }

    fn add(&mut self, state: &mut State<'_>, word: Word) {
        self.count += 1;
        match self.op {
            AggregateOp::Count => {}
            AggregateOp::Sum | AggregateOp::Mean => match self.kind {
                Kind::Number => self.sum = self.sum.saturating_add(i128::from(state.values.get_number(word))),
                Kind::Unsigned => self.sum = self.sum.saturating_add(i128::from(state.values.get_unsigned(word))),
                Kind::Float => self.floats.push(Float::new(state.values.get_float(word))),
                Kind::Symbol | Kind::Record | Kind::Adt => {}
            },
            AggregateOp::Min | AggregateOp::Max => {
                let functor = if self.op == AggregateOp::Min { Functor::Min } else { Functor::Max };
                let better = self.best.map(|best| {
                    // By the order of output, in which NaN is last: the result must not depend on the order of rows.
                    let values = Arc::make_mut(state.values);
                    state.functions.call(functor, &[self.kind, self.kind], self.kind, &[best, word], values)
                });
                self.best = Some(better.and_then(Result::ok).unwrap_or(word));
            }
        }
    }

    fn end(mut self, state: &mut State<'_>) -> Result<Option<Word>, Failure> {
        let values = Arc::make_mut(state.values);
        self.floats.sort_unstable();
        let total = || self.floats.iter().map(|float| float.get()).sum::<f64>();
        match (self.op, self.kind) {
            (AggregateOp::Count, _) => Ok(Some(values.number(self.count))),
            (AggregateOp::Sum, Kind::Float) => Ok(Some(values.float(total()))),
            (AggregateOp::Sum, kind) => state.functions.sum(kind, self.sum, values).map(Some),
            #[allow(clippy::cast_precision_loss)]
            (AggregateOp::Mean, _) => {
                let mean = (self.count > 0).then(|| total() / self.count as f64);
                Ok(mean.map(|mean| values.float(mean)))
            }
            (AggregateOp::Min | AggregateOp::Max, _) => Ok(self.best),
        }
    }
}
