//! Rows in the order of output. Large relations are sorted by integers: every value of a column gets its rank there, and
//! the ranks of a row, one after another, are its key.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::Model;
use crate::program::RelationId;
use crate::value::{Kind, TypeId, Word};

/// Smaller relations are sorted by comparing values.
const LARGE: usize = 256;

/// The rows of a relation in the order of output.
pub(super) fn rows(model: &Model, id: RelationId) -> Vec<&[Word]> {
    let relation = model.relation(id);
    let types: Vec<TypeId> = model.program().relation(id).columns.iter().map(|column| column.ty).collect();
    let mut rows: Vec<&[Word]> = relation.rows().collect();
    match types.len() {
        1..=4 if rows.len() >= LARGE => {}
        _ => {
            rows.sort_unstable_by(|left, right| {
                let columns = types.iter().zip(left.iter().zip(*right));
                let order = |(&ty, (&left, &right))| model.values().compare(&model.program().types, ty, left, right);
                columns.map(order).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            });
            return rows;
        }
    }
    let ranks: Vec<Ranks> =
        (0..types.len()).map(|at| Ranks::new(model, types[at], rows.iter().map(|row| row[at]))).collect();
    if types.len() <= 2 {
        let key =
            |row: &&[Word]| ranks.iter().zip(*row).fold(0, |key, (ranks, &word)| key << 32 | u64::from(ranks.of(word)));
        rows.sort_by_cached_key(key);
    } else {
        let key = |row: &&[Word]| {
            ranks.iter().zip(*row).fold(0, |key, (ranks, &word)| key << 32 | u128::from(ranks.of(word)))
        };
        rows.sort_by_cached_key(key);
    }
    rows
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
    fn new(model: &Model, ty: TypeId, words: impl Iterator<Item = Word> + Clone) -> Self {
        let values = model.values();
        // Words with the top bit set stand for large numbers.
        let small = || words.clone().all(|word| word >> 31 == 0);
        match model.program().types.kind(ty) {
            Kind::Number if small() => Self::Number,
            Kind::Unsigned if small() => Self::Unsigned,
            Kind::Number | Kind::Unsigned | Kind::Float | Kind::Symbol | Kind::Record | Kind::Adt => {
                let mut distinct: Vec<Word> = words.collect();
                distinct.sort_unstable();
                distinct.dedup();
                distinct.sort_unstable_by(|&left, &right| values.compare(&model.program().types, ty, left, right));
                Self::Of(distinct.into_iter().zip(0..).collect())
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
