//! Projects, and the flags that replace their parts.

use insta::assert_snapshot;

use crate::support::Place;

const RULES: &str = "\
.decl edge(from: symbol, to: symbol)
.decl path(from: symbol, to: symbol)
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
";

fn project() -> Place {
    let place = Place::new();
    place.file("rules/path.dl", RULES).file("facts/edge.csv", "from,to\na,b\nb,c\n");
    place.file("queries/far.dl", "/// How far?\n?- path(\"a\", where).\n");
    place
}

#[test]
fn a_directory_with_rules_and_facts_is_a_project() {
    let place = project();
    assert_snapshot!(place.onus(&["query", "path(\"a\", y)"]), @r#"
    y
    "b"
    "c"
    --- exit 0
    "#);
    assert_snapshot!(place.onus(&["query", "far"]), @r#"
    where
    "b"
    "c"
    --- exit 0
    "#);
    assert_snapshot!(Place::new().onus(&["query", "far", "--project", place.path().to_str().unwrap()]).lines().count(), @"4");
}

#[test]
fn facts_and_rules_can_be_replaced() {
    let place = project();
    place.file("other.dl", "edge(\"a\", \"z\").").file("edge.tsv", "from\tto\nz\ty\n");
    assert_snapshot!(place.onus(&["query", "path(\"a\", y)", "--facts", "other.dl", "--facts", "edge.tsv"]), @r#"
    y
    "y"
    "z"
    --- exit 0
    "#);
    place.file(
        "one.dl",
        ".decl edge(from: symbol, to: symbol)\n.decl path(x: symbol, y: symbol)\npath(x, y) :- edge(y, x).",
    );
    assert_snapshot!(place.onus(&["query", "path(x, y)", "--rules", "one.dl"]), @r#"
    x    y
    "b"  "a"
    "c"  "b"
    --- exit 0
    "#);
    assert_snapshot!(place.onus(&["query", "path(x, y)", "--facts", "facts.txt"]), @r"
    --- stderr
    error[E0902]: `facts.txt` is no file of facts
     |
     = help: its name must end in .toml, .dl, .facts, .csv, .tsv or .json (the last four also with .gz)
    --- exit 3
    ");
    assert_snapshot!(place.onus(&["query", "path(x, y)", "--facts", "gone.csv"]), @r"
    --- stderr
    error[E0601]: cannot read `gone.csv`: there is no such file
    --- exit 3
    ");
}

#[test]
fn other_facts_in_clause_form_meet_the_standard_rules() {
    let place = Place::new();
    place.file(
        "other.dl",
        r#"party("me", "customer"). party("them", "vendor").
           scope("box", "service"). scope("mine", "deployment"). within("mine", "box").
           offers("them", "box"). consumes("me", "mine").
           layer("door"). layer("roof"). required("all", "door"). required("all", "roof"). checked("mine", "all").
           doc("T1", "them", "What we do"). cites("T1-1", "T1", "Doors", "3").
           claim("T1-1", "box", "door", "them", "sole")."#,
    );
    place.file("move.dl", "checked(\"box\", \"all\").");
    assert_snapshot!(place.onus(&["query", "gap(at, layer, kind)", "--facts", "other.dl"]), @r#"
    at      layer   kind
    "mine"  "roof"  "silent"
    --- exit 0
    "#);
    assert_snapshot!(place.onus(&["query", "gap(at, layer, kind)", "--facts", "other.dl", "--scenario", "move.dl"]), @r#"
    at      layer   kind
    "box"   "roof"  "silent"
    "mine"  "roof"  "silent"
    --- exit 0
    "#);
}

#[test]
fn scenarios_have_names() {
    let place = Place::new();
    assert_snapshot!(place.onus(&["query", "gap_counts", "--scenario", "relay"]), @r#"
    deployment        kind       gaps
    "bakery_archive"  "open"        1
    "bakery_archive"  "silent"     11
    "bakery_archive"  "unbound"     2
    "bakery_books"    "limbo"       2
    "books_compute"   "limbo"       3
    "books_compute"   "silent"      8
    "pods_tables"     "limbo"       5
    "pods_tables"     "silent"      7
    --- exit 0
    "#);
    assert_snapshot!(place.onus(&["query", "gap_counts", "--scenario", "rely"]), @r"
    --- stderr
    error[E0902]: there is no scenario `rely`
     |
     = help: did you mean `relay`?
    --- exit 3
    ");
    let project = project();
    project
        .file("facts/scenario/wide/edge.csv", "from,to\nc,d\n")
        .file("facts/scenario/long.dl", "edge(\"c\", \"e\").");
    assert_snapshot!(project.onus(&["query", "path(\"c\", y)", "--scenario", "wide"]), @r#"
    y
    "d"
    --- exit 0
    "#);
    assert_snapshot!(project.onus(&["query", "path(\"c\", y)", "--scenario", "long"]), @r#"
    y
    "e"
    --- exit 0
    "#);
    project.file("onus.toml", "scenario = \"long\"\n");
    assert_snapshot!(project.onus(&["query", "path(\"c\", y)"]), @r#"
    y
    "e"
    --- exit 0
    "#);
}

#[test]
fn the_day_of_the_question_counts() {
    let place = Place::new();
    assert_snapshot!(place.onus(&["query", "as_of(day)", "--as-of", "2022-06-01"]), @r"
         day
    20220601
    --- exit 0
    ");
}

#[test]
fn faults_in_a_project_are_placed_in_its_files() {
    let place = project();
    place.file("onus.toml", "scenerio = \"x\"\n");
    assert_snapshot!(place.onus(&["query", "far"]), @r#"
    --- stderr
    error[E0902]: unknown field `scenerio`, expected one of `rules`, `facts`, `queries`, `tests`, `scenario`, `profile`, `watch`, `gates`, `waivers`, `waiver`
     --> onus.toml:1:1
      |
    1 | scenerio = "x"
      | ^^^^^^^^
    --- exit 3
    "#);
    place
        .file("onus.toml", "")
        .file("rules/path.dl", "path(x) :- ege(x).\n.decl path(x: symbol)\n.decl edge(x: symbol)\n");
    assert_snapshot!(place.onus(&["query", "far"]), @r#"
    --- stderr
    error[E0201]: no relation is called `ege`
     --> rules/path.dl:1:12
      |
    1 | path(x) :- ege(x).
      |            ^^^ not declared
      |
      = help: did you mean `edge`?

    error[E0204]: `path` has 1 column, not 2
     --> queries/far.dl:2:4
      |
    2 | ?- path("a", where).
      |    ^^^^^^^^^^^^^^^^ 2 arguments here
      |
     ::: rules/path.dl:2:7
      |
    2 | .decl path(x: symbol)
      |       ---- declared here as path(x: symbol)
    --- exit 3
    "#);
    assert_snapshot!(place.onus(&["query", "far", "--project", "nowhere"]), @r"
    --- stderr
    error[E0902]: there is no directory `nowhere`
     |
     = help: a project has an `onus.toml`, or directories `rules` and `facts`
    --- exit 3
    ");
    assert_snapshot!(place.onus(&["query", "far", "--project", "facts"]), @r"
    --- stderr
    error[E0902]: `facts` is no project
     |
     = help: a project has an `onus.toml`, or directories `rules` and `facts`
    --- exit 3
    ");
    place.file("rules/path.dl", RULES).file("facts/claims.toml", "[document]\nid = \"X\"\nisuer = \"me\"\n");
    assert_snapshot!(place.onus(&["query", "far"]), @r#"
    --- stderr
    error[E0604]: the document has no `title`
     --> facts/claims.toml:1:1
      |
    1 | [document]
      | ^^^^^^^^^^ `title` is missing

    error[E0604]: the document has no key `isuer`
     --> facts/claims.toml:3:1
      |
    3 | isuer = "me"
      | ^^^^^ unknown key
      |
      = help: did you mean `issuer`?
    --- exit 3
    "#);
}

#[test]
fn includes_are_found_beside_the_file_that_names_them() {
    let place = project();
    place.file("rules/path.dl", &format!("{RULES}.include \"more/extra.dl\"\n"));
    place.file("rules/more/extra.dl", "edge(\"c\", \"d\").\n");
    assert_snapshot!(place.onus(&["query", "path(\"c\", y)"]), @r#"
    y
    "d"
    --- exit 0
    "#);
    let elsewhere = Place::new();
    let project = place.path().to_str().unwrap();
    assert_eq!(elsewhere.run(&["query", "path(\"c\", y)", "--project", project], "").2, 0);
}
