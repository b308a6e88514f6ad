//! Proofs: a graph of nodes, each justified by its rule and premises. Equal tuples share a node.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Rank, Tuple};
use crate::program::{AggregateOp, CompareOp, RelationId, RuleId};
use crate::source::Span;
use crate::storage::Origin;
use crate::value::{TypeId, Values, Word};

/// Names a node of a [`Proof`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// Why a tuple holds. Premises come before their conclusions, so that the root is the last node.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// The nodes.
    pub nodes: Vec<ProofNode>,
    /// Whether nothing was cut off.
    pub complete: bool,
    /// Whether every premise in its conclusion's own stratum came in an earlier round: so it is in the proofs of `why`.
    /// Smallest and further proofs need not follow the rounds; that their premises stand before their conclusions is
    /// what keeps them free of cycles.
    pub ranked: bool,
    /// What its words mean: those of the model, and what comparisons computed.
    pub values: Arc<Values>,
    /// How many rule instances of the root there are besides the one shown, as far as they were looked at.
    pub alternatives: usize,
}

/// One step of a proof.
#[derive(Clone, Debug)]
pub enum ProofNode {
    /// The tuple was given.
    Given {
        /// The tuple.
        tuple: Tuple,
        /// Where it was read.
        origin: Option<Origin>,
    },
    /// The tuple follows by a rule.
    Derived {
        /// The tuple.
        tuple: Tuple,
        /// The rule.
        rule: RuleId,
        /// The rule's variables with their values, those of aggregates left out; ascending.
        bindings: Vec<(u32, Word)>,
        /// One node a literal of the body, in the order as written.
        premises: Vec<NodeId>,
        /// When it came.
        rank: Rank,
    },
    /// No tuple matches: a negated atom.
    Absent {
        /// The relation.
        relation: RelationId,
        /// The columns that were looked for; none for `_`.
        pattern: Vec<Option<Word>>,
        /// The literal.
        span: Span,
    },
    /// A comparison holds.
    Compared {
        /// Which.
        op: CompareOp,
        /// Whether it fails, as it must: `!match(..)`, `!contains(..)`.
        negated: bool,
        /// Left value.
        left: Word,
        /// Right value.
        right: Word,
        /// The type in which both are shown.
        ty: TypeId,
        /// The literal.
        span: Span,
        /// The aggregates in it.
        aggregates: Vec<NodeId>,
    },
    /// An aggregate has a value.
    Counted {
        /// Which.
        op: AggregateOp,
        /// Its value.
        value: Word,
        /// The value's type.
        ty: TypeId,
        /// The text of the aggregate.
        span: Span,
        /// All bindings of its body, each with the value of the target (none for count) and the nodes of its literals.
        rows: Vec<Contribution>,
    },
    /// The tuple holds, and why was not followed further: the limit of nodes was met.
    Cut {
        /// The tuple.
        tuple: Tuple,
    },
}

/// One binding that an aggregate runs over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The body's own variables with their values, ascending.
    pub bindings: Vec<(u32, Word)>,
    /// What is summed or compared; none for count.
    pub target: Option<Word>,
    /// One node a literal of the aggregate's body.
    pub premises: Vec<NodeId>,
}

impl Proof {
    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &ProofNode {
        &self.nodes[id.0 as usize]
    }

    /// The node of the conclusion. A proof has at least one node.
    #[must_use]
    pub fn root(&self) -> NodeId {
        NodeId(u32::try_from(self.nodes.len().saturating_sub(1)).unwrap_or(u32::MAX))
    }

    /// For each comparison and aggregate the derived node whose rule it belongs to. Premises that do not stand before
    /// their conclusion have none.
    #[must_use]
    pub fn owners(&self) -> BTreeMap<NodeId, NodeId> {
        let mut owners = BTreeMap::new();
        // Premises come before conclusions: going down from the root, an aggregate's owner is known before what is in it.
        for id in (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).rev().map(NodeId) {
            let owner = match self.node(id) {
                ProofNode::Derived { .. } => id,
                _ => match owners.get(&id) {
                    Some(&owner) => owner,
                    None => continue,
                },
            };
            for premise in self.node(id).premises().into_iter().filter(|premise| *premise < id) {
                if matches!(self.node(premise), ProofNode::Compared { .. } | ProofNode::Counted { .. }) {
                    owners.entry(premise).or_insert(owner);
                }
            }
        }
        owners
    }
}

impl ProofNode {
    /// The tuple that the node is about, where it is about one.
    #[must_use]
    pub fn tuple(&self) -> Option<&Tuple> {
        match self {
            Self::Given { tuple, .. } | Self::Derived { tuple, .. } | Self::Cut { tuple } => Some(tuple),
            Self::Absent { .. } | Self::Compared { .. } | Self::Counted { .. } => None,
        }
    }

    /// The nodes that it rests on, in order.
    #[must_use]
    pub fn premises(&self) -> Vec<NodeId> {
        match self {
            Self::Derived { premises, .. } => premises.clone(),
            Self::Compared { aggregates, .. } => aggregates.clone(),
            Self::Counted { rows, .. } => rows.iter().flat_map(|row| row.premises.iter().copied()).collect(),
            Self::Given { .. } | Self::Absent { .. } | Self::Cut { .. } => Vec::new(),
        }
    }
}
