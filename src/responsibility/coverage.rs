//! What of the rules is in use: rules that never fire in any world (a scenario, or a rule test), and literals whose removal
//! changes nothing. Both are found by trying: a body is asked as a goal, a literal is left out and everything derived anew.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::session::{Failure, Session, parse_changes};
use crate::source::SourceMap;
use crate::symbol::Interner;
use crate::syntax::ast::{Clause, Formula, ItemKind};
use crate::syntax::{parse, print};

/// A rule, or a literal of one, that does nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Idle {
    /// Where the rule stands.
    pub place: String,
    /// Its label.
    pub label: Option<String>,
    /// The rule, or the literal, as the printer writes it.
    pub text: String,
}

/// What of the rules is in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Rules whose body holds in no world.
    pub dead: Vec<Idle>,
    /// Literals without which every world concludes the same.
    pub redundant: Vec<Idle>,
    /// How many rules were tried.
    pub rules: usize,
    /// How many literals were left out in turn.
    pub literals: usize,
    /// The names of the worlds in which they were tried.
    pub worlds: Vec<String>,
}

/// A rule as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Where it stands.
    pub place: String,
    /// Its label.
    pub label: Option<String>,
    /// The rule as the printer writes it: what takes it away.
    pub text: String,
    /// Its body.
    pub body: String,
    /// Each literal with the rule that is left without it.
    pub without: Vec<(String, String)>,
}

/// Tries every rule and literal of the first world in all of them.
///
/// # Errors
/// What is wrong with a world's rules or facts, or that someone interrupted.
pub fn coverage(worlds: Vec<(String, Session)>) -> Result<Coverage, Failure> {
    let mut found = Coverage::default();
    let mut fired: BTreeSet<String> = BTreeSet::new();
    let mut needed: BTreeSet<(String, usize)> = BTreeSet::new();
    let mut all: Option<Vec<Rule>> = None;
    for (name, mut session) in worlds {
        let model = session.evaluate()?;
        let here = rules(&model);
        let all = all.get_or_insert_with(|| here.clone());
        found.worlds.push(name);
        for rule in all.iter().filter(|rule| here.contains(rule)) {
            let is_new = !fired.contains(&rule.place);
            // A body that cannot be asked alone, such as one inside a component, is taken to be in use.
            if is_new && session.ask(&format!("?- {}.", rule.body)).map_or(true, |answer| answer.holds()) {
                fired.insert(rule.place.clone());
            }
            for (at, (_, weaker)) in rule.without.iter().enumerate() {
                let key = (rule.place.clone(), at);
                if !needed.contains(&key) && !same_without(&mut session, &model, rule, weaker)? {
                    needed.insert(key);
                }
            }
        }
    }
    let all = all.unwrap_or_default();
    found.rules = all.len();
    for rule in all {
        found.literals += rule.without.len();
        let idle = |text: &str| Idle { place: rule.place.clone(), label: rule.label.clone(), text: text.to_owned() };
        if !fired.contains(&rule.place) {
            // All literals of a dead rule are redundant; one line is enough.
            found.dead.push(idle(&rule.text));
            continue;
        }
        for (at, (literal, _)) in rule.without.iter().enumerate() {
            if !needed.contains(&(rule.place.clone(), at)) {
                found.redundant.push(idle(literal));
            }
        }
    }
    Ok(found)
}

/// Whether everything is concluded as before when a rule is replaced by a weaker one. A rule that then makes no sense
/// any more needed its literal.
fn same_without(session: &mut Session, before: &Model, rule: &Rule, weaker: &str) -> Result<bool, Failure> {
    let mut changes = Vec::new();
    for text in [format!("-{}", rule.text), format!("+{weaker}")] {
        match parse_changes(session, &text) {
            Ok(parsed) => changes.extend(parsed),
            Err(_) => return Ok(false),
        }
    }
    match session.what_if(&changes) {
        Ok(after) => Ok(same(before, &after)),
        Err(failure) if failure.has(crate::diagnostic::code::INTERRUPTED) => Err(failure),
        Err(_) => Ok(false),
    }
}

/// Whether two models of one session hold the same tuples.
fn same(before: &Model, after: &Model) -> bool {
    before.program().relation_ids().all(|id| {
        let there = after.find(before.name(id)).map(|there| after.relation(there));
        let here = before.relation(id);
        there.is_some_and(|there| here.len() == there.len() && here.rows().all(|row| there.contains(row)))
    })
}

/// The rules of a model's program as they are written, one for each place.
#[must_use]
pub fn rules(model: &Model) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for (id, rule) in model.program().rules() {
        let location = model.sources().location(rule.span);
        let place = format!("{}:{}", location.source, location.line);
        if rules.iter().any(|other| other.place == place) {
            continue;
        }
        let text = model.text(rule.span);
        let mut symbols = Interner::default();
        let parsed = parse(SourceMap::default().add("", text), text, &mut symbols);
        let clause = parsed.program.items.into_iter().find_map(|item| match item.kind {
            ItemKind::Clause(clause) => Some(clause),
            _ => None,
        });
        // What a declaration stands for has no text of its own.
        let Some(clause) = clause else { continue };
        let Some(body) = &clause.body else { continue };
        rules.push(Rule {
            place,
            label: model.label(id).map(str::to_owned),
            text: print::print_clause(&clause, &symbols),
            body: print::print_formula(body, &symbols),
            without: without(&clause, &symbols),
        });
    }
    rules
}

/// Each literal of a body with the clause that is left without it.
fn without(clause: &Clause, symbols: &Interner) -> Vec<(String, String)> {
    let Some(Formula::And(parts)) = &clause.body else { return Vec::new() };
    let weaker = |at: usize| {
        let mut rest = parts.clone();
        let literal = rest.remove(at);
        let body = if rest.len() == 1 { rest.remove(0) } else { Formula::And(rest) };
        let weaker = Clause { body: Some(body), plan: None, ..clause.clone() };
        (print::print_formula(&literal, symbols), print::print_clause(&weaker, symbols))
    };
    (0..parts.len()).map(weaker).collect()
}
