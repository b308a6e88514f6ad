//! Which rules run in waves, side by side or alone, and what is kept of their runs.

use std::sync::Mutex;

use super::*;
use crate::eval::Observer;
use crate::eval::limits::{Budget, Limit};
use crate::eval::tests::{model, turn, with_running};
use crate::program::RuleId;
use crate::storage::{Layout, Round, Switch, TupleSet};

/// Relations 0 and 1 have the facts, and the heads of the rules follow in their order.
const PROGRAM: &str = "
.decl d(x: number, y: number)
.decl e(y: number, z: number)
.decl h(x: number, z: number)
.decl made(x: number)
.decl c(x: number, z: number) choice-domain x
.decl some()
h(x, z) :- d(x, y), e(y, z).
made(x + 1) :- d(x, _).
c(x, z) :- d(x, y), e(y, z).
some() :- e(3, 4).
h(z, x) :- d(x, y), e(y, z), x < z.
";
const H: usize = 0;
const MADE: usize = 1;
const C: usize = 2;
const SOME: usize = 3;
const BACK: usize = 4;

fn program() -> String {
    use std::fmt::Write;
    let mut text = PROGRAM.to_owned();
    for x in 0..40 {
        write!(text, "d({x}, {}). ", x % 8).unwrap();
    }
    for (y, z) in (0..8).flat_map(|y| (0..y % 4).map(move |z| (y, z * 30 + y))) {
        write!(text, "e({y}, {z}). ").unwrap();
    }
    // What meets nothing, so that rules begin with the shorter one.
    (8..80).for_each(|y| write!(text, "e({y}, 0). ").unwrap());
    text + "e(3, 4)."
}

#[test]
fn rules_run_in_waves_from_an_eighth_of_one_on() {
    let model = model(&program());
    let wave = 320;
    with_running(&model, &Options { wave, ..Options::default() }, |planned, running| {
        let wide = |running: &Running<'_, '_>, at, ratio: f64| {
            let mut turn = turn(planned, at, &model, running);
            assert_eq!(turn.rows(), 40);
            turn.ratio = ratio;
            let found = (running.is_wide(&turn), running.may_overlap(&turn));
            turn.driving = Some(0..1);
            turn.ratio = 1e9;
            assert!(!running.is_wide(&turn), "one row is not worth it");
            found
        };
        assert_eq!((wide(running, H, 1.0), wide(running, H, 0.99)), ((true, false), (false, true)));
        // What makes values, or is chosen from, runs on one thread.
        assert_eq!((wide(running, MADE, 1e6), wide(running, MADE, 0.0)), ((false, false), (false, false)));
        assert_eq!((wide(running, C, 1e6), wide(running, C, 0.0)), ((false, false), (false, false)));
        // From a 256th on, where the set takes blocks.
        let layout = Layout { dense: Switch::Force, ..Layout::default() };
        let mut set = TupleSet::new(2, layout);
        set.insert_batch(&[], &mut Vec::new(), &[1, 2], 1);
        assert_eq!(set.axis(), Some(0));
        running.staging[2].set = set;
        assert_eq!((wide(running, H, 1.0 / 32.0), wide(running, H, 0.031)), ((true, false), (false, true)));
        assert_eq!((wide(running, BACK, 0.99), wide(running, BACK, 1.0)), ((false, true), (true, false)));
    });
}

/// A rule that sets out, or what it found.
type Run = (u32, Option<(usize, usize)>);

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<Run>>);

impl Observer for Heard {
    fn begins(&self, rule: RuleId) {
        self.0.lock().unwrap().push((rule.0, None));
    }

    fn ran(&self, plan: &RulePlan, derived: usize, added: usize) {
        self.0.lock().unwrap().push((plan.rule.0, Some((derived, added))));
    }

    fn round(&self, _: Round, _: usize) {}
}

/// What a run of all rules gives: rows found by each head, what each rule tells, rows and bytes held, what was heard.
type Outcome = (Vec<Vec<Word>>, Vec<(usize, usize, usize, Option<f64>)>, (usize, usize), Vec<Run>);

fn outcome(model: &crate::model::Model, change: impl FnOnce(&mut Options)) -> Outcome {
    let heard = Arc::new(Heard::default());
    let mut options = Options { observer: Some(Arc::clone(&heard) as _), ..Options::default() };
    options.budget = Budget { bytes: Some(1 << 30), ..Budget::default() };
    change(&mut options);
    with_running(model, &options, |planned, running| {
        let turns: Vec<Turn<'_>> = (0..planned.len()).map(|at| turn(planned, at, model, running)).collect();
        let (rows, bytes) = running.held;
        let ran = running.run(&turns).unwrap();
        let told = ran.iter().map(|ran| (ran.candidates, ran.added, ran.work, ran.ratio)).collect();
        let added: usize = running.staging.iter().map(|staging| staging.added).sum();
        let words: usize = running.staging.iter().map(|staging| staging.fresh.len()).sum();
        assert_eq!(running.held.0, rows + added);
        let sets: usize = [2, 3].iter().map(|&at| running.staging[at].set.bytes()).sum();
        let held = (running.held.0 - rows, running.held.1 - bytes);
        assert!(held.1 >= words * 4 + sets, "{held:?}");
        let fresh = running.staging.iter().map(|staging| staging.fresh.clone()).collect();
        (fresh, told, held, heard.0.lock().unwrap().clone())
    })
}

