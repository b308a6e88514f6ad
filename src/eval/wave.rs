//! One rule over many rows, on several threads, with the same result whatever their number.
//!
//! The rows that drive a rule are cut into tasks, and some tasks make a wave. Threads run the tasks and deal the tuples
//! that they find to buffers, one a task and shard; after that, threads add the buffers of each shard to it, in the
//! order of the tasks. Then the next wave. So memory follows results and not derivations, nothing is locked, and rows
//! come in an order that depends on the data alone. One thread profits as well: a shard fits its cache.

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::access::Reads;
use super::batch::{Batch, State};
use super::emit::{Candidates, Emit};
use super::function::{Failure, Functions};
use super::limits::{Budget, Stop};
use super::pipeline::{Pipeline, Sink};
use crate::plan::{Expression, Operand, Pattern, RulePlan, Step};
use crate::storage::{BATCH, Block, Dealing, GROUPS, Log, Row, ShardMut, TupleSet, greatest};
use crate::threads;
use crate::value::{Values, Word};

/// Tasks that make a wave.
const TASKS: usize = 16;
/// A task that finds so many times what it is meant to find puts the rest of its rows off to the next wave.
const EXCESS: usize = 2;
/// Of so many candidates, one is taken to be new.
const NEW: usize = 4;
/// Candidates that are to come before many others, where nothing is known of a set.
const TASTE: usize = 1 << 14;
/// The part of a wave's candidates that a task is meant to find at least.
const LEAST: f64 = 1.0 / 256.0;
/// The part of a wave's candidates from which threads are worth waking.
const SHARED: f64 = 1.0 / 64.0;
/// So many candidates a row are expected at least where that decides on threads: the first run of a rule only guesses.
const GUESS: f64 = 64.0;

/// Driving rows from which threads deal them.
const DEALT_FROM: u32 = 1 << 15;

/// What a rule needs to run in waves.
pub(super) struct Job<'a> {
    pub(super) plan: &'a RulePlan,
    pub(super) reads: Reads<'a>,
    pub(super) functions: &'a Functions,
    pub(super) values: &'a Arc<Values>,
    pub(super) budget: &'a Budget,
    pub(super) batch_size: usize,
    pub(super) threads: usize,
    /// Candidates that a wave is meant to have.
    pub(super) wave: usize,
    /// Whether driving rows are dealt where they decide the shard.
    pub(super) direct: bool,
    /// Rows and bytes that were held before.
    pub(super) held: (usize, usize),
}

/// What the waves of a rule gave.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    /// Tuples found, known ones among them.
    pub(super) candidates: usize,
    /// Tuples that were new.
    pub(super) added: usize,
    /// Bindings made on the way.
    pub(super) work: usize,
    /// The least failure.
    pub(super) failure: Option<Failure>,
}

impl Harvest {
    /// With what others gave.
    fn and(mut self, other: Self) -> Self {
        self.candidates += other.candidates;
        self.added += other.added;
        self.work += other.work;
        self.fail(other.failure);
        self
    }

    /// About how many new tuples so many driving rows will give, by the candidates that are expected of one.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // an estimate
    fn coming(&self, rows: u32, ratio: f64) -> usize {
        let new = if self.candidates > 0 { self.added as f64 / self.candidates as f64 } else { 1.0 / NEW as f64 };
        (f64::from(rows) * ratio * new) as usize
    }

    /// Notes a failure, if it is the least.
    fn fail(&mut self, failure: Option<Failure>) {
        if let Some(failure) = failure
            && self.failure.as_ref().is_none_or(|least| failure < *least)
        {
            self.failure = Some(failure);
        }
    }
}

/// Room of the waves before, to be used again: it is not given back to the system between rules.
#[derive(Debug, Default)]
pub(super) struct Room {
    tasks: Vec<Task>,
    parts: Vec<Vec<Word>>,
    dealt: Vec<Dealt>,
}

/// Driving rows, dealt to shards.
#[derive(Debug, Default)]
struct Dealt {
    /// The shard of each, as they came.
    shards: Vec<u16>,
    /// The rows, shard after shard; in each as they came.
    rows: Vec<Row>,
    /// Where those of each shard end.
    ends: Vec<u32>,
}

