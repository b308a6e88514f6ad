//! What is missing, and fixes that work when applied.

use onus::eval::Options;
use onus::explain::{FixLimits, WhyNotLimits, fix, why_not};
use std::time::Instant;

use crate::support::shipped;

#[test]
fn probe() {
    let (mut session, model) = shipped();
    for text in [
        r#"relies("acme", "azure", layer, at)"#,
        r#"relies("acme", "azur", layer, at)"#,
        r#"gap("acme_redis", "physical", kind)"#,
        r#"hosted("acme_ec2", host)"#,
    ] {
        let pattern = session.matching(text).unwrap();
        let start = Instant::now();
        let found = why_not(&model, &pattern.pattern, pattern.values(), WhyNotLimits::default(), &Options::default())
            .unwrap()
            .unwrap();
        println!("{text} {:?} complete {} far {:?}", start.elapsed(), found.complete, found.far);
        for miss in &found.misses {
            println!(
                "  {:?} {:?} alike {} untested {}",
                model.label(miss.rule),
                miss.failing,
                miss.alike,
                miss.untested.len()
            );
        }
        let start = Instant::now();
        let found = fix(&model, &pattern.pattern, pattern.values(), FixLimits::default(), &Options::default()).unwrap();
        println!("fixes {:?} complete {} tried {}", start.elapsed(), found.complete, found.tried);
        for one in &found.fixes {
            let add: Vec<String> = one.add.iter().map(|t| model.literal_with(&found.values, t)).collect();
            let remove: Vec<String> = one.remove.iter().map(|t| model.literal_with(&found.values, t)).collect();
            let way: Vec<_> = one.way.iter().map(|&r| model.label(r).unwrap_or("?")).collect();
            println!(
                "  +{add:?} -{remove:?} fresh {} way {way:?} gives {} effects {:?}",
                one.fresh.len(),
                one.gives.len(),
                one.effects.iter().map(|e| (model.name(e.relation), e.gained.len(), e.lost.len())).collect::<Vec<_>>()
            );
        }
    }
}
