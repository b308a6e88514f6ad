//! Puts proofs together: nodes for rule instances whose premises are proved already.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ask::{Asker, named};
use super::instance::{Explained, Inner, Instance, Instances, Premise};
use super::proof::{Contribution, NodeId, Proof, ProofNode};
use crate::eval::{Options, Stop};
use crate::model::{Model, Rank, Tuple};
use crate::program::{RelationId, RuleId};
use crate::storage::Row;

/// A proof in the making.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) proof: Proof,
    /// The tuples that are proved.
    pub(super) known: BTreeMap<Tuple, NodeId>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(model: &'a Model, options: &'a Options) -> Self {
        Self { asker: Asker::new(model, options), proof: Proof::default(), known: BTreeMap::new() }
    }

    /// Starts anew; `ranked` as in [`Proof::ranked`].
    pub(super) fn start(&mut self, ranked: bool) {
        self.known.clear();
        self.proof = Proof { complete: true, ranked, ..Proof::default() };
    }

    /// The finished proof.
    pub(super) fn finish(&mut self) -> Proof {
        let mut proof = std::mem::take(&mut self.proof);
        proof.values = Arc::clone(&self.asker.values);
        proof
    }

    fn push(&mut self, tuple: Option<Tuple>, node: ProofNode) -> NodeId {
        let id = NodeId(u32::try_from(self.proof.nodes.len()).unwrap_or(u32::MAX));
        self.proof.nodes.push(node);
        if let Some(tuple) = tuple {
            self.known.insert(tuple, id);
        }
        id
    }

    /// A tuple that was given.
    pub(super) fn given(&mut self, tuple: Tuple) {
        let origin = self.asker.model.origin(&tuple);
        self.push(Some(tuple.clone()), ProofNode::Given { tuple, origin });
    }

    /// A tuple that is not followed further.
    pub(super) fn cut(&mut self, tuple: Tuple) {
        self.proof.complete = false;
        self.push(Some(tuple.clone()), ProofNode::Cut { tuple });
    }

    /// A tuple that follows by a rule instance whose premises are proved.
    pub(super) fn derived(
        &mut self,
        tuple: Tuple,
        rule: RuleId,
        instances: &Instances,
        instance: &Instance,
        rank: Rank,
    ) -> Result<(), Stop> {
        let cuts = self.asker.before(rank);
        let premises = self.premises(&instances.body, instance, &cuts)?;
        let bindings = named(&instances.body, instance);
        let node = ProofNode::Derived { tuple: tuple.clone(), rule, bindings, premises, rank };
        self.push(Some(tuple), node);
        Ok(())
    }

    /// One node a literal; the tuples among them are proved already.
    fn premises(
        &mut self,
        body: &Explained,
        instance: &Instance,
        cuts: &[(RelationId, Row)],
    ) -> Result<Vec<NodeId>, Stop> {
        let mut nodes = Vec::new();
        for premise in &body.premises {
            let node = match premise {
                Premise::Positive { relation, columns } => {
                    let words = columns.iter().map(|&source| instance.word(source)).collect();
                    let tuple = Tuple { relation: *relation, words };
                    match self.known.get(&tuple) {
                        Some(&id) => id,
                        None => self.push(Some(tuple.clone()), ProofNode::Cut { tuple }),
                    }
                }
                Premise::Negative { relation, columns, span } => {
                    let pattern = columns.iter().map(|source| source.map(|source| instance.word(source))).collect();
                    self.push(None, ProofNode::Absent { relation: *relation, pattern, span: *span })
                }
                Premise::Compare { op, negated, left, right, ty, span, aggregates } => {
                    let (left, right) = (instance.word(*left), instance.word(*right));
                    let mut counted = Vec::new();
                    for inner in aggregates {
                        counted.push(self.counted(inner, instance, cuts)?);
                    }
                    let (op, negated, ty, span) = (*op, *negated, *ty, *span);
                    self.push(None, ProofNode::Compared { op, negated, left, right, ty, span, aggregates: counted })
                }
            };
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn counted(&mut self, inner: &Inner, instance: &Instance, cuts: &[(RelationId, Row)]) -> Result<NodeId, Stop> {
        let mut rows = Vec::new();
        for row in self.asker.rows(inner, instance, cuts)? {
            let premises = self.premises(&inner.body, &row, cuts)?;
            let bindings = inner.local.iter().map(|&(variable, column)| (variable, row.words[column])).collect();
            let target = inner.target.map(|target| row.word(target));
            rows.push(Contribution { bindings, target, premises });
        }
        let value = instance.word(inner.value);
        Ok(self.push(None, ProofNode::Counted { op: inner.op, value, ty: inner.ty, span: inner.span, rows }))
    }
}
