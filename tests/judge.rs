//! A fixed share of random programs in every run of the tests; `examples/judge.rs` runs any number.

use onus_judge::engine::Engine;
use onus_judge::generate::Settings;
use onus_judge::judge::{Plan, judge};

#[test]
fn random_programs_agree_with_the_reference() {
    // The engine does not close equivalence relations yet.
    let settings = Settings { eqrel: false, ..Settings::default() };
    let plan = Plan { programs: 150, seed: 2026, settings, ..Plan::default() };
    let verdict = judge(&Engine { certify: true }, &plan, &mut |_, _| {});
    let cases: Vec<&str> = verdict.mismatches.iter().map(|mismatch| mismatch.case.as_str()).collect();
    assert!(cases.is_empty(), "{}", cases.join("\n"));
}
