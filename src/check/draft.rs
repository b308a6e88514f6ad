//! A clause between text and program: names resolved and aggregates scoped, every node still with its place, types not
//! yet known. What could not be resolved is [`TermKind::Unknown`] or an atom without relation, and raises no second error.

use crate::program::{AggregateOp, CompareOp, Functor, RelationId, Signature, Variable};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::TypeId;

/// One head (none for a goal) and one conjunction.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) head: Option<Atom>,
    pub(super) body: Vec<Literal>,
    pub(super) variables: Vec<VariableInfo>,
    /// Variables that the text names outside aggregates.
    pub(super) named: Vec<Variable>,
    /// Columns of inlined relations that terms stood in. Where there are any, declared types were judged before.
    pub(super) expected: Vec<Expected>,
    /// How many [`Term::node`]s were given out.
    pub(super) nodes: usize,
}

/// That a term stands in a column.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) node: usize,
    pub(super) span: Span,
    pub(super) relation: RelationId,
    pub(super) column: usize,
}

/// What is known of a variable before its type is.
#[derive(Debug)]
pub(super) struct VariableInfo {
    pub(super) name: Symbol,
    /// Its first use.
    pub(super) span: Span,
    /// Shared by all its uses.
    pub(super) node: usize,
    /// Whether a check made it.
    pub(super) fresh: bool,
    /// Whether something grounds it.
    pub(super) bound: bool,
    /// Whether an error was reported about it, so that no other is.
    pub(super) reported: bool,
}

#[derive(Debug)]
pub(super) enum Literal {
    Positive(Atom),
    Negative(Atom),
    Compare(Compare),
}

#[derive(Debug)]
pub(super) struct Atom {
    /// None where the relation is unknown or the number of arguments wrong.
    pub(super) relation: Option<RelationId>,
    pub(super) arguments: Vec<Term>,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) struct Compare {
    pub(super) op: CompareOp,
    /// Only of `match` and `contains`.
    pub(super) negated: bool,
    pub(super) left: Term,
    pub(super) right: Term,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) struct Term {
    pub(super) kind: TermKind,
    pub(super) span: Span,
    /// Where inference keeps what it knows of the term.
    pub(super) node: usize,
}

#[derive(Debug)]
pub(super) enum TermKind {
    Variable(Variable),
    Wildcard,
    Integer {
        magnitude: u64,
        negative: bool,
        unsigned: bool,
    },
    Float(f64),
    String(Symbol),
    Nil,
    Autoinc,
    Record(Vec<Term>),
    Branch {
        ty: TypeId,
        rank: u32,
        arguments: Vec<Term>,
    },
    Call {
        functor: Functor,
        arguments: Vec<Term>,
    },
    User {
        functor: Signature,
        name: Symbol,
        arguments: Vec<Term>,
    },
    As {
        term: Box<Term>,
        ty: TypeId,
    },
    Aggregate(Box<Aggregate>),
    /// An error was reported here; the parts are still checked.
    Unknown(Vec<Term>),
}

#[derive(Debug)]
pub(super) struct Aggregate {
    pub(super) op: AggregateOp,
    pub(super) target: Option<Term>,
    pub(super) body: Vec<Literal>,
    pub(super) outer: Vec<Variable>,
    pub(super) local: Vec<Variable>,
}

impl Draft {
    pub(super) fn variable(&self, variable: Variable) -> &VariableInfo {
        &self.variables[variable.0 as usize]
    }
}

impl Literal {
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Positive(atom) | Self::Negative(atom) => atom.span,
            Self::Compare(compare) => compare.span,
        }
    }
}

impl Term {
    /// The terms directly inside, an aggregate's not included.
    pub(super) fn parts(&self) -> &[Term] {
        match &self.kind {
            TermKind::Record(terms)
            | TermKind::Branch { arguments: terms, .. }
            | TermKind::Call { arguments: terms, .. }
            | TermKind::User { arguments: terms, .. }
            | TermKind::Unknown(terms) => terms,
            TermKind::As { term, .. } => std::slice::from_ref(term),
            TermKind::Variable(_)
            | TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Aggregate(_) => &[],
        }
    }
}
