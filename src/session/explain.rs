//! What can be asked about tuples of the current model: why one holds, what it hangs on, why something does not.

use std::sync::Arc;

use super::{Failure, Session};
use crate::check;
use crate::explain::{
    self, Critical, CriticalLimits, Fixes, Limits, Proof, ProofLimits, Proofs, WhyNot, WitnessLimits, Witnesses,
};
use crate::model::{Model, Tuple};
use crate::syntax;
use crate::value::{Values, Word};

impl Session {
    /// The tuples that match an atom, written as for `why`: constants, variables and `_`.
    ///
    /// # Errors
    /// What is wrong with the atom.
    pub fn matching(&mut self, text: &str) -> Result<Pattern, Failure> {
        let model = self.current_model()?;
        let source = Arc::make_mut(&mut self.sources).add("<atom>", text);
        let mut values = Arc::clone(&self.values);
        let parsed = syntax::parse_atom(source, text, &mut Arc::make_mut(&mut values).symbols);
        let Some(atom) = parsed.atom else { return Err(self.failure(parsed.diagnostics)) };
        let pattern =
            check::pattern(model.program(), &atom, Arc::make_mut(&mut values)).map_err(|found| self.failure(found))?;
        Ok(Pattern { pattern, values })
    }

    /// One shortest proof of a tuple of the current model; nothing if it does not hold.
    ///
    /// ```
    /// # use onus::session::{MemoryLoader, Options, Session, parse_changes};
    /// # let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    /// # session.add_program("reach.dl", r#"
    /// #     .decl edge(from: symbol, to: symbol)
    /// #     .decl reach(from: symbol, to: symbol)
    /// #     edge("a", "b").  edge("b", "c").  edge("a", "c").
    /// #     @[label = "direct"]
    /// #     reach(x, y) :- edge(x, y).
    /// #     @[label = "onwards"]
    /// #     reach(x, z) :- reach(x, y), edge(y, z).
    /// # "#);
    /// # let failed = |failure: onus::session::Failure| format!("{:?}", failure.diagnostics);
    /// # let model = session.evaluate().map_err(failed)?;
    /// use onus::explain::ProofNode;
    ///
    /// let pattern = session.matching(r#"reach("a", "c")"#).map_err(failed)?;
    /// let tuple = pattern.tuples(&model).into_iter().next().ok_or("it does not hold")?;
    /// let proof = session.why(&tuple).map_err(failed)?.ok_or("it does not hold")?;
    /// // `edge("a", "c")`, then the conclusion by the rule `direct`.
    /// assert_eq!(proof.nodes.len(), 2);
    /// let ProofNode::Derived { rule, .. } = proof.node(proof.root()) else { return Err("given".into()) };
    /// assert_eq!(model.label(*rule), Some("direct"));
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// A limit was met, or someone interrupted.
    pub fn why(&self, tuple: &Tuple) -> Result<Option<Proof>, Failure> {
        let model = self.current_model()?;
        explain::why(&model, tuple, Limits::default(), &self.eval_options()).map_err(|stop| self.stopped(&stop))
    }

    /// A smallest proof of a tuple, by the nodes of its tree; nothing if it does not hold.
    ///
    /// # Errors
    /// As [`Session::why`].
    pub fn smallest(&self, tuple: &Tuple) -> Result<Option<Proof>, Failure> {
        let model = self.current_model()?;
        explain::smallest(&model, tuple, ProofLimits::default(), &self.eval_options())
            .map_err(|stop| self.stopped(&stop))
    }

    /// Up to `count` proofs of a tuple, the smallest first; nothing if it does not hold.
    ///
    /// # Errors
    /// As [`Session::why`].
    pub fn proofs(&self, tuple: &Tuple, count: usize) -> Result<Option<Proofs>, Failure> {
        let model = self.current_model()?;
        let limits = ProofLimits { proofs: count, ..ProofLimits::default() };
        explain::proofs(&model, tuple, limits, &self.eval_options()).map_err(|stop| self.stopped(&stop))
    }

