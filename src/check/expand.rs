//! Components: each `.init` becomes the items of its component and of those that it inherits, with names of their own.
//! Tree to tree, before all else.
//!
//! An instance `i` declares `i.relation` and `i.Type`. A name inside it means, from the inside out: a formal parameter, what
//! the component declares, what the instance around it declares, and at last what the program declares. So a clause
//! whose head the component does not declare goes to whoever does.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast::{self, Component, ComponentType, Item, ItemKind};
use crate::value::Values;

use super::lower::plural;
use super::rename::{Layer, Renamer};
use super::resolve::did_you_mean;

/// Instances and inheritance deeper than this are taken for endless.
const DEEPEST: usize = 100;
/// More items than this are not made.
const MOST_ITEMS: usize = 1_000_000;

/// The items that instances stand for, one list a top-level `.init`, in order.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    instances: Vec<Vec<Item>>,
    /// Instances that could not be made: nothing is said of the names that they would declare.
    pub(super) broken: Vec<Symbol>,
}

impl Expanded {
    /// All items, those of an instance in the place of its `.init`; components are left out.
    pub(super) fn items<'a>(&'a self, sources: &[&'a ast::Program]) -> Vec<&'a Item> {
        let mut instances = self.instances.iter();
        let mut items = Vec::with_capacity(sources.iter().map(|source| source.items.len()).sum());
        for item in sources.iter().flat_map(|source| &source.items) {
            if matches!(item.kind, ItemKind::Init(_)) {
                items.extend(instances.next().into_iter().flatten());
            } else {
                items.push(item);
            }
        }
        items
    }
}

/// Instantiates all components.
pub(super) fn expand(sources: &[&ast::Program], values: &mut Values, diagnostics: &mut Vec<Diagnostic>) -> Expanded {
    let mut expansion = Expansion { values, diagnostics, scopes: Vec::new(), broken: Vec::new(), made: 0 };
    let top = expansion.scope(None, Bindings::default());
    for item in sources.iter().flat_map(|source| &source.items) {
        expansion.enter(top, item);
    }
    let mut names: FxHashMap<Symbol, Span> = FxHashMap::default();
    let mut instances = Vec::new();
    for item in sources.iter().flat_map(|source| &source.items) {
        let ItemKind::Init(init) = &item.kind else { continue };
        expansion.made = 0;
        let first = *names.entry(init.name.symbol).or_insert(init.name.span);
        let mut items = Vec::new();
        if first == init.name.span {
            let asked = Asked { ty: init.component.clone(), scope: top };
            expansion.instance(init.name.symbol, &asked, &mut Vec::new(), &mut items);
            if expansion.made == usize::MAX {
                // What is there is no whole, and as large as it may get: nothing is said of it.
                expansion.broken.push(init.name.symbol);
                items.clear();
            }
        } else {
            expansion.again("instance", init.name, first);
        }
        instances.push(items);
    }
    Expanded { instances, broken: expansion.broken }
}

/// What formal parameters stand for.
type Bindings = FxHashMap<Symbol, Symbol>;

/// The components that are visible at a place.
struct Scope<'a> {
    parent: Option<usize>,
    /// Scopes of inherited components: what they hold is visible too.
    bases: Vec<usize>,
    components: FxHashMap<Symbol, &'a Component>,
    /// Those of the scopes around included.
    bindings: Rc<Bindings>,
}

/// A component asked for, its parameters final, with the scope that its name is looked up in.
struct Asked {
    ty: ComponentType,
    scope: usize,
}

/// An item of a component with what its formal parameters stand for, and its scope.
#[derive(Clone)]
struct Member<'a> {
    item: &'a Item,
    scope: usize,
}

struct Expansion<'a, 'v> {
    values: &'v mut Values,
    diagnostics: &'v mut Vec<Diagnostic>,
    scopes: Vec<Scope<'a>>,
    broken: Vec<Symbol>,
    made: usize,
}

