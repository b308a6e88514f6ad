//! Why a tuple holds: a greedy descent over ranks. Every derived tuple of round k has a rule instance whose premises in
//! the same stratum came before round k, so that each step takes the best such instance and goes on with its premises:
//! no backtracking, no cycles, and inside a stratum the least height.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::ask::{Asker, named};
use super::instance::{Explained, Inner, Instance, Instances, Premise};
use super::proof::{Contribution, NodeId, Proof, ProofNode};
use crate::eval::{Options, Stop};
use crate::model::{Model, Rank, Tuple};
use crate::program::{RelationId, RuleId};
use crate::storage::Row;

/// How far an explanation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nodes of the whole proof; beyond it tuples are cut.
    pub nodes: usize,
    /// Instances of one rule that are compared before the best so far is taken.
    pub instances: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 20_000, instances: 4_096 }
    }
}

/// Explains a tuple; nothing if the model does not have it.
///
/// The choice among instances is canonical: the least ranks of premises, latest first; then the order of the rules; then
/// the premises as text. It depends neither on threads nor on the order of facts.
///
/// # Errors
/// Someone interrupted, or a limit was met.
pub fn why(model: &Model, tuple: &Tuple, limits: Limits, options: &Options) -> Result<Option<Proof>, Stop> {
    Explainer::new(model, limits, options).why(tuple)
}

/// Explains tuples of one model, one after another: what it prepares for a rule serves all of them.
#[derive(Debug)]
pub struct Explainer<'a> {
    model: &'a Model,
    limits: Limits,
    asker: Asker<'a>,
    proof: Proof,
    known: BTreeMap<Tuple, NodeId>,
}

/// The chosen instance of a rule, and how many others there are.
type Best = (RuleId, Rc<Instances>, Instance, usize);

/// A tuple to be proved, or one whose premises are.
enum Task {
    Visit(Tuple),
    Finish(Tuple, RuleId, Rc<Instances>, Instance, Rank),
}

impl<'a> Explainer<'a> {
    /// An explainer of a model.
    #[must_use]
    pub fn new(model: &'a Model, limits: Limits, options: &'a Options) -> Self {
        Self { model, limits, asker: Asker::new(model, options), proof: Proof::default(), known: BTreeMap::new() }
    }

    /// As [`why`].
    ///
    /// # Errors
    /// As [`why`].
    pub fn why(&mut self, tuple: &Tuple) -> Result<Option<Proof>, Stop> {
        if self.model.row_of(tuple).is_none() {
            return Ok(None);
        }
        self.known.clear();
        self.proof = Proof { complete: true, ranked: true, ..Proof::default() };
        self.prove(tuple)?;
        let mut proof = std::mem::take(&mut self.proof);
        proof.values = Arc::clone(&self.asker.values);
        Ok(Some(proof))
    }

