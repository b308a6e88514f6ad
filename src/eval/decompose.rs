//! Linear recursion that hands a column on unchanged, such as reachability by source: the stratum falls apart into one
//! search for each value of that column, the *lead*. Each search runs to its end with a bitmap of its own, which fits a
//! cache and needs no hashing; what it finds is kept apart by round, so that rows and rounds are those of the rounds that
//! all searches take together. Row order depends on the data alone: the rounds, in each the leads in order of appearance.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::limits::{Budget, Limit, Stop};
use crate::plan::{Expression, Operand, Part, RulePlan, Step};
use crate::program::{RelationId, RuleId};
use crate::storage::{Database, KeyTable, Packed, Relation, Round, Row, Switch};
use crate::threads;
use crate::value::Word;

/// Values up to which a bitmap is worth its memory: 8 MB.
const WIDEST: usize = 1 << 26;
/// Leads that are searched to see whether the rest is worth it, and rows after which enough has been seen.
const SAMPLE: (usize, usize) = (64, 1 << 16);
/// What a search must find on average in each of its rounds: what it costs to keep rounds apart then is small.
const RUN: usize = 2;
/// Rows that a search finds before it tells the others: what all found together is held against the limits.
const UNTOLD: usize = 1 << 12;
/// Parts that each thread is given, so that all end at about the same time.
const PARTS: usize = 8;

/// The recursive rules of a stratum with one relation of two columns, each with one lookup: from (lead, y) to (lead, z).
pub(super) struct Linear<'p> {
    lead: usize,
    arms: Vec<Arm<'p>>,
}

/// One rule: from y to z by a finished relation.
struct Arm<'p> {
    rule: RuleId,
    relation: RelationId,
    columns: &'p [usize],
    payload: usize,
}

/// What one round of some searches found: (lead, how many) and the other column, run after run.
#[derive(Default)]
struct Level {
    runs: Vec<(Word, u32)>,
    others: Vec<Word>,
}

/// Some leads with what their searches found.
struct Searches {
    groups: Range<usize>,
    /// One step from one lead to the next.
    step: usize,
    levels: Vec<Level>,
    /// How often each rule derived a tuple, new or not.
    derived: Vec<usize>,
    found: usize,
    /// How many of them were told.
    told: usize,
    /// Rows after which no further search begins.
    enough: usize,
    result: Result<(), Stop>,
}

/// The rows that are there by lead.
struct Groups {
    leads: Vec<Word>,
    offsets: Vec<u32>,
    rows: Vec<Row>,
}

/// What the searches gave.
pub(super) struct Harvest {
    /// For each rule how often it derived a tuple.
    pub(super) derived: Vec<(RuleId, usize)>,
    /// Tuples that were new.
    pub(super) added: usize,
}

impl<'p> Linear<'p> {
    /// The rules behind some plans, if they are of this kind.
    pub(super) fn of(relation: RelationId, plans: impl Iterator<Item = &'p RulePlan>) -> Option<Self> {
        let mut lead = None;
        let mut arms = Vec::new();
        for plan in plans {
            let (column, arm) = Arm::of(relation, plan)?;
            if *lead.get_or_insert(column) != column {
                return None;
            }
            arms.push(arm);
        }
        Some(Self { lead: lead?, arms })
    }