impl Dealt {
    /// Deals rows by the values that decide on their shards.
    #[allow(clippy::cast_possible_truncation)] // there are at most 4096 shards
    fn deal(&mut self, dealing: Dealing, rows: impl ExactSizeIterator<Item = Row>, words: impl Iterator<Item = Word>) {
        let Self { shards, rows: dealt, ends } = self;
        shards.clear();
        shards.extend(words.take(rows.len()).map(|word| dealing.shard_of(word) as u16));
        // As starts, these become ends on the way.
        ends.clear();
        ends.resize(dealing.count() + 1, 0);
        shards.iter().for_each(|&shard| ends[usize::from(shard) + 1] += 1);
        let mut start = 0;
        for end in &mut *ends {
            start += *end;
            *end = start;
        }
        ends.pop();
        dealt.clear();
        dealt.resize(rows.len(), 0);
        for (row, &shard) in rows.zip(&*shards) {
            let end = &mut ends[usize::from(shard)];
            dealt[*end as usize] = row;
            *end += 1;
        }
    }

    /// The rows of a shard.
    fn of(&self, shard: usize) -> &[Row] {
        let start = shard.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.rows[start as usize..self.ends[shard] as usize]
    }
}

/// A task and its buffers.
#[derive(Debug, Default)]
struct Task {
    rows: Range<Row>,
    /// One a shard; one in all where the set is not split.
    buffers: Vec<Vec<Word>>,
    /// The same of pairs that come in blocks.
    blocks: Vec<Vec<Block>>,
    candidates: usize,
    work: usize,
    greatest: (usize, usize),
    result: Option<Stop>,
    failure: Option<Failure>,
}

/// A shard with the rows that it takes.
struct Owner<'s> {
    number: usize,
    shard: ShardMut<'s>,
    fresh: Vec<Word>,
    /// Tuples that the shard's matrix cannot hold.
    late: Vec<Word>,
    /// How many rows of other shards come before its own.
    before: usize,
    candidates: usize,
    work: usize,
    result: Option<Stop>,
    failure: Option<Failure>,
}

/// Whether running a plan makes no values, so that threads need no pool of their own.
pub(super) fn pure(plan: &RulePlan) -> bool {
    fn operand(value: &Expression) -> bool {
        matches!(value, Expression::Operand(_))
    }
    fn reads_only(pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Any | Pattern::Bind(_) => true,
            Pattern::Equal(value) => operand(value),
            Pattern::Record(fields) => fields.iter().all(reads_only),
            Pattern::As(..) => false,
        }
    }
    plan.head.iter().all(operand)
        && plan.body.steps.iter().all(|step| match step {
            Step::Scan { .. } | Step::Lookup { .. } | Step::Exists { .. } | Step::Intersect { .. } => true,
            Step::Assign { value, .. } => operand(value),
            Step::Match { value, pattern } => operand(value) && reads_only(pattern),
            Step::Filter { left, right, .. } => operand(left) && operand(right),
            Step::Range { .. } | Step::Aggregate { .. } => false,
        })
}

