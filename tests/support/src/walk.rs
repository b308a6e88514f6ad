//! Walks over trees: every atom, term and name of a clause, wherever it stands.

use std::collections::BTreeSet;

use onus::symbol::Symbol;
use onus::syntax::ast::{Aggregate, Atom, Clause, DirectiveKind, Formula, Item, ItemKind, Program, Term, TermKind};

use crate::sample::Sample;

/// How an atom is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It adds bindings.
    Positive,
    /// Under a negation.
    Negative,
    /// Inside an aggregate.
    Aggregated,
}

/// The clauses of a program, with their places among its items.
pub fn clauses(program: &Program) -> impl Iterator<Item = (usize, &Clause)> {
    program.items.iter().enumerate().filter_map(|(at, item)| match &item.kind {
        ItemKind::Clause(clause) => Some((at, clause)),
        _ => None,
    })
}

/// Whether a program has components.
#[must_use]
pub fn has_components(sample: &Sample) -> bool {
    sample.program.items.iter().any(|item| matches!(item.kind, ItemKind::Component(_) | ItemKind::Init(_)))
}

/// Whether answers may depend on the round in which a tuple is first derived: there is a choice, a limit
/// of size, or a tuple that replaces others.
#[must_use]
pub fn by_rounds(sample: &Sample) -> bool {
    fn any(items: &[Item]) -> bool {
        items.iter().any(|item| match &item.kind {
            ItemKind::Relation(declaration) => {
                !declaration.choice.is_empty() || declaration.attributes.iter().any(|attribute| attribute.lattice)
            }
            ItemKind::Clause(clause) => clause.subsumption,
            ItemKind::Directive(directive) => directive.kind == DirectiveKind::Limitsize,
            ItemKind::Component(component) => any(&component.items),
            _ => false,
        })
    }
    any(&sample.program.items)
}

/// The relations that a program declares `inline`.
#[must_use]
pub fn inlined(sample: &Sample) -> BTreeSet<Symbol> {
    let mut inlined = BTreeSet::new();
    for item in &sample.program.items {
        if let ItemKind::Relation(decl) = &item.kind
            && decl.qualifiers.iter().any(|name| sample.symbols.get(name.symbol) == "inline")
        {
            inlined.extend(decl.names.iter().map(|name| name.symbol));
        }
    }
    inlined
}

/// Whether a program has a counter: answers hang on how many instances a rule has.
#[must_use]
pub fn counts(sample: &Sample) -> bool {
    fn any(items: &[Item]) -> bool {
        items.iter().any(|item| match &item.kind {
            ItemKind::Clause(clause) => {
                let mut found = false;
                visit_clause(&mut clause.clone(), &mut |node| {
                    found |= matches!(node, Node::Term(Term { kind: TermKind::Autoinc, .. }));
                });
                found
            }
            ItemKind::Component(component) => any(&component.items),
            _ => false,
        })
    }
    any(&sample.program.items)
}

/// The relations that a program puts out.
#[must_use]
pub fn outputs(sample: &Sample) -> BTreeSet<&str> {
    let directives = sample.program.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Directive(directive) if directive.kind == DirectiveKind::Output => Some(directive),
        _ => None,
    });
    directives.flat_map(|directive| &directive.relations).map(|name| sample.symbols.get(name.symbol)).collect()
}

/// The clause of an item, if it is one.
pub fn clause_mut(item: &mut Item) -> Option<&mut Clause> {
    match &mut item.kind {
        ItemKind::Clause(clause) => Some(clause),
        _ => None,
    }
}

/// Calls `visit` with each atom of a clause's body and how it is used; then with those in the heads' aggregates.
pub fn body_atoms<'a>(clause: &'a Clause, visit: &mut impl FnMut(&'a Atom, Use)) {
    if let Some(body) = &clause.body {
        formula_atoms(body, Use::Positive, visit);
    }
    clause.heads.iter().flat_map(|head| &head.arguments).for_each(|term| term_atoms(term, visit));
}

/// Calls `visit` with each atom of a formula that stands for `place`.
pub fn formula_atoms<'a>(formula: &'a Formula, place: Use, visit: &mut impl FnMut(&'a Atom, Use)) {
    match formula {
        Formula::Atom(atom) => {
            visit(atom, place);
            atom.arguments.iter().for_each(|term| term_atoms(term, visit));
        }
        Formula::Compare(compare) => {
            term_atoms(&compare.left, visit);
            term_atoms(&compare.right, visit);
        }
        Formula::Boolean(..) => {}
        Formula::Not(inner, _) => {
            let place = match place {
                Use::Positive => Use::Negative,
                Use::Negative => Use::Positive,
                Use::Aggregated => Use::Aggregated,
            };
            formula_atoms(inner, place, visit);
        }
        Formula::And(parts) | Formula::Or(parts) => {
            parts.iter().for_each(|part| formula_atoms(part, place, visit));
        }
    }
}

