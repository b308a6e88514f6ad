//! The domain: who answers for what. The standard rules and facts, and the projects that hold one's own. The engine
//! below knows nothing of it.
//!
//! As types: statements in; owners, gaps and reliance out, each with why.
//!
//! ```
//! use onus::responsibility::{Document, Facts, Gap, Mode, Offer, Owner, PartyKind, Reliance, Stack, Statement, Who};
//!
//! let names = Facts::new("names")
//!     .party("parcels", PartyKind::Vendor)
//!     .party("us", PartyKind::Customer)
//!     .scope("parcels", "service")
//!     .offers("parcels", "parcels");
//! let document = Facts::new("parcels: shared responsibility")
//!     .document(Document {
//!         id: "P".into(),
//!         issuer: "parcels".into(),
//!         title: "Shared responsibility".into(),
//!         ..Document::default()
//!     })
//!     .statement(
//!         Statement::new("P-1", "What we run on", "7").runs_on("parcels", "aws:any", Offer::OneOf),
//!     )
//!     .statement(
//!         Statement::new("P-2", "Duties", "12")
//!             .claim("parcels", "physical", Who::Host, Mode::Entirely)
//!             .claim("parcels", "platform_patching", Who::Provider, Mode::Sole),
//!     );
//! let scenario = Facts::new("what we run")
//!     .scope("our_parcels", "deployment")
//!     .scope("their_account", "deployment")
//!     .within("our_parcels", "parcels")
//!     .within("their_account", "aws:any")
//!     .chosen("our_parcels", "their_account")
//!     .consumes("us", "our_parcels")
//!     .checked("our_parcels", "baseline");
//!
//! let stack = Stack::with_documents(&[names, document, scenario])?;
//! let answers = stack.answers()?;
//!
//! // Who owns it, and on whose word?
//! let owner = &answers.with::<Owner>(&[("scope", "our_parcels"), ("layer", "physical")])[0];
//! assert_eq!(owner.party, "aws");
//! let why = owner.why(answers)?;
//! let cited: Vec<String> = why.citations.iter().map(|citation| citation.to_string()).collect();
//! assert_eq!(cited, ["P-1: P What we run on, l. 7", "P-2: P Duties, l. 12"]);
//!
//! // On whom do we rely, and what does nobody answer for?
//! let reliance = answers.with::<Reliance>(&[("a", "us"), ("b", "parcels")]);
//! assert_eq!((reliance.len(), reliance[0].layer.as_str()), (1, "platform_patching"));
//! let gaps = answers.with::<Gap>(&[("scope", "our_parcels"), ("kind", "silent")]);
//! assert!(gaps.iter().any(|gap| gap.layer == "ddos"));
//! assert!(gaps[0].why(answers)?.proof.complete);
//! # Ok::<(), onus::session::Failure>(())
//! ```

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
pub mod typed;
#[rustfmt::skip]
mod twin;
mod waiver;

pub use answers::{Answers, Citation, Gap, Owner, Reliance, Row};
pub use file::{Content, File, stdin_text};
pub use findings::{Finding, Findings};
pub use load::Selection;
pub use manifest::Manifest;
pub use matrix::Matrix;
pub use project::{Project, Scenario};
pub use revision::Revision;
pub use typed::{Action, Document, Facts, Mode, Offer, Part, PartyKind, Stack, Statement, Who, Why};
pub use waiver::{Waived, Waiver};
