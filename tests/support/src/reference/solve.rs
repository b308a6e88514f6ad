//! All bindings of a conjunction, by trying every tuple of every atom in turn.

use std::collections::BTreeSet;

use onus::syntax::ast::{AggregateOp, CompareOp};
use onus::value::Value;

use super::tree::{Aggregate, Atom, Callee, Literal, Rule, Term, Variable};
use super::{Limits, functor};
use crate::answers::{Failure, Row, Rows};

/// The value of each variable that has one.
type Bindings = Vec<Option<Value>>;

/// What is done with each binding of all literals.
type Found<'a> = &'a mut dyn FnMut(&Solver, &Bindings) -> Result<(), Failure>;

/// Evaluates rules and counts what that costs.
pub(super) struct Solver {
    limits: Limits,
    steps: std::cell::Cell<usize>,
    /// The next number of the program.
    next: std::cell::Cell<i64>,
}

impl Solver {
    /// `first` is the first number that `autoinc()` gives.
    pub(super) fn new(limits: &Limits, first: i64) -> Self {
        Self { limits: *limits, steps: std::cell::Cell::new(0), next: std::cell::Cell::new(first) }
    }

    /// Everything that the rules derive from the database as it is.
    pub(super) fn pass(&self, rules: &[&Rule], database: &[Rows]) -> Result<Vec<(usize, Rows)>, Failure> {
        let mut derived = Vec::new();
        for rule in rules {
            let mut rows = Rows::new();
            let mut bindings = vec![None; rule.variables];
            self.solve(&rule.body, database, &mut bindings, &mut |solver, bindings| {
                rows.insert(evaluate_all(&rule.head.arguments, bindings)?);
                if rows.len() > solver.limits.rows { Err(solver.too_many_rows()) } else { Ok(()) }
            })?;
            derived.push((rule.head.relation, rows));
        }
        Ok(derived)
    }

    /// Whether some binding makes the literals true.
    pub(super) fn some(
        &self,
        literals: &[Literal],
        database: &[Rows],
        bindings: &mut Bindings,
    ) -> Result<bool, Failure> {
        let mut some = false;
        self.solve(literals, database, bindings, &mut |_, _| {
            some = true;
            Ok(())
        })?;
        Ok(some)
    }

    /// Refuses a database with too many rows.
    pub(super) fn check_rows(&self, database: &[Rows]) -> Result<(), Failure> {
        if database.iter().map(Rows::len).sum::<usize>() > self.limits.rows {
            return Err(self.too_many_rows());
        }
        Ok(())
    }

    fn too_many_rows(&self) -> Failure {
        Failure::TooBig(format!("more than {} rows", self.limits.rows))
    }

    fn step(&self) -> Result<(), Failure> {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > self.limits.steps {
            return Err(Failure::TooBig(format!("more than {} steps", self.limits.steps)));
        }
        Ok(())
    }

    fn solve(
        &self,
        literals: &[Literal],
        database: &[Rows],
        bindings: &mut Bindings,
        found: Found<'_>,
    ) -> Result<(), Failure> {
        let Some((literal, rest)) = literals.split_first() else { return found(self, bindings) };
        self.step()?;
        match literal {
            Literal::False => Ok(()),
            Literal::Positive(atom) => {
                // In an ordered set the rows with a known beginning lie together.
                let known = known_beginning(&atom.arguments, bindings)?;
                let rows = database[atom.relation].range(known.clone()..);
                for row in rows.take_while(|row| row.starts_with(&known)) {
                    self.step()?;
                    let mut bound = Vec::new();
                    if matches_all(&atom.arguments, row, bindings, &mut bound)? {
                        self.solve(rest, database, bindings, found)?;
                    }
                    forget(&bound, bindings);
                }
                Ok(())
            }
            Literal::Negative(atom) => {
                if self.holds(atom, &database[atom.relation], bindings)? {
                    return Ok(());
                }
                self.solve(rest, database, bindings, found)
            }
            Literal::Compare { op: CompareOp::Equal, left, right, .. } => {
                let (value, pattern) = match evaluate(left, bindings)? {
                    Some(value) => (value, right),
                    None => match evaluate(right, bindings)? {
                        Some(value) => (value, left),
                        None => return Err(Failure::Rejected("neither side of an = has a value".into())),
                    },
                };
                let mut bound = Vec::new();
                if matches(pattern, &value, bindings, &mut bound)? {
                    self.solve(rest, database, bindings, found)?;
                }
                forget(&bound, bindings);
                Ok(())
            }
            Literal::Compare { op, negated, left, right } => {
                let values = evaluate_all([left, right], bindings)?;
                if functor::compare(*op, &values[0], &values[1])? == *negated {
                    return Ok(());
                }
                self.solve(rest, database, bindings, found)
            }
            Literal::Range { variable, arguments } => {
                let values = functor::range(&evaluate_all(arguments, bindings)?, self.limits.rows)?;
                let rows = values.into_iter().map(|value| vec![value]);
                self.each(&[*variable], rows, rest, database, bindings, found)
            }
            Literal::Count { variable } => {
                let number = self.next.get();
                self.next.set(number.saturating_add(1));
                self.each(&[*variable], std::iter::once(vec![Value::Number(number)]), rest, database, bindings, found)
            }
            Literal::Aggregate { variable, aggregate } => {
                let variables = [&[*variable], aggregate.witnesses.as_slice()].concat();
                let rows = self.aggregate(aggregate, database, bindings)?.into_iter();
                self.each(&variables, rows, rest, database, bindings, found)
            }
        }
    }

