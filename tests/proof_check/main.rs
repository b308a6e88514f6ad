//! The proof checker: it accepts every proof of the search, and none that was tampered with.

#![allow(clippy::unwrap_used)] // a test that cannot go on stops

mod changed;
mod json;

use std::sync::Arc;

use onus::explain::check::{Flaw, check_proof};
use onus::explain::{Limits, NodeId, Proof, ProofNode, why};
use onus::model::{Model, Tuple};
use onus::program::RuleId;
use onus::session::{DiskLoader, MemoryLoader, Options, Session};
use onus::value::{Kind, Values};
use onus_judge::generate::{Settings, generate};
use onus_judge::random::Random;

/// Programs that together use every construct that a proof can have.
const PROGRAMS: &[&str] = &[
    // Recursion: linear to the left, to the right, not linear; mutual; around facts of the relation itself.
    ".decl e(x: number, y: number) .decl l(x: number, y: number) .decl r(x: number, y: number)
     .decl n(x: number, y: number)
     e(1, 2). e(2, 3). e(3, 1). e(3, 4). e(4, 5). l(7, 1).
     l(x, y) :- e(x, y). l(x, z) :- l(x, y), e(y, z).
     r(x, y) :- e(x, y). r(x, z) :- e(x, y), r(y, z).
     n(x, y) :- e(x, y). n(x, z) :- n(x, y), n(y, z).",
    ".decl a() .decl x() .decl y() .decl e() e(). a() :- x(), y(). x() :- y(). x() :- e(). y() :- x().",
    ".decl even(x: number) .decl odd(x: number) even(0).
     odd(x + 1) :- even(x), x < 20. even(x + 1) :- odd(x), x < 20.",
    // Negation, with and without `_`, of given and of derived relations.
    ".decl p(x: number, y: number) .decl q(x: number) .decl only(x: number) .decl none(x: number) .decl left(x: number)
     p(1, 2). p(2, 3). p(3, 3). q(2).
     only(x) :- p(x, _), !q(x). none(x) :- p(_, x), !p(x, _). left(x) :- p(x, y), !only(y), !none(y).",
    // Arithmetic, texts, conversions, ranges, comparisons of all kinds.
    r#".decl n(x: number) .decl s(t: symbol) .decl f(x: float) .decl u(x: unsigned) .decl m(t: symbol, k: number)
     n(x) :- x = range(0, 6). n(x * x - 1) :- n(x), x > 3, x < 6. u(as(x, unsigned)) :- n(x), x >= 0.
     s(cat("a", to_string(x))) :- n(x), x != 2. f(to_float(x) / 2.0) :- n(x).
     m(t, strlen(t) + ord(t) - ord(t)) :- s(t), contains("1", t), match("a.*", t), !match("a2.*", t), t <= "b".
     m(t, k) :- s(t), k = range(1, 3), k < strlen(t) + range(0, 2)."#,
    // Records and branches: built, taken apart, compared, with `_` inside.
    r#".type L = [head: number, tail: L] .type T = Leaf {} | Node {l: T, v: symbol, r: T}
     .decl l(x: L, n: number) .decl t(x: T) .decl v(s: symbol) .decl h(x: number) .decl o(x: L)
     l(nil, 0). l([n, x], n + 1) :- l(x, n), n < 4.
     t($Leaf()). t($Node($Leaf(), "a", $Leaf())). t($Node(x, "b", x)) :- t(x), x = $Node(_, "a", _).
     v(s) :- t($Node(_, s, _)). h(x) :- l([x, [_, _]], _). o(x) :- l(x, _), x != nil, !l([9, x], _)."#,
    // Aggregates: all five, empty ones, groups, two atoms, negation and comparisons inside, nested, in heads and tests.
    ".decl n(x: number) .decl p(x: number, y: number) .decl c(x: number, k: number) .decl all(k: number)
     .decl some(x: number) .decl m(x: float) .decl big(x: number) .decl two(k: number) .decl nest(k: number)
     n(1). n(2). n(3). n(4). p(1, 2). p(1, 3). p(2, 3). p(3, 3).
     c(x, k) :- n(x), k = count : { p(x, _) }.
     all(k) :- k = sum x * y : { p(x, y), x != y }. all(max x : { n(x), !p(x, _) }). all(min y : { p(_, y) }).
     m(k) :- k = mean to_float(x) : { n(x) }. m(sum to_float(x) / 3.0 : { n(x) }).
     some(x) :- n(x), count : { p(x, y), y > 1 } > count : { p(y, x), n(y) }.
     big(x) :- n(x), x > count : { n(y), y < x, !p(y, _) }, c(x, _).
     two(k) :- k = count : { p(x, y), p(y, z) }.
     nest(k) :- k = sum z : { n(x), z = count : { p(x, _) } }.",
    // Several heads, disjunction, one atom twice, constants in heads, a variable twice in a head.
    r#".decl a(x: symbol, y: symbol) .decl b(x: symbol) .decl c(x: symbol, y: symbol)
     a("p", "q"). a("q", "p"). a("r", "r").
     b(x), c(x, "k") :- a(x, y), (a(y, x) ; x = "r"). c(x, x) :- b(x), b(x), a(x, _)."#,
    "@[quiet] .decl q(x: number) .decl w(x: number, y: number) q(1). q(2). w(x, y) :- q(x), q(y). w(x, y) :- w(y, x).",
    // Large and odd values.
    r#".decl n(x: number) .decl u(x: unsigned) .decl f(x: float) .decl s(x: symbol)
     n(9223372036854775807). n(x - 1) :- n(x), x > 9223372036854775800. u(18446744073709551615u).
     f(0.1). f(x * 10.0) :- f(x), x < 5.0. s(""). s(cat(x, "\"\\")) :- s(x), strlen(x) < 6."#,
];

