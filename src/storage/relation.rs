//! A relation: the rows in the order in which they came, and the round in which each came.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::buckets::Buckets;
use super::index::Index;
use super::lookup::{LARGE, Lookup};
use super::packed::Packed;
use super::postings::Growing;
use super::set::{Layout, TupleSet};
use crate::value::Word;

/// A round of a stratum: 0 holds what was given, 1 the first application of the rules.
pub type Round = u32;

/// The number of a row within its relation.
pub type Row = u32;

/// The tuples of one relation, append-only.
///
/// Semi-naive evaluation lives here as arithmetic on row numbers. Rows are added a round at a time and never moved, so
/// "what was known before the last round" is a prefix of the rows, "what the last round found" (the delta) is the range
/// after it, and neither is ever copied. A rule of round k reads its own stratum's relations below the end of round
/// k - 1 only. That also makes explanations free: the end of each round (kept only where a round added rows) tells the
/// round of every tuple by binary search, and every derived tuple has a rule instance whose premises in its own stratum
/// came in earlier rounds.
#[derive(Debug, Default)]
pub struct Relation {
    arity: usize,
    words: Vec<Word>,
    len: usize,
    layout: Layout,
    /// Built when first asked for, where rows came without it.
    set: OnceLock<TupleSet>,
    /// (round, one past its last row), ascending; only rounds that added rows.
    rounds: Vec<(Round, Row)>,
    /// Indexes over all rows, built when first asked for.
    indexes: Mutex<Vec<Arc<Index>>>,
    /// The same coarsely, for large relations.
    buckets: Mutex<Vec<Arc<Buckets>>>,
    /// Postings over all rows, built when first asked for.
    postings: Mutex<Vec<Arc<Packed>>>,
    /// Postings that were made while the relation grew, for whoever reads it next.
    kept: Mutex<Vec<Arc<Growing>>>,
}

impl Clone for Relation {
    fn clone(&self) -> Self {
        let indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let postings = self.postings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self {
            arity: self.arity,
            words: self.words.clone(),
            len: self.len,
            layout: self.layout,
            set: self.set.clone(),
            rounds: self.rounds.clone(),
            indexes: Mutex::new(indexes),
            buckets: Mutex::new(buckets),
            postings: Mutex::new(postings),
            // Only the evaluation at hand reads them.
            kept: Mutex::default(),
        }
    }
}

impl Relation {
    /// An empty relation of `arity` columns.
    #[must_use]
    pub fn new(arity: usize) -> Self {
        Self::laid_out(arity, Layout::default())
    }

    /// An empty relation whose set is laid out in a given way.
    #[must_use]
    pub fn laid_out(arity: usize, layout: Layout) -> Self {
        Self { arity, layout, ..Self::default() }
    }

    /// How many columns.
    #[must_use]
    pub fn arity(&self) -> usize {
        self.arity
    }

