//! Postings of a relation that grows leave out the rows that no lookup can want (`plan/semijoin.rs`): each row that is
//! added costs an entry, wanted or not.

use std::collections::{BTreeMap, BTreeSet};

use super::grown::{Grown, lookups};
use crate::plan::{RulePlan, Wants, wants};
use crate::program::RelationId;
use crate::storage::{Database, Growing, Sieve};

/// For some columns of a relation the columns of finished ones in one of which a value that is wanted stands.
type Sources = BTreeMap<usize, BTreeSet<(RelationId, usize)>>;

impl Grown {
    /// Lets postings that were laid for some plans leave out what these do not want, as far as relations tell that do
    /// not belong to the stratum of `growing` ones.
    pub(super) fn sift<'p>(
        &mut self,
        plans: impl Iterator<Item = &'p RulePlan>,
        database: &Database,
        growing: &[RelationId],
    ) {
        let rows = |id: RelationId| (!growing.contains(&id)).then(|| database.relation(id).len());
        let mut wanted: Vec<Option<Sources>> = vec![None; self.postings.len()];
        for plan in plans {
            lookups(&plan.body.steps, &mut |read, lookup, at| {
                if read == self.relation
                    && let Some(number) = self.serving(lookup)
                {
                    // What an aggregate looks up is not seen beside the steps around it.
                    let wants = at.map_or_else(Wants::new, |at| wants(&plan.body.steps, at, &rows));
                    widen(&mut wanted[number], wants);
                }
            });
        }
        for (postings, wanted) in self.postings.iter_mut().zip(wanted) {
            let sieve = wanted.and_then(|sources| sieve(sources, database));
            if postings.is_empty() {
                postings.sift(sieve);
            } else if let Some(known) = postings.sieve()
                && !sieve.as_ref().is_some_and(|sieve| known.covers(sieve))
            {
                // What they left out is wanted now.
                let relation = database.relation(self.relation);
                let (columns, payload) = (postings.columns().to_vec(), postings.payload().to_vec());
                let fresh = Growing::new(&columns, &payload, relation.arity(), relation.words());
                *postings = if postings.is_delta_only() { fresh.delta_only() } else { fresh };
                postings.sift(sieve);
            }
        }
    }
}

/// Lets what is wanted hold for one more lookup.
fn widen(sources: &mut Option<Sources>, wants: Wants) {
    match sources {
        None => *sources = Some(wants.into_iter().map(|(column, source)| (column, BTreeSet::from([source]))).collect()),
        Some(sources) => {
            sources.retain(|column, _| wants.contains_key(column));
            sources.iter_mut().for_each(|(column, sources)| sources.extend(wants.get(column)));
        }
    }
}

/// What passes the rows that are wanted: by the column of which the fewest values are.
fn sieve(sources: Sources, database: &Database) -> Option<Sieve> {
    let rows = |sources: &BTreeSet<(RelationId, usize)>| -> usize {
        sources.iter().map(|&(relation, _)| database.relation(relation).len()).sum()
    };
    let (column, sources) = sources.into_iter().min_by_key(|(_, sources)| rows(sources))?;
    let values = sources.iter().flat_map(|&(id, column)| {
        let relation = database.relation(id);
        relation.words().iter().skip(column).step_by(relation.arity().max(1)).copied()
    });
    Sieve::new(column, values)
}
