//! What a new version shares with the one before: the relations that a change cannot reach. A rule or fact that is typed
//! costs what follows from it, and not the whole program.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Inputs, Version};
use crate::program::{Program, RelationId, Role, Stratum};
use crate::storage::Database;

/// The relations, by id, whose tuples and ranks are those of the version before: they and all that they follow from are
/// declared, derived and given as before. Ids mean the same in both programs wherever this says so.
pub(super) fn unchanged(before: &Version, inputs: &Inputs, program: &Program) -> Vec<bool> {
    let old = before.model.program();
    let mut same = vec![false; program.relations.len()];
    if !comparable(old, program) {
        return same;
    }
    let given = Given::differing(&before.inputs, inputs);
    let name = |id: RelationId| before.model.values().symbols.get(old.relation(id).name);
    let (old_rules, new_rules) = (rules(old), rules(program));
    let (old_facts, new_facts) = (facts(old), facts(program));
    for stratum in &program.strata {
        let mut reads_same = true;
        for &rule in &stratum.rules {
            program.rule(rule).reads(&mut |id, _| reads_same &= stratum.relations.contains(&id) || same[id.0 as usize]);
        }
        let as_before = |&id: &RelationId| {
            let at = id.0 as usize;
            at < old.relations.len()
                && !given.touches(name(id))
                && format!("{:?}", old.relation(id)) == format!("{:?}", program.relation(id))
                // What was given is chosen from anew: it cannot be told from what was derived.
                && program.relation(id).choice.is_empty()
                && old_rules[at] == new_rules[at]
                && old_facts[at] == new_facts[at]
        };
        let together = || old.strata.iter().any(|old| old.relations == stratum.relations);
        if reads_same && stratum.relations.iter().all(as_before) && together() {
            stratum.relations.iter().for_each(|id| same[id.0 as usize] = true);
        }
    }
    same
}

/// Whether ids of both programs can mean the same at all. A counter runs through the whole program, and a limit of size
/// stops a relation at a moment that others decide.
fn comparable(old: &Program, new: &Program) -> bool {
    let types = |program: &Program| {
        let one = |id| (program.types.name(id).to_owned(), program.types.get(id).clone());
        program.types.ids().map(one).collect::<Vec<_>>()
    };
    let counts = |program: &Program| program.rules.iter().any(|rule| format!("{rule:?}").contains("Autoinc"));
    let limited =
        |program: &Program| program.directives.iter().any(|it| it.kind == crate::syntax::ast::DirectiveKind::Limitsize);
    // Where tuples replace each other, what is given goes to another relation than it names.
    let plain =
        |program: &Program| program.relations.iter().all(|relation| matches!(relation.role, Role::Own | Role::Inlined));
    new.relations.len() >= old.relations.len()
        && plain(new)
        && plain(old)
        && types(new).starts_with(&types(old))
        && ![old, new].iter().any(|program| counts(program) || limited(program))
}

/// The rules of each relation as they are, places included.
fn rules(program: &Program) -> Vec<Vec<String>> {
    let mut rules = vec![Vec::new(); program.relations.len()];
    for rule in &program.rules {
        // Rules that the checks add are numbered after all others: that number says nothing of the rule.
        let parts = (&rule.arguments, &rule.body, &rule.variables, &rule.plan, rule.label, rule.monotone, rule.span);
        rules[rule.head.0 as usize].push(format!("{parts:?}"));
    }
    rules
}

/// The facts of each relation that stand in programs: words and places.
fn facts(program: &Program) -> Vec<Vec<(&[crate::value::Word], &[crate::source::Span])>> {
    let mut facts = vec![Vec::new(); program.relations.len()];
    for block in &program.facts {
        facts[block.relation.0 as usize].push((block.words.as_slice(), block.spans.as_slice()));
    }
    facts
}

/// The relations to which two inputs give different rows, facts in programs left aside.
struct Given {
    names: BTreeSet<String>,
}

impl Given {
    fn differing(old: &Inputs, new: &Inputs) -> Self {
        let mut names = BTreeSet::new();
        let statements = [(old, new), (new, old)];
        for (one, other) in statements {
            for facts in one.named.iter().filter(|facts| !other.named.iter().any(|kept| Arc::ptr_eq(kept, facts))) {
                names.extend(facts.iter().map(|fact| fact.relation.to_owned()));
            }
            for file in one.files.iter().filter(|file| !other.files.iter().any(|kept| Arc::ptr_eq(kept, file))) {
                names.insert(file.relation.clone());
            }
            for rows in one.rows.iter().filter(|rows| !other.rows.iter().any(|kept| Arc::ptr_eq(kept, rows))) {
                names.insert(rows.relation.clone());
            }
            for fact in one.retracted.iter().filter(|fact| !other.retracted.contains(fact)) {
                names.extend(fact.split('(').next().map(|name| name.trim().to_owned()));
            }
        }
        Self { names }
    }

    fn touches(&self, relation: &str) -> bool {
        self.names.contains(relation)
    }
}

/// Takes the relations that are as before over into a database.
pub(super) fn take_over(before: &Version, same: &[bool], database: &mut Database) {
    for (id, _) in (0..).map(RelationId).zip(same).filter(|(_, same)| **same) {
        database.take_over(id, before.model.database());
    }
}

/// The strata that are left to evaluate; all where nothing is marked.
pub(super) fn left(strata: &[Stratum], same: &[bool]) -> Vec<Stratum> {
    let is_same = |id: &RelationId| same.get(id.0 as usize).copied().unwrap_or(false);
    let changed = |stratum: &&Stratum| !stratum.relations.iter().all(is_same);
    strata.iter().filter(changed).cloned().collect()
}
