//! The command line as a user meets it: the built binary, run in directories of its own, with its exit codes.

#![allow(clippy::unwrap_used)] // the helpers of tests are no tests to clippy

mod answers;
mod explanations;
mod format;
mod hostile;
mod io;
mod kill;
mod learning;
mod pipe;
mod programs;
mod projects;
mod proofs;
mod responsibility;
mod review;
mod support;
mod threads;
