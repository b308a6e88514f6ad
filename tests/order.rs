//! Rows come in one order and in the same rounds, and an evaluation stops for the same reason, however many threads work
//! and however the work is cut among them.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use onus::eval::{Budget, Observer};
use onus::plan::RulePlan;
use onus::program::RuleId;
use onus::session::{MemoryLoader, Options, Session};
use onus::storage::Round;
use onus_judge::generate::{Settings, generate};
use onus_judge::random::Random;

/// Many rules a round: two relations that need each other, one without columns, one that makes values, one with a
/// choice; rules that find little beside one that finds much.
const PROGRAM: &str = r#"
.decl e(x: number, y: number)
.decl name(x: number, s: symbol)
.decl path(x: number, y: number)
.decl back(x: number, y: number)
.decl way(x: number, y: number, z: number, w: number)
.decl some()
.decl one(x: number)
.decl far(x: number, n: number)
.decl pick(x: number, y: number) choice-domain x
.decl label(s: symbol)
path(x, y) :- e(x, y), x < 12.
path(x, z) :- path(x, y), e(y, z), x < 12.
path(x, z) :- back(y, x), path(y, z), e(x, z).
back(y, x) :- path(x, y), !e(x, y).
back(z, x) :- back(z, y), e(y, x), y != 5.
back(x, x) :- path(x, y), back(y, x).
way(x, y, z, w) :- path(x, y), e(y, z), back(z, w), x < z.
way(x, x, z, w) :- way(x, _, z, w), e(w, z).
way(y, x, 3, w) :- way(x, y, 3, w).
one(x) :- back(x, 7).
one(y) :- one(x), e(x, y), path(3, y).
some() :- way(x, _, _, x).
far(x, 0) :- path(x, 9).
far(y, n + 1) :- far(x, n), e(x, y), n < 6.
pick(x, y) :- path(x, y), some().
pick(y, x) :- pick(x, y), e(x, y).
label(s) :- one(x), name(x, s), match("n.*[13579]", s).
label(cat(s, "+")) :- label(s), strlen(s) < 5.
.decl f(x: number, y: number, z: number)
.decl narrow(x: number, y: number)
.decl wide(x: number, y: number, z: number)
narrow(x, y) :- e(_, x), f(x, y, _).
wide(x, y, z) :- e(x, _), f(x, y, z).
narrow(y, x) :- e(x, _), f(_, x, y).
wide(x, y, z) :- e(_, z), f(x, y, z).
"#;

fn facts() -> String {
    let mut text = String::new();
    for x in 0..20 {
        for step in [1, 7 + x % 5] {
            writeln!(text, "e({x}, {}).", (x * 3 + step) % 20).unwrap();
        }
        writeln!(text, "name({x}, \"n{x}\").").unwrap();
        for y in [9, 3, 14] {
            writeln!(text, "f({x}, {}, {y}). f({}, {x}, {}).", 20 - y, x % 3, 30 - x).unwrap();
        }
    }
    text
}

/// All rows of all relations, in order, with their rounds; or why there are none.
fn outcome(text: &str, change: impl FnOnce(&mut Options)) -> Result<Vec<String>, String> {
    let mut options = Options::default();
    change(&mut options);
    let mut session = Session::new(Box::new(MemoryLoader::default()), options);
    session.add_program("a.dl", text);
    let model = session.evaluate().map_err(|failure| {
        let found = failure.diagnostics.iter();
        found.map(|it| format!("{} {}\n", it.code.id, it.message)).collect::<String>()
    })?;
    let rows = model.program().relation_ids().flat_map(|id| {
        let relation = model.relation(id);
        let rows = (0..).zip(relation.rows());
        let rows = rows.map(|(row, words)| format!("{} {}: {words:?}", model.name(id), relation.round_of(row)));
        rows.collect::<Vec<_>>()
    });
    Ok(rows.collect())
}

