//! From the tree of the text to rules: names become numbered variables, scope by scope; whatever is computed inside an
//! atom moves into an `=` of its own; aggregates and ranges become literals.
//!
//! The scope of an aggregate (LANGUAGE, items 23 to 25): the variables of its target are its own even where the rule has
//! one of that name; every other variable that the rule grounds is the rule's; a variable that the rule mentions but does
//! not ground is a witness; the rest are its own.

use std::collections::{BTreeMap, BTreeSet};

use onus::symbol::{Interner, Symbol};
use onus::syntax::ast::{self, AggregateOp, CompareOp, Functor, TermKind};
use onus::value::{Float, Value};

use super::declare::Declarations;
use super::normal::{self, Simple};
use super::order;
use super::tree::{Aggregate, Atom, Callee, Literal, Rule, Term, Variable};
use super::user::User;
use crate::answers::Failure;

/// One head and one conjunction as a rule.
pub(super) fn rule<'a>(
    declarations: &'a Declarations,
    symbols: &'a Interner,
    relation: usize,
    arguments: &'a [ast::Term],
    body: &[Simple<'a>],
) -> Result<Rule, Failure> {
    let mut lower = Lower { declarations, symbols, count: 0 };
    let mut scope = Scope::default();
    for simple in body {
        lower.simple(&mut scope, *simple)?;
    }
    lower.check_arity(relation, arguments.len())?;
    let arguments = lower.terms(&mut scope, arguments)?;
    if arguments.iter().any(Term::has_wildcard) {
        return Err(Failure::Rejected("_ in a head".into()));
    }
    let body = lower.aggregates(scope, &BTreeSet::new())?;
    Ok(Rule { head: Atom { relation, arguments }, body, variables: lower.count, monotone: false })
}

struct Lower<'a> {
    declarations: &'a Declarations,
    symbols: &'a Interner,
    /// Variables so far.
    count: usize,
}

/// One conjunction while it is built: a rule's or an aggregate's.
#[derive(Default)]
struct Scope<'a> {
    /// The names that mean something here, those of outer scopes included.
    names: BTreeMap<Symbol, Variable>,
    /// The variables that were first named here.
    own: Vec<Variable>,
    /// One for each `_` of positive atoms; `None` where they need none, in a rule's own body.
    wildcards: Option<Vec<Variable>>,
    literals: Vec<Literal>,
    /// Aggregates met, with the variable of each one's value.
    pending: Vec<(Variable, &'a ast::Aggregate)>,
}

impl<'a> Lower<'a> {
    fn fresh(&mut self) -> Variable {
        self.count += 1;
        self.count - 1
    }

    fn simple(&mut self, scope: &mut Scope<'a>, simple: Simple<'a>) -> Result<(), Failure> {
        match simple {
            Simple::Positive(atom) => {
                let Atom { relation, arguments } = self.atom(scope, atom)?;
                let arguments = self.patterns(scope, arguments);
                scope.literals.push(Literal::Positive(Atom { relation, arguments }));
            }
            Simple::Negative(atom) => {
                let atom = self.atom(scope, atom)?;
                scope.literals.push(Literal::Negative(atom));
            }
            Simple::Compare { op, negated, left, right } => {
                let (left, right) = (self.term(scope, left)?, self.term(scope, right)?);
                if op == CompareOp::Equal {
                    equal(scope, left, right)?;
                } else if left.has_wildcard() || right.has_wildcard() {
                    return Err(Failure::Rejected("_ in a comparison".into()));
                } else {
                    scope.literals.push(Literal::Compare { op, negated, left, right });
                }
            }
            Simple::False => scope.literals.push(Literal::False),
        }
        Ok(())
    }

    fn atom(&mut self, scope: &mut Scope<'a>, atom: &'a ast::Atom) -> Result<Atom, Failure> {
        let relation = self.declarations.relation(atom.relation.symbol, self.symbols)?;
        self.check_arity(relation, atom.arguments.len())?;
        Ok(Atom { relation, arguments: self.terms(scope, &atom.arguments)? })
    }

    fn check_arity(&self, relation: usize, arity: usize) -> Result<(), Failure> {
        let relation = &self.declarations.relations[relation];
        if relation.columns.len() == arity {
            return Ok(());
        }
        Err(Failure::Rejected(format!("{} with {arity} arguments", relation.name)))
    }

    fn terms(&mut self, scope: &mut Scope<'a>, terms: &'a [ast::Term]) -> Result<Vec<Term>, Failure> {
        terms.iter().map(|term| self.term(scope, term)).collect()
    }

