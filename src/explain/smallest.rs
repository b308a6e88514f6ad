//! Smallest proofs, and all proofs in order of size.
//!
//! The size of a proof is that of its tree: each use of a premise counts. Cost adds up from premises to conclusions, so
//! that a least proof is found like a shortest way (Knuth, 1977, generalising Dijkstra to and-or graphs), and further ones
//! lazily from the lists of their premises' best (Huang and Chiang, 2005), guided by what the rest of a proof must cost at
//! least (A*: Hart, Nilsson and Raphael, 1968). Every proof uses one step for each tuple, so none is circular.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::rc::Rc;

use super::build::Builder;
use super::proof::Proof;
use super::slice::{Slice, SliceLimits, Step};
use crate::eval::{Options, Stop};
use crate::model::{Model, Tuple};

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofLimits {
    /// How much of the slice is built.
    pub slice: SliceLimits,
    /// Proofs that are told.
    pub proofs: usize,
    /// Partial proofs that are put together.
    pub partial: usize,
    /// Steps that partial proofs hold in all: what bounds memory.
    pub steps: usize,
}

impl Default for ProofLimits {
    fn default() -> Self {
        Self { slice: SliceLimits::default(), proofs: 10, partial: 50_000, steps: 8_000_000 }
    }
}

/// Proofs in order of size.
#[derive(Clone, Debug)]
pub struct Proofs {
    /// The proofs, each with the size of its tree.
    pub proofs: Vec<(u64, Proof)>,
    /// Whether there are no others.
    pub complete: bool,
}

/// A smallest proof of a tuple: exact on its slice; nothing if the model does not have it. Of equally small steps the one
/// by the first rule is taken, then the one with the earliest premises.
///
/// # Errors
/// A limit of evaluation was met, or someone interrupted.
pub fn smallest(model: &Model, tuple: &Tuple, limits: ProofLimits, options: &Options) -> Result<Option<Proof>, Stop> {
    if model.row_of(tuple).is_none() {
        return Ok(None);
    }
    let slice = Slice::of(model, tuple, limits.slice, options)?;
    let costs = Costs::of(&slice);
    let choice = |at: usize| costs.best[at].map(|(_, use_)| use_);
    proof(model, &slice, &choice, options).map(Some)
}

/// Proofs of a tuple in order of size, so many at most; nothing if the model does not have it.
///
/// # Errors
/// A limit of evaluation was met, or someone interrupted.
pub fn proofs(model: &Model, tuple: &Tuple, limits: ProofLimits, options: &Options) -> Result<Option<Proofs>, Stop> {
    if model.row_of(tuple).is_none() {
        return Ok(None);
    }
    let slice = Slice::of(model, tuple, limits.slice, options)?;
    let mut search = Search::new(&slice, limits);
    let complete = search.run(options)? && slice.complete;
    let mut proofs = Vec::new();
    for found in &search.found[0] {
        let choice =
            |at: usize| found.uses.binary_search_by_key(&at, |&(tuple, _)| tuple).ok().map(|it| found.uses[it].1);
        proofs.push((found.cost, proof(model, &slice, &choice, options)?));
    }
    Ok(Some(Proofs { proofs, complete }))
}

/// How a proof comes by a tuple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Given,
    /// It has steps that are not in the slice, and is not followed.
    Cut,
    Step(usize),
}

/// The proof that a choice of steps describes.
fn proof(
    model: &Model,
    slice: &Slice,
    choice: &dyn Fn(usize) -> Option<Use>,
    options: &Options,
) -> Result<Proof, Stop> {
    let mut builder = Builder::new(model, options);
    builder.start(false);
    builder.proof.alternatives = (slice.tuples[0].steps.len() + usize::from(slice.tuples[0].given)).saturating_sub(1);
    let mut open = vec![(0, false)];
    while let Some((at, ready)) = open.pop() {
        let tuple = &slice.tuples[at].tuple;
        if builder.known.contains_key(tuple) {
            continue;
        }
        match choice(at) {
            Some(Use::Given) => builder.given(tuple.clone()),
            Some(Use::Step(step)) => {
                let step = &slice.steps[step];
                if !ready {
                    open.push((at, true));
                    open.extend(tails(step).into_iter().rev().map(|tail| (tail, false)));
                } else if let Some(rank) = model.rank(tuple) {
                    builder.derived(tuple.clone(), step.rule, &step.instances, &step.instance, rank)?;
                }
            }
            Some(Use::Cut) | None => builder.cut(tuple.clone()),
        }
    }
    Ok(builder.finish())
}

