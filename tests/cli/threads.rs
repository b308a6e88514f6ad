//! What is derived, and what is written, does not depend on how many threads work.

use std::fmt::Write;

use crate::support::Place;

/// A closure large enough that rounds are shared among threads, with negation, wide tuples and an aggregate over it.
const PROGRAM: &str = "
.decl edge(x: number, y: number)
.input edge
.decl path(x: number, y: number)
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
.decl meet(x: number, y: number, by: number)
meet(x, y, z) :- edge(z, x), edge(z, y), x != y.
.decl apart(x: number, y: number)
apart(x, y) :- meet(x, y, _), !path(x, y).
.decl size(n: number)
size(count : { path(_, _) }).
.output path, meet, apart, size
";

#[test]
fn the_same_bytes_come_out_for_any_number_of_threads() {
    let place = Place::new();
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % 400
    };
    let mut edges = String::new();
    for _ in 0..1_600 {
        writeln!(edges, "{}\t{}", next(), next()).unwrap();
    }
    place.file("big.dl", PROGRAM).file("edge.facts", &edges);
    let mut all = Vec::new();
    for threads in ["1", "2", "8", "auto"] {
        let (out, err, code) = place.run(&["run", "big.dl", "-D", "-", "-j", threads], "");
        assert_eq!((err.as_str(), code), ("", 0));
        assert!(out.lines().count() > 100_000, "{}", out.lines().count());
        all.push(out);
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn threads_are_a_number_or_auto() {
    let place = Place::new();
    place.file("one.dl", ".decl a(x: number)\n.output a\na(1).\n");
    for wrong in ["0", "-1", "many", "100000"] {
        let (_, err, code) = place.run(&["run", "one.dl", "-j", wrong], "");
        assert_eq!(code, 2, "{wrong}");
        assert!(err.contains("auto"), "{err}");
    }
}
