//! Tests against mutants: first each test alone, to see what it takes and reaches, then each mutant.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::build::{Binary, State};
use crate::mutant::{Fate, Outcome, lasting_names};
use crate::report::outcomes;

/// A test, as `tests.json` keeps it.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Test {
    label: String,
    binary: PathBuf,
    name: String,
    /// CPU seconds.
    seconds: f64,
    /// Numbers of the mutants it reaches.
    reached: BTreeSet<usize>,
}

/// How a run of a test ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Passed,
    Failed,
    Endless,
}

/// Which mutants to run, and how long.
pub struct Choice {
    pub k: usize,
    pub n: usize,
    pub only: String,
    pub survivors: bool,
    pub longest: f64,
    pub budget: f64,
    pub seed: u64,
}

/// Modules whose unit tests count.
const MODULES: [&str; 5] = ["eval::", "storage::", "explain::", "plan::", "session::"];

/// Wall seconds after which a test is ended whatever it does.
const PATIENCE: f64 = 120.0;
/// Wall seconds without any CPU time after which a test that has no other program running waits for ever.
const STILL: f64 = 12.0;

fn state(place: &Path) -> Result<State> {
    Ok(serde_json::from_slice(&std::fs::read(place.join("woven.json")).context("weave first")?)?)
}

/// Runs each test alone, with no mutant on. What is known is written after each program of tests.
pub fn reach(place: &Path, names: &[String], longest: u64) -> Result<()> {
    let state = state(place)?;
    let known = std::fs::read(place.join("tests.json")).unwrap_or_default();
    let mut tests: Vec<Test> = serde_json::from_slice(&known).unwrap_or_default();
    tests.retain(|test| state.binaries.iter().any(|binary| binary.path == test.binary));
    for binary in &state.binaries {
        if names.is_empty() || names.iter().any(|name| binary.label.contains(name.as_str())) {
            tests.retain(|test| test.binary != binary.path);
            let found = reach_of(&state, binary, longest)?;
            let seconds: f64 = found.iter().map(|test| test.seconds).sum();
            println!("{}: {} tests in {seconds:.1} CPU s", binary.label, found.len());
            tests.extend(found);
            std::fs::write(place.join("tests.json"), serde_json::to_vec(&tests)?)?;
        }
    }
    std::fs::write(&state.switch, "0")?;
    let reached: BTreeSet<usize> = tests.iter().flat_map(|test| test.reached.iter().copied()).collect();
    println!("{} tests reach {} mutants; those that take longest:", tests.len(), reached.len());
    tests.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    for test in tests.iter().take(12) {
        println!("{:8.2} s, {:4} mutants: {}", test.seconds, test.reached.len(), label(test));
    }
    Ok(())
}

fn reach_of(state: &State, binary: &Binary, longest: u64) -> Result<Vec<Test>> {
    let reached = PathBuf::from(format!("{}.reached", state.switch.display()));
    let output = Command::new(&binary.path).args(["--list", "--format", "terse"]).current_dir(&state.tree).output()?;
    let mut tests = Vec::new();
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    // Of the library's own tests those of what is mutated.
    let near = |name: &&str| !binary.label.starts_with("lib") || MODULES.iter().any(|module| name.starts_with(module));
    for name in listed.lines().filter_map(|line| line.strip_suffix(": test")).filter(near) {
        std::fs::write(&state.switch, "reach")?;
        std::fs::write(&reached, "")?;
        let before = spent()?;
        let end = run(state, &binary.path, name, longest)?;
        let seconds = spent()? - before;
        if end == End::Passed {
            let numbers = std::fs::read_to_string(&reached)?;
            let reached = numbers.lines().filter_map(|line| line.parse().ok()).collect();
            let (label, binary) = (binary.label.clone(), binary.path.clone());
            tests.push(Test { label, binary, name: name.to_owned(), seconds, reached });
        } else {
            println!("left out, for it fails or takes too long without a mutant: {} {name}", binary.label);
        }
    }
    Ok(tests)
}

/// CPU seconds of all processes that have ended below this one.
fn spent() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let after = text.rsplit_once(')').context("no name in stat")?.1;
    let ticks: u64 = after.split_whitespace().skip(13).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
    Ok(ticks as f64 / 100.0)
}

/// One test, with so many CPU seconds and 6 GiB for each of its processes.
fn run(state: &State, binary: &Path, name: &str, limit: u64) -> Result<End> {
    let mut command = Command::new("prlimit");
    command.arg(format!("--cpu={limit}:{}", limit + 2)).arg("--as=6442450944").arg(binary).args(["--exact", name]);
    command.current_dir(&state.tree).env("CARGO_MANIFEST_DIR", &state.tree).env("RUST_MIN_STACK", "8388608");
    command.env("INSTA_WORKSPACE_ROOT", &state.tree).env("INSTA_UPDATE", "no").env("CI", "1");
    command.env("RUST_BACKTRACE", "0").env("PROPTEST_FAILURE_PERSISTENCE", "off");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Time during which all of this is stopped counts for nothing.
    let mut waited = 0.0;
    let mut pause = 0.002;
    let (mut last, mut since) = (0, 0.0);
    loop {
        if let Some(status) = child.try_wait()? {
            const SIGXCPU: i32 = 24;
            let endless = status.signal() == Some(SIGXCPU);
            return Ok(if endless {
                End::Endless
            } else if status.success() {
                End::Passed
            } else {
                End::Failed
            });
        }
        let now = stirred(child.id());
        if now.is_none_or(|now| now != last) {
            (last, since) = (now.unwrap_or(last), waited);
        }
        if waited > PATIENCE || waited - since > STILL {
            child.kill()?;
            child.wait()?;
            return Ok(End::Endless);
        }
        std::thread::sleep(Duration::from_secs_f64(pause));
        waited += pause;
        pause = (pause * 1.5).min(0.1);
    }
}

