//! The parser: recursive descent over tokens, one token ahead, one file a topic. It never fails and never loops: each
//! fault becomes a diagnostic, and parsing goes on at the next item.

mod clause;
mod component;
mod cursor;
mod declaration;
mod formula;
mod item;
mod literal;
mod term;

use super::ast::{Atom, Formula, Goal, Program};
use super::token::Kind;
use crate::diagnostic::Diagnostic;
use crate::source::SourceId;
use crate::symbol::Interner;
use cursor::{Failed, Parsed, Parser};
pub(super) use term::binding;

/// A program as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parse {
    /// The items that could be read; those at fault are left out, or mended where the meaning was plain.
    pub program: Program,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the text ended inside an item, string, comment or bracket, or right after a documentation comment, and
    /// nothing else is wrong: more text could make it whole.
    pub incomplete: bool,
}

/// A goal as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedGoal {
    /// The goal; none if there are errors.
    pub goal: Option<Goal>,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether more text could make it whole.
    pub incomplete: bool,
}

/// An atom as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedAtom {
    /// The atom; none if there are errors.
    pub atom: Option<Atom>,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether more text could make it whole.
    pub incomplete: bool,
}

/// Reads a program. Names and strings go into `symbols`.
#[must_use]
pub fn parse(source: SourceId, text: &str, symbols: &mut Interner) -> Parse {
    let mut parser = Parser::new(source, text, symbols);
    let mut program = Program::default();
    parser.items(&mut program.items, false);
    let (diagnostics, incomplete) = parser.finish();
    Parse { program, diagnostics, incomplete }
}

/// Reads what is asked at the prompt: `?- body.`, `body?`, or a bare `body`, whose full stop may be missing.
#[must_use]
pub fn parse_goal(source: SourceId, text: &str, symbols: &mut Interner) -> ParsedGoal {
    // `?` may also end a variable's name, so the question mark is cut off before the text is read.
    let trimmed = text.trim_end();
    let trimmed = trimmed.strip_suffix('?').unwrap_or(trimmed);
    let mut parser = Parser::new(source, trimmed, symbols);
    let goal = parser.lone_goal().ok();
    let (diagnostics, incomplete) = parser.finish();
    let goal = goal.filter(|_| !diagnostics.iter().any(Diagnostic::is_error));
    ParsedGoal { goal, diagnostics, incomplete }
}

/// Reads one atom, such as `relies("astronomer", "aws", "physical", at)`; its full stop may be missing.
#[must_use]
pub fn parse_atom(source: SourceId, text: &str, symbols: &mut Interner) -> ParsedAtom {
    let mut parser = Parser::new(source, text, symbols);
    let atom = parser.lone_atom().ok();
    let (diagnostics, incomplete) = parser.finish();
    let atom = atom.filter(|_| !diagnostics.iter().any(Diagnostic::is_error));
    ParsedAtom { atom, diagnostics, incomplete }
}

impl Parser<'_, '_> {
    fn lone_goal(&mut self) -> Parsed<Goal> {
        let start = self.here();
        self.eat(Kind::Ask);
        let body = self.formula()?;
        let asked = self.at(Kind::Identifier) && self.text_of(self.token) == "?";
        if asked {
            self.bump();
        }
        let full_stop = self.eat(Kind::Dot) || asked;
        self.nothing_more(if full_stop { "nothing after the goal" } else { "`,`, `;` or the end of the goal" })?;
        Ok(Goal { body, span: self.span_from(start) })
    }

    fn lone_atom(&mut self) -> Parsed<Atom> {
        // One formula is read, so that `p(x), q(x)` and `!p(x)` are told what they are.
        let start = self.here();
        let formula = self.formula()?;
        self.eat(Kind::Dot);
        self.nothing_more("nothing after the atom")?;
        match formula {
            Formula::Atom(atom) => Ok(atom),
            _ => Err(self.not_an_atom(start)),
        }
    }

    fn nothing_more(&mut self, expected: &str) -> Result<(), Failed> {
        if self.at(Kind::End) { Ok(()) } else { Err(self.unexpected(expected)) }
    }
}

#[cfg(test)]
pub(super) mod tests;
