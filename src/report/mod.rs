//! What users see: answers and proofs as text and data. Nothing is evaluated here.

pub mod critical;
pub mod escape;
pub mod proof;
pub mod rows;
pub mod why_not;
