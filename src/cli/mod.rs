//! The command line: one table of commands and flags, one file a command.

mod arguments;
mod context;
mod query;
mod run;
mod why;

pub use run::run;
