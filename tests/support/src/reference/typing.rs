//! What an integer literal is follows from where it stands: `F(1)` into a float column is 1.0. Shapes flow from columns
//! to variables and between the operands of operators until nothing changes; what is still open is a number.

use onus::syntax::ast::{AggregateOp, CompareOp, Functor};
use onus::value::{Float, Value};

use super::declare::{Declarations, Shape};
use super::tree::{Aggregate, Callee, Literal, Rule, Term};
use crate::answers::Failure;

/// Turns every integer of a rule into a constant of its type.
pub(super) fn settle(rule: &mut Rule, declarations: &Declarations) -> Result<(), Failure> {
    let shapes = vec![None; rule.variables];
    let mut typing = Typing { declarations, shapes, changed: true, settling: false };
    while typing.changed {
        typing.changed = false;
        typing.rule(rule)?;
    }
    typing.settling = true;
    typing.rule(rule)
}

struct Typing<'a> {
    declarations: &'a Declarations,
    /// What is known of each variable.
    shapes: Vec<Option<Shape>>,
    /// Whether the last turn told something new.
    changed: bool,
    /// Whether integers are to be replaced, everything knowable being known.
    settling: bool,
}

/// How the shapes of a functor's operands and result hang together.
enum Signature {
    /// All are one.
    Same,
    /// Each operand's shape, where it is fixed (the last goes for all further ones), and the result's.
    Fixed(&'static [Option<Shape>], Shape),
}

fn signature(callee: Callee) -> Signature {
    let functor = match callee {
        Callee::Functor(functor) => functor,
        Callee::User(user) => return Signature::Fixed(user.operands(), user.result()),
    };
    const SYMBOL: Option<Shape> = Some(Shape::Symbol);
    const NUMBER: Option<Shape> = Some(Shape::Number);
    match functor {
        Functor::Cat => Signature::Fixed(&[SYMBOL], Shape::Symbol),
        Functor::Strlen => Signature::Fixed(&[SYMBOL], Shape::Number),
        Functor::Substr => Signature::Fixed(&[SYMBOL, NUMBER, NUMBER], Shape::Symbol),
        Functor::Ord | Functor::ToNumber => Signature::Fixed(&[None], Shape::Number),
        Functor::ToUnsigned => Signature::Fixed(&[None], Shape::Unsigned),
        Functor::ToFloat => Signature::Fixed(&[None], Shape::Float),
        Functor::ToString => Signature::Fixed(&[None], Shape::Symbol),
        Functor::Negate
        | Functor::BitNot
        | Functor::LogicNot
        | Functor::Add
        | Functor::Subtract
        | Functor::Multiply
        | Functor::Divide
        | Functor::Remainder
        | Functor::Power
        | Functor::BitAnd
        | Functor::BitOr
        | Functor::BitXor
        | Functor::ShiftLeft
        | Functor::ShiftRight
        | Functor::ShiftRightUnsigned
        | Functor::LogicAnd
        | Functor::LogicOr
        | Functor::LogicXor
        | Functor::Min
        | Functor::Max
        | Functor::Range => Signature::Same,
    }
}

impl Typing<'_> {
    fn rule(&mut self, rule: &mut Rule) -> Result<(), Failure> {
        for literal in &mut rule.body {
            self.literal(literal)?;
        }
        self.columns(rule.head.relation, &mut rule.head.arguments)
    }

    fn columns(&mut self, relation: usize, arguments: &mut [Term]) -> Result<(), Failure> {
        let declarations = self.declarations;
        let columns = &declarations.relations[relation].columns;
        columns.iter().zip(arguments).try_for_each(|(&shape, term)| self.expect(term, shape))
    }

    fn literal(&mut self, literal: &mut Literal) -> Result<(), Failure> {
        match literal {
            Literal::Positive(atom) | Literal::Negative(atom) => self.columns(atom.relation, &mut atom.arguments),
            Literal::Compare { op: CompareOp::Match | CompareOp::Contains, left, right, .. } => {
                self.expect(left, Some(Shape::Symbol))?;
                self.expect(right, Some(Shape::Symbol))
            }
            Literal::Compare { left, right, .. } => {
                let shape = self.shape(left).or_else(|| self.shape(right));
                self.expect(left, shape)?;
                self.expect(right, shape)
            }
            Literal::False => Ok(()),
            Literal::Count { variable } => self.learn(*variable, Some(Shape::Number)),
            Literal::Range { variable, arguments } => {
                let shape = self.shapes[*variable].or_else(|| arguments.iter().find_map(|term| self.shape(term)));
                self.learn(*variable, shape)?;
                arguments.iter_mut().try_for_each(|term| self.expect(term, shape))
            }
            Literal::Aggregate { variable, aggregate } => self.aggregate(*variable, aggregate),
        }
    }

    fn aggregate(&mut self, variable: usize, aggregate: &mut Aggregate) -> Result<(), Failure> {
        for literal in &mut aggregate.body {
            self.literal(literal)?;
        }
        let of_target = aggregate.target.as_ref().and_then(|target| self.shape(target));
        let (result, target) = match aggregate.op {
            AggregateOp::Count => (Some(Shape::Number), None),
            AggregateOp::Mean => (Some(Shape::Float), Some(Shape::Float)),
            AggregateOp::Sum | AggregateOp::Min | AggregateOp::Max => {
                let shape = of_target.or(self.shapes[variable]);
                (shape, shape)
            }
        };
        self.learn(variable, result)?;
        if let Some(term) = &mut aggregate.target {
            self.expect(term, target)?;
        }
        if self.settling {
            aggregate.zero = integer(0, false, self.shapes[variable].unwrap_or(Shape::Number))?;
        }
        Ok(())
    }

