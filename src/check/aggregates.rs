//! Scopes of aggregates. The variables of the target are always the aggregate's own; any other name that the surrounding
//! conjunction grounds is the group (`outer`); the rest is local.
//!
//! A name that only the aggregate grounds, yet that is used outside, is a witness. Of `min` and `max` it is the row (or
//! rows) that attains the value: `oldest(n, a) :- a = max x : { person(n, x) }` becomes
//! `oldest(n, a) :- a = max x : { person(n', x) }, person(n, a)`. No row attains a count, sum or mean.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, code};
use crate::program::{AggregateOp, CompareOp, Variable};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast::{self, Formula};

use super::draft::{Aggregate, Atom, Compare, Literal, Term, TermKind};
use super::lower::{Level, Lowering, Pending, Place, Slot};
use super::normalise::{self, Conjunct};
use super::safety;

/// A clause of more terms than this makes no further aggregates.
const MOST_NODES: usize = 500_000;

impl Lowering<'_, '_> {
    /// Lowers the aggregates of a conjunction, those first whose group is known.
    pub(super) fn settle(&mut self, level: &mut Level<'_>) {
        loop {
            safety::grow(&mut self.variables, level.ready());
            self.mutual(level);
            let Some(at) = self.next_aggregate(level) else { return };
            self.aggregate(level, at);
        }
    }

