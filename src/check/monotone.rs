//! Aggregates in a cycle. A rule marked `@[monotone]` may aggregate over relations that need its own head, if more tuples
//! can only give more conclusions: what grows is asked to be large enough, what shrinks to be small enough, or it stands in
//! a column of which the greatest (the least) stays. Anything else would take conclusions back.

use crate::diagnostic::{Diagnostic, code};
use crate::program::{
    Aggregate, AggregateOp, Call, Callee, Compare, CompareOp, Functor, Literal, RelationDecl, Role, Rule, Stratum,
    Term, Variable,
};
use crate::source::Span;
use crate::symbol::Interner;
use crate::value::Kind;

/// Which way a value moves while tuples come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// Checks the rules of a stratum whose aggregates read the stratum itself.
pub(super) fn check(
    stratum: &Stratum,
    relations: &[RelationDecl],
    rules: &[Rule],
    symbols: &Interner,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for id in &stratum.rules {
        let rule = &rules[id.0 as usize];
        if rule.monotone && rule.aggregates_over(&stratum.relations) {
            let check = Check { stratum, relations, rules, rule, symbols };
            diagnostics.extend(check.fault());
        }
    }
}

struct Check<'a> {
    stratum: &'a Stratum,
    relations: &'a [RelationDecl],
    rules: &'a [Rule],
    rule: &'a Rule,
    symbols: &'a Interner,
}

