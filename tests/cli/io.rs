//! What `run` writes and reads: every form, every type, odd strings; all outputs or none.

use insta::assert_snapshot;
use rusqlite::Connection;

use crate::support::Place;

const TYPES: &str = "
.type Pair = [a: number, b: symbol]
.type List = [head: number, tail: List]
.type Tree = Leaf {} | Node { left: Tree, name: symbol }
.type Colour = Red {} | Blue {}
.type Cat <: symbol
.type Dog <: symbol
.type Pet = Cat | Dog
.type Alias = Pair
";

/// The columns of a relation with every type.
const COLUMNS: &str =
    "s: symbol, n: number, u: unsigned, f: float, p: Pair, l: List, t: Tree, c: Colour, d: Pet, y: Alias, last: symbol";

const ROWS: &str = r#"
r("", 0, 0, 0.0, nil, nil, $Leaf(), $Red(), "", nil, "a").
r("a\tb\nc\rd\r\ne", -9223372036854775808, 18446744073709551615, to_float("nan"), [1, "x, y"], [1, [2, nil]], $Node($Leaf(), "])\"\\("), $Blue(), "a\tb", [1, "]"], "\\t").
r("é \"q\" 'ü' ,;|", 9223372036854775807, 9223372036854775808, to_float("-inf"), [-1, ""], nil, $Node($Leaf(), ""), $Red(), "nil", [2, "a, b"], "\"").
r(" leading", 1, 9223372036854775807, 0.1, [0, " b "], [-5, nil], $Node($Node($Leaf(), "nil"), "$Leaf"), $Blue(), " x ", nil, "trailing ").
r("()", 1073741824, 2147483648, to_float("1e300"), [9, "nil"], nil, $Leaf(), $Red(), "[1]", [1, "]"], "nil").
r("[1, x]", -1073741825, 1, to_float("inf"), [9, "\t\v\a\b\f"], nil, $Leaf(), $Blue(), "$Red", [2, "a, b"], "$Node(1)").
r("123", 1, 1, -2.5, [9, "日本"], nil, $Leaf(), $Red(), "é", nil, "1.0").
r("\\", 1, 1, to_float("5e-324"), [9, "\\n"], nil, $Leaf(), $Blue(), "\\", [1, "]"], "\\\\").
r("﻿bom", 1, 1, 123456789012345680.0, [9, "'"], nil, $Leaf(), $Red(), "1", [2, "a, b"], "a/*b*///c").
"#;

/// The parameters of each form, but for `filename`.
const FORMS: [&str; 12] = [
    "IO=file",
    "delimiter=\";;;\"",
    "headers=true",
    "rfc4180=true",
    "rfc4180=true, headers=true, delimiter=\";\"",
    "compress=true",
    "rfc4180=true, compress=true",
    "IO=jsonfile",
    "IO=jsonfile, format=object",
    "IO=jsonfile, compress=true",
    "IO=sqlite",
    "IO=sqlite, headers=true",
];

/// Writes the rows in every form.
fn written() -> Place {
    let place = Place::new();
    let outputs: String =
        (0..).zip(FORMS).map(|(at, form)| format!(".output r({form}, filename=\"r{at}\")\n")).collect();
    place.file("write.dl", &format!("{TYPES}.decl r({COLUMNS})\n{outputs}.output r(IO=jsonfile)\n{ROWS}"));
    assert_eq!(place.run(&["run", "write.dl"], ""), (String::new(), String::new(), 0));
    place
}

