//! Smallest and further proofs, and witnesses: checked, counted and compared with brute force.

use std::collections::BTreeSet;

use onus::eval::Options;
use onus::explain::check::check_proof;
use onus::explain::{Limits, NodeId, Proof, ProofLimits, ProofNode, WitnessLimits, proofs, smallest, why, witnesses};
use onus::model::{Model, Tuple};
use onus_judge::random::Random;

use crate::support::{Mix, follows, given, model, program, shipped, tuple, tuples};

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