    /// What a tuple cannot do without: facts, rules, absences, and pairs of facts of which one suffices; nothing if it
    /// does not hold.
    ///
    /// ```
    /// # use onus::session::{MemoryLoader, Options, Session, parse_changes};
    /// # let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    /// # session.add_program("reach.dl", r#"
    /// #     .decl edge(from: symbol, to: symbol)
    /// #     .decl reach(from: symbol, to: symbol)
    /// #     edge("a", "b").  edge("b", "c").  edge("a", "c").
    /// #     @[label = "direct"]
    /// #     reach(x, y) :- edge(x, y).
    /// #     @[label = "onwards"]
    /// #     reach(x, z) :- reach(x, y), edge(y, z).
    /// # "#);
    /// # let failed = |failure: onus::session::Failure| format!("{:?}", failure.diagnostics);
    /// # let model = session.evaluate().map_err(failed)?;
    /// let pattern = session.matching(r#"reach("a", "c")"#).map_err(failed)?;
    /// let tuple = pattern.tuples(&model).into_iter().next().ok_or("it does not hold")?;
    /// let found = session.critical(&tuple).map_err(failed)?.ok_or("it does not hold")?;
    /// // Without the rule for edges nothing is reached; no single edge is needed, but of two pairs one is.
    /// assert_eq!(found.rules.iter().map(|&rule| model.label(rule)).collect::<Vec<_>>(), [Some("direct")]);
    /// assert!(found.facts.is_empty() && found.complete);
    /// let pairs: Vec<_> = found.pairs.iter().map(|(one, other)| (model.literal(one), model.literal(other))).collect();
    /// let edge = |from: &str, to: &str| format!("edge(\"{from}\", \"{to}\")");
    /// assert_eq!(pairs, [(edge("a", "b"), edge("a", "c")), (edge("a", "c"), edge("b", "c"))]);
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// As [`Session::why`].
    pub fn critical(&self, tuple: &Tuple) -> Result<Option<Critical>, Failure> {
        let model = self.current_model()?;
        explain::critical(&model, tuple, CriticalLimits::default(), &self.eval_options())
            .map_err(|stop| self.stopped(&stop))
    }

    /// Minimal sets of given facts from which a tuple follows; nothing if it does not hold.
    ///
    /// # Errors
    /// As [`Session::why`].
    pub fn witnesses(&self, tuple: &Tuple) -> Result<Option<Witnesses>, Failure> {
        let model = self.current_model()?;
        explain::witnesses(&model, tuple, WitnessLimits::default(), &self.eval_options())
            .map_err(|stop| self.stopped(&stop))
    }

    /// Why nothing matches a pattern; nothing if something does.
    ///
    /// ```
    /// # use onus::session::{MemoryLoader, Options, Session, parse_changes};
    /// # let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    /// # session.add_program("reach.dl", r#"
    /// #     .decl edge(from: symbol, to: symbol)
    /// #     .decl reach(from: symbol, to: symbol)
    /// #     edge("a", "b").  edge("b", "c").  edge("a", "c").
    /// #     @[label = "direct"]
    /// #     reach(x, y) :- edge(x, y).
    /// #     @[label = "onwards"]
    /// #     reach(x, z) :- reach(x, y), edge(y, z).
    /// # "#);
    /// # let failed = |failure: onus::session::Failure| format!("{:?}", failure.diagnostics);
    /// # let model = session.evaluate().map_err(failed)?;
    /// use onus::explain::Failing;
    ///
    /// let pattern = session.matching(r#"reach("c", "a")"#).map_err(failed)?;
    /// let found = session.why_not(&pattern).map_err(failed)?.ok_or("it holds")?;
    /// // The nearest miss: the rule `direct`, of which the one literal fails.
    /// let miss = &found.misses[0];
    /// assert_eq!((model.label(miss.rule), miss.literals, miss.failing.len()), (Some("direct"), 1, 1));
    /// assert!(matches!(miss.failing[0], Failing::Missing { .. }));
    /// // One fact would mend it, and was tried.
    /// let fixes = session.fix(&pattern).map_err(failed)?;
    /// assert_eq!(model.literal_with(&fixes.values, &fixes.fixes[0].add[0]), r#"edge("c", "a")"#);
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// As [`Session::why`].
    pub fn why_not(&self, pattern: &Pattern) -> Result<Option<WhyNot>, Failure> {
        let model = self.current_model()?;
        let limits = explain::WhyNotLimits::default();
        explain::why_not(&model, &pattern.pattern, pattern.values(), limits, &self.eval_options())
            .map_err(|stop| self.stopped(&stop))
    }

