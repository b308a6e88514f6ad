//! A tuple-at-a-time solver for the certificate: literals bound-first, one binding at a time, by nested loops.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rows::Rows;
use crate::collections::StdHashMap;
use crate::eval::function::{Failure, Functions};
use crate::eval::{Options, Stop};
use crate::model::Model;
use crate::program::{
    Aggregate, AggregateOp, Atom, Callee, Compare, CompareOp, Functor, Literal, Program, RelationId, Role, Rule, Term,
    Variable,
};
use crate::source::Span;
use crate::storage::Round;
use crate::value::{Float, Kind, TypeTable, Values, Word};

/// The values of the variables, where bound.
pub(in crate::explain) type Environment = Vec<Option<Word>>;
/// The rows that an instance rests on.
pub(super) type Premises = Vec<(RelationId, usize)>;

/// A conjunction whose aggregates and ranges stand alone on one side of an equation, in the order of evaluation.
pub(super) struct Body {
    literals: Vec<Literal>,
    head: Vec<Term>,
    variables: usize,
}

impl Body {
    /// The body and head of a rule.
    pub(super) fn of_rule(rule: &Rule, types: &TypeTable) -> Self {
        Self::new(&rule.body, &rule.arguments, rule.variables.len(), &[], types)
    }

    fn new(body: &[Literal], head: &[Term], variables: usize, bound: &[Variable], types: &TypeTable) -> Self {
        let mut hoist = Hoist { variables, equations: Vec::new(), types };
        let literals: Vec<Literal> = body.iter().map(|literal| hoist.literal(literal)).collect();
        let head = head.iter().map(|term| hoist.term(term)).collect();
        let mut open = literals;
        open.extend(hoist.equations);
        let mut known = vec![false; hoist.variables];
        bound.iter().for_each(|variable| known[variable.0 as usize] = true);
        Self { literals: order(open, known), head, variables: hoist.variables }
    }
}

/// Moves aggregates and ranges out of terms.
struct Hoist<'a> {
    variables: usize,
    equations: Vec<Literal>,
    types: &'a TypeTable,
}

impl Hoist<'_> {
    fn literal(&mut self, literal: &Literal) -> Literal {
        let mut atom = |atom: &Atom, arguments: fn(&mut Self, &Term) -> Term| Atom {
            relation: atom.relation,
            arguments: atom.arguments.iter().map(|term| arguments(self, term)).collect(),
            span: atom.span,
        };
        match literal {
            Literal::Positive(inner) => Literal::Positive(atom(inner, Self::argument)),
            Literal::Negative(inner) => Literal::Negative(atom(inner, Self::term)),
            Literal::Compare(compare) => Literal::Compare(Compare {
                left: self.term(&compare.left),
                right: self.term(&compare.right),
                ..compare.clone()
            }),
        }
    }

    /// A term of a positive atom. Functors in it only test, perhaps by variables that the same atom binds: they move out
    /// too.
    fn argument(&mut self, term: &Term) -> Term {
        match term {
            Term::Record(ty, fields) => Term::Record(*ty, fields.iter().map(|field| self.argument(field)).collect()),
            Term::Branch(ty, tag, fields) => {
                Term::Branch(*ty, *tag, fields.iter().map(|field| self.argument(field)).collect())
            }
            Term::As { term, from, to } => Term::As { term: Box::new(self.argument(term)), from: *from, to: *to },
            Term::Call(call) => match self.term(term) {
                lifted @ Term::Variable(_) => lifted,
                other => self.alone(other, self.types.kind(call.ty), call.span),
            },
            Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc | Term::Aggregate(_) => {
                self.term(term)
            }
        }
    }

    fn term(&mut self, term: &Term) -> Term {
        let mut all = |terms: &[Term]| terms.iter().map(|term| self.term(term)).collect::<Vec<_>>();
        match term {
            Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc => term.clone(),
            Term::Record(ty, fields) => Term::Record(*ty, all(fields)),
            Term::Branch(ty, tag, fields) => Term::Branch(*ty, *tag, all(fields)),
            Term::As { term, from, to } => Term::As { term: Box::new(self.term(term)), from: *from, to: *to },
            Term::Call(call) => {
                let mut call = call.clone();
                call.arguments = all(&call.arguments);
                let kind = self.types.kind(call.ty);
                let span = call.span;
                match call.functor {
                    Callee::Builtin(Functor::Range) => self.alone(Term::Call(call), kind, span),
                    Callee::Builtin(_) | Callee::User(_) => Term::Call(call),
                }
            }
            Term::Aggregate(aggregate) => self.alone(term.clone(), aggregate.kind, aggregate.span),
        }
    }

    fn alone(&mut self, right: Term, kind: Kind, span: crate::source::Span) -> Term {
        let variable = Term::Variable(Variable(u32::try_from(self.variables).unwrap_or(u32::MAX)));
        self.variables += 1;
        let left = variable.clone();
        self.equations.push(Literal::Compare(Compare {
            op: CompareOp::Equal,
            negated: false,
            kind,
            left,
            right,
            span,
        }));
        variable
    }
}

