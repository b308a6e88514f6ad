//! What is said about faults, and what is read in spite of them.

use super::complaints;
use crate::source::SourceMap;
use crate::symbol::Interner;
use crate::syntax::parse;
use crate::syntax::print::print_program;
use insta::assert_snapshot;

#[test]
fn slips_from_other_languages_are_named_and_understood() {
    assert_snapshot!(complaints("a(x) := b(x).\na(x) <- b(x).\na(x) :- b(x), x == 1."), @r"
    error[E0101]: `:=` does not make a rule
     --> a.dl:1:6
      |
    1 | a(x) := b(x).
      |      ^^
      |
      = help: write `:-`

    error[E0101]: `<-` does not make a rule
     --> a.dl:2:6
      |
    2 | a(x) <- b(x).
      |      ^^
      |
      = help: write `:-`

    error[E0101]: `==` does not compare
     --> a.dl:3:17
      |
    3 | a(x) :- b(x), x == 1.
      |                 ^^
      |
      = help: equality is written `=`
    ");
    assert_snapshot!(complaints("a(x) :- not b(x), ~c(x) && d(x) and e(x) || f(x) or g(x)."), @r"
    error[E0101]: `not` does not negate
     --> a.dl:1:9
      |
    1 | a(x) :- not b(x), ~c(x) && d(x) and e(x) || f(x) or g(x).
      |         ^^^
      |
      = help: write `!`

    error[E0101]: `~` does not negate
     --> a.dl:1:19
      |
    1 | a(x) :- not b(x), ~c(x) && d(x) and e(x) || f(x) or g(x).
      |                   ^
      |
      = help: write `!`

    error[E0101]: `&&` does not join the parts of a body
     --> a.dl:1:25
      |
    1 | a(x) :- not b(x), ~c(x) && d(x) and e(x) || f(x) or g(x).
      |                         ^^
      |
      = help: write `,`

    error[E0101]: `and` does not join the parts of a body
     --> a.dl:1:33
      |
    1 | a(x) :- not b(x), ~c(x) && d(x) and e(x) || f(x) or g(x).
      |                                 ^^^
      |
      = help: write `,`

    error[E0101]: `||` does not join the parts of a body
     --> a.dl:1:42
      |
    1 | a(x) :- not b(x), ~c(x) && d(x) and e(x) || f(x) or g(x).
      |                                          ^^
      |
      = help: write `;`

    error[E0101]: `or` does not join the parts of a body
     --> a.dl:1:50
      |
    1 | a(x) :- not b(x), ~c(x) && d(x) and e(x) || f(x) or g(x).
      |                                                  ^^
      |
      = help: write `;`
    ");
    assert_snapshot!(complaints("a('x').\ndecl b(x: number)\noutput b\n.declare c()\n.decl(x: number)"), @r#"
    error[E0101]: single quotes do not make a string
     --> a.dl:1:3
      |
    1 | a('x').
      |   ^^^
      |
      = help: strings stand in double quotes: "text"

    error[E0101]: a directive begins with a full stop
     --> a.dl:2:1
      |
    2 | decl b(x: number)
      | ^^^^
      |
      = help: write `.decl`

    error[E0101]: a directive begins with a full stop
     --> a.dl:3:1
      |
    3 | output b
      | ^^^^^^
      |
      = help: write `.output`

    error[E0101]: there is no directive `.declare`
     --> a.dl:4:1
      |
    4 | .declare c()
      | ^^^^^^^^
      |
      = help: did you mean `.decl`?

    error[E0101]: white space must follow `.decl`
     --> a.dl:5:1
      |
    5 | .decl(x: number)
      | ^^^^^
    "#);
    assert_snapshot!(complaints("a(x) :- 1 < x < 3.\na(x) :- x <> 1.\na(x) :- x =< 1.\na(x) :- x = 2 ** 3.\na(x) :- b(x)?\na(x) :- inline(x)."), @r"
    error[E0101]: expected `,`, `;` or `.`, found `<`
     --> a.dl:1:15
      |
    1 | a(x) :- 1 < x < 3.
      |               ^ expected `,`, `;` or `.`
      |
      = help: comparisons do not chain: write `a < b, b < c`

    error[E0101]: expected a term, found `>`
     --> a.dl:2:12
      |
    2 | a(x) :- x <> 1.
      |            ^ expected a term
      |
      = help: inequality is written `!=`

    error[E0101]: expected a term, found `<`
     --> a.dl:3:12
      |
    3 | a(x) :- x =< 1.
      |            ^ expected a term
      |
      = help: less or equal is written `<=`

    error[E0101]: expected a term, found `*`
     --> a.dl:4:16
      |
    4 | a(x) :- x = 2 ** 3.
      |                ^ expected a term
      |
      = help: power is written `^`

    error[E0101]: expected `,`, `;` or `.`, found `?`
     --> a.dl:5:13
      |
    5 | a(x) :- b(x)?
      |             ^ expected `,`, `;` or `.`
      |
      = help: in a file a goal is written `?- body.`

    error[E0105]: `inline` is a word of the language and cannot be a relation or variable
     --> a.dl:6:9
      |
    6 | a(x) :- inline(x).
      |         ^^^^^^ reserved word
      |
      = help: another name would do, such as `inline_`
    ");
    assert_snapshot!(complaints("a :- b(x).\na(x) :- b.\na(x) :- b(f(x)).\na(x) :- x = $B.\na(x) :- x = true.\na(x) = b(x)."), @r"
    error[E0101]: expected `(` after `a`, found `:-`
     --> a.dl:1:3
      |
    1 | a :- b(x).
      |   ^^ expected `(` after `a`
      |
      = help: a relation without attributes is written `a()`

    error[E0101]: expected a comparison after the term, found `.`
     --> a.dl:2:10
      |
    2 | a(x) :- b.
      |          ^ expected a comparison after the term
      |
      = help: a relation without attributes is written `b()`

    error[E0101]: `f(...)` is not a term
     --> a.dl:3:11
      |
    3 | a(x) :- b(f(x)).
      |           ^ an atom cannot stand inside a term
      |
      = help: a functor is written `@f(...)`; for a relation's value write an atom that binds a variable

    error[E0101]: expected `(` after `$B`, found `.`
     --> a.dl:4:15
      |
    4 | a(x) :- x = $B.
      |               ^ expected `(` after `$B`
      |
      = help: a branch without fields is written `$B()`

    error[E0101]: expected a term, found `true`
     --> a.dl:5:13
      |
    5 | a(x) :- x = true.
      |             ^^^^ expected a term
      |
      = help: truth values are formulas, not values: use 0 and 1, or a symbol

    error[E0101]: expected `.`, `,` or `:-`, found `=`
     --> a.dl:6:6
      |
    6 | a(x) = b(x).
      |      ^ expected `.`, `,` or `:-`
      |
      = help: a rule is written `head :- body.`
    ");
    assert_snapshot!(complaints("a(1), b(2).\na(x) <= a(y).\n.decl b(x: number).\na(1)..\n}\n.decl c(x)"), @r"
    error[E0101]: several heads need a body
     --> a.dl:1:1
      |
    1 | a(1), b(2).
      | ^^^^^^^^^^
      |
      = help: end each fact with its own full stop

    error[E0101]: a subsumption needs a body
     --> a.dl:2:1
      |
    2 | a(x) <= a(y).
      | ^^^^^^^^^^^^
      |
      = help: write `:- true` if it always holds

    error[E0101]: a declaration ends without a full stop
     --> a.dl:3:19
      |
    3 | .decl b(x: number).
      |                   ^
      |
      = help: remove it

    error[E0101]: expected a clause or a directive, found `.`
     --> a.dl:4:6
      |
    4 | a(1)..
      |      ^ expected a clause or a directive
      |
      = help: the item before is complete without this full stop

    error[E0101]: expected a clause or a directive, found `}`
     --> a.dl:5:1
      |
    5 | }
      | ^ expected a clause or a directive
      |
      = help: no component is open here

    error[E0101]: expected `:` and a type, found `)`
     --> a.dl:6:10
      |
    6 | .decl c(x)
      |          ^ expected `:` and a type
      |
      = help: an attribute has a type, such as `x: symbol`
    ");
}

#[test]
fn reserved_words_cannot_be_names() {
    assert_snapshot!(complaints(".decl count(min: number)\na(count, band).\nrange(1).\n?x(1) :- nil(x)."), @r"
    error[E0105]: `count` is a word of the language and cannot be a relation
     --> a.dl:1:7
      |
    1 | .decl count(min: number)
      |       ^^^^^ reserved word
      |
      = help: another name would do, such as `count_`

    error[E0105]: `min` is a word of the language and cannot be an attribute
     --> a.dl:1:13
      |
    1 | .decl count(min: number)
      |             ^^^ reserved word
      |
      = help: another name would do, such as `min_`

    error[E0105]: `count` is a word of the language and cannot be a variable
     --> a.dl:2:3
      |
    2 | a(count, band).
      |   ^^^^^ reserved word
      |
      = help: another name would do, such as `count_`

    error[E0105]: `band` is a word of the language and cannot be a variable
     --> a.dl:2:10
      |
    2 | a(count, band).
      |          ^^^^ reserved word
      |
      = help: another name would do, such as `band_`

    error[E0105]: `range` is a word of the language and cannot be a relation
     --> a.dl:3:1
      |
    3 | range(1).
      | ^^^^^ reserved word
      |
      = help: another name would do, such as `range_`

    error[E0101]: expected a comparison after the term, found `(`
     --> a.dl:4:13
      |
    4 | ?x(1) :- nil(x).
      |             ^ expected a comparison after the term
    ");
    assert_snapshot!(complaints("a(x) :- range(x, y).\na(x) :- count(x).\na(x) :- x = count y : b(y), z = sum : b(z)."), @r"
    error[E0101]: expected a comparison after the term, found `.`
     --> a.dl:1:20
      |
    1 | a(x) :- range(x, y).
      |                    ^ expected a comparison after the term
      |
      = help: `range` makes a value and cannot name a relation

    error[E0101]: expected `:` and the body of `count`, found `.`
     --> a.dl:2:17
      |
    2 | a(x) :- count(x).
      |                 ^ expected `:` and the body of `count`
      |
      = help: an aggregate is written `count ... : { body }`; `count` cannot be a name

    error[E0101]: `count` takes no target
     --> a.dl:3:19
      |
    3 | a(x) :- x = count y : b(y), z = sum : b(z).
      |                   ^
      |
      = help: write `count : { ... }`

    error[E0101]: expected a term that the sum is taken of, found `:`
     --> a.dl:3:37
      |
    3 | a(x) :- x = count y : b(y), z = sum : b(z).
      |                                     ^ expected a term that the sum is taken of
    ");
}

#[test]
fn faulty_constants_are_placed_within_their_token() {
    assert_snapshot!(complaints("a(\"\\q\", \"ä\\\u{e9}\", 12abc, 1e5, 1.5e3)."), @r#"
    error[E0103]: `\q` is not an escape
     --> a.dl:1:4
      |
    1 | a("\q", "ä\é", 12abc, 1e5, 1.5e3).
      |    ^^
      |
      = help: strings know `\" \' \\ \a \b \f \n \r \t \v`; a backslash itself is written `\\`

    error[E0103]: `\é` is not an escape
     --> a.dl:1:11
      |
    1 | a("\q", "ä\é", 12abc, 1e5, 1.5e3).
      |           ^^
      |
      = help: strings know `\" \' \\ \a \b \f \n \r \t \v`; a backslash itself is written `\\`

    error[E0101]: `12abc` is not a number
     --> a.dl:1:16
      |
    1 | a("\q", "ä\é", 12abc, 1e5, 1.5e3).
      |                ^^^^^
      |
      = help: numbers are decimal, `0x` with hexadecimal or `0b` with binary digits, with `u` at the end if unsigned

    error[E0101]: `1e5` is not a number
     --> a.dl:1:23
      |
    1 | a("\q", "ä\é", 12abc, 1e5, 1.5e3).
      |                       ^^^
      |
      = help: a float has digits on both sides of its point and no exponent

    error[E0101]: `1.5e3` is not a number
     --> a.dl:1:28
      |
    1 | a("\q", "ä\é", 12abc, 1e5, 1.5e3).
      |                            ^^^^^
      |
      = help: a float has digits on both sides of its point and no exponent
    "#);
    assert_snapshot!(complaints("a(300.1.1.1, 18446744073709551616, 0x, 0b12)."), @r"
    error[E0104]: `300.1.1.1` is out of range
     --> a.dl:1:3
      |
    1 | a(300.1.1.1, 18446744073709551616, 0x, 0b12).
      |   ^^^^^^^^^
      |
      = help: each part of an address is at most 255

    error[E0104]: `18446744073709551616` is out of range
     --> a.dl:1:14
      |
    1 | a(300.1.1.1, 18446744073709551616, 0x, 0b12).
      |              ^^^^^^^^^^^^^^^^^^^^
      |
      = help: the largest number is 9223372036854775807, the largest unsigned 18446744073709551615

    error[E0101]: `0x` is not a number
     --> a.dl:1:36
      |
    1 | a(300.1.1.1, 18446744073709551616, 0x, 0b12).
      |                                    ^^
      |
      = help: numbers are decimal, `0x` with hexadecimal or `0b` with binary digits, with `u` at the end if unsigned

    error[E0101]: `0b12` is not a number
     --> a.dl:1:40
      |
    1 | a(300.1.1.1, 18446744073709551616, 0x, 0b12).
      |                                        ^^^^
      |
      = help: numbers are decimal, `0x` with hexadecimal or `0b` with binary digits, with `u` at the end if unsigned
    ");
}

#[test]
fn parsing_goes_on_after_an_error() {
    let text = "a(x) :- b(x\nc(1).\nd(x :- e(x).\nf(1)\ng(2).\n.decl h(x:)\ni(1).\n.comp C { j(1. .decl k(x: number)\n  l(x) :- . m(1).\n}\nn(x) :- o(x),\n  p(x)\n  q(x).\nr(1).";
    assert_snapshot!(complaints(text), @r"
    error[E0101]: expected `,` or `)`, found `c`
     --> a.dl:2:1
      |
    2 | c(1).
      | ^ expected `,` or `)`

    error[E0101]: expected `,` or `)`, found `:-`
     --> a.dl:3:5
      |
    3 | d(x :- e(x).
      |     ^^ expected `,` or `)`

    error[E0101]: expected `.`, `,` or `:-`, found `g`
     --> a.dl:4:5
      |
    4 | f(1)
      |     ^ a full stop is missing here
    5 | g(2).
      | - the next item begins here

    error[E0101]: expected a type, found `)`
     --> a.dl:6:11
      |
    6 | .decl h(x:)
      |           ^ expected a type

    error[E0101]: expected `,` or `)`, found `.`
     --> a.dl:8:14
      |
    8 | .comp C { j(1. .decl k(x: number)
      |              ^ expected `,` or `)`

    error[E0101]: expected an atom, a comparison or `!`, found `.`
     --> a.dl:9:11
      |
    9 |   l(x) :- . m(1).
      |           ^ expected an atom, a comparison or `!`

    error[E0101]: expected `,`, `;` or `.`, found `q`
      --> a.dl:13:3
       |
    13 |   q(x).
       |   ^ expected `,`, `;` or `.`
       |
       = help: is a comma missing at the end of the line before?
    ");
    let mut sources = SourceMap::default();
    let mut symbols = Interner::default();
    let parse = parse(sources.add("a.dl", text), text, &mut symbols);
    assert_snapshot!(print_program(&parse.program, &symbols), @r"
    f(1).
    g(2).
    i(1).
    .comp C {
        .decl k(x: number)
        m(1).
    }
    r(1).
    ");
}

#[test]
fn a_missing_full_stop_costs_no_item() {
    assert_snapshot!(complaints("a(1)\nb(2).\n?- a(x)\n@[quiet] c(x) :- a(x)\n.decl d(x: number)"), @r"
    error[E0101]: expected `.`, `,` or `:-`, found `b`
     --> a.dl:1:5
      |
    1 | a(1)
      |     ^ a full stop is missing here
    2 | b(2).
      | - the next item begins here

    error[E0101]: expected `,`, `;` or `.`, found `@[`
     --> a.dl:3:8
      |
    3 | ?- a(x)
      |        ^ a full stop is missing here
    4 | @[quiet] c(x) :- a(x)
      | -- the next item begins here

    error[E0101]: expected `,`, `;` or `.`, found `.decl`
     --> a.dl:4:22
      |
    4 | @[quiet] c(x) :- a(x)
      |                      ^ a full stop is missing here
    5 | .decl d(x: number)
      | ----- the next item begins here
    ");
}

#[test]
fn brackets_strings_and_annotations_are_reported_where_they_open() {
    assert_snapshot!(complaints("a(1, [2, 3"), @r"
    error[E0102]: the bracket `[` is never closed
     --> a.dl:1:6
      |
    1 | a(1, [2, 3
      |      ^ opened here
    ");
    assert_snapshot!(complaints("a(\"x).\nb(\"y\")."), @r#"
    error[E0101]: expected `,` or `)`, found `y`
     --> a.dl:2:4
      |
    1 | a("x).
      |   ---- this string spans lines: is its closing quote missing?
    2 | b("y").
      |    ^ expected `,` or `)`

    error[E0102]: the string is never closed
     --> a.dl:2:5
      |
    1 | a("x).
      |   ---- this string spans lines: is its closing quote missing?
    2 | b("y").
      |     ^^^ opened here
    "#);
    assert_snapshot!(complaints("@[label = ] a(1).\n@[label = \"x\" a(1).\n@[] a(1).\n@[a b c] a(1)."), @r#"
    error[E0108]: the annotation cannot be read: unexpected `]`
     --> a.dl:1:11
      |
    1 | @[label = ] a(1).
      |           ^
      |
      = help: an annotation is written `@[name]` or `@[name = "text"]`

    error[E0108]: the annotation cannot be read: unexpected `a`
     --> a.dl:2:15
      |
    2 | @[label = "x" a(1).
      |               ^
      |
      = help: an annotation is written `@[name]` or `@[name = "text"]`

    error[E0108]: the annotation cannot be read: unexpected `]`
     --> a.dl:3:3
      |
    3 | @[] a(1).
      |   ^
      |
      = help: an annotation is written `@[name]` or `@[name = "text"]`

    error[E0108]: the annotation cannot be read: unexpected `b`
     --> a.dl:4:5
      |
    4 | @[a b c] a(1).
      |     ^
      |
      = help: an annotation is written `@[name]` or `@[name = "text"]`
    "#);
    assert_snapshot!(complaints(".plan 0: (1)\n.override a\n.comp A { ?- b(x). .pragma \"x\" .functor f(): number }"), @r#"
    error[E0101]: expected a clause or a directive, found `.plan`
     --> a.dl:1:1
      |
    1 | .plan 0: (1)
      | ^^^^^ expected a clause or a directive
      |
      = help: `.plan` directly follows its rule

    error[E0101]: `.override` stands outside a component
     --> a.dl:2:1
      |
    2 | .override a
      | ^^^^^^^^^
      |
      = help: it belongs into the component that overrides

    error[E0101]: a goal cannot stand in a component
     --> a.dl:3:11
      |
    3 | .comp A { ?- b(x). .pragma "x" .functor f(): number }
      |           ^^
      |
      = help: ask outside, of the component's instance

    error[E0101]: `.pragma` cannot stand in a component
     --> a.dl:3:20
      |
    3 | .comp A { ?- b(x). .pragma "x" .functor f(): number }
      |                    ^^^^^^^
      |
      = help: move it out of the component

    error[E0101]: `.functor` cannot stand in a component
     --> a.dl:3:32
      |
    3 | .comp A { ?- b(x). .pragma "x" .functor f(): number }
      |                                ^^^^^^^^
      |
      = help: move it out of the component
    "#);
    assert_snapshot!(complaints("a(x) :- x = @@f x : 1, { b(x) }.\n.decl d = debug_delta(a)"), @r"
    error[E0199]: aggregates defined by a library are not supported
     --> a.dl:1:13
      |
    1 | a(x) :- x = @@f x : 1, { b(x) }.
      |             ^^

    error[E0199]: a relation cannot be declared as another one's delta
     --> a.dl:2:9
      |
    2 | .decl d = debug_delta(a)
      |         ^
    ");
}

#[test]
fn many_errors_are_cut_short() {
    let text = "a(.\n".repeat(100_000);
    let parse = parse(SourceMap::default().add("a.dl", ""), &text, &mut Interner::default());
    assert_eq!(parse.diagnostics.len(), 100);
    assert_eq!(parse.diagnostics[99].notes, ["further errors are not shown"]);
}
