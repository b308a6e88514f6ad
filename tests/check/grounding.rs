//! E0401 to E0404 and E0501: where values come from, and when.

use crate::support::errors;

const BASE: &str = r#"
.type Pair = [x: number, y: number]
.type Tree = Leaf {} | Node {l: Tree, v: number}
.decl n(x: number)
.decl m(x: number)
.decl s(x: symbol)
.decl pair(p: Pair)
.decl tree(t: Tree)
"#;

fn faults(text: &str) -> String {
    errors(&format!("{BASE}{text}"))
}

#[test]
fn a_variable_gets_its_value_from_a_positive_atom() {
    insta::assert_snapshot!(faults("
        n(x) :- m(_).
        n(x) :- m(x) ; s(_).
        n(1) :- m(y), !m(x).
        n(1) :- m(y), x < y.
        n(1) :- m(x + 1).
        n(x) :- m(y), y = x + 1.
        n(x) :- x = y, y = x.
        n(z) :- z = y * 2, y = x + 1, !m(x).
        n(x) :- true.
        n(1) :- m(x), contains(y, \"a\"), m(x).
        n(c) :- c = count : { m(x), x < y }.
        n(c) :- c = count : { m(x), !s(z) }.
        n(x) :- x = max x : { m(y) }.
        .type Party <: symbol
        .decl offers(p: Party, s: symbol)
        .decl party(p: Party)
        .decl lone(p: Party)
        lone(p) :- m(_), !offers(q, _).
    "), @r#"
    error[E0401]: nothing gives `x` a value
      --> p.dl:10:11
       |
    10 |         n(x) :- m(_).
       |           ^ the head takes its value from the body
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:11:11
       |
    11 |         n(x) :- m(x) ; s(_).
       |           ^ the head takes its value from the body
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:12:26
       |
    12 |         n(1) :- m(y), !m(x).
       |                          ^ a negated atom binds nothing
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:13:23
       |
    13 |         n(1) :- m(y), x < y.
       |                       ^ a comparison binds nothing
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:14:19
       |
    14 |         n(1) :- m(x + 1).
       |                   ^ an operand in an argument binds nothing
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:15:11
       |
    15 |         n(x) :- m(y), y = x + 1.
       |           ^               - `=` is not solved for an operand
       |           |
       |           the head takes its value from the body
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:16:11
       |
    16 |         n(x) :- x = y, y = x.
       |           ^     -          - the other side has no value either
       |           |     |
       |           |     the other side has no value either
       |           the head takes its value from the body
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:17:32
       |
    17 |         n(z) :- z = y * 2, y = x + 1, !m(x).
       |                                ^         - a negated atom binds nothing
       |                                |
       |                                `=` is not solved for an operand
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:18:11
       |
    18 |         n(x) :- true.
       |           ^ the head takes its value from the body
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `y` a value
      --> p.dl:19:32
       |
    19 |         n(1) :- m(x), contains(y, "a"), m(x).
       |                                ^ a comparison binds nothing
       |
       = help: make `y` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `y` a value
      --> p.dl:20:41
       |
    20 |         n(c) :- c = count : { m(x), x < y }.
       |                                         ^ a comparison binds nothing
       |
       = help: make `y` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `z` a value
      --> p.dl:21:40
       |
    21 |         n(c) :- c = count : { m(x), !s(z) }.
       |                                        ^ a negated atom binds nothing
       |
       = help: make `z` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `x` a value
      --> p.dl:22:25
       |
    22 |         n(x) :- x = max x : { m(y) }.
       |                         ^ no value
       |
       = help: make `x` an argument of a positive atom, or equal to an expression of known values

    error[E0401]: nothing gives `p` a value
      --> p.dl:27:14
       |
    27 |         lone(p) :- m(_), !offers(q, _).
       |              ^ the head takes its value from the body
       |
       = help: make `p` an argument of a positive atom such as `party(p)`, or equal to an expression of known values

    error[E0401]: nothing gives `q` a value
      --> p.dl:27:34
       |
    27 |         lone(p) :- m(_), !offers(q, _).
       |                                  ^ a negated atom binds nothing
       |
       = help: make `q` an argument of a positive atom such as `party(q)`, or equal to an expression of known values
    "#);
}

#[test]
fn equality_and_patterns_pass_values_on() {
    insta::assert_snapshot!(faults("
        m(x) :- n(y), x = y + 1.
        m(x) :- n(y), y + 1 = x.
        m(x) :- x = y, y = z, z = 3.
        m(x) :- pair([x, _]).
        m(x) :- pair(p), p = [x, _].
        m(x) :- pair(p), [_, x] = p.
        pair(p) :- n(x), p = [x, x].
        m(x) :- tree($Node(_, x)).
        m(x) :- tree(t), t = $Node($Node(_, x), _).
        m(x) :- s(as(x, symbol)), n(x).
        m(x) :- s(y), y = as(x, symbol), n(x).
        m(x) :- x = range(0, 10).
        m(x) :- x = count : { n(_) }.
    "), @"");
}

#[test]
fn a_wildcard_has_no_value() {
    insta::assert_snapshot!(faults("
        n(_) :- m(_).
        n(1) :- m(x), x != _.
        n(1) :- m(_ + 1).
        n(x) :- pair(p), p != [1, _], m(x).
        n(1) :- m(x), _ = x.
        pair([1, _]) :- m(_).
        n(1) :- pair(p), p = [1, _], !pair([_, 2]).
        pair(p) :- p = [1, _].
        n(s) :- s = sum _ : { m(_) }.
        n(1) :- [1, _] = [_, 2], n(2).
    "), @r#"
    error[E0402]: `_` has no value that a head could use
      --> p.dl:10:11
       |
    10 |         n(_) :- m(_).
       |           ^ any value
       |
       = help: name it, and bind the name in a positive atom

    error[E0402]: `_` has no value that a comparison could use
      --> p.dl:11:28
       |
    11 |         n(1) :- m(x), x != _.
       |                            ^ any value
       |
       = help: name it, and bind the name in a positive atom

    error[E0402]: `_` has no value that a functor could use
      --> p.dl:12:19
       |
    12 |         n(1) :- m(_ + 1).
       |                   ^ any value
       |
       = help: name it, and bind the name in a positive atom

    error[E0402]: `_` has no value that a comparison could use
      --> p.dl:13:35
       |
    13 |         n(x) :- pair(p), p != [1, _], m(x).
       |                                   ^ any value
       |
       = help: name it, and bind the name in a positive atom

    error[E0402]: `_` has no value that a comparison could use
      --> p.dl:14:23
       |
    14 |         n(1) :- m(x), _ = x.
       |                       ^ any value
       |
       = help: name it, and bind the name in a positive atom

    error[E0402]: `_` has no value that a head could use
      --> p.dl:15:18
       |
    15 |         pair([1, _]) :- m(_).
       |                  ^ any value
       |
       = help: name it, and bind the name in a positive atom

    error[E0401]: nothing gives `p` a value
      --> p.dl:17:14
       |
    17 |         pair(p) :- p = [1, _].
       |              ^     - the other side has no value either
       |              |
       |              the head takes its value from the body
       |
       = help: make `p` an argument of a positive atom, or equal to an expression of known values

    error[E0402]: `_` has no value that an aggregate could use
      --> p.dl:18:25
       |
    18 |         n(s) :- s = sum _ : { m(_) }.
       |                         ^ any value
       |
       = help: name it, and bind the name in a positive atom

    error[E0303]: nothing says which record type this record has
      --> p.dl:19:17
       |
    19 |         n(1) :- [1, _] = [_, 2], n(2).
       |                 ^^^^^^ of which type?
       |
       = help: say so with `as(..., Type)`, or use it as an argument of a relation

    error[E0402]: both sides of `=` leave parts open with `_`
      --> p.dl:19:17
       |
    19 |         n(1) :- [1, _] = [_, 2], n(2).
       |                 ^^^^^^^^^^^^^^^ one side must have a value
    "#);
}

#[test]
fn a_fact_is_constant() {
    insta::assert_snapshot!(faults("
        n(x).
        s(tom).
        n(_).
        n(autoinc()).
        n(1 + 2).
        n(count : { m(_) }).
        pair([1, y]).
        n(sum x : { m(x), x > y }).
    "), @r#"
    error[E0403]: a fact is constant, and `x` is a variable
      --> p.dl:10:11
       |
    10 |         n(x).
       |           ^ a variable
       |
       = help: give `n` a body that binds `x`

    error[E0403]: a fact is constant, and `tom` is a variable
      --> p.dl:11:11
       |
    11 |         s(tom).
       |           ^^^ a variable
       |
       = help: write `"tom"` for the symbol, or give `s` a body that binds `tom`

    error[E0402]: `_` has no value that a head could use
      --> p.dl:12:11
       |
    12 |         n(_).
       |           ^ any value
       |
       = help: name it, and bind the name in a positive atom

    error[E0403]: a fact is constant, and `autoinc()` is not
      --> p.dl:13:11
       |
    13 |         n(autoinc()).
       |           ^^^^^^^^^ another value each time

    error[E0403]: a fact is constant, and `y` is a variable
      --> p.dl:16:18
       |
    16 |         pair([1, y]).
       |                  ^ a variable
       |
       = help: give `pair` a body that binds `y`

    error[E0401]: nothing gives `y` a value
      --> p.dl:17:31
       |
    17 |         n(sum x : { m(x), x > y }).
       |                               ^ a comparison binds nothing
       |
       = help: make `y` an argument of a positive atom, or equal to an expression of known values
    "#);
}

#[test]
fn no_row_is_the_witness_of_a_sum() {
    insta::assert_snapshot!(faults("
        n(x) :- 3 = count : { m(x) }.
        n(y) :- x = sum z : { m(z), n(y) }, s(_).
        s(x) :- 1.5 = mean z : { s(x), z = 2.0 }.
        m(x) :- 3 = max z : { n(z), s(y), strlen(y) = x }.
    "), @r#"
    error[E0404]: `x` is bound only inside the `count`: no single row is its witness
      --> p.dl:10:33
       |
    10 |         n(x) :- 3 = count : { m(x) }.
       |           - used here           ^ bound here, row by row
       |
       = help: bind `x` outside too, and there is one `count` for each of its values

    error[E0404]: `y` is bound only inside the `sum`: no single row is its witness
      --> p.dl:11:39
       |
    11 |         n(y) :- x = sum z : { m(z), n(y) }, s(_).
       |           - used here                 ^ bound here, row by row
       |
       = help: bind `y` outside too, and there is one `sum` for each of its values

    error[E0404]: `x` is bound only inside the `mean`: no single row is its witness
      --> p.dl:12:36
       |
    12 |         s(x) :- 1.5 = mean z : { s(x), z = 2.0 }.
       |           - used here              ^ bound here, row by row
       |
       = help: bind `x` outside too, and there is one `mean` for each of its values
    "#);
}

#[test]
fn no_relation_depends_on_its_own_absence() {
    insta::assert_snapshot!(errors("
        .decl gap(x: symbol)
        .decl covered(x: symbol)
        .decl held(x: symbol)
        .decl need(x: symbol)
        .decl total(n: number)
        gap(x) :- need(x), !covered(x).
        covered(x) :- held(x).
        held(x) :- need(x), gap(x).
        held(x) :- covered(x), held(x).
        total(n) :- n = sum y : { total(y) }.
        need(x) :- need(x), !total(1).
    "), @r#"
    error[E0501]: `gap` depends on itself through a negation
     --> p.dl:7:29
      |
    7 |         gap(x) :- need(x), !covered(x).
      |                             ^^^^^^^^^^ `gap` needs that `covered` does not hold
    8 |         covered(x) :- held(x).
      |                       ------- `covered` needs `held`
    9 |         held(x) :- need(x), gap(x).
      |                             ------ `held` needs `gap`
      |
      = note: gap -> covered (negated) -> held -> gap
      = help: no order of evaluation decides such a cycle: split a relation, so that what is negated is complete first

    error[E0501]: `total` depends on itself through an aggregate
      --> p.dl:11:35
       |
    11 |         total(n) :- n = sum y : { total(y) }.
       |                                   ^^^^^^^^ `total` needs all of `total`
       |
       = note: total -> total (aggregated)
       = help: no order of evaluation decides such a cycle: split a relation, so that what is aggregated is complete first; or, where the value only grows and is only asked to be large enough (`count : { ... } >= 2`), mark the rule `@[monotone]`
    "#);
}
