//! A conjunction of the tree as a draft: names become variables, each in its scope.
//!
//! Aggregates and `range` leave the terms that they stand in: `p(count : { q(_) })` becomes `_1 = count : { q(_) },
//! p(_1)`. An aggregate sees the variables that the conjunction around it grounds; which these are is known only when the
//! rest of the conjunction is lowered, so aggregates wait ([`Slot::Pending`]) until [`Lowering::settle`] takes them up
//! (in `aggregates.rs`).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, code};
use crate::program::{CompareOp, Functor, RelationId, Role, Variable};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast;
use crate::value::{Type, TypeId, Values};

use super::draft::{Atom, Compare, Expected, Literal, Term, TermKind, VariableInfo};
use super::functors;
use super::iteration;
use super::normalise::Conjunct;
use super::resolve::{Known, Unknown, did_you_mean};

/// What a clause is checked with.
pub(super) struct Context<'a> {
    pub(super) known: Known<'a>,
    pub(super) values: &'a mut Values,
    pub(super) unknown: &'a mut Unknown,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    /// Relations whose rules are given what their heads name, by who asks; see [`super::inline`].
    pub(super) given: FxHashSet<Symbol>,
    /// What the types that only inlining names stand for: columns.
    pub(super) columns: FxHashMap<Symbol, (RelationId, usize)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        known: Known<'a>,
        values: &'a mut Values,
        unknown: &'a mut Unknown,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self { known, values, unknown, diagnostics, given: FxHashSet::default(), columns: FxHashMap::default() }
    }

    /// A term of which inlining says in which column it stands.
    fn in_column<'s>(&self, term: &'s ast::Term) -> Option<(&'s ast::Term, RelationId, usize)> {
        let ast::TermKind::As { term: inside, ty } = &term.kind else { return None };
        self.columns.get(&ty.symbol).map(|&(relation, column)| (inside.as_ref(), relation, column))
    }

    pub(super) fn text(&self, symbol: Symbol) -> &str {
        self.values.symbols.get(symbol)
    }
}

/// Where a term stands, which decides what `_` means there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An argument of a body atom, or inside a record there: `_` matches anything.
    Pattern,
    /// A side of `=`: inside a record, `_` matches anything; by itself it has no value.
    Side,
    /// Anywhere else: `_` has no value. The text says where.
    Value(&'static str),
}

/// One conjunction while its names are resolved.
#[derive(Default)]
pub(super) struct Level<'s> {
    /// What a name means here: the level's own variables, and those that it was given.
    pub(super) names: FxHashMap<Symbol, Variable>,
    /// Variables that were made here, in order.
    pub(super) own: Vec<Variable>,
    pub(super) slots: Vec<Slot<'s>>,
    /// Whether something was put into it in the place of an inlined relation.
    pub(super) inlined: bool,
}

/// A literal, or an aggregate that waits for the others.
pub(super) enum Slot<'s> {
    Ready(Literal),
    Pending(Pending<'s>),
}

/// `value = aggregate`, the aggregate not yet lowered.
pub(super) struct Pending<'s> {
    pub(super) value: Variable,
    pub(super) value_span: Span,
    pub(super) aggregate: &'s ast::Aggregate,
    pub(super) aggregate_span: Span,
    pub(super) span: Span,
}

impl Level<'_> {
    /// The literals that are there already.
    pub(super) fn ready(&self) -> impl Iterator<Item = &Literal> + Clone {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Ready(literal) => Some(literal),
            Slot::Pending(_) => None,
        })
    }
}

/// Makes the draft of one clause or goal.
pub(super) struct Lowering<'c, 'k> {
    pub(super) context: &'c mut Context<'k>,
    pub(super) variables: Vec<VariableInfo>,
    pub(super) nodes: usize,
    pub(super) fresh: u32,
    pub(super) expected: Vec<Expected>,
    /// Whether the clause was found too large.
    pub(super) exhausted: bool,
}

impl<'c, 'k> Lowering<'c, 'k> {
    pub(super) fn new(context: &'c mut Context<'k>) -> Self {
        Self { context, variables: Vec::new(), nodes: 0, fresh: 0, expected: Vec::new(), exhausted: false }
    }

    fn node(&mut self) -> usize {
        self.nodes += 1;
        self.nodes - 1
    }

    fn term(&mut self, kind: TermKind, span: Span) -> Term {
        let node = self.node();
        Term { kind, span, node }
    }

    pub(super) fn variable_term(&self, variable: Variable, span: Span) -> Term {
        Term { kind: TermKind::Variable(variable), span, node: self.variables[variable.0 as usize].node }
    }

