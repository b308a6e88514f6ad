//! The proof checker: it believes nothing that a proof says. Each node is checked against the rules and the model by
//! code that shares nothing with the search; it evaluates terms itself, and what an aggregate runs over is enumerated
//! anew by the solver of the certificate.

mod terms;

use std::collections::{BTreeMap, BTreeSet};

use super::certify::rows::Rows;
use super::certify::solve::{Environment, Solver};
use super::proof::{Contribution, NodeId, Proof, ProofNode};
use crate::diagnostic::{Diagnostic, code};
use crate::eval::{Options, Stop};
use crate::model::{Model, Rank, Tuple};
use crate::program::{Aggregate, Atom, Compare, CompareOp, Literal, RelationDecl, RelationId, RuleId};
use crate::source::Span;
use crate::storage::Relation;
use crate::value::Word;
use terms::{aggregates, has_wildcard};

/// What a check found in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many nodes were checked.
    pub nodes: usize,
    /// Tuples of the model that the proof does not follow further.
    pub cut: usize,
    /// Values of the counter `autoinc()`, for which nothing can vouch.
    pub counters: usize,
}

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The node at fault; none where the proof as a whole is.
    pub node: Option<NodeId>,
    /// What the node is about.
    pub about: Option<String>,
    /// The fault in words.
    pub reason: String,
}

impl Flaw {
    /// The fault as E0904.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let node = match (self.node, &self.about) {
            (Some(NodeId(id)), Some(about)) => format!("node {id}, {about}: "),
            (Some(NodeId(id)), None) => format!("node {id}: "),
            (None, _) => String::new(),
        };
        Diagnostic::new(code::BAD_PROOF, format!("{node}{}", self.reason))
    }
}

/// Checks a proof against a model. Given are the tuples of `given`, or those of the model where it is not passed.
///
/// The words of the proof must be words of its `values`, which must extend those of the model; proofs of the search and
/// proofs that were read back are such.
///
/// # Errors
/// Someone interrupted, or time ran out.
pub fn check_proof(
    model: &Model,
    proof: &Proof,
    given: Option<&BTreeSet<Tuple>>,
    options: &Options,
) -> Result<Result<Checked, Flaw>, Stop> {
    let rows = rows(model);
    let mut checker = Checker {
        model,
        proof,
        given,
        rows: &rows,
        solver: Solver::new(model, &rows, options).with_values(std::sync::Arc::clone(&proof.values)),
        checked: Checked { nodes: proof.nodes.len(), cut: 0, counters: 0 },
    };
    if proof.nodes.is_empty() {
        return Ok(Err(Flaw { node: None, about: None, reason: "the proof has no nodes".to_owned() }));
    }
    for (at, node) in (0..).zip(&proof.nodes) {
        let id = NodeId(at);
        match checker.node(id, node) {
            Ok(()) => {}
            Err(Fault::Stop(stop)) => return Err(stop),
            Err(Fault::Flaw(reason)) => {
                let about = node.tuple().map(|tuple| checker.literal(tuple));
                return Ok(Err(Flaw { node: Some(id), about, reason }));
            }
        }
    }
    if checker.checked.cut > 0 && proof.complete {
        let reason = "the proof says that it is complete, and is cut".to_owned();
        return Ok(Err(Flaw { node: None, about: None, reason }));
    }
    Ok(idle(proof).map_or(Ok(checker.checked), Err))
}

/// A conclusion is a tuple. What is no tuple is checked where it stands: so it must stand somewhere.
fn idle(proof: &Proof) -> Option<Flaw> {
    let flaw = |id: NodeId, reason: &str| Some(Flaw { node: Some(id), about: None, reason: reason.to_owned() });
    if proof.node(proof.root()).tuple().is_none() {
        return flaw(proof.root(), "the conclusion must be a tuple");
    }
    let used: BTreeSet<NodeId> = proof.nodes.iter().flat_map(ProofNode::premises).collect();
    let ids = (0..).map(NodeId).zip(&proof.nodes);
    let idle = ids.filter(|(_, node)| node.tuple().is_none()).find(|(id, _)| !used.contains(id));
    idle.and_then(|(id, _)| flaw(id, "it is the premise of nothing, so that nothing vouches for it"))
}

/// The rows of the relations that negations and aggregates read, which are all that a check looks up.
fn rows(model: &Model) -> Vec<Rows> {
    let program = model.program();
    let mut read = BTreeSet::new();
    for (_, rule) in program.rules() {
        rule.reads(&mut |relation, inside| {
            if inside {
                read.insert(relation);
            }
        });
    }
    let rows = |id: RelationId| {
        if read.contains(&id) { Rows::new(model.relation(id)) } else { Rows::new(&Relation::new(0)) }
    };
    program.relation_ids().map(rows).collect()
}

