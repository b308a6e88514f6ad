//! What `.output` and `.printsize` ask for: planned for all directives, written to files that stand aside until all of
//! them are whole, and only then put in place.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::context::Context;
use crate::diagnostic::{Diagnostic, code};
use crate::eval::Stop;
use crate::model::Model;
use crate::program::{Directive, RelationId};
use crate::repl::{Error, Staged, clear_left, directory_of};
use crate::report::rows::{self, Csv, Plain, Table};
use crate::session::{Bounds, Outside, Session};
use crate::source::Span;
use crate::syntax::ast::DirectiveKind;
use crate::value::{Kind, Value, Word};

/// One thing to write.
struct Output {
    relation: RelationId,
    place: Place,
    form: Form,
    /// Whether it is compressed.
    gzip: bool,
    span: Span,
}

#[derive(PartialEq, Eq)]
enum Place {
    File(PathBuf),
    Stdout,
}

enum Form {
    Plain(Plain),
    Csv(Csv),
    Json { objects: bool },
    Sqlite,
    Size,
}

/// Carries out the directives of a model's program; `-` as the directory sends everything to standard output. Where
/// anything fails, no file has changed.
pub(super) fn write_all(
    session: &Session,
    model: &Model,
    directory: &str,
    within: &Bounds,
    context: &mut Context<'_>,
) -> Result<(), Error> {
    let directives = model.program().directives.iter();
    let mut outputs = Vec::new();
    let mut wrong = Vec::new();
    for directive in directives.filter(|it| matches!(it.kind, DirectiveKind::Output | DirectiveKind::Printsize)) {
        match plan(model, directive, directory, context.souffle()) {
            Ok(output) => outputs.push(output),
            Err(diagnostic) => wrong.push(*diagnostic),
        }
    }
    wrong.extend(clashes(&outputs));
    wrong.extend(outputs.iter().filter_map(|output| misplaced(session, output, within)));
    if !wrong.is_empty() {
        return Err(session.failure(wrong).into());
    }
    let directories: BTreeSet<&Path> = outputs
        .iter()
        .filter_map(|output| match &output.place {
            Place::File(path) => Some(directory_of(path)),
            Place::Stdout => None,
        })
        .collect();
    directories.into_iter().for_each(clear_left);
    let interrupt = Arc::clone(&context.interrupt);
    let writing = Writing { model, interrupt: &interrupt };
    let mut staged = Vec::new();
    for (at, output) in outputs.iter().enumerate() {
        let Place::File(path) = &output.place else { continue };
        // Relations that share a database are written with the first of them.
        let shares = |other: &&Output| other.place == output.place;
        if matches!(output.form, Form::Sqlite) && outputs[..at].iter().any(|other| shares(&other)) {
            continue;
        }
        let together: Vec<RelationId> = outputs.iter().filter(shares).map(|other| other.relation).collect();
        let file = Staged::new(path, |out| writing.write(output, &together, path, &mut Until { out, writing }));
        staged.push((file.map_err(|error| unwritable(session, path, output.span, &error, &[]))?, output.span));
    }
    let mut written: Vec<String> = Vec::new();
    for (file, span) in staged {
        let path = file.path().to_owned();
        file.commit().map_err(|error| unwritable(session, &path, span, &error, &written))?;
        written.push(format!("`{}`", path.display()));
    }
    for output in outputs.iter().filter(|output| output.place == Place::Stdout) {
        let out = &mut Until { out: &mut context.io.out, writing };
        writing.to_stdout(output, out).map_err(|error| match is_interrupted(&error) {
            true => session.failure(vec![at_stdout(&written)]).into(),
            false => Error::from(error),
        })?;
    }
    Ok(())
}

/// That someone interrupted while standard output was written, after some files.
fn at_stdout(written: &[String]) -> Diagnostic {
    let found = Diagnostic::new(code::INTERRUPTED, "interrupted while standard output was written");
    if written.is_empty() { found } else { found.note(format!("written before it: {}", written.join(", "))) }
}

/// A model whose rows are written until someone interrupts.
#[derive(Clone, Copy)]
struct Writing<'a> {
    model: &'a Model,
    interrupt: &'a AtomicBool,
}

/// An output that takes nothing more once someone has interrupted.
struct Until<'a> {
    out: &'a mut dyn Write,
    writing: Writing<'a>,
}

impl Write for Until<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.writing.stops() {
            return Err(io::Error::other(Interrupted));
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Why an output is not written: someone interrupted. (An error of the kind `Interrupted` would have writing tried again.)
#[derive(Debug)]
struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

fn is_interrupted(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(inner) if inner.is::<Interrupted>())
}

