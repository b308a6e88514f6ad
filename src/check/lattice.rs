//! Lattices: a relation whose last columns are lattices keeps one tuple for each value of the others, the least upper
//! bound of what its rules give. That is said by clauses, as an author could write them:
//!
//! ```text
//! .lattice Longest<> { Lub -> max(_, _) }          best(x, a) <= best(x, b) :- a <= b.
//! .decl best(x: symbol, v: Longest<>)
//!
//! .lattice Flags<> { Lub -> _ bor _ }               flags(x, a bor b) :- flags(x, a), flags(x, b).
//! .decl flags(x: symbol, v: Flags<>)                flags(x, a) <= flags(x, b) :- a bor b = b.
//! ```

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, code};
use crate::program::{CompareOp, Functor};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast::{
    Annotation, Atom, Clause, Compare, Formula, Item, ItemKind, LatticeDecl, Name, RelationDecl, Term, TermKind,
};
use crate::value::Values;

use super::resolve::did_you_mean;

/// How two values are joined.
#[derive(Clone, Copy)]
enum Join {
    Builtin(Functor),
    /// A functor by name, without `@`.
    User(Name),
}

/// The clauses that lattices stand for.
pub(super) fn clauses(items: &[&Item], values: &mut Values, diagnostics: &mut Vec<Diagnostic>) -> Vec<Item> {
    let mut lattices: FxHashMap<Symbol, (Span, Option<Join>)> = FxHashMap::default();
    for item in items {
        let ItemKind::Lattice(lattice) = &item.kind else { continue };
        let join = join(lattice, values, diagnostics);
        match lattices.get(&lattice.name.symbol) {
            Some(&(first, _)) if first != lattice.name.span => {
                let text = values.symbols.get(lattice.name.symbol);
                diagnostics.push(
                    Diagnostic::at(
                        code::REDEFINED,
                        format!("the lattice `{text}` is declared twice"),
                        lattice.name.span,
                        "declared again",
                    )
                    .label(first, "first declared here"),
                );
            }
            _ => {
                lattices.insert(lattice.name.symbol, (lattice.name.span, join));
            }
        }
    }
    let mut made = Vec::new();
    for item in items {
        let ItemKind::Relation(decl) = &item.kind else { continue };
        if let Some(joins) = joins(decl, &lattices, values, diagnostics) {
            for &name in &decl.names {
                made.extend(of_relation(name, decl, &joins, values));
            }
        }
    }
    made
}

/// What `Lub` says.
fn join(lattice: &LatticeDecl, values: &Values, diagnostics: &mut Vec<Diagnostic>) -> Option<Join> {
    const OPERATORS: [&str; 5] = ["Bottom", "Top", "Lub", "Glb", "Leq"];
    let text = |symbol: Symbol| values.symbols.get(symbol);
    for (name, _) in &lattice.operators {
        if !OPERATORS.contains(&text(name.symbol)) {
            let message = format!("a lattice has no operator `{}`", text(name.symbol));
            let help = did_you_mean(text(name.symbol), OPERATORS)
                .unwrap_or_else(|| format!("the operators are {}", OPERATORS.join(", ")));
            diagnostics.push(Diagnostic::at(code::LATTICE, message, name.span, "not known").help(help));
        }
    }
    let Some((_, term)) = lattice.operators.iter().find(|(name, _)| text(name.symbol) == "Lub") else {
        diagnostics.push(
            Diagnostic::at(
                code::LATTICE,
                format!("the lattice `{}` has no `Lub`", text(lattice.name.symbol)),
                lattice.name.span,
                "how are two values joined?",
            )
            .help("write `Lub -> max(_, _)`, or another functor of two arguments"),
        );
        return None;
    };
    let two = |arguments: &[Term]| arguments.len() == 2;
    match &term.kind {
        TermKind::User { name, arguments } if two(arguments) => return Some(Join::User(*name)),
        TermKind::Call { functor, arguments } if two(arguments) => match functor {
            Functor::Min | Functor::Max | Functor::BitOr | Functor::BitAnd => return Some(Join::Builtin(*functor)),
            _ => {}
        },
        _ => {}
    }
    diagnostics.push(
        Diagnostic::at(code::LATTICE, "this joins no two values", term.span, "not a least upper bound")
            .help("write `max(_, _)`, `min(_, _)`, `_ bor _`, `_ band _`, or a functor of two arguments"),
    );
    None
}

