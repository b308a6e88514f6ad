//! What differs between two models of one session.

use std::sync::Arc;

use crate::model::{Model, Tuple};
use crate::program::RelationId;

/// How a relation changed. Tuples are in the order of output.
#[derive(Clone, Debug)]
pub(super) struct Delta {
    pub(super) name: String,
    pub(super) gained: Vec<String>,
    pub(super) lost: Vec<String>,
}

/// The relations that differ, in order of declaration. Both models belong to one session, so that words mean the same
/// in both.
pub(super) fn between(old: &Model, new: &Model) -> Vec<Delta> {
    let mut deltas = Vec::new();
    for id in new.program().declared_ids() {
        let name = new.name(id);
        let before = old.find(name).filter(|&before| same_columns(old, before, new, id));
        // What a change cannot reach is shared between the versions.
        if before.is_some_and(|before| Arc::ptr_eq(&old.database().share(before), &new.database().share(id))) {
            continue;
        }
        let gained = missing(new, id, before.map(|before| (old, before)));
        let lost = before.map_or_else(Vec::new, |before| missing(old, before, Some((new, id))));
        push(&mut deltas, new, id, gained, lost);
    }
    for id in old.program().declared_ids() {
        let after = new.find(old.name(id)).filter(|&after| same_columns(old, id, new, after));
        if after.is_none() {
            push(&mut deltas, old, id, Vec::new(), missing(old, id, None));
        }
    }
    deltas
}

fn push(deltas: &mut Vec<Delta>, model: &Model, id: RelationId, gained: Vec<String>, lost: Vec<String>) {
    if gained.is_empty() && lost.is_empty() {
        return;
    }
    deltas.push(Delta { name: model.name(id).to_owned(), gained, lost });
}

fn same_columns(old: &Model, before: RelationId, new: &Model, after: RelationId) -> bool {
    let kinds = |model: &Model, id: RelationId| {
        let columns = &model.program().relation(id).columns;
        columns.iter().map(|column| model.program().types.kind(column.ty)).collect::<Vec<_>>()
    };
    kinds(old, before) == kinds(new, after)
}

/// The tuples of a relation that the other one does not have.
fn missing(model: &Model, id: RelationId, other: Option<(&Model, RelationId)>) -> Vec<String> {
    let rows = model.relation(id).rows();
    let rows = rows.filter(|row| other.is_none_or(|(model, id)| !model.relation(id).contains(row)));
    let mut tuples: Vec<_> = rows.map(|row| (model.decode(id, row), row)).collect();
    tuples.sort_unstable();
    tuples.into_iter().map(|(_, row)| model.literal(&Tuple { relation: id, words: row.into() })).collect()
}

/// The changes in one line: `gap +2 -1, relies +3`.
pub(super) fn summary(deltas: &[Delta]) -> String {
    if deltas.is_empty() {
        return "no tuple has changed".to_owned();
    }
    let counts: Vec<String> = deltas.iter().map(|delta| format!("{} {}", delta.name, counts(delta))).collect();
    counts.join(", ")
}

fn counts(delta: &Delta) -> String {
    let part = |sign: char, tuples: &[String]| (!tuples.is_empty()).then(|| format!("{sign}{}", tuples.len()));
    let parts: Vec<String> = [part('+', &delta.gained), part('-', &delta.lost)].into_iter().flatten().collect();
    parts.join(" ")
}
