//! Rows from files: relation files that a user names, and what `.input` directives ask for.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::{MOST_BYTES, Outside, Session};
use crate::diagnostic::{Diagnostic, code};
use crate::facts::delimited::{self, Format};
use crate::facts::{DataFile, Rows, json, sqlite, unpacked};
use crate::program::{Directive, Program, RelationId};
use crate::source::{SourceId, Span};
use crate::storage::{Database, Origin};
use crate::symbol::Symbol;
use crate::syntax::ast::DirectiveKind;
use crate::value::{Value, Word};

/// What kind of file holds a relation's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactFormat {
    /// Tab separated, no header: `.facts`.
    Facts,
    /// Comma separated and quoted, with a header that names the columns: `.csv`.
    Csv,
    /// Tab separated, with a header that names the columns: `.tsv`.
    Tsv,
    /// An array of arrays or of objects: `.json`.
    Json,
}

impl FactFormat {
    /// The kind of a file, by its ending; a `.gz` behind it changes nothing.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        if ending == "gz" {
            // What is packed twice is no file of rows.
            return Self::plain(Path::new(path.file_stem()?).extension()?.to_str()?);
        }
        Self::plain(ending)
    }

    fn plain(ending: &str) -> Option<Self> {
        match ending {
            "facts" => Some(Self::Facts),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// A file with the rows of one relation.
#[derive(Debug)]
pub(super) struct FactFile {
    pub(super) relation: String,
    pub(super) source: SourceId,
    pub(super) name: String,
    pub(super) format: FactFormat,
    pub(super) bytes: Vec<u8>,
}

/// Rows that the host program gives.
#[derive(Debug)]
pub(super) struct GivenRows {
    pub(super) relation: String,
    /// Stands for them in origins: row `n` is its line `n`.
    pub(super) source: SourceId,
    pub(super) rows: Vec<Vec<Value>>,
}

/// How files are read.
pub(super) struct Reading<'a> {
    pub(super) threads: usize,
    /// Whether to stop: someone interrupted, or time has passed.
    pub(super) stop: &'a (dyn Fn() -> bool + Sync),
}

impl Reading<'_> {
    fn of<'a>(&'a self, bytes: &'a [u8], name: &'a str) -> DataFile<'a> {
        DataFile { bytes, name, threads: self.threads, stop: self.stop }
    }
}

/// Whether a tuple is wanted.
type Keep<'a> = dyn Fn(RelationId, &[Word]) -> bool + 'a;

/// Gives the rows of a relation file.
pub(super) fn give_file(
    program: &Program,
    file: &FactFile,
    reading: &Reading<'_>,
    database: &mut Database,
    keep: &Keep<'_>,
    wrong: &mut Vec<Diagnostic>,
) {
    let symbols = &database.values().symbols;
    let Some(relation) = symbols.find(&file.relation).and_then(|name| program.find(name)) else {
        let known = program.relations.iter().map(|relation| symbols.get(relation.name));
        let help = crate::diagnostic::suggest(&file.relation, known);
        let message = format!("the rules have no relation `{}` for the rows of this file", file.relation);
        let help = help.map(|name| format!("a relation file is named after its relation: did you mean `{name}`?"));
        wrong.push(Diagnostic::new(code::UNKNOWN_RELATION, message).place(file.name.as_str()).maybe_help(help));
        return;
    };
    let columns = &program.relation(relation).columns;
    let values = database.values_mut();
    let bytes = match unpacked(Cow::Borrowed(file.bytes.as_slice()), MOST_BYTES) {
        Ok(bytes) => bytes,
        Err(reason) => {
            let message = format!("cannot read the facts of `{}`: {reason}", file.relation);
            wrong.push(Diagnostic::new(code::FILE_READ, message).place(file.name.as_str()));
            return;
        }
    };
    let data = reading.of(&bytes, &file.name);
    let types = &program.types;
    let (rows, found) = match file.format {
        FactFormat::Facts => delimited::read(&data, columns, types, values, &Format::default()),
        FactFormat::Csv => delimited::read_named(&data, columns, types, values, &Format::csv()),
        FactFormat::Tsv => delimited::read_named(&data, columns, types, values, &Format::default()),
        FactFormat::Json => json::read(&data, columns, types, values),
    };
    wrong.extend(found);
    give_rows(program, relation, &rows, file.source, database, keep);
}