/// The outcome is the same for any number of threads and any cut of the work, whatever else is set.
fn same_for_all(text: &str, change: impl Fn(&mut Options), cuts: &[usize]) -> Result<Vec<String>, String> {
    let wanted = outcome(text, |options| {
        change(options);
        options.eval.threads = 1;
    });
    for threads in [2, 8] {
        for &cut in cuts {
            let found = outcome(text, |options| {
                change(options);
                options.eval.threads = threads;
                options.eval.overlap = cut;
            });
            assert!(found == wanted, "{threads} threads, side by side from {cut}: {text}\n{found:?}\nnot\n{wanted:?}");
        }
    }
    wanted
}

#[test]
fn rows_come_in_one_order() {
    let text = facts() + PROGRAM;
    for batch_size in [1, 3, 1024] {
        for wave in [100, 1 << 20] {
            let change = |options: &mut Options| {
                options.eval.batch_size = batch_size;
                options.eval.wave = wave;
            };
            let rows = same_for_all(&text, change, &[1, 6, 200, 5000]).unwrap();
            assert!(rows.len() > 1000, "{} rows", rows.len());
        }
    }
}

#[test]
fn rows_of_random_programs_come_in_one_order() {
    let mut evaluated = 0;
    for seed in 0..30 {
        let text = generate(Random::new(seed), &Settings::default()).sample.text();
        let change = |options: &mut Options| {
            options.eval.budget.rows = Some(20_000);
            options.eval.layout.shard_from = 20;
            options.eval.wave = 64;
        };
        evaluated += usize::from(same_for_all(&text, change, &[1, 7]).is_ok());
    }
    assert!(evaluated > 12, "{evaluated} programs evaluated");
}

#[test]
fn limits_are_met_by_the_same_rule() {
    let text = facts() + PROGRAM;
    let all = outcome(&text, |_| ()).unwrap().len();
    for rows in [10, 100, 250, 400, 700, all / 2, all * 2] {
        let change = |options: &mut Options| options.eval.budget.rows = Some(rows);
        let found = same_for_all(&text, change, &[1, 64]);
        assert_eq!(found.is_ok(), rows > all, "{rows} rows");
    }
    for rounds in [1, 3] {
        let change = |options: &mut Options| options.eval.budget.rounds = Some(rounds);
        assert!(same_for_all(&text, change, &[1, 64]).is_err());
    }
}

#[test]
fn the_failure_of_the_first_rule_is_reported() {
    let fails = [
        "way(x, x, y, y) :- path(x, y), name(x, s), match(\"(\", s).\nway(x, x, y, y) :- e(x, y), name(x, s), match(\"[\", s).\n",
        "way(x, x, y, y) :- back(x, y), name(x, s), match(\"[\", s).\nway(x, x, y, y) :- path(x, y), 1 / (x - 7) > y.\n",
        "way(x, x, y, y) :- path(x, y), y = 100 / (x - 7).\nway(x, x, y, y) :- back(x, y), name(x, s), match(\"[\", s).\n",
    ];
    for rules in fails {
        let failure = same_for_all(&(facts() + PROGRAM + rules), |_| (), &[1, 6, 500]).unwrap_err();
        assert!(failure.starts_with("E07"), "{failure}");
    }
}

/// Interrupts when so many rules have set out.
#[derive(Debug)]
struct Interrupting {
    left: AtomicUsize,
    interrupt: Arc<AtomicBool>,
}

impl Observer for Interrupting {
    fn begins(&self, _: RuleId) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.interrupt.store(true, Ordering::Relaxed);
        }
    }

    fn ran(&self, _: &RulePlan, _: usize, _: usize) {}

    fn round(&self, _: Round, _: usize) {}
}

#[test]
fn interruption_ends_all_threads() {
    let text = facts() + PROGRAM;
    for begun in [1, 2, 9, 30, 50] {
        let change = |options: &mut Options| {
            let interrupt = Arc::new(AtomicBool::new(false));
            options.eval.budget = Budget { interrupt: Arc::clone(&interrupt), ..Budget::default() };
            options.eval.observer = Some(Arc::new(Interrupting { left: AtomicUsize::new(begun), interrupt }));
        };
        let failure = same_for_all(&text, change, &[1, 64]).unwrap_err();
        assert!(failure.contains("interrupted"), "{failure}");
    }
}
