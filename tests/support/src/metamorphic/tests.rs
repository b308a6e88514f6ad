//! Each relation holds of the reference itself, and random programs have places for it.

use super::ALL;
use crate::answers::Failure;
use crate::generate::{Settings, generate};
use crate::random::Random;
use crate::reference::Limits;

#[test]
fn the_reference_keeps_every_relation() {
    let mut applied = vec![0; ALL.len()];
    for index in 0..60 {
        let mut random = Random::of_program(3, index);
        let generated = generate(random.clone(), &Settings::default());
        for (at, relation) in ALL.iter().enumerate() {
            let Some(variant) = relation.variant(&generated.sample, &generated.answers, &mut random) else { continue };
            let after = match variant.sample.answers_with(&variant.given_rows(), &Limits::default()) {
                Ok(after) => after,
                Err(Failure::TooBig(_)) => continue,
                Err(failure) => panic!("{} of {index}: {failure}\n{}", relation.name, variant.sample.text()),
            };
            if let Some(broken) = variant.broken(&generated.answers, after) {
                panic!("{} of {index}: {broken}\n{}", relation.name, variant.sample.text());
            }
            applied[at] += 1;
        }
    }
    for (relation, applied) in ALL.iter().zip(applied) {
        assert!(applied > 0, "{} was never tried", relation.name);
    }
}
