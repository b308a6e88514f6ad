//! What is evaluated when: the strongly connected components of the dependencies between relations, dependencies first. A
//! component that holds a negation or an aggregate of one of its own relations has no such order: its shortest cycle
//! through one is shown, literal by literal.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::diagnostic::{Diagnostic, code};
use crate::program::{Literal, RelationDecl, RelationId, Role, Rule, RuleId, Stratum, Term};
use crate::source::Span;
use crate::symbol::Interner;

use super::monotone;

/// How a rule uses a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Positive,
    Negated,
    Aggregated,
    /// By an aggregate of a rule that says that it is monotone.
    Monotone,
    /// Candidates are compared by it as they come.
    Compared,
}

/// A rule's use of a relation: the head depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dependency {
    pub(super) head: RelationId,
    pub(super) on: RelationId,
    pub(super) how: Use,
    pub(super) span: Span,
}

/// Everything that a rule reads.
pub(super) fn dependencies(rule: &Rule) -> Vec<Dependency> {
    let mut found = Vec::new();
    body(rule.head, &rule.body, false, &mut found);
    for argument in &rule.arguments {
        term(rule.head, argument, &mut found);
    }
    if rule.monotone {
        for dependency in found.iter_mut().filter(|dependency| dependency.how == Use::Aggregated) {
            dependency.how = Use::Monotone;
        }
    }
    found
}

fn body(head: RelationId, literals: &[Literal], aggregated: bool, found: &mut Vec<Dependency>) {
    for literal in literals {
        match literal {
            Literal::Positive(atom) | Literal::Negative(atom) => {
                let how = match literal {
                    Literal::Negative(_) => Use::Negated,
                    Literal::Positive(_) | Literal::Compare(_) if aggregated => Use::Aggregated,
                    Literal::Positive(_) | Literal::Compare(_) => Use::Positive,
                };
                found.push(Dependency { head, on: atom.relation, how, span: atom.span });
                for argument in &atom.arguments {
                    term(head, argument, found);
                }
            }
            Literal::Compare(compare) => {
                term(head, &compare.left, found);
                term(head, &compare.right, found);
            }
        }
    }
}

fn term(head: RelationId, inside: &Term, found: &mut Vec<Dependency>) {
    match inside {
        Term::Aggregate(aggregate) => {
            body(head, &aggregate.body, true, found);
            if let Some(target) = &aggregate.target {
                term(head, target, found);
            }
        }
        Term::Call(call) => call.arguments.iter().for_each(|argument| term(head, argument, found)),
        Term::Record(_, fields) | Term::Branch(_, _, fields) => {
            fields.iter().for_each(|field| term(head, field, found));
        }
        Term::As { term: inner, .. } => term(head, inner, found),
        Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc => {}
    }
}