/// Why a check does not go on.
enum Fault {
    Stop(Stop),
    Flaw(String),
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self::Flaw(reason)
    }
}

/// A rule, or the body of an aggregate, under a binding.
struct Binding {
    environment: Environment,
    /// The values of aggregates that were checked, by their place in the rule.
    counted: BTreeMap<usize, Word>,
}

struct Checker<'a> {
    model: &'a Model,
    proof: &'a Proof,
    given: Option<&'a BTreeSet<Tuple>>,
    rows: &'a [Rows],
    solver: Solver<'a>,
    checked: Checked,
}

impl<'a> Checker<'a> {
    fn node(&mut self, id: NodeId, node: &'a ProofNode) -> Result<(), Fault> {
        if let Some(premise) = node.premises().into_iter().find(|premise| *premise >= id) {
            return Err(format!("it rests on node {}, which does not come before it", premise.0).into());
        }
        if let Some(tuple) = node.tuple() {
            let arity = self.model.program().relations.get(tuple.relation.0 as usize).map(RelationDecl::arity);
            if arity != Some(tuple.words.len()) {
                return Err("it is no tuple of the program".to_owned().into());
            }
        }
        match node {
            ProofNode::Given { tuple, .. } => {
                let given = match self.given {
                    Some(given) => given.contains(tuple),
                    None => self.model.rank(tuple).is_some_and(|rank| rank.round == 0),
                };
                if given { Ok(()) } else { Err("it was not given".to_owned().into()) }
            }
            ProofNode::Cut { tuple } => {
                self.checked.cut += 1;
                match self.model.row_of(tuple) {
                    Some(_) => Ok(()),
                    None => Err("it does not hold".to_owned().into()),
                }
            }
            ProofNode::Derived { tuple, rule, bindings, premises, rank } => {
                self.ranks(tuple, *rank, premises)?;
                // An aggregate that grew until the end is seen as it was when the tuple came.
                let program = self.model.program();
                let own = program.strata.get(rank.stratum).map_or(&[] as &[_], |stratum| &stratum.relations);
                let grows = program.rules.get(rule.0 as usize).is_some_and(|rule| rule.aggregates_over(own));
                self.solver.look_back(grows.then(|| (own.to_vec(), rank.round)));
                self.derived(tuple, *rule, bindings, premises)
            }
            // These are checked where they stand, against the literal that they are for.
            ProofNode::Absent { .. } | ProofNode::Compared { .. } | ProofNode::Counted { .. } => Ok(()),
        }
    }

    /// A tuple comes when its rank says, and, where the proof says that it follows the rounds, after its premises.
    fn ranks(&self, tuple: &Tuple, rank: Rank, premises: &[NodeId]) -> Result<(), Fault> {
        let known = self.model.rank(tuple).ok_or_else(|| "it does not hold".to_owned())?;
        if known != rank {
            let Rank { stratum, round } = known;
            return Err(format!("it came in round {round} of stratum {stratum}, not when its rank says").into());
        }
        for &premise in premises {
            let Some(other) = self.proof.node(premise).tuple() else { continue };
            let before = self.model.rank(other).ok_or_else(|| format!("node {} does not hold", premise.0))?;
            if self.proof.ranked && before >= rank {
                return Err(format!("node {} did not come before it", premise.0).into());
            }
        }
        Ok(())
    }

    fn derived(
        &mut self,
        tuple: &Tuple,
        rule: RuleId,
        bindings: &[(u32, Word)],
        premises: &[NodeId],
    ) -> Result<(), Fault> {
        let model = self.model;
        let Some(rule) = model.program().rules.get(rule.0 as usize) else {
            return Err("the program has no such rule".to_owned().into());
        };
        if rule.head != tuple.relation {
            return Err(format!("the rule derives {}", model.name(rule.head)).into());
        }
        let mut environment = vec![None; rule.variables.len()];
        bind(&mut environment, bindings)?;
        let mut binding = Binding { environment, counted: BTreeMap::new() };
        self.conjunction(&rule.body, premises, &mut binding)?;
        for (at, (term, &word)) in rule.arguments.iter().zip(&tuple.words).enumerate() {
            if !self.takes(term, word, &mut binding)? {
                return Err(format!("its column {} does not follow from the bindings", at + 1).into());
            }
        }
        Ok(())
    }

