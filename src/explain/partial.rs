//! Rules with literals left out: what would be missing if everything else held. The rest of the body is asked of the
//! model as ever, over what the wanted tuple binds.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::instance::type_of;
use crate::eval::{Options, Question, Sizes, Stop, solve};
use crate::model::Model;
use crate::plan::plan_body;
use crate::program::{
    Atom, Callee, Compare, CompareOp, Functor, Literal, RelationId, Rule, RuleId, Term, Variable, VariableDecl,
};
use crate::source::Span;
use crate::value::{TypeId, TypeTable, Values, Word};

/// What stands at a place of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Slot(usize),
    Constant(Word),
    Any,
}

/// A literal with every value that it speaks of in a slot of its own.
#[derive(Debug)]
pub(super) struct Part {
    literal: Literal,
    pub(super) span: Span,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Atom { relation: RelationId, negated: bool, columns: Vec<Cell> },
    Compare { op: CompareOp, negated: bool, left: Cell, right: Cell, ty: TypeId, counts: Vec<Counts> },
}

/// The positive atoms of an aggregate within a comparison. What is computed in them has no slot.
pub(super) type Counts = Vec<(RelationId, Vec<Cell>)>;

/// A rule taken apart.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) rule: RuleId,
    /// What the head has in each column.
    pub(super) head: Vec<Cell>,
    pub(super) parts: Vec<Part>,
    /// How many variables the rule has by itself; slots from there on were introduced here.
    pub(super) own: usize,
    variables: Vec<VariableDecl>,
    /// What the introduced slots mean. They hold by themselves and are never left out.
    equations: Vec<Literal>,
}

/// What a rule without some literals gives.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Bindings of the slots that were asked for, as far as anything binds them; distinct, in order of their text.
    pub(super) rows: Vec<Vec<(usize, Word)>>,
    /// Literals that could not be asked: nothing binds what they read.
    pub(super) untested: Vec<usize>,
    /// Whether there may be other rows.
    pub(super) more: bool,
}

/// Asks such questions, so many at most.
pub(super) struct Prober<'a> {
    pub(super) model: &'a Model,
    pub(super) options: &'a Options,
    /// Those of the model, and what the questions computed.
    pub(super) values: Arc<Values>,
    /// How many questions may still be asked.
    pub(super) left: usize,
    prepared: BTreeMap<RuleId, Rc<Parts>>,
}

impl<'a> Prober<'a> {
    pub(super) fn new(model: &'a Model, values: Arc<Values>, left: usize, options: &'a Options) -> Self {
        Self { model, options, values, left, prepared: BTreeMap::new() }
    }

    pub(super) fn parts(&mut self, rule: RuleId) -> Rc<Parts> {
        let model = self.model;
        Rc::clone(self.prepared.entry(rule).or_insert_with(|| Rc::new(Parts::new(model, rule))))
    }

