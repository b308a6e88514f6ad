//! `recursive_iteration_cnt()`: in which round of a recursion a rule finds what it finds, counted from 1. Relations of a
//! recursion in which someone asks get a column for it, and so everything after the checks, proofs included, sees plain
//! rules:
//!
//! ```text
//! near(x) :- start(x).                          near.round(x, 0) :- start(x).
//! near(y) :- near(x), edge(x, y),               near.round(y, c) :- near.round(x, i), edge(x, y), c = i + 1, c < 9.
//!            recursive_iteration_cnt() < 9.     near.round(x, i) <= near.round(x, j) :- j < i.
//!                                               near(x)          :- near.round(x, _).
//! ```
//!
//! What is given, and what rules outside the recursion find, is there before round 1.

use crate::diagnostic::{Diagnostic, code};
use crate::program::{
    Atom, Call, Callee, Column, Compare, CompareOp, Functor, Literal, RelationDecl, RelationId, RelationKind, Role,
    Rule, Term, Variable, VariableDecl,
};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Kind, TypeId, TypeTable};

use super::stratify;
use super::subsume::{self, Parts, Subsumption};

/// The counter as it is written; while a clause is checked, the name of the variable that stands for it.
pub(super) const COUNTER: &str = "recursive_iteration_cnt()";

/// Gives the counters of recursive rules their meaning; reports those that have none.
pub(super) fn rewrite(subsumptions: &mut Vec<Subsumption>, types: &TypeTable, parts: &mut Parts<'_>) {
    let Some(name) = parts.values.symbols.find(COUNTER) else { return };
    for rule in subsumptions.iter() {
        if let Some(span) = counted(rule, name) {
            refuse(parts.diagnostics, span, "what replaces a tuple cannot depend on it", "in a subsumptive clause");
        }
    }
    let component = stratify::components(parts.relations.len(), parts.rules);
    let mut cycles: Vec<usize> = Vec::new();
    for rule in parts.rules.iter() {
        let Some(span) = counted(rule, name) else { continue };
        let inside = |atom: &Atom| component[atom.relation.0 as usize] == component[rule.head.0 as usize];
        if within_aggregate(rule, name) {
            refuse(parts.diagnostics, span, "an aggregate cannot hold it", "in an aggregate");
        } else if !rule.body.iter().any(|literal| matches!(literal, Literal::Positive(atom) if inside(atom))) {
            refuse(parts.diagnostics, span, "it counts the rounds of a recursion", "this rule is in none");
        } else {
            cycles.push(component[rule.head.0 as usize]);
        }
    }
    cycles.sort_unstable();
    cycles.dedup();
    for cycle in cycles {
        let members: Vec<RelationId> =
            (0..).map(RelationId).zip(&component).filter(|&(_, &of)| of == cycle).map(|(member, _)| member).collect();
        if plain(&members, subsumptions, name, parts) {
            count(&members, name, subsumptions, types, parts);
        }
    }
}

/// Where a rule asks for the round, if it does.
fn counted(rule: &Rule, name: Symbol) -> Option<Span> {
    fn find(literals: &[Literal], rule: &Rule, name: Symbol) -> Option<Span> {
        literals.iter().find_map(|literal| {
            if is_counter(literal, rule, name) {
                return Some(literal.span());
            }
            let mut found = None;
            literal.visit_terms(&mut |term| {
                if let Term::Aggregate(aggregate) = term {
                    found = found.or_else(|| find(&aggregate.body, rule, name));
                }
            });
            found
        })
    }
    find(&rule.body, rule, name)
}

/// Whether an aggregate of a rule asks for the round by itself.
fn within_aggregate(rule: &Rule, name: Symbol) -> bool {
    !rule.body.iter().any(|literal| is_counter(literal, rule, name))
}

/// Whether a literal is the one that stands for the counter: its variable, equal to nothing in particular yet.
fn is_counter(literal: &Literal, rule: &Rule, name: Symbol) -> bool {
    let Literal::Compare(compare) = literal else { return false };
    compare.op == CompareOp::Equal
        && matches!(&compare.left, Term::Variable(variable) if rule.variables[variable.0 as usize].name == name)
}