fn model(text: &str) -> Arc<Model> {
    let mut session = Session::new(Box::new(DiskLoader), Options::default());
    session.add_program("p.dl", text);
    session.evaluate().unwrap_or_else(|failure| {
        panic!("{}", onus::diagnostic::render_all(&failure.diagnostics, &failure.sources, false));
    })
}

fn tuples(model: &Model) -> Vec<Tuple> {
    let of = |id| model.relation(id).rows().map(move |row| Tuple { relation: id, words: row.into() });
    model.program().relation_ids().flat_map(of).collect()
}

fn explained(model: &Model, tuple: &Tuple) -> Proof {
    why(model, tuple, Limits::default(), &onus::eval::Options::default()).unwrap().unwrap()
}

fn refusal(model: &Model, proof: &Proof) -> Option<Flaw> {
    check_proof(model, proof, None, &onus::eval::Options::default()).unwrap().err()
}

fn flaw(model: &Model, proof: &Proof) -> Option<String> {
    refusal(model, proof).map(|flaw| flaw.diagnostic().message)
}

#[test]
fn every_proof_of_the_search_is_accepted() {
    for text in PROGRAMS {
        let model = model(text);
        for tuple in tuples(&model) {
            let proof = explained(&model, &tuple);
            assert!(proof.complete, "{}", model.literal(&tuple));
            assert_eq!(flaw(&model, &proof), None, "{} of\n{text}\n{proof:#?}", model.literal(&tuple));
        }
    }
}

#[test]
fn proofs_of_random_programs_are_accepted() {
    // What is made of `autoinc()` can be told from no other place: its proofs may end early.
    let settings = Settings { eqrel: false, counters: false, ..Settings::default() };
    let mut checked = 0;
    for index in 0..150 {
        let generated = generate(Random::of_program(7, index), &settings);
        let text = generated.sample.text();
        let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
        session.add_program("p.dl", &text);
        let Ok(model) = session.evaluate() else { continue };
        let tuples = tuples(&model);
        let step = tuples.len().div_ceil(40).max(1);
        for tuple in tuples.iter().step_by(step) {
            let proof = explained(&model, tuple);
            assert!(proof.complete, "{}\n{text}", model.literal(tuple));
            assert_eq!(flaw(&model, &proof), None, "{} of program {index}\n{text}", model.literal(tuple));
            checked += 1;
        }
    }
    assert!(checked > 2_000, "{checked}");
}

