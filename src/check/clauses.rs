//! Clauses and goals, one by one: facts of constants straight into blocks, everything else through a draft.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, code};
use crate::program::{self, FactBlock, Goal, Literal, Rule, VariableDecl};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast;
use crate::value::{Kind, Type, TypeId, TypeTable, Values, Word};

use super::build::{Builder, integer};
use super::draft::Draft;
use super::infer::infer;
use super::lower::{Context, Level, Lowering, Place};
use super::normalise::{self, Conjunct, MOST_ALTERNATIVES};
use super::{iteration, safety, subsume};

/// The rules and facts of a program, in order.
#[derive(Debug, Default)]
pub(super) struct Clauses {
    pub(super) rules: Vec<Rule>,
    pub(super) facts: Vec<FactBlock>,
    /// What subsumption clauses say; see [`subsume`].
    pub(super) subsumptions: Vec<Rule>,
    /// Which block has the facts of a relation.
    blocks: FxHashMap<u32, usize>,
    /// How many clauses were read.
    clauses: u32,
    row: Vec<Word>,
}

impl Clauses {
    /// Checks one clause.
    pub(super) fn clause(&mut self, item: &ast::Item, clause: &ast::Clause, context: &mut Context<'_>) {
        let number = self.clauses;
        self.clauses = self.clauses.saturating_add(1);
        if clause.subsumption {
            self.subsumption(item, clause, number, context);
            return;
        }
        useless_plan(clause, context);
        let Some(body) = &clause.body else {
            for head in &clause.heads {
                self.fact(item, clause, head, number, context);
            }
            return;
        };
        let Some(alternatives) = alternatives(body, context) else { return };
        if alternatives.is_empty() {
            context.diagnostics.push(Diagnostic::at(
                code::DEAD_RULE,
                "the rule can never fire",
                normalise::span(body).unwrap_or(clause.span),
                "never holds",
            ));
        }
        for head in &clause.heads {
            for conjuncts in &alternatives {
                let before = mark(context);
                let draft = draft(Some(head), conjuncts, false, context);
                let Some(rule) = build(&draft, clause.span, context) else { continue };
                let plan = if alternatives.len() == 1 { plan(clause, &rule.body) } else { Vec::new() };
                if !failed(context, before) {
                    self.rules.push(Rule { plan, ..described(rule, item, clause.span, number, context) });
                }
            }
        }
    }

    /// `low <= high :- body.`: the two are atoms of the body, the first is its head.
    fn subsumption(&mut self, item: &ast::Item, clause: &ast::Clause, number: u32, context: &mut Context<'_>) {
        let [low, high] = clause.heads.as_slice() else { return };
        let wrong = |message: &str, span: Span, label: &str| Diagnostic::at(code::SUBSUMPTION, message, span, label);
        if low.relation.symbol != high.relation.symbol {
            let found = wrong("a tuple is replaced by one of its own relation", high.span, "another relation");
            context.diagnostics.push(found.label(low.span, "to be replaced"));
            return;
        }
        if low.arguments.is_empty() {
            let found =
                wrong("a relation without columns has one tuple, which nothing replaces", low.span, "no columns");
            context.diagnostics.push(found);
            return;
        }
        let empty = ast::Formula::And(Vec::new());
        let Some(alternatives) = alternatives(clause.body.as_ref().unwrap_or(&empty), context) else { return };
        for conjuncts in &alternatives {
            let before = mark(context);
            let both = [Conjunct::Positive(low), Conjunct::Positive(high)];
            let conjuncts: Vec<Conjunct<'_>> = both.into_iter().chain(conjuncts.iter().copied()).collect();
            let draft = draft(Some(low), &conjuncts, false, context);
            let Some(rule) = build(&draft, clause.span, context) else { continue };
            if failed(context, before) {
                continue;
            }
            let mut rule = described(rule, item, clause.span, number, context);
            // What is computed in an argument has become a literal of its own; the two tuples come first.
            rule.body.sort_by_key(|literal| match literal {
                Literal::Positive(atom) if atom.span == low.span => 0,
                Literal::Positive(atom) if atom.span == high.span => 1,
                _ => 2,
            });
            let rules = subsume::differing(rule, context.known.types, context.known.relations, context.values);
            if rules.is_empty() {
                context.diagnostics.push(Diagnostic::at(
                    code::DEAD_RULE,
                    "a tuple never replaces itself",
                    clause.span,
                    "the same tuple on both sides",
                ));
            }
            self.subsumptions.extend(rules);
        }
    }

