use insta::assert_snapshot;
use proptest::prelude::*;

use super::{arrange, content, format};
use crate::source::{SourceId, SourceMap};
use crate::symbol::Interner;
use crate::syntax::print::print_program;
use crate::syntax::{comments, parse};

fn source() -> SourceId {
    SourceMap::default().add("p.dl", "")
}

fn formatted(text: &str) -> String {
    let found = format(source(), text).unwrap();
    check(text).unwrap();
    found
}

/// A text keeps its tokens and comments, means the same, and is not changed a second time.
fn check(text: &str) -> Result<(), TestCaseError> {
    let program = |text: &str| {
        let mut symbols = Interner::default();
        let parsed = parse(source(), text, &mut symbols);
        (parsed.program, parsed.diagnostics.iter().any(crate::diagnostic::Diagnostic::is_error), symbols)
    };
    let (before, wrong, symbols) = program(text);
    prop_assert!(!wrong, "{}", text);
    let once = arrange(source(), text, &before);
    prop_assert_eq!(content(source(), &once), content(source(), text));
    let (after, _, after_symbols) = program(&once);
    // Blanks at the ends of lines of documentation go.
    let printed = print_program(&before, &symbols);
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let reprinted = print_program(&after, &after_symbols);
    prop_assert_eq!(reprinted.lines().collect::<Vec<_>>(), printed);
    prop_assert_eq!(arrange(source(), &once, &after), once);
    Ok(())
}