    fn next_aggregate(&self, level: &Level<'_>) -> Option<usize> {
        let pending = || {
            level.slots.iter().enumerate().filter_map(|(at, slot)| match slot {
                Slot::Pending(pending) => Some((at, pending)),
                Slot::Ready(_) => None,
            })
        };
        let decided = |pending: &Pending<'_>| {
            let free = free_names(pending.aggregate);
            free.iter().all(|(name, _)| level.names.get(name).is_none_or(|&variable| self.bound(variable)))
        };
        let witnessed = |pending: &Pending<'_>| matches!(pending.aggregate.op, AggregateOp::Min | AggregateOp::Max);
        pending()
            .find(|(_, pending)| decided(pending))
            .or_else(|| pending().find(|(_, pending)| witnessed(pending)))
            .or_else(|| pending().next())
            .map(|(at, _)| at)
    }

    /// Reports aggregates that wait for each other's values.
    fn mutual(&mut self, level: &Level<'_>) {
        let pending: Vec<&Pending<'_>> = level
            .slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::Pending(pending) => Some(pending),
                Slot::Ready(_) => None,
            })
            .collect();
        if pending.len() < 2 {
            return;
        }
        let needs: Vec<Vec<usize>> = pending
            .iter()
            .map(|one| {
                let names = free_names(one.aggregate);
                let waits = |other: &&Pending<'_>| {
                    !self.bound(other.value)
                        && names.iter().any(|(name, _)| level.names.get(name) == Some(&other.value))
                };
                pending.iter().enumerate().filter(|(_, other)| waits(other)).map(|(at, _)| at).collect()
            })
            .collect();
        for start in 0..pending.len() {
            // The shortest way back; of a few aggregates any search is quick.
            let mut ways = std::collections::VecDeque::from([vec![start]]);
            let mut seen = FxHashSet::default();
            while let Some(way) = ways.pop_front() {
                for &next in &needs[*way.last().unwrap_or(&start)] {
                    if next == start && way.len() > 1 {
                        let values: Vec<Variable> = way.iter().map(|&at| pending[at].value).collect();
                        let spans: Vec<Span> = way.iter().map(|&at| pending[at].aggregate_span).collect();
                        self.report_mutual(&values, &spans);
                        return;
                    }
                    if seen.insert(next) {
                        ways.push_back([way.as_slice(), &[next]].concat());
                    }
                }
            }
        }
    }

    fn report_mutual(&mut self, values: &[Variable], spans: &[Span]) {
        let mut diagnostic = Diagnostic::new(code::MUTUAL_AGGREGATES, "aggregates wait for each other's values");
        for (at, (&value, &span)) in values.iter().zip(spans).enumerate() {
            let name = self.context.text(self.variables[value.0 as usize].name);
            let needed = values.get(at + 1).or(values.first()).map_or(value, |next| *next);
            let needed = self.context.text(self.variables[needed.0 as usize].name);
            diagnostic = diagnostic.label(span, format!("`{name}` needs `{needed}`"));
        }
        self.context.diagnostics.push(
            diagnostic.help("bind one of the values in a positive atom, or give an aggregate a relation of its own"),
        );
        for &value in values {
            let info = &mut self.variables[value.0 as usize];
            info.bound = true;
            info.reported = true;
        }
    }

    fn bound(&self, variable: Variable) -> bool {
        self.variables[variable.0 as usize].bound
    }

    fn aggregate<'s>(&mut self, level: &mut Level<'s>, at: usize) {
        let span = level.slots[at].span();
        let op = CompareOp::Equal;
        let hollow = Slot::Ready(Literal::Compare(Compare {
            op,
            negated: false,
            left: Term { kind: TermKind::Unknown(Vec::new()), span, node: 0 },
            right: Term { kind: TermKind::Unknown(Vec::new()), span, node: 0 },
            span,
        }));
        let pending = match std::mem::replace(&mut level.slots[at], hollow) {
            Slot::Pending(pending) => pending,
            ready @ Slot::Ready(_) => {
                level.slots[at] = ready;
                return;
            }
        };
        let written = pending.aggregate;
        if self.nodes > MOST_NODES {
            self.too_large(pending.aggregate_span, pending.value);
            return;
        }
        let conjuncts = self.conjunction(written, pending.aggregate_span);
        let refused = conjuncts.is_none();
        let conjuncts = conjuncts.unwrap_or_default();

        let mut inner = Level::default();
        let mut targets = Vec::new();
        if let Some(target) = &written.target {
            term_names(target, &mut targets);
            for &(name, span) in &targets {
                self.shadowed(level, name, span, pending.value);
                if !inner.names.contains_key(&name) {
                    self.named(&mut inner, name, span);
                }
            }
        }
        let mut outer = Vec::new();
        let mut candidates = Vec::new();
        for (name, span) in free_names(written) {
            match level.names.get(&name) {
                Some(&variable) if self.bound(variable) => {
                    inner.names.insert(name, variable);
                    outer.push(variable);
                }
                Some(&variable) => candidates.push((name, span, variable)),
                None => {}
            }
        }
        self.conjuncts(&mut inner, &conjuncts);
        let target = written.target.as_ref().map(|target| self.lower(&mut inner, target, Place::Value("an aggregate")));
        self.rows_of_one_atom(written, &mut inner, pending.aggregate_span);
        self.settle(&mut inner);
        let body = self.finish(&mut inner);

        let mut witnesses = Vec::new();
        for (name, span, variable) in candidates {
            let inside = inner.names.get(&name).copied();
            if inside.is_some_and(|inside| self.bound(inside)) {
                witnesses.push((name, span, variable));
            } else if let Some(inside) = inside {
                // Bound neither here nor there: one error, about the variable outside.
                self.variables[inside.0 as usize].reported = true;
            }
        }
        if refused {
            for variable in &inner.own {
                let info = &mut self.variables[variable.0 as usize];
                info.bound = true;
                info.reported = true;
            }
        }
        safety::check(self, None, &body, &inner.own);

        outer.sort_unstable();
        outer.dedup();
        let mut local = inner.own;
        local.sort_unstable();
        let node = self.nodes;
        self.nodes += 1;
        let right = Term {
            kind: TermKind::Aggregate(Box::new(Aggregate { op: written.op, target, body, outer, local })),
            span: pending.aggregate_span,
            node,
        };
        let left = self.variable_term(pending.value, pending.value_span);
        level.slots[at] =
            Slot::Ready(Literal::Compare(Compare { op, negated: false, left, right, span: pending.span }));
        self.variables[pending.value.0 as usize].bound = true;
        if !witnesses.is_empty() {
            self.witness(level, at, &pending, &conjuncts, &targets, &witnesses);
        }
    }

    /// Warns where a variable of a target has the name of another one outside.
    fn shadowed(&mut self, level: &Level<'_>, name: Symbol, span: Span, value: Variable) {
        let Some(&outside) = level.names.get(&name).filter(|&&outside| outside != value) else { return };
        let text = self.context.text(name);
        let diagnostic = Diagnostic::at(
            code::SHADOWED_VARIABLE,
            format!("this `{text}` is not the `{text}` of the rule: the variables of a target are the aggregate's own"),
            span,
            "the aggregate's own",
        )
        .label(self.variables[outside.0 as usize].span, "the rule's")
        .help("give one of the two another name");
        self.context.diagnostics.push(diagnostic);
    }

    /// A witness copies the body of its aggregate, so that witnesses in witnesses double it again and again.
    fn too_large(&mut self, span: Span, value: Variable) {
        if !self.exhausted {
            self.exhausted = true;
            self.context.diagnostics.push(
                Diagnostic::at(code::NESTING, "the aggregates of this clause are too large", span, "one too many")
                    .help("give inner aggregates relations of their own"),
            );
        }
        let info = &mut self.variables[value.0 as usize];
        info.bound = true;
        info.reported = true;
    }

    /// The one conjunction of an aggregate's body; an error where there are several, or none.
    fn conjunction<'s>(&mut self, written: &'s ast::Aggregate, span: Span) -> Option<Vec<Conjunct<'s>>> {
        let several = match normalise::alternatives(&written.body) {
            Some(mut alternatives) if alternatives.len() == 1 => return alternatives.pop(),
            Some(alternatives) => !alternatives.is_empty(),
            None => true,
        };
        let place = normalise::span(&written.body).unwrap_or(span);
        let diagnostic = if several {
            Diagnostic::at(
                code::UNSUPPORTED,
                "an aggregate's body cannot hold alternatives",
                place,
                "several alternatives",
            )
            .help("give the alternatives a relation of their own, and aggregate over that")
        } else {
            Diagnostic::at(code::UNSUPPORTED, "an aggregate's body cannot be `false`", place, "never holds")
        };
        self.context.diagnostics.push(diagnostic);
        None
    }

    /// Over one atom an aggregate takes its tuples: each `_` counts like a variable. Over several it takes the bindings
    /// of the named variables, which is worth a warning where a `_` drops some.
    fn rows_of_one_atom(&mut self, written: &ast::Aggregate, inner: &mut Level<'_>, span: Span) {
        if matches!(written.op, AggregateOp::Min | AggregateOp::Max) {
            return;
        }
        let nested = inner.slots.iter().any(|slot| matches!(slot, Slot::Pending(_)));
        let mut slots = std::mem::take(&mut inner.slots);
        let mut atoms: Vec<&mut Atom> = slots
            .iter_mut()
            .filter_map(|slot| match slot {
                Slot::Ready(Literal::Positive(atom)) => Some(atom),
                Slot::Ready(Literal::Negative(_) | Literal::Compare(_)) | Slot::Pending(_) => None,
            })
            .collect();
        // Of what inlining put here, each atom is one of several that were written, or of a rule.
        if let ([atom], false, false) = (atoms.as_mut_slice(), nested, inner.inlined) {
            for argument in &mut atom.arguments {
                self.name_wildcards(inner, argument);
            }
        } else {
            let mut places = Vec::new();
            for atom in &atoms {
                for argument in &atom.arguments {
                    wildcards(argument, &mut places);
                }
            }
            if let Some(&first) = places.first() {
                let op = written.op.name();
                let what = if written.op == AggregateOp::Count { "counts" } else { "takes" };
                self.context.diagnostics.push(
                    Diagnostic::at(
                        code::AGGREGATE_PROJECTION,
                        format!("this `{op}` {what} rows that differ only in `_` once"),
                        first,
                        "not part of what is told apart",
                    )
                    .label(span, "over distinct bindings of the named variables")
                    .help("name the `_` to tell its values apart"),
                );
            }
        }
        inner.slots = slots;
    }

    fn name_wildcards(&mut self, level: &mut Level<'_>, term: &mut Term) {
        match &mut term.kind {
            TermKind::Wildcard => {
                let variable = self.unnamed(level, term.span);
                *term = self.variable_term(variable, term.span);
            }
            TermKind::Record(parts) | TermKind::Branch { arguments: parts, .. } | TermKind::Unknown(parts) => {
                for part in parts {
                    self.name_wildcards(level, part);
                }
            }
            TermKind::As { term, .. } => self.name_wildcards(level, term),
            TermKind::Variable(_)
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Call { .. }
            | TermKind::User { .. }
            | TermKind::Aggregate(_) => {}
        }
    }

    /// The literals of a settled conjunction.
    pub(super) fn finish(&mut self, level: &mut Level<'_>) -> Vec<Literal> {
        std::mem::take(&mut level.slots)
            .into_iter()
            .filter_map(|slot| match slot {
                Slot::Ready(literal) => Some(literal),
                Slot::Pending(_) => None,
            })
            .collect()
    }

    /// Binds the witnesses of `min` and `max` by a copy of the body whose target is the result.
    fn witness<'s>(
        &mut self,
        level: &mut Level<'s>,
        at: usize,
        pending: &Pending<'s>,
        conjuncts: &[Conjunct<'s>],
        targets: &[(Symbol, Span)],
        witnesses: &[(Symbol, Span, Variable)],
    ) {
        let written = pending.aggregate;
        if !matches!(written.op, AggregateOp::Min | AggregateOp::Max) {
            for &(name, inside, variable) in witnesses {
                let text = self.context.text(name);
                let op = written.op.name();
                let outside = self.variables[variable.0 as usize].span;
                let diagnostic = Diagnostic::at(
                    code::WITNESS,
                    format!("`{text}` is bound only inside the `{op}`: no single row is its witness"),
                    inside,
                    "bound here, row by row",
                )
                .label(outside, "used here")
                .help(format!("bind `{text}` outside too, and there is one `{op}` for each of its values"));
                self.context.diagnostics.push(diagnostic);
                let info = &mut self.variables[variable.0 as usize];
                info.bound = true;
                info.reported = true;
            }
            return;
        }
        let mut copy = Level::default();
        let free: FxHashMap<Symbol, Variable> =
            free_names(written).into_iter().filter_map(|(name, _)| Some((name, *level.names.get(&name)?))).collect();
        copy.names = free;
        // The target's variables are not those outside; where the target is one variable, it is the result itself.
        let plain = match written.target.as_ref().map(|target| &target.kind) {
            Some(ast::TermKind::Variable(name)) => Some(*name),
            _ => None,
        };
        for &(name, span) in targets {
            if plain == Some(name) {
                copy.names.insert(name, pending.value);
            } else {
                copy.names.remove(&name);
                self.named(&mut copy, name, span);
            }
        }
        self.conjuncts(&mut copy, conjuncts);
        if let (None, Some(target)) = (plain, &written.target) {
            let left = self.lower(&mut copy, target, Place::Value("an aggregate"));
            let right = self.variable_term(pending.value, target.span);
            copy.slots.push(Slot::Ready(Literal::Compare(Compare {
                op: CompareOp::Equal,
                negated: false,
                left,
                right,
                span: target.span,
            })));
        }
        self.settle(&mut copy);
        level.own.append(&mut copy.own);
        level.slots.splice(at + 1..at + 1, copy.slots);
    }
}