/// How each lattice column of a relation is joined; nothing where there is none, or an error was reported.
fn joins(
    decl: &RelationDecl,
    lattices: &FxHashMap<Symbol, (Span, Option<Join>)>,
    values: &Values,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Join>> {
    let first = decl.attributes.iter().position(|attribute| attribute.lattice)?;
    let mut joins = Vec::new();
    let mut good = true;
    for attribute in &decl.attributes[first..] {
        if !attribute.lattice {
            let message = "columns after a lattice are lattices too";
            diagnostics.push(
                Diagnostic::at(code::LATTICE, message, attribute.name.span, "not a lattice")
                    .label(decl.attributes[first].name.span, "a lattice"),
            );
            return None;
        }
        match lattices.get(&attribute.ty.symbol) {
            Some((_, join)) => {
                good &= join.is_some();
                joins.extend(*join);
            }
            None => {
                let text = values.symbols.get(attribute.ty.symbol);
                let message = format!("no lattice is declared for `{text}`");
                let help = format!("declare it: `.lattice {text}<> {{ Lub -> max(_, _) }}`");
                diagnostics
                    .push(Diagnostic::at(code::LATTICE, message, attribute.ty.span, "which lattice?").help(help));
                good = false;
            }
        }
    }
    good.then_some(joins)
}

fn of_relation(relation: Name, decl: &RelationDecl, joins: &[Join], values: &mut Values) -> Vec<Item> {
    let span = relation.span;
    let plain = decl.attributes.len() - joins.len();
    let mut variables = |suffix: &str| -> Vec<Term> {
        let each = decl.attributes.iter().enumerate().map(|(at, attribute)| {
            let name = values.symbols.get(attribute.name.symbol);
            // No name of the language has a quote in it.
            let name = if at < plain { format!("{name}'") } else { format!("{name}'{suffix}") };
            Term { kind: TermKind::Variable(values.symbols.intern(&name)), span }
        });
        each.collect()
    };
    let (low, high) = (variables("low"), variables("high"));
    let atom = |arguments: Vec<Term>| Atom { relation: Name { symbol: relation.symbol, span }, arguments, span };
    let pairs = || low[plain..].iter().cloned().zip(high[plain..].iter().cloned()).zip(joins);
    let joined = |left: Term, right: Term, join: &Join| {
        let arguments = vec![left, right];
        let kind = match join {
            Join::Builtin(functor) => TermKind::Call { functor: *functor, arguments },
            Join::User(name) => TermKind::User { name: *name, arguments },
        };
        Term { kind, span }
    };
    let below = pairs().map(|((left, right), join)| {
        let (op, left, right) = match join {
            Join::Builtin(Functor::Max) => (CompareOp::LessEqual, left, right),
            Join::Builtin(Functor::Min) => (CompareOp::GreaterEqual, left, right),
            Join::Builtin(_) | Join::User(_) => (CompareOp::Equal, joined(left, right.clone(), join), right),
        };
        Formula::Compare(Compare { op, left, right, span })
    });
    let clause = |heads: Vec<Atom>, subsumption: bool, body: Vec<Formula>| {
        ItemKind::Clause(Clause { heads, subsumption, body: Some(Formula::And(body)), plan: None, span })
    };
    let mut made = Vec::new();
    // Of a minimum or maximum one of the two values is the bound.
    if !matches!(joins, [Join::Builtin(Functor::Min | Functor::Max)]) {
        let mut bound = low[..plain].to_vec();
        bound.extend(pairs().map(|((left, right), join)| joined(left, right, join)));
        let body = vec![Formula::Atom(atom(low.clone())), Formula::Atom(atom(high.clone()))];
        let kind = clause(vec![atom(bound)], false, body);
        let label = Name { symbol: values.symbols.intern("label"), span };
        let value = Some(Name { symbol: values.symbols.intern("least-upper-bound"), span });
        let annotations = vec![Annotation { name: label, value, span }];
        made.push(Item { doc: None, annotations, kind, span });
    }
    let kind = clause(vec![atom(low.clone()), atom(high.clone())], true, below.collect());
    made.push(Item { doc: None, annotations: Vec::new(), kind, span });
    made
}
