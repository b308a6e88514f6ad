//! What lookups can want at all, and postings that leave out the rest.

use super::{database, lookup, rule, scan, slots};
use crate::eval::grown::Grown;
use crate::plan::{Columns, Expression, Operand, Origins, Part, RulePlan, Step, Wants, wants};
use crate::program::{CompareOp, RelationId};
use crate::storage::{Age, Database, Row, Switch};
use crate::value::{Kind, Word};

/// Whether some row of a relation has what some slots hold in some columns.
fn exists(relation: u32, key: &[(usize, usize)], negated: bool) -> Step {
    let (columns, key) = key.iter().map(|&(column, slot)| (column, Operand::Slot(slot))).unzip();
    Step::Exists { relation: RelationId(relation), part: Part::All, columns, key, negated }
}

fn filter(slot: usize) -> Step {
    let side = |operand| Expression::Operand(operand);
    let (left, right) = (side(Operand::Slot(slot)), side(Operand::Constant(7)));
    Step::Filter { op: CompareOp::NotEqual, negated: false, kind: Kind::Number, left, right }
}

/// What is wanted of the step at a place: relation 0 grows, others have ten times their number of rows.
fn wanted(steps: &[Step], at: usize) -> Vec<(usize, (u32, usize))> {
    let origins =
        |id: RelationId, column: usize| (id.0 > 0).then(|| (id.0 as usize * 10, Columns::from([(id, column)])));
    let told: Wants = wants(steps, at, &origins);
    let one = |columns: Columns| columns.into_iter().map(|(relation, column)| (relation.0, column)).next().unwrap();
    told.into_iter().map(|(column, columns)| (column, one(columns))).collect()
}

#[test]
fn values_of_a_key_stand_where_they_come_from() {
    let all = Part::All;
    let key = lookup(0, all, &[(0, 10), (2, 11)], &[(1, 12)]);
    // From a scan, from what a lookup finds or asks for, from what exists: of several the relation with the fewest rows.
    assert_eq!(wanted(&[scan(3, all, &[(1, 10), (0, 11)]), key.clone()], 1), [(0, (3, 1)), (2, (3, 0))]);
    let steps = [scan(3, all, &[(1, 10), (0, 9)]), lookup(4, all, &[(1, 9), (3, 10)], &[(2, 11)]), key.clone()];
    assert_eq!(wanted(&steps, 2), [(0, (3, 1)), (2, (4, 2))]);
    let steps = [scan(3, all, &[(1, 10), (0, 11)]), exists(2, &[(0, 9), (5, 10)], false), key.clone()];
    assert_eq!(wanted(&steps, 2), [(0, (2, 5)), (2, (3, 0))]);
    // What grows tells nothing, nor does what must not be there; whatever comes in between.
    let steps = [scan(0, Part::Delta, &[(1, 10), (0, 11)]), exists(2, &[(0, 10)], true), filter(10), key.clone()];
    assert_eq!(wanted(&steps, 3), []);
    let steps = [scan(3, all, &[(1, 10)]), filter(10), exists(0, &[(0, 10), (1, 8)], true)];
    assert_eq!(wanted(&steps, 2), [(0, (3, 1))]);
    // A constant comes from nowhere, and who reads row by row asks for no key.
    let constant = Step::Lookup {
        relation: RelationId(0),
        part: all,
        columns: vec![0, 1],
        key: vec![Operand::Constant(10), Operand::Slot(10)],
        same: Vec::new(),
        bind: Vec::new(),
    };
    let steps = [scan(3, all, &[(1, 10)]), constant, scan(0, all, &[(0, 12)]), exists(1, &[(0, 12)], false)];
    assert_eq!((wanted(&steps, 1), wanted(&steps, 2)), (vec![(1, (3, 1))], vec![]));
}

#[test]
fn values_that_are_found_have_to_stand_where_they_are_looked_up() {
    let all = Part::All;
    let found = lookup(0, all, &[(0, 10)], &[(1, 11), (3, 12)]);
    let before = scan(0, Part::Delta, &[(0, 10)]);
    let steps = [before.clone(), found.clone(), scan(5, all, &[(0, 13)]), lookup(2, all, &[(4, 12)], &[(0, 14)])];
    assert_eq!(wanted(&steps, 1), [(3, (2, 4))]);
    let steps = [before.clone(), found.clone(), exists(3, &[(1, 11)], false), exists(2, &[(2, 11), (0, 12)], false)];
    assert_eq!(wanted(&steps, 1), [(1, (2, 2)), (3, (2, 0))]);
    // What must not be there keeps what is not there, and what computes may fail before.
    let steps = [before.clone(), found.clone(), exists(3, &[(1, 11)], true), filter(12), exists(2, &[(0, 12)], false)];
    assert_eq!(wanted(&steps, 1), []);
    // What exists finds no values; and steps before have other business.
    let steps = [exists(3, &[(1, 11)], false), before, exists(0, &[(0, 10)], false), exists(2, &[(0, 11)], false)];
    assert_eq!(wanted(&steps, 2), []);
}

/// Two relations: p(x, y), which grows, with rows [0, 1], [1, 2] ... and those that say what is wanted of it.
fn relations() -> Database {
    let rows = (0..40).flat_map(|row: Word| [row, row + 1]).collect();
    database(&[
        (2, rows),
        (1, vec![3, 5, 12]),
        (2, vec![7, 3, 8, 12]),
        (1, (9..10).chain(100..120).collect()),
        (1, vec![1_000_000]),
    ])
}

