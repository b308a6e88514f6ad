//! What the checks are told, and what they give.

use crate::diagnostic::Diagnostic;
use crate::program::{Program, RelationId, Signature};
use crate::symbol::Symbol;
use crate::value::Word;

/// What to warn of, and what is known of the world outside the sources.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether to warn at all.
    pub warnings: bool,
    /// Warnings that are not wanted, by name (`single-variable`) or code (`W0204`).
    pub off: Vec<String>,
    /// Warnings that count as errors, by name or code.
    pub deny: Vec<String>,
    /// Relations that get facts from outside, beside those of `.input`.
    pub inputs: Vec<String>,
    /// Whether a part of the text could not be read: of the program as a whole nothing is warned of then.
    pub partial: bool,
    /// The functors that the host program registers, beside those that the language brings along.
    pub functors: Vec<Signature>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            warnings: true,
            off: Vec::new(),
            deny: Vec::new(),
            inputs: Vec::new(),
            partial: false,
            functors: Vec::new(),
        }
    }
}

/// The outcome of the checks.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The program, where there is no error.
    pub program: Option<Program>,
    /// Errors and warnings, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// One atom with its constants encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The relation.
    pub relation: RelationId,
    /// One a column.
    pub arguments: Vec<Argument>,
}

/// What a pattern asks of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// This value.
    Constant(Word),
    /// Any value, the same wherever the name stands.
    Variable(Symbol),
    /// Any value.
    Any,
}
