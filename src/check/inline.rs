//! `inline` relations. One whose rules bind all that they need is evaluated like any other: its tuples are the same, and
//! proofs can speak of it. Only where a rule needs what its caller knows, as in `less(x, y) :- x < y.`, is it really put
//! in the place of its atoms, tree to tree.
//!
//! What is wrong is told of the text as it is written: each clause that takes part is checked before. What takes an
//! atom's place means what the atom meant: an argument keeps the type of its column ([`Inlining::typed`]), one that has
//! many values has one of them in all its places, and what an aggregate tells apart stays the same.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast::{
    self, AggregateOp, Atom, Clause, Compare, CompareOp, Formula, Functor, Item, ItemKind, Term, TermKind,
};

use super::aggregates::{formula_names, term_names};
use super::clauses;
use super::lower::Context;

/// More atoms than this are not replaced.
const MOST: usize = 100_000;

/// The items with inlined relations put in the place of their atoms.
#[derive(Default)]
pub(super) struct Inlined {
    /// Rewritten items by their position; nothing for those that are dropped.
    changed: FxHashMap<usize, Option<Item>>,
    /// The relations that have no tuples of their own.
    pub(super) relations: Vec<Symbol>,
}

impl Inlined {
    /// The items as they are checked further, and whether they were rewritten.
    pub(super) fn items<'a>(&'a self, items: &[&'a Item]) -> Vec<(&'a Item, bool)> {
        let each = items.iter().enumerate().filter_map(|(at, &item)| match self.changed.get(&at) {
            Some(changed) => changed.as_ref().map(|item| (item, true)),
            None => Some((item, false)),
        });
        each.collect()
    }
}

/// Finds the relations that must be inlined, and inlines them.
pub(super) fn inline(items: &[&Item], context: &mut Context<'_>) -> Inlined {
    let mut wanted: FxHashMap<Symbol, Vec<&Clause>> = FxHashMap::default();
    for item in items {
        if let ItemKind::Relation(decl) = &item.kind
            && decl.qualifiers.iter().any(|name| context.text(name.symbol) == "inline")
        {
            wanted.extend(decl.names.iter().map(|name| (name.symbol, Vec::new())));
        }
    }
    if wanted.is_empty() {
        return Inlined::default();
    }
    for item in items {
        let ItemKind::Clause(clause) = &item.kind else { continue };
        for head in &clause.heads {
            if let Some(clauses) = wanted.get_mut(&head.relation.symbol) {
                clauses.push(clause);
            }
        }
    }
    let mut open: FxHashSet<Symbol> = FxHashSet::default();
    let mut names: Vec<Symbol> = wanted.keys().copied().collect();
    names.sort_unstable();
    for &name in &names {
        if wanted[&name].iter().any(|clause| !clauses::stands_alone(clause, context)) {
            open.insert(name);
        }
    }
    // Who reads one that is inlined has no more of its own than that.
    loop {
        let before = open.len();
        for &name in &names {
            if wanted[&name].iter().any(|clause| reads(clause).iter().any(|read| open.contains(read))) {
                open.insert(name);
            }
        }
        if open.len() == before {
            break;
        }
    }
    names.retain(|name| open.contains(name));
    if names.is_empty() {
        return Inlined::default();
    }
    let mut inlining = Inlining { wanted: &wanted, open: &open, context, fresh: 0, replaced: 0, full: false };
    let mut changed = FxHashMap::default();
    if !inlining.possible(&names, items) {
        // That their rules do not stand alone is not worth a second error.
        for (at, item) in items.iter().enumerate() {
            if let ItemKind::Clause(clause) = &item.kind
                && clause.heads.iter().all(|head| open.contains(&head.relation.symbol))
            {
                changed.insert(at, None);
            }
        }
        return Inlined { changed, relations: Vec::new() };
    }
    let part: Vec<(usize, &Item)> =
        items.iter().enumerate().filter(|(_, item)| inlining.takes_part(item)).map(|(at, item)| (at, *item)).collect();
    let right = inlining.written(&part);
    for (at, item) in part {
        changed.insert(at, if right { inlining.item(item) } else { None });
    }
    Inlined { changed, relations: names }
}

/// The relations that a clause reads, those of aggregates included.
fn reads(clause: &Clause) -> Vec<Symbol> {
    let mut found = Vec::new();
    clause.body.iter().for_each(|body| formula_reads(body, &mut found));
    clause.heads.iter().flat_map(|head| &head.arguments).for_each(|term| term_reads(term, &mut found));
    found
}