/// Gives rows of values.
pub(super) fn give_values(
    program: &Program,
    given: &GivenRows,
    database: &mut Database,
    keep: &Keep<'_>,
    wrong: &mut Vec<Diagnostic>,
) {
    let symbols = &database.values().symbols;
    let Some(relation) = symbols.find(&given.relation).and_then(|name| program.find(name)) else {
        let known = program.relations.iter().map(|relation| symbols.get(relation.name));
        let help = crate::diagnostic::suggest(&given.relation, known).map(|name| format!("did you mean `{name}`?"));
        let message = format!("the rules have no relation `{}` for these rows", given.relation);
        wrong.push(Diagnostic::new(code::UNKNOWN_RELATION, message).maybe_help(help));
        return;
    };
    let declared = program.relation(relation);
    let mut words = Vec::with_capacity(given.rows.len() * declared.arity());
    let mut lines = Vec::with_capacity(given.rows.len());
    for (line, row) in (1..).zip(&given.rows) {
        if row.len() != declared.arity() {
            let message = format!(
                "row {line} of `{}` has {} values, and the relation has {} columns",
                given.relation,
                row.len(),
                declared.arity()
            );
            wrong.push(Diagnostic::at(code::ROW_SHAPE, message, declared.span, "declared here"));
            return;
        }
        for (value, column) in row.iter().zip(&declared.columns) {
            let Some(word) = database.values_mut().encode(&program.types, column.ty, value) else {
                let name = database.values().symbols.get(column.name);
                let message = format!(
                    "row {line} of `{}` has {} for `{name}`, which is no {}",
                    given.relation,
                    value.literal(),
                    program.types.name(column.ty)
                );
                wrong.push(Diagnostic::at(code::ROW_VALUE, message, declared.span, "declared here"));
                return;
            };
            words.push(word);
        }
        lines.push(line);
    }
    give_rows(program, relation, &Rows { words, lines }, given.source, database, keep);
}

fn give_rows(
    program: &Program,
    relation: RelationId,
    rows: &Rows,
    source: SourceId,
    database: &mut Database,
    keep: &Keep<'_>,
) {
    if rows.lines.is_empty() {
        // Of a relation without columns no words are not no rows.
        return;
    }
    let arity = database.relation(relation).arity();
    let wanted = |at: &usize| keep(relation, &rows.words[at * arity..(at + 1) * arity]);
    if (0..rows.lines.len()).all(|at| wanted(&at)) {
        let origins = rows.lines.iter().map(|&line| Origin::Line(source, line));
        database.give_all(program.takes(relation), &rows.words, origins);
        return;
    }
    for at in (0..rows.lines.len()).filter(wanted) {
        let tuple = &rows.words[at * arity..(at + 1) * arity];
        database.give(program.takes(relation), tuple, Origin::Line(source, rows.lines[at]));
    }
}

/// Carries out the `.input` directives of a program.
pub(super) fn give_inputs(
    session: &mut Session,
    program: &Program,
    reading: &Reading<'_>,
    database: &mut Database,
    keep: &Keep<'_>,
    wrong: &mut Vec<Diagnostic>,
) {
    let mut stdin = None;
    for directive in program.directives.iter().filter(|directive| directive.kind == DirectiveKind::Input) {
        if !(reading.stop)() {
            give_input(session, (program, directive), reading, &mut stdin, database, keep, wrong);
        }
    }
}

