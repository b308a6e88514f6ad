//! The domain: who answers for what. The standard rules and facts, and the projects that hold one's own. The engine
//! below knows nothing of it.

pub mod answers;
pub mod audit;
pub mod cite;
pub mod compile;
pub mod conclusions;
pub mod coverage;
pub mod document_coverage;
pub mod duties;
pub mod embedded;
mod file;
pub mod findings;
pub mod graph;
mod load;
mod manifest;
pub mod matrix;
mod project;
pub mod reliance;
pub mod relocation;
mod revision;
pub mod snapshot;
pub mod template;
#[rustfmt::skip]
mod twin;
mod waiver;

pub use answers::{Answers, Citation, Gap, Owner, Reliance, Row};
pub use file::{Content, File};
pub use findings::{Finding, Findings};
pub use load::Selection;
pub use manifest::Manifest;
pub use matrix::Matrix;
pub use project::{Project, Scenario};
pub use revision::Revision;
pub use waiver::{Waived, Waiver};
