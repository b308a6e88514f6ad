//! Inlined relations. One whose rules can be evaluated by themselves is a relation like any other. One with a rule that
//! cannot, because it needs what its caller knows, has no tuples: its rules stand wherever it is asked for. What an
//! argument computes is computed beside them, once, whatever is negated.

use std::collections::{BTreeMap, BTreeSet};

use onus::source::Span;
use onus::symbol::{Interner, Symbol};
use onus::syntax::ast::{
    Aggregate, Atom, Clause, Compare, CompareOp, Formula, Item, ItemKind, Name, Program, Term, TermKind,
};

use super::declare::Shape;
use super::{declare, finish, lower, normal};
use crate::answers::Failure;
use crate::walk;

/// Atoms that are replaced at most.
const MOST: usize = 2_000;

/// Whether a program declares some relation `inline`.
pub(super) fn any(program: &Program, symbols: &Interner) -> bool {
    program.items.iter().any(|item| is_marked(item, symbols))
}

fn is_marked(item: &Item, symbols: &Interner) -> bool {
    match &item.kind {
        ItemKind::Relation(decl) => decl.qualifiers.iter().any(|name| is_mark(name, symbols)),
        _ => false,
    }
}

fn is_mark(name: &Name, symbols: &Interner) -> bool {
    symbols.get(name.symbol) == "inline"
}

/// The program without inlined relations.
pub(super) fn expand(program: &Program, symbols: &mut Interner) -> Result<Program, Failure> {
    let mut marked: BTreeSet<Symbol> = BTreeSet::new();
    let mut plain = program.clone();
    for item in plain.items.iter_mut().filter(|item| is_marked(item, symbols)) {
        if let ItemKind::Relation(decl) = &mut item.kind {
            marked.extend(decl.names.iter().map(|name| name.symbol));
            decl.qualifiers.retain(|name| !is_mark(name, symbols));
        }
    }
    let open = open(&plain, symbols, &marked)?;
    let mut rules: BTreeMap<Symbol, Vec<(&Atom, Option<&Formula>)>> = BTreeMap::new();
    for (_, clause) in walk::clauses(program) {
        for head in clause.heads.iter().filter(|head| open.contains(&head.relation.symbol)) {
            if clause.subsumption {
                return Err(Failure::Rejected("a subsumption of an inlined relation".into()));
            }
            rules.entry(head.relation.symbol).or_default().push((head, clause.body.as_ref()));
        }
    }
    let shapes = shapes(&plain, symbols, &open)?;
    let mut work = Work { open: &open, rules: &rules, shapes: &shapes, symbols, replaced: 0, negated: false };
    let mut items = Vec::new();
    for mut item in plain.items {
        let stays = match &mut item.kind {
            ItemKind::Relation(decl) => {
                decl.names.retain(|name| !open.contains(&name.symbol));
                !decl.names.is_empty()
            }
            ItemKind::Directive(directive) => {
                if directive.relations.iter().any(|name| open.contains(&name.symbol)) {
                    return Err(Failure::Rejected("an inlined relation has no tuples".into()));
                }
                true
            }
            ItemKind::Clause(clause) => {
                clause.heads.retain(|head| !open.contains(&head.relation.symbol));
                for head in &mut clause.heads {
                    work.terms(&mut head.arguments)?;
                }
                clause.body = clause.body.take().map(|body| work.formula(body)).transpose()?;
                !clause.heads.is_empty()
            }
            ItemKind::Goal(goal) => {
                let body = std::mem::replace(&mut goal.body, Formula::And(Vec::new()));
                goal.body = work.formula(body)?;
                true
            }
            _ => true,
        };
        if stays {
            items.push(item);
        }
    }
    Ok(Program { items })
}

/// What the columns of some relations hold.
fn shapes(
    plain: &Program,
    symbols: &Interner,
    of: &BTreeSet<Symbol>,
) -> Result<BTreeMap<Symbol, Vec<Option<Shape>>>, Failure> {
    let declarations = declare::declare(plain, symbols)?;
    of.iter()
        .map(|&name| Ok((name, declarations.relations[declarations.relation(name, symbols)?].columns.clone())))
        .collect()
}