impl Check<'_> {
    /// The first thing that is wrong with the rule.
    fn fault(&self) -> Option<Diagnostic> {
        let mut moving: Vec<(Variable, Way)> = Vec::new();
        let mut defining: Vec<usize> = Vec::new();
        for (at, literal) in self.rule.body.iter().enumerate() {
            let Literal::Compare(compare) = literal else { continue };
            for (variable, aggregate) in [(&compare.left, &compare.right), (&compare.right, &compare.left)] {
                let (Term::Variable(variable), Term::Aggregate(aggregate)) = (variable, aggregate) else { continue };
                if !self.reads(aggregate) {
                    continue;
                }
                match self.way(aggregate) {
                    Ok(way) => moving.push((*variable, way)),
                    Err(diagnostic) => return Some(*diagnostic),
                }
                defining.push(at);
            }
        }
        // What is computed from a moving value moves with it.
        loop {
            let before = moving.len();
            for (at, literal) in self.rule.body.iter().enumerate() {
                let Literal::Compare(compare) = literal else { continue };
                if compare.op != CompareOp::Equal || defining.contains(&at) {
                    continue;
                }
                for (variable, value) in [(&compare.left, &compare.right), (&compare.right, &compare.left)] {
                    if let (Term::Variable(variable), Some(way)) = (variable, way_of(value, &moving))
                        && !matches!(value, Term::Variable(_))
                        && moving.iter().all(|(known, _)| known != variable)
                    {
                        moving.push((*variable, way));
                        defining.push(at);
                    }
                }
            }
            if moving.len() == before {
                break;
            }
        }
        for (at, literal) in self.rule.body.iter().enumerate() {
            if defining.contains(&at) {
                continue;
            }
            match literal {
                Literal::Positive(atom) | Literal::Negative(atom) => {
                    if let Some(&(variable, way)) = atom.arguments.iter().find_map(|term| mentioned(term, &moving)) {
                        return Some(self.report(variable, way, atom.span, "it must have one value here"));
                    }
                }
                Literal::Compare(compare) => {
                    if let Some((variable, way, text)) = asked_wrongly(compare, &moving) {
                        return Some(self.report(variable, way, compare.span, text));
                    }
                }
            }
        }
        self.rule.arguments.iter().enumerate().find_map(|(column, term)| {
            let &(variable, way) = mentioned(term, &moving)?;
            let kept = way_of(term, &moving) == Some(way) && self.keeps(column, way);
            (!kept).then(|| {
                let text = match way {
                    Way::Up => "smaller values would stay",
                    Way::Down => "larger values would stay",
                };
                let name = self.name(self.relations[self.rule.head.0 as usize].name);
                let most = if way == Way::Up { "greatest" } else { "least" };
                self.report(variable, way, self.rule.span, text).help(format!(
                    "let `{name}` keep the {most} value: by a lattice, or by a subsumption that compares just these columns"
                ))
            })
        })
    }

    fn name(&self, symbol: crate::symbol::Symbol) -> &str {
        self.symbols.get(symbol)
    }

    fn reads(&self, aggregate: &Aggregate) -> bool {
        let mut found = false;
        let mut term = |term: &Term| {
            if let Term::Aggregate(inner) = term {
                found |= self.atoms(&inner.body);
            }
        };
        aggregate.body.iter().for_each(|literal| literal.visit_terms(&mut term));
        found || self.atoms(&aggregate.body)
    }

    fn atoms(&self, body: &[Literal]) -> bool {
        body.iter().any(|literal| match literal {
            Literal::Positive(atom) | Literal::Negative(atom) => self.stratum.relations.contains(&atom.relation),
            Literal::Compare(_) => false,
        })
    }

    /// Which way an aggregate's value moves; an error where that cannot be said.
    fn way(&self, aggregate: &Aggregate) -> Result<Way, Box<Diagnostic>> {
        let refuse = |message: &str, span: Span, label: &str| {
            Err(Box::new(Diagnostic::at(code::NOT_MONOTONE, message, span, label)))
        };
        let mut nested = None;
        let mut term = |term: &Term| {
            if let Term::Aggregate(inner) = term
                && self.atoms(&inner.body)
            {
                nested = Some(inner.span);
            }
        };
        aggregate.body.iter().for_each(|literal| literal.visit_terms(&mut term));
        if let Some(span) = nested {
            return refuse(
                "an aggregate within a growing aggregate may move either way",
                span,
                "needs the rule's own head",
            );
        }
        // Of a tuple that is replaced the engine keeps the old one too, which must not be counted.
        let replaced = aggregate.body.iter().find_map(|literal| match literal {
            Literal::Positive(atom) if self.stratum.relations.contains(&atom.relation) => {
                let role = self.relations[atom.relation.0 as usize].role;
                matches!(role, Role::Candidates { .. }).then_some(atom.span)
            }
            _ => None,
        });
        match (aggregate.op, aggregate.kind) {
            (AggregateOp::Count | AggregateOp::Sum, _) if replaced.is_some() => refuse(
                "tuples that are replaced would be counted while the cycle runs",
                replaced.unwrap_or(aggregate.span),
                "its tuples replace each other",
            ),
            (AggregateOp::Count | AggregateOp::Max, _) | (AggregateOp::Sum, Kind::Unsigned) => Ok(Way::Up),
            (AggregateOp::Min, _) => Ok(Way::Down),
            (AggregateOp::Sum, _) => refuse(
                "a sum of numbers that may be negative can shrink as tuples come",
                aggregate.span,
                "only a sum of unsigned numbers grows",
            ),
            (AggregateOp::Mean, _) => {
                refuse("a mean may move either way as tuples come", aggregate.span, "neither grows nor shrinks")
            }
        }
    }

    /// Whether of a column of the head the greatest (the least) value stays.
    fn keeps(&self, column: usize, way: Way) -> bool {
        let Role::Candidates { replaced, .. } = self.relations[self.rule.head.0 as usize].role else { return false };
        self.rules.iter().filter(|rule| rule.head == replaced).any(|rule| {
            let [Literal::Positive(low), Literal::Positive(high), rest @ ..] = rule.body.as_slice() else {
                return false;
            };
            let (Term::Variable(low), Term::Variable(high)) = (&low.arguments[column], &high.arguments[column]) else {
                return false;
            };
            rest.iter().any(|literal| compares(literal, *low, *high, way))
        })
    }

    fn report(&self, variable: Variable, way: Way, span: Span, label: &str) -> Diagnostic {
        let name = self.name(self.rule.variables[variable.0 as usize].name);
        let subject = if name.starts_with('_') { "the aggregate".to_owned() } else { format!("`{name}`") };
        let (moves, wanted) = match way {
            Way::Up => ("grows", "may only be asked to be large enough (`>=`, `>`)"),
            Way::Down => ("shrinks", "may only be asked to be small enough (`<=`, `<`)"),
        };
        let diagnostic =
            Diagnostic::at(code::NOT_MONOTONE, format!("{subject} {moves} as tuples come, and {wanted}"), span, label);
        if span == self.rule.span { diagnostic } else { diagnostic.label(self.rule.span, "in this `@[monotone]` rule") }
    }
}