    /// A clause without a body. This runs a million times: what is constant makes no draft.
    fn fact(
        &mut self,
        item: &ast::Item,
        clause: &ast::Clause,
        head: &ast::Atom,
        number: u32,
        context: &mut Context<'_>,
    ) {
        let known = context.known;
        if let Some(&relation) = known.names.relations.get(&head.relation.symbol) {
            let columns = known.columns(relation);
            self.row.clear();
            let constant = columns.len() == head.arguments.len()
                && columns.iter().zip(&head.arguments).all(|(ty, argument)| {
                    let word = ty.and_then(|ty| constant(known.types, known.names, context.values, ty, argument));
                    self.row.extend(word);
                    word.is_some()
                });
            if constant {
                let words = std::mem::take(&mut self.row);
                self.row_of(relation, &words, clause.span);
                self.row = words;
                return;
            }
        }
        let before = mark(context);
        let mut draft = draft(Some(head), &[], true, context);
        if draft.body.is_empty() {
            variables_in_fact(&mut draft, head, context);
        }
        counter_in_fact(head, context);
        let Some(rule) = build(&draft, clause.span, context) else { return };
        if failed(context, before) {
            return;
        }
        let words: Option<Vec<Word>> = rule
            .arguments
            .iter()
            .map(|argument| if let program::Term::Constant(word, _) = argument { Some(*word) } else { None })
            .collect();
        match words.filter(|_| rule.body.is_empty()) {
            Some(words) => self.row_of(rule.head, &words, clause.span),
            None => self.rules.push(described(rule, item, clause.span, number, context)),
        }
    }

    fn row_of(&mut self, relation: program::RelationId, words: &[Word], span: Span) {
        let facts = &mut self.facts;
        let block = *self.blocks.entry(relation.0).or_insert_with(|| {
            facts.push(FactBlock { relation, words: Vec::new(), spans: Vec::new() });
            facts.len() - 1
        });
        if let Some(block) = self.facts.get_mut(block) {
            block.words.extend_from_slice(words);
            block.spans.push(span);
        }
    }
}

/// Whether every rule of a clause binds its variables by itself. Nothing is reported.
pub(super) fn stands_alone(clause: &ast::Clause, context: &mut Context<'_>) -> bool {
    let reported = std::mem::take(context.diagnostics);
    let mut alone = true;
    let empty = [Vec::new()];
    let bodies = clause.body.as_ref().map(|body| normalise::alternatives(body).unwrap_or_default());
    for head in &clause.heads {
        match &bodies {
            Some(bodies) => bodies.iter().for_each(|conjuncts| {
                draft(Some(head), conjuncts, false, context);
            }),
            None => alone &= empty.iter().all(|none| draft(Some(head), none, true, context).variables.is_empty()),
        }
    }
    let found = std::mem::replace(context.diagnostics, reported);
    alone && found.iter().all(|diagnostic| diagnostic.code != code::UNGROUNDED)
}

/// Whether a clause or goal is right as it is written; reports what is wrong. It has to be one of those that inlining
/// takes apart: nothing else comes of it.
pub(super) fn right(item: &ast::Item, context: &mut Context<'_>) -> bool {
    let before = mark(context);
    match &item.kind {
        ast::ItemKind::Clause(clause) => Clauses::default().clause(item, clause, context),
        ast::ItemKind::Goal(goal) => {
            self::goal(goal, None, context);
        }
        _ => {}
    }
    !failed(context, before)
}

/// How much was reported up to now.
type Mark = (usize, usize);

fn mark(context: &Context<'_>) -> Mark {
    (context.diagnostics.len(), context.unknown.count())
}

/// Whether an error was reported since.
fn failed(context: &Context<'_>, since: Mark) -> bool {
    context.unknown.count() > since.1
        || context.diagnostics.get(since.0..).is_some_and(|new| new.iter().any(Diagnostic::is_error))
}