/// The marked relations that have no tuples of their own.
fn open(plain: &Program, symbols: &Interner, marked: &BTreeSet<Symbol>) -> Result<BTreeSet<Symbol>, Failure> {
    let declarations = declare::declare(plain, symbols)?;
    let alone = |clause: &Clause, head: &Atom| -> Result<bool, Failure> {
        let relation = declarations.relation(head.relation.symbol, symbols)?;
        for conjunction in normal::bodies(clause.body.as_ref())? {
            let rule = lower::rule(&declarations, symbols, relation, &head.arguments, &conjunction);
            if rule.and_then(|rule| finish(rule, &declarations)).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let mut open = BTreeSet::new();
    let mut reads: BTreeMap<Symbol, BTreeSet<Symbol>> = BTreeMap::new();
    for (_, clause) in walk::clauses(plain) {
        for head in clause.heads.iter().filter(|head| marked.contains(&head.relation.symbol)) {
            let name = head.relation.symbol;
            if !alone(clause, head)? {
                open.insert(name);
            }
            walk::body_atoms(clause, &mut |atom, _| {
                reads.entry(name).or_default().insert(atom.relation.symbol);
            });
        }
    }
    // Who reads one that has no tuples stands in its callers too.
    loop {
        let more: Vec<Symbol> =
            reads.iter().filter(|(_, read)| !read.is_disjoint(&open)).map(|(&name, _)| name).collect();
        let before = open.len();
        open.extend(more);
        if open.len() == before {
            break;
        }
    }
    for name in &open {
        let mut seen: BTreeSet<Symbol> = BTreeSet::new();
        let mut next: Vec<Symbol> = vec![*name];
        while let Some(at) = next.pop() {
            for read in reads.get(&at).into_iter().flatten().filter(|read| open.contains(read)) {
                if read == name {
                    return Err(Failure::Rejected("an inlined relation that needs itself".into()));
                }
                if seen.insert(*read) {
                    next.push(*read);
                }
            }
        }
    }
    Ok(open)
}

struct Work<'a> {
    open: &'a BTreeSet<Symbol>,
    rules: &'a BTreeMap<Symbol, Vec<(&'a Atom, Option<&'a Formula>)>>,
    shapes: &'a BTreeMap<Symbol, Vec<Option<Shape>>>,
    symbols: &'a mut Interner,
    replaced: usize,
    /// Whether rules stand below a negation: nothing may be computed beside an atom there.
    negated: bool,
}

/// What variables stand for.
type Meaning = BTreeMap<Symbol, Term>;

impl Work<'_> {
    fn formula(&mut self, formula: Formula) -> Result<Formula, Failure> {
        Ok(match formula {
            Formula::Atom(mut atom) => {
                self.terms(&mut atom.arguments)?;
                if !self.open.contains(&atom.relation.symbol) {
                    return Ok(Formula::Atom(atom));
                }
                let mut parts = self.computed(&mut atom);
                parts.push(self.called(&atom)?);
                Formula::And(parts)
            }
            Formula::Compare(mut compare) => {
                self.term(&mut compare.left)?;
                self.term(&mut compare.right)?;
                Formula::Compare(compare)
            }
            Formula::Boolean(..) => formula,
            Formula::Not(inner, span) => match *inner {
                Formula::Not(inner, _) => self.formula(*inner)?,
                Formula::And(parts) => Formula::Or(self.formulas(opposites(parts, span))?),
                Formula::Or(parts) => Formula::And(self.formulas(opposites(parts, span))?),
                Formula::Atom(mut atom) if self.open.contains(&atom.relation.symbol) => {
                    self.terms(&mut atom.arguments)?;
                    let mut parts = self.computed(&mut atom);
                    let before = std::mem::replace(&mut self.negated, true);
                    let rules = self.called(&atom);
                    self.negated = before;
                    parts.push(Formula::Not(Box::new(rules?), span));
                    Formula::And(parts)
                }
                inner => Formula::Not(Box::new(self.formula(inner)?), span),
            },
            Formula::And(parts) => Formula::And(self.formulas(parts)?),
            Formula::Or(parts) => Formula::Or(self.formulas(parts)?),
        })
    }

    fn formulas(&mut self, parts: Vec<Formula>) -> Result<Vec<Formula>, Failure> {
        parts.into_iter().map(|part| self.formula(part)).collect()
    }

    fn terms(&mut self, terms: &mut [Term]) -> Result<(), Failure> {
        terms.iter_mut().try_for_each(|term| self.term(term))
    }

    fn term(&mut self, term: &mut Term) -> Result<(), Failure> {
        match &mut term.kind {
            TermKind::Aggregate(aggregate) => {
                let body = std::mem::replace(&mut aggregate.body, Formula::And(Vec::new()));
                let mut asks = false;
                walk::formula_atoms(&body, walk::Use::Positive, &mut |atom, _| {
                    asks |= self.open.contains(&atom.relation.symbol);
                });
                let before = std::mem::take(&mut self.negated);
                let body = self.formula(body);
                self.negated = before;
                aggregate.body = body?;
                if asks {
                    told_by_name(&mut aggregate.body);
                }
                aggregate.target.as_mut().map_or(Ok(()), |target| self.term(target))
            }
            TermKind::Record(parts)
            | TermKind::Branch { arguments: parts, .. }
            | TermKind::Call { arguments: parts, .. }
            | TermKind::User { arguments: parts, .. } => self.terms(parts),
            TermKind::As { term, .. } => self.term(term),
            _ => Ok(()),
        }
    }

    /// What the arguments of an atom compute, as equations beside it. A literal is of its column's kind.
    fn computed(&mut self, atom: &mut Atom) -> Vec<Formula> {
        let mut equations = Vec::new();
        let shapes = self.shapes.get(&atom.relation.symbol).into_iter().flatten();
        for (argument, shape) in atom.arguments.iter_mut().zip(shapes) {
            match (&argument.kind, shape) {
                (&TermKind::Integer { magnitude, negative, .. }, Some(Shape::Float)) => {
                    #[allow(clippy::cast_precision_loss)] // as a text of the same digits would be read
                    let value = magnitude as f64;
                    argument.kind = TermKind::Float(if negative { -value } else { value });
                }
                (&TermKind::Integer { magnitude, negative, .. }, Some(Shape::Unsigned)) => {
                    argument.kind = TermKind::Integer { magnitude, negative, unsigned: true };
                }
                (TermKind::Call { .. } | TermKind::User { .. } | TermKind::Autoinc, _) if !self.negated => {
                    self.replaced += 1;
                    let name = self.symbols.intern(&format!("?in{}", self.replaced));
                    let variable = Term { kind: TermKind::Variable(name), span: argument.span };
                    let right = std::mem::replace(argument, variable.clone());
                    let (op, left, span) = (CompareOp::Equal, variable, right.span);
                    equations.push(Formula::Compare(Compare { op, left, right, span }));
                }
                _ => {}
            }
        }
        equations
    }

    /// What an atom of an inlined relation says: what one of its rules says of the arguments.
    fn called(&mut self, atom: &Atom) -> Result<Formula, Failure> {
        let mut alternatives = Vec::new();
        let rules = self.rules.get(&atom.relation.symbol).cloned().unwrap_or_default();
        for (head, body) in rules {
            if head.arguments.len() != atom.arguments.len() {
                return Err(Failure::Rejected("an inlined relation with another number of arguments".into()));
            }
            self.replaced += 1;
            if self.replaced > MOST {
                return Err(Failure::Rejected("inlined relations without end".into()));
            }
            alternatives.push(self.rule(atom, head, body)?);
        }
        let never = Formula::Boolean(false, atom.span);
        Ok(match alternatives.len() {
            0 => never,
            1 => alternatives.pop().unwrap_or(never),
            _ => Formula::Or(alternatives),
        })
    }

    fn rule(&mut self, atom: &Atom, head: &Atom, body: Option<&Formula>) -> Result<Formula, Failure> {
        let mut meaning = Meaning::new();
        let mut equations: Vec<(&Term, &Term)> = Vec::new();
        for (formal, actual) in head.arguments.iter().zip(&atom.arguments) {
            match (&formal.kind, &actual.kind) {
                (TermKind::Variable(name), kind) if *kind != TermKind::Wildcard && !meaning.contains_key(name) => {
                    meaning.insert(*name, actual.clone());
                }
                (_, TermKind::Wildcard) => {}
                _ => equations.push((formal, actual)),
            }
        }
        let mut names: Vec<Symbol> = head.arguments.iter().flat_map(walk::term_variables).collect();
        names.extend(body.map(walk::formula_variables).unwrap_or_default());
        for name in names {
            let text = format!("?in{}_{}", self.replaced, self.symbols.get(name));
            let kind = TermKind::Variable(self.symbols.intern(&text));
            meaning.entry(name).or_insert(Term { kind, span: atom.span });
        }
        let mut parts = Vec::new();
        for (formal, actual) in equations {
            let (left, right) = (in_term(formal, &meaning), actual.clone());
            parts.push(Formula::Compare(Compare { op: CompareOp::Equal, left, right, span: atom.span }));
        }
        if let Some(body) = body {
            parts.push(self.formula(in_formula(body, &meaning))?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Formula::And(parts) })
    }
}