/// Whether the relations of a cycle keep all their tuples; an error where not.
fn plain(members: &[RelationId], subsumptions: &[Subsumption], name: Symbol, parts: &mut Parts<'_>) -> bool {
    let at = |id: RelationId| &parts.relations[id.0 as usize];
    let odd = members.iter().find_map(|&id| {
        let why = if at(id).kind == RelationKind::Eqrel {
            "is an equivalence"
        } else if !at(id).choice.is_empty() {
            "chooses among its tuples"
        } else if subsumptions.iter().any(|rule| rule.head == id) {
            "has tuples that replace each other"
        } else if parts.rules.iter().any(|rule| rule.head == id && rule.monotone) {
            "has a rule marked `@[monotone]`"
        } else {
            return None;
        };
        Some((id, why))
    });
    let Some((id, why)) = odd else { return true };
    let asks = parts.rules.iter().find(|rule| members.contains(&rule.head) && counted(rule, name).is_some());
    let span = asks.and_then(|rule| counted(rule, name)).unwrap_or(at(id).span);
    let relation = parts.values.symbols.get(at(id).name);
    let found = Diagnostic::at(
        code::UNSUPPORTED,
        format!("`{COUNTER}` has no meaning here: `{relation}` {why}"),
        span,
        "the iteration counter",
    );
    let declared = at(id).span;
    parts.diagnostics.push(found.label(declared, "declared here"));
    false
}

fn refuse(diagnostics: &mut Vec<Diagnostic>, span: Span, why: &str, label: &str) {
    let message = format!("`{COUNTER}` has no value here: {why}");
    diagnostics.push(
        Diagnostic::at(code::UNSUPPORTED, message, span, label)
            .help("count steps in a column of your own: `r(y, n + 1) :- r(x, n), edge(x, y), n < 10.`"),
    );
}

/// Adds the column to the relations of a cycle.
fn count(
    members: &[RelationId],
    name: Symbol,
    subsumptions: &mut Vec<Subsumption>,
    types: &TypeTable,
    parts: &mut Parts<'_>,
) {
    let iteration = parts.values.symbols.intern("round");
    let mut rounds: Vec<RelationId> = Vec::new();
    let mut given: Vec<RelationId> = Vec::new();
    for &id in members {
        let next = u32::try_from(parts.relations.len()).unwrap_or(u32::MAX);
        let declared = parts.relations[id.0 as usize].clone();
        let made = RelationDecl { deny: None, watch: false, alarm: false, made: true, ..declared };
        let text = format!("{}.round", parts.values.symbols.get(made.name));
        let mut columns = made.columns.clone();
        columns.push(Column { name: iteration, ty: TypeId::UNSIGNED });
        let name = parts.values.symbols.intern(&text);
        parts.relations[id.0 as usize].role =
            Role::Counted { given: RelationId(next), rounds: RelationId(next.saturating_add(1)) };
        parts.relations.push(made.clone());
        parts.relations.push(RelationDecl { name, columns, says: None, says_not: None, quiet: false, ..made });
        given.push(RelationId(next));
        rounds.push(RelationId(next.saturating_add(1)));
    }
    let of = |id: RelationId| members.iter().position(|&member| member == id).map(|at| rounds[at]);
    for rule in parts.rules.iter_mut().filter(|rule| members.contains(&rule.head)) {
        advance(rule, name, iteration, &of, parts.values.unsigned(1), parts.values.unsigned(0));
    }
    let zero = parts.values.unsigned(0);
    let mut clause = parts.rules.last().map_or(0, |rule| rule.clause + 1);
    for ((&id, &given), &rounds) in members.iter().zip(&given).zip(&rounds) {
        let declared = &parts.relations[rounds.0 as usize];
        let span = declared.span;
        let columns = declared.columns.clone();
        let arity = u32::try_from(columns.len()).unwrap_or(u32::MAX);
        let own: Vec<Term> = (0..arity - 1).map(|at| Term::Variable(Variable(at))).collect();
        let with = |last: Term| -> Vec<Term> { own.iter().cloned().chain([last]).collect() };
        let variables: Vec<VariableDecl> =
            columns.iter().map(|column| VariableDecl { name: column.name, ty: column.ty }).collect();
        let atom = |relation, arguments| Literal::Positive(Atom { relation, arguments, span });
        let rule = |head, arguments, body, variables, clause| Rule {
            head,
            arguments,
            body,
            variables,
            label: None,
            quiet: true,
            monotone: false,
            doc: None,
            span,
            clause,
            plan: Vec::new(),
        };
        let bare = variables[..own.len()].to_vec();
        let first = with(Term::Constant(zero, TypeId::UNSIGNED));
        parts.rules.push(rule(rounds, first, vec![atom(given, own.clone())], bare.clone(), clause));
        parts.rules.push(rule(id, own.clone(), vec![atom(rounds, with(Term::Wildcard))], bare, clause + 1));
        // `near.round(x, i) <= near.round(x, j) :- j < i.`
        let (late, early) = (Variable(arity - 1), Variable(arity));
        let mut variables = variables;
        variables.push(VariableDecl { name: iteration, ty: TypeId::UNSIGNED });
        let earlier = Literal::Compare(Compare {
            op: CompareOp::Less,
            negated: false,
            kind: Kind::Unsigned,
            left: Term::Variable(early),
            right: Term::Variable(late),
            span,
        });
        let pair = vec![atom(rounds, with(Term::Variable(late))), atom(rounds, with(Term::Variable(early))), earlier];
        let replaced = rule(rounds, with(Term::Variable(late)), pair, variables, clause + 2);
        subsumptions.extend(subsume::differing(replaced, types, parts.relations, parts.values));
        clause += 3;
    }
}

