//! The woven copy and its build. What the compiler refuses is taken out until it has no more to say.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mutant::{Mutant, list};
use crate::weave::{Place, weave as weave_text};

/// A program of tests.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Binary {
    pub label: String,
    pub path: PathBuf,
}

/// What was woven, as `woven.json` keeps it.
#[derive(Debug, Deserialize, Serialize)]
pub struct State {
    /// All mutants of the list; a mutant's number is its place here, from 1.
    pub mutants: Vec<Mutant>,
    /// Numbers of those that are no right Rust.
    pub unviable: BTreeSet<usize>,
    /// Numbers of those that no switch can stand for; cargo-mutants itself can run them.
    pub apart: BTreeSet<usize>,
    pub tree: PathBuf,
    /// What a test is told by which mutant is on.
    pub switch: PathBuf,
    pub binaries: Vec<Binary>,
}

/// The tests that mutants are run against. Not those of the terminal, of editors, of the language's front end and of the
/// house itself, which say little of what is mutated.
const TESTS: &[&str] = &[
    "cases",
    "certificate",
    "cli",
    "constructs",
    "explain",
    "failures",
    "interrupt",
    "judge",
    "library",
    "order",
    "outside",
    "plans",
    "proof_check",
    "proofs",
    "prompt",
    "reuse",
    "shipped",
    "sorting",
    "sweep",
    "ways",
];

/// What the compiler refused of a file, as `refused.json` keeps it: a build asks again only where the file has changed.
#[derive(Debug, Deserialize, Serialize)]
struct Refused {
    text: String,
    unviable: BTreeSet<String>,
    apart: BTreeSet<String>,
}

fn remember(place: &Path, root: &Path, state: &mut State) {
    let text = std::fs::read_to_string(place.join("refused.json")).unwrap_or_default();
    let known: BTreeMap<String, Refused> = serde_json::from_str(&text).unwrap_or_default();
    for (at, mutant) in state.mutants.iter().enumerate() {
        let Some(refused) = known.get(&mutant.file) else { continue };
        if std::fs::read_to_string(root.join(&mutant.file)).is_ok_and(|text| text == refused.text) {
            state.unviable.extend(refused.unviable.contains(&mutant.name).then_some(at + 1));
            state.apart.extend(refused.apart.contains(&mutant.name).then_some(at + 1));
        }
    }
}

fn keep(place: &Path, root: &Path, state: &State) -> Result<()> {
    let mut files: BTreeMap<&str, Refused> = BTreeMap::new();
    for (at, mutant) in state.mutants.iter().enumerate() {
        if !files.contains_key(mutant.file.as_str()) {
            let text = std::fs::read_to_string(root.join(&mutant.file))?;
            files.insert(&mutant.file, Refused { text, unviable: BTreeSet::new(), apart: BTreeSet::new() });
        }
        let Some(refused) = files.get_mut(mutant.file.as_str()) else { continue };
        refused.unviable.extend(state.unviable.contains(&(at + 1)).then(|| mutant.name.clone()));
        refused.apart.extend(state.apart.contains(&(at + 1)).then(|| mutant.name.clone()));
    }
    std::fs::write(place.join("refused.json"), serde_json::to_vec(&files)?)?;
    Ok(())
}

/// Copies, weaves and builds.
pub fn weave(root: &Path, place: &Path) -> Result<()> {
    let tree = place.join("tree");
    copy(root, &tree)?;
    let mutants = list(root)?;
    let switch = place.join("switch");
    std::fs::write(&switch, "0")?;
    let mut state =
        State { mutants, unviable: BTreeSet::new(), apart: BTreeSet::new(), tree, switch, binaries: Vec::new() };
    remember(place, root, &mut state);
    println!(
        "{} mutants, {} known as unviable or apart",
        state.mutants.len(),
        state.unviable.len() + state.apart.len()
    );
    let library = state.tree.join("src/lib.rs");
    let text = std::fs::read_to_string(&library)?;
    std::fs::write(&library, format!("{text}\npub(crate) mod woven;\n"))?;
    std::fs::write(state.tree.join("src/woven.rs"), switches(&state))?;
    let tests = ["test", "--no-run", "--lib"].into_iter().chain(TESTS.iter().flat_map(|name| ["--test", *name]));
    for arguments in [&["check", "--lib"][..], &tests.collect::<Vec<_>>()] {
        loop {
            let places = write(root, &mut state)?;
            let before = state.unviable.len() + state.apart.len();
            let tree = state.tree.clone();
            let built = cargo(&tree, place, arguments, |message| refused(&mut state, &places, message))?;
            println!("{}: {} unviable, {} apart", arguments[0], state.unviable.len(), state.apart.len());
            keep(place, root, &state)?;
            if let Some(binaries) = built {
                state.binaries = binaries;
                break;
            }
            ensure!(state.unviable.len() + state.apart.len() > before, "the compiler's errors are of no mutant");
        }
    }
    std::fs::write(place.join("woven.json"), serde_json::to_vec_pretty(&state)?)?;
    Ok(())
}