fn formula_reads(formula: &Formula, found: &mut Vec<Symbol>) {
    match formula {
        Formula::Atom(atom) => {
            found.push(atom.relation.symbol);
            atom.arguments.iter().for_each(|term| term_reads(term, found));
        }
        Formula::Compare(compare) => {
            term_reads(&compare.left, found);
            term_reads(&compare.right, found);
        }
        Formula::Boolean(..) => {}
        Formula::Not(inner, _) => formula_reads(inner, found),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| formula_reads(part, found)),
    }
}

fn term_reads(term: &Term, found: &mut Vec<Symbol>) {
    if let TermKind::Aggregate(aggregate) = &term.kind {
        formula_reads(&aggregate.body, found);
    }
    term.parts().iter().for_each(|part| term_reads(part, found));
}

/// What an atom stands in, which decides what may take its place.
#[derive(Clone, Copy, Default)]
struct Around {
    negation: bool,
    aggregate: Option<Among>,
}

/// Whether an atom is the only one of its aggregate: then the aggregate tells apart what its `_` are too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    Alone,
    Others,
}

impl Around {
    fn plain(self) -> bool {
        !self.negation && self.aggregate.is_none()
    }

    /// What stands around the atoms of what is put there.
    fn inside(self) -> Self {
        Self { aggregate: self.aggregate.map(|_| Among::Others), ..self }
    }
}

struct Inlining<'a, 'c, 'k> {
    wanted: &'a FxHashMap<Symbol, Vec<&'a Clause>>,
    open: &'a FxHashSet<Symbol>,
    context: &'c mut Context<'k>,
    fresh: u32,
    replaced: usize,
    full: bool,
}