/// Clock ticks that a process has taken so far; nothing while it has another one running, or is stopped.
fn stirred(id: u32) -> Option<u64> {
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut words = text.rsplit_once(')')?.1.split_whitespace();
    let asleep = words.next() == Some("S");
    let ticks = words.skip(10).take(4).filter_map(|word| word.parse::<u64>().ok()).sum();
    (asleep && children.trim().is_empty()).then_some(ticks)
}

/// How often a test was tried and failed, in all and by file.
#[derive(Default)]
struct Luck {
    tried: f64,
    failed: f64,
}

/// Runs mutants.
pub fn test(place: &Path, choice: &Choice) -> Result<()> {
    let state = state(place)?;
    let tests = std::fs::read(place.join("tests.json")).context("see first what tests reach")?;
    let tests: Vec<Test> = serde_json::from_slice(&tests)?;
    let names = lasting_names(&state.mutants);
    let before = outcomes(place)?;
    let mut luck: BTreeMap<(usize, &str), Luck> = BTreeMap::new();
    let by_label: BTreeMap<String, usize> = tests.iter().enumerate().map(|(at, test)| (label(test), at)).collect();
    for (number, mutant) in state.mutants.iter().enumerate() {
        let by = before.get(&names[number]).and_then(|outcome| outcome.by.as_ref());
        if let Some(&at) = by.and_then(|by| by_label.get(by)) {
            note(&mut luck, at, &mutant.file, true);
        }
    }
    let mut chosen: Vec<usize> = (0..state.mutants.len())
        .filter(|at| at % choice.n == choice.k && names[*at].contains(&choice.only))
        .filter(|at| !state.unviable.contains(&(at + 1)) && !state.apart.contains(&(at + 1)))
        .filter(|at| match before.get(&names[*at]).map(|outcome| outcome.fate) {
            None => !choice.survivors,
            Some(fate) => choice.survivors && matches!(fate, Fate::Missed | Fate::Unreached),
        })
        .collect();
    shuffle(&mut chosen, choice.seed);
    println!("{} mutants", chosen.len());
    let mut out = std::fs::OpenOptions::new().append(true).create(true).open(place.join("outcomes.jsonl"))?;
    for (done, at) in chosen.iter().copied().enumerate() {
        let file = state.mutants[at].file.as_str();
        let mut open: Vec<usize> = (0..tests.len()).filter(|test| tests[*test].reached.contains(&(at + 1))).collect();
        let mut outcome = Outcome { name: names[at].clone(), fate: Fate::Missed, by: None, seconds: 0.0, left: 0 };
        if open.is_empty() {
            outcome.fate = Fate::Unreached;
        }
        // The likeliest to fail for its time first.
        let worth = |test: usize| {
            let of = |key: &str| luck.get(&(test, key)).map_or((0.0, 0.0), |luck| (luck.tried, luck.failed));
            let ((tried, failed), (tried_here, failed_here)) = (of(""), of(file));
            (0.05 + 0.1 * failed + failed_here) / (1.0 + 0.1 * tried + tried_here) / (0.02 + tests[test].seconds)
        };
        open.sort_by(|a, b| worth(*b).total_cmp(&worth(*a)));
        std::fs::write(&state.switch, (at + 1).to_string())?;
        let start = spent()?;
        for test in open {
            let Test { binary, name, seconds, .. } = &tests[test];
            if *seconds > choice.longest || spent()? - start > choice.budget {
                outcome.left += 1;
                continue;
            }
            let end = run(&state, binary, name, 3 + (10.0 * seconds) as u64)?;
            note(&mut luck, test, file, end == End::Failed);
            if end != End::Passed {
                outcome.fate = if end == End::Failed { Fate::Caught } else { Fate::Timeout };
                outcome.by = Some(label(&tests[test]));
                break;
            }
        }
        outcome.seconds = spent()? - start;
        let Outcome { name, fate, seconds, by, .. } = &outcome;
        println!("{:5} {fate:?} {seconds:.2} s {name} {}", done + 1, by.as_deref().unwrap_or_default());
        writeln!(out, "{}", serde_json::to_string(&outcome)?)?;
    }
    std::fs::write(&state.switch, "0")?;
    Ok(())
}

fn label(test: &Test) -> String {
    format!("{} {}", test.label, test.name)
}

fn note<'a>(luck: &mut BTreeMap<(usize, &'a str), Luck>, test: usize, file: &'a str, failed: bool) {
    for key in ["", file] {
        let luck = luck.entry((test, key)).or_default();
        luck.tried += 1.0;
        luck.failed += f64::from(u8::from(failed));
    }
}

/// Fisher and Yates, with a linear congruence for dice.
fn shuffle(items: &mut [usize], seed: u64) {
    let mut state = seed;
    for end in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(end, (state >> 33) as usize % (end + 1));
    }
}
