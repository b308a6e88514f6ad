//! The reference evaluator: ordered sets of tuples, every rule over everything until nothing is new.
//!
//! Components are instantiated (`component`), lattices written out (`lattice`), inlined relations put where they are
//! asked for (`inline`). A clause is multiplied out to rules of one head and one conjunction
//! (`normal`), its names become numbered variables and its aggregates literals of their own (`lower`), its integer
//! literals get their types (`typing`), its literals an order in which each can be evaluated (`order`). Relations that
//! need each other form a stratum (`strata`); the strata are evaluated in turn (`solve`, `functor`, `user`, `eqrel`,
//! `special`, `subsume`).
//!
//! Two constructs give values that mean nothing but themselves: `autoinc()`, a new number for each instance of a rule, and
//! `ord(..)`, a number for each text. Here they are some numbers; `opaque` compares answers up to which.

mod clingo;
mod component;
mod declare;
mod eqrel;
mod functor;
mod inline;
mod lattice;
mod lower;
mod normal;
mod order;
mod solve;
mod special;
mod strata;
mod subsume;
mod tree;
mod typing;
mod user;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use onus::symbol::Interner;
use onus::syntax::ast;
use onus::value::Value;

use crate::answers::{Answers, Failure, Rows};
pub use clingo::clingo;
use declare::Declarations;
use normal::Simple;
use solve::Solver;
use tree::Rule;

/// How much may be evaluated before the answer is [`Failure::TooBig`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows of all relations together.
    pub rows: usize,
    /// Rows looked at.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 20_000, steps: 2_000_000 }
    }
}

/// The program without components: each instance written out.
///
/// # Errors
/// A component that is not there, or has no end.
pub fn without_components(program: &ast::Program, symbols: &mut Interner) -> Result<ast::Program, Failure> {
    component::expand(program, symbols)
}

/// The answer of a program over the facts that it holds and those `given` from outside. The goals `?- body.` are
/// answered too, as relations named `?1`, `?2` and so on.
///
/// # Errors
/// The program's failure, or [`Failure::Unsupported`] for a construct that is not judged.
pub fn evaluate(
    program: &ast::Program,
    symbols: &Interner,
    given: &Answers,
    limits: &Limits,
) -> Result<Answers, Failure> {
    evaluate_reading(program, symbols, given, None, limits)
}

/// As [`evaluate`], where the program declares and reads only the `wanted` of the relations that are given, if they are
/// named. The others count among its rows.
///
/// # Errors
/// As [`evaluate`].
pub(crate) fn evaluate_reading(
    program: &ast::Program,
    symbols: &Interner,
    given: &Answers,
    wanted: Option<&BTreeSet<&str>>,
    limits: &Limits,
) -> Result<Answers, Failure> {
    let of_components = |item: &ast::Item| matches!(item.kind, ast::ItemKind::Component(_) | ast::ItemKind::Init(_));
    if program.items.iter().any(of_components) {
        let mut symbols = symbols.clone();
        let program = component::expand(program, &mut symbols)?;
        return evaluate_reading(&program, &symbols, given, wanted, limits);
    }
    if lattice::any(program) {
        let mut symbols = symbols.clone();
        let program = lattice::expand(program, &mut symbols)?;
        return evaluate_reading(&program, &symbols, given, wanted, limits);
    }
    if inline::any(program, symbols) {
        let mut symbols = symbols.clone();
        let program = inline::expand(program, &mut symbols)?;
        return evaluate_reading(&program, &symbols, given, wanted, limits);
    }
    let mut declarations = declare::declare(program, symbols)?;
    let (rules, subsumptions) = rules(program, symbols, &mut declarations)?;
    let (facts, rules): (Vec<Lowered>, Vec<Lowered>) = rules.into_iter().partition(|lowered| lowered.fact);
    let [facts, rules] = [facts, rules].map(|all| all.into_iter().map(|lowered| lowered.rule).collect::<Vec<Rule>>());
    let strata = strata::strata(declarations.relations.len(), &rules, &subsumptions, &declarations)?;
    let counts = rules.iter().any(Rule::counts);
    let (read, others): (Vec<_>, Vec<_>) =
        given.iter().partition(|(name, _)| wanted.is_none_or(|wanted| wanted.contains(name.as_str())));
    let elsewhere: usize = others.iter().map(|(_, rows)| rows.len()).sum();
    let limits = &Limits { rows: limits.rows.saturating_sub(elsewhere), ..*limits };
    let solver = Solver::new(limits, if counts { first_number(given) } else { 0 });
    let mut database = vec![Rows::new(); declarations.relations.len()];
    for (name, rows) in read {
        let relation = declarations.find(name).ok_or_else(|| Failure::Rejected(format!("facts for unknown {name}")))?;
        database[relation].extend(rows.iter().cloned());
    }
    for (relation, rows) in solver.pass(&facts.iter().collect::<Vec<_>>(), &database)? {
        database[relation].extend(rows);
    }
    for (relation, rows) in declarations.relations.iter().zip(&mut database) {
        let loaded = std::mem::take(rows);
        special::add(relation, rows, loaded);
    }

    for stratum in strata {
        let rules: Vec<&Rule> = rules.iter().filter(|rule| stratum.relations.contains(&rule.head.relation)).collect();
        let has_eqrel = stratum.relations.iter().any(|&relation| declarations.relations[relation].eqrel);
        if has_eqrel && special::by_rounds(&declarations, &stratum.relations) {
            return Err(Failure::Unsupported("the rounds of an equivalence".into()));
        }
        for &relation in &stratum.relations {
            let given = std::mem::take(&mut database[relation]);
            database[relation] = subsume::chosen(&solver, relation, given, &subsumptions, &database)?;
        }
        if let Some(rule) = rules.iter().find(|rule| rule.counts() && rule.reads(&stratum.relations)) {
            let name = &declarations.relations[rule.head.relation].name;
            return Err(Failure::Rejected(format!("{name} counts in a recursive rule")));
        }
        let mut rules = rules;
        loop {
            let mut grew = false;
            let mut derived: BTreeMap<usize, Rows> = BTreeMap::new();
            let found = solver.pass(&rules, &database)?;
            // Each instance has its number once. What such a rule reads was complete before, so that it has no more.
            rules.retain(|rule| !rule.counts());
            for (relation, rows) in found {
                derived.entry(relation).or_default().extend(rows);
            }
            for (relation, rows) in derived {
                let rows = subsume::chosen(&solver, relation, rows, &subsumptions, &database)?;
                let before = database[relation].len();
                special::add(&declarations.relations[relation], &mut database[relation], rows);
                grew |= database[relation].len() > before;
            }
            for &relation in &stratum.relations {
                if declarations.relations[relation].eqrel {
                    grew |= eqrel::close(&mut database[relation], limits)?;
                }
            }
            solver.check_rows(&database)?;
            if !grew || !stratum.recursive || special::full(&declarations, &stratum.relations, &database) {
                break;
            }
        }
        for &relation in &stratum.relations {
            database[relation] = subsume::left(&solver, relation, &subsumptions, &database)?;
        }
    }
    Ok(declarations.relations.into_iter().map(|relation| relation.name).zip(database).collect())
}

