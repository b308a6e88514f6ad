//! The responsibility tool over the shipped documents: known answers, what-ifs, reports, the audit.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

mod audit;
mod known;
mod matrix;
mod moves;
mod support;