fn give_input(
    session: &mut Session,
    (program, directive): (&Program, &Directive),
    reading: &Reading<'_>,
    stdin: &mut Option<Span>,
    database: &mut Database,
    keep: &Keep<'_>,
    wrong: &mut Vec<Diagnostic>,
) {
    let symbols = &database.values().symbols;
    let text = |symbol: Symbol| symbols.get(symbol).to_owned();
    let parameters: Vec<(String, String)> =
        directive.parameters.iter().map(|&(key, value)| (text(key), text(value))).collect();
    let get = |key: &str| parameters.iter().rev().find(|(other, _)| other == key).map(|(_, value)| value.as_str());
    let declared = program.relation(directive.relation);
    let name = text(declared.name);
    let bad = |message: String| Diagnostic::at(code::BAD_PARAMETER, message, directive.span, "");
    let io = get("IO").unwrap_or("file");
    let (path, ending) = match io {
        "file" => (get("filename"), "facts"),
        "jsonfile" => (get("filename"), "json"),
        "sqlite" => (get("filename").or_else(|| get("dbname")), "sqlite"),
        "stdin" | "json" => (Some("-"), "facts"),
        other => {
            let help = "input comes from `file`, `stdin`, `jsonfile`, `json` or `sqlite`";
            wrong.push(bad(format!("there is no input of kind `{other}`")).help(help));
            return;
        }
    };
    let path = path.map_or_else(|| format!("{name}.{ending}"), str::to_owned);
    if path == "-" {
        if let Some(first) = stdin {
            let message = "standard input is read twice".to_owned();
            wrong.push(bad(message).label(*first, "read here first").help("what the first took is gone: use files"));
            return;
        }
        if session.options().stdin_taken {
            wrong.push(bad("standard input holds the program, and no facts".to_owned()));
            return;
        }
        *stdin = Some(directive.span);
    }
    let path = locate(session, &path);
    let format = match Format::from_parameters(parameters.iter().map(|(key, value)| (key.as_str(), value.as_str()))) {
        Ok(format) => Format { lenient: session.options().eval.lenient, ..format },
        Err(message) => {
            wrong.push(bad(message));
            return;
        }
    };
    let shown = path.display().to_string();
    let most = session.options().eval.budget.bytes.unwrap_or(MOST_BYTES);
    let bytes = match session.loader().read(&path).map(|bytes| unpacked(bytes.into(), most)) {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(reason)) => {
            let message = format!("cannot read the facts of `{name}`: {reason}");
            let found = Diagnostic::at(code::FILE_READ, message, directive.span, "read for this directive");
            wrong.push(found.place(shown));
            return;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && session.options().missing_facts_empty => return,
        Err(error) => {
            let message = format!("cannot read the facts of `{name}`: {}", describe(&error));
            let (code, help) = match outside(&error) {
                true => (code::OUTSIDE, Some(Outside::HELP)),
                false => (code::FILE_READ, None),
            };
            let found = Diagnostic::at(code, message, directive.span, "read for this directive");
            wrong.push(found.place(shown).maybe_help(help.map(str::to_owned)));
            return;
        }
    };
    let source = session.sources_mut().add_data(shown.as_str());
    let values = database.values_mut();
    let data = reading.of(&bytes, &shown);
    let (columns, types) = (&declared.columns, &program.types);
    let (rows, found) = match io {
        "json" | "jsonfile" => json::read(&data, columns, types, values),
        "sqlite" => sqlite::read(&data, &name, columns, types, values),
        _ => delimited::read(&data, columns, types, values, &format),
    };
    wrong.extend(found);
    give_rows(program, directive.relation, &rows, source, database, keep);
}

/// A file of facts: as it is if absolute or standard input, else in the fact directory.
fn locate(session: &Session, path: &str) -> PathBuf {
    match &session.options().fact_directory {
        Some(directory) if path != "-" => Path::new(directory).join(path),
        _ => PathBuf::from(path),
    }
}

/// An error of reading in plain words.
fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        std::io::ErrorKind::PermissionDenied if !outside(error) => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether a file was not read because it lies where the program must not read.
pub(super) fn outside(error: &std::io::Error) -> bool {
    matches!(error.get_ref(), Some(inner) if inner.is::<Outside>())
}
