//! Sizes and estimates of distinct values, for the choice of join orders.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::plan::Statistics;
use crate::program::RelationId;
use crate::storage::{Database, Relation};
use crate::value::Word;

/// How many rows an estimate looks at.
const SAMPLE: usize = 2048;

/// Numbers of distinct values by relation and columns.
pub(super) type Known = BTreeMap<(RelationId, Vec<usize>), usize>;

/// The sizes of a database's relations as they are.
#[derive(Debug)]
pub struct Sizes<'a> {
    database: &'a Database,
    stratum: &'a [RelationId],
    known: RefCell<Known>,
    shuffle: Option<u64>,
    intersect: bool,
}

impl<'a> Sizes<'a> {
    /// Statistics of a database in which the relations of `stratum` still grow.
    #[must_use]
    pub fn new(database: &'a Database, stratum: &'a [RelationId]) -> Self {
        Self { database, stratum, known: RefCell::default(), shuffle: None, intersect: false }
    }

    /// Spares it the estimates for relations that were finished when others planned: they have not changed.
    #[must_use]
    pub(super) fn knowing(self, known: Known) -> Self {
        Self { known: RefCell::new(known), ..self }
    }

    /// The estimates for finished relations, for those who plan after.
    pub(super) fn known(self) -> Known {
        let mut known = self.known.into_inner();
        known.retain(|(relation, _), _| !self.stratum.contains(relation));
        known
    }

    /// Lets plans intersect columns. Only where relations are read whole.
    #[must_use]
    pub fn intersecting(self, intersect: bool) -> Self {
        Self { intersect, ..self }
    }

    /// With a seed, every size is drawn at random: join orders come out in all ways.
    #[must_use]
    pub fn shuffled(self, shuffle: Option<u64>) -> Self {
        Self { shuffle, ..self }
    }

    fn draw(&self, relation: RelationId, what: &[usize]) -> Option<usize> {
        use std::hash::BuildHasher;
        let hash = rustc_hash::FxBuildHasher.hash_one((self.shuffle?, relation, what));
        usize::try_from(hash >> 44).ok()
    }
}

impl Statistics for Sizes<'_> {
    fn rows(&self, relation: RelationId) -> usize {
        self.draw(relation, &[]).unwrap_or_else(|| self.database.relation(relation).len())
    }

    fn distinct(&self, relation: RelationId, columns: &[usize]) -> usize {
        if let Some(drawn) = self.draw(relation, columns) {
            return drawn;
        }
        *self
            .known
            .borrow_mut()
            .entry((relation, columns.to_vec()))
            .or_insert_with(|| estimate(self.database.relation(relation), columns))
    }

    fn recursive(&self, relation: RelationId) -> bool {
        self.stratum.contains(&relation)
    }

    fn intersects(&self) -> bool {
        self.intersect
    }
}

/// About how many distinct values some columns have together: exact for small relations, else from an even sample by the
/// guaranteed error estimator (Charikar, Chaudhuri, Motwani and Narasayya, 2000): values seen once stand for the square
/// root of the sampling ratio each.
fn estimate(relation: &Relation, columns: &[usize]) -> usize {
    let len = relation.len();
    let step = len.div_ceil(SAMPLE).max(1);
    let rows =
        (0..len).step_by(step).map(|row| &relation.words()[row * relation.arity()..(row + 1) * relation.arity()]);
    let sampled = rows.len();
    let greatest = rows.clone().flat_map(|row| columns.iter().map(|&column| row[column])).max().unwrap_or(0);
    let (distinct, once) = match *columns {
        [column] => count(rows.map(|row| row[column])),
        [one, other] => count(rows.map(|row| [row[one], row[other]])),
        _ => count(rows.map(|row| columns.iter().map(|&column| row[column]).collect::<Vec<Word>>())),
    };
    if sampled == len {
        return distinct;
    }
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let scaled = ((len as f64 / sampled.max(1) as f64).sqrt() * once as f64) as usize;
    let all = distinct - once + scaled;
    match columns {
        // Values are dense numbers more often than not: there are hardly more of them than the greatest.
        [_] => all.min(greatest as usize + greatest as usize / 8 + 1).max(distinct),
        _ => all,
    }
}

/// How many distinct values there are, and how many of them come once.
fn count<K: Eq + Hash>(values: impl Iterator<Item = K>) -> (usize, usize) {
    let mut counts: FxHashMap<K, u32> = FxHashMap::default();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    #[allow(clippy::iter_over_hash_type)] // a count does not depend on the order
    let once = counts.values().filter(|&&count| count == 1).count();
    (counts.len(), once)
}
