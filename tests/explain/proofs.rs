//! Smallest and further proofs, and witnesses: checked, counted and compared with brute force.

use std::collections::BTreeSet;

use onus::eval::Options;
use onus::explain::check::check_proof;
use onus::explain::{
    Limits, NodeId, Proof, ProofLimits, ProofNode, SliceLimits, WitnessLimits, proofs, smallest, why, witnesses,
};
use onus::model::{Model, Tuple};
use onus_judge::random::Random;

use crate::support::{Asked, Mix, follows, given, model, program, shipped, tuple, tuples};

/// The size of a proof's tree.
pub(crate) fn size(proof: &Proof) -> u64 {
    let mut sizes: Vec<u64> = Vec::new();
    for node in &proof.nodes {
        let below: u64 = node.premises().iter().map(|premise| sizes[premise.0 as usize]).sum();
        sizes.push(1 + below);
    }
    sizes[proof.root().0 as usize]
}

fn leaves(proof: &Proof) -> BTreeSet<Tuple> {
    let mut open = vec![proof.root()];
    let mut seen: BTreeSet<NodeId> = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            if let ProofNode::Given { tuple, .. } = proof.node(id) {
                found.insert(tuple.clone());
            }
            open.extend(proof.node(id).premises());
        }
    }
    found
}

/// Those sets that contain no other.
fn least(sets: Vec<BTreeSet<Tuple>>) -> BTreeSet<BTreeSet<Tuple>> {
    let all: BTreeSet<BTreeSet<Tuple>> = sets.into_iter().collect();
    all.iter().filter(|set| !all.iter().any(|other| other != *set && other.is_subset(set))).cloned().collect()
}

#[allow(clippy::type_complexity)] // what a test compares, all at once
fn told(model: &Model, goal: &Tuple) -> (Vec<(u64, Proof)>, bool, BTreeSet<BTreeSet<Tuple>>, bool) {
    let options = Options::default();
    let limits = ProofLimits { proofs: 200, ..ProofLimits::default() };
    let found = proofs(model, goal, limits, &options).unwrap().unwrap();
    let sets = WitnessLimits { sets: 200, ..WitnessLimits::default() };
    let supports = witnesses(model, goal, sets, &options).unwrap().unwrap();
    let facts = |witness: onus::explain::Witness| witness.facts.into_iter().map(|(fact, _)| fact).collect();
    let complete = supports.complete;
    (found.proofs, found.complete, supports.sets.into_iter().map(facts).collect(), complete)
}

#[test]
fn proofs_are_checked_in_order_of_size_and_agree_with_witnesses() {
    let options = Options::default();
    let (mut all, mut compared) = (0, 0);
    for index in 0..80 {
        let mut random = Random::of_program(31, index);
        let mix = Mix { negation: index % 2 == 0, aggregates: index % 4 == 0 };
        let text = program(&mut random, mix);
        let Some(model) = model(&text) else { continue };
        for goal in tuples(&model) {
            let (found, complete, supports, all_supports) = told(&model, &goal);
            let one = smallest(&model, &goal, ProofLimits::default(), &options).unwrap().unwrap();
            let canonical = why(&model, &goal, Limits::default(), &options).unwrap().unwrap();
            let name = model.literal(&goal);
            assert_eq!(size(&one), found[0].0, "{name} in\n{text}");
            assert!(size(&one) <= size(&canonical), "{name} in\n{text}");
            assert!(found.is_sorted_by_key(|(size, _)| *size));
            let mut shown = BTreeSet::new();
            for (cost, proof) in &found {
                assert_eq!(*cost, size(proof), "{name} in\n{text}");
                let checked = check_proof(&model, proof, None, &options).unwrap();
                assert!(checked.is_ok(), "{name}: {checked:?} in\n{text}");
                assert!(shown.insert(format!("{:?}", proof.nodes)), "{name} twice in\n{text}");
            }
            all += found.len();
            if complete && all_supports && !mix.aggregates {
                compared += 1;
                let of_proofs = least(found.iter().map(|(_, proof)| leaves(proof)).collect());
                assert_eq!(of_proofs, supports, "{name} in\n{text}");
            }
        }
    }
    assert!(all > 1000 && compared > 400, "{all} proofs, {compared} compared");
}

