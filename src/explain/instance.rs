//! Rule instances: the bindings under which a rule gives a tuple, and the literals as they stand under each.
//!
//! A rule is rewritten once so that a solution tells everything: each `_` of a positive atom and each nested term gets
//! a variable of its own, so that every premise can be read off.

use crate::eval::Sizes;
use crate::model::{Model, Tuple};
use crate::plan::{BodyPlan, Expression, Slot, plan_body};
use crate::program::{
    Aggregate, AggregateOp, Atom, Compare, CompareOp, Literal, RelationId, Rule, Term, Variable, VariableDecl,
};
use crate::source::Span;
use crate::value::{Kind, TypeId, TypeTable, Word};

/// A value of a solution: a column of it, or a constant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Column(usize),
    Constant(Word),
}

/// A literal, ready to be read off a solution.
#[derive(Clone, Debug)]
pub(super) enum Premise {
    Positive {
        relation: RelationId,
        columns: Vec<Source>,
    },
    Negative {
        relation: RelationId,
        columns: Vec<Option<Source>>,
        span: Span,
    },
    Compare {
        op: CompareOp,
        negated: bool,
        left: Source,
        right: Source,
        ty: TypeId,
        span: Span,
        aggregates: Vec<Inner>,
    },
}

/// An aggregate within a literal.
#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) op: AggregateOp,
    pub(super) value: Source,
    pub(super) ty: TypeId,
    pub(super) span: Span,
    /// The variables that the rule passes in, with where the solution has them.
    pub(super) outer: Vec<(Slot, Source)>,
    /// The body's own variables with the columns of a solution of `body` that hold them.
    pub(super) local: Vec<(u32, usize)>,
    /// Whether solutions that differ only in unnamed places count once.
    pub(super) distinct: bool,
    pub(super) target: Option<Source>,
    pub(super) body: Explained,
}

/// A conjunction rewritten and planned, with what each column of its solutions means.
#[derive(Clone, Debug)]
pub(super) struct Explained {
    pub(super) plan: BodyPlan,
    pub(super) head: Vec<Expression>,
    pub(super) premises: Vec<Premise>,
    /// The rule's own variables with their columns.
    pub(super) named: Vec<(u32, usize)>,
}

/// How the head of a rule takes a tuple.
#[derive(Clone, Copy, Debug)]
enum Given {
    Slot(Slot),
    Constant(Word),
}

/// A rule ready to be asked for instances of a tuple.
#[derive(Clone, Debug)]
pub struct Instances {
    head: Vec<Given>,
    pub(super) body: Explained,
}

/// A binding of a rule's variables that makes its body true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// One word a column of the solution.
    pub(super) words: Box<[Word]>,
}

impl Instance {
    pub(super) fn word(&self, source: Source) -> Word {
        match source {
            Source::Column(column) => self.words[column],
            Source::Constant(word) => word,
        }
    }
}

impl Instances {
    /// Prepares a rule.
    #[must_use]
    pub fn new(model: &Model, rule: &Rule) -> Self {
        let types = &model.program().types;
        let mut rewrite = Rewrite::new(types, rule.variables.clone());
        let mut head = Vec::new();
        let mut taken = Vec::new();
        for (term, column) in rule.arguments.iter().zip(&model.program().relation(rule.head).columns) {
            head.push(match term {
                Term::Variable(variable) if !taken.contains(variable) => {
                    taken.push(*variable);
                    Given::Slot(variable.0 as usize)
                }
                Term::Constant(word, _) => Given::Constant(*word),
                other => {
                    let slot = rewrite.equate(other, column.ty, rule.span);
                    Given::Slot(slot)
                }
            });
        }
        let bound: Vec<Slot> =
            head.iter().filter_map(|given| if let Given::Slot(slot) = given { Some(*slot) } else { None }).collect();
        let premises = rewrite.literals(&rule.body, model);
        let body = rewrite.finish(model, rule, &bound, premises);
        Self { head, body }
    }