    fn make(&mut self, level: &mut Level<'_>, name: Symbol, span: Span, fresh: bool) -> Variable {
        let node = self.node();
        let variable = Variable(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
        self.variables.push(VariableInfo { name, span, node, fresh, bound: false, reported: false });
        level.own.push(variable);
        variable
    }

    /// The variable of a name, made if new.
    pub(super) fn named(&mut self, level: &mut Level<'_>, name: Symbol, span: Span) -> Variable {
        if let Some(&variable) = level.names.get(&name) {
            return variable;
        }
        let variable = self.make(level, name, span, false);
        level.names.insert(name, variable);
        variable
    }

    /// A variable that the text does not name.
    pub(super) fn unnamed(&mut self, level: &mut Level<'_>, span: Span) -> Variable {
        self.fresh += 1;
        let name = self.context.values.symbols.intern(&format!("_{}", self.fresh));
        self.make(level, name, span, true)
    }

    pub(super) fn conjuncts<'s>(&mut self, level: &mut Level<'s>, conjuncts: &[Conjunct<'s>]) {
        for conjunct in conjuncts {
            let literal = match *conjunct {
                Conjunct::Positive(atom) => Literal::Positive(self.atom(level, atom, Place::Pattern)),
                Conjunct::Negative(atom) => Literal::Negative(self.atom(level, atom, Place::Pattern)),
                Conjunct::Compare { compare, op, negated } => {
                    let Some(literal) = self.compare(level, compare, op, negated) else { continue };
                    literal
                }
            };
            level.slots.push(Slot::Ready(literal));
        }
    }

    pub(super) fn atom<'s>(&mut self, level: &mut Level<'s>, atom: &'s ast::Atom, place: Place) -> Atom {
        let arguments = atom.arguments.iter().map(|term| self.lower(level, term, place)).collect();
        let Some(&id) = self.context.known.names.relations.get(&atom.relation.symbol) else {
            self.context.unknown.relation(atom.relation);
            return Atom { relation: None, arguments, span: atom.span };
        };
        let good = arity(self.context, id, atom);
        if self.context.known.decl(id).role == Role::Inlined {
            let name = self.context.text(atom.relation.symbol).to_owned();
            let message = format!("`{name}` has no tuples of its own: its rules need what their caller knows");
            let declared = self.context.known.decl(id).span;
            self.context.diagnostics.push(
                Diagnostic::at(code::INLINE, message, atom.span, "an inlined relation")
                    .label(declared, "declared `inline` here")
                    .help("ask for what its rules say"),
            );
        }
        Atom { relation: good.then_some(id), arguments, span: atom.span }
    }