#[test]
fn signs_stand_as_they_do_in_a_book() {
    let text = "p( x,-y , - 5,a-1,a - -1,$Leaf( ),@f(1),[ 1,nil ])   :-q( x ) ,! r(x,_),x!=y;x<y,min( x,2 )=z,
        c=count:{q(_)},s = sum(x*2):{q(x)},as( x,number )=y,2^-x=y,bnot(x)=y,autoinc()=x , ns.q(x).\n.plan 0:(1,2)";
    assert_snapshot!(formatted(text), @r"
    p(x, -y, -5, a - 1, a - -1, $Leaf(), @f(1), [1, nil]) :- q(x), !r(x, _), x != y ; x < y, min(x, 2) = z,
        c = count : { q(_) }, s = sum (x * 2) : { q(x) }, as(x, number) = y, 2 ^ -x = y, bnot (x) = y, autoinc() = x,
        ns.q(x).
    .plan 0: (1, 2)
    ");
}

#[test]
fn every_kind_of_item_has_its_form() {
    assert_snapshot!(formatted(crate::syntax::parser::tests::EVERYTHING), @r#"
    /// A sentence
    /// of two lines.
    @[label = "edge", quiet] @[watch]
    .decl edge, link(x: number, y: number) brie no_inline choice-domain x, (x, y)
    .decl flag() output
    .decl dist(x: number, d: Cost<>)
    .type Id <: number
    .type Any = Id | ns.Other
    .type Same = Id
    .type Pair = [x: number, y: Pair]
    .type Empty = []
    .type Tree = Leaf {} | Node {l: Tree, r: Tree}
    .symbol_type Old
    .number_type Older
    .type Oldest
    .functor f(x: number, symbol): symbol stateful
    .functor g, h(): float
    .lattice Cost<> { Bottom -> 0, Lub -> @lub(_, _), Glb -> min(1, 2) }
    .pragma "wrap"
    .pragma "key" "value"
    .include "other.dl"
    .once
    .input edge(IO=file, filename="e.csv", headers=true, n=5)
    .output flag, inst.rel()
    .printsize flag
    .limitsize edge(n=10)
    edge(1, 2). edge(-1, 0x1F). edge(0b101u, 1.2.3.4). p("a\"b\\", 1.5, -2.5, nil, _).
    edge(x, y), link(y, x) :- edge(x, z), !edge(z, y) ; (x = 1, y != 2 ; x < y), x <= 3, x > 4, x >= 5.
    .plan 0: (2, 1), 1: ()
    a(x) :- match("a.*", x), !contains("b", x), true, !false, (x + 1) * 2 = y, ((x)) = y, (flag()), !(flag(), flag()).
    edge(x, a) <= edge(x, b) :- a < b.
    n(c, s, m, u) :- c = count : { edge(_, _) } + 1, s = sum x * 2 : edge(x, _), m = max(x) + 1 : { edge(x, _) },
        u = min(1, 2, c), mean x : { edge(x, _), x > 1 } = s, count : inst.edge(_, _) > 2.
    t(-2 ^ 2, 2 ^ -x ^ y, -x * y, a - b - c, a - (b - c), bnot a band b bor c bxor d, lnot a land b lor c lxor d,
        a bshl 1 bshr 2 bshru 3, a * (b + c) / d % e).
    r([1, [2, nil], []], $Leaf(), $ns.Node(1, $Leaf()), as(x, number), @f(1, "s"), autoinc(), $, cat("a", "b"), ord(x),
        strlen(x), substr(x, 0, 1), range(0, 3), to_number(x), to_unsigned(x), to_float(x), to_string(x), --x, --5,
        recursive_iteration_cnt()).
    .comp Base<T, U> : Root<T>, Other {
        .decl r(x: T) overridable
        r(1).
        .override q
        .comp Inner {
            s(x) :- r(x).
        }
        .init deep = Inner
    }
    .init inst = Base<number, symbol>
    inst.r(?x) :- inst.deep.s(_x).
    ?- edge(x, y), x < y.
    "#);
}

#[test]
fn lines_that_are_too_wide_are_broken_where_it_reads_best() {
    let text = "responsible(party, layer) :- claims(party, scope, layer, document), covers(scope, layer), disputed(party, withdrawn), withdrawn(document), more(party).
short(x) :- a(x), b(x).
either(long_variable_name) :- first_relation_of_all(long_variable_name), second(long_variable_name) ; third_relation(long_variable_name), fourth(long_variable_name).
?- responsible_for_something(party, layer), claims(party, scope, layer, document), covers(scope, layer), disputed(party, withdrawn).
.decl relation_with_many_columns(first_column: symbol, second_column: symbol, third_column: symbol, fourth_column: symbol, fifth: number)
.type Expression = Number {value: number} | Variable {name: symbol} | Addition {left: Expression, right: Expression} | Negation {of: Expression}
n(c) :- c = count : { first_relation_of_all(long_variable_name, another_variable), second_relation(long_variable_name, and_a_third_variable) }.
fact(\"a\", 1). fact(\"b\", 2). fact(\"c\", 3). fact(\"d\", 4). fact(\"e\", 5). fact(\"f\", 6). fact(\"g\", 7). fact(\"h\", 8). fact(\"i\", 9). fact(\"j\", 10).";
    assert_snapshot!(formatted(text), @r#"
    responsible(party, layer) :-
        claims(party, scope, layer, document), covers(scope, layer), disputed(party, withdrawn), withdrawn(document),
        more(party).
    short(x) :- a(x), b(x).
    either(long_variable_name) :-
        first_relation_of_all(long_variable_name), second(long_variable_name) ;
        third_relation(long_variable_name), fourth(long_variable_name).
    ?- responsible_for_something(party, layer), claims(party, scope, layer, document), covers(scope, layer),
       disputed(party, withdrawn).
    .decl relation_with_many_columns(first_column: symbol, second_column: symbol, third_column: symbol,
        fourth_column: symbol, fifth: number)
    .type Expression = Number {value: number} | Variable {name: symbol} | Addition {left: Expression, right: Expression}
        | Negation {of: Expression}
    n(c) :-
        c = count : { first_relation_of_all(long_variable_name, another_variable),
            second_relation(long_variable_name, and_a_third_variable) }.
    fact("a", 1). fact("b", 2). fact("c", 3). fact("d", 4). fact("e", 5). fact("f", 6). fact("g", 7). fact("h", 8).
    fact("i", 9). fact("j", 10).
    "#);
}

#[test]
fn line_breaks_stay_where_they_read_well() {
    let text = "p(x) :-
  q(x)   // why
  , r(x),


  // on its own
      s(
        x, [
        1
      ]), (a(x)
  ; b(x)),
      n = count : {
      q(_)
      }
.
p(x)
  :- q
  (x).
.decl e(
a: number,
b: number
)
.type T = A {}
| B {x: number}
a(1). a(2).
  b(3). p(x) :- a(x). c(4). @[quiet] d(5).
";
    assert_snapshot!(formatted(text), @r"
    p(x) :-
        q(x) // why
        , r(x),
        // on its own
        s(
            x, [
                1
            ]), (a(x)
            ; b(x)),
        n = count : {
            q(_)
        }.
    p(x) :-
        q(x).
    .decl e(
        a: number,
        b: number
    )
    .type T = A {}
        | B {x: number}
    a(1). a(2).
    b(3).
    p(x) :- a(x).
    c(4).
    @[quiet] d(5).
    ");
}

#[test]
fn comments_stay_where_they_are() {
    let text = "/* first */

// a
.type Scope <: symbol     // aligned
.type Layer = symbol      // below
.type X <: number // alone
/// Documented.
@[quiet] // why quiet
// and more
.decl p(x: Scope /* inner */, // the first
  y: Layer)   // the end


/* many
     lines */ p(\"a\", \"b\"). /* beside */ q(1).
.comp C { // a component

  // inside
  .decl r(x: number)
r(1). r(2). // two
.comp D{}
  // last
}
// end";
    assert_snapshot!(formatted(text), @r#"
    /* first */

    // a
    .type Scope <: symbol // aligned
    .type Layer = symbol  // below
    .type X <: number // alone
    /// Documented.
    @[quiet] // why quiet
    // and more
    .decl p(x: Scope /* inner */, // the first
        y: Layer) // the end

    /* many
         lines */ p("a", "b"). /* beside */ q(1).
    .comp C { // a component
        // inside
        .decl r(x: number)
        r(1). r(2). // two
        .comp D {}
        // last
    }
    // end
    "#);
}

#[test]
fn what_cannot_be_read_is_not_touched() {
    let found = format(source(), "p(x :- q(x).").unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(format(source(), "").as_deref(), Ok(""));
    assert_eq!(format(source(), "\u{feff}a(1).\r\nb(2). // c\r\n").as_deref(), Ok("a(1).\nb(2). // c\n"));
}

#[test]
fn a_line_of_very_many_facts_is_filled() {
    let text = "f(1). ".repeat(5_000);
    assert_eq!(formatted(&text).lines().count(), 250);
}

/// Blanks, line breaks and comments where there were blanks.
fn gap() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &[" ", "  ", "\n", "\n\n\n", "\t", " // c\n", "\n// c\n", " /* c */ ", "\n/* c\n d */", "\r\n"][..],
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_harmed(gaps in prop::collection::vec((0..400_usize, gap()), 0..30), skip in 0..40_usize) {
        let everything = crate::syntax::parser::tests::EVERYTHING;
        let gaps: std::collections::BTreeMap<usize, &str> = gaps.into_iter().collect();
        let mut number = 0;
        let mut text = String::new();
        // Blanks inside strings and comments are left alone: lines with either are kept as they are.
        for line in everything.lines().skip(skip) {
            let parts: Vec<&str> = if line.contains('"') || line.contains('/') { vec![line] } else { line.split(' ').collect() };
            for part in parts {
                text.push_str(part);
                text.push_str(gaps.get(&number).unwrap_or(&" "));
                number += 1;
            }
            text.push('\n');
        }
        if parse(source(), &text, &mut Interner::default()).diagnostics.iter().all(|found| !found.is_error()) {
            check(&text)?;
            prop_assert_eq!(comments(source(), &text).len(), comments(source(), &formatted(&text)).len());
        }
    }
}