fn opposites(parts: Vec<Formula>, span: Span) -> Vec<Formula> {
    parts.into_iter().map(|part| Formula::Not(Box::new(part), span)).collect()
}

/// Makes an aggregate over rules that were put into it take bindings by name, also where one atom is left: the atom
/// stands there twice, once for nothing.
fn told_by_name(body: &mut Formula) {
    let mut atoms = Vec::new();
    walk::formula_atoms(body, walk::Use::Positive, &mut |atom, place| {
        if place == walk::Use::Positive {
            atoms.push(atom.clone());
        }
    });
    if let [atom] = atoms.as_mut_slice() {
        atom.arguments.iter_mut().for_each(|argument| argument.kind = TermKind::Wildcard);
        let again = Formula::Atom(atom.clone());
        let whole = std::mem::replace(body, Formula::And(Vec::new()));
        *body = Formula::And(vec![whole, again]);
    }
}

fn in_formula(formula: &Formula, meaning: &Meaning) -> Formula {
    let all = |parts: &[Formula]| parts.iter().map(|part| in_formula(part, meaning)).collect();
    match formula {
        Formula::Atom(atom) => {
            let arguments = atom.arguments.iter().map(|term| in_term(term, meaning)).collect();
            Formula::Atom(Atom { arguments, ..atom.clone() })
        }
        Formula::Compare(compare) => {
            let (left, right) = (in_term(&compare.left, meaning), in_term(&compare.right, meaning));
            Formula::Compare(Compare { left, right, ..compare.clone() })
        }
        Formula::Boolean(..) => formula.clone(),
        Formula::Not(inner, span) => Formula::Not(Box::new(in_formula(inner, meaning)), *span),
        Formula::And(parts) => Formula::And(all(parts)),
        Formula::Or(parts) => Formula::Or(all(parts)),
    }
}

