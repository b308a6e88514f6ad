//! What is right and yet odd: relations that nothing fills or needs, rules that cannot fire, variables used once.
//!
//! Which relations can hold a tuple and which are needed is a question for Datalog: [`fill`] and [`need`] are small
//! programs over the user's rules, compiled by crepe, so that the engine does not judge itself.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Diagnostic, code};
use crate::program::{AggregateOp, CompareOp, Literal, Program, RelationId, Role, Rule, RuleId, Term};
use crate::source::Span;
use crate::symbol::{Interner, Symbol};
use crate::syntax::ast::{self, DirectiveKind};

use super::options::Options;
use super::stratify::{self, Dependency};

/// Relations that can hold a tuple, and rules that can fire.
#[allow(unreachable_pub, missing_docs, clippy::all, clippy::iter_over_hash_type)] // the macro's code; only sets come of it
mod fill {
    use crepe::crepe;

    crepe! {
        // Relation: known to hold a tuple.
        @input
        pub struct Given(pub u32);
        // Rule: no comparison of it always fails.
        @input
        pub struct Possible(pub u32);
        // Rule, position, relation: the body needs a tuple of it.
        @input
        pub struct Step(pub u32, pub u32, pub u32);
        // Rule, number of positions, relation: what the rule derives.
        @input
        pub struct Derives(pub u32, pub u32, pub u32);

        struct Reached(u32, u32);

        // Relation: can hold a tuple.
        @output
        pub struct Holds(pub u32);
        // Rule: can fire.
        @output
        pub struct Fires(pub u32);

        Holds(relation) <- Given(relation);
        Reached(rule, 0) <- Possible(rule);
        Reached(rule, at + 1) <- Reached(rule, at), Step(rule, at, relation), Holds(relation);
        Fires(rule) <- Reached(rule, end), Derives(rule, end, _);
        Holds(head) <- Fires(rule), Derives(rule, _, head);
    }
}

/// Relations that what is asked for needs.
#[allow(unreachable_pub, missing_docs, clippy::all, clippy::iter_over_hash_type)] // the macro's code; only sets come of it
mod need {
    use crepe::crepe;

    crepe! {
        // Relation: asked for.
        @input
        pub struct Asked(pub u32);
        // Relation, relation: a rule of the first reads the second.
        @input
        pub struct Reads(pub u32, pub u32);

        // Relation: needed for what is asked.
        @output
        pub struct Needed(pub u32);

        Needed(relation) <- Asked(relation);
        Needed(on) <- Needed(head), Reads(head, on);
    }
}

/// Warnings about single clauses: variables that occur once, or twice though their name says never.
pub(super) fn clauses(items: &[&ast::Item], symbols: &Interner, diagnostics: &mut Vec<Diagnostic>) {
    let faults: FxHashSet<Span> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .flat_map(|diagnostic| diagnostic.labels.iter().map(|label| label.span))
        .collect();
    let mut uses = Uses::default();
    for item in items {
        let ast::ItemKind::Clause(clause) = &item.kind else { continue };
        let (Some(body), false) = (&clause.body, clause.subsumption) else { continue };
        uses.clear();
        for head in &clause.heads {
            uses.terms(&head.arguments, false);
        }
        uses.formula(body, false);
        for (name, places) in uses.sorted() {
            let text = symbols.get(name);
            match (places.as_slice(), text.starts_with('_')) {
                // A name inside an aggregate tells its rows apart, however often it stands there.
                ([(place, false)], false) if !faults.contains(place) => diagnostics.push(
                    Diagnostic::at(code::SINGLE_VARIABLE, format!("`{text}` occurs once"), *place, "any value will do")
                        .help(format!("write `_` or `_{text}` if that is meant")),
                ),
                ([(first, _), (second, _), ..], true) => diagnostics.push(
                    Diagnostic::at(
                        code::UNDERSCORE_VARIABLE,
                        format!("`{text}` is used more than once"),
                        *second,
                        "the same value again",
                    )
                    .label(*first, "first used here")
                    .help("a leading `_` says that the value does not matter: rename it"),
                ),
                _ => {}
            }
        }
    }
}

/// The places of each name in a clause, and whether in an aggregate.
#[derive(Default)]
struct Uses(FxHashMap<Symbol, Vec<(Span, bool)>>);

impl Uses {
    fn clear(&mut self) {
        self.0.clear();
    }

    fn sorted(&mut self) -> Vec<(Symbol, Vec<(Span, bool)>)> {
        let mut all: Vec<_> = self.0.drain().collect();
        all.sort_unstable();
        all
    }

    fn formula(&mut self, formula: &ast::Formula, inside: bool) {
        match formula {
            ast::Formula::Atom(atom) => self.terms(&atom.arguments, inside),
            ast::Formula::Compare(compare) => {
                self.term(&compare.left, inside);
                self.term(&compare.right, inside);
            }
            ast::Formula::Boolean(..) => {}
            ast::Formula::Not(inner, _) => self.formula(inner, inside),
            ast::Formula::And(parts) | ast::Formula::Or(parts) => {
                for part in parts {
                    self.formula(part, inside);
                }
            }
        }
    }

