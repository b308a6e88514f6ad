//! Which way a rule goes, by what is expected and what was measured.

use super::*;
use crate::eval::function::FailureKind;
use crate::eval::grown::Grown;
use crate::eval::tests::{lookup, model, rule, scan, slots};
use crate::model::Model;
use crate::program::{RelationId, RuleId};
use crate::storage::Growing;
use std::sync::Arc;

const AUTO: (Switch, Switch) = (Switch::Auto, Switch::Auto);

/// `path(x, z) :- path(x, y), e(y, z).` with the first atom reading the delta, at (fixed, moving) work.
fn from_delta(fixed: f64, moving: f64) -> Estimated {
    let plan =
        rule(vec![scan(1, Part::Delta, &[(0, 0), (1, 1)]), lookup(0, Part::All, &[(0, 1)], &[(1, 2)])], slots(&[0, 2]));
    Estimated { plan: RulePlan { rule: RuleId(1), delta: Some(0), ..plan }, fixed, moving }
}

/// The same from the other atom on.
fn from_other(fixed: f64, moving: f64) -> Estimated {
    let plan =
        rule(vec![scan(0, Part::All, &[(0, 1), (1, 2)]), lookup(1, Part::Delta, &[(1, 1)], &[(0, 0)])], slots(&[0, 2]));
    Estimated { plan: RulePlan { rule: RuleId(1), delta: Some(0), ..plan }, fixed, moving }
}

/// It is grouped by y: z is found beside x, and x beside z.
fn grouped() -> RulePlan {
    from_delta(0.0, 0.0).plan.grouped().unwrap()
}

fn note(path: Path, delta: usize) -> Note {
    Note { at: 0, path, delta: Some(delta) }
}

fn worked(work: usize) -> Ran {
    Ran { work, ..Ran::default() }
}

#[test]
fn the_other_way_is_gone_where_it_is_a_third_of_the_work() {
    let planned =
        |moving: f64, fixed: f64| Planned::new(from_delta(100.0, moving), Some(from_other(fixed, 0.0)), None, 100);
    let path = |planned: &Planned, delta, upkeep| planned.path(delta, upkeep, AUTO, None);
    // Half of the relation: 100 + 2,800 / 2 from the delta on.
    assert_eq!(path(&planned(2_800.0, 499.0), 50, 0), Path::Other);
    assert_eq!(path(&planned(2_800.0, 500.0), 50, 0), Path::First);
    // Rows that postings are late by cost two each.
    assert_eq!(path(&planned(2_800.0, 399.0), 50, 50), Path::Other);
    assert_eq!(path(&planned(2_800.0, 399.0), 50, 51), Path::First);
    assert_eq!(path(&planned(2_800.0, 399.0), 40, 50), Path::First);
    let drive = |drive| planned(1.0, 1e9).path(1, 0, (drive, Switch::Auto), None);
    assert_eq!((drive(Switch::Force), drive(Switch::Auto)), (Path::Other, Path::First));
    // Of a relation without rows the delta is all there is.
    let empty = Planned::new(from_delta(0.0, 90.0), Some(from_other(29.0, 0.0)), None, 0);
    assert_eq!((empty.path(1, 0, AUTO, None), empty.path(0, 0, AUTO, None)), (Path::Other, Path::First));
}

#[test]
fn what_was_measured_counts_more_than_what_was_expected() {
    let mut planned = Planned::new(from_delta(0.0, 1.0), Some(from_other(1e9, 0.0)), None, 100);
    // Thirty for each row of the delta, and two hundred in all.
    assert_eq!(planned.note(&note(Path::First, 10), &worked(300)), None);
    assert_eq!(planned.path(20, 0, AUTO, None), Path::First);
    assert_eq!(planned.note(&note(Path::Other, 10), &worked(200)), None);
    assert_eq!(planned.path(20, 0, AUTO, None), Path::First);
    assert_eq!(planned.path(21, 0, AUTO, None), Path::Other);
    assert_eq!(planned.path(21, 5, AUTO, None), Path::First, "with what its postings are late by");
    // What the other way takes says nothing of the first.
    planned.note(&note(Path::Other, 1), &worked(209));
    assert_eq!((planned.path(20, 0, AUTO, None), planned.path(21, 0, AUTO, None)), (Path::First, Path::Other));
}

