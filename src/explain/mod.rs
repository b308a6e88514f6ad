//! Explanations: why a tuple holds.

pub mod certify;
pub mod check;
mod instance;
mod proof;
mod why;

pub use instance::{Instance, Instances};
pub use proof::{Contribution, NodeId, Proof, ProofNode};
pub use why::{Explainer, Limits, why};