    /// Goes on with each of the rows as the values of variables. An equality may have bound some of them before: then
    /// the values must agree.
    fn each(
        &self,
        variables: &[Variable],
        rows: impl Iterator<Item = Row>,
        rest: &[Literal],
        database: &[Rows],
        bindings: &mut Bindings,
        found: Found<'_>,
    ) -> Result<(), Failure> {
        let pattern: Vec<Term> = variables.iter().map(|&variable| Term::Variable(variable)).collect();
        for row in rows {
            self.step()?;
            let mut bound = Vec::new();
            if matches_all(&pattern, &row, bindings, &mut bound)? {
                self.solve(rest, database, bindings, found)?;
            }
            forget(&bound, bindings);
        }
        Ok(())
    }

    /// Whether some row matches an atom whose variables are all bound.
    fn holds(&self, atom: &Atom, rows: &Rows, bindings: &Bindings) -> Result<bool, Failure> {
        let ground: Vec<Term> = atom.arguments.iter().map(|term| ground(term, bindings)).collect::<Result<_, _>>()?;
        for row in rows {
            self.step()?;
            if matches_all(&ground, row, &mut Bindings::new(), &mut Vec::new())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The aggregate's value, followed by its witnesses: none for the extremum of nothing, several where several rows
    /// reach it.
    fn aggregate(
        &self,
        aggregate: &Aggregate,
        database: &[Rows],
        bindings: &mut Bindings,
    ) -> Result<Vec<Row>, Failure> {
        // Distinct bindings of the key; the target hangs on the key, the witnesses are part of it.
        let mut distinct: BTreeSet<(Row, Option<Value>, Row)> = BTreeSet::new();
        self.solve(&aggregate.body, database, bindings, &mut |_, inner| {
            let of = |variables: &[Variable]| variables.iter().filter_map(|&at| inner[at].clone()).collect::<Row>();
            let target = aggregate.target.as_ref().map(|term| value_of(term, inner)).transpose()?;
            distinct.insert((of(&aggregate.key), target, of(&aggregate.witnesses)));
            Ok(())
        })?;

        let count = distinct.len();
        let targets = distinct.iter().filter_map(|(_, target, _)| target.clone());
        let extremum = match aggregate.op {
            AggregateOp::Count => {
                let count = i64::try_from(count).map_err(|_| self.too_many_rows())?;
                return Ok(vec![vec![Value::Number(count)]]);
            }
            AggregateOp::Sum => {
                return Ok(vec![vec![functor::sum(aggregate.zero.clone(), &targets.collect::<Vec<_>>())?]]);
            }
            AggregateOp::Mean => {
                let mean = functor::mean(&targets.collect::<Vec<_>>())?;
                return Ok(mean.into_iter().map(|mean| vec![mean]).collect());
            }
            AggregateOp::Min => targets.min(),
            AggregateOp::Max => targets.max(),
        };
        let Some(extremum) = extremum else { return Ok(Vec::new()) };
        let reach = distinct.into_iter().filter(|(_, target, _)| target.as_ref() == Some(&extremum));
        let witnesses: Rows = reach.map(|(_, _, witnesses)| witnesses).collect();
        Ok(witnesses.into_iter().map(|witnesses| [vec![extremum.clone()], witnesses].concat()).collect())
    }
}

fn forget(variables: &[Variable], bindings: &mut Bindings) {
    for &variable in variables {
        bindings[variable] = None;
    }
}

/// The values of the leading arguments that have one.
fn known_beginning(arguments: &[Term], bindings: &Bindings) -> Result<Row, Failure> {
    let mut known = Row::new();
    for term in arguments {
        match evaluate(term, bindings)? {
            Some(value) => known.push(value),
            None => break,
        }
    }
    Ok(known)
}

fn matches_all(
    patterns: &[Term],
    values: &[Value],
    bindings: &mut Bindings,
    bound: &mut Vec<Variable>,
) -> Result<bool, Failure> {
    for (pattern, value) in patterns.iter().zip(values) {
        if !matches(pattern, value, bindings, bound)? {
            return Ok(false);
        }
    }
    Ok(patterns.len() == values.len())
}

/// Takes a value apart along a pattern. Variables that get their value on the way are noted in `bound`, also where the
/// rest does not match.
fn matches(pattern: &Term, value: &Value, bindings: &mut Bindings, bound: &mut Vec<Variable>) -> Result<bool, Failure> {
    match (pattern, value) {
        (Term::Variable(variable), _) => match &bindings[*variable] {
            Some(known) => Ok(known == value),
            None => {
                bindings[*variable] = Some(value.clone());
                bound.push(*variable);
                Ok(true)
            }
        },
        (Term::Wildcard, _) => Ok(true),
        (Term::Record(terms), Value::Record(values)) => matches_all(terms, values, bindings, bound),
        (Term::Branch(name, terms), Value::Branch(of, values)) if name == of => {
            matches_all(terms, values, bindings, bound)
        }
        (Term::Record(_) | Term::Branch(..), _) => Ok(false),
        (Term::As { term, from: Some(from), .. }, _) => {
            matches(term, &functor::reinterpret(value.clone(), *from)?, bindings, bound)
        }
        (Term::As { term, from: None, .. }, _) => matches(term, value, bindings, bound),
        (Term::Constant(_) | Term::Integer { .. } | Term::Call(..), _) => Ok(value_of(pattern, bindings)? == *value),
    }
}

/// A term with everything but its wildcards evaluated.
fn ground(term: &Term, bindings: &Bindings) -> Result<Term, Failure> {
    if let Some(value) = evaluate(term, bindings)? {
        return Ok(Term::Constant(value));
    }
    let each = |terms: &[Term]| terms.iter().map(|term| ground(term, bindings)).collect::<Result<Vec<_>, _>>();
    Ok(match term {
        Term::Record(terms) => Term::Record(each(terms)?),
        Term::Branch(name, terms) => Term::Branch(name.clone(), each(terms)?),
        Term::As { term, from, to } => Term::As { term: Box::new(ground(term, bindings)?), from: *from, to: *to },
        Term::Wildcard | Term::Variable(_) | Term::Constant(_) | Term::Integer { .. } | Term::Call(..) => term.clone(),
    })
}

/// The value of a term, if all its variables have theirs.
fn evaluate(term: &Term, bindings: &Bindings) -> Result<Option<Value>, Failure> {
    let each = |terms: &[Term]| -> Result<Option<Vec<Value>>, Failure> {
        terms.iter().map(|term| evaluate(term, bindings)).collect()
    };
    Ok(match term {
        Term::Variable(variable) => bindings[*variable].clone(),
        Term::Wildcard => None,
        Term::Constant(value) => Some(value.clone()),
        Term::Integer { .. } => return Err(Failure::Rejected("an integer without a type".into())),
        Term::Record(terms) => each(terms)?.map(Value::Record),
        Term::Branch(name, terms) => each(terms)?.map(|fields| Value::Branch(name.clone(), fields)),
        Term::Call(callee, terms) => {
            let apply = |values: Vec<Value>| match callee {
                Callee::Functor(functor) => functor::apply(*functor, &values),
                Callee::User(user) => user.apply(&values),
            };
            each(terms)?.map(apply).transpose()?
        }
        Term::As { term, to, .. } => {
            evaluate(term, bindings)?.map(|value| functor::reinterpret(value, *to)).transpose()?
        }
    })
}

fn value_of(term: &Term, bindings: &Bindings) -> Result<Value, Failure> {
    evaluate(term, bindings)?.ok_or_else(|| Failure::Rejected("a variable has no value".into()))
}

fn evaluate_all<'a>(terms: impl IntoIterator<Item = &'a Term>, bindings: &Bindings) -> Result<Row, Failure> {
    terms.into_iter().map(|term| value_of(term, bindings)).collect()
}