#[test]
fn new_plans_know_that_a_row_of_the_delta_gave_much() {
    let first = |ratio: f64| {
        let mut planned = Planned::new(from_delta(0.0, 1.0), Some(from_other(1.0, 0.0)), Some(grouped()), 100);
        planned.note(&note(Path::First, 10), &Ran { ratio: Some(ratio), ..worked(10) });
        planned.note(&note(Path::Other, 10), &Ran { ratio: Some(900.0), ..worked(10) });
        planned.note(&note(Path::Grouped, 10), &Ran { ratio: Some(ratio * 2.0), ..worked(10) });
        planned
    };
    let learned = |plan: Estimated, earlier: &[Planned]| {
        let mut planned = Planned::new(plan, Some(from_other(1.0, 0.0)), Some(grouped()), 100);
        planned.learn(earlier);
        let ratios = [Some(&planned.first), planned.other.as_ref(), planned.grouped.as_ref()];
        ratios.map(|way| way.map_or(0.0, |way| way.ratio))
    };
    let nothing = [RATIO, RATIO, RATIO];
    assert_eq!(learned(from_delta(0.0, 1.0), &[first(70.0)]), [70.0, RATIO, 140.0]);
    assert_eq!(learned(from_delta(0.0, 1.0), &[first(RATIO * 0.75)]), [RATIO, RATIO, RATIO * 1.5]);
    assert_eq!(learned(from_delta(0.0, 1.0), &[]), nothing);
    // Not from other rules, other deltas, or plans that begin elsewhere.
    let plan = from_delta(0.0, 1.0).plan;
    for plan in [RulePlan { rule: RuleId(2), ..plan.clone() }, RulePlan { delta: Some(1), ..plan }] {
        assert_eq!(learned(Estimated { plan, fixed: 0.0, moving: 1.0 }, &[first(70.0)]), nothing);
    }
    assert_eq!(learned(from_other(0.0, 1.0), &[first(70.0)]), nothing);
    let elsewhere = Planned::new(from_other(0.0, 1.0), None, None, 100);
    assert_eq!(learned(from_delta(0.0, 1.0), &[elsewhere, first(70.0)]), [70.0, RATIO, 140.0]);
}

#[test]
fn keys_drive_where_what_they_find_comes_in_blocks() {
    let mut planned = Planned::new(from_delta(0.0, 1.0), None, Some(grouped()), 100);
    let path = |planned: &Planned, group, axis| planned.path(10, 0, (Switch::Auto, group), axis);
    assert_eq!(grouped().found(), Some(0));
    for (group, axis, expected) in [
        (Switch::Auto, Some(1), Path::Grouped),
        (Switch::Auto, Some(0), Path::First),
        (Switch::Auto, None, Path::First),
        (Switch::Force, None, Path::Grouped),
        (Switch::Off, Some(1), Path::First),
    ] {
        assert_eq!(path(&planned, group, axis), expected, "{group:?} {axis:?}");
    }
    // Too many keys once: for eight rounds that is not tried.
    planned.note(&note(Path::Scattered, 10), &worked(10));
    for round in 0..8 {
        assert_eq!(path(&planned, Switch::Auto, Some(1)), Path::First, "after {round} rounds");
        planned.note(&note(Path::First, 10), &worked(10));
    }
    assert_eq!(path(&planned, Switch::Auto, Some(1)), Path::Grouped);
    planned.note(&note(Path::Grouped, 10), &worked(10));
    assert_eq!(path(&planned, Switch::Auto, Some(1)), Path::Grouped);
}

