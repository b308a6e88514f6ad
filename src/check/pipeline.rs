//! The checks in their order.

use crate::diagnostic::{Diagnostic, Severity, code};
use crate::program::{Program, Role};
use crate::symbol::Symbol;
use crate::syntax::ast;
use crate::value::{TypeId, Values};

use super::clauses::{self, Clauses};
use super::eqrel;
use super::expand;
use super::hints;
use super::inline;
use super::iteration;
use super::lattice;
use super::lint;
use super::lower::Context;
use super::options::{Checked, Options};
use super::resolve::{Declarations, Declared, Known, Names, Space, Unknown};
use super::stratify;
use super::subsume::{self, Parts};

/// A million facts with one fault each are not worth a million messages.
const MOST_FAULTS: usize = 10_000;

/// All checks of a program.
pub(super) fn check(sources: &[&ast::Program], values: &mut Values, options: &Options) -> Checked {
    let mut diagnostics = Vec::new();
    let mut unknown = Unknown::default();
    let expanded = expand::expand(sources, values, &mut diagnostics);
    unknown.broken.clone_from(&expanded.broken);
    let items = expanded.items(sources);

    let mut declared = declare(&items, options, values, &mut unknown, &mut diagnostics);
    unique_labels(&items, values, &mut diagnostics);

    let known = Known {
        names: &declared.names,
        types: &declared.types,
        relations: &declared.relations,
        functors: &options.functors,
    };
    let mut context = Context::new(known, values, &mut unknown, &mut diagnostics);
    let mut clauses = Clauses::default();
    let mut goals = Vec::new();
    let made = lattice::clauses(&items, context.values, context.diagnostics);
    let all: Vec<&ast::Item> = items.iter().copied().chain(&made).collect();
    let inlined = inline::inline(&all, &mut context);
    for (item, rewritten) in inlined.items(&all) {
        if context.diagnostics.len() > MOST_FAULTS {
            let message =
                format!("there are more than {MOST_FAULTS} faults: the clauses from here on are not looked at");
            context.diagnostics.push(Diagnostic::at(code::LIMIT, message, item.span, "checked up to here"));
            break;
        }
        let before = context.diagnostics.len();
        match &item.kind {
            ast::ItemKind::Clause(clause) => clauses.clause(item, clause, &mut context),
            ast::ItemKind::Goal(goal) => goals.extend(clauses::goal(goal, item.doc, &mut context)),
            _ => {}
        }
        if rewritten {
            // What is odd about the text was said when it was looked at as it is written.
            let said = context.diagnostics.split_off(before);
            context.diagnostics.extend(said.into_iter().filter(Diagnostic::is_error));
        }
    }
    for name in &inlined.relations {
        if let Some(id) = declared.names.relations.get(name) {
            declared.relations[id.0 as usize].role = Role::Inlined;
        }
    }
    let count = clauses.rules.last().map_or(0, |rule| rule.clause + 1);
    clauses.rules.extend(eqrel::rules(&declared.relations, values, count));
    let mut parts = Parts {
        relations: &mut declared.relations,
        rules: &mut clauses.rules,
        directives: &mut declared.directives,
        values,
        diagnostics: &mut diagnostics,
    };
    iteration::rewrite(&mut clauses.subsumptions, &declared.types, &mut parts);
    subsume::rewrite(&clauses.subsumptions, &mut parts);
    let strata = stratify::stratify(&declared.relations, &clauses.rules, &values.symbols, &mut diagnostics);
    unknown.report(&declared.names, &values.symbols, &mut diagnostics);

    let broken = diagnostics.iter().any(Diagnostic::is_error);
    let program = Program {
        types: std::mem::take(&mut declared.types),
        relations: std::mem::take(&mut declared.relations),
        rules: clauses.rules,
        facts: clauses.facts,
        strata,
        directives: std::mem::take(&mut declared.directives),
        goals,
        functors: options.functors.clone(),
    };
    if options.warnings {
        hints::check(&items, &values.symbols, &mut diagnostics);
        lint::clauses(&items, &values.symbols, &mut diagnostics);
        if !broken && !options.partial {
            lint::program(&program, options, &values.symbols, &mut diagnostics);
        }
    }
    let diagnostics = finish(diagnostics, options);
    let good = !diagnostics.iter().any(Diagnostic::is_error);
    Checked { program: good.then_some(program), diagnostics }
}

