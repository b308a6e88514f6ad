//! Explanations: why a tuple holds.

mod ask;
pub mod certify;
mod critical;
mod instance;
mod proof;
mod sibling;
mod slice;
mod why;

pub use critical::{Critical, CriticalLimits, Needed, critical};
pub use instance::{Instance, Instances};
pub use proof::{Contribution, NodeId, Proof, ProofNode};
pub use sibling::{Changes, sibling};
pub use slice::SliceLimits;
pub use why::{Limits, why};
