//! The manual as tests: `tests/cases/**/*.md` are programs with their answers. A heading starts afresh; a `datalog` or
//! `facts` fence is input, and so is a `file` fence, which the program may include or read. An `onus` fence runs the
//! command in a directory with the program as `case.dl` and the files, a `cat` fence shows a file there; every other
//! fence is a command of the prompt with what it answers. `CASES=update` rewrites the answers.
//!
//! Each case is judged further: its model is certified, the proof of every derived tuple is checked, and its program,
//! printed and read again, gives the same model.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use onus::eval;
use onus::explain::check::check_proof;
use onus::explain::{Explainer, Limits};
use onus::model::{Model, Tuple};
use onus::repl::show::View;
use onus::repl::{Io, Prompt, Settings};
use onus::responsibility::{Project, Selection};
use onus::session::{FactFormat, MemoryLoader, Options, Session};
use onus::syntax::{self, preprocess};
use onus::value::Value;

/// A fence with its place in the text.
struct Fence {
    info: String,
    body: String,
    /// The lines of the body, from 0: first and one past the last.
    lines: (usize, usize),
    /// Whether a heading stands between this fence and the one before.
    afresh: bool,
}

fn fences(text: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut afresh = true;
    let mut open: Option<Fence> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut open {
            Some(fence) if line.trim_end() == "```" => {
                fence.lines.1 = number;
                found.extend(open.take());
                afresh = false;
            }
            Some(fence) => {
                fence.body.push_str(line);
                fence.body.push('\n');
            }
            None => {
                if let Some(info) = line.strip_prefix("```") {
                    let info = info.trim().to_owned();
                    open = Some(Fence { info, body: String::new(), lines: (number + 1, number + 1), afresh });
                } else if line.starts_with('#') {
                    afresh = true;
                }
            }
        }
    }
    found
}

/// The input of one case.
#[derive(Clone, Default)]
struct Input {
    program: String,
    facts: BTreeMap<String, String>,
    /// By path.
    files: BTreeMap<String, String>,
}