    /// Asks a rule without some literals. Nothing if no more questions may be asked.
    pub(super) fn ask(
        &mut self,
        parts: &Parts,
        bound: &[(usize, Word)],
        dropped: &[usize],
        wanted: &[usize],
        limit: usize,
    ) -> Result<Option<Found>, Stop> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let kept: Vec<usize> = (0..parts.parts.len()).filter(|at| !dropped.contains(at)).collect();
        let literals: Vec<&Literal> = kept.iter().map(|&at| &parts.parts[at].literal).chain(&parts.equations).collect();
        let mut known = vec![false; parts.variables.len()];
        bound.iter().for_each(|&(slot, _)| known[slot] = true);
        let usable = usable(&literals, &mut known);
        let untested = kept.iter().zip(&usable).filter(|(_, usable)| !**usable).map(|(&at, _)| at).collect();
        let body = literals.into_iter().zip(&usable).filter(|(_, usable)| **usable).map(|(one, _)| one.clone());
        let slots: Vec<usize> = wanted.iter().copied().filter(|&slot| known[slot]).collect();
        let rule = self.model.program().rule(parts.rule);
        let rule = Rule {
            arguments: slots.iter().map(|&slot| variable(slot)).collect(),
            body: body.collect(),
            variables: parts.variables.clone(),
            plan: Vec::new(),
            ..*rule
        };
        let given: Vec<usize> = bound.iter().map(|&(slot, _)| slot).collect();
        let sizes = Sizes::new(self.model.database(), &[]);
        let (body, head) = plan_body(&self.model.program().types, &rule, None, &given, &sizes);
        let database = self.model.database();
        let question = Question { database, body: &body, head: &head, bound, cuts: &[], limit };
        let answers = match solve(question, &mut self.values, self.options) {
            Ok(answers) => answers,
            // A functor failed on bindings that the whole rule would never have met.
            Err(Stop::Failed { .. }) => return Ok(Some(Found::default())),
            Err(stop) => return Err(stop),
        };
        let types = &self.model.program().types;
        let mut rows: Vec<&[Word]> = answers.rows().collect();
        rows.sort_by(|left, right| {
            let columns = slots.iter().zip(left.iter().zip(right.iter()));
            columns
                .map(|(&slot, (&left, &right))| self.values.compare(types, parts.variables[slot].ty, left, right))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let rows = rows.into_iter().map(|row| slots.iter().copied().zip(row.iter().copied()).collect()).collect();
        Ok(Some(Found { rows, untested, more: answers.len() >= limit }))
    }
}

impl Parts {
    fn new(model: &Model, id: RuleId) -> Self {
        let (rule, types) = (model.program().rule(id), &model.program().types);
        let mut parts = Self {
            rule: id,
            head: Vec::new(),
            parts: Vec::new(),
            own: rule.variables.len(),
            variables: rule.variables.clone(),
            equations: Vec::new(),
        };
        let columns = |id: RelationId| model.program().relation(id).columns.iter().map(|column| column.ty);
        for (term, ty) in rule.arguments.iter().zip(columns(rule.head)) {
            let taken = matches!(term, Term::Variable(variable)
                if parts.head.contains(&Cell::Slot(variable.0 as usize)));
            let cell =
                if taken { parts.equate(types, term, ty, rule.span) } else { parts.cell(types, term, ty, rule.span) };
            parts.head.push(cell);
        }
        for literal in &rule.body {
            let span = literal.span();
            let (literal, what) = match literal {
                Literal::Positive(atom) | Literal::Negative(atom) => {
                    let negated = matches!(literal, Literal::Negative(_));
                    let cells: Vec<Cell> = atom
                        .arguments
                        .iter()
                        .zip(columns(atom.relation))
                        .map(|(term, ty)| {
                            if negated && !matches!(term, Term::Wildcard) && has_wildcard(term) {
                                Cell::Any
                            } else {
                                parts.cell(types, term, ty, span)
                            }
                        })
                        .collect();
                    let arguments = cells.iter().zip(&atom.arguments).zip(columns(atom.relation));
                    let arguments = arguments.map(|((cell, written), ty)| match *cell {
                        Cell::Slot(slot) => variable(slot),
                        Cell::Constant(word) => Term::Constant(word, ty),
                        Cell::Any => written.clone(),
                    });
                    let atom = Atom { relation: atom.relation, arguments: arguments.collect(), span };
                    let what = What::Atom { relation: atom.relation, negated, columns: cells };
                    (if negated { Literal::Negative(atom) } else { Literal::Positive(atom) }, what)
                }
                Literal::Compare(compare) => {
                    let ty = type_of(&parts.variables, compare);
                    // The sides stand in the comparison too: what has several values, or none of its own, is not asked.
                    let mut side = |term: &Term| {
                        if has_range(term) || has_wildcard(term) {
                            Cell::Any
                        } else {
                            parts.cell(types, term, ty, span)
                        }
                    };
                    let (left, right) = (side(&compare.left), side(&compare.right));
                    let (op, negated) = (compare.op, compare.negated);
                    let mut counts = Vec::new();
                    literal.visit_terms(&mut |term| {
                        if let Term::Aggregate(aggregate) = term {
                            counts.push(counts_of(&aggregate.body));
                        }
                    });
                    (literal.clone(), What::Compare { op, negated, left, right, ty, counts })
                }
            };
            parts.parts.push(Part { literal, span, what });
        }
        parts
    }

