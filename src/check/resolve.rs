//! Names: what each stands for, that each is declared once, and what is meant where one is not known.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, code, suggest};
use crate::program::{Column, Directive, Program, RelationDecl, RelationId, RelationKind, Role, Signature};
use crate::source::Span;
use crate::symbol::{Interner, Symbol};
use crate::syntax::ast;
use crate::value::{Type, TypeId, TypeTable, Values};

use super::directives;
use super::functors;

/// What the names of a program stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) relations: FxHashMap<Symbol, RelationId>,
    /// Nothing for a type whose declaration is wrong: its uses raise no further error.
    pub(super) types: FxHashMap<Symbol, Option<TypeId>>,
    /// The type of a branch and its rank.
    pub(super) branches: FxHashMap<Symbol, (TypeId, u32)>,
    /// The types of each relation's columns, as far as they are known.
    pub(super) columns: Vec<Vec<Option<TypeId>>>,
}

/// What clauses are checked against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) names: &'a Names,
    pub(super) types: &'a TypeTable,
    pub(super) relations: &'a [RelationDecl],
    pub(super) functors: &'a [Signature],
}

impl Names {
    /// The names of a finished program.
    pub(super) fn of(program: &Program, symbols: &mut Interner) -> Self {
        let types = program.types.names().map(|(name, id)| (symbols.intern(name), Some(id))).collect();
        let mut branches = FxHashMap::default();
        for id in program.types.ids() {
            if let Type::Adt { branches: all } = program.types.get(id) {
                branches.extend((0..).zip(all).map(|(rank, branch)| (branch.name, (id, rank))));
            }
        }
        let relations = program.declared_ids().map(|id| (program.relation(id).name, id)).collect();
        let columns = program.relations.iter().map(|decl| decl.columns.iter().map(|column| Some(column.ty)).collect());
        Self { relations, types, branches, columns: columns.collect() }
    }
}

impl Known<'_> {
    pub(super) fn decl(&self, id: RelationId) -> &RelationDecl {
        &self.relations[id.0 as usize]
    }

    pub(super) fn columns(&self, id: RelationId) -> &[Option<TypeId>] {
        &self.names.columns[id.0 as usize]
    }
}

/// Names that nothing declares, with the places that use them: one error a name.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    relations: BTreeMap<Symbol, Vec<Span>>,
    types: BTreeMap<Symbol, Vec<Span>>,
    uses: usize,
    /// Instances that could not be made: what they would declare is not known, nor missing.
    pub(super) broken: Vec<Symbol>,
}

impl Unknown {
    pub(super) fn relation(&mut self, name: ast::Path) {
        self.uses += 1;
        self.relations.entry(name.symbol).or_default().push(name.span);
    }

    pub(super) fn ty(&mut self, name: ast::Path) {
        self.uses += 1;
        self.types.entry(name.symbol).or_default().push(name.span);
    }

    /// How many uses of unknown names there were.
    pub(super) fn count(&self) -> usize {
        self.uses
    }

    /// The errors, with the nearest known name each.
    pub(super) fn report(self, names: &Names, symbols: &Interner, diagnostics: &mut Vec<Diagnostic>) {
        let lost = |name: &str| {
            let mut instances = self.broken.iter().map(|&instance| symbols.get(instance));
            instances.any(|instance| name.strip_prefix(instance).is_some_and(|rest| rest.starts_with('.')))
        };
        for (name, spans) in self.relations {
            let name = symbols.get(name);
            if lost(name) {
                continue;
            }
            let known = sorted(names.relations.keys().map(|&known| symbols.get(known)));
            let hint = did_you_mean(name, known.iter().copied());
            diagnostics.push(many(
                Diagnostic::new(code::UNKNOWN_RELATION, format!("no relation is called `{name}`"))
                    .help(hint.unwrap_or_else(|| format!("declare it: `.decl {name}(...)`{}", there_are(&known)))),
                spans,
            ));
        }
        for (name, spans) in self.types {
            let name = symbols.get(name);
            if lost(name) {
                continue;
            }
            let known = sorted(names.types.keys().map(|&known| symbols.get(known)));
            let hint = did_you_mean(name, known);
            diagnostics.push(many(
                Diagnostic::new(code::UNKNOWN_TYPE, format!("no type is called `{name}`"))
                    .help(hint.unwrap_or_else(|| format!("declare it: `.type {name} <: symbol`"))),
                spans,
            ));
        }
    }
}

