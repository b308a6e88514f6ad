//! Components: every `.init` gives the items of its component once more, under names of their own. A tree becomes a tree
//! that has none.
//!
//! `.init i = C<T>` declares `i.relation` and `i.Type`. Inside, a name is looked up from the inside out: a formal
//! parameter, what the instance declares, what the instance around it declares, what the program declares. Inherited
//! items come first; `.override r` drops the inherited clauses of an `overridable` relation.

use std::collections::BTreeMap;

use onus::symbol::{Interner, Symbol};
use onus::syntax::ast::{
    Attribute, Component, ComponentType, Item, ItemKind, Path, Program, Term, TermKind, TypeDefinition,
};

use crate::answers::Failure;
use crate::walk::{self, Node};

/// Instances and bases deeper than this are without end.
const DEEPEST: usize = 50;

/// The program without components.
pub(super) fn expand(program: &Program, symbols: &mut Interner) -> Result<Program, Failure> {
    let mut top = Scope::default();
    top.enter(&program.items)?;
    let mut items = Vec::new();
    for item in &program.items {
        match &item.kind {
            ItemKind::Component(_) => {}
            ItemKind::Override(_) => return Err(Failure::Rejected(".override outside a component".into())),
            ItemKind::Init(init) => {
                let mut instances = Instances { symbols, items: &mut items };
                instances.instance(init.name.symbol, &init.component, &top, &mut Vec::new())?;
            }
            _ => items.push(item.clone()),
        }
    }
    Ok(Program { items })
}

/// What is visible at a place: components level by level, the innermost last, and what formal parameters stand for.
#[derive(Clone, Default)]
struct Scope<'a> {
    levels: Vec<BTreeMap<Symbol, &'a Component>>,
    actual: BTreeMap<Symbol, Symbol>,
}

impl<'a> Scope<'a> {
    /// Opens a level with the components among some items.
    fn enter(&mut self, items: &'a [Item]) -> Result<(), Failure> {
        let mut level = BTreeMap::new();
        for item in items {
            if let ItemKind::Component(component) = &item.kind
                && level.insert(component.head.name.symbol, component).is_some()
            {
                return Err(Failure::Rejected("a component twice".into()));
            }
        }
        self.levels.push(level);
        Ok(())
    }

    fn of(&self, name: Symbol) -> Symbol {
        self.actual.get(&name).copied().unwrap_or(name)
    }

    /// A component with the scope that it is declared in.
    fn find(&self, name: Symbol) -> Result<(&'a Component, Self), Failure> {
        let at = self.levels.iter().rposition(|level| level.contains_key(&name));
        let at = at.ok_or_else(|| Failure::Rejected("no such component".into()))?;
        Ok((self.levels[at][&name], Self { levels: self.levels[..=at].to_vec(), actual: self.actual.clone() }))
    }
}

/// An item of a component, with what is visible where it stands.
type Member<'a> = (&'a Item, Scope<'a>);

/// The items of a component, the inherited ones first, and the scope inside it.
fn members<'a>(
    ty: &ComponentType,
    scope: &Scope<'a>,
    symbols: &Interner,
    depth: usize,
) -> Result<(Vec<Member<'a>>, Scope<'a>), Failure> {
    if depth > DEEPEST {
        return Err(Failure::Rejected("a component that inherits itself".into()));
    }
    let (component, mut inside) = scope.find(scope.of(ty.name.symbol))?;
    if component.head.parameters.len() != ty.parameters.len() {
        return Err(Failure::Rejected("a component with another number of parameters".into()));
    }
    for (formal, actual) in component.head.parameters.iter().zip(&ty.parameters) {
        inside.actual.insert(formal.symbol, actual.symbol);
    }
    inside.enter(&component.items)?;
    let mut all: Vec<Member<'a>> = Vec::new();
    for base in &component.bases {
        let resolved = |path: &Path| Path { symbol: inside.of(path.symbol), span: path.span };
        let base =
            ComponentType { name: resolved(&base.name), parameters: base.parameters.iter().map(resolved).collect() };
        let (inherited, of_base) = members(&base, &inside, symbols, depth + 1)?;
        all.extend(inherited);
        if let (Some(own), Some(nested)) = (inside.levels.last_mut(), of_base.levels.last()) {
            for (&name, &component) in nested {
                own.entry(name).or_insert(component);
            }
        }
    }
    for item in &component.items {
        let ItemKind::Override(name) = &item.kind else { continue };
        let overridable = all.iter().any(|(item, _)| match &item.kind {
            ItemKind::Relation(declared) => {
                declared.names.iter().any(|other| other.symbol == name.symbol)
                    && declared.qualifiers.iter().any(|word| symbols.get(word.symbol) == "overridable")
            }
            _ => false,
        });
        if !overridable {
            return Err(Failure::Rejected("nothing to override".into()));
        }
        all.retain(|(item, _)| match &item.kind {
            ItemKind::Clause(clause) => clause.heads.iter().all(|head| head.relation.symbol != name.symbol),
            _ => true,
        });
    }
    all.extend(component.items.iter().map(|item| (item, inside.clone())));
    Ok((all, inside))
}

/// What one instance declares, by the name inside.
#[derive(Default)]
struct Layer {
    names: BTreeMap<Symbol, Symbol>,
    branches: BTreeMap<Symbol, Symbol>,
}

struct Instances<'s> {
    symbols: &'s mut Interner,
    items: &'s mut Vec<Item>,
}

