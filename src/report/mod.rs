//! What users see: answers, proofs and changes as text and data. Nothing is evaluated here.

pub mod certificate;
pub mod critical;
pub mod diff;
mod document;
pub mod escape;
pub mod findings;
pub mod graph;
pub mod grid;
pub mod matrix;
pub mod profile;
pub mod proof;
pub mod review;
pub mod rows;
pub mod why_not;
pub mod witnesses;
