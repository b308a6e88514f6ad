//! Rows come in one order and in the same rounds, profiles say the same, and an evaluation stops for the same reason,
//! however many threads work and however the work is cut among them.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use onus::eval::{Budget, Observer};
use onus::plan::RulePlan;
use onus::program::RuleId;
use onus::session::{MemoryLoader, Options, Session};
use onus::storage::{Layout, Round, Switch};
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

/// Keeps what it hears: each run of a rule (with the atom that reads the delta, and whether it begins with it; how often
/// its head was derived, and how often anew), and each round.
#[derive(Debug, Default)]
struct Heard {
    runs: Mutex<Vec<Run>>,
    rounds: Mutex<Vec<(Round, usize)>>,
}

type Run = (RuleId, Option<usize>, bool, usize, usize);

impl Observer for Heard {
    fn begins(&self, rule: RuleId) {
        self.runs.lock().unwrap().push((rule, None, false, 0, 0));
    }

    fn ran(&self, plan: &RulePlan, derived: usize, added: usize) {
        self.runs.lock().unwrap().push((plan.rule, plan.delta, plan.begins_with_delta(), derived, added));
    }

    fn round(&self, round: Round, rows: usize) {
        self.rounds.lock().unwrap().push((round, rows));
    }
}

/// All rows of all relations, in order, with their rounds, and what was told on the way; or why there are none.
fn outcome(text: &str, change: impl FnOnce(&mut Options)) -> Result<Vec<String>, String> {
    let mut options = Options::default();
    let heard = Arc::new(Heard::default());
    options.eval.observer = Some(Arc::clone(&heard) as _);
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
    let runs = heard.runs.lock().unwrap().iter().map(|run| format!("{run:?}")).collect::<Vec<_>>();
    let rounds = heard.rounds.lock().unwrap().iter().map(|round| format!("{round:?}")).collect::<Vec<_>>();
    Ok(rows.chain(runs).chain(rounds).collect())
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
    let all = outcome(&text, |_| ()).unwrap().iter().filter(|line| line.contains(": [")).count();
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

/// For each rule how often its head was derived and how often anew, and the rows in the end.
fn profile(text: &str, change: impl FnOnce(&mut Options)) -> (BTreeMap<RuleId, (usize, usize)>, usize) {
    let heard = Arc::new(Heard::default());
    let mut options = Options::default();
    // Another order of joins may derive the same from fewer bindings.
    options.eval.drive = Switch::Off;
    options.eval.observer = Some(Arc::clone(&heard) as _);
    change(&mut options);
    let mut session = Session::new(Box::new(MemoryLoader::default()), options);
    session.add_program("a.dl", text);
    let model = session.evaluate().unwrap();
    let mut rules: BTreeMap<RuleId, (usize, usize)> = BTreeMap::new();
    for &(rule, _, _, derived, added) in &*heard.runs.lock().unwrap() {
        let of = rules.entry(rule).or_default();
        *of = (of.0 + derived, of.1 + added);
    }
    let rows = heard.rounds.lock().unwrap().last().map_or(0, |&(_, rows)| rows);
    assert_eq!(rows, model.database().rows());
    (rules, rows)
}

#[test]
fn profiles_count_the_same_whichever_way_rules_run() {
    // A linear recursion by each column, one that is not linear, and what reads them.
    let mut text = ".decl e(x: number, y: number)\n".to_owned();
    for x in 0..60 {
        for step in [1, 7 + x % 5] {
            writeln!(text, "e({x}, {}).", (x * 3 + step) % 60).unwrap();
        }
    }
    text += ".decl left(x: number, y: number)
        .decl right(x: number, y: number)
        .decl both(x: number, y: number)
        .decl three(x: number, y: number, z: number)
        left(x, y) :- e(x, y).
        left(x, z) :- left(x, y), e(y, z).
        left(x, z) :- left(x, y), e(z, y).
        right(x, y) :- e(x, y).
        right(x, z) :- e(x, y), right(y, z).
        both(x, y) :- e(x, y).
        both(x, z) :- both(x, y), both(y, z).
        three(x, y, z) :- e(x, y), e(y, z).
        three(x, y, w) :- three(x, y, z), e(z, w).";
    let sets = [Layout::default(), Layout { dense: Switch::Off, blocks: Switch::Off, ..Layout::default() }];
    let (usual, rows) = profile(&text, |_| ());
    assert!(usual.len() == 9 && rows > 10_000, "{rows} rows by {} rules", usual.len());
    let new: usize = usual.values().map(|(_, added)| added).sum();
    assert_eq!(new + 120, rows, "but for the edges");
    for threads in [1, 3] {
        for (wave, direct) in [(1, true), (1, false), (3_000, true), (3_000, false), (1 << 20, true)] {
            for (layout, shard_from) in [(0, 100), (1, 100), (1, 2_000), (0, 1 << 16)] {
                for decompose in [Switch::Off, Switch::Force] {
                    let (other, all) = profile(&text, |options| {
                        options.eval.threads = threads;
                        options.eval.wave = wave;
                        options.eval.direct = direct;
                        options.eval.layout = Layout { shard_from, ..sets[layout] };
                        options.eval.decompose = decompose;
                    });
                    let way = (threads, wave, direct, layout, shard_from, decompose);
                    assert_eq!(all, rows, "{way:?}");
                    for (rule, counts) in &other {
                        // Which of two rules of one head is the first to find a tuple may depend on the way.
                        assert_eq!(counts.0, usual[rule].0, "{rule:?} by {way:?}");
                    }
                    assert_eq!(other.values().map(|(_, added)| added).sum::<usize>(), new, "{way:?}");
                }
            }
        }
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

/// Edges of a graph in layers, `wide` nodes in each, all of one with all of the next.
fn layers(count: usize, wide: usize) -> String {
    let mut text = ".decl e(x: number, y: number)\n.decl f(x: number, k: number, y: number)\n".to_owned();
    for layer in 0..count {
        for (from, to) in (0..wide).flat_map(|from| (0..wide).map(move |to| (from, to))) {
            let (x, y) = (layer * wide + from, (layer + 1) * wide + to);
            writeln!(text, "e({x}, {y}). f({x}, {}, {y}).", x % 2).unwrap();
        }
    }
    text
}

/// Whether a stratum fell apart: its rounds were not run one by one. The rows are those of rounds, and came in the same.
fn falls_apart(text: &str, decompose: Switch) -> bool {
    let run = |decompose| {
        let heard = Arc::new(Heard::default());
        let found = outcome(text, |options| {
            options.eval.decompose = decompose;
            options.eval.threads = 2;
            options.eval.observer = Some(Arc::clone(&heard) as _);
        });
        let mut rows = found.unwrap();
        rows.sort_unstable();
        let rounds: Vec<Round> = heard.rounds.lock().unwrap().iter().map(|&(round, _)| round).collect();
        (rows, rounds)
    };
    let (rows, rounds) = run(Switch::Off);
    assert!(rows.len() > 20 && rounds.len() > 2, "{text}");
    let (other, told) = run(decompose);
    assert!(rows == other, "{text}\n{rows:?}\nnot\n{other:?}");
    told != rounds
}

#[test]
fn recursion_of_one_relation_that_hands_a_column_on_by_one_lookup_falls_apart() {
    let edges = layers(8, 2);
    let path = ".decl path(x: number, y: number)\npath(x, y) :- e(x, y).\n";
    let apart = |rules: &str| falls_apart(&format!("{edges}{path}{rules}"), Switch::Force);
    for rules in [
        "path(x, z) :- path(x, y), e(y, z).",
        "path(x, z) :- e(x, y), path(y, z).",
        "path(x, z) :- path(x, y), f(y, _, z).",
        "path(x, z) :- path(x, y), e(y, z).\npath(x, z) :- path(x, y), f(z, _, y).",
        "path(x, z) :- path(x, y), e(z, y).",
    ] {
        assert!(apart(rules), "{rules}");
    }
    for rules in [
        "path(x, z) :- path(x, y), path(y, z).",
        "path(z, x) :- path(x, y), e(y, z).",
        "path(x, z) :- path(x, y), e(y, z), z != 3.",
        "path(x, z) :- path(x, y), f(y, 1, z).\npath(x, z) :- path(x, y), e(y, z), e(z, _).",
        "path(x, z) :- path(x, y), f(y, k, z), k < 2.",
        "path(x, z) :- path(x, y), e(y, z).\npath(x, z) :- e(x, y), path(y, z).",
        "path(x, z) :- path(x, y), e(y, z).\npath(x, z) :- path(x, y), x = 0, e(y, z).",
        "path(x, y + 2) :- path(x, y), e(y, z), y < 9.",
        "path(x, z) :- path(x, y), e(y, z).\n.limitsize path(n = 1000)",
        ".decl back(x: number, y: number)\nback(y, x) :- path(x, y).\npath(x, z) :- back(y, x), e(y, z).",
    ] {
        assert!(!apart(rules), "{rules}");
    }
    let three =
        ".decl way(x: number, k: number, y: number)\nway(x, 0, y) :- e(x, y).\nway(x, k, z) :- way(x, k, y), e(y, z).";
    assert!(!falls_apart(&format!("{edges}{three}"), Switch::Force));
    let chosen =
        ".decl way(x: number, y: number) choice-domain (x, y)\nway(x, y) :- e(x, y).\nway(x, z) :- way(x, y), e(y, z).";
    assert!(!falls_apart(&format!("{edges}{chosen}"), Switch::Force));
}

#[test]
fn a_sample_tells_whether_it_pays_to_take_recursion_apart() {
    let closure = ".decl path(x: number, y: number)\npath(x, y) :- e(x, y).\npath(x, z) :- path(x, y), e(y, z).";
    // Each search finds as many nodes a round as a layer has: one is too few, of which 300 leads are enough to see.
    assert!(!falls_apart(&format!("{}{closure}", layers(300, 1)), Switch::Auto));
    assert!(falls_apart(&format!("{}{closure}", layers(200, 2)), Switch::Auto));
    // Fewer leads are not worth a sample.
    assert!(falls_apart(&format!("{}{closure}", layers(100, 1)), Switch::Auto));
    // A column that is handed on wants another bitmap; values too far apart have none.
    let far = "e(100000000, 100000001). e(100000001, 100000002).\n";
    assert!(!falls_apart(&format!("{}{far}{closure}", layers(100, 1)), Switch::Force));
}

#[test]
fn searches_meet_the_limits_that_rounds_meet() {
    let text =
        layers(30, 2) + ".decl path(x: number, y: number)\npath(x, y) :- e(x, y).\npath(x, z) :- path(x, y), e(y, z).";
    // 120 edges in each of two relations, and from each node two in each later layer.
    let all = 240 + (1..=30).map(|layer| 2 * 2 * layer).sum::<usize>();
    let stops = |threads: usize, change: &dyn Fn(&mut Budget)| {
        let run = |decompose| {
            outcome(&text, |options| {
                options.eval.threads = threads;
                options.eval.decompose = decompose;
                change(&mut options.eval.budget);
            })
        };
        let (apart, together) = (run(Switch::Force), run(Switch::Off));
        assert_eq!(apart.is_err(), together.is_err());
        apart.err()
    };
    for threads in [1, 3] {
        for most in [300, all - 1, all] {
            let stopped = stops(threads, &|budget| budget.rows = Some(most));
            assert_eq!(stopped.is_some(), most < all, "{most} rows: {stopped:?}");
            assert!(stopped.is_none_or(|text| text.contains(&format!("more than {most} rows"))));
        }
        for most in [300, all - 241, all - 240] {
            let stopped = stops(threads, &|budget| budget.relation_rows = Some(most));
            assert_eq!(stopped.is_some(), most < all - 240, "{most} rows of a relation: {stopped:?}");
            assert!(stopped.is_none_or(|text| text.contains("in one relation")));
        }
        // The rows alone: what the sets take comes on top.
        let stopped = stops(threads, &|budget| budget.bytes = Some(all * 8));
        assert!(stopped.is_some_and(|text| text.contains("bytes")));
    }
}

/// A digest of rows in their order (Fowler, Noll and Vo).
fn digest(rows: &[String]) -> u64 {
    let bytes = rows.iter().flat_map(|row| row.bytes().chain([b'\n']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Recursion by each column, by both, of three columns and of two relations, over a graph with a few large nodes.
fn skewed() -> String {
    let mut text = ".decl e(x: number, y: number)\n.decl few(x: number)\nfew(3). few(77).\n".to_owned();
    for x in 0..60 {
        for step in 1..=(if x % 25 == 0 { 12 } else { 2 }) {
            writeln!(text, "e({x}, {}).", (x * 7 + step * step * 3) % 60).unwrap();
        }
    }
    text + ".decl left(x: number, y: number)
        .decl both(x: number, y: number)
        .decl three(x: number, y: number, z: number)
        .decl even(x: number, y: number)
        .decl odd(x: number, y: number)
        .decl meets(x: number, y: number)
        left(x, y) :- e(x, y).
        left(x, z) :- left(x, y), e(y, z).
        left(x, z) :- left(x, y), e(z, y), few(z).
        both(x, y) :- e(x, y).
        both(x, z) :- both(x, y), both(y, z).
        three(x, y, z) :- e(x, y), e(y, z), x < 60.
        three(x, y, w) :- three(x, y, z), e(z, w), x < 20.
        odd(x, y) :- e(x, y).
        even(x, z) :- odd(x, y), e(y, z).
        odd(x, z) :- even(x, y), e(y, z).
        meets(x, y) :- left(x, z), both(y, z), few(x).
        meets(x, z) :- meets(x, y), even(y, z), few(z)."
}

/// The order of rows is part of the result, and follows from the data and from how large waves, batches and shards are. A
/// change of it is no fault, but it should be meant.
#[test]
fn rows_come_in_the_order_in_which_they_came() {
    let text = skewed();
    let mut told = String::new();
    for (wave, direct) in [(1, true), (400, true), (400, false), (6_000, true), (6_000, false), (1 << 20, true)] {
        for (shard_from, dense) in
            [(100, Switch::Off), (3_000, Switch::Off), (100, Switch::Auto), (1 << 16, Switch::Auto)]
        {
            let rows = outcome(&text, |options| {
                options.eval.observer = None;
                options.eval.threads = 2;
                options.eval.wave = wave;
                options.eval.direct = direct;
                options.eval.decompose = Switch::Off;
                options.eval.layout = Layout { shard_from, dense, blocks: dense, ..Layout::default() };
            });
            let rows = rows.unwrap();
            let way = format!("waves of {wave}, direct {direct}, shards from {shard_from}, {dense:?}");
            writeln!(told, "{way}: {} rows, {:016x}", rows.len(), digest(&rows)).unwrap();
        }
    }
    insta::assert_snapshot!(told);
}

/// Which way each run of a rule goes, and what it finds: the work that profiles show.
#[test]
fn rules_run_the_ways_that_they_ran() {
    let mut told = String::new();
    for drive in [Switch::Off, Switch::Auto, Switch::Force] {
        for replan in [2, 8] {
            let heard = Arc::new(Heard::default());
            outcome(&skewed(), |options| {
                options.eval.observer = Some(Arc::clone(&heard) as _);
                options.eval.drive = drive;
                options.eval.replan = replan;
                options.eval.decompose = Switch::Off;
            })
            .unwrap();
            let mut ways: BTreeMap<(RuleId, Option<usize>, bool), [usize; 3]> = BTreeMap::new();
            let runs = heard.runs.lock().unwrap();
            // A rule of a recursive stratum that derives nothing says as much as one that sets out.
            for &(rule, delta, from_delta, derived, added) in runs.iter().filter(|run| run.1.is_some() || run.3 > 0) {
                let way = ways.entry((rule, delta, from_delta)).or_default();
                *way = [way[0] + 1, way[1] + derived, way[2] + added];
            }
            writeln!(told, "{drive:?}, anew at {replan} times the size").unwrap();
            for ((rule, delta, from_delta), [runs, derived, added]) in ways {
                let way = if from_delta { "from the delta" } else { "otherwise" };
                writeln!(told, "  rule {} at {delta:?} {way}: {runs} runs, {derived} derived, {added} added", rule.0)
                    .unwrap();
            }
        }
    }
    insta::assert_snapshot!(told);
}

/// Memory is counted as tuples come, whichever way: the rows of the stratum at hand and their set, and all that came
/// before.
#[test]
fn memory_is_counted_alike_whichever_way_rules_run() {
    let text =
        layers(40, 3) + ".decl path(x: number, y: number)\npath(x, y) :- e(x, y).\npath(x, z) :- path(x, y), e(y, z).";
    for threads in [1, 2] {
        for (wave, direct) in [(1, true), (1, false), (2_000, false), (1 << 20, true)] {
            let run = |bytes: Option<usize>| {
                let mut options = Options::default();
                options.eval.threads = threads;
                options.eval.wave = wave;
                options.eval.direct = direct;
                options.eval.decompose = Switch::Off;
                options.eval.layout =
                    Layout { shard_from: 500, dense: Switch::Off, blocks: Switch::Off, ..Layout::default() };
                options.eval.budget.bytes = bytes;
                let mut session = Session::new(Box::new(MemoryLoader::default()), options);
                session.add_program("a.dl", &text);
                session.evaluate()
            };
            let model = run(None).unwrap();
            let own = model.find("path").unwrap();
            let held: usize = model
                .program()
                .relation_ids()
                .map(|id| {
                    let mut relation = model.relation(id).clone();
                    let rows = if id == own { relation.words().len() * 4 } else { 0 };
                    let whole = relation.bytes();
                    if id == own { rows + relation.take_set().bytes() } else { whole }
                })
                .sum();
            // The least limit that is not met, by bisection: sets grow by half, and what is there meanwhile counts too.
            let (mut met, mut kept) = (held / 2, held * 2);
            let way = (threads, wave, direct);
            assert!(run(Some(met)).is_err() && run(Some(kept)).is_ok(), "{way:?}: {held} bytes");
            while kept - met > held / 100 {
                let middle = met.midpoint(kept);
                if run(Some(middle)).is_ok() { kept = middle } else { met = middle }
            }
            assert!((held * 9 / 10..=held * 11 / 10).contains(&kept), "{way:?}: {held} bytes, and {kept} are enough");
        }
    }
}
