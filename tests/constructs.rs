//! Constructs whose answers say most over graphs, over random ones: tuples that replace others, lattices,
//! aggregates that grow. The reference evaluator, the certificate and the proof checker must agree with the engine.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::fmt::Write as _;

use onus::eval;
use onus::explain::check::check_proof;
use onus::explain::{Explainer, Limits};
use onus::model::Tuple;
use onus::session::{MemoryLoader, Options, Session};
use onus_judge::answers::difference;
use onus_judge::engine::Engine;
use onus_judge::judge::{Subject, Variation};
use onus_judge::random::Random;
use onus_judge::reference;
use onus_judge::sample::Sample;

/// How many programs of each kind.
const PROGRAMS: u64 = 60;

/// A graph with weights, as facts of `edge(x, y, w)`, and some of its nodes as `start(x)`.
fn graph(random: &mut Random) -> String {
    let nodes = random.between(2, 7);
    let mut text = ".decl edge(x: number, y: number, w: number)\n.decl start(x: number)\n".to_owned();
    for _ in 0..random.between(1, 14) {
        let (x, y, w) = (random.between(1, nodes), random.between(1, nodes), random.between(0, 5));
        writeln!(text, "edge({x}, {y}, {w}).").unwrap();
    }
    for _ in 0..random.between(1, 2) {
        writeln!(text, "start({}).", random.between(1, nodes)).unwrap();
    }
    text
}

fn one_of<'a>(random: &mut Random, choices: &[&'a str]) -> &'a str {
    random.pick(choices).copied().unwrap()
}

/// Judges programs that a graph and some rules make.
fn judge(seed: u64, rules: impl Fn(&mut Random) -> String) {
    for index in 0..PROGRAMS {
        let mut random = Random::of_program(seed, index);
        let text = graph(&mut random) + &rules(&mut random);
        let expected = Sample::parse(&text).unwrap().answers(&reference::Limits::default());
        let expected = expected.unwrap_or_else(|failure| panic!("the reference: {failure}\n{text}"));
        for variation in [Variation::default(), Variation::random(&mut random)] {
            let engine = Engine { certify: true, ..Engine::default() };
            let actual = engine.run(&text, &variation).unwrap_or_else(|failure| panic!("{failure}\n{text}"));
            let asked = actual.into_iter().filter(|(name, _)| expected.contains_key(name)).collect();
            if let Some(found) = difference(&expected, &asked) {
                panic!("{found}\n{text}");
            }
        }
        proofs(&text);
    }
}

/// Every tuple has a proof, and the checker takes it.
fn proofs(text: &str) {
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program("p.dl", text);
    let model = session.evaluate().unwrap();
    let options = eval::Options::default();
    let mut explainer = Explainer::new(&model, Limits::default(), &options);
    for id in model.program().relation_ids() {
        for row in model.relation(id).rows() {
            let tuple = Tuple { relation: id, words: row.into() };
            let proof = explainer.why(&tuple).unwrap().unwrap();
            if let Err(flaw) = check_proof(&model, &proof, None, &options).unwrap() {
                panic!("the proof of {}: {flaw:?}\n{text}", model.literal(&tuple));
            }
        }
    }
}

#[test]
fn shortest_ways_replace_longer_ones() {
    judge(11, |random| {
        let op = one_of(random, &["<", "<="]);
        format!(
            ".decl d(x: number, w: number)\nd(x, 0) :- start(x).\nd(y, v + w) :- d(x, v), edge(x, y, w).\n\
             d(x, long) <= d(x, short) :- short {op} long.\n"
        )
    });
}

#[test]
fn ways_that_are_neither_shorter_nor_have_fewer_steps_go() {
    judge(12, |random| {
        let least = one_of(random, &["v2 <= v1, n2 <= n1", "v2 < v1, n2 <= n1", "v2 + n2 <= v1 + n1"]);
        let steps = random.between(2, 5);
        format!(
            ".decl d(x: number, w: number, n: number)\nd(x, 0, 0) :- start(x).\n\
             d(y, v + w, n + 1) :- d(x, v, n), edge(x, y, w), n < {steps}.\n\
             d(x, v1, n1) <= d(x, v2, n2) :- {least}.\n\
             .decl ends(x: number)\nends(x) :- d(x, _, _), !edge(x, _, _).\n"
        )
    });
}