/// Lays postings for plans and brings them up to date. Gives the values of each key up to 40.
fn extended(grown: &mut Grown, database: &Database, plans: &[RulePlan], sift: bool) -> Vec<Vec<Vec<Word>>> {
    let relation = database.relation(RelationId(0));
    let sizes = crate::eval::Sizes::new(database, &[RelationId(0)]);
    grown.lay(relation, plans.iter(), Switch::Off, &sizes);
    if sift {
        grown.sift(plans.iter(), database, (&[RelationId(0)], &Origins::default()));
    }
    let told = |postings: &mut crate::storage::Growing| {
        postings.extend(2, relation.words(), grown.delta as usize, relation.len());
        let find = |key: Word| {
            let entries = postings.find(&[key], Age::All);
            postings.words()[entries.start as usize..][..entries.len as usize].to_vec()
        };
        (0..41).map(find).collect()
    };
    grown.postings.iter_mut().map(told).collect()
}

/// The keys that have values.
fn keys(found: &[Vec<Word>]) -> Vec<usize> {
    (0..found.len()).filter(|&key| !found[key].is_empty()).collect()
}

#[test]
fn postings_leave_out_what_nobody_wants() {
    let database = relations();
    let from = |relation, column| {
        rule(vec![scan(relation, Part::All, &[(column, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)])], slots(&[1]))
    };
    let read = |plans: &[RulePlan]| {
        let mut grown = Grown::new(RelationId(0));
        grown.delta = 10;
        let found = extended(&mut grown, &database, plans, true);
        assert_eq!((found.len(), grown.postings[0].len()), (1, 40));
        keys(&found[0])
    };
    assert_eq!(read(&[from(1, 0)]), [3, 5, 12]);
    // Whatever one of the rules wants is there, if all of them want something.
    assert_eq!(read(&[from(1, 0), from(2, 0)]), [3, 5, 7, 8, 12]);
    assert_eq!(read(&[from(2, 1), from(2, 0)]), [3, 7, 8, 12]);
    let all: Vec<usize> = (0..40).collect();
    assert_eq!(read(&[from(1, 0), from(0, 1)]), all);
    assert_eq!(read(&[from(0, 1), from(1, 0)]), all);
    // Values that lie far apart are not told by bits.
    assert_eq!(read(&[from(4, 0)]), all);
    // By what is found: one column where all rules want something of it, the one with the fewest values.
    let found = |after: Step| {
        rule(vec![scan(0, Part::Delta, &[(1, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)]), after], slots(&[1]))
    };
    assert_eq!(read(&[found(exists(1, &[(0, 1)], false))]), [2, 4, 11]);
    assert_eq!(read(&[found(exists(1, &[(0, 1)], false)), from(1, 0)]), all);
    let both = |few, many| {
        let after = exists(many, &[(0, 1)], false);
        rule(vec![scan(few, Part::All, &[(0, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)]), after], slots(&[1]))
    };
    assert_eq!((read(&[both(1, 3)]), read(&[both(3, 1)])), (vec![3, 5, 12], vec![2, 4, 11]));
    // What an aggregate looks up stands alone.
    let (op, kind) = (crate::program::AggregateOp::Count, Kind::Number);
    let body = rule(vec![lookup(0, Part::All, &[(0, 0)], &[(1, 1)])], Vec::new()).body;
    let plan = crate::plan::AggregatePlan { op, kind, outer: vec![0], body, target: None, distinct: None };
    let aggregate = Step::Aggregate { slot: 2, plan: Box::new(plan) };
    assert_eq!(read(&[rule(vec![scan(1, Part::All, &[(0, 0)]), aggregate], slots(&[2]))]), all);
}

#[test]
fn postings_are_filled_anew_where_more_is_wanted() {
    let database = relations();
    let from = |relation| {
        rule(vec![scan(relation, Part::All, &[(0, 0)]), lookup(0, Part::All, &[(0, 0)], &[(1, 1)])], slots(&[1]))
    };
    let mut grown = Grown::new(RelationId(0));
    grown.delta = Row::try_from(10).unwrap();
    let mut read = |plans: &[RulePlan], sift| keys(&extended(&mut grown, &database, plans, sift)[0]);
    assert_eq!(read(&[from(1), from(2)], true), [3, 5, 7, 8, 12]);
    assert_eq!(read(&[from(2)], true), [3, 5, 7, 8, 12], "kept: they have what is wanted and more");
    assert_eq!(read(&[from(3)], true), [9]);
    assert_eq!(read(&[from(3), from(0)], true), (0..40).collect::<Vec<_>>());
    assert_eq!(read(&[from(3)], true), (0..40).collect::<Vec<_>>(), "kept: they have all");
    // The same of postings of the delta.
    let mut grown = Grown::new(RelationId(0));
    grown.delta = Row::try_from(4).unwrap();
    let delta = |relation| {
        rule(vec![scan(relation, Part::All, &[(0, 0)]), lookup(0, Part::Delta, &[(0, 0)], &[(1, 1)])], slots(&[1]))
    };
    let mut read = |plans: &[RulePlan]| {
        let found = keys(&extended(&mut grown, &database, plans, true)[0]);
        assert!(grown.postings[0].is_delta_only());
        found
    };
    assert_eq!((read(&[delta(1)]), read(&[delta(2)])), (vec![5, 12], vec![7, 8]));
    let mut grown = Grown::new(RelationId(0));
    assert_eq!(keys(&extended(&mut grown, &database, &[from(1)], false)[0]).len(), 40);
}
