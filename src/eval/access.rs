//! How the steps of a body get at their rows.

use std::cell::RefCell;
use std::sync::Arc;

use super::aggregate::Group;
use super::grown::{Grown, Wanted};
use crate::plan::{Arm, Part, RulePlan, Step};
use crate::program::RelationId;
use crate::storage::{Age, Database, Entries, Growing, Lookup, Packed, Relation, Row};
use crate::value::Word;

/// What a body reads: relations up to now, and for those of the stratum at hand where their delta starts.
#[derive(Clone, Copy)]
pub(super) struct Reads<'a> {
    pub(super) database: &'a Database,
    pub(super) grown: &'a [Grown],
    /// Relations of which only the first rows are read.
    pub(super) cuts: &'a [(RelationId, Row)],
    /// Whether what is looked up comes in the order of rows: the earliest first. Explanations want that.
    pub(super) in_order: bool,
    /// How many threads may build what is missing.
    pub(super) threads: usize,
}

impl<'a> Reads<'a> {
    pub(super) fn grown(&self, relation: RelationId) -> Option<&'a Grown> {
        self.grown.iter().find(|grown| grown.relation == relation)
    }

    /// How many rows have to be added to the postings that a plan reads.
    pub(super) fn late(&self, plan: &RulePlan) -> usize {
        let late = |grown: &Grown| grown.late(plan, self.database.relation(grown.relation).len());
        self.grown.iter().map(late).sum()
    }

    /// For each distinct key of the delta the first row that has it, where postings by that key tell. The key is what a
    /// scan binds.
    pub(super) fn firsts(&self, relation: RelationId, part: Part, bind: &[(usize, usize)]) -> Option<&'a [Row]> {
        let grown = self.grown(relation).filter(|_| part == Part::Delta)?;
        let columns: Vec<usize> = bind.iter().map(|&(column, _)| column).collect();
        let wanted = Wanted { part, columns: &columns, payload: &[], exists: true };
        grown.serving(wanted).map(|number| grown.postings[number].firsts())
    }

    fn cut(&self, relation: RelationId) -> Option<Row> {
        self.cuts.iter().find(|(other, _)| *other == relation).map(|&(_, cut)| cut)
    }

    /// The rows of a part.
    pub(super) fn range(&self, relation: RelationId, part: Part) -> std::ops::Range<Row> {
        let len = Row::try_from(self.database.relation(relation).len()).unwrap_or(Row::MAX);
        let len = self.cut(relation).unwrap_or(len);
        let delta = self.grown(relation).map_or(0, |grown| grown.delta);
        match part {
            Part::All => 0..len,
            Part::Old => 0..delta,
            Part::Delta => delta..len,
        }
    }
}

