//! Which names of some texts mean the same: where each is introduced and where it is used. Read off the trees, so that
//! it is there while a program is half written.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::symbol::{Interner, Symbol};
use crate::syntax::ast::{
    Atom, Attribute, Clause, Component, ComponentType, Formula, FunctorDecl, Item, ItemKind, Name, Path, Program,
    RelationDecl, Term, TermKind, TypeDecl, TypeDefinition,
};
use crate::syntax::print;

/// What a name stands for. All but a variable are told apart by the place that introduces them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// A relation, type, branch, component, instance or functor.
    Declared(Span),
    /// A variable of the item at a place.
    Variable(Span, Symbol),
}

/// A name where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) span: Span,
    pub(super) meaning: Meaning,
    /// Whether it is introduced here.
    pub(super) introduces: bool,
}

/// The kinds of declared names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Relation,
    Type,
    Branch,
    Component,
    Instance,
    Functor,
}

/// What is known about a declared name.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// Its declaration, as it would be printed.
    pub(super) text: String,
    pub(super) doc: Option<String>,
    /// The sentence of a relation.
    pub(super) says: Option<String>,
    /// Name and type of each column.
    pub(super) columns: Vec<(String, String)>,
    /// All of the declaration.
    pub(super) item: Span,
    /// Whether it is declared at the top and not in a component.
    pub(super) top: bool,
}

/// The names of a program.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// By place.
    occurrences: Vec<Occurrence>,
    declarations: BTreeMap<Span, Declaration>,
}

impl Index {
    /// Reads a program in several texts, and further texts that see its names and not each other's.
    pub(super) fn new(programs: &[&Program], aside: &[&Program], symbols: &Interner) -> Self {
        let mut reader = Reader { symbols, index: Self::default(), open: Vec::new(), item: None };
        let mut top = Scope::default();
        programs.iter().for_each(|program| top.introduce(&program.items));
        reader.open.push(top);
        programs.iter().for_each(|program| reader.items(&program.items));
        for program in aside {
            let mut own = Scope::default();
            own.introduce(&program.items);
            reader.open.push(own);
            reader.items(&program.items);
            reader.open.pop();
        }
        let mut index = reader.index;
        index.occurrences.sort_by_key(|found| (found.span, found.meaning, !found.introduces));
        index.occurrences.dedup_by_key(|found| (found.span, found.meaning));
        index
    }

    /// The name at a place, its end included.
    pub(super) fn at(&self, place: Span) -> Option<Occurrence> {
        let holds = |found: &&Occurrence| {
            found.span.source == place.source && found.span.start <= place.start && place.start <= found.span.end
        };
        self.occurrences.iter().filter(holds).max_by_key(|found| found.span.start).copied()
    }

    /// Everywhere that a meaning is named, in order.
    pub(super) fn all(&self, meaning: Meaning) -> impl Iterator<Item = Occurrence> {
        self.occurrences.iter().filter(move |found| found.meaning == meaning).copied()
    }

    /// The names inside a place.
    pub(super) fn within(&self, place: Span) -> impl Iterator<Item = Occurrence> {
        let inside = move |found: &&Occurrence| {
            found.span.source == place.source && place.start <= found.span.start && found.span.end <= place.end
        };
        self.occurrences.iter().filter(inside).copied()
    }

    /// Where a meaning is introduced: a variable where it stands first.
    pub(super) fn introduction(&self, meaning: Meaning) -> Option<Span> {
        match meaning {
            Meaning::Declared(span) => Some(span),
            Meaning::Variable(..) => self.all(meaning).next().map(|found| found.span),
        }
    }

    pub(super) fn declaration(&self, span: Span) -> Option<&Declaration> {
        self.declarations.get(&span)
    }

    /// All declared names, by place.
    pub(super) fn declarations(&self) -> impl Iterator<Item = (Span, &Declaration)> {
        self.declarations.iter().map(|(span, declaration)| (*span, declaration))
    }

