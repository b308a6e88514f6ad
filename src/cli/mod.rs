//! The command line: one table of commands and flags, one file a command.

mod arguments;
mod audit;
mod certify;
mod check;
mod check_proof;
mod compile;
mod completions;
mod context;
mod coverage;
mod diff;
mod duties;
mod entry;
mod explain_code;
mod facts;
mod findings;
mod fmt;
mod graph;
mod lint;
mod matrix;
mod new;
mod output;
mod plan;
mod program;
mod prompt;
mod query;
mod relies;
mod relocate;
mod report;
mod run;
mod schema;
mod snapshot;
mod souffle;
mod test;
mod what_if;
mod why;

pub use entry::run;
