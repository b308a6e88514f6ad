//! Constants of a goal that occur nowhere, with what they may have been meant to be.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::read::parse_goal;
use crate::diagnostic::suggest;
use crate::model::Model;
use crate::syntax::ast::{Atom, Formula, TermKind};
use crate::value::{Kind, TypeId, Word};

/// Beyond so many rows constants are not looked for.
const MOST_ROWS: usize = 2_000_000;
/// Among so many names one is looked for that is spelt almost alike.
const MOST_NAMES: usize = 20_000;

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
            if !is_unknown(model, column.ty, text) {
                continue;
            }
            let known = constants(model, column.ty, "", MOST_NAMES);
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

/// Whether a symbol stands in no column of a type, and others do. Where there are too many rows to tell, it is not.
fn is_unknown(model: &Model, ty: TypeId, text: &str) -> bool {
    let mut any = false;
    let wanted = model.values().symbols.find(text).map(|symbol| symbol.0);
    for column in columns(model, ty) {
        let Some(mut words) = column else { return false };
        any |= words.len() > 0;
        if wanted.is_some_and(|wanted| words.any(|word| word == wanted)) {
            return false;
        }
    }
    any
}

/// The least symbols in all columns of a type that begin with a text, at most so many. Of very many rows only the first
/// are looked at.
pub(super) fn constants<'m>(model: &'m Model, ty: TypeId, prefix: &str, most: usize) -> BTreeSet<&'m str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut seen: FxHashSet<Word> = FxHashSet::default();
    for words in columns(model, ty).flatten() {
        for word in words {
            if !seen.insert(word) {
                continue;
            }
            let text = model.values().get_symbol(word);
            let full = found.len() >= most;
            if text.starts_with(prefix) && !(full && found.last().is_some_and(|last| text >= *last)) {
                found.insert(text);
                if full {
                    found.pop_last();
                }
            }
        }
    }
    found
}

/// The words of each column of a type of symbols; nothing for those beyond [`MOST_ROWS`].
fn columns(model: &Model, ty: TypeId) -> impl Iterator<Item = Option<impl ExactSizeIterator<Item = Word> + '_>> {
    let program = model.program();
    let symbols = program.types.kind(ty) == Kind::Symbol;
    let ids: Vec<_> = if symbols { program.declared_ids().collect() } else { Vec::new() };
    let mut rows = 0;
    let places = ids.into_iter().flat_map(move |id| {
        let columns = program.relation(id).columns.iter().enumerate();
        columns.filter(move |(_, column)| column.ty == ty).map(move |(at, _)| (id, at))
    });
    places.map(move |(id, at)| {
        let relation = model.relation(id);
        rows += relation.len();
        let row = move |row: usize| relation.words()[row * relation.arity() + at];
        (rows <= MOST_ROWS).then(|| (0..relation.len()).map(row))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{MemoryLoader, Options, Session};

    #[test]
    fn constants_are_the_least_that_begin_so() {
        let mut text = String::from(".decl p(x: symbol) .decl q(n: number, x: symbol)");
        (0..50).for_each(|at| text.push_str(&format!("p(\"a{at:02}\"). q({at}, \"b{:02}\").", 49 - at)));
        let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
        session.add_program("p.dl", &text);
        let model = session.evaluate().unwrap();
        let ty = model.program().relation(model.find("p").unwrap()).columns[0].ty;
        let found = |prefix: &str, most: usize| constants(&model, ty, prefix, most).into_iter().collect::<Vec<_>>();
        assert_eq!(found("b", 3), ["b00", "b01", "b02"]);
        assert_eq!(found("", 2), ["a00", "a01"]);
        assert_eq!(found("a4", 400).len(), 10);
        assert_eq!(found("c", 400), Vec::<&str>::new());
        assert!(is_unknown(&model, ty, "c00") && !is_unknown(&model, ty, "b17"));
        let remarks = unknown_constants(&model, "p(\"a5\")?");
        assert!(remarks.len() == 1 && remarks[0].contains("did you mean"), "{remarks:?}");
    }
}