    fn terms(&mut self, terms: &[ast::Term], inside: bool) {
        for term in terms {
            self.term(term, inside);
        }
    }

    fn term(&mut self, term: &ast::Term, inside: bool) {
        match &term.kind {
            ast::TermKind::Variable(name) => self.0.entry(*name).or_default().push((term.span, inside)),
            ast::TermKind::Record(parts)
            | ast::TermKind::Branch { arguments: parts, .. }
            | ast::TermKind::Call { arguments: parts, .. }
            | ast::TermKind::User { arguments: parts, .. } => self.terms(parts, inside),
            ast::TermKind::As { term, .. } => self.term(term, inside),
            ast::TermKind::Aggregate(aggregate) => {
                if let Some(target) = &aggregate.target {
                    self.term(target, true);
                }
                self.formula(&aggregate.body, true);
            }
            ast::TermKind::Wildcard
            | ast::TermKind::Integer { .. }
            | ast::TermKind::Float(_)
            | ast::TermKind::String(_)
            | ast::TermKind::Nil
            | ast::TermKind::Autoinc
            | ast::TermKind::Iteration => {}
        }
    }
}

/// Warnings about a good program as a whole.
pub(super) fn program(program: &Program, options: &Options, symbols: &Interner, diagnostics: &mut Vec<Diagnostic>) {
    let count = program.relations.len();
    let mut given = vec![false; count];
    for block in &program.facts {
        given[block.relation.0 as usize] = true;
    }
    let mut asked = vec![false; count];
    for directive in &program.directives {
        let at = directive.relation.0 as usize;
        match directive.kind {
            DirectiveKind::Input => given[at] = true,
            DirectiveKind::Output | DirectiveKind::Printsize => asked[at] = true,
            DirectiveKind::Limitsize => {}
        }
    }
    for (at, relation) in program.relations.iter().enumerate() {
        given[at] |= options.inputs.iter().any(|input| input == symbols.get(relation.name));
    }
    let asks = !program.goals.is_empty() || asked.contains(&true);
    for rule in program.goals.iter().flat_map(|goal| &goal.alternatives) {
        for dependency in stratify::dependencies(rule) {
            asked[dependency.on.0 as usize] = true;
        }
    }
    for (at, relation) in program.relations.iter().enumerate() {
        asked[at] |= relation.watch || relation.alarm || relation.deny.is_some() || relation.says.is_some();
    }

    for id in program.relation_ids() {
        let from = given[id.0 as usize];
        given[program.takes(id).0 as usize] |= from;
        given[program.derives(id).0 as usize] |= from;
    }
    let found = analyse(program, &given, &asked);
    let mut derived: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (id, rule) in written(program) {
        derived[rule.head.0 as usize].push(id.0);
    }
    for (at, relation) in program.relations.iter().enumerate() {
        let id = u32::try_from(at).unwrap_or(u32::MAX);
        let name = symbols.get(relation.name);
        let asked_for = found.needed.contains(&id);
        // What is left of candidates is as empty as they are.
        let id = program.derives(RelationId(id)).0;
        let at = id as usize;
        if relation.made || relation.role == Role::Inlined {
            continue;
        }
        if asks && !asked_for {
            diagnostics.push(
                Diagnostic::at(code::UNUSED_RELATION, format!("nothing needs `{name}`"), relation.span, "not needed")
                    .help("`.output` it, ask for it in a goal, or mark it `@[watch]`"),
            );
        } else if !given[at] && derived[at].is_empty() {
            diagnostics.push(
                Diagnostic::at(
                    code::UNDEFINED_RELATION,
                    format!("`{name}` has no rule, no fact and no input"),
                    relation.span,
                    "always empty",
                )
                .help(format!("add `.input {name}`, or a clause for it")),
            );
        } else if !found.holds.contains(&id) {
            let mut diagnostic = Diagnostic::at(
                code::EMPTY_RELATION,
                format!("`{name}` can never hold a tuple"),
                relation.span,
                "each of its rules needs what never holds",
            );
            for &rule in derived[at].iter().take(3) {
                if let Some((span, text)) = blocker(&program.rules[rule as usize], program, &found, symbols) {
                    diagnostic = diagnostic.label(span, text);
                }
            }
            diagnostics.push(diagnostic);
        }
    }
    for (id, rule) in written(program) {
        if found.fires.contains(&id.0) || !found.holds.contains(&rule.head.0) {
            continue;
        }
        if let Some((span, text)) = blocker(rule, program, &found, symbols) {
            diagnostics.push(Diagnostic::at(code::DEAD_RULE, "the rule can never fire", span, text));
        }
    }
}