fn unwritable(session: &Session, path: &Path, span: Span, error: &io::Error, written: &[String]) -> Error {
    if is_interrupted(error) {
        return session.stopped(&Stop::Interrupted).into();
    }
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "its directory does not exist".to_owned(),
        _ => error.to_string(),
    };
    let message = format!("cannot write `{}`: {reason}", path.display());
    let found = Diagnostic::at(code::FILE_WRITE, message, span, "for this directive");
    let note = match written {
        [] => "no output was written".to_owned(),
        written => format!("written before it: {}; the others are as they were", written.join(", ")),
    };
    session.failure(vec![found.note(note)]).into()
}

/// What is wrong with the place of an output: it lies where programs may not write, or facts or rules were read from it.
/// A database keeps what else is in it, so it may be both.
fn misplaced(session: &Session, output: &Output, within: &Bounds) -> Option<Diagnostic> {
    let Place::File(path) = &output.place else { return None };
    if let Err(outside) = within.check(path) {
        let found = Diagnostic::at(code::OUTSIDE, outside.to_string(), output.span, "for this directive");
        return Some(found.help(Outside::HELP).note("no output was written"));
    }
    if matches!(output.form, Form::Sqlite) {
        return None;
    }
    let target = std::fs::canonicalize(path).ok()?;
    let sources = session.sources();
    let mut names = sources.ids().map(|source| sources.get(source).name());
    names.find(|name| std::fs::canonicalize(name).is_ok_and(|read| read == target)).map(|name| {
        let message = format!("the output would take the place of `{name}`, which was read");
        let found = Diagnostic::at(code::BAD_PARAMETER, message, output.span, "for this directive");
        found.help("give it another `filename`, or write into another directory").note("no output was written")
    })
}

/// Two outputs to one file: the second would take the place of the first. Databases hold several relations.
fn clashes(outputs: &[Output]) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for (at, output) in outputs.iter().enumerate() {
        let Place::File(path) = &output.place else { continue };
        let both = |other: &Output| matches!((&output.form, &other.form), (Form::Sqlite, Form::Sqlite));
        let before = outputs[..at]
            .iter()
            .find(|other| other.place == output.place && !(both(other) && other.relation != output.relation));
        if let Some(before) = before {
            let message = format!("two outputs go to `{}`", path.display());
            wrong.push(
                Diagnostic::at(code::BAD_PARAMETER, message, output.span, "the second")
                    .label(before.span, "the first")
                    .help("give one of them another `filename`"),
            );
        }
    }
    wrong
}

fn plan(model: &Model, directive: &Directive, directory: &str, souffle: bool) -> Result<Output, Box<Diagnostic>> {
    let symbols = &model.values().symbols;
    let (relation, span) = (directive.relation, directive.span);
    let size = Output { relation, place: Place::Stdout, form: Form::Size, gzip: false, span };
    if directive.kind == DirectiveKind::Printsize {
        return Ok(size);
    }
    // As with a key that stands twice in a table, the last counts.
    let get = |wanted: &str| {
        let found = directive.parameters.iter().rev().find(|(key, _)| symbols.get(*key) == wanted);
        found.map(|&(_, value)| symbols.get(value))
    };
    let bad = |message: String| Box::new(Diagnostic::at(code::BAD_PARAMETER, message, span, ""));
    let truth = |key: &str| match get(key) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => Err(bad(format!("`{key}` is `true` or `false`, not `{other}`"))),
    };
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Rows,
        Json,
        Sqlite,
    }
    let (file, kind) = match get("IO").unwrap_or("file") {
        "file" => (true, Kind::Rows),
        "stdout" => (false, Kind::Rows),
        "json" => (false, Kind::Json),
        "jsonfile" => (true, Kind::Json),
        "sqlite" => (true, Kind::Sqlite),
        "stdoutprintsize" => return Ok(size),
        other => {
            let help = "output goes to `file`, `stdout`, `jsonfile`, `json`, `sqlite` or `stdoutprintsize`";
            return Err(Box::new(bad(format!("there is no output of kind `{other}`")).help(help)));
        }
    };
    // What goes to standard output as a whole has its columns named; a database cannot go there.
    let all = directory == "-" && kind != Kind::Sqlite;
    let headers = truth("headers")? || all;
    let quoted = truth("rfc4180")?;
    let delimiter = get("delimiter").map(str::to_owned);
    let form = match kind {
        Kind::Sqlite => Form::Sqlite,
        Kind::Json => Form::Json { objects: get("format") == Some("object") },
        Kind::Rows if quoted => {
            Form::Csv(Csv { delimiter: delimiter.unwrap_or_else(|| ",".to_owned()), headers, ..Csv::default() })
        }
        Kind::Rows => {
            let delimiter = delimiter.unwrap_or_else(|| "\t".to_owned());
            Form::Plain(Plain { delimiter, headers, verbatim: souffle })
        }
    };
    let compressed = truth("compress")?;
    if !file || all {
        return Ok(Output { relation, place: Place::Stdout, form, gzip: false, span });
    }
    let ending = match kind {
        Kind::Rows => "csv",
        Kind::Json => "json",
        Kind::Sqlite => "sqlite",
    };
    let gzip = compressed && kind != Kind::Sqlite;
    let named = get("filename").or_else(|| get("dbname").filter(|_| kind == Kind::Sqlite));
    let name = named
        .map_or_else(|| format!("{}.{ending}{}", model.name(relation), if gzip { ".gz" } else { "" }), str::to_owned);
    let directory = if directory == "-" { "." } else { directory };
    Ok(Output { relation, place: Place::File(Path::new(directory).join(name)), form, gzip, span })
}

