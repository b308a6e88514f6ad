//! Rule files in good order, for `onus fmt` and editors: spaces, indentation, blank lines, and lines that are too wide.
//! Tokens and comments are neither added, taken away nor moved past each other, so that a program means what it meant;
//! that is checked of every text that leaves here. The author's line breaks stay where one reads well.
//!
//! `words` says of each token and comment how it may stand to the one before, by the rules in `state`; `lines` makes
//! lines of them.

mod lines;
mod markdown;
mod state;
mod words;

pub use markdown::format_markdown;

use super::ast::Program;
use super::lexer::pieces;
use super::token::Kind;
use crate::diagnostic::Diagnostic;
use crate::source::SourceId;
use crate::symbol::Interner;

/// Columns that a line may take; a line without a place to break may take more.
pub const WIDTH: usize = 120;

/// A program in good order. Formatting it again changes nothing.
///
/// # Errors
/// What is wrong with the text: only what can be read is formatted.
pub fn format(source: SourceId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let parsed = super::parse(source, text, &mut Interner::default());
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(parsed.diagnostics);
    }
    let formatted = arrange(source, text, &parsed.program);
    // Should it ever come out as another program, the author's text is the better one.
    Ok(if content(source, text) == content(source, &formatted) { formatted } else { text.to_owned() })
}

fn arrange(source: SourceId, text: &str, program: &Program) -> String {
    let pieces = pieces(source, text);
    lines::lines(&words::words(text, &pieces, &program.items))
}

/// What must stay as it is: the tokens, and the comments between them without blanks at the ends of lines.
fn content(source: SourceId, text: &str) -> Vec<(Option<Kind>, String)> {
    let piece = |(kind, range): (Option<Kind>, std::ops::Range<usize>)| match kind {
        Some(kind) => (Some(kind), text[range].to_owned()),
        None => (None, text[range].trim_end().to_owned()),
    };
    pieces(source, text).into_iter().map(piece).collect()
}

#[cfg(test)]
mod tests;
