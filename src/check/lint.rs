//! What is right and yet odd: relations that nothing fills or needs, rules that cannot fire, variables used once.

use crate::diagnostic::Diagnostic;
use crate::program::Program;
use crate::symbol::Interner;
use crate::syntax::ast;

use super::options::Options;

/// Warnings about single clauses.
pub(super) fn clauses(_items: &[&ast::Item], _symbols: &Interner, _diagnostics: &mut Vec<Diagnostic>) {}

/// Warnings about the program as a whole.
pub(super) fn program(_program: &Program, _options: &Options, _symbols: &Interner, _diagnostics: &mut Vec<Diagnostic>) {
}
