//! A program in the making: what is declared, what it answers so far.

use std::collections::BTreeSet;

use onus::symbol::Symbol;
use onus::syntax::ast::{Functor, Item, ItemKind, Program};
use onus::value::{Kind, Value};

use super::component;
use super::inline::Inlined;
use super::shares::Shares;
use super::{Generated, Settings};
use crate::answers::{Answers, Failure, Rows};
use crate::build::Build;
use crate::random::Random;
use crate::reference::{self, Limits};
use crate::sample::Sample;
use crate::walk;

/// A type by its place in [`World::types`]; the four primitives come first.
pub(super) type TypeIndex = usize;

pub(super) const NUMBER: TypeIndex = 0;
pub(super) const UNSIGNED: TypeIndex = 1;
pub(super) const FLOAT: TypeIndex = 2;
pub(super) const SYMBOL: TypeIndex = 3;

/// A type that columns may have.
pub(super) struct Type {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// What it is a subtype of.
    pub(super) parent: Option<TypeIndex>,
    /// The shapes of a record (one, unnamed) or of an algebraic data type, with their fields.
    pub(super) alternatives: Vec<(Option<String>, Vec<TypeIndex>)>,
}

/// A relation that bodies may read.
#[derive(Clone)]
pub(super) struct Relation {
    pub(super) name: String,
    pub(super) columns: Vec<TypeIndex>,
}

/// Everything so far.
pub(super) struct World<'a> {
    pub(super) settings: &'a Settings,
    pub(super) random: Random,
    pub(super) build: Build,
    pub(super) types: Vec<Type>,
    /// The complete relations.
    pub(super) relations: Vec<Relation>,
    /// The tuples of the complete relations.
    pub(super) answers: Answers,
    /// Types and declarations.
    pub(super) declarations: Vec<Item>,
    /// Facts of base relations.
    pub(super) facts: Vec<Item>,
    /// Rules, and facts of derived relations.
    pub(super) rules: Vec<Item>,
    /// Relations made so far, for names.
    pub(super) made: usize,
    /// Whether the program has neither negation nor aggregates, so that more facts never mean fewer answers.
    pub(super) positive: bool,
    /// Rules that yield nothing and were kept all the same.
    pub(super) fruitless: usize,
    /// Types that are lattices, and how their values are joined.
    pub(super) lattices: Vec<(TypeIndex, Functor)>,
    /// Relations that have no tuples.
    pub(super) inlines: Vec<Inlined>,
    /// The type of what `autoinc()` gives.
    pub(super) counted: Option<TypeIndex>,
    /// The type of what `ord(..)` gives.
    pub(super) ordinal: Option<TypeIndex>,
    /// Whether aggregates may bind witnesses.
    pub(super) witnesses: bool,
}

impl<'a> World<'a> {
    pub(super) fn new(mut random: Random, settings: &'a Settings) -> Self {
        let primitive =
            |kind: Kind| Type { name: kind.name().to_owned(), kind, parent: None, alternatives: Vec::new() };
        Self {
            settings,
            positive: random.percent(10),
            random,
            build: Build::default(),
            types: [Kind::Number, Kind::Unsigned, Kind::Float, Kind::Symbol].map(primitive).into(),
            relations: Vec::new(),
            answers: Answers::new(),
            declarations: Vec::new(),
            facts: Vec::new(),
            rules: Vec::new(),
            made: 0,
            fruitless: 0,
            lattices: Vec::new(),
            inlines: Vec::new(),
            counted: None,
            ordinal: None,
            witnesses: true,
        }
    }

    /// Whether a value of one type may stand where another is wanted.
    pub(super) fn flows(&self, from: TypeIndex, to: TypeIndex) -> bool {
        from == to || self.types[from].parent.is_some_and(|parent| self.flows(parent, to))
    }

    pub(super) fn kind(&self, ty: TypeIndex) -> Kind {
        self.types[ty].kind
    }

    /// The names of types, as declarations want them.
    pub(super) fn type_names(&self, types: &[TypeIndex]) -> Vec<String> {
        types.iter().map(|&ty| self.types[ty].name.clone()).collect()
    }

    /// The rows of a complete relation.
    pub(super) fn rows(&self, relation: &str) -> Option<&Rows> {
        self.answers.get(relation)
    }

