//! Runs a body: batches of bindings go through the steps of its plan, depth first, so that memory stays small and the
//! bindings at hand stay in the cache.

use std::cell::RefCell;
use std::sync::Arc;

use super::aggregate::Group;
use super::batch::{Batch, State};
use super::limits::Stop;
use crate::plan::{BodyPlan, Expression, Operand, Part, Pattern, Slot, Step};
use crate::program::{CompareOp, RelationId};
use crate::storage::{Database, GrowingIndex, Index, Relation, Row};
use crate::value::{Kind, Word};

/// What a body reads: relations up to now, and for those of the stratum at hand where their delta starts.
pub(super) struct Reads<'a> {
    pub(super) database: &'a Database,
    pub(super) growing: &'a [Growing],
    /// Relations of which only the first rows are read.
    pub(super) cuts: &'a [(RelationId, Row)],
}

/// A relation of the stratum that is being evaluated.
#[derive(Debug)]
pub(super) struct Growing {
    pub(super) relation: RelationId,
    /// First row that the last round added.
    pub(super) delta: Row,
    pub(super) indexes: Vec<GrowingIndex>,
}

impl Reads<'_> {
    pub(super) fn growing(&self, relation: RelationId) -> Option<&Growing> {
        self.growing.iter().find(|growing| growing.relation == relation)
    }

    /// Whether a relation is read whole and no longer grows.
    fn whole(&self, relation: RelationId) -> bool {
        self.growing(relation).is_none() && self.cuts.iter().all(|(other, _)| *other != relation)
    }

    /// The rows of a part.
    fn range(&self, relation: RelationId, part: Part) -> std::ops::Range<Row> {
        let cut = self.cuts.iter().find(|(other, _)| *other == relation).map(|&(_, cut)| cut);
        let len = cut.unwrap_or(Row::try_from(self.database.relation(relation).len()).unwrap_or(Row::MAX));
        let delta = self.growing(relation).map_or(0, |growing| growing.delta);
        match part {
            Part::All => 0..len,
            Part::Old => 0..delta,
            Part::Delta => delta..len,
        }
    }
}

/// How a step gets at its rows.
enum Access<'a> {
    None,
    Scan(&'a Relation, std::ops::Range<Row>),
    /// Through an index, cut to a part.
    Indexed(&'a Relation, Rows<'a>, std::ops::Range<Row>),
    /// All columns are known: the set of tuples answers.
    Whole(&'a Relation),
    Aggregate(RefCell<Group<'a>>),
}

/// An index of either kind.
enum Rows<'a> {
    Finished(Arc<Index>),
    Growing(&'a GrowingIndex),
}

impl Access<'_> {
    fn rows(&self, key: &[Word]) -> &[Row] {
        match self {
            Self::Indexed(_, index, range) => {
                let rows = match index {
                    Rows::Finished(index) => index.rows(key),
                    Rows::Growing(index) => index.rows(key),
                };
                let start = if range.start == 0 { 0 } else { rows.partition_point(|&row| row < range.start) };
                let end = if rows.last().is_none_or(|&last| last < range.end) {
                    rows.len()
                } else {
                    rows.partition_point(|&row| row < range.end)
                };
                &rows[start..end.max(start)]
            }
            Self::None | Self::Scan(..) | Self::Whole(_) | Self::Aggregate(_) => &[],
        }
    }
}

/// A body ready to run.
pub(super) struct Pipeline<'a> {
    plan: &'a BodyPlan,
    accesses: Vec<Access<'a>>,
}

/// Takes the bindings that a body ends with.
pub(super) type Sink<'s> = dyn FnMut(&mut State<'_>, &Batch) -> Result<(), Stop> + 's;

impl<'a> Pipeline<'a> {
    pub(super) fn new(plan: &'a BodyPlan, reads: &Reads<'a>) -> Self {
        let accesses = plan.steps.iter().map(|step| access(step, reads)).collect();
        Self { plan, accesses }
    }

    /// Sends a batch through all steps.
    pub(super) fn run(&self, state: &mut State<'_>, start: &Batch, sink: &mut Sink<'_>) -> Result<(), Stop> {
        self.step(0, state, start, sink)
    }

