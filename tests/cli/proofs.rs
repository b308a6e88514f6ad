//! `certify`, `why --format json`, `check-proof`.

use insta::assert_snapshot;

use crate::support::Place;

const REACH: &str = "
.decl edge(x: symbol, y: symbol)
.input edge
.decl path(x: symbol, y: symbol)
@[label = \"step\"]
path(x, y) :- edge(x, y).
@[label = \"onward\"]
path(x, z) :- path(x, y), edge(y, z).
";

fn place() -> Place {
    let place = Place::new();
    place.file("reach.dl", REACH).file("edge.facts", "a\tb\nb\tc\n");
    place.file("facts.dl", "edge(\"a\", \"b\"). edge(\"b\", \"c\").");
    place
}

#[test]
fn a_program_is_certified() {
    let place = place();
    assert_snapshot!(place.onus(&["certify", "reach.dl"]), @r"
    5 rows against 3 rule instances: each row follows from the facts, and nothing is missing
    --- exit 0
    ");
    assert_snapshot!(place.onus(&["certify", "reach.dl", "--format", "json"]), @r"
    []
    --- exit 0
    ");
    place.file("wrong.dl", "p(1).");
    assert_snapshot!(place.onus(&["certify", "wrong.dl"]), @r"
    --- stderr
    error[E0201]: no relation is called `p`
     --> wrong.dl:1:1
      |
    1 | p(1).
      | ^ not declared
      |
      = help: declare it: `.decl p(...)`
    --- exit 3
    ");
}

#[test]
fn what_is_built_in_is_certified() {
    let (out, err, code) = Place::new().run(&["certify"], "");
    assert!(out.contains("each row follows from the facts, and nothing is missing"), "{out}{err}");
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn proofs_are_written_and_checked() {
    let place = place();
    let project = ["--rules", "reach.dl", "--facts", "facts.dl"];
    let with = |words: &[&'static str]| [words, &project].concat();
    assert_snapshot!(place.onus(&with(&["why", r#"path("a", "c")"#, "--format", "json"])), @r#"
    {
      "alternatives": 0,
      "complete": true,
      "conclusion": 3,
      "facts": "sha256:8394ea52e1c618aa5d02897d841ddd0f452914d112640c0ec758944949593cb5",
      "nodes": [
        {"arguments":["a","b"],"citation":null,"id":0,"kind":"given","place":"facts.dl:1","relation":"edge","text":"edge(\"a\", \"b\")"},
        {"arguments":["a","b"],"bindings":[{"name":"x","type":"symbol","value":"a","variable":0},{"name":"y","type":"symbol","value":"b","variable":1}],"id":1,"kind":"derived","premises":[0],"rank":{"round":1,"stratum":1},"relation":"path","rule":0,"text":"path(\"a\", \"b\")","word":null},
        {"arguments":["b","c"],"citation":null,"id":2,"kind":"given","place":"facts.dl:1","relation":"edge","text":"edge(\"b\", \"c\")"},
        {"arguments":["a","c"],"bindings":[{"name":"x","type":"symbol","value":"a","variable":0},{"name":"z","type":"symbol","value":"c","variable":1},{"name":"y","type":"symbol","value":"b","variable":2}],"id":3,"kind":"derived","premises":[1,2],"rank":{"round":2,"stratum":1},"relation":"path","rule":1,"text":"path(\"a\", \"c\")","word":null}
      ],
      "program": "sha256:6b9cdb5534c81871c5d905e6c75073911ce91bb05a2fd9cc0c238d712a7ad664",
      "ranked": true,
      "rules": [
        {"digest":"sha256:95263b2a0fb8f622b34d52c2fc4692a86af95c1c37617b6ecd7f0da68c2864a3","label":"step","place":"reach.dl:6","relation":"path","text":"path(x, y) :- edge(x, y)."},
        {"digest":"sha256:f44316c04e175b8321b9916200d163dc065d1f2c9cae6a9311920b11a18e06e2","label":"onward","place":"reach.dl:8","relation":"path","text":"path(x, z) :- path(x, y), edge(y, z)."}
      ],
      "schema": "onus-proof/1"
    }
    --- exit 0
    "#);
    assert_snapshot!(place.onus(&with(&["why", r#"path("a", "c")"#, "-o", "proof.json"])), @"--- exit 0");
    assert_snapshot!(place.onus(&with(&["check-proof", "proof.json"])), @r#"
    the proof of path("a", "c") holds: 4 nodes checked
    --- exit 0
    "#);
    let proof = place.read("proof.json");
    assert!(place.onus_with(&with(&["check-proof", "-"]), &proof).ends_with("--- exit 0\n"));
    place.file("changed.json", &proof.replace(r#"["a","c"]"#, r#"["a","d"]"#));
    assert_snapshot!(place.onus(&with(&["check-proof", "changed.json"])), @r#"
    the proof is refused at node 3

    node  about           flaw
       3  path("a", "d")  it does not hold
    --- exit 1
    "#);
    assert_snapshot!(place.onus(&with(&["check-proof", "changed.json", "--format", "json"])), @r#"
    [
      {"node": 3, "about": "path(\"a\", \"d\")", "flaw": "it does not hold"}
    ]
    --- exit 1
    "#);
    place.file("facts.dl", "edge(\"a\", \"b\"). edge(\"b\", \"d\").");
    assert_snapshot!(place.onus(&with(&["check-proof", "proof.json"])), @r#"
    the proof is refused at node 2
    the facts are not those that the proof was written for

    node  about           flaw
       2  edge("b", "c")  it was not given
    --- exit 1
    "#);
    assert_snapshot!(place.onus(&with(&["check-proof", "reach.dl"])), @r"
    --- stderr
    error[E0906]: this is not JSON: a value is wanted
    --> reach.dl:2:1
     = help: `onus why FACT --format json` writes such a file
    --- exit 3
    ");
    assert_snapshot!(place.onus(&with(&["check-proof", "nowhere.json"])), @r"
    --- stderr
    error[E0601]: cannot read `nowhere.json`: No such file or directory (os error 2)
    --- exit 3
    ");
}

#[test]
fn a_proof_has_the_forms_it_has() {
    let place = place();
    let fact = r#"path("a", "x")"#;
    let rest = ["--rules", "reach.dl", "--facts", "facts.dl"];
    // What is missing is a document too; whoever reads graphs finds none.
    let (out, err, code) = place.run(&[&["why", fact, "--format", "json"], &rest[..]].concat(), "");
    assert!(out.contains("\"schema\": \"onus-why-not/1\"") && err.is_empty() && code == 1, "{out}{err}");
    assert_snapshot!(place.onus(&[&["why", fact, "--format", "dot"], &rest[..]].concat()), @r#"
    --- stderr
     !path("a", "x")           ∄ does not hold
     1 path("a", "x")          would follow by [step] reach.dl:6 but 1 of 1 literal fails
     │  edge("a", "x")         ✗ never given
     │    edge("a", "b")       ≈ near: other y
     2 path("a", "x")          would follow by [onward] reach.dl:8 but 1 of 2 literals fails
     │  edge(?y, "x")          ✗ never given
     │    edge("b", "c")       ≈ near: other y
     │  ?y is any of "b", "c"  2 values
     missing +edge("a", "x")  with a name that stands nowhere yet
     tried: this would make it true, and so would others · next  why-not --fix
    --- exit 1
    "#);
    assert_snapshot!(place.onus(&[&["why", fact, "--format", "csv"], &rest[..]].concat()), @r"
    --- stderr
    error[E0901]: this report has no form `csv`
     |
     = help: its forms are table, json, dot, mermaid, facts
    --- exit 2
    ");
}

#[test]
fn a_shipped_proof_keeps_its_citations() {
    let place = Place::new();
    let fact = r#"relies("astronomer", "aws", "physical", at)"#;
    let (out, err, code) = place.run(&["why", fact, "--format", "json"], "");
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("\"citation\":\"D4 "), "{out}");
    let (out, err, code) = place.run(&["check-proof", "-"], &out);
    assert!(out.starts_with("the proof of relies(\"astronomer\", \"aws\", \"physical\", "), "{out}{err}");
    assert_eq!(code, 0);
}