/// How a step gets at its rows.
pub(super) enum Access<'a> {
    None,
    Scan(&'a Relation, std::ops::Range<Row>),
    /// The rows of a list, one after another.
    List(&'a Relation, &'a [Row]),
    /// All columns are known: the set of tuples answers.
    Whole(&'a Relation),
    /// Postings of a finished relation, with the places of the wanted columns in an entry.
    Packed(Arc<Packed>, Vec<usize>),
    /// Those that were made while it grew.
    Kept(Arc<Growing>, Vec<usize>),
    /// Postings of a relation of the stratum.
    Growing(Postings<'a>),
    /// Rows by number, of which those in a range count: where a reading is cut off.
    Rows(&'a Relation, Lookup, std::ops::Range<Row>),
    /// Columns to intersect.
    Sorted(Vec<Arc<Packed>>),
    Aggregate(RefCell<Group<'a>>),
}

/// Postings of a relation of the stratum, and how a lookup reads them.
pub(super) struct Postings<'a> {
    growing: &'a Growing,
    age: Age,
    /// The places of the wanted columns in an entry.
    places: Vec<usize>,
    /// Which operands of the lookup's key make the key of the postings.
    by: Vec<usize>,
    /// The other operands: the place in an entry that has to agree with each.
    loose: Vec<(usize, usize)>,
}

/// The operands that make a key, and for each other one the place in an entry with its number.
pub(super) type Loose<'a> = (&'a [usize], &'a [(usize, usize)]);

/// Scratch space of one step that looks keys up.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) words: Vec<Word>,
    pub(super) entries: Vec<Entries>,
    pub(super) known: Vec<bool>,
}

impl<'a> Access<'a> {
    /// How a step gets at its rows, building what it needs.
    pub(super) fn new(step: &'a Step, reads: &Reads<'a>) -> Self {
        match step {
            Step::Scan { relation: id, part, grouped, bind, .. } => {
                let relation = reads.database.relation(*id);
                match grouped.then(|| reads.firsts(*id, *part, bind)).flatten() {
                    Some(firsts) => Self::List(relation, firsts),
                    None => Self::Scan(relation, reads.range(*id, *part)),
                }
            }
            Step::Lookup { relation, part, columns, same, bind, .. } => {
                let payload = wanted(same, bind);
                Self::indexed(*relation, Wanted { part: *part, columns, payload: &payload, exists: false }, reads)
            }
            Step::Exists { relation: id, part, columns, .. } => {
                let relation = reads.database.relation(*id);
                let finished = reads.grown(*id).is_none() && reads.cut(*id).is_none();
                if columns.is_empty() {
                    Self::Scan(relation, reads.range(*id, *part))
                } else if columns.len() == relation.arity() && finished {
                    Self::Whole(relation)
                } else {
                    Self::indexed(*id, Wanted { part: *part, columns, payload: &[], exists: true }, reads)
                }
            }
            Step::Intersect { arms, .. } => {
                debug_assert!(arms.iter().all(|arm| reads.grown(arm.relation).is_none()));
                debug_assert!(arms.iter().all(|arm| reads.cut(arm.relation).is_none()));
                let sorted =
                    |arm: &Arm| reads.database.relation(arm.relation).sorted(&arm.columns, arm.column, reads.threads);
                Self::Sorted(arms.iter().map(sorted).collect())
            }
            Step::Aggregate { plan, .. } => Self::Aggregate(RefCell::new(Group::new(plan, reads))),
            Step::Assign { .. } | Step::Match { .. } | Step::Filter { .. } | Step::Range { .. } => Self::None,
        }
    }

    /// How a lookup gets at the rows, or at least at whether there are any.
    fn indexed(id: RelationId, wanted: Wanted<'_>, reads: &Reads<'a>) -> Self {
        let Wanted { part, columns, payload: read, .. } = wanted;
        let relation = reads.database.relation(id);
        let place = |payload: &[usize], column: usize| payload.iter().position(|&other| other == column);
        let places = |payload: &[usize]| read.iter().filter_map(|&column| place(payload, column)).collect();
        let serving = |grown: &'a Grown| grown.serving(wanted).map(|number| &grown.postings[number]);
        if let Some(growing) = reads.grown(id).and_then(serving) {
            let age = match part {
                Part::All => Age::All,
                Part::Old => Age::Old,
                Part::Delta => Age::New,
            };
            let by = growing.columns().iter().filter_map(|&column| place(columns, column)).collect();
            let others = (0..columns.len()).filter(|&at| !growing.columns().contains(&columns[at]));
            let loose = others.filter_map(|at| Some((place(growing.payload(), columns[at])?, at))).collect();
            return Self::Growing(Postings { growing, age, places: places(growing.payload()), by, loose });
        }
        if reads.grown(id).is_none() && reads.cut(id).is_none() && !reads.in_order {
            if let Some(kept) = relation.kept(columns, read) {
                let places = places(kept.payload());
                return Self::Kept(kept, places);
            }
            let packed = relation.packed(columns, read, reads.threads);
            let places = places(packed.payload());
            return Self::Packed(packed, places);
        }
        Self::Rows(relation, relation.lookup(columns), reads.range(id, part))
    }

    /// Where postings are by fewer columns than a lookup knows: which operands of its key make their key, and for each
    /// other one the place in an entry that has to agree with it. Else nothing.
    pub(super) fn loose(&self) -> Option<Loose<'_>> {
        match self {
            Self::Growing(Postings { by, loose, .. }) if !loose.is_empty() => Some((by, loose)),
            _ => None,
        }
    }

    /// Which of `count` keys some row has.
    pub(super) fn known(&self, count: usize, keys: &mut Keys) {
        keys.known.clear();
        match self {
            Self::Whole(relation) => relation.contains_all(&keys.words, count, &mut keys.known),
            Self::Scan(_, range) => keys.known.resize(count, !range.is_empty()),
            Self::Packed(..) | Self::Kept(..) | Self::Growing(..) => {
                self.find(count, keys);
                keys.known.extend(keys.entries.iter().map(|entries| entries.len > 0));
            }
            Self::Rows(relation, lookup, range) => {
                let keyed = keys.words.chunks_exact(keys.words.len() / count);
                keys.known.extend(keyed.map(|key| !lookup.rows(relation, key, range).is_empty()));
            }
            Self::None | Self::List(..) | Self::Sorted(_) | Self::Aggregate(_) => keys.known.resize(count, false),
        }
    }

    /// The entries of `count` keys.
    pub(super) fn find(&self, count: usize, keys: &mut Keys) {
        keys.entries.clear();
        match self {
            Self::Packed(packed, _) => packed.find_all(&keys.words, count, &mut keys.entries),
            Self::Kept(kept, _) => kept.find_all(&keys.words, count, Age::All, &mut keys.entries),
            Self::Growing(Postings { growing, age, .. }) => {
                growing.find_all(&keys.words, count, *age, &mut keys.entries);
            }
            Self::None
            | Self::Scan(..)
            | Self::List(..)
            | Self::Whole(_)
            | Self::Rows(..)
            | Self::Sorted(_)
            | Self::Aggregate(_) => {}
        }
    }

    /// Words of all entries, the length of one, and the places in it of the wanted columns.
    pub(super) fn entries(&self) -> (&[Word], usize, &[usize]) {
        match self {
            Self::Packed(packed, places) => (packed.words(), packed.payload().len(), places),
            Self::Kept(kept, places) => (kept.words(), kept.payload().len(), places),
            Self::Growing(Postings { growing, places, .. }) => (growing.words(), growing.payload().len(), places),
            Self::None
            | Self::Scan(..)
            | Self::List(..)
            | Self::Whole(_)
            | Self::Rows(..)
            | Self::Sorted(_)
            | Self::Aggregate(_) => (&[], 0, &[]),
        }
    }
}

/// The columns that a lookup reads of the rows it finds: those that it keeps, then those that it compares.
pub(super) fn wanted(same: &[(usize, usize)], bind: &[(usize, usize)]) -> Vec<usize> {
    let kept = bind.iter().map(|&(column, _)| column);
    kept.chain(same.iter().flat_map(|&(left, right)| [left, right])).collect()
}