impl<'a> Writing<'a> {
    fn stops(self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }

    fn to_stdout(self, output: &Output, out: &mut dyn Write) -> io::Result<()> {
        match output.form {
            Form::Plain(_) | Form::Csv(_) => {
                writeln!(out, "---------------\n{}\n===============", self.model.name(output.relation))?;
                self.write_rows(output, out)?;
                writeln!(out, "===============")
            }
            Form::Json { .. } | Form::Size | Form::Sqlite => self.write_rows(output, out),
        }
    }

    /// Writes a file: the rows of an output, or the database of the relations that go `together`.
    fn write(self, output: &Output, together: &[RelationId], path: &Path, out: &mut dyn Write) -> io::Result<()> {
        if matches!(output.form, Form::Sqlite) {
            return self.write_database(together, path, out);
        }
        if output.gzip {
            let mut packed = GzEncoder::new(out, Compression::default());
            self.write_rows(output, &mut packed)?;
            return packed.finish().map(drop);
        }
        self.write_rows(output, out)
    }

    fn write_rows(self, output: &Output, out: &mut dyn Write) -> io::Result<()> {
        let mut out = out;
        let model = self.model;
        let id = output.relation;
        match &output.form {
            Form::Size => writeln!(out, "{}\t{}", model.name(id), model.relation(id).len()),
            Form::Plain(format) => {
                let declared = model.program().relation(id);
                let rows = self.rows(id)?;
                rows::plain_words(rows, &declared.columns, &model.program().types, model.values(), format, &mut out)
            }
            Form::Csv(format) => {
                let (columns, rows) = self.table(id)?;
                rows::csv(Table { columns: &columns, rows: &rows }, format, &mut out)
            }
            Form::Json { objects } => {
                let (columns, rows) = self.table(id)?;
                rows::json(Table { columns: &columns, rows: &rows }, *objects, &mut out)
            }
            Form::Sqlite => Ok(()),
        }
    }

    fn write_database(self, relations: &[RelationId], path: &Path, out: &mut dyn Write) -> io::Result<()> {
        let existing = match std::fs::read(path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let tables: Vec<_> =
            relations.iter().map(|&id| Ok((self.model.name(id), self.table(id)?))).collect::<io::Result<_>>()?;
        let tables: Vec<(&str, Table<'_>)> =
            tables.iter().map(|(name, (columns, rows))| (*name, Table { columns, rows })).collect();
        let bytes = rows::sqlite(existing.as_deref(), &tables).map_err(io::Error::other)?;
        out.write_all(&bytes)
    }

    /// The rows of a relation, sorted.
    fn rows(self, id: RelationId) -> io::Result<Vec<&'a [Word]>> {
        self.model.sorted_rows_unless(id, &|| self.stops()).ok_or_else(|| io::Error::other(Interrupted))
    }

    /// The columns of a relation and its rows, sorted.
    fn table(self, id: RelationId) -> io::Result<Titled> {
        let types = &self.model.program().types;
        let columns = self.model.program().relation(id).columns.iter();
        let named =
            columns.map(|column| (self.model.values().symbols.get(column.name).to_owned(), types.kind(column.ty)));
        Ok((named.collect(), self.rows(id)?.into_iter().map(|row| self.model.decode(id, row)).collect()))
    }
}

/// The names and kinds of columns, and rows.
type Titled = (Vec<(String, Kind)>, Vec<Vec<Value>>);
