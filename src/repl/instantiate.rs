//! The atoms that a row of an answer speaks of.

use super::read::parse_goal;
use crate::symbol::Interner;
use crate::syntax::ast::{Atom, Formula, Term, TermKind};
use crate::value::{Kind, Value};

/// The positive atoms of a goal with the values of a row in the place of variables, as text.
pub(super) fn instantiate(goal: &str, columns: &[(String, Kind)], row: &[Value]) -> Vec<String> {
    let (parsed, symbols) = parse_goal(goal);
    let Some(parsed) = parsed.goal else { return Vec::new() };
    let mut atoms = Vec::new();
    positive(&parsed.body, &mut atoms);
    let row = Row { columns, row, symbols: &symbols };
    atoms.into_iter().map(|atom| row.instance(atom, goal)).collect()
}

fn positive<'a>(formula: &'a Formula, atoms: &mut Vec<&'a Atom>) {
    match formula {
        Formula::Atom(atom) => atoms.push(atom),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| positive(part, atoms)),
        Formula::Compare(_) | Formula::Boolean(..) | Formula::Not(..) => {}
    }
}

struct Row<'a> {
    columns: &'a [(String, Kind)],
    row: &'a [Value],
    symbols: &'a Interner,
}

impl Row<'_> {
    fn instance(&self, atom: &Atom, goal: &str) -> String {
        let mut text = String::new();
        let mut at = atom.span.start as usize;
        for (range, value) in self.places(&atom.arguments) {
            text.push_str(goal.get(at..range.start).unwrap_or(""));
            text.push_str(&value);
            at = range.end;
        }
        text.push_str(goal.get(at..atom.span.end as usize).unwrap_or(""));
        text
    }

    /// Where variables stand, in the order of the text, and what they are in this row.
    fn places(&self, terms: &[Term]) -> Vec<(std::ops::Range<usize>, String)> {
        let mut places = Vec::new();
        terms.iter().for_each(|term| self.visit(term, &mut places));
        places.sort_by_key(|(range, _)| range.start);
        places
    }

    fn visit(&self, term: &Term, places: &mut Vec<(std::ops::Range<usize>, String)>) {
        match &term.kind {
            TermKind::Variable(name) => {
                let name = self.symbols.get(*name);
                if let Some(at) = self.columns.iter().position(|(column, _)| column == name)
                    && let Some(value) = self.row.get(at)
                {
                    places.push((term.span.range(), value.literal()));
                }
            }
            TermKind::Record(terms)
            | TermKind::Branch { arguments: terms, .. }
            | TermKind::Call { arguments: terms, .. }
            | TermKind::User { arguments: terms, .. } => terms.iter().for_each(|term| self.visit(term, places)),
            TermKind::As { term, .. } => self.visit(term, places),
            TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Iteration
            | TermKind::Aggregate(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_fill_the_variables_of_positive_atoms() {
        let columns = [("x".to_owned(), Kind::Symbol), ("n".to_owned(), Kind::Number)];
        let row = [Value::Symbol("a\"b".into()), Value::Number(-3)];
        let atoms = instantiate("?- p(x, _, [n, y]), !q(x), n < 4, r(\"x\", n).", &columns, &row);
        assert_eq!(atoms, [r#"p("a\"b", _, [-3, y])"#, r#"r("x", -3)"#]);
        assert_eq!(instantiate("p(x)?", &columns, &row), [r#"p("a\"b")"#]);
    }
}
