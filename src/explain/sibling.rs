//! Sibling models: what would follow if facts came or went, or rules were dropped. Only what the changes reach is derived
//! anew; everything else is shared with the model at hand.

use std::sync::Arc;

use crate::eval::{Options, Stop, evaluate};
use crate::model::{Model, Tuple};
use crate::program::{Program, RelationId, RuleId, Term};
use crate::syntax::ast::DirectiveKind;
use crate::value::Values;

/// What is different in a sibling.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Facts that are given there.
    pub add: Vec<Tuple>,
    /// Given facts that are not given there. Where rules derive them they hold all the same.
    pub remove: Vec<Tuple>,
    /// Rules that do not exist there.
    pub drop: Vec<RuleId>,
    /// No other facts than these are given at all.
    pub only: Option<Vec<Tuple>>,
}

impl Changes {
    /// Facts that are given.
    #[must_use]
    pub fn adding(add: Vec<Tuple>) -> Self {
        Self { add, ..Self::default() }
    }

    /// Given facts that go.
    #[must_use]
    pub fn removing(remove: Vec<Tuple>) -> Self {
        Self { remove, ..Self::default() }
    }

    /// Rules that go.
    #[must_use]
    pub fn dropping(drop: Vec<RuleId>) -> Self {
        Self { drop, ..Self::default() }
    }
}

/// The model after some changes. `values` are those of the model with what the added facts need; words mean the same in
/// both models. With `wanted`, only what these relations need is sure to be complete.
///
/// # Errors
/// A limit was met, someone interrupted, or a functor failed.
pub fn sibling(
    model: &Model,
    changes: &Changes,
    wanted: Option<&[RelationId]>,
    values: Option<Arc<Values>>,
    options: &Options,
) -> Result<Model, Stop> {
    let program = model.program();
    let reached = reached(program, changes);
    let mut database = model.database().clone();
    if let Some(values) = values {
        *database.values_arc_mut() = values;
    }
    for id in program.relation_ids().filter(|id| reached[id.0 as usize]) {
        match &changes.only {
            None => database.retain_given(id, |row| !has(&changes.remove, id, row)),
            Some(only) => database.retain_given(id, |row| has(only, id, row)),
        }
    }
    for tuple in &changes.add {
        database.relation_mut(tuple.relation).extend(0, &tuple.words, 1);
    }
    let kept = |rule: &RuleId| !changes.drop.contains(rule);
    let mut derived = bare(program);
    for stratum in &mut derived.strata {
        let again = stratum.relations.iter().any(|id| reached[id.0 as usize]);
        stratum.rules.retain(|rule| again && kept(rule));
    }
    let options = Options { needed: wanted.map(<[RelationId]>::to_vec), ..options.clone() };
    let database = evaluate(&derived, database, &options)?;
    let program = if changes.drop.is_empty() {
        model.share_program()
    } else {
        let mut program = bare(program);
        program.strata.iter_mut().for_each(|stratum| stratum.rules.retain(kept));
        Arc::new(program)
    };
    Ok(Model::new(program, database, model.share_sources()))
}

/// A program without its facts: those of a sibling are already in its database. A `.limitsize` ends a sibling's relations
/// as well: without it they might never end.
fn bare(program: &Program) -> Program {
    let limits = program.directives.iter().filter(|directive| directive.kind == DirectiveKind::Limitsize);
    Program {
        types: program.types.clone(),
        relations: program.relations.clone(),
        rules: program.rules.clone(),
        facts: Vec::new(),
        strata: program.strata.clone(),
        directives: limits.cloned().collect(),
        goals: Vec::new(),
        functors: program.functors.clone(),
    }
}

fn has(tuples: &[Tuple], relation: RelationId, row: &[u32]) -> bool {
    tuples.iter().any(|tuple| tuple.relation == relation && *tuple.words == *row)
}

/// The relations that the changes may change. A stratum is derived as a whole or not at all.
fn reached(program: &Program, changes: &Changes) -> Vec<bool> {
    let counted = program.rules.iter().any(uses_counter);
    if counted || changes.only.is_some() {
        // Values of the counter depend on everything that was derived before.
        return vec![true; program.relations.len()];
    }
    let mut reached = vec![false; program.relations.len()];
    for tuple in changes.add.iter().chain(&changes.remove) {
        reached[tuple.relation.0 as usize] = true;
    }
    for &rule in &changes.drop {
        reached[program.rule(rule).head.0 as usize] = true;
    }
    // Strata come in the order of evaluation, so that one pass suffices.
    for stratum in &program.strata {
        let mut again = stratum.relations.iter().any(|id| reached[id.0 as usize]);
        for &rule in &stratum.rules {
            program.rule(rule).reads(&mut |id, _| again |= reached[id.0 as usize]);
        }
        if again {
            stratum.relations.iter().for_each(|id| reached[id.0 as usize] = true);
        }
    }
    reached
}

fn uses_counter(rule: &crate::program::Rule) -> bool {
    let mut found = false;
    rule.visit_terms(&mut |term| found |= matches!(term, Term::Autoinc));
    found
}