    /// A comparison; nothing where an aggregate or range took its place.
    fn compare<'s>(
        &mut self,
        level: &mut Level<'s>,
        compare: &'s ast::Compare,
        op: CompareOp,
        negated: bool,
    ) -> Option<Literal> {
        if op == CompareOp::Equal && compare.op == CompareOp::Equal {
            for (variable, aggregate) in [(&compare.left, &compare.right), (&compare.right, &compare.left)] {
                if let (Some(name), ast::TermKind::Aggregate(body)) = (self.bare(variable), &aggregate.kind) {
                    let value = self.named(level, name, variable.span);
                    self.lower(level, variable, Place::Side);
                    level.slots.push(Slot::Pending(Pending {
                        value,
                        value_span: variable.span,
                        aggregate: body,
                        aggregate_span: aggregate.span,
                        span: compare.span,
                    }));
                    return None;
                }
                if let (Some(_), ast::TermKind::Call { functor: Functor::Range, arguments }) =
                    (self.bare(variable), &aggregate.kind)
                {
                    let left = self.lower(level, variable, Place::Side);
                    let right = self.call(level, Functor::Range, arguments, aggregate.span);
                    return Some(Literal::Compare(Compare { op, negated, left, right, span: compare.span }));
                }
            }
        }
        let place = match op {
            CompareOp::Equal => Place::Side,
            CompareOp::NotEqual
            | CompareOp::Less
            | CompareOp::LessEqual
            | CompareOp::Greater
            | CompareOp::GreaterEqual
            | CompareOp::Match
            | CompareOp::Contains => Place::Value("a comparison"),
        };
        let left = self.lower(level, &compare.left, place);
        let right = self.lower(level, &compare.right, place);
        Some(Literal::Compare(Compare { op, negated, left, right, span: compare.span }))
    }

    /// The name of a variable, whatever columns it stands in.
    fn bare(&self, mut term: &ast::Term) -> Option<Symbol> {
        while let Some((inside, ..)) = self.context.in_column(term) {
            term = inside;
        }
        if let ast::TermKind::Variable(name) = term.kind { Some(name) } else { None }
    }

    pub(super) fn lower<'s>(&mut self, level: &mut Level<'s>, term: &'s ast::Term, place: Place) -> Term {
        if let Some((inside, relation, column)) = self.context.in_column(term) {
            level.inlined = true;
            let term = self.lower(level, inside, place);
            self.expected.push(Expected { node: term.node, span: term.span, relation, column });
            return term;
        }
        let span = term.span;
        let inner = match place {
            Place::Pattern | Place::Side => Place::Pattern,
            Place::Value(_) => place,
        };
        let kind = match &term.kind {
            ast::TermKind::Variable(name) => {
                let variable = self.named(level, *name, span);
                return self.variable_term(variable, span);
            }
            ast::TermKind::Wildcard => match place {
                Place::Pattern => TermKind::Wildcard,
                Place::Side => self.wildcard("a comparison", span),
                Place::Value(what) => self.wildcard(what, span),
            },
            ast::TermKind::Integer { magnitude, negative, unsigned } => {
                TermKind::Integer { magnitude: *magnitude, negative: *negative, unsigned: *unsigned }
            }
            ast::TermKind::Float(value) => TermKind::Float(*value),
            ast::TermKind::String(text) => TermKind::String(*text),
            ast::TermKind::Nil => TermKind::Nil,
            ast::TermKind::Autoinc => TermKind::Autoinc,
            ast::TermKind::Iteration => return self.iteration(level, span),
            ast::TermKind::Record(fields) => {
                TermKind::Record(fields.iter().map(|field| self.lower(level, field, inner)).collect())
            }
            ast::TermKind::Branch { name, arguments } => {
                let arguments: Vec<Term> =
                    arguments.iter().map(|argument| self.lower(level, argument, inner)).collect();
                self.branch(*name, arguments, span)
            }
            ast::TermKind::Call { functor: Functor::Range, arguments } => {
                let value = self.unnamed(level, span);
                let left = self.variable_term(value, span);
                let right = self.call(level, Functor::Range, arguments, span);
                let op = CompareOp::Equal;
                level.slots.push(Slot::Ready(Literal::Compare(Compare { op, negated: false, left, right, span })));
                return self.variable_term(value, span);
            }
            ast::TermKind::Call { functor, arguments } => return self.call(level, *functor, arguments, span),
            ast::TermKind::User { name, arguments } => self.user(level, *name, arguments, span),
            ast::TermKind::As { term: inside, ty } => {
                let inside = self.lower(level, inside, inner);
                match self.context.known.names.types.get(&ty.symbol) {
                    Some(&Some(ty)) => TermKind::As { term: Box::new(inside), ty },
                    Some(None) => TermKind::Unknown(vec![inside]),
                    None => {
                        self.context.unknown.ty(*ty);
                        TermKind::Unknown(vec![inside])
                    }
                }
            }
            ast::TermKind::Aggregate(aggregate) => {
                let value = self.unnamed(level, span);
                level.slots.push(Slot::Pending(Pending {
                    value,
                    value_span: span,
                    aggregate,
                    aggregate_span: span,
                    span,
                }));
                return self.variable_term(value, span);
            }
        };
        self.term(kind, span)
    }

    /// The iteration counter: a variable, one for all its places, whose value the rounds are going to give.
    fn iteration(&mut self, level: &mut Level<'_>, span: Span) -> Term {
        let name = self.context.values.symbols.intern(iteration::COUNTER);
        if let Some(&variable) = level.names.get(&name) {
            return self.variable_term(variable, span);
        }
        let variable = self.make(level, name, span, true);
        level.names.insert(name, variable);
        let left = self.variable_term(variable, span);
        let right = self.term(TermKind::Integer { magnitude: 0, negative: false, unsigned: true }, span);
        let op = CompareOp::Equal;
        level.slots.push(Slot::Ready(Literal::Compare(Compare { op, negated: false, left, right, span })));
        self.variable_term(variable, span)
    }

    fn wildcard(&mut self, what: &str, span: Span) -> TermKind {
        self.context.diagnostics.push(
            Diagnostic::at(code::WILDCARD, format!("`_` has no value that {what} could use"), span, "any value")
                .help("name it, and bind the name in a positive atom"),
        );
        TermKind::Unknown(Vec::new())
    }

    fn branch(&mut self, name: ast::Path, arguments: Vec<Term>, span: Span) -> TermKind {
        let known = self.context.known;
        let Some(&(ty, rank)) = known.names.branches.get(&name.symbol) else {
            let text = self.context.text(name.symbol);
            let mut names: Vec<&str> = known.names.branches.keys().map(|&name| self.context.text(name)).collect();
            names.sort_unstable();
            let diagnostic = Diagnostic::at(
                code::UNKNOWN_BRANCH,
                format!("no branch is called `{text}`"),
                name.span,
                "not declared",
            )
            .maybe_help(did_you_mean(text, names));
            self.context.diagnostics.push(diagnostic);
            return TermKind::Unknown(arguments);
        };
        // A type whose declaration is wrong has no branches.
        let Type::Adt { branches } = known.types.get(ty) else { return TermKind::Unknown(arguments) };
        let Some(branch) = branches.get(rank as usize) else { return TermKind::Unknown(arguments) };
        if branch.fields.len() != arguments.len() {
            let text = self.context.text(name.symbol);
            let mut diagnostic = Diagnostic::at(
                code::WRONG_ARITY,
                format!("`${text}` has {}, not {}", plural(branch.fields.len(), "field"), arguments.len()),
                span,
                format!("{} here", plural(arguments.len(), "field")),
            );
            if let Some(declared) = known.types.span(ty) {
                diagnostic = diagnostic.label(declared, format!("`{}` is declared here", known.types.name(ty)));
            }
            self.context.diagnostics.push(diagnostic);
            return TermKind::Unknown(arguments);
        }
        TermKind::Branch { ty, rank, arguments }
    }

    fn call<'s>(&mut self, level: &mut Level<'s>, functor: Functor, arguments: &'s [ast::Term], span: Span) -> Term {
        let arguments: Vec<Term> =
            arguments.iter().map(|argument| self.lower(level, argument, Place::Value("a functor"))).collect();
        let (least, most) = functors::shape(functor).arity;
        if (least..=most).contains(&arguments.len()) {
            return self.term(TermKind::Call { functor, arguments }, span);
        }
        let takes = if least == most {
            plural(least, "argument")
        } else if most == usize::MAX {
            format!("at least {}", plural(least, "argument"))
        } else {
            format!("{least} to {}", plural(most, "argument"))
        };
        self.context.diagnostics.push(Diagnostic::at(
            code::WRONG_ARITY,
            format!("`{}` takes {takes}, not {}", functor.name(), arguments.len()),
            span,
            format!("{} here", plural(arguments.len(), "argument")),
        ));
        self.term(TermKind::Unknown(arguments), span)
    }

    fn user<'s>(&mut self, level: &mut Level<'s>, name: ast::Name, arguments: &'s [ast::Term], span: Span) -> TermKind {
        let arguments: Vec<Term> =
            arguments.iter().map(|argument| self.lower(level, argument, Place::Value("a functor"))).collect();
        let text = self.context.text(name.symbol);
        let registered = self.context.known.functors;
        let Some(functor) = functors::find(text, registered) else {
            let diagnostic = Diagnostic::at(
                code::UNKNOWN_FUNCTOR,
                format!("no functor is called `@{text}`"),
                name.span,
                "not known",
            )
            .maybe_help(did_you_mean(&format!("@{text}"), functors::names(registered)));
            self.context.diagnostics.push(diagnostic);
            return TermKind::Unknown(arguments);
        };
        if functor.parameters.len() != arguments.len() {
            let takes = plural(functor.parameters.len(), "argument");
            self.context.diagnostics.push(Diagnostic::at(
                code::WRONG_ARITY,
                format!("`{}` takes {takes}, not {}", functor.name, arguments.len()),
                span,
                format!("{} here", plural(arguments.len(), "argument")),
            ));
            return TermKind::Unknown(arguments);
        }
        TermKind::User { functor, name: name.symbol, arguments }
    }
}

