//! Explanations against brute force: what is said about a tuple is tried.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

mod acceptance;
mod critical;
mod fixes;
mod limits;
mod misses;
mod proofs;
mod support;
mod why_not;
