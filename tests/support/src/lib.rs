//! The judge: a second opinion on every answer of onus.
//!
//! Everything here is written to be obviously right, never fast. It shares with the product its syntax tree, its values
//! and its printer, and nothing else: no checks, no plans, no storage, no evaluation.

pub mod answers;
pub mod build;
pub mod generate;
pub mod random;
pub mod reference;
pub mod sample;
pub mod walk;
