//! The command line: one table of commands and flags, one file a command.

mod arguments;
mod context;
mod duties;
mod findings;
mod graph;
mod matrix;
mod output;
mod query;
mod relies;
mod relocate;
mod run;
mod why;

pub use run::run;