    /// The slots that a tuple binds; nothing if the head's constants exclude it.
    pub(super) fn bind(&self, tuple: &Tuple) -> Option<Vec<(Slot, Word)>> {
        let mut bound = Vec::new();
        for (given, &word) in self.head.iter().zip(&tuple.words) {
            match *given {
                Given::Slot(slot) => bound.push((slot, word)),
                Given::Constant(constant) if constant == word => {}
                Given::Constant(_) => return None,
            }
        }
        Some(bound)
    }
}

/// A conjunction in rewriting.
struct Rewrite<'a> {
    types: &'a TypeTable,
    /// How many variables the rule has by itself.
    own: usize,
    variables: Vec<VariableDecl>,
    body: Vec<Literal>,
    /// Slots whose values a solution lists, in order.
    columns: Vec<Slot>,
}

impl<'a> Rewrite<'a> {
    fn new(types: &'a TypeTable, variables: Vec<VariableDecl>) -> Self {
        Self { types, own: variables.len(), variables, body: Vec::new(), columns: Vec::new() }
    }

    fn fresh(&mut self, ty: TypeId) -> Variable {
        let name = self.variables.first().map_or(crate::symbol::Symbol(0), |variable| variable.name);
        self.variables.push(VariableDecl { name, ty });
        Variable(u32::try_from(self.variables.len() - 1).unwrap_or(u32::MAX))
    }

    /// A new variable that equals a term.
    fn equate(&mut self, term: &Term, ty: TypeId, span: Span) -> Slot {
        let variable = self.fresh(ty);
        let kind = self.types.kind(ty);
        self.body.push(Literal::Compare(Compare {
            op: CompareOp::Equal,
            negated: false,
            kind,
            left: Term::Variable(variable),
            right: term.clone(),
            span,
        }));
        variable.0 as usize
    }

    fn column(&mut self, slot: Slot) -> Source {
        let at = self.columns.iter().position(|&other| other == slot).unwrap_or_else(|| {
            self.columns.push(slot);
            self.columns.len() - 1
        });
        Source::Column(at)
    }

    fn source(&mut self, term: &Term, ty: TypeId, span: Span) -> Source {
        self.once(term, ty, span).1
    }

    /// A term that stands for another where it is used, and where its value is found.
    fn once(&mut self, term: &Term, ty: TypeId, span: Span) -> (Term, Source) {
        match term {
            Term::Variable(variable) => (term.clone(), self.column(variable.0 as usize)),
            Term::Constant(word, _) => (term.clone(), Source::Constant(*word)),
            other => {
                let slot = self.equate(other, ty, span);
                (Term::Variable(Variable(u32::try_from(slot).unwrap_or(u32::MAX))), self.column(slot))
            }
        }
    }

    /// Replaces every `_` in a term of a positive atom. Nothing asks of what type such a variable is.
    fn name_wildcards(&mut self, term: &Term) -> Term {
        match term {
            Term::Wildcard => Term::Variable(self.fresh(TypeId::NUMBER)),
            Term::Record(record, fields) => {
                Term::Record(*record, fields.iter().map(|field| self.name_wildcards(field)).collect())
            }
            Term::Branch(adt, tag, fields) => {
                Term::Branch(*adt, *tag, fields.iter().map(|field| self.name_wildcards(field)).collect())
            }
            other => other.clone(),
        }
    }

    /// Rewrites literals, of which those with aggregates are comparisons (`check/lower.rs`).
    fn literals(&mut self, body: &[Literal], model: &Model) -> Vec<Premise> {
        body.iter().map(|literal| self.literal(literal, model)).collect()
    }

