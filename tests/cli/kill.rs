//! `kill -9` while files are written: each is the old one or the new one, and a mixture is told. `KILLS=200 cargo test
//! --test cli killed -- --nocapture` does it as often as TRUST.md says; the suite a few times.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use onus::responsibility::snapshot::Stored;
use onus_judge::case::below;

use crate::support::Place;

/// The files below a directory, by name.
type Files = BTreeMap<String, Vec<u8>>;

/// The files below a directory, those that are not in their place yet apart.
fn files(root: &Path) -> (Files, usize) {
    let (mut found, mut aside) = (Files::new(), 0);
    for path in below(root) {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if name.contains(".onus-") {
            aside += 1;
        } else {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    (found, aside)
}

/// Facts of one of two versions that differ in every relation.
fn facts(place: &Place, version: usize) {
    for relation in 0..RELATIONS {
        let row = |at: usize| format!("{},\"name {at} of {relation} in version {version}\"\n", at * 3 + version);
        let rows: String = (0..400).map(row).collect();
        place.file(&format!("facts/base{relation}.csv"), &format!("n,text\n{rows}"));
    }
}

const RELATIONS: usize = 12;

fn start(place: &Place, words: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_onus"))
        .args(words)
        .current_dir(place.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the first file is begun that was not there; gives whether the program still runs.
fn writes(child: &mut Child, root: &Path, before: &Files) -> bool {
    loop {
        let (now, aside) = files(root);
        if aside > 0 || now != *before {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
    }
}

/// Kills a command again and again at random moments while it writes below a directory, in turn with either version of
/// the facts. Gives how often it was caught in the middle, and how many files it left aside.
fn killed(
    place: &Place,
    words: &[&str],
    below: &str,
    kills: u32,
    mut judge: impl FnMut(&Files, &[Files]),
) -> (u32, usize) {
    let root = place.path().join(below);
    std::fs::create_dir_all(&root).unwrap();
    let mut wanted = Vec::new();
    let mut span = Duration::ZERO;
    for version in [1, 0, 1] {
        facts(place, version);
        let before = files(&root).0;
        let mut child = start(place, words);
        writes(&mut child, &root, &before);
        let begun = Instant::now();
        assert!(child.wait().unwrap().success());
        span = span.max(begun.elapsed());
        wanted.push(files(&root).0);
    }
    let versions = [wanted[1].clone(), wanted[2].clone()];
    assert!(versions[0].keys().eq(versions[1].keys()) && versions[0] != versions[1]);
    let (mut seed, mut middle, mut left) = (20_261_125_u64, 0, 0);
    for kill in 0..kills {
        facts(place, kill as usize % 2);
        let before = files(&root).0;
        let mut child = start(place, words);
        if writes(&mut child, &root, &before) {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            std::thread::sleep(span.mul_f64((seed >> 33) as f64 / f64::from(1_u32 << 31)));
        }
        // It may have ended by itself.
        let _ = child.kill();
        child.wait().unwrap();
        let (now, aside) = files(&root);
        for (name, bytes) in &now {
            let whole = versions.iter().any(|version| version.get(name) == Some(bytes));
            assert!(whole, "kill {kill}: {name} is neither the old one nor the new one");
        }
        middle += u32::from(!versions.contains(&now));
        left = left.max(aside);
        judge(&now, &versions);
    }
    (middle, left)
}

fn kills() -> u32 {
    std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8)
}

#[allow(clippy::print_stderr)] // the figures of the long run
#[test]
fn a_snapshot_that_is_killed_has_no_torn_file_and_a_mixture_is_told() {
    let place = Place::new();
    let mut rules = String::new();
    for at in 0..RELATIONS {
        rules.push_str(&format!(
            ".decl base{at}(n: number, text: symbol)\n@[watch]\n.decl seen{at}(n: number, text: symbol)\nseen{at}(n, t) :- base{at}(n, t).\n"
        ));
    }
    place.file("rules/own.dl", &rules);
    let mut sound = 0;
    let (middle, left) = killed(&place, &["snapshot"], "snapshots", kills(), |now, versions| {
        let stored = Stored::read(place.path()).unwrap();
        // Whatever is not one of the two as a whole is told.
        assert_eq!(stored.problems.is_empty(), versions.contains(now), "{:?}", stored.problems);
        sound += u32::from(stored.problems.is_empty());
    });
    eprintln!("{} kills: {middle} in the middle, {sound} sound, no torn file, at most {left} files aside", kills());
    // The next one sets everything right, and clears away what was left.
    assert!(start(&place, &["snapshot"]).wait().unwrap().success());
    assert!(start(&place, &["check"]).wait().unwrap().success());
    assert_eq!(files(&place.path().join("snapshots")).1, 0);
}

#[allow(clippy::print_stderr)] // the figures of the long run
#[test]
fn outputs_of_a_program_that_is_killed_are_the_old_ones_or_the_new_ones() {
    let place = Place::new();
    place.file("out/keep", "");
    let mut rules = String::new();
    for at in 0..RELATIONS {
        rules.push_str(&format!(
            ".decl base{at}(n: number, text: symbol)\n.input base{at}(filename=\"facts/base{at}.csv\", headers=true, rfc4180=true)\n.output base{at}\n"
        ));
    }
    place.file("own.dl", &rules);
    let (middle, left) = killed(&place, &["run", "own.dl", "-D", "out"], "out", kills(), |_, _| ());
    eprintln!("{} kills: {middle} in the middle, no torn file, at most {left} files aside", kills());
    // Those of one run: the next one clears away what was left.
    assert!(left <= RELATIONS, "{left} files were left");
    assert!(start(&place, &["run", "own.dl", "-D", "out"]).wait().unwrap().success());
    assert_eq!(files(&place.path().join("out")).1, 0);
}
