//! What a round adds to a relation, before readers see it, and how candidates come in.

use super::choice::Choice;
use super::limits::{Budget, Stop};
use super::subsume::{Context, Subsumption};
use crate::program::{Program, RelationId, RuleId};
use crate::storage::{BATCH, Database, TupleSet};
use crate::value::{Values, Word};

/// What a round adds to one relation: readers do not see it before the round ends.
pub(super) struct Staging<'a> {
    pub(super) relation: RelationId,
    pub(super) set: TupleSet,
    pub(super) fresh: Vec<Word>,
    pub(super) added: usize,
    /// With a choice or a subsumption, what a round finds is chosen from at its end.
    choice: Option<Choice>,
    subsumption: Option<Subsumption<'a>>,
    found: TupleSet,
    /// Candidates that do not make a piece yet.
    rest: Vec<Word>,
}

impl<'a> Staging<'a> {
    pub(super) fn new(program: &'a Program, relation: RelationId, database: &mut Database) -> Self {
        let set = database.relation_mut(relation).take_set();
        let declared = program.relation(relation);
        let choice = Choice::of(declared).map(|mut choice| {
            database.relation(relation).rows().for_each(|row| {
                choice.take(row);
            });
            choice
        });
        let found = TupleSet::new(declared.arity(), set.layout());
        let mut subsumption = Subsumption::of(program, relation, database);
        if let Some(subsumption) = &mut subsumption {
            subsumption.begin(database.relation(relation).rows());
        }
        Self { relation, set, fresh: Vec::new(), added: 0, choice, subsumption, found, rest: Vec::new() }
    }

    /// Whether what a round finds is chosen from at its end.
    pub(super) fn chooses(&self) -> bool {
        self.choice.is_some() || self.subsumption.is_some()
    }

    /// Leaves out what others replace.
    pub(super) fn thin(&mut self, context: &mut Context<'_>) -> Result<(), Stop> {
        let Some(subsumption) = &mut self.subsumption else { return Ok(()) };
        self.fresh = subsumption.choose(&self.fresh, context)?;
        Ok(())
    }

    /// Adds the new ones of some candidates to what the round found. Gives how many that were.
    fn take(&mut self, committed: &[Word], candidates: &[Word], count: usize) -> usize {
        // With a choice, candidates that are known from earlier rounds are sorted out when it is made.
        let (set, committed) =
            if self.chooses() { (&mut self.found, &[] as &[Word]) } else { (&mut self.set, committed) };
        let added = set.insert_batch(committed, &mut self.fresh, candidates, count);
        self.added += added;
        added
    }

    /// Bytes of the set that takes candidates.
    fn bytes(&self) -> usize {
        if self.chooses() { self.found.bytes() } else { self.set.bytes() }
    }

    /// Ends a round: the rows that it adds, and how many.
    pub(super) fn end(&mut self, program: &Program, committed: &[Word], values: &Values) -> (Vec<Word>, usize) {
        let fresh = std::mem::take(&mut self.fresh);
        let added = std::mem::take(&mut self.added);
        if !self.chooses() {
            return (fresh, added);
        }
        let declared = program.relation(self.relation);
        self.found = TupleSet::new(declared.arity(), self.found.layout());
        let chosen = match &mut self.choice {
            Some(choice) => choice.choose(declared, &fresh, &program.types, values),
            None => fresh,
        };
        let mut kept = Vec::new();
        let count = chosen.len() / declared.arity().max(1);
        let added = self.set.insert_batch(committed, &mut kept, &chosen, count);
        (kept, added)
    }
}

/// The candidates of one rule on their way into what the round found.
///
/// They come in pieces as the work falls out: batches, or what another thread has found. They are added in pieces of one
/// length all the same, counted from the rule's first candidate. So the sizes at which a set turns to another kind, and
/// with that the order in which later waves fill it, depend on the data alone.
pub(super) struct Intake<'i, 'a> {
    pub(super) staging: &'i mut Staging<'a>,
    /// The rows of the relation that readers see.
    pub(super) committed: &'i [Word],
    pub(super) arity: usize,
    pub(super) budget: &'i Budget,
    /// Rows and bytes of all relations.
    pub(super) held: &'i mut (usize, usize),
    pub(super) rule: RuleId,
}

impl Intake<'_, '_> {
    /// Adds some candidates, row after row.
    pub(super) fn add(&mut self, mut words: &[Word], count: usize) -> Result<(), Stop> {
        let piece = BATCH * self.arity;
        if piece == 0 {
            return self.take(words, count);
        }
        if !self.staging.rest.is_empty() {
            let missing = (piece - self.staging.rest.len()).min(words.len());
            self.staging.rest.extend_from_slice(&words[..missing]);
            words = &words[missing..];
            if self.staging.rest.len() < piece {
                return Ok(());
            }
            self.end()?;
        }
        let whole = words.len() - words.len() % piece;
        self.staging.rest.extend_from_slice(&words[whole..]);
        if whole > 0 { self.take(&words[..whole], whole / self.arity) } else { Ok(()) }
    }

    /// Adds what is left at the end of the rule.
    pub(super) fn end(&mut self) -> Result<(), Stop> {
        let mut rest = std::mem::take(&mut self.staging.rest);
        let count = rest.len().checked_div(self.arity).unwrap_or(0);
        let result = if count > 0 { self.take(&rest, count) } else { Ok(()) };
        rest.clear();
        self.staging.rest = rest;
        result
    }

    fn take(&mut self, words: &[Word], count: usize) -> Result<(), Stop> {
        // Bytes take a look at every shard.
        let bytes = |staging: &Staging<'_>| if self.budget.bytes.is_some() { staging.bytes() } else { 0 };
        let before = bytes(self.staging);
        let added = self.staging.take(self.committed, words, count);
        let grown = bytes(self.staging).saturating_sub(before);
        self.held.0 += added;
        self.held.1 += added * self.arity * size_of::<Word>() + grown;
        self.budget.hold(self.held.0, self.held.1, Some(self.rule))
    }
}

#[cfg(test)]
mod tests;
