//! A part of a body as a relation of its own, and the reverse.

use std::collections::{BTreeMap, BTreeSet};

use onus::symbol::Symbol;
use onus::syntax::ast::{Atom, Clause, Formula, ItemKind, RelationDecl, Term, TermKind, TypeDefinition};

use super::Variant;
use super::order::{has_aggregate, is_plain};
use super::redundancy::has_inlined;
use super::redundancy::rules;
use crate::answers::Answers;
use crate::build::{Build, conjunction, literals};
use crate::random::Random;
use crate::sample::Sample;
use crate::walk::{self, Node, clause_mut};

/// What a program declares, as far as folding needs it.
struct Declared<'a> {
    relations: BTreeMap<Symbol, &'a RelationDecl>,
    parents: BTreeMap<Symbol, Symbol>,
}

impl<'a> Declared<'a> {
    fn of(sample: &'a Sample) -> Self {
        let mut declared = Self { relations: BTreeMap::new(), parents: BTreeMap::new() };
        for item in &sample.program.items {
            match &item.kind {
                ItemKind::Relation(declaration) => {
                    declared.relations.extend(declaration.names.iter().map(|name| (name.symbol, declaration)));
                }
                ItemKind::Type(declaration) => {
                    if let TypeDefinition::Subtype(parent) = declaration.definition {
                        declared.parents.insert(declaration.name.symbol, parent.symbol);
                    }
                }
                _ => {}
            }
        }
        declared
    }

    /// The narrower of two types; none where neither is the other's subtype.
    fn narrower(&self, left: Symbol, right: Symbol) -> Option<Symbol> {
        let below = |mut low: Symbol, high: Symbol| loop {
            if low == high {
                return true;
            }
            match self.parents.get(&low) {
                Some(&parent) => low = parent,
                None => return false,
            }
        };
        if below(left, right) { Some(left) } else { below(right, left).then_some(right) }
    }
}

/// Some atoms of a body become a relation whose columns are the variables that the rest of the rule uses.
pub(super) fn fold(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    let declared = Declared::of(sample);
    let mut build = Build::with(sample.symbols.clone());
    let place = *random.pick(&rules(sample))?;
    let mut program = sample.program.clone();
    let clause = clause_mut(&mut program.items[place])?;
    clause.plan = None;
    let parts = literals(clause.body.take());
    // One that is inlined may bind none of its arguments.
    let inlined = |atom: &Atom| {
        let declaration = declared.relations.get(&atom.relation.symbol);
        let marked = |name: &onus::syntax::ast::Name| sample.symbols.get(name.symbol) == "inline";
        declaration.is_some_and(|declaration| declaration.qualifiers.iter().any(marked))
    };
    let flat = |part: &Formula| match part {
        Formula::Atom(atom) if inlined(atom) => false,
        Formula::Atom(atom) => atom.arguments.iter().all(|term| {
            matches!(
                term.kind,
                TermKind::Variable(_) | TermKind::Wildcard | TermKind::Integer { .. } | TermKind::String(_)
            )
        }),
        _ => false,
    };
    let (mut inner, mut outer) = (Vec::new(), Vec::new());
    for part in parts {
        if flat(&part) && (inner.is_empty() || random.percent(50)) { &mut inner } else { &mut outer }.push(part);
    }

    // The columns: variables of the inner part that the rest names, each with its narrowest type.
    let mut types: BTreeMap<Symbol, Symbol> = BTreeMap::new();
    for part in &inner {
        let Formula::Atom(atom) = part else { return None };
        let attributes = &declared.relations.get(&atom.relation.symbol)?.attributes;
        for (term, attribute) in atom.arguments.iter().zip(attributes) {
            if let TermKind::Variable(name) = term.kind {
                let ty = attribute.ty.symbol;
                let known = types.get(&name).copied().unwrap_or(ty);
                types.insert(name, declared.narrower(known, ty)?);
            }
        }
    }
    let mut rest = Clause { body: Some(conjunction(outer.clone())), ..clause.clone() };
    let used: BTreeSet<Symbol> = walk::clause_variables(&rest).into_iter().collect();
    types.retain(|name, _| used.contains(name));
    if inner.is_empty() {
        return None;
    }

    let names: Vec<String> = types.keys().map(|&name| sample.symbols.get(name).to_owned()).collect();
    let type_names: Vec<&str> = types.values().map(|&ty| sample.symbols.get(ty)).collect();
    let mut atom = || {
        let arguments = names.iter().map(|name| build.variable(name)).collect();
        build.atom("folded", arguments)
    };
    let (head, call) = (atom(), atom());
    outer.insert(random.below(outer.len() + 1), Formula::Atom(call));
    rest.body = Some(conjunction(outer));
    program.items[place].kind = ItemKind::Clause(rest);
    let declaration = build.relation("folded", &type_names, &[]);
    let definition = build.clause(vec![head], inner);
    program.items.extend([declaration, definition]);
    Some(Variant::same(Sample { program, symbols: build.symbols }))
}

