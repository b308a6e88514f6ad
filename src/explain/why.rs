//! Why a tuple holds: a greedy descent over ranks. Every derived tuple of round k has a rule instance whose premises in
//! the same stratum came before round k, so that each step takes the best such instance and goes on with its premises:
//! no backtracking, no cycles, and inside a stratum the least height.

use std::rc::Rc;

use super::build::Builder;
use super::instance::{Instance, Instances};
use super::proof::Proof;
use crate::eval::{Options, Stop};
use crate::model::{Model, Rank, Tuple};
use crate::program::RuleId;

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
    builder: Builder<'a>,
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
        Self { model, limits, builder: Builder::new(model, options) }
    }

    /// As [`why`].
    ///
    /// # Errors
    /// As [`why`].
    pub fn why(&mut self, tuple: &Tuple) -> Result<Option<Proof>, Stop> {
        if self.model.row_of(tuple).is_none() {
            return Ok(None);
        }
        self.builder.start(true);
        self.prove(tuple)?;
        Ok(Some(self.builder.finish()))
    }

    fn prove(&mut self, root: &Tuple) -> Result<(), Stop> {
        // A stack of our own: proofs are as deep as recursions were long.
        let mut tasks = vec![Task::Visit(root.clone())];
        while let Some(task) = tasks.pop() {
            match task {
                Task::Visit(tuple) if self.builder.known.contains_key(&tuple) => {}
                Task::Visit(tuple) => self.visit(tuple, &mut tasks)?,
                Task::Finish(tuple, rule, instances, instance, rank) => {
                    // A tuple that was asked for twice on the way is finished once.
                    if !self.builder.known.contains_key(&tuple) {
                        self.builder.derived(tuple, rule, &instances, &instance, rank)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn visit(&mut self, tuple: Tuple, tasks: &mut Vec<Task>) -> Result<(), Stop> {
        let Some(rank) = self.model.rank(&tuple) else {
            debug_assert!(false, "a premise that does not exist");
            return Ok(());
        };
        if rank.round == 0 {
            self.builder.given(tuple);
            return Ok(());
        }
        if self.builder.proof.nodes.len() + tasks.len() >= self.limits.nodes {
            self.builder.cut(tuple);
            return Ok(());
        }
        let root = tasks.is_empty() && self.builder.proof.nodes.is_empty();
        let Some((rule, instances, instance, others)) = self.best(&tuple, rank)? else {
            // Only a database that does not belong to its program comes here; the certificate names such rows.
            self.builder.cut(tuple);
            return Ok(());
        };
        if root {
            self.builder.proof.alternatives = others;
        }
        let mut needed = Vec::new();
        let cuts = self.builder.asker.before(rank);
        self.builder.asker.needs(&instances.body, &instance, &cuts, &mut needed)?;
        tasks.push(Task::Finish(tuple, rule, instances, instance, rank));
        tasks.extend(needed.into_iter().rev().filter(|tuple| !self.builder.known.contains_key(tuple)).map(Task::Visit));
        Ok(())
    }

    /// The best instance that gives a tuple, and how many others there are.
    fn best(&mut self, tuple: &Tuple, rank: Rank) -> Result<Option<Best>, Stop> {
        let model = self.model;
        let stratum = &model.program().strata[rank.stratum];
        let cuts = self.builder.asker.before(rank);
        let mut best: Option<(Vec<Rank>, RuleId, Rc<Instances>, Instance)> = None;
        let mut seen = 0;
        for &rule in stratum.rules.iter().filter(|&&rule| model.program().rule(rule).head == tuple.relation) {
            let instances = self.builder.asker.prepare(rule);
            let Some(bound) = instances.bind(tuple) else { continue };
            for instance in self.builder.asker.solve(&instances.body, &bound, &cuts, self.limits.instances)? {
                seen += 1;
                let ranks = self.builder.asker.ranks(&instances.body, &instance);
                let better = match &best {
                    None => true,
                    Some((least, of, ..)) if ranks != *least || *of != rule => ranks < *least,
                    Some((_, _, _, other)) => {
                        self.builder.asker.text(&instances.body, &instance)
                            < self.builder.asker.text(&instances.body, other)
                    }
                };
                if better {
                    best = Some((ranks, rule, Rc::clone(&instances), instance));
                }
            }
        }
        Ok(best.map(|(_, rule, instances, instance)| (rule, instances, instance, seen - 1)))
    }
}