fn in_term(term: &Term, meaning: &Meaning) -> Term {
    let all = |terms: &[Term]| -> Vec<Term> { terms.iter().map(|term| in_term(term, meaning)).collect() };
    let kind = match &term.kind {
        TermKind::Variable(name) => return meaning.get(name).cloned().unwrap_or_else(|| term.clone()),
        TermKind::Record(terms) => TermKind::Record(all(terms)),
        TermKind::Branch { name, arguments } => TermKind::Branch { name: *name, arguments: all(arguments) },
        TermKind::Call { functor, arguments } => TermKind::Call { functor: *functor, arguments: all(arguments) },
        TermKind::User { name, arguments } => TermKind::User { name: *name, arguments: all(arguments) },
        TermKind::As { term, ty } => TermKind::As { term: Box::new(in_term(term, meaning)), ty: *ty },
        TermKind::Aggregate(aggregate) => {
            // What the target names is the aggregate's own, whatever the caller's arguments are.
            let mut inside = meaning.clone();
            let own = aggregate.target.as_ref().map(normal::named_in_term).unwrap_or_default();
            own.iter().for_each(|name| {
                inside.remove(name);
            });
            TermKind::Aggregate(Box::new(Aggregate {
                op: aggregate.op,
                target: aggregate.target.clone(),
                body: in_formula(&aggregate.body, &inside),
            }))
        }
        _ => term.kind.clone(),
    };
    Term { kind, span: term.span }
}
