//! Some derived relations of a program, moved into a component: the same answers under the names of an instance.

use std::collections::BTreeSet;

use onus::symbol::Symbol;
use onus::syntax::ast::{
    Attribute, Clause, Component, ComponentType, DirectiveKind, Init, Item, ItemKind, RelationDecl,
};

use crate::answers::{Answers, Row};
use crate::build::Build;
use crate::random::Random;
use crate::walk::{self, Node};

/// What moves, and how the component is put together.
struct Move<'b> {
    build: &'b mut Build,
    random: &'b mut Random,
    /// The relations that move.
    moved: BTreeSet<Symbol>,
    /// A type that a formal parameter stands for.
    parameter: Option<Symbol>,
}

/// Moves a few of the `derived` relations, whose clauses read each other and what is declared outside.
pub(super) fn wrap(
    items: Vec<Item>,
    derived: &[String],
    answers: &mut Answers,
    build: &mut Build,
    random: &mut Random,
) -> Vec<Item> {
    let from = random.below(derived.len());
    let count = random.between(1, 3);
    let names: Vec<&String> = derived.iter().skip(from).take(count).collect();
    let moved: BTreeSet<Symbol> = names.iter().map(|name| build.symbols.intern(name)).collect();
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for item in items {
        let moves = match &item.kind {
            ItemKind::Relation(declared) => declared.names.iter().all(|name| moved.contains(&name.symbol)),
            ItemKind::Clause(clause) => clause.heads.iter().all(|head| moved.contains(&head.relation.symbol)),
            ItemKind::Directive(directive) => {
                directive.kind == DirectiveKind::Limitsize
                    && directive.relations.iter().all(|name| moved.contains(&name.symbol))
            }
            _ => false,
        };
        if moves { &mut inside } else { &mut outside }.push(item);
    }
    let types: Vec<Symbol> = inside.iter().filter_map(relation).flat_map(columns).collect();
    let parameter = if random.percent(50) { random.pick(&types).copied() } else { None };
    let mut work = Move { build, random, moved, parameter };
    work.parametrize(&mut inside);
    let alone = !in_cycle(&inside, &outside, &work.moved);
    let (components, name) = work.components(inside, answers);
    // What derives them from outside, together with another relation, derives those of one instance only.
    let apart = alone
        && outside.iter().all(|item| match &item.kind {
            ItemKind::Clause(clause) => !clause.heads.iter().any(|head| work.moved.contains(&head.relation.symbol)),
            _ => true,
        });
    let instances = work.instances(&name, apart);
    for item in &mut outside {
        work.rename(item, &instances[0].0);
    }
    let rows: Vec<(&String, _)> = names.iter().filter_map(|name| Some((*name, answers.remove(*name)?))).collect();
    for (instance, _) in &instances {
        answers.extend(rows.iter().map(|(name, rows)| (format!("{instance}.{name}"), rows.clone())));
    }
    for item in components.into_iter().chain(instances.into_iter().flat_map(|(_, items)| items)) {
        let at = work.random.below(outside.len() + 1);
        outside.insert(at, item);
    }
    outside
}

/// Whether what moves depends on itself through relations outside. Only one instance is then in that cycle, and sees
/// tuples that others replace later; another one would see what is left of them.
fn in_cycle(inside: &[Item], outside: &[Item], moved: &BTreeSet<Symbol>) -> bool {
    fn clauses(items: &[Item]) -> impl Iterator<Item = &Clause> {
        items.iter().filter_map(|item| if let ItemKind::Clause(clause) = &item.kind { Some(clause) } else { None })
    }
    let reads = |clause: &Clause, relations: &BTreeSet<Symbol>| {
        let mut reads = false;
        walk::body_atoms(clause, &mut |atom, _| reads |= relations.contains(&atom.relation.symbol));
        reads
    };
    let mut above = moved.clone();
    loop {
        let before = above.len();
        for clause in clauses(outside) {
            if reads(clause, &above) {
                above.extend(clause.heads.iter().map(|head| head.relation.symbol));
            }
        }
        if above.len() == before {
            break;
        }
    }
    let above: BTreeSet<Symbol> = above.difference(moved).copied().collect();
    clauses(inside).any(|clause| reads(clause, &above))
}

fn relation(item: &Item) -> Option<&RelationDecl> {
    match &item.kind {
        ItemKind::Relation(declared) => Some(declared),
        _ => None,
    }
}

fn columns(declared: &RelationDecl) -> impl Iterator<Item = Symbol> {
    declared.attributes.iter().map(|attribute| attribute.ty.symbol)
}

