//! Rules ready to be evaluated: one head, one conjunction, variables numbered.
//!
//! In positive atoms and on the binding side of `=` stand patterns only: variables, constants, `_`, records, branches
//! and `as` of patterns. Anything computed stands in an `=` of its own; aggregates and `range` are literals that bind
//! a variable.

use std::collections::BTreeSet;

use onus::syntax::ast::{AggregateOp, CompareOp, Functor};
use onus::value::Value;

use super::declare::Shape;
use super::user::User;

/// A position in the bindings of a rule.
pub(super) type Variable = usize;

/// What is applied to terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callee {
    Functor(Functor),
    /// `@name`
    User(User),
}

#[derive(Clone, Debug)]
pub(super) enum Term {
    Variable(Variable),
    Wildcard,
    Constant(Value),
    /// An integer whose type is not known yet; a constant after typing.
    Integer {
        magnitude: u64,
        negative: bool,
    },
    Record(Vec<Term>),
    Branch(String, Vec<Term>),
    Call(Callee, Vec<Term>),
    /// The operand's bits read as another type.
    As {
        term: Box<Term>,
        /// The operand's own shape, where typing finds one.
        from: Option<Shape>,
        to: Shape,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub(super) relation: usize,
    pub(super) arguments: Vec<Term>,
}

#[derive(Clone, Debug)]
pub(super) enum Literal {
    Positive(Atom),
    Negative(Atom),
    /// `negated` turns `match` and `contains` round; the other comparisons have their opposites.
    Compare {
        op: CompareOp,
        negated: bool,
        left: Term,
        right: Term,
    },
    False,
    /// The variable takes every value of the range.
    Range {
        variable: Variable,
        arguments: Vec<Term>,
    },
    /// The variable takes a number that none had before; after everything else.
    Count {
        variable: Variable,
    },
    /// The variable takes the aggregate's value; for a least or greatest one the witnesses take theirs with it.
    Aggregate {
        variable: Variable,
        aggregate: Box<Aggregate>,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub(super) op: AggregateOp,
    pub(super) target: Option<Term>,
    pub(super) body: Vec<Literal>,
    /// Variables bound outside that the body mentions: they must be bound first.
    pub(super) outer: BTreeSet<Variable>,
    /// The variables whose distinct bindings are counted.
    pub(super) key: Vec<Variable>,
    /// Variables of the key that are used outside: the rows where the extremum is reached.
    pub(super) witnesses: Vec<Variable>,
    /// The sum of nothing, in the result's type.
    pub(super) zero: Value,
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) head: Atom,
    pub(super) body: Vec<Literal>,
    /// How many variables there are, those of aggregates included.
    pub(super) variables: usize,
    /// Whether its aggregates may read what is not complete.
    pub(super) monotone: bool,
}

impl Rule {
    /// Whether each instance takes a number of its own.
    pub(super) fn counts(&self) -> bool {
        self.body.iter().any(|literal| matches!(literal, Literal::Count { .. }))
    }

    /// Whether the rule reads one of some relations.
    pub(super) fn reads(&self, relations: &BTreeSet<usize>) -> bool {
        fn any(literals: &[Literal], relations: &BTreeSet<usize>) -> bool {
            literals.iter().any(|literal| match literal {
                Literal::Positive(atom) | Literal::Negative(atom) => relations.contains(&atom.relation),
                Literal::Aggregate { aggregate, .. } => any(&aggregate.body, relations),
                Literal::Compare { .. } | Literal::False | Literal::Range { .. } | Literal::Count { .. } => false,
            })
        }
        any(&self.body, relations)
    }
}

impl Term {
    /// Calls `visit` with each variable of the term.
    pub(super) fn variables(&self, visit: &mut impl FnMut(Variable)) {
        match self {
            Self::Variable(variable) => visit(*variable),
            Self::Wildcard | Self::Constant(_) | Self::Integer { .. } => {}
            Self::Record(terms) | Self::Branch(_, terms) | Self::Call(_, terms) => {
                terms.iter().for_each(|term| term.variables(visit));
            }
            Self::As { term, .. } => term.variables(visit),
        }
    }

    /// Whether a value can be taken apart along the term.
    pub(super) fn is_pattern(&self) -> bool {
        match self {
            Self::Variable(_) | Self::Wildcard | Self::Constant(_) | Self::Integer { .. } => true,
            Self::Record(terms) | Self::Branch(_, terms) => terms.iter().all(Self::is_pattern),
            Self::Call(..) => false,
            Self::As { term, .. } => term.is_pattern(),
        }
    }

    /// Whether the term has a `_` at any depth.
    pub(super) fn has_wildcard(&self) -> bool {
        match self {
            Self::Wildcard => true,
            Self::Variable(_) | Self::Constant(_) | Self::Integer { .. } => false,
            Self::Record(terms) | Self::Branch(_, terms) | Self::Call(_, terms) => terms.iter().any(Self::has_wildcard),
            Self::As { term, .. } => term.has_wildcard(),
        }
    }

    /// Whether the term has a value once the variables of `bound` have theirs.
    pub(super) fn is_bound(&self, bound: &BTreeSet<Variable>) -> bool {
        let mut all = !self.has_wildcard();
        self.variables(&mut |variable| all &= bound.contains(&variable));
        all
    }
}

impl Literal {
    /// Calls `visit` with each variable that the literal exchanges with its rule: of an aggregate not its own ones.
    pub(super) fn variables(&self, visit: &mut impl FnMut(Variable)) {
        match self {
            Self::Positive(atom) | Self::Negative(atom) => {
                atom.arguments.iter().for_each(|term| term.variables(visit));
            }
            Self::Compare { left, right, .. } => {
                left.variables(visit);
                right.variables(visit);
            }
            Self::False => {}
            Self::Count { variable } => visit(*variable),
            Self::Range { variable, arguments } => {
                visit(*variable);
                arguments.iter().for_each(|term| term.variables(visit));
            }
            Self::Aggregate { variable, aggregate } => {
                visit(*variable);
                aggregate.outer.iter().chain(&aggregate.witnesses).for_each(|&variable| visit(variable));
            }
        }
    }
}