impl Inlining<'_, '_, '_> {
    /// Whether the relations can be inlined at all; errors where not.
    fn possible(&mut self, names: &[Symbol], items: &[&Item]) -> bool {
        let before = self.context.diagnostics.len();
        for &name in names {
            if self.reaches(name) {
                let Some(clause) = self.wanted[&name].first() else { continue };
                self.refuse(name, "needs itself, and its rules do not bind their variables", clause.span);
            }
        }
        for &name in names {
            let heads = self.wanted[&name].iter().flat_map(|clause| &clause.heads);
            for head in heads.filter(|head| head.relation.symbol == name) {
                for open in head.arguments.iter().filter(|term| matches!(term.kind, TermKind::Wildcard)) {
                    self.context.diagnostics.push(
                        Diagnostic::at(
                            code::WILDCARD,
                            "`_` has no value that a head could use",
                            open.span,
                            "any value",
                        )
                        .help("name it: `x = x` in the body says that any value will do"),
                    );
                }
            }
        }
        for item in items {
            match &item.kind {
                ItemKind::Directive(directive) => {
                    for path in directive.relations.iter().filter(|path| self.open.contains(&path.symbol)) {
                        self.refuse(
                            path.symbol,
                            "has no tuples of its own: a rule of it needs what its caller knows",
                            path.span,
                        );
                    }
                }
                ItemKind::Clause(clause) if clause.subsumption => {
                    for head in clause.heads.iter().filter(|head| self.open.contains(&head.relation.symbol)).take(1) {
                        self.refuse(head.relation.symbol, "has no tuples that could be replaced", head.span);
                    }
                }
                _ => {}
            }
        }
        self.context.diagnostics.len() == before
    }

    fn refuse(&mut self, name: Symbol, why: &str, span: Span) {
        let text = self.context.text(name).to_owned();
        self.context.diagnostics.push(
            Diagnostic::at(code::INLINE, format!("`{text}` cannot be inlined: it {why}"), span, "")
                .help("leave out `inline`, and bind every variable of its rules in a positive atom"),
        );
    }

    /// Whether an inlined relation needs itself.
    fn reaches(&self, name: Symbol) -> bool {
        let mut seen = FxHashSet::default();
        let mut open = vec![name];
        while let Some(at) = open.pop() {
            for read in self.wanted.get(&at).into_iter().flatten().flat_map(|clause| reads(clause)) {
                if read == name {
                    return true;
                }
                if self.open.contains(&read) && seen.insert(read) {
                    open.push(read);
                }
            }
        }
        false
    }

    /// Whether an item has a rule of an inlined relation, or reads one.
    fn takes_part(&self, item: &Item) -> bool {
        match &item.kind {
            ItemKind::Clause(clause) => {
                clause.heads.iter().any(|head| self.open.contains(&head.relation.symbol))
                    || reads(clause).iter().any(|read| self.open.contains(read))
            }
            ItemKind::Goal(goal) => self.asks(&goal.body),
            _ => false,
        }
    }

    fn asks(&self, formula: &Formula) -> bool {
        let mut found = Vec::new();
        formula_reads(formula, &mut found);
        found.iter().any(|read| self.open.contains(read))
    }

    /// Checks the items as they are written; whether they are right.
    fn written(&mut self, items: &[(usize, &Item)]) -> bool {
        self.context.given.clone_from(self.open);
        let mut right = true;
        for (_, item) in items {
            right &= clauses::right(item, self.context);
        }
        self.context.given.clear();
        right
    }

    /// What takes the place of an item that takes part; nothing where it goes.
    fn item(&mut self, item: &Item) -> Option<Item> {
        let kind = match &item.kind {
            ItemKind::Clause(clause) => {
                let heads: Vec<Atom> =
                    clause.heads.iter().filter(|head| !self.open.contains(&head.relation.symbol)).cloned().collect();
                if heads.is_empty() {
                    return None;
                }
                let mut clause = clause.clone();
                clause.heads = heads;
                clause.heads.iter_mut().for_each(|head| self.terms(&mut head.arguments));
                clause.body = clause.body.map(|body| self.formula(body, Around::default()));
                ItemKind::Clause(clause)
            }
            ItemKind::Goal(goal) => {
                let mut goal = goal.clone();
                goal.body = self.formula(goal.body, Around::default());
                ItemKind::Goal(goal)
            }
            other => other.clone(),
        };
        Some(Item { kind, ..item.clone() })
    }

    fn formula(&mut self, formula: Formula, around: Around) -> Formula {
        match formula {
            Formula::Atom(mut atom) => {
                self.terms(&mut atom.arguments);
                if !self.open.contains(&atom.relation.symbol) {
                    return Formula::Atom(atom);
                }
                let mut parts = self.hoisted(&mut atom, around);
                parts.push(self.expand(&atom, around));
                if parts.len() == 1 { parts.remove(0) } else { Formula::And(parts) }
            }
            Formula::Compare(mut compare) => {
                self.term(&mut compare.left);
                self.term(&mut compare.right);
                Formula::Compare(compare)
            }
            Formula::Boolean(..) => formula,
            Formula::Not(inner, span) => self.negated(*inner, span, around),
            Formula::And(parts) => Formula::And(parts.into_iter().map(|part| self.formula(part, around)).collect()),
            Formula::Or(parts) => Formula::Or(parts.into_iter().map(|part| self.formula(part, around)).collect()),
        }
    }

    /// The opposite of a formula. Negation moves inward, so that what an atom's arguments compute stands beside it.
    fn negated(&mut self, formula: Formula, span: Span, around: Around) -> Formula {
        if !self.asks(&formula) {
            return Formula::Not(Box::new(self.formula(formula, around)), span);
        }
        let mut all = |parts: Vec<Formula>| parts.into_iter().map(|part| self.negated(part, span, around)).collect();
        match formula {
            Formula::Not(inner, _) => self.formula(*inner, around),
            Formula::And(parts) => Formula::Or(all(parts)),
            Formula::Or(parts) => Formula::And(all(parts)),
            Formula::Atom(mut atom) if self.open.contains(&atom.relation.symbol) => {
                self.terms(&mut atom.arguments);
                let mut parts = self.hoisted(&mut atom, around);
                let inner = self.expand(&atom, Around { negation: true, ..around });
                parts.push(Formula::Not(Box::new(inner), span));
                if parts.len() == 1 { parts.remove(0) } else { Formula::And(parts) }
            }
            other => Formula::Not(Box::new(self.formula(other, around)), span),
        }
    }

    /// Gives the arguments of an atom that have many values a variable each: they mean one of them wherever they are put.
    fn hoisted(&mut self, atom: &mut Atom, around: Around) -> Vec<Formula> {
        let relation = atom.relation.symbol;
        let mut parts = Vec::new();
        for (column, argument) in atom.arguments.iter_mut().enumerate() {
            // Below a negation it stands in a rule that is not put there.
            if many(argument).is_none() || around.negation {
                continue;
            }
            let variable = self.variable(relation, argument.span);
            let value = std::mem::replace(argument, variable.clone());
            let left = self.typed(variable, relation, column);
            let span = value.span;
            parts.push(Formula::Compare(Compare { op: CompareOp::Equal, left, right: value, span }));
        }
        parts
    }

    /// A term of which lowering learns that it stands in a column: `as` with a name that no text can give a type.
    fn typed(&mut self, term: Term, relation: Symbol, column: usize) -> Term {
        let Some(&id) = self.context.known.names.relations.get(&relation) else { return term };
        let name = format!("{}'{column}", self.context.text(relation));
        let symbol = self.context.values.symbols.intern(&name);
        self.context.columns.insert(symbol, (id, column));
        let span = term.span;
        Term { kind: TermKind::As { term: Box::new(term), ty: ast::Name { symbol, span } }, span }
    }

    fn terms(&mut self, terms: &mut [Term]) {
        terms.iter_mut().for_each(|term| self.term(term));
    }

    /// Inlines in the aggregates of a term.
    fn term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Aggregate(aggregate) => {
                let body = std::mem::replace(&mut aggregate.body, Formula::And(Vec::new()));
                // Of least and greatest it does not matter how many there are.
                let counts = !matches!(aggregate.op, AggregateOp::Min | AggregateOp::Max);
                let among = if counts && positive_atoms(&body, false) != 1 { Among::Others } else { Among::Alone };
                aggregate.body = self.formula(body, Around { negation: false, aggregate: Some(among) });
                if let Some(target) = &mut aggregate.target {
                    self.term(target);
                }
            }
            TermKind::Record(parts)
            | TermKind::Branch { arguments: parts, .. }
            | TermKind::Call { arguments: parts, .. }
            | TermKind::User { arguments: parts, .. } => self.terms(parts),
            TermKind::As { term, .. } => self.term(term),
            TermKind::Variable(_)
            | TermKind::Wildcard
            | TermKind::Integer { .. }
            | TermKind::Float(_)
            | TermKind::String(_)
            | TermKind::Nil
            | TermKind::Autoinc
            | TermKind::Iteration => {}
        }
    }

    /// The bodies of a relation's rules in the place of an atom of it.
    fn expand(&mut self, atom: &Atom, around: Around) -> Formula {
        self.replaced += 1;
        let never = Formula::Boolean(false, atom.span);
        if self.replaced > MOST {
            if !self.full {
                self.full = true;
                self.refuse(atom.relation.symbol, "would be put in too many places", atom.span);
            }
            return never;
        }
        let mut alternatives = Vec::new();
        for &clause in self.wanted.get(&atom.relation.symbol).into_iter().flatten() {
            for head in clause.heads.iter().filter(|head| head.relation.symbol == atom.relation.symbol) {
                let body = self.alternative(atom, head, clause.body.as_ref(), around);
                alternatives.push(self.formula(body, around.inside()));
            }
        }
        match alternatives.len() {
            0 => never,
            1 => alternatives.remove(0),
            _ => Formula::Or(alternatives),
        }
    }

    fn alternative(&mut self, atom: &Atom, head: &Atom, body: Option<&Formula>, around: Around) -> Formula {
        let relation = atom.relation.symbol;
        let mut means = Meaning::default();
        let mut equations = Vec::new();
        // Arguments left open with `_`, whose values tell nothing apart.
        let mut free = Vec::new();
        for (column, (formal, actual)) in head.arguments.iter().zip(&atom.arguments).enumerate() {
            let open = matches!(actual.kind, TermKind::Wildcard);
            match &formal.kind {
                TermKind::Variable(name) if !means.terms.contains_key(name) => {
                    let term = if open { self.variable(*name, actual.span) } else { actual.clone() };
                    if open && around.aggregate == Some(Among::Others) {
                        free.push(*name);
                    }
                    let term = self.typed(term, relation, column);
                    means.terms.insert(*name, term);
                }
                _ if open => {}
                _ => equations.push((formal.clone(), self.typed(actual.clone(), relation, column))),
            }
        }
        let mut names = Vec::new();
        body.iter().for_each(|body| formula_names(body, &mut names));
        equations.iter().for_each(|(formal, _)| term_names(formal, &mut names));
        if let Some((message, label, span)) = self.obstacle(around, &names, &means, &free, body) {
            let text = self.context.text(relation);
            let place = if around.negation { "under a negation" } else { "in an aggregate" };
            let message = format!("`{text}` cannot be inlined {place}: its rule {message}");
            self.context.diagnostics.push(
                Diagnostic::at(code::INLINE, message, atom.span, place)
                    .label(span, label)
                    .help("leave out `inline`, and bind every variable of its rules in a positive atom"),
            );
            // Nothing takes its place, so that nothing more is said.
            return Formula::Boolean(!around.negation, atom.span);
        }
        let used = !equations.is_empty() || names.iter().any(|(name, _)| means.terms.contains_key(name));
        for (name, span) in names {
            means.terms.entry(name).or_insert_with(|| self.variable(name, span));
        }
        let mut targets = Vec::new();
        body.iter().for_each(|body| formula_targets(body, &mut targets));
        for (name, span) in targets {
            let term = self.variable(name, span);
            means.targets.insert(name, term);
        }
        let mut parts = Vec::new();
        for (formal, actual) in equations {
            let left = substituted(&formal, &means);
            let span = actual.span;
            parts.push(Formula::Compare(Compare { op: CompareOp::Equal, left, right: actual, span }));
        }
        parts.extend(body.map(|body| substituted_formula(body, &means)));
        // An aggregate learns of what was put into it by the columns of arguments.
        if around.aggregate.is_some()
            && !used
            && let Some((column, term)) =
                atom.arguments.iter().enumerate().find(|(_, term)| !matches!(term.kind, TermKind::Wildcard))
        {
            let left = self.typed(term.clone(), relation, column);
            let compare = Compare { op: CompareOp::Equal, left, right: term.clone(), span: term.span };
            parts.push(Formula::Compare(compare));
        }
        if parts.len() == 1 { parts.remove(0) } else { Formula::And(parts) }
    }

    /// Why a rule cannot be put where an atom stands, with a label and its place: below a negation "there is none" would
    /// have to be said of what the rule has of its own, and an aggregate would tell its values apart.
    fn obstacle(
        &self,
        around: Around,
        names: &[(Symbol, Span)],
        means: &Meaning,
        free: &[Symbol],
        body: Option<&Formula>,
    ) -> Option<(String, String, Span)> {
        if around.plain() {
            return None;
        }
        if let Some(&(name, span)) = names.iter().find(|(name, _)| !means.terms.contains_key(name)) {
            let message = format!("has the variable `{}` of its own", self.context.text(name));
            return Some((message, "not an argument of its head".into(), span));
        }
        let mut terms = Vec::new();
        body.iter().for_each(|body| formula_terms(body, &mut terms));
        if let Some((what, span)) = terms.iter().find_map(|term| many(term)) {
            return Some((format!("has many values by `{what}`"), "one of many values".into(), span));
        }
        if let Some((what, span)) = terms.iter().find_map(|term| nothing(term)).filter(|_| around.negation) {
            return Some((format!("has a `{what}`, which may have no value"), "no value over nothing".into(), span));
        }
        let told = |(name, _): &&(Symbol, Span)| free.contains(name) && !body.is_some_and(|body| gives(body, *name));
        let &(name, span) = names.iter().find(told)?;
        let name = self.context.text(name);
        let message = format!("has many values of `{name}`, which the atom leaves open with `_`");
        Some((message, "the aggregate would tell them apart".into(), span))
    }

    fn variable(&mut self, name: Symbol, span: Span) -> Term {
        self.fresh += 1;
        let text = format!("{}'{}", self.context.text(name), self.fresh);
        Term { kind: TermKind::Variable(self.context.values.symbols.intern(&text)), span }
    }
}