    fn learn(&mut self, variable: usize, shape: Option<Shape>) -> Result<(), Failure> {
        match (self.shapes[variable], shape) {
            (_, None) => Ok(()),
            (None, Some(_)) => {
                self.shapes[variable] = shape;
                self.changed = true;
                Ok(())
            }
            (Some(known), Some(shape)) if known == shape => Ok(()),
            (Some(known), Some(shape)) => {
                Err(Failure::Rejected(format!("one variable is both {known:?} and {shape:?}")))
            }
        }
    }

    /// What is known of a term's shape from within.
    fn shape(&self, term: &Term) -> Option<Shape> {
        match term {
            Term::Variable(variable) => self.shapes[*variable],
            Term::Constant(value) => match value {
                Value::Number(_) => Some(Shape::Number),
                Value::Unsigned(_) => Some(Shape::Unsigned),
                Value::Float(_) => Some(Shape::Float),
                Value::Symbol(_) => Some(Shape::Symbol),
                Value::Nil | Value::Record(_) | Value::Branch(..) => None,
            },
            Term::Wildcard | Term::Integer { .. } | Term::Record(_) => None,
            Term::Branch(name, _) => self.declarations.branches.get(name).map(|&(adt, _)| adt),
            Term::Call(functor, arguments) => match signature(*functor) {
                Signature::Same => arguments.iter().find_map(|term| self.shape(term)),
                Signature::Fixed(_, result) => Some(result),
            },
            Term::As { to, .. } => Some(*to),
        }
    }

    /// Tells a term which shape it must have, where that is known.
    fn expect(&mut self, term: &mut Term, shape: Option<Shape>) -> Result<(), Failure> {
        match term {
            Term::Variable(variable) => self.learn(*variable, shape),
            Term::Wildcard => Ok(()),
            Term::Integer { magnitude, negative } => {
                if self.settling {
                    *term = Term::Constant(integer(*magnitude, *negative, shape.unwrap_or(Shape::Number))?);
                }
                Ok(())
            }
            Term::Constant(value) => match (value, shape) {
                (_, None)
                | (Value::Number(_), Some(Shape::Number))
                | (Value::Unsigned(_), Some(Shape::Unsigned))
                | (Value::Float(_), Some(Shape::Float))
                | (Value::Symbol(_), Some(Shape::Symbol))
                | (Value::Nil, Some(Shape::Record(_))) => Ok(()),
                (value, Some(shape)) => Err(Failure::Rejected(format!("{} as {shape:?}", value.literal()))),
            },
            Term::Record(terms) => {
                let declarations = self.declarations;
                match shape {
                    None => terms.iter_mut().try_for_each(|term| self.expect(term, None)),
                    Some(Shape::Record(name)) => match declarations.records.get(&name) {
                        Some(fields) if fields.len() == terms.len() => {
                            fields.iter().zip(terms).try_for_each(|(&shape, term)| self.expect(term, Some(shape)))
                        }
                        _ => Err(Failure::Rejected("a record with another number of fields".into())),
                    },
                    Some(shape) => Err(Failure::Rejected(format!("a record as {shape:?}"))),
                }
            }
            Term::Branch(name, terms) => {
                let declarations = self.declarations;
                match declarations.branches.get(name) {
                    Some((adt, fields)) if shape.is_none_or(|shape| shape == *adt) => {
                        fields.iter().zip(terms).try_for_each(|(&shape, term)| self.expect(term, Some(shape)))
                    }
                    _ => Err(Failure::Rejected(format!("branch {name} as {shape:?}"))),
                }
            }
            Term::Call(functor, arguments) => match signature(*functor) {
                Signature::Same => {
                    let shape = shape.or_else(|| arguments.iter().find_map(|term| self.shape(term)));
                    arguments.iter_mut().try_for_each(|term| self.expect(term, shape))
                }
                Signature::Fixed(operands, result) => {
                    if shape.is_some_and(|shape| shape != result) {
                        return Err(Failure::Rejected(format!("{functor:?} is a {result:?}")));
                    }
                    for (at, term) in arguments.iter_mut().enumerate() {
                        let operand = operands.get(at).or(operands.last()).copied().flatten();
                        self.expect(term, operand)?;
                    }
                    Ok(())
                }
            },
            // A literal must already read as the type; anything else keeps its own.
            Term::As { term, from, to } => {
                let shape = matches!(**term, Term::Integer { .. }).then_some(*to);
                self.expect(term, shape)?;
                *from = self.shape(term);
                Ok(())
            }
        }
    }
}

/// The value of an integer literal of a known shape.
fn integer(magnitude: u64, negative: bool, shape: Shape) -> Result<Value, Failure> {
    let out_of_range = || Failure::Rejected(format!("{}{magnitude} as {shape:?}", if negative { "-" } else { "" }));
    match shape {
        Shape::Number => {
            let signed = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
            i64::try_from(signed).map(Value::Number).map_err(|_| out_of_range())
        }
        Shape::Unsigned if negative && magnitude > 0 => Err(out_of_range()),
        Shape::Unsigned => Ok(Value::Unsigned(magnitude)),
        Shape::Float => {
            #[allow(clippy::cast_precision_loss)]
            let value = magnitude as f64;
            Ok(Value::Float(Float::new(if negative { -value } else { value })))
        }
        Shape::Symbol | Shape::Record(_) | Shape::Adt(_) => Err(out_of_range()),
    }
}
