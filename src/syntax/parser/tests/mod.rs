//! What programs parse to, what faults say, and that nothing makes the parser fail.

mod faults;
mod limits;
mod prompt;
mod trees;

use super::parse;
use crate::diagnostic::render_all;
use crate::source::SourceMap;
use crate::symbol::Interner;
use crate::syntax::ast::Program;

/// The diagnostics as a user sees them.
fn complaints(text: &str) -> String {
    let mut sources = SourceMap::default();
    let source = sources.add("a.dl", text);
    render_all(&parse(source, text, &mut Interner::default()).diagnostics, &sources, false)
}

fn well(text: &str) -> (Program, Interner) {
    let mut sources = SourceMap::default();
    let mut symbols = Interner::default();
    let source = sources.add("a.dl", text);
    let parse = parse(source, text, &mut symbols);
    assert_eq!(render_all(&parse.diagnostics, &sources, false), "", "{text}");
    assert!(!parse.incomplete);
    (parse.program, symbols)
}

pub(in crate::syntax) const EVERYTHING: &str = r#"
/// A sentence
/// of two lines.
@[label = "edge", quiet] @[watch]
.decl edge, link(x: number, y:number) brie no_inline choice-domain x, (x, y)
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
n(c, s, m, u) :- c = count : { edge(_, _) } + 1, s = sum x * 2 : edge(x, _), m = max (x) + 1 : { edge(x, _) },
    u = min(1, 2, c), mean x : { edge(x, _), x > 1 } = s, count : inst.edge(_, _) > 2.
t(-2 ^ 2, 2 ^ -x ^ y, -x * y, a - b - c, a - (b - c), bnot a band b bor c bxor d, lnot a land b lor c lxor d,
  a bshl 1 bshr 2 bshru 3, a * (b + c) / d % e).
r([1, [2, nil], []], $Leaf(), $ns.Node(1, $Leaf()), as(x, number), @f(1, "s"), autoinc(), $, cat("a", "b"), ord(x),
  strlen(x), substr(x, 0, 1), range(0, 3), to_number(x), to_unsigned(x), to_float(x), to_string(x), --x, - -5,
  recursive_iteration_cnt()).
.comp Base<T, U> : Root<T>, Other { .decl r(x: T) overridable
  r(1). .override q .comp Inner { s(x) :- r(x). } .init deep = Inner }
.init inst = Base<number, symbol>
inst.r(?x) :- inst.deep.s(_x).
?- edge(x, y), x < y.
"#;