    fn cell(&mut self, types: &TypeTable, term: &Term, ty: TypeId, span: Span) -> Cell {
        match term {
            Term::Variable(variable) => Cell::Slot(variable.0 as usize),
            Term::Constant(word, _) => Cell::Constant(*word),
            Term::Wildcard => Cell::Any,
            Term::Call(_)
            | Term::Record(..)
            | Term::Branch(..)
            | Term::As { .. }
            | Term::Aggregate(_)
            | Term::Autoinc => self.equate(types, term, ty, span),
        }
    }

    /// A new slot that equals a term.
    fn equate(&mut self, types: &TypeTable, term: &Term, ty: TypeId, span: Span) -> Cell {
        let name = self.variables.first().map_or(crate::symbol::Symbol(0), |variable| variable.name);
        let slot = self.variables.len();
        self.variables.push(VariableDecl { name, ty });
        let kind = types.kind(ty);
        let compare =
            Compare { op: CompareOp::Equal, negated: false, kind, left: variable(slot), right: term.clone(), span };
        self.equations.push(Literal::Compare(compare));
        Cell::Slot(slot)
    }

    /// The slots of a literal.
    pub(super) fn slots(&self, part: usize) -> Vec<usize> {
        let slot = |cell: &Cell| if let Cell::Slot(slot) = cell { Some(*slot) } else { None };
        match &self.parts[part].what {
            What::Atom { columns, .. } => {
                let mut slots: Vec<usize> = columns.iter().filter_map(slot).collect();
                // A negated pattern with `_` inside has no slot of its own.
                for (_, term) in self.patterns(part) {
                    term.visit(&mut |term| {
                        if let Term::Variable(variable) = term {
                            slots.push(variable.0 as usize);
                        }
                    });
                }
                slots
            }
            What::Compare { left, right, counts, .. } => {
                let inside = counts.iter().flatten().flat_map(|(_, columns)| columns);
                [left, right].into_iter().chain(inside).filter_map(slot).collect()
            }
        }
    }
}

impl Parts {
    /// What an atom says of the columns that have no slot, for there is a `_` in them.
    fn patterns(&self, part: usize) -> Vec<(usize, &Term)> {
        let Part {
            literal: Literal::Positive(atom) | Literal::Negative(atom), what: What::Atom { columns, .. }, ..
        } = &self.parts[part]
        else {
            return Vec::new();
        };
        let open = |&at: &usize| columns[at] == Cell::Any;
        (0..columns.len()).filter(open).map(|at| (at, &atom.arguments[at])).collect()
    }