/// The names that there are, if they are few.
fn there_are(names: &[&str]) -> String {
    const FEW: usize = 6;
    match names {
        [] => String::new(),
        [one] => format!("; there is only `{one}`"),
        _ if names.len() > FEW => String::new(),
        _ => format!("; there are `{}`", names.join("`, `")),
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names
}

/// The places of one unknown name: the first four as labels, the others counted.
fn many(mut diagnostic: Diagnostic, mut spans: Vec<Span>) -> Diagnostic {
    const SHOWN: usize = 4;
    spans.sort_unstable();
    spans.dedup();
    for (at, &span) in spans.iter().take(SHOWN).enumerate() {
        diagnostic = diagnostic.label(span, if at == 0 { "not declared" } else { "and here" });
    }
    match spans.len().saturating_sub(SHOWN) {
        0 => diagnostic,
        more => diagnostic.note(format!("and in {more} more place{}", if more == 1 { "" } else { "s" })),
    }
}

/// `did you mean ...?`
pub(super) fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    suggest(wrong, known).map(|right| format!("did you mean `{right}`?"))
}

/// The names of one space, with the place of their first declaration.
#[derive(Debug, Default)]
pub(super) struct Space(FxHashMap<Symbol, Span>);

impl Space {
    /// Enters the names that items declare, so that the first in the text is the one that counts.
    pub(super) fn reserve(&mut self, items: &[&ast::Item]) {
        for item in items {
            let names: &[ast::Name] = match &item.kind {
                ast::ItemKind::Type(decl) => std::slice::from_ref(&decl.name),
                ast::ItemKind::Relation(decl) => &decl.names,
                ast::ItemKind::Functor(decl) => std::slice::from_ref(&decl.name),
                _ => &[],
            };
            for name in names {
                self.0.entry(name.symbol).or_insert(name.span);
            }
        }
    }

    /// Enters a name; an error where it was entered before from another place.
    pub(super) fn declare(
        &mut self,
        name: ast::Name,
        what: &str,
        symbols: &Interner,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        match self.0.get(&name.symbol) {
            None => {
                self.0.insert(name.symbol, name.span);
                true
            }
            Some(&first) if first == name.span => true,
            Some(&first) => {
                let text = symbols.get(name.symbol);
                diagnostics.push(
                    Diagnostic::at(
                        code::REDEFINED,
                        format!("the {what} `{text}` is declared twice"),
                        name.span,
                        "declared again",
                    )
                    .label(first, "first declared here"),
                );
                false
            }
        }
    }
}

/// Declarations on their way to a program.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) names: Names,
    pub(super) types: TypeTable,
    pub(super) relations: Vec<RelationDecl>,
    pub(super) directives: Vec<Directive>,
}

