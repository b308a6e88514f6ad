//! `onus fmt`.

use insta::assert_snapshot;

use crate::support::Place;

fn place() -> Place {
    let place = Place::new();
    place
        .file("onus.toml", "")
        .file("rules/a.dl", ".decl p( x:number ) // why\np( 1 ).\n")
        .file("rules/good.dl", ".decl q(x: number)\n")
        .file("rules/deep/b.dl", "r( 1 ).")
        .file("queries/ask.dl", "?-p( x ),\nq(x).\n")
        .file("broken.dl", "p(1\n");
    place
}

#[test]
fn files_are_formatted_in_place() {
    let place = place();
    assert_snapshot!(place.onus(&["fmt", "--check"]), @"
    would change  rules/a.dl
    would change  queries/ask.dl
    --- exit 1
    ");
    assert_snapshot!(place.onus(&["fmt"]), @"
    formatted  rules/a.dl
    formatted  queries/ask.dl
    --- exit 0
    ");
    assert_eq!(place.read("rules/a.dl"), ".decl p(x: number) // why\np(1).\n");
    assert_eq!(place.read("queries/ask.dl"), "?- p(x),\n   q(x).\n");
    assert_snapshot!(place.onus(&["fmt", "--check"]), @"--- exit 0");
    assert_snapshot!(place.onus(&["fmt", "rules"]), @"
    formatted  rules/deep/b.dl
    --- exit 0
    ");
}

#[test]
fn what_cannot_be_read_is_told_and_left_alone() {
    let place = place();
    assert_snapshot!(place.onus(&["fmt", "broken.dl", "missing.dl", "rules/a.dl"]), @r"
    formatted  rules/a.dl
    --- stderr
    error[E0102]: the bracket `(` is never closed
     --> broken.dl:1:2
      |
    1 | p(1
      |  ^ opened here
    error[E0601]: cannot read `missing.dl`: there is no such file
    --- exit 3
    ");
    assert_eq!(place.read("broken.dl"), "p(1\n");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let place = Place::new();
    assert_snapshot!(place.onus_with(&["fmt", "-"], "p( 1 ).   q(x):-p(x)."), @"
    p(1).
    q(x) :- p(x).
    --- exit 0
    ");
    assert_snapshot!(place.onus_with(&["fmt", "-", "--check"], "p( 1 )."), @"--- exit 1");
    assert_snapshot!(place.onus(&["fmt"]), @r"
    --- stderr
    error[E0901]: there is no project here whose rules could be formatted
     |
     = help: name files or directories: `onus fmt my.dl`
    --- exit 2
    ");
}

#[test]
fn programs_in_markdown_are_formatted() {
    let place = Place::new();
    place.file("a.md", "Text  here\n\n```datalog\np( 1 ).\n```\n");
    assert_eq!(place.run(&["fmt", "a.md"], "").2, 0);
    assert_eq!(place.read("a.md"), "Text  here\n\n```datalog\np(1).\n```\n");
}