    /// Every literal holds by its premise. An aggregate has none of its own: it stands in a comparison (`check/lower.rs`).
    fn conjunction(&mut self, body: &'a [Literal], premises: &[NodeId], binding: &mut Binding) -> Result<(), Fault> {
        if premises.len() != body.len() {
            return Err(format!("{} premises are needed, and {} are there", body.len(), premises.len()).into());
        }
        // Atoms first: nothing else may bind a variable that the proof left out.
        for (literal, &premise) in body.iter().zip(premises) {
            if let Literal::Positive(atom) = literal {
                self.positive(atom, premise, binding)?;
            }
        }
        for (literal, &premise) in body.iter().zip(premises) {
            match literal {
                Literal::Positive(_) => {}
                Literal::Negative(atom) => self.negative(atom, premise, binding)?,
                Literal::Compare(compare) => self.compare(compare, premise, binding)?,
            }
        }
        Ok(())
    }

    fn positive(&mut self, atom: &'a Atom, premise: NodeId, binding: &mut Binding) -> Result<(), Fault> {
        let fits = match self.proof.node(premise).tuple() {
            Some(tuple) if tuple.relation == atom.relation => {
                let mut fits = true;
                for (term, &word) in atom.arguments.iter().zip(&tuple.words) {
                    fits = fits && self.takes(term, word, binding)?;
                }
                fits
            }
            _ => false,
        };
        if fits { Ok(()) } else { Err(self.misfit(premise, "", atom.span).into()) }
    }

    fn negative(&mut self, atom: &'a Atom, premise: NodeId, binding: &mut Binding) -> Result<(), Fault> {
        let ProofNode::Absent { relation, pattern, .. } = self.proof.node(premise) else {
            return Err(self.misfit(premise, "!", atom.span).into());
        };
        if *relation != atom.relation || pattern.len() != atom.arguments.len() {
            return Err(self.misfit(premise, "!", atom.span).into());
        }
        let mut columns = Vec::new();
        let mut key = Vec::new();
        for (at, (term, word)) in atom.arguments.iter().zip(pattern).enumerate() {
            match word {
                None if has_wildcard(term) => {}
                Some(word) if !has_wildcard(term) && self.takes(term, *word, binding)? => {
                    columns.push(at);
                    key.push(*word);
                }
                _ => return Err(self.misfit(premise, "!", atom.span).into()),
            }
        }
        // A pattern inside a record leaves rows to be looked at one by one.
        let rows = &self.rows[relation.0 as usize];
        let index = rows.index(&columns);
        for &row in index.get(&key).map_or(&[] as &[usize], Vec::as_slice) {
            let mut fits = true;
            for (term, &word) in atom.arguments.iter().zip(rows.row(row)) {
                fits = fits && (!has_wildcard(term) || self.takes(term, word, binding)?);
            }
            if fits {
                let words = rows.row(row).into();
                let found = self.literal(&Tuple { relation: *relation, words });
                return Err(format!("node {} says that nothing matches, and {found} does", premise.0).into());
            }
        }
        Ok(())
    }

    fn compare(&mut self, compare: &'a Compare, premise: NodeId, binding: &mut Binding) -> Result<(), Fault> {
        let proof = self.proof;
        let ProofNode::Compared { op, negated, left, right, ty, aggregates: nodes, .. } = proof.node(premise) else {
            return Err(self.misfit(premise, "", compare.span).into());
        };
        let inside: Vec<&Aggregate> = aggregates(&compare.left).into_iter().chain(aggregates(&compare.right)).collect();
        let same = *op == compare.op
            && *negated == compare.negated
            && self.model.program().types.kind(*ty) == compare.kind
            && inside.len() == nodes.len();
        if !same {
            return Err(self.misfit(premise, "", compare.span).into());
        }
        for (aggregate, &node) in inside.into_iter().zip(nodes) {
            self.aggregate(aggregate, node, binding)?;
        }
        let holds = if *op == CompareOp::Equal {
            *left == *right
        } else {
            let (functions, values) = self.solver.calculator();
            let result = functions.compare(*op, compare.kind, *left, *right, values);
            result.map_err(|failure| failure.message().to_owned())? != *negated
        };
        if !holds {
            return Err(format!("the comparison of node {} fails", premise.0).into());
        }
        // Of an equation one side may be a pattern that binds what nothing else does. Where that is the left one, the other
        // is computed first; where it is the right one, the left has its value anyway.
        for (term, word) in [(&compare.right, *right), (&compare.left, *left)] {
            if !self.takes(term, word, binding)? {
                return Err(self.misfit(premise, "", compare.span).into());
            }
        }
        Ok(())
    }

