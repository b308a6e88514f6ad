//! What clauses become: one head, one conjunction, aggregates and ranges beside `=`.

use crate::support::{rules, types};

const BASE: &str = r#"
.type Party <: symbol
.decl person(name: symbol, age: number)
.decl likes(a: symbol, b: symbol)
.decl out(x: symbol, n: number)
.decl num(n: number)
"#;

fn normal(text: &str) -> String {
    rules(&format!("{BASE}{text}"))
}

#[test]
fn heads_and_alternatives_multiply_out() {
    insta::assert_snapshot!(normal("
        num(1), num(2) :- person(\"a\", _) ; person(\"b\", _).
        num(x) :- person(_, x), !(x > 1, x < 9 ; likes(\"a\", _)), true.
        num(x) :- person(s, x), !match(\"a.*\", s), !!contains(\"b\", s).
        num(x) :- person(_, x), false.
    "), @r#"
    num(1) :- person("a", _).
    num(1) :- person("b", _).
    num(2) :- person("a", _).
    num(2) :- person("b", _).
    num(x) :- person(_, x), x <= 1, !likes("a", _).
    num(x) :- person(_, x), x >= 9, !likes("a", _).
    num(x) :- person(s, x), not "a.*" match s, "b" contains s.
    "#);
}

#[test]
fn aggregates_stand_beside_an_equals_sign() {
    insta::assert_snapshot!(normal("
        num(count : { person(_, _) }).
        num(x + sum y : { person(_, y) }) :- num(x), x < count : { likes(_, _) }.
        num(n) :- n = count : { person(s, _), likes(s, _) }.
    "), @r#"
    num(_1) :- _1 = count : number{ person(_2, _3) }||_2 _3|.
    num(+<number number>(x, _1)) :- num(x), _2 = count : number{ likes(_3, _4) }||_3 _4|, x < _2, _1 = sum y : number{ person(_5, y) }||y _5|.
    num(n) :- n = count : number{ person(s, _), likes(s, _) }||s|.
    "#);
}

#[test]
fn the_target_is_local_and_bound_names_are_the_group() {
    insta::assert_snapshot!(normal("
        out(a, n) :- person(a, _), n = count : { likes(a, b) }.
        out(a, s) :- person(a, x), s = sum x : { person(_, x) }.
        num(y) :- y = max y : { person(_, y) }.
        out(a, n) :- person(a, _), n = count : { likes(a, b), 0 < count : { likes(b, a) } }.
    "), @r#"
    out(a, n) :- person(a, _), n = count : number{ likes(a, b) }|a|b|.
    out(a, s) :- person(a, x), s = sum x' : number{ person(_1, x') }||x' _1|.
    num(y) :- y = max y' : number{ person(_, y') }||y'|.
    out(a, n) :- person(a, _), n = count : number{ likes(a, b), _1 = count : number{ likes(b, a) }|a b||, 0 < _1 }|a|b _1|.
    "#);
}

#[test]
fn the_witness_of_a_maximum_is_a_row_that_attains_it() {
    insta::assert_snapshot!(normal("
        out(n, a) :- a = max x : { person(n, x) }.
        out(n, a) :- a = max x + 1 : { person(n, x), likes(n, m) }.
        out(n, a) :- likes(g, _), a = min x : { person(n, x), likes(n, g) }, a > 3.
    "), @r#"
    out(n, a) :- a = max x : number{ person(n', x) }||x n'|, person(n, a).
    out(n, a) :- a = max +<number number>(x, 1) : number{ person(n', x), likes(n', m) }||x n' m|, person(n, x'), likes(n, m'), +<number number>(x', 1) = a.
    out(n, a) :- likes(g, _), a = min x : number{ person(n', x), likes(n', g) }|g|x n'|, person(n, a), likes(n, g), a > 3.
    "#);
}

#[test]
fn ranges_are_equations() {
    insta::assert_snapshot!(normal("
        num(range(1, 5)).
        num(x) :- x = range(1, 5, 2).
        num(x * 2) :- person(_, range(0, 3)), num(x).
        num(x) :- num(x), !person(\"a\", range(x, 9)).
    "), @r#"
    num(_1) :- _1 = range<number number>(1, 5).
    num(x) :- x = range<number number number>(1, 5, 2).
    num(*<number number>(x, 2)) :- _1 = range<number number>(0, 3), person(_, _1), num(x).
    num(x) :- num(x), _1 = range<number number>(x, 9), !person("a", _1).
    "#);
}

#[test]
fn variables_have_the_narrowest_type() {
    insta::assert_snapshot!(types("
        .type Party <: symbol
        .type Firm <: Party
        .type Any = Party | Doc
        .type Doc <: symbol
        .type Pair = [a: Party, b: number]
        .decl p(x: Party) .decl f(x: Firm) .decl s(x: symbol) .decl any(x: Any) .decl pair(x: Pair) .decl n(x: number) .decl g(x: float) .type Length <: float .decl h(x: Length)
        s(x) :- s(x), p(x), f(x), any(x).
        s(x) :- p(x), y = x, s(y).
        s(x) :- any(x), s(x).
        n(y) :- pair(q), q = [x, y], s(x).
        g(x) :- x = 1, g(y), y > x.
        g(y) :- y = max x : { h(x) }.
        s(x) :- any(z), x = as(z, Party).
        s(x) :- p(y), x = cat(y, \"!\").
    "), @r#"
    x: Firm
    x: Party, y: Party
    x: Any
    y: number, q: Pair, x: Party
    x: float, y: float
    y: Length, x: Length
    x: Party, z: Any
    x: symbol, y: Party
    "#);
}