    /// The smallest sets of facts that would make a pattern match something, each tried.
    ///
    /// # Errors
    /// As [`Session::why`].
    pub fn fix(&self, pattern: &Pattern) -> Result<Fixes, Failure> {
        let model = self.current_model()?;
        let limits = explain::FixLimits::default();
        explain::fix(&model, &pattern.pattern, pattern.values(), limits, &self.eval_options())
            .map_err(|stop| self.stopped(&stop))
    }
}

/// A relation with what is asked of its columns, and the values that its constants mean.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The checked atom.
    pub pattern: check::Pattern,
    values: Arc<Values>,
}

impl Pattern {
    /// What its constants mean.
    #[must_use]
    pub fn values(&self) -> Arc<Values> {
        Arc::clone(&self.values)
    }

    /// The tuple that was given under this name, replaced or not; nothing if the atom leaves something open, or the tuple
    /// was not given.
    #[must_use]
    pub fn given(&self, model: &Model) -> Option<Tuple> {
        let words: Option<Box<[Word]>> = self
            .pattern
            .arguments
            .iter()
            .map(|argument| match argument {
                check::Argument::Constant(word) => Some(*word),
                check::Argument::Variable(_) | check::Argument::Any => None,
            })
            .collect();
        let tuple = Tuple { relation: model.program().takes(self.pattern.relation), words: words? };
        model.rank(&tuple).is_some_and(|rank| rank.round == 0).then_some(tuple)
    }

    /// The tuples of a model that match, in the order of output.
    #[must_use]
    pub fn tuples(&self, model: &Model) -> Vec<crate::model::Tuple> {
        let id = self.pattern.relation;
        let types: Vec<_> = model.program().relation(id).columns.iter().map(|column| column.ty).collect();
        let mut same: Vec<(usize, usize)> = Vec::new();
        for (at, argument) in self.pattern.arguments.iter().enumerate() {
            if let check::Argument::Variable(_) = argument
                && let Some(first) = self.pattern.arguments[..at].iter().position(|other| other == argument)
            {
                same.push((first, at));
            }
        }
        let wanted: Vec<(usize, Word)> = self
            .pattern
            .arguments
            .iter()
            .enumerate()
            .filter_map(|(at, argument)| match argument {
                check::Argument::Constant(word) => Some((at, *word)),
                check::Argument::Variable(_) | check::Argument::Any => None,
            })
            .collect();
        let relation = model.relation(id);
        let mut rows: Vec<&[Word]> = if wanted.len() == types.len() {
            let tuple: Vec<Word> = wanted.iter().map(|&(_, word)| word).collect();
            relation.find(&tuple).map(|row| relation.row(row)).into_iter().collect()
        } else if wanted.is_empty() {
            relation.rows().collect()
        } else {
            let (columns, key): (Vec<usize>, Vec<Word>) = wanted.iter().copied().unzip();
            relation.matching(&columns, &key).iter().map(|&row| relation.row(row)).collect()
        };
        rows.retain(|row| same.iter().all(|&(left, right)| row[left] == row[right]));
        let values = model.values();
        let order = |left: &[Word], right: &[Word]| {
            let columns = types.iter().zip(left.iter().zip(right));
            columns
                .map(|(&ty, (&left, &right))| values.compare(&model.program().types, ty, left, right))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        };
        rows.sort_by(|left, right| order(left, right));
        rows.into_iter().map(|row| crate::model::Tuple { relation: id, words: row.into() }).collect()
    }

    /// The atom as text, with its constants as they were written.
    #[must_use]
    pub fn literal(&self, model: &Model) -> String {
        let relation = model.program().relation(self.pattern.relation);
        let arguments = self.pattern.arguments.iter().zip(&relation.columns).map(|(argument, column)| match argument {
            check::Argument::Constant(word) => self.values.decode(&model.program().types, column.ty, *word).literal(),
            check::Argument::Variable(name) => self.values.symbols.get(*name).to_owned(),
            check::Argument::Any => "_".to_owned(),
        });
        format!("{}({})", model.name(self.pattern.relation), arguments.collect::<Vec<_>>().join(", "))
    }
}