#[test]
fn other_relations_decide_what_is_replaced() {
    judge(13, |random| {
        let condition = one_of(random, &["!start(y)", "start(z)", "z < y, !start(z)", "edge(z, z, _)"]);
        format!(
            ".decl to(x: number, y: number)\nto(x, y) :- edge(x, y, _).\nto(x, y) <= to(x, z) :- {condition}, y != z.\n\
             .decl n(c: number)\nn(c) :- c = count : {{ to(_, _) }}.\n"
        )
    });
}

#[test]
fn lattices_keep_bounds() {
    judge(14, |random| {
        let (bound, grow) = match random.between(0, 2) {
            0 => ("min(_, _)", "v + w"),
            1 => ("_ bor _", "v bor (1 bshl w)"),
            _ => ("max(_, _)", "max(v, w)"),
        };
        format!(
            ".lattice number<> {{ Lub -> {bound} }}\n.decl d(x: number, v: number<>)\nd(x, 0) :- start(x).\n\
             d(y, {grow}) :- d(x, v), edge(x, y, w).\n.decl high(x: number)\nhigh(x) :- d(x, v), v > 3.\n"
        )
    });
}

#[test]
fn counts_grow() {
    judge(15, |random| {
        let least = random.between(1, 3);
        let aggregate = one_of(random, &["count : { on(y), edge(y, x, _) }", "max w : { on(y), edge(y, x, w) }"]);
        format!(
            ".decl on(x: number)\non(x) :- start(x).\n\
             @[monotone] on(x) :- edge(_, x, _), n = {aggregate}, n >= {least}.\n\
             .decl off(x: number)\noff(x) :- edge(x, _, _), !on(x).\n"
        )
    });
}

#[test]
fn a_growing_minimum_meets_a_lattice() {
    judge(16, |_| {
        ".lattice number<> { Lub -> min(_, _) }\n.decl d(x: number, v: number<>)\nd(x, 0) :- start(x).\n\
         @[monotone] d(y, v) :- edge(_, y, _), v = min (u + w) : { d(x, u), edge(x, y, w) }.\n"
            .to_owned()
    });
}

/// Rounds as an author could count them by hand: a column, of which the least is kept.
#[test]
fn rounds_are_counted_as_by_hand() {
    for index in 0..PROGRAMS {
        let mut random = Random::of_program(17, index);
        let facts = graph(&mut random);
        let most = random.between(1, 4);
        let other = one_of(&mut random, &["", ", near(z), z <= y", ", far(x)"]);
        let counted = format!(
            "{facts}.decl near, far(x: number)\nnear(x) :- start(x).\nfar(7).\nfar(x) :- near(x).\n\
             near(y) :- near(x), edge(x, y, _){other}, recursive_iteration_cnt() <= {most}.\n\
             .decl when(x: number, n: unsigned)\nwhen(x, 0) :- start(x).\n\
             when(y, recursive_iteration_cnt()) :- when(x, _), edge(x, y, _), recursive_iteration_cnt() < {most}.\n"
        );
        let (by_hand, latest) = match other {
            "" => ("", "i"),
            ", far(x)" => (", far_at(x, j)", "max(i, j)"),
            _ => (", near_at(z, j), z <= y", "max(i, j)"),
        };
        let hand = format!(
            "{facts}.lattice unsigned<> {{ Lub -> min(_, _) }}\n.decl near_at, far_at(x: number, n: unsigned<>)\n\
             near_at(x, 0) :- start(x).\nfar_at(7, 0).\nfar_at(x, i + 1) :- near_at(x, i).\n\
             near_at(y, {latest} + 1) :- near_at(x, i), edge(x, y, _){by_hand}, {latest} + 1 <= {most}.\n\
             .decl near, far(x: number)\nnear(x) :- near_at(x, _).\nfar(x) :- far_at(x, _).\n"
        );
        let rows = |text: &str, names: &[&str]| -> Vec<_> {
            let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
            session.add_program("p.dl", text);
            let model = session.evaluate().unwrap();
            let certificate = session.certify().unwrap();
            assert!(certificate.faults.is_empty(), "{text}");
            names.iter().map(|name| model.sorted(model.find(name).unwrap())).collect()
        };
        assert_eq!(rows(&counted, &["near", "far"]), rows(&hand, &["near", "far"]), "{counted}\n{hand}");
        for variation in [Variation::default(), Variation::random(&mut random)] {
            let engine = Engine { certify: true, ..Engine::default() };
            engine.run(&counted, &variation).unwrap_or_else(|failure| panic!("{failure}\n{counted}"));
        }
        proofs(&counted);
    }
}