/// The word of a constant of a type; nothing for anything else.
fn constant(
    types: &TypeTable,
    names: &super::resolve::Names,
    values: &mut Values,
    ty: TypeId,
    term: &ast::Term,
) -> Option<Word> {
    match (types.kind(ty), &term.kind) {
        (Kind::Symbol, ast::TermKind::String(text)) => Some(text.0),
        (kind @ (Kind::Number | Kind::Float), ast::TermKind::Integer { magnitude, negative, unsigned: false }) => {
            integer(values, kind, *magnitude, *negative)
        }
        (Kind::Unsigned, ast::TermKind::Integer { magnitude, negative, .. }) => {
            integer(values, Kind::Unsigned, *magnitude, *negative)
        }
        (Kind::Float, ast::TermKind::Float(value)) => Some(values.float(*value)),
        (Kind::Record, ast::TermKind::Nil) => Some(0),
        (Kind::Record, ast::TermKind::Record(parts)) => {
            let Type::Record { fields } = types.get(ty) else { return None };
            if fields.len() != parts.len() {
                return None;
            }
            let words: Option<Vec<Word>> =
                fields.iter().zip(parts).map(|(field, part)| constant(types, names, values, field.ty, part)).collect();
            Some(values.record(&words?))
        }
        (Kind::Adt, ast::TermKind::Branch { name, arguments }) => {
            let &(owner, rank) = names.branches.get(&name.symbol)?;
            let Type::Adt { branches } = types.get(ty) else { return None };
            let branch = branches.get(rank as usize).filter(|_| owner == ty)?;
            if branch.fields.len() != arguments.len() {
                return None;
            }
            let fields =
                branch.fields.iter().zip(arguments).map(|(field, part)| constant(types, names, values, field.ty, part));
            let words: Option<Vec<Word>> = std::iter::once(Some(rank)).chain(fields).collect();
            Some(values.record(&words?))
        }
        _ => None,
    }
}

/// The alternatives of a body; an error where there are too many.
fn alternatives<'a>(body: &'a ast::Formula, context: &mut Context<'_>) -> Option<Vec<Vec<Conjunct<'a>>>> {
    let alternatives = normalise::alternatives(body);
    if alternatives.is_none()
        && let Some(span) = normalise::span(body)
    {
        context.diagnostics.push(
            Diagnostic::at(
                code::UNSUPPORTED,
                format!("the body has too many alternatives: more than {MOST_ALTERNATIVES}, or very long ones"),
                span,
                "multiplied out",
            )
            .help("give some of the alternatives a relation of their own"),
        );
    }
    alternatives
}

