//! Type declarations: subtypes, unions, aliases, records and algebraic data types, in any order of the text.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, code};
use crate::symbol::Symbol;
use crate::syntax::ast::{self, TypeDefinition};
use crate::value::{Branch, Field, Kind, Type, TypeId};

use super::resolve::{Declarations, Space};

impl Declarations<'_> {
    /// Enters all types of the items.
    pub(super) fn enter_types(&mut self, items: &[&ast::Item]) {
        let decls: Vec<&ast::TypeDecl> = items
            .iter()
            .filter_map(|item| if let ast::ItemKind::Type(decl) = &item.kind { Some(decl) } else { None })
            .collect();
        let (aliases, own) = self.enter_names(&decls);
        self.enter_aliases(&aliases);
        let mut branches = Space::default();
        for &(id, decl) in &own {
            let ty = self.definition(id, decl, &mut branches);
            if let Some(ty) = ty {
                self.declared.types.define(id, ty);
            } else {
                self.declared.names.types.insert(decl.name.symbol, None);
            }
        }
        self.well_founded(&own);
    }

    #[allow(clippy::type_complexity)] // two lists of one loop
    fn enter_names<'d>(
        &mut self,
        decls: &[&'d ast::TypeDecl],
    ) -> (FxHashMap<Symbol, (ast::Name, ast::Path)>, Vec<(TypeId, &'d ast::TypeDecl)>) {
        let mut aliases = FxHashMap::default();
        let mut own = Vec::new();
        for &decl in decls {
            if let Some(&Some(id)) = self.declared.names.types.get(&decl.name.symbol)
                && self.declared.types.span(id).is_none()
            {
                let name = self.values.symbols.get(decl.name.symbol);
                self.diagnostics.push(Diagnostic::at(
                    code::REDEFINED,
                    format!("`{name}` is a built-in type"),
                    decl.name.span,
                    "declared again",
                ));
                continue;
            }
            if !self.space.declare(decl.name, "name", &self.values.symbols, self.diagnostics) {
                continue;
            }
            if let TypeDefinition::Alias(path) = decl.definition {
                aliases.insert(decl.name.symbol, (decl.name, path));
            } else {
                let name = self.values.symbols.get(decl.name.symbol);
                let id = self.declared.types.add(name, Type::Union { members: Vec::new() }, decl.name.span);
                self.declared.names.types.insert(decl.name.symbol, Some(id));
                own.push((id, decl));
            }
        }
        (aliases, own)
    }

    fn enter_aliases(&mut self, aliases: &FxHashMap<Symbol, (ast::Name, ast::Path)>) {
        let mut names: Vec<ast::Name> = aliases.values().map(|&(name, _)| name).collect();
        names.sort_unstable_by_key(|name| name.span);
        for name in names {
            let mut at = name.symbol;
            let mut seen = FxHashSet::default();
            let target = loop {
                if let Some(&ty) = self.declared.names.types.get(&at) {
                    break ty;
                }
                let Some(&(_, next)) = aliases.get(&at) else { break None };
                if !seen.insert(at) {
                    let text = self.values.symbols.get(name.symbol);
                    self.diagnostics.push(Diagnostic::at(
                        code::BAD_TYPE,
                        format!("the type `{text}` stands for itself"),
                        name.span,
                        "a cycle of aliases",
                    ));
                    break None;
                }
                if !aliases.contains_key(&next.symbol) && !self.declared.names.types.contains_key(&next.symbol) {
                    self.unknown.ty(next);
                    break None;
                }
                at = next.symbol;
            };
            self.declared.names.types.insert(name.symbol, target);
            if let Some(target) = target {
                self.declared.types.alias(self.values.symbols.get(name.symbol), target);
            }
        }
    }

    fn type_of(&mut self, path: ast::Path) -> Option<TypeId> {
        match self.declared.names.types.get(&path.symbol) {
            Some(&ty) => ty,
            None => {
                self.unknown.ty(path);
                None
            }
        }
    }

    /// What a declaration means; nothing where a name in it means nothing.
    fn definition(&mut self, id: TypeId, decl: &ast::TypeDecl, branches: &mut Space) -> Option<Type> {
        Some(match &decl.definition {
            TypeDefinition::Subtype(base) | TypeDefinition::Deprecated(base) | TypeDefinition::Alias(base) => {
                Type::Subtype { base: self.type_of(*base)? }
            }
            TypeDefinition::Union(members) => {
                let members: Vec<Option<TypeId>> = members.iter().map(|&member| self.type_of(member)).collect();
                Type::Union { members: members.into_iter().collect::<Option<_>>()? }
            }
            TypeDefinition::Record(attributes) => Type::Record { fields: self.fields(attributes)? },
            TypeDefinition::Adt(written) => {
                let mut all = Vec::new();
                let mut good = true;
                for branch in written {
                    if !branches.declare(branch.name, "branch", &self.values.symbols, self.diagnostics) {
                        good = false;
                        continue;
                    }
                    match self.fields(&branch.fields) {
                        Some(fields) => all.push(Branch { name: branch.name.symbol, fields }),
                        None => good = false,
                    }
                }
                if !good {
                    // Its branches are known names all the same.
                    for branch in written {
                        self.declared.names.branches.entry(branch.name.symbol).or_insert((id, u32::MAX));
                    }
                    return None;
                }
                let symbols = &self.values.symbols;
                all.sort_by(|left, right| symbols.get(left.name).cmp(symbols.get(right.name)));
                self.declared.names.branches.extend((0..).zip(&all).map(|(rank, branch)| (branch.name, (id, rank))));
                Type::Adt { branches: all }
            }
        })
    }

    fn fields(&mut self, attributes: &[ast::Attribute]) -> Option<Vec<Field>> {
        self.unique(attributes);
        let types: Vec<Option<TypeId>> = attributes.iter().map(|attribute| self.field(attribute)).collect();
        attributes
            .iter()
            .zip(types)
            .map(|(attribute, ty)| Some(Field { name: attribute.name.symbol, ty: ty? }))
            .collect()
    }

    /// Subtypes and unions rest on primitive types: no cycle, no record, no mixture of kinds.
    fn well_founded(&mut self, own: &[(TypeId, &ast::TypeDecl)]) {
        let below = |types: &crate::value::TypeTable, id: TypeId| match types.get(id) {
            Type::Subtype { base } => vec![*base],
            Type::Union { members } => members.clone(),
            Type::Primitive(_) | Type::Record { .. } | Type::Adt { .. } => Vec::new(),
        };
        for &(id, decl) in own {
            if self.declared.names.types.get(&decl.name.symbol).copied().flatten().is_none() {
                continue;
            }
            let name = self.values.symbols.get(decl.name.symbol);
            let types = &self.declared.types;
            let mut seen = FxHashSet::default();
            let mut open = below(types, id);
            let mut cyclic = false;
            while let Some(next) = open.pop() {
                cyclic |= next == id;
                if seen.insert(next) {
                    open.extend(below(types, next));
                }
            }
            let fault = if cyclic {
                Some(Diagnostic::at(
                    code::BAD_TYPE,
                    format!("the type `{name}` contains itself"),
                    decl.name.span,
                    "a cycle of types",
                ))
            } else {
                self.mixed(decl)
            };
            if let Some(fault) = fault {
                self.diagnostics.push(fault);
                self.declared.names.types.insert(decl.name.symbol, None);
            }
        }
    }

    fn mixed(&self, decl: &ast::TypeDecl) -> Option<Diagnostic> {
        let types = &self.declared.types;
        let kind = |path: &ast::Path| {
            let id = self.declared.names.types.get(&path.symbol).copied().flatten()?;
            Some((types.kind(id), types.name(id)))
        };
        let name = self.values.symbols.get(decl.name.symbol);
        let compound = |kind: Kind| matches!(kind, Kind::Record | Kind::Adt);
        match &decl.definition {
            TypeDefinition::Subtype(base) | TypeDefinition::Deprecated(base) => {
                let (kind, text) = kind(base).filter(|&(kind, _)| compound(kind))?;
                Some(
                    Diagnostic::at(
                        code::BAD_TYPE,
                        format!("`{name}` cannot be a subtype of `{text}`"),
                        base.span,
                        format!("a {}: only number, unsigned, float and symbol have subtypes", kind.name()),
                    )
                    .help(format!("write `.type {name} = {text}` for another name of it")),
                )
            }
            TypeDefinition::Union(members) => {
                let kinds: Vec<_> = members.iter().filter_map(|member| Some((member, kind(member)?))).collect();
                let &(first, (first_kind, first_name)) = kinds.first()?;
                if let Some((member, (kind, text))) = kinds.iter().find(|(_, (kind, _))| compound(*kind)) {
                    return Some(Diagnostic::at(
                        code::BAD_TYPE,
                        format!("`{text}` cannot be part of the union `{name}`"),
                        member.span,
                        format!("a {}: a union has primitive members", kind.name()),
                    ));
                }
                let (member, (kind, text)) = kinds.iter().find(|(_, (kind, _))| *kind != first_kind)?;
                Some(
                    Diagnostic::at(
                        code::BAD_TYPE,
                        format!("the members of the union `{name}` are of different kinds"),
                        member.span,
                        format!("`{text}` is a {}", kind.name()),
                    )
                    .label(first.span, format!("`{first_name}` is a {}", first_kind.name())),
                )
            }
            TypeDefinition::Alias(_) | TypeDefinition::Record(_) | TypeDefinition::Adt(_) => None,
        }
    }
}
