//! Postings of a relation that grows leave out the rows that no lookup can want (`plan/semijoin.rs`): each row that is
//! added costs an entry, wanted or not.

use std::collections::BTreeMap;

use super::grown::{Grown, lookups};
use crate::plan::{Columns, Origins, RulePlan, Wants, wants};
use crate::program::RelationId;
use crate::storage::{Database, Growing, Sieve};

/// Sieves that were made for rows of some relation, by the column that they look at and those that they have their values
/// from, which have not changed since. None where values lie too far apart.
pub(super) type Sieves = BTreeMap<(usize, Columns), Option<Sieve>>;

impl Grown {
    /// Lets postings that were laid for some plans leave out what these do not want, as far as relations tell that do
    /// not belong to the stratum of `growing` ones, and the origins of the columns of those.
    pub(super) fn sift<'p>(
        &mut self,
        plans: impl Iterator<Item = &'p RulePlan>,
        database: &Database,
        (growing, origins): (&[RelationId], &Origins),
        sieves: &mut Sieves,
    ) {
        let origin = |relation: RelationId, column: usize| {
            let origin = if growing.contains(&relation) {
                origins.column(relation, column)?.clone()
            } else {
                Columns::from([(relation, column)])
            };
            Some((rows(&origin, database), origin))
        };
        let mut wanted: Vec<Option<Wants>> = vec![None; self.postings.len()];
        for plan in plans {
            lookups(&plan.body.steps, &mut |read, lookup, at| {
                if read == self.relation
                    && let Some(number) = self.serving(lookup)
                {
                    // What an aggregate looks up is not seen beside the steps around it.
                    let wants = at.map_or_else(Wants::new, |at| wants(&plan.body.steps, at, &origin));
                    widen(&mut wanted[number], wants);
                }
            });
        }
        for (postings, wanted) in self.postings.iter_mut().zip(wanted) {
            if !postings.is_empty() && postings.sieve().is_none() {
                // They have all rows.
                continue;
            }
            let mut wanted = wanted.unwrap_or_default();
            // Where all values of a column are wanted, nothing would be left out.
            wanted.retain(|&column, wanted| {
                origins.column(self.relation, column).is_none_or(|origin| !origin.is_subset(wanted))
            });
            let sieve = sieve(wanted, database, sieves);
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
fn widen(wanted: &mut Option<Wants>, wants: Wants) {
    match wanted {
        None => *wanted = Some(wants),
        Some(wanted) => {
            wanted.retain(|column, _| wants.contains_key(column));
            wanted.iter_mut().for_each(|(column, origin)| origin.extend(wants.get(column).into_iter().flatten()));
        }
    }
}

/// The rows of all columns together.
fn rows(columns: &Columns, database: &Database) -> usize {
    columns.iter().map(|&(relation, _)| database.relation(relation).len()).sum()
}

/// What passes the rows that are wanted: by the column of which the fewest values are.
fn sieve(wanted: Wants, database: &Database, sieves: &mut Sieves) -> Option<Sieve> {
    let (column, columns) = wanted.into_iter().min_by_key(|(_, columns)| rows(columns, database))?;
    let sieve = sieves.entry((column, columns)).or_insert_with_key(|(column, columns)| {
        let values = columns.iter().flat_map(|&(id, column)| {
            let relation = database.relation(id);
            relation.words().iter().skip(column).step_by(relation.arity().max(1)).copied()
        });
        Sieve::new(*column, values)
    });
    sieve.clone()
}
