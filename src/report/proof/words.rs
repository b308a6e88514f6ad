//! Whose word the nodes of a proof are: for a duty what the domain says of it, else the names of those on whose
//! statements the node rests.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Notes;
use crate::explain::{NodeId, Proof, ProofNode};
use crate::model::Model;

/// The names behind each node.
pub(super) struct Words {
    names: Vec<Rc<BTreeSet<String>>>,
}

impl Words {
    pub(super) fn of(model: &Model, proof: &Proof, notes: &dyn Notes) -> Self {
        let none: Rc<BTreeSet<String>> = Rc::default();
        let mut names: Vec<Rc<BTreeSet<String>>> = Vec::with_capacity(proof.nodes.len());
        // Premises come before their conclusions.
        for node in &proof.nodes {
            let mut of = Rc::clone(&none);
            if let ProofNode::Given { tuple, .. } = node
                && let Some(name) = notes.issuer(model, tuple)
            {
                of = Rc::new(BTreeSet::from([name]));
            }
            for premise in node.premises() {
                let Some(below) = names.get(premise.0 as usize) else { continue };
                if of.is_empty() {
                    of = Rc::clone(below);
                } else if !below.is_subset(&of) {
                    Rc::make_mut(&mut of).extend(below.iter().cloned());
                }
            }
            names.push(of);
        }
        Self { names }
    }

    /// Whose word a node is; nothing where nobody's statement is behind it.
    pub(super) fn word(&self, model: &Model, proof: &Proof, notes: &dyn Notes, id: NodeId) -> Option<String> {
        let own = match proof.node(id) {
            ProofNode::Derived { tuple, .. } => notes.word(model, tuple),
            ProofNode::Given { .. }
            | ProofNode::Absent { .. }
            | ProofNode::Compared { .. }
            | ProofNode::Counted { .. }
            | ProofNode::Cut { .. } => None,
        };
        own.or_else(|| {
            let names = self.names.get(id.0 as usize).filter(|names| !names.is_empty())?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            Some(format!("word of {}", crate::report::escape::escape(&names.join(", "))))
        })
    }
}