/// Every way to falsify one node, each as a proof of its own with what was done to which node.
fn falsified(model: &Model, proof: &Proof) -> Vec<(&'static str, NodeId, Proof)> {
    let mut all = Vec::new();
    let mut values = (*proof.values).clone();
    let strange = |kind: Kind, values: &mut Values| match kind {
        Kind::Number => values.number(987_654_321_987),
        Kind::Unsigned => values.unsigned(987_654_321_987),
        Kind::Float => values.float(-98.75),
        Kind::Symbol => values.symbol("nobody says this"),
        Kind::Record | Kind::Adt => values.record(&[0; 17]),
    };
    let kinds = [Kind::Number, Kind::Unsigned, Kind::Float, Kind::Symbol, Kind::Record, Kind::Adt];
    let words: Vec<(Kind, u32)> = kinds.iter().map(|&kind| (kind, strange(kind, &mut values))).collect();
    let other = |ty| words.iter().find(|(kind, _)| *kind == model.program().types.kind(ty)).unwrap().1;
    let values = Arc::new(values);
    for at in 0..proof.nodes.len() {
        let mut with = |what: &'static str, change: &mut dyn FnMut(&mut ProofNode)| {
            let mut changed = proof.clone();
            changed.values = Arc::clone(&values);
            change(&mut changed.nodes[at]);
            all.push((what, NodeId(u32::try_from(at).unwrap()), changed));
        };
        if let Some(tuple) = proof.nodes[at].tuple() {
            let columns = &model.program().relation(tuple.relation).columns;
            for (column, declared) in columns.iter().enumerate() {
                with("an argument", &mut |node| match node {
                    ProofNode::Given { tuple, .. } | ProofNode::Derived { tuple, .. } => {
                        tuple.words[column] = other(declared.ty);
                    }
                    _ => unreachable!(),
                });
            }
        }
        match &proof.nodes[at] {
            ProofNode::Derived { tuple, rule, bindings, premises, rank } => {
                let (rule, rank) = (*rule, *rank);
                for (id, candidate) in model.program().rules() {
                    if id != rule && candidate.head != tuple.relation {
                        with("the rule", &mut |node| {
                            let ProofNode::Derived { rule, .. } = node else { unreachable!() };
                            *rule = id;
                        });
                    }
                }
                with("the rule's number", &mut |node| {
                    let ProofNode::Derived { rule, .. } = node else { unreachable!() };
                    *rule = RuleId(999);
                });
                for binding in 0..bindings.len() {
                    let ty = model.program().rule(rule).variables[bindings[binding].0 as usize].ty;
                    with("a binding", &mut |node| {
                        let ProofNode::Derived { bindings, .. } = node else { unreachable!() };
                        bindings[binding].1 = other(ty);
                    });
                }
                for premise in 0..premises.len() {
                    with("a missing premise", &mut |node| {
                        let ProofNode::Derived { premises, .. } = node else { unreachable!() };
                        premises.remove(premise);
                    });
                    with("a premise that comes later", &mut |node| {
                        let ProofNode::Derived { premises, .. } = node else { unreachable!() };
                        premises[premise] = NodeId(u32::try_from(at).unwrap());
                    });
                    with("a dangling premise", &mut |node| {
                        let ProofNode::Derived { premises, .. } = node else { unreachable!() };
                        premises[premise] = NodeId(u32::MAX);
                    });
                }
                with("a needless premise", &mut |node| {
                    let ProofNode::Derived { premises, .. } = node else { unreachable!() };
                    premises.push(NodeId(0));
                });
                for round in [rank.round + 1, rank.round - 1] {
                    with("the rank", &mut |node| {
                        let ProofNode::Derived { rank, .. } = node else { unreachable!() };
                        rank.round = round;
                    });
                }
                let tuple = tuple.clone();
                with("derived as given", &mut |node| *node = ProofNode::Given { tuple: tuple.clone(), origin: None });
                with("derived as cut", &mut |node| *node = ProofNode::Cut { tuple: tuple.clone() });
            }
            ProofNode::Absent { relation, pattern, .. } => {
                let columns = &model.program().relation(*relation).columns;
                for (column, declared) in columns.iter().enumerate() {
                    let wild = pattern[column].is_none();
                    with("a pattern", &mut |node| {
                        let ProofNode::Absent { pattern, .. } = node else { unreachable!() };
                        pattern[column] = if wild { Some(other(declared.ty)) } else { None };
                    });
                    if !wild {
                        with("a value of a pattern", &mut |node| {
                            let ProofNode::Absent { pattern, .. } = node else { unreachable!() };
                            pattern[column] = Some(other(declared.ty));
                        });
                    }
                }
            }
            ProofNode::Compared { ty, aggregates, .. } => {
                let ty = *ty;
                with("the left side", &mut |node| {
                    let ProofNode::Compared { left, .. } = node else { unreachable!() };
                    *left = other(ty);
                });
                with("both sides", &mut |node| {
                    let ProofNode::Compared { left, right, .. } = node else { unreachable!() };
                    (*left, *right) = (other(ty), other(ty));
                });
                with("the negation", &mut |node| {
                    let ProofNode::Compared { negated, .. } = node else { unreachable!() };
                    *negated = !*negated;
                });
                if !aggregates.is_empty() {
                    with("a missing aggregate", &mut |node| {
                        let ProofNode::Compared { aggregates, .. } = node else { unreachable!() };
                        aggregates.pop();
                    });
                }
            }
            ProofNode::Counted { ty, rows, .. } => {
                let ty = *ty;
                with("the value", &mut |node| {
                    let ProofNode::Counted { value, .. } = node else { unreachable!() };
                    *value = other(ty);
                });
                for row in 0..rows.len() {
                    with("a missing row", &mut |node| {
                        let ProofNode::Counted { rows, .. } = node else { unreachable!() };
                        rows.remove(row);
                    });
                    with("a row twice", &mut |node| {
                        let ProofNode::Counted { rows, .. } = node else { unreachable!() };
                        rows.push(rows[row].clone());
                    });
                    with("a target", &mut |node| {
                        let ProofNode::Counted { rows, .. } = node else { unreachable!() };
                        let row = &mut rows[row];
                        row.target = if row.target.is_some() { None } else { Some(other(ty)) };
                    });
                    with("a premise of a row", &mut |node| {
                        let ProofNode::Counted { rows, .. } = node else { unreachable!() };
                        rows[row].premises.pop();
                    });
                }
            }
            ProofNode::Given { .. } | ProofNode::Cut { .. } => {}
        }
    }
    all
}