#[test]
#[allow(clippy::cast_precision_loss)] // few
fn what_rules_tell_of_their_runs_is_the_same_however_they_run() {
    let model = model(&program());
    let usual = outcome(&model, |options| options.threads = 1);
    let d = 40.0;
    // Of eight y two have none, one, two, three z; one of these has a fourth.
    let candidates = 5 * (1 + 2 + 3) * 2 + 5;
    let (fresh, told, held, heard) = &usual;
    let (new, back) = (fresh[2].len() / 2, told[BACK]);
    assert_eq!(told[H], (candidates, candidates, 40 + candidates, Some(65.0 / d)));
    assert_eq!((told[MADE].0, told[MADE].1, told[MADE].3), (40, 40, Some(1.0)));
    assert_eq!((told[C].0, told[C].3), (candidates, Some(65.0 / d)));
    assert_eq!(told[SOME], (1, 1, 1, None), "nothing drives it");
    assert_eq!((back.1, back.3.unwrap() * d), (new - candidates, back.0 as f64));
    // A filter makes no bindings.
    assert_eq!(back.2, 40 + candidates);
    let expected: Vec<_> = (0..)
        .zip(told)
        .flat_map(|(rule, &(derived, added, ..))| [(rule, None), (rule, Some((derived, added)))])
        .collect();
    assert_eq!(*heard, expected);
    for (threads, overlap, wave) in
        [(2, 0, 1 << 20), (1, 1, 1 << 20), (2, 1, 1 << 20), (4, 8, 1 << 20), (3, 60, 1 << 20), (2, 1 << 14, 1 << 20)]
    {
        let other = outcome(&model, |options| {
            (options.threads, options.overlap, options.wave) = (threads, overlap, wave);
        });
        assert_eq!(other, usual, "{threads} threads, side by side from {overlap}");
    }
    // In waves too, but for the order of rows.
    for direct in [false, true] {
        let waves = outcome(&model, |options| (options.wave, options.direct, options.threads) = (1_280, direct, 2));
        assert_eq!((&waves.1, &waves.2, &waves.3), (told, held, heard));
        let sorted = |fresh: &Vec<Vec<Word>>| {
            let mut rows: Vec<Vec<[Word; 2]>> = fresh.iter().map(|words| words.as_chunks::<2>().0.to_vec()).collect();
            rows.iter_mut().for_each(|rows| rows.sort_unstable());
            rows
        };
        assert_eq!(sorted(&waves.0), sorted(fresh));
    }
}

#[test]
fn rows_and_bytes_are_held_against_the_limits_by_the_rule_that_finds_them() {
    let model = model(&program());
    let (_, told, held, _) = outcome(&model, |_| ());
    for wave in [16, 1 << 20] {
        let stopped = |budget: Budget| {
            let options = Options { budget, wave, ..Options::default() };
            with_running(&model, &options, |planned, running| {
                let turns: Vec<Turn<'_>> = (0..planned.len()).map(|at| turn(planned, at, &model, running)).collect();
                let before = running.held.0;
                (before, running.run(&turns).map(|_| ()))
            })
        };
        let (before, all) = stopped(Budget::default());
        assert_eq!(all, Ok(()));
        let rows = |rows: usize| stopped(Budget { rows: Some(before + rows), ..Budget::default() }).1;
        let limit = |rows: usize, rule| Err(Stop::Limit(Limit::Rows(before + rows), Some(RuleId(rule))));
        assert_eq!((rows(held.0), rows(held.0 - 1)), (Ok(()), limit(held.0 - 1, 4)));
        assert_eq!(rows(told[H].1 - 1), limit(told[H].1 - 1, 0));
        assert_eq!(rows(told[H].1 + 39), limit(told[H].1 + 39, 1));
        // What was held before, and what came since.
        let bytes = |bytes: usize| stopped(Budget { bytes: Some(1_000 + bytes), ..Budget::default() }).1;
        assert_eq!(bytes(held.1), Ok(()));
        assert!(matches!(bytes(held.1 - 1), Err(Stop::Limit(Limit::Bytes(_), Some(RuleId(4))))));
    }
}

#[test]
#[allow(clippy::cast_precision_loss)] // few
fn a_rule_in_parts_is_a_rule() {
    let model = model(&program());
    with_running(&model, &Options::default(), |planned, running| {
        let turn = turn(planned, BACK, &model, running);
        running.staging[2].added = 7;
        let mut ran = running.begin(&turn);
        assert_eq!(ran.before, 7);
        for rows in [0..10, 10..11, 11..40] {
            running.part(&turn, Some(rows), &mut ran).unwrap();
        }
        let (candidates, work) = (ran.candidates, ran.work);
        let mut found = Found::default();
        (found.words, found.candidates, found.work) = (vec![500, 501, 502, 503], 2, 9);
        running.take(&turn, &mut found, &mut ran).unwrap();
        assert_eq!((ran.candidates, ran.work), (candidates + 2, work + 9));
        let ran = running.end(&turn, ran).unwrap();
        assert_eq!((ran.added, ran.ratio), (candidates + 2, Some((candidates + 2) as f64 / 40.0)));
        assert_eq!(work, 40 + 65);
        found.result = Some(Stop::Interrupted);
        assert_eq!(running.take(&turn, &mut found, &mut Ran::default()), Err(Stop::Interrupted));
    });
}
