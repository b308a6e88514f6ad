//! A conjunction taken apart: every nested term of an atom becomes a slot of its own and an equation, so that the order
//! of evaluation is a choice among flat items.

use super::step::{Expression, Operand, Pattern, Slot};
use crate::program::{Aggregate, Atom, Callee, CompareOp, Functor, Literal, RelationId, Term};
use crate::value::{Kind, TypeTable, Word};

/// An argument of a flat atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Slot(Slot),
    Constant(Word),
    Any,
}

/// A literal, flat.
#[derive(Clone, Debug)]
pub(super) enum Item<'a> {
    /// A positive or negative atom with its position in the body.
    Atom { relation: RelationId, arguments: Vec<Argument>, negated: bool, position: usize },
    /// A negative atom with a `_` inside a record or branch: no row fits the pattern. The slot counts those that do.
    Without { slot: Slot, atom: &'a Atom },
    /// Both sides are equal; either may bind the other.
    Equal { kind: Kind, left: &'a Term, right: Side<'a> },
    /// A test.
    Test { op: CompareOp, negated: bool, kind: Kind, left: &'a Term, right: &'a Term },
    /// The slot holds the aggregate's value.
    Aggregate { slot: Slot, aggregate: &'a Aggregate },
    /// The slot holds each value of the range.
    Range { slot: Slot, kind: Kind, arguments: &'a [Term] },
}

/// The other side of an equation: a term, or a slot that stands for a place in an atom.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side<'a> {
    Term(&'a Term),
    Slot(Slot),
}

/// A conjunction as flat items.
#[derive(Debug)]
pub(super) struct Flat<'a> {
    pub(super) items: Vec<Item<'a>>,
    /// Slots that stand for aggregates and ranges inside terms, by the term's address.
    nested: Vec<(*const Term, Slot)>,
    pub(super) slots: usize,
    types: &'a TypeTable,
}

impl<'a> Flat<'a> {
    /// Takes a body apart; slots below `slots` are the rule's variables.
    pub(super) fn new(body: &'a [Literal], slots: usize, types: &'a TypeTable) -> Self {
        Self::of(body, slots, types, false)
    }

    /// As [`new`](Self::new), for a rule whose instances take numbers. Every combination of rows is one: each `_` of a
    /// positive atom is a slot like any other, so that no atom is merely asked whether some row fits.
    pub(super) fn counted(body: &'a [Literal], slots: usize, types: &'a TypeTable) -> Self {
        Self::of(body, slots, types, true)
    }

    fn of(body: &'a [Literal], slots: usize, types: &'a TypeTable, counts: bool) -> Self {
        let mut flat = Self { items: Vec::new(), nested: Vec::new(), slots, types };
        for (position, literal) in body.iter().enumerate() {
            match literal {
                Literal::Negative(atom) if has_inner_wildcard(atom) => {
                    let slot = flat.fresh();
                    flat.items.push(Item::Without { slot, atom });
                }
                Literal::Positive(atom) | Literal::Negative(atom) => {
                    let negated = matches!(literal, Literal::Negative(_));
                    let each = |term: &'a Term| match term {
                        Term::Wildcard if counts && !negated => Argument::Slot(flat.fresh()),
                        _ => flat.argument(term),
                    };
                    let arguments = atom.arguments.iter().map(each).collect();
                    flat.items.push(Item::Atom { relation: atom.relation, arguments, negated, position });
                }
                Literal::Compare(compare) => {
                    flat.nest(&compare.left);
                    flat.nest(&compare.right);
                    let (kind, left, right) = (compare.kind, &compare.left, &compare.right);
                    flat.items.push(match compare.op {
                        CompareOp::Equal => Item::Equal { kind, left, right: Side::Term(right) },
                        op => Item::Test { op, negated: compare.negated, kind, left, right },
                    });
                }
            }
        }
        flat
    }

    fn argument(&mut self, term: &'a Term) -> Argument {
        match term {
            Term::Variable(variable) => Argument::Slot(variable.0 as usize),
            Term::Wildcard => Argument::Any,
            Term::Constant(word, _) => Argument::Constant(*word),
            Term::Call(_)
            | Term::Record(..)
            | Term::Branch(..)
            | Term::As { .. }
            | Term::Aggregate(_)
            | Term::Autoinc => {
                self.nest(term);
                let slot = self.fresh();
                let kind = self.kind(term);
                self.items.push(Item::Equal { kind, left: term, right: Side::Slot(slot) });
                Argument::Slot(slot)
            }
        }
    }

    fn fresh(&mut self) -> Slot {
        self.slots += 1;
        self.slots - 1
    }

    /// Gives the aggregates and ranges within a term slots of their own.
    pub(super) fn nest(&mut self, term: &'a Term) {
        match term {
            Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc => {}
            Term::As { term, .. } => self.nest(term),
            Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().for_each(|field| self.nest(field)),
            Term::Call(call) => {
                call.arguments.iter().for_each(|argument| self.nest(argument));
                if call.functor == Callee::Builtin(Functor::Range) {
                    let slot = self.fresh();
                    self.nested.push((std::ptr::from_ref(term), slot));
                    let kind = self.types.kind(call.ty);
                    self.items.push(Item::Range { slot, kind, arguments: &call.arguments });
                }
            }
            Term::Aggregate(aggregate) => {
                let slot = self.fresh();
                self.nested.push((std::ptr::from_ref(term), slot));
                self.items.push(Item::Aggregate { slot, aggregate });
            }
        }
    }

    /// What an item looks like, whatever the order of the literals: a slot by the columns of the atoms that hold it.
    pub(super) fn likeness(&self, at: usize) -> String {
        match &self.items[at] {
            Item::Atom { relation, negated, .. } => format!("{negated} {}", relation.0),
            Item::Without { atom, .. } => format!("without {} {}", atom.relation.0, self.all_alike(&atom.arguments)),
            Item::Equal { left, right: Side::Term(right), .. } => {
                format!("= {} {}", self.alike(left), self.alike(right))
            }
            Item::Equal { left, right: Side::Slot(slot), .. } => format!("= {} {}", self.alike(left), self.held(*slot)),
            Item::Test { op, negated, left, right, .. } => {
                format!("{} {negated} {} {}", op.name(), self.alike(left), self.alike(right))
            }
            Item::Aggregate { aggregate, .. } => {
                let target = aggregate.target.as_ref().map_or_else(String::new, |target| self.alike(target));
                format!("{} {target} {}", aggregate.op.name(), aggregate.body.len())
            }
            Item::Range { arguments, .. } => format!("range {}", self.all_alike(arguments)),
        }
    }

    /// The columns of the atoms in which a slot stands.
    fn held(&self, slot: Slot) -> String {
        let mut columns: Vec<(u32, usize)> = Vec::new();
        for item in &self.items {
            if let Item::Atom { relation, arguments, .. } = item {
                let here = arguments.iter().enumerate().filter(|(_, argument)| **argument == Argument::Slot(slot));
                columns.extend(here.map(|(column, _)| (relation.0, column)));
            }
        }
        columns.sort_unstable();
        format!("{columns:?}")
    }

    fn alike(&self, term: &Term) -> String {
        match term {
            Term::Variable(variable) => self.held(variable.0 as usize),
            Term::Constant(word, _) => word.to_string(),
            Term::Wildcard => "_".to_owned(),
            Term::Autoinc => "autoinc".to_owned(),
            Term::Aggregate(aggregate) => aggregate.op.name().to_owned(),
            Term::As { term, .. } => format!("as {}", self.alike(term)),
            Term::Record(_, fields) => format!("[{}]", self.all_alike(fields)),
            Term::Branch(_, tag, fields) => format!("${tag} {}", self.all_alike(fields)),
            Term::Call(call) => format!("{:?}({})", call.functor, self.all_alike(&call.arguments)),
        }
    }

    fn all_alike(&self, terms: &[Term]) -> String {
        terms.iter().map(|term| self.alike(term)).collect::<Vec<_>>().join(" ")
    }

    fn nested(&self, term: &Term) -> Option<Slot> {
        self.nested.iter().find(|(other, _)| std::ptr::eq(*other, term)).map(|&(_, slot)| slot)
    }

    pub(super) fn types(&self) -> &'a TypeTable {
        self.types
    }

    /// Calls `visit` with every slot that computing a term reads.
    pub(super) fn slots_of(&self, term: &Term, visit: &mut impl FnMut(Slot)) {
        if let Some(slot) = self.nested(term) {
            return visit(slot);
        }
        match term {
            Term::Variable(variable) => visit(variable.0 as usize),
            Term::Wildcard | Term::Constant(..) | Term::Autoinc | Term::Aggregate(_) => {}
            Term::As { term, .. } => self.slots_of(term, visit),
            Term::Record(_, fields) | Term::Branch(_, _, fields) => {
                fields.iter().for_each(|field| self.slots_of(field, visit));
            }
            Term::Call(call) => call.arguments.iter().for_each(|argument| self.slots_of(argument, visit)),
        }
    }

    /// Whether a term has a value once the bound slots have.
    pub(super) fn computable(&self, term: &Term, bound: &[bool]) -> bool {
        let mut ready = !has_wildcard(term);
        self.slots_of(term, &mut |slot| ready &= bound[slot]);
        ready
    }

    /// A term as an expression.
    pub(super) fn expression(&self, term: &Term) -> Expression {
        if let Some(slot) = self.nested(term) {
            return Expression::Operand(Operand::Slot(slot));
        }
        let all = |terms: &[Term]| terms.iter().map(|term| self.expression(term)).collect::<Vec<_>>();
        match term {
            Term::Variable(variable) => Expression::Operand(Operand::Slot(variable.0 as usize)),
            Term::Constant(word, _) => Expression::Operand(Operand::Constant(*word)),
            // The checks let no wildcard stand where a value is wanted.
            Term::Wildcard | Term::Aggregate(_) => Expression::Operand(Operand::Constant(0)),
            Term::Autoinc => Expression::Autoinc,
            Term::As { term, from, to } => Expression::As(Box::new(self.expression(term)), *from, self.types.kind(*to)),
            Term::Record(_, fields) => Expression::Record(all(fields)),
            Term::Branch(_, tag, fields) => {
                let tag = Expression::Operand(Operand::Constant(*tag));
                Expression::Record(std::iter::once(tag).chain(all(fields)).collect())
            }
            Term::Call(call) => Expression::Call {
                functor: call.functor,
                kinds: call.kinds.clone(),
                kind: self.types.kind(call.ty),
                arguments: all(&call.arguments),
            },
        }
    }

    /// A term as a pattern, where its unbound parts can be bound by matching: variables, records, branches, `as`.
    pub(super) fn pattern(&self, term: &Term, bound: &mut [bool]) -> Option<Pattern> {
        if self.computable(term, bound) {
            return Some(Pattern::Equal(self.expression(term)));
        }
        if self.nested(term).is_some() {
            return None;
        }
        let mut all = |terms: &[Term]| terms.iter().map(|term| self.pattern(term, bound)).collect::<Option<Vec<_>>>();
        match term {
            Term::Variable(variable) => {
                bound[variable.0 as usize] = true;
                Some(Pattern::Bind(variable.0 as usize))
            }
            Term::Wildcard => Some(Pattern::Any),
            Term::Record(_, fields) => Some(Pattern::Record(all(fields)?)),
            Term::Branch(_, tag, fields) => {
                let tag = Pattern::Equal(Expression::Operand(Operand::Constant(*tag)));
                Some(Pattern::Record(std::iter::once(tag).chain(all(fields)?).collect()))
            }
            Term::As { term, from, to } => {
                let inner = self.pattern(term, bound)?;
                Some(Pattern::As(Box::new(inner), self.types.kind(*to), *from))
            }
            Term::Constant(..) | Term::Call(_) | Term::Aggregate(_) | Term::Autoinc => None,
        }
    }

    fn kind(&self, term: &Term) -> Kind {
        match term {
            Term::Variable(_) | Term::Wildcard | Term::Autoinc => Kind::Number,
            Term::Constant(_, ty) | Term::Record(ty, _) | Term::Branch(ty, ..) => self.types.kind(*ty),
            Term::As { to, .. } => self.types.kind(*to),
            Term::Call(call) => self.types.kind(call.ty),
            Term::Aggregate(aggregate) => aggregate.kind,
        }
    }
}

