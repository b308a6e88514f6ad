//! Relations whose tuples may replace others. The relation that the author declared becomes what is left of its
//! candidates, and what is replaced is a relation of its own, so that everything after the checks, proofs included,
//! sees plain rules:
//!
//! ```text
//! path(x, d1) <= path(x, d2) :- d2 <= d1.
//!
//! candidate(x, d) :- (the rules of path).
//! replaced(x, d1) :- candidate(x, d1), candidate(x, d2), d2 <= d1, d1 != d2.
//! path(x, d)      :- candidate(x, d), !replaced(x, d).
//! ```
//!
//! Rules that path itself needs read the candidates. Evaluation leaves out a candidate that is replaced when it comes,
//! without which a cycle of positive lengths would have no end.

use crate::diagnostic::{Diagnostic, code};
use crate::program::{
    Atom, Compare, CompareOp, Directive, Literal, RelationDecl, RelationId, RelationKind, Role, Rule, Term, Variable,
    VariableDecl,
};
use crate::source::Span;
use crate::syntax::ast::DirectiveKind;
use crate::value::{TypeTable, Values};

use super::stratify;

/// What a subsumption clause says, as rules: the head and the first atom are the tuple that is replaced, the second atom
/// is the one that replaces it.
pub(super) type Subsumption = Rule;

/// Adds to a subsumption that the two tuples differ: one rule for each column in which they may.
pub(super) fn differing(rule: Rule, types: &TypeTable, columns: &[RelationDecl], values: &mut Values) -> Vec<Rule> {
    let mut rule = rule;
    let decl = &columns[rule.head.0 as usize];
    let fresh = values.symbols.intern("_");
    for at in 0..2 {
        for column in 0..decl.columns.len() {
            let Literal::Positive(atom) = &mut rule.body[at] else { return Vec::new() };
            if matches!(atom.arguments[column], Term::Variable(_) | Term::Constant(..)) {
                continue;
            }
            let ty = decl.columns[column].ty;
            let variable = Variable(u32::try_from(rule.variables.len()).unwrap_or(u32::MAX));
            let written = std::mem::replace(&mut atom.arguments[column], Term::Variable(variable));
            let span = atom.span;
            rule.variables.push(VariableDecl { name: fresh, ty });
            if !matches!(written, Term::Wildcard) {
                rule.body.push(equation(types, ty, Term::Variable(variable), written, CompareOp::Equal, span));
            }
        }
    }
    let (Literal::Positive(low), Literal::Positive(high)) = (&rule.body[0], &rule.body[1]) else { return Vec::new() };
    let pairs: Vec<(Term, Term)> = low.arguments.iter().cloned().zip(high.arguments.iter().cloned()).collect();
    let span = high.span;
    rule.arguments.clone_from(&low.arguments);
    let mut rules = Vec::new();
    for ((left, right), column) in pairs.into_iter().zip(&decl.columns) {
        let same = match (&left, &right) {
            (Term::Variable(left), Term::Variable(right)) => left == right,
            (Term::Constant(left, _), Term::Constant(right, _)) => left == right,
            _ => false,
        };
        if !same {
            let mut rule = rule.clone();
            rule.body.push(equation(types, column.ty, left, right, CompareOp::NotEqual, span));
            rules.push(rule);
        }
    }
    rules
}

fn equation(
    types: &TypeTable,
    ty: crate::value::TypeId,
    left: Term,
    right: Term,
    op: CompareOp,
    span: Span,
) -> Literal {
    Literal::Compare(Compare { op, negated: false, kind: types.kind(ty), left, right, span })
}

/// What a program consists of while it is rewritten.
pub(super) struct Parts<'a> {
    pub(super) relations: &'a mut Vec<RelationDecl>,
    pub(super) rules: &'a mut Vec<Rule>,
    pub(super) directives: &'a mut Vec<Directive>,
    pub(super) values: &'a mut Values,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

