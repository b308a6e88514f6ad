//! Items: clauses, declarations, directives, components.

use super::{Printer, WIDTH, quoted};
use crate::syntax::ast::{
    Annotation, Attribute, Clause, Component, ComponentType, Directive, DirectiveKind, Formula, FunctorDecl, Goal,
    Item, ItemKind, LatticeDecl, Name, Plan, RelationDecl, TypeDecl, TypeDefinition,
};

impl Printer<'_> {
    pub(super) fn item(&mut self, item: &Item) {
        if let Some(doc) = item.doc {
            for line in self.symbols.get(doc).split('\n') {
                self.put(if line.is_empty() { "///" } else { "/// " });
                self.put(line);
                self.put("\n");
            }
        }
        for annotation in &item.annotations {
            self.annotation(annotation);
            self.put("\n");
        }
        match &item.kind {
            ItemKind::Type(declaration) => self.type_decl(declaration),
            ItemKind::Relation(declaration) => self.relation_decl(declaration),
            ItemKind::Clause(clause) => self.clause(clause),
            ItemKind::Goal(goal) => self.goal(goal),
            ItemKind::Directive(directive) => self.directive(directive),
            ItemKind::Component(component) => self.component(component),
            ItemKind::Init(init) => {
                self.put(".init ");
                self.symbol(init.name.symbol);
                self.put(" = ");
                self.component_type(&init.component);
            }
            ItemKind::Override(name) => {
                self.put(".override ");
                self.symbol(name.symbol);
            }
            ItemKind::Functor(declaration) => self.functor_decl(declaration),
            ItemKind::Lattice(declaration) => self.lattice(declaration),
            ItemKind::Pragma { key, value } => {
                self.put(".pragma ");
                self.string(key.symbol);
                if let Some(value) = value {
                    self.put(" ");
                    self.string(value.symbol);
                }
            }
            ItemKind::Include { path: Some(path) } => {
                self.put(".include ");
                self.string(path.symbol);
            }
            ItemKind::Include { path: None } => self.put(".once"),
        }
    }

    fn annotation(&mut self, annotation: &Annotation) {
        self.put("@[");
        self.symbol(annotation.name.symbol);
        if let Some(value) = annotation.value {
            self.put(" = ");
            self.string(value.symbol);
        }
        self.put("]");
    }

    pub(super) fn clause(&mut self, clause: &Clause) {
        let start = self.text.len();
        self.list(&clause.heads, if clause.subsumption { " <= " } else { ", " }, Self::atom);
        if let Some(body) = &clause.body {
            let head = self.text.len();
            self.put(" :- ");
            self.formula(body);
            if self.text.len() - start > WIDTH {
                self.text.truncate(head);
                self.put(" :-\n    ");
                self.broken(body);
            }
        }
        self.put(".");
        if let Some(plan) = &clause.plan {
            self.plan(plan);
        }
    }

    /// A body with each part on a line of its own.
    fn broken(&mut self, body: &Formula) {
        match body {
            Formula::And(parts) if parts.len() > 1 => self.list(parts, ",\n    ", Self::literal),
            Formula::Or(parts) if parts.len() > 1 => self.list(parts, " ;\n    ", |printer, part| match part {
                Formula::Or(_) => printer.literal(part),
                _ => printer.formula(part),
            }),
            _ => self.formula(body),
        }
    }

    fn plan(&mut self, plan: &Plan) {
        self.put("\n.plan ");
        self.list(&plan.orders, ", ", |printer, (version, order)| {
            let order: Vec<String> = order.iter().map(u32::to_string).collect();
            printer.put(&format!("{version}: ({})", order.join(", ")));
        });
    }

    pub(super) fn goal(&mut self, goal: &Goal) {
        self.put("?- ");
        self.formula(&goal.body);
        self.put(".");
    }

    fn type_decl(&mut self, declaration: &TypeDecl) {
        let name = declaration.name.symbol;
        if let TypeDefinition::Deprecated(base) = &declaration.definition {
            self.put(if self.symbols.get(base.symbol) == "number" { ".number_type " } else { ".symbol_type " });
            self.symbol(name);
            return;
        }
        self.put(".type ");
        self.symbol(name);
        match &declaration.definition {
            TypeDefinition::Subtype(base) => {
                self.put(" <: ");
                self.symbol(base.symbol);
            }
            TypeDefinition::Alias(path) | TypeDefinition::Deprecated(path) => {
                self.put(" = ");
                self.symbol(path.symbol);
            }
            TypeDefinition::Union(members) => {
                self.put(" = ");
                self.names(members, " | ");
            }
            TypeDefinition::Record(attributes) => {
                self.put(" = [");
                self.attributes(attributes);
                self.put("]");
            }
            TypeDefinition::Adt(branches) => {
                self.put(" = ");
                self.list(branches, " | ", |printer, branch| {
                    printer.symbol(branch.name.symbol);
                    printer.put(" {");
                    printer.attributes(&branch.fields);
                    printer.put("}");
                });
            }
        }
    }

    fn relation_decl(&mut self, declaration: &RelationDecl) {
        self.put(".decl ");
        self.names(&declaration.names, ", ");
        self.put("(");
        self.attributes(&declaration.attributes);
        self.put(")");
        for qualifier in &declaration.qualifiers {
            self.put(" ");
            self.symbol(qualifier.symbol);
        }
        if !declaration.choice.is_empty() {
            self.put(" choice-domain ");
            self.list(&declaration.choice, ", ", |printer, key| match key.as_slice() {
                [one] => printer.symbol(one.symbol),
                key => {
                    printer.put("(");
                    printer.names(key, ", ");
                    printer.put(")");
                }
            });
        }
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        self.list(attributes, ", ", |printer, attribute| {
            printer.symbol(attribute.name.symbol);
            printer.put(": ");
            printer.symbol(attribute.ty.symbol);
            printer.put(if attribute.lattice { "<>" } else { "" });
        });
    }

    fn names(&mut self, names: &[Name], separator: &str) {
        self.list(names, separator, |printer, name| printer.symbol(name.symbol));
    }

    fn directive(&mut self, directive: &Directive) {
        self.put(match directive.kind {
            DirectiveKind::Input => ".input ",
            DirectiveKind::Output => ".output ",
            DirectiveKind::Printsize => ".printsize ",
            DirectiveKind::Limitsize => ".limitsize ",
        });
        self.names(&directive.relations, ", ");
        if directive.parameters.is_empty() {
            return;
        }
        self.put("(");
        self.list(&directive.parameters, ", ", |printer, (key, value)| {
            printer.symbol(key.symbol);
            printer.put("=");
            let text = printer.symbols.get(value.symbol);
            let number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if number || matches!(text, "true" | "false") {
                printer.put(text);
            } else {
                printer.put(&quoted(text));
            }
        });
        self.put(")");
    }

    fn component(&mut self, component: &Component) {
        self.put(".comp ");
        self.component_type(&component.head);
        if !component.bases.is_empty() {
            self.put(" : ");
            self.list(&component.bases, ", ", Self::component_type);
        }
        self.put(" {\n");
        for item in &component.items {
            // No line break stands inside a token: strings are printed with escapes.
            let text = Self::print(self.symbols, |printer| printer.item(item));
            for line in text.split('\n') {
                self.put("    ");
                self.put(line);
                self.put("\n");
            }
        }
        self.put("}");
    }

    fn component_type(&mut self, component: &ComponentType) {
        self.symbol(component.name.symbol);
        if !component.parameters.is_empty() {
            self.put("<");
            self.names(&component.parameters, ", ");
            self.put(">");
        }
    }

    fn functor_decl(&mut self, declaration: &FunctorDecl) {
        self.put(".functor ");
        self.symbol(declaration.name.symbol);
        self.put("(");
        self.names(&declaration.parameters, ", ");
        self.put("): ");
        self.symbol(declaration.result.symbol);
        self.put(if declaration.stateful { " stateful" } else { "" });
    }

    fn lattice(&mut self, declaration: &LatticeDecl) {
        self.put(".lattice ");
        self.symbol(declaration.name.symbol);
        self.put("<> { ");
        self.list(&declaration.operators, ", ", |printer, (name, term)| {
            printer.symbol(name.symbol);
            printer.put(" -> ");
            printer.term(term);
        });
        self.put(" }");
    }
}
