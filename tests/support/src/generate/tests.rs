//! The programs are what they are said to be.

use super::{Settings, Shares, generate};
use crate::answers;
use crate::opaque::Opaque;
use crate::random::Random;
use crate::reference::Limits;
use crate::sample::Sample;

#[test]
fn rules_yield_something_and_have_their_shares() {
    let mut shares = Shares::default();
    for index in 0..200 {
        let generated = generate(Random::of_program(1, index), &Settings::default());
        let answers = generated.sample.answers(&Limits::default()).unwrap();
        let answers = Opaque::of(&generated.sample).aligned(&generated.answers, answers);
        assert_eq!(answers::difference(&generated.answers, &answers), None, "program {index}");
        shares.add(&generated.shares);
    }
    assert!(shares.percent(shares.fruitless) <= 10, "{shares}");
    assert!(shares.percent(shares.negation) >= 25, "{shares}");
    assert!(shares.percent(shares.aggregates) >= 25, "{shares}");
    assert!(shares.percent(shares.recursive) >= 40, "{shares}");
    assert!(shares.percent(shares.mutual_or_nonlinear) >= 10, "{shares}");
}

#[test]
fn texts_read_back() {
    for index in 0..60 {
        let generated = generate(Random::of_program(2, index), &Settings::default());
        let text = generated.sample.text();
        let again = Sample::parse(&text).unwrap();
        assert_eq!(again.text(), text);
        let answers = again.answers(&Limits::default()).unwrap();
        assert_eq!(Opaque::of(&again).aligned(&generated.answers, answers), generated.answers, "{text}");
    }
}