#[test]
fn far_more_work_than_expected_asks_for_another_way() {
    let surprised = |other: Option<Estimated>, path: Path, work: usize| {
        // For a tenth of the relation 100,000 are expected.
        let mut planned = Planned::new(from_delta(50_000.0, 500_000.0), other, Some(grouped()), 100);
        planned.note(&note(path, 10), &worked(work))
    };
    assert_eq!(surprised(None, Path::First, 400_001), Some(0));
    assert_eq!(surprised(None, Path::Scattered, 400_001), Some(0));
    assert_eq!(surprised(None, Path::Grouped, 400_001), Some(0));
    assert_eq!(surprised(None, Path::First, 400_000), None);
    assert_eq!(surprised(Some(from_other(0.0, 0.0)), Path::First, 400_001), None, "there is one");
    assert_eq!(surprised(Some(from_other(0.0, 0.0)), Path::Other, 400_001), None);
    let small = |work| Planned::new(from_delta(1.0, 1.0), None, None, 100).note(&note(Path::First, 10), &worked(work));
    assert_eq!((small(SURPRISE), small(SURPRISE + 1)), (None, Some(0)), "little work is no surprise");
    let whole =
        Planned::whole(from_delta(0.0, 0.0).plan).note(&Note { delta: None, ..note(Path::First, 0) }, &worked(1 << 30));
    assert_eq!(whole, None, "nor is a rule that reads no delta");
}

/// Paths of 0 to 9, the last rows of which are the delta.
fn paths() -> (Arc<Model>, RelationId) {
    let model = model(
        ".decl e(x: number, y: number)\n.decl path(x: number, y: number)
        e(0, 1). e(1, 2). e(2, 3). e(3, 4). e(4, 5).
        path(x, y) :- e(x, y).\npath(x, z) :- path(x, y), e(y, z).",
    );
    let path = model.find("path").unwrap();
    (model, path)
}

#[test]
fn a_turn_knows_what_it_is_driven_by_and_what_it_will_take() {
    let (model, path) = paths();
    let relation = model.relation(path);
    assert_eq!((model.find("e").unwrap(), path, relation.len()), (RelationId(0), RelationId(1), 15));
    // In the delta five rows with three values of y.
    let mut postings = Growing::new(&[1], &[0], 2, relation.words());
    postings.extend(2, relation.words(), 0, 10);
    postings.extend(2, relation.words(), 10, 15);
    let keys = postings.firsts().len();
    let mut grown = Grown::new(path);
    grown.delta = 10;
    grown.postings = vec![postings];
    let mut grown = [grown];
    let mut planned = Planned::new(from_delta(0.0, 1.0), Some(from_other(1e6, 0.0)), Some(grouped()), 15);
    let turn = |planned: &Planned, grown: &[Grown], switches: (Switch, Switch)| {
        let reads = Reads { database: model.database(), grown, cuts: &[], in_order: false, threads: 1 };
        let turn = planned.turn((3, 4), model.program(), &reads, switches, Some(1));
        turn.map(|mut turn| {
            assert_eq!((turn.stage, turn.note().at, turn.pure), (4, 3, true));
            turn.settle(&reads, switches.1);
            (turn.path, turn.driving.clone(), turn.rows(), turn.ratio, turn.expected, turn.note().delta)
        })
    };
    let off = (Switch::Off, Switch::Off);
    let auto = Switch::Auto;
    // Four candidates a row are expected before anything is known.
    assert_eq!(turn(&planned, &grown, off), Some((Path::First, Some(10..15), 5, 4.0, 20.0, Some(5))));
    let other = turn(&planned, &grown, (Switch::Force, Switch::Off));
    assert_eq!(other, Some((Path::Other, Some(0..5), 5, 4.0, 20.0, Some(5))));
    let forced = turn(&planned, &grown, (auto, Switch::Force));
    let count = u32::try_from(keys).unwrap();
    assert_eq!(forced, Some((Path::Grouped, Some(0..count), count, 4.0, 20.0, Some(5))));
    // At most three keys in four rows.
    let settled = turn(&planned, &grown, (auto, auto)).unwrap();
    assert_eq!(settled.0, if keys * 4 <= 5 * 3 { Path::Grouped } else { Path::Scattered });
    // Each way knows of its own runs: the work of a row of the delta, or in all, and candidates a driving row.
    let ran = |work, ratio| Ran { work, ratio: Some(ratio), ..Ran::default() };
    planned.note(&note(Path::First, 10), &ran(70, 1.5));
    planned.note(&note(Path::Other, 10), &ran(90, 2.5));
    planned.note(&note(Path::Grouped, 10), &ran(30, 3.5));
    assert_eq!(turn(&planned, &grown, off), Some((Path::First, Some(10..15), 5, 1.5, 35.0, Some(5))));
    let other = turn(&planned, &grown, (Switch::Force, Switch::Off));
    assert_eq!(other, Some((Path::Other, Some(0..5), 5, 2.5, 90.0, Some(5))));
    let forced = turn(&planned, &grown, (auto, Switch::Force));
    assert_eq!(forced, Some((Path::Grouped, Some(0..count), count, 3.5, 15.0, Some(5))));
    // A run without driving rows tells nothing of candidates.
    planned.note(&note(Path::First, 10), &worked(20));
    assert_eq!(turn(&planned, &grown, off).map(|turn| (turn.3, turn.4)), Some((1.5, 10.0)));
    // Postings that the other way reads and that are behind make it dearer.
    let mut late = Planned::new(from_delta(0.0, 1_000.0), Some(from_other(50.0, 0.0)), None, 15);
    assert_eq!(turn(&late, &grown, AUTO).map(|turn| turn.0), Some(Path::Other));
    late.rows = 15;
    grown[0].postings = vec![Growing::new(&[1], &[0], 2, relation.words())];
    assert_eq!(turn(&late, &grown, AUTO).map(|turn| turn.0), Some(Path::Other), "by thirty: 80 * 3 < 333");
    let dear = Planned::new(from_delta(0.0, 700.0), Some(from_other(50.0, 0.0)), None, 15);
    assert_eq!(turn(&dear, &grown, AUTO).map(|turn| turn.0), Some(Path::First), "80 * 3 > 233");
    // Where nothing is new, nothing runs.
    grown[0].delta = 15;
    assert_eq!(turn(&dear, &grown, AUTO), None);
}