#[test]
fn witnesses_are_all_least_sets_of_facts_that_suffice() {
    let mut judged = 0;
    for index in 0..40 {
        let mut random = Random::of_program(32, index);
        let text = program(&mut random, Mix { negation: false, aggregates: false });
        let Some(model) = model(&text) else { continue };
        let facts = given(&model);
        if facts.len() > 9 {
            continue;
        }
        let subsets: Vec<(BTreeSet<Tuple>, Model)> = (0..1_usize << facts.len())
            .map(|bits| (0..facts.len()).filter(|at| bits & (1 << at) != 0).map(|at| facts[at].clone()).collect())
            .map(|set: BTreeSet<Tuple>| {
                let model = follows(&model, set.iter().cloned().collect());
                (set, model)
            })
            .collect();
        for goal in tuples(&model) {
            let enough = subsets.iter().filter(|(_, model)| model.row_of(&goal).is_some());
            let wanted = least(enough.map(|(set, _)| set.clone()).collect());
            let (.., supports, complete) = told(&model, &goal);
            assert!(complete);
            assert_eq!(supports, wanted, "{} in\n{text}", model.literal(&goal));
            judged += 1;
        }
    }
    assert!(judged > 100, "{judged} judged");
}

/// Acceptance 6.
#[test]
fn recursion_without_a_base_of_its_own_explains() {
    let text =
        ".decl e()\ne().\n.decl a()\n.decl x()\n.decl y()\na() :- x(), y().\nx() :- y().\nx() :- e().\ny() :- x().\n";
    let model = model(text).unwrap();
    let goal = Tuple { relation: model.find("a").unwrap(), words: Box::new([]) };
    let (found, complete, supports, _) = told(&model, &goal);
    assert!(complete);
    // x from e, y from x: there is no other way without a circle.
    assert_eq!((found.len(), found[0].0, supports.len()), (1, 6, 1));
    assert!(check_proof(&model, &found[0].1, None, &Options::default()).unwrap().is_ok());
}

#[test]
fn a_long_chain_has_one_proof() {
    let mut text = String::from(".decl edge(x: number, y: number)\n.decl path(x: number, y: number)\n");
    for at in 0..500 {
        text.push_str(&format!("edge({at}, {}).\n", at + 1));
    }
    text.push_str("path(x, y) :- edge(x, y).\npath(x, z) :- path(x, y), edge(y, z).\n");
    let mut model = model(&text).unwrap();
    let model = std::sync::Arc::make_mut(&mut model);
    let word = |number: i64| model.values().find_number(number).unwrap();
    let goal = Tuple { relation: model.find("path").unwrap(), words: Box::new([word(0), word(500)]) };
    let (found, complete, supports, all) = told(model, &goal);
    assert!(complete && all);
    assert_eq!((found.len(), found[0].0, supports.len()), (1, 1000, 1));
}

