//! A program in hand: its tree with the names that it uses.

use onus::source::{SourceId, SourceMap};
use onus::symbol::Interner;
use onus::syntax::{self, ast};

use crate::answers::{Answers, Failure};
use crate::reference::{self, Limits};

/// A tree and its names.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The tree. Its spans mean nothing unless it was parsed.
    pub program: ast::Program,
    /// The names.
    pub symbols: Interner,
}

impl Sample {
    /// The program of a text.
    ///
    /// # Errors
    /// The parser's errors, one a line.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut symbols = Interner::default();
        let parse = syntax::parse(source(), text, &mut symbols);
        let errors: Vec<&str> = parse
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error())
            .map(|diagnostic| diagnostic.message.as_str())
            .collect();
        if errors.is_empty() {
            Ok(Self { program: parse.program, symbols })
        } else {
            Err(Failure::Rejected(errors.join("\n")))
        }
    }

    /// The program as text.
    #[must_use]
    pub fn text(&self) -> String {
        syntax::print::print_program(&self.program, &self.symbols)
    }

    /// The reference's answer, over the program's own facts.
    ///
    /// # Errors
    /// As [`reference::evaluate`].
    pub fn answers(&self, limits: &Limits) -> Result<Answers, Failure> {
        self.answers_with(&Answers::new(), limits)
    }

    /// The reference's answer with more facts.
    ///
    /// # Errors
    /// As [`reference::evaluate`].
    pub fn answers_with(&self, given: &Answers, limits: &Limits) -> Result<Answers, Failure> {
        reference::evaluate(&self.program, &self.symbols, given, limits)
    }
}

/// The source that made-up spans point into.
#[must_use]
pub fn source() -> SourceId {
    SourceMap::default().add("judge", "")
}
