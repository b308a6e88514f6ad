//! Names: the relations of a program, the shapes of their columns, the fields of records and branches.

use std::collections::BTreeMap;

use onus::symbol::{Interner, Symbol};
use onus::syntax::ast::{self, ItemKind, TypeDefinition};

use crate::answers::Failure;

/// What a column holds, whatever its declared type: all that evaluation needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Number,
    Unsigned,
    Float,
    Symbol,
    /// A record of the declared type.
    Record(Symbol),
    /// A branch of the declared type.
    Adt(Symbol),
}

/// A declared relation, or a goal.
pub(super) struct Relation {
    pub(super) name: String,
    /// One a column; nothing is known of a goal's.
    pub(super) columns: Vec<Option<Shape>>,
    pub(super) eqrel: bool,
    /// The keys of `choice-domain`, each as column positions.
    pub(super) choice: Vec<Vec<usize>>,
    /// The `n` of `.limitsize`.
    pub(super) limit: Option<usize>,
}

/// Everything that a program declares.
pub(super) struct Declarations {
    pub(super) relations: Vec<Relation>,
    /// The fields of each record type.
    pub(super) records: BTreeMap<Symbol, Vec<Shape>>,
    /// The type and the fields of each branch.
    pub(super) branches: BTreeMap<String, (Shape, Vec<Shape>)>,
    /// Every type name by what it resolves to.
    shapes: BTreeMap<Symbol, Shape>,
}

impl Declarations {
    /// The relation of a name in the text.
    pub(super) fn relation(&self, name: Symbol, symbols: &Interner) -> Result<usize, Failure> {
        let text = symbols.get(name);
        self.find(text).ok_or_else(|| Failure::Rejected(format!("no relation {text}")))
    }

    /// The relation of a name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.relations.iter().position(|relation| relation.name == name)
    }

    /// The shape of a type's name.
    pub(super) fn shape(&self, name: Symbol, symbols: &Interner) -> Result<Shape, Failure> {
        let known = primitive(symbols.get(name)).or_else(|| self.shapes.get(&name).copied());
        known.ok_or_else(|| Failure::Rejected(format!("no type {}", symbols.get(name))))
    }

    /// A relation for the answers of a goal.
    pub(super) fn add_goal(&mut self, name: String, arity: usize) -> usize {
        let columns = vec![None; arity];
        self.relations.push(Relation { name, columns, eqrel: false, choice: Vec::new(), limit: None });
        self.relations.len() - 1
    }
}

/// Collects the declarations of a program, and refuses what this evaluator does not know.
pub(super) fn declare(program: &ast::Program, symbols: &Interner) -> Result<Declarations, Failure> {
    let mut definitions = BTreeMap::new();
    for item in &program.items {
        match &item.kind {
            ItemKind::Type(declaration) => {
                let name = declaration.name.symbol;
                if primitive(symbols.get(name)).is_some() || definitions.insert(name, &declaration.definition).is_some()
                {
                    return Err(Failure::Rejected(format!("type {} twice", symbols.get(name))));
                }
            }
            ItemKind::Pragma { key, .. } if symbols.get(key.symbol) == "wrap" => {
                return Err(Failure::Unsupported("wrapping".into()));
            }
            ItemKind::Relation(_)
            | ItemKind::Clause(_)
            | ItemKind::Goal(_)
            | ItemKind::Directive(_)
            | ItemKind::Pragma { .. } => {}
            ItemKind::Component(_) | ItemKind::Init(_) | ItemKind::Override(_) | ItemKind::Lattice(_) => {
                return Err(Failure::Crashed("components and lattices are expanded before".into()));
            }
            ItemKind::Functor(_) => return Err(Failure::Unsupported(".functor".into())),
            ItemKind::Include { .. } => return Err(Failure::Unsupported(".include".into())),
        }
    }

    let mut declarations = Declarations {
        relations: Vec::new(),
        records: BTreeMap::new(),
        branches: BTreeMap::new(),
        shapes: BTreeMap::new(),
    };
    for &name in definitions.keys() {
        let shape = resolve(name, &definitions, symbols, 0)?;
        declarations.shapes.insert(name, shape);
    }
    for (&name, &definition) in &definitions {
        match definition {
            TypeDefinition::Record(fields) => {
                let fields = shapes(fields, &declarations, symbols)?;
                declarations.records.insert(name, fields);
            }
            TypeDefinition::Adt(branches) => {
                for branch in branches {
                    let fields = shapes(&branch.fields, &declarations, symbols)?;
                    let described = (Shape::Adt(name), fields);
                    let branch = symbols.get(branch.name.symbol).to_owned();
                    if declarations.branches.insert(branch.clone(), described).is_some() {
                        return Err(Failure::Rejected(format!("branch {branch} twice")));
                    }
                }
            }
            TypeDefinition::Subtype(_)
            | TypeDefinition::Alias(_)
            | TypeDefinition::Union(_)
            | TypeDefinition::Deprecated(_) => {}
        }
    }
    for item in &program.items {
        if let ItemKind::Relation(declaration) = &item.kind {
            relations(declaration, &mut declarations, symbols)?;
        }
    }
    for item in &program.items {
        if let ItemKind::Directive(directive) = &item.kind
            && directive.kind == ast::DirectiveKind::Limitsize
        {
            limit(directive, &mut declarations, symbols)?;
        }
    }
    Ok(declarations)
}