    fn term(&mut self, scope: &mut Scope<'a>, term: &'a ast::Term) -> Result<Term, Failure> {
        Ok(match &term.kind {
            TermKind::Variable(name) => Term::Variable(match scope.names.get(name) {
                Some(&variable) => variable,
                None => {
                    let variable = self.fresh();
                    scope.names.insert(*name, variable);
                    scope.own.push(variable);
                    variable
                }
            }),
            TermKind::Wildcard => Term::Wildcard,
            TermKind::Integer { magnitude, negative: false, unsigned: true } => {
                Term::Constant(Value::Unsigned(*magnitude))
            }
            TermKind::Integer { unsigned: true, .. } => {
                return Err(Failure::Rejected("a negative unsigned".into()));
            }
            &TermKind::Integer { magnitude, negative, unsigned: false } => Term::Integer { magnitude, negative },
            TermKind::Float(value) => Term::Constant(Value::Float(Float::new(*value))),
            TermKind::String(text) => Term::Constant(Value::Symbol(self.symbols.get(*text).to_owned())),
            TermKind::Nil => Term::Constant(Value::Nil),
            TermKind::Record(fields) => Term::Record(self.terms(scope, fields)?),
            TermKind::Branch { name, arguments } => {
                let text = self.symbols.get(name.symbol);
                match self.declarations.branches.get(text) {
                    Some((_, fields)) if fields.len() == arguments.len() => {
                        Term::Branch(text.to_owned(), self.terms(scope, arguments)?)
                    }
                    _ => return Err(Failure::Rejected(format!("no branch {text} with {} fields", arguments.len()))),
                }
            }
            TermKind::Call { functor: Functor::Range, arguments } => {
                let variable = self.fresh();
                let arguments = self.terms(scope, arguments)?;
                scope.literals.push(Literal::Range { variable, arguments });
                Term::Variable(variable)
            }
            TermKind::Call { functor, arguments } => {
                Term::Call(Callee::Functor(*functor), self.terms(scope, arguments)?)
            }
            TermKind::As { term, ty } => {
                let to = self.declarations.shape(ty.symbol, self.symbols)?;
                Term::As { term: Box::new(self.term(scope, term)?), from: None, to }
            }
            TermKind::Aggregate(aggregate) => {
                let variable = self.fresh();
                scope.pending.push((variable, aggregate));
                Term::Variable(variable)
            }
            TermKind::User { name, arguments } => {
                let name = self.symbols.get(name.symbol);
                let user = User::of(name).ok_or_else(|| Failure::Unsupported(format!("@{name}")))?;
                Term::Call(Callee::User(user), self.terms(scope, arguments)?)
            }
            TermKind::Autoinc => {
                let variable = self.fresh();
                scope.literals.push(Literal::Count { variable });
                Term::Variable(variable)
            }
            TermKind::Iteration => return Err(Failure::Unsupported("recursive_iteration_cnt()".into())),
        })
    }

    /// An argument of a positive atom: what is computed in it becomes a variable and an `=`.
    fn pattern(&mut self, scope: &mut Scope<'a>, term: Term) -> Term {
        match term {
            Term::Record(terms) => Term::Record(self.patterns(scope, terms)),
            Term::Branch(name, terms) => Term::Branch(name, self.patterns(scope, terms)),
            Term::As { term, from, to } => Term::As { term: Box::new(self.pattern(scope, *term)), from, to },
            Term::Call(..) => {
                let variable = Term::Variable(self.fresh());
                let (op, negated) = (CompareOp::Equal, false);
                scope.literals.push(Literal::Compare { op, negated, left: variable.clone(), right: term });
                variable
            }
            Term::Wildcard => match &mut scope.wildcards {
                Some(wildcards) => {
                    self.count += 1;
                    wildcards.push(self.count - 1);
                    Term::Variable(self.count - 1)
                }
                None => Term::Wildcard,
            },
            Term::Variable(_) | Term::Constant(_) | Term::Integer { .. } => term,
        }
    }

    fn patterns(&mut self, scope: &mut Scope<'a>, terms: Vec<Term>) -> Vec<Term> {
        terms.into_iter().map(|term| self.pattern(scope, term)).collect()
    }

