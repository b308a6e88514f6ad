//! What the fuzz targets claim, as functions of bytes: that nothing panics or hangs, and a few things that must hold of
//! whatever comes. `tests/fuzz.rs` replays the corpus through the same functions.
#![allow(dead_code)] // each target takes one of them
#![allow(missing_docs, unreachable_pub)] // included as a file, by the targets and by the test

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use onus::diagnostic::{Diagnostic, render, render_all};
use onus::eval;
use onus::explain::check::check_proof;
use onus::explain::{Limits, why};
use onus::facts::delimited::{self, Format};
use onus::facts::statements::{self, Names};
use onus::facts::{DataFile, Rows, json};
use onus::model::{Model, Tuple};
use onus::repl::show::View;
use onus::repl::{Io, Prompt, Settings, drain};
use onus::report::proof::json::check_json;
use onus::responsibility::snapshot::Stored;
use onus::responsibility::{Manifest, Project, Selection};
use onus::session::{Failure, MemoryLoader, Options, Session, SystemClock};
use onus::source::SourceMap;
use onus::symbol::Interner;
use onus::syntax::{self, format, print};

/// What is done with any bytes.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: [(&str, Target); 8] = [
    ("parser", parser),
    ("front", front),
    ("program", program),
    ("delimited", delimited),
    ("statements", statements),
    ("prompt", prompt),
    ("snapshot", snapshot),
    ("proof", proof),
];

fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Limits under which everything ends soon.
fn tiny() -> eval::Options {
    let mut options = eval::Options { threads: 1, ..eval::Options::default() };
    let budget = &mut options.budget;
    // Of rows there are enough to end all rounds; where rounds are counted, recursions do not fall apart.
    (budget.rows, budget.bytes) = (Some(2_000), Some(8 << 20));
    budget.time = Some(Duration::from_secs(1));
    budget.clock = Some(Arc::new(SystemClock::default()));
    options
}

/// A session whose files are a few small ones.
fn session(eval: eval::Options) -> Session {
    let mut loader = MemoryLoader::default();
    loader.add("a.dl", ".decl a(x: number)\na(1). a(2).\n");
    loader.add("b.dl", "#pragma once\n.include \"a.dl\"\n#define TWICE(x) (x + x)\n");
    loader.add("p.facts", "1\n2\n");
    loader.add("a.facts", "a\tb\nb\tc\n");
    let mut options = Options { eval, inputs: true, missing_facts_empty: true, ..Options::default() };
    options.check.warnings = true;
    Session::new(Box::new(loader), options)
}

/// What is told must be told without a fault, and move no cursor. Of many findings the first, the last and one between
/// are looked at: as text they take far longer than whatever found them.
fn told(found: &[Diagnostic], sources: &SourceMap) {
    let some = [found.first(), found.get(found.len() / 2), found.last()];
    for one in some.iter().take(found.len()).flatten() {
        let text = render(one, sources, false);
        assert!(text.chars().all(|one| one == '\n' || !one.is_control()), "{text:?}");
    }
}

/// What is told, for a message of this file.
fn all(found: &[Diagnostic], sources: &SourceMap) -> String {
    render_all(found, sources, false)
}

/// Any text can be read. What reads without a fault prints as a text that reads as the same; formatting it again changes
/// nothing.
pub fn parser(data: &[u8]) {
    let text = text(data);
    let mut sources = SourceMap::default();
    let source = sources.add("a.dl", text.as_ref());
    let mut symbols = Interner::default();
    let parsed = syntax::parse(source, &text, &mut symbols);
    told(&parsed.diagnostics, &sources);
    if parsed.diagnostics.is_empty() {
        let printed = print::print_program(&parsed.program, &symbols);
        let source = sources.add("printed.dl", printed.as_str());
        let again = syntax::parse(source, &printed, &mut symbols);
        assert!(again.diagnostics.is_empty(), "{}", all(&again.diagnostics, &sources));
        assert_eq!(print::print_program(&again.program, &symbols), printed);
    }
    if let Ok(formatted) = format::format(source, &text) {
        assert_eq!(format::format(source, &formatted).as_deref(), Ok(formatted.as_str()));
    }
    let _ = format::format_markdown(source, &text);
    let goal = syntax::parse_goal(source, &text, &mut symbols);
    told(&goal.diagnostics, &sources);
    let atom = syntax::parse_atom(source, &text, &mut symbols);
    told(&atom.diagnostics, &sources);
}

/// Any text can be preprocessed and checked, and the same is said of it each time.
pub fn front(data: &[u8]) {
    let said = |text: &str| {
        let mut session = session(tiny());
        session.add_program("p.dl", text);
        match session.lint() {
            Ok(warnings) => {
                told(&warnings, session.sources());
                Ok(warnings)
            }
            Err(failure) => {
                told(&failure.diagnostics, &failure.sources);
                Err(failure.diagnostics)
            }
        }
    };
    let text = text(data);
    assert_eq!(said(&text), said(&text));
}

