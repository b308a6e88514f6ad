//! Evaluation of a checked program, a stratum at a time.

pub mod function;
