//! What users see: answers and proofs as text and data. Nothing is evaluated here.

pub mod escape;
pub mod findings;
pub mod graph;
pub mod grid;
pub mod matrix;
pub mod proof;
pub mod rows;