    /// An aggregate runs over all bindings of its body, over nothing else, and has the value that they give.
    fn aggregate(&mut self, aggregate: &'a Aggregate, node: NodeId, binding: &mut Binding) -> Result<(), Fault> {
        let proof = self.proof;
        let ProofNode::Counted { op, value, ty, rows, .. } = proof.node(node) else {
            return Err(self.misfit(node, "", aggregate.span).into());
        };
        // The group must be known before: what it is asked for must not be settled later.
        let open = aggregate.outer.iter().find(|outer| binding.environment[outer.0 as usize].is_none());
        if let Some(variable) = open {
            return Err(format!("variable {} has no value", variable.0).into());
        }
        let types = &self.model.program().types;
        if *op != aggregate.op || types.kind(*ty) != types.kind(aggregate.ty) {
            return Err(self.misfit(node, "", aggregate.span).into());
        }
        let mut keys = BTreeMap::new();
        for row in rows {
            let key = self.row(aggregate, node, row, binding)?;
            if keys.insert(key, row.target).is_some() {
                return Err(format!("node {} lists a row twice", node.0).into());
            }
        }
        let all = self.solver.contributions(aggregate, &binding.environment).map_err(Fault::Stop)?;
        let all = all.map_err(|failure| failure.message().to_owned())?;
        if let Some(((_, tuples), _)) = all.iter().find(|(key, _)| !keys.contains_key(*key)) {
            let row = tuples.first().map(|(relation, words)| {
                format!(": {}", self.literal(&Tuple { relation: *relation, words: words.as_slice().into() }))
            });
            return Err(format!("node {} leaves out a row{}", node.0, row.unwrap_or_default()).into());
        }
        if keys.len() != all.len() {
            return Err(format!("node {} lists a row that does not count", node.0).into());
        }
        let words: Vec<Word> = keys.values().filter_map(|word| *word).collect();
        let folded = self.solver.fold(aggregate, keys.len(), &words);
        if folded.map_err(|failure| failure.message().to_owned())? != Some(*value) {
            return Err(format!("the rows of node {} do not give its value", node.0).into());
        }
        binding.counted.insert(std::ptr::from_ref(aggregate).addr(), *value);
        Ok(())
    }

    /// One row of an aggregate: its literals hold, and it has the value that it says.
    fn row(
        &mut self,
        aggregate: &'a Aggregate,
        node: NodeId,
        row: &Contribution,
        outside: &Binding,
    ) -> Result<super::certify::solve::Key, Fault> {
        let mut inner = Binding { environment: outside.environment.clone(), counted: BTreeMap::new() };
        let own = |variable: u32| aggregate.local.iter().any(|local| local.0 == variable);
        if let Some((variable, _)) = row.bindings.iter().find(|(variable, _)| !own(*variable)) {
            return Err(format!("node {} binds variable {variable}, which is not its own", node.0).into());
        }
        bind(&mut inner.environment, &row.bindings)?;
        self.conjunction(&aggregate.body, &row.premises, &mut inner)?;
        match (&aggregate.target, row.target) {
            (None, None) => {}
            (Some(term), Some(word)) if self.takes(term, word, &mut inner)? => {}
            _ => return Err(format!("a row of node {} has another value than it says", node.0).into()),
        }
        let locals = aggregate.local.iter().map(|local| inner.environment[local.0 as usize]).collect();
        let tuples = if aggregate.by_name() {
            Vec::new()
        } else {
            let tuples = aggregate.body.iter().zip(&row.premises).filter_map(|(literal, &premise)| match literal {
                Literal::Positive(_) => self.proof.node(premise).tuple(),
                Literal::Negative(_) | Literal::Compare(_) => None,
            });
            tuples.map(|tuple| (tuple.relation, tuple.words.to_vec())).collect()
        };
        Ok((locals, tuples))
    }

    fn misfit(&self, premise: NodeId, sign: &str, span: Span) -> String {
        let literal: Vec<&str> = self.model.text(span).split_whitespace().collect();
        format!("node {} is no premise for `{sign}{}` under the bindings", premise.0, literal.join(" "))
    }

    /// A tuple as a program writes it; its words are the proof's.
    fn literal(&self, tuple: &Tuple) -> String {
        let types = &self.model.program().types;
        let Some(declared) = self.model.program().relations.get(tuple.relation.0 as usize) else {
            return "a tuple of no relation".to_owned();
        };
        let columns = declared.columns.iter().zip(&tuple.words);
        let values = columns.map(|(column, &word)| self.solver.values().decode(types, column.ty, word).literal());
        format!("{}({})", self.model.name(tuple.relation), values.collect::<Vec<_>>().join(", "))
    }
}

/// Sets variables.
fn bind(environment: &mut Environment, bindings: &[(u32, Word)]) -> Result<(), Fault> {
    for &(variable, word) in bindings {
        match environment.get_mut(variable as usize) {
            Some(slot) if slot.is_none_or(|known| known == word) => *slot = Some(word),
            Some(_) => return Err(format!("variable {variable} has two values").into()),
            None => return Err(format!("the rule has no variable {variable}").into()),
        }
    }
    Ok(())
}
