//! Changes of order: rules, items, literals, facts; facts inline or from outside.

use std::collections::BTreeSet;

use onus::symbol::Symbol;
use onus::syntax::ast::{DirectiveKind, Formula, Item, ItemKind, RelationDecl};

use super::Variant;
use crate::answers::{Answers, Row};
use crate::random::Random;
use crate::sample::Sample;
use crate::walk::{self, Node, clause_mut};

/// The clauses in another order, everything else where it was.
pub(super) fn rules(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    shuffled(sample, random, |item| matches!(item.kind, ItemKind::Clause(_)))
}

/// All items but goals in another order: nothing need be declared before it is used.
pub(super) fn items(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    shuffled(sample, random, |item| !matches!(item.kind, ItemKind::Goal(_) | ItemKind::Pragma { .. }))
}

fn shuffled(sample: &Sample, random: &mut Random, moves: impl Fn(&Item) -> bool) -> Option<Variant> {
    let mut sample = sample.clone();
    let items = &mut sample.program.items;
    let places: Vec<usize> = (0..items.len()).filter(|&at| moves(&items[at])).collect();
    let mut moved: Vec<Item> = places.iter().map(|&at| items[at].clone()).collect();
    random.shuffle(&mut moved);
    for (&at, item) in places.iter().zip(moved) {
        items[at] = item;
    }
    (places.len() > 1).then(|| Variant::same(sample))
}

/// The literals of every body, of every disjunction and of every aggregate in another order.
pub(super) fn literals(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    let mut sample = sample.clone();
    let mut moved = false;
    for clause in sample.program.items.iter_mut().filter_map(clause_mut) {
        // A plan speaks of the atoms by position.
        clause.plan = None;
        walk::visit_clause(clause, &mut |node| {
            if let Node::Formula(Formula::And(parts) | Formula::Or(parts)) = node {
                random.shuffle(parts);
                moved = true;
            }
        });
    }
    moved.then(|| Variant::same(sample))
}

/// The facts in another order, some of them twice.
pub(super) fn facts(sample: &Sample, _: &Answers, random: &mut Random) -> Option<Variant> {
    let mut sample = sample.clone();
    let is_fact = |item: &Item| matches!(&item.kind, ItemKind::Clause(clause) if clause.body.is_none());
    let (mut facts, rest): (Vec<Item>, Vec<Item>) = sample.program.items.into_iter().partition(is_fact);
    let again: Vec<Item> = facts.iter().filter(|_| random.percent(10)).cloned().collect();
    facts.extend(again);
    random.shuffle(&mut facts);
    let any = !facts.is_empty();
    sample.program.items = rest.into_iter().chain(facts).collect();
    any.then(|| Variant::same(sample))
}

/// The facts of some relations given from outside, in another order, some of them twice.
pub(super) fn facts_outside(sample: &Sample, answers: &Answers, random: &mut Random) -> Option<Variant> {
    let mut sample = sample.clone();
    let mut moved: BTreeSet<Symbol> = BTreeSet::new();
    for relation in base_relations(&sample) {
        if random.percent(60) && answers.contains_key(sample.symbols.get(relation)) {
            moved.insert(relation);
        }
    }
    let stays = |item: &Item| match &item.kind {
        ItemKind::Clause(clause) => !clause.heads.iter().any(|head| moved.contains(&head.relation.symbol)),
        _ => true,
    };
    sample.program.items.retain(stays);
    let mut given = Vec::new();
    for relation in &moved {
        let name = sample.symbols.get(*relation).to_owned();
        let mut rows: Vec<Row> = answers[&name].iter().cloned().collect();
        let again: Vec<Row> = rows.iter().filter(|_| random.percent(10)).cloned().collect();
        rows.extend(again);
        random.shuffle(&mut rows);
        given.push((name, rows));
    }
    (!given.is_empty()).then(|| Variant { given, ..Variant::same(sample) })
}

/// The plain relations that have facts in the text and nothing else.
pub(super) fn base_relations(sample: &Sample) -> Vec<Symbol> {
    let mut facts = BTreeSet::new();
    let mut other = BTreeSet::new();
    for (_, clause) in walk::clauses(&sample.program) {
        let constant = clause.body.is_none() && !has_aggregate(clause);
        for head in &clause.heads {
            if constant { &mut facts } else { &mut other }.insert(head.relation.symbol);
        }
    }
    for item in &sample.program.items {
        match &item.kind {
            ItemKind::Relation(declaration) if !is_plain(declaration) => {
                other.extend(declaration.names.iter().map(|name| name.symbol));
            }
            ItemKind::Directive(directive) if directive.kind == DirectiveKind::Input => {
                other.extend(directive.relations.iter().map(|name| name.symbol));
            }
            _ => {}
        }
    }
    facts.difference(&other).copied().collect()
}

/// Whether a relation is a set of rows and nothing more.
pub(super) fn is_plain(declaration: &RelationDecl) -> bool {
    let lattice = declaration.attributes.iter().any(|attribute| attribute.lattice);
    declaration.qualifiers.is_empty() && declaration.choice.is_empty() && !lattice
}

pub(super) fn has_aggregate(clause: &onus::syntax::ast::Clause) -> bool {
    let mut found = false;
    walk::body_atoms(clause, &mut |_, used| found |= used == walk::Use::Aggregated);
    found
}
