//! What a reader wants to see of a node's premises, and what is folded: comparisons, quiet steps, renamings, routine
//! absences and repetitions. A cited fact is never folded.

use std::collections::BTreeSet;

use super::Notes;
use crate::explain::{NodeId, Proof, ProofNode};
use crate::model::Model;
use crate::program::{Literal, Rule, RuleId, Term};

/// What was folded away, each node once.
#[derive(Clone, Debug, Default)]
pub(super) struct Folds {
    comparisons: BTreeSet<NodeId>,
    quiet: BTreeSet<NodeId>,
    renamings: BTreeSet<NodeId>,
    absences: BTreeSet<NodeId>,
    facts: BTreeSet<NodeId>,
    pub(super) repeated: usize,
    pub(super) rows: usize,
    pub(super) steps: usize,
}

impl Folds {
    /// What was folded, in words; nothing where nothing was.
    pub(super) fn describe(&self) -> Option<String> {
        let kinds = [
            (self.comparisons.len(), "comparison", "comparisons"),
            (self.quiet.len(), "quiet step", "quiet steps"),
            (self.facts.len(), "quiet fact", "quiet facts"),
            (self.renamings.len(), "renaming", "renamings"),
            (self.absences.len(), "routine absence", "routine absences"),
            (self.repeated, "repetition", "repetitions"),
            (self.rows, "row", "rows"),
            (self.steps, "step of a chain", "steps of a chain"),
        ];
        let parts: Vec<String> = kinds
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
            .collect();
        (!parts.is_empty()).then(|| format!("folded: {}", parts.join(", ")))
    }
}

/// Decides what is folded.
pub(super) struct Folder<'a> {
    pub(super) model: &'a Model,
    pub(super) proof: &'a Proof,
    pub(super) notes: &'a dyn Notes,
}

impl Folder<'_> {
    /// The nodes to show for some premises: folded ones are replaced by what they rest on, where that matters.
    pub(super) fn visible(&self, premises: &[NodeId], folds: &mut Folds) -> Vec<NodeId> {
        let mut shown = Vec::new();
        let mut seen = BTreeSet::new();
        // Beside each node, whether a quiet step stands above it.
        let mut open: Vec<(NodeId, bool)> = premises.iter().rev().map(|&id| (id, false)).collect();
        while let Some((id, under_quiet)) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.proof.node(id) {
                ProofNode::Given { tuple, .. } => {
                    let quiet = self.model.program().relation(tuple.relation).quiet;
                    if quiet && self.notes.citation(self.model, tuple).is_none() {
                        folds.facts.insert(id);
                    } else {
                        shown.push(id);
                    }
                }
                ProofNode::Derived { tuple, rule, premises, .. } => {
                    let by = self.model.program().rule(*rule);
                    if by.quiet || self.model.program().relation(tuple.relation).quiet {
                        folds.quiet.insert(id);
                        open.extend(premises.iter().rev().map(|&premise| (premise, true)));
                    } else if is_renaming(by) {
                        folds.renamings.insert(id);
                        open.extend(premises.iter().rev().map(|&premise| (premise, under_quiet)));
                    } else {
                        shown.push(id);
                    }
                }
                ProofNode::Absent { relation, .. } => {
                    if under_quiet || self.model.program().relation(*relation).says_not.is_none() {
                        folds.absences.insert(id);
                    } else {
                        shown.push(id);
                    }
                }
                ProofNode::Compared { aggregates, .. } => {
                    folds.comparisons.insert(id);
                    open.extend(aggregates.iter().rev().map(|&aggregate| (aggregate, under_quiet)));
                }
                ProofNode::Counted { .. } | ProofNode::Cut { .. } => shown.push(id),
            }
        }
        shown
    }

    /// The chain of nodes of one rule along its one recursive premise, from `id` down, `id` first. `stop` says which
    /// nodes do not belong to it.
    pub(super) fn chain(&self, id: NodeId, stop: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
        let mut chain = vec![id];
        let mut at = id;
        while let ProofNode::Derived { rule, premises, .. } = self.proof.node(at) {
            let Some(next) = self.recursive_premise(*rule, premises) else { break };
            if stop(next) {
                break;
            }
            chain.push(next);
            at = next;
        }
        chain
    }

    /// The one premise that the same rule derived.
    fn recursive_premise(&self, rule: RuleId, premises: &[NodeId]) -> Option<NodeId> {
        let mut same = premises.iter().copied().filter(
            |&premise| matches!(self.proof.node(premise), ProofNode::Derived { rule: other, .. } if *other == rule),
        );
        let first = same.next()?;
        same.all(|other| other == first).then_some(first)
    }

    /// How many nodes the proof of a node has, itself included.
    pub(super) fn size(&self, id: NodeId) -> usize {
        let mut seen = BTreeSet::from([id]);
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            open.extend(self.proof.node(id).premises().into_iter().filter(|&premise| seen.insert(premise)));
        }
        seen.len()
    }
}

/// Whether a rule only passes tuples on: one atom, and a head of plain variables.
fn is_renaming(rule: &Rule) -> bool {
    matches!(rule.body.as_slice(), [Literal::Positive(_)])
        && rule.arguments.iter().all(|term| matches!(term, Term::Variable(_)))
}