#[test]
fn a_delta_of_few_keys_is_read_by_them() {
    let (model, path) = paths();
    let relation = model.relation(path);
    for keys in 1..=8_u32 {
        // Eight rows of so many keys.
        let mut database = model.database().clone();
        let words: Vec<u32> = (0..8).flat_map(|row| [row + 100, row % keys]).collect();
        database.relation_mut(path).extend(9, &words, 8);
        let now = database.relation(path);
        let mut postings = Growing::new(&[1], &[0], 2, now.words()).delta_only();
        postings.extend(2, now.words(), relation.len(), now.len());
        let mut grown = Grown::new(path);
        grown.delta = Row::try_from(relation.len()).unwrap();
        grown.postings = vec![postings];
        let grown = [grown];
        let reads = Reads { database: &database, grown: &grown, cuts: &[], in_order: false, threads: 1 };
        let planned = Planned::new(from_delta(0.0, 1.0), None, Some(grouped()), 15);
        let mut turn = planned.turn((0, 0), model.program(), &reads, AUTO, Some(1)).unwrap();
        turn.settle(&reads, Switch::Auto);
        let expected = if keys <= 6 { (Path::Grouped, 0..keys) } else { (Path::Scattered, 15..23) };
        assert_eq!((turn.path, turn.driving), (expected.0, Some(expected.1)), "{keys} keys in eight rows");
    }
}

#[test]
fn all_plans_are_told_and_the_least_failure_is_kept() {
    let planned = Planned::new(from_delta(0.0, 1.0), Some(from_other(1.0, 0.0)), Some(grouped()), 15);
    let firsts: Vec<bool> = planned.plans().map(RulePlan::begins_with_delta).collect();
    assert_eq!(firsts, [true, false, true]);
    assert_eq!(Planned::whole(from_delta(0.0, 0.0).plan).plans().count(), 1);
    let failure = |text: &str| Some(Failure::new(FailureKind::Unsupported, text.to_owned()));
    let mut ran = Ran::default();
    for (told, least) in [("m", "m"), ("x", "m"), ("a", "a"), ("b", "a")] {
        ran.fail(failure(told));
        ran.fail(None);
        assert_eq!(ran.failure, failure(least));
    }
}
