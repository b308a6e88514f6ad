//! Critical facts and rules, and pairs: the same as deleting each and looking.

use std::collections::BTreeSet;

use onus::eval::Options;
use onus::explain::{Changes, CriticalLimits, critical, sibling};
use onus::model::{Model, Tuple};
use onus::report::critical::render;
use onus::report::proof::TextOptions;
use onus::responsibility::cite::Citations;
use onus_judge::random::Random;

use crate::support::{Mix, follows, given, model, program, shipped, tuple, tuples};

fn without(all: &[Tuple], gone: &[&Tuple]) -> Vec<Tuple> {
    all.iter().filter(|fact| !gone.contains(fact)).cloned().collect()
}

fn judge(text: &str, pick: &mut Random, pairs: bool) -> usize {
    let Some(model) = model(text) else { return 0 };
    let facts = given(&model);
    let mut derived = tuples(&model);
    derived.retain(|tuple| model.rank(tuple).is_some_and(|rank| rank.round > 0));
    let alone: Vec<Model> = facts.iter().map(|fact| follows(&model, without(&facts, &[fact]))).collect();
    let count = 3.min(derived.len());
    for _ in 0..count {
        let goal = pick.pick(&derived).unwrap().clone();
        let found = critical(&model, &goal, CriticalLimits::default(), &Options::default()).unwrap().unwrap();
        assert!(found.complete);
        let wanted: BTreeSet<&Tuple> =
            facts.iter().zip(&alone).filter(|(_, model)| model.row_of(&goal).is_none()).map(|(fact, _)| fact).collect();
        let single: BTreeSet<&Tuple> = found.facts.iter().map(|(fact, _)| fact).collect();
        let name = model.literal(&goal);
        assert_eq!(single, wanted, "facts of {name} in\n{text}");
        let rules: Vec<u32> = found.rules.iter().map(|&rule| model.program().rule(rule).clause).collect();
        for (id, rule) in model.program().rules() {
            let changes = Changes::dropping(vec![id]);
            let lost = sibling(&model, &changes, None, None, &Options::default()).unwrap().row_of(&goal).is_none();
            assert_eq!(rules.contains(&rule.clause), lost, "rule {} of {name} in\n{text}", model.text(rule.span));
        }
        if pairs {
            let mut wanted = BTreeSet::new();
            for (at, one) in facts.iter().enumerate().filter(|(_, fact)| !wanted_has(&single, fact)) {
                for other in facts[at + 1..].iter().filter(|fact| !wanted_has(&single, fact)) {
                    if follows(&model, without(&facts, &[one, other])).row_of(&goal).is_none() {
                        wanted.insert(BTreeSet::from([one, other]));
                    }
                }
            }
            let pairs: BTreeSet<BTreeSet<&Tuple>> =
                found.pairs.iter().map(|(one, other)| BTreeSet::from([one, other])).collect();
            assert_eq!(pairs, wanted, "pairs of {name} in\n{text}");
        }
    }
    count
}

fn wanted_has(single: &BTreeSet<&Tuple>, fact: &Tuple) -> bool {
    single.contains(fact)
}

fn run(seed: u64, programs: u64, mix: Mix, pairs: bool) {
    let mut judged = 0;
    for index in 0..programs {
        let mut random = Random::of_program(seed, index);
        let text = program(&mut random, mix);
        judged += judge(&text, &mut random, pairs);
    }
    assert!(judged as u64 > programs / 2, "only {judged} tuples judged");
}

/// Acceptance 3, here and in the next two: facts and rules by single deletion, pairs by double deletion.
#[test]
fn critical_equals_deletion_without_negation() {
    run(11, 60, Mix { negation: false, aggregates: false }, true);
}

#[test]
fn critical_equals_deletion_with_negation() {
    run(12, 60, Mix { negation: true, aggregates: false }, true);
}

#[test]
fn critical_equals_deletion_with_aggregates() {
    run(13, 40, Mix { negation: true, aggregates: true }, true);
}

#[test]
fn what_astronomer_s_reliance_on_aws_hangs_on() {
    let (mut session, model) = shipped();
    let goal = tuple(&mut session, &model, r#"relies("astronomer", "aws", "physical", "acme_astro")"#);
    let options = Options::default();
    let found = critical(&model, &goal, CriticalLimits::default(), &options).unwrap().unwrap();
    let text = render(&model, &goal, &found, &TextOptions::default(), &Citations);
    insta::assert_snapshot!(text);
    for (fact, _) in &found.facts {
        let gone = sibling(&model, &Changes::removing(vec![fact.clone()]), None, None, &options).unwrap();
        assert!(gone.row_of(&goal).is_none(), "{}", model.literal(fact));
    }
}