/// What gives a term many values, and where.
fn many(term: &Term) -> Option<(&'static str, Span)> {
    match &term.kind {
        TermKind::Call { functor: Functor::Range, .. } => Some(("range", term.span)),
        TermKind::Autoinc => Some(("autoinc()", term.span)),
        _ => term.parts().iter().find_map(many),
    }
}

/// The aggregate in a term that has no value over nothing.
fn nothing(term: &Term) -> Option<(&'static str, Span)> {
    match &term.kind {
        TermKind::Aggregate(aggregate) => match aggregate.op {
            AggregateOp::Min | AggregateOp::Max | AggregateOp::Mean => Some((aggregate.op.name(), term.span)),
            AggregateOp::Count | AggregateOp::Sum => None,
        },
        _ => term.parts().iter().find_map(nothing),
    }
}

/// The arguments and operands of a formula; not those in aggregates.
fn formula_terms<'a>(formula: &'a Formula, found: &mut Vec<&'a Term>) {
    match formula {
        Formula::Atom(atom) => found.extend(&atom.arguments),
        Formula::Compare(compare) => found.extend([&compare.left, &compare.right]),
        Formula::Boolean(..) => {}
        Formula::Not(inner, _) => formula_terms(inner, found),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| formula_terms(part, found)),
    }
}