/// How a program ends: its rows, or what is told. Nothing where a limit was met: which one is a matter of order.
fn outcome(text: &str, eval: eval::Options) -> Option<(Result<String, Vec<Diagnostic>>, Session)> {
    let mut session = session(eval);
    session.add_program("p.dl", text);
    let ended = match session.evaluate() {
        Ok(model) => Ok(rows(&model)),
        Err(failure) if limited(&failure) => return None,
        Err(failure) => {
            told(&failure.diagnostics, &failure.sources);
            Err(failure.diagnostics)
        }
    };
    Some((ended, session))
}

fn limited(failure: &Failure) -> bool {
    failure.diagnostics.iter().any(|found| found.code.id.starts_with("E08"))
}

fn rows(model: &Model) -> String {
    let mut text = String::new();
    for id in model.program().relation_ids() {
        text.push_str(&format!("{} {:?}\n", model.name(id), model.sorted(id)));
    }
    text
}

/// Any program ends within its limits; it ends the same way on two threads, with batches of one; its model is certified,
/// and the proofs of its rows are accepted.
pub fn program(data: &[u8]) {
    let text = text(data);
    let Some((ended, mut session)) = outcome(&text, tiny()) else { return };
    let other = eval::Options { threads: 2, batch_size: 1, wave: 1, ..tiny() };
    if let Some((other, _)) = outcome(&text, other) {
        assert_eq!(other, ended);
    }
    if ended.is_err() {
        return;
    }
    let Some(model) = session.model().cloned() else { return };
    session.options_mut().eval.budget = tiny().budget;
    if let Ok(certificate) = session.certify() {
        let faults: Vec<String> =
            certificate.faults.iter().map(|fault| fault.describe(&model, &certificate.values)).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
    // A pragma of the program counts for its proofs too.
    let options = eval::Options { wrap: session.options().eval.wrap, ..tiny() };
    let tuples = model.program().relation_ids().flat_map(|relation| {
        model.relation(relation).rows().map(move |row| Tuple { relation, words: row.into() }).take(3)
    });
    for tuple in tuples.take(12) {
        let Ok(Some(proof)) = why(&model, &tuple, Limits::default(), &options) else { continue };
        if let Ok(checked) = check_proof(&model, &proof, None, &options) {
            assert!(checked.is_ok(), "{}: {checked:?}", model.literal(&tuple));
        }
    }
}

/// A model with a column of every type.
fn columns() -> &'static Arc<Model> {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    MODEL.get_or_init(|| {
        model(
            ".type Pair = [a: number, b: symbol] .type List = [head: number, tail: List]
             .type Tree = Leaf {} | Node { left: Tree, name: symbol } .type Small <: number
             .decl all(s: symbol, n: number, u: unsigned, f: float, p: Pair, l: List, t: Tree, last: symbol)
             .decl two(s: symbol, n: Small) .decl one(x: symbol) .decl none() .decl nested(t: Tree)",
        )
    })
}

fn model(text: &str) -> Arc<Model> {
    let mut session = session(tiny());
    session.add_program("p.dl", text);
    session.evaluate().unwrap_or_else(|failure| panic!("{failure}"))
}

/// Any bytes can be read as rows, in every form; the same rows and faults come out for any number of threads.
pub fn delimited(data: &[u8]) {
    let [kind, form, data @ ..] = data else { return };
    let model = columns();
    let relations = model.program().relation_ids().collect::<Vec<_>>();
    let columns = &model.program().relation(relations[usize::from(*kind) % relations.len()]).columns;
    let types = &model.program().types;
    let delimiter = [None, Some(","), Some(";;"), Some(" "), Some("[")][usize::from(form / 16) % 5];
    let truth = |bit: u8| if form & bit == 0 { "false" } else { "true" };
    let mut parameters = vec![("headers", truth(1)), ("rfc4180", truth(2))];
    parameters.extend(delimiter.map(|delimiter| ("delimiter", delimiter)));
    if kind & 64 != 0 {
        parameters.push(("columns", "2:0:1"));
    }
    let Ok(format) = Format::from_parameters(parameters) else { return };
    let read = |threads: usize| {
        let mut values = model.values().clone();
        let file = DataFile { threads, ..DataFile::new(data, "p") };
        let read = match (form & 4 != 0, form & 8 != 0) {
            (true, true) => json::read(&file, columns, types, &mut values),
            (true, false) => json::read_lines(&file, columns, types, &mut values),
            (false, true) => delimited::read_named(&file, columns, types, &mut values, &format),
            (false, false) => delimited::read(&file, columns, types, &mut values, &format),
        };
        let (Rows { words, lines }, found) = read;
        assert_eq!(words.len(), lines.len() * columns.len());
        let rows = words.chunks(columns.len().max(1)).map(|row| {
            let decoded = row.iter().zip(columns).map(|(&word, column)| values.decode(types, column.ty, word));
            format!("{:?}", decoded.collect::<Vec<_>>())
        });
        told(&found, &SourceMap::default());
        (rows.collect::<Vec<_>>(), lines, found)
    };
    assert_eq!(read(1), read(3));
}