/// The tuples whose proofs a step shows, aggregates included.
fn tails(step: &Step) -> Vec<usize> {
    let rows = step.aggregates.iter().flat_map(|aggregate| &aggregate.rows).flat_map(|(_, row)| row);
    step.premises.iter().chain(rows).copied().collect()
}

/// What a step costs beside its tails: itself, its absences and comparisons, and what its aggregates list.
fn own_cost(step: &Step) -> u64 {
    let others = step.instances.body.premises.len() - step.premises.len();
    1 + others as u64 + step.aggregates.iter().map(|aggregate| aggregate.size).sum::<u64>()
}

/// Least costs: of proofs of each tuple, and of what stands around it in a proof of the root.
struct Costs {
    best: Vec<Option<(u64, Use)>>,
    around: Vec<u64>,
}

impl Costs {
    fn of(slice: &Slice) -> Self {
        let count = slice.tuples.len();
        let mut best: Vec<Option<(u64, Use)>> = vec![None; count];
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut missing: Vec<usize> = vec![0; slice.steps.len()];
        let mut costs: Vec<u64> = slice.steps.iter().map(own_cost).collect();
        let mut concludes: Vec<usize> = vec![0; slice.steps.len()];
        // Cost, use (first rules first), tuple.
        let mut heap: BinaryHeap<Reverse<(u64, Use, usize)>> = BinaryHeap::new();
        for (at, node) in slice.tuples.iter().enumerate() {
            if node.given {
                heap.push(Reverse((1, Use::Given, at)));
            } else if node.cut {
                heap.push(Reverse((1, Use::Cut, at)));
            }
            for &step in &node.steps {
                concludes[step] = at;
                let tails = tails(&slice.steps[step]);
                missing[step] = tails.len();
                tails.iter().for_each(|&tail| waiting[tail].push(step));
                if tails.is_empty() {
                    heap.push(Reverse((costs[step], Use::Step(step), at)));
                }
            }
        }
        while let Some(Reverse((cost, use_, at))) = heap.pop() {
            if best[at].is_some() {
                continue;
            }
            best[at] = Some((cost, use_));
            for &step in &waiting[at] {
                missing[step] -= 1;
                costs[step] = costs[step].saturating_add(cost);
                if missing[step] == 0 {
                    heap.push(Reverse((costs[step], Use::Step(step), concludes[step])));
                }
            }
        }
        let mut around = vec![u64::MAX; count];
        let mut heap = BinaryHeap::from([Reverse((0, 0))]);
        while let Some(Reverse((cost, at))) = heap.pop() {
            if around[at] != u64::MAX {
                continue;
            }
            around[at] = cost;
            for &step in slice.tuples[at].steps.iter().filter(|&&step| missing[step] == 0) {
                for tail in tails(&slice.steps[step]) {
                    if around[tail] == u64::MAX {
                        let own = best[tail].map_or(0, |(own, _)| own);
                        heap.push(Reverse((cost.saturating_add(costs[step] - own), tail)));
                    }
                }
            }
        }
        Self { best, around }
    }
}

/// A proof of a tuple: for each tuple in it how it comes by it, by number.
struct Found {
    cost: u64,
    uses: Vec<(usize, Use)>,
}

/// A use of a tuple together with which of the known proofs of its tails are taken.
type Candidate = (usize, Use, Rc<[usize]>);

/// A candidate in the order of its size: size, tuple, use, and which proof of each premise.
type Queued = (u64, usize, Use, Rc<[usize]>);

struct Search<'a> {
    slice: &'a Slice,
    limits: ProofLimits,
    around: Vec<u64>,
    /// The proofs of each tuple that are known, the smallest first.
    found: Vec<Vec<Found>>,
    heap: BinaryHeap<Reverse<Queued>>,
    seen: BTreeSet<(usize, Rc<[usize]>)>,
    /// Candidates that wait for a tuple to have so many proofs.
    waiting: BTreeMap<(usize, usize), Vec<Candidate>>,
    held: usize,
}