    fn literal(&mut self, literal: &Literal, model: &Model) -> Premise {
        match literal {
            Literal::Positive(atom) => {
                let types: Vec<TypeId> =
                    model.program().relation(atom.relation).columns.iter().map(|column| column.ty).collect();
                let mut columns = Vec::new();
                let mut arguments = Vec::new();
                for (term, &ty) in atom.arguments.iter().zip(&types) {
                    let term = self.name_wildcards(term);
                    let (term, source) = self.once(&term, ty, atom.span);
                    arguments.push(term);
                    columns.push(source);
                }
                self.body.push(Literal::Positive(Atom { relation: atom.relation, arguments, span: atom.span }));
                Premise::Positive { relation: atom.relation, columns }
            }
            Literal::Negative(atom) => {
                let types: Vec<TypeId> =
                    model.program().relation(atom.relation).columns.iter().map(|column| column.ty).collect();
                let mut columns = Vec::new();
                let mut arguments = Vec::new();
                for (term, ty) in atom.arguments.iter().zip(types) {
                    if has_wildcard(term) {
                        columns.push(None);
                        arguments.push(term.clone());
                    } else {
                        let (term, source) = self.once(term, ty, atom.span);
                        columns.push(Some(source));
                        arguments.push(term);
                    }
                }
                self.body.push(Literal::Negative(Atom { relation: atom.relation, arguments, span: atom.span }));
                Premise::Negative { relation: atom.relation, columns, span: atom.span }
            }
            Literal::Compare(compare) => {
                let ty = type_of(&self.variables, compare);
                let (left, right) = if compare.op == CompareOp::Equal {
                    let both = self.equal(compare, ty);
                    (both, both)
                } else {
                    let (left, left_source) = self.once(&compare.left, ty, compare.span);
                    let (right, right_source) = self.once(&compare.right, ty, compare.span);
                    self.body.push(Literal::Compare(Compare { left, right, ..compare.clone() }));
                    (left_source, right_source)
                };
                let inside: Vec<&Aggregate> =
                    aggregates(&compare.left).into_iter().chain(aggregates(&compare.right)).collect();
                let aggregates = inside.into_iter().map(|aggregate| self.inner(aggregate, model)).collect();
                Premise::Compare {
                    op: compare.op,
                    negated: compare.negated,
                    left,
                    right,
                    ty,
                    span: compare.span,
                    aggregates,
                }
            }
        }
    }

    /// Adds an equation, and gives the one value that both sides have. Each side stands in the body once: a `range` that
    /// stood there twice would count twice, and a pattern with `_` has no value of its own.
    fn equal(&mut self, compare: &Compare, ty: TypeId) -> Source {
        let mut plain = [&compare.left, &compare.right].into_iter();
        if let Some(term) = plain.find(|term| matches!(term, Term::Variable(_) | Term::Constant(..))) {
            self.body.push(Literal::Compare(compare.clone()));
            return self.source(term, ty, compare.span);
        }
        let slot = self.equate(&compare.left, ty, compare.span);
        let left = Term::Variable(Variable(u32::try_from(slot).unwrap_or(u32::MAX)));
        self.body.push(Literal::Compare(Compare { left, ..compare.clone() }));
        self.column(slot)
    }

    fn inner(&mut self, aggregate: &Aggregate, model: &Model) -> Inner {
        let value = Term::Aggregate(Box::new(aggregate.clone()));
        let slot = self.equate(&value, aggregate.ty, aggregate.span);
        let value = self.column(slot);
        let outer: Vec<(Slot, Source)> =
            aggregate.outer.iter().map(|variable| (variable.0 as usize, self.column(variable.0 as usize))).collect();
        let mut rewrite = Rewrite::new(self.types, self.variables.clone());
        let premises = rewrite.literals(&aggregate.body, model);
        let target = aggregate.target.as_ref().map(|target| rewrite.source(target, aggregate.ty, aggregate.span));
        let local: Vec<(u32, usize)> = aggregate
            .local
            .iter()
            .filter_map(|variable| match rewrite.column(variable.0 as usize) {
                Source::Column(column) => Some((variable.0, column)),
                Source::Constant(_) => None,
            })
            .collect();
        let bound: Vec<Slot> = outer.iter().map(|&(slot, _)| slot).collect();
        let like = Rule {
            head: RelationId(0),
            arguments: Vec::new(),
            body: Vec::new(),
            variables: Vec::new(),
            label: None,
            quiet: false,
            monotone: false,
            doc: None,
            span: aggregate.span,
            clause: 0,
            plan: Vec::new(),
        };
        let body = rewrite.finish(model, &like, &bound, premises);
        let (op, ty, span) = (aggregate.op, aggregate.ty, aggregate.span);
        Inner { op, value, ty, span, outer, local, distinct: aggregate.by_name(), target, body }
    }