/// Puts literals into an order in which each can be evaluated: tests as soon as they can, then the atom with the most
/// bound columns.
fn order(mut open: Vec<Literal>, mut known: Vec<bool>) -> Vec<Literal> {
    let mut ordered = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let ready = open.iter().position(|literal| match literal {
            Literal::Positive(_) => false,
            Literal::Negative(atom) => atom.arguments.iter().all(|term| closed(term, &known)),
            Literal::Compare(compare) if compare.op == CompareOp::Equal => {
                computable(&compare.left, &known) && takes(&compare.right, &known)
                    || computable(&compare.right, &known) && takes(&compare.left, &known)
            }
            Literal::Compare(compare) => computable(&compare.left, &known) && computable(&compare.right, &known),
        });
        let at = ready.or_else(|| {
            let bound = |literal: &Literal| match literal {
                Literal::Positive(atom) => {
                    // Nested terms of an atom must be computable or patterns when its turn comes.
                    let fits = atom.arguments.iter().all(|term| takes(term, &known));
                    fits.then(|| 1 + atom.arguments.iter().filter(|term| computable(term, &known)).count())
                }
                Literal::Negative(_) | Literal::Compare(_) => None,
            };
            let best = open.iter().enumerate().filter_map(|(at, literal)| bound(literal).map(|bound| (bound, at)));
            best.max_by_key(|&(bound, at)| (bound, std::cmp::Reverse(at))).map(|(_, at)| at)
        });
        let literal = open.remove(at.unwrap_or(0));
        bind(&literal, &mut known);
        ordered.push(literal);
    }
    ordered
}

fn variables(term: &Term, visit: &mut dyn FnMut(Variable)) {
    match term {
        Term::Variable(variable) => visit(*variable),
        Term::Wildcard | Term::Constant(..) | Term::Autoinc => {}
        Term::Record(_, terms) | Term::Branch(_, _, terms) => terms.iter().for_each(|term| variables(term, visit)),
        Term::As { term, .. } => variables(term, visit),
        Term::Call(call) => call.arguments.iter().for_each(|term| variables(term, visit)),
        Term::Aggregate(aggregate) => aggregate.outer.iter().for_each(|variable| visit(*variable)),
    }
}

fn has_wildcard(term: &Term) -> bool {
    match term {
        Term::Wildcard => true,
        Term::Record(_, terms) | Term::Branch(_, _, terms) => terms.iter().any(has_wildcard),
        Term::As { term, .. } => has_wildcard(term),
        Term::Variable(_) | Term::Constant(..) | Term::Autoinc | Term::Call(_) | Term::Aggregate(_) => false,
    }
}

fn computable(term: &Term, known: &[bool]) -> bool {
    !has_wildcard(term) && closed(term, known)
}

/// Whether every variable of a term has a value.
fn closed(term: &Term, known: &[bool]) -> bool {
    let mut all = true;
    variables(term, &mut |variable| all &= known[variable.0 as usize]);
    all
}

/// Whether a term can take a value: it is computable, or a pattern whose other parts are variables.
fn takes(term: &Term, known: &[bool]) -> bool {
    computable(term, known)
        || match term {
            Term::Variable(_) | Term::Wildcard => true,
            Term::Record(_, terms) | Term::Branch(_, _, terms) => terms.iter().all(|term| takes(term, known)),
            Term::As { term, .. } => takes(term, known),
            Term::Constant(..) | Term::Autoinc | Term::Call(_) | Term::Aggregate(_) => false,
        }
}