    /// Searches from all rows from `delta` on, which the last `round` added, and appends what is new round by round.
    /// Gives nothing where that is not worth it; nothing has changed then.
    pub(super) fn run(
        &self,
        (database, relation): (&mut Database, RelationId),
        (delta, round): (Row, Round),
        (switch, threads): (Switch, usize),
        (budget, held): (&Budget, (usize, usize)),
    ) -> Result<Option<Harvest>, Stop> {
        let postings: Vec<_> = self
            .arms
            .iter()
            .map(|arm| database.relation(arm.relation).packed(arm.columns, &[arm.payload], threads))
            .collect();
        if postings.iter().any(|packed| packed.payload().len() != 1) {
            return Ok(None);
        }
        let known = database.relation(relation);
        let others = known.words().iter().skip(1 - self.lead).step_by(2);
        let greatest = postings.iter().flat_map(|packed| packed.words()).chain(others).copied().max().unwrap_or(0);
        if greatest as usize >= WIDEST {
            return Ok(None);
        }
        let groups = Groups::new(known, self.lead);
        let limit = first_limit(budget, held, known.len());
        let all = AtomicUsize::new(0);
        let context =
            Context { linear: self, postings: &postings, known, groups: &groups, delta, greatest, budget, limit, all };
        if switch == Switch::Auto && groups.len() > 4 * SAMPLE.0 {
            let step = groups.len() / SAMPLE.0;
            let mut sample = context.searches(0..groups.len(), step, SAMPLE.1);
            context.search(&mut sample);
            let runs: usize = sample.levels.iter().map(|level| level.runs.len()).sum();
            if sample.found < runs * RUN {
                return Ok(None);
            }
            context.all.store(0, Ordering::Relaxed);
        }
        let parts = if threads > 1 { threads * PARTS } else { 1 };
        let size = groups.len().div_ceil(parts).max(1);
        let starts = (0..groups.len()).step_by(size);
        let mut parts: Vec<Searches> =
            starts.map(|start| context.searches(start..(start + size).min(groups.len()), 1, usize::MAX)).collect();
        threads::each(threads, &mut parts, |part| context.search(part));
        let mut derived: Vec<(RuleId, usize)> = self.arms.iter().map(|arm| (arm.rule, 0)).collect();
        let mut added = 0;
        for part in &mut parts {
            std::mem::replace(&mut part.result, Ok(()))?;
            derived.iter_mut().zip(&part.derived).for_each(|((_, sum), count)| *sum += count);
            added += part.found;
        }
        context.within(added)?;
        let relation = database.relation_mut(relation);
        relation.reserve(added);
        let deepest = parts.iter().map(|part| part.levels.len()).max().unwrap_or(0);
        for depth in 0..deepest {
            // Taken out, so that what is written is not held twice.
            let levels: Vec<Level> =
                parts.iter_mut().filter_map(|part| part.levels.get_mut(depth)).map(std::mem::take).collect();
            let count = levels.iter().map(|level| level.others.len()).sum();
            let round = round + 1 + Round::try_from(depth).unwrap_or(Round::MAX);
            relation.append(round, count, |words| levels.iter().for_each(|level| level.write(self.lead, words)));
        }
        Ok(Some(Harvest { derived, added }))
    }
}

/// How many rows may be found, and the limit that the next one meets. All of them count the same rows, so it is the same
/// one whoever finds them.
fn first_limit(budget: &Budget, (rows, bytes): (usize, usize), known: usize) -> Option<(usize, Limit)> {
    let in_all = budget.rows.map(|limit| (limit.saturating_sub(rows), Limit::Rows(limit)));
    let in_one = budget.relation_rows.map(|limit| (limit.saturating_sub(known), Limit::RelationRows(limit)));
    let row = 2 * size_of::<Word>();
    let memory = budget.bytes.map(|limit| (limit.saturating_sub(bytes) / row, Limit::Bytes(limit)));
    [in_all, in_one, memory].into_iter().flatten().min_by_key(|&(rows, _)| rows)
}

impl<'p> Arm<'p> {
    /// The rule of a plan, and the column that it hands on.
    fn of(relation: RelationId, plan: &'p RulePlan) -> Option<(usize, Self)> {
        plan.delta?;
        let [Step::Scan { part: Part::Delta, constants, same, bind, .. }, lookup] = plan.body.steps.as_slice() else {
            return None;
        };
        let Step::Lookup { relation: finished, columns, key, same: equal, bind: kept, .. } = lookup else {
            return None;
        };
        let slots = |column: usize| bind.iter().find(|&&(other, _)| other == column).map(|&(_, slot)| slot);
        let (&[Operand::Slot(through)], &[(payload, reached)]) = (key.as_slice(), kept.as_slice()) else { return None };
        let plain = constants.is_empty() && same.is_empty() && equal.is_empty() && *finished != relation;
        let [Expression::Operand(Operand::Slot(left)), Expression::Operand(Operand::Slot(right))] =
            plan.head.as_slice()
        else {
            return None;
        };
        let head = [*left, *right];
        let lead = (0..2).find(|&lead| {
            slots(lead) == Some(head[lead]) && head[1 - lead] == reached && slots(1 - lead) == Some(through)
        })?;
        plain.then_some((lead, Self { rule: plan.rule, relation: *finished, columns, payload }))
    }
}

impl Level {
    /// Appends the rows.
    fn write(&self, lead: usize, words: &mut Vec<Word>) {
        let mut others = self.others.iter();
        for &(word, count) in &self.runs {
            let run = others.by_ref().take(count as usize);
            if lead == 0 {
                words.extend(run.flat_map(|&other| [word, other]));
            } else {
                words.extend(run.flat_map(|&other| [other, word]));
            }
        }
    }
}

impl Groups {
    /// Counting sort of all rows by lead; leads in order of first appearance.
    fn new(relation: &Relation, lead: usize) -> Self {
        let leads = || relation.words().iter().skip(lead).step_by(2);
        let mut table = KeyTable::of_column(leads().copied().max().unwrap_or(0), relation.len());
        let numbers: Vec<u32> = leads().map(|&word| table.insert(&[word])).collect();
        let mut offsets = vec![0_u32; table.len() + 1];
        numbers.iter().for_each(|&number| offsets[number as usize + 1] += 1);
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; numbers.len()];
        for (row, &number) in (0..).zip(&numbers) {
            let at = &mut next[number as usize];
            rows[*at as usize] = row;
            *at += 1;
        }
        let leads = (0..u32::try_from(table.len()).unwrap_or(u32::MAX)).map(|group| table.key(group)[0]).collect();
        Self { leads, offsets, rows }
    }

    fn len(&self) -> usize {
        self.leads.len()
    }

    fn rows(&self, group: usize) -> &[Row] {
        &self.rows[self.offsets[group] as usize..self.offsets[group + 1] as usize]
    }
}