impl Job<'_> {
    /// Runs the rule over all its driving rows. What is new goes to `set` and, behind what is there, to `fresh`; `ratio`
    /// is how many candidates a row is expected to give, and is corrected on the way. After each wave `hold` is told
    /// how many rows were added.
    ///
    /// # Errors
    /// A limit was met, or someone interrupted.
    pub(super) fn run(
        &self,
        set: &mut TupleSet,
        committed: &[Word],
        fresh: &mut Vec<Word>,
        ratio: &mut f64,
        room: &mut Room,
        hold: &mut dyn FnMut(usize, &TupleSet) -> Result<(), Stop>,
    ) -> Result<Harvest, Stop> {
        let mut harvest = Harvest::default();
        let Some(driving) = Pipeline::new(&self.plan.body, &self.reads).driving() else { return Ok(harvest) };
        room.tasks.resize_with(TASKS, Task::default);
        let mut direct = self.direct;
        // Rows not taken yet: what tasks put off, in order, then the rest.
        let mut open = VecDeque::from([driving]);
        while !open.is_empty() {
            self.budget.poll(Some(self.plan.rule))?;
            let rows = open.iter().map(|rows| rows.end - rows.start).sum();
            let coming = harvest.coming(rows, *ratio);
            let taste = set.is_unproven(self.soon(coming));
            if direct
                && !taste
                && let [rest] = open.make_contiguous()
            {
                direct = false;
                let rest = rest.clone();
                let added = harvest.added;
                let held = (self.held.0 + added, self.held.1 + added * self.plan.head.len() * size_of::<Word>());
                let job = Job { held, ..*self };
                if let Some(done) = job.at_once(set, (committed, fresh), (rest, coming), ratio, room, hold) {
                    return Ok(harvest.and(done?));
                }
            }
            let soon = if taste { 0 } else { self.soon(coming) };
            let dealing = set.settle(Log { committed, fresh }, soon, self.threads);
            let axis = self.plan.found_beside(set.axis());
            let size = if taste { self.taste_rows(*ratio) } else { self.task_rows(rows, *ratio) };
            let Room { tasks, parts, .. } = &mut *room;
            let mut busy = 0;
            while busy < TASKS
                && let Some(rows) = open.pop_front()
            {
                let end = rows.end.min(rows.start.saturating_add(size));
                if end < rows.end {
                    open.push_front(end..rows.end);
                }
                tasks[busy].rows = rows.start..end;
                busy += 1;
            }
            let taken: u32 = tasks[..busy].iter().map(|task| task.rows.end - task.rows.start).sum();
            let threads = self.threads_for(f64::from(taken) * ratio.max(GUESS));
            threads::each(threads, &mut tasks[..busy], |task| self.work(task, dealing, axis));
            let left: u32 = tasks[..busy].iter().map(|task| task.rows.end - task.rows.start).sum();
            for task in tasks[..busy].iter().rev().filter(|task| !task.rows.is_empty()) {
                open.push_front(task.rows.clone());
            }
            let mut found = 0;
            let mut cell = (0, 0);
            for task in &mut tasks[..busy] {
                if let Some(stop) = task.result.take() {
                    return Err(stop);
                }
                harvest.fail(task.failure.take());
                found += task.candidates;
                harvest.work += task.work;
                cell = (cell.0.max(task.greatest.0), cell.1.max(task.greatest.1));
            }
            #[allow(clippy::cast_precision_loss)]
            if taken > left {
                *ratio = found as f64 / f64::from(taken - left);
            }
            let before = set.len();
            self.take(set, (dealing, axis), (committed, fresh), &tasks[..busy], (cell, found), parts);
            harvest.candidates += found;
            harvest.added += set.len() - before;
            hold(set.len() - before, set)?;
        }
        Ok(harvest)
    }

    /// Of the tuples that will come, those for which a table is cut before it is large.
    ///
    /// Shards are filled each by itself, and rows come shard after shard. What a rule finds in finished relations keeps
    /// their order instead for as long as possible: neighbours there have much in common. Of a delta, that is gone.
    fn soon(&self, coming: usize) -> usize {
        if self.plan.delta.is_some() { coming } else { 0 }
    }

    /// How many driving rows a task gets where so many are left: few enough for a wave, and for threads to share few.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)] // estimates
    fn task_rows(&self, rows: u32, ratio: f64) -> u32 {
        let ratio = ratio.max(0.01);
        let tasks = (f64::from(rows) * ratio / (self.wave as f64 * LEAST)).clamp(1.0, TASKS as f64) as u32;
        let most = ((self.wave / TASKS) as f64 / ratio).clamp(1.0, 1e9) as u32;
        most.min(rows.div_ceil(tasks)).max(1)
    }

    /// The same where a few candidates are to tell first which kind of table suits them.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)] // estimates
    fn taste_rows(&self, ratio: f64) -> u32 {
        ((TASTE / TASKS) as f64 / ratio.max(0.01)).clamp(1.0, f64::from(Row::MAX)) as u32
    }

    /// How many threads are worth their while for so many candidates.
    #[allow(clippy::cast_precision_loss)] // an estimate
    fn threads_for(&self, candidates: f64) -> usize {
        if candidates < self.wave as f64 * SHARED { 1 } else { self.threads }
    }

    /// Runs the rule over the rows of a task.
    fn work(&self, task: &mut Task, dealing: Option<Dealing>, axis: Option<usize>) {
        let mut functions = self.functions.clone();
        let mut values = Arc::clone(self.values);
        let mut counter = 0;
        let mut state = State::new(&mut functions, &mut values, self.budget, self.batch_size, &mut counter);
        state.rule = Some(self.plan.rule);
        let mut pipeline = Pipeline::new(&self.plan.body, &self.reads);
        let width = self.plan.head.len();
        let Task { rows, buffers, blocks, greatest: cell, .. } = task;
        let groups = if dealing.is_some() { GROUPS } else { 1 };
        buffers.resize_with(groups, Vec::new);
        buffers.iter_mut().for_each(Vec::clear);
        blocks.resize_with(groups, Vec::new);
        blocks.iter_mut().for_each(Vec::clear);
        let candidates = Cell::new(0);
        *cell = (0, 0);
        let mut note = |(line, position): (usize, usize)| *cell = (cell.0.max(line), cell.1.max(position));
        let mut flush = |_: &mut State<'_>, found: Candidates<'_>| {
            match found {
                Candidates::Tuples(words, count) => {
                    candidates.set(candidates.get() + count);
                    note(greatest(width, words));
                    match dealing {
                        Some(dealing) => dealing.deal(words, buffers),
                        None => buffers[0].extend_from_slice(words),
                    }
                }
                Candidates::Blocks(found, axis, count) => {
                    candidates.set(candidates.get() + count);
                    found.iter().for_each(|block| note(block.greatest(axis)));
                    match dealing {
                        Some(dealing) => dealing.deal_blocks(found, blocks),
                        None => blocks[0].extend_from_slice(found),
                    }
                }
            }
            Ok(())
        };
        let mut emit = Emit::in_blocks(&self.plan.head, axis, &mut flush);
        let start = Batch::unit(self.plan.body.slots);
        let enough = self.wave / TASKS * EXCESS;
        let mut piece = 16;
        let mut result = Ok(());
        while result.is_ok() && rows.start < rows.end && candidates.get() <= enough {
            let before = candidates.get();
            let end = rows.end.min(rows.start.saturating_add(piece));
            pipeline.drive(rows.start..end);
            rows.start = end;
            result = pipeline.run(&mut state, &start, &mut Sink::Head(&mut emit));
            let heavy = (candidates.get() - before) * 8 > enough;
            piece = if heavy { (piece / 4).max(1) } else { (piece * 2).min(1 << 14) };
        }
        result = result.and_then(|()| emit.end(&mut state));
        task.candidates = candidates.get();
        task.work = state.work;
        task.failure = state.failure.take();
        task.result = result.err();
    }

    /// Adds what the tasks of a wave found.
    fn take(
        &self,
        set: &mut TupleSet,
        (dealing, axis): (Option<Dealing>, Option<usize>),
        (committed, fresh): (&[Word], &mut Vec<Word>),
        tasks: &[Task],
        (cell, found): ((usize, usize), usize),
        parts: &mut Vec<Vec<Word>>,
    ) {
        let arity = self.plan.head.len();
        let log = Log { committed, fresh };
        set.foresee(log, cell, found / NEW);
        let shards = dealing.and_then(|dealing| set.shards(dealing, log, Some(cell), true));
        let Some(shards) = shards else {
            let (before, mut done) = (set.len(), 0);
            let mut told = before + BATCH;
            for words in tasks.iter().flat_map(|task| &task.buffers) {
                // The first ones tell how many of the others will be new: a table that only doubles is filled twice.
                if set.len() >= told {
                    let coming = (found - done) * (set.len() - before) / done;
                    set.reserve(coming.min(set.len() * 3));
                    told = set.len() * 4;
                }
                let count = words.len().checked_div(arity).unwrap_or(0);
                set.insert_batch(committed, fresh, words, count);
                done += count;
            }
            let mut pairs = Vec::new();
            for blocks in tasks.iter().flat_map(|task| &task.blocks).flat_map(|blocks| blocks.chunks(BATCH)) {
                pairs.clear();
                blocks.iter().for_each(|block| block.pairs(axis.unwrap_or(0), &mut pairs));
                set.insert_batch(committed, fresh, &pairs, pairs.len() / 2);
            }
            if arity == 0 {
                set.insert_batch(committed, fresh, &[], found);
            }
            return;
        };
        let mut owners = owners(shards, parts);
        #[allow(clippy::cast_precision_loss)]
        let threads = self.threads_for(found as f64);
        threads::each(threads, &mut owners, |owner| {
            for task in tasks {
                owner.shard.insert(&task.buffers[owner.number], log, &mut owner.fresh, &mut owner.late);
                owner.shard.insert_blocks(&task.blocks[owner.number], log, &mut owner.fresh, &mut owner.late);
            }
        });
        debug_assert!(owners.iter().all(|owner| owner.late.is_empty()), "the greatest was told");
        let added = self.gather(owners, (committed, fresh), parts);
        set.grown(added);
    }

    /// Numbers what owners took and appends it to the fresh rows. Gives how many rows that are.
    fn gather(
        &self,
        mut owners: Vec<Owner<'_>>,
        (committed, fresh): (&[Word], &mut Vec<Word>),
        parts: &mut Vec<Vec<Word>>,
    ) -> usize {
        let arity = self.plan.head.len();
        let start = (committed.len() + fresh.len()) / arity;
        let mut added = 0;
        for owner in &mut owners {
            owner.before = added;
            added += owner.fresh.len() / arity;
        }
        if arity > 2 {
            #[allow(clippy::cast_precision_loss)]
            let threads = self.threads_for(added as f64);
            threads::each(threads, &mut owners, |owner| owner.shard.number(&owner.fresh, start, owner.before));
        }
        fresh.reserve(added * arity);
        for owner in owners {
            fresh.extend_from_slice(&owner.fresh);
            parts.push(owner.fresh);
        }
        added
    }

    /// Where the shard of every tuple is decided by a column that the `driving` rows hand on: deals these rows instead, and
    /// adds what they give to the shard at once. Gives nothing where that is not so, when the table may be cut already.
    fn at_once(
        &self,
        set: &mut TupleSet,
        (committed, fresh): (&[Word], &mut Vec<Word>),
        (driving, coming): (Range<Row>, usize),
        ratio: &mut f64,
        room: &mut Room,
        hold: &mut dyn FnMut(usize, &TupleSet) -> Result<(), Stop>,
    ) -> Option<Result<Harvest, Stop>> {
        let pipeline = Pipeline::new(&self.plan.body, &self.reads);
        let rows = driving.end - driving.start;
        set.foresee(Log { committed, fresh }, (0, 0), coming);
        let dealing = set.settle(Log { committed, fresh }, self.soon(coming), self.threads)?;
        let column = match self.plan.head.get(dealing.lead()?)? {
            Expression::Operand(Operand::Slot(slot)) => pipeline.driven_column(*slot)?,
            _ => return None,
        };
        let Some(Step::Scan { relation, .. }) = self.plan.body.steps.first() else { return None };
        let relation = self.reads.database.relation(*relation);
        let Room { parts, dealt, .. } = room;
        let threads = if rows < DEALT_FROM { 1 } else { self.threads };
        let part = rows.div_ceil(u32::try_from(threads).unwrap_or(u32::MAX)).max(1);
        dealt.resize_with(rows.div_ceil(part) as usize, Dealt::default);
        let mut deals: Vec<(Range<Row>, &mut Dealt)> = driving
            .clone()
            .step_by(part as usize)
            .map(|start| start..driving.end.min(start.saturating_add(part)))
            .zip(&mut *dealt)
            .collect();
        let list = pipeline.driving_list();
        threads::each(threads, &mut deals, |(rows, dealt)| {
            let places = rows.start as usize..rows.end as usize;
            match list {
                Some(list) => {
                    let list = &list[places];
                    dealt.deal(dealing, list.iter().copied(), list.iter().map(|&row| relation.row(row)[column]));
                }
                None => {
                    let words = relation.words()[places.start * relation.arity()..].chunks_exact(relation.arity());
                    dealt.deal(dealing, rows.clone(), words.map(|row| row[column]));
                }
            }
        });
        let log = Log { committed, fresh };
        let axis = self.plan.found_beside(set.axis());
        let shards = set.shards(dealing, log, None, false)?;
        let mut owners = owners(shards, parts);
        let threads = self.threads_for(f64::from(rows) * ratio.max(GUESS));
        threads::each(threads, &mut owners, |owner| match dealt.as_slice() {
            [one] => self.serve(owner, one.of(owner.number), log, axis),
            parts => {
                let rows: Vec<&[Row]> = parts.iter().map(|part| part.of(owner.number)).collect();
                self.serve(owner, &rows.concat(), log, axis);
            }
        });
        let mut harvest = Harvest::default();
        let mut late = Vec::new();
        for owner in &mut owners {
            if let Some(stop) = owner.result.take() {
                return Some(Err(stop));
            }
            harvest.fail(owner.failure.take());
            harvest.candidates += owner.candidates;
            harvest.work += owner.work;
            late.append(&mut owner.late);
        }
        harvest.added = self.gather(owners, (committed, fresh), parts);
        set.grown(harvest.added);
        let count = late.len() / self.plan.head.len();
        harvest.added += set.insert_batch(committed, fresh, &late, count);
        #[allow(clippy::cast_precision_loss)]
        if rows > 0 {
            *ratio = harvest.candidates as f64 / f64::from(rows);
        }
        Some(hold(harvest.added, set).map(|()| harvest))
    }

    /// Runs the rule over the driving rows of one shard.
    fn serve(&self, owner: &mut Owner<'_>, rows: &[Row], log: Log<'_>, axis: Option<usize>) {
        if rows.is_empty() {
            return;
        }
        let mut functions = self.functions.clone();
        let mut values = Arc::clone(self.values);
        let mut counter = 0;
        let mut state = State::new(&mut functions, &mut values, self.budget, self.batch_size, &mut counter);
        state.rule = Some(self.plan.rule);
        let mut pipeline = Pipeline::new(&self.plan.body, &self.reads);
        pipeline.drive_list(rows);
        let Owner { shard, fresh, late, candidates, .. } = owner;
        let width = self.plan.head.len();
        let mut flush = |state: &mut State<'_>, found: Candidates<'_>| {
            match found {
                Candidates::Tuples(words, count) => {
                    *candidates += count;
                    shard.insert(words, log, fresh, late);
                }
                Candidates::Blocks(blocks, _, count) => {
                    *candidates += count;
                    shard.insert_blocks(blocks, log, fresh, late);
                }
            }
            let rows = self.held.0 + fresh.len() / width;
            state.budget.hold(rows, self.held.1 + fresh.len() * size_of::<Word>(), state.rule)
        };
        let mut emit = Emit::in_blocks(&self.plan.head, axis, &mut flush);
        let start = Batch::unit(self.plan.body.slots);
        let result = pipeline.run(&mut state, &start, &mut Sink::Head(&mut emit)).and_then(|()| emit.end(&mut state));
        owner.failure = state.failure.take();
        owner.work = state.work;
        owner.result = result.err();
    }
}

/// Owners of some shards, with the spare vectors at hand.
fn owners<'s>(shards: Vec<ShardMut<'s>>, parts: &mut Vec<Vec<Word>>) -> Vec<Owner<'s>> {
    parts.resize_with(shards.len(), Vec::new);
    let owners = shards.into_iter().zip(parts.drain(..)).enumerate();
    owners
        .map(|(number, (shard, mut fresh))| {
            fresh.clear();
            Owner {
                number,
                shard,
                fresh,
                late: Vec::new(),
                before: 0,
                candidates: 0,
                work: 0,
                result: None,
                failure: None,
            }
        })
        .collect()
}