/// Any text can be read as statements, and as the file that makes a project.
pub fn statements(data: &[u8]) {
    static NAMES: OnceLock<Names> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut sources = SourceMap::default();
        let text = include_str!("../facts/vocabulary.toml");
        statements::load(&[(sources.add("vocabulary.toml", text), text)], &Names::default()).names
    });
    let text = text(data);
    let mut sources = SourceMap::default();
    let source = sources.add("a.toml", text.as_ref());
    for known in [names, &Names::default()] {
        let read = statements::load(&[(source, text.as_ref())], known);
        told(&read.diagnostics, &sources);
    }
    if let Err(found) = Manifest::parse(source, "onus.toml", &text) {
        told(&[*found], &sources);
    }
}

/// Commands that read or write files, which no fuzzer should.
fn touches_files(line: &str) -> bool {
    let command = line.trim_start().strip_prefix(':').map(str::trim_start);
    command.is_some_and(|command| ["l", "sa", "rel"].iter().any(|start| command.starts_with(start)))
}

/// Any lines can be typed at the prompt; what it answers moves no cursor.
pub fn prompt(data: &[u8]) {
    let text = text(data);
    let lines: String =
        text.lines().filter(|line| !touches_files(line)).take(40).flat_map(|line| [line, "\n"]).collect();
    let options = Options { eval: tiny(), ..Options::default() };
    let selection = Selection::default();
    let Ok((mut prompt, _)) = Prompt::open(Project::none(), selection, options, Settings::default()) else { return };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let view = View { terminal: true, unicode: true, width: Some(60), ..View::default() };
    let mut io = Io { out: &mut out, err: &mut err, view, color_errors: false };
    drain(&mut prompt, &mut lines.as_bytes(), &mut io).unwrap_or_else(|error| panic!("{error}"));
    for written in [out, err] {
        let written = String::from_utf8(written).unwrap_or_else(|error| panic!("{error}"));
        assert!(written.chars().all(|one| one == '\n' || !one.is_control()), "{written:?}");
    }
}

/// Any files can lie in a snapshot. Files are apart by lines `=== NAME`; the manifest comes first.
pub fn snapshot(data: &[u8]) {
    let text = text(data);
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let (mut name, mut manifest) = (None::<String>, String::new());
    for line in text.lines() {
        match (line.strip_prefix("=== "), &name) {
            (Some(next), _) => name = Some(next.to_owned()),
            (None, None) => manifest.extend([line, "\n"]),
            (None, Some(name)) => files.entry(name.clone()).or_default().extend([line, "\n"]),
        }
    }
    let stored = Stored::of(Ok(&manifest), files.clone());
    for problem in &stored.problems {
        assert!(!problem.text().is_empty());
    }
    assert!(stored.manifest.is_some() || !stored.problems.is_empty());
    let _ = (stored.changed(&files), stored.same_basis(&files));
    if let Err(failure) = stored.model(&Options { eval: tiny(), ..Options::default() }) {
        told(&failure.diagnostics, &failure.sources);
    }
}

/// What proofs in the corpus speak of.
pub const PROVED: &str = r#"
.type List = [head: number, tail: List]
.type Tree = Leaf {} | Node { left: Tree, name: symbol }
.decl edge(x: symbol, y: symbol)
.decl path(x: symbol, y: symbol)
.decl end(x: symbol)
.decl degree(x: symbol, k: number)
.decl list(l: List)
.decl tree(t: Tree)
.decl half(x: float)
edge("a", "b"). edge("b", "c"). edge("c", "d").
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
end(y) :- edge(_, y), !edge(y, _).
degree(x, k) :- path(x, _), k = count : { path(x, _) }, k > 0.
list([k, nil]) :- degree(_, k).
tree($Node($Leaf(), x)) :- end(x).
half(to_float(k) / 2.0) :- degree(_, k).
"#;

/// Any text can be taken for a proof; one that is accepted concludes what holds.
pub fn proof(data: &[u8]) {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    let model = MODEL.get_or_init(|| model(PROVED));
    let Ok(Ok(checked)) = check_json(model, "p.json", &text(data), &tiny()) else { return };
    let conclusion = checked.proof.node(checked.proof.root()).tuple();
    assert!(conclusion.is_some_and(|tuple| model.row_of(tuple).is_some()), "{:?}", checked.proof);
}