/// Whether an atom has its relation's number of arguments; an error where not.
pub(super) fn arity(context: &mut Context<'_>, id: RelationId, atom: &ast::Atom) -> bool {
    let decl = context.known.decl(id);
    if decl.arity() == atom.arguments.len() {
        return true;
    }
    let name = context.text(decl.name);
    let diagnostic = Diagnostic::at(
        code::WRONG_ARITY,
        format!("`{name}` has {}, not {}", plural(decl.arity(), "column"), atom.arguments.len()),
        atom.span,
        format!("{} here", plural(atom.arguments.len(), "argument")),
    )
    .label(decl.span, format!("declared here as {}", signature(context, id)));
    context.diagnostics.push(diagnostic);
    false
}

/// `name(column: Type, ...)`
pub(super) fn signature(context: &Context<'_>, id: RelationId) -> String {
    let decl = context.known.decl(id);
    let columns: Vec<String> = decl
        .columns
        .iter()
        .map(|column| format!("{}: {}", context.text(column.name), context.known.types.name(column.ty)))
        .collect();
    format!("{}({})", context.text(decl.name), columns.join(", "))
}

pub(super) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The type of a record's or branch's field.
pub(super) fn field_types(known: Known<'_>, ty: TypeId, rank: Option<u32>) -> Option<Vec<TypeId>> {
    let fields = match (known.types.get(ty), rank) {
        (Type::Record { fields }, None) => fields,
        (Type::Adt { branches }, Some(rank)) => &branches.get(rank as usize)?.fields,
        (
            Type::Primitive(_) | Type::Subtype { .. } | Type::Union { .. } | Type::Record { .. } | Type::Adt { .. },
            _,
        ) => {
            return None;
        }
    };
    Some(fields.iter().map(|field| field.ty).collect())
}
