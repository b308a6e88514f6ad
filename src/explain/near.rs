//! What exists near something that does not: tuples that differ in few columns, and names that are spelt almost alike.

use std::collections::BTreeSet;

use crate::model::{Model, Tuple};
use crate::program::RelationId;
use crate::value::{Kind, TypeId, Values, Word};

/// How many rows of a relation are compared.
const ROWS: usize = 200_000;
/// How many of the rows that differ in equally many columns are compared by their text.
const SPELT: usize = 2_000;

/// A tuple that exists, near one that does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The tuple.
    pub tuple: Tuple,
    /// The columns in which it differs from what was wanted.
    pub differs: Vec<usize>,
}

/// A name that the model does not know in its place, and one that is spelt almost alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The column.
    pub column: usize,
    /// What was written.
    pub wrong: Word,
    /// What may have been meant.
    pub near: Word,
}

/// The tuples nearest to a pattern: fewest columns that differ, then the least edit distance in them (Damerau and
/// Levenshtein, 1964 to 1966), then the order of output. At least one column must agree, unless there is only one.
pub(super) fn nearest(
    model: &Model,
    values: &Values,
    relation: RelationId,
    pattern: &[Option<Word>],
    count: usize,
) -> Vec<Near> {
    let wanted: Vec<(usize, Word)> =
        pattern.iter().enumerate().filter_map(|(column, word)| word.map(|word| (column, word))).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let rows = model.relation(relation);
    let distance = |row: &[Word]| wanted.iter().filter(|&&(column, word)| row[column] != word).count();
    let beyond = wanted.len().max(2);
    let mut least = beyond;
    let mut nearest: Vec<&[Word]> = Vec::new();
    for row in rows.rows().take(ROWS) {
        let distance = distance(row);
        if distance < least {
            least = distance;
            nearest.clear();
        }
        if distance == least && distance < beyond {
            nearest.push(row);
        }
    }
    let types = &model.program().types;
    let columns = &model.program().relation(relation).columns;
    let order = |left: &&[Word], right: &&[Word]| {
        let pairs = columns.iter().zip(left.iter().zip(right.iter()));
        pairs
            .map(|(column, (&left, &right))| values.compare(types, column.ty, left, right))
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    };
    nearest.sort_by(order);
    nearest.truncate(SPELT);
    let text = |ty: TypeId, word: Word| values.decode(types, ty, word).to_string();
    let spelling = |row: &&[Word]| -> usize {
        let differ = wanted.iter().filter(|&&(column, word)| row[column] != word);
        differ
            .map(|&(column, word)| {
                let ty = columns[column].ty;
                strsim::damerau_levenshtein(&text(ty, word), &text(ty, row[column]))
            })
            .sum()
    };
    nearest.sort_by_cached_key(spelling);
    nearest
        .into_iter()
        .take(count)
        .map(|row| Near {
            tuple: Tuple { relation, words: row.into() },
            differs: wanted.iter().filter(|&&(column, word)| row[column] != word).map(|&(column, _)| column).collect(),
        })
        .collect()
}

/// Names of a pattern that stand nowhere in a column of their type, each with one that does and is spelt almost alike.
pub(super) fn suggestions(
    model: &Model,
    values: &Values,
    relation: RelationId,
    pattern: &[Option<Word>],
) -> Vec<Suggestion> {
    let program = model.program();
    let mut found = Vec::new();
    for (column, word) in pattern.iter().enumerate() {
        let ty = program.relation(relation).columns[column].ty;
        let Some(wrong) = *word else { continue };
        if program.types.kind(ty) != Kind::Symbol {
            continue;
        }
        let known = domain(model, ty);
        if known.contains(&wrong) {
            continue;
        }
        let names: Vec<&str> = known.iter().map(|&word| values.get_symbol(word)).collect();
        let near = crate::diagnostic::suggest(values.get_symbol(wrong), names);
        let near = near.and_then(|near| known.iter().copied().find(|&word| values.get_symbol(word) == near));
        found.extend(near.map(|near| Suggestion { column, wrong, near }));
    }
    found
}

/// The values that stand in some column of a type.
pub(super) fn domain(model: &Model, ty: TypeId) -> BTreeSet<Word> {
    let mut known = BTreeSet::new();
    for id in model.program().relation_ids() {
        for (at, _) in model.program().relation(id).columns.iter().enumerate().filter(|(_, column)| column.ty == ty) {
            known.extend(model.relation(id).rows().take(ROWS).map(|row| row[at]));
        }
    }
    known
}

/// The tuples that match a pattern, in row order.
pub(super) fn matching(model: &Model, relation: RelationId, pattern: &[Option<Word>]) -> Vec<Tuple> {
    let wanted = pattern.iter().enumerate().filter_map(|(column, word)| word.map(|word| (column, word)));
    let (columns, key): (Vec<usize>, Vec<Word>) = wanted.unzip();
    let rows = model.relation(relation);
    let tuple = |row: &[Word]| Tuple { relation, words: row.into() };
    if columns.is_empty() {
        return rows.rows().map(tuple).collect();
    }
    rows.matching(&columns, &key).iter().map(|&row| tuple(rows.row(row))).collect()
}