#[test]
fn every_form_reads_back() {
    let place = written();
    let read = (0..FORMS.len()).map(|at| {
        let form = FORMS[at];
        format!(".decl b{at}({COLUMNS})\n.input b{at}({form}, filename=\"r{at}\")\n.output b{at}(IO=jsonfile)\n")
    });
    // A table is named after its relation: databases need the relation's own name.
    let read: String =
        read.enumerate().filter(|(at, _)| !FORMS[*at].contains("sqlite")).map(|(_, text)| text).collect();
    place.file("read.dl", &format!("{TYPES}{read}"));
    assert_eq!(place.run(&["run", "read.dl", "-w"], ""), (String::new(), String::new(), 0));
    let wanted = place.read("r.json");
    assert_eq!(wanted.lines().count(), 11);
    for at in (0..FORMS.len()).filter(|&at| !FORMS[at].contains("sqlite")) {
        assert_eq!(place.read(&format!("b{at}.json")), wanted, "{}", FORMS[at]);
    }
    for name in ["r10", "r11"] {
        let program = format!(
            "{TYPES}.decl r({COLUMNS})\n.input r(IO=sqlite, filename=\"{name}\")\n.output r(IO=jsonfile, filename=\"back.json\")\n"
        );
        place.file("database.dl", &program);
        assert_eq!(place.run(&["run", "database.dl"], ""), (String::new(), String::new(), 0));
        assert_eq!(place.read("back.json"), wanted);
    }
}