    /// How many tuples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no tuple.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All rows, one after another, `arity` words each.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// One row.
    #[must_use]
    pub fn row(&self, row: Row) -> &[Word] {
        let start = row as usize * self.arity;
        &self.words[start..start + self.arity]
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = &[Word]> {
        (0..self.len).map(|row| &self.words[row * self.arity..(row + 1) * self.arity])
    }

    /// Whether a tuple exists.
    #[must_use]
    pub fn contains(&self, tuple: &[Word]) -> bool {
        match self.set.get() {
            // One question is not worth the set of a large relation; the lookup that finds the row is.
            None if self.len >= LARGE => self.row_of(tuple).is_some(),
            _ => self.set().contains(&self.words, tuple),
        }
    }

    fn set(&self) -> &TupleSet {
        self.set.get_or_init(|| TupleSet::of_rows(self.arity, self.layout, &self.words, self.len))
    }

    fn row_of(&self, tuple: &[Word]) -> Option<Row> {
        let columns: Vec<usize> = (0..self.arity).collect();
        self.matching(&columns, tuple).first().copied()
    }

    /// Which of `count` tuples (row after row) exist, appended to `known`. Faster than one after another.
    pub fn contains_all(&self, tuples: &[Word], count: usize, known: &mut Vec<bool>) {
        self.set().contains_all(&self.words, tuples, count, known);
    }

    /// The row of a tuple, through a lookup by all columns that is built at the first call.
    #[must_use]
    pub fn find(&self, tuple: &[Word]) -> Option<Row> {
        match self.set.get() {
            Some(set) if !set.contains(&self.words, tuple) => None,
            _ => self.row_of(tuple),
        }
    }

    /// The round in which a row came.
    #[must_use]
    pub fn round_of(&self, row: Row) -> Round {
        let at = self.rounds.partition_point(|&(_, end)| end <= row);
        self.rounds.get(at).map_or(0, |&(round, _)| round)
    }

    /// How many rows existed at the end of a round.
    #[must_use]
    pub fn end_of(&self, round: Round) -> Row {
        let at = self.rounds.partition_point(|&(other, _)| other <= round);
        at.checked_sub(1).map_or(0, |last| self.rounds[last].1)
    }

    /// (round, one past its last row) for each round that added rows.
    #[must_use]
    pub fn rounds(&self) -> &[(Round, Row)] {
        &self.rounds
    }

    /// The rows with `key` in `columns`, ascending.
    #[must_use]
    pub fn matching(&self, columns: &[usize], key: &[Word]) -> Vec<Row> {
        let all = 0..Row::try_from(self.len).unwrap_or(Row::MAX);
        self.lookup(columns).rows(self, key, &all).into_owned()
    }

    /// The rows by the values of `columns`; built at the first call and kept.
    #[must_use]
    pub fn lookup(&self, columns: &[usize]) -> Lookup {
        if self.len < LARGE {
            return Lookup::Exact(self.index(columns));
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = buckets.iter().find(|known| known.columns() == columns && known.len() == self.len) {
            return Lookup::Coarse(Arc::clone(known));
        }
        buckets.retain(|known| known.columns() != columns);
        let built = Arc::new(Buckets::build(columns, self.arity, &self.words, self.len));
        buckets.push(Arc::clone(&built));
        Lookup::Coarse(built)
    }

    /// The index from the values of `columns` to rows, over all rows; built at the first call and kept.
    #[must_use]
    pub fn index(&self, columns: &[usize]) -> Arc<Index> {
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = indexes.iter().find(|index| index.columns() == columns && index.len() == self.len) {
            return Arc::clone(index);
        }
        indexes.retain(|index| index.columns() != columns);
        let index = Arc::new(Index::build(columns, self.arity, &self.words, self.len));
        indexes.push(Arc::clone(&index));
        index
    }

    /// The postings by the values of `columns` with those of `payload`, over all rows; built at the first call, by up
    /// to so many threads, and kept. Postings with a wider payload serve as well: look at [`Packed::payload`].
    #[must_use]
    pub fn packed(&self, columns: &[usize], payload: &[usize], threads: usize) -> Arc<Packed> {
        self.postings((columns, payload), threads, |known| payload.iter().all(|column| known.contains(column)))
    }

    /// The postings by the values of `columns` with those of one other column, which are ascending for each key.
    #[must_use]
    pub fn sorted(&self, columns: &[usize], column: usize, threads: usize) -> Arc<Packed> {
        self.postings((columns, &[column]), threads, |known| *known == [column])
    }

    fn postings(
        &self,
        (columns, payload): (&[usize], &[usize]),
        threads: usize,
        fits: impl Fn(&[usize]) -> bool,
    ) -> Arc<Packed> {
        let mut postings = self.postings.lock().unwrap_or_else(PoisonError::into_inner);
        let serves = |known: &Packed| known.columns() == columns && fits(known.payload());
        if let Some(known) = postings.iter().find(|known| known.len() == self.len && serves(known)) {
            return Arc::clone(known);
        }
        postings.retain(|known| known.len() == self.len);
        let built = Arc::new(Packed::build(columns, payload, (self.arity, &self.words), self.len, threads));
        postings.push(Arc::clone(&built));
        built
    }

    /// Keeps postings that were made while the relation grew, until they are forgotten.
    pub(crate) fn keep(&self, growing: Growing) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(growing));
    }

