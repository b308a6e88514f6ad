//! Proofs with one thing changed: what a check says of each, in words.

use onus::explain::check::{Checked, check_proof};
use onus::explain::{Contribution, Proof, ProofNode};
use onus::model::Model;
use onus::program::CompareOp;
use onus::value::TypeId;

use crate::{explained, flaw, model, tuples};

/// The proof of the only tuple of `r`.
fn proof(model: &Model) -> Proof {
    let tuple = tuples(model).into_iter().find(|tuple| model.name(tuple.relation) == "r").unwrap();
    explained(model, &tuple)
}

/// What a check says of the proof of `r` after a change of some node.
fn after(text: &str, mut change: impl FnMut(&Model, &mut ProofNode)) -> String {
    let model = model(text);
    let mut proof = proof(&model);
    assert_eq!(flaw(&model, &proof), None, "{text}");
    proof.nodes.iter_mut().for_each(|node| change(&model, node));
    flaw(&model, &proof).unwrap_or_else(|| "accepted".to_owned())
}

/// What a check finds in order, with all bindings of the rule left out.
fn unbound(text: &str) -> Checked {
    let model = model(text);
    let mut proof = proof(&model);
    for node in &mut proof.nodes {
        if let ProofNode::Derived { bindings, .. } = node {
            bindings.clear();
        }
    }
    check_proof(&model, &proof, None, &onus::eval::Options::default())
        .unwrap()
        .unwrap_or_else(|flaw| panic!("{flaw:?}"))
}

#[test]
fn premises_are_of_their_relations() {
    let text = ".decl a(x: number) .decl b(x: number) .decl r(x: number) a(1). b(1). r(x) :- a(x), b(x).";
    let swapped = after(text, |_, node| {
        if let ProofNode::Derived { premises, .. } = node {
            premises.swap(0, 1);
        }
    });
    assert_eq!(swapped, "node 2, r(1): node 1 is no premise for `a(x)` under the bindings");
    let text = ".decl a(x: number) .decl b(x: number) .decl c(x: number) .decl r(x: number) a(1). b(2). c(2).
        r(x) :- a(x), !b(x).";
    let other = after(text, |model, node| {
        if let ProofNode::Absent { relation, .. } = node {
            *relation = model.find("c").unwrap();
        }
    });
    assert_eq!(other, "node 2, r(1): node 1 is no premise for `!b(x)` under the bindings");
    let wider = after(text, |_, node| {
        if let ProofNode::Absent { pattern, .. } = node {
            pattern.push(None);
        }
    });
    assert_eq!(wider, "node 2, r(1): node 1 is no premise for `!b(x)` under the bindings");
}

#[test]
fn what_a_pattern_fits_is_not_absent() {
    let model = model(
        ".type P = [x: number, y: number] .decl a(x: number) .decl b(p: P) .decl c(x: number) .decl r(x: number)
         a(1). a(2). b([2, 5]). c(2). r(x) :- a(x), !b([x, _]). r(x) :- c(x).",
    );
    // r(2) holds by the other rule; here it is said to follow as r(1) does.
    let mut changed = proof(&model);
    for node in &mut changed.nodes {
        match node {
            ProofNode::Given { tuple, .. } => tuple.words[0] = 2,
            ProofNode::Derived { tuple, bindings, .. } => {
                tuple.words[0] = 2;
                bindings.iter_mut().for_each(|binding| binding.1 = 2);
            }
            _ => {}
        }
    }
    assert_eq!(
        flaw(&model, &changed).as_deref(),
        Some("node 2, r(2): node 1 says that nothing matches, and b([2, 5]) does")
    );
}

#[test]
fn branches_are_told_apart() {
    let text = ".type T = A {x: number} | B {x: number} .decl a(t: T) .decl r(x: number)
        a($A(1)). a($B(1)). r(x) :- a($A(x)).";
    let changed = after(text, |model, node| {
        if let ProofNode::Given { tuple, .. } = node {
            tuple.words = model.relation(tuple.relation).row(1).into();
        }
    });
    assert!(changed.ends_with("is no premise for `a($A(x))` under the bindings"), "{changed}");
}

