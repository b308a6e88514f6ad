//! The formatter on everything that is written in the rule language here: nothing is lost, nothing changes twice, and the
//! files of the project are as it leaves them.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::path::{Path, PathBuf};

use onus::source::{SourceId, SourceMap};
use onus::symbol::Interner;
use onus::syntax::format::{WIDTH, format};
use onus::syntax::{comments, parse, print::print_program};
use onus_judge::case;

fn source() -> SourceId {
    SourceMap::default().add("p.dl", "")
}

fn files(directory: &str, ending: &str) -> Vec<PathBuf> {
    case::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory), ending)
}

/// The fences of a case that hold programs.
fn programs(markdown: &str) -> Vec<String> {
    let mut programs = Vec::new();
    let mut open: Option<String> = None;
    for line in markdown.lines() {
        match &mut open {
            Some(_) if line.starts_with("```") => programs.extend(open.take()),
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line.trim() == "```datalog" => open = Some(String::new()),
            None => {}
        }
    }
    programs
}

fn comment_texts(text: &str) -> Vec<String> {
    comments(source(), text).into_iter().map(|range| text[range].trim_end().to_owned()).collect()
}

fn printed(text: &str) -> String {
    let mut symbols = Interner::default();
    let parsed = parse(source(), text, &mut symbols);
    print_program(&parsed.program, &symbols)
}

/// What comes of a program that can be read.
fn checked(text: &str) -> Option<String> {
    let once = format(source(), text).ok()?;
    assert_eq!(comment_texts(&once), comment_texts(text));
    assert_eq!(printed(&once), printed(text));
    assert_eq!(format(source(), &once).as_ref(), Ok(&once), "formatted twice");
    Some(once)
}

#[test]
fn rule_files_are_in_good_order() {
    let found: Vec<PathBuf> = ["rules", "queries", "src"].iter().flat_map(|place| files(place, "dl")).collect();
    assert!(found.len() > 30);
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        let ordered = checked(&text).unwrap();
        let differs = ordered.lines().zip(text.lines()).find(|(ordered, is)| ordered != is);
        assert_eq!((differs, ordered.len()), (None, text.len()), "{}: run `onus fmt`", path.display());
    }
}

#[test]
fn programs_in_cases_are_kept_whole() {
    let mut read = 0;
    for path in files("tests/cases", "md") {
        for program in programs(&std::fs::read_to_string(&path).unwrap()) {
            // Some cases show what a mistake is answered with.
            read += usize::from(checked(&program).is_some());
        }
    }
    assert!(read > 20, "{read}");
}

#[test]
fn only_a_line_without_a_place_to_break_is_too_wide() {
    let long = "x".repeat(WIDTH);
    let text = format!("p(\"{long}\", y) :- q(y, \"{long}\"), r(y).\n");
    let once = checked(&text).unwrap();
    let expected = format!("p(\"{long}\",\n    y) :-\n    q(y,\n        \"{long}\"),\n    r(y).\n");
    assert_eq!(once, expected);
}
