//! Subsumption while a stratum runs: a candidate that another tuple replaces does not come in. The others stay, also where
//! a later one replaces them: rows are never taken away, and what is left of them is a relation of its own.
//!
//! Of tuples of one round that replace each other the least by value stays, so that answers do not depend on the order of
//! work.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Options;
use super::function::{Failure, Functions};
use super::goal::{Question, solve};
use super::limits::Stop;
use super::statistics::Sizes;
use crate::plan::{BodyPlan, Slot, plan_body};
use crate::program::{Callee, Literal, Program, RelationDecl, RelationId, Role, Rule, RuleId, Term};
use crate::storage::Database;
use crate::value::{Values, Word};

/// The values of a rule's variables, where bound.
type Environment = Vec<Option<Word>>;

/// What replaces what in one relation, and the tuples that nothing replaced so far.
pub(super) struct Subsumption<'a> {
    program: &'a Program,
    declared: &'a RelationDecl,
    clauses: Vec<Clause<'a>>,
    /// Columns in which a tuple agrees with the one that replaces it.
    key: Vec<usize>,
    /// By those columns.
    live: FxHashMap<Box<[Word]>, Vec<Box<[Word]>>>,
}

/// One way for a tuple to be replaced.
struct Clause<'a> {
    id: RuleId,
    low: &'a [Term],
    high: &'a [Term],
    condition: Condition<'a>,
}

/// What must hold of the two tuples.
enum Condition<'a> {
    /// Comparisons of what the two tuples hold.
    Tests(&'a [Literal]),
    /// Anything else is asked like a goal, with the slots bound that the two tuples bind.
    Body(Vec<Slot>, Box<BodyPlan>),
}

/// What a test needs beside the tuples.
pub(super) struct Context<'c> {
    pub(super) database: &'c Database,
    pub(super) values: &'c mut Arc<Values>,
    pub(super) functions: &'c mut Functions,
    pub(super) options: &'c Options,
}

impl<'a> Subsumption<'a> {
    /// The subsumption of a relation of candidates.
    pub(super) fn of(program: &'a Program, id: RelationId, database: &Database) -> Option<Self> {
        let declared = program.relation(id);
        let Role::Candidates { replaced, .. } = declared.role else { return None };
        let mut clauses = Vec::new();
        for (id, rule) in program.rules().filter(|(_, rule)| rule.head == replaced) {
            let [Literal::Positive(low), Literal::Positive(high), rest @ ..] = rule.body.as_slice() else { continue };
            let (low, high) = (low.arguments.as_slice(), high.arguments.as_slice());
            clauses.push(Clause { id, low, high, condition: condition(program, rule, rest, database) });
        }
        let agree = |column: &usize| {
            clauses.iter().all(|clause| match (&clause.low[*column], &clause.high[*column]) {
                (Term::Variable(low), Term::Variable(high)) => low == high,
                _ => false,
            })
        };
        let key = (0..declared.arity()).filter(agree).collect();
        Some(Self { program, declared, clauses, key, live: FxHashMap::default() })
    }

    fn key(&self, tuple: &[Word]) -> Box<[Word]> {
        self.key.iter().map(|&column| tuple[column]).collect()
    }

