//! The domain: who answers for what. The standard rules and facts, and the projects that hold one's own. The engine
//! below knows nothing of it.

pub mod cite;
pub mod coverage;
pub mod embedded;
mod file;
mod load;
mod manifest;
mod project;
mod revision;
pub mod snapshot;

pub use file::{Content, File};
pub use load::Selection;
pub use manifest::Manifest;
pub use project::{Project, Scenario};
pub use revision::Revision;
