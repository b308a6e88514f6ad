//! Pieces of evaluation alone, beside models of what they do.

mod budget;
mod emit;
mod pieces;
mod pipeline;
mod semijoin;
mod sizes;
mod spread;
mod wave;

use std::sync::Arc;

use super::Options;
use super::access::Reads;
use super::batch::State;
use super::function::Functions;
use super::limits::Budget;
use super::staging::Staging;
use super::turn::{Running, Spare};
use super::ways::Planned;
use crate::model::Model;
use crate::plan::{BodyPlan, Expression, Operand, Part, RulePlan, Slot, Step, plan_rule};
use crate::program::{RelationId, RuleId};
use crate::session::{self, MemoryLoader, Session};
use crate::storage::{Database, Switch};
use crate::value::{Values, Word};

/// Runs a piece with what evaluation carries along. Gives what it gave, and the pool of values.
pub(super) fn with_state<T>(values: Values, budget: &Budget, run: impl FnOnce(&mut State<'_>) -> T) -> (T, Values) {
    let mut functions = Functions::of(&Options::default());
    let mut values = Arc::new(values);
    let mut counter = 0;
    let result = run(&mut State::new(&mut functions, &mut values, budget, 100, &mut counter));
    (result, Arc::unwrap_or_clone(values))
}

/// A database of relations with such rows of round 0.
pub(super) fn database(relations: &[(usize, Vec<Word>)]) -> Database {
    let mut database = Database::new(relations.iter().map(|&(arity, _)| arity), Arc::default());
    for (id, (arity, words)) in (0..).zip(relations) {
        database.relation_mut(RelationId(id)).extend(0, words, words.len() / arity);
    }
    database
}

/// What a head reads of slots.
pub(super) fn slots(slots: &[Slot]) -> Vec<Expression> {
    slots.iter().map(|&slot| Expression::Operand(Operand::Slot(slot))).collect()
}

/// A scan of columns, one after another, into slots.
pub(super) fn scan(relation: u32, part: Part, bind: &[(usize, Slot)]) -> Step {
    let bind = bind.to_vec();
    Step::Scan { relation: RelationId(relation), part, grouped: false, constants: Vec::new(), same: Vec::new(), bind }
}

/// A lookup of some columns by what slots hold.
pub(super) fn lookup(relation: u32, part: Part, key: &[(usize, Slot)], bind: &[(usize, Slot)]) -> Step {
    let (columns, key) = key.iter().map(|&(column, slot)| (column, Operand::Slot(slot))).unzip();
    Step::Lookup { relation: RelationId(relation), part, columns, key, same: Vec::new(), bind: bind.to_vec() }
}

/// A rule of some steps, with what is live after each.
pub(super) fn rule(steps: Vec<Step>, head: Vec<Expression>) -> RulePlan {
    let mut read = Vec::new();
    head.iter().for_each(|value| value.reads(&mut |slot| read.push(slot)));
    let mut live = Vec::new();
    let mut slots = read.iter().copied().max().map_or(0, |slot| slot + 1);
    for step in steps.iter().rev() {
        live.push(read.clone());
        step.writes(&mut |slot| {
            slots = slots.max(slot + 1);
            read.retain(|&other| other != slot);
        });
        step.reads(&mut |slot| read.push(slot));
        read.sort_unstable();
        read.dedup();
    }
    live.reverse();
    RulePlan { rule: RuleId(0), delta: None, body: BodyPlan { steps, slots, live }, head }
}

/// The model of a program, and its rules by their number in the text.
pub(super) fn model(text: &str) -> Arc<Model> {
    let mut session = Session::new(Box::new(MemoryLoader::default()), session::Options::default());
    session.add_program("a.dl", text);
    session.evaluate().unwrap_or_else(|failure| panic!("{:?}", failure.diagnostics))
}

/// All rules of a program, whole, with what they run with in a round that starts with the given tuples: as if they were
/// of one stratum. The relations are staged in the order of the program.
pub(super) fn with_running<T>(
    model: &Model,
    options: &Options,
    run: impl FnOnce(&[Planned], &mut Running<'_, '_>) -> T,
) -> T {
    let program = model.program();
    let mut database = model.database().clone();
    for id in program.relation_ids() {
        let given = database.relation(id).given();
        database.set_relation(id, Arc::new(given));
    }
    let mut staging: Vec<Staging<'_>> =
        program.relation_ids().map(|id| Staging::new(program, id, &mut database)).collect();
    let sizes = super::Sizes::new(&database, &[]);
    let rules = program.rules().map(|(rule, _)| rule);
    let planned: Vec<Planned> = rules.map(|rule| Planned::whole(plan_rule(program, rule, None, &sizes))).collect();
    let held = (database.rows(), 1_000);
    let mut running = Running {
        reads: Reads { database: &database, grown: &[], cuts: &[], in_order: false, threads: 1 },
        options,
        staging: &mut staging,
        functions: &mut Functions::of(options),
        values: &mut database.share_values(),
        counter: &mut 0,
        held,
        spare: &mut Spare::default(),
    };
    run(&planned, &mut running)
}

/// The turn of a rule among some.
pub(super) fn turn<'p>(
    planned: &'p [Planned],
    at: usize,
    model: &Model,
    running: &Running<'_, '_>,
) -> super::ways::Turn<'p> {
    let head = model.program().rule(planned[at].first.plan().rule).head;
    let turn =
        planned[at].turn((at, head.0 as usize), model.program(), &running.reads, (Switch::Auto, Switch::Auto), None);
    turn.unwrap_or_else(|| panic!("a rule without a delta always has its turn"))
}
