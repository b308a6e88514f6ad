//! Limits: what is told under a limit is part of what is told without one, and what was cut off is said.

use std::collections::BTreeSet;

use onus::eval::Options;
use onus::explain::check::check_proof;
use onus::explain::{
    Critical, CriticalLimits, FixLimits, Limits, Proof, ProofLimits, ProofNode, SliceLimits, WhyNotLimits,
    WitnessLimits, critical, fix, proofs, smallest, why, why_not, witnesses,
};
use onus::model::{Model, Tuple};
use onus::session::{MemoryLoader, Session};
use onus_judge::random::Random;

use crate::proofs::size;
use crate::support::{Mix, program, tuples};

/// Small random programs, each with some of its derived tuples.
fn samples(seed: u64, mix: Mix) -> Vec<(String, std::sync::Arc<Model>, Vec<Tuple>)> {
    let mut samples = Vec::new();
    for index in 0..24 {
        let mut random = Random::of_program(seed, index);
        let text = program(&mut random, mix);
        let Some(model) = crate::support::model(&text) else { continue };
        let mut derived = tuples(&model);
        derived.retain(|tuple| model.rank(tuple).is_some_and(|rank| rank.round > 0));
        if !derived.is_empty() {
            let goals = (0..1).map(|_| random.pick(&derived).unwrap().clone()).collect();
            samples.push((text, model, goals));
        }
    }
    assert!(samples.len() > 15);
    samples
}

/// Slices that are cut off after so much of each.
fn slices() -> impl Iterator<Item = SliceLimits> {
    let all = SliceLimits::default();
    let few = [0, 1, 2, 4, 7];
    few.into_iter().flat_map(move |most| {
        [
            SliceLimits { tuples: most, ..all },
            SliceLimits { steps: most, ..all },
            SliceLimits { instances: most + 1, ..all },
        ]
    })
}

/// What a proof says, to be compared.
fn nodes(proof: &Proof) -> Vec<String> {
    proof.nodes.iter().map(|node| format!("{node:?}")).collect()
}

#[test]
fn what_is_critical_under_a_limit_is_critical() {
    let options = Options::default();
    let (mut cut, mut spent) = (0, 0);
    for mix in [Mix { negation: false, aggregates: false }, Mix { negation: true, aggregates: true }] {
        for (text, model, goals) in samples(41, mix) {
            for goal in goals {
                let name = model.literal(&goal);
                let told = |limits| critical(&model, &goal, limits, &options).unwrap().unwrap();
                let all = told(CriticalLimits::default());
                let part_of = |some: &Critical| {
                    assert!(some.facts.iter().all(|fact| all.facts.contains(fact)), "{name} in\n{text}");
                    assert!(some.rules.iter().all(|rule| all.rules.contains(rule)), "{name} in\n{text}");
                    assert!(some.absences.iter().all(|absence| some.complete <= all.absences.contains(absence)));
                };
                for siblings in [0, 1, 2, all.siblings.saturating_sub(1), all.siblings] {
                    let some = told(CriticalLimits { siblings, ..CriticalLimits::default() });
                    part_of(&some);
                    assert!(some.siblings <= siblings, "{} of {siblings} siblings", some.siblings);
                    assert_eq!(some.complete, siblings >= all.siblings, "{siblings} of {} for {name}", all.siblings);
                    spent += usize::from(!some.complete);
                    if some.complete {
                        assert_eq!(some, all);
                    }
                }
                for pairs in [0, 1, all.pairs.len().saturating_sub(1), all.pairs.len()] {
                    let some = told(CriticalLimits { pairs, ..CriticalLimits::default() });
                    assert_eq!(some.pairs.len(), pairs.min(all.pairs.len()));
                    assert!(some.pairs.iter().all(|pair| all.pairs.contains(pair)));
                    assert_eq!(some.complete, pairs >= all.pairs.len());
                    assert_eq!((&some.facts, &some.rules), (&all.facts, &all.rules));
                }
                for slice in slices() {
                    let some = told(CriticalLimits { slice, ..CriticalLimits::default() });
                    part_of(&some);
                    cut += usize::from(!some.complete);
                    if some.complete {
                        assert_eq!(some, all, "{slice:?} of {name} in\n{text}");
                    }
                }
            }
        }
    }
    assert!(cut > 100 && spent > 30, "{cut} cut off, {spent} siblings short");
}