/// The strata of a program, or why there are none.
pub(super) fn stratify(
    relations: &[RelationDecl],
    rules: &[Rule],
    symbols: &Interner,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Stratum> {
    let mut dependencies: Vec<Dependency> = rules.iter().flat_map(self::dependencies).collect();
    dependencies.extend(compared(relations, rules));
    let mut graph: DiGraph<(), (), u32> = DiGraph::with_capacity(relations.len(), dependencies.len());
    for _ in relations {
        graph.add_node(());
    }
    for dependency in &dependencies {
        graph.add_edge(NodeIndex::new(dependency.head.0 as usize), NodeIndex::new(dependency.on.0 as usize), ());
    }
    // Kosaraju gives a component after all that it points to, which is the order of evaluation.
    let components = kosaraju_scc(&graph);
    let mut component_of = vec![0; relations.len()];
    let mut strata = Vec::with_capacity(components.len());
    for (at, component) in components.iter().enumerate() {
        let mut members: Vec<RelationId> =
            component.iter().filter_map(|node| u32::try_from(node.index()).ok()).map(RelationId).collect();
        members.sort_unstable();
        for member in &members {
            component_of[member.0 as usize] = at;
        }
        strata.push(Stratum { relations: members, rules: Vec::new(), recursive: false });
    }
    for (id, rule) in (0..).map(RuleId).zip(rules) {
        strata[component_of[rule.head.0 as usize]].rules.push(id);
    }
    let mut inside: Vec<Vec<Dependency>> = vec![Vec::new(); strata.len()];
    for dependency in dependencies {
        let at = component_of[dependency.head.0 as usize];
        if at == component_of[dependency.on.0 as usize] {
            strata[at].recursive = true;
            inside[at].push(dependency);
        }
    }
    for (stratum, inside) in strata.iter().zip(&inside) {
        if let Some(cycle) = negative_cycle(inside) {
            diagnostics.push(report(&cycle, relations, symbols));
        }
        if stratum.recursive {
            counters(stratum, rules, diagnostics);
            monotone::check(stratum, relations, rules, symbols, diagnostics);
        }
    }
    strata
}

/// The strongly connected component of each relation, by number.
pub(super) fn components(relations: usize, rules: &[Rule]) -> Vec<usize> {
    let mut graph: DiGraph<(), (), u32> = DiGraph::with_capacity(relations, rules.len());
    for _ in 0..relations {
        graph.add_node(());
    }
    for dependency in rules.iter().flat_map(dependencies) {
        graph.add_edge(NodeIndex::new(dependency.head.0 as usize), NodeIndex::new(dependency.on.0 as usize), ());
    }
    let mut of = vec![0; relations];
    for (at, component) in kosaraju_scc(&graph).iter().enumerate() {
        component.iter().for_each(|node| of[node.index()] = at);
    }
    of
}

/// What decides which candidates are replaced must be complete before the first comes.
fn compared(relations: &[RelationDecl], rules: &[Rule]) -> Vec<Dependency> {
    let mut found = Vec::new();
    for (at, relation) in (0..).zip(relations) {
        let Role::Candidates { replaced, .. } = relation.role else { continue };
        let head = RelationId(at);
        for rule in rules.iter().filter(|rule| rule.head == replaced) {
            let others = dependencies(rule).into_iter().skip(2);
            found.extend(others.map(|other| Dependency { head, how: Use::Compared, ..other }));
        }
    }
    found
}

/// How many steps the search for the shortest cycle may take; what was found by then will do.
const MOST_STEPS: usize = 2_000_000;

/// The shortest cycle through a negation or aggregate, that dependency first; of several the first in the text.
fn negative_cycle(inside: &[Dependency]) -> Option<Vec<Dependency>> {
    let mut outgoing: BTreeMap<RelationId, Vec<Dependency>> = BTreeMap::new();
    for dependency in inside {
        outgoing.entry(dependency.head).or_default().push(*dependency);
    }
    let mut tried = BTreeSet::new();
    let starts: Vec<Dependency> = inside
        .iter()
        .filter(|dependency| !matches!(dependency.how, Use::Positive | Use::Monotone))
        .filter(|dependency| tried.insert((dependency.head, dependency.on)))
        .copied()
        .collect();
    // Short cycles first, so that each search looks only around its start.
    let mut best: Option<Vec<Dependency>> = None;
    let mut steps = 0;
    let mut longest = 2;
    while best.is_none() && !starts.is_empty() {
        if steps > MOST_STEPS {
            longest = usize::MAX;
        }
        for &start in &starts {
            if best.is_some() && steps > MOST_STEPS {
                break;
            }
            let limit = best.as_ref().map_or(longest, |cycle| cycle.len() - 1);
            if let Some(back) = path(&outgoing, start.on, start.head, limit, &mut steps) {
                best = Some(std::iter::once(start).chain(back).collect());
            }
        }
        longest = longest.saturating_mul(2);
    }
    best
}

/// The shortest path of dependencies that closes a cycle of at most `limit`.
fn path(
    outgoing: &BTreeMap<RelationId, Vec<Dependency>>,
    from: RelationId,
    to: RelationId,
    limit: usize,
    steps: &mut usize,
) -> Option<Vec<Dependency>> {
    if from == to {
        return (limit > 0).then(Vec::new);
    }
    let mut reached: BTreeMap<RelationId, Dependency> = BTreeMap::new();
    let mut open = VecDeque::from([(from, 0)]);
    while let Some((at, length)) = open.pop_front() {
        if length + 1 >= limit {
            break;
        }
        for &next in outgoing.get(&at).into_iter().flatten() {
            *steps += 1;
            if next.on == from || reached.contains_key(&next.on) {
                continue;
            }
            reached.insert(next.on, next);
            if next.on == to {
                let mut back = Vec::new();
                let mut at = to;
                while at != from {
                    let dependency = reached.get(&at)?;
                    back.push(*dependency);
                    at = dependency.head;
                }
                back.reverse();
                return Some(back);
            }
            open.push_back((next.on, length + 1));
        }
    }
    None
}

fn report(cycle: &[Dependency], relations: &[RelationDecl], symbols: &Interner) -> Diagnostic {
    let name = |id: RelationId| symbols.get(relations[id.0 as usize].name);
    let first = cycle.first().map_or("", |dependency| name(dependency.head));
    let replaced = |id: RelationId| matches!(relations[id.0 as usize].role, Role::Replaced { .. });
    let through = match cycle.first().map(|dependency| dependency.how) {
        Some(Use::Negated) if cycle.first().is_some_and(|first| replaced(first.on)) => "a subsumption",
        Some(Use::Aggregated) => "an aggregate",
        Some(Use::Compared) => "a subsumption",
        _ => "a negation",
    };
    let mut diagnostic =
        Diagnostic::new(code::NEGATIVE_CYCLE, format!("`{first}` depends on itself through {through}"));
    let mut note = first.to_owned();
    for dependency in cycle {
        let (head, on) = (name(dependency.head), name(dependency.on));
        let (text, mark) = match dependency.how {
            Use::Positive => (format!("`{head}` needs `{on}`"), ""),
            Use::Negated if replaced(dependency.on) => {
                (format!("tuples of `{head}` hold unless another replaces them"), " (negated)")
            }
            Use::Negated => (format!("`{head}` needs that `{on}` does not hold"), " (negated)"),
            Use::Aggregated => (format!("`{head}` needs all of `{on}`"), " (aggregated)"),
            Use::Monotone => (format!("`{head}` needs enough of `{on}`"), ""),
            Use::Compared => (format!("tuples of `{head}` are replaced by what `{on}` says"), " (compared)"),
        };
        diagnostic = diagnostic.label(dependency.span, text);
        note.push_str(&format!(" -> {on}{mark}"));
    }
    let help = match cycle.first().map(|dependency| dependency.how) {
        Some(Use::Aggregated) => {
            "no order of evaluation decides such a cycle: split a relation, so that what is aggregated is complete first; \
             or, where the value only grows and is only asked to be large enough (`count : { ... } >= 2`), mark the rule \
             `@[monotone]`"
        }
        _ => "no order of evaluation decides such a cycle: split a relation, so that what is negated is complete first",
    };
    diagnostic.note(note).help(help)
}

/// `autoinc()` gives another value each time a rule is tried, and a recursive rule is tried as often as the engine likes.
fn counters(stratum: &Stratum, rules: &[Rule], diagnostics: &mut Vec<Diagnostic>) {
    for id in &stratum.rules {
        let rule = &rules[id.0 as usize];
        let recursive = dependencies(rule).iter().any(|dependency| stratum.relations.contains(&dependency.on));
        let counts = rule.arguments.iter().any(has_counter)
            || rule.body.iter().any(|literal| match literal {
                Literal::Positive(atom) | Literal::Negative(atom) => atom.arguments.iter().any(has_counter),
                Literal::Compare(compare) => has_counter(&compare.left) || has_counter(&compare.right),
            });
        if recursive && counts {
            diagnostics.push(Diagnostic::at(
                code::UNSUPPORTED,
                "`autoinc()` cannot stand in a recursive rule",
                rule.span,
                "a recursive rule",
            ));
        }
    }
}

fn has_counter(term: &Term) -> bool {
    match term {
        Term::Autoinc => true,
        Term::Call(call) => call.arguments.iter().any(has_counter),
        Term::Record(_, parts) | Term::Branch(_, _, parts) => parts.iter().any(has_counter),
        Term::As { term, .. } => has_counter(term),
        Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Aggregate(_) => false,
    }
}