/// Whether an equation gives a name the one value of something else.
fn gives(formula: &Formula, name: Symbol) -> bool {
    match formula {
        Formula::Compare(Compare { op: CompareOp::Equal, left, right, .. }) => {
            [left, right].iter().any(|side| matches!(side.kind, TermKind::Variable(found) if found == name))
        }
        Formula::And(parts) => parts.iter().any(|part| gives(part, name)),
        _ => false,
    }
}

/// How many positive atoms a body has.
fn positive_atoms(formula: &Formula, negated: bool) -> usize {
    match formula {
        Formula::Atom(_) => usize::from(!negated),
        Formula::Compare(_) | Formula::Boolean(..) => 0,
        Formula::Not(inner, _) => positive_atoms(inner, !negated),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().map(|part| positive_atoms(part, negated)).sum(),
    }
}

/// What the names of a rule mean where it is put.
#[derive(Clone, Default)]
struct Meaning {
    terms: FxHashMap<Symbol, Term>,
    /// Names that stand in targets of aggregates, for the bodies of those.
    targets: FxHashMap<Symbol, Term>,
}

/// The names in the targets of a formula's aggregates.
fn formula_targets(formula: &Formula, found: &mut Vec<(Symbol, Span)>) {
    match formula {
        Formula::Atom(atom) => atom.arguments.iter().for_each(|term| term_targets(term, found)),
        Formula::Compare(compare) => {
            term_targets(&compare.left, found);
            term_targets(&compare.right, found);
        }
        Formula::Boolean(..) => {}
        Formula::Not(inner, _) => formula_targets(inner, found),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| formula_targets(part, found)),
    }
}

