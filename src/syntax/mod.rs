//! Text to tree and back. Parsing never fails: it returns a tree and diagnostics, and recovers at the next `.`.
//!
//! [`parse`] reads a program, [`parse_goal`] what is asked at the prompt, [`parse_atom`] the one tuple that `why` is
//! about. [`mod@print`] writes trees as text that parses back to the same tree, [`mod@format`] puts a text in
//! good order. [`preprocess`] stands before the parser where a text asks for it.

pub mod ast;
pub mod format;
mod lexer;
mod parser;
pub mod preprocess;
pub mod print;
mod token;

pub use lexer::{comments, is_name};
pub use parser::{Parse, ParsedAtom, ParsedGoal, parse, parse_atom, parse_goal};
