//! The rules of the house that a program can check: imports run downhill, files hold one idea, doors stay shut.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use onus_judge::case::files;

/// The floors of ARCHITECTURE.md, ground to roof.
const FLOORS: &[&[&str]] = &[
    &["collections", "threads"],
    &["source", "symbol"],
    &["diagnostic", "value"],
    &["syntax", "program"],
    &["check", "plan", "storage", "facts"],
    &["eval"],
    &["model"],
    &["query", "explain", "diff"],
    &["session"],
    &["responsibility"],
    &["report"],
    &["repl", "library"],
    &["lsp"],
    &["cli"],
];

/// Neighbours on one floor that may still import, with the reason.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    ("program", "syntax", "the checked program keeps the enums of operators that the tree defines"),
    ("diff", "explain", "the causes of a change are read off proofs"),
];

fn sources() -> Vec<(PathBuf, String)> {
    let paths = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "rs");
    let with_text = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    };
    paths.into_iter().map(with_text).collect()
}

/// The module at the top of the tree that a file belongs to.
fn module(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let first = path.strip_prefix(root).unwrap().components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn imports_run_downhill() {
    let floor: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, modules)| modules.iter().map(move |module| (*module, floor)))
        .collect();
    let mut uphill = Vec::new();
    for (path, text) in sources() {
        let from = module(&path);
        if from == "lib" || from == "main" {
            continue;
        }
        let Some(&here) = floor.get(from.as_str()) else {
            uphill.push(format!("{}: `{from}` has no floor", path.display()));
            continue;
        };
        // Tests of a module may use what stands above it.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        if path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            for rest in code.split("crate::").skip(1) {
                let to: String = rest.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect();
                let Some(&there) = floor.get(to.as_str()) else { continue };
                let neighbours = NEIGHBOURS.iter().any(|(a, b, _)| *a == from && *b == to);
                if to != from && there >= here && !neighbours {
                    uphill.push(format!("{}:{}: {from} -> {to}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(uphill.is_empty(), "imports that run uphill:\n{}", uphill.join("\n"));
}

#[test]
fn files_hold_one_idea() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > 700)
        .map(|(path, text)| format!("{} ({} lines)", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "files over 700 lines:\n{}", long.join("\n"));
}

#[test]
fn doors_stay_shut() {
    // What may stand where: serde at the rim, the terminal in the editor, the end of the process in `main.rs`.
    let doors: &[(&str, &[&str])] = &[
        ("serde", &["facts", "report", "responsibility", "explain", "cli", "lsp", "session"]),
        ("rustyline", &["repl"]),
        ("process::exit", &["main"]),
        ("std::env::", &["cli", "main", "repl", "responsibility"]),
        ("Instant::now", &["session", "cli", "repl"]),
        ("petgraph", &["check", "explain", "report"]),
        ("crepe::", &["check", "responsibility"]),
    ];
    let mut open = Vec::new();
    for (path, text) in sources() {
        let here = module(&path);
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            for (what, allowed) in doors {
                if code.contains(what) && !allowed.contains(&here.as_str()) {
                    open.push(format!("{}:{}: `{what}`", path.display(), number + 1));
                }
            }
        }
    }
    assert!(open.is_empty(), "doors left open:\n{}", open.join("\n"));
}
