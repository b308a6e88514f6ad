//! What users see: answers, proofs and changes as text and data. Nothing is evaluated here.

pub mod critical;
pub mod diff;
pub mod escape;
pub mod proof;
pub mod review;
pub mod rows;
pub mod why_not;