impl<'a> Expansion<'a, '_> {
    fn scope(&mut self, parent: Option<usize>, bindings: Bindings) -> usize {
        let components = FxHashMap::default();
        self.scopes.push(Scope { parent, bases: Vec::new(), components, bindings: Rc::new(bindings) });
        self.scopes.len() - 1
    }

    fn text(&self, symbol: Symbol) -> &str {
        self.values.symbols.get(symbol)
    }

    /// Enters an item that is a component.
    fn enter(&mut self, scope: usize, item: &'a Item) {
        let ItemKind::Component(component) = &item.kind else { return };
        let name = component.head.name;
        match self.scopes[scope].components.get(&name.symbol) {
            Some(first) => {
                let first = first.head.name.span;
                self.again("component", name, first);
            }
            None => {
                self.scopes[scope].components.insert(name.symbol, component);
            }
        }
    }

    fn again(&mut self, what: &str, name: ast::Name, first: Span) {
        let text = self.text(name.symbol);
        let diagnostic = Diagnostic::at(
            code::REDEFINED,
            format!("the {what} `{text}` is declared twice"),
            name.span,
            "declared again",
        )
        .label(first, "first declared here");
        self.diagnostics.push(diagnostic);
    }

    /// The component of a name and the scope that it is declared in.
    fn find(&self, scope: usize, name: Symbol) -> Option<(&'a Component, usize)> {
        let mut at = Some(scope);
        while let Some(here) = at {
            let mut open = vec![here];
            while let Some(place) = open.pop() {
                if let Some(component) = self.scopes[place].components.get(&name) {
                    return Some((component, place));
                }
                open.extend(&self.scopes[place].bases);
            }
            at = self.scopes[here].parent;
        }
        None
    }

    fn unknown(&mut self, scope: usize, name: ast::Path) {
        let mut known = Vec::new();
        let mut at = Some(scope);
        while let Some(here) = at {
            known.extend(self.scopes[here].components.keys().map(|&name| self.text(name)));
            at = self.scopes[here].parent;
        }
        known.sort_unstable();
        let text = self.text(name.symbol);
        let diagnostic = Diagnostic::at(
            code::UNKNOWN_COMPONENT,
            format!("no component is called `{text}`"),
            name.span,
            "not declared",
        )
        .maybe_help(did_you_mean(text, known));
        self.diagnostics.push(diagnostic);
    }

    /// The items of a component, inherited ones first; nothing where an error was reported.
    fn members(&mut self, asked: &Asked, depth: usize) -> Option<(Vec<Member<'a>>, usize)> {
        let bound = self.scopes[asked.scope].bindings.get(&asked.ty.name.symbol).copied();
        let name = bound.unwrap_or(asked.ty.name.symbol);
        let Some((component, place)) = self.find(asked.scope, name) else {
            self.unknown(asked.scope, ast::Name { symbol: name, span: asked.ty.name.span });
            return None;
        };
        self.made = self.made.saturating_add(component.items.len() + 1);
        if depth > DEEPEST || self.made > MOST_ITEMS {
            self.endless(asked.ty.name);
            return None;
        }
        let (formal, actual) = (&component.head.parameters, &asked.ty.parameters);
        if formal.len() != actual.len() {
            let text = self.text(name);
            let diagnostic = Diagnostic::at(
                code::WRONG_ARITY,
                format!("`{text}` has {}, not {}", plural(formal.len(), "parameter"), actual.len()),
                asked.ty.name.span,
                format!("{} here", plural(actual.len(), "parameter")),
            )
            .label(component.head.name.span, "declared here");
            self.diagnostics.push(diagnostic);
            return None;
        }
        let mut bindings = Bindings::clone(&self.scopes[place].bindings);
        bindings.extend(formal.iter().zip(actual).map(|(formal, actual)| (formal.symbol, actual.symbol)));
        let scope = self.scope(Some(place), bindings);
        for item in &component.items {
            self.enter(scope, item);
        }
        let mut members: Vec<Member<'a>> = Vec::new();
        for base in &component.bases {
            let asked = Asked { ty: self.bound(base, scope), scope };
            let (inherited, base_scope) = self.members(&asked, depth + 1)?;
            members.extend(inherited);
            self.scopes[scope].bases.push(base_scope);
        }
        for item in &component.items {
            if let ItemKind::Override(name) = item.kind {
                self.overrule(name, &mut members);
            }
        }
        members.extend(component.items.iter().map(|item| Member { item, scope }));
        Some((members, scope))
    }

    /// A component type whose parameters are what the formal ones of a scope stand for.
    fn bound(&self, ty: &ComponentType, scope: usize) -> ComponentType {
        let bindings = &self.scopes[scope].bindings;
        let bind = |path: &ast::Path| ast::Name {
            symbol: bindings.get(&path.symbol).copied().unwrap_or(path.symbol),
            span: path.span,
        };
        ComponentType { name: bind(&ty.name), parameters: ty.parameters.iter().map(bind).collect() }
    }

    /// Reports a component without end, once; then nothing more is made.
    fn endless(&mut self, name: ast::Path) {
        if self.made == usize::MAX {
            return;
        }
        let text = self.text(name.symbol);
        let message = if self.made > MOST_ITEMS {
            format!("with `{text}`, components stand for more than {MOST_ITEMS} items")
        } else {
            format!("`{text}` holds or inherits itself, or components are nested deeper than {DEEPEST} levels")
        };
        self.diagnostics.push(Diagnostic::at(code::NESTING, message, name.span, "without end"));
        self.made = usize::MAX;
    }

    /// `.override`: the inherited clauses of a relation are dropped.
    fn overrule(&mut self, name: ast::Name, members: &mut Vec<Member<'a>>) {
        let declared = members.iter().find_map(|member| match &member.item.kind {
            ItemKind::Relation(decl) if decl.names.iter().any(|other| other.symbol == name.symbol) => Some(decl),
            _ => None,
        });
        let text = self.text(name.symbol).to_owned();
        let Some(decl) = declared else {
            self.diagnostics.push(Diagnostic::at(
                code::UNKNOWN_RELATION,
                format!("no inherited component declares `{text}`"),
                name.span,
                "nothing to override",
            ));
            return;
        };
        if !decl.qualifiers.iter().any(|qualifier| self.text(qualifier.symbol) == "overridable") {
            let place = decl.names.first().map_or(name.span, |name| name.span);
            self.diagnostics.push(
                Diagnostic::at(code::REDEFINED, format!("`{text}` is not overridable"), name.span, "overridden here")
                    .label(place, "declared here, without `overridable`"),
            );
            return;
        }
        members.retain(|member| match &member.item.kind {
            ItemKind::Clause(clause) => clause.heads.iter().all(|head| head.relation.symbol != name.symbol),
            _ => true,
        });
    }

    /// Adds the items of an instance, renamed. `layers` are the names of the instances around it.
    fn instance(&mut self, prefix: Symbol, asked: &Asked, layers: &mut Vec<Layer>, items: &mut Vec<Item>) {
        if layers.len() > DEEPEST {
            self.endless(asked.ty.name);
            return;
        }
        let Some((members, _)) = self.members(asked, 0) else {
            self.broken.push(prefix);
            return;
        };
        let layer = self.layer(prefix, &members);
        layers.push(layer);
        for member in members {
            let bindings = Rc::clone(&self.scopes[member.scope].bindings);
            match &member.item.kind {
                ItemKind::Component(_) | ItemKind::Override(_) | ItemKind::Include { .. } => {}
                ItemKind::Init(init) => {
                    let mut renamer = Renamer { layers, bindings: &bindings, values: self.values };
                    let mut ty = init.component.clone();
                    for parameter in &mut ty.parameters {
                        renamer.ty(parameter);
                    }
                    let mut name = init.name;
                    renamer.own(&mut name);
                    self.instance(name.symbol, &Asked { ty, scope: member.scope }, layers, items);
                }
                ItemKind::Functor(_) | ItemKind::Pragma { .. } => {
                    self.diagnostics.push(Diagnostic::at(
                        code::UNEXPECTED_TOKEN,
                        "a component holds no functors and no pragmas",
                        member.item.span,
                        "in a component",
                    ));
                }
                ItemKind::Type(_)
                | ItemKind::Relation(_)
                | ItemKind::Clause(_)
                | ItemKind::Goal(_)
                | ItemKind::Directive(_)
                | ItemKind::Lattice(_) => {
                    let mut item = member.item.clone();
                    Renamer { layers, bindings: &bindings, values: self.values }.item(&mut item);
                    items.push(item);
                }
            }
        }
        layers.pop();
    }

    /// What an instance declares, with the full names.
    fn layer(&mut self, prefix: Symbol, members: &[Member<'a>]) -> Layer {
        let mut layer = Layer::default();
        let mut instances = FxHashSet::default();
        for member in members {
            match &member.item.kind {
                ItemKind::Relation(decl) => {
                    for name in &decl.names {
                        let full = self.full(prefix, name.symbol);
                        layer.names.insert(name.symbol, full);
                    }
                }
                ItemKind::Type(decl) => {
                    let full = self.full(prefix, decl.name.symbol);
                    layer.names.insert(decl.name.symbol, full);
                    if let ast::TypeDefinition::Adt(branches) = &decl.definition {
                        for branch in branches {
                            let full = self.full(prefix, branch.name.symbol);
                            layer.branches.insert(branch.name.symbol, full);
                        }
                    }
                }
                ItemKind::Init(init) => {
                    let full = self.full(prefix, init.name.symbol);
                    layer.names.insert(init.name.symbol, full);
                    if !instances.insert(init.name.symbol) {
                        let first = members.iter().find_map(|other| match &other.item.kind {
                            ItemKind::Init(other) if other.name.symbol == init.name.symbol => Some(other.name.span),
                            _ => None,
                        });
                        self.again("instance", init.name, first.unwrap_or(init.name.span));
                    }
                }
                _ => {}
            }
        }
        layer
    }

    fn full(&mut self, prefix: Symbol, name: Symbol) -> Symbol {
        let full = format!("{}.{}", self.text(prefix), self.text(name));
        self.values.symbols.intern(&full)
    }
}