/// Enters relations and what is written about them. Types must be known already.
pub(super) struct Declarations<'a> {
    pub(super) declared: &'a mut Declared,
    pub(super) space: &'a mut Space,
    pub(super) unknown: &'a mut Unknown,
    pub(super) values: &'a Values,
    pub(super) functors: &'a [Signature],
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Declarations<'_> {
    /// Enters all relations of the items, then the directives about them.
    pub(super) fn enter(&mut self, items: &[&ast::Item]) {
        for item in items {
            if let ast::ItemKind::Relation(decl) = &item.kind {
                self.relation(item, decl);
            }
        }
        for item in items {
            match &item.kind {
                ast::ItemKind::Directive(directive) => self.directive(item.span, directive),
                ast::ItemKind::Functor(functor) => self.functor(item.span, functor),
                ast::ItemKind::Lattice(_)
                | ast::ItemKind::Type(_)
                | ast::ItemKind::Relation(_)
                | ast::ItemKind::Clause(_)
                | ast::ItemKind::Goal(_)
                | ast::ItemKind::Component(_)
                | ast::ItemKind::Init(_)
                | ast::ItemKind::Override(_)
                | ast::ItemKind::Pragma { .. }
                | ast::ItemKind::Include { .. } => {}
            }
        }
    }

    fn text(&self, symbol: Symbol) -> &str {
        self.values.symbols.get(symbol)
    }

    fn relation(&mut self, item: &ast::Item, decl: &ast::RelationDecl) {
        let columns: Vec<Option<TypeId>> = decl.attributes.iter().map(|attribute| self.attribute(attribute)).collect();
        self.unique(&decl.attributes);
        let mut choice = Vec::new();
        for key in &decl.choice {
            let positions = key.iter().filter_map(|name| {
                let at = decl.attributes.iter().position(|attribute| attribute.name.symbol == name.symbol);
                if at.is_none() {
                    self.no_column(*name, self.values.symbols.get(name.symbol), decl);
                }
                at
            });
            choice.push(positions.collect());
        }
        let eqrel = decl.qualifiers.iter().find(|name| self.text(name.symbol) == "eqrel").copied();
        if let Some(eqrel) = eqrel {
            self.eqrel(eqrel, decl, &columns);
        }
        for &name in &decl.names {
            if !self.space.declare(name, "name", &self.values.symbols, self.diagnostics) {
                continue;
            }
            let id = RelationId(u32::try_from(self.declared.relations.len()).unwrap_or(u32::MAX));
            self.declared.names.relations.insert(name.symbol, id);
            self.declared.names.columns.push(columns.clone());
            let mut relation = RelationDecl {
                name: name.symbol,
                columns: decl
                    .attributes
                    .iter()
                    .zip(&columns)
                    .map(|(attribute, ty)| Column { name: attribute.name.symbol, ty: ty.unwrap_or(TypeId::SYMBOL) })
                    .collect(),
                kind: if eqrel.is_some() { RelationKind::Eqrel } else { RelationKind::Plain },
                choice: choice.clone(),
                doc: item.doc,
                says: None,
                says_not: None,
                deny: None,
                quiet: false,
                watch: false,
                alarm: false,
                adjustable: false,
                role: Role::Own,
                made: false,
                span: name.span,
            };
            for annotation in &item.annotations {
                self.annotate(annotation, &mut relation, decl);
            }
            self.declared.relations.push(relation);
            for qualifier in &decl.qualifiers {
                let kind = match self.text(qualifier.symbol) {
                    "input" => ast::DirectiveKind::Input,
                    "output" => ast::DirectiveKind::Output,
                    "printsize" => ast::DirectiveKind::Printsize,
                    _ => continue,
                };
                self.declared.directives.push(Directive {
                    kind,
                    relation: id,
                    parameters: Vec::new(),
                    span: qualifier.span,
                });
            }
        }
    }

    /// The type of a field, which is no lattice.
    pub(super) fn field(&mut self, attribute: &ast::Attribute) -> Option<TypeId> {
        if attribute.lattice {
            self.diagnostics.push(Diagnostic::at(
                code::LATTICE,
                "only a relation's columns can be lattices",
                attribute.ty.span,
                "a field",
            ));
        }
        self.attribute(attribute)
    }

    /// The type of an attribute.
    pub(super) fn attribute(&mut self, attribute: &ast::Attribute) -> Option<TypeId> {
        match self.declared.names.types.get(&attribute.ty.symbol) {
            Some(&ty) => ty,
            None => {
                self.unknown.ty(attribute.ty);
                None
            }
        }
    }

    /// Attribute names are unique.
    pub(super) fn unique(&mut self, attributes: &[ast::Attribute]) {
        let mut space = Space::default();
        for attribute in attributes {
            space.declare(attribute.name, "attribute", &self.values.symbols, self.diagnostics);
        }
    }

    fn eqrel(&mut self, qualifier: ast::Name, decl: &ast::RelationDecl, columns: &[Option<TypeId>]) {
        match columns {
            [Some(left), Some(right)] if left != right => {
                let types = &self.declared.types;
                let (left, right) = (types.name(*left), types.name(*right));
                self.diagnostics.push(
                    Diagnostic::at(
                        code::TYPE_MISMATCH,
                        "both columns of an `eqrel` relation have one type",
                        qualifier.span,
                        "an equivalence",
                    )
                    .label(decl.attributes[0].ty.span, format!("`{left}` here"))
                    .label(decl.attributes[1].ty.span, format!("`{right}` here")),
                );
            }
            [_, _] => {}
            _ => self.diagnostics.push(Diagnostic::at(
                code::WRONG_ARITY,
                format!("an `eqrel` relation has two columns, not {}", columns.len()),
                qualifier.span,
                "an equivalence",
            )),
        }
    }

    fn no_column(&mut self, at: ast::Name, column: &str, decl: &ast::RelationDecl) {
        let names: Vec<&str> = decl.attributes.iter().map(|attribute| self.text(attribute.name.symbol)).collect();
        let relation = decl.names.first().map_or("", |name| self.text(name.symbol));
        let help = did_you_mean(column, names.iter().copied()).unwrap_or_else(|| {
            if names.is_empty() {
                format!("`{relation}` has no columns")
            } else {
                format!("its columns are {}", names.join(", "))
            }
        });
        let diagnostic = Diagnostic::at(
            code::UNKNOWN_PLACEHOLDER,
            format!("`{relation}` has no column `{column}`"),
            at.span,
            "no such column",
        )
        .help(help);
        self.diagnostics.push(diagnostic);
    }

    fn annotate(&mut self, annotation: &ast::Annotation, relation: &mut RelationDecl, decl: &ast::RelationDecl) {
        let name = self.text(annotation.name.symbol);
        match name {
            "quiet" => relation.quiet = true,
            "watch" => relation.watch = true,
            "alarm" => relation.alarm = true,
            "adjustable" => relation.adjustable = true,
            "says" | "says_not" | "deny" => {
                let Some(value) = annotation.value else {
                    let diagnostic = Diagnostic::at(
                        code::BAD_ANNOTATION,
                        format!("`@[{name}]` needs a sentence"),
                        annotation.span,
                        "no text",
                    )
                    .help(format!("write `@[{name} = \"...\"]`, with `{{column}}` for a column's value"));
                    self.diagnostics.push(diagnostic);
                    return;
                };
                match name {
                    "says" => relation.says = Some(value.symbol),
                    "says_not" => relation.says_not = Some(value.symbol),
                    _ => relation.deny = Some(value.symbol),
                }
                for placeholder in placeholders(self.text(value.symbol)) {
                    let found = decl.attributes.iter().any(|attribute| self.text(attribute.name.symbol) == placeholder);
                    if !found {
                        self.no_column(value, &placeholder, decl);
                    }
                }
            }
            _ => {}
        }
    }

    fn directive(&mut self, span: Span, directive: &ast::Directive) {
        directives::parameters(directive, &self.values.symbols, self.diagnostics);
        for &path in &directive.relations {
            let Some(&relation) = self.declared.names.relations.get(&path.symbol) else {
                self.unknown.relation(path);
                continue;
            };
            let parameters = directive.parameters.iter().map(|(key, value)| (key.symbol, value.symbol)).collect();
            self.declared.directives.push(Directive { kind: directive.kind, relation, parameters, span });
        }
    }

    fn functor(&mut self, span: Span, functor: &ast::FunctorDecl) {
        self.space.declare(functor.name, "name", &self.values.symbols, self.diagnostics);
        let name = self.text(functor.name.symbol);
        let kind = |path: &ast::Path| {
            let ty = self.declared.names.types.get(&path.symbol).copied().flatten()?;
            Some(self.declared.types.kind(ty))
        };
        let found = functors::find(name, self.functors);
        // The declaration that Soufflé needs for a functor that is known here anyway.
        let known = found.is_some_and(|found| {
            found.parameters.iter().map(|&kind| Some(kind)).eq(functor.parameters.iter().map(kind))
                && kind(&functor.result) == Some(found.result)
        });
        if known {
            return;
        }
        let diagnostic = match found {
            Some(found) => {
                let parameters: Vec<&str> = found.parameters.iter().map(|kind| kind.name()).collect();
                let is = format!("({}): {}", parameters.join(", "), found.result.name());
                Diagnostic::at(
                    code::TYPE_MISMATCH,
                    format!("`@{name}` is known with other types"),
                    span,
                    format!("it is `@{name}{is}`"),
                )
            }
            None => Diagnostic::at(
                code::UNSUPPORTED,
                format!("`@{name}` would come from a native library, which onus does not load"),
                span,
                "a native functor",
            )
            .help(did_you_mean(&format!("@{name}"), functors::names(self.functors)).unwrap_or_else(|| {
                "a program in Rust can register it as a closure: see `onus::library::Datalog::functor`".to_owned()
            })),
        };
        self.diagnostics.push(diagnostic);
    }
}

/// The `{column}`s of a sentence.
fn placeholders(sentence: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = sentence;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        found.push(name.trim().to_owned());
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_in_braces() {
        assert_eq!(placeholders("{a} relies on { b } for {layer"), ["a", "b"]);
        assert!(placeholders("nothing").is_empty());
    }
}
