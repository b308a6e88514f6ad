//! E0301 to E0303 and E0104: which value may stand where.

use crate::support::errors;

#[test]
fn kinds_do_not_mix() {
    insta::assert_snapshot!(errors("
        .decl age(name: symbol, age: number)
        .decl len(x: float)
        .decl out(x: number)
        age(1, \"a\").
        out(1.5).
        out(y) :- age(y, _).
        out(x) :- len(x).
        out(x) :- age(n, x), x = n.
        out(x) :- age(n, x), n < 3.
        out(strlen(x)) :- out(x).
        out(x) :- age(_, x), match(x, \"a\").
        out(x + n) :- age(n, x).
        out(s) :- s = sum n : { age(n, _) }.
        len(m) :- m = mean x : { age(_, x) }.
        out(to_string(x)) :- out(x).
        out(as(\"a\", number)).
        out(x % 2) :- len(x).
        out(@date(x)) :- out(x).
    "), @r#"
    error[E0301]: a symbol is wanted, not a number
     --> p.dl:5:13
      |
    2 |         .decl age(name: symbol, age: number)
      |               --- declared here
    ...
    5 |         age(1, "a").
      |             ^ this is a number, and column `name` of `age` is a symbol

    error[E0301]: a number is wanted, not a symbol
     --> p.dl:5:16
      |
    2 |         .decl age(name: symbol, age: number)
      |               --- declared here
    ...
    5 |         age(1, "a").
      |                ^^^ this is a symbol, and column `age` of `age` is a number

    error[E0301]: a number is wanted, not a float
     --> p.dl:6:13
      |
    4 |         .decl out(x: number)
      |               --- declared here
    5 |         age(1, "a").
    6 |         out(1.5).
      |             ^^^ this is a float, and column `x` of `out` is a number

    error[E0301]: `y` cannot be both a number and a symbol
     --> p.dl:7:23
      |
    7 |         out(y) :- age(y, _).
      |             -         ^ column `name` of `age` is a symbol
      |             |
      |             column `x` of `out` is a number
      |
      = help: nothing is converted silently: `to_number` and `to_string` convert

    error[E0301]: `x` cannot be both a number and a float
     --> p.dl:8:23
      |
    8 |         out(x) :- len(x).
      |             -         ^ column `x` of `len` is a float
      |             |
      |             column `x` of `out` is a number
      |
      = help: nothing is converted silently: `to_number` and `to_float` convert

    error[E0301]: `n` is a symbol and `x` is a number
     --> p.dl:9:26
      |
    9 |         out(x) :- age(n, x), x = n.
      |                       -  ^ column `age` of `age` is a number
      |                       |
      |                       column `name` of `age` is a symbol
      |
      = help: nothing is converted silently: `to_string` and `to_number` convert

    error[E0301]: a symbol is wanted, not a number
      --> p.dl:10:34
       |
    10 |         out(x) :- age(n, x), n < 3.
       |                       -          ^ this is a number
       |                       |
       |                       column `name` of `age` is a symbol

    error[E0301]: `x` cannot be both a symbol and a number
      --> p.dl:11:31
       |
    11 |         out(strlen(x)) :- out(x).
       |                    -          ^ column `x` of `out` is a number
       |                    |
       |                    `strlen` takes a symbol
       |
       = help: nothing is converted silently: `to_string` and `to_number` convert

    error[E0301]: `x` cannot be both a number and a symbol
      --> p.dl:12:36
       |
    12 |         out(x) :- age(_, x), match(x, "a").
       |                          -         ^ `match` takes a symbol
       |                          |
       |                          column `age` of `age` is a number
       |
       = help: nothing is converted silently: `to_number` and `to_string` convert

    error[E0301]: `n` is a symbol and `x` is a number
      --> p.dl:13:30
       |
    13 |         out(x + n) :- age(n, x).
       |                           -  ^ column `age` of `age` is a number
       |                           |
       |                           column `name` of `age` is a symbol
       |
       = help: nothing is converted silently: `to_string` and `to_number` convert

    error[E0301]: `n` cannot be both a number and a symbol
      --> p.dl:14:37
       |
    14 |         out(s) :- s = sum n : { age(n, _) }.
       |                           -         ^ column `name` of `age` is a symbol
       |                           |
       |                           `sum` takes a number

    error[E0301]: `x` cannot be both a float and a number
      --> p.dl:15:41
       |
    15 |         len(m) :- m = mean x : { age(_, x) }.
       |                            -            ^ column `age` of `age` is a number
       |                            |
       |                            `mean` takes a float
       |
       = help: nothing is converted silently: `to_float` and `to_number` convert

    error[E0301]: a symbol and a number do not go together
      --> p.dl:16:13
       |
     4 |         .decl out(x: number)
       |               --- declared here
    ...
    16 |         out(to_string(x)) :- out(x).
       |             ^^^^^^^^^^^^ `to_string` gives a symbol, and column `x` of `out` is a number
       |
       = help: nothing is converted silently: `to_string` and `to_number` convert

    error[E0301]: a number is wanted, not a symbol
      --> p.dl:17:16
       |
    17 |         out(as("a", number)).
       |                ^^^ this is a symbol, and `as` makes it a number

    error[E0301]: `x` cannot be both an integer and a float
      --> p.dl:18:27
       |
    18 |         out(x % 2) :- len(x).
       |             -             ^ column `x` of `len` is a float
       |             |
       |             `%` takes an integer

    error[E0301]: `x` cannot be both a symbol and a number
      --> p.dl:19:30
       |
    19 |         out(@date(x)) :- out(x).
       |                   -          ^ column `x` of `out` is a number
       |                   |
       |                   `@date` takes a symbol
       |
       = help: nothing is converted silently: `to_string` and `to_number` convert
    "#);
}

#[test]
fn values_flow_up_only() {
    insta::assert_snapshot!(errors("
        .type Cat <: symbol
        .type Dog <: symbol
        .type Pet = Cat | Dog
        .type Box = [pet: Cat]
        .decl cat_(c: Cat)
        .decl dog(d: Dog)
        .decl pet(p: Pet)
        .decl box(b: Box)
        .decl any(s: symbol)
        .decl other(d: Dog)
        pet(x) :- cat_(x) ; dog(x).
        any(x) :- pet(x), !other(x), x != \"a\".
        cat_(\"tom\").
        cat_(x) :- pet(x), cat_(x).
        cat_(x) :- pet(x).
        cat_(x) :- any(x).
        cat_(x) :- dog(x).
        any(x) :- cat_(x), dog(x).
        any(x) :- cat_(x), dog(y), x = y.
        box([x]) :- pet(x).
        box(b) :- b = [x], any(x).
        dog(x) :- box([x]).
        dog(as(x, Dog)) :- any(x).
        cat_(as(x, Dog)) :- any(x).
        any(\"a\") :- cat_(as(\"b\", Dog)).
        ?- cat_(x) ; dog(x) ; box(x).
    "), @r#"
    error[E0301]: a `Cat` is wanted, and this is a `Pet`
      --> p.dl:16:14
       |
    16 |         cat_(x) :- pet(x).
       |              ^         - a `Pet`: column `p` of `pet`
       |              |
       |              column `c` of `cat_` takes a `Cat`
       |
       = help: not every `Pet` is a `Cat`; `as(x, Cat)` takes it as one

    error[E0301]: a `Cat` is wanted, and this is a `symbol`
      --> p.dl:17:14
       |
    17 |         cat_(x) :- any(x).
       |              ^         - a `symbol`: column `s` of `any`
       |              |
       |              column `c` of `cat_` takes a `Cat`
       |
       = help: not every `symbol` is a `Cat`; `as(x, Cat)` takes it as one

    error[E0301]: a `Cat` is wanted, and this is a `Dog`
      --> p.dl:18:14
       |
    18 |         cat_(x) :- dog(x).
       |              ^         - a `Dog`: column `d` of `dog`
       |              |
       |              column `c` of `cat_` takes a `Cat`
       |
       = help: no `Dog` is a `Cat`; `as(x, Cat)` takes it as one

    error[E0301]: `x` cannot be both a `Cat` and a `Dog`
      --> p.dl:19:32
       |
    19 |         any(x) :- cat_(x), dog(x).
       |                        -       ^ a `Dog`: column `d` of `dog`
       |                        |
       |                        a `Cat`: column `c` of `cat_`
       |
       = help: no value belongs to both types; `as(..., Cat)` or `as(..., Dog)` says that it does

    error[E0301]: `x` is a `Cat` and `y` is a `Dog`
      --> p.dl:20:32
       |
    20 |         any(x) :- cat_(x), dog(y), x = y.
       |                        -       ^ a `Dog`: column `d` of `dog`
       |                        |
       |                        a `Cat`: column `c` of `cat_`
       |
       = help: no value belongs to both types; `as(..., Cat)` or `as(..., Dog)` says that it does

    error[E0301]: a `Cat` is wanted, and this is a `Pet`
      --> p.dl:21:14
       |
    21 |         box([x]) :- pet(x).
       |              ^          - a `Pet`: column `p` of `pet`
       |              |
       |              field `pet` of `Box` takes a `Cat`
       |
       = help: not every `Pet` is a `Cat`; `as(x, Cat)` takes it as one

    error[E0301]: a `Cat` is wanted, and this is a `symbol`
      --> p.dl:22:24
       |
    22 |         box(b) :- b = [x], any(x).
       |                        ^       - a `symbol`: column `s` of `any`
       |                        |
       |                        field `pet` of `Box` takes a `Cat`
       |
       = help: not every `symbol` is a `Cat`; `as(x, Cat)` takes it as one

    error[E0301]: a `Dog` is wanted, and this is a `Cat`
      --> p.dl:23:13
       |
    23 |         dog(x) :- box([x]).
       |             ^          - a `Cat`: field `pet` of `Box`
       |             |
       |             column `d` of `dog` takes a `Dog`
       |
       = help: no `Cat` is a `Dog`; `as(x, Dog)` takes it as one

    error[E0301]: a `Cat` is wanted, and this is a `Dog`
      --> p.dl:25:14
       |
    25 |         cat_(as(x, Dog)) :- any(x).
       |              ^^^^^^^^^^ column `c` of `cat_` takes a `Cat`

    error[E0301]: a `Dog` is never a `Cat`
      --> p.dl:26:26
       |
    26 |         any("a") :- cat_(as("b", Dog)).
       |                          ^^^^^^^^^^^^ a `Dog`, and column `c` of `cat_` is a `Cat`

    error[E0301]: the column `x` cannot be both a `symbol` and a `Box`
      --> p.dl:27:35
       |
    27 |         ?- cat_(x) ; dog(x) ; box(x).
       |                 - a `symbol`      ^ a `Box`
    "#);
}

#[test]
fn literals_fit_their_type() {
    insta::assert_snapshot!(errors("
        .decl u(x: unsigned)
        .decl n(x: number)
        .decl f(x: float)
        u(1). u(1u). u(-1). u(18446744073709551615).
        n(1u). n(9223372036854775808). n(-9223372036854775808).
        f(1). f(-2). f(1u).
        n(x) :- n(x), x < 9223372036854775808.
        u(x) :- u(x), x > -3.
    "), @r#"
    error[E0104]: -1 does not fit an unsigned
     --> p.dl:5:24
      |
    5 |         u(1). u(1u). u(-1). u(18446744073709551615).
      |                        ^^ an unsigned here

    error[E0301]: a number is wanted, not an unsigned
     --> p.dl:6:11
      |
    3 |         .decl n(x: number)
      |               - declared here
    ...
    6 |         n(1u). n(9223372036854775808). n(-9223372036854775808).
      |           ^^ this is an unsigned, and column `x` of `n` is a number

    error[E0104]: 9223372036854775808 does not fit a number
     --> p.dl:6:18
      |
    6 |         n(1u). n(9223372036854775808). n(-9223372036854775808).
      |                  ^^^^^^^^^^^^^^^^^^^ a number here

    error[E0301]: a float is wanted, not an unsigned
     --> p.dl:7:24
      |
    4 |         .decl f(x: float)
      |               - declared here
    ...
    7 |         f(1). f(-2). f(1u).
      |                        ^^ this is an unsigned, and column `x` of `f` is a float

    error[E0104]: 9223372036854775808 does not fit a number
     --> p.dl:8:27
      |
    8 |         n(x) :- n(x), x < 9223372036854775808.
      |                           ^^^^^^^^^^^^^^^^^^^ a number here

    error[E0104]: -3 does not fit an unsigned
     --> p.dl:9:27
      |
    9 |         u(x) :- u(x), x > -3.
      |                           ^^ an unsigned here
    "#);
}

#[test]
fn declarations_make_sense() {
    insta::assert_snapshot!(errors("
        .type A <: B
        .type B <: A
        .type C = D
        .type D = C
        .type R = [x: number]
        .type S <: R
        .type U = symbol | number
        .type V = symbol | R
        .type W = W2 | symbol
        .type W2 = W | symbol
        .type T = Leaf {} | Node {t: T}
        .decl a(x: A, c: C, r: R, s: S, u: U, v: V, w: W, t: T)
        a(x, c, r, s, u, v, w, t) :- a(x, c, r, s, u, v, w, t).
    "), @r#"
    error[E0302]: the type `A` contains itself
     --> p.dl:2:15
      |
    2 |         .type A <: B
      |               ^ a cycle of types

    error[E0302]: the type `B` contains itself
     --> p.dl:3:15
      |
    3 |         .type B <: A
      |               ^ a cycle of types

    error[E0302]: the type `C` stands for itself
     --> p.dl:4:15
      |
    4 |         .type C = D
      |               ^ a cycle of aliases

    error[E0302]: `S` cannot be a subtype of `R`
     --> p.dl:7:20
      |
    7 |         .type S <: R
      |                    ^ a record: only number, unsigned, float and symbol have subtypes
      |
      = help: write `.type S = R` for another name of it

    error[E0302]: the members of the union `U` are of different kinds
     --> p.dl:8:28
      |
    8 |         .type U = symbol | number
      |                   ------   ^^^^^^ `number` is a number
      |                   |
      |                   `symbol` is a symbol

    error[E0302]: `R` cannot be part of the union `V`
     --> p.dl:9:28
      |
    9 |         .type V = symbol | R
      |                            ^ a record: a union has primitive members

    error[E0302]: the type `W` contains itself
      --> p.dl:10:15
       |
    10 |         .type W = W2 | symbol
       |               ^ a cycle of types

    error[E0302]: the type `W2` contains itself
      --> p.dl:11:15
       |
    11 |         .type W2 = W | symbol
       |               ^^ a cycle of types
    "#);
}

#[test]
fn a_type_must_follow_from_something() {
    insta::assert_snapshot!(errors("
        .type R = [x: number]
        .type Q = [x: number]
        .decl r(x: R)
        .decl q(x: Q)
        .decl n(x: number)
        n(1) :- x = nil, n(2).
        n(x) :- [x, 1] = [x, 1], n(x).
        n(1) :- r(x), x = nil.
        n(1) :- r(x), q(x).
        n(1) :- r(x), r(y), x < y.
        n(1) :- r(x), q(y), x != y.
    "), @r#"
    error[E0303]: nothing says which record type this `nil` has
     --> p.dl:7:21
      |
    7 |         n(1) :- x = nil, n(2).
      |                     ^^^ of which type?
      |
      = help: say so with `as(..., Type)`, or use it as an argument of a relation

    error[E0303]: nothing says which record type this record has
     --> p.dl:8:17
      |
    8 |         n(x) :- [x, 1] = [x, 1], n(x).
      |                 ^^^^^^ of which type?
      |
      = help: say so with `as(..., Type)`, or use it as an argument of a relation

    error[E0301]: `x` cannot be both a `R` and a `Q`
      --> p.dl:10:25
       |
    10 |         n(1) :- r(x), q(x).
       |                   -     ^ column `x` of `q` is a `Q`
       |                   |
       |                   column `x` of `r` is a `R`

    error[E0301]: `x` cannot be both a `R` and a number or symbol
      --> p.dl:11:29
       |
    11 |         n(1) :- r(x), r(y), x < y.
       |                   -         ^ `<` takes a number or symbol
       |                   |
       |                   column `x` of `r` is a `R`

    error[E0301]: `y` cannot be both a `R` and a number or symbol
      --> p.dl:11:33
       |
    11 |         n(1) :- r(x), r(y), x < y.
       |                         -       ^ `<` takes a number or symbol
       |                         |
       |                         column `x` of `r` is a `R`

    error[E0301]: `x` is a `R` and `y` is a `Q`
      --> p.dl:12:25
       |
    12 |         n(1) :- r(x), q(y), x != y.
       |                   -     ^ column `x` of `q` is a `Q`
       |                   |
       |                   column `x` of `r` is a `R`
    "#);
}