/// What git knows of, but for the fuzz targets' and this crate's own build; files that are the same stay untouched.
fn copy(root: &Path, tree: &Path) -> Result<()> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(root).output().context("git ls-files")?;
    ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let mut kept = BTreeSet::new();
    for name in String::from_utf8(output.stdout)?.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (root.join(name), tree.join(name));
        kept.insert(to.clone());
        let Ok(bytes) = std::fs::read(&from) else { continue };
        if std::fs::read(&to).is_ok_and(|old| old == bytes) {
            continue;
        }
        std::fs::create_dir_all(to.parent().context("a file at the root")?)?;
        std::fs::copy(&from, &to)?;
    }
    // Cases and queries that are gone would still be run.
    let mut open = vec![tree.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if !kept.contains(&path) {
                std::fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}

/// Weaves each file with what is still in. Gives where the mutants stand.
fn write(root: &Path, state: &mut State) -> Result<BTreeMap<String, Vec<Place>>> {
    let mut files: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, mutant) in state.mutants.iter().enumerate() {
        files.entry(mutant.file.clone()).or_default().push(at + 1);
    }
    let mut places = BTreeMap::new();
    for (file, numbers) in files {
        let text = std::fs::read_to_string(root.join(&file))?;
        let out = |number: &usize| state.unviable.contains(number) || state.apart.contains(number);
        let mutants: Vec<(usize, &Mutant)> = numbers
            .into_iter()
            .filter(|number| !out(number))
            .map(|number| (number, &state.mutants[number - 1]))
            .collect();
        let woven = weave_text(&text, &mutants).with_context(|| file.clone())?;
        let path = state.tree.join(&file);
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&woven.text) {
            std::fs::write(path, &woven.text)?;
        }
        state.unviable.extend(woven.unviable);
        state.apart.extend(woven.apart);
        places.insert(file, woven.places);
    }
    Ok(places)
}

/// Takes out what an error of the compiler speaks of.
fn refused(state: &mut State, places: &BTreeMap<String, Vec<Place>>, message: &Value) {
    if message["level"] != "error" {
        return;
    }
    let mut spans: Vec<(String, Range<usize>)> = Vec::new();
    let texts = message["spans"].as_array().into_iter().flatten();
    // The place that matters most comes first.
    let (first, rest): (Vec<_>, Vec<_>) = texts.partition(|span| span["is_primary"] == true);
    for span in first.into_iter().chain(rest) {
        let number = |key: &str| span[key].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
        spans.push((
            span["file_name"].as_str().unwrap_or_default().to_owned(),
            number("byte_start")..number("byte_end"),
        ));
    }
    let constant = message["code"]["code"] == "E0015";
    let within = |outer: &Range<usize>, inner: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
    for (file, span) in &spans {
        let Some(places) = places.get(file) else { continue };
        if let Some(own) = places.iter().find(|place| within(&place.own, span)).filter(|_| !constant) {
            state.unviable.insert(own.number);
            return;
        }
    }
    for (file, span) in &spans {
        let Some(places) = places.get(file) else { continue };
        let around = places.iter().filter(|place| within(&place.choice, span));
        if let Some(inner) = around.min_by_key(|place| place.choice.len()) {
            state.apart.extend(places.iter().filter(|place| place.choice == inner.choice).map(|place| place.number));
            return;
        }
    }
    if !spans.is_empty() {
        println!("{}", message["rendered"].as_str().unwrap_or_default());
    }
}

/// Runs cargo on the copy. Gives the programs of tests, or nothing where there were errors.
fn cargo(
    tree: &Path,
    place: &Path,
    arguments: &[&str],
    mut refused: impl FnMut(&Value),
) -> Result<Option<Vec<Binary>>> {
    let mut command = Command::new("cargo");
    command.args(arguments).arg("--message-format=json").current_dir(tree);
    command.env("CARGO_TARGET_DIR", place.join("build")).env("RUSTFLAGS", "-Awarnings");
    // Mutants cost runs, not builds.
    command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1").env("CARGO_PROFILE_DEV_DEBUG", "false");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut binaries = Vec::new();
    let Some(output) = child.stdout.take() else { bail!("cargo has no output") };
    for line in BufReader::new(output).lines() {
        let Ok(message) = serde_json::from_str::<Value>(&line?) else { continue };
        match message["reason"].as_str() {
            Some("compiler-message") => refused(&message["message"]),
            Some("compiler-artifact") if message["profile"]["test"] == true => {
                let kind = message["target"]["kind"][0].as_str().unwrap_or_default();
                let name = message["target"]["name"].as_str().unwrap_or_default();
                if let Some(path) = message["executable"].as_str() {
                    binaries.push(Binary { label: format!("{kind} {name}"), path: path.into() });
                }
            }
            _ => {}
        }
    }
    Ok(child.wait()?.success().then_some(binaries))
}

/// The module of the copy that says which mutant is on: a file says it, since some tests clear the environment of the
/// programs they start. 0 is none; `reach` notes what is reached instead, in a file beside.
fn switches(state: &State) -> String {
    let (count, switch) = (state.mutants.len() + 1, state.switch.display());
    format!(
        r#"//! Which mutant is on.
use std::sync::atomic::{{AtomicBool, AtomicU32, Ordering::Relaxed}};

const UNREAD: u32 = u32::MAX;
const REACH: u32 = u32::MAX - 1;
static ACTIVE: AtomicU32 = AtomicU32::new(UNREAD);
static REACHED: [AtomicBool; {count}] = [const {{ AtomicBool::new(false) }}; {count}];

#[inline]
pub(crate) fn on(number: u32) -> bool {{
    let active = ACTIVE.load(Relaxed);
    active == number || (active >= REACH && slow(number))
}}

#[cold]
fn slow(number: u32) -> bool {{
    let mut active = ACTIVE.load(Relaxed);
    if active == UNREAD {{
        let text = std::fs::read_to_string("{switch}").unwrap_or_default();
        active = if text.trim() == "reach" {{ REACH }} else {{ text.trim().parse().unwrap_or(0) }};
        ACTIVE.store(active, Relaxed);
    }}
    if active == REACH && !REACHED[number as usize].swap(true, Relaxed) {{
        use std::io::Write as _;
        let file = std::fs::OpenOptions::new().append(true).create(true).open("{switch}.reached");
        let _ = file.and_then(|mut file| file.write_all(format!("{{number}}\n").as_bytes()));
    }}
    active == number
}}
"#
    )
}