    /// A relation that is declared outside components.
    pub(super) fn relation(&self, name: &str) -> Option<&Declaration> {
        let is_it = |found: &&Declaration| found.kind == Kind::Relation && found.top && found.name == name;
        self.declarations.values().find(is_it)
    }
}

/// The names that are introduced in one place: at the top, or in a component.
#[derive(Clone, Default)]
struct Scope<'t> {
    relations: BTreeMap<Symbol, Span>,
    types: BTreeMap<Symbol, Span>,
    branches: BTreeMap<Symbol, Span>,
    functors: BTreeMap<Symbol, Span>,
    components: BTreeMap<Symbol, (Span, &'t Component)>,
    instances: BTreeMap<Symbol, (Span, &'t ComponentType)>,
    bases: Vec<&'t ComponentType>,
}

impl<'t> Scope<'t> {
    fn introduce(&mut self, items: &'t [Item]) {
        for item in items {
            match &item.kind {
                ItemKind::Relation(relation) => {
                    self.relations.extend(relation.names.iter().map(|name| (name.symbol, name.span)));
                }
                ItemKind::Type(ty) => {
                    self.types.insert(ty.name.symbol, ty.name.span);
                    if let TypeDefinition::Adt(branches) = &ty.definition {
                        self.branches.extend(branches.iter().map(|branch| (branch.name.symbol, branch.name.span)));
                    }
                }
                ItemKind::Functor(functor) => {
                    self.functors.insert(functor.name.symbol, functor.name.span);
                }
                ItemKind::Component(component) => {
                    self.components.insert(component.head.name.symbol, (component.head.name.span, component));
                }
                ItemKind::Init(init) => {
                    self.instances.insert(init.name.symbol, (init.name.span, &init.component));
                }
                ItemKind::Clause(_)
                | ItemKind::Goal(_)
                | ItemKind::Directive(_)
                | ItemKind::Override(_)
                | ItemKind::Lattice(_)
                | ItemKind::Pragma { .. }
                | ItemKind::Include { .. } => {}
            }
        }
    }

    fn of(component: &'t Component) -> Self {
        let mut scope = Self { bases: component.bases.iter().collect(), ..Self::default() };
        scope.introduce(&component.items);
        scope
    }
}

/// How deep components may inherit, and instances lie in each other, before one gives up: a program may be circular
/// while it is written.
const DEEP: usize = 32;

/// Walks the trees.
struct Reader<'t> {
    symbols: &'t Interner,
    index: Index,
    /// The scopes around the place at hand, the innermost last.
    open: Vec<Scope<'t>>,
    /// The item at hand, to which variables belong.
    item: Option<Span>,
}

type Lookup<'t, T> = fn(&Scope<'t>, Symbol) -> Option<T>;

impl<'t> Reader<'t> {
    /// Looks a name up: in each scope around, and in what it inherits.
    fn find<T>(&self, name: Symbol, look: Lookup<'t, T>) -> Option<T> {
        self.open.iter().rev().find_map(|scope| self.find_in(scope, name, look, DEEP))
    }

    fn find_in<T>(&self, scope: &Scope<'t>, name: Symbol, look: Lookup<'t, T>, deep: usize) -> Option<T> {
        if let Some(found) = look(scope, name) {
            return Some(found);
        }
        let deep = deep.checked_sub(1)?;
        scope.bases.iter().find_map(|base| {
            let (_, component) = self.component(base)?;
            self.find_in(&Scope::of(component), name, look, deep)
        })
    }

    fn component(&self, ty: &ComponentType) -> Option<(Span, &'t Component)> {
        // Not through bases: a component that inherits itself would never be found.
        self.open.iter().rev().find_map(|scope| scope.components.get(&ty.name.symbol).copied())
    }

