//! From a draft with known types to a rule: constants encoded, kinds written down. Total: where an error hides a type,
//! any will do, as no program comes of it.

use crate::diagnostic::{Diagnostic, code};
use crate::program::{self, Callee, VariableDecl};
use crate::value::{Kind, TypeId, Values, Word};

use super::draft::{Aggregate, Atom, Literal, Term, TermKind};
use super::flow::primitive;
use super::functors::Kinds;
use super::infer::Inference;
use super::lower::{Context, field_types};

/// Makes program terms of draft terms.
pub(super) struct Builder<'b, 'd, 'k> {
    pub(super) inference: &'b Inference<'d>,
    pub(super) context: &'b mut Context<'k>,
}

impl Builder<'_, '_, '_> {
    pub(super) fn variables(&self) -> Vec<VariableDecl> {
        let draft = self.inference.draft;
        (0..)
            .map(program::Variable)
            .zip(&draft.variables)
            .map(|(variable, info)| VariableDecl { name: info.name, ty: self.inference.variable(variable) })
            .collect()
    }

    pub(super) fn body(&mut self, literals: &[Literal]) -> Vec<program::Literal> {
        literals.iter().filter_map(|literal| self.literal(literal)).collect()
    }

    /// Nothing for an atom whose relation is unknown.
    fn literal(&mut self, literal: &Literal) -> Option<program::Literal> {
        Some(match literal {
            Literal::Positive(atom) => program::Literal::Positive(self.atom(atom)?),
            Literal::Negative(atom) => program::Literal::Negative(self.atom(atom)?),
            Literal::Compare(compare) => program::Literal::Compare(program::Compare {
                op: compare.op,
                negated: compare.negated,
                kind: self.kind(&compare.left),
                left: self.term(&compare.left, None),
                right: self.term(&compare.right, None),
                span: compare.span,
            }),
        })
    }

    pub(super) fn atom(&mut self, atom: &Atom) -> Option<program::Atom> {
        let relation = atom.relation?;
        let known = self.context.known;
        let columns = known.columns(relation);
        let arguments = atom.arguments.iter().zip(columns).map(|(argument, &ty)| self.term(argument, ty)).collect();
        Some(program::Atom { relation, arguments, span: atom.span })
    }

    fn kind(&self, term: &Term) -> Kind {
        self.inference.kind(term.node).unwrap_or(Kind::Number)
    }

    /// The type of a constant: the one wanted where its kind fits.
    fn ty(&self, term: &Term, wanted: Option<TypeId>) -> TypeId {
        let kind = self.kind(term);
        wanted
            .filter(|&ty| self.context.known.types.kind(ty) == kind)
            .or_else(|| self.inference.exact(term.node))
            .unwrap_or_else(|| primitive(Some(kind)))
    }

    fn term(&mut self, term: &Term, wanted: Option<TypeId>) -> program::Term {
        let ty = self.ty(term, wanted);
        match &term.kind {
            TermKind::Variable(variable) => program::Term::Variable(*variable),
            TermKind::Wildcard => program::Term::Wildcard,
            TermKind::Integer { magnitude, negative, .. } => {
                let kind = self.kind(term);
                let word = integer(self.context.values, kind, *magnitude, *negative);
                if word.is_none() && matches!(kind, Kind::Number | Kind::Unsigned | Kind::Float) {
                    let sign = if *negative { "-" } else { "" };
                    let phrase = Kinds::only(kind).phrase();
                    self.context.diagnostics.push(Diagnostic::at(
                        code::NUMBER_RANGE,
                        format!("{sign}{magnitude} does not fit {phrase}"),
                        term.span,
                        format!("{phrase} here"),
                    ));
                }
                program::Term::Constant(word.unwrap_or(0), ty)
            }
            TermKind::Float(value) => program::Term::Constant(self.context.values.float(*value), ty),
            TermKind::String(text) => program::Term::Constant(text.0, ty),
            TermKind::Nil | TermKind::Unknown(_) => program::Term::Constant(0, ty),
            TermKind::Autoinc => program::Term::Autoinc,
            TermKind::Record(fields) => {
                let types = field_types(self.context.known, ty, None).unwrap_or_default();
                let fields = self.parts(fields, &types);
                match words(&fields, None) {
                    Some(words) => program::Term::Constant(self.context.values.record(&words), ty),
                    None => program::Term::Record(ty, fields),
                }
            }
            TermKind::Branch { ty, rank, arguments } => {
                let types = field_types(self.context.known, *ty, Some(*rank)).unwrap_or_default();
                let fields = self.parts(arguments, &types);
                match words(&fields, Some(*rank)) {
                    Some(words) => program::Term::Constant(self.context.values.record(&words), *ty),
                    None => program::Term::Branch(*ty, *rank, fields),
                }
            }
            TermKind::Call { functor, arguments } => {
                self.call(Callee::Builtin(*functor), arguments, primitive(Some(self.kind(term))), term)
            }
            TermKind::User { name, functor, arguments } => {
                self.call(Callee::User(*name), arguments, primitive(Some(functor.result)), term)
            }
            TermKind::As { term: inner, ty } => {
                let from = self.kind(inner);
                let inner = self.term(inner, None);
                // A literal is of the type already.
                if let program::Term::Constant(word, _) = inner
                    && from == self.context.known.types.kind(*ty)
                {
                    return program::Term::Constant(word, *ty);
                }
                program::Term::As { term: Box::new(inner), from, to: *ty }
            }
            TermKind::Aggregate(aggregate) => self.aggregate(aggregate, term),
        }
    }

    fn parts(&mut self, parts: &[Term], types: &[TypeId]) -> Vec<program::Term> {
        parts.iter().enumerate().map(|(at, part)| self.term(part, types.get(at).copied())).collect()
    }

    fn call(&mut self, functor: Callee, arguments: &[Term], ty: TypeId, term: &Term) -> program::Term {
        let kinds = arguments.iter().map(|argument| self.kind(argument)).collect();
        let arguments = arguments.iter().map(|argument| self.term(argument, None)).collect();
        program::Term::Call(Box::new(program::Call { functor, kinds, ty, arguments, span: term.span }))
    }

    fn aggregate(&mut self, aggregate: &Aggregate, term: &Term) -> program::Term {
        let target = aggregate.target.as_ref().map(|target| self.term(target, None));
        let kind = self.kind(term);
        let ty = match (&target, aggregate.op) {
            (Some(program::Term::Variable(variable)), program::AggregateOp::Min | program::AggregateOp::Max) => {
                self.inference.variable(*variable)
            }
            _ => primitive(Some(kind)),
        };
        program::Term::Aggregate(Box::new(program::Aggregate {
            op: aggregate.op,
            target,
            kind,
            ty,
            body: self.body(&aggregate.body),
            outer: aggregate.outer.clone(),
            local: aggregate.local.clone(),
            span: term.span,
        }))
    }
}

/// The words of terms that are all constant, after a branch's rank.
fn words(terms: &[program::Term], rank: Option<u32>) -> Option<Vec<Word>> {
    let words = terms.iter().map(|term| if let program::Term::Constant(word, _) = term { Some(*word) } else { None });
    rank.map(Some).into_iter().chain(words).collect()
}

/// An integer literal as a number, unsigned or float; nothing where it does not fit.
pub(super) fn integer(values: &mut Values, kind: Kind, magnitude: u64, negative: bool) -> Option<Word> {
    match kind {
        Kind::Number => {
            let wide = i128::from(magnitude);
            i64::try_from(if negative { -wide } else { wide }).ok().map(|value| values.number(value))
        }
        Kind::Unsigned if negative && magnitude > 0 => None,
        Kind::Unsigned => Some(values.unsigned(magnitude)),
        Kind::Float => {
            // The nearest float is what a float literal of the same digits would be.
            #[allow(clippy::cast_precision_loss)]
            let value = magnitude as f64;
            Some(values.float(if negative { -value } else { value }))
        }
        Kind::Symbol | Kind::Record | Kind::Adt => None,
    }
}
