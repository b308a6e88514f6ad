//! The names of a component's items, made those of an instance.

use rustc_hash::FxHashMap;

use crate::symbol::Symbol;
use crate::syntax::ast::{self, Formula, ItemKind, TermKind, TypeDefinition};
use crate::value::Values;

/// What one instance declares: the name in its component, and the full one.
#[derive(Debug, Default)]
pub(super) struct Layer {
    /// Relations, types and instances.
    pub(super) names: FxHashMap<Symbol, Symbol>,
    /// Branches of algebraic data types.
    pub(super) branches: FxHashMap<Symbol, Symbol>,
}

/// Renames in place.
pub(super) struct Renamer<'r> {
    /// Of the instances around, the innermost last.
    pub(super) layers: &'r [Layer],
    /// What formal parameters stand for: names that are full already.
    pub(super) bindings: &'r FxHashMap<Symbol, Symbol>,
    pub(super) values: &'r mut Values,
}

impl Renamer<'_> {
    /// All names of an item.
    pub(super) fn item(&mut self, item: &mut ast::Item) {
        match &mut item.kind {
            ItemKind::Type(decl) => {
                self.own(&mut decl.name);
                match &mut decl.definition {
                    TypeDefinition::Subtype(path) | TypeDefinition::Alias(path) | TypeDefinition::Deprecated(path) => {
                        self.ty(path);
                    }
                    TypeDefinition::Union(members) => members.iter_mut().for_each(|member| self.ty(member)),
                    TypeDefinition::Record(attributes) => self.attributes(attributes),
                    TypeDefinition::Adt(branches) => {
                        for branch in branches {
                            self.branch(&mut branch.name);
                            self.attributes(&mut branch.fields);
                        }
                    }
                }
            }
            ItemKind::Relation(decl) => {
                decl.names.iter_mut().for_each(|name| self.own(name));
                self.attributes(&mut decl.attributes);
            }
            ItemKind::Clause(clause) => {
                clause.heads.iter_mut().for_each(|head| self.atom(head));
                if let Some(body) = &mut clause.body {
                    self.formula(body);
                }
            }
            ItemKind::Goal(goal) => self.formula(&mut goal.body),
            ItemKind::Directive(directive) => directive.relations.iter_mut().for_each(|path| self.path(path)),
            ItemKind::Lattice(lattice) => self.ty(&mut lattice.name),
            ItemKind::Component(_)
            | ItemKind::Init(_)
            | ItemKind::Override(_)
            | ItemKind::Functor(_)
            | ItemKind::Pragma { .. }
            | ItemKind::Include { .. } => {}
        }
    }

    /// A name that the innermost instance declares.
    pub(super) fn own(&mut self, name: &mut ast::Name) {
        if let Some(&full) = self.layers.last().and_then(|layer| layer.names.get(&name.symbol)) {
            name.symbol = full;
        }
    }

    /// A type, or a parameter that stands for one.
    pub(super) fn ty(&mut self, path: &mut ast::Path) {
        match self.bindings.get(&path.symbol) {
            Some(&full) => path.symbol = full,
            None => self.path(path),
        }
    }

    /// A relation or type, perhaps of an instance inside.
    fn path(&mut self, path: &mut ast::Path) {
        for layer in self.layers.iter().rev() {
            if let Some(&full) = layer.names.get(&path.symbol) {
                path.symbol = full;
                return;
            }
            let text = self.values.symbols.get(path.symbol);
            let Some((instance, rest)) = text.split_once('.') else { continue };
            let Some(instance) = self.values.symbols.find(instance) else { continue };
            if let Some(&full) = layer.names.get(&instance) {
                let name = format!("{}.{rest}", self.values.symbols.get(full));
                path.symbol = self.values.symbols.intern(&name);
                return;
            }
        }
    }

    fn branch(&mut self, name: &mut ast::Name) {
        let found = self.layers.iter().rev().find_map(|layer| layer.branches.get(&name.symbol));
        if let Some(&full) = found {
            name.symbol = full;
        }
    }

    fn attributes(&mut self, attributes: &mut [ast::Attribute]) {
        for attribute in attributes {
            self.ty(&mut attribute.ty);
        }
    }

    fn atom(&mut self, atom: &mut ast::Atom) {
        self.path(&mut atom.relation);
        self.terms(&mut atom.arguments);
    }

    fn formula(&mut self, formula: &mut Formula) {
        match formula {
            Formula::Atom(atom) => self.atom(atom),
            Formula::Compare(compare) => {
                self.term(&mut compare.left);
                self.term(&mut compare.right);
            }
            Formula::Boolean(..) => {}
            Formula::Not(inner, _) => self.formula(inner),
            Formula::And(parts) | Formula::Or(parts) => parts.iter_mut().for_each(|part| self.formula(part)),
        }
    }

    fn terms(&mut self, terms: &mut [ast::Term]) {
        terms.iter_mut().for_each(|term| self.term(term));
    }

    fn term(&mut self, term: &mut ast::Term) {
        match &mut term.kind {
            TermKind::Record(parts)
            | TermKind::Call { arguments: parts, .. }
            | TermKind::User { arguments: parts, .. } => self.terms(parts),
            TermKind::Branch { name, arguments } => {
                self.branch(name);
                self.terms(arguments);
            }
            TermKind::As { term, ty } => {
                self.term(term);
                self.ty(ty);
            }
            TermKind::Aggregate(aggregate) => {
                if let Some(target) = &mut aggregate.target {
                    self.term(target);
                }
                self.formula(&mut aggregate.body);
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
    }
}