impl Instances<'_> {
    fn instance(
        &mut self,
        name: Symbol,
        ty: &ComponentType,
        scope: &Scope<'_>,
        around: &mut Vec<Layer>,
    ) -> Result<(), Failure> {
        if around.len() > DEEPEST {
            return Err(Failure::Rejected("a component that holds itself".into()));
        }
        let (members, _) = members(ty, scope, self.symbols, 0)?;
        let layer = self.layer(name, &members);
        around.push(layer);
        for (item, scope) in &members {
            let mut rename = Rename { symbols: self.symbols, layers: around, scope };
            match &item.kind {
                ItemKind::Component(_) | ItemKind::Override(_) => {}
                ItemKind::Init(init) => {
                    let inner = rename.declared(init.name.symbol);
                    let mut ty = init.component.clone();
                    ty.parameters.iter_mut().for_each(|parameter| rename.ty(&mut parameter.symbol));
                    self.instance(inner, &ty, scope, around)?;
                }
                _ => {
                    let mut item = (*item).clone();
                    rename.item(&mut item)?;
                    self.items.push(item);
                }
            }
        }
        around.pop();
        Ok(())
    }

    fn layer(&mut self, name: Symbol, members: &[Member<'_>]) -> Layer {
        let mut layer = Layer::default();
        let symbols = &mut *self.symbols;
        let mut full = |inner: Symbol| {
            let text = format!("{}.{}", symbols.get(name), symbols.get(inner));
            symbols.intern(&text)
        };
        for (item, _) in members {
            match &item.kind {
                ItemKind::Relation(declared) => {
                    layer.names.extend(declared.names.iter().map(|name| (name.symbol, full(name.symbol))));
                }
                ItemKind::Type(declared) => {
                    layer.names.insert(declared.name.symbol, full(declared.name.symbol));
                    if let TypeDefinition::Adt(branches) = &declared.definition {
                        let names = branches.iter().map(|branch| branch.name.symbol);
                        layer.branches.extend(names.map(|name| (name, full(name))));
                    }
                }
                ItemKind::Init(init) => {
                    layer.names.insert(init.name.symbol, full(init.name.symbol));
                }
                _ => {}
            }
        }
        layer
    }
}

/// Gives the names of an item their full form.
struct Rename<'r, 'a> {
    symbols: &'r mut Interner,
    layers: &'r [Layer],
    scope: &'r Scope<'a>,
}

impl Rename<'_, '_> {
    /// A name that the innermost instance declares.
    fn declared(&self, name: Symbol) -> Symbol {
        self.layers.last().and_then(|layer| layer.names.get(&name)).copied().unwrap_or(name)
    }

    /// A relation or a type, perhaps one of an instance that is declared here: `inner.relation`.
    fn path(&mut self, name: &mut Symbol) {
        for layer in self.layers.iter().rev() {
            if let Some(&full) = layer.names.get(name) {
                *name = full;
                return;
            }
            let text = self.symbols.get(*name).to_owned();
            let Some((instance, rest)) = text.split_once('.') else { continue };
            let full = self.symbols.find(instance).and_then(|instance| layer.names.get(&instance));
            if let Some(&full) = full {
                let text = format!("{}.{rest}", self.symbols.get(full));
                *name = self.symbols.intern(&text);
                return;
            }
        }
    }

    fn ty(&mut self, name: &mut Symbol) {
        match self.scope.actual.get(name) {
            Some(&actual) => *name = actual,
            None => self.path(name),
        }
    }

    fn branch(&self, name: &mut Symbol) {
        if let Some(&full) = self.layers.iter().rev().find_map(|layer| layer.branches.get(name)) {
            *name = full;
        }
    }

    fn attributes(&mut self, attributes: &mut [Attribute]) {
        attributes.iter_mut().for_each(|attribute| self.ty(&mut attribute.ty.symbol));
    }

    fn node(&mut self, node: Node<'_>) {
        match node {
            Node::Atom(atom) => self.path(&mut atom.relation.symbol),
            Node::Term(Term { kind: TermKind::Branch { name, .. }, .. }) => self.branch(&mut name.symbol),
            Node::Term(Term { kind: TermKind::As { ty, .. }, .. }) => self.ty(&mut ty.symbol),
            Node::Term(_) | Node::Formula(_) => {}
        }
    }

    fn item(&mut self, item: &mut Item) -> Result<(), Failure> {
        match &mut item.kind {
            ItemKind::Type(declared) => {
                declared.name.symbol = self.declared(declared.name.symbol);
                match &mut declared.definition {
                    TypeDefinition::Subtype(base) | TypeDefinition::Alias(base) | TypeDefinition::Deprecated(base) => {
                        self.ty(&mut base.symbol);
                    }
                    TypeDefinition::Union(members) => members.iter_mut().for_each(|it| self.ty(&mut it.symbol)),
                    TypeDefinition::Record(fields) => self.attributes(fields),
                    TypeDefinition::Adt(branches) => {
                        for branch in branches {
                            self.branch(&mut branch.name.symbol);
                            self.attributes(&mut branch.fields);
                        }
                    }
                }
            }
            ItemKind::Relation(declared) => {
                declared.names.iter_mut().for_each(|name| name.symbol = self.declared(name.symbol));
                self.attributes(&mut declared.attributes);
            }
            ItemKind::Clause(clause) => walk::visit_clause(clause, &mut |node| self.node(node)),
            ItemKind::Goal(goal) => walk::visit_formula(&mut goal.body, &mut |node| self.node(node)),
            ItemKind::Directive(directive) => {
                directive.relations.iter_mut().for_each(|name| self.path(&mut name.symbol));
            }
            ItemKind::Lattice(lattice) => self.ty(&mut lattice.name.symbol),
            ItemKind::Component(_) | ItemKind::Init(_) | ItemKind::Override(_) | ItemKind::Include { .. } => {}
            ItemKind::Functor(_) | ItemKind::Pragma { .. } => {
                return Err(Failure::Rejected("a component holds no functors and no pragmas".into()));
            }
        }
        Ok(())
    }
}
