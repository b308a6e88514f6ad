//! The manual as tests: `tests/cases/**/*.md` are programs with their answers. A heading starts afresh; a `datalog` or
//! `facts` fence is input; every other fence is a command of the prompt with what it answers. `CASES=update` rewrites
//! the answers. A fence `console onus ...` is what the command line answers in a directory with the program as `case.dl`
//! and the files of the case, `console cat FILE` what a file there holds.
//!
//! Each case is judged further: its model is certified, the proof of every derived tuple is checked, and its program,
//! printed and read again, gives the same model; the reference evaluator agrees where it knows the constructs.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use onus::explain::check::check_proof;
use onus::explain::{Explainer, Limits};
use onus::model::{Model, Tuple};
use onus::repl::cases::{Ground, Input, run};
use onus::responsibility::{Project, Selection};
use onus::session::{DiskLoader, FactFormat, Options, Session};
use onus::syntax::{self, preprocess};
use onus::value::Value;
use onus_judge::answers::{Answers, Failure};
use onus_judge::case::files;
use onus_judge::reference::evaluate;
use tempfile::TempDir;

fn cases() -> Vec<PathBuf> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), "md")
}

fn session(input: &Input, program: &str) -> Option<(Session, std::sync::Arc<Model>)> {
    let options = Options { files: input.files.clone(), ..Options::default() };
    let mut session = Session::new(Box::new(DiskLoader), options);
    session.add_program("case.dl", program);
    for (relation, rows) in &input.facts {
        session.add_fact_file(relation, &format!("{relation}.facts"), FactFormat::Facts, rows.clone().into_bytes());
    }
    let model = session.evaluate().ok()?;
    Some((session, model))
}

/// The files of a case, for its preprocessor.
struct Included<'a> {
    files: &'a [(String, String)],
    sources: onus::source::SourceMap,
}

impl preprocess::Files for Included<'_> {
    fn open(&mut self, from: onus::source::SourceId, written: &str) -> Result<preprocess::Opened, String> {
        let beside = Path::new(self.sources.get(from).name()).parent().map(|directory| directory.join(written));
        let known = |(name, _): &&(String, String)| name == written || Some(Path::new(name)) == beside.as_deref();
        let (name, text) = self.files.iter().find(known).ok_or("no such file")?;
        let source = self.sources.add(name.as_str(), text.as_str());
        Ok(preprocess::Opened { source, name: name.clone(), text: text.clone() })
    }
}

/// What the command line answers to the `console` fences of a file: its text with the answers that came.
fn console(text: &str) -> String {
    let mut out = String::new();
    let mut place: Option<TempDir> = None;
    let mut files: Vec<(String, String)> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(info) = line.strip_prefix("```") else {
            if line.starts_with('#') {
                (place, files) = (None, Vec::new());
            }
            continue;
        };
        let body: String =
            lines.by_ref().take_while(|line| line.trim_end() != "```").flat_map(|line| [line, "\n"]).collect();
        let body = match info.trim().split_once(' ') {
            Some(("console", command)) => {
                let place = place.get_or_insert_with(|| laid(&files));
                match command.strip_prefix("cat ") {
                    Some(name) => {
                        std::fs::read_to_string(place.path().join(name)).unwrap_or_else(|_| "no such file\n".to_owned())
                    }
                    None => onus(command.strip_prefix("onus ").unwrap(), place.path()),
                }
            }
            Some(("file", name)) => {
                files.push((name.to_owned(), body.clone()));
                body
            }
            _ if info.trim() == "datalog" => {
                match files.iter_mut().find(|(name, _)| name == "case.dl") {
                    Some((_, program)) => program.push_str(&body),
                    None => files.push(("case.dl".to_owned(), body.clone())),
                }
                body
            }
            _ => body,
        };
        out.push_str(&body);
        if !body.is_empty() && !body.ends_with('\n') {
            out.push('\n');
        }
        out.push_str("```\n");
    }
    out
}

/// A directory with some files.
fn laid(files: &[(String, String)]) -> TempDir {
    let directory = TempDir::new().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    directory
}

/// What the command line answers in a directory: standard output, standard error, and the exit code where it is not 0.
fn onus(line: &str, root: &Path) -> String {
    let (line, input) = line.split_once(" < ").map_or((line, None), |(line, file)| (line, Some(root.join(file))));
    let mut command = Command::new(env!("CARGO_BIN_EXE_onus"));
    command.args(words(line)).current_dir(root).env_clear().env("LANG", "C.UTF-8");
    command.stdin(input.map_or_else(Stdio::null, |path| std::fs::File::open(path).unwrap().into()));
    let output = command.output().unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    if output.status.code() != Some(0) {
        writeln!(text, "exit {}", output.status.code().unwrap()).unwrap();
    }
    text
}

/// The words of a command line; quotes keep blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for one in line.chars() {
        match one {
            '"' | '\'' if quote == Some(one) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(one);
                word.get_or_insert_default();
            }
            ' ' if quote.is_none() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(one),
        }
    }
    words.extend(word);
    words
}

/// The further treatments of a case whose program is good.
fn judge(input: &Input) -> Vec<String> {
    let mut complaints = Vec::new();
    let Some((mut session, model)) = session(input, &input.program) else { return complaints };
    match session.certify() {
        Ok(certificate) => {
            complaints.extend(certificate.faults.iter().map(|fault| fault.describe(&model, &certificate.values)));
        }
        Err(_) => complaints.push("the certificate could not be made".to_owned()),
    }
    let options = session.eval_options();
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
    let mut included = Included { files: &input.files, sources: onus::source::SourceMap::default() };
    let mut symbols = onus::symbol::Interner::default();
    let source = included.sources.add("case.dl", input.program.as_str());
    let file = preprocess::Opened { source, name: "case.dl".to_owned(), text: input.program.clone() };
    let parsed = preprocess::parse(&file, &[], &mut BTreeSet::new(), &mut included, &mut symbols);
    let printed = syntax::print::print_program(&parsed.parse.program, &symbols);
    if printed.contains(".include ") {
        // What it includes may be in the text already.
        return complaints;
    }
    // The reference knows no pragmas.
    if input.facts.is_empty() && !printed.contains(".pragma ") {
        complaints.extend(second_opinion(&parsed.parse.program, &symbols, &model));
    }
    match self::session(input, &printed) {
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
        let answered = console(&text);
        if answered != text && !update {
            writeln!(failed, "{}: the command line answers otherwise:\n{answered}", path.display()).unwrap();
        }
        let ran = run(&answered, &ground).unwrap();
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
