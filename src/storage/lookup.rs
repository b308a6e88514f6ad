//! From the values of some columns to row numbers, for questions: exactly where a relation is small, coarsely where it
//! is large.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::buckets::Buckets;
use super::index::Index;
use super::relation::{Relation, Row};
use crate::value::Word;

/// From so many rows on an exact index is not worth its time.
pub(super) const LARGE: usize = 1 << 17;

/// The rows of a relation by some of its columns.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// By an index.
    Exact(Arc<Index>),
    /// By buckets in which keys are compared.
    Coarse(Arc<Buckets>),
}

impl Lookup {
    /// The rows of `relation`, for which this was made, that have a key and lie in a range, ascending.
    #[must_use]
    pub fn rows(&self, relation: &Relation, key: &[Word], range: &Range<Row>) -> Cow<'_, [Row]> {
        if range.is_empty() {
            return Cow::Borrowed(&[]);
        }
        match self {
            Self::Exact(index) => {
                let rows = index.rows(key);
                let start = if range.start == 0 { 0 } else { rows.partition_point(|&row| row < range.start) };
                let end = rows.partition_point(|&row| row < range.end);
                Cow::Borrowed(&rows[start..end])
            }
            Self::Coarse(buckets) => {
                Cow::Owned(buckets.matching(relation.arity(), relation.words(), key, range.clone()))
            }
        }
    }
}
