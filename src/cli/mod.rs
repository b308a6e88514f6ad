//! The command line: one table of commands and flags, one file a command.

mod arguments;
mod check;
mod completions;
mod context;
mod coverage;
mod diff;
mod entry;
mod explain_code;
mod lint;
mod output;
mod plan;
mod program;
mod prompt;
mod query;
mod run;
mod schema;
mod snapshot;
mod what_if;
mod why;

pub use entry::run;
