//! Runs a body: batches of bindings go through the steps of its plan, depth first, so that memory stays small and the
//! bindings at hand stay in the cache.

use std::ops::Range;
use std::sync::Arc;

use super::access::{Access, Keys, Reads, wanted};
use super::batch::{Batch, State};
use super::emit::Emit;
use super::expand::Spread;
use super::intersect::Intersection;
use super::limits::Stop;
use crate::plan::{Arm, BodyPlan, Expression, Operand, Pattern, Slot, Step};
use crate::program::CompareOp;
use crate::storage::{Packed, Relation, Row};
use crate::value::{Kind, Word};

/// A body ready to run.
pub(super) struct Pipeline<'a> {
    plan: &'a BodyPlan,
    accesses: Vec<Access<'a>>,
    /// For each step, the slots that are live after it and that it does not fill itself.
    carried: Vec<Vec<Slot>>,
    /// Where a body begins with a scan and a lookup by its columns alone: the operands of the lookup's key.
    early: Option<Vec<Early>>,
    /// The whole list, where the first step reads a part of one.
    list: Option<&'a [Row]>,
}

/// What a lookup knows of the row that is scanned before it.
#[derive(Clone, Copy)]
enum Early {
    Column(usize),
    Constant(Word),
}

/// Takes the bindings that a body ends with.
pub(super) enum Sink<'s, 'e> {
    /// As batches.
    Each(&'s mut dyn FnMut(&mut State<'_>, &Batch) -> Result<(), Stop>),
    /// As tuples of a head.
    Head(&'s mut Emit<'e>),
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(plan: &'a BodyPlan, reads: &Reads<'a>) -> Self {
        let accesses: Vec<Access<'a>> = plan.steps.iter().map(|step| Access::new(step, reads)).collect();
        let carried = plan.steps.iter().zip(&plan.live).map(|(step, live)| {
            let mut carried = live.clone();
            step.writes(&mut |slot| carried.retain(|&other| other != slot));
            carried
        });
        let early = early(&plan.steps, &accesses);
        Self { plan, accesses, carried: carried.collect(), early, list: None }
    }

    /// The rows that the first step reads one after another, if it does: they can be worked on in parts. Of a list that
    /// it reads, the places.
    pub(super) fn driving(&self) -> Option<Range<Row>> {
        match self.accesses.first() {
            Some(Access::Scan(_, range)) if matches!(self.plan.steps.first(), Some(Step::Scan { .. })) => {
                Some(range.clone())
            }
            Some(Access::List(_, rows)) => Some(0..narrow(rows.len())),
            _ => None,
        }
    }

    /// The rows themselves, where the first step reads a list.
    pub(super) fn driving_list(&self) -> Option<&'a [Row]> {
        match self.accesses.first() {
            Some(&Access::List(_, rows)) => Some(rows),
            _ => None,
        }
    }

    /// Lets the first step read only some rows, or places of its list.
    pub(super) fn drive(&mut self, rows: Range<Row>) {
        match self.accesses.first_mut() {
            Some(Access::Scan(_, range)) => *range = rows,
            Some(Access::List(_, list)) => {
                let whole = *self.list.get_or_insert(list);
                *list = &whole[rows.start as usize..rows.end as usize];
            }
            _ => {}
        }
    }

    /// The column of the driving rows that a slot takes over.
    pub(super) fn driven_column(&self, slot: Slot) -> Option<usize> {
        match self.plan.steps.first() {
            Some(Step::Scan { bind, .. }) => bind.iter().find(|&&(_, other)| other == slot).map(|&(column, _)| column),
            _ => None,
        }
    }

    /// Lets the first step read the rows of a list.
    pub(super) fn drive_list(&mut self, rows: &'a [Row]) {
        if let Some(access) = self.accesses.first_mut()
            && let Access::Scan(relation, _) | Access::List(relation, _) = *access
        {
            *access = Access::List(relation, rows);
        }
    }

    /// Sends a batch through all steps.
    pub(super) fn run(&self, state: &mut State<'_>, start: &Batch, sink: &mut Sink<'_, '_>) -> Result<(), Stop> {
        self.step(0, state, start, sink)
    }

    fn step(&self, at: usize, state: &mut State<'_>, batch: &Batch, sink: &mut Sink<'_, '_>) -> Result<(), Stop> {
        if batch.len == 0 {
            return Ok(());
        }
        state.budget.poll(state.rule)?;
        let Some(step) = self.plan.steps.get(at) else {
            return match sink {
                Sink::Each(each) => each(state, batch),
                Sink::Head(emit) => emit.batch(state, batch),
            };
        };
        match step {
            Step::Scan { .. } => match &self.accesses[at] {
                Access::Scan(relation, range) => self.scan(at, state, batch, sink, (relation, range.clone()), step),
                Access::List(relation, rows) => self.list(at, state, batch, sink, (relation, rows), step),
                _ => Ok(()),
            },
            Step::Lookup { key, same, bind, .. } => match &self.accesses[at] {
                Access::Rows(relation, lookup, range) => {
                    let mut words = vec![0; key.len()];
                    let mut found = Vec::new();
                    for row in 0..batch.len {
                        for (word, operand) in words.iter_mut().zip(key) {
                            *word = batch.operand(*operand, row);
                        }
                        for &candidate in lookup.rows(relation, &words, range).iter() {
                            let tuple = relation.row(candidate);
                            if same.iter().all(|&(left, right)| tuple[left] == tuple[right]) {
                                found.push((narrow(row), candidate));
                            }
                        }
                        if found.len() >= state.batch_size {
                            self.take_rows(at, state, batch, sink, (relation, bind), &mut found)?;
                        }
                    }
                    self.take_rows(at, state, batch, sink, (relation, bind), &mut found)
                }
                access => self.lookup(at, state, batch, sink, access, key),
            },
            Step::Intersect { slot, arms } => {
                let Access::Sorted(lists) = &self.accesses[at] else { return Ok(()) };
                self.intersect(at, state, batch, sink, *slot, (arms, lists))
            }
            Step::Exists { key, negated, .. } => {
                let access = &self.accesses[at];
                let mut keys = state.take_keys();
                batch.gather_keys(key, &mut keys.words);
                access.known(batch.len, &mut keys);
                state.work += batch.len;
                let result = self.keep(at, state, batch, sink, |_, row| keys.known[row] != *negated);
                state.give_back_keys(keys);
                result
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
            Step::Range { slot, kind, arguments } => self.count_up(at, state, batch, sink, *slot, *kind, arguments),
        }
    }

    /// For each binding, the values that all arms have.
    fn intersect(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_, '_>,
        slot: Slot,
        (arms, lists): (&[Arm], &[Arc<Packed>]),
    ) -> Result<(), Stop> {
        let mut out = state.take(self.plan.slots);
        let mut chosen = Vec::new();
        let mut intersection = Intersection::new(batch, arms, lists, state);
        for row in 0..batch.len {
            let mut values = intersection.values(row);
            state.work += values.len() + 1;
            while !values.is_empty() {
                let room = (state.batch_size - chosen.len()).min(values.len());
                out.columns[slot].extend_from_slice(&values[..room]);
                chosen.resize(chosen.len() + room, narrow(row));
                values = &values[room..];
                if chosen.len() >= state.batch_size {
                    self.pass(at, state, batch, &mut out, &mut chosen, sink)?;
                }
            }
        }
        intersection.end(state);
        self.pass(at, state, batch, &mut out, &mut chosen, sink)?;
        state.give_back(out);
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn count_up(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_, '_>,
        slot: Slot,
        kind: Kind,
        arguments: &[Expression],
    ) -> Result<(), Stop> {
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
            let mut range = match state.functions.range(kind, &words, state.values) {
                Ok(range) => range,
                Err(failure) => {
                    state.fail(failure);
                    continue;
                }
            };
            while let Some(word) = range.next(Arc::make_mut(state.values)) {
                chosen.push(narrow(row));
                out.columns[slot].push(word);
                if chosen.len() >= state.batch_size {
                    self.pass(at, state, batch, &mut out, &mut chosen, sink)?;
                }
            }
        }
        self.pass(at, state, batch, &mut out, &mut chosen, sink)?;
        state.give_back(out);
        Ok(())
    }

    /// Reads rows one after another for each binding.
    fn scan(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_, '_>,
        (relation, range): (&Relation, Range<Row>),
        step: &Step,
    ) -> Result<(), Stop> {
        let Step::Scan { constants, same, bind, .. } = step else { return Ok(()) };
        let (words, arity) = (relation.words(), relation.arity());
        let size = u32::try_from(state.batch_size).unwrap_or(u32::MAX);
        let mut out = state.take(self.plan.slots);
        let mut found = Vec::new();
        for row in 0..batch.len {
            let mut start = range.start;
            while start < range.end {
                let end = range.end.min(start.saturating_add(size));
                let plain = constants.is_empty() && same.is_empty();
                if plain
                    && at == 0
                    && let Some(key) = &self.early
                    && self.carried[0].iter().all(|&slot| batch.columns[slot].is_empty())
                {
                    let part = &words[start as usize * arity..end as usize * arity];
                    self.scan_and_look_up(state, sink, (part, arity, bind), key, &mut out)?;
                    out.columns.iter_mut().for_each(Vec::clear);
                } else if plain {
                    out.len = (end - start) as usize;
                    for &slot in &self.carried[at] {
                        if let Some(&word) = batch.columns[slot].get(row) {
                            out.columns[slot].resize(out.len, word);
                        }
                    }
                    let part = &words[start as usize * arity..end as usize * arity];
                    bind.iter().for_each(|&(column, slot)| extract(part, arity, column, &mut out.columns[slot]));
                    self.step(at + 1, state, &out, sink)?;
                    out.columns.iter_mut().for_each(Vec::clear);
                } else {
                    for candidate in start..end {
                        let tuple = relation.row(candidate);
                        if constants.iter().all(|&(column, word)| tuple[column] == word)
                            && same.iter().all(|&(left, right)| tuple[left] == tuple[right])
                        {
                            found.push((narrow(row), candidate));
                        }
                    }
                    if found.len() >= state.batch_size {
                        self.take_rows(at, state, batch, sink, (relation, bind), &mut found)?;
                    }
                }
                start = end;
            }
        }
        self.take_rows(at, state, batch, sink, (relation, bind), &mut found)?;
        state.give_back(out);
        Ok(())
    }

    /// Reads rows and looks up what goes with each, the first two steps in one: most rows often meet nothing, and then
    /// only the columns of the key are read of them.
    fn scan_and_look_up(
        &self,
        state: &mut State<'_>,
        sink: &mut Sink<'_, '_>,
        (part, arity, bind): (&[Word], usize, &[(usize, Slot)]),
        key: &[Early],
        out: &mut Batch,
    ) -> Result<(), Stop> {
        state.budget.poll(state.rule)?;
        let count = part.len() / arity;
        let mut keys = state.take_keys();
        if let &[Early::Column(column)] = key {
            extract(part, arity, column, &mut keys.words);
        } else {
            let word = |row: &[Word], key: &Early| match *key {
                Early::Column(column) => row[column],
                Early::Constant(word) => word,
            };
            keys.words.extend(part.chunks_exact(arity).flat_map(|row| key.iter().map(|key| word(row, key))));
        }
        self.accesses[1].find(count, &mut keys);
        state.work += count;
        let met = keys.entries.iter().filter(|entries| entries.len > 0).count();
        if met * 2 < count {
            let rows = part.chunks_exact(arity).zip(&keys.entries).filter(|(_, entries)| entries.len > 0);
            for (row, _) in rows {
                bind.iter().for_each(|&(column, slot)| out.columns[slot].push(row[column]));
            }
            keys.entries.retain(|entries| entries.len > 0);
            out.len = met;
        } else {
            bind.iter().for_each(|&(column, slot)| extract(part, arity, column, &mut out.columns[slot]));
            out.len = count;
        }
        if met > 0 {
            self.expand(1, state, out, sink, &keys)?;
        }
        state.give_back_keys(keys);
        Ok(())
    }

    /// Reads the rows of a list for each binding.
    fn list(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_, '_>,
        (relation, rows): (&Relation, &[Row]),
        step: &Step,
    ) -> Result<(), Stop> {
        let Step::Scan { constants, same, bind, .. } = step else { return Ok(()) };
        let mut found = Vec::with_capacity(state.batch_size.min(rows.len()));
        for row in 0..batch.len {
            for part in rows.chunks(state.batch_size) {
                let wanted = part.iter().filter(|&&candidate| {
                    let tuple = relation.row(candidate);
                    constants.iter().all(|&(column, word)| tuple[column] == word)
                        && same.iter().all(|&(left, right)| tuple[left] == tuple[right])
                });
                found.extend(wanted.map(|&candidate| (narrow(row), candidate)));
                self.take_rows(at, state, batch, sink, (relation, bind), &mut found)?;
            }
        }
        Ok(())
    }

    /// Passes on pairs of a binding and a row that goes with it.
    fn take_rows(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_, '_>,
        (relation, bind): (&Relation, &[(usize, Slot)]),
        found: &mut Vec<(u32, Row)>,
    ) -> Result<(), Stop> {
        let (words, arity) = (relation.words(), relation.arity());
        let size = state.batch_size;
        let mut out = state.take(self.plan.slots);
        for part in found.chunks(size) {
            for &(column, slot) in bind {
                out.columns[slot].extend(part.iter().map(|&(_, row)| words[row as usize * arity + column]));
            }
            out.len = part.len();
            for &slot in &self.carried[at] {
                let source = &batch.columns[slot];
                if !source.is_empty() {
                    out.columns[slot].extend(part.iter().map(|&(row, _)| source[row as usize]));
                }
            }
            self.step(at + 1, state, &out, sink)?;
            out.columns.iter_mut().for_each(Vec::clear);
        }
        state.give_back(out);
        found.clear();
        Ok(())
    }

    /// Looks the keys of a batch up in postings and passes on what it finds.
    fn lookup(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_, '_>,
        access: &Access<'_>,
        key: &[Operand],
    ) -> Result<(), Stop> {
        let mut keys = state.take_keys();
        match access.loose() {
            Some((by, _)) => {
                let key: Vec<Operand> = by.iter().map(|&at| key[at]).collect();
                batch.gather_keys(&key, &mut keys.words);
            }
            None => batch.gather_keys(key, &mut keys.words),
        }
        access.find(batch.len, &mut keys);
        // Keys count as well: that nothing is found does not come for nothing.
        state.work += batch.len;
        self.expand(at, state, batch, sink, &keys)?;
        state.give_back_keys(keys);
        Ok(())
    }

    /// Passes on each binding with each entry that was found for it.
    fn expand(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        sink: &mut Sink<'_, '_>,
        keys: &Keys,
    ) -> Result<(), Stop> {
        let (step, access) = (&self.plan.steps[at], &self.accesses[at]);
        let Step::Lookup { key, same, bind, .. } = step else { return Ok(()) };
        state.work += keys.entries.iter().map(|entries| entries.len as usize).sum::<usize>();
        let loose = access.loose();
        let (words, stride, places) = access.entries();
        let last = at + 1 == self.plan.steps.len();
        if let Sink::Head(emit) = sink
            && last
            && same.is_empty()
            && loose.is_none()
            && emit.is_plain()
        {
            let kept: Vec<(usize, Slot)> = places.iter().zip(bind).map(|(&place, &(_, slot))| (place, slot)).collect();
            return emit.found(state, batch, &keys.entries, (words, stride, &kept));
        }
        debug_assert_eq!(places.len(), wanted(same, bind).len());
        let (kept, compared) = places.split_at(bind.len());
        let mut out = state.take(self.plan.slots);
        let mut spread = Spread::new(words, stride, state.batch_size, keys.entries.len());
        let mut fixed = Vec::new();
        for (row, &entries) in keys.entries.iter().enumerate() {
            let mut rest = entries;
            if let Some((_, loose)) = loose {
                fixed.clear();
                fixed.extend(loose.iter().map(|&(place, at)| (place, batch.operand(key[at], row))));
            }
            while rest.len > 0 {
                rest = spread.push(narrow(row), rest, compared, &fixed);
                if spread.is_full() {
                    spread.fill(&mut out, batch, &self.carried[at], kept.iter().zip(bind).map(|(&p, &(_, s))| (p, s)));
                    self.step(at + 1, state, &out, sink)?;
                    out.columns.iter_mut().for_each(Vec::clear);
                }
            }
        }
        spread.fill(&mut out, batch, &self.carried[at], kept.iter().zip(bind).map(|(&p, &(_, s))| (p, s)));
        self.step(at + 1, state, &out, sink)?;
        state.give_back(out);
        Ok(())
    }

    /// Passes the chosen rows on, with the columns that `out` already has beside those that stay live.
    fn pass(
        &self,
        at: usize,
        state: &mut State<'_>,
        batch: &Batch,
        out: &mut Batch,
        chosen: &mut Vec<u32>,
        sink: &mut Sink<'_, '_>,
    ) -> Result<(), Stop> {
        out.len = chosen.len();
        out.gather(batch, &self.carried[at], chosen);
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
        sink: &mut Sink<'_, '_>,
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
        sink: &mut Sink<'_, '_>,
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
        sink: &mut Sink<'_, '_>,
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
        sink: &mut Sink<'_, '_>,
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

/// The lookup that a body's second step makes by the columns of its first, where it is one.
fn early(steps: &[Step], accesses: &[Access<'_>]) -> Option<Vec<Early>> {
    let (Some(Step::Scan { bind: scanned, .. }), Some(Step::Lookup { key, .. })) = (steps.first(), steps.get(1)) else {
        return None;
    };
    let access = accesses.get(1).filter(|access| access.loose().is_none())?;
    let known = |operand: &Operand| match *operand {
        Operand::Constant(word) => Some(Early::Constant(word)),
        Operand::Slot(slot) => {
            scanned.iter().find(|&&(_, other)| other == slot).map(|&(column, _)| Early::Column(column))
        }
    };
    let postings = matches!(access, Access::Packed(..) | Access::Kept(..) | Access::Growing(_));
    key.iter().map(known).collect::<Option<Vec<Early>>>().filter(|key| postings && !key.is_empty())
}

/// Appends a column of some rows.
fn extract(part: &[Word], arity: usize, column: usize, out: &mut Vec<Word>) {
    fn of<const ARITY: usize>(part: &[Word], column: usize, out: &mut Vec<Word>) {
        out.extend(part.as_chunks::<ARITY>().0.iter().map(|row| row[column]));
    }
    match arity {
        1 => out.extend_from_slice(part),
        2 => of::<2>(part, column, out),
        3 => of::<3>(part, column, out),
        4 => of::<4>(part, column, out),
        5 => of::<5>(part, column, out),
        _ => out.extend(part.iter().skip(column).step_by(arity)),
    }
}

fn narrow(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