#[test]
fn witnesses_under_a_limit_are_witnesses() {
    let options = Options::default();
    let mut cut = 0;
    for (text, model, goals) in samples(42, Mix { negation: true, aggregates: false }) {
        for goal in goals {
            let name = model.literal(&goal);
            let told = |limits| witnesses(&model, &goal, limits, &options).unwrap().unwrap();
            let all = told(WitnessLimits { sets: 1_000, ..WitnessLimits::default() });
            assert!(all.complete && !all.sets.is_empty(), "{name} in\n{text}");
            for sets in 0..=all.sets.len() + 1 {
                let some = told(WitnessLimits { sets, ..WitnessLimits::default() });
                assert_eq!(some.sets.len(), sets.min(all.sets.len()));
                assert!(some.sets.iter().all(|set| all.sets.contains(set)), "{name} in\n{text}");
                // Whether those are all is known when it was asked for another one.
                assert_eq!(some.complete, sets > all.sets.len(), "{sets} of {} sets of {name}", all.sets.len());
                assert_eq!(some.supposing, all.supposing);
            }
            let mut before = 0;
            for checks in [0, 1, 2, 3, 5, 8, 13, 34] {
                let some = told(WitnessLimits { checks, sets: 1_000, ..WitnessLimits::default() });
                assert!(some.sets.len() >= before && (checks > 0 || some.sets.is_empty()));
                before = some.sets.len();
                cut += usize::from(!some.complete);
                if some.complete {
                    assert_eq!(some, all, "{checks} checks of {name} in\n{text}");
                }
            }
            for slice in slices() {
                let some = told(WitnessLimits { slice, sets: 1_000, ..WitnessLimits::default() });
                cut += usize::from(!some.complete);
                if some.complete {
                    assert_eq!(some, all, "{slice:?} of {name} in\n{text}");
                }
            }
        }
    }
    assert!(cut > 100, "{cut} cut off");
}

#[test]
fn proofs_under_a_limit_are_the_first_ones() {
    let options = Options::default();
    let mut cut = 0;
    for (text, model, goals) in samples(43, Mix { negation: true, aggregates: true }) {
        for goal in goals {
            let name = model.literal(&goal);
            let told = |limits| proofs(&model, &goal, limits, &options).unwrap().unwrap();
            let shown = |found: &onus::explain::Proofs| {
                found.proofs.iter().map(|(size, proof)| format!("{size} {:?}", proof.nodes)).collect::<Vec<_>>()
            };
            let all = told(ProofLimits { proofs: 60, ..ProofLimits::default() });
            let (whole, complete) = (shown(&all), all.complete);
            for most in [0, 1, 2, whole.len().saturating_sub(1), whole.len(), whole.len() + 1] {
                let some = told(ProofLimits { proofs: most, ..ProofLimits::default() });
                let first = most.min(whole.len());
                assert_eq!(shown(&some)[..first], whole[..first], "{most} of {name} in\n{text}");
                assert!(some.proofs.len() <= most);
                assert!(!complete || some.complete <= (most >= whole.len()) && some.complete >= (most > whole.len()));
            }
            for few in [0, 1, 3, 10, 30] {
                for limits in [
                    ProofLimits { partial: few, proofs: 60, ..ProofLimits::default() },
                    ProofLimits { steps: few, proofs: 60, ..ProofLimits::default() },
                ] {
                    let some = told(limits);
                    assert!(whole.starts_with(&shown(&some)), "{limits:?} of {name} in\n{text}");
                    assert!(limits.partial > 0 || some.proofs.is_empty());
                    cut += usize::from(!some.complete);
                    assert!(!some.complete || complete && some.proofs.len() == whole.len());
                }
            }
            for slice in slices() {
                let limits = ProofLimits { slice, proofs: 60, ..ProofLimits::default() };
                let some = told(limits);
                cut += usize::from(!some.complete);
                if some.complete {
                    assert_eq!(shown(&some), whole, "{slice:?} of {name} in\n{text}");
                }
                // A least proof of what is at hand, perhaps with what was not followed.
                let one = smallest(&model, &goal, limits, &options).unwrap().unwrap();
                assert_eq!(
                    some.proofs.first().map(|(cost, _)| *cost),
                    Some(size(&one)),
                    "{slice:?} of {name} in\n{text}"
                );
            }
        }
    }
    assert!(cut > 100, "{cut} cut off");
}