/// Lets a rule read and derive rounds: the round of its head is the one after the latest of its atoms.
fn advance(
    rule: &mut Rule,
    counter: Symbol,
    iteration: Symbol,
    of: &impl Fn(RelationId) -> Option<RelationId>,
    one: u32,
    zero: u32,
) {
    let mut next = u32::try_from(rule.variables.len()).unwrap_or(u32::MAX);
    let mut fresh = |variables: &mut Vec<VariableDecl>| {
        variables.push(VariableDecl { name: iteration, ty: TypeId::UNSIGNED });
        next = next.saturating_add(1);
        Variable(next - 1)
    };
    let mut read = Vec::new();
    for literal in &mut rule.body {
        let Literal::Positive(atom) = literal else { continue };
        let Some(rounds) = of(atom.relation) else { continue };
        let variable = fresh(&mut rule.variables);
        atom.relation = rounds;
        atom.arguments.push(Term::Variable(variable));
        read.push(Term::Variable(variable));
    }
    let head = of(rule.head).unwrap_or(rule.head);
    let span = rule.span;
    let constant = |word| Term::Constant(word, TypeId::UNSIGNED);
    let call = |functor, arguments: Vec<Term>| {
        let kinds = vec![Kind::Unsigned; arguments.len()];
        let functor = Callee::Builtin(functor);
        Term::Call(Box::new(Call { functor, kinds, ty: TypeId::UNSIGNED, arguments, span }))
    };
    let latest = match read.len() {
        0 => {
            rule.head = head;
            rule.arguments.push(constant(zero));
            return;
        }
        1 => read.remove(0),
        _ => call(Functor::Max, read),
    };
    let value = call(Functor::Add, vec![latest, constant(one)]);
    let asked = rule.body.iter().position(|literal| is_counter(literal, rule, counter));
    let variable = match asked.map(|at| &mut rule.body[at]) {
        Some(Literal::Compare(compare)) => {
            compare.right = value;
            compare.left.clone()
        }
        _ => {
            let variable = Term::Variable(fresh(&mut rule.variables));
            let left = variable.clone();
            let compare =
                Compare { op: CompareOp::Equal, negated: false, kind: Kind::Unsigned, left, right: value, span };
            rule.body.push(Literal::Compare(compare));
            variable
        }
    };
    rule.head = head;
    rule.arguments.push(variable);
}