    fn finish(mut self, model: &Model, rule: &Rule, bound: &[Slot], premises: Vec<Premise>) -> Explained {
        // Variables of the rule that no literal shows (they can only stand in the head) are listed too.
        let mut used = vec![false; self.variables.len()];
        for literal in &self.body {
            mark(literal, &mut used);
        }
        bound.iter().for_each(|&slot| used[slot] = true);
        for (slot, _) in used.iter().enumerate().take(self.own).filter(|(_, used)| **used) {
            self.column(slot);
        }
        let named = self.columns.iter().enumerate().filter(|(_, slot)| **slot < self.own);
        let named = named.map(|(column, &slot)| (u32::try_from(slot).unwrap_or(u32::MAX), column)).collect();
        let variable = |slot: usize| Term::Variable(Variable(u32::try_from(slot).unwrap_or(u32::MAX)));
        let arguments = self.columns.iter().map(|&slot| variable(slot)).collect();
        let rule = Rule { arguments, body: self.body, variables: self.variables, ..rule.clone() };
        let sizes = Sizes::new(model.database(), &[]);
        let (plan, head) = plan_body(self.types, &rule, None, bound, &sizes);
        Explained { plan, head, premises, named }
    }
}

/// The type in which the two sides of a comparison are shown.
pub(super) fn type_of(variables: &[VariableDecl], compare: &Compare) -> TypeId {
    let of = |term: &Term| match term {
        Term::Variable(variable) => Some(variables[variable.0 as usize].ty),
        Term::Constant(_, ty) | Term::Record(ty, _) | Term::Branch(ty, ..) | Term::As { to: ty, .. } => Some(*ty),
        Term::Call(call) => Some(call.ty),
        Term::Aggregate(aggregate) => Some(aggregate.ty),
        Term::Wildcard | Term::Autoinc => None,
    };
    // A constant `nil` may carry a type of its own; a record's variable knows better.
    let sides = [&compare.left, &compare.right];
    let first = sides.iter().find_map(|term| if matches!(term, Term::Constant(..)) { None } else { of(term) });
    first.or_else(|| of(&compare.left)).unwrap_or(match compare.kind {
        Kind::Unsigned => TypeId::UNSIGNED,
        Kind::Float => TypeId::FLOAT,
        Kind::Symbol => TypeId::SYMBOL,
        Kind::Number | Kind::Record | Kind::Adt => TypeId::NUMBER,
    })
}

/// Marks the variables of a literal, those inside aggregates left out.
fn mark(literal: &Literal, used: &mut [bool]) {
    fn term(term_: &Term, used: &mut [bool]) {
        match term_ {
            Term::Variable(variable) => used[variable.0 as usize] = true,
            Term::Wildcard | Term::Constant(..) | Term::Autoinc => {}
            Term::Call(call) => call.arguments.iter().for_each(|inner| term(inner, used)),
            Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().for_each(|inner| term(inner, used)),
            Term::As { term: inner, .. } => term(inner, used),
            Term::Aggregate(aggregate) => {
                aggregate.outer.iter().for_each(|variable| used[variable.0 as usize] = true);
            }
        }
    }
    match literal {
        Literal::Positive(atom) | Literal::Negative(atom) => {
            atom.arguments.iter().for_each(|inner| term(inner, used));
        }
        Literal::Compare(compare) => {
            term(&compare.left, used);
            term(&compare.right, used);
        }
    }
}

fn has_wildcard(term: &Term) -> bool {
    match term {
        Term::Wildcard => true,
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().any(has_wildcard),
        Term::As { term, .. } => has_wildcard(term),
        Term::Variable(_) | Term::Constant(..) | Term::Autoinc | Term::Call(_) | Term::Aggregate(_) => false,
    }
}

/// The aggregates in a term, not those within them.
fn aggregates(term: &Term) -> Vec<&Aggregate> {
    match term {
        Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc => Vec::new(),
        Term::Call(call) => call.arguments.iter().flat_map(aggregates).collect(),
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().flat_map(aggregates).collect(),
        Term::As { term, .. } => aggregates(term),
        Term::Aggregate(aggregate) => vec![aggregate],
    }
}