/// Whether a literal says that the one that goes is smaller (larger).
fn compares(literal: &Literal, low: Variable, high: Variable, way: Way) -> bool {
    let Literal::Compare(compare) = literal else { return false };
    let (Term::Variable(left), Term::Variable(right)) = (&compare.left, &compare.right) else { return false };
    let (small, large) = if way == Way::Up { (low, high) } else { (high, low) };
    match compare.op {
        CompareOp::Less | CompareOp::LessEqual => (*left, *right) == (small, large),
        CompareOp::Greater | CompareOp::GreaterEqual => (*left, *right) == (large, small),
        CompareOp::Equal | CompareOp::NotEqual | CompareOp::Match | CompareOp::Contains => false,
    }
}

/// Which way a term moves: it is a moving variable, or one with something fixed added or taken away.
fn way_of(term: &Term, moving: &[(Variable, Way)]) -> Option<Way> {
    match term {
        Term::Variable(variable) => moving.iter().find(|(known, _)| known == variable).map(|&(_, way)| way),
        Term::Call(call) => {
            let Call { functor: Callee::Builtin(functor), arguments, .. } = call.as_ref() else { return None };
            let [left, right] = arguments.as_slice() else { return None };
            let fixed = |term: &Term| mentioned(term, moving).is_none();
            match functor {
                Functor::Add | Functor::Subtract if fixed(right) => way_of(left, moving),
                Functor::Add if fixed(left) => way_of(right, moving),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A moving variable in a term.
fn mentioned<'m>(term: &Term, moving: &'m [(Variable, Way)]) -> Option<&'m (Variable, Way)> {
    let mut found = None;
    term.visit(&mut |inner| match inner {
        Term::Variable(variable) => found = found.or(moving.iter().find(|(known, _)| known == variable)),
        Term::Aggregate(aggregate) => {
            found = found.or(moving.iter().find(|(known, _)| aggregate.outer.contains(known)));
        }
        _ => {}
    });
    found
}

/// A comparison that may cease to hold.
fn asked_wrongly(compare: &Compare, moving: &[(Variable, Way)]) -> Option<(Variable, Way, &'static str)> {
    let sides = [(&compare.left, &compare.right, false), (&compare.right, &compare.left, true)];
    for (side, other, mirrored) in sides {
        let Some(&(variable, way)) = mentioned(side, moving) else { continue };
        let op = match (compare.op, mirrored) {
            (CompareOp::Less, true) => CompareOp::Greater,
            (CompareOp::LessEqual, true) => CompareOp::GreaterEqual,
            (CompareOp::Greater, true) => CompareOp::Less,
            (CompareOp::GreaterEqual, true) => CompareOp::LessEqual,
            (op, _) => op,
        };
        let good = match way_of(side, moving) {
            Some(Way::Up) => matches!(op, CompareOp::Greater | CompareOp::GreaterEqual),
            Some(Way::Down) => matches!(op, CompareOp::Less | CompareOp::LessEqual),
            None => false,
        };
        if !good {
            return Some((variable, way, "may hold now and not later"));
        }
        if mentioned(other, moving).is_some() {
            return Some((variable, way, "both sides move"));
        }
    }
    None
}
