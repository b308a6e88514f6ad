//! W0201 to W0207, and what flags do to them.

use onus::check::Options;

use crate::support::{report, report_with};

#[test]
fn relations_that_nothing_needs_or_fills() {
    insta::assert_snapshot!(report("
        .decl given(x: symbol)
        @[watch]
        .decl same(x: symbol, y: symbol) eqrel
        .decl loose(x: symbol)
        .decl loop_a(x: symbol)
        .decl loop_b(x: symbol)
        .decl undefined(x: symbol)
        .decl empty(x: symbol)
        .decl also_empty(x: symbol)
        .decl out(x: symbol)
        @[watch]
        .decl watched(x: symbol)
        @[deny = \"{x}\"]
        .decl denied(x: symbol)
        given(\"a\").
        loose(x) :- given(x).
        loop_a(x) :- given(x), loop_b(x).
        loop_b(x) :- loop_a(x).
        loop_b(x) :- given(x).
        empty(x) :- undefined(x), given(x).
        empty(x) :- also_empty(x).
        also_empty(x) :- empty(x).
        out(x) :- given(x), !empty(x).
        out(x) :- also_empty(x), given(x).
        watched(x) :- given(x).
        denied(x) :- given(x), x = \"b\".
        .output out
    "), @r#"
    warning[W0202]: `same` has no rule, no fact and no input
     --> p.dl:4:15
      |
    4 |         .decl same(x: symbol, y: symbol) eqrel
      |               ^^^^ always empty
      |
      = help: add `.input same`, or a clause for it

    warning[W0201]: nothing needs `loose`
     --> p.dl:5:15
      |
    5 |         .decl loose(x: symbol)
      |               ^^^^^ not needed
      |
      = help: `.output` it, ask for it in a goal, or mark it `@[watch]`

    warning[W0201]: nothing needs `loop_a`
     --> p.dl:6:15
      |
    6 |         .decl loop_a(x: symbol)
      |               ^^^^^^ not needed
      |
      = help: `.output` it, ask for it in a goal, or mark it `@[watch]`

    warning[W0201]: nothing needs `loop_b`
     --> p.dl:7:15
      |
    7 |         .decl loop_b(x: symbol)
      |               ^^^^^^ not needed
      |
      = help: `.output` it, ask for it in a goal, or mark it `@[watch]`

    warning[W0202]: `undefined` has no rule, no fact and no input
     --> p.dl:8:15
      |
    8 |         .decl undefined(x: symbol)
      |               ^^^^^^^^^ always empty
      |
      = help: add `.input undefined`, or a clause for it

    warning[W0203]: `empty` can never hold a tuple
      --> p.dl:9:15
       |
     9 |         .decl empty(x: symbol)
       |               ^^^^^ each of its rules needs what never holds
    ...
    21 |         empty(x) :- undefined(x), given(x).
       |                     ------------ `undefined` never holds a tuple
    22 |         empty(x) :- also_empty(x).
       |                     ------------- `also_empty` never holds a tuple

    warning[W0203]: `also_empty` can never hold a tuple
      --> p.dl:10:15
       |
    10 |         .decl also_empty(x: symbol)
       |               ^^^^^^^^^^ each of its rules needs what never holds
    ...
    23 |         also_empty(x) :- empty(x).
       |                          -------- `empty` never holds a tuple

    warning[W0206]: the rule can never fire
      --> p.dl:25:19
       |
    25 |         out(x) :- also_empty(x), given(x).
       |                   ^^^^^^^^^^^^^ `also_empty` never holds a tuple
    "#);
}

#[test]
fn rules_that_can_never_fire() {
    insta::assert_snapshot!(report("
        .decl a(x: number)
        .decl b(x: number)
        a(1).
        b(x) :- a(x).
        b(x) :- a(x), 1 = 2.
        b(x) :- a(x), x != x.
        b(x) :- a(x), false.
        b(x) :- a(x), \"a\" != \"a\".
    "), @r#"
    warning[W0206]: the rule can never fire
     --> p.dl:6:23
      |
    6 |         b(x) :- a(x), 1 = 2.
      |                       ^^^^^ never holds

    warning[W0206]: the rule can never fire
     --> p.dl:7:23
      |
    7 |         b(x) :- a(x), x != x.
      |                       ^^^^^^ never holds

    warning[W0206]: the rule can never fire
     --> p.dl:8:17
      |
    8 |         b(x) :- a(x), false.
      |                 ^^^^^^^^^^^ never holds

    warning[W0206]: the rule can never fire
     --> p.dl:9:23
      |
    9 |         b(x) :- a(x), "a" != "a".
      |                       ^^^^^^^^^^ never holds
    "#);
}

#[test]
fn variables_used_once_or_not_as_named() {
    insta::assert_snapshot!(report("
        .decl a(x: number, y: number)
        .decl b(x: number)
        .input a
        b(x) :- a(x, y).
        b(x) :- a(x, _y).
        b(_x) :- a(_x, _).
        b(x) :- a(x, y) ; a(y, x).
        b(n) :- n = count : { a(x, y) }.
        b(x) :- a(x, q), b(z).
        ?- a(x, y).
    "), @r#"
    warning[W0201]: nothing needs `b`
     --> p.dl:3:15
      |
    3 |         .decl b(x: number)
      |               ^ not needed
      |
      = help: `.output` it, ask for it in a goal, or mark it `@[watch]`

    warning[W0204]: `y` occurs once
     --> p.dl:5:22
      |
    5 |         b(x) :- a(x, y).
      |                      ^ any value will do
      |
      = help: write `_` or `_y` if that is meant

    warning[W0205]: `_x` is used more than once
     --> p.dl:7:20
      |
    7 |         b(_x) :- a(_x, _).
      |           --       ^^ the same value again
      |           |
      |           first used here
      |
      = help: a leading `_` says that the value does not matter: rename it

    warning[W0204]: `q` occurs once
      --> p.dl:10:22
       |
    10 |         b(x) :- a(x, q), b(z).
       |                      ^ any value will do
       |
       = help: write `_` or `_q` if that is meant

    warning[W0204]: `z` occurs once
      --> p.dl:10:28
       |
    10 |         b(x) :- a(x, q), b(z).
       |                            ^ any value will do
       |
       = help: write `_` or `_z` if that is meant
    "#);
}

#[test]
fn projections_that_drop_rows() {
    insta::assert_snapshot!(report("
        .decl a(x: number, y: number)
        .decl b(x: number)
        .input a
        b(s) :- s = sum x : { a(x, _) }.
        b(s) :- s = sum x : { a(x, _), x > 1 }.
        b(s) :- s = sum x : { a(x, _), a(_, x) }.
        b(s) :- s = max x : { a(x, _), a(_, x) }.
        b(c) :- c = count : { a(x, _), 0 < count : { a(x, y), y > 1 } }.
    "), @r#"
    warning[W0207]: this `sum` takes rows that differ only in `_` once
     --> p.dl:7:36
      |
    7 |         b(s) :- s = sum x : { a(x, _), a(_, x) }.
      |                     ---------------^------------
      |                     |              |
      |                     |              not part of what is told apart
      |                     over distinct bindings of the named variables
      |
      = help: name the `_` to tell its values apart

    warning[W0207]: this `count` counts rows that differ only in `_` once
     --> p.dl:9:36
      |
    9 |         b(c) :- c = count : { a(x, _), 0 < count : { a(x, y), y > 1 } }.
      |                     ---------------^-----------------------------------
      |                     |              |
      |                     |              not part of what is told apart
      |                     over distinct bindings of the named variables
      |
      = help: name the `_` to tell its values apart
    "#);
}

#[test]
fn warnings_can_be_off_or_errors() {
    let text = "
        .decl a(x: number, y: number)
        .decl b(x: number)
        b(x) :- a(x, y).
    ";
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let none = Options { warnings: false, ..Options::default() };
    assert_eq!(report_with(text, &none), "");
    let inputs = Options { inputs: names(&["a"]), off: names(&["single-variable"]), ..Options::default() };
    assert_eq!(report_with(text, &inputs), "");
    let denied = Options { inputs: names(&["a"]), deny: names(&["W0204"]), ..Options::default() };
    insta::assert_snapshot!(report_with(text, &denied), @r#"
    error[W0204]: `y` occurs once
     --> p.dl:4:22
      |
    4 |         b(x) :- a(x, y).
      |                      ^ any value will do
      |
      = help: write `_` or `_y` if that is meant
    "#);
}
