//! The corpus of the fuzz targets is replayed: whatever they found stays found. The seeds that they start from are made
//! here, of all the cases; `SEEDS=write` writes them for `fuzz/run`, `SEEDS=all` tries all of them.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

#[path = "../fuzz/targets.rs"]
mod targets;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use onus::explain::{Limits, why};
use onus::model::Tuple;
use onus::report::proof::NoNotes;
use onus::report::proof::json::json;
use onus::responsibility::snapshot::manifest;
use onus::session::{MemoryLoader, Options, Session};
use onus_judge::case::{below, files};
use targets::TARGETS;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The fences of a Markdown file: what stands behind the quotes, and the text. Nothing marks a new heading.
fn fences(text: &str) -> Vec<Option<(String, String)>> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            found.push(None);
        } else if let Some(info) = line.strip_prefix("```") {
            let body = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            found.push(Some((info.trim().to_owned(), body)));
        }
    }
    found
}

/// The seeds of each target.
fn seeds() -> BTreeMap<&'static str, BTreeSet<Vec<u8>>> {
    let mut seeds: BTreeMap<&'static str, BTreeSet<Vec<u8>>> = BTreeMap::new();
    let mut give = |target: &'static str, bytes: &[u8]| {
        seeds.entry(target).or_default().insert(bytes.to_owned());
    };
    for path in files(&root().join("tests/cases"), "md").into_iter().chain(files(&root().join("docs"), "md")) {
        let mut program = String::new();
        let mut typed = String::new();
        for fence in fences(&std::fs::read_to_string(path).unwrap()) {
            let Some((info, body)) = fence else {
                (program, typed) = (String::new(), String::new());
                continue;
            };
            let (word, rest) = info.split_once(' ').unwrap_or((&info, ""));
            match word {
                "datalog" => {
                    program.push_str(&body);
                    for target in ["parser", "front", "program"] {
                        give(target, program.as_bytes());
                    }
                    typed = program.clone();
                }
                "file" => {
                    for form in 0..16_u8 {
                        give("delimited", &[&[0, form][..], body.as_bytes()].concat());
                        give("delimited", &[&[1, form | 16][..], body.as_bytes()].concat());
                    }
                    give("front", body.as_bytes());
                }
                "toml" => {
                    give("statements", body.as_bytes());
                }
                "query" => typed.push_str(&format!("{rest}?\n")),
                "relation" | "lint" | "console" | "text" | "" => continue,
                command => typed.push_str(&format!(":{command} {rest}\n")),
            }
            give("prompt", typed.as_bytes());
        }
    }
    for path in below(&root().join("facts")).into_iter().chain([root().join("onus.toml")]) {
        let bytes = std::fs::read(&path).unwrap();
        // A few statements are enough to start from.
        let short = bytes.len().min(3_000);
        give("statements", &bytes[..short]);
    }
    for text in [
        "[[1,\"a\"],[2,null]]",
        "{\"s\": \"a\", \"n\": 1, \"u\": 2, \"f\": \"nan\", \"p\": [1, \"x\"], \"l\": [1, [2, null]], \"t\": {\"$Leaf\": []}, \"last\": \"\"}",
        "a\t-1\t2\t0.5\t[1, x]\t[1, [2, nil]]\t$Node($Leaf, y)\tz\n",
    ] {
        for form in 0..16_u8 {
            give("delimited", &[&[0, form][..], text.as_bytes()].concat());
        }
    }
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program("p.dl", targets::PROVED);
    let model = session.evaluate().unwrap();
    for relation in model.program().relation_ids() {
        for row in model.relation(relation).rows().take(4) {
            let tuple = Tuple { relation, words: row.into() };
            let proof = why(&model, &tuple, Limits::default(), &onus::eval::Options::default()).unwrap().unwrap();
            give("proof", json(&model, &proof, &NoNotes).as_bytes());
        }
    }
    let (facts, rules): (Vec<&str>, Vec<&str>) = targets::PROVED.lines().partition(|line| line.starts_with("edge("));
    let mut stored: BTreeMap<String, String> = BTreeMap::new();
    stored.insert("basis/facts.dl".to_owned(), facts.join("\n") + "\n");
    stored.insert("basis/rules.dl".to_owned(), rules.join("\n") + "\n");
    stored.insert("relations/end.txt".to_owned(), "end(\"d\")\n".to_owned());
    let mut text = manifest(&stored) + "\n";
    for (name, file) in &stored {
        text.push_str(&format!("=== {name}\n{file}"));
    }
    give("snapshot", text.as_bytes());
    seeds
}

#[test]
fn the_corpus_is_replayed() {
    for (name, target) in TARGETS {
        let inputs = below(&root().join("fuzz/corpus").join(name));
        assert!(!inputs.is_empty(), "{name} has no corpus");
        for path in inputs {
            target(&std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn seeds_are_read_without_a_fault() {
    let seeds = seeds();
    for (name, target) in TARGETS {
        let inputs = &seeds[name];
        let wish = std::env::var("SEEDS").unwrap_or_default();
        if wish == "write" {
            let directory = root().join("fuzz/seeds").join(name);
            std::fs::create_dir_all(&directory).unwrap();
            for (at, input) in inputs.iter().enumerate() {
                std::fs::write(directory.join(format!("{at:04}")), input).unwrap();
            }
            continue;
        }
        // Evaluation is what the cases themselves do.
        let share = if matches!(name, "program" | "prompt" | "delimited") && wish != "all" { 8 } else { 1 };
        inputs.iter().step_by(share).for_each(|input| target(input));
    }
}