/// Head and conjunction with names resolved, grounded, but not typed.
fn draft(head: Option<&ast::Atom>, conjuncts: &[Conjunct<'_>], is_fact: bool, context: &mut Context<'_>) -> Draft {
    let mut lowering = Lowering::new(context);
    let mut level = Level::default();
    let given = head.is_some_and(|head| lowering.context.given.contains(&head.relation.symbol));
    // Its head is a pattern that atoms are matched with.
    let place = if given { Place::Pattern } else { Place::Value("a head") };
    let head = head.map(|head| lowering.atom(&mut level, head, place));
    if given {
        lowering.variables.iter_mut().for_each(|variable| variable.bound = true);
    }
    // What the head asks for stands after what the author wrote.
    let asked = std::mem::take(&mut level.slots);
    lowering.conjuncts(&mut level, conjuncts);
    level.slots.extend(asked);
    lowering.settle(&mut level);
    let own = std::mem::take(&mut level.own);
    let body = lowering.finish(&mut level);
    if !(is_fact && body.is_empty()) {
        safety::check(&mut lowering, head.as_ref(), &body, &own);
    }
    let named = own.into_iter().filter(|variable| level.names.values().any(|named| named == variable)).collect();
    let Lowering { nodes, variables, expected, .. } = lowering;
    Draft { head, body, named, expected, nodes, variables }
}

fn build(draft: &Draft, span: Span, context: &mut Context<'_>) -> Option<Rule> {
    let inference = infer(draft, context);
    let mut builder = Builder { inference: &inference, context };
    let variables = builder.variables();
    let body = builder.body(&draft.body);
    let head = match &draft.head {
        Some(head) => builder.atom(head)?,
        None => program::Atom { relation: program::RelationId(0), arguments: Vec::new(), span },
    };
    Some(Rule {
        head: head.relation,
        arguments: head.arguments,
        body,
        variables,
        label: None,
        quiet: false,
        monotone: false,
        doc: None,
        span,
        clause: 0,
        plan: Vec::new(),
    })
}

fn described(rule: Rule, item: &ast::Item, span: Span, clause: u32, context: &Context<'_>) -> Rule {
    let find = |name: &str| item.annotations.iter().find(|annotation| context.text(annotation.name.symbol) == name);
    Rule {
        label: find("label").and_then(|annotation| annotation.value).map(|value| value.symbol),
        quiet: find("quiet").is_some(),
        monotone: find("monotone").is_some(),
        doc: item.doc,
        span,
        clause,
        ..rule
    }
}

/// The orders of `.plan` that name each positive atom once; the others are no use as hints.
fn plan(clause: &ast::Clause, body: &[Literal]) -> Vec<(u32, Vec<usize>)> {
    let atoms = body.iter().filter(|literal| matches!(literal, Literal::Positive(_))).count();
    let Some(plan) = &clause.plan else { return Vec::new() };
    let orders = plan.orders.iter().filter(|(_, order)| complete(order, atoms));
    orders.map(|(version, order)| (*version, order.iter().map(|&at| at as usize - 1).collect())).collect()
}

/// Whether an order names each of some atoms once, from 1.
fn complete(order: &[u32], atoms: usize) -> bool {
    let mut sorted: Vec<usize> = order.iter().map(|&at| at as usize).collect();
    sorted.sort_unstable();
    sorted.into_iter().eq(1..=atoms)
}

/// Warns of a plan that is no use, as far as the text tells.
fn useless_plan(clause: &ast::Clause, context: &mut Context<'_>) {
    let Some(plan) = &clause.plan else { return };
    let alternatives = clause.body.as_ref().map(|body| normalise::alternatives(body).unwrap_or_default());
    let atoms = match alternatives.as_deref() {
        Some([conjuncts]) => conjuncts.iter().filter(|conjunct| matches!(conjunct, Conjunct::Positive(_))).count(),
        Some(_) => return,
        None => 0,
    };
    let message = if clause.body.is_none() {
        "a fact has no order of evaluation".to_owned()
    } else if let Some((version, _)) = plan.orders.iter().find(|(_, order)| !complete(order, atoms)) {
        let plural = if atoms == 1 { "" } else { "s" };
        format!("order {version} does not name each of the {atoms} atom{plural} of the body once")
    } else {
        return;
    };
    context.diagnostics.push(
        Diagnostic::at(code::USELESS_PLAN, message, plan.span, "not used")
            .help("leave it out: orders are chosen from sizes"),
    );
}

fn variables_in_fact(draft: &mut Draft, head: &ast::Atom, context: &mut Context<'_>) {
    let known = context.known;
    let columns = draft.head.as_ref().and_then(|head| head.relation).map(|id| known.columns(id)).unwrap_or_default();
    for info in &mut draft.variables {
        info.reported = true;
        let name = context.text(info.name);
        let relation = context.text(head.relation.symbol);
        let symbol = head.arguments.iter().zip(columns).any(|(argument, &ty)| {
            argument.span == info.span && ty.is_some_and(|ty| known.types.kind(ty) == Kind::Symbol)
        });
        let body = format!("give `{relation}` a body that binds `{name}`");
        let help = if known.names.branches.contains_key(&info.name) {
            format!("write `${name}(...)` for the branch, or {body}")
        } else if symbol {
            format!("write `\"{name}\"` for the symbol, or {body}")
        } else {
            body
        };
        context.diagnostics.push(
            Diagnostic::at(
                code::NON_CONSTANT_FACT,
                format!("a fact is constant, and `{name}` is a variable"),
                info.span,
                "a variable",
            )
            .help(help),
        );
    }
}

fn counter_in_fact(head: &ast::Atom, context: &mut Context<'_>) {
    fn find(term: &ast::Term) -> Option<(&'static str, Span)> {
        match &term.kind {
            ast::TermKind::Autoinc => Some(("autoinc()", term.span)),
            ast::TermKind::Iteration => Some((iteration::COUNTER, term.span)),
            ast::TermKind::Record(parts)
            | ast::TermKind::Branch { arguments: parts, .. }
            | ast::TermKind::Call { arguments: parts, .. }
            | ast::TermKind::User { arguments: parts, .. } => parts.iter().find_map(find),
            ast::TermKind::As { term, .. } => find(term),
            _ => None,
        }
    }
    if let Some((what, span)) = head.arguments.iter().find_map(find) {
        context.diagnostics.push(Diagnostic::at(
            code::NON_CONSTANT_FACT,
            format!("a fact is constant, and `{what}` is not"),
            span,
            "another value each time",
        ));
    }
}

/// Checks a goal: the named variables are its columns, and each alternative must bind them all.
pub(super) fn goal(goal: &ast::Goal, doc: Option<Symbol>, context: &mut Context<'_>) -> Option<Goal> {
    let before = mark(context);
    let alternatives = alternatives(&goal.body, context)?;
    let mut names: Vec<(Symbol, Span)> = Vec::new();
    let drafts: Vec<Draft> = alternatives.iter().map(|conjuncts| draft(None, conjuncts, false, context)).collect();
    for info in drafts.iter().flat_map(|draft| &draft.variables) {
        if context.text(info.name) == iteration::COUNTER {
            let message = format!("`{}` has no value here: a goal is no part of a recursion", iteration::COUNTER);
            context.diagnostics.push(Diagnostic::at(code::UNSUPPORTED, message, info.span, "in a goal"));
            return None;
        }
    }
    for draft in &drafts {
        for &variable in &draft.named {
            let info = draft.variable(variable);
            if !names.iter().any(|&(name, _)| name == info.name) {
                names.push((info.name, info.span));
            }
        }
    }
    names.sort_by_key(|&(_, span)| span);
    let mut columns: Vec<Option<(TypeId, Span)>> = vec![None; names.len()];
    let mut rules = Vec::new();
    for draft in &drafts {
        let mut rule = build(draft, goal.span, context)?;
        for (column, &(name, span)) in columns.iter_mut().zip(&names) {
            let found = draft.named.iter().map(|&variable| (variable, draft.variable(variable)));
            let found = found.into_iter().find(|(_, info)| info.name == name);
            let Some((variable, info)) = found else {
                let text = context.text(name);
                let spans = draft.body.iter().map(super::draft::Literal::span);
                let place = spans.reduce(Span::to).unwrap_or(goal.span);
                context.diagnostics.push(
                    Diagnostic::at(
                        code::UNGROUNDED,
                        format!("not every alternative gives `{text}` a value"),
                        place,
                        format!("says nothing of `{text}`"),
                    )
                    .label(span, "a column of the answer"),
                );
                continue;
            };
            let ty = rule.variables.get(variable.0 as usize).map_or(TypeId::SYMBOL, |decl| decl.ty);
            *column = Some(match *column {
                None => (ty, info.span),
                Some((old, first)) => (wider(old, ty, name, [first, info.span], context), first),
            });
            rule.arguments.push(program::Term::Variable(variable));
        }
        rules.push(Rule { span: goal.span, ..rule });
    }
    let columns = names.iter().zip(columns);
    let columns = columns
        .map(|(&(name, _), column)| VariableDecl { name, ty: column.map_or(TypeId::SYMBOL, |(ty, _)| ty) })
        .collect();
    (!failed(context, before)).then_some(Goal { columns, alternatives: rules, doc, span: goal.span })
}

/// The type of a column that two alternatives fill.
fn wider(left: TypeId, right: TypeId, name: Symbol, spans: [Span; 2], context: &mut Context<'_>) -> TypeId {
    let types = context.known.types;
    if types.flows(right, left) {
        return left;
    }
    if types.flows(left, right) {
        return right;
    }
    let (kind, other) = (types.kind(left), types.kind(right));
    if kind == other && !matches!(kind, Kind::Record | Kind::Adt) {
        return super::flow::primitive(Some(kind));
    }
    let text = context.text(name);
    context.diagnostics.push(
        Diagnostic::at(
            code::TYPE_MISMATCH,
            format!("the column `{text}` cannot be both a `{}` and a `{}`", types.name(left), types.name(right)),
            spans[1],
            format!("a `{}`", types.name(right)),
        )
        .label(spans[0], format!("a `{}`", types.name(left))),
    );
    left
}

/// One atom with its constants encoded.
pub(super) fn pattern(atom: &ast::Atom, context: &mut Context<'_>) -> Option<super::Pattern> {
    let before = mark(context);
    let conjuncts = [Conjunct::Positive(atom)];
    let draft = draft(None, &conjuncts, false, context);
    let rule = build(&draft, atom.span, context)?;
    let mut arguments = Vec::new();
    // An aggregate or range has left the atom and stands beside it, behind a variable of its own.
    let body =
        rule.body.iter().find_map(|literal| if let Literal::Positive(atom) = literal { Some(atom) } else { None });
    for (at, written) in atom.arguments.iter().enumerate() {
        match body.and_then(|body| body.arguments.get(at)) {
            Some(program::Term::Constant(word, _)) => arguments.push(super::Argument::Constant(*word)),
            Some(program::Term::Wildcard) => arguments.push(super::Argument::Any),
            Some(program::Term::Variable(variable)) if !draft.variable(*variable).fresh => {
                let name = rule.variables.get(variable.0 as usize)?.name;
                arguments.push(super::Argument::Variable(name));
            }
            Some(_) | None if failed(context, before) => return None,
            Some(_) | None => context.diagnostics.push(
                Diagnostic::at(
                    code::NOT_A_FACT,
                    "an argument here is a constant, a variable or `_`",
                    written.span,
                    "an expression",
                )
                .help("write its value"),
            ),
        }
    }
    if failed(context, before) {
        return None;
    }
    Some(super::Pattern { relation: body?.relation, arguments })
}