fn term_atoms<'a>(term: &'a Term, visit: &mut impl FnMut(&'a Atom, Use)) {
    match &term.kind {
        TermKind::Aggregate(aggregate) => formula_atoms(&aggregate.body, Use::Aggregated, visit),
        _ => children(term).for_each(|term| term_atoms(term, visit)),
    }
}

/// The terms directly inside a term; an aggregate's target among them, its body not.
pub fn children(term: &Term) -> impl Iterator<Item = &Term> {
    let (many, one): (&[Term], Option<&Term>) = match &term.kind {
        TermKind::Record(terms)
        | TermKind::Branch { arguments: terms, .. }
        | TermKind::Call { arguments: terms, .. }
        | TermKind::User { arguments: terms, .. } => (terms, None),
        TermKind::As { term, .. } => (&[], Some(term)),
        TermKind::Aggregate(aggregate) => (&[], aggregate.target.as_ref()),
        TermKind::Variable(_)
        | TermKind::Wildcard
        | TermKind::Integer { .. }
        | TermKind::Float(_)
        | TermKind::String(_)
        | TermKind::Nil
        | TermKind::Autoinc
        | TermKind::Iteration => (&[], None),
    };
    many.iter().chain(one)
}

/// A thing that can be changed in place.
pub enum Node<'a> {
    /// An atom, heads included.
    Atom(&'a mut Atom),
    /// A term, after those inside it.
    Term(&'a mut Term),
    /// A formula, after those inside it.
    Formula(&'a mut Formula),
}

/// Calls `visit` with every atom, term and formula of a clause, inner ones first.
pub fn visit_clause(clause: &mut Clause, visit: &mut impl FnMut(Node<'_>)) {
    clause.heads.iter_mut().for_each(|head| visit_atom(head, visit));
    if let Some(body) = &mut clause.body {
        visit_formula(body, visit);
    }
}

fn visit_atom(atom: &mut Atom, visit: &mut impl FnMut(Node<'_>)) {
    atom.arguments.iter_mut().for_each(|term| visit_term(term, visit));
    visit(Node::Atom(atom));
}

/// As [`visit_clause`], of a formula.
pub fn visit_formula(formula: &mut Formula, visit: &mut impl FnMut(Node<'_>)) {
    match formula {
        Formula::Atom(atom) => visit_atom(atom, visit),
        Formula::Compare(compare) => {
            visit_term(&mut compare.left, visit);
            visit_term(&mut compare.right, visit);
        }
        Formula::Boolean(..) => {}
        Formula::Not(inner, _) => visit_formula(inner, visit),
        Formula::And(parts) | Formula::Or(parts) => parts.iter_mut().for_each(|part| visit_formula(part, visit)),
    }
    visit(Node::Formula(formula));
}

/// As [`visit_clause`], of a term.
pub fn visit_term(term: &mut Term, visit: &mut impl FnMut(Node<'_>)) {
    match &mut term.kind {
        TermKind::Record(terms)
        | TermKind::Branch { arguments: terms, .. }
        | TermKind::Call { arguments: terms, .. }
        | TermKind::User { arguments: terms, .. } => terms.iter_mut().for_each(|term| visit_term(term, visit)),
        TermKind::As { term, .. } => visit_term(term, visit),
        TermKind::Aggregate(aggregate) => {
            let Aggregate { target, body, .. } = &mut **aggregate;
            if let Some(target) = target {
                visit_term(target, visit);
            }
            visit_formula(body, visit);
        }
        TermKind::Variable(_)
        | TermKind::Wildcard
        | TermKind::Integer { .. }
        | TermKind::Float(_)
        | TermKind::String(_)
        | TermKind::Nil
        | TermKind::Autoinc
        | TermKind::Iteration => {}
    }
    visit(Node::Term(term));
}

/// The named variables of a clause, in order of appearance, heads first.
#[must_use]
pub fn clause_variables(clause: &Clause) -> Vec<Symbol> {
    let mut names = Vec::new();
    // Visiting changes nothing here; a copy spares a second walk that only reads.
    visit_clause(&mut clause.clone(), &mut |node| collect(&node, &mut names));
    names
}

/// The named variables of a formula, in order of appearance.
#[must_use]
pub fn formula_variables(formula: &Formula) -> Vec<Symbol> {
    let mut names = Vec::new();
    visit_formula(&mut formula.clone(), &mut |node| collect(&node, &mut names));
    names
}

/// The named variables of a term, in order of appearance.
#[must_use]
pub fn term_variables(term: &Term) -> Vec<Symbol> {
    let mut names = Vec::new();
    visit_term(&mut term.clone(), &mut |node| collect(&node, &mut names));
    names
}

fn collect(node: &Node<'_>, names: &mut Vec<Symbol>) {
    if let Node::Term(Term { kind: TermKind::Variable(name), .. }) = node
        && !names.contains(name)
    {
        names.push(*name);
    }
}
