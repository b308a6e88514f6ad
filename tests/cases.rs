//! The manual as tests: `tests/cases/**/*.md` are programs with their answers. A heading starts afresh; a `datalog` or
//! `facts` fence is input; every other fence is a command of the prompt with what it answers. `CASES=update` rewrites
//! the answers.
//!
//! Each case is judged further: its model is certified, the proof of every derived tuple is checked, and its program,
//! printed and read again, gives the same model; the reference evaluator agrees where it knows the constructs.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use onus::eval;
use onus::explain::check::check_proof;
use onus::explain::{Explainer, Limits};
use onus::model::{Model, Tuple};
use onus::repl::cases::{Ground, Input, run};
use onus::responsibility::{Project, Selection};
use onus::session::{DiskLoader, FactFormat, Options, Session};
use onus::syntax;
use onus::value::Value;
use onus_judge::answers::{Answers, Failure};
use onus_judge::reference::evaluate;

fn cases() -> Vec<PathBuf> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), &mut found);
    found.sort();
    found
}

fn session(program: &str, facts: &[(String, String)]) -> Option<(Session, std::sync::Arc<Model>)> {
    let mut session = Session::new(Box::new(DiskLoader), Options::default());
    session.add_program("case.dl", program);
    for (relation, rows) in facts {
        session.add_fact_file(relation, &format!("{relation}.facts"), FactFormat::Facts, rows.clone().into_bytes());
    }
    let model = session.evaluate().ok()?;
    Some((session, model))
}

/// The further treatments of a case whose program is good.
fn judge(Input { program, facts, .. }: &Input) -> Vec<String> {
    let mut complaints = Vec::new();
    let Some((mut session, model)) = session(program, facts) else { return complaints };
    match session.certify() {
        Ok(certificate) => {
            complaints.extend(certificate.faults.iter().map(|fault| fault.describe(&model, &certificate.values)));
        }
        Err(_) => complaints.push("the certificate could not be made".to_owned()),
    }
    let options = eval::Options::default();
    let mut explainer = Explainer::new(&model, Limits::default(), &options);
    for id in model.program().relation_ids() {
        for row in model.relation(id).rows().take(200) {
            let tuple = Tuple { relation: id, words: row.into() };
            match explainer.why(&tuple) {
                Ok(Some(proof)) => {
                    let flaw = check_proof(&model, &proof, None, &options).unwrap().err();
                    complaints.extend(flaw.map(|flaw| format!("the proof of {}: {flaw:?}", model.literal(&tuple))));
                }
                other => complaints.push(format!("no proof of {}: {other:?}", model.literal(&tuple))),
            }
        }
    }
    let mut sources = onus::source::SourceMap::default();
    let mut symbols = onus::symbol::Interner::default();
    let source = sources.add("case.dl", program);
    let parsed = syntax::parse(source, program, &mut symbols);
    if facts.is_empty() {
        complaints.extend(second_opinion(&parsed.program, &symbols, &model));
    }
    let printed = syntax::print::print_program(&parsed.program, &symbols);
    match self::session(&printed, facts) {
        Some((_, again)) => {
            for id in model.program().declared_ids() {
                let other = again.find(model.name(id)).map(|id| again.sorted(id));
                if other.as_ref() != Some(&model.sorted(id)) {
                    complaints.push(format!("{} differs when the program is printed and read again", model.name(id)));
                }
            }
        }
        None => complaints.push(format!("the program is wrong when printed:\n{printed}")),
    }
    complaints
}

/// What the reference evaluator says of a program, where it knows all of its constructs.
fn second_opinion(program: &syntax::ast::Program, symbols: &onus::symbol::Interner, model: &Model) -> Option<String> {
    match evaluate(program, symbols, &Answers::new(), &onus_judge::reference::Limits::default()) {
        Ok(answers) => model.program().declared_ids().find_map(|id| {
            let name = model.name(id);
            let rows: Vec<Vec<Value>> = answers.get(name)?.iter().cloned().collect();
            let own = model.sorted(id);
            (rows != own).then(|| format!("of {name} the reference says {rows:?}, and the engine {own:?}"))
        }),
        Err(Failure::Unsupported(_)) => None,
        Err(failure) => Some(format!("the reference evaluator: {failure}")),
    }
}

#[test]
fn cases_answer_as_they_say() {
    let update = std::env::var("CASES").is_ok_and(|value| value == "update");
    assert!(!update || std::env::var("CI").is_err(), "CI does not rewrite answers");
    let mut failed = String::new();
    let found = cases();
    // What the language means does not depend on a project.
    let ground = Ground { project: Project::none(), selection: Selection::default(), options: Options::default() };
    assert!(!found.is_empty());
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        let ran = run(&text, &ground).unwrap();
        for complaint in ran.inputs.iter().flat_map(judge) {
            writeln!(failed, "{}: {complaint}", path.display()).unwrap();
        }
        for check in &ran.checks {
            let Some(failure) = check.failure.as_ref().filter(|_| !update) else { continue };
            writeln!(failed, "{}:{} {}\n{failure}", path.display(), check.line, check.what).unwrap();
        }
        if update && ran.text != text {
            std::fs::write(&path, ran.text).unwrap();
        }
    }
    assert!(failed.is_empty(), "{failed}");
}
