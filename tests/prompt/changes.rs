//! What changes: clauses, undo, files, watched relations.

use insta::assert_snapshot;
use onus::repl::show::View;
use onus::repl::{Io, Prompt, Settings};
use onus::responsibility::{Project, Selection};
use onus::session::Options;

use crate::support::{empty, small, talk};

#[test]
fn changes_are_made_and_undone() {
    assert_snapshot!(talk(&mut small(), r#"
        road("chur", "arosa", 30). road("arosa", "davos", 50).
        reach("bern", to)?
        closed("chur")
        closed("chur").
        :undo
        -road("bern", "chur", 240).
        -further
        :undo
        :undo
        :undo
        :redo
        +reach(x, x) :- road(x, _, _).
        :what-if -road("bern", "basel", 100). +road("bern", "zug", 3).
        :retract road("bern", "basel", 100)
        :retract reach("bern", "basel")
        :insert closed("zug")
    "#), @r#"
    onus> road("chur", "arosa", 30). road("arosa", "davos", 50).
    road +2, reach +7, exits +2
    onus> reach("bern", to)?
    to
    "arosa"
    "basel"
    "chur"
    "davos"
    onus> closed("chur")
    no
    onus> closed("chur").
    closed +1, reach -6
    onus> :undo
    closed -1, reach +6
    onus> -road("bern", "chur", 240).
    road -1, exits +1 -1
    onus> -further
    reach -6
    onus> :undo
    reach +6
    onus> :undo
    road +1, exits +1 -1
    onus> :undo
    road -2, reach -7, exits -2
    onus> :redo
    road +2, reach +7, exits +2
    onus> +reach(x, x) :- road(x, _, _).
    reach +4
    onus> :what-if -road("bern", "basel", 100). +road("bern", "zug", 3).
    2 facts changed; 2 conclusions: 1 gained, 1 lost

    facts
      - a road leads from bern to basel   <prompt>:14
      + a road leads from bern to zug   <prompt>:1

    because the fact road("bern", "zug", 3) is new
      ~ one can go from bern to zug (was basel)   [by-road] road(x, y, _)

    1 other relation changed: road +1 -1
    onus> :retract road("bern", "basel", 100)
    road -1, reach -1, exits +1 -1
    onus> :retract reach("bern", "basel")
    error[E0903]: `reach("bern", "basel")` was never given
     --> <prompt>:1:1
      |
    1 | reach("bern", "basel").
      | ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: ask `why reach("bern", "basel")`
    onus> :insert closed("zug")
    closed +1
    "#);
}

#[test]
fn what_was_typed_is_saved_and_loaded() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mine.dl");
    let path = path.to_str().unwrap();
    let shown = talk(
        &mut small(),
        &format!("closed(\"chur\").\n-road(\"bern\", \"basel\", 100).\n:save {path}\n:save {path}/x\n"),
    );
    assert!(shown.contains("1 taken away as comments") && shown.contains("E0608"), "{shown}");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("closed(\"chur\").") && text.starts_with("// taken away"), "{text}");
    let loaded = talk(&mut empty(), &format!(":load {path}\nclosed(c)?\n:undo\nclosed(c)?\n"));
    assert_eq!((loaded.matches("\"chur\"").count(), loaded.matches("E0201").count()), (1, 1), "{loaded}");
}

#[test]
fn a_file_that_was_refused_has_not_changed() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("p.dl");
    std::fs::write(&path, ".decl p(x: number)\np(x) :- q(x).\n").unwrap();
    let mut prompt = empty();
    let refused = talk(&mut prompt, &format!(":load {}", path.display()));
    assert!(refused.contains("E0201"), "{refused}");
    let mut out = Vec::new();
    let mut err = Vec::new();
    prompt.refresh(&mut Io { out: &mut out, err: &mut err, view: View::default(), color_errors: false }).unwrap();
    assert_eq!((String::from_utf8(out).unwrap().as_str(), err.len()), ("", 0));
}

#[test]
fn files_that_change_are_read_again() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("rules/p.dl", ".decl p(x: number)\np(1).\n");
    write("facts/p.csv", "x\n2\n");
    let selection = Selection { project: Some(place.path().to_owned()), ..Selection::default() };
    let project = Project::open(place.path()).unwrap();
    let (mut prompt, _) = Prompt::open(project, selection, Options::default(), Settings::default()).unwrap();
    assert_snapshot!(talk(&mut prompt, "p(3).\n:reload\n"), @r"
    onus> p(3).
    p +1
    onus> :reload
    no tuple has changed
    ");
    write("facts/p.csv", "x\n2\n5\n7\n");
    let mut out = Vec::new();
    let mut err = Vec::new();
    prompt.refresh(&mut Io { out: &mut out, err: &mut err, view: View::default(), color_errors: false }).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap(), @"facts/p.csv changed: p +2");
    write("rules/p.dl", ".decl p(x: number)\np(1) :- q(x).\n");
    assert_snapshot!(talk(&mut prompt, ":reload\np(x)?\n:undo\np(x)?"), @r"
    onus> :reload
    error[E0201]: no relation is called `q`
     --> rules/p.dl:2:9
      |
    2 | p(1) :- q(x).
      |         ^ not declared
      |
      = note: everything stays as it was before
      = help: declare it: `.decl q(...)`; there is only `p`

    warning[W0204]: `x` occurs once
     --> rules/p.dl:2:11
      |
    2 | p(1) :- q(x).
      |           ^ any value will do
      |
      = help: write `_` or `_x` if that is meant
    onus> p(x)?
    x
    1
    2
    3
    5
    7
    onus> :undo
    p -2
    onus> p(x)?
    x
    1
    2
    3
    ");
}

#[test]
fn watched_relations_tell_their_rows() {
    assert_snapshot!(talk(&mut small(), r#"
        :watch
        :watch reach
        :watch raech
        closed("basel").
        :undo
        :watch
        :watch off
        closed("basel").
    "#), @r#"
    onus> :watch
    nothing is watched
    onus> :watch reach
    onus> :watch raech
    error[E0201]: no relation is called `raech`
     --> <prompt>:1:8
      |
    1 | :watch raech
      |        ^^^^^
      |
      = help: did you mean `reach`?
    onus> closed("basel").
    closed +1, reach -1
      - reach("bern", "basel")
    onus> :undo
    closed -1, reach +1
      + reach("bern", "basel")
    onus> :watch
    reach
    onus> :watch off
    onus> closed("basel").
    closed +1, reach -1
    "#);
}

#[test]
fn a_loaded_program_brings_the_rows_that_it_reads() {
    let directory = tempfile::TempDir::new().unwrap();
    let file = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    file(
        "m.dl",
        ".decl edge(x: symbol, y: number)\n.input edge(filename=\"rows.facts\")\n.decl odd(x: symbol)\n.input odd(delimiter=\";\")\n.decl big(x: symbol)\nbig(x) :- edge(x, n), n > 1.\n",
    );
    file("rows.facts", "a\t1\nb\t2\n");
    let mut prompt = empty();
    let load = format!(":load {}", directory.path().join("m.dl").display());
    let told = talk(&mut prompt, &format!("{load}\nbig(x)?\n:reload\nbig(x)?"));
    assert!(told.contains("edge +2, big +1"), "{told}");
    assert!(told.contains("`.input odd` was not carried out"), "{told}");
    assert_eq!(told.matches("\"b\"").count(), 2, "{told}");
    std::fs::remove_file(directory.path().join("rows.facts")).unwrap();
    let told = talk(&mut empty(), &load);
    assert!(told.contains("rows.facts") && told.contains("error"), "{told}");
}