impl Slot<'_> {
    fn span(&self) -> Span {
        match self {
            Self::Ready(literal) => literal.span(),
            Self::Pending(pending) => pending.span,
        }
    }
}

fn wildcards(term: &Term, found: &mut Vec<Span>) {
    if matches!(term.kind, TermKind::Wildcard) {
        found.push(term.span);
    }
    for part in term.parts() {
        wildcards(part, found);
    }
}

/// The names in an aggregate's body that are not its target's, with their first place, in order of appearance; of
/// aggregates inside, the names that are free there.
pub(super) fn free_names(aggregate: &ast::Aggregate) -> Vec<(Symbol, Span)> {
    let mut names = Vec::new();
    formula_names(&aggregate.body, &mut names);
    let mut targets = Vec::new();
    if let Some(target) = &aggregate.target {
        term_names(target, &mut targets);
    }
    let mut seen: FxHashSet<Symbol> = targets.into_iter().map(|(name, _)| name).collect();
    names.retain(|&(name, _)| seen.insert(name));
    names
}

/// The names in a formula.
pub(super) fn formula_names(formula: &Formula, names: &mut Vec<(Symbol, Span)>) {
    match formula {
        Formula::Atom(atom) => {
            for argument in &atom.arguments {
                term_names(argument, names);
            }
        }
        Formula::Compare(compare) => {
            term_names(&compare.left, names);
            term_names(&compare.right, names);
        }
        Formula::Boolean(..) => {}
        Formula::Not(inner, _) => formula_names(inner, names),
        Formula::And(parts) | Formula::Or(parts) => {
            for part in parts {
                formula_names(part, names);
            }
        }
    }
}

/// The names in a term.
pub(super) fn term_names(term: &ast::Term, names: &mut Vec<(Symbol, Span)>) {
    match &term.kind {
        ast::TermKind::Variable(name) => names.push((*name, term.span)),
        ast::TermKind::Record(parts)
        | ast::TermKind::Branch { arguments: parts, .. }
        | ast::TermKind::Call { arguments: parts, .. }
        | ast::TermKind::User { arguments: parts, .. } => {
            for part in parts {
                term_names(part, names);
            }
        }
        ast::TermKind::As { term, .. } => term_names(term, names),
        ast::TermKind::Aggregate(aggregate) => names.extend(free_names(aggregate)),
        ast::TermKind::Wildcard
        | ast::TermKind::Integer { .. }
        | ast::TermKind::Float(_)
        | ast::TermKind::String(_)
        | ast::TermKind::Nil
        | ast::TermKind::Autoinc
        | ast::TermKind::Iteration => {}
    }
}