fn declare(
    items: &[&ast::Item],
    options: &Options,
    values: &mut Values,
    unknown: &mut Unknown,
    diagnostics: &mut Vec<Diagnostic>,
) -> Declared {
    let mut declared = Declared::default();
    for (name, id) in [
        ("number", TypeId::NUMBER),
        ("unsigned", TypeId::UNSIGNED),
        ("float", TypeId::FLOAT),
        ("symbol", TypeId::SYMBOL),
    ] {
        declared.names.types.insert(values.symbols.intern(name), Some(id));
    }
    let mut space = Space::default();
    space.reserve(items);
    let functors = options.functors.as_slice();
    let mut declarations =
        Declarations { declared: &mut declared, space: &mut space, unknown, values, functors, diagnostics };
    declarations.enter_types(items);
    declarations.enter(items);
    declared
}

/// A label names one clause. Instances of a component share the labels of its text.
fn unique_labels(items: &[&ast::Item], values: &Values, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: rustc_hash::FxHashMap<Symbol, ast::Name> = rustc_hash::FxHashMap::default();
    for item in items {
        for annotation in &item.annotations {
            if values.symbols.get(annotation.name.symbol) != "label" || !matches!(item.kind, ast::ItemKind::Clause(_)) {
                continue;
            }
            let Some(label) = annotation.value else {
                diagnostics.push(
                    Diagnostic::at(code::BAD_ANNOTATION, "`@[label]` needs a name", annotation.span, "no text")
                        .help("write `@[label = \"...\"]`"),
                );
                continue;
            };
            let first = *seen.entry(label.symbol).or_insert(label);
            if first.span != label.span {
                let text = values.symbols.get(label.symbol);
                diagnostics.push(
                    Diagnostic::at(
                        code::REDEFINED,
                        format!("the label `{text}` is given twice"),
                        label.span,
                        "given again",
                    )
                    .label(first.span, "first given here"),
                );
            }
        }
    }
}

/// Drops warnings that are not wanted, and makes errors of those that are denied.
pub(super) fn wished(mut diagnostics: Vec<Diagnostic>, options: &Options) -> Vec<Diagnostic> {
    let named = |names: &[String], diagnostic: &Diagnostic| {
        names.iter().any(|name| name == diagnostic.code.name || name == diagnostic.code.id)
    };
    diagnostics.retain(|diagnostic| diagnostic.is_error() || (options.warnings && !named(&options.off, diagnostic)));
    for diagnostic in &mut diagnostics {
        if !diagnostic.is_error() && named(&options.deny, diagnostic) {
            diagnostic.severity = Severity::Error;
        }
    }
    diagnostics
}

/// Sorts, drops what was said already, and applies the wishes about warnings.
fn finish(diagnostics: Vec<Diagnostic>, options: &Options) -> Vec<Diagnostic> {
    let mut diagnostics = wished(diagnostics, options);
    let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span);
    // The alternatives of a clause say the same thing of what they share.
    diagnostics.sort_by(|left, right| {
        (place(left), left.code.id, &left.message).cmp(&(place(right), right.code.id, &right.message))
    });
    diagnostics.dedup();
    diagnostics
}

/// A check against a finished program.
pub(super) fn later<T>(
    program: &Program,
    values: &mut Values,
    work: impl FnOnce(&mut Context<'_>) -> Option<T>,
) -> Result<T, Vec<Diagnostic>> {
    let names = Names::of(program, &mut values.symbols);
    let mut diagnostics = Vec::new();
    let mut unknown = Unknown::default();
    let known =
        Known { names: &names, types: &program.types, relations: &program.relations, functors: &program.functors };
    let mut context = Context::new(known, values, &mut unknown, &mut diagnostics);
    let outcome = work(&mut context);
    unknown.report(&names, &values.symbols, &mut diagnostics);
    let quiet = Options { warnings: false, ..Options::default() };
    let diagnostics = finish(diagnostics, &quiet);
    match outcome {
        Some(outcome) if diagnostics.is_empty() => Ok(outcome),
        _ => Err(diagnostics),
    }
}