    /// Notes what the parts of a path stand for: instances, and at last what `look` finds.
    fn path(&mut self, path: &Path, look: Lookup<'t, Span>) {
        let text = self.symbols.get(path.symbol);
        let Some((first, rest)) = text.split_once('.') else {
            if let Some(found) = self.find(path.symbol, look) {
                self.note(path.span, found);
            }
            return;
        };
        let mut start = path.span.start;
        let mut name = first;
        let mut rest = rest;
        let mut inside: Option<Scope<'t>> = None;
        for _ in 0..DEEP {
            let Some(symbol) = self.symbols.find(name) else { return };
            let instance: Lookup<'t, (Span, &'t ComponentType)> = |scope, name| scope.instances.get(&name).copied();
            let found = match &inside {
                None => self.find(symbol, instance),
                Some(scope) => self.find_in(scope, symbol, instance, DEEP),
            };
            let Some((introduced, ty)) = found else { return };
            let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
            self.note(Span { start, end: start + length, ..path.span }, introduced);
            start += length + 1;
            let Some((_, component)) = self.component(ty) else { return };
            let scope = Scope::of(component);
            match rest.split_once('.') {
                Some((next, after)) => (name, rest) = (next, after),
                None => {
                    let Some(symbol) = self.symbols.find(rest) else { return };
                    if let Some(found) = self.find_in(&scope, symbol, look, DEEP) {
                        self.note(Span { start, ..path.span }, found);
                    }
                    return;
                }
            }
            inside = Some(scope);
        }
    }

    fn note(&mut self, span: Span, declared: Span) {
        let meaning = Meaning::Declared(declared);
        self.index.occurrences.push(Occurrence { span, meaning, introduces: span == declared });
    }

    fn introduce(&mut self, kind: Kind, name: &Name, item: &Item, columns: Vec<(String, String)>) {
        self.note(name.span, name.span);
        let text = |symbol: Symbol| self.symbols.get(symbol).to_owned();
        let says = item.annotations.iter().find(|found| self.symbols.get(found.name.symbol) == "says");
        let bare = Item { doc: None, annotations: Vec::new(), ..item.clone() };
        let declaration = Declaration {
            kind,
            name: text(name.symbol),
            // A component is long, and its name says enough.
            text: match &item.kind {
                ItemKind::Component(_) => format!(".comp {}", text(name.symbol)),
                _ => print::print_item(&bare, self.symbols),
            },
            doc: item.doc.map(text),
            says: says.and_then(|found| found.value).map(|value| text(value.symbol)),
            columns,
            item: item.span,
            top: self.open.len() == 1,
        };
        self.index.declarations.insert(name.span, declaration);
    }

    fn items(&mut self, items: &'t [Item]) {
        for item in items {
            self.item = Some(item.span);
            match &item.kind {
                ItemKind::Type(ty) => self.type_decl(ty, item),
                ItemKind::Relation(relation) => self.relation_decl(relation, item),
                ItemKind::Clause(clause) => self.clause(clause),
                ItemKind::Goal(goal) => self.formula(&goal.body),
                ItemKind::Directive(directive) => directive.relations.iter().for_each(|path| self.relation(path)),
                ItemKind::Component(component) => self.component_decl(component, item),
                ItemKind::Init(init) => {
                    self.introduce(Kind::Instance, &init.name, item, Vec::new());
                    self.component_type(&init.component);
                }
                ItemKind::Override(name) => self.relation(name),
                ItemKind::Functor(functor) => self.functor_decl(functor, item),
                ItemKind::Lattice(lattice) => {
                    self.ty(&lattice.name);
                    lattice.operators.iter().for_each(|(_, term)| self.term(term));
                }
                ItemKind::Pragma { .. } | ItemKind::Include { .. } => {}
            }
        }
    }

    fn component_decl(&mut self, component: &'t Component, item: &'t Item) {
        self.introduce(Kind::Component, &component.head.name, item, Vec::new());
        component.bases.iter().for_each(|base| self.component_type(base));
        self.open.push(Scope::of(component));
        self.items(&component.items);
        self.open.pop();
    }

    fn component_type(&mut self, ty: &ComponentType) {
        if let Some((introduced, _)) = self.component(ty) {
            self.note(ty.name.span, introduced);
        }
        ty.parameters.iter().for_each(|parameter| self.ty(parameter));
    }

    fn relation_decl(&mut self, relation: &'t RelationDecl, item: &'t Item) {
        let text = |name: &Name| self.symbols.get(name.symbol).to_owned();
        let columns: Vec<_> = relation.attributes.iter().map(|column| (text(&column.name), text(&column.ty))).collect();
        for name in &relation.names {
            self.introduce(Kind::Relation, name, item, columns.clone());
        }
        self.attributes(&relation.attributes);
    }

    fn functor_decl(&mut self, functor: &'t FunctorDecl, item: &'t Item) {
        self.introduce(Kind::Functor, &functor.name, item, Vec::new());
        functor.parameters.iter().for_each(|ty| self.ty(ty));
        self.ty(&functor.result);
    }

    fn type_decl(&mut self, ty: &'t TypeDecl, item: &'t Item) {
        self.introduce(Kind::Type, &ty.name, item, Vec::new());
        match &ty.definition {
            TypeDefinition::Subtype(path) | TypeDefinition::Alias(path) => self.ty(path),
            TypeDefinition::Deprecated(_) => {}
            TypeDefinition::Union(members) => members.iter().for_each(|member| self.ty(member)),
            TypeDefinition::Record(attributes) => self.attributes(attributes),
            TypeDefinition::Adt(branches) => {
                for branch in branches {
                    self.introduce(Kind::Branch, &branch.name, item, Vec::new());
                    self.attributes(&branch.fields);
                }
            }
        }
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        attributes.iter().for_each(|attribute| self.ty(&attribute.ty));
    }

    fn clause(&mut self, clause: &Clause) {
        clause.heads.iter().for_each(|head| self.atom(head));
        if let Some(body) = &clause.body {
            self.formula(body);
        }
    }

    fn formula(&mut self, formula: &Formula) {
        match formula {
            Formula::Atom(atom) => self.atom(atom),
            Formula::Compare(compare) => {
                self.term(&compare.left);
                self.term(&compare.right);
            }
            Formula::Boolean(..) => {}
            Formula::Not(part, _) => self.formula(part),
            Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| self.formula(part)),
        }
    }

    fn atom(&mut self, atom: &Atom) {
        self.relation(&atom.relation);
        atom.arguments.iter().for_each(|argument| self.term(argument));
    }

    fn term(&mut self, term: &Term) {
        match &term.kind {
            TermKind::Variable(name) => {
                if let Some(item) = self.item {
                    let meaning = Meaning::Variable(item, *name);
                    self.index.occurrences.push(Occurrence { span: term.span, meaning, introduces: false });
                }
            }
            TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Iteration => {}
            TermKind::Record(terms) | TermKind::Call { arguments: terms, .. } => {
                terms.iter().for_each(|term| self.term(term));
            }
            TermKind::Branch { name, arguments } => {
                self.path(name, |scope, name| scope.branches.get(&name).copied());
                arguments.iter().for_each(|term| self.term(term));
            }
            TermKind::User { name, arguments } => {
                self.path(name, |scope, name| scope.functors.get(&name).copied());
                arguments.iter().for_each(|term| self.term(term));
            }
            TermKind::As { term, ty } => {
                self.term(term);
                self.ty(ty);
            }
            TermKind::Aggregate(aggregate) => {
                aggregate.target.iter().for_each(|target| self.term(target));
                self.formula(&aggregate.body);
            }
        }
    }

    fn relation(&mut self, path: &Path) {
        self.path(path, |scope, name| scope.relations.get(&name).copied());
    }

    fn ty(&mut self, path: &Path) {
        self.path(path, |scope, name| scope.types.get(&name).copied());
    }
}