    fn prove(&mut self, root: &Tuple) -> Result<(), Stop> {
        // A stack of our own: proofs are as deep as recursions were long.
        let mut tasks = vec![Task::Visit(root.clone())];
        while let Some(task) = tasks.pop() {
            match task {
                Task::Visit(tuple) if self.known.contains_key(&tuple) => {}
                Task::Visit(tuple) => self.visit(tuple, &mut tasks)?,
                Task::Finish(tuple, rule, instances, instance, rank) => {
                    // A tuple that was asked for twice on the way is finished once.
                    if !self.known.contains_key(&tuple) {
                        let premises = self.premises(&instances.body, &instance)?;
                        let bindings = named(&instances.body, &instance);
                        let node = ProofNode::Derived { tuple: tuple.clone(), rule, bindings, premises, rank };
                        self.push(Some(tuple), node);
                    }
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, tuple: Option<Tuple>, node: ProofNode) -> NodeId {
        let id = NodeId(u32::try_from(self.proof.nodes.len()).unwrap_or(u32::MAX));
        self.proof.nodes.push(node);
        if let Some(tuple) = tuple {
            self.known.insert(tuple, id);
        }
        id
    }

    fn visit(&mut self, tuple: Tuple, tasks: &mut Vec<Task>) -> Result<(), Stop> {
        let Some(rank) = self.model.rank(&tuple) else {
            debug_assert!(false, "a premise that does not exist");
            return Ok(());
        };
        if rank.round == 0 {
            let origin = self.model.origin(&tuple);
            self.push(Some(tuple.clone()), ProofNode::Given { tuple, origin });
            return Ok(());
        }
        if self.proof.nodes.len() + tasks.len() >= self.limits.nodes {
            self.proof.complete = false;
            self.push(Some(tuple.clone()), ProofNode::Cut { tuple });
            return Ok(());
        }
        let root = tasks.is_empty() && self.proof.nodes.is_empty();
        let Some((rule, instances, instance, others)) = self.best(&tuple, rank)? else {
            // Only a database that does not belong to its program comes here; the certificate names such rows.
            self.proof.complete = false;
            self.push(Some(tuple.clone()), ProofNode::Cut { tuple });
            return Ok(());
        };
        if root {
            self.proof.alternatives = others;
        }
        let mut needed = Vec::new();
        self.asker.needs(&instances.body, &instance, &mut needed)?;
        tasks.push(Task::Finish(tuple, rule, instances, instance, rank));
        tasks.extend(needed.into_iter().rev().filter(|tuple| !self.known.contains_key(tuple)).map(Task::Visit));
        Ok(())
    }

    /// The best instance that gives a tuple, and how many others there are.
    fn best(&mut self, tuple: &Tuple, rank: Rank) -> Result<Option<Best>, Stop> {
        let model = self.model;
        let stratum = &model.program().strata[rank.stratum];
        let cut = |&id: &RelationId| (id, model.relation(id).end_of(rank.round - 1));
        let cuts: Vec<(RelationId, Row)> = stratum.relations.iter().map(cut).collect();
        let mut best: Option<(Vec<Rank>, RuleId, Rc<Instances>, Instance)> = None;
        let mut seen = 0;
        for &rule in stratum.rules.iter().filter(|&&rule| model.program().rule(rule).head == tuple.relation) {
            let instances = self.asker.prepare(rule);
            let Some(bound) = instances.bind(tuple) else { continue };
            for instance in self.asker.solve(&instances.body, &bound, &cuts, self.limits.instances)? {
                seen += 1;
                let ranks = self.asker.ranks(&instances.body, &instance);
                let better = match &best {
                    None => true,
                    Some((least, of, ..)) if ranks != *least || *of != rule => ranks < *least,
                    Some((_, _, _, other)) => {
                        self.asker.text(&instances.body, &instance) < self.asker.text(&instances.body, other)
                    }
                };
                if better {
                    best = Some((ranks, rule, Rc::clone(&instances), instance));
                }
            }
        }
        Ok(best.map(|(_, rule, instances, instance)| (rule, instances, instance, seen - 1)))
    }

    /// One node a literal; the tuples among them are proved already.
    fn premises(&mut self, body: &Explained, instance: &Instance) -> Result<Vec<NodeId>, Stop> {
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
                        counted.push(self.counted(inner, instance)?);
                    }
                    let (op, negated, ty, span) = (*op, *negated, *ty, *span);
                    self.push(None, ProofNode::Compared { op, negated, left, right, ty, span, aggregates: counted })
                }
            };
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn counted(&mut self, inner: &Inner, instance: &Instance) -> Result<NodeId, Stop> {
        let mut rows = Vec::new();
        for row in self.asker.rows(inner, instance)? {
            let premises = self.premises(&inner.body, &row)?;
            let bindings = inner.local.iter().map(|&(variable, column)| (variable, row.words[column])).collect();
            let target = inner.target.map(|target| row.word(target));
            rows.push(Contribution { bindings, target, premises });
        }
        let value = instance.word(inner.value);
        Ok(self.push(None, ProofNode::Counted { op: inner.op, value, ty: inner.ty, span: inner.span, rows }))
    }
}