/// An atom becomes the bodies that define its relation.
pub(super) fn unfold(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    // A variable that flows from one subtype of a type to another by way of the type cannot do without the way.
    // And what is inlined already may come to need itself.
    if Declared::of(sample).parents.len() > 1 || has_inlined(sample) {
        return None;
    }
    let mut places: Vec<(usize, usize, Symbol)> = Vec::new();
    let definitions = definitions(sample);
    for (at, clause) in walk::clauses(&sample.program) {
        for (part, literal) in literals(clause.body.clone()).iter().enumerate() {
            if let Formula::Atom(atom) = literal
                && definitions.contains_key(&atom.relation.symbol)
                // Only the relation's columns may say which type a record has.
                && !atom.arguments.iter().any(|term| matches!(term.kind, TermKind::Record(_) | TermKind::Branch { .. }))
                && !clause.heads.iter().any(|head| head.relation.symbol == atom.relation.symbol)
            {
                places.push((at, part, atom.relation.symbol));
            }
        }
    }
    let &(place, part, relation) = random.pick(&places)?;

    let mut sample = sample.clone();
    let clause = clause_mut(&mut sample.program.items[place])?;
    clause.plan = None;
    let mut parts = literals(clause.body.take());
    let Formula::Atom(call) = parts.remove(part) else { return None };
    let mut alternatives = Vec::new();
    for (at, definition) in definitions[&relation].iter().enumerate() {
        alternatives.push(inlined(definition, &call, at, &mut sample.symbols));
    }
    let clause = clause_mut(&mut sample.program.items[place])?;
    match (alternatives.len(), alternatives.pop()) {
        (1, Some(only)) => drop(parts.splice(part..part, literals(Some(only)))),
        (_, last) => {
            alternatives.extend(last);
            parts.insert(part, Formula::Or(alternatives));
        }
    }
    clause.body = Some(conjunction(parts));
    Some(Variant::same(sample))
}

/// The relations that are defined by rules alone, whose heads are distinct variables, and that can be put in place of an
/// atom: no aggregates (their variables have scopes of their own), no recursion.
fn definitions(sample: &Sample) -> BTreeMap<Symbol, Vec<&Clause>> {
    let declared = Declared::of(sample);
    let mut definitions: BTreeMap<Symbol, Vec<&Clause>> = BTreeMap::new();
    for (_, clause) in walk::clauses(&sample.program) {
        for head in &clause.heads {
            definitions.entry(head.relation.symbol).or_default().push(clause);
        }
    }
    definitions.retain(|relation, clauses| {
        declared.relations.get(relation).is_some_and(|declaration| is_plain(declaration))
            && clauses.len() <= 3
            && clauses.iter().all(|clause| is_inlinable(clause, *relation))
    });
    definitions
}

fn is_inlinable(clause: &Clause, relation: Symbol) -> bool {
    let [head] = clause.heads.as_slice() else { return false };
    let mut names = BTreeSet::new();
    let distinct = head.arguments.iter().all(|term| match term.kind {
        TermKind::Variable(name) => names.insert(name),
        _ => false,
    });
    let mut recursive = false;
    walk::body_atoms(clause, &mut |atom, _| recursive |= atom.relation.symbol == relation);
    distinct && !recursive && clause.body.is_some() && !has_aggregate(clause)
}

/// The body of a definition with the arguments of a call in place of the head's variables, and its other variables under
/// names of their own.
fn inlined(definition: &Clause, call: &Atom, at: usize, symbols: &mut onus::symbol::Interner) -> Formula {
    let mut terms: BTreeMap<Symbol, TermKind> = BTreeMap::new();
    let mut fresh = |name: Symbol| {
        let text = format!("in{at}_{}", symbols.get(name).trim_start_matches(['?', '_']));
        TermKind::Variable(symbols.intern(&text))
    };
    for name in walk::clause_variables(definition) {
        terms.insert(name, fresh(name));
    }
    for (parameter, argument) in definition.heads.iter().flat_map(|head| &head.arguments).zip(&call.arguments) {
        if let TermKind::Variable(name) = parameter.kind
            && argument.kind != TermKind::Wildcard
        {
            terms.insert(name, argument.kind.clone());
        }
    }
    let mut clause = definition.clone();
    walk::visit_clause(&mut clause, &mut |node| {
        if let Node::Term(Term { kind, .. }) = node
            && let TermKind::Variable(name) = kind
            && let Some(term) = terms.get(name)
        {
            *kind = term.clone();
        }
    });
    clause.body.unwrap_or(Formula::And(Vec::new()))
}