    /// Whether a row has what the patterns of an atom say that have `_` inside, as far as slots have a value.
    pub(super) fn fits(
        &self,
        part: usize,
        row: &[Word],
        value: &dyn Fn(usize) -> Option<Word>,
        values: &Values,
    ) -> bool {
        self.patterns(part).into_iter().all(|(at, term)| term_fits(term, row[at], value, values))
    }
}

fn term_fits(term: &Term, word: Word, value: &dyn Fn(usize) -> Option<Word>, values: &Values) -> bool {
    let all = |terms: &[Term], words: &[Word]| {
        terms.len() == words.len() && terms.iter().zip(words).all(|(term, &word)| term_fits(term, word, value, values))
    };
    match term {
        Term::Variable(variable) => value(variable.0 as usize).is_none_or(|known| known == word),
        Term::Constant(known, _) => *known == word,
        Term::Record(_, fields) => values.get_record(word).is_some_and(|words| all(fields, words)),
        Term::Branch(_, tag, fields) => values
            .get_record(word)
            .and_then(<[Word]>::split_first)
            .is_some_and(|(of, words)| of == tag && all(fields, words)),
        // What is computed is not looked into.
        Term::Wildcard | Term::As { .. } | Term::Call(_) | Term::Aggregate(_) | Term::Autoinc => true,
    }
}

fn counts_of(body: &[Literal]) -> Counts {
    let cell = |term: &Term| match term {
        Term::Variable(variable) => Cell::Slot(variable.0 as usize),
        Term::Constant(word, _) => Cell::Constant(*word),
        Term::Wildcard
        | Term::Call(_)
        | Term::Record(..)
        | Term::Branch(..)
        | Term::As { .. }
        | Term::Aggregate(_)
        | Term::Autoinc => Cell::Any,
    };
    let atoms = body.iter().filter_map(|literal| match literal {
        Literal::Positive(atom) => Some((atom.relation, atom.arguments.iter().map(cell).collect())),
        Literal::Negative(_) | Literal::Compare(_) => None,
    });
    atoms.collect()
}

fn variable(slot: usize) -> Term {
    Term::Variable(Variable(u32::try_from(slot).unwrap_or(u32::MAX)))
}

/// Which literals can be asked once some slots are bound, and in `known` what they bind in turn.
fn usable(literals: &[&Literal], known: &mut [bool]) -> Vec<bool> {
    let mut usable = vec![false; literals.len()];
    loop {
        let mut changed = false;
        for (at, literal) in literals.iter().enumerate() {
            if usable[at] {
                continue;
            }
            let ready = match literal {
                Literal::Positive(atom) => {
                    atom.arguments.iter().for_each(|term| bind(term, known));
                    true
                }
                Literal::Negative(atom) => atom
                    .arguments
                    .iter()
                    .all(|term| computable(term, known) || has_wildcard(term) && closed(term, known)),
                Literal::Compare(compare) => {
                    let (left, right) = (computable(&compare.left, known), computable(&compare.right, known));
                    let equal = compare.op == CompareOp::Equal && !compare.negated;
                    if equal && left && !right && bindable(&compare.right, known) {
                        bind(&compare.right, known);
                        true
                    } else if equal && right && !left && bindable(&compare.left, known) {
                        bind(&compare.left, known);
                        true
                    } else {
                        left && right
                    }
                }
            };
            usable[at] = ready;
            changed |= ready;
        }
        if !changed {
            return usable;
        }
    }
}

/// Whether a term has a value once the known slots have.
fn computable(term: &Term, known: &[bool]) -> bool {
    match term {
        Term::Variable(variable) => known[variable.0 as usize],
        Term::Constant(..) => true,
        Term::Wildcard | Term::Autoinc => false,
        Term::Call(call) => call.arguments.iter().all(|term| computable(term, known)),
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().all(|term| computable(term, known)),
        Term::As { term, .. } => computable(term, known),
        Term::Aggregate(aggregate) => aggregate.outer.iter().all(|variable| known[variable.0 as usize]),
    }
}

/// Whether every variable in a term is known.
fn closed(term: &Term, known: &[bool]) -> bool {
    let mut all = true;
    term.visit(&mut |term| {
        if let Term::Variable(variable) = term {
            all &= known[variable.0 as usize];
        }
    });
    all
}

/// Whether what is unknown in a term can be read off its value.
fn bindable(term: &Term, known: &[bool]) -> bool {
    match term {
        Term::Variable(_) | Term::Wildcard => true,
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().all(|term| bindable(term, known)),
        Term::As { term, .. } => bindable(term, known),
        Term::Constant(..) | Term::Call(_) | Term::Aggregate(_) | Term::Autoinc => computable(term, known),
    }
}

fn bind(term: &Term, known: &mut [bool]) {
    match term {
        Term::Variable(variable) => known[variable.0 as usize] = true,
        Term::Record(_, fields) | Term::Branch(_, _, fields) => fields.iter().for_each(|term| bind(term, known)),
        Term::As { term, .. } => bind(term, known),
        Term::Wildcard | Term::Constant(..) | Term::Call(_) | Term::Aggregate(_) | Term::Autoinc => {}
    }
}

/// Whether computing a term gives several values.
fn has_range(term: &Term) -> bool {
    let mut found = false;
    term.visit(&mut |term| {
        found |= matches!(term, Term::Call(call) if call.functor == Callee::Builtin(Functor::Range));
    });
    found
}

fn has_wildcard(term: &Term) -> bool {
    let mut found = false;
    term.visit(&mut |term| found |= matches!(term, Term::Wildcard));
    found
}