#[test]
fn comparisons_are_those_of_the_rule() {
    let text = ".decl a(x: number) .decl r(x: number) a(1). r(x) :- a(x), x < 3.";
    let misfit = "node 2, r(1): node 1 is no premise for `x < 3` under the bindings";
    let with = |change: &dyn Fn(&mut ProofNode)| after(text, |_, node| change(node));
    let changed = with(&|node| {
        if let ProofNode::Compared { op, .. } = node {
            *op = CompareOp::LessEqual;
        }
    });
    assert_eq!(changed, misfit);
    let changed = with(&|node| {
        if let ProofNode::Compared { ty, .. } = node {
            *ty = TypeId::UNSIGNED;
        }
    });
    assert_eq!(changed, misfit);
    let changed = with(&|node| {
        if let ProofNode::Compared { aggregates, .. } = node {
            aggregates.push(onus::explain::NodeId(0));
        }
    });
    assert_eq!(changed, misfit);
    let changed = with(&|node| {
        if let ProofNode::Compared { left, right, .. } = node {
            std::mem::swap(left, right);
        }
    });
    assert_eq!(changed, "node 2, r(1): the comparison of node 1 fails");
    // What it says holds, but not of what the rule compares.
    let changed = with(&|node| {
        if let ProofNode::Compared { left, .. } = node {
            *left = 2;
        }
    });
    assert_eq!(changed, misfit);
}

#[test]
fn variables_have_one_value_and_are_the_rule_s_own() {
    let text = ".decl a(x: number) .decl r(x: number) a(1). r(x) :- a(x), x < 3.";
    let with = |more: (u32, u32)| {
        after(text, |_, node| {
            if let ProofNode::Derived { bindings, .. } = node {
                bindings.push(more);
            }
        })
    };
    assert_eq!(with((0, 1)), "accepted");
    assert_eq!(with((0, 2)), "node 2, r(1): variable 0 has two values");
    assert_eq!(with((9, 2)), "node 2, r(1): the rule has no variable 9");
    // What atoms and equations bind need not be said; in an equation, whichever side is the pattern.
    for text in [
        ".decl a(x: number) .decl r(x: number) a(1). r(x) :- a(x), x < 3.",
        ".decl a(x: number) .decl r(x: number) a(1). r(y) :- a(x), y = x + 1.",
        ".decl a(x: number) .decl r(x: number) a(1). r(y) :- a(x), x + 1 = y.",
        ".type P = [x: number, y: number] .decl a(p: P) .decl r(x: number) a([1, 2]). r(y) :- a(p), p = [_, y].",
        ".type P = [x: number, y: number] .decl a(p: P) .decl r(x: number) a([1, 2]). r(y) :- a(p), [_, y] = p.",
        ".decl a(x: unsigned) .decl r(x: number) a(1u). r(y) :- a(x), as(y, unsigned) = x.",
        ".decl a(x: unsigned) .decl r(x: number) a(1u). r(y) :- a(x), x = as(y, unsigned).",
        ".type P = [x: number, y: number] .decl a(x: number) .decl b(p: P) .decl r(x: number)
         a(1). b([2, 5]). r(x) :- a(x), !b([x, _]).",
    ] {
        assert_eq!((unbound(text).cut, unbound(text).counters), (0, 0), "{text}");
    }
}

#[test]
fn what_is_made_of_a_counter_is_told_apart() {
    let rest = ".decl a(x: number) .decl r(x: number, y: number) a(7).";
    for (head, counters) in [("x, x + 1", 0), ("x, autoinc()", 1), ("x, autoinc() + 1", 1), ("autoinc(), autoinc()", 2)]
    {
        let text = format!("{rest} r({head}) :- a(x).");
        let model = model(&text);
        let proof = proof(&model);
        let checked = check_proof(&model, &proof, None, &onus::eval::Options::default()).unwrap();
        assert_eq!(checked.unwrap().counters, counters, "{head}");
    }
}

/// Changes the rows of the aggregate in the proof of a least cost.
fn least(mut change: impl FnMut(&mut Vec<Contribution>)) -> String {
    let text = ".decl c(k: symbol, who: symbol, n: number) .decl k(k: symbol) .decl r(k: symbol, n: number)
        k(\"k\"). c(\"k\", \"a\", 1). c(\"k\", \"b\", 2). r(k, n) :- k(k), n = min v : { c(k, _, v) }.";
    after(text, |_, node| {
        if let ProofNode::Counted { rows, .. } = node {
            change(rows);
        }
    })
}

#[test]
fn rows_of_aggregates_are_what_they_say() {
    let says = |message: &str| format!("node 5, r(\"k\", 1): {message}");
    assert_eq!(least(|rows| rows[1].target = Some(3)), says("a row of node 3 has another value than it says"));
    assert_eq!(least(|rows| rows[1].target = None), says("a row of node 3 has another value than it says"));
    assert_eq!(least(|rows| rows.truncate(1)), says("node 3 leaves out a row: c(\"k\", \"b\", 2)"));
    let twice = least(|rows| {
        let row = rows[1].clone();
        rows.push(row);
    });
    assert_eq!(twice, says("node 3 lists a row twice"));
    assert_eq!(least(|rows| rows[0].bindings.push((0, 1))), says("node 3 binds variable 0, which is not its own"));
    assert_eq!(least(|rows| rows[0].premises.clear()), says("1 premises are needed, and 0 are there"));
}