/// What all searches share.
struct Context<'a> {
    linear: &'a Linear<'a>,
    postings: &'a [std::sync::Arc<Packed>],
    known: &'a Relation,
    groups: &'a Groups,
    delta: Row,
    greatest: Word,
    budget: &'a Budget,
    limit: Option<(usize, Limit)>,
    /// Rows that all searches have told of.
    all: AtomicUsize,
}

impl Context<'_> {
    fn searches(&self, groups: Range<usize>, step: usize, enough: usize) -> Searches {
        let derived = vec![0; self.postings.len()];
        Searches { groups, step, levels: Vec::new(), derived, found: 0, told: 0, enough, result: Ok(()) }
    }

    /// Stops where so many rows of all searches are too many.
    fn within(&self, rows: usize) -> Result<(), Stop> {
        match self.limit {
            Some((most, limit)) if rows > most => Err(Stop::Limit(limit, Some(self.linear.arms[0].rule))),
            _ => Ok(()),
        }
    }

    /// Searches from each lead in turn.
    fn search(&self, searches: &mut Searches) {
        let mut seen = Bitmap(vec![0; self.greatest as usize / 64 + 1]);
        let mut starts = Vec::new();
        let mut seeds = Vec::new();
        for group in searches.groups.clone().step_by(searches.step) {
            let rows = self.groups.rows(group);
            // Rows are ascending: without a new one at the end there is none.
            if rows.last().is_none_or(|&last| last < self.delta) || searches.found >= searches.enough {
                continue;
            }
            seeds.clear();
            for &row in rows {
                let other = self.known.row(row)[1 - self.linear.lead];
                seen.insert(other);
                if row >= self.delta {
                    seeds.push(other);
                }
            }
            searches.result = self.from(group, &seeds, &mut seen, searches, &mut starts);
            if searches.result.is_err() {
                return;
            }
            // Bit by bit, or all of it where that is less.
            let found: usize =
                starts.iter().zip(&searches.levels).map(|(start, level)| level.others.len() - start).sum();
            if found + rows.len() > seen.0.len() {
                seen.0.fill(0);
            } else {
                rows.iter().for_each(|&row| seen.remove(self.known.row(row)[1 - self.linear.lead]));
                for (&start, level) in starts.iter().zip(&searches.levels) {
                    level.others[start..].iter().for_each(|&other| seen.remove(other));
                }
            }
        }
    }

    /// One search. `starts` becomes where in each level its run begins.
    fn from(
        &self,
        group: usize,
        seeds: &[Word],
        seen: &mut Bitmap,
        searches: &mut Searches,
        starts: &mut Vec<usize>,
    ) -> Result<(), Stop> {
        starts.clear();
        let rule = Some(self.linear.arms[0].rule);
        for depth in 0.. {
            self.budget.poll(rule)?;
            let untold = searches.found - searches.told;
            if untold >= UNTOLD {
                searches.told = searches.found;
                self.within(self.all.fetch_add(untold, Ordering::Relaxed) + untold)?;
            }
            if searches.levels.len() == depth {
                searches.levels.push(Level::default());
            }
            let (before, after) = searches.levels.split_at_mut(depth);
            let (open, level) = match (before.last(), starts.last()) {
                (Some(last), Some(&start)) => (&last.others[start..], &mut after[0]),
                _ => (seeds, &mut after[0]),
            };
            let start = level.others.len();
            for &through in open {
                for (packed, derived) in self.postings.iter().zip(&mut searches.derived) {
                    let reached = packed.values(through);
                    *derived += reached.len();
                    for &other in reached {
                        if seen.insert(other) {
                            level.others.push(other);
                        }
                    }
                }
            }
            let count = level.others.len() - start;
            if count == 0 {
                break;
            }
            level.runs.push((self.groups.leads[group], u32::try_from(count).unwrap_or(u32::MAX)));
            searches.found += count;
            starts.push(start);
        }
        Ok(())
    }
}

/// A bit a value.
struct Bitmap(Vec<u64>);

impl Bitmap {
    /// Adds a value. Gives whether it is new.
    #[inline]
    fn insert(&mut self, value: Word) -> bool {
        let word = &mut self.0[value as usize / 64];
        let bit = 1 << (value % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[inline]
    fn remove(&mut self, value: Word) {
        self.0[value as usize / 64] &= !(1 << (value % 64));
    }
}

#[cfg(test)]
mod tests;
