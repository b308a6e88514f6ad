//! Explanations: why a tuple holds.

mod abduce;
mod ask;
mod build;
pub mod certify;
pub mod check;
mod critical;
mod fix;
mod instance;
mod near;
mod partial;
mod proof;
mod sibling;
mod slice;
mod smallest;
mod why;
mod why_not;
mod witness;

pub use critical::{Critical, CriticalLimits, Needed, critical};
pub use fix::{Effect, Fix, FixLimits, Fixes, Way, fix};
pub use instance::{Instance, Instances};
pub use near::{Near, Suggestion};
pub use proof::{Contribution, NodeId, Proof, ProofNode};
pub use sibling::{Changes, sibling};
pub use slice::SliceLimits;
pub use smallest::{ProofLimits, Proofs, proofs, smallest};
pub use why::{Explainer, Limits, why};
pub use why_not::{Excluded, Failing, Instead, Miss, Place, WhyNot, WhyNotLimits, why_not};
pub use witness::{Witness, WitnessLimits, Witnesses, witnesses};