/// Whether a term takes the next number.
pub(super) fn has_counter(term: &Term) -> bool {
    let mut found = false;
    term.visit(&mut |inner| found |= matches!(inner, Term::Autoinc));
    found
}

/// Whether an atom has a `_` that is no column of its own.
fn has_inner_wildcard(atom: &Atom) -> bool {
    atom.arguments.iter().any(|term| !matches!(term, Term::Wildcard) && has_wildcard(term))
}

fn has_wildcard(term: &Term) -> bool {
    match term {
        Term::Wildcard => true,
        Term::Variable(_) | Term::Constant(..) | Term::Autoinc | Term::Aggregate(_) => false,
        Term::As { term, .. } => has_wildcard(term),
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().any(has_wildcard),
        Term::Call(call) => call.arguments.iter().any(has_wildcard),
    }
}

/// Whether computing a term may fail: arithmetic that overflows or divides, conversions, patterns.
pub(super) fn fallible(term: &Term) -> bool {
    match term {
        Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc | Term::Aggregate(_) => false,
        Term::As { term, .. } => fallible(term),
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().any(fallible),
        Term::Call(call) => call_fails(call.functor) || call.arguments.iter().any(fallible),
    }
}

/// Whether computing an aggregate may fail.
pub(super) fn fails_inside(aggregate: &Aggregate) -> bool {
    aggregate.target.as_ref().is_some_and(fallible)
        || aggregate.body.iter().any(|literal| match literal {
            Literal::Positive(atom) | Literal::Negative(atom) => atom.arguments.iter().any(fallible),
            Literal::Compare(compare) => fallible(&compare.left) || fallible(&compare.right),
        })
}

/// The slots of an atom's variables.
pub(super) fn variables(atom: &Atom) -> Vec<Slot> {
    let mut slots = Vec::new();
    for term in &atom.arguments {
        term.visit(&mut |term| {
            if let Term::Variable(variable) = term {
                slots.push(variable.0 as usize);
            }
        });
    }
    slots.sort_unstable();
    slots.dedup();
    slots
}

fn call_fails(functor: Callee) -> bool {
    use Functor as F;
    match functor {
        Callee::User(_) => true,
        Callee::Builtin(functor) => match functor {
            F::Negate
            | F::Add
            | F::Subtract
            | F::Multiply
            | F::Divide
            | F::Remainder
            | F::Power
            | F::Substr
            | F::Range
            | F::ToNumber
            | F::ToUnsigned
            | F::ToFloat => true,
            F::BitNot
            | F::LogicNot
            | F::BitAnd
            | F::BitOr
            | F::BitXor
            | F::ShiftLeft
            | F::ShiftRight
            | F::ShiftRightUnsigned
            | F::LogicAnd
            | F::LogicOr
            | F::LogicXor
            | F::Min
            | F::Max
            | F::Cat
            | F::Strlen
            | F::Ord
            | F::ToString => false,
        },
    }
}