/// The rules that someone wrote: those that close an equivalence stand where the relation does, and what subsumption
/// clauses say is not of the kind that can be dead.
fn written(program: &Program) -> impl Iterator<Item = (RuleId, &Rule)> {
    program.rules().filter(|(_, rule)| {
        let head = program.relation(rule.head);
        rule.span != head.span && matches!(head.role, Role::Own | Role::Candidates { .. })
    })
}

/// What the analysis found.
struct Found {
    holds: FxHashSet<u32>,
    fires: FxHashSet<u32>,
    needed: FxHashSet<u32>,
}

/// A recursive component of more rules counts as able to fire: its rounds would take seconds, and it is not hand-written.
const MOST_RULES: usize = 1_000;

fn analyse(program: &Program, given: &[bool], asked: &[bool]) -> Found {
    let marked =
        |marks: &[bool]| -> Vec<u32> { (0..).zip(marks).filter(|&(_, &marked)| marked).map(|(id, _)| id).collect() };
    let mut holds: FxHashSet<u32> = marked(given).into_iter().collect();
    let mut fires = FxHashSet::default();
    // A stratum at a time, as the engine goes: crepe looks at all that it has in each round, so it gets little at once.
    for stratum in &program.strata {
        if stratum.rules.len() > MOST_RULES {
            holds.extend(stratum.relations.iter().map(|relation| relation.0));
            fires.extend(stratum.rules.iter().map(|rule| rule.0));
            continue;
        }
        let mut crepe = fill::Crepe::new();
        for id in &stratum.rules {
            let rule = program.rule(*id);
            let mut needs = Vec::new();
            needed_tuples(&rule.body, &mut needs);
            let known = needs.iter().map(|(relation, _)| relation.0).filter(|relation| holds.contains(relation));
            crepe.extend(known.map(fill::Given));
            crepe.extend((0..).zip(&needs).map(|(at, &(relation, _))| fill::Step(id.0, at, relation.0)));
            crepe.extend([fill::Derives(id.0, u32::try_from(needs.len()).unwrap_or(u32::MAX), rule.head.0)]);
            crepe.extend(impossible(rule).is_none().then_some(fill::Possible(id.0)));
        }
        let (hold, fire) = crepe.run();
        holds.extend(hold.into_iter().map(|found| found.0));
        fires.extend(fire.into_iter().map(|found| found.0));
    }
    let mut crepe = need::Crepe::new();
    crepe.extend(marked(asked).into_iter().map(need::Asked));
    for rule in &program.rules {
        let reads = stratify::dependencies(rule);
        crepe.extend(reads.iter().map(|Dependency { head, on, .. }| need::Reads(head.0, on.0)));
    }
    let (needed,) = crepe.run();
    Found { holds, fires, needed: needed.into_iter().map(|found| found.0).collect() }
}

/// The relations of which a body needs a tuple. Over none `min`, `max` and `mean` have no value.
fn needed_tuples(body: &[Literal], needs: &mut Vec<(RelationId, Span)>) {
    for literal in body {
        match literal {
            Literal::Positive(atom) => needs.push((atom.relation, atom.span)),
            Literal::Negative(_) => {}
            Literal::Compare(compare) => {
                for side in [&compare.left, &compare.right] {
                    if let Term::Aggregate(aggregate) = side
                        && matches!(aggregate.op, AggregateOp::Min | AggregateOp::Max | AggregateOp::Mean)
                    {
                        needed_tuples(&aggregate.body, needs);
                    }
                }
            }
        }
    }
}

/// A comparison that fails whatever the values.
fn impossible(rule: &Rule) -> Option<Span> {
    rule.body.iter().find_map(|literal| {
        let Literal::Compare(compare) = literal else { return None };
        let fails = match (&compare.left, &compare.right) {
            (Term::Constant(left, _), Term::Constant(right, _)) => match compare.op {
                CompareOp::Equal => left != right,
                CompareOp::NotEqual | CompareOp::Less | CompareOp::Greater => left == right,
                CompareOp::LessEqual | CompareOp::GreaterEqual | CompareOp::Match | CompareOp::Contains => false,
            },
            (Term::Variable(left), Term::Variable(right)) => {
                left == right && matches!(compare.op, CompareOp::NotEqual | CompareOp::Less | CompareOp::Greater)
            }
            _ => false,
        };
        fails.then_some(compare.span)
    })
}

/// The literal that keeps a rule from firing.
fn blocker(rule: &Rule, program: &Program, found: &Found, symbols: &Interner) -> Option<(Span, String)> {
    if let Some(span) = impossible(rule) {
        return Some((span, "never holds".to_owned()));
    }
    let mut needs = Vec::new();
    needed_tuples(&rule.body, &mut needs);
    let (relation, span) = needs.into_iter().find(|(relation, _)| !found.holds.contains(&relation.0))?;
    Some((span, format!("`{}` never holds a tuple", symbols.get(program.relation(relation).name))))
}