    /// Some row of a relation, so that constants and patterns hit.
    pub(super) fn some_row(&mut self, relation: &str) -> Option<Vec<Value>> {
        let count = self.rows(relation).map_or(0, Rows::len);
        let at = self.random.below(count);
        self.rows(relation)?.iter().nth(at).cloned()
    }

    /// A complete relation, rather one with rows than without.
    pub(super) fn some_relation(&mut self) -> Option<Relation> {
        for attempt in 0..4 {
            let relation = self.random.pick(&self.relations)?.clone();
            if attempt == 3 || self.rows(&relation.name).is_some_and(|rows| !rows.is_empty()) {
                return Some(relation);
            }
        }
        None
    }

    /// What declarations and clauses answer on top of what is complete: the answers of the relations that they name.
    pub(super) fn evaluate(&self, items: &[&[Item]]) -> Result<Answers, Failure> {
        let items = items.iter().copied().flatten();
        // Most of what is complete does not matter to a few clauses, and this runs for each try of a rule.
        let mut named = BTreeSet::new();
        items.clone().for_each(|item| names(item, &mut named));
        loop {
            let before = named.len();
            let says = |item: &&Item| matches!(&item.kind, ItemKind::Clause(_)) && concerns(item, &named);
            let more: Vec<&Item> = self.declarations.iter().filter(says).collect();
            more.into_iter().for_each(|item| names(item, &mut named));
            if named.len() == before {
                break;
            }
        }
        let declarations = self.declarations.iter().filter(|item| concerns(item, &named));
        let program = Program { items: declarations.chain(items).cloned().collect() };
        let limits = Limits { rows: self.settings.rows * 12, steps: 20_000 };
        let wanted = named.into_iter().map(|name| self.build.symbols.get(name)).collect();
        reference::evaluate_reading(&program, &self.build.symbols, &self.answers, Some(&wanted), &limits)
    }

    /// The program as it stands.
    pub(super) fn finish(mut self) -> Generated {
        let mut items = std::mem::take(&mut self.declarations);
        let names: Vec<String> = self.relations.iter().map(|relation| relation.name.clone()).collect();
        items.append(&mut self.facts);
        if self.random.percent(15) {
            self.random.shuffle(&mut self.rules);
        }
        items.append(&mut self.rules);
        // Most programs ask for everything; some leave relations that nothing asks for.
        let all = self.random.percent(70);
        for (at, name) in names.iter().enumerate() {
            if all || at + 1 == names.len() || self.random.percent(50) {
                items.push(self.build.output(name));
            }
        }
        let sample = Sample { program: Program { items }, symbols: self.build.symbols.clone() };
        let counts = walk::counts(&sample);
        let mut shares = Shares::of(&sample, self.fruitless);
        let derived: Vec<String> = names.into_iter().filter(|name| name.starts_with('r')).collect();
        if !self.settings.components || derived.is_empty() || !self.random.percent(15) {
            return Generated { sample, answers: self.answers, shares };
        }
        shares.components = 1;
        let Self { mut answers, mut build, mut random, .. } = self;
        let items = component::wrap(sample.program.items, &derived, &mut answers, &mut build, &mut random);
        let sample = Sample { program: Program { items }, symbols: build.symbols };
        // Each instance counts for itself.
        if counts && let Ok(counted) = sample.answers(&Limits { rows: 1_000_000, steps: 100_000_000 }) {
            answers = counted;
        }
        Generated { sample, answers, shares }
    }
}

/// The relations that a clause names.
fn names(item: &Item, found: &mut BTreeSet<Symbol>) {
    if let ItemKind::Clause(clause) = &item.kind {
        found.extend(clause.heads.iter().map(|head| head.relation.symbol));
        walk::body_atoms(clause, &mut |atom, _| {
            found.insert(atom.relation.symbol);
        });
    }
}

/// Whether a declaration matters to some relations.
fn concerns(item: &Item, relations: &BTreeSet<Symbol>) -> bool {
    let mut named = match &item.kind {
        ItemKind::Relation(decl) => decl.names.iter().map(|name| name.symbol).collect::<Vec<_>>(),
        ItemKind::Clause(clause) => clause.heads.iter().map(|head| head.relation.symbol).collect(),
        ItemKind::Directive(directive) => directive.relations.iter().map(|name| name.symbol).collect(),
        _ => return true,
    }
    .into_iter();
    named.any(|name| relations.contains(&name))
}
