//! Asks a finished model for rule instances, and reads off them what they rest on.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::instance::{Explained, Inner, Instance, Instances, Premise};
use crate::eval::{Options, Question, Stop, solve};
use crate::model::{Model, Rank, Tuple};
use crate::program::{RelationId, RuleId};
use crate::storage::Row;
use crate::value::{Values, Word};

/// A model with rules prepared to be asked for instances, each once.
#[derive(Debug)]
pub(super) struct Asker<'a> {
    pub(super) model: &'a Model,
    pub(super) options: &'a Options,
    /// Those of the model, and what the questions computed.
    pub(super) values: Arc<Values>,
    prepared: BTreeMap<RuleId, Rc<Instances>>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(model: &'a Model, options: &'a Options) -> Self {
        Self { model, options, values: model.database().share_values(), prepared: BTreeMap::new() }
    }

    pub(super) fn prepare(&mut self, rule: RuleId) -> Rc<Instances> {
        let model = self.model;
        let make = || Rc::new(Instances::new(model, model.program().rule(rule)));
        Rc::clone(self.prepared.entry(rule).or_insert_with(make))
    }

    /// The instances of a body under some bindings. If there are as many as `limit`, others may be missing.
    pub(super) fn solve(
        &mut self,
        body: &Explained,
        bound: &[(usize, Word)],
        cuts: &[(RelationId, Row)],
        limit: usize,
    ) -> Result<Vec<Instance>, Stop> {
        let database = self.model.database();
        let question = Question { database, body: &body.plan, head: &body.head, bound, cuts, limit };
        let answers = solve(question, &mut self.values, self.options)?;
        Ok(answers.rows().map(|words| Instance { words: words.into() }).collect())
    }

    /// Of the relations of a tuple's own stratum, the rows that came before it.
    pub(super) fn before(&self, rank: Rank) -> Vec<(RelationId, Row)> {
        let stratum = &self.model.program().strata[rank.stratum];
        let end = |&id: &RelationId| (id, self.model.relation(id).end_of(rank.round.saturating_sub(1)));
        stratum.relations.iter().map(end).collect()
    }

    /// The ranks of an instance's premises, latest first.
    pub(super) fn ranks(&self, body: &Explained, instance: &Instance) -> Vec<Rank> {
        let mut ranks: Vec<Rank> = tuples(body, instance).filter_map(|tuple| self.model.rank(&tuple)).collect();
        ranks.sort_unstable_by(|left, right| right.cmp(left));
        ranks
    }

    pub(super) fn text(&self, body: &Explained, instance: &Instance) -> Vec<String> {
        tuples(body, instance).map(|tuple| self.model.literal(&tuple)).collect()
    }

    /// The tuples that an instance rests on, those of its aggregates included. These run over what `cuts` leaves.
    pub(super) fn needs(
        &mut self,
        body: &Explained,
        instance: &Instance,
        cuts: &[(RelationId, Row)],
        needed: &mut Vec<Tuple>,
    ) -> Result<(), Stop> {
        needed.extend(tuples(body, instance));
        for premise in &body.premises {
            if let Premise::Compare { aggregates, .. } = premise {
                for inner in aggregates {
                    for row in self.rows(inner, instance, cuts)? {
                        self.needs(&inner.body, &row, cuts, needed)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The bindings that an aggregate runs over, each by its best instance, in order of value.
    pub(super) fn rows(
        &mut self,
        inner: &Inner,
        instance: &Instance,
        cuts: &[(RelationId, Row)],
    ) -> Result<Vec<Instance>, Stop> {
        let bound: Vec<(usize, Word)> =
            inner.outer.iter().map(|&(slot, source)| (slot, instance.word(source))).collect();
        let body = &inner.body;
        let mut rows = self.solve(body, &bound, cuts, usize::MAX)?;
        rows.sort_by_cached_key(|row| (self.ranks(body, row), self.text(body, row)));
        if inner.distinct {
            let mut seen = BTreeSet::new();
            let key = |row: &Instance| inner.local.iter().map(|&(_, column)| row.words[column]).collect::<Vec<_>>();
            rows.retain(|row| seen.insert(key(row)));
        }
        rows.sort_by_cached_key(|row| self.text(body, row));
        Ok(rows)
    }
}

/// The tuples among an instance's premises, in order.
pub(super) fn tuples<'a>(body: &'a Explained, instance: &'a Instance) -> impl Iterator<Item = Tuple> + 'a {
    body.premises.iter().filter_map(|premise| match premise {
        Premise::Positive { relation, columns } => {
            let words = columns.iter().map(|&source| instance.word(source)).collect();
            Some(Tuple { relation: *relation, words })
        }
        Premise::Negative { .. } | Premise::Compare { .. } => None,
    })
}

/// The rule's own variables with their values, ascending.
pub(super) fn named(body: &Explained, instance: &Instance) -> Vec<(u32, Word)> {
    let mut named: Vec<(u32, Word)> =
        body.named.iter().map(|&(variable, column)| (variable, instance.words[column])).collect();
    named.sort_unstable();
    named
}