fn limit(directive: &ast::Directive, declarations: &mut Declarations, symbols: &Interner) -> Result<(), Failure> {
    let n = directive.parameters.iter().find(|(key, _)| symbols.get(key.symbol) == "n");
    let n = n.and_then(|(_, value)| symbols.get(value.symbol).parse::<usize>().ok());
    for name in &directive.relations {
        let relation = declarations.relation(name.symbol, symbols)?;
        let limit = &mut declarations.relations[relation].limit;
        // Of several the least is met first.
        *limit = (*limit).into_iter().chain(n).min();
    }
    Ok(())
}

fn relations(
    declaration: &ast::RelationDecl,
    declarations: &mut Declarations,
    symbols: &Interner,
) -> Result<(), Failure> {
    let shapes = shapes(&declaration.attributes, declarations, symbols)?;
    let eqrel = declaration.qualifiers.iter().any(|qualifier| symbols.get(qualifier.symbol) == "eqrel");
    let mut choice = Vec::new();
    for key in &declaration.choice {
        let column = |name: &ast::Name| {
            let at = declaration.attributes.iter().position(|attribute| attribute.name.symbol == name.symbol);
            at.ok_or_else(|| Failure::Rejected("a key of columns that are not there".into()))
        };
        choice.push(key.iter().map(column).collect::<Result<Vec<usize>, _>>()?);
    }
    if eqrel && shapes.len() != 2 {
        return Err(Failure::Rejected("an eqrel has two columns".into()));
    }
    for name in &declaration.names {
        let name = symbols.get(name.symbol).to_owned();
        if declarations.find(&name).is_some() {
            return Err(Failure::Rejected(format!("relation {name} twice")));
        }
        let columns = shapes.iter().map(|&shape| Some(shape)).collect();
        declarations.relations.push(Relation { name, columns, eqrel, choice: choice.clone(), limit: None });
    }
    Ok(())
}

fn shapes(fields: &[ast::Attribute], declarations: &Declarations, symbols: &Interner) -> Result<Vec<Shape>, Failure> {
    fields.iter().map(|field| declarations.shape(field.ty.symbol, symbols)).collect()
}

fn primitive(name: &str) -> Option<Shape> {
    Some(match name {
        "number" => Shape::Number,
        "unsigned" => Shape::Unsigned,
        "float" => Shape::Float,
        "symbol" => Shape::Symbol,
        _ => return None,
    })
}

/// Follows subtypes, aliases and the first member of unions down to what values look like.
fn resolve(
    name: Symbol,
    definitions: &BTreeMap<Symbol, &TypeDefinition>,
    symbols: &Interner,
    depth: usize,
) -> Result<Shape, Failure> {
    let text = symbols.get(name);
    if let Some(shape) = primitive(text) {
        return Ok(shape);
    }
    if depth > definitions.len() {
        return Err(Failure::Rejected(format!("type {text} is its own base")));
    }
    let further = |base: &ast::Path| resolve(base.symbol, definitions, symbols, depth + 1);
    match definitions.get(&name) {
        None => Err(Failure::Rejected(format!("no type {text}"))),
        Some(TypeDefinition::Subtype(base) | TypeDefinition::Alias(base) | TypeDefinition::Deprecated(base)) => {
            further(base)
        }
        Some(TypeDefinition::Union(members)) => match members.first() {
            Some(member) => further(member),
            None => Err(Failure::Rejected(format!("type {text} has no members"))),
        },
        Some(TypeDefinition::Record(_)) => Ok(Shape::Record(name)),
        Some(TypeDefinition::Adt(_)) => Ok(Shape::Adt(name)),
    }
}
