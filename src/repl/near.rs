//! Constants of a goal that occur nowhere, with what they may have been meant to be.

use std::collections::BTreeSet;

use super::read::parse_goal;
use crate::diagnostic::suggest;
use crate::model::Model;
use crate::syntax::ast::{Atom, Formula, TermKind};
use crate::value::{Kind, TypeId};

/// Beyond so many rows constants are not collected.
const MOST_ROWS: usize = 2_000_000;

/// Remarks on the constants of a goal that no tuple has where a value of that type can stand: a goal with one has no
/// answer, and the reason is most often its spelling.
#[must_use]
pub fn unknown_constants(model: &Model, goal: &str) -> Vec<String> {
    let (parsed, symbols) = parse_goal(goal);
    let Some(parsed) = parsed.goal else { return Vec::new() };
    let mut atoms = Vec::new();
    collect(&parsed.body, &mut atoms);
    let mut remarks = Vec::new();
    for atom in atoms {
        let Some(id) = model.find(symbols.get(atom.relation.symbol)) else { continue };
        for (term, column) in atom.arguments.iter().zip(&model.program().relation(id).columns) {
            let TermKind::String(symbol) = term.kind else { continue };
            let text = symbols.get(symbol);
            let known = constants(model, column.ty);
            if known.is_empty() || known.contains(text) {
                continue;
            }
            let near = suggest(text, known.iter().copied()).map(|near| format!("; did you mean \"{near}\"?"));
            let ty = model.program().types.name(column.ty);
            let text = crate::report::escape::escape(text);
            let remark = format!("no {ty} is called \"{text}\"{}", near.unwrap_or_default());
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
    }
    remarks
}

fn collect<'a>(formula: &'a Formula, atoms: &mut Vec<&'a Atom>) {
    match formula {
        Formula::Atom(atom) => atoms.push(atom),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| collect(part, atoms)),
        Formula::Not(part, _) => collect(part, atoms),
        Formula::Compare(_) | Formula::Boolean(..) => {}
    }
}

/// The symbols in all columns of a type, as text.
pub(super) fn constants(model: &Model, ty: TypeId) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let types = &model.program().types;
    if types.kind(ty) != Kind::Symbol {
        return found;
    }
    let mut seen = BTreeSet::new();
    let mut rows = 0;
    for id in model.program().declared_ids() {
        for (at, column) in model.program().relation(id).columns.iter().enumerate() {
            if column.ty != ty {
                continue;
            }
            rows += model.relation(id).len();
            if rows > MOST_ROWS {
                return BTreeSet::new();
            }
            seen.extend(model.relation(id).rows().map(|row| row[at]));
        }
    }
    found.extend(seen.into_iter().map(|word| model.values().get_symbol(word)));
    found
}