impl<'a> Search<'a> {
    fn new(slice: &'a Slice, limits: ProofLimits) -> Self {
        let around = Costs::of(slice).around;
        let found = slice.tuples.iter().map(|_| Vec::new()).collect();
        let (heap, seen, waiting) = (BinaryHeap::new(), BTreeSet::new(), BTreeMap::new());
        Self { slice, limits, around, found, heap, seen, waiting, held: 0 }
    }

    /// Finds the proofs of tuple 0. Gives whether those are all.
    fn run(&mut self, options: &Options) -> Result<bool, Stop> {
        for (at, node) in self.slice.tuples.iter().enumerate() {
            if self.around[at] == u64::MAX {
                continue;
            }
            let leaf = if node.given { Some(Use::Given) } else { node.cut.then_some(Use::Cut) };
            if let Some(leaf) = leaf {
                self.heap.push(Reverse((self.around[at].saturating_add(1), at, leaf, Rc::from([]))));
            }
            for &step in &node.steps {
                let first = vec![0; tails(&self.slice.steps[step]).len()];
                self.offer(at, step, first.into());
            }
        }
        let mut left = self.limits.partial;
        while let Some(Reverse((_, at, use_, ranks))) = self.heap.pop() {
            if self.found[0].len() >= self.limits.proofs || left == 0 || self.held > self.limits.steps {
                return Ok(false);
            }
            if left.is_multiple_of(1024) {
                options.budget.poll(None)?;
            }
            left -= 1;
            if let Some(found) = self.combine(at, use_, &ranks) {
                self.held += found.uses.len();
                self.found[at].push(found);
                let count = self.found[at].len();
                for (other, use_, ranks) in self.waiting.remove(&(at, count)).unwrap_or_default() {
                    if let Use::Step(step) = use_ {
                        self.push(other, step, ranks);
                    }
                }
            }
            if let Use::Step(step) = use_ {
                for place in 0..ranks.len() {
                    let mut next = ranks.to_vec();
                    next[place] += 1;
                    self.offer(at, step, next.into());
                }
            }
        }
        Ok(true)
    }

    /// Takes a candidate up, now or when its tails have as many proofs as it needs.
    fn offer(&mut self, at: usize, step: usize, ranks: Rc<[usize]>) {
        if self.seen.insert((step, Rc::clone(&ranks))) {
            self.push(at, step, ranks);
        }
    }

    fn push(&mut self, at: usize, step: usize, ranks: Rc<[usize]>) {
        let tails = tails(&self.slice.steps[step]);
        let mut cost = own_cost(&self.slice.steps[step]);
        for (&tail, &rank) in tails.iter().zip(ranks.iter()) {
            match self.found[tail].get(rank) {
                Some(found) => cost = cost.saturating_add(found.cost),
                None => {
                    self.waiting.entry((tail, rank + 1)).or_default().push((at, Use::Step(step), ranks));
                    return;
                }
            }
        }
        self.heap.push(Reverse((cost.saturating_add(self.around[at]), at, Use::Step(step), ranks)));
    }

    /// The proof that a candidate describes; nothing if it would come by one tuple in two ways.
    fn combine(&self, at: usize, use_: Use, ranks: &[usize]) -> Option<Found> {
        let Use::Step(step) = use_ else { return Some(Found { cost: 1, uses: vec![(at, use_)] }) };
        let mut cost = own_cost(&self.slice.steps[step]);
        let mut uses: BTreeMap<usize, Use> = BTreeMap::from([(at, use_)]);
        for (&tail, &rank) in tails(&self.slice.steps[step]).iter().zip(ranks) {
            let found = self.found[tail].get(rank)?;
            cost = cost.saturating_add(found.cost);
            for &(tuple, use_) in &found.uses {
                if *uses.entry(tuple).or_insert(use_) != use_ {
                    return None;
                }
            }
        }
        Some(Found { cost, uses: uses.into_iter().collect() })
    }
}