#[test]
fn the_shipped_project_has_witnesses() {
    let (mut session, model) = shipped();
    let goal = tuple(&mut session, &model, r#"relies("astronomer", "aws", "physical", "acme_astro")"#);
    let found = witnesses(&model, &goal, WitnessLimits::default(), &Options::default()).unwrap().unwrap();
    assert_eq!((found.sets.len(), found.complete, found.supposing), (1, true, true));
    assert_eq!((found.sets[0].facts.len(), found.sets[0].alone), (14, true));
    let (proofs, complete, ..) = told(&model, &goal);
    assert!(complete);
    assert_eq!(proofs.len(), 1);
}

/// Of a least value that several rows reach, one row is followed: then the witnesses are not said to be all. And the size
/// of a proof counts what it shows of aggregates inside aggregates.
#[test]
fn aggregates_say_how_much_of_them_was_followed() {
    let text = ".decl cost(who: symbol, n: number)
        .decl least(n: number)
        .decl most(n: number)
        .decl shared(k: number)
        cost(\"a\", 1). cost(\"b\", 1). cost(\"c\", 2).
        least(n) :- n = min v : { cost(_, v) }.
        most(n) :- n = max v : { cost(_, v) }.
        shared(k) :- k = count : { cost(_, v), 2 <= count : { cost(who, v), who != \"z\" } }.";
    let model = model(text).unwrap();
    for (relation, all) in [("least", false), ("most", true), ("shared", true)] {
        let relation = model.find(relation).unwrap();
        let goal = Tuple { relation, words: model.relation(relation).row(0).into() };
        let (found, complete, _, all_supports) = told(&model, &goal);
        assert!(complete);
        assert_eq!(all_supports, all, "{}", model.literal(&goal));
        found.iter().for_each(|(cost, proof)| assert_eq!(*cost, size(proof), "{}", model.literal(&goal)));
    }
}

#[test]
fn witnesses_are_told_as_far_as_they_were_checked() {
    let told = |text: &str, goal: &str, checks: usize| {
        Asked::of(text).witnesses(goal, WitnessLimits { checks, ..WitnessLimits::default() })
    };
    // Once for the tuple, once for its fact, once for what is left without that; then one more could have been asked.
    let text = ".decl a(x: number) .decl r(x: number) a(1). r(x) :- a(x).";
    for checks in 0..6 {
        let mut lines = vec!["a(1)"; usize::from(checks > 0)];
        lines.push(if checks > 3 { "all" } else { "cut" });
        assert_eq!(told(text, "r(1)", checks), lines, "{checks} checks");
    }
    // What its proof says is absent comes where other facts are missing.
    let text = ".decl n(x: number) .decl m(x: number) .decl b(x: number) .decl a(x: number) .decl r(x: number)
        n(1). m(1). a(1). b(x) :- n(x), !m(x). r(x) :- a(x), n(x), !b(x).";
    assert_eq!(told(text, "r(1)", 100), ["a(1) n(1) with others", "all"]);
    // A least value needs a row that reaches it.
    let text = ".decl cost(who: symbol, n: number) .decl least(n: number) .decl most(n: number)
        cost(\"a\", 1). cost(\"b\", 2). cost(\"c\", 3).
        least(n) :- n = min v : { cost(_, v) }. most(n) :- n = max v : { cost(_, v) }.";
    assert_eq!(told(text, "least(1)", 100), ["cost(\"a\", 1)", "all"]);
    assert_eq!(told(text, "most(3)", 100), ["cost(\"c\", 3)", "all"]);
}

#[test]
fn witnesses_suppose_what_is_absent_or_counted() {
    let text =
        ".decl a(x: number) .decl b(x: number) .decl plain(x: number) .decl absent(x: number) .decl counted(x: number)
        a(1). b(2). plain(x) :- a(x). absent(x) :- a(x), !b(x). counted(x) :- a(x), 1 = count : { b(_) }.";
    let mut asked = Asked::of(text);
    for (goal, supposing) in [("a(1)", false), ("plain(1)", false), ("absent(1)", true), ("counted(1)", true)] {
        let goal = asked.goal(goal);
        let found = witnesses(&asked.model, &goal, WitnessLimits::default(), &Options::default()).unwrap().unwrap();
        assert_eq!(found.supposing, supposing, "{}", asked.model.literal(&goal));
    }
}

#[test]
fn proofs_end_where_their_limits_are() {
    let text = ".decl e(x: number, y: number) .decl p(x: number, y: number)
        e(1, 2). e(2, 3). e(3, 4). e(1, 3). e(2, 4). e(1, 4). p(1, 4).
        p(x, y) :- e(x, y). p(x, z) :- p(x, y), e(y, z).";
    let mut asked = Asked::of(text);
    let goal = asked.goal("p(1, 4)");
    let all = ProofLimits::default();
    let slice = SliceLimits { tuples: 1, ..SliceLimits::default() };
    for (limits, sizes, complete) in [
        (all, &[1, 2, 4, 4, 6][..], true),
        (ProofLimits { proofs: 1, ..all }, &[1], false),
        (ProofLimits { proofs: 4, ..all }, &[1, 2, 4, 4], false),
        (ProofLimits { partial: 1, ..all }, &[1], false),
        (ProofLimits { partial: 5, ..all }, &[1, 2], false),
        (ProofLimits { partial: 12, ..all }, &[1, 2, 4, 4], false),
        (ProofLimits { steps: 0, ..all }, &[1], false),
        (ProofLimits { steps: 5, ..all }, &[1, 2], false),
        (ProofLimits { steps: 12, ..all }, &[1, 2, 4], false),
        (ProofLimits { slice, ..all }, &[1, 2, 3, 3], false),
    ] {
        let found = proofs(&asked.model, &goal, limits, &Options::default()).unwrap().unwrap();
        assert_eq!(found.proofs.iter().map(|(size, _)| *size).collect::<Vec<_>>(), sizes, "{limits:?}");
        assert_eq!(found.complete, complete, "{limits:?}");
        // It was given, and three instances of rules give it.
        assert!(found.proofs.iter().all(|(_, proof)| proof.alternatives == 3), "{limits:?}");
    }
}

#[test]
fn a_long_proof_is_cut_where_it_may_have_no_more_nodes() {
    let facts: String = (0..50).map(|at| format!("e({at}, {}).", at + 1)).collect();
    let rules = "p(x, y) :- e(x, y). p(x, z) :- p(x, y), e(y, z).";
    let mut asked = Asked::of(&format!(".decl e(x: number, y: number) .decl p(x: number, y: number) {rules} {facts}"));
    let goal = asked.goal("p(0, 50)");
    for (nodes, has) in [(0, 1), (1, 3), (2, 3), (3, 5), (10, 11), (20, 21), (100, 100), (101, 100)] {
        let limits = Limits { nodes, ..Limits::default() };
        let proof = why(&asked.model, &goal, limits, &Options::default()).unwrap().unwrap();
        assert_eq!((proof.nodes.len(), proof.complete), (has, nodes >= 100), "{nodes} nodes");
    }
}

/// Each side of a comparison is computed once: what has several values counts once for each.
#[test]
fn instances_are_counted_once_and_show_every_variable() {
    let told = |rules: &str| {
        let types = ".type P = [x: number, y: number] .decl p(p: P) p([1, 2]). p([3, 4]).";
        let mut asked = Asked::of(&format!("{types} .decl a(x: number) .decl r(x: number) a(1). {rules}"));
        let goal = asked.goal("r(1)");
        let proof = why(&asked.model, &goal, Limits::default(), &Options::default()).unwrap().unwrap();
        let ProofNode::Derived { bindings, .. } = proof.node(proof.root()) else { panic!("it follows by a rule") };
        let values = proof.values.as_ref();
        let bindings: Vec<i64> = bindings.iter().map(|&(_, word)| values.get_number(word)).collect();
        assert!(check_proof(&asked.model, &proof, None, &Options::default()).unwrap().is_ok(), "{rules}");
        (bindings, proof.alternatives)
    };
    assert_eq!(told("r(x) :- a(x), range(0, 3) < 2."), (vec![1, 0], 1));
    assert_eq!(told("r(x) :- a(x), 0 < range(0, 3)."), (vec![1, 1], 1));
    assert_eq!(told("r(x) :- a(x), range(0, 3) = range(1, 5)."), (vec![1, 1, 1], 1));
    // Variables that stand in a record only.
    assert_eq!(told("r(1) :- p([x, y]), x < 3."), (vec![1, 2], 0));
    assert_eq!(told("r(1) :- p([_, y]), y < 3."), (vec![2], 0));
    assert_eq!(told("r(1) :- p([y, _])."), (vec![1], 1));
}
