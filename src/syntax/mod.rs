//! Text to tree and back. Parsing never fails: it returns a tree and diagnostics, and recovers at the next `.`.
//!
//! [`parse`] reads a program, [`parse_goal`] what is asked at the prompt, [`parse_atom`] the one tuple that `why` is
//! about.

pub mod ast;
mod lexer;
mod parser;
mod token;

pub use lexer::comments;
pub use parser::{Parse, ParsedAtom, ParsedGoal, parse, parse_atom, parse_goal};