#[test]
fn a_proof_has_as_many_nodes_as_it_may() {
    let options = Options::default();
    let is_cut = |node: &ProofNode| matches!(node, ProofNode::Cut { .. });
    let mut cut = 0;
    for (text, model, goals) in samples(44, Mix { negation: true, aggregates: true }) {
        for goal in goals {
            let name = model.literal(&goal);
            let told = |nodes, instances| why(&model, &goal, Limits { nodes, instances }, &options).unwrap().unwrap();
            let all = told(20_000, 4_096);
            assert!(!all.nodes.iter().any(is_cut));
            assert!(check_proof(&model, &all, None, &options).unwrap().is_ok(), "{name} in\n{text}");
            for nodes in 0..=all.nodes.len() + 1 {
                let some = told(nodes, 4_096);
                cut += usize::from(some.nodes.iter().any(is_cut));
                if nodes == 0 {
                    assert!(some.nodes.len() == 1 && is_cut(&some.nodes[0]), "nothing is followed");
                }
                if !some.nodes.iter().any(is_cut) {
                    assert_eq!(self::nodes(&some), self::nodes(&all), "{nodes} nodes of {name} in\n{text}");
                }
            }
            assert_eq!(nodes(&told(all.nodes.len() + 1, 4_096)), nodes(&all), "{name} in\n{text}");
            // With fewer instances to compare it may be another proof.
            for instances in [1, 2, 3] {
                let some = told(20_000, instances);
                assert!(check_proof(&model, &some, None, &options).unwrap().is_ok(), "{name} in\n{text}");
                assert!(some.alternatives <= all.alternatives);
            }
        }
    }
    assert!(cut > 15, "{cut} cut off");
}

/// Patterns of relations with rules that nothing matches.
fn absent(model: &Model, random: &mut Random) -> Vec<String> {
    let mut patterns = Vec::new();
    for id in model.program().relation_ids() {
        let arity = model.program().relation(id).arity();
        let columns: Vec<String> = (0..arity).map(|_| random.below(4).to_string()).collect();
        patterns.push(format!("{}({})", model.name(id), columns.join(", ")));
        patterns.push(format!("{}({})", model.name(id), vec!["9"; arity].join(", ")));
    }
    patterns
}

