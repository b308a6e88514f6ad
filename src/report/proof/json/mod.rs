//! Proofs as JSON, to keep, to send and to check again: [`json`] writes them, [`check_json`] believes nothing that they
//! say. `docs/onus-proof-1.schema.json` describes the form.
//!
//! A document is a graph by reference: `nodes` in order, premises by number before their conclusion, which is last;
//! `rules` holds the rules that occur. Keys are sorted. What is read back is what a check needs; `text`, `place`,
//! `citation`, `word`, `name` and a rule's `label` are for people, and nobody vouches for them. Further keys may come
//! without a change of `schema`; a change of what is there changes it.

pub(in crate::report) mod digest;
mod read;
mod write;

use crate::diagnostic::Diagnostic;
use crate::eval::{Options, Stop};
use crate::explain::Proof;
use crate::explain::check::{Checked, Flaw, check_proof};
use crate::model::Model;
pub use read::{ReadProof, read};
pub use write::{json, several};

/// The name of the form.
pub const SCHEMA: &str = "onus-proof/1";

/// The name of the form of several proofs.
pub const SEVERAL: &str = "onus-proofs/1";

/// A proof that was read and checked.
#[derive(Clone, Debug)]
pub struct CheckedProof {
    /// The proof. Its spans are empty.
    pub proof: Proof,
    /// What the check found in order.
    pub checked: Checked,
    /// Whether the document was written for a program with other declarations or rules.
    pub other_program: bool,
    /// Whether the document was written for other given facts.
    pub other_facts: bool,
}

/// Why a document proves nothing.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// It is no document of this form; E0906, with its place in the file.
    Unreadable(Box<Diagnostic>),
    /// It is, and what it says does not follow.
    Flaw {
        /// What is wrong, and where.
        flaw: Flaw,
        /// Whether it was written for a program with other declarations or rules.
        other_program: bool,
        /// Whether it was written for other given facts.
        other_facts: bool,
    },
}

/// Checks a document against a model. `name` is the file's, for messages.
///
/// # Errors
/// Someone interrupted, or time ran out.
pub fn check_json(
    model: &Model,
    name: &str,
    text: &str,
    options: &Options,
) -> Result<Result<CheckedProof, Refusal>, Stop> {
    let ReadProof { proof, other_program, other_facts } = match read(model, name, text) {
        Ok(read) => read,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(match check_proof(model, &proof, None, options)? {
        Ok(checked) => Ok(CheckedProof { proof, checked, other_program, other_facts }),
        Err(flaw) => Err(Refusal::Flaw { flaw, other_program, other_facts }),
    })
}