/// Rewrites the program so that it means what its subsumptions say.
pub(super) fn rewrite(subsumptions: &[Subsumption], parts: &mut Parts<'_>) {
    let mut heads: Vec<RelationId> = subsumptions.iter().map(|rule| rule.head).collect();
    heads.sort_unstable();
    heads.dedup();
    heads.retain(|&id| allowed(id, subsumptions, parts));
    let mut component = stratify::components(parts.relations.len(), parts.rules);
    let mut clause = parts.rules.last().map_or(0, |rule| rule.clause + 1);
    for id in heads {
        let at = id.0 as usize;
        let own: Vec<&Rule> = subsumptions.iter().filter(|rule| rule.head == id).collect();
        let span = own.first().map_or(parts.relations[at].span, |rule| rule.span);
        let next = u32::try_from(parts.relations.len()).unwrap_or(u32::MAX);
        let (candidates, replaced) = (RelationId(next), RelationId(next.saturating_add(1)));
        let name = format!("{}.replaced", parts.values.symbols.get(parts.relations[at].name));
        let name = parts.values.symbols.intern(&name);
        let declared = parts.relations[at].clone();
        let plain = RelationDecl { deny: None, watch: false, alarm: false, ..declared };
        parts.relations[at].role = Role::Survivors { candidates };
        let plain = RelationDecl { made: true, ..plain };
        parts.relations.push(RelationDecl { role: Role::Candidates { survivors: id, replaced }, ..plain.clone() });
        let role = Role::Replaced { survivors: id };
        parts.relations.push(RelationDecl { name, says: None, says_not: None, role, ..plain });
        // The candidates are in the cycle, so that another relation of it finds itself in their rules.
        component.extend([component[at], usize::MAX]);

        let inside = |head: RelationId| component.get(head.0 as usize).is_some_and(|&of| of == component[at]);
        for rule in parts.rules.iter_mut() {
            if inside(rule.head) {
                rule.body.iter_mut().for_each(|literal| redirect(literal, id, candidates));
                rule.arguments.iter_mut().for_each(|term| redirect_term(term, id, candidates));
            }
            if rule.head == id {
                rule.head = candidates;
            }
        }
        for directive in parts.directives.iter_mut() {
            if directive.relation == id && directive.kind == DirectiveKind::Limitsize {
                directive.relation = candidates;
            }
        }
        for rule in own {
            let mut rule = Rule { head: replaced, clause, ..rule.clone() };
            for literal in rule.body.iter_mut().take(2) {
                redirect(literal, id, candidates);
            }
            parts.rules.push(rule);
        }
        let kept = left(parts, id, [candidates, replaced], clause + 1, span);
        parts.rules.push(kept);
        clause += 2;
    }
}

/// `path(x, d) :- candidate(x, d), !replaced(x, d).`
fn left(
    parts: &mut Parts<'_>,
    id: RelationId,
    [candidates, replaced]: [RelationId; 2],
    clause: u32,
    span: Span,
) -> Rule {
    let columns = &parts.relations[id.0 as usize].columns;
    let variables = columns.iter().map(|column| VariableDecl { name: column.name, ty: column.ty }).collect();
    let arguments: Vec<Term> =
        (0..u32::try_from(columns.len()).unwrap_or(u32::MAX)).map(|at| Term::Variable(Variable(at))).collect();
    let atom = |relation| Atom { relation, arguments: arguments.clone(), span };
    Rule {
        head: id,
        body: vec![Literal::Positive(atom(candidates)), Literal::Negative(atom(replaced))],
        arguments,
        variables,
        label: Some(parts.values.symbols.intern("not-replaced")),
        quiet: true,
        monotone: false,
        doc: None,
        span,
        clause,
        plan: Vec::new(),
    }
}

fn redirect(literal: &mut Literal, from: RelationId, to: RelationId) {
    match literal {
        Literal::Positive(atom) | Literal::Negative(atom) => {
            if atom.relation == from {
                atom.relation = to;
            }
            atom.arguments.iter_mut().for_each(|term| redirect_term(term, from, to));
        }
        Literal::Compare(compare) => {
            redirect_term(&mut compare.left, from, to);
            redirect_term(&mut compare.right, from, to);
        }
    }
}

fn redirect_term(term: &mut Term, from: RelationId, to: RelationId) {
    match term {
        Term::Variable(_) | Term::Wildcard | Term::Constant(..) | Term::Autoinc => {}
        Term::Call(call) => call.arguments.iter_mut().for_each(|term| redirect_term(term, from, to)),
        Term::Record(_, terms) | Term::Branch(_, _, terms) => {
            terms.iter_mut().for_each(|term| redirect_term(term, from, to));
        }
        Term::As { term, .. } => redirect_term(term, from, to),
        Term::Aggregate(aggregate) => {
            aggregate.target.iter_mut().for_each(|term| redirect_term(term, from, to));
            aggregate.body.iter_mut().for_each(|literal| redirect(literal, from, to));
        }
    }
}

/// What excludes a subsumption.
fn allowed(id: RelationId, subsumptions: &[Subsumption], parts: &mut Parts<'_>) -> bool {
    let decl = &parts.relations[id.0 as usize];
    let what = if decl.kind == RelationKind::Eqrel {
        "an equivalence relation"
    } else if !decl.choice.is_empty() {
        "a relation with a `choice-domain`"
    } else {
        return true;
    };
    let span = subsumptions.iter().find(|rule| rule.head == id).map_or(decl.span, |rule| rule.span);
    let name = parts.values.symbols.get(decl.name);
    let diagnostic = Diagnostic::at(
        code::SUBSUMPTION,
        format!("`{name}` is {what}: its tuples cannot replace each other"),
        span,
        "a subsumptive clause",
    )
    .label(decl.span, "declared here");
    parts.diagnostics.push(diagnostic);
    false
}