    /// Knows of tuples that are there from the start, none of which replaces another.
    pub(super) fn begin<'r>(&mut self, rows: impl Iterator<Item = &'r [Word]>) {
        for row in rows {
            self.live.entry(self.key(row)).or_default().push(row.into());
        }
    }

    /// Of the tuples of a round (row after row) those that nothing replaces, in order of value.
    pub(super) fn choose(&mut self, words: &[Word], context: &mut Context<'_>) -> Result<Vec<Word>, Stop> {
        let arity = self.declared.arity();
        let mut rows: Vec<&[Word]> = words.chunks_exact(arity.max(1)).collect();
        rows.sort_unstable_by(|left, right| {
            let columns = self.declared.columns.iter().zip(left.iter().zip(*right));
            let mut orders = columns
                .map(|(column, (&left, &right))| context.values.compare(&self.program.types, column.ty, left, right));
            orders.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut groups: FxHashMap<Box<[Word]>, Vec<usize>> = FxHashMap::default();
        for (at, row) in rows.iter().enumerate() {
            let key = self.key(row);
            let mut stays = true;
            for other in self.live.get(&key).into_iter().flatten() {
                if **other == **row || self.replaces(other, row, context)? {
                    stays = false;
                    break;
                }
            }
            if stays {
                groups.entry(key).or_default().push(at);
            }
        }
        let mut kept = vec![false; rows.len()];
        let mut groups: Vec<(Box<[Word]>, Vec<usize>)> = groups.into_iter().collect();
        groups.sort_unstable_by_key(|(_, group)| group.first().copied());
        for (key, group) in groups {
            let chosen = self.thin(&rows, group, context)?;
            let mut live = self.live.remove(&key).unwrap_or_default();
            for &at in &chosen {
                kept[at] = true;
                let mut left = Vec::with_capacity(live.len() + 1);
                for other in live {
                    if !self.replaces(rows[at], &other, context)? {
                        left.push(other);
                    }
                }
                live = left;
            }
            live.extend(chosen.iter().map(|&at| Box::from(rows[at])));
            self.live.insert(key, live);
        }
        Ok(rows.iter().zip(kept).filter(|(_, kept)| *kept).flat_map(|(row, _)| row.iter().copied()).collect())
    }

    /// Of a group that came at once what none of those before it replaces, from the least on; and of those what none
    /// after it replaces. Each tuple that is left out is replaced by one that stays.
    fn thin(&self, rows: &[&[Word]], group: Vec<usize>, context: &mut Context<'_>) -> Result<Vec<usize>, Stop> {
        let [first, rest @ ..] = group.as_slice() else { return Ok(group) };
        if rest.is_empty() {
            return Ok(group);
        }
        // Most groups have one best tuple: found in one go, it leaves little to compare in pairs.
        let mut best = *first;
        for &at in rest {
            if self.replaces(rows[at], rows[best], context)? && !self.replaces(rows[best], rows[at], context)? {
                best = at;
            }
        }
        let mut open = Vec::new();
        for &at in &group {
            if at == best || !self.replaces(rows[best], rows[at], context)? {
                open.push(at);
            }
        }
        let up = self.pass(rows, open.iter().copied(), context)?;
        let mut left = self.pass(rows, up.iter().rev().copied(), context)?;
        left.reverse();
        // Where what is replaced by one is not always replaced by what replaces that one, this may have gone too far.
        let mut stays = left.iter().peekable();
        for &at in &group {
            if stays.next_if_eq(&&at).is_some() {
                continue;
            }
            let mut out = false;
            for &other in &left {
                if self.replaces(rows[other], rows[at], context)? {
                    out = true;
                    break;
                }
            }
            if !out {
                return self.pass(rows, group.iter().copied(), context);
            }
        }
        Ok(left)
    }

    fn pass(
        &self,
        rows: &[&[Word]],
        group: impl Iterator<Item = usize>,
        context: &mut Context<'_>,
    ) -> Result<Vec<usize>, Stop> {
        let mut kept: Vec<usize> = Vec::new();
        'rows: for at in group {
            for &other in &kept {
                if self.replaces(rows[other], rows[at], context)? {
                    continue 'rows;
                }
            }
            kept.push(at);
        }
        Ok(kept)
    }

    /// Whether one tuple replaces another.
    fn replaces(&self, high: &[Word], low: &[Word], context: &mut Context<'_>) -> Result<bool, Stop> {
        context.options.budget.poll(None)?;
        for clause in &self.clauses {
            let mut environment = vec![None; self.program.rule(clause.id).variables.len()];
            if take(clause.low, low, &mut environment)
                && take(clause.high, high, &mut environment)
                && self.holds(clause, &environment, context)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn holds(&self, clause: &Clause<'_>, environment: &Environment, context: &mut Context<'_>) -> Result<bool, Stop> {
        match &clause.condition {
            Condition::Tests(tests) => {
                let failed = |failure| Stop::Failed { rule: Some(clause.id), failure };
                for test in *tests {
                    if !self.test(test, environment, context).map_err(failed)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Body(slots, body) => {
                let bound: Vec<(Slot, Word)> =
                    slots.iter().filter_map(|&slot| Some((slot, environment[slot]?))).collect();
                let database = context.database;
                let question = Question { database, body, head: &[], bound: &bound, cuts: &[], limit: 1 };
                match solve(question, context.values, context.options) {
                    Err(Stop::Failed { failure, .. }) => Err(Stop::Failed { rule: Some(clause.id), failure }),
                    answers => Ok(!answers?.is_empty()),
                }
            }
        }
    }

    fn test(&self, test: &Literal, environment: &Environment, context: &mut Context<'_>) -> Result<bool, Failure> {
        let Literal::Compare(compare) = test else { return Ok(false) };
        let left = self.value(&compare.left, environment, context)?;
        let right = self.value(&compare.right, environment, context)?;
        let holds = context.functions.compare(compare.op, compare.kind, left, right, context.values)?;
        Ok(holds != compare.negated)
    }

    fn value(&self, term: &Term, environment: &Environment, context: &mut Context<'_>) -> Result<Word, Failure> {
        let words = |terms: &[Term], context: &mut Context<'_>| -> Result<Vec<Word>, Failure> {
            terms.iter().map(|term| self.value(term, environment, context)).collect()
        };
        match term {
            Term::Variable(variable) => Ok(environment[variable.0 as usize].unwrap_or_default()),
            Term::Constant(word, _) => Ok(*word),
            Term::Record(_, fields) => {
                let fields = words(fields, context)?;
                Ok(Arc::make_mut(context.values).record(&fields))
            }
            Term::Branch(_, tag, fields) => {
                let mut all = vec![*tag];
                all.extend(words(fields, context)?);
                Ok(Arc::make_mut(context.values).record(&all))
            }
            Term::As { term, from, to } => {
                let word = self.value(term, environment, context)?;
                let to = self.program.types.kind(*to);
                context.functions.reinterpret(*from, to, word, Arc::make_mut(context.values))
            }
            Term::Call(call) => {
                let arguments = words(&call.arguments, context)?;
                let kind = self.program.types.kind(call.ty);
                let values = Arc::make_mut(context.values);
                match call.functor {
                    Callee::Builtin(functor) => context.functions.call(functor, &call.kinds, kind, &arguments, values),
                    Callee::User(name) => {
                        let name = values.symbols.get(name).to_owned();
                        context.functions.user(&name, &arguments, values)
                    }
                }
            }
            // Tests have none of these.
            Term::Wildcard | Term::Autoinc | Term::Aggregate(_) => Ok(0),
        }
    }
}

/// Lets the arguments of an atom, variables and constants, take a tuple.
fn take(arguments: &[Term], tuple: &[Word], environment: &mut Environment) -> bool {
    arguments.iter().zip(tuple).all(|(term, &word)| match term {
        Term::Variable(variable) => *environment[variable.0 as usize].get_or_insert(word) == word,
        Term::Constant(constant, _) => *constant == word,
        _ => false,
    })
}

fn condition<'a>(program: &'a Program, rule: &'a Rule, rest: &'a [Literal], database: &Database) -> Condition<'a> {
    let mut bound = vec![false; rule.variables.len()];
    for literal in &rule.body[..2] {
        let Literal::Positive(atom) = literal else { continue };
        for term in &atom.arguments {
            if let Term::Variable(variable) = term {
                bound[variable.0 as usize] = true;
            }
        }
    }
    let plain = |term: &Term| {
        let mut plain = true;
        term.visit(&mut |inner| {
            plain &= match inner {
                Term::Variable(variable) => bound[variable.0 as usize],
                Term::Wildcard | Term::Autoinc | Term::Aggregate(_) => false,
                Term::Call(call) => call.functor != Callee::Builtin(crate::program::Functor::Range),
                Term::Constant(..) | Term::Record(..) | Term::Branch(..) | Term::As { .. } => true,
            };
        });
        plain
    };
    let test = |literal: &Literal| match literal {
        Literal::Compare(compare) => plain(&compare.left) && plain(&compare.right),
        Literal::Positive(_) | Literal::Negative(_) => false,
    };
    if rest.iter().all(test) {
        return Condition::Tests(rest);
    }
    let slots: Vec<Slot> = (0..bound.len()).filter(|&slot| bound[slot]).collect();
    let rule = Rule { arguments: Vec::new(), body: rest.to_vec(), ..rule.clone() };
    let (body, _) = plan_body(&program.types, &rule, None, &slots, &Sizes::new(database, &[]));
    Condition::Body(slots, Box::new(body))
}