fn bind(literal: &Literal, known: &mut [bool]) {
    match literal {
        Literal::Positive(atom) => atom.arguments.iter().for_each(|term| {
            variables(term, &mut |variable| known[variable.0 as usize] = true);
        }),
        Literal::Compare(compare) if compare.op == CompareOp::Equal => {
            variables(&compare.left, &mut |variable| known[variable.0 as usize] = true);
            variables(&compare.right, &mut |variable| known[variable.0 as usize] = true);
        }
        Literal::Negative(_) | Literal::Compare(_) => {}
    }
}

/// Enumerates the bindings of conjunctions over fixed rows.
pub(in crate::explain) struct Solver<'a> {
    rows: &'a [Rows],
    program: &'a Program,
    types: &'a TypeTable,
    functions: Functions,
    values: Arc<Values>,
    options: &'a Options,
    /// Values of aggregates by place and group.
    aggregates: StdHashMap<Asked, Result<Option<Word>, Failure>>,
    ticks: u32,
    /// Relations of which only rows of earlier rounds are read.
    before: Option<(Vec<RelationId>, Round)>,
}

/// An aggregate, by its place in the text and its outer variables (an aggregate with a witness stands twice in its rule,
/// with other variables), and the group that it is asked for.
type Asked = (Span, Vec<Variable>, Vec<Option<Word>>);

/// One binding that an aggregate runs over: its own variables, and of a single atom the tuple.
pub(in crate::explain) type Key = (Vec<Option<Word>>, Vec<(RelationId, Vec<Word>)>);

/// The bindings that an aggregate runs over, each with the value of the target; none for count.
pub(in crate::explain) type Contributions = BTreeMap<Key, Option<Word>>;

