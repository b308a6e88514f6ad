//! Prompts, and what is typed into them.

use std::io::Write;

use onus::repl::show::View;
use onus::repl::{Io, Prompt, Settings};
use onus::responsibility::{Project, Selection};
use onus::session::Options;

/// Types some lines into a prompt; gives the transcript.
pub(crate) fn talk(prompt: &mut Prompt, lines: &str) -> String {
    talk_in(prompt, lines, View::default())
}

pub(crate) fn talk_in(prompt: &mut Prompt, lines: &str, view: View) -> String {
    let mut out = Vec::new();
    for line in lines.trim().lines() {
        let line = line.trim();
        writeln!(out, "onus> {line}").unwrap();
        let mut err = Vec::new();
        let mut io = Io { out: &mut out, err: &mut err, view, color_errors: false };
        prompt.run(line, &mut io).unwrap();
        out.extend(err);
    }
    String::from_utf8(out).unwrap()
}

pub(crate) fn embedded() -> Prompt {
    let project = Project::embedded().unwrap();
    let (prompt, failure) =
        Prompt::open(project, Selection::default(), Options::default(), Settings::default()).unwrap();
    assert!(failure.is_none());
    prompt
}

/// A prompt over nothing.
pub(crate) fn empty() -> Prompt {
    Prompt::open(Project::none(), Selection::default(), Options::default(), Settings::default()).unwrap().0
}

pub(crate) const ROADS: &str = r#"
.type City <: symbol
/// A road leads from one city to another.
@[says = "a road leads from {from} to {to}"]
.decl road(from: City, to: City, length: number)
.decl closed(city: City)
@[says = "one can go from {from} to {to}"]
.decl reach(from: City, to: City)
@[label = "by-road"]
reach(x, y) :- road(x, y, _), !closed(y).
@[label = "further"]
reach(x, z) :- reach(x, y), road(y, z, _), !closed(z).
.decl exits(city: City, n: number)
exits(x, n) :- road(x, _, _), n = count : { road(x, _, _) }.
road("bern", "basel", 100). road("basel", "chur", 200). road("bern", "chur", 240).
"#;

/// A prompt over a small program.
pub(crate) fn small() -> Prompt {
    let mut prompt = empty();
    let mut sink = Vec::new();
    let mut err = Vec::new();
    let mut io = Io { out: &mut sink, err: &mut err, view: View::default(), color_errors: false };
    prompt.run(ROADS, &mut io).unwrap();
    assert_eq!(String::from_utf8(err).unwrap(), "");
    prompt
}