    /// Kept postings by the values of `columns` with those of `payload` at least, over all rows.
    pub(crate) fn kept(&self, columns: &[usize], payload: &[usize]) -> Option<Arc<Growing>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let serves = |known: &&mut Arc<Growing>| {
            known.columns() == columns && payload.iter().all(|column| known.payload().contains(column))
        };
        let found = kept.iter_mut().find(serves)?;
        // The last rounds may have passed without anybody asking.
        if let Some(growing) = Arc::get_mut(found) {
            growing.extend(self.arity, &self.words, self.len, self.len);
        }
        Some(Arc::clone(found)).filter(|found| found.len() == self.len)
    }

    /// Forgets all kept postings.
    pub(crate) fn forget_kept(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Adds the new ones of `count` candidate tuples, as of a round; rounds must not go down. Gives how many were new.
    pub fn extend(&mut self, round: Round, candidates: &[Word], count: usize) -> usize {
        let mut set = self.take_set();
        let mut fresh = Vec::new();
        let added = set.insert_batch(&self.words, &mut fresh, candidates, count);
        self.put_set(set);
        self.commit(round, fresh, added);
        added
    }

    /// How its set is laid out.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Which kind of table its set uses now.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.set.get().map_or("none", TupleSet::kind)
    }

    /// Lends the set out, so that new tuples can be collected while the rows are read.
    pub fn take_set(&mut self) -> TupleSet {
        self.set();
        self.set.take().unwrap_or_default()
    }

    /// Takes the set back.
    pub fn put_set(&mut self, set: TupleSet) {
        self.set = OnceLock::from(set);
    }

    /// Makes room for so many further rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.words.reserve_exact(rows * self.arity);
    }

    /// Appends `count` rows, none of which is there yet, as of a round. The set, which does not know them, is dropped.
    pub(crate) fn append(&mut self, round: Round, count: usize, write: impl FnOnce(&mut Vec<Word>)) {
        if count == 0 {
            return;
        }
        self.set.take();
        write(&mut self.words);
        self.len += count;
        debug_assert_eq!(self.words.len(), self.len * self.arity);
        self.ends_round(round);
    }

    /// Appends `count` rows that the set already knows, as of a round.
    pub fn commit(&mut self, round: Round, fresh: Vec<Word>, count: usize) {
        if count == 0 {
            return;
        }
        if self.words.is_empty() {
            self.words = fresh;
        } else {
            self.words.extend_from_slice(&fresh);
        }
        self.len += count;
        self.ends_round(round);
    }

    /// Notes that a round ends here, which is all that explanations need. A function of its own, so that its cost can be
    /// counted (`benches/bounds.sh`).
    #[inline(never)]
    fn ends_round(&mut self, round: Round) {
        let end = Row::try_from(self.len).unwrap_or(Row::MAX);
        match self.rounds.last_mut() {
            Some((last, bound)) if *last == round => *bound = end,
            _ => self.rounds.push((round, end)),
        }
    }

    /// Bytes held by rows and set (indexes apart).
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<Word>() + self.set.get().map_or(0, TupleSet::bytes)
    }

    /// A copy that keeps only what round 0 holds: the given tuples.
    #[must_use]
    pub fn given(&self) -> Self {
        let end = self.end_of(0) as usize;
        let mut given = Self::laid_out(self.arity, self.layout());
        given.extend(0, &self.words[..end * self.arity], end);
        given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_ranges_of_rows() {
        let mut relation = Relation::new(2);
        assert_eq!(relation.extend(0, &[1, 2, 1, 2, 2, 3], 3), 2);
        assert_eq!(relation.extend(2, &[1, 2, 1, 3], 2), 1);
        assert_eq!(relation.extend(2, &[1, 3], 1), 0);
        assert_eq!(relation.rounds(), [(0, 2), (2, 3)]);
        assert_eq!((0..3).map(|row| relation.round_of(row)).collect::<Vec<_>>(), [0, 0, 2]);
        assert_eq!([0, 1, 2, 9].map(|round| relation.end_of(round)), [2, 2, 3, 3]);
        assert_eq!(relation.find(&[1, 3]), Some(2));
        assert_eq!(relation.find(&[3, 1]), None);
        assert_eq!(relation.given().len(), 2);
        // A round is told once, however often it adds rows.
        assert_eq!(relation.extend(2, &[4, 4], 1), 1);
        assert_eq!(relation.rounds(), [(0, 2), (2, 4)]);
    }

    #[test]
    fn indexes_are_kept_beside_each_other_until_rows_come() {
        let mut relation = Relation::new(2);
        relation.extend(0, &[1, 2, 1, 3], 2);
        let (first, other) = (relation.index(&[0]), relation.index(&[1]));
        assert!(Arc::ptr_eq(&first, &relation.index(&[0])) && Arc::ptr_eq(&other, &relation.index(&[1])));
        relation.extend(1, &[5, 5], 1);
        assert_eq!((relation.index(&[0]).len(), relation.index(&[1]).len(), first.len()), (3, 3, 2));
    }

    #[test]
    fn room_that_is_made_for_rows_is_enough_and_not_wasted() {
        let mut relation = Relation::new(3);
        relation.append(0, 2, |rows| rows.extend([1, 2, 3, 4, 5, 6]));
        relation.reserve(1_000);
        let bytes = relation.bytes();
        assert!((1_002 * 3 * 4..1_100 * 3 * 4).contains(&bytes), "{bytes} bytes");
        relation.append(1, 1_000, |rows| rows.extend((0..3_000).map(|at| at + 7)));
        assert_eq!(relation.bytes(), bytes, "it did not have to grow");
    }

    #[test]
    fn kept_postings_catch_up_and_are_forgotten() {
        let mut relation = Relation::new(2);
        relation.extend(1, &[1, 2, 1, 3], 2);
        let mut growing = Growing::new(&[0], &[1], 2, relation.words());
        growing.extend(2, relation.words(), 0, 1);
        relation.keep(growing);
        let kept = relation.kept(&[0], &[1]).expect("postings");
        assert_eq!(kept.find(&[1], crate::storage::Age::All).len, 2);
        assert!(relation.kept(&[1], &[0]).is_none() && relation.kept(&[0], &[0]).is_none());
        // Somebody holds them, so that they cannot catch up with what came since.
        relation.extend(2, &[1, 4], 1);
        assert!(relation.kept(&[0], &[1]).is_none());
        drop(kept);
        assert_eq!(relation.kept(&[0], &[1]).map(|kept| kept.len()), Some(3));
        relation.forget_kept();
        assert!(relation.kept(&[0], &[1]).is_none());
    }

    #[test]
    fn postings_are_kept_beside_each_other_until_rows_come() {
        let mut relation = Relation::new(3);
        relation.extend(0, &[1, 2, 3, 1, 4, 5], 2);
        let first = relation.packed(&[0], &[1], 1);
        let other = relation.packed(&[1], &[0], 1);
        assert_eq!((first.columns(), other.columns(), other.payload()), (&[0][..], &[1][..], &[0][..]));
        assert!(
            Arc::ptr_eq(&first, &relation.packed(&[0], &[1], 1))
                && Arc::ptr_eq(&other, &relation.packed(&[1], &[0], 1))
        );
        // A wider payload serves as well, but not where values are to be ascending.
        let wide = relation.packed(&[0], &[1, 2], 1);
        assert!(
            Arc::ptr_eq(&wide, &relation.packed(&[0], &[2], 1)) && Arc::ptr_eq(&first, &relation.sorted(&[0], 1, 1))
        );
        assert_eq!(relation.sorted(&[0], 2, 1).payload(), [2]);
        relation.extend(1, &[1, 0, 0], 1);
        let anew = relation.packed(&[0], &[1], 1);
        assert_eq!((anew.len(), first.len()), (3, 2));
        assert!(Arc::ptr_eq(&anew, &relation.packed(&[0], &[1], 1)));
    }
}
