//! The prompt: a line in, text out. Only `editor` knows the terminal.

mod outcome;
pub mod show;

pub use outcome::{Error, Outcome};
