//! The same answers whichever way the engine goes, on data that the judge's random programs are too small for: tables are
//! cut into shards, matrices and blocks come and go, rules run in waves, recursion falls apart. Quick and without a
//! reference, so that a fault of one way is known within seconds.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::fmt::Write as _;

use onus_judge::engine::Engine;
use onus_judge::judge::{Subject, Variation};
use onus_judge::random::Random;

/// Ways for each program.
const WAYS: u64 = 24;

/// Edges among so many nodes, `spread` apart: a ring, so that everything is reached, and others at random.
fn edges(random: &mut Random, nodes: usize, more: usize, spread: usize) -> String {
    let mut text = ".decl edge(x: number, y: number)\n".to_owned();
    let ring = (0..nodes).map(|node| (node, (node + 1) % nodes));
    let others: Vec<(usize, usize)> = (0..more).map(|_| (random.below(nodes), random.below(nodes))).collect();
    for (from, to) in ring.chain(others) {
        writeln!(text, "edge({}, {}).", from * spread, to * spread).unwrap();
    }
    text
}

/// The answers of a program by some ways are those of the usual one. Gives how many tuples it has.
fn judge(seed: u64, text: &str) -> usize {
    let engine = Engine::default();
    let usual = engine.run(text, &Variation::default()).unwrap();
    for way in 0..WAYS {
        let variation = Variation::random(&mut Random::of_program(seed, way));
        let other = engine.run(text, &variation).unwrap();
        let differs = usual.iter().find(|(name, rows)| other.get(*name) != Some(rows));
        let told = differs.map(|(name, rows)| (name, rows.len(), other.get(name).map(std::collections::BTreeSet::len)));
        assert!(told.is_none(), "{told:?} (usual, other) by {variation:?} of\n{text}");
    }
    usual.values().map(std::collections::BTreeSet::len).sum()
}

#[test]
fn closures_close_and_far_apart() {
    for (seed, spread) in [(1, 1), (2, 70), (3, 1_000_000)] {
        let mut text = edges(&mut Random::new(seed), 36, 40, spread);
        text.push_str(
            ".decl left(x: number, y: number)
            .decl right(x: number, y: number)
            .decl both(x: number, y: number)
            left(x, y) :- edge(x, y).
            left(x, z) :- left(x, y), edge(y, z).
            right(x, y) :- edge(x, y).
            right(x, z) :- edge(x, y), right(y, z).
            both(x, y) :- edge(x, y).
            both(x, z) :- both(x, y), both(y, z).",
        );
        // From each node of a ring every node is reached.
        assert!(judge(seed, &text) > 3 * 36 * 36);
    }
}

#[test]
fn one_column_three_and_four() {
    for (seed, spread) in [(4, 1), (5, 3_000)] {
        let mut text = edges(&mut Random::new(seed), 30, 30, spread);
        text.push_str(
            ".decl seen(x: number)
            .decl step(x: number, by: number, y: number)
            .decl walk(x: number, by: number, y: number)
            .decl back(by: number, x: number, via: number, y: number)
            .decl silent(x: number, by: number)
            seen(0).
            seen(y) :- seen(x), edge(x, y).
            step(x, x % 4, y) :- edge(x, y).
            walk(x, k, y) :- step(x, k, y).
            walk(x, k, z) :- walk(x, k, y), step(y, _, z), z != x.
            back(k, x, y, z) :- walk(x, k, y), edge(y, z), edge(z, x).
            silent(x, k) :- edge(x, _), step(_, k, _), !walk(x, k, x).",
        );
        assert!(judge(seed, &text) > 900);
    }
}

