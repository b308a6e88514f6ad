//! `run`, `lint`, `plan`, `schema`, `explain-code`, `completions`.

use insta::assert_snapshot;

use crate::support::Place;

const REACH: &str = r#"
.decl edge(x: symbol, y: symbol)
.input edge
.decl path(x: symbol, y: symbol)
.output path
.printsize edge
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
"#;

fn place() -> Place {
    let place = Place::new();
    place.file("reach.dl", REACH).file("in/edge.facts", "a\tb\nb\tc\n").file("out/.keep", "");
    place
}

#[test]
fn inputs_are_read_and_outputs_written() {
    let place = place();
    assert_snapshot!(place.onus(&["run", "reach.dl", "-F", "in", "-D", "out"]), @r"
    edge	2
    --- exit 0
    ");
    assert_snapshot!(place.read("out/path.csv"), @r"
    a	b
    a	c
    b	c
    ");
    assert_snapshot!(place.onus(&["run", "reach.dl", "-F", "in", "-D", "-"]), @r"
    ---------------
    path
    ===============
    x	y
    a	b
    a	c
    b	c
    ===============
    edge	2
    --- exit 0
    ");
    assert_eq!(place.run(&["run", "reach.dl", "-Fin", "-D-", "-j2", "-w", "--no-preprocessor"], "").2, 0);
}

/// Times are what the machine makes of them; what was counted is not.
fn without_times(text: &str) -> String {
    let line = |line: &str| match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        [part @ ("check" | "load" | "evaluate" | "output"), ..] => (*part).to_owned(),
        [first, _, rest @ ..] if first.parse::<u64>().is_ok() => rest.join(" "),
        words => words.join(" "),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_run_tells_where_its_time_went() {
    let place = place();
    let (_, err, _) = place.run(&["run", "reach.dl", "-Fin", "-Dout", "--stats"], "");
    let mut lines: Vec<String> = without_times(&err).lines().map(str::to_owned).collect();
    // Which rule was slower is up to the machine.
    let at = lines.len() - 2;
    lines[at..].sort_unstable();
    assert_snapshot!(lines.join("\n"), @r"
    check
    load
    evaluate
    output
    rows 5
    us percent derived new runs rule joins
    1 1 2 path reach.dl:8 path, edge; path (new), edge
    2 2 1 path reach.dl:7 edge
    ");
    let (out, err, _) = place.run(&["run", "reach.dl", "-Fin", "-Dout", "--stats=json"], "");
    assert_eq!(out, "edge\t2\n");
    let found: serde_json::Value = serde_json::from_str(&err).unwrap();
    let derived = found["rules"].as_array().unwrap().iter().filter_map(|rule| rule["derived"].as_u64()).sum::<u64>();
    assert_eq!((found["rows"].as_u64(), derived), (Some(5), 3));
    assert!(["check", "load", "evaluate", "output"].iter().all(|part| found[part].is_u64()));
}

#[test]
fn a_profile_names_rules_by_label_and_place() {
    let place = place();
    place.file(
        "gap.dl",
        r#"
.decl p(x: number)
.decl q(x: number)
p(1). p(2). q(2).
.decl r(x: number)
.output r
@[label = "missing"]
r(x) :- p(x), !q(x).
"#,
    );
    let profile = place.onus(&["profile", "gap.dl"]);
    assert_snapshot!(without_times(&profile), @r"
    check
    load
    evaluate
    rows 4

    us percent derived new runs rule joins
    1 1 1 missing gap.dl:8 p, !q
    --- exit 0
    ");
    let json = place.run(&["profile", "gap.dl", "--format", "json"], "").0;
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(found["rules"][0]["text"], "r(x) :- p(x), !q(x).");
}

#[test]
fn outputs_take_parameters() {
    let place = place();
    place.file(
        "forms.dl",
        r#".decl p(name: symbol, n: number)
p("a\tb", 1). p("c, \"d\"", 10). p("e", 9).
.output p
.output p(filename="h.txt", headers=true, delimiter=" | ")
.output p(filename="q.csv", rfc4180=true, headers=true)
.output p(IO="jsonfile", filename="p.json")
.output p(IO="jsonfile", filename="o.json", format="object")
.output p(IO="stdout")
.output p(IO="stdoutprintsize")
?- p(name, 9).
"#,
    );
    assert_snapshot!(place.onus(&["run", "forms.dl", "-D", "out"]), @r#"
    ---------------
    p
    ===============
    a\tb	1
    c, "d"	10
    e	9
    ===============
    p	3
    name
    "e"
    --- exit 0
    "#);
    let files = ["p.csv", "h.txt", "q.csv", "p.json", "o.json"];
    let text: String = files.iter().map(|file| format!("-- {file}\n{}", place.read(&format!("out/{file}")))).collect();
    assert_snapshot!(text, @r#"
    -- p.csv
    a\tb	1
    c, "d"	10
    e	9
    -- h.txt
    name | n
    a\tb | 1
    c, "d" | 10
    e | 9
    -- q.csv
    name,n
    a	b,1
    "c, ""d""",10
    e,9
    -- p.json
    [
      ["a\tb", 1],
      ["c, \"d\"", 10],
      ["e", 9]
    ]
    -- o.json
    [
      {"name": "a\tb", "n": 1},
      {"name": "c, \"d\"", "n": 10},
      {"name": "e", "n": 9}
    ]
    "#);
}

#[test]
fn what_nothing_asks_for_is_not_evaluated() {
    let place = place();
    place.file(
        "endless.dl",
        ".decl n(x: number)\nn(0).\nn(x + 1) :- n(x).\n.decl p(x: number)\np(1).\n.output p(IO=\"stdout\")\n",
    );
    assert_snapshot!(place.onus(&["run", "endless.dl", "-w"]), @r"
    ---------------
    p
    ===============
    1
    ===============
    --- exit 0
    ");
}

#[test]
fn files_that_cannot_be_read_or_written_are_errors() {
    let place = place();
    assert_snapshot!(place.onus(&["run", "reach.dl", "-F", "out", "-D", "out"]), @r"
    --- stderr
    error[E0601]: cannot read the facts of `edge`: there is no such file
     --> reach.dl:3:1
      |
    3 | .input edge
      | ^^^^^^^^^^^ read for this directive
     ::: out/edge.facts
    --- exit 3
    ");
    assert_snapshot!(place.onus(&["run", "reach.dl", "-F", "in", "-D", "nowhere"]), @r"
    --- stderr
    error[E0608]: cannot write `nowhere/path.csv`: its directory does not exist
     --> reach.dl:5:1
      |
    5 | .output path
      | ^^^^^^^^^^^^ for this directive
      |
      = note: no output was written
    --- exit 3
    ");
    assert_eq!(place.run(&["run", "reach.dl", "-F", "out", "-D", "out", "--missing-facts-empty"], "").2, 0);
    assert_eq!(place.run(&["run", "reach.dl", "-F", "out", "-D", "out", "--compat", "souffle"], "").2, 1);
    assert_eq!(place.run(&["run", "gone.dl"], "").2, 3);
    place.file(
        "twice.dl",
        ".decl p(x: number)\np(1).\n.output p(filename=\"a\")\n.decl q(x: number)\nq(1).\n.output q(filename=\"a\")\n",
    );
    assert_snapshot!(place.onus(&["run", "twice.dl", "-D", "out"]), @r#"
    --- stderr
    error[E0609]: two outputs go to `out/a`
     --> twice.dl:6:1
      |
    3 | .output p(filename="a")
      | ----------------------- the first
    ...
    6 | .output q(filename="a")
      | ^^^^^^^^^^^^^^^^^^^^^^^ the second
      |
      = help: give one of them another `filename`
    --- exit 3
    "#);
    assert!(!place.path().join("out/a").exists());
}

#[test]
fn warnings_can_be_switched() {
    let place = place();
    place.file("odd.dl", ".decl p(x: number)\n.output p\np(x) :- q(x, y).\n.decl q(x: number, y: number)\nq(1, 2).\n");
    assert_snapshot!(place.onus(&["lint", "odd.dl"]), @r"
    warning[W0204]: `y` occurs once
     --> odd.dl:3:14
      |
    3 | p(x) :- q(x, y).
      |              ^ any value will do
      |
      = help: write `_` or `_y` if that is meant
    --- exit 0
    ");
    assert_eq!(place.run(&["lint", "odd.dl", "-W", "single-variable"], ""), (String::new(), String::new(), 0));
    assert_eq!(place.run(&["lint", "odd.dl", "--deny", "W0204"], "").2, 3);
    assert_eq!(place.run(&["lint", "odd.dl", "-W", "singel-variable"], "").2, 2);
    assert_eq!(place.run(&["run", "odd.dl", "-w", "-D", "-"], "").1, "");
    assert_eq!(place.run(&["lint", "-"], "p(1").2, 3);
}

#[test]
fn plans_stand_below_their_rules() {
    let place = place();
    assert_snapshot!(place.onus(&["plan", "reach.dl", "-F", "in"]), @r"
    path(x, y) :- edge(x, y).
      scan edge(x, y)
      emit path(x, y)

    path(x, z) :- path(x, y), edge(y, z).
      scan path(x, y) (delta)
      look up edge(=y, z)
      emit path(x, z)
    --- exit 0
    ");
}

#[test]
fn relations_are_described() {
    let place = Place::new();
    let (relies, _, code) = place.run(&["schema", "relies"], "");
    assert!(code == 0 && relies.contains(".decl relies(a: Party, b: Party, layer: Layer, at: Scope)\n"), "{relies}");
    assert!(relies.contains("  follows by supplier-leans,") && relies.contains("  read by unverified,"), "{relies}");
    assert_snapshot!(place.onus(&["schema", "relys"]), @r"
    --- stderr
    error[E0201]: no relation is called `relys`
     |
     = help: did you mean `relies`?
    --- exit 3
    ");
    let (list, _, code) = place.run(&["schema", "--format", "json"], "");
    assert!(code == 0 && list.contains("\"relation\": \"gap\""), "{list}");
}

#[test]
fn codes_are_explained() {
    let place = Place::new();
    assert_snapshot!(place.onus(&["explain-code", "E0201"]), @r"
    E0201, unknown-relation

    No `.decl` introduces the relation. Check the spelling; relations in a component are written `instance.relation`.
    --- exit 0
    ");
    assert_snapshot!(place.onus(&["explain-code", "unknown-relaton"]), @r"
    --- stderr
    error[E0905]: there is no code `unknown-relaton`
     |
     = help: did you mean `unknown-relation`?
    --- exit 3
    ");
    assert!(place.run(&["explain-code"], "").0.contains("E0501  negative-cycle"));
}

#[test]
fn shells_get_their_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let (script, _, code) = Place::new().run(&["completions", shell], "");
        assert!(code == 0 && script.contains("explain-code"), "{shell}");
    }
}

#[test]
fn what_nobody_needs_may_have_no_end() {
    let place = Place::new();
    place.file("endless.dl", ".decl n(x: number)\nn(0).\nn(x + 1) :- n(x).\n.decl p(x: number)\np(1).\n.output p\n");
    let (out, err, code) = place.run(&["run", "endless.dl", "-D-", "-w"], "");
    assert_eq!(
        (out.as_str(), err.as_str(), code),
        ("---------------\np\n===============\nx\n1\n===============\n", "", 0)
    );
}
