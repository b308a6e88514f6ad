//! Which rules of two programs are the same, which changed, and in which literals. Clauses are compared by their text as
//! the printer writes it, with the literals of a body in any order; a changed clause is recognised by its label, or else
//! by what most of it says.

use std::collections::BTreeMap;

use super::Side;
use crate::model::Model;
use crate::program::RuleId;
use crate::source::{SourceMap, Span};
use crate::symbol::Interner;
use crate::syntax::ast::{Formula, ItemKind};
use crate::syntax::{parse, print};

/// What happened to a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleEvent {
    /// Only the old program has it.
    Lost,
    /// Only the new program has it.
    Gained,
    /// Both have it, with another text.
    Changed,
}

/// A clause that is not the same in both programs.
#[derive(Clone, Debug)]
pub struct RuleChange {
    /// What happened.
    pub event: RuleEvent,
    /// Its label; the new one where it has one on both sides.
    pub label: Option<String>,
    /// Its place: in the new program, unless lost.
    pub place: String,
    /// Its text in the old program, as the printer writes it; empty if it is gained.
    pub old: String,
    /// Its text in the new program; empty if it is lost.
    pub new: String,
    /// The literals that only one side has, as the printer writes them: those of the old text first.
    pub literals: Vec<(Side, String)>,
    /// Whether the heads differ.
    pub head: bool,
}

impl RuleChange {
    /// The label in brackets, or the head's relation.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.label {
            Some(label) => format!("[{label}]"),
            None => {
                let text = if self.new.is_empty() { &self.old } else { &self.new };
                format!("`{}`", text.lines().next().unwrap_or_default())
            }
        }
    }
}

/// The clauses of two programs, matched.
pub(super) struct Matched {
    pub(super) changes: Vec<RuleChange>,
    /// For the rules of each side, the change of their clause.
    old: Vec<Option<usize>>,
    new: Vec<Option<usize>>,
}

/// A clause of a program.
struct Clause {
    rules: Vec<RuleId>,
    label: Option<String>,
    span: Span,
    /// What identifies it.
    heads: Vec<String>,
    literals: Vec<String>,
    text: String,
}

impl Clause {
    fn same(&self, other: &Self) -> bool {
        self.heads == other.heads && self.literals == other.literals
    }

    /// How much of two clauses for the same relations is the same, in literals; nothing where it is less than half.
    fn likeness(&self, other: &Self) -> Option<usize> {
        if self.heads != other.heads {
            return None;
        }
        let common = self.literals.len() - without(&self.literals, &other.literals).len();
        let longer = self.literals.len().max(other.literals.len());
        (common * 2 >= longer && common > 0).then_some(common)
    }
}

impl Matched {
    pub(super) fn new(old: &Model, new: &Model) -> Self {
        let (before, after) = (clauses(old), clauses(new));
        let mut partner: Vec<Option<usize>> = vec![None; before.len()];
        let mut taken = vec![false; after.len()];
        let mut same: BTreeMap<(&[String], &[String]), Vec<usize>> = BTreeMap::new();
        for (at, clause) in after.iter().enumerate().rev() {
            same.entry((&clause.heads, &clause.literals)).or_default().push(at);
        }
        for (clause, partner) in before.iter().zip(&mut partner) {
            let waiting = same.get_mut(&(clause.heads.as_slice(), clause.literals.as_slice()));
            if let Some(at) = waiting.and_then(Vec::pop) {
                *partner = Some(at);
                taken[at] = true;
            }
        }
        for (clause, partner) in before.iter().zip(&mut partner).filter(|(_, partner)| partner.is_none()) {
            let Some(label) = &clause.label else { continue };
            let found =
                after.iter().enumerate().position(|(at, other)| !taken[at] && other.label.as_ref() == Some(label));
            if let Some(at) = found {
                *partner = Some(at);
                taken[at] = true;
            }
        }
        for (clause, partner) in before.iter().zip(&mut partner).filter(|(_, partner)| partner.is_none()) {
            let free = after.iter().enumerate().filter(|(at, _)| !taken[*at]);
            // The first of the most alike.
            let alike = free.filter_map(|(at, other)| Some((clause.likeness(other)?, std::cmp::Reverse(at))));
            if let Some((_, std::cmp::Reverse(at))) = alike.max() {
                *partner = Some(at);
                taken[at] = true;
            }
        }
        let mut matched = Self {
            changes: Vec::new(),
            old: vec![None; old.program().rules.len()],
            new: vec![None; new.program().rules.len()],
        };
        matched.collect(old, new, &before, &after, &partner);
        matched
    }

