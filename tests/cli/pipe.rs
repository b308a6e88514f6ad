//! The prompt through a pipe: no banner, no prompt, no escape; one result a command; errors apart.

use insta::assert_snapshot;

use crate::support::Place;

const LINES: &str = r#"
.decl edge(a: symbol, b: symbol)
edge("x", "y").
edge("y", "z").
.decl path(a: symbol, b: symbol)
path(a, b) :- edge(a, b).
path(a, c) :-
    path(a, b),
    edge(b, c).
path("x", to)?
pth(a, b)?
:why path("x", "z")
path("z", _)?
"#;

fn place() -> Place {
    let place = Place::new();
    place.file("rules/none.dl", "// nothing yet\n").file("facts/.keep", "");
    place
}

#[test]
fn commands_come_through_a_pipe() {
    assert_snapshot!(place().onus_with(&[], LINES), @r#"
    no tuple has changed
    edge +1
    edge +1
    no tuple has changed
    path +2
    path +1
    to
    "y"
    "z"
     1 path("x", "z")   <prompt>:1
     ├─ edge("x", "y")  • given <prompt>:1
     └─ edge("y", "z")  • given <prompt>:1
     4 steps, shown in 3 · folded: 1 renaming · next  :critical   :witnesses
    no
    --- stderr
    error[E0201]: no relation is called `pth`
     --> <goal>:1:1
      |
    1 | pth(a, b)?
      | ^^^ not declared
      |
      = help: did you mean `path`?
    --- exit 3
    "#);
    assert_snapshot!(place().onus_with(&["--bail"], LINES), @r#"
    no tuple has changed
    edge +1
    edge +1
    no tuple has changed
    path +2
    path +1
    to
    "y"
    "z"
    --- stderr
    error[E0201]: no relation is called `pth`
     --> <goal>:1:1
      |
    1 | pth(a, b)?
      | ^^^ not declared
      |
      = help: did you mean `path`?
    --- exit 3
    "#);
    assert_snapshot!(place().onus_with(&["--format", "ndjson"], ".decl n(x: number)\nn(1). n(2).\nn(x)"), @r#"
    no tuple has changed
    n +2
    {"x": 1}
    {"x": 2}
    --- exit 0
    "#);
}

#[test]
fn the_worst_outcome_is_the_exit_code() {
    let place = place();
    let code = |input: &str| place.run(&[], input).2;
    assert_eq!(code(""), 0);
    assert_eq!(code(".decl n(x: number)\nn(1).\nn(x)?\n"), 0);
    assert_eq!(code(".decl n(x: number)\nn(x)?\n"), 1);
    assert_eq!(code(":nonsense\n"), 2);
    assert_eq!(code("n(x)?\n:nonsense\n"), 3);
    let endless = ".decl n(x: number)\nn(0).\nn(x + 1) :- n(x).\n";
    assert_eq!(place.run(&["--max-rows", "1k"], endless).2, 4);
    assert_eq!(place.run(&["--max-time", "0.2"], endless).2, 4);
}

#[test]
fn what_was_typed_before_quit_counts() {
    assert_snapshot!(place().onus_with(&[], ".decl n(x: number)\nn(1).\n:quit\nn(x)?\n"), @r"
    no tuple has changed
    n +1
    --- exit 0
    ");
}

#[test]
fn bytes_that_are_no_text_are_an_error_and_no_more() {
    let place = place();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_onus"))
        .current_dir(place.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"\xff\xfe\n.decl n(x: number)\nn(4).\nn(x)?\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains('4'));
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_an_evaluation() {
    let place = place();
    place.file("endless.dl", ".decl n(x: number)\nn(0).\nn(x + 1) :- n(x).\n.output n\n");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_onus"))
        .args(["run", "endless.dl", "--max-rows", "1000000000"])
        .current_dir(place.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!place.path().join("n.csv").exists());
}
