//! The command line: one table of commands and flags, one file a command.

mod arguments;
mod context;
mod diff;
mod query;
mod run;
mod what_if;
mod why;
mod write;

pub use run::run;
use write::write_whole;