#[test]
fn cycles_generations_and_counts() {
    for (seed, spread) in [(6, 1), (7, 500)] {
        let mut text = edges(&mut Random::new(seed), 40, 90, spread);
        text.push_str(
            ".decl triangle(x: number, y: number, z: number)
            .decl square(x: number, z: number)
            .decl parent(x: number, p: number)
            .decl same(x: number, y: number)
            .decl even(x: number, y: number)
            .decl odd(x: number, y: number)
            .decl degree(x: number, k: number)
            triangle(x, y, z) :- edge(x, y), edge(y, z), edge(z, x).
            square(x, z) :- edge(x, y), edge(y, z), edge(z, w), edge(w, x).
            parent(x, p) :- edge(p, x), x > p.
            same(x, y) :- parent(x, p), parent(y, p).
            same(x, y) :- parent(x, p), same(p, q), parent(y, q).
            odd(x, y) :- edge(x, y).
            even(x, z) :- odd(x, y), edge(y, z).
            odd(x, z) :- even(x, y), edge(y, z).
            degree(x, k) :- edge(x, _), k = count : { odd(x, _) }.",
        );
        assert!(judge(seed, &text) > 3_000);
    }
}

#[test]
fn what_points_where_in_a_program_of_modules() {
    // Variables of a module lie close, so that candidates come in blocks and deltas have many rows a key.
    let random = &mut Random::new(11);
    let (modules, size) = (12, 40);
    let mut text = ".decl address(to: number, object: number)
        .decl assign(to: number, from: number)
        .decl load(to: number, pointer: number)
        .decl store(pointer: number, from: number)
        .decl points(variable: number, object: number)
        points(y, x) :- address(y, x).
        points(y, x) :- assign(y, z), points(z, x).
        points(y, w) :- load(y, x), points(x, z), points(z, w).
        points(z, w) :- store(y, x), points(y, z), points(x, w).
        "
    .to_owned();
    for (name, count) in [("address", 30), ("assign", 50), ("load", 8), ("store", 5)] {
        for module in 0..modules {
            for _ in 0..count {
                let (to, from) = (random.below(size), random.below(size));
                writeln!(text, "{name}({}, {}).", module * 100 + to, module * 100 + from).unwrap();
            }
        }
    }
    assert!(judge(11, &text) > 2_000);
}

#[test]
fn values_that_go_round_among_relations() {
    for (seed, spread) in [(21, 1), (22, 10)] {
        let mut random = Random::new(seed);
        let mut text = edges(&mut random, 40, 40, spread);
        for seed in [0, 7, 11, 20] {
            writeln!(text, "seed({}).", seed * spread).unwrap();
        }
        // Seeds tell in the end what is looked up; but some are given where others are derived, and some are computed.
        text.push_str(
            ".decl seed(x: number)
            .decl few(x: number)
            .decl path(x: number, y: number)
            few(x) :- seed(x).
            few(y) :- few(x), path(x, y), seed(y).
            path(x, y) :- edge(x, y).
            path(x, z) :- path(x, y), few(y), path(y, z).
            edge(401, 402). edge(402, 403). edge(403, 0).
            .decl told(x: number)
            .decl more(x: number)
            .decl way(x: number, y: number)
            told(401).
            told(x) :- seed(x).
            told(x) :- more(x).
            more(x) :- told(x).
            more(y) :- more(x), way(x, y), x > 400.
            way(x, y) :- edge(x, y).
            way(x, z) :- more(x), way(x, y), edge(y, z).
            .decl summed(x: number)
            .decl handed(x: number)
            .decl walk(x: number, y: number)
            summed(x) :- seed(x).
            summed(x + 401) :- handed(x), x < 1.
            handed(x) :- summed(x).
            handed(y) :- handed(x), walk(x, y), x > 400.
            walk(x, y) :- edge(x, y).
            walk(x, z) :- handed(x), walk(x, y), edge(y, z).
            .decl points(v: number, h: number)
            .decl holds(h: number, f: number, g: number)
            points(v, h) :- seed(h), edge(h, v).
            points(v, h) :- edge(w, v), points(w, h).
            holds(h, v % 3, g) :- edge(v, w), points(v, h), points(w, g), h != g.
            points(v, g) :- edge(w, v), points(w, h), holds(h, _, g).",
        );
        assert!(judge(seed, &text) > 1_000);
    }
}
