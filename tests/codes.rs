//! Every diagnostic code is fired by some test: its rendered form stands in a case, a snapshot or a test's expectation,
//! where the whole text is compared. A new code without such a test fails here.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics

use std::path::Path;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use onus::diagnostic::{Severity, all_codes, render};
use onus::eval;
use onus::explain::check::check_proof;
use onus::explain::{Limits, ProofNode, why};
use onus::model::Tuple;
use onus::session::{FactFormat, MemoryLoader, Options, Session};
use onus::source::SourceMap;
use onus_judge::case::files;

#[test]
fn every_code_is_fired_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // All texts of the tests: `tests/` and the unit tests beside the code.
    let mut found = String::new();
    for directory in ["tests", "src"] {
        for path in ["md", "rs", "snap"].iter().flat_map(|ending| files(&root.join(directory), ending)) {
            found.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
    let missing: Vec<String> = all_codes()
        .iter()
        .filter(|code| {
            let word = if code.severity() == Severity::Warning { "warning" } else { "error" };
            // A denied warning is an error.
            !found.contains(&format!("{word}[{}]: ", code.id)) && !found.contains(&format!("error[{}]: ", code.id))
        })
        .map(|code| format!("{} {}", code.id, code.name))
        .collect();
    assert!(missing.is_empty(), "no test shows these codes: {}", missing.join(", "));
}

#[test]
fn codes_and_names_are_unique_and_explained() {
    let mut seen = std::collections::BTreeSet::new();
    for code in all_codes() {
        assert!(seen.insert(code.id) && seen.insert(code.name), "{} or {} stands twice", code.id, code.name);
        assert!(code.explanation.len() > 20, "{} is not explained", code.id);
    }
}

fn session(text: &str) -> Session {
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program("p.dl", text);
    session
}

#[test]
fn rows_of_another_shape_are_refused_with_their_line() {
    let mut session = session(".decl a(x: number, y: symbol)\n.decl b(x: number)");
    session.add_fact_file("a", "a.facts", FactFormat::Facts, b"1\tone\n2\n".to_vec());
    session.add_fact_file("b", "b.facts", FactFormat::Facts, b"1\nzwei\n".to_vec());
    let failure = session.evaluate().unwrap_err().to_string();
    assert!(failure.contains("error[E0602]: "), "{failure}");
    assert!(failure.contains("error[E0603]: "), "{failure}");
    assert!(failure.contains("a.facts:2") && failure.contains("b.facts:2"), "{failure}");
}

#[test]
fn an_interrupted_evaluation_says_so() {
    let mut session = session(".decl n(x: number)\nn(0).\nn(x + 1) :- n(x).");
    session.options_mut().eval.budget.interrupt = Arc::new(AtomicBool::new(true));
    let failure = session.evaluate().unwrap_err().to_string();
    assert_eq!(failure, "error[E0802]: interrupted; nothing has changed\n");
}

#[test]
fn a_proof_that_proves_nothing_names_its_node() {
    let mut session = session(".decl a(x: number)\n.decl b(x: number)\na(1).\nb(x) :- a(x).");
    let model = session.evaluate().unwrap();
    let options = eval::Options::default();
    let relation = model.find("b").unwrap();
    let tuple = Tuple { relation, words: model.relation(relation).row(0).into() };
    let mut proof = why(&model, &tuple, Limits::default(), &options).unwrap().unwrap();
    let root = proof.nodes.len() - 1;
    proof.nodes[root] = ProofNode::Given { tuple, origin: None };
    let flaw = check_proof(&model, &proof, None, &options).unwrap().unwrap_err();
    let text = render(&flaw.diagnostic(), &SourceMap::default(), false);
    assert_eq!(text, "error[E0904]: node 1, b(1): it was not given\n");
}