#[test]
fn what_is_missing_is_told_as_far_as_the_limits_go() {
    let options = Options::default();
    let (mut judged, mut cut, mut short) = (0, 0, 0);
    for index in 0..12 {
        let mut random = Random::of_program(45, index);
        let text = program(&mut random, Mix { negation: true, aggregates: index % 3 == 0 });
        let mut session = Session::new(Box::new(MemoryLoader::default()), onus::session::Options::default());
        session.add_program("test.dl", &text);
        let Ok(model) = session.evaluate() else { continue };
        for wanted in absent(&model, &mut random) {
            let pattern = session.matching(&wanted).unwrap();
            let told = |limits| why_not(&model, &pattern.pattern, pattern.values(), limits, &options).unwrap();
            let Some(all) = told(WhyNotLimits { misses: 1_000, ..WhyNotLimits::default() }) else { continue };
            judged += 1;
            assert_eq!(all.more, 0);
            for misses in 0..=all.misses.len() {
                let some = told(WhyNotLimits { misses, ..WhyNotLimits::default() }).unwrap();
                assert!(some.misses.len() <= misses);
                // Rules that miss by more are not looked at once there are enough.
                assert_eq!(some.misses, all.misses[..some.misses.len()], "{misses} misses of {wanted} in\n{text}");
                assert!(some.misses.len() + some.more <= all.misses.len());
                assert!(some.misses.len() == misses || some.misses.len() + some.more == all.misses.len());
            }
            for failing in 0..4 {
                let some = told(WhyNotLimits { misses: 1_000, failing, ..WhyNotLimits::default() }).unwrap();
                assert!(some.misses.iter().all(|miss| miss.failing.len() <= failing && !miss.failing.is_empty()));
                let near: Vec<_> = all.misses.iter().filter(|miss| miss.failing.len() <= failing).collect();
                assert_eq!(some.misses.iter().collect::<Vec<_>>(), near, "{failing} failing of {wanted} in\n{text}");
                // Each rule that could give it is told of, or said to be too far away.
                let rules = |some: &onus::explain::WhyNot| -> BTreeSet<_> {
                    let misses = some.misses.iter().map(|miss| miss.rule);
                    misses.chain(some.far.iter().copied()).collect()
                };
                assert_eq!(rules(&some), rules(&all), "{failing} failing of {wanted} in\n{text}");
            }
            let mut complete = false;
            for questions in [0, 1, 2, 4, 3_000] {
                let some = told(WhyNotLimits { misses: 1_000, questions, ..WhyNotLimits::default() }).unwrap();
                short += usize::from(!some.complete);
                if some.complete {
                    assert_eq!(some.misses, all.misses, "{questions} questions for {wanted} in\n{text}");
                }
                assert!(some.complete >= complete, "with more questions no less is known");
                complete = some.complete;
            }
            for bindings in [1, 2] {
                let some = told(WhyNotLimits { misses: 1_000, bindings, ..WhyNotLimits::default() }).unwrap();
                for miss in &some.misses {
                    cut += usize::from(miss.more);
                    assert!(miss.more || all.misses.contains(miss), "{wanted} in\n{text}");
                }
            }
        }
    }
    assert!(judged > 40 && cut > 10 && short > 10, "{judged} judged, {cut} cut off, {short} short of questions");
}

#[test]
fn fixes_are_tried_and_told_as_far_as_the_limits_go() {
    let options = Options::default();
    let (mut judged, mut cut) = (0, 0);
    for index in 0..10 {
        let mut random = Random::of_program(46, index);
        let text = program(&mut random, Mix { negation: true, aggregates: false });
        let mut session = Session::new(Box::new(MemoryLoader::default()), onus::session::Options::default());
        session.add_program("test.dl", &text);
        let Ok(model) = session.evaluate() else { continue };
        for wanted in absent(&model, &mut random) {
            let pattern = session.matching(&wanted).unwrap();
            let told = |limits| fix(&model, &pattern.pattern, pattern.values(), limits, &options).unwrap();
            let all = told(FixLimits::default());
            if all.fixes.is_empty() {
                continue;
            }
            judged += 1;
            for fixes in 1..=all.fixes.len() {
                let some = told(FixLimits { fixes, ..FixLimits::default() });
                assert_eq!(some.fixes[0], all.fixes[0], "{fixes} fixes of {wanted} in\n{text}");
                assert!(some.fixes.len() <= fixes && some.tried <= all.tried);
            }
            for facts in 0..3 {
                let some = told(FixLimits { facts, ..FixLimits::default() });
                assert!(some.fixes.iter().all(|fix| fix.add.len() + fix.remove.len() <= facts));
                let size = |fix: &onus::explain::Fix| fix.add.len() + fix.remove.len();
                assert!(some.fixes.first().is_none_or(|fix| size(fix) >= size(&all.fixes[0])));
            }
            for siblings in [0, 1, 2] {
                let some = told(FixLimits { siblings, ..FixLimits::default() });
                // Of the last one that works, its parts are tried as well.
                assert!(some.tried <= (siblings + 6) * siblings.min(1) && some.fixes.len() <= siblings);
                assert!(!some.complete || !some.fixes.is_empty());
                cut += usize::from(!some.complete);
            }
            for few in [0, 1, 3] {
                for limits in [
                    FixLimits { questions: few, ..FixLimits::default() },
                    FixLimits { goals: few, ..FixLimits::default() },
                ] {
                    let some = told(limits);
                    cut += usize::from(!some.complete);
                    assert!(!some.complete || some.fixes == all.fixes, "{limits:?} for {wanted} in\n{text}");
                }
            }
        }
    }
    assert!(judged > 20 && cut > 40, "{judged} judged, {cut} cut off");
}
