//! Tree to text that parses back to the same tree, places aside: parentheses where precedence needs them, one item a
//! line, a long rule one literal a line. Comments are the formatter's business; documentation and annotations are kept.

mod item;
mod term;

use super::ast::{Atom, Clause, Formula, Goal, Item, Program, Term};
use crate::symbol::{Interner, Symbol};

/// Beyond this width a rule is broken after each literal of its body.
const WIDTH: usize = 100;

/// A whole program, each item ending in a line break.
#[must_use]
pub fn print_program(program: &Program, symbols: &Interner) -> String {
    let mut printer = Printer::new(symbols);
    for item in &program.items {
        printer.item(item);
        printer.put("\n");
    }
    printer.text
}

/// One item with its documentation and annotations, without a last line break.
#[must_use]
pub fn print_item(item: &Item, symbols: &Interner) -> String {
    Printer::print(symbols, |printer| printer.item(item))
}

/// A clause with its full stop and plan.
#[must_use]
pub fn print_clause(clause: &Clause, symbols: &Interner) -> String {
    Printer::print(symbols, |printer| printer.clause(clause))
}

/// `?- body.`
#[must_use]
pub fn print_goal(goal: &Goal, symbols: &Interner) -> String {
    Printer::print(symbols, |printer| printer.goal(goal))
}

/// A body.
#[must_use]
pub fn print_formula(formula: &Formula, symbols: &Interner) -> String {
    Printer::print(symbols, |printer| printer.formula(formula))
}

/// `relation(arguments)`
#[must_use]
pub fn print_atom(atom: &Atom, symbols: &Interner) -> String {
    Printer::print(symbols, |printer| printer.atom(atom))
}

/// A term.
#[must_use]
pub fn print_term(term: &Term, symbols: &Interner) -> String {
    Printer::print(symbols, |printer| printer.term(term))
}

/// A text as a string of the language, in double quotes and with its escapes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        let escape = match character {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\x07' => "\\a",
            '\x08' => "\\b",
            '\x0c' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\x0b' => "\\v",
            other => {
                quoted.push(other);
                continue;
            }
        };
        quoted.push_str(escape);
    }
    quoted.push('"');
    quoted
}

/// Text in the making.
struct Printer<'s> {
    symbols: &'s Interner,
    text: String,
}

impl<'s> Printer<'s> {
    fn new(symbols: &'s Interner) -> Self {
        Self { symbols, text: String::new() }
    }

    fn print(symbols: &'s Interner, write: impl FnOnce(&mut Self)) -> String {
        let mut printer = Self::new(symbols);
        write(&mut printer);
        printer.text
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn symbol(&mut self, symbol: Symbol) {
        self.text.push_str(self.symbols.get(symbol));
    }

    fn string(&mut self, symbol: Symbol) {
        self.text.push_str(&quoted(self.symbols.get(symbol)));
    }

    fn list<T>(&mut self, things: &[T], separator: &str, mut one: impl FnMut(&mut Self, &T)) {
        for (at, thing) in things.iter().enumerate() {
            if at > 0 {
                self.put(separator);
            }
            one(self, thing);
        }
    }
}

#[cfg(test)]
mod tests;
