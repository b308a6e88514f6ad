//! Changes of what a program calls its things: variables, relations, the order of columns; and its text.

use std::collections::BTreeMap;

use onus::symbol::Symbol;
use onus::syntax::ast::{ItemKind, Term, TermKind};

use super::{Expectation, Variant};
use crate::answers::Answers;
use crate::random::Random;
use crate::sample::Sample;
use crate::walk::{self, Node, clause_mut};

/// Every variable of every clause under another name.
pub(super) fn variables(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    let mut sample = sample.clone();
    let symbols = &mut sample.symbols;
    for clause in sample.program.items.iter_mut().filter_map(clause_mut) {
        let mut names = walk::clause_variables(clause);
        random.shuffle(&mut names);
        let renamed: BTreeMap<Symbol, Symbol> =
            names.iter().enumerate().map(|(at, &name)| (name, symbols.intern(&format!("var_{at}")))).collect();
        walk::visit_clause(clause, &mut |node| {
            if let Node::Term(Term { kind: TermKind::Variable(name), .. }) = node {
                *name = renamed.get(name).copied().unwrap_or(*name);
            }
        });
    }
    Some(Variant::same(sample))
}

/// Every relation under another name, so that their order by name changes too.
pub(super) fn relations(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    let mut sample = sample.clone();
    let mut declared = Vec::new();
    for item in &sample.program.items {
        match &item.kind {
            ItemKind::Relation(declaration) => declared.extend(declaration.names.iter().map(|name| name.symbol)),
            // Where the files of a relation are called follows from its name.
            ItemKind::Directive(directive) if directive.kind == onus::syntax::ast::DirectiveKind::Input => return None,
            ItemKind::Component(_) | ItemKind::Init(_) | ItemKind::Override(_) => return None,
            _ => {}
        }
    }
    random.shuffle(&mut declared);
    let mut expectation = Expectation::default();
    let mut renamed = BTreeMap::new();
    for (at, &name) in declared.iter().enumerate() {
        let new = format!("rel_{at}");
        expectation.renamed.insert(sample.symbols.get(name).to_owned(), new.clone());
        renamed.insert(name, sample.symbols.intern(&new));
    }
    let new = |name: &mut Symbol| *name = renamed.get(name).copied().unwrap_or(*name);
    for item in &mut sample.program.items {
        match &mut item.kind {
            ItemKind::Relation(declaration) => declaration.names.iter_mut().for_each(|name| new(&mut name.symbol)),
            ItemKind::Directive(directive) => directive.relations.iter_mut().for_each(|name| new(&mut name.symbol)),
            ItemKind::Clause(clause) => walk::visit_clause(clause, &mut |node| {
                if let Node::Atom(atom) = node {
                    new(&mut atom.relation.symbol);
                }
            }),
            ItemKind::Goal(goal) => walk::visit_formula(&mut goal.body, &mut |node| {
                if let Node::Atom(atom) = node {
                    new(&mut atom.relation.symbol);
                }
            }),
            _ => {}
        }
    }
    (!declared.is_empty()).then(|| Variant { expectation, ..Variant::same(sample) })
}

/// The columns of one relation in another order.
pub(super) fn columns(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    if walk::has_components(sample) {
        return None;
    }
    let mut sample = sample.clone();
    let wide = |item: &ItemKind| match item {
        ItemKind::Relation(declaration) => declaration.names.len() == 1 && declaration.attributes.len() > 1,
        _ => false,
    };
    let items = &mut sample.program.items;
    let places: Vec<usize> = (0..items.len()).filter(|&at| wide(&items[at].kind)).collect();
    let ItemKind::Relation(declaration) = &mut items[*random.pick(&places)?].kind else { return None };
    let relation = declaration.names.first()?.symbol;
    let mut order: Vec<usize> = (0..declaration.attributes.len()).collect();
    random.shuffle(&mut order);
    declaration.attributes = order.iter().map(|&at| declaration.attributes[at]).collect();
    let permute = |node: Node<'_>| {
        if let Node::Atom(atom) = node
            && atom.relation.symbol == relation
            && atom.arguments.len() == order.len()
        {
            atom.arguments = order.iter().map(|&at| atom.arguments[at].clone()).collect();
        }
    };
    for item in items {
        match &mut item.kind {
            ItemKind::Clause(clause) => walk::visit_clause(clause, &mut { permute }),
            ItemKind::Goal(goal) => walk::visit_formula(&mut goal.body, &mut { permute }),
            ItemKind::Directive(directive)
                if directive.kind == onus::syntax::ast::DirectiveKind::Input
                    && directive.relations.iter().any(|name| name.symbol == relation) =>
            {
                return None;
            }
            _ => {}
        }
    }
    let name = sample.symbols.get(relation).to_owned();
    let expectation = Expectation { columns: BTreeMap::from([(name, order)]), ..Expectation::default() };
    Some(Variant { expectation, ..Variant::same(sample) })
}

/// The program as its own text reads.
pub(super) fn reprint(sample: &Sample, _: &Answers, _: &mut Random) -> Option<Variant> {
    Sample::parse(&sample.text()).ok().map(Variant::same)
}