    fn step(&self, at: usize, state: &mut State<'_>, batch: &Batch, sink: &mut Sink<'_>) -> Result<(), Stop> {
        if batch.len == 0 {
            return Ok(());
        }
        state.budget.poll(state.rule)?;
        let Some(step) = self.plan.steps.get(at) else { return sink(state, batch) };
        match step {
            Step::Scan { constants, same, bind, .. } => {
                let Access::Scan(relation, range) = &self.accesses[at] else { return Ok(()) };
                let mut out = Out::new(self, at, bind, relation, state);
                for row in 0..batch.len {
                    for candidate in range.clone() {
                        let tuple = relation.row(candidate);
                        if constants.iter().all(|&(column, word)| tuple[column] == word)
                            && same.iter().all(|&(left, right)| tuple[left] == tuple[right])
                        {
                            out.push(row, candidate, batch, state, sink)?;
                        }
                    }
                }
                out.end(batch, state, sink)
            }
            Step::Lookup { key, same, bind, .. } => {
                let access = &self.accesses[at];
                let Access::Indexed(relation, ..) = access else { return Ok(()) };
                let mut out = Out::new(self, at, bind, relation, state);
                let mut words = vec![0; key.len()];
                for row in 0..batch.len {
                    for (word, operand) in words.iter_mut().zip(key) {
                        *word = batch.operand(*operand, row);
                    }
                    for &candidate in access.rows(&words) {
                        if !same.is_empty() {
                            let tuple = relation.row(candidate);
                            if same.iter().any(|&(left, right)| tuple[left] != tuple[right]) {
                                continue;
                            }
                        }
                        out.push(row, candidate, batch, state, sink)?;
                    }
                }
                out.end(batch, state, sink)
            }
            Step::Exists { key, negated, .. } => {
                let mut words = vec![0; key.len()];
                let access = &self.accesses[at];
                self.keep(at, state, batch, sink, |_, row| {
                    for (word, operand) in words.iter_mut().zip(key) {
                        *word = batch.operand(*operand, row);
                    }
                    let exists = match access {
                        Access::Whole(relation) => relation.contains(&words),
                        Access::Scan(_, range) => !range.is_empty(),
                        _ => !access.rows(&words).is_empty(),
                    };
                    exists != *negated
                })
            }
            Step::Filter { op, negated, kind, left, right } => {
                self.filter(at, state, batch, sink, (*op, *negated, *kind), left, right)
            }
            Step::Assign { slot, value } => {
                self.assign(at, state, batch, sink, *slot, |state, row| state.value(value, batch, row).map(Some))
            }
            Step::Aggregate { slot, .. } => {
                let Access::Aggregate(group) = &self.accesses[at] else { return Ok(()) };
                let mut stop = Ok(());
                self.assign(at, state, batch, sink, *slot, |state, row| {
                    match group.borrow_mut().value(state, batch, row) {
                        Ok(value) => value,
                        Err(found) => {
                            stop = Err(found);
                            Ok(None)
                        }
                    }
                })?;
                stop
            }
            Step::Match { value, pattern } => self.unpack(at, state, batch, sink, value, pattern),
            Step::Range { slot, kind, arguments } => {
                let mut out = state.take(self.plan.slots);
                let mut chosen = Vec::new();
                for row in 0..batch.len {
                    let mut words = Vec::with_capacity(3);
                    let mut failed = None;
                    for argument in arguments {
                        match state.value(argument, batch, row) {
                            Ok(word) => words.push(word),
                            Err(failure) => failed = Some(failure),
                        }
                    }
                    if let Some(failure) = failed {
                        state.fail(failure);
                        continue;
                    }
                    let mut range = match state.functions.range(*kind, &words, state.values) {
                        Ok(range) => range,
                        Err(failure) => {
                            state.fail(failure);
                            continue;
                        }
                    };
                    while let Some(word) = range.next(Arc::make_mut(state.values)) {
                        chosen.push(narrow(row));
                        out.columns[*slot].push(word);
                        if chosen.len() >= state.batch_size {
                            self.pass(at, state, batch, &mut out, &mut chosen, sink)?;
                        }
                    }
                }
                self.pass(at, state, batch, &mut out, &mut chosen, sink)?;
                state.give_back(out);
                Ok(())
            }
        }
    }