    /// The literals of a finished scope, its aggregates among them. `bound` are variables of outer scopes.
    fn aggregates(&mut self, scope: Scope<'a>, bound: &BTreeSet<Variable>) -> Result<Vec<Literal>, Failure> {
        let values = scope.pending.iter().map(|&(variable, _)| variable);
        let grounded = order::grounded(&scope.literals, bound.iter().copied().chain(values).collect());
        let mut literals = scope.literals;
        let mut mentioned: BTreeSet<Variable> = BTreeSet::new();
        let mut witnesses = BTreeSet::new();
        for (variable, aggregate) in scope.pending {
            let aggregate = self.aggregate(aggregate, &scope.names, &grounded)?;
            for &witness in &aggregate.witnesses {
                if mentioned.contains(&witness) || !witnesses.insert(witness) {
                    return Err(Failure::Rejected("mutually dependent aggregates".into()));
                }
            }
            if aggregate.outer.iter().any(|outer| witnesses.contains(outer)) {
                return Err(Failure::Rejected("mutually dependent aggregates".into()));
            }
            mentioned.extend(aggregate.outer.iter().chain(&aggregate.witnesses));
            literals.push(Literal::Aggregate { variable, aggregate: Box::new(aggregate) });
        }
        Ok(literals)
    }

    fn aggregate(
        &mut self,
        aggregate: &'a ast::Aggregate,
        names: &BTreeMap<Symbol, Variable>,
        grounded: &BTreeSet<Variable>,
    ) -> Result<Aggregate, Failure> {
        let bodies = normal::bodies(Some(&aggregate.body))?;
        let [body] = bodies.as_slice() else {
            return Err(Failure::Rejected("a disjunction in an aggregate".into()));
        };
        let own_names = aggregate.target.as_ref().map(normal::named_in_term).unwrap_or_default();
        let names: BTreeMap<Symbol, Variable> =
            names.iter().filter(|(name, _)| !own_names.contains(name)).map(|(&name, &at)| (name, at)).collect();
        let visible: BTreeSet<Variable> = names.values().copied().collect();

        let mut scope = Scope { names, wildcards: Some(Vec::new()), ..Scope::default() };
        for simple in body {
            self.simple(&mut scope, *simple)?;
        }
        let target = aggregate.target.as_ref().map(|term| self.term(&mut scope, term)).transpose()?;
        if target.as_ref().is_some_and(Term::has_wildcard) {
            return Err(Failure::Rejected("_ as the target of an aggregate".into()));
        }

        let atoms = body.iter().filter(|simple| matches!(simple, Simple::Positive(_))).count();
        let counts_tuples = atoms == 1 && scope.pending.is_empty();
        let mut key = scope.own.clone();
        if counts_tuples {
            key.extend(scope.wildcards.take().unwrap_or_default());
        }

        let body = self.aggregates(scope, grounded)?;
        let mut mentioned = BTreeSet::new();
        body.iter().for_each(|literal| {
            literal.variables(&mut |variable| {
                mentioned.insert(variable);
            });
        });
        let shared = mentioned.intersection(&visible).copied();
        let (outer, witnesses): (BTreeSet<_>, BTreeSet<_>) = shared.partition(|variable| grounded.contains(variable));
        if !witnesses.is_empty() && !matches!(aggregate.op, AggregateOp::Min | AggregateOp::Max) {
            return Err(Failure::Rejected(format!("the witness of a {}", aggregate.op.name())));
        }
        key.extend(&witnesses);
        let witnesses = witnesses.into_iter().collect();
        Ok(Aggregate { op: aggregate.op, target, body, outer, key, witnesses, zero: Value::Number(0) })
    }
}

/// `left = right`; records and branches are equal field by field, so that either side can bind the other.
fn equal(scope: &mut Scope<'_>, left: Term, right: Term) -> Result<(), Failure> {
    match (left, right) {
        (Term::Wildcard, _) | (_, Term::Wildcard) => return Err(Failure::Rejected("_ in a comparison".into())),
        (Term::Record(left), Term::Record(right)) if left.len() == right.len() => fields(scope, left, right)?,
        (Term::Branch(name, left), Term::Branch(other, right)) if name == other && left.len() == right.len() => {
            fields(scope, left, right)?;
        }
        (Term::Record(_), Term::Record(_)) | (Term::Branch(..), Term::Branch(..)) => {
            scope.literals.push(Literal::False);
        }
        (left, right) => {
            scope.literals.push(Literal::Compare { op: CompareOp::Equal, negated: false, left, right });
        }
    }
    Ok(())
}

fn fields(scope: &mut Scope<'_>, left: Vec<Term>, right: Vec<Term>) -> Result<(), Failure> {
    for (left, right) in left.into_iter().zip(right) {
        if !matches!((&left, &right), (Term::Wildcard, _) | (_, Term::Wildcard)) {
            equal(scope, left, right)?;
        }
    }
    Ok(())
}