impl Move<'_> {
    /// Some columns of the parameter's type take the formal parameter instead.
    fn parametrize(&mut self, items: &mut [Item]) {
        let Some(parameter) = self.parameter else { return };
        let formal = self.build.name("P");
        for item in items {
            let ItemKind::Relation(declared) = &mut item.kind else { continue };
            let fits = |attribute: &&mut Attribute| attribute.ty.symbol == parameter && !attribute.lattice;
            for attribute in declared.attributes.iter_mut().filter(fits) {
                if self.random.percent(60) {
                    attribute.ty = formal;
                }
            }
        }
    }

    fn ty(&mut self, name: &str, parameter: Option<&str>) -> ComponentType {
        let parameters = parameter.map(|parameter| self.build.name(parameter)).into_iter().collect();
        ComponentType { name: self.build.name(name), parameters }
    }

    fn component(&mut self, name: &str, bases: Vec<ComponentType>, items: Vec<Item>) -> Item {
        let head = self.ty(name, self.parameter.map(|_| "P"));
        self.build.item(ItemKind::Component(Component { head, bases, items }))
    }

    /// The items as one component, or as one that inherits, perhaps overriding, from another. Gives its name too.
    fn components(&mut self, items: Vec<Item>, answers: &Answers) -> (Vec<Item>, String) {
        if self.random.percent(55) {
            return (vec![self.component("Comp", Vec::new(), items)], "Comp".to_owned());
        }
        let all: Vec<Symbol> = self.moved.iter().copied().collect();
        let overridden = if self.random.percent(40) { self.random.pick(&all).copied() } else { None };
        let (mut base, mut heir) = (Vec::new(), Vec::new());
        for mut item in items {
            let of_overridden = |clause: &Clause| {
                overridden.is_some_and(|name| clause.heads.iter().any(|head| head.relation.symbol == name))
            };
            let own = match &item.kind {
                ItemKind::Clause(clause) => of_overridden(clause) || self.random.percent(50),
                _ => false,
            };
            if let (Some(name), ItemKind::Relation(declared)) = (overridden, &mut item.kind)
                && declared.names.iter().any(|other| other.symbol == name)
            {
                declared.qualifiers.push(self.build.name("overridable"));
            }
            if own { &mut heir } else { &mut base }.push(item);
        }
        if let Some(name) = overridden {
            let text = self.build.symbols.get(name).to_owned();
            // A fact that might be seen if it were not overridden: columns of several rows.
            let rows: Vec<&Row> = answers.get(&text).into_iter().flatten().collect();
            let arity = rows.first().map_or(0, |row| row.len());
            let mixed: Row = (0..arity).filter_map(|at| self.random.pick(&rows).map(|row| row[at].clone())).collect();
            if !rows.is_empty() {
                base.push(self.build.fact(&text, &mixed));
            }
            let name = self.build.name(&text);
            heir.push(self.build.item(ItemKind::Override(name)));
        }
        let bases = vec![self.ty("Base", self.parameter.map(|_| "P"))];
        (vec![self.component("Base", Vec::new(), base), self.component("Comp", bases, heir)], "Comp".to_owned())
    }

    /// An instance of a component, and perhaps several: one may lie within another one. Gives the prefix of
    /// the names in each, and the items.
    fn instances(&mut self, component: &str, several: bool) -> Vec<(String, Vec<Item>)> {
        let actual = self.parameter.map(|parameter| self.build.symbols.get(parameter).to_owned());
        let mut instances = vec![self.instance("c", component, actual.as_deref())];
        if several && self.random.percent(30) {
            instances.push(self.instance("d", component, actual.as_deref()));
        }
        if several && self.random.percent(20) {
            // `Outer` hands its parameter on.
            let inner = self.ty(component, actual.as_deref().map(|_| "P"));
            let name = self.build.name("in");
            let item = self.build.item(ItemKind::Init(Init { name, component: inner }));
            let outer = self.component("Outer", Vec::new(), vec![item]);
            let (_, mut items) = self.instance("e", "Outer", actual.as_deref());
            items.push(outer);
            instances.push(("e.in".to_owned(), items));
        }
        self.random.shuffle(&mut instances);
        instances
    }

    fn instance(&mut self, name: &str, component: &str, actual: Option<&str>) -> (String, Vec<Item>) {
        let component = self.ty(component, actual);
        let init = Init { name: self.build.name(name), component };
        (name.to_owned(), vec![self.build.item(ItemKind::Init(init))])
    }

    /// Names what has moved by its new name.
    fn rename(&mut self, item: &mut Item, instance: &str) {
        let Self { build, moved, .. } = self;
        let mut full = |name: &mut Symbol| {
            if moved.contains(name) {
                let text = format!("{instance}.{}", build.symbols.get(*name));
                *name = build.symbols.intern(&text);
            }
        };
        match &mut item.kind {
            ItemKind::Clause(clause) => walk::visit_clause(clause, &mut |node| {
                if let Node::Atom(atom) = node {
                    full(&mut atom.relation.symbol);
                }
            }),
            ItemKind::Directive(directive) => directive.relations.iter_mut().for_each(|name| full(&mut name.symbol)),
            _ => {}
        }
    }
}