/// What happens with each binding.
pub(super) type Visit<'v, 'a> = dyn FnMut(&mut Solver<'a>, &Environment, &Premises) + 'v;

enum Interrupt {
    Stop(Stop),
    Failed(Failure),
}

impl From<Failure> for Interrupt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<'a> Solver<'a> {
    pub(in crate::explain) fn new(model: &'a Model, rows: &'a [Rows], options: &'a Options) -> Self {
        Self {
            rows,
            program: model.program(),
            types: &model.program().types,
            functions: Functions::of(options),
            values: model.database().share_values(),
            options,
            aggregates: StdHashMap::default(),
            ticks: 0,
            before: None,
        }
    }

    /// Speaks of the words of another pool, which must extend the model's.
    pub(in crate::explain) fn with_values(mut self, values: Arc<Values>) -> Self {
        self.values = values;
        self
    }

    /// Reads of some relations only rows of earlier rounds from now on; of all relations all rows where not given.
    pub(in crate::explain) fn look_back(&mut self, before: Option<(Vec<RelationId>, Round)>) {
        self.before = before;
    }

    /// What words mean, to be added to.
    pub(in crate::explain) fn calculator(&mut self) -> (&mut Functions, &mut Values) {
        (&mut self.functions, Arc::make_mut(&mut self.values))
    }

    /// What words mean, to be shared.
    pub(super) fn share_values(&self) -> Arc<Values> {
        Arc::clone(&self.values)
    }

    /// What words mean.
    pub(in crate::explain) fn values(&self) -> &Values {
        &self.values
    }

    /// Calls `visit` for every binding of a body. A functor that fails on the way ends the enumeration.
    pub(super) fn each(&mut self, body: &Body, visit: &mut Visit<'_, 'a>) -> Result<Result<(), Failure>, Stop> {
        self.aggregates.clear();
        let mut environment = vec![None; body.variables];
        match self.go(body, 0, &mut environment, &mut Vec::new(), visit) {
            Ok(()) => Ok(Ok(())),
            Err(Interrupt::Stop(stop)) => Err(stop),
            Err(Interrupt::Failed(failure)) => Ok(Err(failure)),
        }
    }

    /// The head's tuple under a binding.
    pub(super) fn head(&mut self, body: &Body, environment: &Environment) -> Result<Vec<Word>, Failure> {
        body.head.iter().map(|term| self.value(term, environment)).collect()
    }

    /// Whether a candidate that is not there may be missing: some row replaces it.
    pub(super) fn replaced(&mut self, relation: RelationId, tuple: &[Word]) -> Result<bool, Failure> {
        let program = self.program;
        let Role::Candidates { replaced, .. } = program.relation(relation).role else { return Ok(false) };
        for rule in program.rules.iter().filter(|rule| rule.head == replaced) {
            let Some(Literal::Positive(low)) = rule.body.first() else { continue };
            let mut bound = Vec::new();
            low.arguments.iter().for_each(|term| variables(term, &mut |variable| bound.push(variable)));
            let body = Body::new(&rule.body[1..], &[], rule.variables.len(), &bound, self.types);
            let mut environment = vec![None; body.variables];
            if !self.take_all(&low.arguments, tuple, &mut environment)? {
                continue;
            }
            let mut found = false;
            match self.go(&body, 0, &mut environment, &mut Vec::new(), &mut |_, _, _| found = true) {
                Ok(()) if found => return Ok(true),
                Err(Interrupt::Failed(failure)) => return Err(failure),
                // Who interrupts is noticed by the enumeration around this.
                Ok(()) | Err(Interrupt::Stop(_)) => {}
            }
        }
        Ok(false)
    }

    fn go(
        &mut self,
        body: &Body,
        at: usize,
        environment: &mut Environment,
        premises: &mut Premises,
        visit: &mut Visit<'_, 'a>,
    ) -> Result<(), Interrupt> {
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(4096) {
            self.options.budget.poll(None).map_err(Interrupt::Stop)?;
        }
        let Some(literal) = body.literals.get(at) else {
            visit(self, environment, premises);
            return Ok(());
        };
        match literal {
            Literal::Positive(atom) => {
                let (columns, key) = self.key(atom, environment)?;
                let rows = &self.rows[atom.relation.0 as usize];
                let index = rows.index(&columns);
                for &row in index.get(&key).map_or(&[] as &[usize], Vec::as_slice) {
                    if let Some((relations, round)) = &self.before
                        && relations.contains(&atom.relation)
                        && rows.round(row) >= *round
                    {
                        continue;
                    }
                    let before = environment.clone();
                    let tuple = rows.row(row);
                    let mut fits = true;
                    for (term, &word) in atom.arguments.iter().zip(tuple) {
                        fits = fits && self.take(term, word, environment)?;
                    }
                    if fits {
                        premises.push((atom.relation, row));
                        self.go(body, at + 1, environment, premises, visit)?;
                        premises.pop();
                    }
                    *environment = before;
                }
                Ok(())
            }
            Literal::Negative(atom) => {
                let (columns, key) = self.key(atom, environment)?;
                let rows = &self.rows[atom.relation.0 as usize];
                let index = rows.index(&columns);
                // A `_` inside a record leaves a pattern to be tried on each row.
                for &row in index.get(&key).map_or(&[] as &[usize], Vec::as_slice) {
                    let mut fits = true;
                    for (term, &word) in atom.arguments.iter().zip(rows.row(row)) {
                        fits = fits && (!has_wildcard(term) || self.take(term, word, environment)?);
                    }
                    if fits {
                        return Ok(());
                    }
                }
                self.go(body, at + 1, environment, premises, visit)
            }
            Literal::Compare(compare) => self.compare(compare, body, at, environment, premises, visit),
        }
    }

    fn compare(
        &mut self,
        compare: &Compare,
        body: &Body,
        at: usize,
        environment: &mut Environment,
        premises: &mut Premises,
        visit: &mut Visit<'_, 'a>,
    ) -> Result<(), Interrupt> {
        if compare.op == CompareOp::Equal {
            let (source, target) = if self.known(&compare.right, environment) {
                (&compare.right, &compare.left)
            } else {
                (&compare.left, &compare.right)
            };
            for word in self.several(source, environment)? {
                let before = environment.clone();
                if self.take(target, word, environment)? {
                    self.go(body, at + 1, environment, premises, visit)?;
                }
                *environment = before;
            }
            return Ok(());
        }
        let left = self.value(&compare.left, environment)?;
        let right = self.value(&compare.right, environment)?;
        if self.functions.compare(compare.op, compare.kind, left, right, &self.values)? != compare.negated {
            self.go(body, at + 1, environment, premises, visit)?;
        }
        Ok(())
    }

    /// The columns of an atom that are known, and their values.
    fn key(&mut self, atom: &Atom, environment: &Environment) -> Result<(Vec<usize>, Vec<Word>), Failure> {
        let mut columns = Vec::new();
        let mut key = Vec::new();
        for (column, term) in atom.arguments.iter().enumerate() {
            if self.known(term, environment) {
                columns.push(column);
                key.push(self.value(term, environment)?);
            }
        }
        Ok((columns, key))
    }

    fn known(&self, term: &Term, environment: &Environment) -> bool {
        let mut all = !has_wildcard(term);
        variables(term, &mut |variable| all &= environment[variable.0 as usize].is_some());
        all
    }

    /// The values of a term: one, several for a range, none for an aggregate over nothing.
    fn several(&mut self, term: &Term, environment: &Environment) -> Result<Vec<Word>, Interrupt> {
        match term {
            Term::Call(call) if call.functor == Callee::Builtin(Functor::Range) => {
                let words = self.all(&call.arguments, environment)?;
                let mut range = self.functions.range(self.types.kind(call.ty), &words, &self.values)?;
                let values = Arc::make_mut(&mut self.values);
                Ok(std::iter::from_fn(|| range.next(values)).collect())
            }
            Term::Aggregate(aggregate) => Ok(self.aggregate(aggregate, environment)?.into_iter().collect()),
            other => Ok(vec![self.value(other, environment)?]),
        }
    }

    fn all(&mut self, terms: &[Term], environment: &Environment) -> Result<Vec<Word>, Failure> {
        terms.iter().map(|term| self.value(term, environment)).collect()
    }

    fn value(&mut self, term: &Term, environment: &Environment) -> Result<Word, Failure> {
        match term {
            Term::Variable(variable) => Ok(environment[variable.0 as usize].unwrap_or_default()),
            Term::Constant(word, _) => Ok(*word),
            // Neither has a value of its own; the checks and the hoisting see to it that nobody asks.
            Term::Wildcard | Term::Autoinc | Term::Aggregate(_) => Ok(0),
            Term::Record(_, fields) => {
                let words = self.all(fields, environment)?;
                Ok(Arc::make_mut(&mut self.values).record(&words))
            }
            Term::Branch(_, tag, fields) => {
                let mut words = vec![*tag];
                words.extend(self.all(fields, environment)?);
                Ok(Arc::make_mut(&mut self.values).record(&words))
            }
            Term::As { term, from, to } => {
                let word = self.value(term, environment)?;
                let to = self.types.kind(*to);
                self.functions.reinterpret(*from, to, word, Arc::make_mut(&mut self.values))
            }
            Term::Call(call) => {
                let words = self.all(&call.arguments, environment)?;
                let values = Arc::make_mut(&mut self.values);
                match call.functor {
                    Callee::Builtin(functor) => {
                        self.functions.call(functor, &call.kinds, self.types.kind(call.ty), &words, values)
                    }
                    Callee::User(name) => {
                        let name = values.symbols.get(name).to_owned();
                        self.functions.user(&name, &words, values)
                    }
                }
            }
        }
    }

    /// Lets a term take a value: binds what is unbound, compares the rest.
    fn take(&mut self, term: &Term, word: Word, environment: &mut Environment) -> Result<bool, Failure> {
        if let Term::Variable(variable) = term {
            let slot = &mut environment[variable.0 as usize];
            return Ok(*slot.get_or_insert(word) == word);
        }
        if self.known(term, environment) {
            return Ok(self.value(term, environment)? == word);
        }
        match term {
            Term::Wildcard => Ok(true),
            Term::Record(_, fields) => {
                let Some(words) = self.values.get_record(word).map(<[Word]>::to_vec) else { return Ok(false) };
                self.take_all(fields, &words, environment)
            }
            Term::Branch(_, tag, fields) => {
                let Some([found, words @ ..]) = self.values.get_record(word) else { return Ok(false) };
                if found != tag {
                    return Ok(false);
                }
                let words = words.to_vec();
                self.take_all(fields, &words, environment)
            }
            Term::As { term, from, to } => {
                let to = self.types.kind(*to);
                let word = self.functions.reinterpret(to, *from, word, Arc::make_mut(&mut self.values))?;
                self.take(term, word, environment)
            }
            Term::Variable(_) | Term::Constant(..) | Term::Autoinc | Term::Call(_) | Term::Aggregate(_) => Ok(false),
        }
    }

    fn take_all(&mut self, fields: &[Term], words: &[Word], environment: &mut Environment) -> Result<bool, Failure> {
        if fields.len() != words.len() {
            return Ok(false);
        }
        for (field, &word) in fields.iter().zip(words) {
            if !self.take(field, word, environment)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn aggregate(&mut self, aggregate: &Aggregate, environment: &Environment) -> Result<Option<Word>, Interrupt> {
        let group = aggregate.outer.iter().map(|variable| environment[variable.0 as usize]).collect();
        let key = (aggregate.span, aggregate.outer.clone(), group);
        if let Some(value) = self.aggregates.get(&key) {
            return value.clone().map_err(Interrupt::Failed);
        }
        let (bindings, failed) = self.bindings(aggregate, environment)?;
        let words: Vec<Word> = bindings.values().filter_map(|word| *word).collect();
        let value = match failed {
            Some(failure) => Err(failure),
            None => self.fold(aggregate, bindings.len(), &words),
        };
        self.aggregates.insert(key, value.clone());
        value.map_err(Interrupt::Failed)
    }

    /// The bindings that an aggregate runs over, each with the value of the target.
    fn bindings(
        &mut self,
        aggregate: &Aggregate,
        environment: &Environment,
    ) -> Result<(Contributions, Option<Failure>), Interrupt> {
        let target = aggregate.target.as_slice();
        let body = Body::new(&aggregate.body, target, environment.len(), &aggregate.outer, self.types);
        let mut inner = vec![None; body.variables];
        for variable in &aggregate.outer {
            inner[variable.0 as usize] = environment[variable.0 as usize];
        }
        let named = aggregate.by_name();
        let mut bindings = BTreeMap::new();
        let mut failed = None;
        self.go(&body, 0, &mut inner, &mut Vec::new(), &mut |solver, environment, premises| {
            let own = |variable: &Variable| environment[variable.0 as usize];
            let locals: Vec<Option<Word>> = aggregate.local.iter().map(own).collect();
            let row =
                |&(relation, row): &(RelationId, usize)| (relation, solver.rows[relation.0 as usize].row(row).to_vec());
            let rows = if named { Vec::new() } else { premises.iter().map(row).collect() };
            match solver.head(&body, environment) {
                Ok(target) => {
                    bindings.insert((locals, rows), target.first().copied());
                }
                Err(failure) => failed = failed.take().or(Some(failure)),
            }
        })?;
        Ok((bindings, failed))
    }

    /// The bindings that an aggregate runs over under a binding of the rule, for whoever checks them one by one.
    pub(in crate::explain) fn contributions(
        &mut self,
        aggregate: &Aggregate,
        environment: &Environment,
    ) -> Result<Result<Contributions, Failure>, Stop> {
        self.aggregates.clear();
        match self.bindings(aggregate, environment) {
            Ok((bindings, None)) => Ok(Ok(bindings)),
            Ok((_, Some(failure))) | Err(Interrupt::Failed(failure)) => Ok(Err(failure)),
            Err(Interrupt::Stop(stop)) => Err(stop),
        }
    }

    /// The value of an aggregate over so many bindings with these values of the target.
    pub(in crate::explain) fn fold(
        &mut self,
        aggregate: &Aggregate,
        count: usize,
        words: &[Word],
    ) -> Result<Option<Word>, Failure> {
        let values = Arc::make_mut(&mut self.values);
        let mut floats: Vec<Float> = match aggregate.kind {
            Kind::Float => words.iter().map(|&word| Float::new(values.get_float(word))).collect(),
            Kind::Number | Kind::Unsigned | Kind::Symbol | Kind::Record | Kind::Adt => Vec::new(),
        };
        floats.sort_unstable();
        let total = floats.iter().map(|float| float.get()).sum::<f64>();
        Ok(match aggregate.op {
            AggregateOp::Count => Some(values.number(i64::try_from(count).unwrap_or(i64::MAX))),
            AggregateOp::Sum => Some(match aggregate.kind {
                Kind::Float => values.float(total),
                Kind::Unsigned => {
                    let total = words.iter().map(|&word| i128::from(values.get_unsigned(word))).sum();
                    self.functions.sum(aggregate.kind, total, values)?
                }
                Kind::Number | Kind::Symbol | Kind::Record | Kind::Adt => {
                    let total = words.iter().map(|&word| i128::from(values.get_number(word))).sum();
                    self.functions.sum(aggregate.kind, total, values)?
                }
            }),
            #[allow(clippy::cast_precision_loss)] // a mean is inexact anyway
            AggregateOp::Mean => (count > 0).then(|| values.float(total / count as f64)),
            AggregateOp::Min => {
                let types = self.types;
                words.iter().copied().min_by(|&left, &right| values.compare(types, aggregate.ty, left, right))
            }
            AggregateOp::Max => {
                let types = self.types;
                words.iter().copied().max_by(|&left, &right| values.compare(types, aggregate.ty, left, right))
            }
        })
    }
}
