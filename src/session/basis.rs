//! What a model is made of, as text in one normal order: no comments, no places, no order of files. It reads back to the
//! same model, and equal texts mean equal inputs.

use super::build::without_dropped;
use super::{Failure, Session};
use crate::model::{Model, Tuple};
use crate::symbol::Interner;
use crate::syntax::ast::{Clause, Formula, Item, ItemKind};
use crate::syntax::print;

/// Rules and facts in normal order, an item a line or more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// Types, declarations, components, then rules.
    pub rules: String,
    /// Given facts as clauses, by relation and value.
    pub facts: String,
}

impl Session {
    /// What the current version is made of. Goals and directives are no part of it.
    ///
    /// # Errors
    /// Nothing is loaded yet.
    pub fn basis(&self) -> Result<Basis, Failure> {
        let model = self.current_model()?;
        let inputs = self.current_inputs();
        let mut items: Vec<(u8, String)> = Vec::new();
        for program in inputs.programs.iter().chain(&inputs.overlay) {
            let program = without_dropped(program, &inputs, &self.values);
            items.extend(program.items.iter().filter_map(|item| normal(item, &self.values.symbols)));
        }
        items.sort_unstable();
        let rules: Vec<String> = items.into_iter().map(|(_, text)| text).collect();
        Ok(Basis { rules: joined(&rules), facts: joined(&facts(&model)) })
    }
}

fn joined(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// An item without documentation, the literals of its body sorted; with where its kind stands in the order.
fn normal(item: &Item, symbols: &Interner) -> Option<(u8, String)> {
    let (place, kind) = match &item.kind {
        ItemKind::Type(_) => (0, item.kind.clone()),
        ItemKind::Functor(_) | ItemKind::Lattice(_) | ItemKind::Pragma { .. } => (1, item.kind.clone()),
        ItemKind::Component(_) => (2, item.kind.clone()),
        ItemKind::Init(_) | ItemKind::Override(_) => (3, item.kind.clone()),
        ItemKind::Relation(_) => (4, item.kind.clone()),
        ItemKind::Clause(clause) if clause.body.is_some() => (5, ItemKind::Clause(sorted(clause, symbols))),
        // Facts are listed apart, from all their sources.
        ItemKind::Clause(_) | ItemKind::Goal(_) | ItemKind::Directive(_) | ItemKind::Include { .. } => return None,
    };
    let text = print::print_item(&Item { doc: None, kind, ..item.clone() }, symbols);
    Some((place, text))
}

fn sorted(clause: &Clause, symbols: &Interner) -> Clause {
    let mut clause = clause.clone();
    if let Some(Formula::And(parts)) = &mut clause.body {
        parts.sort_by_cached_key(|part| print::print_formula(part, symbols));
    }
    // A plan speaks of the order as written.
    clause.plan = None;
    clause
}

fn facts(model: &Model) -> Vec<String> {
    let mut ids: Vec<_> = model.program().relation_ids().collect();
    ids.sort_by_key(|&id| model.name(id));
    let mut lines = Vec::new();
    for id in ids {
        let rows = model.relation(id).rows().take(model.relation(id).end_of(0) as usize);
        let mut given: Vec<&[u32]> = rows.collect();
        given.sort_by_cached_key(|row| model.decode(id, row));
        let tuples = given.into_iter().map(|row| Tuple { relation: id, words: row.into() });
        lines.extend(tuples.map(|tuple| format!("{}.", model.literal(&tuple))));
    }
    lines
}