    /// Passes the chosen rows on, with the columns that `out` already has beside those that stay live.
    fn pass(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        out: &mut Batch,
        chosen: &mut Vec<u32>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Stop> {
        out.len = chosen.len();
        let live = &self.plan.live[at];
        let carried: Vec<Slot> = live.iter().copied().filter(|&slot| out.columns[slot].is_empty()).collect();
        out.gather(batch, &carried, chosen);
        let result = self.step(at + 1, state, out, sink);
        out.columns.iter_mut().for_each(Vec::clear);
        chosen.clear();
        result
    }

    fn keep(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_>,
        mut test: impl FnMut(&mut State<'_>, usize) -> bool,
    ) -> Result<(), Stop> {
        let mut chosen: Vec<u32> = Vec::with_capacity(batch.len);
        for row in 0..batch.len {
            if test(state, row) {
                chosen.push(narrow(row));
            }
        }
        if chosen.len() == batch.len {
            return self.step(at + 1, state, batch, sink);
        }
        let mut out = state.take(self.plan.slots);
        let result = self.pass(at, state, batch, &mut out, &mut chosen, sink);
        state.give_back(out);
        result
    }

    #[allow(clippy::too_many_arguments)]
    fn filter(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_>,
        (op, negated, kind): (CompareOp, bool, Kind),
        left: &Expression,
        right: &Expression,
    ) -> Result<(), Stop> {
        // Equality of operands is equality of words, except that a NaN is unlike itself.
        if let (Expression::Operand(left), Expression::Operand(right)) = (left, right)
            && (op == CompareOp::Equal || op == CompareOp::NotEqual && kind != Kind::Float)
        {
            let wanted = op == CompareOp::Equal;
            return self.keep(at, state, batch, sink, |_, row| {
                (batch.operand(*left, row) == batch.operand(*right, row)) == wanted
            });
        }
        self.keep(at, state, batch, sink, |state, row| {
            let result = state.value(left, batch, row).and_then(|left| {
                let right = state.value(right, batch, row)?;
                state.functions.compare(op, kind, left, right, state.values).map(|holds| holds != negated)
            });
            result.unwrap_or_else(|failure| {
                state.fail(failure);
                false
            })
        })
    }

    fn assign(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_>,
        slot: Slot,
        mut value: impl FnMut(&mut State<'_>, usize) -> Result<Option<Word>, super::function::Failure>,
    ) -> Result<(), Stop> {
        let mut out = state.take(self.plan.slots);
        let mut chosen = Vec::with_capacity(batch.len);
        for row in 0..batch.len {
            match value(state, row) {
                Ok(Some(word)) => {
                    chosen.push(narrow(row));
                    out.columns[slot].push(word);
                }
                Ok(None) => {}
                Err(failure) => state.fail(failure),
            }
        }
        let result = self.pass(at, state, batch, &mut out, &mut chosen, sink);
        state.give_back(out);
        result
    }

    fn unpack(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_>,
        value: &Expression,
        pattern: &Pattern,
    ) -> Result<(), Stop> {
        let mut out = state.take(self.plan.slots);
        let mut chosen = Vec::with_capacity(batch.len);
        let mut bound = Vec::new();
        for row in 0..batch.len {
            bound.clear();
            let result = state.value(value, batch, row);
            match result.and_then(|word| state.matches(pattern, word, batch, row, &mut bound)) {
                Ok(true) => {
                    chosen.push(narrow(row));
                    bound.iter().for_each(|&(slot, word)| out.columns[slot].push(word));
                }
                Ok(false) => {}
                Err(failure) => state.fail(failure),
            }
        }
        let result = self.pass(at, state, batch, &mut out, &mut chosen, sink);
        state.give_back(out);
        result
    }
}

/// Collects matching rows of a relation until a batch is full.
struct Out<'p, 'a> {
    pipeline: &'p Pipeline<'a>,
    at: usize,
    bind: &'p [(usize, Slot)],
    relation: &'p Relation,
    batch: Batch,
    chosen: Vec<u32>,
    rows: Vec<Row>,
}

impl<'p, 'a> Out<'p, 'a> {
    fn new(
        pipeline: &'p Pipeline<'a>,
        at: usize,
        bind: &'p [(usize, Slot)],
        relation: &'p Relation,
        state: &mut State<'_>,
    ) -> Self {
        let batch = state.take(pipeline.plan.slots);
        Self { pipeline, at, bind, relation, batch, chosen: Vec::new(), rows: Vec::new() }
    }

    fn push(
        &mut self,
        row: usize,
        candidate: Row,
        from: &Batch,
        state: &mut State<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Stop> {
        self.chosen.push(narrow(row));
        self.rows.push(candidate);
        if self.rows.len() >= state.batch_size { self.flush(from, state, sink) } else { Ok(()) }
    }

    fn flush(&mut self, from: &Batch, state: &mut State<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let (words, arity) = (self.relation.words(), self.relation.arity());
        for &(column, slot) in self.bind {
            self.batch.columns[slot].extend(self.rows.iter().map(|&row| words[row as usize * arity + column]));
        }
        self.rows.clear();
        self.pipeline.pass(self.at, state, from, &mut self.batch, &mut self.chosen, sink)
    }

    fn end(mut self, from: &Batch, state: &mut State<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let result = self.flush(from, state, sink);
        state.give_back(self.batch);
        result
    }
}

fn access<'a>(step: &'a Step, reads: &Reads<'a>) -> Access<'a> {
    match step {
        Step::Scan { relation, part, .. } => {
            Access::Scan(reads.database.relation(*relation), reads.range(*relation, *part))
        }
        Step::Lookup { relation: id, part, columns, .. } => indexed(*id, *part, columns, reads),
        Step::Exists { relation: id, part, columns, .. } => {
            let relation = reads.database.relation(*id);
            if columns.is_empty() {
                Access::Scan(relation, reads.range(*id, *part))
            } else if columns.len() == relation.arity() && reads.whole(*id) {
                Access::Whole(relation)
            } else {
                indexed(*id, *part, columns, reads)
            }
        }
        Step::Aggregate { plan, .. } => Access::Aggregate(RefCell::new(Group::new(plan, reads))),
        Step::Assign { .. } | Step::Match { .. } | Step::Filter { .. } | Step::Range { .. } => Access::None,
    }
}

fn indexed<'a>(id: RelationId, part: Part, columns: &[usize], reads: &Reads<'a>) -> Access<'a> {
    let relation = reads.database.relation(id);
    let index = reads
        .growing
        .iter()
        .find(|growing| growing.relation == id)
        .and_then(|growing| growing.indexes.iter().find(|index| index.columns() == columns));
    match index {
        Some(index) => Access::Indexed(relation, Rows::Growing(index), reads.range(id, part)),
        None => Access::Indexed(relation, Rows::Finished(relation.index(columns)), reads.range(id, part)),
    }
}

fn narrow(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// Pushes the head's tuples of a batch, row after row. A head whose value fails is left out and the failure noted.
pub(super) fn emit(state: &mut State<'_>, batch: &Batch, head: &[Expression], candidates: &mut Vec<Word>) -> usize {
    let plain = head.iter().all(|value| matches!(value, Expression::Operand(_)));
    if plain {
        let operands: Vec<Operand> = head
            .iter()
            .filter_map(|value| if let Expression::Operand(operand) = value { Some(*operand) } else { None })
            .collect();
        let start = candidates.len();
        candidates.resize(start + batch.len * head.len(), 0);
        for (at, operand) in operands.iter().enumerate() {
            let target = candidates[start..].iter_mut().skip(at).step_by(head.len().max(1));
            match *operand {
                Operand::Slot(slot) => {
                    target.zip(&batch.columns[slot]).for_each(|(target, &word)| *target = word);
                }
                Operand::Constant(word) => target.for_each(|target| *target = word),
            }
        }
        return batch.len;
    }
    let mut count = 0;
    for row in 0..batch.len {
        let start = candidates.len();
        for value in head {
            match state.value(value, batch, row) {
                Ok(word) => candidates.push(word),
                Err(failure) => {
                    state.fail(failure);
                    break;
                }
            }
        }
        if candidates.len() - start == head.len() {
            count += 1;
        } else {
            candidates.truncate(start);
        }
    }
    count
}
