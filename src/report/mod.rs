//! What users see: answers and proofs as text and data. Nothing is evaluated here.

pub mod diff;
pub mod escape;
pub mod proof;
pub mod review;
pub mod rows;