impl Input {
    /// Lays the files out.
    fn lay(&self, root: &Path) {
        for (name, text) in &self.files {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
}

/// One case and, once a command came, its prompt.
#[derive(Default)]
struct Case {
    input: Input,
    prompt: Option<Prompt>,
    /// Where `onus` fences run.
    place: Option<tempfile::TempDir>,
    /// What was wrong with the input.
    wrong: Option<String>,
}

impl Case {
    fn open(&mut self) {
        if self.prompt.is_some() || self.wrong.is_some() {
            return;
        }
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        std::fs::create_dir(root.join("rules")).unwrap();
        std::fs::create_dir(root.join("facts")).unwrap();
        self.input.lay(root);
        std::fs::write(root.join("rules/case.dl"), &self.input.program).unwrap();
        for (relation, rows) in &self.input.facts {
            std::fs::write(root.join(format!("facts/{relation}.facts")), rows).unwrap();
        }
        let project = Project::open(root).unwrap();
        let opened = Prompt::open(project, Selection::default(), options(), Settings::default());
        match opened {
            Ok((prompt, None)) => self.prompt = Some(prompt),
            Ok((_, Some(failure))) | Err(failure) => {
                self.wrong = Some(onus::diagnostic::render_all(&failure.diagnostics, &failure.sources, false));
            }
        }
    }

    /// The directory in which `onus` fences run.
    fn place(&mut self) -> &Path {
        if self.place.is_none() {
            let directory = tempfile::tempdir().unwrap();
            self.input.lay(directory.path());
            std::fs::write(directory.path().join("case.dl"), &self.input.program).unwrap();
            self.place = Some(directory);
        }
        self.place.as_ref().unwrap().path()
    }

    /// What the command line answers: standard output, standard error, and the exit code where it is not 0.
    fn onus(&mut self, line: &str) -> String {
        let root = self.place();
        let (line, input) = line.split_once(" < ").map_or((line, None), |(line, file)| (line, Some(root.join(file))));
        let mut command = Command::new(env!("CARGO_BIN_EXE_onus"));
        command.args(words(line)).current_dir(root).env_clear().env("LANG", "C.UTF-8");
        command.stdin(input.map_or_else(Stdio::null, |path| std::fs::File::open(path).unwrap().into()));
        let output = command.output().unwrap();
        let mut text = String::from_utf8(output.stdout).unwrap();
        if !output.stderr.is_empty() {
            text.push_str(&String::from_utf8(output.stderr).unwrap());
        }
        match output.status.code() {
            Some(0) => {}
            code => writeln!(text, "exit {}", code.unwrap()).unwrap(),
        }
        text
    }

    /// What a fence's command answers.
    fn answer(&mut self, info: &str) -> String {
        let (word, rest) = info.split_once(' ').unwrap_or((info, ""));
        match word {
            "onus" => return self.onus(rest),
            "cat" => {
                let path = self.place().join(rest);
                return std::fs::read_to_string(&path).unwrap_or_else(|_| "no such file\n".to_owned());
            }
            _ => self.open(),
        }
        if word == "lint" {
            let warnings = self.prompt.as_ref().map(|prompt| {
                let session = prompt.session();
                onus::diagnostic::render_all(session.warnings(), session.sources(), false)
            });
            return self.wrong.clone().or(warnings).unwrap_or_default();
        }
        if let Some(wrong) = &self.wrong {
            return wrong.clone();
        }
        let line = match word {
            "query" => format!("?- {}.", rest.trim_end_matches('.')),
            "relation" => {
                let prompt = self.prompt.as_ref().unwrap();
                let model = prompt.session().model().unwrap();
                return relation(model, rest);
            }
            other => format!(":{other} {rest}"),
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut io = Io { out: &mut out, err: &mut err, view: View::default(), color_errors: false };
        let prompt = self.prompt.as_mut().unwrap();
        let outcome = prompt.run(&line, &mut io).unwrap();
        if word == "holds" || word == "holds-not" {
            return format!("{outcome:?}\n");
        }
        String::from_utf8(out).unwrap() + &String::from_utf8(err).unwrap()
    }
}

/// Included files lie in the directory of the case.
fn options() -> Options {
    Options { include: vec![".".to_owned()], ..Options::default() }
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

/// A relation's rows as values of the language.
fn relation(model: &Model, name: &str) -> String {
    let Some(id) = model.find(name) else { return format!("no relation {name}\n") };
    let mut text = String::new();
    for row in model.sorted(id) {
        let values: Vec<String> = row.iter().map(Value::literal).collect();
        writeln!(text, "{}", values.join("\t")).unwrap();
    }
    text
}

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

/// Runs a file. Gives its text with the answers that came, and what the judges found.
fn run(text: &str) -> (String, Vec<String>) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut case = Case::default();
    let mut answers = Vec::new();
    let mut complaints = Vec::new();
    let mut judged: Vec<Input> = Vec::new();
    for fence in fences(text) {
        if fence.afresh {
            judged.push(std::mem::take(&mut case).input);
        }
        let (word, rest) = fence.info.split_once(' ').unwrap_or((fence.info.as_str(), ""));
        match word {
            "datalog" => {
                assert!(case.prompt.is_none() && case.place.is_none(), "input after a command: start a heading");
                case.input.program.push_str(&fence.body);
            }
            "facts" => {
                case.input.facts.insert(rest.to_owned(), fence.body);
            }
            "file" => {
                case.input.files.insert(rest.to_owned(), fence.body);
            }
            // Text for people: shell lines, pictures.
            "" | "text" | "sh" => {}
            _ => answers.push((fence.lines, case.answer(&fence.info))),
        }
    }
    judged.push(case.input);
    complaints.extend(judged.iter().flat_map(judge));
    for ((first, last), answer) in answers.into_iter().rev() {
        lines.splice(first..last, answer.trim_end_matches('\n').lines().map(str::to_owned));
    }
    (lines.join("\n") + "\n", complaints)
}

fn session(input: &Input) -> Option<(Session, std::sync::Arc<Model>)> {
    let mut loader = MemoryLoader::default();
    for (name, text) in &input.files {
        loader.add(name.as_str(), text.as_str());
    }
    let mut session = Session::new(Box::new(loader), Options::default());
    session.add_program("case.dl", &input.program);
    for (relation, rows) in &input.facts {
        session.add_fact_file(relation, &format!("{relation}.facts"), FactFormat::Facts, rows.clone().into_bytes());
    }
    let model = session.evaluate().ok()?;
    Some((session, model))
}

/// The files of a case, for its preprocessor.
struct Included<'a> {
    files: &'a BTreeMap<String, String>,
    sources: onus::source::SourceMap,
}

impl preprocess::Files for Included<'_> {
    fn open(&mut self, _: onus::source::SourceId, written: &str) -> Result<preprocess::Opened, String> {
        let text = self.files.get(written).ok_or("no such file")?.clone();
        let source = self.sources.add(written, text.as_str());
        Ok(preprocess::Opened { source, name: written.to_owned(), text })
    }
}

/// The further treatments of a case whose program is good.
fn judge(input: &Input) -> Vec<String> {
    let mut complaints = Vec::new();
    let Some((mut session, model)) = session(input) else { return complaints };
    match session.certify() {
        Ok(certificate) => {
            complaints.extend(certificate.faults.iter().map(|fault| fault.describe(&model)));
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
    let mut included = Included { files: &input.files, sources: onus::source::SourceMap::default() };
    let mut symbols = onus::symbol::Interner::default();
    let source = included.sources.add("case.dl", input.program.as_str());
    let file = preprocess::Opened { source, name: "case.dl".to_owned(), text: input.program.clone() };
    let parsed = preprocess::parse(&file, &[], &mut BTreeSet::new(), &mut included, &mut symbols);
    let printed = syntax::print::print_program(&parsed.parse.program, &symbols);
    match self::session(&Input { program: printed.clone(), ..input.clone() }) {
        Some((_, again)) => {
            for id in model.program().relation_ids() {
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

#[test]
fn cases_answer_as_they_say() {
    let update = std::env::var("CASES").is_ok_and(|value| value == "update");
    assert!(!update || std::env::var("CI").is_err(), "CI does not rewrite answers");
    let mut failed = String::new();
    let found = cases();
    assert!(!found.is_empty());
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        let (actual, complaints) = run(&text);
        for complaint in complaints {
            writeln!(failed, "{}: {complaint}", path.display()).unwrap();
        }
        if actual != text {
            if update {
                std::fs::write(&path, actual).unwrap();
                continue;
            }
            let difference = text.lines().zip(actual.lines()).enumerate().find(|(_, (left, right))| left != right);
            writeln!(failed, "{}: {difference:?}\n--- actual\n{actual}", path.display()).unwrap();
        }
    }
    assert!(failed.is_empty(), "{failed}");
}