#[test]
fn falsified_proofs_are_refused() {
    let mut refused = 0;
    for text in PROGRAMS {
        let model = model(text);
        for tuple in tuples(&model) {
            let proof = explained(&model, &tuple);
            if proof.nodes.len() > 60 {
                continue;
            }
            for (what, at, changed) in falsified(&model, &proof) {
                let context =
                    || format!("{what} of {at:?} in the proof of {}\n{text}\n{changed:#?}", model.literal(&tuple));
                let found = refusal(&model, &changed).unwrap_or_else(|| panic!("{}", context()));
                // The node itself, or one that rests on it; a cut is legal where the proof does not claim to be complete.
                match found.node {
                    Some(node) => assert!(node >= at, "{node:?} is blamed for {}", context()),
                    None => assert_eq!(what, "derived as cut", "{}", context()),
                }
                refused += 1;
            }
        }
    }
    assert!(refused > 5_000, "{refused}");
}

/// Absences, comparisons and aggregates are checked where they stand; so one that stands nowhere proves nothing.
#[test]
fn a_node_that_nothing_rests_on_is_refused() {
    let model = model(".decl e(x: number) .decl p(x: number) e(1). p(x) :- e(x), !e(x + 1).");
    let tuple = tuples(&model).into_iter().find(|tuple| model.name(tuple.relation) == "p").unwrap();
    let proof = explained(&model, &tuple);
    let absent = proof.nodes.iter().find(|node| matches!(node, ProofNode::Absent { .. })).unwrap();
    let ProofNode::Absent { relation, span, .. } = absent else { unreachable!() };
    let lie = ProofNode::Absent { relation: *relation, pattern: vec![None], span: *span };
    let mut last = proof.clone();
    last.nodes.push(lie.clone());
    let mut first = proof.clone();
    first.nodes.insert(0, lie);
    for node in &mut first.nodes {
        if let ProofNode::Derived { premises, .. } = node {
            premises.iter_mut().for_each(|premise| premise.0 += 1);
        }
    }
    let mut alone = proof.clone();
    alone.nodes.retain(|node| matches!(node, ProofNode::Absent { .. }));
    let flaws = [last, first, alone].map(|proof| flaw(&model, &proof).unwrap());
    insta::assert_snapshot!(flaws.join("\n"), @r"
    node 3: the conclusion must be a tuple
    node 0: it is the premise of nothing, so that nothing vouches for it
    node 0: the conclusion must be a tuple
    ");
}

#[test]
fn flaws_name_the_node() {
    let model = model(
        ".decl e(x: number, y: number) .decl p(x: number, y: number) .decl q(x: number) .decl c(k: number)
        e(1, 2). e(2, 3). p(x, y) :- e(x, y). p(x, z) :- p(x, y), e(y, z).
        q(x) :- e(x, _), !e(_, x). c(k) :- k = count : { e(_, _) }.",
    );
    let proof = |relation: &str, at: usize| {
        let tuple = tuples(&model).into_iter().filter(|tuple| model.name(tuple.relation) == relation).nth(at).unwrap();
        explained(&model, &tuple)
    };
    let mut flaws = Vec::new();
    let mut note = |proof: &Proof| flaws.push(flaw(&model, proof).unwrap());
    let mut changed = proof("p", 2);
    let ProofNode::Given { tuple, .. } = &mut changed.nodes[0] else { unreachable!() };
    tuple.words[1] = 3;
    note(&changed);
    let mut changed = proof("p", 2);
    let root = changed.nodes.len() - 1;
    let ProofNode::Derived { premises, .. } = &mut changed.nodes[root] else { unreachable!() };
    premises.swap(0, 1);
    note(&changed);
    let ProofNode::Derived { premises, .. } = &mut changed.nodes[root] else { unreachable!() };
    premises.pop();
    note(&changed);
    let mut changed = proof("q", 0);
    let absent = changed.nodes.iter_mut().find(|node| matches!(node, ProofNode::Absent { .. })).unwrap();
    let ProofNode::Absent { pattern, .. } = absent else { unreachable!() };
    pattern[1] = Some(2);
    note(&changed);
    let mut changed = proof("c", 0);
    let counted = changed.nodes.iter_mut().find(|node| matches!(node, ProofNode::Counted { .. })).unwrap();
    let ProofNode::Counted { rows, .. } = counted else { unreachable!() };
    rows.pop();
    note(&changed);
    insta::assert_snapshot!(flaws.join("\n"));
}