/// A row of one column may be an empty line.
#[test]
fn relations_of_one_column_read_back() {
    let place = Place::new();
    let symbols = r#"x(""). x(" "). x("\t"). x("\n"). x("\r"). x("\\"). x("\""). x("()"). x("nil"). x("[]"). x("a,b"). x("é"). x("'"). x("\r\n")."#;
    let columns = [
        ("symbol", symbols),
        ("number", "x(0). x(-9223372036854775808). x(9223372036854775807)."),
        ("unsigned", "x(0). x(18446744073709551615)."),
        ("float", "x(0.0). x(-1.5). x(1.0 / 0.0). x(-1.0 / 0.0). x(0.0 / 0.0). x(5.0^-300.0)."),
        ("Pair", r#"x(nil). x([0, ""]). x([-1, "a\n]"])."#),
        ("Tree", r#"x($Leaf()). x($Node($Leaf(), "\t")). x($Node($Node($Leaf(), ","), ")"))."#),
        ("Colour", "x($Red()). x($Blue())."),
        ("Pet", r#"x("x"). x("")."#),
    ];
    for (ty, facts) in columns {
        let outputs: String =
            (0..).zip(FORMS).map(|(at, form)| format!(".output x({form}, filename=\"x{at}\")\n")).collect();
        let declared = format!("{TYPES}.decl x(x: {ty})\n");
        place.file("write.dl", &format!("{declared}{outputs}.output x(IO=jsonfile, filename=\"wanted\")\n{facts}"));
        assert_eq!(place.run(&["run", "write.dl"], ""), (String::new(), String::new(), 0), "{ty}");
        let wanted = place.read("wanted");
        for (at, form) in (0..).zip(FORMS) {
            let read = format!("{declared}.input x({form}, filename=\"x{at}\")\n.output x(IO=json)\n");
            place.file("read.dl", &read);
            let (out, err, code) = place.run(&["run", "read.dl"], "");
            assert_eq!((out.as_str(), err.as_str(), code), (wanted.as_str(), "", 0), "{ty} by {form}");
        }
    }
}

#[test]
fn standard_input_and_output_are_files_too() {
    let place = written();
    for (form, file) in [("IO=stdin", "r0"), ("IO=stdin, rfc4180=true", "r3"), ("IO=json", "r7"), ("IO=json", "r8")] {
        let program = format!("{TYPES}.decl r({COLUMNS})\n.input r({form})\n.output r(IO=json)\n");
        place.file("pipe.dl", &program);
        let (out, err, code) = place.run(&["run", "pipe.dl"], &place.read(file));
        assert_eq!((out.as_str(), err.as_str(), code), (place.read("r.json").as_str(), "", 0), "{form}");
    }
    place.file(
        "twice.dl",
        ".decl p(x: number)\n.input p(IO=stdin)\n.decl q(x: number)\n.input q(IO=stdin)\n.output p\n.output q\n",
    );
    assert_snapshot!(place.onus_with(&["run", "twice.dl"], "1\n"), @r#"
    --- stderr
    error[E0609]: standard input is read twice
     --> twice.dl:4:1
      |
    2 | .input p(IO=stdin)
      | ------------------ read here first
    3 | .decl q(x: number)
    4 | .input q(IO=stdin)
      | ^^^^^^^^^^^^^^^^^^
      |
      = help: what the first took is gone: use files
    --- exit 3
    "#);
    let (_, err, code) = place.run(&["run", "-"], ".decl p(x: number)\n.input p(IO=stdin)\n.output p\n");
    assert!(code == 3 && err.contains("standard input holds the program, and no facts"), "{err}");
}

#[test]
fn nullary_relations_read_back() {
    let place = Place::new();
    let forms = ["IO=file", "rfc4180=true", "IO=jsonfile", "compress=true"];
    let (mut write, mut read) = (String::new(), String::new());
    for (at, form) in forms.iter().enumerate() {
        for name in ["yes", "no"] {
            write.push_str(&format!(".output {name}({form}, filename=\"{name}{at}\")\n"));
            read.push_str(&format!(
                ".decl {name}{at}()\n.input {name}{at}({form}, filename=\"{name}{at}\")\n.printsize {name}{at}\n"
            ));
        }
    }
    write.push_str(".output yes(IO=sqlite, filename=\"db\")\n.output no(IO=sqlite, filename=\"db\")\n");
    read.push_str(".decl yes()\n.decl no()\n.input yes, no(IO=sqlite, filename=\"db\")\n.printsize yes, no\n");
    place.file("write.dl", &format!(".decl yes()\n.decl no()\nyes().\n{write}")).file("read.dl", &read);
    assert_eq!(place.run(&["run", "write.dl", "-w"], "").2, 0);
    let (out, err, code) = place.run(&["run", "read.dl", "-w"], "");
    assert_eq!((err.as_str(), code), ("", 0));
    assert!(out.lines().all(|line| line.ends_with(if line.starts_with("yes") { "\t1" } else { "\t0" })), "{out}");
    assert_eq!(out.lines().count(), 10);
}

#[test]
fn databases_are_laid_out_for_others() {
    let place = Place::new();
    let path = place.path().join("all.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1)").unwrap();
    place.file(
        "a.dl",
        ".decl a(name: symbol, n: number, f: float, u: unsigned)\na(\"x\", 1, 0.5, 18446744073709551615). a(\"y\", 2, 1.0, 3).\n\
         .decl b(name: symbol)\nb(\"y\"). b(\"it's \\\"z\\\"\").\n.output a, b(IO=sqlite, dbname=\"all.db\")\n",
    );
    for _ in 0..2 {
        assert_eq!(place.run(&["run", "a.dl"], ""), (String::new(), String::new(), 0));
    }
    let database = Connection::open(&path).unwrap();
    let rows = |sql: &str| {
        let mut query = database.prepare(sql).unwrap();
        let width = query.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let cell = |at| format!("{:?}", row.get::<_, rusqlite::types::Value>(at).unwrap());
            Ok((0..width).map(cell).collect::<Vec<_>>().join(" "))
        };
        query.query_map([], row).unwrap().collect::<Result<Vec<_>, _>>().unwrap().join("\n")
    };
    assert_snapshot!(rows("SELECT u, f, n, name FROM a"), @r#"
    Text("18446744073709551615") Real(0.5) Integer(1) Text("x")
    Integer(3) Real(1.0) Integer(2) Text("y")
    "#);
    assert_snapshot!(rows("SELECT * FROM _a"), @r#"
    Integer(1) Integer(1) Real(0.5) Text("18446744073709551615")
    Integer(2) Integer(2) Real(1.0) Integer(3)
    "#);
    assert_snapshot!(rows("SELECT id, symbol FROM __SymbolTable"), @r#"
    Integer(1) Text("x")
    Integer(2) Text("y")
    Integer(3) Text("it's \"z\"")
    "#);
    assert_snapshot!(rows("SELECT * FROM b"), @r#"
    Text("it's \"z\"")
    Text("y")
    "#);
    assert_snapshot!(rows("SELECT name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"), @r#"
    Text("__SymbolTable") Text("table")
    Text("_a") Text("table")
    Text("_b") Text("table")
    Text("a") Text("view")
    Text("b") Text("view")
    Text("theirs") Text("table")
    "#);
    place.file("c.dl", ".decl theirs(x: number)\ntheirs(2).\n.output theirs(IO=sqlite, filename=\"all.db\")\n");
    let (_, err, code) = place.run(&["run", "c.dl"], "");
    assert!(code == 3 && err.contains("cannot write `./all.db`: ") && err.contains("theirs"), "{err}");
    place.file("all.db", "this is no database, and long enough to be told from an empty one");
    assert_eq!(place.run(&["run", "a.dl"], "").2, 3);
}

#[test]
fn all_outputs_are_written_or_none() {
    let place = Place::new();
    place.file("old.csv", "as before\n").file(
        "a.dl",
        ".decl a(x: symbol, y: symbol)\na(\"1;2\", \"3\").\n.output a(filename=\"old.csv\")\n.output a(filename=\"new.csv\", delimiter=\";\")\n.output a(IO=stdout)\n",
    );
    assert_snapshot!(place.onus(&["run", "a.dl"]), @r#"
    --- stderr
    error[E0608]: cannot write `./new.csv`: the field "1;2" holds the delimiter ";": write it with rfc4180=true
     --> a.dl:4:1
      |
    4 | .output a(filename="new.csv", delimiter=";")
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ for this directive
      |
      = note: no output was written
    --- exit 3
    "#);
    assert_eq!(place.read("old.csv"), "as before\n");
    let mut names: Vec<String> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["a.dl", "old.csv"]);
}

#[test]
fn odd_parameters_are_told() {
    let place = Place::new();
    place.file("p.facts", "1\n").file(
        "a.dl",
        ".decl p(x: number)\n.input p(filname=\"p.facts\")\n.output p(IO=stdout, columns=\"0\", headers=false, headers=true)\n",
    );
    assert_snapshot!(place.onus(&["run", "a.dl"]), @r#"
    ---------------
    p
    ===============
    x
    1
    ===============
    --- stderr
    warning[W0601]: `.input` has no parameter `filname`
     --> a.dl:2:10
      |
    2 | .input p(filname="p.facts")
      |          ^^^^^^^ it changes nothing
      |
      = help: did you mean `filename`?
    
    warning[W0601]: `.output` does not heed `columns`
     --> a.dl:3:22
      |
    3 | .output p(IO=stdout, columns="0", headers=false, headers=true)
      |                      ^^^^^^^ it changes nothing
    
    warning[W0601]: `headers` is given more than once
     --> a.dl:3:35
      |
    3 | .output p(IO=stdout, columns="0", headers=false, headers=true)
      |                                   ^^^^^^^        ------- the last counts
      |                                   |
      |                                   it changes nothing
    --- exit 0
    "#);
    place.file(
        "b.dl",
        ".decl p(x: number)\n.input p(IO=fil, headers=yes, delimiter=\"\", columns=\"a\")\n.output p(IO=sqlit, format=\"objects\")\n",
    );
    let (_, err, code) = place.run(&["run", "b.dl"], "");
    let told: Vec<&str> = err.lines().filter_map(|line| line.strip_prefix("error[E0609]: ")).collect();
    assert_eq!(code, 3);
    assert_eq!(
        told,
        [
            "there is no input of kind `fil`",
            "`headers` is `true` or `false`, not `yes`",
            "a delimiter has one or more characters, none of them a line break",
            "`columns` lists positions from 0, such as `2:0`, not `a`",
            "there is no output of kind `sqlit`",
            "there is no format `objects`",
        ]
    );
    assert!(err.contains("did you mean `sqlite`?") && err.contains("did you mean `object`?"), "{err}");
}

#[test]
fn damaged_and_missing_files_are_told() {
    let place = Place::new();
    std::fs::write(place.path().join("p.facts"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]).unwrap();
    place.file("a.dl", ".decl p(x: number)\n.input p\n.output p(IO=stdout)\n");
    let (_, err, code) = place.run(&["run", "a.dl"], "");
    assert!(code == 3 && err.contains("cannot read the facts of `p`: it is compressed (gzip) and damaged"), "{err}");
    place.file("b.dl", ".decl p(x: number)\n.input p(IO=sqlite)\n.output p(IO=stdout)\n");
    assert_snapshot!(place.onus(&["run", "b.dl"]), @r#"
    --- stderr
    error[E0601]: cannot read the facts of `p`: there is no such file
     --> b.dl:2:1
      |
    2 | .input p(IO=sqlite)
      | ^^^^^^^^^^^^^^^^^^^ read for this directive
     ::: ./p.sqlite
    --- exit 3
    "#);
}

#[test]
fn explanations_are_asked_on_standard_input() {
    let place = Place::new();
    place.file(
        "reach.dl",
        ".decl edge(x: number, y: number)\n.decl path(x: number, y: number)\nedge(1, 2). edge(2, 3).\npath(x, y) :- edge(x, y).\npath(x, z) :- path(x, y), edge(y, z).\n.output path(IO=stdout)\n",
    );
    let asked = "explain path(1, 3)\nquery path(x, 3)\nsetdepth 2\nexit\nexplain path(1, 2)\n";
    assert_snapshot!(place.onus_with(&["run", "reach.dl", "-t", "explain"], asked), @r#"
    ---------------
    path
    ===============
    1	2
    1	3
    2	3
    ===============
     1 path(1, 3)   reach.dl:5
     ├─ edge(1, 2)  • given reach.dl:3
     └─ edge(2, 3)  • given reach.dl:3
     4 steps, shown in 3 · folded: 1 renaming · next  :critical   :witnesses
    x
    1
    2
    --- stderr
    `setdepth` changes nothing: a proof is shown whole, or by steps that can be opened
    --- exit 0
    "#);
    assert_eq!(place.run(&["run", "-", "-t", "explain"], ".decl p()").2, 2);
}

#[test]
fn flags_are_accepted_refused_or_suggested() {
    let place = Place::new();
    place.file("a.dl", ".decl p(x: number)\np(9223372036854775807 + 1).\n.output p(IO=stdout)\n");
    assert_eq!(place.run(&["run", "a.dl"], "").2, 3);
    for wrap in
        [vec!["--wrap"], vec!["--compat", "souffle"], vec!["--wrap", "-c", "-v", "-m", "*", "--wno=var-appears-once"]]
    {
        let (out, _, code) = place.run(&[vec!["run", "a.dl"], wrap].concat(), "");
        assert!(code == 0 && out.contains("\n-9223372036854775808\n"), "{out}");
    }
    place.file("b.dl", ".pragma \"wrap\"\n.decl p(x: number)\np(9223372036854775807 + 1).\n.output p(IO=stdout)\n");
    assert_eq!(place.run(&["run", "b.dl"], "").2, 0);
    assert_snapshot!(place.onus(&["run", "a.dl", "-g", "a.cpp", "-l", "functors"]), @r#"
    --- stderr
    error[E0901]: onus does not know what to do with `--generate`
     |
     = help: programs are not compiled to C++: `onus run` evaluates them as they are
    
    error[E0901]: onus does not know what to do with `--libraries`
     |
     = help: native functors are not loaded: register functors of Rust through the crate's library
    --- exit 2
    "#);
    for (words, wanted) in [
        (&["run", "a.dl", "--fact-dirr", "x"][..], "a similar argument exists: '--fact-dir'"),
        (&["run"], "<PROGRAM>"),
        (&["run", "a.dl", "-x"], "unexpected argument '-x'"),
        (&["run", "a.dl", "-t", "explian"], "a similar value exists: 'explain'"),
        (&["run", "a.dl", "-W", "var-appears-onc"], "did you mean `var-appears-once`?"),
        (&["run", "a.dl", "-M", "1=2"], "`1` cannot be the name of a macro"),
    ] {
        let (_, err, code) = place.run(words, "");
        assert!(code == 2 && err.contains(wanted), "{words:?}: {err}");
    }
    assert_eq!(place.run(&["run", "a.dl", "-x", "--compat", "souffle"], "").2, 1);
}
