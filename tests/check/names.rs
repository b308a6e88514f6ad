//! E0199 to E0208: what is not known, known twice, or of another shape.

use crate::support::errors;

#[test]
fn an_unknown_relation_is_told_once_with_its_places() {
    insta::assert_snapshot!(errors("
        .decl relies(a: symbol, b: symbol)
        .decl out(a: symbol)
        out(a) :- relys(a, _).
        out(b) :- relys(_, b), !relys(b, b).
        out(b) :- relies(b, _), zebra(b).
        .output relise
        out(x) :- relies(x, _), 0 < count : { relys(x, _) }.
        out(x) :- relys(x, _), relys(_, x).
    "), @r"
    error[E0201]: no relation is called `relys`
     --> p.dl:4:19
      |
    4 |         out(a) :- relys(a, _).
      |                   ^^^^^ not declared
    5 |         out(b) :- relys(_, b), !relys(b, b).
      |                   -----         ----- and here
      |                   |
      |                   and here
    ...
    8 |         out(x) :- relies(x, _), 0 < count : { relys(x, _) }.
      |                                               ----- and here
      |
      = note: and in 2 more places
      = help: did you mean `relies`?

    error[E0201]: no relation is called `zebra`
     --> p.dl:6:33
      |
    6 |         out(b) :- relies(b, _), zebra(b).
      |                                 ^^^^^ not declared
      |
      = help: declare it: `.decl zebra(...)`; there are `out`, `relies`

    error[E0201]: no relation is called `relise`
     --> p.dl:7:17
      |
    7 |         .output relise
      |                 ^^^^^^ not declared
      |
      = help: did you mean `relies`?
    ");
}

#[test]
fn an_unknown_type_is_told_once() {
    insta::assert_snapshot!(errors("
        .type Party <: symbl
        .type Pair = [x: Party, y: Prty]
        .decl a(x: Party, y: Pair, z: symbl)
        .decl b(x: symbol)
        b(x) :- a(x, [x, _], z), b(z).
        b(as(x, Part)) :- b(x).
    "), @r#"
    error[E0202]: no type is called `symbl`
     --> p.dl:2:24
      |
    2 |         .type Party <: symbl
      |                        ^^^^^ not declared
    3 |         .type Pair = [x: Party, y: Prty]
    4 |         .decl a(x: Party, y: Pair, z: symbl)
      |                                       ----- and here
      |
      = help: did you mean `symbol`?

    error[E0202]: no type is called `Prty`
     --> p.dl:3:36
      |
    3 |         .type Pair = [x: Party, y: Prty]
      |                                    ^^^^ not declared
      |
      = help: did you mean `Party`?

    error[E0202]: no type is called `Part`
     --> p.dl:7:17
      |
    7 |         b(as(x, Part)) :- b(x).
      |                 ^^^^ not declared
      |
      = help: did you mean `Party`?
    "#);
}

#[test]
fn a_name_is_declared_once() {
    insta::assert_snapshot!(errors("
        .decl a(x: number)
        .decl a(x: symbol)
        .type a <: symbol
        .type number <: symbol
        .type A = Leaf {} | Node {x: number, x: number}
        .type B = Leaf {}
        .decl b(x: number, y: number, x: number)
        @[label = \"one\"]
        a(x) :- a(x).
        @[label = \"one\"]
        a(x) :- b(x, _, _).
    "), @r#"
    error[E0203]: the name `a` is declared twice
     --> p.dl:3:15
      |
    2 |         .decl a(x: number)
      |               - first declared here
    3 |         .decl a(x: symbol)
      |               ^ declared again

    error[E0203]: the name `a` is declared twice
     --> p.dl:4:15
      |
    2 |         .decl a(x: number)
      |               - first declared here
    3 |         .decl a(x: symbol)
    4 |         .type a <: symbol
      |               ^ declared again

    error[E0203]: `number` is a built-in type
     --> p.dl:5:15
      |
    5 |         .type number <: symbol
      |               ^^^^^^ declared again

    error[E0203]: the attribute `x` is declared twice
     --> p.dl:6:46
      |
    6 |         .type A = Leaf {} | Node {x: number, x: number}
      |                                   -          ^ declared again
      |                                   |
      |                                   first declared here

    error[E0203]: the branch `Leaf` is declared twice
     --> p.dl:7:19
      |
    6 |         .type A = Leaf {} | Node {x: number, x: number}
      |                   ---- first declared here
    7 |         .type B = Leaf {}
      |                   ^^^^ declared again

    error[E0203]: the attribute `x` is declared twice
     --> p.dl:8:39
      |
    8 |         .decl b(x: number, y: number, x: number)
      |                 - first declared here ^ declared again

    error[E0203]: the label `one` is given twice
      --> p.dl:11:19
       |
     9 |         @[label = "one"]
       |                   ----- first given here
    10 |         a(x) :- a(x).
    11 |         @[label = "one"]
       |                   ^^^^^ given again
    "#);
}

#[test]
fn shapes_agree() {
    insta::assert_snapshot!(errors("
        .type Pair = [x: number, y: number]
        .type T = Leaf {} | Node {l: T, r: T}
        .decl a(x: number, y: number)
        .decl p(p: Pair, t: T)
        .decl e(x: number) eqrel
        .decl f(x: number, y: symbol) eqrel
        .decl n()
        a(1).
        a(x, x) :- a(x, _, _).
        a(x, y) :- p([x, y, _], _).
        a(1, x) :- p(_, $Leaf(x)).
        a(1, 2) :- n(1).
        a(1, @lower(\"a\", \"b\")).
        n() :- p(_, $Leef()).
        n() :- a(x, _), @lowwer(x) = \"a\".
    "), @r#"
    error[E0204]: an `eqrel` relation has two columns, not 1
     --> p.dl:6:28
      |
    6 |         .decl e(x: number) eqrel
      |                            ^^^^^ an equivalence

    error[E0301]: both columns of an `eqrel` relation have one type
     --> p.dl:7:39
      |
    7 |         .decl f(x: number, y: symbol) eqrel
      |                    ------     ------  ^^^^^ an equivalence
      |                    |          |
      |                    |          `symbol` here
      |                    `number` here

    error[E0204]: `a` has 2 columns, not 1
     --> p.dl:9:9
      |
    4 |         .decl a(x: number, y: number)
      |               - declared here as a(x: number, y: number)
    ...
    9 |         a(1).
      |         ^^^^ 1 argument here

    error[E0204]: `a` has 2 columns, not 3
      --> p.dl:10:20
       |
     4 |         .decl a(x: number, y: number)
       |               - declared here as a(x: number, y: number)
    ...
    10 |         a(x, x) :- a(x, _, _).
       |                    ^^^^^^^^^^ 3 arguments here

    error[E0204]: `Pair` has 2 fields, not 3
      --> p.dl:11:22
       |
     2 |         .type Pair = [x: number, y: number]
       |               ---- `Pair` is declared here
    ...
    11 |         a(x, y) :- p([x, y, _], _).
       |                      ^^^^^^^^^ 3 fields here

    error[E0204]: `$Leaf` has 0 fields, not 1
      --> p.dl:12:25
       |
     3 |         .type T = Leaf {} | Node {l: T, r: T}
       |               - `T` is declared here
    ...
    12 |         a(1, x) :- p(_, $Leaf(x)).
       |                         ^^^^^^^^ 1 field here

    error[E0204]: `n` has 0 columns, not 1
      --> p.dl:13:20
       |
     8 |         .decl n()
       |               - declared here as n()
    ...
    13 |         a(1, 2) :- n(1).
       |                    ^^^^ 1 argument here

    error[E0204]: `@lower` takes 1 argument, not 2
      --> p.dl:14:14
       |
    14 |         a(1, @lower("a", "b")).
       |              ^^^^^^^^^^^^^^^^ 2 arguments here

    error[E0206]: no branch is called `Leef`
      --> p.dl:15:22
       |
    15 |         n() :- p(_, $Leef()).
       |                      ^^^^ not declared
       |
       = help: did you mean `Leaf`?

    error[E0205]: no functor is called `@lowwer`
      --> p.dl:16:26
       |
    16 |         n() :- a(x, _), @lowwer(x) = "a".
       |                          ^^^^^^ not known
       |
       = help: did you mean `@lower`?
    "#);
}

#[test]
fn sentences_name_columns() {
    insta::assert_snapshot!(errors("
        @[says = \"{a} relies on {c}\"]
        @[says_not = \"{ b } does not rely on {}\"]
        @[deny]
        @[unknown = \"{z}\"]
        .decl relies(a: symbol, b: symbol)
        .decl one(key: symbol, value: symbol) choice-domain kez, (key, value)
        @[label]
        one(x, x) :- relies(x, x).
    "), @r#"
    error[E0208]: `relies` has no column `c`
     --> p.dl:2:18
      |
    2 |         @[says = "{a} relies on {c}"]
      |                  ^^^^^^^^^^^^^^^^^^^ no such column
      |
      = help: its columns are a, b

    error[E0208]: `relies` has no column ``
     --> p.dl:3:22
      |
    3 |         @[says_not = "{ b } does not rely on {}"]
      |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ no such column
      |
      = help: its columns are a, b

    error[E0108]: `@[deny]` needs a sentence
     --> p.dl:4:9
      |
    4 |         @[deny]
      |         ^^^^^^^ no text
      |
      = help: write `@[deny = "..."]`, with `{column}` for a column's value

    error[E0208]: `one` has no column `kez`
     --> p.dl:7:61
      |
    7 |         .decl one(key: symbol, value: symbol) choice-domain kez, (key, value)
      |                                                             ^^^ no such column
      |
      = help: did you mean `key`?

    error[E0108]: `@[label]` needs a name
     --> p.dl:8:9
      |
    8 |         @[label]
      |         ^^^^^^^^ no text
      |
      = help: write `@[label = "..."]`
    "#);
}

#[test]
fn what_is_not_supported_says_so() {
    insta::assert_snapshot!(errors("
        .decl a(x: number, y: number)
        .decl b(x: number) .decl c(x: unsigned)
        .functor f(x: number): number
        .functor lower(x: symbol): symbol
        c(recursive_iteration_cnt()) :- b(_).
        b(n) :- n = count : { b(1) ; b(2) }.
        a(x, autoinc()) :- a(x, _).
        b(n) :- n = sum x : { b(x), false }.
    "), @r#"
    error[E0199]: `@f` would come from a native library, which onus does not load
     --> p.dl:4:9
      |
    4 |         .functor f(x: number): number
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a native functor
      |
      = help: a program in Rust can register it as a closure: see `onus::library::Datalog::functor`

    error[E0199]: `recursive_iteration_cnt()` has no value here: it counts the rounds of a recursion
     --> p.dl:6:11
      |
    6 |         c(recursive_iteration_cnt()) :- b(_).
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^ this rule is in none
      |
      = help: count steps in a column of your own: `r(y, n + 1) :- r(x, n), edge(x, y), n < 10.`

    error[E0199]: an aggregate's body cannot hold alternatives
     --> p.dl:7:31
      |
    7 |         b(n) :- n = count : { b(1) ; b(2) }.
      |                               ^^^^^^^^^^^ several alternatives
      |
      = help: give the alternatives a relation of their own, and aggregate over that

    error[E0199]: `autoinc()` cannot stand in a recursive rule
     --> p.dl:8:9
      |
    8 |         a(x, autoinc()) :- a(x, _).
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^ a recursive rule

    error[E0199]: an aggregate's body cannot be `false`
     --> p.dl:9:31
      |
    9 |         b(n) :- n = sum x : { b(x), false }.
      |                               ^^^^^^^^^^^ never holds
    "#);
}

#[test]
fn too_many_alternatives_are_refused() {
    let pairs = "(a(1) ; a(2)), ".repeat(13);
    insta::assert_snapshot!(errors(&format!(".decl a(x: number)\na(1) :- {pairs}a(3).")), @r#"
    error[E0199]: the body has too many alternatives: more than 4096, or very long ones
     --> p.dl:2:10
      |
    2 | ...- (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), (a(1) ; a(2)), a(3).
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ multiplied out
      |
      = help: give some of the alternatives a relation of their own
    "#);
}

#[test]
fn a_flood_of_faults_ends() {
    let facts = "a(\"x\").\n".repeat(20_000);
    let session = crate::support::session(&format!(".decl a(x: number)\n{facts}"), &onus::check::Options::default());
    assert_eq!(session.checked.diagnostics.len(), 10_002);
    let last = session.checked.diagnostics.last().map(|last| (last.code.id, last.message.clone()));
    insta::assert_debug_snapshot!(last, @r#"
    Some(
        (
            "E0801",
            "there are more than 10000 faults: the clauses from here on are not looked at",
        ),
    )
    "#);
}

#[test]
fn witnesses_in_witnesses_end() {
    let mut body = "p(x, w)".to_owned();
    for _ in 0..40 {
        body = format!("p(x, w), w = max x : {{ {body} }}");
    }
    let text = format!(".decl p(x: number, w: number)\n.decl q(w: number)\nq(w) :- 1 = max x : {{ {body} }}.");
    let session = crate::support::session(&text, &onus::check::Options::default());
    assert!(session.checked.program.is_none() || session.checked.diagnostics.iter().all(|found| !found.is_error()));
}