fn term_targets(term: &Term, found: &mut Vec<(Symbol, Span)>) {
    if let TermKind::Aggregate(aggregate) = &term.kind {
        aggregate.target.iter().for_each(|target| term_names(target, found));
        formula_targets(&aggregate.body, found);
    }
    term.parts().iter().for_each(|part| term_targets(part, found));
}

fn substituted_formula(formula: &Formula, means: &Meaning) -> Formula {
    let all = |parts: &[Formula]| parts.iter().map(|part| substituted_formula(part, means)).collect();
    match formula {
        Formula::Atom(atom) => Formula::Atom(Atom {
            arguments: atom.arguments.iter().map(|term| substituted(term, means)).collect(),
            ..atom.clone()
        }),
        Formula::Compare(compare) => Formula::Compare(Compare {
            left: substituted(&compare.left, means),
            right: substituted(&compare.right, means),
            ..compare.clone()
        }),
        Formula::Boolean(..) => formula.clone(),
        Formula::Not(inner, span) => Formula::Not(Box::new(substituted_formula(inner, means)), *span),
        Formula::And(parts) => Formula::And(all(parts)),
        Formula::Or(parts) => Formula::Or(all(parts)),
    }
}

fn substituted(term: &Term, means: &Meaning) -> Term {
    let all = |terms: &[Term]| terms.iter().map(|term| substituted(term, means)).collect();
    let kind = match &term.kind {
        TermKind::Variable(name) => return means.terms.get(name).cloned().unwrap_or_else(|| term.clone()),
        TermKind::Record(parts) => TermKind::Record(all(parts)),
        TermKind::Branch { name, arguments } => TermKind::Branch { name: *name, arguments: all(arguments) },
        TermKind::Call { functor, arguments } => TermKind::Call { functor: *functor, arguments: all(arguments) },
        TermKind::User { name, arguments } => TermKind::User { name: *name, arguments: all(arguments) },
        TermKind::As { term, ty } => TermKind::As { term: Box::new(substituted(term, means)), ty: *ty },
        TermKind::Aggregate(aggregate) => {
            // What the target names is the aggregate's own: not what the caller may call so.
            let mut own = Vec::new();
            aggregate.target.iter().for_each(|target| term_names(target, &mut own));
            let mut inside = means.clone();
            inside.terms.extend(own.iter().filter_map(|(name, _)| Some((*name, means.targets.get(name)?.clone()))));
            TermKind::Aggregate(Box::new(ast::Aggregate {
                op: aggregate.op,
                target: aggregate.target.as_ref().map(|target| substituted(target, &inside)),
                body: substituted_formula(&aggregate.body, &inside),
            }))
        }
        TermKind::Wildcard
        | TermKind::Integer { .. }
        | TermKind::Float(_)
        | TermKind::String(_)
        | TermKind::Nil
        | TermKind::Autoinc
        | TermKind::Iteration => term.kind.clone(),
    };
    Term { kind, span: term.span }
}