/// The first number that `autoinc()` gives: beyond all that are given, which may come from it.
fn first_number(given: &Answers) -> i64 {
    let numbers = given.values().flatten().flatten().filter_map(|value| match value {
        Value::Number(number) => Some(*number),
        _ => None,
    });
    numbers.max().map_or(0, |most| most.saturating_add(1).max(0))
}

/// A rule, and whether it is a fact: given before all rounds.
struct Lowered {
    rule: Rule,
    fact: bool,
}

/// Every clause and goal of the program as rules, in the order of their text.
fn rules(
    program: &ast::Program,
    symbols: &Interner,
    declarations: &mut Declarations,
) -> Result<(Vec<Lowered>, Vec<Rule>), Failure> {
    let mut rules = Vec::new();
    let mut subsumptions = Vec::new();
    let mut goals = 0;
    for item in &program.items {
        match &item.kind {
            ast::ItemKind::Clause(clause) => {
                if let ([low, high], true) = (clause.heads.as_slice(), clause.subsumption) {
                    if low.relation.symbol != high.relation.symbol {
                        return Err(Failure::Rejected("a subsumption of two relations".into()));
                    }
                    let relation = declarations.relation(low.relation.symbol, symbols)?;
                    for conjunction in normal::bodies(clause.body.as_ref())? {
                        let both = [Simple::Positive(low), Simple::Positive(high)];
                        let body: Vec<Simple<'_>> = both.into_iter().chain(conjunction).collect();
                        let rule = lower::rule(declarations, symbols, relation, &low.arguments, &body)?;
                        let mut rule = finish(rule, declarations)?;
                        // The two tuples come first, so that they can be tried one pair at a time.
                        subsume::tuples_first(&mut rule, relation)?;
                        subsumptions.push(rule);
                    }
                    continue;
                }
                for conjunction in normal::bodies(clause.body.as_ref())? {
                    for head in &clause.heads {
                        let relation = declarations.relation(head.relation.symbol, symbols)?;
                        let rule = lower::rule(declarations, symbols, relation, &head.arguments, &conjunction)?;
                        let fact = clause.body.is_none() && rule.body.is_empty();
                        let monotone = |annotation: &ast::Annotation| symbols.get(annotation.name.symbol) == "monotone";
                        let monotone = item.annotations.iter().any(monotone);
                        let rule = Rule { monotone, ..finish(rule, declarations)? };
                        rules.push(Lowered { rule, fact });
                    }
                }
            }
            ast::ItemKind::Goal(goal) => {
                goals += 1;
                let columns = normal::named_variables(&goal.body);
                let relation = declarations.add_goal(format!("?{goals}"), columns.len());
                let arguments: Vec<ast::Term> = columns
                    .iter()
                    .map(|&name| ast::Term { kind: ast::TermKind::Variable(name), span: goal.span })
                    .collect();
                for conjunction in normal::bodies(Some(&goal.body))? {
                    let rule = lower::rule(declarations, symbols, relation, &arguments, &conjunction)?;
                    rules.push(Lowered { rule: finish(rule, declarations)?, fact: false });
                }
            }
            _ => {}
        }
    }
    Ok((rules, subsumptions))
}

fn finish(mut rule: Rule, declarations: &Declarations) -> Result<Rule, Failure> {
    typing::settle(&mut rule, declarations)?;
    order::arrange(&mut rule)?;
    Ok(rule)
}
