//! A fixed share of random programs in every run of the tests; `examples/judge.rs` runs any number.

use onus::eval::Sabotage;
use onus_judge::answers::{Answers, Failure, literals};
use onus_judge::engine::Engine;
use onus_judge::judge::{Plan, Subject, Variation, judge};
use onus_judge::reference::Limits;
use onus_judge::sample::Sample;

#[test]
fn random_programs_agree_with_the_reference() {
    let plan = Plan { programs: 150, seed: 2026, ..Plan::default() };
    let verdict = judge(&Engine { certify: true, ..Engine::default() }, &plan, &mut |_, _| {});
    let cases: Vec<&str> = verdict.mismatches.iter().map(|mismatch| mismatch.case.as_str()).collect();
    assert!(cases.is_empty(), "{}", cases.join("\n"));
}

/// A fault in the engine is noticed, by answers alone, and comes out small.
#[test]
fn planted_faults_are_found_and_come_out_small() {
    for sabotage in [Sabotage::DropDelta, Sabotage::LateDelta, Sabotage::LoseNegation] {
        let plan = Plan { programs: 1_000, seed: 11, mismatches: 1, ..Plan::default() };
        let engine = Engine { certify: false, sabotage: Some(sabotage) };
        let verdict = judge(&engine, &plan, &mut |_, _| {});
        let found = verdict.mismatches.first().unwrap_or_else(|| panic!("{sabotage:?} goes unnoticed"));
        let rules = found.case.matches(":-").count();
        assert!(rules <= 6, "{sabotage:?} comes out with {rules} rules:\n{}", found.case);
    }
}

/// The answer of `.decl r(x: type) r(term).`, or the kind of its failure, by engine and reference.
fn both(ty: &str, term: &str) -> (String, String) {
    let text = format!(".decl r(x: {ty}) r({term}).");
    let show = |result: Result<Answers, Failure>| match result {
        Ok(answers) => answers["r"].iter().map(|row| literals(row)).collect::<Vec<_>>().join(" "),
        Err(failure) => failure.to_string().split(':').next().unwrap_or_default().to_owned(),
    };
    let reference = Sample::parse(&text).and_then(|sample| sample.answers(&Limits::default()));
    (show(Engine::default().run(&text, &Variation::default())), show(reference))
}

#[test]
fn functors_agree_at_the_edges() {
    let numbers = ["-9223372036854775808", "-64", "-2", "-1", "0", "1", "2", "7", "63", "64", "9223372036854775807"];
    let unsigned = ["0u", "1u", "2u", "63u", "64u", "9223372036854775808u", "18446744073709551615u"];
    let floats = ["0.0", "-0.0", "0.1", "1.5", "-2.0", "100000000000000000000.0", "(1.0 / 0.0)", "(0.0 / 0.0)"];
    let texts =
        ["\"\"", "\"a\"", "\"B\"", "\"12\"", "\"-0x1f\"", "\"0b101\"", "\" 5\"", "\"5abc\"", "\"1.5\"", "\"né\""];
    let infix = ["+", "-", "*", "/", "%", "^", "band", "bor", "bxor", "bshl", "bshr", "bshru", "land", "lor", "lxor"];
    let mut terms: Vec<(&str, String)> = Vec::new();
    for (ty, values) in [("number", &numbers[..]), ("unsigned", &unsigned), ("float", &floats), ("symbol", &texts)] {
        for left in values {
            for conversion in ["to_number", "to_unsigned", "to_float", "to_string"] {
                let result = conversion.trim_start_matches("to_").replace("string", "symbol");
                let result = ["number", "unsigned", "float", "symbol"].into_iter().find(|ty| *ty == result);
                terms.extend(result.map(|result| (result, format!("{conversion}({left})"))));
            }
            for right in values {
                terms.extend(["min", "max"].map(|functor| (ty, format!("{functor}({left}, {right})"))));
                // Long ranges meet the limits, which are not the same.
                if left.len() < 4 && right.len() < 4 && ty != "symbol" {
                    terms.push((ty, format!("range({left}, {right}, {left})")));
                    terms.push((ty, format!("range({right}, {left})")));
                }
                match ty {
                    "symbol" => terms.push((ty, format!("cat({left}, {right}) + {left}"))),
                    "float" => terms.extend(infix[..6].iter().map(|op| (ty, format!("{left} {op} {right}")))),
                    _ => terms.extend(infix.iter().map(|op| (ty, format!("{left} {op} {right}")))),
                }
            }
            match ty {
                "number" | "unsigned" => {
                    terms.extend(["-", "bnot ", "lnot "].map(|op| (ty, format!("{op}({left})"))));
                    terms.push(("float", format!("as(as({left}, {ty}), float)")));
                }
                "float" => terms.push(("number", format!("as({left} + 0.0, number)"))),
                _ => {
                    terms.push(("number", format!("strlen({left})")));
                    let ends = [(0, 1), (1, 1), (2, 5), (9, 1), (-1, 2), (1, -1)];
                    terms.extend(ends.map(|(start, length)| (ty, format!("substr({left}, {start}, {length})"))));
                }
            }
        }
    }
    let differ = terms.iter().filter_map(|(ty, term)| {
        let (engine, reference) = both(ty, term);
        (engine != reference).then(|| format!("{term}: engine {engine}, reference {reference}"))
    });
    let differ: Vec<String> = differ.collect();
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
}
