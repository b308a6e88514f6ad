//! The command line as a user meets it: the built binary, run in directories of its own, with its exit codes.

mod answers;
mod pipe;
mod programs;
mod projects;
mod support;