    fn collect(&mut self, old: &Model, new: &Model, before: &[Clause], after: &[Clause], partner: &[Option<usize>]) {
        let mut found: Vec<(usize, RuleChange, &[RuleId], &[RuleId])> = Vec::new();
        for (clause, &partner) in before.iter().zip(partner) {
            match partner.map(|at| (at, &after[at])) {
                Some((_, other)) if clause.same(other) => {}
                Some((at, other)) => {
                    let lost = without(&clause.literals, &other.literals).into_iter().map(|text| (Side::Old, text));
                    let gained = without(&other.literals, &clause.literals).into_iter().map(|text| (Side::New, text));
                    let change = RuleChange {
                        event: RuleEvent::Changed,
                        label: other.label.clone().or_else(|| clause.label.clone()),
                        place: place(new, other.span),
                        old: clause.text.clone(),
                        new: other.text.clone(),
                        literals: lost.chain(gained).collect(),
                        head: clause.heads != other.heads,
                    };
                    found.push((at, change, &clause.rules, &other.rules));
                }
                None => {
                    // Where it stood: before the partner of the next clause would be finer; the end will do.
                    found.push((after.len(), one(old, clause, RuleEvent::Lost), &clause.rules, &[]));
                }
            }
        }
        for (at, clause) in after.iter().enumerate() {
            if !partner.contains(&Some(at)) {
                found.push((at, one(new, clause, RuleEvent::Gained), &[], &clause.rules));
            }
        }
        found.sort_by_key(|(at, ..)| *at);
        for (_, change, before, after) in found {
            let number = Some(self.changes.len());
            before.iter().for_each(|rule| self.old[rule.0 as usize] = number);
            after.iter().for_each(|rule| self.new[rule.0 as usize] = number);
            self.changes.push(change);
        }
    }

    /// The change of a rule's clause; nothing where it is the same on both sides.
    pub(super) fn change(&self, side: Side, rule: RuleId) -> Option<usize> {
        let of = match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        };
        of.get(rule.0 as usize).copied().flatten()
    }
}

fn one(model: &Model, clause: &Clause, event: RuleEvent) -> RuleChange {
    let text = |wanted: RuleEvent| if event == wanted { clause.text.clone() } else { String::new() };
    RuleChange {
        event,
        label: clause.label.clone(),
        place: place(model, clause.span),
        old: text(RuleEvent::Lost),
        new: text(RuleEvent::Gained),
        literals: Vec::new(),
        head: false,
    }
}

fn place(model: &Model, span: Span) -> String {
    let location = model.sources().location(span);
    format!("{}:{}", location.source, location.line)
}

/// The clauses of a program, in order of their text.
fn clauses(model: &Model) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut last = None;
    for (id, rule) in model.program().rules() {
        if last == Some((rule.clause, rule.span))
            && let Some(clause) = clauses.last_mut()
        {
            clause.rules.push(id);
            continue;
        }
        last = Some((rule.clause, rule.span));
        let (heads, literals, text) = normal(model.text(rule.span), model.name(rule.head), model.label(id));
        clauses.push(Clause {
            rules: vec![id],
            label: model.label(id).map(str::to_owned),
            span: rule.span,
            heads,
            literals,
            text,
        });
    }
    clauses
}

/// Heads, sorted literals, and the whole text of a clause as the printer writes them. `name` is the relation that it
/// derives: a component's clause is another one in each instance.
fn normal(text: &str, name: &str, label: Option<&str>) -> (Vec<String>, Vec<String>, String) {
    let mut symbols = Interner::default();
    let source = SourceMap::default().add("", text);
    let parsed = parse(source, text, &mut symbols);
    let clause = parsed.program.items.iter().find_map(|item| match &item.kind {
        ItemKind::Clause(clause) => Some(clause),
        _ => None,
    });
    let Some(clause) = clause else {
        // A rule without a clause of its own: what a declaration stands for.
        let words = format!("{name}: {}", label.unwrap_or("rule"));
        return (vec![name.to_owned()], vec![words.clone()], words);
    };
    let mut heads = vec![name.to_owned()];
    heads.extend(clause.heads.iter().map(|head| print::print_atom(head, &symbols)));
    let body = match &clause.body {
        None => Vec::new(),
        Some(Formula::And(parts)) => parts.iter().map(|part| print::print_formula(part, &symbols)).collect(),
        Some(other) => vec![print::print_formula(other, &symbols)],
    };
    let mut literals = body;
    literals.sort_unstable();
    (heads, literals, print::print_clause(clause, &symbols))
}

/// The elements of one sorted list that the other does not have, each as often as it is there too often.
fn without(these: &[String], those: &[String]) -> Vec<String> {
    let mut rest: Vec<&String> = those.iter().collect();
    let mut left = Vec::new();
    for one in these {
        match rest.iter().position(|other| *other == one) {
            Some(at) => {
                rest.swap_remove(at);
            }
            None => left.push(one.clone()),
        }
    }
    left
}
