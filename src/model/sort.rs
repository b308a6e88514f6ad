//! Rows in the order of output. Large relations are sorted by integers: every value of a column gets its rank there, and
//! the ranks of a row, one after another, are its key.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::Model;
use crate::program::RelationId;
use crate::value::{Kind, TypeId, Word};

/// Smaller relations are sorted by comparing values.
const LARGE: usize = 256;

/// So many items are sorted between one question whether to stop and the next.
const PIECE: usize = 1 << 18;

/// Whether to stop.
type Stops<'a> = &'a dyn Fn() -> bool;

/// The rows of a relation in the order of output; none if sorting was to stop.
pub(super) fn rows<'a>(model: &'a Model, id: RelationId, stop: Stops<'_>) -> Option<Vec<&'a [Word]>> {
    let relation = model.relation(id);
    let types: Vec<TypeId> = model.program().relation(id).columns.iter().map(|column| column.ty).collect();
    let mut rows: Vec<&[Word]> = relation.rows().collect();
    match types.len() {
        1..=4 if rows.len() >= LARGE => {}
        _ => {
            let order = |left: &&[Word], right: &&[Word]| {
                let columns = types.iter().zip(left.iter().zip(*right));
                let order = |(&ty, (&left, &right))| model.values().compare(&model.program().types, ty, left, right);
                columns.map(order).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            };
            return sorted(&mut rows, &order, stop).then_some(rows);
        }
    }
    let ranks: Option<Vec<Ranks>> =
        (0..types.len()).map(|at| Ranks::new(model, types[at], rows.iter().map(|row| row[at]), stop)).collect();
    let ranks = ranks?;
    if types.len() <= 2 {
        let key =
            |row: &[Word]| ranks.iter().zip(row).fold(0, |key, (ranks, &word)| key << 32 | u64::from(ranks.of(word)));
        by_key(&rows, key, stop)
    } else {
        let key =
            |row: &[Word]| ranks.iter().zip(row).fold(0, |key, (ranks, &word)| key << 32 | u128::from(ranks.of(word)));
        by_key(&rows, key, stop)
    }
}

/// Rows by their keys, no two of which are the same; none if sorting was to stop.
fn by_key<'a, K: Ord>(rows: &[&'a [Word]], key: impl Fn(&[Word]) -> K, stop: Stops<'_>) -> Option<Vec<&'a [Word]>> {
    let mut keyed: Vec<(K, u32)> = Vec::with_capacity(rows.len());
    for piece in rows.chunks(PIECE) {
        if stop() {
            return None;
        }
        let start = u32::try_from(keyed.len()).unwrap_or(u32::MAX);
        keyed.extend(piece.iter().zip(start..).map(|(row, at)| (key(row), at)));
    }
    let done = sorted(&mut keyed, &|left: &(K, u32), right: &(K, u32)| left.0.cmp(&right.0), stop);
    done.then(|| keyed.into_iter().map(|(_, at)| rows[at as usize]).collect())
}

/// Sorts, halving what is large until it is not: between one piece and the next it can stop. Gives whether it did not.
fn sorted<T>(items: &mut [T], order: &impl Fn(&T, &T) -> Ordering, stop: Stops<'_>) -> bool {
    if stop() {
        return false;
    }
    if items.len() <= PIECE {
        items.sort_unstable_by(order);
        return true;
    }
    let middle = items.len() / 2;
    items.select_nth_unstable_by(middle, order);
    let (less, more) = items.split_at_mut(middle);
    sorted(less, order, stop) && sorted(more, order, stop)
}

/// What the words of a column are worth among one another.
enum Ranks {
    /// Small numbers: the word itself, its sign first.
    Number,
    /// Small unsigned numbers: the word itself.
    Unsigned,
    /// Anything else.
    Of(FxHashMap<Word, u32>),
}

impl Ranks {
    /// Nothing if sorting was to stop.
    fn new(model: &Model, ty: TypeId, words: impl Iterator<Item = Word> + Clone, stop: Stops<'_>) -> Option<Self> {
        let values = model.values();
        // Words with the top bit set stand for large numbers.
        let small = || words.clone().all(|word| word >> 31 == 0);
        match model.program().types.kind(ty) {
            Kind::Number if small() => Some(Self::Number),
            Kind::Unsigned if small() => Some(Self::Unsigned),
            Kind::Number | Kind::Unsigned | Kind::Float | Kind::Symbol | Kind::Record | Kind::Adt => {
                let mut distinct: Vec<Word> = words.collect();
                if !sorted(&mut distinct, &Word::cmp, stop) {
                    return None;
                }
                distinct.dedup();
                let order = |&left: &Word, &right: &Word| values.compare(&model.program().types, ty, left, right);
                sorted(&mut distinct, &order, stop).then(|| Self::Of(distinct.into_iter().zip(0..).collect()))
            }
        }
    }

    fn of(&self, word: Word) -> u32 {
        match self {
            // Bit 30 is the sign.
            Self::Number => word ^ 1 << 30,
            Self::Unsigned => word,
            Self::Of(ranks) => ranks.get(&word).copied().unwrap_or(0),
        }
    }
}
