//! What goes wrong, and that the session goes on.

use insta::assert_snapshot;
use onus::repl::{Prompt, Settings};
use onus::responsibility::{Project, Selection};
use onus::session::Options;

use crate::support::{small, talk};

#[test]
fn faults_are_placed_and_the_session_goes_on() {
    assert_snapshot!(talk(&mut small(), r#"
        road("a", "b").
        rod(x, y, z)?
        road(x, y, z
        p(x) :- road(x, y, z).
        reach(x, y) :- road(x, _, _).
        reach(x, y) :- road(x, y, "far").
        reach(x, y) :- road(x, y, _), !reach(y, x).
        road("a", "b", 99999999999999999999).
        -road("a", "b", 1).
        -nothing-like-it
        road("bern", x, l), y = l / 0?
        :nonsense
        :s
        :schema rech
        :set format xml
        :set colour on
        :load nowhere.dl
        :load notes.txt
        reach("bern", "basel")?
    "#), @r#"
    onus> road("a", "b").
    error[E0204]: `road` has 3 columns, not 2
     --> <prompt>:1:1
      |
    1 | road("a", "b").
      | ^^^^^^^^^^^^^^ 2 arguments here
      |
     ::: <prompt>:4:7
      |
    4 | .decl road(from: City, to: City, length: number)
      |       ---- declared here as road(from: City, to: City, length: number)
    onus> rod(x, y, z)?
    error[E0201]: no relation is called `rod`
     --> <goal>:1:1
      |
    1 | rod(x, y, z)?
      | ^^^ not declared
      |
      = help: did you mean `road`?
    onus> road(x, y, z
    error[E0102]: the bracket `(` is never closed
     --> <prompt>:1:5
      |
    1 | road(x, y, z
      |     ^ opened here
    onus> p(x) :- road(x, y, z).
    error[E0201]: no relation is called `p`
     --> <prompt>:1:1
      |
    1 | p(x) :- road(x, y, z).
      | ^ not declared
      |
      = help: declare it: `.decl p(...)`; there are `closed`, `exits`, `reach`, `road`

    warning[W0204]: `y` occurs once
     --> <prompt>:1:17
      |
    1 | p(x) :- road(x, y, z).
      |                 ^ any value will do
      |
      = help: write `_` or `_y` if that is meant

    warning[W0204]: `z` occurs once
     --> <prompt>:1:20
      |
    1 | p(x) :- road(x, y, z).
      |                    ^ any value will do
      |
      = help: write `_` or `_z` if that is meant
    onus> reach(x, y) :- road(x, _, _).
    error[E0401]: nothing gives `y` a value
     --> <prompt>:1:10
      |
    1 | reach(x, y) :- road(x, _, _).
      |          ^ the head takes its value from the body
      |
      = help: make `y` an argument of a positive atom such as `closed(y)`, or equal to an expression of known values
    onus> reach(x, y) :- road(x, y, "far").
    error[E0301]: a number is wanted, not a symbol
     --> <prompt>:1:27
      |
    1 | reach(x, y) :- road(x, y, "far").
      |                           ^^^^^ this is a symbol, and column `length` of `road` is a number
      |
     ::: <prompt>:4:7
      |
    4 | .decl road(from: City, to: City, length: number)
      |       ---- declared here
    onus> reach(x, y) :- road(x, y, _), !reach(y, x).
    error[E0501]: `reach` depends on itself through a negation
     --> <prompt>:1:32
      |
    1 | reach(x, y) :- road(x, y, _), !reach(y, x).
      |                                ^^^^^^^^^^^ `reach` needs that `reach` does not hold
      |
      = note: reach -> reach (negated)
      = help: no order of evaluation decides such a cycle: split a relation, so that what is negated is complete first
    onus> road("a", "b", 99999999999999999999).
    error[E0104]: `99999999999999999999` is out of range
     --> <prompt>:1:16
      |
    1 | road("a", "b", 99999999999999999999).
      |                ^^^^^^^^^^^^^^^^^^^^
      |
      = help: the largest number is 9223372036854775807, the largest unsigned 18446744073709551615
    onus> -road("a", "b", 1).
    error[E0903]: `road("a", "b", 1)` was never given
     --> <prompt>:1:1
      |
    1 | road("a", "b", 1).
      | ^^^^^^^^^^^^^^^^^
      |
      = help: ask `why road("a", "b", 1)`
    onus> -nothing-like-it
    error[E0903]: there is no rule `nothing-like-it`
     --> <prompt>:1:1
      |
    1 | -nothing-like-it
      | ^^^^^^^^^^^^^^^^
    onus> road("bern", x, l), y = l / 0?
    error[E0701]: `100 / 0` divides by zero
     --> <prompt>:1:1
      |
    1 | road("bern", x, l), y = l / 0?
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: test the divisor with `!= 0` in the same rule
    onus> :nonsense
    error[E0901]: there is no command `:nonsense`
     --> <prompt>:1:1
      |
    1 | :nonsense
      | ^^^^^^^^^
      |
      = help: `:help` lists the commands
    onus> :s
    error[E0901]: `:s` may be `:schema`, `:stats`, `:save` or `:set`
     --> <prompt>:1:1
      |
    1 | :s
      | ^^
      |
      = help: type more of it
    onus> :schema rech
    error[E0201]: no relation is called `rech`
     --> <prompt>:1:9
      |
    1 | :schema rech
      |         ^^^^
      |
      = help: did you mean `reach`?
    onus> :set format xml
    error[E0901]: `xml` is no value of `format`
     --> <prompt>:1:13
      |
    1 | :set format xml
      |             ^^^
      |
      = help: it takes table, csv, json, ndjson, markdown, facts
    onus> :set colour on
    error[E0901]: there is no setting `colour`
     --> <prompt>:1:6
      |
    1 | :set colour on
      |      ^^^^^^
      |
      = help: `:set` lists them
    onus> :load nowhere.dl
    error[E0601]: cannot read `nowhere.dl`: there is no such file
     --> <prompt>:1:7
      |
    1 | :load nowhere.dl
      |       ^^^^^^^^^^
    onus> :load notes.txt
    error[E0901]: `notes.txt` is no file of rules or facts
     --> <prompt>:1:7
      |
    1 | :load notes.txt
      |       ^^^^^^^^^
      |
      = help: its name must end in .toml, .dl, .facts, .csv, .tsv or .json (the last four also with .gz)
    onus> reach("bern", "basel")?
    yes
    "#);
}

#[test]
fn limits_end_a_command_and_not_the_session() {
    let mut options = Options::default();
    options.eval.budget.rows = Some(1_000);
    let (mut prompt, _) = Prompt::open(Project::none(), Selection::default(), options, Settings::default()).unwrap();
    assert_snapshot!(talk(&mut prompt, r#"
        .decl n(x: number)
        n(0).
        n(x + 1) :- n(x).
        n(x)?
    "#), @r"
    onus> .decl n(x: number)
    no tuple has changed
    onus> n(0).
    n +1
    onus> n(x + 1) :- n(x).
    error[E0801]: the evaluation needs more than 1000 rows
     --> <prompt>:1:1
      |
    1 | n(x + 1) :- n(x).
      | ^^^^^^^^^^^^^^^^^ this rule was running
      |
      = help: the program may not end; else raise --max-rows
    onus> n(x)?
    x
    0
    ");
}
